// SPDX-License-Identifier: EUPL-1.2

package web

import (
	"context"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"strings"
	"time"

	"meldewerk/fault"
)

// Request is one request with the person behind it.
type Request struct {
	*http.Request
	Principal *Principal // nil on public routes if nobody is signed in
	ID        string     // number of the request in the log
	app       *app
}

type requestIDKey struct{}

func (a *app) request(r *http.Request) *Request {
	id, _ := r.Context().Value(requestIDKey{}).(string)
	return &Request{Request: r, ID: id, app: a}
}

// RequestID is the number of the request a context belongs to, for log lines
// of other packages; empty outside a request.
func RequestID(ctx context.Context) string {
	id, _ := ctx.Value(requestIDKey{}).(string)
	return id
}

// Now is the clock of the house.
func (r *Request) Now() time.Time { return r.app.opts.Now() }

// Log is the log of the house with the request's number on each line. Never
// give it a value from the form, the path or the person.
func (r *Request) Log() *slog.Logger { return r.app.opts.Log.With("request", r.ID) }

// Address is where the request comes from: the peer, or what a configured
// proxy says. It is for limits and the audit, not for the access log.
func (r *Request) Address() netip.Addr {
	peer := addressOf(r.RemoteAddr)
	if !r.app.trusted(peer) {
		return peer
	}
	chain := strings.Split(strings.Join(r.Header.Values("X-Forwarded-For"), ","), ",")
	for i := len(chain) - 1; i >= 0; i-- {
		hop, err := netip.ParseAddr(strings.TrimSpace(chain[i]))
		if err != nil {
			return peer
		}
		peer = hop.Unmap()
		if !r.app.trusted(peer) {
			return peer
		}
	}
	return peer
}

func addressOf(remote string) netip.Addr {
	host, _, err := net.SplitHostPort(remote)
	if err != nil {
		return netip.Addr{}
	}
	addr, err := netip.ParseAddr(host)
	if err != nil {
		return netip.Addr{}
	}
	return addr.Unmap()
}

func (a *app) trusted(addr netip.Addr) bool {
	for _, p := range a.opts.Proxies {
		if p.Contains(addr) {
			return true
		}
	}
	return false
}

// WantsJSON says whether a script asks: the path ends in .json, or JSON is
// what the client accepts first.
func (r *Request) WantsJSON() bool {
	return strings.HasSuffix(r.URL.Path, ".json") ||
		strings.HasPrefix(r.Header.Get("Accept"), "application/json")
}

// Page is the page number of a list, from the query "seite"; 1 if none.
func (r *Request) Page() int {
	n := 0
	for _, c := range r.URL.Query().Get("seite") {
		if c < '0' || c > '9' || n > 1_000_000 {
			return 1
		}
		n = n*10 + int(c-'0')
	}
	return max(1, n)
}

// LocalPath gives the path if it leads to a page of this house, else "/": for
// going back to where somebody was before signing in.
func LocalPath(path string) string {
	if !strings.HasPrefix(path, "/") || strings.HasPrefix(path, "//") ||
		strings.ContainsAny(path, "\\\r\n\t") || strings.HasPrefix(path, "/\\") {
		return "/"
	}
	return path
}

// errTooLarge is what a body above the route's limit becomes.
var errTooLarge = fault.New(fault.TooLarge, "web.too_large",
	"Die Sendung ist größer als erlaubt. Teilen Sie sie auf und senden Sie die Teile einzeln.")
