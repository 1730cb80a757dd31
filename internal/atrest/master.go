// SPDX-License-Identifier: EUPL-1.2

package atrest

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"strings"

	"meldewerk/fault"
)

const keySize = 32

// hidden is embedded in whatever holds a key: no log, format or encoder shows
// what stands beside it.
type hidden struct{}

const redacted = "[redacted]"

// String hides the key.
func (hidden) String() string { return redacted }

// GoString hides the key.
func (hidden) GoString() string { return redacted }

// Format hides the key from every verb, also from those that pass String by.
func (hidden) Format(state fmt.State, _ rune) { _, _ = io.WriteString(state, redacted) } // there is nobody to tell

// MarshalJSON hides the key.
func (hidden) MarshalJSON() ([]byte, error) { return []byte(`"` + redacted + `"`), nil }

// LogValue hides the key.
func (hidden) LogValue() slog.Value { return slog.StringValue(redacted) }

// key is a secret of 32 bytes.
type key struct {
	hidden
	bytes [keySize]byte
}

func newKey() key {
	var k key
	_, _ = rand.Read(k.bytes[:]) // crypto/rand never returns an error
	return k
}

// aead makes AES-256-GCM of the key.
func (k key) aead() cipher.AEAD {
	block, err := aes.NewCipher(k.bytes[:])
	if err != nil {
		panic("atrest: a key of 32 bytes was refused") // cannot be: the type has that length
	}
	gcm, err := cipher.NewGCM(block)
	if err != nil {
		panic("atrest: GCM over AES was refused") // cannot be: AES has blocks of 16 bytes
	}
	return gcm
}

// CreateMasterKey makes a house's master key in a new file of mode 0600: 32
// random bytes as 64 hexadecimal digits. An existing file is left alone.
func CreateMasterKey(path string) error {
	k := newKey()
	file, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return fmt.Errorf("create master key: %w", err)
	}
	_, err = file.WriteString(hex.EncodeToString(k.bytes[:]) + "\n")
	if err == nil {
		err = file.Sync()
	}
	err = errors.Join(err, file.Close())
	if err != nil {
		return fmt.Errorf("create master key: %w", err)
	}
	return nil
}

// readMasterKey reads 32 bytes, raw or as 64 hexadecimal digits. A file that
// others than owner and group may read, or the group may write, is refused
// (security row K7).
func readMasterKey(path string) (key, error) {
	file, err := os.Open(path)
	if err != nil {
		return key{}, fmt.Errorf("read master key: %w", err)
	}
	defer func() { _ = file.Close() }() // it was only read
	info, err := file.Stat()
	if err != nil {
		return key{}, fmt.Errorf("read master key: %w", err)
	}
	if !info.Mode().IsRegular() {
		return key{}, fmt.Errorf("read master key: %s is no regular file", path)
	}
	if info.Mode().Perm()&^fs.FileMode(0o640) != 0 {
		return key{}, fault.New(fault.Invalid, "masterkey.wide", fmt.Sprintf(
			"Die Schlüsseldatei %s hat die Rechte %04o und ist damit für andere offen. Setzen Sie sie auf 0600 oder 0640.", path, info.Mode().Perm()))
	}
	raw := make([]byte, 3*keySize)
	n, err := file.Read(raw)
	if err != nil {
		return key{}, fmt.Errorf("read master key: %w", err)
	}
	return parseMasterKey(raw[:n], path)
}

func parseMasterKey(raw []byte, path string) (key, error) {
	if len(raw) != keySize {
		decoded, err := hex.DecodeString(strings.TrimSpace(string(raw)))
		if err != nil || len(decoded) != keySize {
			return key{}, fault.New(fault.Invalid, "masterkey.form", fmt.Sprintf(
				"Die Datei %s enthält keinen Hauptschlüssel. Spielen Sie die Sicherung des Schlüsselordners zurück.", path))
		}
		raw = decoded
	}
	return key{bytes: [keySize]byte(raw)}, nil
}
