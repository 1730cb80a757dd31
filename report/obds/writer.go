// SPDX-License-Identifier: EUPL-1.2

package obds

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"reflect"

	"meldewerk/report"
)

// DefaultVersion is the version that a Writer writes unless told otherwise.
const DefaultVersion = "3.0.4"

// Writer streams reports into one package. Reports of one patient must come
// one after the other. What a Writer writes is not checked against the schema:
// an incomplete report makes an incomplete element.
type Writer struct {
	enc      encoder
	binding  *binding
	doc      document
	patients *idTable
	pending  *patient // the patient whose reports are being collected
	written  int
	err      error
}

// Errors of a Writer that the caller can mend.
var (
	ErrPatientSplit = errors.New("write package: reports of one patient stand apart, or his master data differ")
	ErrNoReports    = errors.New("write package: no report")
)

// NewWriter begins a package of a version ("" for DefaultVersion). Of head it
// takes Sender and ReportedOn; the reporters are given to Close.
func NewWriter(out io.Writer, c *Catalogue, version string, head report.Package) (*Writer, error) {
	if c == nil {
		var err error
		if c, err = BuiltIn(); err != nil {
			return nil, err
		}
	}
	if version == "" {
		version = DefaultVersion
	}
	v, known := c.exact(version)
	if !known {
		return nil, fmt.Errorf("write package: version %s is not known", version)
	}
	b, err := v.binding()
	if err != nil {
		return nil, err
	}
	w := &Writer{binding: b, patients: newIDTable(), enc: encoder{out: bufio.NewWriterSize(out, 64<<10), version: b.schema.Version}}
	w.doc.Package = head
	w.doc.SchemaVersion = b.schema.Version
	w.doc.Reporters = nil
	w.enc.raw(`<?xml version="1.0" encoding="UTF-8"?>` + "\n")
	w.enc.open(b.schema.Name)
	w.enc.attribute("xmlns", b.schema.Namespace)
	w.enc.attributes(b.root, &w.doc)
	w.enc.close()
	if err := w.enc.elements(b.root, &w.doc, 0, w.split()); err != nil {
		return nil, err
	}
	w.enc.begin("Menge_Patient")
	return w, nil
}

// split is the index of Menge_Patient among the fields of the package.
func (w *Writer) split() int {
	for i, f := range packageForm.fields {
		if f.name == "Menge_Patient" {
			return i
		}
	}
	return len(packageForm.fields)
}

// Write adds a report. It keeps no memory of the report beyond the patient's end.
func (w *Writer) Write(r *report.Report) error {
	if w.err != nil {
		return w.err
	}
	if w.pending != nil && w.pending.id != r.Patient {
		if w.err = w.flush(); w.err != nil {
			return w.err
		}
	}
	if w.pending == nil {
		if _, twice := w.patients.put(string(r.Patient), 1); twice {
			return ErrPatientSplit
		}
		w.pending = &patient{id: r.Patient, person: r.Person, remark: r.PatientRemark}
	} else if w.pending.remark != r.PatientRemark || !reflect.DeepEqual(&w.pending.person, &r.Person) {
		return ErrPatientSplit
	}
	w.pending.reports = append(w.pending.reports, r)
	w.written++
	return nil
}

// flush writes the collected patient.
func (w *Writer) flush() error {
	p := w.pending
	w.pending = nil
	if p == nil {
		return nil
	}
	return w.enc.element(w.binding.root.named("Menge_Patient").inner.named("Patient"), p)
}

// Close ends the package with the reporters, which must name every Melder_ID used.
func (w *Writer) Close(reporters []report.Reporter) error {
	if w.err == nil {
		w.err = w.flush()
	}
	if w.err != nil {
		return w.err
	}
	if w.written == 0 {
		return ErrNoReports
	}
	w.enc.end("Menge_Patient")
	w.doc.Reporters = reporters
	if err := w.enc.elements(w.binding.root, &w.doc, w.split()+1, len(packageForm.fields)); err != nil {
		return err
	}
	w.enc.end(w.binding.schema.Name)
	if err := w.enc.out.Flush(); err != nil {
		return fmt.Errorf("write package: %w", err)
	}
	return nil
}

// Write writes a whole package: head with its Reporters, and reports sorted by patient.
func Write(out io.Writer, version string, head report.Package, reports []*report.Report) error {
	w, err := NewWriter(out, nil, version, head)
	if err != nil {
		return err
	}
	for _, r := range reports {
		if err := w.Write(r); err != nil {
			return err
		}
	}
	return w.Close(head.Reporters)
}
