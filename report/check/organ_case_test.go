// SPDX-License-Identifier: EUPL-1.2

package check_test

import (
	"meldewerk/calendar"
	"meldewerk/identity"
	"meldewerk/report"
	"meldewerk/report/check"
	"meldewerk/tumour"
)

// clinical changes the cTNM of a diagnosis.
func clinical(f func(t *tumour.TNM)) func(*check.Context, *report.Report) {
	return to(func(r *report.Report) { f(r.Event.Diagnosis.Clinical) })
}

// staged sets diagnosis, T, N, M and stage of the cTNM.
func staged(icd tumour.Code, edition tumour.Code, t, n, m tumour.Label, stage tumour.Code) func(*check.Context, *report.Report) {
	return to(func(r *report.Report) {
		r.Event.Assignment.ICD.Code = icd
		c := r.Event.Diagnosis.Clinical
		c.Edition, c.T, c.N, c.M, c.Stage = edition, t, n, m, stage
	})
}

func course(f func(v *tumour.Course)) func(*check.Context, *report.Report) {
	return to(func(r *report.Report) { f(r.Event.Course) })
}

func operated(f func(s *tumour.Surgery)) func(*check.Context, *report.Report) {
	return to(func(r *report.Report) { f(r.Event.Surgery) })
}

const ctnm = "Meldung/Diagnose/cTNM"

var stagingCases = map[string][]change{
	"T1": {
		{"metastasis, M0", tumour.OccasionDiagnosis, clinical(func(t *tumour.TNM) { t.M = "0" }), []string{ctnm + "/M"}},
		{"metastasis, M1", tumour.OccasionDiagnosis, clinical(func(*tumour.TNM) {}), nil},
		{"metastasis, MX", tumour.OccasionDiagnosis, clinical(func(t *tumour.TNM) { t.M = "X" }), nil},
		{"none, M0", tumour.OccasionDiagnosis, to(func(r *report.Report) { r.Event.Diagnosis.Metastases, r.Event.Diagnosis.Clinical.M = nil, "0" }), nil},
	},
	"T1b": {
		{"M1, none", tumour.OccasionDiagnosis, to(func(r *report.Report) { r.Event.Diagnosis.Metastases = nil }), []string{"Meldung/Diagnose/Menge_FM"}},
		{"M1a, none", tumour.OccasionDiagnosis, to(func(r *report.Report) { r.Event.Diagnosis.Metastases, r.Event.Diagnosis.Clinical.M = nil, "1a" }), []string{"Meldung/Diagnose/Menge_FM"}},
		{"M0, none", tumour.OccasionDiagnosis, to(func(r *report.Report) { r.Event.Diagnosis.Metastases, r.Event.Diagnosis.Clinical.M = nil, "0" }), nil},
		{"operation gives no metastases", tumour.OccasionSurgery, operated(func(s *tumour.Surgery) { s.TNM.M = "1" }), nil},
	},
	"T1c": {
		{"metastasis, no M", tumour.OccasionDiagnosis, clinical(func(t *tumour.TNM) { t.M = "" }), []string{"Meldung/Diagnose/Menge_FM"}},
		{"metastasis, MX", tumour.OccasionDiagnosis, clinical(func(t *tumour.TNM) { t.M = "X" }), []string{"Meldung/Diagnose/Menge_FM"}},
		{"metastasis, M1", tumour.OccasionDiagnosis, clinical(func(*tumour.TNM) {}), nil},
		{"M0 is T1's", tumour.OccasionDiagnosis, clinical(func(t *tumour.TNM) { t.M = "0" }), nil},
		{"no TNM", tumour.OccasionDiagnosis, to(func(r *report.Report) { r.Event.Diagnosis.Clinical = nil }), nil},
		{"no metastasis", tumour.OccasionDiagnosis, to(func(r *report.Report) { r.Event.Diagnosis.Metastases, r.Event.Diagnosis.Clinical.M = nil, "" }), nil},
	},
	"T1d": {
		{"none, yet one", tumour.OccasionCourse, course(func(v *tumour.Course) { v.Distant, v.Metastases = "K", []tumour.Metastasis{{Site: "HEP"}} }),
			[]string{"Meldung/Verlauf/Verlauf_Tumorstatus_Fernmetastasen"}},
		{"progress", tumour.OccasionCourse, course(func(v *tumour.Course) { v.Distant, v.Metastases = "P", []tumour.Metastasis{{Site: "HEP"}} }), nil},
		{"none", tumour.OccasionCourse, course(func(v *tumour.Course) { v.Distant = "K" }), nil},
	},
	"T1e": {
		{"new, but none", tumour.OccasionCourse, course(func(v *tumour.Course) { v.Distant = "R" }), []string{"Meldung/Verlauf/Menge_FM"}},
		{"new", tumour.OccasionCourse, course(func(v *tumour.Course) { v.Distant, v.Metastases = "R", []tumour.Metastasis{{Site: "HEP"}} }), nil},
		{"progress of old ones", tumour.OccasionCourse, course(func(v *tumour.Course) { v.Distant = "P" }), nil},
	},
	"T2b": {
		{"on the day", tumour.OccasionCourse, course(func(v *tumour.Course) {
			v.Metastases = []tumour.Metastasis{{DiagnosedOn: day("2024-03-01E"), Site: "HEP"}}
		}),
			[]string{"Meldung/Verlauf/Menge_FM/Fernmetastase[1]/Diagnosedatum"}},
		{"later", tumour.OccasionCourse, course(func(v *tumour.Course) {
			v.Metastases = []tumour.Metastasis{{DiagnosedOn: day("2024-12-01E"), Site: "HEP"}}
		}), nil},
		{"estimated", tumour.OccasionCourse, func(_ *check.Context, r *report.Report) {
			r.Event.Assignment.DiagnosedOn = day("2024-03-01T")
			r.Event.Course.Metastases = []tumour.Metastasis{{DiagnosedOn: day("2024-03-01T"), Site: "HEP"}}
		}, nil},
	},
	"T2": {
		{"first TNM", tumour.OccasionCourse, course(func(v *tumour.Course) { v.TNM = &tumour.TNM{T: "2"} }), []string{"Meldung/Verlauf/TNM"}},
		{"recurrence", tumour.OccasionCourse, course(func(v *tumour.Course) { v.TNM = &tumour.TNM{T: "2", Recurrence: "r"} }), nil},
		{"after therapy", tumour.OccasionCourse, course(func(v *tumour.Course) { v.TNM = &tumour.TNM{T: "2", AfterTherapy: "y"} }), nil},
		{"only M", tumour.OccasionCourse, course(func(v *tumour.Course) { v.TNM = &tumour.TNM{M: "1"} }), nil},
	},
	"T4": {
		{"with words", tumour.OccasionDiagnosis, clinical(func(t *tumour.TNM) { t.T = "1 nonsense" }), []string{ctnm + "/T"}},
		{"2a of the breast", tumour.OccasionDiagnosis, clinical(func(t *tumour.TNM) { t.T = "2a" }), []string{ctnm + "/T"}},
		{"1c", tumour.OccasionDiagnosis, clinical(func(t *tumour.TNM) { t.T = "1c" }), nil},
		{"in situ, ductal", tumour.OccasionDiagnosis, clinical(func(t *tumour.TNM) { t.T = "is(DCIS)" }), nil},
	},
	"T4b": {
		{"2 of the prostate", tumour.OccasionDiagnosis, staged("C61", "8", "2a", "2", "0", ""), []string{ctnm + "/N"}},
		{"sentinel", tumour.OccasionDiagnosis, clinical(func(t *tumour.TNM) { t.N = "0(sn)" }), nil},
		{"micrometastasis", tumour.OccasionDiagnosis, clinical(func(t *tumour.TNM) { t.N = "1mi" }), nil},
	},
	"T4c": {
		{"1c of the bowel in the 7th", tumour.OccasionDiagnosis, staged("C18.7", "7", "3", "0", "1c", ""), []string{ctnm + "/M"}},
		{"1c of the bowel in the 8th", tumour.OccasionDiagnosis, staged("C18.7", "8", "3", "0", "1c", ""), nil},
	},
	"T4d": {
		{"bowel, nodes", tumour.OccasionDiagnosis, staged("C18.7", "8", "3", "1a", "0", "IIA"), []string{ctnm + "/UICC_Stadium"}},
		{"breast, small", tumour.OccasionDiagnosis, staged("C50.4", "8", "1c", "0", "0", "IIA"), []string{ctnm + "/UICC_Stadium"}},
		{"lung, metastasis", tumour.OccasionDiagnosis, staged("C34.1", "8", "1c", "0", "1a", "IA3"), []string{ctnm + "/UICC_Stadium"}},
		{"in situ", tumour.OccasionDiagnosis, staged("C18.7", "8", "is", "0", "0", "I"), []string{ctnm + "/UICC_Stadium"}},
		{"bowel", tumour.OccasionDiagnosis, staged("C18.7", "8", "3", "1a", "0", "IIIB"), nil},
		{"breast, micrometastasis", tumour.OccasionDiagnosis, staged("C50.4", "8", "1c", "1mi", "0", "IB"), nil},
		{"lung 2b", tumour.OccasionDiagnosis, staged("C34.1", "8", "2b", "0", "0", "IIA"), nil},
		{"lung 3 with nodes", tumour.OccasionDiagnosis, staged("C34.1", "8", "3", "1", "0", "IIIA"), nil},
		{"kidney", tumour.OccasionDiagnosis, staged("C64", "8", "3a", "0", "0", "III"), nil},
		{"prostate", tumour.OccasionDiagnosis, staged("C61", "8", "2c", "0", "0", "II"), nil},
		{"nodes unknown", tumour.OccasionDiagnosis, staged("C18.7", "8", "3", "X", "0", "I"), nil},
		{"after therapy", tumour.OccasionDiagnosis, clinical(func(t *tumour.TNM) { t.AfterTherapy, t.M, t.Stage = "y", "0", "IV" }), nil},
		{"pancreas, large", tumour.OccasionDiagnosis, staged("C25.0", "8", "4", "0", "0", "IIA"), []string{ctnm + "/UICC_Stadium"}},
		{"pancreas", tumour.OccasionDiagnosis, staged("C25.0", "8", "2", "1", "0", "IIB"), nil},
		{"melanoma, nodes", tumour.OccasionDiagnosis, staged("C43.5", "8", "2a", "1a", "0", "IB"), []string{ctnm + "/UICC_Stadium"}},
		{"melanoma, thin", tumour.OccasionDiagnosis, staged("C43.5", "8", "1b", "0", "0", "IB"), nil},
		{"melanoma, ulceration not told", tumour.OccasionDiagnosis, staged("C43.5", "8", "2", "0", "0", "IIA"), nil},
		{"melanoma, thick", tumour.OccasionDiagnosis, staged("C43.5", "8", "4b", "0", "0", "IIC"), nil},
		{"uterus, cervix reached", tumour.OccasionDiagnosis, staged("C54.1", "8", "2", "0", "0", "IA"), []string{ctnm + "/UICC_Stadium"}},
		{"uterus, nodes", tumour.OccasionDiagnosis, staged("C54.1", "8", "1a", "1", "0", "IIIC1"), nil},
		{"bladder, superficial", tumour.OccasionDiagnosis, staged("C67.1", "8", "a", "0", "0", "0a"), nil},
		{"bladder, superficial is not I", tumour.OccasionDiagnosis, staged("C67.1", "8", "a", "0", "0", "I"), []string{ctnm + "/UICC_Stadium"}},
		{"bladder, nodes in the 7th", tumour.OccasionDiagnosis, staged("C67.1", "7", "2a", "1", "0", "IIIA"), []string{ctnm + "/UICC_Stadium"}},
		{"bladder, nodes in the 8th", tumour.OccasionDiagnosis, staged("C67.1", "8", "2a", "1", "0", "IIIA"), nil},
		{"larynx, nodes of both sides", tumour.OccasionDiagnosis, staged("C32.0", "8", "2", "2c", "0", "III"), []string{ctnm + "/UICC_Stadium"}},
		{"larynx", tumour.OccasionDiagnosis, staged("C32.0", "8", "3", "0", "0", "III"), nil},
		{"tongue, metastasis", tumour.OccasionDiagnosis, staged("C02.1", "8", "3", "0", "1", "IVC"), nil},
		{"neuroendocrine, bowel", tumour.OccasionDiagnosis, ofMorphology("8240/3", staged("C18.2", "8", "2", "0", "0", "IIA")), nil},
		{"neuroendocrine, pancreas", tumour.OccasionDiagnosis, ofMorphology("8249/3", staged("C25.2", "8", "2", "1", "0", "III")), nil},
		{"stromal, bowel", tumour.OccasionDiagnosis, ofMorphology("8936/3", staged("C20", "8", "2", "0", "0", "II")), nil},
		{"neuroendocrine carcinoma goes with the carcinomas", tumour.OccasionDiagnosis, ofMorphology("8246/3", staged("C18.2", "8", "2", "0", "0", "IIA")), []string{ctnm + "/UICC_Stadium"}},
		{"carcinoid goes with the tumours of the lung", tumour.OccasionDiagnosis, ofMorphology("8240/3", staged("C34.1", "8", "1c", "0", "0", "IIIA")), []string{ctnm + "/UICC_Stadium"}},
		{"melanoma of the skin has its table", tumour.OccasionDiagnosis, ofMorphology("8743/3", staged("C43.5", "8", "1a", "0", "0", "IIA")), []string{ctnm + "/UICC_Stadium"}},
		{"base of the tongue with virus", tumour.OccasionDiagnosis, staged("C02.4", "8", "2", "2", "0", "II"), nil},
		{"no table for the organ", tumour.OccasionDiagnosis, staged("C73", "8", "1", "0", "0", "IV"), nil},
	},
	"T4e": {
		{"IC of the bowel", tumour.OccasionDiagnosis, staged("C18.7", "8", "3", "0", "0", "IC"), []string{ctnm + "/UICC_Stadium"}},
		{"IIA of the bowel", tumour.OccasionDiagnosis, staged("C18.7", "8", "3", "0", "0", "IIA"), nil},
		{"no stage", tumour.OccasionDiagnosis, staged("C18.7", "8", "3", "0", "0", ""), nil},
		{"no list for the organ", tumour.OccasionDiagnosis, staged("C69.3", "8", "1", "0", "0", "IVC"), nil},
	},
	"T5": {
		{"leukaemia", tumour.OccasionDiagnosis, site("C92.0"), []string{ctnm}},
		{"brain", tumour.OccasionDiagnosis, site("C71.1"), []string{ctnm}},
		{"mycosis fungoides", tumour.OccasionDiagnosis, site("C84.0"), nil},
		{"breast", tumour.OccasionDiagnosis, site("C50.4"), nil},
	},
	"T6": {
		{"no histology", tumour.OccasionDiagnosis, to(func(r *report.Report) {
			r.Event.Diagnosis.Histology, r.Event.Diagnosis.Pathological.TPrefix = nil, "p"
		}), []string{"Meldung/Diagnose/pTNM"}},
		{"histology", tumour.OccasionDiagnosis, to(func(r *report.Report) { r.Event.Diagnosis.Pathological.TPrefix = "p" }), nil},
	},
	"T6b": {
		{"all p", tumour.OccasionDiagnosis, clinical(func(t *tumour.TNM) { t.TPrefix, t.NPrefix, t.MPrefix = "p", "p", "p" }), []string{ctnm}},
		{"only T", tumour.OccasionDiagnosis, clinical(func(t *tumour.TNM) { t.TPrefix = "p" }), nil},
		{"all c", tumour.OccasionDiagnosis, clinical(func(*tumour.TNM) {}), nil},
	},
	"T6c": {
		{"recurrence", tumour.OccasionDiagnosis, clinical(func(t *tumour.TNM) { t.Recurrence = "r" }), []string{ctnm}},
		{"after therapy", tumour.OccasionDiagnosis, clinical(func(t *tumour.TNM) { t.AfterTherapy = "y" }), []string{ctnm}},
		{"pTNM after therapy", tumour.OccasionDiagnosis, to(func(r *report.Report) { r.Event.Diagnosis.Pathological.AfterTherapy = "y" }), nil},
		{"operation of a recurrence", tumour.OccasionSurgery, operated(func(s *tumour.Surgery) { s.TNM.Recurrence = "r" }), nil},
	},
	"T6d": {
		{"before the diagnosis", tumour.OccasionSurgery, operated(func(s *tumour.Surgery) { s.TNM.AfterTherapy, s.TNM.Date = "y", day("2024-03-01") }), []string{"Meldung/OP/TNM"}},
		{"pTNM of the diagnosis", tumour.OccasionDiagnosis, to(func(r *report.Report) {
			r.Event.Diagnosis.Pathological.AfterTherapy, r.Event.Diagnosis.Pathological.Date = "y", day("2024-02-29")
		}), []string{"Meldung/Diagnose/pTNM"}},
		{"later", tumour.OccasionSurgery, operated(func(s *tumour.Surgery) { s.TNM.AfterTherapy = "y" }), nil},
		{"no date", tumour.OccasionSurgery, operated(func(s *tumour.Surgery) { s.TNM.AfterTherapy, s.TNM.Date = "y", calendar.Date{} }), nil},
		{"cTNM of the diagnosis is T6c's", tumour.OccasionDiagnosis, clinical(func(t *tumour.TNM) { t.AfterTherapy, t.Date = "y", day("2024-03-01") }), nil},
	},
	"T6e": {
		{"recurrence in remission", tumour.OccasionCourse, course(func(v *tumour.Course) { v.TNM = &tumour.TNM{T: "2", Recurrence: "r"} }),
			[]string{"Meldung/Verlauf/Gesamtbeurteilung_Tumorstatus"}},
		{"recurrence", tumour.OccasionCourse, course(func(v *tumour.Course) { v.Overall, v.TNM = "Y", &tumour.TNM{T: "2", Recurrence: "r"} }), nil},
		{"remission", tumour.OccasionCourse, course(func(v *tumour.Course) { v.TNM = &tumour.TNM{T: "2", AfterTherapy: "y"} }), nil},
	},
	"T7": {
		{"affected, pN0", tumour.OccasionSurgery, operated(func(s *tumour.Surgery) { s.TNM.NPrefix, s.TNM.N = "p", "0" }), []string{"Meldung/OP/TNM/N"}},
		{"sentinel affected, pN0", tumour.OccasionSurgery, operated(func(s *tumour.Surgery) {
			s.TNM.NPrefix, s.TNM.N, s.Histology.NodesAffected = "p", "0(sn)", ""
		}), []string{"Meldung/OP/TNM/N"}},
		{"none affected, written at length", tumour.OccasionSurgery, operated(func(s *tumour.Surgery) {
			s.TNM.NPrefix, s.TNM.N, s.Histology.NodesAffected, s.Histology.SentinelAffected = "p", "0", "00", "+0"
		}), nil},
		{"isolated cells", tumour.OccasionSurgery, operated(func(s *tumour.Surgery) { s.TNM.NPrefix, s.TNM.N = "p", "0(i+)" }), nil},
		{"clinical N0", tumour.OccasionSurgery, operated(func(s *tumour.Surgery) { s.TNM.NPrefix, s.TNM.N = "c", "0" }), nil},
		{"none affected", tumour.OccasionSurgery, operated(func(s *tumour.Surgery) {
			s.TNM.NPrefix, s.TNM.N, s.Histology.NodesAffected, s.Histology.SentinelAffected = "p", "0", "0", "0"
		}), nil},
	},
	"T7b": {
		{"R0, M1", tumour.OccasionSurgery, operated(func(s *tumour.Surgery) { s.TNM.M, s.Residual = "1", &tumour.Residual{Overall: "R0"} }),
			[]string{"Meldung/OP/Residualstatus/Gesamtbeurteilung_Residualstatus"}},
		{"R2, M1", tumour.OccasionSurgery, operated(func(s *tumour.Surgery) { s.TNM.M, s.Residual = "1", &tumour.Residual{Local: "R0", Overall: "R2"} }), nil},
		{"R0, M0", tumour.OccasionSurgery, operated(func(s *tumour.Surgery) { s.TNM.M, s.Residual = "0", &tumour.Residual{Overall: "R0"} }), nil},
	},
	"T7d": {
		{"R0 overall, R1 at the site", tumour.OccasionSurgery, operated(func(s *tumour.Surgery) { s.Residual = &tumour.Residual{Local: "R1(is)", Overall: "R0"} }),
			[]string{"Meldung/OP/Residualstatus/Gesamtbeurteilung_Residualstatus"}},
		{"R1 overall, R2 at the site", tumour.OccasionSurgery, operated(func(s *tumour.Surgery) { s.Residual = &tumour.Residual{Local: "R2", Overall: "R1"} }),
			[]string{"Meldung/OP/Residualstatus/Gesamtbeurteilung_Residualstatus"}},
		{"the same", tumour.OccasionSurgery, operated(func(s *tumour.Surgery) { s.Residual = &tumour.Residual{Local: "R1", Overall: "R1"} }), nil},
		{"worse overall", tumour.OccasionSurgery, operated(func(s *tumour.Surgery) { s.Residual = &tumour.Residual{Local: "R0", Overall: "R2"} }), nil},
		{"unknown overall", tumour.OccasionSurgery, operated(func(s *tumour.Surgery) { s.Residual = &tumour.Residual{Local: "R1", Overall: "U"} }), nil},
		{"only overall", tumour.OccasionSurgery, operated(func(s *tumour.Surgery) { s.Residual = &tumour.Residual{Overall: "R0"} }), nil},
	},
	"T7c": {
		{"local tumour", tumour.OccasionCourse, course(func(v *tumour.Course) { v.Local = "T" }), []string{"Meldung/Verlauf/Gesamtbeurteilung_Tumorstatus"}},
		{"new metastasis", tumour.OccasionCourse, course(func(v *tumour.Course) { v.Distant = "R" }), []string{"Meldung/Verlauf/Gesamtbeurteilung_Tumorstatus"}},
		{"doubtful", tumour.OccasionCourse, course(func(v *tumour.Course) { v.Nodes = "F" }), nil},
		{"progress", tumour.OccasionCourse, course(func(v *tumour.Course) { v.Overall, v.Local = "P", "P" }), nil},
	},
}

func melanoma(thickness tumour.Number, ulceration tumour.Code, t tumour.Label) func(*check.Context, *report.Report) {
	return to(func(r *report.Report) {
		s := r.Event.Surgery
		r.Event.Assignment.ICD.Code, r.Event.Assignment.Side = "C43.5", "T"
		s.Breast, s.Melanoma = nil, &tumour.MelanomaModule{Thickness: thickness, Ulceration: ulceration}
		s.TNM.TPrefix, s.TNM.T = "p", t
	})
}

// elsewhere moves the tumour of a case to another organ.
func elsewhere(icd tumour.Code, apply func(*check.Context, *report.Report)) func(*check.Context, *report.Report) {
	return func(c *check.Context, r *report.Report) {
		apply(c, r)
		r.Event.Assignment.ICD.Code = icd
	}
}

// ofMorphology gives the tumour of a case another morphology.
func ofMorphology(code tumour.Code, apply func(*check.Context, *report.Report)) func(*check.Context, *report.Report) {
	return func(c *check.Context, r *report.Report) {
		apply(c, r)
		r.Event.Assignment.Morphology.Code = code
		histology(r).Morphologies[0].Code = code
	}
}

var moduleCases = map[string][]change{
	"M1": {
		{"prostate of the breast", tumour.OccasionSurgery, to(func(r *report.Report) { prostate(r) }), []string{"Meldung/OP/Modul_Prostata"}},
		{"breast of the bowel", tumour.OccasionDiagnosis, site("C18.7"), []string{"Meldung/Diagnose/Modul_Mamma"}},
		{"bowel and melanoma of the breast", tumour.OccasionCourse, course(func(v *tumour.Course) {
			v.Colorectal, v.Melanoma = &tumour.ColorectalModule{}, &tumour.MelanomaModule{}
		}), []string{"Meldung/Verlauf/Modul_Darm", "Meldung/Verlauf/Modul_Malignes_Melanom"}},
		{"breast in situ", tumour.OccasionDiagnosis, site("D05.1"), nil},
		{"no module", tumour.OccasionBoard, to(func(*report.Report) {}), nil},
	},
	"M1b": {
		{"breast without", tumour.OccasionDiagnosis, to(func(r *report.Report) { r.Certification, r.Event.Diagnosis.Breast = "1", nil }), []string{"Meldung/Diagnose/Modul_Mamma"}},
		{"prostate without", tumour.OccasionDiagnosis, to(func(r *report.Report) { r.Certification, r.Event.Assignment.ICD.Code = "1", "C61" }), []string{"Meldung/Diagnose/Modul_Prostata"}},
		{"rectum without", tumour.OccasionDiagnosis, to(func(r *report.Report) { r.Certification, r.Event.Assignment.ICD.Code = "1", "C20" }), []string{"Meldung/Diagnose/Modul_Darm"}},
		{"melanoma without", tumour.OccasionDiagnosis, to(func(r *report.Report) { r.Certification, r.Event.Assignment.ICD.Code = "1", "C43.5" }), []string{"Meldung/Diagnose/Modul_Malignes_Melanom"}},
		{"colon without", tumour.OccasionDiagnosis, to(func(r *report.Report) { r.Certification, r.Event.Assignment.ICD.Code = "1", "C18.7" }), nil},
		{"breast with", tumour.OccasionDiagnosis, to(func(r *report.Report) { r.Certification = "1" }), nil},
		{"no centre", tumour.OccasionDiagnosis, to(func(r *report.Report) { r.Event.Diagnosis.Breast = nil }), nil},
		{"no histology", tumour.OccasionDiagnosis, to(func(r *report.Report) {
			r.Certification, r.Event.Diagnosis.Breast, r.Event.Diagnosis.Histology = "1", nil, nil
		}), nil},
		{"not the diagnosis", tumour.OccasionCourse, course(func(v *tumour.Course) { v.Breast = nil }), nil},
	},
	"M2c": {
		{"value alone", tumour.OccasionDiagnosis, to(func(r *report.Report) { prostate(r).PSA, prostate(r).PSADate = "7.2", calendar.Date{} }),
			[]string{"Meldung/Diagnose/Modul_Prostata/DatumPSA"}},
		{"with its date", tumour.OccasionDiagnosis, to(func(r *report.Report) { prostate(r).PSA = "7.2" }), nil},
		{"date alone", tumour.OccasionDiagnosis, to(func(r *report.Report) { prostate(r) }), nil},
	},
	"M3": {
		{"thick, T1", tumour.OccasionSurgery, melanoma("2.3", "N", "1a"), []string{"Meldung/OP/Modul_Malignes_Melanom/Tumordicke"}},
		{"thin, T3", tumour.OccasionSurgery, melanoma("0.8", "N", "3a"), []string{"Meldung/OP/Modul_Malignes_Melanom/Tumordicke"}},
		{"rounded", tumour.OccasionSurgery, melanoma("1.04", "N", "1b"), nil},
		{"T3", tumour.OccasionSurgery, melanoma("2.3", "N", "3a"), nil},
		{"TX", tumour.OccasionSurgery, melanoma("2.3", "N", "X"), nil},
		{"thickness unknown", tumour.OccasionSurgery, melanoma("", "N", "3a"), nil},
		{"of the eye, where T goes by width", tumour.OccasionSurgery, elsewhere("C69.3", melanoma("8.0", "N", "2a")), nil},
	},
	"M3b": {
		{"ulcerated, a", tumour.OccasionSurgery, melanoma("2.3", "J", "3a"), []string{"Meldung/OP/Modul_Malignes_Melanom/Ulzeration"}},
		{"not ulcerated, b", tumour.OccasionSurgery, melanoma("2.3", "N", "3b"), []string{"Meldung/OP/Modul_Malignes_Melanom/Ulzeration"}},
		{"T1b by thickness", tumour.OccasionSurgery, melanoma("0.9", "N", "1b"), nil},
		{"ulcerated, b", tumour.OccasionSurgery, melanoma("2.3", "J", "3b"), nil},
		{"unknown", tumour.OccasionSurgery, melanoma("2.3", "U", "3b"), nil},
		{"of the eye, where b means something else", tumour.OccasionSurgery, elsewhere("C69.3", melanoma("8.0", "N", "2b")), nil},
	},
}

func given(kind tumour.Code, substances ...tumour.Substance) func(*check.Context, *report.Report) {
	return to(func(r *report.Report) { r.Event.Systemic.Kind, r.Event.Systemic.Substances = kind, substances })
}

func named(name tumour.Text) tumour.Substance { return tumour.Substance{Name: name} }

func atc(code tumour.Code) tumour.Substance {
	return tumour.Substance{ATC: &tumour.ATC{Code: code, Version: "2024"}}
}

func aimed(target, side tumour.Code) func(*check.Context, *report.Report) {
	return to(func(r *report.Report) {
		r.Event.Radiotherapy.Courses[1].Percutaneous = &tumour.Percutaneous{Target: tumour.Target{Code2021: target}, Side: side}
	})
}

var therapyCases = map[string][]change{
	"S1": {
		{"antibody as chemotherapy", tumour.OccasionSystemic, given("CH", named("Trastuzumab")), []string{"Meldung/SYST/Therapieart"}},
		{"chemotherapy with antibody as chemotherapy", tumour.OccasionSystemic, given("CH", named("Docetaxel"), atc("L01FD01")), []string{"Meldung/SYST/Therapieart"}},
		{"hormones as chemotherapy", tumour.OccasionSystemic, given("CH", atc("L02BA01")), []string{"Meldung/SYST/Therapieart"}},
		{"both", tumour.OccasionSystemic, given("CI", named("docetaxel"), atc("L01FD01")), nil},
		{"hormone beside", tumour.OccasionSystemic, given("ZS", named("Ribociclib"), named("Letrozol")), nil},
		{"unknown substance", tumour.OccasionSystemic, given("CH", named("Studienmedikation")), nil},
		{"other therapy", tumour.OccasionSystemic, given("SO", named("Docetaxel")), nil},
	},
	"S1b": {
		{"with a comma", tumour.OccasionSystemic, given("CH", named("Docetaxel"), named("Epirubicin, Cyclophosphamid")), []string{"Meldung/SYST/Menge_Substanz/Substanz[2]/Bezeichnung"}},
		{"with a plus", tumour.OccasionSystemic, given("CH", named("Epirubicin + Cyclophosphamid")), []string{"Meldung/SYST/Menge_Substanz/Substanz[1]/Bezeichnung"}},
		{"one each", tumour.OccasionSystemic, given("CH", named("Epirubicin"), named("Cyclophosphamid")), nil},
		{"products of several", tumour.OccasionSystemic, given("SO", named("Trifluridin/Tipiracil"), named("Tegafur, Gimeracil und Oteracil"), named("Relatlimab + Nivolumab")), nil},
		{"by code", tumour.OccasionSystemic, given("CH", atc("L01DB03")), nil},
	},
	"S1c": {
		{"waiting", tumour.OccasionSystemic, given("AS", named("Docetaxel")), []string{"Meldung/SYST/Therapieart"}},
		{"really waiting", tumour.OccasionSystemic, given("WW"), nil},
		{"chemotherapy", tumour.OccasionSystemic, given("CH", named("Docetaxel")), nil},
	},
}

func living(code, place, country string) func(*check.Context, *report.Report) {
	return to(func(r *report.Report) {
		r.Person.Address = identity.Address{PostalCode: code, Place: place, Country: country}
	})
}

const postalPath = "Patient/Patienten_Stammdaten/Adresse/PLZ"

// listed gives the check a list of insurers.
func listed(change func(*check.Context, *report.Report)) func(*check.Context, *report.Report) {
	return func(c *check.Context, r *report.Report) {
		c.Book = book()
		change(c, r)
	}
}

var personCases = map[string][]change{
	"P1h": {
		{"not listed", tumour.OccasionBoard, listed(insurer("104940005")), []string{"Patient/Patienten_Stammdaten/Versichertendaten_GKV/IKNR"}},
		{"listed", tumour.OccasionBoard, listed(insurer("102114819")), nil},
		{"wrong check digit is P1b's", tumour.OccasionBoard, listed(insurer("104940006")), nil},
		{"no list", tumour.OccasionBoard, insurer("104940005"), nil},
	},
	"P1f": {
		{"XX", tumour.OccasionBoard, living("30159", "Hannover", "XX"), []string{"Patient/Patienten_Stammdaten/Adresse/Land"}},
		{"DE", tumour.OccasionBoard, living("30159", "Hannover", "DE"), nil},
		{"AT", tumour.OccasionBoard, living("1010", "Wien", "AT"), nil},
		{"none", tumour.OccasionBoard, living("30159", "Hannover", ""), nil},
	},
	"P1g": {
		{"five digits in Austria", tumour.OccasionBoard, living("30159", "Wien", "AT"), []string{postalPath}},
		{"four digits in France", tumour.OccasionBoard, living("7500", "Paris", "FR"), []string{postalPath}},
		{"Austria", tumour.OccasionBoard, living("A-1010", "Wien", "AT"), nil},
		{"Netherlands", tumour.OccasionBoard, living("7551 AB", "Hengelo", "NL"), nil},
		{"Poland", tumour.OccasionBoard, living("70-001", "Stettin", "PL"), nil},
		{"without digits", tumour.OccasionBoard, living("unbekannt", "Wien", "AT"), nil},
		{"country without a table", tumour.OccasionBoard, living("SW1A 1AA", "London", "GB"), nil},
		{"Germany is P1d's", tumour.OccasionBoard, living("3015", "Hannover", "DE"), nil},
	},
	"P1c": {
		{"private number as statutory", tumour.OccasionBoard, insurer("168140346"), []string{"Patient/Patienten_Stammdaten/Versichertendaten_GKV/IKNR"}},
		{"statutory number as private", tumour.OccasionBoard, to(func(r *report.Report) {
			r.Person.Insurance = identity.Insurance{Private: &identity.PrivateInsurance{Insurer: "102114819"}}
		}), []string{"Patient/Patienten_Stammdaten/Versichertendaten_PKV/IKNR"}},
		{"statutory", tumour.OccasionBoard, insurer("102114819"), nil},
		{"unknown class", tumour.OccasionBoard, insurer("260530103"), nil},
	},
	"P1d": {
		{"four digits", tumour.OccasionBoard, living("3015", "Hannover", "DE"), []string{postalPath}},
		{"no such region", tumour.OccasionBoard, living("00123", "Hannover", ""), []string{postalPath}},
		{"region never given out", tumour.OccasionBoard, living("05123", "Hannover", ""), []string{postalPath}},
		{"Hannover", tumour.OccasionBoard, living("30159", "Hannover", "DE"), nil},
		{"abroad", tumour.OccasionBoard, living("1010", "Wien", "AT"), nil},
		{"none", tumour.OccasionBoard, living("", "", ""), nil},
	},
	"P1e": {
		{"no place", tumour.OccasionBoard, living("30159", "", "DE"), []string{postalPath}},
		{"no code", tumour.OccasionBoard, living("", "Hannover", ""), []string{postalPath}},
		{"both", tumour.OccasionBoard, living("30159", "Hannover", "DE"), nil},
		{"neither, unknown", tumour.OccasionBoard, living("", "", "DE"), nil},
		{"abroad", tumour.OccasionBoard, living("", "Wien", "AT"), nil},
	},
}
