// SPDX-License-Identifier: EUPL-1.2

package pseudonymisation

import (
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
	"time"

	"meldewerk/calendar"
	"meldewerk/exchange/transfer"
	"meldewerk/identity/chiffrat"
	"meldewerk/identity/controlnumber"
	"meldewerk/policy"
	"meldewerk/pseudonym"
	"meldewerk/report"
	"meldewerk/tumour"
	"meldewerk/tumour/history"
)

// Splitter is the Pseudonymisierung at work: it takes reports apart under one
// profile.
type Splitter struct {
	*Clerk
	profile   policy.Profile
	numbers   *controlnumber.Keys
	chiffrate chiffrat.Registry
	sealTo    chiffrat.PublicKey
}

// NewSplitter makes a Splitter. sealTo is the public key of the Chiffrate; the
// private one is not in the trust centre.
func NewSplitter(c *Clerk, p policy.Profile, numbers *controlnumber.Keys, chiffrate chiffrat.Registry, sealTo chiffrat.PublicKey) *Splitter {
	return &Splitter{Clerk: c, profile: p, numbers: numbers, chiffrate: chiffrate, sealTo: sealTo}
}

// Version is the Fassung: what the trust centre knows about a report besides its content.
type Version struct {
	Receipt      int64
	ReceivedAt   time.Time
	Identity     transfer.Identity
	OpenFindings []string // ids of rules still open
}

// Parts are the Teile that a report is taken apart into.
type Parts struct {
	Record   transfer.Record
	View     history.ReducedView
	Chiffrat *pseudonym.Chiffrat // to be kept here; nil where the profile keeps it in the registry or forms none
	Objected bool                // the patient objected and the profile wants no Chiffrat from now on
}

// Split takes one report apart. Nothing of the identity is left in the record
// but control numbers, a Chiffrat where the profile wants it, and sex, month
// and year of birth, postal code and place in clear.
func (s *Splitter) Split(r *report.Report, v Version) (Parts, error) {
	parts, err := s.SplitKnown(r, v)
	if err != nil {
		return Parts{}, err
	}
	record := &parts.Record
	if record.Numbers, err = controlnumber.Form(r.Person, s.numbers); err != nil {
		return Parts{}, fmt.Errorf("form control numbers: %w", err)
	}
	record.Sex, record.Birth = transfer.Sex(r.Person.Sex), birth(r.Person.BirthDate)
	address := &r.Person.Address
	record.PostalCode, record.Place, record.Country = postalCode(address.PostalCode), tumour.Label(address.Place), country(address.Country)
	if parts.Objected {
		return parts, nil
	}
	sealed, err := s.chiffrate.Seal(r.Person, record.Report, s.sealTo)
	if err != nil {
		return Parts{}, fmt.Errorf("form chiffrat: %w", err)
	}
	if s.profile.Chiffrat == policy.InRegistry {
		record.Chiffrat = &sealed
	} else {
		parts.Chiffrat = &sealed
	}
	return parts, nil
}

// SplitKnown takes apart what a report holds besides its person: a report by
// reference whose person is deleted here. Its record has neither control
// numbers nor a Chiffrat; the registry goes on with those it has. Spec: REQUIREMENTS N3
func (s *Splitter) SplitKnown(r *report.Report, v Version) (Parts, error) {
	refs := s.References(r)
	event, err := WithoutOpenText(&r.Event)
	if err != nil {
		return Parts{}, err
	}
	return Parts{View: report.Reduced(r), Record: transfer.Record{
		Report: refs.Report, Patient: refs.Patient, Tumour: refs.Tumour, Reporter: refs.Reporter,
		EventRef: s.eventRef(r, eventID(&r.Event)),
		Version:  v.Receipt, Identity: v.Identity,
		Objection: r.Reason == report.Objection, Reason: tumour.Code(r.Reason),
		OwnService: r.OwnService, Certification: r.Certification,
		Event: event, OpenFindings: v.OpenFindings, ReceivedAt: v.ReceivedAt,
	}, Objected: r.Reason == report.Objection && !s.profile.ChiffratOnObjection}, nil
}

// birth keeps month and year as far as they are known.
func birth(d calendar.Date) transfer.Birth {
	month, year := report.BirthMonth(d)
	return transfer.Birth{Month: month, Year: year, Accuracy: d.Accuracy}
}

// postalCode lets only German ones through; foreign ones are free text.
func postalCode(code string) tumour.Label {
	if len(code) != 5 || strings.Trim(code, "0123456789") != "" {
		return ""
	}
	return tumour.Label(code)
}

// country lets only the two letters of ISO 3166 through.
func country(code string) tumour.Code {
	if len(code) != 2 || strings.Trim(code, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") != "" {
		return ""
	}
	return tumour.Code(code)
}

// eventID is the sender's own id of the event, whatever its occasion.
func eventID(e *tumour.Event) string {
	switch {
	case e.Pathology != nil:
		return string(e.Pathology.ID)
	case e.Surgery != nil:
		return string(e.Surgery.ID)
	case e.Radiotherapy != nil:
		return string(e.Radiotherapy.ID)
	case e.Systemic != nil:
		return string(e.Systemic.ID)
	case e.Course != nil:
		return string(e.Course.ID)
	case e.Death != nil:
		return string(e.Death.ID)
	case e.Board != nil:
		return string(e.Board.ID)
	}
	return ""
}

// WithoutOpenText gives a copy of the event without open text, without the
// sender's identifiers, and without the persons named in it (surgeons and the
// sender of a specimen).
func WithoutOpenText(e *tumour.Event) (tumour.Event, error) {
	var stripped tumour.Event
	whole, err := json.Marshal(e)
	if err != nil {
		return stripped, fmt.Errorf("copy event: %w", err)
	}
	if err := json.Unmarshal(whole, &stripped); err != nil {
		return stripped, fmt.Errorf("copy event: %w", err)
	}
	if stripped.Surgery != nil {
		stripped.Surgery.Surgeons = nil
	}
	if stripped.Pathology != nil {
		stripped.Pathology.Submitter = nil
	}
	blank(reflect.ValueOf(&stripped).Elem())
	return stripped, nil
}

var open = map[reflect.Type]bool{
	reflect.TypeFor[tumour.Text]():     true,
	reflect.TypeFor[tumour.SourceID](): true,
}

// blank empties every open field below v.
func blank(v reflect.Value) {
	if open[v.Type()] {
		v.SetZero()
		return
	}
	switch v.Kind() {
	case reflect.Pointer:
		if !v.IsNil() {
			blank(v.Elem())
		}
	case reflect.Slice:
		if open[v.Type().Elem()] {
			v.SetZero()
			return
		}
		for i := range v.Len() {
			blank(v.Index(i))
		}
	case reflect.Struct:
		if v.Type() == reflect.TypeFor[calendar.Date]() {
			return
		}
		for i := range v.NumField() {
			blank(v.Field(i))
		}
	}
}
