// SPDX-License-Identifier: EUPL-1.2

package personnel

import (
	"errors"
	"time"

	"meldewerk/account"
	"meldewerk/fault"
	"meldewerk/internal/signin"
	"meldewerk/internal/store"
	"meldewerk/internal/ui"
	"meldewerk/internal/web"
)

// nameOf is the name of the holder, or the user name when none was given.
func nameOf(who store.Staff) string {
	if who.Holder != "" {
		return who.Holder
	}
	return string(who.Username)
}

// standing says how an account stands in one word, and what is to be done
// about it in a sentence.
func standing(who store.Staff, now time.Time) (ui.Badge, string) {
	switch {
	case who.State == account.StateClosed:
		return ui.Badge{Kind: ui.Neutral, Word: "Geschlossen"}, "Der Zugang bleibt für das Protokoll stehen. Anmelden kann sich damit niemand mehr."
	case who.CodeLocked:
		return ui.Badge{Kind: ui.Danger, Word: "Gesperrt"}, "Es wurden zehn falsche Einmalkennwörter eingegeben. Sprechen Sie mit der Person, dann heben Sie die Sperre auf. Kennt sie die Eingaben nicht, lassen Sie die Sperre stehen und ziehen die Revision hinzu."
	case who.State == account.StatePending:
		return ui.Badge{Kind: ui.Warning, Word: "Ohne Passwort"}, "Geben Sie das Passwort für die erste Anmeldung aus."
	case who.Generated && !who.Expires.IsZero() && !who.Expires.After(now):
		return ui.Badge{Kind: ui.Warning, Word: "Passwort abgelaufen"}, "Das Passwort für die erste Anmeldung wurde nicht rechtzeitig benutzt. Geben Sie ein neues aus."
	case who.Generated && !who.Expires.IsZero():
		return ui.Badge{Kind: ui.Info, Word: "Wartet auf Anmeldung"}, "Das ausgegebene Passwort gilt bis " + ui.Date(who.Expires) + ". Wird es bis dahin nicht benutzt, geben Sie ein neues aus."
	case !who.Enrolled && who.Passkeys == 0:
		return ui.Badge{Kind: ui.Info, Word: "Ohne zweiten Faktor"}, "Bei der nächsten Anmeldung richtet die Person einen zweiten Faktor ein."
	case who.Roles.Has(account.RoleNewcomer) && who.Passkeys == 0:
		return ui.Badge{Kind: ui.Info, Word: "Noch ohne Rechte"}, "Die Person richtet unter „Konto“ einen Passkey ein, danach geben Sie ihr die Rollen."
	case who.Roles.Has(account.RoleNewcomer):
		return ui.Badge{Kind: ui.Warning, Word: "Noch ohne Rechte"}, "Der Passkey ist eingerichtet. Geben Sie der Person jetzt ihre Rollen."
	}
	return ui.Badge{Kind: ui.Success, Word: "In Gebrauch"}, ""
}

// listPage lists the accounts of the house.
type listPage struct{ Table ui.Table }

func (d *Desk) list(r *web.Request) (web.Response, error) {
	all, err := d.accounts.List(r.Context())
	if err != nil {
		return nil, err
	}
	return web.Page("personnel-list", "Mitarbeitende", newList(all, r.Page(), r.Principal.AccountID, r.Now())).
		With(func(f *ui.Frame) { f.Wide = true }), nil
}

func newList(all []store.Staff, page int, own string, now time.Time) *listPage {
	table := ui.Table{Caption: "Zugänge der Mitarbeitenden", Count: ui.Count(int64(len(all)), "Zugang", "Zugänge"),
		Columns: []ui.Column{ui.Col("Person"), ui.Col("Rollen"), ui.Col("Zustand"), ui.Col("Zweiter Faktor"), ui.Col("Letzte Anmeldung")},
		Pages:   ui.Pages(len(all), page, PathList, nil),
		Empty:   ui.Empty{Title: "Noch keine Zugänge", Body: "Hier erscheinen die Zugänge der Mitarbeitenden dieses Hauses.", Action: ui.Link{Label: "Zugang anlegen", Href: PathNew}}}
	from := min(table.Pages.Offset(), len(all))
	for _, who := range all[from:min(from+ui.PageSize, len(all))] {
		badge, _ := standing(who, now)
		more := string(who.Username)
		if string(who.ID) == own {
			more += " (Sie selbst)"
		}
		table.Rows = append(table.Rows, ui.Row{Cells: []ui.Cell{
			{Text: nameOf(who), More: more, Href: pathOf(who.ID), Header: true},
			{Text: titles(who.Roles)}, {Badge: &badge}, {Text: factor(who)}, {Text: moment(who.LastSignIn)}}})
	}
	return &listPage{Table: table}
}

func factor(who store.Staff) string {
	switch keys := ui.Count(int64(who.Passkeys), "Passkey", "Passkeys"); {
	case who.State == account.StateClosed:
		return "–"
	case who.Passkeys > 0 && who.Enrolled:
		return keys + " und App"
	case who.Passkeys > 0:
		return keys
	case who.Enrolled:
		return "App"
	}
	return "keiner"
}

func moment(t time.Time) string {
	if t.IsZero() {
		return "noch nie"
	}
	return ui.Moment(t)
}

// newPage asks for what it takes to make an account.
type newPage struct {
	Holder, Username, Roles ui.Field
	Later                   *ui.Alert
}

const titleNew = "Zugang anlegen"

// newForm is the form of a new account as typed.
type newForm struct {
	Holder   string   `form:"person,max=200"`
	Username string   `form:"benutzername,max=64"`
	Roles    []string `form:"rollen,max=40"`
}

func (d *Desk) newData(f newForm, problems ui.Problems) *newPage {
	_, later := d.offer(0, nil)
	return &newPage{
		Holder:   ui.Text("person", "Name der Person", f.Holder).WithHint("So steht er in der Kopfzeile jeder Seite.").Check(problems),
		Username: ui.Text("benutzername", "Benutzername", f.Username).WithHint("3 bis 64 Zeichen: a bis z, Ziffern, Punkt, Bindestrich, Unterstrich und @.").WithWidth(16).Check(problems),
		Roles:    d.rolesField(0, nil, f.Roles, problems),
		Later:    laterNote(later),
	}
}

func (d *Desk) showNew(r *web.Request) (web.Response, error) {
	if ask := signin.AskFresh(r); ask != nil {
		return ask, nil
	}
	return web.Page("personnel-new", titleNew, d.newData(newForm{}, nil)), nil
}

func (d *Desk) create(r *web.Request) (web.Response, error) {
	if err := signin.NeedFresh(r); err != nil {
		return nil, err
	}
	var form newForm
	if err := r.Decode(&form); err != nil {
		return nil, err
	}
	var problems ui.Problems
	if form.Holder == "" {
		problems.Add("person", "Der Name der Person fehlt. Geben Sie ihn an.")
	}
	name, err := account.NewUsername(form.Username)
	if err != nil {
		problems.Add("benutzername", fault.Of(err).Sentence)
	}
	roles, more := d.choose(form.Roles, 0, nil)
	problems = append(problems, more...)
	again := func(problems ui.Problems) (web.Response, error) {
		return web.Page("personnel-new", titleNew, d.newData(form, problems)).Refused(problems), nil
	}
	if len(problems) > 0 {
		return again(problems)
	}
	id, err := d.accounts.Create(r.Context(), r.Principal.AccountID, store.NewAccount{Username: name, Holder: form.Holder, Roles: roles})
	if errors.Is(err, store.ErrUsernameTaken) {
		problems.Add("benutzername", store.ErrUsernameTaken.Sentence)
		return again(problems)
	}
	if err != nil {
		return nil, err
	}
	return web.Redirect(pathOf(id)).Notice("personnel-created"), nil
}
