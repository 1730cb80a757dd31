// SPDX-License-Identifier: EUPL-1.2

package check_test

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"meldewerk/report/check"
)

var update = flag.Bool("update", false, "write docs/rules.md anew")

// TestDocumentSaysWhatTheTableSays holds docs/rules.md to the table.
func TestDocumentSaysWhatTheTableSays(t *testing.T) {
	t.Parallel()
	name := filepath.Join(root(t), "docs", "rules.md")
	want := document()
	if *update {
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, want, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Error("docs/rules.md is not what the table says; run go test ./report/check -update")
	}
}

func document() []byte {
	var b bytes.Buffer
	b.WriteString("# Plausibility rules\n\n" +
		"Made from the table in `report/check` by `go test ./report/check -update`; do not edit.\n\n" +
		"An error rejects the report, a warning does not. Uncertain dates are compared as the\n" +
		"intervals they mean. Schema findings (`XML-…`) come from `report/obds`.\n\n" +
		"Scope: `report` looks at one report, `package` at the reports on a patient in one package,\n" +
		"`version` at the version of the data set that the package declares.\n\n" +
		"| id | severity | scope | states | from | until | sentence | remedy | source |\n|---|---|---|---|---|---|---|---|---|\n")
	for _, r := range check.Rules() {
		states := "all"
		if len(r.States) > 0 {
			states = strings.Join(r.States, ", ")
		}
		fmt.Fprintf(&b, "| %s | %s | %s | %s | %s | %s | %s | %s | %s |\n",
			r.ID, r.Severity, r.Scope(), states, r.Since, r.Until, r.Message.German, r.Remedy.German, r.Source)
	}
	b.WriteString("\n## In English\n\n| id | sentence | remedy |\n|---|---|---|\n")
	for _, r := range check.Rules() {
		fmt.Fprintf(&b, "| %s | %s | %s |\n", r.ID, r.Message.English, r.Remedy.English)
	}
	b.WriteString("\n## Fields that each rule reads\n\n`*` stands for any occasion.\n\n")
	for _, r := range check.Rules() {
		fmt.Fprintf(&b, "- %s: `%s`\n", r.ID, strings.Join(r.Reads, "`, `"))
	}
	writeCatalogue(&b)
	b.WriteString("\n[verdicts.md](verdicts.md) shows what the rules find in the public samples, and why.\n")
	return b.Bytes()
}

// root is the folder of go.mod.
func root(t *testing.T) string {
	t.Helper()
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for {
		if _, err = os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir
		}
		if dir == filepath.Dir(dir) {
			t.Fatal("no go.mod above the test")
		}
		dir = filepath.Dir(dir)
	}
}
