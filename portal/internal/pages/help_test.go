// SPDX-License-Identifier: EUPL-1.2

package pages

import (
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"meldewerk/fault"
	"meldewerk/internal/ui"
	"meldewerk/internal/web"
	"meldewerk/internal/web/browsertest"
	"meldewerk/portal/internal/handbook"
)

func helpStates(t *testing.T) []ui.State {
	t.Helper()
	states, err := Gallery()
	if err != nil {
		t.Fatal(err)
	}
	return slices.DeleteFunc(states, func(s ui.State) bool { return !slices.Contains(helpPages, s.Page) })
}

var href = regexp.MustCompile(`href="(/[^"]*)"`)

// TestH23EveryLinkOfTheHandbookLeadsSomewhere follows the links of the start
// page and of every topic: to topics, their sections, and pages of the portal.
func TestH23EveryLinkOfTheHandbookLeadsSomewhere(t *testing.T) {
	t.Parallel()
	book := openHandbook(galleryProfile())
	known := map[string]bool{"/hilfe": true, "/anmelden": true, "/konto": true, "/konto/passkeys": true, "/barrierefreiheit": true, pathMissing: true}
	for _, n := range navigation() {
		known[n.Href] = true
	}
	known[PathApply] = true
	for _, g := range book.Groups() {
		known["/hilfe#"+g.ID] = true
		for _, topic := range g.Topics {
			known[topicPath(topic.ID)] = true
			for _, part := range topic.Parts {
				known[topicPath(topic.ID)+"#"+part.Anchor] = true
			}
		}
	}
	links := 0
	follow := func(where, path string) {
		links++
		if !known[path] {
			t.Errorf("%s leads to %s", where, path)
		}
	}
	for _, g := range book.Groups() {
		for _, topic := range g.Topics {
			page := newHelpTopic(book, topic)
			for _, link := range slices.Concat(page.Pages, page.Related) {
				follow(topic.ID, link.Href)
			}
		}
	}
	for _, s := range helpStates(t) {
		html, err := s.Render()
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range href.FindAllStringSubmatch(string(html), -1) {
			if path := m[1]; strings.HasPrefix(path, "/hilfe") {
				follow(s.Page+", "+s.Name, path)
			}
		}
	}
	if links < 400 {
		t.Fatalf("only %d links", links)
	}
}

// TestHelpIsOpenToEverybody: nobody has to sign in to read how to sign in.
func TestHelpIsOpenToEverybody(t *testing.T) {
	t.Parallel()
	routes := New(Rooms{Profile: galleryProfile()}).helpRoutes()
	if len(routes) != 2 {
		t.Fatalf("%d routes", len(routes))
	}
	for _, r := range routes {
		if !slices.Equal(r.Roles, []web.Role{web.Public}) {
			t.Errorf("%s wants %v", r.Pattern, r.Roles)
		}
	}
}

// TestHelpAnswersByTopic asks the handlers themselves.
func TestHelpAnswersByTopic(t *testing.T) {
	t.Parallel()
	routes := New(Rooms{Profile: galleryProfile()}).helpRoutes()
	ask := func(route int, target, topic string) (web.Response, error) {
		r := httptest.NewRequest(http.MethodGet, target, nil)
		r.SetPathValue("thema", topic)
		return routes[route].Handler(&web.Request{Request: r})
	}
	if page, err := ask(1, "/hilfe/tnm", "tnm"); page == nil || err != nil {
		t.Errorf("a topic gives %v", err)
	}
	if _, err := ask(1, "/hilfe/gibt-es-nicht", "gibt-es-nicht"); !fault.IsKind(err, fault.NotFound) {
		t.Errorf("an unknown topic gives %v", err)
	}
	if page, err := ask(0, "/hilfe?q=passwort", ""); page == nil || err != nil {
		t.Errorf("a search gives %v", err)
	}
	if _, err := ask(0, "/hilfe?q="+strings.Repeat("x", 201), ""); err == nil {
		t.Error("a search of any length is taken")
	}
}

// TestW4HelpRepeatsNoQueryInItsTitle: what was typed may be a name.
func TestW4HelpRepeatsNoQueryInItsTitle(t *testing.T) {
	t.Parallel()
	book := openHandbook(galleryProfile())
	if title := newHelp(book, "Grünwald").title(); strings.Contains(title, "Grünwald") {
		t.Errorf("the title is %q", title)
	}
}

// TestHelpShowsTheBestSection leads a hit to the section that fits.
func TestHelpShowsTheBestSection(t *testing.T) {
	t.Parallel()
	book := openHandbook(galleryProfile())
	hits := newHelp(book, "Umzug").Hits
	if len(hits) == 0 || hits[0].Place.Href != "/hilfe/identitaet-berichtigen#umzug" {
		t.Errorf("hits %v", hits)
	}
	if got := handbook.Address("histologie", "histology.grading"); got != "/hilfe/histologie#grading" {
		t.Errorf("the field leads to %s", got)
	}
}

// TestHelpPagesHoldInTheBrowser looks at the handbook in a browser.
func TestHelpPagesHoldInTheBrowser(t *testing.T) {
	t.Parallel()
	browsertest.CheckGallery(t, helpStates(t)...)
}

var quoted = regexp.MustCompile(`„([^“]*)“`)

// examples are quoted in the handbook without standing on a page.
var examples = []string{"Dr. med.", "mamma oben außen", "ypT1a(m) ypN0 cM0 L0 V0 Pn0", "cT2 cN1 cM0", "II B", "gering", "klein", "von der",
	"meldewerk check", "Patientin", "Patient", "Ann Arbor"}

// TestH23HandbookQuotesWhatStandsOnThePages looks for every quoted word of the
// handbook in the sources of the pages, so that it names no button or value
// that is called otherwise there.
func TestH23HandbookQuotesWhatStandsOnThePages(t *testing.T) {
	t.Parallel()
	var shown strings.Builder
	for _, pattern := range []string{"*.html", "*.go", "../drafting/*.go", "../followup/*.go", "../../../report/form/*.go", "../../../tumour/wording/*.go",
		"../../../account/*.go", "../../../internal/signin/*.go", "../../../internal/signin/pages/signin/*.html", "../../../internal/ui/*.go",
		"../../../internal/ui/components/*.html", "../../../internal/ui/assets/*.js"} {
		names, err := filepath.Glob(pattern)
		if err != nil || len(names) == 0 {
			t.Fatalf("%s: %d files, %v", pattern, len(names), err)
		}
		for _, name := range names {
			if strings.HasSuffix(name, "_test.go") || strings.HasPrefix(name, "help") || strings.HasPrefix(name, "handbook") {
				continue
			}
			content, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			shown.WriteString(tag.ReplaceAllString(string(content), ""))
		}
	}
	pages := strings.ToLower(shown.String())
	for _, group := range openHandbook(galleryProfile()).Groups() {
		for _, topic := range group.Topics {
			texts := []string{topic.Title, topic.Short}
			for _, p := range topic.Parts {
				texts = slices.Concat(texts, []string{p.Title}, p.Text, p.Steps, p.Points)
			}
			for _, m := range quoted.FindAllStringSubmatch(strings.Join(texts, " "), -1) {
				if !slices.Contains(examples, m[1]) && !strings.Contains(pages, strings.ToLower(strings.TrimRight(m[1], " …"))) {
					t.Errorf("%s quotes %q, which stands on no page", topic.ID, m[1])
				}
			}
		}
	}
}
