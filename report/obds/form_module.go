// SPDX-License-Identifier: EUPL-1.2

package obds

import "meldewerk/tumour"

// The forms of the organ modules. A pathologist's module is a part of the
// full one, so both share a form.

var dateOrForm = of(
	date("Datum", func(d *tumour.DateOr) *day { return &d.Date }),
	code("N", func(d *tumour.DateOr) *tumour.Code { return &d.None }),
)

var trialForm = of(
	date("Datum", func(d *tumour.DateOr) *day { return &d.Date }),
	code("NU", func(d *tumour.DateOr) *tumour.Code { return &d.None }),
)

var generalForm = of(
	one("Sozialdienstkontakt", func(g *tumour.GeneralModule) **tumour.DateOr { return &g.SocialService }, dateOrForm),
	one("Psychoonkologiekontakt", func(g *tumour.GeneralModule) **tumour.DateOr { return &g.PsychoOncology }, dateOrForm),
	one("Studienteilnahme", func(g *tumour.GeneralModule) **tumour.DateOr { return &g.Trial }, trialForm),
)

var generalModule = one("Modul_Allgemein", func(m *tumour.Modules) **tumour.GeneralModule { return &m.General }, generalForm)

var organModules = []*field{
	one("Modul_Mamma", func(m *tumour.Modules) **tumour.BreastModule { return &m.Breast }, of(
		code("Praetherapeutischer_Menopausenstatus", func(b *tumour.BreastModule) *tumour.Code { return &b.Menopause }),
		code("HormonrezeptorStatus_Oestrogen", func(b *tumour.BreastModule) *tumour.Code { return &b.Oestrogen }),
		code("HormonrezeptorStatus_Progesteron", func(b *tumour.BreastModule) *tumour.Code { return &b.Progesterone }),
		code("Her2neuStatus", func(b *tumour.BreastModule) *tumour.Code { return &b.Her2 }),
		code("PraeopDrahtmarkierung", func(b *tumour.BreastModule) *tumour.Code { return &b.WireMarking }),
		code("IntraopPraeparatkontrolle", func(b *tumour.BreastModule) *tumour.Code { return &b.SpecimenControl }),
		code("TumorgroesseInvasiv", func(b *tumour.BreastModule) *tumour.Code { return &b.InvasiveSize }),
		code("TumorgroesseDCIS", func(b *tumour.BreastModule) *tumour.Code { return &b.DCISSize }),
	)),
	one("Modul_Darm", func(m *tumour.Modules) **tumour.ColorectalModule { return &m.Colorectal }, of(
		code("RektumAbstandAnokutanlinie", func(c *tumour.ColorectalModule) *tumour.Code { return &c.AnalVergeDistance }),
		code("RektumAbstandAboralerResektionsrand", func(c *tumour.ColorectalModule) *tumour.Code { return &c.AboralMargin }),
		code("RektumAbstandCircResektionsebene", func(c *tumour.ColorectalModule) *tumour.Code { return &c.CircularMargin }),
		code("RektumQualitaetTME", func(c *tumour.ColorectalModule) *tumour.Code { return &c.TMEQuality }),
		code("RektumMRTDuennschichtAngabemesorektaleFaszie", func(c *tumour.ColorectalModule) *tumour.Code { return &c.MesorectalFascia }),
		code("ArtEingriff", func(c *tumour.ColorectalModule) *tumour.Code { return &c.Urgency }),
		code("RektumAnzeichnungStomaposition", func(c *tumour.ColorectalModule) *tumour.Code { return &c.StomaMarking }),
		code("GradRektumAnastomoseninsuffizienz", func(c *tumour.ColorectalModule) *tumour.Code { return &c.Leakage }),
		code("ASA", func(c *tumour.ColorectalModule) *tumour.Code { return &c.ASA }),
		code("RASMutation", func(c *tumour.ColorectalModule) *tumour.Code { return &c.RAS }),
	)),
	one("Modul_Prostata", func(m *tumour.Modules) **tumour.ProstateModule { return &m.Prostate }, of(
		one("GleasonScore", func(p *tumour.ProstateModule) **tumour.Gleason { return &p.Gleason }, of(
			code("GradPrimaer", func(g *tumour.Gleason) *tumour.Code { return &g.Primary }),
			code("GradSekundaer", func(g *tumour.Gleason) *tumour.Code { return &g.Secondary }),
			code("ScoreErgebnis", func(g *tumour.Gleason) *tumour.Code { return &g.Score }),
		)),
		code("AnlassGleasonScore", func(p *tumour.ProstateModule) *tumour.Code { return &p.GleasonFrom }),
		date("DatumStanzen", func(p *tumour.ProstateModule) *day { return &p.BiopsyDate }),
		number("AnzahlStanzen", func(p *tumour.ProstateModule) *tumour.Number { return &p.Cores }),
		number("AnzahlPosStanzen", func(p *tumour.ProstateModule) *tumour.Number { return &p.PositiveCores }),
		one("CaBefallStanze", func(p *tumour.ProstateModule) **tumour.Involvement { return &p.CoreInvolvement }, of(
			number("Prozentzahl", func(i *tumour.Involvement) *tumour.Number { return &i.Percent }),
			code("U", func(i *tumour.Involvement) *tumour.Code { return &i.Unknown }),
		)),
		number("PSA", func(p *tumour.ProstateModule) *tumour.Number { return &p.PSA }),
		date("DatumPSA", func(p *tumour.ProstateModule) *day { return &p.PSADate }),
		code("KomplPostOP_ClavienDindo", func(p *tumour.ProstateModule) *tumour.Code { return &p.Complication }),
	)),
	one("Modul_Malignes_Melanom", func(m *tumour.Modules) **tumour.MelanomaModule { return &m.Melanoma }, of(
		number("Sicherheitsabstand_Primaertumor", func(m *tumour.MelanomaModule) *tumour.Number { return &m.Margin }),
		number("Tumordicke", func(m *tumour.MelanomaModule) *tumour.Number { return &m.Thickness }),
		number("LDH", func(m *tumour.MelanomaModule) *tumour.Number { return &m.LDH }),
		code("Ulzeration", func(m *tumour.MelanomaModule) *tumour.Code { return &m.Ulceration }),
	)),
}

var childhoodForm = of(
	code("Meldung_EW_DKKR", func(c *tumour.ChildhoodModule) *tumour.Code { return &c.Consent }),
	code("Meldung_Austausch", func(c *tumour.ChildhoodModule) *tumour.Code { return &c.Exchange }),
	within("GPOH_Therapiestudienpatient", func(c *tumour.ChildhoodModule) bool { return c.NoTrial != "" || len(c.Trials) > 0 },
		code("unbekannt_nein", func(c *tumour.ChildhoodModule) *tumour.Code { return &c.NoTrial }),
		list("Menge_GPOH_Therapiestudien", "Therapiestudie", func(c *tumour.ChildhoodModule) *[]tumour.Trial { return &c.Trials }, of(
			words("GPOH_Therapiestudienname", func(t *tumour.Trial) *tumour.Text { return &t.Name }),
			words("GPOH_Therapiestudiennummer", func(t *tumour.Trial) *tumour.Text { return &t.Number }),
		))),
	within("Menge_Syndrome", func(c *tumour.ChildhoodModule) bool { return len(c.Syndromes) > 0 },
		several("Syndrom_oder_sonstiges", kindWords, func(c *tumour.ChildhoodModule) *[]tumour.Text { return &c.Syndromes })),
)

var childhoodTumourForm = of(
	code("DKKR_Hauptwohnsitz_bei_Erstdiagnose_in_Deutschland", func(c *tumour.ChildhoodTumour) *tumour.Code { return &c.LivedInGermany }),
	within("DKKR_Teilnahme_Therapiestudien", always[tumour.ChildhoodTumour],
		code("DKKR_Therapiestudien_Unbekannt_Nein", func(c *tumour.ChildhoodTumour) *tumour.Code { return &c.NoTrial }),
		list("DKKR_Menge_Therapiestudien", "DKKR_Studienteilnahme", func(c *tumour.ChildhoodTumour) *[]tumour.Trial { return &c.Trials }, of(
			words("DKKR_Studienname", func(t *tumour.Trial) *tumour.Text { return &t.Name }),
			words("DKKR_Studiennummer", func(t *tumour.Trial) *tumour.Text { return &t.Number }),
		))),
)

var childhoodModule = one("Modul_DKKR", func(m *tumour.Modules) **tumour.ChildhoodModule { return &m.Childhood }, childhoodForm)

var childhoodModules = []*field{
	childhoodModule,
	one("Modul_DKKR_Tumor", func(m *tumour.Modules) **tumour.ChildhoodTumour { return &m.ChildhoodTumour }, childhoodTumourForm),
}
