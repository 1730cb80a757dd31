// SPDX-License-Identifier: EUPL-1.2

package followup

import (
	"cmp"
	"slices"

	"meldewerk/report"
	"meldewerk/tumour"
)

// severalPersons says that a unit has reported different persons under one of
// its numbers, each under a Melder-ID of its own: two of its systems count
// their patients alike. One person has one month of birth; where the newest
// views of two Melder-IDs differ in it, there are two.
func severalPersons(records []Record) bool {
	newest := map[report.ReporterID]Record{}
	for _, r := range records {
		if r.View.BirthYear == 0 {
			continue // by reference, or not known
		}
		if was, there := newest[r.Reporter]; !there || cmp.Or(cmp.Compare(r.Receipt, was.Receipt), cmp.Compare(r.Position, was.Position)) > 0 {
			newest[r.Reporter] = r
		}
	}
	for _, one := range newest { // each with each: a year alone contradicts no month
		for _, other := range newest {
			if one.View.BornApart(other.View) {
				return true
			}
		}
	}
	return false
}

// died says whether a death is reported, of whatever tumour: of the patient, or
// where a number means several persons of the one of that Melder-ID. A death on
// its way says nothing of its Melder-ID yet and counts for each of them.
func died(found Found, of report.ReporterID) bool {
	return slices.ContainsFunc(found.Records, func(r Record) bool { return r.Entry.Event.Death != nil && (of == "" || r.Reporter == of) }) ||
		underWay(found.Submitted, tumour.OccasionDeath)
}
