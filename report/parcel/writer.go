// SPDX-License-Identifier: EUPL-1.2

package parcel

import (
	"errors"
	"fmt"
	"io"
	"reflect"

	"meldewerk/report"
	"meldewerk/report/obds"
)

// What a part holds when Options leave it open.
const (
	DefaultReports = 300
	DefaultBytes   = 4 << 20
)

// Options say how a submission is cut into parts.
type Options struct {
	Reports   int             // most of one part, DefaultReports when 0
	Bytes     int64           // plain bytes after which the next part begins, more or less; DefaultBytes when 0
	Catalogue *obds.Catalogue // versions of the data set, the built-in ones when nil

	// Open begins a part, counted from 1: an envelope for each recipient.
	// Closing what it gives ends the envelope.
	Open func(part int) (io.WriteCloser, error)
	// Sealed tells that a part is finished and its stream closed without error.
	Sealed func(Part) error
}

// Part is one finished part of a submission.
type Part struct {
	Number    int
	Positions []int // of its reports within the submission, ascending
}

// Writer cuts a submission into parts. It holds the reports of one patient at
// a time and is not safe for concurrent use.
type Writer struct {
	options Options
	header  report.Package
	part    *part
	number  int
	last    int // position of the report before
	err     error
}

// part is the part that is being written.
type part struct {
	stream    io.WriteCloser
	frames    *frameWriter
	xml       *obds.Writer
	positions []int
	patients  map[report.PatientID]bool
	reports   map[report.ID]bool
	reporters map[report.ReporterID]bool
	order     []report.ReporterID
	before    *report.Report
}

// NewWriter makes a Writer. Of the header it takes version, sender and
// Meldedatum; the reporters of each part are found while writing.
func NewWriter(header *report.Package, o Options) (*Writer, error) {
	if o.Open == nil || o.Sealed == nil {
		return nil, errors.New("parcel: nowhere to write to")
	}
	if o.Reports <= 0 {
		o.Reports = DefaultReports
	}
	if o.Bytes <= 0 {
		o.Bytes = DefaultBytes
	}
	own := report.Package{SchemaVersion: header.SchemaVersion, Sender: header.Sender, ReportedOn: header.ReportedOn}
	return &Writer{options: o, header: own}, nil
}

// Add writes a report that gives its person, with the portal's findings.
// Positions must ascend, and the report must not be changed before Close.
// After an error the submission is lost; call Abort.
func (w *Writer) Add(position int, r *report.Report, findings []report.Finding) error {
	return w.AddAs(position, r, report.PersonGiven, findings)
}

// AddAs is Add for a report of the Online-Erfassung, which says how its person
// stands to the one that the trust centre knows. A report by reference
// (report.PersonKnown) must hold no person; a remark on the patient stays behind.
func (w *Writer) AddAs(position int, r *report.Report, as report.PersonAs, findings []report.Finding) error {
	if w.err != nil {
		return w.err
	}
	w.err = w.add(position, r, as, findings)
	return w.err
}

func (w *Writer) add(position int, r *report.Report, as report.PersonAs, findings []report.Finding) error {
	if position <= w.last {
		return errors.New("parcel: positions do not ascend")
	}
	w.last = position
	switch as {
	case report.PersonGiven, report.PersonReplaced:
	case report.PersonKnown:
		if !reflect.ValueOf(r.Person).IsZero() {
			return errors.New("parcel: report by reference holds a person")
		}
		blind := *r
		blind.Person, blind.PatientRemark = report.StandIn(), ""
		r = &blind
	default:
		return errors.New("parcel: person of an unknown relation")
	}
	if w.part != nil && w.part.full(&w.options, r) {
		err := w.seal()
		if err != nil {
			return err
		}
	}
	if w.part == nil {
		err := w.open()
		if err != nil {
			return err
		}
	}
	return w.part.add(line{Position: position, Findings: findings, Person: as}, r)
}

// Close ends the last part and says how many there are. Parts that are sealed
// count for nothing before.
func (w *Writer) Close() (int, error) {
	if w.err != nil {
		return 0, w.err
	}
	w.err = errors.New("parcel: closed")
	if w.part != nil {
		err := w.seal()
		if err != nil {
			return 0, err
		}
	}
	return w.number, nil
}

// Abort lets the part that is open go without an end, so that nobody can take
// it for a whole one. It may be called at any time, and after Close does nothing.
func (w *Writer) Abort() {
	if w.part != nil {
		_ = w.part.stream.Close() // the part is thrown away whatever its end
		w.part = nil
	}
	if w.err == nil {
		w.err = errors.New("parcel: aborted")
	}
}

func (w *Writer) open() error {
	w.number++
	stream, err := w.options.Open(w.number)
	if err != nil {
		return fmt.Errorf("open part: %w", err)
	}
	w.part = &part{stream: stream, patients: map[report.PatientID]bool{},
		reports: map[report.ID]bool{}, reporters: map[report.ReporterID]bool{}}
	w.part.frames, err = newFrameWriter(stream)
	if err != nil {
		return err
	}
	w.part.xml, err = obds.NewWriter(w.part.frames, w.options.Catalogue, w.header.SchemaVersion, w.header)
	return err
}

// seal ends the open part.
func (w *Writer) seal() error {
	p := w.part
	err := p.finish()
	if err != nil {
		return err
	}
	w.part = nil
	err = p.stream.Close()
	if err != nil {
		return fmt.Errorf("seal part: %w", err)
	}
	return w.options.Sealed(Part{Number: w.number, Positions: p.positions})
}

// full says that the report belongs into the next part. Size is one reason.
// The other is the data set itself: a package names a patient and a report
// once, and a patient has one set of master data in it.
func (p *part) full(o *Options, r *report.Report) bool {
	switch {
	case len(p.positions) >= o.Reports || p.frames.written+int64(len(p.frames.piece)) >= o.Bytes:
		return true
	case p.reports[r.ID]:
		return true
	case r.Patient == p.before.Patient:
		return r.PatientRemark != p.before.PatientRemark || !reflect.DeepEqual(r.Person, p.before.Person)
	}
	return p.patients[r.Patient]
}

func (p *part) add(l line, r *report.Report) error {
	l.Findings = l.Findings[:min(len(l.Findings), maxFindings)]
	err := p.frames.json(frameReport, l)
	if err != nil {
		return err
	}
	err = p.xml.Write(r)
	if err != nil {
		return fmt.Errorf("write report: %w", err)
	}
	p.positions = append(p.positions, l.Position)
	p.patients[r.Patient], p.reports[r.ID], p.before = true, true, r
	if !p.reporters[r.Reporter] {
		p.reporters[r.Reporter] = true
		p.order = append(p.order, r.Reporter)
	}
	return nil
}

// finish writes the reporters, ids alone, and the end.
func (p *part) finish() error {
	reporters := make([]report.Reporter, len(p.order))
	for i, id := range p.order {
		reporters[i].ID = id
	}
	err := p.xml.Close(reporters)
	if err != nil {
		return fmt.Errorf("write part: %w", err)
	}
	err = p.frames.flush()
	if err != nil {
		return err
	}
	return p.frames.json(frameEnd, end{Reports: len(p.positions)})
}
