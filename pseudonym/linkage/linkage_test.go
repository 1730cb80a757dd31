// SPDX-License-Identifier: EUPL-1.2

package linkage_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"meldewerk/pseudonym"
	"meldewerk/pseudonym/linkage"
)

// numbers makes a set from one letter per slot; the letters stand for values.
func numbers(t *testing.T, slots map[pseudonym.Slot]byte) pseudonym.ControlNumbers {
	t.Helper()
	set := pseudonym.ControlNumbers{Profile: "kn-1", Generation: pseudonym.StorageGeneration(1)}
	for slot, letter := range slots {
		if err := set.Put(slot, pseudonym.Number{letter}); err != nil {
			t.Fatal(err)
		}
	}
	return set
}

func person(t *testing.T, surname, first, day, insured byte) linkage.Evidence {
	t.Helper()
	slots := map[pseudonym.Slot]byte{pseudonym.KN1: surname, pseudonym.KN4: first, pseudonym.KN13: day}
	if insured != 0 {
		slots[pseudonym.KVNR] = insured
	}
	return linkage.Evidence{Numbers: numbers(t, slots), BirthMonth: 5, BirthYear: 1950}
}

func TestDecide(t *testing.T) {
	t.Parallel()
	known := []linkage.Known{
		{Person: "P1", Evidence: person(t, 'm', 'a', '1', 'k')},
		{Person: "P2", Evidence: person(t, 'm', 'b', '1', 0)},
	}
	estimated := person(t, 'm', 'b', '1', 0)
	estimated.BirthMonth = 0
	twoFirstNames := person(t, 'm', 'b', '1', 0)
	if err := twoFirstNames.Numbers.Put(pseudonym.KN5, pseudonym.Number{'c'}); err != nil {
		t.Fatal(err)
	}
	otherKey := person(t, 'm', 'b', '1', 'k')
	otherKey.Numbers.Generation = pseudonym.StorageGeneration(2)

	for _, c := range []struct {
		name string
		of   linkage.Evidence
		want linkage.Decision
	}{
		{"insurance number decides though the surname changed", person(t, 'x', 'a', '1', 'k'), linkage.Decision{Person: "P1", Rule: linkage.SameNumber}},
		{"names and full birth date decide without a number", person(t, 'm', 'b', '1', 0), linkage.Decision{Person: "P2", Rule: linkage.SameNames}},
		{"another day is another person", person(t, 'm', 'b', '2', 0), linkage.Decision{Rule: linkage.NewPerson}},
		{"an estimated month proves nothing", estimated, linkage.Decision{Rule: linkage.NewPerson}},
		{"a sibling with one first name in common stays apart", twoFirstNames, linkage.Decision{Rule: linkage.NewPerson}},
		{"numbers of two key generations never meet", otherKey, linkage.Decision{Rule: linkage.NewPerson}},
		{"a second person that agrees is told", person(t, 'm', 'b', '1', 'k'), linkage.Decision{Person: "P1", Rule: linkage.SameNumber, Others: []linkage.PersonID{"P2"}}},
	} {
		if diff := cmp.Diff(c.want, linkage.Decide(c.of, known)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.name, diff)
		}
	}
}
