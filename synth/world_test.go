// SPDX-License-Identifier: EUPL-1.2

package synth_test

import (
	"encoding/json"
	"hash/fnv"
	"maps"
	"slices"
	"strings"
	"testing"
	"unicode"

	"meldewerk/calendar"
	"meldewerk/identity"
	"meldewerk/report"
	"meldewerk/report/check"
	"meldewerk/synth"
	"meldewerk/tumour"
)

// sum is a fingerprint of all a World says.
func sum(t *testing.T, w *synth.World) uint64 {
	t.Helper()
	h := fnv.New64a()
	for e := range w.Entries() {
		text, err := json.Marshal(e)
		if err != nil {
			t.Fatal(err)
		}
		_, _ = h.Write(text) // a hash does not fail
	}
	return h.Sum64()
}

func TestSameOptionsMakeTheSameWorld(t *testing.T) {
	t.Parallel()
	o := synth.Options{Seed: 7, Patients: 150, ErrorRate: 0.1}
	first := sum(t, synth.New(o))
	if first != sum(t, synth.New(o)) {
		t.Error("two worlds of the same options differ")
	}
	w := synth.New(o)
	for range 2 {
		if sum(t, w) != first {
			t.Error("a world read twice differs")
		}
	}
	o.Seed = 8
	if first == sum(t, synth.New(o)) {
		t.Error("another seed makes the same world")
	}
}

// The number was taken down once; it must be the same on every machine. It
// changes when the stock of tables or the order of draws is changed on purpose.
func TestWorldIsTheSameOnEveryMachine(t *testing.T) {
	t.Parallel()
	if got := sum(t, synth.New(synth.Options{Seed: 1, Patients: 200})); got != fingerprint {
		t.Errorf("fingerprint is %#x", got)
	}
}

func TestMorePatientsLeaveTheFirstAsTheyAre(t *testing.T) {
	t.Parallel()
	var few, many []report.ID
	for r := range synth.New(synth.Options{Seed: 3, Patients: 20}).Reports() {
		few = append(few, r.ID)
	}
	for r := range synth.New(synth.Options{Seed: 3, Patients: 40}).Reports() {
		many = append(many, r.ID)
	}
	if !slices.Equal(few, many[:len(few)]) {
		t.Error("the first patients changed with the number of patients")
	}
}

func TestReportsAreExactlyAsManyAsAsked(t *testing.T) {
	t.Parallel()
	for _, want := range []int{1, 17, 1000} {
		n := 0
		for range synth.New(synth.Options{Seed: 5, Reports: want}).Reports() {
			n++
		}
		if n != want {
			t.Errorf("asked for %d, got %d", want, n)
		}
	}
}

// TestReportsFormAPackage checks what a package demands: ids are unique, the
// reports of a patient stand together and give one person.
func TestReportsFormAPackage(t *testing.T) {
	t.Parallel()
	w := synth.New(synth.Options{Seed: 11, Patients: 1500})
	units := map[report.ReporterID]bool{}
	for _, u := range w.Package().Reporters {
		units[u.ID] = true
	}
	ids, patients := map[report.ID]bool{}, map[report.PatientID]identity.Person{}
	var last report.PatientID
	for r := range w.Reports() {
		if ids[r.ID] || len(r.ID) > 50 || r.ID == "" {
			t.Fatalf("Meldung_ID %q twice or of a wrong length", r.ID)
		}
		ids[r.ID] = true
		if !units[r.Reporter] {
			t.Fatalf("reporter %q is not in the package", r.Reporter)
		}
		known, met := patients[r.Patient]
		if met && last != r.Patient {
			t.Fatalf("reports of %q do not stand together", r.Patient)
		}
		if met && known.Surname+known.BirthDate.String() != r.Person.Surname+r.Person.BirthDate.String() {
			t.Fatalf("%q is two persons", r.Patient)
		}
		patients[r.Patient], last = r.Person, r.Patient
	}
}

func TestSoundReportsPassTheRules(t *testing.T) {
	t.Parallel()
	warned, all := 0, 0
	byRule := map[string]int{}
	for _, version := range []string{"3.0.2", "3.0.4", "3.0.5"} {
		o := synth.Options{Seed: 21, Patients: 1200, SchemaVersion: version}
		w := synth.New(o)
		p := w.Package()
		for r := range w.Reports() {
			all++
			findings := check.Run(check.Context{Today: p.ReportedOn, ReportedOn: p.ReportedOn, Land: "NI"}, r)
			for _, f := range findings {
				if f.Severity == report.Error {
					t.Errorf("%s %s: %s at %s", version, r.ID, f.Rule, f.Path)
				}
				byRule[f.Rule]++
			}
			if len(findings) > 0 {
				warned++
			}
		}
	}
	t.Logf("%d of %d reports warned: %v", warned, all, byRule)
	if warned*100 > all*3 {
		t.Errorf("%d of %d reports warn; real ones do in two or three of a hundred", warned, all)
	}
}

func TestFaultsOfPlausibilityAreFoundByTheirRule(t *testing.T) {
	t.Parallel()
	rules := map[string]string{}
	for _, f := range synth.Faults() {
		if !f.Schema {
			rules[f.Name] = f.Rule
		}
	}
	w := synth.New(synth.Options{Seed: 31, Patients: 2500, ErrorRate: 0.4})
	p := w.Package()
	made := map[string]int{}
	for e := range w.Entries() {
		rule, ours := rules[e.Fault]
		findings := check.Run(check.Context{Today: p.ReportedOn, ReportedOn: p.ReportedOn, Land: "NI"}, e.Report)
		if rejected := report.VerdictOf(findings) == report.Rejected; rejected != ours {
			t.Fatalf("%s with fault %q: rejected is %v, %v", e.Report.ID, e.Fault, rejected, findings)
		}
		if !ours {
			continue
		}
		made[e.Fault]++
		for _, f := range findings {
			if f.Severity == report.Error && f.Rule != rule {
				t.Errorf("fault %s is also found by %s at %s", e.Fault, f.Rule, f.Path)
			}
		}
	}
	for name := range rules {
		if made[name] == 0 {
			t.Errorf("fault %s was never made", name)
		}
	}
}

func TestErrorRateIsTheShareOfFaultyReports(t *testing.T) {
	t.Parallel()
	for _, rate := range []float64{0, 0.05, 1} {
		faulty, all := 0, 0
		for e := range synth.New(synth.Options{Seed: 2, Reports: 8000, ErrorRate: rate}).Entries() {
			all++
			if e.Fault != "" {
				faulty++
			}
		}
		if share := float64(faulty) / float64(all); share < rate*0.8 || share > rate*1.2 {
			t.Errorf("rate %v made a share of %v", rate, share)
		}
	}
}

func TestFaultsLeaveTheRestAsItIs(t *testing.T) {
	t.Parallel()
	next, stop := pull(synth.New(synth.Options{Seed: 4, Patients: 200}))
	defer stop()
	for e := range synth.New(synth.Options{Seed: 4, Patients: 200, ErrorRate: 0.3}).Entries() {
		sound := next()
		if sound.Report.ID != e.Report.ID {
			t.Fatal("faults changed the order of reports")
		}
		if e.Fault == "" && !sameJSON(t, sound.Report, e.Report) {
			t.Errorf("%s has no fault but differs", e.Report.ID)
		}
	}
}

func TestNothingLiesInTheFutureOrAfterDeath(t *testing.T) {
	t.Parallel()
	today := calendar.Date{Year: 2024, Month: 2, Day: 29}
	w := synth.New(synth.Options{Seed: 41, Patients: 1500, Today: today})
	died := map[int]calendar.Date{}
	for e := range w.Entries() {
		if d := e.Report.Event.Death; d != nil {
			if _, twice := died[e.Person]; twice {
				t.Errorf("person %d dies twice", e.Person)
			}
			died[e.Person] = d.Date
		}
	}
	if len(died) < 50 {
		t.Fatalf("only %d deaths", len(died))
	}
	for e := range w.Entries() {
		findings := check.Run(check.Context{Today: today, ReportedOn: today, DiedOn: died[e.Person]}, e.Report)
		for _, f := range findings {
			if f.Severity == report.Error || f.Rule == "D5b" || f.Rule == "D2b" {
				t.Errorf("%s: %s at %s", e.Report.ID, f.Rule, f.Path)
			}
		}
	}
}

// census counts what a World looks like.
type census struct {
	occasions                                          map[tumour.Occasion]int
	reasons                                            map[report.Reason]int
	sites                                              map[string]int
	ages                                               []int
	reporters                                          map[int]map[report.ReporterID]bool
	persons, private, estimated, abroad, severalPlaces int
}

func count(w *synth.World) *census {
	c := &census{occasions: map[tumour.Occasion]int{}, reasons: map[report.Reason]int{}, sites: map[string]int{},
		reporters: map[int]map[report.ReporterID]bool{}}
	for e := range w.Entries() {
		r := e.Report
		c.occasions[r.Event.Occasion()]++
		c.reasons[r.Reason]++
		known := c.reporters[e.Person]
		if known == nil {
			known = map[report.ReporterID]bool{}
			c.reporters[e.Person] = known
			c.person(r)
		}
		known[r.Reporter] = true
		if len(known) == 2 {
			c.severalPlaces++
			known["counted"] = true
		}
	}
	slices.Sort(c.ages)
	return c
}

func (c *census) person(r *report.Report) {
	c.persons++
	c.sites[r.Event.Assignment.ICD.Site()]++
	c.ages = append(c.ages, int(r.Event.Assignment.DiagnosedOn.Year)-int(r.Person.BirthDate.Year))
	if strings.ContainsFunc(r.Person.Surname+r.Person.FirstNames, func(l rune) bool { return l > 127 && !strings.ContainsRune("äöüÄÖÜßé", l) }) {
		c.abroad++
	}
	if r.Person.Insurance.Private != nil {
		c.private++
	}
	if r.Person.BirthDate.Accuracy != calendar.Exact {
		c.estimated++
	}
}

func TestWorldLooksLikeARegister(t *testing.T) {
	t.Parallel()
	c := count(synth.New(synth.Options{Seed: 51, Patients: 4000}))
	t.Logf("occasions %v, reasons %v, median age %d, sites %v", c.occasions, c.reasons, c.ages[len(c.ages)/2], c.sites)
	for _, o := range tumour.Occasions() {
		if c.occasions[o] == 0 {
			t.Errorf("no %s", o)
		}
	}
	for _, reason := range []report.Reason{report.Informed, report.NotInformed, report.NoContact, report.Objection, report.ReasonDeceased} {
		if c.reasons[reason] == 0 {
			t.Errorf("nobody with reason %s", reason)
		}
	}
	for site, span := range map[string][2]int{"C50": {8, 20}, "C61": {8, 20}, "C34": {8, 18}, "C18": {5, 14}, "C20": {2, 7}, "C43": {3, 9},
		"C67": {2, 7}, "C64": {2, 6}, "C25": {2, 7}, "D06": {1, 4}} {
		between(t, "per cent of "+site, c.sites[site]*100/c.persons, span[0], span[1])
	}
	between(t, "number of sites", len(c.sites), 25, 60)
	between(t, "median age", c.ages[len(c.ages)/2], 60, 72)
	between(t, "per mille private", c.private*1000/c.persons, 70, 130)
	between(t, "per mille with letters from abroad", c.abroad*1000/c.persons, 25, 100)
	between(t, "per mille with estimated birth date", c.estimated*1000/c.persons, 5, 30)
	between(t, "per cent with several reporters", c.severalPlaces*100/c.persons, 60, 99)
}

func between(t *testing.T, what string, got, low, high int) {
	t.Helper()
	if got < low || got > high {
		t.Errorf("%s is %d, not %d to %d", what, got, low, high)
	}
}

// TestOpenTextHoldsNothingOfThePatient looks for words of the identity in
// what is open text.
func TestOpenTextHoldsNothingOfThePatient(t *testing.T) {
	t.Parallel()
	for r := range synth.New(synth.Options{Seed: 61, Patients: 3000}).Reports() {
		own := map[string]bool{}
		for _, name := range []string{r.Person.Surname, r.Person.FirstNames, r.Person.BirthName} {
			for _, word := range words(name) {
				own[word] = true
			}
		}
		for _, text := range openText(t, &r.Event) {
			for _, word := range words(text) {
				if own[word] {
					t.Errorf("%s: a text holds a name of the patient", r.ID)
				}
			}
		}
	}
}

func words(text string) []string {
	return strings.FieldsFunc(strings.ToLower(text), func(c rune) bool { return !unicode.IsLetter(c) })
}

func TestMarkerStandsInEveryNameOfThePerson(t *testing.T) {
	t.Parallel()
	seen := map[string]int{}
	for e := range synth.New(synth.Options{Seed: 71, Patients: 300, Marker: "Leckprobe"}).Entries() {
		token := synth.MarkerToken("Leckprobe", e.Person)
		if person, known := seen[token]; known && person != e.Person {
			t.Fatalf("persons %d and %d share a token", person, e.Person)
		}
		seen[token] = e.Person
		p := e.Report.Person
		values := append([]string{p.Surname, p.FirstNames, p.Address.Street, p.Address.Place}, p.FormerNames...)
		if p.BirthName != "" {
			values = append(values, p.BirthName)
		}
		for _, value := range values {
			if !strings.HasSuffix(value, " "+token) {
				t.Errorf("%s: a value of the identity lacks the marker", e.Report.ID)
			}
		}
		if text, err := json.Marshal(e.Report.Event); err != nil || strings.Contains(string(text), token) {
			t.Errorf("%s: the event holds the marker (%v)", e.Report.ID, err)
		}
	}
	if len(seen) != 300 {
		t.Errorf("%d tokens for 300 persons", len(seen))
	}
}

func TestOnlyKeepsTheReportsOfOneReporter(t *testing.T) {
	t.Parallel()
	o := synth.Options{Seed: 81, Patients: 400}
	w := synth.New(o)
	one := w.Units()[2].ID
	var want, got []report.ID
	for r := range w.Reports() {
		if r.Reporter == one {
			want = append(want, r.ID)
		}
	}
	o.Only = []report.ReporterID{one}
	only := synth.New(o)
	for r := range only.Reports() {
		got = append(got, r.ID)
	}
	if len(want) == 0 || !slices.Equal(want, got) {
		t.Errorf("%d reports instead of %d", len(got), len(want))
	}
	if p := only.Package(); len(p.Reporters) != 1 {
		t.Errorf("%d reporters in the package", len(p.Reporters))
	}
	o.Only = []report.ReporterID{"nobody"}
	o.Patients, o.Reports = 0, 5
	for range synth.New(o).Reports() {
		t.Fatal("a report of nobody")
	}
}

func TestOneReporterIsEnough(t *testing.T) {
	t.Parallel()
	seen := map[report.ReporterID]int{}
	for r := range synth.New(synth.Options{Seed: 91, Patients: 50, Reporters: 1}).Reports() {
		seen[r.Reporter]++
	}
	if len(slices.Collect(maps.Keys(seen))) != 1 {
		t.Errorf("reporters %v", seen)
	}
}

func BenchmarkReports(b *testing.B) {
	w := synth.New(synth.Options{Seed: 1, Reports: 1000})
	for b.Loop() {
		for range w.Reports() {
		}
	}
	b.ReportMetric(float64(1000*b.N)/b.Elapsed().Seconds(), "reports/s")
}
