// SPDX-License-Identifier: EUPL-1.2

package pages

import (
	"slices"
	"strings"

	"meldewerk/internal/ui"
	"meldewerk/report/form"
	"meldewerk/terminology"
	"meldewerk/tumour"
	"meldewerk/tumour/wording"
)

// lineSuffix makes the name of the field in which a TNM is typed as one line.
const lineSuffix = "-line"

// isTNM says whether a group is a TNM.
func isTNM(n *form.Node) bool {
	has := func(key string) bool {
		return slices.ContainsFunc(n.Inner, func(inner *form.Node) bool { return inner.Key == key })
	}
	return n.Kind == form.Group && has("t") && has("n") && has("m") && has("edition")
}

// tnm asks for a TNM as one line, or in single fields.
func (a *asker) tnm(key string, n *form.Node) fieldBlock {
	name := form.FieldID(key) + lineSuffix
	line := ui.Text(name, "TNM als Zeile", a.show.Lines[name]).Voluntary()
	line.Hint = "Zum Beispiel cT2 cN1 cM0 L0 V0 (8. Auflage). Die Zeile füllt die Felder darunter."
	if said := tnmLine(a.sheet, key); said != "" {
		line.Hint = "Gespeichert: " + said
	}
	group := fieldBlock{Shape: shapeGroup, Title: n.Label, Hint: n.Hint, Voluntary: n.Optional,
		Blocks: []fieldBlock{{Shape: shapeField, Field: line.Check(a.show.Problems)}}}

	compact := a.compact
	a.compact = true
	defer func() { a.compact = compact }()
	nodes := map[string]*form.Node{}
	for _, inner := range n.Inner {
		nodes[inner.Key] = inner
	}
	ask := func(inner string) []fieldBlock {
		node := nodes[inner]
		if node == nil {
			return nil
		}
		delete(nodes, inner)
		if blocks, listed := a.category(key, node); listed {
			return blocks
		}
		return a.node(key, node)
	}
	for _, together := range [][]string{{"edition"}, {"t-prefix", "t", "multiple"}, {"n-prefix", "n"}, {"m-prefix", "m"},
		{"lymphatic", "venous"}, {"perineural", "serum"}, {"stage"}, {"date"}} {
		row := fieldBlock{Shape: shapeInline}
		for _, inner := range together {
			row.Blocks = append(row.Blocks, ask(inner)...)
		}
		group.Blocks = append(group.Blocks, row)
	}
	more := fieldBlock{Shape: shapeMore, Title: "Nach Therapie (y), Rezidiv (r), Autopsie (a)"}
	for _, inner := range n.Inner {
		more.Blocks = append(more.Blocks, ask(inner.Key)...)
	}
	more.Open = wantsOpen(more.Blocks)
	group.Blocks = append(group.Blocks, more)
	return group
}

// categories are values of T, N and M as people choose them; what a site knows
// is picked from them.
var categories = map[string]struct {
	axis   terminology.Axis
	values []string
}{
	"t": {terminology.AxisT, strings.Fields("X 0 is is(DCIS) is(LCIS) is(Paget) a 1 1mi 1a 1a1 1a2 1b 1b1 1b2 1b3 1c 1c1 1c2 1c3 1d 2 2a 2a1 2a2 2b 2c 2d 3 3a 3b 3c 3d 3e 4 4a 4b 4c 4d 4e")},
	"n": {terminology.AxisN, strings.Fields("X 0 0(sn) 0(i+) 1 1mi 1a 1b 1c 2 2a 2b 2c 3 3a 3b 3c")},
	"m": {terminology.AxisM, strings.Fields("X 0 1 1a 1b 1c 1d")},
}

// category asks for T, N or M by choice where the values of the site are
// known. What stands there already stays, whatever it is.
func (a *asker) category(key string, n *form.Node) ([]fieldBlock, bool) {
	axis, is := categories[n.Key]
	if !is {
		return nil, false
	}
	edition, icd, value := a.sheet[below(key, "edition")], a.sheet["tumour.icd.code"], a.sheet[below(key, n.Key)]
	var known []ui.Option
	for _, v := range axis.values {
		if terminology.KnownTNM(axis.axis, edition, icd, v) {
			known = append(known, ui.Option{Value: v, Label: v})
		}
	}
	// A site whose list is not held knows them all: there one types.
	if len(known) == 0 || icd == "" || everywhere(axis.axis, edition, axis.values) == len(known) {
		return nil, false
	}
	if value != "" && !slices.ContainsFunc(known, func(o ui.Option) bool { return o.Value == value }) {
		known = append(known, ui.Option{Value: value, Label: value})
	}
	f := ui.Select(form.FieldID(below(key, n.Key)), n.Label, ui.Choose(append([]ui.Option{{Label: "–"}}, known...), value))
	f.Optional = n.Optional
	return []fieldBlock{{Shape: shapeField, Field: f.Check(a.show.Problems)}}, true
}

// everywhere counts the values that an edition has at all.
func everywhere(axis terminology.Axis, edition string, values []string) int {
	n := 0
	for _, v := range values {
		if terminology.KnownTNM(axis, edition, "", v) {
			n++
		}
	}
	return n
}

// tnmLine writes a TNM of a sheet as one line.
func tnmLine(s form.Sheet, key string) string {
	code := func(inner string) tumour.Code { return tumour.Code(s[below(key, inner)]) }
	label := func(inner string) tumour.Label { return tumour.Label(s[below(key, inner)]) }
	return wording.TNMLine(&tumour.TNM{
		Edition: code("edition"), AfterTherapy: code("after-therapy"), Recurrence: code("recurrence"), Autopsy: code("autopsy"),
		TPrefix: code("t-prefix"), T: label("t"), Multiple: code("multiple"), NPrefix: code("n-prefix"), N: label("n"), MPrefix: code("m-prefix"), M: label("m"),
		Lymphatic: code("lymphatic"), Venous: code("venous"), Perineural: code("perineural"), SerumMarker: code("serum"), Stage: code("stage")})
}
