// SPDX-License-Identifier: EUPL-1.2

package wire

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"mime"
	"net/http"
	"runtime/debug"
	"strings"
	"time"

	"meldewerk/fault"
)

const (
	prefix     = "/v1/"
	callHeader = "Meldewerk-Call" // random number of a call, repeated in its answer
	maxCall    = 64
	mediaType  = "application/json"
	maxHeader  = 16 << 10
)

// Handler answers the calls of other houses. Register calls with Handle before
// it serves.
type Handler struct {
	options Options
	calls   map[string]http.HandlerFunc
	now     func() time.Time
}

// NewHandler makes a Handler that knows no call yet.
func NewHandler(o Options) *Handler {
	return &Handler{options: o.Filled(), calls: map[string]http.HandlerFunc{}, now: time.Now}
}

// Handle registers the answer to one call, e.g. "submission/next". It panics
// on a name that is taken, which is an error of programming.
func Handle[Req, Res any](h *Handler, name string, answer func(context.Context, Req) (Res, error)) {
	if _, taken := h.calls[name]; taken {
		panic("wire: call registered twice: " + name)
	}
	h.calls[name] = func(w http.ResponseWriter, r *http.Request) {
		data, err := readAll(r.Body, h.options.MaxRequest)
		if err != nil {
			h.refuse(w, r, name, unreadable(err))
			return
		}
		var request Req
		err = decode(data, &request)
		if err != nil {
			h.refuse(w, r, name, err)
			return
		}
		result, err := answer(r.Context(), request)
		if err != nil {
			h.refuse(w, r, name, err)
			return
		}
		body, err := encode(result)
		if err == nil && int64(len(body)) > h.options.MaxAnswer {
			err = fmt.Errorf("answer of %d bytes is above the limit of %d", len(body), h.options.MaxAnswer)
		}
		if err != nil {
			h.refuse(w, r, name, err)
			return
		}
		h.write(w, r, name, http.StatusOK, body)
	}
}

// unreadable turns a failed read of the body into what the caller is told.
func unreadable(err error) error {
	if fault.Of(err) != nil {
		return err
	}
	return ErrMalformed.Because(errors.New("request body ended early"))
}

// ServeHTTP lets nothing pass that does not come from a house.
func (h *Handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	peer, err := peerOf(r.TLS, Calls, h.now())
	if err != nil {
		// Only a server without Identity.Server, or a certificate that ended
		// during a long connection, leads here.
		h.options.Log.WarnContext(r.Context(), "call without a house refused", "reason", err.Error())
		w.Header().Set("Connection", "close")
		w.WriteHeader(http.StatusForbidden)
		return
	}
	name := strings.TrimPrefix(r.URL.Path, prefix)
	defer h.rescue(w, r, name)
	call, known := h.calls[name]
	if !known || r.Method != http.MethodPost || !strings.HasPrefix(r.URL.Path, prefix) || r.URL.RawQuery != "" {
		h.refuse(w, r, "unknown", ErrUnknownCall)
		return
	}
	kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil || kind != mediaType || r.Header.Get("Content-Encoding") != "" || len(r.Header.Get(callHeader)) > maxCall {
		h.refuse(w, r, name, ErrMalformed.Because(errors.New("unexpected header")))
		return
	}
	deadline := time.Now().Add(h.options.Timeout)
	control := http.NewResponseController(w)
	// A transport without deadlines (a test recorder) still has the context's.
	_ = control.SetReadDeadline(deadline)
	_ = control.SetWriteDeadline(deadline)
	ctx, cancel := context.WithDeadline(WithPeer(r.Context(), peer), deadline)
	defer cancel()
	call(w, r.WithContext(ctx))
}

// rescue keeps a panic from ending the house. Its value may hold anything, so
// only its type is logged; a stack has names and addresses, no values.
func (h *Handler) rescue(w http.ResponseWriter, r *http.Request, name string) {
	value := recover()
	if value == nil {
		return
	}
	h.options.Log.ErrorContext(r.Context(), "panic while answering a house",
		"call", name, "type", fmt.Sprintf("%T", value), "stack", string(debug.Stack()))
	h.write(w, r, name, status(fault.Unavailable), refusalBody(ErrTrouble))
}

// refuse tells the caller a fault as it is, and of anything else only that
// there is trouble; the log gets the rest.
func (h *Handler) refuse(w http.ResponseWriter, r *http.Request, name string, err error) {
	log := h.options.Log.With("call", name, "peer", string(Peer(r.Context())))
	f := fault.Of(err)
	if f == nil {
		log.ErrorContext(r.Context(), "call from a house went wrong", "error", err.Error())
		f = ErrTrouble
	} else {
		log.WarnContext(r.Context(), "call from a house refused", "fault", f.Error())
	}
	h.write(w, r, name, status(f.Kind), refusalBody(f))
}

func refusalBody(f *fault.Fault) []byte {
	body, err := encode(refusalOf(f))
	if err != nil {
		return nil // three strings always encode
	}
	return body
}

func (h *Handler) write(w http.ResponseWriter, r *http.Request, name string, code int, body []byte) {
	w.Header().Set("Content-Type", mediaType)
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set(callHeader, r.Header.Get(callHeader))
	w.WriteHeader(code)
	if _, err := w.Write(body); err != nil {
		h.options.Log.WarnContext(r.Context(), "answer to a house broke off", "call", name, "error", err.Error())
	}
}

// NewServer makes the HTTP/2 server for a Handler with the configuration of
// Identity.Server. Serve it with ServeTLS(listener, "", "").
func NewServer(handler http.Handler, config *tls.Config, o Options) *http.Server {
	o = o.Filled()
	protocols := new(http.Protocols)
	protocols.SetHTTP2(true)
	return &http.Server{
		Handler:           handler,
		TLSConfig:         config,
		Protocols:         protocols,
		HTTP2:             &http.HTTP2Config{MaxConcurrentStreams: 16, SendPingTimeout: 30 * time.Second, PingTimeout: 15 * time.Second},
		ReadHeaderTimeout: 10 * time.Second,
		IdleTimeout:       2 * time.Minute,
		MaxHeaderBytes:    maxHeader,
		ErrorLog:          slog.NewLogLogger(o.Log.Handler(), slog.LevelWarn),
	}
}
