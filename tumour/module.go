// SPDX-License-Identifier: EUPL-1.2

package tumour

import "meldewerk/calendar"

// Modules holds the organspezifische Module; each may stand in any of the
// occasions that embed it.
type Modules struct {
	General         *GeneralModule    `json:",omitempty"`
	Breast          *BreastModule     `json:",omitempty"`
	Colorectal      *ColorectalModule `json:",omitempty"`
	Prostate        *ProstateModule   `json:",omitempty"`
	Melanoma        *MelanomaModule   `json:",omitempty"`
	Childhood       *ChildhoodModule  `json:",omitempty"`
	ChildhoodTumour *ChildhoodTumour  `json:",omitempty"`
}

// DateOr is a date, or a letter that says why there is none.
type DateOr struct {
	Date calendar.Date `json:",omitzero"`
	None Code          `json:",omitempty" closed:"N|U"`
}

// GeneralModule is the Modul Allgemein.
type GeneralModule struct {
	SocialService  *DateOr `json:",omitempty"` // Sozialdienstkontakt: date or N
	PsychoOncology *DateOr `json:",omitempty"` // Psychoonkologiekontakt: date or N
	Trial          *DateOr `json:",omitempty"` // Studienteilnahme: date, N or U
}

// BreastModule is the Modul Mamma.
type BreastModule struct {
	Menopause       Code `json:",omitempty" closed:"1|3|U"` // before therapy
	Oestrogen       Code `json:",omitempty" closed:"P|N|U"`
	Progesterone    Code `json:",omitempty" closed:"P|N|U"`
	Her2            Code `json:",omitempty" closed:"P|N|U"`
	WireMarking     Code `json:",omitempty" closed:"M|S|T|N|U"`      // präoperative Drahtmarkierung
	SpecimenControl Code `json:",omitempty" closed:"M|S|N|U"`        // intraoperative Präparatkontrolle
	InvasiveSize    Code `json:",omitempty" closed:"/[0-9]{1,3}|U/"` // mm
	DCISSize        Code `json:",omitempty" closed:"/[0-9]{1,3}|U/"` // mm
}

// ColorectalModule is the Modul Darm.
type ColorectalModule struct {
	AnalVergeDistance Code `json:",omitempty" closed:"/[0-9]{1,3}|U/"` // cm
	AboralMargin      Code `json:",omitempty" closed:"/[0-9]{1,3}|U/"` // mm
	CircularMargin    Code `json:",omitempty" closed:"/[0-9]{1,3}|U/"` // mm
	TMEQuality        Code `json:",omitempty" closed:"1|2|3|P|L|A|U"`
	MesorectalFascia  Code `json:",omitempty" closed:"/0|[1-9][0-9]?|[DNU]/"` // mm in MRI
	Urgency           Code `json:",omitempty" closed:"E|N|U"`                 // Art des Eingriffs
	StomaMarking      Code `json:",omitempty" closed:"D|N|K|S|U"`
	Leakage           Code `json:",omitempty" closed:"B|C|K|U"` // Anastomoseninsuffizienz
	ASA               Code `json:",omitempty" closed:"1|2|3|4|5"`
	RAS               Code `json:",omitempty" closed:"W|M|U|N"`
}

// ProstateModule is the Modul Prostata.
type ProstateModule struct {
	Gleason         *Gleason      `json:",omitempty"`
	GleasonFrom     Code          `json:",omitempty" closed:"O|S|U"` // Anlass
	BiopsyDate      calendar.Date `json:",omitzero"`
	Cores           Number        `json:",omitempty" closed:"/[0-9]{1,2}/"`
	PositiveCores   Number        `json:",omitempty" closed:"/[0-9]{1,2}/"`
	CoreInvolvement *Involvement  `json:",omitempty"`
	PSA             Number        `json:",omitempty" closed:"/[0-9]{1,5}(\\.[0-9]{1,3})?/"` // ng/ml
	PSADate         calendar.Date `json:",omitzero"`
	Complication    Code          `json:",omitempty" closed:"J|N|U"` // Clavien-Dindo III or IV
}

// Gleason is a Gleason-Score.
type Gleason struct {
	Primary   Code `json:",omitempty" closed:"1|2|3|4|5"`
	Secondary Code `json:",omitempty" closed:"1|2|3|4|5"`
	Score     Code `json:",omitempty" closed:"2|3|4|5|6|7|7a|7b|8|9|10"`
}

// Involvement is the Karzinombefall of the most affected core: per cent, or unknown.
type Involvement struct {
	Percent Number `json:",omitempty" closed:"/[0-9]{1,3}/"`
	Unknown Code   `json:",omitempty" closed:"U"`
}

// MelanomaModule is the Modul Malignes Melanom.
type MelanomaModule struct {
	Margin     Number `json:",omitempty" closed:"/-1|[0-9]{1,3}/"`              // Sicherheitsabstand in mm, -1 not assessable
	Thickness  Number `json:",omitempty" closed:"/[0-9]{1,2}(\\.[0-9]{1,2})?/"` // Tumordicke in mm
	LDH        Number `json:",omitempty" closed:"/[0-9]{1,5}/"`                 // U/l
	Ulceration Code   `json:",omitempty" closed:"J|N|U"`
}

// ChildhoodModule is the Modul DKKR up to oBDS 3.0.4.
type ChildhoodModule struct {
	Consent   Code    `json:",omitempty" closed:"1|2|3|5|6|7"`
	Exchange  Code    `json:",omitempty" closed:"1|2|9"`
	NoTrial   Code    `json:",omitempty" closed:"0|2"` // instead of Trials
	Trials    []Trial `json:",omitempty"`
	Syndromes []Text  `json:",omitempty"`
}

// ChildhoodTumour is the Modul DKKR Tumor from oBDS 3.0.5 on.
type ChildhoodTumour struct {
	LivedInGermany Code    `closed:"J|N|U"` // Hauptwohnsitz at first diagnosis
	NoTrial        Code    `json:",omitempty" closed:"N|U"`
	Trials         []Trial `json:",omitempty"`
}

// Trial is a Therapiestudie.
type Trial struct {
	Name   Text
	Number Text `json:",omitempty"`
}
