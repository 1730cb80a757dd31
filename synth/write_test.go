// SPDX-License-Identifier: EUPL-1.2

package synth_test

import (
	"bytes"
	"encoding/csv"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"meldewerk/report"
	"meldewerk/report/check"
	"meldewerk/report/obds"
	"meldewerk/synth"
)

func write(t *testing.T, o synth.Options) (xml []byte, truth [][]string) {
	t.Helper()
	var out, table bytes.Buffer
	if err := synth.New(o).WriteXML(&out, &table); err != nil {
		t.Fatal(err)
	}
	rows, err := csv.NewReader(&table).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	return out.Bytes(), rows[1:]
}

// verdicts reads a package back as the portal does and says which positions
// (from 0) are rejected by the schema or by the rules.
func verdicts(t *testing.T, xml []byte) (items []*obds.Item, rejected map[int]string) {
	t.Helper()
	reader := obds.NewReader(bytes.NewReader(xml), obds.Options{})
	rejected = map[int]string{}
	for {
		item, err := reader.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		at := len(items)
		items = append(items, item)
		findings := item.Findings
		if len(findings) == 0 {
			day := reader.Package().ReportedOn
			findings = check.Run(check.Context{Today: day, ReportedOn: day, Land: "NI"}, item.Report)
		}
		for _, f := range findings {
			if f.Severity == report.Error {
				rejected[at] += " " + f.Rule + "@" + f.Path
			}
		}
	}
	if !reader.Complete() {
		t.Fatalf("package is not complete: %v", reader.Findings())
	}
	for _, late := range reader.Late() {
		for _, span := range late.Spans {
			for position := span.First; position <= span.Last; position++ {
				rejected[position-1] += " " + late.Finding.Rule
			}
		}
	}
	return items, rejected
}

func TestSoundPackagesAreAccepted(t *testing.T) {
	t.Parallel()
	for _, version := range []string{"3.0.2", "3.0.3", "3.0.4", "3.0.5"} {
		t.Run(version, func(t *testing.T) {
			t.Parallel()
			xml, truth := write(t, synth.Options{Seed: 111, Patients: 500, SchemaVersion: version})
			items, rejected := verdicts(t, xml)
			if len(items) != len(truth) {
				t.Fatalf("%d reports read, %d in the truth", len(items), len(truth))
			}
			for at, why := range rejected {
				t.Errorf("%s: %s", items[at].ID, why)
			}
			for at, item := range items {
				if string(item.ID) != truth[at][0] || string(item.Reporter) != truth[at][1] || string(item.Patient) != truth[at][2] {
					t.Fatalf("row %d of the truth is about another report", at)
				}
			}
		})
	}
}

func TestFaultyReportsAreExactlyTheRejectedOnes(t *testing.T) {
	t.Parallel()
	xml, truth := write(t, synth.Options{Seed: 121, Patients: 1200, ErrorRate: 0.25})
	items, rejected := verdicts(t, xml)
	if len(items) != len(truth) {
		t.Fatalf("%d reports read, %d in the truth", len(items), len(truth))
	}
	made := map[string]int{}
	for at, row := range truth {
		fault, why := row[5], rejected[at]
		if (fault != "") != (why != "") {
			t.Errorf("%s: fault %q, rejected because of%s", row[0], fault, why)
		}
		made[fault]++
	}
	for _, f := range synth.Faults() {
		if made[f.Name] == 0 {
			t.Errorf("fault %s was never made", f.Name)
		}
	}
}

func TestPackageIsTheSameEveryTime(t *testing.T) {
	t.Parallel()
	o := synth.Options{Seed: 131, Reports: 400, ErrorRate: 0.1}
	first, _ := write(t, o)
	second, _ := write(t, o)
	if !bytes.Equal(first, second) {
		t.Error("two packages of the same options differ")
	}
}

// TestXmllintAgrees lets libxml2 judge the packages by the official schemas.
func TestXmllintAgrees(t *testing.T) {
	t.Parallel()
	tool, err := exec.LookPath("xmllint")
	if err != nil {
		t.Skip("xmllint is not there")
	}
	for _, version := range []string{"3.0.2", "3.0.3", "3.0.4", "3.0.5"} {
		t.Run(version, func(t *testing.T) {
			t.Parallel()
			name := "oBDS_v" + version + ".xsd"
			if version == "3.0.5" {
				name = "oBDS_v3.0.5_reconstructed.xsd"
			}
			schema := reference(t, "obds", "xsd", name)
			xml, _ := write(t, synth.Options{Seed: 151, Patients: 300, SchemaVersion: version})
			file := filepath.Join(t.TempDir(), "package.xml")
			if err := os.WriteFile(file, xml, 0o600); err != nil {
				t.Fatal(err)
			}
			if out, err := exec.CommandContext(t.Context(), tool, "--noout", "--schema", schema, file).CombinedOutput(); err != nil {
				t.Errorf("%v\n%s", err, out[:min(len(out), 3000)])
			}
		})
	}
}

// reference finds a file of the reference material beside the repository.
func reference(t *testing.T, parts ...string) string {
	t.Helper()
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			break
		}
		if dir = filepath.Dir(dir); dir == "/" {
			t.Fatal("no go.mod above the test")
		}
	}
	path := filepath.Join(append([]string{dir, "..", "shared"}, parts...)...)
	if _, err := os.Stat(path); err != nil {
		t.Skipf("reference material is not there: %s", filepath.Join(parts...))
	}
	return path
}

func TestPersonsTableTellsWhoIsWho(t *testing.T) {
	t.Parallel()
	var table, truth bytes.Buffer
	if err := synth.New(synth.Options{Seed: 161, Patients: 800}).PersonsCSV(&table, &truth); err != nil {
		t.Fatal(err)
	}
	rows, err := csv.NewReader(&table).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	persons, err := csv.NewReader(&truth).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	if len(rows) != len(persons) || len(rows) < 1600 {
		t.Fatalf("%d rows, %d in the truth", len(rows), len(persons))
	}
	if got := strings.Join(rows[0], ","); got != "id,first_name,last_name,birth_name,former_name,title,sex,birth_date,postal_code,place,kvnr" {
		t.Errorf("header %s", got)
	}
	differ, pairs := 0, 0
	for i := 2; i < len(rows); i++ {
		if rows[i][0] != persons[i][0] {
			t.Fatalf("row %d: truth is about another record", i)
		}
		if persons[i][1] != persons[i-1][1] {
			continue
		}
		pairs++
		if strings.Join(rows[i][1:], "|") != strings.Join(rows[i-1][1:], "|") {
			differ++
		}
	}
	t.Logf("%d records, %d pairs, %d of them differ somewhere", len(rows)-1, pairs, differ)
	between(t, "per cent of pairs that differ", differ*100/pairs, 15, 60)
}
