// SPDX-License-Identifier: EUPL-1.2

package pages

import (
	"slices"
	"strings"
	"time"

	"meldewerk/account"
	orders "meldewerk/exchange/access"
	"meldewerk/internal/signin"
	"meldewerk/internal/ui"
	"meldewerk/internal/web"
	"meldewerk/trustcentre/internal/access"
)

func newUnit(u *access.Unit, all []access.Account, entries []entry, now time.Time, edits, decides bool) *unitPage {
	badge := unitBadge(u)
	path := pathUnits + "/" + string(u.ID)
	page := &unitPage{Facts: ui.Details{Items: []ui.Item{
		{Key: "Name", Value: u.Name}, {Key: "Stand", Badge: &badge}, {Key: "Art", Value: kindOf(u)},
		{Key: "Anschrift", Values: address(u)}, {Key: "Telefon", Value: u.Detail.Phone}, {Key: "Verantwortlich", Value: u.Detail.Physician},
		{Key: "BSNR", Value: u.Detail.BSNR}, {Key: "IK", Value: u.Detail.IK}, {Key: "Melder-ID", Value: reporters(u, 200)},
		{Key: "Einsender für andere", Value: yesNo(u.Detail.Sender)},
		{Key: "Dokumentationssystem", Value: orders.Label(orders.SystemKinds(), u.Detail.System)}, {Key: "Software-ID", Value: u.Detail.Software},
		{Key: "Vermerk", Value: u.Detail.Remark}}},
		Alert: unitAlert(u), Accounts: accountTable(all, 1, now, "Zugänge der Einrichtung"), Orders: orderTable(entries)}
	page.Accounts.Pages = ui.Pagination{}
	page.Accounts.Empty = ui.Empty{Title: "Noch kein Zugang", Body: "Hier erscheinen die Personen, die für diese Einrichtung melden."}
	if edits {
		page.Acts = append(page.Acts, ui.Link{Label: "Angaben ändern", Href: path + "/aendern"})
		if !u.Closed {
			page.Acts = append(page.Acts, ui.Link{Label: "Zugang anlegen", Href: pathAccounts + "/neu?einrichtung=" + string(u.ID)},
				ui.Link{Label: "Installationsschlüssel eintragen", Href: pathKeys + "/neu?einrichtung=" + string(u.ID)})
		}
	}
	if decides && !u.Closed {
		label := "Einrichtung freigeben"
		if u.Released {
			label = "Freigabe aussetzen"
		}
		page.Acts = append(page.Acts, ui.Link{Label: label, Href: path + "/freigabe"})
	}
	return page
}

func address(u *access.Unit) []string {
	if !u.Detail.Complete() {
		return nil
	}
	return []string{u.Detail.Street, u.Detail.PostalCode + " " + u.Detail.Place}
}

func yesNo(is bool) string {
	if is {
		return "ja"
	}
	return "nein"
}

func unitAlert(u *access.Unit) *ui.Alert {
	switch {
	case u.Closed:
		return &ui.Alert{Kind: ui.Info, Title: "Die Einrichtung ist geschlossen", Body: "Niemand meldet mehr für sie. Unter „Angaben ändern“ öffnen Sie sie wieder."}
	case !u.Detail.Complete():
		return &ui.Alert{Kind: ui.Warning, Title: "Die Anschrift fehlt", Body: "Ohne Anschrift lässt sich kein Schreiben drucken. Tragen Sie sie unter „Angaben ändern“ ein."}
	case !u.AnyReporter && len(u.ReporterIDs) == 0:
		return &ui.Alert{Kind: ui.Warning, Title: "Die Melder-ID fehlt", Body: "Ohne Melder-ID wird jede Meldung abgewiesen. Tragen Sie sie unter „Angaben ändern“ ein."}
	case !u.Released:
		return &ui.Alert{Kind: ui.Info, Title: "Noch nicht freigegeben", Body: "Geben Sie die Einrichtung frei, wenn Unterlagen, Berechtigung und erstes Paket geprüft sind. Bis dahin warten ihre Echtdaten."}
	}
	return nil
}

// unitForm are the facts of a unit as typed.
type unitForm struct {
	Name       string `form:"name,max=200"`
	Kind       string `form:"art,max=40"`
	Reporters  string `form:"melder_id,max=100000,lines"`
	Any        bool   `form:"alle_melder"`
	Sender     bool   `form:"einsender"`
	BSNR       string `form:"bsnr,max=12"`
	IK         string `form:"ik,max=12"`
	Street     string `form:"strasse,max=100"`
	PostalCode string `form:"plz,max=5"`
	Place      string `form:"ort,max=100"`
	Phone      string `form:"telefon,max=40"`
	Physician  string `form:"verantwortlich,max=200"`
	System     string `form:"system,max=40"`
	Software   string `form:"software,max=100"`
	Remark     string `form:"vermerk,max=1000,lines"`
	Closed     bool   `form:"geschlossen"`
}

func typedUnit(u *access.Unit) unitForm {
	d := &u.Detail
	return unitForm{u.Name, d.Kind, strings.Join(u.ReporterIDs, "\n"), u.AnyReporter, d.Sender, d.BSNR, d.IK, d.Street, d.PostalCode, d.Place,
		d.Phone, d.Physician, d.System, d.Software, d.Remark, u.Closed}
}

// unit gives the facts, with what is wrong about them.
func (f *unitForm) unit(id account.UnitID) (access.Unit, ui.Problems) {
	digits := strings.NewReplacer(" ", "", "-", "")
	u := access.Unit{Unit: account.Unit{ID: id, Name: f.Name, AnyReporter: f.Any, Closed: f.Closed}, Detail: access.Detail{Kind: f.Kind, System: f.System, Software: f.Software,
		Sender: f.Sender, BSNR: digits.Replace(f.BSNR), IK: digits.Replace(f.IK), Street: f.Street, PostalCode: f.PostalCode, Place: f.Place, Phone: f.Phone, Physician: f.Physician, Remark: f.Remark}}
	for line := range strings.Lines(f.Reporters) {
		if line = strings.TrimSpace(line); line != "" && !slices.Contains(u.ReporterIDs, line) {
			u.ReporterIDs = append(u.ReporterIDs, line)
		}
	}
	var problems ui.Problems
	wrong := func(is bool, field, sentence string) {
		if is {
			problems.Add(field, sentence)
		}
	}
	wrong(f.Name == "", "name", access.ErrUnitName.Sentence)
	wrong(!orders.Known(orders.FacilityKinds(), f.Kind), "art", "Die Art der Einrichtung fehlt. Wählen Sie eine.")
	wrong(slices.ContainsFunc(u.ReporterIDs, func(id string) bool { return len([]rune(id)) > 50 }), "melder_id", access.ErrReporterBad.Sentence)
	wrong(u.Detail.BSNR != "" && !orders.BSNRValid(u.Detail.BSNR), "bsnr", "Diese BSNR kann es nicht geben. Sie hat neun Ziffern; die ersten beiden nennen die Kassenärztliche Vereinigung.")
	wrong(u.Detail.IK != "" && !orders.IKValid(u.Detail.IK), "ik", "Die Prüfziffer des IK stimmt nicht. Vergleichen Sie die neun Ziffern mit den Unterlagen.")
	wrong(f.PostalCode != "" && !orders.PostalCodeValid(f.PostalCode), "plz", "Die Postleitzahl hat fünf Ziffern. Vergleichen Sie sie mit den Unterlagen.")
	wrong(f.Phone != "" && !orders.PhoneValid(f.Phone), "telefon", "Die Telefonnummer hat zu wenige Ziffern oder fremde Zeichen. Geben Sie sie mit Vorwahl an.")
	wrong(f.System != "" && !orders.Known(orders.SystemKinds(), f.System), "system", "Wählen Sie ein Dokumentationssystem aus der Liste.")
	return u, problems
}

func options(list []orders.Choice, none, chosen string) []ui.Option {
	all := []ui.Option{{Value: "", Label: none}}
	for _, c := range list {
		all = append(all, ui.Option{Value: c.Value, Label: c.Label})
	}
	return ui.Choose(all, chosen)
}

// unitFields are the questions about a unit.
func unitFields(f *unitForm, old bool, problems ui.Problems) []fieldGroup {
	groups := []fieldGroup{
		{"Einrichtung", []ui.Field{
			ui.Text("name", "Name", f.Name).WithHint("So steht er im Schreiben und in der Kopfzeile des Portals.").Check(problems),
			ui.Select("art", "Art", options(orders.FacilityKinds(), "Wählen Sie die Art", f.Kind)).Check(problems),
			ui.Digits("bsnr", "BSNR", f.BSNR, "").WithHint("Neun Ziffern").WithWidth(16).Voluntary().Check(problems),
			ui.Digits("ik", "IK", f.IK, "").WithHint("Neun Ziffern; die letzte ist eine Prüfziffer").WithWidth(16).Voluntary().Check(problems),
			ui.Text("verantwortlich", "Wer verantwortet die Meldungen?", f.Physician).WithHint("Praxisinhaberin, Chefarzt oder Leitung").Voluntary(),
		}},
		{"Anschrift und Rückruf", []ui.Field{
			ui.Text("strasse", "Straße und Hausnummer", f.Street).Voluntary(),
			ui.Digits("plz", "Postleitzahl", f.PostalCode, "").Voluntary().Check(problems),
			ui.Text("ort", "Ort", f.Place).Voluntary(),
			ui.Text("telefon", "Telefon", f.Phone).WithHint("Unter dieser Nummer rufen Sie zurück, um Personen zu erkennen. Übernehmen Sie sie aus den Unterlagen, nie aus einem Anruf.").WithWidth(16).Voluntary().Check(problems),
		}},
		{"Meldungen", []ui.Field{
			ui.Area("melder_id", "Melder-IDs", f.Reporters).WithHint("Je Zeile eine. Ohne Melder-ID wird jede Meldung abgewiesen.").Voluntary().Check(problems),
			ui.Checkbox("alle_melder", "Darf für jede Melder-ID senden", f.Any).WithHint("Nur für Tumorzentren und Testeinrichtungen des Registers"),
			ui.Checkbox("einsender", "Sendet als Einsender für andere Einrichtungen", f.Sender),
			ui.Select("system", "Dokumentationssystem", options(orders.SystemKinds(), "keine Angabe", f.System)).Voluntary().Check(problems),
			ui.Text("software", "Software-ID", f.Software).WithHint("Wie in den Meldungspaketen").WithWidth(16).Voluntary(),
			ui.Area("vermerk", "Vermerk", f.Remark).WithHint("Nichts über Patientinnen und Patienten").Voluntary(),
		}},
	}
	if old {
		groups[2].Fields = append(groups[2].Fields, ui.Checkbox("geschlossen", "Einrichtung ist geschlossen", f.Closed).WithHint("Niemand meldet mehr für sie; eine Freigabe endet. Schließen Sie zuerst ihre Zugänge."))
	}
	return groups
}

func newUnitForm(f *unitForm, id account.UnitID, problems ui.Problems) *formPage {
	page := &formPage{Lead: "Angaben ohne den Zusatz „freiwillig“ sind Pflicht.", Groups: unitFields(f, id != "", problems),
		Button: ui.Button{Label: "Einrichtung anlegen"}, Action: pathUnits + "/neu", Back: ui.Link{Label: "Abbrechen", Href: pathUnits}}
	if id != "" {
		page.Button.Label, page.Action, page.Back.Href = "Angaben speichern", pathUnits+"/"+string(id)+"/aendern", pathUnits+"/"+string(id)
	}
	return page
}

func unitFormTitle(id account.UnitID) string {
	if id == "" {
		return "Einrichtung anlegen"
	}
	return "Einrichtung ändern"
}

func (p *Reception) newUnit(*web.Request) (web.Response, error) {
	return web.Page("access_form", unitFormTitle(""), newUnitForm(&unitForm{}, "", nil)), nil
}

func (p *Reception) editUnit(r *web.Request) (web.Response, error) {
	if fresh := signin.AskFresh(r); fresh != nil {
		return fresh, nil
	}
	u, err := p.desk.Unit(r.Context(), account.UnitID(r.PathValue("id")))
	if err != nil {
		return nil, err
	}
	form := typedUnit(&u)
	return web.Page("access_form", unitFormTitle(u.ID), newUnitForm(&form, u.ID, nil)), nil
}

// putUnit serves the form of a new unit and of a known one.
func (p *Reception) putUnit(r *web.Request) (web.Response, error) {
	var form unitForm
	if err := r.Decode(&form); err != nil {
		return nil, err
	}
	id := account.UnitID(r.PathValue("id"))
	if id != "" { // what later recognition leans on
		if err := signin.NeedRecent(r); err != nil {
			return nil, err
		}
		if _, err := p.desk.Unit(r.Context(), id); err != nil {
			return nil, err
		}
	}
	u, problems := form.unit(id)
	if len(problems) == 0 {
		made, err := p.desk.PutUnit(r.Context(), by(r), u)
		if err == nil {
			return web.Redirect(pathUnits + "/" + string(made)).Notice("unit-put"), nil
		}
		if err := at("geschlossen", err, &problems); err != nil {
			return nil, err
		}
	}
	return web.Page("access_form", unitFormTitle(id), newUnitForm(&form, id, problems)).Refused(problems), nil
}

// askRelease shows what a release or its suspension will do (H19).
func (p *Reception) askRelease(r *web.Request) (web.Response, error) {
	if fresh := signin.AskFresh(r); fresh != nil {
		return fresh, nil
	}
	u, err := p.desk.Unit(r.Context(), account.UnitID(r.PathValue("id")))
	if err != nil {
		return nil, err
	}
	title, page := newReleaseAct(&u)
	return web.Page("access_act", title, page), nil
}

func newReleaseAct(u *access.Unit) (string, *actPage) {
	path := pathUnits + "/" + string(u.ID)
	page := &actPage{Facts: ui.Details{Items: []ui.Item{{Key: "Einrichtung", Value: u.Name}, {Key: "Melder-ID", Value: reporters(u, 20)}}},
		Action: path + "/freigabe", Back: ui.Link{Label: "Abbrechen", Href: path}}
	if u.Released {
		page.Fields = []ui.Field{ui.Hidden("freigabe", "aussetzen")}
		page.Button = ui.Button{Label: "Freigabe aussetzen"}
		page.Consequences = []string{"Neue Echtdaten der Einrichtung warten versiegelt, bis Sie wieder freigeben.", "Meldungen, die schon auf dem Weg sind, gehen weiter.", "Testdaten bleiben möglich, und niemand verliert seinen Zugang."}
		return "Freigabe aussetzen", page
	}
	page.Fields = []ui.Field{ui.Hidden("freigabe", "freigeben")}
	page.Button = ui.Button{Label: "Einrichtung freigeben"}
	page.Consequences = []string{"Echtdaten der Einrichtung gehen ab jetzt von selbst an das Register, auch die wartenden.", "Die Einrichtung sieht im Portal, dass sie freigegeben ist.", "Sie können die Freigabe jederzeit aussetzen; was schon weitergegeben ist, bleibt beim Register."}
	return "Einrichtung freigeben", page
}

func (p *Reception) setRelease(r *web.Request) (web.Response, error) {
	if err := signin.NeedFresh(r); err != nil {
		return nil, err
	}
	var form struct {
		What string `form:"freigabe,max=12"`
	}
	if err := r.Decode(&form); err != nil {
		return nil, err
	}
	id := account.UnitID(r.PathValue("id"))
	answer := web.Redirect(pathUnits + "/" + string(id))
	if form.What == "aussetzen" {
		return answer.Notice("unit-suspended"), p.desk.SetReleased(r.Context(), r.Principal.AccountID, id, false)
	}
	_, err := p.acts.ReleaseUnit(r.Context(), r.Principal.AccountID, id)
	return answer.Notice("unit-released"), err
}
