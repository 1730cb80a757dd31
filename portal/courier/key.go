// SPDX-License-Identifier: EUPL-1.2

package courier

import (
	"crypto/ed25519"
	"crypto/rand"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"strings"
)

// PublicPrefix opens the line with the public half of a key, as it is given to
// the trust centre.
const PublicPrefix = "mwk1 "

const (
	pemType = "PRIVATE KEY"
	maxKey  = 4096 // bytes of a key file
	wide    = 0o027
	hidden  = "[redacted]"
)

// Key is a private Installationsschlüssel. It prints nothing of itself.
type Key struct{ private ed25519.PrivateKey }

// String hides the key.
func (Key) String() string { return hidden }

// GoString hides the key.
func (Key) GoString() string { return hidden }

// MarshalJSON hides the key.
func (Key) MarshalJSON() ([]byte, error) { return []byte(`"` + hidden + `"`), nil }

// LogValue hides the key.
func (Key) LogValue() slog.Value { return slog.StringValue(hidden) }

// Sign gives the Authorization header of a request.
func (k Key) Sign(r Request) string { return r.Header(k.private) }

// Public is the line for the trust centre: mwk1 and the key in base64.
func (k Key) Public() string {
	return PublicPrefix + base64.StdEncoding.EncodeToString(k.private.Public().(ed25519.PublicKey))
}

// ParsePublic reads such a line.
func ParsePublic(line string) (ed25519.PublicKey, error) {
	text, found := strings.CutPrefix(strings.TrimSpace(line), PublicPrefix)
	raw, err := base64.StdEncoding.Strict().DecodeString(text)
	if !found || err != nil || len(raw) != ed25519.PublicKeySize {
		return nil, errors.New("public key is not a line of the form mwk1 and 44 characters")
	}
	return raw, nil
}

// CreateKey makes a key and writes it as PEM (PKCS #8), readable by its owner
// alone. It never overwrites a file.
func CreateKey(path string) (Key, error) {
	_, private, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		return Key{}, fmt.Errorf("make key: %w", err)
	}
	raw, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		return Key{}, errors.New("key cannot be written as PKCS #8")
	}
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return Key{}, fmt.Errorf("write key: %w", err)
	}
	err = pem.Encode(file, &pem.Block{Type: pemType, Bytes: raw})
	if err == nil {
		err = file.Sync()
	}
	if err := errors.Join(err, file.Close()); err != nil {
		return Key{}, fmt.Errorf("write key: %w", err)
	}
	return Key{private}, nil
}

// ErrWide means that others than its owner and group may read a key file.
var ErrWide = errors.New("key file may be read by everybody")

// OpenKey reads a key file. One that everybody may read is refused.
func OpenKey(path string) (Key, error) {
	info, err := os.Stat(path)
	if err != nil {
		return Key{}, fmt.Errorf("read key: %w", err)
	}
	if info.Mode()&fs.FileMode(wide) != 0 {
		return Key{}, ErrWide
	}
	if info.Size() > maxKey {
		return Key{}, errKey
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return Key{}, fmt.Errorf("read key: %w", err)
	}
	block, rest := pem.Decode(text)
	if block == nil || block.Type != pemType || strings.TrimSpace(string(rest)) != "" {
		return Key{}, errKey
	}
	parsed, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	if err != nil {
		return Key{}, errKey
	}
	private, is := parsed.(ed25519.PrivateKey)
	if !is {
		return Key{}, errKey
	}
	return Key{private}, nil
}

var errKey = errors.New("key file does not hold one Ed25519 key as PEM")
