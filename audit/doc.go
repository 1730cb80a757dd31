// SPDX-License-Identifier: EUPL-1.2

// Package audit is the protocol of what was done in a house: who, when, what,
// on which object, for which purpose, with which result.
//
// Every act on a report's way (steps 1 to 12) leaves one Entry, bulk machine
// work one per batch. An entry's leaf is SHA-256(salt || entry); the leaves
// are the records of a Merkle tree (RFC 6962, through tlog), and checkpoints
// of the tree are signed and carried to the other houses. The readable entry
// stands apart from its leaf: it may expire, and without the salt the leaf
// that stays says nothing about anybody. Verifier finds what was changed,
// removed, inserted, reordered or cut off, also against a checkpoint that
// another house has kept.
//
// The package is pure: it stores nothing and reads no clock. All houses may
// use it; rooms make an Act, internal/store writes it.
//
// An entry must never hold a name, a Patient_ID, a password, a key or free
// words, only opaque references; Act.Validate refuses what does not look like one.
package audit
