// SPDX-License-Identifier: EUPL-1.2

package schema

import (
	"encoding/xml"
	"fmt"
	"io"
	"strconv"
	"strings"
)

const xsdNamespace = "http://www.w3.org/2001/XMLSchema"

// tree is an element of the XSD file.
type tree struct {
	name  string
	attrs map[string]string
	kids  []*tree
}

func (n *tree) attr(name string) string { return n.attrs[name] }

// only gives the children that carry structure; annotations do not.
func (n *tree) only(names ...string) []*tree {
	var out []*tree
	for _, k := range n.kids {
		for _, name := range names {
			if k.name == name {
				out = append(out, k)
			}
		}
	}
	return out
}

// Import reads an official XSD file. It knows the constructs that the data
// set uses and refuses every other, so that nothing is lost unnoticed.
func Import(xsd io.Reader) (*Table, error) {
	root, prefixes, err := readTree(xsd)
	if err != nil {
		return nil, err
	}
	if root.name != "schema" || root.attr("elementFormDefault") != "qualified" || root.attr("attributeFormDefault") == "qualified" {
		return nil, fmt.Errorf("import schema: root must be a schema with qualified elements and unqualified attributes")
	}
	im := &importer{prefixes: prefixes, target: root.attr("targetNamespace")}
	version, _, _ := strings.Cut(root.attr("version"), " ")
	t := &Table{Version: version, Namespace: im.target}
	for _, k := range root.kids {
		switch k.name {
		case "element":
			if t.Root != nil {
				return nil, fmt.Errorf("import schema: more than one root element")
			}
			t.Root = im.element(k)
			t.Name = t.Root.Name
			t.Keys = im.keys(k)
		case "complexType":
			t.Types = append(t.Types, im.complexType(k, k.attr("name")))
		case "simpleType":
			t.Types = append(t.Types, im.simpleType(k, k.attr("name")))
		default:
			im.refuse(k)
		}
	}
	if im.err != nil {
		return nil, im.err
	}
	if t.Root == nil || t.Version == "" || t.Namespace == "" {
		return nil, fmt.Errorf("import schema: no root element, version or namespace")
	}
	return t, nil
}

func readTree(r io.Reader) (*tree, map[string]string, error) {
	d := xml.NewDecoder(r)
	prefixes := map[string]string{}
	var stack []*tree
	var root *tree
	for {
		token, err := d.Token()
		if err == io.EOF && root != nil && len(stack) == 0 {
			return root, prefixes, nil
		}
		if err != nil {
			return nil, nil, fmt.Errorf("import schema: %w", err)
		}
		switch token := token.(type) {
		case xml.StartElement:
			n := &tree{name: token.Name.Local, attrs: map[string]string{}}
			if token.Name.Space != xsdNamespace {
				n.name = "foreign " + n.name
			}
			for _, a := range token.Attr {
				switch {
				case a.Name.Space == "xmlns":
					prefixes[a.Name.Local] = a.Value
				case a.Name.Local == "xmlns" && a.Name.Space == "":
					prefixes[""] = a.Value
				default:
					n.attrs[a.Name.Local] = a.Value
				}
			}
			if len(stack) == 0 {
				root = n
			} else if top := stack[len(stack)-1]; n.name != "annotation" {
				top.kids = append(top.kids, n)
			}
			stack = append(stack, n)
		case xml.EndElement:
			stack = stack[:len(stack)-1]
		}
	}
}

// importer turns XSD elements into our own form and keeps the first refusal.
type importer struct {
	prefixes map[string]string
	target   string
	err      error
}

func (im *importer) refuse(n *tree) {
	if im.err == nil {
		im.err = fmt.Errorf("import schema: %s %q is not supported here", n.name, n.attr("name"))
	}
}

// name resolves the name of a type: built-in types keep the prefix xs.
func (im *importer) name(qname string) string {
	prefix, local, found := strings.Cut(qname, ":")
	if !found {
		prefix, local = "", qname
	}
	switch im.prefixes[prefix] {
	case xsdNamespace:
		return "xs:" + local
	case im.target:
		return local
	}
	if im.err == nil {
		im.err = fmt.Errorf("import schema: unknown prefix of type %q", qname)
	}
	return qname
}

func (im *importer) element(n *tree) *Element {
	for name := range n.attrs {
		switch name {
		case "name", "type", "minOccurs", "maxOccurs", "fixed":
		default:
			im.refuse(n)
		}
	}
	e := &Element{Name: n.attr("name")}
	if fixed, has := n.attrs["fixed"]; has {
		e.Fixed = &fixed
	}
	for _, k := range n.kids {
		switch {
		case k.name == "complexType" && e.Own == nil:
			e.Own = im.complexType(k, "")
		case k.name == "simpleType" && e.Own == nil:
			e.Own = im.simpleType(k, "")
		case k.name == "unique", k.name == "keyref":
		default:
			im.refuse(k)
		}
	}
	if t := n.attr("type"); t != "" {
		e.Type = im.name(t)
	}
	if e.Name == "" || (e.Type == "") == (e.Own == nil) {
		im.refuse(n)
	}
	return e
}

func (im *importer) occurs(n *tree) (int, int) {
	least, most := 1, 1
	if v, has := n.attrs["minOccurs"]; has {
		least = im.number(n, v)
	}
	if v, has := n.attrs["maxOccurs"]; has {
		most = Unbounded
		if v != "unbounded" {
			most = im.number(n, v)
		}
	}
	return least, most
}

func (im *importer) number(n *tree, v string) int {
	i, err := strconv.Atoi(v)
	if err != nil || i < 0 || i > 1_000_000 {
		im.refuse(n)
	}
	return i
}

func (im *importer) particle(n *tree) *Particle {
	p := &Particle{}
	p.Min, p.Max = im.occurs(n)
	switch n.name {
	case "element":
		p.Element = im.element(n)
		return p
	case "sequence":
		p.Kind = KindSequence
	case "choice":
		p.Kind = KindChoice
	default:
		im.refuse(n)
	}
	for _, k := range n.kids {
		p.Parts = append(p.Parts, im.particle(k))
	}
	return p
}

func (im *importer) complexType(n *tree, name string) *Type {
	t := &Type{Name: name}
	if n.attr("mixed") == "true" || n.attr("abstract") == "true" {
		im.refuse(n)
	}
	for _, k := range n.kids {
		switch k.name {
		case "simpleContent":
			im.simpleContent(t, k)
		case "complexContent":
			im.complexContent(t, k)
		default:
			im.body(t, k)
		}
	}
	return t
}

// body reads a content particle or an attribute of a complex type.
func (im *importer) body(t *Type, n *tree) {
	switch {
	case n.name == "attribute":
		t.Attributes = append(t.Attributes, im.attribute(n))
	case (n.name == "sequence" || n.name == "choice") && t.Parts == nil:
		p := im.particle(n)
		if p.Kind == KindSequence && p.Min == 1 && p.Max == 1 {
			t.Parts = p.Parts
		} else {
			t.Parts = []*Particle{p}
		}
	default:
		im.refuse(n)
	}
}

func (im *importer) simpleContent(t *Type, n *tree) {
	if len(n.kids) != 1 || n.kids[0].name != "extension" {
		im.refuse(n)
		return
	}
	t.Text = im.name(n.kids[0].attr("base"))
	for _, k := range n.kids[0].kids {
		if k.name != "attribute" {
			im.refuse(k)
			continue
		}
		t.Attributes = append(t.Attributes, im.attribute(k))
	}
}

func (im *importer) complexContent(t *Type, n *tree) {
	if len(n.kids) != 1 {
		im.refuse(n)
		return
	}
	k := n.kids[0]
	switch k.name {
	case "restriction":
		t.Restricts = im.name(k.attr("base"))
	case "extension":
		t.Extends = im.name(k.attr("base"))
	default:
		im.refuse(k)
	}
	for _, part := range k.kids {
		im.body(t, part)
	}
}

func (im *importer) attribute(n *tree) *Attribute {
	a := &Attribute{Name: n.attr("name")}
	for name, v := range n.attrs {
		switch name {
		case "name":
		case "type":
			a.Type = im.name(v)
		case "use":
			a.Required = v == "required"
			if v != "required" && v != "optional" {
				im.refuse(n)
			}
		case "default":
			a.Default = &v
		case "fixed":
			a.Fixed = &v
		default:
			im.refuse(n)
		}
	}
	for _, k := range n.kids {
		if k.name != "simpleType" || a.Type != "" {
			im.refuse(k)
			continue
		}
		own := im.simpleType(k, "")
		a.Type, a.Limits = own.Text, own.Limits
	}
	if a.Name == "" || a.Type == "" {
		im.refuse(n)
	}
	return a
}

func (im *importer) simpleType(n *tree, name string) *Type {
	t := &Type{Name: name}
	if len(n.kids) != 1 || n.kids[0].name != "restriction" || n.kids[0].attr("base") == "" {
		im.refuse(n)
		return t
	}
	t.Text = im.name(n.kids[0].attr("base"))
	for _, k := range n.kids[0].kids {
		im.limit(&t.Limits, k)
	}
	return t
}

func (im *importer) limit(l *Limits, n *tree) {
	v := n.attr("value")
	count := func(target **int) {
		i := im.number(n, v)
		*target = &i
	}
	switch n.name {
	case "enumeration":
		l.Enum = append(l.Enum, v)
	case "pattern":
		l.Patterns = append(l.Patterns, v)
	case "length":
		count(&l.Length)
	case "minLength":
		count(&l.MinLength)
	case "maxLength":
		count(&l.MaxLength)
	case "totalDigits":
		count(&l.Digits)
	case "fractionDigits":
		count(&l.Fraction)
	case "minInclusive":
		l.Min = v
	case "maxInclusive":
		l.Max = v
	case "minExclusive":
		l.Above = v
	case "maxExclusive":
		l.Below = v
	default:
		im.refuse(n)
	}
}

// keys reads the uniqueness rules of the root element.
func (im *importer) keys(n *tree) []Key {
	var keys []Key
	for _, k := range n.only("unique", "keyref") {
		selector, field := k.only("selector"), k.only("field")
		if len(selector) != 1 || len(field) != 1 || !strings.HasPrefix(field[0].attr("xpath"), "@") {
			im.refuse(k)
			continue
		}
		key := Key{Name: k.attr("name"), Field: field[0].attr("xpath")[1:]}
		for step := range strings.SplitSeq(selector[0].attr("xpath"), "/") {
			key.Path = append(key.Path, im.name(step))
		}
		if k.name == "keyref" {
			key.Refer = im.name(k.attr("refer"))
		}
		keys = append(keys, key)
	}
	return keys
}
