// SPDX-License-Identifier: EUPL-1.2

package check

import (
	"meldewerk/report"
	"meldewerk/tumour"
)

const (
	pathCourse    = "Meldung/ST/Menge_Bestrahlung/Bestrahlung"
	pathSystEnd   = "Meldung/SYST/Ende"
	pathSystWhy   = "Meldung/SYST/Ende_Grund"
	pathRadioWhy  = "Meldung/ST/Ende_Grund"
	pathRadioWhen = "Meldung/ST/Meldeanlass"
	pathSystWhen  = "Meldung/SYST/Meldeanlass"
)

// phaseRules judges beginning and end of radiotherapy and systemic therapy.
// Spec: oBDS 3.0.4 ST_Typ, SYST_Typ
func phaseRules() []Rule {
	return []Rule{
		{
			ID: "D8", Severity: report.Error,
			Reads:   []string{pathCourse + "/Beginn", pathCourse + "/Ende", "Meldung/SYST/Beginn", pathSystEnd},
			Message: Sentence{"Das Ende der Therapie liegt vor ihrem Beginn.", "The end of the therapy is before its beginning."},
			Remedy:  mendDate,
			Source:  "own",
			judge:   endBeforeBegin,
		},
		{
			ID: "D8b", Severity: report.Warning,
			Reads:   []string{pathRadioWhen, pathCourse + "/Ende", pathRadioWhy, pathSystWhen, pathSystEnd, pathSystWhy},
			Message: Sentence{"Zum Behandlungsende fehlt das Enddatum oder der Grund des Endes.", "The report of the end lacks the date or the reason of the end."},
			Remedy: Sentence{"Ergänzen Sie Enddatum und Grund, sobald sie bekannt sind, und senden Sie die Meldung erneut.",
				"Add date and reason of the end when they are known, and send the report again."},
			Source: "Manual plus, Strahlentherapie",
			judge:  endWithoutEnd,
		},
		{
			ID: "D8c", Severity: report.Warning,
			Reads:   []string{pathRadioWhen, pathCourse + "/Ende", pathSystWhen, pathSystEnd},
			Message: Sentence{"Zum Behandlungsbeginn ist schon ein Enddatum angegeben.", "The report of the beginning already gives a date of the end."},
			Remedy: Sentence{"Ist die Behandlung beendet, melden Sie sie als Behandlungsende. Andernfalls löschen Sie das Enddatum.",
				"If the treatment has ended, report its end. Otherwise remove the date."},
			Source: "Manual plus, Strahlentherapie",
			judge:  beginWithEnd,
		},
	}
}

func endBeforeBegin(_ *look, r *report.Report) []string {
	var paths []string
	if t := r.Event.Radiotherapy; t != nil {
		for i := range t.Courses {
			course := &t.Courses[i]
			paths = append(paths, whereNth(spanOf(course.End).before(spanOf(course.Begin)), pathCourse, i, "/Ende")...)
		}
	}
	if t := r.Event.Systemic; t != nil {
		paths = append(paths, where(spanOf(t.End).before(spanOf(t.Begin)), pathSystEnd)...)
	}
	return paths
}

func endWithoutEnd(_ *look, r *report.Report) []string {
	var paths []string
	if t := r.Event.Radiotherapy; t != nil && t.Phase == tumour.PhaseEnd {
		paths = append(paths, where(len(t.Courses) == 0, "Meldung/ST/Menge_Bestrahlung")...)
		for i := range t.Courses {
			course := &t.Courses[i]
			paths = append(paths, whereNth(course.End.IsZero(), pathCourse, i, "/Ende")...)
		}
		paths = append(paths, where(t.EndReason == "", pathRadioWhy)...)
	}
	if t := r.Event.Systemic; t != nil && t.Phase == tumour.PhaseEnd {
		paths = append(paths, where(t.End.IsZero(), pathSystEnd)...)
		paths = append(paths, where(t.EndReason == "", pathSystWhy)...)
	}
	return paths
}

func beginWithEnd(_ *look, r *report.Report) []string {
	var paths []string
	if t := r.Event.Radiotherapy; t != nil && t.Phase == tumour.PhaseBegin {
		for i := range t.Courses {
			course := &t.Courses[i]
			paths = append(paths, whereNth(!course.End.IsZero(), pathCourse, i, "/Ende")...)
		}
	}
	if t := r.Event.Systemic; t != nil && t.Phase == tumour.PhaseBegin {
		paths = append(paths, where(!t.End.IsZero(), pathSystEnd)...)
	}
	return paths
}
