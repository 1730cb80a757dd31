// SPDX-License-Identifier: EUPL-1.2

package xmltoken

import (
	"bytes"
	"errors"
	"io"
	"unicode/utf8"
)

// A document can be read in parts: after the beginning of an element, Take
// lifts the raw bytes of its content out of the Scanner, a Scanner made by
// NewPart reads each piece, and Return puts back what was not used. A piece
// that a part Scanner reads to Done was read exactly as the whole document's
// Scanner would have read it; of any other piece nothing may be concluded.

// NewPart makes a Scanner for pieces of the content of the element that is
// innermost in outer. It knows the namespaces in force there.
func NewPart(outer *Scanner) *Scanner {
	s := &Scanner{limits: outer.limits, encoding: outer.encoding, prolog: true, eof: true, rooted: true, floor: outer.depth}
	s.spaces = append(s.spaces, outer.spaces...)
	s.bindings = append(s.bindings, outer.bindings...)
	s.outer = len(s.bindings)
	s.nameAt = make([]int32, s.floor)
	s.bindAt = make([]int32, s.floor)
	return s
}

// Reset gives a Scanner made by NewPart its next piece, in UTF-8. Lines count
// from 1 anew; before is how many characters stand before the piece in its
// first line. The piece is not copied; the byte behind it (cap > len) is
// overwritten.
func (s *Scanner) Reset(piece []byte, before int) {
	s.buf = piece[:len(piece)+1]
	s.buf[len(piece)] = 0
	s.pos, s.end, s.discard = 0, len(piece), 0
	s.line, s.lineStart, s.before = 1, 0, before
	s.Tolerant, s.Flaw = false, nil
	s.depth = s.floor
	s.closing = false
	s.names = s.names[:0]
	s.nameAt = s.nameAt[:s.floor]
	s.bindAt = s.bindAt[:s.floor]
	s.bindings = s.bindings[:s.outer]
}

// Lines is how many lines were read, the last one not counted.
func (s *Scanner) Lines() int { return s.line - 1 }

// Before is how many characters of the line stand before the next token.
func (s *Scanner) Before() int { return s.column() }

// BeforeNext is the same behind a text in front of which so many characters stand.
func BeforeNext(before int, text []byte) int {
	at := bytes.LastIndexByte(text, '\n')
	at = max(at, at+1+bytes.LastIndexByte(text[at+1:], '\r'))
	if at >= 0 {
		before, text = 0, text[at+1:]
	}
	return before + utf8.RuneCount(text)
}

// Divisible says that the content of the innermost element can be taken out:
// there is some.
func (s *Scanner) Divisible() bool { return !s.closing && s.depth > 0 }

// Take reads raw bytes into p, from where the next token would begin. It
// gives io.EOF at the end of the document; any other error will come again
// from Next when all bytes were returned.
func (s *Scanner) Take(p []byte) (int, error) {
	if s.pos < s.end {
		n := copy(p, s.buf[s.pos:s.end])
		s.pos += n
		return n, nil
	}
	if s.inErr != nil {
		return 0, s.inErr
	}
	if s.eof {
		return 0, io.EOF
	}
	n, err := s.in.Read(p)
	s.discard += int64(n)
	if errors.Is(err, io.EOF) {
		s.eof = true
		if n > 0 {
			return n, nil
		}
		return 0, io.EOF
	}
	s.inErr = err
	return n, err
}

// Return puts bytes that were taken back before the rest of the document.
// lines is how many lines the bytes taken and not put back have, before how
// many characters of the line stand before the next token.
func (s *Scanner) Return(lines, before int, pieces ...[]byte) {
	readers := make([]io.Reader, 0, len(pieces)+1)
	for _, p := range pieces {
		readers = append(readers, bytes.NewReader(p))
	}
	s.in = io.MultiReader(append(readers, s.unread())...)
	s.eof, s.inErr = false, nil
	s.discard += int64(s.pos)
	s.pos, s.end = 0, 0
	s.buf[0] = 0
	s.line += lines
	s.lineStart, s.before = s.discard, before
}

// unread is what the source still has to give, with the bytes at hand.
func (s *Scanner) unread() io.Reader {
	rest := bytes.NewReader(bytes.Clone(s.buf[s.pos:s.end]))
	switch {
	case s.inErr != nil:
		return io.MultiReader(rest, failing{s.inErr})
	case s.eof:
		return rest
	}
	return io.MultiReader(rest, s.in)
}

// Qualified is the name of the innermost element as it is written.
func (s *Scanner) Qualified() []byte {
	if s.depth <= s.floor {
		return nil
	}
	return s.names[s.nameAt[s.depth-1]:]
}

// failing is a source that has failed before.
type failing struct{ err error }

func (f failing) Read([]byte) (int, error) { return 0, f.err }
