// SPDX-License-Identifier: EUPL-1.2

// Package xmltoken takes an XML document apart into tags and texts, strictly
// and as a stream: it is the one gate that every uploaded package passes
// before anything else looks at it (steps 3 and 6 of the way of a report).
//
// It reads XML 1.0 with namespaces in UTF-8, ISO-8859-1, ISO-8859-15 and
// windows-1252. A document type declaration, an entity of its own, an unbound
// prefix, a second root or any other breach of the specification ends the
// reading with a Fault that says where. It opens no file and no connection,
// whatever the document names. Everything it holds is bounded by Limits.
// Only report/obds uses it.
//
// Spec: XML 1.0 (fifth edition), Namespaces in XML 1.0 (third edition).
package xmltoken

import "io"

// Kind tells what Next has found.
type Kind uint8

// The kinds of tokens.
const (
	End    Kind = iota // the end of an element
	Start              // the beginning of an element
	Text               // characters, with references resolved
	Done               // the end of the document
	Passed             // something without meaning for the caller that has a Flaw
)

// Namespaces that every document knows. Others get the following numbers.
const (
	NoSpace       = 0
	XMLSpace      = 1 // bound to the prefix xml
	InstanceSpace = 2 // http://www.w3.org/2001/XMLSchema-instance
)

// Limits bound what a document may ask for.
type Limits struct {
	Depth      int   // nested elements
	Attributes int   // of one element, namespace declarations included
	Token      int   // bytes of one tag, text, comment or instruction
	Size       int64 // bytes of the document as sent
	Spaces     int   // different namespaces
}

// DefaultLimits are generous for every package of the data set.
func DefaultLimits() Limits {
	return Limits{Depth: 256, Attributes: 64, Token: 4 << 20, Size: 2 << 30, Spaces: 64}
}

// Attribute is an attribute of the element that begins. Its bytes are valid
// until the next call of Next.
type Attribute struct {
	Name  []byte // without prefix
	Value []byte // normalised, references resolved
	Space int

	qualified []byte // as written
}

// Scanner reads one document. Its exported fields describe the last token.
type Scanner struct {
	Name  []byte      // of Start: name without prefix, valid until the next call of Next
	Space int         // of Start: namespace
	Attrs []Attribute // of Start: without namespace declarations
	Text  []byte      // of Text: valid until the next call of Next
	Blank bool        // of Text: only white space
	CData bool        // of Text: written as a CDATA section
	Line  int         // where the token begins, 1-based

	// Tolerant lets the Scanner go on behind a fault that leaves no doubt where
	// tags begin and end: in a text, an attribute value, a comment, or in what
	// names stand for. Flaw is then the first such fault of a token; whoever
	// has seen it sets it back to nil, and must not use the token.
	Tolerant bool
	Flaw     *Fault

	limits   Limits
	encoding Encoding

	in      io.Reader
	inErr   error
	prolog  bool // the document's first bytes were looked at
	buf     []byte
	pos     int   // next byte to read
	end     int   // bytes in buf; buf[end] is always 0
	discard int64 // bytes already shifted out of buf
	eof     bool
	starved bool // no more bytes came when the way was sought

	line      int   // of pos
	lineStart int64 // offset of the first byte of that line that is still in buf
	before    int   // characters of that line that stood before lineStart

	depth    int
	floor    int  // depth at which the reading began: 0 for a document
	rooted   bool // the root element has begun
	closing  bool // the element just begun has no content: its end comes next
	names    []byte
	nameAt   []int32 // by depth: where the qualified name begins in names
	bindings []binding
	outer    int     // bindings in force around a part
	bindAt   []int32 // by depth: how many bindings were there before
	spaces   []string
	declared []Attribute // namespace declarations of the element
	broken   bool        // the start tag has line breaks

	scratch []byte // resolved text
	values  []byte // resolved attribute values
}

type binding struct {
	prefix string
	space  int
}

const (
	firstBuffer   = 64 << 10
	xmlURI        = "http://www.w3.org/XML/1998/namespace"
	xmlnsURI      = "http://www.w3.org/2000/xmlns/"
	instanceURI   = "http://www.w3.org/2001/XMLSchema-instance"
	maxEmptyReads = 100
)

// New makes a Scanner for one document.
func New(r io.Reader, limits Limits) *Scanner {
	return &Scanner{
		limits: limits, in: r, buf: make([]byte, firstBuffer+1), line: 1,
		spaces:   []string{"", xmlURI, instanceURI},
		bindings: []binding{{"", NoSpace}, {"xml", XMLSpace}},
	}
}

// SpaceName gives the name of a namespace by its number.
func (s *Scanner) SpaceName(space int) string { return s.spaces[space] }

// Encoding says in which encoding the document was sent; known from the first token on.
func (s *Scanner) Encoding() Encoding { return s.encoding }

// Depth is the number of open elements.
func (s *Scanner) Depth() int { return s.depth }

// Offset is how many bytes were read, in UTF-8.
func (s *Scanner) Offset() int64 { return s.discard + int64(s.pos) }

// Next reads the next token. After an error, which is always a *Fault, the
// Scanner is at its end.
func (s *Scanner) Next() (Kind, error) {
	if s.closing {
		s.closing = false
		s.pop()
		return End, nil
	}
	if !s.prolog {
		if err := s.begin(); err != nil {
			return Done, err
		}
	}
	for {
		from, line := s.pos, s.line
		kind, state, code := s.scan()
		if s.pos-from > s.limits.Token {
			return Done, tooLong(line)
		}
		switch state {
		case found:
			return kind, nil
		case skipped:
			if s.Flaw != nil {
				return Passed, nil
			}
		case broken:
			return Done, s.fault(code)
		case short:
			if s.eof && !s.heldTooLong() {
				return Done, s.cutOff()
			}
			if err := s.fill(); err != nil {
				return Done, err
			}
		}
	}
}

// outcome of an attempt to read a token from the bytes at hand.
type outcome uint8

const (
	found   outcome = iota
	skipped         // something without meaning for the caller, e.g. a comment
	short           // more bytes are needed; nothing was consumed
	broken          // the document is at fault at s.pos
)

// scan tries to read one token from the buffer. It changes nothing unless it
// succeeds, so that it can be tried again with more bytes.
func (s *Scanner) scan() (Kind, outcome, Code) {
	c := s.buf[s.pos]
	if c != '<' {
		if s.pos == s.end {
			if !s.eof {
				return 0, short, 0
			}
			return s.finish()
		}
		if s.depth == 0 {
			return s.outside()
		}
		return s.text()
	}
	switch next := s.buf[s.pos+1]; {
	case class.start[next]:
		return s.startTag()
	case next == '/':
		return s.endTag()
	case next == '!':
		return s.declaration()
	case next == '?':
		return s.instruction()
	case next == 0 && s.pos+1 == s.end:
		return 0, short, 0
	default:
		return s.startTag()
	}
}

// finish judges the end of the document.
func (s *Scanner) finish() (Kind, outcome, Code) {
	switch {
	case !s.rooted:
		return 0, broken, Empty
	case s.depth > s.floor:
		return 0, broken, CutOff
	}
	return Done, found, 0
}
