// SPDX-License-Identifier: EUPL-1.2

package form

import (
	"meldewerk/calendar"
	"meldewerk/terminology"
	"meldewerk/tumour"
	"meldewerk/tumour/wording"
)

type day0 = calendar.Date

// The fields that several occasions share.

func topographyNodes() []*Node {
	return []*Node{
		coded("code", "Lokalisation (ICD-O-3)", terminology.ListTopography, func(t *tumour.Topography) *tumour.Code { return &t.Code }),
		choice("version", "Fassung", func(t *tumour.Topography) *tumour.Code { return &t.Version }, icdoVersions("31", "32", "33")),
	}
}

func histologyNodes() []*Node {
	return []*Node{
		about("date", "Datum der Histologie", func(h *tumour.Histology) *day0 { return &h.Date }, optional()),
		words("specimen", "Einsendenummer", func(h *tumour.Histology) *tumour.Text { return &h.SpecimenNumber }, optional(), length(longText)),
		rows("morphologies", "Morphologie", func(h *tumour.Histology) *[]tumour.Morphology { return &h.Morphologies }, morphologyNodes(), optional()),
		words("text", "Morphologie in Worten", func(h *tumour.Histology) *tumour.Text { return &h.MorphologyText }, optional(), length(longText)),
		choice("grading", "Grading", func(h *tumour.Histology) *tumour.Code { return &h.Grading },
			options(wording.Gradings, "1", "2", "3", "4", "X", "L", "M", "H", "B", "0", "T", "U")),
		field(Whole, "nodes-examined", "Lymphknoten untersucht", func(h *tumour.Histology) *tumour.Number { return &h.NodesExamined }, optional()),
		field(Whole, "nodes-affected", "Lymphknoten befallen", func(h *tumour.Histology) *tumour.Number { return &h.NodesAffected }, optional()),
		field(Whole, "sentinel-examined", "Wächterlymphknoten untersucht", func(h *tumour.Histology) *tumour.Number { return &h.SentinelExamined }, optional()),
		field(Whole, "sentinel-affected", "Wächterlymphknoten befallen", func(h *tumour.Histology) *tumour.Number { return &h.SentinelAffected }, optional()),
		words("id", "Kennung der Histologie", func(h *tumour.Histology) *tumour.SourceID { return &h.ID }, hint("Ihres Systems"), optional(), length(50)),
	}
}

func metastases[T any](at func(*T) *[]tumour.Metastasis) *Node {
	return rows("metastases", "Fernmetastasen", at, []*Node{
		choice("site", "Sitz", func(m *tumour.Metastasis) *tumour.Code { return &m.Site },
			options(wording.MetastasisSites, "PUL", "OSS", "HEP", "BRA", "LYM", "MAR", "PLE", "PER", "ADR", "SKI", "OTH", "GEN")),
		about("diagnosed-on", "Festgestellt am", func(m *tumour.Metastasis) *day0 { return &m.DiagnosedOn }),
	}, optional(), one("Fernmetastase"))
}

func tnmNodes() []*Node {
	prefixes := options(wording.TNMPrefixes, "c", "p", "u")
	return []*Node{
		day("date", "Datum", func(t *tumour.TNM) *day0 { return &t.Date }, optional()),
		choice("edition", "Auflage", func(t *tumour.TNM) *tumour.Code { return &t.Edition }, []Option{{"8", "8. Auflage"}, {"9", "9. Auflage"}, {"7", "7. Auflage"}, {"6", "6. Auflage"}}),
		choice("after-therapy", "y", func(t *tumour.TNM) *tumour.Code { return &t.AfterTherapy }, []Option{{"y", "y, nach Therapie"}}, optional()),
		choice("recurrence", "r", func(t *tumour.TNM) *tumour.Code { return &t.Recurrence }, []Option{{"r", "r, Rezidiv"}}, optional()),
		choice("autopsy", "a", func(t *tumour.TNM) *tumour.Code { return &t.Autopsy }, []Option{{"a", "a, Autopsie"}}, optional()),
		choice("t-prefix", "Präfix T", func(t *tumour.TNM) *tumour.Code { return &t.TPrefix }, prefixes, optional()),
		unchecked(words("t", "T", func(t *tumour.TNM) *tumour.Label { return &t.T }, optional(), length(30))),
		words("multiple", "m-Symbol", func(t *tumour.TNM) *tumour.Code { return &t.Multiple }, optional(), length(30)),
		choice("n-prefix", "Präfix N", func(t *tumour.TNM) *tumour.Code { return &t.NPrefix }, prefixes, optional()),
		unchecked(words("n", "N", func(t *tumour.TNM) *tumour.Label { return &t.N }, optional(), length(30))),
		choice("m-prefix", "Präfix M", func(t *tumour.TNM) *tumour.Code { return &t.MPrefix }, prefixes, optional()),
		unchecked(words("m", "M", func(t *tumour.TNM) *tumour.Label { return &t.M }, optional(), length(30))),
		choice("lymphatic", "L, Lymphgefäße", func(t *tumour.TNM) *tumour.Code { return &t.Lymphatic }, plain("L0", "L1", "LX"), optional()),
		choice("venous", "V, Venen", func(t *tumour.TNM) *tumour.Code { return &t.Venous }, plain("V0", "V1", "V2", "VX"), optional()),
		choice("perineural", "Pn, Perineuralscheide", func(t *tumour.TNM) *tumour.Code { return &t.Perineural }, plain("Pn0", "Pn1", "PnX"), optional()),
		choice("serum", "S, Serumtumormarker", func(t *tumour.TNM) *tumour.Code { return &t.SerumMarker }, plain("S0", "S1", "S2", "S3", "SX"), optional()),
		choice("stage", "UICC-Stadium", func(t *tumour.TNM) *tumour.Code { return &t.Stage }, stages(), optional()),
		words("id", "Kennung des TNM", func(t *tumour.TNM) *tumour.SourceID { return &t.ID }, hint("Ihres Systems"), optional(), length(50)),
	}
}

// stages are those of the data set.
func stages() []Option {
	return plain("0", "0a", "0is", "I", "IA", "IA1", "IA2", "IA3", "IB", "IB1", "IB2", "IC", "IS", "II", "IIA", "IIA1", "IIA2", "IIB", "IIC",
		"III", "IIIA", "IIIA1", "IIIA2", "IIIB", "IIIC", "IIIC1", "IIIC2", "IIID", "IV", "IVA", "IVA1", "IVA2", "IVB", "IVC", "okk")
}

// unchecked takes a label as it is typed: the data set allows more behind the
// usual values than the model's list, which serves the last look alone.
func unchecked(n *Node) *Node {
	n.allowed = nil
	return n
}

func classifications[T any](at func(*T) *[]tumour.Classification) *Node {
	return rows("classifications", "Weitere Klassifikationen", at, []*Node{
		words("name", "Name", func(c *tumour.Classification) *tumour.Label { return &c.Name }, hint("zum Beispiel FIGO, Ann Arbor"), length(longText)),
		words("stage", "Stadium", func(c *tumour.Classification) *tumour.Label { return &c.Stage }, length(longText)),
		about("date", "Datum", func(c *tumour.Classification) *day0 { return &c.Date }, optional()),
	}, optional(), one("Weitere Klassifikation"))
}

func genetics[T any](at func(*T) *[]tumour.Variant) *Node {
	return rows("genetics", "Genetische Varianten", at, []*Node{
		words("name", "Bezeichnung", func(v *tumour.Variant) *tumour.Text { return &v.Name }, hint("Gen oder Variante"), length(longText)),
		choice("result", "Ergebnis", func(v *tumour.Variant) *tumour.Code { return &v.Result }, options(wording.Variants, "M", "W", "P", "N", "U"), optional()),
		words("other", "anderes Ergebnis", func(v *tumour.Variant) *tumour.Label { return &v.Other }, optional(), length(longText)),
		about("date", "Datum", func(v *tumour.Variant) *day0 { return &v.Date }, optional()),
	}, optional(), one("Genetische Variante"))
}

// performance is the Leistungszustand in ECOG or Karnofsky.
func performance[T any](at func(*T) *tumour.Code) *Node {
	list := options(wording.Performances, "0", "1", "2", "3", "4", "U")
	for _, percent := range []string{"100", "90", "80", "70", "60", "50", "40", "30", "20", "10"} {
		list = append(list, Option{percent + "%", "Karnofsky " + percent + " %"})
	}
	return choice("performance", "Leistungszustand", at, list)
}

func submitterNodes() []*Node {
	text := func(key, label string, at func(*tumour.SubmitterAddress) *tumour.Text) *Node {
		return words(key, label, at, optional(), length(longText))
	}
	return []*Node{
		own("structured", "Einsender", func(s *tumour.Submitter) **tumour.SubmitterAddress { return &s.Structured }, []*Node{
			text("title", "Titel", func(a *tumour.SubmitterAddress) *tumour.Text { return &a.Title }),
			text("first-names", "Vornamen", func(a *tumour.SubmitterAddress) *tumour.Text { return &a.FirstNames }),
			text("surname", "Nachname", func(a *tumour.SubmitterAddress) *tumour.Text { return &a.Surname }),
			text("institution", "Einrichtung", func(a *tumour.SubmitterAddress) *tumour.Text { return &a.Institution }),
			text("department", "Abteilung", func(a *tumour.SubmitterAddress) *tumour.Text { return &a.Department }),
			text("street", "Straße", func(a *tumour.SubmitterAddress) *tumour.Text { return &a.Street }),
			text("house", "Hausnummer", func(a *tumour.SubmitterAddress) *tumour.Text { return &a.House }),
			text("postal-code", "Postleitzahl", func(a *tumour.SubmitterAddress) *tumour.Text { return &a.PostalCode }),
			text("place", "Ort", func(a *tumour.SubmitterAddress) *tumour.Text { return &a.Place }),
			text("country", "Land", func(a *tumour.SubmitterAddress) *tumour.Text { return &a.Country }),
		}, optional()),
		each("lines", "Einsender in Zeilen", func(s *tumour.Submitter) *[]tumour.Text { return &s.Lines }, hint("statt der einzelnen Felder, höchstens sechs"), optional(), length(longText), one("Zeile")),
		own("identifiers", "Nummern des Einsenders", func(s *tumour.Submitter) **tumour.Identifiers { return &s.Identifiers }, []*Node{
			words("ik", "Institutionskennzeichen", func(i *tumour.Identifiers) *tumour.Code { return &i.IK }, optional(), length(9), compact()),
			words("lanr", "Arztnummer (LANR)", func(i *tumour.Identifiers) *tumour.Code { return &i.LANR }, optional(), length(9), compact()),
			words("bsnr", "Betriebsstättennummer (BSNR)", func(i *tumour.Identifiers) *tumour.Code { return &i.BSNR }, optional(), length(9), compact()),
			words("zanr", "Zahnarztnummer (ZANR)", func(i *tumour.Identifiers) *tumour.Code { return &i.ZANR }, optional(), length(9), compact()),
		}, optional()),
	}
}

func sideEffectNodes() []*Node {
	return []*Node{
		choice("up-to-grade-2", "Nebenwirkungen bis Grad 2", func(s *tumour.SideEffects) *tumour.Code { return &s.UpToGrade2 },
			options(wording.SideEffectGrades, "K", "1", "2", "U"), hint("bleibt leer, wenn es schwerere gab"), optional()),
		rows("list", "Nebenwirkungen ab Grad 3 (CTCAE)", func(s *tumour.SideEffects) *[]tumour.SideEffect { return &s.List }, []*Node{
			words("name", "Bezeichnung", func(s *tumour.SideEffect) *tumour.Text { return &s.Name }, optional(), length(longText)),
			words("meddra", "MedDRA-Code", func(s *tumour.SideEffect) *tumour.Code { return &s.MedDRA }, hint("8 Ziffern, statt der Bezeichnung"), optional(), length(8), compact()),
			choice("grade", "Grad", func(s *tumour.SideEffect) *tumour.Code { return &s.Grade }, plain("3", "4", "5")),
			choice("version", "Fassung der CTCAE", func(s *tumour.SideEffect) *tumour.Code { return &s.Version }, []Option{
				{"5.0", "5.0"}, {"4.03", "4.03"}, {"4", "4"}, {"Sonstige", "andere"}}),
		}, optional(), one("Nebenwirkung ab Grad 3")),
	}
}
