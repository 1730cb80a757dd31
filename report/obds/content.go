// SPDX-License-Identifier: EUPL-1.2

package obds

import (
	"strconv"
	"strings"

	"meldewerk/report"
	"meldewerk/tumour"
)

// occasions by the element that tells them apart.
var occasions = map[string]tumour.Occasion{
	"Diagnose": tumour.OccasionDiagnosis, "Pathologie": tumour.OccasionPathology, "OP": tumour.OccasionSurgery,
	"ST": tumour.OccasionRadiotherapy, "SYST": tumour.OccasionSystemic, "Verlauf": tumour.OccasionCourse,
	"Tod": tumour.OccasionDeath, "Tumorkonferenz": tumour.OccasionBoard,
}

// misplaced complains of the element at hand, which may not stand here, and
// says how to go on: with the state of the same element elsewhere in the
// content, if there is one (true when it lies ahead), or -1.
func (e *engine) misplaced(parent *frame) (int32, bool) {
	found := int32(-1)
	if e.scan.Space == e.space {
		for s := parent.content.Start + 1; s < parent.content.End; s++ {
			if e.schema.States[s].Decl.Name == string(e.scan.Name) {
				found = s
				if s > parent.state {
					break
				}
			}
		}
	}
	name, known := e.schema.Known(e.scan.Name)
	tail := "/*"
	if known && e.scan.Space == e.space {
		tail = "/" + name
	}
	required := e.schema.Required(parent.state)
	switch {
	case found > parent.state && !e.schema.Reaches(parent.state, found):
		// Of a choice another one stands already: nothing is missing before it.
		e.report(RuleUnexpected, oneTooMany.in(e.english, name, e.schema.States[parent.state].Decl.Name), len(e.frames), tail, e.scan.Line)
	case found > parent.state:
		e.report(RuleMissing, e.missing(missingBefore, noneBefore, name, required), len(e.frames), tail, e.scan.Line)
		return found, true
	case parent.faulty:
		return found, false
	case found >= 0 && e.schema.States[parent.state].Decl.Name == name:
		e.report(RuleTooOften, tooOften.in(e.english, name), len(e.frames), tail, e.scan.Line)
	case found >= 0:
		e.report(RuleUnexpected, wrongPlace.in(e.english, name, e.expected(parent.state)), len(e.frames), tail, e.scan.Line)
	case tail == "/*":
		e.report(RuleUnexpected, unknownElement.in(e.english, parent.decl.Name, e.expected(parent.state)), len(e.frames), tail, e.scan.Line)
	default:
		e.report(RuleUnexpected, notPlanned.in(e.english, name, e.expected(parent.state), parent.decl.Name), len(e.frames), tail, e.scan.Line)
	}
	parent.faulty = true
	return found, false
}

// missingAtEnd complains that a content ends too early.
func (e *engine) missingAtEnd(f *frame) {
	e.report(RuleMissing, e.missing(missingIn, noneIn, f.decl.Name, e.schema.Required(f.state)), len(e.frames), "", int(f.line))
}

// missing says which element is missing, or of which one is.
func (e *engine) missing(one, several *phrase, where string, names []string) sentence {
	if len(names) == 1 {
		return one.in(e.english, where, names[0])
	}
	return several.in(e.english, where, strings.Join(names, ", "))
}

// expected says which elements may stand next.
func (e *engine) expected(state int32) string {
	var names []string
	for _, m := range e.schema.States[state].Moves {
		names = append(names, m.Name)
	}
	switch len(names) {
	case 0:
		return nothingFollows.in(e.english).message
	case 1:
		return oneFollows.in(e.english, names[0]).message
	}
	return someFollow.in(e.english, strings.Join(names, ", ")).message
}

// report records a finding at the first depth frames, with a tail behind
// their path, for the report, the patient or the package that is open.
func (e *engine) report(rule string, s sentence, depth int, tail string, line int) {
	target, most := &e.out.findings, e.limits.Findings
	switch {
	case e.item != nil:
		target, most = &e.item.Findings, e.limits.FindingsPerReport
	case e.patient != nil:
		target, most = &e.patient.findings, e.limits.FindingsPerReport
	}
	switch {
	case len(*target) == most:
		rule, s = RuleMore, moreHidden.in(e.english)
	case len(*target) > most:
		return
	}
	*target = append(*target, finding(rule, s, e.path(depth, tail), line))
}

func finding(rule string, s sentence, path string, line int) report.Finding {
	return report.Finding{Rule: rule, Severity: report.Error, Path: path, Line: line, Message: s.message, Remedy: s.remedy}
}

// path writes the first depth open elements down, with positions where an
// element may stand more than once.
func (e *engine) path(depth int, tail string) string {
	var b strings.Builder
	for i := range e.frames[:depth] {
		f := &e.frames[i]
		if i > 0 {
			b.WriteByte('/')
		}
		b.WriteString(f.decl.Name)
		if f.decl.Repeats {
			b.WriteByte('[')
			b.WriteString(strconv.Itoa(int(f.nth)))
			b.WriteByte(']')
		}
	}
	b.WriteString(tail)
	return b.String()
}
