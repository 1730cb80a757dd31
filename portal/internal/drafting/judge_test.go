// SPDX-License-Identifier: EUPL-1.2

package drafting

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"meldewerk/calendar"
	"meldewerk/identity"
	"meldewerk/policy"
	"meldewerk/report"
	"meldewerk/report/check"
	"meldewerk/report/form"
	"meldewerk/report/obds"
	"meldewerk/synth"
	"meldewerk/tumour"
)

var testDay = time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)

type (
	noStore  struct{ Store }
	noOutbox struct{ Outbox }
)

// bareRoom is a room that judges and keeps nothing.
func bareRoom(t *testing.T, profile string) *Room {
	t.Helper()
	p, err := policy.Of(profile)
	if err != nil {
		t.Fatal(err)
	}
	m, err := New(Options{Store: noStore{}, Outbox: noOutbox{}, Profile: p, Software: Software{"meldewerk", "1"}, Clock: func() time.Time { return testDay }})
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// samples gives every sound report of the public samples, and of a synthetic world.
func samples(t *testing.T) []*report.Report {
	t.Helper()
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			break
		}
		dir = filepath.Dir(dir)
	}
	var all []*report.Report
	for r := range synth.New(synth.Options{Seed: 3, Patients: 40}).Reports() {
		all = append(all, r)
	}
	files, _ := filepath.Glob(filepath.Join(dir, "..", "shared", "obds", "samples", "*.xml"))
	if len(files) == 0 {
		t.Log("the samples are not beside the project: the synthetic world alone")
	}
	for _, name := range files {
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
			if len(item.Findings) == 0 && item.Report != nil {
				all = append(all, item.Report)
			}
		}
		_ = f.Close()
	}
	return all
}

// sameDay lets a day whose accuracy the newer version does not ask for be the
// exact day that it is.
var sameDay = cmp.Comparer(func(a, b calendar.Date) bool {
	return a == b || a.IsExact() && b.IsExact() && a.String() == b.String()
})

func rules(findings []report.Finding) []string {
	var out []string
	for _, f := range findings {
		out = append(out, f.Rule+" "+f.Path)
	}
	slices.Sort(out)
	return out
}

func ruleOf(findings []Finding) []string {
	var plain []report.Finding
	for _, f := range findings {
		plain = append(plain, f.Finding)
	}
	return rules(plain)
}

func today() check.Context {
	return check.Context{Today: calendar.Of(testDay), ReportedOn: calendar.Of(testDay), Land: "NI"}
}

// TestJudgeFindsWhatAPackageWouldHave: a sound report opened as a form has the
// findings it would have in a package, and is the same report afterwards.
func TestJudgeFindsWhatAPackageWouldHave(t *testing.T) {
	t.Parallel()
	m := bareRoom(t, "kkn")
	for _, r := range samples(t) {
		v, err := m.judge(form.Encode(r), report.PersonGiven, nil)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(rules(check.Run(today(), r)), ruleOf(v.placed)); diff != "" {
			t.Errorf("%s: other findings in the form:\n%s", r.Event.Occasion(), diff)
		}
		if diff := cmp.Diff(*r, *v.report, sameDay); diff != "" {
			t.Errorf("%s: another report came out of the form:\n%s", r.Event.Occasion(), diff)
		}
	}
}

// TestN3ByReferenceFindsNothingNew: without the identity no rule finds
// anything that it does not find with it.
func TestN3ByReferenceFindsNothingNew(t *testing.T) {
	t.Parallel()
	m := bareRoom(t, "kkn")
	for _, r := range samples(t) {
		of := *r
		of.Person, of.PatientRemark = identity.Person{}, ""
		v, err := m.judge(form.Encode(r), report.PersonKnown, nil) // even when an identity is in the sheet
		if err != nil {
			t.Fatal(err)
		}
		known := rules(check.Run(today(), r))
		for _, found := range ruleOf(v.placed) {
			if !slices.Contains(known, found) {
				t.Errorf("%s: new by reference: %s", r.Event.Occasion(), found)
			}
		}
		if diff := cmp.Diff(of, *v.report, sameDay); diff != "" {
			t.Errorf("%s: another report:\n%s", r.Event.Occasion(), diff)
		}
		if v.report.Person.Surname != "" || !strings.Contains(string(v.xml), "<Nachname>-</Nachname>") {
			t.Errorf("%s: the stand-in is not where it belongs", r.Event.Occasion())
		}
	}
}

// TestEveryMissingFieldIsFound empties one field after the other of a report of
// each occasion. Each error of the schema leads to a field, in its words.
func TestEveryMissingFieldIsFound(t *testing.T) {
	t.Parallel()
	m := bareRoom(t, "kkn")
	total, keyed, exact := 0, 0, 0
	for _, occasion := range tumour.Occasions() {
		for _, r := range fullest(samples(t), occasion) {
			whole := form.Encode(r)
			for key := range whole {
				if key == "occasion" || strings.HasPrefix(key, keyReport) || key == keyTumour {
					continue
				}
				sheet := whole.Clone()
				delete(sheet, key)
				v, err := m.judge(sheet, report.PersonGiven, nil)
				if err != nil {
					t.Fatal(err)
				}
				for _, f := range v.placed {
					if !strings.HasPrefix(f.Rule, "XML-") && f.Rule != ruleForm {
						continue
					}
					total++
					if f.Section == "" {
						t.Errorf("%s without %s: no section: %s %s", occasion, key, f.Path, f.Message)
					}
					if f.Key != "" {
						keyed++
					}
					if f.Key == key {
						exact++
					} else {
						t.Logf("%s without %s leads to %s: %s", occasion, key, f.Key, f.Message)
					}
					if strings.Contains(f.Message, "_") || strings.Contains(f.Message+f.Remedy, "Quellsystem") {
						t.Errorf("%s without %s: %s %s", occasion, key, f.Message, f.Remedy)
					}
				}
			}
		}
	}
	t.Logf("%d findings, %d with a field, %d at the very field", total, keyed, exact)
	if total < 100 || keyed*100 < total*95 || exact*100 < total*90 {
		t.Errorf("of %d errors %d lead to a field, %d to the very one", total, keyed, exact)
	}
}

// fullest are the reports of an occasion with the most fields.
func fullest(all []*report.Report, o tumour.Occasion) []*report.Report {
	all = slices.DeleteFunc(slices.Clone(all), func(r *report.Report) bool { return r.Event.Occasion() != o })
	slices.SortStableFunc(all, func(a, b *report.Report) int { return len(form.Encode(b)) - len(form.Encode(a)) })
	return all[:min(len(all), 3)]
}

// TestReasonsAreThoseOfTheLand: no direct contact is for pathologists, and in
// two Länder nobody who has objected is reported.
func TestReasonsAreThoseOfTheLand(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		land     string
		occasion tumour.Occasion
		want     string
	}{
		{"NI", tumour.OccasionDiagnosis, "I A W V"}, {"NI", tumour.OccasionPathology, "I A D W V"},
		{"MV", tumour.OccasionPathology, "I A D V"}, {"HH", tumour.OccasionDeath, "I A V"},
	} {
		m := bareRoom(t, "kkn")
		m.Profile.Land = c.land
		var got []string
		for _, o := range m.ReasonsFor(c.occasion) {
			got = append(got, o.Value)
		}
		if strings.Join(got, " ") != c.want {
			t.Errorf("%s %s: %v, want %s", c.land, c.occasion, got, c.want)
		}
	}
}

// TestAllThatIsMissingIsAskedForAtOnce: an empty form names everything it
// needs, in the order of the form, and nothing that hangs on an open choice.
func TestAllThatIsMissingIsAskedForAtOnce(t *testing.T) {
	t.Parallel()
	m := bareRoom(t, "kkn")
	const person = "patient.surname patient.first-names patient.sex patient.birth-date patient.insurance.kind "
	for _, c := range []struct {
		occasion tumour.Occasion
		as       report.PersonAs
		want     string
	}{
		{tumour.OccasionDiagnosis, report.PersonGiven, person + "tumour.diagnosed-on tumour.icd.code certainty performance reason own-service"},
		{tumour.OccasionDeath, report.PersonKnown, "tumour.diagnosed-on tumour.icd.code date by-tumour reason own-service"},
		{tumour.OccasionSurgery, report.PersonKnown, "tumour.diagnosed-on tumour.icd.code date intention procedures.0.code complications.none reason own-service"},
		{tumour.OccasionPathology, report.PersonKnown, "tumour.diagnosed-on tumour.icd.code certainty submitter.structured.title reason own-service"},
		{tumour.OccasionSystemic, report.PersonKnown, "tumour.diagnosed-on tumour.icd.code phase intention relation kind begin side-effects.up-to-grade-2 reason own-service"},
	} {
		sheet := form.NewSheet(c.occasion)
		sheet["report.id"], sheet["report.reporter"], sheet["report.patient"], sheet[keyTumour] = "MP-1", "M-1", "P-1", "T-1"
		v, err := m.judge(sheet, c.as, nil)
		if err != nil {
			t.Fatal(err)
		}
		var keys []string
		for _, f := range v.placed {
			keys = append(keys, f.Key)
			if f.Severity != report.Error || f.Section == "" || !strings.HasPrefix(f.Message, "Geben Sie „") {
				t.Errorf("%s: %+v", c.occasion, f)
			}
		}
		if got := strings.Join(keys, " "); got != c.want {
			t.Errorf("%s asks for\n%s, want\n%s", c.occasion, got, c.want)
		}
	}
}

func BenchmarkJudge(b *testing.B) {
	p, err := policy.Of("kkn")
	if err != nil {
		b.Fatal(err)
	}
	m, err := New(Options{Store: noStore{}, Outbox: noOutbox{}, Profile: p, Clock: func() time.Time { return testDay }})
	if err != nil {
		b.Fatal(err)
	}
	for r := range synth.New(synth.Options{Seed: 3, Patients: 1}).Reports() {
		for b.Loop() {
			if _, err := m.judge(form.Encode(r), report.PersonGiven, nil); err != nil {
				b.Fatal(err)
			}
		}
		return
	}
}

// TestRulesSpeakOfTheForm: no sentence that a form can get speaks of packages.
func TestRulesSpeakOfTheForm(t *testing.T) {
	t.Parallel()
	for _, r := range check.Rules() {
		if scope := r.Scope(); scope != check.WithinReport && scope != check.InPackage {
			continue
		}
		for _, sentence := range []string{r.Message.German, r.Remedy.German} {
			said := ruleWords(sentence)
			if strings.Contains(said, "Paket") || strings.Contains(said, "erneut") || strings.Contains(said, "Quellsystem") || strings.Contains(said, "Datei") {
				t.Errorf("%s: %s", r.ID, said)
			}
			if sentence != "" && !strings.HasSuffix(said, ".") {
				t.Errorf("%s: %s", r.ID, said)
			}
		}
	}
}
