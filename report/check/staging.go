// SPDX-License-Identifier: EUPL-1.2

package check

import (
	"strings"

	"meldewerk/report"
	"meldewerk/terminology"
	"meldewerk/tumour"
)

const (
	readsClinical   = "Meldung/*/cTNM"
	readsPathology  = "Meldung/*/pTNM"
	readsTNM        = "Meldung/*/TNM"
	readsMetastases = "Meldung/*/Menge_FM"
	landesregister  = "Plausibilitätsprüfungen der Klinischen Landesregisterstelle Baden-Württemberg"
)

var (
	readsAllTNM = []string{pathICD, readsClinical, readsPathology, readsTNM}
	lookAtTNM   = Sentence{
		"Prüfen Sie die Angaben zum TNM. Sind sie richtig, ist nichts zu tun.",
		"Check the TNM. If it is right, nothing needs to be done.",
	}
)

// stagingRules judges the TNM and the metastases. Spec: oBDS 3.0.4 TNM_Typ
func stagingRules() []Rule {
	return append(metastasisRules(), append(editionRules(), prefixRules()...)...)
}

func metastasisRules() []Rule {
	return []Rule{
		{
			ID: "T1", Severity: report.Warning, Reads: []string{readsMetastases, readsClinical, readsPathology},
			Message: Sentence{"Es sind Fernmetastasen angegeben, das TNM nennt aber M0.", "Distant metastases are given, yet the TNM says M0."},
			Remedy:  lookAtTNM, Source: landesregister + ", 3; tumorscout.de",
			judge: func(c *Context, _ *report.Report) []string {
				v := &c.view
				if len(v.metastases) == 0 || v.anyM('1') || v.root == pathCourseRoot {
					return nil
				}
				return v.stagingsThat("/M", func(s *staging) bool { return strings.HasPrefix(string(s.M), "0") })
			},
		},
		{
			ID: "T1b", Severity: report.Warning, Reads: []string{readsMetastases, readsClinical, readsPathology},
			Message: Sentence{"Das TNM nennt M1, es ist aber keine Fernmetastase angegeben.", "The TNM says M1, yet no distant metastasis is given."},
			Remedy:  Sentence{"Ergänzen Sie Sitz und Datum der Fernmetastasen.", "Add site and date of the distant metastases."},
			Source:  landesregister + ", 3; tumorscout.de",
			judge: func(c *Context, r *report.Report) []string {
				v := &c.view
				return where(r.Event.Diagnosis != nil && len(v.metastases) == 0 && v.anyM('1'), v.root+"/Menge_FM")
			},
		},
		{
			ID: "T2", Severity: report.Warning, Reads: []string{"Meldung/Verlauf/TNM"},
			Message: Sentence{"Ein TNM ohne y, r oder a gehört zur Diagnose, nicht in den Verlauf.", "A TNM without y, r or a belongs to the diagnosis, not to the course."},
			Remedy: Sentence{"Geben Sie das Symbol an oder melden Sie das TNM mit der Diagnose.",
				"Give the symbol or report the TNM with the diagnosis."},
			Source: landesregister + ", 5 bis 7",
			judge: func(_ *Context, r *report.Report) []string {
				v := r.Event.Course
				return where(v != nil && v.TNM != nil && v.TNM.T != "" && v.TNM.AfterTherapy == "" && v.TNM.Recurrence == "" && v.TNM.Autopsy == "", pathCourseRoot+"/TNM")
			},
		},
		{
			ID: "T5", Severity: report.Warning, Reads: readsAllTNM,
			Message: Sentence{"Für diese Erkrankung gibt es kein TNM.", "There is no TNM for this disease."},
			Remedy: Sentence{"Lassen Sie das TNM weg und geben Sie die übliche Einteilung als weitere Klassifikation an.",
				"Leave the TNM out and give the usual stage as another classification."},
			Source: landesregister + "; UICC TNM",
			judge: func(c *Context, _ *report.Report) []string {
				if terminology.HasTNM(c.view.icd) {
					return nil
				}
				return c.view.stagingsThat("", func(s *staging) bool { return s.T != "" || s.N != "" || s.M != "" })
			},
		},
		{
			ID: "T7", Severity: report.Warning, Reads: []string{readsHistology + fieldNodesAffected, readsPathology + "/N", readsTNM + "/N"},
			Message: Sentence{"Lymphknoten sind befallen, das TNM nennt aber N0.", "Lymph nodes are affected, yet the TNM says N0."},
			Remedy:  lookAtTNM, Source: "own",
			judge: func(c *Context, _ *report.Report) []string {
				affected, known := c.view.histology.NodesAffected.Int()
				if !known || affected == 0 {
					return nil
				}
				return c.view.stagingsThat("/N", func(s *staging) bool {
					return s.NPrefix == "p" && strings.HasPrefix(string(s.N), "0") && !strings.Contains(string(s.N), "+")
				})
			},
		},
		{
			ID: "T7b", Severity: report.Warning, Reads: []string{"Meldung/OP/Residualstatus/Gesamtbeurteilung_Residualstatus", "Meldung/OP/TNM/M"},
			Message: Sentence{"Die Gesamtbeurteilung lautet R0, das TNM nennt aber M1.", "The overall residual status is R0, yet the TNM says M1."},
			Remedy: Sentence{"Sind alle Metastasen entfernt, ist nichts zu tun. Andernfalls berichtigen Sie die Gesamtbeurteilung.",
				"If all metastases were removed, nothing needs to be done. Otherwise correct the overall status."},
			Source: "own",
			judge: func(c *Context, r *report.Report) []string {
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
			judge: func(_ *Context, r *report.Report) []string {
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
			judge: func(_ *Context, r *report.Report) []string {
				v := r.Event.Course
				return where(v != nil && v.Overall == "V" && (remains(v.Local) || remains(v.Nodes) || remains(v.Distant)), pathOverall)
			},
		},
	}
}

const (
	pathCourseRoot = "Meldung/Verlauf"
	pathOverall    = "Meldung/Verlauf/Gesamtbeurteilung_Tumorstatus"
)

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

// anyM says that a TNM has an M that begins so.
func (v *view) anyM(first byte) bool {
	for i := range v.stagings {
		if m := v.stagings[i].M; m != "" && m[0] == first {
			return true
		}
	}
	return false
}

func (v *view) stagingsThat(below string, broken func(*staging) bool) []string {
	var paths []string
	for i := range v.stagings {
		if s := &v.stagings[i]; broken(s) {
			paths = append(paths, s.path+below)
		}
	}
	return paths
}

// editionRules judges the values of the TNM by edition and site.
func editionRules() []Rule {
	value := Sentence{"Den Wert gibt es in dieser Auflage des TNM für dieses Organ nicht.", "This edition of the TNM has no such value for the organ."}
	mend := Sentence{"Prüfen Sie Auflage und Wert. Schreiben Sie nur den Wert, ohne Worte.", "Check edition and value. Write the value only, without words."}
	unknown := func(axis terminology.Axis, of func(*tumour.TNM) tumour.Label) func(*Context, *report.Report) []string {
		return func(c *Context, _ *report.Report) []string {
			return c.view.stagingsThat("/"+string(axis), func(s *staging) bool {
				v := of(s.TNM)
				return v != "" && !terminology.KnownTNM(axis, string(s.Edition), c.view.icd, string(v))
			})
		}
	}
	return []Rule{
		{ID: "T4", Severity: report.Warning, Reads: readsAllTNM, Message: value, Remedy: mend, Source: "UICC TNM, T; national code list",
			judge: unknown(terminology.AxisT, func(t *tumour.TNM) tumour.Label { return t.T })},
		{ID: "T4b", Severity: report.Warning, Reads: readsAllTNM, Message: value, Remedy: mend, Source: "UICC TNM, N; national code list",
			judge: unknown(terminology.AxisN, func(t *tumour.TNM) tumour.Label { return t.N })},
		{ID: "T4c", Severity: report.Warning, Reads: readsAllTNM, Message: value, Remedy: mend, Source: "UICC TNM, M; national code list",
			judge: unknown(terminology.AxisM, func(t *tumour.TNM) tumour.Label { return t.M })},
		{
			ID: "T4d", Severity: report.Warning, Reads: readsAllTNM,
			Message: Sentence{"Das UICC-Stadium folgt nicht aus T, N und M.", "The UICC stage does not follow from T, N and M."},
			Remedy: Sentence{"Prüfen Sie T, N, M und das Stadium. Sind sie richtig, ist nichts zu tun.",
				"Check T, N, M and the stage. If they are right, nothing needs to be done."},
			Source: "UICC TNM, 7. und 8. Auflage",
			judge: func(c *Context, _ *report.Report) []string {
				return c.view.stagingsThat("/UICC_Stadium", func(s *staging) bool { return stageOff(c.view.site, s.TNM) })
			},
		},
	}
}

// prefixRules judges c, p, y and r.
func prefixRules() []Rule {
	return []Rule{
		{
			ID: "T6", Severity: report.Warning, Reads: []string{readsPathology, readsHistology},
			Message: Sentence{"Das pTNM steht ohne Histologie.", "The pTNM stands without histology."},
			Remedy: Sentence{"Ergänzen Sie die Histologie oder melden Sie das TNM als cTNM.",
				"Add the histology or report the TNM as cTNM."},
			Source: "own; oBDS 3.0.4 TNM_Typ",
			judge: func(c *Context, _ *report.Report) []string {
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
			judge: func(c *Context, _ *report.Report) []string {
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
			judge: func(c *Context, r *report.Report) []string {
				if r.Event.Diagnosis == nil {
					return nil
				}
				return c.view.stagingsThat("", func(s *staging) bool { return s.Recurrence != "" || s.field == fieldCTNM && s.AfterTherapy != "" })
			},
		},
	}
}
