// SPDX-License-Identifier: EUPL-1.2

package check

import (
	"meldewerk/identity"
	"meldewerk/report"
	"meldewerk/terminology"
)

// placeRules judges the place of residence, by which the registry in charge is
// found. Spec: oBDS 3.0.4 Adresse
func placeRules() []Rule {
	return []Rule{
		{
			ID: "P1d", Severity: report.Warning, Reads: []string{pathPerson + "/Adresse/PLZ", pathPerson + "/Adresse/Land"},
			Message: Sentence{"Die Postleitzahl gibt es in Deutschland nicht.", "Germany has no such postal code."},
			Remedy:  Sentence{"Berichtigen Sie die Postleitzahl oder geben Sie das Land an.", "Correct the postal code or give the country."},
			Source:  "GTDS PLZ",
			judge: func(_ *look, r *report.Report) []string {
				a := r.Person.Address
				return where(a.PostalCode != "" && (a.Country == "" || a.Country == "DE") && !germanPostalCode(a.PostalCode), pathPerson+"/Adresse/PLZ")
			},
		},
		{
			// Without the place of residence nobody knows which registry is in charge.
			ID: "P1e", Severity: report.Warning, Reads: []string{pathPerson + "/Adresse/PLZ", pathPerson + "/Adresse/Ort", pathPerson + "/Adresse/Land"},
			Message: Sentence{"Der Wohnort ist unvollständig: Postleitzahl oder Ort fehlt.", "The residence is incomplete: postal code or place is missing."},
			Remedy:  Sentence{"Ergänzen Sie Postleitzahl und Ort, wenn Sie sie kennen.", "Add postal code and place if you know them."},
			Source:  "KKN, Meldevergütung; GTDS ORT",
			judge: func(_ *look, r *report.Report) []string {
				a := r.Person.Address
				return where((a.Country == "" || a.Country == "DE") && (a.PostalCode == "") != (a.Place == ""), pathPerson+"/Adresse/PLZ")
			},
		},
		{
			ID: "P1f", Severity: report.Warning, Reads: []string{pathPerson + "/Adresse/Land"},
			Message: Sentence{"Das Land der Adresse steht nicht in ISO 3166.", "ISO 3166 has no such country."},
			Remedy:  Sentence{"Geben Sie das Land mit seinen zwei Buchstaben an, Deutschland mit DE.", "Give the country by its two letters, Germany by DE."},
			Source:  "oBDS 3.0.4 Adresse; ISO 3166-1",
			judge: func(_ *look, r *report.Report) []string {
				country := r.Person.Address.Country
				return where(country != "" && country != "DE" && !terminology.KnownCountry(country), pathPerson+"/Adresse/Land")
			},
		},
		{
			ID: "P1g", Severity: report.Warning, Reads: []string{pathPerson + "/Adresse/PLZ", pathPerson + "/Adresse/Land"},
			Message: Sentence{"Postleitzahl und Land der Adresse passen nicht zusammen.", "Postal code and country do not fit."},
			Remedy:  Sentence{"Prüfen Sie Postleitzahl und Land. Sind beide richtig, ist nichts zu tun.", "Check postal code and country. If both are right, nothing needs to be done."},
			Source:  "GTDS PLZ; own",
			judge: func(_ *look, r *report.Report) []string {
				return where(foreignCodeOff(&r.Person.Address), pathPerson+"/Adresse/PLZ")
			},
		},
	}
}

// germanPostalCode wants five digits of a region that has been given out.
func germanPostalCode(code string) bool {
	if len(code) != 5 || !digits(code) {
		return false
	}
	switch code[:2] {
	case "00", "05", "43", "62":
		return false
	}
	return code >= "01067"
}

// foreignCodeOff compares the digits of the code with those that the
// neighbours of Germany and a few more countries use.
func foreignCodeOff(a *identity.Address) bool {
	count := 0
	for i := range len(a.PostalCode) {
		if a.PostalCode[i] >= '0' && a.PostalCode[i] <= '9' {
			count++
		}
	}
	if count == 0 {
		return false
	}
	switch a.Country {
	case "AT", "BE", "CH", "DK", "LU", "LI", "NL", "HU", "SI", "BG":
		return count != 4
	case "FR", "PL", "CZ", "SK", "IT", "ES", "TR", "UA", "HR", "SE", "GR", "RS", "FI":
		return count != 5
	}
	return false
}
