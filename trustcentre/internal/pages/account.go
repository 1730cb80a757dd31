// SPDX-License-Identifier: EUPL-1.2

package pages

import (
	"strings"
	"time"

	"meldewerk/account"
	"meldewerk/internal/ui"
	"meldewerk/internal/web"
	"meldewerk/trustcentre/internal/access"
)

// accountPage shows one account: how it stands and what is to be done now,
// first; then everything else.
type accountPage struct {
	Alert   ui.Alert
	Now     *ui.Link // the next step as a page
	Post    *postNow // or as a post
	Own     bool
	Facts   ui.Details
	Acts    []actLink
	Letters ui.Table
	Orders  ui.Table
}

// postNow is a next step that needs no page.
type postNow struct {
	Action string
	Fields []ui.Field
	Button ui.Button
}

// actLink leads to the page of an act.
type actLink struct{ Label, Href, Hint string }

const accountTitle = "Zugang"

func (p *Reception) account(r *web.Request) (web.Response, error) {
	a, err := p.desk.Account(r.Context(), account.ID(r.PathValue("id")))
	if err != nil {
		return nil, err
	}
	unit, err := p.desk.Unit(r.Context(), a.Units[0])
	if err != nil {
		return nil, err
	}
	entries, err := p.entries(r, string(a.ID))
	if err != nil {
		return nil, err
	}
	page := newAccountPage(&a, &unit, entries, a.Person.IsSame(by(r)), r.Now())
	return web.Page("account", accountTitle, page).With(crumbs(accountsTitle, pathAccounts, accountTitle)), nil
}

func newAccountPage(a *access.Account, unit *access.Unit, entries []entry, own bool, now time.Time) *accountPage {
	status, path := a.Status(now), pathAccounts+"/"+string(a.ID)
	page := &accountPage{Alert: ui.Alert{Kind: statusKind(status.Code), Title: status.Word, Body: status.Next}, Own: own,
		Facts: accountFacts(a, unit, now), Letters: letterTable(a, now), Orders: orderTable(entries)}
	if own {
		page.Alert = ui.Alert{Kind: ui.Info, Title: "Das ist Ihr eigener Zugang", Body: access.ErrOwn.Sentence}
		return page
	}
	switch status.Code {
	case access.IsLocked:
		page.Now = &ui.Link{Label: "Sperre aufheben", Href: path + "/sperre"}
	case access.IsRefused:
		page.Now = &ui.Link{Label: "Angaben ändern", Href: path + "/aendern"}
	case access.LetterToPrint, access.LetterUnused:
		page.Now = &ui.Link{Label: "Schreiben drucken", Href: path + "/schreiben"}
	case access.NoticeToPrint:
		page.Now = &ui.Link{Label: "Mitteilung drucken", Href: path + "/mitteilung"}
	case access.LetterToSend:
		page.Post = sendNow(path, a.Letter(access.WithPassword))
	case access.NoticeToSend:
		page.Post = sendNow(path, a.Letter(access.FactorGone))
	case access.IsClosed:
		page.Now = &ui.Link{Label: "Neuen Zugang anlegen", Href: pathAccounts + "/neu?einrichtung=" + string(unit.ID)}
		return page
	}
	page.Acts = accountActs(a, path)
	return page
}

func sendNow(path string, l *access.Letter) *postNow {
	return &postNow{Action: path + "/versand", Fields: []ui.Field{ui.Hidden("schreiben", l.ID)}, Button: ui.Button{Label: "Versand vermerken"}}
}

// accountActs are what can be done with an account that is not closed.
func accountActs(a *access.Account, path string) []actLink {
	var list []actLink
	if a.State == access.Known {
		list = append(list, actLink{"Schreiben mit Passwort drucken", path + "/schreiben", "Beim ersten Mal, oder wenn das Passwort vergessen wurde. Ein früheres Passwort gilt dann nicht mehr."})
		if l := a.Letter(access.FactorGone); l != nil && (l.State == access.LetterOrdered || l.State == access.LetterPrinted) {
			list = append(list, actLink{"Mitteilung über den zweiten Faktor drucken", path + "/mitteilung", "Sie sagt der Person, dass ihr zweiter Faktor zurückgesetzt wurde."})
		}
	}
	for _, act := range accountDeeds {
		if act.offered == nil || act.offered(a) {
			list = append(list, actLink{act.title, path + "/" + act.path, act.hint})
		}
	}
	return append(list, actLink{"Angaben ändern", path + "/aendern", "Name, Benutzername, Einrichtungen, Rollen und Telefonnummer."})
}

func accountFacts(a *access.Account, unit *access.Unit, now time.Time) ui.Details {
	s := &a.Standing
	items := []ui.Item{
		{Key: "Person", Value: a.Person.Name}, {Key: "Benutzername", Value: string(a.Username)},
		{Key: "Telefon für den Rückruf", Values: phones(a, unit)}, {Key: "Funktion", Value: a.Person.Function}, {Key: "E-Mail", Value: a.Person.Email},
	}
	for i, name := range a.UnitNames {
		key := "Weitere Einrichtung"
		if i == 0 {
			key = "Einrichtung"
		}
		items = append(items, ui.Item{Key: key, Value: name, Href: pathUnits + "/" + string(a.Units[i])})
	}
	items = append(items, ui.Item{Key: "Melder-ID", Value: strings.Join(a.Reporters[:min(len(a.Reporters), 20)], ", ")}, ui.Item{Key: "Rollen", Value: roleTitles(a.Roles)},
		ui.Item{Key: "Erste Anmeldung", Value: moment(s.FirstSignIn, "noch nie")}, ui.Item{Key: "Letzte Anmeldung", Value: moment(s.LastSignIn, "noch nie")},
		ui.Item{Key: "Zweiter Faktor", Value: factorWords(a)})
	if s.Locked {
		items = append(items, ui.Item{Key: "Gesperrt", Value: "am " + ui.Moment(s.LockedAt) + " nach zehn falschen Einmalkennwörtern (Sperre Nummer " + ui.Number(s.Lock) + ")"})
	} else if s.CodesUsed > 0 {
		items = append(items, ui.Item{Key: "Falsche Einmalkennwörter", Value: ui.Number(int64(s.CodesUsed)) + " von 10 seit der letzten Anmeldung"})
	}
	return ui.Details{Items: append(items, ui.Item{Key: "Stand der Angaben vom Portal", Value: moment(a.HeardAt, "noch keine")})}
}

func phones(a *access.Account, unit *access.Unit) []string {
	var list []string
	if a.Person.Phone != "" {
		list = append(list, a.Person.Phone)
	}
	if unit.Detail.Phone != "" && unit.Detail.Phone != a.Person.Phone {
		list = append(list, unit.Detail.Phone+" (Einrichtung)")
	}
	return list
}

func roleTitles(roles account.Roles) string {
	words := make([]string, len(roles))
	for i, r := range roles {
		words[i] = r.Title()
	}
	return strings.Join(words, ", ")
}

func factorWords(a *access.Account) string {
	keys := ui.Count(int64(a.Standing.Passkeys), "Passkey", "Passkeys")
	switch {
	case a.Standing.Enrolled && a.Standing.Passkeys > 0:
		return "App und " + keys
	case a.Standing.Enrolled:
		return "App"
	case a.Standing.Passkeys > 0:
		return keys
	}
	return "nicht eingerichtet"
}

// letterWords are the states of a letter.
var letterWords = map[access.LetterState]ui.Badge{
	access.LetterOrdered: {Kind: ui.Warning, Word: "bestellt"}, access.LetterPrinted: {Kind: ui.Warning, Word: "gedruckt"}, access.LetterSent: {Kind: ui.Info, Word: "versandt"},
	access.LetterUsed: {Kind: ui.Success, Word: "erste Anmeldung"}, access.LetterExpired: {Kind: ui.Danger, Word: "abgelaufen"}, access.LetterReplaced: {Kind: ui.Neutral, Word: "ersetzt"},
}

func letterTable(a *access.Account, now time.Time) ui.Table {
	t := ui.Table{Caption: "Schreiben, das neueste zuerst", Small: true,
		Columns: []ui.Column{ui.Col("Schreiben"), ui.Col("Stand"), ui.Col("Gedruckt"), ui.Col("Versandt"), ui.Col("Benutzt")},
		Empty:   ui.Empty{Title: "Noch kein Schreiben", Body: "Hier steht jedes Schreiben an diese Person mit seinem Weg."}}
	for i := range a.Letters {
		l := &a.Letters[i]
		badge := letterWords[l.StateAt(now)]
		what := ui.Cell{Text: "Passwort", Header: true}
		if l.Kind == access.FactorGone {
			what.Text = "Mitteilung zum zweiten Faktor"
		} else if !l.ExpiresAt.IsZero() {
			what.More = "gilt bis " + ui.Date(l.ExpiresAt)
		}
		t.Rows = append(t.Rows, ui.Row{Cells: []ui.Cell{what, {Badge: &badge}, {Text: moment(l.PrintedAt, "–")}, {Text: moment(l.SentAt, "–")}, {Text: moment(l.UsedAt, "–")}}})
	}
	return t
}
