// SPDX-License-Identifier: EUPL-1.2

package protocol

import (
	"crypto/sha256"
	"sync"

	"meldewerk/report"
	"meldewerk/report/check"
	"meldewerk/report/obds"
)

// Judge gives the plausibility check of a package as obds.Options.InspectPatient
// takes it: each report by itself and together with those on the same patient.
// What the schema rejects is not judged. Of the context count the day, the Land
// and the language; all else comes with the reports.
func Judge(c check.Context) func(*report.Package, []*obds.Item) {
	pool := sync.Pool{New: func() any { return check.NewPackage(c) }}
	return func(frame *report.Package, items []*obds.Item) {
		c := c
		c.ReportedOn = frame.ReportedOn
		together := pool.Get().(*check.Package)
		together.Renew(c)
		for _, item := range items {
			if judged(item) {
				together.Foresee(item.Report)
			}
		}
		for _, item := range items {
			if judged(item) {
				found := together.Judge(item, item.Line, item.Report)
				if len(item.Findings) > 0 {
					found = append(item.Findings, found...)
				}
				item.Findings = found
			}
		}
		together.Renew(check.Context{}) // no report stays behind in the pool
		pool.Put(together)
	}
}

// judged says whether a report is sound enough for plausibility.
func judged(item *obds.Item) bool {
	return item.Report != nil && report.VerdictOf(item.Findings) != report.Rejected
}

// Twice is the finding on a Meldungs-ID that two files of one archive hold.
// Which of the two reports is the right one, nobody can tell.
func Twice(english bool) report.Finding {
	f := report.Finding{Rule: "DATEI-08", Severity: report.Error, Path: "Meldung/@Meldung_ID",
		Message: "Dieselbe Meldungs-ID kommt in einer anderen Datei des Archivs noch einmal vor.",
		Remedy:  "Senden Sie jede Meldung nur einmal je Archiv."}
	if english {
		f.Message = "The same Meldung_ID stands in another file of the archive as well."
		f.Remedy = "Send each report only once in an archive."
	}
	return f
}

// Repeats finds the Meldungs-IDs that several files of one archive hold; within
// one file the reader finds them. The zero value is ready.
type Repeats struct {
	seen map[[8]byte]Origin // by the hash of reporter and Meldungs-ID
}

// Origin is where a Meldungs-ID stood first in an archive.
type Origin struct {
	Document int32 // 1-based
	Position int32 // in the document
	Told     bool  // it was asked for before, so the report there has its finding
}

// Find says whether an earlier document had the same Meldungs-ID, and where.
func (r *Repeats) Find(document int, item *obds.Item) (Origin, bool) {
	if item.ID == "" {
		return Origin{}, false
	}
	sum := sha256.Sum256([]byte(string(item.Reporter) + "\x00" + string(item.ID)))
	key := [8]byte(sum[:8])
	first, known := r.seen[key]
	if known && int(first.Document) == document {
		return Origin{}, false
	}
	if r.seen == nil {
		r.seen = map[[8]byte]Origin{}
	}
	if !known {
		r.seen[key] = Origin{Document: int32(document), Position: int32(item.Position)}
		return Origin{}, false
	}
	told := first
	told.Told = true
	r.seen[key] = told
	return first, true
}
