// SPDX-License-Identifier: EUPL-1.2

package courier

import (
	"crypto/ed25519"
	"crypto/rand"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// Scheme is the authentication scheme of the Authorization header.
const Scheme = "Meldewerk-Key"

const (
	version    = "1"
	nonceBytes = 16
	hashBytes  = 32
	maxHeader  = 1024
	none       = "-" // stands for an empty part
)

// Request is a request as it is signed.
type Request struct {
	KeyID  string    // as the trust centre gave it
	Host   string    // as the Host header names it, with the port if there is one
	Method string    // GET or POST
	Path   string    // as sent, with what stands behind it
	Kind   string    // test or real; empty when no package is sent
	SHA256 []byte    // of the package; nil when none is sent
	At     time.Time // by the program's clock, whole seconds
	Nonce  []byte    // 16 bytes, never used twice
}

// NewNonce makes the nonce of a request.
func NewNonce() []byte {
	nonce := make([]byte, nonceBytes)
	rand.Read(nonce)
	return nonce
}

// text is what is signed: one part to a line, after a line that no other
// protocol begins with.
func (r Request) text() []byte {
	return []byte(strings.Join([]string{"meldewerk upload " + version, r.KeyID, strings.ToLower(r.Host), r.Method, r.Path,
		orNone(r.Kind), orNone(hex.EncodeToString(r.SHA256)), strconv.FormatInt(r.At.Unix(), 10), hex.EncodeToString(r.Nonce)}, "\n"))
}

func orNone(text string) string {
	if text == "" {
		return none
	}
	return text
}

// Header signs the request and gives the value of its Authorization header.
func (r Request) Header(key ed25519.PrivateKey) string {
	return strings.Join([]string{Scheme, version, r.KeyID, strconv.FormatInt(r.At.Unix(), 10), hex.EncodeToString(r.Nonce),
		orNone(r.Kind), orNone(hex.EncodeToString(r.SHA256)), base64.RawURLEncoding.EncodeToString(ed25519.Sign(key, r.text()))}, " ")
}

// Signed is a request with the signature that came with it. Nothing in it may
// be believed before By has said so.
type Signed struct {
	Request
	signature []byte
}

// Claimed says whether a request wants to be taken for that of a program.
func Claimed(r *http.Request) bool {
	return strings.HasPrefix(r.Header.Get("Authorization"), Scheme+" ")
}

var errHeader = errors.New("authorization header of an upload program is not of the agreed form")

// Read reads the Authorization header of a request. It is strict: one header,
// eight parts with single blanks between them, each in its one form.
func Read(r *http.Request) (Signed, error) {
	values := r.Header.Values("Authorization")
	if len(values) != 1 || len(values[0]) > maxHeader {
		return Signed{}, errHeader
	}
	parts := strings.Split(values[0], " ")
	if len(parts) != 8 || parts[0] != Scheme || parts[1] != version || !idValid(parts[2]) {
		return Signed{}, errHeader
	}
	seconds, err := strconv.ParseInt(parts[3], 10, 64)
	if err != nil || seconds < 0 || strconv.FormatInt(seconds, 10) != parts[3] {
		return Signed{}, errHeader
	}
	s := Signed{Request: Request{KeyID: parts[2], Host: r.Host, Method: r.Method, Path: r.URL.RequestURI(), At: time.Unix(seconds, 0).UTC()}}
	if s.Nonce, err = hexOf(parts[4], nonceBytes); err != nil {
		return Signed{}, err
	}
	switch parts[5] {
	case "test", "real":
		s.Kind = parts[5]
		if s.SHA256, err = hexOf(parts[6], hashBytes); err != nil {
			return Signed{}, err
		}
	case none:
		if parts[6] != none {
			return Signed{}, errHeader
		}
	default:
		return Signed{}, errHeader
	}
	s.signature, err = base64.RawURLEncoding.Strict().DecodeString(parts[7])
	if err != nil || len(s.signature) != ed25519.SignatureSize {
		return Signed{}, errHeader
	}
	return s, nil
}

// hexOf reads exactly n bytes of lower-case hex.
func hexOf(text string, n int) ([]byte, error) {
	raw, err := hex.DecodeString(text)
	if err != nil || len(raw) != n || hex.EncodeToString(raw) != text {
		return nil, errHeader
	}
	return raw, nil
}

// By says whether the request was signed by the holder of this key.
func (s Signed) By(public ed25519.PublicKey) bool {
	return len(public) == ed25519.PublicKeySize && ed25519.Verify(public, s.text(), s.signature)
}

// idValid holds for identifiers that our houses make.
func idValid(id string) bool {
	return id != "" && len(id) <= 64 &&
		strings.Trim(id, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.") == ""
}

// CheckID refuses what cannot be the id of an installation key.
func CheckID(id string) error {
	if !idValid(id) {
		return fmt.Errorf("key id is not 1 to 64 letters, digits or . - _")
	}
	return nil
}
