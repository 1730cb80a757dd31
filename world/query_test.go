// SPDX-License-Identifier: EUPL-1.2

package world_test

import (
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"meldewerk/account"
	"meldewerk/audit"
	"meldewerk/exchange/submission"
	"meldewerk/exchange/wire"
	"meldewerk/internal/house"
	ground "meldewerk/internal/store"
	"meldewerk/report"
	"meldewerk/synth"
	"meldewerk/tumour"
)

// stoppedField is the field in which the reports of these tests are stopped.
const stoppedField = "Diagnose › weitere Klassifikation 1 › Bezeichnung"

// classified gives a diagnosis one classification of this name.
func classified(r *report.Report, name tumour.Label) *report.Report {
	changed := *r
	d := *r.Event.Diagnosis
	day := r.Event.Assignment.DiagnosedOn
	day.Accuracy = ""
	d.Classifications = []tumour.Classification{{Date: day, Name: name, Stage: "II"}}
	changed.Event.Diagnosis = &d
	return &changed
}

// naming is a report in which a classification bears the patient's surname:
// the last look stops it.
func naming(r *report.Report) *report.Report {
	return classified(r, tumour.Label("s. "+strings.ToUpper(r.Person.Surname)))
}

// diagnosesOf are so many diagnoses of different persons.
func diagnosesOf(t testing.TB, o synth.Options, n int) []*report.Report {
	t.Helper()
	var found []*report.Report
	seen := map[report.PatientID]bool{}
	for r := range synth.New(o).Reports() {
		if r.Event.Diagnosis != nil && r.Reason == report.Informed && len(r.Person.Surname) > 4 && !seen[r.Patient] {
			seen[r.Patient] = true
			if found = append(found, r); len(found) == n {
				return found
			}
		}
	}
	t.Fatalf("%d diagnoses in the world, %d are needed", len(found), n)
	return nil
}

// inquiry is a Rückfrage on its way: a reporter at the portal and an inspector
// at the trust centre.
type inquiry struct {
	*plant
	c    *clerk
	seat seated
	desk *visitor
}

func newInquiry(p *plant) *inquiry {
	p.t.Helper()
	q := &inquiry{plant: p, c: newClerk(p.everyone())}
	q.seat = p.seat(wire.TrustCentre, "pruefung", "", true, account.RoleInspector)
	q.desk = p.visitor(wire.TrustCentre).signIn(q.seat)
	return q
}

// later lets a long time pass, after which both sign in anew.
func (q *inquiry) later(d time.Duration) {
	q.t.Helper()
	q.clock.Advance(d)
	q.desk = q.visitor(wire.TrustCentre).signIn(q.seat)
	must(q.t, q.c.SignIn(q.t.Context(), q.c.username, q.c.password, q.c.secret, q.clock.Now()))
}

// says wants words on a page of the trust centre.
func (q *inquiry) says(path string, words ...string) string {
	q.t.Helper()
	return wantWords(q.t, "trust centre", path, q.desk.get(path), http.StatusOK, words...)
}

// shows wants words on a page of the portal.
func (q *inquiry) shows(path string, words ...string) string {
	q.t.Helper()
	return wantWords(q.t, "portal", path, answer{status: http.StatusOK, body: q.c.read(path)}, http.StatusOK, words...)
}

func wantWords(t testing.TB, who, path string, a answer, status int, words ...string) string {
	t.Helper()
	if a.status != status {
		t.Fatalf("%s, %s: %d, want %d: %s", who, opaque.ReplaceAllString(path, "{id}"), a.status, status, problemsOf(a.body))
	}
	body := strings.ReplaceAll(a.body, "\u00a0", " ")
	for _, word := range words {
		if !strings.Contains(body, word) {
			t.Errorf("%s, %s: %q is not said", who, opaque.ReplaceAllString(path, "{id}"), word)
		}
	}
	return body
}

var (
	waitingAt = regexp.MustCompile(`href="(/wartend/[A-Z0-9]+)"`)
	queryAt   = regexp.MustCompile(`href="(/rueckfragen/[A-Za-z0-9_-]{16,})"`)
)

// links are the addresses on a page, each once, in their order.
func links(page string, form *regexp.Regexp) []string {
	var list []string
	for _, m := range form.FindAllStringSubmatch(page, -1) {
		if !slices.Contains(list, m[1]) {
			list = append(list, m[1])
		}
	}
	return list
}

// link wants the only one.
func (q *inquiry) link(page string, form *regexp.Regexp) string {
	q.t.Helper()
	list := links(page, form)
	if len(list) != 1 {
		q.t.Fatalf("%d addresses like %s, want one", len(list), form)
	}
	return list[0]
}

// waiting is the page of the report that waits at the trust centre.
func (q *inquiry) waiting() string {
	q.t.Helper()
	q.settle()
	return q.link(q.says("/wartend"), waitingAt)
}

// ask puts a question as an inspector and lets the houses tell each other.
func (q *inquiry) ask(page, field, ground, words string) {
	q.t.Helper()
	a := q.desk.post(page+"/rueckfrage", url.Values{"feld": {field}, "grund": {ground}, "zusatz": {words}})
	wantWords(q.t, "trust centre", "/wartend/{id}/rueckfrage", a, http.StatusSeeOther)
	q.exchange()
}

// explain answers a query as a reporter.
func (q *inquiry) explain(thread, text string) {
	q.t.Helper()
	q.c.answer(thread+"/antwort", url.Values{"erlaeuterung": {text}}, http.StatusSeeOther)
}

// stateAt is what the protocol says of a position.
func (q *inquiry) stateAt(path string, position int) submission.State {
	q.t.Helper()
	for _, r := range q.c.protocol(path).Results {
		if r.Position == position {
			return r.State
		}
	}
	q.t.Fatalf("no position %d", position)
	return ""
}

// wantOutcome wants so many queries with this end, and no other, in both houses.
func (q *inquiry) wantOutcome(outcome submission.Outcome, n int64) {
	q.t.Helper()
	for name, g := range map[string]*house.Ground{"portal": q.Portal.Ground(), "trust centre": q.TrustCentre.Ground()} {
		all, ended := count(q.t, g, `SELECT COUNT(*) FROM query`), count(q.t, g, `SELECT COUNT(*) FROM query WHERE outcome = $1`, string(outcome))
		if all != n || ended != n {
			q.t.Errorf("%s: %d of %d queries are %q, want %d", name, ended, all, outcome, n)
		}
	}
}

// wantAudit wants so many entries of these codes in the log of a house.
func wantAudit(t testing.TB, g *house.Ground, want map[audit.Code]int) {
	t.Helper()
	for code, n := range want {
		entries, err := g.Audit.Entries(t.Context(), ground.EntryFilter{Code: code, Limit: 100})
		must(t, err)
		if len(entries) != n {
			t.Errorf("%s: %d entries, want %d", code, len(entries), n)
		}
	}
}

// TestQueryGoesToTheReporterAndBack sends a package with one report that the
// last look stops, and follows the Rückfrage to the reporter and his answer
// back, until the report is in the Tumorhistorie.
// Spec: requirement N10
func TestQueryGoesToTheReporterAndBack(t *testing.T) {
	onBoth(t, "kkn", func(t *testing.T, p *plant) {
		q := newInquiry(p)
		o := synth.Options{Seed: 61, Patients: 20}
		reports := diagnosesOf(t, o, 3)
		subject := naming(reports[1])
		path := q.c.send(submission.Real, packed(t, synth.New(o), reports[0], subject, reports[2]))
		page := q.waiting()
		q.says(page, stoppedField, "Rückfrage stellen")
		if got := q.stateAt(path, 2); got != submission.InReview {
			t.Fatalf("while it waits the report is %s", got)
		}
		q.ask(page, stoppedField, "person", "Gemeint ist die Zeile unter der Histologie.")
		q.says(page, "Rückfragen zu dieser Meldung", "Offen")
		q.says("/", "/rueckfragen")
		thread := q.wantAsked(path, subject)

		q.clock.Advance(26 * time.Hour)
		q.later(0)
		q.explain(thread, "Das Wort ist der Name einer Skala.\r\nEs gehört nicht zur Person.")
		if got := q.stateAt(path, 2); got != submission.InReview {
			t.Errorf("after the answer the report is %s", got)
		}
		q.shows(thread, "Beantwortet am 02.07.2025", "von Tumordokumentation")
		if start := q.shows("/"); strings.Contains(start, thread) || strings.Contains(start, "mw-nav__count") {
			t.Error("the start page still asks for an answer")
		}
		q.exchange()
		q.shows(thread, "Die Vertrauensstelle hat den Text erhalten")
		q.says("/wartend", "Rückfrage beantwortet")
		there := q.link(q.says("/rueckfragen?stand=beantwortet", stoppedField), queryAt)
		q.says(there, "Das Wort ist der Name einer Skala.", "Es gehört nicht zur Person.", "Gemeint ist die Zeile unter der Histologie.",
			"02.07.2025", "Beantwortet", `href="`+page+`"`)
		// This account was made on the host: the trust centre knows its number.
		if text := q.says(there); !strings.Contains(text, "Zugang ") && !strings.Contains(text, "Tumordokumentation") {
			t.Error("the thread does not say who answered")
		}
		if a := q.desk.post(page, url.Values{"entscheidung": {"ohne"}}); a.status != http.StatusSeeOther {
			t.Fatalf("the decision: %d", a.status)
		}
		q.exchange()
		q.wantOutcome(submission.Settled, 1)
		q.shows(thread, "Die Vertrauensstelle hat die Rückfrage abgeschlossen")
		q.says(there, "Erledigt")
		q.c.wantState(path, submission.Completed)
		if c := q.c.history(subject.Patient); c == nil || !slices.Contains(c.entries(), string(subject.ID)) || len(c.Pending) != 0 {
			t.Errorf("the Tumorhistorie has %+v", c)
		}
		if q.stock(`SELECT COUNT(*) FROM record`) != 3 {
			t.Error("a report is missing in the registry, or there twice")
		}
		wantAudit(t, p.TrustCentre.Ground(), map[audit.Code]int{audit.QueryAsked: 1, audit.QueryShown: 3, audit.QueryClosed: 1, audit.QueriesTold: 2, audit.AnswersTaken: 1})
		wantAudit(t, p.Portal.Ground(), map[audit.Code]int{audit.QueriesTaken: 2, audit.QueryAnswered: 1, audit.AnswersFetched: 1})
	})
}

// wantAsked wants the open query wherever the reporter looks, and gives its
// address.
func (q *inquiry) wantAsked(path string, subject *report.Report) string {
	q.t.Helper()
	t, patient := q.t, string(subject.Patient)
	start := q.shows("/", "Rückfrage beantworten: ", patient, stoppedField, "Antwort bis 14.07.2025", "noch 13 Tage", `mw-nav__count">1<`)
	thread := q.link(start, queryAt)
	q.shows("/rueckfragen", stoppedField, "Offen", patient, "14.07.2025", `href="`+thread+`"`)
	q.shows(thread, stoppedField, "In diesem Feld steht vielleicht eine Angabe zur Person", "Gemeint ist die Zeile unter der Histologie.",
		patient, string(subject.ID), "mit derselben Meldungs-ID", `href="`+path+`#meldung-2"`, "Erläuterung senden")
	q.shows(path, "mit Rückfrage", "?stand=queried")
	filtered := q.shows(path+"?stand=queried", patient, ">Rückfrage<", `href="`+thread+`"`)
	if strings.Count(filtered, `id="meldung-`) != 1 {
		t.Errorf("the filter of the protocol shows %d reports", strings.Count(filtered, `id="meldung-`))
	}
	q.shows("/pakete", ">Rückfrage<")
	if got := q.stateAt(path, 2); got != submission.Queried {
		t.Errorf("in protokoll.json the report is %s", got)
	}
	q.shows(path+"/protokoll.csv", "Rückfrage")
	q.shows(path+"/protokoll.xml", "queried")
	for _, position := range []int{1, 3} {
		if got := q.stateAt(path, position); got != submission.Completed {
			t.Errorf("its neighbour %d is %s", position, got)
		}
	}
	c := q.c.history(subject.Patient)
	if c == nil || len(c.Pending) != 1 || c.Pending[0].State != submission.Queried {
		t.Errorf("the Tumorhistorie has %+v", c)
	}
	return thread
}

// TestQueryLapsesAtTheDeadline: nobody answers in time, the report goes on, and
// both houses know it. What comes afterwards is refused or changes nothing.
// Spec: requirement N10
func TestQueryLapsesAtTheDeadline(t *testing.T) {
	onBoth(t, "kkn", func(t *testing.T, p *plant) {
		q := newInquiry(p)
		o := synth.Options{Seed: 62, Patients: 10}
		subject := naming(diagnosesOf(t, o, 1)[0])
		path := q.c.send(submission.Real, packed(t, synth.New(o), subject))
		page := q.waiting()
		q.ask(page, stoppedField, "person", "")
		q.ask(page, "Angaben zur Person: Geburtsdatum", "widerspruch", "")
		threads := links(q.shows("/rueckfragen", "Angaben zur Person: Geburtsdatum"), queryAt)
		if len(threads) != 2 {
			t.Fatalf("%d queries", len(threads))
		}
		q.later(12 * 24 * time.Hour)
		q.exchange()
		if got := q.stateAt(path, 1); got != submission.Queried {
			t.Fatalf("a day before the deadline the report is %s", got)
		}
		q.later(25 * time.Hour) // the deadline is past, and the trust centre has not told yet
		q.shows(threads[0], "Die Frist endete am ")
		q.explain(threads[0], "Gerade noch gekommen.")
		q.exchange()
		q.wantOutcome(submission.Lapsed, 2)
		q.c.wantState(path, submission.Completed)
		if c := q.c.history(subject.Patient); c == nil || !slices.Contains(c.entries(), string(subject.ID)) {
			t.Errorf("the Tumorhistorie has %+v", c)
		}
		for _, thread := range threads {
			q.shows(thread, "Die Frist ist abgelaufen", "Erledigt")
		}
		const late = "Die Skala heißt so seit vielen Jahren."
		a, err := q.c.Post(t.Context(), threads[1]+"/antwort", url.Values{"erlaeuterung": {late}})
		must(t, err)
		body := wantWords(t, "portal", threads[1], answer{status: a.Status, body: string(a.Body)}, http.StatusConflict,
			"Diese Rückfrage ist inzwischen abgeschlossen. Ihre Erläuterung wurde nicht gesendet.", late)
		if strings.Contains(body, "Erläuterung senden") {
			t.Error("the closed query offers to send on")
		}
		q.exchange()
		if n := count(t, p.TrustCentre.Ground(), `SELECT COUNT(*) FROM query WHERE answer IS NOT NULL`); n != 1 {
			t.Errorf("%d answers are kept, want the one that came in time to be taken", n)
		}
		kept := ""
		for _, there := range links(q.says("/rueckfragen?stand=erledigt"), queryAt) {
			kept += q.says(there, "weil die Frist ablief")
		}
		if !strings.Contains(kept, "Gerade noch gekommen.") || strings.Contains(kept, late) {
			t.Error("the threads do not show the one answer that was taken")
		}
		wantAudit(t, p.TrustCentre.Ground(), map[audit.Code]int{audit.QueryAsked: 2, audit.AnswersTaken: 1})
		wantAudit(t, p.Portal.Ground(), map[audit.Code]int{audit.QueryAnswered: 1})
		if n := p.stock(`SELECT COUNT(*) FROM record`); n != 1 {
			t.Errorf("%d records in the registry", n)
		}
	})
}
