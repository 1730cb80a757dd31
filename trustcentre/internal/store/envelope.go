// SPDX-License-Identifier: EUPL-1.2

package store

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"meldewerk/audit"
	"meldewerk/exchange/submission"
	"meldewerk/internal/database"
)

// facts is what stands outside the seal of an envelope.
type facts struct {
	Parts       int
	Kind        submission.Kind
	Channel     submission.Channel
	Unit        string
	AnyReporter bool
	Reporters   []string
	Released    bool
	Reports     int
	Withdrawn   []int
	SHA256      []byte
}

// Collect stores envelopes durably, each once, and says how many were new.
func (s *Store) Collect(ctx context.Context, envelopes []submission.Envelope) (int, error) {
	fresh := 0
	err := s.db.InTx(ctx, func(ctx context.Context, tx *database.Tx) error {
		fresh = 0
		for i := range envelopes {
			e := &envelopes[i]
			outside, err := json.Marshal(facts{e.Parts, e.Kind, e.Channel, e.Unit, e.AnyReporter, e.Reporters, e.Released, e.Reports, e.Withdrawn, e.SHA256})
			if err != nil {
				return fmt.Errorf("encode envelope: %w", err)
			}
			result, err := tx.ExecContext(ctx, `
				INSERT INTO envelope (id, receipt, part, facts, state, sealed, received_at, stored_at)
				VALUES ($1, $2, $3, $4, 'stored', $5, $6, $7) ON CONFLICT (id) DO NOTHING`,
				string(e.ID), int64(e.Receipt), int64(e.Part), string(outside), e.Sealed, database.At(notAfter(e.ReceivedAt, tx.Now)), database.At(tx.Now))
			if err != nil {
				return fmt.Errorf("store envelope: %w", err)
			}
			n, err := result.RowsAffected()
			if err != nil {
				return err
			}
			if n == 0 {
				continue
			}
			fresh++
			if _, err := tx.ExecContext(ctx, `DELETE FROM damaged_envelope WHERE id = $1`, string(e.ID)); err != nil {
				return fmt.Errorf("forget damage of an envelope: %w", err)
			}
		}
		if fresh == 0 {
			return nil
		}
		return s.log.Append(ctx, tx, audit.Act{Actor: audit.System, Code: audit.EnvelopeFetched, Counts: map[string]int64{"envelopes": int64(fresh)}})
	})
	return fresh, err
}

// factsOf reads what stands outside the seal, and says whether it is whole: no
// damaged row may stop the others.
func factsOf(outside string) (facts, bool) {
	var f facts
	if json.Unmarshal([]byte(outside), &f) != nil || f.Unit == "" || f.Reports < 1 {
		return facts{}, false
	}
	return f, true
}

// NextEnvelope gives the stored envelope with the lowest receipt, or nil. One
// whose facts are damaged here is given as Damaged.
func (s *Store) NextEnvelope(ctx context.Context) (*submission.Envelope, error) {
	var found *submission.Envelope
	err := s.db.Read(ctx, func(ctx context.Context, tx *database.Tx) error {
		for scan, err := range each(ctx, tx, `
			SELECT id, receipt, part, facts, sealed, received_at FROM envelope
			WHERE state = 'stored' ORDER BY receipt, part LIMIT 1`) {
			if err != nil {
				return err
			}
			var e submission.Envelope
			var outside string
			var received database.Time
			if err := scan(&e.ID, &e.Receipt, &e.Part, &outside, &e.Sealed, &received); err != nil {
				return err
			}
			f, intact := factsOf(outside)
			e.Damaged = !intact || f.Kind == "" || f.Channel == ""
			e.ReceivedAt, e.Parts, e.Kind, e.Channel, e.Unit = received.Time, f.Parts, f.Kind, f.Channel, f.Unit
			e.AnyReporter, e.Reporters, e.Released, e.Reports, e.Withdrawn, e.SHA256 = f.AnyReporter, f.Reporters, f.Released, f.Reports, f.Withdrawn, f.SHA256
			found = &e
		}
		return nil
	})
	return found, err
}

// Trouble is the Befund of an envelope that cannot be opened: why.
type Trouble string

// The troubles.
const (
	NoKey      Trouble = "keys"    // none of the keys here opens it
	BadContent Trouble = "content" // it holds something else than a portal writes, or its facts are damaged here
	Damaged    Trouble = "damaged" // it came without its content and stays at the portal
)

// SetAside takes an envelope out of the queue that cannot be opened or read;
// it stays sealed until a person has looked.
func (s *Store) SetAside(ctx context.Context, id submission.EnvelopeID, why Trouble) error {
	return s.db.InTx(ctx, func(ctx context.Context, tx *database.Tx) error {
		if _, err := tx.ExecContext(ctx, `UPDATE envelope SET state = 'unreadable', trouble = $2 WHERE id = $1 AND state = 'stored'`,
			string(id), string(why)); err != nil {
			return fmt.Errorf("set envelope aside: %w", err)
		}
		return s.log.Append(ctx, tx, audit.Act{Actor: audit.System, Code: audit.EnvelopeOpened, Object: "envelope/" + string(id), Result: audit.Refused})
	})
}

// Aside is a zurückgestellter Umschlag: an envelope that could not be opened,
// or that came damaged.
type Aside struct {
	ID       submission.EnvelopeID
	Receipt  submission.Receipt
	Part     int
	Unit     string // empty: the facts are damaged here, and Reports is 0
	Reports  int
	Why      Trouble
	Received time.Time
}

// SetAsides lists the envelopes that came damaged and those that were set
// aside, the oldest receipt first.
func (s *Store) SetAsides(ctx context.Context, limit int) ([]Aside, error) {
	var list []Aside
	err := s.db.Read(ctx, func(ctx context.Context, tx *database.Tx) error {
		var err error
		if list, err = s.damaged(ctx, tx, limit); err != nil {
			return err
		}
		for scan, err := range each(ctx, tx, `
			SELECT id, receipt, part, facts, trouble, received_at FROM envelope
			WHERE state = 'unreadable' ORDER BY receipt, part LIMIT $1`, limit-len(list)) {
			if err != nil {
				return err
			}
			var a Aside
			var outside string
			var received database.Time
			if err := scan(&a.ID, &a.Receipt, &a.Part, &outside, &a.Why, &received); err != nil {
				return err
			}
			f, _ := factsOf(outside)
			a.Unit, a.Reports, a.Received = f.Unit, f.Reports, received.Time
			list = append(list, a)
		}
		return nil
	})
	slices.SortFunc(list, func(a, b Aside) int {
		return cmp.Or(cmp.Compare(a.Receipt, b.Receipt), cmp.Compare(a.Part, b.Part))
	})
	return list, err
}

// Retry puts all envelopes that were set aside back into the queue, after a
// key was brought back or the program was mended. It tells how many.
func (s *Store) Retry(ctx context.Context, actor string) (int64, error) {
	back := int64(0)
	err := s.db.InTx(ctx, func(ctx context.Context, tx *database.Tx) error {
		result, err := tx.ExecContext(ctx, `UPDATE envelope SET state = 'stored', trouble = '' WHERE state = 'unreadable'`)
		if err != nil {
			return fmt.Errorf("put envelopes back: %w", err)
		}
		if back, err = result.RowsAffected(); err != nil || back == 0 {
			return err
		}
		return s.log.Append(ctx, tx, audit.Act{Actor: actor, Code: audit.EnvelopeRetried, Counts: map[string]int64{"envelopes": back}})
	})
	return back, err
}

// BackedUpUntold lists envelopes that a verified backup contains and that the
// portal may delete now. Nothing is in a backup that has no date.
func (s *Store) BackedUpUntold(ctx context.Context, backup time.Time, limit int) ([]submission.EnvelopeID, error) {
	if backup.IsZero() {
		return nil, nil
	}
	return s.envelopeIDs(ctx, `
		SELECT id FROM envelope WHERE backed_up_at IS NULL AND stored_at < $1 ORDER BY stored_at, id LIMIT $2`, database.At(backup), limit)
}

// envelopeIDs reads the ids that a query gives.
func (s *Store) envelopeIDs(ctx context.Context, query string, args ...any) ([]submission.EnvelopeID, error) {
	var ids []submission.EnvelopeID
	err := s.db.Read(ctx, func(ctx context.Context, tx *database.Tx) error {
		ids = nil
		for scan, err := range each(ctx, tx, query, args...) {
			if err != nil {
				return err
			}
			var id submission.EnvelopeID
			if err := scan(&id); err != nil {
				return err
			}
			ids = append(ids, id)
		}
		return nil
	})
	return ids, err
}

// BackedUpTold notes that the portal knows of the backup.
func (s *Store) BackedUpTold(ctx context.Context, ids []submission.EnvelopeID) error {
	return s.db.InTx(ctx, func(ctx context.Context, tx *database.Tx) error {
		for _, id := range ids {
			if _, err := tx.ExecContext(ctx, `UPDATE envelope SET backed_up_at = $2 WHERE id = $1`, string(id), database.At(tx.Now)); err != nil {
				return fmt.Errorf("note backed up envelope: %w", err)
			}
		}
		return s.log.Append(ctx, tx, audit.Act{Actor: audit.System, Code: audit.BackupTold, Counts: map[string]int64{"envelopes": int64(len(ids))}})
	})
}
