// SPDX-License-Identifier: EUPL-1.2

package pages

import (
	"errors"
	"slices"

	"meldewerk/account"
	"meldewerk/fault"
	"meldewerk/internal/signin"
	"meldewerk/internal/ui"
	"meldewerk/internal/web"
	"meldewerk/trustcentre/internal/access"
)

// accountForm are the facts of an account as typed. Units are keys that were
// chosen before, Unit is what is looked for, Chosen one of several that fit.
type accountForm struct {
	Name     string   `form:"name,max=200"`
	Function string   `form:"funktion,max=100"`
	Phone    string   `form:"telefon,max=40"`
	Email    string   `form:"email,max=200"`
	Username string   `form:"benutzername,max=64"`
	Staff    string   `form:"mitarbeit,max=64"`
	Roles    []string `form:"rollen,max=40"`
	Units    []string `form:"einrichtungen,max=64"`
	Unit     string   `form:"einrichtung,max=200"`
	Chosen   string   `form:"auswahl,max=64"`
}

// accountWork is the form with what it needs to be shown again.
type accountWork struct {
	form  accountForm
	known []access.Unit // those chosen
	fits  []access.Unit // those that fit the typed words
	id    account.ID    // of a known account
}

func (w *accountWork) fields(problems ui.Problems) []fieldGroup {
	f := &w.form
	unit := fieldGroup{Heading: "Einrichtung"}
	if len(w.known) > 0 {
		var list []ui.Option
		for _, u := range w.known {
			list = append(list, ui.Option{Value: string(u.ID), Label: u.Name, Hint: unitHint(&u), Selected: slices.Contains(f.Units, string(u.ID))})
		}
		unit.Fields = append(unit.Fields, ui.Checks("einrichtungen", "Meldet für", list).WithHint("Die erste steht nach der Anmeldung oben.").Check(problems))
	}
	if len(w.fits) > 1 {
		var list []ui.Option
		for _, u := range w.fits[:min(len(w.fits), 20)] {
			list = append(list, ui.Option{Value: string(u.ID), Label: u.Name, Hint: unitHint(&u), Selected: f.Chosen == string(u.ID)})
		}
		unit.Fields = append(unit.Fields, ui.Radios("auswahl", "Welche Einrichtung?", list).Check(problems))
	}
	search := ui.Text("einrichtung", "Einrichtung", f.Unit).WithHint("Melder-ID, BSNR, IK oder Name").Check(problems)
	if len(w.known) > 0 {
		search = search.Voluntary()
		search.Label = "Weitere Einrichtung"
	}
	unit.Fields = append(unit.Fields, search)
	username := ui.Text("benutzername", "Benutzername", f.Username).WithHint("3 bis 64 Zeichen: a bis z, Ziffern, Punkt, Bindestrich, Unterstrich und @.").WithWidth(16).Check(problems)
	if w.id == "" {
		username = username.WithHint("Bleibt das Feld leer, entsteht er aus dem Namen.").Voluntary()
	}
	return []fieldGroup{
		{"Person", []ui.Field{
			ui.Text("name", "Vor- und Nachname", f.Name).WithHint("So steht er im Schreiben und in der Kopfzeile des Portals.").Check(problems),
			ui.Text("funktion", "Funktion", f.Function).Voluntary(),
			ui.Text("telefon", "Telefon für den Rückruf", f.Phone).WithHint("Aus den Unterlagen, nie aus einem Anruf.").WithWidth(16).Voluntary().Check(problems),
			ui.Text("email", "E-Mail", f.Email).Voluntary().Check(problems),
			ui.Text("mitarbeit", "Benutzername in der Vertrauensstelle", f.Staff).WithHint("Nur wenn die Person auch hier arbeitet: Sie darf ihren eigenen Zugang nicht verwalten.").WithWidth(16).Voluntary().Check(problems),
		}},
		unit,
		{"Zugang", []ui.Field{username, ui.Checks("rollen", "Rollen", roleOptions(f.Roles)).Check(problems)}},
	}
}

func (w *accountWork) page(problems ui.Problems) *formPage {
	page := &formPage{Lead: "Angaben ohne den Zusatz „freiwillig“ sind Pflicht. Jede Person braucht einen eigenen Zugang.", Groups: w.fields(problems), Button: ui.Button{Label: "Zugang anlegen"},
		Action: pathAccounts + "/neu", Back: ui.Link{Label: "Abbrechen", Href: pathAccounts}}
	if w.id != "" {
		path := pathAccounts + "/" + string(w.id)
		page.Button.Label, page.Action, page.Back.Href = "Angaben speichern", path+"/aendern", path
		page.Lead = "Mit anderen Rollen oder Einrichtungen enden die laufenden Sitzungen der Person."
	}
	return page
}

const (
	newAccountTitle  = "Zugang anlegen"
	editAccountTitle = "Zugang ändern"
)

func (p *Reception) newAccount(r *web.Request) (web.Response, error) {
	var query struct {
		Unit string `form:"einrichtung,max=64"`
	}
	if err := r.DecodeQuery(&query); err != nil {
		return nil, err
	}
	work := accountWork{form: accountForm{Roles: []string{string(account.RoleReporter)}}}
	if query.Unit != "" {
		u, err := p.desk.Unit(r.Context(), account.UnitID(query.Unit))
		if err != nil {
			return nil, err
		}
		work.known, work.form.Units = []access.Unit{u}, []string{query.Unit}
	}
	return web.Page("access_form", newAccountTitle, work.page(nil)), nil
}

func (p *Reception) editAccount(r *web.Request) (web.Response, error) {
	if fresh := signin.AskFresh(r); fresh != nil {
		return fresh, nil
	}
	a, err := p.desk.Account(r.Context(), account.ID(r.PathValue("id")))
	if err != nil {
		return nil, err
	}
	if a.State == access.Closed || a.Person.IsSame(by(r)) {
		return web.Redirect(pathAccounts + "/" + string(a.ID)), nil
	}
	work := accountWork{id: a.ID, form: accountForm{Name: a.Person.Name, Function: a.Person.Function, Phone: a.Person.Phone, Email: a.Person.Email, Username: string(a.Username)}}
	if a.Person.Staff != "" {
		work.form.Staff = string(a.Person.Staff)
		if who, err := p.staff.Account(r.Context(), a.Person.Staff); err == nil {
			work.form.Staff = string(who.Username)
		}
	}
	for _, role := range a.Roles {
		work.form.Roles = append(work.form.Roles, string(role))
	}
	for _, id := range a.Units {
		work.form.Units = append(work.form.Units, string(id))
	}
	if err := p.lookUp(r, &work); err != nil {
		return nil, err
	}
	return web.Page("access_form", editAccountTitle, work.page(nil)), nil
}

// lookUp finds the units that the form names.
func (p *Reception) lookUp(r *web.Request, w *accountWork) error {
	all, err := p.desk.Units(r.Context())
	if err != nil {
		return err
	}
	open := slices.DeleteFunc(all, func(u access.Unit) bool { return u.Closed && !slices.Contains(w.form.Units, string(u.ID)) })
	for _, id := range w.form.Units {
		for _, u := range open {
			if string(u.ID) == id {
				w.known = append(w.known, u)
			}
		}
	}
	if w.form.Unit != "" {
		w.fits = matching(open, w.form.Unit)
	}
	return nil
}

// chosen are the units of the account: those ticked, then the one that was
// looked for.
func (w *accountWork) chosen(problems *ui.Problems) []account.UnitID {
	var ids []account.UnitID
	for _, u := range w.known {
		ids = append(ids, u.ID)
	}
	add := func(id account.UnitID) {
		if !slices.Contains(ids, id) {
			ids = append(ids, id)
		}
	}
	picked := slices.IndexFunc(w.fits, func(u access.Unit) bool { return string(u.ID) == w.form.Chosen })
	switch {
	case w.form.Unit == "" && len(ids) == 0:
		problems.Add("einrichtung", "Die Einrichtung fehlt. Geben Sie ihre Melder-ID oder ihren Namen an.")
	case w.form.Unit == "":
	case len(w.fits) == 0:
		problems.Add("einrichtung", "Keine Einrichtung passt dazu. Prüfen Sie die Schreibweise, oder legen Sie die Einrichtung zuerst an.")
	case len(w.fits) == 1:
		add(w.fits[0].ID)
	case picked < 0:
		problems.Add("auswahl", "Mehrere Einrichtungen passen dazu. Wählen Sie eine aus.")
	default:
		add(w.fits[picked].ID)
	}
	return ids
}

// account gives what was typed as an account.
func (p *Reception) typedAccount(r *web.Request, w *accountWork, problems *ui.Problems) (access.Account, error) {
	f := &w.form
	a := access.Account{ID: w.id, Person: access.Person{Name: f.Name, Function: f.Function, Phone: f.Phone, Email: f.Email}, Units: w.chosen(problems)}
	if f.Name == "" {
		problems.Add("name", access.ErrName.Sentence)
	}
	for _, role := range f.Roles {
		if slices.Contains(access.PortalRoles(), account.Role(role)) {
			a.Roles = append(a.Roles, account.Role(role))
		}
	}
	if len(a.Roles) == 0 {
		problems.Add("rollen", access.ErrRoles.Sentence)
	}
	contactProblems(f.Phone, f.Email, problems)
	if err := p.typedStaff(r, f.Staff, &a, problems); err != nil {
		return a, err
	}
	if f.Username == "" && w.id == "" && f.Name != "" {
		proposed, err := p.propose(r, f.Name)
		if err != nil {
			return a, err
		}
		f.Username = string(proposed)
	}
	name, err := account.NewUsername(f.Username)
	if err != nil && f.Name != "" {
		problems.Add("benutzername", fault.Of(err).Sentence)
	}
	a.Username = name
	return a, nil
}

// typedStaff finds the account of the same person among the own people.
func (p *Reception) typedStaff(r *web.Request, typed string, a *access.Account, problems *ui.Problems) error {
	if typed == "" {
		return nil
	}
	who, err := p.staff.ByUsername(r.Context(), account.NormaliseUsername(typed))
	if fault.IsKind(err, fault.NotFound) {
		problems.Add("mitarbeit", "Diesen Benutzernamen gibt es in der Vertrauensstelle nicht. Prüfen Sie die Schreibweise, oder lassen Sie das Feld leer.")
		return nil
	}
	a.Person.Staff = who.ID
	return err
}

// propose makes a user name that is free here.
func (p *Reception) propose(r *web.Request, name string) (account.Username, error) {
	all, err := p.desk.Accounts(r.Context())
	if err != nil {
		return "", err
	}
	return access.ProposeUsername(name, func(n account.Username) bool {
		return slices.ContainsFunc(all, func(a access.Account) bool { return a.Username == n })
	}), nil
}

func (p *Reception) addAccount(r *web.Request) (web.Response, error) {
	return p.takeAccount(r, "")
}

func (p *Reception) changeAccount(r *web.Request) (web.Response, error) {
	if err := signin.NeedRecent(r); err != nil {
		return nil, err
	}
	a, err := p.desk.Account(r.Context(), account.ID(r.PathValue("id")))
	if err != nil {
		return nil, err
	}
	return p.takeAccount(r, a.ID)
}

// takeAccount serves the form of a new account and of a known one.
func (p *Reception) takeAccount(r *web.Request, id account.ID) (web.Response, error) {
	work := accountWork{id: id}
	if err := r.Decode(&work.form); err != nil {
		return nil, err
	}
	if err := p.lookUp(r, &work); err != nil {
		return nil, err
	}
	var problems ui.Problems
	a, err := p.typedAccount(r, &work, &problems)
	if err != nil {
		return nil, err
	}
	title, notice := newAccountTitle, "account-made"
	if id != "" {
		title, notice = editAccountTitle, "account-put"
	}
	if len(problems) == 0 {
		if id == "" {
			id, err = p.desk.AddAccount(r.Context(), by(r), a)
		} else {
			err = p.desk.Change(r.Context(), by(r), a)
		}
		if err == nil {
			return web.Redirect(pathAccounts + "/" + string(id)).Notice(notice), nil
		}
		if !errors.Is(err, access.ErrTaken) {
			return nil, err
		}
		problems.Add("benutzername", access.ErrTaken.Sentence)
	}
	return web.Page("access_form", title, work.page(problems)).Refused(problems), nil
}
