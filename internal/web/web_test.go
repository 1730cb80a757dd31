// SPDX-License-Identifier: EUPL-1.2

package web

import (
	"bytes"
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"testing/fstest"

	"meldewerk/fault"
	"meldewerk/internal/ui"
)

// house is a small house for the tests: a few routes and a log to read.
type house struct {
	http.Handler
	log  *lockedBuffer
	opts Options
}

type lockedBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *lockedBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *lockedBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

// byHeader signs in whoever the test names in a header.
type byHeader map[string]*Principal

func (b byHeader) Current(r *http.Request) (*Principal, error) {
	if r.Header.Get("X-Test-Broken") != "" {
		return nil, errors.New("session table unreachable")
	}
	return b[r.Header.Get("X-Test-User")], nil
}

const (
	clerk  Role = "clerk"
	keeper Role = "keeper"
)

var people = byHeader{
	"clerk":   {AccountID: "1", DisplayName: "A. Muster", Roles: []Role{clerk}, UnitName: "Klinikum Musterstadt"},
	"keeper":  {AccountID: "2", DisplayName: "B. Muster", Roles: []Role{keeper}},
	"pending": {AccountID: "3", Roles: []Role{clerk, keeper}, Pending: true},
	"machine": {AccountID: "4", Roles: []Role{clerk}, Machine: true},
	"told": {AccountID: "5", DisplayName: "C. Muster", Roles: []Role{clerk}, UnitID: "u1", UnitName: "Klinikum Nord",
		Units: []Unit{{ID: "u1", Name: "Klinikum Nord"}, {ID: "u2", Name: "Praxis am Markt"}}, Told: []string{"Ein Passkey wurde eingerichtet."}},
}

func hello(r *Request) (Response, error) { return Page("hello", "Guten Tag", r.Principal != nil), nil }

func testPages(t *testing.T) *ui.Set {
	t.Helper()
	set, err := ui.Templates(fstest.MapFS{
		"hello.html":  {Data: []byte(`<p>{{if .}}angemeldet{{else}}nicht angemeldet{{end}}</p>`)},
		"broken.html": {Data: []byte(`{{.Missing}}`)},
	}, "hello")
	if err != nil {
		t.Fatal(err)
	}
	return set
}

func open(t *testing.T, routes ...Route) house {
	t.Helper()
	log := &lockedBuffer{}
	opts := Options{
		House: ui.Portal, Hosts: []string{"portal.test"}, Pages: testPages(t), Sessions: people, Login: "/anmelden",
		Roles:   map[Role]string{clerk: "Dokumentation", keeper: "Schlüsselverwaltung"},
		Notices: map[string]string{"saved": "Die Angaben sind gespeichert."},
		Log:     NewLog(log, slog.LevelDebug),
		Metrics: NewMetrics(),
		Routes:  append([]Route{Healthz()}, routes...),
	}
	handler, err := New(opts)
	if err != nil {
		t.Fatal(err)
	}
	return house{Handler: handler, log: log, opts: opts}
}

// do sends one request to the house.
func (h house) do(r *http.Request) *httptest.ResponseRecorder {
	r.Host = "portal.test"
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

func get(path string) *http.Request { return httptest.NewRequest(http.MethodGet, path, nil) }

func post(path, body string) *http.Request {
	r := httptest.NewRequest(http.MethodPost, path, strings.NewReader(body))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return r
}

func as(user string, r *http.Request) *http.Request {
	r.Header.Set("X-Test-User", user)
	return r
}

func TestC1RouteWithoutRuleDoesNotStart(t *testing.T) {
	t.Parallel()
	for name, route := range map[string]Route{
		"no role":             {Pattern: "GET /x", Handler: hello},
		"unknown role":        {Pattern: "GET /x", Roles: []Role{"root"}, Handler: hello},
		"public and a role":   {Pattern: "GET /x", Roles: []Role{Public, clerk}, Handler: hello},
		"no method":           {Pattern: "/x", Roles: []Role{Public}, Handler: hello},
		"other method":        {Pattern: "PUT /x", Roles: []Role{Public}, Handler: hello},
		"no handler":          {Pattern: "GET /x", Roles: []Role{Public}},
		"collides":            {Pattern: "GET /healthz", Roles: []Role{Public}, Handler: hello},
		"not a valid pattern": {Pattern: "GET /{", Roles: []Role{Public}, Handler: hello},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := New(Options{Hosts: []string{"x"}, Pages: testPages(t), Roles: map[Role]string{clerk: "D"}, Routes: []Route{Healthz(), route}})
			if err == nil {
				t.Error("the house started")
			}
		})
	}
	if _, err := New(Options{Hosts: []string{"x"}, Pages: testPages(t), Nav: []Nav{{Label: "X", Href: "/x"}}}); err == nil {
		t.Error("a navigation entry without a rule started")
	}
}

func TestC1EachCellOfRoleAndRoute(t *testing.T) {
	t.Parallel()
	h := open(t,
		Route{Pattern: "GET /offen", Roles: []Role{Public}, Handler: hello},
		Route{Pattern: "GET /zwischen", Roles: []Role{Pending}, Handler: hello},
		Route{Pattern: "GET /alle", Roles: []Role{SignedIn}, Handler: hello},
		Route{Pattern: "GET /akten", Roles: []Role{clerk}, Handler: hello},
		Route{Pattern: "GET /beide", Roles: []Role{clerk, keeper}, Handler: hello},
		Route{Pattern: "GET /programm", Roles: []Role{clerk, Machine}, Handler: hello},
	)
	for path, want := range map[string]map[string]int{
		"/offen":    {"": 200, "pending": 200, "clerk": 200, "keeper": 200, "machine": 200},
		"/zwischen": {"": 303, "pending": 200, "clerk": 403, "keeper": 403, "machine": 403},
		"/alle":     {"": 303, "pending": 303, "clerk": 200, "keeper": 200, "machine": 403},
		"/akten":    {"": 303, "pending": 303, "clerk": 200, "keeper": 403, "machine": 403},
		"/beide":    {"": 303, "pending": 303, "clerk": 200, "keeper": 200, "machine": 403},
		"/programm": {"": 303, "pending": 303, "clerk": 200, "keeper": 403, "machine": 200},
		"/nirgends": {"": 404, "pending": 404, "clerk": 404, "keeper": 404},
	} {
		for user, status := range want {
			if got := h.do(as(user, get(path))); got.Code != status {
				t.Errorf("%s as %q: %d, want %d", path, user, got.Code, status)
			}
		}
	}
	refused := h.do(as("keeper", get("/akten"))).Body.String()
	if !strings.Contains(refused, "„Dokumentation“") || !strings.Contains(refused, "„Schlüsselverwaltung“") {
		t.Error("the refusal names neither the needed role nor the own one")
	}
	if location := h.do(get("/akten")).Header().Get("Location"); location != "/anmelden?weiter=%2Fakten" {
		t.Errorf("Location %q", location)
	}
	script := get("/akten")
	script.Header.Set("Accept", "application/json")
	if got := h.do(script); got.Code != 401 {
		t.Errorf("script without session: %d", got.Code)
	}
	broken := get("/akten")
	broken.Header.Set("X-Test-Broken", "1")
	if got := h.do(as("clerk", broken)); got.Code != 500 {
		t.Errorf("unreadable session: %d, want 500", got.Code)
	}
}

func TestA13NoticesAndUnitsStandOnEveryPage(t *testing.T) {
	t.Parallel()
	h := open(t, Route{Pattern: "GET /akten", Roles: []Role{clerk}, Handler: hello})
	body := h.do(as("told", get("/akten"))).Body.String()
	for _, want := range []string{"Ein Passkey wurde eingerichtet.", `name="weiter" value="/akten"`, `name="unit" value="u2"`, `action="/einrichtung"`, `href="/konto"`} {
		if !strings.Contains(body, want) {
			t.Errorf("the page lacks %s", want)
		}
	}
	if strings.Contains(body, `name="unit" value="u1"`) {
		t.Error("the present unit can be switched to")
	}
	if body = h.do(as("clerk", get("/akten"))).Body.String(); strings.Contains(body, "/einrichtung") || strings.Contains(body, "/konto/hinweise") {
		t.Error("notices or a switch without a reason")
	}
}

func TestW1HeadersOnEveryAnswer(t *testing.T) {
	t.Parallel()
	h := open(t,
		Route{Pattern: "GET /seite", Roles: []Role{Public}, Handler: hello},
		Route{Pattern: "GET /fehler", Roles: []Role{Public}, Handler: func(*Request) (Response, error) { return nil, errors.New("x") }},
		Route{Pattern: "GET /absturz", Roles: []Role{Public}, Handler: func(*Request) (Response, error) { panic("x") }},
		Route{Pattern: "POST /tat", Roles: []Role{Public}, Handler: func(*Request) (Response, error) { return Redirect("/seite"), nil }},
		Route{Pattern: "GET /akten", Roles: []Role{clerk}, Handler: hello},
	)
	foreign := get("/seite")
	foreign.Host = "evil.test"
	cross := post("/tat", "")
	cross.Header.Set("Sec-Fetch-Site", "cross-site")
	want := map[string]string{
		"Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; " +
			"connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; report-to csp",
		"Reporting-Endpoints":          `csp="/csp-bericht"`,
		"Strict-Transport-Security":    "max-age=31536000; includeSubDomains",
		"X-Content-Type-Options":       "nosniff",
		"Referrer-Policy":              "no-referrer",
		"Cross-Origin-Opener-Policy":   "same-origin",
		"Cross-Origin-Resource-Policy": "same-origin",
		"Cache-Control":                "no-store",
	}
	for name, r := range map[string]*http.Request{
		"page": get("/seite"), "own error": get("/fehler"), "panic": get("/absturz"), "post": post("/tat", ""),
		"sign-in": get("/akten"), "unknown": get("/nirgends"), "wrong method": post("/seite", ""), "probe": get("/healthz"), "cross": cross,
	} {
		w := h.do(r)
		for key, value := range want {
			if got := w.Header().Get(key); got != value {
				t.Errorf("%s: %s = %q", name, key, got)
			}
		}
		if w.Header().Get("Permissions-Policy") == "" || w.Header().Get("Server") != "" {
			t.Errorf("%s: permissions policy missing or server told", name)
		}
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, foreign)
	if w.Code != http.StatusMisdirectedRequest || w.Header().Get("Content-Security-Policy") == "" {
		t.Errorf("foreign host: %d", w.Code)
	}
}

func TestW2NineHeaderCombinations(t *testing.T) {
	t.Parallel()
	done := 0
	h := open(t,
		Route{Pattern: "POST /tat", Roles: []Role{Public}, Handler: func(*Request) (Response, error) { done++; return Status(http.StatusNoContent), nil }},
		Route{Pattern: "GET /tat", Roles: []Role{Public}, Handler: hello})
	for _, c := range []struct {
		method, site, origin string
		want                 int
	}{
		{http.MethodPost, "same-origin", "", 204},
		{http.MethodPost, "none", "", 204},
		{http.MethodPost, "cross-site", "", 403},
		{http.MethodPost, "same-site", "", 403},
		{http.MethodPost, "", "https://portal.test", 204},
		{http.MethodPost, "", "https://evil.test", 403},
		{http.MethodPost, "", "null", 403},
		{http.MethodPost, "", "", 204},
		{http.MethodGet, "cross-site", "https://evil.test", 200},
	} {
		before := done
		r := httptest.NewRequest(c.method, "/tat", nil)
		if c.site != "" {
			r.Header.Set("Sec-Fetch-Site", c.site)
		}
		if c.origin != "" {
			r.Header.Set("Origin", c.origin)
		}
		if got := h.do(r).Code; got != c.want {
			t.Errorf("%s site=%q origin=%q: %d, want %d", c.method, c.site, c.origin, got, c.want)
		}
		if acted := done != before; acted != (c.want == 204) {
			t.Errorf("%s site=%q origin=%q: handler ran: %v", c.method, c.site, c.origin, acted)
		}
	}
}

func TestL3PanicAndErrorsSayNothing(t *testing.T) {
	t.Parallel()
	const marker = "Zacharias-Markerfeld-1903"
	h := open(t,
		Route{Pattern: "GET /absturz/{name}", Roles: []Role{Public}, Handler: func(r *Request) (Response, error) { panic(r.PathValue("name")) }},
		Route{Pattern: "GET /leer/{name}", Roles: []Role{Public}, Handler: func(r *Request) (Response, error) {
			var p *Principal
			return JSON(p.DisplayName), nil
		}},
		Route{Pattern: "POST /form/{name}", Roles: []Role{Public}, Handler: func(r *Request) (Response, error) {
			var form struct {
				Name string `form:"name"`
			}
			return Status(204), r.Decode(&form)
		}},
		Route{Pattern: "GET /kaputt", Roles: []Role{Public}, Handler: func(*Request) (Response, error) { return Page("broken", "X", struct{}{}), nil }},
		Route{Pattern: "GET /fault", Roles: []Role{Public}, Handler: func(*Request) (Response, error) {
			return nil, fault.New(fault.Locked, "account.locked", "Das Konto ist gesperrt. Versuchen Sie es um 14:33 Uhr erneut.")
		}},
	)
	w := h.do(get("/absturz/" + marker + "?name=" + marker))
	if w.Code != 500 || strings.Contains(w.Body.String(), marker) || !incidentPattern.MatchString(w.Body.String()) {
		t.Errorf("panic page: %d", w.Code)
	}
	if w := h.do(get("/leer/" + marker)); w.Code != 500 {
		t.Errorf("nil pointer: %d", w.Code)
	}
	if w := h.do(get("/kaputt")); w.Code != 500 || !strings.Contains(w.Body.String(), "Technischer Fehler") {
		t.Errorf("broken template: %d", w.Code)
	}
	if w := h.do(get("/fault")); w.Code != 423 || !strings.Contains(w.Body.String(), "Das Konto ist gesperrt.") {
		t.Errorf("fault page: %d", w.Code)
	}
	h.do(post("/form/"+marker, "name="+marker+"&name="+marker))
	h.do(post("/form/"+marker, "name=%zz"+marker))
	h.do(post("/form/"+marker, marker+"="+marker))
	h.do(get("/" + marker + "%0aERROR%20forged%1b[31m%e2%80%a8"))
	hostile := httptest.NewRequest(http.MethodGet, "/kaputt", nil)
	hostile.Method = marker + "\n{\"level\":\"ERROR\"}"
	h.do(hostile)
	log := h.log.String()
	if strings.Contains(log, marker) {
		t.Errorf("the log holds the marker:\n%s", log)
	}
	for line := range strings.Lines(log) {
		if !strings.HasPrefix(line, `{"time":`) || !strings.HasSuffix(line, "}\n") || strings.ContainsAny(line, "\x1b\u2028\r") {
			t.Errorf("not one JSON object per line: %q", line)
		}
	}
	for _, want := range []string{`"route":"GET /absturz/{name}"`, `"incident":"`, `"what":"string"`,
		"TestL3PanicAndErrorsSayNothing", "nil pointer dereference", `"fault":"account.locked"`, `"method":"other"`} {
		if !strings.Contains(log, want) {
			t.Errorf("the log lacks %s", want)
		}
	}
}

func TestL3LogInjectionImpossible(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	log := NewLog(&out, slog.LevelInfo)
	log.Info("request", "key", "a\r\nb\x1b[31m\u2028\u2029{\"level\":\"ERROR\"}")
	if n := strings.Count(out.String(), "\n"); n != 1 {
		t.Errorf("%d lines", n)
	}
	if strings.ContainsAny(out.String(), "\r\x1b\u2028\u2029") {
		t.Errorf("control characters in %q", out.String())
	}
}

func TestU7DownloadHeaders(t *testing.T) {
	t.Parallel()
	h := open(t, Route{Pattern: "GET /liste", Roles: []Role{Public}, Handler: func(*Request) (Response, error) {
		return Download("liste\r\nX: y\u202e\"/../öl.csv", "text/csv; charset=utf-8", func(w io.Writer) error {
			_, err := io.WriteString(w, "Wert\r\n")
			return err
		}), nil
	}}, Route{Pattern: "GET /bricht", Roles: []Role{Public}, Handler: func(*Request) (Response, error) {
		return Download("x.xml", "application/xml", func(io.Writer) error { return errors.New("store closed") }), nil
	}})
	w := h.do(get("/liste"))
	head := w.Header()
	if got := head.Get("Content-Disposition"); got != "attachment; filename=liste__X__y___..__l.csv" {
		t.Errorf("Content-Disposition %q", got)
	}
	if head.Get("Content-Security-Policy") != downloadPolicy || head.Get("X-Content-Type-Options") != "nosniff" {
		t.Error("download without sandbox or nosniff")
	}
	if got := w.Body.String(); got != "Wert\r\n" {
		t.Errorf("body %q", got)
	}
	if w := h.do(get("/bricht")); w.Code != 500 || w.Header().Get("Content-Disposition") != "" {
		t.Errorf("download that breaks before its first byte: %d", w.Code)
	}
}

func TestRedirectStaysInTheHouse(t *testing.T) {
	t.Parallel()
	for path, want := range map[string]string{"/x": "/x", "//evil.test": "/", "https://evil.test": "/", "/\\evil.test": "/", "x": "/", "": "/", "/a\r\nb": "/"} {
		if got := LocalPath(path); got != want {
			t.Errorf("LocalPath(%q) = %q", path, got)
		}
	}
	h := open(t,
		Route{Pattern: "POST /fort", Roles: []Role{Public}, Handler: func(*Request) (Response, error) { return Redirect("//evil.test"), nil }},
		Route{Pattern: "POST /gut", Roles: []Role{Public}, Handler: func(*Request) (Response, error) { return Redirect("/seite").Notice("saved"), nil }},
		Route{Pattern: "GET /seite", Roles: []Role{Public}, Handler: hello})
	if w := h.do(post("/fort", "")); w.Code != 500 || w.Header().Get("Location") != "" {
		t.Errorf("foreign redirect: %d", w.Code)
	}
	w := h.do(post("/gut", ""))
	cookie := w.Result().Cookies()
	if w.Code != 303 || len(cookie) != 1 || !cookie[0].Secure || !cookie[0].HttpOnly || cookie[0].SameSite != http.SameSiteStrictMode {
		t.Fatalf("redirect with notice: %d %v", w.Code, cookie)
	}
	next := get("/seite")
	next.AddCookie(cookie[0])
	if !strings.Contains(h.do(next).Body.String(), "Die Angaben sind gespeichert.") {
		t.Error("the notice is not shown on the next page")
	}
	forged := get("/seite")
	forged.AddCookie(&http.Cookie{Name: noticeCookie, Value: "Sie haben gewonnen"})
	if strings.Contains(h.do(forged).Body.String(), "gewonnen") {
		t.Error("a forged notice is shown")
	}
}

func TestB1CookieIsStrict(t *testing.T) {
	t.Parallel()
	h := open(t, Route{Pattern: "POST /anmelden", Roles: []Role{Public}, Handler: func(*Request) (Response, error) {
		return WithHeader(WithCookie(Redirect("/"), &http.Cookie{Name: "__Host-sitzung", Value: "t", Domain: "test"}), "Clear-Site-Data", `"storage"`), nil
	}})
	w := h.do(post("/anmelden", ""))
	if got := w.Header().Get("Set-Cookie"); got != "__Host-sitzung=t; Path=/; HttpOnly; Secure; SameSite=Strict" {
		t.Errorf("Set-Cookie %q", got)
	}
	if w.Code != 303 || w.Header().Get("Clear-Site-Data") == "" {
		t.Errorf("status %d", w.Code)
	}
}

func TestReadyTellsStrangersOnlyYesOrNo(t *testing.T) {
	t.Parallel()
	down := errors.New("dial tcp 10.0.0.7: refused")
	h := open(t, Readyz(Check{"database", func(context.Context) error { return down }}))
	w := h.do(get("/readyz"))
	if w.Code != 503 || strings.Contains(w.Body.String(), "10.0.0.7") || strings.Contains(w.Body.String(), "database") {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	if !strings.Contains(h.log.String(), `"check":"database"`) {
		t.Error("the log does not name the check")
	}
}

func TestMetricsCarryOnlyPatterns(t *testing.T) {
	t.Parallel()
	h := open(t, Route{Pattern: "GET /akten/{handle}", Roles: []Role{Public}, Handler: hello})
	h.do(get("/akten/geheim"))
	h.do(get("/akten2/geheim"))
	w := httptest.NewRecorder()
	h.opts.Metrics.Handler().ServeHTTP(w, get("/metrics"))
	if body := w.Body.String(); strings.Contains(body, "geheim") || !strings.Contains(body, `route="GET /akten/{handle}"`) {
		t.Error("metrics carry the path, or not the pattern")
	}
}

func TestServerHasLimits(t *testing.T) {
	t.Parallel()
	s := NewServer("localhost:0", http.NotFoundHandler(), nil, slog.New(slog.DiscardHandler))
	if s.ReadHeaderTimeout == 0 || s.ReadTimeout == 0 || s.WriteTimeout == 0 || s.IdleTimeout == 0 || s.MaxHeaderBytes > 64<<10 {
		t.Error("the server has no limits")
	}
}

func TestReportRouteLogsOnlyTheDirective(t *testing.T) {
	t.Parallel()
	h := open(t, ReportRoute())
	body := `[{"type":"csp-violation","body":{"effectiveDirective":"img-src","blockedURL":"https://x/geheim"}}]`
	r := httptest.NewRequest(http.MethodPost, "/csp-bericht", strings.NewReader(body))
	for range 70 {
		r.Body = io.NopCloser(strings.NewReader(body))
		if got := h.do(r).Code; got != 204 {
			t.Fatal(got)
		}
	}
	log := h.log.String()
	if strings.Contains(log, "geheim") || strings.Count(log, `"directive":"img-src"`) != 60 {
		t.Errorf("%d lines", strings.Count(log, `"directive":"img-src"`))
	}
}
