// SPDX-License-Identifier: EUPL-1.2

package mention_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"meldewerk/calendar"
	"meldewerk/identity"
	"meldewerk/identity/mention"
)

// patient is a person whose every part can be looked for.
func patient() *identity.Person {
	return &identity.Person{
		Surname: "Grünwald-Öttinger", FirstNames: "Anneliese Zoë", BirthName: "Šćepánek", FormerNames: []string{"Vollmeyer"}, Prefix: "von der",
		BirthDate: calendar.Date{Year: 1951, Month: 3, Day: 7, Accuracy: calendar.Exact},
		Address:   identity.Address{Street: "Rosmarinstraße", House: "17", PostalCode: "30159", Place: "Hannover", Country: "DE"},
		Insurance: identity.Insurance{Statutory: &identity.StatutoryInsurance{Insurer: "101575519", Number: "T498331264"}},
		Childhood: &identity.Childhood{AddressAtBirth: &identity.Address{Street: "Kirschallee 4"}},
	}
}

const patientNumber = "0047-1122"

func TestInFindsTheIdentityInASentence(t *testing.T) {
	t.Parallel()
	w := mention.Of(patient(), patientNumber)
	for name, secret := range map[string]string{
		"surname":                "Frau Grünwald-Öttinger",
		"one part of it":         "Fr. Öttinger",
		"capital letters":        "OETTINGER",
		"without marks":          "Ottinger",
		"umlauts in two letters": "Gruenwald",
		"decomposed":             "Gru\u0308nwald",
		"full-width letters":     "Ｇｒüｎｗａｌｄ",
		"cut at the end of line": "Grün-\nwald",
		"genitive apostrophe":    "Zoe'",
		"birth name":             "Scepanek",
		"prefix and surname":     "von der Grünwald",
		"birth day":              "geb. 07.03.1951",
		"birth day, short":       "*7.3.51 / 070351",
		"no leading zeros":       "*7.3.51",
		"with blanks":            "geb. 7. 3. 51",
		"slashes":                "7/3/51",
		"birth day, ISO":         "1951-03-07",
		"month in words, short":  "geb. 7. Mrz 51",
		"month with umlaut":      "7. Maerz 51",
		"birth day in words":     "geboren am 7. März 1951",
		"street":                 "Rosmarinstr. 17",
		"street at birth":        "Kirschallee",
		"insurance number":       "T 4983 31264",
		"patient number":         "Fall 0047/1122",
	} {
		text := "Befund vom 12.10.2026: Tumor von 23 mm, G2, R0. Vorgeschichte bei " + secret + ". Kontrolle in 6 Wochen."
		if !w.In(text) {
			t.Errorf("%s is not found in a sentence", name)
		}
		if !w.Inside(secret) {
			t.Errorf("%s is not found alone", name)
		}
	}
}

// TestInLetsFindingsPass holds the other side: what a pathologist writes of this
// patient without naming her.
func TestInLetsFindingsPass(t *testing.T) {
	t.Parallel()
	w := mention.Of(patient(), patientNumber)
	for _, text := range []string{
		"", "Invasives duktales Mammakarzinom, NST, G2, pT2 pN1a (2/17) L0 V0 R0.",
		"Östrogenrezeptor 80 %, Progesteronrezeptor 60 %, HER2 1+, Ki-67 15 %.",
		"Patientin wohnt in Hannover, 30159. Zuweisung durch die Praxis in der Lindenstraße.",
		"Herd von 7 x 3 x 51 mm, Rand 7 mm, 3 Stanzen, 51 Jahre; 7,3 mm (51 %).",
		"Größe 7 mm. Stanzen am 03.11.2025, im Vergleich zum Befund von 1951 keine Änderung der Narbe.",
	} {
		if w.In(text) {
			t.Errorf("%q is taken for a naming", text)
		}
	}
}

func TestInProseKnowsGenitives(t *testing.T) {
	t.Parallel()
	w := mention.Of(patient(), patientNumber)
	for _, text := range []string{"Grünwalds Tochter ruft an.", "Die Anschrift des Grünwald's", "GRÜNWALD’S", "Öttingers Befund", "Frau Öttinger"} {
		if !w.InProse(text) {
			t.Errorf("%q is not found", text)
		}
	}
	link := mention.Of(&identity.Person{Surname: "Link", FirstNames: "Al", Address: identity.Address{Street: "Fliederweg"}})
	for text, want := range map[string]bool{"Mamma links, größer als rechts": false, "Tumor beiderseits": false, "des Fliederweges": true, "Links Angabe": false, "Frau Link": true} {
		if link.InProse(text) != want {
			t.Errorf("%q: want %v", text, want)
		}
	}
	if w.In("Grünwalds Tochter") {
		t.Error("In is for fields of the medical model, where links is no Link")
	}
}

// TestInKeepsFarDigitsApart: the measures of a long text spell no day of birth.
func TestInKeepsFarDigitsApart(t *testing.T) {
	t.Parallel()
	w := mention.Of(patient())
	far := "Präparat 1 misst 07 mm, das zweite Präparat im Ganzen 03 mm, die Narbe ist seit dem Jahr 1951 bekannt"
	if w.In(far) {
		t.Error("digits of three measures are taken for a day of birth")
	}
	if !w.Inside(far) {
		t.Error("in a field of few words all digits belong together")
	}
}

func TestInTakesNoNameOutOfALongerWord(t *testing.T) {
	t.Parallel()
	w := mention.Of(&identity.Person{Surname: "Hagen", FirstNames: "Mia"})
	for text, want := range map[string][2]bool{
		"Hagen": {true, true}, "Klinik in Hagenow": {false, true}, "Pneumonia": {false, false}, "Mia, Kontrolle": {true, true},
	} {
		if got := [2]bool{w.In(text), w.Inside(text)}; got != want {
			t.Errorf("%q: in %t, inside %t; want %v", text, got[0], got[1], want)
		}
	}
}

func TestNumberWantsTheWholeNumber(t *testing.T) {
	t.Parallel()
	w := mention.Of(patient())
	for digits, want := range map[string]bool{"19510307": true, "498331264": true, "119510307": false, "070351": false, "": false} {
		if w.Number(digits) != want {
			t.Errorf("%q: want %t", digits, want)
		}
	}
}

func TestNobodyIsNamedByAnEmptyIdentity(t *testing.T) {
	t.Parallel()
	w := mention.Of(&identity.Person{}, "", "12")
	for _, text := range []string{"", "12", "00.00.0000", "Frau Grünwald, geb. 07.03.1951", "0 0 0 0 0 0"} {
		if w.In(text) || w.Inside(text) || w.Number(text) {
			t.Errorf("%q meets nobody", text)
		}
	}
}

// TestNamesAreFoundInEverySpelling writes names as clerks do, built of syllables
// (two vowels side by side may fold in two ways): other case,
// umlauts in two letters or none, sharp s, with a hyphen or without.
func TestNamesAreFoundInEverySpelling(t *testing.T) {
	t.Parallel()
	spellings := []func(string) string{
		strings.ToUpper, strings.ToLower,
		strings.NewReplacer("ä", "ae", "ö", "oe", "ü", "ue", "ß", "ss").Replace,
		strings.NewReplacer("ä", "a", "ö", "o", "ü", "u").Replace,
		func(s string) string { return strings.ReplaceAll(s, "-", " ") },
		func(s string) string { return strings.ReplaceAll(s, "-", "") },
	}
	rapid.Check(t, func(t *rapid.T) {
		name := rapid.StringMatching(`[BDFGHKLMNRSTW][aeiouäöü][lmnrst]{1,2}([bdgkst][aeiouäöü][lmnrstß]){1,2}(-[BDGKLMNRST][aeiouäöü][lmnrst]{2}[aeiou]?)?`).Draw(t, "name")
		w := mention.Of(&identity.Person{Surname: name})
		for i, spell := range spellings {
			if text := "Vorstellung von " + spell(name) + ", Kontrolle in 6 Wochen"; !w.In(text) {
				t.Fatalf("spelling %d of %s is not found in %q", i, name, text)
			}
		}
	})
}

func TestL3WordsShowNothing(t *testing.T) {
	t.Parallel()
	w := mention.Of(patient(), patientNumber)
	encoded, err := json.Marshal(w)
	if err != nil {
		t.Fatal(err)
	}
	shown := fmt.Sprint(w) + fmt.Sprintf("%v %+v %#v", w, w, w) + w.LogValue().String() + string(encoded)
	for _, secret := range []string{"grun", "zoe", "1951", "4983", "vollmeyer"} {
		if strings.Contains(strings.ToLower(shown), secret) {
			t.Errorf("%q is shown", secret)
		}
	}
}
