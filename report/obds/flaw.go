// SPDX-License-Identifier: EUPL-1.2

package obds

import (
	"strconv"
	"strings"

	"meldewerk/report/obds/schema"
)

const listedInRemedy = 40 // values of a list that a remedy names

// flaw says what is wrong with a text. name is the element or attribute; the
// text itself never comes in.
func (e *engine) flaw(name string, t *schema.Text, flaw schema.Flaw, value []byte) (string, sentence) {
	least, most := t.Lengths()
	switch flaw {
	case schema.NotListed:
		return RuleListed, notListed.in(e.english, name, listed(t.Enum(), e.english))
	case schema.NotInPattern:
		expr, origin := t.BrokenPattern(value)
		return RulePattern, notInForm.in(e.english, name, formHint(expr, origin, e.english))
	case schema.TooShort:
		if least == 1 {
			return RuleShort, isEmpty.in(e.english, name)
		}
		return RuleShort, isShort.in(e.english, name, strconv.Itoa(least))
	case schema.TooLong:
		return RuleLong, isLong.in(e.english, name, strconv.Itoa(most))
	case schema.NotADate:
		return RuleDate, noDay.in(e.english, name)
	case schema.NotAYear:
		return RuleDate, noYear.in(e.english, name)
	case schema.NotAnInteger:
		return RuleNumber, noInteger.in(e.english, name)
	case schema.NotADecimal:
		return RuleNumber, noNumber.in(e.english, name)
	case schema.TooSmall, schema.TooLarge:
		return RuleRange, e.outside(name, t, flaw)
	case schema.TooPrecise:
		return RuleDigits, tooPrecise.in(e.english, name, strconv.Itoa(max(t.Fraction(), 0)))
	}
	return RulePattern, notOfTheSchema.in(e.english, name)
}

// outside says that a date or number is outside its range.
func (e *engine) outside(name string, t *schema.Text, flaw schema.Flaw) sentence {
	least, most := t.Range()
	phrases := [2]*phrase{tooSmall, tooLarge}
	if t.IsDate() {
		phrases = [2]*phrase{tooEarly, tooLate}
		if most == "2025-12-31" {
			phrases[1] = needsNewer
		}
		if !e.english {
			least, most = german(least), german(most)
		}
	}
	p := phrases[0]
	if flaw == schema.TooLarge {
		p = phrases[1]
	}
	return p.in(e.english, name, span(least, most, e.english))
}

func span(least, most string, english bool) string {
	p := fromTo
	switch {
	case least == "":
		p = upTo
	case most == "":
		p = from
	}
	return p.in(english, least, most).message
}

// german turns a limit of the schema, 1900-01-01, into 01.01.1900.
func german(iso string) string {
	parts := strings.Split(iso, "-")
	if len(parts) != 3 {
		return iso
	}
	return parts[2] + "." + parts[1] + "." + parts[0]
}

func listed(values []string, english bool) string {
	if len(values) <= listedInRemedy {
		return strings.Join(values, ", ")
	}
	return andMore.in(english, strings.Join(values[:listedInRemedy], ", "), strconv.Itoa(len(values)-listedInRemedy)).message
}

const longestFormShown = 80

// formHint explains an expression, or the named type that asks for it.
func formHint(expr, origin string, english bool) string {
	p := hintsByForm[expr]
	if p == nil {
		p = hintsByType[origin]
	}
	switch {
	case p != nil:
		return p.in(english).message
	case len(expr) <= longestFormShown:
		return formIs.in(english, expr).message
	}
	return charactersOf.in(english, origin).message
}
