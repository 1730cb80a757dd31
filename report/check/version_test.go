// SPDX-License-Identifier: EUPL-1.2

package check_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"meldewerk/calendar"
	"meldewerk/policy"
	"meldewerk/report"
	"meldewerk/report/check"
)

func TestVersionTellsSinceWhenAndWhatToDo(t *testing.T) {
	t.Parallel()
	p, err := policy.Of("kkn")
	if err != nil {
		t.Fatal(err)
	}
	const path = "oBDS/@Schema_Version"
	for _, row := range []struct {
		version, day string
		english      bool
		want         []report.Finding
	}{
		{"2.2.3", "2024-06-30", false, nil},
		{"2.2.3", "2026-11-22", false, []report.Finding{{Rule: "F1", Severity: report.Error, Path: path,
			Message: "Das Register nimmt Pakete der Fassung 2.2.3 seit dem 01.07.2024 nicht mehr an.",
			Remedy:  "Erzeugen Sie das Paket mit Fassung 3.0.5 und senden Sie es erneut."}}},
		{"2.2.3", "2026-11-22", true, []report.Finding{{Rule: "F1", Severity: report.Error, Path: path,
			Message: "The registry has not taken packages of version 2.2.3 since 1 July 2024.",
			Remedy:  "Generate the package with version 3.0.5 and send it again."}}},
		{"3.0.5", "2025-06-01", false, []report.Finding{{Rule: "F2", Severity: report.Error, Path: path,
			Message: "Das Register nimmt Pakete der Fassung 3.0.5 erst ab dem 22.09.2025 an.",
			Remedy:  "Erzeugen Sie das Paket mit Fassung 3.0.4 und senden Sie es erneut."}}},
		{"3.0.3", "2025-12-31", false, nil},
		{"3.0.3", "2026-01-01", false, []report.Finding{{Rule: "F3", Severity: report.Warning, Path: path,
			Message: "Die Fassung 3.0.3 kennt keine Daten nach dem 31.12.2025.",
			Remedy:  "Stellen Sie auf Fassung 3.0.5 um: Meldungen mit neueren Daten weist das Schema ab."}}},
		{"3.0.4", "2026-11-22", false, nil},
		{"3.0.5", "2026-11-22", false, nil},
		{"Musterfrau", "2026-11-22", false, nil},
	} {
		if diff := cmp.Diff(row.want, check.Version(p, row.version, day(row.day), row.english)); diff != "" {
			t.Errorf("%s on %s:\n%s", row.version, row.day, diff)
		}
	}
	if got := check.Version(p, "2.2.3", calendar.Date{}, false); got != nil {
		t.Errorf("without a day: %v", got)
	}
}
