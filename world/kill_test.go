// SPDX-License-Identifier: EUPL-1.2

package world_test

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"sync/atomic"
	"testing"
	"time"

	"meldewerk/exchange/submission"
	"meldewerk/exchange/wire"
	"meldewerk/internal/house"
	"meldewerk/synth"
	"meldewerk/testkit/leak"
	"meldewerk/world"
)

// The kill loop is longer when these variables say so (make soak).
const (
	killsVariable    = "MELDEWERK_KILLS"         // how many kills, default 12
	postgresVariable = "MELDEWERK_KILL_POSTGRES" // "1": on PostgreSQL too
)

// TestR1KillAnyHouseAtAnyMoment kills the houses with SIGKILL while packages
// are coming in. Every package that was acknowledged must be in the registry
// afterwards, each report once, and the logs must be whole.
func TestR1KillAnyHouseAtAnyMoment(t *testing.T) {
	t.Parallel()
	t.Run("sqlite", func(t *testing.T) {
		t.Parallel()
		killing(t, nil)
	})
	t.Run("postgres", func(t *testing.T) {
		if os.Getenv(postgresVariable) != "1" {
			t.Skip("PostgreSQL is killed in make soak only")
		}
		t.Parallel()
		killing(t, postgres(t))
	})
}

// acknowledged is what the model knows: a package that the portal has
// acknowledged, with the number of its reports.
type acknowledged struct {
	path    string
	hash    string
	reports int
}

func killing(t *testing.T, databases map[wire.House]string) {
	kills := 12
	if text := os.Getenv(killsVariable); text != "" {
		var err error
		kills, err = strconv.Atoi(text)
		must(t, err)
	}
	f := newFleet(t, "ekn", databases)
	f.startAll()
	u := f.reporter()
	// More patients than are ever sent: a kill of an idle house proves nothing.
	w := synth.New(synth.Options{Seed: 77, Patients: 10_000_000, Marker: marker})

	// The feeder sends package after package, each until it is acknowledged.
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	var model []acknowledged
	var trouble error
	var sent atomic.Int64
	fed := make(chan struct{})
	go func() {
		defer close(fed)
		for c := range chunks(t, w, 3) {
			if ctx.Err() != nil {
				return
			}
			path, err := u.retry(t.Context(), c.content)
			if err != nil {
				trouble = err
				return
			}
			sum := sha256.Sum256(c.content)
			model = append(model, acknowledged{path, hex.EncodeToString(sum[:]), c.reports})
			sent.Add(1)
		}
	}()

	chance := rand.New(rand.NewPCG(uint64(time.Now().UnixNano()), 1))
	killed := map[wire.House]int{}
	idle, before := 0, int64(-1)
	for range kills {
		time.Sleep(time.Duration(30+chance.IntN(700)) * time.Millisecond) // the moment of the kill is what varies
		h := all[chance.IntN(len(all))]
		select {
		case <-fed:
			t.Fatalf("the feeder ended before the kills: %v", trouble)
		default:
		}
		if now := sent.Load(); now == before {
			idle++ // nothing was acknowledged since the last kill
		} else {
			before = now
		}
		must(t, f.end(h, os.Kill))
		must(t, f.start(h))
		killed[h]++
	}
	for _, h := range all {
		f.await(h)
	}
	stop()
	<-fed
	must(t, trouble)
	t.Logf("kills %v, %d packages acknowledged; %d kills came before the next acknowledgement", killed, len(model), idle)
	if len(model) == 0 {
		t.Fatal("nothing was acknowledged between the kills")
	}
	f.wantAll(t, u, model)
}

// wantAll compares the houses with the model.
func (f *fleet) wantAll(t *testing.T, u *reporter, model []acknowledged) {
	t.Helper()
	numbers := map[string]bool{}
	reports := int64(0)
	for _, a := range model {
		var p protocol
		f.poll(120*time.Second, "every acknowledged report is finished", func() bool {
			p = u.protocol(a.path)
			return settled(p)
		})
		u.wantState(a.path, submission.Completed)
		if p.Receipt == nil || p.Receipt.SHA256 != a.hash || p.Reports != a.reports || p.Rejected != 0 {
			t.Errorf("receipt %+v of %d reports, %d rejected, want %d", p.Receipt, p.Reports, p.Rejected, a.reports)
		} else if numbers[p.Receipt.Number] {
			t.Errorf("receipt %s was given twice", p.Receipt.Number)
		} else {
			numbers[p.Receipt.Number] = true
		}
		reports += int64(a.reports)
	}
	f.stop()
	w, err := world.Open(t.Context(), f.layout, world.Options{InProcess: true, Hasher: cheap()})
	must(t, err)
	defer func() { must(t, w.Close()) }()
	must(t, w.Settle(t.Context()))
	grounds := map[wire.House]*house.Ground{wire.Portal: w.Portal.Ground(), wire.TrustCentre: w.TrustCentre.Ground(), wire.Registry: w.Registry.Ground()}
	for _, want := range []struct {
		what  string
		house wire.House
		query string
		n     int64
	}{
		{"current records", wire.Registry, `SELECT COUNT(*) FROM record WHERE state = 'assigned'`, reports},
		{"records", wire.Registry, `SELECT COUNT(*) FROM record`, reports},
		{"reports", wire.Registry, `SELECT COUNT(DISTINCT report_ref) FROM record`, reports},
		{"notices", wire.Registry, `SELECT COUNT(*) FROM notice WHERE acknowledged_at IS NOT NULL`, reports},
		{"references", wire.TrustCentre, `SELECT COUNT(*) FROM reference`, reports},
		{"identities left", wire.TrustCentre, `SELECT COUNT(*) FROM dossier WHERE content IS NOT NULL OR view IS NOT NULL`, 0},
		{"envelopes left", wire.TrustCentre, `SELECT COUNT(*) FROM envelope WHERE sealed IS NOT NULL`, 0},
		{"received packages", wire.Portal, `SELECT COUNT(*) FROM package WHERE state = 'received'`, int64(len(model))},
		{"history entries", wire.Portal, `SELECT COUNT(*) FROM history_entry`, reports},
		{"half-received packages", wire.Portal, `SELECT COUNT(*) FROM package WHERE state = 'receiving'`, 0},
	} {
		if got := count(t, grounds[want.house], want.query); got != want.n {
			t.Errorf("%s: %d %s, want %d", want.house, got, want.what, want.n)
		}
	}
	f.wantNoRemains(t, grounds)
	for h, ground := range grounds {
		_, err := ground.Audit.Integrate(t.Context())
		must(t, err)
		verdict, err := ground.Audit.Verify(t.Context())
		must(t, err)
		if !verdict.Whole() {
			t.Errorf("the log of %s is not whole: %v", h, verdict.Findings)
		}
	}
}

// wantNoRemains searches what the killed processes left on the disk.
// Spec: SECURITY U5, C3
func (f *fleet) wantNoRemains(t *testing.T, grounds map[wire.House]*house.Ground) {
	t.Helper()
	var s leak.Search
	s.Add("marker", marker+"q")
	config := f.layout.Configs()
	for h, c := range map[wire.House]struct {
		keys string
		may  allowed
	}{wire.Portal: {config.Portal.Keys, reducedSet(t)}, wire.TrustCentre: {config.TrustCentre.Keys, nothing}, wire.Registry: {config.Registry.Keys, nothing}} {
		v := vault(t, grounds[h], c.keys)
		inTables(t, grounds[h], v, &s, c.may).report(t, string(h)+" after the kills")
		inFiles(t, filepath.Join(f.layout.Dir, string(h)), v, &s, c.may).report(t, string(h)+" after the kills")
	}
}
