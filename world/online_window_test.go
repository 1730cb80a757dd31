// SPDX-License-Identifier: EUPL-1.2

package world_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"meldewerk/tumour"
)

// onward fills a page and goes on by the button.
func (k *keyboard) onward(page asked) {
	k.t.Helper()
	k.fill(page)
	k.do(k.press("Speichern und weiter"))
}

// TestH13W4DiagnosisWithoutScripts goes the same way in a browser that runs no
// script: codes are looked for on a page of their own, rows come and go by
// their buttons, questions that depend on others are all there, and a section
// is kept by its button.
func TestH13W4DiagnosisWithoutScripts(t *testing.T) {
	t.Parallel()
	p := newPlant(t, "kkn", nil)
	u := p.practice()
	k := &keyboard{browser: newBrowser(t, p, u.username, login{u.password, u.secret}, false)}
	k.enterHouse()
	k.fill(asked{"/", "Übersicht", []entry{typed("patient_id", typedPatient)}})
	k.do(k.press("Aufrufen"))
	k.at("/patienten/suche")
	k.do(k.press("Akte anlegen"))
	k.onward(personPages[0])
	k.at(aRecord + "/anschrift")
	for _, way := range []string{"statutory", "private", "other"} {
		k.do(chromedp.WaitVisible(`[name="f-patient-insurance-`+way+`-insurer"]`, chromedp.ByQuery))
	}
	k.onward(personPages[1])
	k.fill(asked{"/meldungen/neu", "Neue Meldung", []entry{marked("anlass", 0)}})
	k.do(k.press("Meldung beginnen"))
	k.searched()
	for _, page := range breastPages[1:] {
		switch {
		case strings.HasSuffix(page.at, "/ausbreitung"):
			k.rows()
		case strings.HasSuffix(page.at, "/meldung"):
			k.kept(page)
			continue
		}
		k.onward(page)
	}
	k.at(aReport + "/pruefen")
	k.look("online-pruefen", "Prüfen")
	confirm := false
	k.do(chromedp.Evaluate(`document.querySelector("[name=bestaetigt]") !== null`, &confirm))
	if text := k.text(); confirm || strings.Contains(text, "zu berichtigen") {
		t.Errorf("the report is not without findings: %s", text)
	}
	k.do(k.press("Meldung übermitteln"))
	k.at(aReport + "/quittung")
	k.look("online-quittung", "übermittelt")
	p.settle()
	if c := u.history(typedPatient); c == nil || len(c.entries()) != 1 {
		t.Errorf("the Tumorhistorie has %+v", c)
	}
	k.wantNothingKept(u)
}

// searched fills in the tumour with a code that is looked for in words.
func (k *keyboard) searched() {
	k.t.Helper()
	page := breastPages[0]
	k.at(page.at)
	for _, e := range page.entries {
		if e.text == "C50.4" {
			e.text = "brust oben außen"
		}
		k.give(e)
	}
	k.do(chromedp.Click(`button[name="search"][value="f-tumour-icd-code"]`, chromedp.ByQuery))
	k.at(aReport + "/tumor/suche")
	k.look("online-codesuche", "Suchen")
	k.do(chromedp.Click(`input[name="code"][value="C50.4"]`, chromedp.ByQuery), k.press("Code übernehmen"))
	k.at(aReport + "/tumor")
	k.says("Brustdrüse, oberer äußerer Quadrant")
	k.wantValue("f-tumour-icd-code", "C50.4")
	k.wantValue("f-tumour-diagnosed-on_year", "2025")
	k.do(k.press("Speichern und weiter"))
}

// rows adds a row and takes it away again.
func (k *keyboard) rows() {
	k.t.Helper()
	k.at(aReport + "/ausbreitung")
	const row = `[name="f-metastases-0-site"]`
	k.do(chromedp.Click(`button[value="add:f-metastases"]`, chromedp.ByQuery), chromedp.WaitVisible(row, chromedp.ByQuery))
	k.give(listed("f-metastases-0-site", 1))
	k.look("online-zeile", "Metastasen")
	k.do(chromedp.Click(`button[value="remove:f-metastases-0"]`, chromedp.ByQuery), chromedp.WaitNotPresent(row, chromedp.ByQuery))
}

// kept answers a page, keeps it by its button, and comes back to it.
func (k *keyboard) kept(page asked) {
	k.t.Helper()
	k.fill(page)
	k.do(chromedp.Click(`.mw-actions button[value="speichern"]`, chromedp.ByQuery))
	k.at(aReport)
	k.says("Der Abschnitt ist gespeichert")
	k.look("online-meldung-ganz", "Diagnose")
	k.link("Grund der Meldung")
	k.at(page.at)
	k.do(chromedp.WaitReady(`[name="f-own-service"][value="J"]:checked`, chromedp.ByQuery), k.press("Speichern und weiter"))
}

func (b *browser) wantValue(name, want string) {
	b.t.Helper()
	var value string
	b.do(chromedp.Value(fmt.Sprintf(`[name=%q]`, name), &value, chromedp.ByQuery))
	if value != want {
		b.t.Errorf("%s holds %q, not %q", name, value, want)
	}
}

// window is another window of the same browser.
func (b *browser) window() *browser {
	b.t.Helper()
	ctx, cancel := chromedp.NewContext(b.ctx)
	b.t.Cleanup(cancel)
	other := &browser{t: b.t, ctx: ctx, p: b.p, scripts: b.scripts, axe: b.axe}
	chromedp.ListenTarget(ctx, func(event any) {
		if e, is := event.(*log.EventEntryAdded); is {
			other.note("console: " + e.Entry.Text)
		}
	})
	must(b.t, chromedp.Run(ctx, log.Enable())) // the first run is the window's life: without the limit of do
	return other
}

// TestH13DraftSavesItselfAndIsNeverOverwritten types without pressing a
// button: after a reload it is there. Of two windows on one section the older
// one is told and shown both versions; neither is lost without a decision.
func TestH13DraftSavesItselfAndIsNeverOverwritten(t *testing.T) {
	t.Parallel()
	p := newPlant(t, "kkn", nil)
	u := p.practice()
	section := u.newForm(u.newRecord(typedPatient, ""), tumour.OccasionDiagnosis) + "/diagnose"
	k := &keyboard{browser: newBrowser(t, p, u.username, login{u.password, u.secret}, true)}
	k.enterHouse()
	k.at("/")
	write := func(b *browser, text string) {
		t.Helper()
		b.do(page.BringToFront(), chromedp.Click(`[name="f-text"]`, chromedp.ByQuery), chromedp.KeyEvent(kb.End+strings.Repeat(kb.Backspace, 20)+text))
	}
	open := func(b *browser) {
		t.Helper()
		b.do(page.BringToFront(), chromedp.Navigate(p.url+section))
		b.at(section)
	}
	open(k.browser)
	write(k.browser, "erste Fassung")
	k.says("Entwurf gespeichert um")
	open(k.browser)
	k.wantValue("f-text", "erste Fassung")

	other := k.window()
	open(other)
	write(other, "zweite Fassung")
	other.says("Entwurf gespeichert um")
	write(k.browser, "dritte Fassung")
	k.says("Diese Angaben wurden am 01.07.2025")
	k.expect("status of 409")
	k.look("online-konflikt-zeile", "Diagnose")
	stored := func() string {
		t.Helper()
		third := k.window()
		open(third)
		var text string
		third.do(chromedp.Value(`[name="f-text"]`, &text, chromedp.ByQuery))
		return text
	}
	if text := stored(); text != "zweite Fassung" {
		t.Errorf("without a decision %q is kept", text)
	}
	k.do(page.BringToFront(), k.press("Beide Fassungen vergleichen"))
	k.says("Zwei Fassungen dieses Abschnitts")
	k.expect("status of 409")
	k.look("online-konflikt", "Zwei Fassungen")
	k.wantShown("H13", k.text(), "zweite Fassung", "dritte Fassung")
	k.do(k.press("Meine Angaben speichern"))
	k.at(aReport)
	if text := stored(); text != "dritte Fassung" {
		t.Errorf("after the decision %q is kept", text)
	}
}
