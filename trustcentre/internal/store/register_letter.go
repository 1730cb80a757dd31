// SPDX-License-Identifier: EUPL-1.2

package store

import (
	"context"
	"fmt"

	"meldewerk/account"
	"meldewerk/audit"
	"meldewerk/exchange/access"
	"meldewerk/internal/database"
	room "meldewerk/trustcentre/internal/access"
)

// OrderLetter puts a letter on the list of those to print, unless one of its
// kind is there already.
func (r *Register) OrderLetter(ctx context.Context, by room.Staff, id account.ID, kind room.LetterKind) error {
	return r.db.InTx(ctx, func(ctx context.Context, tx *database.Tx) error {
		a, err := r.readAccount(ctx, tx, id)
		if err != nil {
			return err
		}
		if a.State == room.Closed {
			return room.ErrClosed
		}
		if err := r.orderLetter(ctx, tx, id, kind); err != nil {
			return err
		}
		return r.entry(ctx, tx, by, audit.LetterOrdered, string(id), "")
	})
}

func (r *Register) orderLetter(ctx context.Context, tx *database.Tx, id account.ID, kind room.LetterKind) error {
	_, err := tx.ExecContext(ctx, `
		INSERT INTO access_letter (id, account_id, turn, kind, state, ordered_at)
		SELECT $1, $2, (SELECT COALESCE(MAX(turn), 0) + 1 FROM access_letter WHERE account_id = $2), $3, 'ordered', $4
		WHERE NOT EXISTS (SELECT 1 FROM access_letter WHERE account_id = $2 AND kind = $3 AND state = 'ordered')`,
		newID(), string(id), string(kind), database.At(tx.Now))
	if err != nil {
		return fmt.Errorf("order letter: %w", err)
	}
	return nil
}

// Printed notes that the letter is ink now. With a password it orders the
// portal to accept it; an earlier password is dead from then on, so its letter
// is too. A letter of the other kind may be printed again.
func (r *Register) Printed(ctx context.Context, by room.Staff, id account.ID, letter string, password *access.Password) error {
	return r.db.InTx(ctx, func(ctx context.Context, tx *database.Tx) error {
		var expires database.NullTime
		again := "printed"
		if password != nil {
			expires.Time, again = password.Expires, "ordered"
		}
		result, err := tx.ExecContext(ctx, `
			UPDATE access_letter SET state = 'printed', printed_at = $3, expires_at = $4
			WHERE id = $1 AND account_id = $2 AND state IN ('ordered', $5)`,
			letter, string(id), database.At(tx.Now), database.Maybe(expires.Time), again)
		if err := refused(result, err, room.ErrLetterGone); err != nil {
			return err
		}
		if password != nil {
			if _, err := tx.ExecContext(ctx, `
				UPDATE access_letter SET state = 'superseded' WHERE account_id = $1 AND kind = 'password' AND id <> $2 AND state IN ('ordered', 'printed', 'sent')`,
				string(id), letter); err != nil {
				return fmt.Errorf("replace letter: %w", err)
			}
			if err := r.order(ctx, tx, string(by.ID), access.Order{Act: access.IssuePassword, Account: id, Password: password}); err != nil {
				return err
			}
		}
		return r.entry(ctx, tx, by, audit.LetterIssued, string(id), "")
	})
}

// Sent notes that a printed letter went to the post.
func (r *Register) Sent(ctx context.Context, by room.Staff, id account.ID, letter string) error {
	return r.db.InTx(ctx, func(ctx context.Context, tx *database.Tx) error {
		result, err := tx.ExecContext(ctx, `
			UPDATE access_letter SET state = 'sent', sent_at = $3 WHERE id = $1 AND account_id = $2 AND state = 'printed'`,
			letter, string(id), database.At(tx.Now))
		if err := refused(result, err, room.ErrLetterGone); err != nil {
			return err
		}
		return r.entry(ctx, tx, by, audit.LetterSent, string(id), "")
	})
}
