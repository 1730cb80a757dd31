// SPDX-License-Identifier: EUPL-1.2

package schema

import (
	"bufio"
	"fmt"
	"io"
	"strconv"
	"strings"
)

const maxLine = 1 << 20

// row is a line of the notation with the lines below it.
type row struct {
	text  string
	line  int
	level int
	kids  []*row
}

// Parse reads the notation of the package comment.
func Parse(r io.Reader) (*Table, error) {
	rows, err := readRows(r)
	if err != nil {
		return nil, err
	}
	p := &reader{}
	t := &Table{}
	for _, x := range rows {
		word, rest, _ := strings.Cut(x.text, " ")
		switch word {
		case "schema":
			t.Name, t.Version, _ = strings.Cut(rest, " ")
		case "namespace":
			t.Namespace = rest
		case "element":
			x.text = rest
			part := p.particle(x)
			if part.Kind != KindElement || part.Min != 1 || part.Max != 1 || t.Root != nil {
				p.wrong(x, "one root element, once")
				break
			}
			t.Root = part.Element
		case "unique", "keyref":
			t.Keys = append(t.Keys, p.key(x, word, rest))
		case "type":
			t.Types = append(t.Types, p.namedType(x, rest))
		default:
			p.wrong(x, "schema, namespace, element, unique, keyref or type")
		}
	}
	if p.err != nil {
		return nil, p.err
	}
	if t.Root == nil || t.Version == "" || t.Namespace == "" {
		return nil, fmt.Errorf("read schema table: schema, namespace or element is missing")
	}
	return t, nil
}

func readRows(r io.Reader) ([]*row, error) {
	lines := bufio.NewScanner(r)
	lines.Buffer(make([]byte, 0, 1<<16), maxLine)
	var top []*row
	var open []*row
	number := 0
	for lines.Scan() {
		number++
		text := strings.TrimRight(lines.Text(), " \t\r")
		bare := strings.TrimLeft(text, " ")
		if bare == "" || strings.HasPrefix(bare, "#") {
			continue
		}
		indent := len(text) - len(bare)
		x := &row{text: bare, line: number, level: indent / 2}
		if indent%2 != 0 || x.level > len(open) {
			return nil, fmt.Errorf("read schema table: line %d: indent", number)
		}
		open = append(open[:x.level], x)
		if x.level == 0 {
			top = append(top, x)
			continue
		}
		parent := open[x.level-1]
		parent.kids = append(parent.kids, x)
	}
	if err := lines.Err(); err != nil {
		return nil, fmt.Errorf("read schema table: %w", err)
	}
	return top, nil
}

// reader keeps the first complaint.
type reader struct{ err error }

func (p *reader) wrong(x *row, expected string) {
	if p.err == nil {
		p.err = fmt.Errorf("read schema table: line %d: expected %s", x.line, expected)
	}
}

func (p *reader) particle(x *row) *Particle {
	for kind, word := range map[Kind]string{KindChoice: "[choice]", KindSequence: "[sequence]"} {
		if rest, is := strings.CutPrefix(x.text, word); is {
			out := &Particle{Kind: kind}
			out.Min, out.Max = p.occurs(x, rest)
			for _, k := range x.kids {
				out.Parts = append(out.Parts, p.particle(k))
			}
			return out
		}
	}
	m := heads(x.text)
	if m == nil || m[1] != "" || m[4] != "" {
		p.wrong(x, "an element")
		return &Particle{Element: &Element{}}
	}
	out := &Particle{Element: &Element{Name: m[2], Fixed: p.quoted(x, m[5], " fixed ")}}
	out.Min, out.Max = p.occurs(x, m[3])
	e := out.Element
	if m[6] == ":" && m[8] == "" {
		e.Type = m[7]
		if len(x.kids) > 0 {
			p.wrong(x, `"restricted" behind the type, or nothing below it`)
		}
		return out
	}
	e.Own = p.own(x, "", m[6], m[7])
	return out
}

func (p *reader) namedType(x *row, rest string) *Type {
	words := strings.Fields(rest)
	switch {
	case len(words) == 1:
		return p.own(x, words[0], "", "")
	case len(words) == 3:
		return p.own(x, words[0], words[1], words[2])
	}
	p.wrong(x, "the name of a type")
	return &Type{}
}

// own reads the lines below a type.
func (p *reader) own(x *row, name, relation, base string) *Type {
	t := &Type{Name: name}
	switch relation {
	case "":
	case ":":
		t.Text = base
	case "restricts":
		t.Restricts = base
	case "extends":
		t.Extends = base
	default:
		p.wrong(x, ":, restricts or extends")
	}
	for _, k := range x.kids {
		switch {
		case strings.HasPrefix(k.text, "@"):
			t.Attributes = append(t.Attributes, p.attribute(k))
		case t.Text != "":
			p.limit(&t.Limits, k)
		default:
			t.Parts = append(t.Parts, p.particle(k))
		}
	}
	return t
}

func (p *reader) attribute(x *row) *Attribute {
	m := heads(x.text)
	if m == nil || m[6] != ":" || m[3] != "" && m[3] != "?" {
		p.wrong(x, "an attribute")
		return &Attribute{}
	}
	a := &Attribute{Name: m[2], Required: m[3] == "", Type: m[7],
		Default: p.quoted(x, m[4], " default "), Fixed: p.quoted(x, m[5], " fixed ")}
	for _, k := range x.kids {
		p.limit(&a.Limits, k)
	}
	return a
}

func (p *reader) quoted(x *row, text, word string) *string {
	if text == "" {
		return nil
	}
	v, err := strconv.Unquote(strings.TrimPrefix(text, word))
	if err != nil {
		p.wrong(x, "a quoted value")
	}
	return &v
}

func (p *reader) occurs(x *row, sign string) (int, int) {
	switch sign {
	case "":
		return 1, 1
	case "?":
		return 0, 1
	case "*":
		return 0, Unbounded
	case "+":
		return 1, Unbounded
	}
	from, to, _ := strings.Cut(strings.Trim(sign, "{}"), ",")
	least, err := strconv.Atoi(from)
	if err != nil {
		p.wrong(x, "{from,to}")
	}
	if to == "" {
		return least, Unbounded
	}
	most, err := strconv.Atoi(to)
	if err != nil || most < least {
		p.wrong(x, "{from,to}")
	}
	return least, most
}

func (p *reader) limit(l *Limits, x *row) {
	word, rest, _ := strings.Cut(x.text, " ")
	if len(x.kids) > 0 {
		p.wrong(x.kids[0], "nothing below a limit")
	}
	count := func(target **int) {
		i, err := strconv.Atoi(rest)
		if err != nil || i < 0 {
			p.wrong(x, "a number")
		}
		*target = &i
	}
	switch word {
	case "enum":
		l.Enum = append(l.Enum, p.values(x, rest)...)
	case "pattern":
		l.Patterns = append(l.Patterns, p.unescaped(x, rest))
	case "length":
		count(&l.Length)
	case "minLength":
		count(&l.MinLength)
	case "maxLength":
		count(&l.MaxLength)
	case "digits":
		count(&l.Digits)
	case "fraction":
		count(&l.Fraction)
	case "min":
		l.Min = rest
	case "max":
		l.Max = rest
	case "above":
		l.Above = rest
	case "below":
		l.Below = rest
	default:
		p.wrong(x, "a limit")
	}
}

func (p *reader) values(x *row, rest string) []string {
	var out []string
	for rest = strings.TrimLeft(rest, " "); rest != ""; rest = strings.TrimLeft(rest, " ") {
		if rest[0] != '"' {
			word, more, _ := strings.Cut(rest, " ")
			out, rest = append(out, word), more
			continue
		}
		quoted, err := strconv.QuotedPrefix(rest)
		if err != nil {
			p.wrong(x, "a quoted value")
			return out
		}
		v, err := strconv.Unquote(quoted)
		if err != nil {
			p.wrong(x, "a quoted value")
			return out
		}
		out, rest = append(out, v), rest[len(quoted):]
	}
	return out
}

func (p *reader) key(x *row, word, rest string) Key {
	words := strings.Fields(rest)
	isRef := word == "keyref"
	if len(words) < 3 || !strings.HasPrefix(words[2], "@") || isRef != (len(words) == 5 && words[3] == "->") || !isRef && len(words) != 3 {
		p.wrong(x, word+" NAME PATH @FIELD")
		return Key{}
	}
	k := Key{Name: words[0], Path: strings.Split(words[1], "/"), Field: words[2][1:]}
	if isRef {
		k.Refer = words[4]
	}
	return k
}
