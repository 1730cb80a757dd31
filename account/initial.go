// SPDX-License-Identifier: EUPL-1.2

package account

import (
	"crypto/rand"
	"math/big"
	"strings"
	"time"
)

// InitialPasswordLife is how long the password of a letter waits unused.
const InitialPasswordLife = 30 * 24 * time.Hour

// The characters of generated passwords. No two of them look alike in print,
// not even across case: no O 0 o Q, no I l 1 i, no B 8 against b 6, no S 5
// against s, no Z 2 against z, no G g 9 q, none whose small form differs by
// size alone, no m that could be r and n.
const (
	initialUpper  = "ACDEFHJKLMNPRTUWXY"
	initialLower  = "adefhnrt"
	initialDigits = "23456789"

	initialAlphabet = initialUpper + initialLower + initialDigits
	initialGroups   = 4
	initialGroup    = 4
)

// InitialPasswordBits is the least entropy of a generated password: 16
// characters out of 34 are 81.4 bits; throwing away those that lack a kind of
// character costs less than 0.1.
const InitialPasswordBits = 81

// NewInitialPassword makes a Passwort for a letter: four groups of four with
// hyphens between them, which also is the special character that the source
// asks for (H7). It contains a digit, a small and a capital letter.
func NewInitialPassword() Password {
	for {
		var b strings.Builder
		for i := range initialGroups * initialGroup {
			if i > 0 && i%initialGroup == 0 {
				b.WriteByte('-')
			}
			b.WriteByte(initialAlphabet[draw(len(initialAlphabet))])
		}
		text := b.String()
		if strings.ContainsAny(text, initialUpper) && strings.ContainsAny(text, initialLower) && strings.ContainsAny(text, initialDigits) {
			// Now and then chance spells a word of the block list;
			// such a password is thrown away like one that lacks a kind.
			if made := (Password{text: text}); CheckChosen(made) == nil {
				return made
			}
		}
	}
}

// draw gives a number from 0 to n-1, each equally likely.
func draw(n int) int64 {
	number, err := rand.Int(rand.Reader, big.NewInt(int64(n)))
	if err != nil {
		panic("account: no randomness: " + err.Error()) // crypto/rand ends the process itself; never reached
	}
	return number.Int64()
}
