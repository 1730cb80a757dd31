// SPDX-License-Identifier: EUPL-1.2

package check_test

import (
	"meldewerk/calendar"
	"meldewerk/identity"
	"meldewerk/report"
	"meldewerk/report/check"
	"meldewerk/tumour"
)

// change is a case: it spoils a plausible report of one occasion.
type change struct {
	name     string
	occasion tumour.Occasion
	apply    func(*check.Context, *report.Report)
	paths    []string // where the rule must find; nil: it must not
}

var firstCases = map[string][]change{
	"D1": {
		{"day before", tumour.OccasionDiagnosis, func(_ *check.Context, r *report.Report) {
			r.Person.BirthDate = day("2024-03-02E")
		}, []string{"Meldung/Tumorzuordnung/Diagnosedatum"}},
		{"year before, both vague", tumour.OccasionCourse, func(_ *check.Context, r *report.Report) {
			r.Event.Assignment.DiagnosedOn, r.Person.BirthDate = day("2023-06-15M"), day("2024-01-01M")
		}, []string{"Meldung/Tumorzuordnung/Diagnosedatum"}},
		{"same day", tumour.OccasionDiagnosis, func(_ *check.Context, r *report.Report) { r.Person.BirthDate = day("2024-03-01E") }, nil},
		{"same year, birth known to the year", tumour.OccasionDiagnosis, func(_ *check.Context, r *report.Report) {
			r.Person.BirthDate = day("2024-07-01M")
		}, nil},
		{"same month, diagnosis known to the month", tumour.OccasionDiagnosis, func(_ *check.Context, r *report.Report) {
			r.Event.Assignment.DiagnosedOn, r.Person.BirthDate = day("2024-03-01T"), day("2024-03-20E")
		}, nil},
	},
	"D2": {
		{"operation", tumour.OccasionSurgery, func(_ *check.Context, r *report.Report) { r.Event.Surgery.Date = day("2024-02-29") },
			[]string{"Meldung/OP/Datum"}},
		{"second irradiation", tumour.OccasionRadiotherapy, func(_ *check.Context, r *report.Report) {
			r.Event.Radiotherapy.Courses[1] = tumour.Irradiation{Begin: day("2023-01-01"), End: day("2023-02-01")}
		}, []string{"Meldung/ST/Menge_Bestrahlung/Bestrahlung[2]/Beginn", "Meldung/ST/Menge_Bestrahlung/Bestrahlung[2]/Ende"}},
		{"systemic therapy", tumour.OccasionSystemic, func(_ *check.Context, r *report.Report) { r.Event.Systemic.Begin = day("2024-02-15T") },
			[]string{"Meldung/SYST/Beginn"}},
		{"examination", tumour.OccasionCourse, func(_ *check.Context, r *report.Report) { r.Event.Course.Date = day("2024-02-15") },
			[]string{"Meldung/Verlauf/Untersuchungsdatum_Verlauf"}},
		{"tumour board is D2c's", tumour.OccasionBoard, func(_ *check.Context, r *report.Report) { r.Event.Board.Date = day("2023-12-31E") }, nil},
		{"same day", tumour.OccasionSurgery, func(_ *check.Context, r *report.Report) { r.Event.Surgery.Date = day("2024-03-01") }, nil},
		{"diagnosis known to the month", tumour.OccasionSurgery, func(_ *check.Context, r *report.Report) {
			r.Event.Assignment.DiagnosedOn, r.Event.Surgery.Date = day("2024-03-15T"), day("2024-03-01")
		}, nil},
		{"diagnosis known to the year", tumour.OccasionSurgery, func(_ *check.Context, r *report.Report) {
			r.Event.Assignment.DiagnosedOn, r.Event.Surgery.Date = day("2024-07-01M"), day("2024-01-02")
		}, nil},
		{"diagnosis estimated altogether", tumour.OccasionSurgery, func(_ *check.Context, r *report.Report) {
			r.Event.Assignment.DiagnosedOn, r.Event.Surgery.Date = day("2024-07-01V"), day("2023-01-02")
		}, nil},
		{"earlier tumour and last PSA", tumour.OccasionDiagnosis, func(_ *check.Context, r *report.Report) { prostate(r) }, nil},
	},
	"D2b": {
		{"histology", tumour.OccasionSurgery, func(_ *check.Context, r *report.Report) {
			r.Event.Surgery.Histology.Date = day("2024-02-01E")
		}, []string{"Meldung/OP/Histologie/Tumor_Histologiedatum"}},
		{"metastasis, stage and both TNM", tumour.OccasionDiagnosis, func(_ *check.Context, r *report.Report) {
			d := r.Event.Diagnosis
			d.Metastases = append(d.Metastases, tumour.Metastasis{DiagnosedOn: day("2024-01-01E")})
			d.Clinical.Date, d.Pathological.Date, d.Classifications[0].Date = day("2024-01-01"), day("2024-01-02"), day("2024-01-01T")
		}, []string{"Meldung/Diagnose/Menge_FM/Fernmetastase[2]/Diagnosedatum", "Meldung/Diagnose/cTNM/Datum", "Meldung/Diagnose/pTNM/Datum",
			"Meldung/Diagnose/Menge_Weitere_Klassifikation/Weitere_Klassifikation[1]/Datum"}},
		{"TNM of the course", tumour.OccasionCourse, func(_ *check.Context, r *report.Report) {
			r.Event.Course.TNM = &tumour.TNM{Date: day("2024-02-01")}
		}, []string{"Meldung/Verlauf/TNM/Datum"}},
		{"histology known to the month", tumour.OccasionSurgery, func(_ *check.Context, r *report.Report) {
			r.Event.Surgery.Histology.Date = day("2024-03-15T")
		}, nil},
		{"gene, biopsy and PSA long before", tumour.OccasionDiagnosis, func(_ *check.Context, r *report.Report) { prostate(r) }, nil},
	},
	"D2c": {
		{"board before", tumour.OccasionBoard, func(_ *check.Context, r *report.Report) { r.Event.Board.Date = day("2023-12-31E") },
			[]string{"Meldung/Tumorkonferenz/Datum"}},
		{"same month, known to the month", tumour.OccasionBoard, func(_ *check.Context, r *report.Report) { r.Event.Board.Date = day("2024-03-01T") }, nil},
		{"board after", tumour.OccasionBoard, func(*check.Context, *report.Report) {}, nil},
	},
	"D3": {
		{"diagnosis after death", tumour.OccasionDeath, func(_ *check.Context, r *report.Report) { r.Event.Death.Date = day("2024-02-29") },
			[]string{"Meldung/Tumorzuordnung/Diagnosedatum"}},
		{"death known from another report", tumour.OccasionSurgery, func(c *check.Context, _ *report.Report) { c.DiedOn = day("2024-02-01") },
			[]string{"Meldung/Tumorzuordnung/Diagnosedatum"}},
		{"same day", tumour.OccasionDeath, func(_ *check.Context, r *report.Report) { r.Event.Death.Date = day("2024-03-01") }, nil},
		{"diagnosis known to the month", tumour.OccasionDeath, func(_ *check.Context, r *report.Report) {
			r.Event.Assignment.DiagnosedOn, r.Event.Death.Date = day("2024-03-15T"), day("2024-03-02")
		}, nil},
	},
	"D4": {
		{"operation after death", tumour.OccasionSurgery, func(c *check.Context, r *report.Report) {
			c.DiedOn, r.Event.Surgery.TNM = day("2024-03-09"), nil
		}, []string{"Meldung/OP/Datum"}},
		{"end of therapy after death", tumour.OccasionSystemic, func(c *check.Context, _ *report.Report) { c.DiedOn = day("2024-08-31") },
			[]string{"Meldung/SYST/Ende"}},
		{"counselling after death is D4b's", tumour.OccasionSystemic, func(c *check.Context, r *report.Report) {
			c.DiedOn = day("2024-09-02")
			r.Event.Systemic.General = &tumour.GeneralModule{SocialService: &tumour.DateOr{Date: day("2024-09-03")}}
		}, nil},
		{"autopsy told with the course", tumour.OccasionCourse, func(c *check.Context, r *report.Report) {
			c.DiedOn, r.Event.Course.TNM = day("2025-02-27"), &tumour.TNM{Date: day("2025-03-01"), Autopsy: "a"}
		}, nil},
		{"autopsy", tumour.OccasionPathology, func(c *check.Context, r *report.Report) {
			c.DiedOn, r.Event.Pathology.Certainty, r.Event.Pathology.Histology.Date = day("2024-03-09"), "7.3", day("2024-03-12E")
			r.Event.Pathology.Pathological = &tumour.TNM{Date: day("2024-03-12"), Autopsy: "a"}
		}, nil},
		{"on the day of death", tumour.OccasionSurgery, func(c *check.Context, r *report.Report) {
			c.DiedOn, r.Event.Surgery.TNM = day("2024-03-10"), nil
		}, nil},
		{"nobody died", tumour.OccasionSurgery, func(*check.Context, *report.Report) {}, nil},
	},
	"D4b": {
		{"finding, board and counselling", tumour.OccasionSurgery, func(c *check.Context, r *report.Report) {
			c.DiedOn, r.Event.Surgery.Histology.Date = day("2024-03-10"), day("2024-03-12E")
		}, []string{"Meldung/OP/Histologie/Tumor_Histologiedatum", "Meldung/OP/TNM/Datum"}},
		{"board", tumour.OccasionBoard, func(c *check.Context, _ *report.Report) { c.DiedOn = day("2024-03-04") }, []string{"Meldung/Tumorkonferenz/Datum"}},
		{"counselling", tumour.OccasionSystemic, func(c *check.Context, r *report.Report) {
			c.DiedOn = day("2024-09-02")
			r.Event.Systemic.General = &tumour.GeneralModule{SocialService: &tumour.DateOr{Date: day("2024-09-03")}}
		}, []string{"Meldung/SYST/Modul_Allgemein/Sozialdienstkontakt/Datum"}},
		{"autopsy by certainty", tumour.OccasionPathology, func(c *check.Context, r *report.Report) {
			c.DiedOn, r.Event.Pathology.Certainty, r.Event.Pathology.Histology.Date = day("2024-03-09"), "7.3", day("2024-03-12E")
			r.Event.Pathology.Genetics = []tumour.Variant{{Date: day("2024-03-20E")}}
		}, nil},
		{"autopsy by TNM", tumour.OccasionPathology, func(c *check.Context, r *report.Report) {
			c.DiedOn, r.Event.Pathology.Histology.Date = day("2024-03-09"), day("2024-03-12E")
			r.Event.Pathology.Pathological = &tumour.TNM{Date: day("2024-03-12"), Autopsy: "a"}
		}, nil},
		{"month of death, known to the month", tumour.OccasionPathology, func(c *check.Context, r *report.Report) {
			c.DiedOn, r.Event.Pathology.Histology.Date = day("2024-03-09"), day("2024-03-15T")
		}, nil},
		{"operation is D4's", tumour.OccasionSurgery, func(c *check.Context, r *report.Report) {
			c.DiedOn, r.Event.Surgery.TNM = day("2024-03-09"), nil
		}, nil},
	},
	"D5": {
		{"birth", tumour.OccasionBoard, func(_ *check.Context, r *report.Report) { r.Person.BirthDate = day("2026-04-01E") },
			[]string{"Patient/Patienten_Stammdaten/Geburtsdatum"}},
		{"diagnosis", tumour.OccasionBoard, func(_ *check.Context, r *report.Report) {
			r.Event.Assignment.DiagnosedOn = day("2026-04-01T")
		}, []string{"Meldung/Tumorzuordnung/Diagnosedatum"}},
		{"death", tumour.OccasionDeath, func(_ *check.Context, r *report.Report) { r.Event.Death.Date = day("2029-12-31") },
			[]string{"Meldung/Tod/Sterbedatum"}},
		{"last contact", tumour.OccasionCourse, func(_ *check.Context, r *report.Report) { r.Event.Course.Date = day("2026-03-02") },
			[]string{"Meldung/Verlauf/Untersuchungsdatum_Verlauf"}},
		{"PSA", tumour.OccasionDiagnosis, func(_ *check.Context, r *report.Report) { prostate(r).PSADate = day("2026-04-01") },
			[]string{"Meldung/Diagnose/Modul_Prostata/DatumPSA"}},
		{"gene", tumour.OccasionDiagnosis, func(_ *check.Context, r *report.Report) { r.Event.Diagnosis.Genetics[0].Date = day("2026-04-01T") },
			[]string{"Meldung/Diagnose/Menge_Genetik/Genetische_Variante[1]/Datum"}},
		{"trial", tumour.OccasionRadiotherapy, func(_ *check.Context, r *report.Report) {
			r.Event.Radiotherapy.General = &tumour.GeneralModule{PsychoOncology: &tumour.DateOr{None: "N"}, Trial: &tumour.DateOr{Date: day("2026-04-01")}}
		}, []string{"Meldung/ST/Modul_Allgemein/Studienteilnahme/Datum"}},
		{"today", tumour.OccasionCourse, func(_ *check.Context, r *report.Report) { r.Event.Course.Date = day("2026-03-01") }, nil},
		{"this month, later day, known to the month", tumour.OccasionSystemic, func(_ *check.Context, r *report.Report) {
			r.Event.Systemic.Begin, r.Event.Systemic.End = day("2026-03-15T"), calendar.Date{}
		}, nil},
		{"no day of the check", tumour.OccasionCourse, func(c *check.Context, r *report.Report) {
			c.Today, r.Event.Course.Date = calendar.Date{}, day("2029-03-01")
		}, nil},
	},
	"D5b": {
		{"between Meldedatum and today", tumour.OccasionCourse, func(_ *check.Context, r *report.Report) {
			r.Event.Course.Date = day("2026-03-01")
		}, []string{"Meldung/Verlauf/Untersuchungsdatum_Verlauf"}},
		{"in the future is D5's", tumour.OccasionCourse, func(_ *check.Context, r *report.Report) { r.Event.Course.Date = day("2026-03-02") }, nil},
		{"form without Meldedatum", tumour.OccasionCourse, func(c *check.Context, r *report.Report) {
			c.ReportedOn, r.Event.Course.Date = calendar.Date{}, day("2026-03-01")
		}, nil},
	},
	"D8": {
		{"second irradiation", tumour.OccasionRadiotherapy, func(_ *check.Context, r *report.Report) {
			r.Event.Radiotherapy.Courses[1].End = day("2024-05-01")
		}, []string{"Meldung/ST/Menge_Bestrahlung/Bestrahlung[2]/Ende"}},
		{"systemic therapy", tumour.OccasionSystemic, func(_ *check.Context, r *report.Report) { r.Event.Systemic.End = day("2024-03-31") },
			[]string{"Meldung/SYST/Ende"}},
		{"beginning known to the month", tumour.OccasionSystemic, func(_ *check.Context, r *report.Report) {
			r.Event.Systemic.Begin, r.Event.Systemic.End = day("2024-04-15T"), day("2024-04-02")
		}, nil},
		{"one day", tumour.OccasionRadiotherapy, func(*check.Context, *report.Report) {}, nil},
		{"no beginning", tumour.OccasionRadiotherapy, func(_ *check.Context, r *report.Report) {
			r.Event.Radiotherapy.Courses[0].Begin = calendar.Date{}
		}, nil},
	},
	"D8b": {
		{"radiotherapy without end and reason", tumour.OccasionRadiotherapy, func(_ *check.Context, r *report.Report) {
			r.Event.Radiotherapy.Courses[0].End, r.Event.Radiotherapy.EndReason = calendar.Date{}, ""
		}, []string{"Meldung/ST/Menge_Bestrahlung/Bestrahlung[1]/Ende", "Meldung/ST/Ende_Grund"}},
		{"radiotherapy without any irradiation", tumour.OccasionRadiotherapy, func(_ *check.Context, r *report.Report) {
			r.Event.Radiotherapy.Courses = nil
		}, []string{"Meldung/ST/Menge_Bestrahlung"}},
		{"systemic without end and reason", tumour.OccasionSystemic, func(_ *check.Context, r *report.Report) {
			r.Event.Systemic.End, r.Event.Systemic.EndReason = calendar.Date{}, ""
		}, []string{"Meldung/SYST/Ende", "Meldung/SYST/Ende_Grund"}},
		{"beginning needs no end", tumour.OccasionSystemic, func(_ *check.Context, r *report.Report) {
			r.Event.Systemic.Phase, r.Event.Systemic.End, r.Event.Systemic.EndReason = tumour.PhaseBegin, calendar.Date{}, ""
		}, nil},
		{"complete", tumour.OccasionRadiotherapy, func(*check.Context, *report.Report) {}, nil},
	},
	"D8c": {
		{"radiotherapy", tumour.OccasionRadiotherapy, func(_ *check.Context, r *report.Report) {
			r.Event.Radiotherapy.Phase, r.Event.Radiotherapy.Courses[0].End = tumour.PhaseBegin, calendar.Date{}
		}, []string{"Meldung/ST/Menge_Bestrahlung/Bestrahlung[2]/Ende"}},
		{"systemic", tumour.OccasionSystemic, func(_ *check.Context, r *report.Report) { r.Event.Systemic.Phase = tumour.PhaseBegin },
			[]string{"Meldung/SYST/Ende"}},
		{"end", tumour.OccasionSystemic, func(*check.Context, *report.Report) {}, nil},
	},
	"I1": {
		{"man with C51", tumour.OccasionDiagnosis, sexAndSite("M", "C51.0"), []string{"Meldung/Tumorzuordnung/Primaertumor_ICD/Code"}},
		{"man with C58", tumour.OccasionDeath, sexAndSite("M", "C58"), []string{"Meldung/Tumorzuordnung/Primaertumor_ICD/Code"}},
		{"woman with C60", tumour.OccasionDiagnosis, sexAndSite("W", "C60.9"), []string{"Meldung/Tumorzuordnung/Primaertumor_ICD/Code"}},
		{"woman with C63", tumour.OccasionDiagnosis, sexAndSite("W", "C63.2"), []string{"Meldung/Tumorzuordnung/Primaertumor_ICD/Code"}},
		{"man with C50", tumour.OccasionDiagnosis, sexAndSite("M", "C50.4"), nil},
		{"man with C60", tumour.OccasionDiagnosis, sexAndSite("M", "C60.9"), nil},
		{"woman with C58", tumour.OccasionDiagnosis, sexAndSite("W", "C58"), nil},
		{"woman with C64", tumour.OccasionDiagnosis, sexAndSite("W", "C64"), nil},
		{"diverse with C61", tumour.OccasionDiagnosis, sexAndSite("D", "C61"), nil},
		{"no entry with C53", tumour.OccasionDiagnosis, sexAndSite("X", "C53.9"), nil},
		{"unknown with C61", tumour.OccasionDiagnosis, sexAndSite("U", "C61"), nil},
	},
	"I3": {
		{"C77", tumour.OccasionDiagnosis, sexAndSite("W", "C77.0"), []string{"Meldung/Tumorzuordnung/Primaertumor_ICD/Code"}},
		{"C78", tumour.OccasionDeath, sexAndSite("W", "C78.0"), []string{"Meldung/Tumorzuordnung/Primaertumor_ICD/Code"}},
		{"C79", tumour.OccasionSurgery, sexAndSite("W", "C79.3"), []string{"Meldung/Tumorzuordnung/Primaertumor_ICD/Code"}},
		{"C97", tumour.OccasionDiagnosis, sexAndSite("W", "C97"), []string{"Meldung/Tumorzuordnung/Primaertumor_ICD/Code"}},
		{"C76", tumour.OccasionDiagnosis, sexAndSite("W", "C76.0"), nil},
		{"C80", tumour.OccasionDiagnosis, sexAndSite("W", "C80.0"), nil},
		{"C96", tumour.OccasionDiagnosis, sexAndSite("W", "C96.9"), nil},
	},
	"R5": {
		{"operation", tumour.OccasionSurgery, reason(report.NoContact), []string{"Meldung/Meldebegruendung"}},
		{"diagnosis", tumour.OccasionDiagnosis, reason(report.NoContact), []string{"Meldung/Meldebegruendung"}},
		{"pathology", tumour.OccasionPathology, reason(report.NoContact), nil},
		{"informed", tumour.OccasionSurgery, reason(report.Informed), nil},
	},
	"R5b": {
		{"Hamburg", tumour.OccasionSurgery, func(c *check.Context, r *report.Report) { c.Land, r.Reason = "HH", report.Objection },
			[]string{"Meldung/Meldebegruendung"}},
		{"Mecklenburg-Vorpommern", tumour.OccasionPathology, func(c *check.Context, r *report.Report) { c.Land, r.Reason = "MV", report.Objection },
			[]string{"Meldung/Meldebegruendung"}},
		{"Lower Saxony", tumour.OccasionSurgery, reason(report.Objection), nil},
		{"Hamburg, informed", tumour.OccasionSurgery, func(c *check.Context, _ *report.Report) { c.Land = "HH" }, nil},
		{"no state", tumour.OccasionSurgery, func(c *check.Context, r *report.Report) { c.Land, r.Reason = "", report.Objection }, nil},
	},
	"T3": {
		{"nodes", tumour.OccasionSurgery, nodes("2", "3", "", ""), []string{"Meldung/OP/Histologie/LK_befallen"}},
		{"sentinels", tumour.OccasionDiagnosis, nodes("12", "3", "1", "2"), []string{"Meldung/Diagnose/Histologie/Sentinel_LK_befallen"}},
		{"both", tumour.OccasionPathology, nodes("1", "3", "1", "2"),
			[]string{"Meldung/Pathologie/Histologie/LK_befallen", "Meldung/Pathologie/Histologie/Sentinel_LK_befallen"}},
		{"all affected", tumour.OccasionCourse, nodes("3", "3", "1", "1"), nil},
		{"nothing given", tumour.OccasionSurgery, nodes("", "", "", ""), nil},
		{"only affected", tumour.OccasionSurgery, nodes("", "3", "", "2"), nil},
	},
	"T3b": {
		{"nodes", tumour.OccasionSurgery, nodes("0", "0", "", ""), []string{"Meldung/OP/Histologie/LK_befallen"}},
		{"sentinels", tumour.OccasionCourse, nodes("3", "0", "0", "0"), []string{"Meldung/Verlauf/Histologie/Sentinel_LK_befallen"}},
		{"written at length", tumour.OccasionSurgery, nodes("00", "+0", "", ""), []string{"Meldung/OP/Histologie/LK_befallen"}},
		{"none examined", tumour.OccasionSurgery, nodes("0", "", "0", ""), nil},
		{"none affected", tumour.OccasionSurgery, nodes("3", "0", "1", "0"), nil},
	},
	"T3c": {
		{"examined", tumour.OccasionSurgery, nodes("2", "0", "3", "0"), []string{"Meldung/OP/Histologie/Sentinel_LK_untersucht"}},
		{"affected", tumour.OccasionSurgery, nodes("4", "1", "3", "2"), []string{"Meldung/OP/Histologie/Sentinel_LK_befallen"}},
		{"only sentinels", tumour.OccasionSurgery, nodes("3", "2", "3", "2"), nil},
		{"total not given", tumour.OccasionSurgery, nodes("", "", "3", "2"), nil},
	},
	"M2": {
		{"wrong sum", tumour.OccasionDiagnosis, gleason("4", "4", "9"), []string{"Meldung/Diagnose/Modul_Prostata/GleasonScore/ScoreErgebnis"}},
		{"7a is not 4+3", tumour.OccasionPathology, gleason("4", "3", "7a"), []string{"Meldung/Pathologie/Modul_Prostata/GleasonScore/ScoreErgebnis"}},
		{"7b is not 3+4", tumour.OccasionSurgery, gleason("3", "4", "7b"), []string{"Meldung/OP/Modul_Prostata/GleasonScore/ScoreErgebnis"}},
		{"7b is not 5+2", tumour.OccasionCourse, gleason("5", "2", "7b"), []string{"Meldung/Verlauf/Modul_Prostata/GleasonScore/ScoreErgebnis"}},
		{"7 is 5+2", tumour.OccasionDiagnosis, gleason("5", "2", "7"), nil},
		{"7b is 4+3", tumour.OccasionDiagnosis, gleason("4", "3", "7b"), nil},
		{"10 is 5+5", tumour.OccasionDiagnosis, gleason("5", "5", "10"), nil},
		{"score alone", tumour.OccasionDiagnosis, gleason("", "", "9"), nil},
		{"grades alone", tumour.OccasionDiagnosis, gleason("3", "4", ""), nil},
		{"no Gleason", tumour.OccasionDiagnosis, func(_ *check.Context, r *report.Report) { prostate(r).Gleason = nil }, nil},
	},
	"M2b": {
		{"more positive than taken", tumour.OccasionDiagnosis, func(_ *check.Context, r *report.Report) {
			prostate(r).PositiveCores = "13"
		}, []string{"Meldung/Diagnose/Modul_Prostata/AnzahlPosStanzen"}},
		{"all positive", tumour.OccasionDiagnosis, func(_ *check.Context, r *report.Report) {
			prostate(r).PositiveCores = "12"
		}, nil},
		{"number taken not given", tumour.OccasionDiagnosis, func(_ *check.Context, r *report.Report) { prostate(r).Cores = "" }, nil},
	},
	"P1": {
		{"X121212121", tumour.OccasionBoard, insured("X121212121"), []string{"Patient/Patienten_Stammdaten/Versichertendaten_GKV/GKV_Versichertennummer"}},
		{"N011101111", tumour.OccasionBoard, insured("N011101111"), []string{"Patient/Patienten_Stammdaten/Versichertendaten_GKV/GKV_Versichertennummer"}},
		{"T221038567", tumour.OccasionBoard, insured("T221038567"), nil},
		{"K018506488", tumour.OccasionBoard, insured("K018506488"), nil},
		{"A123456780", tumour.OccasionBoard, insured("A123456780"), nil},
		{"A012345678", tumour.OccasionBoard, insured("A012345678"), nil},
		{"A023456789", tumour.OccasionBoard, insured("A023456789"), nil},
		{"E123456789", tumour.OccasionBoard, insured("E123456789"), nil},
		{"another form is the schema's business", tumour.OccasionBoard, insured("a12345678x"), nil},
		{"not statutory", tumour.OccasionBoard, func(_ *check.Context, r *report.Report) { r.Person.Insurance = identity.Insurance{} }, nil},
	},
	"P1b": {
		{"statutory", tumour.OccasionBoard, insurer("102114818"), []string{"Patient/Patienten_Stammdaten/Versichertendaten_GKV/IKNR"}},
		{"private", tumour.OccasionBoard, func(_ *check.Context, r *report.Report) {
			r.Person.Insurance = identity.Insurance{Private: &identity.PrivateInsurance{Insurer: "161234560"}}
		}, []string{"Patient/Patienten_Stammdaten/Versichertendaten_PKV/IKNR"}},
		{"other", tumour.OccasionBoard, func(_ *check.Context, r *report.Report) {
			r.Person.Insurance = identity.Insurance{Other: &identity.OtherInsurance{Insurer: "101575510"}}
		}, []string{"Patient/Patienten_Stammdaten/Versichertendaten_Sonstige/IKNR"}},
		{"102114819", tumour.OccasionBoard, insurer("102114819"), nil},
		{"101575519", tumour.OccasionBoard, insurer("101575519"), nil},
		{"104940005", tumour.OccasionBoard, insurer("104940005"), nil},
		{"substitute", tumour.OccasionBoard, func(_ *check.Context, r *report.Report) {
			r.Person.Insurance = identity.Insurance{Other: &identity.OtherInsurance{Substitute: "970000011"}}
		}, nil},
		{"950 has no check digit", tumour.OccasionBoard, func(_ *check.Context, r *report.Report) {
			r.Person.Insurance = identity.Insurance{Private: &identity.PrivateInsurance{Insurer: "950123456"}}
		}, nil},
	},
}

func sexAndSite(sex identity.Sex, site tumour.Code) func(*check.Context, *report.Report) {
	return func(_ *check.Context, r *report.Report) { r.Person.Sex, r.Event.Assignment.ICD.Code = sex, site }
}

func reason(why report.Reason) func(*check.Context, *report.Report) {
	return func(_ *check.Context, r *report.Report) { r.Reason = why }
}

func nodes(examined, affected, sentinel, sentinelAffected tumour.Number) func(*check.Context, *report.Report) {
	return func(_ *check.Context, r *report.Report) {
		h := histology(r)
		h.NodesExamined, h.NodesAffected, h.SentinelExamined, h.SentinelAffected = examined, affected, sentinel, sentinelAffected
	}
}

func histology(r *report.Report) *tumour.Histology {
	switch e := &r.Event; {
	case e.Diagnosis != nil:
		return e.Diagnosis.Histology
	case e.Pathology != nil:
		return e.Pathology.Histology
	case e.Surgery != nil:
		return e.Surgery.Histology
	}
	return r.Event.Course.Histology
}

func gleason(primary, secondary, score tumour.Code) func(*check.Context, *report.Report) {
	return func(_ *check.Context, r *report.Report) {
		prostate(r).Gleason = &tumour.Gleason{Primary: primary, Secondary: secondary, Score: score}
	}
}

func insured(number string) func(*check.Context, *report.Report) {
	return func(_ *check.Context, r *report.Report) { r.Person.Insurance.Statutory.Number = number }
}

func insurer(number string) func(*check.Context, *report.Report) {
	return func(_ *check.Context, r *report.Report) { r.Person.Insurance.Statutory.Insurer = number }
}
