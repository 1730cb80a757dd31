// SPDX-License-Identifier: EUPL-1.2

package obds

import (
	"bytes"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"

	"meldewerk/report"
	"meldewerk/report/obds/xmltoken"
)

// Patients are read by several engines at once, each on a piece of the
// package cut behind an end tag of Patient. The cut is a guess: it may lie in
// a comment, or deeper than it seems. An engine that comes to the end of its
// piece without a fault and with as many elements closed as opened has proved
// the guess right, and has read what one engine would have read. At the first
// piece that does not, or that holds a finding on the package as a whole, one
// engine goes on alone from there.

const (
	maxWorkers      = 4
	pieceSize       = 256 << 10
	largestPiece    = 4 << 20 // where no cut is found within, one engine goes on alone
	piecesPerWorker = 4
)

// parts is the state of reading in parts.
type parts struct {
	engines  []*engine
	endTag   []byte // of a patient
	pieces   []piece
	carry    []byte // read but not yet cut
	ended    bool   // the source has no more
	patients int
	lines    int // before the next piece
	before   int // lines before the first piece
	column   int // characters before carry in its line
	size     int // of a piece
}

// piece is a stretch of whole patients, and what an engine made of it.
type piece struct {
	buf   []byte // the bytes, with room behind them
	out   batch
	lines int
	begin int // characters before the piece in its line
	clean bool
}

func newParts(r *Reader) *parts {
	p := &parts{lines: r.scan.Lines(), before: r.scan.Lines(), column: r.scan.Before(), size: pieceSize}
	if r.options.pieceSize > 0 {
		p.size = r.options.pieceSize
	}
	name := string(r.scan.Qualified())
	prefix := ""
	if i := strings.IndexByte(name, ':'); i >= 0 {
		prefix = name[:i+1]
	}
	p.endTag = []byte("</" + prefix + r.engine.binding.patient.Name + ">")
	p.pieces = make([]piece, r.options.Workers*piecesPerWorker)
	for range r.options.Workers {
		p.engines = append(p.engines, r.partEngine())
	}
	return p
}

// partEngine makes an engine that stands where the reader's engine stands.
func (r *Reader) partEngine() *engine {
	e := r.newEngine(r.engine.binding, xmltoken.NewPart(r.scan))
	e.space = r.engine.space
	e.frames = slices.Clone(r.engine.frames)
	if e.decode {
		e.doc = &document{}
		for i := range e.frames {
			if e.frames[i].target != nil {
				e.frames[i].target = e.doc
			}
		}
	}
	return e
}

// stepParts reads the next pieces.
func (r *Reader) stepParts() {
	p := r.parts
	n := p.fill(r.scan)
	if n == 0 {
		r.leaveParts(nil)
		return
	}
	var next atomic.Int32
	var wait sync.WaitGroup
	for _, e := range p.engines[:min(len(p.engines), n)] {
		wait.Go(func() {
			for i := int(next.Add(1)) - 1; i < n; i = int(next.Add(1)) - 1 {
				e.piece(&p.pieces[i])
			}
		})
	}
	wait.Wait()
	for i := range p.pieces[:n] {
		x := &p.pieces[i]
		if !x.clean {
			r.leaveParts(p.pieces[i:n])
			return
		}
		for _, b := range x.out.blocks {
			b.shift(p.patients, p.lines)
		}
		p.patients += len(x.out.blocks)
		p.lines += x.lines
		r.take(&x.out)
		if r.done {
			return
		}
	}
	if p.ended {
		r.leaveParts(nil)
	}
}

// piece reads a piece.
func (e *engine) piece(x *piece) {
	const depth = 2 // oBDS and Menge_Patient
	e.scan.Reset(x.buf, x.begin)
	e.frames = e.frames[:depth]
	inner := &e.frames[depth-1]
	inner.state, inner.kids = inner.content.Start, 0
	e.skip, e.patient, e.item = 0, nil, nil
	e.out = &x.out
	e.out.blocks, e.out.findings = nil, nil
	for {
		kind, err := e.run()
		if err != nil || len(e.out.findings) > 0 {
			x.clean = false
			return
		}
		if kind == xmltoken.Done {
			x.clean = len(e.frames) == depth && e.skip == 0
			x.lines = e.scan.Lines()
			return
		}
	}
}

// fill cuts pieces from the source and gives their number. Whatever is not
// cut stays in carry.
func (p *parts) fill(s *xmltoken.Scanner) int {
	n := 0
	for ; n < len(p.pieces) && !p.ended; n++ {
		if !p.cut(s, &p.pieces[n]) {
			return n
		}
	}
	return n
}

// cut makes one piece. False when there is no place to cut, or so little is
// left that it is not worth it.
func (p *parts) cut(s *xmltoken.Scanner, x *piece) bool {
	buf := append(x.buf[:0], p.carry...)
	p.carry = p.carry[:0]
	want := p.size
	for {
		if cap(buf) <= want {
			buf = slices.Grow(buf, want+1-len(buf)) // one byte for the scanner's end mark
		}
		for len(buf) < want && !p.ended {
			n, err := s.Take(buf[len(buf):want])
			buf = buf[:len(buf)+n]
			p.ended = err != nil
		}
		at := bytes.LastIndex(buf, p.endTag)
		if at >= 0 {
			end := at + len(p.endTag)
			p.carry = append(p.carry, buf[end:]...)
			x.buf = buf[:end]
			x.begin, p.column = p.column, xmltoken.BeforeNext(p.column, x.buf)
			return true
		}
		if p.ended || want >= largestPiece {
			p.carry = append(p.carry, buf...)
			p.ended = true
			x.buf = buf[:0]
			return false
		}
		want *= 2
	}
}

// leaveParts lets the reader's own engine go on, with pieces that were not
// read and with the rest.
func (r *Reader) leaveParts(pieces []piece) {
	p := r.parts
	r.parts = nil
	var back [][]byte
	before := p.column
	for i := range pieces {
		back = append(back, pieces[i].buf)
	}
	if len(pieces) > 0 {
		before = pieces[0].begin
	}
	r.scan.Return(p.lines-p.before, before, append(back, p.carry)...)
	inner := &r.engine.frames[len(r.engine.frames)-1]
	if p.patients > 0 {
		inner.state = r.engine.schema.Next(inner.state, []byte(r.engine.binding.patient.Name))
		inner.kids = int32(p.patients)
	}
}

// shift moves a patient read in a piece to his place in the package.
func (b *block) shift(patients, lines int) {
	b.nth += patients
	b.line += lines
	for _, item := range b.items {
		item.Line += lines
		item.patientNth += patients
		if len(item.Findings) == 0 {
			continue
		}
		// The patient's own findings may be shared by his reports.
		item.Findings = slices.Clone(item.Findings)
		for i := range item.Findings {
			shiftFinding(&item.Findings[i], patients, lines)
		}
	}
}

const patientPrefix = "oBDS/Menge_Patient/Patient["

// shiftFinding corrects line and path. A finding that Inspect made and that
// has no line is left as it is but for the path.
func shiftFinding(f *report.Finding, patients, lines int) {
	if f.Line > 0 {
		f.Line += lines
	}
	rest, has := strings.CutPrefix(f.Path, patientPrefix)
	if !has {
		return
	}
	number, rest, found := strings.Cut(rest, "]")
	nth, err := strconv.Atoi(number)
	if found && err == nil {
		f.Path = patientPrefix + strconv.Itoa(nth+patients) + "]" + rest
	}
}
