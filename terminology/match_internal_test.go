// SPDX-License-Identifier: EUPL-1.2

package terminology

import (
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// plainDistance counts typing errors with the whole table.
func plainDistance(a, b string) int {
	table := make([][]int, len(a)+1)
	for i := range table {
		table[i] = make([]int, len(b)+1)
		table[i][0] = i
	}
	for j := range table[0] {
		table[0][j] = j
	}
	for i := 1; i <= len(a); i++ {
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			table[i][j] = min(table[i-1][j-1]+cost, table[i-1][j]+1, table[i][j-1]+1)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				table[i][j] = min(table[i][j], table[i-2][j-2]+1)
			}
		}
	}
	return table[len(a)][len(b)]
}

func TestDistancesAreThoseOfThePlainTable(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		word := rapid.StringMatching(`[abc]{1,12}`)
		asked, other, most := word.Draw(t, "asked"), word.Draw(t, "word"), rapid.IntRange(1, 2).Draw(t, "most")
		full, start := distances(asked, other, most)
		wantFull := min(most+1, plainDistance(asked, other))
		wantStart := most + 1
		for end := range len(other) + 1 {
			wantStart = min(wantStart, plainDistance(asked, other[:end]))
		}
		if full != wantFull || start != wantStart {
			t.Fatalf("%q, %q, %d: %d and %d, want %d and %d", asked, other, most, full, start, wantFull, wantStart)
		}
	})
}

// TestMistypedWordsAreNotMissed: the shortcut over rare pairs of letters finds
// every word that the comparison of all words finds.
func TestMistypedWordsAreNotMissed(t *testing.T) {
	t.Parallel()
	x := indexOf(builtInEntries(ListICD), nil)
	rapid.Check(t, func(t *rapid.T) {
		asked := []byte(rapid.SampledFrom(x.words).Filter(func(w string) bool { return len(w) >= 6 }).Draw(t, "word"))
		for range rapid.IntRange(1, 2).Draw(t, "errors") {
			at := rapid.IntRange(0, len(asked)-2).Draw(t, "at")
			switch rapid.IntRange(0, 3).Draw(t, "kind") {
			case 0:
				asked = slices.Delete(asked, at, at+1)
			case 1:
				asked = slices.Insert(asked, at, 'x')
			case 2:
				asked[at] = 'q'
			case 3:
				asked[at], asked[at+1] = asked[at+1], asked[at]
			}
		}
		budget := 1 << 20
		found := map[int32]bool{}
		for _, f := range x.mistypedLike(string(asked), &budget) {
			found[f.word] = true
		}
		most := errorsForgiven(len(asked))
		for i, word := range x.words {
			full, start := distances(string(asked), word, most)
			if near := most > 0 && min(full, start) <= most; near != found[int32(i)] {
				t.Fatalf("%q and %q: found %v", asked, word, !near)
			}
		}
	})
}

func TestImportReadsNoFileWithoutEnd(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"<!-- x -->", "<?x y?>", "C50;Immer\n"} {
		_, err := importWithin(KindICD10GM, 2026, strings.NewReader(strings.Repeat(text, 1<<18)), 1<<20)
		if err == nil || !strings.Contains(err.Error(), "länger als 1 MB") {
			t.Errorf("%s: %v", text, err)
		}
	}
}

var sink bool // of what is asked for its cost alone

// TestAskedForEveryReportWithoutMemory: what report/check asks for every
// report must not make work for the collector.
func TestAskedForEveryReportWithoutMemory(t *testing.T) {
	for name, ask := range map[string]func(){
		"TNM":          func() { KnownTNM(AxisT, "8", "C50.4", "X") },
		"TNM marks":    func() { KnownTNM(AxisN, "8", "C50.4", "1a(sn)") },
		"TNM in situ":  func() { KnownTNM(AxisT, "8", "C50.4", "is(DCIS)") },
		"stage":        func() { StageAt("8", "C34.1", "IVA") },
		"site":         func() { SiteFits("C50.4", "8500/3") },
		"substance":    func() { SubstanceNamed("Tamoxifen") },
		"morphology":   func() { KnownMorphology("8500/3") },
		"payer":        func() { sink = PayerOf("102114819") == UnknownPayer },
		"check digit":  func() { sink = CheckedIK("102114819") },
		"postal code":  func() { KnownPostalCode("30159") },
		"Land of code": func() { PostalCodeIn("30159", "NI") },
		"ICD":          func() { ICDInYear("C50.4", 2024) },
		"book":         func() { BuiltIn().ICDInYear("C50.4", 2024) },
		"country":      func() { KnownCountry("DE") },
		"target":       func() { TargetOf(Targets2021, "3.1") },
	} {
		if n := testing.AllocsPerRun(100, ask); n != 0 {
			t.Errorf("%s: %v allocations", name, n)
		}
	}
}

func TestFoldMakesSpellingsOne(t *testing.T) {
	t.Parallel()
	for _, spellings := range [][]string{{"Brustdrüse", "brustdruese", "BRUSTDRUSE"}, {"Ösophagus", "oesophagus", "osophagus"}, {"Fuß", "fuss"}, {"Sézary", "sezary"}} {
		for _, s := range spellings {
			if fold(s) != fold(spellings[0]) {
				t.Errorf("%s is %s, %s is %s", s, fold(s), spellings[0], fold(spellings[0]))
			}
		}
	}
	if fold("Brustdrüse") != "brustdruse" {
		t.Error(fold("Brustdrüse"))
	}
}
