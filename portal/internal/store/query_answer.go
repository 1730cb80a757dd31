// SPDX-License-Identifier: EUPL-1.2

package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"meldewerk/audit"
	"meldewerk/exchange/submission"
	"meldewerk/internal/database"
	"meldewerk/portal/internal/query"
)

// AnswerQuery keeps a sealed answer, notes who gave it, and says whether it is
// the first one.
func (s *Store) AnswerQuery(ctx context.Context, a query.Actor, id submission.QueryID, e query.Entry) (bool, error) {
	first := false
	err := s.db.InTx(ctx, func(ctx context.Context, tx *database.Tx) error {
		first = false
		var recipient, outcome string
		var answered database.NullTime
		err := tx.QueryRowContext(ctx, `SELECT q.recipient, q.outcome, q.answered_at FROM query q JOIN package p ON p.id = q.package_id
			WHERE q.id = $1 AND q.unit = $2 AND ($3 = TRUE OR p.channel = 'package')`, string(id), a.Unit, a.Typing).
			Scan(&recipient, &outcome, &answered)
		switch {
		case errors.Is(err, sql.ErrNoRows):
			return query.ErrUnknown
		case err != nil:
			return err
		case !answered.Time.IsZero():
			return nil // the first answer stays
		case outcome != "":
			return query.ErrClosed
		}
		by, err := s.queries.SealJSON(queryKey(recipient, id), answererGroup, a.Name)
		if err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, `UPDATE query SET answered_at = $1, account = $2, answered_by = $3 WHERE id = $4`,
			database.At(tx.Now), a.Account, by, string(id))
		if err != nil {
			return err
		}
		stored := append(make([]byte, padding, padding+len(e.Sealed)), e.Sealed...)
		_, err = tx.ExecContext(ctx, `INSERT INTO query_answer (query_id, sha256, sealed) VALUES ($1, $2, $3)`,
			string(id), e.SHA256, stored)
		if err != nil {
			return err
		}
		first = true
		return s.log.Append(ctx, tx, audit.Act{Actor: a.Account, Code: audit.QueryAnswered, Object: "query/" + string(id), After: e.SHA256})
	})
	if err != nil {
		return false, fmt.Errorf("answer query: %w", err)
	}
	return first, nil
}

// Answers gives answers that the recipient has not acknowledged, oldest first.
func (s *Store) Answers(ctx context.Context, recipient string, limit int) ([]submission.Answer, error) {
	var out []submission.Answer
	err := s.db.Read(ctx, func(ctx context.Context, tx *database.Tx) error {
		out = nil
		rows, err := tx.QueryContext(ctx, `SELECT q.id, q.account, q.answered_at, a.sha256, a.sealed
			FROM query_answer a JOIN query q ON q.id = a.query_id
			WHERE q.recipient = $1 AND q.answered_at IS NOT NULL AND q.taken_at IS NULL ORDER BY q.answered_at, q.id LIMIT $2`, recipient, limit)
		if err != nil {
			return err
		}
		defer func() { _ = rows.Close() }() // Err tells what Close would
		for rows.Next() {
			var a submission.Answer
			var at database.Time
			var stored []byte
			if err := rows.Scan(&a.Query, &a.Account, &at, &a.SHA256, &stored); err != nil {
				return err
			}
			if len(stored) < padding {
				return errShort
			}
			a.At, a.Sealed = at.Time, stored[padding:]
			out = append(out, a)
		}
		return rows.Err()
	})
	if err != nil {
		return nil, fmt.Errorf("read answers: %w", err)
	}
	return out, nil
}

// AcknowledgeAnswers deletes the sealed texts that the recipient has. Ids of
// others, unknown ones and those acknowledged before change nothing.
func (s *Store) AcknowledgeAnswers(ctx context.Context, recipient string, ids []submission.QueryID) error {
	return s.db.InTx(ctx, func(ctx context.Context, tx *database.Tx) error {
		var taken int64
		for _, id := range ids {
			result, err := tx.ExecContext(ctx, `UPDATE query SET taken_at = $1
				WHERE id = $2 AND recipient = $3 AND answered_at IS NOT NULL AND taken_at IS NULL`,
				database.At(tx.Now), string(id), recipient)
			if err != nil {
				return err
			}
			n, err := result.RowsAffected()
			if err != nil {
				return err
			}
			if n == 0 {
				continue
			}
			if _, err := tx.ExecContext(ctx, `DELETE FROM query_answer WHERE query_id = $1`, string(id)); err != nil {
				return err
			}
			taken += n
		}
		if taken == 0 {
			return nil
		}
		return s.log.Append(ctx, tx, audit.Act{Actor: audit.System, Code: audit.AnswersFetched,
			Object: "house/" + recipient, Counts: map[string]int64{"answers": taken}})
	})
}

var _ query.Store = (*Store)(nil)
