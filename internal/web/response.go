// SPDX-License-Identifier: EUPL-1.2

package web

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"mime"
	"net/http"
	"strings"
	"unicode"

	"meldewerk/internal/ui"
)

// Response is what a handler answers. Make it with Page, Redirect, JSON,
// Download, CSV or Status.
type Response interface {
	respond(w http.ResponseWriter, r *Request) error
}

// PageResponse is a page of the house in its frame.
type PageResponse struct {
	name, title string
	data        any
	status      int
	touches     []func(*ui.Frame)
}

// Page answers with a page template, the h1, and the typed data of the page.
// The title must not contain a name or patient number.
func Page(name, title string, data any) *PageResponse {
	return &PageResponse{name: name, title: title, data: data, status: http.StatusOK}
}

// Refused turns the page into the answer to a form that cannot be taken: the
// error summary on top, and status 422.
func (p *PageResponse) Refused(problems ui.Problems) *PageResponse {
	p.status = http.StatusUnprocessableEntity
	return p.With(func(f *ui.Frame) { f.Errors = problems })
}

// Status sets another status than 200.
func (p *PageResponse) Status(status int) *PageResponse { p.status = status; return p }

// With changes the frame: breadcrumbs, lead, notice, width, scripts.
func (p *PageResponse) With(touch func(*ui.Frame)) *PageResponse {
	p.touches = append(p.touches, touch)
	return p
}

func (p *PageResponse) respond(w http.ResponseWriter, r *Request) error {
	frame := r.app.frame(r, p.title)
	if notice := takeNotice(w, r); notice != "" {
		frame.Notice = &ui.Alert{Kind: ui.Success, Title: notice, Live: true}
	}
	for _, touch := range p.touches {
		touch(&frame)
	}
	var out bytes.Buffer
	if err := r.app.opts.Pages.Render(&out, p.name, frame, p.data); err != nil {
		return err
	}
	return send(w, r, p.status, "text/html; charset=utf-8", out.Bytes())
}

// send writes a whole answer. The browser going away is not our trouble.
func send(w http.ResponseWriter, r *Request, status int, contentType string, body []byte) error {
	w.Header().Set("Content-Type", contentType)
	w.Header().Set("Content-Length", fmt.Sprint(len(body)))
	w.WriteHeader(status)
	if r.Method != http.MethodHead {
		_, _ = w.Write(body)
	}
	return nil
}

// RedirectResponse leads the browser to another page after a post.
type RedirectResponse struct {
	path   string
	notice string
}

// Redirect answers 303 See Other to a path of this house.
func Redirect(path string) *RedirectResponse { return &RedirectResponse{path: path} }

// Notice shows the sentence with that key (Options.Notices) on the next page.
func (p *RedirectResponse) Notice(key string) *RedirectResponse { p.notice = key; return p }

func (p *RedirectResponse) respond(w http.ResponseWriter, r *Request) error {
	if p.path != LocalPath(p.path) {
		return fmt.Errorf("redirect to a foreign address refused")
	}
	if p.notice != "" {
		if r.app.opts.Notices[p.notice] == "" {
			return fmt.Errorf("notice %q has no sentence", p.notice)
		}
		leaveNotice(w, p.notice)
	}
	w.Header().Set("Location", p.path)
	w.WriteHeader(http.StatusSeeOther)
	return nil
}

const noticeCookie = "__Host-hinweis"

// leaveNotice keeps only the key of the sentence in the browser.
func leaveNotice(w http.ResponseWriter, key string) {
	http.SetCookie(w, &http.Cookie{Name: noticeCookie, Value: key, Path: "/", MaxAge: 60,
		Secure: true, HttpOnly: true, SameSite: http.SameSiteStrictMode})
}

func takeNotice(w http.ResponseWriter, r *Request) string {
	cookie, err := r.Cookie(noticeCookie)
	if err != nil {
		return ""
	}
	http.SetCookie(w, &http.Cookie{Name: noticeCookie, Path: "/", MaxAge: -1,
		Secure: true, HttpOnly: true, SameSite: http.SameSiteStrictMode})
	return r.app.opts.Notices[cookie.Value]
}

type jsonResponse struct {
	status int
	value  any
}

// JSON answers with a value as JSON, for scripts.
func JSON(value any) Response { return jsonResponse{http.StatusOK, value} }

// JSONStatus is JSON with another status than 200.
func JSONStatus(status int, value any) Response { return jsonResponse{status, value} }

func (j jsonResponse) respond(w http.ResponseWriter, r *Request) error {
	body, err := json.Marshal(j.value)
	if err != nil {
		return fmt.Errorf("write json: %w", err)
	}
	return send(w, r, j.status, "application/json", append(body, '\n'))
}

type statusResponse int

// Status answers with a bare status, e.g. 204, for scripts.
func Status(status int) Response { return statusResponse(status) }

func (s statusResponse) respond(w http.ResponseWriter, _ *Request) error {
	w.WriteHeader(int(s))
	return nil
}

type download struct {
	name, contentType string
	write             func(io.Writer) error
}

// Download answers with a file to save. The name is ours and says nothing
// about a person; write may stream. An error after the first byte breaks the
// transfer off, so that half a file is not taken for a whole one.
func Download(name, contentType string, write func(io.Writer) error) Response {
	return download{name, contentType, write}
}

func (d download) respond(w http.ResponseWriter, r *Request) error {
	h := w.Header()
	h.Set("Content-Type", d.contentType)
	h.Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": safeName(d.name)}))
	h.Set("Content-Security-Policy", downloadPolicy)
	if r.Method == http.MethodHead {
		w.WriteHeader(http.StatusOK)
		return nil
	}
	started := &startedWriter{Writer: w}
	if err := d.write(started); err != nil {
		if !started.yes {
			h.Del("Content-Disposition")
			h.Set("Content-Security-Policy", pagePolicy)
			return err
		}
		r.Log().Error("download broken off", "error", err.Error())
		panic(http.ErrAbortHandler)
	}
	return nil
}

type startedWriter struct {
	io.Writer
	yes bool
}

func (s *startedWriter) Write(p []byte) (int, error) {
	s.yes = true
	return s.Writer.Write(p)
}

// safeName keeps letters, digits, dot, dash and underscore.
func safeName(name string) string {
	clean := strings.Map(func(c rune) rune {
		switch {
		case c < unicode.MaxASCII && (unicode.IsLetter(c) || unicode.IsDigit(c)), c == '.', c == '-', c == '_':
			return c
		default:
			return '_'
		}
	}, name)
	clean = strings.TrimLeft(clean, ".")
	if clean == "" {
		return "datei"
	}
	return clean[:min(len(clean), 120)]
}

type decorated struct {
	Response
	cookies []*http.Cookie
	header  http.Header
}

// WithCookie sets a cookie with the response. It forces the prefix rules of
// __Host- names: Secure, HttpOnly, SameSite=Strict, path "/", no domain.
func WithCookie(response Response, cookie *http.Cookie) Response {
	c := *cookie
	c.Path, c.Domain, c.Secure, c.HttpOnly, c.SameSite = "/", "", true, true, http.SameSiteStrictMode
	return decorated{Response: response, cookies: []*http.Cookie{&c}}
}

// WithHeader sets a header with the response, e.g. Clear-Site-Data.
func WithHeader(response Response, key, value string) Response {
	return decorated{Response: response, header: http.Header{http.CanonicalHeaderKey(key): {value}}}
}

func (d decorated) respond(w http.ResponseWriter, r *Request) error {
	for _, c := range d.cookies {
		http.SetCookie(w, c)
	}
	for k, v := range d.header {
		w.Header()[k] = v
	}
	return d.Response.respond(w, r)
}
