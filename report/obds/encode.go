// SPDX-License-Identifier: EUPL-1.2

package obds

import (
	"bufio"
	"fmt"
	"strings"
	"unicode/utf8"

	"meldewerk/calendar"
)

// encoder writes forms as XML, two blanks per level.
type encoder struct {
	out     *bufio.Writer
	version string
	level   int
	bad     bool // a text held a character that XML does not know
}

const indentation = "                                                                "

func (e *encoder) raw(s string) {
	_, _ = e.out.WriteString(s) // bufio keeps the first error for Flush
}

func (e *encoder) indent() { e.raw(indentation[:min(2*e.level, len(indentation))]) }

func (e *encoder) open(name string) {
	e.indent()
	e.raw("<")
	e.raw(name)
}

// close ends a start tag that elements follow.
func (e *encoder) close() {
	e.raw(">\n")
	e.level++
}

func (e *encoder) begin(name string) {
	e.open(name)
	e.close()
}

func (e *encoder) end(name string) {
	e.level--
	e.indent()
	e.raw("</")
	e.raw(name)
	e.raw(">\n")
}

func (e *encoder) attribute(name, value string) {
	e.raw(" ")
	e.raw(name)
	e.raw(`="`)
	e.text(value, true)
	e.raw(`"`)
}

// text writes characters so that they are read as they are.
func (e *encoder) text(s string, attribute bool) {
	from := 0
	for i := 0; i < len(s); {
		c := s[i]
		size := 1
		if c >= utf8.RuneSelf {
			r, n := utf8.DecodeRuneInString(s[i:])
			e.bad = e.bad || r == utf8.RuneError && n == 1 || r == 0xFFFE || r == 0xFFFF
			i += n
			continue
		}
		with := ""
		switch c {
		case '&':
			with = "&amp;"
		case '<':
			with = "&lt;"
		case '>':
			if strings.HasSuffix(s[:i], "]]") {
				with = "&gt;"
			}
		case '\r':
			with = "&#13;"
		case '"', '\n', '\t':
			if attribute {
				with = map[byte]string{'"': "&quot;", '\n': "&#10;", '\t': "&#9;"}[c]
			}
		default:
			e.bad = e.bad || c < ' '
		}
		if with != "" {
			e.raw(s[from:i])
			e.raw(with)
			from = i + size
		}
		i += size
	}
	e.raw(s[from:])
}

// attributes writes the attributes of a struct.
func (e *encoder) attributes(n *node, target any) {
	for i, x := range n.attrs {
		holder := x.holder(target, false)
		if holder == nil {
			continue
		}
		if v, ok := x.get(holder, 0); ok {
			e.attribute(n.content.Attributes[i].Name, v)
		}
	}
}

// elements writes the fields from up to but not including to.
func (e *encoder) elements(n *node, target any, from, to int) error {
	for i := from; i < to; i++ {
		x := n.form.fields[i]
		if x.isAttribute() {
			continue
		}
		holder := x.holder(target, false)
		if holder == nil {
			continue
		}
		if err := e.field(x, n.order[i], holder); err != nil {
			return err
		}
	}
	return nil
}

// field writes one field; b is nil when the version has no place for it.
func (e *encoder) field(x *field, b *bound, holder any) error {
	noPlace := func() error {
		return fmt.Errorf("write package: oBDS %s has no place for %s", e.version, x.name)
	}
	switch x.kind {
	case kindInner:
		return x.each(holder, func(inner any) error {
			if b == nil {
				return noPlace()
			}
			return e.element(b, inner)
		})
	case kindDate:
		d := *x.date(holder)
		if d.IsZero() {
			return nil
		}
		if b == nil {
			return noPlace()
		}
		return e.date(b, d)
	}
	for i := 0; ; i++ {
		v, ok := x.get(holder, i)
		if !ok {
			return nil
		}
		if b == nil {
			return noPlace()
		}
		e.open(x.name)
		e.raw(">")
		e.text(v, false)
		e.raw("</")
		e.raw(x.name)
		e.raw(">\n")
		if e.bad {
			return fmt.Errorf("write package: %s holds a character that XML does not know", x.name)
		}
	}
}

// element writes an element that holds elements.
func (e *encoder) element(b *bound, target any) error {
	e.open(b.decl.Name)
	e.attributes(b.inner, target)
	if e.bad {
		return fmt.Errorf("write package: an attribute of %s holds a character that XML does not know", b.decl.Name)
	}
	e.close()
	if err := e.elements(b.inner, target, 0, len(b.inner.form.fields)); err != nil {
		return err
	}
	e.end(b.decl.Name)
	return nil
}

// date writes a day. A day without stated accuracy is exact; an estimated one
// must not become exact because a version knows no accuracy there.
func (e *encoder) date(b *bound, d calendar.Date) error {
	if b.accuracy == nil && !d.IsExact() {
		return fmt.Errorf("write package: oBDS %s knows no estimated day in %s", e.version, b.decl.Name)
	}
	e.open(b.decl.Name)
	if b.accuracy != nil {
		switch {
		case d.Accuracy != calendar.Unstated:
			e.attribute(accuracyName, string(d.Accuracy))
		case b.accuracy.Required:
			e.attribute(accuracyName, string(calendar.Exact))
		}
	}
	e.raw(">" + d.String() + "</")
	e.raw(b.decl.Name)
	e.raw(">\n")
	return nil
}
