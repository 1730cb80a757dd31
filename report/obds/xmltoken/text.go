// SPDX-License-Identifier: EUPL-1.2

package xmltoken

import (
	"bytes"
	"unicode/utf8"
)

// text reads characters up to the next tag.
func (s *Scanner) text() (Kind, outcome, Code) {
	b := s.buf
	// Between the tags of a package is mostly white space.
	i, lines, lineStart := s.indent(false)
	simple := true
	if b[i] != '<' {
		var state outcome
		var code Code
		i, lines, lineStart, simple, state, code = s.characters(i, lines, lineStart)
		if state != found {
			return 0, state, code
		}
	} else {
		s.Blank = true
	}
	s.CData = false
	s.Line = s.line
	s.Text = b[s.pos:i]
	if !simple {
		text, at, code := resolve(s.scratch[:0], s.Text, false)
		switch {
		case code == 0:
			s.scratch, s.Text = text, text
		case s.Tolerant:
			s.note(s.pos+at, code)
		default:
			s.advance(s.pos + at)
			return 0, broken, code
		}
	}
	if !s.Blank {
		s.Blank = isBlank(s.Text)
	}
	s.passLines(i, lines, lineStart)
	return Text, found, 0
}

// characters goes on from i to the next tag and counts lines. The text is
// simple when it can be handed out as it stands.
func (s *Scanner) characters(i, lines, lineStart int) (int, int, int, bool, outcome, Code) {
	b := s.buf
	simple := true
	for {
		switch class.text[b[i]] {
		case plain:
			i++
		case less:
			s.Blank = false
			return i, lines, lineStart, simple, found, 0
		case line:
			i++
			lines++
			lineStart = i
		case cr:
			simple = false
			if i+1 == s.end && !s.eof {
				return 0, 0, 0, false, short, 0
			}
			i++
			if b[i] != '\n' {
				lines++
				lineStart = i
			}
		case ref:
			simple = false
			i++
		case square:
			if b[i+1] == ']' && b[i+2] == '>' {
				if _, state, code := s.flawed(i, CDataEnd); state != found {
					return 0, 0, 0, false, state, code
				}
			}
			if i+2 >= s.end && !s.eof {
				return 0, 0, 0, false, short, 0
			}
			i++
		default:
			size, state, code := s.special(i)
			if state == skipped { // the end of the last piece
				s.Blank = false
				return i, lines, lineStart, simple, found, 0
			}
			if state != found {
				return 0, 0, 0, false, state, code
			}
			i += size
		}
	}
}

// special judges a byte that is no ASCII text: it gives the length of a
// character of several bytes, or says why there is none.
func (s *Scanner) special(i int) (int, outcome, Code) {
	if i == s.end {
		if !s.eof || s.depth > s.floor {
			return 0, short, 0
		}
		return 0, skipped, 0
	}
	if s.buf[i] < utf8.RuneSelf {
		return s.flawed(i, Forbidden)
	}
	r, size := utf8.DecodeRune(s.buf[i:s.end])
	if r == utf8.RuneError && size == 1 {
		if !s.eof && !utf8.FullRune(s.buf[i:s.end]) {
			return 0, short, 0
		}
		return s.flawed(i, NotUTF8)
	}
	if r == 0xFFFE || r == 0xFFFF {
		return s.flawed(i, Forbidden)
	}
	return size, found, 0
}

// resolve copies text with its references replaced and its line ends made
// one; in an attribute value white space becomes blanks. A bad reference is
// reported with its place.
func resolve(out, text []byte, attribute bool) ([]byte, int, Code) {
	for i := 0; i < len(text); {
		c := text[i]
		switch {
		case c == '&':
			r, size := reference(text[i:])
			if size == 0 {
				return nil, i, Entity
			}
			out = utf8.AppendRune(out, r)
			i += size
			continue
		case c == '\r':
			if i+1 < len(text) && text[i+1] == '\n' {
				i++
			}
			c = '\n'
			fallthrough
		case c == '\n' || c == '\t':
			if attribute {
				c = ' '
			}
		}
		out = append(out, c)
		i++
	}
	return out, 0, 0
}

// reference reads &…; at the beginning of text: its character and length, or
// the length 0 when it is none of the five entities and no allowed character.
func reference(text []byte) (rune, int) {
	const longest = 64 // bytes, leading zeros of a number included
	end := bytes.IndexByte(text[:min(len(text), longest)], ';')
	if end < 2 {
		return 0, 0
	}
	name := text[1:end]
	if name[0] == '#' {
		r := charReference(name[1:])
		if !isChar(r) {
			return 0, 0
		}
		return r, end + 1
	}
	switch string(name) {
	case "lt":
		return '<', end + 1
	case "gt":
		return '>', end + 1
	case "amp":
		return '&', end + 1
	case "apos":
		return '\'', end + 1
	case "quot":
		return '"', end + 1
	}
	return 0, 0
}

// charReference reads the number of a character reference; 0 for none.
func charReference(digits []byte) rune {
	base := rune(10)
	if len(digits) > 0 && digits[0] == 'x' {
		base, digits = 16, digits[1:]
	}
	r := rune(0)
	for _, c := range digits {
		d := rune(0)
		switch {
		case c >= '0' && c <= '9':
			d = rune(c - '0')
		case base == 16 && (c|0x20) >= 'a' && (c|0x20) <= 'f':
			d = rune(c|0x20) - 'a' + 10
		default:
			return 0
		}
		r = r*base + d
		if r > utf8.MaxRune {
			return 0
		}
	}
	return r
}

// isBlank says that a text is white space only.
func isBlank(text []byte) bool {
	for _, c := range text {
		if c != ' ' && c != '\n' && c != '\t' && c != '\r' {
			return false
		}
	}
	return true
}

// outside reads what stands before and behind the root: white space only.
func (s *Scanner) outside() (Kind, outcome, Code) {
	i := s.pos
	for isSpace(s.buf[i]) && i-s.pos < s.limits.Token {
		i++
	}
	if i == s.end && s.buf[i-1] == '\r' && !s.eof {
		if i--; i == s.pos { // whether a line ends with it is not known yet
			return 0, short, 0
		}
	}
	s.advance(i)
	if s.buf[i] == '<' || i == s.end || isSpace(s.buf[i]) {
		return 0, skipped, 0
	}
	if !s.rooted {
		return 0, broken, Syntax
	}
	return 0, broken, Outside
}
