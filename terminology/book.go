// SPDX-License-Identifier: EUPL-1.2

package terminology

import (
	"cmp"
	"slices"
	"sync"
)

// Book is the Kodierbuch: the tables that come with the program and the
// official editions that an operator has laid beside it. Where an edition has
// a code, its words and its years count; else those of the program. It is safe
// for concurrent use and never changes.
type Book struct {
	editions map[Kind][]*Edition // by year, the oldest first
	insurers *Edition
	indexes  map[indexKey]func() *index
}

// indexKey is one list, of one year where editions make a difference.
type indexKey struct {
	list List
	year int
}

// BuiltIn is the Book without any official edition; the functions of the
// package answer from it.
var BuiltIn = sync.OnceValue(func() *Book { return newBook(nil) })

// newBook binds editions; of two of the same kind and year the later counts.
func newBook(editions []*Edition) *Book {
	b := &Book{editions: map[Kind][]*Edition{}, indexes: map[indexKey]func() *index{}}
	for _, e := range editions {
		held := slices.DeleteFunc(b.editions[e.Kind], func(o *Edition) bool { return o.Year == e.Year })
		held = append(held, e)
		slices.SortFunc(held, func(a, b *Edition) int { return cmp.Compare(a.Year, b.Year) })
		b.editions[e.Kind] = held
	}
	if all := b.editions[KindInsurer]; len(all) > 0 {
		b.insurers = all[len(all)-1]
	}
	for list, kind := range map[List]Kind{ListICD: KindICD10GM, ListTopography: KindICDO3, ListMorphology: KindICDO3, ListOPS: KindOPS, ListSubstance: KindATC, ListProtocol: "", ListInsurer: KindInsurer} {
		b.indexes[indexKey{list, 0}] = sync.OnceValue(func() *index { return b.indexList(list, nil) })
		for _, e := range b.editions[kind] {
			b.indexes[indexKey{list, e.Year}] = sync.OnceValue(func() *index { return b.indexList(list, e) })
		}
	}
	return b
}

// Editions lists the official editions in the book by kind and year.
func (b *Book) Editions() []*Edition {
	var all []*Edition
	for _, kind := range Kinds() {
		all = append(all, b.editions[kind]...)
	}
	return all
}

// edition gives the edition of a kind that speaks for a year: that of the
// year itself, else the last before it, else the first after it; for year 0
// the newest. nil when there is none of the kind.
func (b *Book) edition(kind Kind, year int) *Edition {
	held := b.editions[kind]
	if len(held) == 0 {
		return nil
	}
	if year == 0 {
		return held[len(held)-1]
	}
	best := held[0]
	for _, e := range held {
		if e.Year <= year {
			best = e
		}
	}
	return best
}

// exactly gives the edition of just that year, or nil.
func (b *Book) exactly(kind Kind, year int) *Edition {
	if e := b.edition(kind, year); e != nil && e.Year == year {
		return e
	}
	return nil
}

// words gives the words of the newest edition that has just this code.
func (b *Book) words(kind Kind, code string, year int) (Label, bool) {
	if year != 0 {
		if e := b.edition(kind, year); e != nil {
			if l, ok := e.label(code); ok {
				return l, true
			}
		}
	}
	held := b.editions[kind]
	for i := len(held) - 1; i >= 0; i-- {
		if l, ok := held[i].label(code); ok {
			return l, true
		}
	}
	return Label{}, false
}

// shorter answers with the longest beginning of the code that an edition has,
// unless the built-in label is nearer.
func (b *Book) shorter(kind Kind, code string, least, year int, own Label, known bool) (Label, bool) {
	if len(b.editions[kind]) == 0 || known && own.Exact {
		return own, known
	}
	for rest := code; len(rest) >= least && (!known || len(rest) >= len(own.Code)); rest = trimmed(rest) {
		if l, ok := b.words(kind, rest, year); ok {
			l.Exact = rest == code
			return l, true
		}
	}
	return own, known
}

// trimmed is a code without its last character, and without a dot at its end.
func trimmed(code string) string {
	code = code[:len(code)-1]
	if len(code) > 0 && code[len(code)-1] == '.' {
		code = code[:len(code)-1]
	}
	return code
}

// ICD gives the words for a code of ICD-10-GM, as the function ICD does; with
// an official edition for every code of it, tumour or not.
func (b *Book) ICD(code string) (Label, bool) { return b.ICDIn(code, 0) }

// ICDIn gives the words that a code of ICD-10-GM had in a year.
func (b *Book) ICDIn(code string, year int) (Label, bool) {
	if l, ok := b.words(KindICD10GM, code, year); ok {
		return l, true
	}
	own, known := ICD(code)
	return b.shorter(KindICD10GM, code, 3, year, own, known)
}

// Topography gives the words for a site in ICD-O, e.g. C50.4.
func (b *Book) Topography(code string) (Label, bool) {
	if l, ok := b.words(KindICDO3, code, 0); ok {
		return l, true
	}
	return Topography(code)
}

// Morphology gives the words for a morphology in ICD-O with behaviour, e.g. 8500/3.
func (b *Book) Morphology(code string) (Label, bool) {
	if l, ok := b.words(KindICDO3, code, 0); ok {
		return l, true
	}
	return Morphology(code)
}

// OPS gives the words for a procedure; a longer code answers with the longest
// beginning that is held.
func (b *Book) OPS(code string) (Label, bool) { return b.OPSIn(code, 0) }

// OPSIn gives the words that a procedure had in a year.
func (b *Book) OPSIn(code string, year int) (Label, bool) {
	code = withoutSide(code)
	if l, ok := b.words(KindOPS, code, year); ok {
		return l, true
	}
	own, known := OPS(code)
	return b.shorter(KindOPS, code, 5, year, own, known)
}

// ATC gives the name of a substance, e.g. L02BA01.
func (b *Book) ATC(code string) (Label, bool) {
	if l, ok := b.words(KindATC, code, 0); ok {
		return l, true
	}
	return ATC(code)
}

// KnownICD says whether ICD-10-GM has the code: a tumour code in any year, or
// any code of an official edition.
func (b *Book) KnownICD(code string) bool { return b.has(KindICD10GM, code) || KnownICD(code) }

// CompleteICD says whether no digit is missing.
func (b *Book) CompleteICD(code string) bool {
	for _, e := range slices.Backward(b.editions[KindICD10GM]) {
		if at, ok := e.at[code]; ok {
			return e.entries[at].terminal
		}
	}
	return CompleteICD(code)
}

// ICDInYear says whether ICD-10-GM of a year has the code. The edition of the
// year decides; without it what the program knows of the tumour codes, and any
// other code counts as one of all years.
func (b *Book) ICDInYear(code string, year int) bool {
	if e := b.exactly(KindICD10GM, year); e != nil {
		_, ok := e.at[code]
		return ok
	}
	if KnownICD(code) {
		return ICDInYear(code, year)
	}
	return b.has(KindICD10GM, code)
}

// KnownTopography says whether ICD-O-3 has the site.
func (b *Book) KnownTopography(code string) bool {
	return b.has(KindICDO3, code) || KnownTopography(code)
}

// KnownMorphology says whether the national list or an official edition has
// the morphology with its behaviour.
func (b *Book) KnownMorphology(code string) bool {
	return b.has(KindICDO3, code) || KnownMorphology(code)
}

// OPSInYear says whether OPS of a year has the procedure: the edition of the
// year decides; without it the few codes whose years the program knows.
func (b *Book) OPSInYear(code string, year int) bool {
	code = withoutSide(code)
	if e := b.exactly(KindOPS, year); e != nil {
		_, ok := e.at[code]
		return ok
	}
	return OPSInYear(code, year)
}

// HasInsurers says whether the list of the insurers is in the book.
func (b *Book) HasInsurers() bool { return b.insurers != nil }

// Insurer gives the name behind an Institutionskennzeichen. Without the list
// of the insurers none is known.
func (b *Book) Insurer(number string) (string, bool) {
	if b.insurers == nil {
		return "", false
	}
	l, ok := b.insurers.label(number)
	return l.Text, ok
}

func (b *Book) has(kind Kind, code string) bool {
	for _, e := range b.editions[kind] {
		if _, ok := e.at[code]; ok {
			return true
		}
	}
	return false
}

// Search finds codes of a list by code or words, as the function Search does,
// over the official editions too: over that which speaks for the year. An
// insurer is always looked for in the newest list.
func (b *Book) Search(list List, query string, year int) []Label {
	switch list {
	case ListInsurer:
		year = 0
	case ListMorphology:
		query = withoutM(query)
	}
	key := indexKey{list, 0}
	if e := b.edition(kindOf(list), year); e != nil {
		key.year = e.Year
	}
	made, ok := b.indexes[key]
	if !ok {
		return nil
	}
	admitted := func(string) bool { return true }
	switch {
	case year != 0 && list == ListICD:
		admitted = func(code string) bool { return b.ICDInYear(code, year) }
	case year != 0 && list == ListOPS:
		admitted = func(code string) bool { return b.OPSInYear(code, year) }
	}
	hits := made().search(query, fillersOf(list), admitted)
	if len(hits) == 0 && (list == ListICD || list == ListTopography) {
		if site, shorter := siteOnly(query); shorter {
			hits = made().search(site, fillersOf(list), admitted)
		}
	}
	return hits
}

// kindOf is the kind of edition that speaks for a list.
func kindOf(list List) Kind {
	switch list {
	case ListICD:
		return KindICD10GM
	case ListTopography, ListMorphology:
		return KindICDO3
	case ListOPS:
		return KindOPS
	case ListSubstance:
		return KindATC
	case ListInsurer:
		return KindInsurer
	}
	return ""
}
