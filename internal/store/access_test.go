// SPDX-License-Identifier: EUPL-1.2

package store_test

import (
	"bytes"
	"context"
	"errors"
	"io/fs"
	"path/filepath"
	"testing"
	"testing/fstest"
	"time"

	"meldewerk/account"
	"meldewerk/account/passkeytest"
	"meldewerk/audit"
	"meldewerk/internal/database"
	"meldewerk/internal/store"

	"github.com/google/go-cmp/cmp"
)

// A person of two units acts for the first after the sign-in, for the other
// after switching, and for neither once they are closed.
func TestC2SessionsActForOwnOpenUnitsOnly(t *testing.T) {
	t.Parallel()
	onAccounts(t, func(t *testing.T, h *accountHouse) {
		ctx := t.Context()
		s := h.someone(t, "eins.name")
		for _, id := range []account.UnitID{"u1", "u2", "u3"} {
			s.must(h.accounts.PutUnit(ctx, audit.System, account.Unit{ID: id, Name: "Praxis " + string(id)}))
		}
		s.must(h.accounts.Change(ctx, audit.System, s.id, s.name, "E. Muster", []account.UnitID{"u2", "u1"}, account.Roles{account.RoleReporter}))
		token, other := s.full(), s.full()
		acts := func(token account.Token) account.UnitID {
			t.Helper()
			found, err := h.accounts.Session(ctx, token, false)
			s.must(err)
			if found == nil {
				return "nobody"
			}
			return found.Account.Unit.ID
		}
		for _, step := range []struct {
			unit account.UnitID
			ok   bool
			then account.UnitID
		}{{"u3", false, "u2"}, {"gibt-es-nicht", false, "u2"}, {"", false, "u2"}, {"u1", true, "u1"}, {"u2", true, "u2"}, {"u1", true, "u1"}} {
			ok, err := h.accounts.SwitchUnit(ctx, token, step.unit)
			s.must(err)
			if ok != step.ok || acts(token) != step.then || acts(other) != "u2" {
				t.Errorf("switch to %q: %v, acts for %s, the other session for %s", step.unit, ok, acts(token), acts(other))
			}
		}
		if ok, err := h.accounts.SwitchUnit(ctx, s.half(), "u1"); ok || err != nil {
			t.Errorf("a half-open session switches: %v, %v", ok, err)
		}
		s.must(h.accounts.PutUnit(ctx, audit.System, account.Unit{ID: "u1", Name: "Praxis u1", Closed: true}))
		if acts(token) != "nobody" {
			t.Errorf("the session of the closed unit acts for %s", acts(token))
		}
		token = s.full()
		if ok, err := h.accounts.SwitchUnit(ctx, token, "u1"); ok || err != nil {
			t.Errorf("switched to a closed unit: %v, %v", ok, err)
		}
		s.must(h.accounts.PutUnit(ctx, audit.System, account.Unit{ID: "u2", Name: "Praxis u2", Closed: true}))
		try, err := h.accounts.TakeTry(ctx, s.name)
		s.must(err)
		if acts(token) != "nobody" || !try.Credential.Hash.IsZero() {
			t.Error("somebody whose units are all closed is let in")
		}
	})
}

// A unit and its people belong to the trust centre that ordered them.
func TestUnitsBelongToTheirTrustCentre(t *testing.T) {
	t.Parallel()
	onAccounts(t, func(t *testing.T, h *accountHouse) {
		ctx := t.Context()
		s := h.someone(t, "eins.name")
		s.must(h.accounts.PutUnit(ctx, "a", account.Unit{ID: "u1", Name: "Praxis A", Owner: "a"}))
		if err := h.accounts.PutUnit(ctx, "b", account.Unit{ID: "u1", Name: "Praxis B", Owner: "b", Released: true}); !errors.Is(err, store.ErrNoUnit) {
			t.Errorf("a foreign trust centre released a unit: %v", err)
		}
		roles := account.Roles{account.RoleReporter}
		if _, err := h.accounts.Create(ctx, "b", store.NewAccount{Owner: "b", Username: "zwei.name", Roles: roles, Units: []account.UnitID{"u1"}}); !errors.Is(err, store.ErrNoUnit) {
			t.Errorf("a foreign trust centre made an account of a unit: %v", err)
		}
		if _, err := h.accounts.Create(ctx, "a", store.NewAccount{Owner: "a", Username: "zwei.name", Roles: roles, Units: []account.UnitID{"u1"}}); err != nil {
			t.Error(err)
		}
		unit, err := h.accounts.Unit(ctx, "u1")
		if diff := cmp.Diff(account.Unit{ID: "u1", Name: "Praxis A", Owner: "a"}, unit); diff != "" || err != nil {
			t.Errorf("%v\n%s", err, diff)
		}
	})
}

// A refused act leaves nothing behind, so an order's outcome can be written in
// the same transaction.
func TestRefusedOrdersLeaveTheTransactionWhole(t *testing.T) {
	t.Parallel()
	onAccounts(t, func(t *testing.T, h *accountHouse) {
		s := h.someone(t, "eins.name")
		other := h.someone(t, "zwei.name")
		token := s.full()
		roles := account.Roles{account.RoleReporter}
		before := s.account()
		err := h.db.InTx(t.Context(), func(ctx context.Context, tx *database.Tx) error {
			_, taken := h.accounts.CreateIn(ctx, tx, "tc", store.NewAccount{Username: "eins.name", Roles: roles})
			_, twice := h.accounts.CreateIn(ctx, tx, "tc", store.NewAccount{ID: s.id, Username: "drei.name", Roles: roles})
			_, foreign := h.accounts.CreateIn(ctx, tx, "tc", store.NewAccount{Username: "drei.name", Roles: roles, Unit: "nie"})
			for name, got := range map[string]struct{ is, want error }{
				"taken":      {taken, store.ErrUsernameTaken},
				"twice":      {twice, store.ErrUsernameTaken},
				"foreign":    {foreign, store.ErrNoUnit},
				"rename":     {h.accounts.ChangeIn(ctx, tx, "tc", other.id, "eins.name", "", nil, roles), store.ErrUsernameTaken},
				"nobody":     {h.accounts.ChangeIn(ctx, tx, "tc", "nie", "vier.name", "", nil, roles), store.ErrNoAccount},
				"letter":     {h.accounts.IssuePasswordIn(ctx, tx, "tc", "nie", account.Hash{}, true, time.Time{}), store.ErrNoAccount},
				"lock":       {h.accounts.ReleaseLockIn(ctx, tx, "tc", s.id, 7, account.RecognisedByLetter), store.ErrOtherLock},
				"unknown":    {h.accounts.ResetSecondFactorIn(ctx, tx, "tc", s.id, "nicht erkannt"), store.ErrRecognition},
				"reset":      {h.accounts.ResetSecondFactorIn(ctx, tx, "tc", "nie", account.RecognisedByLetter), store.ErrNoAccount},
				"close":      {h.accounts.CloseIn(ctx, tx, "tc", "nie"), store.ErrNoAccount},
				"end":        {h.accounts.EndAllIn(ctx, tx, "tc", "nie"), store.ErrNoAccount},
				"key":        {h.accounts.RegisterKeyIn(ctx, tx, "tc", store.InstallationKey{ID: "k", Unit: "nie"}), store.ErrNoUnit},
				"revocation": {h.accounts.RevokeKeyIn(ctx, tx, "tc", "tc", "nie"), store.ErrNoKey},
			} {
				if got.is != got.want {
					t.Errorf("%s: %v, want %v", name, got.is, got.want)
				}
			}
			return h.log.Append(ctx, tx, audit.Act{Actor: "tc", Code: audit.AccountChanged, Result: audit.Refused})
		})
		s.must(err)
		if diff := cmp.Diff(before, s.account()); diff != "" {
			t.Error(diff)
		}
		if found, err := h.accounts.Session(t.Context(), token, false); err != nil || found == nil {
			t.Errorf("a refused order ended a session: %v", err)
		}
	})
}

// What staff should see reaches the trust centre that ordered the account, and
// is given out until it has taken the latest state.
func TestStandingsAreToldUntilTaken(t *testing.T) {
	t.Parallel()
	onAccounts(t, func(t *testing.T, h *accountHouse) {
		ctx := t.Context()
		hash, err := cheapHasher.Hash(ctx, account.NewPassword("Lampe Wolke Zaun Apfel"))
		if err != nil {
			t.Fatal(err)
		}
		s := h.someone(t, "eins.name")
		s.secret = account.NewSecret()
		s.id, err = h.accounts.Create(ctx, "tc", store.NewAccount{Owner: "tc", Username: "zwei.name", Roles: account.Roles{account.RoleReporter}, Secret: s.secret})
		s.must(err)
		s.name = "zwei.name"
		next := func() store.Standing {
			t.Helper()
			list, err := h.accounts.Standings(ctx, "tc", 10)
			s.must(err)
			if len(list) > 1 {
				t.Fatalf("%d standings", len(list))
			}
			if len(list) == 0 {
				return store.Standing{}
			}
			return list[0]
		}
		take := func() store.Standing {
			t.Helper()
			got := next()
			s.must(h.accounts.Told(ctx, "other", got.Account, got.Change))
			if next() != got {
				t.Error("a foreign trust centre took a standing")
			}
			s.must(h.accounts.Told(ctx, "tc", got.Account, got.Change))
			if left := next(); left.Account != "" {
				t.Errorf("still given out: %+v", left)
			}
			return got
		}
		if got := take(); got.Account != s.id || !got.Enrolled || got.Closed || !got.FirstSignIn.IsZero() {
			t.Errorf("new: %+v", got)
		}
		s.must(h.accounts.IssuePassword(ctx, "tc", s.id, hash, false, h.clock.now.Add(account.InitialPasswordLife)))
		take()
		h.clock.now = h.clock.now.Add(account.InitialPasswordLife)
		s.must(h.accounts.Sweep(ctx))
		if got := take(); !got.Expired {
			t.Errorf("expired letter: %+v", got)
		}
		s.must(h.accounts.Sweep(ctx))
		if left := next(); left.Account != "" {
			t.Error("the expiry is told twice")
		}
		s.must(h.accounts.IssuePassword(ctx, "tc", s.id, hash, false, time.Time{}))
		token := s.full()
		got := next()
		if got.Expired || !got.FirstSignIn.Equal(h.clock.now) || !got.LastSignIn.Equal(h.clock.now) {
			t.Errorf("signed in: %+v", got)
		}
		s.check(token, nil) // no passkey: nothing is counted
		if again, _ := s.code(token, -5); again.Outcome != store.CodeWrong {
			t.Fatal(again.Outcome)
		}
		s.must(h.accounts.Told(ctx, "tc", got.Account, got.Change))
		if after := take(); after.CodesUsed != 1 {
			t.Errorf("changed while it was taken: %+v", after)
		}
		for range account.MaxCodes {
			s.code(token, -5)
		}
		if got := take(); !got.Locked || got.Lock != 1 || got.LockedAt.IsZero() || got.CodesUsed != account.MaxCodes {
			t.Errorf("locked: %+v", got)
		}
		s.must(h.accounts.Close(ctx, "tc", s.id))
		if got := take(); !got.Closed || got.Enrolled {
			t.Errorf("closed: %+v", got)
		}
	})
}

// An installation key is known by its owner's order, a request with it is
// accepted once, and never after the revocation.
func TestInstallationKeysAndTheirNonces(t *testing.T) {
	t.Parallel()
	onAccounts(t, func(t *testing.T, h *accountHouse) {
		ctx := t.Context()
		s := h.someone(t, "eins.name")
		s.must(h.accounts.PutUnit(ctx, "tc", account.Unit{ID: "u1", Name: "Praxis", Owner: "tc"}))
		key := store.InstallationKey{ID: "k1", Owner: "tc", Unit: "u1", Software: "KIS-7", Label: "Server im Keller", Public: bytes.Repeat([]byte{7}, 32)}
		in := func(fn func(ctx context.Context, tx *database.Tx) error) error { return h.db.InTx(ctx, fn) }
		register := func(k store.InstallationKey) error {
			return in(func(ctx context.Context, tx *database.Tx) error { return h.accounts.RegisterKeyIn(ctx, tx, "tc", k) })
		}
		s.must(register(key))
		if err := register(key); !errors.Is(err, store.ErrKeyTaken) {
			t.Errorf("registered twice: %v", err)
		}
		same := key
		same.ID = "k2"
		if err := register(same); !errors.Is(err, store.ErrKeyTaken) {
			t.Errorf("the public key twice: %v", err)
		}
		same.Owner = "other"
		if err := register(same); !errors.Is(err, store.ErrNoUnit) {
			t.Errorf("key of a foreign unit: %v", err)
		}
		nonce := bytes.Repeat([]byte{1}, 16)
		for i, want := range []bool{true, false, false} {
			if first, err := h.accounts.UseNonce(ctx, "k1", nonce); err != nil || first != want {
				t.Errorf("request %d: %v, %v", i+1, first, err)
			}
		}
		got, err := h.accounts.InstallationKey(ctx, "k1")
		key.MadeAt, key.LastUsed = h.clock.now, h.clock.now
		if diff := cmp.Diff(key, got); diff != "" || err != nil {
			t.Errorf("%v\n%s", err, diff)
		}
		h.clock.now = h.clock.now.Add(store.NonceLife)
		s.must(h.accounts.Sweep(ctx))
		revoke := func(owner string) error {
			return in(func(ctx context.Context, tx *database.Tx) error {
				return h.accounts.RevokeKeyIn(ctx, tx, "tc", owner, "k1")
			})
		}
		if err := revoke("other"); !errors.Is(err, store.ErrNoKey) {
			t.Errorf("revoked by a foreign trust centre: %v", err)
		}
		s.must(revoke("tc"))
		if got, err := h.accounts.InstallationKey(ctx, "k1"); err != nil || !got.Revoked {
			t.Errorf("revoked: %+v, %v", got, err)
		}
		if first, err := h.accounts.UseNonce(ctx, "k1", bytes.Repeat([]byte{2}, 16)); first || !errors.Is(err, store.ErrNoKey) {
			t.Errorf("a revoked key is accepted: %v, %v", first, err)
		}
		if _, err := h.accounts.InstallationKey(ctx, "nie"); !errors.Is(err, store.ErrNoKey) {
			t.Errorf("unknown key: %v", err)
		}
	})
}

// The holder learns at the next sign-in what happened meanwhile, once.
func TestA13HolderIsToldWhatHappened(t *testing.T) {
	t.Parallel()
	onAccounts(t, func(t *testing.T, h *accountHouse) {
		ctx := t.Context()
		s := h.someone(t, "eins.name")
		told := func(token account.Token) []account.EventKind {
			t.Helper()
			session, err := h.accounts.Session(ctx, token, false)
			s.must(err)
			list, err := h.accounts.Notices(ctx, session)
			s.must(err)
			var kinds []account.EventKind
			for _, e := range list {
				kinds = append(kinds, e.Kind)
			}
			if (len(kinds) > 0) != session.Notices {
				t.Errorf("session says %v, there are %v", session.Notices, kinds)
			}
			return kinds
		}
		s.must(h.accounts.SetRoles(ctx, audit.System, s.id, account.Roles{account.RoleUploader}))
		if got := told(s.full()); got != nil {
			t.Errorf("before the first sign-in: %v", got)
		}
		for range 4 {
			try, err := h.accounts.TakeTry(ctx, s.name)
			s.must(err)
			if try.Turn == account.TurnGo {
				_, err = h.accounts.Miss(ctx, try)
				s.must(err)
			}
		}
		h.clock.now = h.clock.now.Add(2 * time.Minute)
		token := s.half()
		for range account.MaxCodes {
			s.code(token, -5)
		}
		h.clock.now = h.clock.now.Add(time.Second)
		s.must(h.accounts.ReleaseLock(ctx, "adviser", s.id, 1, account.RecognisedByCallBack))
		token = s.full()
		want := []account.EventKind{account.EventLocked, account.EventLockReleased}
		if diff := cmp.Diff(want, told(token)); diff != "" {
			t.Error(diff)
		}
		session, err := h.accounts.Session(ctx, token, false)
		s.must(err)
		s.must(h.accounts.Acknowledge(ctx, session))
		if got := told(token); got != nil {
			t.Errorf("after the acknowledgement: %v", got)
		}
		events, err := h.accounts.Events(ctx, s.id, 20)
		s.must(err)
		count := map[account.EventKind]int{}
		for _, e := range events {
			count[e.Kind] += e.Times
		}
		if count[account.EventSignedIn] != 2 || count[account.EventRefusedPassword] != 3 || count[account.EventRefusedFactor] != account.MaxCodes {
			t.Errorf("events: %v", count)
		}
		h.clock.now = h.clock.now.Add(account.EventLife)
		s.must(h.accounts.Sweep(ctx))
		if events, err = h.accounts.Events(ctx, s.id, 20); err != nil || len(events) != 0 {
			t.Errorf("%d events after their time, %v", len(events), err)
		}
	})
}

// Three sign-ins in a row with a neighbouring step say that the phone's clock
// is off; one in time, or off to the other side, begins anew.
func TestH6SteadyDriftIsToldOnce(t *testing.T) {
	t.Parallel()
	onAccounts(t, func(t *testing.T, h *accountHouse) {
		for i, walk := range []struct {
			offsets []account.Step
			want    account.EventKind
		}{
			{[]account.Step{-1, -1, -1}, account.EventClockBehind},
			{[]account.Step{1, 1, 1}, account.EventClockAhead},
			{[]account.Step{1, 1, 0, 1, 1}, ""},
			{[]account.Step{1, 1, -1, -1}, ""},
			{[]account.Step{0, 0, 0, 0}, ""},
			{[]account.Step{1, 1, 1, 1, 1, 1}, account.EventClockAhead},
		} {
			s := h.someone(t, "name."+string(rune('a'+i)))
			for _, offset := range walk.offsets {
				if answer, _ := s.code(s.half(), offset); answer.Outcome != store.CodeRight {
					t.Fatal(answer.Outcome)
				}
			}
			events, err := h.accounts.Events(t.Context(), s.id, 50)
			s.must(err)
			told := 0
			for _, e := range events {
				if e.Kind == account.EventClockAhead || e.Kind == account.EventClockBehind {
					told++
					if e.Kind != walk.want {
						t.Errorf("%v: %s", walk.offsets, e.Kind)
					}
				}
			}
			if want := map[bool]int{true: 1}[walk.want != ""]; told != want {
				t.Errorf("%v: told %d times, want %d", walk.offsets, told, want)
			}
		}
	})
}

// The last five passwords are kept, and no more.
func TestA11FormerPasswordsAreKeptAsHashes(t *testing.T) {
	t.Parallel()
	onAccounts(t, func(t *testing.T, h *accountHouse) {
		ctx := t.Context()
		s := h.someone(t, "eins.name")
		texts := []string{"Lampe Wolke Zaun Apfel", "b Wolke Zaun Apfel", "c Wolke Zaun Apfel", "d Wolke Zaun Apfel",
			"e Wolke Zaun Apfel", "f Wolke Zaun Apfel", "g Wolke Zaun Apfel"}
		token := s.full()
		for _, text := range texts[1:] {
			hash, err := cheapHasher.Hash(ctx, account.NewPassword(text))
			s.must(err)
			h.clock.now = h.clock.now.Add(time.Second)
			fresh := account.NewToken()
			kept, err := h.accounts.ChangePassword(ctx, token, hash, fresh)
			s.must(err)
			if kept == nil {
				t.Fatal("not changed")
			}
			token = fresh
		}
		former, err := h.accounts.Former(ctx, s.id)
		s.must(err)
		if len(former) != account.FormerPasswords {
			t.Fatalf("%d former passwords", len(former))
		}
		for i, c := range former {
			if verdict, err := cheapHasher.Verify(ctx, c, account.NewPassword(texts[len(texts)-2-i])); err != nil || !verdict.Right {
				t.Errorf("password %d before: %v", i+1, err)
			}
		}
		s.must(h.accounts.Close(ctx, audit.System, s.id))
		if former, err = h.accounts.Former(ctx, s.id); err != nil || len(former) != 0 {
			t.Errorf("a closed account keeps %d, %v", len(former), err)
		}
	})
}

// A new letter never loses against the change of a password in a session that
// it ends, whichever of two processes comes first.
func TestLetterBeatsTheSessionThatItEnds(t *testing.T) {
	t.Parallel()
	onAccounts(t, func(t *testing.T, h *accountHouse) {
		ctx := t.Context()
		s := h.someone(t, "eins.name")
		letter, err := cheapHasher.Hash(ctx, account.NewPassword("Brief Brief Brief Brief"))
		s.must(err)
		chosen, err := cheapHasher.Hash(ctx, account.NewPassword("Lampe Wolke Zaun Birne"))
		s.must(err)
		token, changed := s.full(), make(chan error, 1)
		err = h.db.InTx(ctx, func(ctx context.Context, tx *database.Tx) error {
			if err := h.accounts.IssuePasswordIn(ctx, tx, "tc", s.id, letter, true, time.Time{}); err != nil {
				return err
			}
			go func() { // it still finds its session, and waits for this transaction
				_, err := h.accounts.ChangePassword(t.Context(), token, chosen, account.NewToken())
				changed <- err
			}()
			return h.untilWaiting(ctx, tx)
		})
		s.must(err)
		s.must(<-changed)
		kept, err := h.accounts.Credential(ctx, s.id)
		s.must(err)
		if kept.Hash.Encode() != letter.Encode() || !kept.Generated {
			t.Error("an ended session has replaced the letter's password")
		}
	})
}

// untilWaiting waits until another transaction of the database waits for this
// one. On SQLite the other has not begun.
func (h *accountHouse) untilWaiting(ctx context.Context, tx *database.Tx) error {
	for waits := 0; h.db.Engine() == database.PostgreSQL && waits == 0 && ctx.Err() == nil; {
		err := tx.QueryRowContext(ctx, `SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`).Scan(&waits)
		if err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, `SELECT pg_stat_clear_snapshot()`); err != nil {
			return err
		}
	}
	return ctx.Err()
}

// A reset leaves no passkey behind, not even one that is set up beside it.
func TestH10ResetBeatsThePasskeyBesideIt(t *testing.T) {
	t.Parallel()
	onAccounts(t, func(t *testing.T, h *accountHouse) {
		ctx := t.Context()
		s := h.someone(t, "eins.name")
		token, added := s.full(), make(chan error, 1)
		asked, err := h.accounts.BeginPasskey(ctx, token, s.relying)
		s.must(err)
		answer, err := passkeytest.New(origin).Create(asked)
		s.must(err)
		err = h.db.InTx(ctx, func(ctx context.Context, tx *database.Tx) error {
			if err := h.accounts.ResetSecondFactorIn(ctx, tx, "tc", s.id, account.RecognisedInPerson); err != nil {
				return err
			}
			go func() { added <- h.accounts.AddPasskey(t.Context(), token, s.relying, "fremd", answer) }()
			return h.untilWaiting(ctx, tx)
		})
		s.must(err)
		if err := <-added; !errors.Is(err, store.ErrNoPasskey) {
			t.Errorf("added: %v", err)
		}
		if who := s.account(); who.Passkeys != 0 || who.Enrolled {
			t.Errorf("after the reset: %d passkeys, enrolled %v", who.Passkeys, who.Enrolled)
		}
	})
}

// A clock that is set back makes no standing that the trust centre refuses.
func TestLastSignInIsNeverBeforeTheFirst(t *testing.T) {
	t.Parallel()
	onAccounts(t, func(t *testing.T, h *accountHouse) {
		ctx := t.Context()
		s := h.someone(t, "eins.name")
		key := passkeytest.New(origin)
		s.register(s.full(), key)
		h.clock.now = h.clock.now.Add(-24 * time.Hour)
		token := s.half()
		if answer, _ := s.check(token, s.answerOf(token, key)); answer.Outcome != store.CodeRight {
			t.Fatal(answer.Outcome)
		}
		who, err := h.accounts.Staff(ctx, s.id)
		s.must(err)
		if who.LastSignIn.Before(who.FirstSignIn) {
			t.Errorf("first %v, last %v", who.FirstSignIn, who.LastSignIn)
		}
	})
}

// A house of before keeps the units of its accounts.
func TestMembershipsComeFromTheOldColumn(t *testing.T) {
	t.Parallel()
	dsn := filepath.Join(t.TempDir(), "house.db")
	if err := database.Create(t.Context(), dsn); err != nil {
		t.Fatal(err)
	}
	db, err := database.Open(t.Context(), dsn, database.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() }) // what it held is thrown away
	before := store.Migrations()
	old := fstest.MapFS{}
	for _, name := range []string{"0001_audit.sql", "0002_account.sql", "0003_backup.sql"} {
		text, err := fs.ReadFile(before.Files, name)
		if err != nil {
			t.Fatal(err)
		}
		old[name] = &fstest.MapFile{Data: text}
	}
	if err := db.Migrate(t.Context(), database.Migrations{Name: before.Name, Files: old}); err != nil {
		t.Fatal(err)
	}
	err = db.InTx(t.Context(), func(ctx context.Context, tx *database.Tx) error {
		tx.WithoutAct("test")
		for _, statement := range []string{
			`INSERT INTO unit (id, name, any_reporter, released, changed_at) VALUES ('u1', 'Praxis', FALSE, TRUE, 1)`,
			`INSERT INTO account (id, username, holder, unit_id, roles, state, password, password_generated, password_must_change, created_at)
				VALUES ('a1', 'eins.name', 'E. Muster', 'u1', 'reporter', 'pending', '', FALSE, FALSE, 1)`,
			`INSERT INTO account (id, username, holder, unit_id, roles, state, password, password_generated, password_must_change, created_at)
				VALUES ('a2', 'zwei.name', '', NULL, 'operator', 'pending', '', FALSE, FALSE, 1)`,
		} {
			if _, err := tx.ExecContext(ctx, statement); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := db.Migrate(t.Context(), before); err != nil {
		t.Fatal(err)
	}
	accounts := openAccounts(t, db)
	one, err := accounts.Account(t.Context(), "a1")
	if err != nil || one.Unit.ID != "u1" || len(one.Units) != 1 {
		t.Errorf("%+v, %v", one, err)
	}
	two, err := accounts.Account(t.Context(), "a2")
	if err != nil || two.Unit.ID != "" || len(two.Units) != 0 {
		t.Errorf("%+v, %v", two, err)
	}
}
