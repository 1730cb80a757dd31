// SPDX-License-Identifier: EUPL-1.2

package trustcentre_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"io"
	"log/slog"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"meldewerk/account"
	"meldewerk/audit"
	"meldewerk/calendar"
	"meldewerk/envelope"
	"meldewerk/exchange/access"
	"meldewerk/exchange/submission"
	"meldewerk/exchange/transfer"
	"meldewerk/exchange/wire"
	"meldewerk/identity/chiffrat"
	"meldewerk/internal/database"
	"meldewerk/internal/database/databasetest"
	"meldewerk/registry"
	"meldewerk/report"
	"meldewerk/report/obds"
	"meldewerk/report/parcel"
	"meldewerk/synth"
	"meldewerk/trustcentre"
)

// unit is the reporting unit that submits in these tests.
const unit account.UnitID = "klinikum-nord"

var fast = account.NewHasher(account.WithCost(account.Cost{MemoryKiB: 64, Passes: 1, Lanes: 1}))

// world is a trust centre between a portal that the test plays and a real registry.
type world struct {
	t          *testing.T
	dir        string
	centre     trustcentre.Config
	reg        registry.Config
	tc         *trustcentre.House
	registry   *registry.House
	portal     *portal
	orders     *orderTaker
	logged     *logged
	recipients envelope.Recipients
	private    chiffrat.PrivateKey // of the Chiffrate, which no house has
	trouble    *trouble
	receipt    submission.Receipt

	mu  sync.Mutex
	now time.Time
}

// onBoth runs a test on both engines.
func onBoth(t *testing.T, profile string, run func(t *testing.T, w *world)) {
	t.Helper()
	t.Parallel()
	t.Run("sqlite", func(t *testing.T) {
		t.Parallel()
		run(t, newWorld(t, profile, false))
	})
	t.Run("postgres", func(t *testing.T) {
		t.Parallel()
		run(t, newWorld(t, profile, true))
	})
}

func newWorld(t *testing.T, profile string, postgres bool) *world {
	t.Helper()
	w := &world{t: t, dir: t.TempDir(), now: time.Date(2025, 7, 1, 8, 0, 0, 0, time.UTC), portal: newPortal(), orders: newOrderTaker(), logged: &logged{}, trouble: &trouble{}}
	dsn := func(house string) string {
		if postgres {
			return databasetest.PostgresDSN(t)
		}
		return "sqlite:" + filepath.Join(w.dir, house+".db")
	}
	w.centre = trustcentre.Config{Database: dsn("trustcentre"), Keys: filepath.Join(w.dir, "trustcentre-keys"), Profile: profile,
		Instance: "Krebsregister Musterland", Public: trustcentre.Public{Hosts: []string{"trustcentre.localhost"}}}
	w.reg = registry.Config{Database: dsn("registry"), Keys: filepath.Join(w.dir, "registry-keys"), Profile: profile,
		Instance: "Krebsregister Musterland", Public: registry.Public{Hosts: []string{"registry.localhost"}}}
	w.must(trustcentre.Init(t.Context(), w.centre))
	w.must(registry.Init(t.Context(), w.reg))
	w.ceremony()
	w.open()
	t.Cleanup(func() { w.close() })
	w.must(w.tc.Accounts().PutUnit(t.Context(), audit.System, account.Unit{ID: unit, Name: "Klinikum Nord", AnyReporter: true, Released: true}))
	return w
}

// ceremony makes the key pair of the Chiffrate outside of every house.
func (w *world) ceremony() {
	w.t.Helper()
	var err error
	w.private, err = chiffrat.GenerateKey()
	w.must(err)
	public, err := w.private.Public().MarshalText()
	w.must(err)
	w.must(os.WriteFile(filepath.Join(w.centre.Keys, chiffrat.PublicFile), public, 0o644))
	w.recipients, err = envelope.LoadRecipients(filepath.Join(w.centre.Keys, trustcentre.EnvelopeKeys, envelope.RecipientFile))
	w.must(err)
}

func (w *world) clock() time.Time {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.now
}

// pass lets time pass.
func (w *world) pass(d time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.now = w.now.Add(d)
}

func (w *world) open() {
	w.t.Helper()
	var err error
	w.registry, err = registry.Open(w.t.Context(), w.reg, registry.Options{Clock: w.clock, Hasher: fast})
	w.must(err)
	door, err := w.registry.Door(wire.TrustCentre)
	w.must(err)
	w.tc, err = trustcentre.Open(w.t.Context(), w.centre, trustcentre.Options{Clock: w.clock, Hasher: fast,
		Log: slog.New(slog.NewJSONHandler(w.logged, nil)), Access: access.Local(w.orders, wire.TrustCentre),
		Portal:   submission.Local(&shakyPortal{w.portal, w.trouble}, wire.TrustCentre),
		Registry: transfer.Local(&shakyRegistry{door, w.trouble}, wire.TrustCentre)})
	w.must(err)
}

func (w *world) close() {
	if w.tc != nil {
		w.must(errors.Join(w.tc.Close(), w.registry.Close()))
	}
	w.tc, w.registry = nil, nil
}

// restart is a process that was killed and started again.
func (w *world) restart() {
	w.t.Helper()
	w.close()
	w.open()
}

func (w *world) must(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

// settle lets both houses work until nobody has anything to do.
func (w *world) settle() {
	w.t.Helper()
	for range 500 {
		worked, err := w.tc.Step(w.t.Context())
		w.must(err)
		placed, err := w.registry.Step(w.t.Context())
		w.must(err)
		if !worked && !placed {
			return
		}
	}
	w.t.Fatal("the houses do not come to rest")
}

// reports are those of so many synthetic patients, all sound.
func (w *world) reports(patients int, marker string) []*report.Report {
	w.t.Helper()
	return slices.Collect(synth.New(synth.Options{Seed: 7, Patients: patients, Marker: marker}).Reports())
}

// delivery is a package on its way, as the portal would have taken it.
type delivery struct {
	kind      submission.Kind
	channel   submission.Channel
	unit      account.UnitID
	perPart   int
	withdrawn []int
	receipt   submission.Receipt // the next one when 0
	as        report.PersonAs
	version   string          // of the data set, 3.0.4 when empty
	tables    *obds.Catalogue // for that version
	change    func(e *submission.Envelope)
}

// seal makes the envelopes of a delivery, without giving them out yet.
func (w *world) seal(d delivery, reports ...*report.Report) []submission.Envelope {
	w.t.Helper()
	if d.receipt == 0 {
		w.receipt++
		d.receipt = w.receipt
	}
	if d.kind == "" {
		d.kind = submission.Real
	}
	if d.channel == "" {
		d.channel = submission.ByPackage
	}
	if d.unit == "" {
		d.unit = unit
	}
	if d.version == "" {
		d.version = "3.0.4"
	}
	var plain []*bytes.Buffer
	var parts []parcel.Part
	today := calendar.Of(w.clock())
	writer, err := parcel.NewWriter(&report.Package{SchemaVersion: d.version, ReportedOn: today,
		Sender: report.Sender{ID: "A1", SoftwareID: "S", SoftwareVer: "1", Name: "Klinik"}}, parcel.Options{Reports: d.perPart, Catalogue: d.tables,
		Open: func(int) (io.WriteCloser, error) {
			plain = append(plain, &bytes.Buffer{})
			return nopCloser{plain[len(plain)-1]}, nil
		},
		Sealed: func(p parcel.Part) error { parts = append(parts, p); return nil }})
	w.must(err)
	for i, r := range reports {
		w.must(writer.AddAs(i+1, r, d.as, nil))
	}
	_, err = writer.Close()
	w.must(err)
	envelopes := make([]submission.Envelope, len(parts))
	for i, p := range parts {
		envelopes[i] = w.envelope(d, plain[i].Bytes(), p, len(parts))
	}
	return envelopes
}

func (w *world) envelope(d delivery, plain []byte, p parcel.Part, parts int) submission.Envelope {
	w.t.Helper()
	sealed, err := envelope.SealBytes(plain, w.recipients)
	w.must(err)
	e := submission.Envelope{ID: submission.EnvelopeID(rand.Text()), Receipt: d.receipt, ReceivedAt: w.clock(), Part: p.Number, Parts: parts, Kind: d.kind, Channel: d.channel,
		Unit: string(d.unit), AnyReporter: true, Released: true, Reports: len(p.Positions), Sealed: sealed}
	for _, position := range d.withdrawn {
		if slices.Contains(p.Positions, position) {
			e.Withdrawn = append(e.Withdrawn, position)
		}
	}
	if d.change != nil {
		d.change(&e)
	}
	sum := sha256.Sum256(e.Sealed)
	e.SHA256 = sum[:]
	return e
}

// submit seals a delivery and puts it into the portal's outbox.
func (w *world) submit(d delivery, reports ...*report.Report) submission.Receipt {
	w.t.Helper()
	envelopes := w.seal(d, reports...)
	w.portal.post(envelopes...)
	return envelopes[0].Receipt
}

type nopCloser struct{ io.Writer }

func (nopCloser) Close() error { return nil }

// state is what the portal was told of a report.
func (w *world) state(receipt submission.Receipt, position int) submission.State {
	return w.portal.told(receipt, position).State
}

// number asks a house's database for one number.
func number(t *testing.T, db *database.DB, query string, args ...any) int {
	t.Helper()
	var n int
	err := db.Read(t.Context(), func(ctx context.Context, tx *database.Tx) error {
		return tx.QueryRowContext(ctx, query, args...).Scan(&n)
	})
	if err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	return n
}

func (w *world) inCentre(query string, args ...any) int {
	w.t.Helper()
	return number(w.t, w.tc.Ground().DB, query, args...)
}

func (w *world) inRegistry(query string, args ...any) int {
	w.t.Helper()
	return number(w.t, w.registry.Ground().DB, query, args...)
}

// portal is the portal's side of the exchange, kept in memory. It is as strict
// as the contract and remembers what breaks it.
type portal struct {
	submission.Closed // of witnessing; it has no log

	mu       sync.Mutex
	outbox   []submission.Envelope
	acked    map[submission.EnvelopeID]bool
	backedUp map[submission.EnvelopeID]bool
	givenUp  []submission.EnvelopeID
	progress map[[2]int64]submission.Progress
	history  map[string]submission.HistoryItem
	puts     map[string]int // how often each entry of the history was put
	desk     correspondence
}

func newPortal() *portal {
	return &portal{acked: map[submission.EnvelopeID]bool{}, backedUp: map[submission.EnvelopeID]bool{},
		progress: map[[2]int64]submission.Progress{}, history: map[string]submission.HistoryItem{}, puts: map[string]int{}}
}

func (p *portal) post(envelopes ...submission.Envelope) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.outbox = append(p.outbox, envelopes...)
	slices.SortStableFunc(p.outbox, func(a, b submission.Envelope) int {
		if a.Receipt != b.Receipt {
			return int(a.Receipt - b.Receipt)
		}
		return a.Part - b.Part
	})
}

func (p *portal) told(receipt submission.Receipt, position int) submission.Progress {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.progress[[2]int64{int64(receipt), int64(position)}]
}

func (p *portal) entries() map[string]submission.HistoryItem {
	p.mu.Lock()
	defer p.mu.Unlock()
	return maps.Clone(p.history)
}

func (p *portal) Next(_ context.Context, limit int) ([]submission.Envelope, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	var next []submission.Envelope
	for _, e := range p.outbox {
		if !p.acked[e.ID] && len(next) < limit {
			next = append(next, e)
		}
	}
	return next, nil
}

func (p *portal) Acknowledge(_ context.Context, ids []submission.EnvelopeID) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, id := range ids {
		p.acked[id] = true
	}
	return nil
}

func (p *portal) GiveUp(_ context.Context, ids []submission.EnvelopeID) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, id := range ids {
		p.acked[id] = true
	}
	p.givenUp = append(p.givenUp, ids...)
	return nil
}

func (p *portal) BackedUp(_ context.Context, ids []submission.EnvelopeID) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, id := range ids {
		p.backedUp[id] = true
	}
	return nil
}

func (p *portal) PutProgress(_ context.Context, items []submission.Progress) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, item := range items {
		key := [2]int64{int64(item.Receipt), int64(item.Position)}
		if before := p.progress[key]; grade(before.State) <= grade(item.State) {
			p.progress[key] = item
		}
	}
	return nil
}

func grade(s submission.State) int {
	switch s {
	case "":
		return 0
	case submission.InReview:
		return 1
	case submission.Forwarded:
		return 2
	}
	return 3
}

func (p *portal) PutHistory(_ context.Context, items []submission.HistoryItem) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, item := range items {
		key := item.Unit + "/" + item.Reporter + "/" + item.ReportID
		p.puts[key]++
		if p.history[key].Receipt <= item.Receipt {
			p.history[key] = item
		}
	}
	return nil
}

// trouble lets one call between the houses go wrong, before it does anything
// or after.
type trouble struct {
	mu    sync.Mutex
	at    int // the call that fails, counted from 1; 0: none
	after bool
	calls int
}

var errCut = errors.New("the line is cut")

func (f *trouble) plan(at int, after bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.at, f.after, f.calls = at, after, 0
}

func (f *trouble) call(do func() error) error {
	f.mu.Lock()
	f.calls++
	fails, after := f.calls == f.at, f.after
	f.mu.Unlock()
	if fails && !after {
		return errCut
	}
	if err := do(); err != nil {
		return err
	}
	if fails {
		return errCut
	}
	return nil
}

type shakyPortal struct {
	*portal
	trouble *trouble
}

func (s *shakyPortal) Next(ctx context.Context, limit int) ([]submission.Envelope, error) {
	var next []submission.Envelope
	err := s.trouble.call(func() error {
		got, err := s.portal.Next(ctx, limit)
		next = got
		return err
	})
	return next, err
}

func (s *shakyPortal) Acknowledge(ctx context.Context, ids []submission.EnvelopeID) error {
	return s.trouble.call(func() error { return s.portal.Acknowledge(ctx, ids) })
}

func (s *shakyPortal) GiveUp(ctx context.Context, ids []submission.EnvelopeID) error {
	return s.trouble.call(func() error { return s.portal.GiveUp(ctx, ids) })
}

func (s *shakyPortal) BackedUp(ctx context.Context, ids []submission.EnvelopeID) error {
	return s.trouble.call(func() error { return s.portal.BackedUp(ctx, ids) })
}

func (s *shakyPortal) PutProgress(ctx context.Context, items []submission.Progress) error {
	return s.trouble.call(func() error { return s.portal.PutProgress(ctx, items) })
}

func (s *shakyPortal) PutHistory(ctx context.Context, items []submission.HistoryItem) error {
	return s.trouble.call(func() error { return s.portal.PutHistory(ctx, items) })
}

type shakyRegistry struct {
	transfer.Door
	trouble *trouble
}

func (s *shakyRegistry) Put(ctx context.Context, records []transfer.Record) error {
	return s.trouble.call(func() error { return s.Door.Put(ctx, records) })
}

func (s *shakyRegistry) Notices(ctx context.Context, limit int) ([]transfer.Notice, error) {
	var notices []transfer.Notice
	err := s.trouble.call(func() error {
		got, err := s.Door.Notices(ctx, limit)
		notices = got
		return err
	})
	return notices, err
}

func (s *shakyRegistry) Acknowledge(ctx context.Context, ids []string) error {
	return s.trouble.call(func() error { return s.Door.Acknowledge(ctx, ids) })
}

func (s *shakyRegistry) Contained(ctx context.Context, ids []transfer.RecordID) ([]transfer.RecordID, error) {
	var contained []transfer.RecordID
	err := s.trouble.call(func() error {
		got, err := s.Door.Contained(ctx, ids)
		contained = got
		return err
	})
	return contained, err
}
