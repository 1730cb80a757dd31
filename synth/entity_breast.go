// SPDX-License-Identifier: EUPL-1.2

package synth

import (
	"strconv"

	"meldewerk/tumour"
)

var (
	breastConserving = &operation{words: "Segmentresektion mit Wächterlymphknoten", codes: "5-870.a1* 5-401.11*",
		nodes: [2]int{1, 4}, sentinel: true}
	breastConservingAxilla = &operation{words: "Segmentresektion mit Axilladissektion", codes: "5-870.a2* 5-402.1*",
		nodes: [2]int{10, 22}}
	mastectomy         = &operation{words: "Ablatio mammae mit Axilladissektion", codes: "5-872.1*", nodes: [2]int{10, 24}}
	mastectomySentinel = &operation{words: "Ablatio mammae mit Wächterlymphknoten", codes: "5-872.0* 5-401.11*",
		nodes: [2]int{1, 4}, sentinel: true}
	breastInSitu = &operation{words: "Segmentresektion", codes: "5-870.a1*"}

	wholeBreast = &radiation{targets: "3.1*", total: "40.05", single: "2.67", boost: "N"}
	breastBoost = &radiation{targets: "3.1*", total: "50", single: "2", boost: "N",
		then: &radiation{targets: "3.2*", total: "16", single: "2", boost: "SEQ"}}
	chestWall = &radiation{targets: "3.3* 9.2*", total: "50", single: "2", boost: "N"}

	ecPaclitaxel  = &regimen{protocol: "EC-P", kind: "CH", substances: "L01DB03 L01AA01 L01CD01", days: 147}
	tch           = &regimen{protocol: "TCH", kind: "CI", substances: "L01CD02 L01XA02 L01FD01", days: 126, marked: true}
	trastuzumab   = &regimen{kind: "IM", substances: "L01FD01", days: 250, marked: true}
	tamoxifen     = &regimen{kind: "HO", substances: "L02BA01", days: 1825}
	letrozole     = &regimen{kind: "HO", substances: "L02BG04", days: 1825}
	anastrozole   = &regimen{kind: "HO", substances: "L02BG03", days: 1825}
	ribociclib    = &regimen{protocol: "Ribociclib/Letrozol", kind: "ZS", substances: "L01EF02 L02BG04", days: 640, marked: true}
	capecitabineM = &regimen{kind: "CH", substances: "L01BC06", days: 180}
)

// breastFindings are the findings of the Modul Mamma.
type breastFindings struct {
	oestrogen, progesterone, her2, menopause tumour.Code
	invasive, dcis                           int
}

func breastStock() []*entity {
	spots := sites("50 C50.4 C50.4 oben außen|12 C50.2 C50.2 oben innen|8 C50.5 C50.5 unten außen|7 C50.3 C50.3 unten innen|" +
		"8 C50.1 C50.1 zentral|13 C50.8 C50.8 mehrere Bereiche überlappend|3 C50.9 C50.9 Mamma o.n.A.")
	return []*entity{{
		name: "Mammakarzinom", men: 12, women: 1150,
		ages: [11]int{30, 43, 49, 53, 58, 63, 67, 72, 77, 82, 93}, sites: spots,
		morphs: morphs("78 8500/3 Invasives Karzinom, NST|13 8520/3 Invasives lobuläres Karzinom|" +
			"3 8480/3 Muzinöses Karzinom|4 8522/3 Invasives duktales und lobuläres Karzinom|2 8507/3 Invasives mikropapilläres Karzinom"),
		grades: "1:18 2:55 3:27",
		stages: stages("10 1b 0 0 IA|26 1c 0 0 IA|5 1a 0 0 IA|22 2 0 0 IIA|6 1c 1 0 IIA|9 2 1 0 IIB|2 3 0 0 IIB|" +
			"3 2 2 0 IIIA|2 3 1 0 IIIA|2 3 2 0 IIIA|3 4b 1 0 IIIB|1 4b 2 0 IIIB|2 3 3 0 IIIC|4 2 1 1 IV|3 4b 2 1 IV|2 3 1 1 IV"),
		clinic: gynaecology, office: oncologyPractice, nodes: [3][2]int{{1, 3}, {4, 9}, {10, 18}}, pN: "1 1a 2 2a 3 3a",
		spread: "OSS:50 HEP:20 PUL:18 LYM:7 PLE:5 BRA:4", m1: "1",
		outlook: [5]outlook{{}, {70, 120}, {160, 180}, {330, 260}, {650, 330}},
		further: eribulin, clinical: "Sonographisch suspekter Herdbefund der Mamma, BI-RADS 5.",
		biopsy: "Stanzbiopsie der Mamma, %d Zylinder bis %d mm Länge.", specimen: "Segmentresektat der Mamma von %d x 54 x 31 mm, fadenmarkiert.",
		microscopy: "Infiltrate eines mammären Karzinoms mit tubulären und soliden Verbänden, Kernpolymorphie mittelgradig, umgebend desmoplastisches Stroma.",
		markers:    drawBreast, modules: breastModules, genetics: breastGenes,
		plans: []plan{
			{"1", 60, []step{{gap: [2]int{18, 40}, operation: breastConserving},
				{gap: [2]int{35, 60}, radiation: wholeBreast, relation: "A"}, {gap: [2]int{5, 20}, regimen: letrozole, relation: "A"}}},
			{"12", 26, []step{{gap: [2]int{18, 40}, operation: breastConserving},
				{gap: [2]int{35, 60}, radiation: breastBoost, relation: "A"}, {gap: [2]int{5, 20}, regimen: tamoxifen, relation: "A"}}},
			{"12", 18, []step{{gap: [2]int{18, 38}, operation: mastectomySentinel}, {gap: [2]int{28, 50}, regimen: anastrozole, relation: "A"}}},
			{"23", 34, []step{{gap: [2]int{14, 28}, regimen: ecPaclitaxel, relation: "N"}, {gap: [2]int{20, 35}, operation: breastConservingAxilla},
				{gap: [2]int{30, 50}, radiation: breastBoost, relation: "A"}, {gap: [2]int{5, 20}, regimen: tamoxifen, relation: "A"}}},
			{"23", 18, []step{{gap: [2]int{14, 28}, regimen: tch, relation: "N"}, {gap: [2]int{20, 35}, operation: breastConservingAxilla},
				{gap: [2]int{30, 50}, radiation: wholeBreast, relation: "A"}, {gap: [2]int{2, 10}, regimen: trastuzumab, relation: "A"}}},
			{"23", 14, []step{{gap: [2]int{14, 28}, regimen: ecPaclitaxel, relation: "N"}, {gap: [2]int{20, 35}, operation: breastConservingAxilla},
				{gap: [2]int{30, 50}, radiation: wholeBreast, relation: "A"}}},
			{"1", 9, []step{{gap: [2]int{18, 40}, operation: breastConserving}, {gap: [2]int{28, 42}, regimen: ecPaclitaxel, relation: "A"},
				{gap: [2]int{25, 40}, radiation: wholeBreast, relation: "A"}}},
			{"3", 30, []step{{gap: [2]int{16, 30}, operation: mastectomy}, {gap: [2]int{28, 45}, regimen: ecPaclitaxel, relation: "A"},
				{gap: [2]int{25, 40}, radiation: chestWall, relation: "A"}, {gap: [2]int{5, 20}, regimen: letrozole, relation: "A"}}},
			{"4", 60, []step{{gap: [2]int{14, 35}, regimen: ribociclib, intention: "P"}}},
			{"4", 40, []step{{gap: [2]int{14, 30}, regimen: capecitabineM, intention: "P"}}},
		},
	}, {
		name: "DCIS der Mamma", women: 105, ages: [11]int{35, 47, 51, 54, 57, 60, 63, 66, 70, 75, 86},
		sites:  sites("60 D05.1 C50.4 oben außen|15 D05.1 C50.2 oben innen|10 D05.1 C50.5 unten außen|15 D05.1 C50.8 mehrere Bereiche überlappend"),
		morphs: morphs("100 8500/2 Duktales Carcinoma in situ"), grades: "T", stages: stages("100 is 0 0 0"),
		clinic: gynaecology, office: gynaecologyPractice,
		outlook: [5]outlook{{40, 20}}, m1: "1", spread: "OSS", clinical: "Gruppierter pleomorpher Mikrokalk, BI-RADS 4b.",
		biopsy: "Vakuumbiopsie der Mamma, %d Zylinder bis %d mm Länge.", specimen: "Drahtmarkiertes Segmentresektat der Mamma von %d x 48 x 26 mm.",
		microscopy: "Duktektatische Gänge, ausgefüllt von atypischen Epithelien mit Komedonekrosen und Mikroverkalkungen. Keine Invasion.",
		markers:    drawBreast, modules: breastModules,
		plans: []plan{{"0", 70, []step{{gap: [2]int{18, 45}, operation: breastInSitu}, {gap: [2]int{35, 60}, radiation: wholeBreast, relation: "A"}}},
			{"0", 30, []step{{gap: [2]int{18, 45}, operation: breastInSitu}}}},
	}}
}

func drawBreast(c *tumourCase) {
	f := &c.breast
	f.her2, f.oestrogen, f.progesterone = "N", "N", "N"
	// Who gets hormones or antibodies has the receptors for them.
	switch {
	case c.planned(tch):
		f.her2, f.oestrogen = "P", tumour.Code(oneWord(c.d, "P:60 N:40"))
	case c.planned(letrozole, anastrozole, tamoxifen, ribociclib):
		f.oestrogen = "P"
	case c.plan == nil || c.stage.t == "is":
		f.oestrogen = tumour.Code(oneWord(c.d, "P:84 N:16"))
	}
	if f.oestrogen == "P" {
		f.progesterone = tumour.Code(oneWord(c.d, "P:82 N:18"))
	}
	f.menopause = "3"
	if c.ageInYears() < 51 {
		f.menopause = "1"
	}
	if c.pat.person.Sex != "W" {
		f.menopause = ""
	}
	span := map[string][2]int{"1a": {2, 5}, "1b": {6, 10}, "1c": {11, 20}, "2": {21, 49}, "3": {51, 90}, "4b": {25, 95}}[c.path.t]
	f.invasive = c.d.between(span[0], span[1])
	if c.stage.t == "is" || c.d.chance(400) {
		f.dcis = c.d.between(4, 45)
	}
}

func breastModules(c *tumourCase, at moment) tumour.Modules {
	f := &c.breast
	m := &tumour.BreastModule{Oestrogen: f.oestrogen, Progesterone: f.progesterone, Her2: f.her2}
	if c.stage.t == "is" {
		m.Her2, m.Progesterone = "", ""
	}
	switch at {
	case atDiagnosis:
		m.Menopause = f.menopause
	case atSurgery:
		m.WireMarking = tumour.Code(oneWord(c.d, "N:55 S:25 M:18 T:2"))
		m.SpecimenControl = tumour.Code(oneWord(c.d, "N:45 S:25 M:30"))
		fallthrough
	case atResection:
		if f.invasive > 0 {
			m.InvasiveSize = tumour.Code(strconv.Itoa(f.invasive))
		}
		if f.dcis > 0 {
			m.DCISSize = tumour.Code(strconv.Itoa(f.dcis))
		}
	}
	return tumour.Modules{Breast: m}
}

func breastGenes(c *tumourCase) []tumour.Variant {
	if !c.d.chance(180) {
		return nil
	}
	return []tumour.Variant{{Date: (c.diagnosed + day(c.d.between(20, 60))).exact(),
		Name: tumour.Text(oneWord(c.d, "BRCA1:5 BRCA2:5 PIK3CA:2")), Result: tumour.Code(oneWord(c.d, "W:80 M:15 U:5"))}}
}
