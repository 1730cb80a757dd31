// SPDX-License-Identifier: EUPL-1.2

package pages

import (
	"slices"

	"meldewerk/internal/web"
)

// Routes are all pages of the portal but those of the sign-in.
func (p *Pages) Routes() []web.Route {
	both, send := []web.Role{reporter, uploader}, []web.Role{uploader}
	program := func(roles []web.Role) []web.Role { return append(slices.Clone(roles), web.Machine) }
	body := p.rooms.Uploads.Limits().Request + 1<<20 // the form around the package
	return slices.Concat(p.applicationRoutes(), p.patientRoutes(), p.formRoutes(), p.queryRoutes(), p.helpRoutes(), []web.Route{
		{Pattern: "GET /{$}", Roles: []web.Role{web.SignedIn}, Handler: p.overview},

		{Pattern: "GET /pakete", Roles: both, Handler: p.packages},
		{Pattern: "GET /pakete/neu", Roles: send, Handler: p.newPackage},
		{Pattern: "POST /pakete", Roles: program(send), Handler: p.takePackage, MaxBody: body, Timeout: uploadTimeout},
		{Pattern: "GET /pakete/{id}", Roles: both, Handler: p.protocol},
		{Pattern: "GET /pakete/{id}/protokoll.json", Roles: program(both), Handler: p.protocolJSON},
		{Pattern: "GET /pakete/{id}/protokoll.csv", Roles: both, Handler: p.protocolCSV},
		{Pattern: "GET /pakete/{id}/protokoll.xml", Roles: both, Handler: p.protocolXML},

		{Pattern: "GET /historie", Roles: both, Handler: p.searchHistory},
		{Pattern: "POST /historie", Roles: both, Handler: p.findHistory},
		{Pattern: "GET /historie/{handle}", Roles: both, Handler: p.history},
	})
}
