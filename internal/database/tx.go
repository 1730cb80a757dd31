// SPDX-License-Identifier: EUPL-1.2

package database

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/binary"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"time"

	"meldewerk/fault"
)

// Tx is one running transaction. It belongs to one goroutine.
type Tx struct {
	// Now is the one time of the transaction: UTC, whole microseconds.
	Now time.Time

	engine  Engine
	tx      *sql.Tx
	changes int64  // SQLite: total_changes() at the beginning
	audited bool   // an audit entry was written
	reason  string // why no entry is needed
	broken  error  // the first failed statement; nothing runs after it
	retry   bool   // the failure was one that a second try may mend
}

// ErrBusy is returned when the database stayed contended through all tries.
var ErrBusy = fault.New(fault.Unavailable, "database.busy",
	"Die Datenbank ist gerade ausgelastet. Versuchen Sie es in einer Minute noch einmal.")

// ErrNoAct is returned by InTx for a transaction that changed something and
// left no audit entry. It is always a programming error (security row L1).
var ErrNoAct = errors.New("the transaction changed something but left no audit entry")

// ErrNested is returned for a transaction begun inside another one of the
// same database: it would wait for itself. It is always a programming error.
var ErrNested = errors.New("a transaction of this database is already running in this context")

const maxTries = 12

// inside marks the context of a running transaction.
type inside struct{ db *DB }

// InTx runs fn in one transaction that writes, SERIALIZABLE on PostgreSQL,
// immediate on SQLite, and commits when fn returns nil. When the engine asks
// for it fn runs again from the start, so fn must do nothing but work on tx.
// A change is committed only with an audit entry or a stated reason
// (Tx.WithoutAct); otherwise it is rolled back and ErrNoAct returned.
func (db *DB) InTx(ctx context.Context, fn func(ctx context.Context, tx *Tx) error) error {
	return db.retrying(ctx, func(ctx context.Context) (bool, error) {
		return db.once(ctx, &sql.TxOptions{Isolation: sql.LevelSerializable}, "", fn)
	})
}

// Exclusive is InTx for work that only one process of the house may do at a
// time: on PostgreSQL it waits for the lock of that name and then sees all
// that was committed before (READ COMMITTED); on SQLite every InTx is that.
func (db *DB) Exclusive(ctx context.Context, name string, fn func(ctx context.Context, tx *Tx) error) error {
	return db.retrying(ctx, func(ctx context.Context) (bool, error) {
		return db.once(ctx, &sql.TxOptions{Isolation: sql.LevelReadCommitted}, name, fn)
	})
}

// Read runs fn on a snapshot: all its queries see the same moment. A
// statement that writes is refused by the engine.
func (db *DB) Read(ctx context.Context, fn func(ctx context.Context, tx *Tx) error) error {
	if ctx.Value(inside{db}) != nil {
		return ErrNested
	}
	opts := &sql.TxOptions{Isolation: sql.LevelRepeatableRead, ReadOnly: true}
	if db.engine == SQLite {
		opts = nil // query_only and a deferred begin do the same
	}
	raw, err := db.read.BeginTx(ctx, opts)
	if err != nil {
		return fmt.Errorf("begin reading: %w", clean(db.engine, err))
	}
	defer func() { _ = raw.Rollback() }() // reading has nothing to keep
	tx := &Tx{Now: db.Now(), engine: db.engine, tx: raw}
	return fn(context.WithValue(ctx, inside{db}, true), tx)
}

// retrying runs once until it succeeds, fails for good, or has had its tries.
func (db *DB) retrying(ctx context.Context, once func(context.Context) (bool, error)) error {
	if ctx.Value(inside{db}) != nil {
		return ErrNested
	}
	ctx = context.WithValue(ctx, inside{db}, true)
	var err error
	for try := range maxTries {
		var again bool
		again, err = once(ctx)
		if !again {
			return err
		}
		// 2 ms doubling to 512 ms, half of it by chance, so that those who
		// met once do not meet again.
		pause := time.Millisecond << min(try+1, 9)
		pause = pause/2 + rand.N(pause/2)
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(pause):
		}
	}
	return ErrBusy.Because(err)
}

// once is one try; true means that another may succeed.
func (db *DB) once(ctx context.Context, opts *sql.TxOptions, lock string, fn func(ctx context.Context, tx *Tx) error) (bool, error) {
	if db.engine == SQLite {
		opts = nil // the connection begins immediate, which is serial
	}
	raw, err := db.write.BeginTx(ctx, opts)
	if err != nil {
		err = clean(db.engine, err)
		return isRetry(err), fmt.Errorf("begin transaction: %w", err)
	}
	defer func() { _ = raw.Rollback() }() // after a commit it does nothing
	tx := &Tx{engine: db.engine, tx: raw}
	if err := tx.begin(ctx, lock); err != nil {
		return tx.retry, err
	}
	tx.Now = db.Now() // after the wait for locks, so that order of times is order of commits as far as can be
	if err := fn(ctx, tx); err != nil {
		return tx.retry, err
	}
	if tx.broken != nil {
		return tx.retry, fmt.Errorf("commit: an earlier statement failed: %w", tx.broken)
	}
	if err := tx.mayCommit(ctx); err != nil {
		return tx.retry, err
	}
	if err := raw.Commit(); err != nil {
		err = clean(db.engine, err)
		return isRetry(err), fmt.Errorf("commit: %w", err)
	}
	return false, nil
}

func (tx *Tx) begin(ctx context.Context, lock string) error {
	if tx.engine == SQLite {
		if err := tx.QueryRowContext(ctx, `SELECT total_changes()`).Scan(&tx.changes); err != nil {
			return fmt.Errorf("begin transaction: %w", err)
		}
		return nil
	}
	if lock == "" {
		return nil
	}
	if _, err := tx.ExecContext(ctx, `SELECT pg_advisory_xact_lock($1)`, lockNumber(lock)); err != nil {
		return fmt.Errorf("take lock %s: %w", lock, err)
	}
	return nil
}

func lockNumber(name string) int64 {
	sum := sha256.Sum256([]byte("meldewerk lock " + name))
	return int64(binary.BigEndian.Uint64(sum[:8]))
}

// mayCommit is security row L1 as a mechanism. It asks the engine itself
// whether anything changed, so that no form of statement escapes it.
func (tx *Tx) mayCommit(ctx context.Context) error {
	if tx.audited || tx.reason != "" {
		return nil
	}
	changed := false
	if tx.engine == SQLite {
		var now int64
		if err := tx.QueryRowContext(ctx, `SELECT total_changes()`).Scan(&now); err != nil {
			return fmt.Errorf("commit: %w", err)
		}
		changed = now != tx.changes
	} else {
		// PostgreSQL gives a transaction its number with the first write.
		err := tx.QueryRowContext(ctx, `SELECT pg_current_xact_id_if_assigned() IS NOT NULL`).Scan(&changed)
		if err != nil {
			return fmt.Errorf("commit: %w", err)
		}
	}
	if changed {
		return ErrNoAct
	}
	return nil
}

// Audited notes that an audit entry stands in this transaction. Only the
// audit store calls it.
func (tx *Tx) Audited() { tx.audited = true }

// WithoutAct states why this transaction needs no audit entry: bookkeeping
// that is nobody's act, such as a touched session or a claimed job. The
// reason is for readers of the code and must not be empty.
func (tx *Tx) WithoutAct(reason string) {
	if reason == "" {
		panic("database: WithoutAct needs a reason")
	}
	tx.reason = reason
}

// Engine tells which engine runs the transaction.
func (tx *Tx) Engine() Engine { return tx.engine }

// SkipLocked is put behind the SELECT of a job claim: " FOR UPDATE SKIP
// LOCKED" on PostgreSQL, nothing on SQLite, where there is one writer.
func (tx *Tx) SkipLocked() string {
	if tx.engine == PostgreSQL {
		return " FOR UPDATE SKIP LOCKED"
	}
	return ""
}

// ExecContext runs a statement without rows. A violated UNIQUE or foreign key
// comes back as a fault of kind Conflict (see IsUnique). After any error the
// transaction is lost on both engines; to go on, write ON CONFLICT instead.
func (tx *Tx) ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error) {
	if err := tx.ready(query); err != nil {
		return nil, err
	}
	result, err := tx.tx.ExecContext(ctx, query, args...)
	if err != nil {
		return nil, tx.failed(err)
	}
	return result, nil
}

// QueryContext runs a statement with rows; close them before the next statement.
func (tx *Tx) QueryContext(ctx context.Context, query string, args ...any) (*Rows, error) {
	if err := tx.ready(query); err != nil {
		return nil, err
	}
	rows, err := tx.tx.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, tx.failed(err)
	}
	return &Rows{tx: tx, rows: rows}, nil
}

// QueryRowContext runs a statement that gives at most one row; without a row
// Scan returns sql.ErrNoRows.
func (tx *Tx) QueryRowContext(ctx context.Context, query string, args ...any) *Row {
	if err := tx.ready(query); err != nil {
		return &Row{err: err}
	}
	return &Row{tx: tx, row: tx.tx.QueryRowContext(ctx, query, args...)}
}

// ready refuses statements after a failure, and statements that would end the
// transaction or change tables behind the guard's back.
func (tx *Tx) ready(query string) error {
	if tx.broken != nil {
		return fmt.Errorf("the transaction is lost by an earlier statement: %w", tx.broken)
	}
	word, _, _ := strings.Cut(strings.TrimSpace(query), " ")
	switch strings.ToUpper(strings.TrimRight(word, ";\n\t")) {
	case "BEGIN", "START", "COMMIT", "END", "ROLLBACK", "SAVEPOINT", "RELEASE", "ABORT",
		"CREATE", "ALTER", "DROP", "TRUNCATE", "PRAGMA", "ATTACH", "DETACH", "VACUUM", "SET", "COPY":
		return fmt.Errorf("statement %s is not allowed in a transaction of a store", word)
	}
	return nil
}

func (tx *Tx) failed(err error) error {
	err = clean(tx.engine, err)
	if tx.broken == nil && !errors.Is(err, sql.ErrNoRows) && !isScan(err) {
		tx.broken = err
		tx.retry = isRetry(err)
	}
	return err
}

// Row is the result of QueryRowContext.
type Row struct {
	tx  *Tx
	row *sql.Row
	err error
}

// Scan reads the row; sql.ErrNoRows when there is none.
func (r *Row) Scan(dest ...any) error {
	if r.err != nil {
		return r.err
	}
	if err := r.row.Scan(dest...); err != nil {
		return r.tx.failed(err)
	}
	return nil
}

// Rows is the result of QueryContext, used as sql.Rows is.
type Rows struct {
	tx   *Tx
	rows *sql.Rows
}

// Next makes the next row ready for Scan.
func (r *Rows) Next() bool { return r.rows.Next() }

// Scan reads the present row.
func (r *Rows) Scan(dest ...any) error {
	if err := r.rows.Scan(dest...); err != nil {
		return r.tx.failed(err)
	}
	return nil
}

// Err tells what ended the loop, nil at the regular end.
func (r *Rows) Err() error {
	if err := r.rows.Err(); err != nil {
		return r.tx.failed(err)
	}
	return nil
}

// Close frees the statement; calling it twice is harmless.
func (r *Rows) Close() error { return r.rows.Close() }
