// SPDX-License-Identifier: EUPL-1.2

package check_test

import (
	"meldewerk/report"
	"meldewerk/report/check"
	"meldewerk/tumour"
)

const secondCourse = "Meldung/ST/Menge_Bestrahlung/Bestrahlung[2]/Applikationsart/"

func radiated(f func(i *tumour.Irradiation)) func(*check.Context, *report.Report) {
	return to(func(r *report.Report) { f(&r.Event.Radiotherapy.Courses[1]) })
}

var targetCases = map[string][]change{
	"S2": {
		{"breast, does not apply", tumour.OccasionRadiotherapy, aimed("3.1", "T"), []string{secondCourse + "Perkutan/Seite_Zielgebiet"}},
		{"kidney, none", tumour.OccasionRadiotherapy, aimed("4.5", ""), []string{secondCourse + "Perkutan/Seite_Zielgebiet"}},
		{"contact, lung", tumour.OccasionRadiotherapy, radiated(func(i *tumour.Irradiation) {
			i.Contact = &tumour.Contact{Target: tumour.Target{Code2021: "3.4"}, Side: "M"}
		}), []string{secondCourse + "Kontakt/Seite_Zielgebiet"}},
		{"breast, left", tumour.OccasionRadiotherapy, aimed("3.1", "L"), nil},
		{"breast, not known", tumour.OccasionRadiotherapy, aimed("3.1", "U"), nil},
		{"prostate", tumour.OccasionRadiotherapy, aimed("5.4", "T"), nil},
		{"metabolic is S2b's", tumour.OccasionRadiotherapy, radiated(func(i *tumour.Irradiation) {
			i.Metabolic = &tumour.Metabolic{Target: &tumour.Target{Code2021: "4.5"}}
		}), nil},
		{"both are S2c's", tumour.OccasionRadiotherapy, aimed("3.4", "B"), nil},
	},
	"S2b": {
		{"ribs", tumour.OccasionRadiotherapy, aimed("6.8", "T"), []string{secondCourse + "Perkutan/Seite_Zielgebiet"}},
		{"breast of the list of 2014", tumour.OccasionRadiotherapy, radiated(func(i *tumour.Irradiation) {
			i.Percutaneous = &tumour.Percutaneous{Target: tumour.Target{Code2014: "3.1.+"}, Side: "T"}
		}), []string{secondCourse + "Perkutan/Seite_Zielgebiet"}},
		{"metabolic", tumour.OccasionRadiotherapy, radiated(func(i *tumour.Irradiation) {
			i.Metabolic = &tumour.Metabolic{Target: &tumour.Target{Code2021: "4.5"}}
		}), []string{secondCourse + "Metabolisch/Seite_Zielgebiet"}},
		{"other", tumour.OccasionRadiotherapy, radiated(func(i *tumour.Irradiation) {
			i.Other = &tumour.OtherRadiation{Target: &tumour.Target{Code2021: "6.12"}}
		}), []string{secondCourse + "Sonstige/Seite_Zielgebiet"}},
		{"ribs, right", tumour.OccasionRadiotherapy, aimed("6.8", "R"), nil},
		{"breast is S2's", tumour.OccasionRadiotherapy, aimed("3.1", "T"), nil},
		{"pelvic nodes", tumour.OccasionRadiotherapy, aimed("9.10", "T"), nil},
		{"oesophagus", tumour.OccasionRadiotherapy, aimed("3.5", "T"), nil},
		{"no target", tumour.OccasionRadiotherapy, radiated(func(i *tumour.Irradiation) { i.Other = &tumour.OtherRadiation{} }), nil},
	},
	"S2c": {
		{"both breasts", tumour.OccasionRadiotherapy, aimed("3.1", "B"), []string{secondCourse + "Perkutan/Seite_Zielgebiet"}},
		{"one breast", tumour.OccasionRadiotherapy, aimed("3.1", "L"), nil},
		{"pelvic nodes", tumour.OccasionRadiotherapy, aimed("9.10", "B"), nil},
		{"other", tumour.OccasionRadiotherapy, radiated(func(i *tumour.Irradiation) {
			i.Other = &tumour.OtherRadiation{Target: &tumour.Target{Code2021: "3.4"}, Side: "B"}
		}), nil},
	},
	"S2d": {
		{"percutaneous", tumour.OccasionRadiotherapy, radiated(func(i *tumour.Irradiation) { i.Percutaneous = &tumour.Percutaneous{Side: "L"} }),
			[]string{secondCourse + "Perkutan/Zielgebiet"}},
		{"contact", tumour.OccasionRadiotherapy, radiated(func(i *tumour.Irradiation) { i.Contact = &tumour.Contact{} }), []string{secondCourse + "Kontakt/Zielgebiet"}},
		{"metabolic", tumour.OccasionRadiotherapy, radiated(func(i *tumour.Irradiation) { i.Metabolic = &tumour.Metabolic{} }), nil},
		{"given", tumour.OccasionRadiotherapy, aimed("3.5", "T"), nil},
	},
	"S2e": {
		{"no such code", tumour.OccasionRadiotherapy, aimed("3.9", "T"), []string{secondCourse + "Perkutan/Zielgebiet"}},
		{"no such code of 2014", tumour.OccasionRadiotherapy, radiated(func(i *tumour.Irradiation) {
			i.Other = &tumour.OtherRadiation{Target: &tumour.Target{Code2014: "9."}}
		}), []string{secondCourse + "Sonstige/Zielgebiet"}},
		{"of 2014", tumour.OccasionRadiotherapy, radiated(func(i *tumour.Irradiation) {
			i.Other = &tumour.OtherRadiation{Target: &tumour.Target{Code2014: "3.5.-"}}
		}), nil},
		{"listed", tumour.OccasionRadiotherapy, aimed("10.3", "T"), nil},
		{"none", tumour.OccasionRadiotherapy, radiated(func(*tumour.Irradiation) {}), nil},
	},
	"S3b": {
		{"radiotherapy, no grade", tumour.OccasionRadiotherapy, to(func(r *report.Report) {
			r.Event.Radiotherapy.SideEffects.List = []tumour.SideEffect{{Name: "Mukositis", Grade: "3"}, {Name: "Dermatitis"}}
		}), []string{"Meldung/ST/Nebenwirkungen/Menge_Nebenwirkung/Nebenwirkung[2]/Grad"}},
		{"systemic, grade 2", tumour.OccasionSystemic, to(func(r *report.Report) {
			r.Event.Systemic.SideEffects.List = []tumour.SideEffect{{Name: "Mukositis", Grade: "2"}}
		}), []string{"Meldung/SYST/Nebenwirkungen/Menge_Nebenwirkung/Nebenwirkung[1]/Grad"}},
		{"graded", tumour.OccasionSystemic, to(func(r *report.Report) {
			r.Event.Systemic.SideEffects.List = []tumour.SideEffect{{Name: "Mukositis", Grade: "5"}}
		}), nil},
		{"none", tumour.OccasionSystemic, to(func(*report.Report) {}), nil},
	},
}
