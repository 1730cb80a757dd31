// SPDX-License-Identifier: EUPL-1.2

package terminology

import (
	"cmp"
	"slices"
	"strings"
	"sync"
	"unicode/utf8"
)

// List names a Schlüsselverzeichnis that can be searched.
type List string

// The lists.
const (
	ListICD        List = "icd"
	ListTopography List = "topography"
	ListMorphology List = "morphology"
	ListOPS        List = "ops"
	ListSubstance  List = "substance" // Code is the ATC code, or the name where there is none
	ListProtocol   List = "protocol"  // Code is the name
)

// maxHits is how many hits Search gives at most.
const maxHits = 50

// entry is one code that can be found.
type entry struct {
	label Label
	code  string   // folded
	words []string // folded
}

// index finds the entries of a list by the words in them.
type index struct {
	entries []entry
	words   []string         // all words, sorted
	holders map[string][]int // entries by word, in order
}

var indexes = map[List]func() *index{
	ListICD:        sync.OnceValue(func() *index { return indexOf(labels(icdOrder, ICD)) }),
	ListTopography: sync.OnceValue(func() *index { return indexOf(labels(topographyOrder, Topography)) }),
	ListMorphology: sync.OnceValue(func() *index { return indexOf(labels(morphologyOrder, Morphology)) }),
	ListOPS:        sync.OnceValue(func() *index { return indexOf(labels(ops.codes, OPS)) }),
	ListSubstance: sync.OnceValue(func() *index {
		var all []Label
		for _, s := range substances {
			all = append(all, Label{Code: cmp.Or(s.ATC, s.Name), Text: s.Name, Exact: true})
		}
		return indexOf(all)
	}),
	ListProtocol: sync.OnceValue(func() *index {
		var all []Label
		for _, p := range protocols {
			all = append(all, Label{Code: p.Name, Text: strings.TrimSuffix(p.Name+": "+strings.Join(p.Substances, ", "), ": "), Exact: true})
		}
		return indexOf(all)
	}),
}

func labels(codes []string, words func(string) (Label, bool)) []Label {
	var all []Label
	for _, code := range codes {
		if l, ok := words(code); ok {
			all = append(all, Label{Code: code, Text: l.Text, Exact: l.Exact})
		}
	}
	return all
}

func indexOf(all []Label) *index {
	x := &index{holders: map[string][]int{}}
	for i, l := range all {
		e := entry{label: l, code: fold(l.Code), words: fields(l.Text)}
		slices.Sort(e.words)
		e.words = slices.Compact(e.words)
		x.entries = append(x.entries, e)
		for _, word := range e.words {
			x.holders[word] = append(x.holders[word], i)
		}
	}
	for word := range x.holders {
		x.words = append(x.words, word)
	}
	slices.Sort(x.words)
	return x
}

// Search finds codes of a list by code or words, best first, at most 50. The
// order of the words, capitals and umlauts do not matter, the beginning of a
// word is enough, and from four letters on one typing error per word is
// forgiven. Exact codes come first, then codes that begin with the query, then
// words. A year other than 0 leaves out the codes that ICD-10-GM of that year
// has not. Exact is false where the words are those of the category.
func Search(list List, query string, year int) []Label {
	make, ok := indexes[list]
	if !ok || len(query) > 200 {
		return nil
	}
	x := make()
	scores := x.byCode(fold(strings.TrimSpace(query)))
	x.byWords(fields(query), scores)
	return x.best(scores, func(code string) bool { return year == 0 || list != ListICD || ICDInYear(code, year) })
}

// The scores of a hit; a lower one is better.
const (
	exactCode = iota
	codeBegins
	wordsFit // and up: words that only begin so, or have an error, add to it
	none     = 1 << 20
)

func (x *index) byCode(query string) map[int]int {
	scores := map[int]int{}
	if query == "" {
		return scores
	}
	for i := range x.entries {
		switch code := x.entries[i].code; {
		case code == query:
			scores[i] = exactCode
		case strings.HasPrefix(code, query):
			scores[i] = codeBegins
		}
	}
	return scores
}

// byWords adds the entries in which every word of the query occurs.
func (x *index) byWords(query []string, scores map[int]int) {
	if len(query) == 0 || len(query) > 8 {
		return
	}
	sums := make([]int, len(x.entries))
	best := make([]int, len(x.entries))
	for _, asked := range query {
		for i := range best {
			best[i] = none
		}
		for _, word := range x.words {
			score, fits := likeness(asked, word)
			if !fits {
				continue
			}
			for _, i := range x.holders[word] {
				best[i] = min(best[i], score)
			}
		}
		for i := range sums {
			sums[i] += best[i]
		}
	}
	for i, sum := range sums {
		if _, known := scores[i]; !known && sum < none {
			scores[i] = wordsFit + sum
		}
	}
}

// likeness is 0 for the same word, 1 for a beginning, 2 for a part, 3 for one
// error, 4 for one error in the beginning.
func likeness(asked, word string) (int, bool) {
	switch {
	case asked == word:
		return 0, true
	case strings.HasPrefix(word, asked):
		return 1, true
	case len(asked) >= 4 && strings.Contains(word, asked):
		return 2, true
	case len(asked) < 4 || len(word) < len(asked)-1:
		return 0, false
	case oneError(asked, word):
		return 3, true
	}
	for _, length := range []int{len(asked), len(asked) - 1, len(asked) + 1} {
		if length < len(word) && oneError(asked, word[:length]) {
			return 4, true
		}
	}
	return 0, false
}

// oneError says that one letter is missing, added, wrong, or two neighbours
// are exchanged.
func oneError(a, b string) bool {
	if len(a) > len(b) {
		a, b = b, a
	}
	if len(b)-len(a) > 1 {
		return false
	}
	i := 0
	for i < len(a) && a[i] == b[i] {
		i++
	}
	if len(a) != len(b) {
		return a[i:] == b[i+1:]
	}
	if i == len(a) {
		return true
	}
	if a[i+1:] == b[i+1:] {
		return true
	}
	return i+1 < len(a) && a[i] == b[i+1] && a[i+1] == b[i] && a[i+2:] == b[i+2:]
}

func (x *index) best(scores map[int]int, admitted func(code string) bool) []Label {
	type hit struct{ at, score int }
	var hits []hit
	for i, score := range scores {
		if admitted(x.entries[i].label.Code) {
			hits = append(hits, hit{i, score})
		}
	}
	slices.SortFunc(hits, func(a, b hit) int {
		return cmp.Or(cmp.Compare(a.score, b.score),
			cmp.Compare(len(x.entries[a.at].words), len(x.entries[b.at].words)), cmp.Compare(a.at, b.at))
	})
	out := make([]Label, 0, min(len(hits), maxHits))
	for _, h := range hits[:min(len(hits), maxHits)] {
		out = append(out, x.entries[h.at].label)
	}
	return out
}

// fold makes capitals small and writes umlauts as in a name without them: ä
// and ae, ö and oe, ü and ue become one.
func fold(text string) string {
	var b strings.Builder
	b.Grow(len(text))
	for _, r := range strings.ToLower(text) {
		switch r {
		case 'ä', 'á', 'à', 'â':
			b.WriteByte('a')
		case 'ö', 'ó', 'ô':
			b.WriteByte('o')
		case 'ü', 'ú', 'û':
			b.WriteByte('u')
		case 'é', 'è', 'ê':
			b.WriteByte('e')
		case 'ß':
			b.WriteString("ss")
		default:
			if r < utf8.RuneSelf {
				b.WriteByte(byte(r))
			}
		}
	}
	return digraphs.Replace(b.String())
}

var digraphs = strings.NewReplacer("ae", "a", "oe", "o", "ue", "u")

// fields are the folded words of a text.
func fields(text string) []string {
	return strings.FieldsFunc(fold(text), func(r rune) bool { return (r < 'a' || r > 'z') && (r < '0' || r > '9') })
}
