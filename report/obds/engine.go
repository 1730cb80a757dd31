// SPDX-License-Identifier: EUPL-1.2

package obds

import (
	"bytes"
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
	ahead  int32  // state to which the start tag leads that has just been read; -1 when it is not known yet
	skip   int    // open elements that are passed over
	nested bool   // a report or a patient was among them
	value  []byte // text of the innermost element
	loose  bool   // that text had a CDATA section, if an empty one
	values values
	digits []byte // of the last number

	divide   bool // stop when Menge_Patient has begun
	doc      *document
	keys     *keys             // only where Menge_Melder is read
	out      *batch            // where finished patients go
	inspect  func(*block)      // looks at a finished patient; may be nil
	stock    *stock            // for Options.Forget
	patient  *block            // the open patient
	began    int64             // where he begins
	swell    int64             // bytes by which his CDATA sections grow when they are written as text
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
		kind, err := e.token()
		if err != nil {
			mended, closed := e.mend(err)
			if closed {
				return xmltoken.End, nil
			}
			if mended {
				continue
			}
			return xmltoken.Done, e.scan.Reason(err)
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

// token reads the next token, by the short way where it is a start tag that
// the schema lets expect.
func (e *engine) token() (xmltoken.Kind, error) {
	e.ahead = -1
	if e.skip > 0 || len(e.frames) == 0 {
		return e.scan.Next()
	}
	f := &e.frames[len(e.frames)-1]
	if f.content.Text != nil {
		return e.scan.Next()
	}
	to, size := e.schema.Ahead(f.state, e.scan.Ahead())
	if size == 0 {
		return e.scan.Next()
	}
	opened, err := e.scan.Open(size)
	switch {
	case err != nil:
		return xmltoken.Done, err
	case opened:
		e.ahead = to
		return xmltoken.Start, nil
	}
	return e.scan.Next()
}

// start opens an element below the innermost one.
func (e *engine) start() error {
	if e.skip > 0 {
		e.pass()
		return nil
	}
	if e.oversize() {
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
	switch {
	case e.scan.Space != e.space:
	case e.ahead >= 0:
		to = e.ahead
	default:
		to = e.schema.Next(parent.state, e.scan.Name)
	}
	advance := to >= 0
	if !advance {
		if to, advance = e.misplaced(parent); to < 0 {
			e.pass()
			return nil
		}
	}
	decl := e.schema.States[to].Decl
	if advance {
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
		e.leaf(f)
	}
	return nil
}

// leaf closes the element just opened at once when it holds a text and
// nothing out of the ordinary: most elements are so.
func (e *engine) leaf(f *frame) {
	if f.content.Text == nil {
		return
	}
	if value, whole := e.scan.Leaf(); whole {
		e.endText(f, value)
		e.frames = e.frames[:len(e.frames)-1]
	}
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
		if len(e.frames) == depthReport+1 && e.item != nil && e.item.Occasion == "" {
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
		// Only what belongs to a patient ends with him.
		if e.stock != nil && b.field.reuse != nil && (e.patient != nil || b.decl == e.binding.patient) {
			f.target = b.field.reuse(holder, e.stock)
			return
		}
		f.target = b.field.enter(holder)
	}
}

// end closes the innermost element; true when a patient is finished.
func (e *engine) end() bool {
	top := len(e.frames) - 1
	f := &e.frames[top]
	if f.content.Text != nil {
		e.endText(f, e.value)
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
func (e *engine) endText(f *frame, value []byte) {
	if f.faulty {
		return // elements stood in it: said already
	}
	if f.decl.Fixed != nil && len(value) == 0 && !e.loose {
		value = append(e.value[:0], *f.decl.Fixed...)
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

// oversize says that the open patient is above the limit. Whoever sends his
// reports on writes them anew; what that adds counts here, where the sender can
// still be told.
func (e *engine) oversize() bool {
	return e.patient != nil && e.scan.Offset()-e.began+e.swell > int64(e.limits.PatientBytes)
}

// text takes characters up.
func (e *engine) text() error {
	if e.scan.CData {
		grown := bytes.Count(e.scan.Text, []byte("<"))*len("lt;") + bytes.Count(e.scan.Text, []byte("&"))*len("amp;")
		if e.swell += int64(grown); e.oversize() {
			return errPatientTooLarge
		}
	}
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
	e.patient.items = e.patient.few[:0]
	e.began, e.swell = e.scan.Offset(), 0
	e.scan.Tolerant, e.nested = true, false
	if p, ok := f.target.(*patient); ok {
		e.patient.person = p
	}
}

// closePatient hands a finished patient on.
func (e *engine) closePatient() {
	e.patient.finish(e.stock == nil)
	if e.inspect != nil {
		e.inspect(e.patient)
	}
	if e.stock != nil {
		e.patient.forget()
		e.stock.putBack()
	}
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
	e.item = e.stock.newItem()
	e.item.Line, e.item.nth, e.item.patientNth = int(f.line), int(f.nth), e.patient.nth
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
