// SPDX-License-Identifier: EUPL-1.2

package store_test

import (
	"context"
	"crypto/sha256"
	"errors"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"meldewerk/audit"
	"meldewerk/exchange/submission"
	"meldewerk/internal/database"
	"meldewerk/portal/internal/dispatch"
	"meldewerk/portal/internal/drafting"
	"meldewerk/portal/internal/query"
	"meldewerk/portal/internal/upload"
	"meldewerk/tumour"
)

var asking = query.Actor{Unit: "unit-1", Account: account, Name: "A. Kraft", Typing: true}

func (b bench) question(id string, r submission.Receipt, position int) submission.Query {
	return submission.Query{ID: submission.QueryID(id), Receipt: r, Position: position, Field: "Pathologie › Einsender",
		Question: "Wer hat das Präparat eingesandt?", AskedAt: b.clock.Now(), Due: b.clock.Now().Add(13 * 24 * time.Hour)}
}

func (b bench) ask(t *testing.T, items ...submission.Query) {
	t.Helper()
	if err := b.PutQueries(t.Context(), "trustcentre", items); err != nil {
		t.Fatal(err)
	}
}

func (b bench) review(t *testing.T, r submission.Receipt, positions ...int) {
	t.Helper()
	for _, position := range positions {
		if err := b.PutProgress(t.Context(), "trustcentre", progress(r, position, submission.InReview, b.clock.Now())); err != nil {
			t.Fatal(err)
		}
	}
}

func closedAs(q submission.Query, o submission.Outcome, at time.Time) submission.Query {
	q.Outcome, q.ClosedAt = o, at
	return q
}

func entry(text string) query.Entry {
	sum := sha256.Sum256([]byte(text))
	return query.Entry{SHA256: sum[:], Sealed: []byte(text)}
}

func (b bench) readQuery(t *testing.T, id string) query.Query {
	t.Helper()
	q, err := b.Query(t.Context(), asking, submission.QueryID(id))
	if err != nil {
		t.Fatal(err)
	}
	return q
}

func TestQueryComesBackAsItWent(t *testing.T) {
	suite(t, func(t *testing.T, b bench) {
		ctx := t.Context()
		r := b.submit(t, "unit-1", "one", 2)
		item := b.question("Q1", r.Sequence, 2)
		b.ask(t, item)
		b.ask(t, item) // told again
		want := query.Query{ID: "Q1", Recipient: "trustcentre", Field: item.Field, Question: item.Question, AskedAt: item.AskedAt, Due: item.Due,
			Package: string(r.Package), Position: 2, Number: r.Number, ReceivedAt: r.ReceivedAt, Channel: submission.ByPackage,
			Patient: "P-2", Report: "R-2", Occasion: tumour.OccasionDiagnosis}
		if diff := cmp.Diff(want, b.readQuery(t, "Q1")); diff != "" {
			t.Fatal(diff)
		}
		b.clock.Advance(time.Hour)
		first, err := b.AnswerQuery(ctx, asking, "Q1", entry("sealed one"))
		if err != nil || !first {
			t.Fatalf("answer: %v, %v", first, err)
		}
		answered := b.clock.Now()
		b.clock.Advance(time.Hour)
		other := asking
		other.Account, other.Name = "account-9", "B. Lang"
		if first, err = b.AnswerQuery(ctx, other, "Q1", entry("sealed two")); err != nil || first {
			t.Fatalf("the second answer: %v, %v", first, err)
		}
		want.AnsweredAt, want.AnsweredBy, want.Account = answered, "A. Kraft", account
		if diff := cmp.Diff(want, b.readQuery(t, "Q1")); diff != "" {
			t.Fatal(diff)
		}
		out, err := b.Answers(ctx, "trustcentre", 10)
		wanted := []submission.Answer{{Query: "Q1", Account: account, At: answered, SHA256: entry("sealed one").SHA256, Sealed: []byte("sealed one")}}
		if diff := cmp.Diff(wanted, out); diff != "" || err != nil {
			t.Fatal(diff, err)
		}
		for _, recipient := range []string{"other", "trustcentre", "trustcentre"} {
			if err := b.AcknowledgeAnswers(ctx, recipient, []submission.QueryID{"Q1", "unknown"}); err != nil {
				t.Fatal(err)
			}
			if taken := b.readQuery(t, "Q1").Taken; taken != (recipient == "trustcentre") {
				t.Fatalf("taken %v after the acknowledgement of %s", taken, recipient)
			}
		}
		if out, err = b.Answers(ctx, "trustcentre", 10); err != nil || len(out) != 0 || b.count(t, `SELECT COUNT(query_id) FROM query_answer`) != 0 {
			t.Fatalf("%d answers after the acknowledgement, %v", len(out), err)
		}
		if b.acts(t, audit.QueriesTaken) != 2 || b.acts(t, audit.QueryAnswered) != 1 || b.acts(t, audit.AnswersFetched) != 1 {
			t.Error("the acts on queries are not logged as they are")
		}
	})
}

func TestClosedQueryStaysClosed(t *testing.T) {
	suite(t, func(t *testing.T, b bench) {
		ctx := t.Context()
		r := b.submit(t, "unit-1", "one", 1)
		item, other := b.question("Q1", r.Sequence, 1), b.question("Q2", r.Sequence, 1)
		b.ask(t, item, other)
		if first, err := b.AnswerQuery(ctx, asking, "Q2", entry("sealed")); err != nil || !first {
			t.Fatal(first, err)
		}
		b.clock.Advance(time.Hour)
		at := b.clock.Now()
		b.ask(t, closedAs(item, submission.Settled, at), closedAs(other, submission.Lapsed, at))
		b.ask(t, item, closedAs(item, submission.Lapsed, at.Add(time.Hour)))
		if q := b.readQuery(t, "Q1"); q.State() != query.Closed || q.Outcome != submission.Settled || !q.ClosedAt.Equal(at) {
			t.Errorf("the closed query is %s, %s since %v", q.State(), q.Outcome, q.ClosedAt)
		}
		if _, err := b.AnswerQuery(ctx, asking, "Q1", entry("late")); !errors.Is(err, query.ErrClosed) {
			t.Errorf("an answer to a closed query gives %v", err)
		}
		// One that was answered before it was closed is still handed over.
		if out, err := b.Answers(ctx, "trustcentre", 10); err != nil || len(out) != 1 || out[0].Query != "Q2" {
			t.Errorf("answers %+v, %v", out, err)
		}
		// A query that is told for the first time when it is closed already.
		b.ask(t, closedAs(b.question("Q3", r.Sequence, 1), submission.Corrected, at))
		if q := b.readQuery(t, "Q3"); q.Outcome != submission.Corrected {
			t.Errorf("outcome %q", q.Outcome)
		}
	})
}

func TestC2QueryBelongsToItsUnit(t *testing.T) {
	suite(t, func(t *testing.T, b bench) {
		ctx := t.Context()
		r, foreign := b.submit(t, "unit-1", "one", 1), b.submit(t, "unit-2", "two", 1)
		b.ask(t, b.question("Q1", r.Sequence, 1), b.question("Q2", foreign.Sequence, 1))
		for id, a := range map[submission.QueryID]query.Actor{"Q2": asking, "Q1": {Unit: "unit-2", Account: account, Name: "X", Typing: true}, "nobody": asking} {
			if _, err := b.Query(ctx, a, id); !errors.Is(err, query.ErrUnknown) {
				t.Errorf("%s read by %s: %v", id, a.Unit, err)
			}
			if _, err := b.AnswerQuery(ctx, a, id, entry("sealed")); !errors.Is(err, query.ErrUnknown) {
				t.Errorf("%s answered by %s: %v", id, a.Unit, err)
			}
		}
		list, total, err := b.Queries(ctx, asking, query.Filter{}, 0, 10)
		if err != nil || total != 1 || len(list) != 1 || list[0].ID != "Q1" {
			t.Errorf("list %+v of %d, %v", list, total, err)
		}
		if n, err := b.OpenQueries(ctx, asking); err != nil || n != 1 {
			t.Errorf("%d open, %v", n, err)
		}
		for what, put := range map[string]func() error{
			"a report that is not there": func() error {
				return b.PutQueries(ctx, "trustcentre", []submission.Query{b.question("Q9", r.Sequence, 77)})
			},
			"a stranger": func() error {
				return b.PutQueries(ctx, "other", []submission.Query{b.question("Q9", r.Sequence, 1)})
			},
			"the id of another report": func() error {
				return b.PutQueries(ctx, "trustcentre", []submission.Query{closedAs(b.question("Q1", foreign.Sequence, 1), submission.Settled, b.clock.Now())})
			},
		} {
			if put() == nil {
				t.Errorf("a query on %s was taken", what)
			}
		}
		if q := b.readQuery(t, "Q1"); q.State() != query.Open {
			t.Errorf("the query is %s", q.State())
		}
	})
}

// TestQueriedIsDerived holds that a report is queried while its query waits,
// and only while it is under review, wherever a state is read.
func TestQueriedIsDerived(t *testing.T) {
	suite(t, func(t *testing.T, b bench) {
		ctx := t.Context()
		r := b.submit(t, "unit-1", "one", 3)
		id := upload.ID(r.Package)
		handle, known, err := b.Find(ctx, "unit-1", account, "P-1")
		if err != nil || !known {
			t.Fatal(known, err)
		}
		want := func(when string, state submission.State, asked int) {
			t.Helper()
			lines, _, err := b.Lines(ctx, "unit-1", id, upload.Filter{}, 0, 1)
			if err != nil || len(lines[0].Standing) > 1 {
				t.Fatal(err)
			}
			var got submission.State
			if len(lines[0].Standing) == 1 {
				got = lines[0].Standing[0].State
			}
			_, chosen, err := b.Lines(ctx, "unit-1", id, upload.Filter{State: submission.Queried}, 0, 10)
			if err != nil {
				t.Fatal(err)
			}
			pkg, err := b.Package(ctx, "unit-1", id)
			if err != nil {
				t.Fatal(err)
			}
			found, err := b.History(ctx, "unit-1", handle)
			if err != nil || len(found.Submitted) != 1 {
				t.Fatal(err)
			}
			if got != state || found.Submitted[0].State != state || chosen != asked || pkg.Queried != asked {
				t.Errorf("%s: %q in the protocol, %q in the history, %d chosen, %d counted; want %q, %d", when, got, found.Submitted[0].State, chosen, pkg.Queried, state, asked)
			}
		}
		item, second := b.question("Q1", r.Sequence, 1), b.question("Q2", r.Sequence, 1)
		b.ask(t, item)
		want("before the review", "", 0)
		b.review(t, r.Sequence, 1, 2)
		want("asked", submission.Queried, 1)
		if _, err := b.AnswerQuery(ctx, asking, "Q1", entry("sealed")); err != nil {
			t.Fatal(err)
		}
		want("answered", submission.InReview, 0)
		b.ask(t, second)
		want("asked again", submission.Queried, 1)
		b.ask(t, closedAs(second, submission.Settled, b.clock.Now()))
		want("closed", submission.InReview, 0)
		b.ask(t, b.question("Q3", r.Sequence, 1))
		b.clock.Advance(time.Second)
		if err := b.PutProgress(ctx, "trustcentre", progress(r.Sequence, 1, submission.Forwarded, b.clock.Now())); err != nil {
			t.Fatal(err)
		}
		want("gone on", submission.Forwarded, 0)
		if n := b.count(t, `SELECT COUNT(position) FROM progress WHERE state NOT IN ('in_review', 'forwarded')`); n != 0 {
			t.Error("the derived state is stored")
		}
	})
}

func TestQueriedFormWaitsForSomebody(t *testing.T) {
	suite(t, func(t *testing.T, b bench) {
		ctx, d := t.Context(), b.Drafts()
		rec := b.record(t, "unit-1", "P-1")
		f := b.form(t, rec)
		receipt := b.mustHandIn(t, "one", rec, f)
		b.review(t, receipt.Sequence, 1)
		rows := func(open bool) []drafting.Row {
			t.Helper()
			rows, _, err := d.Forms(ctx, "unit-1", drafting.Filter{Open: open}, 0, 10)
			if err != nil {
				t.Fatal(err)
			}
			return rows
		}
		if len(rows(true)) != 0 {
			t.Error("a report under review waits for somebody")
		}
		b.ask(t, b.question("Q1", receipt.Sequence, 1))
		sent := b.readForm(t, "unit-1", f.ID).Sent
		if open := rows(true); len(open) != 1 || open[0].Progress != submission.Queried || sent[0].Progress != submission.Queried {
			t.Errorf("the queried report: %+v", open)
		}
		if q := b.readQuery(t, "Q1"); q.Form != string(f.ID) || q.Channel != submission.ByForm || q.Resent {
			t.Errorf("the query leads to form %q, channel %s, resent %v", q.Form, q.Channel, q.Resent)
		}
		// Who only sends packages sees nothing of it.
		packages := asking
		packages.Typing = false
		if _, err := b.Query(ctx, packages, "Q1"); !errors.Is(err, query.ErrUnknown) {
			t.Errorf("an uploader reads the query on a typed report: %v", err)
		}
		if _, err := b.AnswerQuery(ctx, packages, "Q1", entry("sealed")); !errors.Is(err, query.ErrUnknown) {
			t.Errorf("an uploader answers the query on a typed report: %v", err)
		}
		if counts, err := b.QueryCounts(ctx, packages); err != nil || counts != (query.Counts{}) {
			t.Errorf("an uploader counts %+v, %v", counts, err)
		}
		// The next version carries no state yet, and the query says that it came.
		b.clock.Advance(time.Minute)
		b.mustHandIn(t, "two", b.readRecord(t, "unit-1", rec.ID), b.save(t, b.readForm(t, "unit-1", f.ID), "tumour.icd", "C50.5"))
		if got := rows(false); len(got) != 1 || got[0].Progress != "" {
			t.Errorf("the next version: %+v", got)
		}
		if !b.readQuery(t, "Q1").Resent {
			t.Error("the query does not tell that the report was submitted again")
		}
	})
}

func TestQueriesAreListedByWhatPresses(t *testing.T) {
	suite(t, func(t *testing.T, b bench) {
		ctx := t.Context()
		r := b.submit(t, "unit-1", "one", 4)
		late, soon, done, gone := b.question("QL", r.Sequence, 1), b.question("QS", r.Sequence, 2), b.question("QD", r.Sequence, 3), b.question("QG", r.Sequence, 4)
		soon.Due = soon.Due.Add(-5 * 24 * time.Hour)
		gone.Due = soon.Due.Add(-time.Hour)
		b.ask(t, late, soon, done, closedAs(gone, submission.Lapsed, b.clock.Now()))
		if _, err := b.AnswerQuery(ctx, asking, "QD", entry("sealed")); err != nil {
			t.Fatal(err)
		}
		for filter, want := range map[query.Filter][]submission.QueryID{
			{}:                      {"QS", "QL", "QD", "QG"},
			{State: query.Open}:     {"QS", "QL"},
			{State: query.Answered}: {"QD"},
			{State: query.Closed}:   {"QG"},
			{Package: "another"}:    nil,
			{Package: string(r.Package), State: query.Open}: {"QS", "QL"},
		} {
			list, total, err := b.Queries(ctx, asking, filter, 0, 10)
			var got []submission.QueryID
			for _, q := range list {
				got = append(got, q.ID)
			}
			if err != nil || total != len(want) || !cmp.Equal(got, want) {
				t.Errorf("%+v gives %v of %d, want %v, %v", filter, got, total, want, err)
			}
		}
		if list, total, err := b.Queries(ctx, asking, query.Filter{}, 1, 2); err != nil || total != 4 || len(list) != 2 || list[0].ID != "QL" {
			t.Errorf("the second page: %+v of %d, %v", list, total, err)
		}
		if counts, err := b.QueryCounts(ctx, asking); err != nil || counts != (query.Counts{Open: 2, Answered: 1, Closed: 1}) {
			t.Errorf("counts %+v, %v", counts, err)
		}
	})
}

func TestAnsweringAtTheSameMomentGivesOneAnswer(t *testing.T) {
	suite(t, func(t *testing.T, b bench) {
		ctx := t.Context()
		r := b.submit(t, "unit-1", "one", 1)
		b.ask(t, b.question("Q1", r.Sequence, 1))
		var together sync.WaitGroup
		var mu sync.Mutex
		firsts := 0
		for range 6 {
			together.Go(func() {
				first, err := b.AnswerQuery(ctx, asking, "Q1", entry("sealed"))
				if err != nil {
					t.Error(err)
				}
				mu.Lock()
				defer mu.Unlock()
				if first {
					firsts++
				}
			})
		}
		together.Wait()
		if firsts != 1 || b.acts(t, audit.QueryAnswered) != 1 {
			t.Errorf("%d first answers, %d acts", firsts, b.acts(t, audit.QueryAnswered))
		}
	})
}

func TestQueryGoesWithItsReport(t *testing.T) {
	suite(t, func(t *testing.T, b bench) {
		ctx := t.Context()
		r := b.submit(t, "unit-1", "one", 1)
		b.ask(t, b.question("Q1", r.Sequence, 1))
		if _, err := b.AnswerQuery(ctx, asking, "Q1", entry("sealed")); err != nil {
			t.Fatal(err)
		}
		err := b.db.InTx(ctx, func(ctx context.Context, tx *database.Tx) error {
			tx.WithoutAct("a test takes the report away")
			_, err := tx.ExecContext(ctx, `DELETE FROM report_result WHERE package_id = $1 AND position = 1`, string(r.Package))
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		if n := b.count(t, `SELECT COUNT(id) FROM query`) + b.count(t, `SELECT COUNT(query_id) FROM query_answer`); n != 0 {
			t.Errorf("%d rows of the query are left", n)
		}
	})
}

func TestQueryOfALostReceiptMovesTheSequence(t *testing.T) {
	suite(t, func(t *testing.T, b bench) {
		b.ask(t, b.question("Q1", 40, 1)) // the portal was restored from a backup without it
		if _, err := b.Query(t.Context(), asking, "Q1"); !errors.Is(err, query.ErrUnknown) {
			t.Errorf("the query: %v", err)
		}
		if r := b.submit(t, "unit-1", "one", 1); r.Sequence != 41 {
			t.Errorf("the next receipt is %d", r.Sequence)
		}
	})
}

// TestOnlyAVersionThatCountsIsSentAgain: what the trust centre has refused, or
// knows already, answers no query, and the reporter must not wait for it.
func TestOnlyAVersionThatCountsIsSentAgain(t *testing.T) {
	suite(t, func(t *testing.T, b bench) {
		r := b.submit(t, "unit-1", "one", 1)
		b.ask(t, b.question("Q1", r.Sequence, 1))
		for text, state := range map[string]submission.State{"two": submission.Refused, "three": submission.Duplicate} {
			b.clock.Advance(time.Minute)
			again := b.submit(t, "unit-1", text, 1)
			if !b.readQuery(t, "Q1").Resent {
				t.Errorf("%s is on its way", text)
			}
			if err := b.PutProgress(t.Context(), "trustcentre", progress(again.Sequence, 1, state, b.clock.Now())); err != nil {
				t.Fatal(err)
			}
			if b.readQuery(t, "Q1").Resent {
				t.Errorf("%s still counts", state)
			}
		}
	})
}

// TestC8DamagedQueryHidesNoOther spoils the words of one query at rest, the
// name at another and the report of a third: the list stands, each can be
// answered, and words that are told again take the place of the damaged ones.
func TestC8DamagedQueryHidesNoOther(t *testing.T) {
	suite(t, func(t *testing.T, b bench) {
		ctx := t.Context()
		r := b.submit(t, "unit-1", "one", 4)
		items := []submission.Query{b.question("Q1", r.Sequence, 1), b.question("Q2", r.Sequence, 2), b.question("Q3", r.Sequence, 3), b.question("Q4", r.Sequence, 4)}
		b.ask(t, items...)
		if _, err := b.AnswerQuery(ctx, asking, "Q2", entry("sealed")); err != nil {
			t.Fatal(err)
		}
		err := b.db.InTx(ctx, func(ctx context.Context, tx *database.Tx) error {
			tx.WithoutAct("a test spoils rows")
			for _, text := range []string{
				`UPDATE query SET words = (SELECT o.words FROM query o WHERE o.id = 'Q4') WHERE id = 'Q1'`,
				`UPDATE query SET answered_by = (SELECT o.words FROM query o WHERE o.id = 'Q4') WHERE id = 'Q2'`,
				`UPDATE report_result SET content = (SELECT o.words FROM query o WHERE o.id = 'Q4') WHERE position = 3`,
			} {
				if _, err := tx.ExecContext(ctx, text); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		list, total, err := b.Queries(ctx, asking, query.Filter{}, 0, 10)
		if err != nil || total != 4 || len(list) != 4 {
			t.Fatalf("%d of %d, %v", len(list), total, err)
		}
		for _, q := range list {
			if q.Damaged != (q.ID != "Q4") {
				t.Errorf("%s is damaged: %v", q.ID, q.Damaged)
			}
		}
		if first, err := b.AnswerQuery(ctx, asking, "Q1", entry("sealed")); err != nil || !first {
			t.Errorf("the damaged query cannot be answered: %v, %v", first, err)
		}
		b.ask(t, items[0])
		if q := b.readQuery(t, "Q1"); q.Damaged || q.Question != items[0].Question || q.State() != query.Answered {
			t.Errorf("told again: %+v", q)
		}
	})
}

// TestAnswerThatTheTrustCentreHasIsKnownAgain: after a restore of the portal an
// answered query must not stand open once more.
func TestAnswerThatTheTrustCentreHasIsKnownAgain(t *testing.T) {
	suite(t, func(t *testing.T, b bench) {
		ctx := t.Context()
		r := b.submit(t, "unit-1", "one", 2)
		at := b.clock.Now().Add(time.Hour)
		open, lost := b.question("Q1", r.Sequence, 1), b.question("Q2", r.Sequence, 2)
		b.ask(t, open)
		open.Account, open.AnsweredAt = account, at
		lost.Account, lost.AnsweredAt = account, at
		b.clock.Advance(2 * time.Hour)
		b.ask(t, open, closedAs(lost, submission.Settled, b.clock.Now()))
		q := b.readQuery(t, "Q1")
		if q.State() != query.Answered || !q.AnsweredAt.Equal(at) || q.Account != account || q.AnsweredBy != "" || !q.Taken {
			t.Errorf("the query: %+v", q)
		}
		if q := b.readQuery(t, "Q2"); q.State() != query.Closed || q.AnsweredAt.IsZero() {
			t.Errorf("the closed query: %+v", q)
		}
		if first, err := b.AnswerQuery(ctx, asking, "Q1", entry("second")); err != nil || first {
			t.Errorf("a second answer: %v, %v", first, err)
		}
		if out, err := b.Answers(ctx, "trustcentre", 10); err != nil || len(out) != 0 {
			t.Errorf("%d answers, %v", len(out), err)
		}
	})
}

// TestRefusedPackageIsReceivedAgain: a trust centre has refused a report of it,
// say because the unit was not entered yet. The same bytes sent again are a new
// submission, or the report would be lost with the first receipt as an answer.
func TestRefusedPackageIsReceivedAgain(t *testing.T) {
	suite(t, func(t *testing.T, b bench) {
		ctx := t.Context()
		r := b.submit(t, "unit-1", "one", 2)
		for _, state := range []submission.State{submission.InReview, submission.Forwarded, submission.Completed} {
			if err := b.PutProgress(ctx, "trustcentre", progress(r.Sequence, 1, state, b.clock.Now())); err != nil {
				t.Fatal(err)
			}
			if again := b.submit(t, "unit-1", "one", 2); again.First || again.Sequence != r.Sequence {
				t.Errorf("%s: the same bytes are received anew", state)
			}
			b.clock.Advance(time.Hour) // the lease of the one that was dropped ends
		}
		if err := b.PutProgress(ctx, "trustcentre", progress(r.Sequence, 2, submission.Refused, b.clock.Now())); err != nil {
			t.Fatal(err)
		}
		again := b.submit(t, "unit-1", "one", 2)
		if !again.First || again.Sequence <= r.Sequence {
			t.Errorf("the refused report was not taken again: %+v", again)
		}
		if once := b.submit(t, "unit-1", "one", 2); once.First || once.Sequence != again.Sequence {
			t.Errorf("sent a third time: %+v", once)
		}
	})
}

// TestGivenUpEnvelopeIsToBeSentAgain: its reports are refused with a sentence,
// nobody else's are, it is given out no more, and the same bytes are received
// as a new submission.
func TestGivenUpEnvelopeIsToBeSentAgain(t *testing.T) {
	suite(t, func(t *testing.T, b bench) {
		ctx := t.Context()
		r, other := b.submit(t, "unit-1", "one", 2), b.submit(t, "unit-1", "two", 1)
		out, err := b.Next(ctx, "trustcentre", 10, 1<<20)
		if err != nil || len(out) != 2 {
			t.Fatal(len(out), err)
		}
		lost := []submission.EnvelopeID{out[0].ID, "unknown"}
		if again := b.submit(t, "unit-1", "one", 2); again.First || again.Sequence != r.Sequence {
			t.Fatalf("the same bytes: %+v", again)
		}
		b.clock.Advance(time.Hour) // the lease of the one that was dropped ends
		if err := b.GiveUp(ctx, "other", lost); err != nil {
			t.Fatal(err)
		}
		if n := b.count(t, `SELECT COUNT(position) FROM progress`); n != 0 {
			t.Errorf("a stranger has refused %d reports", n)
		}
		for range 2 { // told again
			if err := b.GiveUp(ctx, "trustcentre", lost); err != nil {
				t.Fatal(err)
			}
		}
		lines, _, err := b.Lines(ctx, "unit-1", upload.ID(r.Package), upload.Filter{}, 0, 10)
		if err != nil || len(lines) != 2 {
			t.Fatal(len(lines), err)
		}
		for _, line := range lines {
			if s := line.Standing; len(s) != 1 || s[0].State != submission.Refused || len(s[0].Remarks) != 1 || s[0].Remarks[0].Rule != dispatch.RuleGivenUp {
				t.Errorf("position %d: %+v", line.Position, s)
			}
		}
		if out, err = b.Next(ctx, "trustcentre", 10, 1<<20); err != nil || len(out) != 1 || out[0].Receipt != other.Sequence {
			t.Errorf("still given out: %+v, %v", out, err)
		}
		if n := b.acts(t, audit.EnvelopeGivenUp); n != 1 {
			t.Errorf("%d acts", n)
		}
		again := b.submit(t, "unit-1", "one", 2)
		if !again.First || again.Sequence <= r.Sequence {
			t.Errorf("sent again: %+v", again)
		}
		if once := b.submit(t, "unit-1", "one", 2); once.First || once.Sequence != again.Sequence {
			t.Errorf("sent a third time: %+v", once)
		}
	})
}
