// SPDX-License-Identifier: EUPL-1.2

package xmltoken

import (
	"bytes"
	"unicode/utf8"
)

// startTag reads <name attribute="value" …> or <name …/>.
func (s *Scanner) startTag() (Kind, outcome, Code) {
	end, colon, state, code := s.qualifiedName(s.pos + 1)
	if state != found {
		return 0, state, code
	}
	return s.openTag(end, colon)
}

// openTag reads a start tag whose name is known to go up to end, with its
// colon or 0.
func (s *Scanner) openTag(end, colon int) (Kind, outcome, Code) {
	b := s.buf
	s.Attrs, s.declared, s.values, s.broken = s.Attrs[:0], s.declared[:0], s.values[:0], false
	i := end + 1
	empty := false
	bare := b[end] == '>'
	if !bare {
		var state outcome
		var code Code
		if i, empty, state, code = s.attributes(end); state != found {
			return 0, state, code
		}
	}
	if s.depth >= s.limits.Depth {
		return 0, broken, TooDeep
	}
	if s.depth == 0 && s.rooted {
		return 0, broken, SecondRoot
	}
	s.Line = s.line
	qualified := b[s.pos+1 : end]
	if code := s.push(qualified, colon-s.pos-1, colon > 0); code != 0 {
		return 0, broken, code
	}
	if bare {
		s.pos = i
	} else {
		s.behind(i)
	}
	s.closing = empty
	return Start, found, 0
}

// push opens an element: it binds its prefixes and resolves its names.
func (s *Scanner) push(qualified []byte, colon int, prefixed bool) Code {
	s.bindAt = append(s.bindAt, int32(len(s.bindings)))
	for i := range s.declared {
		if code := s.bind(&s.declared[i]); code != 0 && (code == TooManySpaces || !s.pardon(code)) {
			return code
		}
	}
	prefix, local := qualified[:0], qualified
	if prefixed {
		prefix, local = qualified[:colon], qualified[colon+1:]
	}
	space, known := s.lookup(prefix)
	if !known {
		if !s.pardon(Unbound) {
			return Unbound
		}
		space = unknownSpace
	}
	if len(s.Attrs) > 0 {
		if code := s.resolveAttributes(); code != 0 && !s.pardon(code) {
			return code
		}
	}
	s.Name, s.Space = local, space
	s.nameAt = append(s.nameAt, int32(len(s.names)))
	s.names = append(s.names, qualified...)
	s.depth++
	s.rooted = true
	return 0
}

// pop closes the innermost element.
func (s *Scanner) pop() {
	s.depth--
	s.names = s.names[:s.nameAt[s.depth]]
	s.nameAt = s.nameAt[:s.depth]
	s.bindings = s.bindings[:s.bindAt[s.depth]]
	s.bindAt = s.bindAt[:s.depth]
}

// endTag reads </name>.
func (s *Scanner) endTag() (Kind, outcome, Code) {
	b, i := s.buf, s.pos+2
	if s.depth == s.floor {
		return 0, broken, Mismatch
	}
	open := s.names[s.nameAt[s.depth-1]:]
	if s.end-i <= len(open) {
		// Not enough bytes for the tag: is it wrong already?
		if !bytes.HasPrefix(open, b[i:s.end]) && bytes.IndexByte(b[i:s.end], '>') >= 0 {
			return 0, broken, Mismatch
		}
		return 0, short, 0
	}
	if string(b[i:i+len(open)]) != string(open) {
		return 0, broken, Mismatch
	}
	i += len(open)
	s.Line = s.line
	if b[i] == '>' {
		s.pos = i + 1
		s.pop()
		return End, found, 0
	}
	for isSpace(b[i]) {
		i++
	}
	if b[i] != '>' {
		return 0, s.shortOr(i), Mismatch
	}
	s.advance(i + 1)
	s.pop()
	return End, found, 0
}

// blanks passes over white space in a tag.
func (s *Scanner) blanks(i int) int {
	for isSpace(s.buf[i]) {
		s.broken = s.broken || s.buf[i] < ' ' && s.buf[i] != '\t'
		i++
	}
	return i
}

// behind goes behind a tag, counting lines if it has any.
func (s *Scanner) behind(i int) {
	if s.broken {
		s.advance(i)
	}
	s.pos = i
}

func isSpace(c byte) bool { return c == ' ' || c == '\t' || c == '\n' || c == '\r' }

// qualifiedName reads a name from i: where it ends, and its colon or 0.
func (s *Scanner) qualifiedName(i int) (int, int, outcome, Code) {
	b := s.buf
	colon, from := 0, i
	for {
		c := b[i]
		switch {
		case class.name[c]:
			if i == from && !class.start[c] {
				return 0, 0, broken, Syntax
			}
			i++
		case c == ':':
			if colon > 0 || i == from {
				return 0, 0, broken, Syntax
			}
			colon = i
			i++
			from = i
		case c >= utf8.RuneSelf:
			r, size := utf8.DecodeRune(b[i:s.end])
			if r == utf8.RuneError && size == 1 {
				if !s.eof && !utf8.FullRune(b[i:s.end]) {
					return 0, 0, short, 0
				}
				return 0, 0, broken, NotUTF8
			}
			if !isNameRune(r) || i == from && !isNameStart(r) {
				return 0, 0, broken, Syntax
			}
			i += size
		case i == s.end && c == 0:
			return 0, 0, short, 0
		default:
			if i == from {
				return 0, 0, broken, Syntax
			}
			return i, colon, found, 0
		}
	}
}

// attributes reads from behind the element's name to behind its bracket.
func (s *Scanner) attributes(i int) (int, bool, outcome, Code) {
	b := s.buf
	for {
		from := i
		i = s.blanks(i)
		switch b[i] {
		case '>':
			return i + 1, false, found, 0
		case '/':
			if b[i+1] == '>' {
				return i + 2, true, found, 0
			}
			if i+1 == s.end && !s.eof {
				return 0, false, short, 0
			}
			return 0, false, broken, Syntax
		}
		if i == s.end {
			return 0, false, short, 0
		}
		if i == from {
			return 0, false, broken, Syntax
		}
		next, state, code := s.attribute(i)
		if state != found {
			return 0, false, state, code
		}
		i = next
	}
}

// attribute reads one name="value" from i.
func (s *Scanner) attribute(i int) (int, outcome, Code) {
	b := s.buf
	end, colon, state, code := s.qualifiedName(i)
	if state != found {
		return 0, state, code
	}
	if len(s.Attrs)+len(s.declared) >= s.limits.Attributes {
		return 0, broken, TooManyAttributes
	}
	a := Attribute{Name: b[i:end], qualified: b[i:end]}
	if colon > 0 {
		a.Name = b[colon+1 : end]
	}
	if i = s.blanks(end); b[i] != '=' {
		return 0, s.shortOr(i), Syntax
	}
	i = s.blanks(i + 1)
	mark := b[i]
	if mark != '"' && mark != '\'' {
		return 0, s.shortOr(i), Syntax
	}
	i++
	last, simple, state, code := s.valueEnd(i, mark)
	if state != found {
		return 0, state, code
	}
	a.Value = b[i:last]
	if !simple {
		from := len(s.values)
		values, _, code := resolve(s.values, a.Value, true)
		switch {
		case code == 0:
			s.values, a.Value = values, values[from:]
		case !s.Tolerant:
			return 0, broken, code
		default:
			s.note(s.pos, code)
		}
	}
	if string(a.qualified) == "xmlns" || colon > 0 && string(a.qualified[:colon-(end-len(a.qualified))]) == "xmlns" {
		s.declared = append(s.declared, a)
	} else {
		s.Attrs = append(s.Attrs, a)
	}
	return last + 1, found, 0
}

// shortOr says that a byte is missing, or else that the tag is broken.
func (s *Scanner) shortOr(i int) outcome {
	if i == s.end && !s.eof {
		return short
	}
	return broken
}

// valueEnd finds the closing quote; the value is simple when it can be handed
// out as it stands.
func (s *Scanner) valueEnd(i int, mark byte) (int, bool, outcome, Code) {
	b := s.buf
	simple := true
	for {
		switch c := b[i]; class.attr[c] {
		case plain:
			i++
		case quote:
			if c == mark {
				return i, simple, found, 0
			}
			i++
		case line, cr:
			s.broken = true
			fallthrough
		case blank, ref:
			simple = false
			i++
		case less:
			return 0, false, broken, Syntax
		default:
			if i == s.end {
				return 0, false, short, 0
			}
			size, state, code := s.special(i)
			if state != found {
				return 0, false, state, code
			}
			i += size
		}
	}
}
