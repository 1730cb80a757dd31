// SPDX-License-Identifier: EUPL-1.2

package schema

import (
	"bytes"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// TestX5PatternChecksAreLinear doubles the length of hostile values up to
// 1 MB and lets the time grow by the same factor at most.
func TestX5PatternChecksAreLinear(t *testing.T) {
	built, err := BuiltIn()
	if err != nil {
		t.Fatal(err)
	}
	s, err := Compile(built[len(built)-1])
	if err != nil {
		t.Fatal(err)
	}
	patterns := map[string]func([]byte) bool{}
	collect := func(text *Text) {
		if text == nil {
			return
		}
		for _, group := range text.patterns {
			for _, p := range group.exprs {
				patterns[p.String()] = p.Match
			}
		}
	}
	for _, c := range s.types {
		collect(c.Text)
	}
	for i := range s.States {
		if d := s.States[i].Decl; d != nil {
			collect(d.Content.Text)
		}
	}
	// Of the types without a form one of each kind will do.
	for _, name := range []string{"xs:date", "xs:gYear", "xs:decimal", "xs:integer", "xs:nonNegativeInteger", "xs:positiveInteger", "xs:string"} {
		x := &Text{base: builtIns[name], minLength: 1, maxLength: 10, digits: 5, fraction: 2}
		patterns["the type "+name] = func(v []byte) bool { return x.Check(v) == Sound }
	}
	const half = 512 << 10
	for expr, match := range patterns {
		for _, unit := range []string{"a", "C5", "u\u0308", "x\u030b", "is", "0.", "Ω", "k\u035fh"} {
			small := append(bytes.Repeat([]byte(unit), half/len(unit)), '\x7f')
			large := append(bytes.Repeat([]byte(unit), 2*half/len(unit)), '\x7f')
			short, long := time.Hour, time.Hour
			// The machine may be busy: only what stays slow is slow.
			for range 8 {
				short = min(short, fastest(func() { match(small) }))
				long = min(long, fastest(func() { match(large) }))
				if long <= short*5/2 || long < time.Millisecond {
					break
				}
			}
			if long > short*5/2 && long >= time.Millisecond || long > 200*time.Millisecond {
				t.Errorf("%.40s on %q: %v for half a megabyte, %v for one", expr, unit, short, long)
			}
		}
	}
	t.Logf("%d patterns", len(patterns))
}

func fastest(f func()) time.Duration {
	best := time.Hour
	for range 5 {
		start := time.Now()
		f()
		best = min(best, time.Since(start))
	}
	return best
}

// TestX5NoForeignPatternEngine keeps engines that go back and forth out of
// everything that reads packages.
func TestX5NoForeignPatternEngine(t *testing.T) {
	t.Parallel()
	allowed := []string{"meldewerk/", "golang.org/x/text/", "github.com/google/go-cmp/"}
	err := filepath.WalkDir("..", func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") {
			return err
		}
		f, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.ImportsOnly)
		if err != nil {
			return err
		}
		for _, i := range f.Imports {
			name := strings.Trim(i.Path.Value, `"`)
			foreign := strings.Contains(name, ".")
			for _, prefix := range allowed {
				foreign = foreign && !strings.HasPrefix(name, prefix)
			}
			if foreign {
				t.Errorf("%s imports %s", path, name)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}
