// SPDX-License-Identifier: EUPL-1.2

package schema

import "testing"

// TestCheckFollowsTheOracle holds values at the edges against what xmllint
// (libxml2 2.9.14) says of them.
func TestCheckFollowsTheOracle(t *testing.T) {
	t.Parallel()
	built, err := BuiltIn()
	if err != nil {
		t.Fatal(err)
	}
	s, err := Compile(built[2])
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name    string
		yes, no []string
	}{
		{"Datum_Tag_genau_Typ",
			[]string{"2000-02-29", "1900-01-01", "2029-12-31", "2000-01-01Z", "2000-01-01+14:00", "2000-01-01-13:59", "1900-01-01-00:01", "2029-12-31+00:01", "1900-01-02+14:00"},
			[]string{"", " 2000-01-01", "2000-01-01 ", "1900-02-29", "02000-01-01", "20000-01-01", "0000-01-01", "-2000-01-01", "2000-01-01z", "2000-01-01+14:01",
				"2000-01-01+13:60", "1900-01-01Z", "1900-01-01+14:00", "2029-12-31Z", "2029-12-31-14:00", "1899-12-31-14:00", "2030-01-01+14:00", "2000-13-01", "2000-1-01", "2000-01-01T00:00:00"}},
		{"Datum_nur_Jahr_Typ",
			[]string{"2000", "1900", "2029", "2000Z", "1900+14:00", "2029-00:01"},
			[]string{"", " 2000", "02000", "20000", "1899", "1900Z", "1900-14:00", "2029Z", "2029+00:01", "0000", "-2000", "200"}},
		{"xs:nonNegativeInteger",
			[]string{"5", "05", "+5", "-0", "+0", " 5", "5 ", "\n5", "999999999999999999999999", "00000000000000000000000001"},
			[]string{"", "+", "-", "-5", "1.0", "5.", "1e3", "9999999999999999999999999", "٣", "- 5", "--5"}},
		{"Sicherheitsabstand_Primaertumor_Typ",
			[]string{"-1", "-01", "+150", "0", "-0", " 1"},
			[]string{"151", "-2", "-1.0", "150.0", ""}},
		{"Tumordicke_Typ",
			[]string{"0.01", "0.10", "0.100", "99", "99.00", ".5", "5.", "+.5", " 0.5", "0.0500000", "0000000000000000000000001.5"},
			[]string{"0.001", "99.01", "-.5", ".", "+", "1e1", "1,5", "NaN", "", "1.0000000000000000000000000"}},
		{"FreitextID_Typ",
			[]string{"a", " ", "\n", "ääääääääääääääääääääääääääääääääääääääääääääääääää"},
			[]string{"", "äääääääääääääääääääääääääääääääääääääääääääääääääää"}},
		{"Namenstring255_Typ",
			[]string{"Müller", "O'Neill", "a  b", "A\u030b", "Müller-Lüdenscheidt"},
			[]string{"", " Müller", "Müller ", "Mu\u0308ller", "a_b", "a1", "a\u00a0b", "Ж"}},
		{"ICD_Version_Typ", []string{"10 2024 GM", "Sonstige", "10 20٢٤ WHO"}, []string{"10 2024", "10 1999 GM", "sonstige"}},
		{"JNU_Typ", []string{"J"}, []string{"", "j", "J ", "JN"}},
	} {
		content := s.types[c.name]
		if content == nil {
			t.Fatalf("no type %s", c.name)
		}
		for _, v := range c.yes {
			if flaw := content.Text.Check([]byte(v)); flaw != Sound {
				t.Errorf("%s refuses %q: %d", c.name, v, flaw)
			}
		}
		for _, v := range c.no {
			if content.Text.Check([]byte(v)) == Sound {
				t.Errorf("%s takes %q", c.name, v)
			}
		}
	}
}

func TestNumberIsCanonical(t *testing.T) {
	t.Parallel()
	for v, want := range map[string]string{"+05": "5", "-0": "0", "1.50": "1.5", ".5": "0.5", "5.": "5", " 007 ": "7", "-1.0": "-1", "0.0": "0"} {
		if got, ok := AppendNumber(nil, []byte(v)); !ok || string(got) != want {
			t.Errorf("%q becomes %q", v, got)
		}
	}
	if _, ok := AppendNumber(nil, []byte("1,5")); ok {
		t.Error("1,5 is a number")
	}
}

func TestCompareVersions(t *testing.T) {
	t.Parallel()
	ordered := []string{"2.2.3", "3.0.2", "3.0.9", "3.0.10", "3.1"}
	for i := range len(ordered) - 1 {
		if CompareVersions(ordered[i], ordered[i+1]) >= 0 || CompareVersions(ordered[i+1], ordered[i]) <= 0 {
			t.Errorf("%s is not before %s", ordered[i], ordered[i+1])
		}
	}
}
