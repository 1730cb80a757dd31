// SPDX-License-Identifier: EUPL-1.2

package ui

import (
	"strconv"
	"strings"
)

// FieldKind is how a field is asked.
type FieldKind string

// The kinds of field. Templates call all of them with {{template "field" .X}}.
const (
	KindText     FieldKind = "text"
	KindPassword FieldKind = "password" // with a switch to show it
	KindNumber   FieldKind = "number"   // text with numeric keyboard, no spinner
	KindCode     FieldKind = "code"     // one-time code of six digits
	KindArea     FieldKind = "area"     // several lines
	KindSelect   FieldKind = "select"
	KindRadios   FieldKind = "radios"
	KindChecks   FieldKind = "checks" // several of a list
	KindCheckbox FieldKind = "checkbox"
	KindDate     FieldKind = "date" // three fields: name_day, name_month, name_year
	KindFile     FieldKind = "file" // drop zone
	KindHidden   FieldKind = "hidden"
)

// Field is one question of a form with the value as typed, the hint and the
// sentence of what is wrong. Make it with the functions below.
type Field struct {
	Kind         FieldKind
	Name         string // form name; also the id the error summary links to
	Label        string
	Hint         string
	Value        string
	Options      []Option
	Optional     bool   // shown as "(freiwillig)"; all others are compulsory
	Error        string // what is wrong and how to mend it
	Autocomplete string // e.g. "username", "one-time-code", "off"
	Width        int    // 2, 4, 8 or 16 characters; 0: full
	MaxLength    int    // characters; 0: as the server decides
	Rows         int    // of a KindArea
	Unit         string // behind a number, e.g. "mm"
	Accept       string // of a file, e.g. ".xml"
	ReadOnly     bool
	Inline       bool   // radios side by side
	Internal     bool   // marked "wird nicht übermittelt"
	Search       string // path of a code search; needs the script codesearch.js
	Help         Link   // to the handbook
	Heading      bool   // label is set as a heading (one question per page)
	Focus        bool   // the page begins here
	Said         string // what the code in the field means, below it
	Day          string // of a KindDate, as typed
	Month        string
	Year         string
}

// Option is one choice of a select, of radios or of a list of checkboxes.
type Option struct {
	Value    string
	Label    string
	Hint     string
	Selected bool
	Group    string // options of one group stand together in a select
}

// Choose marks the option with that value, for the value as posted or stored.
func Choose(options []Option, values ...string) []Option {
	out := make([]Option, len(options))
	copy(out, options)
	for i := range out {
		out[i].Selected = false
		for _, v := range values {
			if out[i].Value == v {
				out[i].Selected = true
			}
		}
	}
	return out
}

// Text asks for one line.
func Text(name, label, value string) Field {
	return Field{Kind: KindText, Name: name, Label: label, Value: value, Autocomplete: "off"}
}

// Password asks for a password; the value is never sent back to the browser.
// use is "current-password" or "new-password".
func Password(name, label, use string) Field {
	return Field{Kind: KindPassword, Name: name, Label: label, Autocomplete: use}
}

// OneTimeCode asks for the six digits of the second factor.
func OneTimeCode(name, label string) Field {
	return Field{Kind: KindCode, Name: name, Label: label, Autocomplete: "one-time-code", Width: 8, MaxLength: 12}
}

// Digits asks for a number with the numeric keyboard.
func Digits(name, label, value, unit string) Field {
	return Field{Kind: KindNumber, Name: name, Label: label, Value: value, Unit: unit, Width: 8, Autocomplete: "off"}
}

// Area asks for several lines.
func Area(name, label, value string) Field {
	return Field{Kind: KindArea, Name: name, Label: label, Value: value, Rows: 4, Autocomplete: "off"}
}

// Select asks for one of a list.
func Select(name, label string, options []Option) Field {
	return Field{Kind: KindSelect, Name: name, Label: label, Options: options}
}

// Radios asks for one of a few.
func Radios(name, label string, options []Option) Field {
	return Field{Kind: KindRadios, Name: name, Label: label, Options: options}
}

// Checks asks for any of a few; the form posts the name once per choice.
func Checks(name, label string, options []Option) Field {
	return Field{Kind: KindChecks, Name: name, Label: label, Options: options}
}

// Checkbox asks for a yes; it posts "ja" when ticked.
func Checkbox(name, label string, ticked bool) Field {
	f := Field{Kind: KindCheckbox, Name: name, Label: label}
	if ticked {
		f.Value = "ja"
	}
	return f
}

// DateFields asks for a day in three fields: name_day, name_month, name_year.
func DateFields(name, label, day, month, year string) Field {
	return Field{Kind: KindDate, Name: name, Label: label, Day: day, Month: month, Year: year, Autocomplete: "off"}
}

// File asks for a file; accept is a list of endings for the browser's dialog.
func File(name, label, accept string) Field {
	return Field{Kind: KindFile, Name: name, Label: label, Accept: accept}
}

// Hidden carries a value of the form that nobody asks for, e.g. a version.
func Hidden(name, value string) Field {
	return Field{Kind: KindHidden, Name: name, Value: value}
}

// WithHint returns the field with a hint under its label.
func (f Field) WithHint(hint string) Field { f.Hint = hint; return f }

// Voluntary returns the field marked as optional.
func (f Field) Voluntary() Field { f.Optional = true; return f }

// WithWidth returns the field with a width in characters: 2, 4, 8 or 16.
func (f Field) WithWidth(width int) Field { f.Width = width; return f }

// WithAutocomplete returns the field with the browser's name for it.
func (f Field) WithAutocomplete(token string) Field { f.Autocomplete = token; return f }

// WithSearch returns a text field with the code search behind it.
func (f Field) WithSearch(path string) Field { f.Search = path; return f }

// Check returns the field with what the problems say about it.
func (f Field) Check(problems Problems) Field { f.Error = problems.Of(f.Name); return f }

// OptionID is the id of the nth control of radios or checks; the first has the
// field's own name, so that the error summary reaches it.
func (f Field) OptionID(n int) string {
	if n == 0 {
		return f.Name
	}
	return f.Name + "-" + strconv.Itoa(n+1)
}

// Described lists the ids of hint, error and meaning, for aria-describedby.
func (f Field) Described() string {
	ids := ""
	if f.Hint != "" {
		ids = f.Name + "-hint"
	}
	if f.Error != "" {
		if ids != "" {
			ids += " "
		}
		ids += f.Name + "-error"
	}
	if f.Said != "" {
		ids = strings.TrimSpace(ids + " " + f.Name + "-said")
	}
	return ids
}

// Groups gives the options of a select by group, in order of first appearance.
func (f Field) Groups() []OptionGroup {
	var groups []OptionGroup
	index := map[string]int{}
	for _, o := range f.Options {
		i, known := index[o.Group]
		if !known {
			i = len(groups)
			index[o.Group] = i
			groups = append(groups, OptionGroup{Name: o.Group})
		}
		groups[i].Options = append(groups[i].Options, o)
	}
	return groups
}

// OptionGroup is a named run of options within a select.
type OptionGroup struct {
	Name    string
	Options []Option
}
