// SPDX-License-Identifier: EUPL-1.2

// Package linkage decides which person a pseudonymised report belongs to
// (Personenzuordnung), on control numbers alone: step 10 of the way of a report.
//
// The package is pure and only the registry uses it. It never sees a name;
// whether two people are the same is read from equal and unequal numbers.
//
// Decide is the seam: today it knows the exact rule. A rule that weighs
// partial agreement takes the same Evidence and gives the same Decision.
package linkage

import (
	"slices"

	"meldewerk/pseudonym"
)

// PersonID is the Personennummer inside the register; it means nothing outside.
type PersonID string

// Evidence is the Vergleichsgrundlage: what a report gives to find its person: the control numbers and
// the month and year of birth that stand beside them in clear.
type Evidence struct {
	Numbers    pseudonym.ControlNumbers
	BirthMonth uint8 // 1 to 12, 0 when it was estimated
	BirthYear  int16
}

// Known is a Zuordnung made before: the evidence of a report that is already assigned.
type Known struct {
	Person PersonID
	Evidence
}

// Rule is the Zuordnungsregel: it names why a report was assigned.
type Rule string

// The rules of assignment.
const (
	NewPerson  Rule = "new_person"  // nobody agrees
	SameNumber Rule = "kvnr"        // equal insurance number
	SameNames  Rule = "names_birth" // surname, first names and full birth date equal
	SameReport Rule = "reference"   // a new version of a report keeps its person
	ByPatient  Rule = "patient"     // same reporter and patient number as an assigned report
)

// Decision is the Zuordnungsentscheidung on one report.
type Decision struct {
	Person PersonID // empty: a new person
	Rule   Rule
	Others []PersonID // further persons that agree as well: a clerk should look whether they are one
}

// Decide assigns by the exact rule: first the insurance number, then surname,
// first names and full birth date together. An equal insurance number decides
// even when names differ, because it stays with a person for life.
func Decide(e Evidence, known []Known) Decision {
	byNumber, byNames := []PersonID{}, []PersonID{}
	for _, k := range known {
		if !e.Numbers.Comparable(&k.Numbers) {
			continue
		}
		switch {
		case e.Numbers.Agree(&k.Numbers, pseudonym.KVNR) == pseudonym.Agreed:
			byNumber = appendOnce(byNumber, k.Person)
		case sameNames(e, k.Evidence):
			byNames = appendOnce(byNames, k.Person)
		}
	}
	slices.Sort(byNumber)
	slices.Sort(byNames)
	switch {
	case len(byNumber) > 0:
		return Decision{Person: byNumber[0], Rule: SameNumber, Others: without(append(byNumber[1:], byNames...), byNumber[0])}
	case len(byNames) > 0:
		return Decision{Person: byNames[0], Rule: SameNames, Others: without(byNames[1:], byNames[0])}
	}
	return Decision{Rule: NewPerson}
}

// sameNames wants every component of surname and first names, in any order,
// and the whole birth date. Two children of one family with a common first
// name of several stay two persons.
func sameNames(a, b Evidence) bool {
	if a.BirthYear == 0 || a.BirthMonth == 0 || a.BirthYear != b.BirthYear || a.BirthMonth != b.BirthMonth {
		return false
	}
	if a.Numbers.Agree(&b.Numbers, pseudonym.KN13) != pseudonym.Agreed {
		return false
	}
	return sameSet(a.Numbers.Surname(), b.Numbers.Surname()) && sameSet(a.Numbers.FirstName(), b.Numbers.FirstName())
}

func sameSet(a, b pseudonym.Set) bool {
	return len(a) > 0 && slices.Equal(a, b)
}

func appendOnce(list []PersonID, p PersonID) []PersonID {
	if slices.Contains(list, p) {
		return list
	}
	return append(list, p)
}

func without(list []PersonID, gone PersonID) []PersonID {
	var rest []PersonID
	for _, p := range list {
		if p != gone {
			rest = appendOnce(rest, p)
		}
	}
	return rest
}
