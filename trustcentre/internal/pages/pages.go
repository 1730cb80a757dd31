// SPDX-License-Identifier: EUPL-1.2

// Package pages is what the staff of the trust centre sees: what waits and
// why, the decision on a record that the last look has stopped, queries to
// reporters and their answers, the release of reporting units, envelopes that
// could not be opened; institutions, accounts of reporters, applications,
// devices to lend and installation keys.
// It decodes, calls one room and renders; it holds no rule.
package pages

import (
	"context"
	"embed"
	"io/fs"
	"maps"
	"slices"
	"time"

	"meldewerk/account"
	"meldewerk/internal/personnel"
	"meldewerk/internal/ui"
	"meldewerk/internal/web"
	"meldewerk/trustcentre/internal/access"
	trust "meldewerk/trustcentre/internal/store"
)

//go:embed *.html
var files embed.FS

// Files are the page templates, with those about the own staff.
func Files() fs.FS { return personnel.Pages(files) }

// Names are the pages that must be there.
var Names = slices.Concat([]string{"overview", "waiting", "stopped", "queries", "query", "release", "envelopes", "envelope"}, accessNames, personnel.Names)

// Units tells the names of reporting units.
type Units interface {
	Unit(ctx context.Context, id account.UnitID) (account.Unit, error)
}

// Acts are the house's own acts that a page may start.
type Acts interface {
	ReleaseUnit(ctx context.Context, actor string, id account.UnitID) (int64, error)
	RetryEnvelopes(ctx context.Context, actor string) (int64, error)
}

// Pages are the handlers.
type Pages struct {
	store *trust.Store
	units Units
	staff Staff
	acts  Acts
	desk  *access.Desk
	terms Terms
}

// Terms are the Fristen of the profile, as the pages show them.
type Terms struct {
	ForwardWithin    time.Duration
	ForwardOpenAfter time.Duration
	KeepIdentities   time.Duration
}

// New makes the handlers.
func New(s *trust.Store, units Units, staff Staff, acts Acts, desk *access.Desk, terms Terms) *Pages {
	return &Pages{store: s, units: units, staff: staff, acts: acts, desk: desk, terms: terms}
}

var (
	staff     = []web.Role{web.Role(account.RoleInspector), web.Role(account.RoleAdviser), web.Role(account.RoleHead)}
	deciders  = []web.Role{web.Role(account.RoleInspector), web.Role(account.RoleHead)}
	operators = []web.Role{web.Role(account.RoleOperator), web.Role(account.RoleHead)}
	enders    = []web.Role{web.Role(account.RoleOperator), web.Role(account.RoleInspector), web.Role(account.RoleHead)} // may give an envelope up
)

// Routes are the pages and who may see them.
func (p *Pages) Routes() []web.Route {
	return []web.Route{
		{Pattern: "GET /{$}", Roles: []web.Role{web.SignedIn}, Handler: p.overview},
		{Pattern: "GET /wartend", Roles: staff, Handler: p.waiting},
		{Pattern: "GET /wartend/{id}", Roles: deciders, Handler: p.stopped},
		{Pattern: "POST /wartend/{id}", Roles: deciders, Handler: p.decide},
		{Pattern: "POST /wartend/{id}/rueckfrage", Roles: deciders, Handler: p.ask},
		{Pattern: "GET /rueckfragen", Roles: deciders, Handler: p.queries},
		{Pattern: "GET /rueckfragen/{id}", Roles: deciders, Handler: p.query},
		{Pattern: "POST /rueckfragen/{id}", Roles: deciders, Handler: p.closeQuery},
		{Pattern: "GET /freigabe", Roles: staff, Handler: p.release},
		{Pattern: "POST /freigabe", Roles: deciders, Handler: p.releaseUnit},
		{Pattern: "GET /umschlaege", Roles: append(operators, staff...), Handler: p.envelopes},
		{Pattern: "POST /umschlaege", Roles: operators, Handler: p.retry},
		{Pattern: "GET /umschlaege/{id}", Roles: enders, Handler: p.envelope},
		{Pattern: "POST /umschlaege/{id}", Roles: enders, Handler: p.giveUp},
	}
}

// Nav is the navigation, with what waits there.
func (p *Pages) Nav() []web.Nav {
	entries := navigation()
	for i := range entries {
		if entries[i].Href == pathQueries {
			entries[i].Count = p.answeredQueries
		}
	}
	return entries
}

func navigation() []web.Nav {
	nav := []web.Nav{
		{Label: "Arbeitsvorrat", Href: "/", Roles: []web.Role{web.SignedIn}},
		{Label: "Wartende Meldungen", Href: "/wartend", Roles: staff},
		{Label: "Rückfragen", Href: pathQueries, Roles: deciders},
		{Label: "Freigabe", Href: "/freigabe", Roles: staff},
		{Label: "Umschläge", Href: "/umschlaege", Roles: append(operators, staff...)},
	}
	return slices.Concat(nav, accessNav(), personnel.Nav())
}

// Notices are the sentences after an act.
var Notices = merged(accessNotices, personnel.Notices, map[string]string{
	"kept":         "Die Meldung geht mit den bestätigten Feldern an das Register.",
	"blanked":      "Die Meldung geht ohne die Felder an das Register.",
	"released":     "Die Einrichtung ist freigegeben. Ihre wartenden Meldungen gehen weiter.",
	"query-asked":  "Die Rückfrage geht an das Meldeportal. Die Antwort finden Sie unter Rückfragen.",
	"query-closed": "Die Rückfrage ist erledigt. Die Einrichtung sieht das im Meldeportal.",
	"given-up":     "Der Umschlag ist aufgegeben. Die Einrichtung liest im Meldeportal, dass sie noch einmal senden muss.",
	"retried":      "Die Umschläge werden noch einmal geöffnet. Das dauert meist weniger als eine Minute.",
})

func merged(all ...map[string]string) map[string]string {
	out := map[string]string{}
	for _, m := range all {
		maps.Copy(out, m)
	}
	return out
}

// names gives the names of reporting units; one that is not known here keeps
// its number.
func (p *Pages) names(ctx context.Context, ids ...account.UnitID) map[account.UnitID]string {
	names := map[account.UnitID]string{}
	for _, id := range ids {
		if names[id] != "" {
			continue
		}
		if id == "" { // of an envelope whose facts are damaged
			names[id] = "nicht lesbar"
			continue
		}
		names[id] = string(id)
		if unit, err := p.units.Unit(ctx, id); err == nil {
			names[id] = unit.Name
		}
	}
	return names
}

// daysLeft is how many days of the calendar remain until the deadline; negative
// when it has passed.
func daysLeft(received, now time.Time, within time.Duration) int {
	due := received.Add(within)
	if due.Before(now) {
		return -1
	}
	return ui.DaysUntil(due, now)
}

func deadlineBadge(days int) ui.Badge {
	switch {
	case days < 0:
		return ui.Badge{Kind: ui.Danger, Word: "Frist überschritten"}
	case days == 0:
		return ui.Badge{Kind: ui.Danger, Word: "noch heute"}
	case days <= 2:
		return ui.Badge{Kind: ui.Warning, Word: "noch " + ui.Count(int64(days), "Tag", "Tage")}
	}
	return ui.Badge{Kind: ui.Info, Word: "noch " + ui.Count(int64(days), "Tag", "Tage")}
}
