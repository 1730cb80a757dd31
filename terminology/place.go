// SPDX-License-Identifier: EUPL-1.2

package terminology

import (
	_ "embed"
	"maps"
	"slices"
	"sort"
	"strings"
)

//go:embed data/postal.txt
var postalText string

// postalRange is a run of postal codes with the Länder they may lie in.
type postalRange struct {
	first, last int
	states      []string // in order
}

// postalRanges do not overlap and stand in order.
var postalRanges = readPostal(postalText)

func readPostal(text string) []postalRange {
	var all []postalRange
	borders := map[int]bool{}
	for _, line := range body(text) {
		fields := strings.Fields(line)
		for _, run := range fields[1:] {
			first, last, more := strings.Cut(run, "-")
			if !more {
				last = first
			}
			r := postalRange{first: year(first), last: year(last), states: fields[:1]}
			borders[r.first], borders[r.last+1] = true, true
			all = append(all, r)
		}
	}
	cuts := slices.Sorted(maps.Keys(borders))
	var parts []postalRange
	for i := range cuts[1:] {
		part := postalRange{first: cuts[i], last: cuts[i+1] - 1}
		for _, r := range all {
			if r.first <= part.first && part.last <= r.last && !slices.Contains(part.states, r.states[0]) {
				part.states = append(part.states, r.states[0])
			}
		}
		slices.Sort(part.states)
		if len(part.states) > 0 {
			parts = append(parts, part)
		}
	}
	return parts
}

// statesOf gives the Länder of a postal code; the slice is shared.
func statesOf(code string) []string {
	if len(code) != 5 || !digits(code) {
		return nil
	}
	n := 0
	for i := range len(code) {
		n = n*10 + int(code[i]-'0')
	}
	at := sort.Search(len(postalRanges), func(i int) bool { return postalRanges[i].last >= n })
	if at == len(postalRanges) || postalRanges[at].first > n {
		return nil
	}
	return postalRanges[at].states
}

// digits says that a text holds nothing but digits.
func digits(text string) bool {
	for i := range len(text) {
		if text[i] < '0' || text[i] > '9' {
			return false
		}
	}
	return true
}

// StatesOfPostalCode lists the Länder in which a German postal code of five
// digits may lie, by their two letters in order. None means that no range holds
// the code, several that the code reaches over a border. The ranges are those
// of the Deutsche Post; they do not say that a code is in use.
func StatesOfPostalCode(code string) []string { return slices.Clone(statesOf(code)) }

// KnownPostalCode says whether a range of the German postal codes holds the
// code of five digits.
func KnownPostalCode(code string) bool { return len(statesOf(code)) > 0 }

// PostalCodeIn says whether a German postal code may lie in a Land.
func PostalCodeIn(code, state string) bool {
	return slices.Contains(statesOf(code), state)
}

// stateNames are the Länder by their two letters of ISO 3166-2.
var stateNames = map[string]string{
	"BB": "Brandenburg", "BE": "Berlin", "BW": "Baden-Württemberg", "BY": "Bayern", "HB": "Bremen", "HE": "Hessen",
	"HH": "Hamburg", "MV": "Mecklenburg-Vorpommern", "NI": "Niedersachsen", "NW": "Nordrhein-Westfalen",
	"RP": "Rheinland-Pfalz", "SH": "Schleswig-Holstein", "SL": "Saarland", "SN": "Sachsen", "ST": "Sachsen-Anhalt", "TH": "Thüringen",
}

// States lists the two letters of the sixteen Länder in order.
func States() []string {
	states := make([]string, 0, len(stateNames))
	for state := range stateNames {
		states = append(states, state)
	}
	slices.Sort(states)
	return states
}

// StateName is the name of a Land, "" for other letters.
func StateName(state string) string { return stateNames[state] }

// countries are the codes in force of ISO 3166-1, two letters each.
const countries = "AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BV BW BY BZ " +
	"CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI FJ FK FM FO FR " +
	"GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE JM JO JP " +
	"KE KG KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO MP MQ MR MS MT MU MV MW MX MY MZ " +
	"NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW PY QA RE RO RS RU RW " +
	"SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF TG TH TJ TK TL TM TN TO TR TT TV TW TZ " +
	"UA UG UM US UY UZ VA VC VE VG VI VN VU WF WS YE YT ZA ZM ZW"

var countrySet = func() map[string]bool {
	set := map[string]bool{}
	for code := range strings.FieldsSeq(countries) {
		set[code] = true
	}
	return set
}()

// KnownCountry says whether ISO 3166-1 has the two capital letters today. XK,
// which offices use for Kosovo, is admitted beside it.
func KnownCountry(code string) bool { return countrySet[code] || code == "XK" }
