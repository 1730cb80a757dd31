// SPDX-License-Identifier: EUPL-1.2

package chiffrat

import (
	"crypto/hmac"
	"crypto/hpke"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"hash"

	"meldewerk/identity"
	"meldewerk/pseudonym"
)

const (
	version    = 1
	infoLabel  = "meldewerk chiffrat v1"
	macLabel   = "meldewerk chiffrat mac v1"
	headerSize = 1 + 2 + keyIDSize + 2
	encSize    = 1088 + 65 // ML-KEM-768 ciphertext and P-256 point
	tagSize    = 16
	macSize    = sha256.Size
	smallest   = headerSize + encSize + padding + tagSize + macSize
	maxName    = 200
)

// ErrOpen says that a Chiffrat does not open: another record's, another
// registry's, changed, cut off, not sealed by this trust centre, or for
// another key. Which of them is not told.
var ErrOpen = errors.New("chiffrat does not open")

// Registry seals and verifies the Chiffrate of one registry. It may be used by
// many goroutines and prints its name only.
type Registry struct {
	name string
	macs MACKeys
}

// NewRegistry binds Chiffrate to the name of the registry that keeps them. The
// name must never change: Chiffrate under the old one would not open.
func NewRegistry(name string, macs MACKeys) (Registry, error) {
	if name == "" || len(name) > maxName {
		return Registry{}, errors.New("chiffrat: the registry has no name, or one of more than 200 bytes")
	}
	if macs.current == 0 {
		return Registry{}, errors.New("chiffrat: a MAC key is missing")
	}
	return Registry{name, macs}, nil
}

// String is the name of the registry, without its keys.
func (r Registry) String() string { return r.name }

// Format writes the name of the registry whatever the verb.
func (r Registry) Format(w fmt.State, _ rune) {
	_, _ = fmt.Fprint(w, r.name) // fmt keeps the error of its own writer
}

// Seal makes the Chiffrat of a person for one record. It opens for that
// reference only.
func (r Registry) Seal(p identity.Person, ref pseudonym.Reference, to PublicKey) (pseudonym.Chiffrat, error) {
	if r.macs.current == 0 || to.IsZero() || ref == nil || !ref.Valid() {
		return pseudonym.Chiffrat{}, errors.New("seal chiffrat: key or reference is missing")
	}
	content, err := encode(p)
	if err != nil {
		return pseudonym.Chiffrat{}, fmt.Errorf("seal chiffrat: %w", err)
	}
	enc, sender, err := hpke.NewSender(to.key, hpke.HKDFSHA256(), hpke.AES256GCM(), r.info())
	if err != nil {
		return pseudonym.Chiffrat{}, fmt.Errorf("seal chiffrat: %w", err)
	}
	sealed, err := sender.Seal([]byte(ref.Reference()), content)
	if err != nil {
		return pseudonym.Chiffrat{}, fmt.Errorf("seal chiffrat: %w", err)
	}
	whole := make([]byte, 0, headerSize+len(enc)+len(sealed)+macSize)
	whole = append(whole, version)
	whole = binary.BigEndian.AppendUint16(whole, kem().ID())
	whole = append(whole, to.id[:]...)
	whole = binary.BigEndian.AppendUint16(whole, r.macs.current)
	whole = append(whole, enc...)
	whole = append(whole, sealed...)
	whole = r.mac(r.macs.byGeneration[r.macs.current], ref, whole).Sum(whole)
	sealedPerson, err := pseudonym.ParseChiffrat(whole)
	if err != nil {
		return pseudonym.Chiffrat{}, errors.New("seal chiffrat: the person is too large")
	}
	return sealedPerson, nil
}

// Verify says whether this trust centre sealed the Chiffrat for this record.
// It needs no private key, so the trust centre can refuse a foreign or swapped
// Chiffrat before anybody is asked for approval.
func (r Registry) Verify(c pseudonym.Chiffrat, ref pseudonym.Reference) error {
	_, err := r.verified(c, ref)
	return err
}

// Open gives back the person. Only a disclosure with a granted purpose, whose
// entry stands in a witnessed log, may call it. Every failure is ErrOpen.
func (r Registry) Open(c pseudonym.Chiffrat, ref pseudonym.Reference, with PrivateKey) (identity.Person, error) {
	body, err := r.verified(c, ref)
	if err != nil {
		return identity.Person{}, err
	}
	if with.key == nil || c.KeyID() != with.Public().ID() {
		return identity.Person{}, ErrOpen
	}
	recipient, err := hpke.NewRecipient(body[:encSize], with.key, hpke.HKDFSHA256(), hpke.AES256GCM(), r.info())
	if err != nil {
		return identity.Person{}, ErrOpen
	}
	content, err := recipient.Open([]byte(ref.Reference()), body[encSize:])
	if err != nil {
		return identity.Person{}, ErrOpen
	}
	p, err := decode(content)
	if err != nil {
		return identity.Person{}, ErrOpen
	}
	return p, nil
}

// verified checks form and MAC and gives what lies between head and MAC.
// Whatever is wrong, one MAC is computed, so that the time tells nothing more
// than the length of the Chiffrat does.
func (r Registry) verified(c pseudonym.Chiffrat, ref pseudonym.Reference) ([]byte, error) {
	if ref == nil || r.macs.current == 0 {
		return nil, ErrOpen
	}
	whole := c.Bytes()
	wellFormed := len(whole) >= smallest && (len(whole)-smallest)%padding == 0 &&
		c.Version() == version && c.KEM() == kem().ID() && ref.Valid()
	if len(whole) < smallest {
		whole = append(whole, make([]byte, smallest-len(whole))...)
	}
	generation := binary.BigEndian.Uint16(whole[headerSize-2:])
	key, known := r.macs.byGeneration[generation]
	if !known {
		key = r.macs.byGeneration[r.macs.current]
	}
	end := len(whole) - macSize
	genuine := hmac.Equal(r.mac(key, ref, whole[:end]).Sum(nil), whole[end:])
	if !genuine || !known || !wellFormed {
		return nil, ErrOpen
	}
	return whole[headerSize:end], nil
}

// info is the HPKE info: label and registry, each behind its length, so that
// no two pairs run together into the same bytes.
func (r Registry) info() []byte {
	return lengthPrefixed(nil, infoLabel, r.name)
}

// mac is the trust centre's MAC over registry, reference and all before it.
func (r Registry) mac(key []byte, ref pseudonym.Reference, sealed []byte) hash.Hash {
	h := hmac.New(sha256.New, key)
	h.Write(lengthPrefixed(nil, macLabel, r.name, ref.Reference()))
	h.Write(sealed)
	return h
}

func lengthPrefixed(into []byte, parts ...string) []byte {
	for _, part := range parts {
		into = binary.BigEndian.AppendUint32(into, uint32(len(part)))
		into = append(into, part...)
	}
	return into
}
