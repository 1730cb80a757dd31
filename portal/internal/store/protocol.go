// SPDX-License-Identifier: EUPL-1.2

package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"meldewerk/exchange/submission"
	"meldewerk/internal/database"
	"meldewerk/portal/internal/dispatch"
	"meldewerk/portal/internal/upload"
)

// Packages lists the unit's packages, newest first, and how many there are.
// Those still being transferred are among them.
func (s *Store) Packages(ctx context.Context, unit string, offset, limit int) ([]upload.Package, int, error) {
	var out []upload.Package
	total := 0
	err := s.db.Read(ctx, func(ctx context.Context, tx *database.Tx) error {
		err := tx.QueryRowContext(ctx, `SELECT COUNT(id) FROM package WHERE unit = $1 AND channel = 'package'`, unit).Scan(&total)
		if err != nil {
			return err
		}
		rows, err := tx.QueryContext(ctx, `SELECT id, state, kind, channel, begun_at, ended_at, COALESCE(receipt, 0),
				COALESCE(number, ''), sha256, size, schema_version, reports, accepted, warned, rejected, head,
				(SELECT COUNT(DISTINCT g.position) FROM progress g WHERE g.package_id = package.id AND g.state = 'refused'),
				(SELECT COUNT(DISTINCT w.position) FROM query w JOIN progress g ON g.package_id = w.package_id AND g.position = w.position
					AND g.recipient = w.recipient AND g.state = 'in_review'
					WHERE w.package_id = package.id AND w.outcome = '' AND w.answered_at IS NULL),
				`+unmended+`
			FROM package WHERE unit = $1 AND channel = 'package'
			ORDER BY begun_at DESC, id LIMIT $2 OFFSET $3`, unit, limit, offset)
		if err != nil {
			return err
		}
		defer func() { _ = rows.Close() }() // Err tells what Close would
		for rows.Next() {
			p, err := s.scanPackage(rows)
			if err != nil {
				return err
			}
			out = append(out, p)
		}
		return rows.Err()
	})
	if err != nil {
		return nil, 0, fmt.Errorf("list packages: %w", err)
	}
	return out, total, nil
}

// unmended says of a package whether Open would list it, however old it is.
const (
	unmended = `(EXISTS (SELECT 1 FROM report_result r WHERE r.package_id = package.id AND r.verdict = 'rejected' AND ` + notAgain + `)
		OR EXISTS (SELECT 1 FROM progress g JOIN report_result r ON r.package_id = g.package_id AND r.position = g.position
			WHERE g.package_id = package.id AND g.state = 'refused' AND ` + notAgain + `))`
	notAgain = `NOT EXISTS (SELECT 1 FROM report_result n JOIN package q ON q.id = n.package_id
		WHERE n.report_index = r.report_index AND n.verdict <> 'rejected' AND q.state = 'received'
			AND q.kind = package.kind AND q.receipt > package.receipt)`
)

// scanner is a row or the present one of several.
type scanner interface{ Scan(dest ...any) error }

func (s *Store) scanPackage(row scanner) (upload.Package, error) {
	var p upload.Package
	var begun database.Time
	var ended database.NullTime
	var sealed []byte
	err := row.Scan(&p.ID, &p.State, &p.Kind, &p.Channel, &begun, &ended, &p.Receipt, &p.Number, &p.SHA256, &p.Size,
		&p.SchemaVersion, &p.Reports, &p.Accepted, &p.Warned, &p.Rejected, &sealed, &p.Refused, &p.Queried, &p.ToMend)
	if err != nil {
		return p, err
	}
	p.BegunAt, p.EndedAt = begun.Time, ended.Time
	var h head
	if s.heads.OpenJSON(string(p.ID), headGroup, sealed, &h) != nil {
		h, p.Damaged = head{}, true // one damaged row must not hide the others
	}
	p.FileName, p.Findings = h.FileName, h.Findings
	return p, nil
}

// Package gives one package of the unit, or ErrNoPackage.
func (s *Store) Package(ctx context.Context, unit string, id upload.ID) (upload.Package, error) {
	var p upload.Package
	err := s.db.Read(ctx, func(ctx context.Context, tx *database.Tx) error {
		var err error
		p, err = s.scanPackage(tx.QueryRowContext(ctx, `SELECT id, state, kind, channel, begun_at, ended_at, COALESCE(receipt, 0),
				COALESCE(number, ''), sha256, size, schema_version, reports, accepted, warned, rejected, head,
				(SELECT COUNT(DISTINCT g.position) FROM progress g WHERE g.package_id = package.id AND g.state = 'refused'),
				(SELECT COUNT(DISTINCT w.position) FROM query w JOIN progress g ON g.package_id = w.package_id AND g.position = w.position
					AND g.recipient = w.recipient AND g.state = 'in_review'
					WHERE w.package_id = package.id AND w.outcome = '' AND w.answered_at IS NULL),
				`+unmended+`
			FROM package WHERE unit = $1 AND id = $2`, unit, string(id)))
		return err
	})
	if errors.Is(err, sql.ErrNoRows) {
		return upload.Package{}, upload.ErrNoPackage
	}
	if err != nil {
		return upload.Package{}, fmt.Errorf("read package: %w", err)
	}
	return p, nil
}

// Causes lists the causes of a package, the most frequent first.
func (s *Store) Causes(ctx context.Context, unit string, id upload.ID) ([]upload.Cause, error) {
	var out []upload.Cause
	err := s.db.Read(ctx, func(ctx context.Context, tx *database.Tx) error {
		out = nil
		rows, err := tx.QueryContext(ctx, `SELECT c.cause, c.content, COUNT(r.position) FROM package_cause c
			JOIN package p ON p.id = c.package_id
			JOIN result_cause r ON r.package_id = c.package_id AND r.cause = c.cause
			WHERE p.unit = $1 AND p.id = $2
			GROUP BY c.package_id, c.cause, c.severity, c.content
			ORDER BY c.severity, COUNT(r.position) DESC, c.cause`, unit, string(id))
		if err != nil {
			return err
		}
		defer func() { _ = rows.Close() }() // Err tells what Close would
		for rows.Next() {
			var c upload.Cause
			var sealed []byte
			if err := rows.Scan(&c.Number, &sealed, &c.Reports); err != nil {
				return err
			}
			if err := s.causes.OpenJSON(rowKey(dispatch.PackageID(id), c.Number), causeGroup, sealed, &c.Sample); err != nil {
				return err
			}
			out = append(out, c)
		}
		return rows.Err()
	})
	if err != nil {
		return nil, fmt.Errorf("list causes: %w", err)
	}
	return out, nil
}

// chosen is the condition of a filter, with the parameters $1 unit, $2
// package, $3 verdict, $4 cause, $5 rule, $6 state.
const chosen = ` FROM report_result r JOIN package p ON p.id = r.package_id
	WHERE p.unit = $1 AND r.package_id = $2 AND p.state = 'received'
	AND ($3 = '' OR r.verdict = $3)
	AND ($4 = 0 OR EXISTS (SELECT 1 FROM result_cause c WHERE c.package_id = r.package_id AND c.cause = $4 AND c.position = r.position))
	AND ($5 = '' OR EXISTS (SELECT 1 FROM result_cause c JOIN package_cause k ON k.package_id = c.package_id AND k.cause = c.cause
		WHERE c.package_id = r.package_id AND c.position = r.position AND k.rule = $5))
	AND ($6 = '' OR EXISTS (SELECT 1 FROM progress g WHERE g.package_id = r.package_id AND g.position = r.position AND ` + stateOf + ` = $6))`

func parameters(unit string, id upload.ID, f upload.Filter, more ...any) []any {
	return append([]any{unit, string(id), string(f.Verdict), f.Cause, f.Rule, string(f.State)}, more...)
}

// Lines gives lines of the protocol in the order of the package, and how many
// the filter chooses.
func (s *Store) Lines(ctx context.Context, unit string, id upload.ID, f upload.Filter, offset, limit int) ([]upload.Line, int, error) {
	var out []upload.Line
	total := 0
	err := s.db.Read(ctx, func(ctx context.Context, tx *database.Tx) error {
		err := tx.QueryRowContext(ctx, `SELECT COUNT(r.position)`+chosen, parameters(unit, id, f)...).Scan(&total)
		if err != nil {
			return err
		}
		out, err = s.lines(ctx, tx, id, `SELECT r.position, r.occasion, r.verdict, r.content`+chosen+
			` ORDER BY r.position LIMIT $7 OFFSET $8`, parameters(unit, id, f, limit, offset)...)
		return err
	})
	if err != nil {
		return nil, 0, fmt.Errorf("read protocol: %w", err)
	}
	return out, total, nil
}

// eachAtOnce is how many lines Each holds at a time.
const eachAtOnce = 500

// Each calls do with every line that the filter chooses, in order. The lines
// come in pieces, each a snapshot of its own: verdicts do not change any more,
// states may.
func (s *Store) Each(ctx context.Context, unit string, id upload.ID, f upload.Filter, do func(upload.Line) error) error {
	after := 0
	for {
		var piece []upload.Line
		err := s.db.Read(ctx, func(ctx context.Context, tx *database.Tx) error {
			var err error
			piece, err = s.lines(ctx, tx, id, `SELECT r.position, r.occasion, r.verdict, r.content`+chosen+
				` AND r.position > $7 ORDER BY r.position LIMIT $8`, parameters(unit, id, f, after, eachAtOnce)...)
			return err
		})
		if err != nil {
			return fmt.Errorf("read protocol: %w", err)
		}
		for _, line := range piece {
			if err := do(line); err != nil {
				return err
			}
			after = line.Position
		}
		if len(piece) < eachAtOnce {
			return nil
		}
	}
}

func (s *Store) lines(ctx context.Context, tx *database.Tx, id upload.ID, query string, args ...any) ([]upload.Line, error) {
	rows, err := tx.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }() // Err tells what Close would
	var out []upload.Line
	places := map[int]int{}
	for rows.Next() {
		var l upload.Line
		var sealed []byte
		if err := rows.Scan(&l.Position, &l.Occasion, &l.Verdict, &sealed); err != nil {
			return nil, err
		}
		var c content
		if s.results.OpenJSON(rowKey(dispatch.PackageID(id), l.Position), resultGroup, sealed, &c) != nil {
			c, l.Damaged = content{}, true // one damaged row must not hide the others
		}
		l.Patient, l.Report, l.Findings = c.Patient, c.Report, c.Findings
		places[l.Position] = len(out)
		out = append(out, l)
	}
	if err := rows.Err(); err != nil || len(out) == 0 {
		return out, err
	}
	_ = rows.Close() // the next statement needs the connection
	return out, s.standings(ctx, tx, id, out, places)
}

// standings adds what trust centres have said of the lines.
func (s *Store) standings(ctx context.Context, tx *database.Tx, id upload.ID, out []upload.Line, places map[int]int) error {
	rows, err := tx.QueryContext(ctx, `SELECT g.position, g.recipient, `+stateOf+`, g.at, g.remarks FROM progress g
		WHERE g.package_id = $1 AND g.position BETWEEN $2 AND $3 ORDER BY g.position, g.recipient`,
		string(id), out[0].Position, out[len(out)-1].Position)
	if err != nil {
		return err
	}
	defer func() { _ = rows.Close() }() // Err tells what Close would
	for rows.Next() {
		var position int
		var st upload.Standing
		var at database.Time
		var sealed []byte
		if err := rows.Scan(&position, &st.Recipient, &st.State, &at, &sealed); err != nil {
			return err
		}
		place, shown := places[position]
		if !shown {
			continue
		}
		st.At = at.Time
		var remarks []submission.Remark
		if s.remarks.OpenJSON(progressKey(string(id), position, st.Recipient), remarksGroup, sealed, &remarks) != nil {
			remarks, out[place].Damaged = nil, true
		}
		st.Remarks = remarks
		out[place].Standing = append(out[place].Standing, st)
	}
	return rows.Err()
}

// Open lists the unit's packages that have reports to mend: rejected by either
// side, and no later submission brought the same report through; and how many
// there are. Reports of the Online-Erfassung stand among the forms.
func (s *Store) Open(ctx context.Context, unit string, since time.Time, limit int) ([]upload.Mending, int, error) {
	var out []upload.Mending
	total := 0
	err := s.db.Read(ctx, func(ctx context.Context, tx *database.Tx) error {
		out = nil
		rows, err := tx.QueryContext(ctx, `WITH bad AS (
				SELECT r.package_id, r.report_index, 1 AS rejected
				FROM package p JOIN report_result r ON r.package_id = p.id AND r.verdict = 'rejected'
				WHERE p.unit = $1 AND p.channel = 'package' AND p.state = 'received' AND p.ended_at > $2
				UNION ALL
				SELECT DISTINCT r.package_id, r.report_index, 0
				FROM package p JOIN progress g ON g.package_id = p.id AND g.state = 'refused'
				JOIN report_result r ON r.package_id = g.package_id AND r.position = g.position
				WHERE p.unit = $1 AND p.channel = 'package' AND p.state = 'received' AND p.ended_at > $2)
			SELECT p.id, p.number, p.ended_at, SUM(b.rejected), COUNT(*) - SUM(b.rejected), COUNT(*) OVER ()
			FROM bad b JOIN package p ON p.id = b.package_id
			WHERE NOT EXISTS (SELECT 1 FROM report_result n JOIN package q ON q.id = n.package_id
				WHERE n.report_index = b.report_index AND n.verdict <> 'rejected' AND q.state = 'received'
					AND q.kind = p.kind AND q.receipt > p.receipt)
			GROUP BY p.id, p.number, p.ended_at, p.receipt ORDER BY p.receipt DESC LIMIT $3`, unit, database.At(since), limit)
		if err != nil {
			return err
		}
		defer func() { _ = rows.Close() }() // Err tells what Close would
		for rows.Next() {
			var m upload.Mending
			var at database.Time
			if err := rows.Scan(&m.Package, &m.Number, &at, &m.Rejected, &m.Refused, &total); err != nil {
				return err
			}
			m.EndedAt = at.Time
			out = append(out, m)
		}
		return rows.Err()
	})
	if err != nil {
		return nil, 0, fmt.Errorf("list what is to mend: %w", err)
	}
	return out, total, nil
}

var _ upload.Protocols = (*Store)(nil)
