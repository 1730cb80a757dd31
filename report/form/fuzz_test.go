// SPDX-License-Identifier: EUPL-1.2

package form

import (
	"maps"
	"slices"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"meldewerk/tumour"
)

// FuzzDecode types anything into any field of a full form. Whatever was read is
// the same report when it is written into a form and read again, without a
// problem: the next section that is saved must change nothing. Spec: SECURITY R7
func FuzzDecode(f *testing.F) {
	occasions := tumour.Occasions()
	sheets := make([]Sheet, len(occasions))
	keys := make([][]string, len(occasions))
	for i, o := range occasions {
		sheets[i] = Encode(fullReport(o, true))
		keys[i] = slices.Sorted(maps.Keys(sheets[i]))
	}
	for i, typed := range []string{"", "15.3.24", "03/2024", "2024", "1.234", "0,5", "+0", "T2N1M0", "pT1c(m2)", "c50.9", "C50.9 – Brust", "8500/3", "a 123 456 780", "a\u0308\u200b", "\n\r\t\x00"} {
		for o := range occasions {
			f.Add(uint8(o), uint16(i*17), typed)
		}
	}
	f.Fuzz(func(t *testing.T, occasion uint8, field uint16, typed string) {
		if !utf8.ValidString(typed) {
			return // the pages refuse it before
		}
		o := int(occasion) % len(occasions)
		sheet := sheets[o].Clone()
		key := keys[o][int(field)%len(keys[o])]
		sheet.Put(key, typed)
		first := Decode(sheet)
		again := Decode(Encode(first.Report))
		if diff := cmp.Diff(*first.Report, *again.Report); diff != "" {
			t.Errorf("%q in %s of %s does not stay:\n%s", typed, key, occasions[o], diff)
		}
		if len(again.Problems) > 0 {
			t.Errorf("%q in %s of %s was read, and is then a problem: %v", typed, key, occasions[o], again.Problems)
		}
	})
}
