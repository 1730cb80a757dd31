// SPDX-License-Identifier: EUPL-1.2

// Package residue finds what may not cross between houses with a tumour's
// event: open text and identifiers as the sender wrote them.
//
// Both contracts of exchange use it at their doors (steps 9 and 12 of the way
// of a report), beside and independent of the last look of the trust centre.
// It looks at types, not at words: it must never decide that some text is
// harmless.
package residue

import (
	"reflect"

	"meldewerk/tumour"
)

var (
	text      = reflect.TypeFor[tumour.Text]()
	sourceID  = reflect.TypeFor[tumour.SourceID]()
	submitter = reflect.TypeFor[*tumour.Submitter]()
)

// Of gives the path of the first filled field of the event that must stay in
// the trust centre, or "" when there is none. Of the Einsender everything must
// stay, its numbers too.
func Of(event *tumour.Event) string {
	return find(reflect.ValueOf(event).Elem(), "Event")
}

func find(v reflect.Value, path string) string {
	switch v.Type() {
	case text, sourceID:
		if v.Len() > 0 {
			return path
		}
		return ""
	case submitter:
		if !v.IsNil() {
			return path
		}
		return ""
	}
	switch v.Kind() {
	case reflect.Pointer:
		if v.IsNil() {
			return ""
		}
		return find(v.Elem(), path)
	case reflect.Slice:
		for i := range v.Len() {
			if found := find(v.Index(i), path); found != "" {
				return found
			}
		}
	case reflect.Struct:
		for i := range v.NumField() {
			if found := find(v.Field(i), path+"."+v.Type().Field(i).Name); found != "" {
				return found
			}
		}
	}
	return ""
}
