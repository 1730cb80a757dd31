// SPDX-License-Identifier: EUPL-1.2

package chiffrat

import (
	"crypto/hpke"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"strings"
	"time"

	"meldewerk/envelope/keyfile"
)

// The purposes of the keys, as their files state them.
const (
	PurposePrivate = "chiffrat.private" // opens; made in a ceremony, never kept whole by the trust centre
	PurposeMAC     = "chiffrat.mac"     // the trust centre's proof that it sealed
)

// PublicFile is the name of the file that holds the public key.
const PublicFile = "chiffrat-public.txt"

const (
	macKeySize = 32
	keyIDSize  = 8
	publicHead = "meldewerk-chiffrat-public"
	redacted   = "[redacted]"
)

// kem is the key encapsulation of version 1: hybrid, and its classical half
// is a curve every HSM has.
func kem() hpke.KEM { return hpke.MLKEM768P256() }

// PublicKey seals Chiffrate. It is no secret, but who can exchange it can
// read: its id belongs on the paper of the ceremony.
type PublicKey struct {
	key hpke.PublicKey
	id  [keyIDSize]byte
}

func newPublicKey(key hpke.PublicKey) PublicKey {
	sum := sha256.Sum256(key.Bytes())
	return PublicKey{key, [keyIDSize]byte(sum[:keyIDSize])}
}

// ID names the key in 16 hexadecimal digits, as pseudonym.Chiffrat.KeyID does.
func (k PublicKey) ID() string { return hex.EncodeToString(k.id[:]) }

// IsZero says that there is no key.
func (k PublicKey) IsZero() bool { return k.key == nil }

// MarshalText gives the one line of the public key's file.
func (k PublicKey) MarshalText() ([]byte, error) {
	if k.IsZero() {
		return nil, errors.New("chiffrat: no public key")
	}
	return fmt.Appendf(nil, "%s %d %s %s\n", publicHead, kem().ID(), k.ID(), base64.StdEncoding.EncodeToString(k.key.Bytes())), nil
}

// UnmarshalText reads that line; the id in it must fit the key.
func (k *PublicKey) UnmarshalText(text []byte) error {
	var numbered uint16
	var head, id, encoded string
	if _, err := fmt.Sscanf(strings.TrimSpace(string(text)), "%s %d %s %s", &head, &numbered, &id, &encoded); err != nil {
		return errors.New("chiffrat: not a public key file")
	}
	if head != publicHead || numbered != kem().ID() {
		return errors.New("chiffrat: public key of another kind")
	}
	raw, err := base64.StdEncoding.DecodeString(encoded)
	if err != nil {
		return errors.New("chiffrat: public key is not base64")
	}
	key, err := kem().NewPublicKey(raw)
	if err != nil {
		return fmt.Errorf("chiffrat: public key: %w", err)
	}
	read := newPublicKey(key)
	if read.ID() != id {
		return errors.New("chiffrat: public key does not have the id it states")
	}
	*k = read
	return nil
}

// PrivateKey opens Chiffrate. It prints as [redacted]. Drop it as soon as the
// granted act is done; that memory is wiped then is best effort.
type PrivateKey struct{ key hpke.PrivateKey }

// GenerateKey makes a new key, for a ceremony.
func GenerateKey() (PrivateKey, error) {
	key, err := kem().GenerateKey()
	if err != nil {
		return PrivateKey{}, fmt.Errorf("chiffrat: generate key: %w", err)
	}
	return PrivateKey{key}, nil
}

// NewPrivateKey takes a key as crypto/hpke knows it: also one whose P-256 half
// stays in an HSM (hpke.NewHybridPrivateKey).
func NewPrivateKey(key hpke.PrivateKey) (PrivateKey, error) {
	if key == nil || key.KEM().ID() != kem().ID() {
		return PrivateKey{}, errors.New("chiffrat: private key of another kind")
	}
	return PrivateKey{key}, nil
}

// PrivateKeyOf takes the 32 bytes that Secret gave, put together from shares.
func PrivateKeyOf(secret []byte) (PrivateKey, error) {
	key, err := kem().NewPrivateKey(secret)
	if err != nil {
		return PrivateKey{}, errors.New("chiffrat: these bytes are no private key")
	}
	return PrivateKey{key}, nil
}

// Public is the public half.
func (k PrivateKey) Public() PublicKey {
	if k.key == nil {
		return PublicKey{}
	}
	return newPublicKey(k.key.PublicKey())
}

// Secret is the private key itself in 32 bytes, to be split among holders. A
// key in an HSM has none to give.
func (k PrivateKey) Secret() ([]byte, error) {
	if k.key == nil {
		return nil, errors.New("chiffrat: no private key")
	}
	secret, err := k.key.Bytes()
	if err != nil {
		return nil, errors.New("chiffrat: this private key does not leave its place")
	}
	return append([]byte(nil), secret...), nil
}

// WritePrivateKey writes a private key into a new file of mode 0600. It is for
// demonstrations and tests: in service the key is split or kept in an HSM.
func WritePrivateKey(dir string, k PrivateKey, generation int, now time.Time) (string, error) {
	secret, err := k.Secret()
	if err != nil {
		return "", err
	}
	file, err := keyfile.Of(PurposePrivate, generation, secret, now)
	if err != nil {
		return "", fmt.Errorf("chiffrat: %w", err)
	}
	return keyfile.Write(dir, file)
}

// LoadPrivateKey reads a private key file; wider than mode 0640 is refused.
func LoadPrivateKey(path string) (PrivateKey, error) {
	file, err := keyfile.Read(path, PurposePrivate)
	if err != nil {
		return PrivateKey{}, fmt.Errorf("chiffrat: %w", err)
	}
	return PrivateKeyOf(file.Secret())
}

// String hides the key.
func (k PrivateKey) String() string { return redacted }

// Format hides the key whatever the verb.
func (k PrivateKey) Format(w fmt.State, _ rune) {
	_, _ = io.WriteString(w, redacted) // fmt keeps the error of its own writer
}

// MarshalJSON hides the key.
func (k PrivateKey) MarshalJSON() ([]byte, error) { return []byte(`"` + redacted + `"`), nil }

// LogValue hides the key from logs.
func (k PrivateKey) LogValue() slog.Value { return slog.StringValue(redacted) }

// MACKeys holds the trust centre's MAC keys: the newest seals, all verify. It
// prints as [redacted].
type MACKeys struct {
	byGeneration map[uint16][]byte
	current      uint16
}

// NewMACKeys takes keys that were read elsewhere.
func NewMACKeys(files ...keyfile.Key) (MACKeys, error) {
	keys := MACKeys{byGeneration: map[uint16][]byte{}}
	for _, file := range files {
		generation := uint16(file.Generation) // keyfile allows no more
		secret := file.Secret()
		if file.Purpose != PurposeMAC || len(secret) != macKeySize {
			return MACKeys{}, fmt.Errorf("chiffrat: %s is no MAC key", file.Name())
		}
		if _, twice := keys.byGeneration[generation]; twice {
			return MACKeys{}, fmt.Errorf("chiffrat: %s is there twice", file.Name())
		}
		keys.byGeneration[generation] = secret
		keys.current = max(keys.current, generation)
	}
	if keys.current == 0 {
		return MACKeys{}, errors.New("chiffrat: a MAC key is missing")
	}
	return keys, nil
}

// LoadMACKeys reads every MAC key of a folder; wider than mode 0640 is refused.
func LoadMACKeys(dir string) (MACKeys, error) {
	files, err := keyfile.ReadFolder(dir, PurposeMAC)
	if err != nil {
		return MACKeys{}, fmt.Errorf("chiffrat: %w", err)
	}
	return NewMACKeys(files...)
}

// GenerateMACKey makes the next generation of the MAC key in a folder.
func GenerateMACKey(dir string, now time.Time) error {
	files, err := keyfile.ReadFolder(dir, PurposeMAC)
	if err != nil {
		return fmt.Errorf("chiffrat: %w", err)
	}
	last := 0
	for _, file := range files {
		last = max(last, file.Generation)
	}
	key, err := keyfile.New(PurposeMAC, last+1, macKeySize, now)
	if err != nil {
		return fmt.Errorf("chiffrat: %w", err)
	}
	_, err = keyfile.Write(dir, key)
	return err
}

// String hides the keys.
func (k MACKeys) String() string { return redacted }

// Format hides the keys whatever the verb.
func (k MACKeys) Format(w fmt.State, _ rune) {
	_, _ = io.WriteString(w, redacted) // fmt keeps the error of its own writer
}

// MarshalJSON hides the keys.
func (k MACKeys) MarshalJSON() ([]byte, error) { return []byte(`"` + redacted + `"`), nil }

// LogValue hides the keys from logs.
func (k MACKeys) LogValue() slog.Value { return slog.StringValue(redacted) }
