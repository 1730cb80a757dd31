// SPDX-License-Identifier: EUPL-1.2

// Package parcel is the plain content of one sealed part of a submission: a
// few hundred reports with the portal's verdict on each.
//
// The portal writes it into an envelope at step 4 of the way of a report, the
// trust centre reads it out of one at step 6. Nobody else may use it, and the
// plain content must never touch a disk.
//
// # Form
//
// A parcel begins with a line that names form and version. Frames follow: one
// letter, the length in four bytes (big-endian), the content.
//
//	J  one report to come, JSON: its position in the submission, the portal's
//	   findings, and when its person is not simply given, "known" or "replaced"
//	X  a piece of an oBDS package that holds the reports of this part
//	E  end, JSON: number of reports
//
// The J frame of a report comes before the first byte of its XML, so that both
// sides work in constant memory. The reports travel as XML again because the
// trust centre must judge them by the same strict gate as the portal did: it
// does not trust the DMZ. Menge_Melder holds just the ids that the part uses;
// bank data never go in.
//
// # Reports by reference
//
// A report whose person is "known" carries no identity: report.StandIn fills
// the place in the XML that the data set does not let empty, and the Reader
// takes it away again. Only the Online-Erfassung makes such reports; whoever
// reads must refuse them, and "replaced", from Meldungspakete.
//
// # Hostile parcels
//
// A parcel comes out of an envelope that anybody could have sealed. The Reader
// takes nothing on trust: sizes are limited, unknown fields refused, positions
// must ascend, and a package that ends early, names a reporter wrongly, holds
// an id twice, another number of reports or a person behind a reference makes
// the whole parcel ErrBroken.
// Only io.EOF says that it was whole; until then nothing may be kept.
package parcel
