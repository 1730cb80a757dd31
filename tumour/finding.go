// SPDX-License-Identifier: EUPL-1.2

package tumour

import "meldewerk/calendar"

// Histology is a Histologie: what the microscope showed.
type Histology struct {
	ID               SourceID      `json:",omitempty"` // Histologie_ID
	Date             calendar.Date `json:",omitzero"`
	SpecimenNumber   Text          `json:",omitempty"` // EinsendeNr
	Morphologies     []Morphology  `json:",omitempty"` // at most five
	MorphologyText   Text          `json:",omitempty"`
	Grading          Code          `closed:"0|1|2|3|4|X|L|M|H|B|U|T"`
	NodesExamined    Number        `json:",omitempty" closed:"/[0-9]{1,6}/"` // LK untersucht
	NodesAffected    Number        `json:",omitempty" closed:"/[0-9]{1,6}/"` // LK befallen
	SentinelExamined Number        `json:",omitempty" closed:"/[0-9]{1,6}/"`
	SentinelAffected Number        `json:",omitempty" closed:"/[0-9]{1,6}/"`
}

// Metastasis is a Fernmetastase.
type Metastasis struct {
	DiagnosedOn calendar.Date
	Site        Code `closed:"PUL|OSS|HEP|BRA|LYM|MAR|PLE|PER|ADR|SKI|OTH|GEN"` // Lokalisation
}

// TNM is a TNM-Klassifikation: one stage of one day in one edition. The values
// of T, N and M are labels, because the data set allows up to 30 characters
// of any kind behind the first.
type TNM struct {
	ID           SourceID      `json:",omitempty"`
	Date         calendar.Date `json:",omitzero"`
	Edition      Code          `json:",omitempty" closed:"6|7|8|9"`
	AfterTherapy Code          `json:",omitempty" closed:"y"` // y-Symbol
	Recurrence   Code          `json:",omitempty" closed:"r"` // r-Symbol
	Autopsy      Code          `json:",omitempty" closed:"a"` // a-Symbol
	TPrefix      Code          `json:",omitempty" closed:"c|p|u"`
	T            Label         `json:",omitempty" closed:"/(is|[a01234X])[a-d0-9]{0,3}(\\((is|m|sn|i|mol|pd|pu|dcis|lcis|lamn|paget|[0-9]{1,3}|[+,-]){1,4}\\)){0,2}/i"`
	Multiple     Code          `json:",omitempty" closed:"/m(,is)?|is|[1-9][0-9]{0,2}(,is)?/"` // m-Symbol
	NPrefix      Code          `json:",omitempty" closed:"c|p|u"`
	N            Label         `json:",omitempty" closed:"/[0123X][a-d0-9]{0,3}(\\((sn|mi|i|mol|f|[0-9]{1,3}|[+,-]){1,4}\\)){0,2}(mi)?/i"`
	MPrefix      Code          `json:",omitempty" closed:"c|p|u"`
	M            Label         `json:",omitempty" closed:"/[01X][a-d0-9]{0,3}(\\((i|mol|cyt|[0-9]{1,3}|[+,-]){1,4}\\)){0,2}/i"`
	Lymphatic    Code          `json:",omitempty" closed:"LX|L0|L1"`
	Venous       Code          `json:",omitempty" closed:"VX|V0|V1|V2"`
	Perineural   Code          `json:",omitempty" closed:"PnX|Pn0|Pn1"`
	SerumMarker  Code          `json:",omitempty" closed:"SX|S0|S1|S2|S3"`
	Stage        Code          `json:",omitempty" closed:"/okk|0|0a|0is|I|IA|IA1|IA2|IA3|IB|IB1|IB2|IC|II|IIA|IIA1|IIA2|IIB|IIC|III|IIIA|IIIA1|IIIA2|IIIB|IIIC|IIIC1|IIIC2|IIID|IS|IV|IVA|IVA1|IVA2|IVB|IVC/"` // UICC-Stadium
}

// Residual is the Residualstatus: what was left behind.
type Residual struct {
	Local   Code `json:",omitempty" closed:"R0|R1|R2|R1(is)|R1(cy+)|RX|U"`
	Overall Code `json:",omitempty" closed:"R0|R1|R2|R1(is)|R1(cy+)|RX|U"`
}

// Classification is a weitere Klassifikation, e.g. FIGO or Ann Arbor.
type Classification struct {
	Date  calendar.Date `json:",omitzero"` // to the day or month
	Name  Label
	Stage Label
}

// Variant is a genetische Variante of the tumour.
type Variant struct {
	Date   calendar.Date `json:",omitzero"`
	Name   Text          // Bezeichnung
	Result Code          `json:",omitempty" closed:"M|W|P|N|U"` // Ausprägung
	Other  Label         `json:",omitempty"`                    // sonstige Ausprägung, instead of Result
}

// EarlierTumour is a frühere Tumorerkrankung of the patient.
type EarlierTumour struct {
	Text Text   `json:",omitempty"`
	ICD  *ICD   `json:",omitempty"`
	Year Number `json:",omitempty" closed:"/[0-9]{4}/"`
}

// SideEffects holds the Nebenwirkungen of a therapy: a grade of at most two
// (or unknown) for all of them, or a list.
type SideEffects struct {
	UpToGrade2 Code         `json:",omitempty" closed:"K|1|2|U"`
	List       []SideEffect `json:",omitempty"`
}

// SideEffect is one Nebenwirkung of grade 3 to 5 by CTCAE.
type SideEffect struct {
	Name    Text `json:",omitempty"`                     // Bezeichnung
	MedDRA  Code `json:",omitempty" closed:"/[0-9]{8}/"` // instead of Name
	Grade   Code `closed:"3|4|5"`
	Version Code `closed:"4|4.03|5.0|Sonstige"`
}

// Performance is the allgemeiner Leistungszustand: ECOG 0 to 4, U, or
// Karnofsky in per cent.
type Performance = Code
