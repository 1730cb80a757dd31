// SPDX-License-Identifier: EUPL-1.2

package upload

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"meldewerk/calendar"
	"meldewerk/policy"
	"meldewerk/report"
	"meldewerk/report/check"
	"meldewerk/report/obds"
	"meldewerk/report/protocol"
	"meldewerk/terminology"
)

// docket judges the XML files of one package, one report at a time, and hands
// the verdicts on.
type docket struct {
	ctx       context.Context
	batch     Batch
	today     time.Time
	book      *terminology.Book
	catalogue *obds.Catalogue
	limits    obds.Limits
	land      string
	profile   policy.Profile
	outdated  []report.Finding // on every report: the registry does not take this version
	last      int              // position of the last report of the files before
	version   string           // of the first file
	findings  []report.Finding
	late      map[int][]report.Finding
	bases     []int // by file: the reports of the files before it
	many      bool  // the package has several files
	repeats   protocol.Repeats
}

// repeated says whether an earlier file of the archive had the same Meldungs-ID,
// and sees to it that the report there is told too.
func (d *docket) repeated(item *obds.Item) bool {
	if !d.many {
		return false
	}
	first, found := d.repeats.Find(len(d.bases), item)
	if found && !first.Told {
		d.amend(d.bases[first.Document-1]+int(first.Position), protocol.Twice(false))
	}
	return found
}

func (d *docket) amend(position int, f report.Finding) {
	if d.late == nil {
		d.late = map[int][]report.Finding{}
	}
	d.late[position] = append(d.late[position], f)
}

// read judges one XML file. where stands before the path of every finding on
// the file as a whole, when a package has several.
func (d *docket) read(src io.Reader, where string) error {
	r := obds.NewReader(src, obds.Options{Catalogue: d.catalogue, Limits: d.limits, InspectPatient: protocol.Judge(check.Context{Today: calendar.Germany(d.today), Land: d.land, Book: d.book})})
	base, begun := d.last, false
	d.bases = append(d.bases, base)
	for {
		item, err := r.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return fmt.Errorf("read package: %w", err)
		}
		if !begun {
			begun = true
			header := *r.Package()
			header.SchemaVersion = r.Version() // the one by whose table it is judged
			d.declared(header.SchemaVersion, where)
			if err := d.batch.Header(d.ctx, &header); err != nil {
				return err
			}
		}
		if err := d.take(item, base); err != nil {
			return err
		}
	}
	if d.version == "" {
		d.version = r.Version()
	}
	for _, f := range r.Findings() {
		f.Path = where + f.Path
		d.findings = append(d.findings, f)
	}
	if !r.Complete() {
		return errUnreadable
	}
	for _, l := range r.Late() {
		for _, span := range l.Spans {
			for p := span.First; p <= span.Last; p++ {
				d.amend(base+p, l.Finding)
			}
		}
	}
	return nil
}

// declared judges the version of a file: one that the registry does not take
// rejects each of its reports, one that ends soon is told once.
func (d *docket) declared(version, where string) {
	d.outdated = nil
	for _, f := range check.Version(d.profile, version, calendar.Germany(d.today), false) {
		if f.Severity == report.Error {
			d.outdated = append(d.outdated, f)
			continue
		}
		f.Path = where + f.Path
		d.findings = append(d.findings, f)
	}
}

// take hands on the verdict on one report. The reader's workers have judged it:
// by the schema first, by plausibility only what could be read without an error.
func (d *docket) take(item *obds.Item, base int) error {
	findings := append(item.Findings, d.outdated...)
	if d.repeated(item) {
		findings = append(findings, protocol.Twice(false))
	}
	result := report.Result{Position: base + item.Position, Patient: item.Patient, Report: item.ID,
		Occasion: item.Occasion, Verdict: report.VerdictOf(findings), Findings: findings}
	if result.Verdict != report.Rejected && item.Report == nil {
		return errors.New("read package: a report without findings was not decoded")
	}
	d.last = result.Position
	return d.batch.Add(d.ctx, result, item.Report)
}
