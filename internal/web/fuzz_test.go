// SPDX-License-Identifier: EUPL-1.2

package web

import (
	"errors"
	"net/url"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// FuzzDecodeValues posts anything to a form. It is refused by one of the four
// sentences, or every field holds what pages may show. Spec: SECURITY R7
func FuzzDecodeValues(f *testing.F) {
	for _, body := range []string{"", "name=a&note=b%0D%0Ac&site=C50&site=C61&agreed=ja&count=3", "name=a&name=b", "unknown=1", "name=%C3", "name=a%CC%88",
		"count=99999999999999999999", "count=-1", "agreed=nein", "note=%E2%80%AE", "name=" + strings.Repeat("%C3%A4", 201), "password=%20%20", "name=%00", "=", "name", ";"} {
		f.Add(body)
	}
	f.Fuzz(func(t *testing.T, body string) {
		values, err := url.ParseQuery(body)
		if err != nil {
			return
		}
		var got struct {
			Name     string   `form:"name"`
			Note     string   `form:"note,max=40,lines"`
			Password string   `form:"password,max=30,raw"`
			Sites    []string `form:"site,max=5"`
			Agreed   bool     `form:"agreed"`
			Count    int32    `form:"count"`
		}
		if err := DecodeValues(values, &got); err != nil {
			if !errors.Is(err, ErrUnknownField) && !errors.Is(err, ErrRepeatedField) && !errors.Is(err, ErrFieldText) && !errors.Is(err, ErrBadForm) {
				t.Errorf("no sentence for people: %v", err)
			}
			return
		}
		for _, text := range append([]string{got.Name, got.Note, got.Password}, got.Sites...) {
			if !utf8.ValidString(text) || !norm.NFC.IsNormalString(text) || utf8.RuneCountInString(text) > DefaultMaxLength {
				t.Errorf("%q came through", text)
			}
		}
		if i := strings.IndexFunc(got.Name+got.Password+strings.Join(got.Sites, ""), unicode.IsControl); i >= 0 || strings.ContainsRune(got.Note, '\r') {
			t.Error("a control character came through")
		}
		if got.Name != strings.TrimSpace(got.Name) || utf8.RuneCountInString(got.Note) > 40 || utf8.RuneCountInString(got.Password) > 30 {
			t.Errorf("%+v", got)
		}
	})
}
