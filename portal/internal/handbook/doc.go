// SPDX-License-Identifier: EUPL-1.2

// Package handbook is the Handbuch of the portal: what reporters may want to
// know, as texts in topics and groups, with a search that forgives typing
// errors, and the way from a field of the form to its explanation.
//
// It serves step 1 of the way of a report and is open to everybody, because
// somebody who cannot sign in needs it most. The texts stand in files of their
// own (text/*.toml), so that they can be mended without reading Go; what
// differs by Land comes from the policy profile.
//
// The handbook knows no patient, no unit and no session. A search must never be
// stored or logged: people type names where they should not.
package handbook
