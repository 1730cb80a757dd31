// SPDX-License-Identifier: EUPL-1.2

package check

import (
	"meldewerk/identity"
	"meldewerk/report"
)

// siteRules judges the site of the tumour. Spec: oBDS 3.0.4 Tumorzuordnung_Typ
func siteRules() []Rule {
	return []Rule{
		{
			// The sex is the one in the register of births: who has changed the
			// entry keeps the organs, and such a report must not be turned away.
			ID: "I1", Severity: report.Warning, Reads: []string{"Patient/Patienten_Stammdaten/Geschlecht", pathICD},
			Message: Sentence{"Geschlecht und Sitz des Tumors passen nicht zusammen.", "Sex and site of the tumour do not fit."},
			Remedy: Sentence{"Prüfen Sie Geschlecht und Diagnose. Sind beide richtig, ist nichts zu tun.",
				"Check sex and diagnosis. If both are right, nothing needs to be done."},
			Source: "IARC-CSU CanReg5 SexTopography",
			judge: func(c *look, r *report.Report) []string {
				return where(otherSex(c.view.code.sex, r.Person.Sex), pathICD)
			},
		},
		{
			ID: "I3", Severity: report.Error, Reads: []string{pathICD},
			Message: Sentence{"Der Primärtumor ist als Metastase (C77–C79) oder als mehrfacher Primärtumor (C97) verschlüsselt.",
				"The primary tumour is coded as a metastasis (C77–C79) or as multiple primaries (C97)."},
			Remedy: Sentence{"Geben Sie den Primärtumor an, bei unbekanntem Sitz C80. Melden Sie mehrere Primärtumoren einzeln und Metastasen als Fernmetastasen.",
				"Give the primary tumour, C80 if its site is unknown. Report several primaries one by one and metastases as such."},
			Source: "Umsetzungsleitfaden, Meldepflicht; KKN",
			judge:  func(c *look, _ *report.Report) []string { return where(c.view.code.secondary, pathICD) },
		},
	}
}

// otherSex says that a tumour of one sex is reported of the other. Who has no
// entry, is diverse or of unknown sex may have any.
func otherSex(of string, sex identity.Sex) bool {
	return of != "" && (sex == identity.Male || sex == identity.Female) && of != string(sex)
}
