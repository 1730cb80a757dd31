// SPDX-License-Identifier: EUPL-1.2

package obds

import (
	"strconv"
	"strings"

	"meldewerk/report"
)

// Locate leads from the path of a finding to the place in the report: pointers
// into it, the most exact first, then what stands around it. A form finds its
// field with them. The path may begin with the package or with the Meldung.
// A path that leads nowhere gives nothing.
func Locate(r *report.Report, path string) []any { return way(r, path, false) }

// way goes along a path; make says that structs which are not there are made.
func way(r *report.Report, path string, make bool) []any {
	segments := strings.Split(path, "/")
	for i, s := range segments {
		switch name, _ := segment(s); name {
		case "Meldung":
			return locate(reportForm, r, segments[i+1:], []any{r}, make)
		case "Patienten_Stammdaten":
			return locate(personForm, &r.Person, segments[i+1:], []any{&r.Person}, make)
		case "DKKR_Patienten_Stammdaten":
			return childhood(r, segments[i:], make)
		case "@Patient_ID":
			return []any{&r.Patient}
		}
	}
	if name, _ := segment(segments[len(segments)-1]); name == "Anmerkung" {
		return []any{&r.PatientRemark}
	}
	return nil
}

// childhood goes along a path within the patient's data for the
// Kinderkrebsregister, which stand beside the master data.
func childhood(r *report.Report, path []string, make bool) []any {
	p := &patient{person: r.Person}
	places := locate(patientForm, p, path, []any{&r.Person}, make)
	r.Person.Childhood = p.person.Childhood
	return places
}

// segment takes Fernmetastase[2] apart; without a number it is the first.
func segment(s string) (string, int) {
	name, rest, found := strings.Cut(s, "[")
	if !found {
		return name, 1
	}
	n, err := strconv.Atoi(strings.TrimSuffix(rest, "]"))
	if err != nil {
		return name, 1
	}
	return name, n
}

func locate(f *form, target any, path []string, around []any, make bool) []any {
	if len(path) == 0 {
		return around
	}
	name, n := segment(path[0])
	for _, field := range f.fields {
		if field.name != name {
			continue
		}
		holder := target
		if field.via != nil {
			if holder = field.via(target, make); holder == nil {
				return around
			}
		}
		switch {
		case field.date != nil:
			return append([]any{field.date(holder)}, around...)
		case field.kind != kindInner:
			return append([]any{field.at(holder)}, around...)
		}
		inner := nth(field, holder, n)
		switch {
		case inner == nil && make:
			inner = field.enter(holder)
		case inner == nil:
			return around
		}
		if inner != target {
			around = append([]any{inner}, around...)
		} else if make && len(path) == 1 {
			path = append(path, field.form.fields[0].name) // a list wants its first member
		}
		return locate(field.form, inner, path[1:], around, make)
	}
	return around
}

// nth is the n-th struct that the elements of a field would be written from.
func nth(f *field, target any, n int) any {
	var found any
	// The writer's way through the structs stops by an error only when one is
	// returned, and none is.
	_ = f.each(target, func(inner any) error {
		if n--; n == 0 {
			found = inner
		}
		return nil
	})
	return found
}
