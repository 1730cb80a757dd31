// SPDX-License-Identifier: EUPL-1.2

package schema

import (
	"bytes"
	"fmt"
	"io"
	"strconv"
	"strings"
	"unicode"
)

const enumWidth = 96 // where a line of enum values is broken

// WriteTo writes the table in the notation of the package comment.
func (t *Table) WriteTo(w io.Writer) (int64, error) {
	p := &printer{}
	p.line(0, "schema "+t.Name+" "+t.Version)
	p.line(0, "namespace "+t.Namespace)
	p.line(0, "")
	p.element(0, "element ", t.Root, 1, 1)
	p.line(0, "")
	for _, k := range t.Keys {
		if k.Refer == "" {
			p.line(0, "unique "+k.Name+" "+strings.Join(k.Path, "/")+" @"+k.Field)
			continue
		}
		p.line(0, "keyref "+k.Name+" "+strings.Join(k.Path, "/")+" @"+k.Field+" -> "+k.Refer)
	}
	for _, x := range t.Types {
		p.line(0, "")
		p.namedType(x)
	}
	n, err := p.out.WriteTo(w)
	if err != nil {
		return n, fmt.Errorf("write schema table: %w", err)
	}
	return n, nil
}

type printer struct{ out bytes.Buffer }

func (p *printer) line(level int, text string) {
	if text != "" {
		p.out.WriteString(strings.Repeat("  ", level))
		p.out.WriteString(text)
	}
	p.out.WriteByte('\n')
}

func (p *printer) namedType(t *Type) {
	head := "type " + t.Name
	switch {
	case t.Text != "":
		head += " : " + t.Text
	case t.Restricts != "":
		head += " restricts " + t.Restricts
	case t.Extends != "":
		head += " extends " + t.Extends
	}
	p.line(0, head)
	p.body(1, t)
}

func (p *printer) body(level int, t *Type) {
	p.limits(level, &t.Limits)
	for _, a := range t.Attributes {
		head := "@" + a.Name
		if !a.Required {
			head += "?"
		}
		if a.Default != nil {
			head += " default " + strconv.Quote(*a.Default)
		}
		if a.Fixed != nil {
			head += " fixed " + strconv.Quote(*a.Fixed)
		}
		p.line(level, head+" : "+a.Type)
		p.limits(level+1, &a.Limits)
	}
	for _, part := range t.Parts {
		p.particle(level, part)
	}
}

func (p *printer) particle(level int, x *Particle) {
	switch x.Kind {
	case KindElement:
		p.element(level, "", x.Element, x.Min, x.Max)
		return
	case KindChoice:
		p.line(level, "[choice]"+occurs(x.Min, x.Max))
	case KindSequence:
		p.line(level, "[sequence]"+occurs(x.Min, x.Max))
	}
	for _, part := range x.Parts {
		p.particle(level+1, part)
	}
}

func (p *printer) element(level int, head string, e *Element, least, most int) {
	head += e.Name + occurs(least, most)
	if e.Fixed != nil {
		head += " fixed " + strconv.Quote(*e.Fixed)
	}
	switch {
	case e.Own == nil:
		head += " : " + e.Type
	case e.Own.Text != "":
		head += " : " + e.Own.Text + " restricted"
	case e.Own.Restricts != "":
		head += " restricts " + e.Own.Restricts
	case e.Own.Extends != "":
		head += " extends " + e.Own.Extends
	}
	p.line(level, head)
	if e.Own != nil {
		p.body(level+1, e.Own)
	}
}

func occurs(least, most int) string {
	switch {
	case least == 1 && most == 1:
		return ""
	case least == 0 && most == 1:
		return "?"
	case least == 0 && most == Unbounded:
		return "*"
	case least == 1 && most == Unbounded:
		return "+"
	case most == Unbounded:
		return fmt.Sprintf("{%d,}", least)
	}
	return fmt.Sprintf("{%d,%d}", least, most)
}

func (p *printer) limits(level int, l *Limits) {
	p.enum(level, l.Enum)
	for _, x := range l.Patterns {
		p.line(level, "pattern "+visible(x))
	}
	for _, c := range []struct {
		word  string
		value *int
	}{{"length", l.Length}, {"minLength", l.MinLength}, {"maxLength", l.MaxLength}, {"digits", l.Digits}, {"fraction", l.Fraction}} {
		if c.value != nil {
			p.line(level, c.word+" "+strconv.Itoa(*c.value))
		}
	}
	for _, c := range []struct{ word, value string }{{"min", l.Min}, {"max", l.Max}, {"above", l.Above}, {"below", l.Below}} {
		if c.value != "" {
			p.line(level, c.word+" "+c.value)
		}
	}
}

func (p *printer) enum(level int, values []string) {
	line := ""
	for _, v := range values {
		if v == "" || strings.ContainsFunc(v, func(r rune) bool { return r == '"' || r == '\\' || unicode.IsSpace(r) || !unicode.IsPrint(r) }) {
			v = strconv.Quote(v)
		}
		if line != "" && len(line)+len(v) > enumWidth {
			p.line(level, "enum"+line)
			line = ""
		}
		line += " " + v
	}
	if line != "" {
		p.line(level, "enum"+line)
	}
}

// visible writes what a reader could not see as \u{…}: combining marks,
// controls, all blanks but the plain one, and a plain one at an end.
func visible(expr string) string {
	var b strings.Builder
	runes := []rune(expr)
	for i, r := range runes {
		edge := r == ' ' && (i == 0 || i == len(runes)-1)
		if edge || r != ' ' && (unicode.IsSpace(r) || unicode.Is(unicode.M, r) || !unicode.IsPrint(r)) {
			fmt.Fprintf(&b, `\u{%X}`, r)
			continue
		}
		b.WriteRune(r)
	}
	return b.String()
}
