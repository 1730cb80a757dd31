// SPDX-License-Identifier: EUPL-1.2

package followup

import (
	"slices"
	"time"

	"meldewerk/calendar"
	"meldewerk/exchange/submission"
	"meldewerk/tumour"
)

// Expected is a Fehlende Meldung: a report that should follow from what the
// unit itself has reported of a tumour. It is a reminder and never an order: the
// reason says when nothing is to be reported.
type Expected struct {
	Rule     string          `json:"rule"`
	Occasion tumour.Occasion `json:"occasion"` // that would answer it
	Title    string          `json:"title"`
	Reason   string          `json:"reason"`
	Event    string          `json:"event"` // day of the event it follows from, as the office writes it
	Due      time.Time       `json:"due"`
}

// expectation is one rule: what in a tumour's history calls for a report.
// Only the unit's own reports count, since each unit reports what it did.
type expectation struct {
	id       string
	occasion tumour.Occasion
	title    string
	reason   string
	after    time.Duration // from the event until there is usually something to report; then the Meldefrist runs
	asks     func(chart) []calendar.Date
}

const (
	day = 24 * time.Hour
)

// expectations are cautious: each waits as long as the event behind it usually
// takes, and a death ends all of them.
var expectations = []expectation{
	{id: "F1", occasion: tumour.OccasionRadiotherapy, title: "Ende der Strahlentherapie", after: 90 * day,
		reason: "Der Beginn ist gemeldet, das Ende noch nicht. Dauert die Behandlung an, ist noch nichts zu melden.",
		asks:   openRadiotherapy},
	{id: "F2", occasion: tumour.OccasionSystemic, title: "Ende der Chemotherapie", after: 365 * day,
		reason: "Der Beginn ist gemeldet, das Ende noch nicht. Dauert die Behandlung an, ist noch nichts zu melden.",
		asks:   openChemotherapy},
	{id: "F3", occasion: tumour.OccasionSurgery, title: "Histologie zur Operation", after: 28 * day,
		reason: "Die Operation ist ohne Histologie gemeldet. Ergänzen Sie den Befund in der Meldung der Operation. Gab es keine Gewebeprobe, ist nichts zu melden.",
		asks:   surgeryWithoutHistology},
	{id: "F4", title: "Behandlung nach der Tumorkonferenz", after: 90 * day,
		reason: "Die Tumorkonferenz empfahl eine Behandlung. Wird anderswo behandelt, ist nichts zu melden.",
		asks:   recommendedOnly},
	{id: "F5", occasion: tumour.OccasionCourse, title: "Verlauf nach der Behandlung", after: 365 * day,
		reason: "Nach kurativer Behandlung wird jährlich ein Verlauf erwartet, fünf Jahre lang. Führt eine andere Einrichtung die Nachsorge, ist nichts zu melden.",
		asks:   followUpDue},
}

// expected lists what is missing for a tumour, the earliest day first. A report
// of the same occasion that is on its way counts as made.
func (m *Room) expected(group []Record, submitted []Submitted) []Expected {
	c := chart(group)
	var out []Expected
	for _, e := range expectations {
		for _, on := range e.asks(c) {
			_, last := on.Interval()
			due := m.profile.ReportBy(last.Add(e.after))
			o := e.occasion
			if o == "" {
				o = c.recommended(on)
			}
			if underWay(submitted, o) {
				continue
			}
			out = append(out, Expected{Rule: e.id, Occasion: o, Title: e.title, Reason: e.reason, Event: on.German(), Due: due})
		}
	}
	slices.SortStableFunc(out, func(a, b Expected) int { return a.Due.Compare(b.Due) })
	return out
}

// underWay says whether a report of the occasion was submitted and does not
// stand in the history yet.
func underWay(submitted []Submitted, o tumour.Occasion) bool {
	return slices.ContainsFunc(submitted, func(s Submitted) bool {
		return s.Occasion == o && s.Kind == submission.Real &&
			(s.State == "" || s.State == submission.InReview || s.State == submission.Queried || s.State == submission.Forwarded)
	})
}

// chart is what the unit reported of one tumour.
type chart []Record

// any says whether an event from that day on answers the question.
func (c chart) any(from calendar.Date, answers func(*tumour.Event) bool) bool {
	return slices.ContainsFunc(c, func(r Record) bool {
		e := &r.Entry.Event
		return !e.Date().SurelyBefore(from) && answers(e)
	})
}

func openRadiotherapy(c chart) []calendar.Date {
	var out []calendar.Date
	for _, r := range c {
		if s := r.Entry.Event.Radiotherapy; s != nil && s.Phase == tumour.PhaseBegin {
			begun := r.Entry.Event.Date()
			if !begun.IsZero() && !c.any(begun, func(e *tumour.Event) bool { return e.Radiotherapy != nil && e.Radiotherapy.Phase == tumour.PhaseEnd }) {
				out = append(out, begun)
			}
		}
	}
	return out
}

// chemotherapies are the kinds that end by plan; hormones, antibodies, watchful
// waiting may go on for years.
var chemotherapies = []tumour.Code{"CH", "CI", "CZ", "CIZ"}

func openChemotherapy(c chart) []calendar.Date {
	var out []calendar.Date
	for _, r := range c {
		s := r.Entry.Event.Systemic
		if s == nil || s.Phase != tumour.PhaseBegin || s.Begin.IsZero() || !slices.Contains(chemotherapies, s.Kind) {
			continue
		}
		if !c.any(s.Begin, func(e *tumour.Event) bool {
			return e.Systemic != nil && e.Systemic.Phase == tumour.PhaseEnd && slices.Contains(chemotherapies, e.Systemic.Kind)
		}) {
			out = append(out, s.Begin)
		}
	}
	return out
}

func surgeryWithoutHistology(c chart) []calendar.Date {
	var out []calendar.Date
	for _, r := range c {
		s := r.Entry.Event.Surgery
		if s == nil || s.Histology != nil || s.Date.IsZero() || !slices.Contains([]tumour.Code{"K", "P", "D"}, s.Intention) {
			continue
		}
		if !c.any(s.Date, func(e *tumour.Event) bool {
			return e.Pathology != nil || e.Surgery != nil && e.Surgery.Histology != nil || e.Course != nil && e.Course.Histology != nil
		}) {
			out = append(out, s.Date)
		}
	}
	return out
}

// treatment says which report a recommendation would lead to.
func treatment(therapy tumour.Code) tumour.Occasion {
	switch therapy {
	case "OP":
		return tumour.OccasionSurgery
	case "ST":
		return tumour.OccasionRadiotherapy
	case "CH", "HO", "IM", "ZS", "SZ", "CI", "CZ", "CIZ", "IZ":
		return tumour.OccasionSystemic
	}
	return "" // waiting and the like: nothing that would be reported
}

// recommended is the treatment that the tumour board of a day put first.
func (c chart) recommended(on calendar.Date) tumour.Occasion {
	for _, r := range c {
		b := r.Entry.Event.Board
		if b == nil || b.Date != on || b.Recommendation == nil || b.Recommendation.PatientsWish == "J" {
			continue
		}
		for _, therapy := range b.Recommendation.Therapies {
			if o := treatment(therapy); o != "" {
				return o
			}
		}
	}
	return ""
}

func recommendedOnly(c chart) []calendar.Date {
	var out []calendar.Date
	for _, r := range c {
		b := r.Entry.Event.Board
		if b == nil || b.Date.IsZero() || c.recommended(b.Date) == "" || slices.Contains(out, b.Date) {
			continue
		}
		if !c.any(b.Date, func(e *tumour.Event) bool {
			return e.Surgery != nil || e.Radiotherapy != nil || e.Systemic != nil || e.Course != nil
		}) {
			out = append(out, b.Date)
		}
	}
	return out
}

// followUpYears is how long after the diagnosis a yearly course is expected.
const followUpYears = 5

// followUpDue is the last event after a curative treatment.
func followUpDue(c chart) []calendar.Date {
	curative := false
	var last, diagnosed calendar.Date
	for _, r := range c {
		e := &r.Entry.Event
		switch {
		case e.Surgery != nil && e.Surgery.Intention == "K",
			e.Radiotherapy != nil && e.Radiotherapy.Intention == "K" && e.Radiotherapy.Phase == tumour.PhaseEnd,
			e.Systemic != nil && e.Systemic.Intention == "K" && e.Systemic.Phase == tumour.PhaseEnd:
			curative = true
		}
		if d := e.Date(); e.Occasion() != tumour.OccasionBoard && !d.IsZero() && (last.IsZero() || d.Day0().After(last.Day0())) {
			last = d
		}
		if d := e.Assignment.DiagnosedOn; !d.IsZero() {
			diagnosed = d
		}
	}
	if !curative || last.IsZero() || diagnosed.IsZero() ||
		last.Day0().AddDate(1, 0, 0).After(diagnosed.Day0().AddDate(followUpYears, 0, 0)) {
		return nil
	}
	return []calendar.Date{last}
}
