// SPDX-License-Identifier: EUPL-1.2

package controlnumber

// The word lists of profile kn-1, in folded form. They are part of the
// profile: a changed list is a new profile, formed beside the old one.

func words(list ...string) map[string]bool {
	set := make(map[string]bool, len(list))
	for _, word := range list {
		set[word] = true
	}
	return set
}

// particles are Namensvorsätze. They stand in a field of their own in the data
// set and are left out of the surname where senders wrote them into it.
var particles = words(
	"VON", "VOM", "VAN", "VANDE", "VANDEN", "VANDER", "DER", "DEN", "DEM", "DE", "DEL", "DELA", "DELLA", "DELLE", "DELLO",
	"DEGLI", "DELL", "DALL", "NELL", "L", "O", "DI", "DA", "DO", "DOS", "DAS", "DU", "DES", "D", "LA", "LE", "LES", "LO", "LOS", "EL", "AL",
	"ZU", "ZUM", "ZUR", "AM", "IM", "AUF", "AUS", "TEN", "TER", "TE", "T", "OF", "OP", "UND", "Y", "E",
	"BIN", "IBN", "BINT", "ABU", "AF", "AV")

// nobility are Adelstitel that are hardly ever a surname by themselves.
var nobility = words("FREIHERR", "FREIFRAU", "FREIIN", "GRAEFIN", "REICHSGRAF", "REICHSGRAEFIN", "REICHSFREIHERR",
	"PRINZESSIN", "FUERSTIN", "HERZOGIN", "BARONIN", "BARONESSE", "MARKGRAEFIN", "LANDGRAF", "LANDGRAEFIN",
	"FRHR", "FRFR", "FRH")

// nobilityBeforeParticle are Adelstitel that are common surnames too. They
// count as a title only where a particle follows: Graf von Berg, but Steffi Graf.
var nobilityBeforeParticle = words("GRAF", "PRINZ", "FUERST", "HERZOG", "BARON", "RITTER", "EDLER", "EDLE", "MARKGRAF",
	"JUNKER", "PFALZGRAF", "BURGGRAF", "ALTGRAF")

// suffixes are additions to the name; all spellings of one say the same.
var suffixes = words("JUN", "JR", "JUNIOR", "SEN", "SR", "SENIOR")

// ranks orders academic titles: the smaller comes first into KN19.
var ranks = map[string]int{"PROF": 1, "PD": 2, "DR": 3, "MAG": 4, "DIPL": 5, "LIC": 6, "MSC": 7, "BSC": 8, "MA": 9, "BA": 10}

// titleSpellings brings spellings of a title to one form.
var titleSpellings = map[string]string{
	"PROF": "PROF", "PROFESSOR": "PROF", "PROFESSORIN": "PROF", "PROFIN": "PROF",
	"PD": "PD", "PRIVATDOZENT": "PD", "PRIVATDOZENTIN": "PD", "PRIVDOZ": "PD", "PRIV": "PD",
	"DR": "DR", "DOKTOR": "DR", "DOKTORIN": "DR", "DRIN": "DR", "DRMED": "DR", "DRS": "DR", "PHD": "DR", "PH": "DR", "DRES": "DR",
	"DRPHIL": "DR", "DRJUR": "DR", "DRDR": "DR", "DRING": "DR", "DRRERNAT": "DR", "MD": "DR",
	"MAG": "MAG", "MAGISTER": "MAG", "MAGISTRA": "MAG",
	"DIPL": "DIPL", "DIPLOM": "DIPL", "DIPLING": "DIPL", "DIPLKFM": "DIPL", "DIPLPSYCH": "DIPL",
	"LIC": "LIC", "MSC": "MSC", "BSC": "BSC", "MA": "MA", "BA": "BA",
}

// titlesInNames are the titles that are recognised inside a name field too,
// because no surname or first name in use is written so.
var titlesInNames = words("PROF", "PROFESSOR", "PROFESSORIN", "DR", "DRMED", "DRPHIL", "DRJUR", "DRING", "DRRERNAT", "DRDR", "DIPLING")

// faculties follow a title and are written in too many ways to tell persons apart.
var faculties = words("MED", "DENT", "VET", "PHIL", "RER", "NAT", "JUR", "IUR", "ING", "POL", "OEC", "AGR", "PHARM", "THEOL",
	"HC", "H", "C", "MULT", "HABIL", "UNIV", "TECHN", "SC", "HUM", "BIOL", "PSYCH", "KFM", "INFORM", "PAED", "SOC")

// placeholders stand where a name is not known.
var placeholders = words("UNBEKANNT", "UNBEKANNTE", "UNBEKANNTER", "UNBEK", "UNB", "UNKNOWN", "NN", "N N", "NOMEN NESCIO", "NOMEN NOMINANDUM",
	"ANONYM", "ANONYMUS", "ANONYMOUS", "ANONYMISIERT", "NAMENLOS", "NONAME", "NO NAME", "OHNE NAME", "OHNE NAMEN", "OHNE ANGABE", "OHNE ANGABEN",
	"OHNE VORNAME", "OHNE VORNAMEN", "OHNE NACHNAME", "OHNE NACHNAMEN", "KEINE ANGABE", "KEINE ANGABEN", "K A", "O A", "KEIN NAME", "KEIN VORNAME", "KEIN NACHNAME",
	"NICHT BEKANNT", "NICHT ANGEGEBEN", "NICHT ERMITTELBAR", "NICHT ERHOBEN", "NICHT VORHANDEN", "ENTFAELLT", "NAME UNBEKANNT", "VORNAME UNBEKANNT",
	"NACHNAME UNBEKANNT", "UNBEKANNT UNBEKANNT", "BABY", "BABYBOY", "BABYGIRL", "X", "XX", "XXX", "XXXX", "XXXXX", "X X", "N")

// newborns stand for the first name of a child that has none yet; what follows
// counts the children (Zwilling A, Baby I).
var newborns = words("BABY", "BABYBOY", "BABYGIRL", "SAEUGLING", "NEUGEBORENES", "NEUGEBORENER", "NEUGEBORENE", "NEUGEB", "KIND", "KNABE",
	"MAEDCHEN", "JUNGE", "SOHN", "TOCHTER", "TOTGEBURT", "FEHLGEBURT", "ZWILLING", "DRILLING", "BOY", "GIRL")

// counts are the words that may follow a newborn's placeholder.
var counts = words("A", "B", "C", "D", "I", "II", "III", "IV", "EINS", "ZWEI", "DREI", "MAENNLICH", "WEIBLICH", "M", "W")
