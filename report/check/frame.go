// SPDX-License-Identifier: EUPL-1.2

package check

import (
	"meldewerk/report"
	"meldewerk/tumour"
)

// frameRules judges the frame of the report. Spec: oBDS 3.0.4 Meldung
func frameRules() []Rule {
	return []Rule{
		{
			ID: "R5", Severity: report.Error, Reads: []string{pathReason, "Meldung/*"},
			Message: Sentence{"Die Meldebegründung D (kein direkter Patientenkontakt) gilt nur für Pathologie und Labor.",
				"The reason D (no direct contact with the patient) is for pathology and laboratory only."},
			Remedy: Sentence{"Geben Sie an, ob die Patientin oder der Patient informiert wurde (I, A, W oder V), und senden Sie die Meldung erneut.",
				"State whether the patient was informed (I, A, W or V) and send the report again."},
			Source: "Manual plus, Meldebegründung",
			judge: func(_ *look, r *report.Report) []string {
				return where(r.Reason == report.NoContact && r.Event.Occasion() != tumour.OccasionPathology, pathReason)
			},
		},
		{
			ID: "R5b", Severity: report.Error, States: []string{"HH", "MV"}, Reads: []string{pathReason},
			Message: Sentence{"Bei Widerspruch der Patientin oder des Patienten darf in diesem Land nicht gemeldet werden.",
				"In this state a report must not be sent when the patient has objected."},
			Remedy: Sentence{"Nehmen Sie die Meldung aus dem Paket. Senden Sie sie nicht erneut.",
				"Take the report out of the package. Do not send it again."},
			Source: "Umsetzungsleitfaden, Widerspruchsregelungen",
			judge: func(_ *look, r *report.Report) []string {
				return where(r.Reason == report.Objection, pathReason)
			},
		},
	}
}
