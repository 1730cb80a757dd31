// SPDX-License-Identifier: EUPL-1.2

// Package query puts Rückfragen to reporters and takes their answers, while a
// report waits for a person in the trust centre: between steps 8 and 9 of the
// way of a report.
//
// A question names a field and asks; it leaves for the portal, so it must never
// hold a value of the identity. An answer is the reporter's own text, sealed to
// this house; whatever it is, it must not stop the answers behind it. A query
// never puts a deadline off. The room is for the trust centre alone.
package query
