// SPDX-License-Identifier: EUPL-1.2

// Package history holds what a reporter sees of a patient after submission:
// the reduced view of who it is, and one entry per finished report.
//
// Steps 11 and 12 of the way of a report: the registry makes an Entry when a
// report is finally processed, the trust centre joins it with the ReducedView
// made at step 7, the portal keeps both in the Tumorhistorie. The package must
// never import identity: a ReducedView is all that is left of it.
package history

import (
	"time"

	"meldewerk/tumour"
)

// ReducedView is the reduzierte Ansicht: everything of the identity that the
// reporting unit still sees after submission, and nothing else. No sex, no
// initials. Spec: REQUIREMENTS N2
type ReducedView struct {
	PatientNumber string // the reporter's own patient number
	BirthMonth    uint8  `json:",omitempty"` // 1 to 12, 0 when unknown
	BirthYear     int16
	PostalCode    string `json:",omitempty"`
	Place         string `json:",omitempty"`
	InsurerTail   string `json:",omitempty"` // last three digits of the Kassennummer
	InsuredTail   string `json:",omitempty"` // last three digits of the Versichertennummer
}

// BornApart says that two views cannot be of one person: both years of birth
// are known and differ, or both months do. A year alone contradicts no month.
func (v ReducedView) BornApart(o ReducedView) bool {
	if v.BirthYear == 0 || o.BirthYear == 0 {
		return false
	}
	return v.BirthYear != o.BirthYear || v.BirthMonth != o.BirthMonth && v.BirthMonth != 0 && o.BirthMonth != 0
}

// Entry is a Eintrag der Tumorhistorie: one report as the registry finished
// it, without open text and without the sender's identifiers.
type Entry struct {
	Tumour      int // number of the tumour within the person, from 1
	Event       tumour.Event
	CompletedAt time.Time
}
