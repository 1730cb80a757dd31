// SPDX-License-Identifier: EUPL-1.2

package web

import (
	"bytes"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"meldewerk/fault"
	"meldewerk/internal/ui"
)

// faultPage is the data of ui's page "fault".
type faultPage struct {
	Sentence string
	Incident string
	Back     ui.Link
}

// fail answers a fault with its sentence, and anything else with a number.
func (a *app) fail(w http.ResponseWriter, r *Request, err error) {
	if tooLarge, ok := errors.AsType[*http.MaxBytesError](err); ok && fault.Of(err) == nil {
		err = errTooLarge.Because(tooLarge)
	}
	f := fault.Of(err)
	if f == nil {
		incident := newIncident()
		a.opts.Log.Error("trouble", "request", r.ID, "incident", incident, "route", r.Pattern, "error", err.Error())
		a.showTrouble(w, r, incident)
		return
	}
	status := statusOf(f.Kind)
	a.opts.Log.Info("refused", "request", r.ID, "route", r.Pattern, "fault", f.Key, "status", status)
	if r.WantsJSON() {
		_ = JSONStatus(status, map[string]string{"error": f.Sentence, "key": f.Key}).respond(w, r) // a map of texts always marshals
		return
	}
	a.showFault(w, r, status, headlines[f.Kind], faultPage{Sentence: f.Sentence, Back: ui.Link{Label: "Zur Startseite", Href: "/"}})
}

const troubleSentence = "Das hat nicht geklappt. Versuchen Sie es in einigen Minuten noch einmal."

func (a *app) showTrouble(w http.ResponseWriter, r *Request, incident string) {
	if r.WantsJSON() {
		_ = JSONStatus(http.StatusInternalServerError, map[string]string{"error": troubleSentence, "incident": incident}).respond(w, r) // a map of texts always marshals
		return
	}
	a.showFault(w, r, http.StatusInternalServerError, "Technischer Fehler",
		faultPage{Sentence: troubleSentence, Incident: incident, Back: ui.Link{Label: "Zur Startseite", Href: "/"}})
}

func (a *app) showFault(w http.ResponseWriter, r *Request, status int, title string, data faultPage) {
	frame := ui.Frame{House: a.opts.House, Instance: a.opts.Instance, Title: title, Demo: a.opts.Demo, Now: a.opts.Now()}
	if p := r.Principal; p != nil && !p.Pending {
		frame.User, frame.Facility, frame.Role = p.DisplayName, p.UnitName, a.roleNames(p.Roles)
	}
	var out bytes.Buffer
	if err := a.opts.Pages.Render(&out, "fault", frame, data); err != nil {
		a.opts.Log.Error("error page", "request", r.ID, "error", err.Error())
		http.Error(w, data.Sentence+" "+data.Incident, status)
		return
	}
	w.Header().Set("Cache-Control", "no-store")
	_ = send(w, r, status, "text/html; charset=utf-8", out.Bytes()) // never fails
}

// headlines are the h1 of refusals.
var headlines = map[fault.Kind]string{
	fault.NotFound:    "Nicht gefunden",
	fault.Conflict:    "Inzwischen geändert",
	fault.Invalid:     "Angaben passen nicht",
	fault.TooLarge:    "Zu groß",
	fault.Forbidden:   "Nicht erlaubt",
	fault.Locked:      "Gesperrt",
	fault.Expired:     "Abgelaufen",
	fault.Unavailable: "Zurzeit nicht verfügbar",
}

// statusOf maps the kinds of refusal to HTTP, the only place that does.
func statusOf(kind fault.Kind) int {
	switch kind {
	case fault.NotFound:
		return http.StatusNotFound
	case fault.Conflict:
		return http.StatusConflict
	case fault.Invalid:
		return http.StatusUnprocessableEntity
	case fault.TooLarge:
		return http.StatusRequestEntityTooLarge
	case fault.Forbidden:
		return http.StatusForbidden
	case fault.Locked:
		return http.StatusLocked
	case fault.Expired:
		return http.StatusGone
	case fault.Unavailable:
		return http.StatusServiceUnavailable
	default:
		return http.StatusInternalServerError
	}
}

// turnAway answers somebody the route is not for: to the sign-in page if
// nobody is signed in, else a refusal that names the roles.
func (a *app) turnAway(w http.ResponseWriter, r *Request, route Route) {
	if r.Principal == nil || r.Principal.Pending {
		if r.WantsJSON() || a.opts.Login == "" {
			_ = JSONStatus(http.StatusUnauthorized, map[string]string{"error": "Melden Sie sich an.", "key": "web.sign_in"}).respond(w, r) // a map of texts always marshals
			return
		}
		w.Header().Set("Location", a.signInFrom(r, route))
		w.WriteHeader(http.StatusSeeOther)
		return
	}
	a.fail(w, r, fault.New(fault.Forbidden, "web.role", a.roleSentence(r.Principal, route)))
}

// ParamLost tells the sign-in page that something was posted that nobody has
// taken: the session had ended. What was posted is not kept.
const ParamLost = "verloren"

// signInFrom is the address of the sign-in page that leads back: to the page, or
// after a post to the one from which it came.
func (a *app) signInFrom(r *Request, route Route) string {
	back, query := r.URL.Path, url.Values{}
	if r.Method == http.MethodPost {
		back = a.pageOf(route, back)
		if r.ContentLength != 0 { // an empty one brought nothing
			query.Set(ParamLost, "ja")
		}
	}
	if back != "/" && LocalPath(back) == back {
		query.Set("weiter", back)
	}
	if len(query) == 0 {
		return a.opts.Login
	}
	return a.opts.Login + "?" + query.Encode()
}

// pageOf is the page of a form that was posted to a path: the path itself, or
// the nearest above it that the table has as a page.
func (a *app) pageOf(route Route, path string) string {
	_, pattern, _ := strings.Cut(route.Pattern, " ")
	for pattern != "" && path != "" {
		if slices.ContainsFunc(a.opts.Routes, func(r Route) bool { return r.Pattern == "GET "+pattern }) {
			return path
		}
		pattern, path = pattern[:strings.LastIndexByte(pattern, '/')], path[:max(0, strings.LastIndexByte(path, '/'))]
	}
	return "/"
}

func (a *app) roleSentence(p *Principal, route Route) string {
	var needed []string
	for _, role := range route.Roles {
		if name := a.opts.Roles[role]; name != "" {
			needed = append(needed, "„"+name+"“")
		}
	}
	if len(needed) == 0 {
		return "Diese Seite ist in Ihrer Lage nicht vorgesehen. Gehen Sie zur Startseite."
	}
	sentence := "Diese Seite gehört zur Rolle " + strings.Join(needed, " oder ") + "."
	if own := a.roleNames(p.Roles); own != "" {
		sentence += " Ihre Rolle ist „" + own + "“."
	}
	return sentence
}

// alphabet has no characters that are mistaken for one another on the phone.
const alphabet = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"

// newIncident is a short number to read out to the hotline: 7F3K-21.
func newIncident() string {
	var b [6]byte
	_, _ = rand.Read(b[:]) // never fails since Go 1.24
	var out [4]byte
	for i := range out {
		out[i] = alphabet[int(b[i])%len(alphabet)]
	}
	return fmt.Sprintf("%s-%02d", out[:], (int(b[4])<<8|int(b[5]))%100)
}

func newRequestID() string {
	var b [8]byte
	_, _ = rand.Read(b[:]) // never fails since Go 1.24
	return hex.EncodeToString(b[:])
}
