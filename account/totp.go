// SPDX-License-Identifier: EUPL-1.2

package account

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha1"
	"crypto/subtle"
	"encoding/base32"
	"encoding/binary"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"time"
)

// One-time passwords after RFC 6238, in the one form that every app and every
// hardware token knows: SHA-1, six digits, 30 seconds.
const (
	codeDigits  = 6
	codeModulus = 1_000_000
	stepSeconds = 30
	secretBytes = 20 // 160 bits, RFC 4226 §4 R6

	// CodeSkew is how many steps the clock of a phone may be off, to either
	// side. ASVS V6.5.5 wants 30 seconds in all; one step each way is the
	// documented deviation, because phones drift.
	CodeSkew = 1
)

// Step is a time step: the count of 30 seconds since 1970.
type Step int64

// StepAt is the step of a moment.
func StepAt(now time.Time) Step { return Step(now.Unix() / stepSeconds) }

// End is when the next step begins.
func (s Step) End() time.Time { return time.Unix((int64(s)+1)*stepSeconds, 0).UTC() }

// Code is an Einmalkennwort as typed: six digits.
type Code struct {
	hidden
	digits string
}

// ErrCodeForm means that what was typed is no code at all. It is not counted
// as a wrong one: it was never compared.
var ErrCodeForm = errors.New("a code has six digits")

// ParseCode takes what was typed. Blanks inside and around are how apps show
// and copy codes, so they fall away.
func ParseCode(typed string) (Code, error) {
	if len(typed) > 64 {
		return Code{}, ErrCodeForm
	}
	digits := strings.Join(strings.Fields(typed), "")
	if len(digits) != codeDigits || strings.Trim(digits, "0123456789") != "" {
		return Code{}, ErrCodeForm
	}
	return Code{digits: digits}, nil
}

// Secret is the Schlüssel of an authenticator app: 160 bits.
type Secret struct {
	hidden
	key []byte
}

// NewSecret makes a secret from the system's randomness.
func NewSecret() Secret {
	s := Secret{key: make([]byte, secretBytes)}
	rand.Read(s.key)
	return s
}

// SecretOf takes back what Key gave. It refuses less than 160 bits.
func SecretOf(key []byte) (Secret, error) {
	if len(key) < secretBytes || len(key) > 64 {
		return Secret{}, errors.New("a TOTP secret has 20 to 64 bytes")
	}
	return Secret{key: append([]byte(nil), key...)}, nil
}

// ParseSecret reads the text form, in groups or not, in either case.
func ParseSecret(text string) (Secret, error) {
	plain := strings.ToUpper(strings.Join(strings.Fields(text), ""))
	key, err := base32.StdEncoding.WithPadding(base32.NoPadding).DecodeString(strings.TrimRight(plain, "="))
	if err != nil {
		return Secret{}, errors.New("a TOTP secret is written in base32") // the cause would quote it
	}
	return SecretOf(key)
}

// Key gives the bytes, to be sealed at once.
func (s Secret) Key() []byte { return append([]byte(nil), s.key...) }

// IsZero says that there is no secret.
func (s Secret) IsZero() bool { return len(s.key) == 0 }

// Text is the secret in base32, for the page that shows it once.
func (s Secret) Text() string {
	return base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(s.key)
}

// Grouped is Text in groups of four, easier to type.
func (s Secret) Grouped() string {
	text := s.Text()
	var b strings.Builder
	for i := 0; i < len(text); i += 4 {
		if i > 0 {
			b.WriteByte(' ')
		}
		b.WriteString(text[i:min(i+4, len(text))])
	}
	return b.String()
}

// URI is what the QR code holds. Issuer and holder are what the app shows.
func (s Secret) URI(issuer, holder string) string {
	escape := func(text string) string { return strings.ReplaceAll(url.QueryEscape(text), "+", "%20") }
	return fmt.Sprintf("otpauth://totp/%s:%s?secret=%s&issuer=%s&algorithm=SHA1&digits=%d&period=%d",
		escape(issuer), escape(holder), s.Text(), escape(issuer), codeDigits, stepSeconds)
}

// CodeAt is the code of a step. Outside this package only tests, the upload
// client and the demo world need it.
func (s Secret) CodeAt(step Step) Code {
	mac := hmac.New(sha1.New, s.key)
	var counter [8]byte
	binary.BigEndian.PutUint64(counter[:], uint64(step))
	mac.Write(counter[:])
	sum := mac.Sum(nil)
	at := sum[len(sum)-1] & 0x0f
	number := (binary.BigEndian.Uint32(sum[at:at+4]) & 0x7fffffff) % codeModulus
	return Code{digits: fmt.Sprintf("%0*d", codeDigits, number)}
}

// Reveal gives the digits. Only tests, the upload client and the demo world
// may call it.
func (c Code) Reveal() string { return c.digits }

// Match compares the code with the steps around now and tells WHICH step
// matched, so that it can be refused the second time. It always does the same
// work. Should two steps share a code, the one nearest to now is told.
func (s Secret) Match(code Code, now time.Time) (Step, bool) {
	current := StepAt(now)
	found, ok := Step(0), false
	for distance := CodeSkew; distance >= 0; distance-- {
		for _, step := range [2]Step{current - Step(distance), current + Step(distance)} {
			if subtle.ConstantTimeCompare([]byte(s.CodeAt(step).digits), []byte(code.digits)) == 1 {
				found, ok = step, true
			}
		}
	}
	return found, ok && !s.IsZero()
}
