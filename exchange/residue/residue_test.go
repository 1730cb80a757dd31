// SPDX-License-Identifier: EUPL-1.2

package residue_test

import (
	"fmt"
	"reflect"
	"testing"

	"meldewerk/exchange/residue"
	"meldewerk/tumour"
)

// TestOfFindsEveryOpenField fills every field of type Text and SourceID of the
// whole event, one at a time, wherever it is nested, and must find each.
func TestOfFindsEveryOpenField(t *testing.T) {
	t.Parallel()
	found := 0
	for _, path := range openFields(reflect.TypeFor[tumour.Event](), nil) {
		event := new(tumour.Event)
		fill(reflect.ValueOf(event).Elem(), path)
		if residue.Of(event) == "" {
			t.Errorf("open field at %v not found", path)
		}
		found++
	}
	if found < 40 {
		t.Errorf("only %d open fields in the whole event: the walk of this test is broken", found)
	}
}

func TestOfFindsSubmitterNumbers(t *testing.T) {
	t.Parallel()
	event := &tumour.Event{Pathology: &tumour.Pathology{Submitter: &tumour.Submitter{
		Identifiers: &tumour.Identifiers{LANR: "123456789"}}}}
	if got := residue.Of(event); got != "Event.Pathology.Submitter" {
		t.Errorf("got %q", got)
	}
}

func TestOfLetsClosedFieldsPass(t *testing.T) {
	t.Parallel()
	event := &tumour.Event{
		Assignment: tumour.Assignment{ICD: tumour.ICD{Code: "C50.4", Version: "10 2024 GM"}, Side: "L"},
		Diagnosis: &tumour.Diagnosis{Certainty: "7.1",
			Clinical:        &tumour.TNM{T: "1c", N: "0", M: "0"},
			Classifications: []tumour.Classification{{Name: "FIGO", Stage: "II"}}},
	}
	if got := residue.Of(event); got != "" {
		t.Errorf("closed event has open field %q", got)
	}
}

// openFields lists the paths of all open fields; a step is a field's index.
func openFields(t reflect.Type, path []int) [][]int {
	switch t {
	case reflect.TypeFor[tumour.Text](), reflect.TypeFor[tumour.SourceID]():
		return [][]int{append([]int(nil), path...)}
	}
	switch t.Kind() {
	case reflect.Pointer, reflect.Slice:
		return openFields(t.Elem(), path)
	case reflect.Struct:
		var all [][]int
		for i := range t.NumField() {
			all = append(all, openFields(t.Field(i).Type, append(path, i))...)
		}
		return all
	}
	return nil
}

func fill(v reflect.Value, path []int) {
	switch v.Kind() {
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		fill(v.Elem(), path)
	case reflect.Slice:
		// The open value stands in the second member, behind an empty one.
		v.Set(reflect.MakeSlice(v.Type(), 2, 2))
		fill(v.Index(1), path)
	case reflect.Struct:
		fill(v.Field(path[0]), path[1:])
	case reflect.String:
		v.SetString("x")
	default:
		panic(fmt.Sprint("unexpected kind ", v.Kind()))
	}
}
