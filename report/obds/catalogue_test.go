// SPDX-License-Identifier: EUPL-1.2

package obds

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"meldewerk/fault"
	"meldewerk/report/obds/schema"
)

// TestOperatorsTableIsReadBesideTheBuiltIn adds a later version as an operator
// would, by a file in a folder.
func TestOperatorsTableIsReadBesideTheBuiltIn(t *testing.T) {
	t.Parallel()
	built, err := schema.BuiltIn()
	if err != nil {
		t.Fatal(err)
	}
	var table bytes.Buffer
	if _, err := built[3].WriteTo(&table); err != nil {
		t.Fatal(err)
	}
	later := strings.Replace(table.String(), "schema oBDS 3.0.5", "schema oBDS 3.0.6", 1)
	later = strings.Replace(later, "3.0.4 3.0.5", "3.0.4 3.0.5 3.0.6", 1)
	c, err := OpenCatalogue(fstest.MapFS{"obds-3.0.6.txt": {Data: []byte(later)}})
	if err != nil {
		t.Fatal(err)
	}
	if want := []string{"3.0.2", "3.0.3", "3.0.4", "3.0.5", "3.0.6"}; !slices.Equal(c.Versions(), want) {
		t.Errorf("versions %v", c.Versions())
	}
	doc := strings.Replace(sound(), "3.0.4", "3.0.6", 1)
	if v := read(t, strings.NewReader(doc), Options{Catalogue: c}); !v.valid() {
		t.Errorf("3.0.6: %s", v)
	}
	if v := read(t, strings.NewReader(doc), Options{}); v.complete || v.findings[0].Rule != RuleVersion {
		t.Errorf("without the table: %s", v)
	}
	// An element that no field is declared for is refused when the version is
	// first used, not silently dropped.
	unknown := strings.Replace(later, "  Nachname : ", "  Neues? : Namenstring255_Typ\n  Nachname : ", 1)
	if c, err = OpenCatalogue(fstest.MapFS{"x.txt": {Data: []byte(unknown)}}); err != nil {
		t.Fatal(err)
	}
	if _, err := NewReader(strings.NewReader(doc), Options{Catalogue: c}).Next(); err == nil || !strings.Contains(err.Error(), "Neues") {
		t.Errorf("an element without a field: %v", err)
	}
	if _, err := OpenCatalogue(fstest.MapFS{"x.txt": {Data: []byte("nonsense")}}); err == nil {
		t.Error("nonsense is a table")
	}
}

// TestInventedLaterVersionIsImportedLaidBesideAndUsed goes the operator's whole
// way with an official file of a version that the program does not know:
// imported to a table, laid into a folder, read by reader and writer.
func TestInventedLaterVersionIsImportedLaidBesideAndUsed(t *testing.T) {
	t.Parallel()
	xsd, err := os.ReadFile(official(t, "3.0.4"))
	if err != nil {
		t.Fatal(err)
	}
	// 3.1.0 knows one sex more.
	later := strings.Replace(string(xsd), `version="3.0.4`, `version="3.1.0`, 1)
	later = strings.Replace(later, `<xs:enumeration value="3.0.4">`, `<xs:enumeration value="3.1.0"/><xs:enumeration value="3.0.4">`, 1)
	sex := strings.Index(later, `<xs:element name="Geschlecht">`)
	later = later[:sex] + strings.Replace(later[sex:], `<xs:enumeration value="M">`, `<xs:enumeration value="Q"/><xs:enumeration value="M">`, 1)
	table, err := schema.Import(strings.NewReader(later))
	if err != nil {
		t.Fatal(err)
	}
	folder := t.TempDir()
	f, err := os.Create(filepath.Join(folder, "obds-3.1.0.txt"))
	if err != nil {
		t.Fatal(err)
	}
	_, err = table.WriteTo(f)
	if err := errors.Join(err, f.Close()); err != nil {
		t.Fatal(err)
	}
	c, err := OpenCatalogue(os.DirFS(folder))
	if err != nil {
		t.Fatal(err)
	}
	if at := len(c.Versions()) - 1; c.Versions()[at] != "3.1.0" {
		t.Fatalf("versions %v", c.Versions())
	}
	doc := strings.Replace(strings.Replace(head+patientXML(1, 2)+tail, "3.0.4", "3.1.0", 1), "<Geschlecht>W", "<Geschlecht>Q", 1)
	v := read(t, strings.NewReader(doc), Options{Catalogue: c})
	if !v.valid() || len(v.items) != 2 || v.items[0].Report.Person.Sex != "Q" || v.pkg.SchemaVersion != "3.1.0" {
		t.Fatalf("3.1.0: %s", v)
	}
	// The old versions stay as strict as they were, beside it and without it.
	for _, o := range []Options{{Catalogue: c}, {}} {
		old := read(t, strings.NewReader(strings.Replace(doc, "3.1.0", "3.0.4", 1)), o)
		if got := rules(old.items[0].Findings); !slices.Equal(got, []string{RuleListed}) {
			t.Errorf("3.0.4 takes what only 3.1.0 knows: %v", got)
		}
	}
	if v := read(t, strings.NewReader(doc), Options{}); v.complete || v.findings[0].Rule != RuleVersion {
		t.Errorf("without the table: %s", v)
	}
	var out bytes.Buffer
	w, err := NewWriter(&out, c, "3.1.0", *v.pkg)
	if err != nil {
		t.Fatal(err)
	}
	for _, item := range v.items {
		if err := w.Write(item.Report); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(v.pkg.Reporters); err != nil {
		t.Fatal(err)
	}
	again := read(t, &out, Options{Catalogue: c})
	if !again.valid() || !reflect.DeepEqual(reports(v), reports(again)) {
		t.Errorf("written as 3.1.0 and read again: %s", again)
	}
}

// TestOpenFolderTriesEveryTable: a house must not start with a table that it
// cannot work with.
func TestOpenFolderTriesEveryTable(t *testing.T) {
	t.Parallel()
	if c, err := OpenFolder(nil, ""); err != nil || len(c.Versions()) != 4 {
		t.Errorf("without a folder: %v", err)
	}
	built, err := schema.BuiltIn()
	if err != nil {
		t.Fatal(err)
	}
	var table bytes.Buffer
	if _, err := built[3].WriteTo(&table); err != nil {
		t.Fatal(err)
	}
	later := strings.Replace(table.String(), "schema oBDS 3.0.5", "schema oBDS 3.0.6", 1)
	for name, c := range map[string]struct{ file, content, key string }{
		"a table":             {"obds-3.0.6.txt", later, ""},
		"no table":            {"obds-3.0.6.xsd", later, "obds.no_table"},
		"nonsense":            {"obds-3.0.6.txt", "nonsense", "obds.bad_table"},
		"days of any year":    {"obds-3.0.6.txt", strings.Replace(later, "  max 2029-12-31\n", "", 1), "obds.wide_dates"},
		"far days":            {"obds-3.0.6.txt", strings.Replace(later, "  max 2029-12-31\n", "  max 10000-01-01\n", 1), "obds.wide_dates"},
		"days before Christ":  {"obds-3.0.6.txt", strings.Replace(later, "  min 1900-01-01\n", "  min -0001-01-01\n", 1), "obds.wide_dates"},
		"the last days":       {"obds-3.0.6.txt", strings.NewReplacer("  max 2029-12-31\n", "  max 9999-12-31\n", "  min 1900\n", "  min 0001\n").Replace(later), ""},
		"years without end":   {"obds-3.0.6.txt", strings.Replace(later, "  max 2029\n", "", 1), "obds.wide_dates"},
		"a word for a day":    {"obds-3.0.6.txt", strings.Replace(later, "  Meldedatum : Datum_Tag_genau_Typ\n", "  Meldedatum : Freitext255_Typ\n", 1), "obds.wide_dates"},
		"a new element in it": {"obds-3.0.6.txt", strings.Replace(later, "  Nachname : ", "  Neues? : Namenstring255_Typ\n  Nachname : ", 1), "obds.bad_table"},
	} {
		dir := t.TempDir()
		if err := os.WriteFile(filepath.Join(dir, c.file), []byte(c.content), 0o600); err != nil {
			t.Fatal(err)
		}
		_, err := OpenFolder(os.DirFS(dir), dir)
		f, is := errors.AsType[*fault.Fault](err)
		switch {
		case c.key == "" && err != nil:
			t.Errorf("%s: %v", name, err)
		case c.key != "" && (!is || f.Key != c.key || !strings.Contains(f.Sentence, dir)):
			t.Errorf("%s: %v", name, err)
		}
	}
}
