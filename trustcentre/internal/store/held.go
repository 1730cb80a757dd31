// SPDX-License-Identifier: EUPL-1.2

package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"meldewerk/audit"
	"meldewerk/exchange/submission"
	"meldewerk/exchange/transfer"
	"meldewerk/fault"
	"meldewerk/internal/database"
	"meldewerk/trustcentre/internal/handover"
	"meldewerk/trustcentre/internal/lastlook"
	"meldewerk/trustcentre/internal/query"
)

// ErrNotHeld is what a person reads who decides on a report that somebody or
// something has moved on meanwhile.
var ErrNotHeld = fault.New(fault.Conflict, "dossier.not_held",
	"Diese Meldung wartet nicht mehr. Laden Sie die Liste neu.")

// ErrUnfit is what a person reads who lets a record go on that the registry
// could not take. It goes on waiting.
var ErrUnfit = fault.New(fault.Conflict, "dossier.unfit",
	"Diese Meldung kann das Register so nicht annehmen. Sie wartet weiter. Verständigen Sie die Technik und bitten Sie die Einrichtung um eine berichtigte Fassung.")

// Held is a wartende Meldung: one report that waits, and why.
type Held struct {
	ID       handover.DossierID
	Receipt  submission.Receipt
	Position int
	Unit     string
	Reason   string // release or lastlook
	Stops    []lastlook.Stop
	Unfit    bool // the registry could not take the record as it is
	Lost     bool // what lies here of the record or of its stops cannot be opened; the record only of one that was opened
	Received time.Time
	Asked    int  // open queries on it without an answer; only in lists
	Answered int  // open queries with an answer; only in lists
	Named    bool // the identity is here, to compare words with; only of one that was opened
}

// Held lists waiting reports, the one with the nearest deadline first. An
// empty reason lists all.
func (s *Store) Held(ctx context.Context, reason string, offset, limit int) ([]Held, error) {
	var list []Held
	err := s.db.Read(ctx, func(ctx context.Context, tx *database.Tx) error {
		for scan, err := range each(ctx, tx, `
			SELECT id, receipt, position, unit, reason, stops, unfit, received_at,
				(SELECT COUNT(*) FROM query q WHERE q.dossier_id = dossier.id AND q.outcome = '' AND q.account = ''),
				(SELECT COUNT(*) FROM query q WHERE q.dossier_id = dossier.id AND q.outcome = '' AND q.account <> '')
			FROM dossier
			WHERE state = 'held' AND ($1 = '' OR reason = $1) ORDER BY received_at, receipt, position LIMIT $2 OFFSET $3`, reason, limit, offset) {
			if err != nil {
				return err
			}
			var asked, answered int
			h, err := scanHeld(scan, &asked, &answered)
			if err != nil {
				return err
			}
			h.Asked, h.Answered = asked, answered
			list = append(list, h)
		}
		return nil
	})
	return list, err
}

func scanHeld(scan func(dest ...any) error, more ...any) (Held, error) {
	var h Held
	var stops string
	var received database.Time
	if err := scan(append([]any{&h.ID, &h.Receipt, &h.Position, &h.Unit, &h.Reason, &stops, &h.Unfit, &received}, more...)...); err != nil {
		return h, err
	}
	if json.Unmarshal([]byte(stops), &h.Stops) != nil { // one damaged row must not hide the others
		h.Stops, h.Lost, h.Unfit = nil, true, true
	}
	h.Received = received.Time
	return h, nil
}

// Overdue lists records stopped by the last look whose receipt is older than
// the time, the oldest first, without those that the registry could not take.
func (s *Store) Overdue(ctx context.Context, receivedBefore time.Time, limit int) ([]handover.DossierID, error) {
	var ids []handover.DossierID
	err := s.db.Read(ctx, func(ctx context.Context, tx *database.Tx) error {
		for scan, err := range each(ctx, tx, `
			SELECT id FROM dossier WHERE state = 'held' AND reason = 'lastlook' AND NOT unfit AND received_at <= $1
			ORDER BY received_at, receipt, position LIMIT $2`, database.At(receivedBefore), limit) {
			if err != nil {
				return err
			}
			var id handover.DossierID
			if err := scan(&id); err != nil {
				return err
			}
			ids = append(ids, id)
		}
		return nil
	})
	return ids, err
}

// Stopped opens one held record for the person who decides on it; the look is
// logged in the same transaction. One that is damaged is shown as Lost.
func (s *Store) Stopped(ctx context.Context, actor string, id handover.DossierID) (Held, transfer.Record, error) {
	var h Held
	var record transfer.Record
	err := s.db.InTx(ctx, func(ctx context.Context, tx *database.Tx) error {
		h, record = Held{}, transfer.Record{}
		var sealed, content []byte
		row := tx.QueryRowContext(ctx, `
			SELECT id, receipt, position, unit, reason, stops, unfit, received_at, record, content FROM dossier
			WHERE id = $1 AND state = 'held' AND reason = 'lastlook'`, string(id))
		var err error
		h, err = scanHeld(row.Scan, &sealed, &content)
		if errors.Is(err, sql.ErrNoRows) {
			return ErrNotHeld
		}
		if err != nil {
			return err
		}
		if s.dossiers.OpenJSON(string(id), "record", sealed, &record) != nil {
			record, h.Lost, h.Unfit = transfer.Record{}, true, true
		}
		h.Named = query.IsNamed(s.original(id, content))
		return s.log.Append(ctx, tx, audit.Act{Actor: actor, Code: audit.ReportInspected, Object: "dossier/" + string(id)})
	})
	return h, record, err
}

// Decision is the Entscheidung: what a person (or the deadline) decides on a record that the
// last look has stopped.
type Decision struct {
	Actor   string
	Keep    bool   // fields whose words meet the identity by chance go along; all other stopped fields never do
	Marking string // rule id under which the record is marked as gone on with open findings
}

// Decide lets one stopped record go on, with the harmless fields or without
// any. What is left is looked at once more: a record that still holds something
// of the identity, or that the registry could not take, waits on (ErrUnfit).
func (s *Store) Decide(ctx context.Context, id handover.DossierID, d Decision) error {
	unfit := false
	err := s.db.InTx(ctx, func(ctx context.Context, tx *database.Tx) error {
		var content, sealed []byte
		var raw string
		err := tx.QueryRowContext(ctx, `
			SELECT content, record, stops FROM dossier WHERE id = $1 AND state = 'held' AND reason = 'lastlook'`, string(id)).Scan(&content, &sealed, &raw)
		if errors.Is(err, sql.ErrNoRows) {
			return ErrNotHeld
		}
		if err != nil {
			return err
		}
		record, err := s.decided(id, d, content, sealed, raw)
		if err != nil {
			return err
		}
		if unfit = record == nil; unfit {
			if _, err := tx.ExecContext(ctx, `UPDATE dossier SET unfit = TRUE WHERE id = $1`, string(id)); err != nil {
				return fmt.Errorf("note unfit record: %w", err)
			}
			return s.log.Append(ctx, tx, audit.Act{Actor: d.Actor, Code: audit.LastLookReleased, Object: "dossier/" + string(id), Result: audit.Refused})
		}
		if _, err := tx.ExecContext(ctx, `
			UPDATE dossier SET state = 'ready', reason = '', unfit = FALSE, record = $2 WHERE id = $1`, string(id), record); err != nil {
			return fmt.Errorf("let record go on: %w", err)
		}
		outcome := submission.Settled
		if d.Marking != "" {
			outcome = submission.Lapsed
		}
		if err := s.closeQueries(ctx, tx, d.Actor, string(id), outcome); err != nil {
			return err
		}
		kept := int64(0)
		if d.Keep {
			kept = 1
		}
		return s.log.Append(ctx, tx, audit.Act{Actor: d.Actor, Code: audit.LastLookReleased, Object: "dossier/" + string(id), Counts: map[string]int64{"kept": kept}})
	})
	if err == nil && unfit {
		return ErrUnfit
	}
	return err
}

// decided gives the sealed record as it may leave, nil when it may not.
func (s *Store) decided(id handover.DossierID, d Decision, content, sealed []byte, raw string) ([]byte, error) {
	var stops []lastlook.Stop
	var record transfer.Record
	original := s.original(id, content)
	if original == nil || json.Unmarshal([]byte(raw), &stops) != nil || s.dossiers.OpenJSON(string(id), "record", sealed, &record) != nil {
		return nil, nil // something is deleted or damaged; nobody can look again
	}
	kept := func(stop lastlook.Stop) bool { return d.Keep && stop.MayBeHarmless() }
	lastlook.Blank(&record, slices.DeleteFunc(slices.Clone(stops), kept))
	if d.Marking != "" && !slices.Contains(record.OpenFindings, d.Marking) {
		record.OpenFindings = append(record.OpenFindings, d.Marking)
	}
	left := slices.DeleteFunc(lastlook.Examine(&original.Person, &record, string(original.Patient), string(original.ID)), kept)
	if len(left) > 0 || record.Check() != nil {
		return nil, nil
	}
	fresh, err := s.dossiers.SealJSON(string(id), "record", record)
	if err != nil {
		return nil, fmt.Errorf("seal record: %w", err)
	}
	return fresh, nil
}
