// SPDX-License-Identifier: EUPL-1.2

package check_test

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"meldewerk/report"
	"meldewerk/report/check"
	"meldewerk/report/obds"
)

// implausible lists the valid samples that are wrong on purpose or by their
// converter, none of them a test package of Plattform 65c.
var implausible = map[string]string{
	"pcvolkmer_obds2-to-obds3__obdsv3_op_1.xml":               "D2 I6b", // operation two months before the diagnosis, morphology with behaviour 8
	"pcvolkmer_obds2-to-obds3__obdsv3_verlauf_histologie.xml": "I6b",    // likewise
}

// rightly says for each rule that warns of a valid sample why it is right to.
var rightly = []struct{ rule, why string }{
	{"D2b", "A finding lies days or weeks before the date of diagnosis; the converter took the later date."},
	{"D5b", "The package carries events that lie after its own date of reporting."},
	{"D6", "The date of diagnosis is given as estimated."},
	{"D8b", "The end of a therapy is reported without its date or without the reason."},
	{"I1", "The test patient is a woman with C61."},
	{"I3f", "C61 is written as C61.0, a code that ICD-10-GM does not have; what is meant is clear."},
	{"I4", "The version of ICD-10-GM is not that of the year of diagnosis."},
	{"I4b", "Diagnoses from 2020 on are coded by ICD-O-3 of 2003."},
	{"I7", "A tumour of the nervous system is given for the prostate."},
	{"I13", "The side is missing for a paired organ."},
	{"M1", "The Modul Prostata stands in a report on a tumour of the bowel."},
	{"P1b", "The insurer's number is made up; its check digit is wrong."},
	{"P1d", "The postal code is made up."},
	{"S1", "An antibody is given in a therapy of the kind chemotherapy."},
	{"S1b", "Several substances are written into one field."},
	{"T4", "The T is in situ, which tumours of the prostate do not have."},
}

// TestValidSamplesHaveNoError runs the table over all valid oBDS 3 samples
// that are at hand, and lists what it warns of.
func TestValidSamplesHaveNoError(t *testing.T) {
	t.Parallel()
	shared := filepath.Join(root(t), "..", "shared", "obds")
	sources, err := os.ReadFile(filepath.Join(shared, "SOURCES.md"))
	if err != nil {
		t.Skip("the samples are not beside the project")
	}
	reports := 0
	for line := range strings.Lines(string(sources)) {
		cells := strings.Split(line, "|")
		if len(cells) < 6 || !strings.HasPrefix(strings.TrimSpace(cells[3]), "oBDS 3") || strings.TrimSpace(cells[5]) != "valid" {
			continue
		}
		name := strings.TrimSpace(cells[1])
		for _, f := range judge(t, filepath.Join(shared, "samples", name), &reports) {
			t.Logf("%s: %s %s at %s", name, f.Severity, f.Rule, f.Path)
			if known := slices.ContainsFunc(rightly, func(r struct{ rule, why string }) bool { return r.rule == f.Rule }); f.Severity == report.Warning && !known {
				t.Errorf("%s: nobody says why %s is right at %s", name, f.Rule, f.Path)
			}
			if f.Severity == report.Error && !slices.Contains(strings.Fields(implausible[name]), f.Rule) {
				t.Errorf("%s: error %s at %s", name, f.Rule, f.Path)
			}
		}
	}
	if reports < 90 {
		t.Errorf("only %d reports read", reports)
	}
}

func judge(t *testing.T, name string, reports *int) []report.Finding {
	t.Helper()
	f, err := os.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var all []report.Finding
	reader := obds.NewReader(f, obds.Options{})
	for {
		item, err := reader.Next()
		if errors.Is(err, io.EOF) {
			return all
		}
		if err != nil {
			t.Fatal(err)
		}
		*reports++
		if len(item.Findings) > 0 {
			t.Errorf("%s: schema finding %s at %s", filepath.Base(name), item.Findings[0].Rule, item.Findings[0].Path)
			continue
		}
		all = append(all, check.Run(check.Context{Today: day("2026-11-21"), ReportedOn: reader.Package().ReportedOn,
			Land: "NI", Path: item.Path(), Line: item.Line}, item.Report)...)
	}
}
