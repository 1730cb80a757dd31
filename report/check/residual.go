// SPDX-License-Identifier: EUPL-1.2

package check

import (
	"strings"

	"meldewerk/report"
	"meldewerk/tumour"
)

// contradictionRules judges the TNM against the rest of the report.
func contradictionRules() []Rule {
	return append([]Rule{
		{
			ID: "T5", Severity: report.Warning, Reads: readsAllTNM,
			Message: Sentence{"Für diese Erkrankung gibt es kein TNM.", "There is no TNM for this disease."},
			Remedy: Sentence{"Lassen Sie das TNM weg und geben Sie die übliche Einteilung als weitere Klassifikation an.",
				"Leave the TNM out and give the usual stage as another classification."},
			Source: landesregister + "; UICC TNM",
			judge: func(c *look, _ *report.Report) []string {
				if c.view.code.staged {
					return nil
				}
				return c.view.stagingsThat("", func(s *staging) bool { return s.T != "" || s.N != "" || s.M != "" })
			},
		},
		{
			ID: "T7", Severity: report.Warning, Reads: []string{readsHistology + fieldNodesAffected, readsHistology + fieldSentinelAffected, readsPathology + "/N", readsTNM + "/N"},
			Message: Sentence{"Lymphknoten sind befallen, das TNM nennt aber N0.", "Lymph nodes are affected, yet the TNM says N0."},
			Remedy:  lookAtTNM, Source: "own",
			judge: func(c *look, _ *report.Report) []string {
				if h := c.view.histology; !some(h.NodesAffected) && !some(h.SentinelAffected) {
					return nil
				}
				return c.view.stagingsThat("/N", func(s *staging) bool {
					return s.NPrefix == "p" && strings.HasPrefix(string(s.N), "0") && !strings.Contains(string(s.N), "+")
				})
			},
		},
	}, residualRules()...)
}

// residualRules judges what was left behind.
func residualRules() []Rule {
	return []Rule{
		{
			ID: "T7b", Severity: report.Warning, Reads: []string{"Meldung/OP/Residualstatus/Gesamtbeurteilung_Residualstatus", "Meldung/OP/TNM/M"},
			Message: Sentence{"Die Gesamtbeurteilung lautet R0, das TNM nennt aber M1.", "The overall residual status is R0, yet the TNM says M1."},
			Remedy: Sentence{"Sind alle Metastasen entfernt, ist nichts zu tun. Andernfalls berichtigen Sie die Gesamtbeurteilung.",
				"If all metastases were removed, nothing needs to be done. Otherwise correct the overall status."},
			Source: "own",
			judge: func(c *look, r *report.Report) []string {
				s := r.Event.Surgery
				return where(s != nil && s.Residual != nil && s.Residual.Overall == "R0" && c.view.anyM('1'), "Meldung/OP/Residualstatus/Gesamtbeurteilung_Residualstatus")
			},
		},
		{
			ID: "T7d", Severity: report.Warning, Reads: []string{"Meldung/OP/Residualstatus/Lokale_Beurteilung_Residualstatus", "Meldung/OP/Residualstatus/Gesamtbeurteilung_Residualstatus"},
			Message: Sentence{"Der Residualstatus ist insgesamt besser angegeben als am Ort der Operation.", "The residual status is given as better overall than at the site of the operation."},
			Remedy: Sentence{"Prüfen Sie beide Angaben. Die Gesamtbeurteilung kann nicht besser sein als die lokale.",
				"Check both. The overall status cannot be better than the local one."},
			Source: "own; oBDS 3.0.4 Residualstatus",
			judge: func(_ *look, r *report.Report) []string {
				s := r.Event.Surgery
				return where(s != nil && s.Residual != nil && leftBehind(s.Residual.Overall) < leftBehind(s.Residual.Local) && leftBehind(s.Residual.Overall) >= 0,
					"Meldung/OP/Residualstatus/Gesamtbeurteilung_Residualstatus")
			},
		},
		{
			ID: "T7c", Severity: report.Warning, Reads: []string{pathOverall, "Meldung/Verlauf/Verlauf_Lokaler_Tumorstatus",
				"Meldung/Verlauf/Verlauf_Tumorstatus_Lymphknoten", "Meldung/Verlauf/Verlauf_Tumorstatus_Fernmetastasen"},
			Message: Sentence{"Die Gesamtbeurteilung lautet Vollremission, ein Teilbefund nennt aber Tumor.", "The overall assessment is complete remission, yet a part of it names tumour."},
			Remedy: Sentence{"Prüfen Sie Gesamtbeurteilung und Teilbefunde. Sind sie richtig, ist nichts zu tun.",
				"Check the assessments. If they are right, nothing needs to be done."},
			Source: "own",
			judge: func(_ *look, r *report.Report) []string {
				v := r.Event.Course
				return where(v != nil && v.Overall == "V" && (remains(v.Local) || remains(v.Nodes) || remains(v.Distant)), pathOverall)
			},
		},
	}
}

// leftBehind is 0 for R0, 1 for what the microscope shows, 2 for what the eye
// sees, -1 when nobody knows.
func leftBehind(r tumour.Code) int {
	switch {
	case r == "R0":
		return 0
	case strings.HasPrefix(string(r), "R1"):
		return 1
	case r == "R2":
		return 2
	}
	return -1
}

// remains says that tumour was found.
func remains(status tumour.Code) bool {
	return status == "T" || status == "P" || status == "N" || status == "R"
}
