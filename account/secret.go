// SPDX-License-Identifier: EUPL-1.2

package account

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"io"
	"log/slog"
	"strings"
)

// hidden is embedded in every secret type: whatever prints the value, in
// whatever format, shows "[redacted]".
type hidden struct{}

const redacted = "[redacted]"

// String hides the value.
func (hidden) String() string { return redacted }

// GoString hides the value.
func (hidden) GoString() string { return redacted }

// Format hides the value for every verb, also %d and %x, which would
// otherwise walk into the fields.
func (hidden) Format(s fmt.State, _ rune) {
	_, _ = io.WriteString(s, redacted) // a printer that cannot print has nobody to tell
}

// MarshalJSON hides the value.
func (hidden) MarshalJSON() ([]byte, error) { return []byte(`"` + redacted + `"`), nil }

// MarshalText hides the value.
func (hidden) MarshalText() ([]byte, error) { return []byte(redacted), nil }

// LogValue hides the value.
func (hidden) LogValue() slog.Value { return slog.StringValue(redacted) }

// Password is a Passwort as somebody typed it or as a letter tells it.
// The form hands it over in NFC; nothing else is changed.
type Password struct {
	hidden
	text string
}

// NewPassword takes a password as received.
func NewPassword(text string) Password { return Password{text: text} }

// Reveal gives the clear text. Only the letter to the holder, the first
// staff account on the host's terminal and the demo world may call it.
func (p Password) Reveal() string { return p.text }

// IsEmpty says that nothing was typed.
func (p Password) IsEmpty() bool { return p.text == "" }

// trimmed is the password without the blanks that copying from a letter adds.
func (p Password) trimmed() Password { return Password{text: strings.TrimSpace(p.text)} }

// Token is the Sitzungskennung in the browser's cookie: 256 random bits. The
// house keeps its hash alone, so that a stolen database opens no session.
type Token struct {
	hidden
	text string
}

// NewToken makes a token from the system's randomness.
func NewToken() Token {
	raw := make([]byte, 32)
	rand.Read(raw)
	return Token{text: base64.RawURLEncoding.EncodeToString(raw)}
}

// ParseToken takes the value of a cookie. What cannot be a token gives the
// zero Token, which belongs to no session.
func ParseToken(cookie string) Token {
	raw, err := base64.RawURLEncoding.Strict().DecodeString(cookie)
	if err != nil || len(raw) != 32 {
		return Token{}
	}
	return Token{text: cookie}
}

// Reveal gives the value for the cookie.
func (t Token) Reveal() string { return t.text }

// IsZero says that there is no token.
func (t Token) IsZero() bool { return t.text == "" }

// Hash is what is stored.
func (t Token) Hash() []byte {
	sum := sha256.Sum256([]byte("meldewerk session " + t.text))
	return sum[:]
}
