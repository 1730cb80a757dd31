// SPDX-License-Identifier: EUPL-1.2

package check

import (
	"strconv"

	"meldewerk/report"
	"meldewerk/tumour"
)

const (
	fieldNodes            = "/LK_untersucht"
	fieldNodesAffected    = "/LK_befallen"
	fieldSentinel         = "/Sentinel_LK_untersucht"
	fieldSentinelAffected = "/Sentinel_LK_befallen"
	readsHistology        = "Meldung/*/Histologie"
	readsProstate         = "Meldung/*/Modul_Prostata"
	fieldProstate         = "/Modul_Prostata"
)

var mendCount = Sentence{
	"Berichtigen Sie die Anzahlen und senden Sie die Meldung erneut.",
	"Correct the numbers and send the report again.",
}

// nodeRules judges the counts of lymph nodes. Spec: oBDS 3.0.4 Histologie_Typ
func nodeRules() []Rule {
	return []Rule{
		{
			ID: "T3", Severity: report.Error,
			Reads:   []string{readsHistology + fieldNodes, readsHistology + fieldNodesAffected, readsHistology + fieldSentinel, readsHistology + fieldSentinelAffected},
			Message: Sentence{"Es sind mehr Lymphknoten befallen als untersucht.", "More lymph nodes are affected than were examined."},
			Remedy:  mendCount,
			Source:  "Plausibilitätsprüfungen der Klinischen Landesregisterstelle Baden-Württemberg, 4",
			judge: func(c *look, _ *report.Report) []string {
				h, path := c.view.histology, c.view.histoPath
				return append(where(more(h.NodesAffected, h.NodesExamined), path, fieldNodesAffected),
					where(more(h.SentinelAffected, h.SentinelExamined), path, fieldSentinelAffected)...)
			},
		},
		{
			// None of none is no contradiction, only odd.
			ID: "T3b", Severity: report.Warning,
			Reads:   []string{readsHistology + fieldNodes, readsHistology + fieldNodesAffected, readsHistology + fieldSentinel, readsHistology + fieldSentinelAffected},
			Message: Sentence{"Es ist kein Lymphknoten untersucht, aber „0 befallen“ angegeben.", "No lymph node was examined, yet \"0 affected\" is given."},
			Remedy: Sentence{"Lassen Sie die Anzahl der befallenen Lymphknoten weg, wenn keiner untersucht ist.",
				"Leave out the number of affected nodes when none was examined."},
			Source: "Plausibilitätsprüfungen der Klinischen Landesregisterstelle Baden-Württemberg, 4",
			judge: func(c *look, _ *report.Report) []string {
				h, path := c.view.histology, c.view.histoPath
				return append(where(bothNone(h.NodesExamined, h.NodesAffected), path, fieldNodesAffected),
					where(bothNone(h.SentinelExamined, h.SentinelAffected), path, fieldSentinelAffected)...)
			},
		},
		{
			// Nothing in the data set says that the total includes them.
			ID: "T3c", Severity: report.Warning,
			Reads:   []string{readsHistology + fieldNodes, readsHistology + fieldNodesAffected, readsHistology + fieldSentinel, readsHistology + fieldSentinelAffected},
			Message: Sentence{"Es sind mehr Wächterlymphknoten angegeben als Lymphknoten insgesamt.", "More sentinel nodes are given than lymph nodes altogether."},
			Remedy: Sentence{"Zählen Sie die Wächterlymphknoten zur Gesamtzahl hinzu.",
				"Count the sentinel nodes into the total."},
			Source: "own",
			judge: func(c *look, _ *report.Report) []string {
				h, path := c.view.histology, c.view.histoPath
				return append(where(more(h.SentinelExamined, h.NodesExamined), path, fieldSentinel),
					where(more(h.SentinelAffected, h.NodesAffected), path, fieldSentinelAffected)...)
			},
		},
	}
}

// prostateRules judges scores and cores. Spec: oBDS 3.0.4 Modul_Prostata_Typ
func prostateRules() []Rule {
	return []Rule{
		{
			ID: "M2", Severity: report.Error,
			Reads:   []string{readsProstate + "/GleasonScore/GradPrimaer", readsProstate + "/GleasonScore/GradSekundaer", readsProstate + "/GleasonScore/ScoreErgebnis"},
			Message: Sentence{"Der Gleason-Score ist nicht die Summe der beiden Grade.", "The Gleason score is not the sum of the two grades."},
			Remedy: Sentence{"Berichtigen Sie Grade oder Score (7a ist 3+4, 7b ist 4+3) und senden Sie die Meldung erneut.",
				"Correct grades or score (7a is 3+4, 7b is 4+3) and send the report again."},
			Source: "oBDS 3.0.4 GleasonScore_Typ",
			judge: func(c *look, _ *report.Report) []string {
				m := c.view.prostate
				return where(m.Gleason != nil && gleasonWrong(m.Gleason), c.view.root, fieldProstate, "/GleasonScore/ScoreErgebnis")
			},
		},
		{
			ID: "M2b", Severity: report.Error,
			Reads:   []string{readsProstate + "/AnzahlStanzen", readsProstate + "/AnzahlPosStanzen"},
			Message: Sentence{"Es sind mehr Stanzen befallen als entnommen.", "More cores are positive than were taken."},
			Remedy:  mendCount,
			Source:  "oBDS 3.0.4 Modul_Prostata_Typ",
			judge: func(c *look, _ *report.Report) []string {
				m := c.view.prostate
				return where(more(m.PositiveCores, m.Cores), c.view.root, fieldProstate, "/AnzahlPosStanzen")
			},
		},
	}
}

// more says that both numbers are given and the part is above the whole.
func more(part, whole tumour.Number) bool {
	if part == "" || whole == "" {
		return false
	}
	p, known := part.Int()
	w, alsoKnown := whole.Int()
	return known && alsoKnown && p > w
}

func bothNone(examined, affected tumour.Number) bool {
	return none(examined) && none(affected)
}

func none(n tumour.Number) bool {
	if n == "" {
		return false
	}
	v, known := n.Int()
	return known && v == 0
}

func some(n tumour.Number) bool {
	if n == "" {
		return false
	}
	v, known := n.Int()
	return known && v > 0
}

// gleasonWrong needs both grades and the score; a score alone says nothing.
func gleasonWrong(g *tumour.Gleason) bool {
	primary, err := strconv.Atoi(string(g.Primary))
	secondary, err2 := strconv.Atoi(string(g.Secondary))
	if err != nil || err2 != nil || g.Score == "" {
		return false
	}
	switch g.Score {
	case "7a":
		return primary != 3 || secondary != 4
	case "7b":
		return primary != 4 || secondary != 3
	}
	return strconv.Itoa(primary+secondary) != string(g.Score)
}
