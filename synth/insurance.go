// SPDX-License-Identifier: EUPL-1.2

package synth

import (
	"strconv"
	"strings"

	"meldewerk/identity"
)

// funds lists Institutionskennzeichen of statutory funds by the share of
// people they insure in the region.
const funds = "102114819:240 105313145:200 101575519:170 104940005:120 105830016:80 102171012:35 103170002:25 " +
	"107202793:30 104424794:20 108433248:18 109905003:20 101570104:12 102122557:10 106492393:9 103411401:8 " +
	"104526376:8 109938503:7 103119199:6 101202961:6 108534160:5"

// substitutes lists the Ersatzkodes of payers that are no insurer.
const substitutes = "970000011:6 970000099:2 970000022:1 970100001:1"

// insurance draws who pays for a person; the number in the world makes the
// insured number unique, as it is in life.
func insurance(d *draw, seed uint64, number int) identity.Insurance {
	switch roll := d.IntN(1000); {
	case roll < 888:
		return identity.Insurance{Statutory: &identity.StatutoryInsurance{
			Insurer: oneWord(d, funds), Number: insuredNumber(seed, number)}}
	case roll < 988:
		private := &identity.PrivateInsurance{Insurer: privateInsurer(d)}
		if d.chance(700) {
			private.Number = strconv.Itoa(d.between(100000, 99999999)) + "/" + strconv.Itoa(d.between(1, 9))
		}
		if d.chance(250) {
			private.Subsidy = one(d, []string{"Landesamt für Bezüge und Versorgung", "Beihilfekasse der Versorgungskassen",
				"Bundesverwaltungsamt"})
		}
		return identity.Insurance{Private: private}
	}
	return identity.Insurance{Other: &identity.OtherInsurance{Substitute: oneWord(d, substitutes)}}
}

func privateInsurer(d *draw) string {
	return withIKCheckDigit("168" + oneWord(d, "14034 14044 14095 14003 14011 14052 14066 14077 14019"))
}

// insuredNumber is the Versichertennummer of the person with that number in a
// World: a letter, eight digits and the check digit. No two persons of a World
// share one before there are 2.6 thousand million of them; worlds of different
// seeds begin at different places.
func insuredNumber(seed uint64, person int) string {
	const (
		all = 26 * 100_000_000
		// Shares no factor with all, so that every number comes up once.
		step = 1_618_033_987
	)
	n := (uint64(person)*step + scatter(seed)%all) % all
	letter := byte('A' + n/100_000_000)
	digits := strconv.FormatUint(n%100_000_000+100_000_000, 10)[1:]
	body := string(letter) + digits
	return body + string('0'+insuredCheckDigit(body))
}

// insuredCheckDigit weighs the letter, written as two digits, and the eight
// digits in turn with 1 and 2 and adds the digit sums, modulo 10.
func insuredCheckDigit(body string) byte {
	place := int(body[0]-'A') + 1
	digits := []int{place / 10, place % 10}
	for _, c := range []byte(body[1:]) {
		digits = append(digits, int(c-'0'))
	}
	return digitSums(digits, 1)
}

// withIKCheckDigit puts the ninth digit behind the first eight of an
// Institutionskennzeichen: digits three to eight weighed in turn with 2 and 1.
func withIKCheckDigit(eight string) string {
	var digits []int
	for _, c := range []byte(eight[2:]) {
		digits = append(digits, int(c-'0'))
	}
	return eight + string('0'+digitSums(digits, 2))
}

// digitSums adds the digit sums of the products with weights 1 and 2 in turn,
// beginning with first, modulo 10.
func digitSums(digits []int, first int) byte {
	sum, weight := 0, first
	for _, digit := range digits {
		product := digit * weight
		sum += product/10 + product%10
		weight = 3 - weight
	}
	return byte(sum % 10)
}

// physicianNumber makes a lebenslange Arztnummer: six digits, their check
// digit (weights 4 and 9, complement to 10) and the two of the specialty.
func physicianNumber(d *draw, specialty string) string {
	var b strings.Builder
	sum := 0
	for i := range 6 {
		digit := d.between(1, 9)
		weight := 4
		if i%2 == 1 {
			weight = 9
		}
		sum += digit * weight
		b.WriteByte(byte('0' + digit))
	}
	b.WriteByte(byte('0' + (10-sum%10)%10))
	return b.String() + specialty
}
