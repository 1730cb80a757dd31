// SPDX-License-Identifier: EUPL-1.2

package form

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"meldewerk/report"
	"meldewerk/terminology"
	"meldewerk/tumour"
)

// Field is a Feld of a form as it stands in a sheet.
type Field struct {
	Section *Section
	Node    *Node
	Key     string
	Label   string // with the words of the groups around it, e.g. "Klinisches TNM: Auflage"
	When    string // key of the choice on which it depends while that does not hold; else ""
	AnyOf   string // words of the group around it when any of its fields would do; else ""

	place []int // where it stands in the form
}

// Compare orders fields as they stand in the form.
func (f *Field) Compare(o *Field) int { return slices.Compare(f.place, o.place) }

// At finds the field of a key in the form of an occasion. Only what can be
// filled is a field: no group, no row as a whole, no row beyond the limit.
func At(s Sheet, key string) (Field, bool) {
	for i, section := range allSections() {
		if !section.of(s.Occasion()) {
			continue
		}
		f := Field{Section: section, Key: key}
		if f.descend(s, "", around{}, section.Nodes) {
			f.place = append(f.place, i)
			slices.Reverse(f.place)
			return f, true
		}
	}
	return Field{}, false
}

// around are the labels around a field: the row it stands in, and the group.
type around struct{ row, group string }

// with puts the label of a field or a row behind.
func (w around) with(label string) string {
	parts := []string{w.row}
	for _, part := range []string{w.group, label} {
		if part != parts[len(parts)-1] && part != "" {
			parts = append(parts, part)
		}
	}
	return strings.TrimPrefix(strings.Join(parts, ": "), ": ")
}

// descend looks for the key below a prefix. The place is written down from the
// field upwards.
func (f *Field) descend(s Sheet, prefix string, near around, nodes []*Node) bool {
	for i, n := range nodes {
		own := join(prefix, n.Key)
		found := false
		switch {
		case n.Kind == Group:
			if n.Key == "" || strings.HasPrefix(f.Key, own+".") {
				within := around{near.row, cmp.Or(n.Label, near.group)}
				found = f.descend(s, own, within, n.Inner)
				f.anyOf(n, within)
			}
		case n.Kind == Rows:
			if row, ok := rowOf(own, f.Key); ok {
				within := around{row: around{row: near.row}.with(numbered(n.One(), s.Rows(own), row))}
				found = f.descend(s, join(own, itoa(row)), within, n.Inner)
				f.place = append(f.place, row)
			}
		case own == f.Key && own != "":
			f.Node, f.Label, found = n, near.with(n.Label), true
		}
		if found {
			f.place = append(f.place, i)
			if !n.Holds(s, prefix) {
				f.When = n.dependsOn(prefix)
			}
			return true
		}
	}
	f.place = nil
	return false
}

// anyOf notes the words of a group in which no field must be filled.
func (f *Field) anyOf(group *Node, near around) {
	free := func(n *Node) bool { return n == f.Node }
	if group.Label != "" && slices.ContainsFunc(group.Inner, free) && !slices.ContainsFunc(group.Inner, func(n *Node) bool { return !n.Optional }) {
		f.AnyOf = near.with("")
	}
}

// rowOf is the number of the row of a list in which a key stands.
func rowOf(list, key string) (int, bool) {
	rest, below := strings.CutPrefix(key, list+".")
	if !below {
		return 0, false
	}
	number, _, _ := strings.Cut(rest, ".")
	row, err := strconv.Atoi(number)
	return row, err == nil && row >= 0 && row < maxRows && strconv.Itoa(row) == number
}

// numbered tells the rows of a list apart, where there are several.
func numbered(label string, rows []int, row int) string {
	if at := slices.Index(rows, row); at >= 0 && len(rows) > 1 {
		return label + " " + itoa(at+1)
	}
	return label
}

// dependsOn is the key of the node's condition.
func (n *Node) dependsOn(prefix string) string {
	if beside, relative := strings.CutPrefix(n.When.Key, "."); relative {
		return join(prefix, beside)
	}
	return n.When.Key
}

// Open says that the field holds words of the sender's own, in which anything
// can stand.
func (n *Node) Open() bool {
	switch n.Kind {
	case Words, Lines:
		return n.allowed == nil && !n.Personal
	case Coded:
		return n.List == terminology.ListProtocol || n.List == terminology.ListInsurer
	}
	return false
}

// Unknown is the option of a choice that says that nothing is known.
func (n *Node) Unknown() (Option, bool) {
	i := slices.IndexFunc(n.Options, func(o Option) bool {
		label := strings.ToLower(o.Label)
		if strings.Contains(label, "nur bei") {
			return false // meant for few cases
		}
		return strings.Contains(label, "unbekannt") || strings.Contains(label, "nicht bekannt") || strings.Contains(label, "keine angabe")
	})
	if n.Kind != Choice || i < 0 {
		return Option{}, false
	}
	return n.Options[i], true
}

// examples are values of which one can be read in every kind of field.
var examples = []string{"x", "1", "2020", "01.01.2020", "C50.4", "8500/3", "5-870.a", "L01XA01", "10 2020 GM", "10000001", "123456789", "ABC", "1.1", "1.1."}

// Example is a value that can be read in the field, "" when none is known: for
// looking what else a report lacks, never for a report.
func (n *Node) Example() string {
	candidates := examples
	if len(n.Options) > 0 {
		candidates = []string{n.Options[0].Value}
	}
	for _, v := range candidates {
		message := ""
		if n.day != nil {
			_, message = readDay(n, v)
		} else {
			_, message = n.clean(v)
		}
		if message == "" {
			return v
		}
	}
	return ""
}

// Fallen lists the labels of the section's filled fields whose condition does
// not hold: they are no part of the report.
func (s *Section) Fallen(sheet Sheet) []string { return fallen(sheet, "", s.Nodes) }

func fallen(s Sheet, prefix string, nodes []*Node) []string {
	var labels []string
	for _, n := range nodes {
		key := join(prefix, n.Key)
		switch {
		case !n.Holds(s, prefix):
			if s[key] != "" || n.Key != "" && s.Under(key) {
				labels = append(labels, n.Label)
			}
		case n.Kind == Group:
			labels = append(labels, fallen(s, key, n.Inner)...)
		case n.Kind == Rows:
			for _, row := range s.Rows(key) {
				labels = append(labels, fallen(s, join(key, itoa(row)), n.Inner)...)
			}
		}
	}
	return labels
}

// FieldFor finds the field of a sheet that fills a place of the report that
// was decoded from it, see KeyOf. Rows are those of the sheet, which may have
// gaps. A field whose condition does not hold leads to the choice it hangs on.
func FieldFor(s Sheet, r *report.Report, places ...any) (Field, bool) {
	for _, place := range places {
		key, found := KeyOf(r, place)
		if !found {
			continue
		}
		f, found := At(s, s.rowsOf(key))
		if found && f.When != "" {
			f, found = At(s, f.When)
		}
		if found {
			return f, true
		}
	}
	return Field{}, false
}

// rowsOf puts the rows as the sheet counts them in the place of those of the
// report; a row that the report has beyond them is a new one.
func (s Sheet) rowsOf(key string) string {
	parts := strings.Split(key, ".")
	for i, part := range parts {
		n, err := strconv.Atoi(part)
		if err != nil {
			continue
		}
		rows := s.Rows(strings.Join(parts[:i], "."))
		switch {
		case n < len(rows):
			parts[i] = itoa(rows[n])
		case len(rows) > 0:
			parts[i] = itoa(rows[len(rows)-1] + 1)
		}
	}
	return strings.Join(parts, ".")
}

// Tumour is the Tumorzuordnung that a sheet names, as far as it can be read.
func (s Sheet) Tumour() tumour.Assignment { return Decode(s).Report.Event.Assignment }
