// SPDX-License-Identifier: EUPL-1.2

package portal_test

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"meldewerk/account"
	"meldewerk/audit"
	"meldewerk/internal/signin"
	"meldewerk/internal/web/browsertest"
	"meldewerk/portal"
)

// typing is a person at the keyboard. It counts the strokes that are not
// content: tabulator, arrows, blank and Enter.
type typing struct {
	*tab
	strokes int
	where   []string // strokes so far at the end of each page, for the message
}

// to goes on with the tabulator to the field of that name, unless the page has
// begun there.
func (p *typing) to(name string) {
	p.t.Helper()
	for range 60 {
		here := false
		p.run(chromedp.Evaluate(`document.activeElement.name === "`+name+`"`, &here))
		if here {
			return
		}
		p.strokes++
		p.run(chromedp.KeyEvent(kb.Tab))
	}
	var at string
	p.run(chromedp.Evaluate(`location.pathname + " " + document.activeElement.outerHTML.slice(0, 200)`, &at))
	p.t.Fatalf("%s is not reached with the tabulator: %s", name, at)
}

// write types content into a field.
func (p *typing) write(name, text string) {
	p.t.Helper()
	p.to(name)
	p.run(chromedp.KeyEvent(text))
}

// pick marks the nth radio of a group, from 0.
func (p *typing) pick(name string, n int) {
	p.t.Helper()
	p.to(name)
	p.stroke(" ")
	for range n {
		p.stroke(kb.ArrowRight)
	}
}

func (p *typing) stroke(key string) {
	p.t.Helper()
	p.strokes++
	p.run(chromedp.KeyEvent(key))
}

// enter sends the page and waits for the next one.
func (p *typing) enter(next string) {
	p.t.Helper()
	p.stroke(kb.Enter)
	p.at(next)
	p.settle()
	p.where = append(p.where, fmt.Sprintf("%d to %s", p.strokes, next[strings.LastIndex(next, "/"):]))
}

// settle waits until the page has put its focus.
func (p *tab) settle() {
	p.t.Helper()
	p.run(chromedp.Evaluate(`new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => done(true))))`, nil,
		func(e *runtime.EvaluateParams) *runtime.EvaluateParams { return e.WithAwaitPromise(true) }))
}

// TestDiagnosisTakesNinetyKeyStrokes types a diagnosis report of a new patient
// from the sign-in to the receipt with the keyboard alone, and counts every
// stroke that is not content.
func TestDiagnosisTakesNinetyKeyStrokes(t *testing.T) {
	t.Parallel()
	_, p := signedIn(t)
	begun := p.strokes

	p.write("patient_id", "2024-7714")
	p.enter("/patienten.*")
	p.newPatient()
	record := p.strokes
	p.newReport()
	p.diagnosis()
	t.Logf("sign-in %d, patient %d, report %d, together %d strokes; %s", begun, record-begun, p.strokes-record, p.strokes, strings.Join(p.where, ", "))
	if p.strokes > 90 {
		t.Errorf("%d strokes beside the content", p.strokes)
	}
}

// signedIn is a person of a unit at the start page, by keyboard.
func signedIn(t *testing.T, touch ...func(*portal.Config)) (*world, *typing) {
	t.Helper()
	w := newWorld(t, "sqlite:"+filepath.Join(t.TempDir(), "portal.db"), touch...)
	unit := account.Unit{ID: "unit-nord", Name: "Klinikum Nord", Released: true, ReporterIDs: []string{"M-1"}}
	if err := w.house.Accounts().PutUnit(t.Context(), audit.System, unit); err != nil {
		t.Fatal(err)
	}
	secret := account.NewSecret()
	issued, err := signin.Create(t.Context(), w.house.Accounts(), account.NewHasher(account.WithCost(account.Cost{MemoryKiB: 64, Passes: 1, Lanes: 1})),
		audit.System, signin.Person{House: account.Portal, Username: "dok.nord", Holder: "M. Muster", Roles: []account.Role{account.RoleReporter}, Unit: unit.ID, Secret: secret})
	if err != nil {
		t.Fatal(err)
	}
	p := &typing{tab: &tab{t: t, ctx: browsertest.Start(t)}}
	p.run(chromedp.Navigate(w.server.URL + "/anmelden"))
	p.at("/anmelden")
	p.settle()
	p.write("username", string(issued.Username))
	p.write("password", issued.Password.Reveal())
	p.enter("/einmalkennwort")
	p.write("otp", secret.CodeAt(account.StepAt(w.clock.Now())).Reveal())
	p.enter("/")
	return w, p
}

// takeWithEnter presses Enter as a keyboard does: the letter comes only if the
// page lets the key pass, which chromedp.KeyEvent does not know.
func takeWithEnter(ctx context.Context) error {
	for _, kind := range []input.KeyType{input.KeyDown, input.KeyUp} {
		press := input.DispatchKeyEvent(kind).WithKey("Enter").WithCode("Enter").WithWindowsVirtualKeyCode(13)
		if kind == input.KeyDown {
			press = press.WithText("\r")
		}
		if err := press.Do(ctx); err != nil {
			return err
		}
	}
	return nil
}

// TestDraftSavesItselfAndMeetsTheOtherWindow types in two windows of one
// browser: the draft is kept without a button, a chosen code is said in words,
// and the older window is told of the newer one and shown both versions.
func TestDraftSavesItselfAndMeetsTheOtherWindow(t *testing.T) {
	t.Parallel()
	_, p := signedIn(t)
	p.write("patient_id", "2024-7714")
	p.enter("/patienten.*")
	p.newPatient()
	p.newReport()
	p.write("f-tumour-icd-code", "brust oben aussen")
	p.says("oberer äußerer Quadrant")
	p.run(chromedp.KeyEvent(kb.ArrowDown), chromedp.ActionFunc(takeWithEnter))
	var code, said string
	p.run(chromedp.Evaluate(`document.getElementById("f-tumour-icd-code").value`, &code),
		chromedp.Evaluate(`document.getElementById("f-tumour-icd-code-said").textContent`, &said))
	if code != "C50.4" || !strings.Contains(said, "Quadrant") {
		t.Errorf("chosen: %q, said: %q", code, said)
	}
	p.says("Entwurf gespeichert um")

	var address string
	p.run(chromedp.Location(&address))
	second, cancel := chromedp.NewContext(p.ctx)
	defer cancel()
	other := &typing{tab: &tab{t: t, ctx: second}}
	other.run(chromedp.Navigate(address))
	other.run(chromedp.Click(`[name="f-tumour-side"][value="R"]`))
	other.says("Entwurf gespeichert um")
	cancel()

	p.pick("f-tumour-side", 0)
	p.says("von M. Muster geändert")
	p.run(chromedp.Click(".mw-saved__both"))
	p.says("Zwei Fassungen dieses Abschnitts")
	p.says("Meine Angaben speichern")
	p.run(chromedp.Click(`button[value="speichern"]`))
	p.says("Der Abschnitt ist gespeichert")
	p.run(chromedp.Navigate(address), chromedp.Evaluate(`document.querySelector("[name=f-tumour-side]:checked").value`, &said))
	if said != "L" {
		t.Errorf("the side is %s", said)
	}
	p.lineFillsTheFields(strings.Replace(address, "/tumor", "/stadium", 1))
	p.staysWhenSignedOut()
}

// lineFillsTheFields types a TNM as one line: the fields below say it, and the
// line is empty, so that whoever changes a field afterwards is not contradicted.
func (p *typing) lineFillsTheFields(address string) {
	p.t.Helper()
	var line, category string
	p.run(chromedp.Navigate(address))
	p.settle()
	p.write("f-clinical-line", "cT2 cN1 cM0")
	p.stroke(kb.Tab)
	p.says("Entwurf gespeichert um")
	p.run(chromedp.Evaluate(`document.getElementById("f-clinical-t").value`, &category), chromedp.Evaluate(`document.getElementById("f-clinical-line").value`, &line))
	if category != "2" || line != "" {
		p.t.Errorf("after the line was typed T is %q, the line %q", category, line)
	}
	// Whoever goes on to the very field that the line fills finds it filled: left
	// as it was, the next save would bring the old value back without a word.
	p.write("f-clinical-line", "cT3 cN1 cM0")
	p.run(chromedp.Focus("#f-clinical-t"), chromedp.Poll(`document.getElementById("f-clinical-line").value === ""`, nil),
		chromedp.Evaluate(`document.getElementById("f-clinical-t").value`, &category))
	if category != "3" {
		p.t.Errorf("after a second line T is %q in the field that has the focus", category)
	}
}

// staysWhenSignedOut types while the house refuses, then while the session has
// ended: the page says so and stays, and goes on once somebody has signed in again.
func (p *typing) staysWhenSignedOut() {
	p.t.Helper()
	const refusing = `window.real = window.fetch; window.fetch = async () => new Response('{"error":"Versuchen Sie es später."}', {status: 503}); 0`
	p.run(chromedp.Evaluate(refusing, nil), chromedp.Focus("#f-clinical-line"), chromedp.KeyEvent("cT4 cN1 cM0"), chromedp.KeyEvent(kb.Enter))
	p.says("Nicht gespeichert: Versuchen Sie es später.")
	p.run(chromedp.Evaluate(`window.fetch = window.real; document.getElementById("f-clinical-line").select()`, nil)) // typed over below
	var cookies []*network.Cookie
	p.run(chromedp.ActionFunc(func(ctx context.Context) error {
		var err error
		cookies, err = network.GetCookies().Do(ctx)
		return errors.Join(err, network.ClearBrowserCookies().Do(ctx))
	}))
	p.run(chromedp.KeyEvent("cT3 cN1 cM0"), chromedp.KeyEvent(kb.Enter))
	p.says("Ihre Sitzung ist beendet")
	p.run(chromedp.ActionFunc(func(ctx context.Context) error {
		var back []*network.CookieParam
		for _, c := range cookies {
			back = append(back, &network.CookieParam{Name: c.Name, Value: c.Value, Domain: c.Domain, Path: c.Path, Secure: c.Secure, HTTPOnly: c.HTTPOnly, SameSite: c.SameSite})
		}
		return network.SetCookies(back).Do(ctx)
	}))
	p.enter(inReport + "stadium-pathologisch")
	p.run(chromedp.NavigateBack())
	p.says("Gespeichert: cT3 cN1 cM0")
}

const inRecord = "/patienten/[A-Z2-7]{26}"

// newPatient goes from the page that does not know the number to a whole identity.
func (p *typing) newPatient() {
	p.t.Helper()
	p.write("patient_id", "")
	p.enter(inRecord + ".*")
	p.write("f-patient-surname", "Zzyzxmann")
	p.write("f-patient-first-names", "Erika")
	p.pick("f-patient-sex", 0)
	p.write("f-patient-birth-date_day", "3")
	p.write("f-patient-birth-date_month", "3")
	p.write("f-patient-birth-date_year", "1951")
	p.enter(inRecord + "/anschrift")
	p.write("f-patient-address-street", "Quittenweg")
	p.write("f-patient-address-house", "1")
	p.write("f-patient-address-postal-code", "30159")
	p.write("f-patient-address-place", "Hannover")
	p.pick("f-patient-insurance-kind", 0)
	p.write("f-patient-insurance-statutory-insurer", "104212505")
	p.write("f-patient-insurance-statutory-number", "A123456780")
}

// newReport begins a diagnosis report.
func (p *typing) newReport() {
	p.t.Helper()
	p.enter("/meldungen/neu")
	p.pick("anlass", 0)
	p.enter(inReport + "tumor")
}

const inReport = "/meldungen/[A-Z2-7]{26}/"

// diagnosis fills in the report and submits it.
func (p *typing) diagnosis() {
	p.t.Helper()
	p.write("f-tumour-diagnosed-on_day", "4")
	p.write("f-tumour-diagnosed-on_month", "5")
	p.write("f-tumour-diagnosed-on_year", "2026")
	p.write("f-tumour-icd-code", "C50.4")
	p.pick("f-tumour-side", 0)
	p.enter(inReport + "diagnose")
	p.write("f-topography-code", "C50.4")
	p.write("f-certainty", "his")
	p.write("f-performance", "ECOG 1")
	p.enter(inReport + "histologie")
	p.write("f-histology-date_month", "5")
	p.write("f-histology-date_year", "2026")
	p.write("f-histology-morphologies-0-code", "8500/3")
	p.write("f-histology-grading", "G2")
	p.enter(inReport + "stadium")
	p.write("f-clinical-line", "cT2 cN1 cM0, Stadium IIB (8. Auflage)")
	p.enter(inReport + "stadium-pathologisch")
	p.enter(inReport + "ausbreitung")
	p.enter(inReport + "modul-mamma")
	p.pick("f-breast-menopause", 1)
	p.pick("f-breast-oestrogen", 0)
	p.pick("f-breast-progesterone", 0)
	p.pick("f-breast-her2", 1)
	p.enter(inReport + "meldung")
	p.pick("f-reason", 0)
	p.pick("f-own-service", 0)
	p.enter(inReport + "pruefen")
	p.stroke(kb.Enter) // the link to the end of the page
	confirm := false
	p.run(chromedp.Evaluate(`document.querySelector("[name=bestaetigt]") !== null`, &confirm))
	if confirm {
		p.to("bestaetigt")
		p.stroke(" ")
	}
	for range 40 {
		var label string
		p.run(chromedp.Evaluate(`document.activeElement.textContent.trim()`, &label))
		if strings.HasPrefix(label, "Meldung übermitteln") {
			break
		}
		p.stroke(kb.Tab)
	}
	p.enter(inReport + "quittung")
	p.says("Quittung Q-2026-")
}
