// SPDX-License-Identifier: EUPL-1.2

package synth

import (
	"strings"
	"sync"

	"meldewerk/identity"
	"meldewerk/tumour"
)

// entity is a Tumorentität: one kind of tumour, how often it occurs, what is
// found and what is done about it.
type entity struct {
	name       string // as the office calls it
	men, women int    // share among all tumours of the sex, the sum is arbitrary
	// ages holds the deciles of the age at diagnosis, from the youngest to the oldest.
	ages   [11]int
	sites  []site
	morphs []morph
	grades string // draws as in oneWord; T where grading does not apply
	stages []stage
	// stagesFor stands in for stages where they depend on morphology or age.
	stagesFor func(morphology string, age int) []stage
	// excised says that the diagnosis is made by taking the tumour out, so that
	// the first stage is the pathologist's.
	excised bool
	clinic  role   // where it is found and treated
	office  role   // who sees the patient afterwards
	plans   []plan // what is done, by group of stage
	// nodes gives how many nodes are affected at N1, N2 and N3.
	nodes [3][2]int
	// pN turns the N of the clinic into that of the pathologist, e.g. "1 1a".
	pN string
	// pT does the same for the T; a stage that changes with it stands behind, e.g. "1c 2 II".
	pT      string
	further *regimen // given when the tumour returns and nothing else is left
	spread  string   // sites of distant metastases, draws as in oneWord
	m1      string   // the M of a metastasis found later
	// spreadBy says where metastases are when the M tells it, instead of spread.
	spreadBy map[string]string
	outlook  [5]outlook
	// clinical, biopsy, specimen and microscopy are the words of the pathologist.
	clinical, biopsy, specimen, microscopy string
	markers                                func(c *tumourCase) // draws the findings of its module, may be nil
	modules                                func(c *tumourCase, at moment) tumour.Modules
	classify                               func(c *tumourCase, at moment) []tumour.Classification
	genetics                               func(c *tumourCase) []tumour.Variant
}

// site is where it sits: ICD-10 and ICD-O and the words for it.
type site struct {
	weight          int
	icd, topography string
	words           string
}

// morph is a morphology in ICD-O with the words of the pathologist.
type morph struct {
	weight int
	code   string
	words  string
}

// stage is a stage as T, N, M and UICC. Entities without TNM leave T empty.
type stage struct {
	weight        int
	t, n, m, uicc string
}

// group is the main stage, 0 to 4.
func (s stage) group() int {
	switch u := s.uicc; {
	case strings.HasPrefix(u, "IV"):
		return 4
	case strings.HasPrefix(u, "III"):
		return 3
	case strings.HasPrefix(u, "II"):
		return 2
	case strings.HasPrefix(u, "I"):
		return 1
	}
	return 0
}

// outlook is what becomes of patients: how many of a thousand relapse or
// progress at all, and how many of those with a relapse die of it in a year.
type outlook struct {
	relapse int
	dies    int
}

// plan is a treatment for some groups of stage, e.g. "12".
type plan struct {
	groups string
	weight int
	steps  []step
}

// step is one treatment; with two of them set, both run at the same time.
type step struct {
	gap       [2]int // days since the step before
	operation *operation
	radiation *radiation
	regimen   *regimen
	relation  tumour.Code // Stellung zur Operation, O when not told
	intention tumour.Code // K when not told
}

// operation is a usual operation. A star behind a code asks for the side.
type operation struct {
	words    string
	codes    string
	nodes    [2]int // nodes taken out
	sentinel bool
	unstaged bool // no pTNM follows, e.g. a biopsy
	joins    bool // bowel is joined, and the join may leak
}

// radiation is a usual radiotherapy. A star behind a target asks for the side.
type radiation struct {
	targets       string // one irradiation each
	total, single string // Gy
	boost         tumour.Code
	metabolic     tumour.Code // RJT and the like instead of a beam
	contact       bool
	then          *radiation // a sequential boost
	chemo         bool
	stereotactic  bool
}

// regimen is a usual systemic therapy.
type regimen struct {
	protocol   string
	kind       tumour.Code
	substances string // ATC codes parted by blanks
	words      string // substances without ATC code, parted by commas
	days       int
	marked     bool // only for tumours with a marker, so not for just any relapse
}

func stages(rows string) []stage {
	var out []stage
	for row := range strings.SplitSeq(rows, "|") {
		f := strings.Fields(row)
		out = append(out, stage{weight: whole(f[0]), t: dash(f[1]), n: dash(f[2]), m: dash(f[3]), uicc: dash(f[4])})
	}
	return out
}

// dash reads the empty value of a table.
func dash(s string) string {
	if s == "-" {
		return ""
	}
	return s
}

func sites(rows string) []site {
	var out []site
	for row := range strings.SplitSeq(rows, "|") {
		f := strings.SplitN(strings.TrimSpace(row), " ", 4)
		out = append(out, site{weight: whole(f[0]), icd: f[1], topography: f[2], words: f[3]})
	}
	return out
}

func morphs(rows string) []morph {
	var out []morph
	for row := range strings.SplitSeq(rows, "|") {
		f := strings.SplitN(strings.TrimSpace(row), " ", 3)
		out = append(out, morph{weight: whole(f[0]), code: f[1], words: f[2]})
	}
	return out
}

// entities is the whole stock; its order is part of what a seed means.
var entities = sync.OnceValue(func() []*entity {
	var all []*entity
	for _, stock := range [][]*entity{breastStock(), gynaecologyStock(), prostateStock(), urologyStock(), bowelStock(),
		upperDigestiveStock(), chestStock(), headStock(), skinStock(), bloodStock()} {
		all = append(all, stock...)
	}
	return all
})

// entityFor draws an entity by the frequency in the sex.
func entityFor(d *draw, sex identity.Sex) *entity {
	total := 0
	for _, e := range entities() {
		total += e.share(sex)
	}
	n := d.IntN(total)
	for _, e := range entities() {
		if n -= e.share(sex); n < 0 {
			return e
		}
	}
	panic("synth: no entity")
}

func (e *entity) share(sex identity.Sex) int {
	switch sex {
	case identity.Male:
		return e.men
	case identity.Female:
		return e.women
	}
	return min(e.men, e.women) // neither sex's own organs
}

// ageAt draws an age at diagnosis in days.
func (e *entity) ageAt(d *draw) int {
	decile := d.IntN(10)
	return d.between(e.ages[decile]*365+e.ages[decile]/4, e.ages[decile+1]*365+e.ages[decile+1]/4)
}
