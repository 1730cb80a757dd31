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
	words := strings.Fields(text)
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
			edition := strings.Trim(word, "(.)")
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

// category reads pT2, cN1a, M0; a letter once before the T holds for the
// following ones, as it is spoken.
func (s Sheet) category(word string) bool {
	parts := tnmCategory.FindStringSubmatch(word)
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
