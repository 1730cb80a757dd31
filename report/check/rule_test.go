// SPDX-License-Identifier: EUPL-1.2

package check_test

import (
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"meldewerk/calendar"
	"meldewerk/identity"
	"meldewerk/report"
	"meldewerk/report/check"
	"meldewerk/tumour"
)

func day(iso string) calendar.Date {
	d, err := calendar.Parse(iso[:10])
	if err != nil {
		panic(err)
	}
	d.Accuracy = calendar.Accuracy(iso[10:])
	return d
}

// plausible is a report in which no rule finds anything.
func plausible(o tumour.Occasion) *report.Report {
	r := &report.Report{
		ID: "M1", Reporter: "260530103", Patient: "4711", Reason: report.Informed, OwnService: "J",
		Person: identity.Person{
			Insurance: identity.Insurance{Statutory: &identity.StatutoryInsurance{Insurer: "102114819", Number: "A123456780"}},
			Surname:   "Musterfrau", FirstNames: "Erika", Sex: identity.Female, BirthDate: day("1950-02-15E"),
		},
		Event: tumour.Event{Assignment: tumour.Assignment{TumourID: "1",
			ICD: tumour.ICD{Code: "C50.4", Version: "10 2024 GM"}, DiagnosedOn: day("2024-03-01E"), Side: "L",
			Morphology: &tumour.Morphology{Code: "8500/3", Version: "33"}}},
	}
	histology := &tumour.Histology{Date: day("2024-03-01E"), Grading: "2", NodesExamined: "12", NodesAffected: "2", SentinelExamined: "2", SentinelAffected: "1"}
	histology.Morphologies = []tumour.Morphology{{Code: "8500/3", Version: "33"}}
	modules := tumour.Modules{Breast: &tumour.BreastModule{Oestrogen: "P"}}
	e := &r.Event
	switch o {
	case tumour.OccasionDiagnosis:
		e.Diagnosis = &tumour.Diagnosis{Certainty: "7.1", Histology: histology, Modules: modules,
			Topography:      &tumour.Topography{Code: "C50.4", Version: "33"},
			Clinical:        &tumour.TNM{Date: day("2024-03-02"), Edition: "8", TPrefix: "c", T: "1c", NPrefix: "c", N: "1", MPrefix: "c", M: "1", Stage: "IV"},
			Pathological:    &tumour.TNM{Date: day("2024-03-09")},
			Metastases:      []tumour.Metastasis{{DiagnosedOn: day("2024-03-03E"), Site: "OSS"}},
			EarlierTumours:  []tumour.EarlierTumour{{Year: "1999"}},
			Genetics:        []tumour.Variant{{Date: day("2010-01-01E")}},
			Classifications: []tumour.Classification{{Date: day("2024-03-03E"), Name: "FIGO", Stage: "I"}}}
	case tumour.OccasionPathology:
		e.Pathology = &tumour.Pathology{Certainty: "7.1", Histology: histology, Modules: modules}
	case tumour.OccasionSurgery:
		e.Surgery = &tumour.Surgery{Date: day("2024-03-10"), Histology: histology, Modules: modules, TNM: &tumour.TNM{Date: day("2024-03-11")}}
	case tumour.OccasionRadiotherapy:
		e.Radiotherapy = &tumour.Radiotherapy{Phase: tumour.PhaseEnd, EndReason: "E",
			Courses: []tumour.Irradiation{{Begin: day("2024-04-01"), End: day("2024-05-01")}, {Begin: day("2024-05-02"), End: day("2024-05-02")}}}
	case tumour.OccasionSystemic:
		e.Systemic = &tumour.Systemic{Phase: tumour.PhaseEnd, Begin: day("2024-04-01E"), End: day("2024-09-01"), EndReason: "E"}
	case tumour.OccasionCourse:
		e.Course = &tumour.Course{Date: day("2025-03-01"), Overall: "V", Histology: histology, Modules: modules}
	case tumour.OccasionDeath:
		e.Death = &tumour.Death{Date: day("2026-01-31"), ByTumour: "J"}
	case tumour.OccasionBoard:
		e.Board = &tumour.Board{Date: day("2024-03-05E")}
	}
	return r
}

// prostate gives the report's Modul Prostata, a new one where it has none.
func prostate(r *report.Report) *tumour.ProstateModule {
	m := modules(r)
	if m.Prostate == nil {
		m.Prostate = &tumour.ProstateModule{Gleason: &tumour.Gleason{Primary: "3", Secondary: "4", Score: "7a"},
			Cores: "12", PositiveCores: "3", BiopsyDate: day("2024-02-20"), PSADate: day("2024-01-10")}
	}
	return m.Prostate
}

func modules(r *report.Report) *tumour.Modules {
	switch e := &r.Event; {
	case e.Diagnosis != nil:
		return &e.Diagnosis.Modules
	case e.Pathology != nil:
		return &e.Pathology.Modules
	case e.Surgery != nil:
		return &e.Surgery.Modules
	}
	return &r.Event.Course.Modules
}

func context() check.Context {
	return check.Context{Today: day("2026-03-01"), ReportedOn: day("2026-02-28"), Land: "NI"}
}

func TestRulesFindExactlyWhatTheyMust(t *testing.T) {
	t.Parallel()
	for id, all := range changes {
		for _, c := range all {
			ctx, r := context(), plausible(c.occasion)
			c.apply(&ctx, r)
			var got []string
			for _, f := range check.Run(ctx, r) {
				if f.Rule == id {
					got = append(got, f.Path)
				}
			}
			slices.Sort(got)
			want := slices.Sorted(slices.Values(c.paths))
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("%s, %s:\n%s", id, c.name, diff)
			}
		}
	}
}

func TestPlausibleReportsHaveNoFinding(t *testing.T) {
	t.Parallel()
	for _, o := range tumour.Occasions() {
		if got := check.Run(context(), plausible(o)); got != nil {
			t.Errorf("%s: %v", o, got)
		}
	}
}

func TestEveryRuleHasACaseForAndOneAgainst(t *testing.T) {
	t.Parallel()
	for _, rule := range check.Rules() {
		if rule.Scope() != check.WithinReport {
			continue // package_test.go
		}
		found, silent := false, false
		for _, c := range changes[rule.ID] {
			found, silent = found || c.paths != nil, silent || c.paths == nil
		}
		if !found || !silent {
			t.Errorf("rule %s: found %v, silent %v", rule.ID, found, silent)
		}
	}
}

// TestRunLooksAtEmptyReports: a report that the schema would refuse must not
// bring the house down.
func TestRunLooksAtEmptyReports(t *testing.T) {
	t.Parallel()
	check.Run(check.Context{}, &report.Report{})
	for _, o := range tumour.Occasions() {
		r := &report.Report{}
		switch e := &r.Event; o {
		case tumour.OccasionDiagnosis:
			e.Diagnosis = &tumour.Diagnosis{}
		case tumour.OccasionPathology:
			e.Pathology = &tumour.Pathology{}
		case tumour.OccasionSurgery:
			e.Surgery = &tumour.Surgery{}
		case tumour.OccasionRadiotherapy:
			e.Radiotherapy = &tumour.Radiotherapy{}
		case tumour.OccasionSystemic:
			e.Systemic = &tumour.Systemic{}
		case tumour.OccasionCourse:
			e.Course = &tumour.Course{}
		case tumour.OccasionDeath:
			e.Death = &tumour.Death{}
		case tumour.OccasionBoard:
			e.Board = &tumour.Board{}
		}
		if got := check.Run(context(), r); got != nil {
			t.Errorf("%s: %v", o, got)
		}
	}
}

func TestTableIsComplete(t *testing.T) {
	t.Parallel()
	id := regexp.MustCompile(`^[A-Z][0-9]+[a-z]?$`)
	seen := map[string]bool{}
	for _, r := range check.Rules() {
		if !id.MatchString(r.ID) || seen[r.ID] {
			t.Errorf("id %q is odd or stands twice", r.ID)
		}
		seen[r.ID] = true
		if r.Severity != report.Error && r.Severity != report.Warning {
			t.Errorf("%s: severity %q", r.ID, r.Severity)
		}
		if len(r.Reads) == 0 || r.Source == "" {
			t.Errorf("%s: no fields or no source", r.ID)
		}
		for _, sentence := range []string{r.Message.German, r.Message.English, r.Remedy.German, r.Remedy.English} {
			if sentence == "" || !strings.HasSuffix(sentence, ".") {
				t.Errorf("%s: sentence %q", r.ID, sentence)
			}
			for _, word := range []string{"ungültig", "Ungültig", "Bitte", "bitte", "!"} {
				if strings.Contains(sentence, word) {
					t.Errorf("%s: %q in %q", r.ID, word, sentence)
				}
			}
		}
	}
}

func TestFindingsNamePlaceInTheFileAndLanguage(t *testing.T) {
	t.Parallel()
	ctx, r := context(), plausible(tumour.OccasionSurgery)
	r.Event.Surgery.Date, r.Person.Insurance.Statutory.Number = day("2020-01-01"), "A123456789"
	ctx.English, ctx.Path, ctx.Line = true, "oBDS/Menge_Patient/Patient[2]/Menge_Meldung/Meldung[3]", 42
	got := check.Run(ctx, r)
	want := []report.Finding{
		{Rule: "D2", Severity: report.Error, Path: ctx.Path + "/OP/Datum", Line: 42,
			Message: "A treatment or examination is before the date of diagnosis.",
			Remedy:  "Check both dates, correct the wrong one and send the report again."},
		{Rule: "P1", Severity: report.Warning, Line: 42,
			Path:    "oBDS/Menge_Patient/Patient[2]/Patienten_Stammdaten/Versichertendaten_GKV/GKV_Versichertennummer",
			Message: "The check digit of the insured person's number is wrong.",
			Remedy:  "Compare the number with the health card. If it is right, nothing needs to be done."},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// TestC3FindingsHoldNoValueOfTheReport spoils everything at once and looks for
// every value in every finding.
func TestC3FindingsHoldNoValueOfTheReport(t *testing.T) {
	t.Parallel()
	for id, all := range changes {
		for _, c := range all {
			ctx, r := context(), plausible(c.occasion)
			c.apply(&ctx, r)
			values := []string{"Musterfrau", "Erika", "4711", "260530103", "1950", string(r.Event.Assignment.ICD.Code)}
			if s := r.Person.Insurance.Statutory; s != nil {
				values = append(values, s.Number, s.Insurer)
			}
			for _, f := range check.Run(ctx, r) {
				for _, value := range values {
					// C97 is named by its rule, whatever the report says.
					if f.Rule != "I3" && strings.Contains(f.Message+f.Remedy+f.Path, value) {
						t.Errorf("%s, %s: finding holds a value", id, c.name)
					}
				}
			}
		}
	}
}

func TestRulesHoldFromSinceToUntil(t *testing.T) {
	t.Parallel()
	rule := check.Rule{ID: "X1", Since: day("2024-01-01"), Until: day("2024-12-31")}
	for iso, want := range map[string]bool{"2023-12-31": false, "2024-01-01": true, "2024-12-31": true, "2025-01-01": false} {
		ctx := check.Context{ReportedOn: day(iso), Today: day("2026-01-01")}
		if got := check.Holds(&rule, &ctx); got != want {
			t.Errorf("Meldedatum %s: %v", iso, got)
		}
		ctx = check.Context{Today: day(iso)}
		if got := check.Holds(&rule, &ctx); got != want {
			t.Errorf("form of %s: %v", iso, got)
		}
	}
}

func BenchmarkRun(b *testing.B) {
	ctx, r := context(), plausible(tumour.OccasionDiagnosis)
	for b.Loop() {
		check.Run(ctx, r)
	}
	b.ReportMetric(float64(time.Second)/float64(b.Elapsed())*float64(b.N), "reports/s")
}
