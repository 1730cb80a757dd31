// SPDX-License-Identifier: EUPL-1.2

package pseudonym

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func number(b byte) Number { return Number(slices.Repeat([]byte{b}, 16)) }

func TestNumberTextIsReadBack(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		n := Number(rapid.SliceOfN(rapid.Byte(), 16, 16).Draw(t, "number"))
		text := n.Text()
		if len(text) != 26 || strings.Trim(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567") != "" {
			t.Fatalf("text form has %d characters", len(text))
		}
		read, err := ParseNumber(text)
		if err != nil || read != n {
			t.Fatalf("text form is not read back: %v", err)
		}
	})
	for _, bad := range []string{"", "A", strings.Repeat("A", 25), strings.Repeat("A", 27), strings.Repeat("a", 26), strings.Repeat("1", 26),
		strings.Repeat("A", 25) + "B", strings.Repeat("A", 25) + "=", "AAAAAAAAAAAA\nAAAAAAAAAAAAA"} {
		if _, err := ParseNumber(bad); err == nil || err.Error() != errNumber.Error() {
			t.Errorf("%q: %v", bad, err)
		}
		if json.Unmarshal([]byte(`"`+strings.ReplaceAll(bad, "\n", `\n`)+`"`), new(Number)) == nil {
			t.Errorf("JSON %q was read", bad)
		}
	}
}

func TestSlotsHaveTheirClass(t *testing.T) {
	t.Parallel()
	count := map[Class]int{}
	for _, s := range Slots() {
		count[s.Class()]++
		text, err := s.MarshalText()
		if err != nil {
			t.Fatal(err)
		}
		var read Slot
		if err := read.UnmarshalText(text); err != nil || read != s {
			t.Errorf("%s is read back as %s: %v", s, read, err)
		}
	}
	if diff := cmp.Diff(map[Class]int{Name: 12, Phonetic: 4, Day: 1, Title: 2, Insured: 1}, count); diff != "" {
		t.Error(diff)
	}
	for _, s := range []Slot{0, 14, 21, 22, 24, 255} {
		if s.Valid() {
			t.Errorf("slot %d is valid", s)
		}
		if _, err := s.MarshalText(); err == nil {
			t.Errorf("slot %d has a text", s)
		}
	}
	for _, bad := range []string{"", "KN14", "KN21", "KN0", "KN01", "kn1", "KVNR ", "1"} {
		if new(Slot).UnmarshalText([]byte(bad)) == nil {
			t.Errorf("slot %q was read", bad)
		}
	}
}

func TestGenerationNamesAreStrict(t *testing.T) {
	t.Parallel()
	for _, g := range []Generation{StorageGeneration(1), StorageGeneration(65535), ExchangeGeneration("rki", 2), ExchangeGeneration("st-8", 1)} {
		var read Generation
		if err := read.UnmarshalText([]byte(g)); err != nil || read != g {
			t.Errorf("%s: %v", g, err)
		}
	}
	for _, bad := range []string{"", "storage", "storage/", "storage/0", "storage/01", "storage/-1", "storage/65536", "storage/1/1", "Storage/1",
		"exchange/1", "exchange./1", "exchange.RKI/1", "exchange.a b/1", "exchange." + strings.Repeat("x", 33) + "/1", "other/1"} {
		if new(Generation).UnmarshalText([]byte(bad)) == nil {
			t.Errorf("generation %q was read", bad)
		}
		if Generation(bad).Number() != 0 {
			t.Errorf("generation %q has a number", bad)
		}
	}
	g := ExchangeGeneration("rki", 2)
	if g.IsStorage() || !StorageGeneration(1).IsStorage() || g.Number() != 2 || g.Use() != "exchange.rki" {
		t.Errorf("%s: number %d, use %s", g, g.Number(), g.Use())
	}
}

func set(t *testing.T, g Generation, slots map[Slot]Number) ControlNumbers {
	t.Helper()
	c := ControlNumbers{Profile: "kn-1", Generation: g}
	for s, n := range slots {
		if err := c.Put(s, n); err != nil {
			t.Fatal(err)
		}
	}
	return c
}

func TestControlNumbersKeepTheirSlots(t *testing.T) {
	t.Parallel()
	c := set(t, "storage/1", map[Slot]Number{KN1: number(1), KN4: number(3), KN7: number(1), KN12: number(2), KN15: number(9), KN20: number(8), KVNR: number(7)})
	if c.Len() != 7 || c.IsZero() || !(ControlNumbers{}).IsZero() {
		t.Errorf("%d slots", c.Len())
	}
	if n, ok := c.Get(KVNR); !ok || n != number(7) {
		t.Error("KVNR is lost")
	}
	if _, ok := c.Get(KN2); ok {
		t.Error("an empty slot has a number")
	}
	for _, s := range []Slot{0, 14, 21, 24, 255} {
		if c.Put(s, number(1)) == nil || c.Has(s) {
			t.Errorf("reserved slot %d was filled", s)
		}
	}
	var order []Slot
	for s := range c.All() {
		order = append(order, s)
		if s == KN20 {
			break
		}
	}
	if diff := cmp.Diff([]Slot{KN1, KN4, KN7, KN12, KN15, KN20}, order); diff != "" {
		t.Error(diff)
	}
	for name, got := range map[string][]Set{
		"names": {c.Names(), {number(1), number(2), number(3)}}, "surname": {c.Surname(), {number(1)}}, "first": {c.FirstName(), {number(3)}},
		"birth": {c.BirthName(), {number(1)}}, "former": {c.FormerName(), {number(2)}}, "phonetic": {c.Phonetics(), {number(9)}}, "titles": {c.Titles(), {number(8)}},
	} {
		if !slices.Equal(got[0], got[1]) {
			t.Errorf("set %s has %d members", name, len(got[0]))
		}
	}
}

func TestAgreementNeedsBothAndOneKey(t *testing.T) {
	t.Parallel()
	a := set(t, "storage/1", map[Slot]Number{KN1: number(1), KN4: number(3)})
	b := set(t, "storage/1", map[Slot]Number{KN1: number(1), KN4: number(4), KN13: number(5)})
	foreign := set(t, "storage/2", map[Slot]Number{KN1: number(1)})
	older := foreign
	older.Generation, older.Profile = "storage/1", "kn-0"
	for _, c := range []struct {
		with ControlNumbers
		slot Slot
		want Agreement
	}{{b, KN1, Agreed}, {b, KN4, Different}, {b, KN13, Unknown}, {b, KN2, Unknown}, {foreign, KN1, Unknown}, {older, KN1, Unknown}, {a, KN1, Agreed}} {
		if got := a.Agree(&c.with, c.slot); got != c.want {
			t.Errorf("%s under %s/%s: %d, want %d", c.slot, c.with.Profile, c.with.Generation, got, c.want)
		}
	}
	if !a.Equal(a) || a.Equal(b) || a.Comparable(&foreign) {
		t.Error("equality is wrong")
	}
}

func TestSetsCountWhatTheyShare(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		draw := func(name string) (ControlNumbers, map[byte]bool) {
			var c ControlNumbers
			members := map[byte]bool{}
			for i, b := range rapid.SliceOfN(rapid.ByteRange(0, 15), 0, 12).Draw(t, name) {
				if err := c.Put(KN1+Slot(i), number(b)); err != nil {
					t.Fatal(err)
				}
				members[b] = true
			}
			return c, members
		}
		a, inA := draw("a")
		b, inB := draw("b")
		common := 0
		for m := range inA {
			if inB[m] {
				common++
			}
			if !a.Names().Has(number(m)) {
				t.Fatal("a member is missing")
			}
		}
		if got := a.Names().Common(b.Names()); got != common || len(a.Names()) != len(inA) {
			t.Fatalf("%d in common, want %d", got, common)
		}
		if a.Names().Has(number(99)) {
			t.Fatal("a stranger is a member")
		}
	})
}

func TestControlNumbersTravelAsJSON(t *testing.T) {
	t.Parallel()
	c := set(t, "exchange.rki/1", map[Slot]Number{KN1: number(1), KVNR: number(7)})
	text, err := json.Marshal(c)
	if err != nil {
		t.Fatal(err)
	}
	const want = `{"profile":"kn-1","generation":"exchange.rki/1","numbers":{"KN1":"AEAQCAIBAEAQCAIBAEAQCAIBAE","KVNR":"A4DQOBYHA4DQOBYHA4DQOBYHA4"}}`
	if string(text) != want {
		t.Errorf("JSON is %s", text)
	}
	var read ControlNumbers
	if err := json.Unmarshal(text, &read); err != nil || !read.Equal(c) {
		t.Errorf("not read back: %v", err)
	}
	for what, bad := range map[string]string{
		"not an object": `[]`, "no profile": `{"generation":"storage/1","numbers":{}}`, "no generation": `{"profile":"kn-1","numbers":{}}`,
		"bad generation": `{"profile":"kn-1","generation":"x","numbers":{}}`, "reserved slot": `{"profile":"kn-1","generation":"storage/1","numbers":{"KN14":"AEAQCAIBAEAQCAIBAEAQCAIBAE"}}`,
		"bad number":   `{"profile":"kn-1","generation":"storage/1","numbers":{"KN1":"x"}}`,
		"long profile": `{"profile":"` + strings.Repeat("x", 33) + `","generation":"storage/1","numbers":{}}`,
	} {
		before := read
		if err := json.Unmarshal([]byte(bad), &read); err == nil {
			t.Errorf("%s: read", what)
		}
		if !read.Equal(before) {
			t.Errorf("%s: a refused text changed the set", what)
		}
	}
}

func TestChiffratHeadIsReadable(t *testing.T) {
	t.Parallel()
	sealed := append([]byte{1, 0, 0x50, 1, 2, 3, 4, 5, 6, 7, 8}, "content"...)
	c, err := ParseChiffrat(sealed)
	if err != nil {
		t.Fatal(err)
	}
	sealed[0] = 9
	if c.Version() != 1 || c.KEM() != 0x50 || c.KeyID() != "0102030405060708" || c.IsZero() {
		t.Errorf("version %d, KEM %d, key %s", c.Version(), c.KEM(), c.KeyID())
	}
	c.Bytes()[0] = 9
	text, err := json.Marshal(struct{ A, B Chiffrat }{A: c})
	if err != nil {
		t.Fatal(err)
	}
	if want := `{"A":"` + base64.StdEncoding.EncodeToString(c.Bytes()) + `","B":""}`; string(text) != want {
		t.Errorf("JSON is %s", text)
	}
	var read struct{ A, B Chiffrat }
	if err := json.Unmarshal(text, &read); err != nil || !read.A.Equal(c) || !read.B.IsZero() || read.A.Equal(read.B) {
		t.Errorf("not read back: %v", err)
	}
	var zero Chiffrat
	if zero.Version() != 0 || zero.KEM() != 0 || zero.KeyID() != "" || zero.Bytes() != nil {
		t.Error("no Chiffrat has a head")
	}
	for _, bad := range [][]byte{nil, sealed[:11], append([]byte{0}, sealed[1:]...), append([]byte{1}, make([]byte, MaxChiffrat)...)} {
		if _, err := ParseChiffrat(bad); err == nil {
			t.Errorf("%d bytes were taken", len(bad))
		}
	}
	for _, bad := range []string{"A", "AAAA", "****", strings.Repeat("A", base64.StdEncoding.EncodedLen(MaxChiffrat)+4)} {
		if read.A.UnmarshalText([]byte(bad)) == nil {
			t.Errorf("%.9q was read", bad)
		}
	}
}

func TestReferencesAreStrictAndApart(t *testing.T) {
	t.Parallel()
	digits := strings.Repeat("0f", 32)
	mac := [32]byte(slices.Repeat([]byte{15}, 32))
	refs := []Reference{NewRef[PatientRef](mac), NewRef[TumourRef](mac), NewRef[ReportRef](mac), NewRef[ReporterRef](mac), NewRef[EventRef](mac)}
	seen := map[string]bool{}
	for _, r := range refs {
		if !r.Valid() || !strings.HasSuffix(r.Reference(), ":"+digits) {
			t.Errorf("%s", r.Reference())
		}
		seen[r.Reference()] = true
	}
	if len(seen) != len(refs) {
		t.Error("two kinds of reference are equal")
	}
	type all struct {
		P PatientRef
		T TumourRef
		M ReportRef
		R ReporterRef
		E EventRef
	}
	var read all
	text := fmt.Sprintf(`{"P":%[1]q,"T":%[1]q,"M":%[1]q,"R":%[1]q,"E":""}`, digits)
	if err := json.Unmarshal([]byte(text), &read); err != nil || read.P != NewRef[PatientRef](mac) || read.E != "" {
		t.Errorf("not read: %v", err)
	}
	for _, bad := range []string{"x", digits[1:], strings.ToUpper(digits), digits[:63] + "g", digits + "0"} {
		for _, field := range []string{"P", "T", "M", "R", "E"} {
			if json.Unmarshal(fmt.Appendf(nil, `{%q:%q}`, field, bad), new(all)) == nil {
				t.Errorf("%s: %q was read", field, bad)
			}
		}
		if PatientRef(bad).Valid() {
			t.Errorf("%q is valid", bad)
		}
	}
}

func TestPseudonymsPrintNothing(t *testing.T) {
	t.Parallel()
	n := number(0xAB)
	c := set(t, "storage/1", map[Slot]Number{KN1: n})
	sealed, err := ParseChiffrat(slices.Repeat([]byte{0xAB}, 40))
	if err != nil {
		t.Fatal(err)
	}
	var out strings.Builder
	logger := slog.New(slog.NewJSONHandler(&out, nil))
	for _, v := range []any{n, &n, c, &c, sealed, &sealed, Set{n}, c.Names(), struct{ N Number }{n}, struct{ C ControlNumbers }{c}} {
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d", "%o"} {
			fmt.Fprintf(&out, verb, v)
		}
	}
	logger.Info("x", "n", n, "c", c, "s", sealed)
	out.WriteString(n.String() + n.GoString() + c.String() + c.GoString() + sealed.String() + sealed.GoString())
	lower := strings.ToLower(out.String())
	for _, form := range []string{"abab", "171 171", "253253", strings.ToLower(n.Text()[:6]), "q6ur", "q6ur"} {
		if strings.Contains(lower, form) {
			t.Errorf("%s was printed", form)
		}
	}
}
