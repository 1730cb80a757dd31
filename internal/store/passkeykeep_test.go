// SPDX-License-Identifier: EUPL-1.2

package store_test

import (
	"sync"
	"testing"

	"meldewerk/account"
	"meldewerk/account/passkeytest"
	"meldewerk/internal/store"
)

// One answer sent eight times at once opens one session.
func TestA6OneAnswerOfAPasskeyInParallelOpensOneSession(t *testing.T) {
	t.Parallel()
	onAccounts(t, func(t *testing.T, h *accountHouse) {
		s := h.someone(t, "eins.name")
		key := passkeytest.New(origin)
		s.register(s.full(), key)
		token := s.half()
		answer := s.answerOf(token, key)
		const senders = 8 // fewer than the ten tries, so that nothing locks
		var wg sync.WaitGroup
		var mu sync.Mutex
		outcomes := map[store.CodeOutcome]int{}
		for range senders {
			wg.Go(func() {
				got, err := h.accounts.CheckPasskey(t.Context(), token, s.relying, answer, account.NewToken())
				if err != nil {
					t.Error(err)
				}
				mu.Lock()
				defer mu.Unlock()
				outcomes[got.Outcome]++
			})
		}
		wg.Wait()
		if outcomes[store.CodeRight] != 1 {
			t.Errorf("%v", outcomes)
		}
	})
}

// Passkeys open after a change of the key that seals them, and so do the
// challenges that are waiting.
func TestK6PasskeysSurviveARotationOfTheKey(t *testing.T) {
	t.Parallel()
	onAccounts(t, func(t *testing.T, h *accountHouse) {
		ctx := t.Context()
		s := h.someone(t, "eins.name")
		key := passkeytest.New(origin)
		s.register(s.full(), key)
		token := s.half()
		answer := s.answerOf(token, key)
		for _, table := range []string{"passkey", "session"} {
			s.must(h.ring.Rotate(ctx, table))
		}
		n, err := store.Reseal(ctx, h.db, h.log, h.ring, store.AccountColumns()...)
		if err != nil || n != 2 {
			t.Fatalf("%d rows sealed anew, %v", n, err)
		}
		for _, table := range []string{"passkey", "session"} {
			s.must(h.ring.Retire(ctx, table))
		}
		if got, _ := s.check(token, answer); got.Outcome != store.CodeRight {
			t.Errorf("after the rotation: %s", got.Outcome)
		}
	})
}
