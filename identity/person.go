// SPDX-License-Identifier: EUPL-1.2

// Package identity holds who a patient is: the Identitätsdaten of a report.
//
// It stands at steps 2 and 7 of the way of a report: portal and trust centre
// hold a Person while they process it, the registry never does (it must not
// import this package). A Person must never reach a log, an error, a URL or a
// file name; the types print [redacted] to make an accident harmless.
//
// Spec: oBDS 3.0.4 Patienten_Stammdaten
package identity

import (
	"log/slog"

	"meldewerk/calendar"
)

const redacted = "[redacted]"

// Person holds the Identitätsdaten of one patient, as one report gives them.
type Person struct {
	Insurance   Insurance
	Surname     string   // Nachname without prefix and title, 1 to 255 characters of DIN SPEC 91379 type A
	Title       string   `json:",omitempty"` // Titel, e.g. Dr. med.
	Suffix      string   `json:",omitempty"` // Namenszusatz, e.g. Freiherr
	Prefix      string   `json:",omitempty"` // Namensvorsatz, e.g. von der
	FirstNames  string   // Vornamen, all of them in one field
	BirthName   string   `json:",omitempty"` // Geburtsname
	FormerNames []string `json:",omitempty"` // frühere Namen
	Sex         Sex
	BirthDate   calendar.Date // Geburtsdatum, always with its accuracy
	Address     Address
	Childhood   *Childhood `json:",omitempty"` // only for the childhood cancer registry
}

// String keeps the person out of formatted text.
func (Person) String() string { return redacted }

// GoString keeps the person out of %#v.
func (Person) GoString() string { return redacted }

// LogValue keeps the person out of logs.
func (Person) LogValue() slog.Value { return slog.StringValue(redacted) }

// Sex is the Geschlecht as the register of births or the health card has it.
type Sex string

// The values of Geschlecht.
const (
	Male     Sex = "M"
	Female   Sex = "W"
	Diverse  Sex = "D"
	NoEntry  Sex = "X" // registered as having no entry; not the same as unknown
	SexUnset Sex = "U" // unknown to the reporter, an absolute exception
)

// Address is the Adresse: one current address; every part may be missing.
type Address struct {
	Street     string `json:",omitempty"` // Straße
	House      string `json:",omitempty"` // Hausnummer
	Country    string `json:",omitempty"` // Land, two letters
	PostalCode string `json:",omitempty"` // Postleitzahl, up to 10 characters
	Place      string `json:",omitempty"` // Ort
}

// String keeps the address out of formatted text.
func (Address) String() string { return redacted }

// GoString keeps the address out of %#v.
func (Address) GoString() string { return redacted }

// LogValue keeps the address out of logs.
func (Address) LogValue() slog.Value { return slog.StringValue(redacted) }

// Insurance holds the Versichertendaten: exactly one of the three kinds is set.
type Insurance struct {
	Statutory *StatutoryInsurance `json:",omitempty"`
	Private   *PrivateInsurance   `json:",omitempty"`
	Other     *OtherInsurance     `json:",omitempty"`
}

// StatutoryInsurance holds the Versichertendaten of the statutory funds (GKV).
type StatutoryInsurance struct {
	Insurer string // Institutionskennzeichen (IKNR) of the fund: 10 and seven digits
	Number  string // Versichertennummer (KVNR), unchangeable part: one letter and nine digits
}

// PrivateInsurance holds the Versichertendaten of private insurers (PKV).
type PrivateInsurance struct {
	Insurer string // IKNR: 16 and seven digits, or 950 and six digits
	Number  string `json:",omitempty"` // Versichertennummer, free form
	Subsidy string `json:",omitempty"` // Beihilfeträger
}

// OtherInsurance holds the Versichertendaten of all other payers.
type OtherInsurance struct {
	Substitute  string `json:",omitempty"` // Ersatzkode, e.g. 970000011 for self payers
	Insurer     string `json:",omitempty"` // IKNR, nine digits; not together with a substitute
	InsurerName string `json:",omitempty"` // Name of the Krankenkasse
	Number      string `json:",omitempty"` // Versichertennummer
}

// String keeps the insurance out of formatted text.
func (Insurance) String() string { return redacted }

// GoString keeps the insurance out of %#v.
func (Insurance) GoString() string { return redacted }

// LogValue keeps the insurance out of logs.
func (Insurance) LogValue() slog.Value { return slog.StringValue(redacted) }

// InsurerNumber is the Institutionskennzeichen or Ersatzkode of the payer, or "".
func (i Insurance) InsurerNumber() string {
	switch {
	case i.Statutory != nil:
		return i.Statutory.Insurer
	case i.Private != nil:
		return i.Private.Insurer
	case i.Other != nil && i.Other.Substitute != "":
		return i.Other.Substitute
	case i.Other != nil:
		return i.Other.Insurer
	}
	return ""
}

// InsuredNumber is the Versichertennummer, whatever the kind of insurance, or "".
func (i Insurance) InsuredNumber() string {
	switch {
	case i.Statutory != nil:
		return i.Statutory.Number
	case i.Private != nil:
		return i.Private.Number
	case i.Other != nil:
		return i.Other.Number
	}
	return ""
}

// Childhood holds the DKKR-Patientenstammdaten: what the German Childhood
// Cancer Registry asks of a patient. All of it identifies or is genetic, so it
// shares the fate of the identity. Spec: oBDS 3.0.5 DKKR_Patienten_Stammdaten
type Childhood struct {
	Consent        string     // Einwilligung, 0 to 5
	AddressAtBirth *Address   `json:",omitempty"` // Wohnadresse bei Geburt
	PlaceOfBirth   *Address   `json:",omitempty"` // Ort der Geburt: country, postal code, place
	NoSyndrome     string     `json:",omitempty"` // N or U, when no syndrome is named
	Syndromes      []Syndrome `json:",omitempty"`
}

// Syndrome is a DKKR-Syndrom with the genes concerned.
type Syndrome struct {
	Name  string
	Genes []string
}
