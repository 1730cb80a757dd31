// SPDX-License-Identifier: EUPL-1.2

package store_test

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"slices"
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
	untold, _, err := b.store.UntoldQueries(b.t.Context(), 100)
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
		_, err := b.store.TakeAnswers(ctx, answer)
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

func arrived(id submission.QueryID, text string) query.Arrived {
	return query.Arrived{Query: id, Account: "a", At: begin, Text: text, Digest: sha256.Sum256([]byte(text))}
}

// TestSecondAnswerStandsBesideTheFirst: a portal that was set back to a backup
// lets a query be answered again. Nothing that was typed may be lost, the same
// given twice is no second one, and a foreign query stops nothing.
func TestSecondAnswerStandsBesideTheFirst(t *testing.T) {
	onBoth(t, func(t *testing.T, b *bench) {
		ctx := t.Context()
		b.admit(1, stop)
		b.must(b.store.Ask(ctx, "inspector", b.held()[0].ID, question("Ort")))
		id := b.onlyQuery()
		take := func(want query.Taken, texts ...string) {
			t.Helper()
			list := []query.Arrived{arrived("nobody-asked-this-one", "first")}
			for _, text := range texts {
				list = append(list, arrived(id, text))
			}
			if got, err := b.store.TakeAnswers(ctx, list); err != nil || got != want {
				t.Errorf("%v gave %+v, %v", texts, got, err)
			}
		}
		take(query.Taken{Fresh: 1, Foreign: 1}, "first")
		take(query.Taken{Fresh: 1, Further: 1, Foreign: 1}, "first", "second")
		take(query.Taken{Foreign: 1}, "second", "first")
		sealed := arrived(id, "third")
		sealed.Text, sealed.Sealed = "", []byte("third")
		_, err := b.store.TakeAnswers(ctx, []query.Arrived{sealed})
		b.must(err)
		thread, err := b.store.Thread(ctx, "inspector", id)
		if err != nil || thread.Answer != "first" || thread.Others != 2 || len(thread.Further) != 2 {
			t.Fatalf("%+v %v", thread, err)
		}
		unread, passed, err := b.store.UnreadAnswers(ctx, 10)
		if err != nil || passed != 0 || len(unread) != 1 || string(unread[0].Sealed) != "third" {
			t.Fatalf("%+v, %d passed by, %v", unread, passed, err)
		}
		unread[0].Text, unread[0].Sealed = "third", nil
		b.must(b.store.ReadAnswers(ctx, unread))
		thread, err = b.store.Thread(ctx, "inspector", id)
		b.must(err)
		var texts []string
		for _, f := range thread.Further {
			texts = append(texts, f.Text)
		}
		if slices.Sort(texts); !slices.Equal(texts, []string{"second", "third"}) {
			t.Errorf("the further answers are %v", texts)
		}
		if untold := b.untoldQueries(); untold[0].Account != "a" || untold[0].AnsweredAt.IsZero() {
			t.Errorf("the portal is not told that an answer is here: %+v", untold[0])
		}
		b.must(b.store.CloseQuery(ctx, "inspector", id))
		b.age("closed_at", 91*24*time.Hour)
		_, err = b.store.Expire(ctx, begin.Add(-365*24*time.Hour))
		b.must(err)
		if got := b.number(`SELECT COUNT(answer) FROM further_answer`); got != 0 {
			t.Errorf("%d further answers outlive the first", got)
		}
	})
}

// TestFurtherAnswersAreBounded: a hostile portal does not fill the house.
func TestFurtherAnswersAreBounded(t *testing.T) {
	onBoth(t, func(t *testing.T, b *bench) {
		b.admit(1, stop)
		b.must(b.store.Ask(t.Context(), "inspector", b.held()[0].ID, question("Ort")))
		id := b.onlyQuery()
		var list []query.Arrived
		for i := range 12 {
			list = append(list, arrived(id, fmt.Sprint("answer ", i)))
		}
		if got, err := b.store.TakeAnswers(t.Context(), list); err != nil || got != (query.Taken{Fresh: 10, Further: 9, Dropped: 2}) {
			t.Errorf("%+v %v", got, err)
		}
	})
}

// TestC8DamagedWordsStopNoOther spoils the question of one query and the
// answer of another one at rest: the others are told, both can be closed, and
// the report goes on.
func TestC8DamagedWordsStopNoOther(t *testing.T) {
	onBoth(t, func(t *testing.T, b *bench) {
		ctx := t.Context()
		b.admit(1, stop)
		dossier := b.held()[0].ID
		for _, field := range []string{"first", "second", "third"} {
			b.must(b.store.Ask(ctx, "inspector", dossier, question(field)))
		}
		list, err := b.store.ThreadsOf(ctx, dossier)
		b.must(err)
		byField := map[string]submission.QueryID{}
		for i := range list {
			byField[list[i].Field] = list[i].ID
		}
		_, err = b.store.TakeAnswers(ctx, []query.Arrived{arrived(byField["second"], "one"), arrived(byField["second"], "two")})
		b.must(err)
		b.must(b.db.InTx(ctx, func(ctx context.Context, tx *database.Tx) error {
			tx.WithoutAct("test")
			_, err := tx.ExecContext(ctx, `UPDATE query SET question = answer_of.sealed FROM (SELECT question AS sealed FROM query WHERE field = 'third') answer_of WHERE field = 'first'`)
			if err != nil {
				return err
			}
			if _, err = tx.ExecContext(ctx, `UPDATE further_answer SET answer = (SELECT question FROM query WHERE field = 'third')`); err != nil {
				return err
			}
			_, err = tx.ExecContext(ctx, `UPDATE query SET answer = question WHERE field = 'second'`)
			return err
		}))
		told, passed, err := b.store.UntoldQueries(ctx, 100)
		if err != nil || passed != 1 || len(told) != 2 {
			t.Fatalf("%d are told, %d passed by, %v", len(told), passed, err)
		}
		if told, _, err = b.store.UntoldQueries(ctx, 1); err != nil || len(told) != 1 {
			t.Errorf("%d of one, %v", len(told), err)
		}
		lost, err := b.store.Thread(ctx, "inspector", byField["first"])
		if err != nil || !lost.Lost || lost.Question != "" {
			t.Errorf("%+v %v", lost, err)
		}
		unread, err := b.store.Thread(ctx, "inspector", byField["second"])
		if err != nil || !unread.Unread || !unread.Further[0].Unread {
			t.Errorf("%+v %v", unread, err)
		}
		b.must(b.store.Decide(ctx, dossier, store.Decision{Actor: "inspector"})) // closes all three
		if told, passed, err = b.store.UntoldQueries(ctx, 100); err != nil || passed != 0 || len(told) != 3 {
			t.Errorf("closed: %d are told, %d passed by, %v", len(told), passed, err)
		}
		b.must(b.store.HandedOver(ctx, idsOf(b.ready())))
		b.complete(notice(1, b.next))
		if got := b.number(`SELECT COUNT(answer) FROM query`) + b.number(`SELECT COUNT(answer) FROM further_answer`); got != 0 {
			t.Errorf("%d answers that nobody can compare with the patient are kept", got)
		}
	})
}

// TestC8DamagedReportWaitsOn: one that cannot be opened any more is not let go
// on unseen, and keeps no other from its deadline.
func TestC8DamagedReportWaitsOn(t *testing.T) {
	onBoth(t, func(t *testing.T, b *bench) {
		ctx := t.Context()
		b.admit(1, stop)
		id := b.held()[0].ID
		b.must(b.db.InTx(ctx, func(ctx context.Context, tx *database.Tx) error {
			tx.WithoutAct("test")
			_, err := tx.ExecContext(ctx, `UPDATE dossier SET content = record`)
			return err
		}))
		if err := b.store.Decide(ctx, id, store.Decision{Actor: "system", Marking: "LASTLOOK"}); !errors.Is(err, store.ErrUnfit) {
			t.Errorf("the decision: %v", err)
		}
		if overdue, err := b.store.Overdue(ctx, begin.Add(365*24*time.Hour), 10); err != nil || len(overdue) != 0 {
			t.Errorf("it comes up again and again: %v, %v", overdue, err)
		}
		if h, _, err := b.store.Stopped(ctx, "inspector", id); err != nil || h.Named || !h.Unfit {
			t.Errorf("its page: %+v, %v", h, err)
		}
		b.must(b.store.Ask(ctx, "inspector", id, question("Ort")))
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
		_, err := b.store.TakeAnswers(ctx, []query.Arrived{{Query: id, Account: "account-1", At: begin, Text: "Fachwort"}})
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
