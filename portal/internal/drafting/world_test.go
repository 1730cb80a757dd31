// SPDX-License-Identifier: EUPL-1.2

package drafting_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"meldewerk/calendar"
	"meldewerk/envelope"
	"meldewerk/exchange/submission"
	"meldewerk/identity"
	"meldewerk/internal/atrest"
	"meldewerk/internal/database"
	"meldewerk/internal/database/databasetest"
	ground "meldewerk/internal/store"
	"meldewerk/policy"
	"meldewerk/portal/internal/dispatch"
	"meldewerk/portal/internal/drafting"
	"meldewerk/portal/internal/store"
	"meldewerk/report"
	"meldewerk/report/form"
	"meldewerk/report/parcel"
	"meldewerk/synth"
	"meldewerk/tumour"
)

// clock is a house clock that tests move by hand.
type clock struct{ at atomic.Int64 }

func (c *clock) Now() time.Time          { return time.UnixMicro(c.at.Load()).UTC() }
func (c *clock) Advance(d time.Duration) { c.at.Add(d.Microseconds()) }

// world is a drafting room on the portal's real store and dispatch room, with
// the trust centre's keys at hand.
type world struct {
	*drafting.Room
	t      *testing.T
	clock  *clock
	db     *database.DB
	outbox *outbox
	keys   envelope.Identities
	actor  drafting.Actor
}

const unit = "unit-1"

// suite runs a test on both engines.
func suite(t *testing.T, run func(t *testing.T, w *world)) {
	t.Helper()
	t.Parallel()
	c := &clock{}
	c.at.Store(time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC).UnixMicro())
	databasetest.RunWith(t, database.Options{Clock: c.Now}, func(t *testing.T, open func(t *testing.T) *database.DB) {
		run(t, newWorld(t, open(t), c))
	})
}

// alone runs a test on SQLite, where nothing hangs on the engine.
func alone(t *testing.T, run func(t *testing.T, w *world)) {
	t.Helper()
	t.Parallel()
	c := &clock{}
	c.at.Store(time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC).UnixMicro())
	dsn := "sqlite:" + filepath.Join(t.TempDir(), "portal.db")
	if err := database.Create(t.Context(), dsn); err != nil {
		t.Fatal(err)
	}
	db := must(database.Open(t.Context(), dsn, database.Options{Clock: c.Now}))(t)
	t.Cleanup(func() { _ = db.Close() })
	run(t, newWorld(t, db, c))
}

func must[T any](v T, err error) func(t *testing.T) T {
	return func(t *testing.T) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

func newWorld(t *testing.T, db *database.DB, c *clock) *world {
	t.Helper()
	ctx := t.Context()
	if err := db.Migrate(ctx, ground.Migrations(), store.Migrations()); err != nil {
		t.Fatal(err)
	}
	log := must(ground.NewAuditLog(db, "portal", ground.AuditOptions{}))(t)
	key := filepath.Join(t.TempDir(), "master.key")
	if err := atrest.CreateMasterKey(key); err != nil {
		t.Fatal(err)
	}
	ring := must(atrest.OpenKeyring(ctx, key, ground.NewDataKeys(db, log)))(t)
	t.Cleanup(ring.Close)
	kept := must(store.Open(ctx, db, log, ring))(t)
	centre := filepath.Join(t.TempDir(), "centre")
	if err := os.Mkdir(centre, 0o700); err != nil {
		t.Fatal(err)
	}
	recipients := must(envelope.Generate(centre))(t)
	profile := must(policy.Of("kkn"))(t)
	room := must(dispatch.New(kept, []dispatch.Recipient{{Name: "trustcentre", Keys: recipients}}, profile, dispatch.Limits{}, c.Now))(t)
	w := &world{t: t, clock: c, db: db, outbox: &outbox{room: room}, keys: must(envelope.LoadIdentities(centre))(t),
		actor: drafting.Actor{Unit: unit, Account: "account-1", Name: "A. Kraft", Reporters: []string{"M-1"}, Released: true}}
	w.Room = must(drafting.New(drafting.Options{Store: kept.Drafts(), Outbox: w.outbox, Profile: profile,
		Software: drafting.Software{ID: "meldewerk", Version: "1"}, Clock: c.Now}))(t)
	return w
}

// outbox hands over through the real dispatch room, as the portal does.
type outbox struct {
	room   *dispatch.Room
	mu     sync.Mutex
	sent   []drafting.Delivery
	before func() // called before a delivery is received
}

func (o *outbox) Deliver(ctx context.Context, d drafting.Delivery) (drafting.Receipt, error) {
	o.mu.Lock()
	before := o.before
	o.before = nil
	o.mu.Unlock()
	if before != nil {
		before()
	}
	b, err := o.room.Begin(ctx, dispatch.Submission{Unit: d.Actor.Unit, Account: d.Actor.Account, Kind: submission.Real,
		Channel: submission.ByForm, Reporters: d.Actor.Reporters, Released: d.Actor.Released})
	if err != nil {
		return drafting.Receipt{}, err
	}
	defer func() { _ = b.Discard(ctx) }()
	if err := b.Header(ctx, &d.Package); err != nil {
		return drafting.Receipt{}, err
	}
	for _, r := range d.Reports {
		if err := b.AddAs(ctx, r.Result, r.Report, r.As); err != nil {
			return drafting.Receipt{}, err
		}
	}
	e := dispatch.Ending{SHA256: d.SHA256, Size: d.Size, SchemaVersion: d.Package.SchemaVersion}
	for _, f := range d.Entered {
		e.Forms = append(e.Forms, dispatch.Entered{Form: string(f.Form), Version: f.Version, Position: f.Position, By: f.By, Again: f.Again})
	}
	for _, r := range d.Reduced {
		e.Records = append(e.Records, dispatch.Reduced{Record: string(r.Record), Version: r.Version, View: r.View})
	}
	r, err := b.Receive(ctx, e)
	if err != nil {
		return drafting.Receipt{}, err
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	o.sent = append(o.sent, d)
	return drafting.Receipt{Package: string(r.Package), Number: r.Number, ReceivedAt: r.ReceivedAt, First: r.First}, nil
}

// arrived opens what lies ready for the trust centre, in the order of the receipts.
func (w *world) arrived() []*parcel.Item {
	w.t.Helper()
	envelopes := must(w.outbox.room.Next(w.t.Context(), "trustcentre", 1000))(w.t)
	var items []*parcel.Item
	for _, e := range envelopes {
		if e.Channel != submission.ByForm || e.Kind != submission.Real {
			w.t.Errorf("an envelope of %s, %s", e.Channel, e.Kind)
		}
		plain := must(envelope.OpenBytes(e.Sealed, w.keys))(w.t)
		reader := must(parcel.NewReader(bytes.NewReader(plain), parcel.ReadOptions{}))(w.t)
		for {
			item, err := reader.Next()
			if errors.Is(err, io.EOF) {
				break
			}
			if err != nil {
				w.t.Fatal(err)
			}
			if len(item.Gate) > 0 {
				w.t.Errorf("the gate finds %v", item.Gate)
			}
			items = append(items, item)
		}
	}
	return items
}

// some gives a sound report of an occasion, told of the unit's own reporter.
func some(t *testing.T, o tumour.Occasion) *report.Report {
	t.Helper()
	for r := range synth.New(synth.Options{Seed: 5, Patients: 60, Today: calendar.Date{Year: 2026, Month: 6, Day: 30}}).Reports() {
		if r.Event.Occasion() == o && (r.Reason == report.Informed || o == tumour.OccasionDeath) && r.Person.Insurance.Statutory != nil {
			of := *r
			of.Reporter, of.Patient = "M-1", "P-"+of.Patient
			return &of
		}
	}
	t.Fatalf("no report of %s in the synthetic world", o)
	return nil
}

// record makes a record with the identity of a report, typed section by section.
func (w *world) record(r *report.Report) drafting.RecordID {
	w.t.Helper()
	ctx := w.t.Context()
	id, fresh, err := w.CreateRecord(ctx, w.actor, r.Reporter, r.Patient)
	if err != nil || !fresh {
		w.t.Fatal(fresh, err)
	}
	w.typeIdentity(id, r)
	return id
}

func (w *world) typeIdentity(id drafting.RecordID, r *report.Report) {
	w.t.Helper()
	whole := form.Encode(r)
	for _, s := range form.Sections(whole) {
		if !s.OfPatient() {
			continue
		}
		record := must(w.Record(w.t.Context(), unit, id))(w.t)
		if _, err := w.SaveIdentity(w.t.Context(), w.actor, id, s.Name, drafting.Token(record.Identity, s), s.Part(whole)); err != nil {
			w.t.Fatal(s.Name, err)
		}
	}
}

// draft makes a draft for a record and types the report into it, section by section.
func (w *world) draft(record drafting.RecordID, r *report.Report) drafting.FormID {
	w.t.Helper()
	of := &r.Event.Assignment
	id := must(w.Begin(w.t.Context(), w.actor, record, r.Event.Occasion(), of))(w.t)
	w.typeForm(id, r)
	return id
}

func (w *world) typeForm(id drafting.FormID, r *report.Report) {
	w.t.Helper()
	whole := form.Encode(r)
	for _, s := range form.Sections(whole) {
		if s.OfPatient() {
			continue
		}
		f := w.form(id)
		if _, err := w.Save(w.t.Context(), w.actor, id, s.Name, drafting.Token(f.Sheet, s), s.Part(whole)); err != nil {
			w.t.Fatal(s.Name, err)
		}
	}
}

func (w *world) form(id drafting.FormID) drafting.Form {
	w.t.Helper()
	return must(w.Form(w.t.Context(), unit, id))(w.t)
}

func (w *world) readRecord(id drafting.RecordID) drafting.Record {
	w.t.Helper()
	return must(w.Record(w.t.Context(), unit, id))(w.t)
}

// submit hands a form in with its warnings confirmed.
func (w *world) submit(id drafting.FormID) drafting.Receipt {
	w.t.Helper()
	receipt, err := w.Submit(w.t.Context(), w.actor, id, w.form(id).Version, true)
	var refused *drafting.Refused
	if errors.As(err, &refused) && refused.Checked != nil {
		w.t.Fatalf("refused: %v", refused.Checked.Errors)
	}
	if err != nil {
		w.t.Fatal(err)
	}
	return receipt
}

// sameDay lets a day whose accuracy the data set does not ask for be the exact
// day that it is.
var sameDay = cmp.Comparer(func(a, b calendar.Date) bool {
	return a == b || a.IsExact() && b.IsExact() && a.String() == b.String()
})

// personless is a report as it goes by reference.
func personless(r report.Report) report.Report {
	r.Person, r.PatientRemark = identity.Person{}, ""
	return r
}

func contains(findings []drafting.Finding, rule, key string) bool {
	return slices.ContainsFunc(findings, func(f drafting.Finding) bool { return f.Rule == rule && f.Key == key })
}
