// SPDX-License-Identifier: EUPL-1.2

// Package packing says how a Meldungspaket may be packed and unpacks it: XML
// as it is, packed by gzip, or a ZIP archive of XML files. Which of them a
// file is, its content tells; names and endings count for nothing. Several gzip
// members one behind the other are one document cut into pieces, as for gzip
// itself; the limits hold for all of them together.
//
// It stands before step 1 of the way of a report. Portal and the offline check
// use it, so that both take the same files and refuse the same files with the
// same sentence.
//
// It must never open a file by a name from an archive, never trust a size that
// an archive declares, and never write: a ZIP, which can only be read from its
// end, lies where the caller puts it (Options.Spool). An error never holds a
// byte of the content.
//
// Spec: SECURITY U1 to U5; RFC 1952; APPNOTE.TXT 6.3.10
package packing
