// SPDX-License-Identifier: EUPL-1.2

package terminology_test

import (
	"strings"
	"testing"

	"meldewerk/terminology"
)

func TestPostalCodesLieInTheirLand(t *testing.T) {
	t.Parallel()
	for code, want := range map[string]string{
		"01067": "SN", "10115": "BE", "12529": "BB", "14467": "BB", "20095": "HH", "21039": "HH SH", "24103": "SH", "26122": "NI",
		"27568": "HB", "28195": "HB", "30159": "NI", "34117": "HE", "37194": "HE NI", "38820": "ST", "39104": "ST", "40213": "NW",
		"55116": "RP", "55246": "HE", "59969": "HE NW", "66111": "SL", "67655": "RP", "69434": "BW HE", "70173": "BW", "78462": "BW",
		"80331": "BY", "89073": "BW", "89231": "BY", "90402": "BY", "96515": "TH", "99084": "TH", "19053": "MV", "23966": "MV",
		"87567": "", "00000": "", "99999": "", "1234": "", "1011a": "", "": "", "D-101": "",
	} {
		if got := strings.Join(terminology.StatesOfPostalCode(code), " "); got != want {
			t.Errorf("%s lies in %q, want %q", code, got, want)
		}
		if terminology.KnownPostalCode(code) != (want != "") {
			t.Errorf("%s: known %v", code, want == "")
		}
	}
	if !terminology.PostalCodeIn("30159", "NI") || terminology.PostalCodeIn("30159", "HB") || terminology.PostalCodeIn("", "") {
		t.Error("a code is not in its Land, or in another")
	}
	held := map[string]bool{}
	for _, code := range []string{"01067", "10115", "14467", "20095", "24103", "26122", "28195", "34117", "39104", "40213", "55116", "66111", "70173", "80331", "99084", "19053"} {
		for _, state := range terminology.StatesOfPostalCode(code) {
			held[state] = true
		}
	}
	for _, state := range terminology.States() {
		if !held[state] || terminology.StateName(state) == "" {
			t.Errorf("%s has no codes or no name", state)
		}
	}
	if len(terminology.States()) != 16 {
		t.Error("not sixteen Länder")
	}
}

func TestCountriesAreThoseOfISO(t *testing.T) {
	t.Parallel()
	n := 0
	for a := 'A'; a <= 'Z'; a++ {
		for b := 'A'; b <= 'Z'; b++ {
			if terminology.KnownCountry(string(a) + string(b)) {
				n++
			}
		}
	}
	if n != 249+1 {
		t.Errorf("%d countries", n)
	}
	for code, want := range map[string]bool{"DE": true, "AT": true, "UA": true, "XK": true, "XX": false, "SU": false, "YU": false, "UK": false, "de": false, "": false} {
		if terminology.KnownCountry(code) != want {
			t.Errorf("%q: known %v", code, !want)
		}
	}
}

func TestPayerNumbersAreChecked(t *testing.T) {
	t.Parallel()
	for number, want := range map[string]bool{"102114819": true, "101575519": true, "102114818": false, "109519005": true, "10951900": false, "10951900x": false, "": false} {
		if terminology.CheckedIK(number) != want {
			t.Errorf("check digit of …%s: %v", number[max(0, len(number)-3):], !want)
		}
	}
	if l, ok := terminology.SubstituteCode("970000011"); !ok || l.Text == "" {
		t.Error("a substitute code is not known")
	}
	if _, ok := terminology.SubstituteCode("970000012"); ok {
		t.Error("an unknown substitute code is known")
	}
}
