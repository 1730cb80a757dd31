// SPDX-License-Identifier: EUPL-1.2

package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"meldewerk/account"
	"meldewerk/audit"
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
	pending  *atrest.Box   // second factors not yet confirmed, bound to the session's row
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
	return &Accounts{
		db: db, log: log, factors: factors, pending: pending,
		unknown: keys.Index("unknown_name", "name_mac"), sessions: limits,
	}, nil
}

// SessionLimits says how long the house's sessions last.
func (a *Accounts) SessionLimits() account.SessionLimits { return a.sessions }

// NewAccount is what it takes to make a Zugang.
type NewAccount struct {
	ID         account.ID // given by an order of the trust centre; empty: a new one
	Username   account.Username
	Holder     string         // shown to the holder in the bar
	Unit       account.UnitID // empty for staff
	Roles      account.Roles
	Password   account.Hash // zero: the account cannot sign in before IssuePassword
	Generated  bool         // the password was made for a letter
	MustChange bool
	Expires    time.Time      // of an unused letter; zero: never
	Secret     account.Secret // second factor already handed out; zero: enrolment at the first sign-in
}

// Create makes an account and gives its id. With a password it is active, else
// pending. A name that is taken gives ErrUsernameTaken.
func (a *Accounts) Create(ctx context.Context, actor string, n NewAccount) (account.ID, error) {
	id := n.ID
	if id == "" {
		id = account.NewID()
	}
	sealed, err := a.sealFactor(id, n.Secret)
	if err != nil {
		return "", fmt.Errorf("create account: %w", err)
	}
	state, password := account.StatePending, ""
	if !n.Password.IsZero() {
		state, password = account.StateActive, n.Password.Encode()
	}
	err = a.db.InTx(ctx, func(ctx context.Context, tx *database.Tx) error {
		_, err := tx.ExecContext(ctx, `INSERT INTO account (id, username, holder, unit_id, roles, state, password,
				password_generated, password_must_change, password_expires_at, totp_secret, created_at)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)`,
			string(id), string(n.Username), n.Holder, sql.NullString{String: string(n.Unit), Valid: n.Unit != ""}, n.Roles.String(), string(state), password,
			n.Generated, n.MustChange, database.Maybe(n.Expires), sealed, database.At(tx.Now))
		if err != nil {
			return err
		}
		return a.log.Append(ctx, tx, audit.Act{Actor: actor, Code: audit.AccountCreated, Object: string(id)})
	})
	switch {
	case database.IsUnique(err):
		return "", ErrUsernameTaken
	case database.IsReference(err):
		return "", ErrNoUnit
	case err != nil:
		return "", fmt.Errorf("create account: %w", err)
	}
	return id, nil
}

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

func readAccount(ctx context.Context, tx *database.Tx, id account.ID) (account.Account, error) {
	found := account.Account{ID: id}
	var username, roles, state string
	var unit sql.NullString
	var locked database.NullTime
	err := tx.QueryRowContext(ctx, `SELECT username, holder, unit_id, roles, state, totp_secret IS NOT NULL,
			password_generated, password_must_change, otp_tries, otp_lock, otp_locked, otp_locked_at
		FROM account WHERE id = $1`, string(id)).
		Scan(&username, &found.Holder, &unit, &roles, &state, &found.Enrolled,
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
	if unit.Valid {
		if found.Unit, err = readUnit(ctx, tx, account.UnitID(unit.String)); err != nil {
			return account.Account{}, err
		}
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

// AccountColumns are the sealed columns of accounts and sessions, for Reseal
// after a rotation of the keys. A NULL column has no row there.
func AccountColumns() []SealedColumn {
	return []SealedColumn{
		{Table: "account", Key: "id", Column: "totp_secret", Group: "totp_secret"},
		{Table: "session", Key: "id", Column: "enrolment", Group: "enrolment"},
	}
}
