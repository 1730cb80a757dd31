// SPDX-License-Identifier: EUPL-1.2

package check

import "meldewerk/report"

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
			judge: func(c *Context, _ *report.Report) []string {
				v := &c.view
				return where(v.surelyUnder(20) && v.siteIn("C15 C19-C21 C23 C24 C38.4 C50 C54 C55") || v.surelyUnder(5) && v.siteIn("C53 C61"), pathICD)
			},
		},
		{
			ID: "I11", Severity: report.Warning, Reads: []string{pathMorphology, readsMorphology, pathDiagnosed, pathBirth},
			Message: Sentence{"Die Morphologie ist in diesem Alter sehr selten.", "At this age the morphology is very rare."},
			Remedy:  lookAtAge, Source: "IARC-CSU CanReg5 AgeMorphology",
			judge: func(c *Context, _ *report.Report) []string {
				v := &c.view
				// Burkitt lymphoma is no longer rare in adults and left out.
				return v.morphsThat(func(p *placed) bool {
					n := p.four()
					return v.surelyUnder(26) && between(n, 9730, 9730, 9732, 9732, 9823, 9823, 9890, 9890) ||
						v.surelyUnder(15) && n == 9724 ||
						v.surelyOver(14) && between(n, 8910, 8910, 8960, 8962, 8970, 8970, 8981, 8981, 8991, 8991, 9072, 9072, 9470, 9470, 9490, 9490, 9500, 9500)
				})
			},
		},
		{
			ID: "I12", Severity: report.Warning, Reads: []string{pathICD, pathMorphology, readsMorphology, pathDiagnosed, pathBirth},
			Message: Sentence{"Sitz und Morphologie kommen zusammen in diesem Alter sehr selten vor.", "At this age site and morphology very rarely occur together."},
			Remedy:  lookAtAge, Source: "IARC-CSU CanReg5 AgeTopographyMorphology",
			judge: func(c *Context, _ *report.Report) []string {
				v := &c.view
				return v.morphsThat(func(p *placed) bool { return oddTogether(v, p.four()) })
			},
		},
	}
}

func oddTogether(v *view, four int) bool {
	switch v.site {
	case "C61":
		return v.surelyUnder(40) && between(four, 8140, 8149)
	case "C17":
		return v.surelyUnder(20) && four != 0 && four < 9590
	case "C18", "C33", "C34":
		return v.surelyUnder(20) && four != 0 && four < 9590 && !between(four, 8240, 8249)
	case "C69":
		return v.surelyOver(5) && between(four, 9510, 9512)
	case "C58":
		return four == 9100 && (v.surelyUnder(15) || v.surelyOver(45))
	}
	return false
}
