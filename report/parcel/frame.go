// SPDX-License-Identifier: EUPL-1.2

package parcel

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"unicode/utf8"

	"meldewerk/fault"
	"meldewerk/report"
)

// magic is the first line of a parcel. Its number changes with the form.
const magic = "meldewerk parcel 1\n"

// The kinds of frames.
const (
	frameReport = 'J'
	frameXML    = 'X'
	frameEnd    = 'E'
)

const (
	frameHeader = 5
	maxPart     = 31 << 20 // bytes of a part: sealed, it must go through the exchange
	maxXML      = 32 << 10 // bytes of one piece of XML
	maxJSON     = 4 << 20  // bytes of one JSON frame
	maxFindings = 1000     // the portal's, of one report
	maxWaiting  = 20_000   // verdicts read ahead of their reports
	maxWords    = 1000     // characters of a path or sentence in a finding
	maxRule     = 64
)

// ErrBroken means that the parcel is not what a portal writes: damaged, cut
// or made by somebody else. Nothing of it may be kept.
var ErrBroken = fault.New(fault.Invalid, "parcel.broken",
	"Der Inhalt eines versiegelten Teils hat nicht die vereinbarte Form und wurde nicht angenommen. Melden Sie dies der Technik.")

func broken(format string, args ...any) error {
	return ErrBroken.Because(fmt.Errorf(format, args...))
}

// line is the content of a report's frame.
type line struct {
	Position int              `json:"position"`
	Findings []report.Finding `json:"findings"`
	Person   report.PersonAs  `json:"person,omitempty"`
}

// end is the content of the last frame.
type end struct {
	Reports int `json:"reports"`
}

// frameWriter writes frames and counts their bytes. It gathers XML into pieces.
type frameWriter struct {
	to      io.Writer
	piece   []byte
	written int64
}

func newFrameWriter(to io.Writer) (*frameWriter, error) {
	w := &frameWriter{to: to, piece: make([]byte, 0, maxXML)}
	return w, w.raw([]byte(magic))
}

// raw counts every byte on its way.
func (w *frameWriter) raw(p []byte) error {
	if w.written+int64(len(p)) > maxPart {
		return errors.New("write parcel: part above the limit")
	}
	n, err := w.to.Write(p)
	w.written += int64(n)
	if err != nil {
		return fmt.Errorf("write parcel: %w", err)
	}
	return nil
}

func (w *frameWriter) frame(kind byte, content []byte) error {
	header := [frameHeader]byte{0: kind}
	binary.BigEndian.PutUint32(header[1:], uint32(len(content)))
	err := w.raw(header[:])
	if err != nil {
		return err
	}
	return w.raw(content)
}

func (w *frameWriter) json(kind byte, value any) error {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	err := e.Encode(value)
	if err != nil {
		// The words of encoding/json may quote a value.
		return errors.New("write parcel: frame cannot be written as JSON")
	}
	if b.Len() > maxJSON {
		return fmt.Errorf("write parcel: frame of %d bytes", b.Len())
	}
	return w.frame(kind, b.Bytes())
}

// Write takes XML.
func (w *frameWriter) Write(p []byte) (int, error) {
	taken := 0
	for len(p) > 0 {
		n := min(len(p), maxXML-len(w.piece))
		w.piece = append(w.piece, p[:n]...)
		p, taken = p[n:], taken+n
		if len(w.piece) == maxXML {
			if err := w.flush(); err != nil {
				return taken, err
			}
		}
	}
	return taken, nil
}

// flush sends the XML gathered so far.
func (w *frameWriter) flush() error {
	if len(w.piece) == 0 {
		return nil
	}
	err := w.frame(frameXML, w.piece)
	w.piece = w.piece[:0]
	return err
}

// frameReader takes a parcel apart. Read gives the XML alone; the lines of
// reports that were met on the way wait in lines.
type frameReader struct {
	from  io.Reader
	left  int64 // bytes that may still come
	piece []byte
	lines []line
	last  int // position of the report before
	end   *end
	err   error
}

func newFrameReader(from io.Reader, limit int64) (*frameReader, error) {
	r := &frameReader{from: from, left: limit}
	begin := make([]byte, len(magic))
	err := r.fill(begin)
	if err != nil {
		return nil, err
	}
	if string(begin) != magic {
		return nil, broken("not a parcel of this version")
	}
	return r, nil
}

// fill reads exactly len(p) bytes.
func (r *frameReader) fill(p []byte) error {
	if r.left -= int64(len(p)); r.left < 0 {
		return broken("parcel is above the limit")
	}
	_, err := io.ReadFull(r.from, p)
	switch {
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return broken("parcel is cut")
	case err != nil:
		return fmt.Errorf("read parcel: %w", err)
	}
	return nil
}

func (r *frameReader) frame() (byte, []byte, error) {
	var header [frameHeader]byte
	err := r.fill(header[:])
	if err != nil {
		return 0, nil, err
	}
	length, most := binary.BigEndian.Uint32(header[1:]), uint32(maxJSON)
	if header[0] == frameXML {
		most = maxXML
	}
	if length > most {
		return 0, nil, broken("frame of %d bytes", length)
	}
	content := make([]byte, length)
	return header[0], content, r.fill(content)
}

// Read gives the XML of the package up to the end frame.
func (r *frameReader) Read(p []byte) (int, error) {
	for len(r.piece) == 0 {
		if r.err != nil {
			return 0, r.err
		}
		if r.end != nil {
			return 0, io.EOF
		}
		r.err = r.next()
	}
	n := copy(p, r.piece)
	r.piece = r.piece[n:]
	return n, nil
}

// next takes one frame.
func (r *frameReader) next() error {
	kind, content, err := r.frame()
	if err != nil {
		return err
	}
	switch kind {
	case frameXML:
		r.piece = content
		return nil
	case frameReport:
		var l line
		err = decode(content, &l)
		if err != nil {
			return err
		}
		if l.Position <= r.last {
			return broken("positions do not ascend")
		}
		if len(r.lines) == maxWaiting {
			return broken("verdicts without reports")
		}
		switch l.Person {
		case report.PersonGiven, report.PersonKnown, report.PersonReplaced:
		default:
			return broken("person of an unknown relation")
		}
		r.last = l.Position
		r.lines = append(r.lines, l)
		return checkFindings(l.Findings)
	case frameEnd:
		r.end = new(end)
		err = decode(content, r.end)
		if err != nil {
			return err
		}
		return r.nothingMore()
	}
	return broken("unknown frame")
}

// nothingMore refuses what stands behind the end.
func (r *frameReader) nothingMore() error {
	n, err := io.ReadFull(r.from, make([]byte, 1))
	switch {
	case n > 0:
		return broken("something follows the end")
	case !errors.Is(err, io.EOF):
		return fmt.Errorf("read parcel: %w", err)
	}
	return nil
}

// checkFindings bounds what the portal says of a report, because it ends on a page.
func checkFindings(findings []report.Finding) error {
	if len(findings) > maxFindings {
		return broken("too many findings on one report")
	}
	for _, f := range findings {
		if f.Severity != report.Error && f.Severity != report.Warning {
			return broken("finding of unknown severity")
		}
		if f.Rule == "" || len(f.Rule) > maxRule || f.Line < 0 || utf8.RuneCountInString(f.Path) > maxWords ||
			utf8.RuneCountInString(f.Message) > maxWords || utf8.RuneCountInString(f.Remedy) > maxWords {
			return broken("finding of a wrong form")
		}
	}
	return nil
}

// decode reads exactly one JSON document with known fields only. The cause
// never repeats what was read.
func decode(content []byte, into any) error {
	d := json.NewDecoder(bytes.NewReader(content))
	d.DisallowUnknownFields()
	err := d.Decode(into)
	if err == nil {
		if _, err = d.Token(); errors.Is(err, io.EOF) && utf8.Valid(content) {
			return nil
		}
	}
	return broken("frame is not the JSON document expected")
}
