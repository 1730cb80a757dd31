// SPDX-License-Identifier: EUPL-1.2

package pages

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"meldewerk/exchange/submission"
	"meldewerk/internal/ui"
	"meldewerk/portal/internal/drafting"
	"meldewerk/portal/internal/followup"
	"meldewerk/portal/internal/upload"
	"meldewerk/tumour"
	"meldewerk/tumour/history"
)

// TestN6EntriesOfPackagesAreReadOnly: what came by interface is not edited in
// the portal, even where its Meldungs-ID is that of an own report.
func TestN6EntriesOfPackagesAreReadOnly(t *testing.T) {
	t.Parallel()
	v := historyView{Course: galleryCourse(), Handle: "00", Typing: true, Now: galleryNow, Own: map[string]drafting.Row{}}
	for _, e := range v.Course.Tumours[0].Entries {
		v.Own[e.Report] = galleryRow("E", e.Occasion, drafting.Submitted, submission.Completed)
	}
	for _, entry := range newHistory(&v).Tumours[0].Entries {
		if entry.Package == (entry.Edit != "") {
			t.Errorf("%s: by interface %v, editable at %q", entry.Report, entry.Package, entry.Edit)
		}
	}
	v.Typing = false
	for _, entry := range newHistory(&v).Tumours[0].Entries {
		if entry.Edit != "" {
			t.Errorf("%s: who does not type may edit", entry.Report)
		}
	}
}

// TestHistoryOfSeveralPersonsBeginsNoReport: where two systems of a unit gave
// one number to two persons, the page says so, names the Melder-ID at each
// tumour, shows nobody's reduced set and offers no report that could be of either.
func TestHistoryOfSeveralPersonsBeginsNoReport(t *testing.T) {
	t.Parallel()
	v := historyView{Course: galleryCourse(), Handle: "00", Typing: true, Now: galleryNow}
	v.Course.Several, v.Course.Patient = true, followup.Patient{Number: v.Course.Patient.Number}
	v.Course.Tumours[0].Reporter = "M-2"
	page := newHistory(&v)
	if !page.Several || page.Tumours[0].For != "M-2" || page.Tumours[0].Act != "" || page.Banner.Items[1].Masked != severalMasked {
		t.Errorf("page %+v", page)
	}
}

// TestRecordOfAnotherMelderIDIsNoLinkOfTheHistory: a history does not lead to a
// record that may be another person's, but to its own also while the month of
// birth is being corrected.
func TestRecordOfAnotherMelderIDIsNoLinkOfTheHistory(t *testing.T) {
	t.Parallel()
	view := func(year int16, month uint8) *history.ReducedView {
		return &history.ReducedView{BirthYear: year, BirthMonth: month}
	}
	c := galleryCourse()
	c.View = *view(1951, 3)
	for name, want := range map[string]struct {
		rec    drafting.Record
		others bool
	}{
		"its own":                        {drafting.Record{Reporter: "M-1", View: view(1951, 3)}, false},
		"its own, not handed in":         {drafting.Record{Reporter: "M-1"}, false},
		"its own, birth corrected":       {drafting.Record{Reporter: "M-1", View: view(1952, 4)}, false},
		"another system, not handed in":  {drafting.Record{Reporter: "M-2"}, true},
		"another system, another month":  {drafting.Record{Reporter: "M-2", View: view(1951, 4)}, true},
		"another system, same month":     {drafting.Record{Reporter: "M-2", View: view(1951, 3)}, false},
		"another system, month unknown":  {drafting.Record{Reporter: "M-2", View: view(1951, 0)}, false},
		"another system, nothing known":  {drafting.Record{Reporter: "M-2", View: view(0, 0)}, false},
		"another system, year unlike it": {drafting.Record{Reporter: "M-2", View: view(1972, 0)}, true},
	} {
		if got := othersRecord(&want.rec, &c); got != want.others {
			t.Errorf("%s: %v", name, got)
		}
	}
}

// TestN2ListOfPatientsIsReducedAfterSubmission: no row of a sealed record shows
// what stands in its identity, even while that is being corrected.
func TestN2ListOfPatientsIsReducedAfterSubmission(t *testing.T) {
	t.Parallel()
	rec := gallerySealedRecord("2024-7714")
	rec.Identity, rec.Correction = galleryIdentity(), drafting.Spelling
	row := newPatientRow(&drafting.Overview{Record: rec})
	if row.Person != "" || row.Reduced != "03/1951 · 30159 Hannover · Kasse …312 · Versichertennummer …488" {
		t.Errorf("row %+v", row)
	}
	v := recordView{Record: rec, Check: galleryCheck(rec)}
	if page := newRecordPage(&v); page.Person != "" || page.Banner == nil || len(page.Banner.Items) != 7 {
		t.Errorf("page %+v", page)
	}
}

// TestWorkOfTheDayIsOrderedByWhatPresses puts refused reports first, says what
// goes soon, and leads to what does not stand on the page.
func TestWorkOfTheDayIsOrderedByWhatPresses(t *testing.T) {
	t.Parallel()
	warn := galleryNow.AddDate(0, 0, 30)
	plain := galleryRow("A", tumour.OccasionDiagnosis, drafting.Draft, "")
	soon := galleryRow("B", tumour.OccasionCourse, drafting.Draft, "")
	soon.DeletedOn = galleryNow.AddDate(0, 0, 3)
	refused := galleryRow("C", tumour.OccasionSurgery, drafting.Submitted, submission.Refused)
	page := newOverview(&overviewView{Typing: true, Drafts: []drafting.Row{soon, plain, refused}, Waiting: 3, Now: galleryNow, Warn: warn})
	full := newOverview(&overviewView{Typing: true, Drafts: []drafting.Row{soon, plain}, Waiting: 5012, Open: []upload.Mending{{Rejected: 1}}, ToMend: 2,
		Missing: make([]followup.Missing, lastShown+1), Now: galleryNow, Warn: warn})
	if want := []ui.Link{{Label: "5.010\u00a0weitere offene Meldungen der Online-Erfassung zeigen", Href: "/meldungen?stand=offen"},
		{Label: "1\u00a0weiteres Paket mit abgewiesenen Meldungen in der Liste aller Pakete", Href: "/pakete"}}; !cmp.Equal(full.More, want) || len(full.Missing) != lastShown || !full.Further {
		t.Errorf("what is cut is said as %v, %d of more missing reports: %v", full.More, len(full.Missing), full.Further)
	}
	var order string
	for _, task := range page.ToDo.Tasks {
		order += strings.TrimPrefix(task.Href, "/meldungen/")
	}
	if order != "CBA" || !strings.Contains(page.ToDo.Tasks[1].Hint, "Wird am 24.11.2026 gelöscht.") || page.More != nil || page.Further {
		t.Errorf("order %s, hint %q", order, page.ToDo.Tasks[1].Hint)
	}
}
