// SPDX-License-Identifier: EUPL-1.2

package synth

import (
	"strings"
	"unicode"

	"meldewerk/calendar"
	"meldewerk/identity"
)

// variant is what a further reporter knows of the patient: mostly the same,
// sometimes an older name or address, a slip of the pen or less detail.
func (p *patient) variant(d *draw) identity.Person {
	v := p.person
	v.FormerNames = append([]string(nil), p.person.FormerNames...)
	if d.chance(75) {
		v.Address = p.moved
	}
	renamed(d, &v)
	if v.BirthName != "" && d.chance(220) {
		v.BirthName = ""
	}
	if d.chance(350) {
		v.FormerNames = nil
	}
	if v.Title != "" && d.chance(300) {
		v.Title = ""
	}
	switch roll := d.IntN(1000); {
	case roll < 22:
		v.Surname = slip(d, v.Surname)
	case roll < 40:
		v.FirstNames = slip(d, v.FirstNames)
	case roll < 60:
		v.Surname, v.FirstNames, v.BirthName = plain(v.Surname), plain(v.FirstNames), plain(v.BirthName)
	case roll < 110:
		v.FirstNames = shortened(v.FirstNames)
	case roll < 118:
		v.BirthDate = misread(d, p.born)
	}
	if s := v.Insurance.Statutory; s != nil && d.chance(30) {
		v.Insurance.Statutory = &identity.StatutoryInsurance{Insurer: oneWord(d, funds), Number: s.Number}
	}
	return v
}

// renamed lets a reporter still have the name from before the marriage, or
// already the one after it.
func renamed(d *draw, v *identity.Person) {
	if v.BirthName == "" || !d.chance(45) {
		return
	}
	if d.chance(600) {
		v.Surname, v.BirthName = v.BirthName, ""
		return
	}
	v.FormerNames = append(v.FormerNames, v.Surname)
	v.Surname = v.BirthName
}

// plain writes umlauts and ß out, as systems without them do.
func plain(s string) string {
	return strings.NewReplacer("ä", "ae", "ö", "oe", "ü", "ue", "Ä", "Ae", "Ö", "Oe", "Ü", "Ue", "ß", "ss").Replace(s)
}

// shortened leaves out all but the first of several first names.
func shortened(firstNames string) string {
	if first, _, found := strings.Cut(firstNames, " "); found {
		return first
	}
	return strings.Replace(firstNames, "-", " ", 1)
}

// sounds are spellings that are taken for one another.
var sounds = [][2]string{{"ei", "ai"}, {"ey", "ei"}, {"ay", "ai"}, {"dt", "tt"}, {"tz", "z"}, {"ph", "f"}, {"th", "t"},
	{"ck", "k"}, {"ff", "f"}, {"mm", "m"}, {"nn", "n"}, {"ll", "l"}, {"ss", "s"}, {"c", "k"}, {"ie", "i"}, {"ah", "a"}}

// slip misspells a name once.
func slip(d *draw, name string) string {
	if d.chance(500) {
		from := d.IntN(len(sounds))
		for i := range sounds {
			pair := sounds[(from+i)%len(sounds)]
			if strings.Contains(name, pair[0]) {
				return strings.Replace(name, pair[0], pair[1], 1)
			}
		}
	}
	letters := []rune(name)
	// Never the first letter, and only where two letters stand together.
	at := d.between(1, max(len(letters)-2, 1))
	if at+1 >= len(letters) || !unicode.IsLetter(letters[at]) || !unicode.IsLetter(letters[at+1]) {
		return name
	}
	switch d.IntN(3) {
	case 0:
		letters[at], letters[at+1] = unicode.ToLower(letters[at+1]), unicode.ToLower(letters[at])
	case 1:
		letters = append(letters[:at], letters[at+1:]...)
	default:
		letters = append(letters[:at+1], letters[at:]...)
	}
	return string(letters)
}

// misread gives a birth date with day and month exchanged, or another day of
// the same month.
func misread(d *draw, born day) calendar.Date {
	date := born.exact()
	if date.Day <= 12 && date.Day != date.Month && d.chance(600) {
		date.Day, date.Month = date.Month, date.Day
		return date
	}
	date.Day = uint8(d.between(1, 28))
	return date
}
