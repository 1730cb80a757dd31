// SPDX-License-Identifier: EUPL-1.2

package leak

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"meldewerk/envelope"
)

// The form of a value sealed at rest: version, generation, nonce, ciphertext,
// tag. See internal/atrest.
const (
	headerSize = 5
	nonceSize  = 12
	tagSize    = 16
	keySize    = 32
)

// WrappedKey is one data key as a house's database holds it.
type WrappedKey struct {
	Table      string
	Generation uint32
	Wrapped    []byte
}

// Vault is everything that one house can open: its data keys and, where it has
// them, its private envelope keys.
type Vault struct {
	keys       map[uint32][]cipher.Block // data keys by generation
	envelopes  envelope.Identities
	raw        [][]byte // every secret of the key folder and every data key
	KeyFolders []string // files that were read, relative to the folder
}

// OpenVault takes the key folder of a house and the wrapped keys out of its
// database.
func OpenVault(keyDir string, wrapped []WrappedKey) (*Vault, error) {
	v := &Vault{keys: map[uint32][]cipher.Block{}}
	if err := v.readFolder(keyDir); err != nil {
		return nil, err
	}
	master, err := os.ReadFile(filepath.Join(keyDir, "master.key"))
	if err != nil {
		return nil, err
	}
	key, err := hex.DecodeString(strings.TrimSpace(string(master)))
	if err != nil || len(key) != keySize {
		return nil, errors.New("the master key is not 64 hexadecimal digits")
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, err
	}
	v.raw = append(v.raw, key)
	for _, w := range wrapped {
		plain := counter(block, w.Wrapped)
		if len(plain) != keySize {
			return nil, fmt.Errorf("data key of %s has %d bytes", w.Table, len(plain))
		}
		data, err := aes.NewCipher(plain)
		if err != nil {
			return nil, err
		}
		v.raw = append(v.raw, plain)
		v.keys[w.Generation] = append(v.keys[w.Generation], data)
	}
	if keys, err := envelope.LoadIdentities(filepath.Join(keyDir, "envelope")); err == nil {
		v.envelopes = keys
	}
	return v, nil
}

var secretText = regexp.MustCompile(`[A-Za-z0-9+/_=-]{22,}|[0-9a-f]{32,}`)

// readFolder takes every file as a possible secret, as it is and every run in
// it that could be one.
func (v *Vault) readFolder(dir string) error {
	return filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		content, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		name, _ := filepath.Rel(dir, path) // path lies below dir
		v.KeyFolders = append(v.KeyFolders, name)
		v.raw = append(v.raw, bytes.TrimSpace(content))
		for _, run := range secretText.FindAll(content, -1) {
			v.raw = append(v.raw, run)
			if key, err := hex.DecodeString(string(run)); err == nil {
				v.raw = append(v.raw, key)
			}
		}
		return nil
	})
}

// Secrets gives every secret that the house has, in every reading of it.
func (v *Vault) Secrets() [][]byte { return v.raw }

// counter decrypts AES-GCM without its proof of place: whoever has the keys
// need not know which row a value was sealed for.
func counter(block cipher.Block, sealed []byte) []byte {
	if len(sealed) < headerSize+nonceSize+tagSize {
		return nil
	}
	iv := binary.BigEndian.AppendUint32(bytes.Clone(sealed[headerSize:headerSize+nonceSize]), 2)
	plain := make([]byte, len(sealed)-headerSize-nonceSize-tagSize)
	cipher.NewCTR(block, iv).XORKeyStream(plain, sealed[headerSize+nonceSize:len(sealed)-tagSize])
	return plain
}

// Open gives what a value could be under any key of the house. The value
// itself is not among them.
func (v *Vault) Open(value []byte) [][]byte {
	if bytes.HasPrefix(value, []byte("age-encryption.org/")) {
		if v.envelopes.IsZero() {
			return nil
		}
		plain, err := envelope.OpenBytes(value, v.envelopes)
		if err != nil {
			return nil
		}
		return [][]byte{plain}
	}
	if len(value) < headerSize+nonceSize+tagSize || value[0] != 1 {
		return nil
	}
	var plains [][]byte
	for _, block := range v.keys[binary.BigEndian.Uint32(value[1:headerSize])] {
		plains = append(plains, counter(block, value))
	}
	return plains
}

// Fragments gives what could have been sealed anywhere in raw bytes, such as
// the freed pages of a database file: every place that begins like a sealed
// value is opened as far as a page goes.
func (v *Vault) Fragments(raw []byte, found func(plain []byte)) {
	const page = 4096
	for generation, blocks := range v.keys {
		head := binary.BigEndian.AppendUint32([]byte{1}, generation)
		for from := 0; ; {
			at := bytes.Index(raw[from:], head)
			if at < 0 {
				break
			}
			at += from
			from = at + 1
			end := min(len(raw), at+page)
			for _, block := range blocks {
				if plausible(block, raw[at:end]) {
					found(counter(block, raw[at:end]))
				}
			}
		}
	}
}

// plausible looks at the first bytes: what the houses seal is JSON.
func plausible(block cipher.Block, sealed []byte) bool {
	const look = 8
	if len(sealed) < headerSize+nonceSize+look+tagSize {
		return false
	}
	head := counter(block, sealed[:headerSize+nonceSize+look+tagSize])
	if !bytes.ContainsAny(head[:1], `{["`) {
		return false
	}
	for _, b := range head {
		if b < ' ' {
			return false
		}
	}
	return true
}
