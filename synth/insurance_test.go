// SPDX-License-Identifier: EUPL-1.2

package synth

import "testing"

func TestInsuredNumbersAreUnique(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for person := range 100_000 {
		number := insuredNumber(9, person)
		if seen[number] || len(number) != 10 || number[0] < 'A' || number[0] > 'Z' {
			t.Fatalf("person %d: number twice or malformed", person)
		}
		seen[number] = true
	}
	if seen[insuredNumber(10, 0)] && seen[insuredNumber(10, 1)] && seen[insuredNumber(10, 2)] {
		t.Error("another seed gives the same numbers")
	}
}

// Known answers: the digits of public numbers were not made here.
func TestCheckDigits(t *testing.T) {
	t.Parallel()
	for _, number := range []string{"T221038567", "K018506488", "A123456780", "E123456789"} {
		if insuredCheckDigit(number[:9]) != number[9]-'0' {
			t.Errorf("%s: check digit %d", number, insuredCheckDigit(number[:9]))
		}
	}
	for _, number := range []string{"101575519", "104940005", "102114819", "105313145", "109905003"} {
		if withIKCheckDigit(number[:8]) != number {
			t.Errorf("%s: got %s", number, withIKCheckDigit(number[:8]))
		}
	}
}

func TestPatientNumbersAreUnique(t *testing.T) {
	t.Parallel()
	w := New(Options{Seed: 6, Reporters: 3})
	seen := map[string]bool{}
	for person := range 150_000 {
		for i := range w.units {
			number := string(w.patientNumber(&w.units[i], person))
			if seen[number] {
				t.Fatalf("person %d: number twice", person)
			}
			seen[number] = true
		}
	}
}
