// SPDX-License-Identifier: EUPL-1.2

// Package store keeps the registry's data: pseudonymised records, persons,
// tumours and completion notices. All SQL of the registry stands here.
//
// Medical content is sealed at rest; control numbers stand in a table of their
// own as the trust centre wrote them. No column can hold a name.
package store

import (
	"context"
	"embed"
	"fmt"
	"io/fs"
	"iter"

	"meldewerk/audit"
	"meldewerk/internal/atrest"
	"meldewerk/internal/database"
)

//go:embed migrations/*.sql
var migrations embed.FS

// Migrations are the registry's own tables.
func Migrations() database.Migrations {
	files, err := fs.Sub(migrations, "migrations")
	if err != nil {
		panic(err) // the folder is embedded above
	}
	return database.Migrations{Name: "registry", Files: files}
}

// AuditLog writes the entry of an act into the transaction that does it.
type AuditLog interface {
	Append(ctx context.Context, tx *database.Tx, act audit.Act) error
}

// Store is the registry's database.
type Store struct {
	db       *database.DB
	log      AuditLog
	records  *atrest.Box
	notices  *atrest.Box
	nameKeys *atrest.Index
	sites    *atrest.Index

	dropOnObjection bool // the profile keeps no Chiffrat of who has objected
}

// New makes a Store on an open, migrated database. With dropOnObjection the
// Chiffrate of a person go as soon as one of its reports carries an objection.
func New(ctx context.Context, db *database.DB, log AuditLog, keys *atrest.Keyring, dropOnObjection bool) (*Store, error) {
	records, err := keys.Box(ctx, "record")
	if err != nil {
		return nil, fmt.Errorf("key of the records: %w", err)
	}
	notices, err := keys.Box(ctx, "notice")
	if err != nil {
		return nil, fmt.Errorf("key of the notices: %w", err)
	}
	return &Store{db: db, log: log, records: records, notices: notices,
		nameKeys: keys.Index("record", "name_key"), sites: keys.Index("tumour", "site"), dropOnObjection: dropOnObjection}, nil
}

// each walks the rows of a query, reading each with scan, and closes them.
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
