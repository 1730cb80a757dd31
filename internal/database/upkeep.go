// SPDX-License-Identifier: EUPL-1.2

package database

import (
	"context"
	"database/sql"
	"fmt"
	"net/url"
	"os"
	"time"

	"meldewerk/fault"
)

// ErrBackupElsewhere is Backup's answer on PostgreSQL.
var ErrBackupElsewhere = fault.New(fault.Unavailable, "database.backup_elsewhere",
	"PostgreSQL sichert seine Datenbanken selbst. Nehmen Sie pg_dump oder eine fortlaufende Archivierung.")

// Checkpoint moves all of SQLite's write-ahead log into the file and empties
// the log, so that what a reduction has deleted is gone from the disk. It
// waits for readers of older snapshots; when they stay, it returns ErrBusy and
// must be called again. On PostgreSQL it does nothing.
func (db *DB) Checkpoint(ctx context.Context) error {
	if db.engine != SQLite {
		return nil
	}
	for try := range maxTries {
		var busy, frames, moved int
		err := db.write.QueryRowContext(ctx, `PRAGMA wal_checkpoint(TRUNCATE)`).Scan(&busy, &frames, &moved)
		if err != nil && !isRetry(clean(db.engine, err)) {
			return fmt.Errorf("checkpoint: %w", clean(db.engine, err))
		}
		if err == nil && busy == 0 {
			return nil
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(time.Millisecond << min(try, 8)):
		}
	}
	return fmt.Errorf("checkpoint: %w", ErrBusy)
}

// Compact writes SQLite's file anew. secure_delete overwrites what is deleted,
// but when rows are moved between pages, pieces of them stay in the unused part
// of a page; only the rewriting removes those. It holds off writers meanwhile
// and needs about as much memory as the file is large. On PostgreSQL it does
// nothing.
func (db *DB) Compact(ctx context.Context) error {
	if db.engine != SQLite {
		return nil
	}
	if _, err := db.write.ExecContext(ctx, `VACUUM`); err != nil {
		return fmt.Errorf("compact: %w", clean(db.engine, err))
	}
	return db.Checkpoint(ctx)
}

// Backup writes a complete, checked copy of a running SQLite database into a
// new file of mode 0600. On PostgreSQL it returns ErrBackupElsewhere.
func (db *DB) Backup(ctx context.Context, path string) error {
	if db.engine != SQLite {
		return ErrBackupElsewhere
	}
	if err := createFile(path); err != nil {
		return fmt.Errorf("backup: %w", err)
	}
	if err := db.copyTo(ctx, path); err != nil {
		removeFiles(path)
		return fmt.Errorf("backup: %w", err)
	}
	return nil
}

func (db *DB) copyTo(ctx context.Context, path string) error {
	source, err := sql.Open("sqlite", sqliteDSN(db.path, "deferred", false))
	if err != nil {
		return err
	}
	defer func() { _ = source.Close() }() // it has only read
	if _, err := source.ExecContext(ctx, `VACUUM INTO $1`, path); err != nil {
		return clean(db.engine, err)
	}
	if err := verify(ctx, path); err != nil {
		return err
	}
	file, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		return err
	}
	if err := file.Sync(); err != nil {
		_ = file.Close() // the first error is the one to tell
		return err
	}
	return file.Close()
}

// verify reads the whole copy as SQLite would when it is restored.
func verify(ctx context.Context, path string) error {
	dsn := "file:" + (&url.URL{Path: path}).EscapedPath() + "?mode=ro&_pragma=query_only(ON)"
	copied, err := sql.Open("sqlite", dsn)
	if err != nil {
		return err
	}
	defer func() { _ = copied.Close() }() // it has only read
	var verdict string
	if err := copied.QueryRowContext(ctx, `PRAGMA integrity_check`).Scan(&verdict); err != nil {
		return clean(SQLite, err)
	}
	if verdict != "ok" {
		return fmt.Errorf("the copy does not pass the integrity check")
	}
	return nil
}
