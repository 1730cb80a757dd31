// SPDX-License-Identifier: EUPL-1.2

package synth

import "meldewerk/tumour"

var (
	nodeExcision = &operation{words: "Diagnostische Lymphknotenexstirpation", codes: "5-401.00", unstaged: true}

	involvedSite = &radiation{targets: "9.13", total: "30", single: "2", boost: "N"}

	rChop         = &regimen{protocol: "R-CHOP", kind: "CI", substances: "L01FA01 L01AA01 L01DB01 L01CA02 H02AB07", days: 126}
	rBendamustin  = &regimen{protocol: "R-Bendamustin", kind: "CI", substances: "L01FA01 L01AA09", days: 168}
	venObi        = &regimen{protocol: "Venetoclax/Obinutuzumab", kind: "IZ", substances: "L01XX52 L01FA03", days: 365}
	acalabrutinib = &regimen{protocol: "Acalabrutinib mono", kind: "ZS", substances: "L01EL02", days: 900}
	daInduction   = &regimen{protocol: "DA", kind: "CH", substances: "L01BC01 L01DB02", days: 28}
	azaVen        = &regimen{protocol: "Azacitidin/Venetoclax", kind: "CZ", substances: "L01BC07 L01XX52", days: 200}
	vrd           = &regimen{protocol: "VRD", kind: "ZS", substances: "L01XG01 L04AX04 H02AB02", days: 112}
	daraRd        = &regimen{protocol: "Daratumumab/Lenalidomid/Dexamethason", kind: "IZ", substances: "L01FC01 L04AX04 H02AB02", days: 420}
	abvd          = &regimen{protocol: "ABVD", kind: "CH", substances: "L01DB01 L01DC01 L01CA01 L01AX04", days: 112}
	autologous    = &regimen{protocol: "Autologe Stammzelltransplantation", kind: "SZ", substances: "L01AA03", days: 21}
)

const (
	annArborStages = "16 - - - I|20 - - - II|28 - - - III|36 - - - IV"
	nodeBiopsy     = "Lymphknotenexstirpat, %d Teilstücke bis %d mm."
	nodeSpecimen   = "Lymphknoten von %d x 18 x 14 mm mit fischfleischartiger Schnittfläche."
)

func nodeSites(icd string) []site {
	return sites("40 " + icd + " C77.0 Lymphknoten zervikal|25 " + icd + " C77.8 Lymphknoten mehrerer Regionen|20 " + icd +
		" C77.2 Lymphknoten abdominal|15 " + icd + " C77.4 Lymphknoten inguinal")
}

func follicular(icd, morphology string) *entity {
	return &entity{
		name: "Follikuläres Lymphom", men: 23, women: 23, ages: [11]int{27, 45, 52, 57, 61, 65, 69, 73, 77, 81, 92},
		sites: nodeSites(icd), morphs: morphs("100 " + morphology + " Follikuläres Lymphom"), grades: "T", stages: stages(annArborStages), clinic: haematology, office: oncologyPractice,
		outlook: [5]outlook{{}, {120, 60}, {180, 80}, {300, 120}, {330, 150}}, clinical: "Indolente Lymphknotenschwellung.", biopsy: nodeBiopsy, specimen: nodeSpecimen, classify: annArborStage,
		microscopy: "Follikulärer Aufbau aus Zentrozyten und einzelnen Zentroblasten, CD10, BCL2 und BCL6 positiv.",
		plans: []plan{{"12", 60, []step{{gap: [2]int{18, 40}, radiation: involvedSite}}}, {"34", 55, []step{{gap: [2]int{15, 40}, regimen: rBendamustin}}},
			{"1234", 35, []step{{gap: [2]int{20, 60}, regimen: waitAndSee}}}},
	}
}

func bloodStock() []*entity {
	annArbor := stages(annArborStages)
	marrow := "Beckenkammtrepanat, %d Zylinder bis %d mm."
	return []*entity{follicular("C82.0", "9695/3"), follicular("C82.1", "9691/3"), {
		name: "Diffuses großzelliges B-Zell-Lymphom", men: 92, women: 72, ages: [11]int{25, 47, 55, 61, 66, 70, 74, 77, 80, 84, 93}, sites: nodeSites("C83.3"),
		morphs: morphs("100 9680/3 Diffuses großzelliges B-Zell-Lymphom"), grades: "T", stages: annArbor, clinic: haematology, office: oncologyPractice,
		outlook: [5]outlook{{}, {150, 350}, {200, 400}, {330, 450}, {420, 500}},
		further: rDhap, clinical: "Zunehmende Lymphknotenschwellung, B-Symptomatik.", biopsy: nodeBiopsy, specimen: nodeSpecimen, classify: annArborStage,
		microscopy: "Diffuse Infiltration durch große Blasten, CD20 und PAX5 positiv, Ki-67 80 %, kein Nachweis eines MYC-Bruchs.",
		plans: []plan{{"12", 60, []step{{gap: [2]int{0, 3}, operation: nodeExcision, intention: "D"}, {gap: [2]int{12, 25}, regimen: rChop}, {gap: [2]int{25, 45}, radiation: involvedSite}}},
			{"1234", 70, []step{{gap: [2]int{8, 22}, regimen: rChop}}}},
	}, {
		name: "Hodgkin-Lymphom", men: 30, women: 24, ages: [11]int{16, 21, 26, 31, 37, 43, 50, 58, 66, 75, 86}, sites: nodeSites("C81.1"),
		morphs: morphs("100 9663/3 Hodgkin-Lymphom, nodulär-sklerosierend"), grades: "T", stages: annArbor, clinic: haematology, office: oncologyPractice,
		outlook: [5]outlook{{}, {60, 60}, {90, 80}, {170, 150}, {220, 180}}, further: dhap, clinical: "Zervikale Lymphknotenschwellung, mediastinale Verbreiterung.", biopsy: nodeBiopsy, specimen: nodeSpecimen,
		classify: annArborStage, microscopy: "Durch Kollagenfaserzüge gegliederte Knoten mit Lakunarzellen, CD30 und CD15 positiv.",
		plans: []plan{{"1234", 100, []step{{gap: [2]int{12, 30}, regimen: abvd}, {gap: [2]int{25, 45}, radiation: involvedSite}}}},
	}, {
		name: "Chronische lymphatische Leukämie", men: 62, women: 42, ages: [11]int{42, 56, 61, 65, 68, 71, 74, 77, 81, 85, 94}, sites: sites("100 C91.1 C42.1 Knochenmark"),
		morphs: morphs("100 9823/3 Chronische lymphatische Leukämie"), grades: "T", stages: stages("70 - - - I|18 - - - II|12 - - - III"), clinic: haematology, office: oncologyPractice,
		outlook: [5]outlook{{}, {200, 60}, {320, 110}, {400, 180}, {}}, clinical: "Zufällig aufgefallene Lymphozytose.", biopsy: marrow, specimen: nodeSpecimen, classify: binet,
		microscopy: "Interstitielle und noduläre Infiltrate kleiner B-Lymphozyten, CD5 und CD23 positiv.",
		plans:      []plan{{"1", 100, []step{{gap: [2]int{10, 40}, regimen: waitAndSee}}}, {"23", 50, []step{{gap: [2]int{18, 50}, regimen: acalabrutinib}}}, {"23", 50, []step{{gap: [2]int{18, 50}, regimen: venObi}}}},
	}, {
		name: "Akute myeloische Leukämie", men: 42, women: 36, ages: [11]int{19, 42, 53, 60, 65, 70, 73, 76, 79, 83, 92}, sites: sites("100 C92.0 C42.1 Knochenmark"),
		morphs: morphs("62 9861/3 Akute myeloische Leukämie|28 9895/3 Akute myeloische Leukämie mit Myelodysplasie|10 9896/3 Akute myeloische Leukämie mit t(8;21)"), grades: "T", stages: stages("100 - - - III"),
		clinic: haematology, office: haematology, outlook: [5]outlook{{}, {}, {}, {680, 700}, {}}, clinical: "Panzytopenie, Blasten im Blutausstrich.", biopsy: marrow, specimen: nodeSpecimen, classify: leukaemiaRisk,
		microscopy: "Hyperzelluläres Mark mit 65 % Blasten, Myeloperoxidase und CD34 positiv.",
		plans:      []plan{{"3", 50, []step{{gap: [2]int{1, 5}, regimen: daInduction}}}, {"3", 50, []step{{gap: [2]int{2, 9}, regimen: azaVen}}}},
	}, {
		name: "Multiples Myelom", men: 72, women: 55, ages: [11]int{42, 56, 61, 65, 69, 72, 75, 78, 81, 84, 92}, sites: sites("100 C90.0 C42.1 Knochenmark"),
		morphs: morphs("100 9732/3 Multiples Myelom"), grades: "T", stages: stages("32 - - - I|38 - - - II|30 - - - III"), clinic: haematology, office: oncologyPractice,
		outlook: [5]outlook{{}, {420, 180}, {520, 260}, {640, 340}, {}}, clinical: "Rückenschmerzen, monoklonale Gammopathie IgG kappa.", biopsy: marrow, specimen: nodeSpecimen, classify: myelomaStage,
		microscopy: "Infiltrate atypischer Plasmazellen, CD138 positiv mit Leichtkettenrestriktion kappa, Infiltrationsgrad 45 %.",
		plans:      []plan{{"123", 45, []step{{gap: [2]int{8, 25}, regimen: vrd}, {gap: [2]int{30, 50}, regimen: autologous}}}, {"123", 55, []step{{gap: [2]int{8, 25}, regimen: daraRd}}}},
	}}
}

func staged(name tumour.Label, stage func(*tumourCase) string) func(*tumourCase, moment) []tumour.Classification {
	return func(c *tumourCase, at moment) []tumour.Classification {
		if at != atDiagnosis {
			return nil
		}
		return []tumour.Classification{{Date: c.diagnosed.exact(), Name: name, Stage: tumour.Label(stage(c))}}
	}
}

var (
	annArborStage = staged("Ann Arbor", func(c *tumourCase) string { return c.stage.uicc + oneWord(c.d, "A:70 B:30") })
	binet         = staged("Binet", func(c *tumourCase) string { return []string{"", "A", "B", "C"}[c.stage.group()] })
	myelomaStage  = staged("ISS", func(c *tumourCase) string { return c.stage.uicc })
	leukaemiaRisk = staged("ELN", func(c *tumourCase) string { return oneWord(c.d, "favorable:25 intermediate:40 adverse:35") })
)
