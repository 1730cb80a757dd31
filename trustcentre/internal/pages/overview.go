// SPDX-License-Identifier: EUPL-1.2

package pages

import (
	"time"

	"meldewerk/internal/ui"
	"meldewerk/internal/web"
	trust "meldewerk/trustcentre/internal/store"
)

// overview is the page with all queues: what waits and for how long.
type overview struct {
	Alarm *ui.Alert
	Work  ui.TaskList
	Flow  ui.TaskList
}

func (p *Pages) overview(r *web.Request) (web.Response, error) {
	w, err := p.store.Waiting(r.Context())
	if err != nil {
		return nil, err
	}
	page := newOverview(w, r.Now(), p.terms)
	for i := range page.Work.Tasks { // a link that the role would be refused is none
		if page.Work.Tasks[i].Href == "/umschlaege" && !r.Principal.Has(append(operators, staff...)...) ||
			page.Work.Tasks[i].Href != "/umschlaege" && !r.Principal.Has(staff...) {
			page.Work.Tasks[i].Href = ""
		}
	}
	return web.Page("overview", "Arbeitsvorrat", page), nil
}

func newOverview(w trust.Waiting, now time.Time, terms Terms) overview {
	o := overview{
		Work: ui.TaskList{Title: "Wartet auf Sie", Tasks: []ui.Task{
			queue("Angehaltene Meldungen", "/wartend?grund=lastlook", w.ForLook,
				"Ein Kurztext gleicht einem Wort der Identität. Sie entscheiden, ob er mitgeht."),
			queue("Freigabe von Einrichtungen", "/freigabe", w.ForRelease,
				"Echtdaten von Einrichtungen, die noch nicht freigegeben sind."),
			queue("Nicht lesbare Umschläge", "/umschlaege", w.Unreadable,
				"Versiegelte Teile, die sich nicht öffnen lassen. Der Betrieb prüft Schlüssel und Herkunft."),
		}},
		Flow: ui.TaskList{Title: "Läuft von selbst", Tasks: []ui.Task{
			flow("Eingegangen, noch nicht geöffnet", w.Envelopes, "Umschläge aus dem Meldeportal."),
			flow("Bereit zur Weitergabe", w.Ready, "Pseudonymisiert und geprüft."),
			flow("Im Register in Bearbeitung", w.HandedOver, "Bis zur Abschlussmitteilung bleibt die Identität hier versiegelt."),
			flow("Rückmeldungen an das Portal", w.Untold, "Bearbeitungsstände und Einträge der Tumorhistorie."),
			{Title: "In den letzten 30 Tagen abgeschlossen", Hint: "Identität, Umschlag und Originaltext sind gelöscht.",
				Badge: ui.Badge{Kind: ui.Success, Word: ui.Count(w.Completed, "Meldung", "Meldungen")}},
		}},
	}
	if w.OldestDue.IsZero() {
		return o
	}
	until := w.OldestDue.Add(terms.ForwardWithin)
	switch days := daysLeft(w.OldestDue, now, terms.ForwardWithin); {
	case days < 0:
		o.Alarm = &ui.Alert{Kind: ui.Danger, Title: "Eine Frist ist überschritten",
			Body: "Die älteste Meldung ging am " + ui.Date(w.OldestDue) + " ein. Sie hätte bis zum " + ui.Date(until) + " an das Register gehen müssen. Sehen Sie die Liste durch und verständigen Sie die Leitung."}
	case days <= 2:
		o.Alarm = &ui.Alert{Kind: ui.Warning, Title: "Eine Frist läuft ab",
			Body: "Die älteste Meldung ging am " + ui.Date(w.OldestDue) + " ein. Sie muss bis zum " + ui.Date(until) + " an das Register gehen."}
	}
	return o
}

func queue(title, href string, count int64, hint string) ui.Task {
	if count == 0 {
		return ui.Task{Title: title, Hint: hint, Badge: ui.Badge{Kind: ui.Success, Word: "nichts offen"}}
	}
	return ui.Task{Title: title, Href: href, Hint: hint, Badge: ui.Badge{Kind: ui.Warning, Word: ui.Number(count) + " offen"}}
}

func flow(title string, count int64, hint string) ui.Task {
	return ui.Task{Title: title, Hint: hint, Badge: ui.Badge{Kind: ui.Info, Word: ui.Number(count)}}
}
