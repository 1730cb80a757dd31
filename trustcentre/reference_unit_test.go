// SPDX-License-Identifier: EUPL-1.2

package trustcentre_test

import (
	"testing"

	"meldewerk/account"
	"meldewerk/audit"
	"meldewerk/exchange/submission"
	"meldewerk/identity"
	"meldewerk/report"
)

// Whom a report by reference means must not depend on what others send under
// the same reporter and patient number.

// TestReferenceMeansThePersonOfItsOwnUnit: two units may send for the same
// reporter and have given two patients the same number.
func TestReferenceMeansThePersonOfItsOwnUnit(t *testing.T) {
	onBoth(t, "kkn", func(t *testing.T, w *world) {
		const other account.UnitID = "praxis-sued"
		w.must(w.tc.Accounts().PutUnit(t.Context(), audit.System, account.Unit{ID: other, Name: "Praxis Süd", AnyReporter: true, Released: true}))
		pair := w.sound(2)
		ours, theirs := pair[0], of(further(pair[0], "M-2"), pair[1])
		foreign, foreignKnown := given, known
		foreign.unit, foreignKnown.unit = other, other
		asked := w.submit(foreignKnown, byReference(further(ours, "M-7")))
		w.submit(given, ours)
		w.settle()
		w.is(asked, submission.Refused, "VST-9")
		asked = w.submit(foreignKnown, byReference(further(ours, "M-8")))
		w.settle()
		w.is(asked, submission.Refused, "VST-9")
		w.submit(foreign, theirs)
		w.settle()
		next := w.submit(known, byReference(further(ours, "M-3")))
		w.settle()
		w.is(next, submission.Completed, "")
		if got := w.inRegistry(`SELECT COUNT(DISTINCT person_id) FROM record WHERE version IN (2, $1) AND state = 'assigned'`, int64(next)); got != 1 {
			t.Error("a further report went to the patient of another unit")
		}
		w.submit(replaced, of(ours, w.sound(3)[2]))
		w.settle()
		w.opensTo(map[report.ID]*identity.Person{"M-1": &w.sound(3)[2].Person, "M-2": &pair[1].Person})
	})
}

// TestReferenceMeansThePersonOfTheForms: the package of the primary system goes
// on with the wrong person after the form was corrected.
func TestReferenceMeansThePersonOfTheForms(t *testing.T) {
	onBoth(t, "ekn", func(t *testing.T, w *world) {
		pair := w.sound(2)
		wrong, right := pair[0], of(pair[0], pair[1])
		packaged := further(wrong, "M-2")
		w.submit(given, wrong)
		w.submit(delivery{}, packaged)
		w.settle()
		again := w.submit(replaced, right)
		w.settle()
		w.submit(delivery{}, classified(packaged, "Lugano"))
		w.settle()
		next := w.submit(known, byReference(further(right, "M-3")))
		w.settle()
		w.is(next, submission.Completed, "")
		if got := w.inRegistry(`SELECT COUNT(DISTINCT person_id) FROM record WHERE version IN ($1, $2) AND state = 'assigned'`, int64(again), int64(next)); got != 1 {
			t.Error("a further report went to the wrong person, whom only a package still names")
		}
	})
}

// TestRefusedCorrectionLeavesNobody: the portal has deleted the right identity
// again when the trust centre refuses the correction. An edit must not go on
// under the wrong person.
func TestRefusedCorrectionLeavesNobody(t *testing.T) {
	onBoth(t, "hessen", func(t *testing.T, w *world) {
		pair := w.sound(2)
		wrong, right := pair[0], of(pair[0], pair[1])
		w.submit(given, wrong)
		w.settle()
		refused := w.submit(replaced, impossible(right))
		w.settle()
		w.is(refused, submission.Refused, w.portal.told(refused, 1).Remarks[0].Rule)
		edit := w.submit(known, byReference(classified(right, "Lugano")))
		w.settle()
		w.is(edit, submission.Refused, "VST-9")
		again := w.submit(given, classified(right, "Lugano"))
		w.submit(given, further(pair[1], "M-9"))
		w.settle()
		w.is(again, submission.Completed, "")
		if got := w.inRegistry(`SELECT COUNT(*) FROM person`); got != 1 {
			t.Errorf("%d persons: the wrong one is still there", got)
		}
	})
}

// impossible makes a report that the trust centre's own check refuses.
func impossible(r *report.Report) *report.Report {
	changed := *r
	changed.Event.Assignment.DiagnosedOn.Year = r.Person.BirthDate.Year - 1
	return &changed
}

// TestC8StandInIsNobody: a portal that gives the stand-in as a person would make
// all such patients one.
func TestC8StandInIsNobody(t *testing.T) {
	onBoth(t, "kkn", func(t *testing.T, w *world) {
		r := w.sound(1)[0]
		w.submit(given, r)
		w.settle()
		empty := *r
		empty.Person = report.StandIn()
		for _, d := range []delivery{given, replaced} {
			receipt := w.submit(d, &empty)
			w.settle()
			if got := w.portal.told(receipt, 1); got.State != submission.Refused {
				t.Errorf("%q: %s %+v", d.as, got.State, got.Remarks)
			}
		}
	})
}
