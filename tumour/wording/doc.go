// SPDX-License-Identifier: EUPL-1.2

// Package wording writes what a report says of a tumour in words of the
// office: codes as their meaning, a stage as it is spoken, numbers with their
// unit.
//
// Portal and registry use it for their pages (steps 11 and 12 of the way of a
// report); any house may. It shows what it does not know as it stands, so that
// nothing reported disappears. It must never read anything but the tumour.
//
// Spec: oBDS 3.0.4 Meldung
package wording
