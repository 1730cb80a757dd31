// SPDX-License-Identifier: EUPL-1.2

package pattern

import (
	"bytes"
	"testing"
	"time"
	"unicode/utf8"
)

const longestTry = 10 * time.Second

// FuzzPattern reads any expression and holds any value against it: no panic,
// no endless matching, and the table says what the graph says.
func FuzzPattern(f *testing.F) {
	for _, expr := range []string{"", "a", "a|b", "(a|b)*c", "[^a-z]{2,3}", `\d\p{L}\s`, "a{0,30}", "((a*)*)*b", "[a-z-[aeiou]]+", `(is.*)|([a01234X].*)`,
		`[135689]-\d\d[0-9a-hj-km-z](\.([0-9a-hj-kmnp-z]){1,2}){0,1}([RLB]){0,1}`, "(a?){30}a{30}", "ü+", "[", "a{2,1}", `\`} {
		f.Add(expr, []byte("aab"))
		f.Add(expr, []byte("5-870.a1"))
	}
	f.Fuzz(func(t *testing.T, expr string, value []byte) {
		if len(expr) > 200 || len(value) > 2000 {
			return
		}
		begin := time.Now()
		p, err := Compile(expr)
		if err != nil {
			return
		}
		got := p.Match(value)
		if got && !utf8.Valid(value) {
			t.Errorf("%q takes what is no text", expr)
		}
		if p.table != nil && got != p.graph.match(value) {
			t.Errorf("%q on %q: the table says %v, the graph does not", expr, value, got)
		}
		p.Match(bytes.Repeat(value, 20))
		if took := time.Since(begin); took > longestTry {
			t.Errorf("%q took %v", expr, took)
		}
	})
}
