// SPDX-License-Identifier: EUPL-1.2

package terminology_test

import (
	"strings"
	"testing"

	"meldewerk/terminology"
)

func TestMorphologyFitsItsSites(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		site, morphology string
		want             terminology.Fit
	}{
		{"C50.4", "8500/3", terminology.Fits}, {"C504", "8520/3", terminology.Fits}, {"C34.1", "8520/3", terminology.Unusual},
		{"C22.0", "8170/3", terminology.Fits}, {"C25.0", "8170/3", terminology.Unusual}, {"C62.1", "9061/3", terminology.Fits}, {"C50.1", "9061/3", terminology.Unusual},
		{"C71.1", "9440/3", terminology.Fits}, {"C34.9", "9440/3", terminology.Unusual}, {"C69.2", "9510/3", terminology.Fits}, {"C69.0", "9510/3", terminology.Unusual},
		{"C73.9", "8260/3", terminology.Fits}, {"C73.9", "8340/3", terminology.Fits}, {"C56.9", "8340/3", terminology.Unusual}, {"C49.2", "8140/3", terminology.Unusual},
		{"C18.7", "8140/3", terminology.Fits}, {"C49.2", "8850/3", terminology.Fits}, {"C71.0", "8850/3", terminology.Unusual}, {"C42.1", "9823/3", terminology.Fits},
		{"C77.8", "9823/3", terminology.Fits}, {"C50.1", "9945/3", terminology.Unusual}, {"C54.1", "8441/3", terminology.Fits}, {"C57.0", "8461/3", terminology.Fits},
		{"C50.9", "8000/3", terminology.FitUnknown}, {"C77.0", "9680/3", terminology.FitUnknown}, {"C75", "8272/3", terminology.Fits}, {"C69", "9510/3", terminology.Fits},
		{"C61", "9510/3", terminology.Unusual}, {"", "8500/3", terminology.FitUnknown}, {"C50.4", "", terminology.FitUnknown}, {"C50.4", "85/3", terminology.FitUnknown},
		{"D05.1", "8500/2", terminology.FitUnknown}, {"C42.2", "9120/3", terminology.Fits}, {"C42.1", "9120/3", terminology.Unusual}, {"C42", "9120/3", terminology.Fits},
		{"C06.9", "8500/3", terminology.Fits}, {"C40.2", "9180/3", terminology.Fits}, {"C64.9", "8312/3", terminology.Fits}, {"C67.2", "8120/3", terminology.Fits}, {"C44.3", "8090/3", terminology.Fits},
	} {
		if got := terminology.SiteFits(row.site, row.morphology); got != row.want {
			t.Errorf("%s at %s: %d, want %d", row.morphology, row.site, got, row.want)
		}
	}
	for code, want := range map[string]int{"8500/3": 57, "8500": 57, "8140/3": 102, "8000/3": 0, "9591/3": 0, "8339/3": 36, "9061/3": 28, "": 0, "x": 0} {
		if got := terminology.MorphologyFamily(code); got != want {
			t.Errorf("family of %q is %d, want %d", code, got, want)
		}
	}
}

// TestFamiliesNameWhatThereIs: a table that names no morphology or site of the
// classification would never speak.
func TestFamiliesNameWhatThereIs(t *testing.T) {
	t.Parallel()
	members := map[int]int{}
	for _, code := range terminology.MorphologyCodes() {
		members[terminology.MorphologyFamily(code)]++
	}
	for family := 1; family <= 63; family++ {
		if members[family] == 0 {
			t.Errorf("family %d has no morphology", family)
		}
	}
	for family := 101; family <= 107; family++ {
		if members[family] == 0 {
			t.Errorf("family %d has no morphology", family)
		}
	}
	// Each family fits somewhere and is unusual somewhere.
	for _, code := range terminology.MorphologyCodes() {
		if terminology.MorphologyFamily(code) == 0 {
			continue
		}
		met := map[terminology.Fit]bool{}
		for _, site := range terminology.TopographyCodes() {
			met[terminology.SiteFits(site, code)] = true
		}
		if !met[terminology.Fits] || !met[terminology.Unusual] {
			t.Errorf("%s fits everywhere or nowhere", code)
		}
	}
}

func TestSexAgeGradeAndBasis(t *testing.T) {
	t.Parallel()
	for code, want := range map[string]string{"C50.4": "", "C53.1": "W", "C531": "W", "C61": "M", "D06.0": "W", "D07.5": "M", "D07.3": "W", "D39.1": "W", "D40.0": "M", "D07": "", "C79.6": "W", "": ""} {
		if got := terminology.SexOfSite(code); got != want {
			t.Errorf("sex of %s is %q", code, got)
		}
	}
	for code, want := range map[string]string{"8441/3": "W", "8380/3": "W", "9061/3": "M", "9084/3": "W", "9084/0": "", "8140/3": "", "": ""} {
		if got := terminology.SexOfMorphology(code); got != want {
			t.Errorf("sex of %s is %q", code, got)
		}
	}
	for _, row := range []struct {
		name  string
		ages  terminology.Ages
		years int
		want  bool
	}{
		{"breast of a child", terminology.SiteAges("C50.4"), 12, false}, {"breast", terminology.SiteAges("C504"), 20, true}, {"cervix at 4", terminology.SiteAges("C53"), 4, false},
		{"prostate at 4", terminology.SiteAges("C61.9"), 4, false}, {"prostate at 17", terminology.SiteAges("C61"), 17, true}, {"pleura", terminology.SiteAges("C384"), 19, false},
		{"brain", terminology.SiteAges("C71.1"), 0, true}, {"CLL at 25", terminology.MorphologyAges("9823/3"), 25, false}, {"myeloma at 15", terminology.MorphologyAges("9732/3"), 15, true}, {"myeloma at 14", terminology.MorphologyAges("9732/3"), 14, false},
		{"CML of a child", terminology.MorphologyAges("9863/3"), 9, true}, {"histiocytosis of an adult", terminology.MorphologyAges("9750/3"), 40, true}, {"nephroblastoma at 15", terminology.MorphologyAges("8960/3"), 15, false},
		{"nephroblastoma at 14", terminology.MorphologyAges("8960/3"), 14, true}, {"adenocarcinoma", terminology.MorphologyAges("8140/3"), 3, true},
		{"prostate at 39", terminology.JointAges("C61", "8140/3"), 39, false}, {"carcinoid of the lung at 15", terminology.JointAges("C34.1", "8240/3"), 15, true},
		{"lung at 15", terminology.JointAges("C34.1", "8140/3"), 15, false}, {"placenta at 46", terminology.JointAges("C58", "9100/3"), 46, false}, {"eye at 6", terminology.JointAges("C69.2", "9510/3"), 6, false},
		{"lymphoma of the small bowel", terminology.JointAges("C17.1", "9687/3"), 9, true}, {"nothing", terminology.JointAges("", ""), 0, true},
	} {
		if row.ages.Holds(row.years) != row.want {
			t.Errorf("%s: %+v", row.name, row.ages)
		}
		if row.ages.Bounded() == (row.ages == terminology.SiteAges("C71")) {
			t.Errorf("%s: bounded %v", row.name, row.ages.Bounded())
		}
	}
	for code, want := range map[string]string{"8331/3": "1", "8332/3": "2", "8634/3": "3", "9401/3": "4", "8140/3": "", "": ""} {
		if got := terminology.ImpliedGrade(code); got != want {
			t.Errorf("grade of %s is %q", code, got)
		}
	}
	for code, want := range map[string]bool{"8140/3": true, "8140/0": false, "8500/2": true, "9680/3": false, "9394/1": true, "8140/1": false, "": true} {
		if terminology.Gradable(code) != want {
			t.Errorf("%s gradable: %v", code, !want)
		}
	}
	for _, row := range []struct {
		site, code string
		want       bool
	}{{"C50.4", "8500/3", true}, {"C22.0", "8170/3", false}, {"C44.5", "8720/3", false}, {"C51.9", "8720/3", true}, {"C50.4", "8000/3", false}, {"", "", false}} {
		if terminology.NeedsMicroscope(row.site, row.code) != row.want {
			t.Errorf("%s at %q: microscope %v", row.code, row.site, !row.want)
		}
	}
}

func TestTargetsAreThoseOfTheNationalList(t *testing.T) {
	t.Parallel()
	for edition, name := range map[int]string{terminology.Targets2014: "zielgebiet_2014.csv", terminology.Targets2021: "zielgebiet_2021.csv"} {
		rows := reference(t, name)
		for _, row := range rows {
			target, ok := terminology.TargetOf(edition, row["code"])
			if !ok || target.Text == "" {
				t.Errorf("%d %s is not known", edition, row["code"])
				continue
			}
			if edition == terminology.Targets2021 && target.Sided != strings.Contains(row["name"], "(r, l)") {
				t.Errorf("%s: side %v", row["code"], target.Sided)
			}
		}
		if got := len(terminology.Targets(edition)); got != len(rows) {
			t.Errorf("%d targets of ours, %d of theirs", got, len(rows))
		}
	}
	if _, ok := terminology.TargetOf(2021, "2.1.+"); ok {
		t.Error("a code of 2014 is known in 2021")
	}
}

func TestStagesAndPartsAreThoseOfTheNationalList(t *testing.T) {
	t.Parallel()
	for _, row := range reference(t, "tnm_uicc.csv") {
		if !terminology.KnownStage(row["code"]) {
			t.Errorf("stage %s is not known", row["code"])
		}
	}
	for part, name := range map[string]string{"L": "tnm_l.csv", "V": "tnm_v.csv", "Pn": "tnm_pn.csv", "S": "tnm_s.csv", "prefix": "tnm_cpu.csv", "edition": "tnm_auflage.csv"} {
		for _, row := range reference(t, name) {
			if !terminology.KnownTNMPart(part, row["code"]) {
				t.Errorf("%s %s is not known", part, row["code"])
			}
		}
	}
	if terminology.KnownTNMPart("L", "L2") || terminology.KnownTNMPart("", "") || terminology.KnownStage("V") || terminology.KnownStage("") {
		t.Error("something unknown is known")
	}
}

func TestEditionsAndVersionsByYear(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		icd  string
		year int
		want string
	}{{"C50.4", 2005, "6"}, {"C50.4", 2010, "7 6"}, {"C50.4", 2015, "7"}, {"C50.4", 2017, "8 7"}, {"C50.4", 2024, "8"}, {"C34.1", 2026, "9 8"}, {"C50.4", 2001, ""}, {"C92.0", 2020, ""}} {
		if got := strings.Join(terminology.TNMEditions(row.icd, row.year), " "); got != row.want {
			t.Errorf("%s in %d: %q, want %q", row.icd, row.year, got, row.want)
		}
	}
	for _, row := range []struct {
		edition, icd, stage string
		want                terminology.Fit
	}{{"8", "C34.1", "IA3", terminology.Fits}, {"7", "C34.1", "IA3", terminology.Unusual}, {"8", "C61", "IVC", terminology.Unusual}, {"8", "C76.1", "IVC", terminology.FitUnknown}, {"", "C61", "I", terminology.FitUnknown}} {
		if got := terminology.StageAt(row.edition, row.icd, row.stage); got != row.want {
			t.Errorf("stage %s of %s in edition %s: %d", row.stage, row.icd, row.edition, got)
		}
	}
	for _, row := range []struct {
		code, version string
		want          bool
	}{{"8140/3", "31", true}, {"9967/3", "31", false}, {"9967/3", "32", true}, {"9912/3", "32", false}, {"9912/3", "33", true}, {"9912/3", "bb", true}, {"7777/3", "33", false}} {
		if terminology.MorphologyInVersion(row.code, row.version) != row.want {
			t.Errorf("%s in version %s: %v", row.code, row.version, !row.want)
		}
	}
}
