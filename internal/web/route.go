// SPDX-License-Identifier: EUPL-1.2

package web

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"
)

// Role is what an account may be in its house, as the routes name it.
type Role string

// Rules that are not roles of people.
const (
	// Public opens a route to everybody, signed in or not.
	Public Role = "*public"
	// Pending opens a route to somebody between password and second factor.
	Pending Role = "*pending"
	// SignedIn opens a route to every fully signed-in person of the house.
	SignedIn Role = "*signed-in"
	// Machine opens a route to an upload program that has signed its request,
	// beside whoever else the route names. No other rule admits a program.
	Machine Role = "*machine"
)

// Handler answers one request: a response, or a fault or other error.
type Handler func(*Request) (Response, error)

// Route is one line of a house's routing table.
type Route struct {
	Pattern string // "GET /pakete/{id}": method and path as net/http reads them; GET serves HEAD too
	Roles   []Role // who may; Public must be said, nothing is open by omission
	Handler Handler

	MaxBody int64         // bytes of a post; 0: DefaultMaxBody
	Timeout time.Duration // for reading and writing; 0: the server's; uploads need more
}

// DefaultMaxBody is the largest form a route takes unless it says otherwise.
const DefaultMaxBody = 1 << 20

// Method is the method of the pattern.
func (r Route) Method() string {
	method, _, _ := strings.Cut(r.Pattern, " ")
	return method
}

// check refuses a line of the table that could be misread.
func (r Route) check(known map[Role]string) error {
	method, path, found := strings.Cut(r.Pattern, " ")
	if !found || !strings.HasPrefix(path, "/") {
		return fmt.Errorf("route %q: pattern must be method and path", r.Pattern)
	}
	if method != http.MethodGet && method != http.MethodPost {
		return fmt.Errorf("route %q: only GET and POST are served", r.Pattern)
	}
	if len(r.Roles) == 0 {
		return fmt.Errorf("route %q: no role named; say web.Public if everybody may", r.Pattern)
	}
	if r.Handler == nil {
		return fmt.Errorf("route %q: no handler", r.Pattern)
	}
	for _, role := range r.Roles {
		switch role {
		case Public, Pending, SignedIn, Machine:
			if len(r.Roles) > 1 && role == Public {
				return fmt.Errorf("route %q: public and roles exclude each other", r.Pattern)
			}
		default:
			if _, ok := known[role]; !ok {
				return fmt.Errorf("route %q: role %q has no name in this house", r.Pattern, role)
			}
		}
	}
	return nil
}

// admits says whether this person may use the route.
func (r Route) admits(p *Principal) bool {
	for _, rule := range r.Roles {
		switch {
		case rule == Public:
			return true
		case p == nil:
		case p.Machine || rule == Machine:
			if p.Machine && rule == Machine {
				return true
			}
		case rule == Pending && p.Pending:
			return true
		case p.Pending:
		case rule == SignedIn:
			return true
		case slices.Contains(p.Roles, rule):
			return true
		}
	}
	return false
}
