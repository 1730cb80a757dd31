// SPDX-License-Identifier: EUPL-1.2

package submission_test

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"meldewerk/calendar"
	"meldewerk/exchange/submission"
	"meldewerk/exchange/wire"
	"meldewerk/exchange/wire/wiretest"
	"meldewerk/exchange/witness"
	"meldewerk/fault"
	"meldewerk/tumour"
	"meldewerk/tumour/history"
)

// shelf is a portal in memory: the simplest Door that keeps the contract.
type shelf struct {
	mu           sync.Mutex
	envelopes    []submission.Envelope
	acknowledged map[submission.EnvelopeID]bool
	backedUp     []submission.EnvelopeID
	givenUp      []submission.EnvelopeID
	progress     []submission.Progress
	history      []submission.HistoryItem
	queries      []submission.Query
	answers      []submission.Answer
	answered     []submission.QueryID
	kept         int64
	since        []int64
	checkpoint   witness.Checkpoint
	witnessed    []witness.Checkpoint
	note         []byte
	cosigned     [][]byte
	peers        []wire.House
	calls        int
	err          error
}

func (s *shelf) enter(ctx context.Context) (func(), error) {
	s.mu.Lock()
	s.calls++
	s.peers = append(s.peers, wire.Peer(ctx))
	return s.mu.Unlock, s.err
}

func (s *shelf) Next(ctx context.Context, limit int) ([]submission.Envelope, error) {
	leave, err := s.enter(ctx)
	defer leave()
	var next []submission.Envelope
	for _, e := range s.envelopes {
		if !s.acknowledged[e.ID] && len(next) < limit {
			next = append(next, e)
		}
	}
	return next, err
}

func (s *shelf) Acknowledge(ctx context.Context, ids []submission.EnvelopeID) error {
	leave, err := s.enter(ctx)
	defer leave()
	for _, id := range ids {
		s.acknowledged[id] = true
	}
	return err
}

func (s *shelf) GiveUp(ctx context.Context, ids []submission.EnvelopeID) error {
	leave, err := s.enter(ctx)
	defer leave()
	s.givenUp = append(s.givenUp, ids...)
	return err
}

func (s *shelf) BackedUp(ctx context.Context, ids []submission.EnvelopeID) error {
	leave, err := s.enter(ctx)
	defer leave()
	s.backedUp = append(s.backedUp, ids...)
	return err
}

func (s *shelf) PutProgress(ctx context.Context, items []submission.Progress) error {
	leave, err := s.enter(ctx)
	defer leave()
	s.progress = append(s.progress, items...)
	return err
}

func (s *shelf) PutHistory(ctx context.Context, items []submission.HistoryItem) error {
	leave, err := s.enter(ctx)
	defer leave()
	s.history = append(s.history, items...)
	return err
}

func (s *shelf) PutQueries(ctx context.Context, items []submission.Query) error {
	leave, err := s.enter(ctx)
	defer leave()
	s.queries = append(s.queries, items...)
	return err
}

func (s *shelf) Answers(ctx context.Context, limit int) ([]submission.Answer, error) {
	leave, err := s.enter(ctx)
	defer leave()
	return s.answers[:min(limit, len(s.answers))], err
}

func (s *shelf) AcknowledgeAnswers(ctx context.Context, ids []submission.QueryID) error {
	leave, err := s.enter(ctx)
	defer leave()
	s.answered = append(s.answered, ids...)
	return err
}

func (s *shelf) Kept(ctx context.Context) (int64, error) {
	leave, err := s.enter(ctx)
	defer leave()
	return s.kept, err
}

func (s *shelf) Checkpoint(ctx context.Context, since int64) (witness.Checkpoint, error) {
	leave, err := s.enter(ctx)
	defer leave()
	s.since = append(s.since, since)
	return s.checkpoint, err
}

func (s *shelf) Witness(ctx context.Context, checkpoint witness.Checkpoint) ([]byte, error) {
	leave, err := s.enter(ctx)
	defer leave()
	s.witnessed = append(s.witnessed, checkpoint)
	return s.note, err
}

func (s *shelf) Cosigned(ctx context.Context, cosigned []byte) error {
	leave, err := s.enter(ctx)
	defer leave()
	s.cosigned = append(s.cosigned, cosigned)
	return err
}

func newShelf(envelopes ...submission.Envelope) *shelf {
	return &shelf{envelopes: envelopes, acknowledged: map[submission.EnvelopeID]bool{}}
}

var now = time.Date(2026, 3, 1, 12, 0, 0, 123456000, time.UTC)

func envelope(receipt, part int) submission.Envelope {
	sealed := fmt.Appendf(nil, "sealed %d/%d \x00\xff", receipt, part)
	sum := sha256.Sum256(sealed)
	return submission.Envelope{
		ID: submission.EnvelopeID(fmt.Sprintf("E-%d-%d", receipt, part)), Receipt: submission.Receipt(receipt),
		ReceivedAt: now, Part: part, Parts: 3, Kind: submission.Real, Channel: submission.ByPackage,
		Unit: "unit-7", Reporters: []string{"260530103", "Praxis <Süd> & Co"}, Released: true, Reports: 200,
		Withdrawn: []int{3, 17}, SHA256: sum[:], Sealed: sealed,
	}
}

func progress(position int) submission.Progress {
	return submission.Progress{Receipt: 4, Position: position, State: submission.InReview, At: now,
		Remarks: []submission.Remark{{Rule: "D2", Severity: "warning", Path: "Meldung/OP/Datum", Message: "m", Remedy: "r"}}}
}

func item(position int) submission.HistoryItem {
	return submission.HistoryItem{
		Receipt: 4, Position: position, Unit: "unit-7", Reporter: "260530103", ReportID: "M 1/ä", Channel: submission.ByForm,
		View: history.ReducedView{PatientNumber: "4711", BirthMonth: 2, BirthYear: 1950, PostalCode: "26122",
			Place: "Oldenburg", InsurerTail: "123", InsuredTail: "678"},
		Entry: history.Entry{Tumour: 1, CompletedAt: now, Event: tumour.Event{
			Assignment: tumour.Assignment{ICD: tumour.ICD{Code: "C50.4", Version: "10 2024 GM"},
				DiagnosedOn: calendar.Date{Year: 2024, Month: 2, Day: 15, Accuracy: calendar.DayEstimated}},
			Surgery: &tumour.Surgery{Intention: "K", Date: calendar.Date{Year: 2024, Month: 3, Day: 1},
				Procedures: []tumour.Procedure{{Code: "5-870.a2", Version: "2024"}}},
		}},
	}
}

// transports gives every way to reach a portal's door.
func transports(t *testing.T) map[string]func(*testing.T, submission.Door) submission.Door {
	t.Helper()
	return map[string]func(*testing.T, submission.Door) submission.Door{
		"in process": func(_ *testing.T, door submission.Door) submission.Door {
			return submission.Local(door, wire.TrustCentre)
		},
		"HTTP": func(t *testing.T, door submission.Door) submission.Door {
			return remote(t, door, options(), options())
		},
	}
}

func options() wire.Options { return wire.Options{Log: slog.New(slog.DiscardHandler)} }

func remote(t *testing.T, door submission.Door, server, client wire.Options) submission.Door {
	t.Helper()
	n := wiretest.New(t)
	handler := submission.NewHandler(func(peer wire.House) (submission.Door, error) {
		if peer != wire.TrustCentre {
			return nil, fault.New(fault.Forbidden, "test.peer", "Nein.")
		}
		return door, nil
	}, server)
	address := n.Serve(t, wire.Portal, handler, server, wire.TrustCentre)
	r, err := submission.Dial(address, n.Client(t, wire.TrustCentre, wire.Portal), client)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(r.Close)
	return r
}

// each runs a test over every transport.
func each(t *testing.T, run func(*testing.T, func(submission.Door) submission.Door)) {
	t.Helper()
	for name, open := range transports(t) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			run(t, func(door submission.Door) submission.Door { return open(t, door) })
		})
	}
}

func TestDoorCarriesEnvelopesWhole(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, open func(submission.Door) submission.Door) {
		want := []submission.Envelope{envelope(1, 1), envelope(1, 2), envelope(2, 1)}
		portal := newShelf(want...)
		door := open(portal)
		for range 2 { // asking again gives the same
			got, err := door.Next(t.Context(), 10)
			if diff := cmp.Diff(want, got); diff != "" || err != nil {
				t.Fatalf("%v\n%s", err, diff)
			}
		}
		for range 2 { // acknowledging again is harmless
			if err := door.Acknowledge(t.Context(), []submission.EnvelopeID{want[0].ID}); err != nil {
				t.Fatal(err)
			}
		}
		got, err := door.Next(t.Context(), 1)
		if diff := cmp.Diff(want[1:2], got); diff != "" || err != nil {
			t.Errorf("%v\n%s", err, diff)
		}
		if err = door.BackedUp(t.Context(), []submission.EnvelopeID{want[0].ID}); err != nil || len(portal.backedUp) != 1 {
			t.Errorf("backed up %v, %v", portal.backedUp, err)
		}
		if err = door.GiveUp(t.Context(), []submission.EnvelopeID{want[1].ID}); err != nil || len(portal.givenUp) != 1 {
			t.Errorf("given up %v, %v", portal.givenUp, err)
		}
		for _, peer := range portal.peers {
			if peer != wire.TrustCentre {
				t.Errorf("door was called by %q", peer)
			}
		}
	})
}

func TestDoorCarriesProgressAndHistoryWhole(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, open func(submission.Door) submission.Door) {
		portal := newShelf()
		door := open(portal)
		states, items := []submission.Progress{progress(1), progress(2)}, []submission.HistoryItem{item(1)}
		if err := errors.Join(door.PutProgress(t.Context(), states), door.PutHistory(t.Context(), items)); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(states, portal.progress); diff != "" {
			t.Error(diff)
		}
		if diff := cmp.Diff(items, portal.history); diff != "" {
			t.Error(diff)
		}
	})
}

func TestDoorCarriesNothing(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, open func(submission.Door) submission.Door) {
		door := open(newShelf())
		got, err := door.Next(t.Context(), 1)
		if len(got) != 0 || err != nil {
			t.Errorf("%v, %v", got, err)
		}
		if err = errors.Join(door.Acknowledge(t.Context(), nil), door.PutProgress(t.Context(), nil), door.PutHistory(t.Context(), nil)); err != nil {
			t.Error(err)
		}
	})
}

func TestDoorPassesFaultsOn(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, open func(submission.Door) submission.Door) {
		portal := newShelf()
		portal.err = fault.New(fault.Conflict, "test.taken", "Das hat schon jemand erledigt.")
		door := open(portal)
		_, err := door.Next(t.Context(), 1)
		for i, err := range []error{err, door.Acknowledge(t.Context(), nil), door.BackedUp(t.Context(), nil),
			door.PutProgress(t.Context(), nil), door.PutHistory(t.Context(), nil), carry(t.Context(), door)} {
			if !errors.Is(err, portal.err) {
				t.Errorf("call %d: %v", i, err)
			}
		}
	})
}

// TestNextGivesWhatFits: many large parts must not make an answer that never
// gets through.
func TestNextGivesWhatFits(t *testing.T) {
	t.Parallel()
	large := func(part int) submission.Envelope {
		e := envelope(1, part)
		e.Sealed = make([]byte, 30_000)
		sum := sha256.Sum256(e.Sealed)
		e.SHA256 = sum[:]
		return e
	}
	parts := []submission.Envelope{large(1), large(2), large(3)}
	narrow := options()
	narrow.MaxAnswer = 100_000
	t.Run("the portal's limit", func(t *testing.T) {
		t.Parallel()
		got, err := remote(t, newShelf(parts...), narrow, options()).Next(t.Context(), 10)
		if len(got) != 2 || err != nil {
			t.Errorf("%d envelopes, %v", len(got), err)
		}
	})
	t.Run("the trust centre's limit", func(t *testing.T) {
		t.Parallel()
		got, err := remote(t, newShelf(parts...), options(), narrow).Next(t.Context(), 10)
		if len(got) != 2 || err != nil {
			t.Errorf("%d envelopes, %v", len(got), err)
		}
	})
	t.Run("one above the limit", func(t *testing.T) {
		t.Parallel()
		narrow := narrow
		narrow.MaxAnswer = 10_000
		_, err := remote(t, newShelf(parts...), options(), narrow).Next(t.Context(), 10)
		if !errors.Is(err, wire.ErrTooLarge) {
			t.Errorf("%v", err)
		}
	})
}

func TestPutSendsSmallerPartsWhenTheWholeIsTooLarge(t *testing.T) {
	t.Parallel()
	narrow := options()
	narrow.MaxRequest = 3000
	portal := newShelf()
	door := remote(t, portal, narrow, options())
	var states []submission.Progress
	var items []submission.HistoryItem
	for position := 1; position <= 30; position++ {
		states, items = append(states, progress(position)), append(items, item(position))
	}
	if err := errors.Join(door.PutProgress(t.Context(), states), door.PutHistory(t.Context(), items)); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(states, portal.progress); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff(items, portal.history); diff != "" {
		t.Error(diff)
	}
}

func TestHandlerRefusesAHouseWithoutDoor(t *testing.T) {
	t.Parallel()
	n := wiretest.New(t)
	handler := submission.NewHandler(func(wire.House) (submission.Door, error) {
		return nil, fault.New(fault.Forbidden, "test.peer", "Nein.")
	}, options())
	address := n.Serve(t, wire.Portal, handler, options(), wire.TrustCentre)
	door, err := submission.Dial(address, n.Client(t, wire.TrustCentre, wire.Portal), options())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(door.Close)
	if _, err = door.Next(t.Context(), 1); !fault.IsKind(err, fault.Forbidden) {
		t.Errorf("%v", err)
	}
	if err = door.Acknowledge(t.Context(), nil); !fault.IsKind(err, fault.Forbidden) {
		t.Errorf("%v", err)
	}
}

func TestClosedFailsEveryCall(t *testing.T) {
	t.Parallel()
	var door submission.Door = submission.Closed{}
	ctx := t.Context()
	_, next := door.Next(ctx, 1)
	_, answers := door.Answers(ctx, 1)
	for i, err := range []error{next, door.Acknowledge(ctx, nil), door.BackedUp(ctx, nil), door.GiveUp(ctx, nil),
		door.PutProgress(ctx, nil), door.PutHistory(ctx, nil), door.PutQueries(ctx, nil), answers, door.AcknowledgeAnswers(ctx, nil), carry(ctx, door)} {
		if !errors.Is(err, submission.ErrClosed) {
			t.Errorf("call %d: %v", i, err)
		}
	}
}
