// SPDX-License-Identifier: EUPL-1.2

package world_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/url"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"meldewerk/account"
	"meldewerk/exchange/wire"
	"meldewerk/internal/database/databasetest"
	"meldewerk/tumour"
)

// How people type: each change is saved two seconds later, a section takes
// some half a minute. A saving every three seconds is denser than life.
const (
	typists      = 200
	saveEvery    = 3 * time.Second
	sectionEvery = 24 * time.Second
	typeFor      = 40 * time.Second
	benchTyping  = "MELDEWERK_BENCH_SECONDS"
)

// typist is one of many people with a report open.
type typist struct {
	client  *reporter
	section string // address of the section
	values  url.Values
	text    string // name of a field to type into
	random  *rand.Rand
}

// latencies are how long answers took, by what was asked.
type latencies struct {
	mu     sync.Mutex
	by     map[string][]time.Duration
	failed int
}

func (l *latencies) note(what string, took time.Duration, ok bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.by[what] = append(l.by[what], took)
	if !ok {
		l.failed++
	}
}

// BenchmarkTyping lets 200 signed-in people type reports at once: pages,
// sections saved by hand, drafts that save themselves. It tells the median and
// the 99th percentile of each, on SQLite and on PostgreSQL.
func BenchmarkTyping(b *testing.B) {
	during := typeFor
	if text := os.Getenv(benchTyping); text != "" {
		seconds, err := strconv.Atoi(text)
		must(b, err)
		during = time.Duration(seconds) * time.Second
	}
	var table bytes.Buffer
	for _, engine := range []struct {
		name      string
		databases func() map[wire.House]string
	}{
		{"SQLite", func() map[wire.House]string { return nil }},
		{"PostgreSQL", func() map[wire.House]string {
			return map[wire.House]string{wire.Portal: databasetest.PostgresDSN(b)}
		}},
	} {
		b.Run(engine.name, func(b *testing.B) {
			p := newPlant(b, "kkn", engine.databases())
			people := p.typists(typists)
			for b.Loop() {
				seen := typeTogether(b, people, during)
				for _, what := range []string{"page", "section", "autosave"} {
					list := seen.by[what]
					slices.Sort(list)
					median, late := list[len(list)/2], list[len(list)*99/100]
					fmt.Fprintf(&table, "| %s | %s | %d | %.1f ms | %.1f ms | %.1f ms |\n", engine.name, what, len(list),
						milliseconds(median), milliseconds(late), milliseconds(list[len(list)-1]))
					b.ReportMetric(milliseconds(late), what+"-p99-ms")
				}
				if seen.failed > 0 {
					b.Errorf("%d answers were not what they should be", seen.failed)
				}
			}
		})
	}
	b.Logf("%d people, %s\n%s", typists, during, table.String())
	if path := os.Getenv(benchOut); path != "" {
		must(b, os.WriteFile(path, fmt.Appendf(nil,
			"%d signed-in people with a report open each, for %.0f seconds: a draft saves itself every %.0f seconds, a section is saved and the next one opened every %.0f.\n\n| database | what | answers | median | p99 | slowest |\n|---|---|---|---|---|---|\n%s",
			typists, during.Seconds(), saveEvery.Seconds(), sectionEvery.Seconds(), table.String()), 0o644))
	}
}

func milliseconds(d time.Duration) float64 { return float64(d.Microseconds()) / 1e3 }

// typists signs people of twenty units in and opens a report for each.
func (p *plant) typists(n int) []*typist {
	p.t.Helper()
	people := make([]*typist, n)
	for i := range people {
		unit := account.UnitID(fmt.Sprintf("unit-%d", i%20))
		if i < 20 {
			p.unit(account.Unit{ID: unit, ReporterIDs: []string{fmt.Sprint(1000 + i)}, Released: true})
		}
		p.clock.Advance(time.Second) // the house lets only so many in at once from one address
		r := p.reporter(fmt.Sprintf("tippt.%d", i), unit)
		record := r.newRecord(fmt.Sprintf("T-%05d", i), fmt.Sprint(1000+i%20))
		section := r.newForm(record, tumour.OccasionDiagnosis) + "/diagnose"
		people[i] = &typist{client: r, section: section, random: rand.New(rand.NewPCG(1, uint64(i)))}
		people[i].open()
	}
	return people
}

// newRecord makes a Patientenakte and gives its address.
func (r *reporter) newRecord(number, melder string) string {
	r.p.t.Helper()
	form := url.Values{"patient_id": {number}}
	if melder != "" {
		form.Set("melder", melder)
	}
	a, err := r.Post(r.p.t.Context(), "/patienten", form)
	must(r.p.t, err)
	parts := strings.Split(strings.Trim(a.To, "/"), "/")
	if a.Status != http.StatusSeeOther || len(parts) < 2 {
		r.p.t.Fatalf("no record was made: %d to %s", a.Status, a.To)
	}
	id, _, _ := strings.Cut(parts[1], "?")
	return id
}

// newForm begins a report on a patient without a tumour and gives its address.
func (r *reporter) newForm(record string, o tumour.Occasion) string {
	r.p.t.Helper()
	a, err := r.Post(r.p.t.Context(), "/meldungen", url.Values{"akte": {record}, "anlass": {string(o)}})
	must(r.p.t, err)
	parts := strings.Split(strings.Trim(a.To, "/"), "/")
	if a.Status != http.StatusSeeOther || len(parts) < 2 || parts[0] != "meldungen" {
		r.p.t.Fatalf("no report was begun: %d to %s", a.Status, a.To)
	}
	id, _, _ := strings.Cut(parts[1], "?")
	return "/meldungen/" + id
}

// open reads the section as a browser does.
func (t *typist) open() bool {
	page, status, err := t.client.Get(t.client.p.t.Context(), t.section)
	if err != nil || status != http.StatusOK {
		return false
	}
	for _, f := range readForms(t.client.p.t, string(page)) {
		if f.action != t.section {
			continue
		}
		t.values, t.text = url.Values{}, ""
		for _, one := range f.fields {
			if one.kind == "radio" || one.kind == "checkbox" || one.kind == "button" || one.name == "" {
				continue
			}
			t.values.Set(one.name, one.value)
			if one.text && t.text == "" {
				t.text = one.name
			}
		}
		return t.text != ""
	}
	return false
}

// save lets the draft save itself after a change.
func (t *typist) save(seen *latencies) {
	t.values.Set(t.text, "Angabe "+strconv.Itoa(t.random.IntN(1e6)))
	begun := time.Now()
	a, err := t.client.Post(t.client.p.t.Context(), t.section+"/entwurf", t.values)
	took := time.Since(begun)
	var saved struct{ Version string }
	ok := err == nil && a.Status == http.StatusOK && json.Unmarshal(a.Body, &saved) == nil
	if ok {
		t.values.Set("version", saved.Version)
	}
	seen.note("autosave", took, ok)
}

// turn saves the section by hand and opens the page anew.
func (t *typist) turn(seen *latencies) {
	begun := time.Now()
	a, err := t.client.Post(t.client.p.t.Context(), t.section, t.values)
	seen.note("section", time.Since(begun), err == nil && a.Status == http.StatusSeeOther)
	begun = time.Now()
	ok := t.open()
	seen.note("page", time.Since(begun), ok)
}

// typeTogether lets everybody type for a while, each beginning at a time of
// his own.
func typeTogether(b *testing.B, people []*typist, during time.Duration) *latencies {
	b.Helper()
	seen := &latencies{by: map[string][]time.Duration{}}
	end := time.Now().Add(during)
	var everybody sync.WaitGroup
	for _, t := range people {
		everybody.Go(func() {
			time.Sleep(time.Duration(t.random.Int64N(int64(saveEvery)))) // people do not begin at the same moment
			turned := time.Now().Add(-time.Duration(t.random.Int64N(int64(sectionEvery))))
			for time.Now().Before(end) {
				begun := time.Now()
				if time.Since(turned) > sectionEvery {
					turned = time.Now()
					t.turn(seen)
				}
				t.save(seen)
				time.Sleep(saveEvery - min(saveEvery, time.Since(begun)))
			}
		})
	}
	everybody.Wait()
	return seen
}
