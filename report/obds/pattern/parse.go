// SPDX-License-Identifier: EUPL-1.2

package pattern

import (
	"fmt"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// node is a part of an expression: exactly one of its forms is set.
type node struct {
	chars  charset // a single character
	concat []node
	alt    []node
	repeat *node
	min    int
	max    int // -1 without limit
	form   form
}

type form uint8

const (
	formChars form = iota
	formConcat
	formAlt
	formRepeat
)

const maxDepth = 200

type parser struct {
	text  string
	at    int
	depth int
}

func parse(expr string) (node, error) {
	if !utf8.ValidString(expr) {
		return node{}, fmt.Errorf("pattern: not UTF-8")
	}
	p := &parser{text: expr}
	n, err := p.alternation()
	if err != nil {
		return node{}, err
	}
	if p.at < len(p.text) {
		return node{}, p.wrong("unmatched )")
	}
	return n, nil
}

func (p *parser) wrong(what string) error {
	return fmt.Errorf("pattern: %s at byte %d", what, p.at)
}

func (p *parser) peek() rune {
	if p.at >= len(p.text) {
		return -1
	}
	r, _ := utf8.DecodeRuneInString(p.text[p.at:])
	return r
}

func (p *parser) take() rune {
	r, size := utf8.DecodeRuneInString(p.text[p.at:])
	p.at += size
	return r
}

// alternation reads branches. Those of a single character are united into one
// character set, which makes the long string types small.
func (p *parser) alternation() (node, error) {
	p.depth++
	defer func() { p.depth-- }()
	if p.depth > maxDepth {
		return node{}, p.wrong("nested too deeply")
	}
	var branches []node
	var single charset
	for {
		b, err := p.branch()
		if err != nil {
			return node{}, err
		}
		if b.form == formChars {
			single = append(single, b.chars...)
		} else {
			branches = append(branches, b)
		}
		if p.peek() != '|' {
			break
		}
		p.take()
	}
	if single != nil {
		branches = append(branches, node{form: formChars, chars: single.tidy()})
	}
	if len(branches) == 1 {
		return branches[0], nil
	}
	return node{form: formAlt, alt: branches}, nil
}

func (p *parser) branch() (node, error) {
	var pieces []node
	for {
		switch p.peek() {
		case -1, '|', ')':
			if len(pieces) == 1 {
				return pieces[0], nil
			}
			return node{form: formConcat, concat: pieces}, nil
		}
		piece, err := p.piece()
		if err != nil {
			return node{}, err
		}
		pieces = append(pieces, piece)
	}
}

func (p *parser) piece() (node, error) {
	atom, err := p.atom()
	if err != nil {
		return node{}, err
	}
	least, most := 1, 1
	switch p.peek() {
	case '?':
		p.take()
		least = 0
	case '*':
		p.take()
		least, most = 0, -1
	case '+':
		p.take()
		most = -1
	case '{':
		least, most, err = p.quantity()
		if err != nil {
			return node{}, err
		}
	default:
		return atom, nil
	}
	return node{form: formRepeat, repeat: &atom, min: least, max: most}, nil
}

// quantity reads {n}, {n,} or {n,m}.
func (p *parser) quantity() (int, int, error) {
	end := strings.IndexByte(p.text[p.at:], '}')
	if end < 0 {
		return 0, 0, p.wrong("open {")
	}
	from, to, two := strings.Cut(p.text[p.at+1:p.at+end], ",")
	least, err := strconv.ParseUint(from, 10, 10)
	if err != nil {
		return 0, 0, p.wrong("quantity")
	}
	most := int(least)
	switch {
	case two && to == "":
		most = -1
	case two:
		m, err := strconv.ParseUint(to, 10, 10)
		if err != nil || m < least {
			return 0, 0, p.wrong("quantity")
		}
		most = int(m)
	}
	p.at += end + 1
	return int(least), most, nil
}

func (p *parser) atom() (node, error) {
	switch p.peek() {
	case '(':
		p.take()
		n, err := p.alternation()
		if err != nil {
			return node{}, err
		}
		if p.peek() != ')' {
			return node{}, p.wrong("open (")
		}
		p.take()
		return n, nil
	case '[':
		p.take()
		c, err := p.class()
		return node{form: formChars, chars: c}, err
	case '\\':
		p.take()
		c, err := p.escape()
		return node{form: formChars, chars: c}, err
	case '.':
		p.take()
		return node{form: formChars, chars: charset{{'\n', '\n'}, {'\r', '\r'}}.negated()}, nil
	case '?', '*', '+', '{', '}', ']':
		return node{}, p.wrong("a character that must be escaped")
	}
	r := p.take()
	return node{form: formChars, chars: charset{{r, r}}}, nil
}

// class reads a character class after its opening bracket.
func (p *parser) class() (charset, error) {
	p.depth++
	defer func() { p.depth-- }()
	if p.depth > maxDepth {
		return nil, p.wrong("nested too deeply")
	}
	negate := false
	if p.peek() == '^' {
		p.take()
		negate = true
	}
	var c charset
	for p.peek() != ']' {
		if p.peek() == -1 {
			return nil, p.wrong("open [")
		}
		if strings.HasPrefix(p.text[p.at:], "-[") {
			p.at += 2
			less, err := p.class()
			if err != nil {
				return nil, err
			}
			if p.peek() != ']' {
				return nil, p.wrong("subtraction must stand last")
			}
			p.take()
			c = c.tidy()
			if negate {
				c = c.negated()
			}
			return c.minus(less), nil
		}
		part, err := p.classPart()
		if err != nil {
			return nil, err
		}
		c = append(c, part...)
	}
	if len(c) == 0 {
		return nil, p.wrong("empty class")
	}
	p.take()
	c = c.tidy()
	if negate {
		c = c.negated()
	}
	return c, nil
}

// classPart reads one character, range or escape of a class.
func (p *parser) classPart() (charset, error) {
	from, err := p.classChar()
	if err != nil {
		return nil, err
	}
	rest := p.text[p.at:]
	if len(from) != 1 || from[0].lo != from[0].hi || !strings.HasPrefix(rest, "-") ||
		strings.HasPrefix(rest, "-]") || strings.HasPrefix(rest, "-[") {
		return from, nil
	}
	p.take()
	to, err := p.classChar()
	if err != nil {
		return nil, err
	}
	if len(to) != 1 || to[0].lo != to[0].hi || to[0].lo < from[0].lo {
		return nil, p.wrong("range")
	}
	return charset{{from[0].lo, to[0].lo}}, nil
}

func (p *parser) classChar() (charset, error) {
	r := p.take()
	switch r {
	case '[':
		return nil, p.wrong("a character that must be escaped")
	case '\\':
		return p.escape()
	}
	return charset{{r, r}}, nil
}

// escape reads what follows a backslash.
func (p *parser) escape() (charset, error) {
	if p.peek() == -1 {
		return nil, p.wrong("open escape")
	}
	r := p.take()
	switch r {
	case 'n':
		return charset{{'\n', '\n'}}, nil
	case 'r':
		return charset{{'\r', '\r'}}, nil
	case 't':
		return charset{{'\t', '\t'}}, nil
	case '\\', '|', '.', '?', '*', '+', '(', ')', '{', '}', '-', '[', ']', '^':
		return charset{{r, r}}, nil
	case 's', 'S':
		return signed(charset{{'\t', '\n'}, {'\r', '\r'}, {' ', ' '}}, r == 'S'), nil
	case 'd', 'D':
		return signed(fromTable(unicode.Nd), r == 'D'), nil
	case 'w', 'W':
		none := append(append(fromTable(unicode.P), fromTable(unicode.Z)...), fromTable(unicode.C)...)
		return signed(none.tidy(), r == 'w'), nil
	case 'p', 'P':
		return p.category(r == 'P')
	}
	return nil, p.wrong("unknown escape")
}

// category reads {Name} of a Unicode category; blocks are not supported.
func (p *parser) category(negate bool) (charset, error) {
	end := strings.IndexByte(p.text[p.at:], '}')
	if p.peek() != '{' || end < 0 {
		return nil, p.wrong("category")
	}
	table, known := unicode.Categories[p.text[p.at+1:p.at+end]]
	if !known {
		return nil, p.wrong("unknown category")
	}
	p.at += end + 1
	return signed(fromTable(table), negate), nil
}

func signed(c charset, negate bool) charset {
	if negate {
		return c.negated()
	}
	return c
}
