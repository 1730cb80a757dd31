// SPDX-License-Identifier: EUPL-1.2

package tumour

import "meldewerk/calendar"

// Diagnosis is the occasion Diagnose.
type Diagnosis struct {
	Text            Text             `json:",omitempty"` // Diagnosetext
	Topography      *Topography      `json:",omitempty"`
	TopographyText  Text             `json:",omitempty"`
	Certainty       Code             `closed:"1|2|4|5|6|7|7.1|7.2|7.3|8|9"` // Diagnosesicherung
	EarlierTumours  []EarlierTumour  `json:",omitempty"`
	Histology       *Histology       `json:",omitempty"`
	Metastases      []Metastasis     `json:",omitempty"`
	Clinical        *TNM             `json:",omitempty"` // cTNM
	Pathological    *TNM             `json:",omitempty"` // pTNM
	Classifications []Classification `json:",omitempty"`
	Genetics        []Variant        `json:",omitempty"`
	Performance     Performance      `closed:"0|1|2|3|4|U|10%|20%|30%|40%|50%|60%|70%|80%|90%|100%"`
	Modules
}

// Pathology is the occasion Pathologie.
type Pathology struct {
	ID              SourceID         `json:",omitempty"` // Befund_ID
	Text            Text             `json:",omitempty"`
	Topography      *Topography      `json:",omitempty"`
	TopographyText  Text             `json:",omitempty"`
	Certainty       Code             `closed:"4|5|6|7|7.1|7.2|7.3|8|9"`
	Histology       *Histology       `json:",omitempty"`
	Metastases      []Metastasis     `json:",omitempty"`
	Clinical        *TNM             `json:",omitempty"`
	Pathological    *TNM             `json:",omitempty"`
	LocalResidual   Code             `json:",omitempty" closed:"R0|R1|R2|R1(is)|R1(cy+)|RX|U"`
	Classifications []Classification `json:",omitempty"`
	Genetics        []Variant        `json:",omitempty"`
	Submitter       *Submitter       `json:",omitempty"`
	ReportText      Text             `json:",omitempty"` // Befundtext, of any length
	Modules
}

// Submitter is the Einsender of a specimen: who sent it to the pathologist.
// All of it is open text.
type Submitter struct {
	Structured  *SubmitterAddress `json:",omitempty"`
	Lines       []Text            `json:",omitempty"` // unstrukturiert: one to six lines
	Identifiers *Identifiers      `json:",omitempty"`
}

// SubmitterAddress is the Einsender in fields.
type SubmitterAddress struct {
	Title, FirstNames, Surname, Institution, Department Text `json:",omitempty"`
	Street, House, Country, PostalCode, Place           Text `json:",omitempty"`
}

// Identifiers holds Identnummern of a physician or institution, nine digits each.
type Identifiers struct {
	IK   Code `json:",omitempty" closed:"/[0-9]{9}/"` // Institutionskennzeichen
	LANR Code `json:",omitempty" closed:"/[0-9]{9}/"` // lebenslange Arztnummer
	BSNR Code `json:",omitempty" closed:"/[0-9]{9}/"` // Betriebsstättennummer
	ZANR Code `json:",omitempty" closed:"/[0-9]{9}/"` // Zahnarztnummer
}

// Surgery is the occasion Operation.
type Surgery struct {
	ID              SourceID `json:",omitempty"` // OP_ID
	Intention       Code     `closed:"K|P|D|R|S|X"`
	Date            calendar.Date
	Procedures      []Procedure
	Histology       *Histology       `json:",omitempty"`
	TNM             *TNM             `json:",omitempty"`
	Residual        *Residual        `json:",omitempty"`
	Classifications []Classification `json:",omitempty"`
	Genetics        []Variant        `json:",omitempty"`
	Complications   Complications
	Surgeons        []Surgeon `json:",omitempty"`
	Modules
}

// Procedure is an Operation in OPS with its year.
type Procedure struct {
	Code    Code `closed:"/[135689]-[0-9]{2}[0-9a-hj-km-z](\\.[0-9a-hj-kmnp-z]{1,2})?[RLB]?/"`
	Version Code `closed:"/200[4-9]|20[12][0-9]/"`
}

// Complications holds the Komplikationen of an operation: none or unknown, or a list.
type Complications struct {
	None Code           `json:",omitempty" closed:"N|U"`
	List []Complication `json:",omitempty"`
}

// Complication is one Komplikation: an abbreviation of the data set or an ICD code.
type Complication struct {
	Short Code `json:",omitempty" closed:"/[A-Z]{3}/"` // Kürzel
	ICD   *ICD `json:",omitempty"`
}

// Surgeon is an Operateur.
type Surgeon struct {
	Surname    Text
	FirstNames Text `json:",omitempty"`
	Lead       Code `closed:"J|N|U"` // Hauptoperateur
}

// Radiotherapy is the occasion Strahlentherapie.
type Radiotherapy struct {
	ID          SourceID      `json:",omitempty"` // ST_ID
	Phase       Phase         `closed:"behandlungsbeginn|behandlungsende"`
	Intention   Code          `closed:"K|P|O|S|X"`
	Relation    Code          `closed:"O|A|N|I|Z|S"` // Stellung zur OP
	Courses     []Irradiation `json:",omitempty"`
	EndReason   Code          `json:",omitempty" closed:"E|F|A|P|S|V|T|U"`
	SideEffects SideEffects
	General     *GeneralModule `json:",omitempty"`
}

// date is the end of the last irradiation when the therapy ends, else the first beginning.
func (r *Radiotherapy) date() calendar.Date {
	var first, last calendar.Date
	for _, c := range r.Courses {
		if !c.Begin.IsZero() && (first.IsZero() || c.Begin.Day0().Before(first.Day0())) {
			first = c.Begin
		}
		if !c.End.IsZero() && (last.IsZero() || c.End.Day0().After(last.Day0())) {
			last = c.End
		}
	}
	if r.Phase == PhaseEnd && !last.IsZero() {
		return last
	}
	return first
}

// Irradiation is a Bestrahlung: one target, one technique.
type Irradiation struct {
	Begin calendar.Date `json:",omitzero"`
	End   calendar.Date `json:",omitzero"`
	// Exactly one of the four Applikationsarten.
	Percutaneous *Percutaneous   `json:",omitempty"`
	Contact      *Contact        `json:",omitempty"`
	Metabolic    *Metabolic      `json:",omitempty"`
	Other        *OtherRadiation `json:",omitempty"`
}

// Percutaneous is the Applikationsart perkutan.
type Percutaneous struct {
	Chemo        Code `json:",omitempty" closed:"RCJ|RCN"` // Radiochemo
	Stereotactic Code `json:",omitempty" closed:"ST"`
	Gated        Code `json:",omitempty" closed:"4D"` // atemgetriggert
	Target       Target
	Side         Code  `closed:"L|R|B|M|U|T"`
	Beam         Code  `json:",omitempty" closed:"UH|EL|NE|PN|SI|RO|Co-60|SO"` // Strahlenart
	Total        *Dose `json:",omitempty"`
	Single       *Dose `json:",omitempty"`
	Boost        Code  `json:",omitempty" closed:"J|SIB|SEQ|KON|N"`
}

// Contact is the Applikationsart Kontakt (brachytherapy).
type Contact struct {
	Placement Code `closed:"I|K"` // interstitiell, endokavitär
	Rate      Code `closed:"HDR|LDR|PDR"`
	Target    Target
	Side      Code  `closed:"L|R|B|M|U|T"`
	Beam      Code  `json:",omitempty" closed:"UH|EL|SO"`
	Total     *Dose `json:",omitempty"`
	Single    *Dose `json:",omitempty"`
	Boost     Code  `json:",omitempty" closed:"J|SIB|SEQ|KON|N"`
}

// Metabolic is the Applikationsart metabolisch (radionuclide therapy).
type Metabolic struct {
	Kind    Code    `closed:"SIRT|PRRT|PSMA|RJT|RIT|M"`
	Target  *Target `json:",omitempty"`
	Side    Code    `json:",omitempty" closed:"L|R|B|M|U|T"`
	Nuclide Code    `json:",omitempty" closed:"Lu-177|J-131|Y-90|Ra-223|Ac-225|Sm-153|Tb-161|Sr-89|Ir-192|SONU"`
	Total   *Dose   `json:",omitempty"` // in GBq, MBq or kBq
	Single  *Dose   `json:",omitempty"`
}

// OtherRadiation is the Applikationsart sonstige.
type OtherRadiation struct {
	Target *Target `json:",omitempty"`
	Side   Code    `json:",omitempty" closed:"L|R|B|M|U|T"`
	Total  *Dose   `json:",omitempty"`
	Single *Dose   `json:",omitempty"`
}

// Target is a Zielgebiet, in the key of 2021 or in that of 2014.
type Target struct {
	Code2021 Code `json:",omitempty" closed:"/[0-9]\\.[0-9]{1,2}/"`
	Code2014 Code `json:",omitempty" closed:"/[0-9]\\.([0-9]{1,2}\\.?)?[+-]?/"`
}

// Dose is a Strahlendosis or Aktivität with its unit.
type Dose struct {
	Amount Number `closed:"/[0-9]{1,12}(\\.[0-9]{1,12})?/"`
	Unit   Code   `closed:"Gy|GBq|MBq|kBq"`
}

// Systemic is the occasion systemische Therapie.
type Systemic struct {
	ID          SourceID      `json:",omitempty"` // SYST_ID
	Phase       Phase         `closed:"behandlungsbeginn|behandlungsende"`
	Intention   Code          `closed:"K|P|S|X"`
	Relation    Code          `closed:"O|A|N|I|S"`                               // Stellung zur OP
	Kind        Code          `closed:"CH|HO|IM|ZS|CI|CZ|CIZ|IZ|SZ|AS|WS|WW|SO"` // Therapieart
	Protocol    Text          `json:",omitempty"`
	Begin       calendar.Date // to the day or month
	Substances  []Substance   `json:",omitempty"`
	EndReason   Code          `json:",omitempty" closed:"E|R|W|A|P|S|V|T|U"`
	End         calendar.Date `json:",omitzero"`
	SideEffects SideEffects
	General     *GeneralModule `json:",omitempty"`
}

// Substance is a Substanz: named in words or by its ATC code.
type Substance struct {
	Name Text `json:",omitempty"` // Bezeichnung
	ATC  *ATC `json:",omitempty"`
}

// ATC is a Wirkstoff in the anatomical-therapeutic-chemical classification.
type ATC struct {
	Code    Code `closed:"/[A-Z][0-9]{2}[A-Z]{2}[0-9]{2}/"`
	Version Code `closed:"/200[4-9]|20[12][0-9]/"`
}

// Course is the occasion Verlauf.
type Course struct {
	ID              SourceID `json:",omitempty"` // Verlauf_ID
	Phase           Code     `closed:"statusaenderung|statusmeldung"`
	Date            calendar.Date
	Overall         Code             `closed:"V|T|K|P|D|B|R|Y|U|X"`               // Gesamtbeurteilung
	Local           Code             `json:",omitempty" closed:"K|T|P|N|R|F|U|X"` // Primärtumor
	Nodes           Code             `json:",omitempty" closed:"K|T|P|N|R|F|U|X"` // Lymphknoten
	Distant         Code             `json:",omitempty" closed:"K|T|P|N|R|F|U|X"` // Fernmetastasen
	Metastases      []Metastasis     `json:",omitempty"`
	Histology       *Histology       `json:",omitempty"`
	TNM             *TNM             `json:",omitempty"`
	Classifications []Classification `json:",omitempty"`
	Genetics        []Variant        `json:",omitempty"`
	Performance     Performance      `closed:"0|1|2|3|4|U|10%|20%|30%|40%|50%|60%|70%|80%|90%|100%"`
	Modules
}

// Death is the occasion Tod.
type Death struct {
	ID              SourceID `json:",omitempty"` // Abschluss_ID
	Date            calendar.Date
	ByTumour        Code             `closed:"J|N|U"` // tumorbedingt
	Causes          []ICD            `json:",omitempty"`
	Childhood       *ChildhoodModule `json:",omitempty"`
	ChildhoodTumour *ChildhoodTumour `json:",omitempty"`
}

// Board is the occasion Tumorkonferenz.
type Board struct {
	ID             SourceID `json:",omitempty"` // Tumorkonferenz_ID
	Phase          Code     `closed:"diagnose|behandlungsbeginn|behandlungsende|statusaenderung"`
	Date           calendar.Date
	Kind           Code            `closed:"praeth|postop|postth|ther"`
	Recommendation *Recommendation `json:",omitempty"`
}

// Recommendation is the Therapieempfehlung of a tumour board.
type Recommendation struct {
	Therapies    []Code `closed:"CH|HO|IM|ZS|SZ|CI|CZ|CIZ|IZ|WW|AS|WS|OP|ST|SO|KW"`
	PatientsWish Code   `closed:"J|N|U"` // Abweichung auf Wunsch
}
