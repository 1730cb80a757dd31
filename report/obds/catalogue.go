// SPDX-License-Identifier: EUPL-1.2

package obds

import (
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"sync"

	"meldewerk/fault"
	"meldewerk/report/obds/schema"
)

// Catalogue holds the versions of the data set that can be read and written.
// It is safe for concurrent use.
type Catalogue struct {
	versions []*version // oldest first
}

// version is compiled when it is first needed.
type version struct {
	table *schema.Table
	once  sync.Once
	made  *binding
	err   error
}

func (v *version) binding() (*binding, error) {
	v.once.Do(func() {
		compiled, err := schema.Compile(v.table)
		if err == nil {
			v.made, err = bind(compiled)
		}
		v.err = err
	})
	return v.made, v.err
}

// BuiltIn is the Catalogue of the versions that come with the program.
var BuiltIn = sync.OnceValues(func() (*Catalogue, error) {
	tables, err := schema.BuiltIn()
	if err != nil {
		return nil, err
	}
	return NewCatalogue(tables...)
})

// NewCatalogue makes a Catalogue of schema tables; of two with the same
// version the later counts. Only version 3 of the data set can be held.
func NewCatalogue(tables ...*schema.Table) (*Catalogue, error) {
	c := &Catalogue{}
	for _, t := range tables {
		if t.Name != rootName || t.Namespace != Namespace {
			return nil, fmt.Errorf("catalogue: table %s %s is not of oBDS 3", t.Name, t.Version)
		}
		at := slices.IndexFunc(c.versions, func(v *version) bool { return v.table.Version == t.Version })
		if at >= 0 {
			c.versions[at] = &version{table: t}
			continue
		}
		c.versions = append(c.versions, &version{table: t})
	}
	if len(c.versions) == 0 {
		return nil, fmt.Errorf("catalogue: no schema table")
	}
	slices.SortFunc(c.versions, func(a, b *version) int {
		return schema.CompareVersions(a.table.Version, b.table.Version)
	})
	return c, nil
}

// OpenCatalogue makes a Catalogue of the built-in tables and of those (*.txt)
// an operator has laid into a folder; nil for none.
func OpenCatalogue(folder fs.FS) (*Catalogue, error) {
	tables, err := schema.BuiltIn()
	if err != nil {
		return nil, err
	}
	if folder != nil {
		more, err := schema.Load(folder)
		if err != nil {
			return nil, err
		}
		tables = append(tables, more...)
	}
	return NewCatalogue(tables...)
}

// OpenFolder is OpenCatalogue for the folder that a house names in its
// configuration, with that name; "" for none. It tries every table: one that the program cannot
// work with stops the house when it starts, and not at the first package.
func OpenFolder(folder fs.FS, path string) (*Catalogue, error) {
	if path == "" {
		return BuiltIn()
	}
	tables, err := schema.Load(folder)
	if err != nil {
		return nil, badTable(path, err)
	}
	if len(tables) == 0 {
		return nil, fault.New(fault.Invalid, "obds.no_table", fmt.Sprintf(
			"Im Ordner %s liegt keine Schematabelle (*.txt). Erzeugen Sie sie mit „meldewerk schema import“ oder nehmen Sie den Ordner aus der Konfiguration.", path))
	}
	c, err := OpenCatalogue(folder)
	if err != nil {
		return nil, badTable(path, err)
	}
	for _, t := range tables {
		v, _ := c.exact(t.Version)
		if _, err := v.binding(); err != nil {
			return nil, badTable(path, err)
		}
	}
	return c, nil
}

func badTable(path string, cause error) error {
	if errors.Is(cause, errWideDates) {
		return fault.New(fault.Invalid, "obds.wide_dates", fmt.Sprintf("Eine Schematabelle im Ordner %s lässt Daten ohne Grenzen zu; das Programm führt nur die Jahre 1 bis 9999. "+
			"Ergänzen Sie in der Tabelle beim Typ des Datums die Zeilen min und max.", path)).Because(cause)
	}
	return fault.New(fault.Invalid, "obds.bad_table", fmt.Sprintf("Mit einer Schematabelle im Ordner %s kann diese Fassung des Programms nicht arbeiten. "+
		"Erzeugen Sie sie mit „meldewerk schema import“ neu; enthält die Fassung neue Elemente, brauchen Sie eine neue Fassung des Programms.", path)).Because(cause)
}

// Versions lists the versions with a table of their own, oldest first.
func (c *Catalogue) Versions() []string {
	var out []string
	for _, v := range c.versions {
		out = append(out, v.table.Version)
	}
	return out
}

// newest is the last of the Versions.
func (c *Catalogue) newest() string { return c.versions[len(c.versions)-1].table.Version }

// exact finds a version by its own number.
func (c *Catalogue) exact(number string) (*version, bool) {
	for _, v := range c.versions {
		if v.table.Version == number {
			return v, true
		}
	}
	return nil, false
}

// declared finds the version for a declared Schema_Version: its own table, or
// the oldest one that lists it (3.0.0 and 3.0.1 are read as 3.0.2).
func (c *Catalogue) declared(number string) (*version, bool) {
	if v, ok := c.exact(number); ok {
		return v, true
	}
	for _, v := range c.versions {
		for _, a := range v.table.Root.Own.Attributes {
			if a.Name == versionName && slices.Contains(a.Limits.Enum, number) {
				return v, true
			}
		}
	}
	return nil, false
}
