// SPDX-License-Identifier: EUPL-1.2

package dispatch

import (
	"context"
	"time"

	"meldewerk/envelope"
	"meldewerk/exchange/submission"
	"meldewerk/fault"
	"meldewerk/report"
	"meldewerk/tumour/history"
)

// PackageID is the opaque handle of a submission, 26 characters.
type PackageID string

// Submission is the head of what is being handed in: who, what kind, on which
// way. The unit's rights are noted as they are at this moment.
type Submission struct {
	Unit        string // opaque number of the reporting unit
	Account     string // opaque number of the account that acts
	Kind        submission.Kind
	Channel     submission.Channel
	AnyReporter bool     // the unit may send for every reporter
	Reporters   []string // Melder-IDs the unit may send for, when AnyReporter is false
	Released    bool     // the unit is released for real data
	FileName    string   // as the sender calls it, a mere hint; stored sealed
}

// Recipient is one trust centre by the name its certificate has, with its
// public keys of the current and the next generation.
type Recipient struct {
	Name string
	Keys envelope.Recipients
}

// Receipt is the Quittung of a submission.
type Receipt struct {
	Package    PackageID
	Sequence   submission.Receipt // version of the reports in it
	Number     string             // e.g. Q-2026-000123-X
	ReceivedAt time.Time
	First      bool // false: the same package was here before, and this is its receipt
}

// Row is the verdict on one report with the causes of its findings.
type Row struct {
	report.Result
	Causes []int // numbers of Cause
}

// Cause is a rule at a kind of place, shared by all reports that break it there.
type Cause struct {
	Number int // 1-based within the package
	Sample report.Finding
}

// Sealed is one part for one recipient.
type Sealed struct {
	ID        submission.EnvelopeID
	Recipient string
	SHA256    []byte
	Content   []byte
}

// Stage is what one short transaction writes before the end of the body.
type Stage struct {
	Package     PackageID
	Rows        []Row
	Causes      []Cause // not written before
	Part        int     // 1-based; 0 when no report of the rows goes on
	Reports     int     // reports inside the part
	First, Last int     // positions of the first and the last report inside
	Envelopes   []Sealed
}

// Amendment adds findings to a report that was judged before: what only the
// end of a package shows.
type Amendment struct {
	Position int
	Findings []report.Finding
	Causes   []int
}

// Amended tells what an amendment did to a verdict.
type Amended struct{ Before, After report.Verdict }

// Closing ends a submission.
type Closing struct {
	Package       PackageID
	SHA256        []byte // of the bytes as received
	Size          int64  // bytes as received
	SchemaVersion string
	Findings      []report.Finding // on the package as a whole
	Counts        Counts
	Parts         int
	Forms         []Entered
	Records       []Reduced
}

// Entered names a Meldung of the Online-Erfassung that the receipt turns from a
// draft into a submitted version.
type Entered struct {
	Form     string // opaque handle
	Version  int64  // as it was checked
	Position int    // within the submission
	By       string // name of who submits
	Again    bool   // its last version went once more; a draft of the next one stays
}

// Reduced names a Patientenakte of the Online-Erfassung whose identity goes
// with the receipt. The reduced view is what stays.
type Reduced struct {
	Record  string // opaque handle
	Version int64  // as it was checked
	View    history.ReducedView
}

// Counts are the verdicts of a submission.
type Counts struct{ Reports, Accepted, Warned, Rejected int }

// Add counts one verdict n times; n is -1 to take it back.
func (c *Counts) Add(v report.Verdict, n int) {
	c.Reports += n
	switch v {
	case report.Accepted:
		c.Accepted += n
	case report.Warned:
		c.Warned += n
	case report.Rejected:
		c.Rejected += n
	}
}

// The refusals of a submission.
var (
	// ErrBusy means that the unit has an upload under way.
	ErrBusy = fault.New(fault.Conflict, "dispatch.busy",
		"Ihre Einrichtung überträgt gerade ein anderes Paket. Warten Sie, bis es fertig ist, und senden Sie dann dieses.")
	// ErrLost means that the submission took so long without progress that
	// another one took its place.
	ErrLost = fault.New(fault.Expired, "dispatch.lost",
		"Die Übertragung hat zu lange gestockt und wurde verworfen. Senden Sie das Paket noch einmal.")
	// ErrUnreleased means that the profile refuses real data before the release.
	ErrUnreleased = fault.New(fault.Forbidden, "dispatch.unreleased",
		"Ihre Einrichtung ist noch nicht für Echtdaten freigegeben. Senden Sie das Paket als Testdaten.")
)

// RuleGivenUp is the rule of the remark on a report whose envelope nobody could
// read and a trust centre has given up.
const RuleGivenUp = "VST-10"

// Store keeps submissions and envelopes. Every method is one transaction.
type Store interface {
	// Begin makes an empty submission under a lease, or returns ErrBusy. Only
	// packages are one at a time.
	Begin(ctx context.Context, s Submission, lease time.Duration) (PackageID, error)
	// Keep prolongs the lease, or returns ErrLost.
	Keep(ctx context.Context, id PackageID, lease time.Duration) error
	// Stage writes rows and sealed parts and prolongs the lease, or returns ErrLost.
	Stage(ctx context.Context, s Stage, lease time.Duration) error
	// Amend adds findings and notes reports that go as withdrawn, or returns ErrLost.
	Amend(ctx context.Context, id PackageID, list []Amendment, causes []Cause, lease time.Duration) ([]Amended, error)
	// Receive commits the receipt, or gives that of the same package received
	// before, or returns ErrLost. The same transaction enters the forms and
	// reduces the records; when one of them is not as it was checked, it
	// refuses and nothing of the submission counts.
	Receive(ctx context.Context, c Closing) (Receipt, error)
	// Unreadable drops what was staged and keeps the finding, or returns ErrLost.
	Unreadable(ctx context.Context, c Closing) error
	// Discard drops a submission that was not received; doing it twice is harmless.
	Discard(ctx context.Context, id PackageID) error
	// Sweep drops submissions whose lease has ended and, where one process has
	// the database for itself, those begun before the given time.
	Sweep(ctx context.Context, begunBefore time.Time) (int, error)
	// Checkpoint takes what was deleted off the disk.
	Checkpoint(ctx context.Context) error

	// Next gives envelopes that the recipient has not acknowledged, oldest
	// receipt first, at most limit and about size bytes.
	Next(ctx context.Context, recipient string, limit int, size int64) ([]submission.Envelope, error)
	// Acknowledge notes that the envelopes are stored at the recipient.
	Acknowledge(ctx context.Context, recipient string, ids []submission.EnvelopeID) error
	// BackedUp deletes envelopes that are contained in the recipient's backup.
	BackedUp(ctx context.Context, recipient string, ids []submission.EnvelopeID) error
	// GiveUp gives the envelopes out no more and sets their reports to refused,
	// with a remark that says to send them again.
	GiveUp(ctx context.Context, recipient string, ids []submission.EnvelopeID) error
	// Expire deletes acknowledged envelopes kept since before the time, at
	// most limit, and says how many.
	Expire(ctx context.Context, before time.Time, limit int) (int, error)
}
