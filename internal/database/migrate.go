// SPDX-License-Identifier: EUPL-1.2

package database

import (
	"cmp"
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// Migrations is a numbered set of schema files, forward only:
// "0001_accounts.sql", or the pair "0001_accounts.sqlite.sql" and
// "0001_accounts.postgres.sql" where one text cannot serve both.
type Migrations struct {
	Name  string // the set's name in the ledger, never changed
	Files fs.FS  // the files at its root
}

const ledgerTable = `CREATE TABLE schema_migration (
	set_name TEXT NOT NULL CHECK (set_name <> ''),
	number   BIGINT NOT NULL CHECK (number > 0),
	name     TEXT NOT NULL CHECK (name <> ''),
	sha256   TEXT NOT NULL CHECK (length(sha256) = 64),
	applied  BIGINT NOT NULL CHECK (applied > 0),
	PRIMARY KEY (set_name, number)
)`

type step struct {
	number int
	name   string
	hash   string
	text   string
}

// Migrate brings the schema to the sets' newest step, each file in a
// transaction of its own, set after set. It stops at a changed or missing old
// file, at a gap in the numbers, and at a database newer than the program.
func (db *DB) Migrate(ctx context.Context, sets ...Migrations) error {
	for _, set := range sets {
		steps, err := set.steps(db.engine)
		if err != nil {
			return fmt.Errorf("migrations %s: %w", set.Name, err)
		}
		if err := db.migrate(ctx, set.Name, steps); err != nil {
			return fmt.Errorf("migrations %s: %w", set.Name, err)
		}
	}
	return nil
}

func (db *DB) migrate(ctx context.Context, set string, steps []step) error {
	done, err := db.applied(ctx, set)
	if err != nil {
		return err
	}
	if err := agree(done, steps); err != nil {
		return err
	}
	for _, s := range steps[len(done):] {
		err := db.Exclusive(ctx, "migrate", func(ctx context.Context, tx *Tx) error {
			return tx.apply(ctx, set, s)
		})
		if err != nil {
			return fmt.Errorf("step %04d %s: %w", s.number, s.name, err)
		}
	}
	return nil
}

// apply runs one step unless another process was faster.
func (tx *Tx) apply(ctx context.Context, set string, s step) error {
	tx.WithoutAct("the ledger of migrations is its own record")
	result, err := tx.ExecContext(ctx, `INSERT INTO schema_migration (set_name, number, name, sha256, applied)
		VALUES ($1, $2, $3, $4, $5) ON CONFLICT (set_name, number) DO NOTHING`,
		set, s.number, s.name, s.hash, At(tx.Now))
	if err != nil {
		return err
	}
	fresh, err := result.RowsAffected()
	if err != nil || fresh == 0 {
		return err
	}
	if _, err := tx.tx.ExecContext(ctx, s.text); err != nil {
		return tx.failed(err)
	}
	return nil
}

// agree says whether what was applied is the beginning of the steps at hand.
func agree(done, steps []step) error {
	for i, d := range done {
		if d.number != i+1 {
			return fmt.Errorf("the ledger lacks step %04d", i+1)
		}
		if i >= len(steps) {
			return fmt.Errorf("the database has step %04d, the program ends at %04d: use the newer program", d.number, len(steps))
		}
		if d.hash != steps[i].hash || d.name != steps[i].name {
			return fmt.Errorf("step %04d %s was changed after it had been applied", d.number, d.name)
		}
	}
	return nil
}

func (db *DB) applied(ctx context.Context, set string) ([]step, error) {
	var done []step
	err := db.Read(ctx, func(ctx context.Context, tx *Tx) error {
		rows, err := tx.QueryContext(ctx,
			`SELECT number, name, sha256 FROM schema_migration WHERE set_name = $1 ORDER BY number`, set)
		if err != nil {
			return err
		}
		defer func() { _ = rows.Close() }() // Err tells what Close would
		for rows.Next() {
			var s step
			if err := rows.Scan(&s.number, &s.name, &s.hash); err != nil {
				return err
			}
			done = append(done, s)
		}
		return rows.Err()
	})
	return done, err
}

func (db *DB) hasLedger(ctx context.Context) (bool, error) {
	query := `SELECT name FROM sqlite_master WHERE type = 'table' AND name = 'schema_migration'`
	if db.engine == PostgreSQL {
		query = `SELECT table_name FROM information_schema.tables
			WHERE table_schema = current_schema() AND table_name = 'schema_migration'`
	}
	var name string
	err := db.read.QueryRowContext(ctx, query).Scan(&name)
	if errors.Is(err, sql.ErrNoRows) {
		return false, nil
	}
	return err == nil, clean(db.engine, err)
}

var fileName = regexp.MustCompile(`^([0-9]{4})_([a-z0-9_]+)(?:\.(sqlite|postgres))?\.sql$`)

// steps reads the files meant for the engine, in order, without gaps.
func (m Migrations) steps(engine Engine) ([]step, error) {
	entries, err := fs.ReadDir(m.Files, ".")
	if err != nil {
		return nil, err
	}
	kinds := map[string]string{} // "0001_accounts" to the engines it serves
	var steps []step
	for _, entry := range entries {
		parts := fileName.FindStringSubmatch(entry.Name())
		if parts == nil {
			return nil, fmt.Errorf("%s is not named like 0001_name.sql", entry.Name())
		}
		kinds[parts[1]+"_"+parts[2]] += cmp.Or(parts[3], "both")
		if parts[3] != "" && parts[3] != string(engine) {
			continue
		}
		text, err := fs.ReadFile(m.Files, entry.Name())
		if err != nil {
			return nil, err
		}
		number, err := strconv.Atoi(parts[1])
		if err != nil {
			return nil, err
		}
		hash := sha256.Sum256(text)
		steps = append(steps, step{number: number, name: parts[2], hash: hex.EncodeToString(hash[:]), text: string(text)})
	}
	for name, engines := range kinds {
		if engines != "both" && engines != "postgressqlite" {
			return nil, fmt.Errorf("%s needs either one file or a pair for sqlite and postgres", name)
		}
	}
	slices.SortFunc(steps, func(a, b step) int {
		return cmp.Or(cmp.Compare(a.number, b.number), strings.Compare(a.name, b.name))
	})
	for i, s := range steps {
		if s.number != i+1 {
			return nil, fmt.Errorf("step %04d is missing or there twice, found %04d_%s", i+1, s.number, s.name)
		}
	}
	return steps, nil
}
