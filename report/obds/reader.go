// SPDX-License-Identifier: EUPL-1.2

package obds

import (
	"errors"
	"fmt"
	"io"
	"runtime"

	"meldewerk/report"
	"meldewerk/report/obds/xmltoken"
)

// Options say how a package is read. The zero value reads and decodes with the
// built-in versions and the default limits.
type Options struct {
	Catalogue *Catalogue // nil for BuiltIn
	Limits    Limits     // zero for DefaultLimits
	CheckOnly bool       // judge without decoding: Item.Report stays nil
	Version   string     // judge by the table of this version, whatever the package declares
	English   bool       // findings in English instead of German
	Workers   int        // how many cores may read parts of the package; 0 for all, up to 4

	// Inspect is called for each Item before Next gives it, by several
	// goroutines at once; it may add findings. Position is not yet known then,
	// and findings on doubled ids come later. Line and Path may still count
	// from the beginning of a piece; findings made from them are put right
	// together with the Item. An Item may be thrown away and made again, so
	// Inspect must not keep or count it, nor give two Items the same slice of
	// findings. Parts of the package are read before
	// Next is asked for them: who stops before io.EOF may see a last few calls
	// a moment later.
	Inspect func(*Item)

	// InspectPatient is called once for each patient, when all his reports are
	// read, with all of them in the order of the package, in one goroutine, and
	// after Inspect has seen them; the patient's own findings are in them
	// already. Calls for different patients come from several goroutines at
	// once and in no order. frame is what stands before the first Meldung
	// (Schema_Version, Absender, Meldedatum), to be read only, and empty with
	// CheckOnly. All else is as with Inspect: the call must depend on nothing
	// but frame and items, and may change nothing but Findings.
	InspectPatient func(frame *report.Package, items []*Item)

	// Forget takes Item.Report away again when Inspect and InspectPatient have
	// seen it: the items that Next gives have none. It is for callers that want
	// the findings only. The memory of a patient's reports then serves for the
	// next one's, so neither function may keep any part of a report.
	Forget bool

	pieceSize int // of the parts read by several workers; for tests
}

// Reader reads one package. It is not safe for concurrent use.
type Reader struct {
	options Options
	engine  *engine
	scan    *xmltoken.Scanner
	version string // of the table in use
	doc     document

	parts    *parts // while patients are read by several engines
	begun    bool
	done     bool
	complete bool
	err      error // of the source, not of the package
	queue    []*Item
	given    int // of the queue
	position int
	keys     *keys
	findings []report.Finding
	late     []Late
}

var (
	errTooManyReports   = errors.New("more reports of one patient than are read")
	errPatientTooLarge  = errors.New("more bytes of one patient than are read")
	errTooManyReporters = errors.New("more reporters than are read")
)

// NewReader makes a Reader for one package.
func NewReader(in io.Reader, options Options) *Reader {
	if options.Limits == (Limits{}) {
		options.Limits = DefaultLimits()
	}
	if options.Workers <= 0 {
		options.Workers = min(runtime.GOMAXPROCS(0), maxWorkers)
	}
	return &Reader{options: options, scan: xmltoken.New(in, options.Limits.XML), keys: newKeys(options.English)}
}

// Next gives the next Meldung. At the end of the package, or where it ends by
// a fault of its own, the error is io.EOF; any other error is trouble with the
// source or the program, not with the package.
func (r *Reader) Next() (*Item, error) {
	for len(r.queue) == 0 {
		if r.err != nil {
			return nil, r.err
		}
		if r.done {
			return nil, io.EOF
		}
		r.step()
	}
	item := r.queue[r.given]
	r.queue[r.given] = nil
	if r.given++; r.given == len(r.queue) {
		r.queue, r.given = r.queue[:0], 0
	}
	return item, nil
}

// Package is the frame of the package: what stands before the first Meldung
// is known after the first Next, the reporters when the reading is over. It is
// empty with Options.CheckOnly.
func (r *Reader) Package() *report.Package { return &r.doc.Package }

// Version is the version by whose table the package is judged, e.g. 3.0.4; ""
// as long as it is not known.
func (r *Reader) Version() string { return r.version }

// Encoding is the encoding the package was sent in; known after the first Next.
func (r *Reader) Encoding() xmltoken.Encoding { return r.scan.Encoding() }

// Findings are those on the package as a whole. They are complete when Next
// has given io.EOF.
func (r *Reader) Findings() []report.Finding { return r.findings }

// Late lists the findings on reports handed out before, when Next has given io.EOF.
func (r *Reader) Late() []Late { return r.late }

// Complete says that the package was read to its end. Of one that was not,
// nothing should be kept.
func (r *Reader) Complete() bool { return r.complete }

// step reads the next patient.
func (r *Reader) step() {
	if !r.begun {
		r.begun = true
		if err := r.begin(); err != nil {
			r.fail(err)
			return
		}
		if r.engine == nil {
			r.done = true // not a package of ours: a finding says so
			return
		}
	}
	if r.parts != nil {
		r.stepParts()
		return
	}
	kind, err := r.engine.run()
	r.take(r.engine.out)
	switch {
	case err != nil:
		r.fail(err)
	case kind == xmltoken.Done:
		r.finish()
	case kind == xmltoken.Start && r.scan.Divisible():
		r.parts = newParts(r)
	}
}

// inspect lets the caller look at a finished patient.
func (r *Reader) inspect(b *block) {
	if r.options.Inspect != nil {
		for _, item := range b.items {
			r.options.Inspect(item)
		}
	}
	if r.options.InspectPatient != nil && len(b.items) > 0 {
		r.options.InspectPatient(&r.doc.Package, b.items)
	}
}

// take puts the finished patients into the queue.
func (r *Reader) take(b *batch) {
	for _, f := range b.findings {
		r.add(f)
	}
	for _, block := range b.blocks {
		for _, item := range block.items {
			r.position++
			item.Position = r.position
		}
		for _, f := range r.keys.patient(block) {
			r.add(f)
		}
		r.queue = append(r.queue, block.items...)
	}
	b.blocks, b.findings = b.blocks[:0], b.findings[:0]
	switch {
	case r.err != nil || r.done:
	case r.keys.count > r.options.Limits.IDs:
		r.stop(RuleLimit, breaches[xmltoken.TooLarge].phrase.in(r.options.English), "", 0)
	case len(r.keys.senders) > r.options.Limits.Reporters:
		r.stop(RuleLimit, tooManyReporters.in(r.options.English), "", 0)
	}
}

func (r *Reader) add(f report.Finding) {
	if len(r.findings) < r.options.Limits.Findings {
		r.findings = append(r.findings, f)
	}
}

// stop ends the reading with a finding on the package.
func (r *Reader) stop(rule string, s sentence, path string, line int) {
	// This finding is the reason for the end, so it stands whatever their number.
	r.findings = append(r.findings, finding(rule, s, path, line))
	r.end()
}

// end closes the account of the keys.
func (r *Reader) end() {
	r.done = true
	r.late = append(r.late, r.keys.doubledLate()...)
}

// finish ends the reading of a package that came to its end.
func (r *Reader) finish() {
	r.complete = true
	r.end()
	r.late = append(r.late, r.keys.dangling()...)
}

// fail ends the reading: by a fault of the package with a finding, by trouble
// of ours with an error.
func (r *Reader) fail(err error) {
	if r.engine != nil {
		r.salvage()
	}
	fault, is := errors.AsType[*xmltoken.Fault](err)
	switch {
	case errors.Is(err, errTooManyReports), errors.Is(err, errPatientTooLarge):
		r.stop(RuleLimit, patientTooLarge.in(r.options.English), r.openPath(), r.scan.Line)
	case errors.Is(err, errTooManyReporters):
		r.stop(RuleLimit, tooManyReporters.in(r.options.English), r.openPath(), r.scan.Line)
	case is && fault.Code != xmltoken.Unreadable:
		rule, s := faultSentence(fault, r.options.English)
		r.stop(rule, s, r.openPath(), fault.Line)
	default:
		r.err = fmt.Errorf("read package: %w", err)
	}
}

// openPath is the path of the element in which the reading ended.
func (r *Reader) openPath() string {
	if r.engine == nil || r.engine.skip > 0 {
		return ""
	}
	return r.engine.path(len(r.engine.frames), "")
}

// salvage hands out the finished reports of the patient in whom a fault stands.
func (r *Reader) salvage() {
	e := r.engine
	if e.patient == nil || len(e.patient.items) == 0 {
		return
	}
	e.item = nil
	e.closePatient()
	r.take(e.out)
}
