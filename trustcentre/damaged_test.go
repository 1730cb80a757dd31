// SPDX-License-Identifier: EUPL-1.2

package trustcentre_test

import (
	"bytes"
	"crypto/sha256"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"meldewerk/account"
	"meldewerk/audit"
	"meldewerk/exchange/submission"
	"meldewerk/report"
)

// damage spoils an envelope on its way, and gives what mends it.
func (w *world) damage(e *submission.Envelope) func() {
	whole := e.Sealed
	e.Sealed = bytes.Clone(whole)
	e.Sealed[len(whole)/2] ^= 1
	w.portal.post(*e)
	return func() {
		w.portal.mu.Lock()
		defer w.portal.mu.Unlock()
		for i := range w.portal.outbox {
			if w.portal.outbox[i].ID == e.ID {
				w.portal.outbox[i].Sealed = whole
			}
		}
	}
}

// TestC8DamagedEnvelopesStopNoOther lets more envelopes arrive damaged than one
// round takes on. Those behind them go on, people are told and told again, and
// once they are whole they go their way.
func TestC8DamagedEnvelopesStopNoOther(t *testing.T) {
	onBoth(t, "kkn", func(t *testing.T, w *world) {
		const damaged = 10
		all := w.reports(40, "")
		var mend [damaged]func()
		var late [damaged]submission.Receipt
		for i := range mend {
			envelopes := w.seal(delivery{}, all[i])
			late[i] = envelopes[0].Receipt
			mend[i] = w.damage(&envelopes[0])
		}
		good := w.submit(delivery{}, all[20:25]...)
		for range 3 { // each round learns how many there are to pass
			w.settle()
		}
		w.arrived(good, all[20:25])
		if len(w.portal.acked) != 1 || w.state(late[0], 1) != "" {
			t.Fatalf("%d envelopes are acknowledged; the damaged one is %q", len(w.portal.acked), w.state(late[0], 1))
		}
		alarms := func() int { return strings.Count(w.logged.String(), "envelopes arrive damaged") }
		first := alarms()
		w.pass(10 * time.Minute)
		w.settle()
		if first == 0 || alarms() != first {
			t.Errorf("%d alarms at once, %d after ten minutes", first, alarms())
		}
		w.pass(time.Hour)
		w.settle()
		if alarms() != first+1 {
			t.Errorf("%d alarms an hour later, before %d", alarms(), first)
		}
		staff := w.staff(w.tc.Handler(), "trustcentre", account.RoleOperator)
		if body := staff.want(http.StatusOK, staff.get("/umschlaege")); strings.Count(body, "liegt noch dort") != damaged || strings.Contains(body, "noch einmal öffnen</span>") {
			t.Error("the page of envelopes lacks the damaged ones, or offers to open what is not here")
		}
		entries, err := w.tc.Ground().Audit.Entries(t.Context(), entriesOf(audit.EnvelopeFetched))
		w.must(err)
		refused := 0
		for _, e := range entries {
			if e.Entry.Act.Result == audit.Refused {
				refused++
			}
		}
		if refused != damaged {
			t.Errorf("%d refusals stand in the log", refused)
		}
		w.restart()
		for i := range mend {
			mend[i]()
		}
		for range 3 {
			w.settle()
		}
		for i := range late {
			w.arrived(late[i], all[i:i+1])
		}
		if got := w.inCentre(`SELECT COUNT(*) FROM damaged_envelope`); got != 0 {
			t.Errorf("%d envelopes are still noted as damaged", got)
		}
	})
}

// TestTypedReportsWaitForADamagedOneOfTheirUnit: a report by reference would be
// refused while the identity it means lies in an envelope that is damaged.
// Packages and other units do not wait.
func TestTypedReportsWaitForADamagedOneOfTheirUnit(t *testing.T) {
	onBoth(t, "kkn", func(t *testing.T, w *world) {
		const other account.UnitID = "praxis-west"
		w.must(w.tc.Accounts().PutUnit(t.Context(), audit.System, account.Unit{ID: other, Name: "Praxis West", AnyReporter: true, Released: true}))
		all := w.sound(4)
		envelopes := w.seal(given, all[0])
		mend := w.damage(&envelopes[0])
		next := w.submit(known, byReference(further(all[0], "M-2")))
		packed := w.submit(delivery{}, all[1])
		foreign := w.submit(delivery{channel: submission.ByForm, unit: other}, all[2])
		w.settle()
		if got := w.state(next, 1); got != "" {
			t.Errorf("the typed report behind the damaged one: %s", got)
		}
		w.arrived(packed, []*report.Report{all[1]})
		if got := w.state(foreign, 1); got != submission.Completed {
			t.Errorf("the report of another unit: %s", got)
		}
		mend()
		w.settle()
		w.settle()
		w.is(envelopes[0].Receipt, submission.Completed, "")
		w.is(next, submission.Completed, "")
	})
}

// TestTypedReportsDoNotWaitForEver: what nobody mends within a week holds the
// unit up no longer. A report by reference is refused then, which its reporter
// sees and mends in time; one that gives its person goes on.
func TestTypedReportsDoNotWaitForEver(t *testing.T) {
	onBoth(t, "kkn", func(t *testing.T, w *world) {
		all := w.sound(2)
		envelopes := w.seal(given, all[0])
		w.damage(&envelopes[0])
		next := w.submit(known, byReference(further(all[0], "M-2")))
		whole := w.submit(given, all[1])
		w.pass(6 * 24 * time.Hour)
		w.settle()
		if next, whole := w.state(next, 1), w.state(whole, 1); next != "" || whole != "" {
			t.Errorf("after six days: %q and %q", next, whole)
		}
		w.pass(2 * 24 * time.Hour)
		w.settle()
		w.is(next, submission.Refused, "VST-9")
		w.is(whole, submission.Completed, "")
		if got := w.inCentre(`SELECT COUNT(*) FROM damaged_envelope`); got != 1 {
			t.Errorf("%d damaged envelopes are noted", got)
		}
	})
}

// TestEnvelopeTakenBeforeItWasDamaged: only its acknowledgement was lost, so it
// is acknowledged and alarms nobody.
func TestEnvelopeTakenBeforeItWasDamaged(t *testing.T) {
	onBoth(t, "kkn", func(t *testing.T, w *world) {
		all := w.reports(2, "")
		envelopes := w.seal(delivery{}, all[0])
		w.portal.post(envelopes[0])
		w.settle()
		w.portal.mu.Lock()
		delete(w.portal.acked, envelopes[0].ID)
		for i := range w.portal.outbox {
			w.portal.outbox[i].Sealed = []byte("spoilt")
		}
		w.portal.mu.Unlock()
		w.settle()
		if !w.portal.acked[envelopes[0].ID] || w.inCentre(`SELECT COUNT(*) FROM damaged_envelope`) != 0 || strings.Contains(w.logged.String(), "arrive damaged") {
			t.Error("an envelope that was taken whole is noted as damaged")
		}
	})
}

// TestC8GivenUpEnvelopeIsOverAndTold: what nobody can mend has an end. A person
// gives it up with a reason; the portal learns it, once more after a restart,
// nothing waits for it any longer, and one that comes after all is not taken.
func TestC8GivenUpEnvelopeIsOverAndTold(t *testing.T) {
	onBoth(t, "kkn", func(t *testing.T, w *world) {
		all := w.sound(3)
		envelopes := w.seal(given, all[0])
		mend := w.damage(&envelopes[0])
		next := w.submit(given, all[1])
		foreign := w.seal(delivery{}, all[2])
		foreign[0].Sealed = []byte("sealed to nobody")
		sum := sha256.Sum256(foreign[0].Sealed)
		foreign[0].SHA256 = sum[:]
		w.portal.post(foreign[0])
		w.settle()
		if got := w.state(next, 1); got != "" {
			t.Errorf("the typed report behind the damaged one: %s", got)
		}
		adviser := w.staff(w.tc.Handler(), "trustcentre", account.RoleAdviser)
		adviser.want(http.StatusForbidden, adviser.post("/umschlaege/"+string(envelopes[0].ID), url.Values{"grund": {"lost"}}))
		inspector := w.staff(w.tc.Handler(), "trustcentre", account.RoleInspector)
		for _, e := range []submission.Envelope{envelopes[0], foreign[0]} {
			page := "/umschlaege/" + string(e.ID)
			if body := inspector.want(http.StatusOK, inspector.get("/umschlaege")); !strings.Contains(body, page) {
				t.Fatal("the list does not lead to giving up")
			}
			inspector.want(http.StatusUnprocessableEntity, inspector.post(page, url.Values{"grund": {"late"}}))
			inspector.want(http.StatusSeeOther, inspector.post(page, url.Values{"grund": {"lost"}}))
			inspector.want(http.StatusConflict, inspector.post(page, url.Values{"grund": {"lost"}}))
		}
		w.settle()
		w.is(next, submission.Completed, "")
		if len(w.portal.givenUp) != 2 {
			t.Errorf("the portal knows of %v", w.portal.givenUp)
		}
		entries, err := w.tc.Ground().Audit.Entries(t.Context(), entriesOf(audit.EnvelopeGivenUp))
		w.must(err)
		if len(entries) != 2 || entries[0].Entry.Act.Purpose != "lost" || entries[0].Entry.Act.Actor == audit.System {
			t.Errorf("the log says %+v", entries)
		}
		if body := inspector.want(http.StatusOK, inspector.get("/umschlaege")); !strings.Contains(body, "Inhalt verloren") || strings.Contains(body, "liegt noch dort") {
			t.Error("the page does not say what was given up and why")
		}
		// The portal is set back: it gives both again, one of them whole.
		mend()
		w.portal.mu.Lock()
		clear(w.portal.acked)
		w.portal.givenUp = nil
		w.portal.mu.Unlock()
		w.restart()
		w.settle()
		if len(w.portal.givenUp) != 2 || w.state(envelopes[0].Receipt, 1) != "" || !w.portal.acked[envelopes[0].ID] {
			t.Errorf("after a restore the portal knows of %v, and the report is %q", w.portal.givenUp, w.state(envelopes[0].Receipt, 1))
		}
		if got := w.inCentre(`SELECT COUNT(*) FROM damaged_envelope`) + w.inCentre(`SELECT COUNT(*) FROM envelope WHERE state = 'unreadable'`); got != 0 {
			t.Errorf("%d envelopes are set aside", got)
		}
	})
}
