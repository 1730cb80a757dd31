// SPDX-License-Identifier: EUPL-1.2

package ui

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"path"
	"strconv"
	"strings"
	"sync"
)

// AssetPrefix is the path under which the style sheets, fonts and scripts are
// served, the same in every house and in the gallery.
const AssetPrefix = "/assets/"

//go:embed all:assets
var embedded embed.FS

// ErrNoAssets says that the program was built before the design system was
// fetched. The houses refuse to start with it.
var ErrNoAssets = errors.New("the design system is missing from this build: run \"make assets\" before \"go build\"")

// needed are the fetched files without which no page looks as it should.
var needed = []string{
	"vendor/kern.min.css",
	"vendor/FiraSans-Regular.woff2",
	"vendor/FiraSans-SemiBold.woff2",
	"vendor/FiraSans-Italic.woff2",
}

// asset is one file as it is sent.
type asset struct {
	served      string // name with the content hash
	contentType string
	plain       []byte
	zipped      []byte // nil if zipping does not pay
}

type assetTable struct {
	byName   map[string]*asset // "meldewerk.css" → asset
	byServed map[string]*asset
	missing  error
}

var loadAssets = sync.OnceValues(func() (*assetTable, error) {
	sub, err := fs.Sub(embedded, "assets")
	if err != nil {
		return nil, err
	}
	return readAssets(sub)
})

// CheckAssets says whether the design system is part of this build; called at
// start-up, before a house opens its door.
func CheckAssets() error {
	table, err := loadAssets()
	if err != nil {
		return err
	}
	return table.missing
}

// readAssets gives every file a name with the hash of its content. Fonts come
// first, because the style sheet names them and its own hash must follow.
func readAssets(dir fs.FS) (*assetTable, error) {
	table := &assetTable{byName: map[string]*asset{}, byServed: map[string]*asset{}}
	for _, kind := range []string{".woff2", ".css", ".js", ".svg", ".txt", ".md"} {
		err := fs.WalkDir(dir, ".", func(name string, entry fs.DirEntry, err error) error {
			if err != nil || entry.IsDir() || path.Ext(name) != kind {
				return err
			}
			content, err := fs.ReadFile(dir, name)
			if err != nil {
				return err
			}
			return table.add(name, content)
		})
		if err != nil {
			return nil, fmt.Errorf("read embedded assets: %w", err)
		}
	}
	for _, name := range needed {
		if table.byName[name] == nil {
			table.missing = ErrNoAssets
		}
	}
	return table, nil
}

func (t *assetTable) add(name string, content []byte) error {
	ext := path.Ext(name)
	if ext == ".css" {
		for other, a := range t.byName {
			content = bytes.ReplaceAll(content, []byte(`url("`+other+`")`), []byte(`url("`+a.served+`")`))
		}
	}
	sum := sha256.Sum256(content)
	base := strings.TrimSuffix(path.Base(name), ext)
	a := &asset{
		served:      base + "-" + hex.EncodeToString(sum[:8]) + ext,
		contentType: contentTypes[ext],
		plain:       content,
	}
	if ext == ".css" || ext == ".js" || ext == ".svg" {
		var zipped bytes.Buffer
		w, err := gzip.NewWriterLevel(&zipped, gzip.BestCompression)
		if err != nil {
			return err
		}
		if _, err := w.Write(content); err != nil {
			return err
		}
		if err := w.Close(); err != nil {
			return err
		}
		a.zipped = zipped.Bytes()
	}
	t.byName[name] = a
	t.byServed[a.served] = a
	return nil
}

var contentTypes = map[string]string{
	".css":   "text/css; charset=utf-8",
	".js":    "text/javascript; charset=utf-8",
	".svg":   "image/svg+xml",
	".txt":   "text/plain; charset=utf-8",
	".md":    "text/plain; charset=utf-8",
	".woff2": "font/woff2",
}

// assetPath gives the path of a file for a template: {{asset "page.js"}}. A
// name that is not embedded is a mistake of the template and stops rendering;
// the fetched files are exempt, so that tests run before they are there.
func assetPath(name string) (string, error) {
	table, err := loadAssets()
	if err != nil {
		return "", err
	}
	if a := table.byName[name]; a != nil {
		return AssetPrefix + a.served, nil
	}
	if strings.HasPrefix(name, "vendor/") {
		return AssetPrefix + "missing-" + path.Base(name), nil
	}
	return "", fmt.Errorf("asset %q is not embedded", name)
}

// Licences are the licence texts of what we embed but did not write, for the
// help page of a house.
func Licences() []Link {
	var links []Link
	for _, l := range []Link{
		{Label: "KERN Design-System (EUPL-1.2)", Href: "vendor/kern-LICENSE.md"},
		{Label: "Schrift Fira Sans (SIL Open Font License 1.1)", Href: "licences/OFL-1.1-Fira-Sans.txt"},
	} {
		if path, err := assetPath(l.Href); err == nil {
			links = append(links, Link{Label: l.Label, Href: path})
		}
	}
	return links
}

// Assets serves the style sheets, fonts and scripts under AssetPrefix. Their
// names carry the hash of their content, so browsers may keep them for ever.
func Assets() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		table, err := loadAssets()
		if err != nil {
			http.Error(w, "assets unreadable", http.StatusInternalServerError)
			return
		}
		a := table.byServed[strings.TrimPrefix(r.URL.Path, AssetPrefix)]
		if a == nil {
			http.NotFound(w, r)
			return
		}
		h := w.Header()
		h.Set("Content-Type", a.contentType)
		h.Set("Cache-Control", "public, max-age=31536000, immutable")
		h.Add("Vary", "Accept-Encoding")
		body := a.plain
		if a.zipped != nil && strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") {
			h.Set("Content-Encoding", "gzip")
			body = a.zipped
		}
		h.Set("Content-Length", strconv.Itoa(len(body)))
		if r.Method == http.MethodHead {
			return
		}
		_, _ = w.Write(body) // the browser has gone away; nothing to mend
	})
}
