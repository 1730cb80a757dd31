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
		question, err := q.Compose(s.original(id, content))
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

// original opens the report of a dossier, nil when it is deleted or damaged:
// nobody can compare anything with its person then.
func (s *Store) original(id handover.DossierID, content []byte) *report.Report {
	var r report.Report
	if content == nil || s.dossiers.OpenJSON(string(id), "content", content, &r) != nil {
		return nil
	}
	return &r
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

// questionLost stands for a question that cannot be opened any more, where the
// portal must learn that its query is closed.
const questionLost = "Der Wortlaut dieser Frage ist nicht mehr lesbar."

// UntoldQueries gives queries of which the portal does not know the present
// standing, the oldest first, and says how many it has passed by: an open one
// whose question cannot be opened stops none behind it.
func (s *Store) UntoldQueries(ctx context.Context, limit int) ([]submission.Query, int, error) {
	var list []submission.Query
	passed := 0
	err := s.db.Read(ctx, func(ctx context.Context, tx *database.Tx) error {
		list, passed = nil, 0
		for scan, err := range each(ctx, tx, `
			SELECT q.id, d.receipt, d.position, q.field, q.question, q.asked_at, q.due_at, q.outcome, q.closed_at, q.account, q.answered_at
			FROM query q JOIN dossier d ON d.id = q.dossier_id
			WHERE q.told_at IS NULL AND q.question IS NOT NULL ORDER BY q.asked_at, q.id`) {
			if err != nil {
				return err
			}
			var q submission.Query
			var sealed []byte
			var asked, due database.Time
			var closed, answered database.NullTime
			if err := scan(&q.ID, &q.Receipt, &q.Position, &q.Field, &sealed, &asked, &due, &q.Outcome, &closed, &q.Account, &answered); err != nil {
				return err
			}
			question, err := s.queries.Open(string(q.ID), "question", sealed)
			switch {
			case err == nil:
				q.Question = string(question)
			case q.Outcome == "":
				passed++
				continue
			default:
				q.Question = questionLost
			}
			q.AskedAt, q.Due, q.ClosedAt, q.AnsweredAt = asked.Time, due.Time, closed.Time, answered.Time
			if list = append(list, q); len(list) == limit {
				break
			}
		}
		return nil
	})
	return list, passed, err
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
	if err := s.expireFurther(ctx, tx, tx.Now.Add(-keepQueries), before); err != nil {
		return 0, err
	}
	return closed + late, nil
}
