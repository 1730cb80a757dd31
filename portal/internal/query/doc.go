// SPDX-License-Identifier: EUPL-1.2

// Package query is the room of the Rückfragen: what a trust centre asks about
// a report that waits there, and what the reporter explains.
//
// It stands beside step 6 of the way of a report: the trust centre puts its
// queries and takes the answers, as it fetches envelopes. Correcting the report
// is the other way to answer; that goes the way of every report, and the trust
// centre closes the query when the new version has come.
//
// The text of an answer is sealed to the trust centre that asked before it
// reaches the store, and goes when that has it. The room must never keep it
// otherwise, never show a query to another unit than the one that submitted
// the report, never open a closed query again, and never prolong a deadline.
//
// Spec: REQUIREMENTS N10
package query
