// SPDX-License-Identifier: EUPL-1.2

package synth

import (
	"strconv"

	"meldewerk/tumour"
)

var (
	prostatectomy     = &operation{words: "Roboterassistierte radikale Prostatovesikulektomie", codes: "5-604.42 5-987.0", nodes: [2]int{8, 24}}
	prostatectomyOpen = &operation{words: "Offene radikale retropubische Prostatovesikulektomie", codes: "5-604.02",
		nodes: [2]int{10, 28}}

	prostateBeam   = &radiation{targets: "5.4", total: "76", single: "2", boost: "N"}
	prostateHypo   = &radiation{targets: "5.4", total: "60", single: "3", boost: "N"}
	prostateBed    = &radiation{targets: "5.4 9.10", total: "66", single: "2", boost: "N"}
	prostateSeeds  = &radiation{targets: "5.4", total: "145", single: "145", contact: true}
	vertebralSpine = &radiation{targets: "6.5", total: "30", single: "3", boost: "N"}

	leuprorelin     = &regimen{kind: "HO", substances: "L02AE02", days: 730}
	shortADT        = &regimen{kind: "HO", substances: "L02AE02 L02BB03", days: 180}
	abiraterone     = &regimen{protocol: "ADT/Abirateron", kind: "HO", substances: "L02AE02 L02BX03 H02AB07", days: 700}
	apalutamide     = &regimen{protocol: "ADT/Apalutamid", kind: "HO", substances: "L02AE03 L02BB05", days: 760}
	docetaxel       = &regimen{protocol: "Docetaxel mono", kind: "CH", substances: "L01CD02", days: 126}
	surveillance    = &regimen{kind: "AS", days: 1400}
	watchfulWaiting = &regimen{kind: "WW", days: 1400}
	waitAndSee      = &regimen{kind: "WS", days: 1200}
)

// prostateFindings are the findings of the Modul Prostata.
type prostateFindings struct {
	primary, secondary, cores, positive int
	psaTenths                           int
}

func prostateStock() []*entity {
	return []*entity{{
		name: "Prostatakarzinom", men: 1120, ages: [11]int{45, 58, 62, 65, 68, 70, 72, 75, 78, 82, 94},
		sites:  sites("100 C61 C61.9 Prostata"),
		morphs: morphs("97 8140/3 Azinäres Adenokarzinom|3 8550/3 Azinuszellkarzinom"), grades: "U:60 2:25 3:15",
		stages: stages("40 1c 0 0 I|12 2a 0 0 I|8 2b 0 0 II|16 2c 0 0 II|6 3a 0 0 III|4 3b 0 0 III|2 3b 1 0 IV|9 2c 1 1b IV|3 4 1 1c IV"),
		clinic: urology, office: urologyPractice, nodes: [3][2]int{{1, 4}, {1, 4}, {1, 4}}, pT: "1c 2 II 2a 2 II 2b 2 II 2c 2 II", spread: "OSS:78 LYM:14 PUL:5 HEP:3", spreadBy: map[string]string{"1b": "OSS", "1c": "PUL:5 HEP:4 BRA"}, m1: "1b",
		outlook: [5]outlook{{}, {90, 40}, {190, 70}, {380, 120}, {650, 260}}, further: docetaxel, clinical: "PSA-Erhöhung, in der MRT PI-RADS-4-Läsion.",
		biopsy: "Prostatastanzen aus beiden Seitenlappen, %d Gefäße, Zylinder bis %d mm.", specimen: "Radikales Prostatektomiepräparat von %d x 42 x 38 mm mit Samenblasen.",
		microscopy: "Verbände kleiner, dicht stehender Drüsen mit prominenten Nukleolen, Verlust der Basalzellschicht.",
		markers:    drawProstate, modules: prostateModules, plans: []plan{
			{"1", 40, []step{{gap: [2]int{25, 60}, regimen: surveillance}}},
			{"12", 45, []step{{gap: [2]int{35, 80}, operation: prostatectomy}}},
			{"2", 14, []step{{gap: [2]int{35, 80}, operation: prostatectomyOpen}}},
			{"12", 16, []step{{gap: [2]int{40, 90}, radiation: prostateHypo}}},
			{"1", 7, []step{{gap: [2]int{40, 90}, radiation: prostateSeeds}}},
			{"12", 7, []step{{gap: [2]int{20, 60}, regimen: watchfulWaiting}}},
			{"2", 9, []step{{gap: [2]int{30, 60}, radiation: prostateBeam, regimen: shortADT}}},
			{"3", 55, []step{{gap: [2]int{35, 70}, operation: prostatectomyOpen}, {gap: [2]int{90, 160}, radiation: prostateBed, relation: "A"}}},
			{"3", 45, []step{{gap: [2]int{20, 40}, regimen: leuprorelin, radiation: prostateBeam}}},
			{"4", 50, []step{{gap: [2]int{10, 30}, regimen: abiraterone, intention: "P"}}},
			{"4", 30, []step{{gap: [2]int{10, 30}, regimen: apalutamide, intention: "P"}}},
			{"4", 20, []step{{gap: [2]int{10, 30}, regimen: leuprorelin, intention: "P"}, {gap: [2]int{5, 20}, regimen: docetaxel, intention: "P"}}}},
	}}
}

func drawProstate(c *tumourCase) {
	f := &c.prostate
	pattern := oneWord(c.d, map[int]string{1: "33:60 34:35 43:5", 2: "33:15 34:50 43:30 44:5", 3: "34:20 43:35 44:30 45:15",
		4: "43:20 44:30 45:35 54:15"}[c.stage.group()])
	f.primary, f.secondary = int(pattern[0]-'0'), int(pattern[1]-'0')
	f.cores = c.d.between(10, 16)
	f.positive = min(c.d.between(1, 3+2*c.stage.group()), f.cores)
	f.psaTenths = map[int]int{1: c.d.near(35, 99), 2: c.d.near(50, 190), 3: c.d.near(80, 400), 4: c.d.near(200, 9000)}[c.stage.group()]
}

func prostateModules(c *tumourCase, at moment) tumour.Modules {
	f := &c.prostate
	m := &tumour.ProstateModule{Gleason: gleason(f.primary, f.secondary)}
	switch at {
	case atDiagnosis, atBiopsy:
		m.GleasonFrom, m.BiopsyDate = "S", c.diagnosed.date()
		m.Cores, m.PositiveCores = number(f.cores), number(f.positive)
		m.CoreInvolvement = &tumour.Involvement{Percent: number(min(90, 10+f.positive*8))}
		if at == atDiagnosis {
			m.PSA, m.PSADate = decimal(f.psaTenths, 1), (c.diagnosed - day(c.psaLead)).date()
		}
	case atSurgery:
		m.GleasonFrom, m.Complication = "O", tumour.Code(oneWord(c.d, "N:93 J:7"))
	case atResection:
		m.GleasonFrom = "O"
	default:
		return tumour.Modules{Prostate: &tumour.ProstateModule{}}
	}
	return tumour.Modules{Prostate: m}
}

// gleason writes the score; a seven tells which pattern prevails.
func gleason(primary, secondary int) *tumour.Gleason {
	score := strconv.Itoa(primary + secondary)
	switch {
	case primary == 3 && secondary == 4:
		score = "7a"
	case primary == 4 && secondary == 3:
		score = "7b"
	}
	return &tumour.Gleason{Primary: tumour.Code(strconv.Itoa(primary)), Secondary: tumour.Code(strconv.Itoa(secondary)),
		Score: tumour.Code(score)}
}

func number(n int) tumour.Number { return tumour.Number(strconv.Itoa(n)) }

// decimal writes n with so many places behind the point, in canonical form.
func decimal(n, places int) tumour.Number {
	digits := strconv.Itoa(n)
	for len(digits) <= places {
		digits = "0" + digits
	}
	head, tail := digits[:len(digits)-places], digits[len(digits)-places:]
	for len(tail) > 0 && tail[len(tail)-1] == '0' {
		tail = tail[:len(tail)-1]
	}
	if tail == "" {
		return tumour.Number(head)
	}
	return tumour.Number(head + "." + tail)
}
