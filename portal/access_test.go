// SPDX-License-Identifier: EUPL-1.2

package portal_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"meldewerk/account"
	"meldewerk/audit"
	"meldewerk/exchange/access"
	"meldewerk/exchange/wire"
	"meldewerk/exchange/wire/wiretest"
	ground "meldewerk/internal/store"
	"meldewerk/portal"
)

// desk is the trust centre's side of the orders: it numbers them.
type desk struct {
	t    *testing.T
	w    *world
	last access.OrderNumber
	sent []access.Order
}

func (w *world) desk() *desk { return &desk{t: w.t, w: w} }

func (w *world) accessDoor() access.Door {
	w.t.Helper()
	d, err := w.house.AccessDoor(wire.TrustCentre)
	if err != nil {
		w.t.Fatal(err)
	}
	return access.Local(d, wire.TrustCentre)
}

// write gives an order the next number and puts it on the pile.
func (d *desk) write(o access.Order) access.Order {
	d.last++
	o.Number, o.At = d.last, d.w.clock.Now()
	d.sent = append(d.sent, o)
	return o
}

// order has an order carried out and gives its outcome.
func (d *desk) order(o access.Order) access.Outcome {
	d.t.Helper()
	o = d.write(o)
	answers, err := d.w.accessDoor().PutOrders(d.t.Context(), []access.Order{o})
	if err != nil || len(answers) != 1 {
		d.t.Fatalf("order %d: %v, %v", o.Number, answers, err)
	}
	return answers[0].Outcome
}

func (d *desk) want(outcome access.Outcome, o access.Order) {
	d.t.Helper()
	if got := d.order(o); got != outcome {
		d.t.Fatalf("%s: %s, want %s", o.Act, got, outcome)
	}
}

var cheap = account.WithCost(account.Cost{MemoryKiB: 64, Passes: 1, Lanes: 1})

// letter is a password as the trust centre makes it.
func letter(t testing.TB, expires time.Time) (account.Password, *access.Password) {
	t.Helper()
	clear := account.NewInitialPassword()
	hash, err := account.NewHasher(cheap).Hash(context.Background(), clear)
	if err != nil {
		t.Fatal(err)
	}
	return clear, &access.Password{Hash: hash.Encode(), Expires: expires}
}

func unitOrder(id account.UnitID) access.Order {
	return access.Order{Act: access.PutUnit, Unit: &access.Unit{ID: id, Name: "Klinikum " + string(id), ReporterIDs: []string{"M-1"}, Released: true}}
}

func personOrder(act access.Act, id account.ID, username string, units ...account.UnitID) access.Order {
	return access.Order{Act: act, Account: id, Person: &access.Person{Username: username, Holder: "M. Muster", Units: units,
		Roles: []account.Role{account.RoleReporter, account.RoleUploader}}}
}

// admit makes a unit and an account whose letter is printed.
func (d *desk) admit(id account.ID, username string) account.Password {
	d.t.Helper()
	d.want(access.Done, unitOrder("unit-1"))
	d.want(access.Done, personOrder(access.CreateAccount, id, username, "unit-1"))
	clear, password := letter(d.t, d.w.clock.Now().Add(account.InitialPasswordLife))
	d.want(access.Done, access.Order{Act: access.IssuePassword, Account: id, Password: password})
	return clear
}

var shownSecret = regexp.MustCompile(`<code class="mw-code" id="schluessel">([A-Z2-7 ]+)</code>`)

// enrol signs in for the first time and sets up the second factor.
func (w *world) enrol(username string, password account.Password) (*user, account.Secret) {
	w.t.Helper()
	u := w.visitor()
	u.want(http.StatusSeeOther, u.post("/anmelden", url.Values{"username": {username}, "password": {password.Reveal()}}))
	found := shownSecret.FindStringSubmatch(u.want(http.StatusOK, u.get("/erstanmeldung")).body)
	if found == nil {
		w.t.Fatal("no secret is shown")
	}
	secret, err := account.ParseSecret(strings.ReplaceAll(found[1], " ", ""))
	if err != nil {
		w.t.Fatal(err)
	}
	u.want(http.StatusSeeOther, u.post("/erstanmeldung", url.Values{"otp": {w.code(secret)}}))
	w.clock.Advance(time.Minute) // that code is used up
	w.signIn(u, username, password, secret)
	return u, secret
}

func (w *world) code(s account.Secret) string {
	return s.CodeAt(account.StepAt(w.clock.Now())).Reveal()
}

func (w *world) signIn(u *user, username string, password account.Password, secret account.Secret) {
	w.t.Helper()
	u.want(http.StatusSeeOther, u.post("/anmelden", url.Values{"username": {username}, "password": {password.Reveal()}}))
	u.want(http.StatusSeeOther, u.post("/einmalkennwort", url.Values{"otp": {w.code(secret)}}))
	u.want(http.StatusOK, u.get("/pakete"))
}

// lock enters ten wrong codes.
func (w *world) lock(username string, password account.Password, secret account.Secret) {
	w.t.Helper()
	u := w.visitor()
	u.want(http.StatusSeeOther, u.post("/anmelden", url.Values{"username": {username}, "password": {password.Reveal()}}))
	right := w.code(secret)
	for n := range account.MaxCodes {
		wrong := fmt.Sprintf("%06d", n)
		if wrong == right {
			wrong = "999999"
		}
		u.post("/einmalkennwort", url.Values{"otp": {wrong}})
	}
}

func (w *world) standing(id account.ID) access.Standing {
	w.t.Helper()
	list, err := w.accessDoor().NextStandings(w.t.Context(), access.MaxItems)
	if err != nil {
		w.t.Fatal(err)
	}
	for _, s := range list {
		if s.Account == id {
			return s
		}
	}
	w.t.Fatalf("no standing of %s", id)
	return access.Standing{}
}

// TestH1OrdersOfTheTrustCentreLetSomebodyIn is the whole life of an access:
// unit, account, letter, first sign-in, standing, lock, release, reset, close.
func TestH1OrdersOfTheTrustCentreLetSomebodyIn(t *testing.T) {
	onBoth(t, func(t *testing.T, dsn string) {
		w := newWorld(t, dsn)
		d := w.desk()
		password := d.admit("A1", "m.muster")
		if s := w.standing("A1"); !s.FirstSignIn.IsZero() || s.Enrolled || s.Locked {
			t.Errorf("before the first sign-in: %+v", s)
		}
		u, secret := w.enrol("m.muster", password)
		s := w.standing("A1")
		if s.FirstSignIn.IsZero() || !s.Enrolled || s.LastSignIn.Before(s.FirstSignIn) {
			t.Errorf("after the first sign-in: %+v", s)
		}
		if err := w.accessDoor().TakeStandings(t.Context(), []access.Taken{{Account: "A1", Change: s.Change}}); err != nil {
			t.Fatal(err)
		}
		if list, err := w.accessDoor().NextStandings(t.Context(), 10); err != nil || len(list) != 0 {
			t.Errorf("a standing that was taken comes again: %v, %v", list, err)
		}
		w.lock("m.muster", password, secret)
		s = w.standing("A1")
		if !s.Locked || s.Lock != 1 || s.CodesUsed != account.MaxCodes {
			t.Fatalf("after ten wrong codes: %+v", s)
		}
		if err := w.accessDoor().TakeStandings(t.Context(), []access.Taken{{Account: "A1", Change: s.Change - 1}, {Account: "foreign", Change: 5}}); err != nil {
			t.Fatal(err)
		}
		if again := w.standing("A1"); again.Change != s.Change {
			t.Error("a standing that changed meanwhile was taken for told")
		}
		if u.get("/pakete").status == http.StatusOK {
			t.Error("A7: a session outlives the lock")
		}
		d.want(access.Done, access.Order{Act: access.ReleaseLock, Account: "A1", Lock: 1, Recognised: account.RecognisedByCallBack})
		w.clock.Advance(time.Minute)
		w.signIn(u, "m.muster", password, secret)
		d.want(access.Done, access.Order{Act: access.EndSessions, Account: "A1"})
		u.want(http.StatusSeeOther, u.get("/pakete"))
		d.want(access.Done, access.Order{Act: access.CloseAccount, Account: "A1"})
		if s = w.standing("A1"); !s.Closed {
			t.Errorf("after closing: %+v", s)
		}
		if a := u.post("/anmelden", url.Values{"username": {"m.muster"}, "password": {password.Reveal()}}); a.status == http.StatusSeeOther {
			t.Error("a closed account signs in")
		}
	})
}

// TestOrdersAreCarriedOutOnceAndInOrder: repetition gives the answers of then,
// nothing behind a gap happens, and the log knows order and recognition.
func TestOrdersAreCarriedOutOnceAndInOrder(t *testing.T) {
	onBoth(t, func(t *testing.T, dsn string) {
		w := newWorld(t, dsn)
		d, ctx, door := w.desk(), t.Context(), w.accessDoor()
		key := make([]byte, 32)
		key[0] = 1
		_, password := letter(t, w.clock.Now().Add(time.Hour))
		for _, o := range []access.Order{
			unitOrder("unit-1"), unitOrder("unit-2"),
			personOrder(access.CreateAccount, "A1", "m.muster", "unit-1"),
			personOrder(access.CreateAccount, "A2", "m.muster", "unit-1"), // the name is taken
			personOrder(access.CreateAccount, "A3", "p.probe", "unit-9"),  // no such unit
			{Act: access.IssuePassword, Account: "A1", Password: password},
			personOrder(access.ChangeAccount, "A1", "m.neu", "unit-2", "unit-1"),
			personOrder(access.CreateAccount, "A4", "m.muster", "unit-2"), // the name is free again
			{Act: access.ReleaseLock, Account: "A1", Lock: 1, Recognised: account.RecognisedByLetter},
			{Act: access.ResetFactor, Account: "A1", Recognised: account.RecognisedInPerson},
			{Act: access.EndSessions, Account: "A1"},
			{Act: access.EndSessions, Account: "nobody"},
			{Act: access.RegisterKey, Key: &access.Key{ID: "K1", Unit: "unit-1", Software: "Probe", Public: key}},
			{Act: access.RevokeKey, Key: &access.Key{ID: "K1"}},
			{Act: access.RevokeKey, Key: &access.Key{ID: "K2"}},
			{Act: access.CloseAccount, Account: "A4"},
			{Act: access.CloseAccount, Account: "A4"},
			{Act: access.SetApplication, Application: &access.ApplicationState{ID: "nothing", Stage: access.Checking}},
		} {
			d.write(o)
		}
		want := []access.Outcome{access.Done, access.Done, access.Done, access.UsernameGone, access.NotFound, access.Done, access.Done,
			access.Done, access.OtherLock, access.Done, access.Done, access.NotFound, access.Done, access.Done, access.NotFound,
			access.Done, access.NotFound, access.NotFound}
		if answers, err := door.PutOrders(ctx, d.sent[3:]); err != nil || len(answers) != 0 {
			t.Fatalf("behind a gap: %v, %v", answers, err)
		}
		gap := append(append([]access.Order{}, d.sent[:2]...), d.sent[3])
		if answers, err := door.PutOrders(ctx, gap); err != nil || len(answers) != 2 {
			t.Fatalf("up to a gap: %v, %v", answers, err)
		}
		for round := range 3 {
			answers, err := door.PutOrders(ctx, d.sent)
			if err != nil || len(answers) != len(want) {
				t.Fatalf("round %d: %d answers, %v", round, len(answers), err)
			}
			for i, a := range answers {
				if a.Outcome != want[i] || a.Number != d.sent[i].Number {
					t.Errorf("round %d, order %d (%s): %s, want %s", round, a.Number, d.sent[i].Act, a.Outcome, want[i])
				}
			}
		}
		who, err := w.house.Accounts().Account(ctx, "A1")
		if err != nil || who.Username != "m.neu" || len(who.Units) != 2 || who.Units[0].ID != "unit-2" || who.Owner != "trustcentre" {
			t.Errorf("account %+v, %v", who, err)
		}
		entries, err := w.house.Ground().Audit.Entries(ctx, ground.EntryFilter{Code: audit.SecondFactorReset, Limit: 10})
		if err != nil || len(entries) != 1 || entries[0].Entry.Act.Actor != "house/trustcentre/order/10" || entries[0].Entry.Act.Purpose != string(account.RecognisedInPerson) {
			t.Errorf("the log of the reset: %+v, %v", entries, err)
		}
	})
}

// TestReusedOrderNumberIsRefused: a trust centre that goes on from an old
// backup must not have its new orders taken for old ones.
func TestReusedOrderNumberIsRefused(t *testing.T) {
	onBoth(t, func(t *testing.T, dsn string) {
		w := newWorld(t, dsn)
		d := w.desk()
		d.want(access.Done, unitOrder("unit-1"))
		other := d.sent[0]
		other.Unit = &access.Unit{ID: "unit-1", Name: "Ein anderes Haus"}
		if _, err := w.accessDoor().PutOrders(t.Context(), []access.Order{other}); !errors.Is(err, access.ErrReused) {
			t.Errorf("another order under the same number: %v", err)
		}
		same := d.sent[0]
		same.At = same.At.In(time.FixedZone("elsewhere", 7200)).Add(300) // nanoseconds
		if answers, err := w.accessDoor().PutOrders(t.Context(), []access.Order{same}); err != nil || len(answers) != 1 {
			t.Errorf("the same instant in another zone: %v, %v", answers, err)
		}
	})
}

// TestH5LateReleaseNeverFreesANewerLock: an order names the very lock.
func TestH5LateReleaseNeverFreesANewerLock(t *testing.T) {
	onBoth(t, func(t *testing.T, dsn string) {
		w := newWorld(t, dsn)
		d := w.desk()
		password := d.admit("A1", "m.muster")
		u, secret := w.enrol("m.muster", password)
		w.lock("m.muster", password, secret)
		release := access.Order{Act: access.ReleaseLock, Account: "A1", Lock: 1, Recognised: account.RecognisedByCallBack}
		d.want(access.Done, release)
		first := d.sent[len(d.sent)-1]
		w.clock.Advance(time.Minute)
		w.signIn(u, "m.muster", password, secret)
		w.lock("m.muster", password, secret)
		if s := w.standing("A1"); !s.Locked || s.Lock != 2 {
			t.Fatalf("second lock: %+v", s)
		}
		// The order about the first lock comes again, and a new one about it.
		if answers, err := w.accessDoor().PutOrders(t.Context(), []access.Order{first}); err != nil || answers[0].Outcome != access.Done {
			t.Fatalf("%v, %v", answers, err)
		}
		d.want(access.OtherLock, release)
		if s := w.standing("A1"); !s.Locked {
			t.Error("a late release freed a newer lock")
		}
	})
}

// TestForeignAccountsAreNotThere: neither another trust centre nor the host's
// accounts are within reach of an order.
func TestForeignAccountsAreNotThere(t *testing.T) {
	onBoth(t, func(t *testing.T, dsn string) {
		w := newWorld(t, dsn)
		d := w.desk()
		d.admit("A1", "m.muster")
		u := w.user("nord") // made on the host
		own, err := w.house.Accounts().ByUsername(t.Context(), "dok.nord")
		if err != nil {
			t.Fatal(err)
		}
		d.want(access.NotFound, access.Order{Act: access.ResetFactor, Account: own.ID, Recognised: account.RecognisedByCallBack})
		d.want(access.NotFound, access.Order{Act: access.CloseAccount, Account: own.ID})
		u.want(http.StatusOK, u.get("/pakete"))
		for _, house := range []wire.House{"registry", "", "portal"} {
			if _, err := w.house.AccessDoor(house); !errors.Is(err, portal.ErrStranger) {
				t.Errorf("%q gets a door: %v", house, err)
			}
		}
	})
}

// TestA13A7ResetKillsSessionsOfAllProcesses: two portals on one PostgreSQL.
// The order comes to one; the next click at the other is refused, and the old
// code too.
func TestA13A7ResetKillsSessionsOfAllProcesses(t *testing.T) {
	onBoth(t, func(t *testing.T, dsn string) {
		w := newWorld(t, dsn)
		d := w.desk()
		password := d.admit("A1", "m.muster")
		_, secret := w.enrol("m.muster", password)
		other := w
		if strings.HasPrefix(dsn, "postgres") {
			other = &world{t: t, clock: w.clock, log: &safeBuffer{}, config: w.config, keys: w.keys}
			other.open()
		}
		w.clock.Advance(time.Minute)
		u := other.visitor()
		other.signIn(u, "m.muster", password, secret)
		half := other.visitor()
		w.clock.Advance(time.Minute)
		half.want(http.StatusSeeOther, half.post("/anmelden", url.Values{"username": {"m.muster"}, "password": {password.Reveal()}}))
		d.want(access.Done, access.Order{Act: access.ResetFactor, Account: "A1", Recognised: account.RecognisedByLetter})
		if a := u.get("/pakete"); a.status != http.StatusSeeOther || !strings.HasPrefix(a.location, "/anmelden") {
			t.Errorf("the session goes on at the other process: %d", a.status)
		}
		if a := half.post("/einmalkennwort", url.Values{"otp": {w.code(secret)}}); a.status == http.StatusSeeOther && a.location == "/" {
			t.Error("a half-open session took the old code")
		}
		again := other.visitor()
		a := again.want(http.StatusSeeOther, again.post("/anmelden", url.Values{"username": {"m.muster"}, "password": {password.Reveal()}}))
		if a.location != "/erstanmeldung" {
			t.Errorf("after the reset the sign-in leads to %s", a.location)
		}
		if a := again.post("/einmalkennwort", url.Values{"otp": {w.code(secret)}}); a.status == http.StatusSeeOther && a.location == "/" {
			t.Error("the old factor still works")
		}
	})
}

// TestTwoProcessesCarryOutAnOrderOnce: both portals are given all orders at
// once, again and again.
func TestTwoProcessesCarryOutAnOrderOnce(t *testing.T) {
	onBoth(t, func(t *testing.T, dsn string) {
		w := newWorld(t, dsn)
		other := w
		if strings.HasPrefix(dsn, "postgres") {
			other = &world{t: t, clock: w.clock, log: &safeBuffer{}, config: w.config, keys: w.keys}
			other.open()
		}
		d := w.desk()
		d.write(unitOrder("unit-1"))
		for n := range 8 {
			id := account.ID(fmt.Sprint("A", n))
			d.write(personOrder(access.CreateAccount, id, fmt.Sprint("person.", n), "unit-1"))
			d.write(access.Order{Act: access.ResetFactor, Account: id, Recognised: account.RecognisedByLetter})
		}
		var group sync.WaitGroup
		for n := range 6 {
			door := w.accessDoor()
			if n%2 == 1 {
				door = other.accessDoor()
			}
			group.Go(func() {
				for range 20 {
					answers, err := door.PutOrders(t.Context(), d.sent)
					for _, a := range answers {
						if a.Outcome != access.Done {
							t.Errorf("order %d: %s", a.Number, a.Outcome)
						}
					}
					if err == nil && len(answers) == len(d.sent) {
						return
					}
				}
				t.Error("the orders never came through")
			})
		}
		group.Wait()
		entries, err := w.house.Ground().Audit.Entries(t.Context(), ground.EntryFilter{Code: audit.SecondFactorReset, Limit: 100})
		if err != nil || len(entries) != 8 {
			t.Errorf("%d resets for 8 orders, %v", len(entries), err)
		}
	})
}

// TestExchangeServesBothContracts: one listener, two contracts, only trust
// centres.
func TestExchangeServesBothContracts(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "sqlite:"+t.TempDir()+"/portal.db")
	n := wiretest.New(t)
	address := n.Serve(t, wire.Portal, w.house.Exchange(), wire.Options{}, wire.TrustCentre, wire.Registry)
	remote, err := access.Dial(address, n.Client(t, wire.TrustCentre, wire.Portal), wire.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(remote.Close)
	d := w.desk()
	d.write(unitOrder("unit-1"))
	d.write(personOrder(access.CreateAccount, "A1", "m.muster", "unit-1"))
	answers, err := remote.PutOrders(t.Context(), d.sent)
	want := []access.Answer{{Number: 1, Outcome: access.Done}, {Number: 2, Outcome: access.Done}}
	if diff := cmp.Diff(want, answers); diff != "" || err != nil {
		t.Errorf("%v\n%s", err, diff)
	}
	stranger, err := access.Dial(address, n.Client(t, wire.Registry, wire.Portal), wire.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(stranger.Close)
	if _, err := stranger.NextStandings(t.Context(), 1); !errors.Is(err, portal.ErrStranger) {
		t.Errorf("the registry: %v", err)
	}
}
