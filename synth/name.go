// SPDX-License-Identifier: EUPL-1.2

package synth

import (
	_ "embed"
	"strings"

	"meldewerk/identity"
)

//go:embed data/surnames.txt
var surnamesText string

//go:embed data/compounds.txt
var compoundsText string

//go:embed data/given_names.txt
var givenNamesText string

//go:embed data/origins.txt
var originsText string

// lines gives the lines of a table without its header.
func lines(text string) []string {
	return strings.Split(strings.TrimSpace(text), "\n")[1:]
}

var (
	surnames  = readSurnames()
	compounds = readCompounds()
	givens    = readGivenNames()
	origins   = readOrigins()
)

func readSurnames() *choice[string] {
	var names choice[string]
	for _, line := range lines(surnamesText) {
		fields := strings.Fields(line)
		for _, name := range fields[1:] {
			names.add(whole(fields[0]), name)
		}
	}
	return &names
}

// readCompounds gives the first and the second halves.
func readCompounds() [2][]string {
	rows := lines(compoundsText)
	return [2][]string{strings.Fields(rows[0])[1:], strings.Fields(rows[1])[1:]}
}

// decades from 1900 on; a first name has its time.
const decades = 13

type givenNames [decades]choice[string]

func readGivenNames() map[identity.Sex]*givenNames {
	names := map[identity.Sex]*givenNames{identity.Male: {}, identity.Female: {}}
	for _, line := range lines(givenNamesText) {
		fields := strings.Fields(line)
		first, last, weight := whole(fields[1]), whole(fields[2]), whole(fields[3])
		table := names[sexOf(fields[0])]
		for d := range decades {
			middle := 1900 + 10*d + 5
			share := 0
			switch {
			case middle >= first && middle <= last:
				share = weight * 8
			case middle >= first-10 && middle <= last+10:
				share = weight // the fashion comes and goes slowly
			}
			for _, name := range fields[4:] {
				table[d].add(share, name)
			}
		}
	}
	return names
}

func sexOf(letter string) identity.Sex {
	if letter == "m" {
		return identity.Male
	}
	return identity.Female
}

// origin is a stock of names from abroad.
type origin struct {
	men, women, surnames []string
}

func readOrigins() *choice[origin] {
	var (
		all    choice[origin]
		next   origin
		weight int
	)
	for _, line := range append(lines(originsText), "=") {
		fields := strings.Fields(line)
		switch fields[0] {
		case "=":
			all.add(weight, next)
			if len(fields) == 3 {
				next, weight = origin{}, whole(fields[2])
			}
		case "m":
			next.men = fields[1:]
		case "w":
			next.women = fields[1:]
		case "s":
			next.surnames = fields[1:]
		}
	}
	return &all
}

// Of a hundred Germans a good third bears one of the common surnames; most of
// the others bear one that is rare.
func germanSurname(d *draw) string {
	if d.chance(560) {
		return surnames.draw(d)
	}
	for {
		first, second := one(d, compounds[0]), one(d, compounds[1])
		// Fuchsfuchs and the like: a half is not joined to itself or to the same letter twice over.
		if !strings.EqualFold(first, second) && first[len(first)-1] != second[0] {
			return first + second
		}
	}
}

func givenName(d *draw, sex identity.Sex, birthYear int) string {
	decade := min(max((birthYear-1900)/10, 0), decades-1)
	return givens[sex][decade].draw(d)
}

// named is what a person is called.
type named struct {
	surname, birthName, firstNames string
	former                         []string
	title, prefix, suffix          string
}

// name calls a person of a sex, born in a year and of an age.
func name(d *draw, sex identity.Sex, birthYear, age int) named {
	tableSex := sex
	if sex != identity.Male && sex != identity.Female {
		tableSex = one(d, []identity.Sex{identity.Male, identity.Female})
	}
	if d.chance(80) {
		return nameFromAbroad(d, tableSex)
	}
	n := named{surname: germanSurname(d), firstNames: givenName(d, tableSex, birthYear)}
	if d.chance(60) {
		// Repatriates and marriages: a German surname and a first name from abroad, or the other way.
		from := origins.draw(d)
		if d.chance(500) {
			n.firstNames = one(d, from.of(tableSex))
		} else {
			n.surname = one(d, from.surnames)
		}
	}
	if d.chance(160) {
		second := givenName(d, tableSex, birthYear-5)
		if !strings.Contains(n.firstNames, second) && !strings.Contains(n.firstNames, "-") {
			n.firstNames += one(d, []string{" ", " ", " ", "-"}) + second
		}
	}
	marry(d, &n, tableSex, age)
	distinguish(d, &n)
	return n
}

func (o origin) of(sex identity.Sex) []string {
	if sex == identity.Male {
		return o.men
	}
	return o.women
}

func nameFromAbroad(d *draw, sex identity.Sex) named {
	from := origins.draw(d)
	n := named{surname: one(d, from.surnames), firstNames: one(d, from.of(sex))}
	if d.chance(80) {
		if second := one(d, from.of(sex)); second != n.firstNames {
			n.firstNames += " " + second
		}
	}
	if sex == identity.Female && d.chance(350) {
		n.birthName = one(d, from.surnames)
	}
	return n
}

// marry gives the birth name and the names borne in between.
func marry(d *draw, n *named, sex identity.Sex, age int) {
	if age < 22 {
		return
	}
	if sex == identity.Male {
		if d.chance(25) {
			n.birthName = germanSurname(d)
		}
		return
	}
	if !d.chance(min(740, age*14)) {
		return
	}
	maiden := germanSurname(d)
	if d.chance(45) && age < 75 && !strings.Contains(n.surname, "-") {
		// A double surname; the birth name is one of its halves.
		n.surname = one(d, []string{maiden + "-" + n.surname, n.surname + "-" + maiden})
	}
	if d.chance(820) {
		n.birthName = maiden
	}
	if d.chance(60) {
		n.former = append(n.former, germanSurname(d))
	}
}

// distinguish gives titles, prefixes and suffixes to the few that have them.
func distinguish(d *draw, n *named) {
	switch roll := d.IntN(1000); {
	case roll < 14:
		n.title = "Dr."
	case roll < 18:
		n.title = "Dr. med."
	case roll < 20:
		n.title = "Prof. Dr."
	case roll < 22:
		n.title = "Dr.-Ing."
	}
	switch roll := d.IntN(1000); {
	case roll < 6:
		n.prefix = "von"
	case roll < 8:
		n.prefix = one(d, []string{"von der", "van", "van der", "de", "zu"})
	case roll < 9:
		n.prefix, n.suffix = "von", one(d, []string{"Freiherr", "Freifrau", "Graf"})
	}
}
