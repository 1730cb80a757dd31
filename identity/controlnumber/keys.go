// SPDX-License-Identifier: EUPL-1.2

package controlnumber

import (
	"crypto/aes"
	"crypto/cipher"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"slices"
	"strings"
	"time"

	"meldewerk/envelope/keyfile"
	"meldewerk/pseudonym"
)

// The purposes of the keys, as their files state them.
const (
	purposeAll      = "controlnumber"
	PurposeNational = "controlnumber.national"  // K_kn: common to the registries that exchange; never changes, because names are gone when it would
	PurposeStorage  = "controlnumber.storage"   // K_reg: this registry's stored numbers; changes by generations
	PurposeExchange = "controlnumber.exchange." // K_exchange, followed by the partner; changes by generations
)

// keySize is the size of every key in bytes.
const keySize = 32

// Keys holds the keys of control numbers of one trust centre. It prints as
// [redacted] and may be used by many goroutines.
type Keys struct {
	national []byte
	layers   map[pseudonym.Generation]Layer
	current  pseudonym.Generation
}

// Layer is one Überverschlüsselung: the keyed permutation under which numbers
// of one generation are written. It prints as [redacted].
type Layer struct {
	generation pseudonym.Generation
	block      cipher.Block
}

// LoadKeys reads the keys of a folder: one national key, at least one storage
// key, and exchange keys for the partners there are. A file wider than mode
// 0640 or with a foreign purpose refuses the whole folder.
func LoadKeys(dir string) (*Keys, error) {
	files, err := keyfile.ReadFolder(dir, purposeAll)
	if err != nil {
		return nil, fmt.Errorf("control number keys: %w", err)
	}
	return NewKeys(files...)
}

// NewKeys takes keys that were read elsewhere; see LoadKeys for which.
func NewKeys(files ...keyfile.Key) (*Keys, error) {
	k := &Keys{layers: map[pseudonym.Generation]Layer{}}
	for _, file := range files {
		if err := k.take(file); err != nil {
			return nil, fmt.Errorf("control number keys: %w", err)
		}
	}
	if k.national == nil {
		return nil, errors.New("control number keys: the national key is missing")
	}
	if k.current == "" {
		return nil, errors.New("control number keys: a storage key is missing")
	}
	return k, nil
}

func (k *Keys) take(file keyfile.Key) error {
	secret := file.Secret()
	if len(secret) != keySize {
		return fmt.Errorf("%s does not hold %d bytes", file.Name(), keySize)
	}
	if file.Purpose == PurposeNational {
		if k.national != nil {
			return errors.New("there are two national keys, and names are gone that could tell which is right")
		}
		k.national = secret
		return nil
	}
	var generation pseudonym.Generation
	partner, isExchange := strings.CutPrefix(file.Purpose, PurposeExchange)
	switch {
	case file.Purpose == PurposeStorage:
		generation = pseudonym.StorageGeneration(file.Generation)
	case isExchange:
		generation = pseudonym.ExchangeGeneration(partner, file.Generation)
	default:
		return fmt.Errorf("%s serves no purpose known here", file.Name())
	}
	if _, err := pseudonym.ParseGeneration(string(generation)); err != nil {
		return fmt.Errorf("%s: %w", file.Name(), err)
	}
	if _, twice := k.layers[generation]; twice {
		return fmt.Errorf("%s is there twice", file.Name())
	}
	block, err := aes.NewCipher(secret)
	if err != nil {
		return fmt.Errorf("%s: %w", file.Name(), err)
	}
	k.layers[generation] = Layer{generation, block}
	if generation.IsStorage() && generation.Number() > k.current.Number() {
		k.current = generation
	}
	return nil
}

// GenerateKeys makes the national key and the first storage key in a folder
// that has none. It never overwrites a key.
func GenerateKeys(dir string, now time.Time) error {
	existing, err := keyfile.ReadFolder(dir, purposeAll)
	if err != nil {
		return fmt.Errorf("control number keys: %w", err)
	}
	if len(existing) > 0 {
		return errors.New("control number keys: the folder holds keys already")
	}
	for _, purpose := range []string{PurposeNational, PurposeStorage} {
		if err := generate(dir, purpose, 1, now); err != nil {
			return err
		}
	}
	return nil
}

// GenerateStorageKey makes the next generation of the storage key. Stored
// numbers are carried over with Rekey.
func GenerateStorageKey(dir string, now time.Time) error {
	return generateNext(dir, PurposeStorage, now)
}

// GenerateExchangeKey makes the next generation of the key for the exchange
// with a partner (lower-case letters, digits, hyphens).
func GenerateExchangeKey(dir, partner string, now time.Time) error {
	if _, err := pseudonym.ParseGeneration(string(pseudonym.ExchangeGeneration(partner, 1))); err != nil {
		return errors.New("control number keys: a partner is named by up to 32 lower-case letters, digits and hyphens")
	}
	return generateNext(dir, PurposeExchange+partner, now)
}

func generateNext(dir, purpose string, now time.Time) error {
	existing, err := keyfile.ReadFolder(dir, purpose)
	if err != nil {
		return fmt.Errorf("control number keys: %w", err)
	}
	last := 0
	for _, k := range existing {
		last = max(last, k.Generation)
	}
	return generate(dir, purpose, last+1, now)
}

func generate(dir, purpose string, generation int, now time.Time) error {
	k, err := keyfile.New(purpose, generation, keySize, now)
	if err != nil {
		return fmt.Errorf("control number keys: %w", err)
	}
	if _, err := keyfile.Write(dir, k); err != nil {
		return fmt.Errorf("control number keys: %w", err)
	}
	return nil
}

// Current names the storage generation that Form writes: the newest.
func (k *Keys) Current() pseudonym.Generation { return k.current }

// Generations lists the layers there are keys for, in order of their names.
func (k *Keys) Generations() []pseudonym.Generation {
	return slices.Sorted(maps.Keys(k.layers))
}

// Layer gives the layer of a generation, for Rekey.
func (k *Keys) Layer(g pseudonym.Generation) (Layer, error) {
	layer, found := k.layers[g]
	if !found {
		return Layer{}, fmt.Errorf("no key for control numbers of generation %q", g)
	}
	return layer, nil
}

// Generation names the numbers this layer writes.
func (l Layer) Generation() pseudonym.Generation { return l.generation }

const redacted = "[redacted]"

// String hides the keys.
func (k *Keys) String() string { return redacted }

// Format hides the keys whatever the verb.
func (k *Keys) Format(w fmt.State, _ rune) {
	_, _ = io.WriteString(w, redacted) // fmt keeps the error of its own writer
}

// MarshalJSON hides the keys.
func (k *Keys) MarshalJSON() ([]byte, error) { return []byte(`"` + redacted + `"`), nil }

// LogValue hides the keys from logs.
func (k *Keys) LogValue() slog.Value { return slog.StringValue(redacted) }

// String hides the key.
func (l Layer) String() string { return redacted }

// Format hides the key whatever the verb.
func (l Layer) Format(w fmt.State, _ rune) {
	_, _ = io.WriteString(w, redacted) // fmt keeps the error of its own writer
}

// MarshalJSON hides the key.
func (l Layer) MarshalJSON() ([]byte, error) { return []byte(`"` + redacted + `"`), nil }

// LogValue hides the key from logs.
func (l Layer) LogValue() slog.Value { return slog.StringValue(redacted) }
