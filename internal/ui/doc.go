// SPDX-License-Identifier: EUPL-1.2

// Package ui is the look of all three houses: the page frame, the components
// as templates, own CSS on the tokens of the KERN design system, and a few
// small scripts.
//
// It stands under every step of the way of a report that has a page. The pages
// packages of the houses fill its typed values (Field, Table, TaskList …) and
// hand it their own page templates; web sends what Render makes.
//
// Rules it keeps: every page works without JavaScript; no inline script and no
// style attribute (the content security policy forbids both); whatever comes
// from a person goes through html/template's escaping, so no component takes
// ready-made markup. It must never know a domain word, read a request, or
// decide anything.
package ui
