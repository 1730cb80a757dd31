// SPDX-License-Identifier: EUPL-1.2

package controlnumber

import (
	"fmt"
	"io"
	"log/slog"
	"slices"
	"strings"

	"meldewerk/identity"
)

// Profile is the version of the standardisation that Standardise follows.
// Its rules and lists never change; other rules are another profile.
const Profile = "kn-1"

// maxComponents is how many components of a name have a slot.
const maxComponents = 3

// maxTitles is how many titles have a slot.
const maxTitles = 2

// Standard is an identity in the form of profile kn-1: the values control
// numbers are formed of. It holds clear names and prints as [redacted].
type Standard struct {
	Surname    Name
	FirstName  Name
	BirthName  Name
	FormerName Name     // all former names together
	Titles     []string // academic titles, highest first, at most two
	Day        string   // two digits, empty unless the day of birth is known exactly
	KVNR       string   // immutable part of a statutory insurance number with a right check digit
}

// Name is one standardised name.
type Name struct {
	Components []string // at most three, only A to Z, in the order of the field
	Particles  []string // von, van, de, zu …: set apart, forms no number
	Suffixes   []string // JUN, SEN: set apart, forms no number
	Phonetic   string   // Kölner Phonetik of the components written as one word
}

// Standardise brings an identity into the form of profile kn-1.
func Standardise(p identity.Person) Standard {
	titles := titlesOf(p.Title)
	surname, inSurname := standardName(p.Surname, surnames)
	first, inFirst := standardName(p.FirstNames, firstNames)
	birth, _ := standardName(p.BirthName, surnames)
	// A sender may write the same title into several fields: one field counts.
	for _, found := range [][]string{inSurname, inFirst} {
		if len(titles) == 0 {
			titles = found
		}
	}
	return Standard{
		Surname:    surname,
		FirstName:  first,
		BirthName:  birth,
		FormerName: formerName(p.FormerNames),
		Titles:     order(titles),
		Day:        day(p),
		KVNR:       insured(p.Insurance),
	}
}

// field says which of the rules hold for a name.
type field int

const (
	surnames field = iota
	firstNames
)

// standardName splits a field into components and what is set apart, and
// returns titles that stood in it.
func standardName(text string, f field) (Name, []string) {
	folded := fold(text)
	if missing(folded, f) {
		return Name{}, nil
	}
	tokens := strings.Fields(folded)
	var n Name
	rest, titles := takeTitles(tokens)
	rest, n.Suffixes = takeSuffixes(rest)
	if f == surnames {
		rest = dropNobility(rest)
		rest, n.Particles = takeParticles(rest)
	}
	if missing(strings.Join(rest, " "), f) {
		return Name{}, titles
	}
	n.Components = rest[:min(len(rest), maxComponents):min(len(rest), maxComponents)]
	n.Phonetic = Cologne(strings.Join(n.Components, ""))
	return n, titles
}

// formerName puts all former names into one: the first three different
// components, the phonetic code of the first name that has one.
func formerName(texts []string) Name {
	var all Name
	for _, text := range texts {
		n, _ := standardName(text, surnames)
		for _, c := range n.Components {
			if len(all.Components) < maxComponents && !slices.Contains(all.Components, c) {
				all.Components = append(all.Components, c)
			}
		}
		all.Particles = append(all.Particles, n.Particles...)
		all.Suffixes = append(all.Suffixes, n.Suffixes...)
		if all.Phonetic == "" {
			all.Phonetic = n.Phonetic
		}
	}
	return all
}

// missing says whether a folded field names nobody.
func missing(folded string, f field) bool {
	if folded == "" || placeholders[folded] {
		return true
	}
	if f == surnames {
		return false
	}
	tokens := strings.Fields(folded)
	if !newborns[tokens[0]] {
		return false
	}
	for _, t := range tokens[1:] {
		if !newborns[t] && !counts[t] {
			return false
		}
	}
	return true
}

// takeTitles sets apart academic titles and the faculties behind them. A field
// of nothing else keeps its words: somebody is called so.
func takeTitles(tokens []string) ([]string, []string) {
	var rest, titles []string
	after := false
	for _, t := range tokens {
		switch {
		case titlesInNames[t]:
			titles, after = append(titles, titleSpellings[t]), true
		case after && faculties[t]:
		default:
			rest, after = append(rest, t), false
		}
	}
	if len(rest) == 0 {
		return tokens, nil
	}
	return rest, titles
}

// takeSuffixes sets apart JUN and SEN behind the name.
func takeSuffixes(tokens []string) ([]string, []string) {
	end := len(tokens)
	for end > 1 && suffixes[tokens[end-1]] {
		end--
	}
	var taken []string
	for _, t := range tokens[end:] {
		if t[0] == 'J' {
			taken = append(taken, "JUN")
		} else {
			taken = append(taken, "SEN")
		}
	}
	return tokens[:end], taken
}

// dropNobility leaves out Adelstitel, unless nothing but particles would remain.
func dropNobility(tokens []string) []string {
	var rest []string
	named := false
	for i, t := range tokens {
		followed := i+1 < len(tokens) && particles[tokens[i+1]]
		if nobility[t] || nobilityBeforeParticle[t] && followed {
			continue
		}
		rest = append(rest, t)
		named = named || !particles[t]
	}
	if !named {
		return tokens
	}
	return rest
}

// takeParticles sets apart von, van, de and the like, unless nothing else
// remains: Le and Do are surnames too.
func takeParticles(tokens []string) ([]string, []string) {
	var rest, taken []string
	for _, t := range tokens {
		if particles[t] {
			taken = append(taken, t)
		} else {
			rest = append(rest, t)
		}
	}
	if len(rest) == 0 {
		return tokens, nil
	}
	return rest, taken
}

// titlesOf reads the field Titel; what is no known title is left out.
func titlesOf(text string) []string {
	var titles []string
	for t := range strings.FieldsSeq(fold(text)) {
		if title, known := titleSpellings[t]; known {
			titles = append(titles, title)
		}
	}
	return titles
}

// order puts titles into the fixed order and keeps the first two. A title
// given twice counts twice: Dr. Dr. is another person than Dr.
func order(titles []string) []string {
	if len(titles) == 0 {
		return nil
	}
	slices.SortFunc(titles, func(a, b string) int { return ranks[a] - ranks[b] })
	return titles[:min(len(titles), maxTitles)]
}

// day is the day of birth, when it is known to the day.
func day(p identity.Person) string {
	d := p.BirthDate
	if !d.IsExact() || d.Day < 1 || d.Day > 31 {
		return ""
	}
	return fmt.Sprintf("%02d", d.Day)
}

// insured is the immutable part of the insurance number: ten characters, of
// statutory insurance only. A number whose check digit is wrong is a typing
// error or an invention; equal numbers count as near-proof of one person, so
// it forms nothing.
func insured(i identity.Insurance) string {
	if i.Statutory == nil {
		return ""
	}
	number := strings.ToUpper(strings.TrimSpace(i.Statutory.Number))
	if len(number) != 10 || !checkDigitFits(number) {
		return ""
	}
	return number
}

// checkDigitFits verifies the tenth character of an insurance number: the
// letter as two digits and the eight digits behind it, weighed 1 and 2 in
// turn, sum of the digits of the products, modulo 10.
func checkDigitFits(number string) bool {
	letter := number[0]
	if letter < 'A' || letter > 'Z' {
		return false
	}
	place := int(letter-'A') + 1
	digits := []int{place / 10, place % 10}
	zero := true
	for i := 1; i < len(number); i++ {
		if number[i] < '0' || number[i] > '9' {
			return false
		}
		digits = append(digits, int(number[i]-'0'))
		zero = zero && number[i] == '0'
	}
	sum := 0
	for i, d := range digits[:len(digits)-1] {
		product := d * (1 + i%2)
		sum += product/10 + product%10
	}
	return !zero && sum%10 == digits[len(digits)-1]
}

// String hides the names.
func (s Standard) String() string { return "[redacted]" }

// GoString hides the names.
func (s Standard) GoString() string { return "[redacted]" }

// Format hides the names whatever the verb.
func (s Standard) Format(w fmt.State, _ rune) {
	_, _ = io.WriteString(w, "[redacted]") // fmt keeps the error of its own writer
}

// LogValue hides the names from logs.
func (s Standard) LogValue() slog.Value { return slog.StringValue("[redacted]") }

// String hides the name.
func (n Name) String() string { return "[redacted]" }

// Format hides the name whatever the verb.
func (n Name) Format(w fmt.State, _ rune) {
	_, _ = io.WriteString(w, "[redacted]") // fmt keeps the error of its own writer
}

// LogValue hides the name from logs.
func (n Name) LogValue() slog.Value { return slog.StringValue("[redacted]") }
