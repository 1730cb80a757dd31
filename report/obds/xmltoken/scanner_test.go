// SPDX-License-Identifier: EUPL-1.2

package xmltoken

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"
)

// trace writes the tokens of a document down, one per line.
func trace(r io.Reader, limits Limits) string {
	s := New(r, limits)
	var b strings.Builder
	for {
		kind, err := s.Next()
		if err != nil {
			f, ok := errors.AsType[*Fault](err)
			if !ok {
				return "not a fault"
			}
			fmt.Fprintf(&b, "fault %d %d:%d\n", f.Code, f.Line, f.Column)
			return b.String()
		}
		switch kind {
		case Start:
			fmt.Fprintf(&b, "%d <%s %s", s.Line, s.SpaceName(s.Space), s.Name)
			for _, a := range s.Attrs {
				fmt.Fprintf(&b, " %s %s=%q", s.SpaceName(a.Space), a.Name, a.Value)
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

func scan(doc string) string { return trace(strings.NewReader(doc), DefaultLimits()) }

func TestNextGivesTokensWithLinesAndNamespaces(t *testing.T) {
	t.Parallel()
	got := scan("<?xml version='1.0'?>\n<!-- c --><a xmlns='u' xmlns:p=\"v\"\n b='1' p:c='&lt;&#10;\n'>\r\n" +
		"<p:d/>x&amp;y&#x41;<![CDATA[<]]>\n</a >\n<?pi?>\n")
	want := `2 <u a  b="1" v c="<\n ">
4 "\n" blank=true cdata=false
5 <v d>
/
5 "x&yA" blank=false cdata=false
5 "<" blank=false cdata=true
5 "\n" blank=true cdata=false
/
`
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// malformed documents with the rule they break.
var malformed = map[string]Code{
	"":                              Empty,
	" \n":                           Empty,
	"x":                             Syntax,
	"<a>":                           CutOff,
	"<a":                            CutOff,
	"<a b='":                        CutOff,
	"<a></b>":                       Mismatch,
	"<a></ab>":                      Mismatch,
	"<ab></a>":                      Mismatch,
	"</a>":                          Mismatch,
	"<a/><b/>":                      SecondRoot,
	"<a/><?xml version='1.0'?><a/>": SecondRoot,
	"<a/>x":                         Outside,
	"<a/><![CDATA[]]>":              Outside,
	"<a><b:c/></a>":                 Unbound,
	"<a b:c='1'/>":                  Unbound,
	"<a:b:c/>":                      Syntax,
	"<:a/>":                         Syntax,
	"<a:/>":                         Syntax,
	"<a:1 xmlns:a='u'/>":            Syntax,
	"<1/>":                          Syntax,
	"<a b='1' b='2'/>":              Duplicate,
	"<a xmlns:p='u' xmlns:q='u' p:b='' q:b=''/>": Duplicate,
	"<a xmlns='u' xmlns='v'/>":                   Duplicate,
	"<a b='1'c='2'/>":                            Syntax,
	"<a b/>":                                     Syntax,
	"<a b=1/>":                                   Syntax,
	"<a b='<'/>":                                 Syntax,
	"<a / >":                                     Syntax,
	"<a>]]></a>":                                 CDataEnd,
	"<a><!-- -- --></a>":                         Dashes,
	"<a><!-- --->  </a>":                         Dashes,
	"<!DOCTYPE a><a/>":                           Doctype,
	"<a><!DOCTYPE a></a>":                        Doctype,
	"<!ELEMENT a ANY><a/>":                       Syntax,
	"<a>&x;</a>":                                 Entity,
	"<a>&amp</a>":                                Entity,
	"<a>&</a>":                                   Entity,
	"<a>&#0;</a>":                                Entity,
	"<a>&#xD800;</a>":                            Entity,
	"<a>&#xFFFF;</a>":                            Entity,
	"<a>&#x110000;</a>":                          Entity,
	"<a>&#X41;</a>":                              Entity,
	"<a>&#99999999999999999999;</a>":             Entity,
	"<a b='&x;'/>":                               Entity,
	"<a>\x00</a>":                                Forbidden,
	"<a>\x0b</a>":                                Forbidden,
	"<a>\uffff</a>":                              Forbidden,
	"<a><!--\x01--></a>":                         Forbidden,
	"<a b='\x01'/>":                              Forbidden,
	"<a>\xc0\xaf</a>":                            NotUTF8,
	"<a>\xed\xa0\x80</a>":                        NotUTF8,
	"<a>\xfc</a>":                                NotUTF8,
	"<a><![CDATA[\xfc]]></a>":                    NotUTF8,
	"<a xmlns:xml='u'/>":                         Reserved,
	"<a xmlns:xmlns='u'/>":                       Reserved,
	"<a xmlns:p=''/>":                            Reserved,
	"<a xmlns='" + xmlURI + "'/>":                Reserved,
	" <?xml version='1.0'?><a/>":                 Syntax,
	"<?xml version='1.1'?><a/>":                  Version,
	"<?xml encoding='UTF-8'?><a/>":               Syntax,
	"<?xml version='1.0' encoding='UTF-16'?><a/>": UnknownEncoding,
	"<?xml version='1.0' encoding='UTF-7'?><a/>":  UnknownEncoding,
	"\xff\xfe<\x00":        UnknownEncoding,
	"<\x00a\x00/\x00>\x00": UnknownEncoding,
	"<a><?XML x?></a>":     Syntax,
	"<a><?p:q?></a>":       Syntax,
	"<a><?p":               CutOff,
	"<?xml version='1.0'" + strings.Repeat(" ", longestDeclaration) + "?><a/>":                Syntax,
	"<?xml version='1." + strings.Repeat("1", longestDeclaration) + "'?><a/>":                 Syntax,
	"\xef\xbb\xbf<?xml version='1.1'" + strings.Repeat(" ", longestDeclaration-22) + "?><a/>": Syntax,
}

func TestNextRefusesWhatIsNotWellFormed(t *testing.T) {
	t.Parallel()
	for doc, code := range malformed {
		got := scan(doc)
		at := strings.LastIndex(got, "fault ")
		if at < 0 || !strings.HasPrefix(got[at:], fmt.Sprintf("fault %d ", code)) {
			t.Errorf("%q: want fault %d, got\n%s", doc, code, got)
		}
		if slow := trace(iotest.OneByteReader(strings.NewReader(doc)), DefaultLimits()); slow != got {
			t.Errorf("%q: byte by byte\n%s", doc, cmp.Diff(got, slow))
		}
	}
}

func TestFaultTellsLineAndColumn(t *testing.T) {
	t.Parallel()
	for doc, want := range map[string]string{
		"<a>\n\n  ä&x;</a>": "3:4",
		"<a>\r\n<b></c>":    "2:4",
		"<a b='1'\nc=2/>":   "1:1",
		"<a>x\x01":          "1:5",
	} {
		if got := scan(doc); !strings.HasSuffix(got, " "+want+"\n") {
			t.Errorf("%q: want %s, got %s", doc, want, got)
		}
	}
}

// TestControlsOfLatin9AreCharacters: XML allows U+0080 to U+009F, and a byte of
// windows-1252 in a text must not cost a whole package.
func TestControlsOfLatin9AreCharacters(t *testing.T) {
	t.Parallel()
	for _, encoding := range []string{"ISO-8859-1", "ISO-8859-15"} {
		if got, want := scan(`<?xml version="1.0" encoding="`+encoding+`"?><a>`+"x\x80\x96\x9f</a>"), scan("<a>x\u0080\u0096\u009f</a>"); strings.ReplaceAll(got, " 1:", "") != strings.ReplaceAll(want, " 1:", "") {
			t.Errorf("%s: %s, want %s", encoding, got, want)
		}
	}
}

func TestNextReadsForeignEncodings(t *testing.T) {
	t.Parallel()
	for encoding, doc := range map[Encoding]string{
		Latin1:      "<?xml version=\"1.0\" encoding=\"iso-8859-1\"?><a>\xfc</a>",
		Latin9:      "<?xml version=\"1.0\" encoding=\"ISO-8859-15\"?><a>\xfc</a>",
		Windows1252: "<?xml version=\"1.0\" encoding=\"Windows-1252\"?><a>\xfc</a>",
		ASCII:       "<?xml version=\"1.0\" encoding=\"us-ascii\"?><a>&#252;</a>",
		UTF8:        "\xef\xbb\xbf<?xml version=\"1.0\" encoding=\"UTF-8\"?><a>ü</a>",
	} {
		s := New(iotest.OneByteReader(strings.NewReader(doc)), DefaultLimits())
		for {
			kind, err := s.Next()
			if err != nil {
				t.Fatal(err)
			}
			if kind == Text {
				if string(s.Text) != "ü" {
					t.Errorf("%s: %q", encoding, s.Text)
				}
				break
			}
		}
		if s.Encoding() != encoding {
			t.Errorf("%s was taken for %s", encoding, s.Encoding())
		}
	}
}

// TestNextRefusesBytesThatTheEncodingDoesNotHave: taken for another character,
// they would change a text without anybody's notice.
func TestNextRefusesBytesThatTheEncodingDoesNotHave(t *testing.T) {
	t.Parallel()
	for _, doc := range []string{
		"<?xml version=\"1.0\" encoding=\"windows-1252\"?><a>\x80\x81</a>",
		"<?xml version=\"1.0\" encoding=\"US-ASCII\"?>    <a>x\xc3\xbc</a>",
	} {
		if got, want := scan(doc), fmt.Sprintf("fault %d 1:50\n", NotUTF8); !strings.HasSuffix(got, want) {
			t.Errorf("%q: want %s, got %s", doc, want, got)
		}
	}
}

func TestChunksOfTheSourceDoNotMatter(t *testing.T) {
	t.Parallel()
	docs := samples(t)
	docs = append(docs, []byte("<a b='1'>ä€𝄞]]x&amp;\r\n\r<!-- -x- --><![CDATA[]]]]><c/></a>"), []byte("<a>ä"), []byte("<a>]]"))
	for _, doc := range docs {
		whole := trace(bytes.NewReader(doc), DefaultLimits())
		if got := trace(iotest.OneByteReader(bytes.NewReader(doc)), DefaultLimits()); got != whole {
			t.Errorf("byte by byte differs:\n%s", cmp.Diff(whole, got))
		}
		if got := trace(iotest.DataErrReader(iotest.HalfReader(bytes.NewReader(doc))), DefaultLimits()); got != whole {
			t.Errorf("by halves differs:\n%s", cmp.Diff(whole, got))
		}
	}
}

// samples gives the public sample packages, which stand beside the project.
func samples(t testing.TB) [][]byte {
	t.Helper()
	names, err := filepath.Glob("../../../../shared/obds/samples/*.xml")
	if err != nil || len(names) == 0 {
		t.Skip("sample packages are not here")
	}
	var out [][]byte
	for _, name := range names {
		if strings.Contains(name, "rki_") {
			continue
		}
		b, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, b)
	}
	return out
}

// TestX6SecondReaderSeesTheSame holds the Scanner against encoding/xml on
// what both take: the same elements, attributes and texts.
func TestX6SecondReaderSeesTheSame(t *testing.T) {
	t.Parallel()
	for _, doc := range samples(t) {
		if diff := cmp.Diff(withStandardLibrary(t, doc), withScanner(t, doc)); diff != "" {
			t.Error(diff)
		}
	}
}

func withScanner(t *testing.T, doc []byte) []string {
	t.Helper()
	s := New(bytes.NewReader(doc), DefaultLimits())
	var out []string
	text := ""
	for {
		kind, err := s.Next()
		if err != nil {
			t.Fatal(err)
		}
		if kind == Text {
			text += string(s.Text)
			continue
		}
		if text != "" {
			out, text = append(out, text), ""
		}
		switch kind {
		case Done:
			return out
		case End:
			out = append(out, "/")
		case Start:
			line := s.SpaceName(s.Space) + " " + string(s.Name)
			for _, a := range s.Attrs {
				line += fmt.Sprintf(" %s %s=%s", s.SpaceName(a.Space), a.Name, a.Value)
			}
			out = append(out, line)
		}
	}
}

func withStandardLibrary(t *testing.T, doc []byte) []string {
	t.Helper()
	d := xml.NewDecoder(bytes.NewReader(doc))
	var out []string
	text := ""
	depth := 0
	for {
		token, err := d.Token()
		if err == io.EOF {
			return out
		}
		if err != nil {
			t.Fatal(err)
		}
		if c, is := token.(xml.CharData); is {
			if depth > 0 {
				text += string(c)
			}
			continue
		}
		_, start := token.(xml.StartElement)
		_, end := token.(xml.EndElement)
		if !start && !end {
			continue
		}
		if text != "" {
			out, text = append(out, text), ""
		}
		if end {
			depth--
			out = append(out, "/")
			continue
		}
		depth++
		e, _ := token.(xml.StartElement)
		line := e.Name.Space + " " + e.Name.Local
		for _, a := range e.Attr {
			if a.Name.Space != "xmlns" && a.Name.Local != "xmlns" {
				line += fmt.Sprintf(" %s %s=%s", a.Name.Space, a.Name.Local, a.Value)
			}
		}
		out = append(out, line)
	}
}

func BenchmarkNext(b *testing.B) {
	var one []byte
	for _, doc := range samples(b) {
		if i := bytes.Index(doc, []byte("<Menge_Patient>")); i > 0 {
			if j := bytes.Index(doc, []byte("</Menge_Patient>")); j > i {
				one = append(one, doc[i:j+len("</Menge_Patient>")]...)
			}
		}
	}
	doc := append([]byte("<a>"), bytes.Repeat(one, 1+(4<<20)/len(one))...)
	doc = append(doc, "</a>"...)
	b.SetBytes(int64(len(doc)))
	for b.Loop() {
		s := New(bytes.NewReader(doc), DefaultLimits())
		for {
			kind, err := s.Next()
			if err != nil {
				b.Fatal(err)
			}
			if kind == Done {
				break
			}
		}
	}
}
