// SPDX-License-Identifier: EUPL-1.2

package synth

import (
	"math/rand/v2"
	"sort"
	"strings"
)

// draw is the chance of one patient. It deals in whole numbers only, because
// floating point may round differently on another machine.
type draw struct {
	*rand.Rand
}

func newDraw(seed, stream uint64) *draw {
	return &draw{rand.New(rand.NewPCG(seed, scatter(stream)))}
}

// scatter spreads neighbouring numbers far apart, so that neighbouring
// patients have nothing in common.
func scatter(n uint64) uint64 {
	n += 0x9e3779b97f4a7c15
	n = (n ^ n>>30) * 0xbf58476d1ce4e5b9
	n = (n ^ n>>27) * 0x94d049bb133111eb
	return n ^ n>>31
}

// chance is true in so many of a thousand draws.
func (d *draw) chance(perMille int) bool { return d.IntN(1000) < perMille }

// between draws a whole number from low to high, both included.
func (d *draw) between(low, high int) int {
	if high <= low {
		return low
	}
	return low + d.IntN(high-low+1)
}

// near draws a number from low to high that lies rather in the middle.
func (d *draw) near(low, high int) int {
	return (d.between(low, high) + d.between(low, high) + 1) / 2
}

// early draws a number from low to high that lies rather at the beginning.
func (d *draw) early(low, high int) int {
	return min(d.between(low, high), d.between(low, high))
}

// one draws one of the values, all alike.
func one[T any](d *draw, of []T) T { return of[d.IntN(len(of))] }

// choice is a list of values that are drawn by their weights.
type choice[T any] struct {
	sums []int
	of   []T
}

func (c *choice[T]) add(weight int, value T) {
	if weight <= 0 {
		return
	}
	total := weight
	if n := len(c.sums); n > 0 {
		total += c.sums[n-1]
	}
	c.sums = append(c.sums, total)
	c.of = append(c.of, value)
}

func (c *choice[T]) draw(d *draw) T {
	n := d.IntN(c.sums[len(c.sums)-1])
	return c.of[sort.SearchInts(c.sums, n+1)]
}

// among draws from rows that carry their weight themselves, leaving out those
// that do not fit. False when none fits.
func among[T any](d *draw, rows []T, weight func(*T) int) (*T, bool) {
	total := 0
	for i := range rows {
		total += weight(&rows[i])
	}
	if total == 0 {
		return nil, false
	}
	n := d.IntN(total)
	for i := range rows {
		n -= weight(&rows[i])
		if n < 0 {
			return &rows[i], true
		}
	}
	panic("synth: weights changed while drawing")
}

// oneWord draws one of the words of a text, parted by blanks. A word may be
// followed by a colon and its weight; without one it weighs 1.
func oneWord(d *draw, words string) string {
	total := 0
	for word := range strings.FieldsSeq(words) {
		_, w := weighted(word)
		total += w
	}
	n := d.IntN(total)
	for word := range strings.FieldsSeq(words) {
		text, w := weighted(word)
		if n -= w; n < 0 {
			return text
		}
	}
	panic("synth: no word to draw from")
}

func weighted(word string) (string, int) {
	text, digits, found := strings.Cut(word, ":")
	if !found {
		return word, 1
	}
	return text, whole(digits)
}

// whole reads a number of our own tables.
func whole(digits string) int {
	n := 0
	for _, c := range []byte(digits) {
		if c < '0' || c > '9' {
			panic("synth: not a number in a table: " + digits)
		}
		n = n*10 + int(c-'0')
	}
	return n
}
