// SPDX-License-Identifier: EUPL-1.2

// Package databasetest gives tests an empty database of each engine.
//
// Every store has one suite, run on SQLite always and on PostgreSQL when
// there is one: the server named by MELDEWERK_TEST_POSTGRES, or a throw-away
// cluster made from the installed binaries once per test process. Only tests
// may import it.
package databasetest

import (
	"context"
	"fmt"
	"net/url"
	"path/filepath"
	"testing"

	"meldewerk/internal/database"
)

// Run runs the suite as subtests "sqlite" and "postgres". Each call of open
// makes a new, empty database that ends with its test.
func Run(t *testing.T, suite func(t *testing.T, open func(t *testing.T) *database.DB)) {
	t.Helper()
	RunWith(t, database.Options{}, suite)
}

// RunWith is Run with options, for instance an injected clock.
func RunWith(t *testing.T, opts database.Options, suite func(t *testing.T, open func(t *testing.T) *database.DB)) {
	t.Helper()
	t.Run("sqlite", func(t *testing.T) {
		suite(t, func(t *testing.T) *database.DB { return OpenSQLiteWith(t, opts) })
	})
	t.Run("postgres", func(t *testing.T) {
		admin := server(t)
		suite(t, func(t *testing.T) *database.DB { return openPostgreSQL(t, admin, opts) })
	})
}

// OpenSQLite makes a new SQLite database in the test's directory.
func OpenSQLite(t *testing.T) *database.DB {
	t.Helper()
	return OpenSQLiteWith(t, database.Options{})
}

// OpenSQLiteWith is OpenSQLite with options.
func OpenSQLiteWith(t *testing.T, opts database.Options) *database.DB {
	t.Helper()
	return create(t, filepath.Join(t.TempDir(), "house.db"), opts)
}

// PostgresDSN makes a new, empty PostgreSQL database, not yet created in the
// sense of database.Create, and gives its address. It skips the test where
// there is no PostgreSQL.
func PostgresDSN(t testing.TB) string {
	t.Helper()
	return newDatabase(t, server(t))
}

func openPostgreSQL(t *testing.T, admin *url.URL, opts database.Options) *database.DB {
	t.Helper()
	if opts.Conns == 0 {
		opts.Conns = 8
	}
	return create(t, newDatabase(t, admin), opts)
}

func create(t *testing.T, dsn string, opts database.Options) *database.DB {
	t.Helper()
	if err := database.Create(t.Context(), dsn); err != nil {
		t.Fatalf("create database: %v", err)
	}
	db, err := database.Open(t.Context(), dsn, opts)
	if err != nil {
		t.Fatalf("open database: %v", err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Errorf("close database: %v", err)
		}
	})
	return db
}

// newDatabase makes a database of the test's own on the server.
func newDatabase(t testing.TB, admin *url.URL) string {
	t.Helper()
	name := "meldewerk_test_" + randomName()
	// template0 is never in use by anybody, so that tests may create in parallel.
	if err := command(t.Context(), admin, fmt.Sprintf(`CREATE DATABASE %s TEMPLATE template0`, name)); err != nil {
		t.Fatalf("create test database: %v", err)
	}
	t.Cleanup(func() {
		// The test's own context has ended by now.
		err := command(context.WithoutCancel(t.Context()), admin, fmt.Sprintf(`DROP DATABASE %s WITH (FORCE)`, name))
		if err != nil {
			t.Errorf("drop test database: %v", err)
		}
	})
	own := *admin
	own.Path = "/" + name
	return own.String()
}
