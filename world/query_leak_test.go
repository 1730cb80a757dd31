// SPDX-License-Identifier: EUPL-1.2

package world_test

import (
	"bytes"
	"net/http"
	"net/url"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"meldewerk/exchange/submission"
	"meldewerk/exchange/wire"
	"meldewerk/report"
	"meldewerk/synth"
	"meldewerk/testkit/leak"
)

// What nobody else writes, by the place in which it is typed.
const (
	refusedCanary  = "Zurückweisungsprobe"
	questionCanary = "Fragenprobe"
	answerCanary   = "Erläuterungsprobe"
	namingCanary   = "Nennungsprobe"
)

func searchFor(words ...string) *leak.Search {
	s := &leak.Search{}
	for _, w := range words {
		s.Add(w, w)
	}
	return s
}

// wantNowhere searches tables, files and remains of a house, opened with all
// of its keys.
func (q *inquiry) wantNowhere(h wire.House, when string, s *leak.Search, may allowed) {
	q.t.Helper()
	v := q.vault(h)
	inTables(q.t, q.ground(h), v, s, may).report(q.t, string(h)+" "+when)
	if q.layout.Databases == nil {
		inFiles(q.t, filepath.Join(q.layout.Dir, string(h)), v, s, may).report(q.t, string(h)+"'s files "+when)
	}
}

func (q *inquiry) vault(h wire.House) *leak.Vault {
	q.t.Helper()
	c := q.layout.Configs()
	return vault(q.t, q.ground(h), map[wire.House]string{wire.Portal: c.Portal.Keys, wire.TrustCentre: c.TrustCentre.Keys, wire.Registry: c.Registry.Keys}[h])
}

// wantSealedOnly wants words to be there, in these columns and opened only.
func (q *inquiry) wantSealedOnly(h wire.House, when string, s *leak.Search, columns ...string) {
	q.t.Helper()
	there := false
	for place, n := range inTables(q.t, q.ground(h), q.vault(h), s, nothing) {
		column, rest, opened := strings.Cut(place, " opened")
		if !opened || rest == "" || !slices.Contains(columns, column) {
			q.t.Errorf("%s %s: words in %s (%d times)", h, when, place, n)
		}
		there = true
	}
	if !there {
		q.t.Errorf("%s %s: the words are not there: the search is blind", h, when)
	}
	if q.layout.Databases == nil {
		inFiles(q.t, filepath.Join(q.layout.Dir, string(h)), nil, s, nothing).report(q.t, string(h)+"'s raw files "+when)
	}
}

// TestC3L3WordsOfAQueryStayWhereTheyBelong follows marked words: an inspector's
// words that name the patient are refused and written down nowhere; a question
// lies sealed in the portal and the trust centre; an answer lies opened in no
// house but the trust centre, and where it names the patient it goes with the
// identity. No log, no address and no audit entry holds any of them.
func TestC3L3WordsOfAQueryStayWhereTheyBelong(t *testing.T) {
	onBoth(t, "kkn", func(t *testing.T, p *plant) {
		q := newInquiry(p)
		o := synth.Options{Seed: 64, Patients: 20, Marker: marker}
		reports := diagnosesOf(t, o, 3)
		subject := naming(reports[1])
		path := q.c.send(submission.Real, packed(t, synth.New(o), reports[0], subject, reports[2]))
		page := q.waiting()

		surname := subject.Person.Surname
		for _, words := range []string{refusedCanary + ": Heißt sie " + strings.ToUpper(surname) + "?", refusedCanary + " " + string(subject.Patient)} {
			a := q.desk.post(page+"/rueckfrage", url.Values{"feld": {stoppedField}, "grund": {"person"}, "zusatz": {words}})
			wantWords(t, "trust centre", "/wartend/{id}/rueckfrage", a, http.StatusUnprocessableEntity, "Ihr Zusatz enthält eine Angabe zur Person", refusedCanary)
		}
		q.ask(page, stoppedField, "person", questionCanary)
		q.ask(page, "Angaben zur Person: Geburtsdatum", "widerspruch", "")
		q.shows(q.thread(stoppedField), questionCanary)
		answers := searchFor(answerCanary, namingCanary)
		q.explain(q.thread(stoppedField), answerCanary)
		q.explain(q.thread("Geburtsdatum"), namingCanary+": Das ist "+surname+", Nummer "+string(subject.Patient)+".")

		q.wantNowhere(wire.Portal, "after the answer", answers, nothing)
		if n := q.sealedAnswers(answers); n != 2 {
			t.Errorf("the portal holds %d sealed answers: the search is blind", n)
		}
		q.exchange()
		q.wantSealedOnly(wire.TrustCentre, "when it has the answers", answers, "query.answer")
		q.wantNowhere(wire.Portal, "when the answers are fetched", answers, nothing)
		for _, there := range links(q.says("/rueckfragen?stand=beantwortet"), queryAt) {
			q.says(there)
		}
		if a := q.desk.post(page, url.Values{"entscheidung": {"ohne"}}); a.status != http.StatusSeeOther {
			t.Fatalf("the decision: %d", a.status)
		}
		q.exchange()
		q.later(time.Hour + time.Minute) // pieces in the pages of SQLite are gone within the hour
		q.exchange()
		q.c.wantState(path, submission.Completed)
		q.wantOutcome(submission.Settled, 2)
		q.wantWordsInTheirPlaces([]*report.Report{reports[0], subject, reports[2]})

		q.later(91 * 24 * time.Hour)
		q.exchange()
		q.later(time.Hour + time.Minute)
		q.exchange()
		q.wantEmptied(searchFor(answerCanary, namingCanary, questionCanary))
		for _, house := range []wire.House{wire.Portal, wire.TrustCentre} {
			if n := count(t, q.ground(house), `SELECT COUNT(*) FROM query`); n != 2 {
				t.Errorf("%s forgot that it was asked: %d queries", house, n)
			}
		}
	})
}

// sealedAnswers counts the answers in the portal in which the trust centre's
// keys find the words.
func (q *inquiry) sealedAnswers(words *leak.Search) int {
	q.t.Helper()
	centre, n := q.vault(wire.TrustCentre), 0
	eachValue(q.t, q.Portal.Ground(), func(v value) {
		if v.table == "query_answer" && v.column == "sealed" {
			for _, plain := range centre.Open(bytes.TrimLeft(v.content, "\x00")) { // it lies behind a padding
				n += min(1, len(words.Find(plain)))
			}
		}
	})
	return n
}

// wantEmptied wants question and answers gone at the trust centre.
func (q *inquiry) wantEmptied(words *leak.Search) {
	q.t.Helper()
	g := q.TrustCentre.Ground()
	if n := count(q.t, g, `SELECT COUNT(*) FROM query WHERE question IS NOT NULL OR answer IS NOT NULL`); n != 0 {
		q.t.Errorf("the words of %d queries are there after 90 days", n)
	}
	if q.layout.Databases == nil {
		inFiles(q.t, filepath.Join(q.layout.Dir, string(wire.TrustCentre)), q.vault(wire.TrustCentre), words, nothing).report(q.t, "trust centre's files after 90 days")
	}
}

// thread is the reporter's address of the query about a field.
func (q *inquiry) thread(field string) string {
	q.t.Helper()
	for _, thread := range links(q.shows("/rueckfragen"), queryAt) {
		if strings.Contains(q.c.read(thread), field) {
			return thread
		}
	}
	q.t.Fatalf("no query about %s", field)
	return ""
}

// wantWordsInTheirPlaces searches everything when the report is done.
func (q *inquiry) wantWordsInTheirPlaces(reports []*report.Report) {
	q.t.Helper()
	const when = "in the end"
	var named, numbered leak.Search
	identityOf(&named, reports, false)
	identityOf(&numbered, reports, true)
	for _, s := range []*leak.Search{&named, &numbered} {
		s.Add("marker", marker+"q")
	}
	answers := searchFor(answerCanary, namingCanary)
	for _, h := range []wire.House{wire.Portal, wire.Registry} {
		q.wantNowhere(h, when, answers, nothing)
	}
	q.wantNowhere(wire.Registry, when, searchFor(questionCanary), nothing)
	for _, h := range all {
		q.wantNowhere(h, when, searchFor(refusedCanary), nothing)
	}
	q.wantNowhere(wire.TrustCentre, when, searchFor(namingCanary), nothing)
	q.wantSealedOnly(wire.TrustCentre, when, searchFor(answerCanary), "query.answer")
	q.wantSealedOnly(wire.TrustCentre, when, searchFor(questionCanary), "query.question")
	q.wantSealedOnly(wire.Portal, when, searchFor(questionCanary), "query.words")

	q.wantNowhere(wire.Portal, when, &named, reducedSet(q.t))
	q.wantNowhere(wire.TrustCentre, when, &numbered, nothing)
	q.wantNowhere(wire.Registry, when, &numbered, nothing)
	for _, s := range []*leak.Search{&numbered, searchFor(answerCanary, namingCanary, questionCanary, refusedCanary)} {
		hits := found{}
		hits.add("addresses and titles", s.Find(q.c.traces.Bytes()))
		hits.add("log", s.Find(q.log.Bytes()))
		hits.report(q.t, "L3")
	}
	if !strings.Contains(string(q.c.traces.Bytes()), "/rueckfragen/") || len(q.log.Bytes()) == 0 {
		q.t.Error("L3: nothing was looked at")
	}
}
