// SPDX-License-Identifier: EUPL-1.2

package pages

import (
	"fmt"
	"time"

	"meldewerk/account"
	"meldewerk/internal/ui"
	"meldewerk/internal/web"
	trust "meldewerk/trustcentre/internal/store"
)

// waitingPage lists the reports that wait, and why.
type waitingPage struct {
	Reason ui.Field
	Table  ui.Table
}

const perPage = 50

// The reasons as the filter names them.
const (
	forRelease = "release"
	forLook    = "lastlook"
)

func (p *Pages) waiting(r *web.Request) (web.Response, error) {
	var filter struct {
		Reason string `form:"grund,max=20"`
	}
	if err := r.DecodeQuery(&filter); err != nil {
		return nil, err
	}
	if filter.Reason != forRelease && filter.Reason != forLook {
		filter.Reason = ""
	}
	held, err := p.store.Held(r.Context(), filter.Reason, (r.Page()-1)*perPage, perPage)
	if err != nil {
		return nil, err
	}
	w, err := p.store.Waiting(r.Context())
	if err != nil {
		return nil, err
	}
	total := map[string]int64{"": w.ForLook + w.ForRelease, forLook: w.ForLook, forRelease: w.ForRelease}[filter.Reason]
	var units []account.UnitID
	for _, h := range held {
		units = append(units, account.UnitID(h.Unit))
	}
	page := newWaiting(held, p.names(r.Context(), units...), filter.Reason, r.Now(), p.terms)
	page.Table.Pages = ui.Pages(int(total), r.Page(), "/wartend", r.URL.Query())
	return web.Page("waiting", "Wartende Meldungen", page), nil
}

func newWaiting(held []trust.Held, names map[account.UnitID]string, reason string, now time.Time, terms Terms) waitingPage {
	page := waitingPage{
		Reason: ui.Select("grund", "Grund", ui.Choose([]ui.Option{
			{Value: "", Label: "alle Gründe"}, {Value: forLook, Label: "letzte Prüfung"}, {Value: forRelease, Label: "Einrichtung nicht freigegeben"},
		}, reason)),
		Table: ui.Table{Caption: "Wartende Meldungen, ältester Eingang zuerst",
			Columns: []ui.Column{{Label: "Eingang"}, {Label: "Einrichtung"}, {Label: "Quittung, Stelle"}, {Label: "Grund"}, {Label: "Frist"}, {Label: "Nächster Schritt"}},
			Empty: ui.Empty{Title: "Nichts wartet",
				Body: "Hier erscheinen Meldungen, die eine Entscheidung brauchen oder deren Einrichtung noch nicht freigegeben ist."}},
	}
	for _, h := range held {
		where := fmt.Sprintf("%d, %d", h.Receipt, h.Position)
		days := deadlineBadge(daysLeft(h.Received, now, terms.ForwardWithin))
		why, act := "Einrichtung nicht freigegeben", ui.Cell{Text: "Freigabe prüfen", Href: "/freigabe", Name: "Freigabe prüfen: Quittung und Stelle " + where}
		if h.Reason == forLook {
			act = ui.Cell{Text: "Entscheiden", Href: "/wartend/" + string(h.ID), Name: "Entscheiden: Quittung und Stelle " + where}
			if why = "Treffer in " + ui.Count(int64(len(h.Stops)), "Feld", "Feldern"); len(h.Stops) == 0 || h.Unfit {
				why = "vom Register nicht annehmbar"
			}
		} else {
			days = ui.Badge{Kind: ui.Neutral, Word: "ruht"}
		}
		page.Table.Rows = append(page.Table.Rows, ui.Row{Cells: []ui.Cell{
			{Text: ui.Moment(h.Received), Header: true}, {Text: names[account.UnitID(h.Unit)]}, {Text: where}, {Text: why, More: queried(&h)}, {Badge: &days}, act,
		}})
	}
	return page
}

// queried says how the queries on a waiting report stand.
func queried(h *trust.Held) string {
	switch {
	case h.Answered > 0:
		return "Rückfrage beantwortet"
	case h.Asked > 0:
		return "Rückfrage offen"
	}
	return ""
}
