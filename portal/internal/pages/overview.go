// SPDX-License-Identifier: EUPL-1.2

package pages

import (
	"fmt"
	"slices"
	"time"

	"meldewerk/internal/ui"
	"meldewerk/internal/web"
	"meldewerk/portal/internal/drafting"
	"meldewerk/portal/internal/followup"
	"meldewerk/portal/internal/query"
	"meldewerk/portal/internal/upload"
)

// overviewPage is what the start page shows: search first, then what is to do.
type overviewPage struct {
	Search  string // address of the search
	Patient ui.Field
	Typing  bool // records and reports of the Online-Erfassung
	ToDo    ui.TaskList
	More    []ui.Link // where the rest is of what is cut, with its number
	Sent    ui.Table
	Last    ui.Table
	MaySend bool
	Missing []missingReport
	Further bool // there are more of them
	Overdue bool // one of them is late
}

// missingReport is a Fehlende Meldung on a list.
type missingReport struct {
	Title  string
	Href   string
	Tumour string
	Reason string
	Due    string
	Badge  ui.Badge
}

const (
	// mendWithin is how long rejected reports stay on the list of what is to do.
	mendWithin = 90 * 24 * time.Hour
	lastShown  = 5
	// toDoShown reports and packagesShown packages stand on the page, those that
	// press most first; how many there are beside them is said.
	toDoShown, packagesShown = 12, 8
)

// overviewView is everything that the start page shows.
type overviewView struct {
	Open    []upload.Mending
	ToMend  int // how many of them there are
	Last    []upload.Package
	Total   int                // packages
	Queries []query.Query      // that wait for an answer, those due first
	Asked   int                // how many of them there are
	Drafts  []drafting.Row     // what waits for somebody
	Waiting int                // how many of them there are
	Sent    []drafting.Row     // submitted last
	Missing []followup.Missing // one more than is shown, if there are more
	Typing  bool
	MaySend bool
	Now     time.Time
	Warn    time.Time // drafts that go before then say so
}

func (p *Pages) overview(r *web.Request) (web.Response, error) {
	if !r.Principal.Has(reporter, uploader) {
		return web.Redirect("/konto"), nil // auditors and operators have no pages of reports
	}
	unit, ctx := r.Principal.UnitID, r.Context()
	v := overviewView{Typing: r.Principal.Has(reporter), MaySend: r.Principal.Has(uploader), Now: r.Now(), Warn: p.warn(r.Now())}
	var err error
	if v.Open, v.ToMend, err = p.rooms.Uploads.Open(ctx, unit, r.Now().Add(-mendWithin), packagesShown); err != nil {
		return nil, err
	}
	if v.Last, v.Total, err = p.rooms.Uploads.Packages(ctx, unit, 0, lastShown); err != nil {
		return nil, err
	}
	if v.Queries, v.Asked, err = p.rooms.Queries.Queries(ctx, reader(r), query.Filter{State: query.Open}, 0, queriesShown); err != nil {
		return nil, err
	}
	if v.Typing {
		if v.Drafts, v.Waiting, err = p.rooms.Drafts.Forms(ctx, unit, drafting.Filter{Open: true, Unasked: true}, 0, toDoShown); err != nil {
			return nil, err
		}
		if v.Sent, _, err = p.rooms.Drafts.Forms(ctx, unit, drafting.Filter{State: drafting.Submitted}, 0, lastShown); err != nil {
			return nil, err
		}
	}
	if v.Missing, err = p.rooms.Histories.Missing(ctx, unit, r.Now(), lastShown+1); err != nil {
		return nil, err
	}
	return web.Page("overview", "Übersicht", newOverview(&v)), nil
}

func newOverview(v *overviewView) overviewPage {
	page := overviewPage{Search: "/historie", Patient: patientField("", nil), Typing: v.Typing, MaySend: v.MaySend,
		ToDo: ui.TaskList{Title: "Zu tun"}, Missing: newMissing(v.Missing[:min(len(v.Missing), lastShown)], v.Now), Further: len(v.Missing) > lastShown}
	page.Overdue = slices.ContainsFunc(v.Missing, func(m followup.Missing) bool { return overdue(m.Due, v.Now) })
	if v.Typing {
		page.Search = pathPatients + "/suche"
		page.Patient.Focus = true // who types reports begins with a number
		page.Sent = sentTable(v.Sent)
	}
	page.ToDo.Tasks = slices.Concat(packageTasks(v.Open), draftTasks(v.Drafts, v.Warn))
	slices.SortStableFunc(page.ToDo.Tasks, func(a, b ui.Task) int { return rank(a.Badge.Kind) - rank(b.Badge.Kind) })
	page.ToDo.Tasks = append(queryTasks(v.Queries, v.Asked, v.Now), page.ToDo.Tasks...)
	if more := v.Waiting - len(v.Drafts); more > 0 {
		page.More = append(page.More, ui.Link{Href: pathForms + "?stand=" + listOpen,
			Label: ui.Count(int64(more), "weitere offene Meldung", "weitere offene Meldungen") + " der Online-Erfassung zeigen"})
	}
	if more := v.ToMend - len(v.Open); more > 0 {
		page.More = append(page.More, ui.Link{Href: "/pakete",
			Label: ui.Count(int64(more), "weiteres Paket", "weitere Pakete") + " mit abgewiesenen Meldungen in der Liste aller Pakete"})
	}
	page.Last = packageTable("Letzte Pakete", v.Last)
	if v.Total > len(v.Last) {
		page.Last.Count = fmt.Sprintf("Die letzten %d von %s Paketen", len(v.Last), ui.Number(int64(v.Total)))
	}
	return page
}

// rank puts what is refused before what is merely unfinished.
func rank(k ui.Kind) int {
	if k == ui.Danger {
		return 0
	}
	return 1
}

func packageTasks(open []upload.Mending) []ui.Task {
	var tasks []ui.Task
	for _, m := range open {
		href := "/pakete/" + string(m.Package)
		if m.Rejected > 0 {
			tasks = append(tasks, ui.Task{
				Title: ui.Count(int64(m.Rejected), "abgewiesene Meldung", "abgewiesene Meldungen") + " berichtigen und neu senden",
				Href:  href + "?ergebnis=rejected", Hint: "Paket " + m.Number + " vom " + ui.Date(m.EndedAt),
				Badge: ui.Badge{Kind: ui.Danger, Word: "Abgewiesen"},
			})
		}
		if m.Refused > 0 {
			tasks = append(tasks, ui.Task{
				Title: ui.Count(int64(m.Refused), "Meldung", "Meldungen") + " nach Prüfung der Vertrauensstelle berichtigen",
				Href:  href + "?stand=refused", Hint: "Paket " + m.Number + " vom " + ui.Date(m.EndedAt),
				Badge: ui.Badge{Kind: ui.Danger, Word: "Abgewiesen"},
			})
		}
	}
	return tasks
}

// draftTasks are the reports of the Online-Erfassung that wait for somebody, in
// the order in which they press.
func draftTasks(rows []drafting.Row, warn time.Time) []ui.Task {
	var tasks []ui.Task
	for _, row := range rows {
		hint := nextAct(row) + ", " + lastAct(row) + "."
		if gone := goesOn(row, warn); gone != "" {
			hint += " " + gone
		}
		tasks = append(tasks, ui.Task{Title: row.Occasion.German() + ", Patientennummer " + string(row.Patient),
			Href: formHref(row.ID), Hint: hint, Badge: reportBadge(row)})
	}
	return tasks
}

// sentTable shows the reports of the Online-Erfassung that were submitted last.
func sentTable(rows []drafting.Row) ui.Table {
	t := ui.Table{Caption: "Zuletzt übermittelte Meldungen", Small: true,
		Columns: []ui.Column{ui.Col("Meldung"), ui.Col("Patientennummer"), ui.Col("Übermittelt"), ui.Col("Stand")},
		Empty: ui.Empty{Title: "Noch keine Meldung übermittelt", Body: "Was Sie hier von Hand melden, erscheint mit seinem Stand.",
			Action: ui.Link{Label: "Patientenakte anlegen", Href: pathPatients + "/neu"}}}
	for _, row := range rows {
		badge := reportBadge(row)
		t.Rows = append(t.Rows, ui.Row{Cells: []ui.Cell{
			{Text: row.Occasion.German(), Href: formHref(row.ID), Header: true, Name: "zu Patientennummer " + string(row.Patient)},
			{Text: string(row.Patient), Href: recordHref(row.Record)}, {Text: ui.Moment(row.SentAt)}, {Badge: &badge}}})
	}
	return t
}

// newMissing words the reports that may have been forgotten.
func newMissing(list []followup.Missing, now time.Time) []missingReport {
	var out []missingReport
	for _, m := range list {
		out = append(out, missingReport{Title: m.Title + ", Patientennummer " + m.Patient, Href: "/historie/" + string(m.Handle), Tumour: m.Tumour,
			Reason: m.Reason, Due: "Ereignis " + m.Event + ", erwartet bis " + ui.Date(m.Due), Badge: dueBadge(m.Due, now)})
	}
	return out
}

// overdue says that the last day of a report is over.
func overdue(due, now time.Time) bool { return ui.DaysUntil(due, now) < 0 }

// dueBadge says whether an expected report is late.
func dueBadge(due, now time.Time) ui.Badge {
	if overdue(due, now) {
		return ui.Badge{Kind: ui.Warning, Word: "Überfällig"}
	}
	return ui.Badge{Kind: ui.Neutral, Word: "Erwartet", Icon: "calendar-today"}
}

// patientField asks for the unit's own patient number.
func patientField(value string, problems ui.Problems) ui.Field {
	f := ui.Text("patient_id", "Ihre Patientennummer", value).WithWidth(16).Check(problems)
	f.Hint = "So, wie Ihr System sie in den Meldungen nennt (Patient_ID)"
	f.MaxLength = 50
	return f
}
