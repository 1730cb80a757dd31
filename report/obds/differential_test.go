// SPDX-License-Identifier: EUPL-1.2

package obds

import (
	"bytes"
	"encoding/xml"
	"io"
	"maps"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"

	"meldewerk/report/obds/xmltoken"
)

// visit is one element as a reader saw it: its path, its attributes and the
// text that stands directly in it.
type visit struct{ path, text string }

// byGate lists the elements of a document as the one gate sees them.
func byGate(doc []byte) ([]visit, bool) {
	s := xmltoken.New(bytes.NewReader(doc), xmltoken.DefaultLimits())
	t := tracker{}
	for {
		kind, err := s.Next()
		if err != nil {
			return nil, false
		}
		switch kind {
		case xmltoken.Start:
			var attrs []string
			for _, a := range s.Attrs {
				attrs = append(attrs, s.SpaceName(a.Space)+" "+string(a.Name)+"="+string(a.Value))
			}
			t.start(s.SpaceName(s.Space)+" "+string(s.Name), attrs)
		case xmltoken.End:
			t.end()
		case xmltoken.Text:
			t.text(s.Text)
		case xmltoken.Done:
			return t.visits, true
		}
	}
}

// byStandardLibrary lists them as encoding/xml does.
func byStandardLibrary(doc []byte) ([]visit, bool) {
	d := xml.NewDecoder(bytes.NewReader(doc))
	t := tracker{}
	for {
		token, err := d.Token()
		if err == io.EOF {
			return t.visits, true
		}
		if err != nil {
			return nil, false
		}
		switch token := token.(type) {
		case xml.StartElement:
			var attrs []string
			for _, a := range token.Attr {
				if a.Name.Space != "xmlns" && (a.Name.Space != "" || a.Name.Local != "xmlns") {
					attrs = append(attrs, a.Name.Space+" "+a.Name.Local+"="+a.Value)
				}
			}
			t.start(token.Name.Space+" "+token.Name.Local, attrs)
		case xml.EndElement:
			t.end()
		case xml.CharData:
			t.text(token)
		}
	}
}

type tracker struct {
	visits []visit
	open   []int // indices of the open elements
}

// oneLine does what encoding/xml leaves undone: the specification makes line
// breaks in attribute values blanks.
var oneLine = strings.NewReplacer("\n", " ", "\r", " ", "\t", " ")

func (t *tracker) start(name string, attrs []string) {
	path := oneLine.Replace(name)
	if len(t.open) > 0 {
		path = t.visits[t.open[len(t.open)-1]].path + "/" + path
	}
	for i, a := range attrs {
		attrs[i] = oneLine.Replace(a)
	}
	t.visits = append(t.visits, visit{path: path + " " + strings.Join(attrs, " ")})
	t.open = append(t.open, len(t.visits)-1)
}

func (t *tracker) end() { t.open = t.open[:len(t.open)-1] }

func (t *tracker) text(text []byte) {
	if len(t.open) > 0 {
		t.visits[t.open[len(t.open)-1]].text += string(text)
	}
}

// roughly changes some bytes, most often so that the document stays XML.
func roughly(rng *rand.Rand, doc []byte) []byte {
	out := slices.Clone(doc)
	for range 1 + rng.IntN(3) {
		at := rng.IntN(len(out))
		piece := []string{"x", " ", "&amp;", "&#228;", "\r\n", "\r", "<!-- > -->", "<?p <x> ?>", "<![CDATA[<&]]>", "<x/>", "ü", "\t", "&#10;", "\x01", "<", "]]>", "'", "&x;"}[rng.IntN(18)]
		if rng.IntN(4) == 0 {
			out[at] = byte(rng.IntN(256))
		} else {
			out = slices.Insert(out, at, []byte(piece)...)
		}
	}
	return out
}

// TestX6GateAndDecoderSeeTheSame changes packages at random. Whatever the gate
// takes, another reader of XML sees with the same elements, attributes and
// texts; and of what is found sound, the decoded reports are written, read
// again and equal. MELDEWERK_DIFFERENTIAL sets how many packages.
func TestX6GateAndDecoderSeeTheSame(t *testing.T) {
	t.Parallel()
	count := rounds(t, "MELDEWERK_DIFFERENTIAL", 12_000)
	samples := samples3(t)
	var docs [][]byte
	var roots []*element
	for _, name := range slices.Sorted(maps.Keys(samples)) {
		doc := declared.ReplaceAll(samples[name], []byte(`Schema_Version="3.0.5"`))
		if len(doc) < 12_000 && read(t, bytes.NewReader(doc), Options{Workers: 1}).valid() {
			docs, roots = append(docs, doc), append(roots, parseTree(t, doc))
		}
	}
	docs = append(docs, []byte(odd), []byte(sound()), []byte(head+patientXML(1, 3)+patientXML(2, 1)+tail))
	m := newMutator(t, "3.0.5", 11, roots)
	taken, sound := 0, 0
	for i := range count {
		doc := docs[m.rng.IntN(len(docs))]
		if i%2 == 0 {
			doc = m.mutate(roots[m.rng.IntN(len(roots))])
		} else {
			doc = roughly(m.rng, doc)
		}
		gate, ok := byGate(doc)
		if ok {
			taken++
			other, read := byStandardLibrary(doc)
			if !read || !reflect.DeepEqual(gate, other) {
				t.Fatalf("the gate and encoding/xml see different things (%v):\n%s", read, doc)
			}
		}
		v := read(t, bytes.NewReader(doc), Options{Workers: 1, Version: "3.0.5"})
		if v.valid() && !ok {
			t.Fatalf("sound to the reader, but not to the gate:\n%s", doc)
		}
		if v.valid() && len(v.items) > 0 {
			sound++
			rewritten(t, v, doc)
		}
	}
	t.Logf("%d packages, %d of them XML, %d sound", count, taken, sound)
	if count >= 1000 && (taken < count/4 || sound < count/20) {
		t.Error("too few for the test to prove anything")
	}
}

// rewritten writes the decoded reports and reads them: they must be equal.
func rewritten(t *testing.T, v verdict, doc []byte) {
	t.Helper()
	var out bytes.Buffer
	if err := Write(&out, "3.0.5", *v.pkg, reports(v)); err != nil {
		t.Fatalf("what was read cannot be written: %v\n%s", err, doc)
	}
	back := read(t, bytes.NewReader(out.Bytes()), Options{Workers: 1})
	first, second := *v.pkg, *back.pkg
	first.SchemaVersion, second.SchemaVersion = "", ""
	if !back.valid() || !reflect.DeepEqual(reports(v), reports(back)) || !reflect.DeepEqual(first, second) {
		t.Fatalf("read, written and read again differs:\n%s\n%s\n%s", back, doc, out.Bytes())
	}
}
