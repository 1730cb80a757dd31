// SPDX-License-Identifier: EUPL-1.2

package world_test

import (
	"context"
	"errors"
	"math/rand/v2"
	"net/http"
	"net/url"
	"os"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"meldewerk/exchange/wire"
	"meldewerk/internal/house"
	"meldewerk/synth"
	"meldewerk/world"
)

var hiddenField = regexp.MustCompile(`<input type="hidden" name="([^"]*)" value="([^"]*)">`)

var receiptNumber = regexp.MustCompile(`Q-\d{4}-\d{6}-[0-9A-Z]+`)

// submitUntil presses the button until the portal acknowledges the report, as
// somebody does whose network fails, and gives the number of the receipt.
func (r *reporter) submitUntil(ctx context.Context, form string) (string, error) {
	for ; ctx.Err() == nil; time.Sleep(15 * time.Millisecond) { // another process gives no sign
		page, status, err := r.Get(ctx, form+"/quittung")
		if number := receiptNumber.Find(page); err == nil && status == http.StatusOK && number != nil {
			return string(number), nil
		}
		page, status, err = r.Get(ctx, form+"/pruefen")
		_, button, ready := strings.Cut(string(page), `action="`+form+`/uebermitteln"`)
		if err != nil || status != http.StatusOK || !ready {
			continue
		}
		values := url.Values{"bestaetigt": {"ja"}}
		for _, m := range hiddenField.FindAllStringSubmatch(button, -1) {
			values.Set(m[1], m[2])
		}
		_, _ = r.Post(ctx, form+"/uebermitteln", values) // the receipt tells
	}
	return "", ctx.Err()
}

// TestR1KillPortalWhileFormsAreHandedIn kills the portal with SIGKILL while two
// people hand in reports of the Online-Erfassung, two of each patient at once.
// Every receipt is there exactly once, no report is both draft and handed in,
// and no identity is left beside a receipt.
func TestR1KillPortalWhileFormsAreHandedIn(t *testing.T) {
	t.Parallel()
	f := newFleet(t, "ekn", nil)
	f.startAll()
	u := f.reporter()
	c := newClerk(u)
	var forms [2][]string
	persons := map[string]bool{} // a person may be the patient of several units
	for _, reports := range patientsOf(synth.Options{Seed: 78, Patients: 60, Marker: marker}, 2) {
		if len(forms[0]) == 25 {
			break
		}
		if len(reports) == 2 {
			one := c.typePatient(reports, false, func() {})
			persons[reports[0].Person.BirthDate.String()+reports[0].Person.FirstNames] = true
			forms[0], forms[1] = append(forms[0], one.forms[0]), append(forms[1], one.forms[1])
		}
	}

	ctx, stop := context.WithTimeout(t.Context(), 10*time.Minute)
	defer stop()
	receipts := map[string]string{} // by the report
	var mu sync.Mutex
	var trouble error
	var people sync.WaitGroup
	for _, mine := range forms {
		people.Go(func() {
			for _, form := range mine {
				number, err := u.submitUntil(ctx, form)
				mu.Lock()
				receipts[form] = number
				trouble = errors.Join(trouble, err)
				mu.Unlock()
			}
		})
	}
	done := make(chan struct{})
	go func() { people.Wait(); close(done) }()
	kills := 0
	for working := true; working; {
		select {
		case <-done:
			working = false
		case <-time.After(untilKill(kills)):
			must(t, f.end(wire.Portal, os.Kill))
			must(t, f.start(wire.Portal))
			f.await(wire.Portal)
			kills++
		}
	}
	must(t, trouble)
	t.Logf("%d kills while %d reports were handed in", kills, len(receipts))
	if kills < 3 {
		t.Error("hardly anything was killed")
	}
	f.wantOnce(t, receipts, int64(len(persons)))
}

// wantOnce compares the houses with the receipts that people hold.
func (f *fleet) wantOnce(t *testing.T, receipts map[string]string, persons int64) {
	t.Helper()
	numbers := map[string]bool{}
	for _, number := range receipts {
		numbers[number] = true
	}
	reports := int64(len(receipts))
	if int64(len(numbers)) != reports {
		t.Errorf("%d receipts for %d reports", len(numbers), reports)
	}
	f.stop()
	w, err := world.Open(t.Context(), f.layout, world.Options{InProcess: true, Hasher: cheap()})
	must(t, err)
	defer func() { must(t, w.Close()) }()
	portal := w.Portal.Ground()
	for form := range receipts {
		id := strings.TrimPrefix(form, "/meldungen/")
		if count(t, portal, `SELECT COUNT(*) FROM form WHERE id = $1 AND sent = 1 AND sheet IS NULL`, id) != 1 ||
			count(t, portal, `SELECT COUNT(*) FROM form_version WHERE form_id = $1`, id) != 1 {
			t.Error("a report with a receipt is a draft too, or has two versions")
		}
	}
	must(t, w.Settle(t.Context()))
	for _, want := range []struct {
		what  string
		house *house.Ground
		query string
		n     int64
	}{
		{"submissions in the portal", portal, `SELECT COUNT(*) FROM package WHERE state = 'received'`, reports},
		{"half-received submissions", portal, `SELECT COUNT(*) FROM package WHERE state = 'receiving'`, 0},
		{"identities in the portal", portal, `SELECT COUNT(*) FROM patient_record WHERE identity IS NOT NULL`, 0},
		{"records without a reduced view", portal, `SELECT COUNT(*) FROM patient_record WHERE NOT submitted`, 0},
		{"reports in the registry", w.Registry.Ground(), `SELECT COUNT(*) FROM record WHERE state = 'assigned'`, reports},
		{"records in the registry", w.Registry.Ground(), `SELECT COUNT(*) FROM record`, reports},
		{"persons in the registry", w.Registry.Ground(), `SELECT COUNT(DISTINCT person_id) FROM record`, persons},
	} {
		if got := count(t, want.house, want.query); got != want.n {
			t.Errorf("%d %s, want %d", got, want.what, want.n)
		}
	}
	f.wantNoRemains(t, map[wire.House]*house.Ground{wire.Portal: portal, wire.TrustCentre: w.TrustCentre.Ground(), wire.Registry: w.Registry.Ground()})
}

// untilKill is how long a house lives before it is killed: the moment is what
// varies. The longer the killing goes on the more time there is, so that a busy
// machine comes to an end too.
func untilKill(kills int) time.Duration {
	return time.Duration(20+rand.IntN(200+20*kills)) * time.Millisecond
}
