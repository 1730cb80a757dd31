// SPDX-License-Identifier: EUPL-1.2

package database_test

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"meldewerk/fault"
	"meldewerk/internal/database"
	"meldewerk/internal/database/databasetest"
)

// things is a schema for these tests.
var things = database.Migrations{Name: "things", Files: fstest.MapFS{
	"0001_thing.sql": {Data: []byte(`CREATE TABLE thing (
		id BIGINT NOT NULL PRIMARY KEY, name TEXT NOT NULL UNIQUE, amount BIGINT NOT NULL CHECK (amount >= 0),
		made BIGINT, raw BYTEA, good BOOLEAN CHECK (good IN (TRUE, FALSE)));
		CREATE TABLE part (thing_id BIGINT NOT NULL REFERENCES thing (id));`)},
}}

// both runs a suite on both engines over databases with the table thing.
func both(t *testing.T, suite func(t *testing.T, db *database.DB)) {
	t.Helper()
	databasetest.Run(t, func(t *testing.T, open func(t *testing.T) *database.DB) {
		db := open(t)
		if err := db.Migrate(t.Context(), things); err != nil {
			t.Fatal(err)
		}
		suite(t, db)
	})
}

// exec runs one statement in a transaction without an act.
func exec(t *testing.T, db *database.DB, query string, args ...any) error {
	t.Helper()
	return db.InTx(t.Context(), func(ctx context.Context, tx *database.Tx) error {
		tx.WithoutAct("test")
		_, err := tx.ExecContext(ctx, query, args...)
		return err
	})
}

func count(t *testing.T, db *database.DB) int {
	t.Helper()
	var n int
	err := db.Read(t.Context(), func(ctx context.Context, tx *database.Tx) error {
		return tx.QueryRowContext(ctx, `SELECT COUNT(id) FROM thing`).Scan(&n)
	})
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func TestOpenRefusesWhatWasNeverCreated(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "house.db")
	if _, err := database.Open(t.Context(), path, database.Options{}); !errors.Is(err, database.ErrMissing) {
		t.Errorf("missing file: got %v, want ErrMissing", err)
	}
	if _, err := os.Stat(path); !os.IsNotExist(err) {
		t.Errorf("opening has made the file: %v", err)
	}
	if err := os.WriteFile(path, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := database.Open(t.Context(), "sqlite:"+path, database.Options{}); !errors.Is(err, database.ErrMissing) {
		t.Errorf("empty file: got %v, want ErrMissing", err)
	}
	if _, err := database.Open(t.Context(), databasetest.PostgresDSN(t), database.Options{}); !errors.Is(err, database.ErrMissing) {
		t.Errorf("PostgreSQL without ledger: got %v, want ErrMissing", err)
	}
}

func TestCreateRefusesExisting(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "a house?#%20.db")
	if err := database.Create(t.Context(), path); err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(path)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Fatalf("mode %v, want 0600: %v", info.Mode(), err)
	}
	for _, dsn := range []string{path, databasetest.PostgresDSN(t)} {
		if dsn != path {
			if err := database.Create(t.Context(), dsn); err != nil {
				t.Fatal(err)
			}
		}
		if err := database.Create(t.Context(), dsn); !errors.Is(err, database.ErrExists) {
			t.Errorf("got %v, want ErrExists", err)
		}
		db, err := database.Open(t.Context(), dsn, database.Options{})
		if err != nil {
			t.Fatalf("refusing has damaged the database: %v", err)
		}
		if err := errors.Join(db.Ping(t.Context()), db.Close()); err != nil {
			t.Error(err)
		}
	}
}

func TestOpenHidesAddress(t *testing.T) {
	t.Parallel()
	_, err := database.Open(t.Context(), "postgres://u:geheim@host:port/x?sslmode=geheim", database.Options{})
	if err == nil || strings.Contains(err.Error(), "geheim") {
		t.Fatalf("the error is missing or shows the password: %v", err)
	}
}

func TestSQLiteIsOpenedSafely(t *testing.T) {
	t.Parallel()
	db := databasetest.OpenSQLite(t)
	want := map[string]string{"journal_mode": "wal", "synchronous": "2", "secure_delete": "1", "foreign_keys": "1", "temp_store": "2"}
	err := db.Read(t.Context(), func(ctx context.Context, tx *database.Tx) error {
		for _, table := range []string{"journal_mode", "synchronous", "secure_delete", "foreign_keys", "temp_store"} {
			var got string
			if err := tx.QueryRowContext(ctx, `SELECT * FROM pragma_`+table).Scan(&got); err != nil {
				return err
			}
			if got != want[table] {
				t.Errorf("%s is %s, want %s", table, got, want[table])
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestTimeKeepsMicroseconds(t *testing.T) {
	t.Parallel()
	moment := time.Date(2031, 2, 3, 4, 5, 6, 123456789, time.FixedZone("CEST", 7200))
	opts := database.Options{Clock: func() time.Time { return moment }}
	databasetest.RunWith(t, opts, func(t *testing.T, open func(t *testing.T) *database.DB) {
		db := open(t)
		if err := db.Migrate(t.Context(), things); err != nil {
			t.Fatal(err)
		}
		err := db.InTx(t.Context(), func(ctx context.Context, tx *database.Tx) error {
			tx.WithoutAct("test")
			if tx.Now != moment.UTC().Truncate(time.Microsecond) {
				t.Errorf("Now is %v", tx.Now)
			}
			if _, err := tx.ExecContext(ctx, `INSERT INTO thing (id, name, amount, made, raw, good)
				VALUES (1, 'a', 1, $1, $2, $3), (2, 'b', 1, $4, NULL, NULL)`,
				database.At(tx.Now), []byte{0, 0xff}, true, database.Maybe(time.Time{})); err != nil {
				return err
			}
			var made database.Time
			var none, some database.NullTime
			var raw []byte
			var good bool
			if err := tx.QueryRowContext(ctx, `SELECT made, made, raw, good FROM thing WHERE id = 1`).Scan(&made, &some, &raw, &good); err != nil {
				return err
			}
			if err := tx.QueryRowContext(ctx, `SELECT made FROM thing WHERE id = 2`).Scan(&none); err != nil {
				return err
			}
			if !made.Equal(tx.Now) || made.Time != tx.Now || some.Time != tx.Now || !none.IsZero() || !bytes.Equal(raw, []byte{0, 0xff}) || !good {
				t.Errorf("read back %v %v %v %x %v", made, some, none, raw, good)
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		if err := exec(t, db, `UPDATE thing SET made = $1`, database.At(time.Time{})); err == nil {
			t.Error("the zero time was stored")
		}
	})
}

func TestL3EngineErrorsShowNoValue(t *testing.T) {
	t.Parallel()
	const marker = "Zzmarkername"
	both(t, func(t *testing.T, db *database.DB) {
		statements := map[string]func(ctx context.Context, tx *database.Tx) error{
			"a name as a number": func(ctx context.Context, tx *database.Tx) error {
				_, err := tx.ExecContext(ctx, `INSERT INTO thing (id, name, amount) VALUES (1, 'x', $1)`, marker)
				if err == nil && tx.Engine() == database.SQLite {
					var amount int
					err = tx.QueryRowContext(ctx, `SELECT amount FROM thing WHERE id = 1`).Scan(&amount)
				}
				return err
			},
			"a text cast by the engine": func(ctx context.Context, tx *database.Tx) error {
				var n int64
				return tx.QueryRowContext(ctx, `SELECT CAST(CAST($1 AS TEXT) AS BIGINT) + abs(-9223372036854775807 - 1)`, marker).Scan(&n)
			},
			"a name scanned into a number": func(ctx context.Context, tx *database.Tx) error {
				var n int
				return tx.QueryRowContext(ctx, `SELECT CAST($1 AS TEXT)`, marker).Scan(&n)
			},
			"a violated check": func(ctx context.Context, tx *database.Tx) error {
				_, err := tx.ExecContext(ctx, `INSERT INTO thing (id, name, amount) VALUES (2, $1, -1)`, marker)
				return err
			},
			"a name twice": func(ctx context.Context, tx *database.Tx) error {
				_, err := tx.ExecContext(ctx, `INSERT INTO thing (id, name, amount) VALUES (3, $1, 1), (4, $1, 1)`, marker)
				return err
			},
		}
		for what, statement := range statements {
			err := db.InTx(t.Context(), statement)
			if err == nil {
				t.Errorf("%s: no error", what)
			} else if strings.Contains(err.Error(), marker) {
				t.Errorf("%s: the error shows the value: %v", what, err)
			}
		}
	})
}

func TestConstraintIsConflict(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, db *database.DB) {
		insert := `INSERT INTO thing (id, name, amount) VALUES ($1, $2, $3)`
		if err := exec(t, db, insert, 1, "a", 1); err != nil {
			t.Fatal(err)
		}
		for what, err := range map[string]error{
			"primary key": exec(t, db, insert, 1, "b", 1),
			"unique":      exec(t, db, insert, 2, "a", 1),
		} {
			if !database.IsUnique(err) || !fault.IsKind(err, fault.Conflict) {
				t.Errorf("%s: got %v, want a conflict", what, err)
			}
		}
		err := exec(t, db, `INSERT INTO part (thing_id) VALUES (77)`)
		if !database.IsReference(err) || !fault.IsKind(err, fault.Conflict) {
			t.Errorf("foreign key: got %v, want a conflict", err)
		}
		if err := exec(t, db, insert, 3, "c", -1); err == nil || fault.Of(err) != nil {
			t.Errorf("check: got %v, want our own trouble", err)
		}
	})
}

func TestReadRefusesToWrite(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, db *database.DB) {
		err := db.Read(t.Context(), func(ctx context.Context, tx *database.Tx) error {
			_, err := tx.ExecContext(ctx, `INSERT INTO thing (id, name, amount) VALUES (1, 'a', 1)`)
			return err
		})
		if err == nil || count(t, db) != 0 {
			t.Fatalf("reading has written: %v", err)
		}
	})
}

func TestReadSeesOneMoment(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, db *database.DB) {
		err := db.Read(t.Context(), func(ctx context.Context, tx *database.Tx) error {
			var before, after int
			if err := tx.QueryRowContext(ctx, `SELECT COUNT(id) FROM thing`).Scan(&before); err != nil {
				return err
			}
			if err := exec(t, db, `INSERT INTO thing (id, name, amount) VALUES (1, 'a', 1)`); err != nil {
				return err
			}
			if err := tx.QueryRowContext(ctx, `SELECT COUNT(id) FROM thing`).Scan(&after); err != nil {
				return err
			}
			if before != after {
				t.Errorf("the snapshot moved from %d to %d", before, after)
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	})
}

func TestCheckpointLeavesNothingOfDeletedRows(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "house.db")
	if err := database.Create(t.Context(), path); err != nil {
		t.Fatal(err)
	}
	db, err := database.Open(t.Context(), path, database.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() }) // the test is over
	if err := db.Migrate(t.Context(), things); err != nil {
		t.Fatal(err)
	}
	marker := "Zzmarkername" + strings.Repeat("lang", 3000) // needs overflow pages
	if err := exec(t, db, `INSERT INTO thing (id, name, amount) VALUES (1, $1, 1)`, marker); err != nil {
		t.Fatal(err)
	}
	if !onDisk(t, path, marker[:12]) {
		t.Fatal("the search does not find what is there")
	}
	if err := exec(t, db, `DELETE FROM thing`); err != nil {
		t.Fatal(err)
	}
	if err := db.Checkpoint(t.Context()); err != nil {
		t.Fatal(err)
	}
	if onDisk(t, path, marker[:12]) || onDisk(t, path, "langlanglang") {
		t.Error("a deleted value is still on the disk")
	}
}

// onDisk looks for the text in all files of the database.
func onDisk(t *testing.T, path, text string) bool {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(filepath.Dir(path), "*"))
	if err != nil || len(files) < 2 {
		t.Fatalf("%d files of the database: %v", len(files), err)
	}
	for _, name := range files {
		raw, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if bytes.Contains(raw, []byte(text)) {
			return true
		}
	}
	return false
}

func TestBackupIsWhole(t *testing.T) {
	t.Parallel()
	db := databasetest.OpenSQLite(t)
	if err := db.Migrate(t.Context(), things); err != nil {
		t.Fatal(err)
	}
	if err := exec(t, db, `INSERT INTO thing (id, name, amount) VALUES (1, 'a', 1)`); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "copy of house.db")
	if err := db.Backup(t.Context(), path); err != nil {
		t.Fatal(err)
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v, want 0600: %v", info.Mode(), err)
	}
	if err := db.Backup(t.Context(), path); !errors.Is(err, database.ErrExists) {
		t.Errorf("a backup was overwritten: %v", err)
	}
	restored, err := database.Open(t.Context(), path, database.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = restored.Close() }) // the test is over
	if n := count(t, restored); n != 1 {
		t.Errorf("%d rows restored, want 1", n)
	}
}

func TestBackupOfPostgreSQLIsRefused(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, db *database.DB) {
		if db.Engine() == database.SQLite {
			return
		}
		if err := db.Backup(t.Context(), filepath.Join(t.TempDir(), "x")); !errors.Is(err, database.ErrBackupElsewhere) {
			t.Errorf("got %v", err)
		}
		if err := db.Checkpoint(t.Context()); err != nil {
			t.Error(err)
		}
	})
}
