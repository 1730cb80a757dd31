// SPDX-License-Identifier: EUPL-1.2

package obds

import "meldewerk/tumour"

// The forms of what several occasions share.

var icdForm = of(
	code("Code", func(i *tumour.ICD) *tumour.Code { return &i.Code }),
	code("Version", func(i *tumour.ICD) *tumour.Code { return &i.Version }),
)

var morphologyForm = of(
	code("Code", func(m *tumour.Morphology) *tumour.Code { return &m.Code }),
	code("Version", func(m *tumour.Morphology) *tumour.Code { return &m.Version }),
)

var topographyForm = of(
	code("Code", func(t *tumour.Topography) *tumour.Code { return &t.Code }),
	code("Version", func(t *tumour.Topography) *tumour.Code { return &t.Version }),
)

var identifiersForm = of(
	code("IKNR", func(i *tumour.Identifiers) *tumour.Code { return &i.IK }),
	code("LANR", func(i *tumour.Identifiers) *tumour.Code { return &i.LANR }),
	code("BSNR", func(i *tumour.Identifiers) *tumour.Code { return &i.BSNR }),
	code("ZANR", func(i *tumour.Identifiers) *tumour.Code { return &i.ZANR }),
)

var histologyForm = of(
	words("@Histologie_ID", func(h *tumour.Histology) *tumour.SourceID { return &h.ID }),
	date("Tumor_Histologiedatum", func(h *tumour.Histology) *day { return &h.Date }),
	words("Histologie_EinsendeNr", func(h *tumour.Histology) *tumour.Text { return &h.SpecimenNumber }),
	repeated("Morphologie_ICD_O", func(h *tumour.Histology) *[]tumour.Morphology { return &h.Morphologies }, morphologyForm),
	words("Morphologie_Freitext", func(h *tumour.Histology) *tumour.Text { return &h.MorphologyText }),
	code("Grading", func(h *tumour.Histology) *tumour.Code { return &h.Grading }),
	number("LK_untersucht", func(h *tumour.Histology) *tumour.Number { return &h.NodesExamined }),
	number("LK_befallen", func(h *tumour.Histology) *tumour.Number { return &h.NodesAffected }),
	number("Sentinel_LK_untersucht", func(h *tumour.Histology) *tumour.Number { return &h.SentinelExamined }),
	number("Sentinel_LK_befallen", func(h *tumour.Histology) *tumour.Number { return &h.SentinelAffected }),
)

func metastases[T any](at func(*T) *[]tumour.Metastasis) *field {
	return list("Menge_FM", "Fernmetastase", at, of(
		date("Diagnosedatum", func(m *tumour.Metastasis) *day { return &m.DiagnosedOn }),
		code("Lokalisation", func(m *tumour.Metastasis) *tumour.Code { return &m.Site }),
	))
}

func classifications[T any](at func(*T) *[]tumour.Classification) *field {
	return list("Menge_Weitere_Klassifikation", "Weitere_Klassifikation", at, of(
		date("Datum", func(c *tumour.Classification) *day { return &c.Date }),
		code("Name", func(c *tumour.Classification) *tumour.Label { return &c.Name }),
		code("Stadium", func(c *tumour.Classification) *tumour.Label { return &c.Stage }),
	))
}

func genetics[T any](at func(*T) *[]tumour.Variant) *field {
	return list("Menge_Genetik", "Genetische_Variante", at, of(
		date("Datum", func(v *tumour.Variant) *day { return &v.Date }),
		words("Bezeichnung", func(v *tumour.Variant) *tumour.Text { return &v.Name }),
		code("Auspraegung", func(v *tumour.Variant) *tumour.Code { return &v.Result }),
		words("Sonstige_Auspraegung", func(v *tumour.Variant) *tumour.Label { return &v.Other }),
	))
}

var tnmForm = of(
	words("@ID", func(t *tumour.TNM) *tumour.SourceID { return &t.ID }),
	date("Datum", func(t *tumour.TNM) *day { return &t.Date }),
	code("Version", func(t *tumour.TNM) *tumour.Code { return &t.Edition }),
	code("y_Symbol", func(t *tumour.TNM) *tumour.Code { return &t.AfterTherapy }),
	code("r_Symbol", func(t *tumour.TNM) *tumour.Code { return &t.Recurrence }),
	code("a_Symbol", func(t *tumour.TNM) *tumour.Code { return &t.Autopsy }),
	code("c_p_u_Praefix_T", func(t *tumour.TNM) *tumour.Code { return &t.TPrefix }),
	code("T", func(t *tumour.TNM) *tumour.Label { return &t.T }),
	code("m_Symbol", func(t *tumour.TNM) *tumour.Code { return &t.Multiple }),
	code("c_p_u_Praefix_N", func(t *tumour.TNM) *tumour.Code { return &t.NPrefix }),
	code("N", func(t *tumour.TNM) *tumour.Label { return &t.N }),
	code("c_p_u_Praefix_M", func(t *tumour.TNM) *tumour.Code { return &t.MPrefix }),
	code("M", func(t *tumour.TNM) *tumour.Label { return &t.M }),
	code("L", func(t *tumour.TNM) *tumour.Code { return &t.Lymphatic }),
	code("V", func(t *tumour.TNM) *tumour.Code { return &t.Venous }),
	code("Pn", func(t *tumour.TNM) *tumour.Code { return &t.Perineural }),
	code("S", func(t *tumour.TNM) *tumour.Code { return &t.SerumMarker }),
	code("UICC_Stadium", func(t *tumour.TNM) *tumour.Code { return &t.Stage }),
)
