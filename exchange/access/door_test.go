// SPDX-License-Identifier: EUPL-1.2

package access_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"meldewerk/account"
	"meldewerk/exchange/access"
	"meldewerk/exchange/wire"
	"meldewerk/exchange/wire/wiretest"
	"meldewerk/fault"
)

var now = time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)

// shelf is a portal in memory: the simplest Door that keeps the contract.
type shelf struct {
	mu           sync.Mutex
	last         access.OrderNumber
	orders       []access.Order
	standings    []access.Standing
	taken        []access.Taken
	applications []access.Application
	gone         []string
	answers      []access.Answer // instead of its own
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

func (s *shelf) PutOrders(ctx context.Context, orders []access.Order) ([]access.Answer, error) {
	leave, err := s.enter(ctx)
	defer leave()
	if err != nil || s.answers != nil {
		return s.answers, err
	}
	var answers []access.Answer
	for _, o := range orders {
		if o.Number > s.last+1 {
			break
		}
		if o.Number == s.last+1 {
			s.last, s.orders = o.Number, append(s.orders, o)
		}
		answers = append(answers, access.Answer{Number: o.Number, Outcome: access.Done})
	}
	return answers, nil
}

func (s *shelf) NextStandings(ctx context.Context, limit int) ([]access.Standing, error) {
	leave, err := s.enter(ctx)
	defer leave()
	return s.standings, err
}

func (s *shelf) TakeStandings(ctx context.Context, taken []access.Taken) error {
	leave, err := s.enter(ctx)
	defer leave()
	s.taken = append(s.taken, taken...)
	return err
}

func (s *shelf) NextApplications(ctx context.Context, limit int) ([]access.Application, error) {
	leave, err := s.enter(ctx)
	defer leave()
	return s.applications[:min(limit, len(s.applications))], err
}

func (s *shelf) TakeApplications(ctx context.Context, ids []string) error {
	leave, err := s.enter(ctx)
	defer leave()
	s.gone = append(s.gone, ids...)
	return err
}

const hash = "$argon2id$v=19$m=64,t=1,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc"

// orders are one of each act, numbered from 1.
func orders() []access.Order {
	person := &access.Person{Username: "m.muster", Holder: "M. Muster", Units: []account.UnitID{"unit-1", "unit-2"},
		Roles: []account.Role{account.RoleReporter, account.RoleUploader}}
	list := []access.Order{
		{Act: access.PutUnit, Unit: &access.Unit{ID: "unit-1", Name: "Klinikum Süd & Co", ReporterIDs: []string{"260530103", "M 2"}, Released: true}},
		{Act: access.CreateAccount, Account: "A1", Person: person},
		{Act: access.IssuePassword, Account: "A1", Password: &access.Password{Hash: hash, MustChange: true, Expires: now.Add(30 * 24 * time.Hour)}},
		{Act: access.ChangeAccount, Account: "A1", Person: person},
		{Act: access.ReleaseLock, Account: "A1", Lock: 3, Recognised: account.RecognisedByCallBack},
		{Act: access.ResetFactor, Account: "A1", Recognised: account.RecognisedByLetter},
		{Act: access.EndSessions, Account: "A1"},
		{Act: access.CloseAccount, Account: "A1"},
		{Act: access.RegisterKey, Key: &access.Key{ID: "K1", Unit: "unit-1", Software: "Probe", Label: "Server 1", Public: make([]byte, 32)}},
		{Act: access.RevokeKey, Key: &access.Key{ID: "K1"}},
		{Act: access.SetApplication, Application: &access.ApplicationState{ID: "Z1", Stage: access.Declined, Reason: "Die BSNR fehlt.\nReichen Sie sie nach."}},
	}
	for i := range list {
		list[i].Number, list[i].At = access.OrderNumber(i+1), now
	}
	return list
}

func standing(id account.ID) access.Standing {
	return access.Standing{Account: id, Change: 7, FirstSignIn: now.Add(-time.Hour), LastSignIn: now, Enrolled: true, Passkeys: 1,
		CodesUsed: 10, Lock: 2, Locked: true, LockedAt: now}
}

func application(n int) access.Application {
	return access.Application{ID: fmt.Sprintf("Z%d", n), Number: fmt.Sprintf("Z-2026-%06d-A", n), ReceivedAt: now, Sealed: []byte("sealed")}
}

func options() wire.Options { return wire.Options{Log: slog.New(slog.DiscardHandler)} }

func remote(t *testing.T, door access.Door, server, client wire.Options) access.Door {
	t.Helper()
	n := wiretest.New(t)
	handler := access.NewHandler(func(peer wire.House) (access.Door, error) {
		if peer != wire.TrustCentre {
			return nil, fault.New(fault.Forbidden, "test.peer", "Nein.")
		}
		return door, nil
	}, server)
	address := n.Serve(t, wire.Portal, handler, server, wire.TrustCentre)
	r, err := access.Dial(address, n.Client(t, wire.TrustCentre, wire.Portal), client)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(r.Close)
	return r
}

// each runs a test over every way to reach a portal's door.
func each(t *testing.T, run func(*testing.T, func(access.Door) access.Door)) {
	t.Helper()
	t.Run("in process", func(t *testing.T) {
		t.Parallel()
		run(t, func(door access.Door) access.Door { return access.Local(door, wire.TrustCentre) })
	})
	t.Run("HTTP", func(t *testing.T) {
		t.Parallel()
		run(t, func(door access.Door) access.Door { return remote(t, door, options(), options()) })
	})
}

func TestDoorCarriesOrdersWhole(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, open func(access.Door) access.Door) {
		portal := &shelf{}
		door := open(portal)
		want := orders()
		for range 2 { // putting again is harmless
			answers, err := door.PutOrders(t.Context(), want)
			if err != nil || len(answers) != len(want) || answers[len(want)-1] != (access.Answer{Number: access.OrderNumber(len(want)), Outcome: access.Done}) {
				t.Fatalf("%v, %v", answers, err)
			}
		}
		if diff := cmp.Diff(want, portal.orders); diff != "" {
			t.Error(diff)
		}
		for _, peer := range portal.peers {
			if peer != wire.TrustCentre {
				t.Errorf("door was called by %q", peer)
			}
		}
	})
}

func TestOrdersBehindAGapAreNotAnswered(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, open func(access.Door) access.Door) {
		door := open(&shelf{})
		all := orders()
		answers, err := door.PutOrders(t.Context(), []access.Order{all[0], all[1], all[3]})
		if err != nil || len(answers) != 2 {
			t.Errorf("%v, %v", answers, err)
		}
		answers, err = door.PutOrders(t.Context(), all[4:])
		if err != nil || len(answers) != 0 {
			t.Errorf("%v, %v", answers, err)
		}
	})
}

func TestDoorCarriesStandingsAndApplicationsWhole(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, open func(access.Door) access.Door) {
		portal := &shelf{standings: []access.Standing{standing("A1"), {Account: "A2", Change: 1}}, applications: []access.Application{application(1), application(2)}}
		door := open(portal)
		for range 2 { // asking again gives the same
			got, err := door.NextStandings(t.Context(), 10)
			if diff := cmp.Diff(portal.standings, got); diff != "" || err != nil {
				t.Fatalf("%v\n%s", err, diff)
			}
			list, err := door.NextApplications(t.Context(), 10)
			if diff := cmp.Diff(portal.applications, list); diff != "" || err != nil {
				t.Fatalf("%v\n%s", err, diff)
			}
		}
		err := errors.Join(door.TakeStandings(t.Context(), []access.Taken{{Account: "A1", Change: 7}}), door.TakeApplications(t.Context(), []string{"Z1"}))
		if err != nil || len(portal.taken) != 1 || portal.taken[0].Change != 7 || len(portal.gone) != 1 {
			t.Errorf("%v %v %v", portal.taken, portal.gone, err)
		}
	})
}

func TestDoorCarriesNothing(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, open func(access.Door) access.Door) {
		door := open(&shelf{})
		answers, err := door.PutOrders(t.Context(), nil)
		standings, err2 := door.NextStandings(t.Context(), 1)
		list, err3 := door.NextApplications(t.Context(), 1)
		if len(answers)+len(standings)+len(list) != 0 || errors.Join(err, err2, err3) != nil {
			t.Error(answers, standings, list, err, err2, err3)
		}
	})
}

func failures(ctx context.Context, door access.Door) []error {
	_, put := door.PutOrders(ctx, orders()[:1])
	_, standings := door.NextStandings(ctx, 1)
	_, applications := door.NextApplications(ctx, 1)
	return []error{put, standings, applications, door.TakeStandings(ctx, nil), door.TakeApplications(ctx, nil)}
}

func TestDoorPassesFaultsOn(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, open func(access.Door) access.Door) {
		portal := &shelf{err: access.ErrReused}
		for i, err := range failures(t.Context(), open(portal)) {
			if !errors.Is(err, access.ErrReused) {
				t.Errorf("call %d: %v", i, err)
			}
		}
	})
}

func TestClosedFailsEveryCall(t *testing.T) {
	t.Parallel()
	for i, err := range failures(t.Context(), access.Closed{}) {
		if !errors.Is(err, access.ErrClosed) {
			t.Errorf("call %d: %v", i, err)
		}
	}
}

func TestHandlerRefusesAHouseWithoutDoor(t *testing.T) {
	t.Parallel()
	n := wiretest.New(t)
	handler := access.NewHandler(func(wire.House) (access.Door, error) {
		return nil, fault.New(fault.Forbidden, "test.peer", "Nein.")
	}, options())
	address := n.Serve(t, wire.Portal, handler, options(), wire.TrustCentre)
	door, err := access.Dial(address, n.Client(t, wire.TrustCentre, wire.Portal), options())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(door.Close)
	for i, err := range failures(t.Context(), door) {
		if !fault.IsKind(err, fault.Forbidden) {
			t.Errorf("call %d: %v", i, err)
		}
	}
}

// TestLargeCallsAreSplit: units with thousands of reporters and many sealed
// applications must not make a call that never gets through.
func TestLargeCallsAreSplit(t *testing.T) {
	t.Parallel()
	var list []access.Order
	for n := range 12 {
		unit := &access.Unit{ID: account.UnitID(fmt.Sprintf("U%d", n)), Name: "Tumorzentrum"}
		for i := range 300 {
			unit.ReporterIDs = append(unit.ReporterIDs, fmt.Sprintf("%d-%s", i, strings.Repeat("x", 30)))
		}
		list = append(list, access.Order{Number: access.OrderNumber(n + 1), At: now, Act: access.PutUnit, Unit: unit})
	}
	var large []access.Application
	for n := range 4 {
		a := application(n)
		a.Sealed = make([]byte, 30_000)
		large = append(large, a)
	}
	narrow := options()
	narrow.MaxRequest, narrow.MaxAnswer = 60_000, 100_000
	for name, o := range map[string][2]wire.Options{"the portal's limit": {narrow, options()}, "the trust centre's limit": {options(), narrow}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			portal := &shelf{applications: large}
			door := remote(t, portal, o[0], o[1])
			answers, err := door.PutOrders(t.Context(), list)
			if err != nil || len(answers) != len(list) || len(portal.orders) != len(list) {
				t.Errorf("%d answers, %v", len(answers), err)
			}
			some, err := door.NextApplications(t.Context(), 10)
			if err != nil || len(some) != 2 {
				t.Errorf("%d applications, %v", len(some), err)
			}
		})
	}
}

func TestPasswordHashPrintsRedacted(t *testing.T) {
	t.Parallel()
	o := orders()[2]
	var log strings.Builder
	slog.New(slog.NewJSONHandler(&log, nil)).Info("x", "value", *o.Password)
	all := fmt.Sprintf("%v %+v %#v %s %v %+v %#v", *o.Password, *o.Password, *o.Password, *o.Password, o.Password, o.Password, o.Password) + log.String()
	if strings.Contains(all, "argon2") || !strings.Contains(all, "[redacted]") {
		t.Errorf("prints %s", all)
	}
}
