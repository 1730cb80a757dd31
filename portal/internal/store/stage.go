// SPDX-License-Identifier: EUPL-1.2

package store

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"time"

	"meldewerk/internal/database"
	"meldewerk/portal/internal/dispatch"
	"meldewerk/report"
)

// content is what is sealed of one report's verdict.
type content struct {
	Patient  report.PatientID
	Report   report.ID
	Findings []report.Finding `json:",omitempty"`
}

const (
	resultGroup = "content"
	causeGroup  = "sample"
)

func rowKey(id dispatch.PackageID, number int) string { return string(id) + "/" + strconv.Itoa(number) }

// sealedRow is a row ready for its transaction.
type sealedRow struct {
	dispatch.Row
	content []byte
}

func (s *Store) sealRows(id dispatch.PackageID, rows []dispatch.Row) ([]sealedRow, error) {
	out := make([]sealedRow, len(rows))
	for i, r := range rows {
		sealed, err := s.results.SealJSON(rowKey(id, r.Position), resultGroup,
			content{Patient: r.Patient, Report: r.Report, Findings: r.Findings})
		if err != nil {
			return nil, err
		}
		out[i] = sealedRow{Row: r, content: sealed}
	}
	return out, nil
}

func (s *Store) sealCauses(id dispatch.PackageID, causes []dispatch.Cause) ([][]byte, error) {
	out := make([][]byte, len(causes))
	for i, c := range causes {
		sealed, err := s.causes.SealJSON(rowKey(id, c.Number), causeGroup, c.Sample)
		if err != nil {
			return nil, err
		}
		out[i] = sealed
	}
	return out, nil
}

// Stage writes rows and sealed parts under the lease.
func (s *Store) Stage(ctx context.Context, st dispatch.Stage, lease time.Duration) error {
	// Sealing happens before the transaction: it takes time, the lock is short.
	rows, err := s.sealRows(st.Package, st.Rows)
	if err != nil {
		return err
	}
	causes, err := s.sealCauses(st.Package, st.Causes)
	if err != nil {
		return err
	}
	return s.db.InTx(ctx, func(ctx context.Context, tx *database.Tx) error {
		tx.WithoutAct("staged parts count for nothing before the receipt")
		if err := hold(ctx, tx, st.Package, lease); err != nil {
			return err
		}
		var unit string
		err := tx.QueryRowContext(ctx, `SELECT unit FROM package WHERE id = $1`, string(st.Package)).Scan(&unit)
		if err != nil {
			return err
		}
		if err := writeCauses(ctx, tx, st.Package, st.Causes, causes); err != nil {
			return err
		}
		for _, r := range rows {
			if err := s.writeRow(ctx, tx, st.Package, unit, r); err != nil {
				return err
			}
		}
		return writeEnvelopes(ctx, tx, st)
	})
}

func writeCauses(ctx context.Context, tx *database.Tx, id dispatch.PackageID, causes []dispatch.Cause, sealed [][]byte) error {
	for i, c := range causes {
		_, err := tx.ExecContext(ctx, `INSERT INTO package_cause (package_id, cause, rule, severity, content)
			VALUES ($1, $2, $3, $4, $5)`, string(id), c.Number, c.Sample.Rule, string(c.Sample.Severity), sealed[i])
		if err != nil {
			return err
		}
	}
	return nil
}

func (s *Store) writeRow(ctx context.Context, tx *database.Tx, id dispatch.PackageID, unit string, r sealedRow) error {
	_, err := tx.ExecContext(ctx, `INSERT INTO report_result
		(package_id, position, occasion, verdict, patient_index, report_index, content)
		VALUES ($1, $2, $3, $4, $5, $6, $7)`,
		string(id), r.Position, string(r.Occasion), string(r.Verdict),
		maybe(s.patients, unit, string(r.Patient)), maybe(s.reports, unit, string(r.Report)), r.content)
	if err != nil {
		return err
	}
	return linkCauses(ctx, tx, id, r.Position, r.Causes)
}

func linkCauses(ctx context.Context, tx *database.Tx, id dispatch.PackageID, position int, causes []int) error {
	for _, c := range causes {
		_, err := tx.ExecContext(ctx, `INSERT INTO result_cause (package_id, cause, position) VALUES ($1, $2, $3)
			ON CONFLICT (package_id, cause, position) DO NOTHING`, string(id), c, position)
		if err != nil {
			return err
		}
	}
	return nil
}

func writeEnvelopes(ctx context.Context, tx *database.Tx, st dispatch.Stage) error {
	for _, e := range st.Envelopes {
		_, err := tx.ExecContext(ctx, `INSERT INTO envelope
			(id, package_id, recipient, part, reports, first_position, last_position, sha256)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
			string(e.ID), string(st.Package), e.Recipient, st.Part, st.Reports, st.First, st.Last, e.SHA256)
		if err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, `INSERT INTO envelope_content (envelope_id, sealed) VALUES ($1, $2)`,
			string(e.ID), e.Content)
		if err != nil {
			return err
		}
	}
	return nil
}

// Amend adds findings to rows staged before and notes withdrawn reports.
func (s *Store) Amend(ctx context.Context, id dispatch.PackageID, list []dispatch.Amendment, causes []dispatch.Cause, lease time.Duration) ([]dispatch.Amended, error) {
	samples, err := s.sealCauses(id, causes)
	if err != nil {
		return nil, err
	}
	var changed []dispatch.Amended
	err = s.db.InTx(ctx, func(ctx context.Context, tx *database.Tx) error {
		tx.WithoutAct("staged parts count for nothing before the receipt")
		changed = nil
		if err := hold(ctx, tx, id, lease); err != nil {
			return err
		}
		if err := writeCauses(ctx, tx, id, causes, samples); err != nil {
			return err
		}
		var withdrawn []int
		for _, a := range list {
			did, err := s.amend(ctx, tx, id, a)
			if err != nil {
				return err
			}
			changed = append(changed, did)
			if did.Before != report.Rejected && did.After == report.Rejected {
				withdrawn = append(withdrawn, a.Position)
			}
		}
		return withdraw(ctx, tx, id, withdrawn)
	})
	return changed, err
}

func (s *Store) amend(ctx context.Context, tx *database.Tx, id dispatch.PackageID, a dispatch.Amendment) (dispatch.Amended, error) {
	var did dispatch.Amended
	var sealed []byte
	err := tx.QueryRowContext(ctx, `SELECT verdict, content FROM report_result WHERE package_id = $1 AND position = $2`,
		string(id), a.Position).Scan(&did.Before, &sealed)
	if err != nil {
		return did, err
	}
	var c content
	if err := s.results.OpenJSON(rowKey(id, a.Position), resultGroup, sealed, &c); err != nil {
		return did, err
	}
	c.Findings = append(c.Findings, a.Findings...)
	did.After = report.VerdictOf(c.Findings)
	if did.Before == report.Rejected {
		did.After = report.Rejected // nothing that comes later accepts a report
	}
	if sealed, err = s.results.SealJSON(rowKey(id, a.Position), resultGroup, c); err != nil {
		return did, err
	}
	_, err = tx.ExecContext(ctx, `UPDATE report_result SET verdict = $1, content = $2 WHERE package_id = $3 AND position = $4`,
		string(did.After), sealed, string(id), a.Position)
	if err != nil {
		return did, err
	}
	return did, linkCauses(ctx, tx, id, a.Position, a.Causes)
}

// withdraw notes on the envelopes which of their reports count no more.
func withdraw(ctx context.Context, tx *database.Tx, id dispatch.PackageID, positions []int) error {
	if len(positions) == 0 {
		return nil
	}
	rows, err := tx.QueryContext(ctx, `SELECT id, first_position, last_position, withdrawn FROM envelope
		WHERE package_id = $1 AND first_position <= $2 AND last_position >= $3`,
		string(id), slices.Max(positions), slices.Min(positions))
	if err != nil {
		return err
	}
	defer func() { _ = rows.Close() }() // Err tells what Close would
	notes := map[string]string{}
	for rows.Next() {
		var envelope, text string
		var first, last int
		if err := rows.Scan(&envelope, &first, &last, &text); err != nil {
			return err
		}
		var list []int
		if err := json.Unmarshal([]byte(text), &list); err != nil {
			return fmt.Errorf("read withdrawn positions: %w", err)
		}
		for _, p := range positions {
			if p >= first && p <= last && !slices.Contains(list, p) {
				list = append(list, p)
			}
		}
		slices.Sort(list)
		fresh, err := json.Marshal(list)
		if err != nil {
			return fmt.Errorf("write withdrawn positions: %w", err)
		}
		notes[envelope] = string(fresh)
	}
	if err := rows.Err(); err != nil {
		return err
	}
	_ = rows.Close() // the next statement needs the connection
	for envelope, text := range notes {
		if _, err := tx.ExecContext(ctx, `UPDATE envelope SET withdrawn = $1 WHERE id = $2`, text, envelope); err != nil {
			return err
		}
	}
	return nil
}
