// SPDX-License-Identifier: EUPL-1.2

package check

import (
	"sync"

	"meldewerk/calendar"
	"meldewerk/report"
)

// Place says where a report stands in its package. It is asked only when
// something is wrong. An item of report/obds is one.
type Place interface {
	Path() string
}

// look is what the rules see of the report at hand. It is gathered once for
// each report, and its lists serve again for the next.
type look struct {
	Context

	place Place // in place of Context.Path
	view  view
	dates []dated // of the event, but that of diagnosis and of death

	today, reported       span
	born, diagnosed, died span // died by this report or another one

	// The rules that hold, for the state and day they were chosen for.
	rules    []judge
	together []*Rule
	land     string
	day      calendar.Date
	chosen   bool
}

// judge is a Rule with what is called for each report, so that to go through
// them does not touch every Rule.
type judge struct {
	broken func(*look, *report.Report) []string
	rule   *Rule
}

// looks holds what Run has used and will use again.
var looks = sync.Pool{New: func() any { return new(look) }}

// under sets the Context and chooses the rules that hold in it.
func (l *look) under(c *Context) {
	l.Context, l.place = *c, nil
	l.today, l.reported = spanOf(c.Today), spanOf(c.ReportedOn)
	day := c.day()
	if l.chosen && day == l.day && c.Land == l.land {
		return
	}
	l.rules, l.together = l.rules[:0], l.together[:0]
	for i := range table {
		switch rule := &table[i]; {
		case !rule.holds(c):
		case rule.judge != nil:
			l.rules = append(l.rules, judge{rule.judge, rule})
		case rule.together != nil:
			l.together = append(l.together, rule)
		}
	}
	l.chosen, l.day, l.land = true, day, c.Land
}

// take gathers what the rules read.
func (l *look) take(r *report.Report) {
	l.view.take(r)
	l.dates = l.dates[:0]
	l.gatherDates(r)
	l.born, l.diagnosed = spanOf(r.Person.BirthDate), spanOf(r.Event.Assignment.DiagnosedOn)
	l.died = spanOf(l.DiedOn)
	if d := r.Event.Death; d != nil {
		l.died = spanOf(d.Date)
	}
	l.view.youngest, l.view.oldest = ages(l.born, l.diagnosed)
}

// forget lets go of the report.
func (l *look) forget() {
	l.view.forget()
	clear(l.dates)
	l.dates = l.dates[:0]
	l.Context, l.place = Context{}, nil
	l.born, l.diagnosed, l.died = span{}, span{}, span{}
}

// run judges the report that was taken by itself.
func (l *look) run(r *report.Report) []report.Finding {
	var findings []report.Finding
	for i := range l.rules {
		if places := l.rules[i].broken(l, r); places != nil {
			findings = l.tell(findings, l.rules[i].rule, places)
		}
	}
	return findings
}

// tell makes findings of the places at which a rule is broken.
func (l *look) tell(findings []report.Finding, rule *Rule, places []string) []report.Finding {
	if l.place != nil && l.Path == "" {
		l.Path = l.place.Path()
	}
	for _, path := range places {
		findings = append(findings, rule.finding(&l.Context, path))
	}
	return findings
}
