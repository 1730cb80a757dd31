// SPDX-License-Identifier: EUPL-1.2

package portal

import (
	"context"
	"errors"
	"runtime/debug"
	"time"

	"meldewerk/exchange/submission"
	"meldewerk/fault"
	"meldewerk/policy"
	"meldewerk/portal/internal/dispatch"
	"meldewerk/portal/internal/drafting"
	"meldewerk/portal/internal/pages"
	"meldewerk/terminology"
)

var _ pages.Drafts = (*drafting.Room)(nil)

// software is what the reports of the Online-Erfassung name as their origin.
var software = drafting.Software{ID: "meldewerk", Version: builtVersion()}

func builtVersion() string {
	if info, known := debug.ReadBuildInfo(); known && info.Main.Version != "" && info.Main.Version != "(devel)" {
		return info.Main.Version
	}
	return "0"
}

func newDrafts(store drafting.Store, outbox *dispatch.Room, profile policy.Profile, book *terminology.Book, clock func() time.Time) (*drafting.Room, error) {
	return drafting.New(drafting.Options{Store: store, Outbox: formOutbox{outbox}, Profile: profile, Software: software, Book: book, Clock: clock})
}

// formOutbox lets the drafting room hand reports over through the dispatch room.
type formOutbox struct{ dispatch *dispatch.Room }

// errUnreleased is the refusal of real data for who has no package to send as test data.
var errUnreleased = fault.New(fault.Forbidden, "drafting.unreleased",
	"Ihre Einrichtung ist noch nicht für Echtdaten freigegeben. Die Meldung bleibt als Entwurf gespeichert; übermitteln Sie sie nach der Freigabe.")

// Deliver seals the reports, writes the receipt and reduces the portal's own
// copy in one transaction. Whatever goes wrong before leaves nothing behind.
func (o formOutbox) Deliver(ctx context.Context, d drafting.Delivery) (drafting.Receipt, error) {
	batch, err := o.dispatch.Begin(ctx, dispatch.Submission{
		Unit: d.Actor.Unit, Account: d.Actor.Account, Kind: submission.Real, Channel: submission.ByForm,
		AnyReporter: d.Actor.AnyReporter, Reporters: d.Actor.Reporters, Released: d.Actor.Released,
	})
	if errors.Is(err, dispatch.ErrUnreleased) {
		return drafting.Receipt{}, errUnreleased
	}
	if err != nil {
		return drafting.Receipt{}, err
	}
	receipt, err := deliver(ctx, batch, d)
	if failed := batch.Discard(ctx); err != nil {
		return receipt, errors.Join(err, failed)
	}
	return receipt, nil // the receipt stands; what could not be dropped now goes with the next round
}

func deliver(ctx context.Context, batch *dispatch.Batch, d drafting.Delivery) (drafting.Receipt, error) {
	if err := batch.Header(ctx, &d.Package); err != nil {
		return drafting.Receipt{}, err
	}
	for _, out := range d.Reports {
		if err := batch.AddAs(ctx, out.Result, out.Report, out.As); err != nil {
			return drafting.Receipt{}, err
		}
	}
	r, err := batch.Receive(ctx, ending(d))
	if err != nil {
		return drafting.Receipt{}, err
	}
	return drafting.Receipt{Package: string(r.Package), Number: r.Number, ReceivedAt: r.ReceivedAt, First: r.First}, nil
}

// ending says what the receipt turns into a submitted version, and whose
// identity goes with it.
func ending(d drafting.Delivery) dispatch.Ending {
	e := dispatch.Ending{SHA256: d.SHA256, Size: d.Size, SchemaVersion: d.Package.SchemaVersion}
	for _, f := range d.Entered {
		e.Forms = append(e.Forms, dispatch.Entered{Form: string(f.Form), Version: f.Version, Position: f.Position, By: f.By, Again: f.Again})
	}
	for _, r := range d.Reduced {
		e.Records = append(e.Records, dispatch.Reduced{Record: string(r.Record), Version: r.Version, View: r.View})
	}
	return e
}
