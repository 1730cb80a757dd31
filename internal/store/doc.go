// SPDX-License-Identifier: EUPL-1.2

// Package store keeps the tables that every house has: audit log, wrapped data
// keys, accounts and sessions. A house's own tables lie in its own
// internal/store, behind migrations of their own.
//
// It serves every step of a report's way: whatever changes something writes
// its act through AuditLog in the same transaction. All three houses use it,
// each on its own database.
//
// What the package must never do: change or delete a leaf of the audit log,
// sign a checkpoint over a tree that does not continue the last one, or give
// a data key away unwrapped.
package store
