// SPDX-License-Identifier: EUPL-1.2

package store

import (
	"context"
	"crypto/rand"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"meldewerk/account"
	"meldewerk/audit"
	"meldewerk/fault"
	"meldewerk/internal/database"
)

// The refusals of passkeys.
var (
	ErrPasskeyRefused = fault.New(fault.Invalid, "account.passkey_refused",
		"Der Passkey wurde nicht eingerichtet. Versuchen Sie es noch einmal, oder nehmen Sie ein anderes Gerät.")
	ErrPasskeyKnown = fault.New(fault.Conflict, "account.passkey_known",
		"Dieser Passkey ist schon eingerichtet. Nehmen Sie ein anderes Gerät oder einen anderen Schlüssel.")
	ErrTooManyPasskeys = fault.New(fault.Conflict, "account.too_many_passkeys",
		"Es sind schon zehn Passkeys eingerichtet. Entfernen Sie zuerst einen, den Sie nicht mehr brauchen.")
	ErrLastPasskey = fault.New(fault.Conflict, "account.last_passkey",
		"Ihre Rolle braucht einen Passkey, und dies ist der letzte. Richten Sie zuerst einen anderen ein.")
	ErrNoPasskey = fault.New(fault.NotFound, "account.passkey_unknown",
		"Diesen Passkey gibt es nicht mehr. Laden Sie die Seite neu.")
)

// maxPasskeys is how many an account may have.
const maxPasskeys = 10

// Passkey is a registered Passkey as its holder sees it.
type Passkey struct {
	ID    string // opaque
	Label string // as the holder named it
	Added time.Time
	Used  time.Time // zero: never

	key account.Passkey
}

// Passkeys lists the passkeys of an account, oldest first.
func (a *Accounts) Passkeys(ctx context.Context, id account.ID) ([]Passkey, error) {
	var list []Passkey
	err := a.db.Read(ctx, func(ctx context.Context, tx *database.Tx) error {
		var err error
		list, err = a.readPasskeys(ctx, tx, id)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("list passkeys: %w", err)
	}
	return list, nil
}

func (a *Accounts) readPasskeys(ctx context.Context, tx *database.Tx, id account.ID) ([]Passkey, error) {
	rows, err := tx.QueryContext(ctx, `SELECT id, credential, label, added_at, used_at FROM passkey WHERE account_id = $1 ORDER BY added_at, id`, string(id))
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }() // Err tells what Close would
	var list []Passkey
	for rows.Next() {
		var p Passkey
		var sealed []byte
		var added database.Time
		var used database.NullTime
		if err := rows.Scan(&p.ID, &sealed, &p.Label, &added, &used); err != nil {
			return nil, err
		}
		plain, err := a.passkeys.Open(passkeyRow(id, p.ID), "credential", sealed)
		if err != nil {
			return nil, fmt.Errorf("open passkey: %w", err)
		}
		if p.key, err = account.ParsePasskey(plain); err != nil {
			return nil, err
		}
		p.Added, p.Used = added.Time, used.Time
		list = append(list, p)
	}
	return list, rows.Err()
}

// passkeyRow binds a sealed passkey to its row and to its account.
func passkeyRow(owner account.ID, id string) string { return string(owner) + "/" + id }

func bare(list []Passkey) []account.Passkey {
	var keys []account.Passkey
	for _, p := range list {
		keys = append(keys, p.key)
	}
	return keys
}

// AskPasskey makes a challenge for the passkeys of the session's account and
// keeps it with the session; an earlier one is dead. It gives what the script
// needs, nil when there is no such session or no passkey.
func (a *Accounts) AskPasskey(ctx context.Context, token account.Token, relying *account.Relying) ([]byte, error) {
	return a.challenge(ctx, token, func(s *account.Session, keys []Passkey, now time.Time) ([]byte, account.Challenge, error) {
		if s.Stage == account.StageRenewal || len(keys) == 0 {
			return nil, account.Challenge{}, nil
		}
		return relying.Ask(s.Account, bare(keys), now)
	})
}

// BeginPasskey makes a challenge for a new passkey, in a full session with a
// fresh proof; otherwise it gives nil.
func (a *Accounts) BeginPasskey(ctx context.Context, token account.Token, relying *account.Relying) ([]byte, error) {
	return a.challenge(ctx, token, func(s *account.Session, keys []Passkey, now time.Time) ([]byte, account.Challenge, error) {
		if !s.Fresh(now) {
			return nil, account.Challenge{}, nil
		}
		return relying.Register(s.Account, bare(keys), now)
	})
}

func (a *Accounts) challenge(ctx context.Context, token account.Token, begin func(*account.Session, []Passkey, time.Time) ([]byte, account.Challenge, error)) ([]byte, error) {
	var options []byte
	_, err := a.withSession(ctx, token, func(ctx context.Context, tx *database.Tx, s *account.Session) (CodeAnswer, error) {
		options = nil
		keys, err := a.readPasskeys(ctx, tx, s.Account.ID)
		if err != nil {
			return CodeAnswer{}, err
		}
		text, made, err := begin(s, keys, tx.Now)
		if err != nil || text == nil {
			return CodeAnswer{}, err
		}
		plain, err := json.Marshal(made)
		if err != nil {
			return CodeAnswer{}, err
		}
		sealed, err := a.pending.Seal(s.ID, "challenge", plain)
		if err != nil {
			return CodeAnswer{}, err
		}
		tx.WithoutAct("a challenge that is not answered proves nothing")
		_, err = tx.ExecContext(ctx, `UPDATE session SET challenge = $2, seen_at = $3 WHERE id = $1`, s.ID, sealed, database.At(tx.Now))
		options = text
		return CodeAnswer{}, err
	})
	if err != nil {
		return nil, fmt.Errorf("make challenge: %w", err)
	}
	return options, nil
}

// takeChallenge gives the challenge of a session and forgets it: it is
// answered once. The zero Challenge stands for none.
func (a *Accounts) takeChallenge(ctx context.Context, tx *database.Tx, s *account.Session) (account.Challenge, error) {
	var sealed []byte
	if err := tx.QueryRowContext(ctx, `SELECT challenge FROM session WHERE id = $1`, s.ID).Scan(&sealed); err != nil || sealed == nil {
		return account.Challenge{}, err
	}
	if _, err := tx.ExecContext(ctx, `UPDATE session SET challenge = NULL WHERE id = $1`, s.ID); err != nil {
		return account.Challenge{}, err
	}
	plain, err := a.pending.Open(s.ID, "challenge", sealed)
	if err != nil {
		return account.Challenge{}, fmt.Errorf("open challenge: %w", err)
	}
	var c account.Challenge
	err = json.Unmarshal(plain, &c)
	return c, err
}

// CheckPasskey proves a passkey in the session of the token, in the place of
// CheckCode and with the same counter: an answer from another origin, of a
// foreign key, to a challenge that was answered before, or with a counter that
// went back is one of the ten.
func (a *Accounts) CheckPasskey(ctx context.Context, token account.Token, relying *account.Relying, answer []byte, fresh account.Token) (CodeAnswer, error) {
	return a.withSession(ctx, token, func(ctx context.Context, tx *database.Tx, s *account.Session) (CodeAnswer, error) {
		if s.Stage == account.StageRenewal || s.Account.Passkeys == 0 {
			return CodeAnswer{Outcome: CodeNoSession}, nil
		}
		used, _, err := countCode(ctx, tx, s.Account.ID)
		if errors.Is(err, sql.ErrNoRows) {
			return CodeAnswer{Outcome: CodeLocked, Used: account.MaxCodes}, nil
		}
		if err != nil {
			return CodeAnswer{}, err
		}
		asked, err := a.takeChallenge(ctx, tx, s)
		if err != nil {
			return CodeAnswer{}, err
		}
		keys, err := a.readPasskeys(ctx, tx, s.Account.ID)
		if err != nil {
			return CodeAnswer{}, err
		}
		proven, err := relying.Prove(s.Account, bare(keys), asked, answer, tx.Now)
		if err != nil {
			return a.wrongCode(ctx, tx, s, used)
		}
		if err := a.usedPasskey(ctx, tx, s.Account.ID, keys, proven); err != nil {
			return CodeAnswer{}, err
		}
		return a.rightCode(ctx, tx, s, fresh)
	})
}

// usedPasskey keeps the new counter of the passkey that has answered.
func (a *Accounts) usedPasskey(ctx context.Context, tx *database.Tx, owner account.ID, keys []Passkey, proven account.Passkey) error {
	for _, p := range keys {
		if string(p.key.Hash()) != string(proven.Hash()) {
			continue
		}
		sealed, err := a.sealPasskey(owner, p.ID, proven)
		if err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, `UPDATE passkey SET credential = $2, used_at = $3 WHERE id = $1`, p.ID, sealed, database.At(tx.Now))
		return err
	}
	return ErrNoPasskey // cannot be: it was proven against these very keys
}

func (a *Accounts) sealPasskey(owner account.ID, id string, p account.Passkey) ([]byte, error) {
	plain, err := p.Encode()
	if err != nil {
		return nil, err
	}
	return a.passkeys.Seal(passkeyRow(owner, id), "credential", plain)
}

// AddPasskey takes the answer of a new passkey to the challenge of
// BeginPasskey, in a full session with a fresh proof. The label has 1 to 60
// characters. An answer that does not fit gives ErrPasskeyRefused, a session
// that does not suffice ErrNoPasskey.
func (a *Accounts) AddPasskey(ctx context.Context, token account.Token, relying *account.Relying, label string, answer []byte) error {
	answered, err := a.withSession(ctx, token, func(ctx context.Context, tx *database.Tx, s *account.Session) (CodeAnswer, error) {
		if !s.Fresh(tx.Now) {
			return CodeAnswer{}, ErrNoPasskey
		}
		if s.Account.Passkeys >= maxPasskeys {
			return CodeAnswer{}, ErrTooManyPasskeys
		}
		asked, err := a.takeChallenge(ctx, tx, s)
		if err != nil {
			return CodeAnswer{}, err
		}
		made, err := relying.Registered(s.Account, asked, answer, tx.Now)
		if err != nil {
			return CodeAnswer{}, ErrPasskeyRefused
		}
		if err := a.keepPasskey(ctx, tx, s.Account.ID, label, made); err != nil {
			return CodeAnswer{}, err
		}
		return CodeAnswer{}, stillOpen(ctx, tx, s.ID)
	})
	return passkeyAct("add passkey", answered, err)
}

// stillOpen gives ErrNoPasskey when the session was ended while its request
// was carried out: a reset must not leave a passkey behind that came into
// being beside it. It is asked after the account's row was written, so that a
// reset has either been seen or waits and then sees the passkey.
func stillOpen(ctx context.Context, tx *database.Tx, session string) error {
	var open int
	err := tx.QueryRowContext(ctx, `SELECT count(id) FROM session WHERE id = $1`, session).Scan(&open)
	if err == nil && open == 0 {
		return ErrNoPasskey
	}
	return err
}

func (a *Accounts) keepPasskey(ctx context.Context, tx *database.Tx, owner account.ID, label string, made account.Passkey) error {
	id := rand.Text()
	sealed, err := a.sealPasskey(owner, id, made)
	if err != nil {
		return err
	}
	result, err := tx.ExecContext(ctx, `INSERT INTO passkey (id, account_id, credential_hash, credential, label, added_at)
		VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING`, id, string(owner), made.Hash(), sealed, label, database.At(tx.Now))
	if err := changedOne(result, err, ErrPasskeyKnown); err != nil {
		return err
	}
	result, err = tx.ExecContext(ctx, `UPDATE account SET change_number = change_number + 1 WHERE id = $1`, string(owner))
	return a.settle(ctx, tx, result, err, ErrNoAccount, account.EventPasskeyAdded,
		audit.Act{Actor: string(owner), Code: audit.PasskeyAdded, Object: string(owner)})
}

// RemovePasskey forgets a passkey of the session's account, in a full session
// with a fresh proof. The last one of an account whose roles need one stays:
// ErrLastPasskey.
func (a *Accounts) RemovePasskey(ctx context.Context, token account.Token, id string) error {
	answered, err := a.withSession(ctx, token, func(ctx context.Context, tx *database.Tx, s *account.Session) (CodeAnswer, error) {
		if !s.Fresh(tx.Now) {
			return CodeAnswer{}, ErrNoPasskey
		}
		if s.Account.NeedsPasskey() && s.Account.Passkeys <= 1 {
			return CodeAnswer{}, ErrLastPasskey
		}
		owner := string(s.Account.ID)
		result, err := tx.ExecContext(ctx, `DELETE FROM passkey WHERE id = $1 AND account_id = $2`, id, owner)
		if err := changedOne(result, err, ErrNoPasskey); err != nil {
			return CodeAnswer{}, err
		}
		result, err = tx.ExecContext(ctx, `UPDATE account SET change_number = change_number + 1 WHERE id = $1`, owner)
		return CodeAnswer{}, a.settle(ctx, tx, result, err, ErrNoAccount, account.EventPasskeyRemoved,
			audit.Act{Actor: owner, Code: audit.PasskeyRemoved, Object: owner})
	})
	return passkeyAct("remove passkey", answered, err)
}

// passkeyAct tells a session that has ended meanwhile from an act that was
// carried out.
func passkeyAct(what string, answered CodeAnswer, err error) error {
	if err != nil {
		return fmt.Errorf("%s: %w", what, err)
	}
	if answered.Outcome == CodeNoSession {
		return ErrNoPasskey
	}
	return nil
}
