// SPDX-License-Identifier: EUPL-1.2

package check

import (
	"meldewerk/calendar"
	"meldewerk/report"
)

// estimateRules judges how well the day of diagnosis is known, and how old it is.
func estimateRules() []Rule {
	return []Rule{
		{
			ID: "D6", Severity: report.Warning, Reads: []string{pathDiagnosed, "Meldung/Diagnose"},
			Message: Sentence{"Das Diagnosedatum ist geschätzt.", "The date of diagnosis is estimated."},
			Remedy:  Sentence{"Geben Sie den genauen Tag an, wenn Sie ihn kennen.", "Give the exact day if you know it."},
			Source:  "KKN",
			judge: func(c *look, r *report.Report) []string {
				d := r.Event.Assignment.DiagnosedOn
				return where(r.Event.Diagnosis != nil && !d.IsZero() && !d.IsExact(), pathDiagnosed)
			},
		},
		{
			ID: "D7", Severity: report.Warning, Reads: []string{pathDiagnosed, "Meldung/Diagnose/Modul_Prostata/DatumStanzen", "Meldung/Diagnose/Modul_Prostata/AnlassGleasonScore"},
			Message: Sentence{"Der Tag der Stanzbiopsie ist nicht das Diagnosedatum.", "The day of the biopsy is not the date of diagnosis."},
			Remedy: Sentence{"Wurde der Tumor durch die Stanzbiopsie gesichert, gilt ihr Tag als Diagnosedatum.",
				"If the biopsy confirmed the tumour, its day is the date of diagnosis."},
			Source: "tumorscout.de",
			judge: func(c *look, r *report.Report) []string {
				d := r.Event.Diagnosis
				if d == nil || d.Prostate == nil || d.Prostate.GleasonFrom != "S" {
					return nil
				}
				return where(spanOf(d.Prostate.BiopsyDate).apart(c.diagnosed), pathDiagnosed)
			},
		},
		beforeRegistry("D10", 2009, "tumorscout.de", "BW"),
		beforeRegistry("D10b", 1998, "GTDS DIDAALT", "BB", "BE", "MV", "SN", "ST", "TH"),
	}
}

// beforeRegistry asks about diagnoses from before a registry began.
func beforeRegistry(id string, year int16, source string, states ...string) Rule {
	begin := spanOf(calendar.Date{Year: year, Month: 1, Day: 1})
	return Rule{
		ID: id, Severity: report.Warning, States: states, Reads: []string{pathDiagnosed},
		Message: Sentence{"Die Diagnose liegt vor dem Beginn der Registrierung in diesem Land.", "The diagnosis is from before registration began in this state."},
		Remedy:  lookAtDate, Source: source,
		judge: func(c *look, r *report.Report) []string {
			return where(c.diagnosed.before(begin), pathDiagnosed)
		},
	}
}
