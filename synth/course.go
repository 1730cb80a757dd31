// SPDX-License-Identifier: EUPL-1.2

package synth

import (
	"slices"
	"strconv"
	"strings"

	"meldewerk/tumour"
)

// run lets the course of the tumour happen up to the day after which nothing
// is reported.
func (c *tumourCase) run(until day) {
	c.until = until
	c.findTumour()
	on := c.treat()
	c.follow(on)
}

// findTumour makes the reports around the diagnosis.
func (c *tumourCase) findTumour() {
	if c.d.chance(720) {
		c.biopsyReport()
	}
	c.tell(c.clinic, c.diagnosed, "DI", tumour.Event{Diagnosis: c.diagnosis(true)})
	if c.office != c.clinic && c.d.chance(170) {
		c.tell(c.office, c.diagnosed, "DI", tumour.Event{Diagnosis: c.diagnosis(false)})
	}
	if c.plan != nil && len(c.plan.steps) > 0 && c.plan.steps[0].gap[0] > 4 && c.d.chance(620) {
		on := (c.diagnosed + day(c.d.between(2, c.plan.steps[0].gap[0]-1))).workday()
		c.board(on, "diagnose", "praeth", 0)
	}
}

// diagnosis is the report of who found the tumour; one from elsewhere knows less.
func (c *tumourCase) diagnosis(full bool) *tumour.Diagnosis {
	d := &tumour.Diagnosis{Topography: &tumour.Topography{Code: tumour.Code(c.site.topography), Version: icdoVersion},
		Certainty: c.certainty(), Performance: c.performance(c.diagnosed)}
	if c.d.chance(600) {
		d.Text = tumour.Text(c.e.name + c.sideWords())
	}
	if !full {
		return d
	}
	if c.d.chance(350) {
		d.TopographyText = tumour.Text(c.site.words)
	}
	d.Histology = c.histology(c.diagnosed, nil)
	d.Clinical, d.Pathological = c.clinical(), c.excisionTNM()
	if m := c.stage.m; m != "" && m != "0" {
		d.Metastases = c.metastases(c.diagnosed, m)
	}
	if c.e.classify != nil {
		d.Classifications = c.dated(c.e.classify(c, atDiagnosis), c.diagnosed)
	}
	if c.e.genetics != nil {
		d.Genetics = c.notAfter(c.e.genetics(c))
	}
	if c.e.modules != nil {
		d.Modules = c.e.modules(c, atDiagnosis)
	}
	d.General = c.general(c.diagnosed)
	d.EarlierTumours = c.earlier()
	return d
}

// certainty is the Diagnosesicherung: nearly always the microscope.
func (c *tumourCase) certainty() tumour.Code {
	if c.e.clinic == haematology && c.site.topography == "C42.1" {
		return tumour.Code(oneWord(c.d, "7.1:80 8:20"))
	}
	if c.spread() && !c.e.excised {
		return tumour.Code(oneWord(c.d, "7.1:80 7.2:20"))
	}
	return "7.1"
}

// sideWords is the side as the office writes it behind a diagnosis.
func (c *tumourCase) sideWords() string {
	switch c.side {
	case "L":
		return " links"
	case "R":
		return " rechts"
	case "B":
		return " beidseits"
	}
	return ""
}

// dated gives classifications a day where they have none.
func (c *tumourCase) dated(list []tumour.Classification, on day) []tumour.Classification {
	for i := range list {
		if list[i].Date.IsZero() {
			list[i].Date = on.exact()
		}
	}
	return list
}

// notAfter leaves out genetic findings that are not back yet.
func (c *tumourCase) notAfter(list []tumour.Variant) []tumour.Variant {
	var known []tumour.Variant
	for _, v := range list {
		if dayOf(v.Date) <= c.until {
			known = append(known, v)
		}
	}
	return known
}

func (c *tumourCase) performance(on day) tumour.Performance {
	age := (int(on) - int(c.pat.born)) / 365
	switch {
	case c.d.chance(90):
		return "U"
	case c.stage.group() == 4 || age > 82:
		return tumour.Performance(oneWord(c.d, "0:15 1:45 2:28 3:10 4:2"))
	case c.d.chance(60):
		return tumour.Performance(oneWord(c.d, "100%:20 90%:40 80%:30 70%:10"))
	}
	return tumour.Performance(oneWord(c.d, "0:62 1:32 2:6"))
}

// general is the Modul Allgemein where a centre keeps it.
func (c *tumourCase) general(from day) *tumour.GeneralModule {
	if !c.d.chance(260) {
		return nil
	}
	contact := func(yes int) *tumour.DateOr {
		on := (from + day(c.d.between(2, 28))).workday()
		if c.d.chance(yes) && on <= c.until {
			return &tumour.DateOr{Date: on.date()}
		}
		return &tumour.DateOr{None: "N"}
	}
	return &tumour.GeneralModule{SocialService: contact(550), PsychoOncology: contact(400), Trial: contact(80)}
}

// earlier is a tumour the patient had before, as told by the patient.
func (c *tumourCase) earlier() []tumour.EarlierTumour {
	if !c.primary || c.ageInYears() < 55 || !c.d.chance(45) {
		return nil
	}
	year := number(c.diagnosed.year() - c.d.between(4, 20))
	icd := oneWord(c.d, "C44.3:6 C43.5:2 C18.7:2 C73:1")
	if c.d.chance(400) {
		return []tumour.EarlierTumour{{Text: "Anamnestisch Hauttumor, andernorts operiert", Year: year}}
	}
	return []tumour.EarlierTumour{{ICD: &tumour.ICD{Code: tumour.Code(icd), Version: "10 2014 GM"}, Year: year}}
}

// board is a Tumorkonferenz on what to do from a step of the plan on.
func (c *tumourCase) board(on day, phase, kind tumour.Code, from int) {
	var advised []tumour.Code
	add := func(code tumour.Code) {
		for _, have := range advised {
			if have == code {
				return
			}
		}
		advised = append(advised, code)
	}
	for _, s := range c.plan.steps[from:] {
		if s.operation != nil {
			add("OP")
		}
		if s.radiation != nil {
			add("ST")
		}
		if s.regimen != nil {
			add(s.regimen.kind)
		}
	}
	if len(advised) == 0 {
		advised = []tumour.Code{"KW"}
	}
	c.tell(c.clinic, on, "TK", tumour.Event{Board: &tumour.Board{Phase: phase, Kind: kind, Date: on.exact(),
		Recommendation: &tumour.Recommendation{Therapies: advised, PatientsWish: tumour.Code(oneWord(c.d, "N:92 J:5 U:3"))}}})
}

// follow makes the reports after the treatment that ended on a day: visits,
// relapse and what is done about it.
func (c *tumourCase) follow(ended day) {
	for _, days := range []int{92, 183, 365, 548, 730, 1095, 1460, 1825} {
		on := (ended + day(days+c.d.between(-12, 20))).workday()
		if c.relapses != 0 && on >= c.relapses {
			break
		}
		if c.d.chance(480) {
			c.visit(on)
		}
	}
	if c.relapses != 0 {
		c.relapse(max(c.relapses, ended).workday())
	}
}

// visit is a follow-up without news.
func (c *tumourCase) visit(on day) {
	v := &tumour.Course{Phase: "statusmeldung", Date: on.exact(), Performance: c.performance(on)}
	switch {
	case c.spread() || c.unoperated():
		v.Overall = tumour.Code(oneWord(c.d, "K:60 T:40"))
		if c.e.spread != "" {
			v.Local = "N"
			if v.Overall == "T" {
				v.Local = "T"
			}
			v.Nodes, v.Distant = tumour.Code(oneWord(c.d, "K:60 N:40")), "K"
			if c.spread() {
				v.Distant = v.Local
			}
		}
	case c.e.spread == "":
		v.Overall = "V"
	default:
		v.Overall, v.Local, v.Nodes, v.Distant = "V", "K", "K", "K"
	}
	c.tell(c.sees(), on, "VE", tumour.Event{Course: v})
}

// unoperated says that the tumour is still in its place.
func (c *tumourCase) unoperated() bool {
	if c.plan == nil {
		return !c.e.excised
	}
	for _, s := range c.plan.steps {
		switch {
		case s.operation != nil && !s.operation.unstaged, s.radiation != nil && s.intention != "P":
			return false
		case c.e.clinic == haematology && s.regimen != nil && !s.regimen.lasts():
			return false // blood is cured by medicine
		}
	}
	return !c.e.excised
}

// sees is who examines the patient: mostly who is near.
func (c *tumourCase) sees() int {
	if c.d.chance(620) {
		return c.office
	}
	return c.clinic
}

// relapse is the return or growth of the tumour and what follows.
func (c *tumourCase) relapse(on day) {
	at := c.clinic
	v := &tumour.Course{Phase: "statusaenderung", Date: on.exact(), Overall: "Y", Performance: c.performance(on)}
	distant := c.e.spread != "" && (c.spread() || c.d.chance(640)) && c.path.t != "is" && c.path.t != "a"
	switch {
	case c.spread() || c.unoperated():
		v.Overall = "P"
		v.Local, v.Nodes, v.Distant = "P", "N", "N"
		if distant {
			v.Distant = "P"
		}
	case distant:
		v.Local, v.Nodes, v.Distant = "K", "K", "R"
	default:
		v.Local, v.Nodes, v.Distant = "R", "K", "K"
	}
	if c.e.spread == "" {
		v.Local, v.Nodes, v.Distant = "", "", ""
	}
	if distant {
		v.Metastases = c.metastases(on, c.e.m1)
		if c.stage.m == "0" {
			v.TNM = &tumour.TNM{Date: on.date(), Edition: edition, Recurrence: "r", TPrefix: "c", T: "0", NPrefix: "c", N: "0", MPrefix: "c",
				M: tumour.Label(c.e.m1)}
			if v.Local == "P" {
				v.TNM.T = tumour.Label(c.stage.t)
				v.TNM.Recurrence = ""
			}
		}
	}
	c.tell(at, on, "VE", tumour.Event{Course: v})
	c.secondLine(on, v)
}

// otherRegimen is a therapy of the fourth stage that the patient has not had
// and that needs no marker of the tumour, nil when there is none.
func (c *tumourCase) otherRegimen() *regimen {
	var left []*regimen
	for _, p := range c.e.plans {
		if len(p.steps) == 0 || !strings.Contains(p.groups, "4") && c.e.spread != "" {
			continue
		}
		last := p.steps[len(p.steps)-1]
		if r := last.regimen; r != nil && last.radiation == nil && r.substances != "" && !r.radical() && !r.marked && !slices.Contains(c.given, r) {
			left = append(left, r)
		}
	}
	if len(left) == 0 {
		return c.e.further
	}
	return one(c.d, left)
}

// secondLine treats a relapse: bones are irradiated, the rest gets another
// therapy.
func (c *tumourCase) secondLine(on day, found *tumour.Course) {
	next := on + day(c.d.between(12, 30))
	for _, m := range found.Metastases {
		if m.Site == "OSS" && c.d.chance(550) {
			c.irradiate(next.workday(), step{radiation: vertebralSpine, intention: "P", relation: "O"})
			next += day(c.d.between(18, 30))
			break
		}
	}
	if next := next.workday(); c.d.chance(720) {
		if r := c.otherRegimen(); r != nil {
			c.medicate(next, step{regimen: r, intention: "P", relation: "O"})
		}
	}
	for visit := 1; visit <= 4; visit++ {
		at := (on + day(visit*c.d.between(100, 150))).workday()
		if c.dies != 0 && at >= c.dies {
			return
		}
		if !c.d.chance(520) {
			continue
		}
		v := &tumour.Course{Phase: "statusmeldung", Date: at.exact(), Performance: c.performance(at), Overall: tumour.Code(oneWord(c.d, "K:45 T:25 P:30"))}
		if v.Overall == "P" {
			v.Phase = "statusaenderung"
		}
		c.tell(c.sees(), at, "VE", tumour.Event{Course: v})
	}
}

// deathReport is the occasion Tod of the patient, told by who treated this tumour.
func (c *tumourCase) deathReport(on day) {
	by := tumour.Code("N")
	version := tumour.Code("10 " + strconv.Itoa(on.year()) + " GM")
	cause := func(code string) tumour.ICD { return tumour.ICD{Code: tumour.Code(code), Version: version} }
	var causes []tumour.ICD
	switch {
	case c.dies == on:
		by = "J"
		causes = append(causes, cause(c.site.icd))
		if c.e.spread != "" && c.d.chance(500) {
			causes = append(causes, cause(oneWord(c.d, "C78.7:3 C78.0:3 C79.5:2 R64:2 J18.9:3")))
		}
	case c.d.chance(150):
		by = "U"
	default:
		causes = append(causes, cause(oneWord(c.d, "I21.9:5 I50.9:5 J44.1:3 I63.9:3 J18.9:4 A41.9:2 I26.9:2 F03:2 S72.0:1")))
	}
	c.tell(c.sees(), on, "TO", tumour.Event{Death: &tumour.Death{Date: on.date(), ByTumour: by, Causes: causes}})
	if n := len(c.events); n > 0 && c.events[n-1].event.Death != nil {
		c.events[n-1].death = true
	}
}
