// SPDX-License-Identifier: EUPL-1.2

package protocol

import (
	"strconv"
	"strings"

	"meldewerk/report"
	"meldewerk/tumour"
)

// words are the Wörter of a protocol in one language.
type words struct {
	errorWord, hint                   string
	accepted, warned, rejected, none  string // verdicts; none: of a package that cannot be read
	ofThem                            string // of the accepted
	once, times                       string
	report, reports, id, line, column string
	from                              string // line at which a report begins
	place                             string
	rule, value, more, unknown        string
	unreadable, soFar                 string
	noReports, clean, all             string
	fileHint                          string
	together, files, oneUnreadable    string
	manyUnreadable                    string
	columns                           []string
}

var german = words{
	errorWord: "Fehler", hint: "Hinweis",
	accepted: "Angenommen", warned: "Mit Hinweisen", rejected: "Abgewiesen", none: "Nicht lesbar",
	ofThem: "davon %s mit Hinweisen",
	once:   "einmal", times: "%s-mal dieselbe Ursache",
	report: "Meldung", reports: "Meldungen", id: "Meldungs-ID", line: "Zeile", from: "beginnt in Zeile", column: "Spalte", place: "Stelle", rule: "Regel", value: "Wert: „%s“",
	more: "… und %s weitere", unknown: "unbekannter Fassung",
	unreadable: "Nicht lesbar; von dieser Datei wird nichts angenommen.", soFar: "Bis zur Fundstelle gelesene Meldungen: %s",
	noReports: "Das Paket enthält keine Meldung.", clean: "Alle Meldungen sind ohne Befund.",
	all: "Jede einzelne Fundstelle zeigt --format csv.", fileHint: "Zum Paket als Ganzem",
	together: "Zusammen", files: "Dateien", oneUnreadable: "1 Datei ist nicht lesbar.", manyUnreadable: "%s Dateien sind nicht lesbar.",
	columns: []string{"Datei", "Nr.", "Patientennummer", "Meldungs-ID", "Meldeanlass", "Ergebnis", "Stand",
		"Schwere", "Regel", "Zeile", "Pfad", "Befund", "Abhilfe", "Quittung"},
}

var english = words{
	errorWord: "Error", hint: "Warning",
	accepted: "Accepted", warned: "With warnings", rejected: "Rejected", none: "Unreadable",
	ofThem: "%s of them with warnings",
	once:   "once", times: "%s times the same cause",
	report: "report", reports: "reports", id: "report ID", line: "line", from: "begins in line", column: "column", place: "Place", rule: "rule", value: "Value: “%s”",
	more: "… and %s more", unknown: "of unknown version",
	unreadable: "Unreadable; nothing of this file is accepted.", soFar: "Reports read up to that place: %s",
	noReports: "The package holds no report.", clean: "All reports are without findings.",
	all: "--format csv shows every single place.", fileHint: "On the package as a whole",
	together: "Together", files: "files", oneUnreadable: "1 file is unreadable.", manyUnreadable: "%s files are unreadable.",
	columns: []string{"File", "No.", "Patient number", "Report ID", "Occasion", "Verdict", "State",
		"Severity", "Rule", "Line", "Path", "Finding", "Remedy", "Receipt"},
}

func wordsOf(isEnglish bool) *words {
	if isEnglish {
		return &english
	}
	return &german
}

func (w *words) severity(s report.Severity) string {
	if s == report.Error {
		return w.errorWord
	}
	return w.hint
}

func (w *words) verdict(v report.Verdict) string {
	switch v {
	case report.Accepted:
		return w.accepted
	case report.Warned:
		return w.warned
	}
	return w.rejected
}

var englishOccasions = map[tumour.Occasion]string{
	tumour.OccasionDiagnosis: "Diagnosis", tumour.OccasionPathology: "Pathology", tumour.OccasionSurgery: "Surgery",
	tumour.OccasionRadiotherapy: "Radiotherapy", tumour.OccasionSystemic: "Systemic therapy", tumour.OccasionCourse: "Course",
	tumour.OccasionDeath: "Death", tumour.OccasionBoard: "Tumour board",
}

func (w *words) occasion(o tumour.Occasion) string {
	switch {
	case o == "":
		return ""
	case w == &english:
		return englishOccasions[o]
	}
	return o.German()
}

// number writes 43863 as 43.863, in English as 43,863.
func (w *words) number(n int) string {
	point := "."
	if w == &english {
		point = ","
	}
	text := strconv.Itoa(n)
	for at := len(text) - 3; at > 0; at -= 3 {
		text = text[:at] + point + text[at:]
	}
	return text
}

// Printable keeps a text of the sender from steering a terminal or turning
// the direction of what stands beside it.
func Printable(text string) string {
	return strings.Map(func(r rune) rune {
		if steers(r) || r == 0xfffd {
			return '·'
		}
		return r
	}, text)
}

// steers says whether a character moves a cursor, turns the direction of a
// text or cannot be seen.
func steers(r rune) bool {
	switch {
	case r < ' ', r >= 0x7f && r < 0xa0, r == 0x2028, r == 0x2029,
		r == 0x200e, r == 0x200f, r == 0x61c, r >= 0x202a && r <= 0x202e, r >= 0x2066 && r <= 0x2069, r == 0xfeff:
		return true
	}
	return false
}

func upper(word string) string { return strings.ToUpper(word[:1]) + word[1:] }
func lower(word string) string { return strings.ToLower(word[:1]) + word[1:] }
