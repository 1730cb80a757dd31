// SPDX-License-Identifier: EUPL-1.2

package web

import (
	"io"
	"mime"
	"net/url"
	"strings"
)

// Listed is the rule for one field of a form that is made at run time.
type Listed struct {
	Max     int  // most characters; 0: DefaultMaxLength
	Lines   bool // may have line breaks
	Several bool // may be repeated
}

// maxListed bounds the work for one form that is made at run time.
const maxListed = 4000

// DecodeListed is Decode for a form whose fields are known at run time only.
// find says what a name is; a name it does not know, or a repeated one that is
// not listed as several, is refused as by Decode. Every text comes back clean.
func (r *Request) DecodeListed(find func(name string) (Listed, bool)) (map[string][]string, error) {
	values, err := r.posted()
	if err != nil {
		return nil, err
	}
	return ListedValues(values, find)
}

// ListedValues is DecodeListed for values already at hand.
func ListedValues(values url.Values, find func(name string) (Listed, bool)) (map[string][]string, error) {
	if len(values) > maxListed {
		return nil, ErrUnknownField
	}
	out := make(map[string][]string, len(values))
	for name, texts := range values {
		rule, listed := find(name)
		switch {
		case !listed:
			return nil, ErrUnknownField
		case len(texts) > 1 && !rule.Several:
			return nil, ErrRepeatedField
		}
		s := slot{max: rule.Max, lines: rule.Lines}
		if s.max == 0 {
			s.max = DefaultMaxLength
		}
		clean := make([]string, len(texts))
		for i, text := range texts {
			if !rule.Lines { // pasted from a table
				text = strings.ReplaceAll(text, "\t", " ")
			}
			var err error
			if clean[i], err = s.clean(text); err != nil {
				return nil, err
			}
		}
		out[name] = clean
	}
	return out, nil
}

// posted reads the body of a posted form.
func (r *Request) posted() (url.Values, error) {
	if kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type")); err != nil || kind != "application/x-www-form-urlencoded" {
		return nil, ErrBadForm
	}
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, bodyFault(err)
	}
	values, err := url.ParseQuery(string(body))
	if err != nil {
		return nil, ErrBadForm // the cause would quote the body
	}
	return values, nil
}
