// SPDX-License-Identifier: EUPL-1.2

package main

import (
	"bytes"
	"compress/gzip"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestCheckTakesTheListsOfARegistry: with an official edition beside the
// program a code that the program does not know is known, and one that the
// edition of its year does not have is told, as at the portal.
func TestCheckTakesTheListsOfARegistry(t *testing.T) {
	t.Parallel()
	sound := read(t, "sound.xml")
	lists := writeTable(t, "meldewerk-terminology icd10gm 2025 2\nC34.1 Erfundener Lappen\nC34.5 Erfundener Teil\n")
	for _, c := range []struct {
		name, code    string
		without, with string // the rule that finds it
	}{
		{"known to both", "C34.1", "", ""},
		{"of the list alone", "C34.5", "I3b", ""},
		{"of the program alone", "C34.2", "", "I3d"},
		{"of neither", "C34.X", "XML-", "XML-"},
	} {
		xml := strings.Replace(sound, "<Code>C34.1</Code>\n              <Version>10 2025 GM", "<Code>"+c.code+"</Code>\n              <Version>10 2025 GM", 1)
		if !strings.Contains(xml, "<Code>"+c.code+"</Code>\n              <Version>10 2025 GM") {
			t.Fatal("the sample is another one by now")
		}
		for rule, r := range map[string]result{c.without: call(t, xml, "check", "-"), "with " + c.with: call(t, xml, "check", "--terminology", lists, "-")} {
			rule = strings.TrimPrefix(rule, "with ")
			if found := strings.Contains(r.out, "Regel I3") || strings.Contains(r.out, "Regel XML-"); found != (rule != "") || !strings.Contains(r.out, rule) {
				t.Errorf("%s: want %q in\n%s%s", c.name, rule, r.out, r.err)
			}
		}
	}
}

func TestCheckWantsFoldersThatAreThere(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name string
		args []string
		want string
	}{
		{"no folder", []string{"--terminology", "testdata/none"}, "den Ordner testdata/none hinter --terminology gibt es nicht"},
		{"a file", []string{"--terminology", "testdata/sound.xml"}, "den Ordner testdata/sound.xml hinter --terminology gibt es nicht"},
		{"no table in it", []string{"--terminology", t.TempDir()}, "liegt keine Tabelle (*.txt)"},
		{"no table", []string{"--terminology", writeTable(t, "Guten Tag\n")}, "die Kodierlisten lassen sich nicht lesen: x.txt: Zeile 1: "},
		{"cut", []string{"--terminology", writeTable(t, "meldewerk-terminology icd10gm 2024 2\nC50.2 Eins\n")}, "nicht vollständig"},
		{"nothing to use it", []string{"--schema-only", "--terminology", t.TempDir()}, "geht nicht mit --schema-only"},
		{"no schema tables", []string{"--tables", "testdata/none"}, "den Ordner testdata/none hinter --tables gibt es nicht"},
		{"in English", []string{"--lang", "en", "--terminology", "testdata/none"}, "there is no folder testdata/none as given with --terminology"},
	} {
		r := call(t, "", append(append([]string{"check"}, c.args...), "testdata/sound.xml")...).want(t, exitUsage)
		if !strings.Contains(r.err, c.want) || r.out != "" {
			t.Errorf("%s: %q\n%s", c.name, r.err, r.out)
		}
	}
}

// TestCheckFindsFilesByPattern: not every shell puts the names in its place.
func TestCheckFindsFilesByPattern(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for _, name := range []string{"a.xml", "b.xml", "[1].xml", "c.txt"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(read(t, "sound.xml")), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for pattern, want := range map[string]int{"*.xml": 3, "?.xml": 2, "[ab].xml": 2, "[1].xml": 1, "a.xml": 1} {
		r := call(t, "", "check", "--format", "json", filepath.Join(dir, pattern)).want(t, exitDone)
		if got := strings.Count(r.out, `"file":`); got != want {
			t.Errorf("%s: %d files, want %d", pattern, got, want)
		}
	}
	for _, pattern := range []string{"*.zip", "[a"} {
		r := call(t, "", "check", filepath.Join(dir, pattern)).want(t, exitUsage)
		if !strings.Contains(r.err, "gibt es keine Datei; prüfen Sie Ordner und Endung") {
			t.Errorf("%s: %q", pattern, r.err)
		}
	}
	// What is to be checked is not overwritten under a pattern either.
	call(t, "", "check", "--output", filepath.Join(dir, "a.xml"), filepath.Join(dir, "*.xml")).want(t, exitUsage)
}

// TestCheckReadsGzipInPieces: pieces packed one by one are one file, as for
// gzip; two packages behind one another are two files sent as one.
func TestCheckReadsGzipInPieces(t *testing.T) {
	t.Parallel()
	pack := func(texts ...string) string {
		var b bytes.Buffer
		for _, text := range texts {
			z := gzip.NewWriter(&b)
			_, _ = z.Write([]byte(text)) // a buffer takes every write
			if err := z.Close(); err != nil {
				t.Fatal(err)
			}
		}
		return b.String()
	}
	sound := read(t, "sound.xml")
	call(t, pack(sound[:300], sound[300:]), "check", "-").want(t, exitDone)
	r := call(t, pack(sound, sound), "check", "-").want(t, exitUsage)
	if !strings.Contains(r.out, "beginnt ein zweites") || !strings.Contains(r.out, "jedes Paket als eigene Datei") {
		t.Error(r.out)
	}
	r = call(t, pack(sound)+"x", "check", "-").want(t, exitUsage)
	if !strings.Contains(r.out, "DATEI-02") {
		t.Error(r.out)
	}
}
