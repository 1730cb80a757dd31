// SPDX-License-Identifier: EUPL-1.2

package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const invented = `<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE ClaML SYSTEM "ClaML.dtd">
<ClaML version="2.0.0"><Title name="Probe" version="2026"/>
<Class code="A90" kind="category"><Rubric kind="preferred"><Label xml:lang="de">Erfundene Krankheit</Label></Rubric></Class>
<Class code="C50.4" kind="category"><Rubric kind="preferred"><Label xml:lang="de">Erfundener Quadrant</Label></Rubric></Class>
</ClaML>`

func TestTerminologyImportsAndFinds(t *testing.T) {
	t.Parallel()
	table := call(t, invented, "terminology", "import", "--kind", "icd10gm", "-").want(t, exitDone)
	if !strings.HasPrefix(table.out, "meldewerk-terminology icd10gm 2026 2\n") || !strings.Contains(table.err, "2 Codes der Ausgabe 2026") {
		t.Fatalf("%s%s", table.out, table.err)
	}
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "icd10gm-2026.txt"), []byte(table.out), 0o600); err != nil {
		t.Fatal(err)
	}
	if r := call(t, "", "terminology", "list", "--data", dir).want(t, exitDone); !strings.Contains(r.out, "Ausgabe 2026") || !strings.Contains(r.out, "im Programm") {
		t.Error(r.out)
	}
	if r := call(t, "", "terminology", "list", "--data", dir, "--query", "erfundene krankheit").want(t, exitDone); !strings.HasPrefix(r.out, "A90 ") {
		t.Error(r.out)
	}
	if r := call(t, "", "terminology", "list", "--query", "Mamma-Ca", "--year", "2024").want(t, exitDone); !strings.HasPrefix(r.out, "C50 ") {
		t.Error(r.out)
	}
	call(t, "", "terminology", "list", "--query", "qqqqqq").want(t, exitFound)
}

func TestTerminologyRefusesWithARemedy(t *testing.T) {
	t.Parallel()
	for name, r := range map[string]result{
		"no verb":      call(t, "", "terminology"),
		"other verb":   call(t, "", "terminology", "export"),
		"no kind":      call(t, "", "terminology", "import", "-"),
		"no such list": call(t, "", "terminology", "list", "--list", "streets", "--query", "x"),
		"no file":      call(t, "", "terminology", "import", "--kind", "ops", filepath.Join(t.TempDir(), "none")),
		"wrong kind":   call(t, invented, "terminology", "import", "--kind", "atc", "-"),
		"wrong year":   call(t, invented, "terminology", "import", "--kind", "icd10gm", "--year", "2025", "-"),
		"no folder":    call(t, "", "terminology", "list", "--data", writeTable(t, "no table\n")),
		"not a table":  call(t, "\x00\x01", "terminology", "import", "--kind", "ops", "-"),
	} {
		if r.want(t, exitUsage); r.err == "" || r.out != "" {
			t.Errorf("%s: %q %q", name, r.out, r.err)
		}
	}
}

func writeTable(t *testing.T, text string) string {
	t.Helper()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "x.txt"), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return dir
}
