// SPDX-License-Identifier: EUPL-1.2

package protocol

import (
	"fmt"
	"runtime"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"meldewerk/report"
	"meldewerk/report/obds"
	"meldewerk/tumour"
)

// all gives the lines of a document as values of their own.
func all(t *rapid.T, l *Log, document int) []report.Result {
	var out []report.Result
	for line, err := range l.Lines(document) {
		if err != nil {
			t.Fatal(err)
		}
		line.Findings = slices.Clone(line.Findings)
		out = append(out, line.Result)
	}
	return out
}

// TestLogGivesBackWhatItTook: every result in its order, with what came late,
// in memory or out of the sealed spool.
func TestLogGivesBackWhatItTook(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	finding := rapid.Custom(func(t *rapid.T) report.Finding {
		return report.Finding{Rule: rapid.SampledFrom([]string{"D1", "XML-001"}).Draw(t, "rule"),
			Severity: rapid.SampledFrom([]report.Severity{report.Error, report.Warning}).Draw(t, "severity"),
			Path: rapid.SampledFrom([]string{"", "a/b", "a[1]/b", "a[12]/b[345]/c", "a[]/b", "a[01]", "a[x]", "a[7", "Patient[18446744073709551616]",
				fmt.Sprintf("p[%d]/q", rapid.IntRange(1, 1e9).Draw(t, "nth"))}).Draw(t, "path"),
			Line: rapid.IntRange(0, 1e7).Draw(t, "line"), Message: rapid.StringN(0, 5, 20).Draw(t, "message"), Remedy: rapid.SampledFrom([]string{"", "r", "s"}).Draw(t, "remedy")}
	})
	rapid.Check(t, func(t *rapid.T) {
		l := NewLog(folder)
		l.hold = rapid.SampledFrom([]int{1, 200, holdBytes}).Draw(t, "hold")
		defer func() {
			if err := l.Close(); err != nil {
				t.Fatal(err)
			}
		}()
		want := map[int][]report.Result{}
		documents := rapid.IntRange(1, 3).Draw(t, "documents")
		for d := 1; d <= documents; d++ {
			l.Begin()
			for position := 1; position <= rapid.IntRange(0, 8).Draw(t, "reports"); position++ {
				r := report.Result{Position: position, Patient: report.PatientID(rapid.SampledFrom([]string{"", "p", "q"}).Draw(t, "patient")),
					Report: report.ID(rapid.StringN(0, 4, 9).Draw(t, "id")), Occasion: rapid.SampledFrom(occasions).Draw(t, "occasion"),
					Findings: rapid.SliceOfN(finding, 0, 4).Draw(t, "findings")}
				want[d] = append(want[d], r)
				if err := l.Add(&obds.Item{Patient: r.Patient, ID: r.Report, Occasion: r.Occasion, Findings: r.Findings}); err != nil {
					t.Fatal(err)
				}
			}
		}
		for d := range want {
			for range rapid.IntRange(0, 3).Draw(t, "late") {
				f := finding.Draw(t, "late finding")
				first := rapid.IntRange(1, len(want[d])).Draw(t, "first")
				last := rapid.IntRange(first, len(want[d])).Draw(t, "last")
				l.Amend(d, f, obds.Span{First: first, Last: last})
				for i := first; i <= last; i++ {
					want[d][i-1].Findings = append(slices.Clip(want[d][i-1].Findings), f)
				}
			}
		}
		for d := 1; d <= documents; d++ {
			var counts Head
			for i := range want[d] {
				r := &want[d][i]
				switch r.Verdict = report.VerdictOf(r.Findings); r.Verdict {
				case report.Accepted:
					counts.Accepted++
				case report.Warned:
					counts.Warned++
				default:
					counts.Rejected++
				}
			}
			var got Head
			l.Count(d, &got)
			if got.Reports != len(want[d]) || got.Accepted != counts.Accepted || got.Warned != counts.Warned || got.Rejected != counts.Rejected {
				t.Fatalf("document %d: counts %+v, want %+v", d, got, counts)
			}
			for range 2 {
				if diff := cmp.Diff(want[d], all(t, l, d), cmpopts.EquateEmpty(), cmpopts.SortSlices(func(a, b report.Finding) bool {
					return fmt.Sprint(a) < fmt.Sprint(b)
				})); diff != "" {
					t.Fatalf("document %d (-want +got):\n%s", d, diff)
				}
			}
		}
	})
}

// TestLogStaysSmall: a large package in which every report has findings, each
// of them with another text, holds little memory.
func TestLogStaysSmall(t *testing.T) {
	t.Parallel()
	l := NewLog(t.TempDir())
	defer func() {
		if err := l.Close(); err != nil {
			t.Error(err)
		}
	}()
	l.Begin()
	const reports, each = 50_000, 8
	runtime.GC()
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	item := &obds.Item{Occasion: tumour.OccasionCourse, Findings: make([]report.Finding, each)}
	for i := range reports {
		item.ID = report.ID(fmt.Sprintf("VE_%d", i))
		for k := range item.Findings {
			item.Findings[k] = report.Finding{Rule: "XML-031", Severity: report.Error, Line: i, Path: fmt.Sprintf("oBDS/Menge_Patient/Patient[%d]/x", i),
				Message: fmt.Sprintf("Kein XML (Spalte %d).", i*each+k), Remedy: "Erzeugen Sie das Paket im Quellsystem neu und laden Sie es erneut hoch."}
		}
		if err := l.Add(item); err != nil {
			t.Fatal(err)
		}
	}
	runtime.GC()
	runtime.ReadMemStats(&after)
	if held := int64(after.HeapAlloc) - int64(before.HeapAlloc); held > 48<<20 {
		t.Errorf("%d MB held", held>>20)
	}
	count := 0
	for line, err := range l.Lines(1) {
		if err != nil {
			t.Fatal(err)
		}
		count += len(line.Findings)
	}
	if count != reports*each {
		t.Errorf("%d findings came back", count)
	}
}

// TestLogDoesWithoutASpool: where no file can be made, memory has to do.
func TestLogDoesWithoutASpool(t *testing.T) {
	t.Parallel()
	l := NewLog(t.TempDir() + "/none")
	l.hold = 1
	l.Begin()
	for range 3 {
		if err := l.Add(&obds.Item{ID: "R"}); err != nil {
			t.Fatal(err)
		}
	}
	count := 0
	for _, err := range l.Lines(1) {
		if err != nil {
			t.Fatal(err)
		}
		count++
	}
	if count != 3 {
		t.Errorf("%d reports came back", count)
	}
}
