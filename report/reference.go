// SPDX-License-Identifier: EUPL-1.2

package report

import (
	"strings"

	"meldewerk/calendar"
	"meldewerk/identity"
	"meldewerk/tumour/history"
)

// PersonAs is the Identitätsbezug of a report that was made in the portal: how
// the person in it stands to what the trust centre has under the same patient
// number. Reports of packages always give the person.
type PersonAs string

// The relations.
const (
	PersonGiven    PersonAs = ""         // the report holds the whole identity
	PersonKnown    PersonAs = "known"    // by reference: the report holds no identity, the one that is known stands
	PersonReplaced PersonAs = "replaced" // the whole identity; the one given earlier was another person's
)

// StandIn is the Platzhalter for the person of a report by reference: it
// satisfies the data set and says nothing of anybody. It is put in where such a
// report is written as XML and taken away where it is read.
func StandIn() identity.Person {
	return identity.Person{
		Insurance: identity.Insurance{Other: &identity.OtherInsurance{Substitute: "970000099"}},
		Surname:   "-", FirstNames: "-", Sex: identity.SexUnset,
		BirthDate: calendar.Date{Year: 1900, Month: 7, Day: 1, Accuracy: calendar.AllEstimated},
	}
}

// Reduced is the reduzierte Ansicht of the patient of a report: exactly what
// the reporter still sees after submission. Spec: REQUIREMENTS N2
func Reduced(r *Report) history.ReducedView {
	month, year := BirthMonth(r.Person.BirthDate)
	return history.ReducedView{
		PatientNumber: string(r.Patient),
		BirthMonth:    month, BirthYear: year,
		PostalCode: r.Person.Address.PostalCode, Place: r.Person.Address.Place,
		InsurerTail: tail(r.Person.Insurance.InsurerNumber()),
		InsuredTail: tail(r.Person.Insurance.InsuredNumber()),
	}
}

// BirthMonth gives month and year of a day of birth as far as they are known;
// the month is 0 when it is estimated.
func BirthMonth(d calendar.Date) (month uint8, year int16) {
	if d.Accuracy == calendar.MonthEstimated || d.Accuracy == calendar.AllEstimated {
		return 0, d.Year
	}
	return d.Month, d.Year
}

// tail gives the last three digits of a number, "" when it has no more than
// three characters: a whole number is never shown.
func tail(number string) string {
	runes := []rune(number)
	if len(runes) <= 3 {
		return ""
	}
	last := string(runes[len(runes)-3:])
	if strings.Trim(last, "0123456789") != "" {
		return ""
	}
	return last
}
