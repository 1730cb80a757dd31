// SPDX-License-Identifier: EUPL-1.2

package check

import (
	"strings"

	"meldewerk/report"
	"meldewerk/terminology"
)

const (
	readsCertainty = "Meldung/*/Diagnosesicherung"
	readsAutopsy   = "Meldung/*/*TNM/a_Symbol"
)

// certaintyRules judges how the diagnosis was made. Spec: oBDS 3.0.4 Diagnosesicherung
func certaintyRules() []Rule {
	return []Rule{
		{
			ID: "V1", Severity: report.Warning, Reads: []string{readsCertainty, pathMorphology, readsMorphology},
			Message: Sentence{"Die Morphologie ist ohne Mikroskop kaum zu erkennen, die Diagnosesicherung nennt aber keines.",
				"The morphology can hardly be told without a microscope, yet the basis of diagnosis names none."},
			Remedy: Sentence{"Prüfen Sie die Diagnosesicherung. Ist sie richtig, ist nichts zu tun.",
				"Check the basis of diagnosis. If it is right, nothing needs to be done."},
			Source: "IARC-CSU CanReg5 Basis; GTDS DS_NHIST_HISTO",
			judge: func(c *look, _ *report.Report) []string {
				v := &c.view
				broken := (v.certainty == "1" || v.certainty == "2" || v.certainty == "4") &&
					v.anyMorph(func(p *placed) bool { return terminology.NeedsMicroscope(v.icd, string(p.Code)) })
				return where(broken, v.root, "/Diagnosesicherung")
			},
		},
		{
			ID: "V2", Severity: report.Warning, Reads: []string{readsCertainty, readsHistology},
			Message: Sentence{"Die Diagnose ist histologisch gesichert, aber es ist keine Histologie angegeben.",
				"The diagnosis is confirmed by histology, but no histology is given."},
			Remedy: Sentence{"Ergänzen Sie die Histologie, wenn sie Ihnen vorliegt.", "Add the histology if you have it."},
			Source: "own",
			judge: func(c *look, r *report.Report) []string {
				v := &c.view
				return where(strings.HasPrefix(string(v.certainty), "7") && v.histoPath == "" && r.Event.Assignment.Morphology == nil, v.root, "/Histologie")
			},
		},
		{
			ID: "V3", Severity: report.Warning, Reads: []string{readsHistology + "/Grading", readsMorphology},
			Message: Sentence{"Für diese Morphologie ist kein Grading vorgesehen.", "The morphology has no grading."},
			Remedy: Sentence{"Prüfen Sie Morphologie und Grading. Ohne Grading gilt T (trifft nicht zu).",
				"Check morphology and grading. Without grading give T."},
			Source: "IARC-CSU CanReg5 Grade",
			judge: func(c *look, _ *report.Report) []string {
				v := &c.view
				broken := graded(v) && allMorphs(v, func(p *placed) bool { return p.four < 9590 && !terminology.Gradable(string(p.Code)) })
				return where(broken, v.histoPath, "/Grading")
			},
		},
		{
			ID: "V3b", Severity: report.Warning, Reads: []string{readsHistology + "/Grading", readsMorphology},
			Message: Sentence{"Das Grading widerspricht der Morphologie, die den Grad schon nennt.", "The grading contradicts the morphology, which implies a grade."},
			Remedy: Sentence{"Prüfen Sie Morphologie und Grading. Sind beide richtig, ist nichts zu tun.",
				"Check morphology and grading. If both are right, nothing needs to be done."},
			Source: "IARC-CSU CanReg5 Grade",
			judge: func(c *look, _ *report.Report) []string {
				v := &c.view
				g := v.histology.Grading
				broken := graded(v) && allMorphs(v, func(p *placed) bool {
					n := p.four
					return g != "1" && g != "L" && between(n, 8331, 8331, 9187, 9187, 9511, 9511) || g != "3" && g != "H" && p.behaviour == '3' && between(n, 8631, 8631, 8634, 8634) ||
						g != "4" && g != "H" && between(n, 8020, 8021)
				})
				return where(broken, v.histoPath, "/Grading")
			},
		},
	}
}

// graded says that the grading gives a grade.
func graded(v *view) bool {
	switch v.histology.Grading {
	case "1", "2", "3", "4", "L", "M", "H":
		return true
	}
	return false
}

// allMorphs says that the histology has morphologies and all of them are so.
func allMorphs(v *view, so func(*placed) bool) bool {
	met := false
	for i := range v.morphs {
		p := &v.morphs[i]
		if p.assigned() {
			continue
		}
		if met = true; !so(p) {
			return false
		}
	}
	return met
}
