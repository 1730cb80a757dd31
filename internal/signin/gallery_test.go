// SPDX-License-Identifier: EUPL-1.2

package signin_test

import (
	"regexp"
	"strings"
	"testing"
	"testing/fstest"

	"meldewerk/internal/signin"
	"meldewerk/internal/ui"
	"meldewerk/internal/web/browsertest"
)

func TestEveryPageHasGalleryStatesThatRender(t *testing.T) {
	t.Parallel()
	set, err := ui.Templates(signin.Pages(nil), signin.Names...)
	if err != nil {
		t.Fatal(err)
	}
	shown := map[string]int{}
	forbidden := regexp.MustCompile(`(?i)ungültig|bitte|style="|<script[^>]*>[^<]|onclick|!</`)
	for _, house := range []ui.House{ui.Portal, ui.TrustCentre, ui.Registry} {
		for _, state := range signin.Gallery(set, house) {
			shown[state.Page]++
			page, err := state.Render()
			if err != nil {
				t.Errorf("%s, %s: %v", state.Page, state.Name, err)
				continue
			}
			text := string(page)
			if strings.Count(text, "<h1") != 1 || forbidden.MatchString(text) || strings.Contains(text, "[redacted]") || strings.Contains(text, "ZgotmplZ") {
				t.Errorf("%s, %s: %q", state.Page, state.Name, forbidden.FindString(text))
			}
		}
	}
	for _, name := range signin.Names {
		if shown[name] == 0 {
			t.Errorf("page %s has no state", name)
		}
	}
}

func TestPagesLieBesideThoseOfTheHouse(t *testing.T) {
	t.Parallel()
	house := fstest.MapFS{
		"overview.html":     {Data: []byte("<p>Übersicht</p>")},
		"deep/patient.html": {Data: []byte("<p>Akte</p>")},
	}
	set, err := ui.Templates(signin.Pages(house), append([]string{"overview", "patient"}, signin.Names...)...)
	if err != nil {
		t.Fatal(err)
	}
	if n := len(set.Names()); n < 7 {
		t.Errorf("%d pages: %v", n, set.Names())
	}
}

func TestA11yEveryStateInTheBrowser(t *testing.T) {
	t.Parallel()
	set, err := ui.Templates(signin.Pages(nil), signin.Names...)
	if err != nil {
		t.Fatal(err)
	}
	browsertest.CheckGallery(t, signin.Gallery(set, ui.Portal)...)
}
