// SPDX-License-Identifier: EUPL-1.2

package database

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
	_ "modernc.org/sqlite" // registers the driver "sqlite"

	"meldewerk/fault"
)

// Engine names the database program behind a DB.
type Engine string

// The two engines.
const (
	SQLite     Engine = "sqlite"
	PostgreSQL Engine = "postgres"
)

// Options are the settings of an opened database; the zero value is fit for use.
type Options struct {
	Clock   func() time.Time // default time.Now; read once per transaction
	Readers int              // SQLite: connections that read, default 4
	Conns   int              // PostgreSQL: connections altogether, default 16
}

// DB is the opened database of one house. It is safe for concurrent use.
type DB struct {
	engine Engine
	path   string // SQLite only
	write  *sql.DB
	read   *sql.DB // the same as write on PostgreSQL
	clock  func() time.Time
}

// The refusals of opening and creating.
var (
	ErrMissing = fault.New(fault.NotFound, "database.missing",
		"Die Datenbank gibt es noch nicht. Legen Sie sie mit „meldewerk … init“ an oder berichtigen Sie den Eintrag „database“.")
	ErrExists = fault.New(fault.Conflict, "database.exists",
		"Die Datenbank gibt es schon. Sie wird nicht überschrieben; wählen Sie einen anderen Ort.")
)

// Open opens an existing database. The dsn is "postgres://…" or the path of a
// SQLite file, with or without "sqlite:" before it. A database that was never
// created gives ErrMissing: nothing is made silently outside `meldewerk … init`.
func Open(ctx context.Context, dsn string, opts Options) (*DB, error) {
	db, err := connect(dsn, opts)
	if err != nil {
		return nil, err
	}
	found, err := db.hasLedger(ctx)
	if err == nil && !found {
		err = ErrMissing
	}
	if err != nil {
		_ = db.Close() // the first error is the one to tell
		return nil, fmt.Errorf("open database: %w", err)
	}
	return db, nil
}

// Create makes a new, empty database: on SQLite the file (mode 0600), on
// PostgreSQL the ledger of migrations inside the database that the
// administrator has created. An existing one gives ErrExists.
func Create(ctx context.Context, dsn string) error {
	path, isFile := sqlitePath(dsn)
	if isFile {
		if err := createFile(path); err != nil {
			return fmt.Errorf("create database: %w", err)
		}
	}
	err := createLedger(ctx, dsn)
	if err != nil && isFile {
		removeFiles(path)
	}
	if err != nil {
		return fmt.Errorf("create database: %w", err)
	}
	return nil
}

func createFile(path string) error {
	file, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_RDWR, 0o600)
	if errors.Is(err, fs.ErrExist) {
		return ErrExists
	}
	if err != nil {
		return err
	}
	return file.Close()
}

// removeFiles takes away a database that this process has just begun to make.
func removeFiles(path string) {
	for _, suffix := range []string{"", "-wal", "-shm"} {
		_ = os.Remove(path + suffix) // what is not there needs no removing
	}
}

func createLedger(ctx context.Context, dsn string) error {
	db, err := connect(dsn, Options{})
	if err != nil {
		return err
	}
	defer func() { _ = db.Close() }() // nothing is buffered in the handle
	found, err := db.hasLedger(ctx)
	if err != nil {
		return err
	}
	if found {
		return ErrExists
	}
	if _, err := db.write.ExecContext(ctx, ledgerTable); err != nil {
		return clean(db.engine, err)
	}
	return nil
}

func connect(dsn string, opts Options) (*DB, error) {
	if opts.Clock == nil {
		opts.Clock = time.Now
	}
	if path, isFile := sqlitePath(dsn); isFile {
		return connectSQLite(path, opts)
	}
	return connectPostgreSQL(dsn, opts)
}

func sqlitePath(dsn string) (string, bool) {
	if strings.HasPrefix(dsn, "postgres://") || strings.HasPrefix(dsn, "postgresql://") {
		return "", false
	}
	return strings.TrimPrefix(dsn, "sqlite:"), true
}

func connectPostgreSQL(dsn string, opts Options) (*DB, error) {
	config, err := pgx.ParseConfig(dsn)
	if err != nil {
		// The cause may quote the address, and the address may hold a password.
		return nil, errors.New("the postgres:// address cannot be read")
	}
	if config.RuntimeParams["application_name"] == "" {
		config.RuntimeParams["application_name"] = "meldewerk"
	}
	pool := stdlib.OpenDB(*config)
	conns := opts.Conns
	if conns == 0 {
		conns = 16
	}
	pool.SetMaxOpenConns(conns)
	pool.SetMaxIdleConns(conns)
	pool.SetConnMaxIdleTime(5 * time.Minute)
	return &DB{engine: PostgreSQL, write: pool, read: pool, clock: opts.Clock}, nil
}

func connectSQLite(path string, opts Options) (*DB, error) {
	info, err := os.Stat(path)
	if errors.Is(err, fs.ErrNotExist) || path == "" {
		return nil, ErrMissing
	}
	if err != nil {
		return nil, fmt.Errorf("open database: %w", err)
	}
	if !info.Mode().IsRegular() {
		return nil, errors.New("open database: the path names no regular file")
	}
	absolute, err := filepath.Abs(path)
	if err != nil {
		return nil, fmt.Errorf("open database: %w", err)
	}
	write, err := sql.Open("sqlite", sqliteDSN(absolute, "immediate", false))
	if err != nil {
		return nil, fmt.Errorf("open database: %w", err)
	}
	// One writer: SQLite has one write lock anyway, and waiting in our own
	// queue is fair where waiting for the lock is not.
	write.SetMaxOpenConns(1)
	read, err := sql.Open("sqlite", sqliteDSN(absolute, "deferred", true))
	if err != nil {
		_ = write.Close() // the first error is the one to tell
		return nil, fmt.Errorf("open database: %w", err)
	}
	readers := opts.Readers
	if readers == 0 {
		readers = 4
	}
	read.SetMaxOpenConns(readers)
	read.SetMaxIdleConns(readers)
	return &DB{engine: SQLite, path: absolute, write: write, read: read, clock: opts.Clock}, nil
}

// sqliteDSN writes the address of one connection. Deleted content is
// overwritten (secure_delete) and sorting happens in memory (temp_store), so
// that no identity outlives its row in a free page or a temporary file.
func sqliteDSN(path, lock string, readOnly bool) string {
	query := url.Values{
		"mode":    {"rw"}, // never "rwc": a missing file is refused, not made
		"_txlock": {lock},
		"_pragma": {
			"busy_timeout(10000)",
			"journal_mode(WAL)",
			"synchronous(FULL)",
			"secure_delete(ON)",
			"foreign_keys(ON)",
			"temp_store(MEMORY)",
			"trusted_schema(OFF)",
		},
	}
	if readOnly {
		query.Add("_pragma", "query_only(ON)")
	}
	return "file:" + (&url.URL{Path: path}).EscapedPath() + "?" + query.Encode()
}

// Close ends all connections.
func (db *DB) Close() error {
	err := db.write.Close()
	if db.read != db.write {
		err = errors.Join(err, db.read.Close())
	}
	return err
}

// Engine tells which program is behind the database.
func (db *DB) Engine() Engine { return db.engine }

// Now is the house's clock, UTC in whole microseconds. Inside a transaction
// use Tx.Now, which stands still.
func (db *DB) Now() time.Time { return db.clock().UTC().Truncate(time.Microsecond) }

// Ping says whether the database answers, for the readiness page.
func (db *DB) Ping(ctx context.Context) error {
	var one int
	if err := db.read.QueryRowContext(ctx, `SELECT 1`).Scan(&one); err != nil {
		return fmt.Errorf("ping database: %w", clean(db.engine, err))
	}
	return nil
}
