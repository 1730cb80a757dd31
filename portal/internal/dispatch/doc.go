// SPDX-License-Identifier: EUPL-1.2

// Package dispatch hands accepted reports over: it seals them to every trust
// centre, stages the sealed parts, closes the submission with a receipt, and
// keeps the envelopes until they have safely arrived.
//
// It is step 4 of the way of a report, and the portal's half of step 5. A
// Batch takes the verdicts of one submission in order. What it has staged
// counts for nothing until Receive has committed the receipt; before that a
// crash, an abort or a lost lease leaves nothing behind. The receipt's number
// in the sequence is the version of the reports in it.
//
// The room holds public keys only. It must never keep a report in clear
// longer than until its part is sealed, never write one to a disk, and never
// delete an envelope that the trust centre has not acknowledged.
package dispatch
