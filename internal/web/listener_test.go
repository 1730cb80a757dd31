// SPDX-License-Identifier: EUPL-1.2

package web

import (
	"bufio"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

func TestR5HostMethodAndForwarding(t *testing.T) {
	t.Parallel()
	h := open(t, Route{Pattern: "GET /seite", Roles: []Role{Public}, Handler: hello})
	for _, method := range []string{"TRACE", "TRACK", "PUT", "DELETE", "PATCH", "OPTIONS", "CONNECT", "BREW"} {
		r := httptest.NewRequest(method, "/seite", nil)
		if got := h.do(r).Code; got != http.StatusMethodNotAllowed {
			t.Errorf("%s: %d", method, got)
		}
	}
	for host, want := range map[string]int{"portal.test": 200, "PORTAL.test:8443": 200, "evil.test": 421, "portal.test.evil.test": 421, "": 421, "127.0.0.1": 421} {
		r := get("/seite")
		r.Host = host
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		if w.Code != want {
			t.Errorf("host %q: %d, want %d", host, w.Code, want)
		}
	}
	for _, path := range []string{"/metrics", "/debug/pprof/", "/debug/vars", "/.git/config"} {
		if got := h.do(get(path)).Code; got != http.StatusNotFound {
			t.Errorf("%s: %d", path, got)
		}
	}
}

// TestR5ConflictingLengthsAreRefused speaks to a real listener: what two
// servers could read differently must not be read at all.
func TestR5ConflictingLengthsAreRefused(t *testing.T) {
	t.Parallel()
	h := open(t, Route{Pattern: "POST /tat", Roles: []Role{Public}, Handler: func(r *Request) (Response, error) {
		_, err := io.ReadAll(r.Body)
		return Status(http.StatusNoContent), err
	}})
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	server := NewServer("", h, nil, slog.New(slog.DiscardHandler))
	go func() { _ = server.Serve(listener) }() // ends with Close
	t.Cleanup(func() { _ = server.Close() })   // nothing is left to lose
	for name, head := range map[string]string{
		"two lengths":      "Content-Length: 3\r\nContent-Length: 4\r\n\r\nabcd",
		"negative length":  "Content-Length: -1\r\n\r\n",
		"list of lengths":  "Content-Length: 3, 4\r\n\r\nabc",
		"unknown encoding": "Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
		"two encodings":    "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
		"blank in name":    "Content-Length : 3\r\n\r\nabc",
	} {
		conn, err := net.Dial("tcp", listener.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.WriteString(conn, "POST /tat HTTP/1.1\r\nHost: portal.test\r\n"+head); err != nil {
			t.Fatal(err)
		}
		response, err := http.ReadResponse(bufio.NewReader(conn), nil)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if response.StatusCode != 400 && response.StatusCode != 501 {
			t.Errorf("%s: %d", name, response.StatusCode)
		}
		_ = response.Body.Close() // only the status was of interest
		_ = conn.Close()
	}
	conn, err := net.Dial("tcp", listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	const hidden = "GET /healthz HTTP/1.1\r\nHost: portal.test\r\n\r\n"
	if _, err := io.WriteString(conn, "POST /tat HTTP/1.1\r\nHost: portal.test\r\nContent-Length: 60\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"+hidden); err != nil {
		t.Fatal(err)
	}
	if err := conn.SetReadDeadline(time.Now().Add(3 * time.Second)); err != nil {
		t.Fatal(err)
	}
	answer, _ := io.ReadAll(conn) // a reset connection is as good as a closed one
	if n := strings.Count(string(answer), "HTTP/1.1 "); n != 1 {
		t.Errorf("length beside chunks: %d answers, the hidden request was read", n)
	}
}
