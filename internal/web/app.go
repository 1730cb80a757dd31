// SPDX-License-Identifier: EUPL-1.2

package web

import (
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"slices"
	"strings"
	"time"

	"meldewerk/internal/ui"
)

// Options are what a house gives to its doorway.
type Options struct {
	House    ui.House
	Instance string   // name of the registry for the bar
	Hosts    []string // host names this house answers to, without port
	Routes   []Route
	Sessions Sessions // nil: nobody can sign in (only Public routes work)
	Pages    *ui.Set

	Roles   map[Role]string   // the house's roles with their German names
	Nav     []Nav             // navigation, shown to those who may
	Notices map[string]string // key → sentence shown after a redirect
	Frame   func(*Request, *ui.Frame)

	Login   string // path of the sign-in page, e.g. "/anmelden"
	Demo    bool
	Proxies []netip.Prefix // whose X-Forwarded-For is believed
	Log     *slog.Logger
	Metrics *Metrics // nil: none
	Now     func() time.Time
}

// Nav is one entry of a house's navigation with the roles that see it.
type Nav struct {
	Label string
	Href  string
	Roles []Role
	Count func(*Request) int // work waiting there; nil: no number
}

type app struct {
	opts  Options
	hosts []string
	guard *http.CrossOriginProtection
	mux   *http.ServeMux
}

// New checks the routing table and builds the handler of a house. A route
// without a rule, an unknown role or a missing template set is an error: the
// house does not start.
func New(opts Options) (http.Handler, error) {
	if opts.Pages == nil {
		return nil, errors.New("web: no page templates")
	}
	if len(opts.Hosts) == 0 {
		return nil, errors.New("web: no host name configured")
	}
	if opts.Log == nil {
		opts.Log = slog.New(slog.DiscardHandler)
	}
	if opts.Now == nil {
		opts.Now = time.Now
	}
	if opts.Sessions == nil {
		opts.Sessions = nobody{}
	}
	a := &app{opts: opts, guard: http.NewCrossOriginProtection(), mux: http.NewServeMux()}
	for _, h := range opts.Hosts {
		a.hosts = append(a.hosts, strings.ToLower(h))
	}
	for _, route := range opts.Routes {
		if err := a.add(route); err != nil {
			return nil, err
		}
	}
	for _, nav := range opts.Nav {
		if len(nav.Roles) == 0 {
			return nil, fmt.Errorf("web: navigation %q names no role", nav.Href)
		}
	}
	a.mux.Handle("GET "+ui.AssetPrefix, ui.Assets())
	return tabled{a.doorway(a.mux), opts.Routes}, nil
}

// add puts one line of the table into the mux; net/http panics on patterns
// that collide, which here is an error at start like any other.
func (a *app) add(route Route) error {
	if err := route.check(a.opts.Roles); err != nil {
		return fmt.Errorf("web: %w", err)
	}
	var err error
	func() {
		defer func() {
			if clash := recover(); clash != nil {
				err = fmt.Errorf("web: route %q: %v", route.Pattern, clash)
			}
		}()
		a.mux.Handle(route.Pattern, a.serve(route))
	}()
	return err
}

// serve answers one route: who asks, may he, what does the handler say.
func (a *app) serve(route Route) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, raw *http.Request) {
		r := a.request(raw)
		w.Header().Set("Cache-Control", "no-store")
		if route.Timeout > 0 {
			extend(w, time.Now().Add(route.Timeout)) // the socket knows no injected clock
		}
		limit := route.MaxBody
		if limit == 0 {
			limit = DefaultMaxBody
		}
		raw.Body = http.MaxBytesReader(w, raw.Body, limit)

		who, err := a.opts.Sessions.Current(raw)
		if err != nil {
			a.fail(w, r, fmt.Errorf("find session: %w", err))
			return
		}
		r.Principal = who
		if !route.admits(who) {
			a.turnAway(w, r, route)
			return
		}
		response, err := route.Handler(r)
		if err != nil {
			a.fail(w, r, err)
			return
		}
		if response == nil {
			a.fail(w, r, errors.New("handler gave no response"))
			return
		}
		if err := response.respond(w, r); err != nil {
			a.fail(w, r, err)
		}
	})
}

// extend gives an upload more time than a page; a recorder in a test has no
// deadlines, which is fine.
func extend(w http.ResponseWriter, until time.Time) {
	control := http.NewResponseController(w)
	_ = control.SetReadDeadline(until)
	_ = control.SetWriteDeadline(until)
}

// hostAllowed says whether the Host header names this house.
func (a *app) hostAllowed(host string) bool {
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	return slices.Contains(a.hosts, strings.ToLower(host))
}

// frame is the page frame for this request, before the handler's own touches.
func (a *app) frame(r *Request, title string) ui.Frame {
	f := ui.Frame{
		House:    a.opts.House,
		Instance: a.opts.Instance,
		Title:    title,
		Demo:     a.opts.Demo,
		Now:      r.Now(),
	}
	if p := r.Principal; p != nil && !p.Pending {
		f.User, f.Facility, f.SessionEnds = p.DisplayName, p.UnitName, p.EndsAt
		f.Role = a.roleNames(p.Roles)
		f.Nav = a.nav(r)
		f.Told, f.Path = p.Told, "/"
		if r.Method == http.MethodGet {
			f.Path = LocalPath(r.URL.Path)
		}
		for _, unit := range p.Units {
			f.Units = append(f.Units, ui.UnitChoice{ID: unit.ID, Name: unit.Name, Current: unit.ID == p.UnitID})
		}
	}
	if a.opts.Frame != nil {
		a.opts.Frame(r, &f)
	}
	return f
}

func (a *app) nav(r *Request) []ui.NavItem {
	var items []ui.NavItem
	best := -1
	for _, n := range a.opts.Nav {
		if !(Route{Roles: n.Roles}).admits(r.Principal) {
			continue
		}
		item := ui.NavItem{Label: n.Label, Href: n.Href}
		if n.Count != nil {
			item.Count = n.Count(r)
		}
		items = append(items, item)
		if under(r.URL.Path, n.Href) && (best < 0 || len(n.Href) > len(items[best].Href)) {
			best = len(items) - 1
		}
	}
	if best >= 0 {
		items[best].Current = true
	}
	return items
}

// under says whether the path lies at or below the entry; "/" only at itself.
func under(path, entry string) bool {
	return path == entry || entry != "/" && strings.HasPrefix(path, entry+"/")
}

func (a *app) roleNames(roles []Role) string {
	var names []string
	for _, role := range roles {
		if name := a.opts.Roles[role]; name != "" {
			names = append(names, name)
		}
	}
	return strings.Join(names, ", ")
}
