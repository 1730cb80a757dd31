// SPDX-License-Identifier: EUPL-1.2

package pages

import (
	"meldewerk/internal/ui"
	"meldewerk/internal/web"
	"meldewerk/registry/internal/store"
)

// mostAmbiguities is how many pairs the page shows; the oldest come first.
const mostAmbiguities = 200

func (p *Pages) ambiguities(r *web.Request) (web.Response, error) {
	list, err := p.store.Ambiguities(r.Context(), mostAmbiguities)
	if err != nil {
		return nil, err
	}
	return web.Page("ambiguities", "Zuordnung prüfen", newAmbiguities(list)), nil
}

func newAmbiguities(list []store.Ambiguous) ui.Table {
	table := ui.Table{Caption: "Personen, die dieselbe sein könnten, älteste zuerst",
		Columns: []ui.Column{{Label: "Meldung zugeordnet zu"}, {Label: "Passt auch zu"}, {Label: "Gefunden"}},
		Empty:   ui.Empty{Title: "Nichts zu prüfen", Body: "Hier erscheinen Personen, wenn eine Meldung zu mehr als einer passt."}}
	for _, a := range list {
		table.Rows = append(table.Rows, ui.Row{Cells: []ui.Cell{
			{Text: "Person " + ui.Number(a.AssignedNumber), Href: "/faelle/" + string(a.Assigned), Header: true},
			{Text: "Person " + ui.Number(a.OtherNumber), Href: "/faelle/" + string(a.Other)}, {Text: ui.Moment(a.Found)},
		}})
	}
	return table
}
