// SPDX-License-Identifier: EUPL-1.2

package pages

import (
	"context"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"

	"meldewerk/account"
	"meldewerk/exchange/submission"
	"meldewerk/internal/ui"
	"meldewerk/internal/web"
	trust "meldewerk/trustcentre/internal/store"
)

const (
	pathQueries  = "/rueckfragen"
	queriesTitle = "Rückfragen"
	queryTitle   = "Rückfrage"
)

// queriesPage is the queue of queries of one standing.
type queriesPage struct {
	Filter ui.Field
	Table  ui.Table
}

// standings are the words of the queue's filter, in the order of their work.
var standings = []struct {
	value, label string
	standing     trust.Standing
	count        func(trust.QueryCounts) int64
}{
	{"beantwortet", "Beantwortet", trust.Answered, func(c trust.QueryCounts) int64 { return c.Answered }},
	{"offen", "Offen", trust.Open, func(c trust.QueryCounts) int64 { return c.Open }},
	{"ueberfaellig", "Überfällig", trust.Overdue, func(c trust.QueryCounts) int64 { return c.Overdue }},
	{"erledigt", "Erledigt", trust.QueryDone, func(c trust.QueryCounts) int64 { return c.Done }},
}

// standingOf is what the filter names; without a word the first queue in which
// something waits.
func standingOf(value string, c trust.QueryCounts) int {
	for i := range standings {
		if standings[i].value == value {
			return i
		}
	}
	for i := range standings[:3] {
		if standings[i].count(c) > 0 {
			return i
		}
	}
	return 0
}

// answeredQueries counts the answers that wait for a person, for the
// navigation. A page that can be shown is shown, with or without the number.
func (p *Pages) answeredQueries(r *web.Request) int {
	counts, err := p.store.QueryCounts(r.Context())
	if err != nil {
		r.Log().Error("count answered queries", "error", err.Error())
		return 0
	}
	return int(counts.Answered)
}

func (p *Pages) queries(r *web.Request) (web.Response, error) {
	var filter struct {
		Standing string `form:"stand,max=20"`
	}
	if err := r.DecodeQuery(&filter); err != nil {
		return nil, err
	}
	counts, err := p.store.QueryCounts(r.Context())
	if err != nil {
		return nil, err
	}
	at := standingOf(filter.Standing, counts)
	list, err := p.store.Threads(r.Context(), standings[at].standing, (r.Page()-1)*perPage, perPage)
	if err != nil {
		return nil, err
	}
	var units []account.UnitID
	for i := range list {
		units = append(units, account.UnitID(list[i].Unit))
	}
	page := newQueries(list, p.names(r.Context(), units...), counts, at, r.Page(), r.Now())
	return web.Page("queries", queriesTitle, page).With(wide), nil
}

func newQueries(list []trust.Thread, units map[account.UnitID]string, counts trust.QueryCounts, at, number int, now time.Time) queriesPage {
	options := make([]ui.Option, len(standings))
	for i, s := range standings {
		options[i] = ui.Option{Value: s.value, Label: fmt.Sprintf("%s (%s)", s.label, ui.Number(s.count(counts)))}
	}
	total := standings[at].count(counts)
	page := queriesPage{
		Filter: ui.Select("stand", "Welche Rückfragen?", ui.Choose(options, standings[at].value)),
		Table: ui.Table{Caption: "Rückfragen, nächste Frist zuerst", Count: ui.Count(total, "Rückfrage", "Rückfragen"),
			Columns: []ui.Column{ui.Col("Feld und Einrichtung"), ui.Col("Frist")}, // two, so that a telephone shows them whole
			Pages:   ui.Pages(int(total), number, pathQueries, url.Values{"stand": {standings[at].value}}),
			Empty:   ui.Empty{Title: "Keine Rückfragen in diesem Stand", Body: "Rückfragen stellen Sie auf der Seite einer angehaltenen Meldung. Die Antworten erscheinen hier."}},
	}
	if standings[at].standing == trust.QueryDone {
		page.Table.Caption = "In den letzten 90 Tagen erledigt, neueste zuerst"
	}
	for i := range list {
		t := &list[i]
		page.Table.Rows = append(page.Table.Rows, ui.Row{Cells: []ui.Cell{
			{Text: t.Field, Href: pathQueries + "/" + string(t.ID), Name: "Quittung und Stelle " + place(t), Header: true,
				More: units[account.UnitID(t.Unit)] + ", Quittung und Stelle " + place(t) + ", gestellt am " + ui.Date(t.AskedAt)},
			dueCell(t, now)}})
	}
	return page
}

func place(t *trust.Thread) string { return fmt.Sprintf("%d, %d", t.Receipt, t.Position) }

func queryBadge(t *trust.Thread) ui.Badge {
	switch {
	case t.Outcome != "":
		return ui.Badge{Kind: ui.Success, Word: "Erledigt"}
	case t.Account != "":
		return ui.Badge{Kind: ui.Warning, Word: "Beantwortet"}
	}
	return ui.Badge{Kind: ui.Info, Word: "Offen"}
}

// dueCell is the deadline with the days that are left; of a closed query when
// it was closed.
func dueCell(t *trust.Thread, now time.Time) ui.Cell {
	if t.Outcome != "" {
		return ui.Cell{Text: "erledigt am " + ui.Date(t.ClosedAt)}
	}
	badge := deadlineBadge(daysLeft(t.Due, now, 0))
	return ui.Cell{Text: ui.Date(t.Due) + " ", Badge: &badge, More: remark(t)}
}

// remark is what a person has to know of a query before opening it.
func remark(t *trust.Thread) string {
	switch {
	case t.Lost:
		return "Frage nicht lesbar"
	case t.Unread:
		return "Antwort nicht lesbar"
	case t.Others > 0:
		return ui.Count(int64(t.Others+1), "Antwort", "Antworten")
	}
	return ""
}

var outcomeWords = map[submission.Outcome]string{
	submission.Corrected: "Die Einrichtung hat eine berichtigte Fassung gesendet.",
	submission.Settled:   "Die Vertrauensstelle hat die Rückfrage abgeschlossen.",
	submission.Lapsed:    "Die Meldung ging ohne Entscheidung an das Register, weil die Frist ablief.",
}

// queryPage is one query with its answer.
type queryPage struct {
	ID       string
	Alert    *ui.Alert
	Facts    ui.Details
	Thread   ui.Timeline
	Decision string // where the report is decided on; empty: it waits no longer
	Close    *ui.Button
}

func (p *Pages) query(r *web.Request) (web.Response, error) {
	t, err := p.store.Thread(r.Context(), r.Principal.AccountID, submission.QueryID(r.PathValue("id")))
	if err != nil {
		return nil, err
	}
	unit := account.UnitID(t.Unit)
	page := newQuery(&t, p.names(r.Context(), unit)[unit], p.people(r.Context(), &t), r.Now())
	return web.Page("query", queryTitle, page).With(crumbs(queriesTitle, pathQueries, queryTitle)), nil
}

// people are the names of who asked, who answered and who closed.
type people struct {
	asked, answered, closed string
	further                 []string // of the answers beside the first
}

func (p *Pages) people(ctx context.Context, t *trust.Thread) people {
	who := people{asked: staffName(ctx, p.staff, t.AskedBy), closed: staffName(ctx, p.staff, t.ClosedBy)}
	if t.Account == "" {
		return who
	}
	who.answered = p.reporter(ctx, t.Account)
	for _, f := range t.Further {
		who.further = append(who.further, p.reporter(ctx, f.Account))
	}
	return who
}

// reporter is the name behind an account of the portal. The number is what the
// portal says; the register knows whose it is.
func (p *Pages) reporter(ctx context.Context, id string) string {
	if a, err := p.desk.Account(ctx, account.ID(id)); err == nil && a.Person.Name != "" {
		return a.Person.Name
	}
	return "Zugang " + id
}

func newQuery(t *trust.Thread, unit string, who people, now time.Time) queryPage {
	stand, due := queryBadge(t), dueCell(t, now)
	page := queryPage{ID: string(t.ID), Facts: ui.Details{Items: []ui.Item{
		{Key: "Stand", Badge: &stand},
		{Key: "Feld", Value: t.Field},
		{Key: "Einrichtung", Value: unit},
		{Key: "Quittung, Stelle", Value: place(t)},
		{Key: "Frist", Value: due.Text, Badge: due.Badge},
	}}, Thread: ui.Timeline{Label: "Verlauf der Rückfrage", Events: []ui.Event{asked(t, who)}}}
	if t.Account != "" {
		page.Thread.Events = append(page.Thread.Events, answered(t, who))
	}
	for i, f := range t.Further {
		page.Thread.Events = append(page.Thread.Events, answerEvent("Weitere Antwort", who.further[i], f.AnsweredAt, f.Text, f.Unread))
	}
	if t.Outcome == "" {
		page.Close = &ui.Button{Label: "Rückfrage abschließen", Kind: "secondary"}
	} else {
		page.Facts.Items[4] = ui.Item{Key: "Frist", Value: ui.Date(t.Due)}
		page.Thread.Events = append(page.Thread.Events, ui.Event{When: ui.Moment(t.ClosedAt), Machine: ui.Machine(t.ClosedAt), Title: "Erledigt",
			Source: who.closed, Lines: []string{outcomeWords[t.Outcome]}})
	}
	if t.Waits {
		page.Decision = "/wartend/" + string(t.Dossier)
	}
	page.Alert = queryAlert(t)
	return page
}

// queryAlert is what is out of the ordinary about a query.
func queryAlert(t *trust.Thread) *ui.Alert {
	late := func(at time.Time) bool { return t.Outcome != "" && at.After(t.ClosedAt) }
	switch {
	case t.Lost && t.Outcome == "":
		return &ui.Alert{Kind: ui.Danger, Title: "Die Frage ist nicht lesbar",
			Body: "Sie ist in dieser Datenbank beschädigt. Schließen Sie die Rückfrage ab und fragen Sie noch einmal. Verständigen Sie die Technik."}
	case t.Unread && !t.Emptied:
		return &ui.Alert{Kind: ui.Danger, Title: "Die Antwort ist nicht lesbar",
			Body: "Sie ist beschädigt oder für einen Schlüssel versiegelt, der hier fehlt. Schließen Sie die Rückfrage ab und fragen Sie noch einmal, oder rufen Sie die Einrichtung an."}
	case t.Emptied:
		return &ui.Alert{Kind: ui.Info, Title: "Der Wortlaut ist gelöscht", Body: "Fragen und Antworten werden 90 Tage nach dem Abschluss der Rückfrage gelöscht. Eine Antwort mit einer Angabe zur Person geht schon, wenn das Register die Meldung abgeschlossen hat."}
	case t.Account != "" && late(t.AnsweredAt), slices.ContainsFunc(t.Further, func(f trust.Further) bool { return late(f.AnsweredAt) }):
		return &ui.Alert{Kind: ui.Info, Title: "Eine Antwort kam nach dem Abschluss", Body: "Sie ändert nichts mehr an der Meldung."}
	case len(t.Further) > 0:
		return &ui.Alert{Kind: ui.Warning, Title: "Diese Rückfrage wurde mehr als einmal beantwortet",
			Body: "Das Portal hatte die erste Antwort nicht mehr, meist weil es aus einer Sicherung kam. Lesen Sie alle Antworten; die spätere kann die frühere berichtigen."}
	}
	return nil
}

func asked(t *trust.Thread, who people) ui.Event {
	return ui.Event{When: ui.Moment(t.AskedAt), Machine: ui.Machine(t.AskedAt), Title: "Frage", Source: who.asked, Lines: questionLines(t)}
}

func answered(t *trust.Thread, who people) ui.Event {
	return answerEvent("Antwort", who.answered, t.AnsweredAt, t.Answer, t.Unread)
}

func answerEvent(title, who string, at time.Time, text string, unread bool) ui.Event {
	e := ui.Event{When: ui.Moment(at), Machine: ui.Machine(at), Title: title, Source: who, Lines: lines(text)}
	if unread {
		e.Lines = []string{"nicht lesbar"}
	}
	return e
}

func questionLines(t *trust.Thread) []string {
	if t.Lost {
		return []string{"nicht lesbar"}
	}
	return lines(t.Question)
}

// lines are the lines of a text, or that it was deleted.
func lines(text string) []string {
	if text == "" {
		return []string{"gelöscht"}
	}
	return strings.Split(text, "\n")
}

func (p *Pages) closeQuery(r *web.Request) (web.Response, error) {
	if err := r.Decode(&struct{}{}); err != nil {
		return nil, err
	}
	id := submission.QueryID(r.PathValue("id"))
	if err := p.store.CloseQuery(r.Context(), r.Principal.AccountID, id); err != nil {
		return nil, err
	}
	return web.Redirect(pathQueries + "/" + string(id)).Notice("query-closed"), nil
}
