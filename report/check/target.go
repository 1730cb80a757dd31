// SPDX-License-Identifier: EUPL-1.2

package check

import (
	"meldewerk/report"
	"meldewerk/terminology"
	"meldewerk/tumour"
)

const (
	readsTarget     = pathCourse + "/Applikationsart/*/Zielgebiet"
	readsTargetSide = pathCourse + "/Applikationsart/*/Seite_Zielgebiet"
	sourceTarget    = "oBDS 3.0.4 Zielgebiet; Manual plus, Strahlentherapie"
)

// targetRules judges where an irradiation was aimed. Spec: oBDS 3.0.4 Zielgebiet_Typ
func targetRules() []Rule {
	return []Rule{
		{
			ID: "S2", Severity: report.Error, Reads: []string{readsTarget, readsTargetSide},
			Message: Sentence{"Das Zielgebiet ist ein paariges Organ, aber die Seite fehlt.", "The target is a paired organ, but the side is missing."},
			Remedy: Sentence{"Geben Sie die Seite an, beide Seiten als zwei Bestrahlungen, und senden Sie die Meldung erneut.",
				"Give the side, both sides as two irradiations, and send the report again."},
			Source: sourceTarget,
			judge: func(_ *look, r *report.Report) []string {
				return aimsThat(r, "/Seite_Zielgebiet", func(a aim) bool { return a.must && a.sideless() && a.pairedOrgan() })
			},
		},
		{
			// Ribs and pelvis are marked, too, but reach across the middle; the list
			// of 2014 has no marks at all; and a radionuclide has no side.
			ID: "S2b", Severity: report.Warning, Reads: []string{readsTarget, readsTargetSide},
			Message: Sentence{"Zum Zielgebiet gehört eine Seite, sie fehlt aber.", "The target asks for a side, which is missing."},
			Remedy: Sentence{"Geben Sie die Seite an, wenn nur eine bestrahlt ist.",
				"Give the side if only one was treated."},
			Source: sourceTarget,
			judge: func(_ *look, r *report.Report) []string {
				return aimsThat(r, "/Seite_Zielgebiet", func(a aim) bool { return a.sideless() && a.sided() && !(a.must && a.pairedOrgan()) })
			},
		},
		{
			// The schema has the value, and a whole lung field is one irradiation.
			ID: "S2c", Severity: report.Warning, Reads: []string{readsTarget, readsTargetSide},
			Message: Sentence{"Beide Seiten eines Zielgebiets sind als eine Bestrahlung angegeben.", "Both sides of a target are given as one irradiation."},
			Remedy: Sentence{"Melden Sie beide Seiten als zwei Bestrahlungen. Ist es ein gemeinsames Feld, ist nichts zu tun.",
				"Report both sides as two irradiations. If it is one field, nothing needs to be done."},
			Source: sourceTarget,
			judge: func(_ *look, r *report.Report) []string {
				return aimsThat(r, "/Seite_Zielgebiet", func(a aim) bool { return a.must && a.side == "B" && a.pairedOrgan() })
			},
		},
	}
}

// targetCodeRules judges the target itself.
func targetCodeRules() []Rule {
	return []Rule{
		{
			ID: "S2d", Severity: report.Error, Reads: []string{readsTarget},
			Message: Sentence{"Das Zielgebiet fehlt.", "The target is missing."},
			Remedy: Sentence{"Geben Sie bei perkutaner Bestrahlung und Kontaktbestrahlung das Zielgebiet an und senden Sie die Meldung erneut.",
				"Give the target of percutaneous and contact irradiation and send the report again."},
			Source: sourceTarget,
			judge: func(_ *look, r *report.Report) []string {
				return aimsThat(r, "/Zielgebiet", func(a aim) bool { return a.must && (a.target == nil || *a.target == tumour.Target{}) })
			},
		},
		{
			ID: "S2e", Severity: report.Warning, Reads: []string{readsTarget},
			Message: Sentence{"Das Zielgebiet steht nicht im Schlüssel.", "The list of targets has no such code."},
			Remedy: Sentence{"Suchen Sie das Zielgebiet im Schlüssel. Passt keines, gilt 10.3 (sonstige).",
				"Look the target up in the list. If none fits, give 10.3 (other)."},
			Source: "oBDS 3.0.4 Zielgebiet_Typ; national code list",
			judge: func(_ *look, r *report.Report) []string {
				return aimsThat(r, "/Zielgebiet", func(a aim) bool { return a.target != nil && *a.target != tumour.Target{} && !a.listed() })
			},
		},
	}
}

// aim is target and side of an irradiation.
type aim struct {
	target *tumour.Target // nil when there is none
	side   tumour.Code
	below  string // name of the Applikationsart
	must   bool   // the target is mandatory
}

func aimOf(i *tumour.Irradiation) (aim, bool) {
	switch {
	case i.Percutaneous != nil:
		return aim{&i.Percutaneous.Target, i.Percutaneous.Side, "/Applikationsart/Perkutan", true}, true
	case i.Contact != nil:
		return aim{&i.Contact.Target, i.Contact.Side, "/Applikationsart/Kontakt", true}, true
	case i.Metabolic != nil:
		return aim{i.Metabolic.Target, i.Metabolic.Side, "/Applikationsart/Metabolisch", false}, true
	case i.Other != nil:
		return aim{i.Other.Target, i.Other.Side, "/Applikationsart/Sonstige", false}, true
	}
	return aim{}, false
}

func aimsThat(r *report.Report, field string, broken func(aim) bool) []string {
	t := r.Event.Radiotherapy
	if t == nil {
		return nil
	}
	var paths []string
	for i := range t.Courses {
		if a, aimed := aimOf(&t.Courses[i]); aimed && broken(a) {
			paths = append(paths, at(pathCourse, i, a.below+field))
		}
	}
	return paths
}

// find looks the target up; a target in the list of 2021 goes first.
func (a aim) find() (terminology.Target, bool) {
	switch {
	case a.target == nil:
		return terminology.Target{}, false
	case a.target.Code2021 != "":
		return terminology.TargetOf(terminology.Targets2021, string(a.target.Code2021))
	}
	return terminology.TargetOf(terminology.Targets2014, string(a.target.Code2014))
}

func (a aim) listed() bool {
	_, listed := a.find()
	return listed
}

// sided leaves out the lymph drainage of neck, collarbone and pelvis: it is
// marked, too, but nearly always treated on both sides in one field.
func (a aim) sided() bool {
	t, _ := a.find()
	return t.Sided && a.target.Code2021 != "9.1" && a.target.Code2021 != "9.2" && a.target.Code2021 != "9.10"
}

// sideless leaves out U: that the side is not known is an answer.
func (a aim) sideless() bool { return a.side == "" || a.side == "T" || a.side == "M" }

// pairedOrgan says that the target is one of two organs or limbs, of which
// each is aimed at by itself.
func (a aim) pairedOrgan() bool {
	if a.target == nil {
		return false
	}
	switch a.target.Code2021 {
	case "2.1", "2.4", "2.5", "3.1", "3.2", "3.4", "4.5", "4.6", "4.8", "5.5", "6.3", "6.10", "6.11", "6.12", "6.13", "6.15", "6.16", "6.17", "6.18", "7.2", "7.3":
		return true
	}
	return false
}
