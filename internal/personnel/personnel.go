// SPDX-License-Identifier: EUPL-1.2

package personnel

import (
	"embed"
	"io/fs"
	"slices"
	"strings"

	"meldewerk/account"
	"meldewerk/fault"
	"meldewerk/internal/store"
	"meldewerk/internal/web"
)

// The paths that other packages lead to.
const (
	PathList  = "/mitarbeit"
	PathNew   = "/mitarbeit/neu"
	PathRoles = "/mitarbeit/rollen"
)

// ErrOwn refuses acts on one's own account: nobody unlocks himself or gives
// himself a role.
var ErrOwn = fault.New(fault.Forbidden, "personnel.own",
	"Das ist Ihr eigener Zugang. Ihn verwaltet eine andere Person mit der Rolle Leitung.")

// ErrClosed refuses acts on an account that is closed for good.
var ErrClosed = fault.New(fault.Conflict, "personnel.closed",
	"Dieser Zugang ist geschlossen. Legen Sie einen neuen an, wenn die Person wieder hier arbeitet.")

// Desk is the Personalstelle of one house: the pages with which the head looks
// after the accounts of the staff.
type Desk struct {
	house    account.House
	accounts *store.Accounts
	hasher   *account.Hasher
}

// New makes the desk of a house with staff of its own.
func New(house account.House, accounts *store.Accounts, hasher *account.Hasher) *Desk {
	return &Desk{house: house, accounts: accounts, hasher: hasher}
}

var (
	heads   = []web.Role{web.Role(account.RoleHead)}
	readers = []web.Role{web.Role(account.RoleHead), web.Role(account.RoleAuditor)}
)

// Routes are the pages and who may see them.
func (d *Desk) Routes() []web.Route {
	routes := []web.Route{
		{Pattern: "GET " + PathList, Roles: heads, Handler: d.list},
		{Pattern: "GET " + PathRoles, Roles: readers, Handler: d.matrix},
		{Pattern: "GET " + PathNew, Roles: heads, Handler: d.showNew},
		{Pattern: "POST " + PathNew, Roles: heads, Handler: d.create},
		{Pattern: "GET " + PathList + "/{id}", Roles: heads, Handler: d.one},
		{Pattern: "GET " + PathList + "/{id}/rollen", Roles: heads, Handler: d.showRoles},
		{Pattern: "POST " + PathList + "/{id}/rollen", Roles: heads, Handler: d.setRoles},
		{Pattern: "POST " + PathList + "/{id}/passwort", Roles: heads, Handler: d.issue},
	}
	for _, a := range acts {
		routes = append(routes, web.Route{Pattern: "GET " + PathList + "/{id}/" + a.path, Roles: heads, Handler: d.ask(a)})
		if a.do != nil {
			routes = append(routes, web.Route{Pattern: "POST " + PathList + "/{id}/" + a.path, Roles: heads, Handler: d.perform(a)})
		}
	}
	return routes
}

// Nav are the entries of the navigation.
func Nav() []web.Nav {
	return []web.Nav{
		{Label: "Mitarbeitende", Href: PathList, Roles: heads},
		{Label: "Rollen im Haus", Href: PathRoles, Roles: []web.Role{web.Role(account.RoleAuditor)}},
	}
}

// Notices are the sentences after an act, for web.Options.
var Notices = map[string]string{
	"personnel-created":  "Der Zugang ist angelegt. Geben Sie jetzt das Passwort für die erste Anmeldung aus.",
	"personnel-roles":    "Die Rollen sind geändert. Laufende Sitzungen dieser Person sind beendet.",
	"personnel-released": "Die Sperre ist aufgehoben. Die Person kann sich wieder anmelden.",
	"personnel-reset":    "Der zweite Faktor ist zurückgesetzt. Bei der nächsten Anmeldung richtet die Person einen neuen ein.",
	"personnel-ended":    "Alle Sitzungen dieser Person sind beendet.",
	"personnel-closed":   "Der Zugang ist geschlossen.",
}

// Names are the pages of this package, for ui.Templates to insist on.
var Names = []string{"personnel-list", "personnel-matrix", "personnel-new", "personnel-one", "personnel-roles", "personnel-act", "personnel-password"}

//go:embed pages/personnel/*.html
var embedded embed.FS

// Pages lays the page files of this package beside those of a house, in the
// folder "personnel".
func Pages(house fs.FS) fs.FS { return beside{house} }

type beside struct{ house fs.FS }

const folder = "personnel"

// Open opens a file of this package or of the house.
func (b beside) Open(name string) (fs.File, error) {
	if name == folder || strings.HasPrefix(name, folder+"/") {
		return embedded.Open("pages/" + name)
	}
	return b.house.Open(name)
}

// ReadDir lists the house's files and the folder of this package.
func (b beside) ReadDir(name string) ([]fs.DirEntry, error) {
	if name == folder {
		return embedded.ReadDir("pages/" + folder)
	}
	theirs, err := fs.ReadDir(b.house, name)
	if err != nil || name != "." {
		return theirs, err
	}
	ours, err := embedded.ReadDir("pages")
	all := append(ours, theirs...)
	slices.SortFunc(all, func(x, y fs.DirEntry) int { return strings.Compare(x.Name(), y.Name()) })
	return all, err
}

// subject is the account of the address, unless it is one's own or closed.
func (d *Desk) subject(r *web.Request) (store.Staff, error) {
	who, err := d.accounts.Staff(r.Context(), account.ID(r.PathValue("id")))
	switch {
	case err != nil:
		return store.Staff{}, err
	case string(who.ID) == r.Principal.AccountID:
		return store.Staff{}, ErrOwn
	case who.State == account.StateClosed:
		return store.Staff{}, ErrClosed
	}
	return who, nil
}

func pathOf(id account.ID) string { return PathList + "/" + string(id) }
