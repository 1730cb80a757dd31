// SPDX-License-Identifier: EUPL-1.2

package pattern

import (
	"slices"
	"unicode"
)

// charset is a set of characters as ranges; tidy ones are ascending and apart.
type charset []charRange

type charRange struct{ lo, hi rune }

func fromTable(t *unicode.RangeTable) charset {
	var c charset
	for _, r := range t.R16 {
		for x := rune(r.Lo); x <= rune(r.Hi); x += rune(r.Stride) {
			c = append(c, charRange{x, x})
		}
	}
	for _, r := range t.R32 {
		for x := rune(r.Lo); x <= rune(r.Hi); x += rune(r.Stride) {
			c = append(c, charRange{x, x})
		}
	}
	return c.tidy()
}

// tidy sorts and joins the ranges.
func (c charset) tidy() charset {
	sorted := slices.Clone(c)
	slices.SortFunc(sorted, func(a, b charRange) int { return int(a.lo - b.lo) })
	var out charset
	for _, r := range sorted {
		if n := len(out); n > 0 && r.lo <= out[n-1].hi+1 {
			out[n-1].hi = max(out[n-1].hi, r.hi)
			continue
		}
		out = append(out, r)
	}
	return out
}

// negated is every other character; the set must be tidy.
func (c charset) negated() charset {
	var out charset
	next := rune(0)
	for _, r := range c {
		if r.lo > next {
			out = append(out, charRange{next, r.lo - 1})
		}
		next = r.hi + 1
	}
	if next <= unicode.MaxRune {
		out = append(out, charRange{next, unicode.MaxRune})
	}
	return out
}

// minus takes other out of c; both must be tidy.
func (c charset) minus(other charset) charset {
	return append(c.negated(), other...).tidy().negated()
}

// classRange says which class the characters of a range belong to.
type classRange struct {
	lo, hi rune
	class  uint16
}

// classOf finds the class of a character; the ranges cover all characters.
func classOf(ranges []classRange, r rune) uint16 {
	lo, hi := 0, len(ranges)
	for hi-lo > 1 {
		mid := int(uint(lo+hi) >> 1)
		if ranges[mid].lo <= r {
			lo = mid
		} else {
			hi = mid
		}
	}
	return ranges[lo].class
}

// set is a set of positions of a graph.
type set []uint64

func newSet(positions int) set { return make(set, (positions+63)/64) }

func (s set) add(i int)      { s[i/64] |= 1 << (i % 64) }
func (s set) has(i int) bool { return s[i/64]&(1<<(i%64)) != 0 }

func (s set) join(o set) {
	for i := range o {
		s[i] |= o[i]
	}
}

func (s set) and(o set) set {
	out := make(set, len(s))
	for i := range s {
		out[i] = s[i] & o[i]
	}
	return out
}

func (s set) empty() bool {
	for _, w := range s {
		if w != 0 {
			return false
		}
	}
	return true
}

// key is the set and a flag as a map key.
func (s set) key(flag bool) string {
	b := make([]byte, 0, len(s)*8+1)
	for _, w := range s {
		for i := range 8 {
			b = append(b, byte(w>>(8*i)))
		}
	}
	if flag {
		b = append(b, 1)
	}
	return string(b)
}
