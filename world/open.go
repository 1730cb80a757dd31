// SPDX-License-Identifier: EUPL-1.2

package world

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"meldewerk/account"
	"meldewerk/exchange/access"
	"meldewerk/exchange/submission"
	"meldewerk/exchange/transfer"
	"meldewerk/exchange/wire"
	"meldewerk/portal"
	"meldewerk/registry"
	"meldewerk/trustcentre"
)

// Options are what tests and the demo give beside the layout.
type Options struct {
	Clock  func() time.Time
	Log    *slog.Logger
	Hasher *account.Hasher // shared by the three houses of one process
	Pause  time.Duration   // between two looks for work
	// InProcess joins the houses without a network; otherwise the trust centre
	// dials its neighbours' exchange doors.
	InProcess bool
}

// World is the three houses in one process.
type World struct {
	Layout      Layout
	Portal      *portal.House
	TrustCentre *trustcentre.House
	Registry    *registry.House
	options     Options
}

// Open opens the three houses of a prepared layout.
func Open(ctx context.Context, l Layout, o Options) (*World, error) {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	w := &World{Layout: l, options: o}
	if err := w.open(ctx, l.Configs()); err != nil {
		return nil, errors.Join(err, w.Close())
	}
	return w, nil
}

func (w *World) open(ctx context.Context, c Configs) error {
	o := w.options
	var err error
	if w.Portal, err = portal.Open(ctx, c.Portal, portal.Options{Clock: o.Clock, Log: o.Log, Hasher: o.Hasher}); err != nil {
		return fmt.Errorf("open portal: %w", err)
	}
	if w.Registry, err = registry.Open(ctx, c.Registry, registry.Options{Clock: o.Clock, Log: o.Log, Hasher: o.Hasher, Pause: o.Pause}); err != nil {
		return fmt.Errorf("open registry: %w", err)
	}
	t := trustcentre.Options{Clock: o.Clock, Log: o.Log, Hasher: o.Hasher, Pause: o.Pause}
	if o.InProcess {
		door, err := w.Portal.Door(wire.TrustCentre)
		if err != nil {
			return err
		}
		t.Portal = submission.Local(door, wire.TrustCentre)
		orders, err := w.Portal.AccessDoor(wire.TrustCentre)
		if err != nil {
			return err
		}
		t.Access = access.Local(orders, wire.TrustCentre)
		taker, err := w.Registry.Door(wire.TrustCentre)
		if err != nil {
			return err
		}
		t.Registry = transfer.Local(taker, wire.TrustCentre)
	}
	if w.TrustCentre, err = trustcentre.Open(ctx, c.TrustCentre, t); err != nil {
		return fmt.Errorf("open trust centre: %w", err)
	}
	return nil
}

// Serve opens all doors and works until ctx ends. ready is called once
// everything answers.
func (w *World) Serve(ctx context.Context, ready func(ctx context.Context) error) error {
	c, log := w.Layout.Configs(), w.options.Log
	doors, err := gather(
		people(ctx, c.Portal.Public.Address, c.Portal.Public.Certificate, c.Portal.Public.Key, w.Portal.Handler(), log),
		people(ctx, c.TrustCentre.Public.Address, c.TrustCentre.Public.Certificate, c.TrustCentre.Public.Key, w.TrustCentre.Handler(), log),
		people(ctx, c.Registry.Public.Address, c.Registry.Public.Certificate, c.Registry.Public.Key, w.Registry.Handler(), log),
		exchange(ctx, c.Portal.Exchange.Address, c.Portal.Keys, w.Portal.Exchange(), log),
		exchange(ctx, c.Registry.Exchange.Address, c.Registry.Keys, w.Registry.Exchange(), log))
	if err != nil {
		return err
	}
	return serve(ctx, running{w, ready}, doors, nil)
}

// running is a world that works: its three houses, and what is to be done
// once they answer.
type running struct {
	*World
	ready func(ctx context.Context) error
}

func (r running) Run(ctx context.Context) error {
	tasks := []func(context.Context) error{r.Portal.Run, r.TrustCentre.Run, r.Registry.Run}
	if r.ready != nil {
		tasks = append(tasks, func(ctx context.Context) error {
			if err := r.ready(ctx); err != nil {
				return err
			}
			<-ctx.Done()
			return nil
		})
	}
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	done := make(chan error, len(tasks))
	for _, task := range tasks {
		go func() { done <- task(ctx) }()
	}
	var faults []error
	for range tasks {
		faults = append(faults, <-done)
		stop() // when one ends, all end
	}
	return errors.Join(faults...)
}

// Settle works until no house has anything left to do.
func (w *World) Settle(ctx context.Context) error {
	for {
		t, err := w.TrustCentre.Step(ctx)
		if err != nil {
			return err
		}
		r, err := w.Registry.Step(ctx)
		if err != nil {
			return err
		}
		if !t && !r {
			return nil
		}
	}
}

// Close closes the houses that are open.
func (w *World) Close() error {
	var faults []error
	if w.TrustCentre != nil {
		faults = append(faults, w.TrustCentre.Close())
	}
	if w.Portal != nil {
		faults = append(faults, w.Portal.Close())
	}
	if w.Registry != nil {
		faults = append(faults, w.Registry.Close())
	}
	return errors.Join(faults...)
}
