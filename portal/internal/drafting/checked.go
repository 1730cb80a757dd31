// SPDX-License-Identifier: EUPL-1.2

package drafting

import (
	"context"
	"time"

	"meldewerk/calendar"
	"meldewerk/report"
	"meldewerk/report/form"
	"meldewerk/tumour"
)

// Finding is a Befund of the check with the field to jump to.
type Finding struct {
	report.Finding
	Section string // name of the section, "" when no field is meant
	Key     string // of the field within the sheet
	Label   string // of the field
	Form    FormID // another report than the one that is checked, "" for none
}

// SectionState is the Stand of one section of a form.
type SectionState struct {
	Section  *form.Section
	Filled   bool // anything is typed
	Errors   int
	Warnings int
}

// Checked is the Prüfergebnis of a draft: everything a page needs before the
// report may go.
type Checked struct {
	Form     Form
	Record   Record
	Report   *report.Report // as it would go; Person is empty when it goes by reference
	As       report.PersonAs
	Errors   []Finding // stop it
	Warnings []Finding // are confirmed
	Sections []SectionState
	Fallen   []string // labels of filled fields that do not belong to the report any more
	Identity SectionState
	Notified calendar.Date // Meldedatum that was assumed
}

// Ready says whether the report may be submitted.
func (c *Checked) Ready() bool { return len(c.Errors) == 0 && !c.Form.Locked }

// RecordCheck is the Prüfergebnis of the identity in a record.
type RecordCheck struct {
	Record   Record
	Errors   []Finding
	Warnings []Finding
	Reports  []Finding // errors in the reports that go along with a correction
	Sections []SectionState
}

// Ready says whether nothing stands against a correction.
func (c *RecordCheck) Ready() bool { return len(c.Errors) == 0 && len(c.Reports) == 0 }

// Tumour is one tumour of a record as its forms know it.
type Tumour struct {
	Assignment tumour.Assignment // of the newest form that names it
	Forms      []Row             // newest first
}

// Conflict is the error of a save that would overwrite what somebody else has
// saved meanwhile.
type Conflict struct {
	At     time.Time
	By     string
	Stored form.Sheet // what stands in the section now
	Yours  form.Sheet // what was to be saved
	Token  string     // of what is stored: saving with it overwrites knowingly
}

// Error says what happened, without values.
func (c *Conflict) Error() string { return "the section was changed meanwhile" }

// Saved is the answer to a save.
type Saved struct {
	Token  string // of the section as it is stored now
	At     time.Time
	Fallen []string // labels of filled fields whose condition does not hold now

	// Suggested is what follows from other fields and is stored otherwise than
	// it was posted: an open page takes it over.
	Suggested form.Sheet
}

// Delivery is a Übergabe: reports on their way into one submission.
type Delivery struct {
	Actor   Actor
	Package report.Package // the frame
	Reports []Outgoing
	SHA256  []byte // of the content, different for every version
	Size    int64
	Entered []Entered
	Reduced []Reduced
}

// Outgoing is one report of a delivery with the portal's verdict.
type Outgoing struct {
	Report *report.Report
	As     report.PersonAs
	Result report.Result
}

// Receipt is the Quittung of a delivery.
type Receipt struct {
	Package    string // handle of the submission
	Number     string
	ReceivedAt time.Time
	First      bool // false: exactly this was handed in before, and this is its receipt
}

// Outbox takes deliveries: seals them, writes the receipt and reduces the
// portal's own copy in one transaction.
type Outbox interface {
	Deliver(ctx context.Context, d Delivery) (Receipt, error)
}
