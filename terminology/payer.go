// SPDX-License-Identifier: EUPL-1.2

package terminology

import "strings"

// Payer is the Art des Kostenträgers behind an Institutionskennzeichen.
type Payer uint8

// The kinds of payer.
const (
	UnknownPayer    Payer = iota
	StatutoryPayer        // gesetzliche Krankenkasse: class 10
	PrivatePayer          // private Krankenversicherung: class 16, or 950 of the oBDS
	SubstitutePayer       // Ersatzkode of the oBDS for who has no insurer: 970 to 973
)

// PayerOf tells the kind of payer from the nine digits of an
// Institutionskennzeichen or Ersatzkode. Spec: § 293 SGB V; oBDS 3.0.4
// Versichertendaten_Sonstige_Typ
func PayerOf(number string) Payer {
	switch {
	case !nineDigits(number):
		return UnknownPayer
	case strings.HasPrefix(number, "10"):
		return StatutoryPayer
	case strings.HasPrefix(number, "16"), strings.HasPrefix(number, "950"):
		return PrivatePayer
	case strings.HasPrefix(number, "970"), strings.HasPrefix(number, "971"), strings.HasPrefix(number, "972"), strings.HasPrefix(number, "973"):
		return SubstitutePayer
	}
	return UnknownPayer
}

func nineDigits(number string) bool {
	return len(number) == 9 && digits(number)
}

// CheckedIK says whether an Institutionskennzeichen has nine digits and its
// check digit fits: the digits 3 to 8, weighed 2 and 1 in turn, cross sums,
// modulo 10. The numbers 950… and the Ersatzkodes of the oBDS are no
// Institutionskennzeichen and have none.
func CheckedIK(number string) bool {
	if !nineDigits(number) {
		return false
	}
	sum := 0
	for i := 2; i < 8; i++ {
		digit := int(number[i] - '0')
		if i%2 == 0 {
			digit *= 2
		}
		sum += digit/10 + digit%10
	}
	return sum%10 == int(number[8]-'0')
}

// substituteCodes are the Ersatzkodes of the oBDS.
var substituteCodes = map[string]string{
	"970000011": "Selbstzahler", "970001001": "Kostenträger ohne IK", "970100001": "Asylbewerber",
	"970000022": "Privat versichert, Versicherer unbekannt", "970000099": "Keine Angabe",
}

// SubstituteCode gives the words for an Ersatzkode of the oBDS; false when it
// is none. Spec: oBDS 3.0.4 Versichertendaten_Sonstige_Typ
func SubstituteCode(number string) (Label, bool) {
	text, ok := substituteCodes[number]
	return Label{Code: number, Text: text, Exact: ok}, ok
}

// insurerNames are what insurers are called besides the words of their names.
var insurerNames = map[string][]string{
	"techniker": {"tk"}, "barmer": {"bek", "gek"}, "hanseatische": {"hek"}, "handelskrankenkasse": {"hkk"}, "kaufmannische": {"kkh"},
	"aok": {"ortskrankenkasse"}, "bkk": {"betriebskrankenkasse"}, "ikk": {"innungskrankenkasse"}, "lkk": {"landwirtschaftliche"},
	"betriebskrankenkasse": {"bkk"}, "innungskrankenkasse": {"ikk"}, "landwirtschaftliche": {"lkk"}, "ortskrankenkasse": {"aok"},
	"svlfg": {"lkk", "landwirtschaftliche"}, "knappschaft": {"kbs", "bundesknappschaft"}, "continentale": {"conti"},
}

// insurerWords lead to an insurer besides its name: other names of it, and its
// number as it is, without the two digits of the class, as older cards have
// it, so that mistyped digits are forgiven too.
func insurerWords(number, name string) []string {
	words := []string{number, number[2:]}
	for _, word := range fields(name) {
		words = append(words, insurerNames[word]...)
	}
	return words
}
