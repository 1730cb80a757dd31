// SPDX-License-Identifier: EUPL-1.2

package terminology

import (
	_ "embed"
	"slices"
	"strings"
	"sync"
)

// Label is a Bezeichnung: the short German words for a code.
type Label struct {
	Code string // the code the words belong to; shorter than the one asked for when Exact is false
	Text string
	// Exact is false when the code itself has no words here and those of its
	// category stand in: C50.7 answers with C50.
	Exact bool
}

// String is the words alone.
func (l Label) String() string { return l.Text }

//go:embed data/icd.txt
var icdText string

//go:embed data/morphology.txt
var morphologyText string

//go:embed data/ops.txt
var opsText string

//go:embed data/atc.txt
var atcText string

// table is one list of codes with their words.
type table struct {
	words  map[string]string
	paired map[string]bool // nil for lists without that column
	codes  []string        // in the order of the file
}

var (
	icd = read(icdText, true)
	ops = sync.OnceValue(func() table { return read(opsText, false) })
	atc = sync.OnceValue(func() table { return read(atcText, false) })
)

// read takes a table apart: one header line, then code, flag if there is one, words.
func read(text string, flagged bool) table {
	t := table{words: map[string]string{}}
	if flagged {
		t.paired = map[string]bool{}
	}
	_, body, _ := strings.Cut(text, "\n")
	for line := range strings.Lines(body) {
		code, rest, found := strings.Cut(strings.TrimRight(line, "\n"), " ")
		if !found || rest == "" {
			panic("terminology: line without words: " + code)
		}
		if _, twice := t.words[code]; twice {
			panic("terminology: code listed twice: " + code)
		}
		if flagged {
			flag, words, cut := strings.Cut(rest, " ")
			if !cut || (flag != "p" && flag != "-") {
				panic("terminology: line without flag: " + code)
			}
			t.paired[code] = flag == "p"
			rest = words
		}
		t.words[code] = rest
		t.codes = append(t.codes, code)
	}
	return t
}

// find gives the words of the code, or of the longest beginning of it that has
// at least the given number of characters and is listed.
func (t table) find(code string, least int) (Label, bool) {
	for asked := code; len(code) >= least; code = strings.TrimSuffix(code[:len(code)-1], ".") {
		if text, ok := t.words[code]; ok {
			return Label{Code: code, Text: text, Exact: code == asked}, true
		}
	}
	return Label{}, false
}

// ICD gives the words for a tumour code of ICD-10-GM, e.g. C50.4; an unlisted
// four-character code answers with its category. False when the category is
// not among the tumours.
func ICD(code string) (Label, bool) { return icd.find(code, 3) }

// Categories lists the three-character categories of the tumours in order:
// C00 to C97, D00 to D48.
func Categories() []string {
	var out []string
	for _, code := range icd.codes {
		if len(code) == 3 {
			out = append(out, code)
		}
	}
	return out
}

// topographyWords are the sites of ICD-O that ICD-10 uses for something else.
var topographyWords = map[string]string{
	"C42": "Knochenmark und Blutbildung", "C42.0": "Blut", "C42.1": "Knochenmark", "C42.2": "Milz",
	"C42.3": "Retikuloendotheliales System", "C42.4": "Blutbildendes System ohne nähere Angabe",
	"C44": "Haut",
	"C77": "Lymphknoten", "C77.0": "Lymphknoten, Kopf, Gesicht und Hals", "C77.1": "Lymphknoten im Brustkorb",
	"C77.2": "Lymphknoten im Bauch", "C77.3": "Lymphknoten, Achsel oder Arm", "C77.4": "Lymphknoten, Leiste oder Bein",
	"C77.5": "Lymphknoten im Becken", "C77.8": "Lymphknoten mehrerer Regionen", "C77.9": "Lymphknoten ohne nähere Angabe",
	"C80": "Sitz unbekannt", "C80.9": "Sitz unbekannt",
}

// Topography gives the words for a site in ICD-O, e.g. C50.4. Sites and the
// tumours of ICD-10 share their codes except for the blood, the lymph nodes
// and the unknown site.
func Topography(code string) (Label, bool) {
	if words, ok := topographyWords[code]; ok {
		return Label{Code: code, Text: words, Exact: true}, true
	}
	if len(code) >= 3 {
		if words, other := topographyWords[code[:3]]; other && code[:3] != "C44" {
			return Label{Code: code[:3], Text: words}, true
		}
	}
	l, ok := icd.find(code, 3)
	if ok && !l.Exact && len(code) == 5 && code[3:] == ".9" && icdCodes[l.Code].terminal {
		l.Code, l.Exact = code, true // ICD-O writes the organ without parts as .9
	}
	return l, ok
}

// Morphology gives the words for a morphology in ICD-O with behaviour, e.g.
// 8500/3; where a behaviour has no words of its own, the usual words and the
// behaviour make them. A number of former editions whose words are not known
// answers with its family. False when the code is not listed at all.
func Morphology(code string) (Label, bool) {
	if !KnownMorphology(code) {
		return Label{}, false
	}
	if m, ok := morphologyWords()[code[:4]]; ok {
		return Label{Code: code, Text: m.of(code[5]), Exact: true}, true
	}
	family, words := familyOf(code[:4])
	return Label{Code: family, Text: words + ", " + behaviourWords[code[5]]}, true
}

// OPS gives the words for a procedure, e.g. 5-870.a1; a longer code answers
// with the longest beginning that is listed, at the least its four digits.
// A side behind the code (R, L or B) changes nothing.
func OPS(code string) (Label, bool) {
	return ops().find(withoutSide(code), 5)
}

// Procedures lists the procedures of OPS that the program knows, in order.
func Procedures() []string { return slices.Clone(ops().codes) }

// ATC gives the name of a substance of tumour therapy, e.g. L02BA01.
func ATC(code string) (Label, bool) {
	if l, ok := atc().find(code, 7); ok {
		return l, true
	}
	if s, ok := SubstanceOf(code); ok {
		return Label{Code: code, Text: s.Name, Exact: true}, true
	}
	return Label{}, false
}

// Paired says whether the organ of an ICD-10 code is paired, so that the side
// must be told. ICD-O decides where it has the same code; another code without
// words answers with its category.
func Paired(code string) bool {
	if paired, ok := topographyCodes[stem(code)]; ok {
		return paired
	}
	label, ok := icd.find(code, 3)
	return ok && icd.paired[label.Code]
}
