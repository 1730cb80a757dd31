// SPDX-License-Identifier: EUPL-1.2

package store_test

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"meldewerk/account"
	"meldewerk/audit"
	"meldewerk/internal/atrest"
	"meldewerk/internal/database"
	"meldewerk/internal/database/databasetest"
	"meldewerk/internal/store"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// accountClock is turned by one goroutine at a time.
type accountClock struct{ now time.Time }

func (c *accountClock) Now() time.Time { return c.now }

type accountHouse struct {
	clock    *accountClock
	db       *database.DB
	log      *store.AuditLog
	ring     *atrest.Keyring
	accounts *store.Accounts
}

// onAccounts runs the test on both engines, with accounts and a clock.
func onAccounts(t *testing.T, test func(t *testing.T, h *accountHouse)) {
	t.Helper()
	clock := map[string]*accountClock{}
	for _, engine := range []string{"sqlite", "postgres"} {
		clock[engine] = &accountClock{now: time.Date(2026, 11, 21, 12, 0, 5, 0, time.UTC)}
	}
	run := func(t *testing.T, dsn string, c *accountClock) {
		if err := database.Create(t.Context(), dsn); err != nil {
			t.Fatal(err)
		}
		db, err := database.Open(t.Context(), dsn, database.Options{Clock: c.Now, Conns: 8})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = db.Close() }) // what it held is thrown away
		if err := db.Migrate(t.Context(), store.Migrations()); err != nil {
			t.Fatal(err)
		}
		h := &accountHouse{clock: c, db: db}
		h.open(t)
		test(t, h)
	}
	t.Run("sqlite", func(t *testing.T) {
		t.Parallel()
		run(t, filepath.Join(t.TempDir(), "house.db"), clock["sqlite"])
	})
	t.Run("postgres", func(t *testing.T) {
		t.Parallel()
		run(t, databasetest.PostgresDSN(t), clock["postgres"])
	})
}

// open puts log, keys and accounts over the database.
func (h *accountHouse) open(t *testing.T) {
	t.Helper()
	var err error
	if h.log, err = store.NewAuditLog(h.db, "portal", store.AuditOptions{}); err != nil {
		t.Fatal(err)
	}
	key := filepath.Join(t.TempDir(), "master.key")
	if err := atrest.CreateMasterKey(key); err != nil {
		t.Fatal(err)
	}
	if h.ring, err = atrest.OpenKeyring(t.Context(), key, store.NewDataKeys(h.db, h.log)); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(h.ring.Close)
	if h.accounts, err = store.OpenAccounts(t.Context(), h.db, h.log, h.ring, account.ReporterSessions); err != nil {
		t.Fatal(err)
	}
}

func openAccounts(t *testing.T, db *database.DB) *store.Accounts {
	t.Helper()
	h := &accountHouse{db: db}
	h.open(t)
	return h.accounts
}

var cheapHasher = account.NewHasher(account.WithCost(account.Cost{MemoryKiB: 64, Passes: 1, Lanes: 1}))

func (h *accountHouse) create(ctx context.Context, t fataler, name string, secret account.Secret) account.ID {
	t.Helper()
	hash, err := cheapHasher.Hash(ctx, account.NewPassword("Lampe Wolke Zaun Apfel"))
	if err != nil {
		t.Fatal(err)
	}
	id, err := h.accounts.Create(ctx, audit.System, store.NewAccount{
		Username: account.Username(name), Roles: account.Roles{account.RoleReporter}, Password: hash, Secret: secret,
	})
	if err != nil {
		t.Fatal(err)
	}
	return id
}

type fataler interface {
	Helper()
	Fatal(...any)
	Fatalf(string, ...any)
}

// tries reads the counter of an account or of the one unknown name.
func (h *accountHouse) tries(ctx context.Context, t fataler, id account.ID) account.Tries {
	t.Helper()
	var out account.Tries
	err := h.db.Read(ctx, func(ctx context.Context, tx *database.Tx) error {
		var last, until database.NullTime
		row := tx.QueryRowContext(ctx, `SELECT tries, tries_wrong, tried_at, locked_until FROM account WHERE id = $1`, string(id))
		if id == "" {
			row = tx.QueryRowContext(ctx, `SELECT tries, tries_wrong, tried_at, locked_until FROM unknown_name`)
		}
		err := row.Scan(&out.Counted, &out.Wrong, &last, &until)
		out.Last, out.LockedUntil = last.Time, until.Time
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// The statements do what account.Tries says, for names that exist and for
// those that do not, whatever happens in whatever order.
func TestA4StatementsEqualTheModel(t *testing.T) {
	t.Parallel()
	onAccounts(t, func(t *testing.T, h *accountHouse) {
		count := 0
		rapid.Check(t, func(r *rapid.T) {
			ctx := t.Context()
			count++
			name, id := account.Username(fmt.Sprintf("name%d", count)), account.ID("")
			if rapid.Bool().Draw(r, "the name exists") {
				id = h.create(ctx, r, string(name), account.NewSecret())
			} else if err := h.clear(ctx); err != nil {
				r.Fatal(err)
			}
			var model account.Tries
			var open []store.Try
			begun := false
			for range rapid.IntRange(1, 25).Draw(r, "acts") {
				act := rapid.SampledFrom([]string{"take", "take", "take", "miss", "miss", "hit", "give back", "wait"}).Draw(r, "act")
				switch {
				case act == "take":
					try, err := h.accounts.TakeTry(ctx, name)
					if err != nil {
						r.Fatal(err)
					}
					var turn account.Turn
					model, turn = model.Take(h.clock.now)
					if try.Turn != turn || turn == account.TurnLocked && !try.Until.Equal(model.LockedUntil) {
						r.Fatalf("turn %s until %v, model %s until %v", try.Turn, try.Until, turn, model.LockedUntil)
					}
					if turn == account.TurnGo {
						open = append(open, try)
					}
					begun = true
				case act == "wait":
					h.clock.now = h.clock.now.Add(time.Duration(rapid.SampledFrom([]int64{1, 29, 30, 31, 59, 60, 61, 86400}).Draw(r, "seconds")) * time.Second)
				case len(open) == 0:
					continue
				default:
					try := open[0]
					open = open[1:]
					if id == "" && act == "hit" {
						act = "miss" // nobody has that name's password
					}
					model = h.settle(ctx, r, act, try, model)
				}
				if begun {
					if diff := cmp.Diff(model, h.tries(ctx, r, id)); diff != "" {
						r.Fatalf("after %s, model and table differ:\n%s", act, diff)
					}
				}
			}
		})
	})
}

func (h *accountHouse) settle(ctx context.Context, r fataler, act string, try store.Try, model account.Tries) account.Tries {
	switch act {
	case "miss":
		if _, err := h.accounts.Miss(ctx, try); err != nil {
			r.Fatal(err)
		}
		return model.Miss(h.clock.now)
	case "hit":
		admitted, err := h.accounts.Admit(ctx, try, account.NewToken())
		if err != nil {
			r.Fatal(err)
		}
		if model.LockedUntil.After(h.clock.now) { // locked while it was being compared: nothing opens
			if admitted.Open || !admitted.Until.Equal(model.LockedUntil) {
				r.Fatalf("admitted during the lock: %+v", admitted)
			}
			return model
		}
		if !admitted.Open {
			r.Fatal("a right pair did not open")
		}
		return model.Hit()
	default:
		if err := h.accounts.GiveBack(ctx, try); err != nil {
			r.Fatal(err)
		}
		return model.GiveBack()
	}
}

// clear forgets the unknown names of earlier rounds.
func (h *accountHouse) clear(ctx context.Context) error {
	return h.db.InTx(ctx, func(ctx context.Context, tx *database.Tx) error {
		tx.WithoutAct("test")
		_, err := tx.ExecContext(ctx, `DELETE FROM unknown_name`)
		return err
	})
}

// No sequence of calls, over sessions and forms, compares more than ten wrong
// codes between two full sign-ins, and nothing but the release opens a lock.
func TestA5NoSequenceComparesMoreThanTenWrongCodes(t *testing.T) {
	t.Parallel()
	onAccounts(t, func(t *testing.T, h *accountHouse) {
		count := 0
		rapid.Check(t, func(r *rapid.T) {
			count++
			m := &codeMachine{accountHouse: h, ctx: t.Context(), name: account.Username(fmt.Sprintf("code%d", count)), secret: account.NewSecret()}
			m.id = h.create(m.ctx, r, string(m.name), m.secret)
			acts := []string{"open", "wrong", "wrong", "wrong", "wrong", "wrong", "right", "old", "wait", "release", "sign out"}
			for range rapid.IntRange(5, 60).Draw(r, "acts") {
				switch act := rapid.SampledFrom(acts).Draw(r, "act"); act {
				case "open":
					m.open(r)
				case "wait":
					h.clock.now = h.clock.now.Add(30 * time.Second)
				case "release":
					m.release(r)
				case "sign out":
					m.signOut(r)
				default:
					m.prove(r, act)
				}
			}
		})
	})
}

// codeMachine is one account under attack, with what must be true of it.
type codeMachine struct {
	*accountHouse
	ctx    context.Context
	id     account.ID
	name   account.Username
	secret account.Secret
	tokens []account.Token
	wrong  int // codes compared since the last full sign-in or release
	locked bool
	last   account.Step // accepted
}

func (m *codeMachine) open(r *rapid.T) {
	try, err := m.accounts.TakeTry(m.ctx, m.name)
	if err != nil || try.Turn != account.TurnGo {
		r.Fatalf("%v %v", try.Turn, err)
	}
	token := account.NewToken()
	admitted, err := m.accounts.Admit(m.ctx, try, token)
	if err != nil || admitted.Open == m.locked || admitted.CodeLocked != m.locked {
		r.Fatalf("locked %v: %+v, %v", m.locked, admitted, err)
	}
	if admitted.Open {
		m.tokens = append(m.tokens, token)
	}
}

func (m *codeMachine) release(r *rapid.T) {
	err := m.accounts.ReleaseLock(m.ctx, "adviser", m.id, lockNumber(m.ctx, r, m.accountHouse, m.id), account.RecognisedByLetter)
	if (err == nil) != m.locked || err != nil && !errors.Is(err, store.ErrOtherLock) {
		r.Fatalf("release of %v: %v", m.locked, err)
	}
	if m.locked {
		m.wrong, m.locked = 0, false
	}
}

func (m *codeMachine) signOut(r *rapid.T) {
	if len(m.tokens) == 0 {
		return
	}
	if err := m.accounts.End(m.ctx, m.tokens[0]); err != nil {
		r.Fatal(err)
	}
	m.tokens = m.tokens[1:]
}

func (m *codeMachine) prove(r *rapid.T, act string) {
	if len(m.tokens) == 0 {
		return
	}
	i := rapid.IntRange(0, len(m.tokens)-1).Draw(r, "session")
	step := account.StepAt(m.clock.now)
	code := m.secret.CodeAt(step)
	switch {
	case act == "wrong":
		code = account.NewSecret().CodeAt(step)
	case act == "old" && m.last < step-1:
		code = m.secret.CodeAt(step - 5)
	case act == "old":
		code = m.secret.CodeAt(step - 1)
	}
	fresh := account.NewToken()
	answer, err := m.accounts.CheckCode(m.ctx, m.tokens[i], code, fresh)
	if err != nil {
		r.Fatal(err)
	}
	switch answer.Outcome {
	case store.CodeWrong:
		m.wrong++
	case store.CodeLocked:
		if !m.locked {
			m.wrong++
		}
		m.locked = true
	case store.CodeRight:
		if act != "right" || step <= m.last {
			r.Fatalf("%s code was accepted", act)
		}
		m.last, m.wrong, m.tokens[i] = step, 0, fresh
	}
	if m.wrong > account.MaxCodes || m.locked != (m.wrong >= account.MaxCodes) {
		r.Fatalf("%d wrong codes compared, locked: %v", m.wrong, m.locked)
	}
}

func lockNumber(ctx context.Context, t fataler, h *accountHouse, id account.ID) int64 {
	found, err := h.accounts.Account(ctx, id)
	if err != nil {
		t.Fatal(err)
	}
	return found.CodeLock
}

// A second factor moved to another row does not open, and there is no way to
// tell why.
func TestA12FactorIsBoundToItsRow(t *testing.T) {
	t.Parallel()
	onAccounts(t, func(t *testing.T, h *accountHouse) {
		ctx := t.Context()
		secret := account.NewSecret()
		own, other := h.create(ctx, t, "eins.name", secret), h.create(ctx, t, "zwei.name", account.NewSecret())
		err := h.db.InTx(ctx, func(ctx context.Context, tx *database.Tx) error {
			tx.WithoutAct("test: an attacker writes into the database")
			_, err := tx.ExecContext(ctx, `UPDATE account SET totp_secret = (SELECT totp_secret FROM account WHERE id = $1) WHERE id = $2`, string(own), string(other))
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		try, err := h.accounts.TakeTry(ctx, "zwei.name")
		if err != nil {
			t.Fatal(err)
		}
		token := account.NewToken()
		if _, err := h.accounts.Admit(ctx, try, token); err != nil {
			t.Fatal(err)
		}
		_, err = h.accounts.CheckCode(ctx, token, secret.CodeAt(account.StepAt(h.clock.now)), account.NewToken())
		if !errors.Is(err, atrest.ErrSealed) {
			t.Errorf("got %v", err)
		}
	})
}

func TestK6FactorsSurviveARotationOfTheKey(t *testing.T) {
	t.Parallel()
	onAccounts(t, func(t *testing.T, h *accountHouse) {
		ctx := t.Context()
		secret := account.NewSecret()
		h.create(ctx, t, "eins.name", secret)
		h.create(ctx, t, "ohne.faktor", account.Secret{})
		if err := h.ring.Rotate(ctx, "account"); err != nil {
			t.Fatal(err)
		}
		n, err := store.Reseal(ctx, h.db, h.log, h.ring, store.AccountColumns()...)
		if err != nil || n != 1 {
			t.Fatalf("%d rows sealed anew, %v", n, err)
		}
		if err := h.ring.Retire(ctx, "account"); err != nil {
			t.Fatal(err)
		}
		try, err := h.accounts.TakeTry(ctx, "eins.name")
		if err != nil {
			t.Fatal(err)
		}
		token := account.NewToken()
		if _, err := h.accounts.Admit(ctx, try, token); err != nil {
			t.Fatal(err)
		}
		answer, err := h.accounts.CheckCode(ctx, token, secret.CodeAt(account.StepAt(h.clock.now)), account.NewToken())
		if err != nil || answer.Outcome != store.CodeRight {
			t.Errorf("%s, %v", answer.Outcome, err)
		}
	})
}

func TestCreateRefusesTakenNamesAndForeignUnits(t *testing.T) {
	t.Parallel()
	onAccounts(t, func(t *testing.T, h *accountHouse) {
		ctx := t.Context()
		h.create(ctx, t, "eins.name", account.Secret{})
		roles := account.Roles{account.RoleUploader}
		if _, err := h.accounts.Create(ctx, audit.System, store.NewAccount{Username: "eins.name", Roles: roles}); err != store.ErrUsernameTaken {
			t.Errorf("taken name: %v", err)
		}
		if _, err := h.accounts.Create(ctx, audit.System, store.NewAccount{Username: "zwei.name", Roles: roles, Unit: "gibt-es-nicht"}); err != store.ErrNoUnit {
			t.Errorf("foreign unit: %v", err)
		}
		unit := account.Unit{ID: "u1", Name: "Klinikum Nord", ReporterIDs: []string{"M-1", "M-2"}, Released: true}
		if err := h.accounts.PutUnit(ctx, audit.System, unit); err != nil {
			t.Fatal(err)
		}
		unit.ReporterIDs, unit.Released = []string{"M-3"}, false
		if err := h.accounts.PutUnit(ctx, audit.System, unit); err != nil {
			t.Fatal(err)
		}
		id, err := h.accounts.Create(ctx, audit.System, store.NewAccount{Username: "zwei.name", Holder: "Z. Muster", Roles: roles, Unit: "u1"})
		if err != nil {
			t.Fatal(err)
		}
		got, err := h.accounts.Account(ctx, id)
		want := account.Account{ID: id, Username: "zwei.name", Holder: "Z. Muster", Unit: unit, Units: []account.Unit{unit}, Roles: roles, State: account.StatePending}
		if diff := cmp.Diff(want, got); diff != "" || err != nil {
			t.Errorf("%v\n%s", err, diff)
		}
		if !got.Unit.MaySendFor("M-3") || got.Unit.MaySendFor("M-1") || got.Unit.MaySendFor("") {
			t.Error("the unit sends for the wrong reporters")
		}
		if err := h.accounts.Close(ctx, audit.System, "gibt-es-nicht"); err != store.ErrNoAccount {
			t.Errorf("closing nobody: %v", err)
		}
	})
}
