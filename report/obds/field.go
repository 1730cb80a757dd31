// SPDX-License-Identifier: EUPL-1.2

package obds

import "meldewerk/calendar"

// A form declares once how a struct of the model stands in XML; reader and
// writer both follow it. The schema tables stand apart from it, and Bind holds
// the two against each other.
type form struct{ fields []*field }

// field is one element or attribute (@name) of a form. target is always a
// pointer to the struct that the form describes.
type field struct {
	name string
	kind kind
	form *form // what stands inside an element, for kindInner

	via  func(target any, make bool) any        // the struct that really holds it; nil for the target itself
	set  func(target any, v string)             // puts a text in
	get  func(target any, i int) (string, bool) // the i-th text, or false behind the last
	date func(target any) *calendar.Date
	at   func(target any) any // pointer to what a text stands in, for Locate
	// enter gives the struct that an element fills; each gives those to write.
	enter func(target any) any
	// reuse does what enter does, in memory that served before; nil where
	// enter makes nothing.
	reuse func(target any, s *stock) any
	each  func(target any, write func(inner any) error) error
}

// kind tells what the text of a field is.
type kind uint8

const (
	kindInner  kind = iota // elements
	kindWords              // a text of its own
	kindCode               // a text of which many reports have the same
	kindNumber             // a number, kept in its canonical form
	kindYear               // a year, kept without time zone
	kindDate               // a day with the attribute Datumsgenauigkeit, where the schema has it
)

func of(fields ...any) *form {
	f := &form{}
	for _, x := range fields {
		switch x := x.(type) {
		case *field:
			f.fields = append(f.fields, x)
		case []*field:
			f.fields = append(f.fields, x...)
		}
	}
	return f
}

func single[T any, S ~string](name string, k kind, at func(*T) *S) *field {
	return &field{name: name, kind: k,
		at:  func(target any) any { return at(target.(*T)) },
		set: func(target any, v string) { *at(target.(*T)) = S(v) },
		get: func(target any, i int) (string, bool) {
			v := *at(target.(*T))
			return string(v), i == 0 && v != ""
		}}
}

// words is an element or attribute with a text of its own.
func words[T any, S ~string](name string, at func(*T) *S) *field { return single(name, kindWords, at) }

// code is an element or attribute with a key, of which many reports have the same.
func code[T any, S ~string](name string, at func(*T) *S) *field { return single(name, kindCode, at) }

// number is an element with a number.
func number[T any, S ~string](name string, at func(*T) *S) *field {
	return single(name, kindNumber, at)
}

// year is an element with a year.
func year[T any, S ~string](name string, at func(*T) *S) *field { return single(name, kindYear, at) }

// date is an element with a day.
func date[T any](name string, at func(*T) *calendar.Date) *field {
	return &field{name: name, kind: kindDate, date: func(target any) *calendar.Date { return at(target.(*T)) }}
}

// several are elements of one name, each with a key, in a row.
func several[T any, S ~string](name string, k kind, at func(*T) *[]S) *field {
	return &field{name: name, kind: k,
		at: func(target any) any { return at(target.(*T)) },
		set: func(target any, v string) {
			list := at(target.(*T))
			*list = append(*list, S(v))
		},
		get: func(target any, i int) (string, bool) {
			list := *at(target.(*T))
			if i >= len(list) {
				return "", false
			}
			return string(list[i]), true
		}}
}

// numbered are elements whose names end in 1 to n, in this order.
func numbered[T any, S ~string](name string, n int, at func(*T) *[]S) []*field {
	var out []*field
	for at0 := range n {
		one := several(name+string(rune('1'+at0)), kindWords, at)
		one.get = func(target any, i int) (string, bool) {
			list := *at(target.(*T))
			if i > 0 || at0 >= len(list) {
				return "", false
			}
			return string(list[at0]), true
		}
		out = append(out, one)
	}
	return out
}

// part is an element that fills a struct inside the target and always stands.
func part[T, U any](name string, at func(*T) *U, f *form) *field {
	return &field{name: name, form: f,
		enter: func(target any) any { return at(target.(*T)) },
		each:  func(target any, write func(any) error) error { return write(at(target.(*T))) }}
}

// one is an element that fills a struct of its own, if it stands at all.
func one[T, U any](name string, at func(*T) **U, f *form) *field {
	number := shelfNumber()
	return &field{name: name, form: f,
		enter: func(target any) any {
			p := at(target.(*T))
			*p = new(U)
			return *p
		},
		reuse: func(target any, s *stock) any {
			p := at(target.(*T))
			*p = takeOne[U](s, number)
			return *p
		},
		each: func(target any, write func(any) error) error {
			if p := *at(target.(*T)); p != nil {
				return write(p)
			}
			return nil
		}}
}

// repeated are elements of one name in a row, each with a struct of its own.
func repeated[T, U any](name string, at func(*T) *[]U, f *form) *field {
	number := shelfNumber()
	return &field{name: name, form: f,
		enter: func(target any) any {
			list := at(target.(*T))
			*list = append(*list, *new(U))
			return &(*list)[len(*list)-1]
		},
		reuse: func(target any, s *stock) any {
			list := at(target.(*T))
			if *list == nil {
				*list = takeRow[U](s, number)
			}
			*list = append(*list, *new(U))
			return &(*list)[len(*list)-1]
		},
		each: func(target any, write func(any) error) error {
			list := *at(target.(*T))
			for i := range list {
				if err := write(&list[i]); err != nil {
					return err
				}
			}
			return nil
		}}
}

// list is an element that holds nothing but repeated elements, and stands
// only when there is one.
func list[T, U any](container, name string, at func(*T) *[]U, f *form) *field {
	return within(container, func(t *T) bool { return len(*at(t)) > 0 }, repeated(name, at, f))
}

// within is an element without a struct of its own: what stands inside fills
// the target. It is written when used says so.
func within[T any](name string, used func(*T) bool, fields ...any) *field {
	return &field{name: name, form: of(fields...),
		enter: func(target any) any { return target },
		each: func(target any, write func(any) error) error {
			if used(target.(*T)) {
				return write(target)
			}
			return nil
		}}
}

// always is for an element that must stand.
func always[T any](*T) bool { return true }

// through lets fields of a struct U stand directly in the element of T.
func through[T, U any](at func(*T) *U, fields ...any) []*field {
	return adapt(func(target any, _ bool) any { return at(target.(*T)) }, fields...)
}

// throughPointer does the same for a struct that is made when one of the
// fields is read, and not written when there is none.
func throughPointer[T, U any](at func(*T) **U, fields ...any) []*field {
	return adapt(func(target any, make bool) any {
		p := at(target.(*T))
		if *p == nil {
			if !make {
				return nil
			}
			*p = new(U)
		}
		return *p
	}, fields...)
}

func adapt(via func(any, bool) any, fields ...any) []*field {
	var out []*field
	for _, f := range of(fields...).fields {
		inner := *f
		inner.via = via
		if first := f.via; first != nil {
			inner.via = func(target any, make bool) any {
				if outer := via(target, make); outer != nil {
					return first(outer, make)
				}
				return nil
			}
		}
		out = append(out, &inner)
	}
	return out
}

// holder gives the struct that really holds the field; nil when there is none
// and none is to be made.
func (f *field) holder(target any, make bool) any {
	if f.via == nil {
		return target
	}
	return f.via(target, make)
}
