// SPDX-License-Identifier: EUPL-1.2

package protocol

import (
	"bufio"
	"bytes"
	"cmp"
	"encoding/binary"
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"

	"meldewerk/envelope"
	"meldewerk/report"
	"meldewerk/report/obds"
	"meldewerk/tumour"
)

// Log keeps the results of a package in the order they come, in few bytes
// each, because only its end tells the counts and the late findings. What is
// more than a little goes to a spool that is sealed with a throw-away key. It
// is not safe for concurrent use.
type Log struct {
	folder   string // for the spool; "" is the system's
	hold     int    // bytes in memory
	buf      []byte
	spool    *envelope.Spool
	size     int64  // bytes written before buf
	verdicts []byte // of each report, one after the other through all documents
	starts   []start
	patient  report.PatientID // of the report before
	first    bool             // the next report begins a document
	kinds    map[string]int
	list     []report.Finding // what findings of one kind share; positions left out of the path: Patient[]/…
	key      []byte
	late     []lateSpan
	latest   []report.Finding
}

// start is where a document begins: in the reports and in the bytes.
type start struct {
	report int
	at     int64
}

type lateSpan struct {
	obds.Span
	finding int
}

const (
	holdBytes = 2 << 20
	// A sound rule book has some hundred kinds; texts that differ each time are
	// written out instead.
	mostKinds = 20_000
)

// NewLog makes an empty log. Folder is where its spool may lie.
func NewLog(folder string) *Log {
	return &Log{folder: folder, hold: holdBytes, kinds: map[string]int{}}
}

// Close removes what was spooled.
func (l *Log) Close() error {
	if l.spool == nil {
		return nil
	}
	return l.spool.Close()
}

var occasions = append([]tumour.Occasion{""}, tumour.Occasions()...)

var verdicts = []report.Verdict{report.Accepted, report.Warned, report.Rejected}

// Begin starts the next document; a package in an archive may have several.
func (l *Log) Begin() {
	l.starts = append(l.starts, start{len(l.verdicts), l.size + int64(len(l.buf))})
	l.first = true
}

// Add takes the next report of the document. Its position is that of the calls.
func (l *Log) Add(item *obds.Item) error {
	verdict := byte(slices.Index(verdicts, report.VerdictOf(item.Findings)))
	l.verdicts = append(l.verdicts, verdict)
	same := 0
	if item.Patient == l.patient && !l.first {
		same = 1
	}
	l.patient, l.first = item.Patient, false
	b := binary.AppendUvarint(l.buf, uint64(len(item.Findings)<<5|max(slices.Index(occasions, item.Occasion), 0)<<1|same))
	if same == 0 {
		b = appendText(b, string(item.Patient))
	}
	b = appendText(b, string(item.ID))
	for i := range item.Findings {
		b = l.appendFinding(b, &item.Findings[i])
	}
	l.buf = b
	if len(b) < l.hold {
		return nil
	}
	return l.spill()
}

func (l *Log) spill() error {
	if l.spool == nil {
		spool, err := envelope.NewSpool(l.folder)
		if err != nil {
			l.hold = math.MaxInt // no place for a file: memory has to do
			return nil
		}
		l.spool = spool
	}
	if _, err := l.spool.Write(l.buf); err != nil {
		return fmt.Errorf("keep results: %w", err)
	}
	l.size += int64(len(l.buf))
	l.buf = l.buf[:0]
	return nil
}

// appendFinding writes the number of the kind, the line and the positions in
// the path; kind 0 is written out.
func (l *Log) appendFinding(b []byte, f *report.Finding) []byte {
	key := append(append(l.key[:0], f.Rule...), 0)
	key = appendShape(key, f.Path)
	key = append(append(key, 0), f.Severity...)
	key = append(append(key, 0), f.Message...)
	key = append(append(key, 0), f.Remedy...)
	l.key = key
	n, known := l.kinds[string(key)]
	if strings.Contains(f.Path, "[]") {
		n, known = 0, true // a shape already: what it leaves out could not be put back
	}
	if !known && len(l.list) < mostKinds {
		l.list = append(l.list, report.Finding{Rule: f.Rule, Severity: f.Severity, Path: string(appendShape(nil, f.Path)),
			Message: f.Message, Remedy: f.Remedy})
		n = len(l.list)
		l.kinds[string(key)] = n
	}
	b = binary.AppendUvarint(b, uint64(n))
	b = binary.AppendUvarint(b, uint64(max(f.Line, 0)))
	if n == 0 {
		for _, text := range []string{f.Rule, string(f.Severity), f.Path, f.Message, f.Remedy} {
			b = appendText(b, text)
		}
		return b
	}
	return appendPositions(b, f.Path)
}

// appendShape writes a path without its positions: Patient[7]/x as Patient[]/x.
func appendShape(b []byte, path string) []byte {
	for {
		at := strings.IndexByte(path, '[')
		if at < 0 {
			return append(b, path...)
		}
		_, end := position(path[at+1:])
		b = append(b, path[:at+1]...)
		path = path[at+1+end:]
	}
}

func appendPositions(b []byte, path string) []byte {
	for {
		at := strings.IndexByte(path, '[')
		if at < 0 {
			return b
		}
		n, end := position(path[at+1:])
		if end > 0 {
			b = binary.AppendUvarint(b, n)
		}
		path = path[at+1+end:]
	}
}

// position reads the number that ends with the closing bracket; its length is
// 0 when there is none.
func position(text string) (uint64, int) {
	n, i := uint64(0), 0
	for ; i < len(text) && i < 18 && '0' <= text[i] && text[i] <= '9'; i++ {
		n = n*10 + uint64(text[i]-'0')
	}
	if i == 0 || i == len(text) || text[i] != ']' || text[0] == '0' {
		return 0, 0
	}
	return n, i
}

func appendText(b []byte, text string) []byte {
	return append(binary.AppendUvarint(b, uint64(len(text))), text...)
}

// Amend adds a finding to reports of a document that were added before. The
// first document is 1.
func (l *Log) Amend(document int, f report.Finding, spans ...obds.Span) {
	base := l.starts[document-1].report
	verdict := byte(slices.Index(verdicts, report.VerdictOf([]report.Finding{f})))
	l.latest = append(l.latest, f)
	for _, s := range spans {
		s.First, s.Last = s.First+base, s.Last+base
		l.late = append(l.late, lateSpan{s, len(l.latest) - 1})
		for at := s.First; at <= s.Last; at++ {
			l.verdicts[at-1] = max(l.verdicts[at-1], verdict)
		}
	}
}

// reports are the first report of a document and the first behind it.
func (l *Log) reports(document int) (int, int) {
	if document == len(l.starts) {
		return l.starts[document-1].report, len(l.verdicts)
	}
	return l.starts[document-1].report, l.starts[document].report
}

// Count fills in the counts of a document's head.
func (l *Log) Count(document int, h *Head) {
	from, to := l.reports(document)
	of := l.verdicts[from:to]
	h.Reports = len(of)
	h.Accepted, h.Warned = bytes.Count(of, []byte{0}), bytes.Count(of, []byte{1})
	h.Rejected = h.Reports - h.Accepted - h.Warned
}

// Lines gives all results of a document with what was amended. They may be
// read several times, but nothing may be added any more.
func (l *Log) Lines(document int) Lines {
	return func(yield func(Line, error) bool) {
		in, err := l.reader(l.starts[document-1].at)
		if err != nil {
			yield(Line{}, err)
			return
		}
		from, to := l.reports(document)
		slices.SortStableFunc(l.late, func(a, b lateSpan) int { return cmp.Compare(a.First, b.First) })
		late, open := l.late, []lateSpan(nil)
		line := Line{}
		for at := from; at < to; at++ {
			if err := l.read(in, &line.Result); err != nil {
				yield(Line{}, fmt.Errorf("read results: %w", err))
				return
			}
			line.Position, line.Verdict = at-from+1, verdicts[l.verdicts[at]]
			for ; len(late) > 0 && late[0].First <= at+1; late = late[1:] {
				open = append(open, late[0])
			}
			if len(open) > 0 {
				open = slices.DeleteFunc(open, func(s lateSpan) bool { return s.Last < at+1 })
			}
			for _, s := range open {
				line.Findings = append(line.Findings, l.latest[s.finding])
			}
			if !yield(line, nil) {
				return
			}
		}
	}
}

func (l *Log) reader(from int64) (*bufio.Reader, error) {
	if l.spool == nil {
		return bufio.NewReaderSize(bytes.NewReader(l.buf[from:]), 64<<10), nil
	}
	if len(l.buf) > 0 {
		if err := l.spill(); err != nil {
			return nil, err
		}
	}
	at, size, err := l.spool.ReaderAt()
	if err != nil {
		return nil, fmt.Errorf("read results: %w", err)
	}
	return bufio.NewReaderSize(io.NewSectionReader(at, from, size-from), 1<<20), nil
}

func (l *Log) read(in *bufio.Reader, r *report.Result) error {
	head, err := binary.ReadUvarint(in)
	if err != nil {
		return err
	}
	r.Occasion, r.Findings = occasions[head>>1&15], r.Findings[:0]
	if head&1 == 0 {
		text, err := readText(in)
		if err != nil {
			return err
		}
		r.Patient = report.PatientID(text)
	}
	id, err := readText(in)
	if err != nil {
		return err
	}
	r.Report = report.ID(id)
	for range head >> 5 {
		f, err := l.readFinding(in)
		if err != nil {
			return err
		}
		r.Findings = append(r.Findings, f)
	}
	return nil
}

func (l *Log) readFinding(in *bufio.Reader) (report.Finding, error) {
	n, err := binary.ReadUvarint(in)
	if err != nil {
		return report.Finding{}, err
	}
	line, err := binary.ReadUvarint(in)
	if err != nil {
		return report.Finding{}, err
	}
	f := report.Finding{Line: int(line)}
	if n == 0 {
		var severity string
		for _, text := range []*string{&f.Rule, &severity, &f.Path, &f.Message, &f.Remedy} {
			if *text, err = readText(in); err != nil {
				return report.Finding{}, err
			}
		}
		f.Severity = report.Severity(severity)
		return f, nil
	}
	shared := &l.list[n-1]
	f.Rule, f.Severity, f.Message, f.Remedy = shared.Rule, shared.Severity, shared.Message, shared.Remedy
	f.Path, err = pathFrom(shared.Path, in)
	return f, err
}

// pathFrom puts the positions into a path again.
func pathFrom(shape string, in *bufio.Reader) (string, error) {
	var room [256]byte
	b := room[:0]
	for {
		at := strings.Index(shape, "[]")
		if at < 0 {
			return string(append(b, shape...)), nil
		}
		n, err := binary.ReadUvarint(in)
		if err != nil {
			return "", err
		}
		b = append(b, shape[:at+1]...)
		b = strconv.AppendUint(b, n, 10)
		shape = shape[at+1:]
	}
}

func readText(in *bufio.Reader) (string, error) {
	n, err := binary.ReadUvarint(in)
	if err != nil || n == 0 {
		return "", err
	}
	b := make([]byte, n)
	_, err = io.ReadFull(in, b)
	return string(b), err
}
