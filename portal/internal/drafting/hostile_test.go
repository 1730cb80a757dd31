// SPDX-License-Identifier: EUPL-1.2

package drafting

import (
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"meldewerk/report"
	"meldewerk/report/form"
	"meldewerk/tumour"
)

const canary = "Kanarienvogel"

// TestL3FindingsHoldNothingTyped puts into every field of every occasion what
// does not belong there. Each is judged without trouble of our own, and no
// finding and no sentence shows what was typed.
func TestL3FindingsHoldNothingTyped(t *testing.T) {
	t.Parallel()
	m := bareRoom(t, "kkn")
	all := samples(t)
	values := []string{canary, canary + "\x00", canary + "\n" + canary, "\ufffe" + canary, "32.13.2024", "31.12.2099", "01.01.1800", "2024 X",
		"99999999999999999999999", "-1", "<" + canary + ">", strings.Repeat(canary, 400), "1e9", "0,0000000000000001", "C99.9 " + canary}
	for _, occasion := range tumour.Occasions() {
		whole := form.Encode(fullest(all, occasion)[0])
		i := 0
		for key := range whole {
			if managed(key) {
				continue
			}
			i++
			for _, value := range []string{values[i%len(values)], values[(7*i+3)%len(values)]} {
				sheet := whole.Clone()
				sheet[key] = value
				v, err := m.judge(sheet, report.PersonGiven, nil)
				if err != nil {
					t.Fatalf("%s %s: %v", occasion, key, err)
				}
				for _, f := range v.placed {
					if strings.Contains(fmt.Sprintf("%+v", f), canary) {
						t.Errorf("%s %s: the finding %s tells what was typed", occasion, key, f.Rule)
					}
				}
				if strings.ContainsAny(value, "\x00\ufffe") && key != "occasion" && !strings.HasPrefix(key, "occasion") && len(v.placed) == 0 {
					t.Errorf("%s %s: a control character passed", occasion, key)
				}
			}
		}
	}
}

// TestJudgeTakesAnySheet: whatever keys and values a browser posts, there is a
// verdict and no trouble, and what has no error can be handed over.
func TestJudgeTakesAnySheet(t *testing.T) {
	t.Parallel()
	m := bareRoom(t, "hessen")
	all := samples(t)
	rapid.Check(t, func(t *rapid.T) {
		occasion := rapid.SampledFrom(tumour.Occasions()).Draw(t, "occasion")
		sheet := form.Encode(rapid.SampledFrom(fullest(all, occasion)).Draw(t, "report"))
		keys := make([]string, 0, len(sheet))
		for key := range sheet {
			keys = append(keys, key)
		}
		for range rapid.IntRange(1, 6).Draw(t, "changes") {
			key := rapid.SampledFrom(keys).Draw(t, "key")
			switch rapid.IntRange(0, 3).Draw(t, "how") {
			case 0:
				delete(sheet, key)
			case 1:
				sheet[key] = rapid.String().Draw(t, "value")
			case 2:
				sheet[key] = sheet[rapid.SampledFrom(keys).Draw(t, "from")]
			case 3:
				sheet[rapid.String().Draw(t, "unknown")] = "x"
			}
		}
		sheet["occasion"] = string(occasion)
		as := rapid.SampledFrom([]report.PersonAs{report.PersonGiven, report.PersonKnown}).Draw(t, "as")
		v, err := m.judge(sheet, as, nil)
		if err != nil {
			t.Fatal(err)
		}
		if stop, _ := parted(v.placed); len(stop) == 0 && (len(v.xml) == 0 || v.report == nil || v.report.Event.Occasion() != occasion) {
			t.Fatal("there is no error and nothing to hand over")
		}
	})
}
