// SPDX-License-Identifier: EUPL-1.2

package terminology_test

import (
	"encoding/csv"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"meldewerk/terminology"
)

// reference reads a code list of the national data set, one map per row.
func reference(t *testing.T, name string) []map[string]string {
	t.Helper()
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for {
		if _, err = os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			break
		}
		if dir == filepath.Dir(dir) {
			t.Fatal("no go.mod above the test")
		}
		dir = filepath.Dir(dir)
	}
	text, err := os.ReadFile(filepath.Join(dir, "..", "shared", "terminology", name))
	if err != nil {
		t.Skip("the national code lists are not beside the project")
	}
	reader := csv.NewReader(strings.NewReader(strings.TrimPrefix(string(text), "\ufeff")))
	reader.Comma, reader.FieldsPerRecord, reader.LazyQuotes = ';', -1, true
	rows, err := reader.ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	var out []map[string]string
	for _, row := range rows[1:] {
		m := map[string]string{}
		for i, cell := range row {
			m[rows[0][i]] = cell
		}
		out = append(out, m)
	}
	return out
}

func TestICDIsThatOfTheNationalList(t *testing.T) {
	t.Parallel()
	listed := map[string]bool{}
	for _, row := range reference(t, "icd10.csv") {
		code := row["code"]
		listed[code] = true
		if !terminology.KnownICD(code) {
			t.Errorf("%s is not known", code)
		}
		if _, ok := terminology.ICD(code); !ok {
			t.Errorf("%s has no words", code)
		}
		want := terminology.NoDuty
		switch {
		case row["p65_valide"] == "True":
			want = terminology.FullDuty
		case row["epi_valide"] == "True" && row["p65_valide"] == "False":
			want = terminology.DutyByState
		case !terminology.CompleteICD(code):
			continue // a category; its codes tell
		}
		if got := terminology.DutyOf(code); got != want {
			t.Errorf("%s: duty %d, want %d", code, got, want)
		}
		if row["epi_valide"] == "" && (terminology.ICDInYear(code, 2024) || !terminology.ICDInYear(code, 2009)) {
			t.Errorf("%s: left the classification with 2010", code)
		}
	}
	for _, code := range terminology.ICDCodes() {
		if !listed[code] {
			t.Errorf("%s is ours alone", code)
		}
	}
}

// TestICDThatLeftIsOfItsYears: what the classification of the causes of death,
// which is that of today, does not have any more is no code of today.
func TestICDThatLeftIsOfItsYears(t *testing.T) {
	t.Parallel()
	today := map[string]bool{}
	for _, row := range reference(t, "icd10_todesursache.csv") {
		today[row["code"]] = true
	}
	for _, code := range terminology.ICDCodes() {
		if !today[code] && terminology.ICDInYear(code, 2024) || !terminology.ICDInYear(code, 2009) && !terminology.ICDInYear(code, 2024) {
			t.Errorf("%s: its years are wrong", code)
		}
	}
}

func TestTopographyIsThatOfTheNationalList(t *testing.T) {
	t.Parallel()
	n := 0
	for _, row := range reference(t, "topographie.csv") {
		code := row["code"]
		if len(code) == 3 {
			continue
		}
		n++
		if !terminology.KnownTopography(code) {
			t.Errorf("%s is not known", code)
		}
		if got := terminology.PairedTopography(code); got != (row["istPaarig"] == "1") {
			t.Errorf("%s: paired %v", code, got)
		}
		if _, ok := terminology.Topography(code); !ok {
			t.Errorf("%s has no words", code)
		}
	}
	if got := len(terminology.TopographyCodes()); got != n {
		t.Errorf("%d sites of ours, %d of theirs", got, n)
	}
}

func TestMorphologyIsThatOfTheNationalList(t *testing.T) {
	t.Parallel()
	listed := map[string]bool{}
	for _, row := range reference(t, "morphologie.csv") {
		code := row["code"]
		listed[code] = true
		if !terminology.KnownMorphology(code) {
			t.Errorf("%s is not known", code)
		}
		if got := terminology.MorphologyGroup(code); strconv.Itoa(got) != strings.TrimLeft(row["group"], "0") {
			t.Errorf("%s: group %d", code, got)
		}
		if _, ok := terminology.Morphology(code); !ok {
			t.Errorf("%s has no words", code)
		}
	}
	for four := 8000; four < 10000; four++ {
		for behaviour := range 10 {
			code := strconv.Itoa(four) + "/" + strconv.Itoa(behaviour)
			if terminology.KnownMorphology(code) != listed[code] {
				t.Errorf("%s: known is not listed", code)
			}
		}
	}
	for _, code := range terminology.MorphologyCodes() {
		if !listed[code] {
			t.Errorf("%s is ours alone", code)
		}
	}
}

func TestSubstancesAndProtocolsAreThoseOfTheNationalList(t *testing.T) {
	t.Parallel()
	for _, row := range reference(t, "substanz.csv") {
		s, ok := terminology.SubstanceNamed(row["Substanz"])
		if !ok || s.Kind != row["Therapieart"] || s.ATC != row["Code"] {
			t.Errorf("%s: %+v", row["Substanz"], s)
		}
		if row["Code"] != "" {
			if _, ok = terminology.ATC(row["Code"]); !ok {
				t.Errorf("%s has no words", row["Code"])
			}
		}
	}
	for _, row := range reference(t, "protokoll.csv") {
		p, ok := terminology.ProtocolNamed(strings.Join(strings.Fields(row["code"]), " "))
		if !ok || p.Kind != strings.Trim(row["therapieart"], "?") {
			t.Errorf("%s: %+v", row["code"], p)
		}
	}
}

func TestTNMHoldsTheNationalValues(t *testing.T) {
	t.Parallel()
	for name, axis := range map[string]terminology.Axis{"tnm_t.csv": terminology.AxisT, "tnm_n.csv": terminology.AxisN, "tnm_m.csv": terminology.AxisM} {
		for _, row := range reference(t, name) {
			// 2d of N, as the national list has it, is of no edition.
			if code := row["code"]; !terminology.KnownTNM(axis, "8", "C44.3", code) && code != "2d" {
				t.Errorf("%c%s is not known", axis, code)
			}
		}
	}
}

func TestPairedICDIsPairedInTopography(t *testing.T) {
	t.Parallel()
	for _, code := range terminology.ICDCodes() {
		if !terminology.KnownTopography(code) {
			continue
		}
		if got := terminology.Paired(code); got != terminology.PairedTopography(code) {
			t.Errorf("%s: paired %v in ICD, %v in ICD-O", code, got, !got)
		}
	}
}
