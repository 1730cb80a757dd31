// SPDX-License-Identifier: EUPL-1.2

package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"meldewerk/exchange/transfer"
	"meldewerk/pseudonym"
)

// Recall copies the person into a record that came without one, so that each
// version stands for itself and no evidence is lost when an earlier one goes.
// The current version of the same report is asked first, then the report that
// the trust centre names, or the newest of the same reporter and patient number
// when it names none. A Chiffrat is bound to its
// report and comes only from the same one.
func (f *files) Recall(ctx context.Context, r *transfer.Record) (bool, error) {
	source, found, err := f.source(ctx, r)
	if err != nil || !found {
		return false, err
	}
	r.Numbers, r.Sex, r.Birth = source.Numbers, source.Sex, source.Birth
	if r.PostalCode == "" && r.Place == "" && r.Country == "" {
		r.PostalCode, r.Place, r.Country = source.PostalCode, source.Place, source.Country
	}
	content, err := f.sealRecord(r)
	if err != nil {
		return false, err
	}
	if _, err := f.tx.ExecContext(ctx, `
		UPDATE record SET content = $3, name_key = $4,
			chiffrat = (SELECT s.chiffrat FROM record s WHERE s.report_ref = $1 AND s.version = $5 AND $1 = $6)
		WHERE report_ref = $1 AND version = $2`,
		string(r.Report), r.Version, content, f.nameKey(r), source.Version, string(source.Report)); err != nil {
		return false, fmt.Errorf("take the person over: %w", err)
	}
	return true, f.putNumbers(ctx, f.tx, r)
}

// source is the assigned record whose person a record by reference means.
func (f *files) source(ctx context.Context, r *transfer.Record) (transfer.Record, bool, error) {
	var report string
	var version int64
	var sealed []byte
	err := f.tx.QueryRowContext(ctx, `
		SELECT s.report_ref, s.version, s.content FROM record s
		WHERE s.patient_ref = $1 AND s.state = 'assigned'
			AND (s.report_ref = $2 OR $3 IN ('', s.report_ref))
			AND EXISTS (SELECT 1 FROM record_number n WHERE n.report_ref = s.report_ref AND n.version = s.version)
		ORDER BY CASE WHEN s.report_ref = $2 THEN 0 ELSE 1 END, s.version DESC, s.report_ref LIMIT 1`,
		string(r.Patient), string(r.Report), string(r.Source)).Scan(&report, &version, &sealed)
	if errors.Is(err, sql.ErrNoRows) {
		return transfer.Record{}, false, nil
	}
	if err != nil {
		return transfer.Record{}, false, fmt.Errorf("look for the person of a reference: %w", err)
	}
	source, err := f.openRecord(report, version, sealed)
	if err != nil {
		return transfer.Record{}, false, err
	}
	source.Report, source.Version = pseudonym.ReportRef(report), version
	return source, true, f.numbers(ctx, &source)
}
