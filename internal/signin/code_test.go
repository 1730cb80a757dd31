// SPDX-License-Identifier: EUPL-1.2

package signin_test

import (
	"fmt"
	"net/http"
	"os/exec"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"meldewerk/account"
	"meldewerk/audit"
	"meldewerk/internal/signin"
	"meldewerk/internal/store"
)

func TestA5ElevenSessionsWithOneWrongCodeEachLock(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, w *world, again func() *world) {
		p := w.person()
		for i := range 10 {
			process := w
			if i%3 == 2 {
				process = again() // restarts do not reset the count
			}
			b := process.browser()
			b.enter(username, password)
			a := b.prove(w.wrongCode(p.Secret))
			switch {
			case i == 9:
				wants(t, a, http.StatusLocked, "Nur die Vertrauensstelle gibt ihn wieder frei.")
			case i == 8:
				wants(t, a, 422, "Noch 1 Versuch.")
			default:
				wants(t, a, 422, fmt.Sprintf("Noch %d Versuche.", 9-i))
			}
			w.clock.pass(time.Minute)
		}
		eleventh := w.browser()
		wants(t, eleventh.enter(username, password), http.StatusLocked, "Zugang gesperrt")
		if eleventh.token() != "" {
			t.Error("a locked account got a session")
		}
		w.clock.pass(1000 * time.Hour) // time alone releases nothing
		wants(t, w.browser().enter(username, password), http.StatusLocked, "Zugang gesperrt")

		locked, err := w.accounts.Account(t.Context(), p.ID)
		if err != nil || !locked.CodeLocked || locked.CodeLock != 1 {
			t.Fatalf("%+v, %v", locked, err)
		}
		if err := w.accounts.ReleaseLock(t.Context(), "adviser1", p.ID, 1, "egal"); err != store.ErrRecognition {
			t.Errorf("release without recognition: %v", err)
		}
		if err := w.accounts.ReleaseLock(t.Context(), "adviser1", p.ID, 1, account.RecognisedByCallBack); err != nil {
			t.Fatal(err)
		}
		w.browser().signIn(p.Secret)

		// A late order about the old lock never frees a newer one.
		w.clock.pass(time.Minute)
		b := w.browser()
		b.enter(username, password)
		for range 10 {
			b.prove(w.wrongCode(p.Secret))
		}
		if err := w.accounts.ReleaseLock(t.Context(), "adviser1", p.ID, 1, account.RecognisedByCallBack); err != store.ErrOtherLock {
			t.Errorf("late order: %v", err)
		}
		entries, err := w.log.Entries(t.Context(), store.EntryFilter{Code: audit.AccountUnlocked, Limit: 10})
		if err != nil || len(entries) != 1 || entries[0].Entry.Act.Actor != "adviser1" || entries[0].Entry.Act.Purpose != "recognised.call-back" || entries[0].Entry.Act.Object != string(p.ID) {
			t.Errorf("the release in the log: %+v, %v", entries, err)
		}
	})
}

func TestA5FullSignInForgivesWrongCodes(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, w *world, _ func() *world) {
		p := w.person()
		for range 3 {
			b := w.browser()
			b.enter(username, password)
			for range 9 {
				b.prove(w.wrongCode(p.Secret))
			}
			b.prove(w.code(p.Secret))
			if !b.in() {
				t.Fatal("the right code after nine wrong ones did not open")
			}
			w.clock.pass(time.Minute)
		}
	})
}

func TestA5ParallelWrongCodesGetNoMoreThanTen(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, w *world, again func() *world) {
		p := w.person()
		neighbour := again()
		var browsers []*browser
		for i := range 5 {
			b := []*world{w, neighbour}[i%2].browser()
			b.enter(username, password)
			browsers = append(browsers, b)
		}
		wrong := w.wrongCode(p.Secret)
		var told atomic.Int64
		var group sync.WaitGroup
		for i := range 50 {
			group.Go(func() {
				one := browser{w: browsers[i%5].w, cookies: map[string]string{signin.CookieName(account.Portal): browsers[i%5].token()}, from: "192.0.2.7:1"}
				if a := one.prove(wrong); a.Status == 422 {
					told.Add(1)
				}
			})
		}
		group.Wait()
		if told.Load() != 9 {
			t.Errorf("%d wrong codes were answered as wrong before the lock, want 9", told.Load())
		}
		for _, b := range browsers {
			b.prove(w.code(p.Secret))
			if b.in() {
				t.Error("the right code opened a locked account")
			}
		}
	})
}

func TestA5MalformedCodesAreNotCounted(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, w *world, _ func() *world) {
		p := w.person()
		b := w.browser()
		b.enter(username, password)
		for range 15 {
			wants(t, b.prove("12345"), 422, "Ein Einmalkennwort hat sechs Ziffern.")
		}
		code := w.code(p.Secret)
		b.prove(" " + code[:3] + " " + code[3:] + " ") // as an app copies it
		if !b.in() {
			t.Error("not in")
		}
	})
}

func TestA6EveryStepIsAcceptedOnceAndOlderOnesNever(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, w *world, _ func() *world) {
		p := w.person()
		now := account.StepAt(w.clock.Now())
		w.browser().signIn(p.Secret)
		second := w.browser()
		second.enter(username, password)
		page := second.get(signin.PathCode)
		wants(t, page, 200, "Der nächste Code kommt um 13:00:30 Uhr")
		for range 12 { // the last accepted code is refused, but is not one of the ten
			wants(t, second.prove(p.Secret.CodeAt(now).Reveal()), 422, "Das Einmalkennwort stimmt nicht oder ist schon verbraucht.")
		}
		repeated := second.prove(p.Secret.CodeAt(now).Reveal())
		if strings.Contains(said(repeated), "Noch ") {
			t.Error("the page counts a repeated code")
		}
		wants(t, second.prove(p.Secret.CodeAt(now-1).Reveal()), 422, "Noch 9 Versuche.") // older, never used
		if second.in() {
			t.Fatal("an old step opened")
		}
		second.prove(p.Secret.CodeAt(now + 1).Reveal()) // the next one, from a phone a little ahead
		if !second.in() {
			t.Error("the next step was refused")
		}
		wants(t, second.get(signin.PathCode), http.StatusSeeOther, "")
	})
}

func TestA6OneCodeInFiftyParallelRequestsOpensOneSession(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, w *world, again func() *world) {
		p := w.person()
		neighbour := again()
		var browsers []*browser
		for i := range 50 {
			b := []*world{w, neighbour}[i%2].browser()
			if a := b.enter(username, password); a.Location != signin.PathCode {
				t.Fatalf("password step %d: %d", i, a.Status)
			}
			browsers = append(browsers, b)
		}
		code := w.code(p.Secret)
		var group sync.WaitGroup
		for _, b := range browsers {
			group.Go(func() { b.prove(code) })
		}
		group.Wait()
		in := 0
		for _, b := range browsers {
			if b.in() {
				in++
			}
		}
		if in != 1 {
			t.Errorf("%d sessions opened by one code", in)
		}
		list, err := w.accounts.Sessions(t.Context(), p.ID)
		if err != nil || len(list) != 1 {
			t.Errorf("%d full sessions, %v", len(list), err)
		}
	})
}

func TestA6SignInWithOathtool(t *testing.T) {
	t.Parallel()
	oathtool, err := exec.LookPath("oathtool")
	if err != nil {
		t.Skip("oathtool is not installed")
	}
	onBoth(t, func(t *testing.T, w *world, _ func() *world) {
		p := w.person()
		out, err := exec.CommandContext(t.Context(), oathtool, "--totp", "--base32",
			"--now", w.clock.Now().Format("2006-01-02 15:04:05 UTC"), p.Secret.Text()).Output()
		if err != nil {
			t.Fatal(err)
		}
		b := w.browser()
		b.enter(username, password)
		b.prove(strings.TrimSpace(string(out)))
		if !b.in() {
			t.Error("the code of another program was refused")
		}
	})
}

func TestClockHintComesWithTheSecondFailure(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, w *world, _ func() *world) {
		p := w.person()
		b := w.browser()
		b.enter(username, password)
		const hint = "Geht die Uhr Ihres Telefons richtig?"
		wants(t, b.get(signin.PathCode), 200, "Uhrzeit des Servers: 13:00:05 Uhr")
		if a := b.prove(w.wrongCode(p.Secret)); strings.Contains(said(a), hint) {
			t.Error("hint after the first failure")
		}
		wants(t, b.prove(w.wrongCode(p.Secret)), 422, hint)
	})
}
