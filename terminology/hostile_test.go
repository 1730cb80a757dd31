// SPDX-License-Identifier: EUPL-1.2

package terminology_test

import (
	"testing"

	"pgregory.net/rapid"

	"meldewerk/terminology"
)

// TestAnyCodeAndAnyQueryAreAnswered: what comes from a form or a package must
// not bring the house down.
func TestAnyCodeAndAnyQueryAreAnswered(t *testing.T) {
	t.Parallel()
	lists := []terminology.List{terminology.ListICD, terminology.ListTopography, terminology.ListMorphology, terminology.ListOPS, terminology.ListSubstance, terminology.ListProtocol}
	book := official(t)
	rapid.Check(t, func(t *rapid.T) {
		code := rapid.OneOf(rapid.String(), rapid.StringMatching(`[CD][0-9]{0,2}\.?[0-9]{0,2}`), rapid.StringMatching(`[0-9]{0,4}/?[0-9]?`)).Draw(t, "code")
		terminology.ICD(code)
		terminology.Topography(code)
		terminology.Morphology(code)
		terminology.OPS(code)
		terminology.ATC(code)
		terminology.Paired(code)
		terminology.DutyOf(code)
		terminology.CompleteICD(code)
		terminology.ICDInYear(code, 2024)
		terminology.MorphologyGroup(code)
		terminology.SiteGroup(code)
		_ = terminology.HasTNM(code)  // only that it returns
		_ = terminology.PayerOf(code) // only that it returns
		terminology.MorphologyFamily(code)
		terminology.SexOfMorphology(code)
		terminology.SexOfSite(code)
		terminology.SiteAges(code)
		terminology.MorphologyAges(code)
		terminology.ImpliedGrade(code)
		terminology.StatesOfPostalCode(code)
		terminology.MorphologyInVersion(code, code)
		terminology.TNMEditions(code, 2024)
		terminology.OPSInYear(code, 2024)
		// Only that they return.
		_ = terminology.SiteFits(code, code)
		_ = terminology.JointAges(code, code)
		_ = terminology.NeedsMicroscope(code, code)
		_ = terminology.Gradable(code)
		_ = terminology.StageAt(code, code, code)
		_ = terminology.KnownTNMPart(code, code)
		_ = terminology.CheckedIK(code)
		_ = terminology.KnownCountry(code)
		_, _ = terminology.TargetOf(len(code), code)
		_, _ = terminology.SubstituteCode(code)
		_, _ = book.ICDIn(code, 2019)
		_, _ = book.OPS(code)
		_, _ = book.Insurer(code)
		_ = book.ICDInYear(code, 2026)
		for _, axis := range []terminology.Axis{terminology.AxisT, terminology.AxisN, terminology.AxisM} {
			terminology.KnownTNM(axis, code, code, code)
		}
		for _, list := range lists {
			for _, hit := range append(terminology.Search(list, code, 2024), book.Search(list, code, 2026)...) {
				if hit.Code == "" || hit.Text == "" {
					t.Fatalf("%s: an empty hit", list)
				}
			}
		}
	})
}
