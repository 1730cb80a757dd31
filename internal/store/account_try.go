// SPDX-License-Identifier: EUPL-1.2

package store

import (
	"context"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"time"

	"meldewerk/account"
	"meldewerk/audit"
	"meldewerk/internal/database"
)

// stranger is the actor of sign-ins under names that do not exist.
const stranger = "stranger"

// Try is one counted entry of name and password on its way through the
// comparison. Exactly one of Miss, GiveBack, Admit and Known settles it.
type Try struct {
	Turn       account.Turn
	Until      time.Time          // end of the lock, with account.TurnLocked
	Credential account.Credential // zero for names that cannot sign in
	Account    account.ID         // empty for names that do not exist
	Rehash     account.Hash       // set by the caller when the right password is stored at an older cost

	mac    []byte // of a name that does not exist
	stored string // the password as compared
}

// TakeTry counts an entry under the name before anything is compared
// (SECURITY §3), and gives what it has to be compared with. Names that do not
// exist are counted in the same way.
func (a *Accounts) TakeTry(ctx context.Context, name account.Username) (Try, error) {
	mac := a.unknown.Of(string(name))
	var try Try
	err := a.db.Exclusive(ctx, tryLock(mac), func(ctx context.Context, tx *database.Tx) error {
		tx.WithoutAct("a counted try is no act yet: its outcome writes the entry")
		try = Try{mac: mac}
		err := a.findCredential(ctx, tx, name, &try)
		if err != nil {
			return err
		}
		return take(ctx, tx, &try)
	})
	if err != nil {
		return Try{}, fmt.Errorf("count sign-in: %w", err)
	}
	return try, nil
}

// TakeTryFor is TakeTry for somebody who is signed in already and has to show
// the password once more. It is the same counter.
func (a *Accounts) TakeTryFor(ctx context.Context, id account.ID) (Try, error) {
	found, err := a.Account(ctx, id)
	if err != nil {
		return Try{}, err
	}
	return a.TakeTry(ctx, found.Username)
}

func tryLock(mac []byte) string { return "sign-in " + hex.EncodeToString(mac) }

// findCredential fills in what is stored under the name. An account that is
// not active, whose letter has expired, or whose units are all closed, is
// compared with nothing.
func (a *Accounts) findCredential(ctx context.Context, tx *database.Tx, name account.Username, try *Try) error {
	var id, state, password string
	var generated, homeless bool
	var expires database.NullTime
	err := tx.QueryRowContext(ctx, `SELECT id, state, password, password_generated, password_expires_at,
			EXISTS (SELECT m.unit_id FROM account_unit m WHERE m.account_id = account.id) AND NOT EXISTS
				(SELECT m.unit_id FROM account_unit m JOIN unit u ON u.id = m.unit_id WHERE m.account_id = account.id AND u.closed = FALSE)
		FROM account WHERE username = $1`, string(name)).Scan(&id, &state, &password, &generated, &expires, &homeless)
	if errors.Is(err, sql.ErrNoRows) {
		return nil
	}
	if err != nil {
		return err
	}
	try.Account, try.mac = account.ID(id), nil
	expired := !expires.IsZero() && !expires.After(tx.Now)
	if account.State(state) != account.StateActive || password == "" || expired || homeless {
		return nil
	}
	hash, err := account.ParseHash(password)
	if err != nil {
		return err
	}
	try.Credential, try.stored = account.Credential{Hash: hash, Generated: generated}, password
	return nil
}

// take is account.Tries.Take in one statement.
func take(ctx context.Context, tx *database.Tx, try *Try) error {
	now, stale, lapsed := database.At(tx.Now), database.At(tx.Now.Add(-account.LockTime)), database.At(tx.Now.Add(-account.TriesLapse))
	var row *database.Row
	if try.Account != "" {
		row = tx.QueryRowContext(ctx, `UPDATE account SET
				tries = CASE WHEN tried_at IS NULL OR tried_at <= $4 THEN 1 WHEN tried_at <= $3 THEN tries_wrong + 1 ELSE tries + 1 END,
				tries_wrong = CASE WHEN tried_at IS NULL OR tried_at <= $4 THEN 0 ELSE tries_wrong END,
				tried_at = $2
			WHERE id = $1 AND (locked_until IS NULL OR locked_until <= $2) AND (tries < 3 OR tried_at <= $3)
			RETURNING tries`, string(try.Account), now, stale, lapsed)
	} else {
		row = tx.QueryRowContext(ctx, `INSERT INTO unknown_name (name_mac, tries, tries_wrong, tried_at) VALUES ($1, 1, 0, $2)
			ON CONFLICT (name_mac) DO UPDATE SET
				tries = CASE WHEN unknown_name.tried_at <= $4 THEN 1 WHEN unknown_name.tried_at <= $3 THEN unknown_name.tries_wrong + 1 ELSE unknown_name.tries + 1 END,
				tries_wrong = CASE WHEN unknown_name.tried_at <= $4 THEN 0 ELSE unknown_name.tries_wrong END,
				tried_at = $2
			WHERE (unknown_name.locked_until IS NULL OR unknown_name.locked_until <= $2) AND (unknown_name.tries < 3 OR unknown_name.tried_at <= $3)
			RETURNING tries`, try.mac, now, stale, lapsed)
	}
	var counted int
	err := row.Scan(&counted)
	if err == nil {
		try.Turn = account.TurnGo
		return nil
	}
	if !errors.Is(err, sql.ErrNoRows) {
		return err
	}
	return refuse(ctx, tx, try)
}

// refuse tells why the try was not counted, and forgets the password.
func refuse(ctx context.Context, tx *database.Tx, try *Try) error {
	row := tx.QueryRowContext(ctx, `SELECT locked_until FROM account WHERE id = $1`, string(try.Account))
	if try.Account == "" {
		row = tx.QueryRowContext(ctx, `SELECT locked_until FROM unknown_name WHERE name_mac = $1`, try.mac)
	}
	var until database.NullTime
	if err := row.Scan(&until); err != nil {
		return err
	}
	try.Turn, try.Credential, try.stored = account.TurnBusy, account.Credential{}, ""
	if until.After(tx.Now) {
		try.Turn, try.Until = account.TurnLocked, until.Time
	}
	return nil
}

// Miss settles a try as wrong. It gives the end of the lock when this was the
// third, else the zero time. The lock ends half-open sessions, but not full
// ones: strangers must not throw anybody out.
func (a *Accounts) Miss(ctx context.Context, try Try) (time.Time, error) {
	var until time.Time
	err := a.db.InTx(ctx, func(ctx context.Context, tx *database.Tx) error {
		locked, err := miss(ctx, tx, try)
		if err != nil {
			return err
		}
		until = locked
		if err := a.missed(ctx, tx, try); err != nil {
			return err
		}
		act := audit.Act{Actor: stranger, Code: audit.SignInRefused, Purpose: "password", Result: audit.Refused, Object: string(try.Account)}
		if !until.IsZero() {
			act.Code = audit.AccountLocked
			_, err := tx.ExecContext(ctx, `DELETE FROM session WHERE account_id = $1 AND stage <> 'full'`, string(try.Account))
			if err != nil {
				return err
			}
		}
		return a.log.Append(ctx, tx, act)
	})
	if err != nil {
		return time.Time{}, fmt.Errorf("settle wrong sign-in: %w", err)
	}
	return until, nil
}

// missed notes a wrong pair for the holder. A name that does not exist takes
// the same work.
func (a *Accounts) missed(ctx context.Context, tx *database.Tx, try Try) error {
	if try.Account != "" {
		return happened(ctx, tx, try.Account, account.EventRefusedPassword)
	}
	_, err := tx.ExecContext(ctx, `UPDATE account_event SET times = times + 1 WHERE account_id = '' AND at > $1`, database.At(tx.Now))
	return err
}

// miss is account.Tries.Miss in one statement.
func miss(ctx context.Context, tx *database.Tx, try Try) (time.Time, error) {
	end := tx.Now.Add(account.LockTime)
	var row *database.Row
	if try.Account != "" {
		row = tx.QueryRowContext(ctx, `UPDATE account SET
				tries = CASE WHEN tries_wrong >= 2 THEN 0 WHEN tries > tries_wrong THEN tries ELSE tries_wrong + 1 END,
				tries_wrong = CASE WHEN tries_wrong >= 2 THEN 0 ELSE tries_wrong + 1 END,
				locked_until = CASE WHEN tries_wrong >= 2 THEN $2 ELSE locked_until END
			WHERE id = $1 RETURNING locked_until`, string(try.Account), database.At(end))
	} else {
		row = tx.QueryRowContext(ctx, `UPDATE unknown_name SET
				tries = CASE WHEN tries_wrong >= 2 THEN 0 WHEN tries > tries_wrong THEN tries ELSE tries_wrong + 1 END,
				tries_wrong = CASE WHEN tries_wrong >= 2 THEN 0 ELSE tries_wrong + 1 END,
				locked_until = CASE WHEN tries_wrong >= 2 THEN $2 ELSE locked_until END
			WHERE name_mac = $1 RETURNING locked_until`, try.mac, database.At(end))
	}
	var locked database.NullTime
	if err := row.Scan(&locked); err != nil {
		return time.Time{}, err
	}
	if locked.After(tx.Now) {
		return locked.Time, nil
	}
	return time.Time{}, nil
}

// GiveBack settles a try that was never compared, because the house was busy.
func (a *Accounts) GiveBack(ctx context.Context, try Try) error {
	err := a.db.InTx(ctx, func(ctx context.Context, tx *database.Tx) error {
		tx.WithoutAct("nothing was compared, so nothing happened")
		if try.Account == "" {
			_, err := tx.ExecContext(ctx, `UPDATE unknown_name SET tries = tries - 1 WHERE name_mac = $1 AND tries > tries_wrong`, try.mac)
			return err
		}
		_, err := tx.ExecContext(ctx, `UPDATE account SET tries = tries - 1 WHERE id = $1 AND tries > tries_wrong`, string(try.Account))
		return err
	})
	if err != nil {
		return fmt.Errorf("give a try back: %w", err)
	}
	return nil
}

// Admission is the answer to a right pair of name and password.
type Admission struct {
	Open       bool // a half-open session was begun
	CodeLocked bool // ten wrong codes: only the trust centre releases that
	Until      time.Time
	Session    account.Session
}

// Admit settles a try as right and begins a half-open session under the token.
// If the access was locked or the password changed while it was being compared,
// nothing opens.
func (a *Accounts) Admit(ctx context.Context, try Try, token account.Token) (Admission, error) {
	var out Admission
	err := a.db.InTx(ctx, func(ctx context.Context, tx *database.Tx) error {
		out = Admission{}
		tx.WithoutAct("a half-open session: the sign-in is written when the code was right")
		locked, err := hit(ctx, tx, try)
		if errors.Is(err, sql.ErrNoRows) {
			var until database.NullTime
			err := tx.QueryRowContext(ctx, `SELECT locked_until FROM account WHERE id = $1`, string(try.Account)).Scan(&until)
			if until.After(tx.Now) {
				out.Until = until.Time
			}
			return err
		}
		if err != nil {
			return err
		}
		if locked {
			out.CodeLocked = true
			return a.log.Append(ctx, tx, audit.Act{Actor: string(try.Account), Code: audit.SignInRefused, Purpose: "code-locked", Result: audit.Refused})
		}
		out.Open = true
		out.Session, err = a.openSession(ctx, tx, try.Account, token)
		return err
	})
	if err != nil {
		return Admission{}, fmt.Errorf("settle right sign-in: %w", err)
	}
	return out, nil
}

// Known settles a try as right without beginning a session: somebody signed in
// has shown the password once more.
func (a *Accounts) Known(ctx context.Context, try Try) error {
	err := a.db.InTx(ctx, func(ctx context.Context, tx *database.Tx) error {
		tx.WithoutAct("the act that the password was shown for writes its own entry")
		_, err := hit(ctx, tx, try)
		return err
	})
	if errors.Is(err, sql.ErrNoRows) {
		return ErrNoAccount // locked or closed meanwhile
	}
	if err != nil {
		return fmt.Errorf("settle right password: %w", err)
	}
	return nil
}

// hit is account.Tries.Hit in one statement. It says whether wrong codes lock
// the account; without a row the account cannot sign in any more.
func hit(ctx context.Context, tx *database.Tx, try Try) (bool, error) {
	password := try.stored
	if !try.Rehash.IsZero() {
		password = try.Rehash.Encode()
	}
	var locked bool
	err := tx.QueryRowContext(ctx, `UPDATE account SET
			tries = CASE WHEN tries > tries_wrong THEN tries - tries_wrong - 1 ELSE 0 END,
			tries_wrong = 0,
			password = $4
		WHERE id = $1 AND state = 'active' AND password = $3 AND (locked_until IS NULL OR locked_until <= $2)
		RETURNING otp_locked`, string(try.Account), database.At(tx.Now), try.stored, password).Scan(&locked)
	return locked, err
}
