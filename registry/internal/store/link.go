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
)

func (f *files) NewPerson(ctx context.Context) (linkage.PersonID, error) {
	var number int64
	if err := f.tx.QueryRowContext(ctx, `
		UPDATE number_sequence SET last = last + 1 WHERE name = 'person' RETURNING last`).Scan(&number); err != nil {
		return "", fmt.Errorf("number a person: %w", err)
	}
	id := rand.Text()
	_, err := f.tx.ExecContext(ctx, `INSERT INTO person (id, number, created_at, changed_at) VALUES ($1, $2, $3, $3)`,
		id, number, database.At(f.tx.Now))
	if err != nil {
		return "", fmt.Errorf("make a person: %w", err)
	}
	return linkage.PersonID(id), nil
}

// TumourOf takes the tumour that the reporter's own reference names, else one
// of the same site. A tumour on which the same reporter has another reference
// of this patient is not it: the reporter tells the two apart.
func (f *files) TumourOf(ctx context.Context, p linkage.PersonID, r *transfer.Record) (casefile.TumourID, int, error) {
	var id casefile.TumourID
	var number int
	err := f.tx.QueryRowContext(ctx, `
		SELECT t.id, t.number FROM record r JOIN tumour t ON t.id = r.tumour_id
		WHERE r.tumour_ref = $1 AND r.person_id = $2 ORDER BY t.number LIMIT 1`, string(r.Tumour), string(p)).Scan(&id, &number)
	if !errors.Is(err, sql.ErrNoRows) {
		return id, number, err
	}
	site := f.sites.Of(string(p), r.Event.Assignment.ICD.Site())
	err = f.tx.QueryRowContext(ctx, `
		SELECT t.id, t.number FROM tumour t WHERE t.person_id = $1 AND t.site = $2 AND NOT EXISTS (
			SELECT 1 FROM record o WHERE o.tumour_id = t.id AND o.patient_ref = $3 AND o.tumour_ref <> $4)
		ORDER BY t.number LIMIT 1`, string(p), site, string(r.Patient), string(r.Tumour)).Scan(&id, &number)
	if !errors.Is(err, sql.ErrNoRows) {
		return id, number, err
	}
	if err := f.tx.QueryRowContext(ctx, `
		SELECT COALESCE(MAX(number), 0) + 1 FROM tumour WHERE person_id = $1`, string(p)).Scan(&number); err != nil {
		return "", 0, fmt.Errorf("number a tumour: %w", err)
	}
	id = casefile.TumourID(rand.Text())
	_, err = f.tx.ExecContext(ctx, `
		INSERT INTO tumour (id, person_id, number, site, created_at) VALUES ($1, $2, $3, $4, $5)`,
		string(id), string(p), int64(number), site, database.At(f.tx.Now))
	if err != nil {
		return "", 0, fmt.Errorf("make a tumour: %w", err)
	}
	return id, number, nil
}

func (f *files) Forget(ctx context.Context, report pseudonym.ReportRef) error {
	for _, statement := range []string{
		`DELETE FROM record_number WHERE report_ref = $1 AND version IN (SELECT version FROM record WHERE report_ref = $1 AND state <> 'stored')`,
		`DELETE FROM ambiguity WHERE report_ref = $1`,
		`UPDATE record SET state = 'forgotten', person_id = NULL, tumour_id = NULL, chiffrat = NULL, name_key = NULL
		 WHERE report_ref = $1 AND state <> 'stored'`,
	} {
		if _, err := f.tx.ExecContext(ctx, statement, string(report)); err != nil {
			return fmt.Errorf("forget the wrong person: %w", err)
		}
	}
	return f.log.Append(ctx, f.tx, audit.Act{Actor: audit.System, Code: audit.PersonSplit, Object: report.Reference()})
}

func (f *files) Unlink(ctx context.Context, person linkage.PersonID) ([]casefile.Waiting, error) {
	linked, err := f.read(ctx, `
		SELECT report_ref, version, content FROM record
		WHERE person_id = $1 AND state = 'assigned' ORDER BY version, report_ref`, string(person))
	if err != nil {
		return nil, err
	}
	for _, statement := range []string{
		`DELETE FROM ambiguity WHERE report_ref IN (SELECT report_ref FROM record WHERE person_id = $1)`,
		`DELETE FROM ambiguity WHERE person_id = $1`,
		`UPDATE record SET state = CASE WHEN state = 'assigned' THEN 'stored' ELSE state END, 
			assigned_at = CASE WHEN state = 'assigned' THEN NULL ELSE assigned_at END, person_id = NULL, tumour_id = NULL
		 WHERE person_id = $1`,
	} {
		if _, err := f.tx.ExecContext(ctx, statement, string(person)); err != nil {
			return nil, fmt.Errorf("undo the links of a person: %w", err)
		}
	}
	return linked, nil
}

func (f *files) Follow(ctx context.Context, report pseudonym.ReportRef) error {
	_, err := f.tx.ExecContext(ctx, `
		UPDATE record SET person_id = (SELECT c.person_id FROM record c WHERE c.report_ref = $1 AND c.state = 'assigned'),
			tumour_id = (SELECT c.tumour_id FROM record c WHERE c.report_ref = $1 AND c.state = 'assigned')
		WHERE report_ref = $1 AND state = 'superseded' AND assigned_at IS NOT NULL
			AND version < (SELECT c.version FROM record c WHERE c.report_ref = $1 AND c.state = 'assigned')`, string(report))
	if err != nil {
		return fmt.Errorf("link earlier versions: %w", err)
	}
	return nil
}

func (f *files) RemoveOrphans(ctx context.Context, person linkage.PersonID) error {
	for _, statement := range []string{
		`DELETE FROM tumour WHERE person_id = $1 AND NOT EXISTS (SELECT 1 FROM record r WHERE r.tumour_id = tumour.id)`,
		`DELETE FROM ambiguity WHERE person_id = $1 AND NOT EXISTS (SELECT 1 FROM record r WHERE r.person_id = $1)`,
		`DELETE FROM person WHERE id = $1 AND NOT EXISTS (SELECT 1 FROM record r WHERE r.person_id = $1)`,
	} {
		if _, err := f.tx.ExecContext(ctx, statement, string(person)); err != nil {
			return fmt.Errorf("remove a person without reports: %w", err)
		}
	}
	return nil
}

func (f *files) Doubt(ctx context.Context, id transfer.RecordID, others []linkage.PersonID) error {
	for _, other := range others {
		if _, err := f.tx.ExecContext(ctx, `
			INSERT INTO ambiguity (report_ref, version, person_id, found_at) VALUES ($1, $2, $3, $4)
			ON CONFLICT (report_ref, version, person_id) DO NOTHING`, string(id.Report), id.Version, string(other), database.At(f.tx.Now)); err != nil {
			return fmt.Errorf("note a second person: %w", err)
		}
	}
	return nil
}
