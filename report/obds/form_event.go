// SPDX-License-Identifier: EUPL-1.2

package obds

import (
	"meldewerk/calendar"
	"meldewerk/tumour"
)

// The forms of the eight occasions, in the order of the data set.

type day = calendar.Date

var diagnosisForm = of(
	words("Primaertumor_Diagnosetext", func(d *tumour.Diagnosis) *tumour.Text { return &d.Text }),
	one("Primaertumor_Topographie_ICD_O", func(d *tumour.Diagnosis) **tumour.Topography { return &d.Topography }, topographyForm),
	words("Primaertumor_Topographie_Freitext", func(d *tumour.Diagnosis) *tumour.Text { return &d.TopographyText }),
	code("Diagnosesicherung", func(d *tumour.Diagnosis) *tumour.Code { return &d.Certainty }),
	list("Menge_Fruehere_Tumorerkrankung", "Fruehere_Tumorerkrankung", func(d *tumour.Diagnosis) *[]tumour.EarlierTumour { return &d.EarlierTumours }, of(
		words("Freitext", func(e *tumour.EarlierTumour) *tumour.Text { return &e.Text }),
		one("ICD", func(e *tumour.EarlierTumour) **tumour.ICD { return &e.ICD }, icdForm),
		year("Diagnosedatum", func(e *tumour.EarlierTumour) *tumour.Number { return &e.Year }),
	)),
	one("Histologie", func(d *tumour.Diagnosis) **tumour.Histology { return &d.Histology }, histologyForm),
	metastases(func(d *tumour.Diagnosis) *[]tumour.Metastasis { return &d.Metastases }),
	one("cTNM", func(d *tumour.Diagnosis) **tumour.TNM { return &d.Clinical }, tnmForm),
	one("pTNM", func(d *tumour.Diagnosis) **tumour.TNM { return &d.Pathological }, tnmForm),
	classifications(func(d *tumour.Diagnosis) *[]tumour.Classification { return &d.Classifications }),
	genetics(func(d *tumour.Diagnosis) *[]tumour.Variant { return &d.Genetics }),
	code("Allgemeiner_Leistungszustand", func(d *tumour.Diagnosis) *tumour.Code { return &d.Performance }),
	through(func(d *tumour.Diagnosis) *tumour.Modules { return &d.Modules },
		generalModule, organModules, childhoodModules),
)

var pathologyForm = of(
	words("@Befund_ID", func(p *tumour.Pathology) *tumour.SourceID { return &p.ID }),
	words("Primaertumor_Diagnosetext", func(p *tumour.Pathology) *tumour.Text { return &p.Text }),
	one("Primaertumor_Topographie_ICD_O", func(p *tumour.Pathology) **tumour.Topography { return &p.Topography }, topographyForm),
	words("Primaertumor_Topographie_Freitext", func(p *tumour.Pathology) *tumour.Text { return &p.TopographyText }),
	code("Diagnosesicherung", func(p *tumour.Pathology) *tumour.Code { return &p.Certainty }),
	one("Histologie", func(p *tumour.Pathology) **tumour.Histology { return &p.Histology }, histologyForm),
	metastases(func(p *tumour.Pathology) *[]tumour.Metastasis { return &p.Metastases }),
	one("cTNM", func(p *tumour.Pathology) **tumour.TNM { return &p.Clinical }, tnmForm),
	one("pTNM", func(p *tumour.Pathology) **tumour.TNM { return &p.Pathological }, tnmForm),
	code("Lokale_Beurteilung_Residualstatus", func(p *tumour.Pathology) *tumour.Code { return &p.LocalResidual }),
	classifications(func(p *tumour.Pathology) *[]tumour.Classification { return &p.Classifications }),
	genetics(func(p *tumour.Pathology) *[]tumour.Variant { return &p.Genetics }),
	one("Einsender", func(p *tumour.Pathology) **tumour.Submitter { return &p.Submitter }, submitterForm),
	words("Befundtext", func(p *tumour.Pathology) *tumour.Text { return &p.ReportText }),
	through(func(p *tumour.Pathology) *tumour.Modules { return &p.Modules }, organModules, childhoodModule),
)

var submitterForm = of(
	one("strukturiert", func(s *tumour.Submitter) **tumour.SubmitterAddress { return &s.Structured }, of(
		words("Titel", func(a *tumour.SubmitterAddress) *tumour.Text { return &a.Title }),
		words("Vornamen", func(a *tumour.SubmitterAddress) *tumour.Text { return &a.FirstNames }),
		words("Nachname", func(a *tumour.SubmitterAddress) *tumour.Text { return &a.Surname }),
		words("Einrichtung", func(a *tumour.SubmitterAddress) *tumour.Text { return &a.Institution }),
		words("Abteilung", func(a *tumour.SubmitterAddress) *tumour.Text { return &a.Department }),
		words("Strasse", func(a *tumour.SubmitterAddress) *tumour.Text { return &a.Street }),
		words("Hausnummer", func(a *tumour.SubmitterAddress) *tumour.Text { return &a.House }),
		words("Land", func(a *tumour.SubmitterAddress) *tumour.Text { return &a.Country }),
		words("PLZ", func(a *tumour.SubmitterAddress) *tumour.Text { return &a.PostalCode }),
		words("Ort", func(a *tumour.SubmitterAddress) *tumour.Text { return &a.Place }),
	)),
	within("unstrukturiert", func(s *tumour.Submitter) bool { return len(s.Lines) > 0 },
		numbered("Adresse", 6, func(s *tumour.Submitter) *[]tumour.Text { return &s.Lines })),
	one("Ident_Nummern", func(s *tumour.Submitter) **tumour.Identifiers { return &s.Identifiers }, identifiersForm),
)

var surgeryForm = of(
	words("@OP_ID", func(s *tumour.Surgery) *tumour.SourceID { return &s.ID }),
	code("Intention", func(s *tumour.Surgery) *tumour.Code { return &s.Intention }),
	date("Datum", func(s *tumour.Surgery) *day { return &s.Date }),
	list("Menge_OPS", "OPS", func(s *tumour.Surgery) *[]tumour.Procedure { return &s.Procedures }, of(
		code("Code", func(p *tumour.Procedure) *tumour.Code { return &p.Code }),
		code("Version", func(p *tumour.Procedure) *tumour.Code { return &p.Version }),
	)),
	one("Histologie", func(s *tumour.Surgery) **tumour.Histology { return &s.Histology }, histologyForm),
	one("TNM", func(s *tumour.Surgery) **tumour.TNM { return &s.TNM }, tnmForm),
	one("Residualstatus", func(s *tumour.Surgery) **tumour.Residual { return &s.Residual }, of(
		code("Lokale_Beurteilung_Residualstatus", func(r *tumour.Residual) *tumour.Code { return &r.Local }),
		code("Gesamtbeurteilung_Residualstatus", func(r *tumour.Residual) *tumour.Code { return &r.Overall }),
	)),
	classifications(func(s *tumour.Surgery) *[]tumour.Classification { return &s.Classifications }),
	genetics(func(s *tumour.Surgery) *[]tumour.Variant { return &s.Genetics }),
	part("Komplikationen", func(s *tumour.Surgery) *tumour.Complications { return &s.Complications }, of(
		code("Komplikation_nein_oder_unbekannt", func(c *tumour.Complications) *tumour.Code { return &c.None }),
		list("Menge_Komplikation", "Komplikation", func(c *tumour.Complications) *[]tumour.Complication { return &c.List }, of(
			code("Kuerzel", func(c *tumour.Complication) *tumour.Code { return &c.Short }),
			one("ICD", func(c *tumour.Complication) **tumour.ICD { return &c.ICD }, icdForm),
		)),
	)),
	list("Menge_Operateur", "Operateur", func(s *tumour.Surgery) *[]tumour.Surgeon { return &s.Surgeons }, of(
		words("Nachname", func(s *tumour.Surgeon) *tumour.Text { return &s.Surname }),
		words("Vornamen", func(s *tumour.Surgeon) *tumour.Text { return &s.FirstNames }),
		code("Hauptoperateur", func(s *tumour.Surgeon) *tumour.Code { return &s.Lead }),
	)),
	through(func(s *tumour.Surgery) *tumour.Modules { return &s.Modules }, generalModule, organModules),
)

var systemicForm = of(
	words("@SYST_ID", func(s *tumour.Systemic) *tumour.SourceID { return &s.ID }),
	code("Meldeanlass", func(s *tumour.Systemic) *tumour.Phase { return &s.Phase }),
	code("Intention", func(s *tumour.Systemic) *tumour.Code { return &s.Intention }),
	code("Stellung_OP", func(s *tumour.Systemic) *tumour.Code { return &s.Relation }),
	code("Therapieart", func(s *tumour.Systemic) *tumour.Code { return &s.Kind }),
	words("Protokoll", func(s *tumour.Systemic) *tumour.Text { return &s.Protocol }),
	date("Beginn", func(s *tumour.Systemic) *day { return &s.Begin }),
	list("Menge_Substanz", "Substanz", func(s *tumour.Systemic) *[]tumour.Substance { return &s.Substances }, of(
		words("Bezeichnung", func(s *tumour.Substance) *tumour.Text { return &s.Name }),
		one("ATC", func(s *tumour.Substance) **tumour.ATC { return &s.ATC }, of(
			code("Code", func(a *tumour.ATC) *tumour.Code { return &a.Code }),
			code("Version", func(a *tumour.ATC) *tumour.Code { return &a.Version }),
		)),
	)),
	code("Ende_Grund", func(s *tumour.Systemic) *tumour.Code { return &s.EndReason }),
	date("Ende", func(s *tumour.Systemic) *day { return &s.End }),
	part("Nebenwirkungen", func(s *tumour.Systemic) *tumour.SideEffects { return &s.SideEffects }, sideEffectsForm),
	one("Modul_Allgemein", func(s *tumour.Systemic) **tumour.GeneralModule { return &s.General }, generalForm),
)

var courseForm = of(
	words("@Verlauf_ID", func(c *tumour.Course) *tumour.SourceID { return &c.ID }),
	code("Meldeanlass", func(c *tumour.Course) *tumour.Code { return &c.Phase }),
	date("Untersuchungsdatum_Verlauf", func(c *tumour.Course) *day { return &c.Date }),
	code("Gesamtbeurteilung_Tumorstatus", func(c *tumour.Course) *tumour.Code { return &c.Overall }),
	code("Verlauf_Lokaler_Tumorstatus", func(c *tumour.Course) *tumour.Code { return &c.Local }),
	code("Verlauf_Tumorstatus_Lymphknoten", func(c *tumour.Course) *tumour.Code { return &c.Nodes }),
	code("Verlauf_Tumorstatus_Fernmetastasen", func(c *tumour.Course) *tumour.Code { return &c.Distant }),
	metastases(func(c *tumour.Course) *[]tumour.Metastasis { return &c.Metastases }),
	one("Histologie", func(c *tumour.Course) **tumour.Histology { return &c.Histology }, histologyForm),
	one("TNM", func(c *tumour.Course) **tumour.TNM { return &c.TNM }, tnmForm),
	classifications(func(c *tumour.Course) *[]tumour.Classification { return &c.Classifications }),
	genetics(func(c *tumour.Course) *[]tumour.Variant { return &c.Genetics }),
	code("Allgemeiner_Leistungszustand", func(c *tumour.Course) *tumour.Code { return &c.Performance }),
	through(func(c *tumour.Course) *tumour.Modules { return &c.Modules },
		generalModule, organModules, childhoodModules),
)

var deathForm = of(
	words("@Abschluss_ID", func(d *tumour.Death) *tumour.SourceID { return &d.ID }),
	date("Sterbedatum", func(d *tumour.Death) *day { return &d.Date }),
	code("Tod_tumorbedingt", func(d *tumour.Death) *tumour.Code { return &d.ByTumour }),
	list("Menge_Todesursachen", "Todesursache_ICD", func(d *tumour.Death) *[]tumour.ICD { return &d.Causes }, icdForm),
	one("Modul_DKKR", func(d *tumour.Death) **tumour.ChildhoodModule { return &d.Childhood }, childhoodForm),
	one("Modul_DKKR_Tumor", func(d *tumour.Death) **tumour.ChildhoodTumour { return &d.ChildhoodTumour }, childhoodTumourForm),
)

var boardForm = of(
	words("@Tumorkonferenz_ID", func(b *tumour.Board) *tumour.SourceID { return &b.ID }),
	code("Meldeanlass", func(b *tumour.Board) *tumour.Code { return &b.Phase }),
	date("Datum", func(b *tumour.Board) *day { return &b.Date }),
	code("Typ", func(b *tumour.Board) *tumour.Code { return &b.Kind }),
	one("Therapieempfehlung", func(b *tumour.Board) **tumour.Recommendation { return &b.Recommendation }, of(
		within("Menge_Typ_Therapieempfehlung", func(r *tumour.Recommendation) bool { return len(r.Therapies) > 0 },
			several("Typ_Therapieempfehlung", kindCode, func(r *tumour.Recommendation) *[]tumour.Code { return &r.Therapies })),
		code("Abweichung_Patientenwunsch", func(r *tumour.Recommendation) *tumour.Code { return &r.PatientsWish }),
	)),
)
