// SPDX-License-Identifier: EUPL-1.2

package trustcentre_test

import (
	"context"
	"slices"
	"testing"
	"time"

	"meldewerk/exchange/submission"
	"meldewerk/identity"
	"meldewerk/identity/chiffrat"
	"meldewerk/internal/database"
	"meldewerk/policy"
	"meldewerk/pseudonym"
	"meldewerk/report"
	"meldewerk/tumour"
	"meldewerk/tumour/history"
)

// Reports of the Online-Erfassung: the whole identity once, then by reference.
var (
	given    = delivery{channel: submission.ByForm}
	known    = delivery{channel: submission.ByForm, as: report.PersonKnown}
	replaced = delivery{channel: submission.ByForm, as: report.PersonReplaced}
)

// byReference is the report as the portal sends it when it has reduced its copy.
func byReference(r *report.Report) *report.Report {
	blind := *r
	blind.Person = identity.Person{}
	return &blind
}

// further is another report on the same patient.
func further(r *report.Report, id report.ID) *report.Report {
	next := *r
	next.ID = id
	next.Event.Assignment.TumourID += "-" + tumourNumber(id)
	return &next
}

func tumourNumber(id report.ID) tumour.SourceID { return tumour.SourceID(id[len(id)-1:]) }

// of is the report with somebody else's identity.
func of(r, other *report.Report) *report.Report {
	changed := *r
	changed.Person = other.Person
	return &changed
}

// current reads a number of the report's current version in the registry.
func (w *world) current(what string, receipt submission.Receipt) int {
	w.t.Helper()
	return w.inRegistry(`SELECT `+what+` FROM record r WHERE r.version = $1 AND r.state = 'assigned'`, int64(receipt))
}

const insured = `(SELECT COUNT(*) FROM record_number n WHERE n.report_ref = r.report_ref AND n.version = r.version)`

// chiffrate counts those of the trust centre and of the registry.
func (w *world) chiffrate() int {
	w.t.Helper()
	return w.inCentre(`SELECT COUNT(*) FROM reference WHERE chiffrat IS NOT NULL`) + w.inRegistry(`SELECT COUNT(*) FROM record WHERE chiffrat IS NOT NULL`)
}

// is checks what the portal was told of the first report of a receipt.
func (w *world) is(receipt submission.Receipt, want submission.State, rule string) {
	w.t.Helper()
	told := w.portal.told(receipt, 1)
	if told.State != want || (rule == "") != (len(told.Remarks) == 0) || (rule != "" && told.Remarks[0].Rule != rule) {
		w.t.Errorf("receipt %d: %q %+v, want %q %s", receipt, told.State, told.Remarks, want, rule)
	}
}

// onProfiles runs a test on both engines where the Chiffrat stays in the trust
// centre and where it goes to the registry.
func onProfiles(t *testing.T, run func(t *testing.T, w *world)) {
	for _, profile := range []string{"kkn", "ekn"} {
		t.Run(profile, func(t *testing.T) { onBoth(t, profile, run) })
	}
}

// sound is a diagnosis that no rule has anything to say of.
func (w *world) sound(count int) []*report.Report {
	w.t.Helper()
	var found []*report.Report
	for _, r := range w.diagnoses(4 * count) {
		if r.Person.Insurance.Statutory != nil && r.Reason == report.Informed {
			found = append(found, classified(r, "FIGO"))
		}
	}
	if len(found) < count {
		w.t.Fatalf("%d diagnoses of insured patients, %d are needed", len(found), count)
	}
	return found[:count]
}

// TestN3EditGoesByReference edits a report whose identity is deleted, adds a
// further one, and sends the edit unchanged once more.
func TestN3EditGoesByReference(t *testing.T) {
	onProfiles(t, func(t *testing.T, w *world) {
		r := w.sound(1)[0]
		first := w.submit(given, r)
		w.settle()
		numbers := w.current(insured, first)
		edit := w.submit(known, byReference(classified(r, "Lugano")))
		w.settle()
		other := w.submit(known, byReference(further(r, "M-2")))
		w.settle()
		again := w.submit(known, byReference(classified(r, "Lugano")))
		w.settle()
		for _, receipt := range []submission.Receipt{first, edit, other} {
			w.is(receipt, submission.Completed, "")
		}
		w.is(again, submission.Duplicate, "R4")
		for _, receipt := range []submission.Receipt{edit, other} {
			if got := w.current(insured, receipt); got != numbers || got == 0 {
				t.Errorf("receipt %d: %d control numbers, the first version had %d", receipt, got, numbers)
			}
		}
		if persons, chiffrate := w.inRegistry(`SELECT COUNT(*) FROM person`), w.chiffrate(); persons != 1 || chiffrate != 1 {
			t.Errorf("%d persons, %d Chiffrate", persons, chiffrate)
		}
		if got := w.inCentre(`SELECT COUNT(*) FROM dossier WHERE content IS NOT NULL`); got != 0 {
			t.Errorf("%d reports are left", got)
		}
		want := history.ReducedView{PatientNumber: string(r.Patient)}
		if got := w.portal.entries()[string(unit)+"/"+string(r.Reporter)+"/"+string(r.ID)]; got.Receipt != edit || got.View != want {
			t.Errorf("the portal is told of receipt %d", got.Receipt)
		}
	})
}

// TestIdentityIsNotLostWhenAnEditOvertakes edits a report that the last look
// has stopped, and one whose unit is not released yet.
func TestIdentityIsNotLostWhenAnEditOvertakes(t *testing.T) {
	onProfiles(t, func(t *testing.T, w *world) {
		r := w.sound(1)[0]
		stopped := w.submit(given, classified(r, tumour.Label(r.Person.Surname)))
		w.settle()
		w.is(stopped, submission.InReview, "")
		w.submit(known, byReference(classified(r, tumour.Label(r.Person.Surname)+"-II"))) // stopped as well: the person is known
		w.settle()
		if got := w.inCentre(`SELECT COUNT(*) FROM dossier WHERE state = 'held' AND reason = 'lastlook'`); got != 1 {
			t.Fatalf("%d reports wait: the words of a report by reference are not compared with the person", got)
		}
		other := w.submit(known, byReference(further(r, "M-2")))
		edit := w.submit(known, byReference(r))
		w.settle()
		w.is(stopped, submission.Outdated, "")
		w.is(edit, submission.Completed, "")
		w.is(other, submission.Completed, "")
		if w.current(insured, edit) == 0 || w.inRegistry(`SELECT COUNT(*) FROM person`) != 1 || w.chiffrate() != 2 {
			t.Errorf("%d numbers, %d persons, %d Chiffrate", w.current(insured, edit), w.inRegistry(`SELECT COUNT(*) FROM person`), w.chiffrate())
		}
	})
}

// TestWordThatNobodyCanCompareWaits: when the identity is deleted, a word that
// is no known scale waits for a person, and goes nowhere when its time has come.
func TestWordThatNobodyCanCompareWaits(t *testing.T) {
	onBoth(t, "kkn", func(t *testing.T, w *world) {
		r := w.sound(1)[0]
		w.submit(given, r)
		w.settle()
		edit := w.submit(known, byReference(classified(r, tumour.Label(r.Person.Surname))))
		w.settle()
		w.is(edit, submission.InReview, "")
		if got := w.inCentre(`SELECT COUNT(*) FROM dossier WHERE state = 'held' AND reason = 'lastlook'`); got != 1 {
			t.Fatalf("%d reports wait", got)
		}
		w.pass(15 * 24 * time.Hour)
		w.settle()
		w.is(edit, submission.Completed, "")
		for _, item := range w.portal.entries() {
			if got := item.Entry.Event.Diagnosis.Classifications[0].Name; got != "" {
				t.Errorf("%q went on unseen", got)
			}
		}
	})
}

// TestReferenceToNobodyIsRefused: the reporter is told to give the identity,
// and nobody learns of another unit's patients.
func TestReferenceToNobodyIsRefused(t *testing.T) {
	onBoth(t, "kkn", func(t *testing.T, w *world) {
		pair := w.sound(2)
		r, stranger := pair[0], pair[1]
		nobody := w.submit(known, byReference(r))
		w.settle()
		w.is(nobody, submission.Refused, "VST-9")
		test := known
		test.kind = submission.Test
		tested := w.submit(test, byReference(r))
		w.submit(given, stranger)
		w.settle()
		w.is(tested, submission.TestOnly, "")
		foreign := known
		foreign.unit = "nobody"
		asked := w.submit(foreign, byReference(stranger))
		whole := w.submit(given, r)
		again := w.submit(known, byReference(classified(r, "Lugano")))
		w.settle()
		w.is(asked, submission.Refused, "VST-1")
		w.is(whole, submission.Completed, "")
		w.is(again, submission.Completed, "")
	})
}

// TestC8ReferenceOfAPackageIsRefused: only the Online-Erfassung knows a person
// by reference; a part that says otherwise was not made by a portal.
func TestC8ReferenceOfAPackageIsRefused(t *testing.T) {
	onBoth(t, "kkn", func(t *testing.T, w *world) {
		r := w.sound(1)[0]
		for _, as := range []report.PersonAs{report.PersonKnown, report.PersonReplaced} {
			sent := r
			if as == report.PersonKnown {
				sent = byReference(r)
			}
			w.submit(delivery{as: as}, sent)
		}
		w.settle()
		if got := w.inCentre(`SELECT COUNT(*) FROM envelope WHERE state = 'unreadable' AND trouble = 'content'`); got != 2 {
			t.Errorf("%d of 2 parts are set aside", got)
		}
		if got := w.inCentre(`SELECT COUNT(*) FROM dossier`); got != 0 {
			t.Errorf("%d reports were taken over", got)
		}
	})
}

// TestWrongPersonIsReplacedEverywhere sends both reports of a patient number
// again under the right person; a report of a package stays with its own.
func TestWrongPersonIsReplacedEverywhere(t *testing.T) {
	onProfiles(t, func(t *testing.T, w *world) {
		pair := w.sound(2)
		wrong, right := pair[0], pair[1]
		second, packaged := further(wrong, "M-2"), further(wrong, "M-3")
		w.submit(given, wrong)
		w.settle()
		w.submit(known, byReference(second))
		w.submit(delivery{}, packaged)
		w.settle()
		before := w.inRegistry(`SELECT COUNT(*) FROM person`)
		again := w.submit(replaced, of(wrong, right), of(second, right))
		edit := w.submit(known, byReference(of(further(wrong, "M-4"), right)))
		w.settle()
		w.is(again, submission.Completed, "")
		w.is(edit, submission.Completed, "")
		if after := w.inRegistry(`SELECT COUNT(*) FROM person`); before != 1 || after != 2 {
			t.Errorf("%d persons before, %d after", before, after)
		}
		if got := w.inRegistry(`SELECT COUNT(DISTINCT person_id) FROM record WHERE version IN ($1, $2) AND state = 'assigned'`, int64(again), int64(edit)); got != 1 {
			t.Errorf("the reports of the right person belong to %d", got)
		}
		w.opensTo(map[report.ID]*identity.Person{wrong.ID: &right.Person, "M-2": &right.Person, "M-3": &wrong.Person,
			"M-4": &right.Person}) // the person still lay here
	})
}

// TestWrongPersonIsReplacedThoughTheCorrectionNeverLeft: the correction is
// stopped by the last look, and an edit by reference overtakes it there.
func TestWrongPersonIsReplacedThoughTheCorrectionNeverLeft(t *testing.T) {
	onProfiles(t, func(t *testing.T, w *world) {
		pair := w.sound(2)
		wrong, right := pair[0], of(pair[0], pair[1])
		w.submit(given, wrong)
		w.submit(given, pair[1])
		w.settle()
		w.submit(replaced, classified(right, tumour.Label(right.Person.Surname)))
		w.settle()
		edit := w.submit(known, byReference(classified(right, "Lugano")))
		w.settle()
		w.is(edit, submission.Completed, "")
		if got := w.inRegistry(`SELECT COUNT(DISTINCT person_id) FROM record WHERE state = 'assigned'`); got != 1 {
			t.Errorf("the report is with %d persons", got)
		}
		w.opensTo(map[report.ID]*identity.Person{wrong.ID: &right.Person, pair[1].ID: &right.Person})
	})
}

// TestN16ObjectionByReferenceDropsChiffrate: who objects in an edit has no
// Chiffrat any more, and the next edit brings none back.
func TestN16ObjectionByReferenceDropsChiffrate(t *testing.T) {
	for _, profile := range []string{"ekn", "hessen"} {
		t.Run(profile, func(t *testing.T) {
			onBoth(t, profile, func(t *testing.T, w *world) {
				r := w.sound(1)[0]
				w.submit(given, r, further(r, "M-2"))
				w.settle()
				if got := w.chiffrate(); got != 2 {
					t.Fatalf("%d Chiffrate before the objection", got)
				}
				objected := *classified(r, "Lugano")
				objected.Reason = report.Objection
				w.submit(known, byReference(&objected))
				w.settle()
				w.submit(known, byReference(classified(r, "Binet")))
				w.settle()
				w.submit(known, byReference(further(r, "M-3")))
				w.settle()
				if got := w.chiffrate(); got != 0 {
					t.Errorf("%d Chiffrate after the objection", got)
				}
				if got := w.inRegistry(`SELECT COUNT(*) FROM person`); got != 1 {
					t.Errorf("%d persons", got)
				}
			})
		})
	}
}

// opensTo opens every Chiffrat that is kept with the private key, which no
// house has, and compares it with whom it should name, report by report.
func (w *world) opensTo(want map[report.ID]*identity.Person) {
	w.t.Helper()
	var got, wanted []string
	for _, c := range w.kept() {
		got = append(got, c.Surname+", "+c.FirstNames)
	}
	for _, p := range want {
		wanted = append(wanted, p.Surname+", "+p.FirstNames)
	}
	slices.Sort(got)
	slices.Sort(wanted)
	if !slices.Equal(got, wanted) {
		w.t.Errorf("%d Chiffrate name other persons than the %d expected", len(got), len(wanted))
	}
}

// kept are the persons in all Chiffrate, by the reference of their report.
func (w *world) kept() map[pseudonym.ReportRef]identity.Person {
	w.t.Helper()
	macs, err := chiffrat.LoadMACKeys(w.centre.Keys)
	w.must(err)
	profile, err := policy.Of(w.centre.Profile)
	w.must(err)
	keeper, err := chiffrat.NewRegistry(profile.Registry, macs)
	w.must(err)
	persons := map[pseudonym.ReportRef]identity.Person{}
	open := func(ref string, raw []byte) {
		c, err := pseudonym.ParseChiffrat(raw)
		w.must(err)
		persons[pseudonym.ReportRef(ref)], err = keeper.Open(c, pseudonym.ReportRef(ref), w.private)
		w.must(err)
	}
	for where, plain := range opened(w.t, w.tc.Ground(), []sealedColumn{{"reference", "report_ref", "chiffrat", "chiffrat"}}) {
		open(where[len(where)-64:], plain)
	}
	type row struct {
		ref string
		raw []byte
	}
	var rows []row
	w.must(w.registry.Ground().DB.Read(w.t.Context(), func(ctx context.Context, tx *database.Tx) error {
		found, err := tx.QueryContext(ctx, `SELECT report_ref, chiffrat FROM record WHERE chiffrat IS NOT NULL`)
		if err != nil {
			return err
		}
		defer func() { _ = found.Close() }() // Err tells what Close would
		for found.Next() {
			var r row
			if err := found.Scan(&r.ref, &r.raw); err != nil {
				return err
			}
			rows = append(rows, r)
		}
		return found.Err()
	}))
	for _, r := range rows {
		open(r.ref, r.raw)
	}
	return persons
}
