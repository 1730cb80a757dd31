// SPDX-License-Identifier: EUPL-1.2

package schema

import (
	"encoding/binary"
	"fmt"
	"slices"
)

// Schema is a compiled table: flat states that judge a stream of tags. It is
// read only after Compile and safe for concurrent use.
type Schema struct {
	Name      string // of the root element
	Version   string
	Namespace string
	Root      *Decl
	States    []State // by state number; a Content's states lie together
	Keys      []Key

	types map[string]*Content
}

// State is how far the content of an element has come: Moves says which
// element may stand next, Accept whether the content may end here.
type State struct {
	Moves  []Move
	Accept bool
	Decl   *Decl // the element just read; nil before the first
}

// Move leads from one State to the next over an element.
type Move struct {
	// The first eight bytes of Name as a number, and how many bits of eight
	// bytes do not belong to it: most names are told apart by this alone.
	word   uint64
	Name   string
	To     int32
	beyond uint8
}

// Decl is an element at its place.
type Decl struct {
	Name    string
	Content *Content
	Fixed   *string
	Repeats bool // may stand more than once in a row
}

// Content is what an element may hold: with Text characters, else elements.
type Content struct {
	Name       string // of the named type, or ""
	Text       *Text
	Attributes []Attr
	Required   int   // number of required attributes
	Start      int32 // first state; its states are Start to End-1
	End        int32
	base       *Content
}

// Attr is a compiled attribute.
type Attr struct {
	Name           string
	Required       bool
	Default, Fixed *string
	Text           *Text
}

const maxStates = 100_000

// Compile turns a table into a Schema. Content that is not deterministic, as
// XSD demands, or a built-in type that is not known is refused.
func Compile(t *Table) (*Schema, error) {
	c := &compiler{table: t, schema: &Schema{Name: t.Name, Version: t.Version, Namespace: t.Namespace, Keys: t.Keys,
		types: map[string]*Content{}}, decls: map[*Element]*Decl{}, patterns: patternCache{}}
	for _, x := range t.Types {
		if c.schema.types[x.Name] != nil {
			return nil, fmt.Errorf("compile schema %s: type %s stands twice", t.Version, x.Name)
		}
		c.schema.types[x.Name] = &Content{Name: x.Name}
	}
	for _, x := range t.Types {
		c.queue = append(c.queue, work{c.schema.types[x.Name], x})
	}
	for name, from := range builtInBases {
		c.named(name).base = c.named(from)
	}
	c.patterns.prepare(t.Types)
	c.schema.Root = c.decl(t.Root, false)
	for len(c.queue) > 0 && c.err == nil {
		next := c.queue[0]
		c.queue = c.queue[1:]
		c.content(next.out, next.from)
	}
	if c.err != nil {
		return nil, fmt.Errorf("compile schema %s: %w", t.Version, c.err)
	}
	return c.schema, nil
}

// Derived finds a named type that may stand for another one in xsi:type:
// the same, or made from it.
func (s *Schema) Derived(name string, from *Content) (*Content, bool) {
	c := s.types[name]
	for x := c; x != nil; x = x.base {
		if x == from {
			return c, true
		}
	}
	return nil, false
}

// Next gives the state after an element, or -1 when it may not stand here.
func (s *Schema) Next(state int32, name []byte) int32 {
	for i := range s.States[state].Moves {
		if m := &s.States[state].Moves[i]; string(name) == m.Name {
			return m.To
		}
	}
	return -1
}

// Ahead finds the element with which a tag begins, given from behind its
// bracket, among those that may stand next: the state after it and the length
// of its name, or 0. It knows names without prefix only.
func (s *Schema) Ahead(state int32, tag []byte) (int32, int) {
	if len(tag) < wordBytes || tag[0] == '/' {
		return -1, 0
	}
	word := binary.LittleEndian.Uint64(tag)
	moves := s.States[state].Moves
	for i := range moves {
		m := &moves[i]
		n := len(m.Name)
		if (word^m.word)<<m.beyond != 0 || n >= len(tag) || n > wordBytes && string(tag[wordBytes:n]) != m.Name[wordBytes:] {
			continue
		}
		if c := tag[n]; c == '>' || c <= ' ' || c == '/' {
			return m.To, n
		}
	}
	return -1, 0
}

const wordBytes = 8

func newMove(name string, to int32) Move {
	var first [wordBytes]byte
	n := copy(first[:], name)
	return Move{Name: name, To: to, word: binary.LittleEndian.Uint64(first[:]), beyond: uint8(8 * (wordBytes - n))}
}

// Required gives the elements of which one must stand next, before the content
// may go on: those that cannot be passed over in favour of another.
func (s *Schema) Required(state int32) []string {
	moves := s.States[state].Moves
	var out []string
	for _, m := range moves {
		passable := slices.ContainsFunc(moves, func(other Move) bool {
			return other.To != m.To && slices.Contains(s.States[m.To].Moves, other)
		})
		if !passable {
			out = append(out, m.Name)
		}
	}
	return out
}

// Reaches says whether the content may come from one state to the other.
func (s *Schema) Reaches(from, to int32) bool {
	seen := map[int32]bool{from: true}
	for next := []int32{from}; len(next) > 0; next = next[1:] {
		for _, m := range s.States[next[0]].Moves {
			if m.To == to {
				return true
			}
			if !seen[m.To] {
				seen[m.To] = true
				next = append(next, m.To)
			}
		}
	}
	return false
}

// Known gives the name back when any element of the schema has it.
func (s *Schema) Known(name []byte) (string, bool) {
	for i := range s.States {
		if d := s.States[i].Decl; d != nil && d.Name == string(name) {
			return d.Name, true
		}
	}
	return "", false
}

// Wordy says that elements of the name hold words wherever they may stand.
func (s *Schema) Wordy(name []byte) bool {
	found := false
	for i := range s.States {
		d := s.States[i].Decl
		if d == nil || d.Name != string(name) {
			continue
		}
		if found = d.Content.Text != nil && d.Content.Text.IsWords(); !found {
			return false
		}
	}
	return found
}

type compiler struct {
	table  *Table
	schema *Schema
	decls  map[*Element]*Decl
	queue  []work
	err    error

	patterns patternCache
}

// work is a content that still has to be compiled.
type work struct {
	out  *Content
	from *Type
}

func (c *compiler) wrong(format string, args ...any) {
	if c.err == nil {
		c.err = fmt.Errorf(format, args...)
	}
}

// named finds the content of a named or built-in type.
func (c *compiler) named(name string) *Content {
	if x := c.schema.types[name]; x != nil {
		return x
	}
	base, known := builtIns[name]
	if !known {
		c.wrong("unknown type %s", name)
		return &Content{Text: &Text{}}
	}
	x := &Content{Name: name, Text: &Text{base: base, minLength: -1, maxLength: -1, digits: -1, fraction: -1}}
	c.schema.types[name] = x
	return x
}

// decl gives the element of a particle. What it holds is compiled later, so
// that the states of one content lie together; copies of a particle share it.
func (c *compiler) decl(e *Element, repeats bool) *Decl {
	if d := c.decls[e]; d != nil {
		return d
	}
	d := &Decl{Name: e.Name, Fixed: e.Fixed, Repeats: repeats}
	c.decls[e] = d
	if e.Own == nil {
		d.Content = c.named(e.Type)
		return d
	}
	d.Content = &Content{}
	c.queue = append(c.queue, work{d.Content, e.Own})
	return d
}

func (c *compiler) content(out *Content, t *Type) {
	if t.Text != "" {
		out.base = c.named(t.Text)
		out.Text = c.text(t.Text, []namedLimits{{t.Name, &t.Limits}}, 0)
	}
	if relation := t.Restricts + t.Extends; relation != "" {
		out.base = c.named(relation)
	}
	for _, a := range c.attributes(t, 0) {
		out.Attributes = append(out.Attributes, Attr{Name: a.Name, Required: a.Required,
			Default: a.Default, Fixed: a.Fixed, Text: c.text(a.Type, []namedLimits{{"", &a.Limits}}, 0)})
		if a.Required {
			out.Required++
		}
	}
	if out.Text == nil {
		c.states(out, c.parts(t, 0))
	}
}

// attributes gives the attributes of a type with those it takes over.
func (c *compiler) attributes(t *Type, depth int) []*Attribute {
	all := slices.Clone(t.Attributes)
	base := c.table.typeNamed(t.Restricts + t.Extends)
	if base == nil || depth > len(c.table.Types) {
		return all
	}
	for _, a := range c.attributes(base, depth+1) {
		if !slices.ContainsFunc(all, func(b *Attribute) bool { return a.Name == b.Name }) {
			all = append(all, a)
		}
	}
	return all
}

// parts gives the content of a type, an extended one's before its own.
func (c *compiler) parts(t *Type, depth int) []*Particle {
	base := c.table.typeNamed(t.Extends)
	if base == nil || depth > len(c.table.Types) {
		return t.Parts
	}
	return append(slices.Clone(c.parts(base, depth+1)), t.Parts...)
}

// text compiles a simple type: the limits of all the types it was made from
// hold together.
func (c *compiler) text(name string, limits []namedLimits, depth int) *Text {
	if base, known := builtIns[name]; known {
		x, err := newText(base, limits, c.patterns)
		if err != nil {
			c.wrong("%w", err)
		}
		return x
	}
	t := c.table.typeNamed(name)
	if t == nil || t.Text == "" || depth > len(c.table.Types) {
		c.wrong("%s is not a simple type", name)
		return &Text{}
	}
	return c.text(t.Text, append(limits, namedLimits{t.Name, &t.Limits}), depth+1)
}

// piece is what is known of a part of the content while states are made.
type piece struct {
	nullable    bool
	first, last []int32
}

// states makes a state per element of the content (a position automaton).
func (c *compiler) states(out *Content, parts []*Particle) {
	out.Start = int32(len(c.schema.States))
	c.schema.States = append(c.schema.States, State{})
	whole := c.sequence(parts)
	c.link([]int32{out.Start}, whole.first)
	c.schema.States[out.Start].Accept = whole.nullable
	for _, s := range whole.last {
		c.schema.States[s].Accept = true
	}
	out.End = int32(len(c.schema.States))
}

func (c *compiler) sequence(parts []*Particle) piece {
	out := piece{nullable: true}
	for _, p := range parts {
		out = c.chain(out, c.particle(p))
	}
	return out
}

// particle writes a part out as often as it must and may stand. Optional
// copies are nested, (a(a)?)?, which keeps the content deterministic.
func (c *compiler) particle(p *Particle) piece {
	copies := max(p.Min, p.Max)
	if p.Max == Unbounded {
		copies = max(p.Min, 1)
	}
	if copies == 0 {
		return piece{nullable: true}
	}
	all := make([]piece, 0, copies)
	for range copies {
		if len(c.schema.States) > maxStates {
			c.wrong("content grows too large")
			return piece{nullable: true}
		}
		all = append(all, c.once(p))
	}
	out := all[copies-1]
	if p.Max == Unbounded {
		c.link(out.last, out.first)
	}
	out.nullable = out.nullable || copies-1 >= p.Min
	for i := copies - 2; i >= 0; i-- {
		out = c.chain(all[i], out)
		out.nullable = out.nullable || i >= p.Min
	}
	return out
}

func (c *compiler) once(p *Particle) piece {
	switch p.Kind {
	case KindSequence:
		return c.sequence(p.Parts)
	case KindChoice:
		out := piece{}
		for _, x := range p.Parts {
			one := c.particle(x)
			out.nullable = out.nullable || one.nullable
			out.first = append(out.first, one.first...)
			out.last = append(out.last, one.last...)
		}
		return out
	}
	s := int32(len(c.schema.States))
	c.schema.States = append(c.schema.States, State{})
	c.schema.States[s].Decl = c.decl(p.Element, p.Max != 1)
	return piece{first: []int32{s}, last: []int32{s}}
}

func (c *compiler) chain(a, b piece) piece {
	c.link(a.last, b.first)
	out := piece{nullable: a.nullable && b.nullable, first: a.first, last: b.last}
	if a.nullable {
		out.first = slices.Concat(a.first, b.first)
	}
	if b.nullable {
		out.last = slices.Concat(a.last, b.last)
	}
	return out
}

// link lets the states to follow the states from.
func (c *compiler) link(from, to []int32) {
	for _, f := range from {
		for _, s := range to {
			move := newMove(c.schema.States[s].Decl.Name, s)
			clash := slices.IndexFunc(c.schema.States[f].Moves, func(m Move) bool { return m.Name == move.Name })
			switch {
			case clash < 0:
				c.schema.States[f].Moves = append(c.schema.States[f].Moves, move)
			case c.schema.States[f].Moves[clash] != move:
				c.wrong("element %s is not deterministic", move.Name)
			}
		}
	}
}
