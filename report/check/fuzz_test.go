// SPDX-License-Identifier: EUPL-1.2

package check_test

import (
	"reflect"
	"regexp"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"meldewerk/calendar"
	"meldewerk/report"
	"meldewerk/report/check"
	"meldewerk/tumour"
)

// marker stands for whatever a sender may write. No finding may hold it.
const marker = "Geheim§"

// codes are words of the lists, so that the rules get somewhere.
var codes = strings.Fields(`C50.4 C61 C61.9 C34.1 C18.7 C20 C43.5 C77.0 C97 C92.0 D05.1 D06.9 D17.1 D18.0 D35.2 C99.9 C50 C44.5 C14.1 M72.4
	8500/3 8500/2 8140/3 8720/3 9861/3 8960/3 9732/3 8000/6 8777/3 8700/3 9395/3 8331/3 31 32 33 bb 10_2024_GM 10_2009_GM 10_2019_WHO Sonstige
	1 2 4 7.1 7.2 7.3 9 0 1a 1b 1c is X 3 I II IIA IV 6 8 y r a c p L R B M U T J N K V P D W A Z CH IM ZS CI CIZ AS WW R0 R1 R2 R1(is) RX S O
	7a 7b 10 12 13 0.8 2.3 1000 HEP behandlungsbeginn behandlungsende 3.1 3.4 5.4 6.8 9.10 3.1.+ L01FD01 L02BA01 Docetaxel Trastuzumab
	102114819 161234560 950123456 970000011 A123456780 X121212121 30159 1010 00123 DE AT XX Musterfrau Beispiel`)

// fill draws a value of any type: texts are codes of the lists, markers or
// anything; dates are near each other, so that they are sometimes out of order.
func fill(t *rapid.T, v reflect.Value, depth int) {
	switch v.Kind() {
	case reflect.Pointer:
		if depth < 8 && rapid.IntRange(0, 2).Draw(t, "set") > 0 {
			v.Set(reflect.New(v.Type().Elem()))
			fill(t, v.Elem(), depth+1)
		}
	case reflect.Struct:
		if v.Type() == reflect.TypeFor[calendar.Date]() {
			v.Set(reflect.ValueOf(drawDate(t)))
			return
		}
		for i := range v.NumField() {
			fill(t, v.Field(i), depth+1)
		}
	case reflect.Slice:
		n := rapid.IntRange(0, 2).Draw(t, "length")
		v.Set(reflect.MakeSlice(v.Type(), n, n))
		for i := range n {
			fill(t, v.Index(i), depth+1)
		}
	case reflect.String:
		v.SetString(drawWord(t))
	default:
		t.Fatalf("a report holds a %s", v.Kind())
	}
}

func drawWord(t *rapid.T) string {
	switch rapid.IntRange(0, 9).Draw(t, "word") {
	case 0:
		return ""
	case 1:
		return marker
	case 2:
		return rapid.StringN(0, 12, 24).Draw(t, "any")
	}
	return strings.ReplaceAll(rapid.SampledFrom(codes).Draw(t, "code"), "_", " ")
}

func drawDate(t *rapid.T) calendar.Date {
	if rapid.IntRange(0, 4).Draw(t, "none") == 0 {
		return calendar.Date{}
	}
	return calendar.Date{Year: int16(rapid.SampledFrom([]int{0, 1, 1950, 2008, 2023, 2024, 2025, 2029, 32767}).Draw(t, "year")),
		Month: uint8(rapid.SampledFrom([]int{1, 2, 3, 12, 0, 255}).Draw(t, "month")), Day: uint8(rapid.SampledFrom([]int{1, 2, 29, 31, 0, 255}).Draw(t, "day")),
		Accuracy: calendar.Accuracy(rapid.SampledFrom([]string{"E", "T", "M", "V", "", marker}).Draw(t, "accuracy"))}
}

// place is what a path may be: names of elements and positions in lists.
var place = regexp.MustCompile(`^(Meldung|Patient)(/[A-Z][A-Za-z0-9_]*(\[[0-9]{1,3}\])?|/cTNM|/pTNM)*$`)

// said are the rules by their id.
var said = func() map[string]check.Rule {
	all := map[string]check.Rule{}
	for _, r := range check.Rules() {
		all[r.ID] = r
	}
	return all
}()

// onlyTheTableSpeaks judges reports that hold anything. Nothing panics, and
// what is said comes from the table alone: the sentences word for word, and as
// place only names of elements and positions.
func onlyTheTableSpeaks(t *rapid.T) {
	var first, second report.Report
	fill(t, reflect.ValueOf(&first).Elem(), 0)
	fill(t, reflect.ValueOf(&second).Elem(), 0)
	second.Patient = first.Patient
	ctx := check.Context{Today: drawDate(t), ReportedOn: drawDate(t), DiedOn: drawDate(t), Land: rapid.SampledFrom([]string{"", "NI", "BW", "HH", marker}).Draw(t, "land")}
	p := check.NewPackage(ctx)
	p.Foresee(&first)
	p.Foresee(&second)
	findings := append(p.Judge(nil, 0, &first), p.Judge(nil, 0, &second)...)
	findings = append(findings, check.Run(ctx, &first)...)
	for _, found := range findings {
		rule, exists := said[found.Rule]
		if !exists || found.Message != rule.Message.German || found.Remedy != rule.Remedy.German || found.Severity != rule.Severity {
			t.Fatalf("%s says what the table does not", found.Rule)
		}
		if !place.MatchString(found.Path) {
			t.Fatalf("%s: place %q", found.Rule, found.Path)
		}
	}
}

func TestC3OnlyTheTableSpeaks(t *testing.T) {
	t.Parallel()
	rapid.Check(t, onlyTheTableSpeaks)
}

func FuzzRun(f *testing.F) { f.Fuzz(rapid.MakeFuzz(onlyTheTableSpeaks)) }

// TestC3MarkedReportsLeaveNoMark puts the marker into every text of every
// case, alone and behind what stands there, and looks for it in what is found.
func TestC3MarkedReportsLeaveNoMark(t *testing.T) {
	t.Parallel()
	for _, behind := range []bool{false, true} {
		for id, all := range changes {
			for _, c := range all {
				ctx, r := context(), plausible(c.occasion)
				c.apply(&ctx, r)
				mark(reflect.ValueOf(r).Elem(), behind)
				p := check.NewPackage(ctx)
				found := p.Judge(nil, 0, r)
				found = append(found, p.Judge(nil, 0, r)...)
				for _, f := range found {
					if strings.Contains(f.Message+f.Remedy+f.Path+f.Rule, "§") || !place.MatchString(f.Path) {
						t.Errorf("%s, %s: %s holds a value", id, c.name, f.Rule)
					}
				}
			}
		}
	}
}

// mark changes no memory that the cases share: what lies behind pointers and
// in lists is copied first.
func mark(v reflect.Value, behind bool) {
	switch v.Kind() {
	case reflect.Pointer:
		if !v.IsNil() {
			own := reflect.New(v.Type().Elem())
			own.Elem().Set(v.Elem())
			v.Set(own)
			mark(own.Elem(), behind)
		}
	case reflect.Struct:
		for i := range v.NumField() {
			mark(v.Field(i), behind)
		}
	case reflect.Slice:
		v.Set(reflect.AppendSlice(reflect.Zero(v.Type()), v))
		for i := range v.Len() {
			mark(v.Index(i), behind)
		}
	case reflect.String:
		if v.Type() == reflect.TypeFor[calendar.Accuracy]() || v.Type() == reflect.TypeFor[tumour.Phase]() {
			return
		}
		if behind {
			v.SetString(v.String() + marker)
		} else {
			v.SetString(marker)
		}
	}
}
