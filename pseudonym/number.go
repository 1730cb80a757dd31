// SPDX-License-Identifier: EUPL-1.2

package pseudonym

import (
	"bytes"
	"encoding/base32"
	"errors"
	"fmt"
	"io"
	"log/slog"
)

// redacted is what every value of this package prints instead of itself.
const redacted = "[redacted]"

// numberText is the length of a Number in text form.
const numberText = 26

var base32Text = base32.StdEncoding.WithPadding(base32.NoPadding)

// errNumber is the one error of reading a control number; it never repeats
// what was read.
var errNumber = errors.New("control number is not 26 characters of base32")

// Number is one Kontrollnummer: 16 bytes that are equal exactly when the
// standardised values behind them are equal and the same keys formed them.
type Number [16]byte

// ParseNumber reads the text form: 26 characters A–Z and 2–7.
func ParseNumber(text string) (Number, error) {
	if len(text) != numberText {
		return Number{}, errNumber
	}
	var n Number
	read, err := base32Text.Decode(n[:], []byte(text))
	// The last character carries three bits only; another spelling of the
	// same number is refused, so that text compares like the number.
	if err != nil || read != len(n) || n.Text() != text {
		return Number{}, errNumber
	}
	return n, nil
}

// Text is the number in 26 characters of base32, for stores and transfer.
func (n Number) Text() string { return base32Text.EncodeToString(n[:]) }

// Compare orders numbers by their bytes; the order means nothing.
func (n Number) Compare(other Number) int { return bytes.Compare(n[:], other[:]) }

// String hides the number.
func (n Number) String() string { return redacted }

// GoString hides the number.
func (n Number) GoString() string { return redacted }

// Format hides the number whatever the verb, also from %d and %x.
func (n Number) Format(w fmt.State, _ rune) { hide(w) }

// LogValue hides the number from logs.
func (n Number) LogValue() slog.Value { return slog.StringValue(redacted) }

// MarshalText gives the text form, for JSON between houses.
func (n Number) MarshalText() ([]byte, error) { return []byte(n.Text()), nil }

// UnmarshalText reads the text form.
func (n *Number) UnmarshalText(text []byte) error {
	read, err := ParseNumber(string(text))
	if err != nil {
		return err
	}
	*n = read
	return nil
}

func hide(w io.Writer) {
	_, _ = io.WriteString(w, redacted) // fmt keeps the error of its own writer
}
