// SPDX-License-Identifier: EUPL-1.2

package store

import (
	"context"
	"fmt"
	"time"

	"meldewerk/account"
	"meldewerk/internal/database"
)

// happened notes an event for the holder of an account. Refused sign-ins of
// one hour are one event, so that strangers cannot fill the table.
func happened(ctx context.Context, tx *database.Tx, id account.ID, kind account.EventKind) error {
	if kind.Refused() {
		result, err := tx.ExecContext(ctx, `UPDATE account_event SET times = times + 1 WHERE account_id = $1 AND kind = $2 AND at > $3`,
			string(id), string(kind), database.At(tx.Now.Add(-time.Hour)))
		if err != nil {
			return err
		}
		if changed, err := result.RowsAffected(); err != nil || changed > 0 {
			return err
		}
	}
	_, err := tx.ExecContext(ctx, `INSERT INTO account_event (account_id, kind, at, times, notice) VALUES ($1, $2, $3, 1, $4)
		ON CONFLICT (account_id, kind, at) DO UPDATE SET times = account_event.times + 1`,
		string(id), string(kind), database.At(tx.Now), kind.Notice())
	return err
}

// Events lists what happened to an account, newest first, at most limit.
func (a *Accounts) Events(ctx context.Context, id account.ID, limit int) ([]account.Event, error) {
	return a.events(ctx, `SELECT kind, at, times FROM account_event WHERE account_id = $1 ORDER BY at DESC, kind LIMIT $2`, string(id), limit)
}

// Notices lists what happened to the account of a session before its holder
// signed in, and that he has not acknowledged, oldest first.
func (a *Accounts) Notices(ctx context.Context, s *account.Session) ([]account.Event, error) {
	return a.events(ctx, `SELECT e.kind, e.at, e.times FROM account_event e JOIN account a ON a.id = e.account_id
		WHERE e.account_id = $1 AND e.notice = TRUE AND e.at <= $2 AND e.at > a.notices_seen_at ORDER BY e.at, e.kind`,
		string(s.Account.ID), database.At(s.Opened))
}

func (a *Accounts) events(ctx context.Context, query string, args ...any) ([]account.Event, error) {
	var list []account.Event
	err := a.db.Read(ctx, func(ctx context.Context, tx *database.Tx) error {
		list = nil
		rows, err := tx.QueryContext(ctx, query, args...)
		if err != nil {
			return err
		}
		defer func() { _ = rows.Close() }() // Err tells what Close would
		for rows.Next() {
			var kind string
			var at database.Time
			var e account.Event
			if err := rows.Scan(&kind, &at, &e.Times); err != nil {
				return err
			}
			e.Kind, e.At = account.EventKind(kind), at.Time
			list = append(list, e)
		}
		return rows.Err()
	})
	if err != nil {
		return nil, fmt.Errorf("list events: %w", err)
	}
	return list, nil
}

// Acknowledge says that the holder has read the notices of this session.
func (a *Accounts) Acknowledge(ctx context.Context, s *account.Session) error {
	return a.inTx(ctx, "acknowledge notices", func(ctx context.Context, tx *database.Tx) error {
		tx.WithoutAct("the holder has read what the log tells already")
		_, err := tx.ExecContext(ctx, `UPDATE account SET notices_seen_at = $2
			WHERE id = $1 AND (notices_seen_at IS NULL OR notices_seen_at < $2)`, string(s.Account.ID), database.At(s.Opened))
		return err
	})
}

// Standing is how an account stands, for the trust centre that ordered it.
type Standing struct {
	Account     account.ID
	Change      int64 // grows with every change; named to Told when it is stored there
	FirstSignIn time.Time
	LastSignIn  time.Time
	Enrolled    bool
	Passkeys    int
	CodesUsed   int   // wrong one-time passwords since the last full sign-in
	Lock        int64 // number of the latest lock by wrong codes; 0: never
	Locked      bool
	LockedAt    time.Time
	Expired     bool // the letter was not used in time
	Closed      bool
}

// Standings gives accounts of an owner that have changed since they were last
// told, at most limit. Asking again gives the same again.
func (a *Accounts) Standings(ctx context.Context, owner string, limit int) ([]Standing, error) {
	var list []Standing
	err := a.db.Read(ctx, func(ctx context.Context, tx *database.Tx) error {
		list = nil
		rows, err := tx.QueryContext(ctx, `SELECT id, change_number, first_sign_in_at, last_sign_in_at, totp_secret IS NOT NULL,
				(SELECT count(p.id) FROM passkey p WHERE p.account_id = account.id),
				otp_tries, otp_lock, otp_locked, otp_locked_at, letter_expired, state
			FROM account WHERE owner = $1 AND change_number > told_number ORDER BY id LIMIT $2`, owner, limit)
		if err != nil {
			return err
		}
		defer func() { _ = rows.Close() }() // Err tells what Close would
		for rows.Next() {
			var s Standing
			var id, state string
			var first, last, locked database.NullTime
			err := rows.Scan(&id, &s.Change, &first, &last, &s.Enrolled, &s.Passkeys,
				&s.CodesUsed, &s.Lock, &s.Locked, &locked, &s.Expired, &state)
			if err != nil {
				return err
			}
			s.Account, s.FirstSignIn, s.LastSignIn, s.LockedAt = account.ID(id), first.Time, last.Time, locked.Time
			s.Closed = account.State(state) == account.StateClosed
			list = append(list, s)
		}
		return rows.Err()
	})
	if err != nil {
		return nil, fmt.Errorf("list standings: %w", err)
	}
	return list, nil
}

// Told says that the owner of an account has stored its standing with that
// change number. If it has changed again meanwhile, it is given out again.
func (a *Accounts) Told(ctx context.Context, owner string, id account.ID, change int64) error {
	return a.inTx(ctx, "settle standing", func(ctx context.Context, tx *database.Tx) error {
		return a.ToldIn(ctx, tx, owner, id, change)
	})
}

// ToldIn is Told within a transaction.
func (a *Accounts) ToldIn(ctx context.Context, tx *database.Tx, owner string, id account.ID, change int64) error {
	tx.WithoutAct("the trust centre knows what the log tells already")
	_, err := tx.ExecContext(ctx, `UPDATE account SET told_number = $3
		WHERE id = $1 AND owner = $2 AND told_number < $3 AND change_number >= $3`, string(id), owner, change)
	return err
}
