// SPDX-License-Identifier: EUPL-1.2

package pages

import (
	"slices"
	"strings"

	"meldewerk/account"
	orders "meldewerk/exchange/access"
	"meldewerk/internal/ui"
	"meldewerk/internal/web"
	"meldewerk/trustcentre/internal/access"
)

// unitsPage lists the institutions.
type unitsPage struct {
	Search searchBox
	New    bool
	Table  ui.Table
}

// searchBox asks for words to look for. They are posted: names do not belong
// into an address.
type searchBox struct {
	Field  ui.Field
	Action string
	All    string // path of the whole list, after a search
}

const unitsTitle = "Einrichtungen"

// searchForm is what a search posts.
type searchForm struct {
	Words string `form:"suche,max=200"`
}

func (p *Reception) units(r *web.Request) (web.Response, error) {
	list, err := p.desk.Units(r.Context())
	if err != nil {
		return nil, err
	}
	return web.Page("units", unitsTitle, newUnits(list, r.Page(), "", r.Principal.Has(advisers...))).With(wide), nil
}

func wide(f *ui.Frame) { f.Wide = true }

func (p *Reception) searchUnits(r *web.Request) (web.Response, error) {
	var form searchForm
	if err := r.Decode(&form); err != nil {
		return nil, err
	}
	list, err := p.desk.Units(r.Context())
	if err != nil {
		return nil, err
	}
	if form.Words == "" {
		return web.Redirect(pathUnits), nil
	}
	found := matching(list, form.Words)
	if len(found) == 1 {
		return web.Redirect(pathUnits + "/" + string(found[0].ID)), nil
	}
	found = found[:min(len(found), ui.PageSize)]
	return web.Page("units", unitsTitle, newUnits(found, 1, form.Words, r.Principal.Has(advisers...))).With(wide), nil
}

func matching(list []access.Unit, words string) []access.Unit {
	return slices.DeleteFunc(slices.Clone(list), func(u access.Unit) bool { return !u.Matches(words) })
}

func newUnits(list []access.Unit, page int, words string, edits bool) *unitsPage {
	u := &unitsPage{New: edits, Search: searchBox{Action: pathUnits,
		Field: ui.Text("suche", "Einrichtung suchen", words).WithHint("Name, Ort, BSNR, IK oder Melder-ID")}}
	pages := ui.Pages(len(list), page, pathUnits, nil)
	u.Table = ui.Table{Caption: "Einrichtungen nach Namen", Count: ui.Count(int64(len(list)), "Einrichtung", "Einrichtungen"), Pages: pages,
		Columns: []ui.Column{ui.Col("Einrichtung"), ui.Col("Art"), ui.Col("Melder-ID"), ui.NumCol("Zugänge"), ui.Col("Stand")},
		Empty:   ui.Empty{Title: "Noch keine Einrichtung", Body: "Hier erscheinen Einrichtungen, die melden dürfen: aus bewilligten Anträgen, oder von Ihnen angelegt."}}
	if words != "" {
		u.Search.All = pathUnits
		u.Table.Caption = "Gefundene Einrichtungen"
		u.Table.Empty = ui.Empty{Title: "Nichts gefunden", Body: "Keine Einrichtung hat diesen Namen oder diese Nummer. Suchen Sie mit weniger Wörtern, oder sehen Sie die ganze Liste durch."}
	}
	for _, unit := range pageOf(list, pages) {
		badge := unitBadge(&unit)
		u.Table.Rows = append(u.Table.Rows, ui.Row{Cells: []ui.Cell{
			{Text: unit.Name, More: strings.TrimSpace(unit.Detail.PostalCode + " " + unit.Detail.Place), Href: pathUnits + "/" + string(unit.ID), Header: true},
			{Text: kindOf(&unit)}, {Text: reporters(&unit, 3)}, {Text: ui.Number(int64(unit.Accounts))}, {Badge: &badge}}})
	}
	return u
}

func kindOf(u *access.Unit) string {
	if label := orders.Label(orders.FacilityKinds(), u.Detail.Kind); label != "" {
		return label
	}
	return "keine Angabe"
}

// reporters lists Melder-IDs, the first few of many.
func reporters(u *access.Unit, most int) string {
	switch n := len(u.ReporterIDs); {
	case u.AnyReporter:
		return "alle"
	case n == 0:
		return "keine"
	case n > most:
		return strings.Join(u.ReporterIDs[:most], ", ") + " und " + ui.Count(int64(n-most), "weitere", "weitere")
	}
	return strings.Join(u.ReporterIDs, ", ")
}

// unitHint tells units of like names apart.
func unitHint(u *access.Unit) string {
	hint := "Melder-ID: " + reporters(u, 3)
	if u.Detail.Place != "" {
		return u.Detail.Place + ". " + hint
	}
	return hint
}

func unitBadge(u *access.Unit) ui.Badge {
	switch {
	case u.Closed:
		return ui.Badge{Kind: ui.Neutral, Word: "geschlossen"}
	case u.Released:
		return ui.Badge{Kind: ui.Success, Word: "freigegeben"}
	}
	return ui.Badge{Kind: ui.Warning, Word: "nicht freigegeben"}
}

// unitPage shows one institution.
type unitPage struct {
	Alert    *ui.Alert
	Facts    ui.Details
	Acts     []ui.Link
	Accounts ui.Table
	Orders   ui.Table
}

const unitTitle = "Einrichtung"

func (p *Reception) unit(r *web.Request) (web.Response, error) {
	u, err := p.desk.Unit(r.Context(), account.UnitID(r.PathValue("id")))
	if err != nil {
		return nil, err
	}
	all, err := p.desk.Accounts(r.Context())
	if err != nil {
		return nil, err
	}
	all = slices.DeleteFunc(all, func(a access.Account) bool { return !slices.Contains(a.Units, u.ID) })
	entries, err := p.entries(r, string(u.ID))
	if err != nil {
		return nil, err
	}
	page := newUnit(&u, all, entries, r.Now(), r.Principal.Has(advisers...), r.Principal.Has(deciders...))
	return web.Page("unit", unitTitle, page).With(crumbs(unitsTitle, pathUnits, unitTitle)), nil
}
