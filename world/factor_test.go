// SPDX-License-Identifier: EUPL-1.2

package world_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"meldewerk/account"
	"meldewerk/account/passkeytest"
	"meldewerk/audit"
	"meldewerk/exchange/wire"
	"meldewerk/internal/signin"
	ground "meldewerk/internal/store"
	"meldewerk/internal/web"
)

// TestH25NobodyGetsInWithOneFactor makes an account of every role in every
// house, without a second factor: its password opens nothing but the page
// where the factor is set up.
func TestH25NobodyGetsInWithOneFactor(t *testing.T) {
	onBoth(t, "kkn", func(t *testing.T, p *plant) {
		unit := p.unit(account.Unit{ID: "unit-eins", ReporterIDs: []string{"1"}, Released: true})
		for _, h := range all {
			of := account.UnitID("")
			if h == wire.Portal {
				of = unit.ID
			}
			for _, role := range account.RolesOf(account.House(h)) {
				if account.NeedsPasskey(role) {
					continue // such an account cannot even be made without a passkey: row A14
				}
				v := p.visitor(h)
				if a := v.enter(p.seat(h, "ohne."+string(role), of, false, role)); a.to() != signin.PathEnrol {
					t.Errorf("%s, %s: the password alone leads to %q", h, role, a.to())
				}
				for _, route := range web.Table(p.handler(h)) {
					if opensHalfway(route) || route.Method() != http.MethodGet {
						continue
					}
					_, path, _ := strings.Cut(route.Pattern, " ")
					path = placeholder.ReplaceAllString(strings.TrimSuffix(path, "{$}"), unknownID)
					if a := v.get(path); a.status != http.StatusSeeOther && a.status != http.StatusUnauthorized {
						t.Errorf("%s, %s: %s gives %d to somebody with one factor", h, role, route.Pattern, a.status)
					}
				}
			}
		}
	})
}

// opensHalfway says whether a route is for those who have shown one factor.
func opensHalfway(route web.Route) bool {
	for _, role := range route.Roles {
		if role == web.Public || role == web.Pending {
			return true
		}
	}
	return false
}

// TestH8EveryPersonHasAnOwnSecondFactor: two people of one unit have accounts
// of their own; the code of one is nothing for the other, and the log says who
// of them came.
func TestH8EveryPersonHasAnOwnSecondFactor(t *testing.T) {
	onBoth(t, "kkn", func(t *testing.T, p *plant) {
		unit := p.unit(account.Unit{ID: "unit-eins", ReporterIDs: []string{"1"}, Released: true})
		first := p.seat(wire.Portal, "erste", unit.ID, true, account.RoleReporter)
		second := p.seat(wire.Portal, "zweite", unit.ID, true, account.RoleReporter)
		mixed := second
		mixed.secret = first.secret
		v := p.visitor(wire.Portal)
		v.enter(mixed)
		if a := v.prove(mixed); a.status != http.StatusUnprocessableEntity || v.in() {
			t.Errorf("the code of the first opens the access of the second: %d", a.status)
		}
		for _, who := range []seated{first, second} {
			p.clock.Advance(time.Minute)
			p.visitor(wire.Portal).signIn(who)
			entries, err := p.Portal.Ground().Audit.Entries(t.Context(), ground.EntryFilter{Code: audit.SessionOpened, Limit: 1})
			must(t, err)
			if len(entries) != 1 || entries[0].Entry.Act.Actor != string(who.id) {
				t.Error("the log does not say whose account was used")
			}
		}
	})
}

// withPasskey answers the house's question with a passkey and gives what the
// house says to that.
func (v *visitor) withPasskey(k *passkeytest.Key) (answer, string) {
	v.p.t.Helper()
	asked := v.post(signin.PathCode+"/aufgabe", nil)
	if asked.status != http.StatusOK {
		v.p.t.Fatalf("no question for a passkey: %d", asked.status)
	}
	said, err := k.Get([]byte(asked.body))
	must(v.p.t, err)
	return v.post(signin.PathCode+"/passkey", url.Values{"passkey": {string(said)}}), string(said)
}

// TestA14RolesOverIdentitiesWantAPasskey is the way of somebody at the trust
// centre who is to look into identities: newcomer, passkey, role; from then on
// no code of an app lets him in, nor a passkey's answer that was used before
// or given to another page, and a reset takes the role away.
func TestA14RolesOverIdentitiesWantAPasskey(t *testing.T) {
	onBoth(t, "kkn", func(t *testing.T, p *plant) {
		const origin = "https://trustcentre.localhost"
		who := p.seat(wire.TrustCentre, "einsicht", "", true, account.RoleNewcomer)
		head := p.visitor(wire.TrustCentre).signIn(p.seat(wire.TrustCentre, "leitung", "", true, account.RoleHead))
		roles := "/mitarbeit/" + string(who.id) + "/rollen"
		give := url.Values{"rollen": {string(account.RoleDiscloser)}}
		if a := head.post(roles, give); a.status != http.StatusUnprocessableEntity {
			t.Errorf("the role is given before there is a passkey: %d", a.status)
		}
		v := p.visitor(wire.TrustCentre).signIn(who)
		key := passkeytest.New(origin)
		asked := v.post("/konto/passkeys/aufgabe", nil)
		made, err := key.Create([]byte(asked.body))
		must(t, err)
		if a := v.post("/konto/passkeys/neu", url.Values{"label": {"Probe"}, "passkey": {string(made)}}); a.status != http.StatusSeeOther {
			t.Fatalf("the passkey is not taken: %d", a.status)
		}
		if a := head.post(roles, give); a.status != http.StatusSeeOther || v.in() {
			t.Fatalf("the role is not given, or the session under the old one goes on: %d", a.status)
		}

		p.clock.Advance(time.Minute)
		v = p.visitor(wire.TrustCentre)
		v.enter(who)
		if a := v.prove(who); a.status != http.StatusUnprocessableEntity || v.in() {
			t.Errorf("a code lets the role in: %d", a.status)
		}
		key.Origin = "https://trustcentre.localhost.example"
		if a, _ := v.withPasskey(key); a.status != http.StatusUnprocessableEntity || v.in() {
			t.Errorf("the answer to a foreign page lets in: %d", a.status)
		}
		key.Origin = origin
		a, said := v.withPasskey(key)
		if a.status != http.StatusSeeOther || !v.in() {
			t.Fatalf("the passkey does not let in: %d", a.status)
		}
		thief := p.visitor(wire.TrustCentre)
		thief.enter(who)
		thief.post(signin.PathCode+"/aufgabe", nil)
		if a := thief.post(signin.PathCode+"/passkey", url.Values{"passkey": {said}}); a.status != http.StatusUnprocessableEntity || thief.in() {
			t.Errorf("the answer of before lets in again: %d", a.status)
		}

		head = p.visitor(wire.TrustCentre).signIn(p.seat(wire.TrustCentre, "leitung.zwei", "", true, account.RoleHead))
		if a := head.post("/mitarbeit/"+string(who.id)+"/zweiter-faktor", url.Values{"erkannt": {string(account.RecognisedInPerson)}}); a.status != http.StatusSeeOther || v.in() {
			t.Errorf("the reset: %d", a.status)
		}
		if now, err := p.TrustCentre.Accounts().Account(t.Context(), who.id); err != nil || now.NeedsPasskey() || now.Passkeys != 0 {
			t.Errorf("after the reset: %v, %d passkeys, %v", now.Roles, now.Passkeys, err)
		}
	})
}
