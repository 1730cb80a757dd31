// SPDX-License-Identifier: EUPL-1.2

package synth

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"io"
	"strconv"

	"meldewerk/report/obds"
)

// WriteXML writes the World as one package. To truth, when not nil, goes a
// table with one row per report: meldung_id, melder_id, patient_id as they
// stand in the package, the number of the person (from 0; records of one
// person share it), the number of the tumour within the person, and the name
// of the fault, empty for none. A fault may change an id in the package
// itself; the truth then has the id of before.
func (w *World) WriteXML(out, truth io.Writer) error {
	if truth == nil {
		truth = io.Discard
	}
	rows := csv.NewWriter(truth)
	if err := rows.Write([]string{"meldung_id", "melder_id", "patient_id", "person", "tumour", "fault"}); err != nil {
		return fmt.Errorf("write truth: %w", err)
	}
	edit := &editor{out: out}
	head := w.Package()
	xml, err := obds.NewWriter(edit, nil, w.options.SchemaVersion, head)
	if err != nil {
		return fmt.Errorf("begin synthetic package: %w", err)
	}
	for e := range w.Entries() {
		edit.expect(e.Fault)
		if err := xml.Write(e.Report); err != nil {
			return fmt.Errorf("write synthetic report: %w", err)
		}
		if err := rows.Write([]string{string(e.Report.ID), string(e.Report.Reporter), string(e.Report.Patient),
			strconv.Itoa(e.Person), strconv.Itoa(e.Tumour), e.Fault}); err != nil {
			return fmt.Errorf("write truth: %w", err)
		}
	}
	if err := xml.Close(head.Reporters); err != nil {
		return fmt.Errorf("end synthetic package: %w", err)
	}
	if err := edit.end(); err != nil {
		return err
	}
	rows.Flush()
	if err := rows.Error(); err != nil {
		return fmt.Errorf("write truth: %w", err)
	}
	return nil
}

// editor passes a package on and makes the faults of the schema in it, one
// Meldung after the other in the order in which they were announced.
type editor struct {
	out   io.Writer
	held  []byte                        // what is not passed on yet
	edits []func(meldung []byte) []byte // one per Meldung still to come, nil for a sound one
	next  int
}

// expect announces the next Meldung.
func (e *editor) expect(name string) {
	if e.next == len(e.edits) {
		e.edits, e.next = e.edits[:0], 0
	}
	var edit func([]byte) []byte
	if f := faultNamed(name); f != nil {
		edit = f.edit
	}
	e.edits = append(e.edits, edit)
}

var meldungBegin, meldungEnd = []byte("<Meldung "), []byte("</Meldung>")

// Write takes a piece of the package and passes on all that is complete.
func (e *editor) Write(piece []byte) (int, error) {
	e.held = append(e.held, piece...)
	rest := e.held
	for {
		end := bytes.Index(rest, meldungEnd)
		if end < 0 {
			break
		}
		end += len(meldungEnd)
		begin := bytes.Index(rest[:end], meldungBegin)
		if begin < 0 || e.next >= len(e.edits) {
			return 0, fmt.Errorf("edit synthetic package: a Meldung that was not announced")
		}
		edit := e.edits[e.next]
		e.next++
		if err := e.pass(rest[:end], begin, edit); err != nil {
			return 0, err
		}
		rest = rest[end:]
	}
	e.held = e.held[:copy(e.held, rest)]
	return len(piece), nil
}

// pass writes what stands before a Meldung and the Meldung itself.
func (e *editor) pass(text []byte, begin int, edit func([]byte) []byte) error {
	if edit == nil {
		return e.put(text)
	}
	changed := edit(bytes.Clone(text[begin:]))
	if bytes.Equal(changed, text[begin:]) {
		return fmt.Errorf("edit synthetic package: a fault found nothing to change")
	}
	if err := e.put(text[:begin]); err != nil {
		return err
	}
	return e.put(changed)
}

func (e *editor) put(text []byte) error {
	if _, err := e.out.Write(text); err != nil {
		return fmt.Errorf("write synthetic package: %w", err)
	}
	return nil
}

// end passes on what stands behind the last Meldung.
func (e *editor) end() error {
	if err := e.put(e.held); err != nil {
		return err
	}
	if e.next != len(e.edits) {
		return fmt.Errorf("edit synthetic package: %d reports are missing", len(e.edits)-e.next)
	}
	return nil
}
