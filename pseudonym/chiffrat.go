// SPDX-License-Identifier: EUPL-1.2

package pseudonym

import (
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"slices"
)

// The outermost form of every Chiffrat, all versions: one byte version, two
// bytes KEM, eight bytes id of the recipient key, then what the version says.
const (
	chiffratHeader = 1 + 2 + 8
	// MaxChiffrat bounds one Chiffrat in bytes; a person needs about 2,500.
	MaxChiffrat = 64 << 10
)

var errChiffrat = errors.New("not a chiffrat")

// Chiffrat is the sealed identity of one person as one report gave it. Only
// the trust centre can open it, with a key that is held outside and lent for a
// purpose the law lists. Here it is opaque bytes with a readable head.
type Chiffrat struct{ sealed []byte }

// ParseChiffrat takes the bytes of a Chiffrat, checking the head only. The
// bytes are copied.
func ParseChiffrat(sealed []byte) (Chiffrat, error) {
	if len(sealed) <= chiffratHeader || len(sealed) > MaxChiffrat || sealed[0] == 0 {
		return Chiffrat{}, errChiffrat
	}
	return Chiffrat{slices.Clone(sealed)}, nil
}

// Bytes is a copy of the whole Chiffrat, as it is stored; nil for the zero value.
func (c Chiffrat) Bytes() []byte { return slices.Clone(c.sealed) }

// IsZero says that there is no Chiffrat.
func (c Chiffrat) IsZero() bool { return len(c.sealed) == 0 }

// Version is the version of the form, counted from 1; 0 for the zero value.
func (c Chiffrat) Version() uint8 {
	if c.IsZero() {
		return 0
	}
	return c.sealed[0]
}

// KEM is the HPKE number of the key encapsulation; 0 for the zero value.
func (c Chiffrat) KEM() uint16 {
	if c.IsZero() {
		return 0
	}
	return binary.BigEndian.Uint16(c.sealed[1:3])
}

// KeyID says in 16 hexadecimal digits to which public key it was sealed, so
// that the holders of that key can be asked; empty for the zero value.
func (c Chiffrat) KeyID() string {
	if c.IsZero() {
		return ""
	}
	return hex.EncodeToString(c.sealed[3:chiffratHeader])
}

// Equal says that both are the same bytes.
func (c Chiffrat) Equal(other Chiffrat) bool { return slices.Equal(c.sealed, other.sealed) }

// String hides the content.
func (c Chiffrat) String() string { return redacted }

// GoString hides the content.
func (c Chiffrat) GoString() string { return redacted }

// Format hides the content whatever the verb.
func (c Chiffrat) Format(w fmt.State, _ rune) { hide(w) }

// LogValue hides the content from logs.
func (c Chiffrat) LogValue() slog.Value { return slog.StringValue(redacted) }

// MarshalText gives base64, for the transfer between houses.
func (c Chiffrat) MarshalText() ([]byte, error) {
	return base64.StdEncoding.AppendEncode(nil, c.sealed), nil
}

// UnmarshalText reads base64; the empty text is no Chiffrat.
func (c *Chiffrat) UnmarshalText(text []byte) error {
	if len(text) == 0 {
		*c = Chiffrat{}
		return nil
	}
	if len(text) > base64.StdEncoding.EncodedLen(MaxChiffrat) {
		return errChiffrat
	}
	sealed, err := base64.StdEncoding.Strict().AppendDecode(nil, text)
	if err != nil {
		return errChiffrat
	}
	read, err := ParseChiffrat(sealed)
	if err != nil {
		return err
	}
	*c = read
	return nil
}
