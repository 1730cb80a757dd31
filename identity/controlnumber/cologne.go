// SPDX-License-Identifier: EUPL-1.2

package controlnumber

import "strings"

// Cologne gives the Kölner Phonetik of a word (Postel 1969): digits, equal
// ones standing for names that sound alike in German. Neighbouring equal
// digits are written once and zeros are dropped except at the start. The word
// is folded first and read as one, without its separators. A word without a
// sounding letter has the empty code.
func Cologne(word string) string {
	letters := strings.ReplaceAll(fold(word), " ", "")
	var code []byte
	var last byte // last digit before zeros are dropped
	for i := range len(letters) {
		digits := sound(letters, i)
		for _, d := range []byte(digits) {
			if d != last && (d != '0' || len(code) == 0) {
				code = append(code, d)
			}
			last = d
		}
	}
	return string(code)
}

// sound gives the digits of the letter at i with its neighbours in view.
func sound(letters string, i int) string {
	var before, after byte
	if i > 0 {
		before = letters[i-1]
	}
	if i+1 < len(letters) {
		after = letters[i+1]
	}
	switch letters[i] {
	case 'A', 'E', 'I', 'J', 'O', 'U', 'Y':
		return "0"
	case 'B':
		return "1"
	case 'P':
		if after == 'H' {
			return "3"
		}
		return "1"
	case 'D', 'T':
		if in(after, "CSZ") {
			return "8"
		}
		return "2"
	case 'F', 'V', 'W':
		return "3"
	case 'G', 'K', 'Q':
		return "4"
	case 'C':
		return soundOfC(before, after)
	case 'X':
		if in(before, "CKQ") {
			return "8"
		}
		return "48"
	case 'L':
		return "5"
	case 'M', 'N':
		return "6"
	case 'R':
		return "7"
	case 'S', 'Z':
		return "8"
	default: // H is silent
		return ""
	}
}

func soundOfC(before, after byte) string {
	switch {
	case before == 0 && in(after, "AHKLOQRUX"):
		return "4"
	case before != 0 && !in(before, "SZ") && in(after, "AHKOQUX"):
		return "4"
	default:
		return "8"
	}
}

// in says whether a letter is one of several; no letter (0) is in none.
func in(letter byte, several string) bool {
	return letter != 0 && strings.IndexByte(several, letter) >= 0
}
