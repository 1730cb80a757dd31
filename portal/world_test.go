// SPDX-License-Identifier: EUPL-1.2

package portal_test

import (
	"bytes"
	"context"
	"crypto/tls"
	"fmt"
	"io"
	"log/slog"
	"mime/multipart"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"meldewerk/account"
	"meldewerk/audit"
	"meldewerk/envelope"
	"meldewerk/exchange/submission"
	"meldewerk/exchange/wire"
	"meldewerk/internal/database/databasetest"
	"meldewerk/internal/signin"
	"meldewerk/portal"
)

// clock is a house clock that tests move by hand.
type clock struct{ at atomic.Int64 }

func newClock() *clock {
	c := &clock{}
	c.at.Store(time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC).UnixMicro())
	return c
}

func (c *clock) Now() time.Time          { return time.UnixMicro(c.at.Load()).UTC() }
func (c *clock) Advance(d time.Duration) { c.at.Add(d.Microseconds()) }

// world is a running portal with its trust centre's keys at hand.
type world struct {
	t      *testing.T
	config portal.Config
	house  *portal.House
	clock  *clock
	keys   envelope.Identities // of the trust centre
	server *httptest.Server
	log    *safeBuffer
}

// safeBuffer collects the log of several goroutines.
type safeBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (s *safeBuffer) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.Write(p)
}

func (s *safeBuffer) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.String()
}

// onBoth runs a test on SQLite and on PostgreSQL.
func onBoth(t *testing.T, run func(t *testing.T, dsn string)) {
	t.Helper()
	t.Parallel()
	t.Run("sqlite", func(t *testing.T) {
		t.Parallel()
		run(t, "sqlite:"+filepath.Join(t.TempDir(), "portal.db"))
	})
	t.Run("postgres", func(t *testing.T) {
		t.Parallel()
		run(t, databasetest.PostgresDSN(t))
	})
}

// prepare makes folders, keys and database of a portal.
func prepare(t testing.TB, dsn string) (portal.Config, envelope.Identities) {
	t.Helper()
	dir := t.TempDir()
	c := portal.Config{Database: dsn, Keys: filepath.Join(dir, "keys"), Profile: "kkn", Instance: "Krebsregister Musterland",
		Spool: filepath.Join(dir, "spool"), Public: portal.Public{Hosts: []string{"localhost", "127.0.0.1"}}}
	if err := os.Mkdir(c.Spool, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := portal.Init(context.Background(), c); err != nil {
		t.Fatal(err)
	}
	centre := filepath.Join(dir, "centre")
	if err := os.Mkdir(centre, 0o700); err != nil {
		t.Fatal(err)
	}
	recipients, err := envelope.Generate(centre)
	if err != nil {
		t.Fatal(err)
	}
	text, err := recipients.MarshalText()
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(c.Keys, portal.RecipientDir, "trustcentre.txt"), text, 0o644); err != nil {
		t.Fatal(err)
	}
	keys, err := envelope.LoadIdentities(centre)
	if err != nil {
		t.Fatal(err)
	}
	return c, keys
}

func newWorld(t *testing.T, dsn string, touch ...func(*portal.Config)) *world {
	t.Helper()
	w := &world{t: t, clock: newClock(), log: &safeBuffer{}}
	w.config, w.keys = prepare(t, dsn)
	for _, change := range touch {
		change(&w.config)
	}
	w.open()
	return w
}

// open starts the house; a second call starts it again after a kill.
func (w *world) open() {
	w.t.Helper()
	house, err := portal.Open(w.t.Context(), w.config, portal.Options{Clock: w.clock.Now,
		Log:    slog.New(slog.NewJSONHandler(w.log, &slog.HandlerOptions{Level: slog.LevelDebug})),
		Hasher: account.NewHasher(account.WithCost(account.Cost{MemoryKiB: 64, Passes: 1, Lanes: 1}))})
	if err != nil {
		w.t.Fatal(err)
	}
	w.house = house
	w.server = httptest.NewTLSServer(house.Handler())
	w.t.Cleanup(func() {
		w.server.Close()
		if err := house.Close(); err != nil {
			w.t.Errorf("close portal: %v", err)
		}
	})
}

// door is the trust centre's door, held to the contract as over the network.
func (w *world) door() submission.Door {
	w.t.Helper()
	d, err := w.house.Door(wire.TrustCentre)
	if err != nil {
		w.t.Fatal(err)
	}
	return submission.Local(d, wire.TrustCentre)
}

// user is a signed-in reporter.
type user struct {
	w      *world
	client *http.Client
	unit   account.Unit
}

// user makes a unit with one account and signs it in.
func (w *world) user(name string, touch ...func(*account.Unit)) *user {
	w.t.Helper()
	ctx := w.t.Context()
	unit := account.Unit{ID: account.UnitID("unit-" + name), Name: "Klinikum " + name, AnyReporter: true, Released: true}
	for _, change := range touch {
		change(&unit)
	}
	if err := w.house.Accounts().PutUnit(ctx, audit.System, unit); err != nil {
		w.t.Fatal(err)
	}
	return w.account(unit, "dok."+name)
}

// account makes an account of a unit and signs it in, with both roles unless
// others are named.
func (w *world) account(unit account.Unit, username string, roles ...account.Role) *user {
	w.t.Helper()
	if len(roles) == 0 {
		roles = []account.Role{account.RoleReporter, account.RoleUploader}
	}
	ctx := w.t.Context()
	secret := account.NewSecret()
	issued, err := signin.Create(ctx, w.house.Accounts(), account.NewHasher(account.WithCost(account.Cost{MemoryKiB: 64, Passes: 1, Lanes: 1})),
		audit.System, signin.Person{House: account.Portal, Username: username, Holder: "M. Muster",
			Roles: roles, Unit: unit.ID, Secret: secret})
	if err != nil {
		w.t.Fatal(err)
	}
	u := w.visitor()
	u.unit = unit
	u.want(http.StatusSeeOther, u.post("/anmelden", url.Values{"username": {string(issued.Username)}, "password": {issued.Password.Reveal()}}))
	u.want(http.StatusSeeOther, u.post("/einmalkennwort", url.Values{"otp": {secret.CodeAt(account.StepAt(w.clock.Now())).Reveal()}}))
	return u
}

// visitor is a browser of somebody who has not signed in.
func (w *world) visitor() *user {
	w.t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		w.t.Fatal(err)
	}
	u := &user{w: w, client: &http.Client{Jar: jar,
		Transport:     &http.Transport{TLSClientConfig: &tls.Config{InsecureSkipVerify: true}},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}}
	w.t.Cleanup(u.client.CloseIdleConnections)
	return u
}

// answer is a whole response.
type answer struct {
	status   int
	location string
	header   http.Header
	body     string
}

func (u *user) do(r *http.Request, err error) answer {
	u.w.t.Helper()
	if err != nil {
		u.w.t.Fatal(err)
	}
	response, err := u.client.Do(r)
	if err != nil {
		u.w.t.Fatal(err)
	}
	defer func() { _ = response.Body.Close() }()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		u.w.t.Fatal(err)
	}
	return answer{response.StatusCode, response.Header.Get("Location"), response.Header, string(body)}
}

func (u *user) get(path string) answer {
	u.w.t.Helper()
	return u.do(http.NewRequestWithContext(u.w.t.Context(), http.MethodGet, u.w.server.URL+path, nil))
}

func (u *user) post(path string, form url.Values) answer {
	u.w.t.Helper()
	r, err := http.NewRequestWithContext(u.w.t.Context(), http.MethodPost, u.w.server.URL+path, strings.NewReader(form.Encode()))
	if err == nil {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	return u.do(r, err)
}

func (u *user) want(status int, a answer) answer {
	u.w.t.Helper()
	if a.status != status {
		u.w.t.Fatalf("status %d, want %d: %s", a.status, status, a.body)
	}
	return a
}

// multipartBody streams the form around a package.
func multipartBody(kind, name string, content io.Reader) (io.Reader, string) {
	var head bytes.Buffer
	form := multipart.NewWriter(&head)
	_ = form.WriteField("kind", kind)           // a buffer takes every write
	_, _ = form.CreateFormFile("package", name) // likewise
	tail := "\r\n--" + form.Boundary() + "--\r\n"
	return io.MultiReader(&head, content, strings.NewReader(tail)), form.FormDataContentType()
}

func (u *user) send(kind, name string, content io.Reader) answer {
	u.w.t.Helper()
	body, contentType := multipartBody(kind, name, content)
	r, err := http.NewRequestWithContext(u.w.t.Context(), http.MethodPost, u.w.server.URL+"/pakete", body)
	if err == nil {
		r.Header.Set("Content-Type", contentType)
	}
	return u.do(r, err)
}

// upload sends a package that must be taken and gives its path.
func (u *user) upload(content string) string {
	u.w.t.Helper()
	a := u.want(http.StatusSeeOther, u.send("real", "export.xml", strings.NewReader(content)))
	return strings.TrimSuffix(a.location, "?schon=ja")
}

// patient is one synthetic patient of a test package.
type patient struct {
	id, surname, firstNames, birth, kvnr string
	street, place, postalCode            string
	reporter                             string
	reports                              int
	badDate                              bool // breaks the schema in every report
}

func somebody(n int) patient {
	return patient{id: fmt.Sprintf("PAT-%06d", n), surname: fmt.Sprintf("Testperson-%s", letters(n)), firstNames: "Synthia " + letters(n+7),
		birth: fmt.Sprintf("19%02d-%02d-%02d", 30+n%60, 1+n%12, 1+n%28), kvnr: fmt.Sprintf("Q%09d", 100000000+n*7919%899999999),
		street: "Probeweg " + letters(n+3), place: "Musterstadt", postalCode: fmt.Sprintf("%05d", 30000+n%900), reporter: "M-1", reports: 1}
}

// letters writes a number without digits, as names must be.
func letters(n int) string {
	out := ""
	for range 5 {
		out = string(rune('a'+n%26)) + out
		n /= 26
	}
	return strings.ToUpper(out[:1]) + out[1:]
}

const packageHead = `<?xml version="1.0" encoding="UTF-8"?>
<oBDS xmlns="http://www.basisdatensatz.de/oBDS/XML" Schema_Version="3.0.4">
<Absender Absender_ID="A1" Software_ID="Probe" Software_Version="1"></Absender>
<Meldedatum>2026-11-20</Meldedatum>
<Menge_Patient>
`

func packageTail(reporters ...string) string {
	text := "</Menge_Patient>\n<Menge_Melder>"
	for _, r := range reporters {
		text += `<Melder ID="` + r + `"/>`
	}
	return text + "</Menge_Melder>\n</oBDS>\n"
}

func (p patient) xml() string {
	var b strings.Builder
	fmt.Fprintf(&b, `<Patient Patient_ID="%s"><Patienten_Stammdaten><Versichertendaten_GKV><IKNR>104212505</IKNR><GKV_Versichertennummer>%s</GKV_Versichertennummer></Versichertendaten_GKV><Nachname>%s</Nachname><Vornamen>%s</Vornamen><Geschlecht>W</Geschlecht><Geburtsdatum Datumsgenauigkeit="E">%s</Geburtsdatum><Adresse><Strasse>%s</Strasse><Hausnummer>7</Hausnummer><Land>DE</Land><PLZ>%s</PLZ><Ort>%s</Ort></Adresse></Patienten_Stammdaten><Menge_Meldung>`,
		p.id, p.kvnr, p.surname, p.firstNames, p.birth, p.street, p.postalCode, p.place)
	for i := range p.reports {
		day := "2026-05-04"
		if p.badDate {
			day = "2026-05-34"
		}
		fmt.Fprintf(&b, `<Meldung Meldung_ID="%s-%d" Melder_ID="%s"><Meldebegruendung>I</Meldebegruendung><Eigene_Leistung>J</Eigene_Leistung><Tumorzuordnung Tumor_ID="1"><Primaertumor_ICD><Code>C50.4</Code><Version>10 2026 GM</Version></Primaertumor_ICD><Diagnosedatum Datumsgenauigkeit="E">%s</Diagnosedatum><Seitenlokalisation>L</Seitenlokalisation></Tumorzuordnung><Diagnose><Primaertumor_Topographie_ICD_O><Code>C50.4</Code><Version>33</Version></Primaertumor_Topographie_ICD_O><Diagnosesicherung>7.1</Diagnosesicherung><Histologie><Tumor_Histologiedatum Datumsgenauigkeit="E">2026-05-04</Tumor_Histologiedatum><Morphologie_ICD_O><Code>8500/3</Code><Version>33</Version></Morphologie_ICD_O><Grading>2</Grading></Histologie><cTNM><Datum>2026-05-04</Datum><Version>8</Version><c_p_u_Praefix_T>c</c_p_u_Praefix_T><T>2</T><c_p_u_Praefix_N>c</c_p_u_Praefix_N><N>0</N><c_p_u_Praefix_M>c</c_p_u_Praefix_M><M>0</M></cTNM><Allgemeiner_Leistungszustand>1</Allgemeiner_Leistungszustand></Diagnose></Meldung>`,
			p.id, i+1, p.reporter, day)
	}
	b.WriteString("</Menge_Meldung></Patient>\n")
	return b.String()
}

// packageOf is a whole package with one reporter M-1.
func packageOf(patients ...patient) string {
	var b strings.Builder
	b.WriteString(packageHead)
	for _, p := range patients {
		b.WriteString(p.xml())
	}
	return b.String() + packageTail("M-1")
}

func people(n int) []patient {
	out := make([]patient, n)
	for i := range out {
		out[i] = somebody(i)
	}
	return out
}
