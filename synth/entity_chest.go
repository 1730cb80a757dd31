// SPDX-License-Identifier: EUPL-1.2

package synth

import "meldewerk/tumour"

var (
	lobectomy     = &operation{words: "Thorakoskopische Lobektomie mit systematischer Lymphadenektomie", codes: "5-324.71*", nodes: [2]int{10, 28}}
	lobectomyOpen = &operation{words: "Offene Lobektomie mit systematischer Lymphadenektomie", codes: "5-324.31*", nodes: [2]int{10, 28}}

	lungChemo  = &radiation{targets: "3.4* 9.5", total: "60", single: "2", boost: "N", chemo: true}
	lungSBRT   = &radiation{targets: "3.4*", total: "45", single: "15", boost: "N", stereotactic: true}
	brainWhole = &radiation{targets: "1.1", total: "30", single: "3", boost: "N"}

	cisVinorelbine = &regimen{protocol: "CV", kind: "CH", substances: "L01XA01 L01CA04", days: 84}
	cisVinoRadio   = &regimen{protocol: "CV", kind: "CH", substances: "L01XA01 L01CA04", days: 42}
	durvalumab     = &regimen{protocol: "Durvalumab mono", kind: "IM", substances: "L01FF03", days: 365}
	carboPemPembro = &regimen{protocol: "Carboplatin/Pemetrexed/Pembrolizumab", kind: "CI", substances: "L01XA02 L01BA04 L01FF02", days: 230}
	carboEtoAtezo  = &regimen{protocol: "Carboplatin/Etoposid/Atezolizumab", kind: "CI", substances: "L01XA02 L01CB01 L01FF05", days: 160}
	osimertinib    = &regimen{protocol: "Osimertinib mono", kind: "ZS", substances: "L01EB04", days: 540, marked: true}
)

func chestStock() []*entity {
	lobes := sites("52 C34.1 C34.1 Oberlappen|30 C34.3 C34.3 Unterlappen|6 C34.2 C34.2 Mittellappen|6 C34.0 C34.0 Hauptbronchus|6 C34.9 C34.9 Lunge o.n.A.")
	ages := [11]int{38, 55, 60, 63, 66, 69, 71, 74, 77, 81, 92}
	nodes := [3][2]int{{1, 3}, {2, 6}, {2, 6}}
	small := []plan{{"12", 75, []step{{gap: [2]int{15, 40}, operation: lobectomy}}}, {"12", 20, []step{{gap: [2]int{15, 40}, operation: lobectomyOpen}}},
		{"12", 15, []step{{gap: [2]int{20, 45}, radiation: lungSBRT}}},
		{"2", 30, []step{{gap: [2]int{15, 40}, operation: lobectomy}, {gap: [2]int{35, 55}, regimen: cisVinorelbine, relation: "A"}}},
		{"3", 100, []step{{gap: [2]int{15, 35}, radiation: lungChemo, regimen: cisVinoRadio}, {gap: [2]int{14, 40}, regimen: durvalumab}}},
		{"4", 70, []step{{gap: [2]int{12, 28}, regimen: carboPemPembro, intention: "P"}}}}
	outlooks := [5]outlook{{}, {210, 300}, {380, 400}, {640, 500}, {900, 650}}
	grow := "10 1a 0 0 IA1|12 1b 0 0 IA2|10 1c 0 0 IA3|8 2a 0 0 IB|5 2b 0 0 IIA|6 2a 1 0 IIB|4 3 0 0 IIB|9 2a 2 0 IIIA|5 3 1 0 IIIA|4 4 0 0 IIIA|" +
		"6 2b 3 0 IIIB|6 4 2 0 IIIB|4 4 3 0 IIIC|14 3 2 1a IVA|16 4 2 1b IVA|24 4 3 1c IVB"
	return []*entity{{
		name: "Adenokarzinom der Lunge", men: 265, women: 225, ages: ages, sites: lobes,
		morphs: morphs("90 8140/3 Adenokarzinom|6 8250/3 Lepidisches Adenokarzinom|4 8255/3 Gemischtes Adenokarzinom"), grades: "1:10 2:45 3:45",
		stages: stages(grow), clinic: chest, office: oncologyPractice, nodes: nodes, spread: "BRA:25 OSS:28 ADR:12 HEP:15 PLE:12 PUL:8", spreadBy: map[string]string{"1a": "PLE:6 PUL:4"}, m1: "1c", outlook: outlooks,
		further: docetaxel, clinical: "Rundherd im CT-Thorax, Raucheranamnese 35 Packungsjahre.", biopsy: "Bronchoskopische Zangenbiopsien, %d Partikel bis %d mm.",
		specimen:   "Lungenlappen mit subpleuralem Tumor von %d x 24 x 22 mm.",
		microscopy: "Azinär und papillär aufgebautes Karzinom, immunhistochemisch TTF-1 positiv, p40 negativ.", genetics: lungGenes,
		plans: append(small, plan{"4", 18, []step{{gap: [2]int{12, 28}, regimen: osimertinib, intention: "P"}}}),
	}, {
		name: "Plattenepithelkarzinom der Lunge", men: 165, women: 60, ages: ages, sites: lobes, morphs: morphs("80 8070/3 Plattenepithelkarzinom|20 8071/3 Verhornendes Plattenepithelkarzinom"),
		grades: "1:4 2:52 3:44", stages: stages(grow), clinic: chest, office: oncologyPractice, nodes: nodes, spread: "OSS:28 HEP:22 PUL:18 BRA:14 ADR:18", spreadBy: map[string]string{"1a": "PLE:6 PUL:4"}, m1: "1c", outlook: outlooks,
		further: docetaxel, clinical: "Hämoptysen, zentrale Raumforderung im CT-Thorax.", biopsy: "Bronchoskopische Zangenbiopsien, %d Partikel bis %d mm.",
		specimen:   "Lungenlappen mit zentral einschmelzendem Tumor von %d x 34 x 30 mm.",
		microscopy: "Solide Plattenepithelverbände mit Verhornung und Interzellularbrücken, p40 positiv, TTF-1 negativ.", plans: small,
	}, {
		name: "Kleinzelliges Lungenkarzinom", men: 85, women: 62, ages: ages, sites: lobes, morphs: morphs("100 8041/3 Kleinzelliges Karzinom"), grades: "T",
		stages: stages("8 2a 1 0 IIB|10 3 2 0 IIIB|14 4 2 0 IIIB|68 4 3 1c IVB"), clinic: chest, office: oncologyPractice, nodes: nodes, spread: "HEP:30 BRA:28 OSS:25 ADR:17", m1: "1c",
		outlook: [5]outlook{{}, {}, {650, 550}, {780, 600}, {950, 800}}, further: topotecan, clinical: "Obere Einflussstauung, mediastinale Raumforderung.",
		biopsy: "Transbronchiale Biopsien, %d Partikel bis %d mm.", specimen: "Lungenlappen mit hilärem Tumor von %d x 40 x 35 mm.",
		microscopy: "Dicht gelagerte kleine Zellen mit feinkörnigem Chromatin und Quetschartefakten, Synaptophysin und CD56 positiv, Ki-67 90 %.",
		plans: []plan{{"23", 100, []step{{gap: [2]int{7, 18}, radiation: lungChemo, regimen: cisEtoRadio}}},
			{"4", 75, []step{{gap: [2]int{5, 14}, regimen: carboEtoAtezo, intention: "P"}}},
			{"4", 25, []step{{gap: [2]int{5, 14}, regimen: carboEtoAtezo, intention: "P"}, {gap: [2]int{10, 25}, radiation: brainWhole, intention: "P"}}}},
	}}
}

var cisEtoRadio = &regimen{protocol: "PE", kind: "CH", substances: "L01XA01 L01CB01", days: 84}

func lungGenes(c *tumourCase) []tumour.Variant {
	if c.stage.group() < 3 && !c.d.chance(300) {
		return nil
	}
	on := (c.diagnosed + day(c.d.between(8, 21))).exact()
	egfr := tumour.Code(oneWord(c.d, "W:97 N:3"))
	if c.planned(osimertinib) {
		egfr = "M"
	}
	return []tumour.Variant{{Date: on, Name: "EGFR", Result: egfr},
		{Date: on, Name: "KRAS", Result: tumour.Code(oneWord(c.d, "W:68 M:30 N:2"))}}
}
