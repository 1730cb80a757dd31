// SPDX-License-Identifier: EUPL-1.2

package controlnumber

import (
	"encoding/csv"
	"errors"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"golang.org/x/text/unicode/norm"
	"pgregory.net/rapid"

	"meldewerk/calendar"
	"meldewerk/envelope/keyfile"
	"meldewerk/identity"
	"meldewerk/pseudonym"
)

func anyName() *rapid.Generator[string] {
	word := rapid.SampledFrom([]string{"Müller", "von", "Graf", "Dr.", "jun.", "N.", "Łoś", "Weiß", "A", "unbekannt", "’", "-", " ", "\u0308", "\xff", "Baby", "med."})
	return rapid.OneOf(rapid.String(), rapid.Custom(func(t *rapid.T) string {
		return strings.Join(rapid.SliceOfN(word, 0, 8).Draw(t, "words"), rapid.SampledFrom([]string{" ", "-", ""}).Draw(t, "between"))
	}))
}

func anyPerson(t *rapid.T) identity.Person {
	return identity.Person{
		Surname: anyName().Draw(t, "surname"), FirstNames: anyName().Draw(t, "first"), BirthName: anyName().Draw(t, "birth"),
		FormerNames: rapid.SliceOfN(anyName(), 0, 3).Draw(t, "former"), Title: anyName().Draw(t, "title"),
		BirthDate: calendar.Date{Year: 1950, Month: 5, Day: rapid.Uint8().Draw(t, "day")},
		Insurance: identity.Insurance{Statutory: &identity.StatutoryInsurance{Number: rapid.String().Draw(t, "kvnr")}},
	}
}

func TestStandardisationIsIdempotent(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		text := anyName().Draw(t, "name")
		once := fold(text)
		if fold(once) != once {
			t.Fatalf("fold is not idempotent")
		}
		if strings.Trim(once, "ABCDEFGHIJKLMNOPQRSTUVWXYZ ") != "" || strings.Contains(once, "  ") || strings.TrimSpace(once) != once {
			t.Fatalf("fold leaves other characters")
		}
		if fold(norm.NFC.String(text)) != fold(norm.NFD.String(text)) {
			t.Fatalf("fold depends on the normal form")
		}
		for _, f := range []field{surnames, firstNames} {
			n, _ := standardName(text, f)
			again, _ := standardName(strings.Join(n.Components, " "), f)
			for _, c := range n.Components {
				if c == "" || strings.Trim(c, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") != "" {
					t.Fatalf("a component holds other characters")
				}
			}
			// Cut at three, the words may read as something else, never as more.
			if len(again.Components) > len(n.Components) {
				t.Fatalf("standardising again gives more components")
			}
		}
	})
}

func TestEqualNamesGiveEqualNumbers(t *testing.T) {
	t.Parallel()
	_, keys := readVectors(t)
	rapid.Check(t, func(t *rapid.T) {
		p := anyPerson(t)
		first := must(Form(p, keys))
		p.Surname, p.FirstNames = norm.NFD.String(p.Surname), " "+norm.NFC.String(p.FirstNames)+" "
		if second := must(Form(p, keys)); first != second {
			t.Fatalf("equal names have different numbers")
		}
		s := Standardise(p)
		if first.Len() != len(values(s)) {
			t.Fatalf("%d values form %d numbers", len(values(s)), first.Len())
		}
	})
}

func TestDifferentValuesGiveDifferentNumbers(t *testing.T) {
	t.Parallel()
	_, keys := readVectors(t)
	rapid.Check(t, func(t *rapid.T) {
		word := rapid.StringMatching(`[B-DF-HJ-M]{2,8}Q`)
		a, b := word.Draw(t, "a"), word.Draw(t, "b")
		x, y := must(Form(identity.Person{Surname: a}, keys)), must(Form(identity.Person{FirstNames: b}, keys))
		if (x.Surname().Common(y.FirstName()) == 1) != (a == b) {
			t.Fatalf("surname and first name must meet exactly when equal")
		}
	})
}

func TestClassesNeverMeet(t *testing.T) {
	t.Parallel()
	_, keys := readVectors(t)
	n := must(FormStandard(Standard{Surname: Name{Components: []string{"X"}, Phonetic: "X"}, Day: "X", Titles: []string{"X"}, KVNR: "X"}, keys))
	seen := map[pseudonym.Number]bool{}
	for _, number := range n.All() {
		seen[number] = true
	}
	if len(seen) != 5 {
		t.Errorf("one value in five classes gives %d numbers", len(seen))
	}
}

func TestDifferentKeysNeverCompare(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		p := anyPerson(t)
		p.Surname = "Kunz"
		a, b := randomKeys(t), randomKeys(t)
		x, y := must(Form(p, a)), must(Form(p, b))
		for s, n := range x.All() {
			if m, _ := y.Get(s); m == n {
				t.Fatalf("%v agrees under different keys", s)
			}
		}
		storage, exchange := mustLayer(a, "storage/1"), mustLayer(a, "exchange.rki/1")
		travelling := must(Rekey(x, storage, exchange))
		if travelling.Comparable(&x) || x.Agree(&travelling, pseudonym.KN1) != pseudonym.Unknown {
			t.Fatalf("stored and exchanged numbers compare")
		}
		if x.Names().Common(travelling.Names()) != 0 {
			t.Fatalf("stored and exchanged numbers agree")
		}
	})
}

func TestRekeyIsLosslessWithoutNames(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		p, keys := anyPerson(t), randomKeys(t)
		stored := must(Form(p, keys))
		storage, exchange := mustLayer(keys, "storage/1"), mustLayer(keys, "exchange.rki/1")
		travelling := must(Rekey(stored, storage, exchange))
		if travelling.Generation != "exchange.rki/1" || travelling.Profile != stored.Profile {
			t.Fatalf("generation or profile is lost")
		}
		if back := must(Rekey(travelling, exchange, storage)); back != stored {
			t.Fatalf("numbers change on the way there and back")
		}
		if _, err := Rekey(stored, exchange, storage); err == nil {
			t.Fatalf("numbers of another generation were re-keyed")
		}
	})
}

// TestTwoStatesMeetOnlyAtTheExchange: same national key, own storage keys, a
// common exchange key.
func TestTwoStatesMeetOnlyAtTheExchange(t *testing.T) {
	t.Parallel()
	national, exchange := random32(), random32()
	state := func() *Keys {
		return must(NewKeys(key(t, PurposeNational, 1, national), key(t, PurposeStorage, 1, random32()), key(t, PurposeExchange+"rud", 1, exchange)))
	}
	one, two := state(), state()
	p := identity.Person{Surname: "Kunz", FirstNames: "Eva"}
	x, y := must(Form(p, one)), must(Form(p, two))
	if x.Names().Common(y.Names()) != 0 {
		t.Error("stored numbers of two states agree")
	}
	x = must(Rekey(x, mustLayer(one, "storage/1"), mustLayer(one, "exchange.rud/1")))
	y = must(Rekey(y, mustLayer(two, "storage/1"), mustLayer(two, "exchange.rud/1")))
	if !x.Equal(y) || x.Names().Common(y.Names()) != 2 {
		t.Error("exchanged numbers of one person differ")
	}
}

// TestK4StoredNumbersResistTheNameList: who has all stored numbers, the whole
// list of names and this code, but not the keys, recomputes nothing.
func TestK4StoredNumbersResistTheNameList(t *testing.T) {
	t.Parallel()
	names, _ := surnameList(t)
	keys := randomKeys(t)
	register := map[pseudonym.Number]bool{}
	for _, name := range names {
		for _, n := range must(Form(identity.Person{Surname: name}, keys)).All() {
			register[n] = true
		}
	}
	if n, _ := must(Form(identity.Person{Surname: names[0]}, keys)).Get(pseudonym.KN1); !register[n] {
		t.Fatal("with the keys a name must be found, or this test proves nothing")
	}
	zero := make([]byte, keySize)
	guesses := []*Keys{randomKeys(t), must(NewKeys(key(t, PurposeNational, 1, zero), key(t, PurposeStorage, 1, zero)))}
	for _, guess := range guesses {
		for _, name := range names {
			for _, n := range must(Form(identity.Person{Surname: name}, guess)).All() {
				if register[n] {
					t.Fatal("a number of the register was recomputed without its keys")
				}
			}
		}
	}
}

// TestK4FrequencyMatchingIsMeasured states what equal numbers give away: an
// attacker lays the ranking of KN1 beside the public ranking of surnames.
func TestK4FrequencyMatchingIsMeasured(t *testing.T) {
	t.Parallel()
	const persons = 50_000
	names, counts := surnameList(t)
	keys := randomKeys(t)
	total := 0
	for _, c := range counts {
		total += c
	}
	source := rand.New(rand.NewPCG(1, 2))
	numberOf := map[string]pseudonym.Number{}
	tally := map[pseudonym.Number]int{}
	for range persons {
		name := names[draw(source, counts, total)]
		n, known := numberOf[name]
		if !known {
			n, _ = must(Form(identity.Person{Surname: name}, keys)).Get(pseudonym.KN1)
			numberOf[name] = n
		}
		tally[n]++
	}
	ranked := make([]pseudonym.Number, 0, len(tally))
	for n := range tally {
		ranked = append(ranked, n)
	}
	slices.SortFunc(ranked, func(a, b pseudonym.Number) int { return tally[b] - tally[a] })
	rightPersons, rightTop := 0, 0
	for rank, n := range ranked {
		if rank < len(names) && numberOf[names[rank]] == n {
			rightPersons += tally[n]
			if rank < 100 {
				rightTop++
			}
		}
	}
	t.Logf("frequency matching on %d persons: %d of the 100 commonest surnames, %.1f %% of persons", persons, rightTop, 100*float64(rightPersons)/persons)
	if 2*rightPersons > persons {
		t.Error("frequency matching finds more than half of the persons: the threat model states less")
	}
}

func draw(source *rand.Rand, counts []int, total int) int {
	at := source.IntN(total)
	for i, c := range counts {
		if at -= c; at < 0 {
			return i
		}
	}
	return len(counts) - 1
}

// surnameList reads surnames by falling frequency from the reference material.
func surnameList(t *testing.T) ([]string, []int) {
	t.Helper()
	path := filepath.Join(projectRoot(t), "..", "shared", "linkage", "names", "gecko_de_last-name.csv")
	file, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		t.Skip("the reference list of surnames is not here")
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = file.Close() })
	rows, err := csv.NewReader(file).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	var counts []int
	for _, row := range rows[1:] {
		if n, err := strconv.Atoi(row[1]); err == nil {
			names, counts = append(names, row[0]), append(counts, n)
		}
	}
	return names, counts
}

func projectRoot(t *testing.T) string {
	t.Helper()
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir
		}
		up := filepath.Dir(dir)
		if up == dir {
			t.Skip("no go.mod above the test")
		}
		dir = up
	}
}

func random32() []byte {
	k, err := keyfile.New(PurposeNational, 1, keySize, day0)
	if err != nil {
		panic(err)
	}
	return k.Secret()
}

func randomKeys(t interface{ Fatalf(string, ...any) }) *Keys {
	var files []keyfile.Key
	for _, purpose := range []string{PurposeNational, PurposeStorage, PurposeExchange + "rki"} {
		k, err := keyfile.New(purpose, 1, keySize, day0)
		if err != nil {
			t.Fatalf("make key: %v", err)
		}
		files = append(files, k)
	}
	return must(NewKeys(files...))
}

func mustLayer(k *Keys, g pseudonym.Generation) Layer { return must(k.Layer(g)) }

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

func FuzzStandardise(f *testing.F) {
	for _, seed := range []string{"", "Müller-Lüdenscheidt", "Graf von und zu", "Dr. N.N.", "\u0308", "\xff", "O’Neill jun.", "Baby Boy", "ŉ"} {
		f.Add(seed, seed)
	}
	_, keys := readVectors(f)
	f.Fuzz(func(t *testing.T, a, b string) {
		p := identity.Person{Surname: a, FirstNames: b, BirthName: b, FormerNames: []string{a, b}, Title: a,
			Insurance: identity.Insurance{Statutory: &identity.StatutoryInsurance{Number: b}}}
		if _, err := Form(p, keys); err != nil {
			t.Fatal(err)
		}
		if once := fold(a); fold(once) != once {
			t.Fatal("fold is not idempotent")
		}
	})
}

func BenchmarkForm(b *testing.B) {
	_, keys := readVectors(b)
	p := identity.Person{Surname: "Müller-Lüdenscheidt", FirstNames: "Hans-Peter", BirthName: "Weiß", Title: "Dr.",
		BirthDate: calendar.Date{Year: 1950, Month: 5, Day: 4, Accuracy: calendar.Exact},
		Insurance: identity.Insurance{Statutory: &identity.StatutoryInsurance{Number: "A123456780"}}}
	for b.Loop() {
		if _, err := Form(p, keys); err != nil {
			b.Fatal(err)
		}
	}
}
