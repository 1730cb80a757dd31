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
		for _, axis := range []terminology.Axis{terminology.AxisT, terminology.AxisN, terminology.AxisM} {
			terminology.KnownTNM(axis, code, code, code)
		}
		for _, list := range lists {
			for _, hit := range terminology.Search(list, code, 2024) {
				if hit.Code == "" || hit.Text == "" {
					t.Fatalf("%s: an empty hit", list)
				}
			}
		}
	})
}
