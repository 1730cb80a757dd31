// SPDX-License-Identifier: EUPL-1.2

package pages

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"meldewerk/account"
	orders "meldewerk/exchange/access"
	"meldewerk/internal/signin"
	"meldewerk/internal/ui"
	"meldewerk/internal/web"
	"meldewerk/trustcentre/internal/access"
)

// applicationsPage lists the applications for access.
type applicationsPage struct{ Table ui.Table }

const (
	applicationsTitle = "Anträge auf Zugang"
	applicationTitle  = "Antrag auf Zugang"
	grantTitle        = "Antrag bewilligen"
	declineTitle      = "Antrag ablehnen"
)

// stageWords are the stages with the one next step.
var stageWords = map[orders.Stage]struct {
	badge ui.Badge
	next  string
}{
	orders.Received: {ui.Badge{Kind: ui.Warning, Word: "eingegangen"}, "Warten Sie auf den unterschriebenen Antrag und beginnen Sie dann die Prüfung."},
	orders.Checking: {ui.Badge{Kind: ui.Warning, Word: "in Prüfung"}, "Vergleichen Sie die Angaben mit den Verzeichnissen und entscheiden Sie."},
	orders.Granted:  {ui.Badge{Kind: ui.Success, Word: "bewilligt"}, "Es ist nichts zu tun."},
	orders.Declined: {ui.Badge{Kind: ui.Neutral, Word: "abgelehnt"}, "Es ist nichts zu tun."},
}

const unreadableNext = "Der Antrag lässt sich nicht lesen. Lehnen Sie ihn ab und bitten Sie im Grund um einen neuen; verständigen Sie den Betrieb."

func (p *Reception) applications(r *web.Request) (web.Response, error) {
	list, err := p.desk.Applications(r.Context())
	if err != nil {
		return nil, err
	}
	return web.Page("applications", applicationsTitle, newApplications(list, r.Page())).With(wide), nil
}

func newApplications(list []access.Application, page int) *applicationsPage {
	open := int64(0)
	pages := ui.Pages(len(list), page, pathApplications, nil)
	t := ui.Table{Caption: "Anträge, die offenen zuerst", Pages: pages, Columns: []ui.Column{ui.Col("Antrag"), ui.Col("Einrichtung"), ui.Col("Eingang"), ui.Col("Stand"), ui.Col("Nächster Schritt")},
		Empty: ui.Empty{Title: "Noch kein Antrag", Body: "Hier erscheinen Anträge, die Einrichtungen im Meldeportal unter „Zugang beantragen“ stellen."}}
	for i := range list {
		if list[i].IsOpen() {
			open++
		}
	}
	for _, a := range pageOf(list, pages) {
		words := stageWords[a.Stage]
		facility, next := "nicht lesbar", words.next
		switch {
		case a.Form != nil:
			facility = a.Form.Facility
		case a.IsOpen():
			next = unreadableNext
		default:
			facility = "gelöscht"
		}
		t.Rows = append(t.Rows, ui.Row{Cells: []ui.Cell{{Text: a.Number, Href: pathApplications + "/" + a.ID, Header: true}, {Text: facility},
			{Text: ui.Date(a.ReceivedAt)}, {Badge: &words.badge}, {Text: next}}})
	}
	t.Count = ui.Count(int64(len(list)), "Antrag", "Anträge") + ", " + ui.Number(open) + " offen"
	return &applicationsPage{t}
}

// applicationPage shows one application.
type applicationPage struct {
	Alert  ui.Alert
	Check  string // path to post that the signed form is there
	Acts   []ui.Link
	Doubts *ui.Alert
	Facts  ui.Details
	People []ui.Summary
}

func (p *Reception) application(r *web.Request) (web.Response, error) {
	a, err := p.desk.Application(r.Context(), r.PathValue("id"))
	if err != nil {
		return nil, err
	}
	units, err := p.desk.Units(r.Context())
	if err != nil {
		return nil, err
	}
	return web.Page("application", applicationTitle, newApplication(&a, units)).With(crumbs(applicationsTitle, pathApplications, applicationTitle)), nil
}

func newApplication(a *access.Application, units []access.Unit) *applicationPage {
	words, path := stageWords[a.Stage], pathApplications+"/"+a.ID
	page := &applicationPage{Alert: ui.Alert{Kind: words.badge.Kind, Title: "Stand: " + words.badge.Word, Body: words.next},
		Facts: ui.Details{Items: []ui.Item{{Key: "Nummer", Value: a.Number}, {Key: "Eingang", Value: ui.Moment(a.ReceivedAt)}}}}
	if a.Stage == orders.Granted {
		page.Acts = append(page.Acts, ui.Link{Label: "Zur Einrichtung", Href: pathUnits + "/" + string(a.Unit)})
	}
	if a.IsOpen() {
		page.Acts = append(page.Acts, ui.Link{Label: "Ablehnen", Href: path + "/ablehnen"})
	}
	if a.Form == nil {
		if a.IsOpen() {
			page.Alert = ui.Alert{Kind: ui.Danger, Title: "Nicht lesbar", Body: unreadableNext}
		} else {
			page.Alert.Body = "Die Angaben sind ein Jahr nach der Entscheidung gelöscht worden."
		}
		return page
	}
	if a.Stage == orders.Received {
		page.Check = path
	}
	if a.IsOpen() {
		page.Acts = append([]ui.Link{{Label: "Prüfen und bewilligen", Href: path + "/bewilligen"}}, page.Acts...)
		page.Doubts = doubtsAlert(a.Doubts(units))
	}
	f := a.Form
	var occasions []string
	for _, o := range f.Occasions {
		occasions = append(occasions, orders.Label(orders.Occasions(), o))
	}
	page.Facts.Items = append(page.Facts.Items, ui.Item{Key: "Einrichtung", Value: f.Facility}, ui.Item{Key: "Art", Value: orders.Label(orders.FacilityKinds(), f.Kind)},
		ui.Item{Key: "Anschrift", Values: []string{f.Street, f.PostalCode + " " + f.Place}}, ui.Item{Key: "BSNR", Value: f.BSNR}, ui.Item{Key: "IK", Value: f.IK},
		ui.Item{Key: "Verantwortlich", Value: f.Physician}, ui.Item{Key: "Dokumentationssystem", Value: orders.Label(orders.SystemKinds(), f.System)}, ui.Item{Key: "Software", Value: f.Software},
		ui.Item{Key: "Meldeweg", Value: orders.Label(orders.Channels(), f.Channel)}, ui.Item{Key: "Meldeanlässe", Value: strings.Join(occasions, ", ")}, ui.Item{Key: "Bemerkung", Value: f.Remark})
	if a.Stage == orders.Declined {
		page.Facts.Items = append(page.Facts.Items, ui.Item{Key: "Grund der Ablehnung", Value: a.Reason})
	}
	for i, person := range f.People {
		page.People = append(page.People, ui.Summary{Number: i + 1, Title: person.Name, Items: []ui.Item{{Key: "Funktion", Value: person.Function},
			{Key: "Telefon", Value: person.Phone}, {Key: "E-Mail", Value: person.Email}, {Key: "Rollen", Value: roleTitles(person.Roles)}}})
	}
	return page
}

// doubtsAlert names units that may be the applicant's already.
func doubtsAlert(units []access.Unit) *ui.Alert {
	if len(units) == 0 {
		return nil
	}
	alert := &ui.Alert{Kind: ui.Warning, Title: "Diese Einrichtung gibt es vielleicht schon", Body: "Nummer oder Name stimmen überein. Wählen Sie beim Bewilligen, ob die Personen zu ihr gehören."}
	for _, u := range units {
		alert.Links = append(alert.Links, ui.Link{Label: u.Name, Href: pathUnits + "/" + string(u.ID)})
	}
	return alert
}

func (p *Reception) checkApplication(r *web.Request) (web.Response, error) {
	if err := r.Decode(&struct{}{}); err != nil {
		return nil, err
	}
	id := r.PathValue("id")
	if err := p.desk.Check(r.Context(), by(r), id); err != nil {
		return nil, err
	}
	return web.Redirect(pathApplications + "/" + id).Notice("checking"), nil
}

func (p *Reception) askDecline(r *web.Request) (web.Response, error) {
	a, err := p.desk.Application(r.Context(), r.PathValue("id"))
	if err != nil {
		return nil, err
	}
	if !a.IsOpen() {
		return web.Redirect(pathApplications + "/" + a.ID), nil
	}
	return web.Page("access_form", declineTitle, newDecline(&a, "", nil)), nil
}

func newDecline(a *access.Application, reason string, problems ui.Problems) *formPage {
	path := pathApplications + "/" + a.ID
	facts := ui.Details{Items: []ui.Item{{Key: "Nummer", Value: a.Number}}}
	if a.Form != nil {
		facts.Items = append(facts.Items, ui.Item{Key: "Einrichtung", Value: a.Form.Facility})
	}
	return &formPage{Facts: &facts, Lead: "Die Ablehnung lässt sich nicht zurücknehmen. Die Einrichtung kann einen neuen Antrag stellen.",
		Groups: []fieldGroup{{"", []ui.Field{ui.Area("grund", "Grund der Ablehnung", reason).WithHint("Die Einrichtung liest ihn im Portal ohne Anmeldung. Nennen Sie keine Personen, und was sie tun kann.").Check(problems)}}},
		Button: ui.Button{Label: declineTitle}, Action: path + "/ablehnen", Back: ui.Link{Label: "Abbrechen", Href: path}}
}

func (p *Reception) decline(r *web.Request) (web.Response, error) {
	var form struct {
		Reason string `form:"grund,max=1000,lines"`
	}
	if err := r.Decode(&form); err != nil {
		return nil, err
	}
	id := r.PathValue("id")
	err := p.desk.Decline(r.Context(), by(r), id, form.Reason)
	if errors.Is(err, access.ErrReason) {
		a, err := p.desk.Application(r.Context(), id)
		if err != nil {
			return nil, err
		}
		var problems ui.Problems
		problems.Add("grund", access.ErrReason.Sentence)
		return web.Page("access_form", declineTitle, newDecline(&a, form.Reason, problems)).Refused(problems), nil
	}
	if err != nil {
		return nil, err
	}
	return web.Redirect(pathApplications + "/" + id).Notice("declined"), nil
}

// grantForm is what the staff add to an application. Unit is "neu" or the key
// of one that is there.
type grantForm struct {
	Unit      string   `form:"zu,max=64"`
	Reporters string   `form:"melder_id,max=10000,lines"`
	Phone     string   `form:"telefon,max=40"`
	People    []string `form:"person,max=3"`

	names []account.Username // proposed, one for each person of the form
}

// grantPage asks for the decision on every person.
type grantPage struct {
	Facts  ui.Details
	Unit   *ui.Field // only when there may be one already
	Fields []ui.Field
	People ui.Field
	Action string
	Back   ui.Link
}

// newGrant makes the page.
func newGrant(a *access.Application, doubts []access.Unit, f *grantForm, problems ui.Problems) *grantPage {
	path := pathApplications + "/" + a.ID
	page := &grantPage{Action: path + "/bewilligen", Back: ui.Link{Label: "Abbrechen", Href: path},
		Facts: ui.Details{Items: []ui.Item{{Key: "Nummer", Value: a.Number}, {Key: "Einrichtung", Value: a.Form.Facility}, {Key: "BSNR", Value: a.Form.BSNR}, {Key: "IK", Value: a.Form.IK}}}}
	if len(doubts) > 0 {
		list := []ui.Option{{Value: "neu", Label: "Neue Einrichtung anlegen"}}
		for _, u := range doubts {
			list = append(list, ui.Option{Value: string(u.ID), Label: u.Name, Hint: "Melder-ID: " + reporters(&u, 3) + ". Ihre Angaben bleiben, wie sie sind."})
		}
		field := ui.Radios("zu", "Zu welcher Einrichtung gehören die Personen?", ui.Choose(list, f.Unit)).Check(problems)
		page.Unit = &field
	}
	page.Fields = []ui.Field{
		ui.Area("melder_id", "Melder-IDs", f.Reporters).WithHint("Je Zeile eine. Ohne Melder-ID wird jede Meldung abgewiesen; Sie können sie auch später eintragen.").Voluntary().Check(problems),
		ui.Text("telefon", "Telefon der Einrichtung für den Rückruf", f.Phone).WithHint("Aus einem Verzeichnis, nicht aus dem Antrag.").WithWidth(16).Voluntary().Check(problems),
	}
	var people []ui.Option
	for i, person := range a.Form.People {
		n := fmt.Sprint(i + 1)
		people = append(people, ui.Option{Value: n, Label: person.Name, Hint: person.Function + ", " + roleTitles(person.Roles) + ". Benutzername: " + string(f.names[i]), Selected: slices.Contains(f.People, n)})
	}
	page.People = ui.Checks("person", "Wer erhält einen Zugang?", people).Check(problems)
	return page
}

// open gives an undecided, readable application with the units that may be it.
func (p *Reception) open(r *web.Request) (*access.Application, []access.Unit, error) {
	a, err := p.desk.Application(r.Context(), r.PathValue("id"))
	if err != nil {
		return nil, nil, err
	}
	if !a.IsOpen() || a.Form == nil {
		return nil, nil, access.ErrDecided
	}
	units, err := p.desk.Units(r.Context())
	return &a, a.Doubts(units), err
}

func (p *Reception) askGrant(r *web.Request) (web.Response, error) {
	if fresh := signin.AskFresh(r); fresh != nil {
		return fresh, nil
	}
	a, doubts, err := p.open(r)
	if err != nil {
		return nil, err
	}
	form := grantForm{}
	if err := p.nameAll(r, a, &form); err != nil {
		return nil, err
	}
	for i := range a.Form.People {
		form.People = append(form.People, fmt.Sprint(i+1))
	}
	return web.Page("grant", grantTitle, newGrant(a, doubts, &form, nil)), nil
}

// nameAll proposes a user name for every person, each free here and once.
func (p *Reception) nameAll(r *web.Request, a *access.Application, f *grantForm) error {
	all, err := p.desk.Accounts(r.Context())
	if err != nil {
		return err
	}
	for _, person := range a.Form.People {
		f.names = append(f.names, access.ProposeUsername(person.Name, func(n account.Username) bool {
			return slices.Contains(f.names, n) || slices.ContainsFunc(all, func(a access.Account) bool { return a.Username == n })
		}))
	}
	return nil
}

func (p *Reception) grant(r *web.Request) (web.Response, error) {
	if err := signin.NeedRecent(r); err != nil {
		return nil, err
	}
	var form grantForm
	if err := r.Decode(&form); err != nil {
		return nil, err
	}
	a, doubts, err := p.open(r)
	if err != nil {
		return nil, err
	}
	if err := p.nameAll(r, a, &form); err != nil {
		return nil, err
	}
	g, problems := form.grant(a, doubts)
	if len(problems) == 0 {
		if _, err := p.desk.Grant(r.Context(), by(r), g); err != nil {
			return nil, err
		}
		return web.Redirect(pathApplications + "/" + a.ID).Notice("granted"), nil
	}
	return web.Page("grant", grantTitle, newGrant(a, doubts, &form, problems)).Refused(problems), nil
}

// grant turns what was typed into a decision.
func (f *grantForm) grant(a *access.Application, doubts []access.Unit) (access.Grant, ui.Problems) {
	var problems ui.Problems
	g := access.Grant{Application: a.ID, Unit: access.Unit{Unit: account.Unit{Name: a.Form.Facility}, Detail: a.Detail()}}
	g.Unit.Detail.Phone = f.Phone
	for line := range strings.Lines(f.Reporters) {
		if line = strings.TrimSpace(line); line != "" && !slices.Contains(g.Unit.ReporterIDs, line) {
			g.Unit.ReporterIDs = append(g.Unit.ReporterIDs, line)
		}
	}
	contactProblems(f.Phone, "", &problems)
	if len(doubts) > 0 && f.Unit != "neu" {
		n := slices.IndexFunc(doubts, func(u access.Unit) bool { return string(u.ID) == f.Unit })
		if n < 0 {
			problems.Add("zu", "Es fehlt, ob die Einrichtung neu ist. Wählen Sie eine aus.")
			return g, problems
		}
		added := g.Unit.ReporterIDs
		g.Unit = doubts[n]
		for _, id := range added {
			if !slices.Contains(g.Unit.ReporterIDs, id) {
				g.Unit.ReporterIDs = append(g.Unit.ReporterIDs, id)
			}
		}
	}
	for i, person := range a.Form.People {
		if !slices.Contains(f.People, fmt.Sprint(i+1)) {
			continue
		}
		g.Accounts = append(g.Accounts, access.Account{Username: f.names[i], Roles: person.Roles,
			Person: access.Person{Name: person.Name, Function: person.Function, Phone: person.Phone, Email: person.Email}})
	}
	if len(g.Accounts) == 0 {
		problems.Add("person", access.ErrNobody.Sentence)
	}
	return g, problems
}
