// SPDX-License-Identifier: EUPL-1.2

package world_test

import (
	"net/http"
	"strings"
	"testing"

	"meldewerk/account"
	"meldewerk/exchange/submission"
	"meldewerk/exchange/wire"
	"meldewerk/internal/web"
	"meldewerk/synth"
)

// TestC2ForeignIDsLookLikeUnknownOnes: for every route of the portal with an
// id in it, somebody of another unit who knows the id gets the very bytes that
// an id gets which nobody has. A new route with an id and no sample fails.
func TestC2ForeignIDsLookLikeUnknownOnes(t *testing.T) {
	onBoth(t, "kkn", func(t *testing.T, p *plant) {
		u := p.everyone()
		w := synth.New(synth.Options{Seed: 5, Patients: 3})
		sent := u.send(submission.Real, written(t, synth.Options{Seed: 5, Patients: 3}))
		p.settle()
		patient, _ := busiest(w)
		course, err := u.Search(t.Context(), string(patient))
		must(t, err)
		samples := p.samples(sent, course)

		own := p.visitor(wire.Portal).signIn(p.seat(wire.Portal, "kollege", "unit-alle", true, account.RoleReporter, account.RoleUploader))
		other := p.unit(account.Unit{ID: "unit-fremd", AnyReporter: true, Released: true})
		foreign := p.visitor(wire.Portal).signIn(p.seat(wire.Portal, "fremd", other.ID, true, account.RoleReporter, account.RoleUploader))
		tried := 0
		for _, route := range web.Table(p.Portal.Handler()) {
			if !placeholder.MatchString(route.Pattern) || strings.HasSuffix(route.Pattern, "{$}") || route.Roles[0] == web.Public {
				continue
			}
			method, path, _ := strings.Cut(route.Pattern, " ")
			if ofOnlineReports(path) {
				continue
			}
			id := ""
			for prefix, sample := range samples {
				if strings.HasPrefix(path, prefix+"/{") {
					id = sample
				}
			}
			if id == "" {
				t.Errorf("no sample of an id for %s", route.Pattern)
				continue
			}
			tried++
			known := placeholder.ReplaceAllString(path, id)
			unknown := placeholder.ReplaceAllString(path, strings.Repeat("A", len(id)))
			if method == http.MethodGet && own.get(known).status != http.StatusOK {
				t.Errorf("%s: the own unit gets %d: the comparison is blind", route.Pattern, own.get(known).status)
			}
			a, b := foreign.do(method, known, urlencoded, ""), foreign.do(method, unknown, urlencoded, "")
			if a.status != b.status || a.body != b.body || a.to() != b.to() {
				t.Errorf("%s: %d for a foreign id, %d for an unknown one, bodies equal: %v", route.Pattern, a.status, b.status, a.body == b.body)
			}
			if method == http.MethodGet && a.status != http.StatusNotFound {
				t.Errorf("%s: a foreign id gives %d", route.Pattern, a.status)
			}
		}
		if tried < 3 {
			t.Errorf("only %d routes with an id", tried)
		}
	})
}

// ofOnlineReports says that a route is about records and reports that are typed
// in: TestC2W2OnlineHandlesOfAnotherUnit calls them with real handles. The name
// of a code list is no id.
func ofOnlineReports(path string) bool {
	return strings.HasPrefix(path, "/patienten/{") || strings.HasPrefix(path, "/meldungen/{") || strings.HasPrefix(path, "/katalog/{")
}

// asked puts a query on the first report of all and gives its id.
func (p *plant) asked() string {
	p.t.Helper()
	door, err := p.Portal.Door(wire.TrustCentre)
	must(p.t, err)
	q := submission.Query{ID: "Q-MUSTER", Receipt: 1, Position: 1, Field: "Diagnose › Diagnosesicherung", Question: "Ist die Angabe richtig?",
		AskedAt: p.clock.Now(), Due: p.clock.Now().AddDate(0, 0, 13)}
	must(p.t, door.PutQueries(p.t.Context(), []submission.Query{q}))
	return string(q.ID)
}

// samples are ids of the first unit by the path that they belong to.
func (p *plant) samples(pack, course string) map[string]string {
	last := func(path string) string { return path[strings.LastIndexByte(path, '/')+1:] }
	return map[string]string{"/pakete": last(pack), "/historie": last(course), "/rueckfragen": p.asked()}
}
