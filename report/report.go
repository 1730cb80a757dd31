// SPDX-License-Identifier: EUPL-1.2

// Package report joins the patient and the tumour in one Report (Meldung):
// the one model for web form and oBDS package, step 2 of the way of a report.
//
// Portal and trust centre use it; the registry must not, because a Report
// holds an identity. report/obds reads and writes it as XML, report/check
// judges it.
package report

import (
	"log/slog"

	"meldewerk/calendar"
	"meldewerk/identity"
	"meldewerk/tumour"
)

// ID is the Meldung_ID: the reporter's own number of the report, 1 to 50
// characters. With the ReporterID it stays the same through all corrections.
type ID string

// ReporterID is the Melder_ID: the number of the reporting unit.
type ReporterID string

// PatientID is the Patient_ID: the reporter's own number of the patient. With
// the ReporterID it always means the same person. Spec: oBDS 3.0.4 Patient
type PatientID string

// Report is one Meldung: one occasion, one tumour, one patient, one reporter.
type Report struct {
	ID            ID
	Reporter      ReporterID
	Patient       PatientID
	Person        identity.Person
	PatientRemark tumour.Text `json:",omitempty"` // Anmerkung on the patient

	Reason           Reason      // Meldebegründung
	VoluntaryConsent tumour.Code `json:",omitempty" closed:"J|N"`   // Einwilligung for occasions without duty
	Certification    tumour.Code `json:",omitempty" closed:"1|2|3"` // Zentrumsfall
	OwnService       tumour.Code `closed:"J|N|U"`                   // eigene Leistung
	Event            tumour.Event
	Extras           []Extra     `json:",omitempty"` // Zusatzitems
	Remark           tumour.Text `json:",omitempty"` // Anmerkung on the report
}

// String keeps the report out of formatted text.
func (Report) String() string { return "[redacted]" }

// GoString keeps the report out of %#v.
func (Report) GoString() string { return "[redacted]" }

// LogValue keeps the report out of logs.
func (Report) LogValue() slog.Value { return slog.StringValue("[redacted]") }

// Reason is the Meldebegründung: what the patient was told and said.
type Reason string

// The values of the Meldebegründung.
const (
	Informed       Reason = "I" // informed, did not object
	NotInformed    Reason = "A" // exception: informing would harm
	NoContact      Reason = "D" // reporter without direct contact, e.g. pathology
	Objection      Reason = "W" // objected to storage of the identity
	ReasonDeceased Reason = "V" // deceased
)

// Extra is a Zusatzitem: what a state asks beyond the data set. Open text.
type Extra struct {
	Date   calendar.Date `json:",omitzero"`
	Kind   tumour.Text   // Art
	Value  tumour.Text   `json:",omitempty"` // Wert
	Remark tumour.Text   `json:",omitempty"` // Bemerkung
}

// Package is the Rahmen of a Meldungspaket: what stands around its reports.
type Package struct {
	SchemaVersion string // e.g. 3.0.4
	Sender        Sender
	ReportedOn    calendar.Date // Meldedatum, one per package
	Reporters     []Reporter    // Menge_Melder, known only at the end of a package
}

// Sender is the Absender: the system that made the package.
type Sender struct {
	ID             string // Absender_ID
	SoftwareID     string
	SoftwareVer    string
	InstallationID string `json:",omitempty"`
	Name           string `json:",omitempty"` // Bezeichnung
	Contact        string `json:",omitempty"` // Ansprechpartner
	Address        string `json:",omitempty"`
	Phone          string `json:",omitempty"`
	Email          string `json:",omitempty"`
}

// Reporter is a Melder as the package describes it. Bank data are read for
// the verdict and then dropped: they are never stored.
type Reporter struct {
	ID          ReporterID
	Identifiers *tumour.Identifiers `json:",omitempty"`
	Department  string              `json:",omitempty"` // Krankenhaus, Abteilung, Station, Praxis
	Physician   string              `json:",omitempty"` // Arztname
	Address     string              `json:",omitempty"`
	PostalCode  string              `json:",omitempty"`
	Place       string              `json:",omitempty"`
	Bank        *Bank               `json:"-"`
}

// Bank is a Bankverbindung. It is never written to a database.
type Bank struct {
	Name, Holder, BIC, IBAN string
}
