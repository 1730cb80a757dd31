// SPDX-License-Identifier: EUPL-1.2

package account

import (
	_ "embed"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"meldewerk/fault"
)

// Length of a chosen password in characters (NIST SP 800-63B-4 §3.1.1.2,
// ASVS 5.0 V6.2.1 and V6.2.9).
const (
	MinPasswordLength = 15
	MaxPasswordLength = 128
)

// maxTypedBytes is more than any password that can be right: longer ones are
// refused before anything is counted or computed.
const maxTypedBytes = MaxPasswordLength * utf8.UTFMax

// MaxUsernameBytes is more than any user name that can exist.
const MaxUsernameBytes = 256

// The refusals of a password.
var (
	ErrInputTooLong = fault.New(fault.Invalid, "account.input_too_long",
		"Benutzername oder Passwort sind länger, als sie sein können. Geben Sie beide wie im Schreiben zu Ihrem Zugang ein.")
	ErrPasswordShort = fault.New(fault.Invalid, "account.password_short",
		"Das Passwort hat weniger als 15 Zeichen. Wählen Sie ein längeres, zum Beispiel vier Wörter, die nichts miteinander zu tun haben.")
	ErrPasswordLong = fault.New(fault.Invalid, "account.password_long",
		"Das Passwort hat mehr als 128 Zeichen. Wählen Sie ein kürzeres.")
	ErrPasswordKnown = fault.New(fault.Invalid, "account.password_known",
		"Dieses Passwort ist leicht zu erraten: Es besteht vor allem aus bekannten Wörtern, Namen oder Folgen. Wählen Sie ein anderes.")
)

// Username is a Benutzername: unique in a house, compared without regard to case.
type Username string

// NormaliseUsername makes the compared form of what was typed. It accepts
// anything: a name that cannot exist is simply an unknown one.
func NormaliseUsername(typed string) Username {
	return Username(strings.ToLower(strings.TrimSpace(typed)))
}

// NewUsername refuses names that cannot be typed safely from a letter: 3 to 64
// characters out of small letters a to z, digits and . - _ @.
func NewUsername(text string) (Username, error) {
	name := NormaliseUsername(text)
	if len(name) < 3 || len(name) > 64 || strings.Trim(string(name), "abcdefghijklmnopqrstuvwxyz0123456789.-_@") != "" {
		return "", fault.New(fault.Invalid, "account.username",
			"Ein Benutzername hat 3 bis 64 Zeichen: Buchstaben a bis z, Ziffern, Punkt, Bindestrich, Unterstrich und @. Wählen Sie einen solchen.")
	}
	return name, nil
}

// CheckTyped refuses input that no account can have, before it is counted.
func CheckTyped(username string, p Password) error {
	if len(username) > MaxUsernameBytes || len(p.text) > maxTypedBytes {
		return ErrInputTooLong
	}
	return nil
}

// CheckChosen says whether somebody may choose this password: 15 to 128
// characters of any kind, and not made of what everybody tries first. There
// are no rules of composition. Context are words that an attacker knows: user
// name, name of the unit.
func CheckChosen(p Password, context ...string) error {
	if len(p.text) > maxTypedBytes || !utf8.ValidString(p.text) {
		return ErrPasswordLong
	}
	switch n := utf8.RuneCountInString(p.text); {
	case n < MinPasswordLength:
		return ErrPasswordShort
	case n > MaxPasswordLength:
		return ErrPasswordLong
	}
	runes := []rune(strings.ToLower(p.text))
	if periodic(runes) || sequential(runes) || known(runes, context) {
		return ErrPasswordKnown
	}
	return nil
}

//go:embed blocklist.txt
var blocklistText string

// blocklist are words of the field and the commonest parts of passwords.
var blocklist = func() [][]rune {
	var words [][]rune
	for line := range strings.Lines(blocklistText) {
		if word := strings.TrimSpace(line); word != "" && !strings.HasPrefix(word, "#") {
			words = append(words, []rune(word))
		}
	}
	return words
}()

// periodic finds "hallohallohallo": at most five characters, repeated.
func periodic(text []rune) bool {
	for period := 1; period <= 5; period++ {
		if slices.Equal(text[period:], text[:len(text)-period]) {
			return true
		}
	}
	return false
}

// sequential finds "abcdefghijklmno" and "987654321098765": three of four
// characters are neighbours of the one before.
func sequential(text []rune) bool {
	neighbours := 0
	for i := 1; i < len(text); i++ {
		d := text[i] - text[i-1]
		if d >= -1 && d <= 1 || d == '0'-'9' || d == '9'-'0' {
			neighbours++
		}
	}
	return 4*neighbours >= 3*(len(text)-1)
}

// known covers every listed word and every word of the context. What is left
// must be worth guessing: six letters, or digits beyond a date.
func known(text []rune, context []string) bool {
	words := blocklist
	for _, phrase := range context {
		for _, word := range strings.FieldsFunc(strings.ToLower(phrase), func(r rune) bool { return !unicode.IsLetter(r) }) {
			if utf8.RuneCountInString(word) >= 4 {
				words = append(slices.Clip(words), []rune(word))
			}
		}
	}
	disguised := make([]rune, len(text))
	for i, r := range text {
		disguised[i] = undisguise(r)
	}
	covered := make([]bool, len(text))
	for _, word := range words {
		for at := 0; at+len(word) <= len(text); at++ {
			if slices.Equal(text[at:at+len(word)], word) || slices.Equal(disguised[at:at+len(word)], word) {
				for i := range word {
					covered[at+i] = true
				}
			}
		}
	}
	letters, digits := 0, 0
	for i, r := range text {
		switch {
		case covered[i]:
		case unicode.IsLetter(r):
			letters++
		case unicode.IsDigit(r):
			digits++
		}
	}
	return slices.Contains(covered, true) && letters+max(digits-8, 0) < 6
}

// undisguise reads "P@55w0rt" as "passwort".
func undisguise(r rune) rune {
	switch r {
	case '@', '4':
		return 'a'
	case '3', '€':
		return 'e'
	case '1', '!':
		return 'i'
	case '0':
		return 'o'
	case '5', '$':
		return 's'
	case '7':
		return 't'
	}
	return r
}
