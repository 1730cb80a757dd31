// SPDX-License-Identifier: EUPL-1.2

// Package pages is what clerks of the registry see: the state of the stock,
// cases, and reports that agree with more than one person. It decodes, calls
// the store's reading side and renders; it holds no rule. Control numbers are
// never shown.
package pages

import (
	"embed"
	"io/fs"
	"slices"

	"meldewerk/account"
	"meldewerk/internal/personnel"
	"meldewerk/internal/web"
	"meldewerk/registry/internal/store"
)

//go:embed *.html
var files embed.FS

// Files are the page templates, with those for the accounts of the staff.
func Files() fs.FS { return personnel.Pages(files) }

var own = []string{"overview", "cases", "case", "ambiguities"}

// Names are the pages that must be there.
var Names = slices.Concat(own, personnel.Names)

// Pages are the handlers.
type Pages struct{ store *store.Store }

// New makes the handlers.
func New(s *store.Store) *Pages { return &Pages{store: s} }

var clerks = []web.Role{web.Role(account.RoleRegistrar), web.Role(account.RoleHead)}

// Routes are the pages and who may see them.
func (p *Pages) Routes() []web.Route {
	return []web.Route{
		{Pattern: "GET /{$}", Roles: []web.Role{web.SignedIn}, Handler: p.overview},
		{Pattern: "GET /faelle", Roles: clerks, Handler: p.cases},
		{Pattern: "POST /faelle", Roles: clerks, Handler: p.find},
		{Pattern: "GET /faelle/{id}", Roles: clerks, Handler: p.oneCase},
		{Pattern: "GET /zuordnung", Roles: clerks, Handler: p.ambiguities},
	}
}

// Nav is the navigation.
func Nav() []web.Nav {
	return append([]web.Nav{
		{Label: "Übersicht", Href: "/", Roles: []web.Role{web.SignedIn}},
		{Label: "Fälle", Href: "/faelle", Roles: clerks},
		{Label: "Zuordnung prüfen", Href: "/zuordnung", Roles: clerks},
	}, personnel.Nav()...)
}
