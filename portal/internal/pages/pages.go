// SPDX-License-Identifier: EUPL-1.2

package pages

import (
	"context"
	"embed"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"slices"
	"time"

	"meldewerk/account"
	"meldewerk/exchange/submission"
	"meldewerk/internal/ui"
	"meldewerk/internal/web"
	"meldewerk/policy"
	"meldewerk/portal/internal/followup"
	"meldewerk/portal/internal/machine"
	"meldewerk/portal/internal/upload"
	"meldewerk/report"
	"meldewerk/terminology"
)

//go:embed *.html
var files embed.FS

// Files are the page templates, for the set of the house.
func Files() fs.FS { return files }

// Names are the pages that must be there.
var Names = slices.Concat([]string{"overview", "packages", "package_new", "package", "history", "history_search",
	"apply", "apply_question", "apply_person", "apply_people", "apply_review", "apply_status"}, patientPages, formPages, queryPages, helpPages)

// Uploads is the upload room.
type Uploads interface {
	upload.Protocols
	Limits() upload.Limits
	// Read takes a package in and stages it; see upload.Room.
	Read(ctx context.Context, s upload.Sender, kind submission.Kind, fileName string, content io.Reader) (*upload.Upload, error)
}

// Histories is the follow-up room.
type Histories interface {
	Find(ctx context.Context, unit, account string, patient report.PatientID) (followup.Handle, bool, error)
	Course(ctx context.Context, unit string, handle followup.Handle) (followup.Course, error)
	Missing(ctx context.Context, unit string, now time.Time, limit int) ([]followup.Missing, error)
}

// Units tells what a reporting unit may do.
type Units interface {
	Unit(ctx context.Context, id account.UnitID) (account.Unit, error)
}

// Machines tells what an upload program has signed for.
type Machines interface {
	Promised(r *http.Request) (machine.Promise, error)
}

// Rooms are what the pages call.
type Rooms struct {
	Uploads   Uploads
	Histories Histories
	Units     Units
	Machines  Machines
	Drafts    Drafts
	Queries   Queries
	Book      *terminology.Book // code lists; nil: the built-in ones

	Applications Applications
	Instance     string   // name of the registry, for the form to sign
	Post         []string // postal address of the trust centre, for the form to sign
	Profile      policy.Profile
}

// Pages are the handlers of the portal.
type Pages struct {
	rooms  Rooms
	recent *recentCodes
}

// New makes the handlers.
func New(rooms Rooms) *Pages { return &Pages{rooms: rooms, recent: newRecentCodes()} }

// roles of the portal's people, as the routes name them.
const (
	reporter = web.Role(account.RoleReporter)
	uploader = web.Role(account.RoleUploader)
)

// Nav is the navigation of the portal, with what waits there.
func (p *Pages) Nav() []web.Nav {
	entries := navigation()
	for i := range entries {
		if entries[i].Href == pathQueries {
			entries[i].Count = p.openQueries
		}
	}
	return entries
}

func navigation() []web.Nav {
	both := []web.Role{reporter, uploader}
	return []web.Nav{
		{Label: "Übersicht", Href: "/", Roles: both},
		{Label: "Patienten", Href: "/patienten", Roles: []web.Role{reporter}},
		{Label: "Meldungen", Href: "/meldungen", Roles: []web.Role{reporter}},
		{Label: titleQueries, Href: pathQueries, Roles: both},
		{Label: "Tumorhistorie", Href: "/historie", Roles: both},
		{Label: "Pakete", Href: "/pakete", Roles: both},
	}
}

// sender is the unit behind a request with its rights as they are now.
func (p *Pages) sender(r *web.Request) (upload.Sender, error) {
	unit, err := p.rooms.Units.Unit(r.Context(), account.UnitID(r.Principal.UnitID))
	if err != nil {
		return upload.Sender{}, fmt.Errorf("read unit: %w", err)
	}
	return upload.Sender{Unit: string(unit.ID), Account: r.Principal.AccountID, AnyReporter: unit.AnyReporter,
		Reporters: unit.ReporterIDs, Released: unit.Released}, nil
}

// wide gives a page the full width.
func wide(f *ui.Frame) { f.Wide = true }

// crumbs leads back from a page.
func crumbs(links ...ui.Link) func(*ui.Frame) {
	return func(f *ui.Frame) { f.Crumbs = append([]ui.Link{{Label: "Übersicht", Href: "/"}}, links...) }
}

// uploadTimeout is how long a package may take to come in.
const uploadTimeout = 30 * time.Minute
