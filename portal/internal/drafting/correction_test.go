// SPDX-License-Identifier: EUPL-1.2

package drafting_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"meldewerk/audit"
	"meldewerk/exchange/submission"
	"meldewerk/internal/database"
	"meldewerk/portal/internal/drafting"
	"meldewerk/report"
	"meldewerk/report/form"
	"meldewerk/tumour"
)

// TestCorrectionSendsEveryReportAgain: the newest version of every submitted
// report goes with the new identity in one submission, drafts and what is being
// edited stay, and the identity is gone again afterwards.
func TestCorrectionSendsEveryReportAgain(t *testing.T) {
	suite(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		r := some(t, tumour.OccasionDiagnosis)
		r.Event.Diagnosis.Text = "Erste Fassung"
		record := w.record(r)
		if err := w.BeginCorrection(ctx, w.actor, record, drafting.Spelling); !errors.Is(err, drafting.ErrUnsealed) {
			t.Errorf("a correction of what was not submitted: %v", err)
		}
		death := *some(t, tumour.OccasionDeath)
		death.Event.Assignment = r.Event.Assignment
		first, second, open := w.draft(record, r), w.draft(record, &death), w.draft(record, r)
		w.submit(first)
		w.submit(second)
		w.edit(first, "diagnose", "text", "In Arbeit")
		for _, c := range []struct {
			correction drafting.Correction
			as         report.PersonAs
			surname    string
		}{{drafting.Spelling, report.PersonGiven, "Neuname"}, {drafting.WrongPerson, report.PersonReplaced, "Anders"}, {drafting.Missing, report.PersonGiven, "Wieder"}} {
			if err := w.BeginCorrection(ctx, w.actor, record, c.correction); err != nil {
				t.Fatal(err)
			}
			_, err := w.SubmitCorrection(ctx, w.actor, record, w.readRecord(record).Version)
			if refused, stopped := errors.AsType[*drafting.Refused](err); !stopped || refused.Record == nil || len(refused.Record.Errors) == 0 {
				t.Errorf("%s without an identity: %v", c.correction, err)
			}
			of := *r
			of.Person.Surname, of.Person.Address.Place = c.surname, "Ort "+c.surname
			w.typeIdentity(record, &of)
			_, err = w.Submit(ctx, w.actor, first, w.form(first).Version, true)
			if got := errors.Is(err, drafting.ErrCorrecting); got != (c.correction != drafting.Spelling) && err != nil {
				t.Errorf("%s: a report while the correction is open: %v", c.correction, err)
			}
			if w.state(first) == drafting.Submitted { // it went by reference
				w.edit(first, "diagnose", "text", "In Arbeit, "+string(c.correction))
			}
			before := len(w.arrived())
			receipt := must(w.SubmitCorrection(ctx, w.actor, record, w.readRecord(record).Version))(t)
			items := w.arrived()[before:]
			if !receipt.First || len(items) != 2 {
				t.Fatalf("%s: %d reports arrived", c.correction, len(items))
			}
			for _, item := range items {
				if item.As != c.as || item.Report.Person.Surname != c.surname {
					t.Errorf("%s: %s goes as %q", c.correction, item.Report.Event.Occasion(), item.As)
				}
				if d := item.Report.Event.Diagnosis; d != nil && d.Text == "In Arbeit, "+tumour.Text(c.correction) {
					t.Errorf("%s: what is being edited went", c.correction)
				}
			}
			left := w.readRecord(record)
			if left.Identity != nil || left.Correction != drafting.NoCorrection {
				t.Errorf("%s: the identity is still there", c.correction)
			}
			if diff := cmp.Diff(report.Reduced(&of), *left.View); diff != "" {
				t.Errorf("%s: the view:\n%s", c.correction, diff)
			}
			if state := w.state(first); state != drafting.Revised {
				t.Errorf("%s: what was edited is %s", c.correction, state)
			}
			if w.state(second) != drafting.Submitted || w.state(open) != drafting.Draft {
				t.Errorf("%s: the others are %s and %s", c.correction, w.state(second), w.state(open))
			}
		}
	})
}

// TestCorrectionIsLoggedByWhatWasDone: beginning, giving up and handing in are
// acts of their own.
func TestCorrectionIsLoggedByWhatWasDone(t *testing.T) {
	suite(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		record, _ := w.correcting(drafting.Spelling)
		logged := func(begun, ended, corrected int) {
			t.Helper()
			for code, want := range map[audit.Code]int{audit.CorrectionBegun: begun, audit.CorrectionEnded: ended, audit.PatientCorrected: corrected} {
				got := 0
				err := w.db.Read(ctx, func(ctx context.Context, tx *database.Tx) error {
					return tx.QueryRowContext(ctx, `SELECT COUNT(entry_id) FROM audit_entry WHERE code = $1`, string(code)).Scan(&got)
				})
				if err != nil || got != want {
					t.Errorf("%s stands %d times, want %d: %v", code, got, want, err)
				}
			}
		}
		logged(1, 0, 0)
		if err := w.GiveUpCorrection(ctx, w.actor, record); err != nil {
			t.Fatal(err)
		}
		logged(1, 1, 0)
		if err := w.BeginCorrection(ctx, w.actor, record, drafting.Spelling); err != nil {
			t.Fatal(err)
		}
		w.typeIdentity(record, some(t, tumour.OccasionDiagnosis))
		must(w.SubmitCorrection(ctx, w.actor, record, w.readRecord(record).Version))(t)
		logged(2, 1, 1)
	})
}

// TestCheckOfACorrectionTellsOfReportsBeforeTheIdentityIsWhole: what the
// identity lacks is said once, and not again in every report.
func TestCheckOfACorrectionTellsOfReportsBeforeTheIdentityIsWhole(t *testing.T) {
	alone(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		r := some(t, tumour.OccasionDiagnosis)
		record := w.record(r)
		w.submit(w.draft(record, r))
		if err := w.BeginCorrection(ctx, w.actor, record, drafting.WrongPerson); err != nil {
			t.Fatal(err)
		}
		c := must(w.CheckCorrection(ctx, unit, record))(t)
		if c.Ready() || len(c.Errors) == 0 || len(c.Reports) > 0 {
			t.Errorf("nothing typed: %+v and %+v", c.Errors, c.Reports)
		}
		w.clock.Advance(-10 * 365 * 24 * time.Hour) // the report tells of what is to come now
		if c = must(w.CheckCorrection(ctx, unit, record))(t); len(c.Errors) == 0 || len(c.Reports) == 0 {
			t.Errorf("nothing typed, and a report that is wrong: %+v and %+v", c.Errors, c.Reports)
		}
	})
}

// TestCorrectionRefusedIsKnownByTheVersions: from versions alone, and rather
// not said than said wrongly.
func TestCorrectionRefusedIsKnownByTheVersions(t *testing.T) {
	t.Parallel()
	sheet, other := form.Sheet{"text": "a"}, form.Sheet{"text": "b"}
	sent := func(number int, of string, s form.Sheet, p submission.State) drafting.Sent {
		return drafting.Sent{Number: number, Package: of, Sheet: s, Progress: p}
	}
	first := sent(1, "first", sheet, submission.Completed)
	lost := sent(1, "first", sheet, submission.Refused)
	one := func(versions ...drafting.Sent) drafting.Form { return drafting.Form{Sent: versions} }
	for name, c := range map[string]struct {
		refused []drafting.Form
		want    bool
	}{
		"nothing refused":                   {nil, false},
		"the first version":                 {[]drafting.Form{one(lost)}, false},
		"a changed version":                 {[]drafting.Form{one(first, sent(2, "second", other, submission.Refused))}, false},
		"an unchanged version":              {[]drafting.Form{one(first, sent(2, "second", sheet, submission.Refused))}, true},
		"a refused one again":               {[]drafting.Form{one(lost, sent(2, "second", sheet, submission.Refused))}, false},
		"refused ones again, together":      {[]drafting.Form{one(lost, sent(2, "second", sheet, submission.Refused)), one(lost, sent(2, "second", sheet, submission.Refused))}, true},
		"refused ones again, one by one":    {[]drafting.Form{one(lost, sent(2, "second", sheet, submission.Refused)), one(lost, sent(2, "third", sheet, submission.Refused))}, false},
		"an accepted correction":            {[]drafting.Form{one(first, sent(2, "second", sheet, submission.Completed))}, false},
		"a newer version after the refusal": {[]drafting.Form{one(first, sent(2, "second", sheet, submission.Refused), sent(3, "third", other, submission.InReview))}, false},
	} {
		if got := drafting.CorrectionRefused(c.refused); got != c.want {
			t.Errorf("%s: %v", name, got)
		}
	}
}

func (w *world) state(id drafting.FormID) drafting.State {
	w.t.Helper()
	f := w.form(id)
	return f.State()
}

// edit opens a submitted report and changes one field.
func (w *world) edit(id drafting.FormID, section, key, value string) {
	w.t.Helper()
	if w.state(id) == drafting.Submitted {
		if err := w.Revise(w.t.Context(), w.actor, id); err != nil {
			w.t.Fatal(err)
		}
	}
	f := w.form(id)
	s, _ := form.Named(f.Sheet, section)
	part := s.Part(f.Sheet)
	part[key] = value
	must(w.Save(w.t.Context(), w.actor, id, section, drafting.Token(f.Sheet, s), part))(w.t)
}

// TestCorrectionGivenUpLeavesNothing: what was typed is gone, and the view stays.
func TestCorrectionGivenUpLeavesNothing(t *testing.T) {
	alone(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		r := some(t, tumour.OccasionDiagnosis)
		record := w.record(r)
		id := w.draft(record, r)
		w.submit(id)
		if err := w.BeginCorrection(ctx, w.actor, record, "because"); !errors.Is(err, drafting.ErrCorrection) {
			t.Errorf("no reason: %v", err)
		}
		if err := w.GiveUpCorrection(ctx, w.actor, record); !errors.Is(err, drafting.ErrNoCorrection) {
			t.Errorf("none is open: %v", err)
		}
		if err := w.BeginCorrection(ctx, w.actor, record, drafting.WrongPerson); err != nil {
			t.Fatal(err)
		}
		w.typeIdentity(record, r)
		w.edit(id, "diagnose", "text", "Neu")
		if _, err := w.Submit(ctx, w.actor, id, w.form(id).Version, true); !errors.Is(err, drafting.ErrCorrecting) {
			t.Errorf("a report on the wrong person: %v", err)
		}
		if err := w.GiveUpCorrection(ctx, w.actor, record); err != nil {
			t.Fatal(err)
		}
		if left := w.readRecord(record); left.Identity != nil || left.View == nil || left.Correction != drafting.NoCorrection {
			t.Error("something is left")
		}
		w.submit(id)
		if err := w.DeleteRecord(ctx, w.actor, record); !errors.Is(err, drafting.ErrSubmitted) {
			t.Errorf("deleting it: %v", err)
		}
		if err := w.GiveUp(ctx, w.actor, id); !errors.Is(err, drafting.ErrSent) {
			t.Errorf("deleting a submitted report: %v", err)
		}
	})
}

// TestNextReportKnowsTheTumour: a further report on a tumour begins with what
// holds for it, and the tumours of a record are listed by their reports.
func TestNextReportKnowsTheTumour(t *testing.T) {
	alone(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		r := some(t, tumour.OccasionDiagnosis)
		record := w.record(r)
		w.draft(record, r)
		list := must(w.Tumours(ctx, unit, record))(t)
		if len(list) != 1 || len(list[0].Forms) != 1 {
			t.Fatalf("%+v", list)
		}
		if diff := cmp.Diff(r.Event.Assignment, list[0].Assignment); diff != "" {
			t.Errorf("the tumour:\n%s", diff)
		}
		id := must(w.Begin(ctx, w.actor, record, tumour.OccasionPathology, &list[0].Assignment))(t)
		f := w.form(id)
		if got := f.Sheet.Tumour(); got.TumourID != r.Event.Assignment.TumourID || got.ICD != r.Event.Assignment.ICD {
			t.Error("the report is on another tumour")
		}
		if f.Sheet["reason"] != "I" || f.Sheet["topography.code"] != string(r.Event.Diagnosis.Topography.Code) || f.Sheet["certainty"] != "" {
			t.Error("what holds for all reports is not filled in, or more than that")
		}
		if f.Report[:3] != "MP-" || len(f.Report) != 29 {
			t.Errorf("the Meldungs-ID has %d characters", len(f.Report))
		}
		w.clock.Advance(time.Second)
		must(w.Begin(ctx, w.actor, record, tumour.OccasionDiagnosis, nil))(t)
		if list = must(w.Tumours(ctx, unit, record))(t); len(list) != 2 || len(list[1].Forms) != 2 {
			t.Errorf("%d tumours", len(list))
		}
		if _, err := w.Begin(ctx, w.actor, record, "party", nil); !errors.Is(err, drafting.ErrOccasion) {
			t.Errorf("an unknown occasion: %v", err)
		}
		other := w.actor
		other.Reporters = nil
		if _, err := w.Begin(ctx, other, record, tumour.OccasionDeath, nil); !errors.Is(err, drafting.ErrWithdrawn) {
			t.Errorf("a reporter that is not the unit's any more: %v", err)
		}
	})
}
