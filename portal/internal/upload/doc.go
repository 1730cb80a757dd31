// SPDX-License-Identifier: EUPL-1.2

// Package upload takes in a Meldungspaket: it reads the package as it flows
// in, gives a verdict on every single report, and keeps the protocol.
//
// It is steps 1 to 3 of the way of a report for packages. Each report is read,
// judged and handed on by itself; a rejected one never stops the others. What
// is handed on counts for nothing before Commit. XML comes plain, packed by
// gzip or in a ZIP archive; which of them it is, its content tells.
//
// The room must never hold a package whole in memory and never write any of it
// to a disk unsealed: a ZIP, which can only be read from its end, lies in an
// envelope.Spool. An error of the room never holds a value of the package.
//
// Spec: REQUIREMENTS H15; SECURITY U1 to U5
package upload
