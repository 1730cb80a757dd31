// SPDX-License-Identifier: EUPL-1.2

// Package intake takes pseudonymised reports from the trust centre and hands
// completion notices back: the registry's side of steps 9 and 12 of the way of
// a report.
//
// What is put is durable when the call returns, and putting it again changes
// nothing. The room must never accept a record that could hold a name: every
// record is checked against the closed types before it is stored.
package intake

import (
	"context"
	"fmt"

	"meldewerk/exchange/transfer"
	"meldewerk/fault"
)

// ErrHostile is returned when the trust centre sends what no trust centre
// sends. Nothing of the call is stored.
var ErrHostile = fault.New(fault.Invalid, "intake.hostile",
	"Die Lieferung der Vertrauensstelle verletzt den Vertrag. Nichts davon wurde gespeichert. Verständigen Sie den Betrieb.")

// Shelf is what the room needs from the store.
type Shelf interface {
	Take(ctx context.Context, records []transfer.Record) error
	Notices(ctx context.Context, limit int) ([]transfer.Notice, error)
	Acknowledge(ctx context.Context, ids []string) error
	Contained(ctx context.Context, records []transfer.RecordID) ([]transfer.RecordID, error)
}

// Desk is the Annahme of the registry.
type Desk struct{ shelf Shelf }

// New makes a Desk.
func New(shelf Shelf) *Desk { return &Desk{shelf: shelf} }

// Put checks and stores records durably.
func (d *Desk) Put(ctx context.Context, records []transfer.Record) error {
	if len(records) > transfer.MaxItems {
		return ErrHostile
	}
	for i := range records {
		if err := records[i].Check(); err != nil {
			return ErrHostile.Because(err)
		}
	}
	if err := d.shelf.Take(ctx, records); err != nil {
		return fmt.Errorf("store records: %w", err)
	}
	return nil
}

// Notices gives completion notices that were not acknowledged.
func (d *Desk) Notices(ctx context.Context, limit int) ([]transfer.Notice, error) {
	return d.shelf.Notices(ctx, min(max(limit, 1), transfer.MaxItems))
}

// Acknowledge notes that the trust centre has the notices.
func (d *Desk) Acknowledge(ctx context.Context, ids []string) error {
	if len(ids) > transfer.MaxItems {
		return ErrHostile
	}
	return d.shelf.Acknowledge(ctx, ids)
}

// Contained tells which records are in the last verified backup.
func (d *Desk) Contained(ctx context.Context, records []transfer.RecordID) ([]transfer.RecordID, error) {
	if len(records) > transfer.MaxItems {
		return nil, ErrHostile
	}
	return d.shelf.Contained(ctx, records)
}
