// SPDX-License-Identifier: EUPL-1.2

package synth

import "meldewerk/tumour"

var (
	laserLarynx   = &operation{words: "Endolaryngeale Laserchordektomie", codes: "5-302.5"}
	laryngectomy  = &operation{words: "Laryngektomie mit Neck dissection beidseits", codes: "5-303.01 5-403.03", nodes: [2]int{24, 52}}
	tonsillectomy = &operation{words: "Transorale Tumortonsillektomie mit Neck dissection", codes: "5-281.2 5-403.02*", nodes: [2]int{18, 38}}
	thyroidectomy = &operation{words: "Thyreoidektomie mit zentraler Lymphadenektomie", codes: "5-063.0 5-403.00", nodes: [2]int{4, 14}}
	craniotomy    = &operation{words: "Mikrochirurgische Tumorexstirpation über Kraniotomie", codes: "5-015.0 5-010.2"}
	brainBiopsy   = &operation{words: "Stereotaktische Serienbiopsie", codes: "1-510.0", unstaged: true}
	meningectomy  = &operation{words: "Exstirpation des Meningeoms über Kraniotomie", codes: "5-015.3 5-010.2"}

	headNeckChemo = &radiation{targets: "2.8 9.1*", total: "70", single: "2", boost: "SIB", chemo: true}
	larynxBeam    = &radiation{targets: "2.10", total: "66", single: "2", boost: "N"}
	radioiodine   = &radiation{targets: "2.11", metabolic: "RJT", total: "3.7"}
	brainPart     = &radiation{targets: "1.2", total: "60", single: "2", boost: "N", chemo: true}

	temozolomide    = &regimen{protocol: "TMZ", kind: "CH", substances: "L01AX03", days: 42}
	temozolomideSix = &regimen{protocol: "TMZ", kind: "CH", substances: "L01AX03", days: 168}
	lomustine       = &regimen{protocol: "Lomustin mono", kind: "CH", substances: "L01AD02", days: 150}
)

func headStock() []*entity {
	return []*entity{{
		name: "Larynxkarzinom", men: 42, women: 8, ages: [11]int{38, 53, 57, 60, 63, 66, 69, 72, 75, 80, 90},
		sites: sites("66 C32.0 C32.0 Glottis|30 C32.1 C32.1 Supraglottis|4 C32.9 C32.9 Larynx o.n.A."), morphs: morphs("86 8070/3 Plattenepithelkarzinom|14 8071/3 Verhornendes Plattenepithelkarzinom"),
		grades: "1:14 2:62 3:24", stages: stages("38 1a 0 0 I|8 1b 0 0 I|16 2 0 0 II|14 3 0 0 III|8 3 1 0 III|10 4a 2b 0 IVA|4 4a 2c 0 IVA|2 4a 2c 1 IVC"),
		clinic: ent, office: ent, nodes: [3][2]int{{1, 1}, {2, 6}, {3, 8}}, spread: "PUL:80 LYM:20", m1: "1", outlook: [5]outlook{{}, {110, 120}, {200, 180}, {350, 250}, {520, 380}},
		further: pembrolizumab, clinical: "Heiserkeit seit drei Monaten, exophytische Stimmlippenveränderung.", biopsy: "Larynxbiopsien, %d Partikel bis %d mm.",
		specimen: "Laryngektomiepräparat mit Tumor von %d x 18 x 9 mm.", microscopy: "Infiltrierende Zapfen eines Plattenepithelkarzinoms mit Einzelzellverhornung.",
		plans: []plan{{"12", 65, []step{{gap: [2]int{10, 30}, operation: laserLarynx}}}, {"12", 35, []step{{gap: [2]int{18, 40}, radiation: larynxBeam}}},
			{"34", 55, []step{{gap: [2]int{12, 30}, operation: laryngectomy}, {gap: [2]int{30, 45}, radiation: larynxBeam, relation: "A"}}},
			{"34", 45, []step{{gap: [2]int{15, 32}, radiation: headNeckChemo, regimen: cisplatinWeekly}}}},
	}, {
		name: "Oropharynxkarzinom", men: 62, women: 22, ages: [11]int{35, 51, 54, 57, 60, 62, 65, 68, 72, 77, 88},
		sites: sites("60 C09.9 C09.9 Tonsille|40 C10.9 C10.9 Oropharynx o.n.A."), morphs: morphs("52 8085/3 Plattenepithelkarzinom, HPV-positiv|48 8086/3 Plattenepithelkarzinom, HPV-negativ"),
		grades: "2:55 3:45", stagesFor: throatStages, clinic: ent, office: ent, nodes: [3][2]int{{1, 3}, {5, 9}, {5, 9}}, spread: "PUL:75 OSS:25", m1: "1",
		outlook: [5]outlook{{}, {120, 180}, {200, 220}, {320, 300}, {520, 420}}, further: pembrolizumab, clinical: "Zervikale Lymphknotenschwellung, asymmetrische Tonsille.",
		biopsy: "Tonsillenbiopsien, %d Partikel bis %d mm.", specimen: "Tumortonsillektomiepräparat von %d x 26 x 18 mm.",
		microscopy: "Solide, nicht verhornende Plattenepithelverbände mit begleitender lymphatischer Reaktion.",
		plans:      []plan{{"12", 60, []step{{gap: [2]int{12, 30}, operation: tonsillectomy}}}, {"1234", 60, []step{{gap: [2]int{15, 32}, radiation: headNeckChemo, regimen: cisplatinWeekly}}}},
	}, {
		name: "Schilddrüsenkarzinom", men: 30, women: 72, ages: [11]int{18, 31, 37, 43, 48, 52, 57, 62, 68, 75, 88}, sites: sites("100 C73 C73.9 Schilddrüse"),
		morphs: morphs("66 8260/3 Papilläres Karzinom|18 8340/3 Papilläres Karzinom, follikuläre Variante|16 8330/3 Follikuläres Karzinom"), grades: "T",
		stagesFor: thyroidStages, clinic: surgery, office: oncologyPractice, nodes: [3][2]int{{1, 5}, {1, 5}, {1, 5}}, pN: "1 1a 1a 1a 1b 1b", spread: "PUL:60 OSS:40", m1: "1",
		outlook: [5]outlook{{}, {40, 10}, {90, 40}, {220, 120}, {400, 250}}, clinical: "Szintigraphisch kalter Knoten, TIRADS 4.",
		biopsy: "Feinnadelpunktate der Schilddrüse, %d Ausstriche, Fragmente bis %d mm.", specimen: "Thyreoidektomiepräparat mit weißlichem Herd von %d x 14 x 12 mm.",
		microscopy: "Papillär gebaute Formationen mit Milchglaskernen, Kernkerben und Psammomkörperchen.",
		plans: []plan{{"1", 45, []step{{gap: [2]int{14, 45}, operation: thyroidectomy}}},
			{"1234", 65, []step{{gap: [2]int{14, 45}, operation: thyroidectomy}, {gap: [2]int{30, 70}, radiation: radioiodine, relation: "A"}}}},
	}, {
		name: "Glioblastom", men: 52, women: 38, ages: [11]int{22, 43, 51, 56, 60, 64, 68, 71, 75, 79, 88},
		sites:  sites("30 C71.1 C71.1 Frontallappen|28 C71.2 C71.2 Temporallappen|16 C71.3 C71.3 Parietallappen|6 C71.4 C71.4 Okzipitallappen|20 C71.8 C71.8 mehrere Bereiche überlappend"),
		morphs: morphs("100 9440/3 Glioblastom, IDH-Wildtyp"), grades: "T", stages: stages("100 - - - -"), clinic: neurosurgery, office: oncologyPractice,
		outlook: [5]outlook{{850, 650}}, further: lomustine, clinical: "Erstmaliger Krampfanfall, ringförmig anreichernde Läsion in der MRT.", biopsy: "Stereotaktische Biopsien, %d Proben bis %d mm.",
		specimen:   "Hirntumorgewebe in Fragmenten, zusammen %d x 20 x 18 mm.",
		microscopy: "Zellreiches astrozytäres Gliom mit palisadenförmigen Nekrosen und Gefäßproliferaten, GFAP positiv, IDH1 R132H negativ.", classify: whoGrade("4"), genetics: brainGenes,
		plans: []plan{{"0", 75, []step{{gap: [2]int{0, 0}, operation: craniotomy}, {gap: [2]int{25, 42}, radiation: brainPart, regimen: temozolomide, relation: "A"},
			{gap: [2]int{25, 35}, regimen: temozolomideSix, relation: "A"}}},
			{"0", 25, []step{{gap: [2]int{0, 0}, operation: brainBiopsy, intention: "D"}, {gap: [2]int{20, 35}, radiation: brainPart, regimen: temozolomide}, {gap: [2]int{25, 40}, regimen: lomustine, intention: "P"}}}},
	}, {
		name: "Meningeom", men: 14, women: 38, ages: [11]int{28, 43, 50, 55, 59, 63, 67, 71, 75, 80, 90}, sites: sites("100 D32.0 C70.0 Hirnhäute"),
		morphs: morphs("100 9530/0 Meningeom"), grades: "T", stages: stages("100 - - - -"), clinic: neurosurgery, office: neurosurgery, outlook: [5]outlook{{60, 10}},
		clinical: "Kopfschmerzen, duraständige Raumforderung in der MRT.", biopsy: "Gewebeproben der Dura, %d Partikel bis %d mm.", specimen: "Meningeomgewebe mit Dura, zusammen %d x 24 x 22 mm.",
		microscopy: "Meningotheliale Zellwirbel mit vereinzelten Psammomkörperchen, keine Nekrosen, Mitosezahl niedrig.", classify: whoGrade("1"),
		plans: []plan{{"0", 70, []step{{gap: [2]int{0, 0}, operation: meningectomy}}}, {"0", 30, []step{{gap: [2]int{20, 60}, regimen: waitAndSee}}}},
	}}
}

// whoGrade gives the grade of tumours of the nervous system.
func whoGrade(grade string) func(*tumourCase, moment) []tumour.Classification {
	return func(_ *tumourCase, at moment) []tumour.Classification {
		if at == atCourse {
			return nil
		}
		return []tumour.Classification{{Name: "WHO-Grad", Stage: tumour.Label(grade)}}
	}
}

func brainGenes(c *tumourCase) []tumour.Variant {
	on := (c.diagnosed + day(c.d.between(5, 14))).exact()
	return []tumour.Variant{{Date: on, Name: "IDH1", Result: "W"},
		{Date: on, Name: "MGMT-Promotor", Other: tumour.Label(oneWord(c.d, "methyliert:45 unmethyliert:55"))}}
}

// Cancers of the throat caused by HPV are staged apart in the eighth edition.
var (
	throatByVirus = stages("24 1 1 0 I|30 2 1 0 I|8 1 0 0 I|12 2 2 0 II|12 3 1 0 II|9 4 1 0 III|3 3 3 0 III|2 3 2 1 IV")
	throatOther   = stages("10 1 0 0 I|14 2 0 0 II|10 3 0 0 III|12 2 1 0 III|14 2 2b 0 IVA|16 3 2b 0 IVA|14 4a 2c 0 IVA|5 4b 3b 0 IVB|5 4a 2c 1 IVC")
	thyroidYoung  = stages("40 1a 0 0 I|24 1b 0 0 I|14 2 0 0 I|10 1b 1a 0 I|7 2 1b 0 I|4 3a 1b 0 I|1 3a 1b 1 II")
	thyroidOld    = stages("36 1a 0 0 I|24 1b 0 0 I|14 2 0 0 I|8 2 1a 0 II|7 3a 0 0 II|4 3b 1b 0 II|4 4a 1b 0 III|1 4b 1b 0 IVA|2 4a 1b 1 IVB")
)

func throatStages(morphology string, _ int) []stage {
	if morphology == "8085/3" {
		return throatByVirus
	}
	return throatOther
}

func thyroidStages(_ string, age int) []stage {
	if age < 55 {
		return thyroidYoung
	}
	return thyroidOld
}
