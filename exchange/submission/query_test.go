// SPDX-License-Identifier: EUPL-1.2

package submission_test

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"meldewerk/exchange/submission"
	"meldewerk/fault"
)

func query(position int) submission.Query {
	return submission.Query{ID: submission.QueryID(fmt.Sprintf("Q-%d", position)), Receipt: 1, Position: position, Field: "Pathologie › Einsender",
		Question: "Ersetzen Sie den Namen durch die Abteilung.", AskedAt: now, Due: now.Add(24 * time.Hour)}
}

func answer(position int) submission.Answer {
	sealed := []byte("age")
	sum := sha256.Sum256(sealed)
	return submission.Answer{Query: query(position).ID, Account: "A1", At: now, SHA256: sum[:], Sealed: sealed}
}

func TestDoorCarriesQueriesAndAnswersWhole(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, open func(submission.Door) submission.Door) {
		portal := newShelf()
		door := open(portal)
		closed := query(2)
		closed.Outcome, closed.ClosedAt = submission.Settled, now
		queries := []submission.Query{query(1), closed}
		if err := door.PutQueries(t.Context(), queries); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(queries, portal.queries); diff != "" {
			t.Error(diff)
		}
		portal.answers = []submission.Answer{answer(1), answer(2)}
		got, err := door.Answers(t.Context(), 10)
		if diff := cmp.Diff(portal.answers, got); diff != "" || err != nil {
			t.Errorf("%v\n%s", err, diff)
		}
		if err := door.AcknowledgeAnswers(t.Context(), []submission.QueryID{"Q-1"}); err != nil || !slices.Equal(portal.answered, []submission.QueryID{"Q-1"}) {
			t.Errorf("acknowledged %v, %v", portal.answered, err)
		}
		portal.err = fault.New(fault.Conflict, "test.taken", "Das hat schon jemand erledigt.")
		_, err = door.Answers(t.Context(), 1)
		for i, err := range []error{err, door.PutQueries(t.Context(), nil), door.AcknowledgeAnswers(t.Context(), nil)} {
			if !errors.Is(err, portal.err) {
				t.Errorf("call %d: %v", i, err)
			}
		}
	})
}

// TestC8DoorRefusesHostileQueries: nothing of a list is taken when anything is
// wrong with it, on either side.
func TestC8DoorRefusesHostileQueries(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, open func(submission.Door) submission.Door) {
		portal := newShelf()
		door := open(portal)
		ctx := t.Context()
		refused := map[string]error{
			"too many queries": door.PutQueries(ctx, slices.Repeat([]submission.Query{query(1)}, submission.MaxItems+1)),
			"too many ids":     door.AcknowledgeAnswers(ctx, slices.Repeat([]submission.QueryID{"a"}, submission.MaxItems+1)),
			"odd id":           door.AcknowledgeAnswers(ctx, []submission.QueryID{"a b"}),
		}
		_, refused["no answers"] = door.Answers(ctx, 0)
		_, refused["too many answers"] = door.Answers(ctx, submission.MaxAnswers+1)
		for name, spoil := range map[string]func(*submission.Query){
			"no id":             func(q *submission.Query) { q.ID = "" },
			"receipt 0":         func(q *submission.Query) { q.Receipt = 0 },
			"position 0":        func(q *submission.Query) { q.Position = 0 },
			"no field":          func(q *submission.Query) { q.Field = "" },
			"long field":        func(q *submission.Query) { q.Field = strings.Repeat("ä", 201) },
			"no question":       func(q *submission.Query) { q.Question = "" },
			"long question":     func(q *submission.Query) { q.Question = strings.Repeat("ä", submission.MaxQuestion+1) },
			"never asked":       func(q *submission.Query) { q.AskedAt = time.Time{} },
			"due before":        func(q *submission.Query) { q.Due = q.AskedAt.Add(-1) },
			"closed for what":   func(q *submission.Query) { q.ClosedAt = now },
			"closed when":       func(q *submission.Query) { q.Outcome = submission.Lapsed },
			"an unknown ending": func(q *submission.Query) { q.Outcome, q.ClosedAt = "lost", now },
		} {
			q := query(1)
			spoil(&q)
			refused[name] = door.PutQueries(ctx, []submission.Query{query(2), q})
		}
		if portal.calls != 0 {
			t.Errorf("%d hostile calls reached the portal", portal.calls)
		}
		for name, spoil := range map[string]func(*submission.Answer){
			"answer to nothing":      func(a *submission.Answer) { a.Query = "" },
			"answer twice":           func(a *submission.Answer) { a.Query = query(1).ID },
			"answer of nobody":       func(a *submission.Answer) { a.Account = "" },
			"answer of a name":       func(a *submission.Answer) { a.Account = "Frau Doktor" },
			"answer without a time":  func(a *submission.Answer) { a.At = time.Time{} },
			"answer without content": func(a *submission.Answer) { a.Sealed = nil },
			"huge answer":            func(a *submission.Answer) { a.Sealed = make([]byte, 64<<10+1) },
		} {
			a := answer(2)
			spoil(&a)
			portal.answers = []submission.Answer{answer(1), a}
			got, err := door.Answers(ctx, 10)
			if refused[name] = err; got != nil {
				t.Errorf("%s: %d answers are given", name, len(got))
			}
		}
		for name, err := range refused {
			if !errors.Is(err, submission.ErrMalformed) {
				t.Errorf("%s: %v", name, err)
			}
		}
	})
}

// TestDoorLetsADamagedAnswerPass: it must not stop those behind it; who takes
// it sees that it is damaged.
func TestDoorLetsADamagedAnswerPass(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, open func(submission.Door) submission.Door) {
		portal := newShelf()
		damaged := answer(1)
		damaged.Sealed = []byte("agf")
		portal.answers = []submission.Answer{damaged, answer(2)}
		got, err := open(portal).Answers(t.Context(), 10)
		if err != nil || len(got) != 2 || got[0].Intact() || !got[1].Intact() {
			t.Errorf("%d answers, %v", len(got), err)
		}
	})
}
