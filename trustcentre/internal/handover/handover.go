// SPDX-License-Identifier: EUPL-1.2

// Package handover passes pseudonymised reports to the registry, takes its
// completion notices and tells the portal: steps 9 and 12 of the way of a
// report.
//
// Every step may be repeated: what was put is put again until it is noted as
// put, and both neighbours know each thing only once. The room must never hand
// over a record that the last look has stopped.
package handover

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"time"

	"meldewerk/exchange/submission"
	"meldewerk/exchange/transfer"
	"meldewerk/fault"
)

// DossierID is the Vorgangsnummer of the trust centre: one version of one report.
type DossierID string

// Outgoing is a Weitergabe about to happen: a record that may leave.
type Outgoing struct {
	ID      DossierID
	Record  transfer.Record
	Damaged bool // the record cannot be opened
}

// Finished is an Abschluss: a finished report on its way into the portal's Tumorhistorie.
type Finished struct {
	NoticeID string
	Item     submission.HistoryItem
}

// Shelf is what the room needs from the store.
type Shelf interface {
	// Ready gives records that may leave, lowest receipt first.
	Ready(ctx context.Context, limit int) ([]Outgoing, error)
	// HandedOver notes that the registry has them, and the reports' new state.
	HandedOver(ctx context.Context, ids []DossierID) error
	// Refused holds back records that the registry does not take or that are damaged.
	Refused(ctx context.Context, ids []DossierID) error
	// Complete takes completion notices: it joins them with the reduced views
	// and empties everything that could identify the patients. It tells of how
	// many the view was damaged.
	Complete(ctx context.Context, notices []transfer.Notice) (int, error)
	// Untold gives states of reports that the portal does not know yet.
	Untold(ctx context.Context, limit int) ([]submission.Progress, error)
	// Told notes that the portal knows them; a state that changed meanwhile stays untold.
	Told(ctx context.Context, items []submission.Progress) error
	// Unfinished gives finished reports that the portal does not have yet, and
	// how many it has passed by because they are damaged here.
	Unfinished(ctx context.Context, limit int) ([]Finished, int, error)
	// Delivered empties them here.
	Delivered(ctx context.Context, items []Finished) error
	// HandOverAgain lists all records that are kept to be sent again.
	HandOverAgain(ctx context.Context, actor string) ([]DossierID, error)
	// Kept opens kept records.
	Kept(ctx context.Context, ids []DossierID) ([]transfer.Record, error)
}

// Runner moves reports on between the neighbours.
type Runner struct {
	shelf    Shelf
	portal   submission.Door
	registry transfer.Door
	log      *slog.Logger
	clock    func() time.Time

	alarmed time.Time // when damaged finished reports were last spoken of
}

// New makes a Runner.
func New(shelf Shelf, portal submission.Door, registry transfer.Door, log *slog.Logger, clock func() time.Time) *Runner {
	return &Runner{shelf: shelf, portal: portal, registry: registry, log: log, clock: clock}
}

const (
	batch      = 200
	alarmEvery = time.Hour
)

// refuses says that the neighbour does not want something of what it was given.
func refuses(err error) bool {
	return fault.IsKind(err, fault.Invalid) || errors.Is(err, transfer.ErrResidue)
}

// Forward puts one batch of records into the registry. A record that the
// registry refuses while it takes others is held back alone and stops none.
func (r *Runner) Forward(ctx context.Context) (bool, error) {
	outgoing, err := r.shelf.Ready(ctx, batch)
	if err != nil || len(outgoing) == 0 {
		return false, err
	}
	if damaged := slices.DeleteFunc(slices.Clone(outgoing), func(o Outgoing) bool { return !o.Damaged }); len(damaged) > 0 {
		r.log.ErrorContext(ctx, "records cannot be opened; they are held back", "records", len(damaged), "first", string(damaged[0].ID))
		return true, r.shelf.Refused(ctx, idsOf(damaged)) // the others go with the next round
	}
	taken, refused, err := oneByOne(outgoing, func(part []Outgoing) error {
		records := make([]transfer.Record, len(part))
		for i, o := range part {
			records[i] = o.Record
		}
		return r.registry.Put(ctx, records)
	})
	if err != nil {
		return false, fmt.Errorf("put records into the registry: %w", err)
	}
	if len(refused) > 0 {
		r.log.Error("the registry refuses records", "records", len(refused))
		if err := r.shelf.Refused(ctx, idsOf(refused)); err != nil {
			return false, err
		}
	}
	return true, r.shelf.HandedOver(ctx, idsOf(taken))
}

func idsOf(outgoing []Outgoing) []DossierID {
	ids := make([]DossierID, len(outgoing))
	for i, o := range outgoing {
		ids[i] = o.ID
	}
	return ids
}

// oneByOne gives all items at once, and each alone when the neighbour refuses
// them together. When it takes none, the fault is hardly theirs, and its
// refusal is the error. After an error nothing counts as taken.
func oneByOne[T any](items []T, put func([]T) error) ([]T, []T, error) {
	err := put(items)
	if err == nil {
		return items, nil, nil
	}
	if !refuses(err) {
		return nil, nil, err
	}
	var taken, refused []T
	for i := range items {
		switch alone := put(items[i : i+1]); {
		case alone == nil:
			taken = append(taken, items[i])
		case refuses(alone):
			refused = append(refused, items[i])
		default:
			return nil, nil, alone // what was taken is put again, which changes nothing
		}
	}
	if len(taken) == 0 {
		return nil, nil, err
	}
	return taken, refused, nil
}

// Complete takes one batch of completion notices from the registry.
func (r *Runner) Complete(ctx context.Context) (bool, error) {
	notices, err := r.registry.Notices(ctx, batch)
	if err != nil {
		return false, fmt.Errorf("take completion notices: %w", err)
	}
	if len(notices) == 0 {
		return false, nil
	}
	damaged, err := r.shelf.Complete(ctx, notices)
	if err != nil {
		return false, err
	}
	if damaged > 0 {
		r.log.ErrorContext(ctx, "reports are completed whose reduced view is damaged; they make no entry in the history", "reports", damaged)
	}
	ids := make([]string, len(notices))
	for i, n := range notices {
		ids[i] = n.ID
	}
	if err := r.registry.Acknowledge(ctx, ids); err != nil {
		return false, fmt.Errorf("acknowledge completion notices: %w", err)
	}
	return true, nil
}

// Tell puts one batch of finished reports and one of states into the portal.
// What the portal refuses stays here and is tried again next time.
func (r *Runner) Tell(ctx context.Context) (bool, error) {
	finished, errHistory := r.tellHistory(ctx)
	states, errProgress := r.tellProgress(ctx)
	return finished || states, errors.Join(errHistory, errProgress)
}

func (r *Runner) tellHistory(ctx context.Context) (bool, error) {
	finished, damaged, err := r.shelf.Unfinished(ctx, batch)
	if now := r.clock(); damaged > 0 && (now.Sub(r.alarmed) >= alarmEvery || now.Before(r.alarmed)) {
		r.alarmed = now
		r.log.ErrorContext(ctx, "finished reports cannot be opened; they are passed by", "reports", damaged)
	}
	if err != nil || len(finished) == 0 {
		return false, err
	}
	taken, refused, err := oneByOne(finished, func(part []Finished) error {
		items := make([]submission.HistoryItem, len(part))
		for i, f := range part {
			items[i] = f.Item
		}
		return r.portal.PutHistory(ctx, items)
	})
	if err != nil {
		return false, fmt.Errorf("put histories into the portal: %w", err)
	}
	if len(refused) > 0 {
		r.log.Error("the portal refuses finished reports", "reports", len(refused))
	}
	return true, r.shelf.Delivered(ctx, taken)
}

func (r *Runner) tellProgress(ctx context.Context) (bool, error) {
	untold, err := r.shelf.Untold(ctx, batch)
	if err != nil || len(untold) == 0 {
		return false, err
	}
	taken, refused, err := oneByOne(untold, func(part []submission.Progress) error { return r.portal.PutProgress(ctx, part) })
	if err != nil {
		return false, fmt.Errorf("put states into the portal: %w", err)
	}
	if len(refused) > 0 {
		r.log.Error("the portal refuses states of reports", "reports", len(refused))
	}
	return true, r.shelf.Told(ctx, taken)
}

// Again puts every record that is still kept here into the registry once more,
// for the day on which the registry was set back to an older backup. What it
// has already changes nothing. It tells how many records were put.
func (r *Runner) Again(ctx context.Context, actor string) (int, error) {
	ids, err := r.shelf.HandOverAgain(ctx, actor)
	if err != nil {
		return 0, err
	}
	put := 0
	for part := range slices.Chunk(ids, batch) {
		records, err := r.shelf.Kept(ctx, part)
		if err != nil {
			return put, err
		}
		if err := r.registry.Put(ctx, records); err != nil {
			return put, fmt.Errorf("put records into the registry again: %w", err)
		}
		put += len(records)
	}
	if put < len(ids) {
		r.log.ErrorContext(ctx, "kept records are damaged or were emptied meanwhile; they were not put again", "records", len(ids)-put)
	}
	return put, nil
}
