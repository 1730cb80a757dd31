// SPDX-License-Identifier: EUPL-1.2

package pattern

import (
	"fmt"
	"math/bits"
	"slices"
	"unicode"
	"unicode/utf8"
)

const maxPositions = 4000

// graph is an expression as its characters (positions) and which of them may
// follow which: a position automaton without empty moves.
type graph struct {
	chars    []charset // by position
	nullable bool
	first    set   // positions a value may begin with
	last     set   // positions a value may end with
	follow   []set // by position

	ranges  []classRange // classes of characters that no position tells apart
	classes []set        // positions that accept a class
}

// part is what is known of a piece of the expression while the graph grows.
type part struct {
	nullable    bool
	first, last []int
}

// newGraph makes the graph of an expression whose positions were found not to
// be too many.
func newGraph(tree node) *graph {
	count, _ := positions(tree)
	g := &graph{follow: make([]set, 0, count)}
	whole := g.add(tree, count)
	g.nullable = whole.nullable
	g.first, g.last = newSet(count), newSet(count)
	for _, p := range whole.first {
		g.first.add(p)
	}
	for _, p := range whole.last {
		g.last.add(p)
	}
	g.classify(count)
	return g
}

// positions counts the characters of the expression with all repetitions written out.
func positions(n node) (int, error) {
	total := 0
	parts := n.concat
	switch n.form {
	case formChars:
		return 1, nil
	case formAlt:
		parts = n.alt
	case formRepeat:
		one, err := positions(*n.repeat)
		if err != nil {
			return 0, err
		}
		total = one * max(n.min+1, n.max)
	}
	for _, p := range parts {
		one, err := positions(p)
		if err != nil {
			return 0, err
		}
		total += one
	}
	if total > maxPositions {
		return 0, fmt.Errorf("pattern: more than %d characters", maxPositions)
	}
	return total, nil
}

func (g *graph) add(n node, count int) part {
	switch n.form {
	case formChars:
		p := len(g.chars)
		g.chars = append(g.chars, n.chars)
		g.follow = append(g.follow, newSet(count))
		return part{first: []int{p}, last: []int{p}}
	case formAlt:
		out := part{}
		for _, b := range n.alt {
			one := g.add(b, count)
			out.nullable = out.nullable || one.nullable
			out.first = append(out.first, one.first...)
			out.last = append(out.last, one.last...)
		}
		return out
	case formRepeat:
		return g.addRepeat(n, count)
	}
	out := part{nullable: true}
	for _, b := range n.concat {
		out = g.chain(out, g.add(b, count))
	}
	return out
}

// addRepeat writes a repetition out: the needed copies one after the other,
// then the optional ones, the last looping when there is no limit.
func (g *graph) addRepeat(n node, count int) part {
	out := part{nullable: true}
	for range n.min {
		out = g.chain(out, g.add(*n.repeat, count))
	}
	if n.max >= 0 {
		for range n.max - n.min {
			one := g.add(*n.repeat, count)
			one.nullable = true
			out = g.chain(out, one)
		}
		return out
	}
	if n.min > 0 {
		// The last copy may be taken again: (x)+ needs no further copy.
		return g.loopTail(out, n, count)
	}
	one := g.add(*n.repeat, count)
	g.link(one.last, one.first)
	one.nullable = true
	return g.chain(out, one)
}

func (g *graph) loopTail(out part, n node, count int) part {
	if n.min == 1 {
		g.link(out.last, out.first)
		return out
	}
	one := g.add(*n.repeat, count)
	g.link(one.last, one.first)
	one.nullable = true
	return g.chain(out, one)
}

func (g *graph) chain(a, b part) part {
	g.link(a.last, b.first)
	out := part{nullable: a.nullable && b.nullable, first: a.first, last: b.last}
	if a.nullable {
		out.first = slices.Concat(a.first, b.first)
	}
	if b.nullable {
		out.last = slices.Concat(a.last, b.last)
	}
	return out
}

func (g *graph) link(from, to []int) {
	if len(from) == 0 || len(to) == 0 {
		return
	}
	targets := make(set, len(g.follow[from[0]]))
	for _, t := range to {
		targets.add(t)
	}
	for _, f := range from {
		g.follow[f].join(targets)
	}
}

// after gives the positions that may follow a set of matched positions, and
// whether the value may end after them.
func (g *graph) after(matched set) (set, bool) {
	open := make(set, len(matched))
	end := false
	for w, word := range matched {
		for word != 0 {
			p := w*64 + bits.TrailingZeros64(word)
			word &= word - 1
			open.join(g.follow[p])
			end = end || g.last.has(p)
		}
	}
	return open, end
}

// classify divides all characters into classes that no position tells apart; the
// sets have room for count positions, like all others of the graph.
func (g *graph) classify(count int) {
	cuts := []rune{0, unicode.MaxRune + 1}
	for _, c := range g.chars {
		for _, r := range c {
			cuts = append(cuts, r.lo, r.hi+1)
		}
	}
	slices.Sort(cuts)
	cuts = slices.Compact(cuts)
	owners := make([]set, len(cuts)-1)
	for i := range owners {
		owners[i] = newSet(max(count, 1))
	}
	for p, c := range g.chars {
		for _, r := range c {
			at, _ := slices.BinarySearch(cuts, r.lo)
			for ; cuts[at] <= r.hi; at++ {
				owners[at].add(p)
			}
		}
	}
	known := map[string]uint16{}
	for i, owner := range owners {
		key := owner.key(false)
		class, seen := known[key]
		if !seen {
			class = uint16(len(g.classes))
			known[key] = class
			g.classes = append(g.classes, owner)
		}
		if n := len(g.ranges); n > 0 && g.ranges[n-1].class == class {
			g.ranges[n-1].hi = cuts[i+1] - 1
			continue
		}
		g.ranges = append(g.ranges, classRange{cuts[i], cuts[i+1] - 1, class})
	}
}

// match walks the graph itself, for expressions whose table would be too large.
func (g *graph) match(value []byte) bool {
	open, end := g.first, g.nullable
	for len(value) > 0 {
		r, size := utf8.DecodeRune(value)
		if r == utf8.RuneError && size <= 1 {
			return false
		}
		value = value[size:]
		hit := open.and(g.classes[classOf(g.ranges, r)])
		if hit.empty() {
			return false
		}
		open, end = g.after(hit)
	}
	return end
}
