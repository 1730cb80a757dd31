// SPDX-License-Identifier: EUPL-1.2

package world_test

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"meldewerk/audit"
	"meldewerk/exchange/submission"
	"meldewerk/report"
	reportform "meldewerk/report/form"
	"meldewerk/synth"
)

// retype opens a submitted report again, fills one section in anew and hands
// the report in, as the button "Bearbeiten und erneut senden" leads to.
func (c *clerk) retype(form, section string, r *report.Report) {
	c.p.t.Helper()
	c.answer(form+"/bearbeiten", nil, http.StatusSeeOther)
	_, sheet := reportform.Encode(r).Split()
	s, found := reportform.Named(sheet, section)
	if !found {
		c.p.t.Fatalf("the form has no section %s", section)
	}
	c.typeSection(form, sheet, s)
	c.submitReport(form)
}

// typedInquiry types a report, and edits it when its identity is deleted, so
// that nobody can compare a new word with it. The last look stops that version,
// and a field of it is asked about.
func (q *inquiry) typedInquiry(subject *report.Report, field, ground string) (enteredPatient, string) {
	q.t.Helper()
	one := q.c.typePatient([]*report.Report{classified(subject, "FIGO")}, true, func() {})
	q.settle()
	q.c.retype(one.forms[0], "ausbreitung", classified(subject, "Nirgendwo"))
	page := q.waiting()
	if strings.Contains(q.says(page, "Ein Zusatz in eigenen Worten ist deshalb nicht möglich"), `name="zusatz"`) {
		q.t.Error("words that nobody can compare may be typed")
	}
	q.ask(page, field, ground, "")
	q.shows(one.forms[0], ">Rückfrage<")
	q.shows("/meldungen", ">Rückfrage<")
	q.shows(one.record, ">Rückfrage<")
	if c := q.c.history(subject.Patient); c == nil || len(c.Pending) != 1 || c.Pending[0].State != submission.Queried {
		q.t.Errorf("the Tumorhistorie has %+v", c)
	}
	thread := q.link(q.shows("/", "Rückfrage beantworten: ", field, string(subject.Patient), `mw-nav__count">1<`), queryAt)
	q.shows(thread, field, `href="`+one.forms[0]+`"`, string(subject.Patient), one.ids[0])
	return one, thread
}

// wantCorrected wants the query closed as corrected in both houses, and the
// report done.
func (q *inquiry) wantCorrected(n int64, thread, id string, subject *report.Report) {
	q.t.Helper()
	q.exchange()
	q.wantOutcome(submission.Corrected, n)
	q.shows(thread, "Erledigt", "Eine neue Fassung der Meldung ist angekommen")
	if start := q.shows("/"); strings.Contains(start, thread) || strings.Contains(start, "mw-nav__count") {
		q.t.Error("the start page still asks for an answer")
	}
	for _, there := range links(q.says("/rueckfragen?stand=erledigt"), queryAt) {
		q.says(there, "Die Einrichtung hat eine berichtigte Fassung gesendet")
	}
	if list := links(q.says("/wartend"), waitingAt); len(list) != 0 {
		q.t.Errorf("%d reports still wait", len(list))
	}
	if c := q.c.history(subject.Patient); c == nil || !slices.Contains(c.entries(), id) || len(c.Pending) != 0 {
		q.t.Errorf("the Tumorhistorie has %+v", c)
	}
	if got := q.current(`COUNT(*)`, anything); got != n {
		q.t.Errorf("%d current reports in the registry, want %d", got, n)
	}
}

// TestQueryIsAnsweredByACorrection: a newer version of the report closes the
// query as corrected in both houses, whichever way it comes: a report typed and
// edited, the identity corrected in the record, a package sent again.
// Spec: requirements N3, N10
func TestQueryIsAnsweredByACorrection(t *testing.T) {
	onBoth(t, "kkn", func(t *testing.T, p *plant) {
		q := newInquiry(p)
		o := synth.Options{Seed: 63, Patients: 30}
		reports := diagnosesOf(t, o, 3)

		one, thread := q.typedInquiry(reports[0], stoppedField, "person")
		q.shows(thread, "berichtigen Sie die Meldung und übermitteln Sie sie erneut")
		q.c.retype(one.forms[0], "ausbreitung", classified(reports[0], "FIGO"))
		q.shows(thread, "Eine neue Fassung dieser Meldung ist schon angekommen")
		q.wantCorrected(1, thread, one.ids[0], reports[0])
		q.shows(one.forms[0], "Abschließend bearbeitet")

		one, thread = q.typedInquiry(reports[1], "Angaben zur Person: Nachname", "widerspruch")
		q.shows(thread, "Geben Sie die Identität in der Patientenakte neu an", `href="`+one.record+`/berichtigung"`)
		renamed := *reports[1]
		renamed.Person.Surname = "Ganzanders"
		q.c.answer(one.record+"/berichtigung", url.Values{"grund": {"spelling"}}, http.StatusSeeOther)
		q.c.typeIdentity(one.record, identitySheet(&renamed))
		q.c.submit(one.record+"/berichtigung", one.record+"/berichtigung/uebermitteln")
		q.wantCorrected(2, thread, one.ids[0], reports[1])

		subject := naming(reports[2])
		path := q.c.send(submission.Real, packed(t, synth.New(o), subject))
		q.ask(q.waiting(), stoppedField, "unklar", "")
		thread = q.link(q.shows("/", string(subject.Patient)), queryAt)
		again := q.c.send(submission.Real, packed(t, synth.New(o), classified(reports[2], "FIGO")))
		q.wantCorrected(3, thread, string(subject.ID), subject)
		q.c.wantState(again, submission.Completed)
		q.c.wantState(path, submission.Outdated)
		wantAudit(t, p.TrustCentre.Ground(), map[audit.Code]int{audit.QueryAsked: 3, audit.QueryClosed: 3, audit.AnswersTaken: 0})
		wantAudit(t, p.Portal.Ground(), map[audit.Code]int{audit.QueryAnswered: 0})
	})
}
