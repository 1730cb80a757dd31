// SPDX-License-Identifier: EUPL-1.2

package xmltoken

import (
	"bytes"
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/iotest"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/text/encoding/charmap"
)

const longestTry = 10 * time.Second

// FuzzTokenizer reads anything, at once and byte by byte, strictly and
// tolerantly: no panic, no endless reading, and the chunks do not matter. What
// the strict Scanner takes, the tolerant one takes alike, without a Flaw.
func FuzzTokenizer(f *testing.F) {
	for doc := range malformed {
		f.Add([]byte(doc))
	}
	f.Add([]byte("<a b='1'>&amp;<!-- x --><![CDATA[x]]></a>"))
	f.Add([]byte("<a><b c='<' d=\"x\"><Meldung></Meldung></b></a>"))
	limits := Limits{Depth: 8, Attributes: 4, Token: 4096, Size: 1 << 20, Spaces: 8}
	f.Fuzz(func(t *testing.T, doc []byte) {
		begin := time.Now()
		whole := trace(bytes.NewReader(doc), limits)
		if got := trace(iotest.OneByteReader(bytes.NewReader(doc)), limits); got != whole {
			t.Errorf("chunks matter:\n%s", cmp.Diff(whole, got))
		}
		tolerant := traceTolerant(bytes.NewReader(doc), limits)
		if got := traceTolerant(iotest.OneByteReader(bytes.NewReader(doc)), limits); got != tolerant {
			t.Errorf("chunks matter to the tolerant scanner:\n%s", cmp.Diff(tolerant, got))
		}
		if !strings.Contains(whole, "fault ") && whole != tolerant {
			t.Errorf("tolerance changes a sound document:\n%s", cmp.Diff(whole, tolerant))
		}
		if strings.Contains(whole, "fault ") && !strings.Contains(tolerant, "fault ") && !strings.Contains(tolerant, "flaw ") {
			t.Errorf("tolerance hides a fault:\n%s", cmp.Diff(whole, tolerant))
		}
		if took := time.Since(begin); took > longestTry {
			t.Errorf("%d bytes took %v", len(doc), took)
		}
	})
}

// traceTolerant writes the tokens down, and looks for the way behind the first
// fault of structure.
func traceTolerant(r io.Reader, limits Limits) string {
	s := New(r, limits)
	s.Tolerant = true
	var b strings.Builder
	for sought := false; ; {
		kind, err := s.Next()
		if err != nil {
			fault := err.(*Fault) //nolint:errorlint // the Scanner gives nothing else
			fmt.Fprintf(&b, "fault %d %d:%d\n", fault.Code, fault.Line, fault.Column)
			if sought || !fault.Code.Repairable() || s.Depth() < 2 {
				return b.String()
			}
			sought = true
			tag, found := s.Seek([]string{"Meldung", "a", "b"}, 1<<10)
			fmt.Fprintf(&b, "seek %+v %v\n", tag, found)
			if found && tag.End {
				tag, found = s.Pass(tag, []string{"Meldung", "a", "b"}, 1<<10)
				fmt.Fprintf(&b, "pass %+v %v\n", tag, found)
			}
			if !found {
				return b.String()
			}
			s.Settle(1)
			continue
		}
		if s.Flaw != nil {
			fmt.Fprintf(&b, "flaw %d %d:%d\n", s.Flaw.Code, s.Flaw.Line, s.Flaw.Column)
			s.Flaw = nil
		}
		switch kind {
		case Start:
			fmt.Fprintf(&b, "%d <%s %s", s.Line, spaceOf(s, s.Space), s.Name)
			for _, a := range s.Attrs {
				fmt.Fprintf(&b, " %s %s=%q", spaceOf(s, a.Space), a.Name, a.Value)
			}
			b.WriteString(">\n")
		case End:
			b.WriteString("/\n")
		case Text:
			fmt.Fprintf(&b, "%d %q blank=%v cdata=%v\n", s.Line, s.Text, s.Blank, s.CData)
		case Done:
			return b.String()
		}
	}
}

func spaceOf(s *Scanner, space int) string {
	if space < 0 || space >= len(s.spaces) {
		return "?"
	}
	return s.SpaceName(space)
}

// FuzzTranscoder holds the reading of the one-byte encodings against the
// reading of the same text put into UTF-8 beforehand.
func FuzzTranscoder(f *testing.F) {
	f.Add(uint8(0), []byte("<a b='\xfc'>\xe4\xa4\x80</a>"))
	f.Add(uint8(1), []byte("<a>\xa4\x9f</a>"))
	f.Add(uint8(2), []byte("<\xfc>\x80\x81&#228;</\xfc>"))
	tables := []struct {
		name  string
		table *charmap.Charmap
	}{{"ISO-8859-1", charmap.ISO8859_1}, {"ISO-8859-15", charmap.ISO8859_15}, {"windows-1252", charmap.Windows1252}}
	limits := Limits{Depth: 8, Attributes: 4, Token: 1 << 14, Size: 1 << 20, Spaces: 8}
	f.Fuzz(func(t *testing.T, which uint8, body []byte) {
		x := tables[int(which)%len(tables)]
		var text []byte
		for _, c := range body {
			r := x.table.DecodeByte(c)
			if x.table == charmap.ISO8859_15 && c >= 0x80 && c < 0xA0 {
				r = rune(c) // as iconv and xmllint have it
			}
			if r == utf8.RuneError {
				text = append(text, noCharacter)
			} else {
				text = utf8.AppendRune(text, r)
			}
		}
		// Both declarations are equally long, so that the columns agree.
		sent := append([]byte(fmt.Sprintf("<?xml version='1.0' encoding=%-15s?>", "'"+x.name+"'")), body...)
		same := append([]byte(fmt.Sprintf("<?xml version='1.0' encoding=%-15s?>", "'UTF-8'")), text...)
		want, got := trace(bytes.NewReader(same), limits), trace(bytes.NewReader(sent), limits)
		if want != got {
			t.Errorf("%s:\n%s", x.name, cmp.Diff(want, got))
		}
		if slow := trace(iotest.OneByteReader(bytes.NewReader(sent)), limits); slow != got {
			t.Errorf("%s byte by byte:\n%s", x.name, cmp.Diff(got, slow))
		}
	})
}
