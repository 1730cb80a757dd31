// SPDX-License-Identifier: EUPL-1.2

package check

import (
	"meldewerk/report"
	"meldewerk/tumour"
)

const readsEffect = "Meldung/*/Nebenwirkungen/Menge_Nebenwirkung/Nebenwirkung"

// effectRules judges side effects. Spec: oBDS 3.0.4 Nebenwirkung_Typ
func effectRules() []Rule {
	return []Rule{
		{
			// The schema asks for the grade; a form may come without.
			ID: "S3b", Severity: report.Warning, Reads: []string{readsEffect + "/Grad"},
			Message: Sentence{"Zur Nebenwirkung fehlt der Grad, oder er ist kleiner als 3.", "The side effect lacks its grade, or the grade is below 3."},
			Remedy: Sentence{"Geben Sie einzelne Nebenwirkungen mit Grad 3 bis 5 an, geringere nur mit dem höchsten Grad.",
				"List side effects of grade 3 to 5; of lesser ones give the highest grade only."},
			Source: "Umsetzungsleitfaden, Änderungen 3.0.0",
			judge: func(c *look, r *report.Report) []string {
				var effects []tumour.SideEffect
				if t := r.Event.Radiotherapy; t != nil {
					effects = t.SideEffects.List
				}
				if t := r.Event.Systemic; t != nil {
					effects = t.SideEffects.List
				}
				var paths []string
				for i := range effects {
					g := effects[i].Grade
					paths = append(paths, whereNth(g != "3" && g != "4" && g != "5", c.view.root+"/Nebenwirkungen/Menge_Nebenwirkung/Nebenwirkung", i, "/Grad")...)
				}
				return paths
			},
		},
	}
}
