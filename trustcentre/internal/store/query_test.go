// SPDX-License-Identifier: EUPL-1.2

package store_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"meldewerk/exchange/submission"
	"meldewerk/internal/database"
	"meldewerk/report"
	"meldewerk/trustcentre/internal/query"
	"meldewerk/trustcentre/internal/store"
)

// question asks about a field with the first of the sentences.
func question(field string) store.Question {
	return store.Question{Field: field, OpenFor: 13 * 24 * time.Hour, Compose: query.Draft{Ground: query.Grounds()[0].Key}.Compose}
}

func (b *bench) untoldQueries() []submission.Query {
	b.t.Helper()
	untold, err := b.store.UntoldQueries(b.t.Context(), 100)
	b.must(err)
	return untold
}

// onlyQuery is the one query that is there.
func (b *bench) onlyQuery() submission.QueryID {
	b.t.Helper()
	for _, standing := range []store.Standing{store.Answered, store.Open, store.Overdue, store.QueryDone} {
		list, err := b.store.Threads(b.t.Context(), standing, 0, 10)
		b.must(err)
		if len(list) == 1 {
			return list[0].ID
		}
	}
	b.t.Fatal("there is not one query")
	return ""
}

// age puts a time of all queries back.
func (b *bench) age(column string, by time.Duration) {
	b.t.Helper()
	b.must(b.db.InTx(b.t.Context(), func(ctx context.Context, tx *database.Tx) error {
		tx.WithoutAct("test")
		_, err := tx.ExecContext(ctx, `UPDATE query SET `+column+` = `+column+` - $1`, by.Microseconds())
		return err
	}))
}

// TestAskKeepsItsLimits: one open query of a field, ten of a report, none on a
// report that does not wait for a look.
func TestAskKeepsItsLimits(t *testing.T) {
	onBoth(t, func(t *testing.T, b *bench) {
		b.admit(1, wait)
		b.admit(2, stop)
		id := b.held()[0].ID
		ask := func(field string) error { return b.store.Ask(t.Context(), "inspector", id, question(field)) }
		for i := range query.MaxPerCase {
			if i == 1 {
				if err := ask("Feld 0"); !errors.Is(err, query.ErrAsked) {
					t.Errorf("a second open query of a field: %v", err)
				}
				b.must(b.store.CloseQuery(t.Context(), "inspector", b.onlyQuery()))
				b.must(ask("Feld 0"))
				continue
			}
			b.must(ask(fmt.Sprint("Feld ", i)))
		}
		if err := ask("Feld 11"); !errors.Is(err, query.ErrMany) {
			t.Errorf("one more than ten: %v", err)
		}
		all, err := b.store.Held(t.Context(), "release", 0, 10)
		b.must(err)
		if err := b.store.Ask(t.Context(), "inspector", all[0].ID, question("Ort")); !errors.Is(err, store.ErrNotHeld) {
			t.Errorf("a report that waits for the release: %v", err)
		}
		if got := len(b.untoldQueries()); got != query.MaxPerCase {
			t.Errorf("%d queries are to be told, want %d", got, query.MaxPerCase)
		}
	})
}

// TestQueryNeverPutsTheDeadlineOff: past it only a record that cannot go on is
// asked about, and the query is due at once.
func TestQueryNeverPutsTheDeadlineOff(t *testing.T) {
	onBoth(t, func(t *testing.T, b *bench) {
		b.admit(1, stop)
		held := b.held()[0]
		q := question("Ort")
		b.must(b.store.Ask(t.Context(), "inspector", held.ID, q))
		if got := b.untoldQueries()[0].Due; !got.Equal(held.Received.Add(q.OpenFor)) {
			t.Errorf("due %v", got)
		}
		q.Field, q.OpenFor = "Stadium", time.Minute // the receipt was an hour ago
		if err := b.store.Ask(t.Context(), "inspector", held.ID, q); !errors.Is(err, store.ErrNotHeld) {
			t.Errorf("asked after the deadline: %v", err)
		}
		b.admit(2, func(o *store.Opened) { o.Unfit = true })
		list, err := b.store.Held(t.Context(), "lastlook", 0, 10)
		b.must(err)
		for _, h := range list {
			if h.Unfit {
				b.must(b.store.Ask(t.Context(), "inspector", h.ID, q))
			}
		}
		for _, asked := range b.untoldQueries() {
			if asked.Due.Before(asked.AskedAt) || asked.Field == "Stadium" && !asked.Due.Equal(asked.AskedAt) {
				t.Errorf("%s: asked %v, due %v", asked.Field, asked.AskedAt, asked.Due)
			}
		}
	})
}

// TestToldQueryKeepsWhatChangedMeanwhile notes a query as told that was closed
// on the way.
func TestToldQueryKeepsWhatChangedMeanwhile(t *testing.T) {
	onBoth(t, func(t *testing.T, b *bench) {
		b.admit(1, stop)
		b.must(b.store.Ask(t.Context(), "inspector", b.held()[0].ID, question("Ort")))
		untold := b.untoldQueries()
		b.must(b.store.CloseQuery(t.Context(), "inspector", untold[0].ID))
		b.must(b.store.QueriesTold(t.Context(), untold))
		if left := b.untoldQueries(); len(left) != 1 || left[0].Outcome != submission.Settled || left[0].ClosedAt.IsZero() {
			t.Errorf("left to tell: %+v", left)
		}
		if err := b.store.CloseQuery(t.Context(), "inspector", untold[0].ID); !errors.Is(err, query.ErrClosed) {
			t.Errorf("closed twice: %v", err)
		}
	})
}

// TestN20WordsOfQueriesGo: the words 90 days after closing, an answer at the
// limit of identities at the latest; the facts stay.
func TestN20WordsOfQueriesGo(t *testing.T) {
	onBoth(t, func(t *testing.T, b *bench) {
		ctx := t.Context()
		b.admit(1, stop)
		b.must(b.store.Ask(ctx, "inspector", b.held()[0].ID, question("Ort")))
		id := b.onlyQuery()
		answer := []query.Arrived{{Query: id, Account: "account-1", At: begin.Add(time.Hour), Text: "Fachwort"}}
		_, _, err := b.store.TakeAnswers(ctx, answer)
		b.must(err)
		words := `SELECT COUNT(question) + COUNT(answer) FROM query`
		expire := func(before time.Time, want int) {
			t.Helper()
			_, err := b.store.Expire(ctx, before)
			b.must(err)
			if got := b.number(words); got != want {
				t.Errorf("%d words are left, want %d", got, want)
			}
		}
		thread, err := b.store.Thread(ctx, "inspector", id)
		b.must(err)
		if thread.Answer != "Fachwort" || !thread.AnsweredAt.Equal(begin) || thread.Emptied {
			t.Errorf("answered %v in the future of this house: %+v", thread.AnsweredAt, thread)
		}
		expire(begin.Add(-time.Hour), 2)
		b.must(b.store.CloseQuery(ctx, "inspector", id))
		expire(begin.Add(-time.Hour), 2)
		expire(begin.Add(time.Hour), 1) // the limit of the report has come
		b.age("closed_at", 91*24*time.Hour)
		expire(begin.Add(-365*24*time.Hour), 0)
		if thread, err = b.store.Thread(ctx, "inspector", id); err != nil || !thread.Emptied || thread.Account != "account-1" || thread.Field != "Ort" || thread.Outcome != submission.Settled {
			t.Errorf("the facts: %+v %v", thread, err)
		}
	})
}

// TestFirstAnswerStays: a portal that gives another answer to the same query
// changes nothing, and one that answers a foreign query stops nothing.
func TestFirstAnswerStays(t *testing.T) {
	onBoth(t, func(t *testing.T, b *bench) {
		b.admit(1, stop)
		b.must(b.store.Ask(t.Context(), "inspector", b.held()[0].ID, question("Ort")))
		id := b.onlyQuery()
		take := func(text string, wantFresh, wantForeign int) {
			t.Helper()
			fresh, foreign, err := b.store.TakeAnswers(t.Context(), []query.Arrived{
				{Query: "nobody-asked-this-one", Account: "a", At: begin, Text: text}, {Query: id, Account: "a", At: time.Unix(-9e9, 0), Text: text}})
			if err != nil || fresh != wantFresh || foreign != wantForeign {
				t.Errorf("%d fresh, %d foreign, %v", fresh, foreign, err)
			}
		}
		take("first", 1, 1)
		take("second", 0, 1)
		if thread, err := b.store.Thread(t.Context(), "inspector", id); err != nil || thread.Answer != "first" || thread.AnsweredAt.Before(thread.AskedAt) {
			t.Errorf("%+v %v", thread, err)
		}
	})
}

// TestAskGivesTheReportWhileItIsHere hands the identity to the comparison, and
// nothing once it is deleted.
func TestAskGivesTheReportWhileItIsHere(t *testing.T) {
	onBoth(t, func(t *testing.T, b *bench) {
		b.admit(1, stop)
		id := b.held()[0].ID
		named := func(field string) bool {
			t.Helper()
			here := false
			q := question(field)
			q.Compose = func(r *report.Report) (string, error) { here = query.IsNamed(r); return "?", nil }
			b.must(b.store.Ask(t.Context(), "inspector", id, q))
			h, _, err := b.store.Stopped(t.Context(), "inspector", id)
			b.must(err)
			if h.Named != here {
				t.Errorf("the page says %t, the comparison %t", h.Named, here)
			}
			return here
		}
		if !named("Ort") {
			t.Error("the identity is not given")
		}
		b.expire()
		if named("Stadium") {
			t.Error("an identity that is deleted")
		}
	})
}

// TestAnswerAfterTheIdentityIsRead: a report that cannot go on is asked about
// when its identity is deleted, too; what comes back then stays for its own time.
func TestAnswerAfterTheIdentityIsRead(t *testing.T) {
	onBoth(t, func(t *testing.T, b *bench) {
		ctx := t.Context()
		b.admit(1, stop)
		b.expire()
		b.must(b.store.Ask(ctx, "inspector", b.held()[0].ID, question("Ort")))
		id := b.onlyQuery()
		_, _, err := b.store.TakeAnswers(ctx, []query.Arrived{{Query: id, Account: "account-1", At: begin, Text: "Fachwort"}})
		b.must(err)
		b.age("answered_at", -2*time.Hour)
		b.expire() // a minute later
		if thread, err := b.store.Thread(ctx, "inspector", id); err != nil || thread.Answer != "Fachwort" {
			t.Errorf("nobody can read the answer any more: %+v %v", thread, err)
		}
		b.age("answered_at", 2*time.Hour)
		b.expire()
		if got := b.number(`SELECT COUNT(answer) FROM query`); got != 0 {
			t.Error("the answer stays for good")
		}
	})
}
