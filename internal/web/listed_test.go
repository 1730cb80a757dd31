// SPDX-License-Identifier: EUPL-1.2

package web

import (
	"errors"
	"net/url"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestW5ListedFieldsFollowTheRulesOfTheForm is row W5 for forms that are made
// at run time.
func TestW5ListedFieldsFollowTheRulesOfTheForm(t *testing.T) {
	t.Parallel()
	rules := map[string]Listed{"word": {Max: 5}, "text": {Max: 20, Lines: true}, "sites": {Several: true}, "plain": {}}
	find := func(name string) (Listed, bool) { rule, listed := rules[name]; return rule, listed }
	for name, tt := range map[string]struct {
		values url.Values
		want   map[string][]string
		err    error
	}{
		"trimmed and composed": {url.Values{"word": {" a\u0308 "}}, map[string][]string{"word": {"ä"}}, nil},
		"lines":                {url.Values{"text": {"a\r\nb"}}, map[string][]string{"text": {"a\nb"}}, nil},
		"several":              {url.Values{"sites": {"a", "b"}}, map[string][]string{"sites": {"a", "b"}}, nil},
		"a pasted tabulator":   {url.Values{"word": {"a\tb"}}, map[string][]string{"word": {"a b"}}, nil},
		"unknown":              {url.Values{"other": {"a"}}, nil, ErrUnknownField},
		"repeated":             {url.Values{"word": {"a", "b"}}, nil, ErrRepeatedField},
		"too long":             {url.Values{"word": {"abcdef"}}, nil, ErrFieldText},
		"too long by default":  {url.Values{"plain": {strings.Repeat("a", DefaultMaxLength+1)}}, nil, ErrFieldText},
		"a line break":         {url.Values{"word": {"a\nb"}}, nil, ErrFieldText},
		"a direction mark":     {url.Values{"word": {"a\u202eb"}}, nil, ErrFieldText},
		"no text":              {url.Values{"word": {"\xff"}}, nil, ErrFieldText},
	} {
		got, err := ListedValues(tt.values, find)
		if !errors.Is(err, tt.err) {
			t.Errorf("%s: %v", name, err)
		}
		if diff := cmp.Diff(tt.want, got); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
	many := url.Values{}
	for i := range maxListed + 1 {
		many.Set("f"+strings.Repeat("x", i%50)+string(rune('a'+i%26))+strings.Repeat("y", i/50), "")
	}
	if _, err := ListedValues(many, func(string) (Listed, bool) { return Listed{}, true }); len(many) > maxListed && !errors.Is(err, ErrUnknownField) {
		t.Errorf("%d fields: %v", len(many), err)
	}
}
