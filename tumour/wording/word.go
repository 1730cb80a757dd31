// SPDX-License-Identifier: EUPL-1.2

package wording

import "meldewerk/tumour"

// words translates the values of one closed list into words of the office.
type words map[tumour.Code]string

// List is a Schlüsselliste of the data set whose values have words here.
type List uint8

// The lists.
const (
	YesNo            List = iota // ja, nein, nicht bekannt
	Sides                        // Seitenlokalisation
	Certainties                  // Diagnosesicherung
	Gradings                     // Grading
	MetastasisSites              // Lokalisation einer Fernmetastase
	Intentions                   // Intention einer Therapie
	Relations                    // Stellung zur Operation
	Residuals                    // Residualstatus
	Therapies                    // Therapieart und Empfehlung
	OverallStates                // Gesamtbeurteilung
	LocalStates                  // Primärtumor im Verlauf
	NodeStates                   // Lymphknoten im Verlauf
	DistantStates                // Fernmetastasen im Verlauf
	EndReasons                   // Grund des Endes einer Therapie
	SideEffectGrades             // Nebenwirkungen bis Grad 2
	CoursePhases                 // Meldeanlass eines Verlaufs
	BoardPhases                  // Meldeanlass einer Tumorkonferenz
	BoardKinds                   // Typ einer Tumorkonferenz
	Receptors                    // Rezeptorstatus
	Variants                     // Ausprägung einer genetischen Variante
	Metabolics                   // Typ einer metabolischen Therapie
	TMEQualities                 // Qualität der TME
	RASStates                    // RAS-Mutation
	Menopauses                   // Menopausenstatus
	Urgencies                    // Art des Eingriffs am Darm
	Leakages                     // Anastomoseninsuffizienz
	NoneOrUnknown                // keine oder nicht bekannt
	NoOrUnknown                  // nein oder nicht bekannt
	WireMarkings                 // präoperative Drahtmarkierung
	SpecimenControls             // intraoperative Präparatkontrolle
	StomaMarkings                // Anzeichnung der Stomaposition
	GleasonSources               // Anlass des Gleason-Scores
	Beams                        // Strahlenart
	Boosts                       // Boost
	Placements                   // Lage der Strahlenquelle
	Rates                        // Dosisrate
	Chemos                       // Radiochemotherapie
	CentreCases                  // Zentrumsfall
	Phases                       // Beginn oder Ende einer Therapie
	Performances                 // Leistungszustand
	TNMPrefixes                  // Präfix im TNM
)

// Word gives the word of a value; one that the list does not know is shown as
// it is, so that nothing reported disappears.
func (l List) Word(code tumour.Code) string {
	if word, known := lists[l][code]; known {
		return word
	}
	return string(code)
}

// all gives the words of several values.
func (l List) all(codes []tumour.Code) []string {
	out := make([]string, len(codes))
	for i, code := range codes {
		out[i] = l.Word(code)
	}
	return out
}

// Side is the word for a Seitenlokalisation, "" when it says nothing about a side.
func Side(code tumour.Code) string {
	if code == "" || code == "T" || code == "U" {
		return ""
	}
	return Sides.Word(code)
}

// The closed lists of the data set in words. Spec: oBDS 3.0.4
var lists = map[List]words{
	YesNo: {"J": "ja", "N": "nein", "U": "nicht bekannt"},

	Sides: {"L": "links", "R": "rechts", "B": "beidseits", "M": "Mittellinie",
		"U": "nicht bekannt", "T": "trifft nicht zu"},

	Certainties: {"1": "klinisch, ohne tumorspezifische Diagnostik", "2": "klinisch",
		"4": "spezifische Tumormarker", "5": "zytologisch", "6": "histologisch, Metastase",
		"7": "histologisch, Primärtumor", "7.1": "histologisch, Primärtumor", "7.2": "histologisch, Metastase",
		"7.3": "histologisch, Autopsie", "8": "zytogenetisch oder molekular", "9": "nicht bekannt"},

	Gradings: {"0": "G0 (nur Melanom der Konjunktiva)", "1": "G1, gut differenziert",
		"2": "G2, mäßig differenziert", "3": "G3, schlecht differenziert", "4": "G4, undifferenziert",
		"X": "GX, nicht bestimmbar", "L": "low grade", "M": "intermediate grade", "H": "high grade",
		"B": "Borderline", "U": "nicht bekannt", "T": "trifft nicht zu"},

	MetastasisSites: {"PUL": "Lunge", "OSS": "Knochen", "HEP": "Leber", "BRA": "Hirn", "LYM": "Lymphknoten",
		"MAR": "Knochenmark", "PLE": "Pleura", "PER": "Peritoneum", "ADR": "Nebennieren", "SKI": "Haut",
		"OTH": "andere Organe", "GEN": "generalisiert"},

	Intentions: {"K": "kurativ", "P": "palliativ", "D": "diagnostisch", "R": "Revision oder Komplikation",
		"O": "lokal kurativ bei Oligometastasierung", "S": "sonstige", "X": "keine Angabe"},

	Relations: {"O": "ohne Bezug zu einer Operation", "A": "adjuvant", "N": "neoadjuvant",
		"I": "intraoperativ", "Z": "additiv", "S": "sonstige"},

	Residuals: {"R0": "R0", "R1": "R1", "R2": "R2", "R1(is)": "R1 (in situ)", "R1(cy+)": "R1 (zytologisch)",
		"RX": "RX, nicht beurteilbar", "U": "nicht bekannt"},

	Therapies: {"CH": "Chemotherapie", "HO": "Hormontherapie", "IM": "Immun- oder Antikörpertherapie",
		"ZS": "zielgerichtete Substanzen", "CI": "Chemo- und Immuntherapie",
		"CZ":  "Chemotherapie und zielgerichtete Substanzen",
		"CIZ": "Chemo- und Immuntherapie mit zielgerichteten Substanzen",
		"IZ":  "Immuntherapie und zielgerichtete Substanzen", "SZ": "Stammzelltransplantation",
		"AS": "Active Surveillance", "WS": "Wait and see", "WW": "Watchful Waiting", "SO": "sonstige Therapie",
		"OP": "Operation", "ST": "Strahlentherapie", "KW": "keine weitere Empfehlung"},

	OverallStates: {"V": "Vollremission", "T": "Teilremission", "K": "keine Änderung", "P": "Progression",
		"D": "divergentes Geschehen", "B": "klinische Besserung, keine Teilremission",
		"R": "Vollremission mit residualen Auffälligkeiten", "Y": "Rezidiv",
		"U": "nicht beurteilbar", "X": "keine Angabe"},

	LocalStates: {"K": "kein Tumor nachweisbar", "T": "Tumorreste", "P": "Tumorreste, Progress",
		"N": "Tumorreste, unverändert", "R": "Lokalrezidiv", "F": "fraglicher Befund",
		"U": "nicht bekannt", "X": "keine Angabe"},

	NodeStates: {"K": "kein Befall nachweisbar", "T": "bekannter Befall, Residuen",
		"P": "bekannter Befall, Progress", "N": "bekannter Befall, unverändert", "R": "neues Rezidiv",
		"F": "fraglicher Befund", "U": "nicht bekannt", "X": "keine Angabe"},

	DistantStates: {"K": "keine nachweisbar", "T": "Residuen", "P": "Progress", "N": "unverändert",
		"R": "neu aufgetreten", "F": "fraglicher Befund", "U": "nicht bekannt", "X": "keine Angabe"},

	EndReasons: {"E": "reguläres Ende", "F": "Zieldosis erreicht, mit Unterbrechung", "R": "reguläres Ende mit Dosisreduktion",
		"W": "Wechsel des Therapieschemas", "A": "Abbruch wegen Nebenwirkungen", "P": "Abbruch wegen Progress",
		"S": "Abbruch aus sonstigen Gründen", "V": "Abbruch auf Wunsch", "T": "Tod", "U": "nicht bekannt"},

	SideEffectGrades: {"K": "keine", "1": "höchstens Grad 1", "2": "höchstens Grad 2", "U": "nicht bekannt"},

	CoursePhases: {"statusaenderung": "Statusänderung", "statusmeldung": "Statusmeldung"},

	BoardPhases: {"diagnose": "Diagnose", "behandlungsbeginn": "Behandlungsbeginn",
		"behandlungsende": "Behandlungsende", "statusaenderung": "Statusänderung"},

	BoardKinds: {"praeth": "prätherapeutisch", "postop": "postoperativ", "postth": "posttherapeutisch",
		"ther": "Therapieplanung ohne Tumorkonferenz"},

	Receptors: {"P": "positiv", "N": "negativ", "U": "nicht bekannt"},

	Variants: {"M": "Mutation", "W": "Wildtyp", "P": "Polymorphismus", "N": "nicht bestimmbar", "U": "nicht bekannt"},

	Metabolics: {"SIRT": "selektive interne Radiotherapie", "PRRT": "Peptid-Radio-Rezeptor-Therapie",
		"PSMA": "PSMA-Therapie", "RJT": "Radiojodtherapie", "RIT": "Radioimmuntherapie", "M": "sonstige metabolische Therapie"},

	TMEQualities: {"1": "Grad 1", "2": "Grad 2", "3": "Grad 3", "P": "PME durchgeführt",
		"L": "lokale Exzision", "A": "andere Operation", "U": "nicht bekannt"},

	RASStates: {"W": "Wildtyp", "M": "Mutation", "N": "nicht untersucht", "U": "nicht bekannt"},

	Menopauses: {"1": "prämenopausal", "3": "postmenopausal", "U": "nicht bekannt"},

	Urgencies: {"E": "elektiv", "N": "Notfall", "U": "nicht bekannt"},

	Leakages: {"K": "keine", "B": "Grad B", "C": "Grad C", "U": "nicht bekannt"},

	NoneOrUnknown: {"N": "keine", "U": "nicht bekannt"},

	NoOrUnknown: {"N": "nein", "U": "nicht bekannt"},

	WireMarkings: {"M": "durch Mammografie", "S": "durch Sonografie", "T": "durch MRT", "N": "keine", "U": "nicht bekannt"},

	SpecimenControls: {"M": "Mammografie", "S": "Sonografie", "N": "nein", "U": "nicht bekannt"},

	StomaMarkings: {"D": "durchgeführt", "N": "nicht durchgeführt", "K": "kein Stoma", "S": "Stoma angelegt, Anzeichnung nicht bekannt", "U": "nicht bekannt"},

	GleasonSources: {"O": "Operation", "S": "Stanze", "U": "nicht bekannt"},

	Beams: {"UH": "Photonen (ultraharte Röntgenstrahlung)", "EL": "Elektronen", "NE": "Neutronen", "PN": "Protonen", "SI": "Schwerionen", "RO": "weiche Röntgenstrahlung", "Co-60": "Cobalt-60", "SO": "sonstige"},

	Boosts: {"J": "ja", "SIB": "simultan integriert", "SEQ": "sequenziell", "KON": "mit Kontakttherapie", "N": "nein"},

	Placements: {"I": "interstitiell", "K": "endokavitär"},

	Rates: {"HDR": "hohe Dosisrate (HDR)", "LDR": "niedrige Dosisrate (LDR)", "PDR": "gepulste Dosisrate (PDR)"},

	Chemos: {"RCJ": "mit Chemotherapie oder Sensitizer", "RCN": "ohne Chemotherapie"},

	CentreCases: {"1": "Zentrumsfall, Primärfall", "2": "Zentrumsfall, kein Primärfall", "3": "kein Zentrumsfall"},

	Phases: {"behandlungsbeginn": "Behandlungsbeginn", "behandlungsende": "Behandlungsende"},

	Performances: {"0": "ECOG 0, uneingeschränkt", "1": "ECOG 1, leichte Arbeit möglich", "2": "ECOG 2, Selbstversorgung, weniger als die Hälfte des Tages im Bett", "3": "ECOG 3, begrenzte Selbstversorgung", "4": "ECOG 4, bettlägerig", "U": "nicht bekannt"},

	TNMPrefixes: {"c": "c, klinisch", "p": "p, pathologisch", "u": "u, mit Ultraschall"},
}
