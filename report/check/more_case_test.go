// SPDX-License-Identifier: EUPL-1.2

package check_test

import (
	"maps"

	"meldewerk/calendar"
	"meldewerk/identity"
	"meldewerk/report"
	"meldewerk/report/check"
	"meldewerk/tumour"
)

// changes are all cases by rule.
var changes = merged(firstCases, estimateCases, codeCases, fitCases, ageCases, sideCases, certaintyCases, stagingCases, moduleCases, therapyCases, targetCases, personCases)

func merged(parts ...map[string][]change) map[string][]change {
	all := map[string][]change{}
	for _, part := range parts {
		maps.Copy(all, part)
	}
	return all
}

const (
	icdPath     = "Meldung/Tumorzuordnung/Primaertumor_ICD/Code"
	icdVersion  = "Meldung/Tumorzuordnung/Primaertumor_ICD/Version"
	morphPath   = "Meldung/Tumorzuordnung/Morphologie_ICD_O/Code"
	sidePath    = "Meldung/Tumorzuordnung/Seitenlokalisation"
	diagnosedAt = "Meldung/Tumorzuordnung/Diagnosedatum"
)

// to makes an apply of a change to the report alone.
func to(f func(r *report.Report)) func(*check.Context, *report.Report) {
	return func(_ *check.Context, r *report.Report) { f(r) }
}

func diagnosed(iso string) func(*check.Context, *report.Report) {
	return to(func(r *report.Report) { r.Event.Assignment.DiagnosedOn = day(iso) })
}

func site(code tumour.Code) func(*check.Context, *report.Report) {
	return to(func(r *report.Report) { r.Event.Assignment.ICD.Code = code })
}

func coded(code, version tumour.Code) func(*check.Context, *report.Report) {
	return to(func(r *report.Report) { r.Event.Assignment.ICD = tumour.ICD{Code: code, Version: version} })
}

// tumourOf sets diagnosis and assigned morphology, and empties the histology.
func tumourOf(icd, morphology tumour.Code) func(*check.Context, *report.Report) {
	return to(func(r *report.Report) {
		r.Event.Assignment.ICD.Code, r.Event.Assignment.Morphology = icd, &tumour.Morphology{Code: morphology, Version: "33"}
		if d := r.Event.Diagnosis; d != nil {
			d.Topography, d.Histology.Morphologies = nil, nil
		}
	})
}

func topography(icd, code tumour.Code) func(*check.Context, *report.Report) {
	return to(func(r *report.Report) {
		r.Event.Assignment.ICD.Code = icd
		r.Event.Diagnosis.Topography = &tumour.Topography{Code: code, Version: "33"}
	})
}

func aged(born string, change func(*check.Context, *report.Report)) func(*check.Context, *report.Report) {
	return func(c *check.Context, r *report.Report) {
		r.Person.BirthDate = day(born)
		change(c, r)
	}
}

func in(land string, change func(*check.Context, *report.Report)) func(*check.Context, *report.Report) {
	return func(c *check.Context, r *report.Report) {
		c.Land = land
		change(c, r)
	}
}

var estimateCases = map[string][]change{
	"D6": {
		{"month known", tumour.OccasionDiagnosis, diagnosed("2024-03-15T"), []string{diagnosedAt}},
		{"estimated altogether", tumour.OccasionDiagnosis, diagnosed("2024-03-15V"), []string{diagnosedAt}},
		{"exact", tumour.OccasionDiagnosis, diagnosed("2024-03-01E"), nil},
		{"not the diagnosis", tumour.OccasionCourse, diagnosed("2024-03-15M"), nil},
	},
	"D7": {
		{"biopsy before", tumour.OccasionDiagnosis, to(func(r *report.Report) { prostate(r).GleasonFrom = "S" }), []string{diagnosedAt}},
		{"same day", tumour.OccasionDiagnosis, to(func(r *report.Report) {
			prostate(r).GleasonFrom, prostate(r).BiopsyDate = "S", day("2024-03-01")
		}), nil},
		{"month known", tumour.OccasionDiagnosis, to(func(r *report.Report) {
			prostate(r).GleasonFrom, prostate(r).BiopsyDate, r.Event.Assignment.DiagnosedOn = "S", day("2024-03-20"), day("2024-03-01T")
		}), nil},
		{"by operation", tumour.OccasionDiagnosis, to(func(r *report.Report) { prostate(r).GleasonFrom = "O" }), nil},
	},
	"D10": {
		{"2008", tumour.OccasionDiagnosis, in("BW", diagnosed("2008-12-31E")), []string{diagnosedAt}},
		{"2009", tumour.OccasionDiagnosis, in("BW", diagnosed("2009-01-01E")), nil},
		{"estimated altogether", tumour.OccasionDiagnosis, in("BW", diagnosed("2008-06-01V")), nil},
		{"another state", tumour.OccasionDiagnosis, diagnosed("2008-12-31E"), nil},
	},
	"D10b": {
		{"1997", tumour.OccasionDiagnosis, in("SN", diagnosed("1997-12-31E")), []string{diagnosedAt}},
		{"1998", tumour.OccasionDiagnosis, in("SN", diagnosed("1998-01-01E")), nil},
	},
}

var codeCases = map[string][]change{
	"I3b": {
		{"C99.9", tumour.OccasionDiagnosis, site("C99.9"), []string{icdPath}},
		{"C50.7", tumour.OccasionDiagnosis, site("C50.7"), []string{icdPath}},
		{"D50.0", tumour.OccasionDiagnosis, site("D50.0"), []string{icdPath}},
		{"C61.9 is I3f's", tumour.OccasionDiagnosis, site("C61.9"), nil},
		{"fifth digit", tumour.OccasionDiagnosis, site("C90.00"), nil},
		{"M72.4", tumour.OccasionDiagnosis, site("M72.4"), nil},
		{"histiocytosis before it was moved", tumour.OccasionDiagnosis, coded("D76.0", "10 2010 GM"), nil},
		{"histiocytosis afterwards is I3d's", tumour.OccasionDiagnosis, coded("D76.0", "10 2011 GM"), nil},
		{"its neighbour", tumour.OccasionDiagnosis, coded("D76.1", "10 2010 GM"), []string{icdPath}},
		{"version to come", tumour.OccasionDiagnosis, coded("C50.7", "10 2029 GM"), nil},
		{"another classification", tumour.OccasionDiagnosis, coded("C99.9", "Sonstige"), nil},
	},
	"I3c": {
		{"lipoma", tumour.OccasionDeath, tumourOf("D17.1", "8850/0"), []string{icdPath}},
		{"adenoma of the bowel", tumour.OccasionPathology, to(func(r *report.Report) {
			r.Event.Assignment.ICD.Code, r.Event.Assignment.Morphology, r.Event.Pathology.Histology = "D12.6", nil, nil
		}), []string{icdPath}},
		{"with the patient's consent", tumour.OccasionDeath, func(c *check.Context, r *report.Report) {
			tumourOf("D17.1", "8850/0")(c, r)
			r.VoluntaryConsent = "J"
		}, nil},
		{"malignant morphology is I3g's", tumour.OccasionDeath, tumourOf("D35.0", "8700/3"), nil},
		{"pituitary adenoma", tumour.OccasionDiagnosis, site("D35.2"), nil},
		{"by state", tumour.OccasionDiagnosis, site("C44.3"), nil},
		{"haemangioma is I3g's", tumour.OccasionDeath, tumourOf("D18.0", "9120/0"), nil},
		{"metastasis is I3's", tumour.OccasionDiagnosis, site("C77.0"), nil},
	},
	"I3g": {
		{"haemangioma", tumour.OccasionDeath, tumourOf("D18.0", "9120/0"), []string{icdPath}},
		{"phaeochromocytoma", tumour.OccasionDeath, tumourOf("D35.0", "8700/3"), []string{icdPath}},
		{"lipoma is I3c's", tumour.OccasionDeath, tumourOf("D17.1", "8850/0"), nil},
		{"reportable", tumour.OccasionDeath, tumourOf("C50.4", "8500/3"), nil},
		{"with the patient's consent", tumour.OccasionDeath, func(c *check.Context, r *report.Report) {
			tumourOf("D18.0", "9120/0")(c, r)
			r.VoluntaryConsent = "J"
		}, nil},
	},
	"I3d": {
		{"gone", tumour.OccasionDiagnosis, coded("C83.2", "10 2024 GM"), []string{icdPath}},
		{"not yet there", tumour.OccasionDiagnosis, coded("C86.0", "10 2009 GM"), []string{icdPath}},
		{"unknown in a version to come", tumour.OccasionDiagnosis, coded("C50.7", "10 2029 GM"), []string{icdPath}},
		{"then", tumour.OccasionDiagnosis, coded("C83.2", "10 2009 GM"), nil},
		{"histiocytosis moved", tumour.OccasionDiagnosis, coded("D76.0", "10 2011 GM"), []string{icdPath}},
		{"histiocytosis before", tumour.OccasionDiagnosis, coded("D76.0", "10 2010 GM"), nil},
		{"where it was moved to", tumour.OccasionDiagnosis, coded("C96.6", "10 2011 GM"), nil},
		{"not there before", tumour.OccasionDiagnosis, coded("C96.6", "10 2010 GM"), []string{icdPath}},
		{"its name stayed", tumour.OccasionDiagnosis, coded("C96.0", "10 2010 GM"), nil},
		{"refractory anaemia in transformation", tumour.OccasionDiagnosis, coded("D46.3", "10 2011 GM"), []string{icdPath}},
		{"refractory anaemia then", tumour.OccasionDiagnosis, coded("D46.3", "10 2010 GM"), nil},
		{"WHO", tumour.OccasionDiagnosis, coded("C83.2", "10 2019 WHO"), nil},
	},
	"I3e": {
		{"C50", tumour.OccasionDiagnosis, site("C50"), []string{icdPath}},
		{"C61", tumour.OccasionDiagnosis, site("C61"), nil},
		{"C80", tumour.OccasionDiagnosis, site("C80"), nil},
	},
	"I3f": {
		{"C61.9", tumour.OccasionDiagnosis, site("C61.9"), []string{icdPath}},
		{"C61", tumour.OccasionDiagnosis, site("C61"), nil},
		{"C50.7", tumour.OccasionDiagnosis, site("C50.7"), nil},
	},
	"I4": {
		{"2023", tumour.OccasionDiagnosis, coded("C50.4", "10 2023 GM"), []string{icdVersion}},
		{"2025", tumour.OccasionPathology, coded("C50.4", "10 2025 GM"), []string{icdVersion}},
		{"later report", tumour.OccasionDeath, coded("C50.4", "10 2025 GM"), nil},
		{"same year", tumour.OccasionDiagnosis, coded("C50.4", "10 2024 GM"), nil},
		{"WHO", tumour.OccasionDiagnosis, coded("C50.4", "10 2019 WHO"), nil},
		{"before there was one", tumour.OccasionDiagnosis, diagnosed("1999-01-01E"), nil},
		{"year estimated", tumour.OccasionDiagnosis, diagnosed("2023-07-01V"), nil},
	},
	"I4b": {
		{"2003 in 2024, later report", tumour.OccasionDeath, to(func(r *report.Report) { r.Event.Assignment.Morphology.Version = "31" }), nil},
		{"2003 in 2024", tumour.OccasionDiagnosis, to(func(r *report.Report) { r.Event.Assignment.Morphology.Version = "31" }),
			[]string{"Meldung/Tumorzuordnung/Morphologie_ICD_O/Version"}},
		{"2014 in 2024", tumour.OccasionDiagnosis, to(func(r *report.Report) { r.Event.Diagnosis.Histology.Morphologies[0].Version = "32" }),
			[]string{"Meldung/Diagnose/Histologie/Morphologie_ICD_O[1]/Version"}},
		{"2014 in 2020", tumour.OccasionPathology, to(func(r *report.Report) {
			r.Event.Assignment.Morphology.Version, r.Event.Assignment.DiagnosedOn = "32", day("2020-03-01E")
		}), nil},
	},
	"I4c": {
		{"6th in 2024", tumour.OccasionDiagnosis, to(func(r *report.Report) { r.Event.Diagnosis.Clinical.Edition = "6" }), []string{"Meldung/Diagnose/cTNM/Version"}},
		{"7th in 2024", tumour.OccasionSurgery, to(func(r *report.Report) { r.Event.Surgery.TNM.Edition = "7" }), []string{"Meldung/OP/TNM/Version"}},
		{"8th in 2010, day of diagnosis", tumour.OccasionDiagnosis, to(func(r *report.Report) {
			r.Event.Diagnosis.Clinical.Date, r.Event.Assignment.DiagnosedOn = day("2010-01-01"), day("2010-01-01E")
		}), []string{"Meldung/Diagnose/cTNM/Version"}},
		{"8th in 2024", tumour.OccasionDiagnosis, to(func(*report.Report) {}), nil},
		{"9th in 2024", tumour.OccasionDiagnosis, to(func(r *report.Report) { r.Event.Diagnosis.Clinical.Edition = "9" }), nil},
		{"none", tumour.OccasionDiagnosis, to(func(r *report.Report) { r.Event.Diagnosis.Clinical.Edition = "" }), nil},
	},
	"I6": {
		{"C14.1", tumour.OccasionDiagnosis, topography("C14.0", "C14.1"), []string{"Meldung/Diagnose/Primaertumor_Topographie_ICD_O/Code"}},
		{"pathology", tumour.OccasionPathology, to(func(r *report.Report) { r.Event.Pathology.Topography = &tumour.Topography{Code: "C43.5"} }),
			[]string{"Meldung/Pathologie/Primaertumor_Topographie_ICD_O/Code"}},
		{"C50.4", tumour.OccasionDiagnosis, topography("C50.4", "C50.4"), nil},
		{"none", tumour.OccasionPathology, to(func(*report.Report) {}), nil},
	},
	"I6b": {
		{"8777/3", tumour.OccasionDeath, tumourOf("C50.4", "8777/3"), []string{morphPath}},
		{"8500/8", tumour.OccasionDiagnosis, to(func(r *report.Report) { r.Event.Diagnosis.Histology.Morphologies[0].Code = "8500/8" }),
			[]string{"Meldung/Diagnose/Histologie/Morphologie_ICD_O[1]/Code"}},
		{"8500/3", tumour.OccasionDeath, tumourOf("C50.4", "8500/3"), nil},
		{"new in a volume of the WHO", tumour.OccasionDeath, to(func(r *report.Report) {
			r.Event.Assignment.Morphology = &tumour.Morphology{Code: "8777/3", Version: "bb"}
		}), nil},
	},
	"I6c": {
		{"of the second revision in the third edition", tumour.OccasionDeath, versioned("9395/3", "31"), []string{"Meldung/Tumorzuordnung/Morphologie_ICD_O/Version"}},
		{"of 2019 in 2014", tumour.OccasionDeath, versioned("8714/3", "32"), []string{"Meldung/Tumorzuordnung/Morphologie_ICD_O/Version"}},
		{"of 2019 in 2019", tumour.OccasionDeath, versioned("8714/3", "33"), nil},
		{"old one", tumour.OccasionDeath, versioned("8500/3", "31"), nil},
		{"unknown is I6b's", tumour.OccasionDeath, versioned("8777/3", "31"), nil},
		{"blue book", tumour.OccasionDeath, versioned("8714/3", "bb"), nil},
	},
}

func versioned(code, version tumour.Code) func(*check.Context, *report.Report) {
	return to(func(r *report.Report) {
		r.Event.Assignment.Morphology = &tumour.Morphology{Code: code, Version: version}
	})
}

var fitCases = map[string][]change{
	"I2": {
		{"seminoma of a woman", tumour.OccasionDeath, tumourOf("C56", "9061/3"), []string{morphPath}},
		{"granulosa stroma of a man", tumour.OccasionDeath, func(c *check.Context, r *report.Report) {
			r.Person.Sex = identity.Male
			tumourOf("C49.9", "8930/3")(c, r)
		}, []string{morphPath}},
		{"seminoma of a man", tumour.OccasionDeath, func(c *check.Context, r *report.Report) {
			r.Person.Sex = identity.Male
			tumourOf("C62.1", "9061/3")(c, r)
		}, nil},
		{"seminoma, no entry", tumour.OccasionDeath, func(c *check.Context, r *report.Report) {
			r.Person.Sex = identity.NoEntry
			tumourOf("C62.1", "9061/3")(c, r)
		}, nil},
	},
	"I5": {
		{"breast and bowel", tumour.OccasionDiagnosis, topography("C50.4", "C18.7"), []string{"Meldung/Diagnose/Primaertumor_Topographie_ICD_O/Code"}},
		{"in situ of the breast elsewhere", tumour.OccasionDiagnosis, topography("D05.1", "C44.5"), []string{"Meldung/Diagnose/Primaertumor_Topographie_ICD_O/Code"}},
		{"melanoma as in the official packages", tumour.OccasionDiagnosis, topography("C43.5", "C44.5"), nil},
		{"lymphoma anywhere", tumour.OccasionDiagnosis, topography("C83.3", "C16.1"), nil},
		{"in situ of the cervix", tumour.OccasionDiagnosis, topography("D06.9", "C53.9"), nil},
		{"pituitary", tumour.OccasionDiagnosis, topography("D35.2", "C75.1"), nil},
		{"subdivision", tumour.OccasionDiagnosis, topography("C50.4", "C50.9"), nil},
	},
	"I7": {
		{"hepatocellular in the breast", tumour.OccasionDeath, tumourOf("C50.4", "8170/3"), []string{morphPath}},
		{"retinoblastoma of the lung", tumour.OccasionDeath, tumourOf("C34.1", "9510/3"), []string{morphPath}},
		{"hepatocellular in the liver", tumour.OccasionDeath, tumourOf("C22.0", "8170/3"), nil},
		{"leukaemia", tumour.OccasionDeath, tumourOf("C92.0", "9861/3"), nil},
		{"of no listed family", tumour.OccasionDeath, tumourOf("C34.1", "8140/3"), nil},
	},
	"I8": {
		{"bone", tumour.OccasionDeath, tumourOf("C40.0", "9180/2"), []string{morphPath}},
		{"brain", tumour.OccasionDiagnosis, to(func(r *report.Report) {
			r.Event.Assignment.ICD.Code, r.Event.Diagnosis.Topography.Code, r.Event.Assignment.Morphology = "D43.0", "C71.1", nil
			r.Event.Diagnosis.Histology.Morphologies[0].Code = "9400/2"
		}), []string{"Meldung/Diagnose/Histologie/Morphologie_ICD_O[1]/Code"}},
		{"breast", tumour.OccasionDeath, tumourOf("D05.1", "8500/2"), nil},
		{"bone, malignant", tumour.OccasionDeath, tumourOf("C40.0", "9180/3"), nil},
	},
	"I9": {
		{"malignant chapter, in situ", tumour.OccasionDeath, tumourOf("C50.4", "8500/2"), []string{morphPath}},
		{"in situ chapter, malignant", tumour.OccasionDeath, tumourOf("D05.1", "8500/3"), []string{morphPath}},
		{"meningioma, malignant", tumour.OccasionDeath, tumourOf("D32.0", "9530/3"), []string{morphPath}},
		{"uncertain, benign chapter", tumour.OccasionDeath, tumourOf("D35.2", "8272/2"), []string{morphPath}},
		{"malignant", tumour.OccasionDeath, tumourOf("C50.4", "8500/3"), nil},
		{"in situ", tumour.OccasionDeath, tumourOf("D05.1", "8500/2"), nil},
		{"polycythaemia", tumour.OccasionDeath, tumourOf("D45", "9950/3"), nil},
		{"stromal tumour", tumour.OccasionDeath, tumourOf("C16.2", "8936/1"), nil},
		{"histiocytosis", tumour.OccasionDeath, tumourOf("C96.6", "9752/1"), nil},
		{"its neighbour", tumour.OccasionDeath, tumourOf("C96.2", "9740/1"), []string{morphPath}},
		{"metastasis examined", tumour.OccasionDiagnosis, to(func(r *report.Report) {
			r.Event.Diagnosis.Certainty, r.Event.Diagnosis.Histology.Morphologies[0].Code = "7.2", "8500/2"
		}), nil},
	},
	"I9b": {
		{"metastasis", tumour.OccasionDeath, tumourOf("C50.4", "8500/6"), []string{morphPath}},
		{"primary", tumour.OccasionDeath, tumourOf("C50.4", "8500/3"), nil},
		{"metastasis examined", tumour.OccasionDiagnosis, to(func(r *report.Report) { r.Event.Diagnosis.Histology.Morphologies[0].Code = "8500/6" }), nil},
	},
}

var ageCases = map[string][]change{
	"I10": {
		{"breast at 18", tumour.OccasionDeath, aged("2006-01-01E", site("C50.4")), []string{icdPath}},
		{"prostate at 4", tumour.OccasionDeath, aged("2020-01-01E", site("C61")), []string{icdPath}},
		{"breast at 20", tumour.OccasionDeath, aged("2004-03-01E", site("C50.4")), nil},
		{"breast at 19 or 20", tumour.OccasionDeath, aged("2004-07-01M", site("C50.4")), nil},
		{"diagnosed before birth is D1's", tumour.OccasionDeath, aged("2030-01-01E", site("C50.4")), nil},
		{"leukaemia at 3", tumour.OccasionDeath, aged("2021-01-01E", site("C91.0")), nil},
		{"birth unknown", tumour.OccasionDeath, to(func(r *report.Report) { r.Person.BirthDate = calendar.Date{} }), nil},
	},
	"I11": {
		{"chronic lymphatic leukaemia at 24", tumour.OccasionDeath, aged("2000-01-01E", tumourOf("C91.1", "9823/3")), []string{morphPath}},
		{"myeloma at 24", tumour.OccasionDeath, aged("2000-01-01E", tumourOf("C90.0", "9732/3")), nil},
		{"Wilms at 74", tumour.OccasionDeath, tumourOf("C64", "8960/3"), []string{morphPath}},
		{"Wilms at 15", tumour.OccasionDeath, aged("2009-03-01E", tumourOf("C64", "8960/3")), []string{morphPath}},
		{"Wilms at 14", tumour.OccasionDeath, aged("2009-03-02E", tumourOf("C64", "8960/3")), nil},
		{"Wilms at 14 or 15", tumour.OccasionDeath, aged("2009-07-01M", tumourOf("C64", "8960/3")), nil},
		{"Wilms at 4", tumour.OccasionDeath, aged("2020-01-01E", tumourOf("C64", "8960/3")), nil},
		{"myeloma at 74", tumour.OccasionDeath, tumourOf("C90.0", "9732/3"), nil},
	},
	"I12": {
		{"prostate at 34", tumour.OccasionDeath, aged("1990-01-01E", tumourOf("C61", "8140/3")), []string{morphPath}},
		{"retinoblastoma at 74", tumour.OccasionDeath, tumourOf("C69.2", "9510/3"), []string{morphPath}},
		{"lung at 14", tumour.OccasionDeath, aged("2010-01-01E", tumourOf("C34.1", "8140/3")), []string{morphPath}},
		{"carcinoid at 14", tumour.OccasionDeath, aged("2010-01-01E", tumourOf("C34.1", "8240/3")), nil},
		{"prostate at 74", tumour.OccasionDeath, tumourOf("C61", "8140/3"), nil},
		{"small bowel at 14, lymphoma", tumour.OccasionDeath, aged("2010-01-01E", tumourOf("C17.2", "9680/3")), nil},
		{"bowel at 14", tumour.OccasionDeath, aged("2010-01-01E", tumourOf("C17.2", "8140/3")), []string{morphPath}},
		{"choriocarcinoma at 74", tumour.OccasionDeath, tumourOf("C58", "9100/3"), []string{morphPath}},
	},
}

func sided(icd, side tumour.Code) func(*check.Context, *report.Report) {
	return to(func(r *report.Report) { r.Event.Assignment.ICD.Code, r.Event.Assignment.Side = icd, side })
}

var sideCases = map[string][]change{
	"I13": {
		{"breast without", tumour.OccasionDiagnosis, sided("C50.4", ""), []string{sidePath}},
		{"kidney, does not apply", tumour.OccasionDeath, sided("C64", "T"), []string{sidePath}},
		{"in situ of the breast", tumour.OccasionSurgery, sided("D05.1", ""), []string{sidePath}},
		{"breast, left", tumour.OccasionDiagnosis, sided("C50.4", "L"), nil},
		{"breast, unknown", tumour.OccasionDiagnosis, sided("C50.4", "U"), nil},
		{"bowel", tumour.OccasionDiagnosis, sided("C18.7", ""), nil},
		{"melanoma of the trunk", tumour.OccasionDiagnosis, sided("C43.5", "T"), nil},
	},
	"I13b": {
		{"prostate, left", tumour.OccasionDeath, sided("C61", "L"), []string{sidePath}},
		{"leukaemia, both", tumour.OccasionDeath, sided("C91.1", "B"), []string{sidePath}},
		{"prostate", tumour.OccasionDeath, sided("C61", "T"), nil},
		{"brain, left", tumour.OccasionDeath, sided("C71.1", "L"), nil},
	},
	"I13c": {
		{"breast", tumour.OccasionDeath, sided("C50.4", "B"), []string{sidePath}},
		{"ovary", tumour.OccasionDeath, sided("C56", "B"), nil},
		{"breast, left", tumour.OccasionDeath, sided("C50.4", "L"), nil},
	},
}

func verified(certainty, morphology tumour.Code) func(*check.Context, *report.Report) {
	return to(func(r *report.Report) {
		d := r.Event.Diagnosis
		d.Certainty, d.Histology = certainty, nil
		r.Event.Assignment.Morphology = nil
		if morphology != "" {
			r.Event.Assignment.Morphology = &tumour.Morphology{Code: morphology, Version: "33"}
		}
	})
}

func gradedAs(grading, morphology tumour.Code) func(*check.Context, *report.Report) {
	return to(func(r *report.Report) {
		r.Event.Surgery.Histology.Grading, r.Event.Surgery.Histology.Morphologies[0].Code = grading, morphology
	})
}

var certaintyCases = map[string][]change{
	"V1": {
		{"ductal, clinical", tumour.OccasionDiagnosis, verified("2", "8500/3"), []string{"Meldung/Diagnose/Diagnosesicherung"}},
		{"adenocarcinoma by marker", tumour.OccasionDiagnosis, verified("4", "8140/3"), []string{"Meldung/Diagnose/Diagnosesicherung"}},
		{"tumour, clinical", tumour.OccasionDiagnosis, verified("1", "8000/3"), nil},
		{"hepatocellular, clinical", tumour.OccasionDiagnosis, verified("2", "8170/3"), nil},
		{"ductal, histology", tumour.OccasionDiagnosis, verified("7.1", "8500/3"), nil},
	},
	"V2": {
		{"nothing of the microscope", tumour.OccasionDiagnosis, verified("7.1", ""), []string{"Meldung/Diagnose/Histologie"}},
		{"old key", tumour.OccasionPathology, to(func(r *report.Report) {
			r.Event.Pathology.Certainty, r.Event.Pathology.Histology, r.Event.Assignment.Morphology = "7", nil, nil
		}), []string{"Meldung/Pathologie/Histologie"}},
		{"morphology assigned", tumour.OccasionDiagnosis, verified("7.1", "8500/3"), nil},
		{"clinical", tumour.OccasionDiagnosis, verified("2", ""), nil},
	},
	"V3": {
		{"benign, G2", tumour.OccasionSurgery, gradedAs("2", "8500/0"), []string{"Meldung/OP/Histologie/Grading"}},
		{"benign, does not apply", tumour.OccasionSurgery, gradedAs("T", "8500/0"), nil},
		{"in situ, G2", tumour.OccasionSurgery, gradedAs("2", "8500/2"), nil},
		{"glioma, G1", tumour.OccasionSurgery, gradedAs("1", "9421/1"), nil},
		{"malignant, G2", tumour.OccasionSurgery, gradedAs("2", "8500/3"), nil},
		{"follicular lymphoma, G2", tumour.OccasionSurgery, gradedAs("2", "9691/3"), nil},
	},
	"V3b": {
		{"well differentiated follicular, G3", tumour.OccasionSurgery, gradedAs("3", "8331/3"), []string{"Meldung/OP/Histologie/Grading"}},
		{"undifferentiated, G1", tumour.OccasionSurgery, gradedAs("1", "8020/3"), []string{"Meldung/OP/Histologie/Grading"}},
		{"well differentiated follicular, G1", tumour.OccasionSurgery, gradedAs("1", "8331/3"), nil},
		{"unknown", tumour.OccasionSurgery, gradedAs("U", "8331/3"), nil},
	},
}
