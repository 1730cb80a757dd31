// SPDX-License-Identifier: EUPL-1.2

package store

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"

	"meldewerk/audit"
	"meldewerk/exchange/access"
	"meldewerk/fault"
	"meldewerk/internal/database"
	"meldewerk/portal/internal/admission"
)

const reasonGroup = "reason"

// CarryOut files an order that is next and lets carry do it in the same
// transaction. Whichever process of the portal was given the order first, it
// is carried out once: the others find it filed.
func (s *Store) CarryOut(ctx context.Context, f admission.Filing, carry func(ctx context.Context, tx *database.Tx) (access.Outcome, error)) (access.Outcome, admission.Place, error) {
	var outcome access.Outcome
	var place admission.Place
	err := s.db.InTx(ctx, func(ctx context.Context, tx *database.Tx) error {
		outcome, place = "", admission.Before
		var digest []byte
		err := tx.QueryRowContext(ctx, `SELECT digest, outcome FROM access_order WHERE owner = $1 AND number = $2`,
			f.Owner, int64(f.Number)).Scan(&digest, &outcome)
		if err == nil && !bytes.Equal(digest, f.Digest) {
			return access.ErrReused.Because(fmt.Errorf("order %d of %s", f.Number, f.Owner))
		}
		if !errors.Is(err, sql.ErrNoRows) {
			return err
		}
		var last int64
		err = tx.QueryRowContext(ctx, `SELECT COALESCE(MAX(number), 0) FROM access_order WHERE owner = $1`, f.Owner).Scan(&last)
		if err != nil {
			return err
		}
		if int64(f.Number) != last+1 {
			place = admission.Behind
			return nil
		}
		place = admission.Next
		if outcome, err = carry(ctx, tx); err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, `INSERT INTO access_order (owner, number, act, digest, outcome, carried_at) VALUES ($1, $2, $3, $4, $5, $6)`,
			f.Owner, int64(f.Number), string(f.Act), f.Digest, string(outcome), database.At(tx.Now))
		if err != nil || outcome == access.Done {
			return err
		}
		return s.log.Append(ctx, tx, audit.Act{Actor: fmt.Sprintf("house/%s/order/%d", f.Owner, f.Number),
			Code: audit.OrderRefused, Object: string(f.Act), Purpose: string(outcome), Result: audit.Refused})
	})
	return outcome, place, err
}

// SetStage sets how far an application of the recipient is, and says whether
// there is such a one.
func (s *Store) SetStage(ctx context.Context, tx *database.Tx, recipient string, a access.ApplicationState) (bool, error) {
	var sealed []byte
	if a.Reason != "" {
		var err error
		if sealed, err = s.applications.SealJSON(a.ID, reasonGroup, a.Reason); err != nil {
			return false, err
		}
	}
	result, err := tx.ExecContext(ctx, `UPDATE application SET stage = $1, stage_at = $2, reason = $3 WHERE id = $4 AND recipient = $5`,
		string(a.Stage), database.At(tx.Now), sealed, a.ID, recipient)
	if err != nil {
		return false, err
	}
	n, err := result.RowsAffected()
	if err != nil || n == 0 {
		return false, err
	}
	return true, s.log.Append(ctx, tx, audit.Act{Actor: "house/" + recipient, Code: audit.ApplicationTold, Object: a.ID, Purpose: string(a.Stage)})
}

// Applications gives applications that the recipient has not taken, oldest
// first, at most limit.
func (s *Store) Applications(ctx context.Context, recipient string, limit int) ([]access.Application, error) {
	var list []access.Application
	err := s.db.Read(ctx, func(ctx context.Context, tx *database.Tx) error {
		list = nil
		rows, err := tx.QueryContext(ctx, `SELECT id, number, received_at, sealed FROM application
			WHERE recipient = $1 AND taken_at IS NULL ORDER BY sequence LIMIT $2`, recipient, limit)
		if err != nil {
			return err
		}
		defer func() { _ = rows.Close() }() // Err tells what Close would
		for rows.Next() {
			var a access.Application
			var at database.Time
			if err := rows.Scan(&a.ID, &a.Number, &at, &a.Sealed); err != nil {
				return err
			}
			a.ReceivedAt = at.Time
			list = append(list, a)
		}
		return rows.Err()
	})
	return list, err
}

// Taken deletes the content of applications that the recipient has stored.
// Ids of others, unknown ones and those taken before change nothing.
func (s *Store) Taken(ctx context.Context, recipient string, ids []string) error {
	err := s.db.InTx(ctx, func(ctx context.Context, tx *database.Tx) error {
		var taken int64
		for _, id := range ids {
			result, err := tx.ExecContext(ctx, `UPDATE application SET sealed = NULL, taken_at = $1
				WHERE id = $2 AND recipient = $3 AND taken_at IS NULL`, database.At(tx.Now), id, recipient)
			if err != nil {
				return err
			}
			n, err := result.RowsAffected()
			if err != nil {
				return err
			}
			taken += n
		}
		if taken == 0 {
			return nil
		}
		return s.log.Append(ctx, tx, audit.Act{Actor: audit.System, Code: audit.ApplicationFetched,
			Object: "house/" + recipient, Counts: map[string]int64{"applications": taken}})
	})
	if err != nil {
		return err
	}
	if err := s.db.Checkpoint(ctx); err != nil && !fault.IsKind(err, fault.Unavailable) {
		return err
	}
	return nil // a checkpoint that readers kept back comes with the next round
}

var _ admission.Store = (*Store)(nil)
