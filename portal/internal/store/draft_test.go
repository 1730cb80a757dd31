// SPDX-License-Identifier: EUPL-1.2

package store_test

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"meldewerk/audit"
	"meldewerk/exchange/submission"
	"meldewerk/internal/database"
	"meldewerk/portal/internal/dispatch"
	"meldewerk/portal/internal/drafting"
	"meldewerk/portal/internal/store"
	"meldewerk/report"
	"meldewerk/report/form"
	"meldewerk/tumour"
)

const account = "account-1"

// record makes a record of the unit with an identity.
func (b bench) record(t *testing.T, unit string, patient report.PatientID) drafting.Record {
	t.Helper()
	r := drafting.Record{ID: drafting.RecordID(rand.Text()), Unit: unit, Reporter: "M-1", Patient: patient,
		Identity: form.Sheet{"patient.surname": "Musterfrau"}, ChangedBy: "A. Kraft"}
	if err := b.Drafts().CreateRecord(t.Context(), account, r); err != nil {
		t.Fatal(err)
	}
	return b.readRecord(t, unit, r.ID)
}

func (b bench) readRecord(t *testing.T, unit string, id drafting.RecordID) drafting.Record {
	t.Helper()
	r, err := b.Drafts().Record(t.Context(), unit, id)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// form makes a draft for a record.
func (b bench) form(t *testing.T, r drafting.Record) drafting.Form {
	t.Helper()
	f := drafting.Form{ID: drafting.FormID(rand.Text()), Record: r.ID, Unit: r.Unit, Occasion: tumour.OccasionDiagnosis,
		Report: report.ID("MP-" + rand.Text()), Sheet: form.Sheet{"tumour.icd": "C50.4"}, Note: "Rückruf am Montag", ChangedBy: "A. Kraft"}
	if err := b.Drafts().CreateForm(t.Context(), account, f); err != nil {
		t.Fatal(err)
	}
	return b.readForm(t, r.Unit, f.ID)
}

func (b bench) readForm(t *testing.T, unit string, id drafting.FormID) drafting.Form {
	t.Helper()
	f, err := b.Drafts().Form(t.Context(), unit, id)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func (b bench) state(t *testing.T, unit string, id drafting.FormID) drafting.State {
	t.Helper()
	f := b.readForm(t, unit, id)
	return f.State()
}

// save changes one field of a draft.
func (b bench) save(t *testing.T, f drafting.Form, key, value string) drafting.Form {
	t.Helper()
	out, err := b.Drafts().ChangeForm(t.Context(), f.Unit, account, f.ID, "", func(f *drafting.Form, _ time.Time) error {
		if f.Sheet == nil {
			f.Sheet = f.Last().Sheet.Clone()
		}
		f.Sheet[key] = value
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func (b bench) acts(t *testing.T, code audit.Code) int {
	t.Helper()
	return b.count(t, `SELECT COUNT(entry_id) FROM audit_entry WHERE code = $1`, string(code))
}

func TestRecordComesBackAsItWent(t *testing.T) {
	suite(t, func(t *testing.T, b bench) {
		ctx, d := t.Context(), b.Drafts()
		r := b.record(t, "unit-1", "P-1")
		want := drafting.Record{ID: r.ID, Unit: "unit-1", Reporter: "M-1", Patient: "P-1", ChangedBy: "A. Kraft", Version: 1,
			Identity: form.Sheet{"patient.surname": "Musterfrau"}, CreatedAt: b.clock.Now(), ChangedAt: b.clock.Now()}
		if diff := cmp.Diff(want, r); diff != "" {
			t.Fatal(diff)
		}
		again := r
		again.ID = drafting.RecordID(rand.Text())
		if err := d.CreateRecord(ctx, account, again); !errors.Is(err, drafting.ErrTaken) {
			t.Fatalf("the same number again gives %v", err)
		}
		b.clock.Advance(time.Minute)
		got, err := d.ChangeRecord(ctx, "unit-1", account, r.ID, "", func(r *drafting.Record, now time.Time) error {
			r.Identity["patient.surname"], r.ChangedBy = "Mustermann", "B. Lang"
			r.Patient, r.Reporter, r.Unit, r.Version = "P-9", "M-9", "unit-9", 77
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		want.Identity, want.ChangedBy, want.Version, want.ChangedAt = form.Sheet{"patient.surname": "Mustermann"}, "B. Lang", 2, b.clock.Now()
		if diff := cmp.Diff(want, got); diff != "" {
			t.Error(diff)
		}
		if diff := cmp.Diff(want, b.readRecord(t, "unit-1", r.ID)); diff != "" {
			t.Error(diff)
		}
		if id, known, err := d.FindRecord(ctx, "unit-1", "P-1"); err != nil || !known || id != r.ID {
			t.Errorf("find gives %v, %v", known, err)
		}
		if _, known, err := d.FindRecord(ctx, "unit-1", "P-9"); err != nil || known {
			t.Errorf("another number is found: %v, %v", known, err)
		}
		stop := errors.New("stop")
		if _, err := d.ChangeRecord(ctx, "unit-1", account, r.ID, "", func(r *drafting.Record, _ time.Time) error {
			r.Identity["patient.surname"] = "Anders"
			return stop
		}); !errors.Is(err, stop) {
			t.Errorf("the error of a change becomes %v", err)
		}
		if diff := cmp.Diff(want, b.readRecord(t, "unit-1", r.ID)); diff != "" {
			t.Error(diff)
		}
	})
}

func TestFormComesBackAsItWent(t *testing.T) {
	suite(t, func(t *testing.T, b bench) {
		ctx, d := t.Context(), b.Drafts()
		r := b.record(t, "unit-1", "P-1")
		b.clock.Advance(time.Minute)
		f := b.form(t, r)
		want := drafting.Form{ID: f.ID, Record: r.ID, Unit: "unit-1", Occasion: tumour.OccasionDiagnosis, Report: f.Report,
			Sheet: form.Sheet{"tumour.icd": "C50.4"}, Note: "Rückruf am Montag", Version: 1,
			CreatedAt: b.clock.Now(), ChangedAt: b.clock.Now(), ChangedBy: "A. Kraft"}
		if diff := cmp.Diff(want, f); diff != "" {
			t.Fatal(diff)
		}
		b.clock.Advance(time.Minute)
		got, err := d.ChangeForm(ctx, "unit-1", account, f.ID, audit.DraftLocked, func(f *drafting.Form, now time.Time) error {
			f.Locked, f.Note, f.ChangedBy = true, "", "B. Lang"
			f.Report, f.Record, f.Version, f.Sent = "MP-9", "other", 77, []drafting.Sent{{Number: 4}}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		want.Locked, want.Note, want.ChangedBy, want.Version, want.ChangedAt = true, "", "B. Lang", 2, b.clock.Now()
		if diff := cmp.Diff(want, got); diff != "" {
			t.Error(diff)
		}
		if diff := cmp.Diff(want, b.readForm(t, "unit-1", f.ID)); diff != "" {
			t.Error(diff)
		}
		if n := b.acts(t, audit.DraftLocked) + b.acts(t, audit.DraftBegun) + b.acts(t, audit.PatientCreated); n != 3 {
			t.Errorf("%d acts are logged, want 3", n)
		}
		if err := d.CreateForm(ctx, account, drafting.Form{ID: drafting.FormID(rand.Text()), Record: r.ID, Unit: "unit-2",
			Occasion: tumour.OccasionDeath}); !errors.Is(err, drafting.ErrUnknown) {
			t.Errorf("a form for another unit's record gives %v", err)
		}
	})
}

func TestC2RecordsAndFormsOfOthersAreUnknown(t *testing.T) {
	suite(t, func(t *testing.T, b bench) {
		ctx, d := t.Context(), b.Drafts()
		r := b.record(t, "unit-1", "P-1")
		f := b.form(t, r)
		never := func(*drafting.Record, time.Time) error { t.Error("a foreign record was read"); return nil }
		neverForm := func(*drafting.Form, time.Time) error { t.Error("a foreign form was read"); return nil }
		for what, try := range map[string]func() error{
			"record":        func() error { _, err := d.Record(ctx, "unit-2", r.ID); return err },
			"change record": func() error { _, err := d.ChangeRecord(ctx, "unit-2", account, r.ID, "", never); return err },
			"delete record": func() error { return d.DeleteRecord(ctx, "unit-2", account, r.ID) },
			"form":          func() error { _, err := d.Form(ctx, "unit-2", f.ID); return err },
			"change form":   func() error { _, err := d.ChangeForm(ctx, "unit-2", account, f.ID, "", neverForm); return err },
			"delete form":   func() error { return d.DeleteForm(ctx, "unit-2", account, f.ID) },
		} {
			if err := try(); !errors.Is(err, drafting.ErrUnknown) {
				t.Errorf("%s: %v", what, err)
			}
		}
		if _, known, err := d.FindRecord(ctx, "unit-2", "P-1"); err != nil || known {
			t.Errorf("another unit finds the patient: %v, %v", known, err)
		}
		if list, total, err := d.Records(ctx, "unit-2", 0, 10); err != nil || total != 0 || len(list) != 0 {
			t.Errorf("another unit lists %d records, %v", total, err)
		}
		for _, filter := range []drafting.Filter{{}, {Record: r.ID}, {Open: true}} {
			if list, total, err := d.Forms(ctx, "unit-2", filter, 0, 10); err != nil || total != 0 || len(list) != 0 {
				t.Errorf("another unit lists %d forms, %v", total, err)
			}
		}
		other := b.record(t, "unit-2", "P-1") // the same number at another unit is another patient
		if other.ID == r.ID {
			t.Error("two units share a record")
		}
		// Nor may a submission of one unit enter what belongs to another.
		if _, err := b.handIn(t, "unit-2", "foreign", 1, []dispatch.Entered{entered(f, 1)}, nil); !errors.Is(err, drafting.ErrChanged) {
			t.Errorf("entering a foreign form gives %v", err)
		}
		mine := b.form(t, other)
		_, err := b.handIn(t, "unit-2", "foreign record", 1, []dispatch.Entered{entered(mine, 1)}, []dispatch.Reduced{reduced(r)})
		if !errors.Is(err, drafting.ErrChanged) {
			t.Errorf("reducing a foreign record gives %v", err)
		}
		if b.readRecord(t, "unit-1", r.ID).Identity == nil || b.state(t, "unit-2", mine.ID) != drafting.Draft {
			t.Error("a refused receipt left something behind")
		}
	})
}

func TestChangesOfTwoAreBothKept(t *testing.T) {
	suite(t, func(t *testing.T, b bench) {
		r := b.record(t, "unit-1", "P-1")
		f := b.form(t, r)
		const each = 8
		var together sync.WaitGroup
		for who := range 2 {
			together.Go(func() {
				for n := range each {
					_, err := b.Drafts().ChangeForm(t.Context(), "unit-1", account, f.ID, "", func(f *drafting.Form, _ time.Time) error {
						f.Sheet[fmt.Sprintf("field.%d.%d", who, n)] = "x"
						return nil
					})
					if err != nil {
						t.Error(err)
					}
				}
			})
		}
		together.Wait()
		if f = b.readForm(t, "unit-1", f.ID); len(f.Sheet) != 1+2*each || f.Version != 1+2*each {
			t.Errorf("%d fields at version %d, want %d of both", len(f.Sheet), f.Version, 1+2*each)
		}
	})
}

func TestListsTellWhereReportsStand(t *testing.T) {
	suite(t, func(t *testing.T, b bench) {
		ctx, d := t.Context(), b.Drafts()
		one := b.record(t, "unit-1", "P-1")
		b.clock.Advance(time.Minute)
		two := b.record(t, "unit-1", "P-2")
		b.clock.Advance(time.Minute)
		submitted, refused, revised := b.form(t, one), b.form(t, one), b.form(t, one)
		receipt, err := b.handIn(t, "unit-1", "all", 3,
			[]dispatch.Entered{entered(submitted, 1), entered(refused, 2), entered(revised, 3)}, []dispatch.Reduced{reduced(one)})
		if err != nil {
			t.Fatal(err)
		}
		for position, state := range map[int]submission.State{1: submission.Completed, 2: submission.Refused} {
			if err := b.PutProgress(ctx, "trustcentre", progress(receipt.Sequence, position, state, b.clock.Now())); err != nil {
				t.Fatal(err)
			}
		}
		sent := b.clock.Now()
		b.clock.Advance(time.Minute)
		revised = b.save(t, b.readForm(t, "unit-1", revised.ID), "tumour.icd", "C50.1")
		b.clock.Advance(time.Minute)
		draft := b.form(t, two)
		for filter, want := range map[drafting.Filter][]drafting.FormID{
			{State: drafting.Draft}:                 {draft.ID},
			{State: drafting.Revised}:               {revised.ID},
			{State: drafting.Draft, Record: one.ID}: nil,
			{Record: two.ID}:                        {draft.ID},
			{Open: true}:                            {refused.ID, draft.ID, revised.ID},
		} {
			rows, total, err := d.Forms(ctx, "unit-1", filter, 0, 10)
			var got []drafting.FormID
			for _, row := range rows {
				got = append(got, row.ID)
			}
			if err != nil || total != len(want) || !cmp.Equal(got, want) {
				t.Errorf("filter %+v gives %d of %d, want %d, %v", filter, len(rows), total, len(want), err)
			}
		}
		rows, total, err := d.Forms(ctx, "unit-1", drafting.Filter{}, 1, 1)
		if err != nil || total != 4 || len(rows) != 1 {
			t.Fatalf("the second of the list: %d of %d, %v", len(rows), total, err)
		}
		want := drafting.Row{ID: revised.ID, Record: one.ID, Patient: "P-1", Report: revised.Report, Occasion: tumour.OccasionDiagnosis,
			State: drafting.Revised, ChangedAt: revised.ChangedAt, ChangedBy: revised.ChangedBy, SentAt: sent}
		if diff := cmp.Diff(want, rows[0]); diff != "" {
			t.Error(diff)
		}
		list, total, err := d.Records(ctx, "unit-1", 0, 10)
		if err != nil || total != 2 || len(list) != 2 || list[0].Record.ID != two.ID || len(list[0].Forms) != 1 || len(list[1].Forms) != 3 {
			t.Fatalf("%d of %d records, %v", len(list), total, err)
		}
		for _, row := range list[1].Forms {
			if row.ID == refused.ID && row.Progress != submission.Refused || row.ID == submitted.ID && row.Progress != submission.Completed {
				t.Errorf("the list says %q of a report", row.Progress)
			}
		}
		b.clock.Advance(time.Minute)
		b.save(t, b.readForm(t, "unit-1", submitted.ID), "tumour.icd", "C50.2")
		if list, _, err = d.Records(ctx, "unit-1", 0, 1); err != nil || len(list) != 1 || list[0].Record.ID != one.ID {
			t.Errorf("whose form was saved last is not the first, %v", err)
		}
	})
}

func TestOnlyWhatWasNeverSubmittedIsDeleted(t *testing.T) {
	suite(t, func(t *testing.T, b bench) {
		ctx, d := t.Context(), b.Drafts()
		r := b.record(t, "unit-1", "P-1")
		f, draft := b.form(t, r), b.form(t, r)
		receipt := b.mustHandIn(t, "one", r, f)
		if err := d.DeleteForm(ctx, "unit-1", account, f.ID); !errors.Is(err, drafting.ErrChanged) {
			t.Errorf("deleting a submitted form gives %v", err)
		}
		if err := d.DeleteRecord(ctx, "unit-1", account, r.ID); !errors.Is(err, drafting.ErrChanged) {
			t.Errorf("deleting a record with a submitted form gives %v", err)
		}
		// Nor can the database itself lose one of them.
		for what, statement := range map[string]string{"form": `DELETE FROM form WHERE id = $1`, "package": `DELETE FROM package WHERE id = $1`} {
			id := string(f.ID)
			if what == "package" {
				id = string(receipt.Package)
			}
			err := b.db.InTx(ctx, func(ctx context.Context, tx *database.Tx) error {
				tx.WithoutAct("a test")
				_, err := tx.ExecContext(ctx, statement, id)
				return err
			})
			if !database.IsReference(err) {
				t.Errorf("deleting a submitted %s gives %v", what, err)
			}
		}
		if err := d.DeleteForm(ctx, "unit-1", account, draft.ID); err != nil {
			t.Error(err)
		}
		fresh := b.record(t, "unit-1", "P-2")
		b.form(t, fresh)
		if err := d.DeleteRecord(ctx, "unit-1", account, fresh.ID); err != nil {
			t.Error(err)
		}
		if n := b.count(t, `SELECT COUNT(id) FROM form`); n != 1 {
			t.Errorf("%d forms are left, want the submitted one", n)
		}
	})
}

func TestExpiryTakesWhatNobodyTouched(t *testing.T) {
	suite(t, func(t *testing.T, b bench) {
		ctx, d := t.Context(), b.Drafts()
		old, kept := b.record(t, "unit-1", "P-1"), b.record(t, "unit-1", "P-2")
		b.form(t, old)
		sent, living := b.form(t, kept), b.form(t, kept)
		b.mustHandIn(t, "one", kept, sent)
		b.save(t, b.readForm(t, "unit-1", sent.ID), "tumour.icd", "C50.1")
		adopted := drafting.Record{ID: drafting.RecordID(rand.Text()), Unit: "unit-1", Reporter: "M-1", Patient: "P-3", View: new(viewOf("P-3"))}
		if err := d.CreateRecord(ctx, account, adopted); err != nil {
			t.Fatal(err)
		}
		_, err := d.ChangeRecord(ctx, "unit-1", account, kept.ID, audit.CorrectionBegun, func(r *drafting.Record, _ time.Time) error {
			r.Identity, r.Correction = form.Sheet{"patient.surname": "Neu"}, drafting.WrongPerson
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		b.clock.Advance(time.Hour)
		limit := b.clock.Now()
		fresh := b.record(t, "unit-1", "P-4")
		living = b.save(t, living, "tumour.icd", "C50.2")
		if n, err := d.Expire(ctx, limit.Add(-2*time.Hour), 10); err != nil || n != 0 {
			t.Fatalf("expired %d too early, %v", n, err)
		}
		total := 0
		for range 10 {
			n, err := d.Expire(ctx, limit, 1)
			if err != nil || n > 1 {
				t.Fatalf("expired %d, %v", n, err)
			}
			total += n
		}
		// The draft of P-1 and its record, the edit and the correction of P-2, and P-3.
		if total != 5 {
			t.Errorf("expired %d, want 5", total)
		}
		if _, err := d.Record(ctx, "unit-1", old.ID); !errors.Is(err, drafting.ErrUnknown) {
			t.Errorf("the record nobody touched: %v", err)
		}
		if _, err := d.Record(ctx, "unit-1", adopted.ID); !errors.Is(err, drafting.ErrUnknown) {
			t.Errorf("the adopted record without a draft: %v", err)
		}
		if f := b.readForm(t, "unit-1", sent.ID); f.State() != drafting.Submitted {
			t.Errorf("the edit nobody touched: %s", f.State())
		}
		if r := b.readRecord(t, "unit-1", kept.ID); r.Identity != nil || r.Correction != "" || !r.Sealed() {
			t.Error("the correction nobody finished is still there")
		}
		if f := b.readForm(t, "unit-1", living.ID); f.State() != drafting.Draft {
			t.Errorf("a draft in work: %s", f.State())
		}
		b.readRecord(t, "unit-1", fresh.ID)
	})
}

var _ drafting.Store = (*store.Drafts)(nil)
