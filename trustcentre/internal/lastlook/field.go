// SPDX-License-Identifier: EUPL-1.2

package lastlook

import (
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"meldewerk/exchange/transfer"
)

// Blank empties the stopped fields of a record, so that it may leave without them.
func Blank(r *transfer.Record, stops []Stop) {
	for _, stop := range stops {
		fieldAt(r, stop.Field).SetZero()
	}
	r.OpenFindings = slices.DeleteFunc(r.OpenFindings, func(rule string) bool { return rule == "" })
}

// Words gives what stands in a stopped field, for the person who decides.
func Words(r *transfer.Record, stop Stop) string {
	field := fieldAt(r, stop.Field)
	if field.Kind() != reflect.String {
		return ""
	}
	return field.String()
}

var element = regexp.MustCompile(`^(\w+)\[(\d+)\]$`)

// fieldAt finds a field by the path that Examine gave.
func fieldAt(r *transfer.Record, path string) reflect.Value {
	field := reflect.ValueOf(r).Elem()
	for name := range strings.SplitSeq(path, ".") {
		at := -1
		if m := element.FindStringSubmatch(name); m != nil {
			name = m[1]
			at, _ = strconv.Atoi(m[2]) // digits by the pattern
		}
		for field.Kind() == reflect.Pointer {
			field = field.Elem()
		}
		if field = field.FieldByName(name); at >= 0 {
			field = field.Index(at)
		}
	}
	return field
}
