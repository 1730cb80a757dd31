// SPDX-License-Identifier: EUPL-1.2

package signin_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"meldewerk/account"
	"meldewerk/audit"
	"meldewerk/internal/signin"
	"meldewerk/internal/store"
)

func TestC2SwitchOfTheUnitReachesOwnUnitsOnly(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, w *world, _ func() *world) {
		for _, unit := range []account.Unit{{ID: "u1", Name: "Klinikum Nord"}, {ID: "u2", Name: "Praxis am Markt"}, {ID: "u3", Name: "Fremde Praxis"}} {
			if err := w.accounts.PutUnit(t.Context(), audit.System, unit); err != nil {
				t.Fatal(err)
			}
		}
		person := w.person(func(p *signin.Person) { p.Unit = "u1" })
		for name, unit := range map[string]account.UnitID{"D. Kollegin": "u1", "F. Fremder": "u3"} {
			w.person(func(p *signin.Person) {
				p.Username, p.Holder, p.Unit = "name."+string(unit), name, unit
			})
		}
		b := w.browser()
		b.signIn(person.Secret)
		if page := said(b.get(signin.PathAccount)); !strings.Contains(page, "Ebenfalls für Klinikum Nord D. Kollegin") || strings.Contains(page, "F. Fremder") {
			t.Errorf("colleagues: %s", page)
		}
		if page := b.get(signin.PathAccount).Body; strings.Contains(page, `action="/einrichtung"`) {
			t.Error("a switch with one unit alone")
		}
		roles := account.Roles{account.RoleReporter, account.RoleUploader}
		if err := w.accounts.Change(t.Context(), audit.System, person.ID, username, "M. Muster", []account.UnitID{"u1", "u2"}, roles); err != nil {
			t.Fatal(err)
		}
		if b.in() {
			t.Error("the session from before the change lives")
		}
		w.clock.pass(time.Minute)
		b.signIn(person.Secret)
		page := b.get(signin.PathAccount)
		wants(t, page, http.StatusOK, "Einrichtung wechseln")
		if strings.Contains(page.Body, "Fremde Praxis") || !strings.Contains(page.Body, `name="unit" value="u2"`) {
			t.Error("the switch offers the wrong units")
		}
		acts := func(unit string) {
			t.Helper()
			if a := b.get("/einheit"); !strings.Contains(a.Body, `"`+unit+`"`) {
				t.Errorf("acts for %s, want %s", a.Body, unit)
			}
		}
		acts("u1")
		for _, foreign := range []string{"u3", "gibt-es-nicht", ""} {
			wants(t, b.post(signin.PathUnit, "unit", foreign), http.StatusNotFound, "Diese Meldestelle gibt es nicht.")
			acts("u1")
		}
		if a := b.post(signin.PathUnit, "unit", "u2"); a.Status != http.StatusSeeOther || a.Location != "/" {
			t.Errorf("%d to %q", a.Status, a.Location)
		}
		acts("u2")
	})
}

func TestA13NoticesStandUntilTheyAreRead(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, w *world, _ func() *world) {
		person := w.person()
		b := w.browser()
		b.signIn(person.Secret)
		if page := said(b.get(signin.PathAccount)); strings.Contains(page, "Seit Ihrer letzten Anmeldung") {
			t.Error("a notice after the first sign-in")
		}
		w.clock.pass(time.Hour)
		if err := w.accounts.ResetSecondFactor(t.Context(), "adviser", person.ID, account.RecognisedByCallBack); err != nil {
			t.Fatal(err)
		}
		w.clock.pass(time.Minute)
		b = w.browser()
		secret := b.enrol()
		w.clock.pass(time.Minute)
		b.signIn(secret)
		page := b.get(signin.PathAccount)
		wants(t, page, http.StatusOK, "Seit Ihrer letzten Anmeldung")
		wants(t, page, http.StatusOK, "Am 21.11.2026 um 14:00 Uhr wurde Ihr zweiter Faktor zurückgesetzt.")
		wants(t, page, http.StatusOK, "Am 21.11.2026 um 14:01 Uhr wurde ein zweiter Faktor eingerichtet.")
		if a := b.post("/konto/hinweise", "weiter", "/pakete"); a.Location != "/pakete" {
			t.Errorf("%d to %q", a.Status, a.Location)
		}
		if a := b.post("/konto/hinweise", "weiter", "//example.org"); a.Location != "/" {
			t.Errorf("a foreign way back was taken: %q", a.Location)
		}
		if page := said(b.get(signin.PathAccount)); strings.Contains(page, "Seit Ihrer letzten Anmeldung") || !strings.Contains(page, "Zweiten Faktor zurückgesetzt") {
			t.Errorf("after reading: %s", page)
		}
	})
}

// enrol sets up a second factor and gives its secret.
func (b *browser) enrol() account.Secret {
	b.w.t.Helper()
	if a := b.enter(username, password); a.Location != signin.PathEnrol {
		b.w.t.Fatalf("%d to %q", a.Status, a.Location)
	}
	_, text, found := strings.Cut(b.get(signin.PathEnrol).Body, `id="schluessel">`)
	if !found {
		b.w.t.Fatal("no secret shown")
	}
	text, _, _ = strings.Cut(text, "<")
	secret, err := account.ParseSecret(text)
	if err != nil {
		b.w.t.Fatal(err)
	}
	if a := b.post(signin.PathEnrol, "otp", b.w.code(secret)); a.Status != http.StatusSeeOther {
		b.w.t.Fatalf("%d %s", a.Status, said(a))
	}
	return secret
}

func TestH6SteadyDriftIsToldOnTheStartPage(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, w *world, _ func() *world) {
		person := w.person()
		for i := range 3 {
			w.clock.pass(2 * time.Minute)
			b := w.browser()
			b.enter(username, password)
			wants(t, b.get(signin.PathCode), http.StatusOK, "Uhrzeit des Servers: "+w.clock.Now().Add(time.Hour).Format("15:04:05")+" Uhr")
			late := person.Secret.CodeAt(account.StepAt(w.clock.Now()) - 1).Reveal()
			if a := b.prove(late); a.Location != "/" {
				t.Fatalf("%d %s", a.Status, said(a))
			}
			told := strings.Contains(said(b.get(signin.PathAccount)), "Die Uhr Ihres Telefons geht etwa 30 Sekunden nach.")
			if told != (i == 2) {
				t.Errorf("sign-in %d: told %v", i+1, told)
			}
		}
	})
}

func TestA11FormerPasswordsAreNotChosenAgain(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, w *world, _ func() *world) {
		person := w.person()
		b := w.browser()
		b.signIn(person.Secret)
		current := password
		change := func(to string) answer {
			t.Helper()
			return b.post(signin.PathPassword, "current_password", current, "new_password", to, "new_password_repeat", to)
		}
		for _, next := range []string{"Birne Tasse Wald Regen 1", "Birne Tasse Wald Regen 2"} {
			if a := change(next); a.Status != http.StatusSeeOther {
				t.Fatalf("%d %s", a.Status, said(a))
			}
			current = next
			w.clock.pass(time.Second)
		}
		wants(t, change(password), 422, "Dieses Passwort hatten Sie schon einmal.")
		wants(t, change("Birne Tasse Wald Regen 1"), 422, "Dieses Passwort hatten Sie schon einmal.")
		wants(t, change(current), 422, "Das neue Passwort ist das bisherige.")
		wants(t, change("Passwort Passwort Passwort"), 422, "leicht zu erraten")
		for _, next := range []string{"c", "d", "e", "f"} {
			if a := change("Birne Tasse Wald Regen " + next); a.Status != http.StatusSeeOther {
				t.Fatalf("%d %s", a.Status, said(a))
			}
			current = "Birne Tasse Wald Regen " + next
			w.clock.pass(time.Second)
		}
		if a := change(password); a.Status != http.StatusSeeOther { // six passwords ago
			t.Errorf("%d %s", a.Status, said(a))
		}
	})
}

func TestB4HolderSeesAndEndsSessionsOnThePage(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, w *world, again func() *world) {
		person := w.person()
		var open []*browser
		for range 4 {
			w.clock.pass(time.Minute)
			b := again().browser()
			b.signIn(person.Secret)
			open = append(open, b)
		}
		b := open[3]
		page := b.get(signin.PathSessions)
		if strings.Count(page.Body, `name="session"`) != 3 || strings.Count(page.Body, "Diese Sitzung") != 1 {
			t.Errorf("%s", said(page))
		}
		_, id, _ := strings.Cut(page.Body, `name="session" value="`)
		id, _, _ = strings.Cut(id, `"`)
		if a := b.post(signin.PathSessions, "session", id); a.Location != signin.PathSessions {
			t.Errorf("%d to %q", a.Status, a.Location)
		}
		if open[2].in() || !open[1].in() || !open[0].in() || !b.in() {
			t.Error("the wrong session was ended")
		}
		stranger := w.person(func(p *signin.Person) { p.Username = "andere.person"; p.Secret = account.NewSecret() })
		if list, err := w.accounts.Sessions(t.Context(), stranger.ID); err != nil || len(list) != 0 {
			t.Fatal(err)
		}
		if a := b.post(signin.PathSessions, "andere", "ja"); a.Status != http.StatusSeeOther {
			t.Errorf("%d", a.Status)
		}
		if open[0].in() || open[1].in() || !b.in() {
			t.Error("the others were not ended, or the own one was")
		}
	})
}

// Somebody else's session cannot be ended from one's own page.
func TestC2SessionsOfOthersAreOutOfReach(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, w *world, _ func() *world) {
		one := w.person()
		b := w.browser()
		b.signIn(one.Secret)
		other := w.person(func(p *signin.Person) { p.Username = "andere.person"; p.Secret = account.NewSecret() })
		c := w.browser()
		c.enter("andere.person", password)
		c.prove(w.code(other.Secret))
		list, err := w.accounts.Sessions(t.Context(), other.ID)
		if err != nil || len(list) != 1 {
			t.Fatalf("%d sessions, %v", len(list), err)
		}
		if a := b.post(signin.PathSessions, "session", list[0].ID); a.Status != http.StatusSeeOther {
			t.Errorf("%d", a.Status)
		}
		if !c.in() {
			t.Error("somebody else's session was ended")
		}
		keys, err := w.accounts.Passkeys(t.Context(), other.ID)
		if err != nil || len(keys) != 0 {
			t.Fatal(err)
		}
		c.newPasskey("meiner")
		keys, _ = w.accounts.Passkeys(t.Context(), other.ID)
		wants(t, b.post(removePasskey, "id", keys[0].ID), http.StatusNotFound, store.ErrNoPasskey.Sentence)
	})
}
