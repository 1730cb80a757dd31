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

// Thread is a Rückfrage with what came of it. Answer is empty in lists, and it
// and Question where they were deleted.
type Thread struct {
	submission.Query
	Dossier    handover.DossierID
	Unit       string
	AskedBy    string // account of the own staff
	ClosedBy   string // account of the own staff, or the system
	Account    string // of the portal, that answered; empty: nobody has
	AnsweredAt time.Time
	Answer     string
	Unread     bool      // nobody here could open or read the answer
	Lost       bool      // the question lies here and cannot be opened
	Others     int       // answers beside the first
	Further    []Further // those answers; not in lists
	Emptied    bool      // the words are deleted
	Waits      bool      // the report still waits for a decision
}

// Further is a weitere Antwort: one to a query that the portal took for open
// once more, after it was set back to a backup.
type Further struct {
	Account    string // of the portal
	AnsweredAt time.Time
	Text       string // empty: deleted, or Unread
	Unread     bool
}

const threadColumns = `q.id, q.dossier_id, q.field, q.asked_by, q.asked_at, q.due_at, q.account, q.answered_at, q.unread, q.outcome, q.closed_by, q.closed_at,
	d.receipt, d.position, d.unit, d.state = 'held', (SELECT COUNT(f.digest) FROM further_answer f WHERE f.query_id = q.id), q.question`

// scanThread reads the columns and opens the question.
func (s *Store) scanThread(scan func(dest ...any) error, more ...any) (Thread, error) {
	var t Thread
	var question []byte
	var asked, due database.Time
	var answered, closed database.NullTime
	err := scan(append([]any{&t.ID, &t.Dossier, &t.Field, &t.AskedBy, &asked, &due, &t.Account, &answered, &t.Unread, &t.Outcome, &t.ClosedBy, &closed,
		&t.Receipt, &t.Position, &t.Unit, &t.Waits, &t.Others, &question}, more...)...)
	if err != nil {
		return t, err
	}
	t.AskedAt, t.Due, t.AnsweredAt, t.ClosedAt = asked.Time, due.Time, answered.Time, closed.Time
	if t.Emptied = question == nil; !t.Emptied {
		plain, err := s.queries.Open(string(t.ID), "question", question)
		t.Question, t.Lost = string(plain), err != nil
	}
	return t, nil
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
			t, err := s.scanThread(scan)
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
		var answer []byte
		var err error
		t, err = s.scanThread(tx.QueryRowContext(ctx, `
			SELECT `+threadColumns+`, q.answer FROM query q JOIN dossier d ON d.id = q.dossier_id WHERE q.id = $1`, string(id)).Scan, &answer)
		if errors.Is(err, sql.ErrNoRows) {
			return query.ErrUnknown
		}
		if err != nil {
			return fmt.Errorf("look for a query: %w", err)
		}
		s.openAnswer(&t, answer)
		if t.Further, err = s.further(ctx, tx, t.ID); err != nil {
			return err
		}
		return s.log.Append(ctx, tx, audit.Act{Actor: actor, Code: audit.QueryShown, Object: "query/" + string(id)})
	})
	return t, err
}

// openAnswer opens the answer. What is damaged is said, so that a person can
// close the query all the same.
func (s *Store) openAnswer(t *Thread, answer []byte) {
	t.Emptied = t.Emptied || t.Account != "" && answer == nil
	if answer != nil && !t.Unread {
		plain, err := s.queries.Open(string(t.ID), "answer", answer)
		t.Answer, t.Unread = string(plain), err != nil
	}
}

// further gives the answers beside the first, the oldest first.
func (s *Store) further(ctx context.Context, tx *database.Tx, id submission.QueryID) ([]Further, error) {
	var list []Further
	for scan, err := range each(ctx, tx, `
		SELECT account, answered_at, answer, unread, digest FROM further_answer WHERE query_id = $1 ORDER BY answered_at, digest`, string(id)) {
		if err != nil {
			return nil, err
		}
		var f Further
		var at database.Time
		var sealed, digest []byte
		if err := scan(&f.Account, &at, &sealed, &f.Unread, &digest); err != nil {
			return nil, fmt.Errorf("list further answers: %w", err)
		}
		f.AnsweredAt = at.Time
		if sealed != nil && !f.Unread {
			plain, err := s.queries.Open(furtherKey(id, digest), "answer", sealed)
			f.Text, f.Unread = string(plain), err != nil
		}
		list = append(list, f)
	}
	return list, nil
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
