// SPDX-License-Identifier: EUPL-1.2

// Package passkeytest is an authenticator made of software, for tests: it
// answers navigator.credentials.create and get as a browser with a hardware
// token would, and can be made to lie.
//
// It stands where a person with a passkey stands before step 1 of the way of a
// report. Tests of every package may use it; it must never be linked into the
// program.
package passkeytest

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"fmt"
)

// Key is one passkey on one device. Origin is what the browser says where it
// is, Counter what the device says how often it was used.
type Key struct {
	Origin  string
	Counter uint32

	id      []byte
	private *ecdsa.PrivateKey
	handle  []byte
}

// New makes a device without a passkey, in a browser at that origin.
func New(origin string) *Key {
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		panic("passkeytest: " + err.Error()) // no randomness
	}
	k := &Key{Origin: origin, id: make([]byte, 32), private: private}
	rand.Read(k.id)
	return k
}

// options is what the server asks, as far as an authenticator cares.
type options struct {
	PublicKey struct {
		Challenge string `json:"challenge"`
		RPID      string `json:"rpId"`
		RP        struct {
			ID string `json:"id"`
		} `json:"rp"`
		User struct {
			ID string `json:"id"`
		} `json:"user"`
	} `json:"publicKey"`
}

// Flags of the authenticator data: user present, user verified, and a new
// credential that follows.
const (
	present  = 0x01
	verified = 0x04
	attested = 0x40
)

// Create answers navigator.credentials.create.
func (k *Key) Create(asked []byte) ([]byte, error) {
	var o options
	if err := json.Unmarshal(asked, &o); err != nil {
		return nil, fmt.Errorf("read options: %w", err)
	}
	handle, err := base64.RawURLEncoding.DecodeString(o.PublicKey.User.ID)
	if err != nil {
		return nil, fmt.Errorf("read user handle: %w", err)
	}
	k.handle = handle
	cose, err := k.cose()
	if err != nil {
		return nil, err
	}
	data := k.data(o.PublicKey.RP.ID, present|verified|attested)
	data = append(data, make([]byte, 16)...) // of no known maker
	data = binary.BigEndian.AppendUint16(data, uint16(len(k.id)))
	data = append(append(data, k.id...), cose...)
	// CBOR: {"fmt": "none", "attStmt": {}, "authData": bytes}
	object := append([]byte{0xa3, 0x63}, "fmt"...)
	object = append(append(object, 0x64), "none"...)
	object = append(append(append(object, 0x67), "attStmt"...), 0xa0)
	object = append(append(object, 0x68), "authData"...)
	object = append(append(object, 0x59, byte(len(data)>>8), byte(len(data))), data...)
	return k.answer(map[string]string{
		"clientDataJSON":    text(k.client("webauthn.create", o.PublicKey.Challenge)),
		"attestationObject": text(object),
	})
}

// Get answers navigator.credentials.get.
func (k *Key) Get(asked []byte) ([]byte, error) {
	var o options
	if err := json.Unmarshal(asked, &o); err != nil {
		return nil, fmt.Errorf("read options: %w", err)
	}
	k.Counter++
	data := k.data(o.PublicKey.RPID, present|verified)
	client := k.client("webauthn.get", o.PublicKey.Challenge)
	told := sha256.Sum256(client)
	signed := sha256.Sum256(append(append([]byte{}, data...), told[:]...))
	signature, err := ecdsa.SignASN1(rand.Reader, k.private, signed[:])
	if err != nil {
		return nil, fmt.Errorf("sign: %w", err)
	}
	return k.answer(map[string]string{
		"clientDataJSON": text(client), "authenticatorData": text(data),
		"signature": text(signature), "userHandle": text(k.handle),
	})
}

func text(raw []byte) string { return base64.RawURLEncoding.EncodeToString(raw) }

func (k *Key) answer(response map[string]string) ([]byte, error) {
	return json.Marshal(map[string]any{
		"id": text(k.id), "rawId": text(k.id), "type": "public-key",
		"clientExtensionResults": map[string]any{}, "response": response,
	})
}

func (k *Key) client(kind, challenge string) []byte {
	told, err := json.Marshal(map[string]any{"type": kind, "challenge": challenge, "origin": k.Origin, "crossOrigin": false})
	if err != nil {
		panic("passkeytest: " + err.Error()) // texts always marshal
	}
	return told
}

func (k *Key) data(rp string, flags byte) []byte {
	bound := sha256.Sum256([]byte(rp))
	return binary.BigEndian.AppendUint32(append(bound[:], flags), k.Counter)
}

// cose is the public key in CBOR: {1: 2, 3: -7, -1: 1, -2: x, -3: y}.
func (k *Key) cose() ([]byte, error) {
	point, err := k.private.PublicKey.Bytes() // 0x04, x, y
	if err != nil {
		return nil, fmt.Errorf("write public key: %w", err)
	}
	out := []byte{0xa5, 0x01, 0x02, 0x03, 0x26, 0x20, 0x01, 0x21, 0x58, 0x20}
	out = append(out, point[1:33]...)
	out = append(out, 0x22, 0x58, 0x20)
	return append(out, point[33:]...), nil
}
