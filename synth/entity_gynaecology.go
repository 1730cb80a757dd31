// SPDX-License-Identifier: EUPL-1.2

package synth

import "meldewerk/tumour"

var (
	hysterectomy      = &operation{words: "Laparoskopische Hysterektomie mit Adnexexstirpation beidseits", codes: "5-683.23", nodes: [2]int{0, 0}}
	hysterectomyNodes = &operation{words: "Hysterektomie mit Adnexexstirpation und Lymphonodektomie", codes: "5-683.20 5-404.d",
		nodes: [2]int{14, 38}}
	ovaryDebulking = &operation{words: "Längslaparotomie, Hysterektomie, Adnexexstirpation, Omentektomie, Deperitonealisierung",
		codes: "5-683.20 5-543.21 5-404.h", nodes: [2]int{12, 44}, joins: true}
	wertheim   = &operation{words: "Radikale Hysterektomie mit pelviner Lymphonodektomie", codes: "5-685.1", nodes: [2]int{18, 36}}
	conisation = &operation{words: "Schlingenkonisation der Portio", codes: "5-671.01"}

	vaginalBrachy   = &radiation{targets: "5.10", total: "21", single: "7", contact: true}
	pelvis          = &radiation{targets: "5.12 9.10", total: "50.4", single: "1.8", boost: "N"}
	cervixChemo     = &radiation{targets: "5.8 9.10", total: "50.4", single: "1.8", boost: "N", chemo: true}
	carboPaclitaxel = &regimen{protocol: "CarboTax", kind: "CH", substances: "L01XA02 L01CD01", days: 126}
	carboTaxBev     = &regimen{protocol: "PC mit Bevacizumab", kind: "CI", substances: "L01XA02 L01CD01 L01FG01", days: 126}
	niraparib       = &regimen{kind: "ZS", substances: "L01XK02", days: 720}
	cisplatinWeekly = &regimen{protocol: "Cisplatin mono", kind: "CH", substances: "L01XA01", days: 35}
)

func gynaecologyStock() []*entity {
	return []*entity{{
		name: "Endometriumkarzinom", women: 175, ages: [11]int{38, 53, 57, 61, 64, 68, 71, 75, 79, 83, 93},
		sites:  sites("95 C54.1 C54.1 Endometrium|5 C54.9 C54.9 Corpus uteri o.n.A."),
		morphs: morphs("82 8380/3 Endometrioides Adenokarzinom|14 8441/3 Seröses Karzinom|4 8310/3 Klarzelliges Adenokarzinom"),
		grades: "1:45 2:32 3:23",
		stages: stages("48 1a 0 0 IA|20 1b 0 0 IB|7 2 0 0 II|4 3a 0 0 IIIA|8 1b 1 0 IIIC1|3 3a 2 0 IIIC2|2 4 0 0 IVA|8 3a 1 1 IVB"),
		clinic: gynaecology, office: gynaecologyPractice, nodes: [3][2]int{{1, 3}, {1, 5}, {1, 6}},
		spread: "PER:40 PUL:30 LYM:15 HEP:15", m1: "1", outlook: [5]outlook{{}, {80, 250}, {180, 300}, {420, 350}, {800, 450}},
		further: pembrolizumab, clinical: "Postmenopausale Blutung, sonographisch hoch aufgebautes Endometrium.", biopsy: "Abradat aus dem Cavum uteri, %d ml, Fragmente bis %d mm.",
		specimen:   "Uterus mit beiden Adnexen, Cavum mit exophytischem Tumor von %d x 28 x 15 mm.",
		microscopy: "Drüsig aufgebautes Karzinom mit kribriformen Formationen und squamöser Differenzierung, Infiltration des Myometriums.",
		classify:   figo, plans: []plan{
			{"1", 75, []step{{gap: [2]int{14, 35}, operation: hysterectomy}}},
			{"12", 35, []step{{gap: [2]int{14, 35}, operation: hysterectomyNodes}, {gap: [2]int{30, 55}, radiation: vaginalBrachy, relation: "A"}}},
			{"3", 100, []step{{gap: [2]int{14, 35}, operation: hysterectomyNodes}, {gap: [2]int{25, 45}, regimen: carboPaclitaxel, relation: "A"},
				{gap: [2]int{20, 35}, radiation: pelvis, relation: "A"}}},
			{"4", 100, []step{{gap: [2]int{14, 30}, regimen: carboPaclitaxel, intention: "P"}}}},
	}, {
		name: "Ovarialkarzinom", women: 118, ages: [11]int{25, 45, 52, 57, 62, 66, 71, 75, 79, 83, 93},
		sites:  sites("100 C56 C56.9 Ovar"),
		morphs: morphs("70 8461/3 High-grade seröses Karzinom|6 8460/3 Low-grade seröses Karzinom|12 8380/3 Endometrioides Karzinom|7 8310/3 Klarzelliges Karzinom|5 8480/3 Muzinöses Karzinom"),
		grades: "H:70 L:8 2:8 3:14",
		stages: stages("10 1a 0 0 IA|8 1c 0 0 IC|4 2a 0 0 IIA|6 2b 0 0 IIB|8 3b 0 0 IIIB|18 3c 0 0 IIIC|26 3c 1 0 IIIC|6 3c 1 1a IVA|14 3c 1 1b IVB"),
		clinic: gynaecology, office: oncologyPractice, nodes: [3][2]int{{1, 9}, {1, 9}, {1, 9}},
		spread: "PLE:35 HEP:30 LYM:20 PUL:15", spreadBy: map[string]string{"1a": "PLE"}, m1: "1", outlook: [5]outlook{{}, {130, 200}, {300, 250}, {650, 300}, {850, 380}},
		further: liposomalDoxorubicin, clinical: "Komplexer Adnextumor, CA 125 erhöht, Aszites.", biopsy: "Peritonealbiopsie, %d Gewebestücke bis %d mm.",
		specimen:   "Adnexpräparat mit zystisch-solidem Tumor von %d x 80 x 60 mm, Omentum majus, Uterus, Lymphknoten.",
		microscopy: "Papillär und solide gewachsenes Karzinom mit hochgradiger Kernatypie und zahlreichen Mitosen.", classify: figo,
		genetics: breastGenes,
		plans: []plan{{"12", 100, []step{{gap: [2]int{10, 24}, operation: ovaryDebulking}, {gap: [2]int{25, 42}, regimen: carboPaclitaxel, relation: "A"}}},
			{"34", 100, []step{{gap: [2]int{10, 24}, operation: ovaryDebulking}, {gap: [2]int{25, 42}, regimen: carboTaxBev, relation: "A"},
				{gap: [2]int{20, 40}, regimen: niraparib, relation: "A"}}}},
	}, {
		name: "Zervixkarzinom", women: 70, ages: [11]int{24, 34, 38, 43, 48, 53, 57, 62, 69, 78, 90},
		sites:  sites("60 C53.9 C53.9 Cervix uteri|25 C53.1 C53.1 Ektozervix|15 C53.0 C53.0 Endozervix"),
		morphs: morphs("75 8070/3 Plattenepithelkarzinom|25 8140/3 Adenokarzinom"), grades: "1:10 2:52 3:38",
		stages: stages("14 1a1 0 0 IA1|6 1a2 0 0 IA2|28 1b1 0 0 IB1|8 1b2 0 0 IB2|5 2a1 0 0 IIA1|15 2b 0 0 IIB|8 3b 0 0 IIIB|3 4 0 0 IVA|7 3b 1 1 IVB"),
		clinic: gynaecology, office: gynaecologyPractice, nodes: [3][2]int{{1, 4}, {1, 4}, {1, 4}}, spread: "PUL:35 LYM:30 HEP:20 OSS:15", m1: "1",
		outlook: [5]outlook{{}, {80, 250}, {280, 350}, {480, 400}, {850, 550}},
		further: pembrolizumab, clinical: "Kolposkopisch auffällige Portio, HPV 16 positiv.", biopsy: "Portiobiopsien, %d Partikel bis %d mm.",
		specimen:   "Radikales Hysterektomiepräparat, Portio mit ulzeriertem Tumor von %d x 22 x 14 mm.",
		microscopy: "Infiltrierendes Karzinom der Zervix mit peritumoraler lymphozytärer Reaktion, p16 blockartig positiv.", classify: figo,
		plans: []plan{{"1", 70, []step{{gap: [2]int{14, 35}, operation: wertheim}}},
			{"1", 20, []step{{gap: [2]int{10, 30}, operation: conisation}}},
			{"234", 100, []step{{gap: [2]int{14, 30}, radiation: cervixChemo, regimen: cisplatinWeekly}}}},
	}, {
		name: "Zervixkarzinom in situ", women: 130, ages: [11]int{20, 25, 28, 30, 32, 35, 38, 41, 46, 54, 75},
		sites:  sites("55 D06.9 C53.9 Cervix uteri|30 D06.1 C53.1 Ektozervix|15 D06.0 C53.0 Endozervix"),
		morphs: morphs("90 8077/2 CIN III|10 8140/2 Adenocarcinoma in situ"), grades: "T", stages: stages("100 is 0 0 0"),
		clinic: gynaecology, office: gynaecologyPractice, outlook: [5]outlook{{10, 0}}, spread: "LYM", m1: "1",
		clinical: "Auffällige Zytologie Pap IVa, kolposkopisch major change.", biopsy: "Portiobiopsien, %d Partikel bis %d mm.",
		specimen:   "Konus von %d x 18 x 12 mm, fadenmarkiert bei zwölf Uhr.",
		microscopy: "Plattenepithel mit Schichtungsaufhebung in ganzer Höhe, Mitosen bis in das obere Drittel, kein invasives Wachstum.",
		plans:      []plan{{"0", 100, []step{{gap: [2]int{14, 60}, operation: conisation}}}},
	}}
}

// figo gives the stage of the gynaecologists beside the TNM.
func figo(c *tumourCase, at moment) []tumour.Classification {
	if at == atBiopsy || !c.d.chance(700) {
		return nil
	}
	s := c.stage
	if at == atSurgery || at == atResection {
		s = c.path
	}
	if s.uicc == "" {
		return nil
	}
	return []tumour.Classification{{Name: "FIGO", Stage: tumour.Label(s.uicc)}}
}
