// SPDX-License-Identifier: EUPL-1.2

package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"meldewerk/account"
	"meldewerk/fault"
	"meldewerk/internal/atrest"
	"meldewerk/internal/database"
)

// Accounts keeps the Zugänge of a house: people, units, counters, second
// factors and sessions. Every house has these tables for its own people.
type Accounts struct {
	db       *database.DB
	log      *AuditLog
	factors  *atrest.Box   // second factors, bound to the account's row
	pending  *atrest.Box   // second factors not yet confirmed and challenges, bound to the session's row
	passkeys *atrest.Box   // passkeys, bound to their own row and to their account
	unknown  *atrest.Index // names that do not exist
	sessions account.SessionLimits
}

// The refusals of accounts.
var (
	ErrNoAccount = fault.New(fault.NotFound, "account.unknown",
		"Diesen Zugang gibt es nicht. Suchen Sie ihn in der Liste der Zugänge.")
	ErrUsernameTaken = fault.New(fault.Conflict, "account.username_taken",
		"Diesen Benutzernamen gibt es schon. Wählen Sie einen anderen.")
	ErrNoUnit = fault.New(fault.NotFound, "account.unit_unknown",
		"Diese Meldestelle gibt es nicht. Legen Sie sie zuerst an.")
)

// OpenAccounts makes the store of a house's accounts. The limits are those of
// its sessions.
func OpenAccounts(ctx context.Context, db *database.DB, log *AuditLog, keys *atrest.Keyring, limits account.SessionLimits) (*Accounts, error) {
	factors, err := keys.Box(ctx, "account")
	if err != nil {
		return nil, fmt.Errorf("open accounts: %w", err)
	}
	pending, err := keys.Box(ctx, "session")
	if err != nil {
		return nil, fmt.Errorf("open accounts: %w", err)
	}
	passkeys, err := keys.Box(ctx, "passkey")
	if err != nil {
		return nil, fmt.Errorf("open accounts: %w", err)
	}
	return &Accounts{
		db: db, log: log, factors: factors, pending: pending, passkeys: passkeys,
		unknown: keys.Index("unknown_name", "name_mac"), sessions: limits,
	}, nil
}

// SessionLimits says how long the house's sessions last.
func (a *Accounts) SessionLimits() account.SessionLimits { return a.sessions }

// Count says how many accounts there are: a fresh house has none and says so.
func (a *Accounts) Count(ctx context.Context) (int, error) {
	n := 0
	err := a.db.Read(ctx, func(ctx context.Context, tx *database.Tx) error {
		return tx.QueryRowContext(ctx, `SELECT count(id) FROM account`).Scan(&n)
	})
	if err != nil {
		return 0, fmt.Errorf("count accounts: %w", err)
	}
	return n, nil
}

// Account gives one account, or ErrNoAccount.
func (a *Accounts) Account(ctx context.Context, id account.ID) (account.Account, error) {
	var found account.Account
	err := a.db.Read(ctx, func(ctx context.Context, tx *database.Tx) error {
		var err error
		found, err = readAccount(ctx, tx, id)
		return err
	})
	if err != nil {
		return account.Account{}, fmt.Errorf("read account: %w", err)
	}
	return found, nil
}

// ByUsername finds the account of a name, or gives ErrNoAccount. It is for
// staff and for the command on the host, never for the sign-in.
func (a *Accounts) ByUsername(ctx context.Context, name account.Username) (account.Account, error) {
	var found account.Account
	err := a.db.Read(ctx, func(ctx context.Context, tx *database.Tx) error {
		var id string
		err := tx.QueryRowContext(ctx, `SELECT id FROM account WHERE username = $1`, string(name)).Scan(&id)
		if errors.Is(err, sql.ErrNoRows) {
			return ErrNoAccount
		}
		if err != nil {
			return err
		}
		found, err = readAccount(ctx, tx, account.ID(id))
		return err
	})
	if err != nil {
		return account.Account{}, fmt.Errorf("read account: %w", err)
	}
	return found, nil
}

// AccountIn is Account within a transaction, for orders.
func (a *Accounts) AccountIn(ctx context.Context, tx *database.Tx, id account.ID) (account.Account, error) {
	return readAccount(ctx, tx, id)
}

func readAccount(ctx context.Context, tx *database.Tx, id account.ID) (account.Account, error) {
	found := account.Account{ID: id}
	var username, roles, state string
	var locked database.NullTime
	err := tx.QueryRowContext(ctx, `SELECT username, holder, owner, roles, state, totp_secret IS NOT NULL,
			(SELECT count(p.id) FROM passkey p WHERE p.account_id = account.id),
			password_generated, password_must_change, otp_tries, otp_lock, otp_locked, otp_locked_at
		FROM account WHERE id = $1`, string(id)).
		Scan(&username, &found.Holder, &found.Owner, &roles, &state, &found.Enrolled, &found.Passkeys,
			&found.Generated, &found.MustChange, &found.CodesUsed, &found.CodeLock, &found.CodeLocked, &locked)
	if errors.Is(err, sql.ErrNoRows) {
		return account.Account{}, ErrNoAccount
	}
	if err != nil {
		return account.Account{}, err
	}
	found.Username, found.State, found.LockedAt = account.Username(username), account.State(state), locked.Time
	if found.Roles, err = account.ParseRoles(roles); err != nil {
		return account.Account{}, err
	}
	if found.Units, err = readUnits(ctx, tx, id); err != nil {
		return account.Account{}, err
	}
	if open := found.OpenUnits(); len(open) > 0 {
		found.Unit = open[0]
	}
	return found, nil
}

// sealFactor binds the second factor to the account's row: moved to another
// row it does not open.
func (a *Accounts) sealFactor(id account.ID, s account.Secret) ([]byte, error) {
	if s.IsZero() {
		return nil, nil
	}
	return a.factors.Seal(string(id), "totp_secret", s.Key())
}

func (a *Accounts) openFactor(id account.ID, sealed []byte) (account.Secret, error) {
	key, err := a.factors.Open(string(id), "totp_secret", sealed)
	if err != nil {
		return account.Secret{}, fmt.Errorf("open second factor: %w", err)
	}
	return account.SecretOf(key)
}

// Credential gives what is stored of an account's password. Only the check
// that a new password differs from the old one needs it outside a try.
func (a *Accounts) Credential(ctx context.Context, id account.ID) (account.Credential, error) {
	var stored account.Credential
	err := a.db.Read(ctx, func(ctx context.Context, tx *database.Tx) error {
		var password string
		err := tx.QueryRowContext(ctx, `SELECT password, password_generated FROM account WHERE id = $1`, string(id)).Scan(&password, &stored.Generated)
		if errors.Is(err, sql.ErrNoRows) {
			return ErrNoAccount
		}
		if err != nil || password == "" {
			return err
		}
		stored.Hash, err = account.ParseHash(password)
		return err
	})
	if err != nil {
		return account.Credential{}, fmt.Errorf("read credential: %w", err)
	}
	return stored, nil
}

// Former gives the passwords that the account had before the present one,
// newest first.
func (a *Accounts) Former(ctx context.Context, id account.ID) ([]account.Credential, error) {
	var list []account.Credential
	err := a.db.Read(ctx, func(ctx context.Context, tx *database.Tx) error {
		list = nil
		rows, err := tx.QueryContext(ctx, `SELECT password, generated FROM former_password
			WHERE account_id = $1 ORDER BY replaced_at DESC LIMIT $2`, string(id), account.FormerPasswords)
		if err != nil {
			return err
		}
		defer func() { _ = rows.Close() }() // Err tells what Close would
		for rows.Next() {
			var password string
			var c account.Credential
			if err := rows.Scan(&password, &c.Generated); err != nil {
				return err
			}
			if c.Hash, err = account.ParseHash(password); err != nil {
				return err
			}
			list = append(list, c)
		}
		return rows.Err()
	})
	if err != nil {
		return nil, fmt.Errorf("read former passwords: %w", err)
	}
	return list, nil
}

// retirePassword keeps the present password of an account among its former
// ones, and forgets those that are too old to matter.
func retirePassword(ctx context.Context, tx *database.Tx, id account.ID) error {
	_, err := tx.ExecContext(ctx, `INSERT INTO former_password (account_id, replaced_at, password, generated)
		SELECT id, $2, password, password_generated FROM account WHERE id = $1 AND password <> ''
		ON CONFLICT (account_id, replaced_at) DO NOTHING`, string(id), database.At(tx.Now))
	if err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, `DELETE FROM former_password WHERE account_id = $1 AND replaced_at NOT IN
		(SELECT replaced_at FROM former_password WHERE account_id = $1 ORDER BY replaced_at DESC LIMIT $2)`,
		string(id), account.FormerPasswords)
	return err
}

// AccountColumns are the sealed columns of accounts and sessions, for Reseal
// after a rotation of the keys. A NULL column has no row there.
func AccountColumns() []SealedColumn {
	return []SealedColumn{
		{Table: "account", Key: "id", Column: "totp_secret", Group: "totp_secret"},
		{Table: "session", Key: "id", Column: "enrolment", Group: "enrolment"},
		{Table: "session", Key: "id", Column: "challenge", Group: "challenge"},
		{Table: "passkey", Key: "account_id || '/' || id", Column: "credential", Group: "credential"},
	}
}
