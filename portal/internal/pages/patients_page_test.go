// SPDX-License-Identifier: EUPL-1.2

package pages

import (
	"strings"
	"testing"

	"meldewerk/exchange/submission"
	"meldewerk/portal/internal/drafting"
	"meldewerk/tumour"
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

// TestWorkOfTheDayIsOrderedByWhatPresses puts refused reports first, then those
// that go soon.
func TestWorkOfTheDayIsOrderedByWhatPresses(t *testing.T) {
	t.Parallel()
	warn := galleryNow.AddDate(0, 0, 30)
	plain := galleryRow("A", tumour.OccasionDiagnosis, drafting.Draft, "")
	soon := galleryRow("B", tumour.OccasionCourse, drafting.Draft, "")
	soon.DeletedOn = galleryNow.AddDate(0, 0, 3)
	refused := galleryRow("C", tumour.OccasionSurgery, drafting.Submitted, submission.Refused)
	page := newOverview(&overviewView{Typing: true, Drafts: []drafting.Row{plain, soon, refused}, Waiting: 3, Now: galleryNow, Warn: warn})
	many := make([]drafting.Row, 40)
	for i := range many {
		many[i] = plain
	}
	if full := newOverview(&overviewView{Typing: true, Drafts: append(many, soon), Waiting: 250, Now: galleryNow, Warn: warn}); len(full.ToDo.Tasks) != toDoShown ||
		full.ToDo.Tasks[0].Href != "/meldungen/B" || !strings.HasPrefix(full.More, "238") {
		t.Errorf("%d tasks, the first %s, then %q", len(full.ToDo.Tasks), full.ToDo.Tasks[0].Href, full.More)
	}
	var order string
	for _, task := range page.ToDo.Tasks {
		order += strings.TrimPrefix(task.Href, "/meldungen/")
	}
	if order != "CBA" || !strings.Contains(page.ToDo.Tasks[1].Hint, "Wird am 24.11.2026 gelöscht.") || page.More != "" {
		t.Errorf("order %s, hint %q", order, page.ToDo.Tasks[1].Hint)
	}
}
