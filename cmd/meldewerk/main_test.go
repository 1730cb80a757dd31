// SPDX-License-Identifier: EUPL-1.2

package main

import (
	"bytes"
	"context"
	"flag"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"syscall"
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
		r := call(t, "", c.name, "--help").want(t, exitDone)
		if asked := call(t, "", "help", c.name).want(t, exitDone); r.err != "" || asked != r ||
			!strings.HasPrefix(r.out, "meldewerk "+c.name+": "+c.does+"\nAufruf: meldewerk "+c.name+" "+c.usage+"\n") || !strings.Contains(r.out, "Rückgabewerte: 0") {
			t.Errorf("%s --help: %q %q\nhelp %[1]s: %q", c.name, r.out, r.err, asked.out)
		}
	}
}

// TestVersionNamesTheProgramAndItsDataSets is what support asks for first.
func TestVersionNamesTheProgramAndItsDataSets(t *testing.T) {
	t.Parallel()
	for _, word := range []string{"version", "--version"} {
		if r := call(t, "", word).want(t, exitDone); !regexp.MustCompile(`^meldewerk \S+ \(go\S+, \w+/\w+\)\noBDS 3\.0\.2, .*3\.0\.5\n$`).MatchString(r.out) {
			t.Errorf("%s: %q", word, r.out)
		}
	}
	call(t, "", "version", "more").want(t, exitUsage)
}

// TestEveryCommandRefusesUnknownFlags: a slip of the pen must not start anything.
func TestEveryCommandRefusesUnknownFlags(t *testing.T) {
	t.Parallel()
	for _, c := range commands() {
		call(t, "", c.name, "--voellig-unbekannt").want(t, exitUsage)
	}
}

var goTerm = regexp.MustCompile(`(?i)\b(no such file|permission denied|is a directory|EOF|nil pointer|unexpected|missing port|unknown|incompatible|toml:)`)

// TestErrorsAreGermanSentences: who calls the program wrongly reads what to do.
func TestErrorsAreGermanSentences(t *testing.T) {
	t.Parallel()
	for _, args := range [][]string{{"check", "none.xml"}, {"account"}, {"audit"}, {"backup"}, {"portal"}, {"trustcentre"}, {"registry", "--config"},
		{"schema", "import", "none.xsd"}, {"demo", "more"}, {"portal", "--config", "none.toml"}, {"audit", "verify", "portal", "--config", "none.toml"},
		{"schema", "import", "main.go"}, {"schema", "import", "testdata/sound.xml"}, {"schema", "import", "testdata"}, {"check", "testdata"},
		{"portal", "--config", "testdata"}, {"registry", "--config", "main.go"}, {"gallery", "--address", "nix"}, {"terminology", "list", "--data", "none"},
		{"terminology", "list", "--data", "testdata"}, {"synth", "--patients", "1", "--obds", "9"}, {"demo", "--profile", "nix"}, {"demo", "--portal", "nix"},
		{"demo", "--patients", "-1"}, {"check", "--tables", "testdata", "testdata/sound.xml"}, {"check", "---", "testdata/sound.xml"}} {
		r := call(t, "", args...).want(t, exitUsage)
		if goTerm.MatchString(r.err) || strings.Count(strings.TrimSpace(r.err), "\n") > 1 {
			t.Errorf("%v: %q", args, r.err)
		}
	}
}

// full is a file on a disk without space.
type full struct{}

func (full) Write([]byte) (int, error) {
	return 0, &fs.PathError{Op: "write", Path: "/dev/stdout", Err: syscall.ENOSPC}
}

// TestAFullDiskIsToldOnce: in the language of the call, by every command that
// writes data.
func TestAFullDiskIsToldOnce(t *testing.T) {
	t.Parallel()
	for says, calls := range map[string][][]string{
		"ist kein Platz mehr; schaffen Sie Platz": {{"check", "testdata/sound.xml", "testdata/faulty.xml"}, {"check", "--format", "json", "testdata/faulty.xml"},
			{"synth", "--patients", "1"}, {"terminology", "list"}},
		"there is no space left": {{"check", "--lang", "en", "--format", "csv", "testdata/sound.xml"}},
	} {
		for _, args := range calls {
			var said bytes.Buffer
			if code := run(t.Context(), args, streams{strings.NewReader(""), full{}, &said}); code != exitUsage ||
				!strings.Contains(said.String(), says) || strings.Count(said.String(), "\n") != 1 {
				t.Errorf("%v: %d, %q", args, code, said.String())
			}
		}
	}
}

// stuck is a pipe at whose other end nothing happens.
type stuck struct {
	reached chan struct{} // closed by the first call
	once    sync.Once
	end     <-chan struct{}
}

func (s *stuck) Read([]byte) (int, error) {
	s.once.Do(func() { close(s.reached) })
	<-s.end
	return 0, io.EOF
}

func (s *stuck) Write([]byte) (int, error) { return s.Read(nil) }

// TestInterruptEndsWhatWaits: a first Ctrl-C is enough, even while a pipe
// gives nothing or takes nothing.
func TestInterruptEndsWhatWaits(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		args []string
		says string
	}{
		{[]string{"check", "-"}, "abgebrochen; das Protokoll ist unvollständig"},
		{[]string{"check", "--lang", "en", "-"}, "stopped; the protocol is incomplete"},
		{[]string{"terminology", "import", "--kind", "icd10gm", "-"}, "abgebrochen"},
		{[]string{"synth", "--patients", "1"}, "abgebrochen"},
	} {
		pipe := &stuck{reached: make(chan struct{}), end: t.Context().Done()}
		std := streams{in: pipe, out: io.Discard}
		if c.args[0] == "synth" {
			std = streams{in: strings.NewReader(""), out: pipe}
		}
		var said bytes.Buffer
		std.err = &said
		ctx, interrupt := context.WithCancel(t.Context())
		go func() { <-pipe.reached; interrupt() }()
		if code := run(ctx, c.args, std); code != exitUsage || said.String() != "meldewerk "+c.args[0]+": "+c.says+"\n" {
			t.Errorf("%v: %d, %q", c.args, code, said.String())
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
		{[]string{"check", "--summary=x"}, exitUsage, "hinter --summary steht kein Wert"},
	} {
		var out, said bytes.Buffer
		code := run(t.Context(), c.args, streams{strings.NewReader(""), &out, &said})
		said.Write(out.Bytes())
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
