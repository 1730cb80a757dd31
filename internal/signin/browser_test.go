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

	"meldewerk/internal/signin"
)

// The first sign-in of a person who has a browser without scripts and no
// mouse: Chromium shows the pages, zbarimg scans the code, oathtool stands for
// the phone.
func TestA12WholeFirstSignInByKeyboardWithoutScripts(t *testing.T) {
	t.Parallel()
	tools := map[string]string{}
	for _, tool := range []string{"chromium", "zbarimg", "oathtool"} {
		path, err := exec.LookPath(tool)
		if err != nil {
			t.Skipf("%s is not installed", tool)
		}
		tools[tool] = path
	}
	dir := t.TempDir()
	w := startFresh(t, filepath.Join(dir, "house.db"), filepath.Join(dir, "master.key"))
	w.person(notEnrolled)
	server := httptest.NewTLSServer(w.handler)
	defer server.Close()
	address := strings.Replace(server.URL, "127.0.0.1", host, 1)

	page := openChromium(t, tools["chromium"])
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
	page.fill("otp", phone()+kb.Enter)
	page.at(signin.PathSignIn)
	page.fill("username", username)
	page.fill("password", password+kb.Enter)
	page.at(signin.PathCode)
	w.clock.pass(30 * time.Second)
	page.fill("otp", phone()+kb.Enter)
	page.at("/")
	var body string
	page.run(chromedp.Text("body", &body))
	if !strings.Contains(body, `"in"`) {
		t.Errorf("not signed in: %s", body)
	}
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

func openChromium(t *testing.T, path string) *tab {
	t.Helper()
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(path), chromedp.NoSandbox,
		chromedp.UserDataDir(t.TempDir()), chromedp.Flag("ignore-certificate-errors", true),
		chromedp.Flag("disable-quic", true), chromedp.Flag("disable-component-update", true))
	allocator, stop := chromedp.NewExecAllocator(context.Background(), options...)
	ctx, closeTab := chromedp.NewContext(allocator)
	ctx, cancel := context.WithTimeout(ctx, 2*time.Minute)
	t.Cleanup(func() { cancel(); closeTab(); stop() })
	return &tab{t: t, ctx: ctx}
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
		p.run(chromedp.Location(&address))
		if u, err := url.Parse(address); err == nil && u.Path == path {
			p.run(chromedp.WaitReady("body"))
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
