// SPDX-License-Identifier: EUPL-1.2

package check

import (
	"strings"

	"meldewerk/identity"
	"meldewerk/report"
)

// fitRules judges whether site, morphology, behaviour and sex go together.
// All of them warn: rare is not impossible.
func fitRules() []Rule {
	return []Rule{
		{
			ID: "I2", Severity: report.Warning, Reads: []string{pathSex, pathMorphology, readsMorphology},
			Message: Sentence{"Geschlecht und Morphologie passen nicht zusammen.", "Sex and morphology do not fit."},
			Remedy: Sentence{"Prüfen Sie Geschlecht und Morphologie. Sind beide richtig, ist nichts zu tun.",
				"Check sex and morphology. If both are right, nothing needs to be done."},
			Source: "IARC-CSU CanReg5 SexMorphology",
			judge: func(c *Context, r *report.Report) []string {
				return c.view.morphsThat(func(p *placed) bool {
					n := p.four()
					return r.Person.Sex == identity.Male && between(n, 8930, 8931, 8600, 8602, 8313, 8313, 9014, 9015, 9090, 9091, 9103, 9104) ||
						r.Person.Sex == identity.Female && between(n, 9061, 9063)
				})
			},
		},
		{
			ID: "I5", Severity: report.Warning, Reads: []string{pathICD, readsTopography},
			Message: Sentence{"Diagnose (ICD-10) und Topographie (ICD-O) nennen verschiedene Organe.", "Diagnosis (ICD-10) and topography (ICD-O) name different organs."},
			Remedy:  lookAtCode, Source: "own; ICD-O-3",
			judge: func(c *Context, _ *report.Report) []string {
				sites, known := sitesOf(c.view.icd)
				return where(known && c.view.topography != "" && !in(sites, c.view.topography), c.view.topographyPath())
			},
		},
		{
			ID: "I7", Severity: report.Warning, Reads: []string{readsTopography, pathICD, pathMorphology, readsMorphology},
			Message: Sentence{"Die Morphologie kommt an diesem Sitz kaum vor.", "The morphology hardly occurs at this site."},
			Remedy:  lookAtCode, Source: "IARC-CSU CanReg5 TopographyMorphology; ICD-O-3",
			judge: func(c *Context, _ *report.Report) []string {
				site := c.view.likelySite()
				return c.view.morphsThat(func(p *placed) bool { return strangeAt(p.four(), site) })
			},
		},
		{
			ID: "I8", Severity: report.Warning, Reads: []string{readsTopography, pathICD, pathMorphology, readsMorphology},
			Message: Sentence{"An diesem Sitz gibt es keine In-situ-Neubildung.", "This site has no tumours in situ."},
			Remedy:  lookAtCode, Source: "IARC-CSU CanReg5 TopographyBehaviour",
			judge: func(c *Context, _ *report.Report) []string {
				site := c.view.likelySite()
				return c.view.morphsThat(func(p *placed) bool { return p.behaviour() == '2' && in("C40-C42 C47 C49 C70-C72", site) })
			},
		},
		{
			ID: "I9", Severity: report.Warning, Reads: []string{pathICD, pathMorphology, readsMorphology},
			Message: Sentence{"Das Verhalten der Morphologie passt nicht zum Kapitel der Diagnose.", "The behaviour of the morphology does not fit the chapter of the diagnosis."},
			Remedy:  lookAtCode, Source: "Kodierhilfe Niedersachsen; ICD-O-3",
			judge: func(c *Context, _ *report.Report) []string {
				allowed := behavioursOf(c.view.icd)
				return c.view.morphsThat(func(p *placed) bool {
					return allowed != "" && p.judgedBehaviour(&c.view) && strings.IndexByte(allowed, p.behaviour()) < 0
				})
			},
		},
		{
			ID: "I9b", Severity: report.Warning, Reads: []string{pathMorphology},
			Message: Sentence{"Die Tumorzuordnung nennt die Morphologie einer Metastase.", "The assignment of the tumour gives the morphology of a metastasis."},
			Remedy: Sentence{"Geben Sie in der Tumorzuordnung die Morphologie des Primärtumors an.",
				"Give the morphology of the primary tumour there."},
			Source: "Kodierhilfe Niedersachsen",
			judge: func(c *Context, _ *report.Report) []string {
				return c.view.morphsThat(func(p *placed) bool { return p.assigned && (p.behaviour() == '6' || p.behaviour() == '9') })
			},
		},
	}
}

// judgedBehaviour leaves out what was found in a metastasis, and a biopsy that
// shows less than the whole tumour is.
func (p *placed) judgedBehaviour(v *view) bool {
	b := p.behaviour()
	return b >= '0' && b <= '3' && (p.assigned || v.certainty != "" && v.certainty != "7.2" && v.certainty != "6")
}

// likelySite is the topography, or the diagnosis where they share their codes.
func (v *view) likelySite() string {
	if v.topography != "" {
		return v.topography
	}
	if in("C00-C42 C47-C76", v.icd) {
		if in("C43-C46", v.icd) {
			return ""
		}
		return v.icd
	}
	return ""
}

// sitesOf gives the topographies that fit a diagnosis; false where any fits.
func sitesOf(icd string) (string, bool) {
	if len(icd) < 3 {
		return "", false
	}
	for _, code := range []string{icd[:min(len(icd), 5)], icd[:3]} {
		if sites, ok := otherSites[code]; ok {
			return sites, sites != ""
		}
	}
	if icd[0] == 'C' {
		return icd[:3], true
	}
	return "", false
}

// otherSites lists the diagnoses whose topography is not the same category; ""
// where it may be any.
var otherSites = func() map[string]string {
	table := map[string]string{}
	for row := range strings.SplitSeq(siteRows, "|") {
		codes, sites, _ := strings.Cut(row, ":")
		for code := range strings.FieldsSeq(codes) {
			table[code] = sites
		}
	}
	return table
}()

const siteRows = "C40 C41:C40 C41|C43:C44 C51 C60 C63 C00|C44:C44 C51 C60 C63 C21 C00|C45:|C46:|C47 C49:C47 C49|C51:C51 C44|C60:C60 C44|C63:C63 C44|" +
	"C22:C22 C24|C24:C22 C24|C48:C48 C56 C57|C69:C69 C44|C76:|C77 C78 C79 C80:|C81 C82 C83 C84 C85 C86 C88 C90 C91 C92 C93 C94 C95 C96 C97:|" +
	"C26:C26 C42|C75:C75 C74|C14:C09-C14 C02|C39:C30-C39|" +
	"D00.0:C00-C14|D00.1:C15|D00.2:C16|D01.0:C18|D01.1:C19|D01.2:C20|D01.3:C21|D01.4:C17|D01.5:C22-C24|D02.0:C32|D02.1:C33|D02.2:C34|" +
	"D03:C44 C51 C60 C63 C00 C69|D04:C44 C00 C51 C60 C63|D05:C50|D06:C53|D07.0:C54 C55|D07.1:C51|D07.2:C52|D07.4:C60|D07.5:C61|D07.6:C62 C63|" +
	"D09.0:C67|D09.1:C64-C66 C68|D09.2:C69|D32:C70|D33.0 D33.1 D33.2:C71|D33.3:C72|D33.4:C72|D35.2:C75.1|D35.3:C75.2|D35.4:C75.3|" +
	"D37.0:C00-C14|D37.1:C16|D37.2:C17|D37.3:C18|D37.4:C18|D37.5:C19 C20|D37.6:C22-C24|D38.0:C10 C13 C14 C32|D38.1:C33 C34|D38.2:C38|D38.3:C38|D38.4:C37|" +
	"D39.0:C53-C55|D39.1:C56|D39.2:C58|D40.0:C61|D40.1:C62|D41.0:C64|D41.1:C65|D41.2:C66|D41.3:C68|D41.4:C67|D42:C70|D43.0 D43.1 D43.2:C71|" +
	"D43.3 D43.4:C72|D44.0:C73|D44.1:C74|D44.2:C75|D44.3:C75|D44.4:C75|D44.5:C75|D44.6:C75|D44.7:C75"

// behavioursOf gives the behaviours that fit the chapter of a diagnosis, ""
// where the chapter says nothing. Gliomas and stromal tumours of uncertain
// behaviour are coded as malignant by their site.
func behavioursOf(icd string) string {
	switch {
	case in("C15-C26 C48 C49 C56 C57 C67 C69-C75", icd):
		return "13"
	case in("C00-C76 C80-C96", icd):
		return "3"
	case in("D00-D09", icd):
		return "2"
	case in("D32 D33 D35", icd):
		return "01"
	case in("D45 D46 D47", icd):
		return "13"
	case in("D37-D44 D48", icd):
		return "012"
	}
	return ""
}

// homes lists morphologies that occur at few sites only.
var homes = []struct {
	first, last int
	sites       string
}{
	{8120, 8131, "C64-C68 C61 C11 C30 C31 C53 C54 C56 C76 C80"},
	{8090, 8098, "C44 C00 C51 C60 C63 C61 C21 C69 C76 C80"},
	{8170, 8180, "C22 C76 C80"},
	{8312, 8312, "C64 C65 C76 C80 C56"},
	{8330, 8347, "C73 C56 C76 C80"},
	{8520, 8520, "C50 C76 C80"},
	{9061, 9062, "C62 C56 C38 C37 C48 C49 C71 C75 C63 C76 C80"},
	{9063, 9063, "C62"},
	{9100, 9105, "C53-C58 C62 C38 C48 C71 C75 C76 C80"},
	{9380, 9489, "C70-C72 C75 C69 C30 C47 C49 C56 C62 C76 C80"},
	{9510, 9514, "C69"},
	{9530, 9539, "C70-C72 C41 C30 C31 C69 C44 C34 C75 C76 C80"},
	{9050, 9055, "C38 C48 C56 C57 C62 C63 C34 C49 C76 C80"},
	{9800, 9948, "C42 C77 C44 C71 C72 C62 C56 C50 C37 C38 C69 C76 C80 C22 C34 C16 C18 C48 C49 C40 C41 C09 C11"},
	{9950, 9993, "C42 C77 C76 C80 C44"},
}

func strangeAt(four int, site string) bool {
	if four == 0 || site == "" {
		return false
	}
	for i := range homes {
		if h := &homes[i]; four >= h.first && four <= h.last {
			return !in(h.sites, site)
		}
	}
	return false
}
