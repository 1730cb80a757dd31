// SPDX-License-Identifier: EUPL-1.2

package synth

import (
	"slices"

	"meldewerk/calendar"
	"meldewerk/identity"
)

// patient is one invented person as he or she is; what a reporter knows of
// the person may differ (see variant).
type patient struct {
	number int // from 0
	born   day
	person identity.Person
	moved  identity.Address // where the person lived before
	token  string           // put into all that a reporter knows, see Options.Marker
}

// newPatient makes the person with a number, of a sex and born on a day.
func (w *World) newPatient(d *draw, number int, sex identity.Sex, born day) *patient {
	called := name(d, sex, born.year(), (int(w.today)-int(born))/365)
	p := &patient{number: number, born: born, person: identity.Person{
		Insurance: insurance(d, w.options.Seed, number), Surname: called.surname, Title: called.title, Suffix: called.suffix,
		Prefix: called.prefix, FirstNames: called.firstNames, BirthName: called.birthName, FormerNames: called.former,
		Sex: sex, BirthDate: birthDate(d, born), Address: address(d),
	}}
	p.moved = address(d)
	if here := p.person.Address; d.chance(550) { // most move within the place
		p.moved.PostalCode, p.moved.Place = here.PostalCode, here.Place
	}
	if w.options.Marker != "" {
		p.token = MarkerToken(w.options.Marker, number)
	}
	return p
}

// known is what a reporter knows of the patient: the first one the truth, the
// others perhaps something else.
func (p *patient) known(d *draw, first bool) identity.Person {
	who := p.person
	if !first {
		who = p.variant(d)
	}
	if p.token != "" {
		mark(&who, p.token)
	}
	return who
}

func birthDate(d *draw, born day) calendar.Date {
	switch roll := d.IntN(1000); {
	case roll < 8:
		return born.inMonth()
	case roll < 14:
		return born.inYear()
	case roll < 15:
		date := born.inYear()
		date.Accuracy = calendar.AllEstimated
		return date
	}
	return born.exact()
}

// MarkerToken is the token that Options.Marker puts into the identity of the
// person with that number (from 0): the marker and some letters of the
// person's own, so that a leak tells whose identity it was.
func MarkerToken(marker string, person int) string {
	const letters = "bcdfghklmnprstvwxz"
	token := []byte(marker + "q")
	for n := person; ; n /= len(letters) {
		token = append(token, letters[n%len(letters)])
		if n < len(letters) {
			return string(token)
		}
	}
}

// mark puts the token into every value of the identity that can hold letters.
// Birth date, postal code, house number and the numbers of the insurance
// cannot; the Versichertennummer is unique in itself.
func mark(p *identity.Person, token string) {
	for _, value := range []*string{&p.Surname, &p.FirstNames, &p.BirthName, &p.Address.Street, &p.Address.Place} {
		if *value == "" {
			continue
		}
		*value += " " + token
	}
	p.FormerNames = slices.Clone(p.FormerNames)
	for i := range p.FormerNames {
		p.FormerNames[i] += " " + token
	}
	if private := p.Insurance.Private; private != nil && private.Number != "" {
		own := *private
		own.Number += " " + token
		p.Insurance.Private = &own
	}
}
