// SPDX-License-Identifier: EUPL-1.2

package xmltoken

import (
	"bytes"
	"errors"
	"io"
	"regexp"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/transform"
)

// Encoding is the encoding a document was sent in.
type Encoding string

// The encodings that are read.
const (
	UTF8        Encoding = "UTF-8"
	ASCII       Encoding = "US-ASCII"
	Latin1      Encoding = "ISO-8859-1"
	Latin9      Encoding = "ISO-8859-15"
	Windows1252 Encoding = "windows-1252"
)

// encodings by the names that senders declare, in capitals.
var encodings = map[string]Encoding{
	"": UTF8, "UTF-8": UTF8, "UTF8": UTF8, "US-ASCII": ASCII, "ASCII": ASCII,
	"ISO-8859-1": Latin1, "ISO_8859-1": Latin1, "LATIN1": Latin1,
	"ISO-8859-15": Latin9, "ISO_8859-15": Latin9, "LATIN-9": Latin9,
	"WINDOWS-1252": Windows1252, "CP1252": Windows1252,
}

// longestDeclaration is how far the end of an XML declaration is looked for, a
// byte order mark included. It holds whatever came with the first reading:
// otherwise the chunks of the source would decide what a document is.
const longestDeclaration = 512

// leastSight is how many bytes are kept at hand however small a token may be,
// for who looks ahead.
const leastSight = 4096

var xmlDeclaration = regexp.MustCompile(`^<\?xml[ \t\r\n]+version[ \t\r\n]*=[ \t\r\n]*("[^"]*"|'[^']*')` +
	`(?:[ \t\r\n]+encoding[ \t\r\n]*=[ \t\r\n]*("[A-Za-z][A-Za-z0-9._-]*"|'[A-Za-z][A-Za-z0-9._-]*'))?` +
	`(?:[ \t\r\n]+standalone[ \t\r\n]*=[ \t\r\n]*(?:"(?:yes|no)"|'(?:yes|no)'))?[ \t\r\n]*\?>`)

// begin looks at the first bytes: byte order mark and XML declaration decide
// how the rest is read.
func (s *Scanner) begin() error {
	s.prolog = true
	s.in = &counted{in: s.in, left: s.limits.Size}
	for s.end < longestDeclaration && !s.eof {
		if err := s.fill(); err != nil {
			return err
		}
	}
	head := s.buf[:min(s.end, longestDeclaration)]
	bom := bytes.HasPrefix(head, []byte("\xEF\xBB\xBF"))
	switch {
	case bom:
		s.pos = 3
		s.lineStart = 3
		head = head[3:]
	case bytes.HasPrefix(head, []byte("\xFF\xFE")), bytes.HasPrefix(head, []byte("\xFE\xFF")),
		bytes.HasPrefix(head, []byte("<\x00")), bytes.HasPrefix(head, []byte("\x00<")), bytes.HasPrefix(head, []byte("\x00\x00")):
		return s.fault(UnknownEncoding)
	}
	declared := ""
	if isDeclaration(head) {
		m := xmlDeclaration.FindSubmatch(head)
		if m == nil {
			return s.fault(Syntax)
		}
		if v := string(m[1]); v[1:len(v)-1] != "1.0" {
			return s.fault(Version)
		}
		if len(m[2]) > 0 {
			declared = string(m[2][1 : len(m[2])-1])
		}
		s.advance(s.pos + len(m[0]))
	}
	encoding, known := encodings[strings.ToUpper(declared)]
	if !known {
		return s.fault(UnknownEncoding)
	}
	s.encoding = encoding
	if bom {
		s.encoding = UTF8
	}
	s.transcode()
	return nil
}

func isDeclaration(head []byte) bool {
	return len(head) > 5 && string(head[:5]) == "<?xml" && isSpace(head[5])
}

// transcode puts a decoder before the rest of a document that is not UTF-8.
func (s *Scanner) transcode() {
	if s.encoding == UTF8 {
		return
	}
	s.in = transform.NewReader(s.unread(), oneByte{table: tablesOf[s.encoding]})
	s.end, s.eof, s.inErr = s.pos, false, nil
	s.buf[s.end] = 0
}

// fill reads more bytes behind those that the unfinished token needs. It
// doubles what is there, so that trying again and again stays linear. When the
// source fails, the bytes that came before are read first, so that its chunks
// do not decide how far a document is read.
func (s *Scanner) fill() error {
	held := s.end - s.pos
	switch {
	case s.heldTooLong():
		return tooLong(s.line)
	case s.inErr != nil:
		return s.sourceFault()
	}
	if s.pos > 0 {
		s.remember()
		copy(s.buf, s.buf[s.pos:s.end])
		s.discard += int64(s.pos)
		s.pos, s.end = 0, held
	}
	want := held * 2
	if want+1 > len(s.buf)-1 {
		grown := make([]byte, min(max(2*len(s.buf), want+2), s.limits.Token+firstBuffer+1))
		copy(grown, s.buf[:s.end])
		s.buf = grown
	}
	empty := 0
	for s.end <= want && s.end < len(s.buf)-1 && !s.eof && s.inErr == nil {
		n, err := s.in.Read(s.buf[s.end : len(s.buf)-1])
		s.end += n
		if n > 0 {
			empty = 0
		} else if empty++; empty > maxEmptyReads && err == nil {
			err = io.ErrNoProgress
		}
		if err == io.EOF {
			s.eof = true
		} else {
			s.inErr = err
		}
	}
	s.buf[s.end] = 0
	return nil
}

// heldTooLong says that the unfinished token at s.pos is above the limit.
func (s *Scanner) heldTooLong() bool { return s.end-s.pos > max(s.limits.Token, leastSight) }

// sourceFault says why there are no more bytes.
func (s *Scanner) sourceFault() *Fault {
	if errors.Is(s.inErr, errTooLarge) {
		return s.fault(TooLarge)
	}
	f := s.fault(Unreadable)
	f.cause = s.inErr
	return f
}

var tablesOf = map[Encoding]*charmap.Charmap{ASCII: nil,
	Latin1: charmap.ISO8859_1, Latin9: charmap.ISO8859_15, Windows1252: charmap.Windows1252}

// oneByte decodes an encoding of one byte for each character. A byte to which
// it gives none stays one that UTF-8 does not have either, so that it is found
// at its place and not taken for another character.
type oneByte struct {
	transform.NopResetter
	table *charmap.Charmap // nil for ASCII
}

const noCharacter = 0xFF // as a byte

// The controls of the encodings of ISO 8859 beside those of ASCII.
const (
	firstC1 = 0x80
	lastC1  = 0x9F
)

func (t oneByte) Transform(dst, src []byte, _ bool) (int, int, error) {
	out := dst[:0]
	for i, c := range src {
		if cap(out)-len(out) < utf8.UTFMax {
			return len(out), i, transform.ErrShortDst
		}
		r := rune(c)
		switch {
		case t.table == charmap.ISO8859_15 && c >= firstC1 && c <= lastC1:
			// The table leaves out the controls, which XML allows here as in ISO-8859-1.
		case t.table != nil:
			r = t.table.DecodeByte(c)
		case c >= utf8.RuneSelf:
			r = utf8.RuneError
		}
		if r == utf8.RuneError {
			out = append(out, noCharacter)
		} else {
			out = utf8.AppendRune(out, r)
		}
	}
	return len(out), len(src), nil
}

// counted refuses a document above a size.
type counted struct {
	in   io.Reader
	left int64
}

func (c *counted) Read(p []byte) (int, error) {
	if c.left < 0 {
		return 0, errTooLarge
	}
	n, err := c.in.Read(p)
	if c.left -= int64(n); c.left < 0 {
		return n + int(c.left), errTooLarge
	}
	return n, err
}
