// SPDX-License-Identifier: EUPL-1.2

package terminology_test

import (
	"fmt"
	"testing"

	"meldewerk/terminology"
)

func TestLabelsAnswerOrFallBack(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		name  string
		ask   func(string) (terminology.Label, bool)
		code  string
		text  string
		exact bool
		found bool
	}{
		{"listed site", terminology.ICD, "C50.4", "Brustdrüse, oberer äußerer Quadrant", true, true},
		{"category", terminology.ICD, "C50", "Brustdrüse", true, true},
		{"unlisted site", terminology.ICD, "C50.7", "Brustdrüse", false, true},
		{"five characters", terminology.ICD, "C34.11", "Lunge, Oberlappen", false, true},
		{"not a tumour", terminology.ICD, "I21.9", "", false, false},
		{"nothing", terminology.ICD, "", "", false, false},
		{"skin", terminology.Topography, "C44.5", "Haut des Rumpfes", true, true},
		{"marrow", terminology.Topography, "C42.1", "Knochenmark", true, true},
		{"site", terminology.Topography, "C20.9", "Enddarm (Rektum)", true, true},
		{"morphology", terminology.Morphology, "8500/3", "Invasives Karzinom ohne speziellen Typ", true, true},
		{"other behaviour", terminology.Morphology, "8500/1", "Invasives Karzinom ohne speziellen Typ, Verhalten unsicher", true, true},
		{"former number", terminology.Morphology, "8511/3", "Duktaler oder lobulärer Tumor, bösartig", false, true},
		{"no such morphology", terminology.Morphology, "8777/3", "", false, false},
		{"procedure with side", terminology.OPS, "5-870.a1L", "Brusterhaltende Entfernung von Brustgewebe", false, true},
		{"procedure category", terminology.OPS, "5-324.71", "Lobektomie der Lunge, thorakoskopisch", false, true},
		{"substance", terminology.ATC, "L02BA01", "Tamoxifen", true, true},
		{"substance group", terminology.ATC, "L02BA99", "", false, false},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			label, found := row.ask(row.code)
			if found != row.found || label.Text != row.text || label.Exact != row.exact {
				t.Errorf("%q answers %q exact %v found %v", row.code, label.Text, label.Exact, found)
			}
		})
	}
}

func TestCategoriesCoverTheTumourChapter(t *testing.T) {
	t.Parallel()
	// Gaps of the chapter itself.
	none := map[string]bool{"C27": true, "C28": true, "C29": true, "C35": true, "C36": true, "C42": true,
		"C59": true, "C87": true, "C89": true, "D08": true}
	for _, span := range []struct {
		letter      string
		first, last int
	}{{"C", 0, 97}, {"D", 0, 48}} {
		for n := span.first; n <= span.last; n++ {
			code := fmt.Sprintf("%s%02d", span.letter, n)
			_, found := terminology.ICD(code)
			if found == none[code] {
				t.Errorf("%s: listed %v", code, found)
			}
		}
	}
	if n := len(terminology.Categories()); n < 130 {
		t.Errorf("only %d categories", n)
	}
}

func TestPairedOrgansAskForASide(t *testing.T) {
	t.Parallel()
	for code, want := range map[string]bool{"C50.4": true, "C50": true, "C56": true, "C62.1": true, "C64": true,
		"C34.1": true, "C34.2": false, "C43.6": true, "C43.5": false, "C20": false, "C61": false, "D05.1": true,
		"C83.3": false, "I10": false} {
		if terminology.Paired(code) != want {
			t.Errorf("%s: want paired %v", code, want)
		}
	}
}
