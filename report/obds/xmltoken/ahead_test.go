// SPDX-License-Identifier: EUPL-1.2

package xmltoken

import (
	"bytes"
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"
)

// TestShortWaysReadLikeNext and its fuzz target hold Ahead, Open and Leaf
// against Next alone, on sound and broken documents.
func TestShortWaysReadLikeNext(t *testing.T) {
	t.Parallel()
	sound := "<a>\n  <b c=\"1\" x:d='&amp;' xmlns:x=\"u\">Grün</b>\n  <b></b><b/><a-b.c >x</a-b.c >\r\n<b>1\n2</b><b><!-- -->y</b>" +
		"<b>&lt;</b><b><![CDATA[z]]></b><b> </b>\n\t<b>]]</b><b>a<b>c</b>d</b><x:b xmlns:x='u' xmlns='v'><b>q</b></x:b></a>"
	shortWays(t, []byte(sound), DefaultLimits())
	for doc := range malformed {
		shortWays(t, []byte(doc), DefaultLimits())
	}
	shortWays(t, []byte(strings.ReplaceAll(sound, "\n", "\r\n")), DefaultLimits())
	for at := range len(sound) {
		for _, with := range []string{"", "<", ">", "/", "&", "\x01", "\n", "\r", "\r\n", " ", "]]>", "\xff", "ä", ":"} {
			shortWays(t, []byte(sound[:at]+with+sound[at+1:]), DefaultLimits())
		}
	}
}

func FuzzShortWays(f *testing.F) {
	for doc := range malformed {
		f.Add([]byte(doc))
	}
	f.Add([]byte("<a>\n <b>x</b>\n <c d='e'>\xc3\xa4</c></a>"))
	limits := Limits{Depth: 8, Attributes: 4, Token: 64, Size: 1 << 16, Spaces: 8}
	f.Fuzz(func(t *testing.T, doc []byte) { shortWays(t, doc, limits) })
}

func shortWays(t *testing.T, doc []byte, limits Limits) {
	t.Helper()
	for _, tolerant := range []bool{false, true} {
		for name, in := range map[string]func() io.Reader{
			"at once":      func() io.Reader { return bytes.NewReader(doc) },
			"byte by byte": func() io.Reader { return iotest.OneByteReader(bytes.NewReader(doc)) },
		} {
			want := walk(in(), limits, tolerant, false)
			if got := walk(in(), limits, tolerant, true); got != want {
				t.Fatalf("%q %s, tolerant %v: %s", doc, name, tolerant, cmp.Diff(want, got))
			}
		}
	}
}

// walk writes tokens down, but no white space between tags.
func walk(in io.Reader, limits Limits, tolerant, short bool) string {
	s := New(in, limits)
	s.Tolerant = tolerant
	var b strings.Builder
	for {
		kind, err := step(s, short)
		if err != nil {
			fault := err.(*Fault) //nolint:errorlint // the Scanner gives nothing else
			fmt.Fprintf(&b, "fault %d %d:%d\n", fault.Code, fault.Line, fault.Column)
			return b.String()
		}
		if s.Flaw != nil {
			fmt.Fprintf(&b, "flaw %d %d:%d\n", s.Flaw.Code, s.Flaw.Line, s.Flaw.Column)
			s.Flaw = nil
			continue
		}
		switch kind {
		case Start:
			fmt.Fprintf(&b, "%d %d <%s %s", s.Line, s.Offset(), spaceOf(s, s.Space), s.Name)
			for _, a := range s.Attrs {
				fmt.Fprintf(&b, " %s %s=%q", spaceOf(s, a.Space), a.Name, a.Value)
			}
			b.WriteString(">\n")
			if !short {
				break
			}
			if value, whole := s.Leaf(); whole {
				writeText(&b, value)
				fmt.Fprintf(&b, "/ %d\n", s.Offset())
			}
		case Text:
			if s.CData {
				b.WriteString("CDATA ")
			}
			writeText(&b, s.Text)
		case End:
			fmt.Fprintf(&b, "/ %d\n", s.Offset())
		case Done:
			return b.String()
		}
	}
}

func writeText(b *strings.Builder, text []byte) {
	if !isBlank(text) {
		fmt.Fprintf(b, "%q\n", text)
	}
}

// step reads the next token, by the short way if there is one: as it will be
// where the schema knows the name.
func step(s *Scanner, short bool) (Kind, error) {
	if !short || s.Depth() == 0 {
		return s.Next()
	}
	tag := s.Ahead()
	name := bytes.IndexAny(tag, " \t\r\n>/")
	if name <= 0 || !class.start[tag[0]] || bytes.ContainsFunc(tag[:name], func(r rune) bool { return r >= 0x80 || !class.name[r] }) {
		return s.Next()
	}
	if opened, err := s.Open(name); opened || err != nil {
		return Start, err
	}
	return s.Next()
}
