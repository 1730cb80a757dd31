// SPDX-License-Identifier: EUPL-1.2

package wire

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"meldewerk/fault"
)

func newRecorder() *httptest.ResponseRecorder { return httptest.NewRecorder() }

// pair is a portal and a trust centre that is connected to it.
func pair(t *testing.T, handler http.Handler, server, caller Options) *Client {
	t.Helper()
	a := authority(t)
	config, err := issue(t, a, Portal, Answers, time.Hour).Server(TrustCentre)
	if err != nil {
		t.Fatal(err)
	}
	calls, err := issue(t, a, TrustCentre, Calls, time.Hour).Client(Portal)
	if err != nil {
		t.Fatal(err)
	}
	client, err := NewClient(listen(t, NewServer(handler, config, server)), calls, caller)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(client.Close)
	return client
}

func echo(t *testing.T, client *Client, text string) (message, error) {
	t.Helper()
	return Call[message, message](t.Context(), client, "test/echo", message{text})
}

func TestCallCarriesRequestAnswerAndPeer(t *testing.T) {
	t.Parallel()
	h := NewHandler(quiet())
	Handle(h, "test/echo", func(ctx context.Context, m message) (message, error) {
		return message{m.Text + " von " + string(Peer(ctx))}, nil
	})
	client := pair(t, h, quiet(), quiet())
	got, err := echo(t, client, "Grüße <&>")
	if err != nil || got.Text != "Grüße <&> von trustcentre" {
		t.Errorf("got %q, %v", got.Text, err)
	}
}

func TestCallSpeaksHTTP2(t *testing.T) {
	t.Parallel()
	var major atomic.Int64
	client := pair(t, http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { major.Store(int64(r.ProtoMajor)) }), quiet(), quiet())
	_, err := echo(t, client, "x")
	if got := major.Load(); got != 2 {
		t.Errorf("HTTP/%d, %v", got, err)
	}
}

func TestFaultCrossesWithoutItsCause(t *testing.T) {
	t.Parallel()
	cause := errors.New("Erika Musterfrau")
	want := fault.New(fault.Conflict, "test.taken", "Das hat schon jemand erledigt.")
	h := NewHandler(quiet())
	Handle(h, "test/echo", func(context.Context, message) (message, error) {
		return message{}, fmt.Errorf("deep inside: %w", want.Because(cause))
	})
	_, err := echo(t, pair(t, h, quiet(), quiet()), "x")
	got := fault.Of(err)
	if got == nil || got.Kind != want.Kind || got.Key != want.Key || got.Sentence != want.Sentence {
		t.Fatalf("got %v", err)
	}
	if !errors.Is(err, want) || strings.Contains(err.Error(), "Erika") {
		t.Errorf("got %q", err)
	}
}

func TestPlainErrorAndPanicStayInTheHouse(t *testing.T) {
	t.Parallel()
	const secret = "Erika Musterfrau"
	var log lockedBuffer
	o := quiet()
	o.Log = slog.New(slog.NewTextHandler(&log, nil))
	h := NewHandler(o)
	Handle(h, "test/error", func(context.Context, message) (message, error) { return message{}, errors.New("disk full") })
	Handle(h, "test/panic", func(context.Context, message) (message, error) { panic(secret) })
	Handle(h, "test/echo", func(_ context.Context, m message) (message, error) { return m, nil })
	client := pair(t, h, o, quiet())
	for _, name := range []string{"test/error", "test/panic"} {
		_, err := Call[message, message](t.Context(), client, name, message{secret})
		if !errors.Is(err, ErrTrouble) || strings.Contains(err.Error(), "disk") {
			t.Errorf("%s: got %v", name, err)
		}
	}
	if _, err := echo(t, client, "x"); err != nil {
		t.Errorf("after a panic: %v", err)
	}
	if got := log.String(); strings.Contains(got, "Erika") || !strings.Contains(got, "disk full") || !strings.Contains(got, "panic while answering") {
		t.Errorf("log: %s", got)
	}
}

func TestHandlerRefusesWhatIsNotTheAgreedForm(t *testing.T) {
	t.Parallel()
	o := quiet()
	o.MaxRequest = 1000
	h := NewHandler(o)
	ran := false
	Handle(h, "test/echo", func(_ context.Context, m message) (message, error) { ran = true; return m, nil })
	client := pair(t, h, o, quiet())
	send := func(method, path, kind, body string) int {
		r, err := http.NewRequestWithContext(t.Context(), method, strings.TrimSuffix(client.base, prefix)+path, strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Content-Type", kind)
		answer, err := client.http.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		defer answer.Body.Close()
		_, _ = io.Copy(io.Discard, answer.Body) // only the status counts
		return answer.StatusCode
	}
	const path = prefix + "test/echo"
	for _, c := range []struct {
		name, method, path, kind, body string
		want                           int
	}{
		{"unknown call", "POST", prefix + "test/other", mediaType, `{}`, 404},
		{"get", "GET", path, mediaType, ``, 404},
		{"query", "POST", path + "?x=1", mediaType, `{}`, 404},
		{"other root", "POST", "/test/echo", mediaType, `{}`, 404},
		{"form", "POST", path, "application/x-www-form-urlencoded", `{}`, 422},
		{"no kind", "POST", path, "", `{}`, 422},
		{"empty", "POST", path, mediaType, ``, 422},
		{"unknown field", "POST", path, mediaType, `{"text":"a","more":1}`, 422},
		{"trailing", "POST", path, mediaType, `{"text":"a"} {}`, 422},
		{"not UTF-8", "POST", path, mediaType, "{\"text\":\"\xff\"}", 422},
		{"array", "POST", path, mediaType, `[]`, 422},
		{"oversize", "POST", path, mediaType, `{"text":"` + strings.Repeat("a", 1000) + `"}`, 413},
	} {
		if got := send(c.method, c.path, c.kind, c.body); got != c.want {
			t.Errorf("%s: status %d, want %d", c.name, got, c.want)
		}
	}
	if ran {
		t.Error("handler ran")
	}
}

// TestC8ClientRefusesHostileAnswers: the trust centre takes the portal for
// hostile, whatever certificate it has.
func TestC8ClientRefusesHostileAnswers(t *testing.T) {
	t.Parallel()
	answer := func(code int, kind, body string) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Type", kind)
			w.Header().Set(callHeader, r.Header.Get(callHeader))
			w.WriteHeader(code)
			_, _ = io.WriteString(w, body) // the caller hangs up on the oversize one
		}
	}
	replayed := func() http.HandlerFunc {
		var once sync.Once
		var first string
		return func(w http.ResponseWriter, r *http.Request) {
			once.Do(func() { first = r.Header.Get(callHeader) })
			w.Header().Set("Content-Type", mediaType)
			w.Header().Set(callHeader, first)
			_, _ = io.WriteString(w, `{"text":"a"}`) // the caller judges
		}
	}()
	limited := quiet()
	limited.MaxAnswer = 1000
	for name, c := range map[string]struct {
		handler http.Handler
		calls   int
		want    *fault.Fault
	}{
		"oversize": {answer(200, mediaType, `{"text":"`+strings.Repeat("a", 1000)+`"}`), 1, ErrTooLarge},
		"endless": {http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Type", mediaType)
			w.Header().Set(callHeader, r.Header.Get(callHeader))
			for r.Context().Err() == nil {
				if _, err := w.Write(bytes.Repeat([]byte(" "), 4096)); err != nil {
					return
				}
			}
		}), 1, ErrTooLarge},
		"unknown field":     {answer(200, mediaType, `{"text":"a","more":1}`), 1, ErrMalformed},
		"trailing":          {answer(200, mediaType, `{"text":"a"}{"text":"b"}`), 1, ErrMalformed},
		"page":              {answer(200, "text/html", `<html>`), 1, ErrMalformed},
		"redirect":          {http.RedirectHandler("https://127.0.0.1:1/", http.StatusTemporaryRedirect), 1, ErrMalformed},
		"replayed":          {replayed, 2, ErrMalformed},
		"unknown kind":      {answer(500, mediaType, `{"kind":"odd","key":"a.b","sentence":"s"}`), 1, ErrMalformed},
		"refusal as page":   {answer(403, mediaType, `{"kind":"forbidden","key":"a b","sentence":"s"}`), 1, ErrMalformed},
		"control sequence":  {answer(403, mediaType, `{"kind":"forbidden","key":"a.b","sentence":"\u001b[2J"}`), 1, ErrMalformed},
		"long sentence":     {answer(403, mediaType, `{"kind":"forbidden","key":"a.b","sentence":"`+strings.Repeat("ä", 601)+`"}`), 1, ErrMalformed},
		"huge refusal":      {answer(403, mediaType, `{"kind":"forbidden","key":"a.b","sentence":"`+strings.Repeat("a", maxRefusal)+`"}`), 1, ErrTooLarge},
		"more than a fault": {answer(403, mediaType, `{"kind":"forbidden","key":"a.b","sentence":"s","cause":"x"}`), 1, ErrMalformed},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			client := pair(t, c.handler, quiet(), limited)
			var err error
			var got message
			for range c.calls {
				got, err = echo(t, client, "x")
			}
			if !errors.Is(err, c.want) {
				t.Errorf("got %v, want %v", err, c.want)
			}
			if got != (message{}) {
				t.Errorf("something of the answer was handed on")
			}
		})
	}
}

// TestC8AnswersToTwoCallsExchangedAreNoticed reorders two answers.
func TestC8AnswersToTwoCallsExchangedAreNoticed(t *testing.T) {
	t.Parallel()
	numbers := make(chan string, 2)
	both := make(chan struct{})
	var waiting sync.WaitGroup
	waiting.Add(2)
	go func() { waiting.Wait(); close(both) }()
	client := pair(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		own := r.Header.Get(callHeader)
		numbers <- own
		waiting.Done()
		<-both
		other := <-numbers
		if other == own {
			other = <-numbers
		}
		w.Header().Set("Content-Type", mediaType)
		w.Header().Set(callHeader, other)
		numbers <- own
		_, _ = io.WriteString(w, `{"text":"a"}`) // the caller judges
	}), quiet(), quiet())
	results := make(chan error, 2)
	for range 2 {
		go func() {
			_, err := Call[message, message](t.Context(), client, "test/echo", message{"x"})
			results <- err
		}()
	}
	for range 2 {
		if err := <-results; !errors.Is(err, ErrMalformed) {
			t.Errorf("got %v", err)
		}
	}
}

func TestCallTellsANeighbourThatIsAway(t *testing.T) {
	t.Parallel()
	a := authority(t)
	calls, err := issue(t, a, TrustCentre, Calls, time.Hour).Client(Portal)
	if err != nil {
		t.Fatal(err)
	}
	client, err := NewClient("https://127.0.0.1:1", calls, quiet())
	if err != nil {
		t.Fatal(err)
	}
	if _, err = echo(t, client, "x"); !errors.Is(err, ErrAway) {
		t.Errorf("got %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err = Call[message, message](ctx, client, "test/echo", message{}); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}

// TestR2CallEndsWhenTheNeighbourHangs: the proxy cuts or stalls after n bytes.
func TestR2CallEndsWhenTheNeighbourHangs(t *testing.T) {
	t.Parallel()
	for name, handler := range map[string]http.HandlerFunc{
		"silent": func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() },
		"stalls in the middle": func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Type", mediaType)
			w.Header().Set(callHeader, r.Header.Get(callHeader))
			_, _ = io.WriteString(w, `{"text":`) // then nothing more
			_ = http.NewResponseController(w).Flush()
			<-r.Context().Done()
		},
		"cuts": func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Type", mediaType)
			w.Header().Set(callHeader, r.Header.Get(callHeader))
			_, _ = io.WriteString(w, `{"text":`) // then the stream ends
			panic(http.ErrAbortHandler)
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			short := quiet()
			short.Timeout = 200 * time.Millisecond
			client := pair(t, handler, quiet(), short)
			if _, err := echo(t, client, "x"); !errors.Is(err, ErrAway) {
				t.Errorf("got %v", err)
			}
		})
	}
}

func TestCallRefusesOwnOversizeRequestAndServersOversizeAnswer(t *testing.T) {
	t.Parallel()
	small := quiet()
	small.MaxRequest, small.MaxAnswer = 100, 100
	h := NewHandler(small)
	Handle(h, "test/echo", func(context.Context, message) (message, error) {
		return message{strings.Repeat("a", 200)}, nil
	})
	client := pair(t, h, small, small)
	if _, err := echo(t, client, strings.Repeat("a", 200)); !errors.Is(err, ErrTooLarge) {
		t.Errorf("request: %v", err)
	}
	if _, err := echo(t, client, "x"); !errors.Is(err, ErrTrouble) {
		t.Errorf("answer: %v", err)
	}
}

func TestInHalvesSendsAllInOrder(t *testing.T) {
	t.Parallel()
	var sent []int
	items := []int{1, 2, 3, 4, 5, 6, 7}
	err := InHalves(items, func(some []int) error {
		if len(some) > 2 {
			return ErrTooLarge
		}
		sent = append(sent, some...)
		return nil
	})
	if err != nil || fmt.Sprint(sent) != fmt.Sprint(items) {
		t.Errorf("sent %v, %v", sent, err)
	}
	if err = InHalves(items, func([]int) error { return ErrTooLarge }); !errors.Is(err, ErrTooLarge) {
		t.Errorf("a single item that is too large: %v", err)
	}
}

func TestNewClientRefusesOtherAddresses(t *testing.T) {
	t.Parallel()
	calls, err := issue(t, authority(t), TrustCentre, Calls, time.Hour).Client(Portal)
	if err != nil {
		t.Fatal(err)
	}
	for _, address := range []string{"", "portal", "http://portal:1", "https://", "https://u:p@portal", "https://portal/x", "https://portal?x=1", "https://portal#x"} {
		if _, err := NewClient(address, calls, quiet()); err == nil {
			t.Errorf("%q accepted", address)
		}
	}
}

// lockedBuffer is a log that many goroutines write.
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
