// SPDX-License-Identifier: EUPL-1.2

package form

import (
	"strconv"
	"strings"

	"meldewerk/tumour"
)

// Years from which an edition is used for new cases in Germany.
const (
	icdoSecondRevision = 2020
	icdoFirstRevision  = 2014
	tnmEighth          = 2017
	tnmSeventh         = 2010
)

// Suggest fills what follows from other fields and is still empty: the
// versions of classifications from the dates. It says which fields it filled;
// people may change them.
func Suggest(s Sheet) []string {
	var filled []string
	put := func(key, value string) {
		if s[key] == "" && value != "" {
			s[key] = value
			filled = append(filled, key)
		}
	}
	diagnosed := yearIn(s["tumour.diagnosed-on"])
	version := func(code, key string, year int, text func(int) string) {
		if s[code] != "" && year > 0 {
			put(key, text(year))
		}
	}
	version("tumour.icd.code", "tumour.icd.version", diagnosed, icdVersion)
	version("tumour.morphology.code", "tumour.morphology.version", diagnosed, icdoVersion)
	version("topography.code", "topography.version", diagnosed, icdoVersion)
	for _, row := range s.Rows("histology.morphologies") {
		key := join("histology.morphologies", itoa(row))
		version(key+".code", key+".version", diagnosed, icdoVersion)
	}
	for _, row := range s.Rows("procedures") {
		key := join("procedures", itoa(row))
		version(key+".code", key+".version", yearIn(s["date"]), strconv.Itoa)
	}
	for _, row := range s.Rows("substances") {
		key := join("substances", itoa(row)) + ".atc"
		version(key+".code", key+".version", yearIn(s["begin"]), strconv.Itoa)
	}
	for _, stage := range []struct{ key, prefix string }{{"clinical", "c"}, {"pathological", "p"}} {
		key, prefix := stage.key, stage.prefix
		for _, letter := range []string{"t", "n", "m"} {
			if s[join(key, letter)] != "" {
				put(join(key, letter+"-prefix"), prefix)
			}
		}
	}
	for _, key := range []string{"clinical", "pathological", "tnm"} {
		if s.Under(key) {
			version(join(key, "t"), join(key, "edition"), max(diagnosed, yearIn(s[join(key, "date")])), tnmEdition)
		}
	}
	return filled
}

// Automatic is what a sheet holds because it follows from other fields: the
// answers that Suggest would give again.
func Automatic(s Sheet) Sheet {
	bare := s.Clone()
	for key := range s {
		if strings.HasSuffix(key, ".version") || strings.HasSuffix(key, ".edition") || strings.HasSuffix(key, "-prefix") {
			delete(bare, key)
		}
	}
	same := Sheet{}
	for _, key := range Suggest(bare) {
		if bare[key] == s[key] {
			same[key] = s[key]
		}
	}
	return same
}

func icdVersion(year int) string { return "10 " + strconv.Itoa(year) + " GM" }

func icdoVersion(year int) string {
	switch {
	case year >= icdoSecondRevision:
		return "33"
	case year >= icdoFirstRevision:
		return "32"
	}
	return "31"
}

func tnmEdition(year int) string {
	switch {
	case year >= tnmEighth:
		return "8"
	case year >= tnmSeventh:
		return "7"
	}
	return "6"
}

// yearIn is the year of a day in a sheet, 0 for none.
func yearIn(day string) int {
	_, _, year, _ := DayParts(day)
	v, err := strconv.Atoi(strings.TrimSpace(year))
	if err != nil || v < 1900 || v > 2200 {
		return 0
	}
	return v
}

// Next begins the form of a further report on a tumour: what holds for all its
// reports is taken over, nothing else.
func Next(o tumour.Occasion, of tumour.Assignment) Sheet {
	s := NewSheet(o)
	for _, section := range tumourSections() {
		n := section.Nodes[0]
		write(s, n.Key, n.Inner, &of)
	}
	s.Put("tumour.id", string(of.TumourID))
	return s
}
