// SPDX-License-Identifier: EUPL-1.2

package drafting

import (
	"maps"
	"strings"
	"time"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"meldewerk/report/form"
)

// saving is one save of a section.
type saving struct {
	section *form.Section
	whole   form.Sheet // as it is stored
	token   string     // of the section as the page had it
	values  form.Sheet // as posted
	at      time.Time  // of the change before
	by      string

	saved Saved
}

// apply gives the whole sheet with the section saved in it. What other windows
// saved in the section meanwhile is not overwritten without a word.
func (c *saving) apply() (form.Sheet, error) {
	next := c.whole.Clone()
	stored := c.section.Part(c.whole)
	for key := range stored {
		delete(next, key)
	}
	if err := c.put(next); err != nil {
		return nil, err
	}
	c.suggest(next)
	if bytesOf(next) > maxSheet {
		return nil, ErrTooLong
	}
	part := c.section.Part(next)
	if now := tokenOf(stored); now != c.token && !maps.Equal(stored, part) {
		return nil, &Conflict{At: c.at, By: c.by, Stored: stored, Yours: part, Token: now}
	}
	c.saved = Saved{Token: tokenOf(part), Fallen: c.section.Fallen(next), Suggested: form.Sheet{}}
	for key, value := range c.section.Part(form.Automatic(next)) {
		if c.values[key] != value {
			c.saved.Suggested[key] = value
		}
	}
	return next, nil
}

// suggest fills what follows from other fields: in this section, and wherever
// it followed before and nobody has changed it since.
func (c *saving) suggest(next form.Sheet) {
	followed := form.Automatic(c.whole)
	for key, value := range followed {
		if next[key] == value {
			delete(next, key)
		} else {
			delete(followed, key)
		}
	}
	suggested := next.Clone()
	form.Suggest(suggested)
	maps.Copy(next, c.section.Part(suggested))
	for key := range followed {
		next.Put(key, suggested[key])
	}
}

// put writes the posted values, each of which must be a field of the section.
func (c *saving) put(next form.Sheet) error {
	typed := next.Clone()
	maps.Copy(typed, c.values)
	for key, value := range c.values {
		f, found := form.At(typed, key)
		if !found || f.Section != c.section {
			return ErrSection
		}
		next.Put(key, pasted(value, f.Node.Kind))
	}
	return nil
}

// pasted brings a text in from wherever it was copied: umlauts of one piece, as
// the data set wants them, ordinary blanks, and in a line no invisible signs.
func pasted(value string, kind form.Kind) string {
	value = norm.NFC.String(strings.ToValidUTF8(strings.ReplaceAll(value, "\r\n", "\n"), "\uFFFD"))
	if kind != form.Lines {
		value = strings.Map(func(r rune) rune {
			switch {
			case unicode.Is(unicode.Zs, r):
				return ' '
			case unicode.Is(unicode.Cf, r):
				return -1
			}
			return r
		}, value)
	}
	return strings.TrimSpace(value)
}

func bytesOf(s form.Sheet) int {
	size := 0
	for key, value := range s {
		size += len(key) + len(value)
	}
	return size
}
