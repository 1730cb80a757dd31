// SPDX-License-Identifier: EUPL-1.2

package main

import (
	"archive/zip"
	"bytes"
	"compress/gzip"
	"context"
	"encoding/csv"
	"encoding/json"
	"encoding/xml"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"
)

// TestCheckGolden shows every kind of file a vendor may try in every form of
// the protocol.
func TestCheckGolden(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		golden string
		code   int
		args   []string
	}{
		{"sound.txt", exitDone, []string{"check", "testdata/sound.xml"}},
		{"sound-en.txt", exitDone, []string{"check", "--lang", "en", "testdata/sound.xml"}},
		{"sound.json", exitDone, []string{"check", "--format", "json", "testdata/sound.xml"}},
		{"sound.csv", exitDone, []string{"check", "--format", "csv", "testdata/sound.xml"}},
		{"faulty.txt", exitFound, []string{"check", "testdata/faulty.xml"}},
		{"faulty.json", exitFound, []string{"check", "--format", "json", "testdata/faulty.xml"}},
		{"faulty.csv", exitFound, []string{"check", "--format", "csv", "testdata/faulty.xml"}},
		{"faulty-protocol.xml", exitFound, []string{"check", "--format", "xml", "testdata/faulty.xml"}},
		{"faulty-summary.json", exitFound, []string{"check", "--format=json", "--summary", "testdata/faulty.xml"}},
		{"faulty-schema.json", exitFound, []string{"check", "testdata/faulty.xml", "--format", "json", "--schema-only"}},
		{"faulty-en.txt", exitFound, []string{"check", "--lang", "en", "testdata/faulty.xml"}},
		{"faulty-reveal.txt", exitFound, []string{"check", "--reveal", "testdata/faulty.xml"}},
		{"broken.txt", exitFound, []string{"check", "testdata/broken.xml"}},
		{"broken.json", exitFound, []string{"check", "--format", "json", "testdata/broken.xml"}},
		{"torn.txt", exitUsage, []string{"check", "testdata/torn.xml"}},
		{"torn.json", exitUsage, []string{"check", "--format", "json", "testdata/torn.xml"}},
		{"torn.csv", exitUsage, []string{"check", "--format", "csv", "testdata/torn.xml"}},
		{"torn-en.txt", exitUsage, []string{"check", "--lang", "en", "testdata/torn.xml"}},
		{"old.txt", exitUsage, []string{"check", "testdata/old.xml"}},
		{"doctype.txt", exitUsage, []string{"check", "testdata/doctype.xml"}},
		{"png.txt", exitUsage, []string{"check", "testdata/picture.png"}},
		{"empty.txt", exitUsage, []string{"check", "testdata/empty.xml"}},
		{"folder.txt", exitUsage, []string{"check", "testdata"}},
		{"missing.txt", exitUsage, []string{"check", "testdata/none.xml"}},
		{"missing-en.txt", exitUsage, []string{"check", "--lang", "en", "testdata/none.xml"}},
		{"several.txt", exitUsage, []string{"check", "testdata/none.xml", "testdata/sound.xml", "testdata/empty.xml", "testdata/faulty.xml"}},
	} {
		t.Run(c.golden, func(t *testing.T) {
			t.Parallel()
			r := call(t, "", c.args...).want(t, c.code)
			text := r.out
			if r.err != "" {
				text += "--- stderr\n" + r.err
			}
			golden(t, c.golden, text)
			if !strings.HasSuffix(c.golden, ".txt") {
				return
			}
			for line := range strings.SplitSeq(r.out, "\n") {
				if utf8.RuneCountInString(line) > 100 {
					t.Errorf("a line of %d characters: %s", utf8.RuneCountInString(line), line)
				}
			}
		})
	}
}

// identity are the values of persons in the test files.
var identity = []string{"Mustermann", "Muster9mann", "Erika", "1961-03-12", "1961-13-12", "A123456780", "Probeweg", "Hannover", "104212505", "30159"}

// TestL3CheckShowsNoValueOfTheIdentity: findings name path, line and rule, in
// every form, whatever is wrong. Spec: SECURITY L3
func TestL3CheckShowsNoValueOfTheIdentity(t *testing.T) {
	t.Parallel()
	for _, format := range []string{"text", "json", "csv", "xml", "sarif"} {
		for _, file := range []string{"faulty.xml", "broken.xml", "torn.xml", "identity.xml"} {
			r := call(t, "", "check", "--format", format, "testdata/"+file)
			for _, value := range identity {
				if strings.Contains(r.out+r.err, value) {
					t.Errorf("%s, %s: the protocol shows %s", format, file, value)
				}
			}
		}
	}
}

// TestRevealShowsTheValuesAtTheFindings: off by default, with a warning, on
// the places of the findings only.
func TestRevealShowsTheValuesAtTheFindings(t *testing.T) {
	t.Parallel()
	r := call(t, "", "check", "--reveal", "--format", "json", "testdata/identity.xml").want(t, exitFound)
	var p struct {
		Results []struct {
			Findings []struct{ Path, Value string }
		}
	}
	if err := json.Unmarshal([]byte(r.out), &p); err != nil {
		t.Fatal(err)
	}
	values := map[string]string{}
	for _, result := range p.Results {
		for _, f := range result.Findings {
			values[f.Path[strings.LastIndex(f.Path, "/")+1:]] = f.Value
		}
	}
	for name, want := range map[string]string{"Geburtsdatum": "1961-13-12", "Nachname": "Muster9mann", "@Datumsgenauigkeit": "Q"} {
		if values[name] != want {
			t.Errorf("%s: %q, want %q (%v)", name, values[name], want, values)
		}
	}
	if strings.Contains(r.out, "Probeweg") || !strings.Contains(r.err, "Angaben zu Personen") {
		t.Errorf("too much or no warning: %s", r.err)
	}
	for _, format := range []string{"csv", "xml", "sarif"} {
		call(t, "", "check", "--reveal", "--format", format, "testdata/identity.xml").want(t, exitUsage)
	}
	call(t, "", "check", "--reveal", "-").want(t, exitUsage)
}

func read(t *testing.T, name string) string {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return string(raw)
}

func packed(t *testing.T, names ...string) string {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, name := range names {
		f, err := z.Create(name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := f.Write([]byte(read(t, filepath.Base(name)))); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// TestCheckTakesEveryPacking: the same verdicts from a file and from standard
// input, plain, by gzip and out of an archive, one protocol each.
func TestCheckTakesEveryPacking(t *testing.T) {
	t.Parallel()
	var small bytes.Buffer
	z := gzip.NewWriter(&small)
	_, _ = z.Write([]byte(read(t, "faulty.xml"))) // a buffer takes every write
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	want := call(t, "", "check", "--format", "json", "testdata/faulty.xml").want(t, exitFound).out
	want = want[strings.Index(want, `"schema_version"`):]
	folder := t.TempDir()
	for _, c := range []struct{ name, content, label string }{
		{"a.bin", small.String(), ""}, {"b.bin", packed(t, "in/faulty.xml"), "!in/faulty.xml"}, {"c.bin", read(t, "faulty.xml"), ""},
	} {
		path := filepath.Join(folder, c.name)
		if err := os.WriteFile(path, []byte(c.content), 0o600); err != nil {
			t.Fatal(err)
		}
		for _, r := range []result{call(t, "", "check", "--format", "json", path), call(t, c.content, "check", "--format", "json", "-")} {
			r.want(t, exitFound)
			if !strings.HasSuffix(r.out, want) {
				t.Errorf("%s: another verdict\n%s", c.name, r.out)
			}
			if c.label != "" && !strings.Contains(r.out, c.label+`"`) {
				t.Errorf("%s: the protocol does not name %s", c.name, c.label)
			}
		}
	}
	// Two files of one archive that hold the same Meldungs-IDs: both are told.
	r := call(t, packed(t, "a/faulty.xml", "b/faulty.xml", "sound.xml"), "check", "--format", "json", "-").want(t, exitFound)
	if n := strings.Count(r.out, "DATEI-08"); n != 9 {
		t.Errorf("%d findings on doubled Meldungs-IDs, want 9", n)
	}
	if n := strings.Count(r.out, `"file":"-!`); n != 3 {
		t.Errorf("%d protocols, want 3", n)
	}
	// A damaged archive is refused as a whole.
	damaged := []byte(packed(t, "sound.xml", "b/faulty.xml"))
	damaged[200] ^= 0x41
	r = call(t, string(damaged), "check", "--format", "json", "-").want(t, exitUsage)
	if strings.Count(r.out, `"file"`) != 1 || !strings.Contains(r.out, "DATEI-03") {
		t.Errorf("damaged archive: %s", r.out)
	}
}

func TestCheckReadsSeveralFilesAndStandardInput(t *testing.T) {
	t.Parallel()
	r := call(t, read(t, "sound.xml"), "check", "--format", "json", "-", "testdata/faulty.xml").want(t, exitFound)
	decoder := json.NewDecoder(strings.NewReader(r.out))
	for _, want := range []struct {
		file    string
		reports int
	}{{"-", 1}, {"testdata/faulty.xml", 4}} {
		var p struct {
			File    string
			Reports int
		}
		if err := decoder.Decode(&p); err != nil || p.File != want.file || p.Reports != want.reports {
			t.Errorf("%+v, %v; want %+v", p, err, want)
		}
	}
	if r.err != "" {
		t.Errorf("in a pipe something is shown: %q", r.err)
	}
	r = call(t, "", "check", "--format", "csv", "testdata/sound.xml", "testdata/faulty.xml").want(t, exitFound)
	table := csv.NewReader(strings.NewReader(strings.TrimPrefix(r.out, "\ufeff")))
	table.Comma = ';'
	if rows, err := table.ReadAll(); err != nil || len(rows) != 6 || rows[0][0] != "Datei" {
		t.Errorf("%d rows, %v", len(rows), err)
	}
	r = call(t, "", "check", "--format", "xml", "testdata/sound.xml", "testdata/faulty.xml").want(t, exitFound)
	var all struct {
		Protocols []struct {
			Results []struct{} `xml:"result"`
		} `xml:"protocol"`
	}
	if err := xml.Unmarshal([]byte(r.out), &all); err != nil || len(all.Protocols) != 2 || len(all.Protocols[1].Results) != 4 {
		t.Errorf("%+v, %v", all, err)
	}
}

// TestCheckWritesToAFileForItsOwnerOnly: a protocol names patient numbers.
func TestCheckWritesToAFileForItsOwnerOnly(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "protokoll.json")
	r := call(t, "", "check", "--format", "json", "--output", path, "testdata/faulty.xml").want(t, exitFound)
	raw, err := os.ReadFile(path)
	if err != nil || r.out != "" || string(raw) != call(t, "", "check", "--format", "json", "testdata/faulty.xml").out {
		t.Errorf("%v: %q", err, r.out)
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v, %v", info.Mode(), err)
	}
	call(t, "", "check", "--output", filepath.Join(path, "none"), "testdata/sound.xml").want(t, exitUsage)

	// A file that others could read is not left to them.
	if err := os.Chmod(path, 0o644); err != nil {
		t.Fatal(err)
	}
	call(t, "", "check", "--format", "json", "--output", path, "testdata/sound.xml").want(t, exitDone)
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v, %v", info.Mode(), err)
	}
	// Interrupted, it stays what it was: half a table looks like a whole one.
	before, _ := os.ReadFile(path)
	ctx, stop := context.WithCancel(t.Context())
	stop()
	var out, trouble bytes.Buffer
	if code := run(ctx, []string{"check", "--output", path, "testdata/faulty.xml"}, streams{strings.NewReader(""), &out, &trouble}); code != exitUsage {
		t.Errorf("exit code %d", code)
	}
	after, err := os.ReadFile(path)
	entries, _ := os.ReadDir(filepath.Dir(path))
	if err != nil || !bytes.Equal(before, after) || len(before) == 0 || len(entries) != 1 {
		t.Errorf("%v: %d bytes before, %d after, %d files", err, len(before), len(after), len(entries))
	}
	// A device has no name to be kept for.
	call(t, "", "check", "--output", os.DevNull, "testdata/sound.xml").want(t, exitDone)
	if info, err := os.Stat(os.DevNull); err != nil || info.Mode().IsRegular() {
		t.Errorf("the device is %v, %v", info.Mode(), err)
	}
}

func TestCheckUsage(t *testing.T) {
	t.Parallel()
	for _, args := range [][]string{{"check"}, {"check", "--format", "pdf", "testdata/sound.xml"}, {"check", "--what", "testdata/sound.xml"},
		{"check", "--lang", "fr", "testdata/sound.xml"}, {"check", "--land", "XX", "testdata/sound.xml"},
		{"check", "testdata/none.xml"}, {"check", "testdata"}, {"check", "-", "-"}, {"check", "--tables", "testdata/none", "testdata/sound.xml"}} {
		r := call(t, "", args...).want(t, exitUsage)
		if !strings.Contains(r.err, "meldewerk check: ") {
			t.Errorf("%v: %q", args, r.err)
		}
	}
	if r := call(t, "kein XML", "check", "-").want(t, exitUsage); !strings.Contains(r.err, "nicht als oBDS-Paket lesbar") {
		t.Errorf("no XML: %q", r.err)
	}
	if r := call(t, "", "check", "--xsd").want(t, exitDone); !strings.Contains(r.out, "urn:meldewerk:protocol:1") {
		t.Errorf("no schema: %q", r.out)
	}
}

// TestCheckKnowsTheVersionsOfARegistry: what the registry no longer takes
// whole rejects each report; without a profile only the schema counts.
func TestCheckKnowsTheVersionsOfARegistry(t *testing.T) {
	t.Parallel()
	older := strings.Replace(read(t, "sound.xml"), `Schema_Version="3.0.4"`, `Schema_Version="3.0.3"`, 1)
	r := call(t, older, "check", "-").want(t, exitDone)
	if strings.Contains(r.out, "Fassung") {
		t.Errorf("without a profile: %s", r.out)
	}
	r = call(t, older, "check", "--profile", "kkn", "-").want(t, exitDone)
	if !strings.Contains(r.out, "Regel F3") || !strings.Contains(r.out, "1 angenommen") {
		t.Errorf("a version that ends: %s", r.out)
	}
	call(t, older, "check", "--profile", "none", "-").want(t, exitUsage)
}

// TestCheckStopsWhenAsked: an interrupted check does not look finished.
func TestCheckStopsWhenAsked(t *testing.T) {
	t.Parallel()
	ctx, stop := context.WithCancel(t.Context())
	stop()
	var out, err bytes.Buffer
	if code := run(ctx, []string{"check", "testdata/sound.xml"}, streams{strings.NewReader(""), &out, &err}); code != exitUsage ||
		out.Len() > 0 || err.String() != "meldewerk check: abgebrochen; das Protokoll ist unvollständig\n" {
		t.Errorf("%d: %q %q", code, out.String(), err.String())
	}
}

var german = regexp.MustCompile(`(?i)\b(die|der|das|ist|nicht|einen|Zeile|Spalte|Fehler|Hinweis|Meldungen|Regel|und)\b`)

// TestCheckSpeaksEnglish: every word but those of the data set.
func TestCheckSpeaksEnglish(t *testing.T) {
	t.Parallel()
	for _, file := range []string{"sound.xml", "faulty.xml", "broken.xml", "torn.xml", "old.xml", "doctype.xml", "picture.png", "empty.xml", "none.xml", "."} {
		r := call(t, "", "check", "--lang", "en", "testdata/"+file)
		if word := german.FindString(r.out + r.err); word != "" {
			t.Errorf("%s: German word %q in\n%s%s", file, word, r.out, r.err)
		}
	}
	// What is wrong with the call itself, and its help.
	for _, args := range [][]string{{}, {"--help"}, {"--nix"}, {"--format"}, {"--format", "pdf", "x"}, {"--land", "XX", "x"}, {"--profile", "x", "x"}, {"--summary=x"},
		{"-", "-"}, {"--reveal", "-"}, {"--reveal", "--format", "csv", "x"}, {"none*"}, {"--output", "testdata/sound.xml", "testdata/sound.xml"},
		{"--output", "none/x", "testdata/sound.xml"}, {"--tables", "none", "x"}, {"--tables", t.TempDir(), "x"}, {"--tables", "testdata", "x"}, {"---"}} {
		for _, call := range []result{call(t, "", append([]string{"check", "--lang", "en"}, args...)...), call(t, "", append([]string{"check", "--lang=en"}, args...)...)} {
			if word := german.FindString(call.out + call.err); word != "" || call.code == exitDone && len(args) > 0 && args[0] != "--help" {
				t.Errorf("%v: %d, German word %q in\n%s%s", args, call.code, word, call.out, call.err)
			}
		}
	}
}

// TestCheckKeepsTheFileItReads names the package as the file of the protocol.
func TestCheckKeepsTheFileItReads(t *testing.T) {
	t.Parallel()
	sound, err := os.ReadFile("testdata/sound.xml")
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "package.xml")
	if err := os.WriteFile(path, sound, 0o600); err != nil {
		t.Fatal(err)
	}
	call(t, "", "check", "--output", filepath.Dir(path)+"/./package.xml", path).want(t, exitUsage)
	if after, err := os.ReadFile(path); err != nil || !bytes.Equal(after, sound) {
		t.Errorf("the package was overwritten: %d bytes, %v", len(after), err)
	}
}

// TestCheckTakesNothingOfATornPackage: reports read before the place where a
// package breaks off count for nothing.
func TestCheckTakesNothingOfATornPackage(t *testing.T) {
	t.Parallel()
	whole := read(t, "faulty.xml")
	name := filepath.Join(t.TempDir(), "torn.xml")
	if err := os.WriteFile(name, []byte(whole[:len(whole)*9/10]), 0o600); err != nil {
		t.Fatal(err)
	}
	var out, trouble bytes.Buffer
	_ = run(t.Context(), []string{"check", "--format", "json", name}, streams{in: strings.NewReader(""), out: &out, err: &trouble}) // unreadable
	var p struct {
		Reports, Accepted, Warned, Rejected int
		Results                             []struct{ Verdict string }
	}
	if err := json.Unmarshal(out.Bytes(), &p); err != nil {
		t.Fatal(err)
	}
	if p.Reports == 0 || p.Accepted+p.Warned != 0 || p.Rejected != p.Reports || p.Results[0].Verdict != "rejected" {
		t.Errorf("%+v", p)
	}
}
