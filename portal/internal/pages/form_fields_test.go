// SPDX-License-Identifier: EUPL-1.2

package pages

import (
	"errors"
	"io"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"meldewerk/internal/ui"
	"meldewerk/internal/web"
	"meldewerk/report/form"
	"meldewerk/report/obds"
)

// sampleSheets are the official samples as forms.
func sampleSheets(t *testing.T) map[string]form.Sheet {
	t.Helper()
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			break
		}
		dir = filepath.Dir(dir)
	}
	samples, err := filepath.Glob(filepath.Join(dir, "..", "shared", "obds", "samples", "*.xml"))
	if err != nil || len(samples) == 0 {
		t.Skip("the samples are not beside the project")
	}
	sheets := map[string]form.Sheet{}
	for _, name := range samples {
		f, err := os.Open(name)
		if err != nil {
			t.Fatal(err)
		}
		reader := obds.NewReader(f, obds.Options{})
		for {
			item, err := reader.Next()
			if errors.Is(err, io.EOF) {
				break
			}
			if err != nil {
				t.Fatal(err)
			}
			if item.Report != nil && len(item.Findings) == 0 {
				sheets[filepath.Base(name)+" "+string(item.Report.ID)] = form.Encode(item.Report)
			}
		}
		if err := f.Close(); err != nil {
			t.Fatal(err)
		}
	}
	return sheets
}

// typed is what a browser posts of the fields as they were shown.
func typed(blocks []fieldBlock, into url.Values) url.Values {
	for _, b := range blocks {
		if b.Shape != shapeField {
			typed(b.Blocks, into)
			continue
		}
		f := b.Field
		switch f.Kind {
		case ui.KindDate:
			into.Add(f.Name+"_day", f.Day)
			into.Add(f.Name+"_month", f.Month)
			into.Add(f.Name+"_year", f.Year)
		case ui.KindSelect, ui.KindRadios, ui.KindChecks:
			for _, o := range f.Options {
				if o.Selected {
					into.Add(f.Name, o.Value)
				}
			}
		default:
			into.Add(f.Name, f.Value)
		}
	}
	return into
}

// read is decodeSection without the request.
func read(section *form.Section, values url.Values) (sectionPost, error) {
	found := map[string]posted{}
	texts, err := web.ListedValues(values, listing(section, found))
	if err != nil {
		return sectionPost{}, err
	}
	return readSection(section, texts, found)
}

// TestEverySectionComesBackAsShown shows every section of every sample report
// and posts it untouched: the same sheet must come back, field by field.
func TestEverySectionComesBackAsShown(t *testing.T) {
	t.Parallel()
	sections := 0
	for name, sheet := range sampleSheets(t) {
		for _, section := range form.Sections(sheet) {
			sections++
			want := section.Part(sheet)
			for key, value := range want {
				if strings.HasSuffix(key, ".vorhanden") {
					delete(want, key)
					continue
				}
				want[key] = strings.ReplaceAll(strings.TrimSpace(value), "\r\n", "\n")
				if node, known := nodeOf(section, key); known && node.Kind == form.Multiple { // in the order of the list
					want[key] = strings.Join(slices.Sorted(strings.FieldsSeq(value)), " ")
				}
			}
			post, err := read(section, typed(sectionFields(sheet, section, sectionShow{}), url.Values{}))
			if err != nil {
				t.Fatalf("%s, %s: %v", name, section.Name, err)
			}
			if diff := cmp.Diff(map[string]string(want), plain(section, post.Values)); diff != "" {
				t.Errorf("%s, %s:\n%s", name, section.Name, diff)
			}
			carried := url.Values{}
			for _, f := range hiddenFields(sheet, section) {
				carried.Add(f.Name, f.Value)
			}
			again, err := read(section, carried)
			if err != nil {
				t.Fatalf("%s, %s: %v", name, section.Name, err)
			}
			if diff := cmp.Diff(map[string]string(want), plain(section, again.Values)); diff != "" {
				t.Errorf("%s, %s: carried through another page:\n%s", name, section.Name, diff)
			}
		}
	}
	if sections < 500 {
		t.Errorf("only %d sections seen", sections)
	}
}

// plain takes away what differs without a meaning: the order of several values,
// and the comma of a decimal.
func plain(section *form.Section, values form.Sheet) map[string]string {
	out := map[string]string{}
	for key, value := range values {
		node, known := nodeOf(section, key)
		switch {
		case known && node.Kind == form.Multiple:
			value = strings.Join(slices.Sorted(strings.FieldsSeq(value)), " ")
		case known && node.Kind == form.Decimal:
			value = strings.Replace(value, ",", ".", 1)
		}
		out[key] = value
	}
	return out
}

func nodeOf(section *form.Section, key string) (*form.Node, bool) {
	p, known := resolve("", section.Nodes, form.FieldID(key))
	return p.node, known
}

// TestW5OnlyFieldsOfTheSectionCanBePosted is row W5 of the register.
func TestW5OnlyFieldsOfTheSectionCanBePosted(t *testing.T) {
	t.Parallel()
	sheet := form.NewSheet("diagnosis")
	section, known := form.Named(sheet, "diagnose")
	if !known {
		t.Fatal("no such section")
	}
	for _, name := range []string{"f-patient-surname", "f-tumour-id", "f-report-id", "occasion", "f-text-line", "f-earlier-1000-text", "f-earlier-01-text", "f-earlier--1-text", "f-earlier-0-icd", "f-text_day"} {
		if _, err := read(section, url.Values{name: {"x"}}); !errors.Is(err, web.ErrUnknownField) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := read(section, url.Values{"f-text": {"a", "b"}}); !errors.Is(err, web.ErrRepeatedField) {
		t.Errorf("a repeated field: %v", err)
	}
	for _, act := range []string{"add:f-text", "remove:f-earlier", "remove:f-earlier-0-text", "delete", "add:"} {
		if _, err := read(section, url.Values{"act": {act}}); !errors.Is(err, web.ErrUnknownField) {
			t.Errorf("act %s: %v", act, err)
		}
	}
	if _, err := read(section, url.Values{"search": {"f-text"}}); !errors.Is(err, web.ErrUnknownField) {
		t.Errorf("search in a field without codes: %v", err)
	}
}

func TestRowsAreAddedAndTakenAway(t *testing.T) {
	t.Parallel()
	sheet := form.NewSheet("surgery")
	section, _ := form.Named(sheet, "operation")
	post, err := read(section, url.Values{"f-procedures-0-code": {"5-870.a1"}, "f-procedures-3-code": {"5-401.10"}, "act": {"remove:f-procedures-0"}, "version": {"abc"}})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(map[string]string{"procedures.3.code": "5-401.10"}, map[string]string(post.Values)); diff != "" || post.Token != "abc" || post.Act != "remove" {
		t.Errorf("%+v %s", post.Act, diff)
	}
	post, err = read(section, url.Values{"act": {"add:f-procedures"}})
	if err != nil || post.List != "f-procedures" {
		t.Fatal(post.List, err)
	}
	sheet.Put("procedures.3.code", "5-401.10")
	shown := typed(sectionFields(sheet, section, sectionShow{More: "f-procedures"}), url.Values{})
	if !shown.Has("f-procedures-4-code") || !shown.Has("f-procedures-3-code") {
		t.Errorf("the further row is not shown: %v", shown)
	}
}

func TestLineOfTNMFillsTheFields(t *testing.T) {
	t.Parallel()
	sheet := form.NewSheet("diagnosis")
	section, _ := form.Named(sheet, "stadium")
	post, err := read(section, url.Values{"f-clinical-line": {"cT2 cN1 cM0 (8. Auflage)"}, "f-clinical-t": {""}})
	if err != nil || len(post.Problems) > 0 {
		t.Fatal(err, post.Problems)
	}
	if got := tnmLine(post.Values, "clinical"); got != "cT2 cN1 cM0 (8. Auflage)" {
		t.Error(got)
	}
	post, err = read(section, url.Values{"f-clinical-line": {"zwei von drei"}, "f-clinical-stage": {"IIB"}})
	if err != nil || len(post.Problems) != 1 || post.Problems[0].Field != "f-clinical-line" {
		t.Fatal(err, post.Problems)
	}
	if post.Values["clinical.stage"] != "IIB" || post.Lines["f-clinical-line"] != "zwei von drei" {
		t.Error("a line that is not understood took other answers along")
	}
}

func TestPageBeginsInTheFirstOpenQuestion(t *testing.T) {
	t.Parallel()
	sheet := form.NewSheet("diagnosis")
	section, _ := form.Named(sheet, "tumor")
	if got := focused(sectionFields(sheet, section, sectionShow{})); got != "f-tumour-diagnosed-on" {
		t.Error(got)
	}
	sheet.Put("tumour.diagnosed-on", "03.2026")
	if got := focused(sectionFields(sheet, section, sectionShow{})); got != "f-tumour-icd-code" {
		t.Error(got)
	}
	if got := focused(sectionFields(sheet, section, sectionShow{Problems: ui.Problems{{Field: "f-tumour-icd-code", Sentence: "x"}}})); got != "" {
		t.Errorf("focus in %s while the summary of errors wants it", got)
	}
}

func focused(blocks []fieldBlock) string {
	for _, b := range blocks {
		if b.Field.Focus {
			return b.Field.Name
		}
		if name := focused(b.Blocks); name != "" {
			return name
		}
	}
	return ""
}
