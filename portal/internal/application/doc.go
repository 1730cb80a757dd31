// SPDX-License-Identifier: EUPL-1.2

// Package application takes applications for access: what an institution
// states about itself and its people, question by question, until it is sealed
// to the trust centre.
//
// It stands before step 1 of the way of a report and serves people who are not
// signed in, so everything is bounded: drafts and applications of one source
// and of all, their size, and the day that a draft lives. A draft is sealed at
// rest and found by the token in the browser's cookie alone; an application
// that was sent in can be read by the trust centre only.
//
// It must never ask for anything of a patient, never show a draft without its
// token, and never keep an application in clear after its day.
package application
