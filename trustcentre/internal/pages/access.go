// SPDX-License-Identifier: EUPL-1.2

package pages

import (
	"context"
	"time"

	"meldewerk/account"
	orders "meldewerk/exchange/access"
	"meldewerk/fault"
	"meldewerk/internal/ui"
	"meldewerk/internal/web"
	"meldewerk/trustcentre/internal/access"
)

// The paths of the register of access.
const (
	pathUnits        = "/einrichtungen"
	pathAccounts     = "/konten"
	pathApplications = "/antraege"
	pathDevices      = "/leihgeraete"
	pathKeys         = "/schluessel"
)

// Staff tells who of the own people did something.
type Staff interface {
	Account(ctx context.Context, id account.ID) (account.Account, error)
	ByUsername(ctx context.Context, name account.Username) (account.Account, error)
}

// Reception is the Meldeberatung: the pages about institutions, accounts,
// applications, devices to lend and installation keys.
type Reception struct {
	desk  *access.Desk
	staff Staff
	acts  Acts
}

// NewReception makes the handlers.
func NewReception(desk *access.Desk, staff Staff, acts Acts) *Reception {
	return &Reception{desk: desk, staff: staff, acts: acts}
}

var advisers = []web.Role{web.Role(account.RoleAdviser), web.Role(account.RoleHead)}

// Routes are the pages and who may see them.
func (p *Reception) Routes() []web.Route {
	one := func(base string) string { return base + "/{id}" }
	routes := []web.Route{
		{Pattern: "GET " + pathUnits, Roles: staff, Handler: p.units},
		{Pattern: "POST " + pathUnits, Roles: staff, Handler: p.searchUnits},
		{Pattern: "GET " + pathUnits + "/neu", Roles: advisers, Handler: p.newUnit},
		{Pattern: "POST " + pathUnits + "/neu", Roles: advisers, Handler: p.putUnit},
		{Pattern: "GET " + one(pathUnits), Roles: staff, Handler: p.unit},
		{Pattern: "GET " + one(pathUnits) + "/aendern", Roles: advisers, Handler: p.editUnit},
		{Pattern: "POST " + one(pathUnits) + "/aendern", Roles: advisers, Handler: p.putUnit},
		{Pattern: "GET " + one(pathUnits) + "/freigabe", Roles: deciders, Handler: p.askRelease},
		{Pattern: "POST " + one(pathUnits) + "/freigabe", Roles: deciders, Handler: p.setRelease},

		{Pattern: "GET " + pathAccounts, Roles: advisers, Handler: p.accounts},
		{Pattern: "POST " + pathAccounts, Roles: advisers, Handler: p.searchAccounts},
		{Pattern: "GET " + pathAccounts + "/neu", Roles: advisers, Handler: p.newAccount},
		{Pattern: "POST " + pathAccounts + "/neu", Roles: advisers, Handler: p.addAccount},
		{Pattern: "GET " + one(pathAccounts), Roles: advisers, Handler: p.account},
		{Pattern: "GET " + one(pathAccounts) + "/aendern", Roles: advisers, Handler: p.editAccount},
		{Pattern: "POST " + one(pathAccounts) + "/aendern", Roles: advisers, Handler: p.changeAccount},
		{Pattern: "GET " + one(pathAccounts) + "/schreiben", Roles: advisers, Handler: p.askPrint(access.WithPassword)},
		{Pattern: "POST " + one(pathAccounts) + "/schreiben", Roles: advisers, Handler: p.print(access.WithPassword)},
		{Pattern: "GET " + one(pathAccounts) + "/mitteilung", Roles: advisers, Handler: p.askPrint(access.FactorGone)},
		{Pattern: "POST " + one(pathAccounts) + "/mitteilung", Roles: advisers, Handler: p.print(access.FactorGone)},
		{Pattern: "POST " + one(pathAccounts) + "/versand", Roles: advisers, Handler: p.sent},

		{Pattern: "GET " + pathApplications, Roles: advisers, Handler: p.applications},
		{Pattern: "GET " + one(pathApplications), Roles: advisers, Handler: p.application},
		{Pattern: "POST " + one(pathApplications), Roles: advisers, Handler: p.checkApplication},
		{Pattern: "GET " + one(pathApplications) + "/bewilligen", Roles: advisers, Handler: p.askGrant},
		{Pattern: "POST " + one(pathApplications) + "/bewilligen", Roles: advisers, Handler: p.grant},
		{Pattern: "GET " + one(pathApplications) + "/ablehnen", Roles: advisers, Handler: p.askDecline},
		{Pattern: "POST " + one(pathApplications) + "/ablehnen", Roles: advisers, Handler: p.decline},

		{Pattern: "GET " + pathDevices, Roles: advisers, Handler: p.devices},
		{Pattern: "POST " + pathDevices, Roles: advisers, Handler: p.addDevice},
		{Pattern: "GET " + one(pathDevices) + "/ausleihen", Roles: advisers, Handler: p.askLend},
		{Pattern: "POST " + one(pathDevices) + "/ausleihen", Roles: advisers, Handler: p.lend},
		{Pattern: "POST " + one(pathDevices) + "/rueckgabe", Roles: advisers, Handler: p.takeBack},
		{Pattern: "GET " + one(pathDevices) + "/ausmustern", Roles: advisers, Handler: p.askRetire},
		{Pattern: "POST " + one(pathDevices) + "/ausmustern", Roles: advisers, Handler: p.retire},

		{Pattern: "GET " + pathKeys, Roles: advisers, Handler: p.keys},
		{Pattern: "GET " + pathKeys + "/neu", Roles: advisers, Handler: p.newKey},
		{Pattern: "POST " + pathKeys + "/neu", Roles: advisers, Handler: p.addKey},
		{Pattern: "GET " + one(pathKeys) + "/sperren", Roles: advisers, Handler: p.askRevoke},
		{Pattern: "POST " + one(pathKeys) + "/sperren", Roles: advisers, Handler: p.revoke},
	}
	for i := range accountDeeds {
		pattern := one(pathAccounts) + "/" + accountDeeds[i].path
		routes = append(routes, web.Route{Pattern: "GET " + pattern, Roles: advisers, Handler: p.askAct(&accountDeeds[i])},
			web.Route{Pattern: "POST " + pattern, Roles: advisers, Handler: p.doAct(&accountDeeds[i])})
	}
	return routes
}

// accessNames are the templates of these pages.
var accessNames = []string{"units", "unit", "accounts", "account", "access_form", "access_act", "applications", "application", "grant", "devices", "keys"}

// accessNav is their part of the navigation.
func accessNav() []web.Nav {
	return []web.Nav{
		{Label: "Konten", Href: pathAccounts, Roles: advisers},
		{Label: "Einrichtungen", Href: pathUnits, Roles: staff},
		{Label: "Anträge", Href: pathApplications, Roles: advisers},
		{Label: "Leihgeräte", Href: pathDevices, Roles: advisers},
		{Label: "Schlüssel", Href: pathKeys, Roles: advisers},
	}
}

// accessNotices are the sentences after an act.
var accessNotices = map[string]string{
	"unit-put":       "Die Angaben sind gespeichert und gehen an das Portal.",
	"unit-released":  "Die Einrichtung ist freigegeben. Ihre wartenden Meldungen gehen weiter.",
	"unit-suspended": "Die Freigabe ist ausgesetzt. Neue Echtdaten warten, bis Sie wieder freigeben.",
	"account-made":   "Der Zugang ist angelegt. Sobald er am Portal angekommen ist, drucken Sie das Schreiben.",
	"account-put":    "Die Angaben sind gespeichert und gehen an das Portal.",
	"letter-sent":    "Der Versand ist vermerkt.",
	"lock-released":  "Die Aufhebung der Sperre geht an das Portal. In etwa einer Minute kann sich die Person wieder anmelden.",
	"factor-reset":   "Das Zurücksetzen geht an das Portal. Drucken Sie jetzt die Mitteilung an die Person.",
	"sessions-ended": "Das Portal beendet alle Sitzungen dieser Person.",
	"account-closed": "Der Zugang ist geschlossen. Das Portal meldet die Person ab.",
	"checking":       "Der Antrag ist in Prüfung. Die Einrichtung sieht das auf der Seite ihres Antrags.",
	"granted":        "Der Antrag ist bewilligt. Drucken Sie die Schreiben, sobald die Zugänge am Portal angekommen sind.",
	"declined":       "Der Antrag ist abgelehnt. Die Einrichtung liest den Grund auf der Seite ihres Antrags.",
	"device-added":   "Das Leihgerät steht in der Liste.",
	"device-lent":    "Die Ausleihe ist vermerkt.",
	"device-back":    "Die Rückgabe ist vermerkt. Löschen Sie den zweiten Faktor vom Gerät, bevor Sie es wieder ausgeben.",
	"device-gone":    "Das Gerät ist ausgemustert. War ein zweiter Faktor darauf, setzen Sie ihn bei dem Zugang zurück.",
	"key-added":      "Der Installationsschlüssel ist eingetragen und geht an das Portal. Teilen Sie der Einrichtung die Schlüsselnummer mit.",
	"key-revoked":    "Der Installationsschlüssel ist gesperrt, sobald das Portal den Auftrag hat.",
}

// formPage asks for the facts of something.
type formPage struct {
	Lead   string
	Alert  *ui.Alert
	Facts  *ui.Details
	Groups []fieldGroup
	Button ui.Button
	Action string
	Back   ui.Link
}

// fieldGroup are fields under one heading.
type fieldGroup struct {
	Heading string
	Fields  []ui.Field
}

// actPage shows what an act will do before it is done.
type actPage struct {
	Alert        *ui.Alert
	Facts        ui.Details
	Consequences []string
	Fields       []ui.Field
	Button       ui.Button
	Action       string // empty: it cannot be done now
	Back         ui.Link
	After        string // what to do next, under the button
}

// by is who acts.
func by(r *web.Request) access.Staff {
	return access.Staff{ID: account.ID(r.Principal.AccountID), Name: r.Principal.DisplayName}
}

// at puts the sentence of a fault to a field; anything else is no problem of
// the form.
func at(field string, err error, problems *ui.Problems) error {
	if f := fault.Of(err); f != nil && (f.Kind == fault.Invalid || f.Kind == fault.Conflict || f.Kind == fault.NotFound) {
		problems.Add(field, f.Sentence)
		return nil
	}
	return err
}

func crumbs(label, href, title string) func(*ui.Frame) {
	return func(f *ui.Frame) { f.Crumbs = []ui.Link{{Label: label, Href: href}, {Label: title}} }
}

func moment(t time.Time, never string) string {
	if t.IsZero() {
		return never
	}
	return ui.Moment(t)
}

// staffName says who of the own people an actor is.
func (p *Reception) staffName(ctx context.Context, actor string) string {
	return staffName(ctx, p.staff, actor)
}

func staffName(ctx context.Context, staff Staff, actor string) string {
	who, err := staff.Account(ctx, account.ID(actor))
	switch {
	case err != nil:
		return "von selbst"
	case who.Holder != "":
		return who.Holder
	}
	return string(who.Username)
}

func contactProblems(phone, email string, problems *ui.Problems) {
	if phone != "" && !orders.PhoneValid(phone) {
		problems.Add("telefon", "Die Telefonnummer hat zu wenige Ziffern oder fremde Zeichen. Geben Sie sie mit Vorwahl an.")
	}
	if email != "" && !orders.EmailValid(email) {
		problems.Add("email", "Die E-Mail-Adresse ist unvollständig. Sie hat ein @ und dahinter einen Namen mit Punkt.")
	}
}

// pageOf gives the rows of one page of a list.
func pageOf[T any](list []T, pages ui.Pagination) []T {
	from := min(pages.Offset(), len(list))
	return list[from:min(from+ui.PageSize, len(list))]
}
