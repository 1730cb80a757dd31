// SPDX-License-Identifier: EUPL-1.2

package schema

import (
	"bytes"
	"runtime"
	"syscall"
	"testing"
	"time"
)

// TestX5PatternChecksAreLinear doubles the length of hostile values up to
// 1 MB and lets the processor time grow by the same factor at most.
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
	// The clock of a thread goes in ticks of some milliseconds; what is not
	// linear takes seconds for half a megabyte.
	const half, measurable = 512 << 10, 10 * time.Millisecond
	for expr, match := range patterns {
		for _, unit := range []string{"a", "C5", "u\u0308", "x\u030b", "is", "0.", "Ω", "k\u035fh"} {
			small := append(bytes.Repeat([]byte(unit), half/len(unit)), '\x7f')
			large := append(bytes.Repeat([]byte(unit), 2*half/len(unit)), '\x7f')
			short, long := time.Hour, time.Hour
			// Another thread of the same core slows this one down: only what
			// stays slow is slow.
			for range 8 {
				short = min(short, fastest(func() { match(small) }))
				long = min(long, fastest(func() { match(large) }))
				if long <= short*5/2 || long < measurable {
					break
				}
			}
			if long > short*5/2 && long >= measurable || long > 200*time.Millisecond {
				t.Errorf("%.40s on %q: %v for half a megabyte, %v for one", expr, unit, short, long)
			}
		}
	}
	t.Logf("%d patterns", len(patterns))
}

// fastest is the least processor time of this thread; what else the machine
// does counts for others.
func fastest(f func()) time.Duration {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	best := time.Hour
	for range 5 {
		start := threadTime()
		f()
		best = min(best, threadTime()-start)
	}
	return best
}

func threadTime() time.Duration {
	var used syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_THREAD, &used); err != nil {
		panic(err)
	}
	return time.Duration(used.Utime.Nano() + used.Stime.Nano())
}
