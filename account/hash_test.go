// SPDX-License-Identifier: EUPL-1.2

package account_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"meldewerk/account"
)

var cheap = account.Cost{MemoryKiB: 64, Passes: 1, Lanes: 1}

func mustHash(t *testing.T, h *account.Hasher, p string) account.Hash {
	t.Helper()
	hash, err := h.Hash(t.Context(), account.NewPassword(p))
	if err != nil {
		t.Fatal(err)
	}
	return hash
}

func TestA9DefaultHashIsArgon2idWithItsParameters(t *testing.T) {
	t.Parallel()
	encoded := mustHash(t, account.NewHasher(), "ein langes Passwort").Encode()
	if !strings.HasPrefix(encoded, "$argon2id$v=19$m=65536,t=3,p=2$") {
		t.Errorf("stored form starts %.40q", encoded)
	}
	again, err := account.ParseHash(encoded)
	if err != nil {
		t.Fatal(err)
	}
	if again.Encode() != encoded {
		t.Error("stored form changes when read and written")
	}
}

// The vector is the one of the reference implementation (argon2 command,
// version 19, argon2id), so that hashes stay readable by other software.
func TestA9ReferenceVector(t *testing.T) {
	t.Parallel()
	hash, err := account.ParseHash("$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc")
	if err != nil {
		t.Fatal(err)
	}
	h := account.NewHasher(account.WithCost(cheap))
	got, err := h.Verify(t.Context(), account.Credential{Hash: hash}, account.NewPassword("password"))
	if err != nil || !got.Right {
		t.Errorf("reference hash: %+v, %v", got, err)
	}
}

func TestA9OldParametersAskForRehash(t *testing.T) {
	t.Parallel()
	old := account.NewHasher(account.WithCost(cheap))
	today := account.NewHasher(account.WithCost(account.Cost{MemoryKiB: 128, Passes: 2, Lanes: 1}))
	hash := mustHash(t, old, "ein langes Passwort")
	for _, c := range []struct {
		typed         string
		right, rehash bool
	}{{"ein langes Passwort", true, true}, {"ein anderes Passwort", false, false}} {
		got, err := today.Verify(t.Context(), account.Credential{Hash: hash}, account.NewPassword(c.typed))
		if err != nil || got.Right != c.right || got.Rehash != c.rehash {
			t.Errorf("%q: %+v, %v", c.typed, got, err)
		}
	}
}

func TestParseHashRefuses(t *testing.T) {
	t.Parallel()
	salt, key := "c29tZXNhbHQ", "CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc"
	for name, text := range map[string]string{
		"empty":           "",
		"argon2i":         "$argon2i$v=19$m=65536,t=2,p=1$" + salt + "$" + key,
		"old version":     "$argon2id$v=16$m=65536,t=2,p=1$" + salt + "$" + key,
		"memory bomb":     "$argon2id$v=19$m=4194304,t=2,p=1$" + salt + "$" + key,
		"no lanes":        "$argon2id$v=19$m=65536,t=2,p=0$" + salt + "$" + key,
		"many passes":     "$argon2id$v=19$m=65536,t=9999,p=1$" + salt + "$" + key,
		"short key":       "$argon2id$v=19$m=65536,t=2,p=1$" + salt + "$Y3V0",
		"other order":     "$argon2id$v=19$t=2,m=65536,p=1$" + salt + "$" + key,
		"more parameters": "$argon2id$v=19$m=65536,t=2,p=1,x=1$" + salt + "$" + key,
		"bcrypt":          "$2y$10$abcdefghijklmnopqrstuv",
	} {
		if _, err := account.ParseHash(text); err == nil {
			t.Errorf("%s: accepted", name)
		} else if text != "" && strings.Contains(err.Error(), text) {
			t.Errorf("%s: error quotes the hash", name)
		}
	}
}

func TestA2NothingStoredCostsTheSameWork(t *testing.T) {
	t.Parallel()
	h := account.NewHasher(account.WithCost(cheap))
	before := h.Computed()
	got, err := h.Verify(t.Context(), account.Credential{}, account.NewPassword("irgendetwas Langes"))
	if err != nil || got.Right {
		t.Fatalf("%+v, %v", got, err)
	}
	if h.Computed() != before+1 {
		t.Error("no hash was computed for a name that does not exist")
	}
}

func TestA11ChosenPasswordsAreComparedExactlyGeneratedOnesTrimmed(t *testing.T) {
	t.Parallel()
	h := account.NewHasher(account.WithCost(cheap))
	hash := mustHash(t, h, "ACDE-hn23-TUWX-4567")
	for _, c := range []struct {
		typed     string
		generated bool
		want      bool
	}{
		{"ACDE-hn23-TUWX-4567", true, true},
		{" ACDE-hn23-TUWX-4567\t\n", true, true},
		{"acde-hn23-tuwx-4567", true, false},
		{"ACDE-hn23-TUWX-4567", false, true},
		{"ACDE-hn23-TUWX-4567 ", false, false},
	} {
		got, err := h.Verify(t.Context(), account.Credential{Hash: hash, Generated: c.generated}, account.NewPassword(c.typed))
		if err != nil || got.Right != c.want {
			t.Errorf("typed %q generated %v: %+v, %v", c.typed, c.generated, got, err)
		}
	}
}

func TestA3HasherBoundsParallelWorkAndQueue(t *testing.T) {
	t.Parallel()
	h := account.NewHasher(account.WithCost(account.Cost{MemoryKiB: 8 * 1024, Passes: 2, Lanes: 1}),
		account.WithParallel(2), account.WithQueue(3, 10*time.Second))
	var done, busy atomic.Int64
	var group sync.WaitGroup
	start := make(chan struct{})
	for range 200 {
		group.Go(func() {
			<-start
			_, err := h.Hash(context.Background(), account.NewPassword("x"))
			switch {
			case err == nil:
				done.Add(1)
			case errors.Is(err, account.ErrBusy):
				busy.Add(1)
			default:
				t.Error(err)
			}
		})
	}
	close(start)
	group.Wait()
	if done.Load()+busy.Load() != 200 || busy.Load() == 0 || done.Load() < 5 {
		t.Errorf("done %d, sent away %d", done.Load(), busy.Load())
	}
	if int64(h.Computed()) != done.Load() {
		t.Errorf("computed %d for %d answers", h.Computed(), done.Load())
	}
}

func TestA3WaitingEndsInTime(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		h := account.NewHasher(account.WithCost(cheap), account.WithParallel(1), account.WithQueue(1, 4*time.Second))
		release := account.OccupyPlace(h)
		defer release()
		began := time.Now()
		if _, err := h.Hash(t.Context(), account.NewPassword("x")); !errors.Is(err, account.ErrBusy) {
			t.Errorf("got %v", err)
		}
		if waited := time.Since(began); waited != 4*time.Second {
			t.Errorf("waited %v", waited)
		}
	})
}

func TestSecretsPrintRedacted(t *testing.T) {
	t.Parallel()
	secret := account.NewSecret()
	image, err := account.NewQR("geheimer Inhalt")
	if err != nil {
		t.Fatal(err)
	}
	hash := mustHash(t, account.NewHasher(account.WithCost(cheap)), "Sonderbares")
	code, err := account.ParseCode("123456")
	if err != nil {
		t.Fatal(err)
	}
	for name, value := range map[string]any{
		"password": account.NewPassword("Sonderbares"), "secret": secret, "code": code, "hash": hash, "qr": image,
		"credential": account.Credential{Hash: hash}, "pointer": &secret,
	} {
		var log strings.Builder
		slog.New(slog.NewJSONHandler(&log, nil)).Info("x", "value", value)
		inJSON, err := json.Marshal(map[string]any{"v": value})
		if err != nil {
			t.Fatal(err)
		}
		all := fmt.Sprintf("%v %+v %#v %s %q %x %d %T", value, value, value, value, value, value, value, value) + log.String() + string(inJSON)
		for _, clear := range []string{"Sonderbares", secret.Text(), fmt.Sprint(secret.Key()), "123456", hash.Encode(), fmt.Sprintf("%x", secret.Key()), image.Path()} {
			if strings.Contains(all, clear) {
				t.Errorf("%s: a secret shows", name)
			}
		}
		if !strings.Contains(all, "[redacted]") {
			t.Errorf("%s: prints %s", name, all)
		}
	}
}

func BenchmarkA9DefaultHash(b *testing.B) {
	h := account.NewHasher()
	for b.Loop() {
		if _, err := h.Hash(b.Context(), account.NewPassword("ein langes Passwort")); err != nil {
			b.Fatal(err)
		}
	}
}
