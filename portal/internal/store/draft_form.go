// SPDX-License-Identifier: EUPL-1.2

package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strconv"
	"time"

	"meldewerk/audit"
	"meldewerk/exchange/submission"
	"meldewerk/internal/database"
	"meldewerk/portal/internal/drafting"
	"meldewerk/report"
	"meldewerk/report/form"
)

const (
	metaGroup    = "meta"
	sheetGroup   = "sheet"
	noteGroup    = "note"
	versionGroup = "content"
)

// meta is what is sealed of a form beside its content.
type meta struct {
	Report    report.ID
	ChangedBy string
}

// version is what is sealed of a version handed in.
type version struct {
	Sheet map[string]string
	By    string
}

func versionKey(id drafting.FormID, number int) string {
	return string(id) + "/" + strconv.Itoa(number)
}

// sealedForm are the columns of a form that are sealed.
type sealedForm struct{ meta, sheet, note []byte }

// sealForm seals a form. As long as nothing was handed in it always has a
// sheet, if an empty one.
func (s *Store) sealForm(f *drafting.Form) (sealedForm, error) {
	if f.Sheet == nil && len(f.Sent) == 0 {
		f.Sheet = form.Sheet{}
	}
	var out sealedForm
	var err error
	if out.meta, err = s.forms.SealJSON(string(f.ID), metaGroup, meta{Report: f.Report, ChangedBy: f.ChangedBy}); err != nil {
		return out, err
	}
	if f.Sheet != nil {
		if out.sheet, err = pad(s.forms, string(f.ID), sheetGroup, map[string]string(f.Sheet)); err != nil {
			return out, err
		}
	}
	if f.Note != "" {
		out.note, err = pad(s.forms, string(f.ID), noteGroup, f.Note)
	}
	return out, err
}

// CreateForm writes a new form for a record of the same unit.
func (d *Drafts) CreateForm(ctx context.Context, account string, f drafting.Form) error {
	f.Sent = nil
	sealed, err := d.s.sealForm(&f)
	if err != nil {
		return err
	}
	err = d.s.db.InTx(ctx, func(ctx context.Context, tx *database.Tx) error {
		var there string
		err := tx.QueryRowContext(ctx, `SELECT id FROM patient_record WHERE id = $1 AND unit = $2`, string(f.Record), f.Unit).Scan(&there)
		if errors.Is(err, sql.ErrNoRows) {
			return drafting.ErrUnknown
		}
		if err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, `INSERT INTO form
			(id, record_id, unit, occasion, locked, version, created_at, changed_at, meta, sheet, note)
			VALUES ($1, $2, $3, $4, $5, 1, $6, $6, $7, $8, $9)`,
			string(f.ID), string(f.Record), f.Unit, string(f.Occasion), f.Locked, database.At(tx.Now),
			sealed.meta, sealed.sheet, sealed.note)
		if err != nil {
			return err
		}
		if err := touch(ctx, tx, f.Record); err != nil {
			return err
		}
		return d.log(ctx, tx, account, audit.DraftBegun, "form/"+string(f.ID))
	})
	if err != nil {
		return fmt.Errorf("create form: %w", err)
	}
	return nil
}

// Form gives one form with its versions, or ErrUnknown.
func (d *Drafts) Form(ctx context.Context, unit string, id drafting.FormID) (drafting.Form, error) {
	var f drafting.Form
	err := d.s.db.Read(ctx, func(ctx context.Context, tx *database.Tx) error {
		var err error
		f, err = d.s.form(ctx, tx, unit, id)
		return err
	})
	if err != nil {
		return drafting.Form{}, fmt.Errorf("read form: %w", err)
	}
	return f, nil
}

func (s *Store) form(ctx context.Context, tx *database.Tx, unit string, id drafting.FormID) (drafting.Form, error) {
	f := drafting.Form{ID: id, Unit: unit}
	var created, changed database.Time
	var sealed sealedForm
	err := tx.QueryRowContext(ctx, `SELECT record_id, occasion, locked, version, created_at, changed_at, meta, sheet, note
		FROM form WHERE unit = $1 AND id = $2`, unit, string(id)).
		Scan(&f.Record, &f.Occasion, &f.Locked, &f.Version, &created, &changed, &sealed.meta, &sealed.sheet, &sealed.note)
	if errors.Is(err, sql.ErrNoRows) {
		return f, drafting.ErrUnknown
	}
	if err != nil {
		return f, err
	}
	f.CreatedAt, f.ChangedAt = created.Time, changed.Time
	if err := s.openForm(&f, sealed); err != nil {
		return f, err
	}
	f.Sent, err = s.sent(ctx, tx, id)
	return f, err
}

func (s *Store) openForm(f *drafting.Form, sealed sealedForm) error {
	var m meta
	if err := s.forms.OpenJSON(string(f.ID), metaGroup, sealed.meta, &m); err != nil {
		return err
	}
	f.Report, f.ChangedBy = m.Report, m.ChangedBy
	if sealed.sheet != nil {
		if err := unpad(s.forms, string(f.ID), sheetGroup, sealed.sheet, (*map[string]string)(&f.Sheet)); err != nil {
			return err
		}
	}
	if sealed.note != nil {
		return unpad(s.forms, string(f.ID), noteGroup, sealed.note, &f.Note)
	}
	return nil
}

// sent gives the versions of a form with what trust centres say of them.
func (s *Store) sent(ctx context.Context, tx *database.Tx, id drafting.FormID) ([]drafting.Sent, error) {
	rows, err := tx.QueryContext(ctx, `SELECT v.number, v.package_id, v.position, v.at, v.content, p.number
		FROM form_version v JOIN package p ON p.id = v.package_id WHERE v.form_id = $1 ORDER BY v.number`, string(id))
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }() // Err tells what Close would
	var out []drafting.Sent
	for rows.Next() {
		var v drafting.Sent
		var at database.Time
		var sealed []byte
		if err := rows.Scan(&v.Number, &v.Package, &v.Position, &at, &sealed, &v.Receipt); err != nil {
			return nil, err
		}
		var c version
		if err := s.versions.OpenJSON(versionKey(id, v.Number), versionGroup, sealed, &c); err != nil {
			return nil, err
		}
		v.At, v.By, v.Sheet = at.Time, c.By, c.Sheet
		out = append(out, v)
	}
	if err := rows.Err(); err != nil {
		return nil, err
	}
	_ = rows.Close() // the next statement needs the connection
	for i := range out {
		if err := s.standing(ctx, tx, &out[i]); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// standing adds what trust centres say of a version. Of several the one that
// asks for something counts, then the one that is furthest behind.
func (s *Store) standing(ctx context.Context, tx *database.Tx, v *drafting.Sent) error {
	var recipient string
	var sealed []byte
	err := tx.QueryRowContext(ctx, `SELECT g.recipient, `+stateOf+`, g.remarks FROM progress g
		WHERE g.package_id = $1 AND g.position = $2
		ORDER BY CASE WHEN g.state = 'refused' THEN 0 ELSE g.grade END, `+queriedFirst+`, g.recipient LIMIT 1`,
		v.Package, v.Position).Scan(&recipient, &v.Progress, &sealed)
	if errors.Is(err, sql.ErrNoRows) {
		return nil
	}
	if err != nil {
		return err
	}
	var remarks []submission.Remark
	if s.remarks.OpenJSON(progressKey(v.Package, v.Position, recipient), remarksGroup, sealed, &remarks) != nil {
		remarks = nil // damaged; the state counts, and the form must open
	}
	v.Remarks = remarks
	return nil
}

// ChangeForm reads a form, lets change work on it and writes it back. What was
// handed in stays as it is.
func (d *Drafts) ChangeForm(ctx context.Context, unit, account string, id drafting.FormID, code audit.Code, change func(f *drafting.Form, now time.Time) error) (drafting.Form, error) {
	var out drafting.Form
	err := d.s.db.InTx(ctx, func(ctx context.Context, tx *database.Tx) error {
		was, err := d.s.form(ctx, tx, unit, id)
		if err != nil {
			return err
		}
		f := was
		f.Sheet = was.Sheet.Clone()
		if err := change(&f, tx.Now); err != nil {
			return err
		}
		f.ID, f.Record, f.Unit, f.Report, f.CreatedAt, f.Sent = was.ID, was.Record, was.Unit, was.Report, was.CreatedAt, was.Sent
		f.Version, f.ChangedAt = was.Version+1, later(tx.Now, was.ChangedAt)
		sealed, err := d.s.sealForm(&f)
		if err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, `UPDATE form SET occasion = $1, locked = $2, version = $3, changed_at = $4,
			meta = $5, sheet = $6, note = $7 WHERE id = $8 AND unit = $9`,
			string(f.Occasion), f.Locked, f.Version, database.At(f.ChangedAt), sealed.meta, sealed.sheet, sealed.note, string(id), unit)
		if err != nil {
			return err
		}
		if err := touch(ctx, tx, f.Record); err != nil {
			return err
		}
		out = f
		return d.log(ctx, tx, account, code, "form/"+string(id))
	})
	if err != nil {
		return drafting.Form{}, fmt.Errorf("change form: %w", err)
	}
	return out, nil
}

// DeleteForm removes a form that was never submitted. When it was, it returns
// ErrChanged.
func (d *Drafts) DeleteForm(ctx context.Context, unit, account string, id drafting.FormID) error {
	err := d.s.db.InTx(ctx, func(ctx context.Context, tx *database.Tx) error {
		var record drafting.RecordID
		var sent int
		err := tx.QueryRowContext(ctx, `SELECT record_id, sent FROM form WHERE unit = $1 AND id = $2`, unit, string(id)).Scan(&record, &sent)
		switch {
		case errors.Is(err, sql.ErrNoRows):
			return drafting.ErrUnknown
		case err != nil:
			return err
		case sent > 0:
			return drafting.ErrChanged
		}
		if _, err := tx.ExecContext(ctx, `DELETE FROM form WHERE unit = $1 AND id = $2`, unit, string(id)); err != nil {
			return err
		}
		if err := touch(ctx, tx, record); err != nil {
			return err
		}
		return d.log(ctx, tx, account, audit.DraftDeleted, "form/"+string(id))
	})
	if err != nil {
		return fmt.Errorf("delete form: %w", err)
	}
	return nil
}
