// SPDX-License-Identifier: EUPL-1.2

package pattern

import (
	"math/rand/v2"
	"strings"
	"sync"
	"testing"
)

// TestRowsMadeSideBySideAgreeWithTheGraph lets several goroutines make the
// rows of one automaton while others read them. Run it with -race.
func TestRowsMadeSideBySideAgreeWithTheGraph(t *testing.T) {
	t.Parallel()
	const expr = `((a|bc|[d-f]x?){0,30}|[äöü€]+(\d{2}|[a-c]){3,9})?`
	p, err := Compile(expr)
	if err != nil {
		t.Fatal(err)
	}
	alone, err := Compile(expr)
	if err != nil {
		t.Fatal(err)
	}
	alone.Match(nil) // makes its graph
	var wait sync.WaitGroup
	for worker := range uint64(8) {
		wait.Go(func() {
			rng := rand.New(rand.NewPCG(worker, 1))
			letters := []rune("abcdefxäü€12")
			for range 2000 {
				value := make([]rune, rng.IntN(40))
				for i := range value {
					value[i] = letters[rng.IntN(len(letters))]
				}
				if text := []byte(string(value)); p.Match(text) != alone.graph.match(text) {
					t.Errorf("%q is judged otherwise", value)
				}
			}
			for n := range 40 {
				for _, text := range []string{strings.Repeat("a", n), strings.Repeat("dx", n), "ä" + strings.Repeat("12", n)} {
					if p.Match([]byte(text)) != alone.graph.match([]byte(text)) {
						t.Errorf("%q is judged otherwise", text)
					}
				}
			}
		})
	}
	wait.Wait()
	if rows := len(p.table.open); rows < 40 {
		t.Errorf("only %d rows were made: the test proves little", rows)
	}
}

// TestTooManyRowsAreWalkedInTheGraph is about expressions whose table would
// grow beyond all measure.
func TestTooManyRowsAreWalkedInTheGraph(t *testing.T) {
	t.Parallel()
	p, err := Compile(`[ab]*a[ab]{16}`)
	if err != nil {
		t.Fatal(err)
	}
	rng := rand.New(rand.NewPCG(1, 2))
	for range 2000 {
		value := make([]byte, 60)
		for i := range value {
			value[i] = 'a' + byte(rng.IntN(2))
		}
		if p.Match(value) != (value[len(value)-17] == 'a') {
			t.Fatalf("%q is judged wrongly", value)
		}
	}
	if cells := len(p.table.open) * p.table.width; cells > maxCells || cells < maxCells/2 {
		t.Errorf("the table has %d cells", cells)
	}
}
