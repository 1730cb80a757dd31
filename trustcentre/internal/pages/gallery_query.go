// SPDX-License-Identifier: EUPL-1.2

package pages

import (
	"time"

	"meldewerk/exchange/submission"
	"meldewerk/exchange/transfer"
	"meldewerk/internal/ui"
	"meldewerk/trustcentre/internal/query"
	trust "meldewerk/trustcentre/internal/store"
)

const galleryField = "Diagnose › weitere Klassifikation 1 › Bezeichnung"

func galleryThread(field string, asked time.Time, change func(t *trust.Thread)) trust.Thread {
	t := trust.Thread{Query: submission.Query{ID: "QQQQQQQQQQQQQQQQQQQQQQQQQQ", Receipt: 118, Position: 1, Field: field, Question: query.Grounds()[0].Sentence + "\nGemeint ist der Wert unter der Histologie.",
		AskedAt: asked, Due: asked.Add(11 * 24 * time.Hour)}, Dossier: "BBBBBBBBBBBBBBBBBBBBBBBBBB", Unit: "patho", AskedBy: "inspector", Waits: true}
	if change != nil {
		change(&t)
	}
	return t
}

func galleryAnswered(t *trust.Thread) {
	t.Account, t.AnsweredAt = "melder-7", ago(0, 4)
	t.Answer = "Das Wort ist der Name der Skala, mit der unser Haus die Eindringtiefe angibt.\nEs hat mit der Person nichts zu tun."
}

func galleryDone(outcome submission.Outcome) func(t *trust.Thread) {
	return func(t *trust.Thread) {
		t.Outcome, t.ClosedAt, t.ClosedBy, t.Waits = outcome, ago(0, 2), "inspector", false
	}
}

func (g gallery) queries() []ui.State {
	who := people{asked: "A. Muster", answered: "B. Beispiel", closed: "A. Muster", further: []string{"C. Vorbild"}}
	unit := galleryUnits["patho"]
	overdue := galleryThread(query.PersonFields()[6], ago(12, 0), nil)
	settled := galleryThread(galleryField, ago(3, 0), galleryAnswered)
	galleryDone(submission.Settled)(&settled)
	late := settled
	late.AnsweredAt = ago(0, 1)
	emptied := settled
	emptied.Question, emptied.Answer, emptied.Emptied = "", "", true
	lapsed := galleryThread(query.Whole, ago(11, 0), galleryDone(submission.Lapsed))
	unread := galleryThread(galleryField, ago(3, 0), galleryAnswered)
	unread.Answer, unread.Unread = "", true
	lost := galleryThread(galleryField, ago(3, 0), nil)
	lost.Question, lost.Lost = "", true
	again := galleryThread(galleryField, ago(3, 0), galleryAnswered)
	again.Others, again.Further = 1, []trust.Further{{Account: "melder-8", AnsweredAt: ago(0, 1), Text: "Der Wert ist die Eindringtiefe in Millimetern."}}
	counts := trust.QueryCounts{Answered: 1, Open: 1, Overdue: 1, Done: 2}
	queue := func(at int, list ...trust.Thread) queriesPage {
		return newQueries(list, galleryUnits, counts, at, 1, galleryNow)
	}
	many := newQueries([]trust.Thread{settled, lapsed}, galleryUnits, trust.QueryCounts{Done: 212}, 3, 2, galleryNow)
	list := func(name string, page queriesPage) ui.State {
		return g.state("queries", name, queriesTitle, pathQueries, page, wide)
	}
	one := func(name string, t trust.Thread, touches ...func(*ui.Frame)) ui.State {
		return g.state("query", name, queryTitle, pathQueries, newQuery(&t, unit, who, galleryNow), append(touches, crumbs(queriesTitle, pathQueries, queryTitle))...)
	}
	return []ui.State{
		list("leer", newQueries(nil, nil, trust.QueryCounts{}, 0, 1, galleryNow)),
		list("beantwortet", queue(0, galleryThread(galleryField, ago(3, 0), galleryAnswered), again)),
		list("offen", queue(1, galleryThread(galleryField, ago(9, 0), nil), lost)),
		list("Frist überschritten", queue(2, overdue)),
		list("erledigt, viele", many),
		one("offen", galleryThread(galleryField, ago(9, 0), nil), notice("query-asked")),
		one("beantwortet", galleryThread(galleryField, ago(3, 0), galleryAnswered)),
		one("nicht lesbar", unread),
		one("Frage nicht lesbar", lost),
		one("zweimal beantwortet", again),
		one("abgeschlossen", settled, notice("query-closed")),
		one("Antwort nach dem Abschluss", late),
		one("ohne Antwort weitergegeben", lapsed),
		one("Wortlaut gelöscht", emptied),
	}
}

func galleryStopped(h trust.Held, record *transfer.Record, threads ...trust.Thread) stoppedPage {
	page := newStopped(h, record, galleryTerms)
	h.Named = !h.Unfit
	page.Ask = newAsking(&h, threads, askForm{}, nil)
	return page
}

func (g gallery) asked(h trust.Held, record *transfer.Record) ui.State {
	page := galleryStopped(h, record, galleryThread(galleryField, ago(3, 0), galleryAnswered), galleryThread(query.Whole, ago(1, 0), nil))
	return g.state("stopped", "mit Rückfragen", stoppedTitle, "/wartend", page, notice("query-asked"))
}

// named is the refusal of words that meet the identity: what was typed stays.
func (g gallery) named(h trust.Held, record *transfer.Record) ui.State {
	page := galleryStopped(h, record)
	h.Named = true
	var problems ui.Problems
	problems.Add("zusatz", query.ErrNames.Sentence)
	page.Ask = newAsking(&h, nil, askForm{Field: galleryField, Ground: query.Grounds()[0].Key, Words: "Meinen Sie Frau Muster?"}, problems)
	return g.state("stopped", "Zusatz nennt die Person", stoppedTitle, "/wartend", page, func(f *ui.Frame) { f.Errors = problems })
}
