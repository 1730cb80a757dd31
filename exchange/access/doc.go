// SPDX-License-Identifier: EUPL-1.2

// Package access is the contract between portal and trust centre about who may
// sign in at the portal: before step 1 of the way of a report.
//
// The trust centre owns people, reporting units, roles and release; the portal
// owns what a sign-in needs at once. The trust centre calls: it puts numbered
// orders, and asks what became of accounts and who applied for one. Every call
// may be repeated without harm, because any of the two may be killed at any
// moment.
//
// A password travels as its hash and an application sealed to the trust
// centre. The package knows nothing of patients: it must never import identity,
// report or pseudonym.
package access
