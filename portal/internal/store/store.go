// SPDX-License-Identifier: EUPL-1.2

package store

import (
	"context"
	"embed"
	"fmt"
	"io/fs"

	"meldewerk/internal/atrest"
	"meldewerk/internal/database"
	ground "meldewerk/internal/store"
)

//go:embed migrations/*.sql
var files embed.FS

// Migrations is the schema of the portal's own tables.
func Migrations() database.Migrations {
	sub, err := fs.Sub(files, "migrations")
	if err != nil {
		panic("portal store: the migrations are not embedded") // cannot be: the name is constant
	}
	return database.Migrations{Name: "portal", Files: sub}
}

// Store is the portal's database. It is safe for concurrent use.
type Store struct {
	db  *database.DB
	log *ground.AuditLog

	heads    *atrest.Box // package.head
	results  *atrest.Box // report_result.content
	causes   *atrest.Box // package_cause.content
	remarks  *atrest.Box // progress.remarks
	entries  *atrest.Box // history_entry.content
	patients *atrest.Index
	reports  *atrest.Index

	applications *atrest.Box   // application.reason
	drafts       *atrest.Box   // application_draft.content
	sources      *atrest.Index // addresses that applications come from

	queries *atrest.Box // query.words and answered_by

	people   *atrest.Box // patient_record.content and identity
	forms    *atrest.Box // form.meta, sheet and note
	versions *atrest.Box // form_version.content
}

// Open gives the store on a migrated database.
func Open(ctx context.Context, db *database.DB, log *ground.AuditLog, keys *atrest.Keyring) (*Store, error) {
	s := &Store{db: db, log: log,
		patients: keys.Index("report_result", "patient_index"),
		reports:  keys.Index("report_result", "report_index"),
		sources:  keys.Index("application", "source"),
	}
	for table, box := range map[string]**atrest.Box{
		"package": &s.heads, "report_result": &s.results, "package_cause": &s.causes,
		"progress": &s.remarks, "history_entry": &s.entries,
		"application": &s.applications, "application_draft": &s.drafts,
		"query":          &s.queries,
		"patient_record": &s.people, "form": &s.forms, "form_version": &s.versions,
	} {
		opened, err := keys.Box(ctx, table)
		if err != nil {
			return nil, fmt.Errorf("open portal store: %w", err)
		}
		*box = opened
	}
	return s, nil
}

// InTx runs fn in one transaction that writes.
func (s *Store) InTx(ctx context.Context, fn func(ctx context.Context, tx *database.Tx) error) error {
	return s.db.InTx(ctx, fn)
}

// Checkpoint takes what was deleted off the disk.
func (s *Store) Checkpoint(ctx context.Context) error { return s.db.Checkpoint(ctx) }

// maybe is the index value, or NULL for an empty input.
func maybe(index *atrest.Index, unit, value string) []byte {
	if value == "" {
		return nil
	}
	return index.Of(unit, value)
}
