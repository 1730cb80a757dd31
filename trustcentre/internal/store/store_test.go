// SPDX-License-Identifier: EUPL-1.2

package store_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"meldewerk/audit"
	"meldewerk/calendar"
	"meldewerk/exchange/submission"
	"meldewerk/exchange/transfer"
	"meldewerk/identity"
	"meldewerk/internal/atrest"
	"meldewerk/internal/database"
	"meldewerk/internal/database/databasetest"
	ground "meldewerk/internal/store"
	"meldewerk/pseudonym"
	"meldewerk/report"
	"meldewerk/trustcentre/internal/handover"
	"meldewerk/trustcentre/internal/inspection"
	"meldewerk/trustcentre/internal/lastlook"
	"meldewerk/trustcentre/internal/pseudonymisation"
	"meldewerk/trustcentre/internal/query"
	"meldewerk/trustcentre/internal/store"
	"meldewerk/tumour"
	"meldewerk/tumour/history"
)

// counting is the audit log with the codes of what was written.
type counting struct {
	*ground.AuditLog
	mu    sync.Mutex
	codes []audit.Code
}

func (c *counting) Append(ctx context.Context, tx *database.Tx, act audit.Act) error {
	c.mu.Lock()
	c.codes = append(c.codes, act.Code)
	c.mu.Unlock()
	return c.AuditLog.Append(ctx, tx, act)
}

// bench is a store with a clock and a counted log.
type bench struct {
	t     *testing.T
	db    *database.DB
	log   *counting
	store *store.Store
	next  submission.Receipt
}

var begin = time.Date(2026, 11, 2, 8, 0, 0, 0, time.UTC)

func onBoth(t *testing.T, run func(t *testing.T, b *bench)) {
	t.Helper()
	databasetest.RunWith(t, database.Options{Clock: func() time.Time { return begin }}, func(t *testing.T, open func(t *testing.T) *database.DB) {
		b := &bench{t: t, db: open(t)}
		b.must(b.db.Migrate(t.Context(), ground.Migrations(), store.Migrations()))
		log, err := ground.NewAuditLog(b.db, "trustcentre", ground.AuditOptions{})
		b.must(err)
		b.log = &counting{AuditLog: log}
		key := filepath.Join(t.TempDir(), "master.key")
		b.must(atrest.CreateMasterKey(key))
		ring, err := atrest.OpenKeyring(t.Context(), key, ground.NewDataKeys(b.db, log))
		b.must(err)
		t.Cleanup(ring.Close)
		b.store, err = store.New(t.Context(), b.db, b.log, ring)
		b.must(err)
		run(t, b)
	})
}

func (b *bench) must(err error) {
	b.t.Helper()
	if err != nil {
		b.t.Fatal(err)
	}
}

func (b *bench) number(query string, args ...any) int {
	b.t.Helper()
	var n int
	b.must(b.db.Read(b.t.Context(), func(ctx context.Context, tx *database.Tx) error {
		return tx.QueryRowContext(ctx, query, args...).Scan(&n)
	}))
	return n
}

// complete takes notices whose reports are whole here.
func (b *bench) complete(notices ...transfer.Notice) {
	b.t.Helper()
	damaged, err := b.store.Complete(b.t.Context(), notices)
	b.must(err)
	if damaged != 0 {
		b.t.Errorf("%d reduced views are damaged", damaged)
	}
}

func ref[R ~string](class string, n int) R {
	return R(strings.Repeat("0", 48) + fmt.Sprintf("%08x%08x", len(class)*7919+int(class[0]), n))
}

// envelope stores an envelope of a new receipt.
func (b *bench) envelope() *submission.Envelope {
	b.t.Helper()
	b.next++
	e := submission.Envelope{ID: submission.EnvelopeID(fmt.Sprintf("envelope-%08d", b.next)), Receipt: b.next, ReceivedAt: begin.Add(-time.Hour), Part: 1, Parts: 1,
		Kind: submission.Real, Channel: submission.ByPackage, Unit: "unit", Reports: 1, SHA256: make([]byte, 32), Sealed: []byte("sealed"), Withdrawn: []int{3}, Reporters: []string{"a"}}
	_, err := b.store.Collect(b.t.Context(), []submission.Envelope{e})
	b.must(err)
	return &e
}

// candidate is report n as it is taken over.
func candidate(n int, change func(o *store.Opened)) store.Candidate {
	o := store.Opened{
		References: pseudonymisation.References{Report: ref[pseudonym.ReportRef]("report", n), Patient: ref[pseudonym.PatientRef]("patient", n),
			Tumour: ref[pseudonym.TumourRef]("tumour", n), Reporter: ref[pseudonym.ReporterRef]("reporter", 1)},
		Digests: pseudonymisation.Digests{Person: [32]byte{byte(n)}, Content: [32]byte{byte(n)}},
		Verdict: inspection.Verdict{State: submission.InReview, Identity: transfer.IdentityNew},
		Report: &report.Report{ID: "M", Reporter: "R", Patient: "P", Person: identity.Person{Surname: "Grünwald", FirstNames: "Anna",
			BirthDate: calendar.Date{Year: 1951, Month: 3, Day: 7, Accuracy: calendar.Exact}}},
	}
	numbers := pseudonym.ControlNumbers{Profile: "kn-1", Generation: pseudonym.StorageGeneration(1)}
	_ = numbers.Put(pseudonym.KN1, pseudonym.Number{1}) // KN1 is a slot
	o.Parts = &pseudonymisation.Parts{View: history.ReducedView{PatientNumber: "P", BirthYear: 1951}, Record: transfer.Record{
		Report: o.References.Report, Patient: o.References.Patient, Tumour: o.References.Tumour, Reporter: o.References.Reporter, Version: 1, Identity: transfer.IdentityNew,
		Numbers: numbers, Sex: "W", Birth: transfer.Birth{Month: 3, Year: 1951}, Reason: "I", OwnService: "J", ReceivedAt: begin,
		Event: tumour.Event{Diagnosis: &tumour.Diagnosis{Certainty: "7", Classifications: []tumour.Classification{{Name: "FIGO", Stage: "I"}}}}}}
	if change != nil {
		change(&o)
	}
	return store.Candidate{Position: 1, Report: o.References.Report, Judge: func(*inspection.Known, *store.Person) (store.Opened, error) { return o, nil }}
}

// admit takes report n over out of an envelope of its own.
func (b *bench) admit(n int, change func(o *store.Opened)) submission.Receipt {
	b.t.Helper()
	e := b.envelope()
	b.must(b.store.Admit(b.t.Context(), e, []store.Candidate{candidate(n, change)}))
	return e.Receipt
}

func stop(o *store.Opened) {
	o.Parts.Record.Event.Diagnosis.Classifications[0].Name = "Grünwald"
	o.Stops = []lastlook.Stop{{Field: "Event.Diagnosis.Classifications[0].Name", Reason: lastlook.Hit}}
}

func wait(o *store.Opened) { o.Verdict.Wait = true }

func (b *bench) ready() []handover.Outgoing {
	b.t.Helper()
	ready, err := b.store.Ready(b.t.Context(), 100)
	b.must(err)
	return ready
}

func idsOf(outgoing []handover.Outgoing) []handover.DossierID {
	var ids []handover.DossierID
	for _, o := range outgoing {
		ids = append(ids, o.ID)
	}
	return ids
}

func notice(n int, receipt submission.Receipt) transfer.Notice {
	return transfer.Notice{ID: fmt.Sprintf("notice-%d-%d", n, receipt), Report: ref[pseudonym.ReportRef]("report", n), Version: int64(receipt), Outcome: transfer.Completed,
		Entry: history.Entry{Tumour: 1, CompletedAt: begin, Event: tumour.Event{Diagnosis: &tumour.Diagnosis{Certainty: "7"}}}}
}

// TestL1EveryChangeIsLogged calls each method of the store in a situation in
// which it changes something, and once more in which there is nothing to do.
func TestL1EveryChangeIsLogged(t *testing.T) {
	onBoth(t, func(t *testing.T, b *bench) {
		ctx := t.Context()
		changes := map[string]struct {
			prepare func()
			act     func() error
			code    audit.Code
			idle    bool // the second call finds nothing to do and writes nothing
		}{
			"Collect": {nil, func() error {
				_, err := b.store.Collect(ctx, []submission.Envelope{{ID: "envelope-of-l1-test", Receipt: 90, ReceivedAt: begin, Part: 1, Parts: 1, Sealed: []byte("x"), Kind: "real", Channel: "package", Unit: "u"}})
				return err
			}, audit.EnvelopeFetched, true},
			"NoteDamaged": {nil, func() error {
				_, err := b.store.NoteDamaged(ctx, []submission.Envelope{{ID: "damaged-of-l1-test", Receipt: 91, ReceivedAt: begin.Add(time.Hour), Part: 1, Unit: "u", Reports: 1, Damaged: true}})
				return err
			}, audit.EnvelopeFetched, true},
			"Admit": {nil, func() error {
				return b.store.Admit(ctx, &submission.Envelope{ID: "envelope-of-l1-test", Receipt: 90, ReceivedAt: begin, Unit: "u", Channel: "package"}, []store.Candidate{candidate(90, nil)})
			}, audit.EnvelopeOpened, true},
			"SetAside": {func() { b.envelope() }, func() error {
				e, err := b.store.NextEnvelope(ctx)
				if err != nil || e == nil {
					return errors.Join(err, errors.New("no envelope"))
				}
				return b.store.SetAside(ctx, e.ID, store.NoKey)
			}, audit.EnvelopeOpened, false},
			"Retry": {nil, func() error { _, err := b.store.Retry(ctx, "operator"); return err }, audit.EnvelopeRetried, true},
			"GiveUp": {func() {
				_, err := b.store.NoteDamaged(ctx, []submission.Envelope{{ID: "damaged-of-l1-test", Receipt: 91, ReceivedAt: begin, Part: 1, Unit: "u", Reports: 1, Damaged: true}})
				b.must(err)
			}, func() error {
				return b.store.GiveUp(ctx, "inspector", "damaged-of-l1-test", store.GroundLost)
			}, audit.EnvelopeGivenUp, false},
			"RetellGivenUp": {nil, func() error {
				return b.store.RetellGivenUp(ctx, []submission.EnvelopeID{"damaged-of-l1-test"})
			}, audit.ProgressTold, false},
			"GivenUpTold": {nil, func() error {
				return b.store.GivenUpTold(ctx, []submission.EnvelopeID{"damaged-of-l1-test"})
			}, audit.ProgressTold, false},
			"HandedOver": {func() { b.admit(2, nil) }, func() error { return b.store.HandedOver(ctx, idsOf(b.ready())) }, audit.RecordHandedOver, true},
			"Refused":    {func() { b.admit(3, nil) }, func() error { return b.store.Refused(ctx, idsOf(b.ready())) }, audit.RecordRefused, true},
			"Complete": {func() { b.admit(4, nil) }, func() error {
				_, err := b.store.Complete(ctx, []transfer.Notice{notice(4, b.next)})
				return err
			}, audit.ReportDeleted, true},
			"Told": {nil, func() error {
				untold, err := b.store.Untold(ctx, 100)
				return errors.Join(err, b.store.Told(ctx, untold))
			}, audit.ProgressTold, false},
			"Delivered": {nil, func() error {
				finished, _, err := b.store.Unfinished(ctx, 100)
				return errors.Join(err, b.store.Delivered(ctx, finished))
			}, audit.HistoryHandedOver, false},
			"Drop": {nil, func() error {
				_, err := b.store.Drop(ctx, []transfer.RecordID{{Report: ref[pseudonym.ReportRef]("report", 4), Version: int64(b.next)}}, begin.Add(-time.Hour))
				return err
			}, audit.RecordDeleted, true},
			"Stopped": {func() { b.admit(5, stop) }, func() error { _, _, err := b.store.Stopped(ctx, "inspector", b.held()[0].ID); return err }, audit.ReportInspected, false},
			"Decide": {func() { b.admit(6, stop) }, func() error {
				return b.store.Decide(ctx, b.held()[0].ID, store.Decision{Actor: "inspector"})
			}, audit.LastLookReleased, false},
			"Ask": {func() { b.admit(9, stop) }, func() error {
				return b.store.Ask(ctx, "inspector", b.held()[0].ID, question("Ort"))
			}, audit.QueryAsked, false},
			"QueriesTold": {nil, func() error { return b.store.QueriesTold(ctx, b.untoldQueries()) }, audit.QueriesTold, false},
			"TakeAnswers": {nil, func() error {
				_, err := b.store.TakeAnswers(ctx, []query.Arrived{{Query: b.onlyQuery(), Account: "a", At: begin, Sealed: []byte("closed"), Digest: [32]byte{1}}})
				return err
			}, audit.AnswersTaken, true},
			"ReadAnswers": {nil, func() error {
				unread, _, err := b.store.UnreadAnswers(ctx, 10)
				b.must(err)
				unread[0].Text, unread[0].Sealed = "Fachwort", nil
				return b.store.ReadAnswers(ctx, unread)
			}, audit.AnswersTaken, false},
			"RetellQueries": {nil, func() error { return b.store.RetellQueries(ctx) }, audit.QueriesTold, true},
			"Thread":        {nil, func() error { _, err := b.store.Thread(ctx, "inspector", b.onlyQuery()); return err }, audit.QueryShown, false},
			"CloseQuery":    {nil, func() error { return b.store.CloseQuery(ctx, "inspector", b.onlyQuery()) }, audit.QueryClosed, false},
			"ReleaseUnit":   {func() { b.admit(7, wait) }, func() error { _, err := b.store.ReleaseUnit(ctx, "inspector", "unit"); return err }, audit.ReporterReleased, false},
			"Expire":        {func() { b.admit(8, nil) }, func() error { _, err := b.store.Expire(ctx, begin.Add(time.Hour)); return err }, audit.RecordsExpired, true},
			"HandOverAgain": {nil, func() error { _, err := b.store.HandOverAgain(ctx, "operator"); return err }, audit.RecordHandedOver, false},
			"BackedUpTold": {func() { b.envelope() }, func() error {
				ids, err := b.store.BackedUpUntold(ctx, begin.Add(time.Hour), 100)
				return errors.Join(err, b.store.BackedUpTold(ctx, ids))
			}, audit.BackupTold, false},
		}
		reads := []string{"SetAsideOne", "GivenUps", "GivenUpUntold", "NextEnvelope", "SetAsides", "BackedUpUntold", "Ready", "Untold", "Unfinished", "Held", "Overdue", "Waiting", "Unreleased", "Records", "Kept",
			"Stored", "UntoldQueries", "UnreadAnswers", "Threads", "ThreadsOf", "QueryCounts"}
		upkeep := []string{"Settle", "Purge"}
		order := []string{"Collect", "NoteDamaged", "Admit", "SetAside", "Retry", "GiveUp", "GivenUpTold", "RetellGivenUp", "HandedOver", "Refused", "Complete", "Told", "Delivered", "Drop", "Stopped", "Decide",
			"Ask", "QueriesTold", "TakeAnswers", "RetellQueries", "ReadAnswers", "Thread", "CloseQuery", "ReleaseUnit", "Expire", "HandOverAgain", "BackedUpTold"}
		for method := range reflect.TypeFor[*store.Store]().Methods() {
			if _, changing := changes[method.Name]; !changing && !slices.Contains(reads, method.Name) && !slices.Contains(upkeep, method.Name) {
				t.Errorf("%s is in no list: does it change anything?", method.Name)
			}
		}
		for _, name := range order {
			c := changes[name]
			if c.prepare != nil {
				c.prepare()
			}
			before := len(b.log.codes)
			if err := c.act(); err != nil {
				t.Errorf("%s: %v", name, err)
			}
			if written := b.log.codes[before:]; !slices.Contains(written, c.code) {
				t.Errorf("%s writes %v, want %s", name, written, c.code)
			}
			if !c.idle {
				continue
			}
			before = len(b.log.codes)
			if err := c.act(); err != nil {
				t.Errorf("%s again: %v", name, err)
			}
			if written := b.log.codes[before:]; len(written) != 0 {
				t.Errorf("%s has nothing to do and writes %v", name, written)
			}
		}
		if len(order) != len(changes) {
			t.Errorf("%d of %d changes were called", len(order), len(changes))
		}
	})
}

func (b *bench) held() []store.Held {
	b.t.Helper()
	held, err := b.store.Held(b.t.Context(), "lastlook", 0, 100)
	b.must(err)
	var stopped []store.Held
	for _, h := range held {
		if !h.Unfit {
			stopped = append(stopped, h)
		}
	}
	if len(stopped) == 0 {
		b.t.Fatal("nothing is held")
	}
	return stopped
}

func TestEnvelopeComesBackAsItWas(t *testing.T) {
	onBoth(t, func(t *testing.T, b *bench) {
		later := b.envelope()
		b.next = 0
		b.must(b.db.InTx(t.Context(), func(ctx context.Context, tx *database.Tx) error {
			tx.WithoutAct("test")
			_, err := tx.ExecContext(ctx, `UPDATE envelope SET receipt = 9 WHERE id = $1`, string(later.ID))
			return err
		}))
		b.next = 4
		first := b.envelope()
		got, err := b.store.NextEnvelope(t.Context())
		b.must(err)
		if got == nil || got.Receipt != 5 || got.ID != first.ID || !bytes.Equal(got.Sealed, first.Sealed) || !got.ReceivedAt.Equal(first.ReceivedAt) ||
			got.Parts != 1 || !slices.Equal(got.Withdrawn, first.Withdrawn) || !slices.Equal(got.Reporters, first.Reporters) || got.Unit != "unit" || got.Kind != submission.Real {
			t.Errorf("the lowest receipt comes as %+v", got)
		}
	})
}

func TestDecideNeverKeepsWhatIsNoHit(t *testing.T) {
	onBoth(t, func(t *testing.T, b *bench) {
		b.admit(1, func(o *store.Opened) {
			stop(o)
			o.Parts.Record.Event.Diagnosis.Text = "Frau Grünwald"
			o.Stops = append(o.Stops, lastlook.Stop{Field: "Event.Diagnosis.Text", Reason: lastlook.Open})
		})
		b.must(b.store.Decide(t.Context(), b.held()[0].ID, store.Decision{Actor: "inspector", Keep: true}))
		r := b.ready()[0].Record
		if r.Event.Diagnosis.Text != "" || r.Event.Diagnosis.Classifications[0].Name != "Grünwald" {
			t.Errorf("text %q, classification %q", r.Event.Diagnosis.Text, r.Event.Diagnosis.Classifications[0].Name)
		}
	})
}

// TestDecideLooksOnceMore has stops that do not name everything.
func TestDecideLooksOnceMore(t *testing.T) {
	onBoth(t, func(t *testing.T, b *bench) {
		b.admit(1, func(o *store.Opened) {
			stop(o)
			o.Parts.Record.Event.Diagnosis.Clinical = &tumour.TNM{T: "Grünwald"}
		})
		id := b.held()[0].ID
		if err := b.store.Decide(t.Context(), id, store.Decision{Actor: "inspector"}); !errors.Is(err, store.ErrUnfit) {
			t.Errorf("got %v, want ErrUnfit", err)
		}
		if got := len(b.ready()); got != 0 {
			t.Error("a record that still names the patient is ready")
		}
		overdue, err := b.store.Overdue(t.Context(), begin.Add(time.Hour), 10)
		if err != nil || len(overdue) != 0 {
			t.Errorf("the deadline would try it again and again: %v %v", overdue, err)
		}
	})
}

func TestVersionsCompleteInAnyOrder(t *testing.T) {
	onBoth(t, func(t *testing.T, b *bench) {
		first := b.admit(1, nil)
		b.must(b.store.HandedOver(t.Context(), idsOf(b.ready())))
		second := b.admit(1, nil)
		b.must(b.store.HandedOver(t.Context(), idsOf(b.ready())))
		b.complete(notice(1, second))
		b.complete(notice(1, first))
		finished, _, err := b.store.Unfinished(t.Context(), 10)
		b.must(err)
		if len(finished) != 1 || finished[0].Item.Receipt != second {
			t.Errorf("the history gets %+v", finished)
		}
		untold, err := b.store.Untold(t.Context(), 10)
		b.must(err)
		for _, p := range untold {
			want := submission.Completed
			if p.Receipt == first {
				want = submission.Outdated
			}
			if p.State != want {
				t.Errorf("receipt %d: %s, want %s", p.Receipt, p.State, want)
			}
		}
	})
}

// TestToldKeepsWhatChangedMeanwhile notes a state as told that is old by then.
func TestToldKeepsWhatChangedMeanwhile(t *testing.T) {
	onBoth(t, func(t *testing.T, b *bench) {
		b.admit(1, nil)
		untold, err := b.store.Untold(t.Context(), 10)
		b.must(err)
		b.must(b.store.HandedOver(t.Context(), idsOf(b.ready())))
		b.must(b.store.Told(t.Context(), untold))
		if untold, err = b.store.Untold(t.Context(), 10); err != nil || len(untold) != 1 || untold[0].State != submission.Forwarded {
			t.Errorf("left to tell: %+v %v", untold, err)
		}
	})
}

// TestVersionsAdmittedAtOnce lets several transactions take over
// versions of one report at once.
func TestVersionsAdmittedAtOnce(t *testing.T) {
	onBoth(t, func(t *testing.T, b *bench) {
		var envelopes []*submission.Envelope
		for range 6 {
			envelopes = append(envelopes, b.envelope())
		}
		done := make(chan error)
		for _, e := range envelopes {
			go func() {
				c := candidate(1, nil)
				opened := c.Judge
				c.Judge = func(before *inspection.Known, person *store.Person) (store.Opened, error) {
					o, err := opened(before, person)
					if before != nil && before.Version > int64(e.Receipt) {
						o.Verdict, o.Parts = inspection.Verdict{State: submission.Outdated}, nil
					}
					return o, err
				}
				done <- b.store.Admit(context.WithoutCancel(t.Context()), e, []store.Candidate{c})
			}()
		}
		for range envelopes {
			if err := <-done; err != nil {
				t.Error(err)
			}
		}
		if got := b.number(`SELECT COUNT(*) FROM dossier WHERE state = 'ready'`); got != 1 {
			t.Errorf("%d versions are ready", got)
		}
		if got := b.number(`SELECT COUNT(*) FROM dossier WHERE state = 'ready' AND receipt = 6`); got != 1 {
			t.Error("it is not the newest")
		}
		if got := b.number(`SELECT COUNT(*) FROM progress`); got != 6 {
			t.Errorf("%d states for 6 deliveries", got)
		}
	})
}
