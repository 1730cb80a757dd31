// SPDX-License-Identifier: EUPL-1.2

package obds

import (
	"bytes"
	"errors"

	"meldewerk/report"
	"meldewerk/report/obds/schema"
	"meldewerk/report/obds/xmltoken"
)

// One damaged report must not cost the others their verdict. A fault that
// leaves the structure of the package clear (a character, a reference, a
// prefix) is charged to the report in which it stands, or to its patient, and
// the reading goes on. Behind a fault in the structure itself the way is
// sought again: see mend. Nothing of a damaged report is decoded, and what
// comes after it is read by the ordinary strict rules.
//
// Where the structure broke, a piece of the file may be missing, and with it
// the end of one patient and the beginning of the next. Nothing tells then
// whose the following reports are, so up to the end of the patient they are
// rejected. Those before the fault stand.

// The depths of the frame, in open elements.
const (
	depthPackage = 2 // oBDS and Menge_Patient
	depthPatient = 3
	depthReports = 4 // Menge_Meldung
	depthReport  = 5
)

// maxStray is how many bytes of a text are looked at behind a < that stands in
// it by mistake.
const maxStray = 4096

const (
	reportName   = "Meldung"
	reportsName  = "Menge_Meldung"
	patientName  = "Patient"
	patientsName = "Menge_Patient"
)

// landmarks are the elements by which the way is found again.
var landmarks = []string{reportName, reportsName, patientName, patientsName}

// damage charges the fault that the last token has to the open report or
// patient.
func (e *engine) damage() {
	fault := e.scan.Flaw
	e.scan.Flaw = nil
	e.charge(fault, e.item == nil)
	switch {
	case e.item != nil:
		e.passReport()
	case e.skip == 0:
		e.frames[len(e.frames)-1].faulty = true // what it holds was not read
	}
}

// charge rejects the open report for a fault, or all reports of the open
// patient. Of one report only the first fault is said.
func (e *engine) charge(fault *xmltoken.Fault, whole bool) {
	switch {
	case whole:
		e.patient.damaged = true
		if len(e.patient.findings) <= e.limits.FindingsPerReport {
			e.patient.findings = append(e.patient.findings, e.said(fault))
		}
	case !e.item.damaged:
		e.item.Findings = append(e.item.Findings, e.said(fault))
	}
	if e.item != nil {
		e.item.damaged = true
	}
}

func (e *engine) said(fault *xmltoken.Fault) report.Finding {
	rule, s := faultSentence(fault, e.english)
	return finding(rule, s, e.path(len(e.frames), ""), fault.Line)
}

// doubt rejects the report that has just begun if it is not sure whose it is.
func (e *engine) doubt() {
	if !e.patient.gap {
		return
	}
	f := &e.frames[len(e.frames)-1]
	e.item.doubted = true
	e.item.Findings = append(e.item.Findings,
		finding(RuleWellFormed, notSurelyHis.in(e.english), e.path(len(e.frames), ""), int(f.line)))
}

// passReport reads over the rest of the open report.
func (e *engine) passReport() {
	e.skip += len(e.frames) - depthReport
	e.frames = e.frames[:depthReport]
	f := &e.frames[depthReport-1]
	f.faulty, f.text, f.passed = true, true, true
}

// pass reads over the element that has just begun.
func (e *engine) pass() {
	e.skip++
	if name := string(e.scan.Name); name == reportName || name == patientName {
		e.nested = true
	}
}

// mend finds the way again behind a fault that broke the structure: to the
// next report, or to the end of the patient. It gives up where it cannot be
// sure that no report is lost and that nothing is taken for a report that was
// none. closed says that the patient is finished.
func (e *engine) mend(err error) (mended, closed bool) {
	fault, is := errors.AsType[*xmltoken.Fault](err)
	if !is || !fault.Code.Repairable() || e.patient == nil || e.nested {
		return false, false
	}
	if len(e.frames) < depthReports || e.frames[depthReports-1].decl != e.binding.reports {
		return e.mendPatient(fault)
	}
	whole, gap := false, true
	size, stray := 0, false
	if e.wordy() {
		size, stray = e.scan.StrayLess(maxStray)
	}
	if stray {
		gap, fault = false, &xmltoken.Fault{Code: xmltoken.Less, Line: fault.Line, Column: fault.Column}
		if e.item != nil { // the rest of the report must keep its structure, too
			e.charge(fault, false)
			e.scan.Drop(size)
			e.passReport()
			return true, false
		}
	}
	if e.item == nil {
		begins, counts := e.brokenReport()
		if counts && !e.phantom(fault.Line) {
			return false, false
		}
		whole = !begins
	}
	if mended, closed = e.mendReport(fault, whole); mended && gap && !closed {
		e.patient.gap = true
	}
	return mended, closed
}

// wordy says that people write words into the open element. In a code or a day
// a < is no sign of theirs: there a piece of the file is missing, which began
// behind the < of one tag and ended in another element of the same name.
func (e *engine) wordy() bool {
	if e.skip > 0 { // what is passed over is known by its name alone
		name := e.scan.Qualified()
		return e.schema.Wordy(name[bytes.IndexByte(name, ':')+1:])
	}
	text := e.frames[len(e.frames)-1].content.Text
	return text != nil && text.IsWords()
}

// brokenReport looks at a fault between two reports: whether a report begins
// there for sure, and whether one should be counted.
func (e *engine) brokenReport() (begins, counts bool) {
	tag, known := e.scan.Broken(landmarks)
	isReport := known && tag.Name == reportName
	begins = isReport && !tag.End && e.skip == 0
	return begins, isReport || e.skip > 0 || !known && e.scan.StartsTag()
}

// phantom opens the report of which no tag could be read. False when there
// are too many.
func (e *engine) phantom(line int) bool {
	parent := &e.frames[depthReports-1]
	to := e.schema.Next(parent.state, []byte(reportName))
	if to < 0 {
		return false
	}
	parent.advance(e.schema, to)
	e.skip = 0
	e.frames = append(e.frames[:depthReports], frame{decl: e.binding.report, content: e.binding.report.Content,
		state: e.binding.report.Content.Start, line: int32(line), nth: parent.kids})
	return e.openReport() == nil
}

// mendReport looks for what follows the open report.
func (e *engine) mendReport(fault *xmltoken.Fault, whole bool) (mended, closed bool) {
	tag, found := e.next()
	ended := found && tag.Name == reportName && tag.End
	if ended {
		tag, found = e.scan.Pass(tag, landmarks, e.room())
	}
	switch {
	case !found:
	case tag.Name == reportName && !tag.End, tag.Name == reportsName && tag.End:
		// Where it is not sure how the report ended, nothing of this patient
		// is taken.
		e.charge(fault, whole || !ended || tag.Gap)
		e.resume(depthReports)
		return true, false
	case tag.Name == patientName && tag.End:
		return e.mendEnd(fault, tag)
	}
	return false, false
}

// next is the next landmark; the end tag that broke, because something was
// still open, may be one.
func (e *engine) next() (xmltoken.Tag, bool) {
	if tag, found := e.scan.Broken(landmarks); found && tag.End {
		return tag, true
	}
	return e.scan.Seek(landmarks, e.room())
}

// mendPatient looks for the reports of a patient whose own data are damaged,
// or for his end when they have been read.
func (e *engine) mendPatient(fault *xmltoken.Fault) (mended, closed bool) {
	tag, found := e.next()
	switch {
	case !found:
	case tag.Name == reportsName && !tag.End && !e.patient.begun:
		e.charge(fault, true)
		e.resume(depthPatient)
		f := &e.frames[depthPatient-1]
		f.state = e.beforeReports(f)
		return true, false
	case tag.Name == patientName && tag.End && e.patient.begun:
		return e.mendEnd(fault, tag)
	}
	return false, false
}

// mendEnd closes the patient at his end tag, which must be followed by the
// next one or by the end of them all.
func (e *engine) mendEnd(fault *xmltoken.Fault, tag xmltoken.Tag) (mended, closed bool) {
	next, found := e.scan.Pass(tag, landmarks, e.room())
	follows := next.Name == patientName && !next.End || next.Name == patientsName && next.End
	if !found || next.Gap || !follows {
		return false, false
	}
	e.charge(fault, true)
	e.resume(depthPackage)
	e.closePatient()
	return true, true
}

// beforeReports is a state of the patient's content after which his reports
// may stand: what should stand before them was damaged.
func (e *engine) beforeReports(f *frame) int32 {
	for s := f.content.Start; s < f.content.End; s++ {
		if e.schema.Next(s, []byte(reportsName)) >= 0 {
			return s
		}
	}
	return f.state
}

// resume leaves so many elements open and reads on.
func (e *engine) resume(depth int) {
	e.scan.Settle(depth)
	if e.item != nil {
		e.closeReport()
	}
	e.skip, e.frames = 0, e.frames[:depth]
}

// room is how many bytes more may belong to the open patient.
func (e *engine) room() int64 { return int64(e.limits.PatientBytes) - (e.scan.Offset() - e.began) }

// advance moves to the state of the next element in the frame.
func (f *frame) advance(s *schema.Schema, to int32) {
	decl := s.States[to].Decl
	if decl.Repeats && s.States[f.state].Decl == decl {
		f.kids++
	} else {
		f.kids = 1
	}
	f.state = to
}
