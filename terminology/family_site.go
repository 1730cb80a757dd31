// SPDX-License-Identifier: EUPL-1.2

package terminology

import (
	_ "embed"
	"strconv"
	"strings"
)

//go:embed data/families.txt
var familiesText string

// Fit says whether two facts of a tumour go together.
type Fit uint8

// The answers. Unusual is a question to the reporter, never an error: rare is
// not impossible.
const (
	FitUnknown Fit = iota // nothing is known of one of the two
	Fits
	Unusual
)

// siteFamily is a family of morphologies with the sites it belongs to, or must
// keep away from.
type siteFamily struct {
	away  bool
	sites siteSet
}

// siteSet holds categories and codes with their fourth digit; of a code it
// knows the category too.
type siteSet struct{ whole, partly map[string]bool }

func newSiteSet(sites []string) siteSet {
	s := siteSet{map[string]bool{}, map[string]bool{}}
	s.add(sites)
	return s
}

func (s siteSet) add(sites []string) {
	for _, site := range sites {
		s.whole[site] = true
		s.partly[site[:3]] = true
	}
}

// holds says that the site or its category is in the set, or of an asked
// category some site.
func (s siteSet) holds(site string) bool {
	return s.whole[site] || s.whole[site[:3]] || len(site) == 3 && s.partly[site]
}

// siteTables are the tables of morphologies and sites.
type siteTables struct {
	familyOf map[int]int // of a four-digit morphology; negative for those that keep away
	families map[int]siteFamily
	also     map[int]siteSet // sites beyond the family
}

var siteTable = readFamilies(familiesText)

func readFamilies(text string) siteTables {
	t := siteTables{familyOf: map[int]int{}, families: map[int]siteFamily{}, also: map[int]siteSet{}}
	for _, line := range body(text) {
		fields := strings.Fields(line)
		switch fields[0] {
		case "f":
			for _, run := range fields[1:] {
				span, family, _ := strings.Cut(run, ":")
				n := signed(family)
				eachOf(span, func(four int) { t.familyOf[four] = n })
			}
		case "s":
			n := signed(fields[1])
			t.families[n] = siteFamily{away: n < 0, sites: newSiteSet(fields[2:])}
		case "a":
			eachOf(fields[1], func(four int) {
				if _, begun := t.also[four]; !begun {
					t.also[four] = newSiteSet(nil)
				}
				t.also[four].add(fields[2:])
			})
		}
	}
	return t
}

func signed(text string) int {
	n, err := strconv.Atoi(text)
	if err != nil {
		panic("terminology: odd family " + text)
	}
	return n
}

// eachOf calls for every number of a run like 8010-8011, or for the one number.
func eachOf(span string, call func(int)) {
	first, last, more := strings.Cut(span, "-")
	if !more {
		last = first
	}
	for n := year(first); n <= year(last); n++ {
		call(n)
	}
}

// four is the number of a morphology, with or without behaviour; 0 when it is none.
func four(morphology string) int {
	digits, _, _ := strings.Cut(morphology, "/")
	if len(digits) != 4 {
		return 0
	}
	n, err := strconv.Atoi(digits)
	if err != nil || n < 8000 {
		return 0
	}
	return n
}

// MorphologyFamily is the family of a morphology in the tables of sites: 1 to
// 63 for the families that belong to some sites only, 101 to 107 for those
// that keep away from some, 0 when it may be anywhere or is not listed.
// Spec: families of the IARC tools for cancer registries
func MorphologyFamily(morphology string) int {
	n := siteTable.familyOf[four(morphology)]
	if n < 0 {
		return 100 - n
	}
	return n
}

// dotted gives a topography or diagnosis its point: C504 is C50.4.
func dotted(code string) string {
	if len(code) > 3 && code[3] != '.' {
		return code[:3] + "." + code[3:]
	}
	return code
}

// SiteFits says whether a morphology occurs at a site of ICD-O (C50.4, C504,
// or the category C50). Of a category some site must fit.
func SiteFits(topography, morphology string) Fit {
	site, n := stem(dotted(topography)), four(morphology)
	if len(site) < 3 || site[0] != 'C' || n == 0 {
		return FitUnknown
	}
	number, ok := siteTable.familyOf[n]
	if !ok {
		return FitUnknown
	}
	family := siteTable.families[number]
	if family.away {
		// A category is away only as a whole.
		if family.sites.whole[site] || family.sites.whole[site[:3]] {
			return Unusual
		}
		return Fits
	}
	if also, more := siteTable.also[n]; family.sites.holds(site) || more && also.holds(site) {
		return Fits
	}
	return Unusual
}
