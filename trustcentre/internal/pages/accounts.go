// SPDX-License-Identifier: EUPL-1.2

package pages

import (
	"cmp"
	"net/url"
	"slices"
	"strings"
	"time"

	"meldewerk/account"
	orders "meldewerk/exchange/access"
	"meldewerk/internal/ui"
	"meldewerk/internal/web"
	"meldewerk/trustcentre/internal/access"
)

// accountsPage lists the accounts of reporters.
type accountsPage struct {
	Alert  *ui.Alert
	Search searchBox
	Filter ui.Field
	Table  ui.Table
}

const (
	accountsTitle = "Konten"
	stuckAfter    = 10 * time.Minute // then orders on their way are a matter for the operators
)

// lages are the filters of the list.
var lages = []ui.Option{{Value: "", Label: "Alle offenen Zugänge"}, {Value: "sperre", Label: "Gesperrt"}, {Value: "brief", Label: "Schreiben offen"},
	{Value: "auftrag", Label: "Am Portal nicht ausgeführt"}, {Value: "ungenutzt", Label: "Lange ungenutzt"}, {Value: "geschlossen", Label: "Geschlossen"}}

// inLage says whether an account belongs under a filter.
func inLage(a *access.Account, lage string, now time.Time) bool {
	code := a.Status(now).Code
	switch lage {
	case "sperre":
		return code == access.IsLocked || code == access.IsReleasing
	case "brief":
		return code.IsLetterOpen()
	case "auftrag":
		return code == access.IsRefused || code == access.IsTroubled
	case "ungenutzt":
		return code == access.LongUnused
	case "geschlossen":
		return code == access.IsClosed
	}
	return code != access.IsClosed
}

// urgency orders the list: what needs somebody comes first.
var urgency = []access.StatusCode{access.IsLocked, access.IsRefused, access.IsTroubled, access.LetterToPrint, access.LetterToSend,
	access.NoticeToPrint, access.NoticeToSend, access.LetterUnused, access.IsReleasing, access.IsOrdered, access.LetterUnderWay, access.FactorToSetUp, access.LongUnused}

func rank(a *access.Account, now time.Time) int {
	if n := slices.Index(urgency, a.Status(now).Code); n >= 0 {
		return n
	}
	return len(urgency)
}

func (p *Reception) accounts(r *web.Request) (web.Response, error) {
	var filter struct {
		Lage string `form:"lage,max=20"`
	}
	if err := r.DecodeQuery(&filter); err != nil {
		return nil, err
	}
	list, err := p.desk.Accounts(r.Context())
	if err != nil {
		return nil, err
	}
	now := r.Now()
	list = slices.DeleteFunc(list, func(a access.Account) bool { return !inLage(&a, filter.Lage, now) })
	page := newAccounts(list, r.Page(), filter.Lage, "", now)
	if page.Alert, err = p.stuck(r); err != nil {
		return nil, err
	}
	return web.Page("accounts", accountsTitle, page).With(wide), nil
}

// stuck tells when orders do not reach the portal.
func (p *Reception) stuck(r *web.Request) (*ui.Alert, error) {
	entries, err := p.desk.Orders(r.Context(), "", 500)
	if err != nil {
		return nil, err
	}
	waiting, oldest := int64(0), r.Now()
	for _, e := range entries {
		if !e.Arrived() {
			waiting++
			oldest = e.At // newest first, so the last one is the oldest
		}
	}
	return stuckAlert(waiting, oldest, r.Now()), nil
}

func stuckAlert(waiting int64, oldest, now time.Time) *ui.Alert {
	if waiting == 0 || now.Sub(oldest) < stuckAfter {
		return nil
	}
	return &ui.Alert{Kind: ui.Danger, Title: "Aufträge kommen am Portal nicht an",
		Body: ui.Count(waiting, "Auftrag wartet", "Aufträge warten") + " seit " + ui.Moment(oldest) + ". Nichts davon geht verloren. Verständigen Sie den Betrieb, damit er die Verbindung zum Portal prüft."}
}

func (p *Reception) searchAccounts(r *web.Request) (web.Response, error) {
	var form searchForm
	if err := r.Decode(&form); err != nil {
		return nil, err
	}
	if form.Words == "" {
		return web.Redirect(pathAccounts), nil
	}
	list, err := p.desk.Accounts(r.Context())
	if err != nil {
		return nil, err
	}
	list = slices.DeleteFunc(list, func(a access.Account) bool { return !a.Matches(form.Words) })
	if len(list) == 1 {
		return web.Redirect(pathAccounts + "/" + string(list[0].ID)), nil
	}
	list = list[:min(len(list), ui.PageSize)]
	return web.Page("accounts", accountsTitle, newAccounts(list, 1, "", form.Words, r.Now())).With(wide), nil
}

// accountSearch asks for an account by what somebody on the telephone can say.
func accountSearch(words string) searchBox {
	return searchBox{Action: pathAccounts, Field: ui.Text("suche", "Zugang suchen", words).WithHint("Benutzername, Name, Melder-ID oder Einrichtung")}
}

func newAccounts(list []access.Account, page int, lage, words string, now time.Time) *accountsPage {
	a := &accountsPage{Search: accountSearch(words), Filter: ui.Select("lage", "Welche Zugänge?", ui.Choose(lages, lage))}
	slices.SortStableFunc(list, func(x, y access.Account) int { return cmp.Compare(rank(&x, now), rank(&y, now)) })
	a.Table = accountTable(list, page, now, "Zugänge zum Meldeportal, das Dringende zuerst")
	a.Table.Pages = ui.Pages(len(list), page, pathAccounts, url.Values{"lage": {lage}})
	a.Table.Empty = ui.Empty{Title: "Nichts offen", Body: "Kein Zugang ist in dieser Lage."}
	switch {
	case words != "":
		a.Search.All = pathAccounts
		a.Table.Caption = "Gefundene Zugänge"
		a.Table.Empty = ui.Empty{Title: "Nichts gefunden", Body: "Kein Zugang hat diesen Namen oder diese Melder-ID. Fragen Sie nach der Schreibweise, oder suchen Sie die Einrichtung."}
	case lage == "":
		a.Table.Empty = ui.Empty{Title: "Noch keine Zugänge", Body: "Hier erscheinen die Zugänge der Meldenden. Sie entstehen aus Anträgen, oder Sie legen sie an.", Action: ui.Link{Label: "Zugang anlegen", Href: pathAccounts + "/neu"}}
	}
	return a
}

func accountTable(list []access.Account, page int, now time.Time, caption string) ui.Table {
	pages := ui.Pages(len(list), page, pathAccounts, nil)
	t := ui.Table{Caption: caption, Count: ui.Count(int64(len(list)), "Zugang", "Zugänge"), Pages: pages,
		Columns: []ui.Column{ui.Col("Person"), ui.Col("Einrichtung"), ui.Col("Lage"), ui.Col("Nächster Schritt")}}
	for _, a := range pageOf(list, pages) {
		status := a.Status(now)
		badge := ui.Badge{Kind: statusKind(status.Code), Word: status.Word}
		t.Rows = append(t.Rows, ui.Row{Cells: []ui.Cell{
			{Text: a.Person.Name, More: string(a.Username), Href: pathAccounts + "/" + string(a.ID), Header: true},
			{Text: strings.Join(a.UnitNames, ", ")}, {Badge: &badge}, {Text: status.Next}}})
	}
	return t
}

func statusKind(code access.StatusCode) ui.Kind {
	switch code {
	case access.IsLocked, access.IsRefused, access.IsTroubled:
		return ui.Danger
	case access.LetterToPrint, access.LetterToSend, access.NoticeToPrint, access.NoticeToSend, access.LetterUnused, access.LongUnused:
		return ui.Warning
	case access.InUse:
		return ui.Success
	case access.IsClosed:
		return ui.Neutral
	}
	return ui.Info
}

// entry is an order with the name of who gave it.
type entry struct {
	access.Entry
	Who string
}

// entries are the newest orders about something.
func (p *Reception) entries(r *web.Request, object string) ([]entry, error) {
	list, err := p.desk.Orders(r.Context(), object, 20)
	if err != nil {
		return nil, err
	}
	names := map[string]string{}
	out := make([]entry, len(list))
	for i, e := range list {
		if names[e.Actor] == "" {
			names[e.Actor] = p.staffName(r.Context(), e.Actor)
		}
		out[i] = entry{e, names[e.Actor]}
	}
	return out, nil
}

func orderTable(entries []entry) ui.Table {
	t := ui.Table{Caption: "Aufträge, der neueste zuerst", Small: true,
		Columns: []ui.Column{ui.NumCol("Nummer"), ui.Col("Auftrag"), ui.Col("Von"), ui.Col("Stand")},
		Empty:   ui.Empty{Title: "Noch kein Auftrag", Body: "Hier steht, was Sie dem Portal aufgetragen haben und wann es dort angekommen ist."}}
	for _, e := range entries {
		what := ui.Cell{Text: e.Words()}
		if how := access.RecognisedWords(e.Recognised); how != "" {
			what.More = "Erkannt: " + how
		}
		stand := ui.Cell{Badge: &ui.Badge{Kind: ui.Info, Word: "unterwegs"}}
		switch {
		case e.Arrived() && e.Outcome == orders.Done:
			stand = ui.Cell{Badge: &ui.Badge{Kind: ui.Success, Word: "am Portal angekommen"}, More: ui.Moment(e.AnsweredAt)}
		case e.Arrived():
			stand = ui.Cell{Badge: &ui.Badge{Kind: ui.Danger, Word: "nicht ausgeführt"}, More: e.Remedy()}
		}
		t.Rows = append(t.Rows, ui.Row{Cells: []ui.Cell{{Text: ui.Number(int64(e.Number)), Header: true}, what, {Text: e.Who, More: ui.Moment(e.At)}, stand}})
	}
	return t
}

// roleOptions are the roles of the portal with what they mean.
func roleOptions(chosen []string) []ui.Option {
	hints := map[account.Role]string{account.RoleReporter: "Erfasst Meldungen, beantwortet Rückfragen und sieht die Tumorhistorie", account.RoleUploader: "Lädt Meldungspakete hoch"}
	var list []ui.Option
	for _, role := range access.PortalRoles() {
		list = append(list, ui.Option{Value: string(role), Label: role.Title(), Hint: hints[role]})
	}
	return ui.Choose(list, chosen...)
}
