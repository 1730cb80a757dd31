// SPDX-License-Identifier: EUPL-1.2

package access

import (
	"fmt"
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"meldewerk/account"
)

var german = strings.NewReplacer("ä", "ae", "ö", "oe", "ü", "ue", "ß", "ss", "æ", "ae", "ø", "oe", "å", "aa", "ł", "l", "đ", "d", "ı", "i", "þ", "th", "ð", "d")

// Fold makes the form in which names are compared and searched: small letters
// without marks, ä as ae, everything else a blank.
func Fold(text string) string {
	text = german.Replace(strings.ToLower(norm.NFC.String(text)))
	text = strings.Map(func(r rune) rune {
		switch {
		case unicode.Is(unicode.Mn, r):
			return -1
		case unicode.IsLetter(r), unicode.IsDigit(r):
			return r
		}
		return ' '
	}, norm.NFD.String(text))
	return strings.Join(strings.Fields(text), " ")
}

// containsWords says whether every typed word begins a word of the text.
func containsWords(folded, typed string) bool {
	words := strings.Fields(folded)
	wanted := strings.Fields(Fold(typed))
	for _, w := range wanted {
		if !slices.ContainsFunc(words, func(have string) bool { return strings.HasPrefix(have, w) }) {
			return false
		}
	}
	return len(wanted) > 0
}

// titles are words of a name that do not tell people apart.
var titles = []string{"dr", "prof", "professor", "med", "dent", "rer", "nat", "phil", "dipl", "frau", "herr", "pd", "priv", "doz"}

// sameName says whether two names can be those of one person: the same words
// in any order, without titles.
func sameName(a, b string) bool {
	core := func(name string) []string {
		words := slices.DeleteFunc(strings.Fields(Fold(name)), func(w string) bool { return slices.Contains(titles, w) })
		slices.Sort(words)
		return words
	}
	x, y := core(a), core(b)
	return len(x) > 0 && slices.Equal(x, y)
}

// ProposeUsername makes a Benutzername from a name that nobody of the taken
// ones has: first letter, full stop, last word.
func ProposeUsername(name string, taken func(account.Username) bool) account.Username {
	words := slices.DeleteFunc(strings.Fields(Fold(name)), func(w string) bool { return slices.Contains(titles, w) })
	ascii := func(text string) string {
		return strings.Map(func(r rune) rune {
			if r >= 'a' && r <= 'z' || r >= '0' && r <= '9' {
				return r
			}
			return -1
		}, text)
	}
	stem := ""
	if len(words) > 0 {
		stem = ascii(words[len(words)-1])
		if first := ascii(words[0]); len(words) > 1 && first != "" {
			stem = first[:1] + "." + stem
		}
	}
	if len(stem) < 3 {
		stem = "zugang." + stem
	}
	stem = strings.TrimSuffix(stem[:min(len(stem), 56)], ".")
	for n := 1; ; n++ {
		proposed := account.Username(stem)
		if n > 1 {
			proposed = account.Username(fmt.Sprintf("%s%d", stem, n))
		}
		if !taken(proposed) {
			return proposed
		}
	}
}
