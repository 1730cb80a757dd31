// SPDX-License-Identifier: EUPL-1.2

package store

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"time"

	"meldewerk/internal/database"
	"meldewerk/portal/internal/followup"
)

// finished are the entries of whole patients: $1 the unit, $2 the index behind
// which it goes on, $3 since when an entry of the patient must have been put.
const finished = `SELECT patient_index, recipient, report_key, receipt, position, content FROM history_entry
	WHERE unit = $1 AND patient_index > $2
	AND patient_index IN (SELECT patient_index FROM history_entry WHERE unit = $1 AND put_at >= $3)
	ORDER BY patient_index`

// Finished gives each patient of the unit of whom a finished report was put
// since then, with all his finished reports, in the order of the handles and
// from the one behind after.
func (s *Store) Finished(ctx context.Context, unit string, since time.Time, after followup.Handle, each func(followup.Handle, []followup.Record) error) error {
	from, err := hex.DecodeString(string(after))
	if err != nil {
		return fmt.Errorf("list finished reports: %w", err)
	}
	err = s.db.Read(ctx, func(ctx context.Context, tx *database.Tx) error {
		rows, err := tx.QueryContext(ctx, finished, unit, from, database.At(since))
		if err != nil {
			return err
		}
		defer func() { _ = rows.Close() }() // Err tells what Close would
		var patient followup.Handle
		var records []followup.Record
		for rows.Next() {
			var index []byte
			r, err := s.scanEntry(rows, &index)
			if errors.Is(err, errDamaged) {
				continue // the patient's own page says so
			}
			if err != nil {
				return err
			}
			if handle := followup.Handle(hex.EncodeToString(index)); handle != patient {
				if err := whole(patient, records, each); err != nil {
					return err
				}
				patient, records = handle, nil
			}
			records = append(records, r)
		}
		if err := rows.Err(); err != nil {
			return err // the last patient may not be whole
		}
		return whole(patient, records, each)
	})
	if err != nil {
		return fmt.Errorf("list finished reports: %w", err)
	}
	return nil
}

// whole hands over one patient.
func whole(patient followup.Handle, records []followup.Record, each func(followup.Handle, []followup.Record) error) error {
	if len(records) == 0 {
		return nil
	}
	return each(patient, records)
}
