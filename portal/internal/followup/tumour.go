// SPDX-License-Identifier: EUPL-1.2

package followup

import (
	"cmp"
	"slices"

	"meldewerk/calendar"
	"meldewerk/report"
	"meldewerk/tumour"
	"meldewerk/tumour/wording"
)

// Fact is one line of an entry: an Angabe of the report in words of the office.
type Fact = wording.Fact

// ofTumour names a tumour among those of one patient.
type ofTumour struct {
	registry string
	number   int
	reporter report.ReporterID // only where the number means several persons
}

// byTumour groups the records by registry and tumour, each group newest first.
func byTumour(found Found) map[ofTumour][]Record {
	groups := map[ofTumour][]Record{}
	several := severalPersons(found.Records)
	for _, r := range found.Records {
		k := ofTumour{registry: r.Recipient, number: r.Entry.Tumour}
		if several { // the registry counts the tumours of each person from 1
			k.reporter = r.Reporter
		}
		groups[k] = append(groups[k], r)
	}
	for _, group := range groups {
		slices.SortFunc(group, newestFirst)
	}
	return groups
}

// tumours tells the tumours of a patient by their records.
func (m *Room) tumours(found Found) []Tumour {
	out := []Tumour{}
	for k, group := range byTumour(found) {
		t := m.best(group)
		t.Registry, t.Number = k.registry, k.number
		t.Assignment, t.Reporter = group[0].Entry.Event.Assignment, group[0].Reporter
		if !died(found, k.reporter) {
			t.Expected = m.expected(group, found.Submitted)
		}
		for _, r := range group {
			t.Entries = append(t.Entries, entry(r))
		}
		out = append(out, t)
	}
	slices.SortFunc(out, func(a, b Tumour) int {
		return cmp.Or(cmp.Compare(a.Registry, b.Registry), cmp.Compare(a.Number, b.Number), cmp.Compare(a.Reporter, b.Reporter))
	})
	return out
}

// newestFirst orders by the day of the event; what has no day comes first,
// then the later receipt.
func newestFirst(a, b Record) int {
	x, y := a.Entry.Event.Date(), b.Entry.Event.Date()
	if x.IsZero() != y.IsZero() {
		if x.IsZero() {
			return -1
		}
		return 1
	}
	return cmp.Or(y.Day0().Compare(x.Day0()), cmp.Compare(b.Receipt, a.Receipt), cmp.Compare(b.Position, a.Position))
}

func entry(r Record) Entry {
	e := &r.Entry.Event
	day := e.Date()
	facts := wording.Facts(e)
	if facts == nil {
		facts = []Fact{}
	}
	return Entry{Occasion: e.Occasion(), Title: e.Occasion().German(), Date: day.German(), Day: day.String(),
		Facts: facts, Reporter: string(r.Reporter), Report: string(r.Report),
		Channel: r.Channel, CompletedAt: r.Entry.CompletedAt}
}

// best is the best-of line: what the unit's own reports say of the tumour, a
// pathological finding before a clinical one, the newer before the older.
func (m *Room) best(group []Record) Tumour {
	var t Tumour
	var diagnosed calendar.Date
	var clinical, pathological *tumour.TNM
	for _, r := range group { // newest first
		e := &r.Entry.Event
		a := e.Assignment
		if t.ICD == "" {
			t.ICD = string(a.ICD.Code)
			label, _ := m.book.ICD(t.ICD)
			t.Title = label.Text
		}
		if t.Side == "" {
			t.Side = wording.Side(a.Side)
		}
		if diagnosed.IsZero() || (!diagnosed.IsExact() && a.DiagnosedOn.IsExact()) {
			diagnosed = a.DiagnosedOn
		}
		if t.Morphology == "" {
			t.Morphology = morphologyOf(e)
		}
		c, p := stages(e)
		clinical, pathological = firstOf(clinical, c), firstOf(pathological, p)
	}
	t.DiagnosedOn = diagnosed.German()
	t.Stage = wording.TNMLine(firstOf(pathological, clinical))
	return t
}

func firstOf(a, b *tumour.TNM) *tumour.TNM {
	if a != nil {
		return a
	}
	return b
}

func morphologyOf(e *tumour.Event) string {
	var h *tumour.Histology
	switch {
	case e.Pathology != nil:
		h = e.Pathology.Histology
	case e.Surgery != nil:
		h = e.Surgery.Histology
	case e.Diagnosis != nil:
		h = e.Diagnosis.Histology
	}
	if h != nil && len(h.Morphologies) > 0 {
		return wording.MorphologyLine(&h.Morphologies[0])
	}
	return wording.MorphologyLine(e.Assignment.Morphology)
}

// stages gives the clinical and the pathological stage of a primary tumour;
// stages after therapy or of a relapse describe something else.
func stages(e *tumour.Event) (clinical, pathological *tumour.TNM) {
	switch {
	case e.Diagnosis != nil:
		clinical, pathological = e.Diagnosis.Clinical, e.Diagnosis.Pathological
	case e.Pathology != nil:
		clinical, pathological = e.Pathology.Clinical, e.Pathology.Pathological
	case e.Surgery != nil:
		pathological = e.Surgery.TNM
	}
	return primary(clinical), primary(pathological)
}

func primary(t *tumour.TNM) *tumour.TNM {
	if t == nil || t.Recurrence != "" || t.AfterTherapy != "" || wording.TNMLine(t) == "" {
		return nil
	}
	return t
}
