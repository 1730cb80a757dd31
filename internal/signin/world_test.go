// SPDX-License-Identifier: EUPL-1.2

package signin_test

import (
	"context"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"meldewerk/account"
	"meldewerk/audit"
	"meldewerk/internal/atrest"
	"meldewerk/internal/database"
	"meldewerk/internal/database/databasetest"
	"meldewerk/internal/signin"
	"meldewerk/internal/store"
	"meldewerk/internal/ui"
	"meldewerk/internal/web"
)

const (
	host     = "portal.localhost"
	username = "dok.nord"
	password = "Lampe Wolke Zaun Apfel"
)

// clock is a clock that tests turn.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func newClock() *clock { return &clock{now: time.Date(2026, 11, 21, 12, 0, 5, 0, time.UTC)} }

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) pass(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

// world is one process of a portal with the pages of this package and one
// page behind the sign-in.
type world struct {
	t        testing.TB
	clock    *clock
	db       *database.DB
	log      *store.AuditLog
	accounts *store.Accounts
	hasher   *account.Hasher
	handler  http.Handler
	logged   *strings.Builder
	origin   string // of the pages, for passkeys
}

// onBoth runs the test on both engines. again starts another process on the
// same database: a restart, or a neighbour.
func onBoth(t *testing.T, test func(t *testing.T, w *world, again func() *world)) {
	t.Helper()
	run := func(t *testing.T, dsn string) {
		t.Parallel()
		if err := database.Create(t.Context(), dsn); err != nil {
			t.Fatal(err)
		}
		key := filepath.Join(t.TempDir(), "master.key")
		if err := atrest.CreateMasterKey(key); err != nil {
			t.Fatal(err)
		}
		c := newClock()
		test(t, start(t, dsn, key, c), func() *world { return start(t, dsn, key, c) })
	}
	t.Run("sqlite", func(t *testing.T) { run(t, filepath.Join(t.TempDir(), "house.db")) })
	t.Run("postgres", func(t *testing.T) { run(t, databasetest.PostgresDSN(t)) })
}

func start(t testing.TB, dsn, key string, c *clock) *world {
	t.Helper()
	db, err := database.Open(t.Context(), dsn, database.Options{Clock: c.Now, Conns: 8})
	if err != nil {
		t.Fatal(err)
	}
	if err := db.Migrate(t.Context(), store.Migrations()); err != nil {
		t.Fatal(err)
	}
	log, err := store.NewAuditLog(db, "portal", store.AuditOptions{})
	if err != nil {
		t.Fatal(err)
	}
	ring, err := atrest.OpenKeyring(t.Context(), key, store.NewDataKeys(db, log))
	if err != nil {
		t.Fatal(err)
	}
	accounts, err := store.OpenAccounts(t.Context(), db, log, ring, account.ReporterSessions)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		ring.Close()
		if err := db.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
	})
	w := &world{t: t, clock: c, db: db, log: log, accounts: accounts, logged: &strings.Builder{}, origin: "https://" + host}
	w.hasher = account.NewHasher(account.WithCost(account.Cost{MemoryKiB: 256, Passes: 1, Lanes: 1}), account.WithQueue(500, 20*time.Second))
	w.serve(0)
	return w
}

// serve builds the house; tries is the limit per source address.
func (w *world) serve(tries int) {
	w.t.Helper()
	if tries == 0 {
		tries = 10_000
	}
	door, err := signin.New(signin.Options{House: account.Portal, Accounts: w.accounts, Hasher: w.hasher, Issuer: "Krebsregister Musterland", Tries: tries,
		Origins: []string{w.origin}})
	if err != nil {
		w.t.Fatal(err)
	}
	set, err := ui.Templates(signin.Pages(nil), signin.Names...)
	if err != nil {
		w.t.Fatal(err)
	}
	inside := func(r *web.Request) (web.Response, error) { return web.JSON(map[string]string{"in": "yes"}), nil }
	where := func(r *web.Request) (web.Response, error) {
		return web.JSON(map[string]string{"unit": r.Principal.UnitID}), nil
	}
	grave := func(r *web.Request) (web.Response, error) {
		if r.Method == http.MethodGet {
			if ask := door.AskFresh(r); ask != nil {
				return ask, nil
			}
			return inside(r)
		}
		if err := door.NeedFresh(r); err != nil {
			return nil, err
		}
		return inside(r)
	}
	w.handler, err = web.New(web.Options{
		House: ui.Portal, Instance: "Krebsregister Musterland", Hosts: []string{host}, Pages: set, Sessions: door,
		Login: signin.PathSignIn, Roles: signin.Roles(account.Portal), Now: w.clock.Now,
		Log: slog.New(slog.NewJSONHandler(&locked{b: w.logged}, nil)),
		Routes: append(door.Routes(),
			web.Route{Pattern: "GET /{$}", Roles: []web.Role{web.SignedIn}, Handler: inside},
			web.Route{Pattern: "GET /pakete", Roles: []web.Role{web.Role(account.RoleUploader)}, Handler: inside},
			web.Route{Pattern: "GET /einheit", Roles: []web.Role{web.SignedIn}, Handler: where},
			web.Route{Pattern: "GET /freigabe", Roles: []web.Role{web.SignedIn}, Handler: grave},
			web.Route{Pattern: "POST /freigabe", Roles: []web.Role{web.SignedIn}, Handler: grave}),
	})
	if err != nil {
		w.t.Fatal(err)
	}
}

// locked lets many requests write one log.
type locked struct {
	mu sync.Mutex
	b  *strings.Builder
}

func (l *locked) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

// person makes an account; options change it before.
func (w *world) person(options ...func(*signin.Person)) signin.Issued {
	w.t.Helper()
	p := signin.Person{House: account.Portal, Username: username, Holder: "M. Muster",
		Roles: []account.Role{account.RoleReporter, account.RoleUploader}, Password: account.NewPassword(password), Secret: account.NewSecret()}
	for _, option := range options {
		option(&p)
	}
	issued, err := signin.Create(w.t.Context(), w.accounts, w.hasher, audit.System, p)
	if err != nil {
		w.t.Fatal(err)
	}
	return issued
}

func notEnrolled(p *signin.Person) { p.Secret = account.Secret{} }

func fromLetter(p *signin.Person) { p.Password, p.MustChange = account.Password{}, true }

// code is the present code of a secret.
func (w *world) code(s account.Secret) string {
	return s.CodeAt(account.StepAt(w.clock.Now())).Reveal()
}

// wrongCode is a code that no step around now has.
func (w *world) wrongCode(s account.Secret) string {
	now := account.StepAt(w.clock.Now())
	for _, candidate := range []string{"000000", "111111", "222222", "333333", "444444", "555555", "666666"} {
		near := false
		for step := now - 2; step <= now+2; step++ {
			near = near || s.CodeAt(step).Reveal() == candidate
		}
		if !near {
			return candidate
		}
	}
	w.t.Fatal("no wrong code found")
	return ""
}

// browser keeps cookies and nothing else.
type browser struct {
	w       *world
	cookies map[string]string
	from    string
}

func (w *world) browser() *browser {
	return &browser{w: w, cookies: map[string]string{}, from: "192.0.2.7:40000"}
}

// answer is what came back.
type answer struct {
	Status   int
	Location string
	Body     string
	Header   http.Header
	Cookies  []*http.Cookie
}

func (b *browser) do(method, path string, form url.Values) answer {
	r := httptest.NewRequest(method, "https://"+host+path, strings.NewReader(form.Encode())).WithContext(context.Background())
	r.RemoteAddr = b.from
	if method == http.MethodPost {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.Header.Set("Origin", "https://"+host)
	}
	for name, value := range b.cookies {
		r.AddCookie(&http.Cookie{Name: name, Value: value})
	}
	rec := httptest.NewRecorder()
	b.w.handler.ServeHTTP(rec, r)
	result := rec.Result()
	for _, c := range result.Cookies() {
		if c.MaxAge < 0 {
			delete(b.cookies, c.Name)
		} else {
			b.cookies[c.Name] = c.Value
		}
	}
	return answer{Status: result.StatusCode, Location: result.Header.Get("Location"), Body: rec.Body.String(), Header: result.Header, Cookies: result.Cookies()}
}

func (b *browser) get(path string) answer { return b.do(http.MethodGet, path, nil) }

func (b *browser) post(path string, pairs ...string) answer {
	form := url.Values{}
	for i := 0; i < len(pairs); i += 2 {
		form.Set(pairs[i], pairs[i+1])
	}
	return b.do(http.MethodPost, path, form)
}

func (b *browser) enter(name, pw string) answer {
	return b.post(signin.PathSignIn, "username", name, "password", pw)
}

func (b *browser) prove(code string) answer { return b.post(signin.PathCode, "otp", code) }

// signIn goes the whole way with the present code.
func (b *browser) signIn(s account.Secret) {
	b.w.t.Helper()
	if a := b.enter(username, password); a.Status != http.StatusSeeOther || a.Location != signin.PathCode {
		b.w.t.Fatalf("password step: %d to %q", a.Status, a.Location)
	}
	if a := b.prove(b.w.code(s)); a.Status != http.StatusSeeOther || a.Location != "/" {
		b.w.t.Fatalf("code step: %d to %q\n%s", a.Status, a.Location, said(a))
	}
	if !b.in() {
		b.w.t.Fatal("not signed in after both steps")
	}
}

// in says whether the browser reaches the page behind the sign-in.
func (b *browser) in() bool { return b.get("/").Status == http.StatusOK }

func (b *browser) token() string { return b.cookies[signin.CookieName(account.Portal)] }

var tags = regexp.MustCompile(`(?s)<(script|style)[^>]*>.*?</(script|style)>|<[^>]*>`)

var inline = regexp.MustCompile(`</?(strong|time)[^>]*>`)

// said is the text of a page.
func said(a answer) string {
	return strings.Join(strings.Fields(tags.ReplaceAllString(inline.ReplaceAllString(a.Body, ""), " ")), " ")
}

func wants(t *testing.T, a answer, status int, text string) {
	t.Helper()
	if a.Status != status || !strings.Contains(said(a), text) {
		t.Errorf("got %d to %q: %.900s; want %d with %q", a.Status, a.Location, said(a), status, text)
	}
}

// startFresh makes a house at known places.
func startFresh(t testing.TB, dsn, key string) *world {
	t.Helper()
	if err := database.Create(t.Context(), dsn); err != nil {
		t.Fatal(err)
	}
	if err := atrest.CreateMasterKey(key); err != nil {
		t.Fatal(err)
	}
	return start(t, dsn, key, newClock())
}
