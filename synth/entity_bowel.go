// SPDX-License-Identifier: EUPL-1.2

package synth

import (
	"strconv"

	"meldewerk/tumour"
)

var (
	hemicolectomyRight = &operation{words: "Laparoskopische Hemikolektomie rechts", codes: "5-455.45", nodes: [2]int{14, 34}, joins: true}
	hemicolectomyLeft  = &operation{words: "Hemikolektomie links", codes: "5-455.61", nodes: [2]int{14, 30}, joins: true}
	sigmoidectomy      = &operation{words: "Laparoskopische Sigmaresektion", codes: "5-455.75", nodes: [2]int{13, 29}, joins: true}
	anteriorResection  = &operation{words: "Tiefe anteriore Rektumresektion mit TME und protektivem Ileostoma",
		codes: "5-484.55 5-462.1", nodes: [2]int{12, 28}, joins: true}
	rectalExtirpation = &operation{words: "Abdominoperineale Rektumexstirpation", codes: "5-485.01", nodes: [2]int{12, 26}}

	rectumLong  = &radiation{targets: "5.1 9.10", total: "50.4", single: "1.8", boost: "N", chemo: true}
	rectumShort = &radiation{targets: "5.1 9.10", total: "25", single: "5", boost: "N"}

	folfox       = &regimen{protocol: "FOLFOX-6", kind: "CH", substances: "L01BC02 V03AF03 L01XA03", days: 168}
	xelox        = &regimen{protocol: "XELOX", kind: "CH", substances: "L01BC06 L01XA03", days: 84}
	capecitabine = &regimen{protocol: "Cap-Schema", kind: "CH", substances: "L01BC06", days: 168}
	capeRadio    = &regimen{protocol: "Cap-Schema", kind: "CH", substances: "L01BC06", days: 38}
	folfiriBev   = &regimen{protocol: "FOLFIRI/Bevacizumab", kind: "CI", substances: "L01BC02 V03AF03 L01CE02 L01FG01", days: 182}
	folfiriCet   = &regimen{protocol: "FOLFIRI/Cetuximab", kind: "CI", substances: "L01BC02 V03AF03 L01CE02 L01FE01", days: 182}
)

const bowelStages = "22 1 0 0 I|14 2 0 0 I|24 3 0 0 IIA|4 4a 0 0 IIB|2 4b 0 0 IIC|3 2 1a 0 IIIA|9 3 1a 0 IIIB|8 3 1b 0 IIIB|6 3 2a 0 IIIB|" +
	"4 4a 2a 0 IIIC|4 3 2b 0 IIIC|8 3 1b 1a IVA|6 4a 2b 1b IVB|3 4a 2b 1c IVC"

// bowelFindings are the findings of the Modul Darm.
type bowelFindings struct {
	height, margin int // cm above the anal verge, mm to the aboral margin
	asa            int
	ras, tme       tumour.Code
}

func bowelStock() []*entity {
	nodes := [3][2]int{{1, 3}, {4, 6}, {7, 12}}
	outlooks := [5]outlook{{}, {60, 200}, {170, 250}, {380, 300}, {850, 420}}
	colonPlans := func(resection *operation) []plan {
		return []plan{{"12", 100, []step{{gap: [2]int{7, 28}, operation: resection}}},
			{"3", 60, []step{{gap: [2]int{7, 24}, operation: resection}, {gap: [2]int{28, 45}, regimen: folfox, relation: "A"}}},
			{"3", 25, []step{{gap: [2]int{7, 24}, operation: resection}, {gap: [2]int{28, 45}, regimen: xelox, relation: "A"}}},
			{"3", 15, []step{{gap: [2]int{7, 24}, operation: resection}}},
			{"4", 55, []step{{gap: [2]int{5, 20}, operation: resection, intention: "P"}, {gap: [2]int{25, 40}, regimen: folfiriBev, intention: "P", relation: "A"}}},
			{"4", 45, []step{{gap: [2]int{12, 28}, regimen: folfiriCet, intention: "P"}}}}
	}
	colon := func(men, women int, where string, resection *operation) *entity {
		return &entity{name: "Kolonkarzinom", men: men, women: women, ages: [11]int{30, 54, 61, 66, 70, 73, 76, 79, 82, 86, 95},
			sites: sites(where), morphs: morphs("88 8140/3 Adenokarzinom|9 8480/3 Muzinöses Adenokarzinom|1 8490/3 Siegelringzellkarzinom|2 8263/3 Adenokarzinom in tubulovillösem Adenom"),
			grades: "1:6 2:72 3:22", stages: stages(bowelStages), clinic: surgery, office: oncologyPractice, nodes: nodes, spread: "HEP:58 PUL:18 PER:18 LYM:6", spreadBy: map[string]string{"1c": "PER"}, m1: "1a",
			outlook: outlooks, further: trifluridine, clinical: "Stenosierender Tumor in der Koloskopie.", biopsy: "Koloskopiebiopsien, %d Partikel bis %d mm.",
			specimen:   "Kolonresektat mit zirkulärem, exulzeriertem Tumor von %d x 40 x 15 mm, Mesokolon intakt.",
			microscopy: "Atypische Drüsen mit Kernpseudostratifikation und Nekrosen in den Lichtungen, Infiltration der Darmwand.",
			markers:    drawBowel, modules: bowelModules, genetics: bowelGenes, plans: colonPlans(resection)}
	}
	return []*entity{
		colon(150, 165, "38 C18.0 C18.0 Zökum|38 C18.2 C18.2 Colon ascendens|14 C18.3 C18.3 rechte Flexur|10 C18.4 C18.4 Colon transversum", hemicolectomyRight),
		colon(35, 30, "40 C18.5 C18.5 linke Flexur|60 C18.6 C18.6 Colon descendens", hemicolectomyLeft),
		colon(130, 90, "100 C18.7 C18.7 Sigma", sigmoidectomy),
		{name: "Rektumkarzinom", men: 160, women: 92, ages: [11]int{32, 51, 57, 61, 65, 68, 72, 75, 79, 83, 93},
			sites: sites("90 C20 C20.9 Rektum|10 C19 C19.9 Rektosigmoid"), morphs: morphs("93 8140/3 Adenokarzinom|7 8480/3 Muzinöses Adenokarzinom"),
			grades: "1:5 2:76 3:19", stages: stages(bowelStages), clinic: surgery, office: oncologyPractice, nodes: nodes, spread: "HEP:48 PUL:32 PER:10 LYM:10", spreadBy: map[string]string{"1c": "PER"}, m1: "1a",
			outlook: outlooks, further: trifluridine, clinical: "Peranaler Blutabgang, in der Rektoskopie exophytischer Tumor.", biopsy: "Rektumbiopsien, %d Partikel bis %d mm.",
			specimen:   "Rektumresektat mit Tumor von %d x 35 x 12 mm, Mesorektum vollständig und glatt begrenzt.",
			microscopy: "Adenokarzinom mit kribriformem Aufbau und Infiltration bis in das perirektale Fettgewebe.",
			markers:    drawBowel, modules: bowelModules, genetics: bowelGenes, plans: []plan{
				{"1", 80, []step{{gap: [2]int{10, 30}, operation: anteriorResection}}},
				{"1", 20, []step{{gap: [2]int{10, 30}, operation: rectalExtirpation}}},
				{"23", 60, []step{{gap: [2]int{15, 30}, radiation: rectumLong, regimen: capeRadio, relation: "N"}, {gap: [2]int{45, 65}, operation: anteriorResection},
					{gap: [2]int{28, 45}, regimen: capecitabine, relation: "A"}}},
				{"23", 25, []step{{gap: [2]int{14, 25}, radiation: rectumShort, relation: "N"}, {gap: [2]int{5, 10}, operation: anteriorResection}}},
				{"23", 15, []step{{gap: [2]int{15, 30}, radiation: rectumLong, regimen: capeRadio, relation: "N"}, {gap: [2]int{45, 65}, operation: rectalExtirpation}}},
				{"4", 100, []step{{gap: [2]int{12, 28}, regimen: folfiriBev, intention: "P"}}}}},
	}
}

func drawBowel(c *tumourCase) {
	c.bowel = bowelFindings{height: c.d.between(3, 15), margin: c.d.near(8, 45), asa: c.d.near(1, 4),
		ras: tumour.Code(oneWord(c.d, "W:42 M:38 N:20")), tme: tumour.Code(oneWord(c.d, "1:85 2:12 3:3"))}
	if c.site.icd == "C19" {
		c.bowel.height = c.d.between(13, 16)
	}
}

func bowelModules(c *tumourCase, at moment) tumour.Modules {
	f := &c.bowel
	m := &tumour.ColorectalModule{}
	rectum := c.site.icd == "C20"
	if rectum && (at == atDiagnosis || at == atSurgery) {
		m.AnalVergeDistance = tumour.Code(strconv.Itoa(f.height))
	}
	switch at {
	case atDiagnosis:
		if rectum {
			m.MesorectalFascia = tumour.Code(oneWord(c.d, "2:5 4:10 5:10 8:10 12:5 D:20 N:10"))
		}
		m.RAS = f.ras
	case atBiopsy:
		m.RAS = f.ras
	case atSurgery:
		m.Urgency, m.ASA = tumour.Code(oneWord(c.d, "E:90 N:10")), tumour.Code(strconv.Itoa(f.asa))
		if rectum {
			m.StomaMarking = tumour.Code(oneWord(c.d, "D:80 N:10 K:10"))
			m.Leakage = tumour.Code(oneWord(c.d, "K:91 B:5 C:4"))
		}
		fallthrough
	case atResection:
		if rectum {
			m.AboralMargin = tumour.Code(strconv.Itoa(f.margin))
			m.CircularMargin = tumour.Code(strconv.Itoa(2 + f.margin/4))
			m.TMEQuality = f.tme
		}
	default:
		return tumour.Modules{}
	}
	if *m == (tumour.ColorectalModule{}) {
		return tumour.Modules{}
	}
	return tumour.Modules{Colorectal: m}
}

func bowelGenes(c *tumourCase) []tumour.Variant {
	if c.stage.group() != 4 && !c.d.chance(120) {
		return nil
	}
	return []tumour.Variant{{Date: (c.diagnosed + day(c.d.between(8, 25))).exact(), Name: "BRAF V600E",
		Result: tumour.Code(oneWord(c.d, "W:90 M:10"))}}
}
