// SPDX-License-Identifier: EUPL-1.2

package check

import (
	"strings"

	"meldewerk/report"
	"meldewerk/terminology"
)

const pathPerson = "Patient/Patienten_Stammdaten"

var lookAtCard = Sentence{
	"Vergleichen Sie die Nummer mit der Gesundheitskarte. Ist sie richtig, ist nichts zu tun.",
	"Compare the number with the health card. If it is right, nothing needs to be done.",
}

// numberRules judges check digits. Spec: oBDS 3.0.4 Versichertendaten_GKV_Typ
func numberRules() []Rule {
	return []Rule{
		{
			ID: "P1", Severity: report.Warning, Reads: []string{pathPerson + "/Versichertendaten_GKV/GKV_Versichertennummer"},
			Message: Sentence{"Die Prüfziffer der Versichertennummer stimmt nicht.", "The check digit of the insured person's number is wrong."},
			Remedy:  lookAtCard,
			Source:  "§ 290 SGB V, Krankenversichertennummer",
			judge: func(_ *look, r *report.Report) []string {
				s := r.Person.Insurance.Statutory
				return where(s != nil && insuredNumberWrong(s.Number), pathPerson+"/Versichertendaten_GKV/GKV_Versichertennummer")
			},
		},
		{
			ID: "P1b", Severity: report.Warning, Reads: readsInsurer,
			Message: Sentence{"Die Prüfziffer des Institutionskennzeichens der Kasse stimmt nicht.", "The check digit of the insurer's number is wrong."},
			Remedy:  lookAtCard,
			Source:  "§ 293 SGB V, Institutionskennzeichen",
			judge:   func(_ *look, r *report.Report) []string { return insurerThat(r, insurerNumberWrong) },
		},
		{
			ID: "P1c", Severity: report.Warning,
			Reads:   []string{pathPerson + "/Versichertendaten_GKV/IKNR", pathPerson + "/Versichertendaten_PKV/IKNR"},
			Message: Sentence{"Die Nummer der Kasse gehört nicht zur Art der Versicherung.", "The insurer's number does not belong to the kind of insurance."},
			Remedy:  lookAtCard,
			Source:  "§ 293 SGB V, Institutionskennzeichen; oBDS 3.0.4 Versichertendaten",
			judge: func(_ *look, r *report.Report) []string {
				i := r.Person.Insurance
				switch {
				case i.Statutory != nil:
					return where(payerIsNot(terminology.StatutoryPayer, i.Statutory.Insurer), pathPerson+"/Versichertendaten_GKV/IKNR")
				case i.Private != nil:
					return where(payerIsNot(terminology.PrivatePayer, i.Private.Insurer), pathPerson+"/Versichertendaten_PKV/IKNR")
				}
				return nil
			},
		},
		{
			// Only where an operator has laid the list of the insurers beside the program.
			ID: "P1h", Severity: report.Warning, Reads: readsInsurer,
			Message: Sentence{"Die Kasse steht nicht im Verzeichnis der Kostenträger.", "The list of insurers has no such insurer."},
			Remedy:  lookAtCard,
			Source:  "GKV-Spitzenverband, Kostenträgerdateien",
			judge:   func(c *look, r *report.Report) []string { return insurerThat(r, c.unknownInsurer) },
		},
	}
}

var readsInsurer = []string{pathPerson + "/Versichertendaten_GKV/IKNR", pathPerson + "/Versichertendaten_PKV/IKNR", pathPerson + "/Versichertendaten_Sonstige/IKNR"}

// insurerThat gives the place of the insurer's number when it is so.
func insurerThat(r *report.Report, broken func(number string) bool) []string {
	switch i := &r.Person.Insurance; {
	case i.Statutory != nil:
		return where(broken(i.Statutory.Insurer), pathPerson, "/Versichertendaten_GKV/IKNR")
	case i.Private != nil:
		return where(broken(i.Private.Insurer), pathPerson, "/Versichertendaten_PKV/IKNR")
	case i.Other != nil:
		return where(broken(i.Other.Insurer), pathPerson, "/Versichertendaten_Sonstige/IKNR")
	}
	return nil
}

func payerIsNot(want terminology.Payer, number string) bool {
	got := terminology.PayerOf(number)
	return got != terminology.UnknownPayer && got != want
}

// insuredNumberWrong checks the tenth character of the unchangeable part of
// the Krankenversichertennummer: the letter as two digits, then eight digits,
// weighed 1 and 2 in turn; the sum of the digits of all products, modulo 10.
// Another form is the schema's business.
func insuredNumberWrong(number string) bool {
	if len(number) != 10 || number[0] < 'A' || number[0] > 'Z' || !digits(number[1:]) {
		return false
	}
	letter := int(number[0]-'A') + 1
	values := [10]int{letter / 10, letter % 10}
	for i := 1; i < 9; i++ {
		values[i+1] = int(number[i] - '0')
	}
	return crossSum(values[:], 1) != int(number[9]-'0')
}

// insurerNumberWrong checks the ninth digit of an Institutionskennzeichen: its
// digits three to eight, weighed 2 and 1 in turn. Numbers of the classes 10
// (statutory) and 16 (private) have it; substitutes such as 97… and 95… do not.
func insurerNumberWrong(number string) bool {
	if !ofInsurers(number) {
		return false
	}
	var values [6]int
	for i := range values {
		values[i] = int(number[i+2] - '0')
	}
	return crossSum(values[:], 2) != int(number[8]-'0')
}

// ofInsurers says that the number is of the classes of the insurers.
func ofInsurers(number string) bool {
	return len(number) == 9 && digits(number) && (strings.HasPrefix(number, "10") || strings.HasPrefix(number, "16"))
}

// crossSum weighs the values 1 and 2 in turn and adds the digits of the
// products, modulo 10.
func crossSum(values []int, weight int) int {
	sum := 0
	for _, v := range values {
		product := v * weight
		sum += product/10 + product%10
		weight = 3 - weight
	}
	return sum % 10
}

func digits(text string) bool {
	for i := range len(text) {
		if text[i] < '0' || text[i] > '9' {
			return false
		}
	}
	return true
}
