// SPDX-License-Identifier: EUPL-1.2

// Package chiffrat seals the identity of a patient for good: the Chiffrat,
// the only way back from a pseudonym to a person.
//
// It is part of step 7 of the way of a report and belongs to the trust centre
// alone. The trust centre holds the public key and seals; the private key is
// made in a ceremony, held outside, split among holders or kept in an HSM, and
// lent for one granted purpose at a time. Only a disclosure with such a grant
// may call Open; this package has no grant to check and must not be called
// from anywhere else. Portal and registry must not import it.
//
// # Form, version 1
//
//	version     1 byte, 1
//	KEM         2 bytes, number of the HPKE key encapsulation
//	key id      8 bytes, beginning of SHA-256 over the public key
//	MAC key     2 bytes, generation of the trust centre's MAC key
//	enc         encapsulated key, length given by the KEM
//	content     AES-256-GCM, a multiple of 256 bytes and 16 bytes tag
//	MAC         32 bytes, HMAC-SHA-256
//
// Numbers are big-endian. HPKE (RFC 9180) runs in base mode with KEM
// MLKEM768-P256, HKDF-SHA-256 and AES-256-GCM, with a fresh context for each
// Chiffrat. Its info holds the label and the name of the registry, its
// additional data the reference of the record, so that a Chiffrat put in
// another's place or carried to another registry does not open. HPKE in base
// mode does not say who sealed; the MAC does: it covers registry, reference
// and everything before it, and is checked before anything is decrypted.
//
// The content is the identity as JSON in a fixed form of its own (which does
// not follow changes of identity.Person by accident), behind four bytes of
// length and padded with zeros to steps of 256 bytes, so that the length of a
// Chiffrat tells next to nothing about the person.
//
// Every failure of Open is ErrOpen.
package chiffrat
