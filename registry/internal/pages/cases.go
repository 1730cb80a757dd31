// SPDX-License-Identifier: EUPL-1.2

package pages

import (
	"errors"
	"strconv"
	"strings"

	"meldewerk/internal/ui"
	"meldewerk/internal/web"
	"meldewerk/registry/internal/store"
)

// casesPage lists cases and finds one by the register's own number.
type casesPage struct {
	Number ui.Field
	Table  ui.Table
}

func (p *Pages) cases(r *web.Request) (web.Response, error) { return p.listCases(r, "", nil) }

// listCases shows the list, with what was wrong with a search above it.
func (p *Pages) listCases(r *web.Request, number string, problems ui.Problems) (web.Response, error) {
	o, err := p.store.Overview(r.Context())
	if err != nil {
		return nil, err
	}
	listed, err := p.store.Cases(r.Context(), (r.Page()-1)*ui.PageSize, ui.PageSize)
	if err != nil {
		return nil, err
	}
	page := newCases(listed, number, problems)
	page.Table.Pages = ui.Pages(int(o.Persons), r.Page(), "/faelle", nil)
	if len(problems) > 0 {
		return web.Page("cases", "Fälle", page).Refused(problems), nil
	}
	return web.Page("cases", "Fälle", page), nil
}

func newCases(listed []store.Listed, number string, problems ui.Problems) casesPage {
	page := casesPage{
		Number: ui.Text("nummer", "Personennummer", number).WithHint("Laufende Nummer des Registers, zum Beispiel 1204").WithWidth(8).Check(problems),
		Table: ui.Table{Caption: "Fälle, zuletzt geänderte zuerst",
			Columns: []ui.Column{{Label: "Person"}, {Label: "Tumoren", Numeric: true}, {Label: "Meldungen", Numeric: true}, {Label: "Zuletzt geändert"}},
			Empty:   ui.Empty{Title: "Noch keine Fälle", Body: "Fälle entstehen, sobald die Vertrauensstelle Meldungen weitergibt."}},
	}
	for _, l := range listed {
		page.Table.Rows = append(page.Table.Rows, ui.Row{Cells: []ui.Cell{
			{Text: "Person " + ui.Number(l.Number), Href: "/faelle/" + string(l.Person), Header: true},
			{Text: ui.Number(l.Tumours)}, {Text: ui.Number(l.Reports)}, {Text: ui.Moment(l.Changed)},
		}})
	}
	return page
}

func (p *Pages) find(r *web.Request) (web.Response, error) {
	var form struct {
		Number string `form:"nummer,max=20"`
	}
	if err := r.Decode(&form); err != nil {
		return nil, err
	}
	var problems ui.Problems
	number, err := strconv.ParseInt(strings.ReplaceAll(form.Number, ".", ""), 10, 64)
	if err != nil {
		problems.Add("nummer", "Geben Sie die Personennummer in Ziffern an, zum Beispiel 1204.")
		return p.listCases(r, form.Number, problems)
	}
	id, err := p.store.ByNumber(r.Context(), number)
	if errors.Is(err, store.ErrNoCase) {
		problems.Add("nummer", "Eine Person mit dieser Nummer gibt es im Register nicht. Prüfen Sie die Nummer.")
		return p.listCases(r, form.Number, problems)
	}
	if err != nil {
		return nil, err
	}
	return web.Redirect("/faelle/" + string(id)), nil
}
