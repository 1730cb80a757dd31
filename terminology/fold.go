// SPDX-License-Identifier: EUPL-1.2

package terminology

import (
	"strings"
	"unicode/utf8"
)

// fold makes capitals small and writes umlauts as in a name without them: ä
// and ae, ö and oe, ü and ue become one.
func fold(text string) string {
	var b strings.Builder
	b.Grow(len(text))
	for _, r := range strings.ToLower(text) {
		switch r {
		case 'ä', 'á', 'à', 'â', 'å':
			b.WriteByte('a')
		case 'ö', 'ó', 'ô', 'ø':
			b.WriteByte('o')
		case 'ü', 'ú', 'û':
			b.WriteByte('u')
		case 'é', 'è', 'ê':
			b.WriteByte('e')
		case 'ß':
			b.WriteString("ss")
		default:
			if r < utf8.RuneSelf {
				b.WriteByte(byte(r))
			}
		}
	}
	return digraphs.Replace(b.String())
}

var digraphs = strings.NewReplacer("ae", "a", "oe", "o", "ue", "u")

// fields are the folded words of a text.
func fields(text string) []string {
	return strings.FieldsFunc(fold(text), func(r rune) bool { return (r < 'a' || r > 'z') && (r < '0' || r > '9') })
}

// bareCode is a code without its signs: C50.4 and c504 become one.
func bareCode(code string) string {
	var b strings.Builder
	for _, r := range strings.ToLower(code) {
		if r >= 'a' && r <= 'z' || r >= '0' && r <= '9' {
			b.WriteRune(r)
		}
	}
	return b.String()
}
