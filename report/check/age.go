// SPDX-License-Identifier: EUPL-1.2

package check

import (
	"meldewerk/report"
	"meldewerk/terminology"
)

var lookAtAge = Sentence{
	"Prüfen Sie Geburtsdatum, Diagnosedatum und Codes. Sind sie richtig, ist nichts zu tun.",
	"Check birth, diagnosis and codes. If they are right, nothing needs to be done.",
}

// ageRules judges whether tumour and age go together.
func ageRules() []Rule {
	return []Rule{
		{
			ID: "I10", Severity: report.Warning, Reads: []string{pathICD, pathDiagnosed, pathBirth},
			Message: Sentence{"Der Tumor ist an diesem Sitz in diesem Alter sehr selten.", "At this age a tumour of this site is very rare."},
			Remedy:  lookAtAge, Source: "IARC-CSU CanReg5 AgeTopography",
			judge: func(c *look, _ *report.Report) []string {
				return where(c.view.surelyOutside(c.view.code.ages), pathICD)
			},
		},
		{
			ID: "I11", Severity: report.Warning, Reads: []string{pathMorphology, readsMorphology, pathDiagnosed, pathBirth},
			Message: Sentence{"Die Morphologie ist in diesem Alter sehr selten.", "At this age the morphology is very rare."},
			Remedy:  lookAtAge, Source: "IARC-CSU CanReg5 AgeMorphology",
			judge: func(c *look, _ *report.Report) []string {
				v := &c.view
				return v.morphsThat(func(p *placed) bool { return v.surelyOutside(terminology.MorphologyAges(string(p.Code))) })
			},
		},
		{
			ID: "I12", Severity: report.Warning, Reads: []string{pathICD, pathMorphology, readsMorphology, pathDiagnosed, pathBirth},
			Message: Sentence{"Sitz und Morphologie kommen zusammen in diesem Alter sehr selten vor.", "At this age site and morphology very rarely occur together."},
			Remedy:  lookAtAge, Source: "IARC-CSU CanReg5 AgeTopographyMorphology",
			judge: func(c *look, _ *report.Report) []string {
				v := &c.view
				return v.morphsThat(func(p *placed) bool { return v.surelyOutside(terminology.JointAges(v.icd, string(p.Code))) })
			},
		},
	}
}

// surelyOutside says that no reading of the dates gives an age in the span.
func (v *view) surelyOutside(a terminology.Ages) bool {
	return v.oldest >= 0 && (v.oldest < a.Least || v.youngest > a.Most)
}
