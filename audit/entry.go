// SPDX-License-Identifier: EUPL-1.2

package audit

import (
	"bytes"
	"crypto/rand"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"time"
)

// SaltSize is the length of an entry's salt in bytes. The salt keeps the leaf
// of an expired entry from being guessed: actors, codes and references are few.
const SaltSize = 32

// Leaf is SHA-256(salt || canonical entry). It stays for good.
type Leaf [sha256.Size]byte

// Entry is one Protokolleintrag as written: an act with its house and time.
type Entry struct {
	House string    // the house that acted: portal, trustcentre or registry
	Time  time.Time // UTC, whole microseconds
	Salt  []byte    // SaltSize random bytes, expires with the entry
	Act   Act
}

// entryJSON is the canonical form, version 1. The order of its fields and
// their names are part of every leaf ever made: never change them, add a
// version instead.
type entryJSON struct {
	Version int              `json:"v"`
	House   string           `json:"house"`
	Time    int64            `json:"time"` // microseconds since 1970
	Actor   string           `json:"actor"`
	Code    Code             `json:"code"`
	Object  string           `json:"object,omitempty"`
	Purpose string           `json:"purpose,omitempty"`
	Result  Result           `json:"result"`
	Counts  map[string]int64 `json:"counts,omitempty"`
	Before  []byte           `json:"before,omitempty"`
	After   []byte           `json:"after,omitempty"`
}

const entryVersion = 1

// NewEntry makes an entry with a fresh salt.
func NewEntry(house string, at time.Time, act Act) (Entry, error) {
	if err := act.Validate(); err != nil {
		return Entry{}, err
	}
	if !keyword.MatchString(house) {
		return Entry{}, errors.New("audit: the house's name is no key")
	}
	salt := make([]byte, SaltSize)
	_, _ = rand.Read(salt) // crypto/rand never returns an error
	return Entry{House: house, Time: at.UTC().Truncate(time.Microsecond), Salt: salt, Act: act.normal()}, nil
}

// Canonical is the one JSON text of the entry, without its salt.
func (e Entry) Canonical() ([]byte, error) {
	text, err := json.Marshal(entryJSON{
		Version: entryVersion, House: e.House, Time: e.Time.UnixMicro(), Actor: e.Act.Actor, Code: e.Act.Code,
		Object: e.Act.Object, Purpose: e.Act.Purpose, Result: e.Act.Result, Counts: e.Act.Counts,
		Before: e.Act.Before, After: e.Act.After,
	})
	if err != nil {
		return nil, fmt.Errorf("audit: write entry: %w", err)
	}
	return text, nil
}

// ParseEntry reads a canonical text back; any other spelling of the same
// content is refused, since its leaf would differ.
func ParseEntry(salt, text []byte) (Entry, error) {
	var raw entryJSON
	if err := json.Unmarshal(text, &raw); err != nil {
		return Entry{}, errors.New("audit: the entry is no JSON of the known form")
	}
	e := Entry{House: raw.House, Time: time.UnixMicro(raw.Time).UTC(), Salt: salt, Act: Act{
		Actor: raw.Actor, Code: raw.Code, Object: raw.Object, Purpose: raw.Purpose, Result: raw.Result,
		Counts: raw.Counts, Before: raw.Before, After: raw.After,
	}}
	again, err := e.Canonical()
	if err != nil {
		return Entry{}, err
	}
	if raw.Version != entryVersion || !bytes.Equal(again, text) {
		return Entry{}, errors.New("audit: the entry is not in its canonical form")
	}
	return e, nil
}

// Leaf is the hash that enters the tree.
func (e Entry) Leaf() (Leaf, error) {
	if len(e.Salt) != SaltSize {
		return Leaf{}, errors.New("audit: the entry's salt has the wrong length")
	}
	text, err := e.Canonical()
	if err != nil {
		return Leaf{}, err
	}
	return LeafOf(e.Salt, text), nil
}

// LeafOf is SHA-256(salt || text). The salt has a fixed length, so the two
// cannot run into each other.
func LeafOf(salt, text []byte) Leaf {
	h := sha256.New()
	_, _ = h.Write(salt) // a hash never returns an error
	_, _ = h.Write(text)
	return Leaf(h.Sum(nil))
}
