// SPDX-License-Identifier: EUPL-1.2

package synth

import "meldewerk/tumour"

var (
	oesophagectomy    = &operation{words: "Abdominothorakale Ösophagusresektion mit Magenhochzug", codes: "5-426.21", nodes: [2]int{18, 38}, joins: true}
	gastrectomy       = &operation{words: "Totale Gastrektomie mit D2-Lymphadenektomie", codes: "5-437.23", nodes: [2]int{22, 44}, joins: true}
	gastrectomyDistal = &operation{words: "Subtotale Magenresektion mit D2-Lymphadenektomie", codes: "5-435.2 5-406.2", nodes: [2]int{16, 34}, joins: true}
	whipple           = &operation{words: "Pyloruserhaltende partielle Duodenopankreatektomie", codes: "5-524.2", nodes: [2]int{14, 32}, joins: true}
	hemihepatectomy   = &operation{words: "Hemihepatektomie rechts", codes: "5-502.1"}
	portImplantation  = &operation{words: "Implantation eines venösen Portsystems", codes: "5-399.5", unstaged: true}

	oesophagusChemo = &radiation{targets: "3.5", total: "41.4", single: "1.8", boost: "N", chemo: true}
	liverSIRT       = &radiation{targets: "4.3", metabolic: "SIRT", total: "1.6"}

	carboPacliWeekly = &regimen{protocol: "CROSS", kind: "CH", substances: "L01XA02 L01CD01", days: 33}
	flot             = &regimen{protocol: "FLOT", kind: "CH", substances: "L01BC02 V03AF03 L01XA03 L01CD02", days: 56}
	folfirinox       = &regimen{protocol: "Folfirinox", kind: "CH", substances: "L01BC02 V03AF03 L01CE02 L01XA03", days: 168}
	gemNab           = &regimen{protocol: "Gemcitabin/nab-Paclitaxel", kind: "CH", substances: "L01BC05", words: "Paclitaxel nab", days: 150}
	gemcitabine      = &regimen{protocol: "Gemcitabin mono", kind: "CH", substances: "L01BC05", days: 168}
	atezoBev         = &regimen{protocol: "Atezolizumab/Bevacizumab", kind: "IM", substances: "L01FF05 L01FG01", days: 240}
	folfoxNivo       = &regimen{protocol: "FOLFOX/Nivolumab", kind: "CI", substances: "L01BC02 V03AF03 L01XA03 L01FF01", days: 200}
)

func upperDigestiveStock() []*entity {
	return []*entity{{
		name: "Ösophaguskarzinom", men: 90, women: 28, ages: [11]int{40, 55, 59, 62, 65, 68, 71, 74, 78, 82, 92},
		sites:  sites("22 C15.4 C15.4 mittleres Drittel|66 C15.5 C15.5 unteres Drittel|12 C15.3 C15.3 oberes Drittel"),
		morphs: morphs("52 8140/3 Adenokarzinom|48 8070/3 Plattenepithelkarzinom"), grades: "1:6 2:52 3:42",
		stages: stages("9 1b 0 0 I|12 2 0 0 II|24 3 1 0 III|10 3 2 0 IVA|6 4a 1 0 IVA|39 3 2 1 IVB"),
		clinic: surgery, office: oncologyPractice, nodes: [3][2]int{{1, 2}, {3, 6}, {7, 12}}, spread: "HEP:40 LYM:25 PUL:22 OSS:13", m1: "1",
		outlook: [5]outlook{{}, {250, 350}, {420, 420}, {600, 480}, {900, 650}}, further: paclitaxelWeekly, clinical: "Dysphagie, stenosierender Tumor in der Ösophagoskopie.",
		biopsy: "Ösophagusbiopsien, %d Partikel bis %d mm.", specimen: "Ösophagusresektat mit ulzeriertem Tumor von %d x 30 x 11 mm.",
		microscopy: "Infiltrate eines Karzinoms in der Tunica muscularis propria und der Adventitia.",
		plans: []plan{{"12", 100, []step{{gap: [2]int{20, 45}, operation: oesophagectomy}}},
			{"3", 100, []step{{gap: [2]int{15, 30}, radiation: oesophagusChemo, regimen: carboPacliWeekly, relation: "N"}, {gap: [2]int{35, 55}, operation: oesophagectomy}}},
			{"4", 100, []step{{gap: [2]int{12, 28}, regimen: folfoxNivo, intention: "P"}}}},
	}, {
		name: "Magenkarzinom", men: 145, women: 92, ages: [11]int{33, 52, 59, 64, 68, 72, 75, 78, 81, 85, 94},
		sites:  sites("32 C16.0 C16.0 Kardia|18 C16.2 C16.2 Korpus|30 C16.3 C16.3 Antrum|20 C16.9 C16.9 Magen o.n.A."),
		morphs: morphs("52 8140/3 Adenokarzinom|22 8144/3 Adenokarzinom vom intestinalen Typ|16 8145/3 Karzinom vom diffusen Typ|10 8490/3 Siegelringzellkarzinom"),
		grades: "1:4 2:38 3:58", stages: stages("16 1b 0 0 I|12 2 0 0 I|14 3 0 0 IIB|22 3 1 0 III|6 4a 2 0 III|3 4b 1 0 IVA|30 3 2 1 IVB"),
		clinic: surgery, office: oncologyPractice, nodes: [3][2]int{{1, 2}, {3, 6}, {7, 14}}, spread: "PER:45 HEP:35 LYM:12 PUL:8", m1: "1",
		outlook: [5]outlook{{}, {150, 250}, {350, 380}, {560, 430}, {900, 620}}, further: paclitaxelRamucirumab, clinical: "Ulkus mit aufgeworfenem Randwall in der Gastroskopie.",
		biopsy: "Magenbiopsien, %d Partikel bis %d mm.", specimen: "Gastrektomiepräparat mit ulzeriertem Tumor von %d x 41 x 14 mm, Omentum majus anhängend.",
		microscopy: "Dissoziiert und in Strängen wachsende atypische Epithelien mit intrazytoplasmatischem Schleim.",
		plans: []plan{{"1", 55, []step{{gap: [2]int{14, 35}, operation: gastrectomyDistal}}}, {"1", 45, []step{{gap: [2]int{14, 35}, operation: gastrectomy}}},
			{"23", 70, []step{{gap: [2]int{14, 28}, regimen: flot, relation: "N"}, {gap: [2]int{25, 40}, operation: gastrectomy}, {gap: [2]int{35, 55}, regimen: flot, relation: "A"}}},
			{"23", 30, []step{{gap: [2]int{14, 35}, operation: gastrectomy}}}, {"4", 100, []step{{gap: [2]int{10, 25}, regimen: folfoxNivo, intention: "P"}}}},
	}, {
		name: "Pankreaskarzinom", men: 162, women: 155, ages: [11]int{40, 56, 62, 66, 69, 72, 75, 78, 81, 85, 94},
		sites:  sites("58 C25.0 C25.0 Pankreaskopf|12 C25.1 C25.1 Pankreaskorpus|14 C25.2 C25.2 Pankreasschwanz|16 C25.9 C25.9 Pankreas o.n.A."),
		morphs: morphs("60 8140/3 Duktales Adenokarzinom|40 8500/3 Duktales Karzinom"), grades: "1:6 2:48 3:46",
		stages: stages("5 1c 0 0 IA|7 2 0 0 IB|5 3 0 0 IIA|18 2 1 0 IIB|8 3 2 0 III|9 4 1 0 III|48 3 1 1 IV"),
		clinic: surgery, office: oncologyPractice, nodes: [3][2]int{{1, 3}, {4, 9}, {4, 9}}, spread: "HEP:65 PER:20 PUL:15", m1: "1",
		outlook: [5]outlook{{}, {480, 500}, {650, 560}, {780, 620}, {950, 850}}, further: liposomalIrinotecan, clinical: "Schmerzloser Ikterus, hypodense Raumforderung im CT.",
		biopsy: "Endosonographisch gewonnene Punktate, %d Fragmente bis %d mm.", specimen: "Whipple-Präparat, Pankreaskopf mit derbem Tumor von %d x 26 x 24 mm.",
		microscopy: "Unregelmäßige Drüsenschläuche in desmoplastischem Stroma mit Perineuralscheideninvasion.",
		plans: []plan{{"12", 100, []step{{gap: [2]int{8, 25}, operation: whipple}, {gap: [2]int{35, 60}, regimen: folfirinox, relation: "A"}}},
			{"3", 60, []step{{gap: [2]int{5, 12}, operation: portImplantation, intention: "S"}, {gap: [2]int{3, 9}, regimen: folfirinox}}},
			{"34", 60, []step{{gap: [2]int{10, 22}, regimen: gemNab, intention: "P"}}}, {"4", 30, []step{{gap: [2]int{10, 22}, regimen: gemcitabine, intention: "P"}}}},
	}, {
		name: "Hepatozelluläres Karzinom", men: 92, women: 34, ages: [11]int{42, 57, 61, 65, 68, 71, 74, 77, 80, 83, 91},
		sites: sites("100 C22.0 C22.0 Leber"), morphs: morphs("100 8170/3 Hepatozelluläres Karzinom"), grades: "1:18 2:60 3:22",
		stages: stages("20 1b 0 0 IB|8 1a 0 0 IA|22 2 0 0 II|18 3 0 0 IIIA|8 4 0 0 IIIB|6 3 1 0 IVA|18 3 0 1 IVB"),
		clinic: surgery, office: oncologyPractice, nodes: [3][2]int{{1, 2}, {1, 2}, {1, 2}}, spread: "PUL:50 OSS:30 LYM:20", m1: "1",
		outlook: [5]outlook{{}, {420, 350}, {560, 420}, {760, 560}, {900, 700}}, further: cabozantinib, clinical: "Leberzirrhose, arteriell hypervaskularisierter Herd in der MRT.",
		biopsy: "Leberstanzbiopsie, %d Zylinder bis %d mm.", specimen: "Leberresektat mit grünlich-gelbem Knoten von %d x 44 x 40 mm.",
		microscopy: "Trabekulär verbreiterte Leberzellbalken mit Pseudodrüsen, Retikulingerüst rarefiziert.", classify: barcelona,
		plans: []plan{{"12", 55, []step{{gap: [2]int{18, 45}, operation: hemihepatectomy}}}, {"23", 35, []step{{gap: [2]int{18, 45}, radiation: liverSIRT, intention: "P"}}},
			{"34", 65, []step{{gap: [2]int{12, 30}, regimen: atezoBev, intention: "P"}}}},
	}}
}

// barcelona gives the stage by which liver cancer is treated.
func barcelona(c *tumourCase, at moment) []tumour.Classification {
	if at != atDiagnosis {
		return nil
	}
	return []tumour.Classification{{Date: c.diagnosed.exact(), Name: "BCLC",
		Stage: tumour.Label([]string{"A", "A", "B", "C", "C"}[c.stage.group()])}}
}
