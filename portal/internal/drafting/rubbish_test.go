// SPDX-License-Identifier: EUPL-1.2

package drafting

import (
	"fmt"
	"testing"

	"meldewerk/report"
	"meldewerk/report/form"
	"meldewerk/tumour"
)

// TestRubbishIsNotLookedUpForLong: who fills hundreds of rows with what lacks
// everything, or cannot be read, is refused without every one being looked up.
func TestRubbishIsNotLookedUpForLong(t *testing.T) {
	t.Parallel()
	m := bareRoom(t, "kkn")
	for what, value := range map[string]string{"missing": "01.01.2020", "unreadable": "99.99.9999"} {
		sheet := form.Encode(fullest(samples(t), tumour.OccasionDiagnosis)[0])
		for row := range 199 {
			for _, field := range []string{"genetics.%d.date", "classifications.%d.date", "metastases.%d.diagnosed-on"} {
				sheet[fmt.Sprintf(field, row)] = value
			}
		}
		v, err := m.judge(sheet, report.PersonGiven, nil)
		if err != nil {
			t.Fatal(err)
		}
		stop, _ := parted(v.placed)
		if len(stop) == 0 || what == "missing" && len(v.placed) > maxPlaced {
			t.Errorf("%s: %d findings, %d of them stop the report", what, len(v.placed), len(stop))
		}
	}
}
