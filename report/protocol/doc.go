// SPDX-License-Identifier: EUPL-1.2

// Package protocol writes the Prüfprotokoll of a Meldungspaket: the verdict on
// every report, the causes, and what is wrong with the package as a whole.
//
// It is the end of step 3 of the way of a report. The portal and the offline
// check use it, so that a reporter finds the same words, columns and fields
// wherever a package was checked: as text for people, as a table for a
// spreadsheet, as JSON, as XML for hospital systems (protocol.xsd), and as
// SARIF for the tools of vendors. Judge is the plausibility check in the form
// the reader's workers take; a Log keeps the results of a package until its end,
// because only then the counts and the late findings are known.
//
// It must never write a value of a report other than the numbers by which the
// sender finds it again, and never let a text of the sender act: no formula in
// a spreadsheet, no control sequence on a terminal. Values stand in a protocol
// only where the caller gives them (Head.Value), on the sender's own machine.
//
// Spec: SECURITY U7, L3; SARIF 2.1.0 (OASIS)
package protocol
