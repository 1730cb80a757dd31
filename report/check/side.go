// SPDX-License-Identifier: EUPL-1.2

package check

import "meldewerk/report"

const pathSide = "Meldung/Tumorzuordnung/Seitenlokalisation"

// sideRules judges the side of the tumour. Spec: oBDS 3.0.4 Seitenlokalisation_Typ
func sideRules() []Rule {
	return []Rule{
		{
			ID: "I13", Severity: report.Warning, Reads: []string{pathSide, pathICD},
			Message: Sentence{"Das Organ ist paarig, aber die Seite fehlt.", "The organ is paired, but the side is missing."},
			Remedy: Sentence{"Geben Sie die Seite an: links, rechts oder unbekannt.",
				"Give the side: left, right or unknown."},
			Source: "tumorscout.de; KKN",
			judge: func(c *look, r *report.Report) []string {
				side := r.Event.Assignment.Side
				return where((side == "" || side == "T") && c.view.code.asksForSide, pathSide)
			},
		},
		{
			ID: "I13b", Severity: report.Warning, Reads: []string{pathSide, pathICD},
			Message: Sentence{"Für dieses Organ oder diese Erkrankung gibt es keine Seite.", "This organ or disease has no side."},
			Remedy: Sentence{"Prüfen Sie Seite und Diagnose. Für unpaarige Organe gilt T (trifft nicht zu).",
				"Check side and diagnosis. For organs that are not paired give T."},
			Source: "tumorscout.de; KKN",
			judge: func(c *look, r *report.Report) []string {
				side := r.Event.Assignment.Side
				return where((side == "L" || side == "R" || side == "B") && c.view.code.sideless, pathSide)
			},
		},
		{
			ID: "I13c", Severity: report.Warning, Reads: []string{pathSide, pathICD},
			Message: Sentence{"Beidseitige Tumoren dieses Organs sind zwei Tumoren.", "Tumours on both sides of this organ are two tumours."},
			Remedy: Sentence{"Melden Sie je Seite einen Tumor mit eigener Tumor-ID.",
				"Report one tumour for each side, each with its own id."},
			Source: "oBDS 3.0.4 Seitenlokalisation_Typ",
			judge: func(c *look, r *report.Report) []string {
				return where(r.Event.Assignment.Side == "B" && c.view.code.oneOfTwo, pathSide)
			},
		},
	}
}

var (
	// withoutSide are organs in the middle and diseases of the whole body.
	withoutSide = sitesOf("C01 C15-C17 C19-C21 C23 C25 C33 C52 C53 C55 C58 C61 C80 C90-C95 D00.1 D00.2 D01.1 D01.2 D06 D07.5 D45 D46 D47")
	// sideNotAlways are paired organs whose code tells the part and where one
	// side is not always to be told: bones, nose and sinuses, sites that overlap.
	sideNotAlways = sitesOf("C30 C31 C40 C41 C44 C38.4 D04")
	// reportedTwice are paired organs of which each side is a tumour of its own.
	reportedTwice = sitesOf("C34 C50 C62 C65 C66 D05")
)
