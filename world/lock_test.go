// SPDX-License-Identifier: EUPL-1.2

package world_test

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"io"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/BurntSushi/toml"

	"meldewerk/exchange/wire"
	"meldewerk/internal/database"
	"meldewerk/internal/database/databasetest"
	"meldewerk/internal/signin"
	"meldewerk/portal"
)

// twins are two processes of one portal on one PostgreSQL.
type twins struct {
	f      *fleet
	t      *testing.T
	db     *database.DB
	files  [2]string // configurations
	places [2]string // addresses
	cmds   [2]*exec.Cmd
}

func newTwins(t *testing.T) *twins {
	t.Helper()
	f := newFleet(t, "kkn", map[wire.House]string{wire.Portal: databasetest.PostgresDSN(t)})
	w := &twins{f: f, t: t, files: [2]string{f.layout.ConfigFile(wire.Portal), filepath.Join(f.layout.Dir, "portal-2.toml")},
		places: [2]string{f.layout.Portal, freeAddress(t)}}
	config, err := portal.LoadConfig(w.files[0])
	must(t, err)
	config.Public.Address, config.Exchange.Address = w.places[1], freeAddress(t)
	file, err := os.OpenFile(w.files[1], os.O_CREATE|os.O_WRONLY, 0o600)
	must(t, err)
	must(t, toml.NewEncoder(file).Encode(config))
	must(t, file.Close())
	w.db, err = database.Open(t.Context(), config.Database, database.Options{})
	must(t, err)
	t.Cleanup(func() {
		for i := range w.cmds {
			w.kill(i)
		}
		must(t, w.db.Close())
	})
	w.start(0)
	w.start(1)
	w.await()
	return w
}

func (w *twins) start(i int) {
	w.t.Helper()
	log, err := os.OpenFile(w.f.logFile(wire.Portal), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	must(w.t, err)
	defer func() { _ = log.Close() }() // the child has its own handle
	cmd := exec.Command(w.f.binary, "portal", "--config", w.files[i])
	cmd.Stdout, cmd.Stderr = log, log
	cmd.Env = append(os.Environ(), "TMPDIR="+w.f.temp(wire.Portal))
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	must(w.t, cmd.Start())
	w.cmds[i] = cmd
}

// kill ends a process as a power cut does.
func (w *twins) kill(i int) {
	if cmd := w.cmds[i]; cmd != nil {
		_ = cmd.Process.Kill() // it may be gone
		_ = cmd.Wait()         // it was killed
		w.cmds[i] = nil
	}
}

func (w *twins) await() {
	w.t.Helper()
	for i := range w.places {
		s := w.screen()
		w.f.poll(30*time.Second, "a portal is ready", func() bool {
			a, err := s.ask(i, http.MethodGet, "/readyz", nil)
			return err == nil && a.status == http.StatusOK
		})
	}
}

// again kills both processes and starts them anew.
func (w *twins) again() {
	w.t.Helper()
	for i := range w.cmds {
		w.kill(i)
		w.start(i)
	}
	w.await()
}

// turn lets time pass for the rows of the account, which the processes take
// from their own clocks.
func (w *twins) turn(statement string) {
	w.t.Helper()
	must(w.t, intrude(w.t, w.db, statement))
}

// command calls `meldewerk account` on the host.
func (w *twins) command(args ...string) {
	w.t.Helper()
	out, err := exec.Command(w.f.binary, append([]string{"account"}, append(args, "--config", w.files[0])...)...).CombinedOutput()
	if err != nil {
		w.t.Fatalf("account %s: %v: %s", args[0], err, out)
	}
}

// screen is a browser that reaches both processes with the same cookies, as
// behind a proxy that spreads the requests.
type screen struct {
	w      *twins
	client *http.Client
}

func (w *twins) screen() *screen {
	w.t.Helper()
	pem, err := os.ReadFile(w.f.layout.AuthorityFile())
	must(w.t, err)
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(pem)
	jar, err := cookiejar.New(nil)
	must(w.t, err)
	dialer := &net.Dialer{Timeout: 10 * time.Second}
	transport := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: roots, MinVersion: tls.VersionTLS13}, ForceAttemptHTTP2: true,
		DialContext: func(ctx context.Context, network, address string) (net.Conn, error) {
			if strings.HasSuffix(address, ":2") { // the second process
				return dialer.DialContext(ctx, network, w.places[1])
			}
			return dialer.DialContext(ctx, network, w.places[0])
		}}
	w.t.Cleanup(transport.CloseIdleConnections)
	return &screen{w: w, client: &http.Client{Transport: transport, Jar: jar, Timeout: 60 * time.Second,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}}
}

func (s *screen) ask(process int, method, path string, form url.Values) (answer, error) {
	base := "https://portal.localhost:1"
	if process == 1 {
		base = "https://portal.localhost:2"
	}
	r, err := http.NewRequestWithContext(s.w.t.Context(), method, base+path, strings.NewReader(form.Encode()))
	if err != nil {
		return answer{}, err
	}
	r.Header.Set("Content-Type", urlencoded)
	response, err := s.client.Do(r)
	if err != nil {
		return answer{}, err
	}
	defer func() { _ = response.Body.Close() }() // read to the end
	body, err := io.ReadAll(response.Body)
	return answer{response.StatusCode, response.Header, string(body)}, err
}

func (s *screen) post(process int, path string, pairs ...string) answer {
	s.w.t.Helper()
	form := url.Values{}
	for i := 0; i < len(pairs); i += 2 {
		form.Set(pairs[i], pairs[i+1])
	}
	a, err := s.ask(process, http.MethodPost, path, form)
	must(s.w.t, err)
	return a
}

func (s *screen) enter(process int, l login) answer {
	s.w.t.Helper()
	return s.post(process, signin.PathSignIn, "username", "alle", "password", l.password)
}

// signIn goes the whole way in; the last used code is forgotten before, so
// that nobody has to wait for the next.
func (s *screen) signIn(process int, l login) {
	s.w.t.Helper()
	s.w.turn(`UPDATE account SET last_step = 0`)
	if a := s.enter(process, l); a.to() != signin.PathCode {
		s.w.t.Fatalf("password: %d to %q", a.status, a.to())
	}
	if a := s.post(1-process, signin.PathCode, "otp", oathtool(s.w.t, l.secret, time.Now())); a.to() != "/" {
		s.w.t.Fatalf("code: %d to %q", a.status, a.to())
	}
}

func (s *screen) in(process int) bool {
	s.w.t.Helper()
	a, err := s.ask(process, http.MethodGet, "/", nil)
	must(s.w.t, err)
	return a.status == http.StatusOK
}

// atOnce does something fifty times at the same time on both processes and
// counts the answers that say that something was compared and found wrong.
// Processes that are killed meanwhile give no answer.
func atOnce(n int, sentence string, do func(i int) (answer, error)) int {
	var group sync.WaitGroup
	var mu sync.Mutex
	compared := 0
	begin := make(chan struct{})
	for i := range n {
		group.Go(func() {
			<-begin
			a, err := do(i)
			mu.Lock()
			defer mu.Unlock()
			if err == nil && strings.Contains(a.body, sentence) {
				compared++
			}
		})
	}
	close(begin)
	group.Wait()
	return compared
}

const (
	saysWrongPair = "Benutzername oder Passwort stimmt nicht"
	saysWrongCode = "Das Einmalkennwort stimmt nicht oder ist schon verbraucht"
)

// TestA1A4A5A7B4LockoutsOverTwoProcessesAndKills tries fifty wrong entries at
// once over two processes of one portal, kills them in the middle, and wants
// the counters, locks and ended sessions to be those of one.
func TestA1A4A5A7B4LockoutsOverTwoProcessesAndKills(t *testing.T) {
	t.Parallel()
	w := newTwins(t)
	l := w.f.users["alle"]

	// A4, A1: no more than three pairs are compared, and then even the right one is refused.
	wrong := url.Values{"username": {"alle"}, "password": {"Vier Wörter und keines davon stimmt"}}
	screens := make([]*screen, 8)
	for i := range screens {
		screens[i] = w.screen()
	}
	compared := atOnce(50, saysWrongPair, func(i int) (answer, error) {
		return screens[i%8].ask(i%2, http.MethodPost, signin.PathSignIn, wrong)
	})
	if compared == 0 || compared > 3 {
		t.Errorf("A4: %d of 50 wrong pairs at once were compared, want 1 to 3", compared)
	}
	for range 3 - compared {
		screens[0].post(0, signin.PathSignIn, "username", "alle", "password", "Vier Wörter und keines davon stimmt")
	}
	w.again()
	for process := range 2 {
		if a := screens[0].enter(process, l); a.status != http.StatusUnprocessableEntity || !strings.Contains(a.body, "Nächster Versuch um") {
			t.Errorf("A1: after the kill the right pair gets %d: to %q", a.status, a.to())
		}
	}
	w.turn(`UPDATE account SET locked_until = locked_until - 61000000 WHERE locked_until IS NOT NULL`)

	// B4: a session is one over both processes, and dead in both when one ends it.
	first := w.screen()
	first.signIn(0, l)
	if !first.in(0) || !first.in(1) {
		t.Error("B4: a session does not hold in both processes")
	}
	first.post(1, signin.PathSignOut)
	if first.in(0) || first.in(1) {
		t.Error("B4: signed out, and still in")
	}

	// A5, A7: ten wrong codes altogether, whatever sessions and processes they
	// come from and whoever is killed meanwhile; then every session is dead.
	working := w.screen()
	working.signIn(1, l)
	half := make([]*screen, 5)
	for i := range half {
		half[i] = w.screen()
		if a := half[i].enter(i%2, l); a.to() != signin.PathCode {
			t.Fatalf("half-open session: %d to %q", a.status, a.to())
		}
	}
	bad := url.Values{"otp": {wrongCode(t, l.secret, time.Now())}}
	compared = atOnce(50, saysWrongCode, func(i int) (answer, error) {
		if i == 25 {
			_ = w.cmds[0].Process.Kill() // in the middle of the others
			return answer{}, nil
		}
		return half[i%5].ask(i%2, http.MethodPost, signin.PathCode, bad)
	})
	w.again()
	for tries := 0; compared < 10 && tries < 10; tries++ {
		a, err := half[tries%5].ask(tries%2, http.MethodPost, signin.PathCode, bad)
		must(t, err)
		if !strings.Contains(a.body, saysWrongCode) {
			break
		}
		compared++
	}
	if compared == 0 || compared > 10 {
		t.Errorf("A5: %d wrong codes were compared", compared)
	}
	w.wantLocked(working, half, l)

	// H5: only a release of that lock opens it again.
	w.command("release", "portal", "--username", "alle", "--recognised", "call-back")
	working.signIn(0, l)

	// A13, B4: a reset and a closing on the host end the sessions of both at once.
	w.command("reset", "portal", "--username", "alle", "--recognised", "letter")
	if working.in(0) || working.in(1) {
		t.Error("A13: the session outlived the reset")
	}
	if a := working.enter(0, l); a.to() != signin.PathEnrol {
		t.Errorf("A13: after the reset the password leads to %q", a.to())
	}
	w.command("close", "portal", "--username", "alle")
	if a := working.enter(1, l); a.status != http.StatusUnprocessableEntity || !strings.Contains(a.body, saysWrongPair) {
		t.Errorf("B4: a closed account answers %d to %q", a.status, a.to())
	}
}

// wantLocked wants nobody to get in any more: not in a session that was open,
// not with the right code in a half-open one, not from the beginning.
func (w *twins) wantLocked(working *screen, half []*screen, l login) {
	w.t.Helper()
	if working.in(0) || working.in(1) {
		w.t.Error("A7: the full session outlived the lock")
	}
	w.turn(`UPDATE account SET last_step = 0`)
	right := oathtool(w.t, l.secret, time.Now())
	for i, s := range half {
		s.post(i%2, signin.PathCode, "otp", right)
		if s.in(i % 2) {
			w.t.Error("A7: the right code opens a locked access")
		}
	}
	again := w.screen()
	again.enter(0, l)
	again.post(1, signin.PathCode, "otp", right)
	if again.in(0) || again.in(1) {
		w.t.Error("A5: a locked access was opened from the beginning")
	}
}
