// SPDX-License-Identifier: EUPL-1.2

package pages

import (
	"slices"
	"strconv"
	"strings"

	"meldewerk/calendar"
	"meldewerk/internal/ui"
	"meldewerk/report/form"
	"meldewerk/terminology"
)

// The one way from the description of a section to the questions on a page, for
// all occasions and for the patient.

// fieldBlock is one thing on the page of a section: a question, or several
// that belong together.
type fieldBlock struct {
	Shape     string // "field", "group", "inline", "more", "list", "row"
	Field     ui.Field
	ID        string // of a list or row
	Title     string
	Hint      string
	Voluntary bool
	Open      bool   // of "more": shown opened
	If, Is    string // shown while the field If has one of the values Is
	Button    ui.Button
	Blocks    []fieldBlock

	fallen bool // the condition does not hold now
	fresh  bool // a row that was just asked for
}

// The shapes.
const (
	shapeField  = "field"
	shapeGroup  = "group"  // with a legend
	shapeInline = "inline" // side by side
	shapeMore   = "more"   // folded away
	shapeList   = "list"
	shapeRow    = "row"
)

// sectionShow is what a page says beside the stored values.
type sectionShow struct {
	Problems ui.Problems       // by the name of the field
	More     string            // id of a list that shows one more row
	Lines    map[string]string // TNM lines as typed, by name
	Still    bool              // no field is focused
	Reasons  []form.Option     // of the Meldebegründung in this Land; nil: all
	Codes    codebook
}

// sectionFields makes the questions of a section, filled from a sheet.
func sectionFields(sheet form.Sheet, section *form.Section, show sectionShow) []fieldBlock {
	a := &asker{sheet: sheet, show: show}
	blocks := a.folded("", section.Nodes)
	if show.Still || len(show.Problems) > 0 {
		return blocks
	}
	if show.More == "" || !focusFresh(blocks) {
		focusEmpty(blocks)
	}
	return blocks
}

type asker struct {
	sheet     form.Sheet
	show      sectionShow
	compact   bool         // choices are selects, there is little room
	voluntary bool         // a group without a name around the fields is optional
	rare      []fieldBlock // what is folded away at the end
}

// below makes the key of a field within a group.
func below(prefix, key string) string {
	return strings.Trim(prefix+"."+key, ".")
}

// folded is nodes with the seldom needed ones at the end, folded away.
func (a *asker) folded(prefix string, nodes []*form.Node) []fieldBlock {
	outer := a.rare
	a.rare = nil
	blocks := a.nodes(prefix, nodes)
	if len(a.rare) > 0 {
		blocks = append(blocks, fieldBlock{Shape: shapeMore, Title: "Selten gebraucht", Blocks: a.rare, Open: wantsOpen(a.rare)})
	}
	a.rare = outer
	return blocks
}

func (a *asker) nodes(prefix string, nodes []*form.Node) []fieldBlock {
	var out []fieldBlock
	for _, n := range nodes {
		blocks := a.node(prefix, n)
		switch {
		case isRare(n):
			a.rare = append(a.rare, blocks...)
		default:
			out = append(out, blocks...)
		}
	}
	return out
}

// isRare says which questions hardly anybody answers. They are folded away and
// cost no key stroke.
func isRare(n *form.Node) bool {
	if !n.Optional {
		return false
	}
	switch n.Key {
	case "id", "earlier", "topography-text", "title", "suffix", "prefix", "former-names", "code-2014", "meddra":
		return n.Kind != form.Group
	}
	return false
}

func (a *asker) node(prefix string, n *form.Node) []fieldBlock {
	key := below(prefix, n.Key)
	switch n.Kind {
	case form.Group:
		return a.group(prefix, key, n)
	case form.Rows:
		return []fieldBlock{a.list(key, n)}
	}
	if n.Key == "version" {
		return []fieldBlock{a.version(key, n)}
	}
	block := fieldBlock{Shape: shapeField, Field: a.field(key, n)}
	out := []fieldBlock{a.conditional(block, prefix, n)}
	if accuracy, stated := a.accuracy(key, n); stated {
		out = append(out, fieldBlock{Shape: shapeField, Field: accuracy})
	}
	return out
}

func (a *asker) conditional(b fieldBlock, prefix string, n *form.Node) fieldBlock {
	if n.When == nil {
		return b
	}
	key := n.When.Key
	if beside, relative := strings.CutPrefix(key, "."); relative {
		key = below(prefix, beside)
	}
	b.If, b.Is = form.FieldID(key), strings.Join(n.When.Values, " ")
	b.fallen = !n.Holds(a.sheet, prefix)
	return b
}

func (a *asker) group(prefix, key string, n *form.Node) []fieldBlock {
	if isTNM(n) {
		return []fieldBlock{a.tnm(key, n)}
	}
	if n.Label == "" && n.When == nil {
		voluntary := a.voluntary
		a.voluntary = voluntary || n.Optional
		defer func() { a.voluntary = voluntary }()
		return a.nodes(key, n.Inner)
	}
	block := fieldBlock{Shape: shapeGroup, Title: n.Label, Hint: n.Hint, Voluntary: n.Optional, Blocks: a.folded(key, n.Inner)}
	return []fieldBlock{a.conditional(block, prefix, n)}
}

// usual are lists of which nearly every report has a row: one is shown, and
// left empty it is none.
var usual = map[string]bool{"morphologies": true, "substances": true}

// list is rows, each with a button to take it away, and one for a further row.
func (a *asker) list(key string, n *form.Node) fieldBlock {
	id := form.FieldID(key)
	list := fieldBlock{Shape: shapeList, ID: id, Title: n.Label, Hint: n.Hint, Voluntary: n.Optional}
	numbers := a.sheet.Rows(key)
	next := 0
	if len(numbers) > 0 {
		next = numbers[len(numbers)-1] + 1
	}
	for n := range numbers { // behind the last number that can be posted the gaps are filled
		if next > maxIndex && numbers[n] != n {
			next = n
		}
	}
	fresh := a.show.More == id && next <= maxIndex
	if fresh || len(numbers) == 0 && (!n.Optional || usual[n.Key]) {
		numbers = append(numbers, next)
		slices.Sort(numbers)
	}
	compact := a.compact
	a.compact = true
	for i, number := range numbers {
		rowKey := below(key, strconv.Itoa(number))
		title := n.One() + " " + strconv.Itoa(i+1)
		row := fieldBlock{Shape: shapeRow, ID: form.FieldID(rowKey) + "-zeile", Title: title, fresh: fresh && number == next,
			Button: ui.Button{Label: "Entfernen", Name: "act", Value: "remove:" + form.FieldID(rowKey), Kind: "tertiary", Confirm: title}}
		if len(n.Inner) == 1 && n.Inner[0].Key == "" {
			row.Blocks = []fieldBlock{{Shape: shapeField, Field: a.field(rowKey, n.Inner[0])}}
		} else {
			row.Blocks = a.folded(rowKey, n.Inner)
		}
		list.Blocks = append(list.Blocks, row)
	}
	a.compact = compact
	if len(numbers) > maxIndex {
		return list // as many as can be
	}
	list.Button = ui.Button{Label: "Hinzufügen", Name: "act", Value: "add:" + id, Kind: "secondary", Confirm: n.One()}
	if len(numbers) > 0 {
		list.Button.Label = "Weitere hinzufügen"
	}
	return list
}

// version is the edition of a classification: it is suggested, and folded away
// until somebody wants another one.
func (a *asker) version(key string, n *form.Node) fieldBlock {
	title := n.Label + ": wird vorgeschlagen"
	if value := a.sheet[key]; value != "" {
		title = n.Label + ": " + choiceWord(n, value)
	}
	field := a.field(key, n)
	return fieldBlock{Shape: shapeMore, Title: title, Open: field.Error != "", Blocks: []fieldBlock{{Shape: shapeField, Field: field}}}
}

// fewOptions is how many values stand side by side as radios.
const fewOptions = 6

func (a *asker) field(key string, n *form.Node) ui.Field {
	name, value := form.FieldID(key), a.sheet[key]
	var f ui.Field
	switch n.Kind {
	case form.Choice:
		f = a.choice(name, value, n)
	case form.Multiple:
		f = ui.Checks(name, n.Label, ui.Choose(choices(n), strings.Fields(value)...))
	case form.Lines:
		f = ui.Area(name, n.Label, value)
	case form.Day, form.About:
		day, month, year, _ := form.DayParts(value)
		f = ui.DateFields(name, n.Label, day, month, year)
		f.Hint = dayHint(n, value)
	case form.Coded:
		f = ui.Text(name, n.Label, value)
		if a.show.Codes.searchable(n.List) {
			f = f.WithSearch(a.searchPath(key, n.List))
			f.Said = a.show.Codes.word(n.List, value)
		}
	case form.Whole, form.Decimal, form.Year:
		f = ui.Digits(name, n.Label, value, n.Unit)
		if n.Kind == form.Decimal {
			f.Value = strings.Replace(value, ".", ",", 1)
		}
	default:
		f = ui.Text(name, n.Label, value)
		f.Unit = n.Unit
	}
	if f.Hint == "" {
		f.Hint = n.Hint
	}
	f.Optional = n.Optional || a.voluntary
	// No maxlength: a browser cuts what is pasted without a word. What is too
	// long is kept and named.
	if n.Length > 0 && n.Length <= 10 && f.Kind == ui.KindText {
		f.Width = 8
	}
	return f.Check(a.show.Problems)
}

// fieldReason is the name of the Meldebegründung, whose values differ by Land.
const fieldReason = "f-reason"

func (a *asker) choice(name, value string, n *form.Node) ui.Field {
	if name == fieldReason && a.show.Reasons != nil {
		only := *n
		only.Options, n = a.show.Reasons, &only
	}
	options := choices(n)
	known := value == "" || slices.ContainsFunc(options, func(o ui.Option) bool { return o.Value == value })
	if !known { // what an upload held before the list was what it is now
		options = append(options, ui.Option{Value: value, Label: choiceWord(n, value)})
	}
	if len(n.Options) > fewOptions || a.compact || !known {
		return ui.Select(name, n.Label, ui.Choose(append([]ui.Option{{Label: "Auswählen"}}, options...), value))
	}
	if n.Optional { // a radio cannot be taken back otherwise
		options = append(options, ui.Option{Label: "leer lassen"})
	}
	f := ui.Radios(name, n.Label, ui.Choose(options, value))
	if value == "" { // nobody has answered yet
		f.Options = ui.Choose(options)
	}
	f.Inline = true
	return f
}

// choices are the values of a list, "nicht bekannt" last.
func choices(n *form.Node) []ui.Option {
	var out, last []ui.Option
	for _, o := range n.Options {
		option := ui.Option{Value: o.Value, Label: o.Label}
		if o.Value == "U" {
			last = append(last, option)
		} else {
			out = append(out, option)
		}
	}
	return append(out, last...)
}

func choiceWord(n *form.Node, value string) string {
	for _, o := range n.Options {
		if o.Value == value {
			return o.Label
		}
	}
	return value
}

// accuracies are the letters of the data set, asked for only where a date
// carries one that does not follow from how much of it is given.
var accuracies = []ui.Option{
	{Label: "wie angegeben"}, {Value: string(calendar.Exact), Label: "auf den Tag genau"}, {Value: string(calendar.DayEstimated), Label: "Tag geschätzt"},
	{Value: string(calendar.MonthEstimated), Label: "Tag und Monat geschätzt"}, {Value: string(calendar.AllEstimated), Label: "ganz geschätzt"}, {Value: "-", Label: "ohne Aussage"},
}

func (a *asker) accuracy(key string, n *form.Node) (ui.Field, bool) {
	if n.Kind != form.Day && n.Kind != form.About {
		return ui.Field{}, false
	}
	_, _, _, letter := form.DayParts(a.sheet[key])
	if letter == "" {
		return ui.Field{}, false
	}
	return ui.Select(form.FieldID(key)+"_accuracy", n.Label+": Genauigkeit", ui.Choose(accuracies, letter)).Voluntary(), true
}

// dayHint says how exact a date is, in words.
func dayHint(n *form.Node, value string) string {
	day, month, year, letter := form.DayParts(value)
	switch {
	case letter != "" || n.Kind == form.Day:
		return n.Hint
	case day == "" && month != "" && year != "":
		return "Gespeichert: auf den Monat genau"
	case day == "" && month == "" && year != "":
		return "Gespeichert: auf das Jahr genau"
	case !n.Optional && value == "":
		return "Was nicht bekannt ist, bleibt leer: nur Monat und Jahr, oder nur das Jahr"
	}
	return n.Hint
}

// keyPrivate begins the fields of a private insurance.
const keyPrivate = "patient.insurance.private."

// searchPath is the address of the code search for a field: the year of the
// edition and the tumour make the hits fit.
func (a *asker) searchPath(key string, list terminology.List) string {
	path := "/katalog/" + string(list)
	day := a.sheet["tumour.diagnosed-on"]
	switch list {
	case terminology.ListInsurer: // knows no year and no tumour
		if strings.HasPrefix(key, keyPrivate) {
			return path + "?art=privat"
		}
		return path
	case terminology.ListOPS:
		day = a.sheet["date"]
	case terminology.ListSubstance, terminology.ListProtocol:
		day = a.sheet["begin"]
	}
	sep := "?"
	if _, _, year, _ := form.DayParts(day); len(year) == 4 && strings.Trim(year, "0123456789") == "" {
		path += sep + "jahr=" + year
		sep = "&"
	}
	icd := a.sheet["tumour.icd.code"]
	if code, _, _ := strings.Cut(icd, " "); key != "tumour.icd.code" && len(code) >= 3 && strings.Trim(code, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.") == "" {
		path += sep + "icd=" + code
	}
	return path
}

// wantsOpen says whether folded questions must be seen.
func wantsOpen(blocks []fieldBlock) bool {
	return slices.ContainsFunc(blocks, func(b fieldBlock) bool {
		if b.Shape != shapeField {
			return b.Shape == shapeList && (len(b.Blocks) > 0) || b.Shape != shapeList && wantsOpen(b.Blocks)
		}
		return b.Field.Error != "" || !emptyField(b.Field)
	})
}

// anyField says whether a question of the blocks is of that kind.
func anyField(blocks []fieldBlock, is func(ui.Field) bool) bool {
	return slices.ContainsFunc(blocks, func(b fieldBlock) bool { return b.Shape == shapeField && is(b.Field) || anyField(b.Blocks, is) })
}

func emptyField(f ui.Field) bool {
	if f.Kind == ui.KindDate {
		return f.Day+f.Month+f.Year == ""
	}
	return f.Value == "" && !slices.ContainsFunc(f.Options, func(o ui.Option) bool { return o.Selected && o.Value != "" })
}

// focusFresh begins the page in the row that was just asked for.
func focusFresh(blocks []fieldBlock) bool {
	for i := range blocks {
		if blocks[i].fresh && focusEmpty(blocks[i].Blocks) || focusFresh(blocks[i].Blocks) {
			return true
		}
	}
	return false
}

// focusEmpty begins the page in the first question without an answer.
func focusEmpty(blocks []fieldBlock) bool {
	for i := range blocks {
		b := &blocks[i]
		switch {
		case b.fallen || b.Shape == shapeMore && !b.Open:
			continue
		case b.Shape == shapeField && emptyField(b.Field):
			b.Field.Focus = true
			return true
		case focusEmpty(b.Blocks):
			return true
		}
	}
	return false
}
