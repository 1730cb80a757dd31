// SPDX-License-Identifier: EUPL-1.2

package pages

import (
	"strings"
	"time"

	"meldewerk/exchange/submission"
	"meldewerk/internal/ui"
	"meldewerk/portal/internal/query"
	"meldewerk/tumour"
)

func galleryQuery(id string, o tumour.Occasion, field string, due time.Time) query.Query {
	return query.Query{ID: submission.QueryID(id), Recipient: "trustcentre", Field: field,
		Question: "Der Einsender des Präparats fehlt.\nNennen Sie die Einrichtung, die das Präparat eingesandt hat.",
		AskedAt:  galleryNow.AddDate(0, 0, -4), Due: due, Package: "BBBBBBBBBBBBBBBBBBBBBBBBBB", Position: 213, Number: "Q-2026-000123-X",
		ReceivedAt: galleryNow.AddDate(0, 0, -5), Channel: submission.ByPackage, Patient: "2024-7714", Report: "ME-99010", Occasion: o}
}

// typedQuery makes it a query on a report of the Online-Erfassung.
func typedQuery(q query.Query) query.Query {
	q.Channel, q.Form, q.Record, q.Report, q.Position = submission.ByForm, "C", "A", "MP-C", 1
	q.Question = "Die Angabe passt nicht zu einer früheren Meldung zu dieser Patientennummer. Prüfen Sie sie."
	return q
}

func answeredQuery(q query.Query) query.Query {
	q.AnsweredAt, q.AnsweredBy, q.Account = galleryNow.AddDate(0, 0, -1), "A. Beispiel", "account-2"
	return q
}

func closedQuery(q query.Query, o submission.Outcome) query.Query {
	q.Outcome, q.ClosedAt = o, galleryNow.Add(-time.Hour)
	return q
}

func galleryQueries() []query.Query {
	taken := answeredQuery(galleryQuery("QC", tumour.OccasionSystemic, "Systemische Therapie › Beginn", galleryNow.AddDate(0, 0, 8)))
	taken.Taken = true
	return []query.Query{
		galleryQuery("QA", tumour.OccasionPathology, "Pathologie › Einsender", galleryNow.AddDate(0, 0, 2)),
		typedQuery(galleryQuery("QB", tumour.OccasionDiagnosis, "Angaben zur Person: Geburtsdatum", galleryNow.AddDate(0, 0, 8))),
		taken,
		closedQuery(galleryQuery("QD", tumour.OccasionSurgery, "Operation › Eingriff", galleryNow.AddDate(0, 0, -1)), submission.Lapsed),
	}
}

func (g gallery) queries() []ui.State {
	list := galleryQueries()
	show := func(name string, list []query.Query, counts query.Counts, total, page int, state string) ui.State {
		return g.state("queries", name, titleQueries, pathQueries, newQueriesPage(list, counts, total, page, state, galleryNow), wide,
			crumbs(ui.Link{Label: titleQueries}))
	}
	thread := func(name string, q query.Query, change func(*queryPage), touches ...func(*ui.Frame)) ui.State {
		page := newQueryPage(&q, true, galleryNow)
		if change != nil {
			change(&page)
		}
		return g.state("queries_thread", name, titleQuery, pathQueries, page, append(touches, wide, queryCrumbs)...)
	}
	var problems ui.Problems
	problems.Add(fieldAnswer, query.ErrLong.Sentence)
	long := strings.Repeat("Der Einsender steht nicht im Befund. ", 60)
	resent := list[0]
	resent.Resent = true
	damaged := galleryQuery("QG", tumour.OccasionDiagnosis, "", galleryNow.AddDate(0, 0, 8))
	damaged.Question, damaged.Damaged = "", true
	return []ui.State{
		show("leer", nil, query.Counts{}, 0, 1, ""),
		show("voll", list, query.Counts{Open: 31, Answered: 4, Closed: 128}, 163, 2, ""),
		show("leere Auswahl", nil, query.Counts{Closed: 3}, 0, 1, "offen"),
		thread("Paket, offen", list[0], nil),
		thread("Online-Erfassung, offen", list[1], nil),
		thread("beschädigt", damaged, nil),
		thread("Frist abgelaufen", galleryQuery("QE", tumour.OccasionDiagnosis, "Diagnose › Histologie", galleryNow.AddDate(0, 0, -1)), nil),
		thread("neue Fassung angekommen", resent, nil),
		thread("Fehler", list[0], func(page *queryPage) {
			page.keep(long)
			page.Text = page.Text.Check(problems)
		}, func(f *ui.Frame) { f.Errors = problems }),
		thread("beantwortet", answeredQuery(list[1]), nil),
		thread("beantwortet und abgeholt", list[2], nil),
		thread("erledigt", closedQuery(answeredQuery(list[0]), submission.Settled), nil),
		thread("berichtigt", closedQuery(list[1], submission.Corrected), nil),
		thread("Text nicht gesendet", closedQuery(list[0], submission.Settled), func(page *queryPage) { page.keep("Der Einsender steht nicht im Befund.") },
			alertOf("Ihr Text wurde nicht gesendet", query.ErrClosed.Sentence)),
	}
}
