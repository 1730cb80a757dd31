// SPDX-License-Identifier: EUPL-1.2

package xmltoken

import (
	"encoding/binary"
	"unicode/utf8"
)

// Most of a package is what its schema lets expect: blanks, a tag of a known
// name, a text, the end tag of the same element. For these there are short
// ways beside Next. A short way judges as Next does; where it does not apply,
// it changes nothing, and Next reads the token.

const eightBlanks = 0x2020202020202020 // of an indented line

// Ahead passes over white space and gives what follows the bracket of the tag
// behind it, as far as it is at hand; nil, and nothing is passed over, when no
// tag comes next. It is for content in which white space has no meaning.
func (s *Scanner) Ahead() []byte {
	if s.closing {
		return nil
	}
	i, lines, lineStart := s.indent(true)
	if s.buf[i] != '<' || i-s.pos > s.limits.Token {
		return nil
	}
	s.passLines(i, lines, lineStart)
	return s.buf[i+1 : s.end]
}

// indent finds the end of the white space at s.pos and counts its lines. A line
// end of two characters is passed over only where nobody will see it, because
// it would have to be made one.
func (s *Scanner) indent(unseen bool) (int, int, int) {
	b, i := s.buf, s.pos
	lines, lineStart := 0, 0
	for ; b[i] <= ' '; i++ {
		if b[i] == '\n' {
			lines++
			lineStart = i + 1
			for len(b)-i > 8 && binary.LittleEndian.Uint64(b[i+1:]) == eightBlanks {
				i += 8
			}
		} else if b[i] != ' ' && b[i] != '\t' && (!unseen || b[i] != '\r' || b[i+1] != '\n') {
			break
		}
	}
	return i, lines, lineStart
}

// passLines goes to i, over so many lines, of which the last begins at lineStart.
func (s *Scanner) passLines(i, lines, lineStart int) {
	s.pos = i
	if lines > 0 {
		s.line += lines
		s.lineStart = s.discard + int64(lineStart)
		s.before = 0
	}
}

// Open reads the start tag that Ahead has shown, where the first bytes of it,
// so many, are a name without prefix. False when Next must read it.
func (s *Scanner) Open(name int) (bool, error) {
	from := s.pos
	if _, state, _ := s.openTag(from+1+name, 0); state != found {
		return false, nil
	}
	if s.pos-from > s.limits.Token {
		return false, tooLong(s.Line)
	}
	return true, nil
}

// Leaf reads the text and the end tag of the element that has just begun,
// where the text stands there as it is meant and nothing else is in it. The
// bytes are valid until the next call. False when Next must read it.
func (s *Scanner) Leaf() ([]byte, bool) {
	if s.closing {
		return nil, false
	}
	b, i := s.buf, s.pos
	for b[i] != '<' {
		switch class.text[b[i]] {
		case plain:
			i++
		case high:
			r, size := utf8.DecodeRune(b[i:s.end])
			if r == utf8.RuneError && size == 1 || r == 0xFFFE || r == 0xFFFF {
				return nil, false
			}
			i += size
		default:
			return nil, false
		}
	}
	open := s.names[s.nameAt[s.depth-1]:]
	end := i + len("</") + len(open)
	if end >= s.end || end-s.pos > s.limits.Token || b[i+1] != '/' || b[end] != '>' || string(b[i+2:end]) != string(open) {
		return nil, false
	}
	value := b[s.pos:i]
	s.pos = end + 1
	s.pop()
	return value, true
}
