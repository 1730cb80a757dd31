// SPDX-License-Identifier: EUPL-1.2

package pages

import (
	"fmt"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"meldewerk/report/form"
	"meldewerk/terminology"
	"meldewerk/tumour"
)

func TestRecentCodesOfTheUnitComeFirst(t *testing.T) {
	t.Parallel()
	m := newRecentCodes()
	save := func(unit, icd string) {
		sheet := form.NewSheet(tumour.OccasionDiagnosis)
		sheet["tumour.icd.code"], sheet["tumour.morphology.code"] = icd, "8500/3"
		section, _ := form.Named(sheet, "tumor")
		m.note(unit, codebook{}, section, sheet)
	}
	for _, icd := range []string{"C50.4", "c61", "mamma", "C5", "C50.4", "C18.7", "C86.0"} {
		save("nord", icd)
	}
	save("süd", "C34.1")
	asked := func(unit, text string, year int) []string {
		to := aim{list: terminology.ListICD, year: year, recent: m.of(unit, terminology.ListICD)}
		var got []string
		for _, h := range to.search(text, 4) {
			got = append(got, h.Code)
		}
		return got
	}
	for _, row := range []struct {
		unit, text string
		year       int
		want       []string
	}{
		{"nord", "", 2024, []string{"C86.0", "C18.7", "C50.4", "C61"}},
		{"nord", "", 2009, []string{"C18.7", "C50.4", "C61"}},
		{"süd", "", 2024, []string{"C34.1"}}, {"west", "", 2024, nil},
		{"nord", "brustdrüse", 2024, []string{"C50.4", "C50"}}, {"west", "brustdrüse", 2024, []string{"C50", "C50.9"}},
		{"nord", "C50", 2024, []string{"C50", "C50.4"}}, {"nord", "C5", 2024, []string{"C50.4"}}, {"nord", "prostata", 2024, []string{"C61"}},
	} {
		got := asked(row.unit, row.text, row.year)
		if row.text != "" && row.want != nil {
			got = got[:min(len(row.want), len(got))]
		}
		if diff := cmp.Diff(row.want, got); diff != "" {
			t.Errorf("%s asks %q of %d: %s", row.unit, row.text, row.year, diff)
		}
	}
}

func TestRecentCodesAreFewAndHoldNoPatient(t *testing.T) {
	t.Parallel()
	m := newRecentCodes()
	for i, code := range terminology.ICDCodes() {
		m.put(recentKey{"nord", terminology.ListICD}, terminology.Label{Code: code})
		m.put(recentKey{fmt.Sprint(i), terminology.ListICD}, terminology.Label{Code: code})
	}
	for i := range 2 * maxUnits {
		m.put(recentKey{fmt.Sprint(i), terminology.ListOPS}, terminology.Label{Code: "5-870"})
	}
	if got := len(m.units); got > maxUnits {
		t.Errorf("%d units are remembered", got)
	}
	for key, list := range m.units {
		if len(list) > maxRecent {
			t.Errorf("%v has %d codes", key, len(list))
		}
	}
	book, err := terminology.Open(fstest.MapFS{"kassen.txt": {Data: []byte("meldewerk-terminology insurer 2026 1\n104212505 Erfundene Kasse\n")}})
	if err != nil {
		t.Fatal(err)
	}
	identity := newRecentCodes()
	sheet := galleryIdentity()
	sheet["patient.insurance.statutory.insurer"] = "104212505"
	for _, s := range identitySections(sheet) {
		identity.note("nord", codebook{book}, s, sheet)
	}
	if len(identity.units) != 0 {
		t.Error("something of a patient is remembered")
	}
}

// TestSubstancesWithoutACodeAreNotOfferedAsOne: the field of the ATC code would
// refuse the name.
func TestSubstancesWithoutACodeAreNotOfferedAsOne(t *testing.T) {
	t.Parallel()
	to := aim{list: terminology.ListSubstance}
	for _, text := range []string{"stammzellen", "a", "interferon", "cisplatin"} {
		for _, h := range to.search(text, maxSuggestions) {
			if len(h.Code) != len("L01XA01") {
				t.Errorf("%q offers %q as a code", text, h.Code)
			}
		}
	}
	if got := to.search("cisplatin", 1); len(got) != 1 || got[0].Code != "L01XA01" {
		t.Errorf("Cisplatin: %v", got)
	}
}
