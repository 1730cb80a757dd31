// SPDX-License-Identifier: EUPL-1.2

package signin_test

import (
	"context"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"meldewerk/account"
	"meldewerk/audit"
	"meldewerk/internal/signin"
	"meldewerk/internal/web/browsertest"
)

// The first sign-in of a person who has a browser without scripts and no
// mouse: Chromium shows the pages, zbarimg scans the code, oathtool stands for
// the phone.
func TestA12WholeFirstSignInByKeyboardWithoutScripts(t *testing.T) {
	t.Parallel()
	tools := map[string]string{}
	for _, tool := range []string{"zbarimg", "oathtool"} {
		path, err := exec.LookPath(tool)
		if err != nil {
			t.Skipf("%s is not installed", tool)
		}
		tools[tool] = path
	}
	dir := t.TempDir()
	w := startFresh(t, filepath.Join(dir, "house.db"), filepath.Join(dir, "master.key"))
	for _, unit := range []account.Unit{{ID: "u1", Name: "Klinikum Nord"}, {ID: "u2", Name: "Praxis am Markt"}} {
		if err := w.accounts.PutUnit(t.Context(), audit.System, unit); err != nil {
			t.Fatal(err)
		}
	}
	person := w.person(notEnrolled, func(p *signin.Person) { p.Unit = "u1" })
	err := w.accounts.Change(t.Context(), audit.System, person.ID, username, "M. Muster", []account.UnitID{"u1", "u2"}, account.Roles{account.RoleReporter})
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewTLSServer(w.handler)
	defer server.Close()
	address := strings.Replace(server.URL, "127.0.0.1", host, 1)

	page := openTab(t)
	page.run(emulation.SetScriptExecutionDisabled(true), chromedp.Navigate(address+"/"))
	page.at(signin.PathSignIn)
	page.fill("username", username)
	page.fill("password", password+kb.Enter)
	page.at(signin.PathEnrol)
	var shot []byte
	page.run(chromedp.FullScreenshot(&shot, 100))
	image := filepath.Join(dir, "page.png")
	if err := os.WriteFile(image, shot, 0o600); err != nil {
		t.Fatal(err)
	}
	uri := strings.TrimSpace(tool(t, tools["zbarimg"], "--quiet", "--raw", image))
	scanned, err := url.Parse(uri)
	if err != nil || scanned.Scheme != "otpauth" {
		t.Fatalf("the scanned code is no otpauth address: %v", err)
	}
	phone := func() string {
		return strings.TrimSpace(tool(t, tools["oathtool"], "--totp", "--base32",
			"--now", w.clock.Now().Format("2006-01-02 15:04:05 UTC"), scanned.Query().Get("secret")))
	}
	page.says("Fotografieren und drucken Sie den QR-Code nicht")
	page.fill("otp", phone()+kb.Enter)
	page.at(signin.PathSignIn)
	page.says("Der nächste Code kommt um 13:00:30")
	page.says("noch 2") // seconds, counted down by the browser, without a script
	page.fill("username", username)
	page.fill("password", password+kb.Enter)
	page.at(signin.PathCode)
	page.says("Der nächste Code kommt um 13:00:30")
	w.clock.pass(30 * time.Second)
	page.fill("otp", phone()+kb.Enter)
	page.at("/")
	page.says(`"in"`)
	page.run(chromedp.Navigate(address + signin.PathAccount))
	page.says("Was zuletzt geschah")
	page.press("Einrichtung wechseln")
	page.press("Praxis am Markt")
	page.at("/")
	page.run(chromedp.Navigate(address + "/einheit"))
	page.says("u2")
}

func tool(t *testing.T, path string, args ...string) string {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), path, args...).Output()
	if err != nil {
		t.Fatalf("%s: %v", filepath.Base(path), err)
	}
	return string(out)
}

// tab is one page of a running Chromium.
type tab struct {
	t   *testing.T
	ctx context.Context
}

func openTab(t *testing.T) *tab {
	t.Helper()
	return &tab{t: t, ctx: browsertest.Start(t)}
}

func (p *tab) run(actions ...chromedp.Action) {
	p.t.Helper()
	if err := chromedp.Run(p.ctx, actions...); err != nil {
		p.t.Fatal(err)
	}
}

// at waits until the browser shows that path.
func (p *tab) at(path string) {
	p.t.Helper()
	deadline := time.Now().Add(20 * time.Second)
	var address string
	for {
		ready := false
		err := chromedp.Run(p.ctx, chromedp.Location(&address), chromedp.Evaluate(`document.readyState === "complete"`, &ready))
		if u, bad := url.Parse(address); err == nil && bad == nil && ready && u.Path == path {
			return
		}
		if time.Now().After(deadline) {
			p.t.Fatalf("the browser is at %s, not at %s", address, path)
		}
		time.Sleep(20 * time.Millisecond) // polls another process
	}
}

// fill goes to a field with the tabulator and types.
func (p *tab) fill(name, text string) {
	p.t.Helper()
	for range 40 {
		var focused string
		p.run(chromedp.KeyEvent(kb.Tab), chromedp.Evaluate(`document.activeElement.name || ""`, &focused))
		if focused == name {
			p.run(chromedp.KeyEvent(text))
			return
		}
	}
	p.t.Fatalf("field %s is not reached with the tabulator", name)
}
