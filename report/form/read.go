// SPDX-License-Identifier: EUPL-1.2

package form

import (
	"maps"
	"slices"
	"strings"

	"meldewerk/report"
	"meldewerk/terminology"
	"meldewerk/tumour"
)

// present marks a group that is there without anything in it.
const present = "vorhanden"

// Encode writes a report into a sheet.
func Encode(r *report.Report) Sheet {
	s := Sheet{}
	for _, section := range allSections() {
		write(s, "", section.Nodes, r)
	}
	s.Put(keyOccasion, string(r.Event.Occasion()))
	return s
}

// write puts what the nodes say of a target into the sheet.
func write(s Sheet, prefix string, nodes []*Node, target any) {
	for _, n := range nodes {
		key := join(prefix, n.Key)
		switch {
		case n.Kind == Rows:
			for i := range n.count(target) {
				row := join(key, itoa(i))
				write(s, row, n.Inner, n.row(target, i))
				if s[row] == "" && !s.Under(row) {
					s[join(row, present)] = "ja"
				}
			}
		case n.Kind == Group:
			inner := n.reach(target, false)
			if inner == nil {
				continue
			}
			write(s, key, n.Inner, inner)
			if n.at != nil && n.Key != "" && !s.Under(key) {
				s[join(key, present)] = "ja"
			}
		case n.day != nil:
			s.Put(key, dayText(n, *n.day(target)))
		default:
			s.Put(key, n.get(target))
		}
	}
}

// Reading is what Decode made of a sheet.
type Reading struct {
	Report   *report.Report // everything that could be read
	Problems []Problem      // fields that could not, in the order of the form
	Fallen   []string       // labels of filled fields whose condition does not hold: they are not part of the report
}

// Decode reads a report from a sheet. What it cannot read it leaves out and
// names; nothing is guessed.
func Decode(s Sheet) Reading {
	r := &report.Report{}
	d := decoder{sheet: s, out: &Reading{Report: r}}
	if start := begin(tumour.Occasion(s[keyOccasion])); start != nil {
		start(&r.Event)
	}
	for _, section := range allSections() {
		if section.of(tumour.Occasion(s[keyOccasion])) {
			d.read("", section.Nodes, r)
		}
	}
	return *d.out
}

type decoder struct {
	sheet Sheet
	out   *Reading
}

func (d *decoder) read(prefix string, nodes []*Node, target any) {
	for _, n := range nodes {
		key := join(prefix, n.Key)
		if !n.Holds(d.sheet, prefix) {
			if d.sheet[key] != "" || n.Key != "" && d.sheet.Under(key) {
				d.out.Fallen = append(d.out.Fallen, n.Label)
			}
			continue
		}
		switch n.Kind {
		case Rows:
			for _, i := range d.sheet.Rows(key) {
				d.read(join(key, itoa(i)), n.Inner, n.row(target, n.count(target)))
			}
		case Group:
			if inner := n.reach(target, n.Key == "" || d.sheet.Under(key)); inner != nil {
				d.read(key, n.Inner, inner)
			}
		default:
			d.field(key, n, target)
		}
	}
}

func (d *decoder) field(key string, n *Node, target any) {
	typed := d.sheet[key]
	if typed == "" {
		return
	}
	var message string
	if n.day != nil {
		*n.day(target), message = readDay(n, typed)
	} else {
		var value string
		if value, message = n.clean(typed); message == "" && !n.set(target, value) {
			message = "Wählen Sie einen Wert aus der Liste."
		}
	}
	if message != "" {
		d.out.Problems = append(d.out.Problems, Problem{key, message})
	}
}

// Holds says whether the node's condition is met.
func (n *Node) Holds(s Sheet, prefix string) bool {
	if n.When == nil {
		return true
	}
	key := n.When.Key
	if beside, relative := strings.CutPrefix(key, "."); relative {
		key = join(prefix, beside)
	}
	return slices.Contains(n.When.Values, s[key])
}

// clean brings what was typed into the form of the model, or says what is
// wrong with it.
func (n *Node) clean(typed string) (string, string) {
	if n.Kind == Lines {
		return strings.ReplaceAll(typed, "\r\n", "\n"), tooLong(n, typed)
	}
	value := typed
	if n.compact { // as cards print it, and as it is typed in haste
		value = strings.ToUpper(strings.Join(strings.Fields(typed), ""))
	}
	switch n.Kind {
	case Choice:
		if !slices.ContainsFunc(n.Options, func(o Option) bool { return o.Value == value }) {
			return "", "Wählen Sie einen Wert aus der Liste."
		}
	case Coded:
		value = n.codeForm(strings.TrimSpace(typed))
	case Whole, Decimal, Year:
		value = number(strings.TrimSpace(typed))
	}
	if n.allowed != nil && !n.allowed(value) {
		return "", n.wrong()
	}
	return value, tooLong(n, value)
}

func tooLong(n *Node, value string) string {
	if n.Length > 0 && len([]rune(value)) > n.Length {
		if n.List == terminology.ListInsurer {
			return "Geben Sie das Institutionskennzeichen mit 9 Ziffern ein."
		}
		return "Kürzen Sie die Angabe auf " + itoa(n.Length) + " Zeichen."
	}
	return ""
}

func (n *Node) wrong() string {
	switch n.Kind {
	case Whole:
		return "Geben Sie eine ganze Zahl ein."
	case Decimal:
		return "Geben Sie eine Zahl ein, zum Beispiel 12,5."
	case Year:
		return "Geben Sie das Jahr mit vier Ziffern ein."
	case Coded:
		return "Geben Sie einen vollständigen Code ein oder suchen Sie ihn mit Worten."
	}
	return "Prüfen Sie die Schreibweise."
}

// number brings a decimal as people type it into the form of the model.
func number(typed string) string {
	v := strings.ReplaceAll(typed, ",", ".")
	if strings.Count(v, ".") > 1 {
		return typed // which of them parts is not ours to guess
	}
	sign := ""
	if rest, negative := strings.CutPrefix(v, "-"); negative {
		sign, v = "-", rest
	}
	if trimmed := strings.TrimLeft(v, "0"); trimmed != "" && trimmed[0] != '.' {
		v = trimmed
	} else if trimmed == "" && v != "" {
		v = "0"
	} else if trimmed != "" {
		v = "0" + trimmed
	}
	if strings.Contains(v, ".") {
		v = strings.TrimSuffix(strings.TrimRight(v, "0"), ".")
	}
	return sign + v
}

// codeForm writes a code as the data set does. Words behind it are the label
// that a search has put there.
func (n *Node) codeForm(typed string) string {
	code, _, _ := strings.Cut(typed, " ")
	switch n.List {
	case terminology.ListProtocol:
		return typed // names have blanks
	case terminology.ListInsurer:
		return insurerForm(typed)
	case terminology.ListOPS:
		return strings.ToLower(code[:max(0, len(code)-1)]) + opsSide(code)
	}
	return strings.ToUpper(code)
}

// insurerForm is an Institutionskennzeichen without the blanks that cards
// print in it, and without the name behind it. Anything else stays as it is.
func insurerForm(typed string) string {
	if number, _, _ := strings.Cut(typed, " "); len(number) == 9 && strings.Trim(number, "0123456789") == "" {
		return number
	}
	if number := strings.ReplaceAll(typed, " ", ""); strings.Trim(number, "0123456789") == "" {
		return number
	}
	return typed
}

// opsSide is the last character of an OPS code: a capital R, L or B is a side,
// any other letter belongs to the code.
func opsSide(code string) string {
	if code == "" {
		return ""
	}
	last := code[len(code)-1:]
	if strings.Contains("RLB", last) {
		return last
	}
	return strings.ToLower(last)
}

// KeyOf finds the field that fills a place of a report. Places are pointers
// into the report, the most exact first: a string, a date, or a struct, for
// which it is the first field. The first that a field fills counts.
func KeyOf(r *report.Report, places ...any) (string, bool) {
	for _, place := range places {
		for _, section := range allSections() {
			if key, found := find("", section.Nodes, r, place); found {
				return key, true
			}
		}
	}
	return "", false
}

func find(prefix string, nodes []*Node, target, place any) (string, bool) {
	for _, n := range nodes {
		key := join(prefix, n.Key)
		switch {
		case n.Kind == Rows:
			for i := range n.count(target) {
				row := n.row(target, i)
				if row == place {
					return firstField(join(key, itoa(i)), n.Inner), true
				}
				if found, ok := find(join(key, itoa(i)), n.Inner, row, place); ok {
					return found, true
				}
			}
		case n.Kind == Group:
			inner := n.reach(target, false)
			if inner == nil {
				continue
			}
			if inner == place {
				return firstField(key, n.Inner), true
			}
			if found, ok := find(key, n.Inner, inner, place); ok {
				return found, true
			}
		case n.at != nil && n.at(target) == place:
			return key, true
		}
	}
	return "", false
}

// firstField is the key of the first field below a group.
func firstField(key string, nodes []*Node) string {
	for _, n := range nodes {
		if n.Kind == Group && len(n.Inner) > 0 {
			return firstField(join(key, n.Key), n.Inner)
		}
		if n.Kind != Rows {
			return join(key, n.Key)
		}
	}
	return key
}

// Merge lays fields of another sheet into empty ones and says how many.
func (s Sheet) Merge(other Sheet) int {
	taken := 0
	for _, key := range slices.Sorted(maps.Keys(other)) {
		if s[key] == "" {
			s[key] = other[key]
			taken++
		}
	}
	return taken
}
