// SPDX-License-Identifier: EUPL-1.2

package database_test

import (
	"context"
	"sync"
	"testing"
	"testing/fstest"

	"meldewerk/internal/database"
	"meldewerk/internal/database/databasetest"
)

func set(files map[string]string) database.Migrations {
	fs := fstest.MapFS{}
	for name, text := range files {
		fs[name] = &fstest.MapFile{Data: []byte(text)}
	}
	return database.Migrations{Name: "test", Files: fs}
}

const (
	tableA = `CREATE TABLE a (id BIGINT NOT NULL PRIMARY KEY)`
	tableB = `CREATE TABLE b (id BIGINT NOT NULL PRIMARY KEY)`
	tableC = `CREATE TABLE c (id BIGINT NOT NULL PRIMARY KEY)`
)

func TestMigrateGoesForwardOnly(t *testing.T) {
	t.Parallel()
	databasetest.Run(t, func(t *testing.T, open func(t *testing.T) *database.DB) {
		db := open(t)
		first := map[string]string{"0001_a.sql": tableA}
		second := map[string]string{"0001_a.sql": tableA, "0002_b.sqlite.sql": tableB, "0002_b.postgres.sql": tableB + ";"}
		for _, files := range []map[string]string{first, first, second, second} {
			if err := db.Migrate(t.Context(), set(files)); err != nil {
				t.Fatal(err)
			}
		}
		for what, files := range map[string]map[string]string{
			"an older program":   first,
			"a changed old file": {"0001_a.sql": tableA + " ", "0002_b.sql": tableB},
			"a renamed old file": {"0001_x.sql": tableA, "0002_b.sqlite.sql": tableB, "0002_b.postgres.sql": tableB + ";"},
		} {
			if err := db.Migrate(t.Context(), set(files)); err == nil {
				t.Errorf("%s was accepted", what)
			}
		}
	})
}

func TestMigrateRefusesDisorder(t *testing.T) {
	t.Parallel()
	db := databasetest.OpenSQLite(t)
	for what, files := range map[string]map[string]string{
		"a gap":             {"0001_a.sql": tableA, "0003_c.sql": tableC},
		"no beginning":      {"0002_b.sql": tableB},
		"a number twice":    {"0001_a.sql": tableA, "0001_b.sql": tableB},
		"half a pair":       {"0001_a.postgres.sql": tableA},
		"pair and both":     {"0001_a.postgres.sql": tableA, "0001_a.sqlite.sql": tableA, "0001_a.sql": tableA},
		"a name of no form": {"a.sql": tableA},
	} {
		if err := db.Migrate(t.Context(), set(files)); err == nil {
			t.Errorf("%s was accepted", what)
		}
	}
}

func TestMigrateLeavesNoHalfStep(t *testing.T) {
	t.Parallel()
	databasetest.Run(t, func(t *testing.T, open func(t *testing.T) *database.DB) {
		db := open(t)
		if err := db.Migrate(t.Context(), set(map[string]string{"0001_a.sql": tableA + `; CREATE nonsense`})); err == nil {
			t.Fatal("nonsense was accepted")
		}
		if err := db.Migrate(t.Context(), set(map[string]string{"0001_a.sql": tableA})); err != nil {
			t.Errorf("something of the failed step stayed: %v", err)
		}
	})
}

func TestMigrateRunsOnceAmongProcesses(t *testing.T) {
	t.Parallel()
	databasetest.Run(t, func(t *testing.T, open func(t *testing.T) *database.DB) {
		db := open(t)
		var group sync.WaitGroup
		for range 4 {
			group.Go(func() {
				if err := db.Migrate(t.Context(), set(map[string]string{"0001_a.sql": tableA, "0002_b.sql": tableB})); err != nil {
					t.Error(err)
				}
			})
		}
		group.Wait()
		err := db.Read(t.Context(), func(ctx context.Context, tx *database.Tx) error {
			var n int
			err := tx.QueryRowContext(ctx, `SELECT COUNT(number) FROM schema_migration`).Scan(&n)
			if n != 2 {
				t.Errorf("%d steps recorded, want 2", n)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	})
}
