// SPDX-License-Identifier: EUPL-1.2

package form

import (
	"log/slog"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// Sheet is a Formularblatt: what stands in the fields of a report's form, by
// key. Keys are stable, because drafts are kept by them. An empty field has no
// key.
type Sheet map[string]string

// String keeps the sheet out of formatted text: it holds an identity.
func (Sheet) String() string { return "[redacted]" }

// GoString keeps the sheet out of %#v.
func (Sheet) GoString() string { return "[redacted]" }

// LogValue keeps the sheet out of logs.
func (Sheet) LogValue() slog.Value { return slog.StringValue("[redacted]") }

// Clone is a copy of its own.
func (s Sheet) Clone() Sheet { return maps.Clone(s) }

// Put writes a field; nothing typed takes the key away.
func (s Sheet) Put(key, value string) {
	if value == "" {
		delete(s, key)
		return
	}
	s[key] = value
}

// Under says whether anything stands in the fields below a key.
func (s Sheet) Under(key string) bool {
	for k := range s {
		if strings.HasPrefix(k, key+".") {
			return true
		}
	}
	return false
}

// Drop empties the fields below a key.
func (s Sheet) Drop(key string) {
	maps.DeleteFunc(s, func(k, _ string) bool { return k == key || strings.HasPrefix(k, key+".") })
}

// Rows gives the numbers of the rows of a list that hold anything, ascending.
func (s Sheet) Rows(key string) []int {
	seen := map[int]bool{}
	for k := range s {
		rest, below := strings.CutPrefix(k, key+".")
		if !below {
			continue
		}
		number, _, _ := strings.Cut(rest, ".")
		if n, err := strconv.Atoi(number); err == nil && n >= 0 && n < maxRows && strconv.Itoa(n) == number {
			seen[n] = true
		}
	}
	return slices.Sorted(maps.Keys(seen))
}

// maxRows bounds the rows of a list that a form can hold.
const maxRows = 500

// join makes the key of a field below another.
func join(prefix, key string) string {
	switch {
	case prefix == "":
		return key
	case key == "":
		return prefix
	}
	return prefix + "." + key
}

// Problem is a Eingabefehler: a field that cannot be read as it stands.
type Problem struct {
	Key     string // of the field
	Message string // what is wrong and how to mend it; never what was typed
}

// FieldID is the id of the field in a page, for links from a message to it.
func FieldID(key string) string { return "f-" + strings.ReplaceAll(key, ".", "-") }
