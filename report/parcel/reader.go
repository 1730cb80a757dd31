// SPDX-License-Identifier: EUPL-1.2

package parcel

import (
	"errors"
	"io"
	"reflect"

	"meldewerk/identity"
	"meldewerk/report"
	"meldewerk/report/obds"
)

// DefaultLimit bounds the plain bytes that a Reader takes.
const DefaultLimit = 64 << 20

// growth bounds how much longer a patient is in a part than in his package.
const growth = 4

// ReadOptions say how a parcel is read. The zero value is good.
type ReadOptions struct {
	Limit     int64           // plain bytes of the whole, DefaultLimit when 0
	Catalogue *obds.Catalogue // versions of the data set, the built-in ones when nil
}

// Item is one report of a part with both verdicts so far.
type Item struct {
	Position int              // in the submission, 1-based
	As       report.PersonAs  // how the person stands to what the trust centre knows
	Portal   []report.Finding // what the portal found, taken on its word
	Gate     []report.Finding // what the schema check finds here and now
	Report   *report.Report   // sound when Gate is empty; without a person when As is report.PersonKnown
	Path     string           // of the Meldung in this part, for report/check
	Line     int              // likewise
}

// Reader takes one part apart. It is not safe for concurrent use.
type Reader struct {
	frames  *frameReader
	gate    *obds.Reader
	reports int
	err     error
}

// NewReader begins to read a parcel.
func NewReader(from io.Reader, o ReadOptions) (*Reader, error) {
	if o.Limit <= 0 {
		o.Limit = DefaultLimit
	}
	frames, err := newFrameReader(from, o.Limit)
	if err != nil {
		return nil, err
	}
	// What the portal has taken stands here with indentation and without CDATA
	// sections: the same report is longer.
	limits := obds.DefaultLimits()
	limits.XML.Token *= growth
	limits.PatientBytes *= growth
	// One worker: a verdict must stand before its report, and a reader that
	// reads ahead would take it from behind as well.
	return &Reader{frames: frames, gate: obds.NewReader(frames, obds.Options{Catalogue: o.Catalogue, Workers: 1, Limits: limits})}, nil
}

// Package is the frame of the package: sender, Meldedatum and version, known
// after the first Next.
func (r *Reader) Package() *report.Package { return r.gate.Package() }

// Next gives the next report. io.EOF means that the whole part was there and
// sound in itself; after any other error nothing of it may be kept. An error
// repeats itself.
func (r *Reader) Next() (*Item, error) {
	if r.err != nil {
		return nil, r.err
	}
	item, err := r.next()
	r.err = err
	return item, err
}

func (r *Reader) next() (*Item, error) {
	found, err := r.gate.Next()
	switch {
	case errors.Is(err, io.EOF):
		return nil, r.finish()
	case r.frames.err != nil:
		return nil, r.frames.err
	case err != nil:
		return nil, err
	}
	if len(r.frames.lines) == 0 {
		return nil, broken("report without its verdict")
	}
	of := r.frames.lines[0]
	r.frames.lines = r.frames.lines[1:]
	r.reports++
	if found.Report == nil {
		return nil, broken("report cannot be decoded")
	}
	if of.Person == report.PersonKnown {
		if !reflect.DeepEqual(found.Report.Person, report.StandIn()) || found.Report.PatientRemark != "" {
			return nil, broken("report by reference names a person")
		}
		found.Report.Person = identity.Person{}
	}
	return &Item{Position: of.Position, As: of.Person, Portal: of.Findings, Gate: found.Findings, Report: found.Report,
		Path: found.Path(), Line: found.Line}, nil
}

// finish looks whether the part was whole. A portal that keeps the contract
// never writes a part whose package is wrong as such.
func (r *Reader) finish() error {
	_, err := io.Copy(io.Discard, r.frames)
	switch {
	case err != nil:
		return err
	case !r.gate.Complete() || len(r.gate.Findings()) > 0:
		return broken("package of the part is wrong as such")
	case len(r.gate.Late()) > 0:
		return broken("part holds an id twice or a reporter that it does not name")
	case len(r.frames.lines) > 0:
		return broken("verdict without its report")
	case r.frames.end == nil || r.frames.end.Reports != r.reports:
		return broken("number of reports")
	}
	return io.EOF
}
