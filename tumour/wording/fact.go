// SPDX-License-Identifier: EUPL-1.2

package wording

import (
	"strings"

	"meldewerk/calendar"
	"meldewerk/terminology"
	"meldewerk/tumour"
)

// Fact is one Angabe of a report in words of the office: a label and what was
// reported.
type Fact struct {
	Label string `json:"label"`
	Value string `json:"value"`
}

// facts collects lines and leaves out what was not reported.
type facts []Fact

func (f *facts) add(label, value string) {
	if value != "" {
		*f = append(*f, Fact{Label: label, Value: value})
	}
}

func (f *facts) word(label string, table List, code tumour.Code) {
	if code != "" {
		f.add(label, table.Word(code))
	}
}

func (f *facts) number(label string, n tumour.Number, unit string) {
	if n != "" {
		f.add(label, strings.Replace(string(n), ".", ",", 1)+unit)
	}
}

// Facts lists what one report says of a tumour, in the order of the data set.
func Facts(e *tumour.Event) []Fact {
	var f facts
	switch {
	case e.Diagnosis != nil:
		f.diagnosis(e.Diagnosis)
	case e.Pathology != nil:
		f.pathology(e.Pathology)
	case e.Surgery != nil:
		f.surgery(e.Surgery)
	case e.Radiotherapy != nil:
		f.radiotherapy(e.Radiotherapy)
	case e.Systemic != nil:
		f.systemic(e.Systemic)
	case e.Course != nil:
		f.course(e.Course)
	case e.Death != nil:
		f.death(e.Death)
	case e.Board != nil:
		f.board(e.Board)
	}
	return f
}

func (f *facts) diagnosis(d *tumour.Diagnosis) {
	f.word("Diagnosesicherung", Certainties, d.Certainty)
	f.topography(d.Topography)
	f.histology(d.Histology)
	f.add("Klinisches Stadium", TNMLine(d.Clinical))
	f.add("Pathologisches Stadium", TNMLine(d.Pathological))
	f.metastases(d.Metastases)
	f.classifications(d.Classifications)
	f.genetics(d.Genetics)
	f.performance(d.Performance)
	for _, e := range d.EarlierTumours {
		f.earlier(e)
	}
	f.modules(d.Modules)
}

func (f *facts) earlier(e tumour.EarlierTumour) {
	line := ""
	if e.ICD != nil {
		label, _ := terminology.ICD(string(e.ICD.Code))
		line = named(e.ICD.Code, label)
	}
	if e.Year != "" {
		line = strings.TrimSpace(line + " (" + string(e.Year) + ")")
	}
	f.add("Frühere Tumorerkrankung", line)
}

func (f *facts) pathology(p *tumour.Pathology) {
	f.word("Diagnosesicherung", Certainties, p.Certainty)
	f.topography(p.Topography)
	f.histology(p.Histology)
	f.add("Klinisches Stadium", TNMLine(p.Clinical))
	f.add("Pathologisches Stadium", TNMLine(p.Pathological))
	f.word("Residualstatus lokal", Residuals, p.LocalResidual)
	f.metastases(p.Metastases)
	f.classifications(p.Classifications)
	f.genetics(p.Genetics)
	f.modules(p.Modules)
}

func (f *facts) surgery(s *tumour.Surgery) {
	f.word("Intention", Intentions, s.Intention)
	for _, p := range s.Procedures {
		label, _ := terminology.OPS(string(p.Code))
		f.add("Eingriff (OPS "+string(p.Version)+")", named(p.Code, label))
	}
	f.histology(s.Histology)
	f.add("Stadium", TNMLine(s.TNM))
	if s.Residual != nil {
		f.word("Residualstatus lokal", Residuals, s.Residual.Local)
		f.word("Residualstatus gesamt", Residuals, s.Residual.Overall)
	}
	f.complications(s.Complications)
	f.classifications(s.Classifications)
	f.genetics(s.Genetics)
	f.modules(s.Modules)
}

func (f *facts) complications(c tumour.Complications) {
	f.word("Komplikationen", NoneOrUnknown, c.None)
	var list []string
	for _, one := range c.List {
		if one.ICD != nil {
			list = append(list, string(one.ICD.Code))
		} else {
			list = append(list, string(one.Short))
		}
	}
	f.add("Komplikationen", strings.Join(list, ", "))
}

func (f *facts) radiotherapy(r *tumour.Radiotherapy) {
	f.add("Anlass", phase(r.Phase))
	f.word("Intention", Intentions, r.Intention)
	f.word("Stellung zur Operation", Relations, r.Relation)
	for _, c := range r.Courses {
		f.add("Bestrahlung", irradiation(c))
	}
	f.word("Ende", EndReasons, r.EndReason)
	f.sideEffects(r.SideEffects)
	f.general(r.General)
}

func (f *facts) systemic(s *tumour.Systemic) {
	f.add("Anlass", phase(s.Phase))
	f.word("Therapieart", Therapies, s.Kind)
	f.word("Intention", Intentions, s.Intention)
	f.word("Stellung zur Operation", Relations, s.Relation)
	f.add("Zeitraum", period(s.Begin, s.End))
	var substances []string
	for _, one := range s.Substances {
		if one.ATC != nil {
			label, known := terminology.ATC(string(one.ATC.Code))
			if !known {
				label.Text = "ATC " + string(one.ATC.Code)
			}
			substances = append(substances, label.Text)
		} else if one.Name != "" {
			substances = append(substances, string(one.Name))
		}
	}
	f.add("Substanzen", strings.Join(substances, ", "))
	f.word("Ende", EndReasons, s.EndReason)
	f.sideEffects(s.SideEffects)
	f.general(s.General)
}

func (f *facts) course(c *tumour.Course) {
	f.word("Anlass", CoursePhases, c.Phase)
	f.word("Gesamtbeurteilung", OverallStates, c.Overall)
	f.word("Primärtumor", LocalStates, c.Local)
	f.word("Lymphknoten", NodeStates, c.Nodes)
	f.word("Fernmetastasen", DistantStates, c.Distant)
	f.metastases(c.Metastases)
	f.histology(c.Histology)
	f.add("Stadium", TNMLine(c.TNM))
	f.classifications(c.Classifications)
	f.genetics(c.Genetics)
	f.performance(c.Performance)
	f.modules(c.Modules)
}

func (f *facts) death(d *tumour.Death) {
	f.word("Tumorbedingt", YesNo, d.ByTumour)
	for _, c := range d.Causes {
		label, _ := terminology.ICD(string(c.Code))
		f.add("Todesursache (ICD-10)", named(c.Code, label))
	}
}

func (f *facts) board(b *tumour.Board) {
	f.word("Anlass", BoardPhases, b.Phase)
	f.word("Art", BoardKinds, b.Kind)
	if b.Recommendation != nil {
		f.add("Empfehlung", strings.Join(Therapies.all(b.Recommendation.Therapies), ", "))
		f.word("Abweichung auf Wunsch", YesNo, b.Recommendation.PatientsWish)
	}
}

func phase(p tumour.Phase) string {
	switch p {
	case tumour.PhaseBegin:
		return "Behandlungsbeginn"
	case tumour.PhaseEnd:
		return "Behandlungsende"
	}
	return string(p)
}

// period writes a span: "01.03.2025 bis 17.06.2025", "seit 03.2025".
func period(begin, end calendar.Date) string {
	switch {
	case begin.IsZero() && end.IsZero():
		return ""
	case end.IsZero():
		return "seit " + begin.German()
	case begin.IsZero():
		return "bis " + end.German()
	}
	return begin.German() + " bis " + end.German()
}
