// SPDX-License-Identifier: EUPL-1.2

package world_test

import (
	"fmt"
	"path"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"meldewerk/account"
	"meldewerk/testkit/leak"
)

// keyboard is a person in front of a screen with the hands on the keys only. It
// counts the strokes: content is what is itself an answer, beside is all else,
// the letters and arrows that choose in a list among them.
type keyboard struct {
	*browser
	content, beside int
	pages           []string // strokes beside the content on each page
}

// stroke presses a key that is not content.
func (k *keyboard) stroke(key string, times int) {
	k.t.Helper()
	for range times {
		k.beside++
		k.do(chromedp.KeyEvent(key))
	}
}

// to goes on with the tabulator until the expression holds of what has the focus.
func (k *keyboard) to(expression string) {
	k.t.Helper()
	for range 60 {
		here := false
		k.do(chromedp.Evaluate("((e) => "+expression+")(document.activeElement)", &here))
		if here {
			return
		}
		k.stroke(kb.Tab, 1)
	}
	k.t.Fatalf("the tabulator does not lead to %s", expression)
}

func (k *keyboard) field(name string) { k.t.Helper(); k.to(fmt.Sprintf("e.name === %q", name)) }

// entry is one answer of a page.
type entry struct {
	field string
	text  string // what is typed
	blank bool   // the blank marks the first of some radios
	down  int    // arrows from there, or in a list
}

func typed(field, text string) entry       { return entry{field: field, text: text} }
func marked(field string, after int) entry { return entry{field: field, blank: true, down: after} }
func listed(field string, after int) entry { return entry{field: field, down: after} }

// day is a date in its three fields.
func day(field, day, month, year string) []entry {
	return []entry{typed(field+"_day", day), typed(field+"_month", month), typed(field+"_year", year)}
}

// give answers one question.
func (k *keyboard) give(e entry) {
	k.t.Helper()
	k.field(e.field)
	if e.text != "" {
		k.content += utf8.RuneCountInString(e.text)
		k.do(chromedp.KeyEvent(e.text))
	}
	if e.blank {
		k.stroke(" ", 1)
	}
	k.stroke(kb.ArrowDown, e.down)
}

// asked is one page of the way with what is answered there.
type asked struct {
	at      string // form of the address
	heading string
	entries []entry
}

// fill answers a page and looks at it.
func (k *keyboard) fill(page asked) {
	k.t.Helper()
	k.at(page.at)
	before := k.beside
	for _, e := range page.entries {
		k.give(e)
	}
	k.look("online-"+strings.Trim(path.Base(page.at), "/"), page.heading)
	k.pages = append(k.pages, fmt.Sprintf("%s %d", page.heading, k.beside-before+1)) // and what leads on
}

const (
	aRecord = `/patienten/[A-Z2-7]{26}`
	aReport = `/meldungen/[A-Z2-7]{26}`
)

// at waits until the browser shows a whole page at such an address and has put
// the focus.
func (b *browser) at(form string) string {
	b.t.Helper()
	want := regexp.MustCompile("^" + regexp.QuoteMeta(b.p.url) + form + `(\?.*)?(#.*)?$`)
	var address string
	b.until("an address like "+form, func() bool {
		ready := false
		err := chromedp.Run(b.ctx, chromedp.Location(&address), chromedp.Evaluate(`document.readyState === "complete"`, &ready))
		return err == nil && ready && want.MatchString(address)
	})
	if b.scripts {
		b.do(chromedp.Evaluate(`new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => done(true))))`, nil,
			func(e *runtime.EvaluateParams) *runtime.EvaluateParams { return e.WithAwaitPromise(true) }))
	}
	return strings.TrimPrefix(address, b.p.url)
}

// says waits until the page shows the words.
func (b *browser) says(words string) {
	b.t.Helper()
	b.until(fmt.Sprintf("the words %q", words), func() bool { return strings.Contains(b.text(), words) })
}

// text is what the page shows; nothing between two pages.
func (b *browser) text() string {
	var text string
	if err := chromedp.Run(b.ctx, chromedp.Evaluate(`document.body.innerText`, &text)); err != nil {
		return ""
	}
	return strings.ReplaceAll(text, "\u00a0", " ")
}

func (b *browser) until(what string, holds func() bool) {
	b.t.Helper()
	for deadline := time.Now().Add(30 * time.Second); !holds(); {
		if time.Now().After(deadline) {
			b.t.Fatalf("the browser does not show %s: %.1200s", what, b.text())
		}
		time.Sleep(20 * time.Millisecond) // asks another process again
	}
}

// expect takes what the console says of an answer that the test wanted.
func (b *browser) expect(words string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.trouble = slices.DeleteFunc(b.trouble, func(trouble string) bool { return strings.Contains(trouble, words) })
}

// link follows a link of the page.
func (b *browser) link(label string) {
	b.t.Helper()
	b.do(chromedp.Click(`//main//a[contains(., "`+label+`")]`, chromedp.BySearch))
}

// Nobody's answers.
const (
	typedSurname = "Zzyzxmann"
	typedStreet  = "Quittenweg"
	typedNumber  = "A123456780"
	typedInsurer = "104212505"
	typedFirst   = "Eulalia"
	typedPatient = "2025-7714"
)

var personPages = []asked{
	{aRecord + "/person", "Person", slices.Concat([]entry{typed("f-patient-surname", typedSurname), typed("f-patient-first-names", typedFirst),
		marked("f-patient-sex", 0)}, day("f-patient-birth-date", "3", "3", "1951"))},
	{aRecord + "/anschrift", "Anschrift", []entry{typed("f-patient-address-street", typedStreet), typed("f-patient-address-house", "17"),
		typed("f-patient-address-postal-code", "30159"), typed("f-patient-address-place", "Hannover"), marked("f-patient-insurance-kind", 0),
		typed("f-patient-insurance-statutory-insurer", typedInsurer), typed("f-patient-insurance-statutory-number", typedNumber)}},
}

// breastPages are a diagnosis of breast cancer, complete by the rules.
var breastPages = []asked{
	{aReport + "/tumor", "Tumor", append(day("f-tumour-diagnosed-on", "4", "5", "2025"), typed("f-tumour-icd-code", "C50.4"), marked("f-tumour-side", 0))},
	{aReport + "/diagnose", "Diagnose", []entry{typed("f-topography-code", "C50.4"), listed("f-certainty", 1), listed("f-performance", 2)}},
	{aReport + "/histologie", "Histologie", append(day("f-histology-date", "4", "5", "2025"),
		typed("f-histology-morphologies-0-code", "8500/3"), listed("f-histology-grading", 2))},
	{aReport + "/stadium", "Stadium", []entry{typed("f-clinical-line", "cT2 cN1 cM0, Stadium IIB (8. Auflage)")}},
	{aReport + "/stadium-pathologisch", "Pathologisches Stadium", nil},
	{aReport + "/ausbreitung", "Metastasen", nil},
	{aReport + "/modul-mamma", "Modul Mamma", []entry{marked("f-breast-menopause", 1), marked("f-breast-oestrogen", 0),
		marked("f-breast-progesterone", 0), marked("f-breast-her2", 1)}},
	{aReport + "/meldung", "Grund der Meldung", []entry{marked("f-reason", 0), marked("f-own-service", 0)}},
}

// practice is a practice with one Melder-ID, and the person who reports there.
func (p *plant) practice() *reporter {
	p.t.Helper()
	u := p.unit(account.Unit{ID: "unit-praxis", ReporterIDs: []string{"1001"}, Released: true})
	r := p.reporter("praxis", u.ID)
	p.clock.Advance(time.Minute) // the code of the set-up is used
	return r
}

// TestH13W4N1N2N3DiagnosisByKeyboardOnly types a diagnosis report in a real
// browser, from the sign-in to the receipt, with keys alone, and counts them.
// The identity is shown before the submission (N1) and not after it (N2). The
// report comes to its end in the Tumorhistorie; edited afterwards (N3) it is
// replaced there, and unchanged it is not sent again.
func TestH13W4N1N2N3DiagnosisByKeyboardOnly(t *testing.T) {
	t.Parallel()
	p := newPlant(t, "kkn", nil)
	u := p.practice()
	k := &keyboard{browser: newBrowser(t, p, u.username, login{u.password, u.secret}, true)}
	k.enterHouse()
	k.fill(asked{"/", "Übersicht", []entry{typed("patient_id", typedPatient)}})
	k.stroke(kb.Enter, 1)
	k.fill(asked{"/patienten/suche", "Neue Patientenakte", nil})
	k.stroke(kb.Enter, 1)
	for _, page := range personPages {
		k.fill(page)
		k.stroke(kb.Enter, 1)
	}
	k.fill(asked{"/meldungen/neu", "Neue Meldung", []entry{marked("anlass", 0)}})
	k.stroke(kb.Enter, 1)
	for _, page := range breastPages {
		k.fill(page)
		k.stroke(kb.Enter, 1)
	}
	k.submit()
	number := regexp.MustCompile(`Quittung (Q-\S+)`).FindStringSubmatch(k.text())
	if number == nil {
		t.Fatalf("the receipt has no number: %s", k.text())
	}
	k.wantHidden("N2", k.text())
	t.Logf("strokes: %d are content, %d stand beside it; by page, with what leads on: %s", k.content, k.beside, strings.Join(k.pages, ", "))
	if k.beside > 90 {
		t.Errorf("%d strokes beside the content", k.beside)
	}
	id := regexp.MustCompile(`MP-[A-Z2-7]+`).FindString(k.text())
	k.inHistory(u, id, "G2")
	k.editAgain(u, id)
	k.wantNothingKept(u)
}

// enterHouse signs in with name, password and code.
func (k *keyboard) enterHouse() {
	k.t.Helper()
	k.do(chromedp.EmulateViewport(1280, 900), chromedp.Navigate(k.p.url+"/"))
	k.fill(asked{"/anmelden", "Anmelde", []entry{typed("username", k.user), typed("password", k.login.password)}})
	k.stroke(kb.Enter, 1)
	k.fill(asked{"/einmalkennwort", "", []entry{typed("otp", oathtool(k.t, k.login.secret, k.p.clock.Now()))}})
	k.stroke(kb.Enter, 1)
}

// submit goes from the check of all answers to the receipt.
func (k *keyboard) submit() {
	k.t.Helper()
	k.at(aReport + "/pruefen")
	k.look("online-pruefen", "Prüfen")
	text := k.text()
	if strings.Contains(text, "Vor dem Übermitteln zu berichtigen") {
		k.t.Fatalf("the report is not complete: %s", text)
	}
	k.wantShown("N1", text, typedSurname, typedStreet, typedNumber)
	before := k.beside
	k.stroke(kb.Enter, 1) // the link to the end of the page
	confirm := false
	k.do(chromedp.Evaluate(`document.querySelector("[name=bestaetigt]") !== null`, &confirm))
	if confirm {
		k.t.Logf("hints: %s", text[strings.Index(text, "Hinweise:"):])
		k.field("bestaetigt")
		k.stroke(" ", 1)
	}
	k.to(`e.textContent.trim() === "Meldung übermitteln"`)
	k.stroke(kb.Enter, 1)
	k.pages = append(k.pages, fmt.Sprintf("Prüfen %d", k.beside-before))
	k.at(aReport + "/quittung")
	k.look("online-quittung", "übermittelt")
}

// inHistory wants the report once in the Tumorhistorie, with these words.
func (b *browser) inHistory(u *reporter, id, words string) {
	b.t.Helper()
	b.p.settle()
	c := u.history(typedPatient)
	if c == nil || len(c.entries()) != 1 || c.entries()[0] != id || len(c.Pending) > 0 {
		b.t.Fatalf("N3: the Tumorhistorie has %+v, not %s alone", c, id)
	}
	b.link("Zur Patientenakte")
	b.at(aRecord)
	b.look("online-akte", "Patientenakte")
	b.wantShown("N2", b.text(), "Abschließend bearbeitet", "03/1951", "30159", "Hannover", "505", "780")
	b.wantHidden("N2", b.text())
	b.do(b.press("Tumorhistorie zeigen"))
	b.at("/historie/.*")
	b.look("online-tumorhistorie", "Tumorhistorie")
	b.wantShown("N3", b.text(), words)
	b.wantHidden("N2", b.text())
}

func (b *browser) wantShown(row, text string, words ...string) {
	b.t.Helper()
	for _, w := range words {
		if !strings.Contains(text, w) {
			b.t.Errorf("%s: %q is not shown: %s", row, w, text)
		}
	}
}

// wantHidden wants nothing of the identity on a page but the reduced set.
func (b *browser) wantHidden(row, text string) {
	b.t.Helper()
	for _, w := range []string{typedSurname, typedFirst, typedStreet, typedNumber, typedInsurer, "03.03.1951"} {
		if strings.Contains(text, w) {
			b.t.Errorf("%s: the page shows what is sealed: %s", row, text)
		}
	}
}

// wantNothingKept searches addresses, titles, storage and the portal's log for
// what was typed. Spec: SECURITY W4
func (b *browser) wantNothingKept(u *reporter) {
	b.t.Helper()
	var storage string
	if b.scripts {
		b.do(chromedp.Evaluate(kept, &storage, func(p *runtime.EvaluateParams) *runtime.EvaluateParams { return p.WithAwaitPromise(true) }))
		if !strings.HasPrefix(storage, `[[],[],""`) || !strings.HasSuffix(storage, ",[],[]]") {
			b.t.Errorf("W4: the browser keeps %s", storage)
		}
	}
	var s leak.Search
	for label, value := range map[string]string{"surname": typedSurname, "first names": typedFirst, "street": typedStreet, "insurance number": typedNumber,
		"patient number": typedPatient, "password": u.password, "secret": u.secret.Text()} {
		s.Add(label, value)
	}
	b.mu.Lock()
	seen := strings.Join(b.asked, "\n")
	b.mu.Unlock()
	if strings.Count(seen, "/meldungen/") == 0 || !strings.Contains(seen, "Person") {
		b.t.Error("W4: no addresses or titles were seen: the search is blind")
	}
	hits := found{}
	hits.add("addresses and titles", s.Find([]byte(seen)))
	hits.add("storage", s.Find([]byte(storage)))
	hits.add("log of the portal", s.Find(b.p.log.Bytes()))
	hits.report(b.t, "W4")
}

// editAgain opens the submitted report again: unchanged it is refused, changed
// it replaces the one before. It begins in the Tumorhistorie.
func (b *browser) editAgain(u *reporter, id string) {
	b.t.Helper()
	b.p.clock.Advance(2 * time.Minute)
	b.do(chromedp.Navigate(b.p.url + "/meldungen"))
	b.at("/meldungen")
	b.look("online-meldungen", "Meldungen")
	b.link("Diagnose")
	report := b.at(aReport)
	b.look("online-meldung-uebermittelt", "Diagnose")
	b.do(b.press("Meldung bearbeiten"))
	b.says("zum Bearbeiten geöffnet")
	b.look("online-meldung-bearbeiten", "Diagnose")
	b.send(report)
	b.says("Sie ist unverändert und wurde nicht noch einmal angenommen")
	b.expect("status of 422")
	b.look("online-unveraendert", "")

	b.do(chromedp.Navigate(b.p.url+report+"/histologie"), chromedp.WaitVisible(`[name="f-histology-grading"]`),
		chromedp.SendKeys(`[name="f-histology-grading"]`, "G3"), b.press("Speichern und weiter"))
	b.at(aReport + "/(stadium.*|ausbreitung|modul-mamma|meldung|pruefen)")
	b.send(report)
	b.at(aReport + "/quittung")
	b.do(chromedp.Navigate(b.p.url + report + "/fassungen"))
	b.says("Unterschiede zur Fassung 1")
	b.look("online-fassungen", "Fassungen")
	b.wantShown("N3", b.text(), "Fassung 2", "Fassung 1", "Grading", "G2", "G3")
	b.do(chromedp.Navigate(b.p.url + report + "/quittung"))
	b.at(aReport + "/quittung")
	b.inHistory(u, id, "G3")
}

// send confirms what is to be confirmed and submits a report.
func (b *browser) send(report string) {
	b.t.Helper()
	b.do(chromedp.Navigate(b.p.url + report + "/pruefen"))
	b.at(report + "/pruefen")
	confirm := false
	b.do(chromedp.Evaluate(`document.querySelector("[name=bestaetigt]") !== null`, &confirm))
	if confirm {
		b.do(chromedp.Click(`[name="bestaetigt"]`, chromedp.ByQuery))
	}
	b.do(b.press("Meldung übermitteln"))
}
