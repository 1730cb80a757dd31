// SPDX-License-Identifier: EUPL-1.2

package check

import "meldewerk/terminology"

// tumours are the codes of ICD-10 that the data set is about. An official
// edition holds those of all other diseases, too.
var tumours = sitesOf("C00-D48")

// bookHasICD says that an official edition has the diagnosis. It is asked only
// for what the built-in list does not have.
func (l *look) bookHasICD() bool {
	return l.Book != nil && tumours.has(l.view.icd) && l.Book.KnownICD(l.view.icd)
}

func (l *look) icdInYear(year int) bool {
	if l.view.icd == histiocytosis {
		return year <= lastHistiocytosis
	}
	if l.Book != nil {
		return l.Book.ICDInYear(l.view.icd, year)
	}
	return terminology.ICDInYear(l.view.icd, year)
}

func (l *look) knownTopography() bool {
	return terminology.KnownTopography(l.view.topography) || l.Book != nil && l.Book.KnownTopography(l.view.topography)
}

func (l *look) knownMorphology(code string) bool {
	return terminology.KnownMorphology(code) || l.Book != nil && l.Book.KnownMorphology(code)
}

// unknownInsurer says that the list of the insurers is at hand and does not
// have a sound Institutionskennzeichen.
func (l *look) unknownInsurer(number string) bool {
	if l.Book == nil || !l.Book.HasInsurers() || !ofInsurers(number) || insurerNumberWrong(number) {
		return false
	}
	_, known := l.Book.Insurer(number)
	return !known
}
