// SPDX-License-Identifier: EUPL-1.2

package obds

import (
	"slices"
	"strconv"

	"meldewerk/identity"
	"meldewerk/report"
	"meldewerk/report/obds/xmltoken"
	"meldewerk/tumour"
)

// Item is one Meldung of a package with what the schema check found.
type Item struct {
	Position int               // 1-based, in the order of the package
	Line     int               // where the Meldung begins
	Patient  report.PatientID  // "" when it is missing or not sound
	ID       report.ID         // likewise
	Reporter report.ReporterID // likewise
	Occasion tumour.Occasion   // "" when none is given
	Findings []report.Finding  // of the report, and of its patient's master data
	Report   *report.Report    // what could be decoded; complete when there is no finding. nil with Options.CheckOnly, after inspection with Options.Forget, and when a fault of the XML stands in it or before it

	damaged    bool // a fault of the XML stands in it
	doubted    bool // behind such a fault, it is not sure whose it is
	nth        int  // position within the patient
	patientNth int
}

// Path is the element path of the Meldung.
func (i *Item) Path() string {
	return patientPath(i.patientNth) + "/Menge_Meldung/Meldung[" + strconv.Itoa(i.nth) + "]"
}

func patientPath(nth int) string { return "oBDS/Menge_Patient/Patient[" + strconv.Itoa(nth) + "]" }

// Late is a finding on reports that were handed out before it could be made.
type Late struct {
	Finding report.Finding
	Spans   []Span
}

// Span is a run of positions, First to Last.
type Span struct{ First, Last int }

// Limits bound what a package may ask for.
type Limits struct {
	XML               xmltoken.Limits
	Findings          int // of the package itself
	FindingsPerReport int
	ReportsPerPatient int
	PatientBytes      int // of one Patient element, in UTF-8
	IDs               int // different Meldung_ID, Patient_ID and Melder_ID together
	Reporters         int // entries of Menge_Melder, and different Melder_ID
}

// DefaultLimits are generous for every real package.
func DefaultLimits() Limits {
	return Limits{XML: xmltoken.DefaultLimits(), Findings: 1000, FindingsPerReport: 100,
		ReportsPerPatient: 1000, PatientBytes: 8 << 20, IDs: 1_500_000, Reporters: 20_000}
}

// block is one finished patient.
type block struct {
	id       report.PatientID
	line     int
	nth      int
	person   *patient
	items    []*Item
	few      [4]*Item         // room for items: most patients have no more
	findings []report.Finding // on the master data
	begun    bool             // Menge_Meldung has begun
	damaged  bool             // a fault of the XML stands in him: none of his reports is decoded
	gap      bool             // a piece may be missing before the next of his reports
}

// batch is what an engine has made of a piece of a package.
type batch struct {
	blocks   []*block
	findings []report.Finding // on the package
}

// finish joins the patient's part to each of his reports; apart says that no
// two of them may share memory.
func (b *block) finish(apart bool) {
	for i, item := range b.items {
		item.Patient = b.id
		if len(b.findings) > 0 {
			item.Findings = slices.Concat(b.findings, item.Findings)
		}
		if b.damaged {
			item.Report = nil
		}
		if b.person == nil || item.Report == nil {
			continue
		}
		item.Report.Patient = b.person.id
		item.Report.PatientRemark = b.person.remark
		item.Report.Person = b.person.person
		if apart && i > 0 {
			item.Report.Person = clone(&b.person.person)
		}
	}
}

// forget lets go of the reports, whose memory will serve again.
func (b *block) forget() {
	b.person = nil
	for _, item := range b.items {
		item.Report = nil
	}
}

// clone copies a person, so that no two reports share memory that one of them
// might change.
func clone(p *identity.Person) identity.Person {
	out := *p
	out.FormerNames = slices.Clone(p.FormerNames)
	out.Insurance = identity.Insurance{Statutory: copied(p.Insurance.Statutory),
		Private: copied(p.Insurance.Private), Other: copied(p.Insurance.Other)}
	if p.Childhood == nil {
		return out
	}
	child := *p.Childhood
	child.AddressAtBirth, child.PlaceOfBirth = copied(child.AddressAtBirth), copied(child.PlaceOfBirth)
	child.Syndromes = slices.Clone(child.Syndromes)
	for i := range child.Syndromes {
		child.Syndromes[i].Genes = slices.Clone(child.Syndromes[i].Genes)
	}
	out.Childhood = &child
	return out
}

func copied[T any](p *T) *T {
	if p == nil {
		return nil
	}
	out := *p
	return &out
}
