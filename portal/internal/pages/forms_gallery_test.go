// SPDX-License-Identifier: EUPL-1.2

package pages

import (
	"testing"

	"meldewerk/calendar"
	"meldewerk/report"
	"meldewerk/report/check"
	"meldewerk/report/form"
	"meldewerk/tumour"
)

// TestGalleryShowsSoundReports: what the gallery shows can be read and holds
// no error but what the portal fills in itself, and every section is shown.
func TestGalleryShowsSoundReports(t *testing.T) {
	t.Parallel()
	shown := map[string]bool{}
	day := calendar.Of(galleryNow)
	for _, sheet := range gallerySheets() {
		name := sheet.Occasion().German() + " " + sheet["tumour.icd.code"]
		for _, s := range medical(sheet) {
			shown[s.Name] = true
			for _, a := range (codebook{}).answersOf(sheet, s) {
				if a.node.Kind == form.Coded && a.Value == sheet[a.key] && a.node.List != "protocol" {
					t.Errorf("%s: %s is a code without words: %s", name, a.key, a.Value)
				}
			}
		}
		sheet["report.id"], sheet["report.reporter"], sheet["report.patient"] = "MP-1", "M-1", "2024-7714"
		sheet.Merge(galleryIdentity())
		sheet["patient.sex"] = map[string]string{"C61": "M"}[sheet["tumour.icd.code"]]
		if sheet["patient.sex"] == "" {
			sheet["patient.sex"] = "W"
		}
		reading := form.Decode(sheet)
		for _, p := range reading.Problems {
			t.Errorf("%s: %s: %s", name, p.Key, p.Message)
		}
		for _, label := range reading.Fallen {
			t.Errorf("%s: %s is not asked", name, label)
		}
		for _, f := range check.Run(check.Context{Today: day, ReportedOn: day, Land: "NI"}, reading.Report) {
			if f.Severity == report.Error {
				t.Errorf("%s: %s %s: %s", name, f.Rule, f.Path, f.Message)
			} else {
				t.Logf("%s: %s %s: %s", name, f.Rule, f.Path, f.Message)
			}
		}
	}
	for _, o := range tumour.Occasions() {
		for _, s := range medical(form.NewSheet(o)) {
			if !shown[s.Name] {
				t.Errorf("%s of %s is not in the gallery", s.Name, o)
			}
		}
	}
}
