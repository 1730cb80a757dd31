// SPDX-License-Identifier: EUPL-1.2

package check

import (
	"sync"

	"meldewerk/terminology"
)

// icdFacts is what the rules ask of a diagnosis, whatever the rest of the
// report says. It is worked out once for each code of the classification.
type icdFacts struct {
	known    bool // in any year
	complete bool // no digit is missing
	longer   bool // a complete category with a fourth digit that it does not have
	duty     terminology.Duty
	staged   bool // there is a TNM

	asksForSide, sideless, oneOfTwo bool

	secondary bool             // a metastasis, or several primaries
	sex       string           // M or W when only they have the organ
	ages      terminology.Ages // in which the tumour is not rare

	behaviours string // that fit the chapter; "" where it says nothing
	topography sites  // that fit; nil where any does
	likely     bool   // it shares its codes with the topography
}

var listedICD = sync.OnceValue(func() map[string]*icdFacts {
	all := map[string]*icdFacts{}
	for _, code := range terminology.ICDCodes() {
		all[code] = workOut(code)
	}
	return all
})

func factsOf(icd string) *icdFacts {
	if f, listed := listedICD()[icd]; listed {
		return f
	}
	return workOut(icd)
}

func workOut(icd string) *icdFacts {
	site := icd[:min(len(icd), 3)]
	f := &icdFacts{
		known: terminology.KnownICD(icd), complete: terminology.CompleteICD(icd), duty: terminology.DutyOf(icd), staged: terminology.HasTNM(icd),
		asksForSide: terminology.Paired(icd) && !sideNotAlways.has(icd), sideless: withoutSide.has(icd), oneOfTwo: reportedTwice.has(icd),
		secondary: secondary.has(icd), sex: terminology.SexOfSite(icd), ages: terminology.SiteAges(icd),
		behaviours: behavioursOf(icd), likely: icdAsTopography.has(icd) && !skinAndSoft.has(icd),
	}
	f.longer = len(icd) > 3 && !f.known && terminology.CompleteICD(site)
	f.topography = topographyOf(icd)
	return f
}
