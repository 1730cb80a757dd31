// SPDX-License-Identifier: EUPL-1.2

package registry_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"meldewerk/account"
	"meldewerk/audit"
	"meldewerk/calendar"
	"meldewerk/exchange/transfer"
	"meldewerk/exchange/wire"
	"meldewerk/fault"
	"meldewerk/internal/database"
	"meldewerk/internal/database/databasetest"
	"meldewerk/internal/signin"
	ground "meldewerk/internal/store"
	"meldewerk/pseudonym"
	"meldewerk/registry"
	"meldewerk/tumour"
)

var (
	now  = time.Date(2026, 11, 2, 8, 0, 0, 0, time.UTC)
	fast = account.NewHasher(account.WithCost(account.Cost{MemoryKiB: 64, Passes: 1, Lanes: 1}))
)

func onBoth(t *testing.T, run func(t *testing.T, h *registry.House)) {
	t.Helper()
	t.Parallel()
	for engine, dsn := range map[string]func(t *testing.T) string{
		"sqlite":   func(t *testing.T) string { return filepath.Join(t.TempDir(), "registry.db") },
		"postgres": func(t *testing.T) string { return databasetest.PostgresDSN(t) },
	} {
		t.Run(engine, func(t *testing.T) {
			t.Parallel()
			run(t, open(t, registry.Config{Database: dsn(t), Keys: filepath.Join(t.TempDir(), "keys"), Profile: "ekn", Instance: "Krebsregister Musterland",
				Public: registry.Public{Hosts: []string{"registry.localhost"}}}))
		})
	}
}

func open(t *testing.T, c registry.Config) *registry.House {
	t.Helper()
	if err := registry.Init(t.Context(), c); err != nil {
		t.Fatal(err)
	}
	h, err := registry.Open(t.Context(), c, registry.Options{Clock: func() time.Time { return now }, Hasher: fast})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := h.Close(); err != nil {
			t.Error(err)
		}
	})
	return h
}

func record(report string, version int64, surname byte) transfer.Record {
	ref := func(name string) string { return fmt.Sprintf("%064x", name) }
	numbers := pseudonym.ControlNumbers{Profile: "kn-1", Generation: pseudonym.StorageGeneration(1)}
	for slot, value := range map[pseudonym.Slot]byte{pseudonym.KN1: surname, pseudonym.KN4: 'a', pseudonym.KN13: '7'} {
		_ = numbers.Put(slot, pseudonym.Number{value}) // all of them are slots
	}
	day := calendar.Date{Year: 2026, Month: 9, Day: 1, Accuracy: calendar.Exact}
	return transfer.Record{Report: pseudonym.ReportRef(ref(report)), Patient: pseudonym.PatientRef(ref("p" + report)), Tumour: pseudonym.TumourRef(ref("t" + report)),
		Reporter: pseudonym.ReporterRef(ref("reporter")), Version: version, Identity: transfer.IdentityNew, Numbers: numbers, Sex: "W",
		Birth: transfer.Birth{Month: 3, Year: 1951}, PostalCode: "30159", Place: "Hannover", Country: "DE", Reason: "I", OwnService: "J", ReceivedAt: now, OpenFindings: []string{"D2b"},
		Event: tumour.Event{Assignment: tumour.Assignment{ICD: tumour.ICD{Code: "C50.4", Version: "10 2026 GM"}, DiagnosedOn: day, Side: "L"},
			Surgery: &tumour.Surgery{Intention: "K", Date: day, Procedures: []tumour.Procedure{{Code: "5-870.a1", Version: "2026"}},
				TNM: &tumour.TNM{Edition: "8", TPrefix: "p", T: "1c", NPrefix: "p", N: "0(sn)"}, Complications: tumour.Complications{None: "N"}}}}
}

func put(t *testing.T, h *registry.House, records ...transfer.Record) {
	t.Helper()
	door, err := h.Door(wire.TrustCentre)
	if err != nil {
		t.Fatal(err)
	}
	if err := door.Put(t.Context(), records); err != nil {
		t.Fatal(err)
	}
	if _, err := h.Step(t.Context()); err != nil {
		t.Fatal(err)
	}
}

func TestDoorIsForTheTrustCentreOnly(t *testing.T) {
	onBoth(t, func(t *testing.T, h *registry.House) {
		for _, peer := range []wire.House{wire.Portal, wire.Registry, ""} {
			if _, err := h.Door(peer); !errors.Is(err, registry.ErrStranger) {
				t.Errorf("%q gets a door: %v", peer, err)
			}
		}
	})
}

// TestHostileRecordLeavesNothingBehind gives a call in which one record breaks
// the contract.
func TestHostileRecordLeavesNothingBehind(t *testing.T) {
	onBoth(t, func(t *testing.T, h *registry.House) {
		door, err := h.Door(wire.TrustCentre)
		if err != nil {
			t.Fatal(err)
		}
		for name, spoil := range map[string]func(r *transfer.Record){
			"open text":          func(r *transfer.Record) { r.Event.Surgery.Surgeons = []tumour.Surgeon{{Surname: "Grünwald"}} },
			"sender's id":        func(r *transfer.Record) { r.Event.Surgery.ID = "OP-1" },
			"no reference":       func(r *transfer.Record) { r.Patient = "" },
			"no control numbers": func(r *transfer.Record) { r.Numbers = pseudonym.ControlNumbers{} },
		} {
			bad := record("b", 2, 'm')
			spoil(&bad)
			err := door.Put(t.Context(), []transfer.Record{record("a", 1, 'm'), bad})
			if !fault.IsKind(err, fault.Invalid) || strings.Contains(err.Error(), "Grünwald") {
				t.Errorf("%s: %v", name, err)
			}
			if worked, err := h.Step(t.Context()); worked || err != nil {
				t.Errorf("%s: something of the call was stored: %v", name, err)
			}
		}
	})
}

// visitor is somebody with a browser.
type visitor struct {
	t       *testing.T
	h       *registry.House
	cookies map[string]string
}

func signIn(t *testing.T, h *registry.House, role account.Role) *visitor {
	t.Helper()
	secret := account.NewSecret()
	issued, err := signin.Create(t.Context(), h.Accounts(), fast, audit.System, signin.Person{House: account.Registry,
		Username: "p" + strings.ToLower(account.NewSecret().Text()[:8]), Holder: "R. Muster", Roles: []account.Role{role}, Secret: secret})
	if err != nil {
		t.Fatal(err)
	}
	v := &visitor{t, h, map[string]string{}}
	v.want(http.StatusSeeOther, v.post("/anmelden", url.Values{"username": {string(issued.Username)}, "password": {issued.Password.Reveal()}}))
	v.want(http.StatusSeeOther, v.post("/einmalkennwort", url.Values{"otp": {secret.CodeAt(account.StepAt(now)).Reveal()}}))
	return v
}

func (v *visitor) do(r *http.Request) *httptest.ResponseRecorder {
	r.Host = "registry.localhost"
	for name, value := range v.cookies {
		r.AddCookie(&http.Cookie{Name: name, Value: value})
	}
	answer := httptest.NewRecorder()
	v.h.Handler().ServeHTTP(answer, r)
	for _, c := range answer.Result().Cookies() {
		v.cookies[c.Name] = c.Value
	}
	return answer
}

func (v *visitor) get(path string) *httptest.ResponseRecorder {
	return v.do(httptest.NewRequestWithContext(v.t.Context(), http.MethodGet, path, nil))
}

func (v *visitor) post(path string, form url.Values) *httptest.ResponseRecorder {
	r := httptest.NewRequestWithContext(v.t.Context(), http.MethodPost, path, strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return v.do(r)
}

func (v *visitor) want(status int, a *httptest.ResponseRecorder) string {
	v.t.Helper()
	if a.Code != status {
		v.t.Fatalf("status %d, want %d: %s", a.Code, status, a.Body)
	}
	return a.Body.String()
}

func (v *visitor) shows(path string, words ...string) string {
	v.t.Helper()
	body := v.want(http.StatusOK, v.get(path))
	for _, word := range words {
		if !strings.Contains(body, word) {
			v.t.Errorf("%s does not show %q", path, word)
		}
	}
	return body
}

func entriesOf(code audit.Code) ground.EntryFilter {
	return ground.EntryFilter{Code: code, Limit: 1000}
}

var caseLink = regexp.MustCompile(`href="(/faelle/[A-Z0-9]+)"`)

func TestClerkReadsCases(t *testing.T) {
	onBoth(t, func(t *testing.T, h *registry.House) {
		clerk := signIn(t, h, account.RoleRegistrar)
		clerk.shows("/", "nichts offen")
		clerk.shows("/faelle", "Noch keine Fälle")
		clerk.shows("/zuordnung", "Nichts zu prüfen")

		old, corrected := record("a", 2, 'x'), record("a", 3, 'm')
		corrected.Identity = transfer.IdentityCorrected
		put(t, h, record("b", 1, 'm'))
		put(t, h, old)
		put(t, h, corrected)
		clerk.shows("/", "1 offen", "Personen")
		list := clerk.shows("/faelle", "Person 1", "Person 2")
		if got := len(caseLink.FindAllString(list, -1)); got != 2 {
			t.Errorf("%d cases in the list", got)
		}
		clerk.shows("/zuordnung", "Person 1", "Person 2")

		a := clerk.post("/faelle", url.Values{"nummer": {"2"}})
		clerk.want(http.StatusSeeOther, a)
		body := clerk.shows(a.Header().Get("Location"), "Person 2", "C50.4", "Operation", "kurativ", "pT1c pN0(sn)", "30159 Hannover", "03.1951", "weiblich", "links",
			"neue Fassung", "ersetzt", "D2b")
		for _, hidden := range []string{corrected.Numbers.Profile, "KN1"} {
			if strings.Contains(body, hidden) {
				t.Errorf("the case shows %q", hidden)
			}
		}
		for _, wrong := range []string{"", "zwei", "99"} {
			if answer := clerk.want(http.StatusUnprocessableEntity, clerk.post("/faelle", url.Values{"nummer": {wrong}})); !strings.Contains(answer, "Personennummer") {
				t.Errorf("%q: no way to mend it", wrong)
			}
		}
		clerk.want(http.StatusNotFound, clerk.get("/faelle/NOSUCHCASENOSUCHCASENOSUCH"))

		entries, err := h.Ground().Audit.Entries(t.Context(), entriesOf(audit.CaseShown))
		if err != nil || len(entries) != 1 {
			t.Errorf("%d looks at cases are logged: %v", len(entries), err)
		}
	})
}

func TestRolesSeeTheirPagesOnly(t *testing.T) {
	onBoth(t, func(t *testing.T, h *registry.House) {
		for role, want := range map[account.Role]int{account.RoleRegistrar: 200, account.RoleHead: 200, account.RoleStatistician: 403, account.RoleAuditor: 403, account.RoleOperator: 403} {
			v := signIn(t, h, role)
			v.want(http.StatusOK, v.get("/"))
			for _, page := range []string{"/faelle", "/zuordnung", "/faelle/X"} {
				if a := v.get(page); a.Code != want && !(want == 200 && a.Code == http.StatusNotFound) {
					t.Errorf("%s sees %s with status %d", role, page, a.Code)
				}
			}
		}
		nobody := &visitor{t, h, map[string]string{}}
		nobody.want(http.StatusSeeOther, nobody.get("/faelle"))
		nobody.want(http.StatusOK, nobody.get("/readyz"))
	})
}

func TestOpenRefusesWhatIsNotMade(t *testing.T) {
	t.Parallel()
	c := registry.Config{Database: filepath.Join(t.TempDir(), "registry.db"), Keys: filepath.Join(t.TempDir(), "keys"), Profile: "ekn"}
	if _, err := registry.Open(t.Context(), c, registry.Options{}); !errors.Is(err, database.ErrMissing) {
		t.Errorf("opening what was never made: %v", err)
	}
	c.Profile = "unknown"
	if _, err := registry.Open(t.Context(), c, registry.Options{}); err == nil {
		t.Error("an unknown profile is accepted")
	}
}

// TestRunEndsWithItsContext starts the background work and stops it.
func TestRunEndsWithItsContext(t *testing.T) {
	onBoth(t, func(t *testing.T, h *registry.House) {
		ctx, stop := context.WithCancel(t.Context())
		done := make(chan error)
		go func() { done <- h.Run(ctx) }()
		stop()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
}
