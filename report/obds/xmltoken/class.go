// SPDX-License-Identifier: EUPL-1.2

package xmltoken

// tables by byte, so that the inner loops are one look-up per byte.
type tables struct {
	start [256]bool  // ASCII characters a name may begin with
	name  [256]bool  // ASCII characters of a name, colon excepted
	text  [256]uint8 // what a byte means in text
	attr  [256]uint8 // what a byte means in an attribute value
}

var class = newTables()

// Classes of bytes.
const (
	plain  uint8 = iota
	line         // \n
	cr           // \r
	blank        // \t, of interest in attribute values only
	ref          // &
	less         // <
	square       // ]
	quote        // " and '
	high         // part of a longer UTF-8 sequence
	bad          // control characters, and the 0 behind the buffer
)

func newTables() *tables {
	t := &tables{}
	for c := range 256 {
		letter := c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c == '_'
		t.start[c] = letter
		t.name[c] = letter || c >= '0' && c <= '9' || c == '-' || c == '.'
		switch {
		case c == '\n':
			t.text[c], t.attr[c] = line, line
		case c == '\r':
			t.text[c], t.attr[c] = cr, cr
		case c == '\t':
			t.attr[c] = blank
		case c < ' ':
			t.text[c], t.attr[c] = bad, bad
		case c == '&':
			t.text[c], t.attr[c] = ref, ref
		case c == '<':
			t.text[c], t.attr[c] = less, less
		case c == ']':
			t.text[c] = square
		case c == '"' || c == '\'':
			t.attr[c] = quote
		case c >= 0x80:
			t.text[c], t.attr[c] = high, high
		}
	}
	return t
}

// isChar says whether XML 1.0 allows the character.
func isChar(r rune) bool {
	return r == '\t' || r == '\n' || r == '\r' || r >= ' ' && r <= 0xD7FF ||
		r >= 0xE000 && r <= 0xFFFD || r >= 0x10000 && r <= 0x10FFFF
}

// isNameStart is the rule for names beyond ASCII.
func isNameStart(r rune) bool {
	switch {
	case r < 0x80:
		return r >= 0 && class.start[r]
	case r <= 0x2FF:
		return r >= 0xC0 && r != 0xD7 && r != 0xF7
	case r <= 0x1FFF:
		return r >= 0x370 && r != 0x37E
	}
	return r == 0x200C || r == 0x200D || r >= 0x2070 && r <= 0x218F || r >= 0x2C00 && r <= 0x2FEF ||
		r >= 0x3001 && r <= 0xD7FF || r >= 0xF900 && r <= 0xFDCF || r >= 0xFDF0 && r <= 0xFFFD ||
		r >= 0x10000 && r <= 0xEFFFF
}

func isNameRune(r rune) bool {
	if r < 0x80 {
		return r >= 0 && class.name[r]
	}
	return isNameStart(r) || r == 0xB7 || r >= 0x300 && r <= 0x36F || r == 0x203F || r == 0x2040
}
