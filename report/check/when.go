// SPDX-License-Identifier: EUPL-1.2

package check

import (
	"strconv"

	"meldewerk/calendar"
	"meldewerk/report"
	"meldewerk/tumour"
)

// The paths that many rules read.
const (
	pathBirth     = "Patient/Patienten_Stammdaten/Geburtsdatum"
	pathDiagnosed = "Meldung/Tumorzuordnung/Diagnosedatum"
	pathICD       = "Meldung/Tumorzuordnung/Primaertumor_ICD/Code"
	pathReason    = "Meldung/Meldebegruendung"
	pathDeath     = "Meldung/Tod/Sterbedatum"
)

// meaning tells what a date stands for, because the rules differ by it.
type meaning uint8

const (
	act      meaning = iota // an operation, a therapy, an examination
	meeting                 // a tumour board
	evidence                // what was found of the tumour: histology, TNM, metastasis, stage
	other                   // what may lie before the diagnosis: PSA, biopsy, gene, counselling, trial
)

// The paths of the dates by their meaning.
var (
	actDates = []string{"Meldung/OP/Datum", "Meldung/ST/Menge_Bestrahlung/Bestrahlung/Beginn", "Meldung/ST/Menge_Bestrahlung/Bestrahlung/Ende",
		"Meldung/SYST/Beginn", "Meldung/SYST/Ende", pathCourseDate}
	meetingDates  = []string{"Meldung/Tumorkonferenz/Datum"}
	evidenceDates = []string{"Meldung/*/Histologie/Tumor_Histologiedatum", "Meldung/*/cTNM/Datum", "Meldung/*/pTNM/Datum", "Meldung/*/TNM/Datum",
		"Meldung/*/Menge_FM/Fernmetastase/Diagnosedatum", "Meldung/*/Menge_Weitere_Klassifikation/Weitere_Klassifikation/Datum"}
	otherDates = []string{"Meldung/*/Menge_Genetik/Genetische_Variante/Datum", "Meldung/*/Modul_Allgemein/Sozialdienstkontakt/Datum",
		"Meldung/*/Modul_Allgemein/Psychoonkologiekontakt/Datum", "Meldung/*/Modul_Allgemein/Studienteilnahme/Datum",
		"Meldung/*/Modul_Prostata/DatumStanzen", "Meldung/*/Modul_Prostata/DatumPSA"}
)

// dated is one date of the event with its place.
type dated struct {
	span

	path  string // below the occasion
	nth   int    // of a list, from 1; 0 for none
	rest  string // behind the number
	means meaning
}

// where is the path of the date.
func (d *dated) where(root string) string {
	if d.nth == 0 {
		return root + d.path
	}
	return at(root+d.path, d.nth-1, d.rest)
}

// element is the name of the occasion in the package.
func element(o tumour.Occasion) string {
	switch o {
	case tumour.OccasionDiagnosis:
		return "Meldung/Diagnose"
	case tumour.OccasionPathology:
		return "Meldung/Pathologie"
	case tumour.OccasionSurgery:
		return "Meldung/OP"
	case tumour.OccasionRadiotherapy:
		return "Meldung/ST"
	case tumour.OccasionSystemic:
		return "Meldung/SYST"
	case tumour.OccasionCourse:
		return "Meldung/Verlauf"
	case tumour.OccasionDeath:
		return "Meldung/Tod"
	case tumour.OccasionBoard:
		return "Meldung/Tumorkonferenz"
	}
	return "Meldung"
}

// histologyPath is the place of the histology of an occasion.
func histologyPath(root string) string {
	switch root {
	case "Meldung/Diagnose":
		return "Meldung/Diagnose/Histologie"
	case "Meldung/Pathologie":
		return "Meldung/Pathologie/Histologie"
	case "Meldung/OP":
		return "Meldung/OP/Histologie"
	}
	return "Meldung/Verlauf/Histologie"
}

// at is the path of the i-th member of a list, counted from 1 for people.
func at(path string, i int, rest string) string {
	return path + "[" + strconv.Itoa(i+1) + "]" + rest
}

// autopsyHistology is the Diagnosesicherung by autopsy.
const autopsyHistology tumour.Code = "7.3"

// autopsy says that what the report tells was found at an autopsy.
func (v *view) autopsy() bool {
	return v.certainty == autopsyHistology || v.anyStaging(func(s *staging) bool { return s.Autopsy != "" })
}

// gatherDates gives the dates of the event but that of diagnosis and of death.
func (l *look) gatherDates(r *report.Report) {
	e := &r.Event
	switch {
	case e.Diagnosis != nil:
		d := e.Diagnosis
		l.histology(d.Histology)
		l.metastases(d.Metastases)
		l.tnm("/cTNM/Datum", d.Clinical)
		l.tnm("/pTNM/Datum", d.Pathological)
		l.stages(d.Classifications, d.Genetics)
		l.modules(&d.Modules)
	case e.Pathology != nil:
		p := e.Pathology
		l.histology(p.Histology)
		l.metastases(p.Metastases)
		l.tnm("/cTNM/Datum", p.Clinical)
		l.tnm("/pTNM/Datum", p.Pathological)
		l.stages(p.Classifications, p.Genetics)
		l.modules(&p.Modules)
	case e.Surgery != nil:
		s := e.Surgery
		l.add("/Datum", s.Date, act)
		l.histology(s.Histology)
		l.tnm("/TNM/Datum", s.TNM)
		l.stages(s.Classifications, s.Genetics)
		l.modules(&s.Modules)
	case e.Radiotherapy != nil:
		for i := range e.Radiotherapy.Courses {
			course := &e.Radiotherapy.Courses[i]
			l.addNth("/Menge_Bestrahlung/Bestrahlung", i, "/Beginn", course.Begin, act)
			l.addNth("/Menge_Bestrahlung/Bestrahlung", i, "/Ende", course.End, act)
		}
		l.general(e.Radiotherapy.General)
	case e.Systemic != nil:
		l.add("/Beginn", e.Systemic.Begin, act)
		l.add("/Ende", e.Systemic.End, act)
		l.general(e.Systemic.General)
	case e.Course != nil:
		v := e.Course
		l.add("/Untersuchungsdatum_Verlauf", v.Date, act)
		l.metastases(v.Metastases)
		l.histology(v.Histology)
		l.tnm("/TNM/Datum", v.TNM)
		l.stages(v.Classifications, v.Genetics)
		l.modules(&v.Modules)
	case e.Board != nil:
		l.add("/Datum", e.Board.Date, meeting)
	}
}

func (l *look) add(path string, date calendar.Date, m meaning) {
	if s := spanOf(date); s.first != 0 {
		l.dates = append(l.dates, dated{span: s, path: path, means: m})
	}
}

func (l *look) addNth(path string, i int, rest string, date calendar.Date, m meaning) {
	if s := spanOf(date); s.first != 0 {
		l.dates = append(l.dates, dated{span: s, path: path, nth: i + 1, rest: rest, means: m})
	}
}

func (l *look) histology(h *tumour.Histology) {
	if h != nil {
		l.add("/Histologie/Tumor_Histologiedatum", h.Date, evidence)
	}
}

func (l *look) metastases(all []tumour.Metastasis) {
	for i := range all {
		l.addNth("/Menge_FM/Fernmetastase", i, "/Diagnosedatum", all[i].DiagnosedOn, evidence)
	}
}

func (l *look) tnm(path string, t *tumour.TNM) {
	if t != nil {
		l.add(path, t.Date, evidence)
	}
}

func (l *look) stages(classifications []tumour.Classification, variants []tumour.Variant) {
	for i := range classifications {
		l.addNth("/Menge_Weitere_Klassifikation/Weitere_Klassifikation", i, "/Datum", classifications[i].Date, evidence)
	}
	// A variant may have been found in the germ line years before.
	for i := range variants {
		l.addNth("/Menge_Genetik/Genetische_Variante", i, "/Datum", variants[i].Date, other)
	}
}

func (l *look) modules(m *tumour.Modules) {
	l.general(m.General)
	if p := m.Prostate; p != nil {
		l.add("/Modul_Prostata/DatumStanzen", p.BiopsyDate, other)
		l.add("/Modul_Prostata/DatumPSA", p.PSADate, other)
	}
}

func (l *look) general(g *tumour.GeneralModule) {
	if g == nil {
		return
	}
	l.contact("/Modul_Allgemein/Sozialdienstkontakt/Datum", g.SocialService)
	l.contact("/Modul_Allgemein/Psychoonkologiekontakt/Datum", g.PsychoOncology)
	l.contact("/Modul_Allgemein/Studienteilnahme/Datum", g.Trial)
}

func (l *look) contact(path string, d *tumour.DateOr) {
	if d != nil {
		l.add(path, d.Date, other)
	}
}
