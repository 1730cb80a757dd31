// SPDX-License-Identifier: EUPL-1.2

package report

import "meldewerk/tumour"

// Severity tells whether a Finding stops a report.
type Severity string

// The severities of a finding.
const (
	Error   Severity = "error"   // the report is rejected
	Warning Severity = "warning" // the report goes on; the reporter should look
)

// Finding is a Befund der Prüfung: one thing that is wrong with a report or a
// package, where it stands and what to do. It never holds a value of the
// report, only the place and the rule.
type Finding struct {
	Rule     string   `json:"rule"` // stable id, e.g. XML-017 or D2
	Severity Severity `json:"severity"`
	Path     string   `json:"path"` // element path as in the XML
	Line     int      `json:"line"` // 1-based, 0 when there is no line
	Message  string   `json:"message"`
	Remedy   string   `json:"remedy"`
}

// Verdict is the Prüfergebnis of one report.
type Verdict string

// The verdicts.
const (
	Accepted Verdict = "accepted" // angenommen
	Warned   Verdict = "warned"   // angenommen mit Hinweisen
	Rejected Verdict = "rejected" // abgewiesen
)

// VerdictOf is the verdict that follows from findings.
func VerdictOf(findings []Finding) Verdict {
	verdict := Accepted
	for _, f := range findings {
		if f.Severity == Error {
			return Rejected
		}
		verdict = Warned
	}
	return verdict
}

// Result is one row of the Prüfprotokoll: the verdict on one report.
type Result struct {
	Position int             `json:"position"` // 1-based, in the order of the package
	Patient  PatientID       `json:"patient_id"`
	Report   ID              `json:"report_id"`
	Occasion tumour.Occasion `json:"occasion"`
	Verdict  Verdict         `json:"verdict"`
	Findings []Finding       `json:"findings"`
}
