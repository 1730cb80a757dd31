// SPDX-License-Identifier: EUPL-1.2

package world_test

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"

	"meldewerk/internal/web/browsertest"
	"meldewerk/report"
	"meldewerk/synth"
	"meldewerk/testkit/leak"
)

// browser is one person in front of a screen.
type browser struct {
	t       *testing.T
	ctx     context.Context
	p       *plant
	user    string
	login   login
	scripts bool
	axe     string

	mu      sync.Mutex
	trouble []string
	asked   []string // addresses of all requests, titles of all pages
}

func newBrowser(t *testing.T, p *plant, user string, l login, scripts bool) *browser {
	t.Helper()
	b := &browser{t: t, p: p, user: user, login: l, scripts: scripts, axe: browsertest.Axe(t), ctx: browsertest.Start(t)}
	chromedp.ListenTarget(b.ctx, func(event any) {
		switch e := event.(type) {
		case *log.EventEntryAdded:
			if e.Entry.Level == log.LevelError || e.Entry.Level == log.LevelWarning {
				b.note("console: " + e.Entry.Text)
			}
		case *runtime.EventExceptionThrown:
			b.note("script: " + e.ExceptionDetails.Text)
		case *network.EventRequestWillBeSent:
			b.remember(e.Request.URL)
			if url := e.Request.URL; !strings.HasPrefix(url, p.url) && !strings.HasPrefix(url, "data:") {
				b.note("foreign request: " + url)
			}
		}
	})
	b.do(log.Enable(), network.Enable(), chromedp.ActionFunc(func(ctx context.Context) error {
		_, err := page.AddScriptToEvaluateOnNewDocument(`window.mwViolations = [];
document.addEventListener("securitypolicyviolation", (e) => window.mwViolations.push(e.effectiveDirective + " " + e.blockedURI));`).Do(ctx)
		return err
	}))
	if !scripts {
		b.do(emulation.SetScriptExecutionDisabled(true))
	}
	return b
}

func (b *browser) note(trouble string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.trouble = append(b.trouble, trouble)
}

// remember keeps what a look over the shoulder, a proxy or the history shows.
func (b *browser) remember(text string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.asked = append(b.asked, text)
}

func (b *browser) do(actions ...chromedp.Action) {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, 40*time.Second)
	defer cancel()
	if err := chromedp.Run(ctx, actions...); err != nil {
		var where, text string
		_ = chromedp.Run(b.ctx, chromedp.Location(&where), chromedp.Text("body", &text)) // best effort, for the message
		b.t.Fatalf("%v at %s: %.600s", err, strings.TrimPrefix(where, b.p.url), text)
	}
}

// shot keeps a picture of the page at both widths, when a folder for them is named.
func (b *browser) shot(name string) {
	b.t.Helper()
	dir := os.Getenv("MELDEWERK_SCREENSHOTS")
	if dir == "" {
		return
	}
	if !b.scripts {
		name += "-ohne-skript"
	}
	for _, width := range []int64{360, 1280} {
		var picture []byte
		b.do(chromedp.EmulateViewport(width, 900), chromedp.FullScreenshot(&picture, 100))
		must(b.t, os.WriteFile(filepath.Join(dir, fmt.Sprintf("weg-%s-%d.png", name, width)), picture, 0o644))
	}
}

// look wants the page to be free of findings: axe, content security policy,
// console, foreign requests, a heading.
func (b *browser) look(name, heading string) {
	b.t.Helper()
	var title, findings string
	var violations []string
	var named string
	b.do(chromedp.Text("h1", &title), chromedp.Title(&named))
	b.remember(named)
	if !strings.Contains(title, heading) {
		b.t.Errorf("%s: the heading is %q", name, title)
	}
	if b.scripts {
		b.do(chromedp.Evaluate(`window.mwViolations`, &violations),
			chromedp.Evaluate(b.axe+"; true", nil),
			chromedp.Evaluate(`axe.run(document, {resultTypes: ["violations"]}).then((r) => JSON.stringify(r.violations.map((v) => v.id + ": " + v.nodes.map((n) => n.target.join(" ")).join(" | "))))`,
				&findings, func(p *runtime.EvaluateParams) *runtime.EvaluateParams { return p.WithAwaitPromise(true) }))
		var list []string
		must(b.t, json.Unmarshal([]byte(findings), &list))
		for _, f := range append(list, violations...) {
			b.t.Errorf("%s: %s", name, f)
		}
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, trouble := range b.trouble {
		b.t.Errorf("%s: %s", name, trouble)
	}
	b.trouble = nil
	b.mu.Unlock()
	b.shot(name)
	b.mu.Lock()
}

func (b *browser) press(text string) chromedp.Action {
	return chromedp.Click(`//main//button[contains(., "`+text+`")]`, chromedp.BySearch)
}

// line makes the way up slow, in bytes per second; -1 is as fast as it goes.
func line(up float64) chromedp.Action {
	return chromedp.ActionFunc(func(ctx context.Context) error {
		return cdp.Execute(ctx, "Network.emulateNetworkConditions", map[string]any{
			"offline": false, "latency": 0, "downloadThroughput": -1, "uploadThroughput": up}, nil)
	})
}

// signIn goes through both steps with the real forms.
func (b *browser) signIn() {
	b.t.Helper()
	b.do(chromedp.EmulateViewport(1280, 900), chromedp.Navigate(b.p.url+"/"), chromedp.WaitVisible(`input[name="username"]`))
	b.look("anmelden", "Anmelde")
	code := oathtool(b.t, b.login.secret, b.p.clock.Now())
	b.do(chromedp.SendKeys(`input[name="username"]`, b.user), chromedp.SendKeys(`input[name="password"]`, b.login.password),
		chromedp.Submit(`input[name="password"]`), chromedp.WaitVisible(`input[name="otp"]`))
	b.look("einmalkennwort", "")
	b.do(chromedp.SendKeys(`input[name="otp"]`, code), chromedp.Submit(`input[name="otp"]`), chromedp.WaitVisible(`input[name="patient_id"]`))
	b.look("uebersicht", "")
}

// upload sends a package with the real form.
func (b *browser) upload(file string) {
	b.t.Helper()
	b.do(chromedp.Navigate(b.p.url+"/pakete/neu"), chromedp.WaitReady(`input[type="file"]`))
	b.look("hochladen", "hochladen")
	b.do(chromedp.Click(`input[name="kind"][value="real"]`, chromedp.ByQuery),
		chromedp.SetUploadFiles(`input[type="file"]`, []string{file}, chromedp.ByQuery))
	if b.scripts {
		// A slow line, so that the bar can be seen moving.
		b.do(line(300_000), b.press("Paket hochladen"), chromedp.WaitVisible(`progress#transfer`))
		var moved bool
		b.do(chromedp.Poll(`(() => { const p = document.querySelector("progress#transfer"); return !p || p.value > 0; })()`, &moved))
		b.shot("uebertragung")
	} else {
		b.do(b.press("Paket hochladen"))
	}
	b.do(chromedp.WaitVisible(`//h1[contains(., "Paket Q-")]`, chromedp.BySearch))
	if b.scripts {
		b.do(line(-1))
	}
	var where string
	b.do(chromedp.Location(&where))
	if !strings.HasPrefix(where, b.p.url+"/pakete/") {
		b.t.Errorf("after the upload the browser is at %s", where)
	}
	b.look("protokoll", "")
}

// history looks a patient up on the overview.
func (b *browser) history(patient report.PatientID, reports []string) {
	b.t.Helper()
	var text, where string
	b.do(chromedp.Navigate(b.p.url+"/"), chromedp.WaitVisible(`input[name="patient_id"]`),
		chromedp.SendKeys(`input[name="patient_id"]`, string(patient)), chromedp.Submit(`input[name="patient_id"]`),
		chromedp.WaitVisible(`main form[action="/historie"]`), chromedp.WaitVisible(`.mw-timeline`), chromedp.Text("main", &text), chromedp.Location(&where))
	for _, id := range reports {
		if !strings.Contains(text, id) {
			b.t.Errorf("the Tumorhistorie does not show report %s", id)
		}
	}
	if !strings.HasPrefix(where, b.p.url+"/historie/") || strings.Contains(where, string(patient)) {
		b.t.Errorf("the history is at %s", where)
	}
	b.look("tumorhistorie", "Tumorhistorie")
	// The picture of the documents is what fits on a screen.
	if dir := os.Getenv("MELDEWERK_SCREENSHOTS"); dir != "" && b.scripts {
		var picture []byte
		const gutter = 15 // the place that the layout keeps for a scroll bar
		b.do(chromedp.EmulateViewport(1280+gutter, 1150), chromedp.Evaluate(`window.scrollTo(0, 0)`, nil),
			chromedp.ActionFunc(func(ctx context.Context) error {
				var err error
				picture, err = page.CaptureScreenshot().WithClip(&page.Viewport{Width: 1280, Height: 1150, Scale: 1}).Do(ctx)
				return err
			}))
		must(b.t, os.WriteFile(filepath.Join(dir, "tumorhistorie.png"), picture, 0o644))
	}
}

// kept is what the browser holds of the house besides the page itself.
const kept = `(async () => JSON.stringify([Object.entries(localStorage), Object.entries(sessionStorage), document.cookie, history.length,
	"databases" in indexedDB ? await indexedDB.databases() : [], "caches" in window ? await caches.keys() : []]))()`

// wantNoTraces searches addresses, titles, storage, file names and the
// portal's log for the persons of the package. Spec: SECURITY W4
func (b *browser) wantNoTraces(reports []*report.Report, secrets ...string) {
	b.t.Helper()
	var storage string
	if b.scripts {
		b.do(chromedp.Evaluate(kept, &storage, func(p *runtime.EvaluateParams) *runtime.EvaluateParams { return p.WithAwaitPromise(true) }))
		if !strings.HasPrefix(storage, `[[],[],""`) || !strings.HasSuffix(storage, ",[],[]]") {
			b.t.Errorf("W4: the browser keeps %s", storage)
		}
	}
	var s leak.Search
	identityOf(&s, reports, true)
	for _, secret := range secrets {
		s.Add("secret", secret)
	}
	b.mu.Lock()
	seen := strings.Join(b.asked, "\n")
	b.mu.Unlock()
	if strings.Count(seen, "/pakete/") == 0 || !strings.Contains(seen, "Tumorhistorie") {
		b.t.Error("W4: no addresses or titles were seen: the search is blind")
	}
	hits := found{}
	hits.add("addresses and titles", s.Find([]byte(seen)))
	hits.add("storage", s.Find([]byte(storage)))
	hits.add("log of the portal", s.Find(b.p.log.Bytes()))
	hits.report(b.t, "W4")
}

// signOut leaves by the button in the bar; the house tells the browser to
// forget what it has, and the way back shows nothing.
func (b *browser) signOut() {
	b.t.Helper()
	var header string
	listening, stop := context.WithCancel(b.ctx)
	defer stop()
	chromedp.ListenTarget(listening, func(event any) {
		if e, is := event.(*network.EventResponseReceivedExtraInfo); is {
			for name, value := range e.Headers {
				if strings.EqualFold(name, "Clear-Site-Data") {
					b.mu.Lock()
					header = fmt.Sprint(value)
					b.mu.Unlock()
				}
			}
		}
	})
	b.do(chromedp.Submit(`form[action="/abmelden"] button`), chromedp.WaitVisible(`input[name="username"]`))
	b.mu.Lock()
	if !strings.Contains(header, `"storage"`) {
		b.t.Errorf("W4: on the way out Clear-Site-Data is %q", header)
	}
	b.mu.Unlock()
	b.do(chromedp.Navigate(b.p.url+"/pakete"), chromedp.WaitVisible(`input[name="username"]`))
}

// TestH12H28W4ReporterAtTheScreen goes through a reporter's day in a real
// browser and nothing else, with scripts and without, from the sign-in to the
// way out.
func TestH12H28W4ReporterAtTheScreen(t *testing.T) {
	t.Parallel()
	for _, scripts := range []bool{true, false} {
		name := "with scripts"
		if !scripts {
			name = "without scripts"
		}
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := newPlant(t, "kkn", nil)
			u := p.everyone()
			p.clock.Advance(time.Minute) // the code of the set-up is used
			w := synth.New(synth.Options{Seed: 18, Patients: 60, ErrorRate: 0.06})
			file := filepath.Join(t.TempDir(), "export.xml")
			must(t, os.WriteFile(file, written(t, synth.Options{Seed: 18, Patients: 60, ErrorRate: 0.06}), 0o600))
			b := newBrowser(t, p, u.username, login{u.password, u.secret}, scripts)
			b.signIn()
			b.upload(file)
			b.do(chromedp.Navigate(p.url+"/pakete"), chromedp.WaitVisible("table"))
			b.look("pakete", "pakete")
			p.settle()
			patient, reports := busiest(w)
			b.history(patient, reports)
			b.do(chromedp.Navigate(p.url+"/historie"), chromedp.WaitVisible(`input[name="patient_id"]`),
				chromedp.SendKeys(`input[name="patient_id"]`, "gibt-es-nicht"), chromedp.Submit(`input[name="patient_id"]`),
				chromedp.WaitVisible(`.kern-alert--info`))
			b.look("historie-unbekannt", "Tumorhistorie")
			b.wantNoTraces(slices.Collect(w.Reports()), u.password, u.secret.Text())
			b.signOut()
		})
	}
}

// busiest is the patient of whom one reporter sent the most sound reports.
func busiest(w *synth.World) (report.PatientID, []string) {
	sent := map[report.PatientID][]string{}
	spoilt := map[report.PatientID]bool{}
	for e := range w.Entries() {
		sent[e.Report.Patient] = append(sent[e.Report.Patient], string(e.Report.ID))
		if e.Fault != "" {
			spoilt[e.Report.Patient] = true
		}
	}
	var best report.PatientID
	for patient, ids := range sent {
		if !spoilt[patient] && (len(ids) > len(sent[best]) || len(ids) == len(sent[best]) && patient < best) {
			best = patient
		}
	}
	return best, slices.Clone(sent[best])
}
