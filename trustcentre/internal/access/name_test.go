// SPDX-License-Identifier: EUPL-1.2

package access_test

import (
	"slices"
	"testing"

	"pgregory.net/rapid"

	"meldewerk/account"
	"meldewerk/trustcentre/internal/access"
)

func TestOwnAccountIsKnownByNameOrLink(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		holder, staff string
		same          bool
	}{
		{"Žofie Čapková", "Zofie Capkova", true},
		{"Dr. med. Anna Müller-Lüdenscheidt", "Mueller-Luedenscheidt, Anna", true},
		{"Prof. Dr. Anna Groß", "ANNA GROẞ", true},
		{"Anna Groß", "Anne Groß", false},
		{"Anna Groß", "", false},
		{"Dr.", "Prof.", false},
	} {
		if got := (access.Person{Name: c.holder}).IsSame(access.Staff{ID: "s", Name: c.staff}); got != c.same {
			t.Errorf("%q and %q: %v", c.holder, c.staff, got)
		}
	}
	linked := access.Person{Name: "Anna Groß", Staff: "s"}
	if !linked.IsSame(access.Staff{ID: "s", Name: "Berta Klein"}) || linked.IsSame(access.Staff{ID: "t", Name: "Berta Klein"}) {
		t.Error("the link is not what counts")
	}
}

// A proposal always is a user name, and never one that is taken.
func TestProposedUsernamesAreFreeAndFit(t *testing.T) {
	t.Parallel()
	var taken []account.Username
	for _, name := range []string{"Žofie Čapková", "Zofie Capkova", "Dr. Ö", "李", "", "Maria Freifrau von und zu Sehrlangernamendernichtaufhörenwill-Nochlänger-Undnochlänger", "O'Brien, Tim"} {
		got := access.ProposeUsername(name, func(n account.Username) bool { return slices.Contains(taken, n) })
		if _, err := account.NewUsername(string(got)); err != nil || slices.Contains(taken, got) {
			t.Errorf("%q gives %q", name, got)
		}
		taken = append(taken, got)
	}
	if taken[0] != "z.capkova" || taken[1] != "z.capkova2" {
		t.Errorf("%q", taken[:2])
	}
	rapid.Check(t, func(t *rapid.T) {
		name := rapid.String().Draw(t, "name")
		n := 0
		got := access.ProposeUsername(name, func(account.Username) bool { n++; return n < 3 })
		if _, err := account.NewUsername(string(got)); err != nil {
			t.Fatalf("%q gives %q", name, got)
		}
	})
}

func TestUnitsAreFoundByWhatPeopleSay(t *testing.T) {
	t.Parallel()
	u := access.Unit{Unit: account.Unit{Name: "Gemeinschaftspraxis Größe & Söhne", ReporterIDs: []string{"M-77"}}, Detail: access.Detail{BSNR: "179000100", IK: "260100023", Place: "Öhringen"}}
	for words, found := range map[string]bool{"groesse": true, "söhne gemein": true, "m-77": true, "M-7": false, "179 000 100": true, "260100023": true, "17900010": false, "öhringen": true, "oehr": true, "": false, " ": false, "-": false, "Süd": false} {
		if u.Matches(words) != found {
			t.Errorf("%q: %v", words, !found)
		}
	}
	if (&access.Unit{Unit: account.Unit{Name: "X"}}).Matches("") {
		t.Error("no words find a unit without numbers")
	}
}
