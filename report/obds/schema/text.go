// SPDX-License-Identifier: EUPL-1.2

package schema

import (
	"bytes"
	"fmt"
	"runtime"
	"sync"
	"sync/atomic"
	"unicode/utf8"

	"meldewerk/report/obds/pattern"
)

// Flaw says what is wrong with a text.
type Flaw uint8

// The flaws of a text.
const (
	Sound        Flaw = iota
	NotListed         // not one of the values listed
	NotInPattern      // not of the prescribed form
	TooShort          // fewer characters than the least number
	TooLong           // more characters than the greatest number
	NotADate          // no day of the calendar in the form YYYY-MM-DD
	NotAYear          // no year
	NotAnInteger      // no whole number, or of the wrong sign
	NotADecimal       // no number
	TooSmall          // below the least value
	TooLarge          // above the greatest value
	TooPrecise        // too many digits
)

// base is the built-in type at the bottom of a text.
type base uint8

const (
	baseString base = iota
	baseDate
	baseYear
	baseDecimal
	baseInteger
	baseNonNegative
	basePositive
)

var builtIns = map[string]base{
	"xs:string": baseString, "xs:date": baseDate, "xs:gYear": baseYear, "xs:decimal": baseDecimal,
	"xs:integer": baseInteger, "xs:nonNegativeInteger": baseNonNegative, "xs:positiveInteger": basePositive,
}

// builtInBases are the types from which built-in types are made, so that one
// may stand for the other in xsi:type.
var builtInBases = map[string]string{
	"xs:integer": "xs:decimal", "xs:nonNegativeInteger": "xs:integer", "xs:positiveInteger": "xs:nonNegativeInteger",
}

// Text is a compiled simple type.
type Text struct {
	base                 base
	enum                 []string
	index                map[string]int32 // for long lists
	patterns             []patternGroup
	minLength, maxLength int // -1 for none
	min, max             bound
	digits, fraction     int // -1 for none
}

// patternGroup holds expressions of which one must match.
type patternGroup struct {
	origin string // the named type that asks for them, or ""
	exprs  []*pattern.Pattern
}

// bound is a limit of a date, year or number.
type bound struct {
	set       bool
	exclusive bool
	text      string
	moment    moment  // for dates and years
	number    decimal // for numbers
}

const listedBySearch = 6 // up to this many values are compared one by one

// namedLimits are limits with the named type they stand in, or "".
type namedLimits struct {
	origin string
	limits *Limits
}

// newText compiles the limits of a type and of the types it was made from,
// the innermost first.
func newText(b base, limits []namedLimits, patterns patternCache) (*Text, error) {
	t := &Text{base: b, minLength: -1, maxLength: -1, digits: -1, fraction: -1}
	for _, named := range limits {
		l := named.limits
		if t.enum == nil {
			t.enum = l.Enum
		}
		if err := t.addPatterns(named, patterns); err != nil {
			return nil, err
		}
		if err := t.addBounds(*l); err != nil {
			return nil, err
		}
		t.addCounts(*l)
	}
	if len(t.enum) > listedBySearch {
		t.index = make(map[string]int32, len(t.enum))
		for i, v := range t.enum {
			t.index[v] = int32(i)
		}
	}
	return t, nil
}

// patternCache keeps the expressions of a schema, of which many types share
// a few, compiled.
type patternCache map[string]*pattern.Pattern

func (c patternCache) compile(expr string) (*pattern.Pattern, error) {
	if p := c[expr]; p != nil {
		return p, nil
	}
	p, err := pattern.Compile(expr)
	if err != nil {
		return nil, fmt.Errorf("text: %w", err)
	}
	c[expr] = p
	return p, nil
}

// prepare compiles the expressions of named types side by side: they are most
// of the work of a schema. What is wrong with one is told when its type is
// compiled.
func (c patternCache) prepare(types []*Type) {
	var exprs []string
	for _, x := range types {
		for _, expr := range x.Limits.Patterns {
			if _, known := c[expr]; !known {
				c[expr], exprs = nil, append(exprs, expr)
			}
		}
	}
	made := make([]*pattern.Pattern, len(exprs))
	var next atomic.Int32
	var wait sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		wait.Go(func() {
			for i := int(next.Add(1)) - 1; i < len(exprs); i = int(next.Add(1)) - 1 {
				if p, err := pattern.Compile(exprs[i]); err == nil {
					made[i] = p
				}
			}
		})
	}
	wait.Wait()
	for i, expr := range exprs {
		c[expr] = made[i]
	}
}

func (t *Text) addPatterns(named namedLimits, patterns patternCache) error {
	group := patternGroup{origin: named.origin}
	for _, expr := range named.limits.Patterns {
		p, err := patterns.compile(expr)
		if err != nil {
			return err
		}
		group.exprs = append(group.exprs, p)
	}
	if group.exprs != nil {
		t.patterns = append(t.patterns, group)
	}
	return nil
}

func (t *Text) addCounts(l Limits) {
	set := func(target *int, v *int) {
		if *target < 0 && v != nil {
			*target = *v
		}
	}
	set(&t.minLength, l.Length)
	set(&t.maxLength, l.Length)
	set(&t.minLength, l.MinLength)
	set(&t.maxLength, l.MaxLength)
	set(&t.digits, l.Digits)
	set(&t.fraction, l.Fraction)
}

func (t *Text) addBounds(l Limits) error {
	for _, x := range []struct {
		target    *bound
		text      string
		exclusive bool
	}{{&t.min, l.Min, false}, {&t.max, l.Max, false}, {&t.min, l.Above, true}, {&t.max, l.Below, true}} {
		if x.text == "" || x.target.set {
			continue
		}
		b := bound{set: true, exclusive: x.exclusive, text: x.text}
		var ok bool
		switch t.base {
		case baseString:
		case baseDate:
			b.moment, ok = parseDate([]byte(x.text))
		case baseYear:
			b.moment, ok = parseYear([]byte(x.text))
		default:
			b.number, ok = parseDecimal([]byte(x.text))
		}
		if !ok {
			return fmt.Errorf("text: limit %s does not fit its type", x.text)
		}
		*x.target = b
	}
	return nil
}

// Enum is the list of values the text may have, or nil.
func (t *Text) Enum() []string { return t.enum }

// Lengths are the least and the greatest number of characters, -1 for none.
func (t *Text) Lengths() (int, int) { return t.minLength, t.maxLength }

// Range gives the limits of a date or number as written, "" for none.
func (t *Text) Range() (string, string) { return t.min.text, t.max.text }

// Fraction is the greatest number of digits behind the point, -1 for none.
func (t *Text) Fraction() int { return t.fraction }

// BrokenPattern says which expression a text does not follow, and the named
// type that asks for it, or "".
func (t *Text) BrokenPattern(value []byte) (string, string) {
	if t.IsNumber() {
		value = trimBlanks(value)
	}
	for _, group := range t.patterns {
		if !matchesOne(group.exprs, value) {
			return group.exprs[0].String(), group.origin
		}
	}
	return "", ""
}

// IsWords says that the text is for words: of any form, or long.
func (t *Text) IsWords() bool {
	const long = 30 // characters
	return t.base == baseString && t.enum == nil && (t.maxLength >= long || t.maxLength < 0 && len(t.patterns) == 0)
}

// IsDate says that the text is a day.
func (t *Text) IsDate() bool { return t.base == baseDate }

// WithinFourDigits says that the text is a day or a year, and that its limits
// leave none before the year 1 or after 9999.
func (t *Text) WithinFourDigits() bool {
	if t.base != baseDate && t.base != baseYear || !t.min.set || !t.max.set {
		return false
	}
	first, _ := parseDate([]byte("0001-01-01")) // sound, as the others
	last, _ := parseDate([]byte("9999-12-31"))
	if t.base == baseYear {
		first, _ = parseYear([]byte("0001"))
		last, _ = parseYear([]byte("9999"))
	}
	return t.min.moment.days >= first.days && t.max.moment.days <= last.days
}

// IsNumber says that the text is a number, around which blanks do not count.
func (t *Text) IsNumber() bool { return t.base >= baseDecimal }

// Listed gives the listed value that equals the text, so that the caller
// need not keep the bytes; only for texts with an Enum.
func (t *Text) Listed(value []byte) (string, bool) {
	if t.index != nil {
		i, ok := t.index[string(value)]
		if !ok {
			return "", false
		}
		return t.enum[i], true
	}
	for _, v := range t.enum {
		if v == string(value) {
			return v, true
		}
	}
	return "", false
}

// CheckListed judges a text that has an Enum and gives the listed value.
func (t *Text) CheckListed(value []byte) (string, Flaw) {
	if t.base != baseString || len(t.patterns) > 0 || t.maxLength >= 0 {
		flaw := t.Check(value)
		return string(value), flaw
	}
	word, ok := t.Listed(value)
	if !ok {
		return "", NotListed
	}
	return word, Sound
}

// Check judges a text, given as UTF-8.
func (t *Text) Check(value []byte) Flaw {
	var flaw Flaw
	switch t.base {
	case baseString:
		flaw = t.checkLength(value)
	case baseDate:
		flaw = t.checkDate(value)
	case baseYear:
		flaw = t.checkYear(value)
	default:
		value = trimBlanks(value)
		flaw = t.checkNumber(value)
	}
	if flaw != Sound {
		return flaw
	}
	if t.enum != nil {
		if _, ok := t.Listed(value); !ok {
			return NotListed
		}
	}
	for _, group := range t.patterns {
		if !matchesOne(group.exprs, value) {
			return NotInPattern
		}
	}
	return Sound
}

func matchesOne(group []*pattern.Pattern, value []byte) bool {
	for _, p := range group {
		if p.Match(value) {
			return true
		}
	}
	return false
}

func (t *Text) checkLength(value []byte) Flaw {
	if t.minLength < 0 && t.maxLength < 0 {
		return Sound
	}
	// A value has at most as many characters as bytes, and at least a quarter.
	if len(value) >= 4*max(t.minLength, 0) && (t.maxLength < 0 || len(value) <= t.maxLength) {
		return Sound
	}
	n := utf8.RuneCount(value)
	if n < t.minLength {
		return TooShort
	}
	if t.maxLength >= 0 && n > t.maxLength {
		return TooLong
	}
	return Sound
}

func (t *Text) checkDate(value []byte) Flaw {
	m, ok := parseDate(value)
	if !ok {
		return NotADate
	}
	return t.checkMoment(m)
}

func (t *Text) checkYear(value []byte) Flaw {
	m, ok := parseYear(value)
	if !ok {
		return NotAYear
	}
	return t.checkMoment(m)
}

func (t *Text) checkMoment(m moment) Flaw {
	if t.min.set && !m.above(t.min.moment, t.base == baseYear) {
		return TooSmall
	}
	if t.max.set && !t.max.moment.aboveMoment(m, t.base == baseYear) {
		return TooLarge
	}
	return Sound
}

func (t *Text) checkNumber(value []byte) Flaw {
	n, ok := parseDecimal(value)
	if t.base == baseDecimal {
		if !ok {
			return NotADecimal
		}
	} else if !ok || bytes.IndexByte(value, '.') >= 0 ||
		t.base == baseNonNegative && n.negative || t.base == basePositive && (n.negative || n.isZero()) {
		return NotAnInteger
	}
	if t.min.set {
		if c := n.compare(t.min.number); c < 0 || c == 0 && t.min.exclusive {
			return TooSmall
		}
	}
	if t.max.set {
		if c := n.compare(t.max.number); c > 0 || c == 0 && t.max.exclusive {
			return TooLarge
		}
	}
	if t.fraction >= 0 && len(n.fraction) > t.fraction || t.digits >= 0 && len(n.whole)+len(n.fraction) > t.digits {
		return TooPrecise
	}
	return Sound
}
