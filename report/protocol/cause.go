// SPDX-License-Identifier: EUPL-1.2

package protocol

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"meldewerk/report"
)

// cause is a Ursache: a rule at a kind of place with the reports that break it.
type cause struct {
	sample  report.Finding
	place   string
	reports int
	last    int   // position of the last report that has it
	hits    []hit // the first few
}

// hit is one place at which a cause was found.
type hit struct {
	position, line, column int
	id                     report.ID
	path                   string
}

const (
	shownHits = 5
	// A package with more kinds of faults than this is no package of ours; what
	// goes beyond is counted, not listed.
	mostCauses = 5000
)

// causes gathers what several reports have in common.
type causes struct {
	found  map[string]*cause
	order  []*cause
	beyond int // findings of causes that are not listed
}

func newCauses() *causes {
	return &causes{found: map[string]*cause{}}
}

func (c *causes) add(l *Line) {
	for i := range l.Findings {
		f := &l.Findings[i]
		at := place(f.Path)
		message, column := splitColumn(f.Message)
		key := f.Rule + " " + at + " " + string(f.Severity) + " " + message
		known := c.found[key]
		if known == nil {
			if len(c.order) == mostCauses {
				c.beyond++
				continue
			}
			known = &cause{sample: *f, place: at}
			c.found[key], c.order = known, append(c.order, known)
		}
		if known.last == l.Position {
			continue // one report counts once
		}
		known.last = l.Position
		known.reports++
		if len(known.hits) < shownHits {
			known.hits = append(known.hits, hit{l.Position, f.Line, column, l.Report, f.Path})
		}
	}
}

// sorted gives the causes: errors first, then the most frequent.
func (c *causes) sorted() []*cause {
	slices.SortStableFunc(c.order, func(a, b *cause) int {
		return cmp.Or(cmp.Compare(a.sample.Severity, b.sample.Severity), cmp.Compare(b.reports, a.reports))
	})
	return c.order
}

// splitColumn cuts " (Spalte 7)" from a message that is not well-formed XML, so
// that equal faults at different places have one cause. The column is 0 where
// there is none.
func splitColumn(message string) (string, int) {
	if !strings.HasSuffix(message, ").") {
		return message, 0
	}
	for _, begin := range []string{" (Spalte ", " (column "} {
		at := strings.LastIndex(message, begin)
		if at < 0 {
			continue
		}
		if column, err := strconv.Atoi(message[at+len(begin) : len(message)-2]); err == nil {
			return message[:at] + ".", column
		}
	}
	return message, 0
}

// Sentence is the message of a finding with line and column, for people.
func Sentence(f *report.Finding, isEnglish bool) string {
	if f.Line <= 0 {
		return f.Message
	}
	w := wordsOf(isEnglish)
	message, column := splitColumn(f.Message)
	where := " (" + w.line + "\u00a0" + w.number(f.Line)
	if column > 0 {
		where += ", " + w.column + "\u00a0" + w.number(column)
	}
	return strings.TrimSuffix(message, ".") + where + ")."
}

var frames = []string{"oBDS/Menge_Patient/Patient/Menge_Meldung/Meldung/", "oBDS/Menge_Patient/Patient/", "oBDS/"}

// place is the path without positions, below the report or the patient.
func place(path string) string {
	var b strings.Builder
	b.Grow(len(path))
	depth := 0
	for i := range len(path) {
		switch {
		case path[i] == '[':
			depth++
		case path[i] == ']':
			depth--
		case depth == 0:
			b.WriteByte(path[i])
		}
	}
	short := b.String()
	for _, frame := range frames {
		if cut, found := strings.CutPrefix(short, frame); found {
			return cut
		}
	}
	return short
}
