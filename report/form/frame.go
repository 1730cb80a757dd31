// SPDX-License-Identifier: EUPL-1.2

package form

import (
	"meldewerk/identity"
	"meldewerk/report"
	"meldewerk/terminology"
	"meldewerk/tumour"
	"meldewerk/tumour/wording"
)

// The sections that every report has: who, which tumour, and on what ground.

// longText is the length of a short text of the data set.
const longText = 255

func managedSections() []*Section {
	return []*Section{{Name: "verwaltung", Title: "Verwaltung", managed: true, Nodes: []*Node{
		words("report.id", "Meldungs-ID", func(r *report.Report) *report.ID { return &r.ID }),
		words("report.reporter", "Melder-ID", func(r *report.Report) *report.ReporterID { return &r.Reporter }),
		words("report.patient", "Patientennummer", func(r *report.Report) *report.PatientID { return &r.Patient }),
		words("tumour.id", "Tumor-ID", func(r *report.Report) *tumour.SourceID { return &r.Event.Assignment.TumourID }),
	}}}
}

// Insurance kinds.
const (
	statutory = "statutory"
	private   = "private"
	other     = "other"
)

func insuranceNodes() []*Node {
	return []*Node{
		way("kind", "Versicherung", []Option{{statutory, "gesetzlich"}, {private, "privat"}, {other, "andere, Selbstzahler oder nicht bekannt"}},
			func(i *identity.Insurance) string {
				switch {
				case i.Statutory != nil:
					return statutory
				case i.Private != nil:
					return private
				case i.Other != nil:
					return other
				}
				return ""
			},
			func(i *identity.Insurance, v string) {
				switch v {
				case statutory:
					i.Statutory = &identity.StatutoryInsurance{}
				case private:
					i.Private = &identity.PrivateInsurance{}
				case other:
					i.Other = &identity.OtherInsurance{}
				}
			}, personal()),
		own(statutory, "Gesetzliche Versicherung", func(i *identity.Insurance) **identity.StatutoryInsurance { return &i.Statutory }, []*Node{
			coded("insurer", "Institutionskennzeichen der Kasse", terminology.ListInsurer, func(s *identity.StatutoryInsurance) *string { return &s.Insurer },
				hint("9 Ziffern, beginnt mit 10"), length(9)),
			words("number", "Versichertennummer", func(s *identity.StatutoryInsurance) *string { return &s.Number },
				hint("ein Buchstabe und 9 Ziffern, auf der Karte vorn"), length(10), personal(), compact()),
		}, when(".kind", statutory)),
		own(private, "Private Versicherung", func(i *identity.Insurance) **identity.PrivateInsurance { return &i.Private }, []*Node{
			coded("insurer", "Institutionskennzeichen des Versicherers", terminology.ListInsurer, func(p *identity.PrivateInsurance) *string { return &p.Insurer },
				hint("9 Ziffern, beginnt mit 16 oder 950"), length(9)),
			words("number", "Versichertennummer", func(p *identity.PrivateInsurance) *string { return &p.Number }, optional(), length(longText), personal()),
			words("subsidy", "Beihilfeträger", func(p *identity.PrivateInsurance) *string { return &p.Subsidy }, optional(), length(longText)),
		}, when(".kind", private)),
		own(other, "Andere Kostenträger", func(i *identity.Insurance) **identity.OtherInsurance { return &i.Other }, []*Node{
			choice("substitute", "Ersatzkode", func(o *identity.OtherInsurance) *string { return &o.Substitute }, []Option{
				{"970000011", "Selbstzahler"}, {"970001001", "Kostenträger ohne Institutionskennzeichen"}, {"970100001", "Asylbewerber"},
				{"970000022", "privat versichert, Versicherer nicht bekannt"}, {"970000099", "keine Angabe"}}, optional()),
			words("insurer", "Institutionskennzeichen", func(o *identity.OtherInsurance) *string { return &o.Insurer }, optional(), length(9), compact()),
			words("name", "Name des Kostenträgers", func(o *identity.OtherInsurance) *string { return &o.InsurerName }, optional(), length(longText)),
			words("number", "Versichertennummer", func(o *identity.OtherInsurance) *string { return &o.Number }, optional(), length(longText), personal()),
		}, when(".kind", other)),
	}
}

func addressNodes() []*Node {
	return []*Node{
		words("street", "Straße", func(a *identity.Address) *string { return &a.Street }, length(longText), personal()),
		words("house", "Hausnummer", func(a *identity.Address) *string { return &a.House }, length(longText), personal()),
		words("postal-code", "Postleitzahl", func(a *identity.Address) *string { return &a.PostalCode }, length(10), personal()),
		words("place", "Ort", func(a *identity.Address) *string { return &a.Place }, length(longText), personal()),
		words("country", "Land", func(a *identity.Address) *string { return &a.Country }, hint("zwei Buchstaben, für Deutschland DE"), optional(), length(2), compact()),
	}
}

func patientSections() []*Section {
	person := func(r *report.Report) *identity.Person { return &r.Person }
	return []*Section{
		{Name: "person", Title: "Person", Intro: "Angaben wie auf der Gesundheitskarte. Sie werden versiegelt; nach dem Übermitteln sind sie hier nicht mehr einsehbar.",
			Nodes: []*Node{part("patient", "", person, []*Node{
				words("surname", "Nachname", func(p *identity.Person) *string { return &p.Surname }, length(longText), personal()),
				words("first-names", "Vornamen", func(p *identity.Person) *string { return &p.FirstNames }, hint("alle, wie im Ausweis"), length(longText), personal()),
				words("prefix", "Vorsatz", func(p *identity.Person) *string { return &p.Prefix }, hint("zum Beispiel von, van der"), optional(), length(longText), personal()),
				words("title", "Titel", func(p *identity.Person) *string { return &p.Title }, optional(), length(longText), personal()),
				words("suffix", "Zusatz", func(p *identity.Person) *string { return &p.Suffix }, hint("zum Beispiel Freifrau"), optional(), length(longText), personal()),
				words("birth-name", "Geburtsname", func(p *identity.Person) *string { return &p.BirthName }, hint("wenn er anders lautet"), optional(), length(longText), personal()),
				each("former-names", "Frühere Namen", func(p *identity.Person) *[]string { return &p.FormerNames }, optional(), length(longText), personal(), one("Früherer Name")),
				choice("sex", "Geschlecht", func(p *identity.Person) *identity.Sex { return &p.Sex }, []Option{
					{"W", "weiblich"}, {"M", "männlich"}, {"D", "divers"}, {"X", "ohne Eintrag"}, {"U", "nicht bekannt"}}),
				about("birth-date", "Geburtsdatum", func(p *identity.Person) *day0 { return &p.BirthDate }, personal()),
			})}},
		{Name: "anschrift", Title: "Anschrift und Versicherung",
			Nodes: []*Node{part("patient", "", person, []*Node{
				part("address", "Anschrift", func(p *identity.Person) *identity.Address { return &p.Address }, addressNodes()),
				part("insurance", "Versicherung", func(p *identity.Person) *identity.Insurance { return &p.Insurance }, insuranceNodes()),
			}), lines("patient.remark", "Anmerkung zur Person", func(r *report.Report) *tumour.Text { return &r.PatientRemark },
				hint("geht mit der Meldung an die Vertrauensstelle"), optional(), length(2000))}},
		{Name: "kinderkrebs", Title: "Deutsches Kinderkrebsregister: Person", sites: []string{"-"},
			Nodes: []*Node{part("patient", "", person, []*Node{
				own("childhood", "Kinderkrebsregister", func(p *identity.Person) **identity.Childhood { return &p.Childhood }, childhoodPersonNodes()),
			})}},
	}
}

func childhoodPersonNodes() []*Node {
	return []*Node{
		choice("consent", "Einwilligung", func(c *identity.Childhood) *string { return &c.Consent }, plain("0", "1", "2", "3", "4", "5")),
		own("address-at-birth", "Wohnadresse bei Geburt", func(c *identity.Childhood) **identity.Address { return &c.AddressAtBirth }, addressNodes(), optional()),
		own("place-of-birth", "Ort der Geburt", func(c *identity.Childhood) **identity.Address { return &c.PlaceOfBirth }, addressNodes(), optional()),
		choice("no-syndrome", "Syndrom", func(c *identity.Childhood) *string { return &c.NoSyndrome }, []Option{{"N", "keines"}, {"U", "nicht bekannt"}}, optional()),
		rows("syndromes", "Syndrome", func(c *identity.Childhood) *[]identity.Syndrome { return &c.Syndromes }, []*Node{
			words("name", "Name", func(s *identity.Syndrome) *string { return &s.Name }, length(longText), personal()),
			each("genes", "Gene", func(s *identity.Syndrome) *[]string { return &s.Genes }, length(longText), personal(), one("Gen")),
		}, optional(), one("Syndrom")),
	}
}

func icdNodes() []*Node {
	return []*Node{
		coded("code", "Diagnose (ICD-10-GM)", terminology.ListICD, func(i *tumour.ICD) *tumour.Code { return &i.Code }),
		words("version", "Version", func(i *tumour.ICD) *tumour.Code { return &i.Version }, hint("wird aus dem Diagnosedatum vorgeschlagen")),
	}
}

func morphologyNodes() []*Node {
	return []*Node{
		coded("code", "Morphologie (ICD-O-3)", terminology.ListMorphology, func(m *tumour.Morphology) *tumour.Code { return &m.Code }),
		choice("version", "Fassung", func(m *tumour.Morphology) *tumour.Code { return &m.Version }, icdoVersions("31", "32", "33", "bb")),
	}
}

func icdoVersions(values ...string) []Option {
	named := map[string]string{"31": "ICD-O-3, 2003", "32": "erste Revision 2014", "33": "zweite Revision 2019", "bb": "Blaues Buch der WHO"}
	var out []Option
	for _, v := range values {
		out = append(out, Option{v, named[v]})
	}
	return out
}

func tumourSections() []*Section {
	return []*Section{{Name: "tumor", Title: "Tumor", Intro: "Welcher Tumor gemeint ist. Diese Angaben gelten für alle Meldungen zu ihm.",
		Nodes: []*Node{part("tumour", "", func(r *report.Report) *tumour.Assignment { return &r.Event.Assignment }, []*Node{
			about("diagnosed-on", "Diagnosedatum", func(a *tumour.Assignment) *day0 { return &a.DiagnosedOn }),
			part("icd", "", func(a *tumour.Assignment) *tumour.ICD { return &a.ICD }, icdNodes()),
			choice("side", "Seite", func(a *tumour.Assignment) *tumour.Code { return &a.Side }, options(wording.Sides, "L", "R", "B", "M", "T", "U"), optional()),
			own("morphology", "", func(a *tumour.Assignment) **tumour.Morphology { return &a.Morphology }, morphologyNodes(), optional()),
		})}}}
}

func closingSections() []*Section {
	return []*Section{
		{Name: "zusatz", Title: "Weitere Angaben", Intro: "Was Ihr Land über den Datensatz hinaus wissen will, und Anmerkungen.", Nodes: []*Node{
			rows("extras", "Zusatzangaben", func(r *report.Report) *[]report.Extra { return &r.Extras }, []*Node{
				about("date", "Datum", func(x *report.Extra) *day0 { return &x.Date }, optional()),
				words("kind", "Art", func(x *report.Extra) *tumour.Text { return &x.Kind }, length(longText)),
				words("value", "Wert", func(x *report.Extra) *tumour.Text { return &x.Value }, optional(), length(longText)),
				lines("remark", "Bemerkung", func(x *report.Extra) *tumour.Text { return &x.Remark }, optional(), length(2000)),
			}, optional(), one("Zusatzangabe")),
			lines("remark", "Anmerkung", func(r *report.Report) *tumour.Text { return &r.Remark }, optional(), length(2000)),
		}},
		{Name: "meldung", Title: "Grund der Meldung", Nodes: []*Node{
			choice("reason", "Information der Patientin oder des Patienten", func(r *report.Report) *report.Reason { return &r.Reason }, []Option{
				{"I", "informiert, kein Widerspruch"}, {"A", "nicht informiert, weil es der Gesundheit schaden würde"},
				{"D", "kein direkter Kontakt (nur Pathologie und Labor)"}, {"W", "hat widersprochen"}, {"V", "verstorben"}}),
			choice("own-service", "Eigene Leistung", func(r *report.Report) *tumour.Code { return &r.OwnService }, []Option{
				{"J", "ja"}, {"N", "nein, liegt uns nur vor"}, {"U", "nicht bekannt (nur bei alten Fällen)"}}),
			choice("certification", "Zentrumsfall", func(r *report.Report) *tumour.Code { return &r.Certification }, options(wording.CentreCases, "1", "2", "3"), optional()),
			choice("voluntary-consent", "Einwilligung in nicht meldepflichtige Angaben", func(r *report.Report) *tumour.Code { return &r.VoluntaryConsent },
				options(wording.YesNo, "J", "N"), optional()),
		}},
	}
}
