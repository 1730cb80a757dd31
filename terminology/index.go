// SPDX-License-Identifier: EUPL-1.2

package terminology

import (
	"cmp"
	"slices"
	"sort"
	"strings"
)

// listed is one code on its way into an index.
type listed struct {
	label Label
	also  []string // words that lead to the code besides those of its label
	above []string // words that lead to a code above it
	rank  int      // what is more usual has a lower one
}

// index finds the codes of a list by code and words. It never changes after
// it is made.
type index struct {
	labels []Label
	rank   []int32 // the place of an entry among equals
	codes  []codeKey
	words  []string  // all words, sorted
	posts  [][]int32 // entries by word: the number times ways, and what is added for a byway
	grams  map[gram][]int32
	uncut  bool // a code that is longer than any held leads nowhere: numbers have no order of their own
}

type codeKey struct {
	bare  string
	entry int32
}

func indexOf(all []listed, fillers map[string]bool) *index {
	x := &index{grams: map[gram][]int32{}}
	held := map[string][]int32{}
	counts := make([]int, len(all))
	for i, l := range all {
		x.labels = append(x.labels, l.label)
		x.codes = append(x.codes, codeKey{bareCode(l.label.Code), int32(i)})
		words := fields(l.label.Text)
		for _, word := range words {
			if !fillers[word] && !unspecific[word] {
				counts[i]++
			}
			held[word] = append(held[word], int32(i)*ways)
		}
		for _, word := range l.also {
			held[word] = append(held[word], int32(i)*ways+byway)
		}
		for _, word := range l.above {
			held[word] = append(held[word], int32(i)*ways+bywayAbove)
		}
	}
	slices.SortFunc(x.codes, func(a, b codeKey) int { return cmp.Or(strings.Compare(a.bare, b.bare), cmp.Compare(a.entry, b.entry)) })
	for word := range held {
		x.words = append(x.words, word)
	}
	slices.Sort(x.words)
	for at, word := range x.words {
		posts := held[word]
		slices.Sort(posts)
		x.posts = append(x.posts, slices.CompactFunc(posts, func(a, b int32) bool { return a/ways == b/ways }))
		seen := grams(word)
		slices.Sort(seen)
		for _, g := range slices.Compact(seen) {
			x.grams[g] = append(x.grams[g], int32(at))
		}
	}
	x.rank = ranks(all, counts)
	return x
}

// unspecific are words by which a label is not longer than another: whoever
// gives no more than the organ means just these codes.
var unspecific = wordSet("ohne nahere angabe")

// ranks puts the entries in the order of equals: the more usual, the shorter
// label, the more general code, the order of the list.
func ranks(all []listed, counts []int) []int32 {
	order := make([]int, len(all))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int {
		return cmp.Or(cmp.Compare(all[a].rank, all[b].rank), cmp.Compare(counts[a], counts[b]),
			cmp.Compare(len(all[a].label.Code), len(all[b].label.Code)))
	})
	rank := make([]int32, len(all))
	for place, i := range order {
		rank[i] = int32(place)
	}
	return rank
}

// The bounds of the work for one query; they keep the longest one short.
const (
	maxQuery       = 200
	maxWords       = 6
	maxCompared    = 1000  // words compared letter by letter
	maxPosts       = 30000 // entries looked at, and the fewer, the less is asked
	postsPerLetter = 5000
)

// byCode gives the entries whose code begins with the asked one: the exact
// one first. A code that is longer than any held is cut until one is, except
// in lists whose numbers say nothing by their beginning.
func (x *index) byCode(query string) (int32, []int32) {
	exact := int32(-1)
	bare := bareCode(query)
	if len(bare) > 12 || len(bare) != 1 && !strings.ContainsAny(bare, "0123456789") {
		return exact, nil
	}
	for ; len(bare) >= 3 || len(bare) > 0 && len(bare) == len(bareCode(query)); bare = bare[:len(bare)-1] {
		from := sort.Search(len(x.codes), func(i int) bool { return x.codes[i].bare >= bare })
		var hits []int32
		for i := from; i < len(x.codes) && strings.HasPrefix(x.codes[i].bare, bare); i++ {
			if x.codes[i].bare == bare && exact < 0 {
				exact = x.codes[i].entry
			}
			hits = append(hits, x.codes[i].entry)
		}
		if len(hits) > 0 || x.uncut {
			return exact, hits
		}
	}
	return exact, nil
}

// found is a word of the index that an asked word may mean.
type found struct {
	word    int32
	penalty int32
}

// wordsLike gives the words that an asked word may mean: itself, words that
// begin so, and from four letters on words that contain it.
func (x *index) wordsLike(asked string, alone bool) []found {
	var hits []found
	from := sort.SearchStrings(x.words, asked)
	for i := from; i < len(x.words) && strings.HasPrefix(x.words[i], asked); i++ {
		switch {
		case x.words[i] == asked:
			hits = append(hits, found{int32(i), whole})
		case alone || len(asked) > 1:
			hits = append(hits, found{int32(i), beginning})
		}
	}
	if len(asked) < 4 {
		return hits
	}
	for _, w := range x.rarest(asked, 1, true, len(x.words)) {
		if at := strings.Index(x.words[w], asked); at > 0 {
			hits = append(hits, found{w, inside})
		}
	}
	return hits
}

// mistypedLike gives the words that an asked word with typing errors may mean.
func (x *index) mistypedLike(asked string, budget *int) []found {
	most := errorsForgiven(len(asked))
	if most == 0 {
		return nil
	}
	var hits []found
	// An error touches three pairs of letters at the most, so a word that is
	// near shares one of the rarest.
	for _, w := range x.rarest(asked, 3*most+1, false, *budget) {
		*budget--
		full, start := distances(asked, x.words[w], most)
		switch {
		case full <= most:
			hits = append(hits, found{w, int32(mistyped + full - 1)})
		case start <= most:
			hits = append(hits, found{w, int32(mistyped + start + 1)})
		}
	}
	return hits
}

// rarest gives the words that share one of the rarest pairs of letters with
// the asked word, as many pairs as told, each word once, up to a limit.
func (x *index) rarest(asked string, pairs int, within bool, limit int) []int32 {
	all := grams(asked)
	if within {
		all = all[1:] // the first letter may stand anywhere
	}
	slices.SortFunc(all, func(a, b gram) int {
		return cmp.Or(cmp.Compare(len(x.grams[a]), len(x.grams[b])), cmp.Compare(a, b))
	})
	all = slices.Compact(all)
	all = all[:min(len(all), pairs)]
	if len(all) == 1 {
		return x.grams[all[0]]
	}
	var words []int32
	seen := make([]bool, len(x.words))
	for _, g := range all {
		for _, w := range x.grams[g] {
			if len(words) >= limit {
				return words
			}
			if !seen[w] {
				seen[w] = true
				words = append(words, w)
			}
		}
	}
	return words
}
