// SPDX-License-Identifier: EUPL-1.2

package portal_test

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"crypto/sha256"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"meldewerk/exchange/access"
	"meldewerk/portal/courier"
)

// program is an upload program with a key that the trust centre registered.
type program struct {
	w      *world
	key    courier.Key
	client *courier.Client
	waits  []time.Duration
}

// program registers a key for unit-1 and the software of the test packages.
func (w *world) program(d *desk, id, software string) *program {
	w.t.Helper()
	key, err := courier.CreateKey(filepath.Join(w.t.TempDir(), "installation.pem"))
	if err != nil {
		w.t.Fatal(err)
	}
	public, err := courier.ParsePublic(key.Public())
	if err != nil {
		w.t.Fatal(err)
	}
	d.want(access.Done, unitOrder("unit-1"))
	d.want(access.Done, access.Order{Act: access.RegisterKey, Key: &access.Key{ID: id, Unit: "unit-1", Software: software, Label: "Server 1", Public: public}})
	p := &program{w: w, key: key}
	p.client = p.at(w.server.URL, id)
	return p
}

func (p *program) at(server, id string) *courier.Client {
	p.w.t.Helper()
	pool := x509.NewCertPool()
	pool.AddCert(p.w.server.Certificate())
	client, err := courier.NewClient(courier.Options{Server: server, Authority: pool, KeyID: id, Key: p.key, Clock: p.w.clock.Now,
		Wait: func(_ context.Context, d time.Duration) error { p.waits = append(p.waits, d); return nil }})
	if err != nil {
		p.w.t.Fatal(err)
	}
	p.w.t.Cleanup(client.Close)
	return client
}

func packageFile(kind, content string) courier.Package {
	return courier.Package{Name: "export.xml", Kind: kind, Size: int64(len(content)),
		Open: func() (io.ReadCloser, error) { return io.NopCloser(strings.NewReader(content)), nil }}
}

func wantRefusal(t *testing.T, what, key string, err error) {
	t.Helper()
	refusal, is := errors.AsType[*courier.Refusal](err)
	if !is || refusal.Key != key || refusal.Sentence == "" {
		t.Errorf("%s: %v, want %s", what, err, key)
	}
}

func (w *world) nothingKept(t *testing.T, what string) {
	t.Helper()
	if out, err := w.door().Next(t.Context(), 10); err != nil || len(out) != 0 {
		t.Errorf("%s: %d envelopes were made, %v", what, len(out), err)
	}
}

// TestProgramSendsPackages: signed, taken, protocol; the same again gives the
// first receipt, and the envelope knows the unit.
func TestProgramSendsPackages(t *testing.T) {
	onBoth(t, func(t *testing.T, dsn string) {
		w := newWorld(t, dsn)
		p := w.program(w.desk(), "K1", "Probe")
		bad := somebody(2)
		bad.badDate = true
		text := packageOf(somebody(1), bad)
		first, err := p.client.Send(t.Context(), packageFile("real", text))
		if err != nil || first.Reports != 2 || first.Rejected != 1 || first.Number == "" || first.Again || first.State != "received" {
			t.Fatalf("%+v, %v", first, err)
		}
		again, err := p.client.Send(t.Context(), packageFile("real", text))
		if err != nil || !again.Again || again.Number != first.Number || again.Path != first.Path {
			t.Errorf("the same again: %+v, %v", again, err)
		}
		out, err := w.door().Next(t.Context(), 10)
		if err != nil || len(out) != 1 || out[0].Unit != "unit-1" || !out[0].Released || len(out[0].Reporters) != 1 {
			t.Errorf("%+v, %v", out, err)
		}
		cut, err := p.client.Send(t.Context(), packageFile("test", text[:len(text)/2]))
		if err != nil || cut.State != "unreadable" || cut.Number != "" {
			t.Errorf("half a package: %+v, %v", cut, err)
		}
	})
}

// TestProgramIsHeldToItsKey: what does not fit the key is refused with a
// sentence, and nothing of it is kept.
func TestProgramIsHeldToItsKey(t *testing.T) {
	onBoth(t, func(t *testing.T, dsn string) {
		w := newWorld(t, dsn)
		d := w.desk()
		p := w.program(d, "K1", "Probe")
		text := packageOf(somebody(1))
		other := strings.Replace(text, `Software_ID="Probe"`, `Software_ID="Andere"`, 1)
		_, err := p.client.Send(t.Context(), packageFile("real", other))
		wantRefusal(t, "other software", "machine.software", err)
		_, err = p.at(w.server.URL, "K2").Send(t.Context(), packageFile("real", text))
		wantRefusal(t, "unknown key", "machine.key", err)
		stranger := &program{w: w}
		if stranger.key, err = courier.CreateKey(filepath.Join(t.TempDir(), "key.pem")); err != nil {
			t.Fatal(err)
		}
		_, err = stranger.at(w.server.URL, "K1").Send(t.Context(), packageFile("real", text))
		wantRefusal(t, "another's key", "machine.key", err)
		for name, off := range map[string]time.Duration{"slow clock": -6 * time.Minute, "fast clock": 6 * time.Minute} {
			wrong := p.skewed(off)
			_, err = wrong.Send(t.Context(), packageFile("real", text))
			wantRefusal(t, name, "machine.clock", err)
		}
		w.nothingKept(t, "refused packages")
		if _, err = p.skewed(4*time.Minute).Send(t.Context(), packageFile("test", text)); err != nil {
			t.Errorf("a clock four minutes off: %v", err)
		}
		shut := unitOrder("unit-1")
		shut.Unit.Released, shut.Unit.Closed = false, true
		d.want(access.Done, shut)
		_, err = p.client.Send(t.Context(), packageFile("real", text))
		wantRefusal(t, "closed unit", "machine.unit_closed", err)
		d.want(access.Done, unitOrder("unit-1"))
		d.want(access.Done, access.Order{Act: access.RevokeKey, Key: &access.Key{ID: "K1"}})
		_, err = p.client.Send(t.Context(), packageFile("real", text))
		wantRefusal(t, "revoked key", "machine.revoked", err)
	})
}

func (p *program) skewed(off time.Duration) *courier.Client {
	p.w.t.Helper()
	pool := x509.NewCertPool()
	pool.AddCert(p.w.server.Certificate())
	client, err := courier.NewClient(courier.Options{Server: p.w.server.URL, Authority: pool, KeyID: "K1", Key: p.key,
		Clock: func() time.Time { return p.w.clock.Now().Add(off) }})
	if err != nil {
		p.w.t.Fatal(err)
	}
	p.w.t.Cleanup(client.Close)
	return client
}

// raw sends one signed request as it is told to.
func (p *program) raw(sign courier.Request, path, kind, content string) answer {
	p.w.t.Helper()
	u := p.w.visitor()
	body, contentType := multipartBody(kind, "export.xml", strings.NewReader(content))
	method, from := http.MethodPost, body
	if content == "" {
		method, from = http.MethodGet, nil
	}
	r, err := http.NewRequestWithContext(p.w.t.Context(), method, p.w.server.URL+path, from)
	if err == nil {
		r.Header.Set("Content-Type", contentType)
		r.Header.Set("Accept", "application/json")
		r.Header.Set("Authorization", p.key.Sign(sign))
	}
	return u.do(r, err)
}

func (p *program) request(content string) courier.Request {
	sum := sha256.Sum256([]byte(content))
	return courier.Request{KeyID: "K1", Host: strings.TrimPrefix(p.w.server.URL, "https://"), Method: http.MethodPost, Path: "/pakete",
		Kind: "real", SHA256: sum[:], At: p.w.clock.Now(), Nonce: courier.NewNonce()}
}

// TestProgramsRequestCountsOnce: a request that is sent again, elsewhere or
// with another package is refused, and nothing of it is kept.
func TestProgramsRequestCountsOnce(t *testing.T) {
	onBoth(t, func(t *testing.T, dsn string) {
		w := newWorld(t, dsn)
		p := w.program(w.desk(), "K1", "Probe")
		text := packageOf(somebody(1))
		for name, c := range map[string]struct {
			spoil func(*courier.Request)
			kind  string
			key   string
		}{
			"other host":       {func(r *courier.Request) { r.Host = "portal.example.org" }, "real", "machine.key"},
			"other path":       {func(r *courier.Request) { r.Path = "/pakete/neu" }, "real", "machine.key"},
			"other method":     {func(r *courier.Request) { r.Method = http.MethodGet }, "real", "machine.key"},
			"other kind":       {func(*courier.Request) {}, "test", "machine.kind"},
			"other package":    {func(r *courier.Request) { r.SHA256 = make([]byte, 32) }, "real", "machine.hash"},
			"no package":       {func(r *courier.Request) { r.SHA256, r.Kind = nil, "" }, "real", "machine.key"},
			"short nonce":      {func(r *courier.Request) { r.Nonce = r.Nonce[:8] }, "real", "machine.key"},
			"hour old":         {func(r *courier.Request) { r.At = r.At.Add(-time.Hour) }, "real", "machine.clock"},
			"id with a path":   {func(r *courier.Request) { r.KeyID = "../K1" }, "real", "machine.key"},
			"no kind of data":  {func(*courier.Request) {}, "", "package.form"},
			"unknown kind":     {func(r *courier.Request) { r.Kind = "both" }, "both", "machine.key"},
			"nonce of another": {func(*courier.Request) {}, "maybe", "package.form"},
		} {
			sign := p.request(text)
			c.spoil(&sign)
			if a := p.raw(sign, "/pakete", c.kind, text); a.status < 400 || !strings.Contains(a.body, `"`+c.key+`"`) {
				t.Errorf("%s: %d %s", name, a.status, a.body)
			}
		}
		// What cannot be read is kept as a finding, but not when it is not what was signed for.
		sign := p.request(text)
		if a := p.raw(sign, "/pakete", "real", text[:300]); !strings.Contains(a.body, `"machine.hash"`) {
			t.Errorf("cut on the way: %d %s", a.status, a.body)
		}
		w.nothingKept(t, "forged requests")
		sign = p.request(text)
		if a := p.raw(sign, "/pakete", "real", text); a.status != http.StatusSeeOther {
			t.Fatalf("the right one: %d %s", a.status, a.body)
		}
		if a := p.raw(sign, "/pakete", "real", text); a.status != http.StatusConflict || !strings.Contains(a.body, `"machine.replayed"`) {
			t.Errorf("replayed: %d %s", a.status, a.body)
		}
	})
}

// TestC1ProgramsReachNothingElse: a signed request opens the two routes that
// name programs, and no page of people; nor another unit's packages.
func TestC1ProgramsReachNothingElse(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "sqlite:"+filepath.Join(t.TempDir(), "portal.db"))
	p := w.program(w.desk(), "K1", "Probe")
	u := w.user("nord")
	foreign := u.upload(packageOf(somebody(1)))
	for _, path := range []string{"/", "/pakete", "/pakete/neu", "/historie", "/konto", foreign, foreign + "/protokoll.csv", foreign + "/protokoll.json", "/pakete/ZZZZZZZZZZZZZZZZZZZZZZZZZZ/protokoll.json"} {
		sign := p.request("")
		sign.Method, sign.Path, sign.Kind, sign.SHA256 = http.MethodGet, path, "", nil
		a := p.raw(sign, path, "", "")
		want := http.StatusForbidden
		if strings.HasSuffix(path, "protokoll.json") {
			want = http.StatusNotFound
		}
		if a.status != want {
			t.Errorf("%s: %d", path, a.status)
		}
	}
}

// cutter is a proxy that breaks connections after some bytes of the caller, a
// number of times; then it lets everything through.
type cutter struct {
	target string
	after  int64
	left   atomic.Int32 // connections still to be cut
	answer bool         // let the bytes through and swallow the answer to them
	done   func() bool  // the portal has done what was asked
}

func (c *cutter) serve(t *testing.T) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = listener.Close() }) // ends the loop
	go func() {
		for {
			in, err := listener.Accept()
			if err != nil {
				return
			}
			go c.pipe(in)
		}
	}()
	return "https://" + listener.Addr().String()
}

func (c *cutter) pipe(in net.Conn) {
	out, err := net.Dial("tcp", c.target)
	if err != nil {
		_ = in.Close() // nobody is there
		return
	}
	defer func() { _, _ = in.Close(), out.Close() }() // both ends go together
	cut := c.left.Add(-1) >= 0
	sent, done := make(chan struct{}), make(chan struct{}, 2)
	go func() {
		if cut {
			_, _ = io.CopyN(out, in, c.after) // breaks off either way
			close(sent)
		}
		if !cut || c.answer {
			_, _ = io.Copy(out, in) // ends with the connection
		}
		done <- struct{}{}
	}()
	go func() {
		if !cut {
			_, _ = io.Copy(in, out) // likewise
			done <- struct{}{}
			return
		}
		c.back(in, out, sent)
		done <- struct{}{}
	}()
	<-done
}

// back passes answers on until the caller has sent its bytes. From then on it
// swallows them, until the portal has done what was asked.
func (c *cutter) back(in, out net.Conn, sent chan struct{}) {
	buffer := make([]byte, 32<<10)
	for {
		swallow := false
		select {
		case <-sent:
			swallow = true
		default:
		}
		if swallow && (c.done == nil || c.done()) {
			return
		}
		_ = out.SetReadDeadline(time.Now().Add(20 * time.Millisecond)) // of a connection that is there
		n, err := out.Read(buffer)
		if n > 0 && !swallow {
			if _, err := in.Write(buffer[:n]); err != nil {
				return
			}
		}
		if timeout, is := errors.AsType[net.Error](err); err != nil && (!is || !timeout.Timeout()) {
			return
		}
	}
}

// received says whether the portal has given a receipt with that number.
func (w *world) received(sequence int64) bool {
	list, err := w.door().Next(context.Background(), 100)
	return err == nil && len(list) > 0 && int64(list[len(list)-1].Receipt) >= sequence
}

// patient is a client that gives the portal time to notice a broken
// connection: until then the unit has an upload under way.
func (p *program) patient(server string) *courier.Client {
	p.w.t.Helper()
	pool := x509.NewCertPool()
	pool.AddCert(p.w.server.Certificate())
	client, err := courier.NewClient(courier.Options{Server: server, Authority: pool, KeyID: "K1", Key: p.key, Clock: p.w.clock.Now, Attempts: 400,
		Wait: func(_ context.Context, d time.Duration) error {
			p.waits = append(p.waits, d)
			time.Sleep(50 * time.Millisecond) // polls another program
			return nil
		}})
	if err != nil {
		p.w.t.Fatal(err)
	}
	p.w.t.Cleanup(client.Close)
	return client
}

// TestBrokenConnectionIsSentAgain: the connection is cut in the middle of the
// package, or behind its end, before the answer: one receipt, each report
// sealed once.
func TestBrokenConnectionIsSentAgain(t *testing.T) {
	onBoth(t, func(t *testing.T, dsn string) {
		w := newWorld(t, dsn)
		p := w.program(w.desk(), "K1", "Probe")
		for n, answer := range []bool{false, true} {
			text := packageOf(people(300 + n)...)
			c := &cutter{target: strings.TrimPrefix(w.server.URL, "https://"), after: int64(len(text)) / 2, answer: answer}
			if answer {
				c.after, c.done = int64(len(text)), func() bool { return w.received(int64(n + 1)) }
			}
			c.left.Store(2)
			p.waits = nil
			got, err := p.patient(c.serve(t)).Send(t.Context(), packageFile("real", text))
			if err != nil || got.Reports != 300+n || !strings.HasPrefix(got.Number, fmt.Sprintf("Q-2026-00000%d-", n+1)) {
				t.Errorf("answer cut %v: %d reports, receipt %s, %v", answer, got.Reports, got.Number, err)
			}
			if len(p.waits) == 0 || got.Again != answer {
				t.Errorf("answer cut %v: %d breaks, known before: %v", answer, len(p.waits), got.Again)
			}
		}
		out, err := w.door().Next(t.Context(), 100)
		if err != nil {
			t.Fatal(err)
		}
		reports := 0
		for _, e := range out {
			reports += e.Reports
		}
		if reports != 601 {
			t.Errorf("%d reports are sealed", reports)
		}
	})
}

// TestClientGivesUpOnWhatWillNotPass: refusals are not repeated, trouble is,
// and not for ever; a stranger's certificate is never trusted.
func TestClientGivesUpOnWhatWillNotPass(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "sqlite:"+filepath.Join(t.TempDir(), "portal.db"))
	p := w.program(w.desk(), "K1", "Probe")
	var calls atomic.Int32
	answerWith := func(status int) *httptest.Server {
		s := httptest.NewTLSServer(http.HandlerFunc(func(rw http.ResponseWriter, _ *http.Request) {
			calls.Add(1)
			rw.Header().Set("Retry-After", "7")
			rw.WriteHeader(status)
			fmt.Fprint(rw, `{"error":"Geht nicht.","key":"some.key"}`)
		}))
		t.Cleanup(s.Close)
		return s
	}
	for status, want := range map[int]int32{http.StatusForbidden: 1, http.StatusRequestEntityTooLarge: 1, http.StatusServiceUnavailable: 6, http.StatusBadGateway: 6} {
		calls.Store(0)
		p.waits = nil
		_, err := p.at(answerWith(status).URL, "K1").Send(t.Context(), packageFile("real", "<x/>"))
		wantRefusal(t, fmt.Sprint(status), "some.key", err)
		if calls.Load() != want {
			t.Errorf("status %d: %d attempts, want %d", status, calls.Load(), want)
		}
		if want > 1 && p.waits[0] != 7*time.Second {
			t.Errorf("status %d: waited %v", status, p.waits)
		}
	}
	calls.Store(0)
	server := answerWith(http.StatusSeeOther)
	untrusting, err := courier.NewClient(courier.Options{Server: server.URL, Authority: x509.NewCertPool(), KeyID: "K1", Key: p.key})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(untrusting.Close)
	if _, err := untrusting.Send(t.Context(), packageFile("real", "<x/>")); err == nil || calls.Load() != 0 {
		t.Errorf("a stranger was trusted: %v", err)
	}
	for _, location := range []string{"https://evil.example/pakete/x", "/pakete/../x", "/pakete/", "/konto", "/pakete/x?weiter=//evil"} {
		s := httptest.NewTLSServer(http.HandlerFunc(func(rw http.ResponseWriter, _ *http.Request) {
			rw.Header().Set("Location", location)
			rw.WriteHeader(http.StatusSeeOther)
		}))
		t.Cleanup(s.Close)
		if got, err := p.at(s.URL, "K1").Send(t.Context(), packageFile("real", "<x/>")); err == nil {
			t.Errorf("led to %s: %+v", location, got)
		}
	}
	growing := packageFile("real", "<x/>")
	opened := 0
	growing.Open = func() (io.ReadCloser, error) {
		opened++
		return io.NopCloser(bytes.NewReader(append([]byte("<x/>"), make([]byte, opened-1)...))), nil
	}
	if _, err := p.client.Send(t.Context(), growing); !errors.Is(err, courier.ErrChanged) {
		t.Errorf("a file that grows: %v", err)
	}
}

// TestKeyOfAnotherProgramVerifiesNothing: a signature fits its own key alone.
func TestKeyOfAnotherProgramVerifiesNothing(t *testing.T) {
	t.Parallel()
	_, key, err := ed25519.GenerateKey(nil)
	if err != nil {
		t.Fatal(err)
	}
	sign := courier.Request{KeyID: "K1", Host: "Portal.Example", Method: "GET", Path: "/pakete/x/protokoll.json", At: time.Now(), Nonce: courier.NewNonce()}
	r := httptest.NewRequest(http.MethodGet, "/pakete/x/protokoll.json", nil)
	r.Host = "portal.example"
	r.Header.Set("Authorization", sign.Header(key))
	signed, err := courier.Read(r)
	if err != nil || !signed.By(key.Public().(ed25519.PublicKey)) {
		t.Fatalf("own key: %v", err)
	}
	for name, public := range map[string]ed25519.PublicKey{"none": nil, "short": make([]byte, 31), "zero": make([]byte, 32)} {
		if signed.By(public) {
			t.Errorf("%s: verifies", name)
		}
	}
	r.Header.Add("Authorization", sign.Header(key))
	if _, err := courier.Read(r); err == nil {
		t.Error("two headers were read")
	}
}
