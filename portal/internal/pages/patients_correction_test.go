// SPDX-License-Identifier: EUPL-1.2

package pages

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"meldewerk/exchange/submission"
	"meldewerk/internal/ui"
	"meldewerk/portal/internal/drafting"
	"meldewerk/report"
	"meldewerk/report/form"
)

// TestCorrectionCheckLeadsToWhatIsToBeMended: a fault of the identity leads to
// the record, one of a report to that report, and its field while it is edited.
func TestCorrectionCheckLeadsToWhatIsToBeMended(t *testing.T) {
	t.Parallel()
	rec := gallerySealedRecord("2024-7714")
	rec.Correction, rec.Identity = drafting.WrongPerson, galleryIdentity()
	fault := func(message string, of drafting.FormID, section, key string) drafting.Finding {
		return drafting.Finding{Finding: report.Finding{Rule: "D1", Severity: report.Error, Message: message}, Form: of, Section: section, Key: key}
	}
	v := recordView{Record: rec, Check: drafting.RecordCheck{Record: rec}}
	if page := newCorrectionCheck(&v); !page.Ready || len(page.Reports.Items) > 0 || page.Mend != "" {
		t.Errorf("nothing stands against it: %+v", page)
	}
	v.Check.Reports = []drafting.Finding{fault("a", "E", "", ""), fault("b", "D", "tumor", "icd.code"), fault("c", "", "person", "patient.birth-date")}
	page := newCorrectionCheck(&v)
	if page.Ready || page.Reports.Title != ui.Count(3, "Fehler", "Fehler")+" in den Meldungen, die mitgehen" || page.Mend == "" {
		t.Errorf("three errors: %+v", page.Reports)
	}
	var links []string
	for _, h := range page.Reports.Items {
		links = append(links, h.Href)
	}
	want := []string{formHref("E"), formHref("D") + "/tumor?zurueck=ja#" + form.FieldID("icd.code"),
		recordHref(rec.ID) + "/person?zurueck=ja#" + form.FieldID("patient.birth-date")}
	if diff := cmp.Diff(want, links); diff != "" {
		t.Error(diff)
	}
}

// TestRecordSaysThatACorrectionWasRefused: only while nothing else is to be
// done first.
func TestRecordSaysThatACorrectionWasRefused(t *testing.T) {
	t.Parallel()
	open := gallerySealedRecord("2024-7714")
	open.Correction = drafting.Spelling
	open.Identity = form.Sheet{}
	rows := []drafting.Row{galleryRow("E", "", drafting.Submitted, submission.Refused)}
	for name, c := range map[string]struct {
		view recordView
		want bool
	}{
		"refused":                 {recordView{Record: gallerySealedRecord("2024-7714"), Forms: rows, Refused: true}, true},
		"nothing refused":         {recordView{Record: gallerySealedRecord("2024-7714"), Forms: rows}, false},
		"nobody known":            {recordView{Record: gallerySealedRecord("2024-7714"), Forms: rows, Refused: true, Lost: true}, false},
		"corrected again already": {recordView{Record: open, Forms: rows, Refused: true}, false},
	} {
		page := newRecordPage(&c.view)
		if page.Refused != c.want || c.want && !page.Correct {
			t.Errorf("%s: %v, may be corrected %v", name, page.Refused, page.Correct)
		}
	}
}
