// SPDX-License-Identifier: EUPL-1.2

package portal_test

import (
	"context"
	"net/url"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"meldewerk/internal/web/browsertest"
)

// tab is one page of a running Chromium without scripts and without a mouse.
type tab struct {
	t   *testing.T
	ctx context.Context
}

func (p *tab) run(actions ...chromedp.Action) {
	p.t.Helper()
	if err := chromedp.Run(p.ctx, actions...); err != nil {
		p.t.Fatal(err)
	}
}

// at waits until the browser shows a path of that form.
func (p *tab) at(path string) string {
	p.t.Helper()
	form := regexp.MustCompile("^" + path + "$")
	deadline := time.Now().Add(20 * time.Second)
	for {
		var address string
		ready := false
		err := chromedp.Run(p.ctx, chromedp.Location(&address), chromedp.Evaluate(`document.readyState === "complete"`, &ready))
		if u, bad := url.Parse(address); err == nil && bad == nil && ready && form.MatchString(u.Path) {
			return u.Path
		}
		if time.Now().After(deadline) {
			p.t.Fatalf("the browser is at %s, not at %s", address, path)
		}
		time.Sleep(20 * time.Millisecond) // polls another process
	}
}

// reach goes on with the tabulator until the expression holds of what has the focus.
func (p *tab) reach(what, expression string) {
	p.t.Helper()
	for range 60 {
		found := false
		p.run(chromedp.KeyEvent(kb.Tab), chromedp.Evaluate("(e => "+expression+")(document.activeElement)", &found))
		if found {
			return
		}
	}
	p.t.Fatalf("%s is not reached with the tabulator", what)
}

// says waits until the page shows the words.
func (p *tab) says(words string) {
	p.t.Helper()
	deadline := time.Now().Add(20 * time.Second)
	for {
		var text string
		err := chromedp.Run(p.ctx, chromedp.Evaluate(`document.body.innerText`, &text))
		if err == nil && strings.Contains(text, words) {
			return
		}
		if time.Now().After(deadline) {
			p.t.Fatalf("the page does not say %q but %s", words, text)
		}
		time.Sleep(20 * time.Millisecond) // polls another process
	}
}

func (p *tab) fill(name, text string) {
	p.t.Helper()
	p.reach(name, `e.name === "`+name+`"`)
	p.run(chromedp.KeyEvent(text))
}

// choose marks a box, or the radio that the tabulator reaches.
func (p *tab) choose(name string) { p.t.Helper(); p.fill(name, " ") }

func (p *tab) press(label string) {
	p.t.Helper()
	p.reach(label, `e.textContent.trim() === "`+label+`"`)
	p.run(chromedp.KeyEvent(kb.Enter))
}

// TestH12ApplicationByKeyboardWithoutScripts fills in a whole application with
// the keyboard alone in a browser that runs no script, makes a mistake on the
// way, and comes to the status page.
func TestH12ApplicationByKeyboardWithoutScripts(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "sqlite:"+filepath.Join(t.TempDir(), "portal.db"))
	page := &tab{t: t, ctx: browsertest.Start(t)}
	page.run(emulation.SetScriptExecutionDisabled(true), chromedp.Navigate(w.server.URL+"/anmelden"))
	page.at("/anmelden")
	page.press("Zugang beantragen")
	page.at("/zugang")
	page.press("Antrag beginnen")
	page.at("/zugang/antrag/art")
	page.choose("kind") // a hospital
	page.press("Weiter")
	page.at("/zugang/antrag/name")
	page.fill("facility", "Klinikum Zzyzx"+kb.Enter)
	page.at("/zugang/antrag/anschrift")
	page.fill("street", "Probeweg 7")
	page.fill("postal_code", "30159")
	page.fill("place", "Musterstadt"+kb.Enter)
	page.at("/zugang/antrag/nummern")
	page.fill("ik", "104215205"+kb.Enter) // two digits swapped
	page.says("Prüfziffer")
	page.fill("ik", kb.End+strings.Repeat(kb.Backspace, 9)+"104212505"+kb.Enter)
	page.at("/zugang/antrag/system")
	page.choose("system")
	page.press("Weiter")
	page.at("/zugang/antrag/meldeweg")
	page.choose("channel")
	page.press("Weiter")
	page.at("/zugang/antrag/anlaesse")
	page.choose("occasions")
	page.press("Weiter")
	page.at("/zugang/antrag/verantwortung")
	page.fill("physician", "Prof. Dr. M. Muster"+kb.Enter)
	page.at("/zugang/antrag/person")
	page.fill("name", "A. Beispiel")
	page.fill("function", "Dokumentation")
	page.fill("phone", "0511 123-45")
	page.choose("roles")
	page.press("Person übernehmen")
	page.at("/zugang/antrag/personen")
	page.press("Weiter")
	page.at("/zugang/antrag/bemerkung")
	page.press("Weiter")
	page.at("/zugang/antrag/pruefen")
	page.press("Antrag absenden")
	place := page.at("/zugang/[A-Z2-7]{26}")
	list, err := w.accessDoor().NextApplications(t.Context(), 10)
	if err != nil || len(list) != 1 || "/zugang/"+list[0].ID != place {
		t.Fatalf("%+v, %v", list, err)
	}
	form := w.openApplication(list[0])
	if err := form.Check(); err != nil || form.Facility != "Klinikum Zzyzx" || form.IK != "104212505" || len(form.People) != 1 {
		t.Errorf("%+v, %v", form, err)
	}
}
