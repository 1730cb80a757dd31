// SPDX-License-Identifier: EUPL-1.2

package schema

import (
	"io/fs"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestPlainHeadsAreReadAsByTheExpression holds the short way against the
// expression, on every line of the built-in tables and on changed ones.
func TestPlainHeadsAreReadAsByTheExpression(t *testing.T) {
	t.Parallel()
	rng := rand.New(rand.NewPCG(1, 2))
	plain := 0
	names, err := fs.Glob(tables, "tables/*.txt")
	if err != nil || len(names) == 0 {
		t.Fatal(names, err)
	}
	for _, name := range names {
		text, err := fs.ReadFile(tables, name)
		if err != nil {
			t.Fatal(err)
		}
		for line := range strings.Lines(string(text)) {
			line = strings.TrimSpace(line)
			if len(line) > 200 {
				continue // the expressions of the string types
			}
			for range 20 {
				if m := plainHead(line); m != nil {
					plain++
					if diff := cmp.Diff(head.FindStringSubmatch(line), m); diff != "" {
						t.Fatalf("%q: %s", line, diff)
					}
				}
				line = changed(rng, line)
			}
		}
	}
	if plain < 3000 {
		t.Errorf("only %d lines went the short way: the test proves little", plain)
	}
}

// changed puts a character into a line or takes one out.
func changed(rng *rand.Rand, line string) string {
	const signs = `@?*+{}: ."\äA1_-` + "\v\t"
	at := rng.IntN(len(line) + 1)
	if at < len(line) && rng.IntN(2) == 0 {
		return line[:at] + line[at+1:]
	}
	i := rng.IntN(len(signs))
	return line[:at] + signs[i:i+1] + line[at:]
}

func TestUnescapedPutsCharactersIn(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		`a\u{30B}b\u{A0}`: "a\u030bb\u00a0", `\u{}`: `\u{}`, `\u{30b}`: `\u{30b}`, `\u{1234567}`: `\u{1234567}`, `\u{41`: `\u{41`,
		`\u{x}\u{41}`: `\u{x}A`, `\u{\u{41}`: `\u{A`, "": "",
	} {
		p := &reader{}
		if got := p.unescaped(&row{}, text); got != want || p.err != nil {
			t.Errorf("%q becomes %q, %v", text, got, p.err)
		}
	}
	p := &reader{}
	if p.unescaped(&row{}, `\u{FFFFFF}`); p.err == nil {
		t.Error("a character beyond Unicode was taken")
	}
}
