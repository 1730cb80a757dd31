// SPDX-License-Identifier: EUPL-1.2

package trustcentre

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"time"

	"meldewerk/account"
	"meldewerk/audit"
	"meldewerk/exchange/wire"
	"meldewerk/exchange/witness"
	"meldewerk/trustcentre/internal/store"
)

// How much one round takes on, and how soon what it emptied is gone for good.
const (
	askAtOnce   = 200 // records, envelope ids
	purgeEvery  = time.Hour
	witnessIdle = time.Hour
)

// Step works one round of everything: collect, open, hand over, complete,
// tell, ask and take answers, keep deadlines. It says whether there was
// anything to do. An error of one neighbour does not stop the work for the
// other.
func (h *House) Step(ctx context.Context) (bool, error) {
	worked := false
	var faults []error
	for _, act := range []func(context.Context) (bool, error){
		h.portalAnswers.watch(h.collect), h.openNext, h.runner.Forward, h.registryAnswers.watch(h.runner.Complete), h.runner.Tell, h.queries.Tell, h.queries.Pull, h.tellGivenUp, h.putOrders, h.pullNews, h.keepDeadlines, h.settle,
	} {
		did, err := act(ctx)
		worked = worked || did
		if err != nil {
			faults = append(faults, err)
		}
	}
	h.busy = h.busy || worked
	return worked, errors.Join(faults...)
}

// answers remembers whether a neighbour answered when it was called last.
type answers struct{ last atomic.Pointer[error] }

// watch notes the outcome of an act that calls the neighbour in every round.
func (a *answers) watch(act func(context.Context) (bool, error)) func(context.Context) (bool, error) {
	return func(ctx context.Context) (bool, error) {
		did, err := act(ctx)
		a.last.Store(&err)
		return did, err
	}
}

// test is the check for /readyz; a neighbour not called yet counts as ready.
func (a *answers) test(context.Context) error {
	if last := a.last.Load(); last != nil {
		return *last
	}
	return nil
}

// putOrders gives the portal the orders about accounts that it has not
// answered. It calls only when there is one.
func (h *House) putOrders(ctx context.Context) (bool, error) {
	if h.courier == nil {
		return false, nil
	}
	return h.courier.PutOrders(ctx)
}

// pullNews asks the portal every few seconds how accounts stand and who applies
// for access.
func (h *House) pullNews(ctx context.Context) (bool, error) {
	if h.courier == nil {
		return false, nil
	}
	return h.courier.PullNews(ctx)
}

// settle makes sure that what this round has emptied is gone from the disk.
func (h *House) settle(ctx context.Context) (bool, error) { return false, h.store.Settle(ctx) }

// keepDeadlines lets stopped records and those of released units go on when
// their time has come, deletes what is too old, and tells the portal what is
// backed up. It looks once a minute.
func (h *House) keepDeadlines(ctx context.Context) (bool, error) {
	now := h.ground.DB.Now()
	if now.Sub(h.lastKeeping) < h.keepEvery {
		return false, nil
	}
	h.lastKeeping = now
	if h.busy || now.Sub(h.lastWitness) >= witnessIdle {
		h.busy, h.lastWitness = false, now
		h.witness(ctx)
	}
	overdue, errOverdue := h.forwardOverdue(ctx, now)
	released, errReleased := h.forwardReleased(ctx)
	expired, errExpired := h.store.Expire(ctx, now.Add(-h.profile.KeepIdentities))
	emptied, errEmptied := h.register.ExpireRegister(ctx, now.Add(-h.profile.KeepEnvelopes), now.Add(-h.profile.KeepIdentities))
	return overdue+released+expired+emptied > 0, errors.Join(errOverdue, errReleased, errExpired, errEmptied, h.dropCopies(ctx, now), h.tellBackups(ctx), h.purge(ctx, now))
}

// witness lets the houses sign each other's checkpoints: within a minute when
// reports moved, else once an hour, because each exchange is an entry of its
// own and two idle houses would fill their logs with nothing else. A neighbour that is away is asked again next time; a log that
// was changed or cut is for people, and stopping reports would not mend it.
func (h *House) witness(ctx context.Context) {
	for _, neighbour := range []struct {
		name wire.House
		door witness.Door
	}{{wire.Portal, h.portal}, {wire.Registry, h.registry}} {
		err := witness.Exchange(ctx, h.ground.Audit, string(wire.TrustCentre), string(neighbour.name), neighbour.door)
		switch {
		case err == nil || ctx.Err() != nil:
		case errors.Is(err, witness.ErrForeignHistory):
			h.ground.Log.ErrorContext(ctx, "an audit log does not continue its witnessed checkpoint", "neighbour", string(neighbour.name), "error", err.Error())
		default:
			h.ground.Log.WarnContext(ctx, "audit checkpoints not exchanged", "neighbour", string(neighbour.name), "error", err.Error())
		}
	}
}

// purge rewrites the database file once an hour when something was emptied.
func (h *House) purge(ctx context.Context, now time.Time) error {
	if now.Sub(h.lastPurge) < purgeEvery {
		return nil
	}
	h.lastPurge = now
	return h.store.Purge(ctx)
}

// forwardOverdue lets records go on that the last look has stopped, without
// the stopped fields and marked, once the profile's day has come (N10).
func (h *House) forwardOverdue(ctx context.Context, now time.Time) (int64, error) {
	gone := int64(0)
	for {
		overdue, err := h.store.Overdue(ctx, now.Add(-h.profile.ForwardOpenAfter), askAtOnce)
		if err != nil || len(overdue) == 0 {
			return gone, err
		}
		for _, id := range overdue {
			err := h.store.Decide(ctx, id, store.Decision{Actor: audit.System, Marking: "LASTLOOK"})
			switch {
			case errors.Is(err, store.ErrUnfit):
				h.ground.Log.ErrorContext(ctx, "a record is overdue and cannot go on", "dossier", string(id))
			case errors.Is(err, store.ErrNotHeld): // a person was faster
			case err != nil:
				return gone, err
			default:
				gone++
			}
		}
	}
}

// forwardReleased lets reports go on that were taken over while their unit was
// being released.
func (h *House) forwardReleased(ctx context.Context) (int64, error) {
	gone := int64(0)
	waiting, err := h.store.Unreleased(ctx)
	if err != nil {
		return 0, err
	}
	for _, w := range waiting {
		unit, err := h.sender(ctx, w.Unit)
		if err != nil {
			return gone, err
		}
		if unit == nil || !unit.Released {
			continue
		}
		n, err := h.store.ReleaseUnit(ctx, audit.System, w.Unit)
		if err != nil {
			return gone, err
		}
		gone += n
	}
	return gone, nil
}

// dropCopies deletes copies of completed records that the registry has safely.
func (h *House) dropCopies(ctx context.Context, now time.Time) error {
	for {
		records, err := h.store.Records(ctx, askAtOnce)
		if err != nil || len(records) == 0 {
			return err
		}
		contained, err := h.registry.Contained(ctx, records)
		if err != nil {
			return fmt.Errorf("ask what the registry has backed up: %w", err)
		}
		dropped, err := h.store.Drop(ctx, contained, now.Add(-h.profile.KeepEnvelopes))
		if err != nil || dropped < askAtOnce {
			return err
		}
	}
}

// tellBackups tells the portal which envelopes it may delete.
func (h *House) tellBackups(ctx context.Context) error {
	backup, err := h.ground.Backups.Last(ctx)
	if err != nil {
		return err
	}
	for {
		ids, err := h.store.BackedUpUntold(ctx, backup, askAtOnce)
		if err != nil || len(ids) == 0 {
			return err
		}
		if err := h.portal.BackedUp(ctx, ids); err != nil {
			return fmt.Errorf("tell the portal what is backed up: %w", err)
		}
		if err := h.store.BackedUpTold(ctx, ids); err != nil {
			return err
		}
	}
}

// ReleaseUnit releases a reporting unit for real data, orders the portal to know
// it, and lets its waiting reports go on. It tells how many that were. When it is cut short, the
// background work does the rest.
func (h *House) ReleaseUnit(ctx context.Context, actor string, id account.UnitID) (int64, error) {
	if err := h.register.SetReleased(ctx, actor, id, true); err != nil {
		return 0, err
	}
	return h.store.ReleaseUnit(ctx, actor, id)
}

// HandOverAgain puts all records that are still kept here into the registry
// once more, after it was set back to an older backup. It tells how many.
func (h *House) HandOverAgain(ctx context.Context, actor string) (int, error) {
	return h.runner.Again(ctx, actor)
}

// RetryEnvelopes puts envelopes that could not be opened back into the queue.
// It tells how many.
func (h *House) RetryEnvelopes(ctx context.Context, actor string) (int64, error) {
	return h.store.Retry(ctx, actor)
}
