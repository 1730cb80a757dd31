// SPDX-License-Identifier: EUPL-1.2

package pseudonymisation_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"meldewerk/calendar"
	"meldewerk/envelope/keyfile"
	"meldewerk/exchange/residue"
	"meldewerk/exchange/transfer"
	"meldewerk/identity"
	"meldewerk/identity/chiffrat"
	"meldewerk/identity/controlnumber"
	"meldewerk/policy"
	"meldewerk/pseudonym"
	"meldewerk/report"
	"meldewerk/trustcentre/internal/pseudonymisation"
	"meldewerk/tumour"
	"meldewerk/tumour/history"
)

var update = flag.Bool("update", false, "write the golden files anew")

var day = time.Date(2026, 11, 2, 8, 30, 0, 0, time.UTC)

// fixed makes a key that is the same in every run, for golden files.
func fixed(t *testing.T, purpose string, fill byte) keyfile.Key {
	t.Helper()
	key, err := keyfile.Of(purpose, 1, bytes.Repeat([]byte{fill}, 32), day)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

// newSplitter makes a Splitter with fixed keys, and the private key of its Chiffrate.
func newSplitter(t *testing.T, profile string) (*pseudonymisation.Splitter, chiffrat.Registry, chiffrat.PrivateKey) {
	t.Helper()
	dir := t.TempDir()
	for i, purpose := range []string{pseudonymisation.PurposeReference, pseudonymisation.PurposeDigest} {
		if _, err := keyfile.Write(dir, fixed(t, purpose, byte(i+1))); err != nil {
			t.Fatal(err)
		}
	}
	clerk, err := pseudonymisation.LoadClerk(dir)
	if err != nil {
		t.Fatal(err)
	}
	numbers, err := controlnumber.NewKeys(fixed(t, controlnumber.PurposeNational, 3), fixed(t, controlnumber.PurposeStorage, 4))
	if err != nil {
		t.Fatal(err)
	}
	if err := chiffrat.GenerateMACKey(dir, day); err != nil {
		t.Fatal(err)
	}
	macs, err := chiffrat.LoadMACKeys(dir)
	if err != nil {
		t.Fatal(err)
	}
	p, err := policy.Of(profile)
	if err != nil {
		t.Fatal(err)
	}
	registry, err := chiffrat.NewRegistry(p.Registry, macs)
	if err != nil {
		t.Fatal(err)
	}
	private, err := chiffrat.GenerateKey()
	if err != nil {
		t.Fatal(err)
	}
	return pseudonymisation.NewSplitter(clerk, p, numbers, registry, private.Public()), registry, private
}

func exact(y int16, m, d uint8) calendar.Date {
	return calendar.Date{Year: y, Month: m, Day: d, Accuracy: calendar.Exact}
}

// surgery is a whole report: an operation with everything that may stand in one.
func surgery() *report.Report {
	return &report.Report{
		ID: "M-4711", Reporter: "HST001", Patient: "P-0815", PatientRemark: "Nachbarin: Frau Grünwald", Remark: "Text", Reason: report.Informed, OwnService: "J", Certification: "1",
		Person: identity.Person{Surname: "Grünwald", FirstNames: "Anneliese Zoë", BirthName: "Vollmeyer", Title: "Dr. med.", Sex: identity.Female, BirthDate: exact(1951, 3, 7),
			Address:   identity.Address{Street: "Rosmarinweg", House: "17", PostalCode: "30159", Place: "Hannover", Country: "DE"},
			Insurance: identity.Insurance{Statutory: &identity.StatutoryInsurance{Insurer: "101575519", Number: "A123456780"}}},
		Extras: []report.Extra{{Kind: "Art", Value: "Wert"}},
		Event: tumour.Event{
			Assignment: tumour.Assignment{TumourID: "T1", ICD: tumour.ICD{Code: "C50.4", Version: "10 2026 GM"}, DiagnosedOn: exact(2026, 9, 1), Side: "L"},
			Surgery: &tumour.Surgery{ID: "OP-9", Intention: "K", Date: exact(2026, 10, 1), Procedures: []tumour.Procedure{{Code: "5-870.a0", Version: "2026"}},
				Histology: &tumour.Histology{ID: "H1", SpecimenNumber: "E-2026-1", Grading: "2", Morphologies: []tumour.Morphology{{Code: "8500/3", Version: "33"}}, MorphologyText: "Grünwald"},
				TNM:       &tumour.TNM{ID: "TNM1", Edition: "8", TPrefix: "p", T: "1c", NPrefix: "p", N: "0(sn)", M: "0"},
				Residual:  &tumour.Residual{Local: "R0"}, Classifications: []tumour.Classification{{Name: "B-Kategorie", Stage: "B5b"}},
				Genetics:      []tumour.Variant{{Name: "BRCA1 Grünwald", Result: "W"}},
				Complications: tumour.Complications{None: "N"}, Surgeons: []tumour.Surgeon{{Surname: "Operateurin", Lead: "J"}},
				Modules: tumour.Modules{Breast: &tumour.BreastModule{Menopause: "3", Her2: "N"}}},
		},
	}
}

func TestSplitGolden(t *testing.T) {
	t.Parallel()
	s, _, _ := newSplitter(t, "ekn")
	parts, err := s.Split(surgery(), pseudonymisation.Version{Receipt: 12, ReceivedAt: day, Identity: transfer.IdentityCorrected, OpenFindings: []string{"D2b"}})
	if err != nil {
		t.Fatal(err)
	}
	if parts.Record.Chiffrat == nil {
		t.Error("ekn: the Chiffrat is not in the record")
	}
	parts.Record.Chiffrat = nil // another one every time
	if err := parts.Record.Check(); err != nil {
		t.Errorf("the record breaks the contract: %v", err)
	}
	digests, err := s.Digests(surgery())
	if err != nil {
		t.Fatal(err)
	}
	got, err := json.MarshalIndent(struct {
		Parts   pseudonymisation.Parts
		Digests pseudonymisation.Digests
	}{parts, digests}, "", "\t")
	if err != nil {
		t.Fatal(err)
	}
	golden(t, "split.json", append(got, '\n'))
}

func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	file := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(file, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), string(got)); diff != "" {
		t.Errorf("%s (-want +got):\n%s", name, diff)
	}
}

const marker = "Qzmarkerwort"

// fill sets every field below v: pointers made, slices of one element, every
// text and identifier to the marker.
func fill(v reflect.Value) (opened int) {
	switch {
	case v.Type() == reflect.TypeFor[calendar.Date]():
		v.Set(reflect.ValueOf(exact(2026, 10, 1)))
	case v.Kind() == reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		return fill(v.Elem())
	case v.Kind() == reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 1, 1))
		return fill(v.Index(0))
	case v.Kind() == reflect.Struct:
		for i := range v.NumField() {
			opened += fill(v.Field(i))
		}
	case v.Type() == reflect.TypeFor[tumour.Text]() || v.Type() == reflect.TypeFor[tumour.SourceID]():
		v.SetString(marker)
		return 1
	case v.Kind() == reflect.String:
		v.SetString("x")
	}
	return opened
}

// TestN7WithoutOpenTextLeavesNoOpenField fills every field of every occasion
// that can hold open words and looks for them afterwards, by type and by value.
func TestN7WithoutOpenTextLeavesNoOpenField(t *testing.T) {
	t.Parallel()
	events, opened := reflect.TypeFor[tumour.Event](), 0
	for i := range events.NumField() {
		field := events.Field(i)
		if field.Name == "Assignment" {
			continue
		}
		t.Run(field.Name, func(t *testing.T) {
			var e tumour.Event
			opened += fill(reflect.ValueOf(&e.Assignment).Elem())
			opened += fill(reflect.ValueOf(&e).Elem().Field(i))
			before, err := json.Marshal(e)
			if err != nil {
				t.Fatal(err)
			}
			stripped, err := pseudonymisation.WithoutOpenText(&e)
			if err != nil {
				t.Fatal(err)
			}
			if path := residue.Of(&stripped); path != "" {
				t.Errorf("%s is left", path)
			}
			text, err := json.Marshal(stripped)
			if err != nil {
				t.Fatal(err)
			}
			if bytes.Contains(text, []byte(marker)) {
				t.Error("an open word is left")
			}
			if after, _ := json.Marshal(e); !bytes.Equal(before, after) {
				t.Error("the report itself was changed")
			}
			if stripped.Occasion() != e.Occasion() {
				t.Errorf("the occasion became %q", stripped.Occasion())
			}
		})
	}
	if opened < 60 {
		t.Errorf("only %d open fields were filled", opened)
	}
}

// TestN7SplitLeavesNothingOfTheIdentity hides the patient in every open field
// of the whole report and looks at what leaves.
func TestN7SplitLeavesNothingOfTheIdentity(t *testing.T) {
	t.Parallel()
	for _, profile := range []string{"kkn", "ekn", "hessen"} {
		s, _, _ := newSplitter(t, profile)
		var r report.Report
		fill(reflect.ValueOf(&r).Elem())
		r.ID, r.Reporter, r.Patient, r.Reason = marker, marker, marker, report.Informed
		r.Person = identity.Person{Surname: marker, FirstNames: marker, BirthName: marker, FormerNames: []string{marker}, Title: marker, Suffix: marker, Prefix: marker,
			BirthDate: exact(1951, 3, 29), Address: identity.Address{Street: marker, House: marker, PostalCode: marker, Place: "Hannover", Country: marker},
			Insurance: identity.Insurance{Private: &identity.PrivateInsurance{Insurer: marker, Number: marker, Subsidy: marker}}}
		parts, err := s.Split(&r, pseudonymisation.Version{Receipt: 1, ReceivedAt: day, Identity: transfer.IdentityNew})
		if err != nil {
			t.Fatal(err)
		}
		text, err := json.Marshal(parts.Record)
		if err != nil {
			t.Fatal(err)
		}
		for _, secret := range []string{marker, "-29", "1951-03"} {
			if bytes.Contains(text, []byte(secret)) {
				t.Errorf("%s: the record holds %q", profile, secret)
			}
		}
		if parts.Chiffrat != nil && bytes.Contains(parts.Chiffrat.Bytes(), []byte(marker)) {
			t.Errorf("%s: the Chiffrat is in clear", profile)
		}
	}
}

func TestN2ReducedViewIsExactlyTheSet(t *testing.T) {
	t.Parallel()
	fields := reflect.VisibleFields(reflect.TypeFor[history.ReducedView]())
	var names []string
	for _, f := range fields {
		names = append(names, f.Name)
	}
	if diff := cmp.Diff([]string{"PatientNumber", "BirthMonth", "BirthYear", "PostalCode", "Place", "InsurerTail", "InsuredTail"}, names); diff != "" {
		t.Errorf("fields of the reduced view (-want +got):\n%s", diff)
	}
	r := surgery()
	want := history.ReducedView{PatientNumber: "P-0815", BirthMonth: 3, BirthYear: 1951, PostalCode: "30159", Place: "Hannover", InsurerTail: "519", InsuredTail: "780"}
	if diff := cmp.Diff(want, report.Reduced(r)); diff != "" {
		t.Errorf("reduced view (-want +got):\n%s", diff)
	}
	for number, want := range map[string]string{"": "", "7": "", "123": "", "1234": "234", "A123456780": "780", "PKV-AB": "", "4711-0815": "815", "ÄÖ12345": "345"} {
		r.Person.Insurance = identity.Insurance{Private: &identity.PrivateInsurance{Insurer: number, Number: number}}
		if v := report.Reduced(r); v.InsurerTail != want || v.InsuredTail != want {
			t.Errorf("tails of a number of %d characters are %q and %q, want %q", len(number), v.InsurerTail, v.InsuredTail, want)
		}
	}
	for accuracy, want := range map[calendar.Accuracy]uint8{calendar.Exact: 3, calendar.Unstated: 3, calendar.DayEstimated: 3, calendar.MonthEstimated: 0, calendar.AllEstimated: 0} {
		r.Person.BirthDate.Accuracy = accuracy
		if v := report.Reduced(r); v.BirthMonth != want || v.BirthYear != 1951 {
			t.Errorf("accuracy %q: birth %d/%d", accuracy, v.BirthMonth, v.BirthYear)
		}
	}
}

// TestN12ChiffratStandsWhereTheProfileSays covers place and objection.
func TestN12ChiffratStandsWhereTheProfileSays(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		profile            string
		reason             report.Reason
		inRecord, keptHere bool
	}{
		{"kkn", report.Informed, false, true}, {"kkn", report.Objection, false, true},
		{"ekn", report.Informed, true, false}, {"ekn", report.Objection, false, false},
		{"hessen", report.Informed, false, true}, {"hessen", report.Objection, false, false},
	} {
		s, registry, private := newSplitter(t, c.profile)
		r := surgery()
		r.Reason = c.reason
		parts, err := s.Split(r, pseudonymisation.Version{Receipt: 1, ReceivedAt: day, Identity: transfer.IdentityNew})
		if err != nil {
			t.Fatal(err)
		}
		if got := parts.Record.Chiffrat != nil; got != c.inRecord {
			t.Errorf("%s %s: Chiffrat in the record: %t", c.profile, c.reason, got)
		}
		if got := parts.Chiffrat != nil; got != c.keptHere {
			t.Errorf("%s %s: Chiffrat kept here: %t", c.profile, c.reason, got)
		}
		if parts.Objected != (!c.inRecord && !c.keptHere) || parts.Record.Objection != (c.reason == report.Objection) {
			t.Errorf("%s %s: objected %t, told %t", c.profile, c.reason, parts.Objected, parts.Record.Objection)
		}
		for _, sealed := range []*pseudonym.Chiffrat{parts.Record.Chiffrat, parts.Chiffrat} {
			if sealed == nil {
				continue
			}
			opened, err := registry.Open(*sealed, parts.Record.Report, private)
			if diff := cmp.Diff(r.Person, opened); err != nil || diff != "" {
				t.Errorf("%s: the Chiffrat does not hold the person: %v %s", c.profile, err, diff)
			}
			if err := registry.Verify(*sealed, parts.Record.Patient); err == nil {
				t.Errorf("%s: the Chiffrat opens for another reference", c.profile)
			}
		}
	}
}

func TestForeignPostalCodesStayHere(t *testing.T) {
	t.Parallel()
	s, _, _ := newSplitter(t, "kkn")
	for code, want := range map[string]tumour.Label{"30159": "30159", "01067": "01067", "": "", "1017 AB": "", "SW1A 1AA": "", "3015": "", "301590": "", "3015９": ""} {
		r := surgery()
		r.Person.Address.PostalCode = code
		parts, err := s.Split(r, pseudonymisation.Version{Receipt: 1, ReceivedAt: day, Identity: transfer.IdentityNew})
		if err != nil {
			t.Fatal(err)
		}
		if parts.Record.PostalCode != want {
			t.Errorf("postal code of %d characters becomes %q, want %q", len(code), parts.Record.PostalCode, want)
		}
	}
	for code, want := range map[string]tumour.Code{"DE": "DE", "": "", "d": "", "Grünwald": "", "de": ""} {
		r := surgery()
		r.Person.Address.Country = code
		if parts, err := s.Split(r, pseudonymisation.Version{Receipt: 1, ReceivedAt: day}); err != nil || parts.Record.Country != want {
			t.Errorf("country becomes %q, want %q: %v", parts.Record.Country, want, err)
		}
	}
}

func TestReferencesTellReportersPatientsAndClassesApart(t *testing.T) {
	t.Parallel()
	s, _, _ := newSplitter(t, "kkn")
	seen := map[string]string{}
	note := func(what, ref string) {
		t.Helper()
		if before, twice := seen[ref]; twice {
			t.Errorf("%s and %s have one reference", what, before)
		}
		seen[ref] = what
	}
	for _, of := range [][4]report.ID{
		{"HST001", "P1", "M1", "T1"}, {"HST002", "P2", "M2", "T2"},
		{"a", "bc", "x", ""}, {"ab", "c", "xy", "1"}, // no two lists of parts run together
	} {
		r := surgery()
		r.Reporter, r.Patient, r.ID = report.ReporterID(of[0]), report.PatientID(of[1]), of[2]
		r.Event.Assignment.TumourID = tumour.SourceID(of[3])
		refs := s.References(r)
		note("report", string(refs.Report))
		note("patient", string(refs.Patient))
		note("tumour", string(refs.Tumour))
		note("reporter", string(refs.Reporter))
	}
	first, other := surgery(), surgery()
	other.Person, other.Event.Surgery.Intention, other.Remark = identity.Person{Surname: "x"}, "P", "y"
	if s.References(first) != s.References(other) {
		t.Error("the content changes the references")
	}
	other.Reporter = "HST999"
	if s.References(first).Patient == s.References(other).Patient {
		t.Error("two reporters with one patient number share a reference")
	}
}

// TestEventRefJoinsBeginAndEnd holds that a therapy's two reports meet and
// nothing else does.
func TestEventRefJoinsBeginAndEnd(t *testing.T) {
	t.Parallel()
	s, _, _ := newSplitter(t, "kkn")
	ref := func(id tumour.SourceID, phase tumour.Phase, patient report.PatientID) pseudonym.EventRef {
		r := surgery()
		r.Patient = patient
		r.Event.Surgery, r.Event.Systemic = nil, &tumour.Systemic{ID: id, Phase: phase, Intention: "K", Relation: "A", Kind: "CH", Begin: exact(2026, 1, 1)}
		parts, err := s.Split(r, pseudonymisation.Version{Receipt: 1, ReceivedAt: day})
		if err != nil {
			t.Fatal(err)
		}
		return parts.Record.EventRef
	}
	begin := ref("S1", tumour.PhaseBegin, "P1")
	if begin == "" || begin != ref("S1", tumour.PhaseEnd, "P1") {
		t.Error("begin and end do not meet")
	}
	if begin == ref("S2", tumour.PhaseEnd, "P1") || begin == ref("S1", tumour.PhaseEnd, "P2") {
		t.Error("two therapies meet")
	}
	if ref("", tumour.PhaseBegin, "P1") != "" {
		t.Error("a therapy without id has a reference")
	}
}

func TestDigestsTellPersonAndContentApart(t *testing.T) {
	t.Parallel()
	s, _, _ := newSplitter(t, "kkn")
	of := func(change func(r *report.Report)) pseudonymisation.Digests {
		r := surgery()
		change(r)
		d, err := s.Digests(r)
		if err != nil {
			t.Fatal(err)
		}
		return d
	}
	same := of(func(*report.Report) {})
	for name, c := range map[string]struct {
		change          func(r *report.Report)
		person, content bool // stay equal
	}{
		"nothing":       {func(*report.Report) {}, true, true},
		"spelling":      {func(r *report.Report) { r.Person.Surname = "Gruenwald" }, false, true},
		"address":       {func(r *report.Report) { r.Person.Address.House = "18" }, false, true},
		"remark":        {func(r *report.Report) { r.Remark = "anders" }, true, false},
		"medical part":  {func(r *report.Report) { r.Event.Surgery.Intention = "P" }, true, false},
		"reason":        {func(r *report.Report) { r.Reason = report.Objection }, true, false},
		"open text":     {func(r *report.Report) { r.Event.Surgery.Histology.MorphologyText = "x" }, true, false},
		"extra":         {func(r *report.Report) { r.Extras[0].Value = "x" }, true, false},
		"person and it": {func(r *report.Report) { r.Person.Surname, r.Remark = "x", "y" }, false, false},
	} {
		if got := of(c.change); (got.Person == same.Person) != c.person || (got.Content == same.Content) != c.content {
			t.Errorf("%s: person equal %t, content equal %t", name, got.Person == same.Person, got.Content == same.Content)
		}
	}
	other, _, _ := newSplitter(t, "kkn")
	if d, err := other.Digests(surgery()); err != nil || d != same {
		t.Errorf("the same keys give other digests: %v", err)
	}
}

// TestKeysAreNeededOnce refuses a folder without keys, and one with two.
func TestKeysAreNeededOnce(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if _, err := pseudonymisation.LoadClerk(dir); err == nil {
		t.Error("a folder without keys is accepted")
	}
	if err := pseudonymisation.GenerateKeys(dir, day); err != nil {
		t.Fatal(err)
	}
	if _, err := pseudonymisation.LoadClerk(dir); err != nil {
		t.Error(err)
	}
	if err := pseudonymisation.GenerateKeys(dir, day); err == nil {
		t.Error("keys are made twice")
	}
	second, err := keyfile.New(pseudonymisation.PurposeReference, 2, 32, day)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := keyfile.Write(dir, second); err != nil {
		t.Fatal(err)
	}
	if _, err := pseudonymisation.LoadClerk(dir); err == nil || !strings.Contains(err.Error(), "one is needed") {
		t.Errorf("two reference keys are accepted: %v", err)
	}
}
