// SPDX-License-Identifier: EUPL-1.2

package terminology

import (
	"bytes"
	_ "embed"
	"fmt"
	"strings"
)

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
		ninth:  "1b3",
	},
	AxisN: {
		both:   "0 1 2 3 X 1a 1b 1c 1d 2a 2b 2c 2d 3a 3b 3c 1mi 1a1 1a2 1b1 1b2 1b3",
		eighth: "2mi",
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

//go:embed data/tnm_sites.txt
var tnmSitesText string

// siteValues holds what a T, N, M or stage (S) may be at the sites whose lists
// are sure, by category, axis and edition. Spec: UICC TNM, 7th to 9th edition
var siteValues = readSiteValues(tnmSitesText)

// siteKey is one list: the category, the axis T, N, M or S, the edition.
type siteKey struct {
	category string
	axis     byte
	edition  byte
}

func readSiteValues(text string) map[siteKey]map[string]bool {
	lists := map[siteKey]map[string]bool{}
	for _, line := range body(text) {
		parts := strings.Split(line, " | ")
		for _, part := range parts[1:] {
			fields := strings.Fields(part)
			values := map[string]bool{}
			for _, value := range fields[1:] {
				if fields[0][0] != 'S' {
					value = strings.ToLower(value)
				}
				values[value] = true
			}
			for _, category := range categoriesOf(parts[0]) {
				for _, edition := range []byte(fields[0][1:]) {
					lists[siteKey{category, fields[0][0], edition}] = values
				}
			}
		}
	}
	return lists
}

// categoriesOf opens runs of categories: C00-C02 C09.
func categoriesOf(text string) []string {
	var all []string
	for _, run := range strings.Fields(text) {
		first, last, more := strings.Cut(run, "-")
		if !more {
			all = append(all, first)
			continue
		}
		for n := year(first[1:]); n <= year(last[1:]); n++ {
			all = append(all, fmt.Sprintf("%c%02d", first[0], n))
		}
	}
	return all
}

// valuesAt gives the list of a site; nil when only the general one is sure.
func valuesAt(icd string, axis, edition byte) map[string]bool {
	if len(icd) < 3 {
		return nil
	}
	return siteValues[siteKey{icd[:3], axis, edition}]
}

// inBrackets are the marks that may follow an N or M: sentinel, isolated
// tumour cells, molecular findings, and counts of nodes.
var inBrackets = map[string]bool{"sn": true, "i": true, "i-": true, "i+": true, "mol-": true, "mol+": true, "mi": true, "cy+": true, "f": true,
	"i-sn": true, "i+sn": true, "i-,sn": true, "i+,sn": true}

// KnownTNM says whether an edition (6 to 9) has the value of T, N or M at the
// site of an ICD-10 code, e.g. ('T', "8", "C50.4", "1c"). Prefix letters do not
// belong to the value. Where the list of the site is not held, the value only
// has to occur in the edition at all; edition 6 is read as 7, and "" as any.
// The lists hold all entities of a site, because the value comes without its
// morphology.
func KnownTNM(axis Axis, edition, icd, value string) bool {
	var room [maxTNM]byte
	low, ok := lowered(room[:0], value)
	if !ok {
		return false
	}
	bare := low
	if at := bytes.IndexByte(low, '('); at >= 0 {
		bare = low[:at]
		if !knownMarks(axis, low[at:]) {
			return false
		}
	}
	since, listed := tokens[axis][string(bare)]
	if !listed {
		since, listed = tokens[axis][string(low)]
	}
	number := byte('9')
	if len(edition) == 1 && edition[0] >= '6' && edition[0] <= '9' {
		number = max(edition[0], '7')
	}
	return listed && since <= int(number-'0') && inSite(axis, edition, icd, bare)
}

// maxTNM is how long a value may be; the data set admits 30 characters.
const maxTNM = 48

// lowered puts a value without blanks and capitals into the room; false when
// it is too long.
func lowered(room []byte, value string) ([]byte, bool) {
	for i := range len(value) {
		c := value[i]
		switch {
		case c == ' ':
			continue
		case c >= 'A' && c <= 'Z':
			c += 'a' - 'A'
		}
		if len(room) == cap(room) {
			return nil, false
		}
		room = append(room, c)
	}
	return room, true
}

// knownMarks goes through the marks in brackets.
func knownMarks(axis Axis, marks []byte) bool {
	for len(marks) > 0 {
		mark, rest := marks[1:], []byte(nil)
		if end := bytes.IndexByte(mark, ')'); end >= 0 {
			mark, rest = mark[:end], mark[end:]
		}
		if !inBrackets[string(mark)] && !isCount(mark) && !(axis == AxisT && inSituMarks[string(mark)]) {
			return false
		}
		next := bytes.IndexByte(rest, '(')
		if next < 0 {
			return true
		}
		marks = rest[next:]
	}
	return true
}

// isCount says that a mark is a number, as of nodes: 2/14, m, 3.
func isCount(mark []byte) bool {
	for _, c := range mark {
		if (c < '0' || c > '9') && c != '/' && c != 'm' && c != ',' {
			return false
		}
	}
	return true
}

// inSituMarks are the marks behind Tis.
var inSituMarks = map[string]bool{"dcis": true, "lcis": true, "paget": true, "pd": true, "pu": true, "lamn": true, "ais": true, "scis": true}

// inSite asks the list of the site; without an edition, that of any edition.
func inSite(axis Axis, edition, icd string, bare []byte) bool {
	editions := "789"
	switch edition {
	case "6":
		editions = "7"
	case "7", "8", "9":
		editions = edition
	}
	for i := range len(editions) {
		list := valuesAt(icd, byte(axis), editions[i])
		if list == nil || list[string(bare)] {
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
