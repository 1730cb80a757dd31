// SPDX-License-Identifier: EUPL-1.2

package obds

import (
	"meldewerk/identity"
	"meldewerk/report"
	"meldewerk/tumour"
)

// The forms of the package, the patient and the frame of a report.

// document is what a package fills: its frame, and the patient at hand.
type document struct {
	report.Package
	patient *patient
}

// patient is one Patient with his reports.
type patient struct {
	id      report.PatientID
	person  identity.Person
	remark  tumour.Text
	reports []*report.Report
}

// packageForm is complete but for the order of reading: patients pass through
// document.patient one after the other.
var packageForm = of(
	code("@Schema_Version", func(d *document) *string { return &d.SchemaVersion }),
	part("Absender", func(d *document) *report.Sender { return &d.Sender }, of(
		words("@Absender_ID", func(s *report.Sender) *string { return &s.ID }),
		words("@Software_ID", func(s *report.Sender) *string { return &s.SoftwareID }),
		words("@Software_Version", func(s *report.Sender) *string { return &s.SoftwareVer }),
		words("@Installations_ID", func(s *report.Sender) *string { return &s.InstallationID }),
		words("Bezeichnung", func(s *report.Sender) *string { return &s.Name }),
		words("Ansprechpartner", func(s *report.Sender) *string { return &s.Contact }),
		words("Anschrift", func(s *report.Sender) *string { return &s.Address }),
		words("Telefon", func(s *report.Sender) *string { return &s.Phone }),
		words("EMail", func(s *report.Sender) *string { return &s.Email }),
	)),
	date("Meldedatum", func(d *document) *day { return &d.ReportedOn }),
	within("Menge_Patient", always[document],
		one("Patient", func(d *document) **patient { return &d.patient }, patientForm)),
	list("Menge_Melder", "Melder", func(d *document) *[]report.Reporter { return &d.Reporters }, of(
		words("@ID", func(r *report.Reporter) *report.ReporterID { return &r.ID }),
		one("Ident_Nummern", func(r *report.Reporter) **tumour.Identifiers { return &r.Identifiers }, identifiersForm),
		words("KH_Abt_Station_Praxis", func(r *report.Reporter) *string { return &r.Department }),
		words("Arztname", func(r *report.Reporter) *string { return &r.Physician }),
		words("Anschrift", func(r *report.Reporter) *string { return &r.Address }),
		words("PLZ", func(r *report.Reporter) *string { return &r.PostalCode }),
		words("Ort", func(r *report.Reporter) *string { return &r.Place }),
		throughPointer(func(r *report.Reporter) **report.Bank { return &r.Bank },
			words("Bankname", func(b *report.Bank) *string { return &b.Name }),
			words("Kontoinhaber", func(b *report.Bank) *string { return &b.Holder }),
			words("BIC", func(b *report.Bank) *string { return &b.BIC }),
			words("IBAN", func(b *report.Bank) *string { return &b.IBAN })),
	)),
)

var reportShelf = shelfNumber()

var patientForm = of(
	words("@Patient_ID", func(p *patient) *report.PatientID { return &p.id }),
	part("Patienten_Stammdaten", func(p *patient) *identity.Person { return &p.person }, personForm),
	one("DKKR_Patienten_Stammdaten", func(p *patient) **identity.Childhood { return &p.person.Childhood }, of(
		code("DKKR_Einwilligung", func(c *identity.Childhood) *string { return &c.Consent }),
		one("DKKR_Wohnadresse_bei_Geburt", func(c *identity.Childhood) **identity.Address { return &c.AddressAtBirth }, addressForm),
		one("DKKR_Ort_der_Geburt", func(c *identity.Childhood) **identity.Address { return &c.PlaceOfBirth }, addressForm),
		within("DKKR_Syndrom_Status", always[identity.Childhood],
			code("DKKR_Syndrom_Unbekannt_Nein", func(c *identity.Childhood) *string { return &c.NoSyndrome }),
			list("DKKR_Menge_Syndrom", "DKKR_Syndrom", func(c *identity.Childhood) *[]identity.Syndrome { return &c.Syndromes }, of(
				words("DKKR_Syndrom_Name", func(s *identity.Syndrome) *string { return &s.Name }),
				within("DKKR_Menge_Gen", always[identity.Syndrome],
					several("DKKR_Gen_Name", kindWords, func(s *identity.Syndrome) *[]string { return &s.Genes })),
			))),
	)),
	within("Menge_Meldung", always[patient],
		&field{name: "Meldung", form: reportForm,
			enter: func(target any) any {
				p := target.(*patient)
				r := &report.Report{}
				p.reports = append(p.reports, r)
				return r
			},
			reuse: func(_ any, s *stock) any { return takeOne[report.Report](s, reportShelf) },
			each: func(target any, write func(any) error) error {
				for _, r := range target.(*patient).reports {
					if err := write(r); err != nil {
						return err
					}
				}
				return nil
			}}),
	words("Anmerkung", func(p *patient) *tumour.Text { return &p.remark }),
)

var addressForm = of(
	words("Strasse", func(a *identity.Address) *string { return &a.Street }),
	words("Hausnummer", func(a *identity.Address) *string { return &a.House }),
	code("Land", func(a *identity.Address) *string { return &a.Country }),
	words("PLZ", func(a *identity.Address) *string { return &a.PostalCode }),
	words("Ort", func(a *identity.Address) *string { return &a.Place }),
)

var personForm = of(
	through(func(p *identity.Person) *identity.Insurance { return &p.Insurance },
		one("Versichertendaten_GKV", func(i *identity.Insurance) **identity.StatutoryInsurance { return &i.Statutory }, of(
			code("IKNR", func(s *identity.StatutoryInsurance) *string { return &s.Insurer }),
			words("GKV_Versichertennummer", func(s *identity.StatutoryInsurance) *string { return &s.Number }),
		)),
		one("Versichertendaten_PKV", func(i *identity.Insurance) **identity.PrivateInsurance { return &i.Private }, of(
			code("IKNR", func(s *identity.PrivateInsurance) *string { return &s.Insurer }),
			words("PKV_Versichertennummer", func(s *identity.PrivateInsurance) *string { return &s.Number }),
			words("Beihilfetraeger", func(s *identity.PrivateInsurance) *string { return &s.Subsidy }),
		)),
		one("Versichertendaten_Sonstige", func(i *identity.Insurance) **identity.OtherInsurance { return &i.Other }, of(
			code("Ersatzkode", func(s *identity.OtherInsurance) *string { return &s.Substitute }),
			code("IKNR", func(s *identity.OtherInsurance) *string { return &s.Insurer }),
			words("KrankenkassenName", func(s *identity.OtherInsurance) *string { return &s.InsurerName }),
			words("Versichertennummer", func(s *identity.OtherInsurance) *string { return &s.Number }),
		))),
	words("Nachname", func(p *identity.Person) *string { return &p.Surname }),
	words("Titel", func(p *identity.Person) *string { return &p.Title }),
	words("Namenszusatz", func(p *identity.Person) *string { return &p.Suffix }),
	words("Namensvorsatz", func(p *identity.Person) *string { return &p.Prefix }),
	words("Vornamen", func(p *identity.Person) *string { return &p.FirstNames }),
	words("Geburtsname", func(p *identity.Person) *string { return &p.BirthName }),
	within("Menge_Frueherer_Name", func(p *identity.Person) bool { return len(p.FormerNames) > 0 },
		several("Frueherer_Name", kindWords, func(p *identity.Person) *[]string { return &p.FormerNames })),
	code("Geschlecht", func(p *identity.Person) *identity.Sex { return &p.Sex }),
	date("Geburtsdatum", func(p *identity.Person) *day { return &p.BirthDate }),
	part("Adresse", func(p *identity.Person) *identity.Address { return &p.Address }, addressForm),
)

var reportForm = of(
	words("@Meldung_ID", func(r *report.Report) *report.ID { return &r.ID }),
	code("@Melder_ID", func(r *report.Report) *report.ReporterID { return &r.Reporter }),
	code("Meldebegruendung", func(r *report.Report) *report.Reason { return &r.Reason }),
	code("Einwilligung_nicht_meldepflichtig", func(r *report.Report) *tumour.Code { return &r.VoluntaryConsent }),
	code("Zertifizierung", func(r *report.Report) *tumour.Code { return &r.Certification }),
	code("Eigene_Leistung", func(r *report.Report) *tumour.Code { return &r.OwnService }),
	through(func(r *report.Report) *tumour.Event { return &r.Event },
		part("Tumorzuordnung", func(e *tumour.Event) *tumour.Assignment { return &e.Assignment }, of(
			words("@Tumor_ID", func(a *tumour.Assignment) *tumour.SourceID { return &a.TumourID }),
			part("Primaertumor_ICD", func(a *tumour.Assignment) *tumour.ICD { return &a.ICD }, icdForm),
			date("Diagnosedatum", func(a *tumour.Assignment) *day { return &a.DiagnosedOn }),
			code("Seitenlokalisation", func(a *tumour.Assignment) *tumour.Code { return &a.Side }),
			one("Morphologie_ICD_O", func(a *tumour.Assignment) **tumour.Morphology { return &a.Morphology }, morphologyForm),
		)),
		one("Diagnose", func(e *tumour.Event) **tumour.Diagnosis { return &e.Diagnosis }, diagnosisForm),
		one("Pathologie", func(e *tumour.Event) **tumour.Pathology { return &e.Pathology }, pathologyForm),
		one("OP", func(e *tumour.Event) **tumour.Surgery { return &e.Surgery }, surgeryForm),
		one("ST", func(e *tumour.Event) **tumour.Radiotherapy { return &e.Radiotherapy }, radiotherapyForm),
		one("SYST", func(e *tumour.Event) **tumour.Systemic { return &e.Systemic }, systemicForm),
		one("Verlauf", func(e *tumour.Event) **tumour.Course { return &e.Course }, courseForm),
		one("Tod", func(e *tumour.Event) **tumour.Death { return &e.Death }, deathForm),
		one("Tumorkonferenz", func(e *tumour.Event) **tumour.Board { return &e.Board }, boardForm)),
	list("Menge_Zusatzitem", "Zusatzitem", func(r *report.Report) *[]report.Extra { return &r.Extras }, of(
		date("Datum", func(x *report.Extra) *day { return &x.Date }),
		words("Art", func(x *report.Extra) *tumour.Text { return &x.Kind }),
		words("Wert", func(x *report.Extra) *tumour.Text { return &x.Value }),
		words("Bemerkung", func(x *report.Extra) *tumour.Text { return &x.Remark }),
	)),
	words("Anmerkung", func(r *report.Report) *tumour.Text { return &r.Remark }),
)
