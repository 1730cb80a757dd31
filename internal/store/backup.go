// SPDX-License-Identifier: EUPL-1.2

package store

import (
	"context"
	"crypto/rand"
	"fmt"
	"time"

	"meldewerk/audit"
	"meldewerk/internal/database"
)

// Backups is das Sicherungsverzeichnis: it remembers which backups of the house were verified, so that the
// neighbour knows when it may delete what it handed over.
type Backups struct {
	db  *database.DB
	log *AuditLog
}

// NewBackups gives the memory of backups on a migrated database.
func NewBackups(db *database.DB, log *AuditLog) *Backups { return &Backups{db: db, log: log} }

// Note records a verified backup that began at the given time.
func (b *Backups) Note(ctx context.Context, actor string, began time.Time) error {
	return b.db.InTx(ctx, func(ctx context.Context, tx *database.Tx) error {
		if _, err := tx.ExecContext(ctx, `INSERT INTO backup (id, began_at, verified_at) VALUES ($1, $2, $3)`,
			rand.Text(), database.At(began), database.At(tx.Now)); err != nil {
			return fmt.Errorf("note backup: %w", err)
		}
		return b.log.Append(ctx, tx, audit.Act{Actor: actor, Code: audit.BackupMade})
	})
}

// uncommitted is how long a transaction may last at most. A row carries the
// time at which its transaction began, and may have been committed only after
// the backup's own view of the database was taken.
const uncommitted = 15 * time.Minute

// Last is the time before which everything is contained in the newest verified
// backup: a row that carries an earlier time is in it. The zero time when there
// is no backup.
func (b *Backups) Last(ctx context.Context) (time.Time, error) {
	var began database.NullTime
	err := b.db.Read(ctx, func(ctx context.Context, tx *database.Tx) error {
		return tx.QueryRowContext(ctx, `SELECT MAX(began_at) FROM backup`).Scan(&began)
	})
	if err != nil {
		return time.Time{}, fmt.Errorf("find newest backup: %w", err)
	}
	if began.IsZero() {
		return time.Time{}, nil
	}
	return began.Add(-uncommitted), nil
}
