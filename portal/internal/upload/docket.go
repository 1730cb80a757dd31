// SPDX-License-Identifier: EUPL-1.2

package upload

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"time"

	"meldewerk/calendar"
	"meldewerk/report"
	"meldewerk/report/check"
	"meldewerk/report/obds"
)

// docket judges the XML files of one package, one report at a time, and hands
// the verdicts on.
type docket struct {
	ctx      context.Context
	batch    Batch
	today    time.Time
	land     string
	last     int    // position of the last report of the files before
	version  string // of the first file
	findings []report.Finding
	late     map[int][]report.Finding
	many     bool            // the package has several files
	seen     map[[8]byte]int // their Meldungs-IDs, hashed, with the first position
}

// twice is the finding on a Meldungs-ID that two files of one archive hold.
// Which of the two reports is the right one, nobody can tell.
var twice = report.Finding{Rule: "DATEI-08", Severity: report.Error, Path: "Meldung/@Meldung_ID",
	Message: "Dieselbe Meldungs-ID kommt in einer anderen Datei des Archivs noch einmal vor.",
	Remedy:  "Senden Sie jede Meldung nur einmal je Archiv."}

// repeated says whether an earlier file of the archive had the same Meldungs-ID.
func (d *docket) repeated(item *obds.Item, base int) bool {
	if !d.many || item.ID == "" {
		return false
	}
	sum := sha256.Sum256([]byte(string(item.Reporter) + "\x00" + string(item.ID)))
	key := [8]byte(sum[:8])
	first, known := d.seen[key]
	if !known {
		if d.seen == nil {
			d.seen = map[[8]byte]int{}
		}
		d.seen[key] = base + item.Position
		return false
	}
	if first > base {
		return false // within one file the reader finds it
	}
	d.amend(first, twice)
	return true
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
	r := obds.NewReader(src, obds.Options{})
	base, begun := d.last, false
	var together *check.Package
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
			together = check.NewPackage(check.Context{Today: calendar.Of(d.today), ReportedOn: r.Package().ReportedOn, Land: d.land})
			header := *r.Package()
			header.SchemaVersion = r.Version() // the one by whose table it is judged
			if err := d.batch.Header(d.ctx, &header); err != nil {
				return err
			}
		}
		if err := d.judge(r, together, item, base); err != nil {
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

// judge gives the verdict on one report: the schema first, plausibility only
// for what could be read without an error, by itself and together with the
// other reports on the same patient.
func (d *docket) judge(r *obds.Reader, together *check.Package, item *obds.Item, base int) error {
	findings := item.Findings
	if d.repeated(item, base) {
		findings = append(findings, twice)
	}
	if report.VerdictOf(findings) != report.Rejected && item.Report != nil {
		findings = append(findings, check.Run(check.Context{
			Today: calendar.Of(d.today), ReportedOn: r.Package().ReportedOn, Land: d.land,
			Path: item.Path(), Line: item.Line,
		}, item.Report)...)
		findings = append(findings, together.Add(item.Path(), item.Line, item.Report)...)
	}
	result := report.Result{Position: base + item.Position, Patient: item.Patient, Report: item.ID,
		Occasion: item.Occasion, Verdict: report.VerdictOf(findings), Findings: findings}
	if result.Verdict != report.Rejected && item.Report == nil {
		return errors.New("read package: a report without findings was not decoded")
	}
	d.last = result.Position
	return d.batch.Add(d.ctx, result, item.Report)
}
