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
		e.report(RuleUnexpected, sentence{"„" + name + "“ steht zusätzlich zu „" + e.schema.States[parent.state].Decl.Name + "“; nur eines davon ist vorgesehen.",
			"Entfernen Sie eines der beiden."}, len(e.frames), tail, e.scan.Line)
	case found > parent.state:
		e.report(RuleMissing, missing("Vor „"+name+"“ fehlt ", required), len(e.frames), tail, e.scan.Line)
		return found, true
	case parent.faulty:
		return found, false
	case found >= 0 && e.schema.States[parent.state].Decl.Name == name:
		e.report(RuleTooOften, sentence{"„" + name + "“ steht öfter, als das Schema erlaubt.",
			"Lassen Sie „" + name + "“ nur so oft stehen, wie das Schema es vorsieht."}, len(e.frames), tail, e.scan.Line)
	case found >= 0:
		e.report(RuleUnexpected, sentence{"„" + name + "“ steht an falscher Stelle.",
			"Halten Sie die Reihenfolge des Schemas ein. " + expected(e.names(parent.state))}, len(e.frames), tail, e.scan.Line)
	case tail == "/*":
		e.report(RuleUnexpected, sentence{"In „" + parent.decl.Name + "“ steht ein Element, das der Datensatz nicht kennt.",
			"Entfernen Sie es. " + expected(e.names(parent.state))}, len(e.frames), tail, e.scan.Line)
	default:
		e.report(RuleUnexpected, sentence{"„" + name + "“ ist in „" + parent.decl.Name + "“ nicht vorgesehen.",
			"Entfernen Sie es. " + expected(e.names(parent.state))}, len(e.frames), tail, e.scan.Line)
	}
	parent.faulty = true
	return found, false
}

// missingAtEnd complains that a content ends too early.
func (e *engine) missingAtEnd(f *frame) {
	e.report(RuleMissing, missing("In „"+f.decl.Name+"“ fehlt ", e.schema.Required(f.state)), len(e.frames), "", int(f.line))
}

func missing(begin string, names []string) sentence {
	if len(names) == 1 {
		return sentence{begin + "„" + names[0] + "“.", "Ergänzen Sie „" + names[0] + "“ im Quellsystem und laden Sie das Paket erneut hoch."}
	}
	return sentence{begin + "eines von: " + strings.Join(names, ", ") + ".", "Ergänzen Sie eines davon im Quellsystem und laden Sie das Paket erneut hoch."}
}

// names gives the elements that may stand next.
func (e *engine) names(state int32) []string {
	var out []string
	for _, m := range e.schema.States[state].Moves {
		out = append(out, m.Name)
	}
	return out
}

func expected(names []string) string {
	switch len(names) {
	case 0:
		return "Hier folgt kein weiteres Element."
	case 1:
		return "Hier folgt „" + names[0] + "“."
	}
	return "Hier folgt eines von: " + strings.Join(names, ", ") + "."
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
		rule, s = RuleMore, moreHidden
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
