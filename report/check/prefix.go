// SPDX-License-Identifier: EUPL-1.2

package check

import "meldewerk/report"

// prefixRules judges c, p, y and r.
func prefixRules() []Rule {
	return []Rule{
		{
			ID: "T6", Severity: report.Warning, Reads: []string{readsPathology, readsHistology},
			Message: Sentence{"Das pTNM steht ohne Histologie.", "The pTNM stands without histology."},
			Remedy: Sentence{"Ergänzen Sie die Histologie oder melden Sie das TNM als cTNM.",
				"Add the histology or report the TNM as cTNM."},
			Source: "own; oBDS 3.0.4 TNM_Typ",
			judge: func(c *look, _ *report.Report) []string {
				if c.view.histoPath != "" {
					return nil
				}
				return c.view.stagingsThat("", func(s *staging) bool { return s.field == fieldPTNM && s.TPrefix == "p" })
			},
		},
		{
			ID: "T6b", Severity: report.Warning, Reads: []string{readsClinical},
			Message: Sentence{"Das cTNM trägt nur pathologische Präfixe (p).", "The cTNM has pathological prefixes (p) only."},
			Remedy:  Sentence{"Melden Sie das TNM als pTNM oder berichtigen Sie die Präfixe.", "Report the TNM as pTNM or correct the prefixes."},
			Source:  "own; oBDS 3.0.4 TNM_Typ",
			judge: func(c *look, _ *report.Report) []string {
				return c.view.stagingsThat("", func(s *staging) bool {
					return s.field == fieldCTNM && s.TPrefix == "p" && (s.N == "" || s.NPrefix == "p") && (s.M == "" || s.MPrefix == "p")
				})
			},
		},
		{
			ID: "T6c", Severity: report.Warning, Reads: []string{readsClinical + "/r_Symbol", readsPathology + "/r_Symbol", readsClinical + "/y_Symbol"},
			Message: Sentence{"Ein TNM mit r (Rezidiv) oder ein cTNM mit y (nach Therapie) gehört nicht zur Diagnose.",
				"A TNM with r (recurrence) or a cTNM with y (after therapy) does not belong to the diagnosis."},
			Remedy: Sentence{"Melden Sie dieses TNM mit dem Verlauf oder der Operation.", "Report this TNM with the course or the operation."},
			Source: "own; oBDS 3.0.4 TNM_Typ",
			judge: func(c *look, r *report.Report) []string {
				if r.Event.Diagnosis == nil {
					return nil
				}
				return c.view.stagingsThat("", func(s *staging) bool { return s.Recurrence != "" || s.field == fieldCTNM && s.AfterTherapy != "" })
			},
		},
	}
}

// momentRules judges y and r against dates and course.
func momentRules() []Rule {
	return []Rule{
		{
			ID: "T6d", Severity: report.Warning, Reads: []string{readsPathology + "/y_Symbol", readsTNM + "/y_Symbol", readsPathology + "/Datum", readsTNM + "/Datum", pathDiagnosed},
			Message: Sentence{"Ein TNM mit y (nach Therapie) ist nicht später als die Diagnose.", "A TNM with y (after therapy) is no later than the diagnosis."},
			Remedy: Sentence{"Prüfen Sie das y und das Datum: Vor der Diagnose gibt es keine Therapie.",
				"Check the y and the date: there is no therapy before the diagnosis."},
			Source: "own; oBDS 3.0.4 TNM_Typ",
			judge: func(c *look, r *report.Report) []string {
				return c.view.stagingsThat("", func(s *staging) bool {
					on := spanOf(s.Date)
					return s.AfterTherapy != "" && (r.Event.Diagnosis == nil || s.field != fieldCTNM) && on.first != 0 && c.diagnosed.first != 0 && on.last <= c.diagnosed.first
				})
			},
		},
		{
			ID: "T6e", Severity: report.Warning, Reads: []string{"Meldung/Verlauf/TNM/r_Symbol", pathOverall},
			Message: Sentence{"Das TNM nennt ein Rezidiv (r), die Gesamtbeurteilung aber eine Vollremission.", "The TNM says recurrence (r), the overall assessment complete remission."},
			Remedy: Sentence{"Prüfen Sie r-Symbol und Gesamtbeurteilung. Sind beide richtig, ist nichts zu tun.",
				"Check the r and the assessment. If both are right, nothing needs to be done."},
			Source: "own; oBDS 3.0.4 TNM_Typ",
			judge: func(_ *look, r *report.Report) []string {
				v := r.Event.Course
				return where(v != nil && v.TNM != nil && v.TNM.Recurrence != "" && v.Overall == "V", pathOverall)
			},
		},
	}
}
