// SPDX-License-Identifier: EUPL-1.2

package synth

import (
	"fmt"
	"strconv"
	"strings"

	"meldewerk/tumour"
)

// biopsyReport is the pathologist's report by which the tumour is found.
func (c *tumourCase) biopsyReport() {
	p := c.pathologyHead()
	p.Histology = c.histology(c.diagnosed, nil)
	p.Histology.SpecimenNumber = c.specimenNumber(c.diagnosed)
	p.Pathological = c.excisionTNM()
	if c.e.classify != nil {
		p.Classifications = c.dated(c.e.classify(c, atBiopsy), c.diagnosed)
	}
	if c.e.modules != nil {
		p.Modules = c.e.modules(c, atBiopsy)
	}
	p.ReportText = c.reportText(c.e.biopsy, p.Histology, p.Pathological, "")
	c.tell(c.pathology, c.diagnosed, "PA", tumour.Event{Pathology: p})
}

// resectionReport is the pathologist's report on what was taken out.
func (c *tumourCase) resectionReport(on day, o *operation, h *tumour.Histology, tnm *tumour.TNM, residual *tumour.Residual) {
	p := c.pathologyHead()
	own := *h
	own.SpecimenNumber = c.specimenNumber(on)
	p.Histology, p.LocalResidual = &own, residual.Local
	if tnm != nil {
		// The M is the clinic's; the pathologist leaves it out, and so the stage.
		pathological := *tnm
		pathological.MPrefix, pathological.M, pathological.Stage = "", "", ""
		if pathological.NPrefix == "c" {
			pathological.NPrefix, pathological.N = "", ""
		}
		p.Pathological = &pathological
	}
	if c.e.classify != nil {
		p.Classifications = c.dated(c.e.classify(c, atResection), on)
	}
	if c.e.modules != nil {
		p.Modules = c.e.modules(c, atResection)
	}
	p.ReportText = c.reportText(c.e.specimen, &own, p.Pathological, residual.Local)
	c.tell(c.pathology, on, "PA", tumour.Event{Pathology: p})
}

func (c *tumourCase) pathologyHead() *tumour.Pathology {
	p := &tumour.Pathology{Topography: &tumour.Topography{Code: tumour.Code(c.site.topography), Version: icdoVersion},
		Certainty: "7.1", Submitter: c.submitter()}
	if c.w.options.SchemaVersion == "3.0.2" {
		p.Certainty = "7" // 7.1 came with the next version
	}
	if c.d.chance(500) {
		p.Text = tumour.Text(c.e.name + c.sideWords())
	}
	return p
}

// submitter is who sent the specimen.
func (c *tumourCase) submitter() *tumour.Submitter {
	u := &c.w.units[c.clinic]
	s := &tumour.Submitter{Identifiers: u.Identifiers}
	if c.d.chance(120) {
		s.Lines = []tumour.Text{tumour.Text(u.Department), tumour.Text(u.PostalCode + " " + u.Place)}
		return s
	}
	institution, department, found := strings.Cut(u.Department, ", ")
	s.Structured = &tumour.SubmitterAddress{Institution: tumour.Text(institution), Country: "DE", PostalCode: tumour.Text(u.PostalCode),
		Place: tumour.Text(u.Place)}
	if found {
		s.Structured.Department = tumour.Text(department)
	}
	return s
}

// specimenNumber is the number in the journal of the institute.
func (c *tumourCase) specimenNumber(on day) tumour.Text {
	return tumour.Text("E/" + strconv.Itoa(on.year()) + "/" + strconv.Itoa(10000+int(scatter(uint64(c.pat.number*8+c.number)+uint64(on))%80000)))
}

// reportText is a report as institutes write them. No word of it is a name.
func (c *tumourCase) reportText(material string, h *tumour.Histology, tnm *tumour.TNM, r tumour.Code) tumour.Text {
	var b strings.Builder
	b.WriteString("Klinische Angaben: " + c.e.clinical + "\n")
	if strings.Count(material, "%d") == 2 {
		fmt.Fprintf(&b, "Makroskopie: "+material+"\n", c.d.between(2, 8), c.d.between(5, 18))
	} else {
		fmt.Fprintf(&b, "Makroskopie: "+material+"\n", c.d.between(28, 120))
	}
	b.WriteString("Mikroskopie: " + c.e.microscopy + "\n")
	b.WriteString("Beurteilung: " + c.morph.words)
	if c.grade != "T" && c.grade != "U" {
		b.WriteString(", G" + string(c.grade))
	}
	b.WriteString(" (ICD-O " + c.morph.code + "), Lokalisation: " + c.site.words + c.sideWords() + ".\n")
	if h.NodesExamined != "" {
		b.WriteString("Lymphknoten: " + string(h.NodesAffected) + "/" + string(h.NodesExamined) + " mit Tumorbefall.\n")
	}
	if tnm != nil {
		b.WriteString("TNM: " + tnmWords(tnm))
		if r != "" {
			b.WriteString(", " + string(r))
		}
		b.WriteString("\n")
	}
	return tumour.Text(strings.TrimRight(b.String(), "\n"))
}

// tnmWords writes a TNM in a line: ypT2 pN1a(1/14) L1 V0.
func tnmWords(t *tumour.TNM) string {
	words := []string{string(t.AfterTherapy) + string(t.TPrefix) + "T" + string(t.T)}
	if t.N != "" {
		words = append(words, string(t.NPrefix)+"N"+string(t.N))
	}
	for _, more := range []tumour.Code{t.Lymphatic, t.Venous, t.Perineural} {
		if more != "" {
			words = append(words, string(more))
		}
	}
	return strings.Join(words, ", ")
}
