// SPDX-License-Identifier: EUPL-1.2

package store_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"meldewerk/account"
	"meldewerk/account/passkeytest"
	"meldewerk/audit"
	"meldewerk/internal/database"
	"meldewerk/internal/store"
)

const origin = "https://portal.localhost"

func relying(t *testing.T) *account.Relying {
	t.Helper()
	made, err := account.NewRelying("portal.localhost", "Krebsregister Musterland", []string{origin})
	if err != nil {
		t.Fatal(err)
	}
	return made
}

// someone is an account on its way through the door.
type someone struct {
	*accountHouse
	t       *testing.T
	id      account.ID
	name    account.Username
	secret  account.Secret
	relying *account.Relying
}

func (h *accountHouse) someone(t *testing.T, name string) *someone {
	t.Helper()
	s := &someone{accountHouse: h, t: t, name: account.Username(name), secret: account.NewSecret(), relying: relying(t)}
	s.id = h.create(t.Context(), t, name, s.secret)
	return s
}

func (s *someone) must(err error) {
	s.t.Helper()
	if err != nil {
		s.t.Fatal(err)
	}
}

// half begins a session with the password alone.
func (s *someone) half() account.Token {
	s.t.Helper()
	try, err := s.accounts.TakeTry(s.t.Context(), s.name)
	s.must(err)
	token := account.NewToken()
	admitted, err := s.accounts.Admit(s.t.Context(), try, token)
	s.must(err)
	if !admitted.Open {
		s.t.Fatalf("not admitted: %+v", admitted)
	}
	return token
}

// code proves the code of a step beside the present one; the clock goes on
// before, so that it is a new one.
func (s *someone) code(token account.Token, offset account.Step) (store.CodeAnswer, account.Token) {
	s.t.Helper()
	s.clock.now = s.clock.now.Add(2 * time.Minute)
	fresh := account.NewToken()
	answer, err := s.accounts.CheckCode(s.t.Context(), token, s.secret.CodeAt(account.StepAt(s.clock.now)+offset), fresh)
	s.must(err)
	return answer, fresh
}

// full signs in with both factors.
func (s *someone) full() account.Token {
	s.t.Helper()
	answer, token := s.code(s.half(), 0)
	if answer.Outcome != store.CodeRight {
		s.t.Fatalf("code: %s", answer.Outcome)
	}
	return token
}

// register sets up a passkey in a session with a fresh proof.
func (s *someone) register(token account.Token, key *passkeytest.Key) {
	s.t.Helper()
	asked, err := s.accounts.BeginPasskey(s.t.Context(), token, s.relying)
	s.must(err)
	answer, err := key.Create(asked)
	s.must(err)
	s.must(s.accounts.AddPasskey(s.t.Context(), token, s.relying, "Schlüsselbund", answer))
}

// answerOf lets a key answer a challenge of the session.
func (s *someone) answerOf(token account.Token, key *passkeytest.Key) []byte {
	s.t.Helper()
	asked, err := s.accounts.AskPasskey(s.t.Context(), token, s.relying)
	s.must(err)
	answer, err := key.Get(asked)
	s.must(err)
	return answer
}

func (s *someone) check(token account.Token, answer []byte) (store.CodeAnswer, account.Token) {
	s.t.Helper()
	fresh := account.NewToken()
	got, err := s.accounts.CheckPasskey(s.t.Context(), token, s.relying, answer, fresh)
	s.must(err)
	return got, fresh
}

func (s *someone) account() account.Account {
	s.t.Helper()
	found, err := s.accounts.Account(s.t.Context(), s.id)
	s.must(err)
	return found
}

// A passkey opens the door once per challenge. Whatever an attacker can send
// instead is refused and is one of the ten.
func TestA14OnlyTheFreshAnswerOfTheOwnPasskeyIsAccepted(t *testing.T) {
	t.Parallel()
	onAccounts(t, func(t *testing.T, h *accountHouse) {
		s, other := h.someone(t, "eins.name"), h.someone(t, "zwei.name")
		key, foreign := passkeytest.New(origin), passkeytest.New(origin)
		s.register(s.full(), key)
		other.register(other.full(), foreign)

		token := s.half()
		used := s.answerOf(token, key)
		answer, full := s.check(token, used)
		if answer.Outcome != store.CodeRight || answer.Session.Stage != account.StageFull {
			t.Fatalf("own passkey: %s", answer.Outcome)
		}
		if found, err := h.accounts.Session(t.Context(), token, false); err != nil || found != nil {
			t.Errorf("the token from before the proof still opens: %v", err)
		}

		attacks := map[string]func(token account.Token) []byte{
			"replayed without a challenge": func(account.Token) []byte { return used },
			"replayed to a new challenge":  func(token account.Token) []byte { s.answerOf(token, key); return used },
			"wrong origin": func(token account.Token) []byte {
				phishing := *key
				phishing.Origin = "https://portal.localhost.example"
				return s.answerOf(token, &phishing)
			},
			"other port": func(token account.Token) []byte {
				elsewhere := *key
				elsewhere.Origin = origin + ":8443"
				return s.answerOf(token, &elsewhere)
			},
			"passkey of somebody else": func(token account.Token) []byte { return s.answerOf(token, foreign) },
			"counter going back": func(token account.Token) []byte {
				clone := *key
				clone.Counter = 0
				return s.answerOf(token, &clone)
			},
			"counter standing still": func(token account.Token) []byte {
				clone := *key
				clone.Counter--
				return s.answerOf(token, &clone)
			},
			"too late": func(token account.Token) []byte {
				answer := s.answerOf(token, key)
				h.clock.now = h.clock.now.Add(account.ChallengeLife + time.Second)
				return answer
			},
			"challenge of another session": func(token account.Token) []byte {
				s.answerOf(token, key)
				return s.answerOf(s.half(), key)
			},
			"no answer at all": func(account.Token) []byte { return []byte("{}") },
		}
		for name, attack := range attacks {
			token := s.half()
			before := s.account().CodesUsed
			answer := attack(token)
			got, fresh := s.check(token, answer)
			if got.Outcome != store.CodeWrong || s.account().CodesUsed != before+1 {
				t.Errorf("%s: %s, %d wrong after %d", name, got.Outcome, s.account().CodesUsed, before)
			}
			if found, err := h.accounts.Session(t.Context(), fresh, false); err != nil || found != nil {
				t.Errorf("%s: a session opened, %v", name, err)
			}
			if got, _ := s.check(token, s.answerOf(token, key)); got.Outcome != store.CodeRight {
				t.Fatalf("%s: the honest key afterwards: %s", name, got.Outcome)
			}
		}
		token = s.half()
		second := s.answerOf(token, key)
		if got, _ := s.check(token, []byte("{}")); got.Outcome != store.CodeWrong {
			t.Errorf("first answer: %s", got.Outcome)
		}
		if got, _ := s.check(token, second); got.Outcome != store.CodeWrong {
			t.Errorf("second answer to one challenge: %s", got.Outcome)
		}
		if got, _ := s.check(full, s.answerOf(full, key)); got.Outcome != store.CodeRight || !got.Session.Fresh(h.clock.now) {
			t.Errorf("fresh proof within the session: %s", got.Outcome)
		}
	})
}

// Wrong answers of passkeys and wrong codes share one counter; the tenth locks.
func TestA5PasskeysAndCodesShareTheTen(t *testing.T) {
	t.Parallel()
	onAccounts(t, func(t *testing.T, h *accountHouse) {
		s := h.someone(t, "eins.name")
		s.register(s.full(), passkeytest.New(origin))
		token := s.half()
		for i := range account.MaxCodes {
			var got store.CodeAnswer
			if i%2 == 0 {
				got, _ = s.check(token, []byte(`{}`))
			} else {
				got, _ = s.code(token, -5)
			}
			want := store.CodeWrong
			if i == account.MaxCodes-1 {
				want = store.CodeLocked
			}
			if got.Outcome != want || got.Used != i+1 {
				t.Fatalf("try %d: %s with %d used, want %s", i+1, got.Outcome, got.Used, want)
			}
		}
		if got, _ := s.check(token, []byte(`{}`)); got.Outcome != store.CodeNoSession {
			t.Errorf("after the lock: %s", got.Outcome)
		}
	})
}

// Roles that open identities or keys are given to accounts with a passkey
// alone, and their holders come in by passkey alone. A reset takes both.
func TestA14RolesNeedAPasskey(t *testing.T) {
	t.Parallel()
	onAccounts(t, func(t *testing.T, h *accountHouse) {
		ctx := t.Context()
		s := h.someone(t, "eins.name")
		for _, role := range []account.Role{account.RoleDiscloser, account.RoleApprover, account.RoleKeyHolder} {
			roles := account.Roles{account.RoleAdviser, role}
			if _, err := h.accounts.Create(ctx, audit.System, store.NewAccount{Username: "neu.name", Roles: roles}); !errors.Is(err, store.ErrNeedsPasskey) {
				t.Errorf("create with %s: %v", role, err)
			}
			if err := h.accounts.SetRoles(ctx, audit.System, s.id, roles); !errors.Is(err, store.ErrNeedsPasskey) {
				t.Errorf("give %s: %v", role, err)
			}
		}
		key := passkeytest.New(origin)
		s.register(s.full(), key)
		s.must(h.accounts.SetRoles(ctx, audit.System, s.id, account.Roles{account.RoleAdviser, account.RoleApprover}))

		token := s.half()
		if got, _ := s.code(token, 0); got.Outcome != store.CodePasskey || s.account().CodesUsed != 0 {
			t.Errorf("right code of an approver: %s, %d used", got.Outcome, s.account().CodesUsed)
		}
		if got, _ := s.code(token, -5); got.Outcome != store.CodePasskey || s.account().CodesUsed != 0 {
			t.Errorf("wrong code of an approver: %s, %d used", got.Outcome, s.account().CodesUsed)
		}
		got, full := s.check(token, s.answerOf(token, key))
		if got.Outcome != store.CodeRight {
			t.Fatalf("passkey of an approver: %s", got.Outcome)
		}
		keys, err := h.accounts.Passkeys(ctx, s.id)
		s.must(err)
		if err := h.accounts.RemovePasskey(ctx, full, keys[0].ID); !errors.Is(err, store.ErrLastPasskey) {
			t.Errorf("removing the last passkey: %v", err)
		}
		s.must(h.accounts.ResetSecondFactor(ctx, "head", s.id, account.RecognisedInPerson))
		after := s.account()
		if after.Passkeys != 0 || after.Enrolled || after.NeedsPasskey() || !after.Roles.Has(account.RoleAdviser) {
			t.Errorf("after the reset: %+v", after)
		}
		if found, err := h.accounts.Session(ctx, full, false); err != nil || found != nil {
			t.Errorf("after the reset the session lives: %v", err)
		}
	})
}

// A passkey is set up in a session with a fresh proof alone, once per house,
// and its row opens at its own place alone.
func TestB5PasskeysAreSetUpWithAFreshProof(t *testing.T) {
	t.Parallel()
	onAccounts(t, func(t *testing.T, h *accountHouse) {
		ctx := t.Context()
		s := h.someone(t, "eins.name")
		key := passkeytest.New(origin)
		full := s.full()
		asked, err := h.accounts.BeginPasskey(ctx, full, s.relying)
		s.must(err)
		answer, err := key.Create(asked)
		s.must(err)
		phishing := passkeytest.New("https://example.org")
		forged, err := phishing.Create(asked)
		s.must(err)
		if err := h.accounts.AddPasskey(ctx, full, s.relying, "x", forged); !errors.Is(err, store.ErrPasskeyRefused) {
			t.Errorf("made at another origin: %v", err)
		}
		h.clock.now = h.clock.now.Add(account.FreshFor)
		if err := h.accounts.AddPasskey(ctx, full, s.relying, "x", answer); !errors.Is(err, store.ErrNoPasskey) {
			t.Errorf("without a fresh proof: %v", err)
		}
		if asked, err := h.accounts.BeginPasskey(ctx, full, s.relying); err != nil || asked != nil {
			t.Errorf("challenge without a fresh proof: %v", err)
		}
		if asked, err := h.accounts.BeginPasskey(ctx, s.half(), s.relying); err != nil || asked != nil {
			t.Errorf("challenge in a half-open session: %v", err)
		}
		full = s.full()
		s.register(full, key)
		asked, err = h.accounts.BeginPasskey(ctx, full, s.relying)
		s.must(err)
		again, err := key.Create(asked)
		s.must(err)
		if err := h.accounts.AddPasskey(ctx, full, s.relying, "x", again); !errors.Is(err, store.ErrPasskeyKnown) {
			t.Errorf("the same twice: %v", err)
		}
		if err := h.accounts.AddPasskey(ctx, account.NewToken(), s.relying, "x", again); !errors.Is(err, store.ErrNoPasskey) {
			t.Errorf("without a session: %v", err)
		}
		other := h.someone(t, "zwei.name")
		s.must(h.db.InTx(ctx, func(ctx context.Context, tx *database.Tx) error {
			tx.WithoutAct("test: an attacker writes into the database")
			_, err := tx.ExecContext(ctx, `UPDATE passkey SET account_id = $1`, string(other.id))
			return err
		}))
		if _, err := h.accounts.Passkeys(ctx, other.id); err == nil {
			t.Error("a passkey moved to another account opens")
		}
	})
}
