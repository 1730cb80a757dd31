// SPDX-License-Identifier: EUPL-1.2

package signin

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"meldewerk/account"
	"meldewerk/fault"
	"meldewerk/internal/store"
	"meldewerk/internal/ui"
	"meldewerk/internal/web"
)

// The paths of the pages, the same in every house.
const (
	PathSignIn   = "/anmelden"
	PathCode     = "/einmalkennwort"
	PathEnrol    = "/erstanmeldung"
	PathPassword = "/passwort"
	PathSignOut  = "/abmelden"
	PathStay     = "/sitzung"
	PathUnit     = "/einrichtung"
	PathAccount  = "/konto"
	PathSessions = "/konto/sitzungen"
	PathPasskeys = "/konto/passkeys"

	pathAsk       = "/einmalkennwort/aufgabe"
	pathProve     = "/einmalkennwort/passkey"
	pathNotices   = "/konto/hinweise"
	pathAskNew    = "/konto/passkeys/aufgabe"
	pathAddNew    = "/konto/passkeys/neu"
	pathRemoveOld = "/konto/passkeys/entfernen"
)

// Options are what a house gives to its door.
type Options struct {
	House    account.House
	Accounts *store.Accounts
	Hasher   *account.Hasher // one per process
	Issuer   string          // shown in the authenticator app, e.g. "Krebsregister Musterland"
	Helpdesk string          // who releases a lock, feminine with its article: "die Meldeberatung"; empty: Helpdesk(House)
	Apply    string          // path of the application for an access; empty: none can be made here
	Tries    int             // entries per minute and source address; 0: 120, many clinics share one
	RPID     string          // host name that passkeys are bound to; empty: of the first origin
	Origins  []string        // "https://host[:port]" as people type it; none: no passkeys
}

// SignIn is the door of one house. It is safe for concurrent use and
// implements web.Sessions.
type SignIn struct {
	opts    Options
	source  *limiter
	relying *account.Relying // nil: no passkeys
}

var _ web.Sessions = (*SignIn)(nil)

// New makes the door of a house.
func New(opts Options) (*SignIn, error) {
	if opts.Accounts == nil || opts.Hasher == nil || opts.House == "" || opts.Issuer == "" {
		return nil, errors.New("signin: house, accounts, hasher and issuer must be given")
	}
	if opts.Helpdesk == "" {
		opts.Helpdesk = Helpdesk(opts.House)
	}
	if opts.Tries == 0 {
		opts.Tries = 120
	}
	s := &SignIn{opts: opts, source: newLimiter(opts.Tries)}
	if len(opts.Origins) == 0 {
		return s, nil
	}
	if opts.RPID == "" {
		first, err := url.Parse(opts.Origins[0])
		if err != nil {
			return nil, fmt.Errorf("signin: origin: %w", err)
		}
		opts.RPID = first.Hostname()
	}
	var err error
	s.relying, err = account.NewRelying(opts.RPID, opts.Issuer, opts.Origins)
	return s, err
}

// Helpdesk is who gives accounts in a house and releases their locks.
func Helpdesk(h account.House) string {
	if h == account.Portal {
		return "die Vertrauensstelle"
	}
	return "die Leitung"
}

// Routes are the lines for the house's routing table.
func (s *SignIn) Routes() []web.Route {
	const form = 16 << 10 // bytes; a password has 512 at most
	public, half, full := []web.Role{web.Public}, []web.Role{web.Pending, web.SignedIn}, []web.Role{web.SignedIn}
	return []web.Route{
		{Pattern: "GET " + PathSignIn, Roles: public, Handler: s.showPassword},
		{Pattern: "POST " + PathSignIn, Roles: public, Handler: s.takePassword, MaxBody: form},
		{Pattern: "GET " + PathCode, Roles: half, Handler: s.showCode},
		{Pattern: "POST " + PathCode, Roles: half, Handler: s.takeCode, MaxBody: form},
		{Pattern: "GET " + PathEnrol, Roles: half, Handler: s.showEnrolment},
		{Pattern: "POST " + PathEnrol, Roles: half, Handler: s.takeEnrolment, MaxBody: form},
		{Pattern: "GET " + PathPassword, Roles: half, Handler: s.showChange},
		{Pattern: "POST " + PathPassword, Roles: half, Handler: s.takeChange, MaxBody: form},
		{Pattern: "POST " + PathSignOut, Roles: public, Handler: s.signOut, MaxBody: form},
		{Pattern: "POST " + PathStay, Roles: full, Handler: s.stay, MaxBody: form},
		{Pattern: "POST " + pathAsk, Roles: half, Handler: s.askPasskey, MaxBody: form},
		{Pattern: "POST " + pathProve, Roles: half, Handler: s.takePasskey, MaxBody: 2 * form},
		{Pattern: "POST " + PathUnit, Roles: full, Handler: s.switchUnit, MaxBody: form},
		{Pattern: "GET " + PathAccount, Roles: full, Handler: s.showAccount},
		{Pattern: "POST " + pathNotices, Roles: full, Handler: s.acknowledge, MaxBody: form},
		{Pattern: "GET " + PathSessions, Roles: full, Handler: s.showSessions},
		{Pattern: "POST " + PathSessions, Roles: full, Handler: s.endSession, MaxBody: form},
		{Pattern: "GET " + PathPasskeys, Roles: full, Handler: s.showPasskeys},
		{Pattern: "POST " + pathAskNew, Roles: full, Handler: s.askNewPasskey, MaxBody: form},
		{Pattern: "POST " + pathAddNew, Roles: full, Handler: s.addPasskey, MaxBody: 2 * form},
		{Pattern: "POST " + pathRemoveOld, Roles: full, Handler: s.removePasskey, MaxBody: form},
	}
}

// Roles are the roles of a house with their German names, for web.Options.
func Roles(h account.House) map[web.Role]string {
	named := map[web.Role]string{}
	for _, r := range account.RolesOf(h) {
		named[web.Role(r)] = r.Title()
	}
	return named
}

// CookieName is the name of the session cookie, one per house, so that the
// houses can share a browser.
func CookieName(h account.House) string { return "__Host-" + string(h) }

// Current gives the person behind the request, for web.Sessions. Requests of
// scripts for JSON do not keep a session alive.
func (s *SignIn) Current(r *http.Request) (*web.Principal, error) {
	asScript := strings.HasSuffix(r.URL.Path, ".json")
	found, err := s.opts.Accounts.Session(r.Context(), s.token(r), !asScript)
	if err != nil || found == nil {
		return nil, err
	}
	who := found.Account
	p := &web.Principal{
		AccountID: string(who.ID), DisplayName: who.Holder, House: string(s.opts.House),
		UnitID: string(who.Unit.ID), UnitName: who.Unit.Name, SessionID: found.ID,
		Pending: found.Stage != account.StageFull,
		EndsAt:  found.End(s.opts.Accounts.SessionLimits()), FreshAt: found.Confirmed,
	}
	if p.DisplayName == "" {
		p.DisplayName = string(who.Username)
	}
	for _, role := range who.Roles {
		p.Roles = append(p.Roles, web.Role(role))
	}
	if open := who.OpenUnits(); len(open) > 1 {
		for _, unit := range open {
			p.Units = append(p.Units, web.Unit{ID: string(unit.ID), Name: unit.Name})
		}
	}
	if found.Notices && !p.Pending && !asScript {
		events, err := s.opts.Accounts.Notices(r.Context(), found)
		if err != nil {
			return nil, err
		}
		p.Told = sentences(events)
	}
	return p, nil
}

// ErrNotFresh refuses the direct post of an act that wants a fresh code.
var ErrNotFresh = fault.New(fault.Forbidden, "signin.not_fresh",
	"Dieser Schritt braucht ein frisches Einmalkennwort oder Ihren Passkey. Öffnen Sie die Seite noch einmal und bestätigen Sie ihn.")

// AskFresh is called first by pages whose act wants a code proven within the
// last five minutes (security row B5): it gives nil when there is one, else
// the way to prove it and back to this page.
func (s *SignIn) AskFresh(r *web.Request) web.Response { return AskFresh(r) }

// NeedFresh is called first by the handler of the post itself.
func (s *SignIn) NeedFresh(r *web.Request) error { return NeedFresh(r) }

func fresh(r *web.Request) bool {
	return r.Principal != nil && !r.Principal.Pending && account.FreshAt(r.Principal.FreshAt, r.Now())
}

func (s *SignIn) token(r *http.Request) account.Token {
	cookie, err := r.Cookie(CookieName(s.opts.House))
	if err != nil {
		return account.Token{}
	}
	return account.ParseToken(cookie.Value)
}

func (s *SignIn) withToken(response web.Response, token account.Token) web.Response {
	return web.WithCookie(response, &http.Cookie{Name: CookieName(s.opts.House), Value: token.Reveal()})
}

func (s *SignIn) withoutToken(response web.Response) web.Response {
	return web.WithCookie(response, &http.Cookie{Name: CookieName(s.opts.House), MaxAge: -1})
}

// session is the session of the request, or nil when it has ended.
func (s *SignIn) session(r *web.Request) (*account.Session, error) {
	return s.opts.Accounts.Session(r.Context(), s.token(r.Request), false)
}

// withNext adds where to go afterwards: a path of this house, never a query,
// so nothing but opaque handles can stand in it.
func withNext(path, next string) string {
	if next = web.LocalPath(next); next == "/" {
		return path
	}
	separator := "?"
	if strings.Contains(path, "?") {
		separator = "&"
	}
	return path + separator + "weiter=" + url.QueryEscape(next)
}

func nextOf(r *web.Request) string { return web.LocalPath(r.URL.Query().Get("weiter")) }

// expired leads to the start of the sign-in when the session has ended in
// between.
func (s *SignIn) expired(next string) web.Response {
	return s.withoutToken(web.Redirect(withNext(PathSignIn+"?abgelaufen=ja", next)))
}

// signOut kills the session at the server and what the browser has kept. The
// cookies of neighbours under the same domain are not ours to clear.
func (s *SignIn) signOut(r *web.Request) (web.Response, error) {
	if err := s.opts.Accounts.End(context.WithoutCancel(r.Context()), s.token(r.Request)); err != nil {
		return nil, err
	}
	out := s.withoutToken(web.Redirect(PathSignIn + "?abgemeldet=ja"))
	return web.WithHeader(out, "Clear-Site-Data", `"cache", "storage"`), nil
}

// stay keeps a session alive whose page asks for it.
func (s *SignIn) stay(r *web.Request) (web.Response, error) {
	if err := s.opts.Accounts.Touch(r.Context(), r.Principal.SessionID); err != nil {
		return nil, err
	}
	return web.Status(http.StatusNoContent), nil
}

// tooMany is the answer to a source that tries too often, nil for all others.
func (s *SignIn) tooMany(r *web.Request, page func(ui.Problems) *web.PageResponse) web.Response {
	wait := s.source.take(r.Address(), r.Now())
	if wait == 0 {
		return nil
	}
	var problems ui.Problems
	problems.AddWhole(headingTooMany, "Von Ihrem Anschluss kommen gerade sehr viele Anmeldungen. Nächster Versuch um "+minute(r.Now().Add(wait))+".")
	return retryAfter(page(problems).Status(http.StatusTooManyRequests), wait)
}

func retryAfter(response web.Response, wait time.Duration) web.Response {
	return web.WithHeader(response, "Retry-After", fmt.Sprint(int(wait.Seconds()+0.999)))
}

// minute tells a time in full minutes, never too early: 14:33 Uhr.
func minute(t time.Time) string {
	return ui.Clock(t.Add(time.Minute - time.Nanosecond).Truncate(time.Minute))
}
