// SPDX-License-Identifier: EUPL-1.2

package synth

import "meldewerk/tumour"

var (
	wideExcision         = &operation{words: "Nachexzision mit Sicherheitsabstand", codes: "5-895.0a", unstaged: true}
	wideExcisionSentinel = &operation{words: "Nachexzision mit Wächterlymphknoten", codes: "5-895.2a 5-401.11*",
		nodes: [2]int{1, 4}, sentinel: true}

	nivolumabAdjuvant    = &regimen{protocol: "Nivolumab mono", kind: "IM", substances: "L01FF01", days: 360}
	dabrafenibTrametinib = &regimen{protocol: "Dabrafenib/Trametinib", kind: "ZS", substances: "L01EC02 L01EE01", days: 365, marked: true}
)

// melanomaFindings are the findings of the Modul Malignes Melanom.
type melanomaFindings struct {
	thickness int // hundredths of a millimetre
	margin    int // mm
}

func skinStock() []*entity {
	return []*entity{{
		name: "Malignes Melanom", men: 235, women: 205, ages: [11]int{20, 38, 47, 53, 58, 63, 69, 74, 78, 83, 95},
		sites:  sites("38 C43.5 C44.5 Rumpf|22 C43.6 C44.6 Arm und Schulter|26 C43.7 C44.7 Bein und Hüfte|9 C43.3 C44.3 Gesicht|5 C43.4 C44.4 Kopfhaut und Hals"),
		morphs: morphs("62 8743/3 Superfiziell spreitendes Melanom|18 8721/3 Noduläres Melanom|8 8742/3 Lentigo-maligna-Melanom|4 8744/3 Akrolentiginöses Melanom|8 8720/3 Malignes Melanom"),
		grades: "T", stages: stages("44 1a 0 0 IA|10 1b 0 0 IA|12 2a 0 0 IB|3 2b 0 0 IIA|6 3a 0 0 IIA|5 3b 0 0 IIB|2 4a 0 0 IIB|4 4b 0 0 IIC|" +
			"4 2a 1a 0 IIIA|3 3a 1a 0 IIIB|3 3b 1a 0 IIIC|1 4b 3a 0 IIID|1 3b 1a 1c IV|1 4b 2a 1b IV"),
		excised: true, clinic: dermatology, office: dermatologyPractice, nodes: [3][2]int{{1, 1}, {2, 3}, {4, 6}}, spread: "PUL:35 LYM:20 BRA:18 HEP:15 SKI:12", spreadBy: map[string]string{"1b": "PUL", "1c": "HEP:5 OSS:2 ADR:2"}, m1: "1b",
		outlook: [5]outlook{{}, {40, 120}, {220, 220}, {420, 280}, {750, 420}}, clinical: "Asymmetrische, unscharf begrenzte Pigmentläsion, größenprogredient.",
		biopsy: "Exzidat der Haut, Spindel von %d x 9 mm mit Pigmentläsion von %d mm.", specimen: "Nachexzidat der Haut von %d x 22 x 9 mm mit reizloser Narbe.",
		microscopy: "Atypische Melanozyten mit pagetoider Durchsetzung der Epidermis, dermale Infiltrate ohne Ausreifung zur Tiefe, Melan-A und SOX10 positiv.",
		markers:    drawMelanoma, modules: melanomaModules, classify: clark, genetics: melanomaGenes, plans: []plan{
			{"1", 70, []step{{gap: [2]int{14, 40}, operation: wideExcision}}},
			{"12", 45, []step{{gap: [2]int{14, 40}, operation: wideExcisionSentinel}}},
			{"3", 60, []step{{gap: [2]int{14, 35}, operation: wideExcisionSentinel}, {gap: [2]int{30, 70}, regimen: nivolumabAdjuvant, relation: "A"}}},
			{"3", 40, []step{{gap: [2]int{14, 35}, operation: wideExcisionSentinel}, {gap: [2]int{30, 70}, regimen: dabrafenibTrametinib, relation: "A"}}},
			{"4", 60, []step{{gap: [2]int{12, 28}, regimen: nivoIpi, intention: "P"}}},
			{"4", 40, []step{{gap: [2]int{12, 28}, regimen: dabrafenibTrametinib, intention: "P"}}}},
	}, {
		name: "Melanoma in situ", men: 78, women: 76, ages: [11]int{25, 42, 50, 56, 61, 66, 71, 75, 79, 83, 94},
		sites:  sites("30 D03.5 C44.5 Rumpf|24 D03.6 C44.6 Arm und Schulter|24 D03.7 C44.7 Bein und Hüfte|22 D03.3 C44.3 Gesicht"),
		morphs: morphs("62 8720/2 Melanoma in situ|38 8742/2 Lentigo maligna"), grades: "T", stages: stages("100 is 0 0 0"), excised: true,
		clinic: dermatology, office: dermatologyPractice, outlook: [5]outlook{{15, 5}}, m1: "1", spread: "LYM", clinical: "Unregelmäßig pigmentierte Makula.",
		biopsy: "Exzidat der Haut, Spindel von %d x 8 mm mit Pigmentläsion von %d mm.", specimen: "Nachexzidat der Haut von %d x 16 x 6 mm.",
		microscopy: "Lentiginöse und nestförmige Proliferation atypischer Melanozyten, auf die Epidermis begrenzt.",
		plans:      []plan{{"0", 70, []step{{gap: [2]int{14, 40}, operation: wideExcision}}}, {"0", 30, nil}},
	}}
}

func drawMelanoma(c *tumourCase) {
	span := map[string][2]int{"1a": {20, 75}, "1b": {80, 100}, "2a": {105, 200}, "2b": {110, 200}, "3a": {210, 400}, "3b": {220, 400},
		"4a": {410, 700}, "4b": {420, 1200}}[c.stage.t]
	c.melanoma = melanomaFindings{thickness: c.d.between(span[0], span[1]), margin: 10}
	if c.melanoma.thickness > 200 {
		c.melanoma.margin = 20
	}
	if c.w.oldThickness() {
		c.melanoma.thickness = max(c.melanoma.thickness/10, 1) * 10
		if c.stage.t != "1a" && c.melanoma.thickness < span[0] {
			c.melanoma.thickness += 10
		}
	}
}

func melanomaModules(c *tumourCase, at moment) tumour.Modules {
	m := &tumour.MelanomaModule{}
	switch at {
	case atDiagnosis, atBiopsy:
		m.Thickness = decimal(c.melanoma.thickness, 2)
		// Only at T1b does the ulceration decide, so only there it is asked for.
		if c.stage.t == "1b" {
			m.Ulceration = tumour.Code(oneWord(c.d, "N:85 J:15"))
		}
		if at == atDiagnosis && c.stage.group() > 2 {
			m.LDH = number(c.d.between(150, 480))
		}
	case atSurgery, atResection:
		m.Margin = number(c.melanoma.margin)
	default:
		return tumour.Modules{}
	}
	return tumour.Modules{Melanoma: m}
}

func clark(c *tumourCase, at moment) []tumour.Classification {
	if at != atDiagnosis && at != atBiopsy || c.stage.t == "" {
		return nil
	}
	level := map[byte]tumour.Label{'1': "II", '2': "III", '3': "IV", '4': "V"}[c.stage.t[0]]
	if level == "" {
		return nil
	}
	return []tumour.Classification{{Date: c.diagnosed.exact(), Name: "Clark-Level", Stage: level}}
}

func melanomaGenes(c *tumourCase) []tumour.Variant {
	if c.stage.group() < 3 {
		return nil
	}
	braf := tumour.Code(oneWord(c.d, "M:15 W:85"))
	if c.planned(dabrafenibTrametinib) {
		braf = "M"
	}
	return []tumour.Variant{{Date: (c.diagnosed + day(c.d.between(7, 14))).exact(), Name: "BRAF V600", Result: braf}}
}
