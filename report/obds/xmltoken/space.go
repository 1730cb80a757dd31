// SPDX-License-Identifier: EUPL-1.2

package xmltoken

import "slices"

// bind puts a namespace declaration in force.
func (s *Scanner) bind(a *Attribute) Code {
	prefix := ""
	if len(a.Name) < len(a.qualified) {
		prefix = string(a.Name)
	}
	uri := string(a.Value)
	switch {
	case prefix == "xmlns", uri == xmlnsURI, (prefix == "xml") != (uri == xmlURI):
		return Reserved
	case prefix != "" && uri == "":
		return Reserved
	case prefix == "xml":
		return 0
	}
	for _, b := range s.bindings[s.bindAt[len(s.bindAt)-1]:] {
		if b.prefix == prefix {
			return Duplicate
		}
	}
	space := slices.Index(s.spaces, uri)
	if space < 0 {
		if len(s.spaces) >= s.limits.Spaces {
			return TooManySpaces
		}
		space = len(s.spaces)
		s.spaces = append(s.spaces, uri)
	}
	s.bindings = append(s.bindings, binding{prefix, space})
	return 0
}

// lookup finds the namespace of a prefix.
func (s *Scanner) lookup(prefix []byte) (int, bool) {
	for i := len(s.bindings) - 1; i >= 0; i-- {
		if s.bindings[i].prefix == string(prefix) {
			return s.bindings[i].space, true
		}
	}
	return 0, false
}

// Resolve gives the namespace and the local part of a qualified name that
// stands as a value (xsi:type) in the element just begun.
func (s *Scanner) Resolve(qualified []byte) (int, []byte, bool) {
	prefix, local := qualified[:0], qualified
	if i := slices.Index(qualified, ':'); i >= 0 {
		prefix, local = qualified[:i], qualified[i+1:]
	}
	space, known := s.lookup(prefix)
	return space, local, known && len(local) > 0
}

// resolveAttributes finds the namespaces of the attributes and refuses one
// that stands twice.
func (s *Scanner) resolveAttributes() Code {
	for i := range s.Attrs {
		a := &s.Attrs[i]
		a.Space = NoSpace
		if len(a.Name) < len(a.qualified) {
			space, known := s.lookup(a.qualified[:len(a.qualified)-len(a.Name)-1])
			if !known {
				return Unbound
			}
			a.Space = space
		}
		for _, other := range s.Attrs[:i] {
			if other.Space == a.Space && string(other.Name) == string(a.Name) {
				return Duplicate
			}
		}
	}
	return 0
}
