// SPDX-License-Identifier: EUPL-1.2

package obds

import "meldewerk/tumour"

// The form of radiotherapy with its four Applikationsarten.

var radiotherapyForm = of(
	words("@ST_ID", func(r *tumour.Radiotherapy) *tumour.SourceID { return &r.ID }),
	code("Meldeanlass", func(r *tumour.Radiotherapy) *tumour.Phase { return &r.Phase }),
	code("Intention", func(r *tumour.Radiotherapy) *tumour.Code { return &r.Intention }),
	code("Stellung_OP", func(r *tumour.Radiotherapy) *tumour.Code { return &r.Relation }),
	list("Menge_Bestrahlung", "Bestrahlung", func(r *tumour.Radiotherapy) *[]tumour.Irradiation { return &r.Courses }, of(
		date("Beginn", func(i *tumour.Irradiation) *day { return &i.Begin }),
		date("Ende", func(i *tumour.Irradiation) *day { return &i.End }),
		within("Applikationsart", always[tumour.Irradiation],
			one("Perkutan", func(i *tumour.Irradiation) **tumour.Percutaneous { return &i.Percutaneous }, percutaneousForm),
			one("Kontakt", func(i *tumour.Irradiation) **tumour.Contact { return &i.Contact }, contactForm),
			one("Metabolisch", func(i *tumour.Irradiation) **tumour.Metabolic { return &i.Metabolic }, metabolicForm),
			one("Sonstige", func(i *tumour.Irradiation) **tumour.OtherRadiation { return &i.Other }, otherRadiationForm)),
	)),
	code("Ende_Grund", func(r *tumour.Radiotherapy) *tumour.Code { return &r.EndReason }),
	part("Nebenwirkungen", func(r *tumour.Radiotherapy) *tumour.SideEffects { return &r.SideEffects }, sideEffectsForm),
	one("Modul_Allgemein", func(r *tumour.Radiotherapy) **tumour.GeneralModule { return &r.General }, generalForm),
)

var targetForm = of(
	code("CodeVersion2021", func(t *tumour.Target) *tumour.Code { return &t.Code2021 }),
	code("CodeVersion2014", func(t *tumour.Target) *tumour.Code { return &t.Code2014 }),
)

var doseForm = of(
	number("Dosis", func(d *tumour.Dose) *tumour.Number { return &d.Amount }),
	code("Einheit", func(d *tumour.Dose) *tumour.Code { return &d.Unit }),
)

var percutaneousForm = of(
	code("Radiochemo", func(p *tumour.Percutaneous) *tumour.Code { return &p.Chemo }),
	code("Stereotaktisch", func(p *tumour.Percutaneous) *tumour.Code { return &p.Stereotactic }),
	code("Atemgetriggert", func(p *tumour.Percutaneous) *tumour.Code { return &p.Gated }),
	part("Zielgebiet", func(p *tumour.Percutaneous) *tumour.Target { return &p.Target }, targetForm),
	code("Seite_Zielgebiet", func(p *tumour.Percutaneous) *tumour.Code { return &p.Side }),
	code("Strahlenart", func(p *tumour.Percutaneous) *tumour.Code { return &p.Beam }),
	one("Gesamtdosis", func(p *tumour.Percutaneous) **tumour.Dose { return &p.Total }, doseForm),
	one("Einzeldosis", func(p *tumour.Percutaneous) **tumour.Dose { return &p.Single }, doseForm),
	code("Boost", func(p *tumour.Percutaneous) *tumour.Code { return &p.Boost }),
)

var contactForm = of(
	code("Interstitiell_endokavitaer", func(c *tumour.Contact) *tumour.Code { return &c.Placement }),
	code("Rate_Type", func(c *tumour.Contact) *tumour.Code { return &c.Rate }),
	part("Zielgebiet", func(c *tumour.Contact) *tumour.Target { return &c.Target }, targetForm),
	code("Seite_Zielgebiet", func(c *tumour.Contact) *tumour.Code { return &c.Side }),
	code("Strahlenart", func(c *tumour.Contact) *tumour.Code { return &c.Beam }),
	one("Gesamtdosis", func(c *tumour.Contact) **tumour.Dose { return &c.Total }, doseForm),
	one("Einzeldosis", func(c *tumour.Contact) **tumour.Dose { return &c.Single }, doseForm),
	code("Boost", func(c *tumour.Contact) *tumour.Code { return &c.Boost }),
)

var metabolicForm = of(
	code("Metabolisch_Typ", func(m *tumour.Metabolic) *tumour.Code { return &m.Kind }),
	one("Zielgebiet", func(m *tumour.Metabolic) **tumour.Target { return &m.Target }, targetForm),
	code("Seite_Zielgebiet", func(m *tumour.Metabolic) *tumour.Code { return &m.Side }),
	code("Strahlenart", func(m *tumour.Metabolic) *tumour.Code { return &m.Nuclide }),
	one("Gesamtdosis", func(m *tumour.Metabolic) **tumour.Dose { return &m.Total }, doseForm),
	one("Einzeldosis", func(m *tumour.Metabolic) **tumour.Dose { return &m.Single }, doseForm),
)

var otherRadiationForm = of(
	one("Zielgebiet", func(o *tumour.OtherRadiation) **tumour.Target { return &o.Target }, targetForm),
	code("Seite_Zielgebiet", func(o *tumour.OtherRadiation) *tumour.Code { return &o.Side }),
	one("Gesamtdosis", func(o *tumour.OtherRadiation) **tumour.Dose { return &o.Total }, doseForm),
	one("Einzeldosis", func(o *tumour.OtherRadiation) **tumour.Dose { return &o.Single }, doseForm),
)

var sideEffectsForm = of(
	code("Grad_maximal2_oder_unbekannt", func(s *tumour.SideEffects) *tumour.Code { return &s.UpToGrade2 }),
	list("Menge_Nebenwirkung", "Nebenwirkung", func(s *tumour.SideEffects) *[]tumour.SideEffect { return &s.List }, of(
		within("Art", always[tumour.SideEffect],
			words("Bezeichnung", func(s *tumour.SideEffect) *tumour.Text { return &s.Name }),
			code("MedDRA_Code", func(s *tumour.SideEffect) *tumour.Code { return &s.MedDRA })),
		code("Grad", func(s *tumour.SideEffect) *tumour.Code { return &s.Grade }),
		code("Version", func(s *tumour.SideEffect) *tumour.Code { return &s.Version }),
	)),
)
