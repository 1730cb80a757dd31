// SPDX-License-Identifier: EUPL-1.2

package world_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"testing"
	"testing/fstest"
	"time"

	"meldewerk/exchange/submission"
	"meldewerk/exchange/transfer"
	"meldewerk/internal/database"
	"meldewerk/report/obds"
	"meldewerk/synth"
	"meldewerk/trustcentre"
)

// The benchmark of the whole way writes its table where these variables say
// (make bench).
const (
	benchReports = "MELDEWERK_BENCH_REPORTS" // how many, default 10,000
	benchOut     = "MELDEWERK_BENCH_OUT"     // file for the rows of the table
)

// timed measures how long the trust centre waits for its neighbours.
type timed struct {
	submission.Door
	transfer transfer.Door
	put      time.Duration // in the registry
}

func (d *timed) Put(ctx context.Context, records []transfer.Record) error {
	begun := time.Now()
	err := d.transfer.Put(ctx, records)
	d.put += time.Since(begun)
	return err
}

// registry is the registry behind the stopwatch.
type registry struct {
	transfer.Door
	watch *timed
}

func (r registry) Put(ctx context.Context, records []transfer.Record) error {
	return r.watch.Put(ctx, records)
}

// row is one line of the table.
type row struct {
	step   string
	amount float64
	unit   string
	took   time.Duration
}

func (r row) String() string {
	return fmt.Sprintf("| %s | %.3f s | %s %s/s |", r.step, r.took.Seconds(), rate(r.amount/r.took.Seconds()), r.unit)
}

func rate(perSecond float64) string {
	if perSecond >= 100 {
		return strconv.FormatFloat(perSecond, 'f', 0, 64)
	}
	return strconv.FormatFloat(perSecond, 'f', 1, 64)
}

func stopwatch(work func()) time.Duration {
	begun := time.Now()
	work()
	return time.Since(begun)
}

// BenchmarkWay takes 10,000 synthetic reports from the upload to the
// Tumorhistorie on SQLite, step by step, beside what the machine can do at all.
func BenchmarkWay(b *testing.B) {
	n := 10_000
	if text := os.Getenv(benchReports); text != "" {
		var err error
		n, err = strconv.Atoi(text)
		must(b, err)
	}
	for b.Loop() {
		b.StopTimer()
		var rows []row
		xml := written(b, synth.Options{Seed: 1, Reports: n})
		rows = append(rows, yardsticks(b, xml, n)...)
		rows = append(rows, readers(b, xml, n)...)
		b.StartTimer()
		way := wholeWay(b, xml, n)
		b.StopTimer()
		rows = append(rows, way...)
		var table bytes.Buffer
		for _, r := range rows {
			fmt.Fprintln(&table, r)
		}
		b.Logf("%d reports, %.1f MB\n%s", n, float64(len(xml))/1e6, table.String())
		if path := os.Getenv(benchOut); path != "" {
			must(b, os.WriteFile(path, fmt.Appendf(nil, "%d reports in one package of %.1f MB. This disk confirms a flush of 4 kB in %.2f ms (median).\n\n| step | time | rate |\n|---|---|---|\n%s",
				n, float64(len(xml))/1e6, flush(b).Seconds()*1e3, table.String()), 0o644))
		}
		b.ReportMetric(float64(n)/way[len(way)-1].took.Seconds(), "reports/s")
		b.StartTimer()
	}
}

// yardsticks are what the machine can do at all: read the bytes, hash them,
// and write as many sealed rows with full sync.
func yardsticks(b *testing.B, xml []byte, n int) []row {
	path := filepath.Join(b.TempDir(), "package.xml")
	must(b, os.WriteFile(path, xml, 0o600))
	megabytes := float64(len(xml)) / 1e6
	reading := stopwatch(func() {
		file, err := os.Open(path)
		must(b, err)
		sum := sha256.New()
		_, err = io.Copy(sum, file)
		must(b, errors.Join(err, file.Close()))
	})
	name := filepath.Join(b.TempDir(), "rows.db")
	must(b, database.Create(b.Context(), name))
	db, err := database.Open(b.Context(), name, database.Options{})
	must(b, err)
	insert := func(work func(ctx context.Context, tx *database.Tx) error) {
		must(b, db.InTx(b.Context(), func(ctx context.Context, tx *database.Tx) error {
			tx.WithoutAct("a yardstick")
			return work(ctx, tx)
		}))
	}
	must(b, db.Migrate(b.Context(), database.Migrations{Name: "yardstick", Files: fstest.MapFS{"0001_yardstick.sql": {
		Data: []byte(`CREATE TABLE yardstick (id BIGINT NOT NULL PRIMARY KEY, content BYTEA NOT NULL);`)}}}))
	content := make([]byte, 2000)
	const together = 200
	writing := stopwatch(func() {
		for from := 0; from < n; from += together {
			insert(func(ctx context.Context, tx *database.Tx) error {
				for id := from; id < min(from+together, n); id++ {
					if _, err := tx.ExecContext(ctx, `INSERT INTO yardstick (id, content) VALUES ($1, $2)`, id, content); err != nil {
						return err
					}
				}
				return nil
			})
		}
	})
	must(b, db.Close())
	return []row{
		{"yardstick: read the file and hash it (SHA-256)", megabytes, "MB", reading},
		{"yardstick: write as many rows of 2 kB into SQLite, 200 to a transaction", float64(n), "rows", writing},
	}
}

// readers measures the reader in memory, and the program beside xmllint on
// equal terms: each a process of its own on one processor, best of three.
func readers(b *testing.B, xml []byte, n int) []row {
	megabytes := float64(len(xml)) / 1e6
	read := func(o obds.Options) func() {
		return func() {
			r, items := obds.NewReader(bytes.NewReader(xml), o), 0
			for {
				_, err := r.Next()
				if errors.Is(err, io.EOF) {
					break
				}
				must(b, err)
				items++
			}
			if items != n {
				b.Fatalf("%d reports read, want %d", items, n)
			}
		}
	}
	single := runtime.GOMAXPROCS(1)
	rows := []row{
		{"reader in memory, one processor: schema verdict only", megabytes, "MB", best(read(obds.Options{CheckOnly: true}))},
		{"reader in memory, one processor: schema verdict and typed reports", megabytes, "MB", best(read(obds.Options{}))},
	}
	runtime.GOMAXPROCS(single)
	rows = append(rows, row{"reader in memory, all processors: schema verdict and typed reports", megabytes, "MB", best(read(obds.Options{}))})

	path := filepath.Join(b.TempDir(), "package.xml")
	must(b, os.WriteFile(path, xml, 0o600))
	program, err := binary()
	must(b, err)
	process := func(name string, args ...string) func() {
		return func() {
			cmd := exec.CommandContext(b.Context(), name, args...)
			cmd.Env = append(os.Environ(), "GOMAXPROCS=1")
			out, err := cmd.CombinedOutput()
			if err != nil {
				b.Fatalf("%s: %v: %.300s", name, err, out)
			}
		}
	}
	rows = append(rows, row{"process, one processor: meldewerk check --schema-only (a verdict on each report)", megabytes, "MB",
		best(process(program, "check", "--schema-only", "--summary", path))})
	schemas, err := filepath.Glob(filepath.Join(root(b), "..", "shared", "obds", "xsd", "*3.0.4*.xsd"))
	tool, missing := exec.LookPath("xmllint")
	if err != nil || len(schemas) == 0 || missing != nil {
		return rows
	}
	return append(rows, row{"process, one processor: xmllint with the official schema (one verdict for the file)", megabytes, "MB",
		best(process(tool, "--noout", "--huge", "--schema", schemas[0], path))})
}

// best is the shortest of three times: the others were disturbed.
func best(work func()) time.Duration {
	return min(stopwatch(work), stopwatch(work), stopwatch(work))
}

// flush is how long the disk takes to say that 4 kB are safe, the median of a
// hundred. Far below a millisecond it answers out of a cache of its own.
func flush(b *testing.B) time.Duration {
	file, err := os.Create(filepath.Join(b.TempDir(), "flush"))
	must(b, err)
	var times []time.Duration
	for range 100 {
		_, err := file.Write(make([]byte, 4096))
		must(b, err)
		times = append(times, stopwatch(func() { must(b, file.Sync()) }))
	}
	must(b, file.Close())
	slices.Sort(times)
	return times[len(times)/2]
}

// wholeWay measures the steps of the way.
func wholeWay(b *testing.B, xml []byte, n int) []row {
	p := newPlant(b, "kkn", nil)
	u := p.everyone()
	door, err := p.Portal.Door("trustcentre")
	must(b, err)
	taker, err := p.Registry.Door("trustcentre")
	must(b, err)
	watch := &timed{Door: door, transfer: taker}
	must(b, p.TrustCentre.Close())
	p.TrustCentre, err = trustcentre.Open(b.Context(), p.layout.Configs().TrustCentre, trustcentre.Options{
		Clock: p.clock.Now, Hasher: p.hasher, Portal: watch.Door, Registry: registry{taker, watch}})
	must(b, err)

	var path string
	upload := stopwatch(func() { path = u.send(submission.Real, xml) })
	out := stopwatch(p.work)
	assign := stopwatch(func() {
		for worked := true; worked; {
			worked, err = p.Registry.Step(b.Context())
			must(b, err)
		}
	})
	back := stopwatch(p.settle)
	u.wantState(path, submission.Completed)
	reports := float64(n)
	return []row{
		{"upload over TLS: verdict on every report, seal, stage, receipt", reports, "reports", upload},
		{"trust centre: pull, open, judge again, take apart, last look, store", reports, "reports", out - watch.put},
		{"hand over to the registry (stored there)", reports, "reports", watch.put},
		{"registry: find person and tumour, notice", reports, "reports", assign},
		{"complete: join with the reduced view, delete, tell the portal", reports, "reports", back},
		{"the whole way", reports, "reports", upload + out + assign + back},
	}
}
