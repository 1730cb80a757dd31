// SPDX-License-Identifier: EUPL-1.2

// Package pages are the pages of the portal: what reporters see and post.
//
// They stand at steps 1, 4 and 12 of the way of a report. A handler decodes,
// calls one room and renders; rules, SQL and cryptography are elsewhere. All
// routes stand in routes.go with the role that each needs.
//
// A page must never show one unit what belongs to another: a foreign handle is
// answered exactly as an unknown one. No patient number, name or token stands
// in an address or a title.
package pages
