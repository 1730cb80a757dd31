// SPDX-License-Identifier: EUPL-1.2

// Package paper makes the sheets that leave a house by post: letters after
// DIN 5008 form B for an envelope with a window, and forms to sign.
//
// It stands beside the way of a report: before step 1 somebody has to get a
// letter with a password, or sends a signed application. Every house may use
// it. The text lies in the PDF as text, in fonts that the file carries with
// it, and the same input gives the same bytes.
//
// It must never write a file, a log line or an error that quotes what stands
// on the sheet: a letter may hold the only clear copy of a password.
package paper
