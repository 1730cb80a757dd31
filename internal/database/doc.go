// SPDX-License-Identifier: EUPL-1.2

// Package database opens the one database of a house, SQLite or PostgreSQL,
// and runs transactions on it. It holds no domain word.
//
// Every house keeps what it knows here: drafts and outbox in the portal
// (steps 1 to 4 of a report's way), inspection in the trust centre (5 to 9),
// cases in the registry (10, 11). Only packages in a folder named store may
// write SQL; rooms see the store's methods.
//
// One text serves both engines: $1 placeholders, times as BIGINT
// microseconds through Time, bytes as BYTEA, booleans with a CHECK.
//
// What the package must never do: create a database silently, commit a change
// that left no audit entry (security row L1), show a stored value in an error
// (L3), or let a program depend on a behaviour that only one engine has. So a
// transaction in which a statement failed is lost on SQLite too, as it is on
// PostgreSQL, and a transaction inside a transaction is refused on both.
package database
