// SPDX-License-Identifier: EUPL-1.2

package world_test

import (
	"bufio"
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"runtime/pprof"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"meldewerk/calendar"
	"meldewerk/report/check"
	"meldewerk/report/obds"
	paper "meldewerk/report/protocol"
	"meldewerk/synth"
)

// The benchmark of the offline check (make bench) reads these variables too.
const (
	benchMegabytes = "MELDEWERK_BENCH_MEGABYTES" // of a package, default 100
	benchRuns      = "MELDEWERK_BENCH_RUNS"      // of each row, default 3
)

func setting(b *testing.B, name string, otherwise int) int {
	text := os.Getenv(name)
	if text == "" {
		return otherwise
	}
	n, err := strconv.Atoi(text)
	must(b, err)
	return n
}

// BenchmarkCheck measures "meldewerk check" against xmllint with the official
// schema: each a process of its own, in turn, the median of several runs.
func BenchmarkCheck(b *testing.B) {
	bytesWanted := setting(b, benchMegabytes, 100) * 1_000_000
	for b.Loop() {
		var table bytes.Buffer
		for _, p := range []struct {
			name string
			path string
		}{
			{"the valid official sample patients again and again with new numbers", officialPackage(b, bytesWanted)},
			{"synthetic patients", syntheticPackage(b, bytesWanted)},
		} {
			if p.path == "" {
				continue
			}
			info, err := os.Stat(p.path)
			must(b, err)
			fmt.Fprintf(&table, "Package of %.1f MB: %s (%s).\n\n", float64(info.Size())/1e6, p.name, verdicts(b, p.path))
			checkTable(b, &table, p.path, info.Size())
			fmt.Fprintf(&table, "\nWhere `check` spends its CPU time on this package: %s.\n\n", shares(b, p.path))
			must(b, os.Remove(p.path))
		}
		b.Logf("\n%s", table.String())
		if path := os.Getenv(benchOut); path != "" {
			must(b, os.WriteFile(path, table.Bytes(), 0o644))
		}
	}
}

// syntheticPackage writes a package of about that size.
func syntheticPackage(b *testing.B, size int) string {
	path := filepath.Join(b.TempDir(), "synthetic.xml")
	file, err := os.Create(path)
	must(b, err)
	out := bufio.NewWriterSize(file, 1<<20)
	const perReport = 2150 // bytes, about
	must(b, synth.New(synth.Options{Seed: 1, Reports: size / perReport}).WriteXML(out, nil))
	must(b, errors.Join(out.Flush(), file.Close()))
	return path
}

var (
	patientText = regexp.MustCompile(`(?s)<Patient [^>]*Patient_ID=.*?</Patient>`)
	numbered    = regexp.MustCompile(`(Patient_ID|Meldung_ID)="[^"]*"`)
	told        = regexp.MustCompile(`Melder_ID="[^"]*"`)
)

// officialPackage repeats the valid patients of the public samples with new
// numbers up to the size. It is "" where the samples are not at hand.
func officialPackage(b *testing.B, size int) string {
	files, err := filepath.Glob(filepath.Join(root(b), "..", "shared", "obds", "samples", "*.xml"))
	must(b, err)
	patients := validPatients(b, files)
	if len(patients) == 0 {
		b.Log("no official samples at hand: their table is left out")
		return ""
	}
	path := filepath.Join(b.TempDir(), "official.xml")
	file, err := os.Create(path)
	must(b, err)
	out := bufio.NewWriterSize(file, 1<<20)
	_, err = out.WriteString(head)
	must(b, err)
	for written, n := 0, 0; written < size; n++ {
		report := 0
		text := numbered.ReplaceAllFunc(patients[n%len(patients)], func(found []byte) []byte {
			name, _, _ := bytes.Cut(found, []byte("="))
			report++
			return fmt.Appendf(nil, `%s="%07d-%d"`, name, n, report)
		})
		count, err := out.Write(append(text, '\n'))
		must(b, err)
		written += count
	}
	_, err = out.WriteString(foot)
	must(b, err)
	must(b, errors.Join(out.Flush(), file.Close()))
	return path
}

// The frame around the sample patients.
const (
	head = `<?xml version="1.0" encoding="UTF-8"?>
<oBDS xmlns="http://www.basisdatensatz.de/oBDS/XML" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" Schema_Version="3.0.4">
<Absender Absender_ID="A" Software_ID="S" Software_Version="1"/>
<Meldedatum>2025-06-30</Meldedatum>
<Menge_Patient>
`
	foot = `</Menge_Patient>
<Menge_Melder><Melder ID="M1"/></Menge_Melder>
</oBDS>
`
)

// validPatients are the patients of the samples that version 3.0.4 accepts.
func validPatients(b *testing.B, files []string) [][]byte {
	var patients [][]byte
	for _, name := range files {
		raw, err := os.ReadFile(name)
		must(b, err)
		for _, patient := range patientText.FindAll(raw, -1) {
			patient = told.ReplaceAll(patient, []byte(`Melder_ID="M1"`))
			if sound(strings.NewReader(head + string(patient) + foot)) {
				patients = append(patients, patient)
			}
		}
	}
	return patients
}

func sound(in io.Reader) bool {
	r := obds.NewReader(in, obds.Options{CheckOnly: true, Workers: 1})
	for reports := 0; ; reports++ {
		item, err := r.Next()
		if err != nil {
			return errors.Is(err, io.EOF) && r.Complete() && len(r.Findings())+len(r.Late()) == 0 && reports > 0
		}
		if len(item.Findings) > 0 {
			return false
		}
	}
}

// verdicts says what check found in the package.
func verdicts(b *testing.B, path string) string {
	program, err := binary()
	must(b, err)
	out, err := exec.CommandContext(b.Context(), program, "check", "--summary", "--format", "json", path).Output()
	if code := (*exec.ExitError)(nil); errors.As(err, &code) && code.ExitCode() != 1 {
		b.Fatalf("check: %v", err)
	}
	var p struct{ Reports, Accepted, Warned, Rejected int }
	must(b, json.NewDecoder(bytes.NewReader(out)).Decode(&p))
	return fmt.Sprintf("%d reports: %d accepted, %d with warnings, %d rejected", p.Reports, p.Accepted, p.Warned, p.Rejected)
}

// run is what one process took.
type run struct {
	elapsed, cpu time.Duration
	kilobytes    int64 // most memory held, from the kernel's own mark
}

// contender is one row of the table.
type contender struct {
	name string
	once func() run
	runs []run
}

// checkTable lets all contenders run in turn and writes a row for each.
func checkTable(b *testing.B, out io.Writer, path string, size int64) {
	program, err := binary()
	must(b, err)
	all := []*contender{
		{name: "yardstick: read the bytes", once: inside(b, path, func([]byte) {})},
		{name: "yardstick: find the tags", once: inside(b, path, countTags)},
	}
	process := func(name, processors string, args ...string) {
		all = append(all, &contender{name: name, once: func() run { return measured(b, processors, args...) }})
	}
	schemas, err := filepath.Glob(filepath.Join(root(b), "..", "shared", "obds", "xsd", "oBDS_v3.0.4.xsd"))
	must(b, err)
	base := ""
	if tool, missing := exec.LookPath("xmllint"); missing == nil {
		process("xmllint --noout --stream (well-formed or not)", "0", tool, "--noout", "--stream", path)
		if len(schemas) > 0 {
			base = "xmllint --noout --stream --schema, one processor"
			process(base, "0", tool, "--noout", "--stream", "--schema", schemas[0], path)
		}
	}
	process("meldewerk check --schema-only, one processor", "0", program, "check", "--schema-only", "--summary", "--format", "json", path)
	process("meldewerk check, one processor", "0", program, "check", "--summary", "--format", "json", path)
	process("meldewerk check, two processors", "0,1", program, "check", "--summary", "--format", "json", path)
	for range setting(b, benchRuns, 3) {
		for _, c := range all {
			c.runs = append(c.runs, c.once())
		}
	}
	var slow time.Duration
	for _, c := range all {
		if c.name == base {
			slow = c.median().elapsed
		}
	}
	fmt.Fprintln(out, "| what | time | throughput | against xmllint with schema | CPU time | most memory |\n|---|---|---|---|---|---|")
	for _, c := range all {
		m := c.median()
		ratio, memory := "", ""
		if slow > 0 {
			ratio = fmt.Sprintf("%.1f", slow.Seconds()/m.elapsed.Seconds())
		}
		if m.kilobytes > 0 {
			memory = fmt.Sprintf("%d MB", m.kilobytes/1000)
		}
		fmt.Fprintf(out, "| %s | %.2f s | %s MB/s | %s | %.2f s | %s |\n", c.name, m.elapsed.Seconds(),
			rate(float64(size)/1e6/m.elapsed.Seconds()), ratio, m.cpu.Seconds(), memory)
	}
}

// median is the run in the middle, with the largest memory of all.
func (c *contender) median() run {
	sorted := slices.SortedFunc(slices.Values(c.runs), func(a, b run) int { return cmp.Compare(a.elapsed, b.elapsed) })
	m := sorted[len(sorted)/2]
	for _, r := range sorted {
		m.kilobytes = max(m.kilobytes, r.kilobytes)
	}
	return m
}

// inside measures what this process does with the bytes of a file.
func inside(b *testing.B, path string, do func([]byte)) func() run {
	return func() run {
		file, err := os.Open(path)
		must(b, err)
		buf := make([]byte, 1<<20)
		took := stopwatch(func() {
			for {
				n, err := file.Read(buf)
				do(buf[:n])
				if errors.Is(err, io.EOF) {
					return
				}
				must(b, err)
			}
		})
		must(b, file.Close())
		return run{elapsed: took, cpu: took}
	}
}

var tags int // keeps the compiler from leaving the work out

func countTags(text []byte) {
	for {
		at := bytes.IndexByte(text, '<')
		if at < 0 {
			return
		}
		tags++
		text = text[at+1:]
	}
}

// measured runs a program on chosen processors.
func measured(b *testing.B, processors string, args ...string) run {
	if tool, err := exec.LookPath("taskset"); err == nil {
		args = append([]string{tool, "-c", processors}, args...)
	}
	ctx, stop := context.WithCancel(b.Context())
	defer stop()
	cmd := exec.CommandContext(ctx, args[0], args[1:]...)
	cmd.Env = append(os.Environ(), "GOMAXPROCS="+strconv.Itoa(strings.Count(processors, ",")+1))
	var said bytes.Buffer
	cmd.Stderr = &said
	begun := time.Now()
	must(b, cmd.Start())
	peak := make(chan int64)
	go watch(ctx, cmd.Process.Pid, peak)
	err := cmd.Wait()
	elapsed := time.Since(begun)
	stop()
	if code := cmd.ProcessState.ExitCode(); code != 0 && code != 1 {
		b.Fatalf("%s: %v: %.300s", strings.Join(args, " "), err, said.String())
	}
	state := cmd.ProcessState
	return run{elapsed: elapsed, cpu: state.UserTime() + state.SystemTime(), kilobytes: <-peak}
}

// watch reads the kernel's mark of the most memory until the process ends. The
// rusage of a child would count the memory of this process in, which the child
// has for a moment between fork and exec.
func watch(ctx context.Context, pid int, peak chan<- int64) {
	most := int64(0)
	for tick := time.NewTicker(20 * time.Millisecond); ; {
		select {
		case <-ctx.Done():
			tick.Stop()
			peak <- most
			return
		case <-tick.C:
			status, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/status")
			if err != nil {
				continue
			}
			if _, rest, found := strings.Cut(string(status), "VmHWM:"); found {
				if n, err := strconv.ParseInt(strings.Fields(rest)[0], 10, 64); err == nil {
					most = n // the mark only rises, but begins anew with exec
				}
			}
		}
	}
}

// layers are where the time goes, by the beginning of a function's name; the
// first that fits counts.
var layers = []struct{ name, prefixes string }{
	{"finding the tags", "meldewerk/report/obds/xmltoken."},
	{"schema automaton and string types", "meldewerk/report/obds/schema. meldewerk/report/obds/pattern."},
	{"typed reports, numbers and places", "meldewerk/report/obds. meldewerk/report. meldewerk/identity. internal/strconv."},
	{"plausibility", "meldewerk/report/check. meldewerk/terminology meldewerk/tumour meldewerk/calendar. meldewerk/policy."},
	{"protocol", "meldewerk/report/protocol. encoding/binary."},
	{"reading the file", "internal/runtime/syscall syscall. os. internal/poll. io. bufio."},
	{"all else, with the garbage collector", ""},
}

// own are the functions of Go itself; what they take counts for whoever calls them.
const own = `^(runtime\.|internal/runtime/(maps|atomic|gc|sys|math)|internal/bytealg|mem[a-z]*$|indexbody|indexbytebody|aeshash|gcWrite|cmpbody|countbody|slices\.|strings\.|bytes\.|unicode|strconv\.)`

// shares profiles the steps of check in this process on one processor.
func shares(b *testing.B, path string) string {
	profile := filepath.Join(b.TempDir(), "cpu.profile")
	file, err := os.Create(profile)
	must(b, err)
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	must(b, pprof.StartCPUProfile(file))
	for range 3 {
		checkInside(b, path)
	}
	pprof.StopCPUProfile()
	must(b, file.Close())
	program, err := os.Executable()
	must(b, err)
	out, err := exec.CommandContext(b.Context(), "go", "tool", "pprof", "-text", "-unit=ms", "-nodefraction=0", "-edgefraction=0", "-nodecount=100000", "-hide="+own, program, profile).Output()
	must(b, err)
	spent, total := make([]float64, len(layers)), 1.0
	for line := range strings.Lines(string(out)) {
		fields := strings.Fields(line)
		if _, after, found := strings.Cut(line, "% of "); found {
			total, err = strconv.ParseFloat(strings.TrimSuffix(strings.Fields(after)[0], "ms"), 64)
			must(b, err)
			spent[len(layers)-1] = total
		}
		if len(fields) < 6 || !strings.HasSuffix(fields[1], "%") {
			continue
		}
		flat, err := strconv.ParseFloat(strings.TrimSuffix(fields[0], "ms"), 64)
		if err != nil {
			continue
		}
		spent[layer(fields[5])] += flat
		spent[len(layers)-1] -= flat // what is not told apart
	}
	var parts []string
	for i, l := range layers {
		parts = append(parts, fmt.Sprintf("%s %.0f %%", l.name, 100*spent[i]/total))
	}
	return strings.Join(parts, ", ")
}

func layer(function string) int {
	for i, l := range layers[:len(layers)-1] {
		for prefix := range strings.FieldsSeq(l.prefixes) {
			if strings.HasPrefix(function, prefix) {
				return i
			}
		}
	}
	return len(layers) - 1
}

// checkInside does what the command does with a package.
func checkInside(b *testing.B, path string) {
	file, err := os.Open(path)
	must(b, err)
	today, ballast := calendar.Of(time.Now()), make([]byte, 16<<20) // as the command does
	reader := obds.NewReader(file, obds.Options{Workers: 1, Forget: true, InspectPatient: paper.Judge(check.Context{Today: today})})
	log := paper.NewLog(b.TempDir())
	log.Begin()
	for {
		item, err := reader.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		must(b, err)
		must(b, log.Add(item))
	}
	h := &paper.Head{File: path, SchemaVersion: reader.Version()}
	log.Count(1, h)
	out := paper.New(paper.JSON, io.Discard, paper.Options{Summary: true})
	must(b, errors.Join(out.Write(h, log.Lines(1)), out.Close(), log.Close(), file.Close()))
	runtime.KeepAlive(ballast)
}
