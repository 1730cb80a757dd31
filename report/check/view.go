// SPDX-License-Identifier: EUPL-1.2

package check

import (
	"strings"

	"meldewerk/report"
	"meldewerk/tumour"
)

// view is what many rules read of a report, gathered once.
type view struct {
	icd, site  string // code and category of the primary tumour
	code       *icdFacts
	root       string // path of the occasion
	topography string
	certainty  tumour.Code
	histology  *tumour.Histology // never nil
	histoPath  string            // "" without histology
	morphs     []placed
	stagings   []staging
	metastases []tumour.Metastasis
	modules    *tumour.Modules        // nil where the occasion has none
	prostate   *tumour.ProstateModule // never nil
	// youngest and oldest bound the age at diagnosis in completed years; -1
	// when birth or diagnosis is missing, or birth is the later.
	youngest, oldest int
}

// What a report without it is read as; never written to.
var (
	noHistology tumour.Histology
	noProstate  tumour.ProstateModule
)

// placed is a morphology with its place.
type placed struct {
	*tumour.Morphology

	nth       int  // of the histology, from 1; 0 in the Tumorzuordnung
	four      int  // the morphology without its behaviour, 0 for another form
	behaviour byte // the digit behind the slash, 0 for another form
}

func (p *placed) assigned() bool { return p.nth == 0 }

// where is the path of the code.
func (p *placed) where(v *view, field string) string {
	if p.assigned() {
		return "Meldung/Tumorzuordnung/Morphologie_ICD_O" + field
	}
	return at(v.histoPath+"/Morphologie_ICD_O", p.nth-1, field)
}

func (v *view) place(m *tumour.Morphology, nth int) {
	p := placed{Morphology: m, nth: nth}
	for i := range 4 {
		if i >= len(m.Code) || m.Code[i] < '0' || m.Code[i] > '9' {
			p.four = 0
			break
		}
		p.four = p.four*10 + int(m.Code[i]-'0')
	}
	if len(m.Code) == 6 {
		p.behaviour = m.Code[5]
	}
	v.morphs = append(v.morphs, p)
}

// staging is a TNM with its place.
type staging struct {
	*tumour.TNM

	path  string // below the occasion
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

// take gathers.
func (v *view) take(r *report.Report) {
	e := &r.Event
	*v = view{icd: string(e.Assignment.ICD.Code), site: e.Assignment.ICD.Site(), root: element(e.Occasion()),
		morphs: v.morphs[:0], stagings: v.stagings[:0], histology: &noHistology, prostate: &noProstate}
	v.code = factsOf(v.icd)
	switch {
	case e.Diagnosis != nil:
		d := e.Diagnosis
		v.topographyOf(d.Topography)
		v.certainty, v.metastases, v.modules = d.Certainty, d.Metastases, &d.Modules
		v.stage(d.Clinical, "/cTNM", fieldCTNM)
		v.stage(d.Pathological, "/pTNM", fieldPTNM)
		v.histologyOf(d.Histology)
	case e.Pathology != nil:
		p := e.Pathology
		v.topographyOf(p.Topography)
		v.certainty, v.metastases, v.modules = p.Certainty, p.Metastases, &p.Modules
		v.stage(p.Clinical, "/cTNM", fieldCTNM)
		v.stage(p.Pathological, "/pTNM", fieldPTNM)
		v.histologyOf(p.Histology)
	case e.Surgery != nil:
		v.modules = &e.Surgery.Modules
		v.stage(e.Surgery.TNM, "/TNM", fieldTNM)
		v.histologyOf(e.Surgery.Histology)
	case e.Course != nil:
		v.metastases, v.modules = e.Course.Metastases, &e.Course.Modules
		v.stage(e.Course.TNM, "/TNM", fieldTNM)
		v.histologyOf(e.Course.Histology)
	}
	if v.modules != nil && v.modules.Prostate != nil {
		v.prostate = v.modules.Prostate
	}
	if e.Assignment.Morphology != nil {
		v.place(e.Assignment.Morphology, 0)
	}
	for i := range v.histology.Morphologies {
		v.place(&v.histology.Morphologies[i], i+1)
	}
}

// forget lets go of the report and keeps the room for lists.
func (v *view) forget() {
	clear(v.morphs)
	clear(v.stagings)
	*v = view{morphs: v.morphs[:0], stagings: v.stagings[:0]}
}

func (v *view) histologyOf(h *tumour.Histology) {
	if h != nil {
		v.histology, v.histoPath = h, histologyPath(v.root)
	}
}

func (v *view) topographyOf(t *tumour.Topography) {
	if t != nil {
		v.topography = string(t.Code)
	}
}

const fieldTopography = "/Primaertumor_Topographie_ICD_O/Code"

// sites is a list of codes and spans of codes.
type sites []struct{ first, last string }

// sitesOf reads a list such as "C15 C18-C20 C38.4"; an entry of five
// characters asks for the whole code, one of three for the category.
func sitesOf(list string) sites {
	var s sites
	for entry := range strings.FieldsSeq(list) {
		first, last, cut := strings.Cut(entry, "-")
		if !cut {
			last = first
		}
		s = append(s, struct{ first, last string }{first, last})
	}
	return s
}

// has says whether a code lies in one of the spans.
func (s sites) has(code string) bool {
	if len(code) < 3 {
		return false
	}
	for i := range s {
		if part := code[:min(len(s[i].first), len(code))]; part >= s[i].first && part <= s[i].last {
			return true
		}
	}
	return false
}

// morphsThat gathers the places of the morphologies for which broken is true.
func (v *view) morphsThat(broken func(*placed) bool) []string {
	return v.morphFields("/Code", broken)
}

func (v *view) morphFields(field string, broken func(*placed) bool) []string {
	var found []string
	for i := range v.morphs {
		if p := &v.morphs[i]; broken(p) {
			found = append(found, p.where(v, field))
		}
	}
	return found
}

// anyMorph says whether one of the morphologies is so.
func (v *view) anyMorph(so func(*placed) bool) bool {
	for i := range v.morphs {
		if so(&v.morphs[i]) {
			return true
		}
	}
	return false
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
