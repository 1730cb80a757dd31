// SPDX-License-Identifier: EUPL-1.2

package check_test

import (
	"errors"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"meldewerk/calendar"
	"meldewerk/identity"
	"meldewerk/report"
	"meldewerk/report/check"
	"meldewerk/report/obds"
	"meldewerk/synth"
	"meldewerk/tumour"
)

// sequence is a case of a rule over several reports: where the last of them
// must be found, "" for nowhere.
type sequence struct {
	name    string
	reports []*report.Report
	path    string
}

// made is a plausible report with an own id and changes.
func made(id string, o tumour.Occasion, changes ...func(*report.Report)) *report.Report {
	r := plausible(o)
	r.ID = report.ID(id)
	for _, change := range changes {
		change(r)
	}
	return r
}

func ofTumour(id tumour.SourceID, icd, morphology tumour.Code, side tumour.Code) func(*report.Report) {
	return func(r *report.Report) {
		r.Event.Assignment.TumourID, r.Event.Assignment.ICD.Code, r.Event.Assignment.Side = id, icd, side
		r.Event.Assignment.Morphology = &tumour.Morphology{Code: morphology, Version: "33"}
	}
}

func therapyID(id tumour.SourceID, phase tumour.Phase) func(*report.Report) {
	return func(r *report.Report) {
		if t := r.Event.Radiotherapy; t != nil {
			t.ID, t.Phase = id, phase
			return
		}
		r.Event.Systemic.ID, r.Event.Systemic.Phase = id, phase
	}
}

func person(f func(*identity.Person)) func(*report.Report) {
	return func(r *report.Report) { f(&r.Person) }
}

func residual(r tumour.Code) func(*report.Report) {
	return func(o *report.Report) { o.Event.Surgery.Residual = &tumour.Residual{Overall: r} }
}

func operatedOn(iso string) func(*report.Report) {
	return func(r *report.Report) { r.Event.Surgery.Date = day(iso) }
}

func relation(z tumour.Code) func(*report.Report) {
	return func(r *report.Report) { r.Event.Radiotherapy.Relation = z }
}

func dead(iso string) func(*report.Report) {
	return func(r *report.Report) { r.Event.Death.Date = day(iso) }
}

const (
	dying, board, operation, visit, finding = tumour.OccasionDeath, tumour.OccasionBoard, tumour.OccasionSurgery, tumour.OccasionCourse, tumour.OccasionDiagnosis
	beam, drug                              = tumour.OccasionRadiotherapy, tumour.OccasionSystemic
)

var sequences = map[string][]sequence{
	"R1": {
		{"twice for a tumour", []*report.Report{made("1", dying), made("2", dying)}, "Meldung/Tod/Sterbedatum"},
		{"another day for another tumour", []*report.Report{made("1", dying), made("2", dying, ofTumour("2", "C61", "8140/3", "T"), dead("2026-01-30"))}, "Meldung/Tod/Sterbedatum"},
		{"same day for another tumour", []*report.Report{made("1", dying), made("2", dying, ofTumour("2", "C61", "8140/3", "T"))}, ""},
		{"another patient", []*report.Report{made("1", dying), made("2", dying, func(r *report.Report) { r.Patient = "4712" })}, ""},
	},
	"R1b": {
		{"visit after death", []*report.Report{made("1", dying, dead("2025-01-01")), made("2", visit)}, "Meldung/Verlauf/Untersuchungsdatum_Verlauf"},
		{"death before a visit", []*report.Report{made("1", visit), made("2", dying, dead("2025-01-01"))}, "Meldung/Tod/Sterbedatum"},
		{"visit after one of two deaths", []*report.Report{made("1", dying), made("2", dying, ofTumour("2", "C61", "8140/3", "T"), dead("2025-01-01")), made("3", visit)}, "Meldung/Verlauf/Untersuchungsdatum_Verlauf"},
		{"death before a visit, behind a vague therapy", []*report.Report{
			made("1", drug, func(r *report.Report) {
				r.Event.Systemic.Begin, r.Event.Systemic.End = day("2025-01-01M"), calendar.Date{}
			}),
			made("2", visit), made("3", dying, dead("2025-01-15"))}, "Meldung/Tod/Sterbedatum"},
		{"visit before death", []*report.Report{made("1", dying), made("2", visit)}, ""},
		{"death after the visit", []*report.Report{made("1", visit), made("2", dying)}, ""},
	},
	"R3": {
		{"other name and birth", []*report.Report{made("1", visit), made("2", board, person(func(p *identity.Person) { p.Surname, p.BirthDate = "Beispiel", day("1961-01-01E") }))}, "Patient/Patient_ID"},
		{"married", []*report.Report{made("1", visit), made("2", board, person(func(p *identity.Person) { p.Surname, p.BirthName = "Beispiel", "Musterfrau" }))}, ""},
		{"slip in the birth date", []*report.Report{made("1", visit), made("2", board, person(func(p *identity.Person) { p.BirthDate = day("1950-02-16E") }))}, ""},
		{"married, with a slip", []*report.Report{made("1", visit), made("2", board, person(func(p *identity.Person) {
			p.Surname, p.BirthName, p.BirthDate = "Beispiel", "Musterfrau", day("1950-02-16E")
		}))}, ""},
		{"new entry of sex", []*report.Report{made("1", visit), made("2", board, person(func(p *identity.Person) {
			p.FirstNames, p.Sex, p.Insurance = "Erik", identity.Male, identity.Insurance{}
		}))}, ""},
		{"same number", []*report.Report{made("1", visit), made("2", board, person(func(p *identity.Person) { p.FirstNames, p.Surname = "Erica", "Mustermann" }))}, ""},
		{"another reporter", []*report.Report{made("1", visit), made("2", board, func(r *report.Report) {
			r.Reporter, r.Person.Surname, r.Person.FirstNames = "other", "Beispiel", "Eva"
		})}, ""},
	},
	"R4": {
		{"under another id", []*report.Report{made("1", operation), made("2", board), made("3", operation)}, "Meldung/Meldung_ID"},
		{"another day", []*report.Report{made("1", operation), made("2", operation, func(r *report.Report) { r.Event.Surgery.Date = day("2024-03-12") })}, ""},
		{"another reporter", []*report.Report{made("1", operation), made("2", operation, func(r *report.Report) { r.Reporter = "other" })}, ""},
	},
	"P2": {
		{"same organ, same group", []*report.Report{made("1", board), made("2", board, ofTumour("2", "C50.2", "8520/3", "L"))}, "Meldung/Tumorzuordnung/Tumor_ID"},
		{"unspecified", []*report.Report{made("1", board), made("2", board, ofTumour("2", "C50.2", "8010/3", "L"))}, "Meldung/Tumorzuordnung/Tumor_ID"},
		{"organs that count as one", []*report.Report{made("1", board, ofTumour("1", "C19", "8140/3", "T")), made("2", board, ofTumour("2", "C20", "8140/3", "T"))}, "Meldung/Tumorzuordnung/Tumor_ID"},
		{"systemic", []*report.Report{made("1", board, ofTumour("1", "C92.0", "9861/3", "T")), made("2", board, ofTumour("2", "C92.1", "9875/3", "T"))}, "Meldung/Tumorzuordnung/Tumor_ID"},
		{"morphology known later", []*report.Report{made("1", board), made("2", board, ofTumour("2", "C50.2", "8520/2", "L")), made("3", board, ofTumour("2", "C50.2", "8520/3", "L"))},
			"Meldung/Tumorzuordnung/Tumor_ID"},
		{"told once", []*report.Report{made("1", board), made("2", board, ofTumour("2", "C50.2", "8520/3", "L")), made("3", visit, ofTumour("2", "C50.2", "8520/3", "L"))}, ""},
		{"other side", []*report.Report{made("1", board), made("2", board, ofTumour("2", "C50.2", "8520/3", "R"))}, ""},
		{"other group", []*report.Report{made("1", board, ofTumour("1", "C34.1", "8070/3", "L")), made("2", board, ofTumour("2", "C34.1", "8140/3", "L"))}, ""},
		{"other organ", []*report.Report{made("1", board), made("2", board, ofTumour("2", "C18.7", "8140/3", "T"))}, ""},
		{"parts of the bowel", []*report.Report{made("1", board, ofTumour("1", "C18.2", "8140/3", "T")), made("2", board, ofTumour("2", "C18.7", "8140/3", "T"))}, ""},
		{"same tumour", []*report.Report{made("1", board), made("2", visit)}, ""},
	},
	"S3": {
		{"radiotherapy", []*report.Report{made("1", beam, therapyID("a", tumour.PhaseBegin)), made("2", beam, therapyID("b", tumour.PhaseEnd))}, "Meldung/ST/ST_ID"},
		{"systemic therapy, end first", []*report.Report{made("1", drug, therapyID("a", tumour.PhaseEnd)), made("2", drug, therapyID("b", tumour.PhaseBegin))}, "Meldung/SYST/SYST_ID"},
		{"end without id", []*report.Report{made("1", beam, therapyID("a", tumour.PhaseBegin)), made("2", beam, therapyID("", tumour.PhaseEnd))}, "Meldung/ST/ST_ID"},
		{"neither has an id", []*report.Report{made("1", beam, therapyID("", tumour.PhaseBegin)), made("2", beam, therapyID("", tumour.PhaseEnd))}, ""},
		{"same id", []*report.Report{made("1", beam, therapyID("a", tumour.PhaseBegin)), made("2", beam, therapyID("a", tumour.PhaseEnd))}, ""},
		{"another therapy", []*report.Report{made("1", drug, therapyID("a", tumour.PhaseBegin)), made("2", drug, therapyID("b", tumour.PhaseEnd), func(r *report.Report) {
			r.Event.Systemic.Begin = day("2024-05-01E")
		})}, ""},
	},
	"M3c": {
		{"adjuvant after R1", []*report.Report{made("1", operation, residual("R1")), made("2", beam, relation("A"))}, "Meldung/ST/Stellung_OP"},
		{"additive after R0", []*report.Report{made("1", operation, residual("R0")), made("2", beam, relation("Z"))}, "Meldung/ST/Stellung_OP"},
		{"adjuvant after R0", []*report.Report{made("1", operation, residual("R0")), made("2", beam, relation("A"))}, ""},
		{"additive after RX", []*report.Report{made("1", operation, residual("RX")), made("2", beam, relation("Z"))}, ""},
		{"no operation", []*report.Report{made("2", beam, relation("A"))}, ""},
		{"second operation removed the rest", []*report.Report{made("1", operation, residual("R0"), operatedOn("2024-03-20")), made("2", operation, residual("R1")), made("3", beam, relation("A"))}, ""},
		{"operation after the therapy", []*report.Report{made("1", operation, residual("R0")), made("2", operation, residual("R1"), operatedOn("2024-06-20")), made("3", beam, relation("A"))}, ""},
		{"two operations of one day that differ", []*report.Report{made("1", operation, residual("R0")), made("2", operation, residual("R1")), made("3", beam, relation("A"))}, ""},
	},
}

func certainty(code tumour.Code) func(*report.Report) {
	return func(r *report.Report) { r.Event.Diagnosis.Certainty = code }
}

// foreseen are cases in which the package knows all reports beforehand.
var foreseen = map[string][]sequence{
	"V2b": {
		{"autopsy, no death", []*report.Report{made("1", board), made("2", finding, certainty("7.3"))}, "Meldung/Diagnose/Diagnosesicherung"},
		{"alone", []*report.Report{made("2", finding, certainty("7.3"))}, "Meldung/Diagnose/Diagnosesicherung"},
		{"death before", []*report.Report{made("1", dying), made("2", finding, certainty("7.3"))}, ""},
		{"reason says so", []*report.Report{made("2", finding, certainty("7.3"), func(r *report.Report) { r.Reason = report.ReasonDeceased })}, ""},
		{"no autopsy", []*report.Report{made("2", finding)}, ""},
	},
}

// allSequences are all cases by rule.
var allSequences = func() map[string][]sequence {
	all := maps.Clone(sequences)
	maps.Copy(all, foreseen)
	return all
}()

// TestAutopsyWithoutDeathNeedsForesight: the death may come behind, so a
// package that does not know what comes says nothing.
func TestAutopsyWithoutDeathNeedsForesight(t *testing.T) {
	t.Parallel()
	p, autopsied, died := check.NewPackage(context()), made("1", finding, certainty("7.3")), made("2", dying)
	p.Judge(nil, 0, made("0", board))
	if got := p.Judge(nil, 0, autopsied); got != nil {
		t.Errorf("without foresight: %v", got)
	}
	p = check.NewPackage(context())
	p.Foresee(autopsied)
	p.Foresee(died)
	for _, f := range p.Judge(nil, 0, autopsied) {
		if f.Rule == "V2b" {
			t.Error("the death was foreseen")
		}
	}
}

func TestPackageFindsWhatSeveralReportsShow(t *testing.T) {
	t.Parallel()
	for id, all := range allSequences {
		for _, s := range all {
			p := check.NewPackage(context())
			if _, knows := foreseen[id]; knows {
				for _, r := range s.reports {
					p.Foresee(r)
				}
			}
			var last []string
			for i, r := range s.reports {
				last = nil
				for _, f := range p.Add("", 0, r) {
					if f.Rule == id {
						last = append(last, f.Path)
						if i < len(s.reports)-1 && s.name != "told once" {
							t.Errorf("%s, %s: found at report %d already", id, s.name, i+1)
						}
					}
				}
			}
			if got := strings.Join(last, " "); got != s.path {
				t.Errorf("%s, %s: found %q, want %q", id, s.name, got, s.path)
			}
		}
	}
	for _, rule := range check.Rules() {
		if rule.Scope() == check.InPackage && len(allSequences[rule.ID]) < 2 {
			t.Errorf("rule %s has no cases", rule.ID)
		}
	}
}

// TestOrderAndNeighboursDoNotMatter: which rules several reports on a patient
// break does not hang on their order, nor what is found of him on the patients
// who stand beside him in the package.
func TestOrderAndNeighboursDoNotMatter(t *testing.T) {
	t.Parallel()
	rulesOf := func(p *check.Package, reports []*report.Report) string {
		for _, r := range reports {
			p.Foresee(r)
		}
		broken := map[string]bool{}
		for _, r := range reports {
			for _, f := range p.Judge(nil, 0, r) {
				broken[f.Rule] = true
			}
		}
		return strings.Join(slices.Sorted(maps.Keys(broken)), " ")
	}
	for id, all := range allSequences {
		for _, s := range all {
			reports := slices.DeleteFunc(slices.Clone(s.reports), func(r *report.Report) bool { return r.Patient != s.reports[0].Patient })
			p := check.NewPackage(context())
			want := rulesOf(p, reports)
			p.Judge(nil, 0, made("n", dying, dead("2024-04-01"), func(r *report.Report) { r.Patient = "neighbour" }))
			slices.Reverse(reports)
			if got := rulesOf(p, reports); got != want {
				t.Errorf("%s, %s: %q, but behind a neighbour and the other way round %q", id, s.name, want, got)
			}
			if len(reports) > 2 {
				reports[0], reports[1] = reports[1], reports[0]
				p.Renew(context())
				if got := rulesOf(p, reports); got != want {
					t.Errorf("%s, %s: %q, but in a third order %q", id, s.name, want, got)
				}
			}
		}
	}
}

// TestPackageForgets: a patient with very many reports costs no more than the
// bound, and the next patient starts anew.
func TestPackageForgets(t *testing.T) {
	t.Parallel()
	p := check.NewPackage(context())
	for i := range 20_000 {
		r := made(strconv.Itoa(i), board, ofTumour(tumour.SourceID(strconv.Itoa(i)), "C50.4", "8500/3", "L"))
		p.Add("", 0, r)
	}
	if reports, tumours := check.Remembered(p); reports > 128 || tumours > 32 {
		t.Errorf("of 20,000 reports on one patient %d are remembered, with %d tumours", reports, tumours)
	}
	if got := p.Add("", 0, made("x", board, func(r *report.Report) { r.Patient = "4712" })); got != nil {
		t.Errorf("the next patient is judged by the one before: %v", got)
	}
}

// TestC3PackageFindingsHoldNoValueOfTheReports looks for what the reports say
// in what is found.
func TestC3PackageFindingsHoldNoValueOfTheReports(t *testing.T) {
	t.Parallel()
	for id, all := range sequences {
		for _, s := range all {
			p := check.NewPackage(context())
			for i, r := range s.reports {
				for _, f := range p.Add("", 0, r) {
					for _, value := range []string{"Musterfrau", "Beispiel", "Erika", "Eva", "4711", "4712", "1950", "1961", "C50.4", "A123456780"} {
						if strings.Contains(f.Message+f.Remedy+f.Path, value) {
							t.Errorf("%s, %s, report %d: finding holds a value", id, s.name, i+1)
						}
					}
				}
			}
		}
	}
}

func TestPackageFindingsNameThePlaceInTheFile(t *testing.T) {
	t.Parallel()
	p := check.NewPackage(check.Context{Today: day("2026-03-01"), English: true})
	p.Add("oBDS/Menge_Patient/Patient[2]/Menge_Meldung/Meldung[1]", 40, made("1", dying))
	got := p.Add("oBDS/Menge_Patient/Patient[2]/Menge_Meldung/Meldung[2]", 60, made("2", dying, func(r *report.Report) { r.Event.Death.ByTumour = "N" }))
	if len(got) != 1 || got[0].Path != "oBDS/Menge_Patient/Patient[2]/Menge_Meldung/Meldung[2]/Tod/Sterbedatum" || got[0].Line != 60 ||
		got[0].Rule != "R1" || got[0].Severity != report.Warning || strings.Contains(got[0].Message, "ä") {
		t.Errorf("%+v", got)
	}
}

// TestSyntheticPackagesHardlyWarn runs both kinds of rules over a made world
// and tells the share of reports with a warning.
func TestSyntheticPackagesHardlyWarn(t *testing.T) {
	t.Parallel()
	w := synth.New(synth.Options{Seed: 21, Patients: 1500})
	on := w.Package().ReportedOn
	ctx := check.Context{Today: on, ReportedOn: on, Land: "NI"}
	p := check.NewPackage(ctx)
	all, warned, byRule := 0, 0, map[string]int{}
	for r := range w.Reports() {
		all++
		findings := append(check.Run(ctx, r), p.Add("", 0, r)...)
		for _, f := range findings {
			byRule[f.Rule]++
			if f.Severity == report.Error {
				t.Errorf("%s: %s at %s", r.ID, f.Rule, f.Path)
			}
		}
		if len(findings) > 0 {
			warned++
		}
	}
	t.Logf("%d of %d reports warned: %v", warned, all, byRule)
	if warned*100 > all {
		t.Errorf("%d of %d reports warn; docs/verdicts.md says less than one in a hundred", warned, all)
	}
}

// TestValidSamplesHaveNoErrorAsPackages does the same with the valid samples.
func TestValidSamplesHaveNoErrorAsPackages(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob(filepath.Join(root(t), "..", "shared", "obds", "samples", "*.xml"))
	if err != nil || len(files) == 0 {
		t.Skip("the samples are not beside the project")
	}
	for _, name := range files {
		f, err := os.Open(name)
		if err != nil {
			t.Fatal(err)
		}
		reader, p := obds.NewReader(f, obds.Options{}), check.NewPackage(check.Context{Today: day("2026-11-21"), Land: "NI"})
		for {
			item, err := reader.Next()
			if errors.Is(err, io.EOF) || err != nil {
				break // broken on purpose
			}
			if item.Report == nil || len(item.Findings) > 0 {
				continue
			}
			for _, found := range p.Add(item.Path(), item.Line, item.Report) {
				t.Logf("%s: %s %s at %s", filepath.Base(name), found.Severity, found.Rule, found.Path)
				if found.Severity == report.Error {
					t.Errorf("%s: %s", filepath.Base(name), found.Rule)
				}
			}
		}
		_ = f.Close() // only read
	}
}
