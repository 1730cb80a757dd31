// SPDX-License-Identifier: EUPL-1.2

package store

import (
	"context"
	"database/sql"
	"errors"

	"meldewerk/audit"
	"meldewerk/internal/database"
	"meldewerk/portal/internal/dispatch"
	"meldewerk/portal/internal/drafting"
	"meldewerk/report"
)

// errNotSent means that a form or a record was to be given up for a report
// that does not go on: it would be lost.
var errNotSent = errors.New("enter form: there is no accepted report of it in the submission")

// enter turns the forms of a submission into submitted versions and takes the
// identities out of their records, in the transaction of the receipt.
func (s *Store) enter(ctx context.Context, tx *database.Tx, of sender, c dispatch.Closing) error {
	for _, r := range c.Records {
		if err := s.reduce(ctx, tx, of, r); err != nil {
			return err
		}
	}
	reported := map[string]int{}
	for _, f := range c.Forms {
		record, err := s.enterForm(ctx, tx, of.unit, c.Package, f)
		if err != nil {
			return err
		}
		reported[record]++
	}
	for _, r := range c.Records {
		if reported[r.Record] == 0 {
			return errNotSent
		}
		var submitted int
		err := tx.QueryRowContext(ctx, `SELECT COUNT(id) FROM form WHERE record_id = $1 AND unit = $2 AND sent > 0`,
			r.Record, of.unit).Scan(&submitted)
		if err != nil {
			return err
		}
		if submitted != reported[r.Record] {
			return drafting.ErrChanged // one was handed in meanwhile: it would stay with the identity before
		}
	}
	return nil
}

// reduce leaves the reduced view of a record.
func (s *Store) reduce(ctx context.Context, tx *database.Tx, of sender, r dispatch.Reduced) error {
	var sealed []byte
	var correction drafting.Correction
	err := tx.QueryRowContext(ctx, `SELECT content, correction FROM patient_record
		WHERE id = $1 AND unit = $2 AND version = $3 AND identity IS NOT NULL`, r.Record, of.unit, r.Version).Scan(&sealed, &correction)
	if errors.Is(err, sql.ErrNoRows) {
		return drafting.ErrChanged
	}
	if err != nil {
		return err
	}
	var p person
	if err := s.people.OpenJSON(r.Record, personGroup, sealed, &p); err != nil {
		return err
	}
	p.View = &r.View
	if sealed, err = s.people.SealJSON(r.Record, personGroup, p); err != nil {
		return err
	}
	result, err := tx.ExecContext(ctx, `UPDATE patient_record SET reduced = TRUE, correction = '', version = version + 1,
		changed_at = CASE WHEN changed_at < $1 THEN $1 ELSE changed_at END, content = $2, identity = NULL
		WHERE id = $3 AND unit = $4 AND version = $5 AND identity IS NOT NULL`,
		database.At(tx.Now), sealed, r.Record, of.unit, r.Version)
	if err != nil {
		return err
	}
	if n, err := result.RowsAffected(); err != nil || n == 0 {
		return errors.Join(err, drafting.ErrChanged)
	}
	if correction != drafting.NoCorrection {
		err := s.log.Append(ctx, tx, audit.Act{Actor: of.account, Code: audit.PatientCorrected, Object: "record/" + r.Record})
		if err != nil {
			return err
		}
	}
	return s.log.Append(ctx, tx, audit.Act{Actor: of.account, Code: audit.ReportReduced, Object: "record/" + r.Record})
}

// enterForm writes the version of a form that goes with the submission: its
// draft, or once more the last version. It gives the record, whose identity
// must be gone by then: the table refuses it else.
func (s *Store) enterForm(ctx context.Context, tx *database.Tx, unit string, id dispatch.PackageID, e dispatch.Entered) (string, error) {
	var record string
	var sent int
	var sealed sealedForm
	err := tx.QueryRowContext(ctx, `SELECT record_id, sent, meta, sheet FROM form WHERE id = $1 AND unit = $2 AND version = $3`,
		e.Form, unit, e.Version).Scan(&record, &sent, &sealed.meta, &sealed.sheet)
	if errors.Is(err, sql.ErrNoRows) {
		return "", drafting.ErrChanged
	}
	if err != nil {
		return "", err
	}
	var verdict report.Verdict
	err = tx.QueryRowContext(ctx, `SELECT verdict FROM report_result WHERE package_id = $1 AND position = $2`,
		string(id), e.Position).Scan(&verdict)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return "", err
	}
	if verdict != report.Accepted && verdict != report.Warned {
		return "", errNotSent
	}
	draft, kept := sealed.sheet, []byte(nil)
	if e.Again {
		draft, kept = nil, sealed.sheet
	}
	if err := s.writeVersion(ctx, tx, id, e, sent, draft); err != nil {
		return "", err
	}
	var m meta
	if err := s.forms.OpenJSON(e.Form, metaGroup, sealed.meta, &m); err != nil {
		return "", err
	}
	m.ChangedBy = e.By
	if sealed.meta, err = s.forms.SealJSON(e.Form, metaGroup, m); err != nil {
		return "", err
	}
	result, err := tx.ExecContext(ctx, `UPDATE form SET sent = $1, version = version + 1,
		changed_at = CASE WHEN changed_at < $2 THEN $2 ELSE changed_at END, meta = $3, sheet = $4
		WHERE id = $5 AND unit = $6 AND version = $7`,
		sent+1, database.At(tx.Now), sealed.meta, kept, e.Form, unit, e.Version)
	if err != nil {
		return "", err
	}
	if n, err := result.RowsAffected(); err != nil || n == 0 {
		return "", errors.Join(err, drafting.ErrChanged)
	}
	_, err = tx.ExecContext(ctx, `UPDATE patient_record SET submitted = TRUE,
		touched_at = CASE WHEN touched_at < $1 THEN $1 ELSE touched_at END WHERE id = $2 AND unit = $3`,
		database.At(tx.Now), record, unit)
	return record, err
}

// writeVersion writes the next version with the draft's sheet, or that of the
// last version when there is no draft.
func (s *Store) writeVersion(ctx context.Context, tx *database.Tx, id dispatch.PackageID, e dispatch.Entered, sent int, draft []byte) error {
	next := version{By: e.By}
	form := drafting.FormID(e.Form)
	if draft != nil {
		if err := unpad(s.forms, e.Form, sheetGroup, draft, &next.Sheet); err != nil {
			return err
		}
	} else {
		var sealed []byte
		err := tx.QueryRowContext(ctx, `SELECT content FROM form_version WHERE form_id = $1 AND number = $2`, e.Form, sent).Scan(&sealed)
		if err != nil {
			return err
		}
		var last version
		if err := s.versions.OpenJSON(versionKey(form, sent), versionGroup, sealed, &last); err != nil {
			return err
		}
		next.Sheet = last.Sheet
	}
	sealed, err := s.versions.SealJSON(versionKey(form, sent+1), versionGroup, next)
	if err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, `INSERT INTO form_version (form_id, number, package_id, position, at, content)
		VALUES ($1, $2, $3, $4, $5, $6)`, e.Form, sent+1, string(id), e.Position, database.At(tx.Now), sealed)
	return err
}
