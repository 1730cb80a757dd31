// SPDX-License-Identifier: EUPL-1.2

package signin_test

import (
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"meldewerk/account"
	"meldewerk/internal/signin"
)

var secretOnPage = regexp.MustCompile(`(?:[A-Z2-7]{4} ){7}[A-Z2-7]{4}`)

// shownSecret reads the secret as a person would who cannot scan.
func shownSecret(t *testing.T, a answer) account.Secret {
	t.Helper()
	text := secretOnPage.FindString(a.Body)
	secret, err := account.ParseSecret(text)
	if err != nil {
		t.Fatalf("no secret on the page: %d to %q %s", a.Status, a.Location, said(a))
	}
	return secret
}

func TestA12FirstSignInEnrolsAndSignsInAgain(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, w *world, _ func() *world) {
		w.person(notEnrolled)
		b := w.browser()
		if a := b.enter(username, password); a.Location != signin.PathEnrol {
			t.Fatalf("first sign-in: %d to %q", a.Status, a.Location)
		}
		page := b.get(signin.PathEnrol)
		secret := shownSecret(t, page)
		if len(secret.Key())*8 < 160 {
			t.Error("secret of less than 160 bits")
		}
		wants(t, page, 200, "Weiteres Gerät jetzt einrichten")
		if page.Header.Get("Cache-Control") != "no-store" || !strings.Contains(page.Body, "<path fill=\"#000\" d=\"M4 4h7") {
			t.Error("the page may be kept, or shows no QR code")
		}
		if b.in() {
			t.Error("in before the second factor")
		}
		wants(t, b.post(signin.PathEnrol, "otp", w.wrongCode(secret)), 422, "Noch 9 Versuche.")
		before := b.token()
		a := b.post(signin.PathEnrol, "otp", w.code(secret))
		if a.Location != "/anmelden?eingerichtet=ja" || b.token() != "" {
			t.Fatalf("confirmed: %d to %q", a.Status, a.Location)
		}
		old := w.browser()
		old.cookies["__Host-portal"] = before
		if a := old.prove(w.code(secret)); old.in() {
			t.Errorf("the session of the enrolment lives on: %d", a.Status)
		}
		wants(t, b.get(a.Location), 200, "Der nächste Code kommt um 13:00:30 Uhr")
		if a := b.enter(username, password); a.Location != signin.PathCode {
			t.Fatalf("second sign-in: %d to %q", a.Status, a.Location)
		}
		wants(t, b.get(signin.PathCode), 200, "Der zuletzt angenommene Code ist verbraucht.")
		wants(t, b.prove(w.code(secret)), 422, "schon verbraucht")
		w.clock.pass(30 * time.Second)
		b.prove(w.code(secret))
		if !b.in() {
			t.Error("not in with the next code")
		}
		if a := b.get(signin.PathEnrol); secretOnPage.MatchString(a.Body) {
			t.Error("the secret is shown again")
		}
	})
}

func TestA12SecretIsShownOnceAndANewTryMakesANewOne(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, w *world, again func() *world) {
		w.person(notEnrolled)
		b := w.browser()
		b.enter(username, password)
		first := shownSecret(t, b.get(signin.PathEnrol))
		second := b.get(signin.PathEnrol)
		if secretOnPage.MatchString(second.Body) || strings.Contains(second.Body, "<path") {
			t.Error("the second page shows the secret again")
		}
		wants(t, second, 200, "Der QR-Code wurde schon gezeigt")
		renewed := shownSecret(t, b.post(signin.PathEnrol, "schritt", "neu"))
		abandoned := w.browser()
		abandoned.enter(username, password)
		third := shownSecret(t, abandoned.get(signin.PathEnrol))
		if first.Text() == renewed.Text() || renewed.Text() == third.Text() {
			t.Error("the same secret twice")
		}
		// The code of a secret that was given up counts as wrong, also for the lock.
		wants(t, b.post(signin.PathEnrol, "otp", w.code(first)), 422, "Noch 9 Versuche.")
		// A code from another session's secret does too.
		wants(t, b.post(signin.PathEnrol, "otp", w.code(third)), 422, "Noch 8 Versuche.")
		b.post(signin.PathEnrol, "otp", w.code(renewed))
		if a := abandoned.post(signin.PathEnrol, "otp", w.code(third)); strings.Contains(a.Location, "eingerichtet") {
			t.Error("a second secret was enrolled over the first")
		}
		_ = again // the state lies in the database; other tests restart
	})
}

func TestA12EnrolmentCountsAmongTheTen(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, w *world, _ func() *world) {
		w.person(notEnrolled)
		b := w.browser()
		b.enter(username, password)
		secret := shownSecret(t, b.get(signin.PathEnrol))
		for range 9 {
			b.post(signin.PathEnrol, "otp", w.wrongCode(secret))
		}
		wants(t, b.post(signin.PathEnrol, "otp", w.wrongCode(secret)), http.StatusLocked, "Zugang gesperrt")
		wants(t, w.browser().enter(username, password), http.StatusLocked, "Zugang gesperrt")
	})
}

func TestA13ResetKillsTheOldFactorAtOnce(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, w *world, _ func() *world) {
		p := w.person()
		if err := w.accounts.ResetSecondFactor(t.Context(), "adviser1", p.ID, account.RecognisedInPerson); err != nil {
			t.Fatal(err)
		}
		w.clock.pass(time.Second)
		b := w.browser()
		if a := b.enter(username, password); a.Location != signin.PathEnrol {
			t.Fatalf("after the reset: %q", a.Location)
		}
		if a := b.prove(w.code(p.Secret)); b.in() {
			t.Errorf("the old code opened: %d", a.Status)
		}
	})
}

func TestA10LetterPasswordIsChangedAtTheFirstSignIn(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, w *world, _ func() *world) {
		p := w.person(fromLetter)
		b := w.browser()
		// Copied from the letter with a blank at the end.
		if a := b.enter(username, " "+p.Password.Reveal()+" "); a.Location != signin.PathCode {
			t.Fatalf("password with blanks: %d %s", a.Status, said(a))
		}
		if a := b.prove(w.code(p.Secret)); a.Location != signin.PathPassword {
			t.Fatalf("code: %d to %q", a.Status, a.Location)
		}
		if b.in() {
			t.Error("in with the letter's password")
		}
		change := func(fresh, repeat string) answer {
			return b.post(signin.PathPassword, "new_password", fresh, "new_password_repeat", repeat)
		}
		wants(t, change("kurz", "kurz"), 422, "weniger als 15 Zeichen")
		wants(t, change("Krebsregister2026!", "Krebsregister2026!"), 422, "leicht zu erraten")
		wants(t, change("Vier neue Dinge Regal", "Vier neue Dinge Rege"), 422, "Die Wiederholung lautet anders")
		wants(t, change(p.Password.Reveal(), p.Password.Reveal()), 422, "Das neue Passwort ist das bisherige.")
		if a := change("Vier neue Dinge Regal", "Vier neue Dinge Regal"); a.Location != "/" || !b.in() {
			t.Fatalf("changed: %d to %q", a.Status, a.Location)
		}
		wants(t, w.browser().enter(username, p.Password.Reveal()), 422, "stimmt nicht")
		wants(t, w.browser().enter(username, "Vier neue Dinge Regal "), 422, "stimmt nicht") // own ones are compared exactly
	})
}

func TestA10LetterExpiresUnusedAfter30Days(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, w *world, _ func() *world) {
		until := w.clock.Now().Add(account.InitialPasswordLife)
		unused := w.person(fromLetter, func(p *signin.Person) { p.Username, p.Expires = "unbenutzt", until })
		stays := w.person(fromLetter, func(p *signin.Person) { p.Username, p.Expires, p.MustChange = "bleibt", until, false }) // hessen
		b := w.browser()
		b.enter("bleibt", stays.Password.Reveal())
		b.prove(w.code(stays.Secret))
		if !b.in() {
			t.Fatal("profile without compulsory change: not in")
		}
		w.clock.pass(account.InitialPasswordLife - time.Second)
		if a := w.browser().enter("unbenutzt", unused.Password.Reveal()); a.Location != signin.PathCode {
			t.Errorf("on the last day: %d", a.Status)
		}
		w.clock.pass(2 * time.Second)
		wants(t, w.browser().enter("unbenutzt", unused.Password.Reveal()), 422, "stimmt nicht")
		if a := w.browser().enter("bleibt", stays.Password.Reveal()); a.Location != signin.PathCode {
			t.Errorf("a used letter expired: %d", a.Status)
		}
	})
}

func TestA9OldHashIsNewAfterSignIn(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, w *world, _ func() *world) {
		p := w.person(fromLetter, func(p *signin.Person) { p.MustChange = false })
		w.hasher = account.NewHasher(account.WithCost(account.Cost{MemoryKiB: 512, Passes: 2, Lanes: 1}))
		w.serve(0)
		if a := w.browser().enter(username, p.Password.Reveal()+" "); a.Location != signin.PathCode {
			t.Fatalf("%d", a.Status)
		}
		stored, err := w.accounts.Credential(t.Context(), p.ID)
		if err != nil || stored.Hash.Cost().MemoryKiB != 512 {
			t.Fatalf("cost %+v, %v", stored.Hash.Cost(), err)
		}
		if a := w.browser().enter(username, p.Password.Reveal()); a.Location != signin.PathCode {
			t.Errorf("with the new hash: %d", a.Status)
		}
	})
}

func TestA10FreshHouseHasNoAccount(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, w *world, _ func() *world) {
		if n, err := w.accounts.Count(t.Context()); n != 0 || err != nil {
			t.Errorf("%d accounts, %v", n, err)
		}
		for _, name := range []string{"admin", "root", "test", "demo"} {
			wants(t, w.browser().enter(name, name), 422, "stimmt nicht")
		}
	})
}

func TestA11FormsLetPasswordManagersWork(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, w *world, _ func() *world) {
		p := w.person(fromLetter)
		b := w.browser()
		first := b.get(signin.PathSignIn).Body
		b.enter(username, p.Password.Reveal())
		second := b.get(signin.PathCode).Body
		b.prove(w.code(p.Secret))
		third := b.get(signin.PathPassword).Body
		for _, c := range []struct{ page, name, kind, autocomplete string }{
			{first, "username", "text", "username"}, {first, "password", "password", "current-password"},
			{second, "otp", "text", "one-time-code"}, {third, "new_password", "password", "new-password"},
		} {
			field := regexp.MustCompile(`<input[^>]*name="` + c.name + `"[^>]*>`).FindString(c.page)
			if !strings.Contains(field, `type="`+c.kind+`"`) || !strings.Contains(field, `autocomplete="`+c.autocomplete+`"`) {
				t.Errorf("field %s: %s", c.name, field)
			}
			if strings.Contains(field, "onpaste") || strings.Contains(field, "maxlength=\"6\"") {
				t.Errorf("field %s hinders pasting: %s", c.name, field)
			}
		}
		if !strings.Contains(second, `inputmode="numeric"`) {
			t.Error("no numeric keyboard for the code")
		}
	})
}

// TestSignInBeginsInItsField: nobody has to look for the field that is next,
// unless something stands above it that is to be read first.
func TestSignInBeginsInItsField(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, w *world, _ func() *world) {
		p := w.person()
		b := w.browser()
		begins := func(page, field string) {
			t.Helper()
			found := regexp.MustCompile(`<[^>]* autofocus[^>]*>`).FindAllString(page, -1)
			if field == "" && len(found) > 0 || field != "" && (len(found) != 1 || !strings.Contains(found[0], `name="`+field+`"`)) {
				t.Errorf("the page begins at %v, want %q", found, field)
			}
		}
		begins(b.get(signin.PathSignIn).Body, "username")
		for _, said := range []string{"abgemeldet", "abgelaufen", "eingerichtet"} {
			begins(b.get(signin.PathSignIn+"?"+said+"=ja").Body, "")
		}
		begins(b.enter(username, "wrong").Body, "")
		b.enter(username, password)
		begins(b.get(signin.PathCode).Body, "otp")
		begins(b.prove(w.wrongCode(p.Secret)).Body, "")
		begins(b.get(signin.PathCode).Body, "otp")
		begins(b.prove(w.wrongCode(p.Secret)).Body, "")
		begins(b.get(signin.PathCode).Body, "") // the clock of the phone is spoken of
	})
}

func TestA11HugePasswordIsRefusedAtOnce(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, w *world, _ func() *world) {
		before := w.hasher.Computed()
		for _, size := range []int{600, 10_000, 1_000_000} {
			if a := w.browser().enter(username, strings.Repeat("x", size)); a.Status/100 != 4 {
				t.Errorf("%d bytes: %d", size, a.Status)
			}
		}
		if w.hasher.Computed() != before {
			t.Error("a hash was computed")
		}
	})
}
