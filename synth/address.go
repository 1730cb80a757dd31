// SPDX-License-Identifier: EUPL-1.2

package synth

import (
	_ "embed"
	"strconv"
	"strings"

	"meldewerk/identity"
)

//go:embed data/places.txt
var placesText string

//go:embed data/streets.txt
var streetsText string

// place is a place with its postal codes.
type place struct {
	name  string
	codes []string
}

var (
	places  = readPlaces()
	streets = readStreets()
)

func readPlaces() *choice[place] {
	var all choice[place]
	for _, line := range lines(placesText) {
		weight, rest, _ := strings.Cut(line, " ")
		name, codes, _ := strings.Cut(rest, "|")
		all.add(whole(weight), place{name: name, codes: strings.Fields(codes)})
	}
	return &all
}

func readStreets() *choice[string] {
	var all choice[string]
	for _, line := range lines(streetsText) {
		weight, rest, _ := strings.Cut(line, " ")
		for street := range strings.SplitSeq(rest, ",") {
			all.add(whole(weight), street)
		}
	}
	return &all
}

func address(d *draw) identity.Address {
	where := places.draw(d)
	a := identity.Address{Street: streets.draw(d), House: houseNumber(d), Country: "DE",
		PostalCode: one(d, where.codes), Place: where.name}
	if d.chance(15) {
		a.House = "" // some notes leave it out
	}
	return a
}

func houseNumber(d *draw) string {
	number := strconv.Itoa(d.early(1, 120))
	if d.chance(120) {
		number += oneWord(d, "a:5 b:3 c")
	}
	return number
}
