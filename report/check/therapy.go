// SPDX-License-Identifier: EUPL-1.2

package check

import (
	"strings"
	"sync"

	"meldewerk/report"
	"meldewerk/terminology"
	"meldewerk/tumour"
)

const (
	pathSubstance = "Meldung/SYST/Menge_Substanz/Substanz"
	pathKind      = "Meldung/SYST/Therapieart"
)

// therapyRules judges what was given.
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
			judge: func(_ *look, r *report.Report) []string {
				var paths []string
				if t := r.Event.Systemic; t != nil {
					for i := range t.Substances {
						paths = append(paths, whereNth(severalNames(string(t.Substances[i].Name)), pathSubstance, i, "/Bezeichnung")...)
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
			judge: func(_ *look, r *report.Report) []string {
				t := r.Event.Systemic
				return where(t != nil && (t.Kind == "AS" || t.Kind == "WS" || t.Kind == "WW") && len(t.Substances) > 0, pathKind)
			},
		},
	}
}

// kinds lists the kinds of substances that each Therapieart consists of.
var kinds = map[tumour.Code]string{"CH": "CH", "HO": "HO", "IM": "IM", "ZS": "ZS", "CI": "CH IM", "CZ": "CH ZS", "CIZ": "CH IM ZS", "IZ": "IM ZS"}

// kindOff looks at the substances that are known. Hormones and supporting
// substances go with everything.
func kindOff(_ *look, r *report.Report) []string {
	t := r.Event.Systemic
	if t == nil {
		return nil
	}
	expected, judged := kinds[t.Kind]
	if !judged {
		return nil
	}
	fits, met := false, false
	for i := range t.Substances {
		kind := kindOf(&t.Substances[i])
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
func kindOf(s *tumour.Substance) string {
	if s.ATC != nil {
		known, _ := terminology.SubstanceOf(string(s.ATC.Code))
		return known.Kind
	}
	if kind, written := kindsByName()[string(s.Name)]; written {
		return kind
	}
	known, _ := terminology.SubstanceNamed(string(s.Name))
	return known.Kind
}

// kindsByName answers for names as the list writes them, without folding.
var kindsByName = sync.OnceValue(func() map[string]string {
	all := map[string]string{}
	for _, s := range terminology.Substances() {
		all[s.Name] = s.Kind
	}
	return all
})

// severalNames looks for what parts names, and keeps known names with a comma
// and products of several substances.
func severalNames(name string) bool {
	if !strings.ContainsAny(name, ",;+/&") && !strings.Contains(name, " und ") {
		return false
	}
	_, known := terminology.SubstanceNamed(name)
	return !known && !terminology.FixedCombination(name)
}
