// SPDX-License-Identifier: EUPL-1.2

package store

import (
	"bytes"
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"meldewerk/audit"
	"meldewerk/exchange/submission"
	"meldewerk/internal/database"
)

// Next gives envelopes that the recipient has not acknowledged, oldest receipt
// first, at most limit and about size bytes, but always at least one. Those
// whose content is damaged or gone come without it, and so never fill an answer
// in which others would have come.
func (s *Store) Next(ctx context.Context, recipient string, limit int, size int64) ([]submission.Envelope, error) {
	var out []submission.Envelope
	err := s.db.Read(ctx, func(ctx context.Context, tx *database.Tx) error {
		var err error
		out, err = waiting(ctx, tx, recipient, limit)
		if err != nil {
			return err
		}
		// The contents come one by one: a sorted query would hold all that
		// waits in memory.
		var sum int64
		for i := range out {
			err := tx.QueryRowContext(ctx, `SELECT sealed FROM envelope_content WHERE envelope_id = $1`,
				string(out[i].ID)).Scan(&out[i].Sealed)
			if err != nil && !errors.Is(err, sql.ErrNoRows) {
				return err
			}
			if digest := sha256.Sum256(out[i].Sealed); out[i].Damaged || !bytes.Equal(digest[:], out[i].SHA256) {
				out[i].Sealed, out[i].Damaged = nil, true
			}
			sum += int64(len(out[i].Sealed))
			if sum > size && i > 0 {
				out = out[:i]
				return nil
			}
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("read outbox: %w", err)
	}
	return out, nil
}

func waiting(ctx context.Context, tx *database.Tx, recipient string, limit int) ([]submission.Envelope, error) {
	rows, err := tx.QueryContext(ctx, `SELECT e.id, p.receipt, p.ended_at, e.part, p.parts, p.kind, p.channel, p.unit,
			p.any_reporter, p.reporters, p.released, e.reports, e.withdrawn, e.sha256
		FROM envelope e JOIN package p ON p.id = e.package_id
		WHERE e.recipient = $1 AND e.acknowledged_at IS NULL AND p.state = 'received'
		ORDER BY p.receipt, e.part LIMIT $2`, recipient, limit)
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }() // Err tells what Close would
	var out []submission.Envelope
	for rows.Next() {
		e, err := scanEnvelope(rows)
		if err != nil {
			return nil, err
		}
		out = append(out, e)
	}
	return out, rows.Err()
}

func scanEnvelope(rows *database.Rows) (submission.Envelope, error) {
	var e submission.Envelope
	var at database.Time
	var reporters, withdrawn string
	err := rows.Scan(&e.ID, &e.Receipt, &at, &e.Part, &e.Parts, &e.Kind, &e.Channel, &e.Unit,
		&e.AnyReporter, &reporters, &e.Released, &e.Reports, &withdrawn, &e.SHA256)
	if err != nil {
		return e, err
	}
	e.ReceivedAt = at.Time
	if json.Unmarshal([]byte(reporters), &e.Reporters) != nil || json.Unmarshal([]byte(withdrawn), &e.Withdrawn) != nil {
		e.Reporters, e.Withdrawn, e.Damaged = nil, nil, true // nobody can say any more which reports count
	}
	return e, nil
}

// Acknowledge notes that the envelopes are stored at the recipient. Ids of
// others, unknown ones and those acknowledged before change nothing.
func (s *Store) Acknowledge(ctx context.Context, recipient string, ids []submission.EnvelopeID) error {
	return s.db.InTx(ctx, func(ctx context.Context, tx *database.Tx) error {
		var noted int64
		for _, id := range ids {
			result, err := tx.ExecContext(ctx, `UPDATE envelope SET acknowledged_at = $1
				WHERE id = $2 AND recipient = $3 AND acknowledged_at IS NULL AND EXISTS
				(SELECT 1 FROM package p WHERE p.id = envelope.package_id AND p.state = 'received')`,
				database.At(tx.Now), string(id), recipient)
			if err != nil {
				return err
			}
			n, err := result.RowsAffected()
			if err != nil {
				return err
			}
			noted += n
		}
		if noted == 0 {
			return nil
		}
		return s.log.Append(ctx, tx, audit.Act{Actor: audit.System, Code: audit.EnvelopeFetched,
			Object: "house/" + recipient, Counts: map[string]int64{"envelopes": noted}})
	})
}

// BackedUp deletes the content of envelopes that the recipient has in a
// verified backup. What was never acknowledged stays.
func (s *Store) BackedUp(ctx context.Context, recipient string, ids []submission.EnvelopeID) error {
	return s.db.InTx(ctx, func(ctx context.Context, tx *database.Tx) error {
		var deleted int64
		for _, id := range ids {
			result, err := tx.ExecContext(ctx, `UPDATE envelope SET backed_up_at = $1, deleted_at = $1
				WHERE id = $2 AND recipient = $3 AND acknowledged_at IS NOT NULL AND deleted_at IS NULL`,
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
			if _, err := tx.ExecContext(ctx, `DELETE FROM envelope_content WHERE envelope_id = $1`, string(id)); err != nil {
				return err
			}
			deleted += n
		}
		if deleted == 0 {
			return nil
		}
		return s.log.Append(ctx, tx, audit.Act{Actor: audit.System, Code: audit.EnvelopeDeleted,
			Object: "house/" + recipient, Counts: map[string]int64{"envelopes": deleted}})
	})
}

// Expire deletes the content of acknowledged envelopes at the end of their
// time, at most limit of them, and says how many.
func (s *Store) Expire(ctx context.Context, before time.Time, limit int) (int, error) {
	expired := 0
	err := s.db.InTx(ctx, func(ctx context.Context, tx *database.Tx) error {
		expired = 0
		ids, err := column(ctx, tx, `SELECT id FROM envelope
			WHERE acknowledged_at < $1 AND deleted_at IS NULL LIMIT $2`, database.At(before), limit)
		if err != nil || len(ids) == 0 {
			return err
		}
		for _, id := range ids {
			if _, err := tx.ExecContext(ctx, `UPDATE envelope SET deleted_at = $1 WHERE id = $2`, database.At(tx.Now), id); err != nil {
				return err
			}
			if _, err := tx.ExecContext(ctx, `DELETE FROM envelope_content WHERE envelope_id = $1`, id); err != nil {
				return err
			}
		}
		expired = len(ids)
		return s.log.Append(ctx, tx, audit.Act{Actor: audit.System, Code: audit.EnvelopeDeleted, Purpose: "time-limit",
			Counts: map[string]int64{"envelopes": int64(len(ids))}})
	})
	return expired, err
}

// column reads one text column.
func column(ctx context.Context, tx *database.Tx, query string, args ...any) ([]string, error) {
	rows, err := tx.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }() // Err tells what Close would
	var out []string
	for rows.Next() {
		var text string
		if err := rows.Scan(&text); err != nil {
			return nil, err
		}
		out = append(out, text)
	}
	return out, rows.Err()
}
