// SPDX-License-Identifier: EUPL-1.2

package obds

import (
	"bytes"
	"slices"
	"strconv"
	"strings"
	"sync"

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
//
// The pieces lie in a ring: while the engines read some, the caller of Next
// gets what was made of those before, and the next ones are cut.

const (
	maxWorkers      = 4
	pieceSize       = 256 << 10
	largestPiece    = 4 << 20 // where no cut is found within, one engine goes on alone
	piecesPerWorker = 4
)

// parts is the state of reading in parts.
type parts struct {
	mu      sync.Mutex
	idle    []*engine
	waiting []*piece // cut, and no engine has begun

	ring     []piece
	first    int    // in the ring, the next to be given out
	cuts     int    // in the ring, from first on: pieces cut and not given out
	endTag   []byte // of a patient
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
	read  chan struct{} // one message when an engine is through
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
	p.ring = make([]piece, r.options.Workers*piecesPerWorker)
	for i := range p.ring {
		p.ring[i].read = make(chan struct{}, 1)
	}
	for range r.options.Workers {
		p.idle = append(p.idle, r.partEngine())
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

// stepParts takes what was made of the next piece. The pieces behind it are
// read meanwhile.
func (r *Reader) stepParts() {
	p := r.parts
	p.fill(r.scan)
	if p.cuts == 0 {
		r.leaveParts()
		return
	}
	x := p.at(0)
	<-x.read
	if !x.clean {
		p.await(1)
		r.leaveParts()
		return
	}
	for _, b := range x.out.blocks {
		b.shift(p.patients, p.lines)
	}
	p.patients += len(x.out.blocks)
	p.lines += x.lines
	r.take(&x.out)
	p.first, p.cuts = (p.first+1)%len(p.ring), p.cuts-1
	if r.done {
		p.await(0)
	}
}

// at gives the nth of the pieces that are cut and not given out.
func (p *parts) at(nth int) *piece { return &p.ring[(p.first+nth)%len(p.ring)] }

// await waits for the engines that read the nth piece and those behind it.
// Nobody asks any more what they made of them.
func (p *parts) await(nth int) {
	for ; nth < p.cuts; nth++ {
		<-p.at(nth).read
	}
}

// begin lets an engine read a piece: one that has nothing to do, or the first
// that is through.
func (p *parts) begin(x *piece) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.waiting = append(p.waiting, x)
	if n := len(p.idle); n > 0 {
		e := p.idle[n-1]
		p.idle = p.idle[:n-1]
		go p.work(e)
	}
}

// work reads pieces until none waits.
func (p *parts) work(e *engine) {
	for {
		p.mu.Lock()
		if len(p.waiting) == 0 {
			p.idle = append(p.idle, e)
			p.mu.Unlock()
			return
		}
		x := p.waiting[0]
		p.waiting = slices.Delete(p.waiting, 0, 1)
		p.mu.Unlock()
		e.piece(x)
		x.read <- struct{}{}
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

// fill cuts pieces from the source as long as the ring has room. Whatever is
// not cut stays in carry.
func (p *parts) fill(s *xmltoken.Scanner) {
	for p.cuts < len(p.ring) && !p.ended {
		x := p.at(p.cuts)
		if !p.cut(s, x) {
			return
		}
		p.cuts++
		p.begin(x)
	}
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

// leaveParts lets the reader's own engine go on, with the pieces that were not
// given out and with the rest.
func (r *Reader) leaveParts() {
	p := r.parts
	r.parts = nil
	var back [][]byte
	before := p.column
	for i := range p.cuts {
		back = append(back, p.at(i).buf)
	}
	if p.cuts > 0 {
		before = p.at(0).begin
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
