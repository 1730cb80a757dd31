// SPDX-License-Identifier: EUPL-1.2

package store

import (
	"context"
	"fmt"

	"meldewerk/audit"
	"meldewerk/internal/atrest"
	"meldewerk/internal/database"
)

// SealedColumn names a column of sealed values, for bringing them to the
// present generation of the table's key. The names are SQL written in code,
// never input.
type SealedColumn struct {
	Table  string // the table, also the name of its atrest.Box
	Key    string // column or expression of type TEXT that gives the row key used in sealing
	Column string // the sealed column
	Group  string // the column group used in sealing
}

// resealBatch is how many rows are sealed anew in one transaction.
const resealBatch = 500

// Reseal seals all rows of the columns that are not of the present generation
// anew, after Keyring.Rotate, and says how many. It works in short
// transactions while the house runs, and may be stopped at any moment: called
// again, it goes on with what is left. When it has returned without an error
// and every other process was started after Rotate, Keyring.Retire may follow.
func Reseal(ctx context.Context, db *database.DB, log *AuditLog, ring *atrest.Keyring, columns ...SealedColumn) (int64, error) {
	var total int64
	for _, column := range columns {
		box, err := ring.Box(ctx, column.Table)
		if err != nil {
			return total, fmt.Errorf("reseal: %w", err)
		}
		// A second pass finds what others have sealed with the older
		// generation behind the first one's back.
		for {
			count, err := column.pass(ctx, db, log, box)
			total += count
			if err != nil {
				return total, fmt.Errorf("reseal %s.%s: %w", column.Table, column.Column, err)
			}
			if count == 0 {
				break
			}
		}
	}
	return total, nil
}

// pass goes through the table once, by row key.
func (c SealedColumn) pass(ctx context.Context, db *database.DB, log *AuditLog, box *atrest.Box) (int64, error) {
	var total int64
	last, more := "", true
	for more {
		var count int64
		var end string
		err := db.InTx(ctx, func(ctx context.Context, tx *database.Tx) error {
			rows, err := c.stale(ctx, tx, box.Prefix(), last)
			if err != nil {
				return err
			}
			count, end, more = int64(len(rows)), last, len(rows) == resealBatch
			if count == 0 {
				return nil
			}
			end = rows[len(rows)-1].key
			for _, row := range rows {
				if err := c.renew(ctx, tx, box, row); err != nil {
					return err
				}
			}
			return log.Append(ctx, tx, audit.Act{Actor: audit.System, Code: audit.RowsResealed,
				Object: c.Table + "/" + c.Column, Counts: map[string]int64{"rows": count}})
		})
		if err != nil {
			return total, err
		}
		total, last = total+count, end
	}
	return total, nil
}

type sealedRow struct {
	key    string
	sealed []byte
}

// stale reads the next rows of an older generation behind the key given.
func (c SealedColumn) stale(ctx context.Context, tx *database.Tx, prefix []byte, after string) ([]sealedRow, error) {
	rows, err := tx.QueryContext(ctx, fmt.Sprintf(`SELECT %[2]s, %[3]s FROM %[1]s
		WHERE %[3]s IS NOT NULL AND substr(%[3]s, 1, 5) <> $1 AND %[2]s > $2
		ORDER BY %[2]s LIMIT $3`, c.Table, c.Key, c.Column), prefix, after, resealBatch)
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }() // Err tells what Close would
	var list []sealedRow
	for rows.Next() {
		var row sealedRow
		if err := rows.Scan(&row.key, &row.sealed); err != nil {
			return nil, err
		}
		list = append(list, row)
	}
	return list, rows.Err()
}

func (c SealedColumn) renew(ctx context.Context, tx *database.Tx, box *atrest.Box, row sealedRow) error {
	fresh, _, err := box.Reseal(row.key, c.Group, row.sealed)
	if err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, fmt.Sprintf(`UPDATE %[1]s SET %[3]s = $1 WHERE %[2]s = $2`, c.Table, c.Key, c.Column),
		fresh, row.key)
	return err
}
