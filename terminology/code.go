// SPDX-License-Identifier: EUPL-1.2

package terminology

import (
	_ "embed"
	"slices"
	"strconv"
	"strings"
)

//go:embed data/icd_codes.txt
var icdCodesText string

//go:embed data/topography_codes.txt
var topographyCodesText string

//go:embed data/morphology_codes.txt
var morphologyCodesText string

// Duty is the Meldepflicht of a diagnosis.
type Duty uint8

// The duties to report.
const (
	NoDuty      Duty = iota // not reportable, or no tumour code at all
	DutyByState             // reportable in some states or for some occasions only
	FullDuty                // reportable in all states
)

// icdCode is what is known of one code besides its words.
type icdCode struct {
	duty        Duty
	since, last int  // years of ICD-10-GM; 0 when open
	terminal    bool // no longer code below it
}

var (
	icdCodes, icdOrder               = readICDCodes(icdCodesText)
	topographyCodes, topographyOrder = readTopography(topographyCodesText)
	morphologyCodes, morphologyOrder = readMorphology(morphologyCodesText)
)

func body(text string) []string {
	_, rest, _ := strings.Cut(strings.TrimRight(text, "\n"), "\n")
	return strings.Split(rest, "\n")
}

func readICDCodes(text string) (map[string]icdCode, []string) {
	codes := map[string]icdCode{}
	var order []string
	for _, line := range body(text) {
		fields := strings.Fields(line)
		if years, dated := strings.CutPrefix(fields[0], "@"); dated {
			since, last, _ := strings.Cut(years, "-")
			for _, code := range fields[1:] {
				c, listed := codes[code]
				if !listed {
					panic("terminology: years for an unlisted code: " + code)
				}
				c.since, c.last = year(since), year(last)
				codes[code] = c
			}
			continue
		}
		category := fields[0]
		codes[category] = icdCode{}
		order = append(order, category)
		for _, part := range fields[1:] {
			duty := map[byte]Duty{'r': FullDuty, 'c': DutyByState, 'n': NoDuty}[part[0]]
			for _, digit := range part[1:] {
				if digit == '.' {
					codes[category] = icdCode{duty: duty, terminal: true}
					continue
				}
				code := category + "." + string(digit)
				codes[code] = icdCode{duty: duty, terminal: true}
				order = append(order, code)
			}
		}
	}
	slices.Sort(order)
	// A category stands for the strongest duty below it.
	for code, c := range codes {
		if head := codes[code[:3]]; c.duty > head.duty && len(code) > 3 && !head.terminal {
			head.duty = c.duty
			codes[code[:3]] = head
		}
	}
	return codes, order
}

func year(text string) int {
	if text == "" {
		return 0
	}
	y, err := strconv.Atoi(text)
	if err != nil {
		panic("terminology: odd year " + text)
	}
	return y
}

// stem cuts the fifth character off a code: it tells remission or the part of
// an organ and changes nothing of what is known here.
func stem(code string) string {
	if len(code) > 5 && code[3] == '.' {
		return code[:5]
	}
	return code
}

// KnownICD says whether ICD-10-GM has had the tumour code in any year, C00 to
// D48, as a category or with a fourth digit.
func KnownICD(code string) bool {
	_, ok := icdCodes[stem(code)]
	return ok
}

// CompleteICD says whether no digit is missing: C50 is not complete, C50.9 and C61 are.
func CompleteICD(code string) bool { return icdCodes[stem(code)].terminal }

// ICDInYear says whether ICD-10-GM of a year has the tumour code. Where no
// year is known, the code counts as one of all years.
func ICDInYear(code string, year int) bool {
	c, ok := icdCodes[stem(code)]
	return ok && (c.since == 0 || year >= c.since) && (c.last == 0 || year <= c.last)
}

// DutyOf is the Meldepflicht of an ICD-10 code.
func DutyOf(code string) Duty { return icdCodes[stem(code)].duty }

// ICDCodes lists all tumour codes of ICD-10-GM in order, with categories.
func ICDCodes() []string { return slices.Clone(icdOrder) }

func readTopography(text string) (map[string]bool, []string) {
	codes := map[string]bool{}
	var order []string
	for _, line := range body(text) {
		fields := strings.Fields(line)
		for _, digit := range fields[1] {
			code := fields[0] + "." + string(digit)
			codes[code] = strings.ContainsRune(fields[2], digit)
			order = append(order, code)
		}
	}
	return codes, order
}

// KnownTopography says whether ICD-O-3 has the site, e.g. C50.4.
func KnownTopography(code string) bool {
	_, ok := topographyCodes[stem(code)]
	return ok
}

// PairedTopography says whether the site lies in a paired organ.
func PairedTopography(code string) bool { return topographyCodes[stem(code)] }

// TopographyCodes lists all sites of ICD-O-3 in order.
func TopographyCodes() []string { return slices.Clone(topographyOrder) }

// histology is one four-digit morphology.
type histology struct {
	group    int    // of the multiple-primary rules, 1 to 17
	usual    string // behaviours that the classification prints
	possible string // behaviours that the national data set admits
}

const allBehaviours = "012369"

func readMorphology(text string) (map[string]histology, []string) {
	codes := map[string]histology{}
	for _, line := range body(text) {
		fields := strings.Fields(line)
		h := histology{group: year(fields[0]), usual: fields[1], possible: fields[2]}
		if h.possible == "*" {
			h.possible = allBehaviours
		}
		for _, run := range fields[3:] {
			first, last, _ := strings.Cut(run, "-")
			if last == "" {
				last = first
			}
			for n := year(first); n <= year(last); n++ {
				codes[strconv.Itoa(n)] = h
			}
		}
	}
	var order []string
	for code, h := range codes {
		for _, behaviour := range h.usual {
			order = append(order, code+"/"+string(behaviour))
		}
	}
	slices.Sort(order)
	return codes, order
}

// KnownMorphology says whether the national list has the morphology with its
// behaviour, e.g. 8500/3. By the rules of ICD-O nearly every morphology may
// take every behaviour.
func KnownMorphology(code string) bool {
	four, behaviour, cut := strings.Cut(code, "/")
	h, ok := morphologyCodes[four]
	return ok && cut && len(behaviour) == 1 && strings.Contains(h.possible, behaviour)
}

// MorphologyGroup is the group of a morphology in the rules for multiple
// primaries, 1 to 17; 0 when the morphology is not listed.
func MorphologyGroup(code string) int {
	four, _, _ := strings.Cut(code, "/")
	return morphologyCodes[four].group
}

// MorphologyCodes lists the morphologies of ICD-O-3 in order, each with the
// behaviours that the classification prints.
func MorphologyCodes() []string { return slices.Clone(morphologyOrder) }
