// SPDX-License-Identifier: EUPL-1.2

package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strconv"
	"time"

	"meldewerk/audit"
	"meldewerk/exchange/submission"
	"meldewerk/internal/database"
	"meldewerk/portal/internal/query"
	"meldewerk/report"
)

// What a trust centre says of a report, read from a row g of progress. A report
// under review is queried while a query of the same trust centre on it is
// neither answered nor closed; that is never stored.
const (
	queried = `EXISTS (SELECT 1 FROM query w WHERE w.package_id = g.package_id AND w.position = g.position
		AND w.recipient = g.recipient AND w.outcome = '' AND w.answered_at IS NULL)`
	stateOf = `CASE WHEN g.state = 'in_review' AND ` + queried + ` THEN 'queried' ELSE g.state END`
	// queriedFirst orders rows of one grade: the trust centre that asks counts.
	queriedFirst = `CASE WHEN ` + queried + ` THEN 0 ELSE 1 END`
)

const (
	wordsGroup    = "words"
	answererGroup = "answered-by"
)

// asked is what is sealed of a query.
type asked struct{ Field, Question string }

func queryKey(recipient string, id submission.QueryID) string { return recipient + "/" + string(id) }

// PutQueries keeps queries of a trust centre and notes which are closed. What
// is closed stays closed; an answer stays as it is. A receipt that this database
// does not know is newer than its backup, as with states.
func (s *Store) PutQueries(ctx context.Context, recipient string, items []submission.Query) error {
	if len(items) == 0 {
		return nil
	}
	return s.db.InTx(ctx, func(ctx context.Context, tx *database.Tx) error {
		counts := map[string]int64{"asked": 0, "closed": 0}
		for i := range items {
			to, err := s.received(ctx, tx, recipient, items[i].Receipt)
			if err != nil {
				return err
			}
			if to.id == "" {
				continue
			}
			if err := s.putQuery(ctx, tx, to, recipient, &items[i], counts); err != nil {
				return err
			}
		}
		return s.log.Append(ctx, tx, audit.Act{Actor: audit.System, Code: audit.QueriesTaken,
			Object: "house/" + recipient, Counts: counts})
	})
}

func (s *Store) putQuery(ctx context.Context, tx *database.Tx, to origin, recipient string, item *submission.Query, counts map[string]int64) error {
	var verdict string
	err := tx.QueryRowContext(ctx, `SELECT verdict FROM report_result WHERE package_id = $1 AND position = $2`,
		to.id, item.Position).Scan(&verdict)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return errForeign
	case err != nil:
		return err
	case verdict == string(report.Rejected):
		return nil // withdrawn: the portal's verdict stands
	}
	var other bool // the id is that of a query on another report, or of another trust centre
	var outcome string
	var words []byte
	err = tx.QueryRowContext(ctx, `SELECT outcome, words, recipient <> $2 OR package_id <> $3 OR position <> $4 FROM query WHERE id = $1`,
		string(item.ID), recipient, to.id, item.Position).Scan(&outcome, &words, &other)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		if err := s.addQuery(ctx, tx, to, recipient, item, counts); err != nil {
			return err
		}
		return s.noteAnswer(ctx, tx, recipient, item)
	case err != nil:
		return err
	case other:
		return errForeign
	}
	if err := s.mendWords(ctx, tx, recipient, item, words); err != nil {
		return err
	}
	if outcome != "" {
		return nil
	}
	if err := s.noteAnswer(ctx, tx, recipient, item); err != nil || item.Outcome == "" {
		return err
	}
	counts["closed"]++
	_, err = tx.ExecContext(ctx, `UPDATE query SET outcome = $1, closed_at = $2 WHERE id = $3`,
		string(item.Outcome), database.At(item.ClosedAt), string(item.ID))
	return err
}

// mendWords takes the words of a query that is told again where those that lie
// here are damaged.
func (s *Store) mendWords(ctx context.Context, tx *database.Tx, recipient string, item *submission.Query, words []byte) error {
	var w asked
	if words == nil || s.queries.OpenJSON(queryKey(recipient, item.ID), wordsGroup, words, &w) == nil {
		return nil
	}
	words, err := s.queries.SealJSON(queryKey(recipient, item.ID), wordsGroup, asked{item.Field, item.Question})
	if err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, `UPDATE query SET words = $1 WHERE id = $2`, words, string(item.ID))
	return err
}

// noteAnswer notes an answer that the trust centre has and this database does
// not know: it was set back to a backup. Whose name the account had is not
// known then.
func (s *Store) noteAnswer(ctx context.Context, tx *database.Tx, recipient string, item *submission.Query) error {
	if item.AnsweredAt.IsZero() {
		return nil
	}
	nobody, err := s.queries.SealJSON(queryKey(recipient, item.ID), answererGroup, "")
	if err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, `UPDATE query SET answered_at = $1, account = $2, answered_by = $3, taken_at = $4 WHERE id = $5 AND answered_at IS NULL`,
		database.At(item.AnsweredAt), item.Account, nobody, database.At(tx.Now), string(item.ID))
	return err
}

func (s *Store) addQuery(ctx context.Context, tx *database.Tx, to origin, recipient string, item *submission.Query, counts map[string]int64) error {
	words, err := s.queries.SealJSON(queryKey(recipient, item.ID), wordsGroup, asked{item.Field, item.Question})
	if err != nil {
		return err
	}
	counts["asked"]++
	var closed any
	if item.Outcome != "" {
		counts["closed"]++
		closed = database.At(item.ClosedAt)
	}
	_, err = tx.ExecContext(ctx, `INSERT INTO query (id, recipient, package_id, position, unit, asked_at, due, words, outcome, closed_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
		string(item.ID), recipient, to.id, item.Position, to.unit, database.At(item.AskedAt), database.At(item.Due),
		words, string(item.Outcome), closed)
	return err
}

// The parts of every reading of queries, with the parameters $1 unit and $2
// whether reports of the Online-Erfassung are among them.
const (
	queryState   = `CASE WHEN q.outcome <> '' THEN 'closed' WHEN q.answered_at IS NOT NULL THEN 'answered' ELSE 'open' END`
	queryColumns = `SELECT q.id, q.recipient, q.asked_at, q.due, q.words, q.outcome, q.closed_at, q.answered_at,
		COALESCE(q.account, ''), q.answered_by, q.taken_at IS NOT NULL,
		q.package_id, q.position, p.number, p.ended_at, p.channel, r.occasion, r.content,
		COALESCE((SELECT v.form_id FROM form_version v WHERE v.package_id = q.package_id AND v.position = q.position), ''),
		COALESCE((SELECT f.record_id FROM form_version v JOIN form f ON f.id = v.form_id
			WHERE v.package_id = q.package_id AND v.position = q.position), ''),
		EXISTS (SELECT 1 FROM report_result n JOIN package o ON o.id = n.package_id
			WHERE n.report_index = r.report_index AND n.verdict <> 'rejected' AND o.state = 'received'
				AND o.kind = p.kind AND o.receipt > p.receipt
				AND NOT EXISTS (SELECT 1 FROM progress g WHERE g.package_id = n.package_id AND g.position = n.position
					AND g.recipient = q.recipient AND g.state IN ('refused', 'duplicate')))`
	queryTables = ` FROM query q JOIN package p ON p.id = q.package_id
		JOIN report_result r ON r.package_id = q.package_id AND r.position = q.position
		WHERE q.unit = $1 AND ($2 = TRUE OR p.channel = 'package')`
	queryFilter = queryTables + ` AND ($3 = '' OR $3 = ` + queryState + `) AND ($4 = '' OR q.package_id = $4)`
)

// Queries lists queries of the unit: open ones by their deadline, then the
// answered and the closed ones, the newest first; and how many there are.
func (s *Store) Queries(ctx context.Context, a query.Actor, f query.Filter, offset, limit int) ([]query.Query, int, error) {
	var out []query.Query
	total := 0
	err := s.db.Read(ctx, func(ctx context.Context, tx *database.Tx) error {
		out = nil
		err := tx.QueryRowContext(ctx, `SELECT COUNT(q.id)`+queryFilter, a.Unit, a.Typing, string(f.State), f.Package).Scan(&total)
		if err != nil {
			return err
		}
		rows, err := tx.QueryContext(ctx, queryColumns+queryFilter+`
			ORDER BY CASE WHEN q.outcome <> '' THEN 2 WHEN q.answered_at IS NOT NULL THEN 1 ELSE 0 END,
				CASE WHEN q.outcome <> '' THEN -q.closed_at WHEN q.answered_at IS NOT NULL THEN -q.answered_at ELSE q.due END, q.id
			LIMIT $5 OFFSET $6`, a.Unit, a.Typing, string(f.State), f.Package, limit, offset)
		if err != nil {
			return err
		}
		defer func() { _ = rows.Close() }() // Err tells what Close would
		for rows.Next() {
			q, err := s.scanQuery(rows)
			if err != nil {
				return err
			}
			out = append(out, q)
		}
		return rows.Err()
	})
	if err != nil {
		return nil, 0, fmt.Errorf("list queries: %w", err)
	}
	return out, total, nil
}

func (s *Store) scanQuery(row scanner) (query.Query, error) {
	var q query.Query
	var at, due, received database.Time
	var closed, answered database.NullTime
	var words, answerer, result []byte
	err := row.Scan(&q.ID, &q.Recipient, &at, &due, &words, &q.Outcome, &closed, &answered, &q.Account, &answerer, &q.Taken,
		&q.Package, &q.Position, &q.Number, &received, &q.Channel, &q.Occasion, &result, &q.Form, &q.Record, &q.Resent)
	if err != nil {
		return q, err
	}
	// One damaged row must not hide the others.
	var w asked
	if q.Forgotten = words == nil; !q.Forgotten {
		q.Damaged = s.queries.OpenJSON(queryKey(q.Recipient, q.ID), wordsGroup, words, &w) != nil
	}
	if answerer != nil && s.queries.OpenJSON(queryKey(q.Recipient, q.ID), answererGroup, answerer, &q.AnsweredBy) != nil {
		q.Damaged = true
	}
	var c content
	if s.results.OpenJSON(q.Package+"/"+strconv.Itoa(q.Position), resultGroup, result, &c) != nil {
		q.Damaged = true
	}
	q.Field, q.Question, q.Patient, q.Report = w.Field, w.Question, c.Patient, c.Report
	q.AskedAt, q.Due, q.ReceivedAt, q.ClosedAt, q.AnsweredAt = at.Time, due.Time, received.Time, closed.Time, answered.Time
	return q, nil
}

// ForgetQueries empties the words of queries that were closed before the time.
func (s *Store) ForgetQueries(ctx context.Context, before time.Time) (int64, error) {
	var n int64
	err := s.db.InTx(ctx, func(ctx context.Context, tx *database.Tx) error {
		n = 0
		result, err := tx.ExecContext(ctx, `UPDATE query SET words = NULL WHERE words IS NOT NULL AND closed_at < $1`, database.At(before))
		if err != nil {
			return err
		}
		if n, err = result.RowsAffected(); err != nil || n == 0 {
			return err
		}
		return s.log.Append(ctx, tx, audit.Act{Actor: audit.System, Code: audit.RecordsExpired, Counts: map[string]int64{"queries": n}})
	})
	if err != nil {
		return 0, fmt.Errorf("empty closed queries: %w", err)
	}
	return n, nil
}

// QueryCounts counts the unit's queries.
func (s *Store) QueryCounts(ctx context.Context, a query.Actor) (query.Counts, error) {
	var c query.Counts
	err := s.db.Read(ctx, func(ctx context.Context, tx *database.Tx) error {
		return tx.QueryRowContext(ctx, `SELECT
				COALESCE(SUM(CASE WHEN q.outcome = '' AND q.answered_at IS NULL THEN 1 ELSE 0 END), 0),
				COALESCE(SUM(CASE WHEN q.outcome = '' AND q.answered_at IS NOT NULL THEN 1 ELSE 0 END), 0),
				COALESCE(SUM(CASE WHEN q.outcome <> '' THEN 1 ELSE 0 END), 0)`+queryTables, a.Unit, a.Typing).
			Scan(&c.Open, &c.Answered, &c.Closed)
	})
	if err != nil {
		return query.Counts{}, fmt.Errorf("count queries: %w", err)
	}
	return c, nil
}

// OpenQueries counts what waits for the unit, for every page.
func (s *Store) OpenQueries(ctx context.Context, a query.Actor) (int, error) {
	n := 0
	err := s.db.Read(ctx, func(ctx context.Context, tx *database.Tx) error {
		return tx.QueryRowContext(ctx, `SELECT COUNT(q.id) FROM query q JOIN package p ON p.id = q.package_id
			WHERE q.unit = $1 AND q.outcome = '' AND q.answered_at IS NULL AND ($2 = TRUE OR p.channel = 'package')`,
			a.Unit, a.Typing).Scan(&n)
	})
	if err != nil {
		return 0, fmt.Errorf("count open queries: %w", err)
	}
	return n, nil
}

// Query gives one query of the unit, or ErrUnknown.
func (s *Store) Query(ctx context.Context, a query.Actor, id submission.QueryID) (query.Query, error) {
	var q query.Query
	err := s.db.Read(ctx, func(ctx context.Context, tx *database.Tx) error {
		var err error
		q, err = s.scanQuery(tx.QueryRowContext(ctx, queryColumns+queryTables+` AND q.id = $3`, a.Unit, a.Typing, string(id)))
		return err
	})
	if errors.Is(err, sql.ErrNoRows) {
		return query.Query{}, query.ErrUnknown
	}
	if err != nil {
		return query.Query{}, fmt.Errorf("read query: %w", err)
	}
	return q, nil
}
