// SPDX-License-Identifier: EUPL-1.2

package store

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"
	"time"

	"meldewerk/audit"
	"meldewerk/exchange/transfer"
	"meldewerk/internal/database"
	"meldewerk/pseudonym"
)

// Take stores records durably, each once. A record that is there already is
// not stored again; when it is completed, its notice is given out once more,
// because who puts a record again does not know how it ended.
func (s *Store) Take(ctx context.Context, records []transfer.Record) error {
	return s.db.InTx(ctx, func(ctx context.Context, tx *database.Tx) error {
		taken, again := int64(0), int64(0)
		for i := range records {
			fresh, err := s.take(ctx, tx, &records[i])
			if err != nil {
				return err
			}
			if fresh {
				taken++
				continue
			}
			result, err := tx.ExecContext(ctx, `
				UPDATE notice SET acknowledged_at = NULL WHERE report_ref = $1 AND version = $2 AND acknowledged_at IS NOT NULL`,
				string(records[i].Report), records[i].Version)
			if err != nil {
				return fmt.Errorf("give notice once more: %w", err)
			}
			n, err := result.RowsAffected()
			if err != nil {
				return err
			}
			again += n
		}
		if taken == 0 && again == 0 {
			return nil
		}
		return s.log.Append(ctx, tx, audit.Act{Actor: audit.System, Code: audit.RecordTaken,
			Counts: map[string]int64{"records": taken, "again": again}})
	})
}

func (s *Store) take(ctx context.Context, tx *database.Tx, r *transfer.Record) (bool, error) {
	content, err := s.sealRecord(r)
	if err != nil {
		return false, err
	}
	var chiffrat []byte
	if r.Chiffrat != nil {
		chiffrat = r.Chiffrat.Bytes()
	}
	result, err := tx.ExecContext(ctx, `
		INSERT INTO record (report_ref, version, patient_ref, tumour_ref, reporter_ref, identity, state, objection, name_key, content, chiffrat, stored_at, source_ref)
		VALUES ($1, $2, $3, $4, $5, $6, 'stored', $7, $8, $9, $10, $11, $12)
		ON CONFLICT (report_ref, version) DO NOTHING`,
		string(r.Report), r.Version, string(r.Patient), string(r.Tumour), string(r.Reporter), string(r.Identity),
		r.Objection, s.nameKey(r), content, chiffrat, database.At(tx.Now), string(r.Source))
	if err != nil {
		return false, fmt.Errorf("store record: %w", err)
	}
	if n, err := result.RowsAffected(); err != nil || n == 0 {
		return false, err
	}
	return true, s.putNumbers(ctx, tx, r)
}

// putNumbers stores the control numbers of a record.
func (s *Store) putNumbers(ctx context.Context, tx *database.Tx, r *transfer.Record) error {
	for slot, number := range r.Numbers.All() {
		if _, err := tx.ExecContext(ctx, `
			INSERT INTO record_number (report_ref, version, slot, number) VALUES ($1, $2, $3, $4)`,
			string(r.Report), r.Version, int64(slot), number[:]); err != nil {
			return fmt.Errorf("store control number: %w", err)
		}
	}
	return nil
}

// sealRecord seals the record without what stands in columns of its own, so
// that an objection can remove numbers and Chiffrat without opening it.
func (s *Store) sealRecord(r *transfer.Record) ([]byte, error) {
	kept := *r
	kept.Numbers = pseudonym.ControlNumbers{Profile: r.Numbers.Profile, Generation: r.Numbers.Generation}
	kept.Chiffrat = nil
	plain, err := json.Marshal(kept)
	if err != nil {
		return nil, fmt.Errorf("encode record: %w", err)
	}
	return s.records.Seal(rowKey(r.Report, r.Version), "content", plain)
}

func (s *Store) openRecord(report string, version int64, sealed []byte) (transfer.Record, error) {
	var r transfer.Record
	plain, err := s.records.Open(rowKey(pseudonym.ReportRef(report), version), "content", sealed)
	if err != nil {
		return r, fmt.Errorf("open record: %w", err)
	}
	if err := json.Unmarshal(plain, &r); err != nil {
		return r, fmt.Errorf("decode record: %w", err)
	}
	return r, nil
}

func rowKey(report pseudonym.ReportRef, version int64) string {
	return string(report) + "/" + strconv.FormatInt(version, 10)
}

// nameKey is the keyed index over surname, first names and full birth date by
// which the exact rule finds its candidates; nil when one of them is missing.
func (s *Store) nameKey(r *transfer.Record) []byte {
	surname, first := r.Numbers.Surname(), r.Numbers.FirstName()
	birthDay, known := r.Numbers.Get(pseudonym.KN13)
	if len(surname) == 0 || len(first) == 0 || !known || r.Birth.Month == 0 || r.Birth.Year == 0 {
		return nil
	}
	parts := []string{r.Numbers.Profile, string(r.Numbers.Generation), strconv.Itoa(int(r.Birth.Year)), strconv.Itoa(int(r.Birth.Month)), string(birthDay[:])}
	for _, set := range []pseudonym.Set{surname, first} {
		parts = append(parts, strconv.Itoa(len(set)))
		for _, n := range set {
			parts = append(parts, string(n[:]))
		}
	}
	return s.nameKeys.Of(parts...)
}

// Notices gives completion notices that the trust centre has not yet, the
// earlier version of a report before the later one.
func (s *Store) Notices(ctx context.Context, limit int) ([]transfer.Notice, error) {
	var notices []transfer.Notice
	err := s.db.Read(ctx, func(ctx context.Context, tx *database.Tx) error {
		for scan, err := range each(ctx, tx, `
			SELECT id, report_ref, version, outcome, content FROM notice
			WHERE acknowledged_at IS NULL ORDER BY created_at, version, id LIMIT $1`, limit) {
			if err != nil {
				return err
			}
			var n transfer.Notice
			var sealed []byte
			if err := scan(&n.ID, &n.Report, &n.Version, &n.Outcome, &sealed); err != nil {
				return err
			}
			if err := s.notices.OpenJSON(n.ID, "content", sealed, &n.Entry); err != nil {
				return fmt.Errorf("open notice: %w", err)
			}
			notices = append(notices, n)
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("read notices: %w", err)
	}
	return notices, nil
}

// Acknowledge notes that the trust centre has the notices.
func (s *Store) Acknowledge(ctx context.Context, ids []string) error {
	return s.db.InTx(ctx, func(ctx context.Context, tx *database.Tx) error {
		given := int64(0)
		for _, id := range ids {
			result, err := tx.ExecContext(ctx, `
				UPDATE notice SET acknowledged_at = $2 WHERE id = $1 AND acknowledged_at IS NULL`, id, database.At(tx.Now))
			if err != nil {
				return fmt.Errorf("acknowledge notice: %w", err)
			}
			n, err := result.RowsAffected()
			if err != nil {
				return err
			}
			given += n
		}
		if given == 0 {
			return nil
		}
		return s.log.Append(ctx, tx, audit.Act{Actor: audit.System, Code: audit.NoticeGiven, Counts: map[string]int64{"notices": given}})
	})
}

// StoredBefore tells which of the records were stored before a backup began.
func (s *Store) StoredBefore(ctx context.Context, ids []transfer.RecordID, backup time.Time) ([]transfer.RecordID, error) {
	var contained []transfer.RecordID
	err := s.db.Read(ctx, func(ctx context.Context, tx *database.Tx) error {
		for _, id := range ids {
			var there bool
			if err := tx.QueryRowContext(ctx, `
				SELECT COUNT(*) > 0 FROM record WHERE report_ref = $1 AND version = $2 AND stored_at < $3`,
				string(id.Report), id.Version, database.At(backup)).Scan(&there); err != nil {
				return err
			}
			if there {
				contained = append(contained, id)
			}
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("look records up: %w", err)
	}
	return contained, nil
}
