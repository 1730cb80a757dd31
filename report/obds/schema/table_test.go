// SPDX-License-Identifier: EUPL-1.2

package schema

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write the built-in tables anew from the official files")

var versions = []string{"3.0.2", "3.0.3", "3.0.4", "3.0.5"}

// official opens the official file of a version, which stands beside the
// project and not in it.
func official(t *testing.T, version string) *Table {
	t.Helper()
	name := "oBDS_v" + version
	if version == "3.0.5" {
		name += "_reconstructed"
	}
	f, err := os.Open(filepath.Join(shared(t), "obds", "xsd", name+".xsd"))
	if err != nil {
		t.Skipf("official schema file not here: %v", err)
	}
	defer func() { _ = f.Close() }() // read only
	table, err := Import(f)
	if err != nil {
		t.Fatal(err)
	}
	return table
}

func shared(t *testing.T) string {
	t.Helper()
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return filepath.Join(dir, "..", "shared")
		}
		if dir == filepath.Dir(dir) {
			t.Fatal("go.mod not found")
		}
		dir = filepath.Dir(dir)
	}
}

func TestBuiltInTablesEqualOfficialFiles(t *testing.T) {
	t.Parallel()
	for _, version := range versions {
		imported := official(t, version)
		file := filepath.Join("tables", "obds-"+version+".txt")
		var text bytes.Buffer
		if _, err := imported.WriteTo(&text); err != nil {
			t.Fatal(err)
		}
		if *update {
			if err := os.WriteFile(file, text.Bytes(), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		stored, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(text.String(), string(stored)); diff != "" {
			t.Errorf("%s differs from the official file:\n%s", file, diff)
		}
		back, err := Parse(bytes.NewReader(stored))
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(imported, back); diff != "" {
			t.Errorf("%s: written and read again:\n%s", version, diff)
		}
	}
}

func TestCompileTakesEveryBuiltInTable(t *testing.T) {
	t.Parallel()
	built, err := BuiltIn()
	if err != nil {
		t.Fatal(err)
	}
	if len(built) != len(versions) {
		t.Fatalf("%d tables", len(built))
	}
	for i, table := range built {
		if table.Version != versions[i] {
			t.Errorf("table %d is %s", i, table.Version)
		}
		s, err := Compile(table)
		if err != nil {
			t.Fatal(err)
		}
		t.Logf("%s: %d states", s.Version, len(s.States))
	}
}

func BenchmarkParseAndCompile(b *testing.B) {
	for b.Loop() {
		built, err := BuiltIn()
		if err != nil {
			b.Fatal(err)
		}
		if _, err := Compile(built[2]); err != nil {
			b.Fatal(err)
		}
	}
}

// TestDerivedKnowsWhichNumbersAreMadeFromWhich: xsi:type may name them.
func TestDerivedKnowsWhichNumbersAreMadeFromWhich(t *testing.T) {
	t.Parallel()
	tables, err := BuiltIn()
	if err != nil {
		t.Fatal(err)
	}
	s, err := Compile(tables[0])
	if err != nil {
		t.Fatal(err)
	}
	from := s.types["xs:nonNegativeInteger"]
	for name, want := range map[string]bool{"xs:nonNegativeInteger": true, "xs:positiveInteger": true, "xs:integer": false, "xs:decimal": false, "xs:string": false} {
		if _, got := s.Derived(name, from); got != want {
			t.Errorf("%s for %s: %v", name, from.Name, got)
		}
	}
}
