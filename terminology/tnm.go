// SPDX-License-Identifier: EUPL-1.2

package terminology

import "strings"

// Axis is a Kategorie of the TNM.
type Axis byte

// The three axes.
const (
	AxisT Axis = 'T'
	AxisN Axis = 'N'
	AxisM Axis = 'M'
)

// values lists what a T, N or M may be, without prefix. The first list holds
// for editions 7 and 8, the second came with the 8th, the third with the 9th.
type values struct{ both, eighth, ninth string }

var general = map[Axis]values{
	AxisT: {
		both: "0 1 2 3 4 X a is mic 1a 1b 1c 1d 2a 2b 2c 2d 3a 3b 3c 3d 4a 4b 4c 4d 4e 1mi 1mic 1a1 1a2 1b1 1b2 1c1 2a1 2a2 2b1 2b2 " +
			"2c1 2c2 2d1 2d2 3a1 3a2 3b1 3b2 3c1 3c2 3d1 3d2 4a1 4a2 4b1 4b2 4c1 4c2 4d1 4d2 " +
			"is(dcis) is(lcis) is(paget) is(pd) is(pu)",
		eighth: "1c2 1c3 is(lamn)",
	},
	AxisN: {
		both:   "0 1 2 3 X 1a 1b 1c 1d 2a 2b 2c 2d 3a 3b 3c 1mi 1a1 1a2 1b1 1b2 1b3",
		eighth: "",
		ninth:  "2a1",
	},
	AxisM: {both: "0 1 X 1a 1b 1c 1d", ninth: "1c1 1c2"},
}

// tokens is general, taken apart.
var tokens = func() map[Axis]map[string]int {
	out := map[Axis]map[string]int{}
	for axis, v := range general {
		first := map[string]int{}
		for edition, list := range map[int]string{7: v.both, 8: v.eighth, 9: v.ninth} {
			for token := range strings.FieldsSeq(list) {
				first[strings.ToLower(token)] = edition
			}
		}
		out[axis] = first
	}
	return out
}()

// organ lists the values of one site where they are fewer than in general.
type organ struct{ t7, t8, n, m7, m8 string }

// organs holds the sites whose lists are sure. Spec: UICC TNM, 7th and 8th edition
var organs = map[string]organ{
	"breast": {t7: "0 1 1mi 1a 1b 1c 2 3 4 4a 4b 4c 4d X is", t8: "0 1 1mi 1a 1b 1c 2 3 4 4a 4b 4c 4d X is",
		n: "0 1 1mi 1a 1b 1c 2 2a 2b 3 3a 3b 3c X", m7: "0 1 X", m8: "0 1 X"},
	"bowel": {t7: "0 1 2 3 4 4a 4b X is 3a 3b 3c 3d", t8: "0 1 2 3 4 4a 4b X is 3a 3b 3c 3d",
		n: "0 1 1a 1b 1c 2 2a 2b X", m7: "0 1 1a 1b X", m8: "0 1 1a 1b 1c X"},
	"lung": {t7: "0 1 1a 1b 2 2a 2b 3 4 X is", t8: "0 1 1mi 1a 1b 1c 2 2a 2b 3 4 X is a",
		n: "0 1 2 3 X 1a 1b 2a1 2a2 2b", m7: "0 1 1a 1b X", m8: "0 1 1a 1b 1c X"},
	"prostate": {t7: "0 1 1a 1b 1c 2 2a 2b 2c 3 3a 3b 4 X", t8: "0 1 1a 1b 1c 2 2a 2b 2c 3 3a 3b 4 X",
		n: "0 1 X", m7: "0 1 1a 1b 1c X", m8: "0 1 1a 1b 1c X"},
	"melanoma": {t7: "0 1 1a 1b 2 2a 2b 3 3a 3b 4 4a 4b X is", t8: "0 1 1a 1b 2 2a 2b 3 3a 3b 4 4a 4b X is",
		n: "0 1 1a 1b 1c 2 2a 2b 2c 3 3a 3b 3c X", m7: "0 1 1a 1b 1c X", m8: "0 1 1a 1b 1c 1d X"},
	"bladder": {t7: "0 1 2 2a 2b 3 3a 3b 4 4a 4b X is a", t8: "0 1 2 2a 2b 3 3a 3b 4 4a 4b X is a",
		n: "0 1 2 3 X", m7: "0 1 X", m8: "0 1 1a 1b X"},
	"kidney": {t7: "0 1 1a 1b 2 2a 2b 3 3a 3b 3c 4 X", t8: "0 1 1a 1b 2 2a 2b 3 3a 3b 3c 4 X",
		n: "0 1 2 X", m7: "0 1 X", m8: "0 1 X"},
}

// organOf names the list of an ICD-10 code, "" when only the general one is sure.
func organOf(icd string) string {
	if len(icd) < 3 {
		return ""
	}
	switch icd[:3] {
	case "C50", "D05":
		return "breast"
	case "C18", "C19", "C20":
		return "bowel"
	case "C34":
		return "lung"
	case "C61":
		return "prostate"
	case "C43", "D03":
		return "melanoma"
	case "C67":
		return "bladder"
	case "C64":
		return "kidney"
	}
	return ""
}

// inBrackets are the marks that may follow an N or M: sentinel, isolated
// tumour cells, molecular findings, and counts of nodes.
var inBrackets = map[string]bool{"sn": true, "i": true, "i-": true, "i+": true, "mol-": true, "mol+": true, "mi": true, "cy+": true, "f": true,
	"i-sn": true, "i+sn": true, "i-,sn": true, "i+,sn": true}

// KnownTNM says whether an edition (6 to 9) has the value of T, N or M at the
// site of an ICD-10 code, e.g. ('T', "8", "C50.4", "1c"). Prefix letters do not
// belong to the value. Where the list of the site is not held, the value only
// has to occur in the edition at all; edition 6 is read as 7, and "" as any.
func KnownTNM(axis Axis, edition, icd, value string) bool {
	value = strings.ToLower(strings.ReplaceAll(value, " ", ""))
	bare, marks := splitMarks(value)
	for _, mark := range marks {
		if !inBrackets[mark] && strings.Trim(mark, "0123456789/m,") != "" && !(axis == AxisT && tokens[AxisT]["is("+mark+")"] != 0) {
			return false
		}
	}
	if axis == AxisN {
		if cut, mi := strings.CutSuffix(bare, "mi"); mi && cut == "1" {
			bare = "1mi"
		}
	}
	since, listed := tokens[axis][bare]
	if !listed {
		since, listed = tokens[axis][value]
	}
	if !listed {
		return false
	}
	number := 9
	if len(edition) == 1 && edition[0] >= '6' && edition[0] <= '9' {
		number = max(int(edition[0]-'0'), 7)
	}
	return since <= number && inOrgan(axis, number, organOf(icd), bare)
}

func splitMarks(value string) (string, []string) {
	bare, rest, found := strings.Cut(value, "(")
	var marks []string
	for found {
		mark, more, _ := strings.Cut(rest, ")")
		marks = append(marks, mark)
		_, rest, found = strings.Cut(more, "(")
	}
	return bare, marks
}

// inOrgan asks the list of the site; the 9th edition has none here.
func inOrgan(axis Axis, edition int, name, bare string) bool {
	o, held := organs[name]
	if !held || edition > 8 {
		return true
	}
	list := o.n
	switch {
	case axis == AxisT && edition == 7:
		list = o.t7
	case axis == AxisT:
		list = o.t8
	case axis == AxisM && edition == 7:
		list = o.m7
	case axis == AxisM:
		list = o.m8
	}
	for token := range strings.FieldsSeq(list) {
		if strings.EqualFold(token, bare) {
			return true
		}
	}
	return false
}

// HasTNM says whether tumours of an ICD-10 code are staged by TNM at all:
// lymphomas, leukaemias and tumours of the brain are not.
func HasTNM(icd string) bool {
	if len(icd) < 3 {
		return true
	}
	category := icd[:3]
	switch {
	case strings.HasPrefix(icd, "C84.0"), strings.HasPrefix(icd, "C84.1"): // mycosis fungoides has one
		return true
	case category >= "C70" && category <= "C72", category >= "C81" && category <= "C96":
		return false
	case category == "D32", category == "D33", category == "D42", category == "D43", category >= "D45" && category <= "D47":
		return false
	}
	return true
}
