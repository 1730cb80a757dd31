// SPDX-License-Identifier: EUPL-1.2

package check

import (
	"slices"
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
	return slices.Concat(metastasisRules(), contradictionRules(), editionRules(), prefixRules(), momentRules())
}

func metastasisRules() []Rule {
	return []Rule{
		{
			ID: "T1", Severity: report.Warning, Reads: []string{readsMetastases, readsClinical, readsPathology},
			Message: Sentence{"Es sind Fernmetastasen angegeben, das TNM nennt aber M0.", "Distant metastases are given, yet the TNM says M0."},
			Remedy:  lookAtTNM, Source: landesregister + ", 3; tumorscout.de",
			judge: func(c *look, _ *report.Report) []string {
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
			judge: func(c *look, r *report.Report) []string {
				v := &c.view
				return where(r.Event.Diagnosis != nil && len(v.metastases) == 0 && v.anyM('1'), v.root, "/Menge_FM")
			},
		},
		{
			ID: "T1c", Severity: report.Warning, Reads: []string{readsMetastases, readsClinical, readsPathology},
			Message: Sentence{"Es sind Fernmetastasen angegeben, im TNM fehlt aber M1.", "Distant metastases are given, but the TNM lacks M1."},
			Remedy:  lookAtTNM, Source: landesregister + ", 3; tumorscout.de",
			judge: func(c *look, r *report.Report) []string {
				v := &c.view
				broken := r.Event.Diagnosis != nil && len(v.metastases) > 0 && v.code.staged && !v.anyM('0') && !v.anyM('1') &&
					v.anyStaging(func(s *staging) bool { return s.T != "" && s.N != "" })
				return where(broken, v.root, "/Menge_FM")
			},
		},
		{
			ID: "T1d", Severity: report.Warning, Reads: []string{readsMetastases, pathDistant},
			Message: Sentence{"Nach dem Tumorstatus sind keine Fernmetastasen nachweisbar, es sind aber welche angegeben.",
				"By its status the tumour has no distant metastases, yet some are given."},
			Remedy: Sentence{"Prüfen Sie den Tumorstatus der Fernmetastasen. Sind sie beseitigt, ist nichts zu tun.",
				"Check the status of the distant metastases. If they were removed, nothing needs to be done."},
			Source: "own; " + landesregister + ", 3",
			judge: func(_ *look, r *report.Report) []string {
				v := r.Event.Course
				return where(v != nil && v.Distant == "K" && len(v.Metastases) > 0, pathDistant)
			},
		},
		{
			ID: "T1e", Severity: report.Warning, Reads: []string{readsMetastases, pathDistant},
			Message: Sentence{"Fernmetastasen sind neu aufgetreten, es ist aber keine angegeben.", "Distant metastases are new, yet none is given."},
			Remedy:  Sentence{"Ergänzen Sie Sitz und Datum der Fernmetastasen.", "Add site and date of the distant metastases."},
			Source:  landesregister + ", 3; tumorscout.de",
			judge: func(_ *look, r *report.Report) []string {
				v := r.Event.Course
				return where(v != nil && v.Distant == "R" && len(v.Metastases) == 0, "Meldung/Verlauf/Menge_FM")
			},
		},
		{
			ID: "T2", Severity: report.Warning, Reads: []string{"Meldung/Verlauf/TNM"},
			Message: Sentence{"Ein TNM ohne y, r oder a gehört zur Diagnose, nicht in den Verlauf.", "A TNM without y, r or a belongs to the diagnosis, not to the course."},
			Remedy: Sentence{"Geben Sie das Symbol an oder melden Sie das TNM mit der Diagnose.",
				"Give the symbol or report the TNM with the diagnosis."},
			Source: landesregister + ", 5 bis 7",
			judge: func(_ *look, r *report.Report) []string {
				v := r.Event.Course
				return where(v != nil && v.TNM != nil && v.TNM.T != "" && v.TNM.AfterTherapy == "" && v.TNM.Recurrence == "" && v.TNM.Autopsy == "", pathCourseRoot+"/TNM")
			},
		},
		{
			// Later reports may repeat what was there from the beginning, so only
			// the day itself is asked about.
			ID: "T2b", Severity: report.Warning, Reads: []string{"Meldung/Verlauf/Menge_FM/Fernmetastase/Diagnosedatum", pathDiagnosed, pathCourseDate},
			Message: Sentence{"Die Fernmetastase ist am Tag der Diagnose festgestellt und gehört zur Diagnose, nicht in den Verlauf.",
				"The metastasis was found on the day of diagnosis and belongs to the diagnosis, not to the course."},
			Remedy: Sentence{"Melden Sie die Fernmetastase mit der Diagnose. Haben Sie das getan, ist nichts zu tun.",
				"Report the metastasis with the diagnosis. If you have, nothing needs to be done."},
			Source: landesregister + ", 5 bis 7",
			judge:  metastasisOfDiagnosis,
		},
	}
}

const (
	pathCourseRoot = "Meldung/Verlauf"
	pathOverall    = "Meldung/Verlauf/Gesamtbeurteilung_Tumorstatus"
	pathDistant    = "Meldung/Verlauf/Verlauf_Tumorstatus_Fernmetastasen"
	pathCourseDate = "Meldung/Verlauf/Untersuchungsdatum_Verlauf"
)

func metastasisOfDiagnosis(c *look, r *report.Report) []string {
	v := r.Event.Course
	if v == nil || !spanOf(v.Date).after(c.diagnosed) {
		return nil
	}
	var paths []string
	for i := range v.Metastases {
		on := spanOf(v.Metastases[i].DiagnosedOn)
		paths = append(paths, whereNth(on.exact() && on == c.diagnosed, "Meldung/Verlauf/Menge_FM/Fernmetastase", i, "/Diagnosedatum")...)
	}
	return paths
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

func (v *view) anyStaging(so func(*staging) bool) bool {
	for i := range v.stagings {
		if so(&v.stagings[i]) {
			return true
		}
	}
	return false
}

func (v *view) stagingsThat(below string, broken func(*staging) bool) []string {
	var paths []string
	for i := range v.stagings {
		if s := &v.stagings[i]; broken(s) {
			paths = append(paths, v.root+s.path+below)
		}
	}
	return paths
}

// editionRules judges the values of the TNM by edition and site.
func editionRules() []Rule {
	value := Sentence{"Den Wert gibt es in dieser Auflage des TNM für dieses Organ nicht.", "This edition of the TNM has no such value for the organ."}
	mend := Sentence{"Prüfen Sie Auflage und Wert. Schreiben Sie nur den Wert, ohne Worte.", "Check edition and value. Write the value only, without words."}
	unknown := func(axis terminology.Axis, of func(*tumour.TNM) tumour.Label) func(*look, *report.Report) []string {
		below := "/" + string(axis)
		return func(c *look, _ *report.Report) []string {
			return c.view.stagingsThat(below, func(s *staging) bool {
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
			ID: "T4e", Severity: report.Warning, Reads: readsAllTNM,
			Message: Sentence{"Das UICC-Stadium gibt es in dieser Auflage des TNM für dieses Organ nicht.", "This edition of the TNM has no such stage for the organ."},
			Remedy:  mend, Source: "UICC TNM, 7. bis 9. Auflage; national code list",
			judge: func(c *look, _ *report.Report) []string {
				v := &c.view
				return v.stagingsThat("/UICC_Stadium", func(s *staging) bool {
					return s.Stage != "" && terminology.StageAt(string(s.Edition), v.icd, string(s.Stage)) == terminology.Unusual
				})
			},
		},
		{
			ID: "T4d", Severity: report.Warning, Reads: readsAllTNM,
			Message: Sentence{"Das UICC-Stadium folgt nicht aus T, N und M.", "The UICC stage does not follow from T, N and M."},
			Remedy: Sentence{"Prüfen Sie T, N, M und das Stadium. Sind sie richtig, ist nichts zu tun.",
				"Check T, N, M and the stage. If they are right, nothing needs to be done."},
			Source: "UICC TNM, 7. und 8. Auflage",
			judge: func(c *look, _ *report.Report) []string {
				return c.view.stagingsThat("/UICC_Stadium", func(s *staging) bool { return c.view.stageOff(s.TNM) })
			},
		},
	}
}
