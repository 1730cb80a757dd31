// SPDX-License-Identifier: EUPL-1.2

package check

import (
	"strings"

	"meldewerk/report"
	"meldewerk/terminology"
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
			judge: func(c *look, r *report.Report) []string {
				return c.view.morphsThat(func(p *placed) bool { return otherSex(terminology.SexOfMorphology(string(p.Code)), r.Person.Sex) })
			},
		},
		{
			ID: "I5", Severity: report.Warning, Reads: []string{pathICD, readsTopography},
			Message: Sentence{"Diagnose (ICD-10) und Topographie (ICD-O) nennen verschiedene Organe.", "Diagnosis (ICD-10) and topography (ICD-O) name different organs."},
			Remedy:  lookAtCode, Source: "own; ICD-O-3",
			judge: func(c *look, _ *report.Report) []string {
				v := &c.view
				return where(v.code.topography != nil && v.topography != "" && !v.code.topography.has(v.topography), v.root, fieldTopography)
			},
		},
		{
			ID: "I7", Severity: report.Warning, Reads: []string{readsTopography, pathICD, pathMorphology, readsMorphology},
			Message: Sentence{"Die Morphologie kommt an diesem Sitz kaum vor.", "The morphology hardly occurs at this site."},
			Remedy:  lookAtCode, Source: "IARC-CSU CanReg5 TopographyMorphology; ICD-O-3",
			judge: func(c *look, _ *report.Report) []string {
				site := c.view.likelySite()
				return c.view.morphsThat(func(p *placed) bool { return terminology.SiteFits(site, string(p.Code)) == terminology.Unusual })
			},
		},
		{
			ID: "I8", Severity: report.Warning, Reads: []string{readsTopography, pathICD, pathMorphology, readsMorphology},
			Message: Sentence{"An diesem Sitz gibt es keine In-situ-Neubildung.", "This site has no tumours in situ."},
			Remedy:  lookAtCode, Source: "IARC-CSU CanReg5 TopographyBehaviour",
			judge: func(c *look, _ *report.Report) []string {
				site := c.view.likelySite()
				return c.view.morphsThat(func(p *placed) bool { return p.behaviour == '2' && withoutInSitu.has(site) })
			},
		},
		{
			ID: "I9", Severity: report.Warning, Reads: []string{pathICD, pathMorphology, readsMorphology},
			Message: Sentence{"Das Verhalten der Morphologie passt nicht zum Kapitel der Diagnose.", "The behaviour of the morphology does not fit the chapter of the diagnosis."},
			Remedy:  lookAtCode, Source: "Kodierhilfe Niedersachsen; ICD-O-3",
			judge: func(c *look, _ *report.Report) []string {
				allowed := c.view.code.behaviours
				return c.view.morphsThat(func(p *placed) bool {
					return allowed != "" && p.judgedBehaviour(&c.view) && strings.IndexByte(allowed, p.behaviour) < 0
				})
			},
		},
		{
			ID: "I9b", Severity: report.Warning, Reads: []string{pathMorphology},
			Message: Sentence{"Die Tumorzuordnung nennt die Morphologie einer Metastase.", "The assignment of the tumour gives the morphology of a metastasis."},
			Remedy: Sentence{"Geben Sie in der Tumorzuordnung die Morphologie des Primärtumors an.",
				"Give the morphology of the primary tumour there."},
			Source: "Kodierhilfe Niedersachsen",
			judge: func(c *look, _ *report.Report) []string {
				return c.view.morphsThat(func(p *placed) bool { return p.assigned() && (p.behaviour == '6' || p.behaviour == '9') })
			},
		},
	}
}

// judgedBehaviour leaves out what was found in a metastasis, and a biopsy that
// shows less than the whole tumour is.
func (p *placed) judgedBehaviour(v *view) bool {
	b := p.behaviour
	return b >= '0' && b <= '3' && (p.assigned() || v.certainty != "" && v.certainty != "7.2" && v.certainty != "6")
}

// likelySite is the topography, or the diagnosis where they share their codes.
func (v *view) likelySite() string {
	if v.topography == "" && v.code.likely {
		return v.icd
	}
	return v.topography
}

var (
	withoutInSitu   = sitesOf("C40-C42 C47 C49 C70-C72")
	icdAsTopography = sitesOf("C00-C42 C47-C76")
	skinAndSoft     = sitesOf("C43-C46")
)

// topographyOf gives the topographies that fit a diagnosis; nil where any fits.
func topographyOf(icd string) sites {
	if len(icd) < 3 {
		return nil
	}
	for _, code := range []string{icd[:min(len(icd), 5)], icd[:3]} {
		if list, ok := otherSites[code]; ok {
			return list
		}
	}
	if icd[0] == 'C' {
		return sitesOf(icd[:3])
	}
	return nil
}

// otherSites lists the diagnoses whose topography is not the same category;
// nil where it may be any.
var otherSites = func() map[string]sites {
	table := map[string]sites{}
	for row := range strings.SplitSeq(siteRows, "|") {
		codes, list, _ := strings.Cut(row, ":")
		for code := range strings.FieldsSeq(codes) {
			table[code] = sitesOf(list)
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

// chapters lists the behaviours that fit the chapter of a diagnosis; the first
// that has it decides. Gliomas and stromal tumours of uncertain behaviour are
// coded as malignant by their site, and so are the histiocytoses of Langerhans
// cells, which ICD-O prints with an uncertain one.
var chapters = []struct {
	codes      sites
	behaviours string
}{
	{sitesOf("C15-C26 C48 C49 C56 C57 C67 C69-C75 C96.0 C96.5 C96.6"), "13"},
	{sitesOf("C00-C76 C80-C96"), "3"},
	{sitesOf("D00-D09"), "2"},
	{sitesOf("D32 D33 D35"), "01"},
	{sitesOf("D45 D46 D47"), "13"},
	{sitesOf("D37-D44 D48"), "012"},
}

// behavioursOf is "" where the chapter says nothing.
func behavioursOf(icd string) string {
	for i := range chapters {
		if chapters[i].codes.has(icd) {
			return chapters[i].behaviours
		}
	}
	return ""
}
