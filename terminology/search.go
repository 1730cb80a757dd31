// SPDX-License-Identifier: EUPL-1.2

package terminology

import (
	_ "embed"
	"slices"
	"strings"
	"sync"
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
	ListInsurer    List = "insurer"   // Code is the Institutionskennzeichen; empty unless the book has the list of the insurers
)

// maxHits is how many hits Search gives at most.
const maxHits = 50

// Search finds codes of a list by code or words, best first, at most 50. The
// order of the words, capitals and umlauts do not matter; codes need no dots;
// the beginning of a word is enough, and from five letters on one typing error
// is forgiven, from nine on two. Abbreviations and names of the clinics (NSCLC,
// Mamma-Ca) lead to their codes. Exact codes come first, then codes that begin
// with the query, then words: whole ones, beginnings, parts, mistyped ones;
// among equals the reportable and the more general. A year other than 0 leaves
// out the codes that ICD-10-GM or OPS of that year has not. Exact is false
// where the words are those of the category.
func Search(list List, query string, year int) []Label { return BuiltIn().Search(list, query, year) }

// The scores of a hit; a lower one is better.
const (
	exactCode = iota
	codeBegins
	wordsFit // and up, by the penalties of the words
)

// hit is an entry with its score and its place among equals; a lower one is better.
type hit struct {
	key   int64
	entry int32
}

// search finds the best entries that are admitted.
func (x *index) search(query string, fillers map[string]bool, admitted func(code string) bool) []Label {
	if len(query) > maxQuery || len(x.labels) == 0 {
		return nil
	}
	scores := make([]int32, len(x.labels)) // one more than the score; 0 for none
	var touched []int32
	exact, codes := x.byCode(query)
	for _, entry := range codes {
		scores[entry] = codeBegins + 1
		if entry == exact {
			scores[entry] = exactCode + 1
		}
		touched = append(touched, entry)
	}
	words := asked(query, fillers)
	for _, way := range [][]string{words, x.together(words)} {
		sums, entries := x.byWords(way)
		for _, entry := range entries {
			if scores[entry] == 0 {
				touched = append(touched, entry)
				scores[entry] = wordsFit + sums[entry]
			}
			scores[entry] = min(scores[entry], wordsFit+sums[entry])
		}
	}
	return x.best(touched, scores, admitted)
}

// together makes one word of a query that is one, but for its signs: 5-FU.
func (x *index) together(words []string) []string {
	if len(words) < 2 || len(words) > 3 {
		return nil
	}
	word := strings.Join(words, "")
	if _, known := slices.BinarySearch(x.words, word); !known {
		return nil
	}
	return []string{word}
}

// otherNames are words of the clinics for words of the labels.
var otherNames = map[string]string{"ca": "karzinom", "carcinom": "karzinom"}

// asked are the words of a query without those that say nothing.
func asked(query string, fillers map[string]bool) []string {
	all := fields(query)
	var words []string
	for _, word := range all {
		if fillers[word] {
			continue
		}
		if other, ok := otherNames[word]; ok {
			word = other
		}
		if !slices.Contains(words, word) {
			words = append(words, word)
		}
	}
	if len(words) == 0 {
		words = all
	}
	return words[:min(len(words), maxWords)]
}

// byWords gives the entries in which every asked word occurs, with the sum of
// their penalties and one.
func (x *index) byWords(words []string) ([]int32, []int32) {
	if len(words) == 0 {
		return nil, nil
	}
	budget := maxCompared
	var means [][]found
	for _, word := range words {
		hits := x.meanings(word, len(words) == 1)
		if len(hits) > 0 {
			means = append(means, hits)
			continue
		}
		if parts := x.parts(word); len(parts) > 0 {
			means = append(means, parts...)
			continue
		}
		if hits = x.mistypedLike(word, &budget); len(hits) == 0 {
			return nil, nil
		}
		means = append(means, hits)
	}
	slices.SortStableFunc(means, func(a, b []found) int { return len(a) - len(b) })
	posts := min(maxPosts, postsPerLetter*len(strings.Join(words, "")))
	sums, entries := x.entriesOf(means[0], &posts)
	for _, m := range means[1:] {
		more, _ := x.entriesOf(m, &posts)
		entries = slices.DeleteFunc(entries, func(entry int32) bool { return more[entry] == 0 })
		for _, entry := range entries {
			sums[entry] += more[entry] - 1
		}
	}
	return sums, entries
}

// entriesOf gives the entries that hold one of the words, with the least
// penalty and one, as far as the budget reaches.
func (x *index) entriesOf(words []found, budget *int) ([]int32, []int32) {
	least := make([]int32, len(x.labels))
	room := 0
	for _, f := range words {
		room += len(x.posts[f.word])
	}
	entries := make([]int32, 0, min(room, len(x.labels), max(*budget, 0)))
	for _, f := range words {
		if *budget -= len(x.posts[f.word]); *budget < 0 {
			break
		}
		for _, post := range x.posts[f.word] {
			entry, penalty := post/ways, f.penalty+post%ways+1
			if least[entry] == 0 {
				entries = append(entries, entry)
				least[entry] = penalty
			}
			least[entry] = min(least[entry], penalty)
		}
	}
	return least, entries
}

// endings are taken off a word that leads nowhere as it stands: Magenkrebs, Blasen.
var endings = []string{"krebs", "karzinom", "carcinom", "karzinoms", "tumor", "tumoren", "tumors", "malignom", "ca", "sarkom", "metastasen", "metastase", "entfernung", "resektion", "n", "s", "en", "e"}

// parts takes a word apart that is made of two: Pankreaskopf.
func (x *index) parts(word string) [][]found {
	for cut := 4; cut <= len(word)-4; cut++ {
		first := word[:cut]
		if _, known := slices.BinarySearch(x.words, first); !known {
			first = strings.TrimSuffix(first, "s")
			if _, known = slices.BinarySearch(x.words, first); !known {
				continue
			}
		}
		if second := x.wordsLike(word[cut:], true); len(second) > 0 {
			return [][]found{x.wordsLike(first, true), second}
		}
	}
	return nil
}

// meanings gives the words that a rightly written word may mean.
func (x *index) meanings(word string, alone bool) []found {
	if hits := x.wordsLike(word, alone); len(hits) > 0 {
		return hits
	}
	for _, ending := range endings {
		rest, cut := strings.CutSuffix(word, ending)
		if !cut || len(rest) < 4 {
			continue
		}
		for _, stem := range []string{rest, strings.TrimSuffix(rest, "n"), strings.TrimSuffix(rest, "s"), strings.TrimSuffix(rest, "en")} {
			if stem == "adeno" {
				continue // an adenoma is no carcinoma
			}
			if hits := x.wordsLike(stem, alone); len(stem) >= 4 && len(hits) > 0 {
				for i := range hits {
					hits[i].penalty++
				}
				return hits
			}
		}
	}
	return nil
}

// best gives the labels of the best entries in order.
func (x *index) best(touched, scores []int32, admitted func(code string) bool) []Label {
	hits := make([]hit, 0, maxHits+1)
	for _, entry := range touched {
		h := hit{int64(scores[entry])<<32 | int64(x.rank[entry]), entry}
		if len(hits) == maxHits && h.key > hits[maxHits-1].key || !admitted(x.labels[entry].Code) {
			continue
		}
		at, _ := slices.BinarySearchFunc(hits, h, func(a, b hit) int {
			if a.key < b.key {
				return -1
			}
			return 1
		})
		hits = slices.Insert(hits, at, h)
		hits = hits[:min(len(hits), maxHits)]
	}
	out := make([]Label, len(hits))
	for i, h := range hits {
		out[i] = x.labels[h.entry]
	}
	return out
}

//go:embed data/synonyms.txt
var synonymsText string

// byways leads to codes: the words by list and the beginning of the code.
var byways = sync.OnceValue(func() map[List]map[string][]string { return readSynonyms(synonymsText) })

func readSynonyms(text string) map[List]map[string][]string {
	all := map[List]map[string][]string{}
	for _, line := range body(text) {
		list, rest, _ := strings.Cut(line, " ")
		codes, words, _ := strings.Cut(rest, ": ")
		if all[List(list)] == nil {
			all[List(list)] = map[string][]string{}
		}
		for _, code := range strings.Fields(codes) {
			all[List(list)][code] = append(all[List(list)][code], fields(words)...)
		}
	}
	return all
}

// bywaysTo gives the words that lead to a code besides those of its label.
func bywaysTo(list List, code string) []string { return slices.Clone(byways()[list][code]) }

// bywaysAbove gives the words that lead to the codes above a code.
func bywaysAbove(list List, code string) []string {
	var words []string
	for length := 2; length < len(code); length++ {
		words = append(words, byways()[list][code[:length]]...)
	}
	return words
}

// withoutM takes off the letter that morphologies are often written with: M8500/3.
func withoutM(query string) string {
	rest, cut := strings.CutPrefix(strings.ToLower(strings.TrimSpace(query)), "m")
	if rest = strings.TrimLeft(rest, "- "); cut && rest != "" && rest[0] >= '8' && rest[0] <= '9' {
		return rest
	}
	return query
}

// fillersOf are the words that say nothing in a list.
func fillersOf(list List) map[string]bool {
	switch list {
	case ListICD, ListTopography:
		return siteFillers
	case ListProtocol, ListSubstance:
		return nil
	case ListInsurer:
		return payerFillers
	}
	return smallWords
}

var (
	smallWords = wordSet("der des die den dem und mit im in am an von bei zu")
	// A word that nearly every insurer bears tells nothing of one.
	payerFillers = wordSet("der die das und von fur krankenkasse kasse versicherung krankenversicherung versicherungsverein auf gegenseitigkeit ag vvag ev ik")
	siteFillers  = wordSet("der des die den dem und mit im in am an von bei zu ca krebs karzinom carcinom carcinoma malignom neubildung bosartig bosartige bosartiger maligne maligner malignes tumor re li bds va zn v a z n auf nach verdacht zustand")
)

// besideSite are the beginnings of words that stand beside a site and tell
// nothing of it: kind, side and state of the tumour; shortBeside are such words
// that begin others, too.
var (
	besideSite = fields("adeno plattenepithel urothel neuroendokrin duktal lobulär invasiv nichtinvasiv muskelinvasiv azinär kleinzell nichtkleinzell großzell klarzell serös muzinös " +
		"papillär follikulär medullär endometrioid metastas rezidiv lokalrezidiv links rechts linksseitig rechtsseitig beidseit bilateral fortgeschritten primär differenziert high low grade")
	shortBeside = wordSet("net nec nen manec minen g1 g2 g3 ed rechte linke syndrom")
)

// siteOnly leaves them out of a query; false when nothing or all of it would go.
func siteOnly(query string) (string, bool) {
	all := fields(query)
	site := slices.DeleteFunc(slices.Clone(all), func(word string) bool {
		return shortBeside[word] || slices.ContainsFunc(besideSite, func(begin string) bool { return strings.HasPrefix(word, begin) })
	})
	return strings.Join(site, " "), len(site) > 0 && len(site) < len(all)
}

func wordSet(words string) map[string]bool {
	set := map[string]bool{}
	for word := range strings.FieldsSeq(words) {
		set[word] = true
	}
	return set
}
