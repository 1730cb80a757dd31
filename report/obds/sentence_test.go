// SPDX-License-Identifier: EUPL-1.2

package obds

import (
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// TestEverySentenceStandsInBothLanguages looks at the table: nothing missing,
// the same blanks, and the house's manner of speaking.
func TestEverySentenceStandsInBothLanguages(t *testing.T) {
	t.Parallel()
	blank := regexp.MustCompile(`\{\d\}`)
	if len(phrases) < 80 {
		t.Fatalf("only %d sentences", len(phrases))
	}
	for _, p := range phrases {
		for _, pair := range [][2]string{{p.german.message, p.english.message}, {p.german.remedy, p.english.remedy}} {
			a, b := blank.FindAllString(pair[0], -1), blank.FindAllString(pair[1], -1)
			slices.Sort(a)
			slices.Sort(b)
			if !slices.Equal(a, b) || (pair[0] == "") != (pair[1] == "") {
				t.Errorf("not the same: %q and %q", pair[0], pair[1])
			}
			if strings.ContainsAny(pair[1], "„äöüß") || strings.Contains(pair[0], "ungültig") || strings.ContainsAny(pair[0]+pair[1], "!") {
				t.Errorf("wrong words: %q, %q", pair[0], pair[1])
			}
		}
	}
}

// TestEnglishFindsTheSame reads broken packages in both languages: only the
// sentences may differ, and all of them must.
func TestEnglishFindsTheSame(t *testing.T) {
	t.Parallel()
	samples := samples3(t)
	docs := []string{}
	for _, name := range slices.Sorted(maps.Keys(samples)) {
		docs = append(docs, string(samples[name]))
	}
	base := head + patientXML(1, 2) + patientXML(2, 2) + tail
	for _, c := range [][2]string{{"Sterbedatum>2024", "Sterbedatum>2054"}, {"C50.4", "x"}, {"ohne Befund", ""}, {"<Tod>", "x<Tod>"}, {"<Tod>", "<Tot>"},
		{"R2_0", "R1_0"}, {`"P2"`, `"P1"`}, {"ohne Befund", "&x;"}, {"<Melder ID=\"M1\"/>", "<Melder ID=\"M2\"/>"}, {"3.0.4", "3.9"},
		{"<Eigene_Leistung>J</Eigene_Leistung>", ""}, {">J<", ">?<"}} {
		docs = append(docs, strings.Replace(base, c[0], c[1], 1))
	}
	found := 0
	for _, doc := range docs {
		for _, version := range []string{"", "3.0.2", "3.0.5"} {
			de := read(t, strings.NewReader(doc), Options{Version: version}).all()
			en := read(t, strings.NewReader(doc), Options{Version: version, English: true}).all()
			if len(de) != len(en) {
				t.Fatalf("%d findings in German, %d in English", len(de), len(en))
			}
			for i := range de {
				found++
				if de[i].Message == en[i].Message || de[i].Remedy == en[i].Remedy || strings.ContainsAny(en[i].Message+en[i].Remedy, "„äöüß{}") {
					t.Errorf("%s: %s %s", en[i].Rule, en[i].Message, en[i].Remedy)
				}
				en[i].Message, en[i].Remedy = de[i].Message, de[i].Remedy
				if de[i] != en[i] {
					t.Errorf("%v and %v", de[i], en[i])
				}
			}
		}
	}
	t.Logf("%d findings", found)
}
