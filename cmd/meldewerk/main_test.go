// SPDX-License-Identifier: EUPL-1.2

package main

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write the golden files anew")

// result is what a command did.
type result struct {
	code     int
	out, err string
}

// command runs one command as the shell would.
func call(t *testing.T, in string, args ...string) result {
	t.Helper()
	var out, err bytes.Buffer
	code := run(t.Context(), args, streams{strings.NewReader(in), &out, &err})
	return result{code, out.String(), err.String()}
}

func (r result) want(t *testing.T, code int) result {
	t.Helper()
	if r.code != code {
		t.Fatalf("exit code %d, want %d\n%s%s", r.code, code, r.out, r.err)
	}
	return r
}

// golden compares a text with its file.
func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s (-want +got):\n%s", name, diff)
	}
}

func TestSynthFeedsCheck(t *testing.T) {
	t.Parallel()
	for _, version := range []string{"3.0.2", "3.0.3", "3.0.4", "3.0.5"} {
		xml := call(t, "", "synth", "--patients", "25", "--seed", "4", "--obds", version).want(t, exitDone)
		if again := call(t, "", "synth", "--patients", "25", "--seed", "4", "--obds", version); again.out != xml.out {
			t.Errorf("%s: the same seed gives another package", version)
		}
		r := call(t, xml.out, "check", "--format", "json", "--summary", "-").want(t, exitDone)
		if !strings.Contains(r.out, `"schema_version":"`+version+`"`) {
			t.Errorf("%s: another version was read", version)
		}
	}
	truth := filepath.Join(t.TempDir(), "truth.csv")
	faulty := call(t, "", "synth", "--patients", "60", "--errors", "0.2", "--truth", truth).want(t, exitDone)
	call(t, faulty.out, "check", "-").want(t, exitFound)
	table, err := os.ReadFile(truth)
	if err != nil || !strings.HasPrefix(string(table), "meldung_id,") {
		t.Errorf("truth: %v", err)
	}
	exact := call(t, "", "synth", "--reports", "17").want(t, exitDone)
	if n := strings.Count(exact.out, "<Meldung "); n != 17 {
		t.Errorf("%d reports, want 17", n)
	}
	for _, args := range [][]string{{"synth"}, {"synth", "--patients", "-1"}, {"synth", "--patients", "1", "--errors", "2"},
		{"synth", "--patients", "1", "more"}, {"synth", "--patients", "1", "--obds", "9.9.9"}, {"synth", "--patients", "1", "--today", "gestern"}} {
		call(t, "", args...).want(t, exitUsage)
	}
}

func TestHelpNamesEveryCommand(t *testing.T) {
	t.Parallel()
	for _, args := range [][]string{{"help"}, {"--help"}, {"-h"}} {
		r := call(t, "", args...).want(t, exitDone)
		for _, c := range commands() {
			if !strings.Contains(r.out, "meldewerk "+c.name) {
				t.Errorf("%v does not name %s", args, c.name)
			}
		}
	}
	if r := call(t, "").want(t, exitUsage); !strings.Contains(r.out, "meldewerk check") {
		t.Errorf("without a command: %q", r.out)
	}
	if r := call(t, "", "chekc").want(t, exitUsage); !strings.Contains(r.err, "„chekc“") || r.out != "" {
		t.Errorf("unknown command: %q %q", r.out, r.err)
	}
	for _, c := range commands() {
		if r := call(t, "", c.name, "--help").want(t, exitDone); strings.Contains(r.err, "flag: help requested") {
			t.Errorf("%s --help: %q", c.name, r.err)
		}
	}
}

// TestEveryCommandRefusesUnknownFlags: a slip of the pen must not start anything.
func TestEveryCommandRefusesUnknownFlags(t *testing.T) {
	t.Parallel()
	for _, c := range commands() {
		call(t, "", c.name, "--voellig-unbekannt").want(t, exitUsage)
	}
}

var goTerm = regexp.MustCompile(`(?i)\b(no such file|permission denied|EOF|nil pointer|unexpected)\b`)

// TestErrorsAreGermanSentences: who calls the program wrongly reads what to do.
func TestErrorsAreGermanSentences(t *testing.T) {
	t.Parallel()
	for _, args := range [][]string{{"check", "none.xml"}, {"account"}, {"audit"}, {"backup"}, {"portal"}, {"trustcentre"}, {"registry", "--config"},
		{"schema", "import", "none.xsd"}, {"demo", "more"}, {"portal", "--config", "none.toml"}, {"audit", "verify", "portal", "--config", "none.toml"}} {
		r := call(t, "", args...).want(t, exitUsage)
		if goTerm.MatchString(r.err) {
			t.Errorf("%v: %q", args, r.err)
		}
	}
}

// TestWrongFlagsAreToldInGerman is what somebody reads who types a flag wrong.
func TestWrongFlagsAreToldInGerman(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		args []string
		code int
		says string
	}{
		{[]string{"check", "--nix"}, exitUsage, "den Schalter --nix gibt es nicht"},
		{[]string{"synth", "--patients", "x"}, exitUsage, "der Wert hinter --patients passt nicht"},
		{[]string{"synth", "--patients"}, exitUsage, "hinter --patients fehlt der Wert"},
		{[]string{"check", "--help"}, exitDone, "--schema-only\n"},
		{[]string{"check", "-h"}, exitDone, "(sonst text)"},
		{[]string{"check", "--help"}, exitDone, "meldewerk check: Prüfurteil je Meldung"},
		{[]string{"check", "--help"}, exitDone, "Aufruf: meldewerk check [--format"},
	} {
		var out, said bytes.Buffer
		code := run(t.Context(), c.args, streams{strings.NewReader(""), &out, &said})
		if code != c.code || !strings.Contains(said.String(), c.says) {
			t.Errorf("%v: %d, %s", c.args, code, said.String())
		}
		for _, english := range []string{"Usage", "flag provided", "invalid value", "default"} {
			if strings.Contains(said.String(), english) {
				t.Errorf("%v says %q", c.args, english)
			}
		}
	}
}
