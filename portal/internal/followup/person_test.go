// SPDX-License-Identifier: EUPL-1.2

package followup_test

import (
	"testing"

	"meldewerk/portal/internal/followup"
	"meldewerk/report"
	"meldewerk/tumour"
)

func born(reporter report.ReporterID, month uint8, r followup.Record) followup.Record {
	r.Reporter, r.View.BirthMonth = reporter, month
	return r
}

// TestYearAloneHidesNoSecondPerson: two Melder-IDs that name different months
// are told apart, whatever a third one leaves out; a year alone contradicts nobody.
func TestYearAloneHidesNoSecondPerson(t *testing.T) {
	t.Parallel()
	several := func(months ...uint8) bool {
		var records []followup.Record
		for i, month := range months {
			records = append(records, born(report.ReporterID(rune('A'+i)), month, record(7, 1, "", tumour.Event{Diagnosis: &tumour.Diagnosis{}})))
		}
		c, err := course(t, followup.Found{Records: records})
		if err != nil {
			t.Fatal(err)
		}
		return c.Several
	}
	for range 20 { // the order of a map must not matter
		if !several(0, 3, 5) || !several(3, 0, 5) || !several(3, 5, 0) {
			t.Fatal("two persons are taken for one beside a year alone")
		}
	}
	if several(0, 3) || several(3, 3) || several(0, 0) {
		t.Error("one person is taken for several")
	}
}

// TestDeathOfOnePersonEndsNothingOfTheOther: under a number of two persons the
// reminders of the one who lives stay.
func TestDeathOfOnePersonEndsNothingOfTheOther(t *testing.T) {
	t.Parallel()
	radiation := tumour.Event{Radiotherapy: &tumour.Radiotherapy{Phase: tumour.PhaseBegin, Intention: "P",
		Courses: []tumour.Irradiation{{Begin: day(2026, 7, 1), End: day(2026, 8, 1)}}}}
	death := tumour.Event{Death: &tumour.Death{Date: day(2026, 9, 1)}}
	for name, c := range map[string]struct {
		month uint8 // of birth of the one who died under M-2
		open  bool
	}{"another person": {5, true}, "the same person": {3, false}} {
		got, err := course(t, followup.Found{Patient: "P-1", Records: []followup.Record{
			born("M-1", 3, record(7, 1, "", radiation)), born("M-2", c.month, record(8, 2, "", death))}})
		if err != nil {
			t.Fatal(err)
		}
		if open := len(got.Tumours[0].Expected) > 0; open != c.open {
			t.Errorf("%s: reminded %v", name, open)
		}
	}
}
