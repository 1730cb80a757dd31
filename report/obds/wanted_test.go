// SPDX-License-Identifier: EUPL-1.2

package obds

import (
	"testing"

	"meldewerk/report"
	"meldewerk/tumour"
)

// TestWantedLeadsToWhatIsMissing goes from findings of the reader to the place
// that would have to be filled, in both languages.
func TestWantedLeadsToWhatIsMissing(t *testing.T) {
	t.Parallel()
	r := &report.Report{}
	r.Event.Diagnosis = &tumour.Diagnosis{Histology: &tumour.Histology{}}
	d := r.Event.Diagnosis
	const at = "oBDS/Menge_Patient/Patient[1]/Menge_Meldung/Meldung[1]"
	for _, c := range []struct {
		message *phrase
		names   []string
		path    string
		want    func(*report.Report) any
	}{
		{missingBefore, []string{"LK_untersucht", "Grading"}, at + "/Diagnose/Histologie/LK_untersucht", func(*report.Report) any { return &d.Histology.Grading }},
		{missingIn, []string{"Diagnose", "Allgemeiner_Leistungszustand"}, at + "/Diagnose", func(*report.Report) any { return &d.Performance }},
		{missingBefore, []string{"Diagnosesicherung", "Primaertumor_Topographie_ICD_O"}, at + "/Diagnose/Diagnosesicherung", func(*report.Report) any { return d.Topography }},
		{noneBefore, []string{"Nachname", "Versichertendaten_GKV, Versichertendaten_PKV"}, "oBDS/Menge_Patient/Patient[1]/Patienten_Stammdaten/Nachname",
			func(r *report.Report) any { return r.Person.Insurance.Statutory }},
		{noneIn, []string{"Menge_FM", "Fernmetastase"}, at + "/Diagnose/Menge_FM", func(*report.Report) any { return &d.Metastases[0] }},
		{missingIn, []string{"Diagnose", "Menge_Genetik"}, at + "/Diagnose", func(*report.Report) any { return &d.Genetics[0] }},
		{missingIn, []string{"DKKR_Patienten_Stammdaten", "DKKR_Einwilligung"}, "oBDS/Menge_Patient/Patient[1]/DKKR_Patienten_Stammdaten",
			func(r *report.Report) any { return &r.Person.Childhood.Consent }},
	} {
		for _, english := range []bool{false, true} {
			f := report.Finding{Rule: RuleMissing, Path: c.path, Message: c.message.in(english, c.names...).message}
			places := Wanted(r, f)
			if got := nearest(places); got == nil || got != c.want(r) {
				t.Errorf("%s leads to %T", f.Message, got)
			}
		}
	}
	if got := nearest(Wanted(r, report.Finding{Rule: RuleAttribute, Path: at + "/@Meldung_ID"})); got != &r.ID {
		t.Errorf("a missing attribute leads to %T", got)
	}
	if got := nearest(Wanted(r, report.Finding{Rule: RuleListed, Path: at + "/Diagnose/Diagnosesicherung"})); got != &d.Certainty {
		t.Errorf("another finding leads to %T", got)
	}
}
