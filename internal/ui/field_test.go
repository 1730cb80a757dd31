// SPDX-License-Identifier: EUPL-1.2

package ui

import (
	"strings"
	"testing"
	"testing/fstest"
)

// TestPageBeginsWhereTheFieldSays draws every kind of field and wants exactly
// one place in it where the page begins, and none where it does not.
func TestPageBeginsWhereTheFieldSays(t *testing.T) {
	t.Parallel()
	set, err := Templates(fstest.MapFS{"one.html": {Data: []byte(`{{template "field" .Field}}{{template "button" .Button}}`)}}, "one")
	if err != nil {
		t.Fatal(err)
	}
	draw := func(f Field, b Button) string {
		var out strings.Builder
		if err := set.Render(&out, "one", Frame{House: Portal, Title: "Probe"}, struct {
			Field  Field
			Button Button
		}{f, b}); err != nil {
			t.Fatal(err)
		}
		return out.String()
	}
	options := []Option{{Value: "a", Label: "eins"}, {Value: "b", Label: "zwei"}}
	for _, f := range []Field{Text("x", "Wort", ""), Digits("x", "Zahl", "", "mm"), Area("x", "Text", ""), Select("x", "Wahl", options), Radios("x", "Wahl", options),
		Checks("x", "Wahl", options), Checkbox("x", "Ja", false), DateFields("x", "Tag", "", "", ""), OneTimeCode("x", "Code"), Text("x", "Code", "").WithSearch("/katalog/icd")} {
		if strings.Contains(draw(f, Button{Label: "Weiter"}), "autofocus") {
			t.Errorf("%s: the page begins where it should not", f.Kind)
		}
		f.Focus = true
		if n := strings.Count(draw(f, Button{Label: "Weiter"}), " autofocus"); n != 1 {
			t.Errorf("%s: the page begins in %d places", f.Kind, n)
		}
	}
	if n := strings.Count(draw(Text("x", "Wort", ""), Button{Label: "Weiter", Focus: true}), " autofocus"); n != 1 {
		t.Errorf("button: the page begins in %d places", n)
	}
}

func TestMeaningOfACodeIsReadWithItsField(t *testing.T) {
	t.Parallel()
	f := Text("x", "Code", "C50.4").WithSearch("/katalog/icd")
	if got := f.Described(); got != "" {
		t.Errorf("described by %q", got)
	}
	f.Hint, f.Said, f.Error = "Hinweis", "Brustdrüse", "Fehler"
	if got := f.Described(); got != "x-hint x-error x-said" {
		t.Errorf("described by %q", got)
	}
}

// TestBrowserKeepsNothingTyped: names and numbers of one patient must not be
// offered for the next one, nor lie in the profile of a shared browser.
func TestBrowserKeepsNothingTyped(t *testing.T) {
	t.Parallel()
	set, err := Templates(fstest.MapFS{"one.html": {Data: []byte(`{{template "field" .}}`)}}, "one")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range []Field{Text("x", "Nachname", ""), Digits("x", "Zahl", "", ""), DateFields("x", "Tag", "", "", ""), Text("x", "Code", "").WithSearch("/katalog/icd")} {
		var out strings.Builder
		if err := set.Render(&out, "one", Frame{House: Portal, Title: "Probe"}, f); err != nil {
			t.Fatal(err)
		}
		if inputs, off := strings.Count(out.String(), `type="text"`), strings.Count(out.String(), `autocomplete="off"`); inputs == 0 || inputs != off {
			t.Errorf("%s: %d of %d inputs are kept from the browser's memory", f.Label, off, inputs)
		}
	}
}
