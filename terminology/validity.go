// SPDX-License-Identifier: EUPL-1.2

package terminology

import "strings"

// newMorphologies lists the morphologies that came with a revision of ICD-O-3,
// by the mark of the revision in the data set: 32 is the first (2014), 33 the
// second (2019).
var newMorphologies = map[string]string{
	"32": "8158 8163 8265 8552 8975 9395 9425 9431 9432 9509 9597 9688 9712 9724-9726 9735 9737 9738 9759 9806-9809 9811-9818 " +
		"9865 9869 9898 9911 9965-9967 9971 9991 9992",
	"33": "8023 8086 8104 8256 8257 8273 8339 8348 8349 8509 8519 8563 8594 8643 8714 8816-8818 8828 8992 9086 9137 9138 9211-9213 " +
		"9445 9475-9478 9563 9749 9819 9877-9879 9912 9968 9993",
}

// morphologySince gives the revision a morphology came with.
var morphologySince = func() map[int]string {
	since := map[int]string{}
	for version, list := range newMorphologies {
		for _, run := range strings.Fields(list) {
			eachOf(run, func(n int) { since[n] = version })
		}
	}
	return since
}()

// MorphologyInVersion says whether a revision of ICD-O-3 has the morphology:
// 31 the third edition itself, 32 its first revision (2014), 33 its second
// (2019). Another version, and bb, admits every known morphology.
// Spec: oBDS 3.0.4 Morphologie_ICD_O_Version
func MorphologyInVersion(code, version string) bool {
	if !KnownMorphology(code) {
		return false
	}
	switch version {
	case "31", "32", "33":
		return morphologySince[four(code)] <= version
	}
	return true
}

// formerOPS are the procedures that left OPS, by their last year.
var formerOPS = map[string]int{"5-871": 2011, "5-873": 2011, "5-875": 2011, "5-876": 2011}

// OPSInYear says whether OPS of a year has the procedure. False only where the
// code is known to have left before; without an official edition the program
// knows the years of few.
func OPSInYear(code string, year int) bool {
	if year < 2004 {
		return true
	}
	last, former := formerOPS[code[:min(len(code), 5)]]
	return !former || year <= last
}

// withoutSide is a procedure without the side behind it.
func withoutSide(code string) string { return strings.TrimRight(code, "RLB") }
