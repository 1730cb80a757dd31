// SPDX-License-Identifier: EUPL-1.2

package synth_test

import (
	"encoding/json"
	"iter"
	"reflect"
	"regexp"
	"strings"
	"testing"

	"meldewerk/report"
	"meldewerk/synth"
	"meldewerk/tumour"
)

// fingerprint of Options{Seed: 1, Patients: 200}.
const fingerprint = 0x9a63856dc26b9ff6

func pull(w *synth.World) (func() synth.Entry, func()) {
	next, stop := iter.Pull(w.Entries())
	return func() synth.Entry {
		e, _ := next()
		return e
	}, stop
}

func sameJSON(t *testing.T, a, b *report.Report) bool {
	t.Helper()
	left, err := json.Marshal(a)
	if err != nil {
		t.Fatal(err)
	}
	right, err := json.Marshal(b)
	if err != nil {
		t.Fatal(err)
	}
	return string(left) == string(right)
}

// openText collects every tumour.Text of an event.
func openText(t *testing.T, e *tumour.Event) []string {
	t.Helper()
	var texts []string
	walk(reflect.ValueOf(e), "", "", func(v reflect.Value, _, _ string) {
		if v.Type() == reflect.TypeFor[tumour.Text]() && v.String() != "" {
			texts = append(texts, v.String())
		}
	})
	return texts
}

// TestClosedValuesAreOfTheirList holds every value against the tag that says
// what may leave the trust centre.
func TestClosedValuesAreOfTheirList(t *testing.T) {
	t.Parallel()
	patterns := map[string]*regexp.Regexp{}
	allows := func(closed, value string) bool {
		pattern, known := patterns[closed]
		if !known {
			expression, flags := closed, ""
			if inner, ok := strings.CutPrefix(closed, "/"); ok {
				expression, flags, _ = strings.Cut(inner[:strings.LastIndex(inner, "/")]+"\x00"+inner[strings.LastIndex(inner, "/")+1:], "\x00")
			} else {
				parts := strings.Split(closed, "|")
				for i := range parts {
					parts[i] = regexp.QuoteMeta(parts[i])
				}
				expression = strings.Join(parts, "|")
			}
			if flags == "i" {
				expression = "(?i)" + expression
			}
			pattern = regexp.MustCompile("^(?:" + expression + ")$")
			patterns[closed] = pattern
		}
		return pattern.MatchString(value)
	}
	for r := range synth.New(synth.Options{Seed: 101, Patients: 600}).Reports() {
		walk(reflect.ValueOf(&r.Event), "", "", func(v reflect.Value, closed, path string) {
			if v.Kind() == reflect.String && closed != "" && v.String() != "" && !allows(closed, v.String()) {
				t.Errorf("%s: %s is not of its list: %s", r.ID, path, v.String())
			}
		})
	}
}

// walk visits every string below v with the tag of its field.
func walk(v reflect.Value, closed, path string, visit func(v reflect.Value, closed, path string)) {
	switch v.Kind() {
	case reflect.Pointer:
		if !v.IsNil() {
			walk(v.Elem(), closed, path, visit)
		}
	case reflect.Struct:
		for i := range v.NumField() {
			f := v.Type().Field(i)
			walk(v.Field(i), f.Tag.Get("closed"), path+"/"+f.Name, visit)
		}
	case reflect.Slice:
		for i := range v.Len() {
			walk(v.Index(i), closed, path, visit)
		}
	case reflect.String:
		visit(v, closed, path)
	}
}
