// SPDX-License-Identifier: EUPL-1.2

// Package registry is the Registerstelle: it keeps pseudonymised reports,
// finds the person and the tumour they belong to, and tells the trust centre
// when a report is finally processed (steps 9 to 12 of the way of a report).
//
// The house has no type that could hold a name and no key that could open one.
// It only answers: the trust centre calls Door, people call Handler.
package registry

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"time"

	"meldewerk/account"
	"meldewerk/exchange/transfer"
	"meldewerk/exchange/wire"
	"meldewerk/internal/house"
	"meldewerk/internal/personnel"
	ground "meldewerk/internal/store"
	"meldewerk/internal/ui"
	"meldewerk/internal/web"
	"meldewerk/policy"
	"meldewerk/registry/internal/casefile"
	"meldewerk/registry/internal/intake"
	"meldewerk/registry/internal/pages"
	"meldewerk/registry/internal/store"
)

// Options are what a test or the demo gives beside the configuration.
type Options struct {
	Clock  func() time.Time // nil: time.Now
	Log    *slog.Logger     // nil: discarded
	Hasher *account.Hasher  // nil: one of its own
	Pause  time.Duration    // between two looks for work; 0: one second
}

// House is the Registerstelle, open for work.
type House struct {
	config   Config
	profile  policy.Profile
	pause    time.Duration
	ground   *house.Ground
	store    *store.Store
	accounts *ground.Accounts
	desk     *intake.Desk
	clerk    *casefile.Clerk
	handler  http.Handler
	metrics  *web.Metrics
}

const assignAtOnce = 100

func settings(c Config, o Options) house.Settings {
	return house.Settings{Name: string(wire.Registry), Database: c.Database, Keys: c.Keys,
		Migrations: store.Migrations(), Clock: o.Clock, Log: o.Log}
}

// Init makes the registry's database and keys. It refuses existing ones.
func Init(ctx context.Context, c Config) error { return house.Init(ctx, settings(c, Options{})) }

// Open opens a registry that Init has made.
func Open(ctx context.Context, c Config, o Options) (*House, error) {
	profile, err := house.Profile(c.Profile)
	if err != nil {
		return nil, err
	}
	g, err := house.Open(ctx, settings(c, o))
	if err != nil {
		return nil, err
	}
	h := &House{config: c, profile: profile, pause: o.Pause, ground: g, metrics: web.NewMetrics()}
	if h.pause == 0 {
		h.pause = time.Second
	}
	if err := h.open(ctx, o); err != nil {
		return nil, errors.Join(err, g.Close())
	}
	return h, nil
}

func (h *House) open(ctx context.Context, o Options) error {
	var err error
	if h.store, err = store.New(ctx, h.ground.DB, h.ground.Audit, h.ground.Keyring, !h.profile.ChiffratOnObjection); err != nil {
		return err
	}
	if h.accounts, err = h.ground.OpenAccounts(ctx, account.Registry); err != nil {
		return err
	}
	h.desk = intake.New(shelf{h.store, h.ground.Backups})
	h.clerk = casefile.New(h.store, assignAtOnce)
	if o.Hasher == nil {
		o.Hasher = account.NewHasher()
	}
	rooms, desk := pages.New(h.store), personnel.New(account.Registry, h.accounts, o.Hasher)
	h.handler, err = h.ground.Handler(house.Front{
		House: account.Registry, Instance: h.config.Instance, Hosts: h.config.Public.Hosts, Address: h.config.Public.Address, Demo: h.config.Demo,
		Pages: pages.Files(), Names: pages.Names, Routes: append(rooms.Routes(), desk.Routes()...), Nav: pages.Nav(),
		Notices: personnel.Notices,
		Hasher:  o.Hasher, Clock: o.Clock,
	}, h.accounts, h.metrics)
	return err
}

// shelf adds to the store what the registry knows of its backups.
type shelf struct {
	*store.Store
	backups *ground.Backups
}

func (s shelf) Contained(ctx context.Context, records []transfer.RecordID) ([]transfer.RecordID, error) {
	last, err := s.backups.Last(ctx)
	if err != nil || last.IsZero() {
		return nil, err
	}
	return s.StoredBefore(ctx, records, last)
}

// Handler serves people.
func (h *House) Handler() http.Handler { return h.handler }

// Metrics serves Prometheus, on an address of its own.
func (h *House) Metrics() http.Handler { return h.metrics.Handler() }

// Exchange serves the trust centre; mutual TLS stands in front of it.
func (h *House) Exchange() http.Handler {
	return transfer.NewHandler(h.Door, wire.Options{Log: h.ground.Log})
}

// Accounts gives the accounts of the house, for the first one and the demo.
func (h *House) Accounts() *ground.Accounts { return h.accounts }

// Ground gives what the house stands on, for backup and proof of the log.
func (h *House) Ground() *house.Ground { return h.ground }

// Step assigns one batch of waiting records and says whether there were any.
func (h *House) Step(ctx context.Context) (bool, error) {
	placed, err := h.clerk.Assign(ctx)
	return placed > 0, err
}

// Run works in the background until ctx ends.
func (h *House) Run(ctx context.Context) error {
	return h.ground.Run(ctx, h.accounts, func(ctx context.Context) error {
		return h.ground.Steps(ctx, h.pause, h.Step)
	})
}

// Close closes the house.
func (h *House) Close() error { return h.ground.Close() }

// Gallery is every page of the registry in several situations, with canned data.
func Gallery() ([]ui.State, error) { return pages.Gallery() }
