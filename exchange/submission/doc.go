// SPDX-License-Identifier: EUPL-1.2

// Package submission is the contract between portal and trust centre: steps
// 5, 6 and 12 of the way of a report.
//
// The portal implements Door and only answers; the trust centre calls. Every
// call may be repeated without harm, because any of the two may be killed at
// any moment. The sealed content is opaque here: this package must never
// import identity or pseudonym.
package submission
