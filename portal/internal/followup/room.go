// SPDX-License-Identifier: EUPL-1.2

package followup

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"meldewerk/exchange/submission"
	"meldewerk/fault"
	"meldewerk/policy"
	"meldewerk/report"
	"meldewerk/terminology"
	"meldewerk/tumour"
	"meldewerk/tumour/history"
)

// Handle names the Tumorhistorie of one patient within one unit: 32
// hexadecimal digits that say nothing without the portal's key.
type Handle string

// Record is one finished report as the portal keeps it.
type Record struct {
	Recipient string // trust centre that put it
	Receipt   submission.Receipt
	Position  int
	Reporter  report.ReporterID
	Report    report.ID
	Channel   submission.Channel
	View      history.ReducedView
	Entry     history.Entry
}

// Submitted is one report of the patient that went to the trust centre.
type Submitted struct {
	Package    string // handle of the submission
	Number     string // of its receipt
	ReceivedAt time.Time
	Position   int
	Report     report.ID // "" when the row is damaged
	Occasion   tumour.Occasion
	Kind       submission.Kind
	State      submission.State // "" when no trust centre has said anything yet
}

// Found is all that the portal has of one patient of one unit.
type Found struct {
	Patient   report.PatientID // "" when the unit has submitted nothing of him
	Records   []Record
	Submitted []Submitted // newest receipt first
	Damaged   int         // rows that cannot be opened: left out of Records, without Report in Submitted
}

// Store keeps states and histories. Every method is one transaction.
type Store interface {
	// PutProgress sets states of reports, never back.
	PutProgress(ctx context.Context, recipient string, items []submission.Progress) error
	// PutHistory adds finished reports; one of an earlier version goes.
	PutHistory(ctx context.Context, recipient string, items []submission.HistoryItem) error
	// Find gives the handle of a patient of the unit and notes the search, or
	// says that there is nothing of him.
	Find(ctx context.Context, unit, account string, patient report.PatientID) (Handle, bool, error)
	// History gives what there is under a handle of the unit; empty when there
	// is nothing or it belongs to somebody else.
	History(ctx context.Context, unit string, handle Handle) (Found, error)
	// Finished gives each patient of the unit of whom a finished report was put
	// since then, with all his finished reports, in the order of the handles and
	// from the one behind after ("": from the first). What each returns ends it.
	Finished(ctx context.Context, unit string, since time.Time, after Handle, each func(Handle, []Record) error) error
}

// ErrUnknown means that there is no history under that handle for this unit.
var ErrUnknown = fault.New(fault.NotFound, "followup.unknown",
	"Unter dieser Adresse gibt es keine Tumorhistorie. Suchen Sie die Person über Ihre Patientennummer.")

// Room is the follow-up room of a portal. It is safe for concurrent use.
type Room struct {
	store   Store
	profile policy.Profile
	book    *terminology.Book
	ledgers ledgers
}

// New makes the room. The book has the words of the diagnoses.
func New(store Store, profile policy.Profile, book *terminology.Book) *Room {
	return &Room{store: store, profile: profile, book: book}
}

// PutProgress takes the states of reports from a trust centre.
func (m *Room) PutProgress(ctx context.Context, recipient string, items []submission.Progress) error {
	if err := m.store.PutProgress(ctx, recipient, items); err != nil {
		return fmt.Errorf("put progress: %w", err)
	}
	return nil
}

// PutHistory takes finished reports from a trust centre.
func (m *Room) PutHistory(ctx context.Context, recipient string, items []submission.HistoryItem) error {
	err := m.store.PutHistory(ctx, recipient, items)
	for _, item := range items {
		m.ledgers.put(item.Unit)
	}
	if err != nil {
		return fmt.Errorf("put history: %w", err)
	}
	return nil
}

// Find gives the handle of a patient by the unit's own patient number.
func (m *Room) Find(ctx context.Context, unit, account string, patient report.PatientID) (Handle, bool, error) {
	return m.store.Find(ctx, unit, account, patient)
}

// Grade orders the states; a state follows only one of a lower grade.
func Grade(s submission.State) int {
	switch s {
	case submission.InReview:
		return 1
	case submission.Forwarded:
		return 2
	case submission.Completed, submission.Duplicate, submission.Outdated, submission.Refused, submission.TestOnly:
		return 3
	}
	return 0
}

// Course is the Tumorhistorie of one patient as a page or a script shows it.
type Course struct {
	Patient Patient   `json:"patient"`
	Tumours []Tumour  `json:"tumours"`
	Open    []Waiting `json:"pending"`

	// Several says that the unit has reported different persons under the
	// number, each under a Melder-ID of its own. Then Patient is nobody.
	Several bool `json:"several_persons,omitempty"`

	// Damaged is how many reports of the patient cannot be opened any more.
	Damaged int `json:"damaged,omitempty"`

	// View is the reduced view behind Patient; with it a further report of the
	// patient can be begun. The zero View: none is known.
	View history.ReducedView `json:"-"`
}

// Patient is the reduced set, in the order of the law's list, and nothing else.
// Spec: REQUIREMENTS N2
type Patient struct {
	Number      string `json:"patient_id"`
	BirthMonth  int    `json:"birth_month,omitempty"`
	BirthYear   int    `json:"birth_year,omitempty"`
	PostalCode  string `json:"postal_code,omitempty"`
	Place       string `json:"place,omitempty"`
	InsurerTail string `json:"insurer_tail,omitempty"` // last three digits of the Kassennummer
	InsuredTail string `json:"insured_tail,omitempty"` // last three digits of the Versichertennummer
	Known       bool   `json:"view_known"`             // false: no report is finished yet
}

// Tumour is one tumour with the best of what was reported and its entries,
// newest first.
type Tumour struct {
	Registry    string  `json:"registry"`
	Number      int     `json:"number"`
	ICD         string  `json:"icd"`
	Title       string  `json:"title,omitempty"`
	Side        string  `json:"side,omitempty"`
	DiagnosedOn string  `json:"diagnosed_on,omitempty"`
	Morphology  string  `json:"morphology,omitempty"`
	Stage       string  `json:"stage,omitempty"`
	Entries     []Entry `json:"entries"`

	Expected []Expected `json:"expected,omitempty"`

	// What a further report on the tumour begins with.
	Assignment tumour.Assignment `json:"-"`
	Reporter   report.ReporterID `json:"-"` // of the newest entry
}

// Entry is one finished report in words.
type Entry struct {
	Occasion    tumour.Occasion    `json:"occasion"`
	Title       string             `json:"title"`
	Date        string             `json:"date,omitempty"` // as the office writes it
	Day         string             `json:"day,omitempty"`  // ISO 8601
	Facts       []Fact             `json:"facts"`
	Reporter    string             `json:"reporter"`
	Report      string             `json:"report_id"`
	Channel     submission.Channel `json:"channel"`
	CompletedAt time.Time          `json:"completed_at"`
}

// Waiting is one report that was submitted and does not stand in the history.
type Waiting struct {
	Package    string           `json:"package"`
	Number     string           `json:"receipt"`
	ReceivedAt time.Time        `json:"received_at"`
	Report     string           `json:"report_id"`
	Occasion   tumour.Occasion  `json:"occasion"`
	Kind       submission.Kind  `json:"kind"`
	State      submission.State `json:"state"`
	ExpectedBy time.Time        `json:"expected_by"` // at the registry by then, see policy.Profile.ForwardWithin
}

// Course gives the Tumorhistorie under a handle of the unit, or ErrUnknown.
func (m *Room) Course(ctx context.Context, unit string, handle Handle) (Course, error) {
	found, err := m.store.History(ctx, unit, handle)
	if err != nil {
		return Course{}, fmt.Errorf("read history: %w", err)
	}
	if len(found.Records) == 0 && len(found.Submitted) == 0 && found.Damaged == 0 {
		return Course{}, ErrUnknown
	}
	c := Course{Patient: Patient{Number: string(found.Patient)}, Tumours: m.tumours(found), Open: []Waiting{}}
	c.Damaged = found.Damaged
	c.Several = severalPersons(found.Records)
	if view, known := newestView(found.Records); known && !c.Several {
		c.Patient, c.View = PatientOf(view), view
	} else if c.Patient.Number == "" {
		c.Patient.Number = view.PatientNumber
	}
	for i, p := range found.Submitted {
		if p.State == submission.Completed || p.State == submission.Duplicate || p.State == submission.Outdated || superseded(&p, found.Submitted[:i]) {
			continue // in the history, or replaced by what is
		}
		c.Open = append(c.Open, Waiting{Package: p.Package, Number: p.Number, ReceivedAt: p.ReceivedAt,
			Report: string(p.Report), Occasion: p.Occasion, Kind: p.Kind, State: p.State,
			ExpectedBy: p.ReceivedAt.Add(m.profile.ForwardWithin)})
	}
	return c, nil
}

// superseded says that nothing is to be done or awaited any more for a report
// that was refused or a test: it was sent again.
func superseded(p *Submitted, later []Submitted) bool {
	if p.State != submission.Refused && p.State != submission.TestOnly {
		return false
	}
	return slices.ContainsFunc(later, func(n Submitted) bool {
		return p.Report != "" && n.Report == p.Report && n.Package != p.Package && (n.Kind == submission.Real || n.Kind == p.Kind)
	})
}

// newestView is the reduced view of the newest version of any report that has
// one. A report by reference comes with the patient number alone; false: all did.
func newestView(records []Record) (history.ReducedView, bool) {
	newest := slices.SortedFunc(slices.Values(records), func(a, b Record) int {
		return cmp.Or(cmp.Compare(b.Receipt, a.Receipt), cmp.Compare(b.Position, a.Position))
	})
	for _, r := range newest {
		if PatientOf(r.View).Known {
			return r.View, true
		}
	}
	if len(newest) == 0 {
		return history.ReducedView{}, false
	}
	return newest[0].View, false
}

// PatientOf is a reduced view as a page shows it. One that holds the patient
// number alone is not known yet.
func PatientOf(v history.ReducedView) Patient {
	return Patient{Number: v.PatientNumber, BirthMonth: int(v.BirthMonth), BirthYear: int(v.BirthYear),
		PostalCode: v.PostalCode, Place: v.Place, InsurerTail: v.InsurerTail, InsuredTail: v.InsuredTail,
		Known: v != (history.ReducedView{PatientNumber: v.PatientNumber})}
}
