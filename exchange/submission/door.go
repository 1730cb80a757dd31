// SPDX-License-Identifier: EUPL-1.2

package submission

import (
	"context"
	"time"

	"meldewerk/exchange/witness"
	"meldewerk/tumour/history"
)

// EnvelopeID names a sealed part. It is random and says nothing.
type EnvelopeID string

// Receipt is the Quittungsfolge of the portal: it grows by one with every
// accepted submission and is the version of the reports in it.
type Receipt int64

// Kind tells test from real data. Test data never go on to the registry.
type Kind string

// The kinds of data.
const (
	Test Kind = "test" // Testdaten
	Real Kind = "real" // Echtdaten
)

// Channel is the Meldeweg by which a report came; it is fixed for good.
type Channel string

// The channels.
const (
	ByPackage Channel = "package" // Meldungspaket: medical data are edited in the primary system
	ByForm    Channel = "form"    // Online-Erfassung
)

// Envelope is one sealed part of a submission: a few hundred reports at most.
type Envelope struct {
	ID          EnvelopeID
	Receipt     Receipt
	ReceivedAt  time.Time // time of the receipt; starts the deadline (N10)
	Part, Parts int       // 1-based
	Kind        Kind
	Channel     Channel
	Unit        string   // opaque number of the reporting unit that submitted
	AnyReporter bool     // the unit may send for every reporter
	Reporters   []string // Melder-IDs the unit may send for, when AnyReporter is false
	Released    bool     // the unit is released for real data
	Reports     int      // number of reports inside
	Withdrawn   []int    // positions inside that the end of the package rejected
	SHA256      []byte   // of Sealed
	Sealed      []byte   // age, to the trust centre's keys
	Damaged     bool     // the content is not the one of SHA256; the guard has dropped it
}

// State is the Bearbeitungsstand of one report as the reporter reads it.
type State string

// The states after submission.
const (
	InReview  State = "in_review" // in Prüfung: waits for a person in the trust centre
	Forwarded State = "forwarded" // weitergeleitet an das Register
	Completed State = "completed" // abschließend bearbeitet
	Queried   State = "queried"   // Rückfrage: in review with an open Query; never put, the portal knows it by its queries
	Duplicate State = "duplicate" // Doppelmeldung: unchanged, not taken again
	Outdated  State = "outdated"  // überholt: a newer version is already there
	Refused   State = "refused"   // abgewiesen by the trust centre
	TestOnly  State = "test_only" // Testdaten: checked, not forwarded
)

// Remark is a Hinweis of the trust centre on one report; like a finding it
// holds the place and the rule, never a value.
type Remark struct {
	Rule     string `json:"rule"`
	Severity string `json:"severity"` // error or warning
	Path     string `json:"path"`
	Message  string `json:"message"`
	Remedy   string `json:"remedy"`
}

// Progress is the Bearbeitungsstand of one report, put into the portal.
type Progress struct {
	Receipt  Receipt
	Position int // 1-based position of the report within the submission
	State    State
	Remarks  []Remark
	At       time.Time
}

// HistoryItem is one finished report with the reduced view of its patient,
// put into the Tumorhistorie of the reporting unit.
type HistoryItem struct {
	Receipt  Receipt
	Position int
	Unit     string
	Reporter string // Melder_ID
	ReportID string // Meldung_ID
	Channel  Channel
	View     history.ReducedView
	Entry    history.Entry
	Replaces bool // the entry of an earlier version of this report goes
}

// Door is what the portal answers. A portal may serve several trust centres:
// the transport knows which one is calling, and a Door is for that one only.
type Door interface {
	// Next gives envelopes that this trust centre has not acknowledged, oldest
	// receipt first and its parts in order, at most limit. Asking again gives
	// the same ones again. One whose content was damaged comes without it, so
	// that it stops none behind it.
	Next(ctx context.Context, limit int) ([]Envelope, error)
	// Acknowledge says that the envelopes are stored durably in the trust
	// centre. They are not given out again, but kept.
	Acknowledge(ctx context.Context, ids []EnvelopeID) error
	// BackedUp says that the envelopes are contained in a verified backup of
	// the trust centre; only now may the portal delete them.
	BackedUp(ctx context.Context, ids []EnvelopeID) error
	// GiveUp says that nobody can read these envelopes any more and that a
	// person has ended the attempt. They are not given out again, and the
	// portal tells the reporters to send their reports once more.
	GiveUp(ctx context.Context, ids []EnvelopeID) error
	// PutProgress tells the state of reports. A state is never set back.
	PutProgress(ctx context.Context, items []Progress) error
	// PutHistory adds finished reports to the Tumorhistorie.
	PutHistory(ctx context.Context, items []HistoryItem) error
	// PutQueries puts queries, new ones and those that were closed since. One
	// that is closed is never opened again.
	PutQueries(ctx context.Context, items []Query) error
	// Answers gives answers to queries that this trust centre has not
	// acknowledged, oldest first, at most limit.
	Answers(ctx context.Context, limit int) ([]Answer, error)
	// AcknowledgeAnswers says that the answers to these queries are stored
	// durably in the trust centre; the portal deletes them.
	AcknowledgeAnswers(ctx context.Context, ids []QueryID) error
	// Door lets the two houses witness each other's Protokoll.
	witness.Door
}
