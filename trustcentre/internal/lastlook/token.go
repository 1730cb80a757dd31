// SPDX-License-Identifier: EUPL-1.2

package lastlook

import (
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"meldewerk/calendar"
	"meldewerk/identity"
)

// tokens are the words and runs of digits by which a person could be known
// again, all of them folded.
type tokens struct {
	words  map[string]bool // of names and streets
	long   []string        // those that are looked for inside other words too
	runs   []string        // numbers of the sender and the insurance, letters and digits
	digits []string        // days of birth, insurance numbers
}

const (
	shortestDigits = 6 // shorter runs of digits are stages, sizes and years
	shortestNumber = 8 // of a field that holds a number
	shortestInside = 5 // shorter names stand inside ordinary words by chance
	shortestJoined = 4 // two single letters written side by side are no name
	mostJoined     = 3 // so many words in a row are tried as one name
)

// tokensOf takes the identity apart into everything that must not be found:
// each word of each name, the words of the street, the numbers, the day of
// birth in the usual ways of writing. numbers are further ones that must not
// leave, such as the sender's patient number.
func tokensOf(p *identity.Person, numbers ...string) tokens {
	t := tokens{words: map[string]bool{}}
	for _, name := range slices.Concat([]string{p.Surname, p.FirstNames, p.BirthName}, p.FormerNames) {
		t.name(fold(name))
	}
	if p.Prefix != "" {
		t.word(strings.Join(fold(p.Prefix+" "+p.Surname), ""))
	}
	addresses := []*identity.Address{&p.Address}
	if c := p.Childhood; c != nil {
		addresses = append(addresses, c.AddressAtBirth, c.PlaceOfBirth)
	}
	for _, a := range addresses {
		if a != nil {
			t.street(fold(a.Street))
		}
	}
	for _, number := range append([]string{p.Insurance.InsuredNumber(), p.Insurance.InsurerNumber()}, numbers...) {
		if run := strings.Join(fold(number), ""); len(run) >= shortestDigits {
			t.runs = append(t.runs, run)
		}
		if digits := onlyDigits(number); len(digits) >= shortestDigits {
			t.digits = append(t.digits, digits)
		}
	}
	t.birth(p.BirthDate)
	for word := range t.words {
		if utf8.RuneCountInString(word) >= shortestInside {
			t.long = append(t.long, word)
		}
	}
	return t
}

// word notes one word. A single letter and a number alone know nobody again.
func (t *tokens) word(word string) {
	if utf8.RuneCountInString(word) > 1 && onlyDigits(word) != word {
		t.words[word] = true
	}
}

func (t *tokens) name(words []string) {
	for _, word := range words {
		if len(words) == 1 || !particles[word] {
			t.word(word)
		}
	}
	t.word(strings.Join(words, ""))
}

func (t *tokens) street(words []string) {
	for _, word := range words {
		if len(words) > 1 && (particles[word] || wayWords[word]) {
			continue
		}
		t.word(word)
		for _, way := range []string{"strasse", "str"} {
			if base, of := strings.CutSuffix(word, way); of && len(base) >= shortestJoined {
				t.word(base + "strasse")
				t.word(base + "str")
			}
		}
	}
}

func (t *tokens) birth(d calendar.Date) {
	if d.IsZero() {
		return
	}
	for _, form := range []string{
		fmt.Sprintf("%02d%02d%04d", d.Day, d.Month, d.Year), fmt.Sprintf("%d%d%04d", d.Day, d.Month, d.Year),
		fmt.Sprintf("%04d%02d%02d", d.Year, d.Month, d.Day), fmt.Sprintf("%04d%d%d", d.Year, d.Month, d.Day),
		fmt.Sprintf("%02d%02d%04d", d.Month, d.Day, d.Year),
		fmt.Sprintf("%02d%02d%02d", d.Day, d.Month, d.Year%100), fmt.Sprintf("%02d%02d%02d", d.Year%100, d.Month, d.Day),
		fmt.Sprintf("%02d%04d", d.Day, d.Year), fmt.Sprintf("%d%04d", d.Day, d.Year), // the month in words between them
	} {
		if len(form) >= shortestDigits-1 && !slices.Contains(t.digits, form) {
			t.digits = append(t.digits, form)
		}
	}
}

// particles stand in many names and say nothing alone.
var particles = set("von vom van der die das den dem des de del della di da do dos du la le el al zu zum zur " +
	"am an im in auf unter und bei ten ter bin ben ibn y e")

// wayWords stand in nearly every street's name and say nothing.
var wayWords = set("str strasse weg platz allee ring gasse alte alter altes neue neuer neues grosse grosser kleine kleiner")

func set(list string) map[string]bool {
	words := map[string]bool{}
	for _, word := range fold(list) {
		words[word] = true
	}
	return words
}

// meet says whether any word, run of words or run of digits of the text is one
// of the tokens. With inside, a long name is found within a longer word too.
func (t *tokens) meet(text string, inside bool) bool {
	found := fold(text)
	for i := range found {
		joined := ""
		for j := i; j < len(found) && j < i+mostJoined; j++ {
			joined += found[j]
			if t.words[joined] && (j == i || utf8.RuneCountInString(joined) >= shortestJoined) {
				return true
			}
		}
		if inside && slices.ContainsFunc(t.long, func(name string) bool { return strings.Contains(found[i], name) }) {
			return true
		}
	}
	whole := strings.Join(found, "")
	digits := onlyDigits(whole)
	return slices.ContainsFunc(t.runs, func(run string) bool { return strings.Contains(whole, run) }) ||
		slices.ContainsFunc(t.digits, func(run string) bool { return strings.Contains(digits, run) })
}

// foreign are letters that Unicode does not take apart into a base and a mark.
var foreign = map[rune]string{'ß': "ss", 'ẞ': "ss", 'æ': "a", 'œ': "o", 'ø': "o", 'ł': "l", 'đ': "d", 'ð': "d", 'þ': "th", 'ı': "i", 'ħ': "h", 'ŋ': "n"}

// twoLetter are the ways in which umlauts are written without their marks.
var twoLetter = strings.NewReplacer("ae", "a", "oe", "o", "ue", "u")

// fold cuts a text into words of letters and words of digits and writes each
// in the one way in which all spellings of a German name meet: small letters
// without marks, Müller and Mueller and Muller alike.
func fold(text string) []string {
	var out []string
	var word strings.Builder
	digit := false
	flush := func() {
		if word.Len() > 0 {
			out = append(out, twoLetter.Replace(word.String()))
			word.Reset()
		}
	}
	for _, r := range norm.NFKD.String(text) {
		lower := unicode.ToLower(r)
		switch {
		case foreign[lower] != "" || unicode.IsLetter(lower) || unicode.IsDigit(lower):
			if isDigit := unicode.IsDigit(lower); isDigit != digit {
				flush()
				digit = isDigit
			}
			if plain, known := foreign[lower]; known {
				word.WriteString(plain)
			} else {
				word.WriteRune(lower)
			}
		case unicode.In(lower, unicode.Mn, unicode.Cf) || strings.ContainsRune("'’`´ʼ", lower):
			// A mark, an invisible sign or an apostrophe does not cut a word.
		default:
			flush()
		}
	}
	flush()
	return out
}

func onlyDigits(text string) string {
	return strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' {
			return r
		}
		return -1
	}, text)
}
