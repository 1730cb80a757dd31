// SPDX-License-Identifier: EUPL-1.2

package xmltoken

import (
	"bytes"
	"errors"
	"fmt"
	"unicode/utf8"
)

// Code says which rule a document breaks.
type Code uint8

// The rules.
const (
	Syntax            Code = iota // not XML at this place
	Empty                         // no root element
	CutOff                        // the document ends too early
	NotUTF8                       // bytes that are not the text they claim to be
	Forbidden                     // a character that XML does not allow
	Doctype                       // a document type declaration
	Entity                        // an entity other than the five, or a bad character reference
	SecondRoot                    // an element behind the root
	Outside                       // text outside the root
	Mismatch                      // an end tag that does not fit its beginning
	Unbound                       // a prefix without namespace
	Duplicate                     // an attribute twice
	Reserved                      // the prefixes xml and xmlns bound anew, or an empty prefix
	CDataEnd                      // ]]> in text
	Dashes                        // -- in a comment
	Version                       // not XML 1.0
	UnknownEncoding               // an encoding that is not read here
	TooDeep                       // limit: nested elements
	TooManyAttributes             // limit: attributes of an element
	TooLong                       // limit: one token
	TooLarge                      // limit: the document
	TooManySpaces                 // limit: namespaces
	Unreadable                    // the source failed
	Less                          // a < in a text, for StrayLess
)

// Fault is the breach that ended the reading. It holds no byte of the document.
type Fault struct {
	Code   Code
	Line   int // 1-based
	Column int // 1-based, in characters
	cause  error
}

// Error is for the log.
func (f *Fault) Error() string {
	if f.cause != nil {
		return fmt.Sprintf("xml: rule %d broken at line %d, column %d: %v", f.Code, f.Line, f.Column, f.cause)
	}
	return fmt.Sprintf("xml: rule %d broken at line %d, column %d", f.Code, f.Line, f.Column)
}

// Unwrap gives the source's own error, for Unreadable.
func (f *Fault) Unwrap() error { return f.cause }

var errTooLarge = errors.New("document above the limit")

// fault makes the Fault for the byte at s.pos.
func (s *Scanner) fault(code Code) *Fault {
	s.remember()
	return &Fault{Code: code, Line: s.line, Column: s.before + 1}
}

// remember keeps the column of s.pos, so that many faults in one long line
// are not counted from its beginning each time.
func (s *Scanner) remember() { s.before, s.lineStart = s.column(), s.discard+int64(s.pos) }

// column counts the characters of the line before s.pos.
func (s *Scanner) column() int {
	from := min(max(s.lineStart-s.discard, 0), int64(s.pos))
	return s.before + utf8.RuneCount(s.buf[from:s.pos])
}

// tooLong is the fault of a token above the limit, which begins in a line. It
// has no column: whether the end of the token was seen must make no difference.
func tooLong(line int) *Fault { return &Fault{Code: TooLong, Line: line} }

// cutOff is the fault of a document that ends within a token.
func (s *Scanner) cutOff() *Fault {
	s.advance(s.end)
	return s.fault(CutOff)
}

// advance moves s.pos and counts lines on the way.
func (s *Scanner) advance(to int) {
	if passed := s.buf[s.pos:to]; bytes.IndexByte(passed, '\n') < 0 && bytes.IndexByte(passed, '\r') < 0 {
		s.pos = to
		return
	}
	for ; s.pos < to; s.pos++ {
		switch s.buf[s.pos] {
		case '\n':
			s.newLine(s.pos + 1)
		case '\r':
			if s.buf[s.pos+1] != '\n' {
				s.newLine(s.pos + 1)
			}
		}
	}
}

func (s *Scanner) newLine(next int) {
	s.line++
	s.lineStart = s.discard + int64(next)
	s.before = 0
}
