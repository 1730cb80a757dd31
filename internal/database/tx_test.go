// SPDX-License-Identifier: EUPL-1.2

package database_test

import (
	"context"
	"database/sql"
	"errors"
	"sync"
	"testing"

	"meldewerk/internal/database"
)

// queryRow runs a statement of the RETURNING form as stores do.
func queryRow(query string) func(ctx context.Context, tx *database.Tx) error {
	return func(ctx context.Context, tx *database.Tx) error {
		var id int64
		err := tx.QueryRowContext(ctx, query).Scan(&id)
		if errors.Is(err, sql.ErrNoRows) {
			return nil
		}
		return err
	}
}

func execOnly(query string) func(ctx context.Context, tx *database.Tx) error {
	return func(ctx context.Context, tx *database.Tx) error {
		_, err := tx.ExecContext(ctx, query)
		return err
	}
}

func TestL1CommitNeedsAnEntryForEveryFormOfChange(t *testing.T) {
	t.Parallel()
	changes := map[string]func(ctx context.Context, tx *database.Tx) error{
		"insert":           execOnly(`INSERT INTO thing (id, name, amount) VALUES (2, 'b', 1)`),
		"update":           execOnly(`UPDATE thing SET amount = 5`),
		"delete":           execOnly(`DELETE FROM thing`),
		"insert returning": queryRow(`INSERT INTO thing (id, name, amount) VALUES (2, 'b', 1) RETURNING id`),
		"update returning": queryRow(` /* a comment */ UPDATE thing SET amount = 5 RETURNING id`),
		"delete returning": queryRow("\n\tDELETE FROM thing RETURNING id"),
		"with":             execOnly(`WITH x AS (SELECT 2 AS id) INSERT INTO thing (id, name, amount) SELECT id, 'b', 1 FROM x`),
		"query": func(ctx context.Context, tx *database.Tx) error {
			rows, err := tx.QueryContext(ctx, `UPDATE thing SET amount = 5 RETURNING id`)
			if err != nil {
				return err
			}
			for rows.Next() {
				var id int64
				if err := rows.Scan(&id); err != nil {
					return err
				}
			}
			return errors.Join(rows.Err(), rows.Close())
		},
	}
	both(t, func(t *testing.T, db *database.DB) {
		if err := exec(t, db, `INSERT INTO thing (id, name, amount) VALUES (1, 'a', 1)`); err != nil {
			t.Fatal(err)
		}
		for what, change := range changes {
			if err := db.InTx(t.Context(), change); !errors.Is(err, database.ErrNoAct) {
				t.Errorf("%s: got %v, want ErrNoAct", what, err)
			}
		}
		var amount int64
		err := db.Read(t.Context(), func(ctx context.Context, tx *database.Tx) error {
			return tx.QueryRowContext(ctx, `SELECT amount FROM thing WHERE id = 1`).Scan(&amount)
		})
		if err != nil || amount != 1 || count(t, db) != 1 {
			t.Errorf("a refused change stayed: amount %d, %d rows: %v", amount, count(t, db), err)
		}
	})
}

func TestL1CommitWithoutChangeNeedsNone(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, db *database.DB) {
		if err := exec(t, db, `INSERT INTO thing (id, name, amount) VALUES (1, 'a', 1)`); err != nil {
			t.Fatal(err)
		}
		for what, nothing := range map[string]func(ctx context.Context, tx *database.Tx) error{
			"reading":        queryRow(`SELECT id FROM thing`),
			"update of none": execOnly(`UPDATE thing SET amount = 5 WHERE id = 99`),
			"claim of none":  queryRow(`UPDATE thing SET amount = 5 WHERE id = 99 RETURNING id`),
			"there already":  queryRow(`INSERT INTO thing (id, name, amount) VALUES (1, 'a', 1) ON CONFLICT DO NOTHING RETURNING id`),
		} {
			if err := db.InTx(t.Context(), nothing); err != nil {
				t.Errorf("%s: %v", what, err)
			}
		}
		err := db.InTx(t.Context(), func(ctx context.Context, tx *database.Tx) error {
			tx.Audited()
			return execOnly(`UPDATE thing SET amount = 6`)(ctx, tx)
		})
		if err != nil {
			t.Errorf("audited: %v", err)
		}
	})
}

func TestTransactionEndsOnlyThroughInTx(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, db *database.DB) {
		for _, statement := range []string{"COMMIT", " rollback;", "SAVEPOINT a", "DROP TABLE thing", "PRAGMA secure_delete(OFF)", "SET search_path = x"} {
			if err := exec(t, db, statement); err == nil {
				t.Errorf("%s was run", statement)
			}
		}
	})
}

func TestFailedStatementLosesTheTransaction(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, db *database.DB) {
		err := db.InTx(t.Context(), func(ctx context.Context, tx *database.Tx) error {
			tx.WithoutAct("test")
			insert := execOnly(`INSERT INTO thing (id, name, amount) VALUES (1, 'a', 1)`)
			if err := insert(ctx, tx); err != nil {
				return err
			}
			if err := insert(ctx, tx); !database.IsUnique(err) {
				t.Errorf("second insert: %v", err)
			}
			if err := execOnly(`INSERT INTO thing (id, name, amount) VALUES (2, 'b', 1)`)(ctx, tx); err == nil {
				t.Error("a statement ran after the failure")
			}
			return nil
		})
		if err == nil || count(t, db) != 0 {
			t.Errorf("a half transaction was committed, %d rows: %v", count(t, db), err)
		}
	})
}

func TestErrorAndPanicRollBack(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, db *database.DB) {
		stop := errors.New("stop")
		err := db.InTx(t.Context(), func(ctx context.Context, tx *database.Tx) error {
			tx.Audited()
			return errors.Join(execOnly(`INSERT INTO thing (id, name, amount) VALUES (1, 'a', 1)`)(ctx, tx), stop)
		})
		if !errors.Is(err, stop) {
			t.Errorf("got %v", err)
		}
		func() {
			defer func() { _ = recover() }() // the panic is the point
			_ = db.InTx(t.Context(), func(ctx context.Context, tx *database.Tx) error {
				tx.Audited()
				_ = execOnly(`INSERT INTO thing (id, name, amount) VALUES (1, 'a', 1)`)(ctx, tx)
				panic("test")
			})
		}()
		if n := count(t, db); n != 0 {
			t.Errorf("%d rows stayed", n)
		}
		if err := exec(t, db, `INSERT INTO thing (id, name, amount) VALUES (1, 'a', 1)`); err != nil {
			t.Errorf("the writer is not free again: %v", err)
		}
	})
}

func TestNestedTransactionIsRefused(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, db *database.DB) {
		inner := func(ctx context.Context, tx *database.Tx) error { return nil }
		err := db.InTx(t.Context(), func(ctx context.Context, tx *database.Tx) error { return db.InTx(ctx, inner) })
		if !errors.Is(err, database.ErrNested) {
			t.Errorf("InTx in InTx: %v", err)
		}
		err = db.InTx(t.Context(), func(ctx context.Context, tx *database.Tx) error { return db.Read(ctx, inner) })
		if !errors.Is(err, database.ErrNested) {
			t.Errorf("Read in InTx: %v", err)
		}
		err = db.Read(t.Context(), func(ctx context.Context, tx *database.Tx) error { return db.InTx(ctx, inner) })
		if !errors.Is(err, database.ErrNested) {
			t.Errorf("InTx in Read: %v", err)
		}
	})
}

func TestInTxIsSerial(t *testing.T) {
	t.Parallel()
	const workers, rounds = 6, 15
	both(t, func(t *testing.T, db *database.DB) {
		if err := exec(t, db, `INSERT INTO thing (id, name, amount) VALUES (1, 'a', 0)`); err != nil {
			t.Fatal(err)
		}
		var group sync.WaitGroup
		for range workers {
			group.Go(func() {
				for range rounds {
					// Read, then write what was read plus one: only serial
					// transactions with retries come to the right sum.
					err := db.InTx(t.Context(), func(ctx context.Context, tx *database.Tx) error {
						tx.WithoutAct("test")
						var amount int64
						if err := tx.QueryRowContext(ctx, `SELECT amount FROM thing WHERE id = 1`).Scan(&amount); err != nil {
							return err
						}
						_, err := tx.ExecContext(ctx, `UPDATE thing SET amount = $1 WHERE id = 1`, amount+1)
						return err
					})
					if err != nil {
						t.Error(err)
						return
					}
				}
			})
		}
		group.Wait()
		var amount int64
		err := db.Read(t.Context(), func(ctx context.Context, tx *database.Tx) error {
			return tx.QueryRowContext(ctx, `SELECT amount FROM thing WHERE id = 1`).Scan(&amount)
		})
		if err != nil || amount != workers*rounds {
			t.Errorf("sum %d, want %d: %v", amount, workers*rounds, err)
		}
	})
}

func TestExclusiveRunsOneAtATime(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, db *database.DB) {
		var mu sync.Mutex
		running, most := 0, 0
		var group sync.WaitGroup
		for range 5 {
			group.Go(func() {
				err := db.Exclusive(t.Context(), "test", func(ctx context.Context, tx *database.Tx) error {
					tx.WithoutAct("test")
					mu.Lock()
					running++
					most = max(most, running)
					mu.Unlock()
					err := execOnly(`INSERT INTO thing (id, name, amount)
						SELECT COUNT(id), CAST(COUNT(id) AS TEXT), 1 FROM thing`)(ctx, tx)
					mu.Lock()
					running--
					mu.Unlock()
					return err
				})
				if err != nil {
					t.Error(err)
				}
			})
		}
		group.Wait()
		if most != 1 || count(t, db) != 5 {
			t.Errorf("%d ran at once, %d rows", most, count(t, db))
		}
	})
}
