// SPDX-License-Identifier: EUPL-1.2

package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"

	"meldewerk/envelope"
	"meldewerk/report"
	"meldewerk/report/check"
	"meldewerk/report/obds"
	"meldewerk/report/packing"
	"meldewerk/report/protocol"
)

// checker checks one file after the other.
type checker struct {
	ctx    context.Context
	std    streams
	o      *checkOptions
	writer protocol.Writer
	bar    *progress
	found  bool  // something is wrong in the data
	failed error // the last thing that could not be read
}

// fail keeps what could not be read and goes on; the one before is told now.
func (c *checker) fail(err error) {
	if c.failed != nil {
		c.bar.end()
		fmt.Fprintf(c.std.err, "meldewerk check: %s\n", sentence(c.failed, c.o.show.English))
	}
	c.failed = err
}

// source is an opened file.
type source struct {
	name string
	in   io.Reader
	file *os.File        // nil: standard input
	pipe io.ReadCloser   // of what may keep a reader waiting
	held *envelope.Spool // of an archive from there
}

func (s *source) close() {
	if s.pipe != nil {
		_ = s.pipe.Close() // only read
	}
	if s.file != nil {
		_ = s.file.Close() // only read
	}
	if s.held != nil {
		_ = s.held.Close() // its key is gone with it; what is left is noise
	}
}

// open opens a file for reading.
func (c *checker) open(name string) (*source, error) {
	if name == "-" {
		pipe := interruptible(c.ctx, c.std.in)
		return &source{name: name, in: c.bar.reader(pipe), pipe: pipe}, nil
	}
	file, err := openFile(c.ctx, name)
	switch {
	case errors.Is(err, os.ErrNotExist):
		return nil, fmt.Errorf(c.o.say("die Datei %s gibt es nicht; prüfen Sie Namen und Ordner",
			"there is no file %s; check name and folder"), name)
	case err != nil:
		return nil, fmt.Errorf(c.o.say("die Datei %s lässt sich nicht öffnen; prüfen Sie die Rechte",
			"the file %s cannot be opened; check its permissions"), name)
	}
	pipe := interruptible(c.ctx, file)
	s := &source{name: name, in: c.bar.reader(pipe), file: file, pipe: pipe}
	if info, err := file.Stat(); err == nil && info.IsDir() {
		s.close()
		return nil, fmt.Errorf(c.o.say("%s ist ein Ordner; nennen Sie die Dateien darin, zum Beispiel %[1]s/*.xml",
			"%s is a folder; name the files in it, for example %[1]s/*.xml"), name)
	}
	return s, nil
}

// spool gives an archive for reading from its end: the file itself, or a
// sealed copy of what comes from a pipe.
func (s *source) spool(in io.Reader) (io.ReaderAt, int64, error) {
	if s.file != nil {
		if info, err := s.file.Stat(); err == nil && info.Mode().IsRegular() {
			return s.file, info.Size(), nil
		}
	}
	held, err := envelope.NewSpool("")
	if err != nil {
		return nil, 0, err
	}
	s.held = held
	if _, err := io.Copy(held, in); err != nil {
		return nil, 0, err
	}
	return held.ReaderAt()
}

// unpack calls do with each XML document of a file.
func (c *checker) unpack(s *source, do func(packing.Document) error) error {
	return packing.Read(s.in, packing.Options{Spool: s.spool}, do)
}

// file checks one file and writes a protocol for each document in it.
func (c *checker) file(name string) error {
	s, err := c.open(name)
	if err != nil {
		return err
	}
	defer s.close()
	log := protocol.NewLog("")
	defer func() { _ = log.Close() }() // as with an archive
	var heads []*protocol.Head
	var repeats protocol.Repeats
	err = c.unpack(s, func(doc packing.Document) error {
		log.Begin()
		head, err := c.document(log, &repeats, doc)
		if err != nil {
			return err
		}
		head.File = label(name, doc)
		heads = append(heads, head)
		return nil
	})
	if refused, is := errors.AsType[*packing.Refusal](err); is {
		return c.refuse(name, refused)
	}
	if err != nil {
		return fmt.Errorf(c.o.say("%s lässt sich nicht lesen: %w", "%s cannot be read: %w"), name, err)
	}
	if c.o.reveal {
		if err := c.revealValues(name, log, heads); err != nil {
			return err
		}
	}
	c.bar.end()
	unreadable := false
	for i, head := range heads {
		log.Count(i+1, head)
		lines := log.Lines(i + 1)
		if head.Unreadable {
			lines = nothingTaken(head, lines)
		}
		if err := c.writer.Write(head, lines); err != nil {
			return err
		}
		unreadable = unreadable || head.Unreadable
		c.found = c.found || head.Rejected > 0 || report.VerdictOf(head.Findings) == report.Rejected
	}
	if unreadable {
		return c.unreadable(name)
	}
	return nil
}

func (c *checker) unreadable(name string) error {
	return fmt.Errorf(c.o.say("%s ist nicht als oBDS-Paket lesbar", "%s cannot be read as an oBDS package"), name)
}

// label is the name of a document in the protocol: FILE or FILE!entry.
func label(name string, doc packing.Document) string {
	if doc.Name == "" {
		return name
	}
	return name + "!" + doc.Name
}

// refuse writes the protocol of a file that cannot be taken as a whole.
func (c *checker) refuse(name string, r *packing.Refusal) error {
	s := r.In(c.o.show.English)
	head := &protocol.Head{File: name, Unreadable: true,
		Findings: []report.Finding{{Rule: r.Rule, Severity: report.Error, Message: s.Message, Remedy: s.Remedy}}}
	if err := c.writer.Write(head, func(func(protocol.Line, error) bool) {}); err != nil {
		return err
	}
	return c.unreadable(name)
}

// document reads one package once and logs the verdict on every report.
func (c *checker) document(log *protocol.Log, repeats *protocol.Repeats, doc packing.Document) (*protocol.Head, error) {
	o := obds.Options{CheckOnly: c.o.schemaOnly, Forget: true, Catalogue: c.o.tables, English: c.o.show.English}
	if !c.o.schemaOnly {
		o.InspectPatient = protocol.Judge(c.o.rules)
	}
	reader, reports := obds.NewReader(doc.Content, o), 0
	for {
		if err := c.ctx.Err(); err != nil {
			return nil, err
		}
		item, err := reader.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, err
		}
		if doc.Of > 1 {
			if first, found := repeats.Find(doc.Number, item); found {
				twice, at := protocol.Twice(c.o.show.English), int(first.Position)
				if !first.Told {
					log.Amend(int(first.Document), twice, obds.Span{First: at, Last: at})
				}
				item.Findings = append(item.Findings, twice)
			}
		}
		if err := log.Add(item); err != nil {
			return nil, err
		}
		reports = item.Position
	}
	for _, late := range reader.Late() {
		log.Amend(doc.Number, late.Finding, late.Spans...)
	}
	head := &protocol.Head{SchemaVersion: reader.Version(), Findings: reader.Findings(), Unreadable: !reader.Complete()}
	for _, f := range check.Version(c.o.profile, reader.Version(), c.o.rules.Today, c.o.show.English) {
		if f.Severity == report.Error && reports > 0 {
			log.Amend(doc.Number, f, obds.Span{First: 1, Last: reports}) // the registry takes none of them
			continue
		}
		head.Findings = append(head.Findings, f)
	}
	return head, nil
}

// nothingTaken says of the reports read before the place where a package breaks
// off that none of them counts: a script that adds up the accepted ones must
// not find any.
func nothingTaken(head *protocol.Head, lines protocol.Lines) protocol.Lines {
	head.Accepted, head.Warned, head.Rejected = 0, 0, head.Reports
	return func(yield func(protocol.Line, error) bool) {
		for l, err := range lines {
			l.Verdict = report.Rejected
			if !yield(l, err) {
				return
			}
		}
	}
}
