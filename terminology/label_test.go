// SPDX-License-Identifier: EUPL-1.2

package terminology_test

import (
	"strings"
	"testing"
	"unicode/utf8"

	"meldewerk/terminology"
)

// longest is how many characters a label may have, to fit a table cell.
const longest = 60

func sound(t *testing.T, list, code, text string) {
	t.Helper()
	switch {
	case utf8.RuneCountInString(text) > longest:
		t.Errorf("%s %s: %d characters: %s", list, code, utf8.RuneCountInString(text), text)
	case text == "" || strings.TrimSpace(text) != text || strings.Contains(text, "  "):
		t.Errorf("%s %s: %q", list, code, text)
	}
}

// TestEveryCodeHasWordsOfItsOwn: only the numbers of former editions of ICD-O
// whose words are not known answer with their family.
func TestEveryCodeHasWordsOfItsOwn(t *testing.T) {
	t.Parallel()
	for _, row := range reference(t, "icd10.csv") {
		l, ok := terminology.ICD(row["code"])
		if !ok || !l.Exact {
			t.Errorf("ICD %s: %+v", row["code"], l)
		}
		sound(t, "ICD", row["code"], l.Text)
	}
	for _, row := range reference(t, "topographie.csv") {
		l, ok := terminology.Topography(row["code"])
		if !ok || !l.Exact {
			t.Errorf("site %s: %+v", row["code"], l)
		}
		sound(t, "site", row["code"], l.Text)
	}
	former := map[string]bool{}
	seen := map[string]string{}
	for _, row := range reference(t, "morphologie.csv") {
		code := row["code"]
		l, ok := terminology.Morphology(code)
		if !ok {
			t.Errorf("morphology %s has no words", code)
		}
		if !l.Exact {
			former[code[:4]] = true
			continue
		}
		if other, twice := seen[l.Text]; twice {
			t.Errorf("%s and %s are both %q", other, code, l.Text)
		}
		seen[l.Text] = code
	}
	if len(former) > 75 {
		t.Errorf("%d morphologies without words of their own", len(former))
	}
}

func TestLabelsAreShort(t *testing.T) {
	t.Parallel()
	for _, code := range terminology.Procedures() {
		l, _ := terminology.OPS(code)
		sound(t, "OPS", code, l.Text)
	}
	for _, code := range terminology.MorphologyCodes() {
		l, _ := terminology.Morphology(code)
		sound(t, "morphology", code, l.Text)
	}
	for _, edition := range []int{terminology.Targets2014, terminology.Targets2021} {
		for _, target := range terminology.Targets(edition) {
			sound(t, "target", target.Code, target.Text)
		}
	}
}
