// SPDX-License-Identifier: EUPL-1.2

package controlnumber

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// maxField bounds how much of a field is read, in bytes. The data set allows
// 255 characters; anything longer is no name.
const maxField = 2048

// diaeresis is the combining mark that makes an umlaut of A, O and U.
const diaeresis = '\u0308'

// letters writes out what canonical decomposition does not take apart.
var letters = map[rune]string{
	'ß': "SS", 'ẞ': "SS",
	'æ': "AE", 'Æ': "AE", 'œ': "OE", 'Œ': "OE",
	'ø': "O", 'Ø': "O", 'ł': "L", 'Ł': "L", 'đ': "D", 'Đ': "D",
	'ð': "D", 'Ð': "D", 'þ': "TH", 'Þ': "TH", 'ħ': "H", 'Ħ': "H",
	'ŧ': "T", 'Ŧ': "T", 'ŋ': "N", 'Ŋ': "N", 'ĸ': "K", 'ı': "I",
	'ə': "E", 'Ə': "E", 'ɨ': "I", 'Ɨ': "I", 'ƶ': "Z", 'Ƶ': "Z",
	'ɓ': "B", 'Ɓ': "B", 'ɗ': "D", 'Ɗ': "D", 'ƙ': "K", 'Ƙ': "K",
	'ƴ': "Y", 'Ƴ': "Y", 'ǥ': "G", 'Ǥ': "G", 'ƒ': "F", 'Ƒ': "F",
	'ⱥ': "A", 'Ⱥ': "A", 'ƀ': "B", 'Ƀ': "B", 'ȼ': "C", 'Ȼ': "C",
	'ɇ': "E", 'Ɇ': "E", 'ɉ': "J", 'Ɉ': "J", 'ɍ': "R", 'Ɍ': "R",
	'ɏ': "Y", 'Ɏ': "Y",
}

// fold brings a field into the letters A to Z with single blanks between its
// words: umlauts and ß written out (Ä→AE, ß→SS), diacritics dropped to the
// base letter, separators to blanks, everything else dropped. It takes NFC and
// NFD alike and is idempotent.
func fold(field string) string {
	if len(field) > maxField {
		field = strings.ToValidUTF8(field[:maxField], "")
	}
	if plain, done := foldASCII(field); done {
		return plain
	}
	var f folder
	f.out.Grow(len(field) + 8)
	// Decomposition takes an accent typed for an apostrophe (O´Neill) apart into
	// a blank and a mark, which separates as it should. ŉ it would tear apart.
	for _, r := range norm.NFKD.String(strings.ReplaceAll(field, "ŉ", "n")) {
		f.add(r)
	}
	return f.out.String()
}

// foldASCII is fold for a field that needs no tables, which most are.
func foldASCII(field string) (string, bool) {
	var f folder
	f.out.Grow(len(field))
	for i := range len(field) {
		if field[i] >= 0x80 {
			return "", false
		}
		f.add(rune(field[i]))
	}
	return f.out.String(), true
}

// folder collects the folded text.
type folder struct {
	out  strings.Builder
	base rune // last letter written if it may become an umlaut, else 0
	gap  bool // a separator was read since the last letter
}

func (f *folder) add(r rune) {
	switch {
	case r >= 'a' && r <= 'z':
		f.write(r - 'a' + 'A')
	case r >= 'A' && r <= 'Z':
		f.write(r)
	case r == diaeresis:
		if f.base != 0 {
			f.out.WriteByte('E')
			f.base = 0
		}
	case unicode.Is(unicode.Mn, r):
		// Any other mark is dropped and keeps the base: Ǖ is a Ü.
	case separates(r):
		f.gap, f.base = true, 0
	default:
		if text, known := letters[r]; known {
			f.write(rune(text[0]))
			f.out.WriteString(text[1:])
		}
		f.base = 0
	}
}

func (f *folder) write(r rune) {
	if f.gap && f.out.Len() > 0 {
		f.out.WriteByte(' ')
	}
	f.gap = false
	f.out.WriteByte(byte(r))
	f.base = 0
	if r == 'A' || r == 'O' || r == 'U' {
		f.base = r
	}
}

// separates says whether a character stands between two words. Besides blank,
// hyphen, slash, comma and apostrophe these are their look-alikes, the dot of
// abbreviations (K.-H., Prof.Dr.) and brackets. Digits, controls, symbols and
// the middle dot of Catalan are not separators: they are dropped.
func separates(r rune) bool {
	switch r {
	case '/', '\\', ',', '.', ';', ':', '\'', '"', '`', '&', '+', '=', '|', '\u02bc', '\u2032', '\u2044':
		return true
	}
	return unicode.IsSpace(r) || unicode.In(r, unicode.Zs, unicode.Zl, unicode.Zp,
		unicode.Pd, unicode.Pc, unicode.Ps, unicode.Pe, unicode.Pi, unicode.Pf)
}
