// SPDX-License-Identifier: EUPL-1.2

package schema

// Table is one version of the data set's schema as data.
type Table struct {
	Name      string // name of the root element, oBDS
	Version   string // 3.0.4
	Namespace string
	Root      *Element
	Keys      []Key
	Types     []*Type // the named types, in the order of the file
}

// Unbounded stands for maxOccurs="unbounded".
const Unbounded = -1

// Particle is a part of an element's content: an element, a sequence or a choice.
type Particle struct {
	Kind     Kind
	Min, Max int
	Element  *Element    // for KindElement
	Parts    []*Particle // for the others
}

// Kind tells what a Particle is.
type Kind uint8

// The kinds of particles.
const (
	KindElement Kind = iota
	KindSequence
	KindChoice
)

// Element is a declared element. Its type is either named or its own.
type Element struct {
	Name  string
	Type  string // name of a Type or of a built-in (xs:string), or ""
	Own   *Type  // when Type is ""
	Fixed *string
}

// Type is a named or own type. With Text it holds text, else elements.
type Type struct {
	Name       string // "" for an own type
	Text       string // name of the simple type that its text restricts, or ""
	Limits     Limits // of the text
	Restricts  string // name of the complex type it was made from, or ""
	Extends    string // likewise, with the content added behind
	Attributes []*Attribute
	Parts      []*Particle // a sequence
}

// Attribute is a declared attribute.
type Attribute struct {
	Name     string
	Required bool
	Default  *string
	Fixed    *string
	Type     string // name of a simple type
	Limits   Limits // further limits of its own
}

// Limits restrict a text (the facets of XSD).
type Limits struct {
	Enum                         []string
	Patterns                     []string // one of them must hold
	Length, MinLength, MaxLength *int
	Min, Max, Above, Below       string // "" for none
	Digits, Fraction             *int
}

// Key is a uniqueness over the whole package, or a reference to one.
type Key struct {
	Name  string
	Path  []string // element names below the root
	Field string   // attribute name
	Refer string   // for a reference: the name of the Key referred to
}

// typeNamed finds a named type, or nil.
func (t *Table) typeNamed(name string) *Type {
	for _, x := range t.Types {
		if x.Name == name {
			return x
		}
	}
	return nil
}
