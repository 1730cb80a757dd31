// SPDX-License-Identifier: EUPL-1.2

package check_test

import (
	"testing"

	"pgregory.net/rapid"

	"meldewerk/report/check"
	"meldewerk/tumour"
)

// TestRunSurvivesAnyCode: a report from a form, or one that the schema would
// refuse, may hold anything where a code belongs.
func TestRunSurvivesAnyCode(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		word := rapid.OneOf(rapid.StringN(0, 7, 12), rapid.StringMatching(`[CD]?[0-9]{0,3}\.?[0-9]{0,2}`), rapid.StringMatching(`[0-9X]?[a-d]?\(?[a-z+,-]{0,3}\)?`),
			rapid.SampledFrom([]string{"", "IS", "0", "ABCD", "NaN", "-1", "8500/3", "8500/", "/3", "C50", "C61.9", "C84.0"}))
		draw := func() string { return word.Draw(t, "word") }
		code := func() tumour.Code { return tumour.Code(draw()) }
		tnm := func() *tumour.TNM {
			return &tumour.TNM{Edition: rapid.SampledFrom([]tumour.Code{"7", "8", "9", "x"}).Draw(t, "edition"), TPrefix: "p", T: tumour.Label(draw()), N: tumour.Label(draw()),
				M: tumour.Label(draw()), Stage: code()}
		}
		p := check.NewPackage(context())
		for _, o := range tumour.Occasions() {
			r := plausible(o)
			r.Event.Assignment.ICD = tumour.ICD{Code: code(), Version: code()}
			r.Event.Assignment.Morphology = &tumour.Morphology{Code: code(), Version: code()}
			r.Person.Address.PostalCode, r.Person.Insurance.Statutory.Insurer, r.Person.Insurance.Statutory.Number = draw(), draw(), draw()
			switch e := &r.Event; {
			case e.Diagnosis != nil:
				e.Diagnosis.Topography.Code, e.Diagnosis.Clinical, e.Diagnosis.Histology.Morphologies[0].Code = code(), tnm(), code()
			case e.Surgery != nil:
				e.Surgery.TNM = tnm()
				e.Surgery.Melanoma = &tumour.MelanomaModule{Thickness: tumour.Number(draw()), Ulceration: "J"}
			case e.Systemic != nil:
				e.Systemic.Substances = []tumour.Substance{{Name: tumour.Text(draw())}, {ATC: &tumour.ATC{Code: code()}}}
			case e.Radiotherapy != nil:
				e.Radiotherapy.Courses[0].Contact = &tumour.Contact{Target: tumour.Target{Code2021: code()}}
			}
			check.Run(context(), r)
			p.Add("", 0, r)
		}
	})
}
