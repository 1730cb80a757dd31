// SPDX-License-Identifier: EUPL-1.2

package pages

import (
	"slices"
	"strconv"
	"strings"

	"meldewerk/internal/ui"
	"meldewerk/report/form"
	"meldewerk/terminology"
)

// answer is one filled field in words.
type answer struct {
	key   string
	node  *form.Node
	Label string // with the labels of the groups around it
	Value string
}

// answersOf lists what is filled in a section, in the order of the form.
func (c codebook) answersOf(sheet form.Sheet, section *form.Section) []answer {
	var out []answer
	c.collect("", "", section.Nodes, sheet, &out)
	return out
}

// answers is answersOf as lines of a summary.
func (c codebook) answers(sheet form.Sheet, section *form.Section) []ui.Item {
	var items []ui.Item
	for _, a := range c.answersOf(sheet, section) {
		if a.node.Kind == form.Lines {
			items = append(items, ui.Item{Key: a.Label, Values: strings.Split(a.Value, "\n")})
			continue
		}
		items = append(items, ui.Item{Key: a.Label, Value: a.Value})
	}
	return items
}

func (c codebook) collect(prefix, label string, nodes []*form.Node, sheet form.Sheet, out *[]answer) {
	for _, n := range nodes {
		key, full := below(prefix, n.Key), within(label, n.Label)
		switch n.Kind {
		case form.Group:
			if isTNM(n) {
				c.collectTNM(key, full, n, sheet, out)
				continue
			}
			c.collect(key, full, n.Inner, sheet, out)
		case form.Rows:
			for i, number := range sheet.Rows(key) {
				row := within(label, n.One())
				if len(sheet.Rows(key)) > 1 {
					row += " " + strconv.Itoa(i+1)
				}
				if len(n.Inner) == 1 && n.Inner[0].Key == "" {
					row = strings.TrimSuffix(row, within("", n.One()))
					if row == "" {
						row = label
					}
				}
				c.collect(below(key, strconv.Itoa(number)), row, n.Inner, sheet, out)
			}
		default:
			if value := sheet[key]; value != "" {
				*out = append(*out, answer{key, n, full, c.spoken(n, value)})
			}
		}
	}
}

// collectTNM gives a TNM as one line, and beside it what no line holds.
func (c codebook) collectTNM(key, label string, n *form.Node, sheet form.Sheet, out *[]answer) {
	if line := tnmLine(sheet, key); line != "" {
		*out = append(*out, answer{key, n, label, line})
	}
	for _, inner := range n.Inner {
		value := sheet[below(key, inner.Key)]
		if value != "" && slices.Contains([]string{"date", "id"}, inner.Key) {
			*out = append(*out, answer{below(key, inner.Key), inner, within(label, inner.Label), c.spoken(inner, value)})
		}
	}
}

// within sets the label of a field behind that of its group. A label that says
// the word of the group itself stands in its place.
func within(group, label string) string {
	outer, word := "", group
	if i := strings.LastIndex(group, ": "); i >= 0 {
		outer, word = group[:i+len(": ")], group[i+len(": "):]
	}
	switch {
	case group == "":
		return label
	case label == "" || label == word:
		return group
	case strings.HasPrefix(label, word+" ") || strings.HasSuffix(label, " "+word):
		return outer + label
	}
	return group + ": " + label
}

// spoken is a value in words.
func (c codebook) spoken(n *form.Node, value string) string {
	switch n.Kind {
	case form.Choice:
		return choiceWord(n, value)
	case form.Multiple:
		var words []string
		for _, v := range strings.Fields(value) {
			words = append(words, choiceWord(n, v))
		}
		return strings.Join(words, ", ")
	case form.Coded:
		if word := c.word(n.List, value); word != "" && n.List != terminology.ListProtocol {
			return value + " " + word
		}
	case form.Decimal:
		value = strings.Replace(value, ".", ",", 1)
	case form.Day, form.About:
		return spokenDay(value)
	}
	if n.Unit != "" && strings.Trim(value, "-0123456789.,") == "" {
		return value + " " + n.Unit
	}
	return value
}

func spokenDay(value string) string {
	text, letter, _ := strings.Cut(value, " ")
	for _, a := range accuracies {
		if letter != "" && a.Value == letter {
			return text + " (" + a.Label + ")"
		}
	}
	switch strings.Count(text, ".") {
	case 1:
		return text + " (auf den Monat genau)"
	case 0:
		return text + " (auf das Jahr genau)"
	}
	return text
}

// difference is one field that two versions hold differently.
type difference struct {
	Label, Before, After string
}

// differences compares two versions of a sheet, section by section.
func (c codebook) differences(before, after form.Sheet, sections []*form.Section) []difference {
	var out []difference
	for _, s := range sections {
		old, now := c.answersOf(before, s), c.answersOf(after, s)
		was := map[string]answer{}
		for _, a := range old {
			was[a.key] = a
		}
		seen := map[string]bool{}
		for _, a := range now {
			seen[a.key] = true
			if was[a.key].Value != a.Value {
				out = append(out, difference{a.Label, was[a.key].Value, a.Value})
			}
		}
		for _, a := range old {
			if !seen[a.key] {
				out = append(out, difference{Label: a.Label, Before: a.Value})
			}
		}
	}
	return out
}

// hiddenFields carries everything a section holds through a page that asks
// something else.
func hiddenFields(sheet form.Sheet, section *form.Section) []ui.Field {
	var out []ui.Field
	hide("", section.Nodes, sheet, &out)
	return out
}

func hide(prefix string, nodes []*form.Node, sheet form.Sheet, out *[]ui.Field) {
	for _, n := range nodes {
		key := below(prefix, n.Key)
		name, value := form.FieldID(key), sheet[key]
		switch n.Kind {
		case form.Group:
			hide(key, n.Inner, sheet, out)
		case form.Rows:
			for _, number := range sheet.Rows(key) {
				hide(below(key, strconv.Itoa(number)), n.Inner, sheet, out)
			}
		case form.Day, form.About:
			if value == "" {
				continue
			}
			day, month, year, accuracy := form.DayParts(value)
			for part, text := range map[string]string{partDay: day, partMonth: month, partYear: year, partAccuracy: accuracy} {
				if text != "" {
					*out = append(*out, ui.Hidden(name+part, text))
				}
			}
		case form.Multiple:
			for _, v := range strings.Fields(value) {
				*out = append(*out, ui.Hidden(name, v))
			}
		case form.Decimal:
			if value != "" {
				*out = append(*out, ui.Hidden(name, strings.Replace(value, ".", ",", 1)))
			}
		default:
			if value != "" {
				*out = append(*out, ui.Hidden(name, value))
			}
		}
	}
}
