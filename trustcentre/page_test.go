// SPDX-License-Identifier: EUPL-1.2

package trustcentre_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"meldewerk/account"
	"meldewerk/audit"
	"meldewerk/exchange/submission"
	"meldewerk/internal/signin"
	ground "meldewerk/internal/store"
	"meldewerk/tumour"
)

// visitor is somebody with a browser.
type visitor struct {
	w       *world
	handler http.Handler
	host    string
	cookies map[string]string
}

// staff signs somebody of a house in.
func (w *world) staff(handler http.Handler, house string, roles ...account.Role) *visitor {
	w.t.Helper()
	accounts := map[string]*ground.Accounts{"trustcentre": w.tc.Accounts(), "registry": w.registry.Accounts()}[house]
	secret := account.NewSecret()
	issued, err := signin.Create(w.t.Context(), accounts, fast, audit.System, signin.Person{House: account.House(house),
		Username: "p" + strings.ToLower(account.NewSecret().Text()[:8]), Holder: "A. Muster", Roles: roles, Secret: secret})
	w.must(err)
	v := &visitor{w: w, handler: handler, host: house + ".localhost", cookies: map[string]string{}}
	v.want(http.StatusSeeOther, v.post("/anmelden", url.Values{"username": {string(issued.Username)}, "password": {issued.Password.Reveal()}}))
	v.want(http.StatusSeeOther, v.post("/einmalkennwort", url.Values{"otp": {secret.CodeAt(account.StepAt(w.clock())).Reveal()}}))
	return v
}

func (v *visitor) do(r *http.Request) *httptest.ResponseRecorder {
	r.Host = v.host
	for name, value := range v.cookies {
		r.AddCookie(&http.Cookie{Name: name, Value: value})
	}
	answer := httptest.NewRecorder()
	v.handler.ServeHTTP(answer, r)
	for _, c := range answer.Result().Cookies() {
		v.cookies[c.Name] = c.Value
	}
	return answer
}

func (v *visitor) get(path string) *httptest.ResponseRecorder {
	return v.do(httptest.NewRequestWithContext(v.w.t.Context(), http.MethodGet, path, nil))
}

func (v *visitor) post(path string, form url.Values) *httptest.ResponseRecorder {
	r := httptest.NewRequestWithContext(v.w.t.Context(), http.MethodPost, path, strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return v.do(r)
}

func (v *visitor) want(status int, a *httptest.ResponseRecorder) string {
	v.w.t.Helper()
	if a.Code != status {
		v.w.t.Fatalf("status %d, want %d: %s", a.Code, status, a.Body)
	}
	return a.Body.String()
}

var link = regexp.MustCompile(`href="(/(?:faelle|wartend)/[A-Z0-9]+)"`)

// onlyCase opens the one case that the registry has.
func (v *visitor) onlyCase() string {
	v.w.t.Helper()
	found := link.FindAllStringSubmatch(v.want(http.StatusOK, v.get("/faelle")), -1)
	if len(found) != 1 {
		v.w.t.Fatalf("%d cases in the list", len(found))
	}
	return v.want(http.StatusOK, v.get(found[0][1]))
}

// TestPersonDecidesOnAStoppedRecord goes through the pages as the office does.
func TestPersonDecidesOnAStoppedRecord(t *testing.T) {
	onBoth(t, "kkn", func(t *testing.T, w *world) {
		inspector := w.staff(w.tc.Handler(), "trustcentre", account.RoleInspector)
		if body := inspector.want(http.StatusOK, inspector.get("/")); !strings.Contains(body, "nichts offen") {
			t.Error("the empty overview shows open work")
		}
		names := [2]tumour.Label{}
		var receipts [2]submission.Receipt
		for i, r := range w.diagnoses(2) {
			names[i] = tumour.Label(r.Person.Surname)
			receipts[i] = w.submit(delivery{}, classified(r, names[i]))
		}
		w.settle()
		for i, decision := range []string{"mit", "ohne"} {
			list := inspector.want(http.StatusOK, inspector.get("/wartend?grund=lastlook"))
			if !strings.Contains(list, "Klinikum Nord") || strings.Contains(list, string(names[i])) {
				t.Errorf("the list lacks the unit or shows the word")
			}
			page := link.FindStringSubmatch(list)[1]
			if body := inspector.want(http.StatusOK, inspector.get(page)); !strings.Contains(body, string(names[i])) {
				t.Error("the page does not show the stopped word")
			}
			inspector.want(http.StatusSeeOther, inspector.post(page, url.Values{"entscheidung": {decision}}))
			if a := inspector.post(page, url.Values{"entscheidung": {decision}}); a.Code != http.StatusConflict {
				t.Errorf("decided twice: %d", a.Code)
			}
			w.settle()
			if got := w.state(receipts[i], 1); got != submission.Completed {
				t.Errorf("%s: %s", decision, got)
			}
		}
		for _, item := range w.portal.entries() {
			want := tumour.Label("")
			if item.Receipt == receipts[0] {
				want = names[0]
			}
			if got := item.Entry.Event.Diagnosis.Classifications[0].Name; got != want {
				t.Errorf("receipt %d: %q left, want %q", item.Receipt, got, want)
			}
		}
		entries, err := w.tc.Ground().Audit.Entries(t.Context(), entriesOf(audit.LastLookReleased))
		w.must(err)
		if len(entries) != 2 || entries[0].Entry.Act.Actor == audit.System {
			t.Errorf("%d decisions in the log", len(entries))
		}
	})
}

// TestPersonReleasesAUnit covers the release and who may do it.
func TestPersonReleasesAUnit(t *testing.T) {
	onBoth(t, "kkn", func(t *testing.T, w *world) {
		const fresh account.UnitID = "praxis-neu"
		w.must(w.tc.Accounts().PutUnit(t.Context(), audit.System, account.Unit{ID: fresh, Name: "Praxis Neu", AnyReporter: true}))
		reports := w.reports(1, "")
		receipt := w.submit(delivery{unit: fresh}, reports...)
		w.settle()
		form := url.Values{"einrichtung": {string(fresh)}}
		adviser := w.staff(w.tc.Handler(), "trustcentre", account.RoleAdviser)
		if body := adviser.want(http.StatusOK, adviser.get("/freigabe")); !strings.Contains(body, "Praxis Neu") || strings.Contains(body, "Einrichtung freigeben") {
			t.Error("the adviser does not see the unit, or may release it")
		}
		adviser.want(http.StatusForbidden, adviser.post("/freigabe", form))
		inspector := w.staff(w.tc.Handler(), "trustcentre", account.RoleInspector)
		inspector.want(http.StatusSeeOther, inspector.post("/freigabe", form))
		inspector.want(http.StatusNotFound, inspector.post("/freigabe", url.Values{"einrichtung": {"no-such-unit"}}))
		w.settle()
		if got := w.state(receipt, 1); got != submission.Completed {
			t.Errorf("after the release: %s", got)
		}
	})
}

// TestRolesSeeTheirPagesOnly walks every page with every role of the house.
func TestRolesSeeTheirPagesOnly(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "kkn", false)
	w.portal.post(w.seal(delivery{change: func(e *submission.Envelope) { e.Sealed = []byte("nobody opens this") }}, w.reports(1, "")...)...)
	w.settle()
	for role, want := range map[account.Role][4]int{
		account.RoleInspector: {200, 200, 200, 200}, account.RoleHead: {200, 200, 200, 200}, account.RoleAdviser: {200, 200, 200, 200},
		account.RoleOperator: {200, 403, 403, 200}, account.RoleAuditor: {200, 403, 403, 403}, account.RoleNewcomer: {200, 403, 403, 403}, account.RoleBilling: {200, 403, 403, 403},
	} {
		v := w.staff(w.tc.Handler(), "trustcentre", role)
		for i, page := range []string{"/", "/wartend", "/freigabe", "/umschlaege"} {
			if a := v.get(page); a.Code != want[i] {
				t.Errorf("%s sees %s with status %d, want %d", role, page, a.Code, want[i])
			}
		}
		retry := http.StatusForbidden
		if role == account.RoleOperator || role == account.RoleHead {
			retry = http.StatusSeeOther
		}
		v.want(retry, v.post("/umschlaege", nil))
	}
	nobody := &visitor{w: w, handler: w.tc.Handler(), host: "trustcentre.localhost", cookies: map[string]string{}}
	nobody.want(http.StatusSeeOther, nobody.get("/wartend"))
	nobody.want(http.StatusOK, nobody.get("/healthz"))
	nobody.want(http.StatusOK, nobody.get("/readyz"))
}
