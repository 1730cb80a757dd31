// SPDX-License-Identifier: EUPL-1.2

package lastlook

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"meldewerk/calendar"
	"meldewerk/exchange/transfer"
	"meldewerk/identity"
	"meldewerk/pseudonym"
	"meldewerk/tumour"
)

// patient is a person whose every part can be looked for.
func patient() identity.Person {
	return identity.Person{
		Surname: "Grünwald-Öttinger", FirstNames: "Anneliese Zoë", BirthName: "Šćepánek", FormerNames: []string{"Vollmeyer"}, Prefix: "von der",
		BirthDate: calendar.Date{Year: 1951, Month: 3, Day: 7, Accuracy: calendar.Exact}, Sex: identity.Female,
		Address:   identity.Address{Street: "Rosmarinstraße", House: "17", PostalCode: "30159", Place: "Hannover", Country: "DE"},
		Insurance: identity.Insurance{Statutory: &identity.StatutoryInsurance{Insurer: "101575519", Number: "T498331264"}},
	}
}

// record is one that may leave: an ordinary diagnosis.
func record() transfer.Record {
	return transfer.Record{
		Report: ref[pseudonym.ReportRef](1), Patient: ref[pseudonym.PatientRef](2), Tumour: ref[pseudonym.TumourRef](3), Reporter: ref[pseudonym.ReporterRef](4),
		Version: 7, Identity: transfer.IdentityNew, Numbers: pseudonym.ControlNumbers{Profile: "kn-1", Generation: pseudonym.StorageGeneration(1)},
		Sex: "W", Birth: transfer.Birth{Month: 3, Year: 1951, Accuracy: calendar.Exact}, PostalCode: "30159", Place: "Hannover", Country: "DE",
		Reason: "I", OwnService: "J", ReceivedAt: time.Date(2026, 11, 2, 8, 0, 0, 0, time.UTC), OpenFindings: []string{"D2b", "T3", "LASTLOOK-PLACE"},
		Event: tumour.Event{
			Assignment: tumour.Assignment{ICD: tumour.ICD{Code: "C50.4", Version: "10 2026 GM"}, DiagnosedOn: calendar.Date{Year: 2026, Month: 10, Day: 5, Accuracy: calendar.Exact}, Side: "L"},
			Diagnosis: &tumour.Diagnosis{
				Certainty: "7", Performance: "1", Histology: &tumour.Histology{Grading: "2", NodesExamined: "12"},
				Clinical:        &tumour.TNM{Edition: "8", TPrefix: "c", T: "2(m)", NPrefix: "c", N: "1a", M: "0"},
				Classifications: []tumour.Classification{{Name: "FIGO", Stage: "IIIA2"}, {Name: "Breslow", Stage: "1,2 mm"}, {Name: "Ann Arbor", Stage: "II B"}},
			},
		},
	}
}

func ref[R ~string](b byte) R { return R(fmt.Sprintf("%064x", b)) }

// step is one step from a value to one of its parts.
type step struct {
	name  string
	index int // of a field; -1: into a pointer or the first element of a slice
}

// leaf is one field that holds a value, and how to get there.
type leaf struct {
	path   string
	steps  []step
	typ    reflect.Type
	closed string
}

// leaves lists every field below a type, whatever it may hold.
func leaves(t reflect.Type, path string, steps []step, closed string) []leaf {
	switch {
	case t == dateType || t == numbersType || t == chiffratType || t == timeType:
		return nil
	case t.Kind() == reflect.Pointer:
		return leaves(t.Elem(), path, append(slices.Clone(steps), step{index: -1}), closed)
	case t.Kind() == reflect.Slice:
		return leaves(t.Elem(), path+"[0]", append(slices.Clone(steps), step{index: -1}), closed)
	case t.Kind() == reflect.Struct:
		var all []leaf
		for i := range t.NumField() {
			f, name := t.Field(i), path
			if !f.Anonymous {
				name += "." + f.Name
			}
			all = append(all, leaves(f.Type, name, append(slices.Clone(steps), step{name: f.Name, index: i}), f.Tag.Get("closed"))...)
		}
		return all
	}
	return []leaf{{path: strings.TrimPrefix(path, "."), steps: steps, typ: t, closed: closed}}
}

// with gives a record in which just this leaf is set, besides what an ordinary
// record holds.
func (l leaf) with(value string) transfer.Record {
	r := record()
	v := reflect.ValueOf(&r).Elem()
	for _, s := range l.steps {
		switch {
		case s.index >= 0:
			v = v.Field(s.index)
		case v.Kind() == reflect.Pointer:
			if v.IsNil() {
				v.Set(reflect.New(v.Type().Elem()))
			}
			v = v.Elem()
		default:
			v.Set(reflect.MakeSlice(v.Type(), 1, 1))
			v = v.Index(0)
		}
	}
	v.SetString(value)
	return r
}

func words(t *testing.T) []leaf {
	t.Helper()
	var found []leaf
	for _, l := range leaves(reflect.TypeFor[transfer.Record](), "", nil, "") {
		if l.typ.Kind() == reflect.String {
			found = append(found, l)
		}
	}
	return found
}

// secrets are ways in which a sender writes his patient into a field that was
// made for something else.
var secrets = map[string]string{
	"surname":                 "Grünwald-Öttinger",
	"one part of it":          "s. Fr. Öttinger",
	"capital letters":         "OETTINGER",
	"without marks":           "Ottinger",
	"umlauts in two letters":  "Gruenwald",
	"decomposed":              "Gru\u0308nwald",
	"full-width letters":      "Ｇｒüｎｗａｌｄ",
	"soft hyphen":             "Grün\u00adwald",
	"cut in two":              "Grün-wald",
	"cut in three":            "Voll me yer",
	"glued to another word":   "PatGrünwald",
	"glued to a number":       "Grünwald1951",
	"second first name":       "zoe",
	"former name":             "Vollmeyer",
	"birth name with accents": "Scepanek",
	"prefix and surname":      "vonderGrünwaldÖttinger",
	"birth day":               "geb. 07.03.1951",
	"birth day, short":        "7.3.51 / 070351",
	"birth day, ISO":          "1951-03-07",
	"birth day in words":      "7. März 1951",
	"street":                  "Rosmarinstr. 17",
	"insurance number":        "T 4983 31264",
	"insurance digits":        "498331264",
	"patient number":          "Pat 0047-1122",
}

const patientNumber = "0047-1122"

// TestExamineFindsTheIdentityInEveryOpenField goes through every field of a
// record that could hold words. DESIGN's list of open fields is the types Text
// and SourceID; Labels may hold words and are compared.
func TestExamineFindsTheIdentityInEveryOpenField(t *testing.T) {
	t.Parallel()
	p, texts, labels := patient(), 0, 0
	for _, l := range words(t) {
		for name, secret := range secrets {
			r := l.with(secret)
			stops := Examine(&p, &r, patientNumber)
			want := []Stop{{Field: l.path, Reason: Open}}
			switch {
			case slices.Contains([]reflect.Type{textType, sourceIDType}, l.typ):
				texts++
				if strings.Contains(l.path, "Submitter.") {
					want[0].Field = strings.SplitAfter(l.path, "Submitter")[0]
				} else if strings.Contains(l.path, "Surgeons[0]") {
					want[0].Field = strings.SplitAfter(l.path, "Surgeons[0]")[0]
				}
			case l.typ == labelType:
				labels++
				want[0].Reason = Hit
				if l.path == "Place" && name == "glued to another word" {
					continue // places are compared word by word: Hagen may live in Hagenow
				}
			default:
				continue
			}
			if diff := cmp.Diff(want, stops); diff != "" {
				t.Errorf("%s in %s (-want +got):\n%s", name, l.path, diff)
			}
			Blank(&r, stops)
			if left := Examine(&p, &r, patientNumber); len(left) > 0 {
				t.Errorf("%s in %s: still stopped after blanking: %v", name, l.path, left)
			}
		}
	}
	if texts < 40*len(secrets) || labels < 10*len(secrets) {
		t.Fatalf("only %d open fields and %d labels were found", texts/len(secrets), labels/len(secrets))
	}
}

// TestExamineStopsForeignValuesInClosedFields puts a word into every closed
// field, and a value that nearly fits.
func TestExamineStopsForeignValuesInClosedFields(t *testing.T) {
	t.Parallel()
	p, closed := patient(), 0
	for _, l := range words(t) {
		if slices.Contains([]reflect.Type{textType, sourceIDType, labelType}, l.typ) {
			continue
		}
		closed++
		for _, value := range []string{"Grünwald", "zz\nzz"} {
			r := l.with(value)
			stops := Examine(&p, &r)
			if len(stops) != 1 || stops[0].Reason != NotOne && stops[0].Reason != Unknown && stops[0].Reason != Open {
				t.Errorf("%s with a foreign value: %v", l.path, stops)
			}
			Blank(&r, stops)
			if left := Examine(&p, &r); len(left) > 0 {
				t.Errorf("%s: still stopped after blanking: %v", l.path, left)
			}
		}
	}
	if closed < 150 {
		t.Fatalf("only %d closed fields were found", closed)
	}
}

func TestExamineStopsWhatHidesBehindOtherTypes(t *testing.T) {
	t.Parallel()
	p := patient()
	for name, c := range map[string]struct {
		spoil func(r *transfer.Record)
		want  Stop
	}{
		"an accuracy that is a name":    {func(r *transfer.Record) { r.Event.Assignment.DiagnosedOn.Accuracy = "Grünwald" }, Stop{"Event.Assignment.DiagnosedOn", NotOne}},
		"the accuracy of the birth":     {func(r *transfer.Record) { r.Birth.Accuracy = "Grünwald" }, Stop{"Birth.Accuracy", NotOne}},
		"a day that does not exist":     {func(r *transfer.Record) { r.Event.Assignment.DiagnosedOn.Day = 99 }, Stop{"Event.Assignment.DiagnosedOn", NotOne}},
		"a profile that is a name":      {func(r *transfer.Record) { r.Numbers.Profile = "Grünwald" }, Stop{"Numbers", NotOne}},
		"a generation that is a name":   {func(r *transfer.Record) { r.Numbers.Generation = "storage/Grünwald" }, Stop{"Numbers", NotOne}},
		"a version that is a birth day": {func(r *transfer.Record) { r.Version = 19510307 }, Stop{"Version", Hit}},
		"the numbers of the sender of a specimen": {func(r *transfer.Record) {
			r.Event.Pathology = &tumour.Pathology{Certainty: "7", Submitter: &tumour.Submitter{Identifiers: &tumour.Identifiers{LANR: "123456789"}}}
		}, Stop{"Event.Pathology.Submitter", Open}},
	} {
		r := record()
		c.spoil(&r)
		if diff := cmp.Diff([]Stop{c.want}, Examine(&p, &r)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

// Novel is a record of a later version that the last look was not taught.
type Novel struct {
	Word     string
	Bytes    []byte
	Array    [4]byte
	Free     tumour.Code // a code without its list
	Anything any
	Table    map[string]string
	Half     float64
	New      NewWord
	hidden   string
}

// NewWord is a sort of field that nobody has told the last look of.
type NewWord string

func TestExamineStopsSortsOfFieldsItDoesNotKnow(t *testing.T) {
	t.Parallel()
	p := patient()
	n := Novel{Word: "x", Bytes: []byte("x"), Free: "x", Anything: "x", Table: map[string]string{"a": "b"}, Half: 0.5, New: "x", hidden: "x"}
	var got []string
	for _, s := range examine(&p, false, reflect.ValueOf(&n).Elem()) {
		if s.Reason != Unknown {
			t.Errorf("%s is stopped because of %s", s.Field, s.Reason)
		}
		got = append(got, s.Field)
	}
	want := []string{"Word", "Bytes", "Array", "Free", "Anything", "Table", "Half", "New", "hidden"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("stopped fields (-want +got):\n%s", diff)
	}
}

// TestExamineLetsOrdinaryReportsPass is the other side: people whose names are
// ordinary words must not be held up by ordinary reports.
func TestExamineLetsOrdinaryReportsPass(t *testing.T) {
	t.Parallel()
	for _, names := range [][2]string{{"Klein", "Rosa"}, {"Lang", "Karl M."}, {"Rot", "Ina"}, {"Groß", "T."}, {"von der Heide", "Mia"}, {"Ng", "A"}, {"Weg", "Max"},
		{"Mamma", "Eva"}, {"Alt", "Uta"}, {"zu Solms", "Ann-Kathrin B."}} {
		p := patient()
		p.Surname, p.FirstNames, p.BirthName, p.FormerNames, p.Prefix = names[0], names[1], "", nil, ""
		p.Address.Street = "Straße des 17. Juni"
		r := record()
		r.Event.Diagnosis.Classifications[2] = tumour.Classification{Name: "Lugano", Stage: "II"}
		r.Event.Diagnosis.Clinical.T = "1a(is)"
		r.Event.Diagnosis.Genetics = []tumour.Variant{{Other: "BRAF V600E, Exon 15"}}
		r.Event.Diagnosis.Clinical.N = "2 nach der 8. Auflage"
		if stops := Examine(&p, &r, "17"); len(stops) > 0 {
			t.Errorf("%s, %s is held up: %v", names[0], names[1], stops)
		}
	}
}

func TestPlaceIsLeftOutForNamesakes(t *testing.T) {
	t.Parallel()
	p := patient()
	p.Surname, p.FirstNames, p.BirthName, p.FormerNames, p.Prefix = "Klein", "Hagen", "", nil, ""
	for place, want := range map[tumour.Label]bool{"Klein Rönnau": true, "Kleinmachnow": false, "Hagen": true, "Hagenow": false, "Rosmarinstraße": true, "Bad Bevensen": false} {
		if got := PlaceMeetsIdentity(&p, place); got != want {
			t.Errorf("place %s meets the identity: %t, want %t", place, got, want)
		}
	}
}

func TestWordsGivesTheStoppedField(t *testing.T) {
	t.Parallel()
	p, r := patient(), record()
	r.Event.Diagnosis.Classifications[1].Stage = "Grünwald"
	stops := Examine(&p, &r)
	if len(stops) != 1 || Words(&r, stops[0]) != "Grünwald" {
		t.Fatalf("stops %v", stops)
	}
	Blank(&r, stops)
	if r.Event.Diagnosis.Classifications[1].Stage != "" || r.Event.Diagnosis.Classifications[1].Name != "Breslow" {
		t.Errorf("blanking took the wrong field: %v", r.Event.Diagnosis.Classifications)
	}
}

// TestStopsNameNoValue keeps values out of what is stored and logged.
func TestL3StopsNameNoValue(t *testing.T) {
	t.Parallel()
	p := patient()
	for _, l := range words(t) {
		r := l.with("Grünwald")
		if text := fmt.Sprintf("%+v", Examine(&p, &r)); strings.Contains(text, "Grünwald") {
			t.Errorf("%s: the stop shows the value", l.path)
		}
	}
}

func BenchmarkExamine(b *testing.B) {
	p, r := patient(), record()
	for b.Loop() {
		if stops := Examine(&p, &r, patientNumber); len(stops) > 0 {
			b.Fatal(stops)
		}
	}
}
