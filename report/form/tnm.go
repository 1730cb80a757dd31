// SPDX-License-Identifier: EUPL-1.2

package form

import (
	"regexp"
	"strings"
)

// A TNM is spoken as one line and often copied as one: "ypT2(m) pN1a cM0 L0 V0
// Pn0 R0, Stadium IIB". ParseTNM takes it apart for the fields.

var (
	tnmCategory = regexp.MustCompile(`^([yra]*)([cpu]?)([TNM])(.+)$`)
	tnmSmall    = regexp.MustCompile(`^([yra]*)([cpu]?)([tnm])((?i:x|is|[0-4](?:mi|[a-e][1-3]?)?)(?:\(.+\))?)$`)
	tnmSymbol   = regexp.MustCompile(`^(Pn|[LVS])([0-3X])$`)
	tnmMultiple = regexp.MustCompile(`^(.*?)\((m(?:,is)?|[2-9][0-9]?|[1-9][0-9]{1,2})\)$`)
)

// maxTNM bounds a line that can be meant.
const maxTNM = 200

// ParseTNM reads a TNM that was typed as one line into the fields below a key.
// It gives false, and leaves the sheet as it is, when any word is not
// understood.
func ParseTNM(s Sheet, key, line string) bool {
	if len(line) > maxTNM {
		return false
	}
	found := Sheet{}
	text := strings.NewReplacer(",", " ", ";", " ").Replace(keepCommas(line))
	words, clear := tnmWords(text)
	if !clear {
		return false
	}
	for i := 0; i < len(words); i++ {
		word := strings.ReplaceAll(words[i], "\x00", ",")
		switch {
		case i+1 < len(words) && (strings.EqualFold(word, "Stadium") || strings.EqualFold(word, "UICC")):
			if i+2 < len(words) && strings.EqualFold(words[i+1], "Stadium") {
				i++
			}
			i++
			found["stage"] = strings.ToUpper(words[i][:1]) + words[i][1:]
		case strings.HasPrefix(word, "("): // "(8. Auflage)"
			edition := strings.Trim(strings.TrimSuffix(strings.Trim(word, "()"), "Auflage"), ".")
			if len(edition) != 1 || !strings.Contains("6789", edition) {
				return false
			}
			found["edition"] = edition
			if i+1 < len(words) && strings.HasPrefix(words[i+1], "Auflage") {
				i++
			}
		case !found.category(word) && !found.symbol(word):
			return false
		}
	}
	if found["t"] == "" && found["n"] == "" && found["m"] == "" {
		return false
	}
	for field, value := range found {
		s[join(key, field)] = value
	}
	return true
}

// tnmWords cuts a line into categories and symbols: brackets belong to the
// category before them, and pT2pN1(sn)M0 are three. Where a sign could belong
// to either side, as the c in T1cN0, or mean two things, as the 8 in T2 (8),
// nothing is guessed: false.
func tnmWords(line string) ([]string, bool) {
	var words []string
	for _, word := range strings.Fields(line) {
		if last := len(words) - 1; last >= 0 && tnmBracket.MatchString(word) {
			if tnmTumours.MatchString(words[last]) && tnmLoneEdition.MatchString(word) {
				return nil, false // tumours or the edition
			}
			if !tnmLoneEdition.MatchString(word) {
				words[last] += word
				continue
			}
		}
		cut, clear := tnmCut(word)
		if !clear {
			return nil, false
		}
		words = append(words, cut...)
	}
	return words, true
}

// tnmCut cuts what was written without blanks.
func tnmCut(word string) ([]string, bool) {
	var words []string
	begin, depth := 0, 0
	for i := 1; i < len(word); i++ {
		switch c := word[i]; {
		case c == '(':
			depth++
		case c == ')':
			depth--
		case depth > 0 || !strings.ContainsRune("TNM", rune(c)) || !strings.ContainsAny(word[begin:i], "TNM"):
		case strings.ContainsRune("cayr", rune(word[i-1])) && !strings.ContainsRune(")X", rune(word[i-2])):
			return nil, false
		default:
			cut := i
			if strings.ContainsRune("pucayr", rune(word[i-1])) {
				cut--
			}
			for strings.ContainsRune("yr", rune(word[cut-1])) { // of ypN1: no category ends so
				cut--
			}
			words, begin = append(words, word[begin:cut]), cut
		}
	}
	return append(words, word[begin:]), depth <= 0
}

var (
	// tnmBracket is what may stand in brackets behind a blank and still belong to
	// the category before: (m), (2/14), (sn), (i+), (DCIS).
	tnmBracket = regexp.MustCompile(`^(?:\((?i:m(?:\x00is)?|is|sn|i[+-]|mol[+-]|[dl]cis|paget|[0-9]{1,3}(?:/[0-9]{1,3})?)\))+$`)
	// tnmLoneEdition is an edition, unless it counts tumours.
	tnmLoneEdition = regexp.MustCompile(`^\([6-9]\)$`)
	// tnmTumours is a category behind which a number counts tumours.
	tnmTumours = regexp.MustCompile(`^[yracpu]*[Tt]`)
)

// keepCommas hides the commas within brackets, which belong to a word.
func keepCommas(line string) string {
	depth := 0
	return strings.Map(func(r rune) rune {
		switch {
		case r == '(':
			depth++
		case r == ')':
			depth--
		case r == ',' && depth > 0:
			return 0
		}
		return r
	}, line)
}

// tnmOrNerve is pN or Pn: in small letters nobody can tell.
var tnmOrNerve = regexp.MustCompile(`^pn[01xX]$`)

// category reads pT2, cN1a, M0; a letter once before the T holds for the
// following ones, as it is spoken.
func (s Sheet) category(word string) bool {
	parts := tnmCategory.FindStringSubmatch(word)
	if parts == nil && !tnmOrNerve.MatchString(word) {
		parts = tnmSmall.FindStringSubmatch(word)
	}
	if parts == nil {
		return false
	}
	for _, symbol := range parts[1] {
		s[map[rune]string{'y': "after-therapy", 'r': "recurrence", 'a': "autopsy"}[symbol]] = string(symbol)
	}
	letter, value := strings.ToLower(parts[3]), parts[4]
	if letter == "t" {
		if multiple := tnmMultiple.FindStringSubmatch(value); multiple != nil {
			value, s["multiple"] = multiple[1], multiple[2]
		}
	}
	if value == "" || s[letter] != "" {
		return false
	}
	if strings.EqualFold(value, "x") {
		value = "X"
	}
	s[letter] = value
	s.Put(letter+"-prefix", parts[2])
	return true
}

// symbol reads L0, V1, Pn0, S2. R0 is spoken with a TNM but stands elsewhere
// in the data set, so it is not understood.
func (s Sheet) symbol(word string) bool {
	parts := tnmSymbol.FindStringSubmatch(word)
	if parts == nil {
		return false
	}
	s[map[string]string{"L": "lymphatic", "V": "venous", "Pn": "perineural", "S": "serum"}[parts[1]]] = word
	return true
}
