// SPDX-License-Identifier: EUPL-1.2

// Package store keeps what the portal knows in its database: submissions with
// their protocol, the sealed parts until they have safely arrived, the
// Tumorhistorie of each reporting unit, and the records and drafts of the
// Online-Erfassung.
//
// It serves steps 1 to 5 and 12 of the way of a report and satisfies the
// interfaces that the rooms declare. What is of a person is sealed at rest:
// patient number, Meldungs-ID and findings in one column, the reduced view in
// another; look-ups go over keyed indexes. Verdicts, rule ids and states are
// in clear, because lists filter by them.
//
// What must be gone from the disk with its row, a typed identity and the
// content of a draft, is sealed behind a padding (see pad). The receipt and the
// reduction are one transaction.
//
// It must never hold more of a submitted identity than the reduced view, never
// a report in clear, and never delete an envelope that was not acknowledged.
package store
