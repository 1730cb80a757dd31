// SPDX-License-Identifier: EUPL-1.2

// Package courier is how an upload program of a hospital or practice shows who
// it is: it signs every request to the portal with its Installationsschlüssel.
//
// It stands at step 1 of the way of a report. The signature covers host,
// method, path, kind of data, the hash of the package, time and a nonce, so
// that a request cannot be sent elsewhere, changed, or sent twice. The
// command `meldewerk upload` signs, the portal verifies; both use this package.
//
// It must never send, log or print a private key.
package courier
