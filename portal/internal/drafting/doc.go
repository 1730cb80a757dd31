// SPDX-License-Identifier: EUPL-1.2

// Package drafting is the Online-Erfassung: patients and reports that are typed
// into the portal, their drafts, the verdict on them, and their way into a
// submission. Step 1 of the way of a report for forms, and the portal's half
// of its versions.
//
// A Record (Patientenakte) holds the identity of one patient until his first
// report is submitted; the transaction that writes the receipt takes it away
// and leaves the reduced view. From then on further reports and new versions go
// by reference: the trust centre knows the person, the portal does not. A Form
// holds the medical content of one report as it was typed; it is the reporter's
// own and stays, sealed at rest.
//
// Saving never overwrites silently: who saves names the state of the section he
// began with, and gets a Conflict when that is not the one stored.
//
// The room must never let an identity into an error, an address or a log, never
// submit a report whose open text names the patient, and never keep an identity
// beside a receipt.
//
// Spec: REQUIREMENTS H13, N1, N2, N3, N6
package drafting
