// SPDX-License-Identifier: EUPL-1.2

package drafting

import (
	"time"

	"meldewerk/exchange/submission"
	"meldewerk/report"
	"meldewerk/report/form"
	"meldewerk/tumour"
	"meldewerk/tumour/history"
)

// RecordID is the opaque handle of a Patientenakte, 26 characters.
type RecordID string

// FormID is the opaque handle of a Meldung of the Online-Erfassung, 26 characters.
type FormID string

// Actor is who acts: a person of a reporting unit with the rights that the unit
// has at this moment.
type Actor struct {
	Unit        string // opaque number of the unit
	Account     string // opaque number of the account
	Name        string // as colleagues of the unit read it
	AnyReporter bool
	Reporters   []string // Melder-IDs the unit may report for, when AnyReporter is false
	Released    bool     // the unit is released for real data
}

// Correction is the Berichtigung of an identity that is known to the trust
// centre already: why it is asked for again.
type Correction string

// The corrections.
const (
	NoCorrection Correction = ""
	Spelling     Correction = "spelling" // another spelling or a new name of the same person
	WrongPerson  Correction = "person"   // the wrong person was reported
	Missing      Correction = "missing"  // the trust centre does not know the reference
)

// Record is a Patientenakte: one patient of one unit by the unit's own number.
type Record struct {
	ID       RecordID
	Unit     string
	Reporter report.ReporterID // Melder-ID, fixed when the record is made
	Patient  report.PatientID  // own number, fixed when the record is made

	// Identity is what is typed of the patient, keys of form sections below
	// "patient."; nil once a report is submitted and nothing is to be corrected.
	Identity   form.Sheet
	View       *history.ReducedView // set with the first receipt
	Correction Correction           // why Identity is asked for again, with View set

	Version   int64 // grows with every change
	CreatedAt time.Time
	ChangedAt time.Time
	ChangedBy string // name of the colleague
}

// Sealed says whether the identity went to the trust centre: only View is left.
func (r *Record) Sealed() bool { return r.View != nil }

// State is the Stand of a report in the Online-Erfassung.
type State string

// The states.
const (
	Draft     State = "draft"     // Entwurf, never submitted
	Submitted State = "submitted" // submitted, nothing changed since
	Revised   State = "revised"   // submitted, and being edited again
)

// Form is a Meldung in the Online-Erfassung.
type Form struct {
	ID       FormID
	Record   RecordID
	Unit     string
	Occasion tumour.Occasion
	Report   report.ID // Meldungs-ID, with the prefix of the portal

	// Sheet is the medical content as typed, without identity; nil when the
	// report is submitted and not being edited.
	Sheet  form.Sheet
	Note   string // internal, never sent
	Locked bool   // Übermittlung gesperrt

	Version   int64 // grows with every change
	CreatedAt time.Time
	ChangedAt time.Time
	ChangedBy string

	Sent []Sent // versions handed in, oldest first
}

// State tells where the report stands.
func (f *Form) State() State {
	switch {
	case len(f.Sent) == 0:
		return Draft
	case f.Sheet == nil:
		return Submitted
	}
	return Revised
}

// Last is the version handed in last, nil for none.
func (f *Form) Last() *Sent {
	if len(f.Sent) == 0 {
		return nil
	}
	return &f.Sent[len(f.Sent)-1]
}

// Standing is the version that counts for trust centre and registry, nil for
// none: the newest that was not refused and not replaced by one that was.
func (f *Form) Standing() *Sent {
	for i := len(f.Sent) - 1; i >= 0; i-- {
		if p := f.Sent[i].Progress; p != submission.Refused && p != submission.Outdated {
			return &f.Sent[i]
		}
	}
	return nil
}

// Content is what a page shows: the draft, or what was submitted last.
func (f *Form) Content() form.Sheet {
	if f.Sheet == nil && len(f.Sent) > 0 {
		return f.Last().Sheet
	}
	return f.Sheet
}

// Sent is a übermittelte Fassung of a report.
type Sent struct {
	Number   int    // 1 for the first
	Package  string // handle of the submission
	Position int
	Receipt  string // Quittungsnummer
	At       time.Time
	By       string
	Sheet    form.Sheet
	Progress submission.State // "" as long as no trust centre has said anything
	Remarks  []submission.Remark
}

// Row is one line of a list of reports: a Form without its content.
type Row struct {
	ID        FormID
	Record    RecordID
	Patient   report.PatientID
	Report    report.ID
	Occasion  tumour.Occasion
	State     State
	Locked    bool
	ChangedAt time.Time
	ChangedBy string
	SentAt    time.Time        // of the last version, zero for none
	Progress  submission.State // of the last version
	DeletedOn time.Time        // when an untouched draft goes; zero for what stays
}

// Overview is a Patientenakte with its reports, for the list of patients.
type Overview struct {
	Record Record
	Forms  []Row
}

// Filter is the Auswahl of a list of reports.
type Filter struct {
	Record RecordID // of one patient
	State  State    // "" for all

	// Open chooses what somebody has still to do, of the whole unit: what came
	// back refused or with a query, then what goes soon because nobody touched
	// it, then the other drafts and edits.
	Open    bool
	Unasked bool      // with Open: without what waits for the answer to a query alone
	Soon    time.Time // with Open: what was changed then or before goes soon; the room says so
}

// Entered names what a receipt turns from a draft into a submitted version. The
// store reduces it in the transaction that writes the receipt.
type Entered struct {
	Form     FormID
	Version  int64 // as it was checked; another one now gives ErrChanged
	Position int   // within the submission
	By       string
	Again    bool // the last version goes once more; what is being edited stays
}

// Reduced names a record whose identity goes with the receipt.
type Reduced struct {
	Record  RecordID
	Version int64 // as it was checked; another one now gives ErrChanged
	View    history.ReducedView
}
