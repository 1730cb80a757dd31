// SPDX-License-Identifier: EUPL-1.2

package browsertest_test

import (
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"testing/fstest"
	"time"

	"github.com/chromedp/chromedp"

	"meldewerk/internal/ui"
	"meldewerk/internal/web"
	"meldewerk/internal/web/browsertest"
)

// TestW1GalleryInBrowser looks at every component in every house.
func TestW1GalleryInBrowser(t *testing.T) {
	states, err := ui.Gallery()
	if err != nil {
		t.Fatal(err)
	}
	browsertest.CheckGallery(t, states...)
}

// scriptHouse is a small house with one page for each script.
func scriptHouse(t *testing.T, polled *atomic.Int32) string {
	t.Helper()
	pages, err := ui.Templates(fstest.MapFS{
		"form.html": {Data: []byte(`<form method="post" action="/form" data-draft="/entwurf" novalidate>{{range .}}{{template "field" .}}{{end}}
<div data-if="side" data-is="L R" id="nur-seite">Nur mit Seite</div>{{template "button" (button "Absenden")}}</form>`)},
		"upload.html":   {Data: []byte(`<form method="post" action="/paket" enctype="multipart/form-data" data-upload>{{template "field" .}}{{template "button" (button "Hochladen")}}</form>`)},
		"progress.html": {Data: []byte(`{{template "progress" .}}`)},
		"done.html":     {Data: []byte(`<p id="fertig">Fertig</p>`)},
	})
	if err != nil {
		t.Fatal(err)
	}
	scripts := func(names ...string) func(*ui.Frame) { return func(f *ui.Frame) { f.Scripts = names } }
	fields := []ui.Field{
		ui.Password("password", "Passwort", "current-password"),
		ui.DateFields("day", "Datum", "", "", ""),
		ui.Text("site", "Lokalisation", "").WithSearch("/katalog"),
		ui.Radios("side", "Seite", []ui.Option{{Value: "L", Label: "Links"}, {Value: "U", Label: "Nicht bekannt", Selected: true}}),
		ui.Hidden("version", "1"),
	}
	public := []web.Role{web.Public}
	page := func(response *web.PageResponse) web.Handler {
		return func(*web.Request) (web.Response, error) { return response, nil }
	}
	handler, err := web.New(web.Options{House: ui.Portal, Hosts: []string{"127.0.0.1"}, Pages: pages, Log: slog.New(slog.DiscardHandler), Routes: []web.Route{
		{Pattern: "GET /form", Roles: public, Handler: page(web.Page("form", "Formular", fields).With(scripts("codesearch.js", "draft.js")))},
		{Pattern: "GET /fehler", Roles: public, Handler: page(web.Page("form", "Formular", fields).Refused(ui.Problems{{Field: "site", Sentence: "Der Code fehlt. Geben Sie ihn an."}}))},
		{Pattern: "GET /katalog", Roles: public, Handler: func(r *web.Request) (web.Response, error) {
			var q struct {
				Text string `form:"q"`
			}
			if err := r.DecodeQuery(&q); err != nil {
				return nil, err
			}
			return web.JSON(map[string]any{"hits": []map[string]string{{"code": "C50.4", "label": "<b>" + q.Text}, {"code": "C50.5", "label": "zweiter"}}}), nil
		}},
		{Pattern: "POST /entwurf", Roles: public, Handler: func(*web.Request) (web.Response, error) {
			return web.JSON(map[string]any{"saved": "14:32 Uhr", "version": 2}), nil
		}},
		{Pattern: "GET /laden", Roles: public, Handler: page(web.Page("upload", "Paket", ui.File("package", "Paket", ".xml")).With(scripts("progress.js")))},
		{Pattern: "POST /paket", Roles: public, MaxBody: 1 << 20, Handler: func(r *web.Request) (web.Response, error) {
			err := r.Upload("package", &struct{}{}, func(_ string, content io.Reader) error { _, err := io.Copy(io.Discard, content); return err })
			return web.Redirect("/fertig"), err
		}},
		{Pattern: "GET /lauf", Roles: public, Handler: page(web.Page("progress", "Prüfung", ui.Progress{ID: "p", Label: "Prüfung", Total: 3, Status: "/stand.json"}).With(scripts("progress.js")))},
		{Pattern: "GET /stand.json", Roles: public, Handler: func(*web.Request) (web.Response, error) {
			n := polled.Add(1)
			return web.JSON(map[string]any{"done": n, "total": 3, "text": "läuft", "finished": n >= 2, "next": "/fertig"}), nil
		}},
		{Pattern: "GET /fertig", Roles: public, Handler: page(web.Page("done", "Fertig", nil))},
	}})
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(handler)
	t.Cleanup(server.Close)
	return server.URL
}

func TestScriptsInBrowser(t *testing.T) {
	var polled atomic.Int32
	base := scriptHouse(t, &polled)
	ctx := browsertest.Start(t)
	run := func(what string, actions ...chromedp.Action) {
		t.Helper()
		limited, cancel := context.WithTimeout(ctx, 20*time.Second)
		defer cancel()
		if err := chromedp.Run(limited, actions...); err != nil {
			t.Errorf("%s: %v", what, err)
		}
	}
	truth := func(what, expression string) {
		t.Helper()
		if !browsertest.Becomes(ctx, expression, 10*time.Second) {
			var text string
			_ = chromedp.Run(ctx, chromedp.Evaluate(`location.pathname + " " + document.querySelector("main").innerText`, &text)) // only to explain
			t.Errorf("%s: not so; the page says %q", what, text)
		}
	}

	run("open refused form", chromedp.Navigate(base+"/fehler"))
	truth("focus is on the summary", `document.activeElement.id === "fehler" && document.title.startsWith("Fehler: ")`)
	run("open form", chromedp.Navigate(base+"/form"))
	run("show password", chromedp.SendKeys("#password", "geheim"), chromedp.Click("button[data-shows]"))
	truth("password is shown", `document.getElementById("password").type === "text" && document.querySelector("button[data-shows]").getAttribute("aria-pressed") === "true"`)
	run("paste a date", chromedp.Evaluate(`(() => { const d = new DataTransfer(); d.setData("text", "03.11.2025");
		document.getElementById("day").dispatchEvent(new ClipboardEvent("paste", {clipboardData: d, bubbles: true, cancelable: true})); })()`, nil))
	truth("date is spread", `["day","day-month","day-year"].map((i) => document.getElementById(i).value).join(".") === "03.11.2025"`)
	truth("conditional block is hidden", `document.getElementById("nur-seite").hidden`)
	run("choose side", chromedp.Click(`label[for="side"]`))
	truth("conditional block is shown", `!document.getElementById("nur-seite").hidden`)
	run("search a code", chromedp.SendKeys("#site", "brust"))
	truth("suggestions are open", `document.querySelectorAll("#site-list li").length === 2 && document.getElementById("site").getAttribute("aria-expanded") === "true"`)
	truth("suggestion is text, not markup", `document.querySelector("#site-list b") === null`)
	run("choose by keyboard", chromedp.Evaluate(`for (const key of ["ArrowDown", "Enter"])
		document.getElementById("site").dispatchEvent(new KeyboardEvent("keydown", {key, bubbles: true, cancelable: true}))`, nil))
	truth("code is taken", `document.getElementById("site").value === "C50.4"`)
	truth("draft is saved", `document.querySelector(".mw-saved").textContent === "Entwurf gespeichert um 14:32 Uhr" && document.getElementsByName("version")[0].value === "2"`)

	run("open upload", chromedp.Navigate(base+"/laden"))
	run("upload too much", chromedp.Evaluate(chooseFile(2<<20), nil), chromedp.Click(`button[type="submit"]`))
	truth("refusal is shown in place", `document.querySelector(".mw-progress [role=status]")?.textContent.startsWith("Die Sendung ist größer")`)
	run("upload", chromedp.Evaluate(chooseFile(1000), nil), chromedp.Click(`button[type="submit"]`))
	truth("receipt is shown", `location.pathname === "/fertig"`)
	run("watch progress", chromedp.Navigate(base+"/lauf"))
	truth("processing leads on", `location.pathname === "/fertig"`)
	if n := polled.Load(); n != 2 {
		t.Errorf("polled %d times", n)
	}
}

// chooseFile puts a file of so many bytes into the upload field.
func chooseFile(size int) string {
	n, _ := json.Marshal(size) // a number always marshals
	return `(() => { const d = new DataTransfer(); d.items.add(new File([new Uint8Array(` + string(n) + `)], "export.xml"));
		document.querySelector("input[type=file]").files = d.files; })()`
}

// TestW3HostileTextInBrowser shows the gallery full of hostile texts: nothing
// of it runs and no element appears that was not there.
func TestW3HostileTextInBrowser(t *testing.T) {
	hostile := `"><img src=x onerror="window.pwned=1"><script>window.pwned=1</script><svg onload=window.pwned=1>`
	set, err := ui.Templates(fstest.MapFS{"all.html": {Data: []byte(`
{{template "details" .Details}}{{template "table" .Table}}{{range .Fields}}{{template "field" .}}{{end}}{{template "alert" .Alert}}{{template "timeline" .Timeline}}`)}})
	if err != nil {
		t.Fatal(err)
	}
	type all struct {
		Details  ui.Details
		Table    ui.Table
		Fields   []ui.Field
		Alert    ui.Alert
		Timeline ui.Timeline
	}
	build := func(s string) ui.State {
		return set.State("all", "x", ui.Frame{House: ui.Registry, Title: s, User: s, Facility: s, Errors: ui.Problems{{Field: "a", Sentence: s}}}, all{
			Details:  ui.Details{Items: []ui.Item{{Key: s, Value: s, Href: "/" + url.PathEscape(s)}, {Key: s, Masked: s}}},
			Table:    ui.Table{Caption: s, Columns: []ui.Column{ui.Col(s)}, Rows: []ui.Row{ui.Cells(s)}},
			Fields:   []ui.Field{ui.Text("a", s, s).WithHint(s), ui.Area("b", s, s), ui.Select("c", s, []ui.Option{{Value: s, Label: s, Group: s}}), ui.Hidden("d", s)},
			Alert:    ui.Alert{Title: s, Body: s, Items: []string{s}},
			Timeline: ui.Timeline{Label: s, Events: []ui.Event{{When: s, Title: s, Source: s, Lines: []string{s}}}},
		})
	}
	gallery, err := ui.GalleryHandler(build("harmlos"), build(hostile))
	if err != nil {
		t.Fatal(err)
	}
	// Without the policy: the escaping alone must hold.
	server := httptest.NewServer(http.HandlerFunc(gallery.ServeHTTP))
	t.Cleanup(server.Close)
	ctx := browsertest.Start(t)
	var counts [2]int
	for i := range counts {
		var pwned bool
		var title string
		if err := chromedp.Run(ctx, chromedp.Navigate(server.URL+"/zustand/"+[]string{"1", "2"}[i]),
			chromedp.Evaluate(`document.querySelectorAll("*").length`, &counts[i]),
			chromedp.Evaluate(`window.pwned !== undefined`, &pwned), chromedp.Title(&title)); err != nil {
			t.Fatal(err)
		}
		if pwned {
			t.Error("hostile text ran")
		}
		if i == 1 && !strings.Contains(title, "<script>") {
			t.Errorf("the title is not the text as typed: %q", title)
		}
	}
	if counts[0] != counts[1] {
		t.Errorf("%d elements with harmless text, %d with hostile", counts[0], counts[1])
	}
}
