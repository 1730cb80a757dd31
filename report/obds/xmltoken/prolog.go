// SPDX-License-Identifier: EUPL-1.2

package xmltoken

import (
	"bytes"
	"errors"
	"io"
	"regexp"
	"strings"

	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/transform"
)

// Encoding is the encoding a document was sent in.
type Encoding string

// The encodings that are read.
const (
	UTF8        Encoding = "UTF-8"
	Latin1      Encoding = "ISO-8859-1"
	Latin9      Encoding = "ISO-8859-15"
	Windows1252 Encoding = "windows-1252"
)

// encodings by the names that senders declare, in capitals.
var encodings = map[string]Encoding{
	"": UTF8, "UTF-8": UTF8, "UTF8": UTF8, "US-ASCII": UTF8, "ASCII": UTF8,
	"ISO-8859-1": Latin1, "ISO_8859-1": Latin1, "LATIN1": Latin1,
	"ISO-8859-15": Latin9, "ISO_8859-15": Latin9, "LATIN-9": Latin9,
	"WINDOWS-1252": Windows1252, "CP1252": Windows1252,
}

// longestDeclaration is how far the end of an XML declaration is looked for, a
// byte order mark included. It holds whatever came with the first reading:
// otherwise the chunks of the source would decide what a document is.
const longestDeclaration = 512

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
	var table *charmap.Charmap
	switch s.encoding {
	case Latin1:
		table = charmap.ISO8859_1
	case Latin9:
		table = charmap.ISO8859_15
	case Windows1252:
		table = charmap.Windows1252
	default:
		return
	}
	rest := bytes.Clone(s.buf[s.pos:s.end])
	s.in = transform.NewReader(io.MultiReader(bytes.NewReader(rest), s.in), table.NewDecoder())
	s.end, s.eof = s.pos, false
	s.buf[s.end] = 0
}

// fill reads more bytes behind those that the unfinished token needs. It
// doubles what is there, so that trying again and again stays linear.
func (s *Scanner) fill() error {
	held := s.end - s.pos
	if held >= s.limits.Token {
		return s.fault(TooLong)
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
	for s.end <= want && s.end < len(s.buf)-1 && !s.eof {
		n, err := s.in.Read(s.buf[s.end : len(s.buf)-1])
		s.end += n
		if n > 0 {
			empty = 0
		} else if empty++; empty > maxEmptyReads && err == nil {
			err = io.ErrNoProgress
		}
		switch {
		case err == io.EOF:
			s.eof = true
		case errors.Is(err, errTooLarge):
			return s.fault(TooLarge)
		case err != nil:
			f := s.fault(Unreadable)
			f.cause = err
			return f
		}
	}
	s.buf[s.end] = 0
	return nil
}

// counted refuses a document above a size.
type counted struct {
	in   io.Reader
	left int64
}

func (c *counted) Read(p []byte) (int, error) {
	n, err := c.in.Read(p)
	c.left -= int64(n)
	if c.left < 0 {
		return 0, errTooLarge
	}
	return n, err
}
