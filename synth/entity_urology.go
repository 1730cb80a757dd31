// SPDX-License-Identifier: EUPL-1.2

package synth

import "meldewerk/tumour"

var (
	turBladder     = &operation{words: "Transurethrale Resektion der Harnblase, fluoreszenzgestützt", codes: "5-573.41"}
	cystectomy     = &operation{words: "Radikale Zystektomie mit Ileum-Conduit", codes: "5-576.20 5-404.e", nodes: [2]int{14, 36}, joins: true}
	nephronSparing = &operation{words: "Nierenteilresektion, laparoskopisch", codes: "5-553.03*"}
	nephrectomy    = &operation{words: "Radikale Tumornephrektomie", codes: "5-554.43*", nodes: [2]int{0, 6}}
	orchiectomy    = &operation{words: "Inguinale Ablatio testis", codes: "5-622.5*"}

	bcg           = &regimen{protocol: "Instillation Harnblase (BCG)", kind: "IM", substances: "L03AX03", days: 365}
	mitomycin     = &regimen{protocol: "Instillation Harnblase Mitomycin", kind: "CH", substances: "L01DC03", days: 1}
	gemCis        = &regimen{protocol: "Gem-Cis", kind: "CH", substances: "L01BC05 L01XA01", days: 84}
	pembroAxi     = &regimen{protocol: "Pembrolizumab/Axitinib", kind: "IZ", substances: "L01FF02 L01EK01", days: 420}
	nivoIpi       = &regimen{protocol: "Ipilimumab/Nivolumab", kind: "IM", substances: "L01FX04 L01FF01", days: 360}
	carboMono     = &regimen{protocol: "Carboplatin mono", kind: "CH", substances: "L01XA02", days: 1}
	peb           = &regimen{protocol: "PEB", kind: "CH", substances: "L01XA01 L01CB01 L01DC01", days: 63}
	pembrolizumab = &regimen{protocol: "Pembrolizumab mono", kind: "IM", substances: "L01FF02", days: 380}
)

func urologyStock() []*entity {
	inSitu := sites("40 D09.0 C67.2 Seitenwand|20 D09.0 C67.4 Hinterwand|10 D09.0 C67.1 Dach|30 D09.0 C67.9 Harnblase o.n.A.")
	return []*entity{{
		name: "Urothelkarzinom der Harnblase, nicht invasiv", men: 165, women: 55,
		ages: [11]int{38, 57, 63, 67, 70, 73, 76, 79, 82, 86, 96}, sites: inSitu,
		morphs: morphs("100 8130/2 Nicht invasives papilläres Urothelkarzinom"), grades: "T", stages: stages("100 a 0 0 0a"),
		clinic: urology, office: urologyPractice, outlook: [5]outlook{{300, 15}}, spread: "LYM:50 PUL:50", m1: "1a",
		clinical: "Schmerzlose Makrohämaturie, zystoskopisch papillärer Tumor.", biopsy: "Probeexzisate der Harnblase, %d Partikel bis %d mm.",
		specimen:   "TUR-Material der Harnblase, %d g Resektionsspäne von 6 bis 14 mm.",
		microscopy: "Papilläre Formationen mit verbreitertem Urothel, Kernpolarität noch erhalten, Stroma und Muskulatur ohne Infiltration.",
		plans: []plan{{"0", 60, []step{{gap: [2]int{0, 0}, operation: turBladder}}},
			{"0", 40, []step{{gap: [2]int{0, 0}, operation: turBladder}, {gap: [2]int{1, 1}, regimen: mitomycin, relation: "A"}}}},
	}, {
		name: "Harnblasenkarzinom", men: 175, women: 60, ages: [11]int{38, 58, 64, 68, 71, 74, 77, 80, 83, 87, 96},
		sites: sites("35 C67.2 C67.2 Seitenwand|15 C67.4 C67.4 Hinterwand|10 C67.0 C67.0 Trigonum|40 C67.9 C67.9 Harnblase o.n.A."), morphs: morphs("78 8120/3 Urothelkarzinom|18 8130/3 Papilläres Urothelkarzinom|4 8070/3 Plattenepithelkarzinom"),
		grades: "H:55 3:40 2:5",
		stages: stages("46 1 0 0 I|16 2a 0 0 II|10 2b 0 0 II|9 3a 0 0 IIIA|4 3b 0 0 IIIA|5 3a 1 0 IIIA|4 3b 2 0 IIIB|3 4b 0 0 IVA|6 3b 2 1b IVB"),
		clinic: urology, office: urologyPractice, nodes: [3][2]int{{1, 1}, {2, 6}, {2, 8}}, spread: "LYM:35 PUL:25 OSS:20 HEP:20", spreadBy: map[string]string{"1b": "PUL:25 OSS:20 HEP:20"}, m1: "1b",
		outlook: [5]outlook{{}, {300, 120}, {420, 350}, {580, 420}, {880, 550}}, further: pembrolizumab, clinical: "Makrohämaturie, zystoskopisch breitbasiger Tumor.",
		biopsy: "TUR-Material der Harnblase, %d g Späne bis %d mm.", specimen: "Zystektomiepräparat, Blase mit ulzeriertem Tumor von %d x 38 x 20 mm.",
		microscopy: "Solide Verbände eines hochgradig atypischen urothelialen Karzinoms mit Infiltration des Stromas.",
		plans: []plan{{"1", 55, []step{{gap: [2]int{28, 45}, operation: turBladder}, {gap: [2]int{20, 40}, regimen: bcg, relation: "A"}}},
			{"1", 45, []step{{gap: [2]int{28, 45}, operation: turBladder}}},
			{"23", 55, []step{{gap: [2]int{20, 35}, regimen: gemCis, relation: "N"}, {gap: [2]int{25, 40}, operation: cystectomy}}},
			{"23", 45, []step{{gap: [2]int{25, 50}, operation: cystectomy}}},
			{"4", 60, []step{{gap: [2]int{14, 30}, regimen: gemCis, intention: "P"}}},
			{"4", 40, []step{{gap: [2]int{14, 30}, regimen: pembrolizumab, intention: "P"}}}},
	}, {
		name: "Nierenzellkarzinom", men: 155, women: 85, ages: [11]int{32, 50, 56, 61, 65, 68, 71, 75, 78, 83, 92},
		sites:  sites("100 C64 C64.9 Niere"),
		morphs: morphs("74 8310/3 Klarzelliges Nierenzellkarzinom|15 8260/3 Papilläres Nierenzellkarzinom|8 8317/3 Chromophobes Nierenzellkarzinom|3 8312/3 Nierenzellkarzinom"),
		grades: "1:18 2:54 3:22 4:6",
		stages: stages("46 1a 0 0 I|20 1b 0 0 I|5 2a 0 0 II|2 2b 0 0 II|14 3a 0 0 III|3 3b 0 0 III|2 3a 1 0 III|2 1b 0 1 IV|4 3a 0 1 IV|2 4 1 1 IV"),
		clinic: urology, office: urologyPractice, nodes: [3][2]int{{1, 3}, {1, 3}, {1, 3}}, spread: "PUL:55 OSS:20 LYM:10 HEP:8 BRA:7", m1: "1",
		outlook: [5]outlook{{}, {70, 150}, {200, 200}, {380, 260}, {750, 350}}, further: cabozantinib, clinical: "Zufallsbefund im Ultraschall, kontrastmittelaufnehmende Raumforderung der Niere.",
		biopsy: "Nierenstanzbiopsie, %d Zylinder bis %d mm.", specimen: "Nierenresektat mit gelblich-buntem Tumor von %d x 38 x 34 mm.",
		microscopy: "Alveolär gegliederte Verbände mit hellem Zytoplasma und zartem Gefäßnetz.", classify: fuhrman,
		plans: []plan{{"12", 70, []step{{gap: [2]int{15, 45}, operation: nephronSparing}}}, {"123", 60, []step{{gap: [2]int{15, 45}, operation: nephrectomy}}},
			{"4", 55, []step{{gap: [2]int{14, 30}, regimen: pembroAxi, intention: "P"}}}, {"4", 45, []step{{gap: [2]int{14, 30}, regimen: nivoIpi, intention: "P"}}}},
	}, {
		name: "Hodentumor", men: 72, ages: [11]int{18, 24, 28, 31, 34, 37, 40, 44, 49, 55, 72}, sites: sites("96 C62.1 C62.1 Hoden|4 C62.9 C62.9 Hoden o.n.A."),
		morphs: morphs("62 9061/3 Seminom|18 9070/3 Embryonales Karzinom|20 9085/3 Gemischter Keimzelltumor"), grades: "T",
		stages: stages("50 1 0 0 IA|22 2 0 0 IB|10 1 1 0 IIA|8 2 2 0 IIB|3 2 3 0 IIC|7 2 2 1a IIIA"),
		clinic: urology, office: urologyPractice, spread: "PUL:60 LYM:40", spreadBy: map[string]string{"1a": "PUL:70 LYM:30"}, m1: "1a", outlook: [5]outlook{{}, {90, 10}, {90, 20}, {200, 90}, {200, 90}},
		further: pei, clinical: "Schmerzlose Hodenschwellung, sonographisch echoarmer Herd.", biopsy: "Schnellschnittgewebe des Hodens, %d Partikel bis %d mm.",
		specimen:   "Ablatio-testis-Präparat mit grauweißem Tumor von %d x 24 x 20 mm.",
		microscopy: "Keimzelltumor des Hodens mit großen Zellen, klarem Zytoplasma und lymphozytär durchsetzten Septen, in der Umgebung GCNIS.",
		plans: []plan{{"1", 65, []step{{gap: [2]int{0, 0}, operation: orchiectomy}, {gap: [2]int{20, 35}, regimen: surveillance}}},
			{"1", 35, []step{{gap: [2]int{0, 0}, operation: orchiectomy}, {gap: [2]int{20, 35}, regimen: carboMono, relation: "A"}}},
			{"23", 100, []step{{gap: [2]int{0, 0}, operation: orchiectomy}, {gap: [2]int{15, 30}, regimen: peb, relation: "A"}}}},
	}}
}

// fuhrman gives the nuclear grade of the clear-cell kinds.
func fuhrman(c *tumourCase, at moment) []tumour.Classification {
	if at != atResection || c.morph.code != "8310/3" || len(c.grade) != 1 {
		return nil
	}
	return []tumour.Classification{{Name: "WHO/ISUP", Stage: tumour.Label("Grad " + string(c.grade))}}
}
