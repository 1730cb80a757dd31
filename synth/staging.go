// SPDX-License-Identifier: EUPL-1.2

package synth

import (
	"strings"

	"meldewerk/tumour"
)

// edition of the TNM; it holds for every diagnosis of the window in which a
// World places them.
const edition = "8"

// topographyVersion and morphologyVersion are those of ICD-O that registries
// have used since 2019.
const icdoVersion = "33"

func (c *tumourCase) morphologies() []tumour.Morphology {
	return []tumour.Morphology{{Code: tumour.Code(c.morph.code), Version: icdoVersion}}
}

// clinical is the cTNM of the diagnosis, nil for tumours without one.
func (c *tumourCase) clinical() *tumour.TNM {
	if c.stage.t == "" || c.e.excised {
		return nil
	}
	tnm := &tumour.TNM{Date: min(c.diagnosed+day(c.d.early(0, 14)), c.until).date(), Edition: edition, TPrefix: "c", T: tumour.Label(c.stage.t),
		NPrefix: "c", N: tumour.Label(c.stage.n), MPrefix: "c", M: tumour.Label(c.stage.m), Stage: tumour.Code(c.stage.uicc)}
	tnm.SerumMarker = c.serumMarker()
	return tnm
}

// serumMarker is the S of testicular tumours.
func (c *tumourCase) serumMarker() tumour.Code {
	switch {
	case c.e.name != "Hodentumor":
		return ""
	case c.stage.group() == 1:
		return "S0"
	}
	return "S1"
}

// excisionTNM is the pTNM of tumours that are taken out to be diagnosed.
func (c *tumourCase) excisionTNM() *tumour.TNM {
	if !c.e.excised {
		return nil
	}
	return &tumour.TNM{Date: c.diagnosed.date(), Edition: edition, TPrefix: "p", T: tumour.Label(c.stage.t), NPrefix: "c", N: "0",
		MPrefix: "c", M: tumour.Label(c.stage.m), Stage: c.stageWithoutNodes()}
}

// stageWithoutNodes is the stage before the nodes were looked at.
func (c *tumourCase) stageWithoutNodes() tumour.Code {
	if c.stage.n == "0" || c.stage.m != "0" {
		return tumour.Code(c.stage.uicc)
	}
	for _, s := range c.e.stages {
		if s.t == c.stage.t && s.n == "0" && s.m == "0" {
			return tumour.Code(s.uicc)
		}
	}
	return ""
}

// pathological is the pTNM after an operation on a day.
func (c *tumourCase) pathological(o *operation, on day) *tumour.TNM {
	if c.path.t == "" || o.unstaged {
		return nil
	}
	tnm := &tumour.TNM{Date: on.date(), Edition: edition, TPrefix: "p", T: tumour.Label(c.path.t), NPrefix: "c", N: tumour.Label(c.path.n),
		MPrefix: "c", M: tumour.Label(c.path.m), Stage: tumour.Code(c.path.uicc), SerumMarker: c.serumMarker()}
	if c.neoadjuvant() {
		tnm.AfterTherapy = "y"
	}
	if o.nodes[1] > 0 {
		tnm.NPrefix, tnm.N = "p", tumour.Label(c.pathN(o))
	}
	invasive := c.path.t != "is" && c.path.t != "a" && c.path.t != "0"
	if invasive {
		tnm.Lymphatic, tnm.Venous = "L0", "V0"
		if c.path.n != "0" || c.d.chance(120) {
			tnm.Lymphatic = "L1"
		}
		if c.d.chance(40 + 60*c.path.group()) {
			tnm.Venous = "V1"
		}
		if c.d.chance(450) {
			tnm.Perineural = tumour.Code(oneWord(c.d, "Pn0:75 Pn1:25"))
		}
		if c.d.chance(50) && len(c.e.nodes) > 0 && c.e.clinic == gynaecology {
			tnm.Multiple = "m"
		}
	}
	return tnm
}

// pathN is the N of the pathologist: finer than that of the clinic, and marked
// when only sentinel nodes were taken.
func (c *tumourCase) pathN(o *operation) string {
	n := c.path.n
	if n == "0" && o.sentinel {
		return "0(sn)"
	}
	pairs := strings.Fields(c.e.pN)
	for i := 0; i+1 < len(pairs); i += 2 {
		if pairs[i] == n {
			return pairs[i+1]
		}
	}
	return n
}

// histology is what the microscope showed of a biopsy or of a specimen.
func (c *tumourCase) histology(on day, o *operation) *tumour.Histology {
	h := &tumour.Histology{Date: on.exact(), Morphologies: c.morphologies(), Grading: c.grade}
	if c.d.chance(700) {
		h.MorphologyText = tumour.Text(c.morph.words)
	}
	if o == nil || o.nodes[1] == 0 {
		return h
	}
	examined := c.d.between(max(o.nodes[0], 1), o.nodes[1])
	affected := c.affected(examined)
	h.NodesExamined, h.NodesAffected = number(examined), number(affected)
	if o.sentinel {
		h.SentinelExamined, h.SentinelAffected = h.NodesExamined, h.NodesAffected
	}
	return h
}

// affected draws how many nodes are affected, as the N says.
func (c *tumourCase) affected(examined int) int {
	n := c.path.n
	if n == "" || n[0] < '1' || n[0] > '3' {
		return 0
	}
	span := c.e.nodes[n[0]-'1']
	switch n { // the bowel counts by letters
	case "1a":
		span = [2]int{1, max(span[0], 1)}
		if c.e.clinic != surgery {
			span = c.e.nodes[0]
		}
	case "1b":
		span = [2]int{2, 3}
	}
	return min(c.d.between(span[0], max(span[1], span[0])), examined)
}

// metastases lists distant metastases found on a day, where the M says.
func (c *tumourCase) metastases(on day, m string) []tumour.Metastasis {
	if c.e.spread == "" {
		return nil
	}
	where, told := c.e.spreadBy[m]
	if !told {
		where = c.e.spread
	}
	found := []tumour.Metastasis{{DiagnosedOn: on.exact(), Site: tumour.Code(oneWord(c.d, where))}}
	if c.d.chance(300) && m != "1a" {
		if second := tumour.Code(oneWord(c.d, where)); second != found[0].Site {
			found = append(found, tumour.Metastasis{DiagnosedOn: on.exact(), Site: second})
		}
	}
	return found
}
