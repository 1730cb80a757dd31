// SPDX-License-Identifier: EUPL-1.2

package database

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"
	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"meldewerk/fault"
)

// Error is a refusal of the engine, without the values of the statement: the
// engines quote what they were given ("invalid input syntax for type bigint:
// …"), and a name must not reach a log that way (security row L3).
type Error struct {
	Engine     Engine
	Code       string // SQLSTATE, or SQLite's extended result code
	Constraint string // the violated constraint, table or columns, where told
	what       string // a text of the engine known to hold no values
	class      class
}

type class int

const (
	other class = iota
	unique
	foreignKey
	retry
	scan
)

// Error gives engine, code and constraint.
func (e *Error) Error() string {
	text := string(e.Engine)
	if e.Code != "" {
		text += " " + e.Code
	}
	if e.what != "" {
		text += ": " + e.what
	}
	if e.Constraint != "" {
		text += " (" + e.Constraint + ")"
	}
	return text
}

var (
	errUnique = fault.New(fault.Conflict, "database.unique",
		"Einen solchen Eintrag gibt es schon. Laden Sie die Seite neu und prüfen Sie ihn.")
	errReference = fault.New(fault.Conflict, "database.reference",
		"Der Eintrag hängt mit einem anderen zusammen, der inzwischen geändert wurde. Laden Sie die Seite neu.")
)

// IsUnique says whether the error is a violated UNIQUE or PRIMARY KEY: the
// value is already there. The transaction is lost; act on it outside.
func IsUnique(err error) bool { return classOf(err) == unique }

// IsReference says whether the error is a violated foreign key.
func IsReference(err error) bool { return classOf(err) == foreignKey }

func isRetry(err error) bool { return classOf(err) == retry }
func isScan(err error) bool  { return classOf(err) == scan }

func classOf(err error) class {
	if e, ok := errors.AsType[*Error](err); ok {
		return e.class
	}
	return other
}

// clean turns a driver's error into one that shows no value.
func clean(engine Engine, err error) error {
	if err == nil || errors.Is(err, sql.ErrNoRows) || errors.Is(err, sql.ErrTxDone) || errors.Is(err, driver.ErrBadConn) {
		return err
	}
	if errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return err
	}
	if _, ok := errors.AsType[*Error](err); ok {
		return err
	}
	if e, ok := errors.AsType[*pgconn.PgError](err); ok {
		return cleanPostgreSQL(e)
	}
	if e, ok := errors.AsType[*sqlite.Error](err); ok {
		return cleanSQLite(e)
	}
	if rest, ok := strings.CutPrefix(err.Error(), "sql: Scan error on column index "); ok {
		// `0, name "x": converting … ("the value") …`: only the column is told.
		column, _, _ := strings.Cut(rest, ": ")
		return &Error{Engine: engine, what: "the value does not fit its destination", Constraint: "column " + column, class: scan}
	}
	if strings.HasPrefix(err.Error(), "sql: ") {
		return err // database/sql itself: counts and types, no values
	}
	if _, ok := errors.AsType[*pgconn.ConnectError](err); ok {
		return &Error{Engine: engine, Code: "08001", what: "no connection to the database"}
	}
	return &Error{Engine: engine, what: fmt.Sprintf("error of type %T in the driver", err)}
}

func cleanPostgreSQL(e *pgconn.PgError) error {
	out := &Error{Engine: PostgreSQL, Code: e.Code, Constraint: e.ConstraintName}
	switch e.Code {
	case "23505":
		out.class = unique
		return errUnique.Because(out)
	case "23503":
		out.class = foreignKey
		return errReference.Because(out)
	case "40001", "40P01", "55P03":
		out.class = retry
	}
	if out.Constraint == "" && e.TableName != "" {
		out.Constraint = strings.Trim(e.TableName+"."+e.ColumnName, ".")
	}
	// 22 (data) quotes values; 42 (statement) quotes only our own constant
	// text, 25, 28, 53 and 57 name settings and roles.
	switch e.Code[:min(2, len(e.Code))] {
	case "25", "28", "3D", "40", "42", "53", "57":
		out.what = e.Message
	}
	return out
}

func cleanSQLite(e *sqlite.Error) error {
	out := &Error{Engine: SQLite, Code: fmt.Sprint(e.Code()), what: e.Error()}
	switch e.Code() {
	case sqlite3.SQLITE_CONSTRAINT_UNIQUE, sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY, sqlite3.SQLITE_CONSTRAINT_ROWID:
		out.class = unique
		return errUnique.Because(out)
	case sqlite3.SQLITE_CONSTRAINT_FOREIGNKEY:
		out.class = foreignKey
		return errReference.Because(out)
	}
	switch e.Code() & 0xff {
	case sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED:
		out.class = retry
	}
	return out
}
