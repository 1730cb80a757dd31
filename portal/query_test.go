// SPDX-License-Identifier: EUPL-1.2

package portal_test

import (
	"database/sql"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"meldewerk/account"
	"meldewerk/envelope"
	"meldewerk/exchange/submission"
	"meldewerk/exchange/wire"
	"meldewerk/portal"
)

// canary is a text that must be readable in the trust centre alone.
const canary = "Der Kanarienvogel steht nicht im Befund."

// question is a query of the trust centre on one report.
func (w *world) question(id string, r submission.Receipt, position int) submission.Query {
	return submission.Query{ID: submission.QueryID(id), Receipt: r, Position: position, Field: "Pathologie › Einsender",
		Question: "Wer hat das Präparat eingesandt?", AskedAt: w.clock.Now(), Due: w.clock.Now().Add(13 * 24 * time.Hour)}
}

// ask tells queries, and that their reports are under review.
func (w *world) ask(d submission.Door, items ...submission.Query) {
	w.t.Helper()
	for _, q := range items {
		err := d.PutProgress(w.t.Context(), []submission.Progress{{Receipt: q.Receipt, Position: q.Position, State: submission.InReview, At: w.clock.Now()}})
		if err != nil {
			w.t.Fatal(err)
		}
	}
	if err := d.PutQueries(w.t.Context(), items); err != nil {
		w.t.Fatal(err)
	}
}

func explain(text string) url.Values { return url.Values{"erlaeuterung": {text}} }

func (w *world) answers(d submission.Door) []submission.Answer {
	w.t.Helper()
	out, err := d.Answers(w.t.Context(), 10)
	if err != nil {
		w.t.Fatal(err)
	}
	return out
}

// contains says that a page shows all the words.
func contains(t *testing.T, where, body string, words ...string) {
	t.Helper()
	for _, word := range words {
		if !strings.Contains(body, word) {
			t.Errorf("%s lacks %q: %s", where, word, body)
		}
	}
}

// TestQueryIsAnsweredOnceAndItsTextGoes takes a query on a report of a package
// from being asked to the acknowledged answer.
func TestQueryIsAnsweredOnceAndItsTextGoes(t *testing.T) {
	onBoth(t, func(t *testing.T, dsn string) {
		w := newWorld(t, dsn)
		u := w.user("nord")
		pkg := u.upload(packageOf(somebody(1), somebody(2)))
		d := w.door()
		contains(t, "the empty list", u.want(http.StatusOK, u.get("/rueckfragen")).body, "Noch keine Rückfragen")
		w.ask(d, w.question("Q1", 1, 2))
		contains(t, "the start page", u.want(http.StatusOK, u.get("/")).body, "Rückfrage beantworten: ", "PAT-000002", "Pathologie › Einsender", "04.12.2026", "13\u00a0Tage", `href="/rueckfragen/Q1"`)
		contains(t, "the navigation", u.want(http.StatusOK, u.get("/pakete")).body, `mw-nav__count">1<`)
		contains(t, "the list", u.want(http.StatusOK, u.get("/rueckfragen?stand=offen")).body, "Pathologie › Einsender", "Offen", "PAT-000002", "04.12.2026")
		contains(t, "the protocol", u.want(http.StatusOK, u.get(pkg+"?stand=queried")).body, "mit Rückfrage", `href="/rueckfragen/Q1"`, "PAT-000002")
		contains(t, "the list of packages", u.want(http.StatusOK, u.get("/pakete")).body, ">Rückfrage<")
		page := u.want(http.StatusOK, u.get("/rueckfragen/Q1")).body
		contains(t, "the page", page, "Wer hat das Präparat eingesandt?", "PAT-000002-1", "Q-2026-000001-", "noch 13\u00a0Tage",
			"Berichtigen Sie sie in Ihrem System und senden Sie sie mit derselben Meldungs-ID", `href="`+pkg+`#meldung-2"`, `maxlength="2000"`)
		if state := u.protocol(pkg).Results[1].State; state != "queried" {
			t.Errorf("state %q while the query is open", state)
		}

		if a := u.want(http.StatusSeeOther, u.post("/rueckfragen/Q1/antwort", explain("  "+canary+" "))); a.location != "/rueckfragen/Q1" {
			t.Errorf("led to %s", a.location)
		}
		contains(t, "after the answer", u.want(http.StatusOK, u.get("/rueckfragen/Q1")).body, "Ihre Erläuterung ist gesendet", "Beantwortet am 21.11.2026", "von M. Muster")
		again := u.want(http.StatusSeeOther, u.post("/rueckfragen/Q1/antwort", explain("Etwas anderes"))) // the double press
		contains(t, "after the double press", u.want(http.StatusOK, u.get(again.location)).body, "Es wurde nichts noch einmal gesendet", "Beantwortet am 21.11.2026")
		out := w.answers(d)
		if len(out) != 1 || out[0].Query != "Q1" || !out[0].At.Equal(w.clock.Now()) {
			t.Fatalf("answers %+v", out)
		}
		if text, err := envelope.OpenBytes(out[0].Sealed, w.keys); err != nil || string(text) != canary {
			t.Errorf("the trust centre reads %q, %v", text, err)
		}
		if state := u.protocol(pkg).Results[1].State; state != "in_review" {
			t.Errorf("state %q after the answer", state)
		}
		for range 2 {
			if err := d.AcknowledgeAnswers(t.Context(), []submission.QueryID{"Q1"}); err != nil {
				t.Fatal(err)
			}
		}
		if out = w.answers(d); len(out) != 0 {
			t.Errorf("%d answers after the acknowledgement", len(out))
		}
		w.clock.Advance(2 * time.Minute) // no double press any more: the other text must not be lost silently
		contains(t, "another text", u.want(http.StatusConflict, u.post("/rueckfragen/Q1/antwort", explain("Etwas anderes"))).body, "Ihr Text wurde nicht gesendet", "Etwas anderes", "von M. Muster")
		page = u.want(http.StatusOK, u.get("/rueckfragen/Q1")).body
		if strings.Contains(page, "mw-nav__count") {
			t.Error("the navigation counts an answered query")
		}
		contains(t, "after the acknowledgement", page, "Die Vertrauensstelle hat den Text erhalten")
		for _, where := range []string{page, w.log.String(), u.get("/").body, u.get("/rueckfragen").body} {
			if strings.Contains(where, "Kanarienvogel") {
				t.Error("the text of the answer is readable in the portal")
			}
		}
		if strings.Contains(w.log.String(), "Präparat") || strings.Contains(w.log.String(), "Einsender") {
			t.Error("the log holds words of the question")
		}
	})
}

// TestAnswerThatIsNotSentStaysInTheField tries everything that can go wrong.
func TestAnswerThatIsNotSentStaysInTheField(t *testing.T) {
	onBoth(t, func(t *testing.T, dsn string) {
		w := newWorld(t, dsn)
		u := w.user("nord")
		u.upload(packageOf(people(3)...))
		d := w.door()
		closing, other := w.question("Q1", 1, 1), w.question("Q2", 1, 2)
		w.ask(d, closing, other)
		long := canary + strings.Repeat(" und weiter", 200)
		for text, want := range map[string]string{"": "Die Erläuterung fehlt.", " \n ": "Die Erläuterung fehlt.", long: "Kürzen Sie sie auf höchstens 2.000 Zeichen."} {
			a := u.want(http.StatusUnprocessableEntity, u.post("/rueckfragen/Q1/antwort", explain(text)))
			contains(t, "the refusal", a.body, want, strings.TrimSpace(text))
		}
		pasted := u.want(http.StatusUnprocessableEntity, u.post("/rueckfragen/Q1/antwort", explain("Erste Zeile\vzweite\u202e "+canary+"\x00")))
		contains(t, "pasted control characters", pasted.body, "unsichtbare Steuerzeichen", "Erste Zeile\nzweite "+canary)
		if strings.ContainsAny(pasted.body, "\v\u202e\x00") {
			t.Error("the field gives the control characters back")
		}
		if fit := strings.Repeat("ä\r\n", 1000); u.post("/rueckfragen/Q2/antwort", explain(fit)).status != http.StatusSeeOther {
			t.Error("2000 characters are refused")
		}
		colleague := w.account(u.unit, "kollegin")
		late := colleague.want(http.StatusConflict, colleague.post("/rueckfragen/Q2/antwort", explain(canary)))
		contains(t, "the answer of a colleague", late.body, "Ihr Text wurde nicht gesendet", "Es gilt die erste Antwort", canary)

		closing.Outcome, closing.ClosedAt = submission.Settled, w.clock.Now()
		if err := d.PutQueries(t.Context(), []submission.Query{closing}); err != nil {
			t.Fatal(err)
		}
		a := u.want(http.StatusConflict, u.post("/rueckfragen/Q1/antwort", explain(canary)))
		contains(t, "the closed query", a.body, "Diese Rückfrage ist inzwischen abgeschlossen", "Ihr Text, nicht gesendet", canary, "Erledigt am 21.11.2026")
		if strings.Contains(a.body, "Erläuterung senden") {
			t.Error("a closed query can be answered")
		}
		a = u.want(http.StatusConflict, u.post("/rueckfragen/Q1/antwort", explain(canary+"\x00")))
		contains(t, "control characters for a closed query", a.body, "Diese Rückfrage ist nicht mehr offen", canary)
		if out := w.answers(d); len(out) != 1 || out[0].Query != "Q2" {
			t.Errorf("answers %+v", out)
		}
		if a := u.post("/rueckfragen/Q1/antwort", url.Values{"erlaeuterung": {"x"}, "mehr": {"y"}}); a.status != http.StatusUnprocessableEntity {
			t.Errorf("an unknown field: %d", a.status)
		}
	})
}

// TestL3AnswerStaysInTheFieldWhenThePortalFails takes the table of the answers
// away: the words stay with the reporter, and none of them reach the log.
func TestL3AnswerStaysInTheFieldWhenThePortalFails(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "portal.db")
	w := newWorld(t, "sqlite:"+path)
	u := w.user("nord")
	u.upload(packageOf(somebody(1)))
	w.ask(w.door(), w.question("Q1", 1, 1))
	db, err := sql.Open("sqlite", "file:"+path)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := db.ExecContext(t.Context(), `DROP TABLE query_answer`); err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	a := u.want(http.StatusInternalServerError, u.post("/rueckfragen/Q1/antwort", explain(canary)))
	contains(t, "the failure", a.body, "Ihr Text wurde nicht gesendet", canary, "Erläuterung senden")
	if strings.Contains(a.body, "Beantwortet am") {
		t.Error("the query counts as answered")
	}
	if !strings.Contains(w.log.String(), "answer query") || strings.Contains(w.log.String(), "Kanarienvogel") {
		t.Error("the log does not tell of the failure, or tells the words")
	}
}

// TestC2ForeignQueriesLookUnknown is C2 for queries: another unit gets the
// bytes of an address that nobody has, and an uploader nothing of what is typed.
func TestC2ForeignQueriesLookUnknown(t *testing.T) {
	onBoth(t, func(t *testing.T, dsn string) {
		w := newWorld(t, dsn)
		typist := typist{w.user("nord")}
		report := typist.begin(typist.patient("2024-7714"), "diagnosis", "")
		typist.diagnosis(report)
		typist.submit(report)
		typist.upload(packageOf(somebody(1)))
		d := w.door()
		w.ask(d, w.question("QF", 1, 1), w.question("QP", 2, 1))
		contains(t, "the typed report", typist.want(http.StatusOK, typist.get(report)).body, "Rückfrage", `href="/rueckfragen/QF"`)
		contains(t, "the query", typist.want(http.StatusOK, typist.get("/rueckfragen/QF")).body, `href="`+report+`"`, "Meldung öffnen")
		ofPerson := w.question("QI", 1, 1)
		ofPerson.Field = submission.OfPerson + "Geburtsdatum"
		w.ask(d, ofPerson)
		identity := typist.want(http.StatusOK, typist.get("/rueckfragen/QI")).body
		contains(t, "the query on the identity", identity, `href="/patienten/`, `/berichtigung"`, "Identität berichtigen", `href="`+report+`"`)
		if strings.Contains(typist.get("/rueckfragen/QF").body, "/berichtigung") {
			t.Error("a query on the report leads to the identity")
		}
		contains(t, "what is to do", typist.want(http.StatusOK, typist.get("/meldungen?stand=offen")).body, ">Rückfrage<")

		for who, u := range map[string]*user{"another unit": w.user("sued"), "an uploader": w.account(typist.unit, "versand", account.RoleUploader)} {
			foreign, unknown := u.want(http.StatusNotFound, u.get("/rueckfragen/QF")), u.want(http.StatusNotFound, u.get("/rueckfragen/QX"))
			if foreign.body != unknown.body {
				t.Errorf("%s: foreign and unknown differ", who)
			}
			foreign, unknown = u.want(http.StatusNotFound, u.post("/rueckfragen/QF/antwort", explain("x"))), u.want(http.StatusNotFound, u.post("/rueckfragen/QX/antwort", explain("x")))
			if foreign.body != unknown.body {
				t.Errorf("%s: answers to foreign and unknown queries differ", who)
			}
			list, mayAnswer := u.want(http.StatusOK, u.get("/rueckfragen")).body, who == "an uploader"
			if strings.Contains(list, "/rueckfragen/QF") || strings.Contains(list, "/rueckfragen/QP") != mayAnswer {
				t.Errorf("%s: the list shows what it must not, or not what it should", who)
			}
			if a := u.get("/rueckfragen/QP"); (a.status == http.StatusOK) != mayAnswer {
				t.Errorf("%s: the query on a package: %d", who, a.status)
			}
		}
		if out := w.answers(d); len(out) != 0 {
			t.Errorf("%d answers", len(out))
		}
	})
}

// TestAnswerIsSealedToTheTrustCentreThatAsks has two trust centres.
func TestAnswerIsSealedToTheTrustCentreThatAsks(t *testing.T) {
	t.Parallel()
	second := t.TempDir()
	recipients, err := envelope.Generate(second)
	if err != nil {
		t.Fatal(err)
	}
	w := newWorld(t, "sqlite:"+filepath.Join(t.TempDir(), "portal.db"), func(c *portal.Config) {
		text, err := recipients.MarshalText()
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(c.Keys, portal.RecipientDir, "hessen.txt"), text, 0o644); err != nil {
			t.Fatal(err)
		}
	})
	keys, err := envelope.LoadIdentities(second)
	if err != nil {
		t.Fatal(err)
	}
	u := w.user("nord")
	pkg := u.upload(packageOf(somebody(1)))
	door, err := w.house.Door("hessen")
	if err != nil {
		t.Fatal(err)
	}
	here, there := w.door(), submission.Local(door, wire.House("hessen"))
	w.ask(here)
	w.ask(there, w.question("Q1", 1, 1))
	contains(t, "the protocol", u.want(http.StatusOK, u.get(pkg)).body, "Rückfrage")
	// One trust centre cannot touch the query of the other.
	taken := w.question("Q1", 1, 1)
	taken.Outcome, taken.ClosedAt = submission.Settled, w.clock.Now()
	if err := here.PutQueries(t.Context(), []submission.Query{taken}); err == nil {
		t.Error("a query of another trust centre was closed")
	}
	u.want(http.StatusSeeOther, u.post("/rueckfragen/Q1/antwort", explain(canary)))
	if out := w.answers(here); len(out) != 0 {
		t.Errorf("the other trust centre is given %d answers", len(out))
	}
	if err := here.AcknowledgeAnswers(t.Context(), []submission.QueryID{"Q1"}); err != nil {
		t.Fatal(err)
	}
	out := w.answers(there)
	if len(out) != 1 {
		t.Fatalf("%d answers", len(out))
	}
	if text, err := envelope.OpenBytes(out[0].Sealed, keys); err != nil || string(text) != canary {
		t.Errorf("it reads %q, %v", text, err)
	}
	if _, err := envelope.OpenBytes(out[0].Sealed, w.keys); err == nil {
		t.Error("the trust centre that did not ask can open the answer")
	}
	// A portal that has lost the key of a trust centre keeps the words in the field.
	w.ask(there, w.question("Q2", 1, 1))
	if err := os.Remove(filepath.Join(w.config.Keys, portal.RecipientDir, "hessen.txt")); err != nil {
		t.Fatal(err)
	}
	if err := w.house.Close(); err != nil {
		t.Fatal(err)
	}
	w.server.Close()
	w.open()
	a := u.want(http.StatusServiceUnavailable, u.post("/rueckfragen/Q2/antwort", explain(canary)))
	contains(t, "without the key", a.body, "kann gerade nicht an diese Vertrauensstelle senden", canary, "Erläuterung senden")
}

// TestDeadlineOfAQueryIsTold walks to the deadline and past it.
func TestDeadlineOfAQueryIsTold(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "sqlite:"+filepath.Join(t.TempDir(), "portal.db"))
	u := w.user("nord")
	u.upload(packageOf(somebody(1)))
	q := w.question("Q1", 1, 1)
	for i, step := range []struct {
		left  time.Duration
		words string
	}{{8 * 24 * time.Hour, "noch 8\u00a0Tage"}, {25 * time.Hour, "noch 1\u00a0Tag"}, {3 * time.Hour, "endet heute um\u00a016:00\u00a0Uhr"}, {0, "endet heute"}, {-time.Hour, "Frist abgelaufen"}} {
		q.ID = submission.QueryID(fmt.Sprintf("Q%d", i))
		q.Due = w.clock.Now().Add(step.left)
		q.AskedAt = q.Due.Add(-13 * 24 * time.Hour)
		w.ask(w.door(), q)
		contains(t, step.words, u.want(http.StatusOK, u.get("/rueckfragen/"+string(q.ID))).body, step.words)
	}
	// Late answers are taken.
	u.want(http.StatusSeeOther, u.post("/rueckfragen/Q4/antwort", explain("spät")))
	if out := w.answers(w.door()); len(out) != 1 {
		t.Errorf("%d answers after the deadline", len(out))
	}
}
