// SPDX-License-Identifier: EUPL-1.2

package check

import (
	"strings"

	"meldewerk/report"
)

const readsModules = "Meldung/*/Modul_"

// moduleRules judges the modules of single organs. Spec: oBDS 3.0.4 Modul_*_Typ
func moduleRules() []Rule {
	return []Rule{
		{
			ID: "M1", Severity: report.Warning,
			Reads:   []string{pathICD, readsModules + "Mamma", readsModules + "Darm", readsModules + "Prostata", readsModules + "Malignes_Melanom"},
			Message: Sentence{"Das Modul gehört zu einem anderen Organ als die Diagnose.", "The module belongs to another organ than the diagnosis."},
			Remedy: Sentence{"Nehmen Sie das Modul aus der Meldung oder berichtigen Sie die Diagnose.",
				"Take the module out of the report or correct the diagnosis."},
			Source: "own",
			judge:  foreignModules,
		},
		{
			// Only certified centres are sure to have the data, and of the bowel only
			// the rectum has some at diagnosis.
			ID: "M1b", Severity: report.Warning, Reads: []string{pathICD, "Meldung/Zertifizierung", "Meldung/Diagnose/Histologie", "Meldung/Diagnose/Modul_Mamma", "Meldung/Diagnose/Modul_Darm", "Meldung/Diagnose/Modul_Prostata", "Meldung/Diagnose/Modul_Malignes_Melanom"},
			Message: Sentence{"Zur Diagnose eines zertifizierten Zentrums fehlt das Modul des Organs.", "The diagnosis is from a certified centre, but the module of the organ is missing."},
			Remedy:  Sentence{"Ergänzen Sie das Modul, wenn Ihnen die Angaben vorliegen.", "Add the module if you have the data."},
			Source:  "own",
			judge: func(c *look, r *report.Report) []string {
				d := r.Event.Diagnosis
				if d == nil || d.Histology == nil || r.Certification == "" {
					return nil
				}
				switch c.view.site {
				case "C50":
					return where(d.Breast == nil, "Meldung/Diagnose/Modul_Mamma")
				case "C20":
					return where(d.Colorectal == nil, "Meldung/Diagnose/Modul_Darm")
				case "C61":
					return where(d.Prostate == nil, "Meldung/Diagnose/Modul_Prostata")
				case "C43":
					return where(d.Melanoma == nil, "Meldung/Diagnose/Modul_Malignes_Melanom")
				}
				return nil
			},
		},
		{
			ID: "M2c", Severity: report.Warning, Reads: []string{readsProstate + "/PSA", readsProstate + "/DatumPSA"},
			Message: Sentence{"Zum PSA-Wert fehlt das Datum.", "The PSA value lacks its date."},
			Remedy:  Sentence{"Ergänzen Sie das Datum der Messung.", "Add the date of the measurement."},
			Source:  "oBDS 3.0.4 Modul_Prostata_Typ",
			judge: func(c *look, _ *report.Report) []string {
				m := c.view.prostate
				return where(m.PSA != "" && m.PSADate.IsZero(), c.view.root, fieldProstate, "/DatumPSA")
			},
		},
		{
			ID: "M3", Severity: report.Warning, Reads: []string{readsModules + "Malignes_Melanom/Tumordicke", readsPathology + "/T", readsTNM + "/T"},
			Message: Sentence{"Tumordicke und T des Melanoms passen nicht zusammen.", "Thickness and T of the melanoma do not fit."},
			Remedy: Sentence{"Prüfen Sie Tumordicke und T. Sind beide richtig, ist nichts zu tun.",
				"Check thickness and T. If both are right, nothing needs to be done."},
			Source: "UICC TNM, Melanom der Haut",
			judge: func(c *look, _ *report.Report) []string {
				v := &c.view
				if !v.skinMelanoma() {
					return nil
				}
				thick, known := v.modules.Melanoma.Thickness.Float()
				return where(known && v.anyStaging(func(s *staging) bool { return s.TPrefix == "p" && thicknessOff(thick, string(s.T)) }),
					v.root, "/Modul_Malignes_Melanom/Tumordicke")
			},
		},
		{
			ID: "M3b", Severity: report.Warning, Reads: []string{readsModules + "Malignes_Melanom/Ulzeration", readsPathology + "/T", readsTNM + "/T"},
			Message: Sentence{"Ulzeration und T des Melanoms passen nicht zusammen.", "Ulceration and T of the melanoma do not fit."},
			Remedy: Sentence{"Prüfen Sie Ulzeration und T: a steht für ohne, b für mit Ulzeration.",
				"Check ulceration and T: a means without, b with ulceration."},
			Source: "UICC TNM, Melanom der Haut; oBDS 3.0.4 Modul_Malignes_Melanom_Typ",
			judge: func(c *look, _ *report.Report) []string {
				v := &c.view
				if !v.skinMelanoma() {
					return nil
				}
				u := v.modules.Melanoma.Ulceration
				return where(v.anyStaging(func(s *staging) bool {
					t := string(s.T)
					return s.TPrefix == "p" && len(t) == 2 && (u == "J" && t[1] == 'a' || u == "N" && t[1] == 'b' && t[0] > '1')
				}), v.root, "/Modul_Malignes_Melanom/Ulzeration")
			},
		},
	}
}

// The diagnoses to which the modules belong.
var (
	ofBreast   = sitesOf("C50 D05 D48.6")
	ofBowel    = sitesOf("C17-C21 D01 D37")
	ofProstate = sitesOf("C61 D07.5 D40.0")
	ofSkin     = sitesOf("C43 D03 C69 C51 C60 C80")
)

func foreignModules(c *look, _ *report.Report) []string {
	v := &c.view
	m := v.modules
	if m == nil || v.icd == "" {
		return nil
	}
	paths := where(m.Breast != nil && !ofBreast.has(v.icd), v.root, "/Modul_Mamma")
	paths = append(paths, where(m.Colorectal != nil && !ofBowel.has(v.icd), v.root, "/Modul_Darm")...)
	paths = append(paths, where(m.Prostate != nil && !ofProstate.has(v.icd), v.root, "/Modul_Prostata")...)
	return append(paths, where(m.Melanoma != nil && !ofSkin.has(v.icd), v.root, "/Modul_Malignes_Melanom")...)
}

// skinMelanoma says that the module tells of a melanoma whose T goes by
// thickness and ulceration; those of the eye and of mucous membranes do not.
func (v *view) skinMelanoma() bool {
	return v.modules != nil && v.modules.Melanoma != nil && (v.site == "C43" || v.site == "D03" || v.site == "C80")
}

// thicknessOff compares millimetres with T1 to T4: up to 1, 2, 4, and above.
func thicknessOff(mm float64, t string) bool {
	t = strings.ToLower(t)
	if t == "" || t[0] < '1' || t[0] > '4' {
		return false
	}
	bounds := []float64{0, 1, 2, 4, 1000}
	n := int(t[0] - '0')
	// The 8th edition rounds to a tenth, so 1.04 mm is still T1.
	return mm > bounds[n]+0.05 || mm < bounds[n-1]-0.05
}
