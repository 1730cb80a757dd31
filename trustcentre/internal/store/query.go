// SPDX-License-Identifier: EUPL-1.2

package store

import (
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"meldewerk/audit"
	"meldewerk/exchange/submission"
	"meldewerk/internal/database"
	"meldewerk/report"
	"meldewerk/trustcentre/internal/handover"
	"meldewerk/trustcentre/internal/query"
)

// keepQueries is how long the words of a closed Rückfrage stay.
const keepQueries = 90 * 24 * time.Hour

// Question is a Rückfrage about to be asked.
type Question struct {
	Field   string        // name in words of the office
	OpenFor time.Duration // from the receipt until the report goes on without an answer
	// Compose gives the question as the reporter reads it. It gets the report,
	// nil when its identity is deleted.
	Compose func(r *report.Report) (string, error)
}

// Ask puts a query on a report that the last look has stopped. It refuses with
// the faults of the room query. The query never puts the deadline off; where
// the deadline is over and the record cannot go on, it is due at once.
func (s *Store) Ask(ctx context.Context, actor string, id handover.DossierID, q Question) error {
	return s.db.InTx(ctx, func(ctx context.Context, tx *database.Tx) error {
		var received database.Time
		var unfit bool
		var content []byte
		var asked, open int
		err := tx.QueryRowContext(ctx, `
			SELECT d.received_at, d.unfit, d.content, (SELECT COUNT(*) FROM query q WHERE q.dossier_id = d.id),
				(SELECT COUNT(*) FROM query q WHERE q.dossier_id = d.id AND q.field = $2 AND q.outcome = '')
			FROM dossier d WHERE d.id = $1 AND d.state = 'held' AND d.reason = 'lastlook'`, string(id), q.Field).
			Scan(&received, &unfit, &content, &asked, &open)
		due := received.Time.Add(q.OpenFor)
		late := due.Before(tx.Now)
		switch {
		case errors.Is(err, sql.ErrNoRows) || err == nil && late && !unfit:
			return ErrNotHeld
		case err != nil:
			return fmt.Errorf("look for the report of a query: %w", err)
		case open > 0:
			return query.ErrAsked
		case asked >= query.MaxPerCase:
			return query.ErrMany
		case late:
			due = tx.Now
		}
		original, err := s.original(id, content)
		if err != nil {
			return err
		}
		question, err := q.Compose(original)
		if err != nil {
			return err
		}
		return s.ask(ctx, tx, actor, id, q.Field, question, due)
	})
}

func (s *Store) ask(ctx context.Context, tx *database.Tx, actor string, dossier handover.DossierID, field, question string, due time.Time) error {
	id := rand.Text()
	sealed, err := s.queries.Seal(id, "question", []byte(question))
	if err != nil {
		return fmt.Errorf("seal question: %w", err)
	}
	_, err = tx.ExecContext(ctx, `
		INSERT INTO query (id, dossier_id, field, question, asked_by, asked_at, due_at) VALUES ($1, $2, $3, $4, $5, $6, $7)`,
		id, string(dossier), field, sealed, actor, database.At(tx.Now), database.At(due))
	if err != nil {
		return fmt.Errorf("write query: %w", err)
	}
	return s.log.Append(ctx, tx, audit.Act{Actor: actor, Code: audit.QueryAsked, Object: "query/" + id})
}

// original opens the report of a dossier, nil when it is deleted.
func (s *Store) original(id handover.DossierID, content []byte) (*report.Report, error) {
	if content == nil {
		return nil, nil
	}
	var r report.Report
	if err := s.dossiers.OpenJSON(string(id), "content", content, &r); err != nil {
		return nil, fmt.Errorf("open report: %w", err)
	}
	return &r, nil
}

// CloseQuery closes a query as settled.
func (s *Store) CloseQuery(ctx context.Context, actor string, id submission.QueryID) error {
	return s.db.InTx(ctx, func(ctx context.Context, tx *database.Tx) error {
		closed, err := affected(tx.ExecContext(ctx, `
			UPDATE query SET outcome = 'settled', closed_by = $2, closed_at = $3, told_at = NULL WHERE id = $1 AND outcome = ''`,
			string(id), actor, database.At(tx.Now)))
		if err != nil {
			return fmt.Errorf("close query: %w", err)
		}
		if closed == 0 {
			return query.ErrClosed
		}
		return s.log.Append(ctx, tx, audit.Act{Actor: actor, Code: audit.QueryClosed, Object: "query/" + string(id)})
	})
}

// closeQueries closes what is open about a report that waits no longer.
func (s *Store) closeQueries(ctx context.Context, tx *database.Tx, actor, dossier string, outcome submission.Outcome) error {
	closed, err := affected(tx.ExecContext(ctx, `
		UPDATE query SET outcome = $2, closed_by = $3, closed_at = $4, told_at = NULL WHERE dossier_id = $1 AND outcome = ''`,
		dossier, string(outcome), actor, database.At(tx.Now)))
	if err != nil {
		return fmt.Errorf("close queries: %w", err)
	}
	if closed == 0 {
		return nil
	}
	return s.log.Append(ctx, tx, audit.Act{Actor: actor, Code: audit.QueryClosed, Object: "dossier/" + dossier, Counts: map[string]int64{string(outcome): closed}})
}

// UntoldQueries gives queries of which the portal does not know the present
// standing, the oldest first.
func (s *Store) UntoldQueries(ctx context.Context, limit int) ([]submission.Query, error) {
	var list []submission.Query
	err := s.db.Read(ctx, func(ctx context.Context, tx *database.Tx) error {
		for scan, err := range each(ctx, tx, `
			SELECT q.id, d.receipt, d.position, q.field, q.question, q.asked_at, q.due_at, q.outcome, q.closed_at
			FROM query q JOIN dossier d ON d.id = q.dossier_id
			WHERE q.told_at IS NULL AND q.question IS NOT NULL ORDER BY q.asked_at, q.id LIMIT $1`, limit) {
			if err != nil {
				return err
			}
			var q submission.Query
			var sealed []byte
			var asked, due database.Time
			var closed database.NullTime
			if err := scan(&q.ID, &q.Receipt, &q.Position, &q.Field, &sealed, &asked, &due, &q.Outcome, &closed); err != nil {
				return err
			}
			question, err := s.queries.Open(string(q.ID), "question", sealed)
			if err != nil {
				return fmt.Errorf("open question: %w", err)
			}
			q.Question, q.AskedAt, q.Due, q.ClosedAt = string(question), asked.Time, due.Time, closed.Time
			list = append(list, q)
		}
		return nil
	})
	return list, err
}

// RetellQueries lets all queries be told once more: a portal that was set back
// to a backup does not know them, and to another one it changes nothing.
func (s *Store) RetellQueries(ctx context.Context) error {
	return s.db.InTx(ctx, func(ctx context.Context, tx *database.Tx) error {
		n, err := affected(tx.ExecContext(ctx, `UPDATE query SET told_at = NULL WHERE question IS NOT NULL AND told_at IS NOT NULL`))
		if err != nil || n == 0 {
			return err
		}
		return s.log.Append(ctx, tx, audit.Act{Actor: audit.System, Code: audit.QueriesTold, Counts: map[string]int64{"again": n}})
	})
}

// QueriesTold notes that the portal knows these queries, unless they were
// closed meanwhile.
func (s *Store) QueriesTold(ctx context.Context, items []submission.Query) error {
	return s.db.InTx(ctx, func(ctx context.Context, tx *database.Tx) error {
		for _, q := range items {
			if _, err := tx.ExecContext(ctx, `UPDATE query SET told_at = $3 WHERE id = $1 AND outcome = $2 AND told_at IS NULL`,
				string(q.ID), string(q.Outcome), database.At(tx.Now)); err != nil {
				return fmt.Errorf("note told query: %w", err)
			}
		}
		return s.log.Append(ctx, tx, audit.Act{Actor: audit.System, Code: audit.QueriesTold, Counts: map[string]int64{"queries": int64(len(items))}})
	})
}

// TakeAnswers stores the first answer to each query, also to one that is
// closed. It tells how many were new, and how many belong to no query of this
// house.
func (s *Store) TakeAnswers(ctx context.Context, arrived []query.Arrived) (int, int, error) {
	fresh, foreign := 0, 0
	err := s.db.InTx(ctx, func(ctx context.Context, tx *database.Tx) error {
		fresh, foreign = 0, 0
		for i := range arrived {
			known, taken, err := s.takeAnswer(ctx, tx, &arrived[i])
			if err != nil {
				return err
			}
			switch {
			case !known:
				foreign++
			case taken:
				fresh++
			}
		}
		if fresh == 0 {
			return nil
		}
		return s.log.Append(ctx, tx, audit.Act{Actor: audit.System, Code: audit.AnswersTaken,
			Counts: map[string]int64{"answers": int64(fresh), "foreign": int64(foreign)}})
	})
	return fresh, foreign, err
}

// takeAnswer says whether the query is known, and whether the answer is its
// first. A portal whose clock is wrong cannot answer before it was asked, nor
// in the future. The words of one that comes when its report is completed or
// replaced are not kept: nobody needs them any more, and nobody could say
// whether they name the patient.
func (s *Store) takeAnswer(ctx context.Context, tx *database.Tx, a *query.Arrived) (bool, bool, error) {
	var asked database.Time
	var answered, ended database.NullTime
	err := tx.QueryRowContext(ctx, `SELECT q.asked_at, q.answered_at, d.ended_at FROM query q JOIN dossier d ON d.id = q.dossier_id
		WHERE q.id = $1`, string(a.Query)).Scan(&asked, &answered, &ended)
	if errors.Is(err, sql.ErrNoRows) {
		return false, false, nil
	}
	if err != nil || !answered.Time.IsZero() {
		return true, false, err
	}
	at := a.At
	if at.Before(asked.Time) {
		at = asked.Time
	}
	if at.After(tx.Now) {
		at = tx.Now
	}
	var sealed []byte
	if ended.Time.IsZero() {
		if sealed, err = s.sealAnswer(a); err != nil {
			return true, false, err
		}
	}
	_, err = tx.ExecContext(ctx, `UPDATE query SET account = $2, answered_at = $3, answer = $4, unread = $5 WHERE id = $1`,
		string(a.Query), a.Account, database.At(at), sealed, a.Sealed != nil && sealed != nil)
	if err != nil {
		return true, false, fmt.Errorf("store answer: %w", err)
	}
	return true, true, nil
}

func (s *Store) sealAnswer(a *query.Arrived) ([]byte, error) {
	group, plain := "answer", []byte(a.Text)
	if a.Sealed != nil {
		group, plain = "unread", a.Sealed
	}
	sealed, err := s.queries.Seal(string(a.Query), group, plain)
	if err != nil {
		return nil, fmt.Errorf("seal answer: %w", err)
	}
	return sealed, nil
}

// UnreadAnswers gives answers that could not be opened or read, the oldest first.
func (s *Store) UnreadAnswers(ctx context.Context, limit int) ([]query.Arrived, error) {
	var list []query.Arrived
	err := s.db.Read(ctx, func(ctx context.Context, tx *database.Tx) error {
		for scan, err := range each(ctx, tx, `
			SELECT id, account, answered_at, answer FROM query WHERE unread AND answer IS NOT NULL ORDER BY answered_at, id LIMIT $1`, limit) {
			if err != nil {
				return err
			}
			var a query.Arrived
			var at database.Time
			var sealed []byte
			if err := scan(&a.Query, &a.Account, &at, &sealed); err != nil {
				return err
			}
			if a.Sealed, err = s.queries.Open(string(a.Query), "unread", sealed); err != nil {
				return fmt.Errorf("open unread answer: %w", err)
			}
			a.At = at.Time
			list = append(list, a)
		}
		return nil
	})
	return list, err
}

// ReadAnswers stores the texts of answers that could not be read before.
func (s *Store) ReadAnswers(ctx context.Context, read []query.Arrived) error {
	return s.db.InTx(ctx, func(ctx context.Context, tx *database.Tx) error {
		for i := range read {
			sealed, err := s.sealAnswer(&read[i])
			if err != nil {
				return err
			}
			if _, err := tx.ExecContext(ctx, `UPDATE query SET answer = $2, unread = FALSE WHERE id = $1 AND unread AND answer IS NOT NULL`,
				string(read[i].Query), sealed); err != nil {
				return fmt.Errorf("store read answer: %w", err)
			}
		}
		return s.log.Append(ctx, tx, audit.Act{Actor: audit.System, Code: audit.AnswersTaken, Counts: map[string]int64{"reopened": int64(len(read))}})
	})
}

// dropNaming empties the answers on a report that hold something of its
// patient, and those that nobody can compare with him. It belongs into every
// transaction that deletes the identity on completion or replacement (N20).
func (s *Store) dropNaming(ctx context.Context, tx *database.Tx, dossier string, content []byte) error {
	type answer struct {
		id     string
		sealed []byte
		unread bool
	}
	var list []answer
	for scan, err := range each(ctx, tx, `SELECT id, answer, unread FROM query WHERE dossier_id = $1 AND answer IS NOT NULL`, dossier) {
		if err != nil {
			return err
		}
		var a answer
		if err := scan(&a.id, &a.sealed, &a.unread); err != nil {
			return fmt.Errorf("look for answers: %w", err)
		}
		list = append(list, a)
	}
	if len(list) == 0 {
		return nil
	}
	original, err := s.original(handover.DossierID(dossier), content)
	if err != nil {
		return err
	}
	for _, a := range list {
		if !a.unread {
			text, err := s.queries.Open(a.id, "answer", a.sealed)
			if err != nil {
				return fmt.Errorf("open answer: %w", err)
			}
			if query.Outlives(original, string(text)) {
				continue
			}
		}
		if _, err := tx.ExecContext(ctx, `UPDATE query SET answer = NULL WHERE id = $1`, a.id); err != nil {
			return fmt.Errorf("empty answer: %w", err)
		}
	}
	return nil
}

// expireQueries empties the words of queries some time after they were closed,
// and every answer together with the identity of its report, which therefore
// goes after this. An answer that comes later has the limit for itself: it is
// to be read.
func (s *Store) expireQueries(ctx context.Context, tx *database.Tx, before time.Time) (int64, error) {
	closed, err := affected(tx.ExecContext(ctx, `
		UPDATE query SET question = NULL, answer = NULL WHERE outcome <> '' AND closed_at < $1 AND (question IS NOT NULL OR answer IS NOT NULL)`,
		database.At(tx.Now.Add(-keepQueries))))
	if err != nil {
		return 0, fmt.Errorf("empty closed queries: %w", err)
	}
	late, err := affected(tx.ExecContext(ctx, `
		UPDATE query SET answer = NULL WHERE answer IS NOT NULL AND (answered_at < $1
			OR dossier_id IN (SELECT id FROM dossier WHERE opened_at < $1 AND content IS NOT NULL))`, database.At(before)))
	if err != nil {
		return 0, fmt.Errorf("empty expired answers: %w", err)
	}
	return closed + late, nil
}
