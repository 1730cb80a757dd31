// SPDX-License-Identifier: EUPL-1.2

package wording

import (
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"meldewerk/calendar"
	"meldewerk/tumour"
)

func TestTNMLineReadsAsItIsSpoken(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		tnm  *tumour.TNM
		want string
	}{
		{nil, ""},
		{&tumour.TNM{}, ""},
		{&tumour.TNM{Edition: "8"}, ""},
		{&tumour.TNM{Edition: "8", TPrefix: "c", T: "2", NPrefix: "c", N: "1", MPrefix: "c", M: "0"}, "cT2 cN1 cM0 (8. Auflage)"},
		{&tumour.TNM{T: "2", N: "1a", M: "X"}, "cT2 cN1a cMX"},
		{&tumour.TNM{AfterTherapy: "y", TPrefix: "p", T: "1c", Multiple: "2", NPrefix: "p", N: "0(sn)", Lymphatic: "L0", Venous: "V0", Perineural: "Pn1", Stage: "IIB", Edition: "8"},
			"ypT1c(2) ypN0(sn) L0 V0 Pn1, Stadium IIB (8. Auflage)"},
		{&tumour.TNM{Stage: "IV"}, "Stadium IV"},
	} {
		if got := TNMLine(c.tnm); got != c.want {
			t.Errorf("got %q, want %q", got, c.want)
		}
	}
}

func TestFactsOfASurgery(t *testing.T) {
	t.Parallel()
	got := Facts(&tumour.Event{Surgery: &tumour.Surgery{Intention: "K", Date: calendar.Date{Year: 2026, Month: 6, Day: 18},
		Procedures: []tumour.Procedure{{Code: "5-870.a1", Version: "2026"}},
		TNM:        &tumour.TNM{TPrefix: "p", T: "2", NPrefix: "p", N: "1a", Edition: "8"},
		Residual:   &tumour.Residual{Local: "R0"}, Complications: tumour.Complications{None: "N"}}})
	if len(got) != 5 || got[1].Label != "Eingriff (OPS 2026)" || !strings.HasPrefix(got[1].Value, "5-870.a1 ") {
		t.Fatalf("facts %+v", got)
	}
	got[1].Value = ""
	want := []Fact{{"Intention", "kurativ"}, {"Eingriff (OPS 2026)", ""}, {"Stadium", "pT2 pN1a (8. Auflage)"},
		{"Residualstatus lokal", "R0"}, {"Komplikationen", "keine"}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// hidden are the fields that a history does not show, each for a reason.
var hidden = []string{
	"Childhood", "ChildhoodTumour", // consent and trials of the childhood registry, not the tumour
	"Submitter",                                                                              // open text, never in an entry
	"Surgeons",                                                                               // open text, never in an entry
	"Version",                                                                                // of a classification; the code says what is meant
	"Beam", "Boost", "Stereotactic", "Gated", "Placement", "Target", "Side", "Unit", "Chemo", // detail of an irradiation
	"GleasonFrom", "BiopsyDate", "CoreInvolvement", "PSADate", // detail of the prostate module
	"WireMarking", "SpecimenControl", "MesorectalFascia", "StomaMarking", // detail of quality assurance
	"Edition", "AfterTherapy", "Recurrence", "Autopsy", "TPrefix", "NPrefix", "MPrefix", "Multiple", // stand only beside a value
	"Name", // of a classification, stands only beside its stage
}

// TestFactsLoseNothing puts a sign into every closed field of every occasion,
// one at a time, and looks for it in the facts.
func TestFactsLoseNothing(t *testing.T) {
	t.Parallel()
	event := reflect.TypeFor[tumour.Event]()
	for i := range event.NumField() {
		field := event.Field(i)
		if field.Type.Kind() != reflect.Pointer {
			continue
		}
		for _, path := range leaves(field.Type.Elem(), nil) {
			e := tumour.Event{}
			occasion := reflect.New(field.Type.Elem())
			reflect.ValueOf(&e).Elem().Field(i).Set(occasion)
			set(occasion.Elem(), path)
			shown := false
			for _, f := range Facts(&e) {
				shown = shown || strings.Contains(f.Label+f.Value, "7123")
			}
			if !shown {
				t.Errorf("%s.%s is not shown", field.Name, strings.Join(path, "."))
			}
		}
	}
}

// leaves lists the closed fields below a type.
func leaves(typ reflect.Type, path []string) [][]string {
	switch typ.Kind() {
	case reflect.Pointer, reflect.Slice:
		return leaves(typ.Elem(), path)
	case reflect.String:
		if typ == reflect.TypeFor[tumour.Text]() || typ == reflect.TypeFor[tumour.SourceID]() {
			return nil
		}
		return [][]string{slices.Clone(path)}
	case reflect.Struct:
		if typ == reflect.TypeFor[calendar.Date]() {
			return nil
		}
		var out [][]string
		for i := range typ.NumField() {
			if !slices.Contains(hidden, typ.Field(i).Name) {
				out = append(out, leaves(typ.Field(i).Type, append(path, typ.Field(i).Name))...)
			}
		}
		return out
	}
	return nil
}

// set puts the sign into the field at the path, making what is on the way.
func set(v reflect.Value, path []string) {
	switch v.Kind() {
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		set(v.Elem(), path)
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 1, 1))
		set(v.Index(0), path)
	case reflect.String:
		v.SetString("7123")
	case reflect.Struct:
		set(v.FieldByName(path[0]), path[1:])
	}
}

func TestSideSaysOnlySides(t *testing.T) {
	t.Parallel()
	for code, want := range map[tumour.Code]string{"": "", "L": "links", "R": "rechts", "B": "beidseits", "M": "Mittellinie", "T": "", "U": "", "x": "x"} {
		if got := Side(code); got != want {
			t.Errorf("side %q is %q, want %q", code, got, want)
		}
	}
}
