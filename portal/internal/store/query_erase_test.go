// SPDX-License-Identifier: EUPL-1.2

package store

import (
	"bytes"
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"meldewerk/calendar"
	"meldewerk/envelope"
	"meldewerk/exchange/submission"
	"meldewerk/internal/database"
	"meldewerk/portal/internal/query"
	"meldewerk/portal/internal/upload"
	"meldewerk/synth"
	"meldewerk/testkit/leak"
)

// rememberAnswers takes the sealed answers that lie in the database now.
func (x traces) rememberAnswers(t *testing.T, d dumped) int {
	t.Helper()
	n := 0
	err := d.db.Read(t.Context(), func(ctx context.Context, tx *database.Tx) error {
		rows, err := tx.QueryContext(ctx, `SELECT sealed FROM query_answer`)
		if err != nil {
			return err
		}
		for rows.Next() {
			var sealed []byte
			if err := rows.Scan(&sealed); err != nil {
				return err
			}
			body := bytes.Index(sealed, []byte("\n--- ")) // behind the head, whose first words are those of every envelope
			if body < padding {
				t.Fatal("an answer is not sealed behind its padding")
			}
			for at := body + 5; at+16 <= len(sealed); at += 16 {
				x[[16]byte(sealed[at:at+16])] = true
			}
			n++
		}
		return rows.Close()
	})
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// asked takes a package in and puts a query on every report of it that was accepted.
func (d dumped) asked(t *testing.T) []submission.QueryID {
	t.Helper()
	ctx := t.Context()
	var text strings.Builder
	if err := synth.New(synth.Options{Patients: 80, Seed: 3, Today: calendar.Of(time.Now())}).WriteXML(&text, nil); err != nil {
		t.Fatal(err)
	}
	up, err := d.rooms.Read(ctx, upload.Sender{Unit: "unit-1", Account: "account-1"}, submission.Real, "export.xml", strings.NewReader(text.String()))
	if err != nil {
		t.Fatal(err)
	}
	done, err := up.Commit(ctx)
	if err != nil {
		t.Fatal(err)
	}
	var items []submission.Query
	var ids []submission.QueryID
	err = d.rooms.Each(ctx, "unit-1", done.ID, upload.Filter{Verdict: "accepted"}, func(l upload.Line) error {
		q := submission.Query{ID: submission.QueryID(fmt.Sprintf("Q%d", l.Position)), Receipt: 1, Position: l.Position, Field: "Pathologie › Fragefeld",
			Question: "Fragewort im Satz?", AskedAt: time.Now(), Due: time.Now().Add(time.Hour)}
		items, ids = append(items, q), append(ids, q.ID)
		return nil
	})
	if err != nil || len(items) < 100 {
		t.Fatalf("%d reports to ask about, %v", len(items), err)
	}
	if err := d.PutQueries(ctx, "trustcentre", items); err != nil {
		t.Fatal(err)
	}
	return ids
}

// TestC3NothingOfAnAnswerIsReadableInThePortal answers queries and looks for the
// text: while the answers wait they are sealed to the trust centre alone, and
// when that has acknowledged them not a piece of what was sealed is left.
// Spec: SECURITY C3
func TestC3NothingOfAnAnswerIsReadableInThePortal(t *testing.T) {
	t.Parallel()
	d, x, ctx := newDumped(t), traces{}, t.Context()
	room, err := query.New(d.Store, map[string]envelope.Recipients{"trustcentre": d.envelopes.Recipients()}, time.Now)
	if err != nil {
		t.Fatal(err)
	}
	ids := d.asked(t)
	person := query.Actor{Unit: "unit-1", Account: "account-1", Name: "A. Kraft", Typing: true}
	for i, id := range ids {
		text := "Kanarienvogel erläutert. " + strings.Repeat("Der Einsender fehlt im Befund. ", i*7%60)
		if first, err := room.Answer(ctx, person, id, text); err != nil || !first {
			t.Fatalf("answer %d: %v, %v", i, first, err)
		}
		if i%3 == 2 { // in turns, so that rows come and go between others
			x.rememberAnswers(t, d)
			if err := room.AcknowledgeAnswers(ctx, "trustcentre", ids[i-2:i-1]); err != nil {
				t.Fatal(err)
			}
		}
	}
	if x.rememberAnswers(t, d) == 0 {
		t.Fatal("no answer waits")
	}
	if err := d.Checkpoint(ctx); err != nil {
		t.Fatal(err)
	}
	waiting, err := room.Answers(ctx, "trustcentre", submission.MaxAnswers)
	if err != nil || len(waiting) == 0 {
		t.Fatal(len(waiting), err)
	}
	plain, err := envelope.OpenBytes(waiting[0].Sealed, d.envelopes)
	if err != nil || !strings.HasPrefix(string(plain), "Kanarienvogel erläutert.") {
		t.Fatalf("the trust centre cannot open the answer: %v", err)
	}
	var answers, questions leak.Search
	answers.Add("answer", "Kanarienvogel")
	answers.Add("answer, second sentence", "Der Einsender fehlt im Befund")
	questions.Add("question", "Fragewort im Satz")
	questions.Add("field", "Fragefeld")
	for place, n := range d.hits(t, &answers) {
		t.Errorf("while it waits %s holds an answer (%d times)", place, n)
	}
	found := d.hits(t, &questions)
	if found["query.words opened"] < len(ids) {
		t.Fatalf("the search is blind: %v", found)
	}
	delete(found, "query.words opened")
	delete(found, "files opened") // the same sealed words
	for place, n := range found {
		t.Errorf("%s holds a question (%d times)", place, n)
	}
	if x.left(d.raw(t)) == 0 {
		t.Fatal("the search for pieces is blind")
	}
	if err := room.AcknowledgeAnswers(ctx, "trustcentre", ids); err != nil {
		t.Fatal(err)
	}
	for place, n := range d.hits(t, &answers) {
		t.Errorf("after the acknowledgement %s holds an answer (%d times)", place, n)
	}
	if n := x.left(d.raw(t)); n > 0 {
		t.Errorf("%d pieces of sealed answers are left in the files", n)
	}
	if out, err := room.Answers(ctx, "trustcentre", 10); err != nil || len(out) != 0 {
		t.Errorf("%d answers wait, %v", len(out), err)
	}
}
