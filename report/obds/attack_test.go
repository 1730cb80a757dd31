// SPDX-License-Identifier: EUPL-1.2

package obds

import (
	"bytes"
	"fmt"
	"io"
	"runtime"
	"slices"
	"strings"
	"testing"
)

const (
	head = `<oBDS xmlns="` + Namespace + `" Schema_Version="3.0.4">
<Absender Absender_ID="A" Software_ID="S" Software_Version="1"/><Meldedatum>2024-03-01</Meldedatum><Menge_Patient>
`
	tail = `</Menge_Patient><Menge_Melder><Melder ID="M1"/></Menge_Melder></oBDS>`
)

// patientXML is a sound patient with so many reports of his death.
func patientXML(nth, reports int) string {
	var b strings.Builder
	fmt.Fprintf(&b, `<Patient Patient_ID="P%d"><Patienten_Stammdaten><Versichertendaten_Sonstige/><Nachname>Muster</Nachname><Vornamen>Erika</Vornamen>`+
		`<Geschlecht>W</Geschlecht><Geburtsdatum Datumsgenauigkeit="E">1950-01-01</Geburtsdatum><Adresse/></Patienten_Stammdaten><Menge_Meldung>
`, nth)
	for i := range reports {
		fmt.Fprintf(&b, `<Meldung Meldung_ID="R%d_%d" Melder_ID="M1"><Meldebegruendung>I</Meldebegruendung><Eigene_Leistung>J</Eigene_Leistung>`+
			`<Tumorzuordnung Tumor_ID="1"><Primaertumor_ICD><Code>C50.4</Code><Version>10 2024 GM</Version></Primaertumor_ICD>`+
			`<Diagnosedatum Datumsgenauigkeit="E">2024-01-01</Diagnosedatum></Tumorzuordnung>`+
			`<Tod><Sterbedatum>2024-02-01</Sterbedatum><Tod_tumorbedingt>J</Tod_tumorbedingt></Tod><Anmerkung>ohne Befund</Anmerkung></Meldung>
`, nth, i)
	}
	b.WriteString("</Menge_Meldung></Patient>\n")
	return b.String()
}

func sound() string {
	return `<?xml version="1.0" encoding="UTF-8"?>` + "\n" + head + patientXML(1, 1) + tail
}

// endless gives a text so many times, without holding it in memory.
func endless(text string, times int) io.Reader { return &repeater{text: []byte(text), times: times} }

type repeater struct {
	text  []byte
	times int
	rest  []byte
}

func (r *repeater) Read(p []byte) (int, error) {
	if len(r.rest) == 0 {
		if r.times == 0 {
			return 0, io.EOF
		}
		r.times--
		r.rest = r.text
	}
	n := copy(p, r.rest)
	r.rest = r.rest[n:]
	return n, nil
}

func chain(parts ...any) io.Reader {
	var all []io.Reader
	for _, p := range parts {
		switch p := p.(type) {
		case string:
			all = append(all, strings.NewReader(p))
		case io.Reader:
			all = append(all, p)
		}
	}
	return io.MultiReader(all...)
}

// attack is a document with the rule that must stop it, or "" when it must be
// taken; partial ones are judged to their end but rejected.
type attack struct {
	name string
	rule string
	doc  func() io.Reader
}

func text(s string) func() io.Reader { return func() io.Reader { return strings.NewReader(s) } }

func changed(old, new string) func() io.Reader {
	s := sound()
	if !strings.Contains(s, old) {
		panic("nothing to change: " + old)
	}
	return text(strings.Replace(s, old, new, 1))
}

func utf16(s string) string {
	var b strings.Builder
	b.WriteString("\xff\xfe")
	for _, r := range s {
		b.WriteByte(byte(r))
		b.WriteByte(byte(r >> 8))
	}
	return b.String()
}

const (
	declaration = `<?xml version="1.0" encoding="UTF-8"?>`
	remark      = "<Anmerkung>ohne Befund</Anmerkung>"
)

func attacks() []attack {
	body := strings.TrimPrefix(sound(), declaration)
	in := func(markup string) func() io.Reader { return changed("ohne Befund", markup) }
	doctype := func(d string) func() io.Reader { return text(declaration + d + body) }
	before, after, _ := strings.Cut(sound(), "ohne Befund")
	return []attack{
		{"valid sample", "", text(sound())},
		{"billion laughs", RuleDoctype, doctype(`<!DOCTYPE oBDS [<!ENTITY a "x"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;">]>`)},
		{"quadratic entity", RuleDoctype, doctype(`<!DOCTYPE oBDS [<!ENTITY a "` + strings.Repeat("x", 1000) + `">]>`)},
		{"external entity", RuleDoctype, doctype(`<!DOCTYPE oBDS [<!ENTITY a SYSTEM "file:///etc/hostname">]>`)},
		{"parameter entity", RuleDoctype, doctype(`<!DOCTYPE oBDS [<!ENTITY % a SYSTEM "http://127.0.0.1:9/x"> %a;]>`)},
		{"external DTD", RuleDoctype, doctype(`<!DOCTYPE oBDS SYSTEM "http://127.0.0.1:9/x.dtd">`)},
		{"entity without declaration", RuleWellFormed, in("&a;")},
		{"depth of a million", RuleRoot, func() io.Reader { return endless("<a>", 1_000_000) }},
		{"depth inside a report", RuleLimit, func() io.Reader { return chain(before, endless("<a>", 1_000_000)) }},
		{"100,000 attributes", RuleLimit, func() io.Reader { return chain("<oBDS ", numberedAttributes(100_000), "/>") }},
		{"name of 10 MB", RuleLimit, func() io.Reader { return chain("<", endless(strings.Repeat("n", 1000), 10_000), "/>") }},
		{"text of 50 MB", RuleLimit, func() io.Reader { return chain(before, endless(strings.Repeat("t", 1000), 50_000), after) }},
		{"text of 50 MB in pieces", RuleLimit, func() io.Reader { return chain(before, endless(strings.Repeat("t", 1000)+"<!-- -->", 50_000), after) }},
		{"two million comments", "", func() io.Reader { return chain(before, "x", endless("<!-- -->", 2_000_000), after) }},
		{"two million instructions", "", func() io.Reader { return chain(before, "x", endless("<?p?>", 2_000_000), after) }},
		{"XInclude", RuleUnexpected, changed(remark, `<xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href="file:///etc/hostname"/>`)},
		{"style sheet", "", text(declaration + `<?xml-stylesheet type="text/xsl" href="http://127.0.0.1:9/x.xsl"?>` + body)},
		{"UTF-16", RuleEncoding, text(utf16(strings.Replace(sound(), "UTF-8", "UTF-16", 1)))},
		{"UTF-16 declared, UTF-8 sent", RuleEncoding, changed("UTF-8", "UTF-16")},
		{"UTF-7", RuleEncoding, changed("UTF-8", "UTF-7")},
		{"ISO-8859-1 declared", "", text(strings.Replace(strings.Replace(sound(), "UTF-8", "ISO-8859-1", 1), "Erika", "J\xfcrgen", 1))},
		{"ISO-8859-1 not declared", RuleEncoding, changed("Erika", "J\xfcrgen")},
		{"byte order mark", "", text("\xef\xbb\xbf" + sound())},
		{"NUL", RuleWellFormed, in("\x00")},
		{"reference to NUL", RuleWellFormed, in("&#0;")},
		{"control character", RuleWellFormed, in("\x0b")},
		{"overlong UTF-8", RuleEncoding, in("\xc0\xaf")},
		{"surrogate", RuleEncoding, in("\xed\xa0\x80")},
		{"U+FFFF", RuleWellFormed, in("\uffff")},
		{"second root", RuleWellFormed, text(sound() + "<oBDS/>")},
		{"text behind the root", RuleWellFormed, text(sound() + "x")},
		{"cut off", RuleWellFormed, text(sound()[:len(sound())-30])},
		{"unbound prefix", RuleWellFormed, changed(remark, "<x:Anmerkung>a</x:Anmerkung>")},
		{"double attribute", RuleWellFormed, changed(`Patient_ID="P1"`, `Patient_ID="P1" Patient_ID="P2"`)},
		{"CDATA in text", "", in("a<![CDATA[<b>]]>c")},
		{"end of CDATA in text", RuleWellFormed, in("a]]>b")},
		{"comment in text", "", in("a<!-- b -->c")},
		{"dashes in a comment", RuleWellFormed, in("a<!-- -- -->c")},
		{"XML 1.1", RuleWellFormed, changed(`version="1.0"`, `version="1.1"`)},
		{"blank before the declaration", RuleWellFormed, text(" " + sound())},
		{"< in an attribute", RuleWellFormed, changed(`Patient_ID="P1"`, `Patient_ID="<"`)},
		{"prefix xml bound anew", RuleWellFormed, changed("<oBDS ", `<oBDS xmlns:xml="urn:x" `)},
		{"two colons", RuleWellFormed, changed(remark, "<a:b:c/>")},
		{"no namespace", RuleRoot, changed(` xmlns="`+Namespace+`"`, "")},
		{"empty file", RuleWellFormed, text("")},
		{"odd schemaLocation", "", changed("<oBDS ", `<oBDS xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:schemaLocation="oBDS.xsd" `)},
		{"schemaLocation to a server", "", changed("<oBDS ", `<oBDS xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:schemaLocation="`+Namespace+` http://127.0.0.1:9/x.xsd" `)},
		{"fault without an end", RuleWellFormed, func() io.Reader { return chain(before, "</x>", endless(strings.Repeat("t", 1000), 50_000), after) }},
		{"fault and a flood of tags", RuleWellFormed, func() io.Reader { return chain(before, "<a b='<", endless("<a b=\"'", 1_000_000), after) }},
		{"fault and a flood of comments", RuleWellFormed, func() io.Reader { return chain(before, "</x>", endless("<!---->", 1_000_000), after) }},
		{"flood of faults", RuleWellFormed, func() io.Reader { return chain(before, endless("&x;<!-- -- -->\x01", 200_000), after) }},
		{"flood of broken reports", RuleLimit, func() io.Reader {
			return chain(before, "</x></Meldung>", endless("<Meldung></x></Meldung>\n", 200_000), tail)
		}},
		{"flood of broken patients", RuleWellFormed, func() io.Reader {
			return chain(head, endless(strings.Replace(patientXML(1, 1), "</Tod>", "</x>", 1), 20_000), tail)
		}},
		{"old data set", RuleOldVersion, text(`<ADT_GEKID xmlns="` + oldNamespace + `" Schema_Version="2.2.3"/>`)},
		{"unknown version", RuleVersion, changed("3.0.4", "3.9.0")},
		{"no version", RuleVersion, changed(` Schema_Version="3.0.4"`, "")},
		{"another root", RuleRoot, text(`<html/>`)},
	}
}

// reportOnly are the attacks that cost a report, or the reports of a patient;
// the rest of the package is read on.
var reportOnly = []string{"entity without declaration", "ISO-8859-1 not declared", "NUL", "reference to NUL", "control character",
	"overlong UTF-8", "surrogate", "U+FFFF", "unbound prefix", "end of CDATA in text", "dashes in a comment", "two colons", "flood of faults",
	"fault and a flood of comments", "flood of broken patients"}

func numberedAttributes(n int) io.Reader {
	var b bytes.Buffer
	for i := range n {
		fmt.Fprintf(&b, `a%d="" `, i)
	}
	return &b
}

func TestX1AttackFilesGetTheirGoldenVerdicts(t *testing.T) {
	read(t, text(sound())(), Options{}) // the tables are made at the first use
	for _, a := range attacks() {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		v := read(t, a.doc(), Options{})
		runtime.ReadMemStats(&after)
		rules := []string{}
		for _, f := range v.all() {
			rules = append(rules, f.Rule)
		}
		switch {
		case a.rule == "" && !v.valid():
			t.Errorf("%s is refused: %s", a.name, v)
		case a.rule == "" && len(v.items) != 1:
			t.Errorf("%s: %d reports", a.name, len(v.items))
		case a.rule != "" && !slices.Contains(rules, a.rule):
			t.Errorf("%s: want %s, got %v", a.name, a.rule, rules)
		case v.complete != (a.rule == "" || a.rule == RuleUnexpected || slices.Contains(reportOnly, a.name)):
			t.Errorf("%s: complete is %v", a.name, v.complete)
		case v.complete && a.rule != "" && slices.ContainsFunc(v.items, func(i *Item) bool { return len(i.Findings) == 0 }):
			t.Errorf("%s: the report is not rejected", a.name)
		}
		// All that was ever allocated is more than what was held at once.
		if grown := after.TotalAlloc - before.TotalAlloc; grown > 64<<20 {
			t.Errorf("%s allocated %d MB", a.name, grown>>20)
		}
	}
	t.Logf("%d attack files", len(attacks()))
}

func TestX3EachLimitStopsTheReading(t *testing.T) {
	t.Parallel()
	limited := func(change func(*Limits)) Options {
		l := DefaultLimits()
		change(&l)
		return Options{Limits: l}
	}
	many := head + patientXML(1, 3) + patientXML(2, 1) + tail
	for name, o := range map[string]Options{
		"depth":            limited(func(l *Limits) { l.XML.Depth = 6 }),
		"attributes":       limited(func(l *Limits) { l.XML.Attributes = 2 }),
		"token":            limited(func(l *Limits) { l.XML.Token = 64 }),
		"size":             limited(func(l *Limits) { l.XML.Size = 1000 }),
		"reports":          limited(func(l *Limits) { l.ReportsPerPatient = 2 }),
		"bytes of patient": limited(func(l *Limits) { l.PatientBytes = 600 }),
		"ids":              limited(func(l *Limits) { l.IDs = 3 }),
		"reporters":        limited(func(l *Limits) { l.Reporters = 0 }),
	} {
		v := read(t, strings.NewReader(many), o)
		if v.complete || len(v.findings) == 0 || v.findings[len(v.findings)-1].Rule != RuleLimit {
			t.Errorf("limit of %s: %s", name, v)
		}
	}
	if v := read(t, strings.NewReader(many), Options{}); !v.valid() || len(v.items) != 4 {
		t.Errorf("without them it is sound: %s", v)
	}
	// A flood of findings is cut, but every report keeps its verdict.
	bad := strings.ReplaceAll(head+patientXML(1, 200)+tail, "<Meldebegruendung>I", "<Meldebegruendung>?")
	v := read(t, strings.NewReader(bad), limited(func(l *Limits) { l.FindingsPerReport, l.Findings = 0, 1 }))
	for _, item := range v.items {
		if len(item.Findings) != 1 || item.Findings[0].Rule != RuleMore {
			t.Fatalf("findings of a report: %v", item.Findings)
		}
	}
}

func TestX3MemoryStaysConstant(t *testing.T) {
	var b strings.Builder
	patients := 0
	in := &generator{next: func() string {
		b.Reset()
		for range 20 {
			patients++
			b.WriteString(patientXML(patients, 3))
		}
		if patients > 60_000 {
			return ""
		}
		return b.String()
	}}
	r := NewReader(chain(head, in, tail), Options{})
	peak, reports := uint64(0), 0
	for {
		if _, err := r.Next(); err != nil {
			break
		}
		if reports++; reports%10_000 == 0 {
			var m runtime.MemStats
			runtime.ReadMemStats(&m)
			peak = max(peak, m.HeapInuse+m.StackInuse)
		}
	}
	if !r.Complete() || reports < 150_000 {
		t.Fatalf("%d reports, %v", reports, r.Findings())
	}
	if peak > 64<<20 {
		t.Errorf("%d MB for %d reports", peak>>20, reports)
	}
	t.Logf("%d reports, peak %d MB", reports, peak>>20)
}

type generator struct {
	next func() string
	rest string
}

func (g *generator) Read(p []byte) (int, error) {
	if g.rest == "" {
		if g.rest = g.next(); g.rest == "" {
			return 0, io.EOF
		}
	}
	n := copy(p, g.rest)
	g.rest = g.rest[n:]
	return n, nil
}
