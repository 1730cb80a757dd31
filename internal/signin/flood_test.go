// SPDX-License-Identifier: EUPL-1.2

package signin_test

import (
	"bufio"
	"context"
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"meldewerk/account"
	"meldewerk/internal/signin"
)

// The benchmark of the flood writes its table where these variables say.
const (
	benchSeconds = "MELDEWERK_BENCH_SECONDS" // how long the flood lasts, default 2
	benchOut     = "MELDEWERK_BENCH_OUT"     // file for the rows of the table
	floodHouse   = "MELDEWERK_FLOOD_HOUSE"   // folder; set for the process of the house alone
)

// The flood: what comes, and under which limit of memory.
const (
	floodRate   = 500 // entries a second, each under another name
	floodMemory = "256MiB"
	floodUsers  = 20 // people with a session, a page every quarter of a second each
)

// TestFloodHouse is no test: it is the house of the benchmark, in a process of
// its own, with the passwords' full cost and no limit per address, as if the
// flood came from everywhere.
func TestFloodHouse(t *testing.T) {
	dir := os.Getenv(floodHouse)
	if dir == "" {
		t.Skip("only the benchmark runs this")
	}
	w := startFresh(t, filepath.Join(dir, "house.db"), filepath.Join(dir, "master.key"))
	secret := account.NewSecret()
	for i := range floodUsers + 1 {
		w.person(func(p *signin.Person) { p.Username, p.Secret = fmt.Sprintf("person%d", i), secret })
	}
	w.hasher = account.NewHasher()
	w.serve(1 << 40)
	server := httptest.NewUnstartedServer(w.handler)
	server.StartTLS()
	defer server.Close()
	fmt.Printf("ready %s %s\n", server.URL, secret.Text())
	_, _ = io.Copy(io.Discard, os.Stdin) // until the benchmark is over
}

// flooded is the running house as the benchmark sees it.
type flooded struct {
	b        *testing.B
	cmd      *exec.Cmd
	in       io.WriteCloser
	out      *bufio.Scanner
	address  string // as the browser shows it
	listener string // where it listens
	secret   account.Secret
	now      time.Time
}

func flood(b *testing.B) *flooded {
	b.Helper()
	f := &flooded{b: b, now: newClock().Now()}
	f.cmd = exec.CommandContext(b.Context(), os.Args[0], "-test.run", "^TestFloodHouse$", "-test.timeout", "30m")
	f.cmd.Env = append(os.Environ(), floodHouse+"="+b.TempDir(), "GOMEMLIMIT="+floodMemory)
	var err error
	if f.in, err = f.cmd.StdinPipe(); err != nil {
		b.Fatal(err)
	}
	out, err := f.cmd.StdoutPipe()
	if err != nil {
		b.Fatal(err)
	}
	if err := f.cmd.Start(); err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = f.in.Close(); _ = f.cmd.Wait() }) // its exit status says nothing of the benchmark
	f.out = bufio.NewScanner(out)
	for f.out.Scan() {
		if words := strings.Fields(f.out.Text()); len(words) == 3 && words[0] == "ready" {
			f.listener = strings.TrimPrefix(words[1], "https://")
			f.address = strings.Replace(words[1], "127.0.0.1", host, 1)
			if f.secret, err = account.ParseSecret(words[2]); err != nil {
				b.Fatal(err)
			}
			return f
		}
	}
	b.Fatal("the house did not start")
	return nil
}

// client is a browser with room for many connections.
func (f *flooded) client() *http.Client {
	jar, err := cookiejar.New(nil)
	if err != nil {
		f.b.Fatal(err)
	}
	return &http.Client{Jar: jar, Timeout: 30 * time.Second,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		Transport: &http.Transport{DialContext: func(ctx context.Context, network, _ string) (net.Conn, error) {
			return (&net.Dialer{}).DialContext(ctx, network, f.listener)
		}, MaxIdleConnsPerHost: 256, MaxConnsPerHost: 256,
			TLSClientConfig: &tls.Config{InsecureSkipVerify: true}}} // a certificate of httptest, on this machine
}

// post sends a form and gives the status.
func (f *flooded) post(c *http.Client, path string, form url.Values) (int, error) {
	r, err := http.NewRequestWithContext(f.b.Context(), http.MethodPost, f.address+path, strings.NewReader(form.Encode()))
	if err != nil {
		return 0, err
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Origin", f.address)
	return status(c.Do(r))
}

func status(a *http.Response, err error) (int, error) {
	if err != nil {
		return 0, err
	}
	_, err = io.Copy(io.Discard, a.Body)
	_ = a.Body.Close() // read to its end
	return a.StatusCode, err
}

// enter shows name and password and tells the status.
func (f *flooded) enter(c *http.Client, name, pw string) (int, error) {
	return f.post(c, signin.PathSignIn, url.Values{"username": {name}, "password": {pw}})
}

// signIn gives a browser with a full session.
func (f *flooded) signIn(name string) *http.Client {
	f.b.Helper()
	c := f.client()
	if got, err := f.enter(c, name, password); err != nil || got != http.StatusSeeOther {
		f.b.Fatalf("password of %s: %d, %v", name, got, err)
	}
	code := f.secret.CodeAt(account.StepAt(f.now)).Reveal()
	if got, err := f.post(c, signin.PathCode, url.Values{"otp": {code}}); err != nil || got != http.StatusSeeOther {
		f.b.Fatalf("code of %s: %d, %v", name, got, err)
	}
	return c
}

// tally collects answers of one kind.
type tally struct {
	mu    sync.Mutex
	took  []time.Duration
	codes map[int]int
}

func (t *tally) note(begun time.Time, code int, err error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if err != nil {
		code = 0
	}
	t.took = append(t.took, time.Since(begun))
	t.codes[code]++
}

// at is the time that this share of the answers did not take longer than.
func (t *tally) at(share float64) time.Duration {
	if len(t.took) == 0 {
		return 0
	}
	slices.Sort(t.took)
	return t.took[min(int(share*float64(len(t.took))), len(t.took)-1)].Round(time.Millisecond)
}

// run calls act at the rate until the time is over, each in its own goroutine,
// and waits for all. What cannot be begun in time is begun late, not dropped.
func run(ctx context.Context, wg *sync.WaitGroup, every, duration time.Duration, act func(i int)) {
	wg.Go(func() {
		begun := time.Now()
		for i := 0; ; i++ {
			due := begun.Add(time.Duration(i) * every)
			if due.Sub(begun) >= duration || ctx.Err() != nil {
				return
			}
			time.Sleep(time.Until(due)) // the rate of a benchmark is real time
			wg.Go(func() { act(i) })
		}
	})
}

// BenchmarkA3FloodOfSignIns lets 500 strangers a second try to sign in at one
// house with 256 MiB. Its memory stays bounded, and people who are signed in go
// on working.
func BenchmarkA3FloodOfSignIns(b *testing.B) {
	duration := 2 * time.Second
	if text := os.Getenv(benchSeconds); text != "" {
		n, err := strconv.Atoi(text)
		if err != nil || n < 1 {
			b.Fatalf("%s=%q is no number of seconds", benchSeconds, text)
		}
		duration = time.Duration(n) * time.Second
	}
	for b.Loop() {
		f := flood(b)
		var users []*http.Client
		for i := range floodUsers {
			users = append(users, f.signIn(fmt.Sprintf("person%d", i)))
		}
		calm, pages, strangers, honest := newTally(), newTally(), newTally(), newTally()
		visit := func(to *tally) func(int) {
			return func(i int) {
				begun := time.Now()
				r, err := http.NewRequestWithContext(b.Context(), http.MethodGet, f.address+signin.PathAccount, nil)
				if err != nil {
					b.Error(err)
					return
				}
				code, err := status(users[i%floodUsers].Do(r))
				to.note(begun, code, err)
			}
		}
		var wg sync.WaitGroup
		run(b.Context(), &wg, 250*time.Millisecond/floodUsers, 2*time.Second, visit(calm))
		wg.Wait()
		attackers, guest := f.client(), f.client()
		run(b.Context(), &wg, time.Second/floodRate, duration, func(i int) {
			begun := time.Now()
			code, err := f.enter(attackers, fmt.Sprintf("fremd%d", i), "falsch falsch falsch")
			strangers.note(begun, code, err)
		})
		run(b.Context(), &wg, 250*time.Millisecond/floodUsers, duration, visit(pages))
		run(b.Context(), &wg, time.Second, duration, func(int) {
			begun := time.Now()
			code, err := f.enter(guest, fmt.Sprintf("person%d", floodUsers), password)
			honest.note(begun, code, err)
		})
		wg.Wait()
		f.report(duration, calm, pages, strangers, honest)
	}
}

func newTally() *tally { return &tally{codes: map[int]int{}} }

// report checks what must hold on every machine and writes the rows. Times
// are told only: they mean something when nothing else runs.
func (f *flooded) report(duration time.Duration, calm, pages, strangers, honest *tally) {
	f.b.Helper()
	peak := f.peak()
	if peak > 320 {
		f.b.Errorf("the house took %d MiB under a limit of %s", peak, floodMemory)
	}
	if bad := len(pages.took) - pages.codes[http.StatusOK]; bad > 0 {
		f.b.Errorf("%d of %d pages of signed-in people failed: %v", bad, len(pages.took), pages.codes)
	}
	for code := range strangers.codes {
		if code != http.StatusUnprocessableEntity && code != http.StatusServiceUnavailable {
			f.b.Errorf("strangers got %v", strangers.codes)
			break
		}
	}
	f.b.ReportMetric(float64(pages.at(0.5).Milliseconds()), "page-p50-ms")
	f.b.ReportMetric(float64(pages.at(0.99).Milliseconds()), "page-p99-ms")
	f.b.ReportMetric(float64(peak), "peak-MiB")
	rows := fmt.Sprintf(`| measured | value |
|---|---|
| entries of strangers | %d in %s, each under another name |
| of them compared and refused (422) | %d |
| of them sent away unread (503, Retry-After) | %d |
| entries of a person with the right password | %d, of them let in %d, told to come again %d; slowest answer %s |
| pages of %d signed-in people, before the flood | median %s, 99 %% within %s |
| pages of them during the flood | %d, all served; median %s, 99 %% within %s |
| most memory of the house (resident) | %d MiB, limit of Go's memory %s |
`,
		len(strangers.took), duration, strangers.codes[http.StatusUnprocessableEntity], strangers.codes[http.StatusServiceUnavailable],
		len(honest.took), honest.codes[http.StatusSeeOther], honest.codes[http.StatusServiceUnavailable], honest.at(1),
		floodUsers, calm.at(0.5), calm.at(0.99), len(pages.took), pages.at(0.5), pages.at(0.99), peak, floodMemory)
	f.b.Log("\n" + rows)
	if path := os.Getenv(benchOut); path != "" {
		if err := os.WriteFile(path, []byte(rows), 0o644); err != nil {
			f.b.Fatal(err)
		}
	}
}

// peak is the most resident memory that the house ever had, in MiB; 0 where
// the system does not tell.
func (f *flooded) peak() int {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", f.cmd.Process.Pid))
	if err != nil {
		return 0
	}
	for line := range strings.Lines(string(text)) {
		if words := strings.Fields(line); len(words) == 3 && words[0] == "VmHWM:" {
			kilobytes, _ := strconv.Atoi(words[1]) // the kernel writes a number
			return kilobytes >> 10
		}
	}
	return 0
}
