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

// TestPastedTextIsBroughtIn: umlauts of two pieces, blanks of web pages and
// invisible signs come along with what is pasted; lines keep their breaks.
func TestPastedTextIsBroughtIn(t *testing.T) {
	t.Parallel()
	for typed, want := range map[string]string{"Gru\u0308nwald": "Grünwald", "\u00a0von\u00a0der\u202f": "von der", "Grün\u00adwald\u200b": "Grünwald", "a\r\nb": "a\nb"} {
		if got := pasted(typed, form.Words); got != want {
			t.Errorf("%q became %q, want %q", typed, got, want)
		}
	}
	if got := pasted("Gru\u0308n\u00a01\r\n2 ", form.Lines); got != "Grün\u00a01\n2" {
		t.Errorf("lines became %q", got)
	}
}
