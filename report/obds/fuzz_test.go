// SPDX-License-Identifier: EUPL-1.2

package obds

import (
	"bytes"
	"fmt"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"meldewerk/report/obds/schema"
)

// longestTry is far more than any input of a fuzz test may take, even on a
// busy machine.
const longestTry = 10 * time.Second

// FuzzReader reads anything. Whatever it is: no panic, no endless reading, the
// same verdict by one worker and by several, with and without decoding, and no
// value of the input in a finding.
func FuzzReader(f *testing.F) {
	for _, seed := range seeds() {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, doc []byte) {
		begin := time.Now()
		full := read(t, bytes.NewReader(doc), Options{Workers: 1})
		checked := read(t, bytes.NewReader(doc), Options{CheckOnly: true, Workers: 1})
		if full.everything() != checked.everything() {
			t.Errorf("with and without decoding differ:\n%s\n%s", full, checked)
		}
		for _, size := range []int{1, 100, 3000} {
			if many := read(t, bytes.NewReader(doc), Options{Workers: 3, pieceSize: size}); many.everything() != full.everything() {
				t.Errorf("one worker and several differ:\n%s\n%s", full.everything(), many.everything())
			}
		}
		if took := time.Since(begin); took > longestTry {
			t.Errorf("%d bytes took %v", len(doc), took)
		}
		holdsNoValue(t, doc, full)
		rewrite(t, full)
	})
}

// seeds are packages with one thing each that the reader must deal with.
func seeds() []string {
	big := head + patientXML(1, 2) + patientXML(2, 1) + patientXML(3, 2) + tail
	out := []string{sound(), big, odd}
	for _, c := range [][2]string{{"<Tod>", "<Tod><x/>"}, {"ohne Befund", "a & b"}, {"ohne Befund", "<![CDATA[</Meldung>]]>"}, {"</Tod>", "</x>"},
		{"</Meldung>", ""}, {"</Patient>", ""}, {`Tumor_ID="1"`, `Tumor_ID="1`}, {`Tumor_ID="1"`, `Tumor_ID="<"`}, {"ohne Befund", "<!-- </Patient> -->"},
		{"3.0.4", "3.0.2"}, {"R2_0", "R1_0"}, {`"M1"/>`, `"M2"/>`}, {"\n", "\r"}, {"ohne Befund", "\xfc\x01"}, {"<Meldung ", "<Meldunk "}} {
		out = append(out, strings.Replace(big, c[0], c[1], 1))
	}
	return append(out, strings.NewReplacer("<", "<o:", "</", "</o:", "xmlns=", "xmlns:o=").Replace(big),
		`<?xml version="1.0" encoding="ISO-8859-1"?>`+strings.Replace(big, "Erika", "J\xf6rg", 1))
}

// vocabulary is everything that a finding may say: the names, lists and forms
// of the data set, and the sentences.
var vocabulary = sync.OnceValue(func() string {
	var b strings.Builder
	tables, err := schema.BuiltIn()
	if err != nil {
		return ""
	}
	for _, table := range tables {
		_, _ = table.WriteTo(&b) // a strings.Builder takes everything
	}
	for _, p := range phrases {
		fmt.Fprintln(&b, p.german, p.english)
	}
	return b.String()
})

var (
	valueLike = regexp.MustCompile(`[^<>"'=\s/]{6,}`)
	pathIndex = regexp.MustCompile(`\[\d+\]`)
)

// holdsNoValue looks for pieces of the input in what the reader says.
func holdsNoValue(t *testing.T, doc []byte, v verdict) {
	t.Helper()
	var said strings.Builder
	for _, f := range v.all() {
		// Names in a path are words of their own, as in the vocabulary.
		path := strings.ReplaceAll(pathIndex.ReplaceAllString(f.Path, ""), "/", " / ")
		said.WriteString(f.Message + " " + f.Remedy + " " + path + "\n")
	}
	text := said.String()
	if text == "" {
		return
	}
	for _, value := range valueLike.FindAll(doc, 2000) {
		// A word of ours may stand at the end of a sentence, too.
		if word := strings.Trim(string(value), ".,:;()„“”"); strings.Contains(text, string(value)) && !strings.Contains(vocabulary(), word) {
			t.Errorf("a finding holds %q of the input:\n%s", value, text)
		}
	}
}

// rewrite writes what was found sound, and reads it again.
func rewrite(t *testing.T, v verdict) {
	t.Helper()
	if !v.valid() || len(v.items) == 0 {
		return
	}
	var out bytes.Buffer
	if err := Write(&out, "3.0.5", *v.pkg, reports(v)); err != nil {
		return // e.g. an estimated day that the version has no place for
	}
	if again := read(t, &out, Options{}); len(again.items) != len(v.items) {
		t.Errorf("%d reports, written and read %d", len(v.items), len(again.items))
	}
}
