// SPDX-License-Identifier: EUPL-1.2

package store

import (
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"meldewerk/account"
	"meldewerk/audit"
	"meldewerk/internal/database"
)

// touchEvery is how exactly the last request of a session is known. Writing
// it at every request would cost a transaction each.
const touchEvery = time.Minute

// openSession begins a half-open session.
func (a *Accounts) openSession(ctx context.Context, tx *database.Tx, id account.ID, token account.Token) (account.Session, error) {
	who, err := readAccount(ctx, tx, id)
	if err != nil {
		return account.Session{}, err
	}
	s := account.Session{
		ID: rand.Text(), Account: who, Stage: account.StagePassword,
		Opened: tx.Now, Seen: tx.Now, Ends: tx.Now.Add(account.HalfOpenLife),
	}
	_, err = tx.ExecContext(ctx, `INSERT INTO session (id, token_hash, account_id, stage, opened_at, seen_at, ends_at)
		VALUES ($1, $2, $3, 'password', $4, $4, $5)`,
		s.ID, token.Hash(), string(id), database.At(s.Opened), database.At(s.Ends))
	return s, err
}

// Session gives the session of a token, or nil when there is none or it has
// ended. With touch it is told that somebody was there.
func (a *Accounts) Session(ctx context.Context, token account.Token, touch bool) (*account.Session, error) {
	if token.IsZero() {
		return nil, nil
	}
	var found *account.Session
	err := a.db.Read(ctx, func(ctx context.Context, tx *database.Tx) error {
		var err error
		found, err = a.readSession(ctx, tx, token)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("read session: %w", err)
	}
	if found == nil || !touch || a.db.Now().Sub(found.Seen) < touchEvery {
		return found, nil
	}
	if err := a.Touch(ctx, found.ID); err != nil {
		return nil, err
	}
	found.Seen = a.db.Now()
	return found, nil
}

// Touch says that somebody is there in the session with that id.
func (a *Accounts) Touch(ctx context.Context, session string) error {
	err := a.db.InTx(ctx, func(ctx context.Context, tx *database.Tx) error {
		tx.WithoutAct("a request was made in a session")
		_, err := tx.ExecContext(ctx, `UPDATE session SET seen_at = $2 WHERE id = $1 AND seen_at < $2`, session, database.At(tx.Now))
		return err
	})
	if err != nil {
		return fmt.Errorf("touch session: %w", err)
	}
	return nil
}

// readSession applies every rule that ends a session: its times, the state of
// the account, the locks. The lock of one minute ends half-open ones only.
func (a *Accounts) readSession(ctx context.Context, tx *database.Tx, token account.Token) (*account.Session, error) {
	var s account.Session
	var id, stage string
	var opened, seen, ends database.Time
	var confirmed database.NullTime
	var unit sql.NullString
	var lastStep int64
	err := tx.QueryRowContext(ctx, `SELECT s.id, s.account_id, s.stage, s.opened_at, s.seen_at, s.ends_at, s.confirmed_at, s.enrolment IS NOT NULL,
			s.unit_id, a.last_step, EXISTS (SELECT e.kind FROM account_event e
				WHERE e.account_id = a.id AND e.notice = TRUE AND e.at <= s.opened_at AND e.at > a.notices_seen_at)
		FROM session s JOIN account a ON a.id = s.account_id
		WHERE s.token_hash = $1 AND s.ends_at > $2 AND s.seen_at > $3
			AND a.state = 'active' AND a.otp_locked = FALSE
			AND (s.stage = 'full' OR a.locked_until IS NULL OR a.locked_until <= $2)`,
		token.Hash(), database.At(tx.Now), database.At(tx.Now.Add(-a.sessions.Idle))).
		Scan(&s.ID, &id, &stage, &opened, &seen, &ends, &confirmed, &s.Enrolling, &unit, &lastStep, &s.Notices)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	s.Stage, s.Opened, s.Seen, s.Ends, s.Confirmed = account.Stage(stage), opened.Time, seen.Time, ends.Time, confirmed.Time
	s.LastStep = account.Step(lastStep)
	s.Account, err = readAccount(ctx, tx, account.ID(id))
	if err != nil {
		return nil, err
	}
	open := s.Account.OpenUnits()
	if len(open) == 0 && len(s.Account.Units) > 0 {
		return nil, nil // nobody acts for any of them any more
	}
	for _, own := range open {
		if unit.Valid && own.ID == account.UnitID(unit.String) {
			s.Account.Unit = own
		}
	}
	return &s, nil
}

// Sessions lists the running full sessions of an account, newest first, so
// that the holder or staff can end one.
func (a *Accounts) Sessions(ctx context.Context, id account.ID) ([]account.Session, error) {
	var list []account.Session
	err := a.db.Read(ctx, func(ctx context.Context, tx *database.Tx) error {
		list = nil
		rows, err := tx.QueryContext(ctx, `SELECT id, opened_at, seen_at, ends_at FROM session
			WHERE account_id = $1 AND stage = 'full' AND ends_at > $2 AND seen_at > $3 ORDER BY opened_at DESC, id`,
			string(id), database.At(tx.Now), database.At(tx.Now.Add(-a.sessions.Idle)))
		if err != nil {
			return err
		}
		defer func() { _ = rows.Close() }() // Err tells what Close would
		for rows.Next() {
			s := account.Session{Stage: account.StageFull}
			var opened, seen, ends database.Time
			if err := rows.Scan(&s.ID, &opened, &seen, &ends); err != nil {
				return err
			}
			s.Opened, s.Seen, s.Ends = opened.Time, seen.Time, ends.Time
			list = append(list, s)
		}
		return rows.Err()
	})
	if err != nil {
		return nil, fmt.Errorf("list sessions: %w", err)
	}
	return list, nil
}

// End kills the session of a token at the server. A token without a session
// is no error.
func (a *Accounts) End(ctx context.Context, token account.Token) error {
	err := a.db.InTx(ctx, func(ctx context.Context, tx *database.Tx) error {
		var id, owner string
		err := tx.QueryRowContext(ctx, `DELETE FROM session WHERE token_hash = $1 RETURNING id, account_id`, token.Hash()).Scan(&id, &owner)
		if errors.Is(err, sql.ErrNoRows) {
			return nil
		}
		if err != nil {
			return err
		}
		return a.log.Append(ctx, tx, audit.Act{Actor: owner, Code: audit.SessionClosed, Object: id})
	})
	if err != nil {
		return fmt.Errorf("end session: %w", err)
	}
	return nil
}

// EndOne kills one session of an account by its id: the holder's own from the
// list, or by staff.
func (a *Accounts) EndOne(ctx context.Context, actor string, owner account.ID, session string) error {
	err := a.db.InTx(ctx, func(ctx context.Context, tx *database.Tx) error {
		var id string
		err := tx.QueryRowContext(ctx, `DELETE FROM session WHERE id = $1 AND account_id = $2 RETURNING id`, session, string(owner)).Scan(&id)
		if errors.Is(err, sql.ErrNoRows) {
			return nil
		}
		if err != nil {
			return err
		}
		return a.log.Append(ctx, tx, audit.Act{Actor: actor, Code: audit.SessionClosed, Object: id})
	})
	if err != nil {
		return fmt.Errorf("end session: %w", err)
	}
	return nil
}

// endAll kills every session of an account, for locks, resets and closing.
func endAll(ctx context.Context, tx *database.Tx, id account.ID) error {
	_, err := tx.ExecContext(ctx, `DELETE FROM session WHERE account_id = $1`, string(id))
	return err
}

// Sweep removes what has ended: sessions, counters of unknown names that have
// lapsed, events and nonces past their time. It notes letters whose time has
// run out. A house runs it every few minutes.
func (a *Accounts) Sweep(ctx context.Context) error {
	return a.inTx(ctx, "sweep accounts", func(ctx context.Context, tx *database.Tx) error {
		tx.WithoutAct("what is removed had ended by itself")
		_, err := tx.ExecContext(ctx, `DELETE FROM session WHERE ends_at <= $1 OR seen_at <= $2`,
			database.At(tx.Now), database.At(tx.Now.Add(-a.sessions.Idle)))
		if err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, `DELETE FROM unknown_name WHERE tried_at <= $1 AND (locked_until IS NULL OR locked_until <= $2)`,
			database.At(tx.Now.Add(-account.TriesLapse)), database.At(tx.Now))
		if err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, `DELETE FROM account_event WHERE at <= $1`, database.At(tx.Now.Add(-account.EventLife)))
		if err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, `DELETE FROM installation_nonce WHERE used_at <= $1`, database.At(tx.Now.Add(-NonceLife)))
		if err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, `UPDATE account SET letter_expired = TRUE, change_number = change_number + 1
			WHERE state = 'active' AND letter_expired = FALSE AND password_expires_at <= $1`, database.At(tx.Now))
		return err
	})
}
