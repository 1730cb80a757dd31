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
	act      meaning = iota // an operation, a therapy, an examination, a tumour board
	evidence                // what was found of the tumour: histology, TNM, metastasis, stage
	other                   // what may lie before the diagnosis: PSA, biopsy, gene, counselling, trial
)

// actDates and evidenceDates are the paths that datesOf gives for a meaning.
var (
	actDates = []string{"Meldung/OP/Datum", "Meldung/ST/Menge_Bestrahlung/Bestrahlung/Beginn", "Meldung/ST/Menge_Bestrahlung/Bestrahlung/Ende",
		"Meldung/SYST/Beginn", "Meldung/SYST/Ende", "Meldung/Verlauf/Untersuchungsdatum_Verlauf", "Meldung/Tumorkonferenz/Datum"}
	evidenceDates = []string{"Meldung/*/Histologie/Tumor_Histologiedatum", "Meldung/*/cTNM/Datum", "Meldung/*/pTNM/Datum", "Meldung/*/TNM/Datum",
		"Meldung/*/Menge_FM/Fernmetastase/Diagnosedatum", "Meldung/*/Menge_Weitere_Klassifikation/Weitere_Klassifikation/Datum"}
	otherDates = []string{"Meldung/*/Menge_Genetik/Genetische_Variante/Datum", "Meldung/*/Modul_Allgemein/Sozialdienstkontakt/Datum",
		"Meldung/*/Modul_Allgemein/Psychoonkologiekontakt/Datum", "Meldung/*/Modul_Allgemein/Studienteilnahme/Datum",
		"Meldung/*/Modul_Prostata/DatumStanzen", "Meldung/*/Modul_Prostata/DatumPSA"}
)

// dated is one date of the event with its place.
type dated struct {
	path    string
	date    calendar.Date
	means   meaning
	autopsy bool // found at an autopsy
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

// at is the path of the i-th member of a list, counted from 1 for people.
func at(path string, i int, rest string) string {
	return path + "[" + strconv.Itoa(i+1) + "]" + rest
}

// autopsyHistology is the Diagnosesicherung by autopsy.
const autopsyHistology tumour.Code = "7.3"

// collector gathers the dates of one event.
type collector struct {
	root string
	all  []dated
}

func (c *collector) add(path string, date calendar.Date, m meaning, autopsy bool) {
	if !date.IsZero() {
		c.all = append(c.all, dated{c.root + path, date, m, autopsy})
	}
}

// datesOf gives the dates of the event but that of diagnosis and of death.
func datesOf(r *report.Report) []dated {
	e := &r.Event
	c := &collector{root: element(e.Occasion())}
	switch {
	case e.Diagnosis != nil:
		d := e.Diagnosis
		autopsy := d.Certainty == autopsyHistology
		c.histology(d.Histology, autopsy)
		c.metastases(d.Metastases, autopsy)
		c.tnm("/cTNM", d.Clinical)
		c.tnm("/pTNM", d.Pathological)
		c.stages(d.Classifications, d.Genetics)
		c.modules(&d.Modules)
	case e.Pathology != nil:
		p := e.Pathology
		autopsy := p.Certainty == autopsyHistology
		c.histology(p.Histology, autopsy)
		c.metastases(p.Metastases, autopsy)
		c.tnm("/cTNM", p.Clinical)
		c.tnm("/pTNM", p.Pathological)
		c.stages(p.Classifications, p.Genetics)
		c.modules(&p.Modules)
	case e.Surgery != nil:
		s := e.Surgery
		c.add("/Datum", s.Date, act, false)
		c.histology(s.Histology, false)
		c.tnm("/TNM", s.TNM)
		c.stages(s.Classifications, s.Genetics)
		c.modules(&s.Modules)
	case e.Radiotherapy != nil:
		for i, course := range e.Radiotherapy.Courses {
			c.add(at("/Menge_Bestrahlung/Bestrahlung", i, "/Beginn"), course.Begin, act, false)
			c.add(at("/Menge_Bestrahlung/Bestrahlung", i, "/Ende"), course.End, act, false)
		}
		c.modules(&tumour.Modules{General: e.Radiotherapy.General})
	case e.Systemic != nil:
		c.add("/Beginn", e.Systemic.Begin, act, false)
		c.add("/Ende", e.Systemic.End, act, false)
		c.modules(&tumour.Modules{General: e.Systemic.General})
	case e.Course != nil:
		v := e.Course
		c.add("/Untersuchungsdatum_Verlauf", v.Date, act, false)
		c.metastases(v.Metastases, false)
		c.histology(v.Histology, false)
		c.tnm("/TNM", v.TNM)
		c.stages(v.Classifications, v.Genetics)
		c.modules(&v.Modules)
	case e.Board != nil:
		c.add("/Datum", e.Board.Date, act, false)
	}
	return c.all
}

func (c *collector) histology(h *tumour.Histology, autopsy bool) {
	if h != nil {
		c.add("/Histologie/Tumor_Histologiedatum", h.Date, evidence, autopsy)
	}
}

func (c *collector) metastases(all []tumour.Metastasis, autopsy bool) {
	for i, m := range all {
		c.add(at("/Menge_FM/Fernmetastase", i, "/Diagnosedatum"), m.DiagnosedOn, evidence, autopsy)
	}
}

func (c *collector) tnm(path string, t *tumour.TNM) {
	if t != nil {
		c.add(path+"/Datum", t.Date, evidence, t.Autopsy != "")
	}
}

func (c *collector) stages(classifications []tumour.Classification, variants []tumour.Variant) {
	for i, k := range classifications {
		c.add(at("/Menge_Weitere_Klassifikation/Weitere_Klassifikation", i, "/Datum"), k.Date, evidence, false)
	}
	// A variant may have been found in the germ line years before.
	for i, v := range variants {
		c.add(at("/Menge_Genetik/Genetische_Variante", i, "/Datum"), v.Date, other, false)
	}
}

func (c *collector) modules(m *tumour.Modules) {
	if g := m.General; g != nil {
		c.contact("/Modul_Allgemein/Sozialdienstkontakt", g.SocialService)
		c.contact("/Modul_Allgemein/Psychoonkologiekontakt", g.PsychoOncology)
		c.contact("/Modul_Allgemein/Studienteilnahme", g.Trial)
	}
	if p := m.Prostate; p != nil {
		c.add("/Modul_Prostata/DatumStanzen", p.BiopsyDate, other, false)
		c.add("/Modul_Prostata/DatumPSA", p.PSADate, other, false)
	}
}

func (c *collector) contact(path string, d *tumour.DateOr) {
	if d != nil {
		c.add(path+"/Datum", d.Date, other, false)
	}
}
