// SPDX-License-Identifier: EUPL-1.2

package check

import (
	"cmp"
	"reflect"

	"meldewerk/report"
	"meldewerk/terminology"
	"meldewerk/tumour"
)

// The most that a Package remembers of one patient; what goes beyond is not
// compared any more.
const (
	maxKept    = 128
	maxTumours = 32
)

// Package looks over the reports of one Meldungspaket as they are read and
// finds what only several of them show. All reports of a patient stand
// together in a package, so it remembers one patient at a time. It is not safe
// for use by several goroutines.
type Package struct {
	l       look
	c       Context
	patient report.PatientID
	kept    []*report.Report
	tumours []known
	deaths  []death
	latest  span // of all acts the one that began last
	started bool

	operations []operation // those to come, too, when they were told beforehand

	foreseen   bool // all reports on the patient were told beforehand
	deathComes bool // one of them is his death
}

// known is a tumour of the patient as one reporter tells it.
type known struct {
	reporter report.ReporterID
	id       tumour.SourceID
	icd      string
	site     string // group of sites
	side     tumour.Code
	group    int // of morphologies, 0 while unknown
}

// operation is what an operation left behind.
type operation struct {
	reporter report.ReporterID
	tumour   tumour.SourceID
	date     span
	residual tumour.Code // "" when not told
}

type death struct {
	reporter report.ReporterID
	tumour   tumour.SourceID
	date     span
}

// NewPackage starts a package. Path and Line of the Context are ignored; they
// come with each report.
func NewPackage(c Context) *Package {
	p := new(Package)
	p.Renew(c)
	return p
}

// Renew forgets the patient at hand and starts another package, or another
// patient of it, in the room of the one before: so a pool of Packages serves
// many goroutines.
func (p *Package) Renew(c Context) {
	p.forget()
	p.l.forget()
	p.c, p.started = c, false
	p.c.Path, p.c.Line = "", 0
}

// Judge judges a report by itself and together with those on the same patient
// that came before: what Run and Add find, in one look. Place may be nil, as
// for a form. The result is nil when nothing is wrong, and then costs no
// memory. Nothing of the report is changed; it must not be changed by others
// until the next patient comes.
func (p *Package) Judge(place Place, line int, r *report.Report) []report.Finding {
	p.look(r)
	p.l.place, p.l.Line = place, line
	return p.together(p.l.run(r), r)
}

// Add judges a report together with those on the same patient that came
// before, but not by itself. Path and line are those of the Meldung, as in a
// Context. All else is as with Judge.
func (p *Package) Add(path string, line int, r *report.Report) []report.Finding {
	p.look(r)
	p.l.Path, p.l.Line = path, line
	return p.together(nil, r)
}

// Foresee tells of a report on the patient whose reports are judged next. Who
// has all of them beforehand calls it for each, then judges them in order: so
// rules can ask what is missing. Without it these rules are silent.
func (p *Package) Foresee(r *report.Report) {
	p.begin(r.Patient)
	p.foreseen = true
	p.deathComes = p.deathComes || r.Event.Death != nil
	p.operated(r)
}

// begin forgets the patient before when another one comes.
func (p *Package) begin(patient report.PatientID) {
	if p.started && patient == p.patient {
		return
	}
	p.forget()
	p.patient, p.started = patient, true
}

func (p *Package) forget() {
	clear(p.kept)
	clear(p.tumours)
	clear(p.deaths)
	clear(p.operations)
	p.kept, p.tumours, p.deaths, p.operations = p.kept[:0], p.tumours[:0], p.deaths[:0], p.operations[:0]
	p.patient, p.latest, p.foreseen, p.deathComes = "", span{}, false, false
}

func (p *Package) look(r *report.Report) {
	p.begin(r.Patient)
	p.l.under(&p.c)
	p.l.take(r)
}

func (p *Package) together(findings []report.Finding, r *report.Report) []report.Finding {
	// The first report on a patient has nothing to be compared with, unless
	// more is known to come.
	if len(p.kept) > 0 || p.foreseen {
		for _, rule := range p.l.together {
			if places := rule.together(p, r); places != nil {
				findings = p.l.tell(findings, rule, places)
			}
		}
	}
	p.remember(r)
	return findings
}

func (p *Package) remember(r *report.Report) {
	if len(p.kept) < maxKept {
		p.kept = append(p.kept, r)
	}
	if r.Event.Death != nil && len(p.deaths) < maxTumours {
		p.deaths = append(p.deaths, death{r.Reporter, r.Event.Assignment.TumourID, p.l.died})
	}
	for i := range p.l.dates {
		if d := &p.l.dates[i]; d.means == act && !p.l.view.autopsy() && p.latest.first < d.first {
			p.latest = d.span
		}
	}
	if !p.foreseen {
		p.operated(r)
	}
	if t := p.tumourOf(r); t == nil && len(p.tumours) < maxTumours {
		p.tumours = append(p.tumours, p.newTumour(r))
	} else if t != nil {
		t.learn(p, r)
	}
}

func (p *Package) operated(r *report.Report) {
	s := r.Event.Surgery
	if s == nil || len(p.operations) == maxKept {
		return
	}
	o := operation{reporter: r.Reporter, tumour: r.Event.Assignment.TumourID, date: spanOf(s.Date)}
	if s.Residual != nil {
		o.residual = cmp.Or(s.Residual.Overall, s.Residual.Local)
	}
	p.operations = append(p.operations, o)
}

// leftBefore is the residual status after the last operation on a tumour that
// began no later than the day; "" when nobody told it, or two of one day differ.
func (p *Package) leftBefore(r *report.Report, day span) tumour.Code {
	var last operation
	found := false
	for _, o := range p.operations {
		if o.reporter != r.Reporter || o.tumour != r.Event.Assignment.TumourID || o.date.after(day) || o.date.first < last.date.first {
			continue
		}
		if o.date.first == last.date.first && found && o.residual != last.residual {
			o.residual = ""
		}
		last, found = o, true
	}
	return last.residual
}

func (p *Package) tumourOf(r *report.Report) *known {
	for i := range p.tumours {
		if t := &p.tumours[i]; t.reporter == r.Reporter && t.id == r.Event.Assignment.TumourID {
			return t
		}
	}
	return nil
}

func (p *Package) newTumour(r *report.Report) known {
	t := known{reporter: r.Reporter, id: r.Event.Assignment.TumourID}
	t.learn(p, r)
	return t
}

// learn takes from a report what is not known yet.
func (t *known) learn(p *Package, r *report.Report) {
	v := &p.l.view
	if t.icd == "" {
		t.icd, t.side = v.icd, r.Event.Assignment.Side
		t.site = terminology.SiteGroup(v.icd)
	}
	for i := range v.morphs {
		if t.group == 0 && v.morphs[i].behaviour == '3' {
			t.group = terminology.MorphologyGroup(string(v.morphs[i].Code))
		}
	}
}

// sameTumour says that two tumours of a patient count as one by the rules for
// multiple primaries. Parts of the bowel and of the skin, and the two sides of
// an organ, are reported apart all the same.
func (t *known) sameTumour(o *known) bool {
	if t.group == 0 || o.group == 0 || t.reporter != o.reporter {
		return false
	}
	if systemic(t.group) && systemic(o.group) {
		return t.group == o.group || t.group == unspecifiedBlood || o.group == unspecifiedBlood
	}
	if t.site != o.site || t.side != o.side && oneSide(t.side) && oneSide(o.side) || apartAnyway.has(t.icd) && t.icd != o.icd {
		return false
	}
	return t.group == o.group || unspecified(t.group) || unspecified(o.group)
}

var apartAnyway = sitesOf("C18 C43 C44")

// The groups of morphologies that are kinds of "unspecified".
const (
	unspecifiedCarcinoma = 5
	unspecifiedBlood     = 14
	unspecifiedTumour    = 17
)

func unspecified(group int) bool {
	return group == unspecifiedCarcinoma || group == unspecifiedBlood || group == unspecifiedTumour
}

// systemic are the diseases of blood and lymph, and Kaposi's sarcoma.
func systemic(group int) bool { return group >= 8 && group <= 15 }

func oneSide(side tumour.Code) bool { return side == "L" || side == "R" }

// sameContent compares what two reports of one reporter say, whatever their ids.
func sameContent(a, b *report.Report) bool {
	x, y := &a.Event.Assignment, &b.Event.Assignment
	return a.Reporter == b.Reporter && a.Reason == b.Reason && x.TumourID == y.TumourID && x.ICD == y.ICD && a.Event.Occasion() == b.Event.Occasion() && a.Event.Date() == b.Event.Date() &&
		reflect.DeepEqual(&a.Event, &b.Event)
}
