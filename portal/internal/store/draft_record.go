// SPDX-License-Identifier: EUPL-1.2

package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"maps"
	"time"

	"meldewerk/audit"
	"meldewerk/internal/database"
	"meldewerk/portal/internal/drafting"
	"meldewerk/report"
	"meldewerk/report/form"
	"meldewerk/tumour/history"
)

const (
	personGroup   = "content"
	identityGroup = "identity"
)

// person is what is sealed of a record for good.
type person struct {
	Reporter  report.ReporterID
	Patient   report.PatientID
	View      *history.ReducedView `json:",omitempty"`
	ChangedBy string
}

// sealedRecord are the columns of a record that are sealed.
type sealedRecord struct{ content, identity []byte }

// sealRecord seals a record. Before its reduction it always has an identity,
// if an empty one.
func (s *Store) sealRecord(r *drafting.Record) (sealedRecord, error) {
	if r.Identity == nil && !r.Sealed() {
		r.Identity = form.Sheet{}
	}
	content, err := s.people.SealJSON(string(r.ID), personGroup,
		person{Reporter: r.Reporter, Patient: r.Patient, View: r.View, ChangedBy: r.ChangedBy})
	if err != nil || r.Identity == nil {
		return sealedRecord{content: content}, err
	}
	identity, err := pad(s.people, string(r.ID), identityGroup, map[string]string(r.Identity))
	return sealedRecord{content, identity}, err
}

// CreateRecord writes a new record, or returns ErrTaken.
func (d *Drafts) CreateRecord(ctx context.Context, account string, r drafting.Record) error {
	sealed, err := d.s.sealRecord(&r)
	if err != nil {
		return err
	}
	err = d.s.db.InTx(ctx, func(ctx context.Context, tx *database.Tx) error {
		result, err := tx.ExecContext(ctx, `INSERT INTO patient_record
			(id, unit, patient_index, reduced, correction, version, created_at, changed_at, touched_at, content, identity)
			VALUES ($1, $2, $3, $4, $5, 1, $6, $6, $6, $7, $8) ON CONFLICT (unit, patient_index) DO NOTHING`,
			string(r.ID), r.Unit, d.s.patients.Of(r.Unit, string(r.Patient)), r.Sealed(), string(r.Correction),
			database.At(tx.Now), sealed.content, sealed.identity)
		if err != nil {
			return err
		}
		if n, err := result.RowsAffected(); err != nil || n == 0 {
			return errors.Join(err, drafting.ErrTaken)
		}
		return d.log(ctx, tx, account, audit.PatientCreated, "record/"+string(r.ID))
	})
	if err != nil {
		return fmt.Errorf("create record: %w", err)
	}
	return nil
}

// FindRecord gives the record of a patient number of the unit.
func (d *Drafts) FindRecord(ctx context.Context, unit string, patient report.PatientID) (drafting.RecordID, bool, error) {
	var id drafting.RecordID
	err := d.s.db.Read(ctx, func(ctx context.Context, tx *database.Tx) error {
		return tx.QueryRowContext(ctx, `SELECT id FROM patient_record WHERE unit = $1 AND patient_index = $2`,
			unit, d.s.patients.Of(unit, string(patient))).Scan(&id)
	})
	if errors.Is(err, sql.ErrNoRows) {
		return "", false, nil
	}
	if err != nil {
		return "", false, fmt.Errorf("find record: %w", err)
	}
	return id, true, nil
}

// CountRecords says how many records the unit has that were created since then.
func (d *Drafts) CountRecords(ctx context.Context, unit string, since time.Time) (int, error) {
	n := 0
	err := d.s.db.Read(ctx, func(ctx context.Context, tx *database.Tx) error {
		// A record is touched when it is created or later: the index serves that.
		return tx.QueryRowContext(ctx, `SELECT COUNT(id) FROM patient_record WHERE unit = $1 AND touched_at >= $2 AND created_at >= $2`,
			unit, database.At(since)).Scan(&n)
	})
	if err != nil {
		return 0, fmt.Errorf("count records: %w", err)
	}
	return n, nil
}

// Record gives one record, or ErrUnknown.
func (d *Drafts) Record(ctx context.Context, unit string, id drafting.RecordID) (drafting.Record, error) {
	var r drafting.Record
	err := d.s.db.Read(ctx, func(ctx context.Context, tx *database.Tx) error {
		var err error
		r, err = d.s.record(ctx, tx, unit, id)
		return err
	})
	if err != nil {
		return drafting.Record{}, fmt.Errorf("read record: %w", err)
	}
	return r, nil
}

func (s *Store) record(ctx context.Context, tx *database.Tx, unit string, id drafting.RecordID) (drafting.Record, error) {
	r, err := s.scanRecord(tx.QueryRowContext(ctx, `SELECT id, unit, correction, version, created_at, changed_at, content, identity
		FROM patient_record WHERE unit = $1 AND id = $2`, unit, string(id)))
	if errors.Is(err, sql.ErrNoRows) {
		return r, drafting.ErrUnknown
	}
	return r, err
}

func (s *Store) scanRecord(row scanner) (drafting.Record, error) {
	var r drafting.Record
	var created, changed database.Time
	var content, identity []byte
	err := row.Scan(&r.ID, &r.Unit, &r.Correction, &r.Version, &created, &changed, &content, &identity)
	if err != nil {
		return r, err
	}
	r.CreatedAt, r.ChangedAt = created.Time, changed.Time
	var p person
	if err := s.people.OpenJSON(string(r.ID), personGroup, content, &p); err != nil {
		return r, err
	}
	r.Reporter, r.Patient, r.View, r.ChangedBy = p.Reporter, p.Patient, p.View, p.ChangedBy
	if identity == nil {
		return r, nil
	}
	return r, unpad(s.people, string(r.ID), identityGroup, identity, (*map[string]string)(&r.Identity))
}

// ChangeRecord reads a record, lets change work on it and writes it back.
// Another identity gives the drafts that would go with it a new version.
func (d *Drafts) ChangeRecord(ctx context.Context, unit, account string, id drafting.RecordID, code audit.Code, change func(r *drafting.Record, now time.Time) error) (drafting.Record, error) {
	var out drafting.Record
	err := d.s.db.InTx(ctx, func(ctx context.Context, tx *database.Tx) error {
		was, err := d.s.record(ctx, tx, unit, id)
		if err != nil {
			return err
		}
		r := was
		r.Identity = was.Identity.Clone()
		if err := change(&r, tx.Now); err != nil {
			return err
		}
		r.ID, r.Unit, r.Reporter, r.Patient, r.CreatedAt = was.ID, was.Unit, was.Reporter, was.Patient, was.CreatedAt
		r.Version, r.ChangedAt = was.Version+1, later(tx.Now, was.ChangedAt)
		sealed, err := d.s.sealRecord(&r)
		if err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, `UPDATE patient_record SET reduced = $1, correction = $2, version = $3, changed_at = $4,
			touched_at = CASE WHEN touched_at < $4 THEN $4 ELSE touched_at END, content = $5, identity = $6 WHERE id = $7 AND unit = $8`,
			r.Sealed(), string(r.Correction), r.Version, database.At(r.ChangedAt), sealed.content, sealed.identity, string(id), unit)
		if err != nil {
			return err
		}
		if !was.Sealed() && !maps.Equal(was.Identity, r.Identity) {
			// Who checked a draft before saw another identity with it.
			_, err := tx.ExecContext(ctx, `UPDATE form SET version = version + 1 WHERE record_id = $1 AND unit = $2`, string(id), unit)
			if err != nil {
				return err
			}
		}
		out = r
		return d.log(ctx, tx, account, code, "record/"+string(id))
	})
	if err != nil {
		return drafting.Record{}, fmt.Errorf("change record: %w", err)
	}
	return out, nil
}

// DeleteRecord removes a record of which nothing was ever submitted, with its
// drafts. When something was, it returns ErrChanged.
func (d *Drafts) DeleteRecord(ctx context.Context, unit, account string, id drafting.RecordID) error {
	err := d.s.db.InTx(ctx, func(ctx context.Context, tx *database.Tx) error {
		var submitted bool
		var drafts int64
		err := tx.QueryRowContext(ctx, `SELECT submitted, (SELECT COUNT(f.id) FROM form f WHERE f.record_id = patient_record.id)
			FROM patient_record WHERE unit = $1 AND id = $2`, unit, string(id)).Scan(&submitted, &drafts)
		switch {
		case errors.Is(err, sql.ErrNoRows):
			return drafting.ErrUnknown
		case err != nil:
			return err
		case submitted:
			return drafting.ErrChanged
		}
		if _, err := tx.ExecContext(ctx, `DELETE FROM patient_record WHERE unit = $1 AND id = $2`, unit, string(id)); err != nil {
			return err
		}
		return d.s.log.Append(ctx, tx, audit.Act{Actor: account, Code: audit.PatientDeleted, Object: "record/" + string(id),
			Counts: map[string]int64{"drafts": drafts}})
	})
	if err != nil {
		return fmt.Errorf("delete record: %w", err)
	}
	return nil
}
