// SPDX-License-Identifier: EUPL-1.2

package upload

import (
	"context"
	"time"

	"meldewerk/exchange/submission"
	"meldewerk/fault"
	"meldewerk/report"
)

// ID is the opaque handle of a package in addresses.
type ID string

// State is what became of a package as a whole.
type State string

// The states of a package.
const (
	Receiving  State = "receiving"  // wird übertragen: counts for nothing yet
	Received   State = "received"   // angekommen, with a receipt
	Unreadable State = "unreadable" // nicht lesbar: nothing of it was taken
)

// Package is one submission as its unit sees it.
type Package struct {
	ID            ID
	State         State
	Kind          submission.Kind
	Channel       submission.Channel
	FileName      string // as the sender called it
	BegunAt       time.Time
	EndedAt       time.Time // time of the receipt when received
	Receipt       submission.Receipt
	Number        string // of the receipt
	SHA256        []byte // of the bytes as received
	Size          int64  // bytes as received
	SchemaVersion string
	Reports       int
	Accepted      int
	Warned        int
	Rejected      int
	Refused       int              // by a trust centre, afterwards
	ToMend        bool             // one that was rejected or refused has not been sent again
	Queried       int              // with a query of a trust centre that nobody has answered
	Findings      []report.Finding // on the package as a whole
	Damaged       bool             // FileName and Findings cannot be opened
}

// Standing is what a trust centre says of one report.
type Standing struct {
	Recipient string
	State     submission.State
	At        time.Time
	Remarks   []submission.Remark
}

// Line is one report of the protocol: both verdicts.
type Line struct {
	report.Result
	Standing []Standing // none yet, or one per trust centre that has spoken
	Damaged  bool       // something of it cannot be opened and is missing
}

// Cause is a rule at a kind of place, with the number of reports that break it there.
type Cause struct {
	Number  int
	Reports int
	Sample  report.Finding // of the first report that has it
}

// Filter chooses lines of a protocol; zero fields choose all.
type Filter struct {
	Verdict report.Verdict
	Cause   int    // number of a Cause
	Rule    string // rule id
	State   submission.State
}

// ErrNoPackage means that there is no such package for this unit.
var ErrNoPackage = fault.New(fault.NotFound, "upload.no_package",
	"Dieses Paket gibt es nicht. Suchen Sie es in der Liste Ihrer Pakete.")

// Protocols reads what was received. A package of another unit is as unknown
// as one that never was.
type Protocols interface {
	// Packages lists the unit's packages, newest first, and how many there are.
	Packages(ctx context.Context, unit string, offset, limit int) ([]Package, int, error)
	// Package gives one package of the unit, or ErrNoPackage.
	Package(ctx context.Context, unit string, id ID) (Package, error)
	// Causes lists the causes of a package, the most frequent first.
	Causes(ctx context.Context, unit string, id ID) ([]Cause, error)
	// Lines gives lines of the protocol in the order of the package, and how
	// many the filter chooses.
	Lines(ctx context.Context, unit string, id ID, f Filter, offset, limit int) ([]Line, int, error)
	// Each calls do with every line that the filter chooses, in order.
	Each(ctx context.Context, unit string, id ID, f Filter, do func(Line) error) error
	// Open lists the unit's packages that have reports to mend: rejected by
	// either side and not sent again since, newest first, at most limit; and how
	// many there are.
	Open(ctx context.Context, unit string, since time.Time, limit int) ([]Mending, int, error)
}

// Mending is what is to be mended of one package.
type Mending struct {
	Package  ID
	Number   string
	EndedAt  time.Time
	Rejected int // by the portal
	Refused  int // by a trust centre
}
