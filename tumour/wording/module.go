// SPDX-License-Identifier: EUPL-1.2

package wording

import (
	"strings"

	"meldewerk/tumour"
)

// modules adds what the organ-specific parts of a report say.
func (f *facts) modules(m tumour.Modules) {
	f.general(m.General)
	f.breast(m.Breast)
	f.colorectal(m.Colorectal)
	f.prostate(m.Prostate)
	f.melanoma(m.Melanoma)
}

func (f *facts) general(g *tumour.GeneralModule) {
	if g == nil {
		return
	}
	f.dateOr("Sozialdienst", g.SocialService)
	f.dateOr("Psychoonkologie", g.PsychoOncology)
	f.dateOr("Studienteilnahme", g.Trial)
}

func (f *facts) dateOr(label string, d *tumour.DateOr) {
	switch {
	case d == nil:
	case !d.Date.IsZero():
		f.add(label, d.Date.German())
	default:
		f.word(label, NoOrUnknown, d.None)
	}
}

func (f *facts) breast(b *tumour.BreastModule) {
	if b == nil {
		return
	}
	f.word("Menopausenstatus", Menopauses, b.Menopause)
	f.word("Östrogenrezeptor", Receptors, b.Oestrogen)
	f.word("Progesteronrezeptor", Receptors, b.Progesterone)
	f.word("HER2/neu", Receptors, b.Her2)
	f.measure("Tumorgröße invasiv", b.InvasiveSize, " mm")
	f.measure("Tumorgröße DCIS", b.DCISSize, " mm")
}

func (f *facts) colorectal(c *tumour.ColorectalModule) {
	if c == nil {
		return
	}
	f.measure("Abstand Anokutanlinie", c.AnalVergeDistance, " cm")
	f.measure("Aboraler Resektionsrand", c.AboralMargin, " mm")
	f.measure("Zirkumferentieller Rand", c.CircularMargin, " mm")
	f.word("TME-Qualität", TMEQualities, c.TMEQuality)
	f.word("Art des Eingriffs", Urgencies, c.Urgency)
	f.word("Anastomoseninsuffizienz", Leakages, c.Leakage)
	f.measure("ASA", c.ASA, "")
	f.word("RAS", RASStates, c.RAS)
}

func (f *facts) prostate(p *tumour.ProstateModule) {
	if p == nil {
		return
	}
	if g := p.Gleason; g != nil {
		line := strings.Trim(string(g.Primary)+"+"+string(g.Secondary), "+")
		if g.Score != "" && line != "" {
			line += " = " + string(g.Score)
		} else if g.Score != "" {
			line = string(g.Score)
		}
		f.add("Gleason-Score", line)
	}
	f.add("Stanzen positiv/gesamt", fraction(p.PositiveCores, p.Cores))
	f.number("PSA", p.PSA, " ng/ml")
	f.word("Komplikation (Clavien-Dindo III/IV)", YesNo, p.Complication)
}

func (f *facts) melanoma(m *tumour.MelanomaModule) {
	if m == nil {
		return
	}
	if m.Margin == "-1" {
		f.add("Sicherheitsabstand", "nicht bestimmbar")
	} else {
		f.number("Sicherheitsabstand", m.Margin, " mm")
	}
	f.number("Tumordicke", m.Thickness, " mm")
	f.number("LDH", m.LDH, " U/l")
	f.word("Ulzeration", YesNo, m.Ulceration)
}

// measure adds a number that may be replaced by U.
func (f *facts) measure(label string, value tumour.Code, unit string) {
	switch value {
	case "":
	case "U":
		f.add(label, "nicht bekannt")
	default:
		f.add(label, string(value)+unit)
	}
}
