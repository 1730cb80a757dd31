// SPDX-License-Identifier: EUPL-1.2

package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"meldewerk/account"
	"meldewerk/internal/database"
)

// Staff is a Zugang as those see it who look after the accounts of a house.
type Staff struct {
	account.Account
	FirstSignIn time.Time // zero: never
	LastSignIn  time.Time
	Expires     time.Time // of a letter's password that was not used yet; zero: none
}

// List gives every account of the house by user name, closed ones last.
func (a *Accounts) List(ctx context.Context) ([]Staff, error) {
	var list []Staff
	err := a.db.Read(ctx, func(ctx context.Context, tx *database.Tx) error {
		list = nil
		ids, err := accountIDs(ctx, tx)
		if err != nil {
			return err
		}
		for _, id := range ids {
			one, err := readStaff(ctx, tx, id)
			if err != nil {
				return err
			}
			list = append(list, one)
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("list accounts: %w", err)
	}
	return list, nil
}

func accountIDs(ctx context.Context, tx *database.Tx) ([]account.ID, error) {
	rows, err := tx.QueryContext(ctx, `SELECT id FROM account ORDER BY CASE state WHEN 'closed' THEN 1 ELSE 0 END, username`)
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }() // Err tells what Close would
	var ids []account.ID
	for rows.Next() {
		var id string
		if err := rows.Scan(&id); err != nil {
			return nil, err
		}
		ids = append(ids, account.ID(id))
	}
	return ids, rows.Err()
}

// Staff gives one account, or ErrNoAccount.
func (a *Accounts) Staff(ctx context.Context, id account.ID) (Staff, error) {
	var found Staff
	err := a.db.Read(ctx, func(ctx context.Context, tx *database.Tx) error {
		var err error
		found, err = readStaff(ctx, tx, id)
		return err
	})
	if err != nil {
		return Staff{}, fmt.Errorf("read account: %w", err)
	}
	return found, nil
}

func readStaff(ctx context.Context, tx *database.Tx, id account.ID) (Staff, error) {
	var one Staff
	var err error
	if one.Account, err = readAccount(ctx, tx, id); err != nil {
		return Staff{}, err
	}
	var first, last, expires database.NullTime
	err = tx.QueryRowContext(ctx, `SELECT first_sign_in_at, last_sign_in_at, password_expires_at FROM account WHERE id = $1`, string(id)).
		Scan(&first, &last, &expires)
	if errors.Is(err, sql.ErrNoRows) {
		return Staff{}, ErrNoAccount
	}
	one.FirstSignIn, one.LastSignIn, one.Expires = first.Time, last.Time, expires.Time
	return one, err
}
