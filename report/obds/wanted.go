// SPDX-License-Identifier: EUPL-1.2

package obds

import (
	"strings"

	"meldewerk/report"
)

// Wanted leads from a finding that something is missing to where it would
// stand, the most exact place first; for any other finding it is Locate. What
// would stand around the missing piece is made: r must be a copy that serves
// nothing else.
func Wanted(r *report.Report, f report.Finding) []any {
	names, inside := missingNames(f)
	if len(names) == 0 {
		return Locate(r, f.Path)
	}
	around := f.Path
	if !inside {
		around = around[:max(strings.LastIndexByte(around, '/'), 0)]
	}
	var places []any
	for _, name := range names {
		places = append(places, way(r, around+"/"+name, true)...)
	}
	return places
}

// missingNames reads from a finding which elements are missing, of which one
// would do, and whether its path is that of the element in which they are
// missing or of a child.
func missingNames(f report.Finding) (names []string, inside bool) {
	switch f.Rule {
	case RuleAttribute:
		return []string{f.Path[strings.LastIndexByte(f.Path, '/')+1:]}, false
	case RuleMissing:
	default:
		return nil, false
	}
	for _, p := range []struct {
		*phrase
		inside bool
	}{{missingIn, true}, {noneIn, true}, {missingBefore, false}, {noneBefore, false}} {
		for _, s := range []sentence{p.german, p.english} {
			if list, matches := second(s.message, f.Message); matches {
				return strings.Split(list, ", "), p.inside
			}
		}
	}
	return nil, false
}

// second reads what stands for {2} in a sentence.
func second(template, message string) (string, bool) {
	before, tail, _ := strings.Cut(template, "{1}")
	between, after, _ := strings.Cut(tail, "{2}")
	if strings.Contains(before, "{2}") || between == "" {
		return secondFirst(template, message)
	}
	rest, begins := strings.CutPrefix(message, before)
	rest, ends := strings.CutSuffix(rest, after)
	if !begins || !ends {
		return "", false
	}
	_, value, found := strings.Cut(rest, between)
	return value, found
}

// secondFirst is second for a sentence in which {2} stands before {1}.
func secondFirst(template, message string) (string, bool) {
	before, tail, _ := strings.Cut(template, "{2}")
	between, after, _ := strings.Cut(tail, "{1}")
	rest, begins := strings.CutPrefix(message, before)
	rest, ends := strings.CutSuffix(rest, after)
	if !begins || !ends {
		return "", false
	}
	value, _, found := strings.Cut(rest, between)
	return value, found
}
