// SPDX-License-Identifier: EUPL-1.2

package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"meldewerk/account"
	"meldewerk/audit"
	"meldewerk/internal/database"
)

// PutUnit writes a Meldestelle as the trust centre decided it: a new one, or
// all facts of a known one anew. A unit of another trust centre gives
// ErrNoUnit. When it is closed, the sessions that act for it end.
func (a *Accounts) PutUnit(ctx context.Context, actor string, u account.Unit) error {
	return a.inTx(ctx, "put unit", func(ctx context.Context, tx *database.Tx) error {
		return a.PutUnitIn(ctx, tx, actor, u)
	})
}

// PutUnitIn is PutUnit within a transaction. A refusal leaves nothing behind.
func (a *Accounts) PutUnitIn(ctx context.Context, tx *database.Tx, actor string, u account.Unit) error {
	result, err := tx.ExecContext(ctx, `INSERT INTO unit (id, name, any_reporter, released, closed, owner, changed_at) VALUES ($1, $2, $3, $4, $5, $6, $7)
		ON CONFLICT (id) DO UPDATE SET name = $2, any_reporter = $3, released = $4, closed = $5, changed_at = $7,
			owner = CASE WHEN unit.owner = '' THEN $6 ELSE unit.owner END
		WHERE unit.owner = '' OR $6 = '' OR unit.owner = $6`,
		string(u.ID), u.Name, u.AnyReporter, u.Released, u.Closed, u.Owner, database.At(tx.Now))
	if err := changedOne(result, err, ErrNoUnit); err != nil {
		return err
	}
	if _, err := tx.ExecContext(ctx, `DELETE FROM unit_reporter WHERE unit_id = $1`, string(u.ID)); err != nil {
		return err
	}
	for _, id := range u.ReporterIDs {
		_, err := tx.ExecContext(ctx, `INSERT INTO unit_reporter (unit_id, reporter_id) VALUES ($1, $2)
			ON CONFLICT (unit_id, reporter_id) DO NOTHING`, string(u.ID), id)
		if err != nil {
			return err
		}
	}
	if u.Closed {
		_, err := tx.ExecContext(ctx, `DELETE FROM session WHERE unit_id = $1
			OR unit_id IS NULL AND account_id IN (SELECT account_id FROM account_unit WHERE unit_id = $1)`, string(u.ID))
		if err != nil {
			return err
		}
	}
	return a.log.Append(ctx, tx, audit.Act{Actor: actor, Code: audit.ReporterChanged, Object: string(u.ID)})
}

// SwitchUnit lets the session of a token act for another unit of its account
// from now on. It says no when the account does not act for that unit, or
// when it is closed.
func (a *Accounts) SwitchUnit(ctx context.Context, token account.Token, unit account.UnitID) (bool, error) {
	switched := false
	err := a.inTx(ctx, "switch unit", func(ctx context.Context, tx *database.Tx) error {
		switched = false
		s, err := a.readSession(ctx, tx, token)
		if err != nil || s == nil || s.Stage != account.StageFull {
			return err
		}
		for _, own := range s.Account.OpenUnits() {
			switched = switched || own.ID == unit
		}
		if !switched || s.Account.Unit.ID == unit {
			return nil
		}
		if _, err := tx.ExecContext(ctx, `UPDATE session SET unit_id = $2 WHERE id = $1`, s.ID, string(unit)); err != nil {
			return err
		}
		return a.log.Append(ctx, tx, audit.Act{Actor: string(s.Account.ID), Code: audit.UnitSwitched, Object: string(unit)})
	})
	return switched && err == nil, err
}

// Unit gives a Meldestelle, or ErrNoUnit.
func (a *Accounts) Unit(ctx context.Context, id account.UnitID) (account.Unit, error) {
	var found account.Unit
	err := a.db.Read(ctx, func(ctx context.Context, tx *database.Tx) error {
		var err error
		found, err = readUnit(ctx, tx, id)
		return err
	})
	if err != nil {
		return account.Unit{}, fmt.Errorf("read unit: %w", err)
	}
	return found, nil
}

// Colleagues lists the names of the others who act for a unit, sorted.
func (a *Accounts) Colleagues(ctx context.Context, unit account.UnitID, but account.ID) ([]string, error) {
	var list []string
	err := a.db.Read(ctx, func(ctx context.Context, tx *database.Tx) error {
		list = nil
		rows, err := tx.QueryContext(ctx, `SELECT a.holder FROM account_unit m JOIN account a ON a.id = m.account_id
			WHERE m.unit_id = $1 AND a.id <> $2 AND a.state <> 'closed' AND a.holder <> '' ORDER BY a.holder, a.id`, string(unit), string(but))
		if err != nil {
			return err
		}
		defer func() { _ = rows.Close() }() // Err tells what Close would
		for rows.Next() {
			var name string
			if err := rows.Scan(&name); err != nil {
				return err
			}
			list = append(list, name)
		}
		return rows.Err()
	})
	if err != nil {
		return nil, fmt.Errorf("list colleagues: %w", err)
	}
	return list, nil
}

func readUnit(ctx context.Context, tx *database.Tx, id account.UnitID) (account.Unit, error) {
	found := account.Unit{ID: id}
	err := tx.QueryRowContext(ctx, `SELECT name, any_reporter, released, closed, owner FROM unit WHERE id = $1`, string(id)).
		Scan(&found.Name, &found.AnyReporter, &found.Released, &found.Closed, &found.Owner)
	if errors.Is(err, sql.ErrNoRows) {
		return account.Unit{}, ErrNoUnit
	}
	if err != nil {
		return account.Unit{}, err
	}
	rows, err := tx.QueryContext(ctx, `SELECT reporter_id FROM unit_reporter WHERE unit_id = $1 ORDER BY reporter_id`, string(id))
	if err != nil {
		return account.Unit{}, err
	}
	defer func() { _ = rows.Close() }() // Err tells what Close would
	for rows.Next() {
		var reporter string
		if err := rows.Scan(&reporter); err != nil {
			return account.Unit{}, err
		}
		found.ReporterIDs = append(found.ReporterIDs, reporter)
	}
	return found, rows.Err()
}
