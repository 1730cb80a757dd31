// SPDX-License-Identifier: EUPL-1.2

package schema

import (
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"
	"sync"
)

//go:embed tables/*.txt
var tables embed.FS

// BuiltIn gives the tables that come with the program, oldest version first.
func BuiltIn() ([]*Table, error) {
	return load(tables, "tables")
}

// Load reads the tables (*.txt) that an operator has laid into a folder,
// oldest version first. They stand beside or in the place of built-in ones of
// the same version; that is the caller's decision.
func Load(folder fs.FS) ([]*Table, error) {
	return load(folder, ".")
}

func load(files fs.FS, dir string) ([]*Table, error) {
	names, err := fs.Glob(files, path.Join(dir, "*.txt"))
	if err != nil {
		return nil, fmt.Errorf("load schema tables: %w", err)
	}
	out, errs := make([]*Table, len(names)), make([]error, len(names))
	var wait sync.WaitGroup
	for i, name := range names {
		wait.Go(func() {
			if out[i], errs[i] = loadFile(files, name); errs[i] != nil {
				errs[i] = fmt.Errorf("%s: %w", path.Base(name), errs[i])
			}
		})
	}
	wait.Wait()
	if err := errors.Join(errs...); err != nil {
		return nil, err
	}
	slices.SortFunc(out, func(a, b *Table) int { return CompareVersions(a.Version, b.Version) })
	return out, nil
}

func loadFile(files fs.FS, name string) (*Table, error) {
	f, err := files.Open(name)
	if err != nil {
		return nil, fmt.Errorf("load schema table: %w", err)
	}
	t, err := Parse(f)
	if closeErr := f.Close(); err == nil && closeErr != nil {
		err = closeErr
	}
	return t, err
}

// CompareVersions orders version numbers such as 3.0.9 and 3.0.10 by their parts.
func CompareVersions(a, b string) int {
	x, y := strings.Split(a, "."), strings.Split(b, ".")
	for i := range max(len(x), len(y)) {
		var p, q string
		if i < len(x) {
			p = strings.TrimLeft(x[i], "0")
		}
		if i < len(y) {
			q = strings.TrimLeft(y[i], "0")
		}
		if len(p) != len(q) {
			return len(p) - len(q)
		}
		if c := strings.Compare(p, q); c != 0 {
			return c
		}
	}
	return 0
}
