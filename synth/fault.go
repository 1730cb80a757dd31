// SPDX-License-Identifier: EUPL-1.2

package synth

import (
	"slices"

	"meldewerk/calendar"
	"meldewerk/identity"
	"meldewerk/report"
	"meldewerk/tumour"
)

// Fault is a Fehler that a World can put into a report. Each of them makes the
// report be turned away; what merely warns is not among them.
type Fault struct {
	Name string // as in Entry.Fault and in the truth file
	Rule string // the rule that must find it, "" when any rule of the schema may
	// Schema says that the fault is one of the XML: it is made when the package
	// is written, and Entry.Report is still sound.
	Schema bool

	ofPatient bool // spoils all reports of the patient, so it fits only where there is one
	fits      func(*World, *Entry) bool
	spoil     func(*draw, *Entry)         // for plausibility
	edit      func(meldung []byte) []byte // for the schema, on the XML of one Meldung
}

// Faults lists all faults in the order in which they are drawn from.
func Faults() []Fault { return slices.Clone(faults) }

var faults = slices.Concat(plausibilityFaults(), schemaFaults())

func faultNamed(name string) *Fault {
	for i := range faults {
		if faults[i].Name == name {
			return &faults[i]
		}
	}
	return nil
}

// faultStream keeps the faults apart from the rest of the chance, so that a
// World with faults is otherwise the same as one without.
const faultStream = 1 << 61

// spoil gives an entry a fault in the share of the options.
func (w *World) spoil(d *draw, e *Entry, alone bool) {
	if w.perMillion == 0 || d.IntN(1_000_000) >= w.perMillion {
		return
	}
	var fitting []*Fault
	for i := range faults {
		if f := &faults[i]; (alone || !f.ofPatient) && (f.fits == nil || f.fits(w, e)) {
			fitting = append(fitting, f)
		}
	}
	f := one(d, fitting)
	e.Fault = f.Name
	if f.spoil != nil {
		f.spoil(d, e)
	}
}

// shifted is a date some days away, known as exactly as before.
func shifted(date calendar.Date, days int) calendar.Date {
	moved := (dayOf(date) + day(days)).date()
	moved.Accuracy = date.Accuracy
	return moved
}

// on gives the field that holds the day of the event, with a copy of the event
// in place, so that nothing shared is written to. Nil when there is none.
func on(e *tumour.Event) *calendar.Date {
	switch {
	case e.Surgery != nil:
		own := *e.Surgery
		e.Surgery = &own
		return &own.Date
	case e.Systemic != nil:
		own := *e.Systemic
		e.Systemic = &own
		return &own.Begin
	case e.Course != nil:
		own := *e.Course
		e.Course = &own
		return &own.Date
	case e.Board != nil:
		own := *e.Board
		e.Board = &own
		return &own.Date
	}
	return nil
}

func hasDay(_ *World, e *Entry) bool {
	v := &e.Report.Event
	return v.Surgery != nil || v.Systemic != nil || v.Course != nil || v.Board != nil
}

func plausibilityFaults() []Fault {
	return []Fault{
		{Name: "diagnosis-before-birth", Rule: "D1",
			fits: func(_ *World, e *Entry) bool {
				return e.Report.Person.BirthDate.Accuracy == calendar.Exact && e.Report.Person.BirthDate.Year > 1903
			},
			spoil: func(d *draw, e *Entry) {
				e.Report.Event.Assignment.DiagnosedOn = (dayOf(e.Report.Person.BirthDate) - day(d.between(20, 600))).exact()
			}},
		{Name: "event-before-diagnosis", Rule: "D2", fits: func(w *World, e *Entry) bool { return hasDay(w, e) && e.Report.Event.Board == nil }, spoil: func(d *draw, e *Entry) {
			date := on(&e.Report.Event)
			moved := shifted(e.Report.Event.Assignment.DiagnosedOn, -d.between(70, 500))
			moved.Accuracy = date.Accuracy
			*date = moved
		}},
		{Name: "diagnosis-after-death", Rule: "D3", fits: func(w *World, e *Entry) bool {
			v := e.Report.Event.Death
			return v != nil && dayOf(v.Date)+60 <= w.today
		},
			spoil: func(d *draw, e *Entry) {
				e.Report.Event.Assignment.DiagnosedOn = (dayOf(e.Report.Event.Death.Date) + day(d.between(3, 60))).exact()
			}},
		{Name: "date-in-future", Rule: "D5", fits: func(w *World, e *Entry) bool { return !w.oldWindow() && hasDay(w, e) && e.Report.Event.Systemic == nil },
			// At the far end of what the schema admits: in the future for whoever checks it.
			spoil: func(d *draw, e *Entry) {
				date := on(&e.Report.Event)
				moved := dayOfYMD(2029, 12, d.between(1, 31)).date()
				moved.Accuracy = date.Accuracy
				*date = moved
			}},
		{Name: "end-before-begin", Rule: "D8", fits: func(_ *World, e *Entry) bool {
			s := e.Report.Event.Systemic
			return s != nil && s.Phase == tumour.PhaseEnd
		}, spoil: endBeforeBegin},
		{Name: "metastasis-as-primary", Rule: "I3", spoil: func(d *draw, e *Entry) {
			e.Report.Event.Assignment.ICD.Code = tumour.Code(oneWord(d, "C78.7 C78.0 C79.5 C77.3"))
		}},
		{Name: "more-nodes-affected-than-examined", Rule: "T3", fits: func(_ *World, e *Entry) bool { return countedNodes(&e.Report.Event) != nil },
			spoil: moreNodes},
		{Name: "gleason-sum", Rule: "M2", fits: func(_ *World, e *Entry) bool {
			v := e.Report.Event.Diagnosis
			return v != nil && v.Prostate != nil && v.Prostate.Gleason != nil
		}, spoil: gleasonSum},
		{Name: "clinic-without-contact", Rule: "R5", fits: func(_ *World, e *Entry) bool { return e.Report.Event.Pathology == nil },
			spoil: func(_ *draw, e *Entry) { e.Report.Reason = report.NoContact }},
	}
}

func endBeforeBegin(d *draw, e *Entry) {
	own := *e.Report.Event.Systemic
	// Not before the diagnosis as well: one fault at a time.
	own.End = shifted(e.Report.Event.Assignment.DiagnosedOn, 3)
	own.End.Accuracy = calendar.Exact
	if earliest := shifted(own.End, d.between(35, 90)); own.Begin.Day0().Before(earliest.Day0()) {
		own.Begin = earliest
	}
	e.Report.Event.Systemic = &own
}

// countedNodes is the histology that counts nodes, nil without one.
func countedNodes(v *tumour.Event) *tumour.Histology {
	var h *tumour.Histology
	switch {
	case v.Surgery != nil:
		h = v.Surgery.Histology
	case v.Pathology != nil:
		h = v.Pathology.Histology
	}
	if h == nil || h.NodesExamined == "" {
		return nil
	}
	return h
}

func moreNodes(d *draw, e *Entry) {
	h := *countedNodes(&e.Report.Event)
	examined, _ := h.NodesExamined.Int()
	h.NodesAffected = number(examined + d.between(1, 4))
	if e.Report.Event.Surgery != nil {
		own := *e.Report.Event.Surgery
		own.Histology, e.Report.Event.Surgery = &h, &own
		return
	}
	own := *e.Report.Event.Pathology
	own.Histology, e.Report.Event.Pathology = &h, &own
}

func gleasonSum(_ *draw, e *Entry) {
	own := *e.Report.Event.Diagnosis
	module := *own.Prostate
	module.Gleason = &tumour.Gleason{Primary: "3", Secondary: "4", Score: "9"}
	own.Prostate = &module
	e.Report.Event.Diagnosis = &own
}

// shortNumber cuts the check digit off the Versichertennummer.
func shortNumber(_ *draw, e *Entry) {
	old := e.Report.Person.Insurance.Statutory
	e.Report.Person.Insurance = identity.Insurance{Statutory: &identity.StatutoryInsurance{Insurer: old.Insurer, Number: old.Number[:9]}}
}
