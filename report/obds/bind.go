// SPDX-License-Identifier: EUPL-1.2

package obds

import (
	"errors"
	"fmt"
	"strings"
	"sync"

	"meldewerk/report/obds/schema"
)

const accuracyName = "Datumsgenauigkeit"

// node is a form laid upon the content of an element in one schema: which
// state of the content fills which field.
type node struct {
	form    *form
	content *schema.Content
	fields  []*bound // by state, counted from the content's first
	attrs   []*field // by attribute of the content
	order   []*bound // by field of the form, nil where the schema has no such element
}

// bound is an element of the schema with its field.
type bound struct {
	field    *field
	decl     *schema.Decl
	inner    *node        // for kindInner
	accuracy *schema.Attr // for kindDate, where the schema has the attribute
	listed   bool         // the text is one of a list
}

// binding is the form of a package laid upon one schema.
type binding struct {
	schema   *schema.Schema
	root     *node
	patient  *schema.Decl
	report   *schema.Decl
	reports  *schema.Decl // Menge_Meldung
	holder   *schema.Decl // Menge_Patient
	reporter *schema.Decl // Melder

	mu    sync.Mutex
	nodes map[nodeKey]*node
}

type nodeKey struct {
	form    *form
	content *schema.Content
}

// errWideDates means that a table allows days that would be misread: dateOf and
// the model keep years of four digits.
var errWideDates = errors.New("its type is not limited by min and max to days within the years 1 to 9999")

// bind lays the forms upon a schema. Every element and attribute of the
// schema must have its field, so that nothing read is lost.
func bind(s *schema.Schema) (*binding, error) {
	b := &binding{schema: s, nodes: map[nodeKey]*node{}}
	root, err := b.node(packageForm, s.Root.Content, s.Name)
	if err != nil {
		return nil, err
	}
	b.root = root
	b.holder = root.decl("Menge_Patient")
	if b.holder == nil {
		return nil, fmt.Errorf("bind oBDS %s: no Menge_Patient", s.Version)
	}
	patients := root.named("Menge_Patient").inner
	b.patient = patients.decl("Patient")
	if b.patient == nil {
		return nil, fmt.Errorf("bind oBDS %s: no Patient", s.Version)
	}
	reports := patients.named("Patient").inner.named("Menge_Meldung")
	if reports == nil || reports.inner.decl("Meldung") == nil {
		return nil, fmt.Errorf("bind oBDS %s: no Meldung", s.Version)
	}
	b.reports = reports.decl
	b.report = reports.inner.decl("Meldung")
	if melder := root.named("Menge_Melder"); melder != nil {
		b.reporter = melder.inner.decl("Melder")
	}
	if b.reporter == nil {
		return nil, fmt.Errorf("bind oBDS %s: no Melder", s.Version)
	}
	return b, nil
}

// node lays a form upon a content; path is for the complaint.
func (b *binding) node(f *form, c *schema.Content, path string) (*node, error) {
	key := nodeKey{f, c}
	if n := b.nodes[key]; n != nil {
		return n, nil
	}
	if c.Text != nil {
		return nil, fmt.Errorf("bind oBDS %s: %s holds a text, its field does not", b.schema.Version, path)
	}
	n := &node{form: f, content: c, fields: make([]*bound, c.End-c.Start), attrs: make([]*field, len(c.Attributes))}
	b.nodes[key] = n
	for i, a := range c.Attributes {
		n.attrs[i] = f.named("@" + a.Name)
		if n.attrs[i] == nil {
			return nil, fmt.Errorf("bind oBDS %s: %s/@%s has no field", b.schema.Version, path, a.Name)
		}
	}
	known := map[string]*bound{}
	for state := c.Start; state < c.End; state++ {
		decl := b.schema.States[state].Decl
		if decl == nil {
			continue
		}
		x := known[decl.Name]
		if x == nil {
			var err error
			if x, err = b.element(f, decl, path+"/"+decl.Name); err != nil {
				return nil, err
			}
			known[decl.Name] = x
		}
		n.fields[state-c.Start] = x
	}
	for _, x := range f.fields {
		n.order = append(n.order, known[x.name])
	}
	return n, nil
}

// element lays a field upon a declared element.
func (b *binding) element(f *form, decl *schema.Decl, path string) (*bound, error) {
	x := f.named(decl.Name)
	if x == nil {
		return nil, fmt.Errorf("bind oBDS %s: %s has no field", b.schema.Version, path)
	}
	out := &bound{field: x, decl: decl}
	if x.kind == kindInner {
		inner, err := b.node(x.form, decl.Content, path)
		out.inner = inner
		return out, err
	}
	if decl.Content.Text == nil {
		return nil, fmt.Errorf("bind oBDS %s: %s holds elements, its field does not", b.schema.Version, path)
	}
	if (x.kind == kindDate || x.kind == kindYear) && !decl.Content.Text.WithinFourDigits() {
		return nil, fmt.Errorf("bind oBDS %s: %s: %w", b.schema.Version, path, errWideDates)
	}
	out.listed = decl.Content.Text.Enum() != nil
	for i := range decl.Content.Attributes {
		a := &decl.Content.Attributes[i]
		if x.kind != kindDate || a.Name != accuracyName {
			return nil, fmt.Errorf("bind oBDS %s: %s/@%s has no field", b.schema.Version, path, a.Name)
		}
		out.accuracy = a
	}
	return out, nil
}

// derived gives the node for a content that a package put in the place of
// the declared one (xsi:type).
func (b *binding) derived(n *node, c *schema.Content) *node {
	if n == nil {
		return nil
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	out, err := b.node(n.form, c, "")
	if err != nil {
		return nil
	}
	return out
}

func (f *form) named(name string) *field {
	for _, x := range f.fields {
		if x.name == name {
			return x
		}
	}
	return nil
}

func (n *node) named(name string) *bound {
	for _, x := range n.order {
		if x != nil && x.field.name == name {
			return x
		}
	}
	return nil
}

func (n *node) decl(name string) *schema.Decl {
	if x := n.named(name); x != nil {
		return x.decl
	}
	return nil
}

// isAttribute says that the field is an attribute.
func (f *field) isAttribute() bool { return strings.HasPrefix(f.name, "@") }
