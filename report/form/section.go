// SPDX-License-Identifier: EUPL-1.2

package form

import (
	"slices"
	"strings"
	"sync"

	"meldewerk/report"
	"meldewerk/tumour"
)

// keyOccasion is the field that says which of the eight forms it is.
const keyOccasion = "occasion"

// Occasion is the Meldeanlass of a sheet.
func (s Sheet) Occasion() tumour.Occasion { return tumour.Occasion(s[keyOccasion]) }

// NewSheet is an empty form of an occasion.
func NewSheet(o tumour.Occasion) Sheet { return Sheet{keyOccasion: string(o)} }

// Section is an Abschnitt of a form: one page of fields.
type Section struct {
	Name  string // stable, part of the address of the page
	Title string
	Intro string // one sentence on what belongs here
	Nodes []*Node

	occasions []tumour.Occasion // none: all
	sites     []string          // beginnings of ICD codes for which it is asked; none: all
	managed   bool              // filled by the portal, not by people
}

// of says whether the section belongs to the form of an occasion.
func (s *Section) of(o tumour.Occasion) bool {
	return len(s.occasions) == 0 || slices.Contains(s.occasions, o)
}

// keyICD is the field with the diagnosis, on which modules depend.
const keyICD = "tumour.icd.code"

// asked says whether the section is shown for a sheet: it belongs to the
// occasion, and the organ is the one it asks for, or it holds something.
func (s *Section) asked(sheet Sheet) bool {
	if s.managed || !s.of(sheet.Occasion()) {
		return false
	}
	if len(s.sites) == 0 {
		return true
	}
	icd := strings.ToUpper(strings.TrimSpace(sheet[keyICD])) // as it is read
	if slices.ContainsFunc(s.sites, func(site string) bool { return strings.HasPrefix(icd, site) }) {
		return true
	}
	return s.Filled(sheet)
}

// Filled says whether any field of the section holds something.
func (s *Section) Filled(sheet Sheet) bool { return filled(sheet, "", s.Nodes) }

// Part is what the section's fields hold in a sheet.
func (s *Section) Part(sheet Sheet) Sheet {
	part := Sheet{}
	for key, value := range sheet {
		if holds("", s.Nodes, key) {
			part[key] = value
		}
	}
	return part
}

// OfPatient says whether the section asks who the patient is: it is filled once
// for the patient and not for every report.
func (s *Section) OfPatient() bool {
	return len(s.Nodes) > 0 && strings.HasPrefix(s.Nodes[0].Key, keyPatient)
}

// keyPatient is the beginning of the keys of everything about the patient.
const keyPatient = "patient"

// Split parts a sheet into what tells who the patient is and all the rest.
func (s Sheet) Split() (patient, rest Sheet) {
	patient, rest = Sheet{}, Sheet{}
	for key, value := range s {
		if strings.HasPrefix(key, keyPatient+".") {
			patient[key] = value
		} else {
			rest[key] = value
		}
	}
	return patient, rest
}

func filled(sheet Sheet, prefix string, nodes []*Node) bool {
	return slices.ContainsFunc(nodes, func(n *Node) bool {
		key := join(prefix, n.Key)
		if n.Kind == Group {
			return filled(sheet, key, n.Inner) // other sections may fill the same group
		}
		return sheet[key] != "" || n.Kind == Rows && sheet.Under(key)
	})
}

// Sections lists what is asked for a sheet, in the order of the form. The
// sections of other organs are left out.
func Sections(sheet Sheet) []*Section {
	var out []*Section
	for _, s := range allSections() {
		if s.asked(sheet) {
			out = append(out, s)
		}
	}
	return out
}

// Further lists the sections of the form that are not asked for a sheet by
// themselves, because they are about another organ or about children, but can
// be opened.
func Further(sheet Sheet) []*Section {
	var out []*Section
	for _, s := range allSections() {
		if !s.managed && s.of(sheet.Occasion()) && !s.asked(sheet) {
			out = append(out, s)
		}
	}
	return out
}

// Named finds a section of the form of a sheet, whether it is asked or not.
func Named(sheet Sheet, name string) (*Section, bool) {
	for _, s := range allSections() {
		if s.Name == name && !s.managed && s.of(sheet.Occasion()) {
			return s, true
		}
	}
	return nil, false
}

// SectionOf finds the section in which a field stands.
func SectionOf(sheet Sheet, key string) (*Section, bool) {
	for _, s := range Sections(sheet) {
		if holds("", s.Nodes, key) {
			return s, true
		}
	}
	return nil, false
}

func holds(prefix string, nodes []*Node, key string) bool {
	return slices.ContainsFunc(nodes, func(n *Node) bool {
		own := join(prefix, n.Key)
		switch {
		case own == key && own != "":
			return true
		case n.Kind == Group:
			return (n.Key == "" || strings.HasPrefix(key, own+".")) && holds(own, n.Inner, key)
		case n.Kind == Rows:
			return strings.HasPrefix(key, own+".")
		}
		return false
	})
}

// begin gives what makes the event of an occasion, nil for none.
func begin(o tumour.Occasion) func(*tumour.Event) {
	return map[tumour.Occasion]func(*tumour.Event){
		tumour.OccasionDiagnosis:    func(e *tumour.Event) { e.Diagnosis = &tumour.Diagnosis{} },
		tumour.OccasionPathology:    func(e *tumour.Event) { e.Pathology = &tumour.Pathology{} },
		tumour.OccasionSurgery:      func(e *tumour.Event) { e.Surgery = &tumour.Surgery{} },
		tumour.OccasionRadiotherapy: func(e *tumour.Event) { e.Radiotherapy = &tumour.Radiotherapy{} },
		tumour.OccasionSystemic:     func(e *tumour.Event) { e.Systemic = &tumour.Systemic{} },
		tumour.OccasionCourse:       func(e *tumour.Event) { e.Course = &tumour.Course{} },
		tumour.OccasionDeath:        func(e *tumour.Event) { e.Death = &tumour.Death{} },
		tumour.OccasionBoard:        func(e *tumour.Event) { e.Board = &tumour.Board{} },
	}[o]
}

// allSections is the description of all forms, in the order of the pages.
var allSections = sync.OnceValue(func() []*Section {
	return slices.Concat(managedSections(), patientSections(), tumourSections(),
		diagnosisSections(), pathologySections(), surgerySections(), radiotherapySections(), systemicSections(),
		courseSections(), deathSections(), boardSections(), closingSections())
})

// event lets the fields of an occasion stand in a section.
func event[U any](at func(*tumour.Event) **U, inner ...*Node) []*Node {
	return []*Node{own("", "", func(r *report.Report) **U { return at(&r.Event) }, inner)}
}
