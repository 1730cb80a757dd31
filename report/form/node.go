// SPDX-License-Identifier: EUPL-1.2

package form

import (
	"cmp"

	"meldewerk/calendar"
	"meldewerk/terminology"
	"meldewerk/tumour"
	"meldewerk/tumour/wording"
)

// Kind is the Feldart: how a field is shown and read.
type Kind string

// The kinds.
const (
	Group    Kind = "group"    // fields that belong together
	Rows     Kind = "rows"     // any number of such groups
	Choice   Kind = "choice"   // one of few values
	Multiple Kind = "multiple" // several of few values
	Words    Kind = "words"    // one line
	Lines    Kind = "lines"    // several lines
	Whole    Kind = "whole"    // a whole number, or a value that stands for none
	Decimal  Kind = "decimal"  // a number
	Year     Kind = "year"
	Day      Kind = "day"   // a day that is known
	About    Kind = "about" // a day that may be estimated
	Coded    Kind = "coded" // a code of a classification, found by code or words
)

// Option is a value of a choice.
type Option struct {
	Value string
	Label string
}

// When is a Bedingung: the fields hold only while another one has one of the
// values. The key is absolute, or beginning with a dot beside the field.
type When struct {
	Key    string
	Values []string
}

// Node is one field of a form, or several that belong together.
type Node struct {
	Key      string // within its group; stable
	Kind     Kind
	Label    string // German, as it stands on the page
	Singular string // of rows: what one of them is called, "" as all of them
	Hint     string // under the label: what is meant, in which unit
	Unit     string
	Optional bool
	Options  []Option
	List     terminology.List // for Coded
	Length   int              // most characters, 0: no limit of its own
	Personal bool             // tells who the patient is
	compact  bool             // a number or code without blanks, in capitals
	When     *When
	Inner    []*Node

	reach   func(target any, make bool) any // of a group: the struct it fills; nil: none there and none wanted
	at      func(target any) any            // of a field: pointer to what it fills
	get     func(target any) string         // of a field that is no string of the model
	set     func(target any, v string) bool // false: cannot be read
	count   func(target any) int            // of rows
	row     func(target any, i int) any     // the i-th; a new one at the end
	day     func(target any) *calendar.Date
	allowed func(string) bool // what the model allows; nil: anything
}

// change is a setting of a node that few have.
type change func(*Node)

func hint(text string) change { return func(n *Node) { n.Hint = text } }
func unit(text string) change { return func(n *Node) { n.Unit = text } }
func length(most int) change  { return func(n *Node) { n.Length = most } }
func optional() change        { return func(n *Node) { n.Optional = true } }
func personal() change        { return func(n *Node) { n.Personal = true } }
func compact() change         { return func(n *Node) { n.compact = true } }
func one(text string) change  { return func(n *Node) { n.Singular = text } }
func when(key string, values ...string) change {
	return func(n *Node) { n.When = &When{key, values} }
}

// One is what a single row of a list is called.
func (n *Node) One() string { return cmp.Or(n.Singular, n.Label) }

func (n *Node) with(changes []change) *Node {
	for _, c := range changes {
		c(n)
	}
	return n
}

// field is one string of the model.
func field[T any, S ~string](kind Kind, key, label string, at func(*T) *S, changes ...change) *Node {
	n := &Node{Key: key, Kind: kind, Label: label,
		at:      func(target any) any { return at(target.(*T)) },
		get:     func(target any) string { return string(*at(target.(*T))) },
		set:     func(target any, v string) bool { *at(target.(*T)) = S(v); return true },
		allowed: rule(closedOf(at))}
	return n.with(changes)
}

// words is a line of the sender's own.
func words[T any, S ~string](key, label string, at func(*T) *S, changes ...change) *Node {
	return field(Words, key, label, at, changes...)
}

// lines is a text of several lines.
func lines[T any, S ~string](key, label string, at func(*T) *S, changes ...change) *Node {
	return field(Lines, key, label, at, changes...)
}

// choice is one of few values, with its words.
func choice[T any, S ~string](key, label string, at func(*T) *S, options []Option, changes ...change) *Node {
	n := field(Choice, key, label, at, changes...)
	n.Options = options
	return n
}

// coded is a code of a classification.
func coded[T any, S ~string](key, label string, list terminology.List, at func(*T) *S, changes ...change) *Node {
	n := field(Coded, key, label, at, changes...)
	n.List = list
	return n
}

// several are values of one list, any number of them.
func several[T any](key, label string, at func(*T) *[]tumour.Code, options []Option, changes ...change) *Node {
	n := &Node{Key: key, Kind: Multiple, Label: label, Options: options,
		at:  func(target any) any { return at(target.(*T)) },
		get: func(target any) string { return joined(*at(target.(*T))) },
		set: func(target any, v string) bool { *at(target.(*T)) = split(v); return true }}
	return n.with(changes)
}

// each are rows of one line each.
func each[T any, S ~string](key, label string, at func(*T) *[]S, changes ...change) *Node {
	line := &Node{Key: "", Kind: Words, Label: label,
		at:  func(target any) any { return target },
		get: func(target any) string { return string(*target.(*S)) },
		set: func(target any, v string) bool { *target.(*S) = S(v); return true }}
	line.with(changes).Label = cmp.Or(line.Singular, label)
	return rows(key, label, at, []*Node{line}, changes...)
}

// day is a day that the data set wants to be known.
func day[T any](key, label string, at func(*T) *calendar.Date, changes ...change) *Node {
	n := &Node{Key: key, Kind: Day, Label: label,
		at:  func(target any) any { return at(target.(*T)) },
		day: func(target any) *calendar.Date { return at(target.(*T)) }}
	return n.with(changes)
}

// about is a day of which only the month or the year may be known.
func about[T any](key, label string, at func(*T) *calendar.Date, changes ...change) *Node {
	n := day(key, label, at, changes...)
	n.Kind = About
	return n
}

// part is a group that fills a struct which is always there. Without a key its
// fields stand among those around it.
func part[T, U any](key, label string, at func(*T) *U, inner []*Node, changes ...change) *Node {
	n := &Node{Key: key, Kind: Group, Label: label, Inner: inner,
		reach: func(target any, _ bool) any { return at(target.(*T)) }}
	return n.with(changes)
}

// own is a group that fills a struct of its own, made when a field in it is
// filled.
func own[T, U any](key, label string, at func(*T) **U, inner []*Node, changes ...change) *Node {
	n := &Node{Key: key, Kind: Group, Label: label, Inner: inner,
		at: func(target any) any { return *at(target.(*T)) },
		reach: func(target any, make bool) any {
			p := at(target.(*T))
			if *p == nil {
				if !make {
					return nil
				}
				*p = new(U)
			}
			return *p
		}}
	return n.with(changes)
}

// rows is a list of groups.
func rows[T, U any](key, label string, at func(*T) *[]U, inner []*Node, changes ...change) *Node {
	n := &Node{Key: key, Kind: Rows, Label: label, Inner: inner,
		count: func(target any) int { return len(*at(target.(*T))) },
		row: func(target any, i int) any {
			list := at(target.(*T))
			if i == len(*list) {
				*list = append(*list, *new(U))
			}
			return &(*list)[i]
		}}
	return n.with(changes)
}

// way is a choice between structs of which exactly one may be there, e.g. the
// kind of insurance. It fills no string of the model.
func way[T any](key, label string, options []Option, get func(*T) string, set func(*T, string), changes ...change) *Node {
	n := &Node{Key: key, Kind: Choice, Label: label, Options: options,
		get: func(target any) string { return get(target.(*T)) },
		set: func(target any, v string) bool { set(target.(*T), v); return true }}
	return n.with(changes)
}

// options gives the values of a list in their order with their words.
func options(list wording.List, values ...tumour.Code) []Option {
	out := make([]Option, len(values))
	for i, v := range values {
		out[i] = Option{string(v), list.Word(v)}
	}
	return out
}

// plain gives values that are their own words.
func plain(values ...string) []Option {
	out := make([]Option, len(values))
	for i, v := range values {
		out[i] = Option{v, v}
	}
	return out
}
