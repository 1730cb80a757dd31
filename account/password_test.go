// SPDX-License-Identifier: EUPL-1.2

package account_test

import (
	"math"
	"strings"
	"testing"

	"meldewerk/account"
	"meldewerk/fault"
)

func TestA10InitialPasswordsHave80BitsWithoutLookAlikes(t *testing.T) {
	t.Parallel()
	if bits := 16 * math.Log2(float64(len(account.InitialAlphabet))); bits < account.InitialPasswordBits || account.InitialPasswordBits < 80 {
		t.Errorf("%.1f bits", bits)
	}
	for _, group := range []string{"O0oQD", "Il1i|j", "B8", "S5s", "Z2z", "G6b", "gq9", "cC", "kK", "pP", "uUvV", "wW", "xX", "mM"} {
		present := strings.Map(func(r rune) rune {
			if strings.ContainsRune(account.InitialAlphabet, r) {
				return r
			}
			return -1
		}, group)
		if len(present) > 1 {
			t.Errorf("more than one of %q in the alphabet", group)
		}
	}
	seen := map[string]bool{}
	count := map[rune]int{}
	for range 2000 {
		text := account.NewInitialPassword().Reveal()
		if seen[text] {
			t.Fatal("the same password twice")
		}
		seen[text] = true
		if len(text) != 19 || strings.Count(text, "-") != 3 || strings.Trim(text, account.InitialAlphabet+"-") != "" {
			t.Fatal("unexpected form")
		}
		if !strings.ContainsAny(text, "23456789") || strings.ToLower(text) == text || strings.ToUpper(text) == text {
			t.Fatal("a kind of character is missing")
		}
		for _, r := range text {
			count[r]++
		}
		if err := account.CheckChosen(account.NewPassword(text)); err != nil {
			t.Fatalf("a generated password breaks the rules for chosen ones: %v", err)
		}
	}
	mean := 2000.0 * 16 / float64(len(account.InitialAlphabet))
	for _, r := range account.InitialAlphabet {
		if n := float64(count[r]); n < mean*0.75 || n > mean*1.25 {
			t.Errorf("character %q came %v times, mean %.0f", r, n, mean)
		}
	}
}

func TestA11ChosenPasswords(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		password string
		want     error
	}{
		{"kurz", account.ErrPasswordShort},
		{"vierzehn Zeich", account.ErrPasswordShort},
		{"ääääääßßßßßßßß", account.ErrPasswordShort}, // 14 characters, 28 bytes
		{strings.Repeat("Lampe Wolke Zaun ", 8)[:128], nil},
		{strings.Repeat("Lampe Wolke Zaun ", 8)[:128] + "x", account.ErrPasswordLong},
		{strings.Repeat("x", 1_000_000), account.ErrPasswordLong},
		{"Lampe Wolke Zaun Apfel", nil},
		{"lampewolkezaunapfel", nil}, // no rules of composition
		{"739105628463917", nil},
		{"Ğüneş Çiçek Ağaç", nil},
		{"aaaaaaaaaaaaaaaaaa", account.ErrPasswordKnown},
		{"hallohallohallohallo", account.ErrPasswordKnown},
		{"123456789012345", account.ErrPasswordKnown},
		{"abcdefghijklmnopqr", account.ErrPasswordKnown},
		{"qwertzuiopasdfghjkl", account.ErrPasswordKnown},
		{"Krebsregister2026!", account.ErrPasswordKnown},
		{"P@55w0rtP@55w0rt99", account.ErrPasswordKnown},
		{"Meldeportal-Hessen-1", account.ErrPasswordKnown},
		{"correct horse battery staple", account.ErrPasswordKnown},
		{"Lindenhof-Station7", account.ErrPasswordKnown}, // context
		{"a.muster.a.muster.1", account.ErrPasswordKnown},
		{"Passwort Giraffe Regal", nil}, // enough is left
	} {
		err := account.CheckChosen(account.NewPassword(c.password), "a.muster", "Station Lindenhof")
		if err != c.want {
			t.Errorf("%.30q: got %v, want %v", c.password, err, c.want)
		}
	}
}

func TestA11HugePasswordIsRefusedAtOnce(t *testing.T) {
	huge := account.NewPassword(strings.Repeat("Lampe Wolke ", 100_000))
	if err := account.CheckTyped("a.muster", huge); !fault.IsKind(err, fault.Invalid) {
		t.Errorf("typed: %v", err)
	}
	if err := account.CheckChosen(huge); err == nil {
		t.Error("chosen: accepted")
	}
	// What grows with the length would show in memory: a copy alone takes a megabyte.
	asked := testing.Benchmark(func(b *testing.B) {
		for b.Loop() {
			_ = account.CheckTyped("a.muster", huge)
			_ = account.CheckChosen(huge)
		}
	}).AllocedBytesPerOp()
	if asked > 1<<10 {
		t.Errorf("%d bytes were asked for", asked)
	}
}

func TestUsernames(t *testing.T) {
	t.Parallel()
	for typed, want := range map[string]account.Username{
		" A.Muster ": "a.muster", "klinik-07_x@haus": "klinik-07_x@haus", "ab": "", "a b c": "", "müller": "", strings.Repeat("a", 65): "", "a\nb": "",
	} {
		got, err := account.NewUsername(typed)
		if got != want || (err == nil) != (want != "") {
			t.Errorf("%q: %q, %v", typed, got, err)
		}
	}
}

func TestRolesDenyByDefault(t *testing.T) {
	t.Parallel()
	if _, err := account.NewRoles(account.Portal, account.RoleInspector); err == nil {
		t.Error("a trust-centre role in the portal")
	}
	if _, err := account.NewRoles(account.Portal, "root"); err == nil {
		t.Error("an unknown role")
	}
	if _, err := account.NewRoles(account.Portal); err == nil {
		t.Error("no role")
	}
	if _, err := account.ParseRoles("reporter root"); err == nil {
		t.Error("an unknown role from the database")
	}
	list, err := account.NewRoles(account.Portal, account.RoleUploader, account.RoleReporter)
	if err != nil {
		t.Fatal(err)
	}
	back, err := account.ParseRoles(list.String())
	if err != nil || back.String() != "reporter uploader" || !back.Has(account.RoleAuditor, account.RoleUploader) || back.Has(account.RoleAuditor) || back.Has() {
		t.Errorf("%v, %v", back, err)
	}
	for _, r := range append(list, account.RoleAdviser, account.RoleInspector, account.RoleDiscloser, account.RoleApprover, account.RoleKeyHolder,
		account.RoleBilling, account.RoleHead, account.RoleRegistrar, account.RoleStatistician, account.RoleAuditor, account.RoleOperator) {
		if r.Title() == "" {
			t.Errorf("role %q has no title", r)
		}
	}
}
