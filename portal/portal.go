// SPDX-License-Identifier: EUPL-1.2

// Package portal is the Meldeportal: it takes in reports, judges them, seals
// them to the trust centre and shows reporters what became of them (steps 1 to
// 5 and 12 of the way of a report).
//
// The house stands in the DMZ and only answers: people call Handler, trust
// centres call Exchange. It holds public keys of trust centres and no key that
// opens an envelope.
package portal

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"time"

	"meldewerk/account"
	"meldewerk/envelope"
	"meldewerk/exchange/submission"
	"meldewerk/exchange/wire"
	"meldewerk/fault"
	"meldewerk/internal/house"
	ground "meldewerk/internal/store"
	"meldewerk/internal/ui"
	"meldewerk/internal/web"
	"meldewerk/policy"
	"meldewerk/portal/internal/admission"
	"meldewerk/portal/internal/application"
	"meldewerk/portal/internal/dispatch"
	"meldewerk/portal/internal/drafting"
	"meldewerk/portal/internal/followup"
	"meldewerk/portal/internal/machine"
	"meldewerk/portal/internal/pages"
	"meldewerk/portal/internal/query"
	"meldewerk/portal/internal/store"
	"meldewerk/portal/internal/upload"
	"meldewerk/report"
	"meldewerk/report/obds"
	"meldewerk/terminology"
)

// RecipientDir is the folder of the key folder that holds the public keys of
// the trust centres, one file <house>.txt each.
const RecipientDir = "recipients"

// Options are what a test or the demo gives beside the configuration.
type Options struct {
	Clock  func() time.Time // nil: time.Now
	Log    *slog.Logger     // nil: discarded
	Hasher *account.Hasher  // nil: one of its own
	Pause  time.Duration    // between two looks for work; 0: one minute
}

// House is an open portal.
type House struct {
	config     Config
	pause      time.Duration
	ground     *house.Ground
	accounts   *ground.Accounts
	recipients []dispatch.Recipient
	book       *terminology.Book
	catalogue  *obds.Catalogue // versions of the data set that are read
	dispatch   *dispatch.Room
	followup   *followup.Room
	queries    *query.Room
	admission  *admission.Room

	drafts       *drafting.Room
	applications *application.Room
	handler      http.Handler
	metrics      *web.Metrics
}

func settings(c Config, o Options) house.Settings {
	return house.Settings{Name: string(wire.Portal), Database: c.Database, Keys: c.Keys,
		Migrations: store.Migrations(), Clock: o.Clock, Log: o.Log}
}

// Init makes the portal's database and keys. It refuses existing ones.
func Init(ctx context.Context, c Config) error {
	if err := house.Init(ctx, settings(c, Options{})); err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Join(c.Keys, RecipientDir), 0o700); err != nil {
		return fmt.Errorf("make folder of recipients: %w", err)
	}
	return nil
}

// Open opens a portal that Init has made.
func Open(ctx context.Context, c Config, o Options) (*House, error) {
	profile, err := house.Profile(c.Profile)
	if err != nil {
		return nil, err
	}
	if err = c.Upload.check(); err != nil {
		return nil, err
	}
	recipients, err := readRecipients(filepath.Join(c.Keys, RecipientDir))
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
	if o.Clock == nil {
		o.Clock = time.Now
	}
	if o.Pause == 0 {
		o.Pause = time.Minute
	}
	g, err := house.Open(ctx, settings(c, o))
	if err != nil {
		return nil, err
	}
	h := &House{config: c, pause: o.Pause, ground: g, recipients: recipients, book: book, catalogue: catalogue, metrics: web.NewMetrics()}
	if err := h.open(ctx, profile, o); err != nil {
		return nil, errors.Join(err, g.Close())
	}
	return h, nil
}

// readRecipients reads the public keys of all trust centres.
func readRecipients(dir string) ([]dispatch.Recipient, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, fmt.Errorf("read recipients: %w", err)
	}
	var list []dispatch.Recipient
	for _, e := range entries {
		name, found := strings.CutSuffix(e.Name(), ".txt")
		if !found {
			continue
		}
		if _, err := wire.ParseHouse(name); err != nil {
			return nil, fmt.Errorf("recipient file %s: %w", e.Name(), err)
		}
		keys, err := envelope.LoadRecipients(filepath.Join(dir, e.Name()))
		if err != nil {
			return nil, err
		}
		list = append(list, dispatch.Recipient{Name: name, Keys: keys})
	}
	if len(list) == 0 {
		return nil, fault.New(fault.Invalid, "portal.recipients", fmt.Sprintf(
			"In %s liegt kein Schlüssel einer Vertrauensstelle. Legen Sie deren Datei recipients.txt dort als trustcentre.txt ab.", dir))
	}
	return list, nil
}

func (h *House) open(ctx context.Context, profile policy.Profile, o Options) error {
	kept, err := store.Open(ctx, h.ground.DB, h.ground.Audit, h.ground.Keyring)
	if err != nil {
		return err
	}
	if h.accounts, err = h.ground.OpenAccounts(ctx, account.Portal); err != nil {
		return err
	}
	if h.dispatch, err = dispatch.New(kept, h.recipients, profile, dispatch.Limits{}, o.Clock); err != nil {
		return err
	}
	h.dispatch.WithTables(h.catalogue)
	if h.drafts, err = newDrafts(kept.Drafts(), h.dispatch, profile, h.book, o.Clock); err != nil {
		return err
	}
	h.followup = followup.New(kept, profile, h.book)
	if h.queries, err = newQueries(kept, h.recipients, o.Clock); err != nil {
		return err
	}
	h.admission = admission.New(kept, h.accounts, h.ground.Log)
	h.applications = application.New(kept, h.reception().Name, h.reception().Keys, application.DefaultLimits)
	uploads := upload.New(upload.Options{
		Begin: h.begin, Protocols: kept, Sent: kept.BytesSince, Limits: h.config.Upload.limits(),
		Spool: h.config.Spool, Land: profile.Land, Profile: profile, Clock: o.Clock,
		Book: h.book, Catalogue: h.catalogue,
	})
	gate := machine.New(h.accounts, o.Clock)
	rooms := pages.New(pages.Rooms{Uploads: uploads, Histories: h.followup, Units: h.accounts, Machines: gate, Drafts: h.drafts, Queries: h.queries, Book: h.book, Profile: profile,
		Applications: h.applications, Instance: h.config.Instance, Post: h.config.Post})
	h.handler, err = h.ground.Handler(house.Front{
		House: account.Portal, Apply: pages.PathApply, Instance: h.config.Instance, Hosts: h.config.Public.Hosts, Demo: h.config.Demo,
		Pages: pages.Files(), Names: pages.Names, Routes: rooms.Routes(), Nav: rooms.Nav(),
		Notices: pages.Notices(), Frame: pages.Frame,
		Hasher: o.Hasher, Clock: o.Clock, Address: h.config.Public.Address, Sessions: gate.Before,
	}, h.accounts, h.metrics)
	return err
}

// newQueries makes the room that seals answers to the trust centre that asks.
func newQueries(kept *store.Store, recipients []dispatch.Recipient, clock func() time.Time) (*query.Room, error) {
	keys := map[string]envelope.Recipients{}
	for _, r := range recipients {
		keys[r.Name] = r.Keys
	}
	return query.New(kept, keys, clock)
}

// begin opens a submission for an uploaded package.
func (h *House) begin(ctx context.Context, s upload.Sender, kind submission.Kind, fileName string) (upload.Batch, error) {
	batch, err := h.dispatch.Begin(ctx, dispatch.Submission{
		Unit: s.Unit, Account: s.Account, Kind: kind, Channel: submission.ByPackage,
		AnyReporter: s.AnyReporter, Reporters: s.Reporters, Released: s.Released, FileName: fileName,
	})
	if err != nil {
		return nil, err
	}
	return handover{batch, s}, nil
}

// handover lets the upload room put what it has judged into the dispatch room.
// It holds an upload program to what it has signed for.
type handover struct {
	*dispatch.Batch
	sender upload.Sender
}

func (h handover) ID() upload.ID { return upload.ID(h.Batch.ID()) }

func (h handover) Header(ctx context.Context, header *report.Package) error {
	if h.sender.Software != "" && header.Sender.SoftwareID != h.sender.Software {
		return machine.ErrSoftware
	}
	return h.Batch.Header(ctx, header)
}

// kept says whether the package is the one that was signed for.
func (h handover) kept(e upload.Ending) error {
	if h.sender.SHA256 != nil && !bytes.Equal(h.sender.SHA256, e.SHA256) {
		return machine.ErrHash
	}
	return nil
}

func ended(e upload.Ending) dispatch.Ending {
	return dispatch.Ending{SHA256: e.SHA256, Size: e.Size, SchemaVersion: e.SchemaVersion, Findings: e.Findings}
}

func (h handover) Receive(ctx context.Context, e upload.Ending) (upload.Outcome, error) {
	if err := h.kept(e); err != nil {
		return upload.Outcome{}, err
	}
	r, err := h.Batch.Receive(ctx, ended(e))
	if err != nil {
		return upload.Outcome{}, err
	}
	return upload.Outcome{ID: upload.ID(r.Package), First: r.First}, nil
}

func (h handover) Unreadable(ctx context.Context, e upload.Ending) error {
	if err := h.kept(e); err != nil {
		return err
	}
	return h.Batch.Unreadable(ctx, ended(e))
}

// Handler serves people.
func (h *House) Handler() http.Handler { return h.handler }

// Metrics serves Prometheus, on an address of its own.
func (h *House) Metrics() http.Handler { return h.metrics.Handler() }

// Accounts gives the accounts of the house, for the first one and the demo.
func (h *House) Accounts() *ground.Accounts { return h.accounts }

// Ground gives what the house stands on, for backup and proof of the log.
func (h *House) Ground() *house.Ground { return h.ground }

// Step tidies once: uploads that were given up, envelopes and drafts whose
// time is over. It says whether there was anything to do.
func (h *House) Step(ctx context.Context) (bool, error) {
	worked, err := h.dispatch.Tidy(ctx)
	gone, failed := h.applications.Tidy(ctx)
	untouched, stuck := h.drafts.Tidy(ctx)
	forgotten, kept := h.queries.Tidy(ctx)
	return worked || gone || untouched || forgotten, errors.Join(err, failed, stuck, kept)
}

// Run works in the background until ctx ends. It begins by dropping what the
// last run left half received.
func (h *House) Run(ctx context.Context) error {
	if err := h.dispatch.Restart(ctx); err != nil {
		return err
	}
	return h.ground.Run(ctx, h.accounts, func(ctx context.Context) error {
		return h.ground.Steps(ctx, h.pause, h.Step)
	})
}

// Close closes the house.
func (h *House) Close() error { return h.ground.Close() }

// Gallery shows every page of the portal in several situations.
func Gallery() ([]ui.State, error) { return pages.Gallery() }
