// SPDX-License-Identifier: EUPL-1.2

package wording

import (
	"strings"

	"meldewerk/terminology"
	"meldewerk/tumour"
)

// TNMLine writes a stage as it is spoken: "cT2 cN1 cM0 L0 V0, Stadium IIB
// (8. Auflage)". A prefix that was not reported means clinical.
func TNMLine(t *tumour.TNM) string {
	if t == nil {
		return ""
	}
	symbols := string(t.AfterTherapy) + string(t.Recurrence) + string(t.Autopsy)
	var parts []string
	category := func(prefix tumour.Code, letter string, value tumour.Label) string {
		if value == "" {
			return ""
		}
		if prefix == "" {
			prefix = "c"
		}
		return symbols + string(prefix) + letter + string(value)
	}
	part := func(text string) {
		if text != "" {
			parts = append(parts, text)
		}
	}
	size := category(t.TPrefix, "T", t.T)
	if size != "" && t.Multiple != "" {
		size += "(" + string(t.Multiple) + ")"
	}
	part(size)
	part(category(t.NPrefix, "N", t.N))
	part(category(t.MPrefix, "M", t.M))
	for _, code := range []tumour.Code{t.Lymphatic, t.Venous, t.Perineural, t.SerumMarker} {
		part(string(code))
	}
	line := strings.Join(parts, " ")
	if t.Stage != "" {
		if line != "" {
			line += ", "
		}
		line += "Stadium " + string(t.Stage)
	}
	if line != "" && t.Edition != "" {
		line += " (" + string(t.Edition) + ". Auflage)"
	}
	return line
}

// MorphologyLine writes a morphology: "8500/3 Invasives duktales Karzinom".
func MorphologyLine(m *tumour.Morphology) string {
	if m == nil {
		return ""
	}
	label, _ := terminology.Morphology(string(m.Code))
	return named(m.Code, label)
}

// named writes a code with its words.
func named(code tumour.Code, label terminology.Label) string {
	if label.Text == "" {
		return string(code)
	}
	return string(code) + " " + label.Text
}

func (f *facts) topography(t *tumour.Topography) {
	if t != nil {
		label, _ := terminology.Topography(string(t.Code))
		f.add("Lokalisation", named(t.Code, label))
	}
}

func (f *facts) histology(h *tumour.Histology) {
	if h == nil {
		return
	}
	for i := range h.Morphologies {
		f.add("Histologie", MorphologyLine(&h.Morphologies[i]))
	}
	f.word("Grading", Gradings, h.Grading)
	f.add("Lymphknoten befallen/untersucht", fraction(h.NodesAffected, h.NodesExamined))
	f.add("Wächterlymphknoten befallen/untersucht", fraction(h.SentinelAffected, h.SentinelExamined))
}

// fraction writes "2/14", with a question mark for the part that is missing.
func fraction(part, whole tumour.Number) string {
	if part == "" && whole == "" {
		return ""
	}
	known := func(n tumour.Number) string {
		if n == "" {
			return "?"
		}
		return string(n)
	}
	return known(part) + "/" + known(whole)
}

func (f *facts) metastases(list []tumour.Metastasis) {
	var sites []string
	for _, m := range list {
		site := MetastasisSites.Word(m.Site)
		if !m.DiagnosedOn.IsZero() {
			site += " (" + m.DiagnosedOn.German() + ")"
		}
		sites = append(sites, site)
	}
	f.add("Fernmetastasen", strings.Join(sites, ", "))
}

func (f *facts) classifications(list []tumour.Classification) {
	for _, c := range list {
		f.add(string(c.Name), string(c.Stage))
	}
}

func (f *facts) genetics(list []tumour.Variant) {
	for _, v := range list {
		result := Variants.Word(v.Result)
		if v.Other != "" {
			result = string(v.Other)
		}
		if v.Name == "" {
			f.add("Genetische Variante", result)
			continue
		}
		f.add("Genetische Variante", string(v.Name)+": "+result)
	}
}

func (f *facts) performance(p tumour.Performance) {
	switch {
	case p == "":
	case p == "U":
		f.add("Leistungszustand", "nicht bekannt")
	case strings.HasSuffix(string(p), "%"):
		f.add("Leistungszustand", "Karnofsky "+strings.TrimSuffix(string(p), "%")+" %")
	default:
		f.add("Leistungszustand", "ECOG "+string(p))
	}
}

func (f *facts) sideEffects(s tumour.SideEffects) {
	f.word("Nebenwirkungen", SideEffectGrades, s.UpToGrade2)
	for _, one := range s.List {
		name := string(one.Name)
		if one.MedDRA != "" {
			name = "MedDRA " + string(one.MedDRA)
		}
		if name != "" {
			name += ", "
		}
		f.add("Nebenwirkung", name+"Grad "+string(one.Grade))
	}
}

// irradiation writes one course: what, where, how much, when.
func irradiation(c tumour.Irradiation) string {
	var parts []string
	part := func(text string) {
		if text != "" {
			parts = append(parts, text)
		}
	}
	switch {
	case c.Percutaneous != nil:
		p := c.Percutaneous
		part("perkutan")
		if p.Chemo == "RCJ" {
			part("mit Chemotherapie")
		}
		part(target(&p.Target, p.Side))
		part(dose("Gesamtdosis", p.Total))
		part(dose("Einzeldosis", p.Single))
	case c.Contact != nil:
		k := c.Contact
		part("Brachytherapie " + string(k.Rate))
		part(target(&k.Target, k.Side))
		part(dose("Gesamtdosis", k.Total))
		part(dose("Einzeldosis", k.Single))
	case c.Metabolic != nil:
		m := c.Metabolic
		part(Metabolics.Word(m.Kind))
		part(string(m.Nuclide))
		part(target(m.Target, m.Side))
		part(dose("Gesamtaktivität", m.Total))
		part(dose("Einzelaktivität", m.Single))
	case c.Other != nil:
		o := c.Other
		part("sonstige Applikation")
		part(target(o.Target, o.Side))
		part(dose("Gesamtdosis", o.Total))
		part(dose("Einzeldosis", o.Single))
	}
	part(period(c.Begin, c.End))
	return strings.Join(parts, ", ")
}

func target(t *tumour.Target, side tumour.Code) string {
	if t == nil {
		return ""
	}
	code := t.Code2021
	if code == "" {
		code = t.Code2014
	}
	if code == "" {
		return ""
	}
	line := "Zielgebiet " + string(code)
	if side == "L" || side == "R" || side == "B" {
		line += " " + Sides.Word(side)
	}
	return line
}

func dose(name string, d *tumour.Dose) string {
	if d == nil {
		return ""
	}
	return name + " " + strings.Replace(string(d.Amount), ".", ",", 1) + " " + string(d.Unit)
}
