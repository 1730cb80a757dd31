// SPDX-License-Identifier: EUPL-1.2

package pages

import (
	"strings"
	"time"

	"meldewerk/internal/ui"
	"meldewerk/internal/web"
	"meldewerk/trustcentre/internal/access"
	trust "meldewerk/trustcentre/internal/store"
)

// overview is the page with all queues: what waits and for how long.
type overview struct {
	Alarm  *ui.Alert
	Search *searchBox // for who has somebody on the telephone
	Access *ui.TaskList
	Work   ui.TaskList
	Flow   ui.TaskList
}

func (p *Pages) overview(r *web.Request) (web.Response, error) {
	w, err := p.store.Waiting(r.Context())
	if err != nil {
		return nil, err
	}
	counts, err := p.store.QueryCounts(r.Context())
	if err != nil {
		return nil, err
	}
	page := newOverview(w, counts, r.Now(), p.terms)
	if r.Principal.Has(advisers...) {
		if err := p.advise(r, &page); err != nil {
			return nil, err
		}
	}
	for i := range page.Work.Tasks { // a link that the role would be refused is none
		may := staff
		switch href := page.Work.Tasks[i].Href; {
		case href == "/umschlaege":
			may = append(operators, staff...)
		case strings.HasPrefix(href, pathQueries):
			may = deciders
		}
		if !r.Principal.Has(may...) {
			page.Work.Tasks[i].Href = ""
		}
	}
	return web.Page("overview", "Arbeitsvorrat", page), nil
}

// advise adds what the Meldeberatung has to do.
func (p *Pages) advise(r *web.Request, page *overview) error {
	accounts, err := p.desk.Accounts(r.Context())
	if err != nil {
		return err
	}
	applications, err := p.desk.Applications(r.Context())
	if err != nil {
		return err
	}
	page.advising(accounts, applications, r.Now())
	return nil
}

func (o *overview) advising(accounts []access.Account, applications []access.Application, now time.Time) {
	search := accountSearch("")
	o.Search = &search
	var locked, letters, refused, open int64
	for i := range accounts {
		switch code := accounts[i].Status(now).Code; {
		case code == access.IsLocked:
			locked++
		case code == access.IsRefused, code == access.IsTroubled:
			refused++
		case code.IsLetterOpen() && code != access.LetterUnderWay:
			letters++
		}
	}
	for i := range applications {
		if applications[i].IsOpen() {
			open++
		}
	}
	o.Access = &ui.TaskList{Title: "Zugänge", Tasks: []ui.Task{
		queue("Gesperrte Zugänge", pathAccounts+"?lage=sperre", locked, "Zehn falsche Einmalkennwörter. Rufen Sie zurück, bevor Sie aufheben."),
		queue("Schreiben drucken und versenden", pathAccounts+"?lage=brief", letters, "Neue Zugänge, abgelaufene Schreiben und Mitteilungen."),
		queue("Am Portal nicht ausgeführt", pathAccounts+"?lage=auftrag", refused, "Meist ist der Benutzername dort schon vergeben."),
		queue("Anträge auf Zugang", pathApplications, open, "Einrichtungen, die melden möchten."),
	}}
}

func newOverview(w trust.Waiting, q trust.QueryCounts, now time.Time, terms Terms) overview {
	o := overview{
		Work: ui.TaskList{Title: "Wartet auf Sie", Tasks: []ui.Task{
			queue("Angehaltene Meldungen", "/wartend?grund=lastlook", w.ForLook,
				"Ein Kurztext gleicht einem Wort der Identität. Sie entscheiden, ob er mitgeht."),
			queue("Beantwortete Rückfragen", pathQueries+"?stand=beantwortet", q.Answered,
				"Eine Einrichtung hat geantwortet. Sie lesen die Antwort und entscheiden über die Meldung."),
			queue("Freigabe von Einrichtungen", "/freigabe", w.ForRelease,
				"Echtdaten von Einrichtungen, die noch nicht freigegeben sind."),
			queue("Nicht lesbare Umschläge", "/umschlaege", w.Unreadable,
				"Versiegelte Teile, die sich nicht öffnen lassen. Der Betrieb prüft Schlüssel und Herkunft."),
		}},
		Flow: ui.TaskList{Title: "Läuft von selbst", Tasks: []ui.Task{
			flow("Eingegangen, noch nicht geöffnet", w.Envelopes, "Umschläge aus dem Meldeportal."),
			flow("Bereit zur Weitergabe", w.Ready, "Pseudonymisiert und geprüft."),
			flow("Im Register in Bearbeitung", w.HandedOver, "Bis zur Abschlussmitteilung bleibt die Identität hier versiegelt."),
			flow("Rückfragen ohne Antwort", q.Open+q.Overdue, "Offen bei den Einrichtungen. Die Frist der Meldung läuft weiter."),
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
