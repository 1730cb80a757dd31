// SPDX-License-Identifier: EUPL-1.2

package store

import (
	"context"
	"fmt"

	"meldewerk/internal/database"
	"meldewerk/portal/internal/drafting"
)

// Records gives records with their forms, touched last first, and how many
// there are.
func (d *Drafts) Records(ctx context.Context, unit string, offset, limit int) ([]drafting.Overview, int, error) {
	var out []drafting.Overview
	total := 0
	err := d.s.db.Read(ctx, func(ctx context.Context, tx *database.Tx) error {
		err := tx.QueryRowContext(ctx, `SELECT COUNT(id) FROM patient_record WHERE unit = $1`, unit).Scan(&total)
		if err != nil {
			return err
		}
		if out, err = d.s.overviews(ctx, tx, unit, offset, limit); err != nil {
			return err
		}
		for i := range out {
			// One patient's reports are few; the bound is for the page alone.
			out[i].Forms, err = d.s.formRows(ctx, tx, unit, drafting.Filter{Record: out[i].Record.ID}, 0, maxSubmitted)
			if err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return nil, 0, fmt.Errorf("list records: %w", err)
	}
	return out, total, nil
}

func (s *Store) overviews(ctx context.Context, tx *database.Tx, unit string, offset, limit int) ([]drafting.Overview, error) {
	rows, err := tx.QueryContext(ctx, `SELECT id, unit, correction, version, created_at, changed_at, content, identity
		FROM patient_record WHERE unit = $1 ORDER BY touched_at DESC, id LIMIT $2 OFFSET $3`, unit, limit, offset)
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }() // Err tells what Close would
	var out []drafting.Overview
	for rows.Next() {
		r, err := s.scanRecord(rows)
		if err != nil {
			return nil, err
		}
		out = append(out, drafting.Overview{Record: r})
	}
	return out, rows.Err()
}

// The condition of a filter, with the parameters $1 unit, $2 record, $3 state,
// $4 open. Of one record it has a text of its own, which its index serves.
const (
	ofUnit   = ` WHERE f.unit = $1 AND $2 = ''` + listed
	ofRecord = ` WHERE f.unit = $1 AND f.record_id = $2` + listed
	listed   = `
	AND ($3 = '' OR $3 = CASE WHEN f.sent = 0 THEN 'draft' WHEN f.sheet IS NULL THEN 'submitted' ELSE 'revised' END)
	AND ($4 = FALSE OR f.sheet IS NOT NULL OR EXISTS (SELECT 1 FROM progress g
		WHERE g.package_id = v.package_id AND g.position = v.position AND ` + stateOf + ` IN ('refused', 'queried')))`
	forms = ` FROM form f JOIN patient_record r ON r.id = f.record_id
	LEFT JOIN form_version v ON v.form_id = f.id AND v.number = f.sent`
)

func filtered(f drafting.Filter) string {
	if f.Record == "" {
		return forms + ofUnit
	}
	return forms + ofRecord
}

// Forms lists forms of the unit, changed last first, and how many there are.
func (d *Drafts) Forms(ctx context.Context, unit string, f drafting.Filter, offset, limit int) ([]drafting.Row, int, error) {
	var out []drafting.Row
	total := 0
	err := d.s.db.Read(ctx, func(ctx context.Context, tx *database.Tx) error {
		err := tx.QueryRowContext(ctx, `SELECT COUNT(f.id)`+filtered(f), unit, string(f.Record), string(f.State), f.Open).Scan(&total)
		if err != nil {
			return err
		}
		out, err = d.s.formRows(ctx, tx, unit, f, offset, limit)
		return err
	})
	if err != nil {
		return nil, 0, fmt.Errorf("list forms: %w", err)
	}
	return out, total, nil
}

// formRows reads lines of a list. It opens no sheet.
func (s *Store) formRows(ctx context.Context, tx *database.Tx, unit string, f drafting.Filter, offset, limit int) ([]drafting.Row, error) {
	rows, err := tx.QueryContext(ctx, `SELECT f.id, f.record_id, f.occasion,
			CASE WHEN f.sent = 0 THEN 'draft' WHEN f.sheet IS NULL THEN 'submitted' ELSE 'revised' END,
			f.locked, f.changed_at, f.meta, r.content, v.at,
			COALESCE((SELECT `+stateOf+` FROM progress g WHERE g.package_id = v.package_id AND g.position = v.position
				ORDER BY CASE WHEN g.state = 'refused' THEN 0 ELSE g.grade END, `+queriedFirst+`, g.recipient LIMIT 1), '')`+filtered(f)+`
		ORDER BY f.changed_at DESC, f.id LIMIT $5 OFFSET $6`,
		unit, string(f.Record), string(f.State), f.Open, limit, offset)
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }() // Err tells what Close would
	var out []drafting.Row
	for rows.Next() {
		var row drafting.Row
		var changed database.Time
		var sent database.NullTime
		var sealedMeta, sealedPerson []byte
		err := rows.Scan(&row.ID, &row.Record, &row.Occasion, &row.State, &row.Locked, &changed,
			&sealedMeta, &sealedPerson, &sent, &row.Progress)
		if err != nil {
			return nil, err
		}
		var m meta
		if err := s.forms.OpenJSON(string(row.ID), metaGroup, sealedMeta, &m); err != nil {
			return nil, err
		}
		var p person
		if err := s.people.OpenJSON(string(row.Record), personGroup, sealedPerson, &p); err != nil {
			return nil, err
		}
		row.ChangedAt, row.SentAt = changed.Time, sent.Time
		row.Report, row.ChangedBy, row.Patient = m.Report, m.ChangedBy, p.Patient
		out = append(out, row)
	}
	return out, rows.Err()
}
