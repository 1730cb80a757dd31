// SPDX-License-Identifier: EUPL-1.2

package web

import (
	"context"
	"fmt"
	"net/http"
	"runtime"
	"strings"
	"time"

	"meldewerk/fault"
)

// pagePolicy is the content security policy of every page. KERN's icons are
// CSS masks from data: addresses; everything else is our own origin.
const pagePolicy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; " +
	"font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; " +
	"report-to csp"

// downloadPolicy lets a saved file do nothing if a browser shows it after all.
const downloadPolicy = "default-src 'none'; sandbox; frame-ancestors 'none'"

const permissions = "accelerometer=(), autoplay=(), browsing-topics=(), camera=(), clipboard-read=(), display-capture=(), " +
	"encrypted-media=(), fullscreen=(), geolocation=(), gyroscope=(), hid=(), magnetometer=(), microphone=(), midi=(), " +
	"payment=(), picture-in-picture=(), publickey-credentials-create=(self), publickey-credentials-get=(self), screen-wake-lock=(), serial=(), usb=(), xr-spatial-tracking=()"

// Headers sets the protective headers on every answer, also for the gallery.
func Headers(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", pagePolicy)
		h.Set("Reporting-Endpoints", `csp="`+reportPath+`"`)
		h.Set("Strict-Transport-Security", "max-age=31536000; includeSubDomains")
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		h.Set("Permissions-Policy", permissions)
		h.Set("Cache-Control", "no-store")
		next.ServeHTTP(w, r)
	})
}

// doorway is everything before the routing table.
func (a *app) doorway(mux *http.ServeMux) http.Handler {
	checked := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !a.hostAllowed(r.Host) {
			http.Error(w, "misdirected request", http.StatusMisdirectedRequest)
			return
		}
		switch r.Method {
		case http.MethodGet, http.MethodHead, http.MethodPost:
		default:
			w.Header().Set("Allow", "GET, HEAD, POST")
			http.Error(w, "method not allowed", http.StatusMethodNotAllowed)
			return
		}
		if r.ProtoMajor == 1 && len(r.TransferEncoding) > 0 {
			// net/http drops a length sent beside the chunks. Whatever a proxy
			// may have taken for a second request must not be read (RFC 9112, 6.1).
			w.Header().Set("Connection", "close")
		}
		if err := a.guard.Check(r); err != nil {
			a.fail(w, a.request(r), errCrossOrigin.Because(err))
			return
		}
		if _, pattern := mux.Handler(r); pattern == "" {
			a.notServed(w, r, mux)
			return
		}
		mux.ServeHTTP(w, r)
	})
	return Headers(a.observe(checked))
}

// notServed answers paths the table does not know in the look of the house,
// and keeps the 405 of net/http for known paths with another method.
func (a *app) notServed(w http.ResponseWriter, r *http.Request, mux *http.ServeMux) {
	probe := &statusOnly{header: http.Header{}}
	mux.ServeHTTP(probe, r)
	if probe.status == http.StatusMethodNotAllowed {
		w.Header().Set("Allow", probe.header.Get("Allow"))
		http.Error(w, "method not allowed", http.StatusMethodNotAllowed)
		return
	}
	a.fail(w, a.request(r), errNoPage)
}

// statusOnly hears what the mux would answer.
type statusOnly struct {
	header http.Header
	status int
}

func (s *statusOnly) Header() http.Header         { return s.header }
func (s *statusOnly) WriteHeader(status int)      { s.status = status }
func (s *statusOnly) Write(p []byte) (int, error) { return len(p), nil }

var (
	errNoPage = fault.New(fault.NotFound, "web.not_found",
		"Diese Seite gibt es nicht. Prüfen Sie die Adresse oder beginnen Sie auf der Startseite.")
	errCrossOrigin = fault.New(fault.Forbidden, "web.cross_origin",
		"Die Anfrage kam von einer fremden Seite und wurde nicht ausgeführt. Öffnen Sie diese Anwendung direkt und wiederholen Sie den Schritt.")
)

// observe gives the request its number, writes the access log, counts, and
// catches panics. Only the pattern of the route is logged, never the path.
func (a *app) observe(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, raw *http.Request) {
		start := time.Now()
		id := newRequestID()
		r := raw.WithContext(context.WithValue(raw.Context(), requestIDKey{}, id))
		rec := &recorder{ResponseWriter: w}
		defer func() {
			trouble := recover()
			if trouble == http.ErrAbortHandler {
				a.record(r, rec, id, start)
				panic(trouble) // net/http breaks the connection off
			}
			if trouble != nil {
				a.afterPanic(rec, r, trouble)
			}
			a.record(r, rec, id, start)
		}()
		next.ServeHTTP(rec, r)
	})
}

func (a *app) record(r *http.Request, rec *recorder, id string, start time.Time) {
	pattern := r.Pattern
	if pattern == "" {
		pattern = "none"
	}
	status := rec.status
	if status == 0 {
		status = http.StatusOK
	}
	took := time.Since(start)
	a.opts.Log.Info("request", "request", id, "house", string(a.opts.House), "method", knownMethod(r.Method),
		"route", pattern, "status", status, "bytes", rec.bytes, "ms", took.Milliseconds())
	if a.opts.Metrics != nil {
		a.opts.Metrics.observe(string(a.opts.House), pattern, status, took)
	}
}

// knownMethod keeps freely chosen method names out of the log.
func knownMethod(method string) string {
	switch method {
	case http.MethodGet, http.MethodHead, http.MethodPost:
		return method
	default:
		return "other"
	}
}

// afterPanic shows the error page. The value of a panic may carry anything, so
// only its type and the places in the code are logged.
func (a *app) afterPanic(rec *recorder, r *http.Request, trouble any) {
	incident := newIncident()
	what := fmt.Sprintf("%T", trouble)
	if fault, ok := trouble.(runtime.Error); ok && !strings.Contains(what, "TypeAssertion") {
		what = fault.Error()
	}
	a.opts.Log.Error("panic", "request", RequestID(r.Context()), "incident", incident, "route", r.Pattern,
		"what", what, "stack", places())
	if rec.status == 0 {
		a.showTrouble(rec, a.request(r), incident)
	}
}

// places lists functions and lines of the panicking goroutine, without values.
func places() []string {
	pcs := make([]uintptr, 24)
	frames := runtime.CallersFrames(pcs[:runtime.Callers(4, pcs)])
	var out []string
	for {
		frame, more := frames.Next()
		out = append(out, fmt.Sprintf("%s:%d", frame.Function, frame.Line))
		if !more {
			return out
		}
	}
}

// recorder remembers what was answered.
type recorder struct {
	http.ResponseWriter
	status int
	bytes  int64
}

func (r *recorder) WriteHeader(status int) {
	if r.status == 0 {
		r.status = status
	}
	r.ResponseWriter.WriteHeader(status)
}

func (r *recorder) Write(p []byte) (int, error) {
	if r.status == 0 {
		r.status = http.StatusOK
	}
	n, err := r.ResponseWriter.Write(p)
	r.bytes += int64(n)
	return n, err
}

// Unwrap lets the response controller reach the connection's deadlines.
func (r *recorder) Unwrap() http.ResponseWriter { return r.ResponseWriter }
