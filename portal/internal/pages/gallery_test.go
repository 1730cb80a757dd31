// SPDX-License-Identifier: EUPL-1.2

package pages

import (
	"regexp"
	"strings"
	"testing"
)

// forbidden are words that a page for reporters does not use.
var forbidden = regexp.MustCompile(`(?i)ungültig|fehlercode|bitte|submit|\bok\b`)

var tag = regexp.MustCompile(`<[^>]*>`)

func TestGalleryShowsEveryPageInThreeSituations(t *testing.T) {
	t.Parallel()
	states, err := Gallery()
	if err != nil {
		t.Fatal(err)
	}
	situations := map[string]int{}
	for _, s := range states {
		situations[s.Page]++
		page, err := s.Render()
		if err != nil {
			t.Errorf("%s, %s: %v", s.Page, s.Name, err)
			continue
		}
		html := string(page)
		text := tag.ReplaceAllString(html, " ")
		if word := forbidden.FindString(text); word != "" {
			t.Errorf("%s, %s: the page says %q", s.Page, s.Name, word)
		}
		if strings.Contains(html, " style=") || strings.Contains(html, "<script>") || strings.Contains(html, "onclick") {
			t.Errorf("%s, %s: inline style or script", s.Page, s.Name)
		}
		if strings.Count(html, "<h1") != 1 {
			t.Errorf("%s, %s: not exactly one h1", s.Page, s.Name)
		}
		if len(page) > 120_000 {
			t.Errorf("%s, %s: %d bytes", s.Page, s.Name, len(page))
		}
		head, _, _ := strings.Cut(html, "</title>")
		if strings.Contains(head, "2024-7714") {
			t.Errorf("%s, %s: a patient number in the title", s.Page, s.Name)
		}
	}
	for _, name := range Names {
		if situations[name] < 3 {
			t.Errorf("page %s has %d situations", name, situations[name])
		}
	}
}

// TestBannerIsExactlyTheReducedSet is N2: these fields, in this order, and a
// masked line for all others.
func TestBannerIsExactlyTheReducedSet(t *testing.T) {
	t.Parallel()
	want := []string{"Patientennummer", "Geburtsmonat und -jahr", "Postleitzahl", "Ort",
		"Kassennummer, letzte drei Ziffern", "Versichertennummer, letzte drei Ziffern", "Name, Geburtstag, Straße"}
	items := banner(galleryCourse().Patient).Items
	for i, item := range items {
		if i >= len(want) || item.Key != want[i] {
			t.Fatalf("field %d is %q", i+1, item.Key)
		}
		if (item.Masked != "") != (i == len(want)-1) {
			t.Errorf("field %q masked: %q", item.Key, item.Masked)
		}
	}
	if len(items) != len(want) {
		t.Errorf("%d fields", len(items))
	}
	galleryCourse := galleryCourse()
	galleryCourse.Patient.Known = false
	for _, item := range banner(galleryCourse.Patient).Items[1:] {
		if item.Masked == "" || item.Value != "" {
			t.Errorf("before a report is finished the field %q shows %q", item.Key, item.Value)
		}
	}
}
