// SPDX-License-Identifier: EUPL-1.2

package web

import (
	"net/http"
	"slices"
	"time"
)

// Sessions finds who is signed in; the package signin provides it.
type Sessions interface {
	// Current gives the person behind the request's session cookie, or nil if
	// there is none or it has ended. An error means that it could not be
	// found out; the request is then refused.
	Current(r *http.Request) (*Principal, error)
}

// Principal is the signed-in person of a request.
type Principal struct {
	AccountID   string // opaque; may stand in the access log
	DisplayName string // for the bar; never logged
	House       string
	Roles       []Role
	UnitID      string // reporting facility or office
	UnitName    string
	Units       []Unit    // all units the person may switch to, the present one included; one or none: no switch
	Told        []string  // what happened to the account since the last sign-in, in sentences, until acknowledged
	SessionID   string    // opaque number of the session, never its token
	Pending     bool      // password was right, second factor is still open
	EndsAt      time.Time // when the session ends without a further request
	FreshAt     time.Time // when the second factor was last shown

	Machine bool // an upload program that signed the request: only routes with the rule Machine admit it
}

// Unit is a unit that a person may act for.
type Unit struct{ ID, Name string }

// Has says whether the person has one of the roles.
func (p *Principal) Has(roles ...Role) bool {
	if p == nil || p.Pending || p.Machine {
		return false
	}
	return slices.ContainsFunc(roles, func(r Role) bool { return slices.Contains(p.Roles, r) })
}

// nobody is for houses and tests without sessions.
type nobody struct{}

func (nobody) Current(*http.Request) (*Principal, error) { return nil, nil }
