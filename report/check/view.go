// SPDX-License-Identifier: EUPL-1.2

package check

import (
	"strings"
	"time"

	"meldewerk/report"
	"meldewerk/tumour"
)

// view is what many rules read of a report, gathered once.
type view struct {
	icd, site  string // code and category of the primary tumour
	root       string // path of the occasion
	topography string
	certainty  tumour.Code
	histology  tumour.Histology
	histoPath  string // "" without histology
	morphs     []placed
	stagings   []staging
	metastases []tumour.Metastasis
	modules    *tumour.Modules // nil where the occasion has none
	// youngest and oldest bound the age at diagnosis in completed years; -1
	// when birth or diagnosis is missing, or birth is the later.
	youngest, oldest int
}

// placed is a morphology with its place.
type placed struct {
	tumour.Morphology

	path     string
	assigned bool // in the Tumorzuordnung
}

// four is the morphology without its behaviour, 0 for another form.
func (p *placed) four() int {
	n := 0
	for i := range 4 {
		if i >= len(p.Code) || p.Code[i] < '0' || p.Code[i] > '9' {
			return 0
		}
		n = n*10 + int(p.Code[i]-'0')
	}
	return n
}

// behaviour is the digit behind the slash, 0 for another form.
func (p *placed) behaviour() byte {
	if len(p.Code) != 6 {
		return 0
	}
	return p.Code[5]
}

// staging is a TNM with its place.
type staging struct {
	*tumour.TNM

	path  string
	field field
}

// field tells in which element a TNM stands.
type field uint8

const (
	fieldTNM  field = iota // the only one of an operation or a course
	fieldCTNM              // cTNM
	fieldPTNM              // pTNM
)

func (v *view) stage(t *tumour.TNM, path string, f field) {
	if t != nil {
		v.stagings = append(v.stagings, staging{t, path, f})
	}
}

// viewOf gathers.
func viewOf(r *report.Report) view {
	e := &r.Event
	v := view{icd: string(e.Assignment.ICD.Code), site: e.Assignment.ICD.Site(), root: element(e.Occasion())}
	switch {
	case e.Diagnosis != nil:
		d := e.Diagnosis
		v.topographyOf(d.Topography)
		v.certainty, v.metastases, v.modules = d.Certainty, d.Metastases, &d.Modules
		v.stage(d.Clinical, v.root+"/cTNM", fieldCTNM)
		v.stage(d.Pathological, v.root+"/pTNM", fieldPTNM)
	case e.Pathology != nil:
		p := e.Pathology
		v.topographyOf(p.Topography)
		v.certainty, v.metastases, v.modules = p.Certainty, p.Metastases, &p.Modules
		v.stage(p.Clinical, v.root+"/cTNM", fieldCTNM)
		v.stage(p.Pathological, v.root+"/pTNM", fieldPTNM)
	case e.Surgery != nil:
		v.modules = &e.Surgery.Modules
		v.stage(e.Surgery.TNM, v.root+"/TNM", fieldTNM)
	case e.Course != nil:
		v.metastases, v.modules = e.Course.Metastases, &e.Course.Modules
		v.stage(e.Course.TNM, v.root+"/TNM", fieldTNM)
	}
	v.histology, v.histoPath = histologyOf(r)
	if m := e.Assignment.Morphology; m != nil {
		v.morphs = append(v.morphs, placed{*m, pathMorphology, true})
	}
	for i, m := range v.histology.Morphologies {
		v.morphs = append(v.morphs, placed{m, at(v.histoPath+"/Morphologie_ICD_O", i, "/Code"), false})
	}
	v.youngest, v.oldest = agesAtDiagnosis(r)
	return v
}

func (v *view) topographyOf(t *tumour.Topography) {
	if t != nil {
		v.topography = string(t.Code)
	}
}

func (v *view) topographyPath() string { return v.root + "/Primaertumor_Topographie_ICD_O/Code" }

func agesAtDiagnosis(r *report.Report) (int, int) {
	birth, found := r.Person.BirthDate, r.Event.Assignment.DiagnosedOn
	if birth.IsZero() || found.IsZero() {
		return -1, -1
	}
	bornFirst, bornLast := birth.Interval()
	foundFirst, foundLast := found.Interval()
	if foundLast.Before(bornFirst) {
		return -1, -1 // another rule tells
	}
	return max(years(bornLast, foundFirst), 0), max(years(bornFirst, foundLast), 0)
}

// years counts completed years.
func years(from, to time.Time) int {
	fy, fm, fd := from.Date()
	ty, tm, td := to.Date()
	n := ty - fy
	if tm < fm || tm == fm && td < fd {
		n--
	}
	return n
}

// surelyUnder and surelyOver compare the age at diagnosis.
func (v *view) surelyUnder(age int) bool { return v.oldest >= 0 && v.oldest < age }
func (v *view) surelyOver(age int) bool  { return v.youngest > age }

// siteIn says whether the category of the diagnosis lies in one of the spans,
// e.g. "C15 C18-C20 C38.4"; a code of five characters asks for the whole code.
func (v *view) siteIn(spans string) bool { return in(spans, v.icd) }

// in says whether a code lies in one of the spans.
func in(spans, code string) bool {
	if len(code) < 3 {
		return false
	}
	for span := range strings.FieldsSeq(spans) {
		first, last, cut := strings.Cut(span, "-")
		if !cut {
			last = first
		}
		if part := code[:min(len(first), len(code))]; part >= first && part <= last {
			return true
		}
	}
	return false
}

// paths gathers the places of the morphologies for which broken is true.
func (v *view) morphsThat(broken func(*placed) bool) []string {
	var found []string
	for i := range v.morphs {
		if p := &v.morphs[i]; broken(p) {
			found = append(found, p.path)
		}
	}
	return found
}

// between says whether n lies in one of the spans, given in pairs.
func between(n int, spans ...int) bool {
	for i := 0; i+1 < len(spans); i += 2 {
		if n >= spans[i] && n <= spans[i+1] {
			return true
		}
	}
	return false
}
