// SPDX-License-Identifier: EUPL-1.2

package terminology

import (
	"cmp"
	"strings"
)

// indexList makes the index of a list: the codes of the edition, if there is
// one, with its words, and those of the program that it has not.
func (b *Book) indexList(list List, e *Edition) *index {
	own := builtInEntries(list)
	if e == nil {
		return indexOf(own, fillersOf(list))
	}
	var all []listed
	held := map[string]bool{}
	for _, entry := range e.entries {
		if !inList(list, entry.code) {
			continue
		}
		held[entry.code] = true
		all = append(all, listed{
			label: Label{Code: entry.code, Text: entry.text, Exact: true},
			also:  byOther(list, entry),
			above: bywaysAbove(list, entry.code),
			rank:  rankOf(list, entry.code),
		})
	}
	for _, l := range own {
		if !held[l.label.Code] {
			all = append(all, l)
		}
	}
	x := indexOf(all, fillersOf(list))
	x.uncut = list == ListInsurer
	return x
}

// inList says whether a code of an edition belongs to the list: ICD-O has its
// sites and its morphologies in one edition.
func inList(list List, code string) bool {
	switch list {
	case ListTopography:
		return strings.HasPrefix(code, "C")
	case ListMorphology:
		return strings.Contains(code, "/")
	case ListSubstance:
		return len(code) == 7
	}
	return true
}

// byOther are the words that lead to a code of an edition besides its own.
func byOther(list List, entry editionEntry) []string {
	if list == ListInsurer {
		return insurerWords(entry.code, entry.text)
	}
	return append(ownWords(list, entry.code), bywaysTo(list, entry.code)...)
}

// ownWords are the words of the program for a code of an edition, as byways.
func ownWords(list List, code string) []string {
	var l Label
	var ok bool
	switch list {
	case ListICD:
		l, ok = ICD(code)
	case ListTopography:
		l, ok = Topography(code)
	case ListMorphology:
		l, ok = Morphology(code)
	case ListOPS:
		l, ok = OPS(code)
	case ListSubstance:
		l, ok = ATC(code)
	}
	if !ok || !l.Exact {
		return nil
	}
	return fields(l.Text)
}

// builtInEntries are the codes of the program with their words.
func builtInEntries(list List) []listed {
	switch list {
	case ListICD:
		return listedOf(list, icdOrder, ICD)
	case ListTopography:
		return listedOf(list, topographyOrder, Topography)
	case ListMorphology:
		return listedOf(list, morphologyOrder, Morphology)
	case ListOPS:
		return listedOf(list, ops().codes, OPS)
	case ListSubstance:
		return substanceEntries()
	case ListProtocol:
		var all []listed
		for _, p := range protocols {
			text := strings.TrimSuffix(p.Name+": "+strings.Join(p.Substances, ", "), ": ")
			all = append(all, listed{label: Label{Code: p.Name, Text: text, Exact: true}, also: bywaysTo(list, p.Name)})
		}
		return all
	}
	return nil
}

// substanceEntries are the substances of the national list and those of ATC beside them.
func substanceEntries() []listed {
	var all []listed
	held := map[string]bool{}
	add := func(code, name string) {
		all = append(all, listed{label: Label{Code: code, Text: name, Exact: true}, also: bywaysTo(ListSubstance, code), above: bywaysAbove(ListSubstance, code)})
		held[code], held[fold(name)] = true, true
	}
	codes := map[string]string{}
	for _, code := range atc().codes {
		codes[fold(atc().words[code])] = code
	}
	for _, s := range substances {
		add(cmp.Or(s.ATC, codes[fold(s.Name)], s.Name), s.Name)
	}
	for _, code := range atc().codes {
		if name := atc().words[code]; !held[code] && !held[fold(name)] {
			add(code, name)
		}
	}
	return all
}

func listedOf(list List, codes []string, words func(string) (Label, bool)) []listed {
	var all []listed
	for _, code := range codes {
		if l, ok := words(code); ok {
			all = append(all, listed{label: Label{Code: code, Text: l.Text, Exact: l.Exact}, also: bywaysTo(list, code), above: bywaysAbove(list, code), rank: rankOf(list, code)})
		}
	}
	return all
}

// rankOf puts the reportable before the rest, and the malignant before other
// behaviours.
func rankOf(list List, code string) int {
	switch list {
	case ListICD:
		switch {
		case !KnownICD(code):
			return 3
		case code[0] == 'C' && code >= "C77" && code < "C80":
			return 2 // a metastasis is looked up, but never reported as the tumour
		}
		return int(FullDuty - DutyOf(code))
	case ListMorphology:
		return strings.IndexByte("321069", code[len(code)-1])
	}
	return 0
}
