// SPDX-License-Identifier: EUPL-1.2

package lastlook

import (
	"reflect"
	"regexp"
	"slices"
	"strings"
	"unicode"

	"meldewerk/exchange/transfer"
	"meldewerk/identity"
)

// ExamineBlind is Examine for a record whose person is deleted here, as in a
// report by reference: there is nothing to compare short words with. Those
// that are no known scale or stage therefore wait for a person.
func ExamineBlind(r *transfer.Record, numbers ...string) []Stop {
	return examine(&identity.Person{}, true, reflect.ValueOf(r).Elem(), numbers...)
}

// MayBeHarmless says that a person may find that the field holds nothing of the
// patient and let it go along.
func (s Stop) MayBeHarmless() bool { return s.Reason == Hit || s.Reason == Unseen }

// scales are the names of classifications that are in use beside the TNM, and
// the words with which their stages are told, as they read without punctuation.
var scales = []string{
	"ann arbor", "lugano", "cotswolds", "murphy", "st jude", "binet", "rai", "durie salmon", "iss", "r iss", "ipss", "ipss r", "ipss m", "eln", "flipi", "ipi", "mipi",
	"figo", "bclc", "child pugh", "okuda", "clip", "figo who", "who", "who grad", "who isup", "isup", "gleason", "gleason score", "grade group", "d amico", "capra",
	"clark", "clark level", "breslow", "ajcc", "uicc", "masaoka", "masaoka koga", "enneking", "igcccg", "valsg", "inss", "inrg", "siop", "siopel", "pretext", "irs", "cog",
	"fuhrman", "furhman", "van nuys", "nottingham", "elston ellis", "bloom richardson", "dukes", "siewert", "bismuth", "bismuth corlette", "lauren", "borrmann", "paris",
	"b kategorie", "l kategorie", "pn kategorie", "kadish", "isham", "chang", "reese ellsworth", "icrb", "mskcc", "imdc", "heng", "ecog", "karnofsky",
	"stadium", "stage", "grad", "grade", "gruppe", "group", "level", "score", "typ", "type", "risiko", "risk", "klasse", "class",
	"low", "very low", "intermediate", "high", "very high", "good", "poor", "favorable", "favourable", "unfavorable", "adverse",
	"niedrig", "mittel", "hoch", "sehr niedrig", "sehr hoch", "intermediär", "günstig", "ungünstig", "gut", "schlecht", "limited", "extensive", "disease",
}

// stageWord is one part of a stage: a number, a letter, a Roman number with a
// letter behind it. Whole names do not fit in.
var stageWord = regexp.MustCompile(`\A(?:[0-9]{1,3}[a-z]?|[a-z]|[a-z][0-9]{1,2}[a-z]?|(?:i{1,3}|iv|vi{0,3}|ix)[a-e]?[0-9]?)\z`)

const (
	mostScaleWords = 3 // of one entry of scales
	mostStageWords = 2 // more letters side by side could spell a name
)

// knownScale says that a short word is nothing but the name of a classification
// and a stage.
func knownScale(words string) bool {
	rest := strings.FieldsFunc(strings.ToLower(words), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
	stages := 0
	for len(rest) > 0 {
		n := min(mostScaleWords, len(rest))
		for n > 0 && !slices.Contains(scales, strings.Join(rest[:n], " ")) {
			n--
		}
		if n == 0 {
			if stages++; stages > mostStageWords || !stageWord.MatchString(rest[0]) {
				return false
			}
			n = 1
		}
		rest = rest[n:]
	}
	return true
}
