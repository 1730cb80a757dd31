// SPDX-License-Identifier: EUPL-1.2

package pages

import (
	"time"

	"meldewerk/internal/ui"
	"meldewerk/internal/web"
	"meldewerk/registry/internal/store"
)

// overviewPage shows the work first, then the stock.
type overviewPage struct {
	Alarm *ui.Alert
	Work  ui.TaskList
	Stock ui.Details
}

// stuckAfter is how long a report may wait for its assignment, which happens
// by itself within seconds, before somebody should look.
const stuckAfter = time.Hour

func (p *Pages) overview(r *web.Request) (web.Response, error) {
	o, err := p.store.Overview(r.Context())
	if err != nil {
		return nil, err
	}
	page := newOverview(o, r.Now())
	if !r.Principal.Has(clerks...) {
		page.Work.Tasks[0].Href = ""
	}
	return web.Page("overview", "Übersicht", page), nil
}

func newOverview(o store.Overview, now time.Time) overviewPage {
	waiting := ui.Badge{Kind: ui.Success, Word: "nichts offen"}
	hint := "Meldungen, die noch keiner Person zugeordnet sind. Das geschieht von selbst."
	if o.Waiting > 0 {
		waiting = ui.Badge{Kind: ui.Info, Word: ui.Number(o.Waiting) + " in Arbeit"}
		hint = "Die älteste liegt seit " + ui.Moment(o.OldestWaiting) + " hier. Die Zuordnung geschieht von selbst."
	}
	doubt := ui.Task{Title: "Zuordnung prüfen", Hint: "Personen, die dieselbe sein könnten.", Badge: ui.Badge{Kind: ui.Success, Word: "nichts offen"}}
	if o.Ambiguous > 0 {
		doubt.Href, doubt.Badge = "/zuordnung", ui.Badge{Kind: ui.Warning, Word: ui.Number(o.Ambiguous) + " offen"}
	}
	page := overviewPage{
		Work: ui.TaskList{Title: "Arbeitsvorrat", Tasks: []ui.Task{doubt,
			{Title: "Eingang", Hint: hint, Badge: waiting},
			{Title: "Abschlussmitteilungen", Hint: "Die Vertrauensstelle holt sie ab.", Badge: ui.Badge{Kind: ui.Info, Word: ui.Number(o.Untold) + " bereit"}},
		}},
		Stock: ui.Details{Items: []ui.Item{
			{Key: "Personen", Value: ui.Number(o.Persons)}, {Key: "Tumoren", Value: ui.Number(o.Tumours)}, {Key: "Meldungen (aktuelle Fassungen)", Value: ui.Number(o.Records)},
		}},
	}
	if !o.LastAssigned.IsZero() {
		page.Stock.Items = append(page.Stock.Items, ui.Item{Key: "Letzte Zuordnung", Value: ui.Moment(o.LastAssigned)})
	}
	if o.Waiting > 0 && now.Sub(o.OldestWaiting) > stuckAfter {
		page.Alarm = &ui.Alert{Kind: ui.Danger, Title: "Die Zuordnung steht still",
			Body: "Die älteste Meldung wartet seit " + ui.Moment(o.OldestWaiting) + ". Verständigen Sie den Betrieb."}
	}
	return page
}
