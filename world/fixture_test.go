// SPDX-License-Identifier: EUPL-1.2

package world_test

import (
	"bytes"
	"crypto/tls"
	"io"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"meldewerk/account"
	"meldewerk/audit"
	"meldewerk/exchange/submission"
	"meldewerk/exchange/wire"
	"meldewerk/internal/database/databasetest"
	"meldewerk/internal/signin"
	ground "meldewerk/internal/store"
	"meldewerk/internal/ui"
	"meldewerk/internal/web"
	"meldewerk/report"
	"meldewerk/report/obds"
	"meldewerk/synth"
	"meldewerk/world"
)

// clock is a house clock that tests move by hand. It begins the day after the
// last one on which anything happens in a synthetic world.
type clock struct{ at atomic.Int64 }

func newClock() *clock {
	c := &clock{}
	c.at.Store(time.Date(2025, 7, 1, 9, 0, 0, 0, time.UTC).UnixMicro())
	return c
}

func (c *clock) Now() time.Time          { return time.UnixMicro(c.at.Load()).UTC() }
func (c *clock) Advance(d time.Duration) { c.at.Add(d.Microseconds()) }

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

func (s *safeBuffer) Bytes() []byte {
	s.mu.Lock()
	defer s.mu.Unlock()
	return bytes.Clone(s.b.Bytes())
}

// plant is a prepared installation with its three houses open in this process
// and the portal's door for people open on a port.
type plant struct {
	*world.World
	t      testing.TB
	layout world.Layout
	clock  *clock
	log    *safeBuffer
	hasher *account.Hasher
	url    string // of the portal
	served string // address of the portal
}

// cheap hashes passwords with next to no work: what is tested here is the way
// of a report.
func cheap() *account.Hasher {
	return account.NewHasher(account.WithCost(account.Cost{MemoryKiB: 64, Passes: 1, Lanes: 1}))
}

// newPlant prepares and opens an installation with a profile. databases may
// name others than SQLite files.
func newPlant(t testing.TB, profile string, databases map[wire.House]string) *plant {
	t.Helper()
	if err := ui.CheckAssets(); err != nil {
		t.Skip(err)
	}
	p := &plant{t: t, clock: newClock(), log: &safeBuffer{}, hasher: cheap(), layout: world.Layout{
		Dir: t.TempDir(), Profile: profile, Instance: "Krebsregister Musterland", Demo: true, Databases: databases,
		Portal: "127.0.0.1:0", TrustCentre: "127.0.0.1:0", Registry: "127.0.0.1:0",
		PortalExchange: "127.0.0.1:0", RegistryExchange: "127.0.0.1:0"}}
	if err := world.Prepare(t.Context(), p.layout); err != nil {
		t.Fatal(err)
	}
	p.open()
	t.Cleanup(func() { p.close() })
	return p
}

func (p *plant) open() {
	p.t.Helper()
	var err error
	p.World, err = world.Open(p.t.Context(), p.layout, world.Options{
		Clock: p.clock.Now, Log: web.NewLog(p.log, -4), Hasher: p.hasher, InProcess: true})
	if err != nil {
		p.t.Fatal(err)
	}
	public := p.layout.Configs().Portal.Public
	pair, err := tls.LoadX509KeyPair(public.Certificate, public.Key)
	if err != nil {
		p.t.Fatal(err)
	}
	server := httptest.NewUnstartedServer(p.Portal.Handler())
	server.TLS = &tls.Config{Certificates: []tls.Certificate{pair}, MinVersion: tls.VersionTLS13}
	server.Config.ErrorLog = nil
	server.StartTLS()
	p.t.Cleanup(server.Close)
	p.served = server.Listener.Addr().String()
	p.url = "https://portal.localhost:" + p.served[strings.LastIndexByte(p.served, ':')+1:]
}

func (p *plant) close() {
	p.t.Helper()
	if p.World == nil {
		return
	}
	if err := p.World.Close(); err != nil {
		p.t.Error(err)
	}
	p.World = nil
}

// onBoth runs a test of the whole way on SQLite and on PostgreSQL.
func onBoth(t *testing.T, profile string, run func(t *testing.T, p *plant)) {
	t.Helper()
	t.Parallel()
	t.Run("sqlite", func(t *testing.T) {
		t.Parallel()
		run(t, newPlant(t, profile, nil))
	})
	t.Run("postgres", func(t *testing.T) {
		if testing.Short() {
			t.Skip("PostgreSQL is left out in short mode")
		}
		t.Parallel()
		run(t, newPlant(t, profile, postgres(t)))
	})
}

// settle works until no house has anything left to do.
func (p *plant) settle() {
	p.t.Helper()
	if err := p.Settle(p.t.Context()); err != nil {
		p.t.Fatal(err)
	}
}

// unit enters a reporting unit at portal and trust centre.
func (p *plant) unit(u account.Unit) account.Unit {
	p.t.Helper()
	if u.Name == "" {
		u.Name = "Einrichtung " + string(u.ID)
	}
	for _, accounts := range []*ground.Accounts{p.Portal.Accounts(), p.TrustCentre.Accounts()} {
		if err := accounts.PutUnit(p.t.Context(), audit.System, u); err != nil {
			p.t.Fatal(err)
		}
	}
	return u
}

// everyone is a released unit that may send for any Melder_ID.
func (p *plant) everyone() *reporter {
	p.t.Helper()
	u := p.unit(account.Unit{ID: "unit-alle", AnyReporter: true, Released: true})
	return p.reporter("alle", u.ID)
}

// reporter is a person of a unit, signed in at the portal.
type reporter struct {
	*world.Client
	p        *plant
	username string
	password string
	secret   account.Secret
}

func (p *plant) account(username string, unit account.UnitID) (string, account.Secret) {
	p.t.Helper()
	issued, err := signin.Create(p.t.Context(), p.Portal.Accounts(), p.hasher, audit.System, signin.Person{
		House: account.Portal, Username: username, Holder: "Tumordokumentation", Unit: unit,
		Roles: []account.Role{account.RoleReporter, account.RoleUploader}, Secret: account.NewSecret()})
	if err != nil {
		p.t.Fatal(err)
	}
	return issued.Password.Reveal(), issued.Secret
}

func (p *plant) reporter(username string, unit account.UnitID) *reporter {
	p.t.Helper()
	r := &reporter{p: p, username: username}
	r.password, r.secret = p.account(username, unit)
	var err error
	if r.Client, err = p.layout.NewClient(p.url, p.served); err != nil {
		p.t.Fatal(err)
	}
	if err := r.SignIn(p.t.Context(), username, r.password, r.secret, p.clock.Now()); err != nil {
		p.t.Fatal(err)
	}
	return r
}

// send uploads a package and gives the path of its page.
func (r *reporter) send(kind submission.Kind, content []byte) string {
	r.p.t.Helper()
	path, err := r.Upload(r.p.t.Context(), kind, "export.xml", func(w io.Writer) error {
		_, err := w.Write(content)
		return err
	})
	if err != nil {
		r.p.t.Fatal(err)
	}
	return path
}

// protocol is what protokoll.json says of a package.
type protocol struct {
	File     string `json:"file"`
	Schema   string `json:"schema_version"`
	State    string `json:"state"`
	Kind     string `json:"kind"`
	Reports  int    `json:"reports"`
	Accepted int    `json:"accepted"`
	Warned   int    `json:"warned"`
	Rejected int    `json:"rejected"`
	Findings []report.Finding
	Receipt  *struct {
		Number     string    `json:"number"`
		ReceivedAt time.Time `json:"received_at"`
		SHA256     string    `json:"sha256"`
		State      string    `json:"state"`
	} `json:"receipt"`
	Results []struct {
		report.Result
		State   submission.State    `json:"state"`
		Remarks []submission.Remark `json:"remarks"`
	} `json:"results"`
}

func (r *reporter) protocol(path string) protocol {
	r.p.t.Helper()
	var p protocol
	if err := r.GetJSON(r.p.t.Context(), path+"/protokoll.json", &p); err != nil {
		r.p.t.Fatal(err)
	}
	return p
}

// states counts what became of the reports of a package.
func (p protocol) states() map[submission.State]int {
	counts := map[submission.State]int{}
	for _, r := range p.Results {
		if r.Verdict != report.Rejected {
			counts[r.State]++
		}
	}
	return counts
}

// wantState wants every accepted report of the package in one state.
func (r *reporter) wantState(path string, want submission.State) protocol {
	r.p.t.Helper()
	p := r.protocol(path)
	got := p.states()
	if len(got) != 1 || got[want] == 0 {
		for _, l := range p.Results {
			if l.State != want && l.Verdict != report.Rejected {
				r.p.t.Logf("position %d %s: %s %+v %+v", l.Position, l.Occasion, l.State, l.Remarks, l.Findings)
			}
		}
		r.p.t.Fatalf("states %v, want all %s", got, want)
	}
	return p
}

// course is what /historie/{handle}.json says.
type course struct {
	Patient map[string]any `json:"patient"`
	Tumours []struct {
		Number  int    `json:"number"`
		ICD     string `json:"icd"`
		Entries []struct {
			Report   string `json:"report_id"`
			Reporter string `json:"reporter"`
			Occasion string `json:"occasion"`
			Day      string `json:"day"`
		} `json:"entries"`
	} `json:"tumours"`
	Pending []struct {
		Report string           `json:"report_id"`
		State  submission.State `json:"state"`
	} `json:"pending"`
}

func (c *course) entries() []string {
	var ids []string
	for _, t := range c.Tumours {
		for _, e := range t.Entries {
			ids = append(ids, e.Report)
		}
	}
	return ids
}

// history looks a patient up; nil when the portal knows nothing of him.
func (r *reporter) history(patient report.PatientID) *course {
	r.p.t.Helper()
	path, err := r.Search(r.p.t.Context(), string(patient))
	if err != nil {
		r.p.t.Fatal(err)
	}
	if !strings.HasPrefix(path, "/historie/") {
		return nil
	}
	var c course
	if err := r.GetJSON(r.p.t.Context(), path+".json", &c); err != nil {
		r.p.t.Fatal(err)
	}
	return &c
}

// written is a synthetic package as XML.
func written(t testing.TB, o synth.Options) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := synth.New(o).WriteXML(&b, nil); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// packed writes chosen reports of a synthetic world as one package.
func packed(t testing.TB, w *synth.World, reports ...*report.Report) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := obds.Write(&b, "3.0.4", w.Package(), reports); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// root is the folder of the project.
func root(t testing.TB) string {
	t.Helper()
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir
		}
		if filepath.Dir(dir) == dir {
			t.Fatal("no go.mod above the test")
		}
		dir = filepath.Dir(dir)
	}
}

// stock asks the registry's tables, which is what a test may do and a house
// may not.
func (p *plant) stock(query string, args ...any) int64 {
	p.t.Helper()
	return count(p.t, p.Registry.Ground(), query, args...)
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// writing sends content as the body of an upload.
func writing(content []byte) func(io.Writer) error {
	return func(w io.Writer) error {
		_, err := w.Write(content)
		return err
	}
}

// postgres gives each house a PostgreSQL database of its own.
func postgres(t *testing.T) map[wire.House]string {
	t.Helper()
	return map[wire.House]string{wire.Portal: databasetest.PostgresDSN(t),
		wire.TrustCentre: databasetest.PostgresDSN(t), wire.Registry: databasetest.PostgresDSN(t)}
}
