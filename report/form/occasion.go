// SPDX-License-Identifier: EUPL-1.2

package form

import (
	"meldewerk/tumour"
	"meldewerk/tumour/wording"
)

// The sections of the occasions, in the order in which they are asked.

var certainty = []tumour.Code{"7.1", "7.2", "7.3", "5", "8", "4", "2", "1", "9", "7", "6"}

// certainties are the values of the Diagnosesicherung, the outdated ones last.
func certainties(from int) []Option {
	list := options(wording.Certainties, certainty...)
	for i := range list {
		if list[i].Value == "6" || list[i].Value == "7" {
			list[i].Label += " (frühere Fassung)"
		}
	}
	if from > 0 { // pathologists have no clinical values
		var out []Option
		for _, o := range list {
			if o.Value != "1" && o.Value != "2" {
				out = append(out, o)
			}
		}
		return out
	}
	return list
}

func diagnosisSections() []*Section {
	only := []tumour.Occasion{tumour.OccasionDiagnosis}
	of := func(nodes ...*Node) []*Node {
		return event(func(e *tumour.Event) **tumour.Diagnosis { return &e.Diagnosis }, nodes...)
	}
	type d = tumour.Diagnosis
	sections := []*Section{
		{Name: "diagnose", Title: "Diagnose", Nodes: of(
			words("text", "Diagnose in Worten", func(d *d) *tumour.Text { return &d.Text }, optional(), length(1000)),
			own("topography", "", func(d *d) **tumour.Topography { return &d.Topography }, topographyNodes()),
			words("topography-text", "Lokalisation in Worten", func(d *d) *tumour.Text { return &d.TopographyText }, optional(), length(longText)),
			choice("certainty", "Diagnosesicherung", func(d *d) *tumour.Code { return &d.Certainty }, certainties(0)),
			performance(func(d *d) *tumour.Code { return &d.Performance }),
			rows("earlier", "Frühere Tumorerkrankungen", func(d *d) *[]tumour.EarlierTumour { return &d.EarlierTumours }, []*Node{
				words("text", "in Worten", func(e *tumour.EarlierTumour) *tumour.Text { return &e.Text }, optional(), length(longText)),
				own("icd", "", func(e *tumour.EarlierTumour) **tumour.ICD { return &e.ICD }, icdNodes(), optional()),
				field(Year, "year", "Jahr", func(e *tumour.EarlierTumour) *tumour.Number { return &e.Year }, optional()),
			}, optional(), one("Frühere Tumorerkrankung")))},
		{Name: "histologie", Title: "Histologie", Nodes: of(
			own("histology", "", func(d *d) **tumour.Histology { return &d.Histology }, histologyNodes()))},
		{Name: "stadium", Title: "Stadium", Nodes: of(
			own("clinical", "Klinisches TNM", func(d *d) **tumour.TNM { return &d.Clinical }, tnmNodes(), optional()))},
		{Name: "stadium-pathologisch", Title: "Pathologisches Stadium", Nodes: of(
			own("pathological", "Pathologisches TNM", func(d *d) **tumour.TNM { return &d.Pathological }, tnmNodes(), optional()))},
		{Name: "ausbreitung", Title: "Metastasen und weitere Befunde", Nodes: of(
			metastases(func(d *d) *[]tumour.Metastasis { return &d.Metastases }),
			classifications(func(d *d) *[]tumour.Classification { return &d.Classifications }),
			genetics(func(d *d) *[]tumour.Variant { return &d.Genetics }))},
	}
	return append(marked(only, sections), moduleSections(only, of(modules(func(d *d) *tumour.Modules { return &d.Modules }))[0])...)
}

// marked says of sections to which occasions they belong.
func marked(only []tumour.Occasion, sections []*Section) []*Section {
	for _, s := range sections {
		s.occasions = only
	}
	return sections
}

func pathologySections() []*Section {
	only := []tumour.Occasion{tumour.OccasionPathology}
	of := func(nodes ...*Node) []*Node {
		return event(func(e *tumour.Event) **tumour.Pathology { return &e.Pathology }, nodes...)
	}
	type p = tumour.Pathology
	sections := []*Section{
		{Name: "befund", Title: "Befund", Nodes: of(
			words("id", "Kennung des Befundes", func(p *p) *tumour.SourceID { return &p.ID }, hint("Ihres Systems"), optional(), length(50)),
			words("text", "Diagnose in Worten", func(p *p) *tumour.Text { return &p.Text }, optional(), length(1000)),
			own("topography", "", func(p *p) **tumour.Topography { return &p.Topography }, topographyNodes()),
			words("topography-text", "Lokalisation in Worten", func(p *p) *tumour.Text { return &p.TopographyText }, optional(), length(longText)),
			choice("certainty", "Diagnosesicherung", func(p *p) *tumour.Code { return &p.Certainty }, certainties(1)),
			choice("local-residual", "Residualstatus lokal", func(p *p) *tumour.Code { return &p.LocalResidual }, residuals(), optional()),
			lines("report", "Befundtext", func(p *p) *tumour.Text { return &p.ReportText }, optional()))},
		{Name: "histologie", Title: "Histologie", Nodes: of(
			own("histology", "", func(p *p) **tumour.Histology { return &p.Histology }, histologyNodes()))},
		{Name: "stadium", Title: "Stadium", Nodes: of(
			own("clinical", "Klinisches TNM", func(p *p) **tumour.TNM { return &p.Clinical }, tnmNodes(), optional()))},
		{Name: "stadium-pathologisch", Title: "Pathologisches Stadium", Nodes: of(
			own("pathological", "Pathologisches TNM", func(p *p) **tumour.TNM { return &p.Pathological }, tnmNodes(), optional()))},
		{Name: "ausbreitung", Title: "Metastasen und weitere Befunde", Nodes: of(
			metastases(func(p *p) *[]tumour.Metastasis { return &p.Metastases }),
			classifications(func(p *p) *[]tumour.Classification { return &p.Classifications }),
			genetics(func(p *p) *[]tumour.Variant { return &p.Genetics }))},
		{Name: "einsender", Title: "Einsender", Nodes: of(
			own("submitter", "", func(p *p) **tumour.Submitter { return &p.Submitter }, submitterNodes()))},
	}
	return append(marked(only, sections), moduleSections(only, of(modules(func(p *p) *tumour.Modules { return &p.Modules }))[0])...)
}

func residuals() []Option {
	return options(wording.Residuals, "R0", "R1", "R2", "R1(is)", "R1(cy+)", "RX", "U")
}

func surgerySections() []*Section {
	only := []tumour.Occasion{tumour.OccasionSurgery}
	of := func(nodes ...*Node) []*Node {
		return event(func(e *tumour.Event) **tumour.Surgery { return &e.Surgery }, nodes...)
	}
	type s = tumour.Surgery
	sections := []*Section{
		{Name: "operation", Title: "Operation", Nodes: of(
			day("date", "Datum der Operation", func(s *s) *day0 { return &s.Date }),
			choice("intention", "Intention", func(s *s) *tumour.Code { return &s.Intention }, options(wording.Intentions, "K", "P", "D", "R", "S", "X")),
			rows("procedures", "Eingriffe (OPS)", func(s *s) *[]tumour.Procedure { return &s.Procedures }, procedureNodes(), one("Eingriff (OPS)")),
			own("residual", "Residualstatus", func(s *s) **tumour.Residual { return &s.Residual }, []*Node{
				choice("local", "lokal", func(r *tumour.Residual) *tumour.Code { return &r.Local }, residuals(), optional()),
				choice("overall", "insgesamt", func(r *tumour.Residual) *tumour.Code { return &r.Overall }, residuals(), optional()),
			}, optional()),
			words("id", "Kennung der Operation", func(s *s) *tumour.SourceID { return &s.ID }, hint("Ihres Systems"), optional(), length(50)))},
		{Name: "komplikationen", Title: "Komplikationen und Operateure", Nodes: of(
			part("complications", "Komplikationen", func(s *s) *tumour.Complications { return &s.Complications }, []*Node{
				choice("none", "Komplikationen", func(c *tumour.Complications) *tumour.Code { return &c.None }, options(wording.NoneOrUnknown, "N", "U"),
					hint("bleibt leer, wenn es welche gab"), optional()),
				rows("list", "Komplikationen", func(c *tumour.Complications) *[]tumour.Complication { return &c.List }, []*Node{
					words("short", "Kürzel", func(c *tumour.Complication) *tumour.Code { return &c.Short }, hint("drei Buchstaben, statt des ICD-Codes"), optional(), length(3)),
					own("icd", "", func(c *tumour.Complication) **tumour.ICD { return &c.ICD }, icdNodes(), optional()),
				}, optional(), one("Komplikation")),
			}),
			rows("surgeons", "Operateure", func(s *s) *[]tumour.Surgeon { return &s.Surgeons }, []*Node{
				words("surname", "Nachname", func(s *tumour.Surgeon) *tumour.Text { return &s.Surname }, length(longText)),
				words("first-names", "Vornamen", func(s *tumour.Surgeon) *tumour.Text { return &s.FirstNames }, optional(), length(longText)),
				choice("lead", "Hauptoperateur", func(s *tumour.Surgeon) *tumour.Code { return &s.Lead }, options(wording.YesNo, "J", "N", "U"), optional()),
			}, optional(), one("Operateur")))},
		{Name: "histologie", Title: "Histologie", Nodes: of(
			own("histology", "", func(s *s) **tumour.Histology { return &s.Histology }, histologyNodes()))},
		{Name: "stadium", Title: "Stadium", Nodes: of(
			own("tnm", "TNM", func(s *s) **tumour.TNM { return &s.TNM }, tnmNodes(), optional()))},
		{Name: "ausbreitung", Title: "Weitere Befunde", Nodes: of(
			classifications(func(s *s) *[]tumour.Classification { return &s.Classifications }),
			genetics(func(s *s) *[]tumour.Variant { return &s.Genetics }))},
	}
	return append(marked(only, sections), moduleSections(only, of(modules(func(s *s) *tumour.Modules { return &s.Modules }))[0])...)
}

func courseSections() []*Section {
	only := []tumour.Occasion{tumour.OccasionCourse}
	of := func(nodes ...*Node) []*Node {
		return event(func(e *tumour.Event) **tumour.Course { return &e.Course }, nodes...)
	}
	type c = tumour.Course
	sections := []*Section{
		{Name: "verlauf", Title: "Verlauf", Nodes: of(
			choice("phase", "Anlass", func(c *c) *tumour.Code { return &c.Phase }, options(wording.CoursePhases, "statusaenderung", "statusmeldung")),
			day("date", "Untersuchungsdatum", func(c *c) *day0 { return &c.Date }),
			choice("overall", "Gesamtbeurteilung", func(c *c) *tumour.Code { return &c.Overall },
				options(wording.OverallStates, "V", "T", "K", "P", "D", "B", "R", "Y", "U", "X")),
			choice("local", "Primärtumor", func(c *c) *tumour.Code { return &c.Local }, options(wording.LocalStates, "K", "T", "P", "N", "R", "F", "U", "X"), optional()),
			choice("nodes", "Lymphknoten", func(c *c) *tumour.Code { return &c.Nodes }, options(wording.NodeStates, "K", "T", "P", "N", "R", "F", "U", "X"), optional()),
			choice("distant", "Fernmetastasen", func(c *c) *tumour.Code { return &c.Distant }, options(wording.DistantStates, "K", "T", "P", "N", "R", "F", "U", "X"), optional()),
			performance(func(c *c) *tumour.Code { return &c.Performance }),
			metastases(func(c *c) *[]tumour.Metastasis { return &c.Metastases }),
			words("id", "Kennung des Verlaufs", func(c *c) *tumour.SourceID { return &c.ID }, hint("Ihres Systems"), optional(), length(50)))},
		{Name: "histologie", Title: "Histologie", Nodes: of(
			own("histology", "", func(c *c) **tumour.Histology { return &c.Histology }, histologyNodes()))},
		{Name: "stadium", Title: "Stadium", Nodes: of(
			own("tnm", "TNM", func(c *c) **tumour.TNM { return &c.TNM }, tnmNodes(), optional()))},
		{Name: "ausbreitung", Title: "Weitere Befunde", Nodes: of(
			classifications(func(c *c) *[]tumour.Classification { return &c.Classifications }),
			genetics(func(c *c) *[]tumour.Variant { return &c.Genetics }))},
	}
	return append(marked(only, sections), moduleSections(only, of(modules(func(c *c) *tumour.Modules { return &c.Modules }))[0])...)
}

func deathSections() []*Section {
	only := []tumour.Occasion{tumour.OccasionDeath}
	of := func(nodes ...*Node) []*Node {
		return event(func(e *tumour.Event) **tumour.Death { return &e.Death }, nodes...)
	}
	type d = tumour.Death
	return marked(only, []*Section{
		{Name: "tod", Title: "Tod", Nodes: of(
			day("date", "Sterbedatum", func(d *d) *day0 { return &d.Date }),
			choice("by-tumour", "Tod durch den Tumor", func(d *d) *tumour.Code { return &d.ByTumour }, options(wording.YesNo, "J", "N", "U")),
			rows("causes", "Todesursachen", func(d *d) *[]tumour.ICD { return &d.Causes }, icdNodes(), optional(), one("Todesursache")),
			words("id", "Kennung des Abschlusses", func(d *d) *tumour.SourceID { return &d.ID }, hint("Ihres Systems"), optional(), length(50)))},
		{Name: "kinderkrebs-tumor", Title: "Deutsches Kinderkrebsregister", sites: []string{"-"}, Nodes: of(
			own("childhood", "Modul bis Datensatz 3.0.4", func(d *d) **tumour.ChildhoodModule { return &d.Childhood }, childhoodNodes(), optional()),
			own("childhood-tumour", "Modul ab Datensatz 3.0.5", func(d *d) **tumour.ChildhoodTumour { return &d.ChildhoodTumour }, childhoodTumourNodes(), optional()))},
	})
}

func boardSections() []*Section {
	type b = tumour.Board
	return marked([]tumour.Occasion{tumour.OccasionBoard}, []*Section{{Name: "konferenz", Title: "Tumorkonferenz",
		Nodes: event(func(e *tumour.Event) **b { return &e.Board },
			choice("phase", "Anlass", func(b *b) *tumour.Code { return &b.Phase },
				options(wording.BoardPhases, "diagnose", "behandlungsbeginn", "behandlungsende", "statusaenderung")),
			day("date", "Datum", func(b *b) *day0 { return &b.Date }),
			choice("kind", "Art", func(b *b) *tumour.Code { return &b.Kind }, options(wording.BoardKinds, "praeth", "postop", "postth", "ther")),
			own("recommendation", "Therapieempfehlung", func(b *b) **tumour.Recommendation { return &b.Recommendation }, []*Node{
				several("therapies", "Empfohlen", func(r *tumour.Recommendation) *[]tumour.Code { return &r.Therapies },
					options(wording.Therapies, "OP", "ST", "CH", "HO", "IM", "ZS", "CI", "CZ", "CIZ", "IZ", "SZ", "WW", "AS", "WS", "SO", "KW")),
				choice("patients-wish", "Abweichung auf Wunsch", func(r *tumour.Recommendation) *tumour.Code { return &r.PatientsWish }, options(wording.YesNo, "J", "N", "U")),
			}, optional()),
			words("id", "Kennung der Konferenz", func(b *b) *tumour.SourceID { return &b.ID }, hint("Ihres Systems"), optional(), length(50)))}})
}
