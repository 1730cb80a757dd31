// SPDX-License-Identifier: EUPL-1.2

package portal_test

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"meldewerk/fault"
	"meldewerk/portal"
	"meldewerk/report/obds/schema"
)

// laterTable is a folder with the table of a version that the program does not know.
func laterTable(t *testing.T) string {
	t.Helper()
	built, err := schema.BuiltIn()
	if err != nil {
		t.Fatal(err)
	}
	var table bytes.Buffer
	if _, err = built[len(built)-1].WriteTo(&table); err != nil {
		t.Fatal(err)
	}
	later := strings.NewReplacer("schema oBDS 3.0.5", "schema oBDS 3.0.6", "3.0.4 3.0.5", "3.0.4 3.0.5 3.0.6").Replace(table.String())
	dir := t.TempDir()
	if err = os.WriteFile(filepath.Join(dir, "obds-3.0.6.txt"), []byte(later), 0o600); err != nil {
		t.Fatal(err)
	}
	return dir
}

// TestTableBesideTheProgramIsReadByThePortal takes a package of a later version
// by the table that the operator has laid there, and seals its reports.
func TestTableBesideTheProgramIsReadByThePortal(t *testing.T) {
	t.Parallel()
	dir := laterTable(t)
	w := newWorld(t, "sqlite:"+filepath.Join(t.TempDir(), "portal.db"), func(c *portal.Config) { c.Schemas = dir })
	u := w.user("nord")
	got := u.protocol(u.upload(strings.Replace(packageOf(somebody(1)), "3.0.4", "3.0.6", 1)))
	if got.Schema != "3.0.6" || got.Accepted+got.Warned != 1 || got.Rejected != 0 {
		t.Errorf("with the table: %+v", got)
	}

	if err := os.WriteFile(filepath.Join(dir, "obds-3.0.7.txt"), []byte("schema oBDS 3.0.7\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	config, _ := prepare(t, "sqlite:"+filepath.Join(t.TempDir(), "portal.db"))
	config.Schemas = dir
	house, err := portal.Open(t.Context(), config, portal.Options{})
	if err == nil {
		t.Fatal("it starts with a table that is none", house.Close())
	}
	if !strings.Contains(err.Error(), "obds-3.0.7.txt") {
		t.Errorf("the table is not named: %v", err)
	}
}

// TestX3LimitsOfTheXMLAreConfigured: an operator makes them stricter. What is
// above them loses its own report only; limits wider than the trust centre's
// stop the start.
func TestX3LimitsOfTheXMLAreConfigured(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "sqlite:"+filepath.Join(t.TempDir(), "portal.db"), func(c *portal.Config) { c.Upload.MaxText = 16 << 10 })
	u := w.user("nord")
	long := strings.Replace(packageOf(somebody(1)), "<Meldung ", "<!-- "+strings.Repeat("x", 20<<10)+" --><Meldung ", 1)
	if got := u.protocol(u.upload(long)); got.Accepted+got.Warned != 0 {
		t.Errorf("a comment of 20 KiB passed: %+v", got)
	}

	config, _ := prepare(t, "sqlite:"+filepath.Join(t.TempDir(), "portal.db"))
	for _, wrong := range []portal.Upload{{MaxDepth: 300}, {MaxDepth: 4}, {MaxAttributes: 65}, {MaxText: -1}, {MaxText: 8 << 20}} {
		config.Upload = wrong
		house, err := portal.Open(t.Context(), config, portal.Options{})
		if err == nil {
			t.Fatalf("%+v: it starts: %v", wrong, house.Close())
		}
		if !strings.Contains(fault.Of(err).Sentence, "[upload]") {
			t.Errorf("%+v: %v", wrong, err)
		}
	}
}
