// SPDX-License-Identifier: EUPL-1.2

package store_test

import (
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"meldewerk/audit"
	"meldewerk/exchange/submission"
	"meldewerk/portal/internal/dispatch"
	"meldewerk/portal/internal/drafting"
	"meldewerk/report"
	"meldewerk/report/form"
	"meldewerk/tumour/history"
)

func entered(f drafting.Form, position int) dispatch.Entered {
	return dispatch.Entered{Form: string(f.ID), Version: f.Version, Position: position, By: "B. Lang"}
}

func reduced(r drafting.Record) dispatch.Reduced {
	return dispatch.Reduced{Record: string(r.ID), Version: r.Version, View: viewOf(r.Patient)}
}

func viewOf(patient report.PatientID) history.ReducedView {
	return history.ReducedView{PatientNumber: string(patient), BirthMonth: 3, BirthYear: 1951, Place: "Hannover"}
}

// handIn sends as many accepted reports as a submission of the Online-Erfassung.
func (b bench) handIn(t *testing.T, unit, text string, reports int, forms []dispatch.Entered, records []dispatch.Reduced) (dispatch.Receipt, error) {
	t.Helper()
	s := submissionOf(unit)
	s.Channel, s.FileName = submission.ByForm, ""
	id, err := b.Begin(t.Context(), s, lease)
	if err != nil {
		t.Fatal(err)
	}
	if err := b.Stage(t.Context(), stage(id, 1, 1, reports), lease); err != nil {
		t.Fatal(err)
	}
	c := closing(id, text, reports, 1)
	c.Forms, c.Records = forms, records
	return b.Receive(t.Context(), c)
}

// mustHandIn hands in one form of a record that is reduced with it or was before.
func (b bench) mustHandIn(t *testing.T, text string, r drafting.Record, f drafting.Form) dispatch.Receipt {
	t.Helper()
	var records []dispatch.Reduced
	if r.Identity != nil {
		records = append(records, reduced(r))
	}
	receipt, err := b.handIn(t, r.Unit, text, 1, []dispatch.Entered{entered(f, 1)}, records)
	if err != nil {
		t.Fatal(err)
	}
	return receipt
}

func TestReceiptEntersFormAndReducesRecord(t *testing.T) {
	suite(t, func(t *testing.T, b bench) {
		ctx := t.Context()
		r := b.record(t, "unit-1", "P-1")
		f, other := b.form(t, r), b.form(t, r)
		b.clock.Advance(time.Minute)
		receipt := b.mustHandIn(t, "one", r, f)
		if err := b.PutProgress(ctx, "trustcentre", progress(receipt.Sequence, 1, submission.InReview, b.clock.Now())); err != nil {
			t.Fatal(err)
		}
		view := viewOf("P-1")
		r = b.readRecord(t, "unit-1", r.ID)
		if r.Identity != nil || !cmp.Equal(r.View, &view) || r.Version != 2 {
			t.Errorf("the record after the receipt: version %d, view %v", r.Version, r.View)
		}
		got := b.readForm(t, "unit-1", f.ID)
		want := []drafting.Sent{{Number: 1, Package: string(receipt.Package), Position: 1, Receipt: receipt.Number, At: b.clock.Now(),
			By: "B. Lang", Sheet: form.Sheet{"tumour.icd": "C50.4"}, Progress: submission.InReview,
			Remarks: progress(1, 1, submission.InReview, b.clock.Now())[0].Remarks}}
		if diff := cmp.Diff(want, got.Sent); diff != "" || got.State() != drafting.Submitted || got.Version != 2 || got.Note == "" {
			t.Errorf("state %s, version %d, %s", got.State(), got.Version, diff)
		}
		if b.acts(t, audit.ReportSubmitted) != 1 || b.acts(t, audit.ReportReduced) != 1 || b.acts(t, audit.PackageReceived) != 0 {
			t.Error("the acts of a submission are not logged as they are")
		}
		// The next report of the patient goes by reference.
		b.mustHandIn(t, "two", r, other)
		// An edit, then the next version.
		got = b.save(t, got, "tumour.icd", "C50.5")
		if got.State() != drafting.Revised {
			t.Errorf("an edited form is %s", got.State())
		}
		b.mustHandIn(t, "three", r, got)
		got = b.readForm(t, "unit-1", f.ID)
		if len(got.Sent) != 2 || got.Last().Sheet["tumour.icd"] != "C50.5" || got.Sent[0].Sheet["tumour.icd"] != "C50.4" {
			t.Errorf("%d versions after the second receipt", len(got.Sent))
		}
	})
}

func TestReceiptRefusesWhatWasChanged(t *testing.T) {
	suite(t, func(t *testing.T, b bench) {
		r := b.record(t, "unit-1", "P-1")
		f := b.form(t, r)
		later := b.save(t, f, "tumour.icd", "C50.9")
		ready := func() {
			t.Helper()
			if b.readRecord(t, "unit-1", r.ID).Identity == nil || b.state(t, "unit-1", f.ID) != drafting.Draft {
				t.Fatal("a refused receipt left something behind")
			}
			if n := b.count(t, `SELECT COUNT(id) FROM package WHERE state = 'received'`); n != 0 {
				t.Fatal("a refused receipt was given")
			}
		}
		try := func(what string, position int, form drafting.Form, record drafting.Record, want error) {
			t.Helper()
			_, err := b.handIn(t, "unit-1", what, 1, []dispatch.Entered{entered(form, position)}, []dispatch.Reduced{reduced(record)})
			if err == nil || (want != nil && !errors.Is(err, want)) {
				t.Errorf("%s gives %v", what, err)
			}
			ready()
		}
		stale := r
		stale.Version = 7
		try("an older form", 1, f, r, drafting.ErrChanged)
		try("another record", 1, later, stale, drafting.ErrChanged)
		try("a report that is not there", 2, later, r, nil)
		if _, err := b.handIn(t, "unit-1", "identity beside a receipt", 1, []dispatch.Entered{entered(later, 1)}, nil); err == nil {
			t.Error("a report was submitted and the identity stayed")
		}
		ready()
		if _, err := b.handIn(t, "unit-1", "identity without a report", 1, nil, []dispatch.Reduced{reduced(r)}); err == nil {
			t.Error("an identity was given up without a report")
		}
		ready()
		b.mustHandIn(t, "as it is", r, later)
	})
}

func TestRejectedReportEntersNothing(t *testing.T) {
	suite(t, func(t *testing.T, b bench) {
		ctx := t.Context()
		r := b.record(t, "unit-1", "P-1")
		f := b.form(t, r)
		s := submissionOf("unit-1")
		s.Channel = submission.ByForm
		id, err := b.Begin(ctx, s, lease)
		if err != nil {
			t.Fatal(err)
		}
		st := stage(id, 0, 1, 1)
		st.Envelopes, st.Rows[0].Verdict = nil, report.Rejected
		if err := b.Stage(ctx, st, lease); err != nil {
			t.Fatal(err)
		}
		c := closing(id, "rejected", 0, 0)
		c.Counts = dispatch.Counts{Reports: 1, Rejected: 1}
		c.Forms, c.Records = []dispatch.Entered{entered(f, 1)}, []dispatch.Reduced{reduced(r)}
		if _, err := b.Receive(ctx, c); err == nil {
			t.Fatal("a report that does not go on was taken from its unit")
		}
		if b.readRecord(t, "unit-1", r.ID).Identity == nil {
			t.Fatal("its identity is lost")
		}
	})
}

func TestSameFormsAgainGiveTheFirstReceipt(t *testing.T) {
	suite(t, func(t *testing.T, b bench) {
		r := b.record(t, "unit-1", "P-1")
		f := b.form(t, r)
		first := b.mustHandIn(t, "same", r, f)
		again, err := b.handIn(t, "unit-1", "same", 1, []dispatch.Entered{entered(f, 1)}, []dispatch.Reduced{reduced(r)})
		if err != nil || again.First || again.Number != first.Number {
			t.Fatalf("again gives %+v, %v", again, err)
		}
		if got := b.readForm(t, "unit-1", f.ID); len(got.Sent) != 1 {
			t.Fatalf("%d versions", len(got.Sent))
		}
		// A package with the same digest is another thing.
		if other := b.submit(t, "unit-1", "same", 1); !other.First {
			t.Fatal("a package was taken for a submission of forms")
		}
	})
}

func TestCorrectionSendsTheLastVersionAgain(t *testing.T) {
	suite(t, func(t *testing.T, b bench) {
		ctx, d := t.Context(), b.Drafts()
		r := b.record(t, "unit-1", "P-1")
		first, second := b.form(t, r), b.form(t, r)
		b.mustHandIn(t, "one", r, first)
		b.mustHandIn(t, "two", b.readRecord(t, "unit-1", r.ID), second)
		edited := b.save(t, b.readForm(t, "unit-1", second.ID), "tumour.icd", "C50.1")
		_, err := d.ChangeRecord(ctx, "unit-1", account, r.ID, audit.CorrectionBegun, func(r *drafting.Record, _ time.Time) error {
			r.Identity = form.Sheet{"patient.surname": "Neu"}
			return nil
		})
		if err == nil {
			t.Fatal("an identity came back without a correction")
		}
		r, err = d.ChangeRecord(ctx, "unit-1", account, r.ID, audit.CorrectionBegun, func(r *drafting.Record, _ time.Time) error {
			r.Identity, r.Correction = form.Sheet{"patient.surname": "Neu"}, drafting.Spelling
			return nil
		})
		if err != nil || b.readRecord(t, "unit-1", r.ID).Correction != drafting.Spelling {
			t.Fatalf("begin of a correction: %v", err)
		}
		again := entered(edited, 2)
		again.Again = true
		_, err = b.handIn(t, "unit-1", "corrected", 2,
			[]dispatch.Entered{entered(b.readForm(t, "unit-1", first.ID), 1), again}, []dispatch.Reduced{reduced(r)})
		if err != nil {
			t.Fatal(err)
		}
		if r = b.readRecord(t, "unit-1", r.ID); r.Identity != nil || r.Correction != drafting.NoCorrection || !r.Sealed() {
			t.Error("the correction is not over")
		}
		if n := b.acts(t, audit.PatientCorrected); n != 1 {
			t.Errorf("the correction stands %d times in the log", n)
		}
		if f := b.readForm(t, "unit-1", first.ID); len(f.Sent) != 2 || !cmp.Equal(f.Sent[0].Sheet, f.Sent[1].Sheet) || f.Sheet != nil {
			t.Errorf("the resent form has %d versions", len(f.Sent))
		}
		f := b.readForm(t, "unit-1", second.ID)
		if len(f.Sent) != 2 || f.Last().Sheet["tumour.icd"] != "C50.4" || f.Sheet["tumour.icd"] != "C50.1" {
			t.Errorf("the edited form has %d versions", len(f.Sent))
		}
	})
}

func TestFormsAndUploadsDoNotMeet(t *testing.T) {
	suite(t, func(t *testing.T, b bench) {
		ctx := t.Context()
		if _, err := b.Begin(ctx, submissionOf("unit-1"), lease); err != nil {
			t.Fatal(err)
		}
		r := b.record(t, "unit-1", "P-1")
		f := b.form(t, r)
		for range 2 { // two of them under way beside the upload
			s := submissionOf("unit-1")
			s.Channel = submission.ByForm
			if _, err := b.Begin(ctx, s, lease); err != nil {
				t.Fatal(err)
			}
		}
		receipt := b.mustHandIn(t, "one", r, f)
		if err := b.PutProgress(ctx, "trustcentre", progress(receipt.Sequence, 1, submission.Refused, b.clock.Now())); err != nil {
			t.Fatal(err)
		}
		if list, total, err := b.Packages(ctx, "unit-1", 0, 10); err != nil || total != 1 || len(list) != 1 {
			t.Errorf("%d packages, want the upload alone, %v", total, err)
		}
		if open, _, err := b.Open(ctx, "unit-1", b.clock.Now().Add(-time.Hour), 20); err != nil || len(open) != 0 {
			t.Errorf("a refused form stands among the packages: %d, %v", len(open), err)
		}
		if n, err := b.BytesSince(ctx, "unit-1", b.clock.Now().Add(-time.Hour)); err != nil || n != 0 {
			t.Errorf("forms count %d bytes of the upload quota, %v", n, err)
		}
		b.clock.Advance(lease + time.Second)
		if n, err := b.Sweep(ctx, time.Time{}); err != nil || n != 3 {
			t.Errorf("swept %d, %v", n, err)
		}
		if b.state(t, "unit-1", f.ID) != drafting.Submitted {
			t.Error("sweeping touched what was received")
		}
	})
}
