// SPDX-License-Identifier: EUPL-1.2

package check

import (
	"strings"

	"meldewerk/report"
	"meldewerk/terminology"
	"meldewerk/tumour"
)

const (
	pathSubstance = "Meldung/SYST/Menge_Substanz/Substanz"
	pathKind      = "Meldung/SYST/Therapieart"
)

// therapyRules judges what was given and where it was aimed.
func therapyRules() []Rule {
	return []Rule{
		{
			ID: "S1", Severity: report.Warning, Reads: []string{pathKind, pathSubstance},
			Message: Sentence{"Die Therapieart passt nicht zu den Substanzen.", "The kind of therapy does not fit the substances."},
			Remedy: Sentence{"Prüfen Sie Therapieart und Substanzen. Sind sie richtig, ist nichts zu tun.",
				"Check kind and substances. If they are right, nothing needs to be done."},
			Source: "Umsetzungsleitfaden, Protokolle und Substanzen; national code list",
			judge:  kindOff,
		},
		{
			ID: "S1b", Severity: report.Warning, Reads: []string{pathSubstance + "/Bezeichnung"},
			Message: Sentence{"In einem Feld stehen mehrere Substanzen.", "One field holds several substances."},
			Remedy:  Sentence{"Geben Sie jede Substanz in einem eigenen Feld an.", "Give each substance in its own field."},
			Source:  "Umsetzungsleitfaden, Protokolle und Substanzen",
			judge: func(_ *Context, r *report.Report) []string {
				var paths []string
				if t := r.Event.Systemic; t != nil {
					for i, s := range t.Substances {
						paths = append(paths, where(severalNames(string(s.Name)), at(pathSubstance, i, "/Bezeichnung"))...)
					}
				}
				return paths
			},
		},
		{
			ID: "S1c", Severity: report.Warning, Reads: []string{pathKind, pathSubstance},
			Message: Sentence{"Bei abwartendem Vorgehen sind Substanzen angegeben.", "Substances are given although one only waits and watches."},
			Remedy: Sentence{"Prüfen Sie die Therapieart oder nehmen Sie die Substanzen heraus.",
				"Check the kind of therapy or take the substances out."},
			Source: "own",
			judge: func(_ *Context, r *report.Report) []string {
				t := r.Event.Systemic
				return where(t != nil && (t.Kind == "AS" || t.Kind == "WS" || t.Kind == "WW") && len(t.Substances) > 0, pathKind)
			},
		},
		{
			ID: "S2", Severity: report.Warning, Reads: []string{pathCourse + "/Applikationsart/*/Zielgebiet", pathCourse + "/Applikationsart/*/Seite_Zielgebiet"},
			Message: Sentence{"Das Zielgebiet ist paarig, aber die Seite fehlt.", "The target is paired, but the side is missing."},
			Remedy: Sentence{"Geben Sie die Seite an; melden Sie beide Seiten als zwei Bestrahlungen.",
				"Give the side; report both sides as two irradiations."},
			Source: "oBDS 3.0.4 Zielgebiet; Manual plus, Strahlentherapie",
			judge: func(_ *Context, r *report.Report) []string {
				var paths []string
				if t := r.Event.Radiotherapy; t != nil {
					for i := range t.Courses {
						target, side, below := aimOf(&t.Courses[i])
						paths = append(paths, where(pairedTargets[target] && (side == "" || side == "T" || side == "M"), at(pathCourse, i, below))...)
					}
				}
				return paths
			},
		},
	}
}

// kinds lists the kinds of substances that each Therapieart consists of.
var kinds = map[tumour.Code]string{"CH": "CH", "HO": "HO", "IM": "IM", "ZS": "ZS", "CI": "CH IM", "CZ": "CH ZS", "CIZ": "CH IM ZS", "IZ": "IM ZS"}

// kindOff looks at the substances that are known. Hormones and supporting
// substances go with everything.
func kindOff(_ *Context, r *report.Report) []string {
	t := r.Event.Systemic
	if t == nil {
		return nil
	}
	expected, judged := kinds[t.Kind]
	if !judged {
		return nil
	}
	fits, met := false, false
	for _, s := range t.Substances {
		kind := kindOf(s)
		if kind == "" || kind == "SO" || kind == "SZ" {
			continue
		}
		met = true
		if strings.Contains(expected, kind) {
			fits = true
		} else if kind != "HO" {
			return []string{pathKind}
		}
	}
	return where(met && !fits, pathKind)
}

// kindOf is the kind of a substance by its name or ATC code, "" when unknown.
func kindOf(s tumour.Substance) string {
	if s.ATC != nil {
		known, _ := terminology.SubstanceOf(string(s.ATC.Code))
		return known.Kind
	}
	known, _ := terminology.SubstanceNamed(string(s.Name))
	return known.Kind
}

// severalNames looks for what parts names, and keeps known names with a comma.
func severalNames(name string) bool {
	if !strings.ContainsAny(name, ",;+/&") && !strings.Contains(name, " und ") {
		return false
	}
	_, known := terminology.SubstanceNamed(name)
	return !known
}

// pairedTargets are the targets of the key of 2021 that ask for a side. Lymph
// drainage of neck and pelvis is left out: it is usually treated as one.
var pairedTargets = func() map[tumour.Code]bool {
	all := map[tumour.Code]bool{}
	for code := range strings.FieldsSeq("2.1 2.4 2.5 3.1 3.2 3.4 4.5 4.6 4.8 5.5 6.3 6.8 6.10 6.11 6.12 6.13 6.14 6.15 6.16 6.17 6.18 7.2 7.3 9.3 9.11") {
		all[tumour.Code(code)] = true
	}
	return all
}()

// aimOf gives target and side of an irradiation and where the side stands.
func aimOf(i *tumour.Irradiation) (tumour.Code, tumour.Code, string) {
	const below = "/Applikationsart/"
	switch {
	case i.Percutaneous != nil:
		return i.Percutaneous.Target.Code2021, i.Percutaneous.Side, below + "Perkutan/Seite_Zielgebiet"
	case i.Contact != nil:
		return i.Contact.Target.Code2021, i.Contact.Side, below + "Kontakt/Seite_Zielgebiet"
	case i.Metabolic != nil && i.Metabolic.Target != nil:
		return i.Metabolic.Target.Code2021, i.Metabolic.Side, below + "Metabolisch/Seite_Zielgebiet"
	case i.Other != nil && i.Other.Target != nil:
		return i.Other.Target.Code2021, i.Other.Side, below + "Sonstige/Seite_Zielgebiet"
	}
	return "", "", ""
}
