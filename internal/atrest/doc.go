// SPDX-License-Identifier: EUPL-1.2

// Package atrest seals the columns of a row that hold identities, before they
// reach the disk: AES-256-GCM with a data key per table, each data key wrapped
// by the house's master key. It holds no domain word.
//
// The portal's drafts (step 1), the trust centre's reports in inspection
// (steps 5 to 9), TOTP secrets and the like are stored this way, so that a
// stolen file, dump or backup says nothing without the master key, which lies
// elsewhere. The additional data name table, row and column group: a value
// moved to another row does not open there.
//
// Values that must be looked up get a keyed index (HMAC) beside them, only
// where needed.
//
// What the package must never do: tell why a value does not open (there is one
// error for all reasons), put a key or a plain value into an error, or seal
// more values with one key than random nonces allow (security row K6).
package atrest
