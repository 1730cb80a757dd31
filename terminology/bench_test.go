// SPDX-License-Identifier: EUPL-1.2

package terminology_test

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

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

// searched are the lists that the worst queries are asked of.
func searched(tb testing.TB) []struct {
	name    string
	book    *terminology.Book
	list    terminology.List
	queries []string
} {
	big, built := bigBook(tb), terminology.BuiltIn()
	ofInsurers := append(slices.Clone(worst), "betriebskrankenkasse", "1", "10", "104", "104299999", "nummer", "krankenkasse nummer betrieb")
	return []struct {
		name    string
		book    *terminology.Book
		list    terminology.List
		queries []string
	}{
		{"ICD-10, built in", built, terminology.ListICD, worst},
		{"ICD-10, 16,000 imported codes", big, terminology.ListICD, worst},
		{"OPS, built in", built, terminology.ListOPS, worst},
		{"OPS, 30,000 imported codes", big, terminology.ListOPS, worst},
		{"morphology, built in", built, terminology.ListMorphology, worst},
		{"substances, built in", built, terminology.ListSubstance, worst},
		{"insurers, 3,000 imported", manyInsurers(tb), terminology.ListInsurer, ofInsurers},
	}
}

func BenchmarkSearchWorst(b *testing.B) {
	for _, s := range searched(b) {
		for i, query := range s.queries {
			b.Run(fmt.Sprintf("%s/%d", s.name, i), func(b *testing.B) {
				s.book.Search(s.list, query, 2026)
				for b.Loop() {
					s.book.Search(s.list, query, 2026)
				}
			})
		}
	}
}

// searchLimit is the longest a search should take.
const searchLimit = time.Millisecond

// BenchmarkSearchLimit holds the slowest query of each list against the limit
// and writes the table of docs/benchmarks.md where MELDEWERK_BENCH_OUT says.
func BenchmarkSearchLimit(b *testing.B) {
	var table bytes.Buffer
	table.WriteString("| list | queries | slowest: median of 100 | share of the limit (1 ms) |\n| --- | ---: | ---: | ---: |\n")
	for b.Loop() {
		for _, s := range searched(b) {
			slowest := time.Duration(0)
			for _, query := range s.queries {
				slowest = max(slowest, median(func() { s.book.Search(s.list, query, 2026) }))
			}
			fmt.Fprintf(&table, "| %s | %d | %.0f µs | %.2f |\n", s.name, len(s.queries), float64(slowest)/1e3, float64(slowest)/float64(searchLimit))
		}
	}
	if file := os.Getenv("MELDEWERK_BENCH_OUT"); file != "" {
		if err := os.WriteFile(file, table.Bytes(), 0o600); err != nil {
			b.Fatal(err)
		}
	}
	b.Log("\n" + table.String())
}

func median(work func()) time.Duration {
	var took []time.Duration
	for range 101 {
		begun := time.Now()
		work()
		took = append(took, time.Since(begun))
	}
	slices.Sort(took)
	return took[len(took)/2]
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
