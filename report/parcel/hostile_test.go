// SPDX-License-Identifier: EUPL-1.2

package parcel_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"regexp"
	"slices"
	"strings"
	"testing"

	"meldewerk/envelope"
	"meldewerk/report"
	"meldewerk/report/obds"
	"meldewerk/report/parcel"
	"meldewerk/tumour"
)

// frame is one frame of a parcel as a test makes it.
type frame struct {
	kind    byte
	content string
}

const magic = "meldewerk parcel 1\n"

// split takes a parcel into its frames, join puts frames together.
func split(part []byte) []frame {
	var frames []frame
	for rest := part[len(magic):]; len(rest) > 0; {
		n := 5 + int(binary.BigEndian.Uint32(rest[1:5]))
		frames = append(frames, frame{rest[0], string(rest[5:n])})
		rest = rest[n:]
	}
	return frames
}

func join(frames ...frame) []byte {
	part := []byte(magic)
	for _, f := range frames {
		part = append(part, f.kind)
		part = binary.BigEndian.AppendUint32(part, uint32(len(f.content)))
		part = append(part, f.content...)
	}
	return part
}

// TestC8CutPartsAreRefused cuts a part behind every byte.
func TestC8CutPartsAreRefused(t *testing.T) {
	t.Parallel()
	part := written(t, death("P1", "M1", "A"), death("P2", "M2", "A"))
	for n := range len(part) {
		if _, err := read(part[:n]); !errors.Is(err, parcel.ErrBroken) {
			t.Fatalf("cut behind %d of %d bytes: %v", n, len(part), err)
		}
	}
}

func TestC8HostilePartsAreRefused(t *testing.T) {
	t.Parallel()
	good := split(written(t, death("P1", "M1", "A"), death("P2", "M2", "A")))
	// The good part has two verdicts, one piece of XML and the end.
	kinds := ""
	for _, f := range good {
		kinds += string(f.kind)
	}
	if kinds != "JJXE" {
		t.Fatalf("frames are %s", kinds)
	}
	first, second, xml, last := good[0], good[1], good[2], good[3]
	verdict := func(content string) []byte { return join(frame{'J', content}, second, xml, last) }
	body := func(old, replacement string) []byte {
		changed := strings.ReplaceAll(xml.content, old, replacement)
		if changed == xml.content {
			t.Fatalf("%q is not in the package", old)
		}
		return join(first, second, frame{'X', changed}, last)
	}
	many := slices.Repeat([]report.Finding{warning}, 1001)
	for name, part := range map[string][]byte{
		"empty":                    nil,
		"other version":            bytes.Replace(join(good...), []byte("parcel 1"), []byte("parcel 2"), 1),
		"plain package":            []byte(xml.content),
		"verdict missing":          join(first, xml, last),
		"verdict without report":   join(append([]frame{{'J', `{"position":1,"findings":null}`}}, good...)...),
		"verdicts reordered":       join(second, first, xml, last),
		"verdict twice":            join(first, first, xml, last),
		"verdict behind":           join(xml, first, second, last),
		"two packages":             join(first, second, xml, xml, last),
		"no package":               join(first, second, last),
		"no end":                   join(first, second, xml),
		"other number":             join(first, second, xml, frame{'E', `{"reports":3}`}),
		"fewer":                    join(first, second, xml, frame{'E', `{"reports":1}`}),
		"something behind the end": append(join(good...), 0),
		"two ends":                 join(first, second, xml, last, last),
		"unknown frame":            join(append([]frame{{'Q', "{}"}}, good...)...),
		"long piece":               join(first, second, frame{'X', xml.content + strings.Repeat(" ", 40<<10)}, last),
		"frame of 4 GB":            append([]byte(magic), 'J', 0xff, 0xff, 0xff, 0xff),
		"position 0":               verdict(`{"position":0,"findings":null}`),
		"negative position":        verdict(`{"position":-1,"findings":null}`),
		"unknown field":            verdict(`{"position":10,"findings":null,"trust":true}`),
		"no JSON":                  verdict(`position 10`),
		"two documents":            verdict(`{"position":10,"findings":null}{}`),
		"unknown relation":         verdict(`{"position":10,"findings":null,"person":"given"}`),
		"relation of a wrong kind": verdict(`{"position":10,"findings":null,"person":1}`),
		"known and yet named":      verdict(`{"position":10,"findings":null,"person":"known"}`),
		"unknown severity":         verdict(`{"position":10,"findings":[{"rule":"D2","severity":"fine"}]}`),
		"no rule":                  verdict(`{"position":10,"findings":[{"rule":"","severity":"error"}]}`),
		"long sentence":            verdict(`{"position":10,"findings":[{"rule":"D2","severity":"error","message":"` + strings.Repeat("x", 1001) + `"}]}`),
		"too many findings":        verdict(`{"position":10,"findings":` + jsonOf(t, many) + `}`),
		"other reporter named":     body(`<Melder ID="A"`, `<Melder ID="B"`),
		"one report twice":         body(`Meldung_ID="M2"`, `Meldung_ID="M1"`),
		"document type":            body(`<oBDS `, `<!DOCTYPE oBDS [<!ENTITY a "a">]><oBDS `),
		"other root":               body(`oBDS`, `oBDT`),
		"package not closed":       body(`</oBDS>`, ``),
		"wrong sender":             body(`Absender_ID`, `Absender_Id`),
	} {
		items, err := read(part)
		if !errors.Is(err, parcel.ErrBroken) {
			t.Errorf("%s: %d reports, %v", name, len(items), err)
		}
	}
	if _, err := read(join(good...)); !errors.Is(err, io.EOF) {
		t.Errorf("the good part: %v", err)
	}
}

func jsonOf(t *testing.T, findings []report.Finding) string {
	t.Helper()
	part := split(written(t, death("P1", "M1", "A")))
	one, _, _ := strings.Cut(strings.TrimPrefix(part[0].content, `{"position":10,"findings":[`), `]}`)
	return "[" + strings.Join(slices.Repeat([]string{one}, len(findings)), ",") + "]"
}

// TestC8StandInHoldsNothingElse: a portal in the hands of somebody else cannot
// send a word past the trust centre in a report by reference.
func TestC8StandInHoldsNothingElse(t *testing.T) {
	t.Parallel()
	d := new(desk)
	w, err := parcel.NewWriter(header(), d.options())
	if err != nil {
		t.Fatal(err)
	}
	if err = w.AddAs(1, byReference("P1", "M1", "A"), report.PersonKnown, nil); err != nil {
		t.Fatal(err)
	}
	if _, err = w.Close(); err != nil {
		t.Fatal(err)
	}
	good := split(d.parts[0].Bytes())
	for old, replacement := range map[string]string{
		"<Nachname>-<":            "<Nachname>Musterfrau<",
		"<Vornamen>-<":            "<Vornamen>Erika<",
		"1900-07-01":              "1950-02-15",
		"970000099":               "970001001",
		"</Patienten_Stammdaten>": "</Patienten_Stammdaten><!-- --><Anmerkung>Musterfrau</Anmerkung>",
		"<Geburtsdatum ":          "<Geburtsname>Muster</Geburtsname><Geburtsdatum ",
	} {
		bad := good[1]
		if bad.content = strings.ReplaceAll(bad.content, old, replacement); bad.content == good[1].content {
			t.Fatalf("%q is not in the package: %s", old, bad.content)
		}
		items, err := read(join(good[0], bad, good[2]))
		if !errors.Is(err, parcel.ErrBroken) {
			t.Errorf("%s: %d reports, %v", replacement, len(items), err)
		}
	}
	if items, err := read(join(good...)); !errors.Is(err, io.EOF) || len(items) != 1 {
		t.Errorf("the good part: %v", err)
	}
}

// TestC8SecondGateFindsWhatThePortalLetPass: a portal in the hands of somebody
// else says "sound" of a report that is not.
func TestC8SecondGateFindsWhatThePortalLetPass(t *testing.T) {
	t.Parallel()
	good := split(written(t, death("P1", "M1", "A"), death("P2", "M2", "A")))
	bad := good[2]
	bad.content = strings.Replace(bad.content, "<Tod_tumorbedingt>U<", "<Tod_tumorbedingt>Q<", 1)
	items, err := read(join(good[0], good[1], bad, good[3]))
	if !errors.Is(err, io.EOF) || len(items) != 2 || len(items[0].Gate) != 1 || len(items[1].Gate) != 0 {
		t.Fatalf("%d reports, %v", len(items), err)
	}
}

func TestC8PartAboveTheLimitIsRefused(t *testing.T) {
	t.Parallel()
	part := written(t, death("P1", "M1", "A"))
	for _, limit := range []int64{1, 100, int64(len(part)) - 1} {
		r, err := parcel.NewReader(bytes.NewReader(part), parcel.ReadOptions{Limit: limit})
		for err == nil {
			_, err = r.Next()
		}
		if !errors.Is(err, parcel.ErrBroken) {
			t.Errorf("limit %d: %v", limit, err)
		}
	}
}

// TestPartsTravelInEnvelopes sends a part through the real envelope, whole and cut.
func TestPartsTravelInEnvelopes(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	recipients, err := envelope.Generate(dir)
	if err != nil {
		t.Fatal(err)
	}
	keys, err := envelope.LoadIdentities(dir)
	if err != nil {
		t.Fatal(err)
	}
	var sealed bytes.Buffer
	o := parcel.Options{
		Open:   func(int) (io.WriteCloser, error) { return envelope.Seal(&sealed, recipients) },
		Sealed: func(parcel.Part) error { return nil },
	}
	w, err := parcel.NewWriter(header(), o)
	if err != nil {
		t.Fatal(err)
	}
	if err = w.Add(1, death("P1", "M1", "A"), nil); err != nil {
		t.Fatal(err)
	}
	if _, err = w.Close(); err != nil {
		t.Fatal(err)
	}
	for cut, want := range map[int]error{0: io.EOF, 1: envelope.ErrOpen, 20: envelope.ErrOpen} {
		content, err := envelope.Open(bytes.NewReader(sealed.Bytes()[:sealed.Len()-cut]), keys)
		if err == nil {
			var r *parcel.Reader
			r, err = parcel.NewReader(content, parcel.ReadOptions{})
			for err == nil {
				_, err = r.Next()
			}
		}
		if !errors.Is(err, want) {
			t.Errorf("%d bytes cut: %v, want %v", cut, err, want)
		}
	}
}

// TestReaderTellsTroubleFromABrokenPart: an envelope that cannot be opened is
// the caller's trouble and keeps its own error.
func TestReaderTellsTroubleFromABrokenPart(t *testing.T) {
	t.Parallel()
	part := written(t, death("P1", "M1", "A"))
	trouble := errors.New("envelope cannot be opened")
	for _, n := range []int{0, 10, 30, 300, len(part)} {
		from := io.MultiReader(bytes.NewReader(part[:n]), failing{trouble})
		r, err := parcel.NewReader(from, parcel.ReadOptions{})
		for err == nil {
			_, err = r.Next()
		}
		if !errors.Is(err, trouble) || errors.Is(err, parcel.ErrBroken) {
			t.Errorf("behind %d bytes: %v", n, err)
		}
	}
}

type failing struct{ err error }

func (f failing) Read([]byte) (int, error) { return 0, f.err }

func FuzzReader(f *testing.F) {
	d := new(desk)
	w, err := parcel.NewWriter(header(), d.options())
	if err != nil {
		f.Fatal(err)
	}
	if err = w.Add(1, death("P1", "M1", "A"), []report.Finding{warning}); err != nil {
		f.Fatal(err)
	}
	if _, err = w.Close(); err != nil {
		f.Fatal(err)
	}
	f.Add(d.parts[0].Bytes())
	f.Fuzz(func(t *testing.T, part []byte) {
		items, err := read(part)
		if err == nil {
			t.Error("reading ended without an error")
		}
		for _, item := range items {
			if item.Report == nil || item.Position < 1 {
				t.Error("item without report or position")
			}
		}
	})
}

// through lets the gate of the portal judge a package, writes what it takes
// into parts and reads them as the trust centre does. It gives the number of
// reports that the gate takes.
func through(t *testing.T, doc string) int {
	t.Helper()
	gate := obds.NewReader(strings.NewReader(doc), obds.Options{Workers: 1})
	d := new(desk)
	w, err := parcel.NewWriter(header(), d.options())
	if err != nil {
		t.Fatal(err)
	}
	taken := 0
	for {
		item, err := gate.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil || len(item.Findings) > 0 {
			t.Fatalf("the gate: %v, %v", err, item)
		}
		if err = w.Add(item.Position, item.Report, nil); err != nil {
			t.Fatal(err)
		}
		taken++
	}
	if !gate.Complete() {
		return 0 // nothing of it is kept
	}
	if _, err = w.Close(); err != nil {
		t.Fatal(err)
	}
	arrived := 0
	for _, part := range d.parts {
		if part.Len() > 32<<20 {
			t.Errorf("a part of %d bytes", part.Len())
		}
		items, err := read(part.Bytes())
		if !errors.Is(err, io.EOF) {
			t.Errorf("a part of %d bytes is not taken: %v", part.Len(), errors.Unwrap(err))
		}
		arrived += len(items)
	}
	if arrived != taken {
		t.Errorf("%d reports of %d arrived", arrived, taken)
	}
	return taken
}

// TestWhateverTheGateTakesGoesThroughAPart: in a part a patient is longer than
// in his package, by indentation and by what CDATA sections hold. A receipt
// must not be given for what the trust centre cannot read.
func TestWhateverTheGateTakesGoesThroughAPart(t *testing.T) {
	t.Parallel()
	wordy := death("P1", "M1", "A")
	wordy.Event.Death = nil
	wordy.Event.Pathology = &tumour.Pathology{Certainty: "7.1", ReportText: "WORDS", Submitter: &tumour.Submitter{Lines: []tumour.Text{"Klinik"}}}
	many := death("P1", "M1", "A")
	many.Event.Death = nil
	many.Event.Systemic = &tumour.Systemic{Phase: tumour.PhaseBegin, Intention: "K", Relation: "O", Kind: "CH", Begin: exactly("2024-05-01"),
		Substances: []tumour.Substance{{Name: "x"}}, SideEffects: tumour.SideEffects{UpToGrade2: "U"}}
	one := regexp.MustCompile(`(?s)<Substanz>.*</Substanz>`)
	blank := regexp.MustCompile(`>\s+<`)
	for name, c := range map[string]struct {
		doc  string
		want int
	}{
		"signs in CDATA":       {strings.Replace(packed(t, wordy), "WORDS", "<![CDATA["+strings.Repeat("<", 1_900_000)+"]]>", 1), 1},
		"ampersands in CDATA":  {strings.Replace(packed(t, wordy), "WORDS", "<![CDATA["+strings.Repeat("&", 1_600_000)+"]]>", 1), 1},
		"too many of them":     {strings.Replace(packed(t, wordy), "WORDS", "<![CDATA["+strings.Repeat("<", 2_500_000)+"]]>", 1), 0},
		"greater-than signs":   {strings.Replace(packed(t, wordy), "WORDS", strings.Repeat(">", 4_000_000), 1), 1},
		"many without a blank": {one.ReplaceAllString(blank.ReplaceAllString(packed(t, many), "><"), strings.Repeat("<Substanz><Bezeichnung>x</Bezeichnung></Substanz>", 150_000)), 1},
	} {
		if got := through(t, c.doc); got != c.want {
			t.Errorf("%s: %d reports", name, got)
		}
	}
}

// packed is a package of one report.
func packed(t *testing.T, r *report.Report) string {
	t.Helper()
	var b strings.Builder
	head := *header()
	head.Reporters = []report.Reporter{{ID: r.Reporter}}
	if err := obds.Write(&b, "3.0.4", head, []*report.Report{r}); err != nil {
		t.Fatal(err)
	}
	return b.String()
}
