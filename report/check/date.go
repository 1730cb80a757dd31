// SPDX-License-Identifier: EUPL-1.2

package check

import (
	"slices"
	"strings"

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
			judge: func(c *look, _ *report.Report) []string {
				return where(c.diagnosed.before(c.born), pathDiagnosed)
			},
		},
		{
			ID: "D2", Severity: report.Error, Reads: slices.Concat([]string{pathDiagnosed}, actDates),
			Message: Sentence{"Eine Behandlung oder Untersuchung liegt vor dem Diagnosedatum.", "A treatment or examination is before the date of diagnosis."},
			Remedy:  mendDate,
			Source:  "tumorscout.de; Manual plus, Diagnose; KKN",
			judge: func(c *look, r *report.Report) []string {
				return datesThat(c, func(d *dated) bool {
					return d.means == act && d.before(c.diagnosed)
				})
			},
		},
		{
			// A board may speak of a tumour that is only suspected, and the day of
			// its histology becomes the date of diagnosis.
			ID: "D2c", Severity: report.Warning, Reads: slices.Concat([]string{pathDiagnosed}, meetingDates),
			Message: Sentence{"Die Tumorkonferenz liegt vor dem Diagnosedatum.", "The tumour board is before the date of diagnosis."},
			Remedy:  lookAtDate,
			Source:  "Manual plus, Diagnose; own",
			judge: func(c *look, _ *report.Report) []string {
				return datesThat(c, func(d *dated) bool { return d.means == meeting && d.before(c.diagnosed) })
			},
		},
		{
			// A metastasis may be found before its primary tumour, so this only warns.
			ID: "D2b", Severity: report.Warning, Reads: slices.Concat([]string{pathDiagnosed}, evidenceDates),
			Message: Sentence{"Ein Befund liegt vor dem Diagnosedatum.", "A finding is before the date of diagnosis."},
			Remedy:  lookAtDate,
			Source:  "tumorscout.de; Manual plus, Diagnose",
			judge: func(c *look, r *report.Report) []string {
				return datesThat(c, func(d *dated) bool {
					return d.means == evidence && d.before(c.diagnosed)
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
			judge: func(c *look, r *report.Report) []string {
				return where(c.died.before(c.diagnosed), pathDiagnosed)
			},
		},
		{
			ID: "D4", Severity: report.Error, Reads: slices.Concat([]string{pathDeath, readsCertainty, readsAutopsy}, actDates),
			Message: Sentence{"Eine Behandlung oder Untersuchung liegt nach dem Sterbedatum.", "A treatment or examination is after the date of death."},
			Remedy:  mendDate,
			Source:  "own; findings of an autopsy excepted",
			judge: func(c *look, _ *report.Report) []string {
				if c.died.first == 0 || c.view.autopsy() {
					return nil
				}
				return datesThat(c, func(d *dated) bool { return d.means == act && c.died.before(d.span) })
			},
		},
		{
			// A specimen may be read, a board may meet and relatives may be
			// counselled when the patient is dead.
			ID: "D4b", Severity: report.Warning, Reads: slices.Concat([]string{pathDeath, readsCertainty, readsAutopsy}, meetingDates, evidenceDates, otherDates),
			Message: Sentence{"Ein Befund, eine Konferenz oder eine Beratung liegt nach dem Sterbedatum.", "A finding, a board or a counselling is after the date of death."},
			Remedy:  lookAtDate,
			Source:  "own; findings of an autopsy excepted",
			judge: func(c *look, _ *report.Report) []string {
				if c.died.first == 0 || c.view.autopsy() {
					return nil
				}
				return datesThat(c, func(d *dated) bool { return d.means != act && c.died.before(d.span) })
			},
		},
	}
}

// futureRules judges what cannot have happened yet.
func futureRules() []Rule {
	return []Rule{
		{
			ID: "D5", Severity: report.Error, Reads: slices.Concat([]string{pathBirth, pathDiagnosed, pathDeath}, actDates, meetingDates, evidenceDates, otherDates),
			Message: Sentence{"Ein Datum liegt in der Zukunft.", "A date is in the future."},
			Remedy: Sentence{"Geben Sie ein Datum bis heute an und senden Sie die Meldung erneut.",
				"Give a date up to today and send the report again."},
			Source: "GTDS DATI/DIDA; IARC-CSU CanReg5",
			judge: func(c *look, r *report.Report) []string {
				return everyDateThat(c, r, func(d span) bool { return c.today.before(d) })
			},
		},
		{
			// The Meldedatum is the sender's own word, and the official sample
			// packages carry events after it.
			ID: "D5b", Severity: report.Warning, Reads: slices.Concat([]string{"Meldedatum", pathBirth, pathDiagnosed, pathDeath}, actDates, meetingDates, evidenceDates, otherDates),
			Message: Sentence{"Ein Datum liegt nach dem Meldedatum des Pakets.", "A date is after the package's date of reporting."},
			Remedy:  lookAtDate,
			Source:  "GTDS DATI/DIDA",
			judge: func(c *look, r *report.Report) []string {
				return everyDateThat(c, r, func(d span) bool {
					return c.reported.before(d) && !c.today.before(d)
				})
			},
		},
	}
}

// where gives the path, which may come in parts, when the rule is broken.
func where(broken bool, path ...string) []string {
	if broken {
		return []string{strings.Join(path, "")}
	}
	return nil
}

// whereNth is where for the i-th member of a list.
func whereNth(broken bool, path string, i int, rest string) []string {
	if broken {
		return []string{at(path, i, rest)}
	}
	return nil
}

func datesThat(c *look, broken func(*dated) bool) []string {
	var paths []string
	for i := range c.dates {
		if d := &c.dates[i]; broken(d) {
			paths = append(paths, d.where(c.view.root))
		}
	}
	return paths
}

// everyDateThat looks at birth, diagnosis and death, too.
func everyDateThat(c *look, r *report.Report, broken func(span) bool) []string {
	paths := where(broken(c.born), pathBirth)
	paths = append(paths, where(broken(c.diagnosed), pathDiagnosed)...)
	paths = append(paths, where(r.Event.Death != nil && broken(c.died), pathDeath)...)
	for i := range c.dates {
		if d := &c.dates[i]; broken(d.span) {
			paths = append(paths, d.where(c.view.root))
		}
	}
	return paths
}
