// SPDX-License-Identifier: EUPL-1.2

package obds

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
)

// rounds is how often a test repeats itself: so many times, or what an
// environment variable says.
func rounds(t testing.TB, variable string, n int) int {
	t.Helper()
	if v := os.Getenv(variable); v != "" {
		more, err := strconv.Atoi(v)
		if err != nil {
			t.Fatalf("%s: %v", variable, err)
		}
		return more
	}
	return n
}

var (
	oneReport = regexp.MustCompile(`(?s)<Meldung .*?</Meldung>`)
	twiceID   = regexp.MustCompile(`(Patient_ID|Meldung_ID)="([^"]*)"`)
)

// rejected gives the verdict on each report: its id, or its position for those
// whose id was not read.
func (v verdict) rejected() map[string]bool {
	out := map[string]bool{}
	for _, item := range v.items {
		name := string(item.ID)
		if name == "" {
			name = fmt.Sprintf("no id at %d", item.Position)
		}
		out[name] = len(item.Findings) > 0
	}
	for _, l := range v.late {
		for _, s := range l.Spans {
			for p := s.First; p <= s.Last; p++ {
				out[string(v.items[p-1].ID)] = true
			}
		}
	}
	return out
}

// damage changes one place of a document.
func damage(rng *rand.Rand, doc []byte, at int) []byte {
	out := slices.Clone(doc)
	switch rng.IntN(6) {
	case 0:
		return slices.Delete(out, at, at+1)
	case 1:
		return slices.Insert(out, at, byte(rng.IntN(256)))
	case 2:
		return slices.Insert(out, at, []byte([]string{"<", ">", "&", `"`, "]]>", "&x;", "\x01", "\xfc", "</", "<!--"}[rng.IntN(10)])...)
	}
	out[at] = byte(rng.IntN(256))
	return out
}

// tally counts how damages ended.
type tally struct{ silent, alone, patient, refused int }

func (c tally) mended() float64 {
	return float64(c.alone+c.patient) / float64(c.alone+c.patient+c.refused)
}

// TestDamagedReportCostsNoOtherItsVerdict damages sound packages at one place
// within a patient. Either the report there or those of its patient are
// rejected and all others keep their verdict, or the package as a whole is
// refused.
func TestDamagedReportCostsNoOtherItsVerdict(t *testing.T) {
	t.Parallel()
	own := head
	for i := range 12 {
		own += patientXML(i, 4)
	}
	rng := rand.New(rand.NewPCG(1, 2))
	inside, outside := tally{}, tally{}
	for _, doc := range [][]byte{bigPackage(t, 60_000), []byte(own + tail)} {
		// No single damage makes one id another.
		doc = twiceID.ReplaceAll(doc, []byte(`$1="$2.$2"`))
		x := newDamaged(t, doc)
		for range rounds(t, "MELDEWERK_DAMAGES", 1200) {
			patient := rng.IntN(len(x.patients))
			at := x.patients[patient][0] + 1 + rng.IntN(x.patients[patient][1]-x.patients[patient][0]-1)
			nth := slices.IndexFunc(x.reports, func(s []int) bool { return s[0] <= at && at < s[1] })
			count := &outside
			if nth >= 0 {
				count = &inside
			}
			bad := damage(rng, doc, at)
			one := read(t, bytes.NewReader(bad), Options{Workers: 1})
			many := read(t, bytes.NewReader(bad), Options{Workers: 2, pieceSize: 1 + rng.IntN(30_000)})
			if one.everything() != many.everything() {
				t.Fatalf("byte %d: one worker and several differ: %s", at, cmp.Diff(one.everything(), many.everything()))
			}
			x.judge(t, at, patient, nth, one, count)
		}
	}
	t.Logf("within reports: %+v, %.1f %% mended; elsewhere in patients: %+v, %.1f %%", inside, 100*inside.mended(), outside, 100*outside.mended())
	if inside.mended() < 0.9 {
		t.Error("fewer than nine in ten were mended")
	}
}

// damaged is a sound package with the places where its parts stand.
type damaged struct {
	before            verdict
	reports, patients [][]int
	mates             map[string]int // patient by report
}

func newDamaged(t *testing.T, doc []byte) *damaged {
	x := &damaged{before: read(t, bytes.NewReader(doc), Options{}), mates: map[string]int{},
		reports: oneReport.FindAllIndex(doc, -1), patients: onePatient.FindAllIndex(doc, -1)}
	if !x.before.valid() || len(x.before.items) != len(x.reports) {
		t.Fatal(x.before)
	}
	for i, item := range x.before.items {
		x.mates[string(item.ID)] = slices.IndexFunc(x.patients, func(s []int) bool { return s[0] <= x.reports[i][0] && x.reports[i][1] <= s[1] })
	}
	return x
}

// judge holds the verdicts after a damage against those before it.
func (x *damaged) judge(t *testing.T, at, patient, nth int, after verdict, count *tally) {
	t.Helper()
	switch {
	case !after.complete:
		count.refused++
		return
	case after.valid():
		count.silent++
		return
	}
	now, mates, hit, behind, struck := after.rejected(), 0, 0, 0, 0
	for i, item := range x.before.items {
		bad, there := now[string(item.ID)]
		switch {
		case x.mates[string(item.ID)] != patient:
			if bad || !there {
				t.Fatalf("byte %d: report %s, which is sound, is rejected or lost\n%s", at, item.ID, after)
			}
		case i == nth:
			if there && !bad {
				t.Fatalf("byte %d: report %s is damaged but taken\n%s", at, item.ID, after)
			}
		default:
			mates++
			if i > nth {
				behind++
			}
			if bad || !there {
				hit++
				if i > nth {
					struck++
				}
			}
		}
	}
	switch {
	case nth >= 0 && hit == struck && (hit == 0 || struck == behind):
		count.alone++
		if len(after.items) != len(x.before.items) {
			t.Fatalf("byte %d: %d reports, %d expected\n%s", at, len(after.items), len(x.before.items), after)
		}
	case hit == mates:
		count.patient++
	default:
		t.Fatalf("byte %d: %d of %d other reports of the patient are rejected\n%s", at, hit, mates, after)
	}
}

// TestLostPieceGivesNobodyReportsOfAnother takes a piece out of the package
// that begins in a report of one patient and ends in one of the next, as a lost
// block of a file would be. The reports behind it must not be taken for those
// of the first.
func TestLostPieceGivesNobodyReportsOfAnother(t *testing.T) {
	t.Parallel()
	doc := head
	for i := range 6 {
		doc += patientXML(i, 4)
	}
	x := newDamaged(t, []byte(doc+tail))
	doc += tail
	rng := rand.New(rand.NewPCG(3, 4))
	mended := 0
	for range rounds(t, "MELDEWERK_DAMAGES", 1200) {
		patient := rng.IntN(5)
		from := x.reports[4*patient+rng.IntN(4)]
		to := x.reports[4*patient+4+rng.IntN(4)]
		a, b := from[0]+1+rng.IntN(from[1]-from[0]-1), to[0]+1+rng.IntN(to[1]-to[0]-1)
		bad := doc[:a] + doc[b:]
		if wellFormed(bad) {
			continue // nobody can see what is missing
		}
		v := read(t, strings.NewReader(bad), Options{Workers: 1})
		if !v.complete {
			continue
		}
		mended++
		now := v.rejected()
		for _, item := range v.items {
			whose := x.mates[string(item.ID)]
			if len(item.Findings) == 0 && !now[string(item.ID)] && item.Patient != x.before.items[4*whose].Patient {
				t.Fatalf("bytes %d to %d: report %s is taken for one of another patient\n%s", a, b, item.ID, v)
			}
		}
	}
	if mended < 300 {
		t.Errorf("only %d were mended", mended)
	}
}

func wellFormed(doc string) bool {
	d := xml.NewDecoder(strings.NewReader(doc))
	for {
		if _, err := d.Token(); err != nil {
			return errors.Is(err, io.EOF)
		}
	}
}

// said writes down which reports of which patient are sound.
func (v verdict) marks() string {
	var b strings.Builder
	for _, item := range v.items {
		switch {
		case len(item.Findings) == 0:
			b.WriteByte('+')
		case item.Report != nil:
			b.WriteByte('o') // rejected, but not for a fault of the XML
		default:
			b.WriteByte('-')
		}
	}
	if !v.complete {
		b.WriteByte('!')
	}
	return b.String()
}

// TestDamageReachesOnlyWhatItMay goes through the kinds of damage one by one.
// There are five reports, the second to fourth of one patient; the damage is
// done to the third.
func TestDamageReachesOnlyWhatItMay(t *testing.T) {
	t.Parallel()
	second := patientXML(2, 3)
	evil := strings.Replace(second[strings.Index(second, "<Meldung "):strings.Index(second, "</Meldung>")], "R2_0", "evil", 1) + "</Meldung>"
	apostrophes := strings.ReplaceAll(evil, `"`, "'")
	for _, c := range []struct{ name, old, new, want string }{
		{"bad reference", "ohne Befund", "a & b", "++-++"},
		{"control character", "ohne Befund", "a\x01b", "++-++"},
		{"character of another encoding", "ohne Befund", "\xfc", "++-++"},
		{"bad reference in an attribute", `Tumor_ID="1"`, `Tumor_ID="&x;"`, "++-++"},
		{"dashes in a comment", "ohne Befund", "<!-- a -- b -->", "++-++"},
		{"unbound prefix", "<Anmerkung>ohne Befund</Anmerkung>", "<x:Anmerkung>ohne Befund</x:Anmerkung>", "++-++"},
		{"doubled attribute", `Tumor_ID="1"`, `Tumor_ID="1" Tumor_ID="1"`, "++-++"},
		{"wrong end tag", "</Tod>", "</Todd>", "++--+"},
		{"missing end tag", "</Tod>", "", "++--+"},
		{"missing start tag", "<Tod>", "", "++--+"},
		{"lost quote", `Tumor_ID="1"`, `Tumor_ID="1`, "++--+"},
		{"lost first quote", `Tumor_ID="1"`, `Tumor_ID=1"`, "++--+"},
		{"less-than sign", "ohne Befund", "a < b", "++-++"},
		{"two less-than signs and an ampersand", "ohne Befund", "<5 & < 7", "++-++"},
		{"less-than sign in a code", "10 2024 GM", "10 2024 GM<0 2024 GM", "++--+"},
		{"less-than sign in a day", "2024-02-01", "2024-02-01<24-02-01", "++--+"},
		{"less-than sign in an attribute", `Tumor_ID="1"`, `Tumor_ID="<"`, "++--+"},
		{"end tag of the report", "</Meldung>", "</Meldunk>", "+---+"},
		{"no end tag of the report", "</Meldung>", "", "++!"},
		{"start tag of the report", "<Meldung ", "<Meldunk ", "+---+"},
		{"id of the report", `Meldung_ID="R2_1"`, `Meldung_ID="R2_1`, "++--+"},

		// Nothing that was hidden in a damaged report may come out of it.
		{"report in CDATA", "ohne Befund", "\x01<![CDATA[</Anmerkung></Meldung>" + evil + "<Meldung>]]>", "++-++"},
		{"report in CDATA behind a wrong end tag", "ohne Befund", "</x><![CDATA[</Anmerkung></Meldung>" + evil + "<Meldung>]]>", "++--+"},
		{"report in a comment", "ohne Befund", "</x><!-- </Meldung>" + evil + " -->", "++--+"},
		{"report in a broken comment", "ohne Befund", "<!-- -- </Meldung>" + evil + " -->", "++-++"},
		{"report in an instruction", "ohne Befund", "</x><?p </Meldung>" + evil + " ?>", "++--+"},
		{"report in an attribute", `Tumor_ID="1"`, `Tumor_ID="</Meldung>` + apostrophes + `<Meldung Meldung_ID='x"`, "++!"},
		{"report in the second attribute", `Tumor_ID="1"`, `Tumor_ID="<" x="</Meldung>` + apostrophes + `<Meldung Meldung_ID='x"`, "++!"},
		{"report in the report", "ohne Befund", "&x;" + evil, "++-++"},
		{"report in the report behind a wrong end tag", "ohne Befund", "</x>" + evil, "+----+"},
		{"patient in the report", "ohne Befund", "</x>" + strings.ReplaceAll(patientXML(9, 1), "R9", "evil"), "++!"},
		{"declaration", "ohne Befund", "<!DOCTYPE x>", "++!"},
	} {
		at := strings.Index(second, `<Meldung Meldung_ID="R2_1"`)
		changed := second[:at] + strings.Replace(second[at:], c.old, c.new, 1)
		v := read(t, strings.NewReader(head+patientXML(1, 1)+changed+patientXML(3, 1)+tail), Options{Workers: 1})
		if got := v.marks(); got != c.want {
			t.Errorf("%s: %s, want %s\n%s", c.name, got, c.want, v)
		}
		for _, item := range v.items {
			if strings.HasPrefix(string(item.ID), "evil") && (len(item.Findings) == 0 || item.Report != nil) {
				t.Errorf("%s: what was hidden is taken: %v", c.name, item.Findings)
			}
		}
	}
}

// TestDamagedPatientRejectsAllHisReports damages what belongs to the patient.
func TestDamagedPatientRejectsAllHisReports(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, old, new, want string }{
		{"name", "Muster", "Mus\x01ter", "+---+"},
		{"character of another encoding", "Erika", "J\xfcrgen", "+---+"},
		{"wrong end tag", "</Nachname>", "</Name>", "+---+"},
		{"lost quote", `Datumsgenauigkeit="E"`, `Datumsgenauigkeit="E`, "+!"},
		{"end of the master data", "</Patienten_Stammdaten>", "</Patienten_Stammdatem>", "+---+"},
		{"between the reports", "<Menge_Meldung>", "<Menge_Meldung>&x;", "+---+"},
		{"end of the reports", "</Menge_Meldung>", "</Menge_Meldunk>", "+---+"},
		{"end of the patient", "</Patient>", "</Patienk>", "++++!"},
		{"begin of the reports", "<Menge_Meldung>", "<Menge_Meldunk>", "+!"},
		{"begin of the patient", `<Patient Patient_ID="P2"`, `<Patient Patient_ID="P2`, "+!"},
	} {
		doc := head + patientXML(1, 1) + strings.Replace(patientXML(2, 3), c.old, c.new, 1) + patientXML(3, 1) + tail
		v := read(t, strings.NewReader(doc), Options{Workers: 1})
		if got := v.marks(); got != c.want {
			t.Errorf("%s: %s, want %s\n%s", c.name, got, c.want, v)
		}
	}
}

// TestFaultIsSaidOnceWithLineAndColumn looks at the finding itself.
func TestFaultIsSaidOnceWithLineAndColumn(t *testing.T) {
	t.Parallel()
	doc := head + patientXML(1, 2) + tail
	at := strings.LastIndex(doc, "ohne Befund")
	v := read(t, strings.NewReader(doc[:at]+"a & b & c"+doc[at:]), Options{})
	found := v.items[1].Findings
	want := fmt.Sprintf("(Spalte %d).", at+2-strings.LastIndex(doc[:at], "\n")-1+1)
	if len(v.all()) != 1 || len(found) != 1 || found[0].Line != 5 || !strings.HasSuffix(found[0].Message, want) || strings.Contains(found[0].Message, "Zeile") {
		t.Errorf("want %s, got %s", want, v)
	}
	if found[0].Path != "oBDS/Menge_Patient/Patient[1]/Menge_Meldung/Meldung[2]/Anmerkung" || v.items[1].ID != "R1_1" {
		t.Errorf("place %s, id %s", found[0].Path, v.items[1].ID)
	}
}

// TestStrayLessSignIsNamed: to generate the package anew would not mend it.
func TestStrayLessSignIsNamed(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{"a < b": "&lt;", "pT <5 & c": "&lt;", "a </b": "neu"} {
		v := read(t, strings.NewReader(strings.Replace(head+patientXML(1, 2)+tail, "ohne Befund", text, 1)), Options{})
		found := v.items[0].Findings
		if len(found) != 1 || !strings.Contains(found[0].Remedy, want) || found[0].Line != 4 || len(v.items[1].Findings) != 0 && want == "&lt;" {
			t.Errorf("%s: %s", text, v)
		}
	}
}

// TestColumnsCountThroughLongLines puts a package into one line, longer than
// any buffer and cut into many pieces.
func TestColumnsCountThroughLongLines(t *testing.T) {
	t.Parallel()
	doc := strings.NewReplacer("\n", " ", "\r", " ").Replace(string(bigPackage(t, 300_000)))
	at := strings.LastIndex(doc, "<Nachname>") + len("<Nachname>")
	for _, mark := range []string{"\x01", "</x>"} {
		bad := doc[:at] + mark + doc[at:]
		want := fmt.Sprintf("(Spalte %d).", utf8.RuneCountInString(doc[:at])+1)
		for _, o := range []Options{{Workers: 1}, {Workers: 2}, {Workers: 2, pieceSize: 3000}, {Workers: 3, pieceSize: 50_000}} {
			v := read(t, strings.NewReader(bad), o)
			found := v.all()
			if !v.complete || len(found) == 0 || found[0].Line != 1 || !strings.HasSuffix(found[0].Message, want) {
				t.Errorf("%d workers, pieces of %d: want %s, got %s", o.Workers, o.pieceSize, want, v)
			}
		}
	}
}

// TestLostPieceIsSeenBehindAnotherFault: within a report that is passed over,
// too, a < in a day is where a piece of the file is missing.
func TestLostPieceIsSeenBehindAnotherFault(t *testing.T) {
	t.Parallel()
	for name, first := range map[string]string{"a reference": "<Code>&nbsp;</Code>", "an unknown element": "<Code>C50.4</Code><Unbekannt>"} {
		doc := head + patientXML(1, 3) + patientXML(2, 3) + tail
		begin, end := strings.Index(doc, "R1_1"), strings.Index(doc, "R2_0")
		a := begin + strings.Index(doc[begin:], "</Diagnosedatum>") + 1
		b := end + strings.Index(doc[end:], "-01-01</Diagnosedatum>")
		bad := doc[:begin] + strings.Replace(doc[begin:a], "<Code>C50.4</Code>", first, 1) + doc[b:]
		if strings.Contains(first, "Unbekannt") {
			at := len(doc[:begin]) + strings.Index(bad[begin:], "</Diagnosedatum>") + len("</Diagnosedatum>")
			bad = bad[:at] + "</Unbekannt>" + bad[at:]
		}
		for _, item := range read(t, strings.NewReader(bad), Options{Workers: 1}).items {
			if len(item.Findings) == 0 && item.Patient == "P1" && strings.HasPrefix(string(item.ID), "R2") {
				t.Errorf("%s: report %s is taken for one of P1", name, item.ID)
			}
		}
	}
	// Behind a slip of the pen the report must keep its structure as well.
	doc := head + patientXML(1, 3) + patientXML(2, 3) + tail
	begin, end := strings.Index(doc, "R1_1"), strings.Index(doc, "R2_0")
	a, b := begin+strings.Index(doc[begin:], "</Anmerkung>")+len("</Anmerkung>"), end+strings.Index(doc[end:], "-01-01</Diagnosedatum>")
	if got := read(t, strings.NewReader(strings.Replace(doc[:a], "ohne Befund</Anmerkung>", "a < b</Anmerkung>", 2)+doc[b:]), Options{Workers: 1}).marks(); strings.Contains(strings.TrimSuffix(got, "!")[1:], "+") {
		t.Errorf("behind words: %s", got)
	}
	// In words it is still a slip of the pen.
	doc = head + strings.Replace(strings.Replace(patientXML(1, 3), "C50.4", "&nbsp;", 1), "ohne Befund", "a < b", 1) + tail
	if got := read(t, strings.NewReader(doc), Options{Workers: 1}).marks(); got != "-++" {
		t.Errorf("in words: %s", got)
	}
}
