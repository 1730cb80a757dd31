// SPDX-License-Identifier: EUPL-1.2

package form

import (
	"meldewerk/terminology"
	"meldewerk/tumour"
	"meldewerk/tumour/wording"
)

// The sections of radiotherapy and systemic therapy.

func procedureNodes() []*Node {
	return []*Node{
		coded("code", "Eingriff (OPS)", terminology.ListOPS, func(p *tumour.Procedure) *tumour.Code { return &p.Code }),
		field(Year, "version", "Jahr der Fassung", func(p *tumour.Procedure) *tumour.Code { return &p.Version }, hint("wird aus dem Datum vorgeschlagen")),
	}
}

func targetNodes() []*Node {
	return []*Node{
		words("code-2021", "Zielgebiet (Schlüssel 2021)", func(t *tumour.Target) *tumour.Code { return &t.Code2021 }, hint("zum Beispiel 3.4"), optional(), length(10)),
		words("code-2014", "Zielgebiet (Schlüssel 2014)", func(t *tumour.Target) *tumour.Code { return &t.Code2014 }, hint("nur wenn der neue Schlüssel fehlt"), optional(), length(10)),
	}
}

func doseNodes() []*Node {
	return []*Node{
		field(Decimal, "amount", "Menge", func(d *tumour.Dose) *tumour.Number { return &d.Amount }),
		choice("unit", "Einheit", func(d *tumour.Dose) *tumour.Code { return &d.Unit }, plain("Gy", "GBq", "MBq", "kBq")),
	}
}

func radiationSide[T any](at func(*T) *tumour.Code, changes ...change) *Node {
	return choice("side", "Seite des Zielgebiets", at, options(wording.Sides, "L", "R", "B", "M", "T", "U"), changes...)
}

// Techniques of irradiation.
const (
	percutaneous   = "percutaneous"
	contact        = "contact"
	metabolic      = "metabolic"
	otherTechnique = "other"
)

func techniqueNode() *Node {
	return way("technique", "Applikationsart", []Option{{percutaneous, "perkutan"}, {contact, "Kontakt (Brachytherapie)"},
		{metabolic, "metabolisch"}, {otherTechnique, "sonstige"}},
		func(i *tumour.Irradiation) string {
			switch {
			case i.Percutaneous != nil:
				return percutaneous
			case i.Contact != nil:
				return contact
			case i.Metabolic != nil:
				return metabolic
			case i.Other != nil:
				return otherTechnique
			}
			return ""
		},
		func(i *tumour.Irradiation, v string) {
			switch v {
			case percutaneous:
				i.Percutaneous = &tumour.Percutaneous{}
			case contact:
				i.Contact = &tumour.Contact{}
			case metabolic:
				i.Metabolic = &tumour.Metabolic{}
			case otherTechnique:
				i.Other = &tumour.OtherRadiation{}
			}
		})
}

func percutaneousNodes() []*Node {
	type p = tumour.Percutaneous
	return []*Node{
		part("target", "", func(p *p) *tumour.Target { return &p.Target }, targetNodes()),
		radiationSide(func(p *p) *tumour.Code { return &p.Side }),
		choice("beam", "Strahlenart", func(p *p) *tumour.Code { return &p.Beam }, options(wording.Beams, "UH", "EL", "NE", "PN", "SI", "RO", "Co-60", "SO"), optional()),
		own("total", "Gesamtdosis", func(p *p) **tumour.Dose { return &p.Total }, doseNodes(), optional()),
		own("single", "Einzeldosis", func(p *p) **tumour.Dose { return &p.Single }, doseNodes(), optional()),
		choice("boost", "Boost", func(p *p) *tumour.Code { return &p.Boost }, options(wording.Boosts, "J", "SIB", "SEQ", "KON", "N"), optional()),
		choice("chemo", "Radiochemotherapie", func(p *p) *tumour.Code { return &p.Chemo }, options(wording.Chemos, "RCJ", "RCN"), optional()),
		choice("stereotactic", "Stereotaktisch", func(p *p) *tumour.Code { return &p.Stereotactic }, []Option{{"ST", "ja"}}, optional()),
		choice("gated", "Atemgetriggert", func(p *p) *tumour.Code { return &p.Gated }, []Option{{"4D", "ja"}}, optional()),
	}
}

func contactNodes() []*Node {
	type c = tumour.Contact
	return []*Node{
		choice("placement", "Lage der Quelle", func(c *c) *tumour.Code { return &c.Placement }, options(wording.Placements, "I", "K")),
		choice("rate", "Dosisrate", func(c *c) *tumour.Code { return &c.Rate }, options(wording.Rates, "HDR", "LDR", "PDR")),
		part("target", "", func(c *c) *tumour.Target { return &c.Target }, targetNodes()),
		radiationSide(func(c *c) *tumour.Code { return &c.Side }),
		choice("beam", "Strahlenart", func(c *c) *tumour.Code { return &c.Beam }, options(wording.Beams, "UH", "EL", "SO"), optional()),
		own("total", "Gesamtdosis", func(c *c) **tumour.Dose { return &c.Total }, doseNodes(), optional()),
		own("single", "Einzeldosis", func(c *c) **tumour.Dose { return &c.Single }, doseNodes(), optional()),
		choice("boost", "Boost", func(c *c) *tumour.Code { return &c.Boost }, options(wording.Boosts, "J", "SIB", "SEQ", "KON", "N"), optional()),
	}
}

func metabolicNodes() []*Node {
	type m = tumour.Metabolic
	return []*Node{
		choice("kind", "Art", func(m *m) *tumour.Code { return &m.Kind }, options(wording.Metabolics, "SIRT", "PRRT", "PSMA", "RJT", "RIT", "M")),
		own("target", "", func(m *m) **tumour.Target { return &m.Target }, targetNodes(), optional()),
		radiationSide(func(m *m) *tumour.Code { return &m.Side }, optional()),
		choice("nuclide", "Nuklid", func(m *m) *tumour.Code { return &m.Nuclide }, []Option{{"Lu-177", "Lutetium-177"}, {"J-131", "Jod-131"}, {"Y-90", "Yttrium-90"},
			{"Ra-223", "Radium-223"}, {"Ac-225", "Actinium-225"}, {"Sm-153", "Samarium-153"}, {"Tb-161", "Terbium-161"}, {"Sr-89", "Strontium-89"},
			{"Ir-192", "Iridium-192"}, {"SONU", "sonstiges"}}, optional()),
		own("total", "Gesamtaktivität", func(m *m) **tumour.Dose { return &m.Total }, doseNodes(), optional()),
		own("single", "Einzelaktivität", func(m *m) **tumour.Dose { return &m.Single }, doseNodes(), optional()),
	}
}

func otherTechniqueNodes() []*Node {
	type o = tumour.OtherRadiation
	return []*Node{
		own("target", "", func(o *o) **tumour.Target { return &o.Target }, targetNodes(), optional()),
		radiationSide(func(o *o) *tumour.Code { return &o.Side }, optional()),
		own("total", "Gesamtdosis", func(o *o) **tumour.Dose { return &o.Total }, doseNodes(), optional()),
		own("single", "Einzeldosis", func(o *o) **tumour.Dose { return &o.Single }, doseNodes(), optional()),
	}
}

func phases() []Option {
	return options(wording.Phases, tumour.Code(tumour.PhaseBegin), tumour.Code(tumour.PhaseEnd))
}

func radiotherapySections() []*Section {
	type r = tumour.Radiotherapy
	of := func(nodes ...*Node) []*Node {
		return event(func(e *tumour.Event) **r { return &e.Radiotherapy }, nodes...)
	}
	return marked([]tumour.Occasion{tumour.OccasionRadiotherapy}, []*Section{
		{Name: "strahlentherapie", Title: "Strahlentherapie", Nodes: of(
			choice("phase", "Anlass", func(r *r) *tumour.Phase { return &r.Phase }, phases()),
			choice("intention", "Intention", func(r *r) *tumour.Code { return &r.Intention }, options(wording.Intentions, "K", "P", "O", "S", "X")),
			choice("relation", "Stellung zur Operation", func(r *r) *tumour.Code { return &r.Relation }, options(wording.Relations, "O", "A", "N", "I", "Z", "S")),
			choice("end-reason", "Grund des Endes", func(r *r) *tumour.Code { return &r.EndReason },
				options(wording.EndReasons, "E", "F", "A", "P", "S", "V", "T", "U"), hint("nur am Behandlungsende"), optional()),
			words("id", "Kennung der Strahlentherapie", func(r *r) *tumour.SourceID { return &r.ID }, hint("Ihres Systems"), optional(), length(50)))},
		{Name: "bestrahlungen", Title: "Bestrahlungen", Nodes: of(
			rows("courses", "Bestrahlungen", func(r *r) *[]tumour.Irradiation { return &r.Courses }, []*Node{
				day("begin", "Beginn", func(i *tumour.Irradiation) *day0 { return &i.Begin }, optional()),
				day("end", "Ende", func(i *tumour.Irradiation) *day0 { return &i.End }, optional()),
				techniqueNode(),
				own(percutaneous, "Perkutan", func(i *tumour.Irradiation) **tumour.Percutaneous { return &i.Percutaneous }, percutaneousNodes(), when(".technique", percutaneous)),
				own(contact, "Kontakt", func(i *tumour.Irradiation) **tumour.Contact { return &i.Contact }, contactNodes(), when(".technique", contact)),
				own(metabolic, "Metabolisch", func(i *tumour.Irradiation) **tumour.Metabolic { return &i.Metabolic }, metabolicNodes(), when(".technique", metabolic)),
				own(otherTechnique, "Sonstige", func(i *tumour.Irradiation) **tumour.OtherRadiation { return &i.Other }, otherTechniqueNodes(), when(".technique", otherTechnique)),
			}, one("Bestrahlung")))},
		{Name: "nebenwirkungen", Title: "Nebenwirkungen und Begleitung", Nodes: of(
			part("side-effects", "Nebenwirkungen", func(r *r) *tumour.SideEffects { return &r.SideEffects }, sideEffectNodes()),
			own("general", "Begleitung", func(r *r) **tumour.GeneralModule { return &r.General }, generalNodes(), optional()))},
	})
}

func systemicSections() []*Section {
	type s = tumour.Systemic
	of := func(nodes ...*Node) []*Node {
		return event(func(e *tumour.Event) **s { return &e.Systemic }, nodes...)
	}
	return marked([]tumour.Occasion{tumour.OccasionSystemic}, []*Section{
		{Name: "systemtherapie", Title: "Systemische Therapie", Nodes: of(
			choice("phase", "Anlass", func(s *s) *tumour.Phase { return &s.Phase }, phases()),
			choice("intention", "Intention", func(s *s) *tumour.Code { return &s.Intention }, options(wording.Intentions, "K", "P", "S", "X")),
			choice("relation", "Stellung zur Operation", func(s *s) *tumour.Code { return &s.Relation }, options(wording.Relations, "O", "A", "N", "I", "S")),
			choice("kind", "Therapieart", func(s *s) *tumour.Code { return &s.Kind },
				options(wording.Therapies, "CH", "HO", "IM", "ZS", "CI", "CZ", "CIZ", "IZ", "SZ", "AS", "WS", "WW", "SO")),
			about("begin", "Beginn", func(s *s) *day0 { return &s.Begin }),
			day("end", "Ende", func(s *s) *day0 { return &s.End }, hint("nur am Behandlungsende"), optional()),
			choice("end-reason", "Grund des Endes", func(s *s) *tumour.Code { return &s.EndReason },
				options(wording.EndReasons, "E", "R", "W", "A", "P", "S", "V", "T", "U"), hint("nur am Behandlungsende"), optional()),
			coded("protocol", "Protokoll", terminology.ListProtocol, func(s *s) *tumour.Text { return &s.Protocol }, optional(), length(longText)),
			words("id", "Kennung der Therapie", func(s *s) *tumour.SourceID { return &s.ID }, hint("Ihres Systems"), optional(), length(50)))},
		{Name: "substanzen", Title: "Substanzen", Nodes: of(
			rows("substances", "Substanzen", func(s *s) *[]tumour.Substance { return &s.Substances }, []*Node{
				words("name", "Bezeichnung", func(s *tumour.Substance) *tumour.Text { return &s.Name }, optional(), length(longText)),
				own("atc", "", func(s *tumour.Substance) **tumour.ATC { return &s.ATC }, []*Node{
					coded("code", "Substanz (ATC)", terminology.ListSubstance, func(a *tumour.ATC) *tumour.Code { return &a.Code }),
					field(Year, "version", "Jahr der Fassung", func(a *tumour.ATC) *tumour.Code { return &a.Version }),
				}, optional()),
			}, optional(), one("Substanz")))},
		{Name: "nebenwirkungen", Title: "Nebenwirkungen und Begleitung", Nodes: of(
			part("side-effects", "Nebenwirkungen", func(s *s) *tumour.SideEffects { return &s.SideEffects }, sideEffectNodes()),
			own("general", "Begleitung", func(s *s) **tumour.GeneralModule { return &s.General }, generalNodes(), optional()))},
	})
}
