// SPDX-License-Identifier: EUPL-1.2

package handbook

import (
	"math"
	"math/bits"
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// Hit is a Treffer of the search.
type Hit struct {
	Topic *Topic
	Part  *Part // the section that fits best, nil for the topic as a whole
	score float64
}

// What a word counts by the place where it stands.
const (
	inName  = 10.0 // the id: what the topic is about in a word or two
	inTitle = 6.0
	inWords = 6.0
	inShort = 2.5
	inPart  = 1.0
	inHead  = 2.0 // of the title of a part
)

// How well a word of the query meets one of the handbook.
const (
	meetsWhole  = 1.0
	meetsBegin  = 0.75
	meetsInside = 0.4 // German joins words: Kennwort stands in Einmalkennwort
	meetsNearly = 0.6 // a typing error
)

const (
	shortestPrefix = 3
	shortestInside = 5
	shortestTypo   = 4
	longTypo       = 7 // words from here on may hold two errors
	mostQuery      = 12
	mostHits       = 20
)

// posting is one place of a word.
type posting struct {
	topic  int
	part   int // -1: title, words and short answer
	weight float64
}

// entry is one word of the handbook.
type entry struct {
	word     string
	letters  uint64 // which letters it holds, to sort out what cannot be near
	postings []posting
}

type index struct {
	topics  []*Topic
	entries []entry
	exact   map[string]int
}

func newIndex(b *Book) *index {
	x := &index{exact: map[string]int{}}
	for _, g := range b.groups {
		for _, t := range g.Topics {
			n := len(x.topics)
			x.topics = append(x.topics, t)
			x.add(t.ID, posting{n, -1, inName})
			x.add(t.Title, posting{n, -1, inTitle})
			x.add(t.Words, posting{n, -1, inWords})
			x.add(t.Short, posting{n, -1, inShort})
			for i, p := range t.Parts {
				x.add(p.Title, posting{n, i, inHead})
				for _, text := range slices.Concat(p.Text, p.Steps, p.Points) {
					x.add(text, posting{n, i, inPart})
				}
			}
		}
	}
	return x
}

// add notes the words of a text. A word counts once for a topic as a whole and
// once for each of its parts, with its best place.
func (x *index) add(text string, at posting) {
	for _, word := range fold(text) {
		i, known := x.exact[word]
		if !known {
			i = len(x.entries)
			x.exact[word] = i
			x.entries = append(x.entries, entry{word: word, letters: lettersOf(word)})
		}
		e := &x.entries[i]
		if n := len(e.postings); n > 0 && e.postings[n-1].topic == at.topic && e.postings[n-1].part == at.part {
			e.postings[n-1].weight = max(e.postings[n-1].weight, at.weight)
			continue
		}
		e.postings = append(e.postings, at)
	}
}

// Search finds the topics that fit a query, the best first. Order of words,
// capital letters, umlauts, endings and small typing errors do not matter. A
// query without a word that says anything finds nothing.
func (b *Book) Search(query string) []Hit {
	x := b.index
	words := fold(query)
	if len(words) > mostQuery {
		words = words[:mostQuery]
	}
	whole := make([]float64, len(x.topics))
	met := make([]int, len(x.topics))
	parts := map[[2]int]float64{}
	for _, word := range words {
		best := make(map[[2]int]float64)
		for _, m := range x.meeting(word) {
			e := &x.entries[m.entry]
			rare := math.Log(1 + float64(len(x.topics))/float64(len(e.postings)))
			for _, p := range e.postings {
				at := [2]int{p.topic, p.part}
				best[at] = max(best[at], m.quality*p.weight*rare)
			}
		}
		top := map[int]float64{}
		for at, score := range best {
			top[at[0]] = max(top[at[0]], score)
			if at[1] >= 0 {
				parts[at] += score
			}
		}
		for topic, score := range top {
			whole[topic] += score
			met[topic]++
		}
	}
	return x.ranked(whole, met, parts, len(words))
}

func (x *index) ranked(whole []float64, met []int, parts map[[2]int]float64, words int) []Hit {
	var hits []Hit
	for n, score := range whole {
		if score == 0 {
			continue
		}
		share := float64(met[n]) / float64(words) // who meets all words comes first
		hit := Hit{Topic: x.topics[n], score: score * share * share}
		bestPart := 0.0
		for i := range hit.Topic.Parts {
			if s := parts[[2]int{n, i}]; s > bestPart && hit.Topic.Parts[i].Anchor != "" {
				bestPart, hit.Part = s, &hit.Topic.Parts[i]
			}
		}
		hits = append(hits, hit)
	}
	slices.SortStableFunc(hits, func(a, b Hit) int {
		switch {
		case a.score > b.score:
			return -1
		case a.score < b.score:
			return 1
		}
		return 0
	})
	for i, h := range hits { // far behind the best is noise
		if i == mostHits || h.score < hits[0].score/8 {
			return hits[:i]
		}
	}
	return hits
}

// meeting is a word of the handbook that a word of the query stands for.
type meeting struct {
	entry   int
	quality float64
}

// meeting finds the words that a word of the query stands for. Typing errors
// are tried only when no word is or begins like it.
func (x *index) meeting(word string) []meeting {
	var out []meeting
	sure := false
	for i := range x.entries {
		e := &x.entries[i]
		switch {
		case e.word == word:
			out, sure = append(out, meeting{i, meetsWhole}), true
		case len(word) >= shortestPrefix && strings.HasPrefix(e.word, word):
			out, sure = append(out, meeting{i, meetsBegin}), true
		case len(e.word) >= shortestInside && strings.HasPrefix(word, e.word):
			out = append(out, meeting{i, meetsInside})
		case len(word) >= shortestInside && strings.Contains(e.word, word),
			len(e.word) > shortestInside && strings.Contains(word, e.word):
			out = append(out, meeting{i, meetsInside})
		}
	}
	if sure || len(word) < shortestTypo {
		return out
	}
	most, letters := 1, lettersOf(word)
	if len(word) >= longTypo {
		most = 2
	}
	for i := range x.entries {
		e := &x.entries[i]
		if d := len(e.word) - len(word); d > most || d < -most || bits.OnesCount64(e.letters^letters) > 2*most {
			continue
		}
		if near(e.word, word, most) {
			out = append(out, meeting{i, meetsNearly})
		}
	}
	return out
}

// near says whether two words differ by at most so many errors: a letter more,
// less, other, or two neighbours exchanged.
func near(a, b string, most int) bool {
	before, last, now := make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range last {
		last[j] = j
	}
	for i := 1; i <= len(a); i++ {
		now[0] = i
		least := i
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			now[j] = min(last[j]+1, now[j-1]+1, last[j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				now[j] = min(now[j], before[j-2]+1)
			}
			least = min(least, now[j])
		}
		if least > most {
			return false
		}
		before, last, now = last, now, before
	}
	return last[len(b)] <= most
}

// lettersOf notes which letters and digits a folded word holds.
func lettersOf(word string) uint64 {
	var set uint64
	for i := range len(word) {
		switch c := word[i]; {
		case c >= 'a' && c <= 'z':
			set |= 1 << (c - 'a')
		case c >= '0' && c <= '9':
			set |= 1 << (26 + c - '0')
		default:
			set |= 1 << 36
		}
	}
	return set
}

// silent are words that nobody looks for.
var silent = func() map[string]bool {
	set := map[string]bool{}
	for word := range strings.FieldsSeq("aber als am an auch auf aus bei beim bin bis da dann das dass dem den der des die dies diese dieser " +
		"doch dort durch ein eine einem einen einer eines er es fur gibt hab habe haben hat ich ihr ihre ihren im in ist ja kann " +
		"konnen man mein meine meinem meinen meiner meines mich mir mit muss mussen nach noch nun nur ob oder ohne sein sich sie sind so soll " +
		"uber um und uns unser unsere vom von vor war warum was weil welche welchen welcher welches wenn wer werde werden wie wieder " +
		"wir wird wo wozu wofur zu zum zur the of hilfe frage bitte geht tun mache machen macht gelten") {
		set[word] = true
	}
	return set
}()

// fold cuts a text into words in the one spelling in which all usual ones meet:
// small letters, no marks, ae like ä, without the endings of cases.
func fold(text string) []string {
	var out []string
	flush := func(word string) {
		word = twoLetters.Replace(word)
		if len(word) > 1 && !silent[word] {
			out = append(out, stem(word))
		}
	}
	var word strings.Builder
	for _, r := range norm.NFD.String(strings.ReplaceAll(text, "ß", "ss")) {
		switch {
		case unicode.IsLetter(r) || unicode.IsDigit(r):
			word.WriteRune(unicode.ToLower(r))
		case unicode.Is(unicode.Mn, r):
			// The mark of an umlaut does not cut a word.
		default:
			flush(word.String())
			word.Reset()
		}
	}
	flush(word.String())
	return out
}

var twoLetters = strings.NewReplacer("ae", "a", "oe", "o", "ue", "u")

// stem takes off the endings of German cases and plurals.
func stem(word string) string {
	for _, ending := range []string{"innen", "ern", "en", "er", "es", "em", "e", "s", "n"} {
		if base, found := strings.CutSuffix(word, ending); found && len(base) >= 4 {
			return base
		}
	}
	return word
}
