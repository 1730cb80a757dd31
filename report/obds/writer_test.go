// SPDX-License-Identifier: EUPL-1.2

package obds

import (
	"bytes"
	"errors"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"meldewerk/calendar"
	"meldewerk/identity"
	"meldewerk/report"
	"meldewerk/report/obds/schema"
	"meldewerk/tumour"
)

// plain strips the types that hide personal values in failure messages, for
// samples whose persons are invented.
var plain = cmp.Options{
	cmp.Transformer("person", func(p identity.Person) map[string]any { return fieldsOf(p) }),
	cmp.Transformer("address", func(p identity.Address) map[string]any { return fieldsOf(p) }),
	cmp.Transformer("insurance", func(p identity.Insurance) map[string]any { return fieldsOf(p) }),
	cmp.Transformer("report", func(p report.Report) map[string]any { return fieldsOf(p) }),
}

func fieldsOf(v any) map[string]any {
	out := map[string]any{}
	r := reflect.ValueOf(v)
	for i := range r.NumField() {
		out[r.Type().Field(i).Name] = r.Field(i).Interface()
	}
	return out
}

func reports(v verdict) []*report.Report {
	var out []*report.Report
	for _, item := range v.items {
		out = append(out, item.Report)
	}
	return out
}

func TestReadWriteReadGivesTheSame(t *testing.T) {
	t.Parallel()
	count := 0
	for name, doc := range samples3(t) {
		for _, version := range versions {
			doc := declared.ReplaceAll(doc, []byte(`Schema_Version="`+version+`"`))
			first := read(t, bytes.NewReader(doc), Options{})
			if !first.valid() {
				continue
			}
			var text bytes.Buffer
			if err := Write(&text, version, *first.pkg, reports(first)); err != nil {
				t.Errorf("%s: %v", name, err)
				continue
			}
			second := read(t, bytes.NewReader(text.Bytes()), Options{})
			if !second.valid() {
				t.Errorf("%s as %s is no longer valid:\n%s", name, version, second)
			}
			if diff := cmp.Diff(reports(first), reports(second), plain); diff != "" {
				t.Errorf("%s as %s:\n%s", name, version, diff)
			}
			if diff := cmp.Diff(first.pkg, second.pkg); diff != "" {
				t.Errorf("%s as %s:\n%s", name, version, diff)
			}
			count++
		}
	}
	t.Logf("%d packages", count)
}

// TestX6WhatIsDecodedIsWhatWasJudged writes what was decoded of valid mutants
// and judges it again: a text that was judged but not decoded, or the other
// way round, would show.
func TestX6WhatIsDecodedIsWhatWasJudged(t *testing.T) {
	t.Parallel()
	samples := samples3(t)
	var roots []*element
	for _, doc := range samples {
		doc = declared.ReplaceAll(doc, []byte(`Schema_Version="3.0.5"`))
		if read(t, bytes.NewReader(doc), Options{}).valid() {
			roots = append(roots, parseTree(t, doc))
		}
	}
	slices.SortFunc(roots, func(a, b *element) int { return len(a.string()) - len(b.string()) })
	m := newMutator(t, "3.0.5", 99, roots)
	valid := 0
	for range 2000 {
		doc := m.mutate(roots[m.rng.IntN(len(roots))])
		first := read(t, bytes.NewReader(doc), Options{Version: "3.0.5"})
		if !first.valid() {
			continue
		}
		valid++
		var text bytes.Buffer
		if err := Write(&text, "3.0.5", *first.pkg, reports(first)); err != nil && !errors.Is(err, ErrNoReports) {
			t.Errorf("%v\n%s", err, doc)
			continue
		}
		second := read(t, bytes.NewReader(text.Bytes()), Options{})
		if !second.valid() {
			t.Errorf("written again it is not valid:\n%s%s", second, doc)
		}
		if !reflect.DeepEqual(reports(first), reports(second)) {
			t.Errorf("%s\n%s", cmp.Diff(reports(first), reports(second), plain), doc)
		}
		if got, want := content(parseTree(t, text.Bytes())), content(parseTree(t, doc)); !slices.Equal(got, want) {
			t.Errorf("elements and texts differ:\n%s\n%s", cmp.Diff(want, got), doc)
		}
	}
	if valid < 200 {
		t.Errorf("only %d valid mutants", valid)
	}
	t.Logf("%d valid mutants", valid)
}

func (e *element) string() string {
	var b bytes.Buffer
	e.write(&b)
	return b.String()
}

// content gives the paths and texts of a tree in the form in which they must
// survive decoding: numbers canonical, dates without zone, empty lists gone.
func content(root *element) []string {
	var out []string
	var walk func(path string, e *element)
	walk = func(path string, e *element) {
		path += "/" + e.name
		text, leaf := "", true
		for _, p := range e.parts {
			switch p := p.(type) {
			case string:
				text += p
			case *element:
				leaf = false
				walk(path, p)
			}
		}
		for _, a := range e.attrs {
			// DatumPSA has an accuracy by default, so it may stand or not.
			byDefault := a[0] == accuracyName && e.name == "DatumPSA"
			if !strings.HasPrefix(a[0], "xmlns") && !byDefault && a[0] != versionName {
				out = append(out, path+"@"+a[0]+"="+a[1])
			}
		}
		if leaf && text != "" {
			if n, is := schema.AppendNumber(nil, []byte(text)); is && numeric[e.name] {
				text = string(n)
			}
			if len(text) > 10 && text[4] == '-' && text[7] == '-' {
				text = text[:10]
			}
			if e.name == "Diagnosedatum" && strings.Contains(path, "Fruehere") {
				text = text[:4]
			}
			out = append(out, path+"="+text)
		}
	}
	walk("", root)
	slices.Sort(out)
	return out
}

var numeric = map[string]bool{"LK_untersucht": true, "LK_befallen": true, "Sentinel_LK_untersucht": true, "Sentinel_LK_befallen": true,
	"Dosis": true, "PSA": true, "Tumordicke": true, "LDH": true, "Sicherheitsabstand_Primaertumor": true, "AnzahlStanzen": true,
	"AnzahlPosStanzen": true, "Prozentzahl": true}

func TestEveryFieldStandsInSomeVersion(t *testing.T) {
	t.Parallel()
	c, err := BuiltIn()
	if err != nil {
		t.Fatal(err)
	}
	used := map[*field]bool{}
	all := map[*field]string{}
	seen := map[*form]bool{}
	var walk func(f *form, path string)
	walk = func(f *form, path string) {
		if seen[f] {
			return
		}
		seen[f] = true
		for _, x := range f.fields {
			all[x] = path + "/" + x.name
			if x.form != nil {
				walk(x.form, path+"/"+x.name)
			}
		}
	}
	walk(packageForm, "")
	for _, v := range c.versions {
		b, err := v.binding()
		if err != nil {
			t.Fatal(err)
		}
		for _, n := range b.nodes {
			for _, x := range n.attrs {
				used[x] = true
			}
			last := -1
			for i, x := range n.order {
				if x == nil {
					continue
				}
				used[x.field] = true
				// The order of the form must be that of the schema, or the
				// Writer would write invalid packages.
				at := slices.Index(n.fields, x)
				if at < last && !exclusive(b.schema, n, last, at) {
					t.Errorf("%s: %s stands behind an element of the form it precedes in the schema", v.table.Version, n.form.fields[i].name)
				}
				last = at
			}
		}
	}
	for x, path := range all {
		if !used[x] {
			t.Errorf("no version has %s", path)
		}
	}
}

// exclusive says that two states never stand in one element (a choice).
func exclusive(s *schema.Schema, n *node, a, b int) bool {
	return !reaches(s, n.content.Start+int32(a), n.content.Start+int32(b), map[int32]bool{}) &&
		!reaches(s, n.content.Start+int32(b), n.content.Start+int32(a), map[int32]bool{})
}

func reaches(s *schema.Schema, from, to int32, seen map[int32]bool) bool {
	if seen[from] {
		return false
	}
	seen[from] = true
	for _, m := range s.States[from].Moves {
		if m.To == to || reaches(s, m.To, to, seen) {
			return true
		}
	}
	return false
}

func TestWriteRefusesWhatItCannotKeep(t *testing.T) {
	t.Parallel()
	full := func() *report.Report {
		return &report.Report{Patient: "P", ID: "R", Reporter: "M", Event: tumour.Event{Death: &tumour.Death{}}}
	}
	head := report.Package{Reporters: []report.Reporter{{ID: "M"}}}
	childhood := full()
	childhood.Event.Death.ChildhoodTumour = &tumour.ChildhoodTumour{LivedInGermany: "J"}
	estimated := full()
	estimated.Event.Death.Date = calendar.Date{Year: 2024, Month: 1, Day: 1, Accuracy: calendar.DayEstimated}
	control := full()
	control.Remark = "a\x01"
	other := full()
	other.Person.Surname = "Anders"
	for name, c := range map[string]struct {
		version string
		reports []*report.Report
	}{
		"new element in an old version": {"3.0.4", []*report.Report{childhood}},
		"estimated day":                 {"3.0.4", []*report.Report{estimated}},
		"control character":             {"3.0.4", []*report.Report{control}},
		"two persons under one id":      {"3.0.4", []*report.Report{full(), other}},
		"unknown version":               {"3.0.9", []*report.Report{full()}},
		"no report":                     {"3.0.4", nil},
	} {
		if err := Write(&bytes.Buffer{}, c.version, head, c.reports); err == nil {
			t.Errorf("%s was written", name)
		} else if strings.Contains(err.Error(), "Anders") {
			t.Errorf("%s: the error names the patient", name)
		}
	}
	apart := &report.Report{Patient: "Q", ID: "S", Reporter: "M"}
	if err := Write(&bytes.Buffer{}, "", head, []*report.Report{full(), apart, full()}); !errors.Is(err, ErrPatientSplit) {
		t.Errorf("reports of one patient apart: %v", err)
	}
}
