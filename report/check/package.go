// SPDX-License-Identifier: EUPL-1.2

package check

import (
	"reflect"

	"meldewerk/calendar"
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
	c       Context
	patient report.PatientID
	kept    []*report.Report
	tumours []*known
	deaths  []death
	latest  calendar.Date // of all acts
	started bool
}

// known is a tumour of the patient as one reporter tells it.
type known struct {
	reporter report.ReporterID
	id       tumour.SourceID
	icd      string
	site     string // group of sites
	side     tumour.Code
	group    int // of morphologies, 0 while unknown
	residual tumour.Code
}

type death struct {
	reporter report.ReporterID
	tumour   tumour.SourceID
	date     calendar.Date
}

// NewPackage starts a package. Path and Line of the Context are ignored; they
// come with each report.
func NewPackage(c Context) *Package { return &Package{c: c} }

// Add judges a report together with those on the same patient that came
// before. Path and line are those of the Meldung, as in a Context. The result
// is nil when nothing is wrong. Nothing of the report is changed; it must not
// be changed by others until the next patient comes.
func (p *Package) Add(path string, line int, r *report.Report) []report.Finding {
	if !p.started || r.Patient != p.patient {
		*p = Package{c: p.c, patient: r.Patient, started: true}
	}
	p.c.Path, p.c.Line = path, line
	p.c.dates, p.c.view = datesOf(r), viewOf(r)
	var findings []report.Finding
	for i := range table {
		rule := &table[i]
		if rule.together == nil || !rule.holds(&p.c) {
			continue
		}
		for _, place := range rule.together(p, r) {
			findings = append(findings, rule.finding(&p.c, place))
		}
	}
	p.remember(r)
	return findings
}

func (p *Package) remember(r *report.Report) {
	if len(p.kept) < maxKept {
		p.kept = append(p.kept, r)
	}
	if d := r.Event.Death; d != nil && len(p.deaths) < maxTumours {
		p.deaths = append(p.deaths, death{r.Reporter, r.Event.Assignment.TumourID, d.Date})
	}
	for _, d := range p.c.dates {
		if d.means == act && (p.latest.IsZero() || p.latest.SurelyBefore(d.date)) {
			p.latest = d.date
		}
	}
	if t := p.tumourOf(r); t == nil && len(p.tumours) < maxTumours {
		p.tumours = append(p.tumours, p.newTumour(r))
	} else if t != nil {
		t.learn(p, r)
	}
}

func (p *Package) tumourOf(r *report.Report) *known {
	for _, t := range p.tumours {
		if t.reporter == r.Reporter && t.id == r.Event.Assignment.TumourID {
			return t
		}
	}
	return nil
}

func (p *Package) newTumour(r *report.Report) *known {
	t := &known{reporter: r.Reporter, id: r.Event.Assignment.TumourID}
	t.learn(p, r)
	return t
}

// learn takes from a report what is not known yet.
func (t *known) learn(p *Package, r *report.Report) {
	v := &p.c.view
	if t.icd == "" {
		t.icd, t.side = v.icd, r.Event.Assignment.Side
		t.site = terminology.SiteGroup(v.icd)
	}
	for i := range v.morphs {
		if t.group == 0 && v.morphs[i].behaviour() == '3' {
			t.group = terminology.MorphologyGroup(string(v.morphs[i].Code))
		}
	}
	if s := r.Event.Surgery; s != nil && s.Residual != nil {
		if t.residual = s.Residual.Overall; t.residual == "" {
			t.residual = s.Residual.Local
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
	if t.site != o.site || t.side != o.side && oneSide(t.side) && oneSide(o.side) || in("C18 C43 C44", t.icd) && t.icd != o.icd {
		return false
	}
	return t.group == o.group || unspecified(t.group) || unspecified(o.group)
}

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
	return a.Reporter == b.Reporter && a.Reason == b.Reason && a.Event.Occasion() == b.Event.Occasion() && a.Event.Date() == b.Event.Date() &&
		reflect.DeepEqual(&a.Event, &b.Event)
}
