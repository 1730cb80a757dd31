// SPDX-License-Identifier: EUPL-1.2

package ui

import (
	"bytes"
	"embed"
	"errors"
	"fmt"
	"html/template"
	"io"
	"io/fs"
	"path"
	"sort"
	"strings"
	"text/template/parse"
)

//go:embed components/*.html pages/*.html
var own embed.FS

// Set is the page templates of one house, parsed together with the components.
type Set struct {
	pages map[string]*template.Template
}

// Templates parses every *.html file of the file system as one page; its name
// is the file name without folder and ending. A file whose name starts with
// "_" holds parts ({{define "name"}}) for all pages of the set. The pages
// named as needed must be there: a missing or broken template, or one that
// calls an unknown component, stops the start.
//
// Besides the pages of the house every set has the page "fault" for refusals.
func Templates(files fs.FS, needed ...string) (*Set, error) {
	base, err := template.New("base").Funcs(functions).Option("missingkey=error").ParseFS(own, "components/*.html")
	if err != nil {
		return nil, fmt.Errorf("parse components: %w", err)
	}
	ours, err := fs.Sub(own, "pages")
	if err != nil {
		return nil, fmt.Errorf("open own pages: %w", err)
	}
	sources := map[string]string{}
	var parts []string
	for _, dir := range []fs.FS{ours, files} {
		if dir == nil {
			continue
		}
		more, err := readPages(dir, sources)
		if err != nil {
			return nil, fmt.Errorf("read page templates: %w", err)
		}
		parts = append(parts, more...)
	}
	for _, part := range parts {
		if _, err := base.Parse(part); err != nil {
			return nil, fmt.Errorf("parse template part: %w", err)
		}
	}
	set := &Set{pages: map[string]*template.Template{}}
	for name, source := range sources {
		if set.pages[name], err = parsePage(base, source); err != nil {
			return nil, fmt.Errorf("page %q: %w", name, err)
		}
	}
	for _, name := range needed {
		if set.pages[name] == nil {
			return nil, fmt.Errorf("%w: %s", ErrNoPage, name)
		}
	}
	return set, nil
}

// readPages adds the pages of a folder to sources and returns the shared parts.
func readPages(dir fs.FS, sources map[string]string) ([]string, error) {
	var parts []string
	err := fs.WalkDir(dir, ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || path.Ext(name) != ".html" {
			return err
		}
		content, err := fs.ReadFile(dir, name)
		if err != nil {
			return err
		}
		short := strings.TrimSuffix(path.Base(name), ".html")
		if strings.HasPrefix(short, "_") {
			parts = append(parts, string(content))
			return nil
		}
		if _, twice := sources[short]; twice {
			return fmt.Errorf("page %q is there twice", short)
		}
		sources[short] = string(content)
		return nil
	})
	return parts, err
}

// parsePage joins one page with the components and makes sure that every
// template it calls is there.
func parsePage(base *template.Template, source string) (*template.Template, error) {
	page, err := base.Clone()
	if err != nil {
		return nil, err
	}
	if _, err := page.New("content").Parse(source); err != nil {
		return nil, err
	}
	for _, t := range page.Templates() {
		if t.Tree == nil {
			continue
		}
		for _, called := range calls(t.Tree.Root) {
			if page.Lookup(called) == nil {
				return nil, fmt.Errorf("calls the unknown template %q", called)
			}
		}
	}
	return page, nil
}

// calls lists the templates that a piece of a template calls.
func calls(node parse.Node) []string {
	var out []string
	branch := func(b *parse.BranchNode) {
		out = append(out, calls(b.List)...)
		if b.ElseList != nil {
			out = append(out, calls(b.ElseList)...)
		}
	}
	switch n := node.(type) {
	case *parse.ListNode:
		for _, child := range n.Nodes {
			out = append(out, calls(child)...)
		}
	case *parse.TemplateNode:
		out = append(out, n.Name)
	case *parse.IfNode:
		branch(&n.BranchNode)
	case *parse.RangeNode:
		branch(&n.BranchNode)
	case *parse.WithNode:
		branch(&n.BranchNode)
	}
	return out
}

// ErrNoPage says that a page was asked for that the set does not have.
var ErrNoPage = errors.New("no such page template")

// view is what the templates see: .Frame outside, .Data as dot in the content.
type view struct {
	Frame Frame
	Data  any
}

// Render writes a whole page. Nothing is written unless all of it could be
// made, so that half a page never reaches a person.
func (s *Set) Render(w io.Writer, name string, frame Frame, data any) error {
	page := s.pages[name]
	if page == nil {
		return fmt.Errorf("%w: %s", ErrNoPage, name)
	}
	var out bytes.Buffer
	if err := page.ExecuteTemplate(&out, "frame", view{Frame: frame, Data: data}); err != nil {
		return fmt.Errorf("render page %s: %w", name, err)
	}
	_, err := out.WriteTo(w)
	return err
}

// Names lists the pages of the set in alphabetical order.
func (s *Set) Names() []string {
	names := make([]string, 0, len(s.pages))
	for name := range s.pages {
		names = append(names, name)
	}
	sort.Strings(names)
	return names
}

// functions are what templates may call besides the components.
var functions = template.FuncMap{
	"asset":   assetPath,
	"date":    Date,
	"clock":   Clock,
	"moment":  Moment,
	"machine": Machine,
	"percent": Percent,
	"number": func(v any) (string, error) {
		n, err := toInt(v)
		return Number(n), err
	},
	"count": func(v any, one, many string) (string, error) {
		n, err := toInt(v)
		return Count(n, one, many), err
	},
	"size": func(v any) (string, error) {
		n, err := toInt(v)
		return Size(n), err
	},
	"add":       func(a, b int) int { return a + b },
	"lines":     func(text string) []string { return strings.Split(text, "\n") },
	"badge":     func(kind Kind, word string) Badge { return Badge{Kind: kind, Word: word} },
	"button":    func(label string) Button { return Button{Label: label} },
	"secondary": func(label string) Button { return Button{Label: label, Kind: "secondary"} },
	"link":      func(label, href string) Link { return Link{Label: label, Href: href} },
	"alert":     func(kind Kind, title, body string) Alert { return Alert{Kind: kind, Title: title, Body: body} },
	"cell":      func(numeric bool, c Cell) numericCell { return numericCell{c, numeric} },
}

// numericCell is a cell that knows whether its column holds numbers.
type numericCell struct {
	Cell
	Numeric bool
}
