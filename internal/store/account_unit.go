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
// all facts of a known one anew.
func (a *Accounts) PutUnit(ctx context.Context, actor string, u account.Unit) error {
	err := a.db.InTx(ctx, func(ctx context.Context, tx *database.Tx) error {
		_, err := tx.ExecContext(ctx, `INSERT INTO unit (id, name, any_reporter, released, changed_at) VALUES ($1, $2, $3, $4, $5)
			ON CONFLICT (id) DO UPDATE SET name = $2, any_reporter = $3, released = $4, changed_at = $5`,
			string(u.ID), u.Name, u.AnyReporter, u.Released, database.At(tx.Now))
		if err != nil {
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
		return a.log.Append(ctx, tx, audit.Act{Actor: actor, Code: audit.ReporterChanged, Object: string(u.ID)})
	})
	if err != nil {
		return fmt.Errorf("put unit: %w", err)
	}
	return nil
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

func readUnit(ctx context.Context, tx *database.Tx, id account.UnitID) (account.Unit, error) {
	found := account.Unit{ID: id}
	err := tx.QueryRowContext(ctx, `SELECT name, any_reporter, released FROM unit WHERE id = $1`, string(id)).
		Scan(&found.Name, &found.AnyReporter, &found.Released)
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
