// SPDX-License-Identifier: EUPL-1.2

package signin_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"meldewerk/account"
	"meldewerk/account/passkeytest"
	"meldewerk/audit"
	"meldewerk/internal/signin"
	"meldewerk/internal/store"
)

const (
	askPath, provePath                 = "/einmalkennwort/aufgabe", "/einmalkennwort/passkey"
	askNewPath, addPath, removePasskey = "/konto/passkeys/aufgabe", "/konto/passkeys/neu", "/konto/passkeys/entfernen"
)

// asked fetches a challenge as the script does.
func (b *browser) asked(path string) []byte {
	b.w.t.Helper()
	a := b.post(path)
	if a.Status != http.StatusOK {
		b.w.t.Fatalf("%s: %d %s", path, a.Status, a.Body)
	}
	return []byte(a.Body)
}

// newPasskey sets one up in a session with a fresh proof.
func (b *browser) newPasskey(label string) *passkeytest.Key {
	b.w.t.Helper()
	key := passkeytest.New(b.w.origin)
	answer, err := key.Create(b.asked(askNewPath))
	if err != nil {
		b.w.t.Fatal(err)
	}
	if a := b.post(addPath, "label", label, "passkey", string(answer)); a.Status != http.StatusSeeOther {
		b.w.t.Fatalf("set up: %d %s", a.Status, said(a))
	}
	return key
}

// touch answers the challenge of the second step with the key.
func (b *browser) touch(key *passkeytest.Key, more ...string) answer {
	b.w.t.Helper()
	answer, err := key.Get(b.asked(askPath))
	if err != nil {
		b.w.t.Fatal(err)
	}
	return b.post(provePath, append([]string{"passkey", string(answer)}, more...)...)
}

func TestH3PasskeyIsTheSecondStep(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, w *world, again func() *world) {
		person := w.person()
		b := w.browser()
		b.signIn(person.Secret)
		wants(t, b.get(signin.PathPasskeys), http.StatusOK, "Noch keiner.")
		key := b.newPasskey("Schlüssel am Bund")
		wants(t, b.get(signin.PathPasskeys), http.StatusOK, "Schlüssel am Bund")

		w.clock.pass(time.Minute)
		other := again().browser() // another process of the house
		if a := other.enter(username, password); a.Location != signin.PathCode {
			t.Fatalf("%d to %s", a.Status, a.Location)
		}
		page := other.get(signin.PathCode)
		wants(t, page, http.StatusOK, "Mit Passkey anmelden")
		if !strings.Contains(page.Body, `name="otp"`) || !strings.Contains(page.Body, "/passkey-") {
			t.Error("the code field or the script is missing")
		}
		before := other.token()
		if a := other.touch(key, "weiter", "/pakete"); a.Status != http.StatusSeeOther || a.Location != "/pakete" {
			t.Fatalf("%d to %q: %s", a.Status, a.Location, said(a))
		}
		if !other.in() || other.token() == before {
			t.Error("not signed in, or under the old token")
		}
		// And as a fresh proof (B5).
		w.clock.pass(6 * time.Minute)
		if a := other.get("/freigabe"); a.Location != signin.PathCode+"?weiter=%2Ffreigabe" {
			t.Fatalf("%d to %q", a.Status, a.Location)
		}
		wants(t, other.get(signin.PathCode), http.StatusOK, "Mit Passkey bestätigen")
		if a := other.touch(key, "weiter", "/freigabe"); a.Location != "/freigabe" {
			t.Fatalf("%d to %q: %s", a.Status, a.Location, said(a))
		}
		if a := other.post("/freigabe"); a.Status != http.StatusOK {
			t.Errorf("after the proof: %d", a.Status)
		}
	})
}

func TestA14WrongOriginAndReplayAreRefusedAndCounted(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, w *world, _ func() *world) {
		person := w.person()
		b := w.browser()
		b.signIn(person.Secret)
		key := b.newPasskey("eins")
		b = w.browser()
		b.enter(username, password)
		answer, err := key.Get(b.asked(askPath))
		if err != nil {
			t.Fatal(err)
		}
		if a := b.post(provePath, "passkey", string(answer)); a.Location != "/" {
			t.Fatalf("honest: %d", a.Status)
		}
		thief := w.browser()
		thief.enter(username, password)
		wants(t, thief.post(provePath, "passkey", string(answer)), 422, "Der Passkey wurde nicht angenommen.")
		thief.asked(askPath)
		wants(t, thief.post(provePath, "passkey", string(answer)), 422, "Noch 8 Versuche")
		phishing := *key
		phishing.Origin = "https://portal.example"
		wants(t, thief.touch(&phishing), 422, "Noch 7 Versuche")
		wants(t, thief.post(provePath, "passkey", ""), 422, "braucht die Seite JavaScript") // nothing was compared
		wants(t, thief.prove(w.wrongCode(person.Secret)), 422, "Noch 6 Versuche")
		for range 5 {
			thief.touch(&phishing)
		}
		wants(t, thief.touch(&phishing), http.StatusLocked, "zehn falsche")
		if thief.in() || b.in() {
			t.Error("somebody is in after the lock")
		}
	})
}

func TestA14CodeIsRefusedForRolesThatNeedAPasskey(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, w *world, _ func() *world) {
		person := w.person()
		approve := account.Roles{account.RoleApprover}
		if err := w.accounts.SetRoles(t.Context(), audit.System, person.ID, approve); err != store.ErrNeedsPasskey {
			t.Fatalf("role without a passkey: %v", err)
		}
		b := w.browser()
		b.signIn(person.Secret)
		key := b.newPasskey("eins")
		if err := w.accounts.SetRoles(t.Context(), audit.System, person.ID, approve); err != nil {
			t.Fatal(err)
		}
		if b.in() {
			t.Error("the session under the old roles lives")
		}
		w.clock.pass(time.Minute)
		b = w.browser()
		b.enter(username, password)
		page := b.get(signin.PathCode)
		wants(t, page, http.StatusOK, "Ihre Rolle verlangt einen Passkey.")
		if strings.Contains(page.Body, `name="otp"`) {
			t.Error("the page asks for a code")
		}
		right, wrong := b.prove(w.code(person.Secret)), b.prove(w.wrongCode(person.Secret))
		wants(t, right, 422, "Ein Einmalkennwort wird dafür nicht angenommen.")
		if said(right) != said(wrong) {
			t.Error("the answer tells a right code from a wrong one")
		}
		found, err := w.accounts.Account(t.Context(), person.ID)
		if err != nil || found.CodesUsed != 0 {
			t.Errorf("%d codes counted, %v", found.CodesUsed, err)
		}
		if a := b.touch(key); a.Location != "/" || !b.in() {
			t.Errorf("passkey: %d %s", a.Status, said(a))
		}
		keys, err := w.accounts.Passkeys(t.Context(), person.ID)
		if err != nil {
			t.Fatal(err)
		}
		wants(t, b.post(removePasskey, "id", keys[0].ID), 422, "dies ist der letzte")
		// The way back leads over the staff alone, and takes everything.
		if err := w.accounts.ResetSecondFactor(t.Context(), "head", person.ID, account.RecognisedInPerson); err != nil {
			t.Fatal(err)
		}
		if a := b.get("/"); a.Status != http.StatusSeeOther {
			t.Errorf("after the reset: %d", a.Status)
		}
		b = w.browser()
		if a := b.enter(username, password); a.Location != signin.PathEnrol {
			t.Errorf("after the reset: %d to %q", a.Status, a.Location)
		}
		if a := b.post(askPath); a.Status != http.StatusNotFound {
			t.Errorf("challenge for a dead passkey: %d", a.Status)
		}
	})
}

func TestB5PasskeysWantAFreshProof(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, w *world, _ func() *world) {
		person := w.person()
		b := w.browser()
		b.signIn(person.Secret)
		key := b.newPasskey("eins")
		w.clock.pass(6 * time.Minute)
		for _, path := range []string{askNewPath, addPath, removePasskey, signin.PathSessions} {
			form := map[string][]string{addPath: {"label", "zwei", "passkey", "{}"}, removePasskey: {"id", "x"}, signin.PathSessions: {"session", "x"}}[path]
			wants(t, b.post(path, form...), http.StatusForbidden, "oder Ihren Passkey")
		}
		for _, path := range []string{signin.PathPasskeys, signin.PathSessions, signin.PathPassword} {
			if a := b.get(path); a.Status != http.StatusSeeOther || !strings.HasPrefix(a.Location, signin.PathCode) {
				t.Errorf("%s: %d to %q", path, a.Status, a.Location)
			}
		}
		b.touch(key)
		wants(t, b.post(addPath, "label", "", "passkey", "{}"), 422, "Der Name fehlt.")
		wants(t, b.post(addPath, "label", strings.Repeat("ä", 61), "passkey", "{}"), 422, "mehr als 60 Zeichen")
		wants(t, b.post(addPath, "label", "zwei", "passkey", ""), 422, "braucht die Seite JavaScript")
		wants(t, b.post(addPath, "label", "zwei", "passkey", "{}"), 422, "Der Passkey wurde nicht eingerichtet.")
		b.newPasskey("zwei")
		keys, err := w.accounts.Passkeys(t.Context(), person.ID)
		if err != nil || len(keys) != 2 {
			t.Fatalf("%d passkeys, %v", len(keys), err)
		}
		if a := b.post(removePasskey, "id", keys[0].ID); a.Status != http.StatusSeeOther {
			t.Errorf("remove: %d %s", a.Status, said(a))
		}
		wants(t, b.post(removePasskey, "id", keys[0].ID), http.StatusNotFound, "gibt es nicht mehr")
		if page := said(b.get(signin.PathPasskeys)); strings.Contains(page, "eins") || !strings.Contains(page, "zwei") {
			t.Errorf("%s", page)
		}
	})
}
