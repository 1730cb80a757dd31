// SPDX-License-Identifier: EUPL-1.2

package wording

import "meldewerk/tumour"

// words translates the values of one closed list into words of the office.
type words map[tumour.Code]string

// of gives the word; a value that the table does not know is shown as it is,
// so that nothing reported disappears.
func (w words) of(code tumour.Code) string {
	if word, known := w[code]; known {
		return word
	}
	return string(code)
}

// all gives the words of several values.
func (w words) all(codes []tumour.Code) []string {
	out := make([]string, len(codes))
	for i, code := range codes {
		out[i] = w.of(code)
	}
	return out
}

// Side is the word for a Seitenlokalisation, "" when it says nothing about a side.
func Side(code tumour.Code) string {
	if code == "" || code == "T" || code == "U" {
		return ""
	}
	return sides.of(code)
}

// The closed lists of the data set in words. Spec: oBDS 3.0.4
var (
	yesNo = words{"J": "ja", "N": "nein", "U": "nicht bekannt"}

	sides = words{"L": "links", "R": "rechts", "B": "beidseits", "M": "Mittellinie",
		"U": "nicht bekannt", "T": "trifft nicht zu"}

	certainties = words{"1": "klinisch, ohne tumorspezifische Diagnostik", "2": "klinisch",
		"4": "spezifische Tumormarker", "5": "zytologisch", "6": "histologisch, Metastase",
		"7": "histologisch, Primärtumor", "7.1": "histologisch, Primärtumor", "7.2": "histologisch, Metastase",
		"7.3": "histologisch, Autopsie", "8": "zytogenetisch oder molekular", "9": "nicht bekannt"}

	gradings = words{"0": "G0 (nur Melanom der Konjunktiva)", "1": "G1, gut differenziert",
		"2": "G2, mäßig differenziert", "3": "G3, schlecht differenziert", "4": "G4, undifferenziert",
		"X": "GX, nicht bestimmbar", "L": "low grade", "M": "intermediate grade", "H": "high grade",
		"B": "Borderline", "U": "nicht bekannt", "T": "trifft nicht zu"}

	metastasisSites = words{"PUL": "Lunge", "OSS": "Knochen", "HEP": "Leber", "BRA": "Hirn", "LYM": "Lymphknoten",
		"MAR": "Knochenmark", "PLE": "Pleura", "PER": "Peritoneum", "ADR": "Nebennieren", "SKI": "Haut",
		"OTH": "andere Organe", "GEN": "generalisiert"}

	intentions = words{"K": "kurativ", "P": "palliativ", "D": "diagnostisch", "R": "Revision oder Komplikation",
		"O": "lokal kurativ bei Oligometastasierung", "S": "sonstige", "X": "keine Angabe"}

	relations = words{"O": "ohne Bezug zu einer Operation", "A": "adjuvant", "N": "neoadjuvant",
		"I": "intraoperativ", "Z": "additiv", "S": "sonstige"}

	residuals = words{"R0": "R0", "R1": "R1", "R2": "R2", "R1(is)": "R1 (in situ)", "R1(cy+)": "R1 (zytologisch)",
		"RX": "RX, nicht beurteilbar", "U": "nicht bekannt"}

	therapies = words{"CH": "Chemotherapie", "HO": "Hormontherapie", "IM": "Immun- oder Antikörpertherapie",
		"ZS": "zielgerichtete Substanzen", "CI": "Chemo- und Immuntherapie",
		"CZ":  "Chemotherapie und zielgerichtete Substanzen",
		"CIZ": "Chemo- und Immuntherapie mit zielgerichteten Substanzen",
		"IZ":  "Immuntherapie und zielgerichtete Substanzen", "SZ": "Stammzelltransplantation",
		"AS": "Active Surveillance", "WS": "Wait and see", "WW": "Watchful Waiting", "SO": "sonstige Therapie",
		"OP": "Operation", "ST": "Strahlentherapie", "KW": "keine weitere Empfehlung"}

	overallStates = words{"V": "Vollremission", "T": "Teilremission", "K": "keine Änderung", "P": "Progression",
		"D": "divergentes Geschehen", "B": "klinische Besserung, keine Teilremission",
		"R": "Vollremission mit residualen Auffälligkeiten", "Y": "Rezidiv",
		"U": "nicht beurteilbar", "X": "keine Angabe"}

	localStates = words{"K": "kein Tumor nachweisbar", "T": "Tumorreste", "P": "Tumorreste, Progress",
		"N": "Tumorreste, unverändert", "R": "Lokalrezidiv", "F": "fraglicher Befund",
		"U": "nicht bekannt", "X": "keine Angabe"}

	nodeStates = words{"K": "kein Befall nachweisbar", "T": "bekannter Befall, Residuen",
		"P": "bekannter Befall, Progress", "N": "bekannter Befall, unverändert", "R": "neues Rezidiv",
		"F": "fraglicher Befund", "U": "nicht bekannt", "X": "keine Angabe"}

	distantStates = words{"K": "keine nachweisbar", "T": "Residuen", "P": "Progress", "N": "unverändert",
		"R": "neu aufgetreten", "F": "fraglicher Befund", "U": "nicht bekannt", "X": "keine Angabe"}

	endReasons = words{"E": "reguläres Ende", "F": "Zieldosis erreicht, mit Unterbrechung", "R": "reguläres Ende mit Dosisreduktion",
		"W": "Wechsel des Therapieschemas", "A": "Abbruch wegen Nebenwirkungen", "P": "Abbruch wegen Progress",
		"S": "Abbruch aus sonstigen Gründen", "V": "Abbruch auf Wunsch", "T": "Tod", "U": "nicht bekannt"}

	sideEffectGrades = words{"K": "keine", "1": "höchstens Grad 1", "2": "höchstens Grad 2", "U": "nicht bekannt"}

	coursePhases = words{"statusaenderung": "Statusänderung", "statusmeldung": "Statusmeldung"}

	boardPhases = words{"diagnose": "Diagnose", "behandlungsbeginn": "Behandlungsbeginn",
		"behandlungsende": "Behandlungsende", "statusaenderung": "Statusänderung"}

	boardKinds = words{"praeth": "prätherapeutisch", "postop": "postoperativ", "postth": "posttherapeutisch",
		"ther": "therapeutisch"}

	receptors = words{"P": "positiv", "N": "negativ", "U": "nicht bekannt"}

	variants = words{"M": "Mutation", "W": "Wildtyp", "P": "Polymorphismus", "N": "nicht bestimmbar", "U": "nicht bekannt"}

	metabolics = words{"SIRT": "selektive interne Radiotherapie", "PRRT": "Peptid-Radio-Rezeptor-Therapie",
		"PSMA": "PSMA-Therapie", "RJT": "Radiojodtherapie", "RIT": "Radioimmuntherapie", "M": "metabolische Therapie"}

	tmeQualities = words{"1": "Grad 1", "2": "Grad 2", "3": "Grad 3", "P": "PME durchgeführt",
		"L": "lokale Exzision", "A": "andere Operation", "U": "nicht bekannt"}

	rasStates = words{"W": "Wildtyp", "M": "Mutation", "N": "nicht untersucht", "U": "nicht bekannt"}

	menopauses = words{"1": "prämenopausal", "3": "postmenopausal", "U": "nicht bekannt"}
)
