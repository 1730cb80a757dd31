// SPDX-License-Identifier: EUPL-1.2

package store

import (
	"context"
	"encoding/hex"
	"fmt"
	"time"

	"meldewerk/internal/database"
	"meldewerk/portal/internal/followup"
)

// Finished gives the unit's finished reports that were put since then, the
// newest limit of them, by the patient.
func (s *Store) Finished(ctx context.Context, unit string, since time.Time, limit int) (map[followup.Handle][]followup.Record, error) {
	var out map[followup.Handle][]followup.Record
	err := s.db.Read(ctx, func(ctx context.Context, tx *database.Tx) error {
		out = map[followup.Handle][]followup.Record{}
		rows, err := tx.QueryContext(ctx, `SELECT patient_index, recipient, report_key, receipt, position, content FROM history_entry
			WHERE unit = $1 AND put_at >= $2 ORDER BY put_at DESC, report_key LIMIT $3`, unit, database.At(since), limit)
		if err != nil {
			return err
		}
		defer func() { _ = rows.Close() }() // Err tells what Close would
		for rows.Next() {
			var index []byte
			r, err := s.scanEntry(rows, &index)
			if err != nil {
				return err
			}
			handle := followup.Handle(hex.EncodeToString(index))
			out[handle] = append(out[handle], r)
		}
		return rows.Err()
	})
	if err != nil {
		return nil, fmt.Errorf("list finished reports: %w", err)
	}
	return out, nil
}
