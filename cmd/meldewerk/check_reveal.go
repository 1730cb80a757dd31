// SPDX-License-Identifier: EUPL-1.2

package main

import (
	"errors"
	"io"
	"strconv"
	"strings"
	"unicode/utf8"

	"meldewerk/report/obds/xmltoken"
	"meldewerk/report/packing"
	"meldewerk/report/protocol"
)

// A finding never holds a value. Who sits before his own file may still want
// to see what is wrong in it: the file is read a second time, and the texts at
// the places of the findings are picked up.

const (
	mostValues   = 100_000 // places for which a value is kept
	longestValue = 200     // characters of it
)

// sought is a place in the tree of a document, with the places below it.
type sought struct {
	below map[step]*sought
	path  string // "" when only something below is sought
}

// step is an element by name and position, 0 where the path names none; an
// attribute has a name that begins with @.
type step struct {
	name string
	nth  int
}

// add adds a path and says whether it was new.
func (s *sought) add(path string) bool {
	at := s
	for part := range strings.SplitSeq(path, "/") {
		name, rest, listed := strings.Cut(part, "[")
		key := step{name: name}
		if listed {
			nth, err := strconv.Atoi(strings.TrimSuffix(rest, "]"))
			if err != nil {
				return false
			}
			key.nth = nth
		}
		next := at.below[key]
		if next == nil {
			next = &sought{}
			if at.below == nil {
				at.below = map[step]*sought{}
			}
			at.below[key] = next
		}
		at = next
	}
	fresh := at.path == ""
	at.path = path
	return fresh
}

// child is the place of the nth element of a name.
func (s *sought) child(name string, nth int) *sought {
	if s == nil {
		return nil
	}
	if below := s.below[step{name, nth}]; below != nil || nth > 1 {
		return below
	}
	return s.below[step{name, 0}]
}

// revealValues gives each head the values at the places of its findings.
func (c *checker) revealValues(name string, log *protocol.Log, heads []*protocol.Head) error {
	s, err := c.open(name)
	if err != nil {
		return err
	}
	defer s.close()
	return c.unpack(s, func(doc packing.Document) error {
		head, root, count := heads[doc.Number-1], &sought{}, 0
		for _, f := range head.Findings {
			root.add(f.Path)
		}
		for l, err := range log.Lines(doc.Number) {
			if err != nil {
				return err
			}
			for i := range l.Findings {
				if count < mostValues && root.add(l.Findings[i].Path) {
					count++
				}
			}
		}
		values, err := valuesAt(doc.Content, root)
		head.Value = func(path string) (string, bool) {
			value, known := values[path]
			return value, known
		}
		return err
	})
}

// element is an open element of the second reading.
type element struct {
	place *sought
	nth   map[string]int // of the elements below, by name
	text  []byte
}

// valuesAt reads a document and picks up the texts at the places sought.
func valuesAt(in io.Reader, root *sought) (map[string]string, error) {
	scan := xmltoken.New(in, xmltoken.DefaultLimits())
	scan.Tolerant = true
	values := map[string]string{}
	stack := []element{{place: root, nth: map[string]int{}}}
	for {
		kind, err := scan.Next()
		scan.Flaw = nil
		if fault, is := errors.AsType[*xmltoken.Fault](err); is {
			if fault.Code == xmltoken.Unreadable {
				return nil, err
			}
			return values, nil // what is behind the fault has no value to show
		}
		top := &stack[len(stack)-1]
		switch kind {
		case xmltoken.Start:
			stack = append(stack, top.enter(scan, values))
		case xmltoken.Text:
			if top.place != nil && top.place.path != "" && len(top.text) < 4*longestValue {
				top.text = append(top.text, scan.Text[:min(len(scan.Text), 4*longestValue)]...)
			}
		case xmltoken.End:
			if top.place != nil && top.place.path != "" && len(top.nth) == 0 {
				values[top.place.path] = shortened(string(top.text))
			}
			stack = stack[:len(stack)-1]
		case xmltoken.Done:
			return values, nil
		}
	}
}

// enter gives the element that begins, and takes its attributes.
func (o *element) enter(scan *xmltoken.Scanner, values map[string]string) element {
	if o.place == nil {
		return element{}
	}
	name := string(scan.Name)
	o.nth[name]++
	place := o.place.child(name, o.nth[name])
	if place == nil {
		return element{}
	}
	for _, a := range scan.Attrs {
		if at := place.below[step{name: "@" + string(a.Name)}]; at != nil && at.path != "" {
			values[at.path] = shortened(string(a.Value))
		}
	}
	return element{place: place, nth: map[string]int{}}
}

// shortened cuts a long text and makes blanks and line ends visible as one.
func shortened(text string) string {
	text = strings.ToValidUTF8(text, "")
	if utf8.RuneCountInString(text) <= longestValue {
		return text
	}
	return string([]rune(text)[:longestValue]) + " …"
}
