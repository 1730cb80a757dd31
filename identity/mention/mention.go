// SPDX-License-Identifier: EUPL-1.2

package mention

import (
	"fmt"
	"log/slog"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"meldewerk/calendar"
	"meldewerk/identity"
)

// Words are the words and runs of digits by which a patient could be known
// again, all of them folded. It is a secret as the person is.
type Words struct {
	words  map[string]bool // of names and streets
	long   []string        // those that are looked for inside other words too
	runs   []string        // numbers of the sender and the insurance, letters and digits
	digits []string        // days of birth, insurance numbers
	born   calendar.Date   // zero: not known
}

const redacted = "[redacted]"

// String keeps the words out of formatted text.
func (*Words) String() string { return redacted }

// GoString keeps the words out of %#v.
func (*Words) GoString() string { return redacted }

// LogValue keeps the words out of logs.
func (*Words) LogValue() slog.Value { return slog.StringValue(redacted) }

// MarshalJSON keeps the words out of JSON.
func (*Words) MarshalJSON() ([]byte, error) { return []byte(`"` + redacted + `"`), nil }

const (
	shortestDigits = 6 // shorter runs of digits are stages, sizes and years
	shortestNumber = 8 // of a field that holds a number
	shortestInside = 5 // shorter names stand inside ordinary words by chance
	shortestJoined = 4 // two single letters written side by side are no name
	mostJoined     = 3 // so many words in a row are tried as one name
	mostBetween    = 2 // so many words may stand between the parts of a day
)

// Of takes an identity apart into everything that must not be found: each word
// of each name, the words of the street, the numbers, the day of birth in the
// usual ways of writing. numbers are further ones, such as the sender's own
// number of the patient. What is empty is left out.
func Of(p *identity.Person, numbers ...string) *Words {
	w := &Words{words: map[string]bool{}}
	for _, name := range slices.Concat([]string{p.Surname, p.FirstNames, p.BirthName}, p.FormerNames) {
		w.name(fold(name))
	}
	if p.Prefix != "" {
		w.word(strings.Join(fold(p.Prefix+" "+p.Surname), ""))
	}
	addresses := []*identity.Address{&p.Address}
	if c := p.Childhood; c != nil {
		addresses = append(addresses, c.AddressAtBirth, c.PlaceOfBirth)
	}
	for _, a := range addresses {
		if a != nil {
			w.street(fold(a.Street))
		}
	}
	for _, number := range append([]string{p.Insurance.InsuredNumber(), p.Insurance.InsurerNumber()}, numbers...) {
		if run := strings.Join(fold(number), ""); len(run) >= shortestDigits {
			w.runs = append(w.runs, run)
		}
		if digits := onlyDigits(number); len(digits) >= shortestDigits {
			w.digits = append(w.digits, digits)
		}
	}
	w.birth(p.BirthDate)
	w.born = p.BirthDate
	for word := range w.words {
		if utf8.RuneCountInString(word) >= shortestInside {
			w.long = append(w.long, word)
		}
	}
	return w
}

// word notes one word. A single letter and a number alone know nobody again.
func (w *Words) word(word string) {
	if utf8.RuneCountInString(word) > 1 && onlyDigits(word) != word {
		w.words[word] = true
	}
}

func (w *Words) name(words []string) {
	for _, word := range words {
		if len(words) == 1 || !particles[word] {
			w.word(word)
		}
	}
	joined := strings.Join(words, "")
	w.word(joined)
	w.word(twoLetter.Replace(joined)) // as it folds when it is written in one word
}

func (w *Words) street(words []string) {
	for _, word := range words {
		if len(words) > 1 && (particles[word] || wayWords[word]) {
			continue
		}
		w.word(word)
		for _, way := range []string{"strasse", "str"} {
			if base, of := strings.CutSuffix(word, way); of && len(base) >= shortestJoined {
				w.word(base + "strasse")
				w.word(base + "str")
			}
		}
	}
}

func (w *Words) birth(d calendar.Date) {
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
		if len(form) >= shortestDigits-1 && !slices.Contains(w.digits, form) {
			w.digits = append(w.digits, form)
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

// In says whether any word, run of words or run of digits of a text belongs to
// the identity. A name inside a longer word does not count: Hagen may live in
// Hagenow. Digits belong together when at most two words stand between them, so
// that a long finding full of measures spells no day of birth by chance.
func (w *Words) In(text string) bool {
	found := fold(text)
	return w.named(found, false) || w.dated(found) || w.numbered(found, func(number string) bool {
		return slices.ContainsFunc(neighbours(found), func(digits string) bool { return strings.Contains(digits, number) })
	})
}

// InProse is In for what somebody writes in sentences of his own: a name is
// found with the ending of its genitive too, as in "Grünwalds Tochter" and "des
// Fliederweges".
func (w *Words) InProse(text string) bool {
	return w.In(text) || slices.ContainsFunc(fold(text), func(word string) bool {
		if endInS[word] {
			return false
		}
		for _, ending := range []string{"s", "es"} {
			if stem, has := strings.CutSuffix(word, ending); has && len(stem) >= shortestStem && w.words[stem] {
				return true
			}
		}
		return false
	})
}

// shortestStem keeps "als" from being taken for what belongs to Al.
const shortestStem = 4

// endInS are words that no name has made, however well it would fit.
var endInS = set("links rechts beiderseits beidseits anders besonders teils jeweils mittels seitens abends morgens nachts mittags bereits stets " +
	"erstens zweitens meines seines ihres eines keines dieses jenes alles vieles nichts falls niemals damals abseits diesseits jenseits kurs")

// Inside is In for a field of few short words, where nothing of the kind is
// expected: a name of five letters or more is found within a longer word too,
// and all digits belong together.
func (w *Words) Inside(text string) bool {
	found := fold(text)
	digits := onlyDigits(strings.Join(found, ""))
	return w.named(found, true) || w.dated(found) || w.numbered(found, func(number string) bool { return strings.Contains(digits, number) })
}

// Number says whether the whole number is one of the identity's: a day of birth
// or an insurance number. Numbers of fewer than eight digits never are.
func (w *Words) Number(digits string) bool {
	return len(digits) >= shortestNumber && slices.Contains(w.digits, digits)
}

// named says whether a word, or some in a row, are a name or a street.
func (w *Words) named(found []string, inside bool) bool {
	for i := range found {
		joined := ""
		for j := i; j < len(found) && j < i+mostJoined; j++ {
			joined += found[j]
			if w.words[joined] && (j == i || utf8.RuneCountInString(joined) >= shortestJoined) {
				return true
			}
		}
		if inside && slices.ContainsFunc(w.long, func(name string) bool { return strings.Contains(found[i], name) }) {
			return true
		}
	}
	return false
}

// numbered says whether a number of the identity stands there.
func (w *Words) numbered(found []string, has func(number string) bool) bool {
	whole := strings.Join(found, "")
	return slices.ContainsFunc(w.runs, func(run string) bool { return strings.Contains(whole, run) }) || slices.ContainsFunc(w.digits, has)
}

// dated says whether the day of birth stands there with a year of two digits
// and no leading zeros, or with the name of the month: as 7.3.51 or 7. März 51.
// Its digits alone are too few to be told from measures.
func (w *Words) dated(found []string) bool {
	if w.born.IsZero() {
		return false
	}
	is := func(word string, n int) bool { return word == strconv.Itoa(n) || word == fmt.Sprintf("%02d", n) }
	for i := range max(0, len(found)-2) {
		day, month, year := found[i], found[i+1], found[i+2]
		if is(day, int(w.born.Day)) && (is(month, int(w.born.Month)) || months[month] == w.born.Month) &&
			(year == fmt.Sprintf("%02d", w.born.Year%100) || year == strconv.Itoa(int(w.born.Year))) {
			return true
		}
	}
	return false
}

// months are the names of months as they fold, and their usual short forms.
var months = func() map[string]uint8 {
	out := map[string]uint8{}
	for i, names := range []string{"januar janner jan", "februar feb", "marz mrz", "april apr", "mai", "juni jun", "juli jul",
		"august aug", "september sept sep", "oktober okt", "november nov", "dezember dez"} {
		for name := range strings.FieldsSeq(names) {
			out[name] = uint8(i + 1)
		}
	}
	return out
}()

// neighbours joins the runs of digits that stand close to each other.
func neighbours(found []string) []string {
	var out []string
	digits, apart := "", 0
	for _, word := range found {
		switch {
		case onlyDigits(word) == word:
			digits, apart = digits+word, 0
		case apart == mostBetween:
			out, digits, apart = append(out, digits), "", 0
		default:
			apart++
		}
	}
	return append(out, digits)
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
