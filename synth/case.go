// SPDX-License-Identifier: EUPL-1.2

package synth

import (
	"slices"
	"strings"

	"meldewerk/terminology"
	"meldewerk/tumour"
)

// moment is when something is told about a tumour; what is known by then differs.
type moment int

const (
	atDiagnosis moment = iota
	atBiopsy
	atSurgery
	atResection
	atCourse
)

// tumourCase is one tumour of one patient with its whole fate.
type tumourCase struct {
	w      *World
	d      *draw
	e      *entity
	pat    *patient
	number int // 1 for the patient's first

	site  site
	morph morph
	side  tumour.Code
	grade tumour.Code
	stage stage // as the clinic sees it
	path  stage // as the pathologist sees it after the operation
	plan  *plan

	diagnosed  day
	relapses   day // 0 when not
	dies       day // of the tumour, 0 when not
	until      day // nothing is reported after this day
	home       int // house where the patient is treated
	primary    bool
	incomplete bool // the operation left something behind
	given      []*regimen

	psaLead  int
	breast   breastFindings
	prostate prostateFindings
	bowel    bowelFindings
	melanoma melanomaFindings

	clinic, office, pathology, oncology, radiotherapy int
	events                                            []event
}

// event is a report in the making: which reporter tells what happened when.
type event struct {
	unit   int
	on     day
	kind   string // for the report's number, e.g. OP
	tumour *tumourCase
	event  tumour.Event
	death  bool
}

// newCase lets a tumour be diagnosed on a day and decides what becomes of it.
func newCase(w *World, d *draw, e *entity, pat *patient, number int, diagnosed day) *tumourCase {
	c := &tumourCase{w: w, d: d, e: e, pat: pat, number: number, diagnosed: diagnosed, primary: number == 1}
	c.site = *must(among(d, e.sites, func(s *site) int { return s.weight }))
	c.morph = *must(among(d, e.morphs, func(m *morph) int { return m.weight }))
	c.grade = tumour.Code(oneWord(d, e.grades))
	c.side = c.sideOf()
	known := e.stages
	if e.stagesFor != nil {
		known = e.stagesFor(c.morph.code, c.ageInYears())
	}
	c.stage = *must(among(d, known, func(s *stage) int { return s.weight }))
	c.choosePlan()
	c.path = c.gradedByPathologist(c.afterSurgery(known))
	c.psaLead = d.between(5, 40)
	if e.markers != nil {
		e.markers(c)
	}
	c.incomplete = d.chance(40) && c.stage.group() > 1
	c.home = w.nearest(d, pat.person.Address.PostalCode)
	c.clinic, c.office = w.unitFor(d, e.clinic, c.home), w.unitFor(d, e.office, c.home)
	c.pathology = w.unitFor(d, pathology, c.home)
	c.oncology, c.radiotherapy = w.unitFor(d, c.treats(), c.home), w.unitFor(d, radiotherapy, c.home)
	c.decideFate()
	return c
}

func must[T any](found *T, ok bool) *T {
	if !ok {
		panic("synth: a table of an entity is empty")
	}
	return found
}

// treats is who gives systemic therapy.
func (c *tumourCase) treats() role {
	if c.e.office == urologyPractice || c.e.clinic == haematology {
		return c.e.clinic
	}
	return one(c.d, []role{oncologyPractice, oncologyPractice, haematology, c.e.clinic})
}

func (c *tumourCase) ageInYears() int { return (int(c.diagnosed) - int(c.pat.born)) * 100 / 36525 }

func (c *tumourCase) sideOf() tumour.Code {
	if !terminology.Paired(c.site.icd) {
		return "T"
	}
	if c.site.icd == "C56" && c.d.chance(220) {
		return "B"
	}
	return tumour.Code(oneWord(c.d, "L:50 R:50"))
}

func (c *tumourCase) choosePlan() {
	group := string(rune('0' + c.stage.group()))
	if c.ageInYears() > 86 && c.d.chance(450) {
		return // best supportive care
	}
	chosen, ok := among(c.d, c.e.plans, func(p *plan) int {
		if strings.Contains(p.groups, group) {
			return p.weight
		}
		return 0
	})
	if ok {
		c.plan = chosen
	}
}

// planned says that the plan holds one of the therapies.
func (c *tumourCase) planned(therapies ...*regimen) bool {
	return c.plan != nil && slices.ContainsFunc(c.plan.steps, func(s step) bool {
		return s.regimen != nil && slices.Contains(therapies, s.regimen)
	})
}

func (c *tumourCase) neoadjuvant() bool {
	if c.plan == nil {
		return false
	}
	for _, s := range c.plan.steps {
		if s.operation != nil {
			return false
		}
		if s.relation == "N" {
			return true
		}
	}
	return false
}

// afterSurgery draws the stage of the pathologist: mostly that of the clinic,
// sometimes a neighbouring one, after neoadjuvant therapy often a lower one.
func (c *tumourCase) afterSurgery(known []stage) stage {
	if c.e.excised || c.stage.t == "" {
		return c.stage
	}
	before := c.neoadjuvant()
	if before && c.d.chance(280) && c.stage.m == "0" {
		return stage{t: "0", n: "0", m: "0"}
	}
	if !before && c.d.chance(680) {
		return c.stage
	}
	sentinel := c.plan != nil && slices.ContainsFunc(c.plan.steps, func(s step) bool { return s.operation != nil && s.operation.sentinel })
	chosen, ok := among(c.d, known, func(s *stage) int {
		apart := s.group() - c.stage.group()
		if sentinel && s.n != "0" && s.n[0] != '1' {
			return 0 // so many nodes are not among a few sentinels
		}
		if s.m != c.stage.m || apart > 1 || apart < -1 || before && apart > 0 || c.stage.group() == 4 && apart != 0 {
			return 0
		}
		return s.weight
	})
	if !ok {
		return c.stage
	}
	return *chosen
}

// gradedByPathologist exchanges a T that only the clinic uses.
func (c *tumourCase) gradedByPathologist(s stage) stage {
	rows := strings.Fields(c.e.pT)
	for i := 0; i+2 < len(rows); i += 3 {
		if rows[i] == s.t {
			s.t = rows[i+1]
			if s.n == "0" && s.m == "0" {
				s.uicc = rows[i+2]
			}
			return s
		}
	}
	return s
}

// spread says that there were distant metastases from the beginning.
func (c *tumourCase) spread() bool { return c.stage.m != "" && c.stage.m != "0" }

// decideFate draws relapse and death. A tumour with metastases may grow while
// it is treated, the others return only after that.
func (c *tumourCase) decideFate() {
	o := c.e.outlook[c.stage.group()]
	if !c.d.chance(o.relapse) {
		return
	}
	if c.spread() {
		c.relapses = c.diagnosed + day(c.d.early(180, 700))
	} else {
		c.relapses = c.diagnosed + day(c.plan.longest()+c.d.early(120, 1300))
	}
	for month := 1; month <= 120; month++ {
		if c.d.IntN(12000) < o.dies {
			c.dies = c.relapses + day(30*month-c.d.IntN(28))
			return
		}
	}
}

// otherDeath draws when a patient dies of something else, 0 when not before the given day.
func otherDeath(d *draw, from, born, before day) day {
	for on := from + 30; on < before; on += 30 {
		age := (int(on) - int(born)) / 365
		perYear := 3
		switch {
		case age >= 90:
			perYear = 170
		case age >= 80:
			perYear = 75
		case age >= 70:
			perYear = 24
		case age >= 60:
			perYear = 9
		}
		if d.IntN(12000) < perYear {
			return on - day(d.IntN(25))
		}
	}
	return 0
}

// tell adds an event unless it lies after what can be reported.
func (c *tumourCase) tell(unit int, on day, kind string, e tumour.Event) {
	if on > c.until {
		return
	}
	c.events = append(c.events, event{unit: unit, on: on, kind: kind, tumour: c, event: e})
}
