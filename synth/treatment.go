// SPDX-License-Identifier: EUPL-1.2

package synth

import (
	"strconv"
	"strings"

	"meldewerk/tumour"
)

// treat carries out the plan and gives the day on which it ended.
func (c *tumourCase) treat() day {
	if c.plan == nil {
		return c.diagnosed
	}
	on := c.diagnosed
	for i, s := range c.plan.steps {
		start := on + day(c.d.between(s.gap[0], s.gap[1]))
		if i > 0 || s.gap[0] > 0 {
			start = start.workday()
		}
		if c.relapses != 0 && start >= c.relapses {
			break
		}
		on = start
		if s.operation != nil {
			c.operate(start, s)
			on = start + day(c.d.between(1, 6))
			if i+1 < len(c.plan.steps) && c.plan.steps[i+1].gap[0] > 12 && c.d.chance(520) {
				c.board((start + day(c.d.between(7, 12))).workday(), "behandlungsende", "postop", i+1)
			}
		}
		if s.radiation != nil {
			on = c.irradiate(start, s)
		}
		if s.regimen != nil {
			on = max(on, c.medicate(start, s))
		}
		if on > c.until {
			break
		}
	}
	return on
}

func orCode(code, otherwise tumour.Code) tumour.Code {
	if code == "" {
		return otherwise
	}
	return code
}

// intention is to cure, unless the plan says otherwise or distant metastases stand against it.
func (c *tumourCase) intention(s step) tumour.Code {
	switch {
	case s.intention != "":
		return s.intention
	case c.spread():
		return "P"
	}
	return "K"
}

// operate makes the report of an operation and that of the pathologist on the specimen.
func (c *tumourCase) operate(on day, s step) {
	if on > c.until {
		return
	}
	o := s.operation
	op := &tumour.Surgery{Intention: c.intention(s), Date: on.date(), Procedures: c.procedures(o, on)}
	h, tnm := c.histology(on, o), c.pathological(o, on)
	op.Complications = c.complications(o)
	if c.d.chance(380) {
		op.Surgeons = c.surgeons()
	}
	var residual *tumour.Residual
	if !o.unstaged {
		residual = c.residual()
		op.Histology, op.TNM, op.Residual = h, tnm, residual
		if c.e.classify != nil {
			op.Classifications = c.dated(c.e.classify(c, atSurgery), on)
		}
		if c.e.modules != nil {
			op.Modules = c.e.modules(c, atSurgery)
		}
	}
	c.tell(c.clinic, on, "OP", tumour.Event{Surgery: op})
	if !o.unstaged && c.d.chance(680) {
		c.resectionReport(on, o, h, tnm, residual)
	}
}

func (c *tumourCase) procedures(o *operation, on day) []tumour.Procedure {
	var list []tumour.Procedure
	for code := range strings.FieldsSeq(o.codes) {
		if c.site.icd == "C43.7" {
			code = strings.Replace(code, "5-401.11", "5-401.51", 1) // the nodes of the leg are in the groin
		}
		if plain, sided := strings.CutSuffix(code, "*"); sided {
			code = plain
			if c.side == "L" || c.side == "R" || c.side == "B" {
				code += string(c.side)
			}
		}
		list = append(list, tumour.Procedure{Code: tumour.Code(code), Version: tumour.Code(strconv.Itoa(on.year()))})
	}
	return list
}

// residual is R0 for most; who goes on with metastases has tumour left overall.
func (c *tumourCase) residual() *tumour.Residual {
	r := &tumour.Residual{Local: "R0", Overall: "R0"}
	if c.incomplete {
		r.Local, r.Overall = "R1", "R1"
	}
	if c.path.m != "" && c.path.m != "0" {
		r.Overall = "R2"
	}
	return r
}

func (c *tumourCase) complications(o *operation) tumour.Complications {
	if !c.d.chance(115) {
		return tumour.Complications{None: tumour.Code(oneWord(c.d, "N:92 U:8"))}
	}
	if o.joins {
		return tumour.Complications{List: []tumour.Complication{{Short: tumour.Code(oneWord(c.d, "DAI:5 WSS:6 PDA:3 PMN:2 ABS:2 HFI:1"))}}}
	}
	return tumour.Complications{List: []tumour.Complication{{Short: tumour.Code(oneWord(c.d, "WSS:6 WUH:5 NAB:3 RNB:2 LYE:2 PMN:1"))}}}
}

// surgeons names who operated; never somebody called like the patient.
func (c *tumourCase) surgeons() []tumour.Surgeon {
	for {
		surname := germanSurname(c.d)
		if strings.Contains(c.pat.person.Surname+c.pat.person.BirthName+c.pat.person.FirstNames, surname) {
			continue
		}
		return []tumour.Surgeon{{Surname: tumour.Text(surname), Lead: "J"}}
	}
}

// relation is the Stellung zur Operation; after an operation that left
// something behind a therapy is additive rather than adjuvant.
func (c *tumourCase) relation(s step, additive tumour.Code) tumour.Code {
	r := orCode(s.relation, "O")
	if r == "A" && c.incomplete {
		return additive
	}
	return r
}

// irradiate makes the reports of a radiotherapy and gives the day of its end.
func (c *tumourCase) irradiate(on day, s step) day {
	r := s.radiation
	days := r.days()
	if days > 4 {
		days += c.d.between(0, 2)
	}
	ends := on + day(days)
	boosted := ends + 1
	if r.then != nil {
		boosted = boosted.workday()
		ends = boosted + day(r.then.days())
	}
	therapy := func(phase tumour.Phase) *tumour.Radiotherapy {
		t := &tumour.Radiotherapy{Phase: phase, Intention: c.intention(s), Relation: c.relation(s, "Z")}
		for target := range strings.FieldsSeq(r.targets) {
			t.Courses = append(t.Courses, c.irradiation(r, target, on))
		}
		if r.then != nil && phase == tumour.PhaseEnd {
			t.Courses = append(t.Courses, c.irradiation(r.then, r.then.targets, boosted))
		}
		t.SideEffects.UpToGrade2 = "K"
		return t
	}
	begun := therapy(tumour.PhaseBegin)
	if days > 4 {
		c.tell(c.radiotherapy, on, "ST", tumour.Event{Radiotherapy: begun})
	}
	done := therapy(tumour.PhaseEnd)
	for i := range done.Courses {
		done.Courses[i].End = ends.date()
		if r.then != nil && i+1 < len(done.Courses) {
			done.Courses[i].End = (boosted - 1).date()
		}
	}
	done.EndReason = tumour.Code(oneWord(c.d, "E:94 A:3 V:2 F:1"))
	done.SideEffects = c.sideEffects("Mukositis:3 Dermatitis:4 Dysphagie:2 Fatigue:2 Diarrhoe:2")
	done.General = nil
	c.tell(c.radiotherapy, ends, "ST", tumour.Event{Radiotherapy: done})
	return ends
}

// days is how long a radiotherapy lasts: five fractions a week, once a week
// from within, one day for nuclides.
func (r *radiation) days() int {
	if r.single == "" || r.metabolic != "" {
		return 0
	}
	fractions := tenths(r.total) / max(tenths(r.single), 1)
	if r.contact {
		return (fractions - 1) * 7
	}
	return (fractions - 1) * 7 / 5
}

// lasts says that a therapy goes on while the patient is seen again and again.
func (r *regimen) lasts() bool {
	return r.kind == "HO" || r.kind == "AS" || r.kind == "WS" || r.kind == "WW"
}

// radical says that a therapy is not given for a relapse as it stands.
func (r *regimen) radical() bool { return r.kind == "SZ" }

// longest is how long the plan may take at most, without what lasts.
func (p *plan) longest() int {
	if p == nil {
		return 0
	}
	days := 0
	for _, s := range p.steps {
		days += s.gap[1] + 3
		takes := 0
		if s.radiation != nil {
			takes = s.radiation.days() + 2
			if s.radiation.then != nil {
				takes += s.radiation.then.days() + 3
			}
		}
		if s.regimen != nil && !s.regimen.lasts() {
			takes = max(takes, s.regimen.days*112/100)
		}
		days += takes
	}
	return days
}

// tenths reads a dose in tenths of a gray, rounding down.
func tenths(dose string) int {
	head, tail, _ := strings.Cut(dose, ".")
	n := whole(head) * 10
	if tail != "" {
		n += int(tail[0] - '0')
	}
	return n
}

func (c *tumourCase) irradiation(r *radiation, target string, begin day) tumour.Irradiation {
	side := tumour.Code("T")
	if plain, sided := strings.CutSuffix(target, "*"); sided {
		target = plain
		if side = c.side; side != "L" && side != "R" {
			side = "B"
		}
	}
	field := tumour.Target{Code2021: tumour.Code(target)}
	i := tumour.Irradiation{Begin: begin.date()}
	switch {
	case r.metabolic != "":
		nuclide := tumour.Code("J-131")
		if r.metabolic == "SIRT" {
			nuclide = "Y-90"
		}
		i.Metabolic = &tumour.Metabolic{Kind: r.metabolic, Target: &field, Side: side, Nuclide: nuclide,
			Total: &tumour.Dose{Amount: tumour.Number(r.total), Unit: "GBq"}}
	case r.contact:
		i.Contact = &tumour.Contact{Placement: "K", Rate: "HDR", Target: field, Side: side, Beam: "SO", Total: gray(r.total), Single: gray(r.single), Boost: "N"}
		if r == prostateSeeds {
			i.Contact.Placement, i.Contact.Rate = "I", "LDR"
		}
	default:
		i.Percutaneous = &tumour.Percutaneous{Target: field, Side: side, Beam: "UH", Total: gray(r.total), Single: gray(r.single), Boost: r.boost}
		if r.chemo {
			i.Percutaneous.Chemo = "RCJ"
		}
		if r.stereotactic {
			i.Percutaneous.Stereotactic, i.Percutaneous.Gated = "ST", "4D"
		}
	}
	return i
}

func gray(amount string) *tumour.Dose {
	return &tumour.Dose{Amount: tumour.Number(amount), Unit: "Gy"}
}

// medicate makes the reports of a systemic therapy and gives the day of its end.
func (c *tumourCase) medicate(on day, s step) day {
	r := s.regimen
	c.given = append(c.given, r)
	therapy := func(phase tumour.Phase) *tumour.Systemic {
		t := &tumour.Systemic{Phase: phase, Intention: c.intention(s), Relation: c.relation(s, "S"), Kind: r.kind,
			Protocol: tumour.Text(r.protocol), Begin: on.exact(), Substances: c.substances(r)}
		if r.kind == "WW" || r.kind == "WS" {
			t.Intention = "S"
		}
		t.SideEffects.UpToGrade2 = "K"
		return t
	}
	begun := therapy(tumour.PhaseBegin)
	if c.d.chance(30) {
		begun.Begin = on.inMonth()
	}
	ends := on + day(r.days*c.d.between(85, 112)/100)
	reason := tumour.Code(oneWord(c.d, "E:76 R:8 W:3 A:6 P:4 V:3"))
	if reason == "P" && c.intention(s) != "P" {
		reason = "A" // who is to be cured and progresses has a relapse of record
	}
	if reason == "A" || reason == "P" || reason == "V" {
		ends = on + day(r.days*c.d.between(25, 80)/100)
	}
	if c.relapses > on && ends > c.relapses && s.intention != "P" {
		ends, reason = c.relapses, "P"
	}
	if c.dies > on && ends > c.dies {
		ends, reason = c.dies, "T"
	}
	at := c.oncology
	if r.lasts() {
		at = c.office
	}
	if r.days > 5 {
		c.tell(at, on, "SY", tumour.Event{Systemic: begun})
	}
	done := therapy(tumour.PhaseEnd)
	done.End, done.EndReason = ends.exact(), reason
	if len(r.substances) > 0 {
		done.SideEffects = c.sideEffects("Neutropenie:5 Anämie:2 Thrombozytopenie:2 Übelkeit:2 Diarrhoe:2 Polyneuropathie:3 Fatigue:2")
	}
	c.tell(at, ends, "SY", tumour.Event{Systemic: done})
	if r.lasts() {
		return min(ends, on+60)
	}
	return ends
}

// substances names them by code, now and then in words.
func (c *tumourCase) substances(r *regimen) []tumour.Substance {
	var list []tumour.Substance
	for code := range strings.FieldsSeq(r.substances) {
		list = append(list, tumour.Substance{ATC: &tumour.ATC{Code: tumour.Code(code), Version: c.w.atcVersion}})
	}
	for name := range strings.SplitSeq(r.words, ",") {
		if name != "" {
			list = append(list, tumour.Substance{Name: tumour.Text(name)})
		}
	}
	return list
}

func (c *tumourCase) sideEffects(names string) tumour.SideEffects {
	if c.d.chance(840) {
		return tumour.SideEffects{UpToGrade2: tumour.Code(oneWord(c.d, "K:45 1:25 2:18 U:12"))}
	}
	return tumour.SideEffects{List: []tumour.SideEffect{{Name: tumour.Text(oneWord(c.d, names)), Grade: tumour.Code(oneWord(c.d, "3:85 4:15")), Version: "5.0"}}}
}
