// SPDX-License-Identifier: EUPL-1.2

package drafting_test

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"meldewerk/fault"
	"meldewerk/internal/database"
	"meldewerk/portal/internal/drafting"
	"meldewerk/report"
	"meldewerk/report/form"
	"meldewerk/tumour"
	"meldewerk/tumour/history"
)

// TestCreateRecordChecksNumbers: the number is trimmed and bounded, the
// Melder-ID one of the unit's, and a number in use gives the record there is.
func TestCreateRecordChecksNumbers(t *testing.T) {
	alone(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		for _, number := range []report.PatientID{"", "  ", report.PatientID(strings.Repeat("ß", 51)), "P\x001", "P\n1", "\xff", "P\u200b1", "P\u00a01"} {
			if _, _, err := w.CreateRecord(ctx, w.actor, "M-1", number); !errors.Is(err, drafting.ErrNumber) {
				t.Errorf("%q: %v", number, err)
			}
		}
		for _, reporter := range []report.ReporterID{"M-2", "M-1x"} {
			if _, _, err := w.CreateRecord(ctx, w.actor, reporter, "P-1"); !errors.Is(err, drafting.ErrReporter) {
				t.Errorf("%q: %v", reporter, err)
			}
		}
		id, fresh, err := w.CreateRecord(ctx, w.actor, "", " P-1 ")
		if err != nil || !fresh || len(id) != 26 {
			t.Fatalf("%q, %v, %v", id, fresh, err)
		}
		if r := w.readRecord(id); r.Reporter != "M-1" || r.Patient != "P-1" || r.ChangedBy != "A. Kraft" || r.Sealed() {
			t.Errorf("the record has the reporter %q", r.Reporter)
		}
		for _, reporter := range []report.ReporterID{"", "M-1"} {
			if again, fresh, err := w.CreateRecord(ctx, w.actor, reporter, "P-1"); again != id || fresh || err != nil {
				t.Errorf("the number once more: %v, %v", fresh, err)
			}
		}
		if found, there, err := w.FindRecord(ctx, unit, " P-1"); found != id || !there || err != nil {
			t.Errorf("found %v, %v", there, err)
		}
		several := w.actor
		several.Reporters = []string{"M-1", "M-2"}
		if _, _, err := w.CreateRecord(ctx, several, "", "P-2"); !errors.Is(err, drafting.ErrReporter) {
			t.Errorf("no reporter among two: %v", err)
		}
		any := w.actor
		any.Unit, any.AnyReporter, any.Reporters = "unit-2", true, nil
		if _, fresh, err := w.CreateRecord(ctx, any, "M-9", "P-1"); err != nil || !fresh {
			t.Errorf("another unit's same number: %v, %v", fresh, err)
		}
		if _, err := w.Record(ctx, "unit-2", id); !errors.Is(err, drafting.ErrUnknown) {
			t.Errorf("another unit reads the record: %v", err)
		}
	})
}

// TestNumberOfAnotherMelderIDIsRefused: two systems of one unit may give the
// same number to two persons; a report on one must not reach the other's record.
func TestNumberOfAnotherMelderIDIsRefused(t *testing.T) {
	alone(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		w.actor.Reporters = []string{"M-1", "M-2"}
		elsewhere := func(err error) bool { f := fault.Of(err); return f != nil && f.Key == "drafting.number_elsewhere" }
		view := history.ReducedView{PatientNumber: "P-1", BirthYear: 1950, BirthMonth: 3, InsuredTail: "264"}
		id := must(w.AdoptRecord(ctx, w.actor, "M-1", view))(t)
		if again, _, err := w.CreateRecord(ctx, w.actor, "M-2", "P-1"); again != "" || !elsewhere(err) || !strings.Contains(fault.Of(err).Sentence, "M-1") {
			t.Errorf("typed under another Melder-ID: %v", err)
		}
		for name, other := range map[string]history.ReducedView{"another birth": {PatientNumber: "P-1", BirthYear: 1951, BirthMonth: 3, InsuredTail: "264"},
			"another insurance": {PatientNumber: "P-1", BirthYear: 1950, BirthMonth: 3, InsuredTail: "111"}, "nothing known": {PatientNumber: "P-1"}} {
			if again, err := w.AdoptRecord(ctx, w.actor, "M-2", other); again != "" || !elsewhere(err) {
				t.Errorf("%s: %v", name, err)
			}
		}
		if again, err := w.AdoptRecord(ctx, w.actor, "M-2", view); again != id || err != nil {
			t.Errorf("the same person by two departments: %v", err)
		}
	})
}

// TestAdoptedRecordGoesByReference: a patient known from packages is reported
// on without an identity.
func TestAdoptedRecordGoesByReference(t *testing.T) {
	alone(t, func(t *testing.T, w *world) {
		r := some(t, tumour.OccasionDiagnosis)
		view := history.ReducedView{PatientNumber: string(r.Patient), BirthYear: 1950, PostalCode: "30159"}
		record := must(w.AdoptRecord(t.Context(), w.actor, "M-1", view))(t)
		if again := must(w.AdoptRecord(t.Context(), w.actor, "M-1", view))(t); again != record {
			t.Error("adopted twice there are two records")
		}
		w.submit(w.draft(record, r))
		items := w.arrived()
		if len(items) != 1 || items[0].As != report.PersonKnown || items[0].Report.Patient != r.Patient {
			t.Fatalf("%d reports arrived", len(items))
		}
	})
}

// TestW5SaveNeverOverwritesSilently: who saves with an outdated token gets both
// states; with the new token he overwrites knowingly; the same content and
// other sections do not disturb.
func TestW5SaveNeverOverwritesSilently(t *testing.T) {
	alone(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		record, _, err := w.CreateRecord(ctx, w.actor, "", "P-1")
		if err != nil {
			t.Fatal(err)
		}
		id := must(w.Begin(ctx, w.actor, record, tumour.OccasionDiagnosis, nil))(t)
		f := w.form(id)
		s, _ := form.Named(f.Sheet, "diagnose")
		began := drafting.Token(f.Sheet, s)
		first := must(w.Save(ctx, w.actor, id, "diagnose", began, form.Sheet{"certainty": "7.1"}))(t)
		other := w.actor
		other.Name = "B. Lang"
		_, err = w.Save(ctx, other, id, "diagnose", began, form.Sheet{"certainty": "5", "text": "x"})
		conflict, found := errors.AsType[*drafting.Conflict](err)
		if !found || conflict.Stored["certainty"] != "7.1" || conflict.Yours["certainty"] != "5" || conflict.By != "A. Kraft" || conflict.Token != first.Token {
			t.Fatalf("%+v, %v", conflict, err)
		}
		if strings.Contains(fmt.Sprintf("%v %+v", err, err), "7.1") {
			t.Error("the conflict tells a value")
		}
		if w.form(id).Sheet["certainty"] != "7.1" {
			t.Error("it was overwritten all the same")
		}
		if _, err := w.Save(ctx, other, id, "diagnose", began, form.Sheet{"certainty": " 7.1 "}); err != nil {
			t.Errorf("the same content: %v", err)
		}
		sheet := w.form(id).Sheet
		last, _ := form.Named(sheet, "meldung")
		if _, err := w.Save(ctx, other, id, "meldung", drafting.Token(sheet, last), form.Sheet{"reason": "I", "own-service": "J"}); err != nil {
			t.Errorf("another section: %v", err)
		}
		must(w.Save(ctx, other, id, "diagnose", conflict.Token, form.Sheet{"certainty": "5", "text": "x"}))(t)
		if got := w.form(id); got.Sheet["certainty"] != "5" || got.ChangedBy != "B. Lang" || got.Sheet["reason"] != "I" {
			t.Error("overwriting knowingly did not")
		}
	})
}

// TestSaveTakesOnlyTheSectionsFields: a field of another section, an unknown
// one, one the portal fills and one of the identity are refused.
func TestSaveTakesOnlyTheSectionsFields(t *testing.T) {
	alone(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		record, _, err := w.CreateRecord(ctx, w.actor, "", "P-1")
		if err != nil {
			t.Fatal(err)
		}
		id := must(w.Begin(ctx, w.actor, record, tumour.OccasionDiagnosis, nil))(t)
		for _, key := range []string{"reason", "unknown", "report.id", "tumour.id", "occasion", "patient.surname", "earlier", "earlier.x.text",
			"earlier.900.text", "earlier.01.text", "topography", "", "."} {
			if _, err := w.Save(ctx, w.actor, id, "diagnose", "", form.Sheet{key: "x"}); !errors.Is(err, drafting.ErrSection) {
				t.Errorf("%q: %v", key, err)
			}
		}
		for _, section := range []string{"person", "verwaltung", "operation", "", "befund"} {
			if _, err := w.Save(ctx, w.actor, id, section, "", form.Sheet{}); !errors.Is(err, drafting.ErrSection) {
				t.Errorf("section %q: %v", section, err)
			}
		}
		if _, err := w.SaveIdentity(ctx, w.actor, record, "diagnose", "", form.Sheet{}); !errors.Is(err, drafting.ErrSection) {
			t.Errorf("a medical section of the identity: %v", err)
		}
		if _, err := w.SaveIdentity(ctx, w.actor, record, "person", "", form.Sheet{"reason": "I"}); !errors.Is(err, drafting.ErrSection) {
			t.Errorf("a medical field in the identity: %v", err)
		}
		if _, err := w.Save(ctx, w.actor, id, "diagnose", "", form.Sheet{"text": strings.Repeat("x", 2<<20)}); !errors.Is(err, drafting.ErrTooLong) {
			t.Errorf("two megabytes: %v", err)
		}
	})
}

// TestSaveSuggestsAndNamesWhatFell: versions follow from the date within the
// saved section, and a field whose choice was changed is named and kept.
func TestSaveSuggestsAndNamesWhatFell(t *testing.T) {
	alone(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		record, _, err := w.CreateRecord(ctx, w.actor, "", "P-1")
		if err != nil {
			t.Fatal(err)
		}
		id := must(w.Begin(ctx, w.actor, record, tumour.OccasionDiagnosis, nil))(t)
		f := w.form(id)
		s, _ := form.Named(f.Sheet, "tumor")
		token := drafting.Token(f.Sheet, s)
		values := form.Sheet{"tumour.icd.code": "C50.4", "tumour.diagnosed-on": "03.11.2025"}
		must(w.Save(ctx, w.actor, id, "tumor", token, values))(t)
		if got := w.form(id).Sheet["tumour.icd.version"]; got != "10 2025 GM" {
			t.Errorf("suggested %q", got)
		}
		if _, err := w.Save(ctx, w.actor, id, "tumor", token, values); err != nil {
			t.Errorf("the same again without the suggestion: %v", err)
		}
		anschrift := form.Sheet{"patient.insurance.kind": "statutory", "patient.insurance.statutory.insurer": "101575519"}
		saved := must(w.SaveIdentity(ctx, w.actor, record, "anschrift", drafting.Token(form.Sheet{}, s), anschrift))(t)
		if len(saved.Fallen) != 0 {
			t.Errorf("fallen: %v", saved.Fallen)
		}
		anschrift["patient.insurance.kind"] = "other"
		saved = must(w.SaveIdentity(ctx, w.actor, record, "anschrift", saved.Token, anschrift))(t)
		if len(saved.Fallen) != 1 || w.readRecord(record).Identity["patient.insurance.statutory.insurer"] == "" {
			t.Errorf("fallen: %v", saved.Fallen)
		}
	})
}

// TestN2OpenTextMustNotNameThePatient: in a text, in the note, in another
// draft of the record and in the patient number.
func TestN2OpenTextMustNotNameThePatient(t *testing.T) {
	alone(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		r := some(t, tumour.OccasionDiagnosis)
		r.Person.Surname = "Quittenbaum"
		r.Event.Diagnosis.Text = "Frau Quittenbaum kam mit Husten"
		record := w.record(r)
		id := w.draft(record, r)
		c := must(w.Check(ctx, unit, id))(t)
		if !contains(c.Errors, "O1", "text") || c.Ready() {
			t.Errorf("the text: %v", c.Errors)
		}
		if err := w.Note(ctx, w.actor, id, drafting.NoteToken(""), "Quittenbaum zurückrufen"); err != nil {
			t.Fatal(err)
		}
		if c = must(w.Check(ctx, unit, id))(t); !contains(c.Errors, "O1", drafting.KeyNote) {
			t.Errorf("the note: %v", c.Errors)
		}
		clean := *r
		d := *r.Event.Diagnosis
		d.Text, clean.Event.Diagnosis = "Husten", &d
		second := w.draft(record, &clean)
		if c = must(w.Check(ctx, unit, second))(t); !contains(c.Errors, "O1", "") {
			t.Errorf("the other draft: %v", c.Errors)
		}
		if err := w.GiveUp(ctx, w.actor, id); err != nil {
			t.Fatal(err)
		}
		if c = must(w.Check(ctx, unit, second))(t); !c.Ready() {
			t.Errorf("afterwards: %v", c.Errors)
		}
		r.Patient = "quittenbaum-1950"
		named := must(w.CheckRecord(ctx, unit, w.record(r)))(t)
		if !contains(named.Errors, "O2", "report.patient") {
			t.Errorf("the number: %v", named.Errors)
		}
		for _, f := range named.Errors {
			if strings.Contains(strings.ToLower(fmt.Sprintf("%+v", f)), "quittenbaum") {
				t.Error("the finding tells the name")
			}
		}
	})
}

// TestTidyDeletesUntouchedDrafts: after the time of the profile, not before.
func TestTidyDeletesUntouchedDrafts(t *testing.T) {
	alone(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		record := w.record(some(t, tumour.OccasionDiagnosis))
		must(w.Begin(ctx, w.actor, record, tumour.OccasionDiagnosis, nil))(t)
		rows, count, err := w.Forms(ctx, unit, drafting.Filter{State: drafting.Draft}, 0, 10)
		if err != nil || count != 1 || !rows[0].DeletedOn.Equal(rows[0].ChangedAt.Add(180*24*time.Hour)) {
			t.Fatalf("%+v, %v", rows, err)
		}
		w.clock.Advance(rows[0].ChangedAt.Sub(w.clock.Now()) + 179*24*time.Hour)
		if worked, err := w.Tidy(ctx); worked || err != nil {
			t.Errorf("too early: %v, %v", worked, err)
		}
		w.clock.Advance(2 * 24 * time.Hour)
		for range 5 {
			if worked, err := w.Tidy(ctx); err != nil || !worked {
				break
			}
		}
		if _, err := w.Record(ctx, unit, record); !errors.Is(err, drafting.ErrUnknown) {
			t.Errorf("after 181 days: %v", err)
		}
	})
}

// TestCheckRecordAsksForTheIdentity: an empty record is asked for who the
// patient is, and for nothing of a report.
func TestCheckRecordAsksForTheIdentity(t *testing.T) {
	alone(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		id, _, err := w.CreateRecord(ctx, w.actor, "", "P-1")
		if err != nil {
			t.Fatal(err)
		}
		c := must(w.CheckRecord(ctx, unit, id))(t)
		for _, key := range []string{"patient.surname", "patient.sex", "patient.birth-date", "patient.insurance.kind"} {
			if !slices.ContainsFunc(c.Errors, func(f drafting.Finding) bool { return f.Key == key }) {
				t.Errorf("%s is not asked for", key)
			}
		}
		for _, f := range c.Errors {
			if f.Section != "person" && f.Section != "anschrift" {
				t.Errorf("%s %s stands in the section %q", f.Rule, f.Key, f.Section)
			}
		}
		r := some(t, tumour.OccasionDiagnosis)
		r.Patient = "P-1"
		w.typeIdentity(id, r)
		if c = must(w.CheckRecord(ctx, unit, id))(t); len(c.Errors) > 0 || len(c.Sections) != 2 || !c.Sections[0].Filled {
			t.Errorf("afterwards: %v", c.Errors)
		}
	})
}

// TestReportsOfOneRecordAreJudgedTogether: what only several reports of a
// patient show is found in the form too.
func TestReportsOfOneRecordAreJudgedTogether(t *testing.T) {
	alone(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		r := some(t, tumour.OccasionDiagnosis)
		record := w.record(r)
		first, second := w.draft(record, r), w.draft(record, r)
		before := must(w.Check(ctx, unit, second))(t)
		w.submit(first)
		after := must(w.Check(ctx, unit, second))(t)
		if len(after.Warnings)+len(after.Errors) <= len(before.Warnings)+len(before.Errors) {
			t.Errorf("the same report twice: %v, %v", after.Warnings, after.Errors)
		}
	})
}

// TestUnitMakesNoMoreRecordsThanPeopleCanType: the limit is of one unit and of
// one day, and opens nothing that is there already.
func TestUnitMakesNoMoreRecordsThanPeopleCanType(t *testing.T) {
	alone(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		create := func(a drafting.Actor, number int) (bool, error) {
			_, fresh, err := w.CreateRecord(ctx, a, "M-1", report.PatientID(fmt.Sprintf("P-%d", number)))
			return fresh, err
		}
		if fresh, err := create(w.actor, 7); err != nil || !fresh {
			t.Fatal(err)
		}
		w.copies(1998)
		if fresh, err := create(w.actor, 1999); err != nil || !fresh {
			t.Fatalf("the last one: %v", err)
		}
		if _, err := create(w.actor, 2000); !errors.Is(err, drafting.ErrManyRecords) {
			t.Errorf("one more: %v", err)
		}
		if _, err := w.AdoptRecord(ctx, w.actor, "M-1", history.ReducedView{PatientNumber: "P-2000"}); !errors.Is(err, drafting.ErrManyRecords) {
			t.Errorf("one more by adoption: %v", err)
		}
		if fresh, err := create(w.actor, 7); err != nil || fresh {
			t.Errorf("one that is there: %v, %v", fresh, err)
		}
		other := w.actor
		other.Unit = "unit-2"
		if fresh, err := create(other, 1); err != nil || !fresh {
			t.Errorf("another unit: %v, %v", fresh, err)
		}
		w.clock.Advance(24*time.Hour + time.Second)
		if fresh, err := create(w.actor, 2000); err != nil || !fresh {
			t.Errorf("the day after: %v, %v", fresh, err)
		}
	})
}

// copies puts as many further records beside the only one there is; nobody can
// open them.
func (w *world) copies(n int) {
	w.t.Helper()
	err := w.db.InTx(w.t.Context(), func(ctx context.Context, tx *database.Tx) error {
		tx.WithoutAct("a test fills the table")
		for range n {
			index := make([]byte, 16)
			_, _ = rand.Read(index) // never fails
			_, err := tx.ExecContext(ctx, `INSERT INTO patient_record
				(id, unit, patient_index, reduced, version, created_at, changed_at, touched_at, content, identity)
				SELECT $1, unit, $2, reduced, version, created_at, changed_at, touched_at, content, identity
				FROM patient_record WHERE created_at = changed_at LIMIT 1`, rand.Text(), index)
			if err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		w.t.Fatal(err)
	}
}
