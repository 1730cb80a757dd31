// SPDX-License-Identifier: EUPL-1.2

package store

import (
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	"fmt"

	"meldewerk/audit"
	"meldewerk/exchange/transfer"
	"meldewerk/internal/database"
	"meldewerk/pseudonym"
	"meldewerk/pseudonym/linkage"
	"meldewerk/registry/internal/casefile"
	"meldewerk/tumour/history"
)

// Batch runs fn in one transaction; only one process of the registry assigns
// at a time, so that two reports of a new person do not make two persons.
func (s *Store) Batch(ctx context.Context, fn func(ctx context.Context, files casefile.Files) error) error {
	return s.db.Exclusive(ctx, "registry.assign", func(ctx context.Context, tx *database.Tx) error {
		return fn(ctx, &files{Store: s, tx: tx})
	})
}

// files are the tables of one running assignment.
type files struct {
	*Store
	tx *database.Tx
}

// Waiting leaves out records by reference whose source has not come yet: they
// stay stored and hold nobody up. Only records of an unchanged identity may
// come without control numbers.
func (f *files) Waiting(ctx context.Context, limit int) ([]casefile.Waiting, error) {
	return f.read(ctx, `
		SELECT w.report_ref, w.version, w.content FROM record w
		WHERE w.state = 'stored' AND (w.identity <> 'same'
			OR EXISTS (SELECT 1 FROM record_number n WHERE n.report_ref = w.report_ref AND n.version = w.version)
			OR EXISTS (SELECT 1 FROM record s JOIN record_number n ON n.report_ref = s.report_ref AND n.version = s.version
				WHERE s.patient_ref = w.patient_ref AND s.state = 'assigned' AND (s.report_ref = w.report_ref OR w.source_ref IN ('', s.report_ref))))
		ORDER BY w.version, w.report_ref LIMIT $1`, limit)
}

// read opens records with their control numbers.
func (f *files) read(ctx context.Context, query string, args ...any) ([]casefile.Waiting, error) {
	var found []casefile.Waiting
	for scan, err := range each(ctx, f.tx, query, args...) {
		if err != nil {
			return nil, err
		}
		var report string
		var version int64
		var sealed []byte
		if err := scan(&report, &version, &sealed); err != nil {
			return nil, err
		}
		record, err := f.openRecord(report, version, sealed)
		if err != nil {
			return nil, err
		}
		found = append(found, casefile.Waiting{ID: transfer.RecordID{Report: record.Report, Version: version}, Record: record})
	}
	for i := range found {
		if err := f.numbers(ctx, &found[i].Record); err != nil {
			return nil, err
		}
	}
	return found, nil
}

// numbers reads the control numbers of a record into it.
func (f *files) numbers(ctx context.Context, r *transfer.Record) error {
	for scan, err := range each(ctx, f.tx, `
		SELECT slot, number FROM record_number WHERE report_ref = $1 AND version = $2`, string(r.Report), r.Version) {
		if err != nil {
			return err
		}
		var slot int64
		var value []byte
		if err := scan(&slot, &value); err != nil {
			return err
		}
		if len(value) != len(pseudonym.Number{}) {
			return errors.New("a stored control number has the wrong length")
		}
		if err := r.Numbers.Put(pseudonym.Slot(slot), pseudonym.Number(value)); err != nil {
			return err
		}
	}
	return nil
}

func (f *files) Current(ctx context.Context, report pseudonym.ReportRef) (casefile.Assigned, bool, error) {
	var a casefile.Assigned
	err := f.tx.QueryRowContext(ctx, `
		SELECT version, person_id, tumour_id FROM record WHERE report_ref = $1 AND state = 'assigned'
		ORDER BY version DESC LIMIT 1`, string(report)).Scan(&a.Version, &a.Person, &a.Tumour)
	if errors.Is(err, sql.ErrNoRows) {
		return a, false, nil
	}
	return a, err == nil, err
}

// Agreeing takes one record of each person: all that agree carry the same
// number or the same names, and a person may have hundreds of records.
func (f *files) Agreeing(ctx context.Context, r *transfer.Record) ([]linkage.Known, error) {
	known := []linkage.Known{}
	if insured, has := r.Numbers.Get(pseudonym.KVNR); has {
		found, err := f.evidence(ctx, `
			SELECT r.report_ref, r.version, r.person_id, r.content FROM record_number n
			JOIN record r ON r.report_ref = n.report_ref AND r.version = n.version
			WHERE n.number = $1 AND n.slot = $2 AND r.person_id IS NOT NULL AND NOT EXISTS (
				SELECT 1 FROM record_number n2 JOIN record r2 ON r2.report_ref = n2.report_ref AND r2.version = n2.version
				WHERE n2.number = $1 AND n2.slot = $2 AND r2.person_id = r.person_id
				AND (r2.version > r.version OR (r2.version = r.version AND r2.report_ref > r.report_ref)))
			ORDER BY r.person_id`, insured[:], int64(pseudonym.KVNR))
		if err != nil {
			return nil, err
		}
		known = append(known, found...)
	}
	if key := f.nameKey(r); key != nil {
		found, err := f.evidence(ctx, `
			SELECT r.report_ref, r.version, r.person_id, r.content FROM record r
			WHERE r.name_key = $1 AND r.person_id IS NOT NULL AND NOT EXISTS (
				SELECT 1 FROM record r2 WHERE r2.name_key = $1 AND r2.person_id = r.person_id
				AND (r2.version > r.version OR (r2.version = r.version AND r2.report_ref > r.report_ref)))
			ORDER BY r.person_id`, key)
		if err != nil {
			return nil, err
		}
		known = append(known, found...)
	}
	return known, nil
}

// mostOfPatient bounds how many reports of one patient number are looked at;
// the newest tell enough.
const mostOfPatient = 50

func (f *files) OfPatient(ctx context.Context, patient pseudonym.PatientRef) ([]linkage.Known, error) {
	return f.evidence(ctx, `
		SELECT report_ref, version, person_id, content FROM record
		WHERE patient_ref = $1 AND person_id IS NOT NULL ORDER BY version DESC, report_ref LIMIT $2`, string(patient), mostOfPatient)
}

// evidence reads the evidence of assigned records.
func (f *files) evidence(ctx context.Context, query string, args ...any) ([]linkage.Known, error) {
	type row struct {
		person linkage.PersonID
		record transfer.Record
	}
	var rows []row
	for scan, err := range each(ctx, f.tx, query, args...) {
		if err != nil {
			return nil, err
		}
		var one row
		var report string
		var version int64
		var sealed []byte
		if err := scan(&report, &version, &one.person, &sealed); err != nil {
			return nil, err
		}
		var err error
		if one.record, err = f.openRecord(report, version, sealed); err != nil {
			return nil, err
		}
		rows = append(rows, one)
	}
	known := make([]linkage.Known, 0, len(rows))
	for i := range rows {
		if err := f.numbers(ctx, &rows[i].record); err != nil {
			return nil, err
		}
		known = append(known, linkage.Known{Person: rows[i].person, Evidence: casefile.EvidenceOf(&rows[i].record)})
	}
	return known, nil
}

func (f *files) Place(ctx context.Context, p casefile.Placing) error {
	r := &p.Record
	// A version brings its own Chiffrat, or has taken over the earlier one's.
	if _, err := f.tx.ExecContext(ctx, `
		UPDATE record SET state = 'superseded', chiffrat = NULL
		WHERE report_ref = $1 AND state = 'assigned' AND version < $2`,
		string(r.Report), r.Version); err != nil {
		return fmt.Errorf("retire the earlier version: %w", err)
	}
	if _, err := f.tx.ExecContext(ctx, `
		UPDATE record SET state = 'assigned', rule = $3, person_id = $4, tumour_id = $5, assigned_at = $6
		WHERE report_ref = $1 AND version = $2`,
		string(r.Report), r.Version, string(p.Decision.Rule), string(p.Decision.Person), string(p.Tumour), database.At(f.tx.Now)); err != nil {
		return fmt.Errorf("assign: %w", err)
	}
	if _, err := f.tx.ExecContext(ctx, `UPDATE person SET changed_at = $2 WHERE id = $1`, string(p.Decision.Person), database.At(f.tx.Now)); err != nil {
		return fmt.Errorf("note change of a person: %w", err)
	}
	if err := f.Doubt(ctx, transfer.RecordID{Report: r.Report, Version: r.Version}, p.Decision.Others); err != nil {
		return err
	}
	return f.heedObjection(ctx, p.Decision.Person)
}

// heedObjection drops the Chiffrate of a person of whom any current report
// carries an objection, however the two reports came to be linked.
// Spec: REQUIREMENTS N16
func (f *files) heedObjection(ctx context.Context, person linkage.PersonID) error {
	if !f.dropOnObjection {
		return nil
	}
	result, err := f.tx.ExecContext(ctx, `
		UPDATE record SET chiffrat = NULL WHERE person_id = $1 AND chiffrat IS NOT NULL
		AND EXISTS (SELECT 1 FROM record o WHERE o.person_id = $1 AND o.objection AND o.state = 'assigned')`, string(person))
	if err != nil {
		return fmt.Errorf("drop chiffrate after objection: %w", err)
	}
	dropped, err := result.RowsAffected()
	if err != nil || dropped == 0 {
		return err
	}
	return f.log.Append(ctx, f.tx, audit.Act{Actor: audit.System, Code: audit.ObjectionEffected, Object: "person/" + string(person),
		Counts: map[string]int64{"chiffrate": dropped}})
}

func (f *files) Retire(ctx context.Context, id transfer.RecordID) error {
	_, err := f.tx.ExecContext(ctx, `
		UPDATE record SET state = 'superseded', chiffrat = NULL WHERE report_ref = $1 AND version = $2`, string(id.Report), id.Version)
	if err != nil {
		return fmt.Errorf("retire a late version: %w", err)
	}
	return nil
}

func (f *files) Tell(ctx context.Context, id transfer.RecordID, outcome transfer.Outcome, entry history.Entry) error {
	entry.CompletedAt = f.tx.Now
	notice := rand.Text()
	sealed, err := f.notices.SealJSON(notice, "content", entry)
	if err != nil {
		return fmt.Errorf("seal notice: %w", err)
	}
	_, err = f.tx.ExecContext(ctx, `
		INSERT INTO notice (id, report_ref, version, outcome, content, created_at) VALUES ($1, $2, $3, $4, $5, $6)`,
		notice, string(id.Report), id.Version, string(outcome), sealed, database.At(f.tx.Now))
	return err
}

func (f *files) Done(ctx context.Context, counts map[string]int64) error {
	return f.log.Append(ctx, f.tx, audit.Act{Actor: audit.System, Code: audit.CaseCompleted, Counts: counts})
}
