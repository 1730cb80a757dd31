// SPDX-License-Identifier: EUPL-1.2

package trustcentre_test

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"meldewerk/exchange/submission"
	"meldewerk/report"
	"meldewerk/report/obds"
	"meldewerk/report/obds/schema"
	"meldewerk/trustcentre"
	"meldewerk/tumour"
)

// coded is a sound report whose diagnosis only a later edition has.
func (w *world) coded() *report.Report {
	w.t.Helper()
	for _, r := range w.reports(60, "Edition") {
		a := &r.Event.Assignment
		if strings.HasPrefix(string(a.ICD.Code), "C50.") && r.Event.Diagnosis != nil {
			a.ICD = tumour.ICD{Code: "C50.7", Version: "10 2024 GM"}
			return r
		}
	}
	w.t.Fatal("no diagnosis of the breast among the reports")
	return nil
}

// laterTable is a folder with the table of a version that the program does not know.
func (w *world) laterTable() string {
	w.t.Helper()
	built, err := schema.BuiltIn()
	w.must(err)
	var table bytes.Buffer
	_, err = built[len(built)-1].WriteTo(&table)
	w.must(err)
	later := strings.NewReplacer("schema oBDS 3.0.5", "schema oBDS 3.0.6", "3.0.4 3.0.5", "3.0.4 3.0.5 3.0.6").Replace(table.String())
	dir := filepath.Join(w.dir, "tables")
	w.must(os.Mkdir(dir, 0o700))
	w.must(os.WriteFile(filepath.Join(dir, "obds-3.0.6.txt"), []byte(later), 0o600))
	return dir
}

// TestNewerEditionIsAcceptedByTheTrustCentre judges a code by the tables of a
// folder: unknown without them, sound with them.
func TestNewerEditionIsAcceptedByTheTrustCentre(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "kkn", false)
	receipt := w.submit(delivery{}, w.coded())
	w.settle()
	refused := w.portal.told(receipt, 1)
	if refused.State != submission.Refused || len(refused.Remarks) == 0 || refused.Remarks[0].Rule != "I3b" {
		t.Fatalf("without the edition: %q %+v", refused.State, refused.Remarks)
	}

	w.centre.Terminology = filepath.Join(w.dir, "lists")
	w.must(os.Mkdir(w.centre.Terminology, 0o700))
	table := filepath.Join(w.centre.Terminology, "icd10gm-2024.txt")
	w.must(os.WriteFile(table, []byte("meldewerk-terminology icd10gm 2024 2\nC50.4 Brustdrüse\nC50.7 Brustdrüse, Sattelzone\n"), 0o600))
	// A version of the data set that came after the program lies beside it too.
	w.centre.Schemas = w.laterTable()
	w.restart()
	tables, err := obds.OpenFolder(os.DirFS(w.centre.Schemas), w.centre.Schemas)
	w.must(err)
	receipt = w.submit(delivery{version: "3.0.6", tables: tables}, w.coded())
	w.settle()
	if taken := w.portal.told(receipt, 1); taken.State != submission.Completed {
		t.Errorf("with the edition: %q %+v", taken.State, taken.Remarks)
	}

	w.must(os.WriteFile(table, []byte("meldewerk-terminology icd10gm 2024 3\nC50.4 Brustdrüse\n"), 0o600))
	house, err := trustcentre.Open(t.Context(), w.centre, trustcentre.Options{})
	if err == nil {
		t.Fatal("a broken table does not stop the start", house.Close())
	}
	if !strings.Contains(err.Error(), "icd10gm-2024.txt: ") {
		t.Errorf("the sentence is %q", err)
	}
}
