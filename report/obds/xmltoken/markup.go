// SPDX-License-Identifier: EUPL-1.2

package xmltoken

import (
	"bytes"
	"strings"
)

// declaration reads what begins with <!: a comment, a CDATA section, or a
// document type declaration, which is refused.
func (s *Scanner) declaration() (Kind, outcome, Code) {
	head := s.buf[s.pos:s.end]
	switch {
	case bytes.HasPrefix(head, []byte("<!--")):
		return s.comment()
	case bytes.HasPrefix(head, []byte("<![CDATA[")):
		return s.cdata()
	case bytes.HasPrefix(head, []byte("<!DOCTYPE")):
		return 0, broken, Doctype
	}
	for _, whole := range []string{"<!--", "<![CDATA[", "<!DOCTYPE"} {
		if strings.HasPrefix(whole, string(head)) {
			return 0, short, 0
		}
	}
	return 0, broken, Syntax
}

func (s *Scanner) comment() (Kind, outcome, Code) {
	from := s.pos + len("<!--")
	n := bytes.Index(s.buf[from:s.end], []byte("--"))
	if n < 0 || from+n+2 == s.end {
		return 0, short, 0
	}
	if s.buf[from+n+2] != '>' {
		if _, state, code := s.flawed(from+n, Dashes); state != found {
			return 0, state, code
		}
		more := bytes.Index(s.buf[from+n:s.end], []byte("-->"))
		if more < 0 {
			return 0, short, 0
		}
		n += more
	}
	return s.skip(from, from+n, from+n+len("-->"))
}

// skip passes over markup whose characters between from and to must be allowed.
func (s *Scanner) skip(from, to, end int) (Kind, outcome, Code) {
	if code := s.allowed(from, to); code != 0 {
		return 0, broken, code
	}
	s.advance(end)
	return 0, skipped, 0
}

// allowed checks that characters are such and allowed by XML; the first that
// is not becomes s.pos.
func (s *Scanner) allowed(from, to int) Code {
	for i := from; i < to; {
		c := s.buf[i]
		switch {
		case c < ' ' && !isSpace(c):
			if _, state, code := s.flawed(i, Forbidden); state != found {
				return code
			}
			i++
		case c < 0x80:
			i++
		default:
			size, state, code := s.special(i)
			if state != found || i+size > to {
				if code == 0 {
					code = NotUTF8
				}
				return code
			}
			i += size
		}
	}
	return 0
}

func (s *Scanner) cdata() (Kind, outcome, Code) {
	if s.depth == 0 {
		return 0, broken, Outside
	}
	from := s.pos + len("<![CDATA[")
	n := bytes.Index(s.buf[from:s.end], []byte("]]>"))
	if n < 0 {
		return 0, short, 0
	}
	if code := s.allowed(from, from+n); code != 0 {
		return 0, broken, code
	}
	s.Text = s.buf[from : from+n]
	if bytes.IndexByte(s.Text, '\r') >= 0 {
		s.scratch = lineEnds(s.scratch[:0], s.Text)
		s.Text = s.scratch
	}
	s.Line = s.line
	s.CData = true
	s.Blank = isBlank(s.Text)
	s.advance(from + n + len("]]>"))
	return Text, found, 0
}

// lineEnds makes \r\n and \r one \n.
func lineEnds(out, text []byte) []byte {
	for i, c := range text {
		if c == '\r' {
			if i+1 < len(text) && text[i+1] == '\n' {
				continue
			}
			c = '\n'
		}
		out = append(out, c)
	}
	return out
}

// instruction reads <?target …?>, which has no effect.
func (s *Scanner) instruction() (Kind, outcome, Code) {
	end, colon, state, code := s.qualifiedName(s.pos + 2)
	if state != found {
		return 0, state, code
	}
	if colon > 0 || strings.EqualFold(string(s.buf[s.pos+2:end]), "xml") {
		if colon <= 0 && s.rooted && s.depth == 0 {
			return 0, broken, SecondRoot // two files were put together
		}
		// A second XML declaration, or one that does not stand first.
		return 0, broken, Syntax
	}
	n := bytes.Index(s.buf[end:s.end], []byte("?>"))
	if n < 0 {
		return 0, short, 0
	}
	if n > 0 && !isSpace(s.buf[end]) {
		return 0, broken, Syntax
	}
	return s.skip(end, end+n, end+n+len("?>"))
}
