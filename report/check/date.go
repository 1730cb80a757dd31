// SPDX-License-Identifier: EUPL-1.2

package check

import (
	"slices"

	"meldewerk/calendar"
	"meldewerk/report"
)

var (
	mendDate = Sentence{
		"Prüfen Sie beide Daten, berichtigen Sie das falsche und senden Sie die Meldung erneut.",
		"Check both dates, correct the wrong one and send the report again.",
	}
	lookAtDate = Sentence{
		"Prüfen Sie die Daten. Sind sie richtig, ist nichts zu tun.",
		"Check the dates. If they are right, nothing needs to be done.",
	}
)

// dateRules judges days. Spec: oBDS 3.0.4 Datumsgenauigkeit
func dateRules() []Rule { return slices.Concat(diagnosisRules(), deathRules(), futureRules()) }

// diagnosisRules judges what must not be before the diagnosis, or birth after it.
func diagnosisRules() []Rule {
	return []Rule{
		{
			ID: "D1", Severity: report.Error, Reads: []string{pathDiagnosed, pathBirth},
			Message: Sentence{"Das Diagnosedatum liegt vor dem Geburtsdatum.", "The date of diagnosis is before the date of birth."},
			Remedy:  mendDate,
			Source:  "GTDS GEDA/DIDA; IARC-CSU CanReg5",
			judge: func(_ *Context, r *report.Report) []string {
				return where(r.Event.Assignment.DiagnosedOn.SurelyBefore(r.Person.BirthDate), pathDiagnosed)
			},
		},
		{
			ID: "D2", Severity: report.Error, Reads: slices.Concat([]string{pathDiagnosed}, actDates),
			Message: Sentence{"Eine Maßnahme oder Untersuchung liegt vor dem Diagnosedatum.", "A treatment or examination is before the date of diagnosis."},
			Remedy:  mendDate,
			Source:  "tumorscout.de; Manual plus, Diagnose; KKN",
			judge: func(c *Context, r *report.Report) []string {
				return datesThat(c, func(d dated) bool {
					return d.means == act && d.date.SurelyBefore(r.Event.Assignment.DiagnosedOn)
				})
			},
		},
		{
			// A metastasis may be found before its primary tumour, so this only warns.
			ID: "D2b", Severity: report.Warning, Reads: slices.Concat([]string{pathDiagnosed}, evidenceDates),
			Message: Sentence{"Ein Befund liegt vor dem Diagnosedatum.", "A finding is before the date of diagnosis."},
			Remedy:  lookAtDate,
			Source:  "tumorscout.de; Manual plus, Diagnose",
			judge: func(c *Context, r *report.Report) []string {
				return datesThat(c, func(d dated) bool {
					return d.means == evidence && d.date.SurelyBefore(r.Event.Assignment.DiagnosedOn)
				})
			},
		},
	}
}

// deathRules judges what must not be after the death.
func deathRules() []Rule {
	return []Rule{
		{
			ID: "D3", Severity: report.Error, Reads: []string{pathDiagnosed, pathDeath},
			Message: Sentence{"Das Diagnosedatum liegt nach dem Sterbedatum. Das späteste Diagnosedatum ist der Todestag.",
				"The date of diagnosis is after the date of death. The latest date of diagnosis is the day of death."},
			Remedy: mendDate,
			Source: "KKN",
			judge: func(c *Context, r *report.Report) []string {
				return where(diedOn(c, r).SurelyBefore(r.Event.Assignment.DiagnosedOn), pathDiagnosed)
			},
		},
		{
			ID: "D4", Severity: report.Error, Reads: slices.Concat([]string{pathDeath}, actDates, evidenceDates, otherDates),
			Message: Sentence{"Ein Ereignis liegt nach dem Sterbedatum.", "An event is after the date of death."},
			Remedy:  mendDate,
			Source:  "own; findings of an autopsy excepted",
			judge: func(c *Context, r *report.Report) []string {
				died := diedOn(c, r)
				return datesThat(c, func(d dated) bool { return !d.autopsy && died.SurelyBefore(d.date) })
			},
		},
	}
}

// futureRules judges what cannot have happened yet.
func futureRules() []Rule {
	return []Rule{
		{
			ID: "D5", Severity: report.Error, Reads: slices.Concat([]string{pathBirth, pathDiagnosed, pathDeath}, actDates, evidenceDates, otherDates),
			Message: Sentence{"Ein Datum liegt in der Zukunft.", "A date is in the future."},
			Remedy: Sentence{"Geben Sie ein Datum bis heute an und senden Sie die Meldung erneut.",
				"Give a date up to today and send the report again."},
			Source: "GTDS DATI/DIDA; IARC-CSU CanReg5",
			judge: func(c *Context, r *report.Report) []string {
				return everyDateThat(c, r, func(d calendar.Date) bool { return c.Today.SurelyBefore(d) })
			},
		},
		{
			// The Meldedatum is the sender's own word, and the official sample
			// packages carry events after it.
			ID: "D5b", Severity: report.Warning, Reads: slices.Concat([]string{"Meldedatum", pathBirth, pathDiagnosed, pathDeath}, actDates, evidenceDates, otherDates),
			Message: Sentence{"Ein Datum liegt nach dem Meldedatum des Pakets.", "A date is after the package's date of reporting."},
			Remedy:  lookAtDate,
			Source:  "GTDS DATI/DIDA",
			judge: func(c *Context, r *report.Report) []string {
				return everyDateThat(c, r, func(d calendar.Date) bool {
					return c.ReportedOn.SurelyBefore(d) && !c.Today.SurelyBefore(d)
				})
			},
		},
	}
}

// where gives the path when the rule is broken.
func where(broken bool, path string) []string {
	if broken {
		return []string{path}
	}
	return nil
}

// diedOn is the day of death as the report or another one on the patient says.
func diedOn(c *Context, r *report.Report) calendar.Date {
	if d := r.Event.Death; d != nil {
		return d.Date
	}
	return c.DiedOn
}

func datesThat(c *Context, broken func(dated) bool) []string {
	var paths []string
	for _, d := range c.dates {
		if broken(d) {
			paths = append(paths, d.path)
		}
	}
	return paths
}

// everyDateThat looks at birth, diagnosis and death, too.
func everyDateThat(c *Context, r *report.Report, broken func(calendar.Date) bool) []string {
	paths := where(broken(r.Person.BirthDate), pathBirth)
	paths = append(paths, where(broken(r.Event.Assignment.DiagnosedOn), pathDiagnosed)...)
	if d := r.Event.Death; d != nil {
		paths = append(paths, where(broken(d.Date), pathDeath)...)
	}
	return append(paths, datesThat(c, func(d dated) bool { return broken(d.date) })...)
}
