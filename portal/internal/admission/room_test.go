// SPDX-License-Identifier: EUPL-1.2

package admission_test

import (
	"context"
	"fmt"
	"log/slog"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"meldewerk/account"
	"meldewerk/exchange/access"
	"meldewerk/internal/atrest"
	"meldewerk/internal/database"
	"meldewerk/internal/database/databasetest"
	ground "meldewerk/internal/store"
	"meldewerk/portal/internal/admission"
	"meldewerk/portal/internal/store"
)

var now = time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)

// processes are two admission rooms on one database, as two portals have.
type processes struct {
	db       *database.DB
	accounts *ground.Accounts
	rooms    [2]*admission.Room
}

func open(t *testing.T, db *database.DB) *processes {
	t.Helper()
	ctx := t.Context()
	if err := db.Migrate(ctx, ground.Migrations(), store.Migrations()); err != nil {
		t.Fatal(err)
	}
	log, err := ground.NewAuditLog(db, "portal", ground.AuditOptions{})
	if err != nil {
		t.Fatal(err)
	}
	master := filepath.Join(t.TempDir(), "master.key")
	if err := atrest.CreateMasterKey(master); err != nil {
		t.Fatal(err)
	}
	keys, err := atrest.OpenKeyring(ctx, master, ground.NewDataKeys(db, log))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(keys.Close)
	p := &processes{db: db}
	for i := range p.rooms {
		kept, err := store.Open(ctx, db, log, keys)
		if err != nil {
			t.Fatal(err)
		}
		if p.accounts, err = ground.OpenAccounts(ctx, db, log, keys, account.ReporterSessions); err != nil {
			t.Fatal(err)
		}
		p.rooms[i] = admission.New(kept, p.accounts, slog.New(slog.DiscardHandler))
	}
	return p
}

const hash = "$argon2id$v=19$m=64,t=1,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc"

var places = []string{"a", "b", "c"}

// drawOrder draws any order about three accounts, two units and two keys.
func drawOrder(t *rapid.T, n int) access.Order {
	id := account.ID("$" + rapid.SampledFrom(places).Draw(t, "account"))
	unit := account.UnitID("$u" + rapid.SampledFrom(places[:2]).Draw(t, "unit"))
	person := &access.Person{Username: "$" + rapid.SampledFrom(places[:2]).Draw(t, "name"), Holder: fmt.Sprint("Person ", n),
		Units: []account.UnitID{unit}, Roles: []account.Role{account.RoleReporter}}
	key := &access.Key{ID: "$k" + rapid.SampledFrom(places[:2]).Draw(t, "key")}
	o := access.Order{Number: access.OrderNumber(n), At: now, Account: id}
	o.Act = rapid.SampledFrom([]access.Act{access.PutUnit, access.PutUnit, access.CreateAccount, access.CreateAccount, access.IssuePassword, access.ChangeAccount,
		access.ReleaseLock, access.ReleaseLock, access.ResetFactor, access.EndSessions, access.CloseAccount, access.RegisterKey, access.RevokeKey}).Draw(t, "act")
	switch o.Act {
	case access.PutUnit:
		o.Account, o.Unit = "", &access.Unit{ID: unit, Name: fmt.Sprint("Haus ", n), ReporterIDs: []string{fmt.Sprint("M", n)}}
	case access.CreateAccount, access.ChangeAccount:
		o.Person = person
	case access.IssuePassword:
		o.Password = &access.Password{Hash: hash, Expires: now.Add(time.Hour)}
	case access.ReleaseLock:
		o.Lock, o.Recognised = int64(rapid.IntRange(1, 3).Draw(t, "lock")), account.RecognisedByCallBack
	case access.ResetFactor:
		o.Recognised = account.RecognisedByLetter
	case access.RegisterKey:
		o.Account, key.Unit, key.Software, key.Public = "", unit, "Probe", make([]byte, 32)
		o.Key = key
	case access.RevokeKey:
		o.Account, o.Key = "", key
	}
	return o
}

// under puts the orders under a trust centre of their own, so that many runs
// fit into one database: "$" in names becomes its name.
func under(owner string, orders []access.Order) []access.Order {
	out := make([]access.Order, len(orders))
	name := func(text string) string { return strings.ReplaceAll(text, "$", owner+"-") }
	for i, o := range orders {
		o.Account = account.ID(name(string(o.Account)))
		if o.Unit != nil {
			u := *o.Unit
			u.ID = account.UnitID(name(string(u.ID)))
			o.Unit = &u
		}
		if o.Person != nil {
			p := *o.Person
			p.Username, p.Units = name(p.Username), []account.UnitID{account.UnitID(name(string(p.Units[0])))}
			o.Person = &p
		}
		if o.Key != nil {
			k := *o.Key
			k.ID, k.Unit = name(k.ID), account.UnitID(name(string(k.Unit)))
			if k.Public != nil {
				k.Public = append([]byte(k.ID+owner), make([]byte, 32)...)[:32]
			}
			o.Key = &k
		}
		out[i] = o
	}
	return out
}

// state is all that orders decide, without the name of the trust centre.
type state struct {
	Answers  []access.Answer
	Accounts map[string]account.Account
	Units    map[string]account.Unit
	Keys     map[string]string
}

func (p *processes) state(t *rapid.T, owner string, orders []access.Order) state {
	ctx := context.Background()
	s := state{Accounts: map[string]account.Account{}, Units: map[string]account.Unit{}, Keys: map[string]string{}}
	var err error
	if s.Answers, err = p.rooms[0].PutOrders(ctx, owner, orders); err != nil || len(s.Answers) != len(orders) {
		t.Fatalf("%d answers to %d orders, %v", len(s.Answers), len(orders), err)
	}
	plain := func(u account.Unit) account.Unit {
		u.ID, u.Owner = account.UnitID(strings.TrimPrefix(string(u.ID), owner+"-")), ""
		return u
	}
	for _, place := range places {
		if a, err := p.accounts.Account(ctx, account.ID(owner+"-"+place)); err == nil {
			a.ID, a.Owner, a.Username = "", "", account.Username(strings.TrimPrefix(string(a.Username), owner+"-"))
			a.Unit = plain(a.Unit)
			for i := range a.Units {
				a.Units[i] = plain(a.Units[i])
			}
			a.LockedAt = time.Time{}
			s.Accounts[place] = a
		}
		if u, err := p.accounts.Unit(ctx, account.UnitID(owner+"-u"+place)); err == nil {
			s.Units[place] = plain(u)
		}
		if k, err := p.accounts.InstallationKey(ctx, owner+"-k"+place); err == nil {
			s.Keys[place] = fmt.Sprint(k.Revoked, strings.TrimPrefix(string(k.Unit), owner))
		}
	}
	return s
}

// lock is what ten wrong codes do.
func (p *processes) lock(t *rapid.T, id account.ID) {
	err := p.db.InTx(context.Background(), func(ctx context.Context, tx *database.Tx) error {
		tx.WithoutAct("a test locks an account")
		_, err := tx.ExecContext(ctx, `UPDATE account SET otp_locked = TRUE, otp_lock = otp_lock + 1, otp_locked_at = $2, otp_tries = 10 WHERE id = $1`,
			string(id), database.At(tx.Now))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func (p *processes) locked(id account.ID) bool {
	a, err := p.accounts.Account(context.Background(), id)
	return err == nil && a.CodeLocked
}

// TestH5AnyDeliveryEndsAsTheSerialRun: whatever pieces of the sequence arrive
// in whatever order, how often and at which process, with people locking
// themselves out between: the state and the answers are those of the run in
// which each order came once. And nothing that came before frees a lock.
func TestH5AnyDeliveryEndsAsTheSerialRun(t *testing.T) {
	t.Parallel()
	databasetest.Run(t, func(t *testing.T, connect func(t *testing.T) *database.DB) {
		p, run := open(t, connect(t)), 0
		ctx := t.Context()
		rapid.Check(t, func(t *rapid.T) {
			run++
			count := rapid.IntRange(1, 18).Draw(t, "orders")
			orders, locks := make([]access.Order, count), map[int]string{}
			for i := range orders {
				orders[i] = drawOrder(t, i+1)
				if rapid.IntRange(0, 3).Draw(t, "locks") == 0 {
					locks[i+1] = rapid.SampledFrom(places).Draw(t, "locked")
				}
			}
			serial, mixed := fmt.Sprintf("s%d", run), fmt.Sprintf("m%d", run)
			for i, o := range under(serial, orders) {
				if _, err := p.rooms[0].PutOrders(ctx, serial, []access.Order{o}); err != nil {
					t.Fatal(err)
				}
				if place := locks[i+1]; place != "" {
					p.lock(t, account.ID(serial+"-"+place))
				}
			}
			list, done := under(mixed, orders), 0
			for done < count {
				from := rapid.IntRange(0, count-1).Draw(t, "from")
				to := rapid.IntRange(from+1, count).Draw(t, "to")
				for at := done + 1; at < to; at++ { // nothing may overtake somebody's wrong codes
					if locks[at] != "" {
						to = at
						break
					}
				}
				if to <= from {
					continue
				}
				answers, err := p.rooms[rapid.IntRange(0, 1).Draw(t, "process")].PutOrders(ctx, mixed, list[from:to])
				if err != nil {
					t.Fatal(err)
				}
				if from > done && len(answers) > 0 {
					t.Fatalf("orders behind a gap were answered: %v", answers)
				}
				if from <= done && to > done {
					done = to
					if place := locks[done]; place != "" {
						id := account.ID(mixed + "-" + place)
						p.lock(t, id)
						before := p.locked(id)
						if _, err := p.rooms[1].PutOrders(ctx, mixed, list[:done]); err != nil || p.locked(id) != before {
							t.Fatalf("orders that came again freed a newer lock, or %v", err)
						}
					}
				}
			}
			want := p.state(t, serial, under(serial, orders))
			got := p.state(t, mixed, list)
			if diff := cmp.Diff(want, got); diff != "" {
				t.Fatalf("another state than that of the serial run:\n%s", diff)
			}
		})
	})
}
