// SPDX-License-Identifier: EUPL-1.2

package check_test

import (
	"sync"
	"testing"
	"testing/fstest"

	"meldewerk/identity"
	"meldewerk/report"
	"meldewerk/report/check"
	"meldewerk/terminology"
	"meldewerk/tumour"
)

// book holds small editions, as an operator would import them.
var book = sync.OnceValue(func() *terminology.Book {
	folder := fstest.MapFS{}
	for name, text := range map[string]string{
		"2025": "icd10gm 2025 3\nC50.4 Brust\nC50.7 Brust\nD50.0 Blut\n",
		"2027": "icd10gm 2027 2\nC50.4 Brust\nC50.7 Brust\n",
		"o":    "icdo3 2025 2\nC14.1 Rachen\n8777/3 Tumor\n",
		"ik":   "insurer 2026 1\n102114819 Kasse\n",
	} {
		folder[name+".txt"] = &fstest.MapFile{Data: []byte("meldewerk-terminology " + text)}
	}
	b, err := terminology.Open(folder)
	if err != nil {
		panic(err)
	}
	return b
})

// TestBookAnswersForWhatTheListsDoNotHave: a code that came after the program
// was built is known as soon as its edition is imported.
func TestBookAnswersForWhatTheListsDoNotHave(t *testing.T) {
	t.Parallel()
	with := book()
	for name, row := range map[string]struct {
		rule     string
		occasion tumour.Occasion
		apply    func(*check.Context, *report.Report)
		without  bool // found by the built-in lists
		found    bool // found with the book
	}{
		"new diagnosis":               {"I3b", tumour.OccasionDiagnosis, coded("C50.7", "10 2025 GM"), true, false},
		"new diagnosis, another year": {"I3d", tumour.OccasionDiagnosis, coded("C50.7", "10 2027 GM"), true, false},
		"no tumour":                   {"I3b", tumour.OccasionDiagnosis, coded("D50.0", "10 2025 GM"), true, true},
		"still unknown":               {"I3b", tumour.OccasionDiagnosis, coded("C99.9", "10 2025 GM"), true, true},
		"new site":                    {"I6", tumour.OccasionDiagnosis, topography("C14.0", "C14.1"), true, false},
		"new morphology":              {"I6b", tumour.OccasionDeath, tumourOf("C50.4", "8777/3"), true, false},
		"unknown insurer":             {"P1h", tumour.OccasionBoard, insurer("104940005"), false, true},
		"known insurer":               {"P1h", tumour.OccasionBoard, insurer("102114819"), false, false},
		"wrong check digit is P1b's":  {"P1h", tumour.OccasionBoard, insurer("104940006"), false, false},
		"no insurer": {"P1h", tumour.OccasionBoard, to(func(r *report.Report) {
			r.Person.Insurance = identity.Insurance{Other: &identity.OtherInsurance{Substitute: "970000011"}}
		}), false, false},
		"number without a list": {"P1h", tumour.OccasionBoard, to(func(r *report.Report) {
			r.Person.Insurance = identity.Insurance{Private: &identity.PrivateInsurance{Insurer: "950123451"}}
		}), false, false},
	} {
		for _, b := range []*terminology.Book{nil, terminology.BuiltIn(), with} {
			ctx, r := context(), plausible(row.occasion)
			row.apply(&ctx, r)
			ctx.Book = b
			got := false
			for _, f := range check.Run(ctx, r) {
				got = got || f.Rule == row.rule
			}
			if want := b != with && row.without || b == with && row.found; got != want {
				t.Errorf("%s, with the book %v: %v", name, b == with, got)
			}
		}
	}
}
