// SPDX-License-Identifier: EUPL-1.2

// Package check judges whether a report is plausible beyond its schema: the
// Plausibilitätsprüfung, step 3 of the way of a report and again step 6.
//
// All rules stand in one table (Rules): a stable id, whether it rejects or
// warns, since and until when and in which states it holds, the fields it
// reads, the sentence and the remedy in German and English, its source, and a
// function over a report. docs/rules.md is made from the table, docs/verdicts.md
// from what it finds in the public samples. A new rule is one row, its cases,
// and its place in the catalogue of what registries check (catalogue_test.go).
//
// An error stands only where no reading of the data can be right. Uncertain
// dates are compared as the intervals they mean, never by the entered day, and
// what is unusual but possible warns: warnings never stop a report.
//
// Three looks share the table: Run judges one report; a Package judges each
// report by itself and together with those on the same patient that came before
// it in the package, one patient at a time; Version judges the version that a
// package declares. Whether a report is a proper correction of the version
// before it is not judged here: only the trust centre keeps what tells it.
//
// Reports come by the hundred thousand: what the rules read is gathered once
// for each, and a report in which nothing is wrong costs no memory. A path is
// put together only where a rule is broken.
//
// Portal and trust centre use it, and the offline check of packages. It has no
// clock and no database, and but for the patient at hand no memory: what lies
// outside the report comes with the Context. A finding must never hold a value
// of the report, only the rule and the place.
//
// Paths are element paths as report/obds writes them, the members of a list
// counted from 1.
package check
