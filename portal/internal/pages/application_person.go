// SPDX-License-Identifier: EUPL-1.2

package pages

import (
	"strconv"

	"meldewerk/account"
	"meldewerk/exchange/access"
	"meldewerk/fault"
	"meldewerk/internal/ui"
	"meldewerk/internal/web"
	"meldewerk/portal/internal/application"
)

const (
	titlePeople = "Wer soll sich anmelden können?"
	titlePerson = "Angaben zur Person"
)

// errNoPerson answers a number that no person of the application has.
var errNoPerson = fault.New(fault.NotFound, "application.no_person",
	"Diese Person steht nicht im Antrag. Gehen Sie zur Liste der Personen.")

// applicantRoles are what somebody may be at the portal.
func applicantRoles(chosen []account.Role) []ui.Option {
	list := []ui.Option{
		{Value: string(account.RoleReporter), Label: account.RoleReporter.Title(), Hint: "Meldungen erfassen, Rückfragen beantworten, Tumorhistorie einsehen"},
		{Value: string(account.RoleUploader), Label: account.RoleUploader.Title(), Hint: "Meldungspakete aus dem Dokumentationssystem senden"},
	}
	var values []string
	for _, r := range chosen {
		values = append(values, string(r))
	}
	return ui.Choose(list, values...)
}

// personPage asks for one person.
type personPage struct {
	Section ui.Section
	Fields  []ui.Field
	Action  string
	Back    string
}

func newPersonPage(who access.Applicant, action, back string, problems ui.Problems) personPage {
	name := ui.Text("name", "Vor- und Nachname", who.Name).WithHint("Jede Person bekommt einen eigenen Zugang mit eigenem zweitem Faktor").Check(problems)
	name.MaxLength = 200
	function := ui.Text("function", "Funktion", who.Function).WithHint("Zum Beispiel Tumordokumentation oder Praxismanagement").Check(problems)
	function.MaxLength = 100
	phone := ui.Text("phone", "Telefonnummer mit Vorwahl", who.Phone).
		WithHint("Unter dieser Nummer ruft die Vertrauensstelle zurück, bevor sie einen gesperrten Zugang freigibt").Check(problems)
	phone.MaxLength = 40
	email := ui.Text("email", "E-Mail-Adresse", who.Email).Voluntary().Check(problems)
	email.MaxLength = 200
	return personPage{Action: action, Back: back, Section: ui.Section{Number: len(questions), Of: len(questions) + 2}, Fields: []ui.Field{name, function, phone, email,
		ui.Checks("roles", "Was wird die Person tun?", applicantRoles(who.Roles)).Check(problems)}}
}

// personOf finds the person of the address: -1 for a new one.
func personOf(r *web.Request, people []access.Applicant) (int, error) {
	text := r.PathValue("n")
	if text == "" {
		return -1, nil
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 || n > len(people) || strconv.Itoa(n) != text {
		return 0, errNoPerson
	}
	return n - 1, nil
}

func personAction(n int) string {
	if n < 0 {
		return pathPerson
	}
	return pathPerson + "/" + strconv.Itoa(n+1)
}

func personBack(people []access.Applicant) string {
	if len(people) == 0 {
		return askPhysician.path()
	}
	return pathPeople
}

func (p *Pages) applyPerson(r *web.Request) (web.Response, error) {
	draft, instead, err := p.openDraft(r)
	if err != nil || instead != nil {
		return instead, err
	}
	n, err := personOf(r, draft.Form.People)
	if err != nil {
		return nil, err
	}
	var who access.Applicant
	if n >= 0 {
		who = draft.Form.People[n]
	}
	return web.Page("apply_person", titlePerson, newPersonPage(who, personAction(n), personBack(draft.Form.People), nil)).With(applyCrumbs), nil
}

func (p *Pages) applyTakePerson(r *web.Request) (web.Response, error) {
	draft, instead, err := p.openDraft(r)
	if err != nil || instead != nil {
		return instead, err
	}
	n, err := personOf(r, draft.Form.People)
	if err != nil {
		return nil, err
	}
	var form struct {
		Name     string   `form:"name,max=200"`
		Function string   `form:"function,max=100"`
		Phone    string   `form:"phone,max=40"`
		Email    string   `form:"email,max=200"`
		Roles    []string `form:"roles,max=20"`
	}
	if err := r.Decode(&form); err != nil {
		return nil, err
	}
	who := access.Applicant{Name: form.Name, Function: form.Function, Phone: form.Phone, Email: form.Email}
	for _, role := range form.Roles {
		who.Roles = append(who.Roles, account.Role(role))
	}
	problems := checkPerson(who)
	if n < 0 && len(draft.Form.People) >= access.MaxPeople {
		problems.Add("name", "Mehr als "+strconv.Itoa(access.MaxPeople)+" Personen fasst ein Antrag nicht. Stellen Sie für weitere einen zweiten.")
	}
	if len(problems) > 0 {
		return web.Page("apply_person", titlePerson, newPersonPage(who, personAction(n), personBack(draft.Form.People), problems)).
			With(applyCrumbs).Refused(problems), nil
	}
	_, err = p.rooms.Applications.Change(r.Context(), draftToken(r), func(d *application.Draft) {
		switch {
		case n >= 0 && n < len(d.Form.People):
			d.Form.People[n] = who
		case len(d.Form.People) < access.MaxPeople:
			d.Form.People = append(d.Form.People, who)
		}
	})
	if err != nil {
		return nil, err
	}
	return web.Redirect(pathPeople), nil
}

func checkPerson(who access.Applicant) ui.Problems {
	var problems ui.Problems
	checkLine(&problems, "name", who.Name, "Der Name fehlt. Geben Sie Vor- und Nachnamen an.")
	checkLine(&problems, "function", who.Function, "Die Funktion fehlt. Geben Sie an, was die Person in der Einrichtung tut.")
	if !access.PhoneValid(who.Phone) {
		problems.Add("phone", "Eine Telefonnummer besteht aus Ziffern, Leerzeichen und den Zeichen + - / ( ). Geben Sie sie mit Vorwahl an.")
	}
	if who.Email != "" && (!access.EmailValid(who.Email) || !printable(who.Email)) {
		problems.Add("email", "So sieht keine E-Mail-Adresse aus. Geben Sie sie in der Form name@einrichtung.de an oder lassen Sie das Feld leer.")
	}
	roles, err := account.NewRoles(account.Portal, who.Roles...)
	if err != nil || roles.Has(account.RoleAuditor, account.RoleOperator) {
		problems.Add("roles", "Wählen Sie, was die Person tun wird. Beides zugleich ist möglich.")
	}
	return problems
}

// peopleFit says whether every person is complete.
func peopleFit(people []access.Applicant) bool {
	for _, who := range people {
		if len(checkPerson(who)) > 0 {
			return false
		}
	}
	return len(people) > 0
}

// peoplePage lists the people of an application.
type peoplePage struct {
	Section ui.Section
	People  []personCard
	Next    string
	More    bool // there is room for another
}

type personCard struct {
	Summary ui.Summary
	Remove  string
	Name    string
}

func newPeoplePage(people []access.Applicant, next string) peoplePage {
	page := peoplePage{Next: next, More: len(people) < access.MaxPeople, Section: ui.Section{Number: len(questions), Of: len(questions) + 2}}
	for i, who := range people {
		page.People = append(page.People, personCard{Name: who.Name, Remove: personAction(i) + "/entfernen", Summary: personSummary(i, who, true)})
	}
	return page
}

func personSummary(n int, who access.Applicant, change bool) ui.Summary {
	var titles []string
	for _, r := range who.Roles {
		titles = append(titles, r.Title())
	}
	s := ui.Summary{Title: "Person " + strconv.Itoa(n+1), Items: []ui.Item{
		{Key: "Name", Value: who.Name}, {Key: "Funktion", Value: who.Function}, {Key: "Telefon", Value: who.Phone},
		{Key: "E-Mail", Value: who.Email}, {Key: "Aufgaben", Values: titles}}}
	if change {
		s.Change = ui.Link{Label: "Ändern", Href: personAction(n)}
	}
	return s
}

func (p *Pages) applyPeople(r *web.Request) (web.Response, error) {
	draft, instead, err := p.openDraft(r)
	if err != nil || instead != nil {
		return instead, err
	}
	if len(draft.Form.People) == 0 {
		return web.Redirect(pathPerson), nil
	}
	onward := next(draft)
	if onward == pathPeople {
		onward = askRemark.path()
	}
	return web.Page("apply_people", titlePeople, newPeoplePage(draft.Form.People, onward)).With(applyCrumbs), nil
}

func (p *Pages) applyRemovePerson(r *web.Request) (web.Response, error) {
	draft, instead, err := p.openDraft(r)
	if err != nil || instead != nil {
		return instead, err
	}
	n, err := personOf(r, draft.Form.People)
	if err != nil {
		return nil, err
	}
	var form struct {
		Name string `form:"name,max=200"`
	}
	if err := r.Decode(&form); err != nil {
		return nil, err
	}
	_, err = p.rooms.Applications.Change(r.Context(), draftToken(r), func(d *application.Draft) {
		// A second press of the button must not take the next person away.
		if n < len(d.Form.People) && d.Form.People[n].Name == form.Name {
			d.Form.People = append(d.Form.People[:n:n], d.Form.People[n+1:]...)
		}
	})
	if err != nil {
		return nil, err
	}
	return web.Redirect(pathPeople).Notice("person_removed"), nil
}
