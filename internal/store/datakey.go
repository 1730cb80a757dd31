// SPDX-License-Identifier: EUPL-1.2

package store

import (
	"context"
	"fmt"

	"meldewerk/audit"
	"meldewerk/internal/atrest"
	"meldewerk/internal/database"
)

// DataKeys keeps the wrapped data keys of a house; it implements
// atrest.DataKeys.
type DataKeys struct {
	db  *database.DB
	log *AuditLog
}

var _ atrest.DataKeys = (*DataKeys)(nil)

// NewDataKeys gives the data keys in the database; their making and deleting
// is written to the log.
func NewDataKeys(db *database.DB, log *AuditLog) *DataKeys { return &DataKeys{db: db, log: log} }

func keyObject(table string, generation uint32) string {
	return fmt.Sprintf("data_key/%s/%d", table, generation)
}

// Load gives the table's keys by ascending generation.
func (d *DataKeys) Load(ctx context.Context, table string) ([]atrest.DataKey, error) {
	var list []atrest.DataKey
	err := d.db.Read(ctx, func(ctx context.Context, tx *database.Tx) error {
		rows, err := tx.QueryContext(ctx, `SELECT table_name, generation, wrapped, created, value_count
			FROM data_key WHERE table_name = $1 ORDER BY generation`, table)
		if err != nil {
			return err
		}
		list, err = scanKeys(rows)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("load data keys: %w", err)
	}
	return list, nil
}

func scanKeys(rows *database.Rows) ([]atrest.DataKey, error) {
	defer func() { _ = rows.Close() }() // Err tells what Close would
	var list []atrest.DataKey
	for rows.Next() {
		var k atrest.DataKey
		var created database.Time
		if err := rows.Scan(&k.Table, &k.Generation, &k.Wrapped, &created, &k.Values); err != nil {
			return nil, err
		}
		k.Created = created.Time
		list = append(list, k)
	}
	return list, rows.Err()
}

// Add stores a new generation, or returns atrest.ErrKeyExists.
func (d *DataKeys) Add(ctx context.Context, k atrest.DataKey) error {
	err := d.db.InTx(ctx, func(ctx context.Context, tx *database.Tx) error {
		_, err := tx.ExecContext(ctx, `INSERT INTO data_key (table_name, generation, wrapped, created, value_count)
			VALUES ($1, $2, $3, $4, 0)`, k.Table, int64(k.Generation), k.Wrapped, database.At(tx.Now))
		if err != nil {
			return err
		}
		return d.log.Append(ctx, tx, audit.Act{
			Actor: audit.System, Code: audit.KeyCreated, Object: keyObject(k.Table, k.Generation)})
	})
	if database.IsUnique(err) {
		return atrest.ErrKeyExists
	}
	if err != nil {
		return fmt.Errorf("add data key: %w", err)
	}
	return nil
}

// Reserve adds n to the generation's count of values unless that would exceed
// the limit.
func (d *DataKeys) Reserve(ctx context.Context, table string, generation uint32, n, limit int64) (bool, error) {
	reserved := false
	err := d.db.InTx(ctx, func(ctx context.Context, tx *database.Tx) error {
		tx.WithoutAct("counting values of a key is bookkeeping")
		result, err := tx.ExecContext(ctx, `UPDATE data_key SET value_count = value_count + $3
			WHERE table_name = $1 AND generation = $2 AND value_count + $3 <= $4`, table, int64(generation), n, limit)
		if err != nil {
			return err
		}
		changed, err := result.RowsAffected()
		reserved = changed == 1
		return err
	})
	if err != nil {
		return false, fmt.Errorf("reserve values of data key: %w", err)
	}
	return reserved, nil
}

// Delete removes a generation.
func (d *DataKeys) Delete(ctx context.Context, table string, generation uint32) error {
	err := d.db.InTx(ctx, func(ctx context.Context, tx *database.Tx) error {
		_, err := tx.ExecContext(ctx, `DELETE FROM data_key WHERE table_name = $1 AND generation = $2`,
			table, int64(generation))
		if err != nil {
			return err
		}
		return d.log.Append(ctx, tx, audit.Act{
			Actor: audit.System, Code: audit.KeyDeleted, Object: keyObject(table, generation)})
	})
	if err != nil {
		return fmt.Errorf("delete data key: %w", err)
	}
	return nil
}

// Rewrap replaces every wrapped key by what wrap makes of it, all or none.
func (d *DataKeys) Rewrap(ctx context.Context, wrap func(atrest.DataKey) ([]byte, error)) error {
	err := d.db.InTx(ctx, func(ctx context.Context, tx *database.Tx) error {
		rows, err := tx.QueryContext(ctx, `SELECT table_name, generation, wrapped, created, value_count
			FROM data_key ORDER BY table_name, generation`)
		if err != nil {
			return err
		}
		list, err := scanKeys(rows)
		if err != nil {
			return err
		}
		for _, k := range list {
			wrapped, err := wrap(k)
			if err != nil {
				return err
			}
			if _, err := tx.ExecContext(ctx, `UPDATE data_key SET wrapped = $3
				WHERE table_name = $1 AND generation = $2`, k.Table, int64(k.Generation), wrapped); err != nil {
				return err
			}
		}
		return d.log.Append(ctx, tx, audit.Act{Actor: audit.System, Code: audit.KeyRewrapped,
			Counts: map[string]int64{"keys": int64(len(list))}})
	})
	if err != nil {
		return fmt.Errorf("rewrap data keys: %w", err)
	}
	return nil
}
