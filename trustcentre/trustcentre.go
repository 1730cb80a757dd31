// SPDX-License-Identifier: EUPL-1.2

// Package trustcentre is the Vertrauensstelle: it pulls sealed reports from
// the portal, judges them again, takes identity and tumour apart, hands the
// pseudonymised half to the registry and deletes the rest on completion
// (steps 5 to 9 and 12 of the way of a report).
//
// It alone sees identities, and only while it works on a report. It calls its
// neighbours; nobody calls it but its own staff. It must never hold the
// private key of the Chiffrate.
package trustcentre

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"time"

	"meldewerk/account"
	"meldewerk/envelope"
	"meldewerk/exchange/access"
	"meldewerk/exchange/submission"
	"meldewerk/exchange/transfer"
	"meldewerk/exchange/wire"
	"meldewerk/identity/chiffrat"
	"meldewerk/identity/controlnumber"
	"meldewerk/internal/house"
	"meldewerk/internal/personnel"
	ground "meldewerk/internal/store"
	"meldewerk/internal/ui"
	"meldewerk/internal/web"
	"meldewerk/policy"
	"meldewerk/report/obds"
	"meldewerk/terminology"
	register "meldewerk/trustcentre/internal/access"
	"meldewerk/trustcentre/internal/handover"
	"meldewerk/trustcentre/internal/pages"
	"meldewerk/trustcentre/internal/pseudonymisation"
	"meldewerk/trustcentre/internal/query"
	"meldewerk/trustcentre/internal/store"
)

// EnvelopeKeys is the folder below the key folder with the keys that open what
// the portal sealed; its recipients.txt goes to the portal.
const EnvelopeKeys = "envelope"

// Options are what a test or the demo gives beside the configuration.
type Options struct {
	Clock    func() time.Time // nil: time.Now
	Log      *slog.Logger     // nil: discarded
	Hasher   *account.Hasher  // nil: one of its own
	Pause    time.Duration    // between two looks for work; 0: two seconds
	Portal   submission.Door  // nil: dialled as configured
	Registry transfer.Door    // nil: dialled as configured
	Access   access.Door      // nil: dialled where the portal is; with a Portal in process: no orders travel
}

// House is the Vertrauensstelle, open for work.
type House struct {
	config    Config
	profile   policy.Profile
	book      *terminology.Book // code lists by which reports are judged
	catalogue *obds.Catalogue   // versions of the data set that are read
	pause     time.Duration
	ground    *house.Ground
	store     *store.Store
	accounts  *ground.Accounts
	keys      envelope.Identities
	splitter  *pseudonymisation.Splitter
	runner    *handover.Runner
	portal    submission.Door
	registry  transfer.Door
	access    access.Door // nil: no orders travel
	handler   http.Handler

	register *store.Register
	desk     *register.Desk
	courier  *register.Courier // nil without access
	queries  *query.Courier

	portalAnswers, registryAnswers answers

	metrics *web.Metrics

	keepEvery   time.Duration // how often deadlines and copies are looked at
	lastKeeping time.Time
	lastPurge   time.Time
	lastWitness time.Time
	passed      passed
	busy        bool // reports moved since the last exchange of checkpoints
	hangUp      []func()
}

func settings(c Config, o Options) house.Settings {
	return house.Settings{Name: string(wire.TrustCentre), Database: c.Database, Keys: c.Keys,
		Migrations: store.Migrations(), Clock: o.Clock, Log: o.Log}
}

// Init makes the trust centre's database and keys: those of envelopes, control
// numbers, references and of the Chiffrate's authentication. The private key
// of the Chiffrate is made elsewhere; its public half must be put into the key
// folder as chiffrat.pub before the house opens.
func Init(ctx context.Context, c Config) error {
	if err := house.Init(ctx, settings(c, Options{}), EnvelopeKeys); err != nil {
		return err
	}
	now := time.Now()
	dir := filepath.Join(c.Keys, EnvelopeKeys)
	if err := os.Mkdir(dir, 0o700); err != nil {
		return fmt.Errorf("make folder of the envelope keys: %w", err)
	}
	if _, err := envelope.Generate(dir); err != nil {
		return fmt.Errorf("make envelope keys: %w", err)
	}
	if err := controlnumber.GenerateKeys(c.Keys, now); err != nil {
		return fmt.Errorf("make control-number keys: %w", err)
	}
	if err := pseudonymisation.GenerateKeys(c.Keys, now); err != nil {
		return err
	}
	return chiffrat.GenerateMACKey(c.Keys, now)
}

// Open opens a trust centre that Init has made.
func Open(ctx context.Context, c Config, o Options) (*House, error) {
	profile, err := house.Profile(c.Profile)
	if err != nil {
		return nil, err
	}
	book, err := terminology.OpenFolder(c.Terminology)
	if err != nil {
		return nil, err
	}
	catalogue, err := obds.OpenFolder(os.DirFS(c.Schemas), c.Schemas)
	if err != nil {
		return nil, err
	}
	g, err := house.Open(ctx, settings(c, o))
	if err != nil {
		return nil, err
	}
	h := &House{config: c, profile: profile, book: book, catalogue: catalogue, pause: o.Pause, ground: g, portal: o.Portal, registry: o.Registry, access: o.Access,
		metrics: web.NewMetrics(), keepEvery: time.Minute}
	if h.pause == 0 {
		h.pause = 2 * time.Second
	}
	if err := h.open(ctx, o); err != nil {
		return nil, errors.Join(err, h.Close())
	}
	return h, nil
}

func (h *House) open(ctx context.Context, o Options) error {
	var err error
	if h.store, err = store.New(ctx, h.ground.DB, h.ground.Audit, h.ground.Keyring); err != nil {
		return err
	}
	if h.accounts, err = h.ground.OpenAccounts(ctx, account.TrustCentre); err != nil {
		return err
	}
	if err := h.loadKeys(); err != nil {
		return err
	}
	if err := h.dial(); err != nil {
		return err
	}
	h.runner = handover.New(h.store, h.portal, h.registry, h.ground.Log, h.ground.DB.Now)
	h.queries = query.NewCourier(h.store, h.portal, h.keys, h.ground.Log, h.ground.DB.Now)
	if o.Hasher == nil {
		o.Hasher = account.NewHasher() // one for letters and the sign-in
	}
	if err := h.openRegister(ctx, o.Hasher); err != nil {
		return err
	}
	staff := personnel.New(account.TrustCentre, h.accounts, o.Hasher)
	reception := pages.NewReception(h.desk, h.accounts, h)
	rooms := pages.New(h.store, h.accounts, h.accounts, h, h.desk, pages.Terms{ForwardWithin: h.profile.ForwardWithin,
		ForwardOpenAfter: h.profile.ForwardOpenAfter, KeepIdentities: h.profile.KeepIdentities})
	h.handler, err = h.ground.Handler(house.Front{
		House: account.TrustCentre, Instance: h.config.Instance, Hosts: h.config.Public.Hosts, Address: h.config.Public.Address, Demo: h.config.Demo,
		Pages: pages.Files(), Names: pages.Names, Routes: slices.Concat(rooms.Routes(), reception.Routes(), staff.Routes()), Nav: rooms.Nav(), Notices: pages.Notices,
		Checks: []web.Check{{Name: string(wire.Portal), Test: h.portalAnswers.test}, {Name: string(wire.Registry), Test: h.registryAnswers.test}},
		Hasher: o.Hasher, Clock: o.Clock,
	}, h.accounts, h.metrics)
	return err
}

// openRegister opens the register of access and the way of its orders.
func (h *House) openRegister(ctx context.Context, hasher *account.Hasher) error {
	var err error
	if h.register, err = store.NewRegister(ctx, h.ground.DB, h.ground.Audit, h.ground.Keyring, h.accounts); err != nil {
		return err
	}
	h.desk = register.NewDesk(h.register, hasher, h.profile.InitialPasswordStays, h.config.letterhead(), h.ground.DB.Now)
	if h.access != nil {
		h.courier = register.NewCourier(h.register, h.access, h.keys, h.ground.Log, h.ground.DB.Now)
	}
	return nil
}

func (h *House) loadKeys() error {
	var err error
	if h.keys, err = envelope.LoadIdentities(filepath.Join(h.config.Keys, EnvelopeKeys)); err != nil {
		return fmt.Errorf("open envelope keys: %w", err)
	}
	clerk, err := pseudonymisation.LoadClerk(h.config.Keys)
	if err != nil {
		return err
	}
	numbers, err := controlnumber.LoadKeys(h.config.Keys)
	if err != nil {
		return fmt.Errorf("open control-number keys: %w", err)
	}
	macs, err := chiffrat.LoadMACKeys(h.config.Keys)
	if err != nil {
		return fmt.Errorf("open key of the chiffrate's authentication: %w", err)
	}
	registry, err := chiffrat.NewRegistry(h.profile.Registry, macs)
	if err != nil {
		return err
	}
	raw, err := os.ReadFile(filepath.Join(h.config.Keys, chiffrat.PublicFile))
	if err != nil {
		return fmt.Errorf("read public key of the chiffrate: %w", err)
	}
	var public chiffrat.PublicKey
	if err := public.UnmarshalText(raw); err != nil {
		return fmt.Errorf("read public key of the chiffrate: %w", err)
	}
	h.splitter = pseudonymisation.NewSplitter(clerk, h.profile, numbers, registry, public)
	return nil
}

// dial reaches the neighbours that were not given in process.
func (h *House) dial() error {
	if h.portal != nil && h.registry != nil {
		return nil
	}
	identity, err := wire.Load(wire.FilesIn(h.config.Keys))
	if err != nil {
		return fmt.Errorf("open identity for the exchange: %w", err)
	}
	options := wire.Options{Log: h.ground.Log}
	if h.portal == nil {
		tls, err := identity.Client(wire.Portal)
		if err != nil {
			return err
		}
		remote, err := submission.Dial(h.config.Exchange.Portal, tls, options)
		if err != nil {
			return fmt.Errorf("reach the portal: %w", err)
		}
		h.portal, h.hangUp = remote, append(h.hangUp, remote.Close)
		if h.access == nil {
			orders, err := access.Dial(h.config.Exchange.Portal, tls, options)
			if err != nil {
				return fmt.Errorf("reach the portal for orders: %w", err)
			}
			h.access, h.hangUp = orders, append(h.hangUp, orders.Close)
		}
	}
	if h.registry == nil {
		tls, err := identity.Client(wire.Registry)
		if err != nil {
			return err
		}
		remote, err := transfer.Dial(h.config.Exchange.Registry, tls, options)
		if err != nil {
			return fmt.Errorf("reach the registry: %w", err)
		}
		h.registry, h.hangUp = remote, append(h.hangUp, remote.Close)
	}
	return nil
}

// Handler serves the staff.
func (h *House) Handler() http.Handler { return h.handler }

// Metrics serves Prometheus, on an address of its own.
func (h *House) Metrics() http.Handler { return h.metrics.Handler() }

// Accounts gives the accounts and units of the house.
func (h *House) Accounts() *ground.Accounts { return h.accounts }

// Ground gives what the house stands on, for backup and proof of the log.
func (h *House) Ground() *house.Ground { return h.ground }

// Run works in the background until ctx ends.
func (h *House) Run(ctx context.Context) error {
	return h.ground.Run(ctx, h.accounts, func(ctx context.Context) error {
		return h.ground.Steps(ctx, h.pause, h.Step)
	})
}

// Close closes the house and its connections.
func (h *House) Close() error {
	for _, hangUp := range h.hangUp {
		hangUp()
	}
	return h.ground.Close()
}

// Gallery is every page of the staff in several situations, with canned data.
func Gallery() ([]ui.State, error) { return pages.Gallery() }
