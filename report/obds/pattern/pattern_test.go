// SPDX-License-Identifier: EUPL-1.2

package pattern

import (
	"math/rand/v2"
	"regexp"
	"strings"
	"testing"
)

func TestMatchFollowsAppendixF(t *testing.T) {
	t.Parallel()
	cases := []struct {
		expr    string
		yes, no []string
	}{
		{`\d{2}`, []string{"12", "٣٤"}, []string{"1", "123", "a1", ""}},
		{`a|bc|[d-f]`, []string{"a", "bc", "e"}, []string{"b", "abc", ""}},
		{`^a$`, []string{"^a$"}, []string{"a"}},
		{`.`, []string{"ä", "|"}, []string{"\n", "\r", "ab", "\xff"}},
		{`[^a-c]`, []string{"d", "^"}, []string{"a", ""}},
		{`[a-z-[aeiou]]+`, []string{"bcd"}, []string{"bad", ""}},
		{`[,-\.]`, []string{",", "-", "."}, []string{"/", "+"}},
		{`[\s]*`, []string{"", " \t\n\r"}, []string{"\u00a0", "\v"}},
		{`(ab){2,}`, []string{"abab", "ababab"}, []string{"ab", "aba"}},
		{`(ab?){1,3}c`, []string{"ac", "abac", "aabac"}, []string{"c", "aaaac"}},
		{`x{0}y`, []string{"y"}, []string{"xy"}},
		{`\p{Lu}\P{Lu}`, []string{"Äb"}, []string{"äb", "AB"}},
		{`\w+`, []string{"aä9"}, []string{"a b", "a-b"}},
		{`()|a`, []string{"", "a"}, []string{"b"}},
		{`(a*)*b`, []string{"b", "aaab"}, []string{"a", ""}},
	}
	for _, c := range cases {
		p, err := Compile(c.expr)
		if err != nil {
			t.Errorf("%s: %v", c.expr, err)
			continue
		}
		for _, v := range c.yes {
			if !p.Match([]byte(v)) || !p.graph.match([]byte(v)) {
				t.Errorf("%s refuses %q", c.expr, v)
			}
		}
		for _, v := range c.no {
			if p.Match([]byte(v)) || p.graph.match([]byte(v)) {
				t.Errorf("%s takes %q", c.expr, v)
			}
		}
	}
}

func TestCompileRefusesWhatItDoesNotKnow(t *testing.T) {
	t.Parallel()
	for _, expr := range []string{`(`, `a)`, `[`, `[]`, `[b-a]`, `a{2`, `a{3,2}`, `*`, `\q`, `\p{Xx}`, `a{1000}{1000}`,
		strings.Repeat("(", 300) + strings.Repeat(")", 300)} {
		if _, err := Compile(expr); err == nil {
			t.Errorf("%s was taken", expr)
		}
	}
}

func TestMatchAgreesWithRE2(t *testing.T) {
	t.Parallel()
	exprs := []string{
		`[CD]\d\d(\.\d(\d)?)?|M72.4`,
		`(10 20\d{2} ((GM)|(WHO))|Sonstige)`,
		`[m](,is){0,1}|(is)|[2-9](,is){0,1}|[1-9][0-9]{1,2}(,is){0,1}`,
		`[135689]-\d\d[0-9a-hj-km-z](\.([0-9a-hj-kmnp-z]){1,2}){0,1}([RLB]){0,1}`,
		`(([a-c]|x(\x{300}|\x{301})|ä)([ ]|[a-c]|x(\x{300}|\x{301}))*[a-c]){0,1}`,
	}
	rng := rand.New(rand.NewPCG(1, 2))
	for _, expr := range exprs {
		oracle := regexp.MustCompile(`^(?:` + expr + `)$`)
		own := strings.NewReplacer(`\x{300}`, "\u0300", `\x{301}`, "\u0301").Replace(expr)
		p, err := Compile(own)
		if err != nil {
			t.Fatal(err)
		}
		letters := []rune("CDM0172459.- GMWHOSonstigemis,RLBabcxä\u0300\u0301 ")
		hits := 0
		for range 40_000 {
			value := sample(rng, letters)
			want := oracle.MatchString(value)
			if want {
				hits++
			}
			if got := p.Match([]byte(value)); got != want {
				t.Errorf("%s on %q: %v, RE2 says %v", expr, value, got, want)
			}
		}
		if hits == 0 {
			t.Errorf("%s: no sample matched, the test proves nothing", expr)
		}
	}
}

// sample makes a string near the shapes of the data set, changed in a few
// places, short enough to hit.
func sample(rng *rand.Rand, letters []rune) string {
	shapes := []string{"C50.4", "M72.4", "10 2024 GM", "Sonstige", "m,is", "12,is", "5-015.4", "8-52a.g0L", "ax\u0300b", "a b", ""}
	out := []rune(shapes[rng.IntN(len(shapes))])
	for range rng.IntN(3) {
		if len(out) > 0 && rng.IntN(2) == 0 {
			out[rng.IntN(len(out))] = letters[rng.IntN(len(letters))]
		} else {
			at := rng.IntN(len(out) + 1)
			out = append(out[:at:at], append([]rune{letters[rng.IntN(len(letters))]}, out[at:]...)...)
		}
	}
	return string(out)
}

func FuzzCompileNeverPanics(f *testing.F) {
	f.Add(`[a-z-[aeiou]]{2,3}|\p{L}`, "abc")
	f.Fuzz(func(t *testing.T, expr, value string) {
		p, err := Compile(expr)
		if err != nil {
			return
		}
		if p.Match([]byte(value)) != p.graph.match([]byte(value)) {
			t.Fatal("table and graph disagree")
		}
	})
}
