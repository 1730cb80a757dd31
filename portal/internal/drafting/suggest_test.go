// SPDX-License-Identifier: EUPL-1.2

package drafting_test

import (
	"errors"
	"testing"

	"meldewerk/portal/internal/drafting"
	"meldewerk/report/form"
	"meldewerk/tumour"
)

// TestSuggestionsFollowTheDay: a version that came from the day of the
// diagnosis changes with it, in its own section and in others, unless somebody
// has chosen another one; the open page is told.
func TestSuggestionsFollowTheDay(t *testing.T) {
	alone(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		record, _, err := w.CreateRecord(ctx, w.actor, "", "P-1")
		if err != nil {
			t.Fatal(err)
		}
		id := must(w.Begin(ctx, w.actor, record, tumour.OccasionDiagnosis, nil))(t)
		empty := drafting.Token(form.Sheet{}, section(t, "tumor"))
		first := must(w.Save(ctx, w.actor, id, "tumor", empty, form.Sheet{"tumour.diagnosed-on": "03.2015", "tumour.icd.code": "C50.4"}))(t)
		if first.Suggested["tumour.icd.version"] != "10 2015 GM" {
			t.Fatalf("suggested: %d", len(first.Suggested))
		}
		must(w.Save(ctx, w.actor, id, "diagnose", drafting.Token(form.Sheet{}, section(t, "diagnose")), form.Sheet{"topography.code": "C50.4"}))(t)
		if got := w.form(id).Sheet["topography.version"]; got != "32" {
			t.Fatalf("version of the topography: %q", got)
		}
		second := must(w.Save(ctx, w.actor, id, "tumor", first.Token, form.Sheet{"tumour.diagnosed-on": "03.2024",
			"tumour.icd.code": "C50.4", "tumour.icd.version": "10 2015 GM"}))(t)
		sheet := w.form(id).Sheet
		if sheet["tumour.icd.version"] != "10 2024 GM" || sheet["topography.version"] != "33" {
			t.Errorf("after another year: %q, %q", sheet["tumour.icd.version"], sheet["topography.version"])
		}
		if second.Suggested["tumour.icd.version"] != "10 2024 GM" {
			t.Error("the open page is not told")
		}
		must(w.Save(ctx, w.actor, id, "tumor", second.Token, form.Sheet{"tumour.diagnosed-on": "03.2025",
			"tumour.icd.code": "C50.4", "tumour.icd.version": "10 2023 GM"}))(t)
		if got := w.form(id).Sheet["tumour.icd.version"]; got != "10 2023 GM" {
			t.Errorf("a chosen version became %q", got)
		}
	})
}

func section(t *testing.T, name string) *form.Section {
	t.Helper()
	s, found := form.Named(form.NewSheet(tumour.OccasionDiagnosis), name)
	if !found {
		t.Fatalf("no section %s", name)
	}
	return s
}

// TestNotesAreNotOverwrittenSilently: who writes a note sees what a colleague
// wrote meanwhile.
func TestNotesAreNotOverwrittenSilently(t *testing.T) {
	alone(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		record, _, err := w.CreateRecord(ctx, w.actor, "", "P-1")
		if err != nil {
			t.Fatal(err)
		}
		id := must(w.Begin(ctx, w.actor, record, tumour.OccasionDiagnosis, nil))(t)
		if err := w.Note(ctx, w.actor, id, drafting.NoteToken(""), "von mir"); err != nil {
			t.Fatal(err)
		}
		if err := w.Note(ctx, w.actor, id, drafting.NoteToken(""), "von der Kollegin"); !errors.Is(err, drafting.ErrNote) {
			t.Errorf("another note: %v", err)
		}
		if err := w.Note(ctx, w.actor, id, drafting.NoteToken("von mir"), "beides"); err != nil || w.form(id).Note != "beides" {
			t.Errorf("knowingly: %v", err)
		}
	})
}

// TestChildhoodSectionsCanBeOpened: what is not asked for by itself can be
// typed all the same.
func TestChildhoodSectionsCanBeOpened(t *testing.T) {
	alone(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		record, _, err := w.CreateRecord(ctx, w.actor, "", "P-1")
		if err != nil {
			t.Fatal(err)
		}
		id := must(w.Begin(ctx, w.actor, record, tumour.OccasionDiagnosis, nil))(t)
		for _, s := range form.Further(w.form(id).Sheet) {
			if s.OfPatient() {
				must(w.SaveIdentity(ctx, w.actor, record, s.Name, drafting.Token(form.Sheet{}, s), form.Sheet{}))(t)
				continue
			}
			must(w.Save(ctx, w.actor, id, s.Name, drafting.Token(form.Sheet{}, s), form.Sheet{}))(t)
		}
	})
}
