// SPDX-License-Identifier: EUPL-1.2

// Package account holds the rules of the door: who may come in, how a password
// and a one-time password are compared, and when an access is locked.
//
// It is part of the ground: before step 1 of the way of a report somebody has
// to sign in, in each of the three houses. Everything here is a rule or a
// value; rows, sessions and pages are kept elsewhere (internal/store,
// internal/signin). The clock is always handed in.
//
// What it knows: argon2id hashes in PHC form behind a bounded queue, the rules
// for passwords that people choose and the making of passwords for letters,
// one-time passwords after RFC 6238 together with the time step that matched,
// the QR code of an enrolment, passkeys after WebAuthn, the lockout of
// requirements H4 and H5, and the roles with those that need a passkey.
//
// It must never: reach a database or the network, write a log line, or let a
// password, a code or a TOTP secret appear in a message. Secrets are types
// that print "[redacted]" however they are formatted.
package account
