// SPDX-License-Identifier: EUPL-1.2

package check_test

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"

	"meldewerk/report"
	"meldewerk/report/check"
)

// demand is a row of the catalogue of plausibility checks that registries are
// known to make, in our words.
type demand struct {
	id    string
	hard  bool // the source rejects
	parts []part
}

// part is one thing that a row asks for.
type part struct {
	asks  string
	rules string // the rules that answer; empty: why says why none does
	why   string // why the source rejects and we warn, or what is left out
}

// catalogue is the whole catalogue.
var catalogue = []demand{
	{"D1", true, []part{{"diagnosis before birth", "D1", ""}}},
	{"D2", true, []part{
		{"operation, therapy or examination before the diagnosis", "D2", ""},
		{"tumour board before the diagnosis", "D2c", "A board may speak of a suspected tumour; the day of its histology becomes the date of diagnosis."},
		{"finding before the diagnosis", "D2b", "A metastasis is often found before its primary tumour, and a specimen is taken before the diagnosis is certain."},
		{"earlier tumours and the last PSA are free", "D2 D2b", ""},
	}},
	{"D3", true, []part{{"diagnosis after the death", "D3", ""}}},
	{"D4", true, []part{
		{"treatment or examination after the death", "D4", ""},
		{"finding, board or counselling after the death", "D4b", "A specimen is read, a board meets and relatives are counselled when the patient is dead."},
		{"what an autopsy shows is free", "D4 D4b", ""},
	}},
	{"D5", true, []part{
		{"date after the day of the check", "D5", ""},
		{"date after the date of reporting", "D5b", "That date is the sender's own word; official test packages carry events after it."},
	}},
	{"D6", false, []part{{"estimated date in a report of the diagnosis", "D6", ""}}},
	{"D7", false, []part{{"biopsy of the prostate on another day than the diagnosis", "D7", ""}}},
	{"D8", true, []part{
		{"therapy ends before it begins", "D8", ""},
		{"report of the end without end or reason", "D8b", "The source only warns here."},
		{"report of the beginning with an end", "D8c", "The source only warns here."},
	}},
	{"D9", false, []part{{"estimated dates are compared as intervals", "D1 D2 D3 D4 D5 D8", "The way of comparing, not a rule: tests hold it for every date."}}},
	{"D10", false, []part{{"diagnosis before the registry began", "D10 D10b", ""}}},
	{"I1", true, []part{{"tumour of an organ that the sex does not have", "I1", "The sex is the one in the register of births: who changed the entry keeps the organs."}}},
	{"I2", false, []part{{"morphology of the other sex", "I2", ""}}},
	{"I3", true, []part{
		{"metastasis or several primaries as primary tumour", "I3", ""},
		{"unknown code", "I3b", ""},
		{"code unknown to its year", "I3d", "Codes move between years while systems keep old lists; what is meant is clear."},
		{"a digit too many or too few", "I3e I3f", "What is meant is clear."},
		{"diagnosis that is not reportable", "I3c", ""},
		{"diagnosis that may be reportable all the same", "I3g", "The list is doubtful where the morphology is malignant, and for intracranial haemangioma."},
	}},
	{"I4", false, []part{
		{"version of ICD-10-GM of another year", "I4", ""},
		{"edition of ICD-O of another time", "I4b I6c", ""},
		{"edition of the TNM of another time", "I4c", ""},
	}},
	{"I5", false, []part{{"topography of another organ than the diagnosis", "I5", ""}}},
	{"I6", true, []part{{"unknown topography", "I6", ""}, {"unknown morphology", "I6b", ""}}},
	{"I7", false, []part{{"morphology that the site does not have", "I7", ""}}},
	{"I8", false, []part{{"in situ at a site without epithelium", "I8", ""}}},
	{"I9", true, []part{
		{"behaviour that does not fit the chapter", "I9", "A biopsy shows less than the tumour is, and classifications have moved diseases between chapters."},
		{"morphology of a metastasis in the assignment", "I9b", "The tumour meant is clear."},
	}},
	{"I10", false, []part{{"site that is rare at the age", "I10", ""}}},
	{"I11", false, []part{{"morphology that is rare at the age", "I11", "Burkitt lymphoma is left out: it is no longer rare in adults."}}},
	{"I12", false, []part{{"site and morphology that are rare together at the age", "I12", ""}}},
	{"I13", false, []part{
		{"no side of a paired organ", "I13", ""},
		{"side of an unpaired organ", "I13b", ""},
		{"both sides where each is a tumour", "I13c", ""},
	}},
	{"V1", false, []part{{"morphology that nobody can have seen without a microscope", "V1", ""}}},
	{"V2", true, []part{
		{"histological confirmation without histology", "V2", "The histology may be with the pathologist, who reports it."},
		{"autopsy without death", "V2b", "The death may have been reported in an earlier package."},
	}},
	{"V3", true, []part{
		{"grading of what is not graded", "V3", "Carcinoma in situ, stromal tumours and tumours of the brain are graded whatever their behaviour."},
		{"grade against the morphology", "V3b", "Grading systems differ by organ; the morphology may be the coarser word."},
	}},
	{"T1", true, []part{
		{"metastasis and M0", "T1", "The metastasis may be found after the day of the TNM."},
		{"metastasis without M1", "T1c", "The TNM may not be assessed yet."},
		{"M1 without metastasis", "T1b", "The site may not be known yet."},
		{"both when metastases are new", "T1d T1e", "A removed metastasis may be listed with the status after its removal."},
	}},
	{"T2", true, []part{
		{"first TNM in the course", "T2", "Who takes over a patient stages without having treated."},
		{"first metastasis in the course", "T2b", "Reports of the course may repeat what was known."},
	}},
	{"T3", true, []part{
		{"more affected than examined", "T3", ""},
		{"none affected of none examined", "T3b", "It is odd, but no contradiction."},
		{"more sentinel nodes than nodes", "T3c", "Nothing in the data set says that the total includes them, and some laboratories count them apart."},
	}},
	{"T4", true, []part{
		{"T, N or M that the edition does not have for the site", "T4 T4b T4c", "Free text by the schema, and no official list by site is published."},
		{"stage that the edition does not have for the site", "T4e", "No official list by site is published."},
		{"stage that does not follow from T, N and M", "T4d", "Some stages count more than T, N and M: grading, markers, age."},
	}},
	{"T5", false, []part{{"TNM of a disease without one", "T5", ""}}},
	{"T6", false, []part{
		{"pTNM without histology", "T6", "That nobody operated cannot be told: another house may have."},
		{"cTNM of p only", "T6b", ""},
		{"y before any therapy", "T6c T6d", ""},
		{"r outside a relapse", "T6c T6e", ""},
	}},
	{"T7", false, []part{
		{"N0 with affected nodes", "T7", ""},
		{"R0 with M1", "T7b", ""},
		{"overall better than a part", "T7c T7d", ""},
	}},
	{"M1", false, []part{{"module of another organ", "M1", ""}, {"module missing where a centre has the data", "M1b", ""}}},
	{"M2", true, []part{
		{"Gleason score is not the sum", "M2", ""},
		{"more positive cores than cores", "M2b", ""},
		{"PSA without date", "M2c", "The value says something without its day."},
	}},
	{"M3", false, []part{
		{"ulceration against pT", "M3b", "Since the 8th edition a and b tell of ulceration in all of T1 to T4, not only in T1b."},
		{"thickness against pT", "M3", ""},
		{"adjuvant or additive against the residual status", "M3c", ""},
	}},
	{"S1", false, []part{
		{"kind of therapy against the substances", "S1 S1c", ""},
		{"several substances in one field", "S1b", ""},
	}},
	{"S2", true, []part{
		{"paired organ as target without side", "S2", ""},
		{"other marked target without side", "S2b", "Ribs and pelvis reach across the middle; lymph drainage of neck and pelvis is treated on both sides at once and is not asked about."},
		{"both sides as one irradiation", "S2c", "The schema has a value for it, and a whole lung field is one irradiation."},
		{"no target of percutaneous or contact irradiation", "S2d", ""},
		{"target that the list does not have", "S2e", "The dose counts whatever the target is called."},
	}},
	{"S3", false, []part{{"listed side effect without grade", "S3b", ""}, {"beginning and end with different ids", "S3", ""}}},
	{"R1", false, []part{{"several reports of the death", "R1", ""}, {"status after the death", "R1b", ""}}},
	{"R2", true, []part{
		{"one id for another patient, tumour or occasion", "", "The trust centre rejects it (R2 there): it alone keeps the versions before. Within one package the schema's own check of doubled ids rejects."},
	}},
	{"R3", true, []part{
		{"one patient id for two persons, against an earlier version", "", "The trust centre compares the person with the version before and marks a correction of the identity; a slip and another person cannot be told apart by a rule."},
		{"likewise within a package", "R3", "Which of the two is wrong cannot be told."},
	}},
	{"R4", false, []part{{"unchanged resend", "", "The trust centre answers it (R4 there), the portal before a form goes again."}, {"same content under a new id", "R4", ""}}},
	{"R5", true, []part{{"reason D of a clinic", "R5", ""}, {"reason W in Hamburg and Mecklenburg-Vorpommern", "R5b", ""}}},
	{"P1", false, []part{
		{"check digit of the insured person", "P1", ""},
		{"check digit and kind of the insurer", "P1b P1c", ""},
		{"insurer that the list does not have", "P1h", "Only where the operator has imported the list."},
		{"postal code, place and country", "P1d P1e P1f P1g", "Which place has which postal code is in no free list."},
		{"state of residence and of treatment", "", "No fault of the reporter: the registry that received the report passes it on, by the postal code."},
	}},
	{"P2", false, []part{{"two tumours that count as one", "P2", ""}}},
}

// TestCatalogueIsCovered: every part of every row is answered by rules that
// exist, a row that rejects is softened only with a reason, and no rule stands
// outside of the catalogue.
func TestCatalogueIsCovered(t *testing.T) {
	t.Parallel()
	severities := map[string]report.Severity{}
	for _, r := range check.Rules() {
		if r.Scope() != check.OfVersion {
			severities[r.ID] = r.Severity
		}
	}
	var want []string
	for _, chapter := range []struct {
		letter string
		rows   int
	}{{"D", 10}, {"I", 13}, {"V", 3}, {"T", 7}, {"M", 3}, {"S", 3}, {"R", 5}, {"P", 2}} {
		for n := range chapter.rows {
			want = append(want, fmt.Sprint(chapter.letter, n+1))
		}
	}
	var got []string
	used := map[string]bool{}
	for _, d := range catalogue {
		got = append(got, d.id)
		for _, p := range d.parts {
			for rule := range strings.FieldsSeq(p.rules) {
				used[rule] = true
				if _, exists := severities[rule]; !exists {
					t.Errorf("%s, %s: no rule %s", d.id, p.asks, rule)
				}
			}
			if p.rules == "" && p.why == "" {
				t.Errorf("%s, %s: neither rule nor reason", d.id, p.asks)
			}
			if d.softens(&p, severities) && p.why == "" {
				t.Errorf("%s, %s: softened without a reason", d.id, p.asks)
			}
		}
	}
	if !slices.Equal(got, want) {
		t.Errorf("rows %v", got)
	}
	for id := range severities {
		if !used[id] {
			t.Errorf("rule %s answers no row", id)
		}
	}
}

// softens says that the source rejects and we only warn.
func (d *demand) softens(p *part, severities map[string]report.Severity) bool {
	if !d.hard || p.rules == "" {
		return false
	}
	for rule := range strings.FieldsSeq(p.rules) {
		if severities[rule] == report.Error {
			return false
		}
	}
	return true
}

// writeCatalogue writes the coverage for docs/rules.md.
func writeCatalogue(b io.Writer) {
	_, _ = fmt.Fprint(b, "\n## What registries are known to check, and the rules that do\n\n"+
		"Where a note stands beside a rule it says why it only warns, or what is left out.\n\n| row | asks | rules | note |\n|---|---|---|---|\n")
	for _, d := range catalogue {
		for _, p := range d.parts {
			rules := strings.ReplaceAll(p.rules, " ", ", ")
			_, _ = fmt.Fprintf(b, "| %s | %s | %s | %s |\n", d.id, p.asks, rules, p.why)
		}
	}
}
