// SPDX-License-Identifier: EUPL-1.2

package obds

import (
	"bytes"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

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
