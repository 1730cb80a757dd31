// SPDX-License-Identifier: EUPL-1.2

package world_test

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"time"

	"meldewerk/account"
	"meldewerk/internal/ui"
	"meldewerk/world"
)

// TestDemoPeopleComeThroughTheTrustCentre fills a demo as `meldewerk demo`
// does, over the real doors: every login of the credentials works at once with
// the present code, and the trust centre's register knows the portal's people
// in several states.
func TestDemoPeopleComeThroughTheTrustCentre(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("no doors in short mode")
	}
	if err := ui.CheckAssets(); err != nil {
		t.Skip(err)
	}
	l := world.Layout{Dir: t.TempDir(), Profile: "kkn", Instance: "Krebsregister Musterland", Demo: true,
		Portal: freeAddress(t), TrustCentre: freeAddress(t), Registry: freeAddress(t), PortalExchange: freeAddress(t), RegistryExchange: freeAddress(t)}
	must(t, world.Prepare(t.Context(), l))
	w, err := world.Open(t.Context(), l, world.Options{Hasher: cheap(), Pause: 50 * time.Millisecond})
	must(t, err)
	ctx, stop := context.WithCancel(t.Context())
	must(t, w.Serve(ctx, func(ctx context.Context) error {
		defer stop()
		logins, err := w.Seed(ctx, cheap(), world.Seeding{Patients: 4})
		if err != nil {
			return err
		}
		wantLogins(t, w, logins)
		return nil
	}))
}

// wantLogins uses every login, each as whoever it is told to would.
func wantLogins(t *testing.T, w *world.World, logins []world.Login) {
	t.Helper()
	var desk, clinic *world.Client
	never := 0
	for _, login := range logins {
		client, err := w.Client(login.House)
		if err != nil {
			t.Error(err)
			return
		}
		if login.TOTPSecret == nil {
			never++
			continue
		}
		secret, err := account.ParseSecret(*login.TOTPSecret)
		if err != nil {
			t.Error(err)
			return
		}
		if err := client.SignIn(t.Context(), login.Username, login.Password, secret, time.Now()); err != nil {
			t.Errorf("%s of %s: %v", login.Username, login.House, err)
		}
		if login.House == account.TrustCentre && login.Role == string(account.RoleInspector) {
			desk = client
		}
		if login.Username == "klinikum" {
			clinic = client
		}
	}
	if len(logins) != 6 || never != 1 || desk == nil || clinic == nil {
		t.Errorf("%d logins, %d of somebody who never signed in", len(logins), never)
		return
	}
	wantSoon(t, desk, map[string][]string{
		"/konten":        {"klinikum.vertretung", "klinikum.pathologie", "praxis.labor", "neu"},
		"/einrichtungen": {"Klinikum am Wallgraben", "Praxis am Markt"}, "/antraege": {"Praxis am Stadtgraben"}, "/leihgeraete": {"LG-001"},
		"/rueckfragen?stand=offen": {"Offen (1)", "Klinikum am Wallgraben"},
	})
	wantSoon(t, clinic, map[string][]string{
		"/": {"Rückfrage beantworten: Diagnose"}, "/rueckfragen": {"Diagnose › weitere Klassifikation 1 › Bezeichnung"},
	})
}

// wantSoon wants words on pages: the houses tell each other every few seconds.
func wantSoon(t *testing.T, c *world.Client, pages map[string][]string) {
	t.Helper()
	for path, words := range pages {
		for deadline := time.Now().Add(20 * time.Second); ; time.Sleep(100 * time.Millisecond) { // they give no sign
			page, status, err := c.Get(t.Context(), path)
			missing := ""
			for _, word := range words {
				if !strings.Contains(string(page), word) {
					missing = word
				}
			}
			if err == nil && status == http.StatusOK && missing == "" {
				break
			}
			if time.Now().After(deadline) {
				t.Errorf("%s: %d, %v, does not show %q", path, status, err, missing)
				break
			}
		}
	}
}
