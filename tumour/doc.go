// SPDX-License-Identifier: EUPL-1.2

// Package tumour holds what is known of a tumour and its treatment: the
// medical part of a report, one Event per report, without the patient.
//
// It is the one vocabulary of all three houses: the portal reads and writes
// it (step 2 of the way of a report), the trust centre passes it on without
// open text (step 7), the registry keeps and merges it (steps 10 and 11).
//
// Every string field is of one of four sorts, and the sort decides whether it
// may leave the trust centre:
//
//   - Code and Number are closed. Their tag `closed` lists the values
//     (A|B|C) or gives a pattern (/…/) that holds for every version of the
//     data set; step 8 refuses a value outside it.
//   - Label is a short word of the sender that medicine needs (a name of a
//     classification, a TNM value). It may leave when it holds nothing of the
//     patient's identity; step 8 compares it token by token.
//   - Text is open text. It does not leave with the report.
//   - SourceID is an identifier as the sender wrote it. It does not leave; a
//     keyed reference stands in for it.
//
// The package must never import identity.
//
// Spec: oBDS 3.0.2 to 3.0.5 Meldung
package tumour
