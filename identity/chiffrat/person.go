// SPDX-License-Identifier: EUPL-1.2

package chiffrat

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"errors"
	"io"

	"meldewerk/calendar"
	"meldewerk/identity"
)

// padding is the step of content lengths in bytes.
const padding = 256

// lengthSize is the size of the length in front of the JSON.
const lengthSize = 4

// The content of version 1. It will be read in decades: names and meaning of
// these fields never change, fields are only added. What it says is what the
// sender wrote; nothing is standardised.
type personV1 struct {
	Surname     string       `json:"surname"`
	FirstNames  string       `json:"first_names"`
	Title       string       `json:"title,omitempty"`
	Suffix      string       `json:"suffix,omitempty"`
	Prefix      string       `json:"prefix,omitempty"`
	BirthName   string       `json:"birth_name,omitempty"`
	FormerNames []string     `json:"former_names,omitempty"`
	Sex         string       `json:"sex,omitempty"`
	BirthDate   dateV1       `json:"birth_date,omitzero"`
	Address     addressV1    `json:"address,omitzero"`
	Statutory   *insuranceV1 `json:"statutory,omitempty"`
	Private     *insuranceV1 `json:"private,omitempty"`
	Other       *insuranceV1 `json:"other,omitempty"`
	Childhood   *childhoodV1 `json:"childhood,omitempty"`
}

type dateV1 struct {
	Year     int16  `json:"year"`
	Month    uint8  `json:"month,omitempty"`
	Day      uint8  `json:"day,omitempty"`
	Accuracy string `json:"accuracy,omitempty"`
}

type addressV1 struct {
	Street     string `json:"street,omitempty"`
	House      string `json:"house,omitempty"`
	Country    string `json:"country,omitempty"`
	PostalCode string `json:"postal_code,omitempty"`
	Place      string `json:"place,omitempty"`
}

type insuranceV1 struct {
	Insurer     string `json:"insurer,omitempty"`
	Number      string `json:"number,omitempty"`
	Subsidy     string `json:"subsidy,omitempty"`
	Substitute  string `json:"substitute,omitempty"`
	InsurerName string `json:"insurer_name,omitempty"`
}

type childhoodV1 struct {
	Consent        string       `json:"consent,omitempty"`
	AddressAtBirth *addressV1   `json:"address_at_birth,omitempty"`
	PlaceOfBirth   *addressV1   `json:"place_of_birth,omitempty"`
	NoSyndrome     string       `json:"no_syndrome,omitempty"`
	Syndromes      []syndromeV1 `json:"syndromes,omitempty"`
}

type syndromeV1 struct {
	Name  string   `json:"name"`
	Genes []string `json:"genes,omitempty"`
}

var errContent = errors.New("content is malformed")

// encode gives the padded content of a person.
func encode(p identity.Person) ([]byte, error) {
	var text bytes.Buffer
	text.Write(make([]byte, lengthSize))
	writer := json.NewEncoder(&text)
	writer.SetEscapeHTML(false)
	if err := writer.Encode(toV1(p)); err != nil {
		return nil, errContent // the cause could repeat a value
	}
	content := bytes.TrimSuffix(text.Bytes(), []byte("\n"))
	binary.BigEndian.PutUint32(content, uint32(len(content)-lengthSize))
	if over := len(content) % padding; over != 0 {
		content = append(content, make([]byte, padding-over)...)
	}
	return content, nil
}

// decode reads padded content. A field of a later addition is refused rather
// than dropped: whoever reads must see all that was sealed.
func decode(content []byte) (identity.Person, error) {
	if len(content) < lengthSize || len(content)%padding != 0 {
		return identity.Person{}, errContent
	}
	length := int64(binary.BigEndian.Uint32(content))
	rest := content[lengthSize:]
	if length > int64(len(rest)) || int64(len(rest))-length >= padding || !allZero(rest[length:]) {
		return identity.Person{}, errContent
	}
	reader := json.NewDecoder(bytes.NewReader(rest[:length]))
	reader.DisallowUnknownFields()
	var v personV1
	if err := reader.Decode(&v); err != nil {
		return identity.Person{}, errContent
	}
	if _, err := reader.Token(); !errors.Is(err, io.EOF) {
		return identity.Person{}, errContent
	}
	return v.person(), nil
}

func allZero(b []byte) bool {
	for _, c := range b {
		if c != 0 {
			return false
		}
	}
	return true
}

func toV1(p identity.Person) personV1 {
	return personV1{
		Surname: p.Surname, FirstNames: p.FirstNames, Title: p.Title, Suffix: p.Suffix, Prefix: p.Prefix,
		BirthName: p.BirthName, FormerNames: p.FormerNames, Sex: string(p.Sex),
		BirthDate: dateV1{p.BirthDate.Year, p.BirthDate.Month, p.BirthDate.Day, string(p.BirthDate.Accuracy)},
		Address:   addressV1(p.Address),
		Statutory: statutoryV1(p.Insurance.Statutory),
		Private:   privateV1(p.Insurance.Private),
		Other:     otherV1(p.Insurance.Other),
		Childhood: toChildhoodV1(p.Childhood),
	}
}

func statutoryV1(s *identity.StatutoryInsurance) *insuranceV1 {
	if s == nil {
		return nil
	}
	return &insuranceV1{Insurer: s.Insurer, Number: s.Number}
}

func privateV1(p *identity.PrivateInsurance) *insuranceV1 {
	if p == nil {
		return nil
	}
	return &insuranceV1{Insurer: p.Insurer, Number: p.Number, Subsidy: p.Subsidy}
}

func otherV1(o *identity.OtherInsurance) *insuranceV1 {
	if o == nil {
		return nil
	}
	return &insuranceV1{Insurer: o.Insurer, Number: o.Number, Substitute: o.Substitute, InsurerName: o.InsurerName}
}

func toChildhoodV1(c *identity.Childhood) *childhoodV1 {
	if c == nil {
		return nil
	}
	v := &childhoodV1{Consent: c.Consent, NoSyndrome: c.NoSyndrome,
		AddressAtBirth: (*addressV1)(c.AddressAtBirth), PlaceOfBirth: (*addressV1)(c.PlaceOfBirth)}
	for _, s := range c.Syndromes {
		v.Syndromes = append(v.Syndromes, syndromeV1(s))
	}
	return v
}

func (v personV1) person() identity.Person {
	return identity.Person{
		Surname: v.Surname, FirstNames: v.FirstNames, Title: v.Title, Suffix: v.Suffix, Prefix: v.Prefix,
		BirthName: v.BirthName, FormerNames: v.FormerNames, Sex: identity.Sex(v.Sex),
		BirthDate: calendar.Date{Year: v.BirthDate.Year, Month: v.BirthDate.Month, Day: v.BirthDate.Day,
			Accuracy: calendar.Accuracy(v.BirthDate.Accuracy)},
		Address:   identity.Address(v.Address),
		Insurance: v.insurance(),
		Childhood: v.Childhood.childhood(),
	}
}

func (v personV1) insurance() identity.Insurance {
	var i identity.Insurance
	if s := v.Statutory; s != nil {
		i.Statutory = &identity.StatutoryInsurance{Insurer: s.Insurer, Number: s.Number}
	}
	if p := v.Private; p != nil {
		i.Private = &identity.PrivateInsurance{Insurer: p.Insurer, Number: p.Number, Subsidy: p.Subsidy}
	}
	if o := v.Other; o != nil {
		i.Other = &identity.OtherInsurance{Substitute: o.Substitute, Insurer: o.Insurer, InsurerName: o.InsurerName, Number: o.Number}
	}
	return i
}

func (v *childhoodV1) childhood() *identity.Childhood {
	if v == nil {
		return nil
	}
	c := &identity.Childhood{Consent: v.Consent, NoSyndrome: v.NoSyndrome,
		AddressAtBirth: (*identity.Address)(v.AddressAtBirth), PlaceOfBirth: (*identity.Address)(v.PlaceOfBirth)}
	for _, s := range v.Syndromes {
		c.Syndromes = append(c.Syndromes, identity.Syndrome(s))
	}
	return c
}
