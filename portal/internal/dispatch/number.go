// SPDX-License-Identifier: EUPL-1.2

package dispatch

import (
	"fmt"

	"meldewerk/exchange/submission"
)

// checkLetters are the letters of the check sign: 23, a prime, without I, O
// and Q, which are misread.
const checkLetters = "ABCDEFGHJKLMNPRSTUVWXYZ"

// Number writes the Quittungsnummer as people read it out: Q, year, sequence,
// and a check letter that finds every single wrong digit and every swap of
// two neighbours.
func Number(year int, sequence submission.Receipt) string {
	digits := fmt.Sprintf("%04d%06d", year, sequence)
	sum := 0
	for _, d := range digits {
		sum = (sum*10 + int(d-'0')) % len(checkLetters)
	}
	return fmt.Sprintf("Q-%04d-%06d-%c", year, sequence, checkLetters[sum])
}
