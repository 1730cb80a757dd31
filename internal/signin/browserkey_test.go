// SPDX-License-Identifier: EUPL-1.2

package signin_test

import (
	"context"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/cdproto/webauthn"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"meldewerk/account"
	"meldewerk/audit"
	"meldewerk/internal/signin"
)

// A person with a hardware token and a keyboard sets up a passkey in Chromium
// and comes in with it: the browser itself signs, by its own virtual device.
func TestA14PasskeyInARealBrowser(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	w := startFresh(t, filepath.Join(dir, "house.db"), filepath.Join(dir, "master.key"))
	server := httptest.NewUnstartedServer(nil)
	server.StartTLS()
	defer server.Close()
	w.origin = strings.Replace(server.URL, "127.0.0.1", host, 1)
	w.serve(0)
	server.Config.Handler = w.handler
	person := w.person()

	page := openTab(t)
	var console []string
	chromedp.ListenTarget(page.ctx, func(event any) {
		if e, ok := event.(*runtime.EventExceptionThrown); ok {
			console = append(console, e.ExceptionDetails.Error())
		}
	})
	page.run(webauthn.Enable(), chromedp.ActionFunc(func(ctx context.Context) error {
		_, err := webauthn.AddVirtualAuthenticator(&webauthn.VirtualAuthenticatorOptions{
			Protocol: webauthn.AuthenticatorProtocolCtap2, Transport: webauthn.AuthenticatorTransportUsb,
			HasUserVerification: true, IsUserVerified: true, AutomaticPresenceSimulation: true,
		}).Do(ctx)
		return err
	}))
	page.run(chromedp.Navigate(w.origin + "/anmelden"))
	page.fill("username", username)
	page.fill("password", password+kb.Enter)
	page.at(signin.PathCode)
	page.fill("otp", w.code(person.Secret)+kb.Enter)
	page.at("/")
	page.run(chromedp.Navigate(w.origin + signin.PathPasskeys))
	page.fill("label", "Schlüssel am Bund"+kb.Enter)
	page.says("Zuletzt benutzt: noch nie")
	page.fill("label", "Derselbe noch einmal"+kb.Enter)
	page.says("Dieses Gerät hat schon einen Passkey")

	// Now with a role that takes nothing else.
	w.clock.pass(time.Minute)
	if err := w.accounts.SetRoles(t.Context(), audit.System, person.ID, account.Roles{account.RoleApprover}); err != nil {
		t.Fatal(err)
	}
	page.run(chromedp.Navigate(w.origin + "/anmelden"))
	page.fill("username", username)
	page.fill("password", password+kb.Enter)
	page.at(signin.PathCode)
	page.says("Ihre Rolle verlangt einen Passkey.")
	page.press("Mit Passkey anmelden")
	page.at("/")
	// And once more as a fresh proof within the session.
	w.clock.pass(6 * time.Minute)
	page.run(chromedp.Navigate(w.origin + "/freigabe"))
	page.at(signin.PathCode)
	page.press("Mit Passkey bestätigen")
	page.at("/freigabe")

	if len(console) > 0 {
		t.Errorf("errors in the scripts: %v", console)
	}
	keys, err := w.accounts.Passkeys(t.Context(), person.ID)
	if err != nil || len(keys) != 1 || keys[0].Used.IsZero() {
		t.Errorf("%d passkeys, %v", len(keys), err)
	}
}

// says waits until the page shows the text. While a page is being replaced by
// the next one, the browser has no answer; then it is asked again.
func (p *tab) says(text string) {
	p.t.Helper()
	deadline := time.Now().Add(20 * time.Second)
	var body string
	for {
		err := chromedp.Run(p.ctx, chromedp.Evaluate(`document.readyState === "complete" && document.body ? document.body.innerText + Array.from(document.querySelectorAll("svg text")).map((e) => getComputedStyle(e).visibility === "visible" ? e.textContent : "").join("") : ""`, &body))
		if err == nil && strings.Contains(strings.ReplaceAll(body, "\u00a0", " "), text) {
			return
		}
		if time.Now().After(deadline) {
			p.t.Fatalf("the page does not say %q: %s, %v", text, body, err)
		}
		time.Sleep(20 * time.Millisecond) // polls another process
	}
}

// press goes to a button with the tabulator and presses it.
func (p *tab) press(label string) {
	p.t.Helper()
	for range 40 {
		var focused string
		p.run(chromedp.KeyEvent(kb.Tab), chromedp.Evaluate(`document.activeElement.innerText || ""`, &focused))
		if strings.TrimSpace(focused) == label {
			p.run(chromedp.KeyEvent(kb.Enter))
			return
		}
	}
	p.t.Fatalf("button %q is not reached with the tabulator", label)
}
