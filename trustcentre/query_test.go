// SPDX-License-Identifier: EUPL-1.2

package trustcentre_test

import (
	"context"
	"crypto/sha256"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"meldewerk/account"
	"meldewerk/audit"
	"meldewerk/envelope"
	"meldewerk/exchange/submission"
	"meldewerk/report"
	"meldewerk/tumour"
)

// correspondence is what the portal of the tests keeps of queries and answers.
// It forgets an answer when it is acknowledged.
type correspondence struct {
	queries map[submission.QueryID]submission.Query
	answers []submission.Answer
	acked   []submission.QueryID
	refuses func(q *submission.Query) bool // nil: none
}

func (p *portal) PutQueries(_ context.Context, items []submission.Query) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	for i := range items {
		if p.desk.refuses != nil && p.desk.refuses(&items[i]) {
			return submission.ErrMalformed
		}
	}
	if p.desk.queries == nil {
		p.desk.queries = map[submission.QueryID]submission.Query{}
	}
	for _, q := range items {
		if p.desk.queries[q.ID].Outcome == "" {
			p.desk.queries[q.ID] = q
		}
	}
	return nil
}

func (p *portal) Answers(_ context.Context, limit int) ([]submission.Answer, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.Clone(p.desk.answers[:min(limit, len(p.desk.answers))]), nil
}

func (p *portal) AcknowledgeAnswers(_ context.Context, ids []submission.QueryID) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.desk.acked = append(p.desk.acked, ids...)
	p.desk.answers = slices.DeleteFunc(p.desk.answers, func(a submission.Answer) bool { return slices.Contains(ids, a.Query) })
	return nil
}

func (s *shakyPortal) PutQueries(ctx context.Context, items []submission.Query) error {
	return s.trouble.call(func() error { return s.portal.PutQueries(ctx, items) })
}

func (s *shakyPortal) Answers(ctx context.Context, limit int) ([]submission.Answer, error) {
	var answers []submission.Answer
	err := s.trouble.call(func() error {
		got, err := s.portal.Answers(ctx, limit)
		answers = got
		return err
	})
	return answers, err
}

func (s *shakyPortal) AcknowledgeAnswers(ctx context.Context, ids []submission.QueryID) error {
	return s.trouble.call(func() error { return s.portal.AcknowledgeAnswers(ctx, ids) })
}

// told are the queries that the portal knows, the oldest first.
func (p *portal) toldQueries() []submission.Query {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.SortedFunc(maps.Values(p.desk.queries), func(a, b submission.Query) int {
		if c := a.AskedAt.Compare(b.AskedAt); c != 0 {
			return c
		}
		return strings.Compare(a.Field, b.Field)
	})
}

// answer lets the portal seal an answer as a reporter gives it.
func (w *world) answer(id submission.QueryID, text string, change ...func(a *submission.Answer)) {
	w.t.Helper()
	sealed, err := envelope.SealBytes([]byte(text), w.recipients)
	w.must(err)
	a := submission.Answer{Query: id, Account: "melder-7", At: w.clock(), Sealed: sealed}
	sum := sha256.Sum256(sealed)
	a.SHA256 = sum[:]
	for _, touch := range change {
		touch(&a)
	}
	w.portal.mu.Lock()
	defer w.portal.mu.Unlock()
	w.portal.desk.answers = append(w.portal.desk.answers, a)
}

// reseal gives an answer another content, with the digest of it.
func (w *world) reseal(a *submission.Answer, content []byte, to envelope.Recipients) {
	w.t.Helper()
	var err error
	a.Sealed, err = envelope.SealBytes(content, to)
	w.must(err)
	sum := sha256.Sum256(a.Sealed)
	a.SHA256 = sum[:]
}

// pull lets so much time pass that the portal is asked again.
func (w *world) pull() {
	w.t.Helper()
	w.pass(6 * time.Second)
	w.settle()
}

var (
	waitingLink = regexp.MustCompile(`href="(/wartend/[A-Z0-9]+)"`)
	queryLink   = regexp.MustCompile(`href="(/rueckfragen/[A-Z0-9]+)"`)
)

const stoppedField = "Diagnose › weitere Klassifikation 1 › Bezeichnung"

// asking submits a stopped report and opens its page as an inspector.
func (w *world) asking(r *report.Report) (*visitor, string, submission.Receipt) {
	w.t.Helper()
	receipt := w.submit(delivery{}, r)
	w.settle()
	inspector := w.staff(w.tc.Handler(), "trustcentre", account.RoleInspector)
	found := waitingLink.FindStringSubmatch(inspector.want(http.StatusOK, inspector.get("/wartend")))
	if found == nil {
		w.t.Fatal("no report waits")
	}
	return inspector, found[1], receipt
}

func (v *visitor) ask(page, field, ground, words string) *httptest.ResponseRecorder {
	v.w.t.Helper()
	return v.post(page+"/rueckfrage", url.Values{"feld": {field}, "grund": {ground}, "zusatz": {words}})
}

// TestQueryIsAskedToldAnsweredAndSettled goes the whole way of a Rückfrage
// through the pages.
func TestQueryIsAskedToldAnsweredAndSettled(t *testing.T) {
	onBoth(t, "kkn", func(t *testing.T, w *world) {
		const answer = "Das Wort ist der Name einer Skala.\nEs gehört nicht zur Person."
		inspector, page, receipt := w.asking(w.stopped())
		inspector.want(http.StatusSeeOther, inspector.ask(page, stoppedField, "person", "Gemeint ist der Wert\r\nunter der Histologie."))
		w.settle()
		told := w.portal.toldQueries()
		if len(told) != 1 {
			t.Fatalf("%d queries are told", len(told))
		}
		q := told[0]
		if q.Receipt != receipt || q.Position != 1 || q.Field != stoppedField || q.Outcome != "" || !q.Due.Equal(q.AskedAt.Add(13*oneDay)) ||
			!strings.HasSuffix(q.Question, "?\nGemeint ist der Wert\nunter der Histologie.") {
			t.Errorf("told %+v", q)
		}
		if body := inspector.want(http.StatusUnprocessableEntity, inspector.ask(page, stoppedField, "unklar", "Und noch einmal")); !strings.Contains(body, "schon eine Rückfrage offen") ||
			!strings.Contains(body, "Und noch einmal") {
			t.Error("a second query of the field is not refused, or what was typed is lost")
		}
		if body := inspector.want(http.StatusOK, inspector.get("/rueckfragen")); !strings.Contains(body, "Offen (1)") || !strings.Contains(body, "Klinikum Nord") {
			t.Error("the queue lacks the open query")
		}
		if list := inspector.want(http.StatusOK, inspector.get("/wartend")); !strings.Contains(list, "Rückfrage offen") {
			t.Error("the list of waiting reports does not tell of the query")
		}
		w.answer(q.ID, answer)
		w.pull()
		if list := inspector.want(http.StatusOK, inspector.get("/wartend")); !strings.Contains(list, "Rückfrage beantwortet") {
			t.Error("the list of waiting reports does not tell of the answer")
		}
		thread := queryLink.FindStringSubmatch(inspector.want(http.StatusOK, inspector.get("/rueckfragen")))[1]
		body := inspector.want(http.StatusOK, inspector.get(thread))
		for _, want := range []string{"Das Wort ist der Name einer Skala.", "Es gehört nicht zur Person.", "Beantwortet", `href="` + page + `"`, "A. Muster", "Zugang melder-7"} {
			if !strings.Contains(body, want) {
				t.Errorf("the thread lacks %q", want)
			}
		}
		if overview := inspector.want(http.StatusOK, inspector.get("/")); !strings.Contains(overview, "/rueckfragen?stand=beantwortet") {
			t.Error("the overview does not lead to the answer")
		}
		inspector.want(http.StatusSeeOther, inspector.post(thread, nil))
		if a := inspector.post(thread, nil); a.Code != http.StatusConflict {
			t.Errorf("closed twice: %d", a.Code)
		}
		w.settle()
		if got := w.portal.toldQueries()[0]; got.Outcome != submission.Settled || got.ClosedAt.IsZero() {
			t.Errorf("the portal knows %+v", got)
		}
		if w.state(receipt, 1) != submission.InReview {
			t.Error("the end of a query decides on the report")
		}
		for code, want := range map[audit.Code]int{audit.QueryAsked: 1, audit.QueryShown: 1, audit.QueryClosed: 1, audit.QueriesTold: 2, audit.AnswersTaken: 1} {
			entries, err := w.tc.Ground().Audit.Entries(t.Context(), entriesOf(code))
			w.must(err)
			if len(entries) != want {
				t.Errorf("%s: %d entries, want %d", code, len(entries), want)
			}
		}
		if len(w.portal.desk.answers) != 0 || w.inCentre(`SELECT COUNT(*) FROM query WHERE answer IS NOT NULL`) != 1 {
			t.Error("the answer is not acknowledged, or not kept here")
		}
		for where, content := range files(t, w.centre.Database, w.centre.Keys) {
			for _, words := range []string{"Gemeint ist der Wert", "Name einer Skala"} {
				if strings.Contains(string(content), words) {
					t.Errorf("%s holds the words %q", where, words)
				}
			}
		}
	})
}

// TestQueryEndsWithItsReport: a newer version closes it as corrected, a
// person's decision as settled, the deadline as lapsed. Each is told.
func TestQueryEndsWithItsReport(t *testing.T) {
	onBoth(t, "kkn", func(t *testing.T, w *world) {
		all := w.diagnoses(3)
		ends := []struct {
			outcome submission.Outcome
			end     func(v *visitor, page string, r *report.Report)
		}{
			{submission.Corrected, func(_ *visitor, _ string, r *report.Report) { w.submit(delivery{}, classified(r, "FIGO")) }},
			{submission.Settled, func(v *visitor, page string, _ *report.Report) {
				v.want(http.StatusSeeOther, v.post(page, url.Values{"entscheidung": {"ohne"}}))
			}},
			{submission.Lapsed, func(*visitor, string, *report.Report) { w.pass(13*oneDay + time.Hour) }},
		}
		for i, c := range ends {
			inspector, page, _ := w.asking(classified(all[i], tumour.Label(all[i].Person.Surname)))
			inspector.want(http.StatusSeeOther, inspector.ask(page, stoppedField, "person", ""))
			inspector.want(http.StatusSeeOther, inspector.ask(page, "Angaben zur Person: Geburtsdatum", "widerspruch", ""))
			w.settle()
			c.end(inspector, page, all[i])
			w.settle()
			told := w.portal.toldQueries()
			for _, q := range told[2*i:] {
				if q.Outcome != c.outcome || q.ClosedAt.IsZero() {
					t.Errorf("%s: the portal knows %q", c.outcome, q.Outcome)
				}
			}
			w.answer(told[2*i].ID, "zu spät") // is kept and changes nothing
			w.pull()
			if got := w.inCentre(`SELECT COUNT(*) FROM query WHERE outcome = $1 AND account <> ''`, string(c.outcome)); got != 1 {
				t.Errorf("%s: %d late answers are kept", c.outcome, got)
			}
			if got := w.portal.toldQueries()[2*i].Outcome; got != c.outcome {
				t.Errorf("the late answer made %s of %s", got, c.outcome)
			}
			w.pass(time.Minute)
		}
		if got := w.inRegistry(`SELECT COUNT(*) FROM record`); got != len(ends) {
			t.Errorf("%d records in the registry", got)
		}
	})
}

// TestR1AnswerIsNeitherLostNorDoubled cuts the line at every call around the
// pulling of an answer, before and after it does something.
func TestR1AnswerIsNeitherLostNorDoubled(t *testing.T) {
	onBoth(t, "kkn", func(t *testing.T, w *world) {
		inspector, page, _ := w.asking(w.stopped())
		fields := []string{stoppedField, "Angaben zur Person: Geburtsdatum", "Angaben zur Person: Anschrift", "Angaben zur Person: Geschlecht", "Angaben zur Person: Nachname", "Angaben zur Person: Vornamen"}
		calls := 0
		for _, after := range []bool{false, true} {
			for at := 3; at <= 5; at++ { // envelopes, notices, then queries, answers, their acknowledgement
				field := fields[calls]
				calls++
				inspector.want(http.StatusSeeOther, inspector.ask(page, field, "unklar", ""))
				w.pass(6 * time.Second)
				if at > 3 {
					w.settle()
				}
				told := w.portal.toldQueries()
				if at > 3 {
					w.answer(told[slices.IndexFunc(told, func(q submission.Query) bool { return q.Field == field })].ID, "Antwort zu "+field)
				}
				w.pass(6 * time.Second)
				plan := at
				if at > 3 {
					plan-- // nothing is left to tell
				}
				w.trouble.plan(plan, after)
				if _, err := w.tc.Step(t.Context()); err == nil {
					t.Fatalf("call %d, after %t: nothing went wrong", at, after)
				}
				w.trouble.plan(0, false)
				w.restart()
				inspector.handler = w.tc.Handler()
				w.settle()
				if at > 3 && (len(w.portal.desk.answers) != 0 || w.inCentre(`SELECT COUNT(*) FROM query WHERE field = $1 AND answer IS NOT NULL`, field) != 1) {
					t.Errorf("call %d, after %t: the answer is lost", at, after)
				}
			}
		}
		if got := len(w.portal.toldQueries()); got != calls {
			t.Errorf("%d queries are told, want %d", got, calls)
		}
		entries, err := w.tc.Ground().Audit.Entries(t.Context(), entriesOf(audit.AnswersTaken))
		w.must(err)
		taken := int64(0)
		for _, e := range entries {
			taken += e.Entry.Act.Counts["answers"]
		}
		if taken != int64(calls-2) {
			t.Errorf("%d answers were taken, want %d", taken, calls-2)
		}
	})
}

// TestC3QuestionNeverNamesThePatient: own words that hold something of the
// identity are refused, what was typed stays, and nothing of it is written
// down, told or logged.
func TestC3QuestionNeverNamesThePatient(t *testing.T) {
	onBoth(t, "kkn", func(t *testing.T, w *world) {
		r := w.stopped()
		inspector, page, _ := w.asking(r)
		d := r.Person.BirthDate
		for what, words := range map[string]string{
			"surname": "Ist das " + strings.ToUpper(r.Person.Surname) + "?", "hidden surname": "Ist das " + strings.Join(strings.Split(r.Person.Surname, ""), "\u00ad") + "?",
			"street": "Wohnt sie " + r.Person.Address.Street + "?", "insurance": "Nummer " + r.Person.Insurance.InsuredNumber(), "patient number": "Patient " + string(r.Patient),
			"birth": time.Date(int(d.Year), time.Month(d.Month), int(d.Day), 0, 0, 0, 0, time.UTC).Format("geboren am 02.01.2006"),
		} {
			body := inspector.want(http.StatusUnprocessableEntity, inspector.ask(page, stoppedField, "person", words))
			if !strings.Contains(body, "enthält eine Angabe zur Person") || !strings.Contains(body, words[:7]) {
				t.Errorf("%s: no sentence, or what was typed is lost", what)
			}
		}
		inspector.want(http.StatusUnprocessableEntity, inspector.ask(page, stoppedField, "person", strings.Repeat("lang ", 101)))
		inspector.want(http.StatusUnprocessableEntity, inspector.ask(page, stoppedField, "", ""))
		inspector.want(http.StatusUnprocessableEntity, inspector.ask(page, r.Person.Surname, "person", "")) // the field is one of the list
		w.settle()
		if got := w.inCentre(`SELECT COUNT(*) FROM query`) + len(w.portal.toldQueries()); got != 0 {
			t.Errorf("%d queries were written or told", got)
		}
		search(t, map[string][]byte{"the log": []byte(w.logged.String())}, []*report.Report{r})
	})
}

// TestWordsOfAQuestionStayInTheField: what a form refuses for its characters is
// shown again without them, with the field and the sentence that were chosen.
func TestWordsOfAQuestionStayInTheField(t *testing.T) {
	onBoth(t, "kkn", func(t *testing.T, w *world) {
		inspector, page, _ := w.asking(w.stopped())
		for _, words := range []string{"Welche\u202e Seite\ufeff ist\x00 gemeint?", "Welche Seite ist gemeint?" + strings.Repeat(" Welche?", 500)} {
			body := inspector.want(http.StatusUnprocessableEntity, inspector.ask(page, stoppedField, "unklar", words))
			for _, kept := range []string{"Welche Seite ist gemeint?", `value="` + stoppedField + `" selected`, `value="unklar" checked`, "Zusatz enthielt"} {
				if !strings.Contains(body, kept) {
					t.Errorf("%q is not on the page", kept)
				}
			}
		}
		if got := w.inCentre(`SELECT COUNT(*) FROM query`); got != 0 {
			t.Errorf("%d queries were asked", got)
		}
	})
}

// TestBlindReportIsAskedAboutBySentencesOnly: where the identity is deleted
// nobody can compare words of one's own.
func TestBlindReportIsAskedAboutBySentencesOnly(t *testing.T) {
	onBoth(t, "kkn", func(t *testing.T, w *world) {
		r := w.sound(1)[0]
		w.submit(given, r)
		w.settle()
		w.submit(known, byReference(classified(r, "Nirgendwo")))
		w.settle()
		inspector := w.staff(w.tc.Handler(), "trustcentre", account.RoleInspector)
		page := waitingLink.FindStringSubmatch(inspector.want(http.StatusOK, inspector.get("/wartend")))[1]
		if body := inspector.want(http.StatusOK, inspector.get(page)); strings.Contains(body, `name="zusatz"`) {
			t.Error("the page offers words of one's own")
		}
		if body := inspector.want(http.StatusUnprocessableEntity, inspector.ask(page, "Meldung insgesamt", "annahme", "harmlos")); !strings.Contains(body, "nicht mit ihr vergleichen") {
			t.Error("words that nobody can compare are not refused")
		}
		inspector.want(http.StatusSeeOther, inspector.ask(page, "Meldung insgesamt", "annahme", ""))
		w.settle()
		if told := w.portal.toldQueries(); len(told) != 1 || told[0].Due.Before(told[0].AskedAt) {
			t.Errorf("told %+v", told)
		}
	})
}

// TestN20AnswerThatNamesThePatientGoesOnCompletion: a harmless one stays for
// the office to read, one that holds something of the identity does not.
func TestN20AnswerThatNamesThePatientGoesOnCompletion(t *testing.T) {
	onBoth(t, "kkn", func(t *testing.T, w *world) {
		r := w.stopped()
		inspector, page, receipt := w.asking(r)
		answers := map[string]string{stoppedField: "Das ist eine Skala.", "Meldung insgesamt": "Es geht um Frau " + r.Person.Surname + ".", "Angaben zur Person: Nachname": ""}
		for field := range answers {
			inspector.want(http.StatusSeeOther, inspector.ask(page, field, "unklar", ""))
		}
		w.settle()
		for _, q := range w.portal.toldQueries() {
			w.answer(q.ID, answers[q.Field]) // an empty one is none that can be read
		}
		w.pull()
		words := `SELECT COUNT(*) FROM query WHERE answer IS NOT NULL`
		if got := w.inCentre(words); got != len(answers) {
			t.Fatalf("%d answers before the decision", got)
		}
		inspector.want(http.StatusSeeOther, inspector.post(page, url.Values{"entscheidung": {"ohne"}}))
		w.settle()
		if got := w.state(receipt, 1); got != submission.Completed {
			t.Fatalf("the report: %s", got)
		}
		if all, harmless := w.inCentre(words), w.inCentre(words+` AND field = $1`, stoppedField); all != 1 || harmless != 1 {
			t.Errorf("%d answers are left, %d of them the harmless one", all, harmless)
		}
	})
}

// TestC8HostileAnswersStopNothing: what is damaged, sealed for somebody else or
// no text is noted on its thread; what nobody asked for is dropped; the honest
// answers behind them arrive, and a key that comes back opens what is kept.
func TestC8HostileAnswersStopNothing(t *testing.T) {
	onBoth(t, "kkn", func(t *testing.T, w *world) {
		dir := t.TempDir()
		others, err := envelope.Generate(dir)
		w.must(err)
		inspector, page, _ := w.asking(w.stopped())
		hostile := []func(a *submission.Answer){
			func(a *submission.Answer) { a.Sealed = []byte("no envelope") }, // and not the one of its digest
			func(a *submission.Answer) { a.Sealed[len(a.Sealed)/2] ^= 1 },
			func(a *submission.Answer) { w.reseal(a, []byte("Antwort unter fremdem Schlüssel"), others) },
			func(a *submission.Answer) { w.reseal(a, []byte("\xff\xfe"), w.recipients) },
			func(a *submission.Answer) {
				w.reseal(a, []byte(strings.Repeat("x", submission.MaxAnswer+1)), w.recipients)
			},
			func(a *submission.Answer) { w.reseal(a, []byte(" \u202e "), w.recipients) },
		}
		for i := range len(hostile) + 1 {
			inspector.want(http.StatusSeeOther, inspector.ask(page, []string{stoppedField, "Meldung insgesamt", "Angaben zur Person: Nachname", "Angaben zur Person: Vornamen",
				"Angaben zur Person: Geburtsname", "Angaben zur Person: Geschlecht", "Angaben zur Person: Anschrift"}[i], "unklar", ""))
		}
		w.settle()
		told := w.portal.toldQueries()
		w.answer("QUERYTHATNOBODYHASASKED00", "fremd")
		for i, change := range hostile {
			w.answer(told[i].ID, "Antwort", change)
		}
		honest := told[len(hostile)]
		w.answer(honest.ID, "Eine ehrliche Antwort", func(a *submission.Answer) { a.At = time.Unix(-9e9, 0) })
		w.pull()
		if len(w.portal.desk.answers) != 0 {
			t.Errorf("%d answers stay at the portal", len(w.portal.desk.answers))
		}
		unread := func(want int) {
			t.Helper()
			if got := w.inCentre(`SELECT COUNT(*) FROM query WHERE unread`); got != want {
				t.Errorf("%d answers are unread, want %d", got, want)
			}
		}
		unread(len(hostile))
		shown := func(id submission.QueryID) string {
			return inspector.want(http.StatusOK, inspector.get("/rueckfragen/"+string(id)))
		}
		if body := shown(told[2].ID); !strings.Contains(body, "Die Antwort ist nicht lesbar") {
			t.Error("the thread does not say that nobody can read the answer")
		}
		if body := shown(honest.ID); !strings.Contains(body, "Eine ehrliche Antwort") {
			t.Error("the honest answer did not arrive")
		}
		if log := w.logged.String(); !strings.Contains(log, "nobody has asked") || strings.Contains(log, "QUERYTHATNOBODY") || strings.Contains(log, "ehrlich") {
			t.Error("the log lacks the foreign answer, or holds its words")
		}
		w.bringKeys(dir)
		w.restart()
		inspector.handler = w.tc.Handler()
		w.pull()
		unread(len(hostile) - 1)
		if body := shown(told[2].ID); !strings.Contains(body, "Antwort unter fremdem Schlüssel") {
			t.Error("the answer whose key is back cannot be read")
		}
	})
}

// TestRefusedQueryStopsNoOther has a portal that does not take one query.
func TestRefusedQueryStopsNoOther(t *testing.T) {
	onBoth(t, "kkn", func(t *testing.T, w *world) {
		w.portal.desk.refuses = func(q *submission.Query) bool { return q.Field == "Meldung insgesamt" }
		inspector, page, _ := w.asking(w.stopped())
		for _, field := range []string{"Meldung insgesamt", stoppedField} {
			inspector.want(http.StatusSeeOther, inspector.ask(page, field, "unklar", ""))
		}
		w.settle()
		if told := w.portal.toldQueries(); len(told) != 1 || told[0].Field != stoppedField {
			t.Errorf("told %+v", told)
		}
		w.portal.desk.refuses = nil
		w.pass(2 * time.Minute)
		w.settle()
		if got := len(w.portal.toldQueries()); got != 2 {
			t.Errorf("%d queries are told once the portal takes them", got)
		}
	})
}

// TestC1QueriesAreForInspectors: who may not see what was stopped sees no
// queries.
func TestC1QueriesAreForInspectors(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "kkn", false)
	inspector, page, _ := w.asking(w.stopped())
	inspector.want(http.StatusSeeOther, inspector.ask(page, stoppedField, "unklar", ""))
	w.settle()
	thread := "/rueckfragen/" + string(w.portal.toldQueries()[0].ID)
	adviser := w.staff(w.tc.Handler(), "trustcentre", account.RoleAdviser)
	for _, path := range []string{"/rueckfragen", thread} {
		inspector.want(http.StatusOK, inspector.get(path))
		adviser.want(http.StatusForbidden, adviser.get(path))
	}
	adviser.want(http.StatusForbidden, adviser.ask(page, stoppedField, "unklar", ""))
	adviser.want(http.StatusForbidden, adviser.post(thread, nil))
	inspector.want(http.StatusNotFound, inspector.get("/rueckfragen/UNKNOWNUNKNOWNUNKNOWN"))
	inspector.want(http.StatusConflict, inspector.ask("/wartend/UNKNOWNUNKNOWNUNKNOWN", stoppedField, "unklar", ""))
}
