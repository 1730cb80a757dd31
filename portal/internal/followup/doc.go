// SPDX-License-Identifier: EUPL-1.2

// Package followup is what comes back to the portal after a submission: the
// state of every report and the Tumorhistorie.
//
// It stands at step 12 of the way of a report. The trust centre puts the
// state of each report and, once the registry has finished it, its entry with
// the reduced view of the patient (history.ReducedView). The room keeps both
// for the reporting unit they belong to and tells them in words of the office.
//
// What the finished reports of a unit call for next (Expected) follows from
// their sealed content, which no statement can ask. So the room reads them once
// into a ledger of handles and days, and afterwards only what was put since.
// The ledger stands in memory alone.
//
// It must never learn more of a patient than the reduced view, never show a
// unit what another one reported, and never set a state back.
//
// Spec: REQUIREMENTS N2, N4, N5, N6
package followup
