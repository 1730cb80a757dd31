// SPDX-License-Identifier: EUPL-1.2

package form

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"meldewerk/calendar"
	"meldewerk/identity"
	"meldewerk/report"
	"meldewerk/report/obds"
	"meldewerk/tumour"
)

func root(t *testing.T) string {
	t.Helper()
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir
		}
		dir = filepath.Dir(dir)
	}
}

// TestEverySampleGoesThroughTheForm opens every report of the official samples
// as a form and wants the same report back, all fields.
func TestEverySampleGoesThroughTheForm(t *testing.T) {
	t.Parallel()
	samples, err := filepath.Glob(filepath.Join(root(t), "..", "shared", "obds", "samples", "*.xml"))
	if err != nil || len(samples) == 0 {
		t.Skip("the samples are not beside the project")
	}
	reports := 0
	for _, name := range samples {
		f, err := os.Open(name)
		if err != nil {
			t.Fatal(err)
		}
		reader := obds.NewReader(f, obds.Options{})
		for {
			item, err := reader.Next()
			if errors.Is(err, io.EOF) {
				break
			}
			if err != nil {
				t.Fatal(err)
			}
			if len(item.Findings) > 0 || item.Report == nil {
				continue
			}
			reports++
			sheet := Encode(item.Report)
			back := Decode(sheet)
			for _, p := range back.Problems {
				t.Errorf("%s, Meldung %d: %s: %s", filepath.Base(name), item.Position, p.Key, p.Message)
			}
			if len(back.Fallen) > 0 {
				t.Errorf("%s, Meldung %d: fallen %v", filepath.Base(name), item.Position, back.Fallen)
			}
			if diff := cmp.Diff(*item.Report, *back.Report); diff != "" {
				t.Errorf("%s, Meldung %d: the report came back changed:\n%s", filepath.Base(name), item.Position, diff)
			}
			for key := range sheet {
				if _, shown := SectionOf(sheet, key); !shown && !slices.Contains(unshown, key) {
					t.Errorf("%s, Meldung %d: the field %s stands in no section", filepath.Base(name), item.Position, key)
				}
			}
		}
		if err := f.Close(); err != nil {
			t.Fatal(err)
		}
	}
	if reports < 90 {
		t.Errorf("only %d reports read", reports)
	}
}

// unshown are the fields that the portal fills.
var unshown = []string{"occasion", "report.id", "report.reporter", "report.patient", "tumour.id"}

// TestEveryFieldOfTheModelStandsInTheForm fills every field of a report of each
// occasion with a value of its own and wants it back.
func TestEveryFieldOfTheModelStandsInTheForm(t *testing.T) {
	t.Parallel()
	for _, occasion := range tumour.Occasions() {
		for _, other := range []func(*report.Report){func(*report.Report) {}, otherInsurance, privateInsurance, otherTechniques} {
			full := fullReport(occasion, false)
			other(full)
			if diff := cmp.Diff(*full, *Decode(Encode(full)).Report); diff != "" {
				t.Errorf("%s: fields that the form does not carry:\n%s", occasion, diff)
			}
		}
	}
}

// TestChoicesAreThoseOfTheModel holds the options of every choice against the
// values that the model allows.
func TestChoicesAreThoseOfTheModel(t *testing.T) {
	t.Parallel()
	for _, s := range allSections() {
		walk("", s.Nodes, func(key string, n *Node) {
			if n.Kind != Choice || n.allowed == nil {
				return
			}
			for _, value := range everyValue {
				if strings.HasSuffix(key, "social-service.none") || strings.HasSuffix(key, "psycho-oncology.none") {
					break // the model holds them together with the trial, which may be unknown
				}
				offered := slices.ContainsFunc(n.Options, func(o Option) bool { return o.Value == value })
				if allowed := n.allowed(value); offered != allowed {
					t.Errorf("%s %s: %s offered %v, allowed by the model %v", s.Name, key, value, offered, allowed)
				}
			}
			for _, o := range n.Options {
				if o.Label == "" || !n.allowed(o.Value) || o.Label == o.Value && len(o.Value) > 5 {
					t.Errorf("%s %s: the value %s has no words or is not allowed", s.Name, key, o.Value)
				}
			}
		})
	}
}

// everyValue are all values of all choices.
var everyValue = func() []string {
	var all []string
	for _, s := range allSections() {
		walk("", s.Nodes, func(_ string, n *Node) {
			for _, o := range n.Options {
				all = append(all, o.Value)
			}
		})
	}
	slices.Sort(all)
	return slices.Compact(append(all, "?", "Z9"))
}()

// TestKeysAndSectionsAreUnique keeps two fields of one form apart.
func TestKeysAndSectionsAreUnique(t *testing.T) {
	t.Parallel()
	for _, occasion := range tumour.Occasions() {
		keys, names := map[string]bool{}, map[string]bool{}
		for _, s := range allSections() {
			if !s.of(occasion) {
				continue
			}
			if names[s.Name] || s.Title == "" {
				t.Errorf("%s: the section %s stands twice or has no title", occasion, s.Name)
			}
			names[s.Name] = true
			walk("", s.Nodes, func(key string, n *Node) {
				if n.Kind == Group {
					return
				}
				if keys[key] || n.Label == "" {
					t.Errorf("%s: the field %s stands twice or has no label", occasion, key)
				}
				keys[key] = true
			})
		}
	}
}

// TestKeyOfFindsEveryField leads from a place of the model to its field.
func TestKeyOfFindsEveryField(t *testing.T) {
	t.Parallel()
	r := fullReport(tumour.OccasionDiagnosis, true)
	for want, place := range map[string]any{
		"histology.grading":             &r.Event.Diagnosis.Histology.Grading,
		"histology.morphologies.0.code": &r.Event.Diagnosis.Histology.Morphologies[0],
		"patient.surname":               &r.Person.Surname,
		"patient.birth-date":            &r.Person.BirthDate,
		"tumour.icd.code":               &r.Event.Assignment.ICD,
		"prostate.gleason.score":        &r.Event.Diagnosis.Prostate.Gleason.Score,
	} {
		if got, found := KeyOf(r, place); !found || got != want {
			t.Errorf("KeyOf gives %q, want %q", got, want)
		}
	}
}

// TestDaysKeepTheirAccuracy is what a person types and what the data set gets.
func TestDaysKeepTheirAccuracy(t *testing.T) {
	t.Parallel()
	estimable, exact := &Node{Kind: About}, &Node{Kind: Day}
	for _, c := range []struct {
		node  *Node
		typed string
		want  calendar.Date
		wrong bool
	}{
		{estimable, "03.11.2025", calendar.Date{Year: 2025, Month: 11, Day: 3, Accuracy: calendar.Exact}, false},
		{estimable, "11.2025", calendar.Date{Year: 2025, Month: 11, Day: 15, Accuracy: calendar.DayEstimated}, false},
		{estimable, "2025", calendar.Date{Year: 2025, Month: 7, Day: 1, Accuracy: calendar.MonthEstimated}, false},
		{estimable, "01.07.2025 V", calendar.Date{Year: 2025, Month: 7, Day: 1, Accuracy: calendar.AllEstimated}, false},
		{exact, "3.11.2025", calendar.Date{Year: 2025, Month: 11, Day: 3}, false},
		{exact, "11.2025", calendar.Date{}, true},
		{estimable, "31.02.2025", calendar.Date{}, true},
		{estimable, "03.11.25", calendar.Date{}, true},
		{estimable, "gestern", calendar.Date{}, true},
		{estimable, "1.2.3.4", calendar.Date{}, true},
		{estimable, "99999", calendar.Date{}, true},
	} {
		got, message := readDay(c.node, c.typed)
		if got != c.want || (message != "") != c.wrong {
			t.Errorf("%q: %v %q, want %v", c.typed, got, message, c.want)
		}
		if !c.wrong {
			if again, _ := readDay(c.node, dayText(c.node, got)); again != got {
				t.Errorf("%q does not come back: %v", c.typed, again)
			}
		}
	}
}

// TestDaysAsPeopleType: three fields, or a whole date in the first of them.
func TestDaysAsPeopleType(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ day, month, year, want string }{
		{"3.11.2025", "", "", "03.11.2025"}, {" 3. 11. 2025 ", "", "", "03.11.2025"}, {"3/11/2025", "", "", "03.11.2025"}, {"2025-11-03", "", "", "03.11.2025"}, {"2025-11", "", "", "11.2025"},
		{"11/2025", "", "", "11.2025"}, {"11.2025", "", "", "11.2025"}, {"2025", "", "", "2025"},
		{"3.", "11.", "2025", "03.11.2025"}, {"", "1", "2025", "01.2025"}, {"", "", "2025", "2025"},
	} {
		if got := JoinDay(c.day, c.month, c.year, ""); got != c.want {
			t.Errorf("%q, %q, %q became %q, want %q", c.day, c.month, c.year, got, c.want)
		}
	}
	// What is no date stays as typed, so that the page can show it again.
	for _, typed := range []string{"3", "gestern", "1.2.3.4", "3.11.25"} {
		text := JoinDay(typed, "", "", "")
		if _, message := readDay(&Node{Kind: About}, text); message == "" || !strings.Contains(text, strings.TrimPrefix(typed, "3.")) {
			t.Errorf("%q became %q without a word", typed, text)
		}
	}
}

// TestNumbersAsPeopleType are commas and zeros.
func TestNumbersAsPeopleType(t *testing.T) {
	t.Parallel()
	for typed, want := range map[string]string{"1,50": "1.5", "007": "7", "0": "0", "0,5": "0.5", ",5": "0.5", "12": "12", "10,0": "10", "-1": "-1", "00": "0"} {
		if got := number(typed); got != want {
			t.Errorf("%q became %q, want %q", typed, got, want)
		}
	}
}

// TestNumbersOfCardsLoseTheirBlanks: a number is pasted as the card prints it,
// and the U for "nicht bekannt" is typed small as often as not.
func TestNumbersOfCardsLoseTheirBlanks(t *testing.T) {
	t.Parallel()
	s := NewSheet(tumour.OccasionDiagnosis)
	for key, value := range map[string]string{"patient.insurance.kind": "statutory", "patient.insurance.statutory.number": "a 123 456 780",
		"patient.address.country": "de", "tumour.icd.code": "C50.4", "breast.invasive-size": "u", "breast.dcis-size": " 12 "} {
		s[key] = value
	}
	out := Decode(s)
	r := out.Report
	if len(out.Problems) > 0 || r.Person.Insurance.Statutory.Number != "A123456780" || r.Person.Address.Country != "DE" ||
		r.Event.Diagnosis.Modules.Breast.InvasiveSize != "U" || r.Event.Diagnosis.Modules.Breast.DCISSize != "12" {
		t.Errorf("%d problems, country %q, sizes %+v", len(out.Problems), r.Person.Address.Country, r.Event.Diagnosis.Modules.Breast)
	}
}

// TestL3ProblemsHoldNothingTyped is row L3 for the form: neither a problem nor a
// printed sheet shows a value.
func TestL3ProblemsHoldNothingTyped(t *testing.T) {
	t.Parallel()
	const canary = "Kanarienvogel"
	for _, occasion := range tumour.Occasions() {
		sheet := Encode(fullReport(occasion, true))
		for key := range sheet {
			if key != keyOccasion {
				sheet[key] = canary
			}
		}
		for _, p := range Decode(sheet).Problems {
			if strings.Contains(p.Message, canary) {
				t.Errorf("%s: the problem of %s holds what was typed", occasion, p.Key)
			}
		}
		if strings.Contains(sheet.String()+sheet.GoString(), canary) {
			t.Error("a printed sheet shows its fields")
		}
	}
}

// TestTNMTypedAsOneLine takes lines apart as they are spoken.
func TestTNMTypedAsOneLine(t *testing.T) {
	t.Parallel()
	for line, want := range map[string]map[string]string{
		"cT2 cN1 cM0": {"t": "2", "t-prefix": "c", "n": "1", "n-prefix": "c", "m": "0", "m-prefix": "c"},
		"ypT1c(m) pN1a(2/14) cM0 L0 V0 Pn0": {"after-therapy": "y", "t": "1c", "t-prefix": "p", "multiple": "m", "n": "1a(2/14)", "n-prefix": "p",
			"m": "0", "m-prefix": "c", "lymphatic": "L0", "venous": "V0", "perineural": "Pn0"},
		"T1 N0 M0, Stadium IA (8. Auflage)": {"t": "1", "n": "0", "m": "0", "stage": "IA", "edition": "8"},
		"pTis(DCIS) pN0(sn) cM0":            {"t": "is(DCIS)", "t-prefix": "p", "n": "0(sn)", "n-prefix": "p", "m": "0", "m-prefix": "c"},
		"ypT2ypN1":                          {"t": "2", "t-prefix": "p", "n": "1", "n-prefix": "p", "after-therapy": "y"},
		"pT2 (3) pN1 (sn)":                  {"t": "2", "t-prefix": "p", "multiple": "3", "n": "1(sn)", "n-prefix": "p"},
		"cT2 cN1 cM0 (8)":                   {"t": "2", "t-prefix": "c", "n": "1", "n-prefix": "c", "m": "0", "m-prefix": "c", "edition": "8"},
		"cT2 (8. Auflage) cN1":              {"t": "2", "t-prefix": "c", "n": "1", "n-prefix": "c", "edition": "8"},
		"cT2 cN1 (8.Auflage)":               {"t": "2", "t-prefix": "c", "n": "1", "n-prefix": "c", "edition": "8"},
		"pTis (DCIS) pN0 (i+)":              {"t": "is(DCIS)", "t-prefix": "p", "n": "0(i+)", "n-prefix": "p"},
		"T2N1M0":                            {"t": "2", "n": "1", "m": "0"},
		"pT2pN1(sn)cM0":                     {"t": "2", "t-prefix": "p", "n": "1(sn)", "n-prefix": "p", "m": "0", "m-prefix": "c"},
		"ct2 cn1 cmx":                       {"t": "2", "t-prefix": "c", "n": "1", "n-prefix": "c", "m": "X", "m-prefix": "c"},
		"pT2 (m) pN1a (2/14) cM0":           {"t": "2", "t-prefix": "p", "multiple": "m", "n": "1a(2/14)", "n-prefix": "p", "m": "0", "m-prefix": "c"},
		"pT3(m,is) NX MX":                   {"t": "3", "t-prefix": "p", "multiple": "m,is", "n": "X", "m": "X"},
	} {
		s := Sheet{}
		if !ParseTNM(s, "clinical", line) {
			t.Errorf("%q is not understood", line)
			continue
		}
		got := map[string]string{}
		for key, value := range s {
			got[strings.TrimPrefix(key, "clinical.")] = value
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%q:\n%s", line, diff)
		}
	}
	for _, line := range []string{"", "unbekannt", "cT2 (klinisch) cN0", "pT2 (8) pN0", "pT2(8. pN0", "pT1cN0M0", "pn0 pt2", "T2 N1 foo", "cT2 cT3", "L0", "cT", "R0 T1", strings.Repeat("T1 ", 100)} {
		s := Sheet{}
		if ParseTNM(s, "clinical", line) || len(s) > 0 {
			t.Errorf("%q is taken", line)
		}
	}
}

// TestEmptySectionIsNotBegun: what the portal itself fills counts in no section,
// however the keys of fields begin.
func TestEmptySectionIsNotBegun(t *testing.T) {
	t.Parallel()
	for _, o := range tumour.Occasions() {
		s := NewSheet(o)
		for _, key := range []string{"report.id", "report.reporter", "report.patient", "tumour.id"} {
			s[key] = "1"
		}
		for _, section := range Sections(s) {
			if section.Filled(s) {
				t.Errorf("%s: %s is begun before anything is typed", o, section.Name)
			}
		}
	}
}

// TestSuggestFillsVersions follows the dates and leaves what stands.
func TestSuggestFillsVersions(t *testing.T) {
	t.Parallel()
	s := Sheet{"occasion": "surgery", "tumour.diagnosed-on": "03.11.2025", "tumour.icd.code": "C50.4", "date": "04.01.2026",
		"procedures.0.code": "5-870.90", "tumour.morphology.code": "8500/3", "tumour.morphology.version": "32", "tnm.t": "2"}
	Suggest(s)
	for key, want := range map[string]string{"tumour.icd.version": "10 2025 GM", "procedures.0.version": "2026", "tumour.morphology.version": "32", "tnm.edition": "8"} {
		if s[key] != want {
			t.Errorf("%s is %q, want %q", key, s[key], want)
		}
	}
	next := Next(tumour.OccasionCourse, Decode(s).Report.Event.Assignment)
	if next["tumour.icd.code"] != "C50.4" || next["tumour.diagnosed-on"] != "03.11.2025" || next["procedures.0.code"] != "" || next.Occasion() != tumour.OccasionCourse {
		t.Errorf("the next report begins with the wrong fields")
	}
}

// TestModuleIsAskedForHoweverTheCodeIsTyped: small letters are read as capital
// ones, so the organ is the same.
func TestModuleIsAskedForHoweverTheCodeIsTyped(t *testing.T) {
	t.Parallel()
	for _, icd := range []string{"C50.4", "c50.4", " c50.4", "c50.4 Brustdrüse"} {
		sheet := NewSheet(tumour.OccasionDiagnosis)
		sheet["tumour.icd.code"] = icd
		if _, asked := Named(sheet, "modul-mamma"); !asked {
			t.Errorf("%q: the module of the breast is not asked for", icd)
		}
	}
}

// TestWhatFallsAwayIsNamed is a condition that does not hold any more.
func TestWhatFallsAwayIsNamed(t *testing.T) {
	t.Parallel()
	r := fullReport(tumour.OccasionDiagnosis, true)
	sheet := Encode(r)
	sheet["patient.insurance.kind"] = private
	back := Decode(sheet)
	if len(back.Fallen) == 0 || back.Report.Person.Insurance.Statutory != nil {
		t.Errorf("fallen: %v", back.Fallen)
	}
}

func walk(prefix string, nodes []*Node, visit func(key string, n *Node)) {
	for _, n := range nodes {
		key := join(prefix, n.Key)
		visit(key, n)
		if n.Kind == Rows {
			key = join(key, "0")
		}
		walk(key, n.Inner, visit)
	}
}

// fullReport is a report of an occasion in which every field holds something.
// Where the model has a closed list, allowed takes a value of it.
func fullReport(occasion tumour.Occasion, allowed bool) *report.Report {
	r := &report.Report{}
	begin(occasion)(&r.Event)
	fill(reflect.ValueOf(r).Elem(), "", allowed, new(int))
	keep := r.Person.Insurance.Statutory
	r.Person.Insurance.Private, r.Person.Insurance.Other = nil, nil
	r.Person.Insurance.Statutory = keep
	// Choices that the model writes as plain strings.
	r.Person.Sex, r.Reason = identity.Female, report.Informed
	r.Person.Childhood.Consent, r.Person.Childhood.NoSyndrome = "1", "N"
	for _, a := range []*identity.Address{&r.Person.Address, r.Person.Childhood.AddressAtBirth, r.Person.Childhood.PlaceOfBirth} {
		a.Country = "DE"
	}
	if g := generalOf(&r.Event); g != nil {
		g.SocialService.None, g.PsychoOncology.None = "N", "N"
	}
	return r
}

func privateInsurance(r *report.Report) {
	r.Person.Insurance = identity.Insurance{Private: &identity.PrivateInsurance{Insurer: "a", Number: "b", Subsidy: "c"}}
}

func otherInsurance(r *report.Report) {
	r.Person.Insurance = identity.Insurance{Other: &identity.OtherInsurance{Substitute: "970000011", Insurer: "123456789", InsurerName: "c", Number: "d"}}
}

// otherTechniques are the three that fullReport leaves out, one course each.
func otherTechniques(r *report.Report) {
	if r.Event.Radiotherapy == nil {
		return
	}
	r.Event.Radiotherapy.Courses = make([]tumour.Irradiation, 3)
	c := r.Event.Radiotherapy.Courses
	c[0].Contact, c[1].Metabolic, c[2].Other = &tumour.Contact{}, &tumour.Metabolic{}, &tumour.OtherRadiation{}
	for _, v := range []any{c[0].Contact, c[1].Metabolic, c[2].Other} {
		fill(reflect.ValueOf(v).Elem(), "", true, new(int))
	}
}

// generalOf is the Modul Allgemein of an event.
func generalOf(e *tumour.Event) *tumour.GeneralModule {
	switch {
	case e.Diagnosis != nil:
		return e.Diagnosis.General
	case e.Pathology != nil:
		return e.Pathology.General
	case e.Surgery != nil:
		return e.Surgery.General
	case e.Radiotherapy != nil:
		return e.Radiotherapy.General
	case e.Systemic != nil:
		return e.Systemic.General
	case e.Course != nil:
		return e.Course.General
	}
	return nil
}

func fill(v reflect.Value, closed string, allowed bool, counter *int) {
	switch v.Kind() {
	case reflect.Pointer:
		if v.Type().Elem() == reflect.TypeFor[report.Bank]() {
			return
		}
		v.Set(reflect.New(v.Type().Elem()))
		fill(v.Elem(), closed, allowed, counter)
	case reflect.Struct:
		if v.Type() == reflect.TypeFor[calendar.Date]() {
			*counter++
			v.Set(reflect.ValueOf(calendar.Date{Year: int16(1950 + *counter%70), Month: 3, Day: 4, Accuracy: calendar.DayEstimated}))
			return
		}
		for i := range v.NumField() {
			field := v.Type().Field(i)
			if v.Type() == reflect.TypeFor[tumour.Event]() && v.Field(i).Kind() == reflect.Pointer && v.Field(i).IsNil() ||
				v.Type() == reflect.TypeFor[tumour.Irradiation]() && slices.Contains([]string{"Contact", "Metabolic", "Other"}, field.Name) {
				continue
			}
			fill(v.Field(i), field.Tag.Get("closed"), allowed, counter)
		}
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 2, 2))
		for i := range 2 {
			fill(v.Index(i), closed, allowed, counter)
		}
	case reflect.String:
		*counter++
		v.SetString(sampleOf(closed, *counter))
	}
}

// sampleOf is a value that keeps a closed list.
func sampleOf(closed string, n int) string {
	switch {
	case closed == "":
		return "X" + itoa(n)
	case !strings.HasPrefix(closed, "/"):
		values := strings.Split(closed, "|")
		return values[n%len(values)]
	}
	for _, candidate := range []string{"7", "12", "123", "2024", "A12", "8500/3", "C50.4", "10 2024 GM", "3.4", "5-870", "L01AA01", "12345678", "123456789",
		"1.5", "IIA", "(m)", "T1", "1", "ABD"} {
		if rule(closed)(candidate) {
			return candidate
		}
	}
	return "7"
}
