// SPDX-License-Identifier: EUPL-1.2

package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"meldewerk/audit"
	"meldewerk/exchange/submission"
	"meldewerk/fault"
	"meldewerk/internal/database"
)

// Ground is the Grund for which an envelope is given up.
type Ground string

// The grounds.
const (
	GroundLost Ground = "lost" // its content cannot be restored at the portal
	GroundKey  Ground = "key"  // the key that opens it is gone for good
	GroundForm Ground = "form" // it holds something else than a portal writes
	GroundLate Ground = "late" // nobody could read it before the limit of what may lie here
)

// ErrNotAside is what a person reads who gives an envelope up that is opened
// or given up already.
var ErrNotAside = fault.New(fault.Conflict, "envelope.not_aside",
	"Dieser Umschlag ist nicht mehr zurückgestellt. Laden Sie die Liste neu.")

// GivenUp is an aufgegebener Umschlag: one that nobody tries to read any more.
type GivenUp struct {
	Aside
	Ground Ground
	By     string // account of the own staff
	At     time.Time
	Told   bool // the portal knows
}

// SetAsideOne gives one envelope that could not be opened or came damaged, or
// ErrNotAside.
func (s *Store) SetAsideOne(ctx context.Context, id submission.EnvelopeID) (Aside, error) {
	var a Aside
	err := s.db.Read(ctx, func(ctx context.Context, tx *database.Tx) error {
		var err error
		a, _, err = setAside(ctx, tx, id)
		return err
	})
	return a, err
}

// setAside looks for one, with the facts of one that lies here.
func setAside(ctx context.Context, tx *database.Tx, id submission.EnvelopeID) (Aside, bool, error) {
	a := Aside{ID: id, Why: Damaged}
	var received database.Time
	err := tx.QueryRowContext(ctx, `SELECT receipt, part, unit, reports, received_at FROM damaged_envelope WHERE id = $1`, string(id)).
		Scan(&a.Receipt, &a.Part, &a.Unit, &a.Reports, &received)
	if err == nil {
		a.Received = received.Time
		return a, false, nil
	}
	if !errors.Is(err, sql.ErrNoRows) {
		return a, false, fmt.Errorf("look for a damaged envelope: %w", err)
	}
	var outside string
	err = tx.QueryRowContext(ctx, `SELECT receipt, part, facts, trouble, received_at FROM envelope WHERE id = $1 AND state = 'unreadable'`, string(id)).
		Scan(&a.Receipt, &a.Part, &outside, &a.Why, &received)
	if errors.Is(err, sql.ErrNoRows) {
		return a, false, ErrNotAside
	}
	if err != nil {
		return a, false, fmt.Errorf("look for an envelope set aside: %w", err)
	}
	f, _ := factsOf(outside)
	a.Unit, a.Reports, a.Received = f.Unit, f.Reports, received.Time
	return a, true, nil
}

// GiveUp ends the attempt to read an envelope, for good: what lies here of it
// is deleted, and one that comes again is not taken. The portal is told, and
// tells the reporters to send their reports again.
func (s *Store) GiveUp(ctx context.Context, actor string, id submission.EnvelopeID, ground Ground) error {
	return s.reduce(ctx, func(ctx context.Context, tx *database.Tx) error {
		a, here, err := setAside(ctx, tx, id)
		if err != nil {
			return err
		}
		if here {
			_, err = tx.ExecContext(ctx, `UPDATE envelope SET state = 'expired', trouble = '', sealed = NULL WHERE id = $1`, string(id))
		} else {
			err = forgetDamaged(ctx, tx, &a)
		}
		if err != nil {
			return fmt.Errorf("give envelope up: %w", err)
		}
		if err := noteGivenUp(ctx, tx, &a, actor, ground); err != nil {
			return err
		}
		return s.log.Append(ctx, tx, audit.Act{Actor: actor, Code: audit.EnvelopeGivenUp, Object: "envelope/" + string(id), Purpose: string(ground),
			Counts: map[string]int64{"reports": int64(a.Reports)}})
	})
}

func noteGivenUp(ctx context.Context, tx *database.Tx, a *Aside, actor string, ground Ground) error {
	if _, err := tx.ExecContext(ctx, `INSERT INTO given_up (envelope_id, reports, unit, ground, given_by, given_at) VALUES ($1, $2, $3, $4, $5, $6)`,
		string(a.ID), int64(a.Reports), a.Unit, string(ground), actor, database.At(tx.Now)); err != nil {
		return fmt.Errorf("note envelope given up: %w", err)
	}
	return nil
}

// expireEnvelopes empties envelopes that nobody could open before the limit.
// Their reporters are told, like those of envelopes that a person gives up.
func expireEnvelopes(ctx context.Context, tx *database.Tx, before time.Time) (int64, error) {
	var list []Aside
	for scan, err := range each(ctx, tx, `SELECT id, facts FROM envelope WHERE stored_at < $1 AND sealed IS NOT NULL ORDER BY receipt, part`, database.At(before)) {
		if err != nil {
			return 0, err
		}
		var a Aside
		var outside string
		if err := scan(&a.ID, &outside); err != nil {
			return 0, fmt.Errorf("look for expired envelopes: %w", err)
		}
		f, _ := factsOf(outside)
		a.Unit, a.Reports = f.Unit, f.Reports
		list = append(list, a)
	}
	for i := range list {
		if _, err := tx.ExecContext(ctx, `UPDATE envelope SET state = 'expired', trouble = '', sealed = NULL WHERE id = $1`, string(list[i].ID)); err != nil {
			return 0, fmt.Errorf("delete expired envelope: %w", err)
		}
		if err := noteGivenUp(ctx, tx, &list[i], audit.System, GroundLate); err != nil {
			return 0, err
		}
	}
	return int64(len(list)), nil
}

// forgetDamaged puts an envelope that came without its content among those
// that are known and empty.
func forgetDamaged(ctx context.Context, tx *database.Tx, a *Aside) error {
	if _, err := tx.ExecContext(ctx, `DELETE FROM damaged_envelope WHERE id = $1`, string(a.ID)); err != nil {
		return err
	}
	outside, err := json.Marshal(facts{Unit: a.Unit, Reports: a.Reports})
	if err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, `INSERT INTO envelope (id, receipt, part, facts, state, received_at, stored_at) VALUES ($1, $2, $3, $4, 'expired', $5, $6)`,
		string(a.ID), int64(a.Receipt), int64(a.Part), string(outside), database.At(notAfter(a.Received, tx.Now)), database.At(tx.Now))
	return err
}

// GivenUps lists envelopes that were given up after the time, the newest first.
func (s *Store) GivenUps(ctx context.Context, after time.Time, limit int) ([]GivenUp, error) {
	var list []GivenUp
	err := s.db.Read(ctx, func(ctx context.Context, tx *database.Tx) error {
		list = nil
		for scan, err := range each(ctx, tx, `
			SELECT g.envelope_id, e.receipt, e.part, g.unit, g.reports, e.received_at, g.ground, g.given_by, g.given_at, g.told_at IS NOT NULL
			FROM given_up g JOIN envelope e ON e.id = g.envelope_id WHERE g.given_at > $1 ORDER BY g.given_at DESC, g.envelope_id LIMIT $2`, database.At(after), limit) {
			if err != nil {
				return err
			}
			var g GivenUp
			var received, at database.Time
			if err := scan(&g.ID, &g.Receipt, &g.Part, &g.Unit, &g.Reports, &received, &g.Ground, &g.By, &at, &g.Told); err != nil {
				return fmt.Errorf("list envelopes given up: %w", err)
			}
			g.Received, g.At = received.Time, at.Time
			list = append(list, g)
		}
		return nil
	})
	return list, err
}

// GivenUpUntold lists envelopes given up of which the portal does not know, the
// last ones first; again also those of which it was told before.
func (s *Store) GivenUpUntold(ctx context.Context, again bool, limit int) ([]submission.EnvelopeID, error) {
	return s.envelopeIDs(ctx, `
		SELECT envelope_id FROM given_up WHERE told_at IS NULL OR $1 = TRUE ORDER BY told_at IS NOT NULL, given_at DESC LIMIT $2`, again, limit)
}

// RetellGivenUp lets those of the envelopes that are given up be told once more:
// a portal that gives them again was set back and does not know it.
func (s *Store) RetellGivenUp(ctx context.Context, ids []submission.EnvelopeID) error {
	return s.db.InTx(ctx, func(ctx context.Context, tx *database.Tx) error {
		again := int64(0)
		for _, id := range ids {
			n, err := affected(tx.ExecContext(ctx, `UPDATE given_up SET told_at = NULL WHERE envelope_id = $1 AND told_at IS NOT NULL`, string(id)))
			if err != nil {
				return fmt.Errorf("look for envelopes given up: %w", err)
			}
			again += n
		}
		if again == 0 {
			return nil
		}
		return s.log.Append(ctx, tx, audit.Act{Actor: audit.System, Code: audit.ProgressTold, Counts: map[string]int64{"given_up_again": again}})
	})
}

// GivenUpTold notes that the portal knows.
func (s *Store) GivenUpTold(ctx context.Context, ids []submission.EnvelopeID) error {
	return s.db.InTx(ctx, func(ctx context.Context, tx *database.Tx) error {
		for _, id := range ids {
			if _, err := tx.ExecContext(ctx, `UPDATE given_up SET told_at = $2 WHERE envelope_id = $1`, string(id), database.At(tx.Now)); err != nil {
				return fmt.Errorf("note told envelope: %w", err)
			}
		}
		return s.log.Append(ctx, tx, audit.Act{Actor: audit.System, Code: audit.ProgressTold, Counts: map[string]int64{"given_up": int64(len(ids))}})
	})
}
