// SPDX-License-Identifier: EUPL-1.2

package check

import (
	"strings"

	"meldewerk/tumour"
)

// stageOff says that the main stage (0 to IV) is none of those to which T, N
// and M lead. It is silent where a category is missing or X, after therapy, at
// a recurrence, and at sites whose table is not held. Finer stages are not
// judged.
func (v *view) stageOff(t *tumour.TNM) bool {
	given := mainStage(string(t.Stage))
	if given < 0 || t.T == "" || t.N == "" || t.M == "" || t.T[0] == 'X' || t.N[0] == 'X' || t.M[0] == 'X' ||
		t.AfterTherapy != "" || t.Recurrence != "" || t.Edition != "7" && t.Edition != "8" {
		return false
	}
	low, high := stagesFrom(v.site, t)
	return low >= 0 && (given < low || given > high) && !ofThroat.has(v.icd) && !v.anyMorph(v.stagedApart)
}

// ofThroat are the parts of tongue and palate that belong to the oropharynx,
// where the stage depends on the virus, too.
var ofThroat = sitesOf("C02.4 C05.1 C05.2")

// stagedApart says that the morphology has a table of its own beside that of
// the carcinomas of the site: neuroendocrine tumours of the digestive organs,
// melanomas outside the skin, stromal tumours, sarcomas and lymphomas.
func (v *view) stagedApart(p *placed) bool {
	switch n := p.four; {
	case between(n, 8150, 8153, 8155, 8158, 8240, 8242, 8248, 8249):
		return v.site >= "C15" && v.site <= "C26"
	case between(n, 8720, 8790):
		return v.site != "C43"
	default:
		return between(n, 8590, 8713, 8800, 9999)
	}
}

// mainStage is the roman number of a stage, -1 for none.
func mainStage(stage string) int {
	if stage == "" || stage == "okk" || stage == "IS" {
		return -1
	}
	roman := strings.TrimRight(stage, "ABCD123")
	for n, word := range []string{"0", "I", "II", "III", "IV"} {
		if roman == word {
			return n
		}
	}
	if stage[0] == '0' {
		return 0
	}
	return -1
}

// stagers are the tables by site: from the size of the tumour, 0 to 4, and the
// nodes, 0 to 3, to the lowest and the highest main stage; -1 when unknown.
var stagers = func() map[string]func(c category) (int, int) {
	all := map[string]func(c category) (int, int){
		"C25": pancreasStage, "C34": lungStage, "C43": melanomaStage, "C50": breastStage, "C54": uterusStage,
		"C61": prostateStage, "C64": kidneyStage, "C67": bladderStage,
	}
	for _, site := range []string{"C18", "C19", "C20"} {
		all[site] = bowelStage
	}
	for _, site := range []string{"C02", "C03", "C04", "C05", "C06", "C12", "C13", "C32"} {
		all[site] = throatStage
	}
	return all
}()

// category is T, N and edition of a TNM.
type category struct {
	size    string // T in small letters
	t, n    byte   // their numbers
	node    string // N in small letters
	edition tumour.Code
}

// stagesFrom gives the lowest and the highest main stage; -1 when unknown.
func stagesFrom(site string, t *tumour.TNM) (int, int) {
	stager, held := stagers[site]
	if !held {
		return -1, -1
	}
	if t.M[0] == '1' {
		return 4, 4
	}
	c := category{size: strings.ToLower(string(t.T)), n: t.N[0] - '0', node: strings.ToLower(string(t.N)), edition: t.Edition}
	if strings.HasPrefix(c.size, "is") || site == "C67" && c.size[0] == 'a' {
		if c.n == 0 {
			return 0, 0
		}
		return -1, -1
	}
	if c.size[0] < '0' || c.size[0] > '4' || c.n > 3 {
		return -1, -1
	}
	c.t = c.size[0] - '0'
	return stager(c)
}

func bowelStage(c category) (int, int) {
	switch {
	case c.t == 0:
		return -1, -1
	case c.n > 0:
		return 3, 3
	case c.t <= 2:
		return 1, 1
	}
	return 2, 2
}

func lungStage(c category) (int, int) {
	t, n := c.t, c.n
	switch {
	case t == 0 || c.edition == "7" && (n == 1 || t >= 2):
		return 1, 3 // the 7th edition drew its lines elsewhere
	case n >= 2:
		return 3, 3
	case n == 1 && t <= 2:
		return 2, 2
	case n == 1, t == 4:
		return 3, 3
	case t == 1, strings.HasPrefix(c.size, "2a"), c.size == "2":
		return 1, 1
	}
	return 2, 2
}

func breastStage(c category) (int, int) {
	t, n, micro := c.t, c.n, strings.HasPrefix(c.node, "1mi")
	switch {
	case t == 4, n >= 2, t == 3 && n == 1:
		return 3, 3
	case t == 3, t == 2:
		return 2, 2
	case micro:
		return 1, 1
	case n == 1:
		return 2, 2
	case t == 1:
		return 1, 1
	}
	return -1, -1
}

func kidneyStage(c category) (int, int) {
	t, n := c.t, c.n
	switch {
	case t == 0:
		return -1, -1
	case t == 4:
		return 4, 4
	case n >= 2:
		return 3, 4
	case n == 1, t == 3:
		return 3, 3
	}
	return int(t), int(t)
}

// prostateStage admits the stages of those who count PSA and Gleason, too.
func prostateStage(c category) (int, int) {
	switch {
	case c.t == 0:
		return -1, -1
	case c.n >= 1:
		return 4, 4
	case c.t == 4 && c.edition == "7":
		return 4, 4
	case c.t >= 3:
		return 3, 3
	}
	return 1, 3
}

func pancreasStage(c category) (int, int) {
	switch {
	case c.t == 0:
		return -1, -1
	case c.t == 4, c.n >= 2:
		return 3, 3
	case c.t == 3, c.n == 1:
		return 2, 2
	}
	return 1, 1
}

// melanomaStage: with thickness alone, T2 may be I or II.
func melanomaStage(c category) (int, int) {
	switch {
	case c.n > 0:
		return 3, 3
	case c.t == 0:
		return -1, -1
	case c.t == 1, c.size == "2a":
		return 1, 1
	case c.size == "2":
		return 1, 2
	}
	return 2, 2
}

func uterusStage(c category) (int, int) {
	switch {
	case c.t == 0:
		return -1, -1
	case c.t == 4:
		return 4, 4
	case c.n > 0, c.t == 3:
		return 3, 3
	}
	return int(c.t), int(c.t)
}

// bladderStage: in the 7th edition any node made stage IV, in the 8th III.
func bladderStage(c category) (int, int) {
	switch {
	case c.t == 0:
		return -1, -1
	case c.size == "4b", c.n > 0 && c.edition == "7":
		return 4, 4
	case c.size == "4":
		return 3, 4
	case c.n > 0, c.t >= 3:
		return 3, 3
	}
	return int(c.t), int(c.t)
}

// throatStage is that of mouth, larynx and hypopharynx.
func throatStage(c category) (int, int) {
	switch {
	case c.t == 0:
		return -1, -1
	case c.t == 4, c.n >= 2:
		return 4, 4
	case c.t == 3, c.n == 1:
		return 3, 3
	}
	return int(c.t), int(c.t)
}
