// SPDX-License-Identifier: EUPL-1.2

package transfer

import (
	"context"
	"time"

	"meldewerk/calendar"
	"meldewerk/exchange/witness"
	"meldewerk/pseudonym"
	"meldewerk/tumour"
	"meldewerk/tumour/history"
)

// Sex is the Geschlecht beside the control numbers: M, W, D, X or U.
type Sex = tumour.Code

// Birth is Geburtsmonat und -jahr, in clear beside the control numbers; the
// day stands only in control number 13. Law: Manual der Krebsregistrierung
type Birth struct {
	Month    uint8 // 1 to 12, 0 when estimated
	Year     int16
	Accuracy calendar.Accuracy
}

// Identity says how a record's person data relate to the earlier version of
// the same report.
type Identity string

// The relations of a version to the one before.
const (
	IdentityNew       Identity = "new"       // first version of this report
	IdentitySame      Identity = "same"      // same control numbers as before
	IdentityCorrected Identity = "corrected" // other spelling or new name: old numbers stay as aliases
	IdentityReplaced  Identity = "replaced"  // the wrong person was reported: old numbers go
)

// Record is one pseudonymised Meldung on its way into the registry.
type Record struct {
	Report   pseudonym.ReportRef
	Patient  pseudonym.PatientRef
	Tumour   pseudonym.TumourRef
	Reporter pseudonym.ReporterRef
	EventRef pseudonym.EventRef // of the sender's own id of the operation, therapy, …; zero when none
	Version  int64              // receipt of the portal; a lower one never replaces a higher one
	Identity Identity

	// Numbers is empty only when the identity is the same and the trust centre
	// has deleted it: the registry keeps what it has (N3). So for sex and birth.
	Numbers pseudonym.ControlNumbers `json:",omitzero"`
	// Source is the report whose person a record without Numbers means: its own
	// earlier version, or the one of the same patient that the trust centre has found.
	Source     pseudonym.ReportRef `json:",omitempty"`
	Chiffrat   *pseudonym.Chiffrat `json:",omitempty"` // only in profiles that keep it in the registry
	Sex        Sex                 `closed:"M|W|D|X|U"`
	Birth      Birth
	PostalCode tumour.Label `json:",omitempty" closed:"/[0-9]{5}/"`
	Place      tumour.Label `json:",omitempty"`
	Country    tumour.Code  `json:",omitempty" closed:"/[A-Z]{2}/"`

	Objection     bool        // Meldebegründung W
	Reason        tumour.Code `closed:"I|A|D|W|V"`
	OwnService    tumour.Code `closed:"J|N|U"`
	Certification tumour.Code `json:",omitempty" closed:"1|2|3"`
	Event         tumour.Event
	OpenFindings  []string // ids of rules that were still open when the record was handed over
	ReceivedAt    time.Time
}

// Outcome tells what the registry did with a record.
type Outcome string

// The outcomes.
const (
	Completed  Outcome = "completed"  // abschließend bearbeitet
	Superseded Outcome = "superseded" // a newer version was there already
)

// Notice is the Abschlussmitteilung of the registry on one record.
type Notice struct {
	ID      string // random; acknowledging it twice is harmless
	Report  pseudonym.ReportRef
	Version int64
	Outcome Outcome
	Entry   history.Entry
}

// Door is what the registry answers.
type Door interface {
	// Put stores records durably and returns only then. A record that is
	// there already (same report and version) changes nothing.
	Put(ctx context.Context, records []Record) error
	// Notices gives notices that were not acknowledged, at most limit.
	Notices(ctx context.Context, limit int) ([]Notice, error)
	// Acknowledge says that the notices are stored durably in the trust centre.
	Acknowledge(ctx context.Context, ids []string) error
	// Contained tells which of the records are contained in a verified backup
	// of the registry, so that the trust centre may delete its copies.
	Contained(ctx context.Context, records []RecordID) ([]RecordID, error)
	// Door lets the two houses witness each other's Protokoll.
	witness.Door
}

// RecordID names one version of one report.
type RecordID struct {
	Report  pseudonym.ReportRef
	Version int64
}
