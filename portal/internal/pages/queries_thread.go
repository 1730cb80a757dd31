// SPDX-License-Identifier: EUPL-1.2

package pages

import (
	"strings"
	"time"

	"meldewerk/exchange/submission"
	"meldewerk/internal/ui"
	"meldewerk/internal/web"
	"meldewerk/portal/internal/drafting"
	"meldewerk/portal/internal/query"
)

// queryPage is one query with its two ways to answer.
type queryPage struct {
	State    ui.Badge
	Days     *ui.Badge // until the deadline, while it is open
	Deadline string
	About    string // occasion and own patient number
	Field    string
	Question []string // paragraphs
	Asked    string
	Report   ui.Details
	Place    ui.Link // to the report
	ReportID string
	Typed    bool     // a report of the Online-Erfassung
	Identity *ui.Link // to the correction of the identity, which the query is about
	Resent   bool     // a newer version was received since
	Send     bool     // may send packages
	Mend     bool     // the report can still be corrected to answer
	Answer   string   // who answered, and when
	Lies     string   // where the answer is
	Outcome  string   // of a closed query
	Act      string   // address to answer at; empty: there is nothing to answer
	Text     ui.Field
	Kept     *ui.Field // what was typed and not sent, where nothing can be sent any more
}

const (
	fieldAnswer = "erlaeuterung"
	kept        = "nicht-gesendet"
)

func (p *Pages) query(r *web.Request) (web.Response, error) {
	q, err := p.rooms.Queries.Query(r.Context(), reader(r), queryID(r))
	if err != nil {
		return nil, err
	}
	noteDamaged(r, q)
	return queryResponse(newQueryPage(&q, r.Principal.Has(uploader), r.Now())), nil
}

func queryResponse(page queryPage) *web.PageResponse {
	return web.Page("queries_thread", titleQuery, page).With(wide).With(queryCrumbs)
}

func queryCrumbs(f *ui.Frame) {
	crumbs(ui.Link{Label: titleQueries, Href: pathQueries}, ui.Link{Label: titleQuery})(f)
}

func newQueryPage(q *query.Query, send bool, now time.Time) queryPage {
	page := queryPage{State: queryBadge(q), Field: fieldOf(q), About: q.Occasion.German() + ", " + patientOf(q), Asked: ui.Moment(q.AskedAt), Place: reportPlace(q), ReportID: string(q.Report),
		Typed: q.Form != "", Resent: q.Resent, Send: send, Mend: q.State() != query.Closed}
	for line := range strings.SplitSeq(q.Question, "\n") {
		if strings.TrimSpace(line) != "" {
			page.Question = append(page.Question, line)
		}
	}
	if q.Forgotten {
		page.Question = []string{"Der Wortlaut der Frage wurde 90 Tage nach ihrem Abschluss gelöscht."}
	}
	if q.Damaged && len(page.Question) == 0 {
		page.Question = []string{"Der Wortlaut der Frage ist im Portal beschädigt worden. Rufen Sie die Vertrauensstelle an; sie hat ihn."}
	}
	if q.Record != "" && q.OfPerson() {
		page.Identity = &ui.Link{Label: titleCorrection, Href: recordHref(drafting.RecordID(q.Record)) + "/berichtigung"}
	}
	page.Report.Items = []ui.Item{{Key: "Meldeanlass", Value: q.Occasion.German()}, {Key: "Patientennummer", Value: string(q.Patient)},
		{Key: "Meldungs-ID", Value: string(q.Report)}, {Key: "Quittung", Value: q.Number}, {Key: "Übermittelt", Value: ui.Moment(q.ReceivedAt)}}
	if !q.AnsweredAt.IsZero() {
		page.Answer = "Beantwortet am " + ui.Moment(q.AnsweredAt) + " von " + answerer(q) + "."
		page.Lies = "Der Text liegt versiegelt für die Vertrauensstelle bereit. Das Portal kann ihn nicht öffnen und löscht ihn, sobald sie ihn hat."
		if q.Taken {
			page.Lies = "Die Vertrauensstelle hat den Text erhalten. Das Portal hat ihn gelöscht."
		}
	}
	page.Outcome = outcomeSentence(q)
	if q.State() != query.Open {
		return page
	}
	badge := ui.Badge{Kind: ui.Info, Word: daysLeft(q.Due, now), Icon: "calendar-today"}
	page.Deadline = "Antworten Sie bis " + ui.Moment(q.Due) + ". Danach entscheidet die Vertrauensstelle ohne Ihre Antwort."
	switch {
	case q.Due.Before(now):
		badge.Kind = ui.Danger
		page.Deadline = "Die Frist endete am " + ui.Moment(q.Due) + ". Ihre Antwort nimmt die Vertrauensstelle noch an."
	case q.Due.Before(now.Add(urgentWithin)):
		badge.Kind = ui.Warning
	}
	page.Days = &badge
	page.Act = queryHref(q.ID) + "/antwort"
	page.Text = answerField("")
	return page
}

// answerer is who has answered.
func answerer(q *query.Query) string {
	if q.AnsweredBy == "" { // the portal was set back to a backup and learned of it again
		return "Ihrer Einrichtung"
	}
	return q.AnsweredBy
}

func answerField(text string) ui.Field {
	f := ui.Area(fieldAnswer, "Ihre Erläuterung", text)
	f.Hint = "Höchstens 2.000 Zeichen. Nennen Sie keine Namen, auch nicht den der Patientin oder des Patienten."
	f.MaxLength, f.Rows = submission.MaxAnswer, 7
	return f
}

// keep shows what was typed again: in the field, or where nothing can be sent
// any more for copying.
func (page *queryPage) keep(text string) {
	if page.Act != "" {
		page.Text = answerField(text)
		return
	}
	f := ui.Area(kept, "Ihr Text, nicht gesendet", text)
	f.Hint = "Er wird nicht gespeichert. Kopieren Sie ihn, wenn Sie ihn noch brauchen."
	f.ReadOnly, f.Optional, f.Rows = true, false, 7
	page.Kept = &f
}

// outcomeSentence says how a query was closed.
func outcomeSentence(q *query.Query) string {
	on := ui.Moment(q.ClosedAt)
	switch q.Outcome {
	case submission.Corrected:
		return "Erledigt am " + on + ": Eine neue Fassung der Meldung ist angekommen."
	case submission.Settled:
		return "Erledigt am " + on + ": Die Vertrauensstelle hat die Rückfrage abgeschlossen."
	case submission.Lapsed:
		return "Erledigt am " + on + ": Die Frist ist abgelaufen. Die Meldung ging ohne die angehaltenen Felder an das Register; berichtigen können Sie sie weiterhin."
	}
	return ""
}
