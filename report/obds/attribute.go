// SPDX-License-Identifier: EUPL-1.2

package obds

import (
	"meldewerk/calendar"
	"meldewerk/report"
	"meldewerk/report/obds/schema"
	"meldewerk/report/obds/xmltoken"
)

// attributes judges the attributes of the element just opened and puts them
// into the model.
func (e *engine) attributes() {
	f := &e.frames[len(e.frames)-1]
	if f.bound != nil && f.bound.accuracy != nil && f.bound.accuracy.Default != nil {
		e.accuracy = calendar.Accuracy(*f.bound.accuracy.Default)
	}
	if len(e.scan.Attrs) == 0 && f.content.Required == 0 {
		return
	}
	for i := range e.scan.Attrs {
		if a := &e.scan.Attrs[i]; a.Space == xmltoken.InstanceSpace && string(a.Name) == "type" {
			e.substitute(f, a.Value)
		}
	}
	required := 0
	for i := range e.scan.Attrs {
		a := &e.scan.Attrs[i]
		at := -1
		if a.Space == xmltoken.NoSpace {
			at = indexAttr(f.content.Attributes, a.Name)
		}
		if at < 0 {
			e.foreign(f, a)
			continue
		}
		if f.content.Attributes[at].Required {
			required++
		}
		e.attribute(f, at, a.Value)
	}
	if required < f.content.Required {
		e.missingAttributes(f)
	}
}

func indexAttr(attrs []schema.Attr, name []byte) int {
	for i := range attrs {
		if attrs[i].Name == string(name) {
			return i
		}
	}
	return -1
}

// attribute judges one declared attribute.
func (e *engine) attribute(f *frame, at int, value []byte) {
	a := &f.content.Attributes[at]
	flaw := a.Text.Check(value)
	if flaw != schema.Sound {
		rule, s := e.flaw(a.Name, a.Text, flaw, value)
		e.report(rule, s, len(e.frames), "/@"+a.Name, int(f.line))
		return
	}
	if a.Fixed != nil && string(value) != *a.Fixed {
		e.report(RuleFixed, notTheOne.in(e.english, a.Name, *a.Fixed),
			len(e.frames), "/@"+a.Name, int(f.line))
		return
	}
	word := "" // the value, where it was made a string already
	switch f.decl {
	case e.binding.patient:
		if a.Name == "Patient_ID" {
			word = string(value)
			e.patient.id = report.PatientID(word)
		}
	case e.binding.reporter:
		if a.Name == "ID" && e.keys != nil && e.keys.reporter(report.ReporterID(value)) {
			e.report(RuleReporterTwice, reporterTwice.in(e.english), len(e.frames), "/@ID", int(f.line))
		}
	case e.binding.report:
		switch a.Name {
		case "Meldung_ID":
			word = string(value)
			e.item.ID = report.ID(word)
		case "Melder_ID":
			word = e.values.shared(value)
			e.item.Reporter = report.ReporterID(word)
		}
	}
	switch {
	case f.bound != nil && f.bound.accuracy != nil:
		e.accuracy = accuracyOf(value)
	case f.node != nil && f.target != nil:
		e.putAttribute(f, f.node.attrs[at], value, word)
	}
}

// foreign judges an attribute that the schema does not declare. Those of the
// schema instance have a meaning of their own; where a document says its
// schema lies is of no consequence.
func (e *engine) foreign(f *frame, a *xmltoken.Attribute) {
	if a.Space == xmltoken.InstanceSpace {
		switch string(a.Name) {
		case "schemaLocation", "noNamespaceSchemaLocation", "type":
			return
		case "nil":
			e.report(RuleNil, nilNotAllowed.in(e.english),
				len(e.frames), "/@xsi:nil", int(f.line))
			return
		}
	}
	e.report(RuleForeign, foreignAttr.in(e.english, f.decl.Name),
		len(e.frames), "/@*", int(f.line))
}

func (e *engine) missingAttributes(f *frame) {
	for i := range f.content.Attributes {
		a := &f.content.Attributes[i]
		present := false
		for j := range e.scan.Attrs {
			present = present || e.scan.Attrs[j].Space == xmltoken.NoSpace && string(e.scan.Attrs[j].Name) == a.Name
		}
		if a.Required && !present {
			e.report(RuleAttribute, missingAttr.in(e.english, f.decl.Name, a.Name), len(e.frames), "/@"+a.Name, int(f.line))
		}
	}
}

// substitute puts the type that xsi:type names in the place of the declared one.
func (e *engine) substitute(f *frame, value []byte) {
	space, local, ok := e.scan.Resolve(value)
	if ok {
		name := string(local)
		switch e.scan.SpaceName(space) {
		case Namespace:
		case xsdNamespace:
			name = "xs:" + name
		default:
			ok = false
		}
		if content, derived := e.schema.Derived(name, f.content); ok && derived {
			if content != f.content {
				f.content, f.state, f.node = content, content.Start, e.binding.derived(f.node, content)
			}
			return
		}
	}
	e.report(RuleType, wrongType.in(e.english, f.decl.Name),
		len(e.frames), "/@xsi:type", int(f.line))
}

const xsdNamespace = "http://www.w3.org/2001/XMLSchema"
