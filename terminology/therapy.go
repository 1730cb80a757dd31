// SPDX-License-Identifier: EUPL-1.2

package terminology

import (
	_ "embed"
	"slices"
	"strings"
	"sync"
)

//go:embed data/substances.txt
var substancesText string

//go:embed data/protocols.txt
var protocolsText string

// Substance is a Wirkstoff of tumour therapy.
type Substance struct {
	Name string
	ATC  string // "" when there is none
	Kind string // Therapieart: CH, HO, IM, ZS, SZ or SO
}

// Protocol is a Protokoll: a usual combination of substances.
type Protocol struct {
	Name       string
	Kind       string // Therapieart; "" when it depends on the substances
	Substances []string
}

var (
	substances, substanceByName, substanceByATC = readSubstances(substancesText)
	protocols, protocolByName                   = readProtocols(protocolsText)
)

func readSubstances(text string) ([]Substance, map[string]int, map[string]int) {
	var all []Substance
	byName, byATC := map[string]int{}, map[string]int{}
	for _, line := range body(text) {
		fields := strings.SplitN(line, " ", 3)
		s := Substance{Kind: fields[0], ATC: strings.TrimPrefix(fields[1], "-"), Name: fields[2]}
		if _, twice := byATC[s.ATC]; s.ATC != "" && !twice {
			byATC[s.ATC] = len(all)
		}
		byName[fold(s.Name)], byName[s.Name] = len(all), len(all)
		all = append(all, s)
	}
	return all, byName, byATC
}

func readProtocols(text string) ([]Protocol, map[string]int) {
	var all []Protocol
	byName := map[string]int{}
	for _, line := range body(text) {
		kind, rest, _ := strings.Cut(line, " ")
		name, list, _ := strings.Cut(rest, ";")
		p := Protocol{Name: name, Kind: strings.TrimPrefix(kind, "?")}
		if list != "" {
			p.Substances = strings.Split(list, ",")
		}
		byName[fold(name)] = len(all)
		all = append(all, p)
	}
	return all, byName
}

// SubstanceNamed finds a substance by its name; capitals and umlauts do not matter.
func SubstanceNamed(name string) (Substance, bool) {
	i, ok := substanceByName[name] // as the list writes it, without a copy
	if !ok {
		i, ok = substanceByName[fold(name)]
	}
	if !ok {
		return Substance{}, false
	}
	return substances[i], true
}

// FixedCombination says that several substances in one name are one product,
// such as Trifluridin/Tipiracil; their order and what parts them do not matter.
func FixedCombination(name string) bool { return combinations()[parted(name)] }

var combinations = sync.OnceValue(func() map[string]bool {
	all := map[string]bool{}
	for _, code := range atc().codes {
		if name := atc().words[code]; strings.Contains(name, " und ") {
			all[parted(name)] = true
		}
	}
	for _, s := range substances {
		if strings.Contains(s.Name, ",") {
			all[parted(s.Name)] = true
		}
	}
	return all
})

// parted are the words of a name in their order, without "und".
func parted(name string) string {
	words := slices.DeleteFunc(fields(name), func(word string) bool { return word == "und" })
	slices.Sort(words)
	return strings.Join(words, " ")
}

// SubstanceOf finds a substance by its ATC code; where the national list has
// the substance without its code, by the name that ATC has for it.
func SubstanceOf(code string) (Substance, bool) {
	if i, ok := substanceByATC[code]; ok {
		return substances[i], true
	}
	name, listed := atc().words[code]
	if !listed {
		return Substance{}, false
	}
	s, ok := SubstanceNamed(name)
	if ok {
		s.ATC = code
	}
	return s, ok
}

// Substances lists all substances by name.
func Substances() []Substance { return slices.Clone(substances) }

// ProtocolNamed finds a protocol by its name; capitals and umlauts do not matter.
func ProtocolNamed(name string) (Protocol, bool) {
	i, ok := protocolByName[fold(name)]
	if !ok {
		return Protocol{}, false
	}
	p := protocols[i]
	p.Substances = slices.Clone(p.Substances)
	return p, true
}

// Protocols lists the names of all protocols.
func Protocols() []string {
	names := make([]string, len(protocols))
	for i, p := range protocols {
		names[i] = p.Name
	}
	return names
}
