// SPDX-License-Identifier: EUPL-1.2

// Package web is the doorway of all three houses: routing by a table that
// names the roles beside each path, the browser's protections, form decoding,
// answers, error pages, the access log and the server settings.
//
// It stands at the first step of the way of a report, and at every later step
// that a person sees. The houses give it their routes and pages; signin gives
// it the sessions.
//
// Rules it keeps: a route without a role rule stops the start; every answer
// carries the protective headers; no path, query, form value or person appears
// in a log line or metric; an error that is not a fault is shown as one
// sentence and a number. It must never know a domain word, open a database, or
// hold a password.
package web
