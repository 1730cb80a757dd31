// SPDX-License-Identifier: EUPL-1.2

package form

import (
	"reflect"
	"regexp"
	"slices"
	"strings"
	"sync"
)

// rule makes the test of a list A|B|C or a pattern /…/; nil for none.
func rule(closed string) func(string) bool {
	if closed == "" {
		return nil
	}
	if pattern, found := strings.CutPrefix(closed, "/"); found {
		flags := ""
		if pattern, found = strings.CutSuffix(pattern, "/i"); found {
			flags = "(?i)"
		}
		// Compiled when first asked: every command of the program would wait for it.
		compiled := sync.OnceValue(func() *regexp.Regexp {
			return regexp.MustCompile(flags + "^(?:" + strings.TrimSuffix(pattern, "/") + ")$")
		})
		return func(value string) bool { return compiled().MatchString(value) }
	}
	return func(value string) bool { return slices.Contains(strings.Split(closed, "|"), value) }
}

// closedOf reads the tag `closed` of the field that at points to: the model
// says itself what a value may be, and the form follows.
func closedOf[T any, S ~string](at func(*T) *S) string {
	target := new(T)
	place := reflect.ValueOf(at(target)).Pointer()
	whole := reflect.ValueOf(target).Elem()
	if whole.Kind() != reflect.Struct {
		return ""
	}
	for i := range whole.NumField() {
		if whole.Field(i).Addr().Pointer() == place && whole.Field(i).Kind() == reflect.String {
			return whole.Type().Field(i).Tag.Get("closed")
		}
	}
	return ""
}
