// SPDX-License-Identifier: EUPL-1.2

package trustcentre_test

import (
	"context"
	"crypto/sha256"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"meldewerk/account"
	"meldewerk/exchange/submission"
	"meldewerk/internal/database"
)

// foreign puts an envelope into the portal that no key here opens.
func (w *world) foreign(e *submission.Envelope) {
	e.Sealed = []byte("sealed to nobody")
	sum := sha256.Sum256(e.Sealed)
	e.SHA256 = sum[:]
	w.portal.post(*e)
}

// TestNavigationCountsAnswersThatWait: the number stands on every page of those
// who decide, from the answer until the query is closed.
func TestNavigationCountsAnswersThatWait(t *testing.T) {
	onBoth(t, "kkn", func(t *testing.T, w *world) {
		inspector, page, _ := w.asking(w.stopped())
		counted := func(who *visitor, want bool) {
			t.Helper()
			for _, at := range []string{"/", "/wartend", "/umschlaege"} {
				if body := who.want(http.StatusOK, who.get(at)); strings.Contains(body, `mw-nav__count">1<`) != want {
					t.Errorf("%s counts an answer: %v, want %v", at, !want, want)
				}
			}
		}
		inspector.want(http.StatusSeeOther, inspector.ask(page, stoppedField, "person", ""))
		w.settle()
		counted(inspector, false) // asked, and nobody has answered
		w.answer(w.portal.toldQueries()[0].ID, "Das Wort ist der Name einer Skala.")
		w.pull()
		counted(inspector, true)
		counted(w.staff(w.tc.Handler(), "trustcentre", account.RoleAdviser), false) // who cannot open it
		thread := queryLink.FindStringSubmatch(inspector.want(http.StatusOK, inspector.get("/rueckfragen")))[1]
		inspector.want(http.StatusSeeOther, inspector.post(thread, nil))
		counted(inspector, false)
	})
}

// TestN20UnreadEnvelopeIsToldToItsReporter: at the limit of identities what
// nobody could open is deleted, and the portal is told that its reports have to
// be sent again.
func TestN20UnreadEnvelopeIsToldToItsReporter(t *testing.T) {
	onBoth(t, "kkn", func(t *testing.T, w *world) {
		envelopes := w.seal(delivery{}, w.sound(1)...)
		w.foreign(&envelopes[0])
		w.settle()
		w.pass(364 * oneDay)
		w.settle()
		if len(w.portal.givenUp) != 0 {
			t.Fatal("given up before the limit")
		}
		w.pass(2 * oneDay)
		w.settle()
		if !slices.Equal(w.portal.givenUp, []submission.EnvelopeID{envelopes[0].ID}) {
			t.Errorf("the portal knows of %v", w.portal.givenUp)
		}
		if got := w.inCentre(`SELECT COUNT(*) FROM envelope WHERE sealed IS NOT NULL`); got != 0 {
			t.Errorf("%d envelopes are kept", got)
		}
		head := w.staff(w.tc.Handler(), "trustcentre", account.RoleHead)
		if body := head.want(http.StatusOK, head.get("/umschlaege")); !strings.Contains(body, "Frist abgelaufen") {
			t.Error("the page does not say what became of it")
		}
	})
}

// TestC8GivenUpEnvelopeIsToldAgainWhenItComesAgain: a portal that was set back
// gives an envelope once more that is given up, one damaged and one whole. It
// is told at once, not only after the next start.
func TestC8GivenUpEnvelopeIsToldAgainWhenItComesAgain(t *testing.T) {
	onBoth(t, "kkn", func(t *testing.T, w *world) {
		all := w.sound(2)
		damaged, foreign := w.seal(delivery{}, all[0]), w.seal(delivery{}, all[1])
		w.damage(&damaged[0])
		w.foreign(&foreign[0])
		w.settle()
		inspector := w.staff(w.tc.Handler(), "trustcentre", account.RoleInspector)
		for _, e := range []submission.Envelope{damaged[0], foreign[0]} {
			inspector.want(http.StatusSeeOther, inspector.post("/umschlaege/"+string(e.ID), url.Values{"grund": {"lost"}}))
		}
		w.settle()
		w.settle()
		if len(w.portal.givenUp) != 2 {
			t.Fatalf("the portal was told %d times", len(w.portal.givenUp))
		}
		w.portal.mu.Lock()
		clear(w.portal.acked)
		w.portal.givenUp = nil
		w.portal.mu.Unlock()
		w.settle()
		if len(w.portal.givenUp) != 2 || len(w.portal.acked) != 2 {
			t.Errorf("a portal that was set back is told of %v, and has to give %d envelopes no more", w.portal.givenUp, len(w.portal.acked))
		}
	})
}

// TestC8DamagedRowsStopNoRound spoils one row of each sort while a report goes
// its way behind it: the record of one that is about to leave, and what stands outside the seal of an envelope.
func TestC8DamagedRowsStopNoRound(t *testing.T) {
	onBoth(t, "kkn", func(t *testing.T, w *world) {
		all := w.sound(4)
		stopped := w.submit(delivery{}, w.stopped())
		w.settle()
		w.must(w.tc.Ground().DB.InTx(t.Context(), func(ctx context.Context, tx *database.Tx) error {
			tx.WithoutAct("a test spoils a row")
			_, err := tx.ExecContext(ctx, `UPDATE dossier SET state = 'ready', reason = '', record = content WHERE state = 'held'`)
			return err
		}))
		foreign := w.seal(delivery{}, all[1])
		w.foreign(&foreign[0])
		next := w.submit(delivery{}, all[2])
		w.settle()
		w.is(next, submission.Completed, "")
		if got := w.inCentre(`SELECT COUNT(*) FROM dossier WHERE state = 'held' AND unfit AND receipt = $1`, int64(stopped)); got != 1 {
			t.Error("the damaged record does not wait for a person")
		}
		w.must(w.tc.Ground().DB.InTx(t.Context(), func(ctx context.Context, tx *database.Tx) error {
			tx.WithoutAct("a test spoils a row")
			_, err := tx.ExecContext(ctx, `UPDATE envelope SET facts = '{"Unit":' WHERE state = 'unreadable'`)
			return err
		}))
		_, err := w.tc.RetryEnvelopes(t.Context(), "operator")
		w.must(err)
		last := w.submit(delivery{}, all[3])
		w.settle()
		w.is(last, submission.Completed, "")
		inspector := w.staff(w.tc.Handler(), "trustcentre", account.RoleInspector)
		list := inspector.want(http.StatusOK, inspector.get("/umschlaege"))
		if !strings.Contains(list, "Die Angaben dazu sind hier beschädigt worden.") {
			t.Error("the list does not show the damaged envelope")
		}
		inspector.want(http.StatusOK, inspector.get("/umschlaege/"+string(foreign[0].ID)))
		page := waitingLink.FindStringSubmatch(inspector.want(http.StatusOK, inspector.get("/wartend")))
		if page == nil {
			t.Fatal("the damaged record is not listed")
		}
		if body := inspector.want(http.StatusOK, inspector.get(page[1])); !strings.Contains(body, "hier beschädigt worden") {
			t.Error("its page does not say what happened")
		}
		if logged := w.logged.String(); !strings.Contains(logged, "records cannot be opened") || !strings.Contains(logged, "its facts are damaged") || !strings.Contains(logged, "a held record is damaged at rest") {
			t.Error("the log does not tell of what was passed by")
		}
	})
}
