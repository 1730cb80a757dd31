// SPDX-License-Identifier: EUPL-1.2

package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"meldewerk/audit"
	"meldewerk/exchange/submission"
	"meldewerk/internal/database"
	"meldewerk/trustcentre/internal/handover"
	"meldewerk/trustcentre/internal/query"
)

// Standing is the Stand of a Rückfrage as the queue sorts it.
type Standing string

// The standings.
const (
	Answered  Standing = "answered" // beantwortet, to be looked at
	Open      Standing = "open"     // offen, before its deadline
	Overdue   Standing = "overdue"  // offen, and the deadline is over
	QueryDone Standing = "done"     // erledigt
)

// Thread is a Rückfrage with what came of it. Question and Answer are empty in
// lists and where they were deleted.
type Thread struct {
	submission.Query
	Dossier    handover.DossierID
	Unit       string
	AskedBy    string // account of the own staff
	ClosedBy   string // account of the own staff, or the system
	Account    string // of the portal, that answered; empty: nobody has
	AnsweredAt time.Time
	Answer     string
	Unread     bool // nobody here could open or read the answer
	Emptied    bool // the words are deleted
	Waits      bool // the report still waits for a decision
}

const threadColumns = `q.id, q.dossier_id, q.field, q.asked_by, q.asked_at, q.due_at, q.account, q.answered_at, q.unread, q.outcome, q.closed_by, q.closed_at,
	d.receipt, d.position, d.unit, d.state = 'held'`

func scanThread(scan func(dest ...any) error, more ...any) (Thread, error) {
	var t Thread
	var asked, due database.Time
	var answered, closed database.NullTime
	err := scan(append([]any{&t.ID, &t.Dossier, &t.Field, &t.AskedBy, &asked, &due, &t.Account, &answered, &t.Unread, &t.Outcome, &t.ClosedBy, &closed,
		&t.Receipt, &t.Position, &t.Unit, &t.Waits}, more...)...)
	t.AskedAt, t.Due, t.AnsweredAt, t.ClosedAt = asked.Time, due.Time, answered.Time, closed.Time
	return t, err
}

// Threads lists queries of one standing, the nearest deadline first; closed
// ones of the last months, the newest first.
func (s *Store) Threads(ctx context.Context, standing Standing, offset, limit int) ([]Thread, error) {
	return s.threads(ctx, `
		SELECT `+threadColumns+` FROM query q JOIN dossier d ON d.id = q.dossier_id
		WHERE ($1 = 'answered' AND q.outcome = '' AND q.account <> '')
			OR ($1 = 'open' AND q.outcome = '' AND q.account = '' AND q.due_at > $2)
			OR ($1 = 'overdue' AND q.outcome = '' AND q.account = '' AND q.due_at <= $2)
			OR ($1 = 'done' AND q.outcome <> '' AND q.closed_at > $3)
		ORDER BY CASE WHEN q.outcome = '' THEN q.due_at ELSE -q.closed_at END, q.id LIMIT $4 OFFSET $5`,
		func(now time.Time) []any {
			return []any{string(standing), database.At(now), database.At(now.Add(-keepQueries)), limit, offset}
		})
}

// ThreadsOf lists the queries on one waiting report, the oldest first.
func (s *Store) ThreadsOf(ctx context.Context, dossier handover.DossierID) ([]Thread, error) {
	return s.threads(ctx, `
		SELECT `+threadColumns+` FROM query q JOIN dossier d ON d.id = q.dossier_id WHERE q.dossier_id = $1 ORDER BY q.asked_at, q.id`,
		func(time.Time) []any { return []any{string(dossier)} })
}

func (s *Store) threads(ctx context.Context, text string, args func(now time.Time) []any) ([]Thread, error) {
	var list []Thread
	err := s.db.Read(ctx, func(ctx context.Context, tx *database.Tx) error {
		for scan, err := range each(ctx, tx, text, args(tx.Now)...) {
			if err != nil {
				return err
			}
			t, err := scanThread(scan)
			if err != nil {
				return fmt.Errorf("list queries: %w", err)
			}
			list = append(list, t)
		}
		return nil
	})
	return list, err
}

// Thread opens one query with its answer for a person; the look is logged in
// the same transaction.
func (s *Store) Thread(ctx context.Context, actor string, id submission.QueryID) (Thread, error) {
	var t Thread
	err := s.db.InTx(ctx, func(ctx context.Context, tx *database.Tx) error {
		var question, answer []byte
		var err error
		t, err = scanThread(tx.QueryRowContext(ctx, `
			SELECT `+threadColumns+`, q.question, q.answer FROM query q JOIN dossier d ON d.id = q.dossier_id WHERE q.id = $1`, string(id)).Scan, &question, &answer)
		if errors.Is(err, sql.ErrNoRows) {
			return query.ErrUnknown
		}
		if err != nil {
			return fmt.Errorf("look for a query: %w", err)
		}
		if err := s.openWords(&t, question, answer); err != nil {
			return err
		}
		return s.log.Append(ctx, tx, audit.Act{Actor: actor, Code: audit.QueryShown, Object: "query/" + string(id)})
	})
	return t, err
}

func (s *Store) openWords(t *Thread, question, answer []byte) error {
	t.Emptied = question == nil || t.Account != "" && answer == nil
	if question != nil {
		plain, err := s.queries.Open(string(t.ID), "question", question)
		if err != nil {
			return fmt.Errorf("open question: %w", err)
		}
		t.Question = string(plain)
	}
	if answer != nil && !t.Unread {
		plain, err := s.queries.Open(string(t.ID), "answer", answer)
		if err != nil {
			return fmt.Errorf("open answer: %w", err)
		}
		t.Answer = string(plain)
	}
	return nil
}

// QueryCounts are the Rückfragen by standing.
type QueryCounts struct {
	Answered, Open, Overdue int64
	Done                    int64 // within the last 90 days
}

// QueryCounts counts the queries.
func (s *Store) QueryCounts(ctx context.Context) (QueryCounts, error) {
	var c QueryCounts
	err := s.db.Read(ctx, func(ctx context.Context, tx *database.Tx) error {
		return tx.QueryRowContext(ctx, `
			SELECT (SELECT COUNT(*) FROM query WHERE outcome = '' AND account <> ''),
				(SELECT COUNT(*) FROM query WHERE outcome = '' AND account = '' AND due_at > $1),
				(SELECT COUNT(*) FROM query WHERE outcome = '' AND account = '' AND due_at <= $1),
				(SELECT COUNT(*) FROM query WHERE outcome <> '' AND closed_at > $2)`,
			database.At(tx.Now), database.At(tx.Now.Add(-keepQueries))).Scan(&c.Answered, &c.Open, &c.Overdue, &c.Done)
	})
	return c, err
}
