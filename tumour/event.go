// SPDX-License-Identifier: EUPL-1.2

package tumour

import (
	"strconv"

	"meldewerk/calendar"
)

// Code is a Schlüsselwert: a value of a closed list or of a fixed shape.
type Code string

// Number is a Zahl in its canonical decimal form (no sign, no leading zeros,
// no trailing zeros after the comma, a dot as separator), so that equal
// numbers are equal strings and nothing the sender wrote is rounded.
type Number string

// Int gives the number as a whole number, and whether it is one that fits.
func (n Number) Int() (int, bool) {
	v, err := strconv.Atoi(string(n))
	return v, err == nil
}

// Float gives the number as a float64, and whether there is one.
func (n Number) Float() (float64, bool) {
	v, err := strconv.ParseFloat(string(n), 64)
	return v, err == nil
}

// Label is a Kurzbezeichnung: a short word of the sender that may go on when
// it holds nothing of the patient's identity.
type Label string

// Text is Freitext: open words of the sender that stay in the trust centre.
type Text string

// SourceID is a Kennung as the sender wrote it, 1 to 50 characters of any
// kind; it may hold names, so it stays in the trust centre.
type SourceID string

// Occasion is the Meldeanlass: which of the eight kinds of event is reported.
type Occasion string

// The eight occasions.
const (
	OccasionDiagnosis    Occasion = "diagnosis"    // Diagnose
	OccasionPathology    Occasion = "pathology"    // Pathologie
	OccasionSurgery      Occasion = "surgery"      // Operation
	OccasionRadiotherapy Occasion = "radiotherapy" // Strahlentherapie
	OccasionSystemic     Occasion = "systemic"     // systemische Therapie
	OccasionCourse       Occasion = "course"       // Verlauf
	OccasionDeath        Occasion = "death"        // Tod
	OccasionBoard        Occasion = "board"        // Tumorkonferenz
)

// Occasions lists all eight in the order of the data set.
func Occasions() []Occasion {
	return []Occasion{OccasionDiagnosis, OccasionPathology, OccasionSurgery, OccasionRadiotherapy,
		OccasionSystemic, OccasionCourse, OccasionDeath, OccasionBoard}
}

// German is the word of the office for the occasion.
func (o Occasion) German() string {
	switch o {
	case OccasionDiagnosis:
		return "Diagnose"
	case OccasionPathology:
		return "Pathologie"
	case OccasionSurgery:
		return "Operation"
	case OccasionRadiotherapy:
		return "Strahlentherapie"
	case OccasionSystemic:
		return "Systemische Therapie"
	case OccasionCourse:
		return "Verlauf"
	case OccasionDeath:
		return "Tod"
	case OccasionBoard:
		return "Tumorkonferenz"
	}
	return "Unbekannter Meldeanlass"
}

// Event is the medical part of one Meldung: one tumour, one occasion. Exactly
// one of the eight pointers is set.
type Event struct {
	Assignment Assignment

	Diagnosis    *Diagnosis    `json:",omitempty"`
	Pathology    *Pathology    `json:",omitempty"`
	Surgery      *Surgery      `json:",omitempty"`
	Radiotherapy *Radiotherapy `json:",omitempty"`
	Systemic     *Systemic     `json:",omitempty"`
	Course       *Course       `json:",omitempty"`
	Death        *Death        `json:",omitempty"`
	Board        *Board        `json:",omitempty"`
}

// Occasion tells which of the eight it is, or "" for none.
func (e *Event) Occasion() Occasion {
	switch {
	case e.Diagnosis != nil:
		return OccasionDiagnosis
	case e.Pathology != nil:
		return OccasionPathology
	case e.Surgery != nil:
		return OccasionSurgery
	case e.Radiotherapy != nil:
		return OccasionRadiotherapy
	case e.Systemic != nil:
		return OccasionSystemic
	case e.Course != nil:
		return OccasionCourse
	case e.Death != nil:
		return OccasionDeath
	case e.Board != nil:
		return OccasionBoard
	}
	return ""
}

// Date is the Leistungsdatum: the day by which the event is placed in the
// history and billed. Zero when the report names none.
func (e *Event) Date() calendar.Date {
	switch {
	case e.Pathology != nil:
		if h := e.Pathology.Histology; h != nil && !h.Date.IsZero() {
			return h.Date
		}
	case e.Surgery != nil:
		return e.Surgery.Date
	case e.Radiotherapy != nil:
		if d := e.Radiotherapy.date(); !d.IsZero() {
			return d
		}
	case e.Systemic != nil:
		if e.Systemic.Phase == PhaseEnd && !e.Systemic.End.IsZero() {
			return e.Systemic.End
		}
		return e.Systemic.Begin
	case e.Course != nil:
		return e.Course.Date
	case e.Death != nil:
		return e.Death.Date
	case e.Board != nil:
		return e.Board.Date
	}
	return e.Assignment.DiagnosedOn
}

// Assignment is the Tumorzuordnung: which tumour of the patient is meant.
type Assignment struct {
	TumourID    SourceID // Tumor_ID, unique per reporter within the patient
	ICD         ICD      // Primärtumor
	DiagnosedOn calendar.Date
	Side        Code        `json:",omitempty" closed:"L|R|B|M|U|T"` // Seitenlokalisation
	Morphology  *Morphology `json:",omitempty"`
}

// ICD is a Diagnose in ICD-10 with its version, e.g. C50.4 in 10 2024 GM.
type ICD struct {
	Code    Code `closed:"/[A-Z][0-9]{2}(\\.[0-9]{1,2})?/"`
	Version Code `closed:"/10 20[0-9]{2} (GM|WHO)|Sonstige/"`
}

// Site is the three-character category of the code, e.g. C50.
func (i ICD) Site() string {
	if len(i.Code) < 3 {
		return string(i.Code)
	}
	return string(i.Code[:3])
}

// Morphology is a Morphologie in ICD-O with behaviour, e.g. 8500/3.
type Morphology struct {
	Code    Code `closed:"/[0-9]{4}\\/[0-9]/"`
	Version Code `closed:"31|32|33|bb"`
}

// Topography is a Topographie in ICD-O, e.g. C50.4.
type Topography struct {
	Code    Code `closed:"/C[0-9]{2}\\.[0-9]{1,2}/"`
	Version Code `closed:"31|32|33"`
}

// Phase tells whether a therapy begins or ends with the report.
type Phase string

// The Meldeanlass of radiotherapy and systemic therapy.
const (
	PhaseBegin Phase = "behandlungsbeginn"
	PhaseEnd   Phase = "behandlungsende"
)
