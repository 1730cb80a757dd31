// SPDX-License-Identifier: EUPL-1.2

package obds

import (
	"bytes"
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"testing"

	"meldewerk/report"
	"meldewerk/tumour"
)

func rules(list []report.Finding) []string {
	out := []string{}
	for _, f := range list {
		out = append(out, f.Rule)
	}
	return out
}

func TestFindingNamesRulePathAndLine(t *testing.T) {
	t.Parallel()
	with := func(old, new string) string {
		doc := head + patientXML(1, 1) + patientXML(2, 2) + tail
		if !strings.Contains(doc, old) {
			t.Fatalf("nothing to change: %s", old)
		}
		// The last occurrence is in the second report of the second patient.
		i := strings.LastIndex(doc, old)
		return doc[:i] + new + doc[i+len(old):]
	}
	const death = "<Tod><Sterbedatum>2024-02-01</Sterbedatum><Tod_tumorbedingt>J</Tod_tumorbedingt></Tod>"
	const last = "oBDS/Menge_Patient/Patient[2]/Menge_Meldung/Meldung[2]"
	for _, c := range []struct{ old, new, rule, path string }{
		{"<Eigene_Leistung>J</Eigene_Leistung>", "", RuleMissing, last + "/Tumorzuordnung"},
		{"<Tod_tumorbedingt>J</Tod_tumorbedingt>", "", RuleMissing, last + "/Tod"},
		{"<Tod_tumorbedingt>J</Tod_tumorbedingt>", "<Tod_tumorbedingt>?</Tod_tumorbedingt>", RuleListed, last + "/Tod/Tod_tumorbedingt"},
		{"<Tod>", "<Nachname>x</Nachname><Tod>", RuleUnexpected, last + "/Nachname"},
		{"<Tod>", "<Meldebegruendung>I</Meldebegruendung><Tod>", RuleUnexpected, last + "/Meldebegruendung"},
		{"</Tod>", "</Tod>" + death, RuleTooOften, last + "/Tod"},
		{"<Tod>", "<Müller/><Tod>", RuleUnexpected, last + "/*"},
		{"<Tod>", "x<Tod>", RuleLooseText, last},
		{"C50.4", "50.4", RulePattern, last + "/Tumorzuordnung/Primaertumor_ICD/Code"},
		{"C50.4", "<b/>", RuleNested, last + "/Tumorzuordnung/Primaertumor_ICD/Code"},
		{` Tumor_ID="1"`, "", RuleAttribute, last + "/Tumorzuordnung/@Tumor_ID"},
		{` Tumor_ID="1"`, ` Tumor_ID=""`, RuleShort, last + "/Tumorzuordnung/@Tumor_ID"},
		{` Tumor_ID="1"`, ` Tumor_ID="1" x="1"`, RuleForeign, last + "/Tumorzuordnung/@*"},
		{"2024-02-01", "2024-02-31", RuleDate, last + "/Tod/Sterbedatum"},
		{"2024-02-01", "2034-02-01", RuleRange, last + "/Tod/Sterbedatum"},
		{"ohne Befund", strings.Repeat("x", 2001), RuleLong, last + "/Anmerkung"},
		{"ohne Befund", "", RuleShort, last + "/Anmerkung"},
	} {
		doc := with(c.old, c.new)
		v := read(t, strings.NewReader(doc), Options{})
		if len(v.items) != 3 {
			t.Errorf("%s: %d reports", c.rule, len(v.items))
			continue
		}
		for _, item := range v.items[:2] {
			if len(item.Findings) > 0 {
				t.Errorf("%s: a finding on another report: %v", c.rule, item.Findings)
			}
		}
		found := v.items[2].Findings
		if len(found) == 0 || found[0].Rule != c.rule || found[0].Path != c.path || found[0].Line != 8 {
			t.Errorf("want %s at %s, got %s", c.rule, c.path, v)
		}
		for _, f := range found {
			if f.Message == "" || f.Remedy == "" || f.Severity != report.Error {
				t.Errorf("%s has no remedy: %+v", f.Rule, f)
			}
		}
		if v.items[2].Report == nil || v.items[2].Occasion != tumour.OccasionDeath {
			t.Errorf("%s: report or occasion is missing", c.rule)
		}
	}
}

func TestStammdatenCountForEachReportOfThePatient(t *testing.T) {
	t.Parallel()
	doc := head + patientXML(1, 2) + strings.Replace(patientXML(2, 3), "<Geschlecht>W", "<Geschlecht>?", 1) + tail
	v := read(t, strings.NewReader(doc), Options{})
	var got []int
	for _, item := range v.items {
		got = append(got, len(item.Findings))
	}
	if want := []int{0, 0, 1, 1, 1}; !slices.Equal(got, want) {
		t.Errorf("findings %v, want %v", got, want)
	}
	for i, item := range v.items {
		if item.Position != i+1 || item.Report.Person.Surname != "Muster" || item.Report.Patient != item.Patient || item.Patient == "" {
			t.Errorf("report %d is not joined with its patient", i+1)
		}
	}
	if v.items[2].Report.Person.Insurance.Other == v.items[3].Report.Person.Insurance.Other {
		t.Error("two reports share the memory of a person")
	}
}

func TestPatientRemarkBehindTheReportsReachesThem(t *testing.T) {
	t.Parallel()
	doc := head + strings.Replace(patientXML(1, 2), "</Menge_Meldung>", "</Menge_Meldung><Anmerkung>Text</Anmerkung>", 1) + tail
	for _, item := range read(t, strings.NewReader(doc), Options{}).items {
		if item.Report.PatientRemark != "Text" {
			t.Error("the remark is lost")
		}
	}
}

func TestDanglingReporterReachesEarlierReports(t *testing.T) {
	t.Parallel()
	foreign := strings.ReplaceAll(patientXML(2, 2), `Melder_ID="M1"`, `Melder_ID="M2"`)
	again := strings.ReplaceAll(patientXML(4, 1), `Melder_ID="M1"`, `Melder_ID="M2"`)
	v := read(t, strings.NewReader(head+patientXML(1, 1)+foreign+patientXML(3, 1)+again+tail), Options{})
	if len(v.late) != 1 || v.late[0].Finding.Rule != RuleNoReporter || !slices.Equal(v.late[0].Spans, []Span{{2, 3}, {5, 5}}) {
		t.Errorf("late: %+v", v.late)
	}
}

func TestDoubledIDs(t *testing.T) {
	t.Parallel()
	v := read(t, strings.NewReader(head+patientXML(1, 2)+strings.Replace(patientXML(2, 1), "R2_0", "R1_1", 1)+tail), Options{})
	if got := rules(v.items[2].Findings); !slices.Equal(got, []string{RuleReportTwice}) {
		t.Errorf("later report: %v", got)
	}
	if len(v.late) != 1 || !slices.Equal(v.late[0].Spans, []Span{{2, 2}}) {
		t.Errorf("earlier report: %+v", v.late)
	}
	v = read(t, strings.NewReader(head+patientXML(1, 1)+strings.Replace(patientXML(2, 2), `"P2"`, `"P1"`, 1)+tail), Options{})
	for i, want := range [][]string{{}, {RulePatientTwice}, {RulePatientTwice}} {
		if got := rules(v.items[i].Findings); !slices.Equal(got, want) {
			t.Errorf("report %d: %v", i+1, got)
		}
	}
	v = read(t, strings.NewReader(strings.Replace(head+patientXML(1, 1)+tail, `<Melder ID="M1"/>`, `<Melder ID="M1"/><Melder ID="M1"/>`, 1)), Options{})
	if got := rules(v.findings); !slices.Equal(got, []string{RuleReporterTwice}) {
		t.Errorf("reporter: %v", got)
	}
}

func TestFaultLeavesEarlierReportsAndTellsWhere(t *testing.T) {
	t.Parallel()
	doc := head + patientXML(1, 1) + patientXML(2, 2)
	doc = doc[:strings.LastIndex(doc, "</Tod>")]
	v := read(t, strings.NewReader(doc), Options{})
	if v.complete || len(v.items) != 2 || len(v.findings) != 1 || v.findings[0].Rule != RuleWellFormed || v.findings[0].Line != 8 {
		t.Errorf("%d reports, %+v", len(v.items), v.findings)
	}
	if !strings.HasPrefix(v.findings[0].Message, "Die Datei bricht vorzeitig ab (Spalte ") {
		t.Errorf("message %q", v.findings[0].Message)
	}
}

func TestVersionsAreReadByTheirTables(t *testing.T) {
	t.Parallel()
	for declared, used := range map[string]string{"3.0.0": "3.0.2", "3.0.1": "3.0.2", "3.0.2": "3.0.2", "3.0.3": "3.0.3", "3.0.4": "3.0.4", "3.0.5": "3.0.5"} {
		r := NewReader(strings.NewReader(strings.Replace(sound(), "3.0.4", declared, 1)), Options{})
		if _, err := r.Next(); err != nil || r.Version() != used {
			t.Errorf("%s was read as %s: %v", declared, r.Version(), err)
		}
	}
}

// TestFindingsHoldNoValue puts a mark into every place of a package where a
// value can stand and looks for it in what the reader says.
func TestFindingsHoldNoValue(t *testing.T) {
	t.Parallel()
	const mark = "Qx7"
	samples := samples3(t)
	checked, findings := 0, 0
	check := func(root *element) {
		var b bytes.Buffer
		root.write(&b)
		v := read(t, &b, Options{Version: "3.0.5"})
		said, err := json.Marshal(v.all())
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(string(said), mark) {
			t.Errorf("a finding repeats a value: %s", said)
		}
		checked++
		findings += len(v.all())
	}
	for _, name := range slices.Sorted(maps.Keys(samples)) {
		if len(samples[name]) > 12_000 {
			continue // the others hold the same elements
		}
		root := parseTree(t, samples[name])
		root.walk(func(parent *element, at int, e *element) {
			parts, attrs, was := e.parts, e.attrs, e.name
			for _, value := range []string{mark + "_9", strings.Repeat(mark, 800), "<" + mark + "/>"} {
				e.parts = []any{value}
				check(root)
			}
			e.parts = append(slices.Clone(parts), mark)
			check(root)
			e.parts = parts
			for i := range e.attrs {
				e.attrs = slices.Clone(attrs)
				e.attrs[i][1] = strings.Repeat(mark, 100)
				check(root)
				e.attrs[i][0] = mark
				check(root)
			}
			e.attrs, e.name = attrs, mark
			check(root)
			e.name = was
		})
		if checked > 8000 {
			break
		}
	}
	t.Logf("%d packages, %d findings", checked, findings)
	if findings < checked {
		t.Error("too few findings for the test to prove anything")
	}
}
