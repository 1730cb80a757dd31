// SPDX-License-Identifier: EUPL-1.2

package store_test

import (
	"context"
	"database/sql"
	"path/filepath"
	"strings"
	"testing"

	_ "github.com/jackc/pgx/v5/stdlib"
	"pgregory.net/rapid"

	"meldewerk/internal/database"
	"meldewerk/internal/database/databasetest"
	"meldewerk/internal/store"
)

// forgery is a single edit of the audit tables by somebody with full access to
// the database, past foreign keys. The $1 is an entry's place in the tree.
type forgery struct {
	what      string
	statement string
}

const (
	byPlace = ` WHERE entry_id = (SELECT entry_id FROM audit_tree WHERE tree_index = $1)`
	someID  = `'00000000000000000000000000000000'`
)

// forgeries change every column of every table, remove and insert rows, and
// exchange places. Only the last checkpoint's own removal cannot show in the
// database itself: for that the other houses keep copies.
var forgeries = []forgery{
	{"leaf id", `UPDATE audit_leaf SET entry_id = ` + someID + byPlace},
	{"leaf", `UPDATE audit_leaf SET leaf = (SELECT hash FROM audit_hash WHERE position = 0)` + byPlace},
	{"leaf removed", `DELETE FROM audit_leaf` + byPlace},
	{"leaf inserted", `INSERT INTO audit_leaf (entry_id, leaf) SELECT ` + someID + `, leaf FROM audit_leaf` + byPlace},
	{"entry id", `UPDATE audit_entry SET entry_id = ` + someID + byPlace},
	{"salt", `UPDATE audit_entry SET salt = (SELECT hash FROM audit_hash WHERE position = 0)` + byPlace},
	{"body", `UPDATE audit_entry SET body = replace(body, 'draft/', 'draft/1')` + byPlace},
	{"body respelled", `UPDATE audit_entry SET body = replace(body, ',', ', ')` + byPlace},
	{"body extended", `UPDATE audit_entry SET body = body || ' '` + byPlace},
	{"time", `UPDATE audit_entry SET at = at + 1` + byPlace},
	{"actor", `UPDATE audit_entry SET actor = 'account/2'` + byPlace},
	{"code", `UPDATE audit_entry SET code = 'draft.deleted'` + byPlace},
	{"object", `UPDATE audit_entry SET object = object || '1'` + byPlace},
	{"purpose", `UPDATE audit_entry SET purpose = 'other'` + byPlace},
	{"result", `UPDATE audit_entry SET result = 'refused'` + byPlace},
	{"entry removed", `DELETE FROM audit_entry` + byPlace},
	{"entry inserted", `INSERT INTO audit_entry (entry_id, salt, body, at, actor, code, object, purpose, result)
		SELECT ` + someID + `, salt, body, at, actor, code, object, purpose, result FROM audit_entry` + byPlace},
	{"place", `UPDATE audit_tree SET tree_index = 1000 WHERE tree_index = $1`},
	{"place of another", `UPDATE audit_tree SET entry_id = ` + someID + ` WHERE tree_index = $1`},
	{"place removed", `DELETE FROM audit_tree WHERE tree_index = $1`},
	{"place inserted", `INSERT INTO audit_tree (tree_index, entry_id) SELECT 12 + $1 * 0, ` + someID},
	{"places exchanged", `UPDATE audit_tree SET tree_index = 1000 WHERE tree_index = $1;
		UPDATE audit_tree SET tree_index = $1 WHERE tree_index = ($1 + 1) % 12;
		UPDATE audit_tree SET tree_index = ($1 + 1) % 12 WHERE tree_index = 1000`},
	{"hash", `UPDATE audit_hash SET hash = (SELECT hash FROM audit_hash WHERE position = $1 + 1) WHERE position = $1`},
	{"hash moved", `UPDATE audit_hash SET position = 1000 WHERE position = $1`},
	{"hash removed", `DELETE FROM audit_hash WHERE position = $1`},
	{"hash inserted", `INSERT INTO audit_hash (position, hash) SELECT 1000 + $1, hash FROM audit_hash WHERE position = 0`},
	{"waiting again", `INSERT INTO audit_pending (entry_id) SELECT entry_id FROM audit_tree WHERE tree_index = $1`},
	{"waiting for nothing", `INSERT INTO audit_pending (entry_id) SELECT ` + someID + ` WHERE $1 >= 0`},
	{"no longer waiting", `DELETE FROM audit_pending WHERE $1 >= 0`},
	{"waiting entry", `UPDATE audit_entry SET body = replace(body, 'draft/', 'draft/1')
		WHERE entry_id = (SELECT entry_id FROM audit_pending) AND $1 >= 0`},
	{"waiting entry removed", `DELETE FROM audit_entry WHERE entry_id = (SELECT entry_id FROM audit_pending) AND $1 >= 0`},
	{"checkpoint", `UPDATE audit_checkpoint SET signed = replace(signed, 'portal', 'Portal') WHERE $1 >= 0`},
	{"checkpoint size", `UPDATE audit_checkpoint SET size = size + 1 WHERE $1 >= 0`},
}

// forgedLog has 12 places, a checkpoint over 8 of them, and one entry waiting.
const forgedLog = 12

// forger is a database with such a log, and a raw connection to it.
type forger struct {
	log *store.AuditLog
	raw *sql.DB
}

var auditTables = []string{"audit_leaf", "audit_pending", "audit_tree", "audit_hash", "audit_entry", "audit_checkpoint"}

// newForger makes the log in the database of the address, and keeps a copy of
// its tables to begin anew from.
func newForger(t *testing.T, dsn, driver, rawDSN string) forger {
	t.Helper()
	if err := database.Create(t.Context(), dsn); err != nil {
		t.Fatal(err)
	}
	db, err := database.Open(t.Context(), dsn, database.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() }) // the test is over
	log := house(t, db, "portal")
	do(t, db, log, 8)
	if _, err := log.SignCheckpoint(t.Context()); err != nil {
		t.Fatal(err)
	}
	do(t, db, log, forgedLog-8)
	if _, err := log.Integrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	do(t, db, log, 1)
	if v := verdict(t, log); !v.Whole() || v.Size != forgedLog || v.Checked != 1 {
		t.Fatalf("the untouched log: %+v", v)
	}
	raw, err := sql.Open(driver, rawDSN)
	if err != nil {
		t.Fatal(err)
	}
	raw.SetMaxOpenConns(1)
	t.Cleanup(func() { _ = raw.Close() }) // the test is over
	for _, table := range auditTables {
		if _, err := raw.ExecContext(t.Context(), `CREATE TABLE saved_`+table+` AS SELECT * FROM `+table); err != nil {
			t.Fatal(err)
		}
	}
	return forger{log: log, raw: raw}
}

// fatal is what testing.T and rapid.T have in common here.
type fatal interface {
	Helper()
	Fatalf(format string, args ...any)
}

// found forges one thing, lets it be verified, and puts the tables back.
func (f forger) found(ctx context.Context, t fatal, edit forgery, place int) bool {
	t.Helper()
	for statement := range strings.SplitSeq(edit.statement, ";") {
		result, err := f.raw.ExecContext(ctx, statement, place)
		if err != nil {
			t.Fatalf("%s at %d: %v", edit.what, place, err)
		}
		if n, err := result.RowsAffected(); err != nil || n == 0 {
			t.Fatalf("%s at %d has changed nothing: %v", edit.what, place, err)
		}
	}
	forged, err := f.log.Verify(ctx)
	if err != nil {
		t.Fatalf("verify after %s at %d: %v", edit.what, place, err)
	}
	for _, table := range auditTables {
		for _, statement := range []string{`DELETE FROM ` + table, `INSERT INTO ` + table + ` SELECT * FROM saved_` + table} {
			if _, err := f.raw.ExecContext(ctx, statement); err != nil {
				t.Fatalf("put %s back: %v", table, err)
			}
		}
	}
	if again, err := f.log.Verify(ctx); err != nil || !again.Whole() {
		t.Fatalf("put back after %s at %d: %v %v", edit.what, place, again.Findings, err)
	}
	return !forged.Whole()
}

// TestL2AnySingleEditIsFound lets somebody with the rights of the database's
// owner edit one thing at a time.
func TestL2AnySingleEditIsFound(t *testing.T) {
	t.Parallel()
	suite := func(t *testing.T, f forger) {
		rapid.Check(t, func(rt *rapid.T) {
			edit := rapid.SampledFrom(forgeries).Draw(rt, "forgery")
			place := rapid.IntRange(0, forgedLog-1).Draw(rt, "place")
			if !f.found(t.Context(), rt, edit, place) {
				rt.Fatalf("%s at %d is not found", edit.what, place)
			}
		})
		for _, edit := range forgeries {
			for _, place := range []int{0, forgedLog - 1} {
				if !f.found(t.Context(), t, edit, place) {
					t.Errorf("%s at %d is not found", edit.what, place)
				}
			}
		}
	}
	t.Run("sqlite", func(t *testing.T) {
		path := filepath.Join(t.TempDir(), "house.db")
		suite(t, newForger(t, path, "sqlite", "file:"+path+"?_pragma=busy_timeout(5000)"))
	})
	t.Run("postgres", func(t *testing.T) {
		dsn := databasetest.PostgresDSN(t)
		suite(t, newForger(t, dsn, "pgx", dsn+"&session_replication_role=replica"))
	})
}
