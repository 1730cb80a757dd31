// SPDX-License-Identifier: EUPL-1.2

package pages

import (
	"meldewerk/internal/ui"
	"meldewerk/internal/web"
	"meldewerk/portal/internal/upload"
)

// packagesPage lists the unit's packages.
type packagesPage struct {
	Table   ui.Table
	MaySend bool
}

func (p *Pages) packages(r *web.Request) (web.Response, error) {
	pages := ui.Pages(1<<30, r.Page(), "/pakete", nil)
	list, total, err := p.rooms.Uploads.Packages(r.Context(), r.Principal.UnitID, pages.Offset(), ui.PageSize)
	if err != nil {
		return nil, err
	}
	page := newPackages(list, total, r.Page(), r.Principal.Has(uploader))
	return web.Page("packages", "Meldungspakete", page).With(wide).With(crumbs(ui.Link{Label: "Pakete"})), nil
}

func newPackages(list []upload.Package, total, number int, maySend bool) packagesPage {
	page := packagesPage{Table: packageTable("Ihre Pakete, das neueste zuerst", list), MaySend: maySend}
	if total > 0 {
		page.Table.Count = ui.Count(int64(total), "Paket", "Pakete")
	}
	page.Table.Pages = ui.Pages(total, number, "/pakete", nil)
	return page
}

// packageTable shows packages with what became of them.
func packageTable(caption string, list []upload.Package) ui.Table {
	t := ui.Table{Caption: caption, Columns: []ui.Column{
		ui.Col("Eingang"), ui.Col("Ergebnis"), ui.Col("Quittung"), ui.NumCol("Meldungen"), ui.NumCol("Abgewiesen"), ui.Col("Art"),
	}, Empty: ui.Empty{Title: "Noch keine Pakete",
		Body: "Hier stehen Ihre Meldungspakete mit dem Prüfergebnis jeder Meldung, sobald Sie eines hochgeladen haben."}}
	for _, p := range list {
		badge, kind := packageBadge(p), kindBadge(p.Kind)
		row := ui.Row{Cells: []ui.Cell{
			{Text: ui.Moment(p.BegunAt), More: p.FileName, Header: true},
			{Badge: &badge},
			{Text: p.Number, Href: "/pakete/" + string(p.ID), Name: "vom " + ui.Moment(p.BegunAt)},
			{Text: ui.Number(int64(p.Reports))},
			{Text: ui.Number(int64(p.Rejected + p.Refused))},
			{Badge: &kind},
		}}
		if p.State != upload.Received {
			row.Cells[2].Text = "Protokoll"
			row.Cells[3].Text, row.Cells[4].Text = "–", "–"
		}
		if p.State == upload.Receiving {
			row.Cells[2] = ui.Cell{Text: "noch keine"}
		}
		t.Rows = append(t.Rows, row)
	}
	return t
}
