// SPDX-License-Identifier: EUPL-1.2

package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"time"

	"meldewerk/account"
	"meldewerk/audit"
	"meldewerk/fault"
	"meldewerk/internal/database"
)

// ErrNeedsPasskey refuses a role that only an account with a passkey may have
// (security row A14).
var ErrNeedsPasskey = fault.New(fault.Conflict, "account.needs_passkey",
	"Diese Rolle setzt einen Passkey voraus. Die Person meldet sich zuerst ohne diese Rolle an und richtet unter „Konto“ einen Passkey ein; danach können Sie die Rolle geben.")

// NewAccount is what it takes to make a Zugang.
type NewAccount struct {
	ID         account.ID // given by an order of the trust centre; empty: a new one
	Owner      string     // trust centre that orders it; empty: made on the host
	Username   account.Username
	Holder     string           // shown to the holder in the bar
	Unit       account.UnitID   // the only unit; empty for staff
	Units      []account.UnitID // or several, the first is shown after the sign-in
	Roles      account.Roles
	Password   account.Hash // zero: the account cannot sign in before IssuePassword
	Generated  bool         // the password was made for a letter
	MustChange bool
	Expires    time.Time      // of an unused letter; zero: never
	Secret     account.Secret // second factor already handed out; zero: enrolment at the first sign-in
}

// Create makes an account and gives its id. With a password it is active, else
// pending. A name that is taken gives ErrUsernameTaken, a role that needs a
// passkey ErrNeedsPasskey: a new account has none.
func (a *Accounts) Create(ctx context.Context, actor string, n NewAccount) (account.ID, error) {
	var id account.ID
	err := a.inTx(ctx, "create account", func(ctx context.Context, tx *database.Tx) error {
		var err error
		id, err = a.CreateIn(ctx, tx, actor, n)
		return err
	})
	if err != nil {
		return "", err
	}
	return id, nil
}

// CreateIn is Create within a transaction. A refusal leaves nothing behind, so
// the transaction may go on.
func (a *Accounts) CreateIn(ctx context.Context, tx *database.Tx, actor string, n NewAccount) (account.ID, error) {
	if n.Roles.NeedPasskey() {
		return "", ErrNeedsPasskey
	}
	id, units := n.ID, n.Units
	if id == "" {
		id = account.NewID()
	}
	if n.Unit != "" && !slices.Contains(units, n.Unit) {
		units = append([]account.UnitID{n.Unit}, units...)
	}
	if err := checkUnits(ctx, tx, n.Owner, units); err != nil {
		return "", err
	}
	sealed, err := a.sealFactor(id, n.Secret)
	if err != nil {
		return "", err
	}
	state, password := account.StatePending, ""
	if !n.Password.IsZero() {
		state, password = account.StateActive, n.Password.Encode()
	}
	result, err := tx.ExecContext(ctx, `INSERT INTO account (id, owner, username, holder, roles, state, password,
			password_generated, password_must_change, password_expires_at, totp_secret, created_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) ON CONFLICT DO NOTHING`,
		string(id), n.Owner, string(n.Username), n.Holder, n.Roles.String(), string(state), password,
		n.Generated, n.MustChange, database.Maybe(n.Expires), sealed, database.At(tx.Now))
	if err := changedOne(result, err, ErrUsernameTaken); err != nil {
		return "", err
	}
	if err := putMemberships(ctx, tx, id, units); err != nil {
		return "", err
	}
	return id, a.log.Append(ctx, tx, audit.Act{Actor: actor, Code: audit.AccountCreated, Object: string(id)})
}

// Change gives an account other master data: user name, name in the bar, units
// and roles. Its sessions end when units or roles are others, so that no page
// is open under the old ones.
func (a *Accounts) Change(ctx context.Context, actor string, id account.ID, username account.Username, holder string, units []account.UnitID, roles account.Roles) error {
	return a.inTx(ctx, "change account", func(ctx context.Context, tx *database.Tx) error {
		return a.ChangeIn(ctx, tx, actor, id, username, holder, units, roles)
	})
}

// ChangeIn is Change within a transaction. A refusal leaves nothing behind.
func (a *Accounts) ChangeIn(ctx context.Context, tx *database.Tx, actor string, id account.ID, username account.Username, holder string, units []account.UnitID, roles account.Roles) error {
	before, err := openAccount(ctx, tx, id)
	if err != nil {
		return err
	}
	if roles.NeedPasskey() && before.Passkeys == 0 {
		return ErrNeedsPasskey
	}
	if err := checkUnits(ctx, tx, before.Owner, units); err != nil {
		return err
	}
	var taken int
	err = tx.QueryRowContext(ctx, `SELECT count(id) FROM account WHERE username = $1 AND id <> $2`, string(username), string(id)).Scan(&taken)
	if err != nil {
		return err
	}
	if taken > 0 {
		return ErrUsernameTaken
	}
	_, err = tx.ExecContext(ctx, `UPDATE account SET username = $2, holder = $3, roles = $4, change_number = change_number + 1 WHERE id = $1`,
		string(id), string(username), holder, roles.String())
	if err != nil {
		return err
	}
	if !slices.Equal(before.Roles, roles) || !slices.Equal(unitIDs(before.Units), units) {
		if err := putMemberships(ctx, tx, id, units); err != nil {
			return err
		}
		if err := endAll(ctx, tx, id); err != nil {
			return err
		}
	}
	if err := happened(ctx, tx, id, account.EventChanged); err != nil {
		return err
	}
	return a.log.Append(ctx, tx, audit.Act{Actor: actor, Code: audit.AccountChanged, Object: string(id)})
}

// openAccount reads an account that is not closed, else gives ErrNoAccount.
func openAccount(ctx context.Context, tx *database.Tx, id account.ID) (account.Account, error) {
	found, err := readAccount(ctx, tx, id)
	if err == nil && found.State == account.StateClosed {
		err = ErrNoAccount
	}
	return found, err
}

// checkUnits refuses units that do not exist or belong to another trust centre.
func checkUnits(ctx context.Context, tx *database.Tx, owner string, units []account.UnitID) error {
	for _, id := range units {
		unit, err := readUnit(ctx, tx, id)
		if err != nil {
			return err
		}
		if owner != "" && unit.Owner != "" && unit.Owner != owner {
			return ErrNoUnit
		}
	}
	return nil
}

// putMemberships writes the units of an account anew, in their order.
func putMemberships(ctx context.Context, tx *database.Tx, id account.ID, units []account.UnitID) error {
	if _, err := tx.ExecContext(ctx, `DELETE FROM account_unit WHERE account_id = $1`, string(id)); err != nil {
		return err
	}
	for rank, unit := range units {
		_, err := tx.ExecContext(ctx, `INSERT INTO account_unit (account_id, unit_id, rank) VALUES ($1, $2, $3)`, string(id), string(unit), rank)
		if err != nil {
			return err
		}
	}
	return nil
}

// readUnits gives all units of an account in their order.
func readUnits(ctx context.Context, tx *database.Tx, id account.ID) ([]account.Unit, error) {
	rows, err := tx.QueryContext(ctx, `SELECT unit_id FROM account_unit WHERE account_id = $1 ORDER BY rank`, string(id))
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }() // Err tells what Close would
	var ids []account.UnitID
	for rows.Next() {
		var unit string
		if err := rows.Scan(&unit); err != nil {
			return nil, err
		}
		ids = append(ids, account.UnitID(unit))
	}
	if err := rows.Err(); err != nil {
		return nil, err
	}
	var units []account.Unit
	for _, unit := range ids {
		found, err := readUnit(ctx, tx, unit)
		if err != nil {
			return nil, err
		}
		units = append(units, found)
	}
	return units, nil
}

func unitIDs(units []account.Unit) []account.UnitID {
	var ids []account.UnitID
	for _, unit := range units {
		ids = append(ids, unit.ID)
	}
	return ids
}

// inTx runs fn in a transaction. Refusals come back as they are, everything
// else says what was being done.
func (a *Accounts) inTx(ctx context.Context, what string, fn func(ctx context.Context, tx *database.Tx) error) error {
	err := a.db.InTx(ctx, fn)
	if err == nil {
		return nil
	}
	if _, refused := errors.AsType[*fault.Fault](err); refused {
		return err
	}
	return fmt.Errorf("%s: %w", what, err)
}

// changedOne gives missing when a statement changed no row.
func changedOne(result sql.Result, err error, missing error) error {
	if err != nil {
		return err
	}
	changed, err := result.RowsAffected()
	if err == nil && changed == 0 {
		return missing
	}
	return err
}
