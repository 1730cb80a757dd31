// SPDX-License-Identifier: EUPL-1.2

package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"meldewerk/audit"
	"meldewerk/exchange/submission"
	"meldewerk/internal/database"
	"meldewerk/portal/internal/dispatch"
	"meldewerk/report"
)

// givenUp says on each way what to do. Of a report that was typed the portal
// has no identity any more, so that is given anew.
var givenUp = map[submission.Channel]submission.Remark{
	submission.ByPackage: {Rule: dispatch.RuleGivenUp, Severity: string(report.Error),
		Message: "Die versiegelte Meldung ist beschädigt. Die Vertrauensstelle kann sie nicht lesen.",
		Remedy:  "Senden Sie das Paket unverändert noch einmal. Was daraus schon angekommen ist, gilt dabei als Doppelmeldung und bleibt, wie es ist."},
	submission.ByForm: {Rule: dispatch.RuleGivenUp, Severity: string(report.Error),
		Message: "Die versiegelte Meldung ist beschädigt. Die Vertrauensstelle kann sie nicht lesen.",
		Remedy:  "Geben Sie in der Patientenakte die Identität neu an. Die Meldung geht dabei von selbst noch einmal mit."},
}

// GiveUp gives the envelopes out no more and sets their reports to refused.
// Ids of others, unknown ones and those given up before change nothing; a
// report that went on all the same keeps its state.
func (s *Store) GiveUp(ctx context.Context, recipient string, ids []submission.EnvelopeID) error {
	return s.db.InTx(ctx, func(ctx context.Context, tx *database.Tx) error {
		var envelopes, refused int64
		for _, id := range ids {
			n, known, err := s.giveUp(ctx, tx, recipient, string(id))
			if err != nil {
				return fmt.Errorf("give envelope up: %w", err)
			}
			if known {
				envelopes++
				refused += n
			}
		}
		if envelopes == 0 {
			return nil
		}
		return s.log.Append(ctx, tx, audit.Act{Actor: audit.System, Code: audit.EnvelopeGivenUp, Object: "house/" + recipient,
			Counts: map[string]int64{"envelopes": envelopes, "reports": refused}})
	})
}

// giveUp gives one up. It tells of how many reports, and whether there was
// anything to do.
func (s *Store) giveUp(ctx context.Context, tx *database.Tx, recipient, id string) (int64, bool, error) {
	var pkg string
	var channel submission.Channel
	var first, last int
	err := tx.QueryRowContext(ctx, `SELECT e.package_id, p.channel, e.first_position, e.last_position
		FROM envelope e JOIN package p ON p.id = e.package_id
		WHERE e.id = $1 AND e.recipient = $2 AND e.given_up_at IS NULL AND p.state = 'received'`, id, recipient).
		Scan(&pkg, &channel, &first, &last)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, false, nil
	}
	if err != nil {
		return 0, false, err
	}
	if _, err := tx.ExecContext(ctx, `UPDATE envelope SET given_up_at = $1, acknowledged_at = COALESCE(acknowledged_at, $1) WHERE id = $2`,
		database.At(tx.Now), id); err != nil {
		return 0, false, err
	}
	positions, err := numbers(ctx, tx, `SELECT position FROM report_result
		WHERE package_id = $1 AND position BETWEEN $2 AND $3 ORDER BY position`, pkg, first, last)
	if err != nil {
		return 0, false, err
	}
	refused := int64(0)
	for _, position := range positions {
		n, err := s.setProgress(ctx, tx, pkg, recipient, submission.Progress{Position: position, State: submission.Refused,
			Remarks: []submission.Remark{givenUp[channel]}, At: tx.Now})
		if err != nil {
			return 0, false, err
		}
		refused += n
	}
	return refused, true, nil
}

// numbers reads one column of numbers.
func numbers(ctx context.Context, tx *database.Tx, query string, args ...any) ([]int, error) {
	rows, err := tx.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }() // Err tells what Close would
	var out []int
	for rows.Next() {
		var n int
		if err := rows.Scan(&n); err != nil {
			return nil, err
		}
		out = append(out, n)
	}
	return out, rows.Err()
}
