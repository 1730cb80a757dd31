// SPDX-License-Identifier: EUPL-1.2

package terminology_test

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"meldewerk/terminology"
)

// syllables make words as long and as many as those of the official lists.
var syllables = strings.Fields("en er ge ver be ung in an aus lich keit tion al ek tom ie gas tro en te ro kolo re sek ti on ent fer nung ma lig ne neo pla si hä ma to lym pho kar zi nom")

// bigEdition is as large as the official one, with invented words.
func bigEdition(tb testing.TB, kind terminology.Kind, codes []string) []byte {
	tb.Helper()
	random := rand.New(rand.NewPCG(1, 2))
	vocabulary := make([]string, 18_000)
	for i := range vocabulary {
		for range 2 + random.IntN(7) {
			vocabulary[i] += syllables[random.IntN(len(syllables))]
		}
	}
	var out bytes.Buffer
	fmt.Fprintf(&out, "meldewerk-terminology %s 2026 %d\n", kind, len(codes))
	for _, code := range codes {
		out.WriteString(code)
		for range 4 + random.IntN(8) {
			out.WriteString(" " + vocabulary[int(float64(len(vocabulary))*random.Float64()*random.Float64())])
		}
		out.WriteByte('\n')
	}
	return out.Bytes()
}

// bigBook holds an ICD-10-GM of 16,000 codes and an OPS of 30,000.
func bigBook(tb testing.TB) *terminology.Book {
	tb.Helper()
	var icd, ops []string
	for letter := 'A'; letter <= 'Z'; letter++ {
		for n := range 62 {
			for digit := range 10 {
				icd = append(icd, fmt.Sprintf("%c%02d.%d", letter, n, digit))
			}
		}
	}
	for chapter := 1; chapter <= 9; chapter++ {
		for n := range 340 {
			for digit := range 10 {
				ops = append(ops, fmt.Sprintf("%d-%03d.%d", chapter, n, digit))
			}
		}
	}
	book, err := terminology.Open(fstest.MapFS{
		"icd.txt": {Data: bigEdition(tb, terminology.KindICD10GM, icd)},
		"ops.txt": {Data: bigEdition(tb, terminology.KindOPS, ops)},
	})
	if err != nil {
		tb.Fatal(err)
	}
	return book
}

// worst are the queries that cost most: common letters, many words, errors.
var worst = []string{
	"e", "en", "er", "ung", "enen", "enerungen", "enenenenenenenen", "gasronetomie entfernug", "a b c d e f g h", "en er ge ve be un in an", "karzinom", "entferung der malginen neplasie",
	strings.Repeat("enung", 40), "unggeverbeinanaus", "resekiton kolno lymphsti haematom gastor entfermung", "C50.4", "5", "5-8", "xqzxqzxqz", "lichkeittionalek tomiegastro entero kolore",
}

func BenchmarkSearchWorst(b *testing.B) {
	big := bigBook(b)
	for name, book := range map[string]*terminology.Book{"built-in": terminology.BuiltIn(), "official": big} {
		for _, list := range []terminology.List{terminology.ListICD, terminology.ListOPS, terminology.ListMorphology} {
			for i, query := range worst {
				b.Run(fmt.Sprintf("%s/%s/%d", name, list, i), func(b *testing.B) {
					book.Search(list, query, 2026)
					for b.Loop() {
						book.Search(list, query, 2026)
					}
				})
			}
		}
	}
	book := manyInsurers(b)
	for i, query := range append(slices.Clone(worst), "betriebskrankenkasse", "1", "10", "104", "104299999", "nummer", "krankenkasse nummer betrieb") {
		b.Run(fmt.Sprintf("imported/%s/%d", terminology.ListInsurer, i), func(b *testing.B) {
			book.Search(terminology.ListInsurer, query, 0)
			for b.Loop() {
				book.Search(terminology.ListInsurer, query, 0)
			}
		})
	}
}

// manyInsurers is a list of 3,000, more than there ever were.
func manyInsurers(tb testing.TB) *terminology.Book {
	names := map[string]string{}
	for i := range 3000 {
		names[fmt.Sprintf("10%06d", i*317%1_000_000)] = fmt.Sprintf("Betriebskrankenkasse %cen%c%cung %cer%c", 'a'+i%26, 'a'+i/26%26, 'a'+i/676%26, 'a'+i*7%26, 'a'+i*11%26)
	}
	return insurers(tb, names)
}

// BenchmarkOpen is what the official editions cost at start: reading both
// tables and making both indexes.
func BenchmarkOpen(b *testing.B) {
	for b.Loop() {
		book := bigBook(b)
		book.Search(terminology.ListICD, "x", 2026)
		book.Search(terminology.ListOPS, "x", 2026)
	}
}
