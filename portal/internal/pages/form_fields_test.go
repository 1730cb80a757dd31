// SPDX-License-Identifier: EUPL-1.2

package pages

import (
	"errors"
	"io"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"meldewerk/internal/ui"
	"meldewerk/internal/web"
	"meldewerk/portal/internal/drafting"
	"meldewerk/report/form"
	"meldewerk/report/obds"
	"meldewerk/tumour"
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
	return readSection(nil, section, texts, found)
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

// TestLineOfATNMOverwritesNoField: a TNM typed as one line fills the fields, and
// replaces what they held; what somebody has changed in them beside the line is
// kept, and the page says that the two disagree.
func TestLineOfATNMOverwritesNoField(t *testing.T) {
	t.Parallel()
	sheet := form.NewSheet(tumour.OccasionDiagnosis)
	section, known := form.Named(sheet, "stadium")
	if !known {
		t.Fatal("no section for the stage")
	}
	post := func(stored form.Sheet, line, category string) sectionPost {
		found := map[string]posted{}
		texts, err := web.ListedValues(url.Values{"f-clinical-line": {line}, "f-clinical-t": {category}}, listing(section, found))
		if err != nil {
			t.Fatal(err)
		}
		got, err := readSection(stored, section, texts, found)
		if err != nil {
			t.Fatal(err)
		}
		return got
	}
	old := form.Sheet{"clinical.t": "2"}
	for name, c := range map[string]struct {
		stored         form.Sheet
		line, category string
		want           string
		refused        bool
	}{
		"into empty fields":       {nil, "cT3 cN1 cM0", "", "3", false},
		"over what was there":     {old, "cT3 cN1 cM0", "2", "3", false},
		"the same said twice":     {nil, "cT3 cN1 cM0", "3", "3", false},
		"the field was changed":   {old, "cT3 cN1 cM0", "4", "4", true},
		"after the line was kept": {old, "cT2 cN1 cM0", "4", "4", true},
	} {
		got := post(c.stored, c.line, c.category)
		if got.Values["clinical.t"] != c.want || (len(got.Problems) > 0) != c.refused || (got.Lines["f-clinical-line"] != "") != c.refused {
			t.Errorf("%s: T is %q, %d problems, line %q", name, got.Values["clinical.t"], len(got.Problems), got.Lines["f-clinical-line"])
		}
		if emptied, taken := got.Taken["f-clinical-line"]; taken == c.refused || emptied != "" || !c.refused && got.Taken["f-clinical-n"] != "1" {
			t.Errorf("%s: the script is told %v", name, got.Taken)
		}
	}
}

// TestLineOfATNMReplacesWhatIsSaidWithIt: what belongs to a category goes with
// the category that a line replaces, and the script is told; a prefix or symbol
// that was changed beside the line stays.
func TestLineOfATNMReplacesWhatIsSaidWithIt(t *testing.T) {
	t.Parallel()
	section, _ := form.Named(form.NewSheet(tumour.OccasionDiagnosis), "stadium")
	post := func(stored form.Sheet, values url.Values) sectionPost {
		found := map[string]posted{}
		texts, err := web.ListedValues(values, listing(section, found))
		if err != nil {
			t.Fatal(err)
		}
		got, err := readSection(stored, section, texts, found)
		if err != nil {
			t.Fatal(err)
		}
		return got
	}
	stored := form.Sheet{"clinical.t": "2", "clinical.t-prefix": "c", "clinical.multiple": "m"}
	same := url.Values{"f-clinical-line": {"T3 N1 M0"}, "f-clinical-t": {"2"}, "f-clinical-t-prefix": {"c"}, "f-clinical-multiple": {"m"}}
	got := post(stored, same)
	prefix, told := got.Taken["f-clinical-t-prefix"]
	if got.Values["clinical.t"] != "3" || got.Values["clinical.t-prefix"] != "" || got.Values["clinical.multiple"] != "" || !told || prefix != "" {
		t.Errorf("left of the tumour before: %v, the script is told %v", got.Values, got.Taken)
	}
	same.Set("f-clinical-t-prefix", "p")
	got = post(stored, same)
	if _, told := got.Taken["f-clinical-t-prefix"]; got.Values["clinical.t-prefix"] != "p" || told {
		t.Errorf("the prefix just chosen is %q", got.Values["clinical.t-prefix"])
	}
}

// TestPointOfThousandsIsNamed: 1.234 ng/ml may be meant as one or as a thousand.
func TestPointOfThousandsIsNamed(t *testing.T) {
	t.Parallel()
	section, known := form.Named(form.NewSheet(tumour.OccasionDiagnosis), "modul-prostata")
	if !known {
		t.Fatal("no section for the prostate")
	}
	for typed, named := range map[string]bool{"1.234": true, "1,234": false, "12.5": false, "0.123": false, "1234": false, "123.456": true} {
		post, err := read(section, url.Values{"f-prostate-psa": {typed}})
		if err != nil {
			t.Fatal(err)
		}
		if (len(post.Problems) > 0) != named {
			t.Errorf("%s: %d problems", typed, len(post.Problems))
		}
	}
}

// TestSectionThatIsNotAskedSaysWhereItStands: a module can be opened although
// the diagnosis does not ask for it.
func TestSectionThatIsNotAskedSaysWhereItStands(t *testing.T) {
	t.Parallel()
	sheet := form.NewSheet(tumour.OccasionDiagnosis)
	section, _ := form.Named(sheet, "modul-darm")
	page := newSectionPage(&open{form: drafting.Form{Sheet: sheet}, section: section}, drafting.Checked{}, sheet, sectionShow{}, false)
	if page.Place.Number != 0 || page.State.Word != "Noch nicht begonnen" || page.Rule != ruleVoluntary {
		t.Errorf("number %d, state %q, rule %q", page.Place.Number, page.State.Word, page.Rule)
	}
}

// TestRowsAreNamedOneByOne: a list is named for all its rows, a row for itself,
// on the page, in the summary and in what is said of a field.
func TestRowsAreNamedOneByOne(t *testing.T) {
	t.Parallel()
	sheet := form.NewSheet(tumour.OccasionRadiotherapy)
	sheet["courses.0.begin"], sheet["courses.1.begin"] = "01.07.2026", "01.08.2026"
	section, _ := form.Named(sheet, "bestrahlungen")
	list := sectionFields(sheet, section, sectionShow{})[0]
	if list.Title != "Bestrahlungen" || list.Blocks[1].Title != "Bestrahlung 2" || list.Button.Confirm != "Bestrahlung" {
		t.Errorf("%q, %q, %q", list.Title, list.Blocks[1].Title, list.Button.Confirm)
	}
	if f, _ := form.At(sheet, "courses.1.begin"); f.Label != "Bestrahlung 2: Beginn" {
		t.Errorf("the field is called %q", f.Label)
	}
	if items := (codebook{}).answers(sheet, section); len(items) != 2 || items[1].Key != "Bestrahlung 2: Beginn" {
		t.Errorf("the summary says %v", items)
	}
}

// TestRowsComeToAnEnd: a row that is shown can be posted, however often rows
// were added behind and taken away in front, and a full list offers no further one.
func TestRowsComeToAnEnd(t *testing.T) {
	t.Parallel()
	section, _ := form.Named(form.NewSheet(tumour.OccasionDiagnosis), "ausbreitung")
	rows := func(numbers ...int) (int, bool, error) {
		sheet := form.NewSheet(tumour.OccasionDiagnosis)
		for _, n := range numbers {
			sheet["metastases."+strconv.Itoa(n)+".site"] = "PUL"
		}
		blocks := sectionFields(sheet, section, sectionShow{More: "f-metastases"})
		_, err := read(section, typed(blocks, url.Values{}))
		return len(blocks[0].Blocks), blocks[0].Button.Label != "", err
	}
	full := make([]int, maxIndex+1)
	for i := range full {
		full[i] = i
	}
	for name, c := range map[string]struct {
		numbers []int
		shown   int
		further bool
	}{"first": {nil, 1, true}, "behind the last": {[]int{0, maxIndex}, 3, true}, "full": {full, len(full), false}} {
		if shown, further, err := rows(c.numbers...); shown != c.shown || further != c.further || err != nil {
			t.Errorf("%s: %d rows, a further one %v, %v", name, shown, further, err)
		}
	}
}
