// SPDX-License-Identifier: EUPL-1.2

package signin_test

import (
	"encoding/base64"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"meldewerk/account"
	"meldewerk/audit"
	"meldewerk/internal/signin"
	"meldewerk/internal/store"
)

func TestB1CookieIsBoundAndTheTokenIsNotStored(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, w *world, _ func() *world) {
		p := w.person()
		b := w.browser()
		set := append(b.enter(username, password).Cookies, b.prove(w.code(p.Secret)).Cookies...)
		set = append(set, b.post(signin.PathSignOut).Cookies...)
		if len(set) != 3 {
			t.Fatalf("%d cookies set", len(set))
		}
		for _, c := range set {
			if c.Name != "__Host-portal" || !c.Secure || !c.HttpOnly || c.SameSite != http.SameSiteStrictMode || c.Path != "/" || c.Domain != "" {
				t.Errorf("cookie %+v", c)
			}
		}
		raw, err := base64.RawURLEncoding.DecodeString(set[1].Value)
		if err != nil || len(raw)*8 < 128 {
			t.Errorf("token of %d bits, %v", len(raw)*8, err)
		}
		if set[0].Value == set[1].Value {
			t.Error("the same token before and after the code")
		}
	})
}

// What the house stores, logs and writes to files knows neither the password,
// the token, the second factor nor the unknown name.
func TestA10B1SecretsAreNotInTheDumpOrTheLog(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	key := filepath.Join(dir, "master.key")
	w := startFresh(t, filepath.Join(dir, "house.db"), key)
	letter := w.person(fromLetter)
	b := w.browser()
	b.enter("getippt.im.falschen.feld", "falsch falsch falsch")
	b.enter(username, letter.Password.Reveal())
	b.prove(w.code(letter.Secret))
	half := w.browser()
	w.person(notEnrolled, func(p *signin.Person) { p.Username = "neu.dabei" })
	half.enter("neu.dabei", password)
	shown := shownSecret(t, half.get(signin.PathEnrol))
	if err := w.db.Checkpoint(t.Context()); err != nil {
		t.Fatal(err)
	}
	dump := w.logged.String()
	files, err := filepath.Glob(filepath.Join(dir, "house.db*"))
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		content, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		dump += string(content)
	}
	if !strings.Contains(dump, "neu.dabei") {
		t.Fatal("the dump holds nothing: this test would find nothing either")
	}
	for what, clear := range map[string]string{
		"password": letter.Password.Reveal(), "password without hyphens": strings.ReplaceAll(letter.Password.Reveal(), "-", ""), "own password": password,
		"token": b.token()[:16], "half-open token": half.token()[:16], "factor as text": letter.Secret.Text(), "factor": string(letter.Secret.Key()),
		"shown factor": string(shown.Key()), "unknown name": "getippt.im.falschen.feld", "code": `"` + w.code(letter.Secret) + `"`,
	} {
		if strings.Contains(dump, clear) {
			t.Errorf("%s is in the clear", what)
		}
	}
	if strings.Contains(w.logged.String(), username) {
		t.Error("the user name is in the log")
	}
}

func TestB2OldTokensAreDead(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, w *world, _ func() *world) {
		p := w.person()
		b := w.browser()
		b.cookies["__Host-portal"] = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA" // planted by an attacker
		b.enter(username, password)
		afterPassword := b.token()
		b.prove(w.code(p.Secret))
		afterCode := b.token()
		w.clock.pass(6 * time.Minute)
		if a := b.get("/freigabe"); a.Location != "/einmalkennwort?weiter=%2Ffreigabe" {
			t.Fatalf("asked for a fresh code: %d to %q", a.Status, a.Location)
		}
		if a := b.post(signin.PathCode, "otp", w.code(p.Secret), "weiter", "/freigabe"); a.Location != "/freigabe" {
			t.Fatalf("fresh code: %d to %q", a.Status, a.Location)
		}
		tokens := []string{"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", afterPassword, afterCode}
		for i, token := range tokens {
			old := w.browser()
			old.cookies["__Host-portal"] = token
			if old.in() || token == b.token() {
				t.Errorf("token %d still lives", i)
			}
		}
		if !b.in() {
			t.Error("the newest token does not live")
		}
		// Signing in again in the same browser ends what was there before.
		before := b.token()
		b.enter(username, password)
		old := w.browser()
		old.cookies["__Host-portal"] = before
		if old.in() {
			t.Error("the session before the second sign-in lives on")
		}
	})
}

func TestB3IdleAndAbsoluteEnd(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, w *world, _ func() *world) {
		p := w.person()
		b := w.browser()
		b.signIn(p.Secret)
		w.clock.pass(29 * time.Minute)
		if !b.in() {
			t.Fatal("ended before 30 minutes idle")
		}
		w.clock.pass(30*time.Minute + time.Second)
		a := b.get("/pakete")
		if a.Location != "/anmelden?weiter=%2Fpakete" {
			t.Errorf("after 30 minutes idle: %d to %q", a.Status, a.Location)
		}
		a = b.post("/konto/hinweise", "weiter", "/pakete")
		if a.Location != "/anmelden?verloren=ja&weiter=%2Fkonto" {
			t.Errorf("a post after the end: %d to %q", a.Status, a.Location)
		}
		wants(t, b.get(a.Location), 200, "Ihre letzte Eingabe ist nicht gespeichert")
		// Back to the same page after signing in again.
		b.post(signin.PathSignIn, "username", username, "password", password, "weiter", "/pakete")
		if a := b.post(signin.PathCode, "otp", w.code(p.Secret), "weiter", "/pakete"); a.Location != "/pakete" {
			t.Errorf("back to %q", a.Location)
		}
		for range 24*2 - 1 {
			w.clock.pass(15 * time.Minute)
			if !b.in() {
				t.Fatal("ended while in use")
			}
		}
		w.clock.pass(15 * time.Minute)
		if b.in() {
			t.Error("goes on after 12 hours")
		}
	})
}

func TestB3ForeignWaysBackAreNotTaken(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, w *world, _ func() *world) {
		p := w.person()
		for _, foreign := range []string{"https://boese.example/", "//boese.example", `/\boese.example`, "javascript:alert(1)"} {
			b := w.browser()
			b.post(signin.PathSignIn, "username", username, "password", password, "weiter", foreign)
			if a := b.post(signin.PathCode, "otp", w.code(p.Secret), "weiter", foreign); a.Location != "/" {
				t.Errorf("%q leads to %q", foreign, a.Location)
			}
			w.clock.pass(time.Minute)
		}
	})
}

func TestB4SignOutKillsAtTheServerInEveryProcess(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, w *world, again func() *world) {
		p := w.person()
		b := w.browser()
		b.signIn(p.Secret)
		stolen := again().browser()
		stolen.cookies["__Host-portal"] = b.token()
		if !stolen.in() {
			t.Fatal("the neighbour process does not know the session")
		}
		a := b.post(signin.PathSignOut)
		if a.Location != "/anmelden?abgemeldet=ja" || a.Header.Get("Clear-Site-Data") != `"cache", "storage"` {
			t.Errorf("signed out: %q, %q", a.Location, a.Header.Get("Clear-Site-Data"))
		}
		if stolen.in() {
			t.Error("the token lives on after the sign-out")
		}
		if b.token() != "" {
			t.Error("the cookie stays in the browser")
		}
		wants(t, b.get(a.Location), 200, "Sie sind abgemeldet")
	})
}

func TestB4HolderAndStaffEndSessions(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, w *world, _ func() *world) {
		p := w.person()
		first, second := w.browser(), w.browser()
		first.signIn(p.Secret)
		w.clock.pass(time.Minute)
		second.signIn(p.Secret)
		list, err := w.accounts.Sessions(t.Context(), p.ID)
		if err != nil || len(list) != 2 {
			t.Fatalf("%d sessions, %v", len(list), err)
		}
		if err := w.accounts.EndOne(t.Context(), "adviser1", p.ID, list[1].ID); err != nil {
			t.Fatal(err)
		}
		if first.in() || !second.in() {
			t.Error("the wrong session was ended")
		}
		if err := w.accounts.EndOne(t.Context(), string(p.ID), "someone-else", list[0].ID); err != nil || !second.in() {
			t.Errorf("a foreign session was ended: %v", err)
		}
	})
}

func TestB4PasswordChangeEndsTheOthers(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, w *world, _ func() *world) {
		p := w.person()
		other, b := w.browser(), w.browser()
		other.signIn(p.Secret)
		w.clock.pass(time.Minute)
		b.signIn(p.Secret)
		const fresh = "Vier neue Dinge Regal"
		wants(t, b.post(signin.PathPassword, "current_password", password, "new_password", password, "new_password_repeat", password), 422, "Das neue Passwort ist das bisherige.")
		a := b.post(signin.PathPassword, "current_password", password, "new_password", fresh, "new_password_repeat", fresh)
		if a.Status != http.StatusSeeOther || !b.in() {
			t.Fatalf("change: %d %s", a.Status, said(a))
		}
		if other.in() {
			t.Error("another session lives on")
		}
		wants(t, w.browser().enter(username, password), 422, "stimmt nicht")
		if a := w.browser().enter(username, fresh); a.Location != signin.PathCode {
			t.Errorf("the new password: %d", a.Status)
		}
	})
}

func TestB5GraveActsWantAFreshCode(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, w *world, _ func() *world) {
		p := w.person()
		b := w.browser()
		b.signIn(p.Secret)
		if a := b.post("/freigabe"); a.Status != http.StatusOK {
			t.Errorf("right after the sign-in: %d", a.Status)
		}
		w.clock.pass(5 * time.Minute)
		wants(t, b.post("/freigabe"), http.StatusForbidden, "Dieser Schritt braucht ein frisches Einmalkennwort oder Ihren Passkey.")
		if a := b.get(signin.PathPassword); a.Location != "/einmalkennwort?weiter=%2Fpasswort" {
			t.Errorf("change of the password: %d to %q", a.Status, a.Location)
		}
		wants(t, b.get("/einmalkennwort?weiter=%2Ffreigabe"), 200, "Noch einmal bestätigen")
		b.prove(w.code(p.Secret))
		if a := b.post("/freigabe"); a.Status != http.StatusOK {
			t.Errorf("after a fresh code: %d", a.Status)
		}
	})
}

func TestSweepRemovesWhatHasEnded(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, w *world, _ func() *world) {
		p := w.person()
		b := w.browser()
		b.signIn(p.Secret)
		if err := w.accounts.Sweep(t.Context()); err != nil || !b.in() {
			t.Fatalf("swept a running session: %v", err)
		}
		w.clock.pass(account.TriesLapse)
		if err := w.accounts.Sweep(t.Context()); err != nil {
			t.Fatal(err)
		}
		list, err := w.accounts.Sessions(t.Context(), p.ID)
		if err != nil || len(list) != 0 || b.in() {
			t.Errorf("%d sessions left, %v", len(list), err)
		}
	})
}

func TestEverySignInAndRefusalIsInTheLog(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, w *world, _ func() *world) {
		p := w.person()
		w.browser().enter(username, "falsch falsch falsch")
		w.browser().enter("gibt.es.nicht", "falsch falsch falsch")
		b := w.browser()
		b.enter(username, password)
		b.prove(w.wrongCode(p.Secret))
		b.prove(w.code(p.Secret))
		b.post(signin.PathSignOut)
		entries, err := w.log.Entries(t.Context(), store.EntryFilter{Limit: 50})
		if err != nil {
			t.Fatal(err)
		}
		count := map[audit.Code]int{}
		for _, e := range entries {
			count[e.Entry.Act.Code]++
		}
		for code, want := range map[audit.Code]int{audit.AccountCreated: 1, audit.SignInRefused: 3, audit.SessionOpened: 1, audit.SessionClosed: 1} {
			if count[code] != want {
				t.Errorf("%s: %d entries, want %d", code, count[code], want)
			}
		}
	})
}
