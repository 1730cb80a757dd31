// SPDX-License-Identifier: EUPL-1.2

package obds

import (
	"meldewerk/report/obds/xmltoken"
)

// begin reads up to the root element and chooses the schema by it. Where no
// package of ours begins, a finding says so and there is no engine.
func (r *Reader) begin() error {
	kind, err := r.scan.Next()
	if err != nil {
		return err
	}
	if kind != xmltoken.Start {
		return &xmltoken.Fault{Code: xmltoken.Empty, Line: r.scan.Line}
	}
	catalogue := r.options.Catalogue
	if catalogue == nil {
		if catalogue, err = BuiltIn(); err != nil {
			return err
		}
	}
	v, s, rule := r.choose(catalogue)
	if v == nil {
		r.stop(rule, s, "", r.scan.Line)
		return nil
	}
	b, err := v.binding()
	if err != nil {
		return err
	}
	r.version = b.schema.Version
	r.engine = r.newEngine(b, r.scan)
	r.engine.doc, r.engine.keys = &r.doc, r.keys
	r.engine.divide = r.options.Workers > 1
	r.engine.root()
	return nil
}

// choose finds the version for the root element just read.
func (r *Reader) choose(c *Catalogue) (*version, sentence, string) {
	space := r.scan.SpaceName(r.scan.Space)
	name := string(r.scan.Name)
	switch {
	case name == oldRootName && (space == oldNamespace || space == ""):
		return nil, oldPackage.in(r.options.English), RuleOldVersion
	case name != rootName || space != Namespace:
		return nil, wrongRoot.in(r.options.English), RuleRoot
	}
	if r.options.Version != "" {
		if v, ok := c.exact(r.options.Version); ok {
			return v, sentence{}, ""
		}
		return nil, unknownVersion.in(r.options.English, c.newest()), RuleVersion
	}
	for _, a := range r.scan.Attrs {
		if a.Space != xmltoken.NoSpace || string(a.Name) != versionName {
			continue
		}
		if v, ok := c.declared(string(a.Value)); ok {
			return v, sentence{}, ""
		}
		return nil, unknownVersion.in(r.options.English, c.newest()), RuleVersion
	}
	return nil, noVersion.in(r.options.English), RuleVersion
}

func (r *Reader) newEngine(b *binding, scan *xmltoken.Scanner) *engine {
	e := &engine{binding: b, schema: b.schema, scan: scan, limits: r.options.Limits,
		decode: !r.options.CheckOnly, english: r.options.English, space: scan.Space, out: &batch{}}
	if r.options.Inspect != nil || r.options.InspectPatient != nil {
		e.inspect = r.inspect
	}
	if r.options.Forget {
		e.stock = newStock()
	}
	return e
}

// root opens the root element.
func (e *engine) root() {
	f := frame{decl: e.schema.Root, content: e.schema.Root.Content, state: e.schema.Root.Content.Start,
		line: int32(e.scan.Line), nth: 1}
	if e.decode {
		f.node, f.target = e.binding.root, e.doc
	}
	e.frames = append(e.frames, f)
	e.attributes()
}
