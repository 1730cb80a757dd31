// SPDX-License-Identifier: EUPL-1.2

package drafting_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"meldewerk/portal/internal/drafting"
	"meldewerk/report/form"
	"meldewerk/tumour"
)

// What colleagues do while somebody is about to submit.

// correcting is a record with a submitted report whose identity was typed anew.
func (w *world) correcting(c drafting.Correction) (drafting.RecordID, drafting.FormID) {
	w.t.Helper()
	r := some(w.t, tumour.OccasionDiagnosis)
	record := w.record(r)
	id := w.draft(record, r)
	w.submit(id)
	if err := w.BeginCorrection(w.t.Context(), w.actor, record, c); err != nil {
		w.t.Fatal(err)
	}
	w.typeIdentity(record, r)
	return record, id
}

// TestCorrectionPressedTwiceGivesOneReceipt: the second answer is the first
// receipt, and nothing goes a third time.
func TestCorrectionPressedTwiceGivesOneReceipt(t *testing.T) {
	suite(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		record, id := w.correcting(drafting.Spelling)
		version := w.readRecord(record).Version
		first := must(w.SubmitCorrection(ctx, w.actor, record, version))(t)
		second := must(w.SubmitCorrection(ctx, w.actor, record, version))(t)
		if second.First || second.Number != first.Number || second.Package != first.Package || !second.ReceivedAt.Equal(first.ReceivedAt) {
			t.Errorf("pressed twice: %+v and %+v", first, second)
		}
		if f := w.form(id); len(f.Sent) != 2 {
			t.Errorf("%d versions", len(f.Sent))
		}
		if _, err := w.SubmitCorrection(ctx, w.actor, record, version-1); !errors.Is(err, drafting.ErrNoCorrection) {
			t.Errorf("from an older page: %v", err)
		}
	})
}

// TestCorrectionTakesEveryReportWithIt: a report that a colleague submits at
// the same moment would stay with the identity before.
func TestCorrectionTakesEveryReportWithIt(t *testing.T) {
	suite(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		record, first := w.correcting(drafting.Spelling)
		death := *some(t, tumour.OccasionDeath)
		death.Event.Assignment = some(t, tumour.OccasionDiagnosis).Event.Assignment
		second := w.draft(record, &death)
		w.outbox.before = func() { w.submit(second) }
		version := w.readRecord(record).Version
		if _, err := w.SubmitCorrection(ctx, w.actor, record, version); !errors.Is(err, drafting.ErrChanged) {
			t.Errorf("a report was submitted meanwhile: %v", err)
		}
		if r := w.readRecord(record); r.Identity == nil || r.Correction != drafting.Spelling || len(w.form(first).Sent) != 1 {
			t.Error("something of the correction counts all the same")
		}
		must(w.SubmitCorrection(ctx, w.actor, record, version))(t)
		if len(w.form(first).Sent) != 2 || len(w.form(second).Sent) != 2 {
			t.Error("not every report went with the correction")
		}
	})
}

// TestSubmitSendsTheIdentityThatWasShown: what a colleague changes of it after
// the check is checked again first. Later nobody could read it here.
func TestSubmitSendsTheIdentityThatWasShown(t *testing.T) {
	suite(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		r := some(t, tumour.OccasionDiagnosis)
		record := w.record(r)
		id := w.draft(record, r)
		checked := must(w.Check(ctx, unit, id))(t)
		w.typeIdentity(record, r) // saved again as it is
		if w.form(id).Version != checked.Form.Version {
			t.Error("the same identity counts as another one")
		}
		other := *r
		other.Person.Surname = "Ganzanders"
		w.typeIdentity(record, &other)
		if _, err := w.Submit(ctx, w.actor, id, checked.Form.Version, true); !errors.Is(err, drafting.ErrChanged) {
			t.Errorf("with an identity that nobody saw: %v", err)
		}
		w.submit(id)
		if items := w.arrived(); len(items) != 1 || items[0].Report.Person.Surname != "Ganzanders" {
			t.Errorf("%d reports arrived", len(items))
		}
	})
}

// behind is a store that shows a form as it was.
type behind struct {
	drafting.Store
	form drafting.Form
}

func (b behind) Form(context.Context, string, drafting.FormID) (drafting.Form, error) {
	return b.form, nil
}

// TestDraftSubmittedMeanwhileIsNotDeleted: and the sentence does not say that
// nothing was submitted.
func TestDraftSubmittedMeanwhileIsNotDeleted(t *testing.T) {
	alone(t, func(t *testing.T, w *world) {
		r := some(t, tumour.OccasionDiagnosis)
		id := w.draft(w.record(r), r)
		o := w.Options
		o.Store = behind{o.Store, w.form(id)}
		w.submit(id)
		late := must(drafting.New(o))(t)
		if err := late.GiveUp(t.Context(), w.actor, id); !errors.Is(err, drafting.ErrSent) {
			t.Errorf("deleting it: %v", err)
		}
		if len(w.form(id).Sent) != 1 {
			t.Error("the report is lost")
		}
	})
}

// TestFormErrorsOfACorrectionNameTheReport: with the new identity a report may
// be wrong that was sound before.
func TestFormErrorsOfACorrectionNameTheReport(t *testing.T) {
	alone(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		record, id := w.correcting(drafting.WrongPerson)
		rec := w.readRecord(record)
		s, _ := form.Named(rec.Identity, "person")
		part := s.Part(rec.Identity)
		part["patient.birth-date"] = "01.10.2026" // after the diagnosis
		must(w.SaveIdentity(ctx, w.actor, record, "person", drafting.Token(rec.Identity, s), part))(t)
		shown := must(w.CheckCorrection(ctx, unit, record))(t)
		if shown.Ready() || len(shown.Errors) > 0 || len(shown.Reports) == 0 {
			t.Fatalf("born after the diagnosis: %+v", shown)
		}
		if f := shown.Reports[0]; f.Form != id || f.Key != "" || f.Section != "" {
			t.Errorf("a report that is not being edited has no field to lead to: %+v", f)
		}
		_, err := w.SubmitCorrection(ctx, w.actor, record, w.readRecord(record).Version)
		refused, stopped := errors.AsType[*drafting.Refused](err)
		if !stopped || refused.Record == nil {
			t.Fatalf("born after the diagnosis: %v", err)
		}
		if diff := cmp.Diff(shown.Reports, refused.Record.Reports); diff != "" {
			t.Errorf("what was shown before and what stops it:\n%s", diff)
		}
		if got := shown.Reports[0].Message; !strings.HasPrefix(got, "Meldung „Diagnose“: ") {
			t.Errorf("the error does not say which report: %s", got)
		}
		if err := w.Revise(ctx, w.actor, id); err != nil {
			t.Fatal(err)
		}
		shown = must(w.CheckCorrection(ctx, unit, record))(t)
		if f := shown.Reports[0]; f.Form != id || f.Section != "tumor" || f.Key == "" {
			t.Errorf("a report that is being edited is mended at its field: %+v", f)
		}
		if err := w.GiveUpCorrection(ctx, w.actor, record); err != nil {
			t.Fatal(err)
		}
		if _, err := w.CheckCorrection(ctx, unit, record); !errors.Is(err, drafting.ErrNoCorrection) {
			t.Errorf("none is open: %v", err)
		}
		if _, err := w.CheckCorrection(ctx, "unit-2", record); !errors.Is(err, drafting.ErrUnknown) {
			t.Errorf("another unit: %v", err)
		}
	})
}

// TestN2CorrectionLooksAtTheVersionThatGoes: a mention that was taken out in
// what is being edited still stands in the version handed in last.
func TestN2CorrectionLooksAtTheVersionThatGoes(t *testing.T) {
	alone(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		r := some(t, tumour.OccasionDiagnosis)
		r.Event.Diagnosis.Text = "Frau Quastenflosser ist beschwerdefrei"
		record := w.record(r)
		id := w.draft(record, r)
		w.submit(id)
		w.edit(id, "diagnose", "text", "beschwerdefrei")
		if err := w.BeginCorrection(ctx, w.actor, record, drafting.Spelling); err != nil {
			t.Fatal(err)
		}
		r.Person.Surname = "Quastenflosser"
		w.typeIdentity(record, r)
		_, err := w.SubmitCorrection(ctx, w.actor, record, w.readRecord(record).Version)
		if refused, stopped := errors.AsType[*drafting.Refused](err); !stopped || refused.Record == nil {
			t.Errorf("a version that names the patient went: %v", err)
		}
		w.submit(id) // without the mention
		must(w.SubmitCorrection(ctx, w.actor, record, w.readRecord(record).Version))(t)
	})
}
