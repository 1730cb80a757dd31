// SPDX-License-Identifier: EUPL-1.2

package check_test

import (
	"runtime"
	"slices"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"meldewerk/report"
	"meldewerk/report/check"
	"meldewerk/synth"
	"meldewerk/tumour"
)

// somewhere is a place in a package.
type somewhere string

func (s somewhere) Path() string { return string(s) }

// TestJudgeFindsWhatRunAndAddFind in every case of every rule.
func TestJudgeFindsWhatRunAndAddFind(t *testing.T) {
	t.Parallel()
	const path = "oBDS/Menge_Patient/Patient[2]/Menge_Meldung/Meldung[3]"
	for id, all := range changes {
		for _, c := range all {
			ctx, r := context(), plausible(c.occasion)
			c.apply(&ctx, r)
			before := plausible(tumour.OccasionBoard)
			one, two := check.NewPackage(ctx), check.NewPackage(ctx)
			one.Add("", 0, before)
			two.Judge(nil, 0, before)
			ctx.Path, ctx.Line = path, 7
			want := append(check.Run(ctx, r), one.Add(path, 7, r)...)
			if diff := cmp.Diff(want, two.Judge(somewhere(path), 7, r)); diff != "" {
				t.Errorf("%s, %s:\n%s", id, c.name, diff)
			}
		}
	}
}

// TestPackageServesAgain: a Package that has judged others finds in a report
// what a new one does.
func TestPackageServesAgain(t *testing.T) {
	t.Parallel()
	used := check.NewPackage(context())
	for id, all := range changes {
		for _, c := range all {
			ctx, r := context(), plausible(c.occasion)
			c.apply(&ctx, r)
			used.Renew(ctx)
			want := check.NewPackage(ctx).Judge(nil, 0, r)
			if diff := cmp.Diff(want, used.Judge(nil, 0, r)); diff != "" {
				t.Errorf("%s, %s:\n%s", id, c.name, diff)
			}
		}
	}
}

// TestSoundReportsCostNoMemory: who judges reports by the hundred thousand
// must not wait for the collector.
func TestSoundReportsCostNoMemory(t *testing.T) {
	// Not parallel: the count is of the whole process.
	for _, o := range tumour.Occasions() {
		r := plausible(o)
		if d := r.Event.Diagnosis; d != nil {
			d.Clinical.Stage = "" // the list of stages is asked in small letters
		}
		p := check.NewPackage(context())
		if got := testing.AllocsPerRun(100, func() {
			p.Renew(context())
			p.Foresee(r)
			if p.Judge(somewhere("x"), 1, r) != nil {
				t.Error("found something")
			}
		}); got != 0 {
			t.Errorf("%s: %.0f allocations", o, got)
		}
	}
}

// TestPackagesWorkSideBySide judges patients from several goroutines and finds
// what one alone finds.
func TestPackagesWorkSideBySide(t *testing.T) {
	t.Parallel()
	w := synth.New(synth.Options{Seed: 3, Patients: 200})
	patients := map[report.PatientID][]*report.Report{}
	for r := range w.Reports() {
		r.Person.Insurance.Statutory = nil // so that there is something to find: see the address
		r.Person.Address.PostalCode = "00000"
		patients[r.Patient] = append(patients[r.Patient], r)
	}
	on := w.Package().ReportedOn
	ctx := check.Context{Today: on, ReportedOn: on, Land: "NI"}
	alone := map[report.PatientID]int{}
	for id, reports := range patients {
		alone[id] = judged(check.NewPackage(ctx), reports)
	}
	pool := sync.Pool{New: func() any { return check.NewPackage(check.Context{}) }}
	var wait sync.WaitGroup
	for _, some := range slices.Collect(slices.Chunk(slices.Collect(keys(patients)), max(1, len(patients)/(4*runtime.GOMAXPROCS(0))))) {
		wait.Go(func() {
			for _, id := range some {
				p := pool.Get().(*check.Package)
				p.Renew(ctx)
				if got := judged(p, patients[id]); got != alone[id] {
					t.Errorf("%d findings, alone %d", got, alone[id])
				}
				for _, r := range patients[id] {
					check.Run(ctx, r)
				}
				pool.Put(p)
			}
		})
	}
	wait.Wait()
}

func keys[K comparable, V any](m map[K]V) func(func(K) bool) {
	return func(yield func(K) bool) {
		for k := range m {
			if !yield(k) {
				return
			}
		}
	}
}

func judged(p *check.Package, reports []*report.Report) int {
	n := 0
	for _, r := range reports {
		n += len(p.Judge(nil, 0, r))
	}
	return n
}

// TestSpansCompareAsIntervalsDo: the quick comparison is that of the calendar.
func TestSpansCompareAsIntervalsDo(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		draw := func(name string) string {
			iso := rapid.SampledFrom([]string{"2023-12-31", "2024-01-01", "2024-01-31", "2024-02-01", "2024-02-28", "2024-02-29", "2024-03-01", "2024-12-31", "2025-01-01", "2022-07-01", "2026-07-01"}).Draw(t, name)
			return iso + rapid.SampledFrom([]string{"", "E", "T", "M", "V"}).Draw(t, name+" accuracy")
		}
		a, b := day(draw("a")), day(draw("b"))
		if got := check.Before(a, b); got != a.SurelyBefore(b) {
			t.Fatalf("%s%s before %s%s: %v", a, a.Accuracy, b, b.Accuracy, got)
		}
	})
}

// BenchmarkJudge judges a made world as the portal does.
func BenchmarkJudge(b *testing.B) {
	w := synth.New(synth.Options{Seed: 21, Patients: 300})
	var reports []*report.Report
	for r := range w.Reports() {
		reports = append(reports, r)
	}
	on := w.Package().ReportedOn
	p := check.NewPackage(check.Context{Today: on, ReportedOn: on, Land: "NI"})
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		p.Judge(nil, 0, reports[i%len(reports)])
	}
}
