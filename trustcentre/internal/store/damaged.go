// SPDX-License-Identifier: EUPL-1.2

package store

import (
	"context"
	"fmt"
	"time"

	"meldewerk/audit"
	"meldewerk/exchange/submission"
	"meldewerk/internal/database"
)

// Stored gives those of the envelopes that this house has already, whole: only
// their acknowledgement was lost.
func (s *Store) Stored(ctx context.Context, envelopes []submission.Envelope) ([]submission.EnvelopeID, error) {
	var stored []submission.EnvelopeID
	err := s.db.Read(ctx, func(ctx context.Context, tx *database.Tx) error {
		stored = nil
		for i := range envelopes {
			var known bool
			if err := tx.QueryRowContext(ctx, `SELECT EXISTS (SELECT 1 FROM envelope WHERE id = $1)`, string(envelopes[i].ID)).Scan(&known); err != nil {
				return fmt.Errorf("look for envelope: %w", err)
			}
			if known {
				stored = append(stored, envelopes[i].ID)
			}
		}
		return nil
	})
	return stored, err
}

// NoteDamaged notes envelopes that came without their content. It tells how
// many were not known before.
func (s *Store) NoteDamaged(ctx context.Context, envelopes []submission.Envelope) (int64, error) {
	fresh := int64(0)
	err := s.db.InTx(ctx, func(ctx context.Context, tx *database.Tx) error {
		fresh = 0
		for i := range envelopes {
			e := &envelopes[i]
			noted, err := affected(tx.ExecContext(ctx, `
				INSERT INTO damaged_envelope (id, receipt, part, unit, reports, received_at, noted_at) VALUES ($1, $2, $3, $4, $5, $6, $7)
				ON CONFLICT (id) DO NOTHING`, string(e.ID), int64(e.Receipt), int64(e.Part), e.Unit, int64(e.Reports),
				database.At(notAfter(e.ReceivedAt, tx.Now)), database.At(tx.Now)))
			if err != nil {
				return fmt.Errorf("note damaged envelope: %w", err)
			}
			if noted == 0 {
				continue
			}
			fresh++
			if err := s.log.Append(ctx, tx, audit.Act{Actor: audit.System, Code: audit.EnvelopeFetched, Object: "envelope/" + string(e.ID), Result: audit.Refused}); err != nil {
				return err
			}
		}
		return nil
	})
	return fresh, err
}

// notAfter keeps a portal whose clock is ahead from putting deadlines off.
func notAfter(t, now time.Time) time.Time {
	if t.After(now) {
		return now
	}
	return t
}

// damaged lists envelopes that came without their content.
func (s *Store) damaged(ctx context.Context, tx *database.Tx, limit int) ([]Aside, error) {
	var list []Aside
	for scan, err := range each(ctx, tx, `
		SELECT id, receipt, part, unit, reports, received_at FROM damaged_envelope ORDER BY receipt, part LIMIT $1`, limit) {
		if err != nil {
			return nil, err
		}
		a := Aside{Why: Damaged}
		var received database.Time
		if err := scan(&a.ID, &a.Receipt, &a.Part, &a.Unit, &a.Reports, &received); err != nil {
			return nil, fmt.Errorf("list damaged envelopes: %w", err)
		}
		a.Received = received.Time
		list = append(list, a)
	}
	return list, nil
}
