// SPDX-License-Identifier: EUPL-1.2

package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"meldewerk/audit"
	"meldewerk/exchange/access"
	"meldewerk/fault"
	"meldewerk/internal/database"
	room "meldewerk/trustcentre/internal/access"
)

func isNoUnit(err error) bool { return errors.Is(err, room.ErrNoUnit) }

// Outgoing gives unanswered orders, lowest number first.
func (r *Register) Outgoing(ctx context.Context, limit int) ([]access.Order, error) {
	return r.contents(ctx, `
		SELECT number, content FROM access_order WHERE answered_at IS NULL AND number >= $1 ORDER BY number LIMIT $2`, 1, limit)
}

// Kept gives orders from a number on whose content is still there.
func (r *Register) Kept(ctx context.Context, from access.OrderNumber, limit int) ([]access.Order, error) {
	return r.contents(ctx, `
		SELECT number, content FROM access_order WHERE content IS NOT NULL AND number >= $1 ORDER BY number LIMIT $2`, from, limit)
}

// Newest is the last answered order whose content is still there, or 0.
func (r *Register) Newest(ctx context.Context) (access.OrderNumber, error) {
	var newest int64
	err := r.db.Read(ctx, func(ctx context.Context, tx *database.Tx) error {
		return tx.QueryRowContext(ctx, `SELECT coalesce(max(number), 0) FROM access_order WHERE content IS NOT NULL AND answered_at IS NOT NULL`).Scan(&newest)
	})
	if err != nil {
		return 0, fmt.Errorf("find newest order: %w", err)
	}
	return access.OrderNumber(newest), nil
}

// SetBack forgets how far the portal had counted, because it was set back to a
// backup and counts from there again.
func (r *Register) SetBack(ctx context.Context) error {
	err := r.db.InTx(ctx, func(ctx context.Context, tx *database.Tx) error {
		n, err := affected(tx.ExecContext(ctx, `UPDATE access_account SET change_number = 0 WHERE change_number > 0`))
		if err != nil {
			return err
		}
		if n == 0 { // a portal that lacks too much is tried again and again; once in the log is enough
			tx.WithoutAct("nothing had been counted")
			return nil
		}
		return r.log.Append(ctx, tx, audit.Act{Actor: audit.System, Code: audit.PortalSetBack})
	})
	if err != nil {
		return fmt.Errorf("note that the portal was set back: %w", err)
	}
	return nil
}

func (r *Register) contents(ctx context.Context, query string, from access.OrderNumber, limit int) ([]access.Order, error) {
	var list []access.Order
	err := r.db.Read(ctx, func(ctx context.Context, tx *database.Tx) error {
		for scan, err := range each(ctx, tx, query, int64(from), limit) {
			if err != nil {
				return err
			}
			var o access.Order
			var sealed []byte
			if err := scan(&o.Number, &sealed); err != nil {
				return err
			}
			if err := r.orders.OpenJSON(orderKey(o.Number), "content", sealed, &o); err != nil {
				return fmt.Errorf("open order: %w", err)
			}
			list = append(list, o)
		}
		return nil
	})
	return list, err
}

// Answered notes what became of orders. An answer that is known already
// changes nothing, so that the same may come twice.
func (r *Register) Answered(ctx context.Context, answers []access.Answer) error {
	return r.db.InTx(ctx, func(ctx context.Context, tx *database.Tx) error {
		counts := map[string]int64{}
		for _, a := range answers {
			var act access.Act
			var object string
			err := tx.QueryRowContext(ctx, `
				UPDATE access_order SET answered_at = $2, outcome = $3 WHERE number = $1 AND answered_at IS NULL RETURNING act, object`,
				int64(a.Number), database.At(tx.Now), string(a.Outcome)).Scan(&act, &object)
			if errors.Is(err, sql.ErrNoRows) {
				continue
			}
			if err != nil {
				return fmt.Errorf("note answer: %w", err)
			}
			if err := r.follow(ctx, tx, act, object, a.Outcome); err != nil {
				return err
			}
			counts[outcomeName(a.Outcome)]++
		}
		if len(counts) == 0 {
			return nil
		}
		return r.log.Append(ctx, tx, audit.Act{Actor: audit.System, Code: audit.OrdersAnswered, Counts: counts})
	})
}

// outcomeName is the outcome as the log names counts.
func outcomeName(o access.Outcome) string {
	if o == access.Done {
		return "done"
	}
	return "not_done"
}

// follow brings accounts and keys to what the portal has made of them.
func (r *Register) follow(ctx context.Context, tx *database.Tx, act access.Act, object string, outcome access.Outcome) error {
	var err error
	switch done := outcome == access.Done; {
	case act == access.CreateAccount && done:
		_, err = tx.ExecContext(ctx, `UPDATE access_account SET state = 'known' WHERE id = $1 AND state = 'ordered'`, object)
	case act == access.CreateAccount:
		_, err = tx.ExecContext(ctx, `UPDATE access_account SET state = 'refused' WHERE id = $1 AND state = 'ordered'`, object)
	case act == access.RegisterKey && done:
		_, err = tx.ExecContext(ctx, `UPDATE access_key SET state = 'active' WHERE id = $1 AND state = 'ordered'`, object)
	case act == access.RegisterKey:
		_, err = tx.ExecContext(ctx, `UPDATE access_key SET state = 'refused' WHERE id = $1 AND state = 'ordered'`, object)
	case act == access.RevokeKey && done:
		_, err = tx.ExecContext(ctx, `UPDATE access_key SET state = 'revoked' WHERE id = $1 AND state = 'revoking'`, object)
	}
	if err != nil {
		return fmt.Errorf("follow the portal's answer: %w", err)
	}
	return nil
}

// Orders lists the orders about one object, newest first; an empty object
// means all that are unanswered or were not carried out.
func (r *Register) Orders(ctx context.Context, object string, limit int) ([]room.Entry, error) {
	var list []room.Entry
	err := r.db.Read(ctx, func(ctx context.Context, tx *database.Tx) error {
		for scan, err := range each(ctx, tx, `
			SELECT number, act, object, actor, at, lock_number, recognised, answered_at, outcome FROM access_order
			WHERE object = $1 OR ($1 = '' AND (answered_at IS NULL OR outcome <> 'done')) ORDER BY number DESC LIMIT $2`, object, limit) {
			if err != nil {
				return err
			}
			e, err := scanEntry(scan)
			if err != nil {
				return err
			}
			list = append(list, e)
		}
		return nil
	})
	return list, err
}

func scanEntry(scan func(...any) error) (room.Entry, error) {
	var e room.Entry
	var at database.Time
	var answered database.NullTime
	err := scan(&e.Number, &e.Act, &e.Object, &e.Actor, &at, &e.Lock, &e.Recognised, &answered, &e.Outcome)
	e.At, e.AnsweredAt = at.Time, answered.Time
	return e, err
}

// ExpireRegister empties what is kept only in case the portal is set back to a
// backup, and applications decided long ago. It tells how many rows those were.
func (r *Register) ExpireRegister(ctx context.Context, answeredBefore, decidedBefore time.Time) (int64, error) {
	emptied := int64(0)
	err := r.db.InTx(ctx, func(ctx context.Context, tx *database.Tx) error {
		emptied = 0
		for _, e := range []struct {
			query  string
			before time.Time
		}{
			{`UPDATE access_order SET content = NULL WHERE answered_at < $1 AND content IS NOT NULL`, answeredBefore},
			{`UPDATE access_application SET content = NULL, raw = NULL WHERE decided_at < $1 AND (content IS NOT NULL OR raw IS NOT NULL)`, decidedBefore},
		} {
			n, err := affected(tx.ExecContext(ctx, e.query, database.At(e.before)))
			if err != nil {
				return fmt.Errorf("empty old rows of the register: %w", err)
			}
			emptied += n
		}
		if emptied == 0 {
			return nil
		}
		return r.log.Append(ctx, tx, audit.Act{Actor: audit.System, Code: audit.RecordsExpired, Object: "register", Counts: map[string]int64{"rows": emptied}})
	})
	return emptied, err
}

// refused gives the fault when a statement has changed nothing.
func refused(result sql.Result, err error, missing *fault.Fault) error {
	n, err := affected(result, err)
	if err == nil && n == 0 {
		return missing
	}
	return err
}
