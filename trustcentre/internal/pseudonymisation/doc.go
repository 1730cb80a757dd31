// SPDX-License-Identifier: EUPL-1.2

// Package pseudonymisation takes a report apart: step 7 of the way of a report.
//
// Out of one report.Report come the control numbers and the Chiffrat (what is
// left of the person), the reduced view for the reporter, and the medical part
// without open text and without the sender's identifiers. Only the trust
// centre may use it. It must never keep a report or write one anywhere.
//
// Law: GEKN §7, §10
package pseudonymisation
