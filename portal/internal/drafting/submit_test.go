// SPDX-License-Identifier: EUPL-1.2

package drafting_test

import (
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"meldewerk/fault"
	"meldewerk/internal/ui"
	"meldewerk/portal/internal/drafting"
	"meldewerk/report"
	"meldewerk/report/form"
	"meldewerk/synth"
	"meldewerk/tumour"
)

// TestEveryReportGoesThroughTheRoom types every report of a synthetic world
// into the room, hands it in and opens the envelope: the same report arrives,
// the first of each patient with the identity, all others by reference.
func TestEveryReportGoesThroughTheRoom(t *testing.T) {
	suite(t, func(t *testing.T, w *world) {
		w.actor.AnyReporter = true
		type way struct {
			id   drafting.RecordID
			sent bool
		}
		records := map[report.PatientID]*way{}
		var want []report.Report
		var as []report.PersonAs
		n := 0
		for r := range synth.New(synth.Options{Seed: 8, Patients: 6}).Reports() {
			if n++; n > 40 {
				break
			}
			if records[r.Patient] == nil {
				records[r.Patient] = &way{id: w.record(r)}
			}
			of := records[r.Patient]
			id := w.draft(of.id, r)
			expected := *r
			expected.ID = w.form(id).Report
			expected.Reporter = w.readRecord(of.id).Reporter
			if of.sent {
				expected = personless(expected)
				as = append(as, report.PersonKnown)
			} else {
				as = append(as, report.PersonGiven)
			}
			w.submit(id)
			want, of.sent = append(want, expected), true
			if f := w.form(id); f.State() != drafting.Submitted || len(f.Sent) != 1 || f.Sent[0].By != "A. Kraft" {
				t.Errorf("after the submission: %s, %d versions", f.State(), len(f.Sent))
			}
		}
		got := w.arrived()
		if len(got) != len(want) {
			t.Fatalf("%d reports arrived of %d", len(got), len(want))
		}
		for i, item := range got {
			if item.As != as[i] {
				t.Errorf("report %d goes as %q, want %q", i, item.As, as[i])
			}
			if diff := cmp.Diff(want[i], *item.Report, sameDay); diff != "" {
				t.Errorf("report %d arrived changed:\n%s", i, diff)
			}
		}
	})
}

// TestC3ReceiptTakesTheIdentity: after the first receipt only the reduced view
// is left, and the next report goes by reference.
func TestC3ReceiptTakesTheIdentity(t *testing.T) {
	suite(t, func(t *testing.T, w *world) {
		r := some(t, tumour.OccasionDiagnosis)
		record := w.record(r)
		first, second := w.draft(record, r), w.draft(record, some(t, tumour.OccasionDeath))
		before := must(w.Check(t.Context(), unit, first))(t)
		if before.As != report.PersonGiven || before.Identity.Section == nil || !before.Identity.Filled {
			t.Errorf("before: %q, %+v", before.As, before.Identity)
		}
		w.submit(first)
		left := w.readRecord(record)
		if left.Identity != nil || left.View == nil {
			t.Fatal("the identity is still there, or there is no view")
		}
		if diff := cmp.Diff(report.Reduced(r), *left.View); diff != "" {
			t.Errorf("the view is not the reduced one:\n%s", diff)
		}
		after := must(w.Check(t.Context(), unit, second))(t)
		if after.As != report.PersonKnown || after.Report.Person.Surname != "" {
			t.Errorf("the second goes as %q", after.As)
		}
		if _, err := w.SaveIdentity(t.Context(), w.actor, record, "person", "", form.Sheet{}); !errors.Is(err, drafting.ErrSealed) {
			t.Errorf("saving an identity that is sealed: %v", err)
		}
	})
}

// TestTwoDraftsOfOneFreshRecordAtOnce: the identity goes with the first; the
// second, checked before, goes by reference and is not lost.
func TestTwoDraftsOfOneFreshRecordAtOnce(t *testing.T) {
	suite(t, func(t *testing.T, w *world) {
		r := some(t, tumour.OccasionDiagnosis)
		record := w.record(r)
		other := *r
		other.Event.Assignment.TumourID += "-2"
		first, second := w.draft(record, r), w.draft(record, &other)
		w.outbox.before = func() { w.submit(second) }
		w.submit(first)
		items := w.arrived()
		if len(items) != 2 || items[0].As != report.PersonGiven || items[1].As != report.PersonKnown || items[1].Report.ID != w.form(first).Report {
			t.Fatalf("%d reports arrived", len(items))
		}
	})
}

// TestN3RevisionGoesAsNewVersion: the same Meldungs-ID again, by reference;
// what is unchanged is refused, and the button pressed twice gives one receipt.
func TestN3RevisionGoesAsNewVersion(t *testing.T) {
	suite(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		r := some(t, tumour.OccasionDiagnosis)
		record := w.record(r)
		id := w.draft(record, r)
		version := w.form(id).Version
		receipt := w.submit(id)
		again := must(w.Submit(ctx, w.actor, id, version, true))(t)
		if again.Number != receipt.Number || again.First {
			t.Errorf("pressed twice: %+v and %+v", receipt, again)
		}
		f := w.form(id)
		s, _ := form.Named(f.Content(), "diagnose")
		_, err := w.Save(ctx, w.actor, id, "diagnose", drafting.Token(f.Content(), s), s.Part(f.Content()))
		if !errors.Is(err, drafting.ErrNotOpen) {
			t.Errorf("saving a submitted report: %v", err)
		}
		if err := w.Revise(ctx, w.actor, id); err != nil {
			t.Fatal(err)
		}
		if err := w.Revise(ctx, w.actor, id); !errors.Is(err, drafting.ErrOpen) {
			t.Errorf("revising twice: %v", err)
		}
		w.clock.Advance(24 * time.Hour)
		_, err = w.Submit(ctx, w.actor, id, w.form(id).Version, true)
		if f := fault.Of(err); f == nil || f.Key != "drafting.unchanged" || f.Sentence != "Diese Meldung haben Sie am "+ui.Date(w.form(id).Sent[0].At)+" schon übermittelt. Sie ist unverändert und wurde nicht noch einmal angenommen." {
			t.Errorf("unchanged: %v", err)
		}
		part := s.Part(w.form(id).Sheet)
		token := drafting.Token(w.form(id).Sheet, s)
		part["text"] = "Neu in Worten"
		must(w.Save(ctx, w.actor, id, "diagnose", token, part))(t)
		second := w.submit(id)
		if second.Number == receipt.Number || !second.First {
			t.Errorf("the second version has the receipt %+v", second)
		}
		items := w.arrived()
		if len(items) != 2 || items[1].As != report.PersonKnown || items[0].Report.ID != items[1].Report.ID || items[1].Report.Event.Diagnosis.Text != "Neu in Worten" {
			t.Errorf("%d reports arrived", len(items))
		}
		if f := w.form(id); len(f.Sent) != 2 || f.Sent[0].Sheet["text"] == "Neu in Worten" {
			t.Errorf("%d versions", len(f.Sent))
		}
	})
}

// TestSubmitStopsWhatIsNotReady: errors, unconfirmed warnings, a lock, another
// version than the one checked, and a Melder-ID that is not the unit's any more.
func TestSubmitStopsWhatIsNotReady(t *testing.T) {
	alone(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		r := some(t, tumour.OccasionDiagnosis)
		record := w.record(r)
		id := w.draft(record, r)
		version := w.form(id).Version
		if _, err := w.Submit(ctx, w.actor, id, version-1, true); !errors.Is(err, drafting.ErrChanged) {
			t.Errorf("another version: %v", err)
		}
		other := w.actor
		other.Reporters = []string{"M-2"}
		if _, err := w.Submit(ctx, other, id, version, true); !errors.Is(err, drafting.ErrWithdrawn) {
			t.Errorf("another reporter: %v", err)
		}
		other = w.actor
		other.Unit = "unit-2"
		if _, err := w.Submit(ctx, other, id, version, true); !errors.Is(err, drafting.ErrUnknown) {
			t.Errorf("another unit: %v", err)
		}
		if err := w.Lock(ctx, w.actor, id, true); err != nil {
			t.Fatal(err)
		}
		if _, err := w.Submit(ctx, w.actor, id, version+1, true); !errors.Is(err, drafting.ErrLocked) {
			t.Errorf("locked: %v", err)
		}
		if err := w.Lock(ctx, w.actor, id, false); err != nil {
			t.Fatal(err)
		}
		f := w.form(id)
		s, _ := form.Named(f.Sheet, "diagnose")
		part := s.Part(f.Sheet)
		delete(part, "certainty")
		must(w.Save(ctx, w.actor, id, "diagnose", drafting.Token(f.Sheet, s), part))(t)
		_, err := w.Submit(ctx, w.actor, id, w.form(id).Version, true)
		refused, stopped := errors.AsType[*drafting.Refused](err)
		if !stopped || refused.Checked == nil || !contains(refused.Checked.Errors, "XML-017", "certainty") {
			t.Errorf("incomplete: %v", err)
		}
		if items := w.arrived(); len(items) != 0 {
			t.Errorf("%d reports arrived all the same", len(items))
		}
	})
}

// TestWarningsAreConfirmed: a report with a warning goes only when somebody has
// confirmed it.
func TestWarningsAreConfirmed(t *testing.T) {
	alone(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		r := some(t, tumour.OccasionDiagnosis)
		r.Event.Assignment.ICD.Version = "10 2011 GM" // not the year of the diagnosis
		id := w.draft(w.record(r), r)
		c := must(w.Check(ctx, unit, id))(t)
		if len(c.Errors) > 0 || len(c.Warnings) == 0 {
			t.Fatalf("%v, %v", c.Errors, c.Warnings)
		}
		for _, f := range c.Warnings {
			if f.Section == "" || f.Key == "" || f.Label == "" {
				t.Errorf("%s leads nowhere: %s", f.Rule, f.Path)
			}
		}
		if _, err := w.Submit(ctx, w.actor, id, c.Form.Version, false); err == nil {
			t.Error("the report went without a word")
		}
		w.submit(id)
	})
}
