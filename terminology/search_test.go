// SPDX-License-Identifier: EUPL-1.2

package terminology_test

import (
	"slices"
	"testing"
	"time"

	"meldewerk/terminology"
)

func TestSearchFindsByCodeAndWords(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		name  string
		list  terminology.List
		query string
		want  string // the first hit
	}{
		{"exact code", terminology.ListICD, "C50.4", "C50.4"},
		{"small letters", terminology.ListICD, " c50.4 ", "C50.4"},
		{"category before its codes", terminology.ListICD, "C50", "C50"},
		{"words", terminology.ListICD, "brustdrüse oberer äußerer", "C50.4"},
		{"other order", terminology.ListICD, "äußerer oberer brustdrüse", "C50.4"},
		{"umlauts written out", terminology.ListICD, "brustdruese aeusserer oberer", "C50.4"},
		{"umlauts left out", terminology.ListICD, "brustdruse ausserer oberer", "C50.4"},
		{"wrong letter", terminology.ListICD, "brustdrise oberer äußerer", "C50.4"},
		{"missing letter", terminology.ListICD, "protata", "C61"},
		{"letter too many", terminology.ListICD, "prosstata", "C61"},
		{"exchanged letters", terminology.ListICD, "porstata", "C61"},
		{"beginning with an error", terminology.ListICD, "brustrd oberer äußerer", "C50.4"},
		{"morphology", terminology.ListMorphology, "8500/3", "8500/3"},
		{"morphology by words", terminology.ListMorphology, "duktales in situ", "8500/2"},
		{"site", terminology.ListTopography, "C42.1", "C42.1"},
		{"procedure", terminology.ListOPS, "5-324", "5-324"},
		{"substance", terminology.ListSubstance, "tamoxifen", "L02BA01"},
		{"substance by code", terminology.ListSubstance, "L02BA01", "L02BA01"},
		{"protocol", terminology.ListProtocol, "folfirinox", "Folfirinox"},
		{"protocol by substances", terminology.ListProtocol, "vinblastin bleomycin dacarbazin", "ABVD"},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			hits := terminology.Search(row.list, row.query, 2024)
			if len(hits) == 0 || hits[0].Code != row.want {
				t.Errorf("%q finds %v", row.query, hits[:min(3, len(hits))])
			}
		})
	}
}

func TestSearchKnowsTheYearAndItsBounds(t *testing.T) {
	t.Parallel()
	has := func(query string, year int, code string) bool {
		return slices.ContainsFunc(terminology.Search(terminology.ListICD, query, year), func(l terminology.Label) bool { return l.Code == code })
	}
	if has("C83", 2024, "C83.2") || !has("C83", 2009, "C83.2") || !has("C83", 0, "C83.2") || has("C86", 2009, "C86.0") {
		t.Error("codes of another year are found, or those of the year are not")
	}
	for _, query := range []string{"", "   ", "zzzzzz", "%", "\xff\xfe", string(make([]byte, 300))} {
		if hits := terminology.Search(terminology.ListICD, query, 0); len(hits) != 0 {
			t.Errorf("%q finds %d", query, len(hits))
		}
	}
	if hits := terminology.Search(terminology.ListICD, "c", 0); len(hits) != 50 {
		t.Errorf("%d hits", len(hits))
	}
	if terminology.Search("streets", "C50", 0) != nil {
		t.Error("an unknown list answers")
	}
}

func BenchmarkSearch(b *testing.B) {
	for list, query := range map[terminology.List]string{terminology.ListICD: "brustdrise oberer aeusserer",
		terminology.ListMorphology: "karzinom verhornend plattenepitel", terminology.ListSubstance: "pembrolizumap"} {
		b.Run(string(list), func(b *testing.B) {
			terminology.Search(list, query, 2024)
			for b.Loop() {
				terminology.Search(list, query, 2024)
			}
			b.ReportMetric(float64(b.Elapsed())/float64(time.Millisecond)/float64(b.N), "ms/search")
		})
	}
}

func TestTNMByEditionAndSite(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		axis                terminology.Axis
		edition, icd, value string
		want                bool
	}{
		{'T', "8", "C50.4", "1c", true}, {'T', "8", "C50.4", "2a", false}, {'T', "8", "C50.4", "is(DCIS)", true},
		{'T', "8", "C34.1", "1c", true}, {'T', "7", "C34.1", "1c", false}, {'T', "8", "C61", "2c", true},
		{'T', "8", "C18.7", "1 nonsense", false}, {'T', "7", "C44.3", "1c3", false}, {'T', "8", "C69.2", "1c3", true},
		{'N', "8", "C50.4", "0(sn)", true}, {'N', "8", "C50.4", "1mi(sn)", true}, {'N', "8", "C50.4", "1a(2/14)", true}, {'N', "8", "C50.4", "1(hello)", false},
		{'N', "8", "C61", "2", false}, {'M', "7", "C18.7", "1c", false}, {'M', "8", "C18.7", "1c", true},
		{'M', "8", "C43.5", "1d(1)", true}, {'M', "9", "C34.1", "1c1", true}, {'M', "8", "C34.1", "1c1", false}, {'T', "", "C34.1", "1c", true},
		{'T', "9", "C53.1", "1b3", true}, {'T', "8", "C53.1", "1b3", false}, {'M', "9", "C11.0", "1b", true}, {'M', "8", "C11.0", "1b", false}, {'N', "8", "C54.1", "2mi", true},
		{'T', "8", "C73", "3a", true}, {'T', "7", "C73", "3a", false}, {'N', "8", "C16.2", "3b", true}, {'N', "8", "C16.2", "3c", false}, {'T', "8", "C37", "1a", true},
		{'T', "7", "C37", "1a", true}, {'T', "6", "C73", "3a", false}, {'T', "8", "C18.1", "is(LAMN)", true}, {'M', "8", "C16.1", "1b", true}, {'T', "8", "C06.0", "4c", false},
	} {
		if got := terminology.KnownTNM(row.axis, row.edition, row.icd, row.value); got != row.want {
			t.Errorf("%c%s of %s in edition %s: %v", row.axis, row.value, row.icd, row.edition, got)
		}
	}
	for icd, want := range map[string]bool{"C50.4": true, "C71.1": false, "C92.0": false, "C84.0": true, "D05.1": true, "D45": false, "": true} {
		if terminology.HasTNM(icd) != want {
			t.Errorf("%s: TNM %v", icd, !want)
		}
	}
	for number, want := range map[string]terminology.Payer{"102114819": terminology.StatutoryPayer, "168140346": terminology.PrivatePayer,
		"950123456": terminology.PrivatePayer, "970000011": terminology.SubstitutePayer, "260530103": terminology.UnknownPayer, "10211481x": terminology.UnknownPayer} {
		if terminology.PayerOf(number) != want {
			t.Errorf("payer of the class of %s…", number[:2])
		}
	}
	if terminology.SiteGroup("C20.9") != "C19" || terminology.SiteGroup("C50.4") != "C50" || terminology.SiteGroup("") != "" {
		t.Error("site groups")
	}
}
