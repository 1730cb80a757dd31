// SPDX-License-Identifier: EUPL-1.2

package check_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"meldewerk/report"
	"meldewerk/report/check"
	"meldewerk/report/obds"
)

// implausible lists the valid samples that are wrong on purpose or by their
// converter, none of them a test package of Plattform 65c.
var implausible = map[string]string{
	"pcvolkmer_obds2-to-obds3__obdsv3_op_1.xml":               "D2 I6b", // operation two months before the diagnosis, morphology with behaviour 8
	"pcvolkmer_obds2-to-obds3__obdsv3_verlauf_histologie.xml": "I6b",    // likewise
}

// rightly says for each rule that finds something in a valid sample why it is
// right to.
var rightly = []struct{ rule, why string }{
	{"D2", "The operation is dated two months before the diagnosis; the converter's sample is not meant to be plausible."},
	{"D2b", "A finding lies days or weeks before the date of diagnosis; the converter took the later date."},
	{"D5b", "The package carries events that lie after its own date of reporting."},
	{"D6", "The date of diagnosis is given as estimated."},
	{"D8b", "The end of a therapy is reported without its date or without the reason."},
	{"I1", "The test patient is a woman with C61."},
	{"I3f", "C61 is written as C61.0, a code that ICD-10-GM does not have; what is meant is clear."},
	{"I4", "The version of ICD-10-GM is not that of the year of diagnosis."},
	{"I4b", "Diagnoses from 2020 on are coded by ICD-O-3 of 2003."},
	{"I6b", "The morphology is made up: its behaviour is 8, which ICD-O does not have."},
	{"I7", "A tumour of the nervous system is given for the prostate."},
	{"I13", "The side is missing for a paired organ."},
	{"M1", "The Modul Prostata stands in a report on a tumour of the bowel."},
	{"P1b", "The insurer's number is made up; its check digit is wrong."},
	{"P1d", "The postal code is made up."},
	{"S1", "An antibody is given in a therapy of the kind chemotherapy."},
	{"S1b", "Several substances are written into one field."},
	{"T1e", "The course says that metastases are new, yet gives none."},
	{"T4", "The T is in situ, which tumours of the prostate do not have."},
}

func whyRight(rule string) string {
	for _, r := range rightly {
		if r.rule == rule {
			return r.why
		}
	}
	return ""
}

// sample is a valid package with what was found in it.
type sample struct {
	name     string
	reports  int
	warned   int // reports that only warn
	rejected int
	findings []report.Finding
}

// ofPlatform says that the package is a test patient that Plattform 65c
// publishes for the acceptance of interfaces.
func (s *sample) ofPlatform() bool {
	name := s.name[strings.LastIndex(s.name, "__")+len("__"):]
	return slices.ContainsFunc([]string{"Testpatient_", "Testpatientin_", "Testperson_", "Folgepaket_", "Hauptpaket_", "Priopatient_"},
		func(prefix string) bool { return strings.HasPrefix(name, prefix) })
}

// samples judges all valid oBDS 3 samples that are at hand, as the portal does.
func samples(t *testing.T) []sample {
	t.Helper()
	shared := filepath.Join(root(t), "..", "shared", "obds")
	sources, err := os.ReadFile(filepath.Join(shared, "SOURCES.md"))
	if err != nil {
		t.Skip("the samples are not beside the project")
	}
	var all []sample
	for line := range strings.Lines(string(sources)) {
		cells := strings.Split(line, "|")
		if len(cells) < 6 || !strings.HasPrefix(strings.TrimSpace(cells[3]), "oBDS 3") || strings.TrimSpace(cells[5]) != "valid" {
			continue
		}
		s := sample{name: strings.TrimSpace(cells[1])}
		s.judge(t, filepath.Join(shared, "samples", s.name))
		all = append(all, s)
	}
	slices.SortFunc(all, func(a, b sample) int { return strings.Compare(a.name, b.name) })
	return all
}

func (s *sample) judge(t *testing.T, name string) {
	t.Helper()
	f, err := os.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }() // only read
	var items []*obds.Item
	reader := obds.NewReader(f, obds.Options{})
	for {
		item, err := reader.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		if len(item.Findings) > 0 {
			t.Errorf("%s: schema finding %s at %s", s.name, item.Findings[0].Rule, item.Findings[0].Path)
			continue
		}
		items = append(items, item)
	}
	p := check.NewPackage(check.Context{Today: day("2026-11-21"), ReportedOn: reader.Package().ReportedOn, Land: "NI"})
	for at, item := range items {
		if at == 0 || items[at-1].Patient != item.Patient {
			for _, coming := range items[at:] {
				if coming.Patient == item.Patient {
					p.Foresee(coming.Report)
				}
			}
		}
		findings := p.Judge(item, item.Line, item.Report)
		s.reports++
		switch report.VerdictOf(findings) {
		case report.Rejected:
			s.rejected++
		case report.Warned:
			s.warned++
		case report.Accepted:
		}
		s.findings = append(s.findings, findings...)
	}
}

// TestValidSamplesHaveNoError runs the table over all valid oBDS 3 samples
// that are at hand: no error but where the sample is known to be wrong, and no
// warning that nobody can explain.
func TestValidSamplesHaveNoError(t *testing.T) {
	t.Parallel()
	reports := 0
	for _, s := range samples(t) {
		reports += s.reports
		for _, f := range s.findings {
			if whyRight(f.Rule) == "" {
				t.Errorf("%s: nobody says why %s is right at %s", s.name, f.Rule, f.Path)
			}
			if f.Severity == report.Error && !slices.Contains(strings.Fields(implausible[s.name]), f.Rule) {
				t.Errorf("%s: error %s at %s", s.name, f.Rule, f.Path)
			}
			if f.Severity == report.Error && s.ofPlatform() {
				t.Errorf("%s: error %s in a test package of Plattform 65c", s.name, f.Rule)
			}
		}
	}
	if reports < 90 {
		t.Errorf("only %d reports read", reports)
	}
}

// TestVerdictsAreWritten holds docs/verdicts.md to what the table finds.
func TestVerdictsAreWritten(t *testing.T) {
	t.Parallel()
	all := samples(t)
	want := verdicts(all)
	name := filepath.Join(root(t), "docs", "verdicts.md")
	if *update {
		if err := os.WriteFile(name, want, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Error("docs/verdicts.md is not what the table finds; run go test ./report/check -update")
	}
}

func verdicts(all []sample) []byte {
	var b bytes.Buffer
	b.WriteString("# Verdicts on the public samples\n\n" +
		"Made by `go test ./report/check -update`; do not edit. Judged are all public samples of oBDS 3\n" +
		"that the schema admits, as a registry in Lower Saxony would judge them on 2026-11-21. No values\n" +
		"are given, only sample, rule and place. [rules.md](rules.md) says what each rule asks.\n\n" +
		"## What is found\n\n| sample | rule | severity | place |\n|---|---|---|---|\n")
	for _, s := range all {
		for _, row := range s.rows() {
			b.WriteString(row)
		}
	}
	b.WriteString("\n## Why it is right\n\n| rule | why |\n|---|---|\n")
	for _, r := range rightly {
		fmt.Fprintf(&b, "| %s | %s |\n", r.rule, r.why)
	}
	b.WriteString("\n## Shares\n\n| samples | packages | reports | accepted | warned | rejected |\n|---|---:|---:|---:|---:|---:|\n")
	share(&b, "test patients of Plattform 65c", all, (*sample).ofPlatform)
	share(&b, "samples of converters and others", all, func(s *sample) bool { return !s.ofPlatform() })
	share(&b, "all", all, func(*sample) bool { return true })
	b.WriteString("\nThe samples are made to show fields, not cases: their dates, codes and numbers are made up, so\n" +
		"many more of them warn than of real reports. Of the reports of the synthetic world, whose patients\n" +
		"fall ill and are treated as real ones, less than one in a hundred warns.\n\n" +
		"## Where registries reject and we warn\n\n" +
		"An error stands only where no reading of the data can be right.\n\n| row | asks | rules | why a warning |\n|---|---|---|---|\n")
	writeSoftened(&b)
	return b.Bytes()
}

// rows are the findings of a sample, each kind of place once.
func (s *sample) rows() []string {
	var rows []string
	for _, f := range s.findings {
		row := fmt.Sprintf("| %s | %s | %s | `%s` |\n", s.name, f.Rule, f.Severity, strings.TrimPrefix(f.Path, "oBDS/Menge_Patient/"))
		if !slices.Contains(rows, row) {
			rows = append(rows, row)
		}
	}
	return rows
}

func share(b *bytes.Buffer, name string, all []sample, in func(*sample) bool) {
	packages, reports, warned, rejected := 0, 0, 0, 0
	for i := range all {
		if s := &all[i]; in(s) {
			packages, reports, warned, rejected = packages+1, reports+s.reports, warned+s.warned, rejected+s.rejected
		}
	}
	percent := func(n int) string { return fmt.Sprintf("%d (%.1f %%)", n, 100*float64(n)/float64(max(reports, 1))) }
	fmt.Fprintf(b, "| %s | %d | %d | %s | %s | %s |\n", name, packages, reports, percent(reports-warned-rejected), percent(warned), percent(rejected))
}

// writeSoftened writes the parts of the catalogue that only warn although the
// source rejects.
func writeSoftened(b *bytes.Buffer) {
	severities := map[string]report.Severity{}
	for _, r := range check.Rules() {
		severities[r.ID] = r.Severity
	}
	for _, d := range catalogue {
		for _, p := range d.parts {
			if d.softens(&p, severities) {
				fmt.Fprintf(b, "| %s | %s | %s | %s |\n", d.id, p.asks, strings.ReplaceAll(p.rules, " ", ", "), p.why)
			}
		}
	}
}
