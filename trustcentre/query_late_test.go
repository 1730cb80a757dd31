// SPDX-License-Identifier: EUPL-1.2

package trustcentre_test

import (
	"net/http"
	"net/url"
	"testing"

	"meldewerk/exchange/submission"
)

// TestN20AnswerAfterTheEndIsNotKept: when the identity is gone nobody can say
// whether an answer names the patient, and nobody needs it.
func TestN20AnswerAfterTheEndIsNotKept(t *testing.T) {
	onBoth(t, "kkn", func(t *testing.T, w *world) {
		r := w.stopped()
		inspector, page, receipt := w.asking(r)
		inspector.want(http.StatusSeeOther, inspector.ask(page, stoppedField, "unklar", ""))
		w.settle()
		asked := w.portal.toldQueries()[0]
		inspector.want(http.StatusSeeOther, inspector.post(page, url.Values{"entscheidung": {"ohne"}}))
		w.settle()
		if got := w.state(receipt, 1); got != submission.Completed {
			t.Fatalf("the report: %s", got)
		}
		w.answer(asked.ID, "Frau "+r.Person.Surname+" heißt so.")
		w.pull()
		if kept, noted := w.inCentre(`SELECT COUNT(*) FROM query WHERE answer IS NOT NULL`), w.inCentre(`SELECT COUNT(*) FROM query WHERE answered_at IS NOT NULL`); kept != 0 || noted != 1 {
			t.Errorf("%d answers are kept, %d are noted", kept, noted)
		}
		if len(w.portal.desk.answers) != 0 {
			t.Error("the portal still has the answer")
		}
	})
}

// TestPortalThatWasSetBackLearnsItsQueriesAgain: nobody else would tell it.
func TestPortalThatWasSetBackLearnsItsQueriesAgain(t *testing.T) {
	onBoth(t, "kkn", func(t *testing.T, w *world) {
		inspector, page, _ := w.asking(w.stopped())
		inspector.want(http.StatusSeeOther, inspector.ask(page, stoppedField, "unklar", ""))
		w.settle()
		if len(w.portal.toldQueries()) != 1 {
			t.Fatal("the query was not told")
		}
		w.portal.mu.Lock()
		w.portal.desk.queries = nil
		w.portal.mu.Unlock()
		w.restart()
		w.settle()
		if got := w.portal.toldQueries(); len(got) != 1 || got[0].Outcome != "" {
			t.Errorf("the portal knows %v", got)
		}
	})
}
