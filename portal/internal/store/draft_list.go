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

// The condition of a filter, with the parameters $1 unit, $2 record, $3 state.
// Of one record it has a text of its own, which its index serves.
const (
	ofUnit   = ` WHERE f.unit = $1 AND $2 = ''` + listed
	ofRecord = ` WHERE f.unit = $1 AND f.record_id = $2` + listed
	listed   = `
	AND ($3 = '' OR $3 = CASE WHEN f.sent = 0 THEN 'draft' WHEN f.sheet IS NULL THEN 'submitted' ELSE 'revised' END)`
	joined = ` JOIN patient_record r ON r.id = f.record_id
	LEFT JOIN form_version v ON v.form_id = f.id AND v.number = f.sent`
	formColumns = `SELECT f.id, f.record_id, f.occasion,
			CASE WHEN f.sent = 0 THEN 'draft' WHEN f.sheet IS NULL THEN 'submitted' ELSE 'revised' END,
			f.locked, f.changed_at, f.meta, r.content, v.at,
			COALESCE((SELECT ` + stateOf + ` FROM progress g WHERE g.package_id = v.package_id AND g.position = v.position
				ORDER BY CASE WHEN g.state = 'refused' THEN 0 ELSE g.grade END, ` + queriedFirst + `, g.recipient LIMIT 1), '')`
)

// toDo begins a statement on the forms of the unit $1 that somebody has still to
// do: what came back, then what was edited last at $2 or before and goes soon,
// then the others, changed last first. $3 takes those along that wait for an
// answer alone.
const toDo = `WITH waiting AS (
	SELECT f.id, 0 AS pressing, -f.changed_at AS turn FROM form f
	JOIN form_version v ON v.form_id = f.id AND v.number = f.sent
	WHERE f.unit = $1 AND f.sheet IS NULL AND EXISTS (SELECT 1 FROM progress g
		WHERE g.package_id = v.package_id AND g.position = v.position
		AND (g.state = 'refused' OR $3 = TRUE AND g.state = 'in_review' AND ` + queried + `))
	UNION ALL
	SELECT f.id, CASE WHEN f.changed_at <= $2 THEN 1 ELSE 2 END, CASE WHEN f.changed_at <= $2 THEN f.changed_at ELSE -f.changed_at END
	FROM form f WHERE f.unit = $1 AND f.sheet IS NOT NULL)
	`

func filtered(f drafting.Filter) string {
	if f.Record == "" {
		return ofUnit
	}
	return ofRecord
}

// Forms lists forms of the unit, changed last first or, of those that wait, by
// what presses; and how many there are.
func (d *Drafts) Forms(ctx context.Context, unit string, f drafting.Filter, offset, limit int) ([]drafting.Row, int, error) {
	var out []drafting.Row
	total := 0
	err := d.s.db.Read(ctx, func(ctx context.Context, tx *database.Tx) error {
		var err error
		if f.Open {
			out, total, err = d.s.waitingRows(ctx, tx, unit, f, offset, limit)
			return err
		}
		err = tx.QueryRowContext(ctx, `SELECT COUNT(f.id) FROM form f`+filtered(f), unit, string(f.Record), string(f.State)).Scan(&total)
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

// waitingRows picks the forms first, so that only those shown are read whole.
func (s *Store) waitingRows(ctx context.Context, tx *database.Tx, unit string, f drafting.Filter, offset, limit int) ([]drafting.Row, int, error) {
	total := 0
	rows, err := tx.QueryContext(ctx, toDo+formColumns+`, w.total
		FROM (SELECT id, pressing, turn, COUNT(id) OVER () AS total FROM waiting ORDER BY pressing, turn, id LIMIT $4 OFFSET $5) w
		JOIN form f ON f.id = w.id`+joined+` ORDER BY w.pressing, w.turn, w.id`,
		unit, database.Maybe(f.Soon), !f.Unasked, limit, offset)
	if err != nil {
		return nil, 0, err
	}
	out, err := s.scanForms(rows, &total)
	if err != nil || len(out) > 0 {
		return out, total, err
	}
	err = tx.QueryRowContext(ctx, toDo+`SELECT COUNT(id) FROM waiting`, unit, database.Maybe(f.Soon), !f.Unasked).Scan(&total)
	return nil, total, err // a page behind the last one
}

// formRows reads lines of a list. It opens no sheet.
func (s *Store) formRows(ctx context.Context, tx *database.Tx, unit string, f drafting.Filter, offset, limit int) ([]drafting.Row, error) {
	rows, err := tx.QueryContext(ctx, formColumns+` FROM form f`+joined+filtered(f)+`
		ORDER BY f.changed_at DESC, f.id LIMIT $4 OFFSET $5`,
		unit, string(f.Record), string(f.State), limit, offset)
	if err != nil {
		return nil, err
	}
	return s.scanForms(rows)
}

// scanForms reads lines of a list, each with what else was selected behind it.
func (s *Store) scanForms(rows *database.Rows, behind ...any) ([]drafting.Row, error) {
	defer func() { _ = rows.Close() }() // Err tells what Close would
	var out []drafting.Row
	for rows.Next() {
		var row drafting.Row
		var changed database.Time
		var sent database.NullTime
		var sealedMeta, sealedPerson []byte
		err := rows.Scan(append([]any{&row.ID, &row.Record, &row.Occasion, &row.State, &row.Locked, &changed,
			&sealedMeta, &sealedPerson, &sent, &row.Progress}, behind...)...)
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
