// SPDX-License-Identifier: EUPL-1.2

package signin_test

import (
	"context"
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"meldewerk/account"
	"meldewerk/audit"
	"meldewerk/internal/signin"
	"meldewerk/internal/store"

	"github.com/google/go-cmp/cmp"
)

func TestA1ThreeWrongPairsLockForAMinuteAcrossRestartAndProcesses(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, w *world, again func() *world) {
		w.person()
		wants(t, w.browser().enter(username, "falsch falsch falsch"), 422, "Benutzername oder Passwort stimmt nicht.")
		neighbour := again() // another process, or the same one restarted
		wants(t, neighbour.browser().enter(username, "falsch falsch falsch"), 422, "Benutzername oder Passwort stimmt nicht.")
		// The third at 12:00:05 locks until 12:01:05, told in full minutes.
		wants(t, w.browser().enter(username, "falsch falsch falsch"), 422, "Zu viele Versuche Nächster Versuch um 13:02 Uhr.")
		w.clock.pass(59 * time.Second)
		wants(t, neighbour.browser().enter(username, password), 422, "Zu viele Versuche Nächster Versuch um 13:02 Uhr.")
		w.clock.pass(2 * time.Second)
		if a := again().browser().enter(username, password); a.Location != signin.PathCode {
			t.Errorf("after 61 s: %d, %s", a.Status, said(a))
		}
	})
}

// Everything but the time is the same for a name that exists and one that does
// not, at every count, and the hash is computed in the same cases.
func TestA2UnknownNamesBehaveLikeKnownOnes(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, w *world, _ func() *world) {
		w.person()
		w.person(func(p *signin.Person) { p.Username = "geschlossen" })
		closed, err := w.accounts.ByUsername(t.Context(), "geschlossen")
		if err != nil {
			t.Fatal(err)
		}
		if err := w.accounts.Close(t.Context(), audit.System, closed.ID); err != nil {
			t.Fatal(err)
		}
		_, err = w.accounts.Create(t.Context(), audit.System, store.NewAccount{Username: "wartet", Roles: account.Roles{account.RoleReporter}})
		if err != nil {
			t.Fatal(err)
		}
		w.person(fromLetter, func(p *signin.Person) { p.Username, p.Expires = "abgelaufen", w.clock.Now() })
		w.clock.pass(time.Second)

		mask := regexp.MustCompile(`\d\d:\d\d`)
		type seen struct {
			Status int
			Body   string
			Hashes uint64
		}
		sequence := func(name string) []seen {
			var list []seen
			for range 5 { // wrong, wrong, third, locked, locked
				before := w.hasher.Computed()
				a := w.browser().enter(name, password+"x")
				list = append(list, seen{a.Status, strings.ReplaceAll(mask.ReplaceAllString(a.Body, "HH:MM"), name, "NAME"), w.hasher.Computed() - before})
			}
			return list
		}
		known := sequence(username)
		if known[2].Hashes != 1 || known[3].Hashes != 0 {
			t.Errorf("hashes for the third and the locked entry: %d, %d", known[2].Hashes, known[3].Hashes)
		}
		for _, name := range []string{"gibt.es.nicht", "GIBT ES NICHT 2 äöü", "geschlossen", "wartet", "abgelaufen"} {
			if diff := cmp.Diff(known, sequence(name)); diff != "" {
				t.Errorf("%s differs from a known name:\n%s", name, diff)
			}
		}
		w.clock.pass(time.Minute)
		if diff := cmp.Diff(sequence(username), sequence("gibt.es.nicht")); diff != "" {
			t.Errorf("after the lock:\n%s", diff)
		}
	})
}

func TestA3SourceAddressesAreLimitedButWider(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, w *world, _ func() *world) {
		w.person()
		w.serve(20)
		refused := 0
		b := w.browser()
		for i := range 25 {
			a := b.enter(fmt.Sprintf("name%d", i), "falsch falsch falsch")
			if a.Status == http.StatusTooManyRequests {
				refused++
				if a.Header.Get("Retry-After") != "60" {
					t.Errorf("Retry-After %q", a.Header.Get("Retry-After"))
				}
			}
		}
		if refused != 5 {
			t.Errorf("%d of 25 refused, limit 20", refused)
		}
		other := w.browser()
		other.from = "192.0.2.8:40000"
		if a := other.enter(username, password); a.Location != signin.PathCode {
			t.Errorf("another address: %d", a.Status)
		}
		w.clock.pass(time.Minute)
		if a := b.enter(username, password); a.Location != signin.PathCode {
			t.Errorf("a minute later: %d", a.Status)
		}
	})
}

func TestA3BusyHouseAnswers503AndCountsNothing(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, w *world, _ func() *world) {
		w.person()
		slow := account.Cost{MemoryKiB: 32 * 1024, Passes: 2, Lanes: 1}
		w.hasher = account.NewHasher(account.WithCost(slow), account.WithParallel(1), account.WithQueue(0, time.Second))
		w.serve(0)
		var group sync.WaitGroup
		var busy, wrong atomic.Int64
		for i := range 30 {
			group.Go(func() {
				a := w.browser().enter(fmt.Sprintf("name%d", i), "falsch falsch falsch")
				switch {
				case a.Status == http.StatusServiceUnavailable && a.Header.Get("Retry-After") != "":
					busy.Add(1)
				case a.Status == 422:
					wrong.Add(1)
				default:
					t.Errorf("status %d", a.Status)
				}
			})
		}
		group.Wait()
		if busy.Load() == 0 || wrong.Load() == 0 {
			t.Errorf("%d sent away, %d compared", busy.Load(), wrong.Load())
		}
		for range 5 { // being sent away is not a wrong try
			w.hasher = account.NewHasher(account.WithCost(slow), account.WithParallel(1), account.WithQueue(0, 0))
			w.serve(0)
			free := occupy(w.hasher)
			if a := w.browser().enter(username, password); a.Status != http.StatusServiceUnavailable {
				t.Errorf("busy: %d", a.Status)
			}
			free()
		}
		w.hasher = account.NewHasher(account.WithCost(slow))
		w.serve(0)
		if a := w.browser().enter(username, password); a.Location != signin.PathCode {
			t.Errorf("afterwards: %d %s", a.Status, said(a))
		}
	})
}

// occupy keeps the hasher's only place until the returned function is called.
func occupy(h *account.Hasher) func() {
	stop, stopped := make(chan struct{}), make(chan struct{})
	began := h.Computed()
	go func() {
		defer close(stopped)
		for {
			select {
			case <-stop:
				return
			default:
				_, _ = h.Hash(context.Background(), account.NewPassword("belegt")) // busy or not, it only takes time
			}
		}
	}()
	for h.Computed() == began {
		time.Sleep(time.Millisecond) // until the other goroutine has begun
	}
	return func() { close(stop); <-stopped }
}

func TestA4ParallelGuessesGetNoMoreThanThree(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, w *world, again func() *world) {
		w.person()
		for _, name := range []string{username, "gibt.es.nicht"} {
			processes := []*world{w, again()}
			before := processes[0].hasher.Computed() + processes[1].hasher.Computed()
			var group sync.WaitGroup
			begin := make(chan struct{})
			for i := range 200 {
				group.Go(func() {
					<-begin
					a := processes[i%2].browser().enter(name, fmt.Sprintf("falsch falsch %d", i))
					if a.Status != 422 && a.Status != http.StatusServiceUnavailable {
						t.Errorf("status %d", a.Status)
					}
				})
			}
			close(begin)
			group.Wait()
			if n := processes[0].hasher.Computed() + processes[1].hasher.Computed() - before; n > 3 {
				t.Errorf("%s: %d hashes computed for 200 parallel guesses", name, n)
			}
			wants(t, w.browser().enter(name, password), 422, "Zu viele Versuche Nächster")
		}
	})
}

func TestA4ParallelRightEntriesLeaveNoLock(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, w *world, _ func() *world) {
		w.person()
		for range 4 {
			var group sync.WaitGroup
			for range 5 {
				group.Go(func() {
					a := w.browser().enter(username, password)
					if a.Location != signin.PathCode && a.Status != http.StatusServiceUnavailable {
						t.Errorf("%d %s", a.Status, said(a))
					}
				})
			}
			group.Wait()
		}
		if a := w.browser().enter(username, password); a.Location != signin.PathCode {
			t.Errorf("afterwards: %d %s", a.Status, said(a))
		}
	})
}

func TestA7MinuteLockEndsHalfOpenSessionsOnly(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, w *world, _ func() *world) {
		p := w.person()
		clerk := w.browser()
		clerk.signIn(p.Secret)
		w.clock.pass(time.Minute)
		half := w.browser()
		half.enter(username, password)
		for range 3 {
			w.browser().enter(username, "falsch falsch falsch")
		}
		if a := half.prove(w.code(p.Secret)); a.Status != http.StatusSeeOther || !strings.HasPrefix(a.Location, signin.PathSignIn) {
			t.Errorf("right code in the half-open session: %d to %q", a.Status, a.Location)
		}
		if half.in() {
			t.Error("half-open session got in")
		}
		if !clerk.in() {
			t.Error("a stranger has thrown the clerk out")
		}
		w.clock.pass(2 * time.Minute)
		if a := half.prove(w.code(p.Secret)); half.in() {
			t.Errorf("half-open session lives on after the lock: %d", a.Status)
		}
	})
}

func TestA7LockByCodesResetAndClosingEndEverySession(t *testing.T) {
	t.Parallel()
	acts := map[string]func(t *testing.T, w *world, p signin.Issued){
		"ten wrong codes": func(t *testing.T, w *world, p signin.Issued) {
			b := w.browser()
			b.enter(username, password)
			for range 10 {
				b.prove(w.wrongCode(p.Secret))
			}
		},
		"reset": func(t *testing.T, w *world, p signin.Issued) {
			if err := w.accounts.ResetSecondFactor(t.Context(), audit.System, p.ID, account.RecognisedByLetter); err != nil {
				t.Fatal(err)
			}
		},
		"closing": func(t *testing.T, w *world, p signin.Issued) {
			if err := w.accounts.Close(t.Context(), audit.System, p.ID); err != nil {
				t.Fatal(err)
			}
		},
		"new letter": func(t *testing.T, w *world, p signin.Issued) {
			hash, err := w.hasher.Hash(t.Context(), account.NewInitialPassword())
			if err != nil {
				t.Fatal(err)
			}
			if err := w.accounts.IssuePassword(t.Context(), audit.System, p.ID, hash, true, time.Time{}); err != nil {
				t.Fatal(err)
			}
		},
	}
	for name, act := range acts {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			onBoth(t, func(t *testing.T, w *world, again func() *world) {
				p := w.person()
				full, half := w.browser(), again().browser() // in two processes
				full.signIn(p.Secret)
				w.clock.pass(time.Minute)
				half.enter(username, password)
				act(t, w, p)
				if full.in() {
					t.Error("the full session goes on")
				}
				half.prove(w.code(p.Secret))
				if half.in() {
					t.Error("the half-open session got in")
				}
			})
		})
	}
}

// A8: the comparison of passwords and codes is reached through the counting
// functions only. The forms that take one are exhausted here to their lock.
func TestA8EveryFormCounts(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, w *world, _ func() *world) {
		p := w.person()
		b := w.browser()
		b.signIn(p.Secret)
		for range 3 {
			a := b.post(signin.PathPassword, "current_password", "falsch falsch falsch",
				"new_password", "Vier neue Dinge Regal", "new_password_repeat", "Vier neue Dinge Regal")
			if a.Status != 422 {
				t.Fatalf("status %d", a.Status)
			}
		}
		wants(t, w.browser().enter(username, password), 422, "Zu viele Versuche Nächster")
		w.clock.pass(6 * time.Minute)
		for i := range 10 {
			a := b.prove(w.wrongCode(p.Secret)) // fresh proof within the session
			if i < 9 {
				wants(t, a, 422, fmt.Sprintf("Noch %d ", 9-i))
			} else {
				wants(t, a, 423, "Zugang gesperrt")
			}
		}
		if b.in() {
			t.Error("the session outlives the lock by codes")
		}
	})
}
