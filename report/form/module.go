// SPDX-License-Identifier: EUPL-1.2

package form

import (
	"meldewerk/tumour"
	"meldewerk/tumour/wording"
)

// The organ modules. Four occasions share them.

// modules lets the modules of an occasion stand in its sections; moduleSections
// hands each of them its own section.
func modules[T any](at func(*T) *tumour.Modules) *Node {
	return part("", "", at, nil)
}

// moduleSections makes the sections of the modules; way leads from the report
// to the struct that holds them.
func moduleSections(only []tumour.Occasion, way *Node) []*Section {
	through := func(node *Node) []*Node {
		outer := *way
		inner := *way.Inner[0]
		inner.Inner = []*Node{node}
		outer.Inner = []*Node{&inner}
		return []*Node{&outer}
	}
	type m = tumour.Modules
	return marked(only, []*Section{
		{Name: "modul-mamma", Title: "Modul Mamma", sites: []string{"C50", "D05"}, Nodes: through(
			own("breast", "", func(m *m) **tumour.BreastModule { return &m.Breast }, breastNodes(), optional()))},
		{Name: "modul-darm", Title: "Modul Darm", sites: []string{"C18", "C19", "C20", "D01.0", "D01.1", "D01.2"}, Nodes: through(
			own("colorectal", "", func(m *m) **tumour.ColorectalModule { return &m.Colorectal }, colorectalNodes(), optional()))},
		{Name: "modul-prostata", Title: "Modul Prostata", sites: []string{"C61", "D07.5"}, Nodes: through(
			own("prostate", "", func(m *m) **tumour.ProstateModule { return &m.Prostate }, prostateNodes(), optional()))},
		{Name: "modul-melanom", Title: "Modul Melanom", sites: []string{"C43", "D03"}, Nodes: through(
			own("melanoma", "", func(m *m) **tumour.MelanomaModule { return &m.Melanoma }, melanomaNodes(), optional()))},
		{Name: "begleitung", Title: "Beratung und Studien", Nodes: through(
			own("general", "", func(m *m) **tumour.GeneralModule { return &m.General }, generalNodes(), optional()))},
		{Name: "kinderkrebs-alt", Title: "Deutsches Kinderkrebsregister (bis 3.0.4)", sites: []string{"-"}, Nodes: through(
			own("childhood", "", func(m *m) **tumour.ChildhoodModule { return &m.Childhood }, childhoodNodes(), optional()))},
		{Name: "kinderkrebs-tumor", Title: "Deutsches Kinderkrebsregister", sites: []string{"-"}, Nodes: through(
			own("childhood-tumour", "", func(m *m) **tumour.ChildhoodTumour { return &m.ChildhoodTumour }, childhoodTumourNodes(), optional()))},
	})
}

func dateOrNodes(list wording.List, values ...tumour.Code) []*Node {
	return []*Node{
		day("date", "am", func(d *tumour.DateOr) *day0 { return &d.Date }, optional()),
		choice("none", "oder", func(d *tumour.DateOr) *tumour.Code { return &d.None }, options(list, values...), optional()),
	}
}

func generalNodes() []*Node {
	type g = tumour.GeneralModule
	return []*Node{
		own("social-service", "Kontakt zum Sozialdienst", func(g *g) **tumour.DateOr { return &g.SocialService }, dateOrNodes(wording.NoOrUnknown, "N"), optional()),
		own("psycho-oncology", "Kontakt zur Psychoonkologie", func(g *g) **tumour.DateOr { return &g.PsychoOncology }, dateOrNodes(wording.NoOrUnknown, "N"), optional()),
		own("trial", "Studienteilnahme", func(g *g) **tumour.DateOr { return &g.Trial }, dateOrNodes(wording.NoOrUnknown, "N", "U"), optional()),
	}
}

// size is a length that may be replaced by U.
func size[T any](key, label, unitName string, at func(*T) *tumour.Code) *Node {
	return words(key, label, at, hint("ganze Zahl, oder U für nicht bekannt"), unit(unitName), optional(), length(3), compact())
}

func breastNodes() []*Node {
	type b = tumour.BreastModule
	return []*Node{
		choice("menopause", "Menopausenstatus vor der Therapie", func(b *b) *tumour.Code { return &b.Menopause }, options(wording.Menopauses, "1", "3", "U"), optional()),
		choice("oestrogen", "Östrogenrezeptor", func(b *b) *tumour.Code { return &b.Oestrogen }, options(wording.Receptors, "P", "N", "U"), optional()),
		choice("progesterone", "Progesteronrezeptor", func(b *b) *tumour.Code { return &b.Progesterone }, options(wording.Receptors, "P", "N", "U"), optional()),
		choice("her2", "HER2/neu", func(b *b) *tumour.Code { return &b.Her2 }, options(wording.Receptors, "P", "N", "U"), optional()),
		size("invasive-size", "Tumorgröße invasiv", "mm", func(b *b) *tumour.Code { return &b.InvasiveSize }),
		size("dcis-size", "Tumorgröße DCIS", "mm", func(b *b) *tumour.Code { return &b.DCISSize }),
		choice("wire-marking", "Präoperative Drahtmarkierung", func(b *b) *tumour.Code { return &b.WireMarking }, options(wording.WireMarkings, "M", "S", "T", "N", "U"), optional()),
		choice("specimen-control", "Intraoperative Präparatkontrolle", func(b *b) *tumour.Code { return &b.SpecimenControl },
			options(wording.SpecimenControls, "M", "S", "N", "U"), optional()),
	}
}

func colorectalNodes() []*Node {
	type c = tumour.ColorectalModule
	return []*Node{
		size("anal-verge", "Abstand zur Anokutanlinie", "cm", func(c *c) *tumour.Code { return &c.AnalVergeDistance }),
		size("aboral-margin", "Abstand zum aboralen Resektionsrand", "mm", func(c *c) *tumour.Code { return &c.AboralMargin }),
		size("circular-margin", "Abstand zur zirkumferentiellen Resektionsebene", "mm", func(c *c) *tumour.Code { return &c.CircularMargin }),
		choice("tme", "Qualität der TME", func(c *c) *tumour.Code { return &c.TMEQuality }, options(wording.TMEQualities, "1", "2", "3", "P", "L", "A", "U"), optional()),
		words("mesorectal-fascia", "Abstand zur mesorektalen Faszie im MRT", func(c *c) *tumour.Code { return &c.MesorectalFascia },
			hint("in mm; D für ohne Angabe des Abstands, N für kein MRT, U für nicht bekannt"), unit("mm"), optional(), length(2), compact()),
		choice("urgency", "Art des Eingriffs", func(c *c) *tumour.Code { return &c.Urgency }, options(wording.Urgencies, "E", "N", "U"), optional()),
		choice("stoma-marking", "Anzeichnung der Stomaposition", func(c *c) *tumour.Code { return &c.StomaMarking }, options(wording.StomaMarkings, "D", "N", "K", "S", "U"), optional()),
		choice("leakage", "Anastomoseninsuffizienz", func(c *c) *tumour.Code { return &c.Leakage }, options(wording.Leakages, "K", "B", "C", "U"), optional()),
		choice("asa", "ASA-Klassifikation", func(c *c) *tumour.Code { return &c.ASA }, plain("1", "2", "3", "4", "5"), optional()),
		choice("ras", "RAS-Mutation", func(c *c) *tumour.Code { return &c.RAS }, options(wording.RASStates, "W", "M", "N", "U"), optional()),
	}
}

func prostateNodes() []*Node {
	type p = tumour.ProstateModule
	return []*Node{
		own("gleason", "Gleason-Score", func(p *p) **tumour.Gleason { return &p.Gleason }, []*Node{
			choice("primary", "primär", func(g *tumour.Gleason) *tumour.Code { return &g.Primary }, plain("1", "2", "3", "4", "5"), optional()),
			choice("secondary", "sekundär", func(g *tumour.Gleason) *tumour.Code { return &g.Secondary }, plain("1", "2", "3", "4", "5"), optional()),
			choice("score", "Ergebnis", func(g *tumour.Gleason) *tumour.Code { return &g.Score }, plain("2", "3", "4", "5", "6", "7", "7a", "7b", "8", "9", "10"), optional()),
		}, optional()),
		choice("gleason-from", "Anlass des Scores", func(p *p) *tumour.Code { return &p.GleasonFrom }, options(wording.GleasonSources, "O", "S", "U"), optional()),
		day("biopsy-date", "Datum der Stanzen", func(p *p) *day0 { return &p.BiopsyDate }, optional()),
		field(Whole, "cores", "Stanzen entnommen", func(p *p) *tumour.Number { return &p.Cores }, optional()),
		field(Whole, "positive-cores", "davon positiv", func(p *p) *tumour.Number { return &p.PositiveCores }, optional()),
		own("core-involvement", "Befall der am stärksten befallenen Stanze", func(p *p) **tumour.Involvement { return &p.CoreInvolvement }, []*Node{
			field(Whole, "percent", "Anteil", func(i *tumour.Involvement) *tumour.Number { return &i.Percent }, unit("%"), optional()),
			choice("unknown", "oder", func(i *tumour.Involvement) *tumour.Code { return &i.Unknown }, []Option{{"U", "nicht bekannt"}}, optional()),
		}, optional()),
		field(Decimal, "psa", "PSA", func(p *p) *tumour.Number { return &p.PSA }, unit("ng/ml"), optional()),
		about("psa-date", "Datum des PSA", func(p *p) *day0 { return &p.PSADate }, optional()),
		choice("complication", "Komplikation Clavien-Dindo III oder IV", func(p *p) *tumour.Code { return &p.Complication }, options(wording.YesNo, "J", "N", "U"), optional()),
	}
}

func melanomaNodes() []*Node {
	type m = tumour.MelanomaModule
	return []*Node{
		field(Whole, "margin", "Sicherheitsabstand", func(m *m) *tumour.Number { return &m.Margin }, hint("-1 für nicht bestimmbar"), unit("mm"), optional()),
		field(Decimal, "thickness", "Tumordicke", func(m *m) *tumour.Number { return &m.Thickness }, unit("mm"), optional()),
		field(Whole, "ldh", "LDH", func(m *m) *tumour.Number { return &m.LDH }, unit("U/l"), optional()),
		choice("ulceration", "Ulzeration", func(m *m) *tumour.Code { return &m.Ulceration }, options(wording.YesNo, "J", "N", "U"), optional()),
	}
}

func trialNodes() []*Node {
	return []*Node{
		words("name", "Studie", func(t *tumour.Trial) *tumour.Text { return &t.Name }, length(longText)),
		words("number", "Studiennummer", func(t *tumour.Trial) *tumour.Text { return &t.Number }, optional(), length(longText)),
	}
}

func childhoodNodes() []*Node {
	type c = tumour.ChildhoodModule
	return []*Node{
		choice("consent", "Einwilligung in die Meldung", func(c *c) *tumour.Code { return &c.Consent }, []Option{{"5", "der Patientin oder des Patienten"}, {"6", "der Sorgeberechtigten"},
			{"7", "beider"}, {"2", "verweigert"}, {"3", "wird nachgereicht"}, {"1", "der Sorgeberechtigten (frühere Fassung)"}}, optional()),
		choice("exchange", "Austausch mit dem Landeskrebsregister", func(c *c) *tumour.Code { return &c.Exchange }, []Option{{"2", "informiert, kein Widerspruch"},
			{"1", "informiert, widersprochen"}, {"9", "nicht informiert"}}, optional()),
		choice("no-trial", "Therapiestudie", func(c *c) *tumour.Code { return &c.NoTrial }, []Option{{"2", "nein"}, {"0", "keine Angabe"}}, optional()),
		rows("trials", "Therapiestudien", func(c *c) *[]tumour.Trial { return &c.Trials }, trialNodes(), optional(), one("Therapiestudie")),
		each("syndromes", "Syndrome", func(c *c) *[]tumour.Text { return &c.Syndromes }, optional(), length(longText), one("Syndrom")),
	}
}

func childhoodTumourNodes() []*Node {
	type c = tumour.ChildhoodTumour
	return []*Node{
		choice("lived-in-germany", "Hauptwohnsitz bei Diagnose in Deutschland", func(c *c) *tumour.Code { return &c.LivedInGermany }, options(wording.YesNo, "J", "N", "U")),
		choice("no-trial", "Therapiestudie", func(c *c) *tumour.Code { return &c.NoTrial }, options(wording.NoOrUnknown, "N", "U"), optional()),
		rows("trials", "Therapiestudien", func(c *c) *[]tumour.Trial { return &c.Trials }, trialNodes(), optional(), one("Therapiestudie")),
	}
}
