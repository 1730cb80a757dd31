// SPDX-License-Identifier: EUPL-1.2

package pages

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"
	"unicode"

	"meldewerk/exchange/submission"
	"meldewerk/fault"
	"meldewerk/internal/ui"
	"meldewerk/internal/web"
	"meldewerk/portal/internal/query"
)

// The pages of the Rückfragen.

var queryPages = []string{"queries", "queries_thread"}

const (
	titleQueries = "Rückfragen"
	titleQuery   = "Rückfrage"
	pathQueries  = "/rueckfragen"
)

// Queries is the room of queries; see query.Room.
type Queries interface {
	Queries(ctx context.Context, a query.Actor, f query.Filter, offset, limit int) ([]query.Query, int, error)
	Counts(ctx context.Context, a query.Actor) (query.Counts, error)
	Open(ctx context.Context, a query.Actor) (int, error)
	Query(ctx context.Context, a query.Actor, id submission.QueryID) (query.Query, error)
	// Answer sends an explanation; false: there was one before, and it stays.
	Answer(ctx context.Context, a query.Actor, id submission.QueryID, text string) (bool, error)
}

func (p *Pages) queryRoutes() []web.Route {
	both := []web.Role{reporter, uploader}
	return []web.Route{
		{Pattern: "GET " + pathQueries, Roles: both, Handler: p.queries},
		{Pattern: "GET " + pathQueries + "/{id}", Roles: both, Handler: p.query},
		{Pattern: "POST " + pathQueries + "/{id}/antwort", Roles: both, Handler: p.answerQuery},
	}
}

// queryNotices are what a page tells after an answer.
var queryNotices = map[string]string{
	"query-answered": "Ihre Erläuterung ist gesendet.",
	"query-before":   "Diese Rückfrage ist schon beantwortet. Es wurde nichts noch einmal gesendet.",
}

func queryHref(id submission.QueryID) string { return pathQueries + "/" + string(id) }

func queryID(r *web.Request) submission.QueryID { return submission.QueryID(r.PathValue("id")) }

// reader is the person behind a request, as the room of queries knows him. Who
// only sends packages sees the queries on packages.
func reader(r *web.Request) query.Actor {
	return query.Actor{Unit: r.Principal.UnitID, Account: r.Principal.AccountID, Name: r.Principal.DisplayName, Typing: r.Principal.Has(reporter)}
}

// openQueries is how many queries wait, for the navigation. A page that can be
// shown is shown, with or without the number.
func (p *Pages) openQueries(r *web.Request) int {
	n, err := p.rooms.Queries.Open(r.Context(), reader(r))
	if err != nil {
		r.Log().Error("count open queries", "error", err.Error())
		return 0
	}
	return n
}

// queriesPage lists the queries of the unit.
type queriesPage struct {
	Counts []countLink
	Chosen string // the filter in words
	All    string // address without filter
	Table  ui.Table
}

// queryChoice is a value of the filter, as it stands in the address.
type queryChoice struct {
	value string
	state query.State
	word  string
}

var queryChoices = []queryChoice{
	{"offen", query.Open, "offen"}, {"beantwortet", query.Answered, "beantwortet"}, {"erledigt", query.Closed, "erledigt"},
}

func (p *Pages) queries(r *web.Request) (web.Response, error) {
	var form struct {
		State string `form:"stand,max=20"`
	}
	if err := r.DecodeQuery(&form); err != nil {
		return nil, err
	}
	var filter query.Filter
	if form.State != "" {
		i := slices.IndexFunc(queryChoices, func(c queryChoice) bool { return c.value == form.State })
		if i < 0 {
			return nil, web.ErrUnknownField
		}
		filter.State = queryChoices[i].state
	}
	counts, err := p.rooms.Queries.Counts(r.Context(), reader(r))
	if err != nil {
		return nil, err
	}
	list, total, err := p.rooms.Queries.Queries(r.Context(), reader(r), filter, (r.Page()-1)*ui.PageSize, ui.PageSize)
	if err != nil {
		return nil, err
	}
	noteDamaged(r, list...)
	page := newQueriesPage(list, counts, total, r.Page(), form.State, r.Now())
	return web.Page("queries", titleQueries, page).With(wide).With(crumbs(ui.Link{Label: titleQueries})), nil
}

func newQueriesPage(list []query.Query, counts query.Counts, total, number int, state string, now time.Time) queriesPage {
	address := url.Values{}
	if state != "" {
		address.Set("stand", state)
	}
	page := queriesPage{Table: ui.Table{Caption: "Rückfragen der Vertrauensstelle, die dringendste zuerst",
		Columns: []ui.Column{ui.Col("Betrifft"), ui.Col("Stand und Frist")},
		Pages:   ui.Pages(total, number, pathQueries, address),
		Empty:   ui.Empty{Title: "Noch keine Rückfragen", Body: "Fragen der Vertrauensstelle zu Ihren Meldungen erscheinen hier."}}}
	for i, n := range []int{counts.Open, counts.Answered, counts.Closed} {
		c := queryChoices[i]
		badge := queryStateBadge(c.state)
		page.Counts = append(page.Counts, countLink{Icon: badge.IconName(), Number: ui.Number(int64(n)), Noun: c.word,
			Href: pathQueries + "?stand=" + c.value, Current: state == c.value})
		if state == c.value {
			page.Chosen, page.All = "Nur Rückfragen im Stand „"+badge.Word+"“.", pathQueries
			page.Table.Empty = ui.Empty{Title: "Keine Rückfrage in dieser Auswahl", Body: "Zeigen Sie alle Rückfragen an."}
		}
	}
	if counts == (query.Counts{}) {
		page.Counts = nil
	}
	if total > 0 {
		page.Table.Count = ui.Count(int64(total), "Rückfrage", "Rückfragen")
	}
	for i := range list {
		q := &list[i]
		badge := queryBadge(q)
		// Two columns, so that the list is read on a telephone without scrolling.
		page.Table.Rows = append(page.Table.Rows, ui.Row{Cells: []ui.Cell{
			{Text: fieldOf(q), Href: queryHref(q.ID), Name: "zu " + patientOf(q), More: q.Occasion.German() + ", Nr. " + string(q.Patient), Header: true},
			{Badge: &badge, More: dueWords(q, now)}}})
	}
	return page
}

func queryStateBadge(s query.State) ui.Badge {
	switch s {
	case query.Open:
		return ui.Badge{Kind: ui.Warning, Word: "Offen"}
	case query.Answered:
		return ui.Badge{Kind: ui.Info, Word: "Beantwortet"}
	}
	return ui.Badge{Kind: ui.Success, Word: "Erledigt"}
}

func queryBadge(q *query.Query) ui.Badge {
	badge := queryStateBadge(q.State())
	if q.Outcome == submission.Lapsed {
		badge.Kind = ui.Neutral // nobody has done anything
	}
	return badge
}

// dueWords says until when a query is to be answered, or when it was.
func dueWords(q *query.Query, now time.Time) string {
	switch q.State() {
	case query.Answered:
		return "am " + ui.Date(q.AnsweredAt)
	case query.Closed:
		return "am " + ui.Date(q.ClosedAt)
	}
	return "bis " + ui.Date(q.Due) + ", " + daysLeft(q.Due, now)
}

// noteDamaged tells the operator of queries that cannot be opened; the reporter
// sees which they are.
func noteDamaged(r *web.Request, list ...query.Query) {
	for i := range list {
		if list[i].Damaged {
			r.Log().Error("a query is damaged at rest", "query", string(list[i].ID))
		}
	}
}

// daysLeft says how long there is until a deadline, in days of the calendar.
func daysLeft(due, now time.Time) string {
	days := ui.DaysUntil(due, now)
	switch {
	case due.Before(now):
		return "Frist abgelaufen"
	case days == 0:
		return "endet heute um\u00a0" + ui.Clock(due)
	}
	return "noch " + ui.Count(int64(days), "Tag", "Tage")
}

// queryTasks are what the start page says of the open queries.
func queryTasks(list []query.Query, total int, now time.Time) []ui.Task {
	var tasks []ui.Task
	for i := range list {
		q := &list[i]
		badge := ui.Badge{Kind: ui.Warning, Word: titleQuery}
		if q.Due.Before(now.Add(urgentWithin)) {
			badge.Kind = ui.Danger
		}
		hint := fieldOf(q) + ". Antwort bis " + ui.Date(q.Due) + ", " + daysLeft(q.Due, now) + "."
		if q.Resent {
			hint = fieldOf(q) + ". Sie haben die Meldung erneut übermittelt; die Vertrauensstelle prüft das."
		}
		tasks = append(tasks, ui.Task{Title: "Rückfrage beantworten: " + q.Occasion.German() + ", " + patientOf(q),
			Href: queryHref(q.ID), Hint: hint, Badge: badge})
	}
	if rest := total - len(list); rest > 0 {
		tasks = append(tasks, ui.Task{Title: ui.Count(int64(rest), "weitere Rückfrage", "weitere Rückfragen") + " beantworten",
			Href: pathQueries + "?stand=offen", Badge: ui.Badge{Kind: ui.Warning, Word: titleQuery}})
	}
	return tasks
}

const (
	// urgentWithin is when a query presses.
	urgentWithin = 3 * 24 * time.Hour
	// doublePressWithin is how soon a second answer of the same person is the
	// first one pressed twice. What comes later is another text.
	doublePressWithin = time.Minute
	// queriesShown of the open queries stand on the start page, those due first.
	queriesShown = 5
	// queriesOfPackage bounds how many queries the protocol of a package links to.
	queriesOfPackage = 1000
)

// queriesOf gives links to the queries of a submission that are not closed, by
// the position of their report.
func (p *Pages) queriesOf(r *web.Request, pkg string) (map[int][]ui.Link, error) {
	links := map[int][]ui.Link{}
	for _, state := range []query.State{query.Open, query.Answered} {
		list, _, err := p.rooms.Queries.Queries(r.Context(), reader(r), query.Filter{State: state, Package: pkg}, 0, queriesOfPackage)
		if err != nil {
			return nil, err
		}
		for i := range list {
			q := &list[i]
			label := "Rückfrage zu „" + fieldOf(q) + "“"
			if state == query.Open {
				label += ", Antwort bis " + ui.Date(q.Due)
			} else {
				label += ", beantwortet"
			}
			links[q.Position] = append(links[q.Position], ui.Link{Label: label, Href: queryHref(q.ID)})
		}
	}
	return links, nil
}

// postedAnswer reads the explanation. Where the form refuses its characters it
// comes without those, with errUnfit.
func postedAnswer(r *web.Request) (string, error) {
	body, err := io.ReadAll(r.Body) // to have the words when the form refuses them
	if tooLarge, is := errors.AsType[*http.MaxBytesError](err); is {
		return "", tooLarge
	}
	if err != nil {
		return "", web.ErrBadForm.Because(err)
	}
	var posted struct {
		Text string `form:"erlaeuterung,max=100000,lines"`
	}
	r.Body = io.NopCloser(bytes.NewReader(body))
	err = r.Decode(&posted)
	if errors.Is(err, web.ErrFieldText) {
		values, _ := url.ParseQuery(string(body)) // Decode has parsed it
		return mendText(values.Get(fieldAnswer)), errUnfit
	}
	return posted.Text, err
}

func (p *Pages) answerQuery(r *web.Request) (web.Response, error) {
	text, err := postedAnswer(r)
	if errors.Is(err, errUnfit) {
		return p.answerRefused(r, text, err)
	}
	if err != nil {
		return nil, err
	}
	first, err := p.rooms.Queries.Answer(r.Context(), reader(r), queryID(r), text)
	if err != nil {
		return p.answerRefused(r, text, err)
	}
	if first {
		return web.Redirect(queryHref(queryID(r))).Notice("query-answered"), nil
	}
	q, err := p.rooms.Queries.Query(r.Context(), reader(r), queryID(r))
	if err != nil {
		return nil, err
	}
	doublePress := q.Account == r.Principal.AccountID && r.Now().Sub(q.AnsweredAt) < doublePressWithin
	if !doublePress && strings.TrimSpace(text) != "" {
		page := newQueryPage(&q, r.Principal.Has(uploader), r.Now())
		page.keep(text)
		return queryResponse(page).Status(http.StatusConflict).With(alertOf("Ihr Text wurde nicht gesendet",
			"Diese Rückfrage ist schon beantwortet, am "+ui.Moment(q.AnsweredAt)+" von "+answerer(&q)+". Es gilt die erste Antwort.")), nil
	}
	return web.Redirect(queryHref(q.ID)).Notice("query-before"), nil
}

// errUnfit means that the text holds what no form takes, often pasted along.
var errUnfit = fault.New(fault.Invalid, "query.unfit",
	"Der Text enthielt unsichtbare Steuerzeichen oder war viel zu lang. Die Zeichen sind entfernt. Lesen Sie ihn durch und senden Sie ihn noch einmal.")

// mendText takes out what a form refuses.
func mendText(text string) string {
	text = strings.ReplaceAll(strings.ToValidUTF8(text, ""), "\r\n", "\n")
	return strings.Map(func(c rune) rune {
		switch {
		case c == '\r' || c == '\v' || c == '\u2028' || c == '\u2029':
			return '\n'
		case c == '\n' || c == '\t':
			return c
		case unicode.IsControl(c) || c == '\ufeff' || (c >= '\u202a' && c <= '\u202e') || (c >= '\u2066' && c <= '\u2069'):
			return -1
		}
		return c
	}, text)
}

// answerRefused shows the query again with what was typed, whatever went wrong.
func (p *Pages) answerRefused(r *web.Request, text string, cause error) (web.Response, error) {
	if fault.IsKind(cause, fault.NotFound) {
		return nil, cause
	}
	q, err := p.rooms.Queries.Query(r.Context(), reader(r), queryID(r))
	if err != nil {
		return nil, errors.Join(cause, err)
	}
	page := newQueryPage(&q, r.Principal.Has(uploader), r.Now())
	page.keep(text)
	f := fault.Of(cause)
	switch {
	case f == nil:
		r.Log().Error("answer query", "error", cause.Error())
		return queryResponse(page).Status(http.StatusInternalServerError).With(alertOf("Ihr Text wurde nicht gesendet",
			"Das hat nicht geklappt. Versuchen Sie es in einigen Minuten noch einmal.")), nil
	case f.Kind == fault.Invalid && page.Act == "":
		return queryResponse(page).Status(http.StatusConflict).With(alertOf("Ihr Text wurde nicht gesendet", "Diese Rückfrage ist nicht mehr offen.")), nil
	case f.Kind == fault.Invalid:
		var problems ui.Problems
		problems.Add(fieldAnswer, f.Sentence)
		page.Text = page.Text.Check(problems)
		return queryResponse(page).Refused(problems), nil
	case f.Kind == fault.Conflict:
		return queryResponse(page).Status(http.StatusConflict).With(alertOf("Ihr Text wurde nicht gesendet", f.Sentence)), nil
	}
	return queryResponse(page).Status(http.StatusServiceUnavailable).With(alertOf("Ihr Text wurde nicht gesendet", f.Sentence)), nil
}

func alertOf(title, body string) func(*ui.Frame) {
	return func(f *ui.Frame) { f.Notice = &ui.Alert{Kind: ui.Danger, Title: title, Body: body, Live: true} }
}

// reportPlace is the address of the report of a query with what it is called.
func reportPlace(q *query.Query) ui.Link {
	if q.Form != "" {
		return ui.Link{Label: "Meldung öffnen", Href: pathForms + "/" + q.Form}
	}
	href := "/pakete/" + q.Package
	if page := (q.Position-1)/ui.PageSize + 1; page > 1 {
		href += fmt.Sprintf("?seite=%d", page)
	}
	return ui.Link{Label: "Zum Protokoll des Pakets", Href: href + fmt.Sprintf("#meldung-%d", q.Position)}
}

// fieldOf is what a query is about.
func fieldOf(q *query.Query) string {
	if q.Forgotten {
		return "Feld nicht mehr gespeichert"
	}
	if q.Field == "" {
		return "Feld nicht lesbar"
	}
	return q.Field
}

// patientOf is whose report a query is about.
func patientOf(q *query.Query) string {
	if q.Patient == "" {
		return "Patientennummer nicht lesbar"
	}
	return "Patientennummer " + string(q.Patient)
}
