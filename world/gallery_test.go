// SPDX-License-Identifier: EUPL-1.2

package world_test

import (
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"meldewerk/internal/ui"
	"meldewerk/world"
)

// hostileTexts try to leave each context a text can stand in.
var hostileTexts = []string{
	`"'><mw-pwn onload=x></textarea></title></style></script>`,
	`' onfocus='x' autofocus='`,
	`javascript:x`,
	`{{.Frame.User}}{{template "frame" .}}`,
	"--><iframe srcdoc=\"<b>\u2028</b>\"></iframe>\u202e",
}

var (
	anyTag        = regexp.MustCompile(`<[a-zA-Z/!][^\s>]*`)
	scriptAddress = regexp.MustCompile(`(?i)(href|action|formaction|src)="\s*(javascript|data|vbscript):`)
)

// withText is a copy of a value in which every text that is not empty is the
// given one, as far as a page can see it.
func withText(v reflect.Value, text string) reflect.Value {
	out := reflect.New(v.Type()).Elem()
	out.Set(v)
	switch v.Kind() {
	case reflect.String:
		if v.Type() == reflect.TypeFor[string]() && v.Len() > 0 {
			out.SetString(text)
		}
	case reflect.Struct:
		if v.Type() == reflect.TypeFor[time.Time]() {
			return out
		}
		for i := range v.NumField() {
			if f := v.Type().Field(i); f.IsExported() && f.Name != "Scripts" && out.Field(i).CanSet() {
				out.Field(i).Set(withText(v.Field(i), text))
			}
		}
	case reflect.Slice:
		if v.IsNil() {
			return out
		}
		out.Set(reflect.MakeSlice(v.Type(), v.Len(), v.Len()))
		for i := range v.Len() {
			out.Index(i).Set(withText(v.Index(i), text))
		}
	case reflect.Pointer, reflect.Interface:
		if v.IsNil() || v.Kind() == reflect.Interface {
			return out
		}
		out.Set(reflect.New(v.Type().Elem()))
		out.Elem().Set(withText(v.Elem(), text))
	}
	return out
}

func renderWith(t *testing.T, s ui.State, text string) string {
	t.Helper()
	s.Frame, _ = withText(reflect.ValueOf(s.Frame), text).Interface().(ui.Frame)
	if s.Data != nil {
		s.Data = withText(reflect.ValueOf(s.Data), text).Interface()
	}
	page, err := s.Render()
	if err != nil {
		t.Fatalf("%s, %s: %v", s.Page, s.Name, err)
	}
	return string(page)
}

// TestW3HostileTextInEveryStateOfEveryHouse fills every text of every page of
// the three houses: the elements are the very same as with a harmless one.
func TestW3HostileTextInEveryStateOfEveryHouse(t *testing.T) {
	t.Parallel()
	if err := ui.CheckAssets(); err != nil {
		t.Skip(err)
	}
	states, err := world.Gallery()
	must(t, err)
	if len(states) < 200 {
		t.Errorf("%d states", len(states))
	}
	echoed := 0
	for _, s := range states {
		want := anyTag.FindAllString(renderWith(t, s, "harmlos"), -1)
		for _, hostile := range hostileTexts {
			got := renderWith(t, s, hostile)
			if !slices.Equal(want, anyTag.FindAllString(got, -1)) {
				t.Errorf("%s, %s, %s with %q: other elements", s.Frame.House, s.Page, s.Name, hostile)
			}
			if found := scriptAddress.FindString(got); found != "" {
				t.Errorf("%s, %s with %q: %s", s.Page, s.Name, hostile, found)
			}
			echoed += strings.Count(got, "&lt;mw-pwn")
		}
	}
	if echoed < len(states) {
		t.Errorf("hostile text was shown %d times: the test is blind", echoed)
	}
}
