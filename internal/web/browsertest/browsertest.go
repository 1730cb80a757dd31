// SPDX-License-Identifier: EUPL-1.2

// Package browsertest looks at pages in a real browser, headless Chromium, for
// the tests of the houses: accessibility by axe-core, the content security
// policy, foreign requests, width.
//
// It serves the first step of the way of a report, the page, and is imported
// by tests only. It must never be linked into the program.
package browsertest

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"

	"meldewerk/internal/ui"
	"meldewerk/internal/web"
)

// Start opens a headless browser for the test, or skips the test with a clear
// line if none is installed. Every call has its own empty profile.
func Start(t *testing.T) context.Context {
	t.Helper()
	if testing.Short() {
		t.Skip("no browser in short mode")
	}
	path := ""
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if found, err := exec.LookPath(name); err == nil {
			path = found
			break
		}
	}
	if path == "" {
		t.Skip("no Chromium installed: the page is not looked at in a browser")
	}
	options := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(path), chromedp.UserDataDir(t.TempDir()), chromedp.NoSandbox, chromedp.DisableGPU,
		chromedp.Flag("disable-quic", true), chromedp.Flag("disable-component-update", true),
		chromedp.Flag("ignore-certificate-errors", true))
	// Not t.Context: it ends before the browser could be closed in order, and
	// a browser still writing would keep its profile from being removed.
	allocated, cancelAllocator := chromedp.NewExecAllocator(context.Background(), options...)
	browser, cancelBrowser := chromedp.NewContext(allocated)
	ctx, cancelTime := context.WithTimeout(browser, 4*time.Minute)
	t.Cleanup(func() {
		_ = chromedp.Cancel(browser) // waits for its end; a browser already gone is fine
		cancelTime()
		cancelBrowser()
		cancelAllocator()
	})
	if err := chromedp.Run(ctx); err != nil {
		t.Skipf("Chromium does not start here: %v", err)
	}
	return ctx
}

// Axe is the text of axe-core; the test is skipped if it was not fetched.
func Axe(t *testing.T) string {
	t.Helper()
	_, here, _, _ := runtime.Caller(0)
	text, err := os.ReadFile(filepath.Join(filepath.Dir(here), "..", "..", "ui", "testdata", "vendor", "axe.min.js"))
	if err != nil {
		t.Skip(`axe-core is not here: run "make assets"`)
	}
	return string(text)
}

// watch collects what a page must not do.
type watch struct {
	mu      sync.Mutex
	origin  string
	trouble []string
}

func (w *watch) add(format string, args ...any) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.trouble = append(w.trouble, fmt.Sprintf(format, args...))
}

func (w *watch) take() []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	out := w.trouble
	w.trouble = nil
	return out
}

func (w *watch) listen(ctx context.Context) {
	chromedp.ListenTarget(ctx, func(event any) {
		switch e := event.(type) {
		case *log.EventEntryAdded:
			if e.Entry.Level == log.LevelError {
				w.add("console: %s", e.Entry.Text)
			}
		case *network.EventRequestWillBeSent:
			if url := e.Request.URL; !strings.HasPrefix(url, w.origin) && !strings.HasPrefix(url, "data:") {
				w.add("foreign request: %s", url)
			}
		}
	})
}

const listenForViolations = `window.mwViolations = [];
document.addEventListener("securitypolicyviolation", (e) => window.mwViolations.push(e.effectiveDirective + " " + e.blockedURI + " " + e.sourceFile + ":" + e.lineNumber));`

// tooWide names the elements that make the page scroll sideways.
const tooWide = `(() => { const d = document.documentElement; if (d.scrollWidth <= d.clientWidth) return [];
return Array.from(document.querySelectorAll("body *")).filter((e) => e.getBoundingClientRect().right > d.clientWidth + 0.5 && !e.closest(".kern-table-responsive > *"))
.slice(0, 5).map((e) => e.tagName + "." + e.className + " by " + Math.round(e.getBoundingClientRect().right - d.clientWidth)).concat(["page by " + (d.scrollWidth - d.clientWidth)]); })()`

const runAxe = `axe.run(document, {resultTypes: ["violations"]}).then((r) => JSON.stringify(r.violations.map((v) => v.id + ": " + v.nodes.map((n) => n.target.join(" ") + " — " + n.any.concat(n.all, n.none).map((c) => c.message).join("; ")).join(" | "))))`

// CheckGallery shows every state in the browser at 1280 and at 360 pixels, in
// the light theme and the dark one, and reports every finding of axe-core,
// every breach of the content security policy, every request to somewhere
// else, every error in the console, and every page that must be scrolled
// sideways. If the environment names a folder in MELDEWERK_SCREENSHOTS, a
// picture of each page is kept there for the review.
func CheckGallery(t *testing.T, states ...ui.State) {
	t.Helper()
	axe := Axe(t)
	if err := ui.CheckAssets(); err != nil {
		t.Skip(err)
	}
	gallery, err := ui.GalleryHandler(states...)
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(web.Headers(gallery))
	t.Cleanup(server.Close)
	ctx := Start(t)
	seen := &watch{origin: server.URL}
	seen.listen(ctx)
	if err := chromedp.Run(ctx, log.Enable(), network.Enable(), chromedp.ActionFunc(func(ctx context.Context) error {
		_, err := page.AddScriptToEvaluateOnNewDocument(listenForViolations).Do(ctx)
		return err
	})); err != nil {
		t.Fatal(err)
	}
	for i, state := range states {
		for _, look := range []struct {
			width int64
			theme string
		}{{1280, "light"}, {360, "dark"}} {
			name := fmt.Sprintf("%s, %s, %d px, %s", state.Page, state.Name, look.width, look.theme)
			found, err := inspect(ctx, fmt.Sprintf("%s/zustand/%d", server.URL, i+1), look.width, look.theme, axe)
			if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			keepPicture(ctx, t, fmt.Sprintf("%s-%s-%s-%d-%s.png", state.Frame.House, state.Page, state.Name, look.width, look.theme))
			for _, f := range append(found, seen.take()...) {
				t.Errorf("%s: %s", name, f)
			}
		}
	}
}

// inspect opens one page and lists what is wrong with it.
func inspect(ctx context.Context, url string, width int64, theme, axe string) ([]string, error) {
	var violations []string
	var findings string
	var wide []string
	err := chromedp.Run(ctx,
		chromedp.EmulateViewport(width, 900),
		Theme(theme),
		chromedp.Navigate(url),
		chromedp.Evaluate(`document.fonts.ready.then(() => true)`, nil, chromedp.EvalAsValue, awaitPromise),
		chromedp.Evaluate(tooWide, &wide),
		chromedp.Evaluate(axe+"; true", nil),
		chromedp.Evaluate(runAxe, &findings, awaitPromise),
		chromedp.Evaluate(`window.mwViolations`, &violations),
	)
	if err != nil {
		return nil, err
	}
	var out []string
	if err := json.Unmarshal([]byte(findings), &out); err != nil {
		return nil, err
	}
	for i := range out {
		out[i] = "axe " + out[i]
	}
	for _, v := range violations {
		out = append(out, "content security policy: "+v)
	}
	for _, w := range wide {
		out = append(out, "too wide: "+w)
	}
	return out, nil
}
