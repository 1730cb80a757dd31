// SPDX-License-Identifier: EUPL-1.2

package terminology_test

import (
	"strings"
	"testing"

	"meldewerk/terminology"
)

// queries are what people at the forms type, with the code they look for.
var queries = []struct {
	list  terminology.List
	query string
	want  string
}{
	{terminology.ListICD, "Mamma-Ca", "C50"}, {terminology.ListICD, "mamma ca oben außen", "C50.4"}, {terminology.ListICD, "brustkrebs", "C50"},
	{terminology.ListICD, "Mammakarzinom", "C50"}, {terminology.ListICD, "mamakarzinom", "C50"}, {terminology.ListICD, "mamma außen oben", "C50.4"},
	{terminology.ListICD, "NSCLC", "C34"}, {terminology.ListICD, "sclc oberlappen", "C34.1"}, {terminology.ListICD, "lungenkrebs", "C34"}, {terminology.ListICD, "bronchialkarzinom", "C34"},
	{terminology.ListICD, "lunge ul", "C34.3"}, {terminology.ListICD, "bronchalkarzinom", "C34"}, {terminology.ListICD, "PCa", "C61"}, {terminology.ListICD, "prostatakarzinom", "C61"},
	{terminology.ListICD, "prostata", "C61"}, {terminology.ListICD, "HCC", "C22.0"}, {terminology.ListICD, "leberzellkarzinom", "C22.0"}, {terminology.ListICD, "leberzelcarcinom", "C22.0"},
	{terminology.ListICD, "CCC", "C22.1"}, {terminology.ListICD, "klatskin", "C24.0"}, {terminology.ListICD, "rcc", "C64"}, {terminology.ListICD, "Nierenzellkarzinom", "C64"},
	{terminology.ListICD, "CLL", "C91.1"}, {terminology.ListICD, "aml", "C92.0"}, {terminology.ListICD, "cml", "C92.1"}, {terminology.ListICD, "MM", "C90.0"},
	{terminology.ListICD, "multiples myelom", "C90.0"}, {terminology.ListICD, "GBM", "C71"}, {terminology.ListICD, "glioblastom", "C71"}, {terminology.ListICD, "dcis", "D05.1"},
	{terminology.ListICD, "lcis", "D05.0"}, {terminology.ListICD, "magenkrebs", "C16"}, {terminology.ListICD, "magen antrum", "C16.3"}, {terminology.ListICD, "aeg", "C16.0"},
	{terminology.ListICD, "sigma", "C18.7"}, {terminology.ListICD, "rektumkarzinom", "C20"}, {terminology.ListICD, "rectum", "C20"}, {terminology.ListICD, "colon ascendens", "C18.2"},
	{terminology.ListICD, "pankreaskopf", "C25.0"}, {terminology.ListICD, "pankreas kopf", "C25.0"}, {terminology.ListICD, "Ösophagus unteres drittel", "C15.5"}, {terminology.ListICD, "oesophagus", "C15"},
	{terminology.ListICD, "blasenkrebs", "C67"}, {terminology.ListICD, "cervix", "C53"}, {terminology.ListICD, "korpuskarzinom", "C54"}, {terminology.ListICD, "ovarialkarzinom", "C56"},
	{terminology.ListICD, "eierstockkrebs", "C56"}, {terminology.ListICD, "cin", "D06"}, {terminology.ListICD, "melanom rumpf", "C43.5"}, {terminology.ListICD, "melanom rücken", "C43.5"},
	{terminology.ListICD, "basaliom gesicht", "C44.3"}, {terminology.ListICD, "schilddrüsenkrebs", "C73"}, {terminology.ListICD, "schiddrüse", "C73"}, {terminology.ListICD, "morbus hodgkin", "C81"},
	{terminology.ListICD, "DLBCL", "C83.3"}, {terminology.ListICD, "mantelzell lymphom", "C83.1"}, {terminology.ListICD, "waldenström", "C88.0"}, {terminology.ListICD, "mds", "D46"},
	{terminology.ListICD, "polycythämia vera", "D45"}, {terminology.ListICD, "cup", "C80"}, {terminology.ListICD, "hodenkrebs", "C62"}, {terminology.ListICD, "larynx", "C32"},
	{terminology.ListICD, "c504", "C50.4"}, {terminology.ListICD, "C34.11", "C34.1"}, {terminology.ListICD, "meningeom", "D32"}, {terminology.ListICD, "lebermetastasen", "C78.7"},
	{terminology.ListICD, "invasives duktales Mammakarzinom", "C50"}, {terminology.ListICD, "Adenokarzinom Rektum", "C20"}, {terminology.ListICD, "Plattenepithelkarzinom Lunge", "C34.1"}, {terminology.ListICD, "Mamma-Ca links", "C50"},
	{terminology.ListICD, "kleinzelliges Bronchialkarzinom", "C34.1"}, {terminology.ListICD, "kleinzelliges Lymphom", "C83.0"}, {terminology.ListICD, "CIN III", "D06"}, {terminology.ListICD, "GIST", "C16"}, {terminology.ListICD, "Wilms-Tumor", "C64"},
	{terminology.ListICD, "kolorektales Karzinom", "C18"}, {terminology.ListICD, "seröses Ovarialkarzinom", "C56"}, {terminology.ListICD, "Rezidiv Rektumkarzinom", "C20"}, {terminology.ListTopography, "Mamma rechts", "C50.1"},
	{terminology.ListMorphology, "nsclc", "8046/3"}, {terminology.ListMorphology, "kleinzeller", "8041/3"}, {terminology.ListMorphology, "PEC", "8070/3"}, {terminology.ListMorphology, "plattenepithelkarzinom", "8070/3"},
	{terminology.ListMorphology, "platenepitelkarzinom", "8070/3"}, {terminology.ListMorphology, "adenokarzinom", "8140/3"}, {terminology.ListMorphology, "Adeno-Ca", "8140/3"}, {terminology.ListMorphology, "DCIS", "8500/2"},
	{terminology.ListMorphology, "nst", "8500/3"}, {terminology.ListMorphology, "invasiv lobuläres", "8520/3"}, {terminology.ListMorphology, "siegelring", "8490/3"}, {terminology.ListMorphology, "HCC", "8170/3"},
	{terminology.ListMorphology, "gist", "8936/3"}, {terminology.ListMorphology, "glioblastom", "9440/3"}, {terminology.ListMorphology, "SSM", "8743/3"}, {terminology.ListMorphology, "DLBCL", "9680/3"},
	{terminology.ListMorphology, "seminom", "9061/3"}, {terminology.ListMorphology, "85003", "8500/3"}, {terminology.ListMorphology, "CLL", "9823/3"}, {terminology.ListMorphology, "basaliom", "8090/3"},
	{terminology.ListMorphology, "urothel", "8120/3"}, {terminology.ListMorphology, "hgsoc", "8461/3"}, {terminology.ListMorphology, "karzinoid", "8240/3"}, {terminology.ListMorphology, "merkelzell", "8247/3"},
	{terminology.ListTopography, "knochenmark", "C42.1"}, {terminology.ListTopography, "mamma außen oben", "C50.4"}, {terminology.ListTopography, "haut rumpf", "C44.5"}, {terminology.ListTopography, "rektum", "C20.9"},
	{terminology.ListOPS, "BET mamma", "5-870"}, {terminology.ListOPS, "sentinel axilla", "5-401.11"}, {terminology.ListOPS, "hemikolektomie", "5-455"}, {terminology.ListOPS, "whipple", "5-524.1"},
	{terminology.ListOPS, "TUR blase", "5-573"}, {terminology.ListOPS, "radikale prostatektomie", "5-604"}, {terminology.ListOPS, "5604", "5-604"}, {terminology.ListOPS, "lobektomie", "5-324"},
	{terminology.ListOPS, "nephrektomie", "5-554"}, {terminology.ListOPS, "5-870.a1R", "5-870.a"}, {terminology.ListOPS, "gastrektomie", "5-437"},
	{terminology.ListSubstance, "5-FU", "L01BC02"}, {terminology.ListSubstance, "herceptin", "L01FD01"}, {terminology.ListSubstance, "paclitaksel", "L01CD01"}, {terminology.ListSubstance, "L01XA", "L01XA02"},
	{terminology.ListProtocol, "r-chop", "R-CHOP"}, {terminology.ListProtocol, "folfox", "FOLFOX4"},
}

func TestRealQueriesFindTheirCode(t *testing.T) {
	t.Parallel()
	for _, q := range queries {
		hits := terminology.Search(q.list, q.query, 2024)
		var first []string
		found := false
		for i, hit := range hits {
			if i == 5 {
				break
			}
			first = append(first, hit.Code+" "+hit.Text)
			found = found || hit.Code == q.want
		}
		if !found {
			t.Errorf("%s %q does not find %s but %s", q.list, q.query, q.want, strings.Join(first, " | "))
		}
	}
}

func TestCarcinomaDoesNotLeadToAdenoma(t *testing.T) {
	t.Parallel()
	for _, query := range []string{"Adenokarzinom", "Adenocarcinom", "adenoca"} {
		for _, hit := range terminology.Search(terminology.ListICD, query, 2024) {
			if strings.HasPrefix(hit.Code, "D35") {
				t.Errorf("%s leads to %s %s", query, hit.Code, hit.Text)
			}
		}
	}
}

// obvious are queries that mean one code and no other, as a coder types them:
// "list query: code", the code of the first hit.
const obvious = `
icd Lungenkrebs: C34
icd NSCLC: C34
icd Melanom: C43.9
icd AML: C92.0
icd AML M3: C92.4
icd ALL: C91.0
icd NHL: C82
icd Basaliom Nase: C44.3
icd Basalzellkarzinom Gesicht: C44.3
icd Glioblastom frontal: C71.1
icd CUP-Syndrom: C80
icd Pankreaskopfkarzinom: C25.0
icd AEG II: C16.0
icd Speiseröhre distal: C15.5
icd Stimmbandkarzinom: C32.0
icd Weichteilsarkom Oberschenkel: C49.2
icd Osteosarkom Femur: C40.2
icd Retinoblastom: C69.2
icd Chorionkarzinom: C58
icd Aderhautmelanom: C69.3
icd Borderlinetumor Ovar: D39.1
icd NET Pankreas: C25
icd neuroendokriner Tumor Appendix: C18.1
icd Vorsteherdrüse: C61
icd Lentigo maligna: D03
icd Morbus Bowen: D04
icd Mamma Ca re: C50
icd V.a. Prostatakarzinom: C61
icd Z.n. Mammakarzinom: C50
topography Mamma re: C50.9
topography Nase: C30.0
topography Frontallappen: C71.1
morphology M8500/3: 8500/3
morphology Karzinom: 8010/3
morphology kleinzelliges Bronchialkarzinom: 8041/3
morphology papilläres Schilddrüsenkarzinom: 8260/3
morphology azinäres Prostatakarzinom: 8140/3
ops brusterhaltende Therapie: 5-870
ops Stanzbiopsie Mamma: 1-493.3
substance Taxol: L01CD01
substance Taxotere: L01CD02
substance Enhertu: L01FD04
protocol RCHOP: R-CHOP
protocol mFOLFOX6: FOLFOX-6
protocol BEP: PEB`

func TestObviousHitStandsFirst(t *testing.T) {
	t.Parallel()
	for line := range strings.Lines(strings.TrimSpace(obvious)) {
		asked, want, _ := strings.Cut(strings.TrimSpace(line), ": ")
		list, query, _ := strings.Cut(asked, " ")
		hits := terminology.Search(terminology.List(list), query, 2026)
		if len(hits) == 0 || hits[0].Code != want {
			t.Errorf("%s %q finds %v, not %s first", list, query, hits[:min(3, len(hits))], want)
		}
	}
}

// TestTradeNamesLeadToTheirSubstance: a name that is near another one must not
// be taken for a typing error.
func TestTradeNamesLeadToTheirSubstance(t *testing.T) {
	t.Parallel()
	for query, want := range map[string]string{"Taxol": "Paclitaxel", "Herceptin": "Trastuzumab", "Kadcyla": "Trastuzumab Emtansin", "Ibrance": "Palbociclib", "Zoladex": "Goserelin",
		"Xtandi": "Enzalutamid", "Zytiga": "Abirateron", "Tagrisso": "Osimertinib", "Xeloda": "Capecitabin", "Nexavar": "Sorafenib", "Sutent": "Sunitinib", "Imfinzi": "Durvalumab",
		"Darzalex": "Daratumumab", "Lynparza": "Olaparib", "Yervoy": "Ipilimumab", "Erbitux": "Cetuximab", "Vectibix": "Panitumumab", "Kisqali": "Ribociclib", "Eligard": "Leuprorelin"} {
		hits := terminology.Search(terminology.ListSubstance, query, 0)
		if len(hits) != 1 || hits[0].Text != want {
			t.Errorf("%s finds %v", query, hits)
		}
	}
}

// TestSubstancesHaveTheirCode: the national list names some substances without
// the ATC code that they have; a form must not lose it, nor a rule their kind.
func TestSubstancesHaveTheirCode(t *testing.T) {
	t.Parallel()
	hits := terminology.Search(terminology.ListSubstance, "Trastuzumab Emtansin", 0)
	if len(hits) != 1 || hits[0].Code != "L01FD03" {
		t.Errorf("found %v", hits)
	}
	if s, ok := terminology.SubstanceOf("L01FD03"); !ok || s.Kind != "IM" || s.ATC != "L01FD03" {
		t.Errorf("by code: %+v", s)
	}
}
