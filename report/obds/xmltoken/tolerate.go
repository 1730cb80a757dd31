// SPDX-License-Identifier: EUPL-1.2

package xmltoken

// unknownSpace stands for the namespace of a prefix that is not bound.
const unknownSpace = -1

// flawed judges a fault at i that leaves the structure of the document clear.
// A tolerant Scanner notes it and takes the byte as it is.
func (s *Scanner) flawed(i int, code Code) (int, outcome, Code) {
	if !s.Tolerant {
		s.advance(i)
		return 0, broken, code
	}
	s.note(i, code)
	return 1, found, 0
}

// pardon notes a fault of the tag at s.pos if the Scanner is tolerant.
func (s *Scanner) pardon(code Code) bool {
	if s.Tolerant {
		s.note(s.pos, code)
	}
	return s.Tolerant
}

// note keeps the first fault of a token. It moves nothing, for the token may
// have to be tried again with more bytes.
func (s *Scanner) note(i int, code Code) {
	if s.Flaw != nil {
		return
	}
	s.remember()
	pos, line, start, before := s.pos, s.line, s.lineStart, s.before
	s.advance(i)
	s.Flaw = s.fault(code)
	s.pos, s.line, s.lineStart, s.before = pos, line, start, before
}
