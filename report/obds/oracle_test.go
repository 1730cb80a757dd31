// SPDX-License-Identifier: EUPL-1.2

package obds

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"meldewerk/report"
)

var versions = []string{"3.0.2", "3.0.3", "3.0.4", "3.0.5"}

// shared is the folder with the public samples and the official schemas,
// which stands beside the project.
func shared(t testing.TB) string {
	t.Helper()
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			break
		}
		if dir == filepath.Dir(dir) {
			t.Fatal("go.mod not found")
		}
		dir = filepath.Dir(dir)
	}
	dir = filepath.Join(dir, "..", "shared", "obds")
	if _, err := os.Stat(dir); err != nil {
		t.Skip("samples and official schemas are not here")
	}
	return dir
}

// samples3 gives the public packages of version 3 by name.
func samples3(t testing.TB) map[string][]byte {
	t.Helper()
	names, err := filepath.Glob(filepath.Join(shared(t), "samples", "*.xml"))
	if err != nil {
		t.Fatal(err)
	}
	out := map[string][]byte{}
	for _, name := range names {
		b, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if bytes.Contains(b, []byte("<oBDS ")) && bytes.Contains(b, []byte("Schema_Version=\"3.0.")) && !bytes.Contains(b, []byte("RKI\"")) {
			out[filepath.Base(name)] = b
		}
	}
	if len(out) < 40 {
		t.Fatalf("only %d samples", len(out))
	}
	return out
}

func official(t testing.TB, version string) string {
	t.Helper()
	name := "oBDS_v" + version
	if version == "3.0.5" {
		name += "_reconstructed"
	}
	return filepath.Join(shared(t), "xsd", name+".xsd")
}

// xmllint judges documents by the official schema: true for valid.
func xmllint(t testing.TB, version string, docs [][]byte) []bool {
	t.Helper()
	program, err := exec.LookPath("xmllint")
	if err != nil {
		t.Skip("xmllint, the oracle of this test, is not installed")
	}
	const perCall = 500
	out := make([]bool, len(docs))
	dir := t.TempDir()
	var wait sync.WaitGroup
	for from := 0; from < len(docs); from += perCall {
		part := docs[from:min(from+perCall, len(docs))]
		args := []string{"--noout", "--nonet", "--schema", official(t, version)}
		for i, doc := range part {
			name := filepath.Join(dir, fmt.Sprintf("%d.xml", from+i))
			if err := os.WriteFile(name, doc, 0o600); err != nil {
				t.Fatal(err)
			}
			args = append(args, name)
		}
		wait.Go(func() {
			report, err := exec.Command(program, args...).CombinedOutput()
			if _, exited := errors.AsType[*exec.ExitError](err); err != nil && !exited {
				t.Error(err)
			}
			for _, line := range bytes.Split(report, []byte("\n")) {
				var i int
				name, valid := bytes.CutSuffix(line, []byte(".xml validates"))
				if !valid {
					continue
				}
				if _, err := fmt.Sscan(filepath.Base(string(name)), &i); err == nil {
					out[i] = true
				}
			}
		})
	}
	wait.Wait()
	return out
}

// verdict reads a document to its end and gives every finding.
type verdict struct {
	items    []*Item
	findings []report.Finding
	late     []Late
	complete bool
	pkg      *report.Package
}

func read(t testing.TB, in io.Reader, options Options) verdict {
	t.Helper()
	r := NewReader(in, options)
	v := verdict{}
	for {
		item, err := r.Next()
		if err == io.EOF {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		v.items = append(v.items, item)
	}
	v.findings, v.late, v.complete, v.pkg = r.Findings(), r.Late(), r.Complete(), r.Package()
	return v
}

func (v verdict) valid() bool {
	return v.complete && len(v.all()) == 0
}

// all gives every finding of package and reports.
func (v verdict) all() []report.Finding {
	out := slices.Clone(v.findings)
	for _, item := range v.items {
		out = append(out, item.Findings...)
	}
	for _, l := range v.late {
		out = append(out, l.Finding)
	}
	return out
}

func (v verdict) String() string {
	var b strings.Builder
	for i, f := range v.all() {
		if i == 5 {
			b.WriteString("…\n")
			break
		}
		fmt.Fprintf(&b, "%s %s:%d %s %s\n", f.Rule, f.Path, f.Line, f.Message, f.Remedy)
	}
	return b.String()
}

// everything writes a verdict down in full, for comparing two of them.
func (v verdict) everything() string {
	var b strings.Builder
	fmt.Fprintln(&b, v.complete, v.findings, v.late)
	for _, item := range v.items {
		fmt.Fprintln(&b, item.Position, item.Line, item.Path(), item.Patient, item.ID, item.Reporter, item.Occasion, item.Findings)
	}
	return b.String()
}

func TestX4SamplesJudgedAsByOracle(t *testing.T) {
	t.Parallel()
	samples := samples3(t)
	var names []string
	var docs [][]byte
	for name, doc := range samples {
		names, docs = append(names, name), append(docs, doc)
	}
	for _, version := range versions {
		want := xmllint(t, version, docs)
		valid := 0
		for i, doc := range docs {
			v := read(t, bytes.NewReader(doc), Options{Version: version})
			if v.valid() {
				valid++
			}
			if v.valid() != want[i] {
				t.Errorf("%s by %s: %v, oracle says %v\n%s", names[i], version, v.valid(), want[i], v)
			}
		}
		t.Logf("%s: %d samples, %d valid", version, len(docs), valid)
	}
}

var declared = regexp.MustCompile(`Schema_Version="[^"]*"`)
