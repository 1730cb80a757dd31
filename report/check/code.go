// SPDX-License-Identifier: EUPL-1.2

package check

import (
	"slices"
	"strconv"
	"strings"

	"meldewerk/report"
	"meldewerk/terminology"
	"meldewerk/tumour"
)

const (
	pathICDVersion    = "Meldung/Tumorzuordnung/Primaertumor_ICD/Version"
	pathVoluntary     = "Meldung/Einwilligung_nicht_meldepflichtig"
	pathMorphology    = "Meldung/Tumorzuordnung/Morphologie_ICD_O/Code"
	readsTopography   = "Meldung/*/Primaertumor_Topographie_ICD_O/Code"
	readsMorphology   = "Meldung/*/Histologie/Morphologie_ICD_O/Code"
	pathSex           = "Patient/Patienten_Stammdaten/Geschlecht"
	fieldVersion      = "/Version"
	lastListedICDYear = 2025 // of the code list that terminology holds
)

var mendCode = Sentence{
	"Suchen Sie den Code im Verzeichnis, berichtigen Sie ihn und senden Sie die Meldung erneut.",
	"Look the code up, correct it and send the report again.",
}

var lookAtCode = Sentence{
	"Prüfen Sie die Codes. Sind sie richtig, ist nichts zu tun.",
	"Check the codes. If they are right, nothing needs to be done.",
}

// codeRules judges whether codes exist and are of their time.
func codeRules() []Rule {
	return slices.Concat(diagnosisCodeRules(), oncologyCodeRules(), versionRules())
}

func diagnosisCodeRules() []Rule {
	return []Rule{
		{
			ID: "I3b", Severity: report.Error, Reads: []string{pathICD, pathICDVersion},
			Message: Sentence{"Den Diagnosecode gibt es unter den Neubildungen der ICD-10-GM nicht.", "ICD-10-GM has no such tumour code."},
			Remedy:  mendCode, Source: "Umsetzungsleitfaden, Meldepflicht",
			judge: func(c *look, r *report.Report) []string {
				year, dated := icdYear(r)
				return where(c.view.icd != "" && !c.view.outside() && !c.view.code.known && !c.view.code.longer && dated && year <= lastListedICDYear && !c.bookHasICD(), pathICD)
			},
		},
		{
			// Not where the patient agreed to a report without duty.
			ID: "I3c", Severity: report.Error, Reads: []string{pathICD, pathMorphology, readsMorphology, pathVoluntary},
			Message: Sentence{"Die Diagnose ist nicht meldepflichtig.", "The diagnosis is not reportable."},
			Remedy: Sentence{"Prüfen Sie die Diagnose. Ist sie richtig, nehmen Sie die Meldung aus dem Paket.",
				"Check the diagnosis. If it is right, take the report out of the package."},
			Source: "Umsetzungsleitfaden, Meldepflicht; national code list",
			judge: func(c *look, r *report.Report) []string {
				return where(c.view.withoutDuty() && r.VoluntaryConsent != "J" && !c.view.dutyDoubtful(), pathICD)
			},
		},
		{
			// An intracranial haemangioma (D18) is reportable in some states, and a
			// malignant morphology says that the diagnosis is coded wrongly or by
			// an older view of the disease, such as a phaeochromocytoma.
			ID: "I3g", Severity: report.Warning, Reads: []string{pathICD, pathMorphology, readsMorphology, pathVoluntary},
			Message: Sentence{"Nach ihrem Code ist die Diagnose wohl nicht meldepflichtig.", "By its code the diagnosis is hardly reportable."},
			Remedy: Sentence{"Prüfen Sie den Diagnosecode. Ist er richtig und die Erkrankung meldepflichtig, ist nichts zu tun.",
				"Check the code. If it is right and the disease is reportable, nothing needs to be done."},
			Source: "Umsetzungsleitfaden, Meldepflicht; national code list",
			judge: func(c *look, r *report.Report) []string {
				return where(c.view.withoutDuty() && r.VoluntaryConsent != "J" && c.view.dutyDoubtful(), pathICD)
			},
		},
		{
			ID: "I3d", Severity: report.Warning, Reads: []string{pathICD, pathICDVersion},
			Message: Sentence{"Den Diagnosecode gibt es in der angegebenen Version der ICD-10-GM nicht.", "The given version of ICD-10-GM has no such code."},
			Remedy: Sentence{"Geben Sie den Code der Version an, die im Jahr der Diagnose galt.",
				"Give the code of the version that held in the year of diagnosis."},
			Source: "Umsetzungsleitfaden, Meldepflicht; ICD-10-GM 2011, C96.0, C96.5 and C96.6 for D76.0",
			judge: func(c *look, r *report.Report) []string {
				year, dated := icdYear(r)
				known := c.view.code.known || c.view.icd == histiocytosis || c.bookHasICD()
				return where(dated && c.view.icd != "" && c.view.icd != fasciitis && (known || year > lastListedICDYear) && !c.view.code.longer && !c.icdInYear(year), pathICD)
			},
		},
		{
			// Some systems fill up C61 to C61.9 as in ICD-O; what is meant is clear.
			ID: "I3f", Severity: report.Warning, Reads: []string{pathICD},
			Message: Sentence{"Der Diagnosecode hat eine Stelle zu viel.", "The diagnosis has a digit too many."},
			Remedy: Sentence{"Lassen Sie die vierte Stelle weg; diese Diagnose hat nur drei.",
				"Leave the fourth digit out; this diagnosis has three."},
			Source: "ICD-10-GM",
			judge:  func(c *look, _ *report.Report) []string { return where(c.view.code.longer, pathICD) },
		},
		{
			ID: "I3e", Severity: report.Warning, Reads: []string{pathICD},
			Message: Sentence{"Der Diagnosecode ist nicht vollständig; es fehlt die vierte Stelle.", "The diagnosis lacks its fourth digit."},
			Remedy: Sentence{"Ergänzen Sie die vierte Stelle, bei unbekanntem Teil des Organs 9.",
				"Add the fourth digit, 9 if the part of the organ is not known."},
			Source: "ICD-10-GM",
			judge: func(c *look, _ *report.Report) []string {
				return where(len(c.view.icd) == 3 && c.view.code.known && !c.view.code.complete && !c.view.code.secondary, pathICD)
			},
		},
	}
}

// oncologyCodeRules judges the codes of ICD-O.
func oncologyCodeRules() []Rule {
	return []Rule{
		{
			ID: "I6", Severity: report.Error, Reads: []string{readsTopography},
			Message: Sentence{"Den Code der Topographie gibt es in der ICD-O-3 nicht.", "ICD-O-3 has no such topography."},
			Remedy:  mendCode, Source: "IARC-CSU CanReg5 Topography",
			judge: func(c *look, _ *report.Report) []string {
				return where(c.view.topography != "" && !c.knownTopography(), c.view.root, fieldTopography)
			},
		},
		{
			// Codes of the WHO's volumes (version bb) appear faster than lists do.
			ID: "I6b", Severity: report.Error, Reads: []string{pathMorphology, readsMorphology},
			Message: Sentence{"Den Code der Morphologie gibt es in der ICD-O-3 nicht.", "ICD-O-3 has no such morphology."},
			Remedy:  mendCode, Source: "IARC-CSU CanReg5 Morphology; national code list",
			judge: func(c *look, _ *report.Report) []string {
				return c.view.morphsThat(func(p *placed) bool { return p.Version != "bb" && !c.knownMorphology(string(p.Code)) })
			},
		},
		{
			ID: "I6c", Severity: report.Warning, Reads: []string{pathMorphology, readsMorphology, "Meldung/Tumorzuordnung/Morphologie_ICD_O/Version", "Meldung/*/Histologie/Morphologie_ICD_O/Version"},
			Message: Sentence{"Den Code der Morphologie gibt es erst in einer späteren Fassung der ICD-O-3.", "Only a later edition of ICD-O-3 has this morphology."},
			Remedy:  Sentence{"Prüfen Sie Code und Fassung. Meist ist nur die Fassung zu berichtigen.", "Check code and edition. Mostly only the edition needs to be corrected."},
			Source:  "ICD-O-3, first and second revision",
			judge: func(c *look, _ *report.Report) []string {
				return c.view.morphFields(fieldVersion, func(p *placed) bool {
					return p.Version != "33" && terminology.KnownMorphology(string(p.Code)) && !terminology.MorphologyInVersion(string(p.Code), string(p.Version))
				})
			},
		},
	}
}

// versionRules judges whether the edition of a code fits its day.
func versionRules() []Rule {
	return []Rule{
		{
			// Later reports only say which tumour is meant, in the version of their day.
			ID: "I4", Severity: report.Warning, Reads: []string{pathICDVersion, pathDiagnosed},
			Message: Sentence{"Die Version der ICD-10-GM ist nicht die des Diagnosejahres.", "The version of ICD-10-GM is not that of the year of diagnosis."},
			Remedy: Sentence{"Verschlüsseln Sie nach der Version des Diagnosejahres. Gilt der Code dort ebenso, ist nichts zu tun.",
				"Use the version of the year of diagnosis. If the code is the same there, nothing needs to be done."},
			Source: "Manual plus, Diagnose",
			judge: func(c *look, r *report.Report) []string {
				year, dated := icdYear(r)
				first, last := c.diagnosed.years()
				return where(dated && codesTumour(r) && first >= 2004 && (year < first || year > last), pathICDVersion)
			},
		},
		{
			ID: "I4b", Severity: report.Warning, Reads: []string{"Meldung/Tumorzuordnung/Morphologie_ICD_O/Version", "Meldung/*/Histologie/Morphologie_ICD_O/Version", pathDiagnosed},
			Message: Sentence{"Die Fassung der ICD-O-3 galt im Jahr der Diagnose nicht mehr.", "The edition of ICD-O-3 no longer held in the year of diagnosis."},
			Remedy: Sentence{"Verschlüsseln Sie nach der Fassung, die im Jahr der Diagnose galt.",
				"Use the edition that held in the year of diagnosis."},
			Source: "Manual plus, Diagnose",
			judge: func(c *look, r *report.Report) []string {
				first, _ := c.diagnosed.years()
				if !codesTumour(r) {
					return nil
				}
				return c.view.morphFields(fieldVersion, func(p *placed) bool { return p.Version == "31" && first >= 2016 || p.Version == "32" && first >= 2022 })
			},
		},
		{
			ID: "I4c", Severity: report.Warning, Reads: []string{"Meldung/*/cTNM/Version", "Meldung/*/pTNM/Version", "Meldung/*/TNM/Version", pathDiagnosed},
			Message: Sentence{"Die Auflage des TNM galt am Tag der Einstufung nicht.", "The edition of the TNM did not hold on the day of staging."},
			Remedy: Sentence{"Prüfen Sie Auflage und Datum. Sind beide richtig, ist nichts zu tun.",
				"Check edition and date. If both are right, nothing needs to be done."},
			Source: "Manual plus, Diagnose; UICC TNM",
			judge: func(c *look, r *report.Report) []string {
				var paths []string
				for i := range c.view.stagings {
					s := &c.view.stagings[i]
					on := spanOf(s.Date)
					if on.first == 0 {
						on = c.diagnosed
					}
					paths = append(paths, where(editionOff(s.Edition, on), c.view.root, s.path, fieldVersion)...)
				}
				return paths
			},
		},
	}
}

// codesTumour says that the report is one that codes the tumour for good.
func codesTumour(r *report.Report) bool { return r.Event.Diagnosis != nil || r.Event.Pathology != nil }

// secondary are the codes of metastases and of several primaries.
var (
	secondary   = sitesOf("C77-C79 C97")
	haemangioma = sitesOf("D18")
)

// The diagnoses outside of the neoplasms that name a tumour all the same.
const (
	fasciitis         = "M72.4" // the data set admits it by name
	histiocytosis     = "D76.0" // of Langerhans cells, until ICD-10-GM moved it among the neoplasms
	lastHistiocytosis = 2010
)

func (v *view) outside() bool { return v.icd == fasciitis || v.icd == histiocytosis }

// withoutDuty says that the national list asks for no report of the diagnosis.
func (v *view) withoutDuty() bool {
	return v.code.known && v.code.duty == terminology.NoDuty && !v.code.secondary
}

func (v *view) dutyDoubtful() bool {
	return haemangioma.has(v.icd) || v.anyMorph(func(p *placed) bool { return p.behaviour == '2' || p.behaviour == '3' })
}

// icdYear is the year of a version such as 10 2024 GM. WHO versions hold for
// several years and are not judged by their year.
func icdYear(r *report.Report) (int, bool) {
	version := string(r.Event.Assignment.ICD.Version)
	if len(version) != len("10 2024 GM") || !strings.HasSuffix(version, " GM") {
		return 0, false
	}
	year, err := strconv.Atoi(version[3:7])
	return year, err == nil
}

// editionOff allows a year of change at each end: 6 from 2003, 7 from 2010, 8
// from 2017, 9 from 2024 site by site.
func editionOff(edition tumour.Code, on span) bool {
	first, last := on.years()
	if first == 0 {
		return false
	}
	switch edition {
	case "6":
		return last < 2002 || first > 2011
	case "7":
		return last < 2009 || first > 2018
	case "8":
		return last < 2016
	case "9":
		return last < 2021
	}
	return false
}
