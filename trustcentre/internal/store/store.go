// SPDX-License-Identifier: EUPL-1.2

// Package store keeps the trust centre's data: sealed envelopes, reports under
// work, references that stay for good, and what is still to be told to the
// portal. All SQL of the trust centre stands here.
//
// Identities lie here sealed and only while a report is under work. Everything
// that could identify a patient is emptied in the transaction that completes
// the report; the caller then truncates the write-ahead log (Settle).
package store

import (
	"context"
	"database/sql"
	"embed"
	"fmt"
	"io/fs"
	"iter"
	"sync/atomic"

	"meldewerk/audit"
	"meldewerk/internal/atrest"
	"meldewerk/internal/database"
)

//go:embed migrations/*.sql
var migrations embed.FS

// Migrations are the trust centre's own tables.
func Migrations() database.Migrations {
	files, err := fs.Sub(migrations, "migrations")
	if err != nil {
		panic(err) // the folder is embedded above
	}
	return database.Migrations{Name: "trustcentre", Files: files}
}

// AuditLog writes the entry of an act into the transaction that does it.
type AuditLog interface {
	Append(ctx context.Context, tx *database.Tx, act audit.Act) error
}

// Store is the trust centre's database.
type Store struct {
	db          *database.DB
	log         AuditLog
	dossiers    *atrest.Box
	completions *atrest.Box
	chiffrate   *atrest.Box
	queries     *atrest.Box

	reduced atomic.Bool // something was emptied and may still stand in the write-ahead log
	remains atomic.Bool // pieces of something emptied may still stand in the file
}

// New makes a Store on an open, migrated database.
func New(ctx context.Context, db *database.DB, log AuditLog, keys *atrest.Keyring) (*Store, error) {
	s := &Store{db: db, log: log}
	for _, b := range []struct {
		table string
		box   **atrest.Box
	}{{"dossier", &s.dossiers}, {"completion", &s.completions}, {"reference", &s.chiffrate}, {"query", &s.queries}} {
		box, err := keys.Box(ctx, b.table)
		if err != nil {
			return nil, fmt.Errorf("key of table %s: %w", b.table, err)
		}
		*b.box = box
	}
	s.reduced.Store(true) // perhaps in the last minute before the house was closed
	s.remains.Store(true)
	return s, nil
}

// Settle makes sure that what was emptied is gone from the write-ahead log too.
// When it fails it is to be called again; the store remembers.
func (s *Store) Settle(ctx context.Context) error {
	if !s.reduced.Swap(false) {
		return nil
	}
	if err := s.db.Checkpoint(ctx); err != nil {
		s.reduced.Store(true)
		return fmt.Errorf("empty the write-ahead log: %w", err)
	}
	return nil
}

// Purge removes from the file what is left of emptied rows where the engine has
// moved them about. When it fails it is to be called again; the store remembers.
func (s *Store) Purge(ctx context.Context) error {
	if !s.remains.Swap(false) {
		return nil
	}
	if err := s.db.Compact(ctx); err != nil {
		s.remains.Store(true)
		return fmt.Errorf("purge the file: %w", err)
	}
	return nil
}

// reduce runs a transaction that empties what identifies somebody.
func (s *Store) reduce(ctx context.Context, fn func(ctx context.Context, tx *database.Tx) error) error {
	// Also when it fails: the commit may have happened all the same.
	defer s.reduced.Store(true)
	defer s.remains.Store(true)
	return s.db.InTx(ctx, fn)
}

// each walks the rows of a query and closes them.
func each(ctx context.Context, tx *database.Tx, query string, args ...any) iter.Seq2[func(dest ...any) error, error] {
	return func(yield func(func(dest ...any) error, error) bool) {
		rows, err := tx.QueryContext(ctx, query, args...)
		if err != nil {
			yield(nil, err)
			return
		}
		defer func() { _ = rows.Close() }() // read to the end below, or given up
		for rows.Next() {
			if !yield(rows.Scan, nil) {
				return
			}
		}
		if err := rows.Err(); err != nil {
			yield(nil, err)
		}
	}
}

// affected gives how many rows a statement has changed.
func affected(result sql.Result, err error) (int64, error) {
	if err != nil {
		return 0, err
	}
	return result.RowsAffected()
}
