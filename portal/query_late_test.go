// SPDX-License-Identifier: EUPL-1.2

package portal_test

import (
	"net/http"
	"testing"
	"time"

	"meldewerk/exchange/submission"
)

// TestWordsOfAClosedQueryGo: what was asked goes some time after the query was
// closed; that it was asked, and how it ended, stays.
func TestWordsOfAClosedQueryGo(t *testing.T) {
	onBoth(t, func(t *testing.T, dsn string) {
		w := newWorld(t, dsn)
		u := w.user("nord")
		u.upload(packageOf(somebody(1), somebody(2)))
		d := w.door()
		closed := func(id string, days int) submission.Query {
			q := w.question(id, 1, 1)
			q.ClosedAt = w.clock.Now().Add(-time.Duration(days) * 24 * time.Hour)
			q.Outcome, q.AskedAt, q.Due = submission.Settled, q.ClosedAt.Add(-time.Hour), q.ClosedAt
			return q
		}
		w.ask(d, closed("Q1", 91), closed("Q2", 89), w.question("Q3", 1, 2))
		for range 2 {
			if _, err := w.house.Step(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		page := func(id string) string { return u.want(http.StatusOK, u.get("/rueckfragen/"+id)).body }
		contains(t, "after 91 days", page("Q1"), "Der Wortlaut der Frage wurde 90 Tage nach ihrem Abschluss gelöscht", "Die Vertrauensstelle hat die Rückfrage abgeschlossen")
		for _, id := range []string{"Q2", "Q3"} {
			contains(t, id, page(id), "Wer hat das Präparat eingesandt?")
		}
		contains(t, "the list", u.want(http.StatusOK, u.get("/rueckfragen")).body, "Feld nicht mehr gespeichert")
	})
}
