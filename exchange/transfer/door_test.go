// SPDX-License-Identifier: EUPL-1.2

package transfer_test

import (
	"context"
	"errors"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"meldewerk/calendar"
	"meldewerk/exchange/transfer"
	"meldewerk/exchange/wire"
	"meldewerk/exchange/wire/wiretest"
	"meldewerk/exchange/witness"
	"meldewerk/fault"
	"meldewerk/pseudonym"
	"meldewerk/tumour"
	"meldewerk/tumour/history"
)

// shelf is a registry in memory: the simplest Door that keeps the contract.
type shelf struct {
	mu           sync.Mutex
	records      []transfer.Record
	notices      []transfer.Notice
	acknowledged []string
	contained    []transfer.RecordID
	kept         int64
	since        []int64
	checkpoint   witness.Checkpoint
	witnessed    []witness.Checkpoint
	note         []byte
	cosigned     [][]byte
	peers        []wire.House
	err          error
}

func (s *shelf) enter(ctx context.Context) (func(), error) {
	s.mu.Lock()
	s.peers = append(s.peers, wire.Peer(ctx))
	return s.mu.Unlock, s.err
}

func (s *shelf) Put(ctx context.Context, records []transfer.Record) error {
	leave, err := s.enter(ctx)
	defer leave()
	s.records = append(s.records, records...)
	return err
}

func (s *shelf) Notices(ctx context.Context, limit int) ([]transfer.Notice, error) {
	leave, err := s.enter(ctx)
	defer leave()
	return s.notices[:min(limit, len(s.notices))], err
}

func (s *shelf) Acknowledge(ctx context.Context, ids []string) error {
	leave, err := s.enter(ctx)
	defer leave()
	s.acknowledged = append(s.acknowledged, ids...)
	return err
}

func (s *shelf) Contained(ctx context.Context, _ []transfer.RecordID) ([]transfer.RecordID, error) {
	leave, err := s.enter(ctx)
	defer leave()
	return s.contained, err
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

func newShelf() *shelf { return &shelf{} }

var now = time.Date(2026, 3, 1, 12, 0, 0, 123456000, time.UTC)

func ref[R pseudonym.Ref](b byte) R { return pseudonym.NewRef[R]([32]byte{b}) }

func event() tumour.Event {
	return tumour.Event{
		Assignment: tumour.Assignment{ICD: tumour.ICD{Code: "C61", Version: "10 2024 GM"},
			DiagnosedOn: calendar.Date{Year: 2024, Month: 2, Day: 15, Accuracy: calendar.DayEstimated}},
		Diagnosis: &tumour.Diagnosis{Certainty: "7.1", Performance: "U",
			Modules: tumour.Modules{Prostate: &tumour.ProstateModule{PSA: "7.5"}}},
	}
}

func record(t *testing.T, b byte) transfer.Record {
	t.Helper()
	numbers := pseudonym.ControlNumbers{Profile: "kn-1", Generation: pseudonym.StorageGeneration(1)}
	for _, s := range []pseudonym.Slot{pseudonym.KN1, pseudonym.KN4, pseudonym.KN13} {
		if err := numbers.Put(s, pseudonym.Number{b, byte(s)}); err != nil {
			t.Fatal(err)
		}
	}
	chiffrat, err := pseudonym.ParseChiffrat(append([]byte{1}, make([]byte, 40)...))
	if err != nil {
		t.Fatal(err)
	}
	return transfer.Record{
		Report: ref[pseudonym.ReportRef](b), Patient: ref[pseudonym.PatientRef](b), Tumour: ref[pseudonym.TumourRef](b),
		Reporter: ref[pseudonym.ReporterRef](b), EventRef: ref[pseudonym.EventRef](b), Version: 17,
		Identity: transfer.IdentityNew, Numbers: numbers, Chiffrat: &chiffrat, Sex: "M",
		Birth:      transfer.Birth{Month: 2, Year: 1950, Accuracy: calendar.Exact},
		PostalCode: "26122", Place: "Oldenburg", Country: "DE", Reason: "I", OwnService: "J",
		Event: event(), OpenFindings: []string{"D2"}, ReceivedAt: now,
	}
}

func notice(id string) transfer.Notice {
	return transfer.Notice{ID: id, Report: ref[pseudonym.ReportRef](1), Version: 17, Outcome: transfer.Completed,
		Entry: history.Entry{Tumour: 1, Event: event(), CompletedAt: now}}
}

func options() wire.Options { return wire.Options{Log: slog.New(slog.DiscardHandler)} }

func remote(t *testing.T, door transfer.Door, server, client wire.Options) transfer.Door {
	t.Helper()
	n := wiretest.New(t)
	handler := transfer.NewHandler(func(peer wire.House) (transfer.Door, error) {
		if peer != wire.TrustCentre {
			return nil, fault.New(fault.Forbidden, "test.peer", "Nein.")
		}
		return door, nil
	}, server)
	address := n.Serve(t, wire.Registry, handler, server, wire.TrustCentre)
	r, err := transfer.Dial(address, n.Client(t, wire.TrustCentre, wire.Registry), client)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(r.Close)
	return r
}

// each runs a test over every transport.
func each(t *testing.T, run func(*testing.T, func(transfer.Door) transfer.Door)) {
	t.Helper()
	for name, open := range map[string]func(*testing.T, transfer.Door) transfer.Door{
		"in process": func(_ *testing.T, door transfer.Door) transfer.Door { return transfer.Local(door, wire.TrustCentre) },
		"HTTP": func(t *testing.T, door transfer.Door) transfer.Door {
			return remote(t, door, options(), options())
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			run(t, func(door transfer.Door) transfer.Door { return open(t, door) })
		})
	}
}

// content compares what the control numbers and the Chiffrat hold, too.
var content = cmp.Options{cmp.Comparer(func(a, b pseudonym.ControlNumbers) bool { return a == b }),
	cmp.Comparer(func(a, b pseudonym.Chiffrat) bool { return a.Equal(b) })}

func TestDoorCarriesRecordsWhole(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, open func(transfer.Door) transfer.Door) {
		registry := newShelf()
		door := open(registry)
		later := record(t, 3)
		later.Identity, later.Numbers, later.Chiffrat, later.Sex, later.Birth =
			transfer.IdentitySame, pseudonym.ControlNumbers{}, nil, "", transfer.Birth{}
		later.Source = record(t, 2).Report
		objected := record(t, 2)
		objected.Objection, objected.Reason, objected.Chiffrat, objected.EventRef = true, "W", nil, ""
		want := []transfer.Record{record(t, 1), objected, later}
		if err := door.Put(t.Context(), want); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, registry.records, content); diff != "" {
			t.Error(diff)
		}
		for _, peer := range registry.peers {
			if peer != wire.TrustCentre {
				t.Errorf("door was called by %q", peer)
			}
		}
	})
}

func TestDoorCarriesNoticesAndBackupsWhole(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, open func(transfer.Door) transfer.Door) {
		registry := newShelf()
		registry.notices = []transfer.Notice{notice("N-1"), notice("N-2"), {ID: "N-3", Report: ref[pseudonym.ReportRef](9), Version: 1, Outcome: transfer.Superseded}}
		asked := []transfer.RecordID{{Report: ref[pseudonym.ReportRef](1), Version: 17}, {Report: ref[pseudonym.ReportRef](2), Version: 17}}
		registry.contained = asked[1:]
		door := open(registry)
		got, err := door.Notices(t.Context(), 10)
		if diff := cmp.Diff(registry.notices, got); diff != "" || err != nil {
			t.Errorf("%v\n%s", err, diff)
		}
		if err = door.Acknowledge(t.Context(), []string{"N-1"}); err != nil || !slices.Equal(registry.acknowledged, []string{"N-1"}) {
			t.Errorf("acknowledged %v, %v", registry.acknowledged, err)
		}
		contained, err := door.Contained(t.Context(), asked)
		if diff := cmp.Diff(asked[1:], contained); diff != "" || err != nil {
			t.Errorf("%v\n%s", err, diff)
		}
	})
}

func TestDoorPassesFaultsOn(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, open func(transfer.Door) transfer.Door) {
		registry := newShelf()
		registry.err = fault.New(fault.Conflict, "test.taken", "Das hat schon jemand erledigt.")
		door := open(registry)
		ctx := t.Context()
		_, notices := door.Notices(ctx, 1)
		_, contained := door.Contained(ctx, nil)
		for i, err := range []error{notices, contained, door.Put(ctx, nil), door.Acknowledge(ctx, nil), carry(ctx, door)} {
			if !errors.Is(err, registry.err) {
				t.Errorf("call %d: %v", i, err)
			}
		}
	})
}

// TestC5DoorRefusesResidue: neither open text nor a sender's identifier gets
// past the registry's door, whoever built the record.
func TestC5DoorRefusesResidue(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, open func(transfer.Door) transfer.Door) {
		registry := newShelf()
		door := open(registry)
		for name, spoil := range map[string]func(*tumour.Event){
			"diagnosis text": func(e *tumour.Event) { e.Diagnosis.Text = "x" },
			"tumour id":      func(e *tumour.Event) { e.Assignment.TumourID = "1" },
			"specimen":       func(e *tumour.Event) { e.Diagnosis.Histology = &tumour.Histology{SpecimenNumber: "1"} },
			"trial": func(e *tumour.Event) {
				e.Diagnosis.ChildhoodTumour = &tumour.ChildhoodTumour{Trials: []tumour.Trial{{Name: "x"}}}
			},
		} {
			r, n := record(t, 2), notice("N-2")
			spoil(&r.Event)
			if err := door.Put(t.Context(), []transfer.Record{record(t, 1), r}); !errors.Is(err, transfer.ErrResidue) {
				t.Errorf("record with %s: %v", name, err)
			}
			spoil(&n.Entry.Event)
			registry.notices = []transfer.Notice{notice("N-1"), n}
			if got, err := door.Notices(t.Context(), 10); !errors.Is(err, transfer.ErrResidue) || got != nil {
				t.Errorf("notice with %s: %v", name, err)
			}
		}
		if len(registry.records) != 0 {
			t.Errorf("%d records stored", len(registry.records))
		}
	})
}

func TestC8DoorRefusesHostileRecords(t *testing.T) {
	t.Parallel()
	hostile := map[string]func(*transfer.Record){
		"no report":           func(r *transfer.Record) { r.Report = "" },
		"no patient":          func(r *transfer.Record) { r.Patient = "" },
		"no tumour":           func(r *transfer.Record) { r.Tumour = "" },
		"name as reporter":    func(r *transfer.Record) { r.Reporter = "Praxis" },
		"name as event":       func(r *transfer.Record) { r.EventRef = "OP 1" },
		"version 0":           func(r *transfer.Record) { r.Version = 0 },
		"no receipt":          func(r *transfer.Record) { r.ReceivedAt = time.Time{} },
		"unknown reason":      func(r *transfer.Record) { r.Reason = "S" },
		"objection without W": func(r *transfer.Record) { r.Objection = true },
		"W without objection": func(r *transfer.Record) { r.Reason = "W" },
		"no own service":      func(r *transfer.Record) { r.OwnService = "" },
		"odd certification":   func(r *transfer.Record) { r.Certification = "4" },
		"unknown relation":    func(r *transfer.Record) { r.Identity = "twin" },
		"new without numbers": func(r *transfer.Record) { r.Numbers = pseudonym.ControlNumbers{} },
		"empty set of numbers": func(r *transfer.Record) {
			r.Numbers = pseudonym.ControlNumbers{Profile: "kn-1", Generation: "storage/1"}
		},
		"exchange numbers":      func(r *transfer.Record) { r.Numbers.Generation = pseudonym.ExchangeGeneration("rki", 1) },
		"empty chiffrat":        func(r *transfer.Record) { r.Chiffrat = new(pseudonym.Chiffrat) },
		"sex in words":          func(r *transfer.Record) { r.Sex = "weiblich" },
		"month 13":              func(r *transfer.Record) { r.Birth.Month = 13 },
		"year 0":                func(r *transfer.Record) { r.Birth.Year = 0 },
		"odd accuracy":          func(r *transfer.Record) { r.Birth.Accuracy = "Q" },
		"address as code":       func(r *transfer.Record) { r.PostalCode = "Am Markt 1" },
		"country in words":      func(r *transfer.Record) { r.Country = "Deutschland" },
		"long place":            func(r *transfer.Record) { r.Place = tumour.Label(strings.Repeat("x", 256)) },
		"open finding odd":      func(r *transfer.Record) { r.OpenFindings = []string{"der Name"} },
		"too many findings":     func(r *transfer.Record) { r.OpenFindings = slices.Repeat([]string{"D2"}, 501) },
		"no occasion":           func(r *transfer.Record) { r.Event.Diagnosis = nil },
		"two occasions":         func(r *transfer.Record) { r.Event.Death = &tumour.Death{} },
		"source beside numbers": func(r *transfer.Record) { r.Source = r.Report },
		"source in words": func(r *transfer.Record) {
			r.Identity, r.Numbers, r.Chiffrat, r.Sex, r.Birth = transfer.IdentitySame, pseudonym.ControlNumbers{}, nil, "", transfer.Birth{}
			r.Source = "Grünwald"
		},
		"same, but with sex": func(r *transfer.Record) {
			r.Identity, r.Numbers, r.Chiffrat, r.Birth = transfer.IdentitySame, pseudonym.ControlNumbers{}, nil, transfer.Birth{}
		},
	}
	each(t, func(t *testing.T, open func(transfer.Door) transfer.Door) {
		registry := newShelf()
		door := open(registry)
		for name, spoil := range hostile {
			r := record(t, 2)
			spoil(&r)
			if err := door.Put(t.Context(), []transfer.Record{record(t, 1), r}); !errors.Is(err, transfer.ErrMalformed) {
				t.Errorf("%s: %v", name, err)
			}
		}
		_, none := door.Notices(t.Context(), 0)
		_, contained := door.Contained(t.Context(), []transfer.RecordID{{Report: "x", Version: 1}})
		_, tooMany := door.Contained(t.Context(), make([]transfer.RecordID, transfer.MaxItems+1))
		for i, err := range []error{none, contained, tooMany,
			door.Put(t.Context(), make([]transfer.Record, transfer.MaxItems+1)),
			door.Acknowledge(t.Context(), []string{"a b"}), door.Acknowledge(t.Context(), make([]string, transfer.MaxItems+1))} {
			if !errors.Is(err, transfer.ErrMalformed) {
				t.Errorf("call %d: %v", i, err)
			}
		}
		if len(registry.peers) != 0 {
			t.Errorf("%d hostile calls reached the registry", len(registry.peers))
		}
	})
}

// TestC8DoorRefusesHostileAnswers: on the registry's word the trust centre
// deletes, so it takes none that it did not ask for.
func TestC8DoorRefusesHostileAnswers(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, open func(transfer.Door) transfer.Door) {
		registry := newShelf()
		door := open(registry)
		change := func(spoil func(*transfer.Notice)) []transfer.Notice {
			n := notice("N-2")
			spoil(&n)
			return []transfer.Notice{notice("N-1"), n}
		}
		for name, notices := range map[string][]transfer.Notice{
			"one twice":       {notice("N-1"), notice("N-1")},
			"no id":           change(func(n *transfer.Notice) { n.ID = "" }),
			"no report":       change(func(n *transfer.Notice) { n.Report = "" }),
			"version 0":       change(func(n *transfer.Notice) { n.Version = 0 }),
			"unknown outcome": change(func(n *transfer.Notice) { n.Outcome = "lost" }),
			"no event":        change(func(n *transfer.Notice) { n.Entry.Event = tumour.Event{} }),
			"no tumour":       change(func(n *transfer.Notice) { n.Entry.Tumour = 0 }),
		} {
			registry.notices = notices
			if got, err := door.Notices(t.Context(), 10); !errors.Is(err, transfer.ErrMalformed) || got != nil {
				t.Errorf("%s: %v", name, err)
			}
		}
		asked := []transfer.RecordID{{Report: ref[pseudonym.ReportRef](1), Version: 17}}
		for name, contained := range map[string][]transfer.RecordID{
			"other report":  {{Report: ref[pseudonym.ReportRef](2), Version: 17}},
			"other version": {{Report: asked[0].Report, Version: 18}},
			"one twice":     {asked[0], asked[0]},
		} {
			registry.contained = contained
			if got, err := door.Contained(t.Context(), asked); !errors.Is(err, transfer.ErrMalformed) || got != nil {
				t.Errorf("contained %s: %v", name, err)
			}
		}
	})
}

func TestLargeAnswersAndRequestsGoInParts(t *testing.T) {
	t.Parallel()
	narrow := options()
	narrow.MaxAnswer, narrow.MaxRequest = 4000, 4000
	registry := newShelf()
	for i := range 30 {
		registry.notices = append(registry.notices, notice("N-"+strings.Repeat("i", i+1)))
	}
	for name, sides := range map[string][2]wire.Options{"registry": {narrow, options()}, "trust centre": {options(), narrow}} {
		got, err := remote(t, registry, sides[0], sides[1]).Notices(t.Context(), 30)
		if len(got) < 2 || len(got) > 29 || err != nil {
			t.Errorf("limit of the %s: %d notices, %v", name, len(got), err)
		}
	}
	var want []transfer.Record
	for b := range byte(20) {
		want = append(want, record(t, b))
	}
	if err := remote(t, registry, narrow, options()).Put(t.Context(), want); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, registry.records, content); diff != "" {
		t.Error(diff)
	}
}

func TestClosedFailsEveryCall(t *testing.T) {
	t.Parallel()
	var door transfer.Door = transfer.Closed{}
	ctx := t.Context()
	_, notices := door.Notices(ctx, 1)
	_, contained := door.Contained(ctx, nil)
	for i, err := range []error{notices, contained, door.Put(ctx, nil), door.Acknowledge(ctx, nil), carry(ctx, door)} {
		if !errors.Is(err, transfer.ErrClosed) {
			t.Errorf("call %d: %v", i, err)
		}
	}
}
