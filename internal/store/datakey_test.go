// SPDX-License-Identifier: EUPL-1.2

package store_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"meldewerk/audit"
	"meldewerk/internal/atrest"
	"meldewerk/internal/database"
	"meldewerk/internal/database/databasetest"
	"meldewerk/internal/store"
)

func masterKey(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "master.key")
	if err := atrest.CreateMasterKey(path); err != nil {
		t.Fatal(err)
	}
	return path
}

func ring(t *testing.T, db *database.DB, log *store.AuditLog, path string, limits atrest.Limits) *atrest.Keyring {
	t.Helper()
	r, err := atrest.OpenKeyringWith(t.Context(), path, store.NewDataKeys(db, log), limits)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(r.Close)
	return r
}

func TestDataKeysAreKeptAndCounted(t *testing.T) {
	t.Parallel()
	databasetest.Run(t, func(t *testing.T, open func(t *testing.T) *database.DB) {
		db := open(t)
		log := house(t, db, "portal")
		keys := store.NewDataKeys(db, log)
		wrapped := make([]byte, 65)
		for generation := uint32(1); generation <= 2; generation++ {
			if err := keys.Add(t.Context(), atrest.DataKey{Table: "draft", Generation: generation, Wrapped: wrapped}); err != nil {
				t.Fatal(err)
			}
		}
		if err := keys.Add(t.Context(), atrest.DataKey{Table: "draft", Generation: 2, Wrapped: wrapped}); !errors.Is(err, atrest.ErrKeyExists) {
			t.Errorf("a generation twice: %v", err)
		}
		for i, want := range []bool{true, true, false} {
			if ok, err := keys.Reserve(t.Context(), "draft", 2, 40, 100); err != nil || ok != want {
				t.Errorf("reservation %d: %v, %v", i, ok, err)
			}
		}
		stop := errors.New("stop")
		err := keys.Rewrap(t.Context(), func(k atrest.DataKey) ([]byte, error) {
			if k.Generation == 2 {
				return nil, stop
			}
			return make([]byte, 70), nil
		})
		if !errors.Is(err, stop) {
			t.Errorf("rewrap: %v", err)
		}
		if err := keys.Delete(t.Context(), "draft", 7); err != nil {
			t.Error(err)
		}
		list, err := keys.Load(t.Context(), "draft")
		if err != nil || len(list) != 2 || len(list[0].Wrapped) != 65 || list[1].Values != 80 || list[1].Created.IsZero() {
			t.Errorf("kept %+v: %v", list, err)
		}
		entries, err := log.Entries(t.Context(), store.EntryFilter{Code: audit.KeyCreated})
		if err != nil || len(entries) != 2 || entries[0].Entry.Act.Object != "data_key/draft/2" {
			t.Errorf("%d entries for two keys: %v", len(entries), err)
		}
	})
}

// TestK6SealingGoesOnInsideTransactions seals more than a block holds while
// transactions hold SQLite's only writer: the next block must come beside them.
func TestK6SealingGoesOnInsideTransactions(t *testing.T) {
	t.Parallel()
	databasetest.Run(t, func(t *testing.T, open func(t *testing.T) *database.DB) {
		db := open(t)
		log := house(t, db, "portal")
		path := masterKey(t)
		limits := atrest.Limits{MaxValues: 60, Block: 20}
		box, err := ring(t, db, log, path, limits).Box(t.Context(), "draft")
		if err != nil {
			t.Fatal(err)
		}
		var mu sync.Mutex
		sealed := map[string][]byte{}
		var group sync.WaitGroup
		for worker := range 3 {
			group.Go(func() {
				for i := range 60 {
					key := fmt.Sprintf("%d/%d", worker, i)
					for {
						var value []byte
						err := db.InTx(t.Context(), func(ctx context.Context, tx *database.Tx) error {
							var err error
							value, err = box.Seal(key, "g", []byte(key))
							return err
						})
						if errors.Is(err, atrest.ErrNoValues) {
							continue
						}
						if err != nil {
							t.Error(err)
							return
						}
						mu.Lock()
						sealed[key] = value
						mu.Unlock()
						break
					}
				}
			})
		}
		group.Wait()
		again, err := ring(t, db, log, path, limits).Box(t.Context(), "draft")
		if err != nil {
			t.Fatal(err)
		}
		generations := map[string]int{}
		for key, value := range sealed {
			generations[string(value[:5])]++
			if plain, err := again.Open(key, "g", value); err != nil || string(plain) != key {
				t.Fatalf("%s: %v", key, err)
			}
		}
		if len(sealed) != 180 || len(generations) < 3 {
			t.Errorf("%d values in %d generations", len(sealed), len(generations))
		}
	})
}

var notes = database.Migrations{Name: "note", Files: fstest.MapFS{
	"0001_note.sql": {Data: []byte(`CREATE TABLE note (id TEXT NOT NULL PRIMARY KEY, body BYTEA, signature BYTEA)`)},
}}

var noteColumns = []store.SealedColumn{
	{Table: "note", Key: "id", Column: "body", Group: "body"},
	{Table: "note", Key: "id", Column: "signature", Group: "signature"},
}

// TestK6RotationIsStoppedAndResumed cancels the rotation at random moments
// until it comes to its end, while new rows arrive.
func TestK6RotationIsStoppedAndResumed(t *testing.T) {
	t.Parallel()
	const rows = 2000
	databasetest.Run(t, func(t *testing.T, open func(t *testing.T) *database.DB) {
		db := open(t)
		log := house(t, db, "portal")
		if err := db.Migrate(t.Context(), notes); err != nil {
			t.Fatal(err)
		}
		path := masterKey(t)
		keys := ring(t, db, log, path, atrest.Limits{})
		box, err := keys.Box(t.Context(), "note")
		if err != nil {
			t.Fatal(err)
		}
		insert := func(from, until int) {
			err := db.InTx(t.Context(), func(ctx context.Context, tx *database.Tx) error {
				tx.WithoutAct("test")
				for i := from; i < until; i++ {
					id := fmt.Sprint(i)
					body, err := box.Seal(id, "body", []byte(id))
					if err != nil {
						return err
					}
					var signature []byte // NULL in two of three rows
					if i%3 == 0 {
						if signature, err = box.Seal(id, "signature", []byte("s"+id)); err != nil {
							return err
						}
					}
					if _, err := tx.ExecContext(ctx, `INSERT INTO note (id, body, signature) VALUES ($1, $2, $3)`, id, body, signature); err != nil {
						return err
					}
				}
				return nil
			})
			if err != nil {
				t.Fatal(err)
			}
		}
		insert(0, rows)
		if err := keys.Rotate(t.Context(), "note"); err != nil {
			t.Fatal(err)
		}
		insert(rows, rows+10)
		stops := 0
		for {
			// Longer from stop to stop, so that a slow machine comes on too.
			limit := time.Duration(1+rand.IntN(40*(1+stops))) * time.Millisecond
			ctx, cancel := context.WithTimeout(t.Context(), limit)
			_, err := store.Reseal(ctx, db, log, keys, noteColumns...)
			cancel()
			if err == nil {
				break
			}
			if stops++; stops > 100 {
				t.Fatalf("the rotation does not come to its end: %v", err)
			}
		}
		if count, err := store.Reseal(t.Context(), db, log, keys, noteColumns...); err != nil || count != 0 {
			t.Errorf("%d rows left: %v", count, err)
		}
		if err := keys.Retire(t.Context(), "note"); err != nil {
			t.Fatal(err)
		}
		again, err := ring(t, db, log, path, atrest.Limits{}).Box(t.Context(), "note")
		if err != nil {
			t.Fatal(err)
		}
		if opened := openNotes(t, db, again); opened != rows+10+(rows+10+2)/3 {
			t.Errorf("%d values open after %d stops", opened, stops)
		}
	})
}

// openNotes opens every value and says how many there are.
func openNotes(t *testing.T, db *database.DB, box *atrest.Box) int {
	t.Helper()
	opened := 0
	err := db.Read(t.Context(), func(ctx context.Context, tx *database.Tx) error {
		rows, err := tx.QueryContext(ctx, `SELECT id, body, signature FROM note`)
		if err != nil {
			return err
		}
		defer func() { _ = rows.Close() }() // Err tells what Close would
		for rows.Next() {
			var id string
			var body, signature []byte
			if err := rows.Scan(&id, &body, &signature); err != nil {
				return err
			}
			if plain, err := box.Open(id, "body", body); err != nil || string(plain) != id {
				return fmt.Errorf("body of %s: %w", id, err)
			}
			opened++
			if signature == nil {
				continue
			}
			if plain, err := box.Open(id, "signature", signature); err != nil || string(plain) != "s"+id {
				return fmt.Errorf("signature of %s: %w", id, err)
			}
			opened++
		}
		return rows.Err()
	})
	if err != nil {
		t.Fatal(err)
	}
	return opened
}
