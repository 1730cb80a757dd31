// SPDX-License-Identifier: EUPL-1.2

// Package form is the Meldeformular: one description of sections, fields,
// conditions and labels over the model of a report, from which the portal
// draws its pages for all eight occasions (step 1 of the way of a report).
//
// A Sheet is what stands in the fields, word by word as typed, so that a half
// filled form can be kept. Encode writes a report into a Sheet, Decode reads
// one from it and says which fields it could not read. Every field of the model
// stands in exactly one place of the description; a report goes through the
// Sheet unchanged.
//
// The package knows no page, no store and no XML. It judges nothing beyond what
// a single field can hold: that is the business of report/obds and
// report/check. A Problem must never hold what was typed.
//
// Spec: oBDS 3.0.4 Meldung
package form
