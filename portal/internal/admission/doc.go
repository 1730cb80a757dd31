// SPDX-License-Identifier: EUPL-1.2

// Package admission carries out what a trust centre orders about who may come
// in: units, accounts, passwords of letters, releases of locks, resets,
// installation keys and the stages of applications.
//
// It stands before step 1 of the way of a report. An order and its number are
// one transaction together with the change it asks for and the entry in the
// log; the same order again gets the answer of then, an order behind a gap
// none. Standings of accounts go the other way.
//
// It must never act on an account, unit or key of another trust centre, and
// never see a password.
package admission
