// SPDX-License-Identifier: EUPL-1.2

package transfer

import (
	"fmt"
	"slices"
	"unicode/utf8"

	"meldewerk/calendar"
	"meldewerk/exchange/residue"
	"meldewerk/fault"
	"meldewerk/tumour"
)

// The limits of the contract.
const (
	MaxItems      = 500 // of one call: records, notices, ids
	maxID         = 64
	maxPlace      = 255
	maxFindings   = 500
	earliestBirth = 1800
	latestBirth   = 2200
)

var (
	// ErrClosed means that this house has no such neighbour.
	ErrClosed = fault.New(fault.Unavailable, "transfer.closed",
		"Zwischen Vertrauensstelle und Register ist keine Verbindung eingerichtet. Tragen Sie die Gegenstelle in die Konfiguration ein.")
	// ErrMalformed means that a call or an answer breaks the contract. Nothing of it may be stored.
	ErrMalformed = fault.New(fault.Invalid, "transfer.malformed",
		"Die Nachricht zwischen Vertrauensstelle und Register verletzt die Vereinbarung und wurde nicht angenommen. Melden Sie dies der Technik.")
	// ErrResidue means that a record or notice holds what must stay in the trust centre.
	ErrResidue = fault.New(fault.Forbidden, "transfer.residue",
		"Die Nachricht enthält Freitext oder Kennungen der Meldestelle und wurde nicht angenommen. Melden Sie dies der Technik.")
)

func malformed(format string, args ...any) error {
	return ErrMalformed.Because(fmt.Errorf(format, args...))
}

// Check says whether the record keeps the contract: references well formed,
// closed fields closed, and neither open text nor a sender's identifier
// anywhere in the event.
func (r *Record) Check() error {
	switch {
	case !r.Report.Valid() || !r.Patient.Valid() || !r.Tumour.Valid() || !r.Reporter.Valid():
		return malformed("record: reference")
	case r.EventRef != "" && !r.EventRef.Valid():
		return malformed("record: reference of the event")
	case r.Version < 1 || r.ReceivedAt.IsZero():
		return malformed("record: version")
	case !oneOf(string(r.Reason), "I", "A", "D", "W", "V") || r.Objection != (r.Reason == "W"):
		return malformed("record: reason")
	case !oneOf(string(r.OwnService), "J", "N", "U") || !oneOf(string(r.Certification), "", "1", "2", "3"):
		return malformed("record: frame")
	case len(r.OpenFindings) > maxFindings:
		return malformed("record: number of open findings")
	}
	for _, rule := range r.OpenFindings {
		if !idValid(rule) {
			return malformed("record: open finding")
		}
	}
	err := r.checkPerson()
	if err != nil {
		return err
	}
	return checkEvent(&r.Event)
}

func (r *Record) checkPerson() error {
	switch r.Identity {
	case IdentityNew, IdentitySame, IdentityCorrected, IdentityReplaced:
	default:
		return malformed("record: relation of the identity")
	}
	if r.Chiffrat != nil && r.Chiffrat.IsZero() {
		return malformed("record: empty chiffrat")
	}
	if r.Source != "" && (!r.Source.Valid() || !r.Numbers.IsZero()) {
		return malformed("record: source of the person")
	}
	if r.Numbers.IsZero() && r.Identity == IdentitySame {
		if r.Chiffrat != nil || r.Sex != "" || r.Birth != (Birth{}) {
			return malformed("record: part of a person without control numbers")
		}
		return r.checkPlace()
	}
	if r.Numbers.Len() == 0 || r.Numbers.Profile == "" || !r.Numbers.Generation.IsStorage() {
		return malformed("record: control numbers")
	}
	if !oneOf(string(r.Sex), "M", "W", "D", "X", "U") {
		return malformed("record: sex")
	}
	switch r.Birth.Accuracy {
	case calendar.Unstated, calendar.Exact, calendar.DayEstimated, calendar.MonthEstimated, calendar.AllEstimated:
	default:
		return malformed("record: accuracy of the birth")
	}
	if r.Birth.Month > 12 || r.Birth.Year < earliestBirth || r.Birth.Year > latestBirth {
		return malformed("record: month and year of birth")
	}
	return r.checkPlace()
}

func (r *Record) checkPlace() error {
	if r.PostalCode != "" && !all(string(r.PostalCode), 5, '0', '9') {
		return malformed("record: postal code")
	}
	if r.Country != "" && !all(string(r.Country), 2, 'A', 'Z') {
		return malformed("record: country")
	}
	if utf8.RuneCountInString(string(r.Place)) > maxPlace {
		return malformed("record: place")
	}
	return nil
}

// Check says whether the notice keeps the contract.
func (n *Notice) Check() error {
	switch {
	case !idValid(n.ID) || !n.Report.Valid() || n.Version < 1:
		return malformed("notice")
	case n.Outcome == Superseded:
		return nil
	case n.Outcome != Completed:
		return malformed("notice: outcome")
	case n.Entry.Tumour < 1 || n.Entry.CompletedAt.IsZero():
		return malformed("notice: entry")
	}
	return checkEvent(&n.Entry.Event)
}

// checkEvent wants exactly one occasion and nothing open.
func checkEvent(e *tumour.Event) error {
	occasions := 0
	for _, there := range []bool{e.Diagnosis != nil, e.Pathology != nil, e.Surgery != nil, e.Radiotherapy != nil,
		e.Systemic != nil, e.Course != nil, e.Death != nil, e.Board != nil} {
		if there {
			occasions++
		}
	}
	if occasions != 1 {
		return malformed("event with %d occasions", occasions)
	}
	if open := residue.Of(e); open != "" {
		return ErrResidue.Because(fmt.Errorf("%s does not leave the trust centre", open))
	}
	return nil
}

// checkNotices judges a whole answer, so that nothing of it is taken when
// anything is wrong.
func checkNotices(notices []Notice, limit int) error {
	if len(notices) > limit {
		return malformed("%d notices, %d asked for", len(notices), limit)
	}
	ids := make(map[string]bool, len(notices))
	for i := range notices {
		err := notices[i].Check()
		if err != nil {
			return err
		}
		if ids[notices[i].ID] {
			return malformed("notice %s twice in one answer", notices[i].ID)
		}
		ids[notices[i].ID] = true
	}
	return nil
}

func checkRecordIDs(ids []RecordID) error {
	if len(ids) > MaxItems {
		return malformed("%d records, at most %d", len(ids), MaxItems)
	}
	for _, id := range ids {
		if !id.Report.Valid() || id.Version < 1 {
			return malformed("record id")
		}
	}
	return nil
}

// checkContained refuses an answer that names a record nobody asked for: on
// its word the trust centre deletes.
func checkContained(asked, contained []RecordID) error {
	open := make(map[RecordID]bool, len(asked))
	for _, id := range asked {
		open[id] = true
	}
	for _, id := range contained {
		if !open[id] {
			return malformed("answer names a record that was not asked for, or one twice")
		}
		delete(open, id)
	}
	return nil
}

func oneOf(value string, allowed ...string) bool { return slices.Contains(allowed, value) }

func all(value string, length int, from, to byte) bool {
	if len(value) != length {
		return false
	}
	for i := range len(value) {
		if value[i] < from || value[i] > to {
			return false
		}
	}
	return true
}

// idValid holds for identifiers that our houses make: letters, digits, hyphen,
// underscore, dot.
func idValid(id string) bool {
	if id == "" || len(id) > maxID {
		return false
	}
	for i := range len(id) {
		c := id[i]
		if (c < 'a' || c > 'z') && (c < 'A' || c > 'Z') && (c < '0' || c > '9') && c != '-' && c != '_' && c != '.' {
			return false
		}
	}
	return true
}
