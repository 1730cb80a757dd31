// SPDX-License-Identifier: EUPL-1.2

// Package envelope seals bytes to the holder of a key and opens them again.
//
// It is step 4 of the way of a report (the portal seals accepted reports, part
// by part, to each recipient) and the beginning of step 6 (the trust centre
// opens them). It knows no word of the office: what is inside is the caller's.
// The portal holds Recipients only, that is public keys; an Identities value
// belongs to the receiving house.
//
// Envelopes are age files with hybrid recipients (ML-KEM-768 with X25519), so
// that what is recorded today stays shut when quantum computers come. Any
// failure of opening is ErrOpen and nothing more, whatever the reason, except
// for trouble of the source that was read from.
//
// Spool keeps an upload sealed on disk under a key that exists in memory only,
// for formats that need random access.
//
// It must never write plaintext to a file, and an Identities value must never
// be reachable from the portal.
package envelope
