// SPDX-License-Identifier: EUPL-1.2

package world_test

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"iter"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"meldewerk/account"
	"meldewerk/exchange/submission"
	"meldewerk/exchange/wire"
	"meldewerk/internal/ui"
	"meldewerk/report"
	"meldewerk/synth"
	"meldewerk/testkit/leak"
	"meldewerk/world"
)

// binary builds the program once for all tests of this package.
var binary = sync.OnceValues(func() (string, error) {
	dir, err := os.MkdirTemp("", "meldewerk-test-")
	if err != nil {
		return "", err
	}
	built = dir
	path := filepath.Join(dir, "meldewerk")
	out, err := exec.Command("go", "build", "-o", path, "meldewerk/cmd/meldewerk").CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("build program: %w: %s", err, out)
	}
	return path, nil
})

var built string // folder of the built program, to be removed at the end

func TestMain(m *testing.M) {
	code := m.Run()
	if built != "" {
		_ = os.RemoveAll(built) // nothing runs from it any more
	}
	os.Exit(code)
}

// fleet is an installation whose houses run as three processes.
type fleet struct {
	t      testing.TB
	layout world.Layout
	binary string
	mu     sync.Mutex
	houses map[wire.House]*exec.Cmd
	unit   account.Unit
	users  map[string]login
}

type login struct {
	password string
	secret   account.Secret
}

var all = []wire.House{wire.Portal, wire.Registry, wire.TrustCentre}

// newFleet prepares an installation with one released unit and an account, and
// starts nothing yet.
func newFleet(t testing.TB, profile string, databases map[wire.House]string) *fleet {
	t.Helper()
	if testing.Short() {
		t.Skip("no processes in short mode")
	}
	if err := ui.CheckAssets(); err != nil {
		t.Skip(err)
	}
	path, err := binary()
	must(t, err)
	f := &fleet{t: t, binary: path, houses: map[wire.House]*exec.Cmd{}, users: map[string]login{}, layout: world.Layout{
		Dir: t.TempDir(), Profile: profile, Instance: "Krebsregister Musterland", Databases: databases,
		Portal: freeAddress(t), TrustCentre: freeAddress(t), Registry: freeAddress(t),
		PortalExchange: freeAddress(t), RegistryExchange: freeAddress(t)}}
	must(t, world.Prepare(t.Context(), f.layout))
	w, err := world.Open(t.Context(), f.layout, world.Options{InProcess: true, Hasher: cheap()})
	must(t, err)
	p := &plant{World: w, t: t, layout: f.layout, hasher: cheap()}
	f.unit = p.unit(account.Unit{ID: "unit-alle", AnyReporter: true, Released: true})
	password, secret := p.account("alle", f.unit.ID)
	f.users["alle"] = login{password, secret}
	must(t, w.Close())
	for _, h := range all {
		must(t, os.Mkdir(f.temp(h), 0o700))
	}
	t.Cleanup(func() { f.stop() })
	return f
}

func freeAddress(t testing.TB) string {
	t.Helper()
	var config net.ListenConfig
	listener, err := config.Listen(t.Context(), "tcp", "127.0.0.1:0")
	must(t, err)
	must(t, listener.Close())
	return listener.Addr().String()
}

func (f *fleet) temp(h wire.House) string    { return filepath.Join(f.layout.Dir, string(h), "tmp") }
func (f *fleet) logFile(h wire.House) string { return filepath.Join(f.layout.Dir, string(h), "log") }

// start starts a house as a process of its own.
func (f *fleet) start(h wire.House) error {
	log, err := os.OpenFile(f.logFile(h), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	defer func() { _ = log.Close() }() // the child has its own handle
	cmd := exec.Command(f.binary, string(h), "--config", f.layout.ConfigFile(h))
	cmd.Stdout, cmd.Stderr = log, log
	cmd.Env = append(os.Environ(), "TMPDIR="+f.temp(h))
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	if err := cmd.Start(); err != nil {
		return err
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.houses[h] = cmd
	return nil
}

// pid is the process of a house, 0 when it does not run.
func (f *fleet) pid(h wire.House) int {
	f.mu.Lock()
	defer f.mu.Unlock()
	if cmd := f.houses[h]; cmd != nil {
		return cmd.Process.Pid
	}
	return 0
}

// end ends a house by a signal and waits for it.
func (f *fleet) end(h wire.House, signal os.Signal) error {
	f.mu.Lock()
	cmd := f.houses[h]
	delete(f.houses, h)
	f.mu.Unlock()
	if cmd == nil {
		return nil
	}
	if err := cmd.Process.Signal(signal); err != nil && !errors.Is(err, os.ErrProcessDone) {
		return err
	}
	err := cmd.Wait()
	if signal == os.Kill {
		return nil // it was meant to end like that
	}
	return err
}

func (f *fleet) startAll() {
	f.t.Helper()
	for _, h := range all {
		must(f.t, f.start(h))
	}
	for _, h := range all {
		f.await(h)
	}
}

// stop ends all houses in order; a house that cannot end in order is a fault.
func (f *fleet) stop() {
	f.t.Helper()
	for _, h := range []wire.House{wire.TrustCentre, wire.Portal, wire.Registry} {
		if err := f.end(h, syscall.SIGTERM); err != nil {
			f.t.Errorf("%s did not end in order: %v\n%s", h, err, f.tail(h))
		}
	}
}

// tail is the end of a house's log.
func (f *fleet) tail(h wire.House) string {
	content, err := os.ReadFile(f.logFile(h))
	if err != nil {
		return err.Error()
	}
	return string(content[max(0, len(content)-2000):])
}

func (f *fleet) address(h wire.House) string {
	return map[wire.House]string{wire.Portal: f.layout.Portal, wire.TrustCentre: f.layout.TrustCentre, wire.Registry: f.layout.Registry}[h]
}

func (f *fleet) url(h wire.House) string {
	_, port, _ := net.SplitHostPort(f.address(h))
	return "https://" + string(h) + ".localhost:" + port
}

func (f *fleet) client(h wire.House) *world.Client {
	f.t.Helper()
	c, err := f.layout.NewClient(f.url(h), f.address(h))
	must(f.t, err)
	return c
}

// await waits until a house says that it is ready.
func (f *fleet) await(h wire.House) {
	f.t.Helper()
	c := f.client(h)
	f.poll(3*time.Minute, string(h)+" is ready", func() bool {
		_, status, err := c.Get(f.t.Context(), "/readyz")
		return err == nil && status == http.StatusOK
	})
}

// poll looks again and again, because another process gives no sign.
func (f *fleet) poll(within time.Duration, what string, there func() bool) {
	f.t.Helper()
	for deadline := time.Now().Add(within); !there(); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(deadline) {
			for _, h := range all {
				f.t.Logf("%s: %s", h, f.tail(h))
			}
			f.t.Fatalf("not within %s: %s", within, what)
		}
	}
}

// reporter is the account of the unit, signed in.
func (f *fleet) reporter() *reporter {
	f.t.Helper()
	l := f.users["alle"]
	r := &reporter{Client: f.client(wire.Portal), p: &plant{t: f.t}, username: "alle", password: l.password, secret: l.secret}
	must(f.t, r.SignIn(f.t.Context(), "alle", l.password, l.secret, time.Now()))
	return r
}

// settled says that every accepted report of a package is in a final state.
func settled(p protocol) bool {
	for state := range p.states() {
		switch state {
		case submission.Completed, submission.Duplicate, submission.Outdated, submission.Refused, submission.TestOnly:
		default:
			return false
		}
	}
	return len(p.Results) > 0
}

// TestH24ThreeProcesses is the way of a package through three processes that
// meet over mutual TLS; meanwhile it watches whom they talk to.
func TestH24ThreeProcesses(t *testing.T) {
	t.Parallel()
	f := newFleet(t, "kkn", nil)
	f.startAll()
	watched := f.watch()
	u := f.reporter()
	o := synth.Options{Seed: 21, Patients: 10, Marker: marker}
	path := u.send(submission.Real, written(t, o))
	f.poll(5*time.Minute, "every report is finished", func() bool { return settled(u.protocol(path)) })
	done := u.wantState(path, submission.Completed)
	wantHistories(t, u, synth.New(o), done)
	for _, finding := range watched() {
		t.Error(finding)
	}
	t.Run("L3", func(t *testing.T) { f.wantNothingInLogs(t, slices.Collect(synth.New(o).Reports())) })
	t.Run("C6", func(t *testing.T) { f.wantStrangersRefused(t) })
	t.Run("H24", func(t *testing.T) { f.wantTLS13Only(t) })
}

// wantTLS13Only calls every door of the three houses with older TLS and with
// none. Spec: requirement H24
func (f *fleet) wantTLS13Only(t *testing.T) {
	for name, address := range map[string]string{"portal": f.layout.Portal, "trustcentre": f.layout.TrustCentre, "registry": f.layout.Registry,
		"portal, exchange": f.layout.PortalExchange, "registry, exchange": f.layout.RegistryExchange} {
		for version, let := range map[uint16]bool{tls.VersionTLS13: true, tls.VersionTLS12: false, tls.VersionTLS11: false, tls.VersionTLS10: false} {
			dialer := &tls.Dialer{NetDialer: &net.Dialer{Timeout: 5 * time.Second},
				// Only the version is looked at; what stands in the certificates is row C6.
				Config: &tls.Config{InsecureSkipVerify: true, MinVersion: version, MaxVersion: version}}
			connection, err := dialer.DialContext(t.Context(), "tcp", address)
			if (err == nil) != let {
				t.Errorf("%s with %s: %v", name, tls.VersionName(version), err)
			}
			if err == nil {
				_ = connection.Close() // nothing was sent
			}
		}
		request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://"+address+"/", nil)
		must(t, err)
		if response, err := http.DefaultClient.Do(request); err == nil {
			if response.StatusCode != http.StatusBadRequest {
				t.Errorf("%s without TLS: %s", name, response.Status)
			}
			_ = response.Body.Close() // nothing to read
		}
	}
}

// wantNothingInLogs searches what the processes wrote to their logs and to
// their temporary folders. Spec: SECURITY L3
func (f *fleet) wantNothingInLogs(t *testing.T, reports []*report.Report) {
	t.Helper()
	var s leak.Search
	identityOf(&s, reports, true)
	s.Add("marker", marker+"q")
	for name, l := range f.users {
		s.Add("password of "+name, l.password)
		s.Add("secret of "+name, l.secret.Text())
	}
	for _, h := range all {
		content, err := os.ReadFile(f.logFile(h))
		must(t, err)
		if len(content) == 0 {
			t.Errorf("%s logged nothing: the search is blind", h)
		}
		hits := found{}
		hits.add("log", s.Find(content))
		hits.report(t, string(h))
		inFiles(t, f.temp(h), nil, &s, nothing).report(t, string(h)+", temporary files")
	}
}

// wantStrangersRefused calls the doors between the houses with certificates
// that are not the trust centre's. Spec: SECURITY C6
func (f *fleet) wantStrangersRefused(t *testing.T) {
	config := f.layout.Configs()
	foreign, err := wire.NewAuthority("meldewerk houses", time.Now(), time.Hour)
	must(t, err)
	credential, err := foreign.Issue(time.Now(), wire.TrustCentre, wire.Calls, nil, time.Hour)
	must(t, err)
	dir := t.TempDir()
	_, err = credential.Write(dir, wire.ExchangeName)
	must(t, err)
	for _, door := range []struct{ name, address, keys string }{
		{"portal", f.layout.PortalExchange, config.Portal.Keys}, {"registry", f.layout.RegistryExchange, config.Registry.Keys},
	} {
		for _, caller := range []struct {
			name, keys string
			version    uint16
			let        bool
		}{
			{"the trust centre", config.TrustCentre.Keys, tls.VersionTLS13, true},
			{"the trust centre with TLS 1.2", config.TrustCentre.Keys, tls.VersionTLS12, false},
			{"nobody", "", tls.VersionTLS13, false},
			{"the portal", config.Portal.Keys, tls.VersionTLS13, false},
			{"the registry", config.Registry.Keys, tls.VersionTLS13, false},
			{"a trust centre of another authority", dir, tls.VersionTLS13, false},
		} {
			err := call(t, door.address, door.keys, caller.keys, caller.version)
			if (err == nil) != caller.let {
				t.Errorf("%s called by %s: %v", door.name, caller.name, err)
			}
		}
	}
}

// call asks a door between houses for anything; nil means that it answered
// over HTTP, an error that TLS let nobody in.
func call(t *testing.T, address, serverKeys, clientKeys string, version uint16) error {
	t.Helper()
	authority, err := os.ReadFile(wire.FilesIn(serverKeys).Authority)
	must(t, err)
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(authority)
	config := &tls.Config{RootCAs: roots, MinVersion: tls.VersionTLS12, MaxVersion: version, ServerName: "127.0.0.1"}
	if clientKeys != "" {
		files := wire.FilesIn(clientKeys)
		pair, err := tls.LoadX509KeyPair(files.Certificate, files.Key)
		must(t, err)
		// Not Certificates: the certificate is sent even if the server does not
		// name its authority.
		config.GetClientCertificate = func(*tls.CertificateRequestInfo) (*tls.Certificate, error) { return &pair, nil }
	}
	client := &http.Client{Transport: &http.Transport{TLSClientConfig: config, DisableKeepAlives: true, ForceAttemptHTTP2: true}, Timeout: 10 * time.Second}
	request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, "https://"+address+"/", strings.NewReader("{}"))
	must(t, err)
	response, err := client.Do(request)
	if err != nil {
		return err
	}
	_, _ = io.Copy(io.Discard, response.Body) // only whether it answers matters
	return response.Body.Close()
}

// chunk is a package of some patients of a world.
type chunk struct {
	content []byte
	reports int
}

// chunks cuts a world into packages of so many patients each, one at a time,
// so that a world may be larger than anybody ever sends.
func chunks(t testing.TB, w *synth.World, patients int) iter.Seq[chunk] {
	return func(yield func(chunk) bool) {
		var reports []*report.Report
		seen := map[report.PatientID]bool{}
		for r := range w.Reports() {
			if !seen[r.Patient] && len(seen) == patients {
				if !yield(chunk{packed(t, w, reports...), len(reports)}) {
					return
				}
				reports, seen = nil, map[report.PatientID]bool{}
			}
			seen[r.Patient] = true
			reports = append(reports, r)
		}
		if len(reports) > 0 {
			yield(chunk{packed(t, w, reports...), len(reports)})
		}
	}
}

// retry sends a package until the portal acknowledges it, as a clerk or an
// upload client does.
func (r *reporter) retry(ctx context.Context, content []byte) (string, error) {
	for {
		path, err := r.Upload(ctx, submission.Real, "export.xml", writing(content))
		if err == nil && strings.HasPrefix(path, "/pakete/") {
			return path, nil
		}
		select {
		case <-ctx.Done():
			return "", errors.Join(ctx.Err(), err)
		case <-time.After(30 * time.Millisecond):
		}
	}
}
