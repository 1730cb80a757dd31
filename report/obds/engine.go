// SPDX-License-Identifier: EUPL-1.2

package obds

import (
	"slices"

	"meldewerk/calendar"
	"meldewerk/report"
	"meldewerk/report/obds/schema"
	"meldewerk/report/obds/xmltoken"
)

// engine judges and decodes in one pass: every tag moves the state of the
// open element's content and the place in the model at the same time.
type engine struct {
	binding *binding
	schema  *schema.Schema
	scan    *xmltoken.Scanner
	limits  Limits
	decode  bool
	english bool
	space   int // number of the data set's namespace

	frames []frame
	skip   int    // open elements that are passed over
	nested bool   // a report or a patient was among them
	value  []byte // text of the innermost element
	loose  bool   // that text had a CDATA section, if an empty one
	values values

	divide   bool // stop when Menge_Patient has begun
	doc      *document
	keys     *keys             // only where Menge_Melder is read
	out      *batch            // where finished patients go
	patient  *block            // the open patient
	began    int64             // where he begins
	item     *Item             // the open report
	accuracy calendar.Accuracy // of the open element
}

// frame is an open element.
type frame struct {
	decl    *schema.Decl
	content *schema.Content
	state   int32
	line    int32
	nth     int32 // among siblings of its name, from 1
	kids    int32 // how many children of the last one's name in a row
	faulty  bool  // its order was complained of already
	passed  bool  // what it holds is read over
	text    bool  // its loose text was complained of already
	node    *node
	bound   *bound // the field that its text fills, in the parent's target
	target  any
}

// run reads on until a patient is finished (End), the document ends (Done), a
// fault ends it, or Menge_Patient has begun (Start, where asked for).
func (e *engine) run() (xmltoken.Kind, error) {
	for {
		kind, err := e.scan.Next()
		if err != nil {
			mended, closed := e.mend(err)
			if closed {
				return xmltoken.End, nil
			}
			if mended {
				continue
			}
			return xmltoken.Done, err
		}
		switch kind {
		case xmltoken.Start:
			if fault := e.start(); fault != nil {
				return xmltoken.Done, fault
			}
			if e.scan.Flaw != nil {
				e.damage()
			}
			if e.divide && e.skip == 0 && e.frames[len(e.frames)-1].decl == e.binding.holder {
				e.divide = false
				return xmltoken.Start, nil
			}
		case xmltoken.End:
			if e.skip > 0 {
				e.skip--
				continue
			}
			if e.end() {
				return xmltoken.End, nil
			}
		case xmltoken.Text:
			if e.scan.Flaw != nil {
				e.damage()
			} else if e.skip == 0 {
				if fault := e.text(); fault != nil {
					return xmltoken.Done, fault
				}
			}
		case xmltoken.Passed:
			e.damage()
		case xmltoken.Done:
			return kind, nil
		}
	}
}

// start opens an element below the innermost one.
func (e *engine) start() error {
	if e.skip > 0 {
		e.pass()
		return nil
	}
	if e.patient != nil && e.scan.Offset()-e.began > int64(e.limits.PatientBytes) {
		return errPatientTooLarge
	}
	open := len(e.frames)
	e.frames = slices.Grow(e.frames, 1)
	parent := &e.frames[open-1]
	if parent.content.Text != nil {
		e.pass()
		e.inText(parent)
		return nil
	}
	if parent.passed {
		e.pass()
		return nil
	}
	to := int32(-1)
	if e.scan.Space == e.space {
		to = e.schema.Next(parent.state, e.scan.Name)
	}
	ahead := to >= 0
	if !ahead {
		if to, ahead = e.misplaced(parent); to < 0 {
			e.pass()
			return nil
		}
	}
	decl := e.schema.States[to].Decl
	if ahead {
		parent.advance(e.schema, to)
	}
	e.frames = e.frames[:open+1]
	f := &e.frames[open]
	*f = frame{decl: decl, content: decl.Content, state: decl.Content.Start, line: int32(e.scan.Line), nth: parent.kids}
	if parent.node != nil {
		e.enter(parent, f, to)
	}
	if fault := e.begin(decl); fault != nil {
		return fault
	}
	e.value = e.value[:0]
	e.loose = false
	if e.scan.Flaw == nil {
		e.attributes()
	}
	return nil
}

// begin notes what it means that an element has begun.
func (e *engine) begin(decl *schema.Decl) error {
	switch decl {
	case e.binding.report:
		return e.openReport()
	case e.binding.patient:
		e.openPatient()
	case e.binding.reports:
		e.patient.begun = true
	case e.binding.reporter:
		if e.keys != nil && e.keys.listed >= e.limits.Reporters {
			return errTooManyReporters
		}
	default:
		if e.item != nil && e.item.Occasion == "" {
			e.item.Occasion = occasions[decl.Name]
		}
	}
	return nil
}

// enter finds the place in the model that an element fills.
func (e *engine) enter(parent, f *frame, state int32) {
	b := parent.node.fields[state-parent.content.Start]
	f.bound = b
	e.accuracy = calendar.Unstated
	if b.inner == nil {
		return
	}
	f.node = b.inner
	if holder := b.field.holder(parent.target, true); holder != nil {
		f.target = b.field.enter(holder)
	}
}

// end closes the innermost element; true when a patient is finished.
func (e *engine) end() bool {
	top := len(e.frames) - 1
	f := &e.frames[top]
	if f.content.Text != nil {
		e.endText(f)
	} else if !e.schema.States[f.state].Accept && !f.faulty {
		e.missingAtEnd(f)
	}
	decl := f.decl
	e.frames = e.frames[:top]
	switch decl {
	case e.binding.report:
		e.closeReport()
	case e.binding.patient:
		e.closePatient()
		return true
	}
	return false
}

// endText judges a text and puts it into the model.
func (e *engine) endText(f *frame) {
	if f.faulty {
		return // elements stood in it: said already
	}
	value := e.value
	if f.decl.Fixed != nil && len(value) == 0 && !e.loose {
		value = append(value, *f.decl.Fixed...)
	}
	text := f.content.Text
	flaw := schema.Sound
	word := ""
	if f.bound != nil && f.bound.listed && f.decl.Content == f.content {
		word, flaw = text.CheckListed(value)
	} else {
		flaw = text.Check(value)
	}
	switch {
	case flaw != schema.Sound:
		rule, s := e.flaw(f.decl.Name, text, flaw, value)
		e.report(rule, s, len(e.frames), "", int(f.line))
		return
	case f.decl.Fixed != nil && string(value) != *f.decl.Fixed:
		e.report(RuleFixed, notTheOne.in(e.english, f.decl.Name, *f.decl.Fixed), len(e.frames), "", int(f.line))
		return
	}
	if f.bound != nil {
		e.put(f, value, word)
	}
}

// text takes characters up.
func (e *engine) text() error {
	f := &e.frames[len(e.frames)-1]
	if f.content.Text != nil {
		if len(e.value)+len(e.scan.Text) > e.limits.XML.Token {
			return e.limit(xmltoken.TooLong)
		}
		e.value = append(e.value, e.scan.Text...)
		e.loose = e.loose || e.scan.CData
		return nil
	}
	if (e.scan.Blank && !e.scan.CData) || f.text {
		return nil
	}
	f.text = true
	e.report(RuleLooseText, looseText.in(e.english, f.decl.Name), len(e.frames), "", e.scan.Line)
	return nil
}

func (e *engine) limit(code xmltoken.Code) error {
	return &xmltoken.Fault{Code: code, Line: e.scan.Line}
}

// inText complains of an element inside a text.
func (e *engine) inText(parent *frame) {
	if parent.faulty {
		return
	}
	parent.faulty = true
	e.report(RuleNested, nestedElements.in(e.english, parent.decl.Name), len(e.frames), "", e.scan.Line)
}

// openPatient begins a patient.
func (e *engine) openPatient() {
	f := &e.frames[len(e.frames)-1]
	e.patient = &block{line: int(f.line), nth: int(f.nth)}
	e.began = e.scan.Offset()
	e.scan.Tolerant, e.nested = true, false
	if p, ok := f.target.(*patient); ok {
		e.patient.person = p
	}
}

// closePatient hands a finished patient on.
func (e *engine) closePatient() {
	e.patient.finish()
	if len(e.patient.items) == 0 {
		// No report to carry them: then they are the package's.
		e.out.findings = append(e.out.findings, e.patient.findings...)
	}
	e.out.blocks = append(e.out.blocks, e.patient)
	e.patient = nil
	e.scan.Tolerant = false
}

// openReport begins a report.
func (e *engine) openReport() error {
	f := &e.frames[len(e.frames)-1]
	if len(e.patient.items) >= e.limits.ReportsPerPatient {
		return errTooManyReports
	}
	e.item = &Item{Line: int(f.line), nth: int(f.nth), patientNth: e.patient.nth}
	e.nested = false
	e.item.Report, _ = f.target.(*report.Report) // nil without decoding
	e.doubt()
	return nil
}

func (e *engine) closeReport() {
	if e.item.damaged || e.item.doubted {
		e.item.Report = nil
	}
	e.patient.items = append(e.patient.items, e.item)
	e.item = nil
}
