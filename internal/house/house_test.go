// SPDX-License-Identifier: EUPL-1.2

package house_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"meldewerk/audit"
	"meldewerk/internal/database"
	"meldewerk/internal/database/databasetest"
	"meldewerk/internal/house"
	"meldewerk/internal/store"
)

var now = time.Date(2026, 11, 2, 8, 0, 0, 0, time.UTC)

func settings(t *testing.T, dsn string) house.Settings {
	t.Helper()
	return house.Settings{Name: "registry", Database: dsn, Keys: filepath.Join(t.TempDir(), "keys"), Clock: func() time.Time { return now },
		Migrations: database.Migrations{Name: "test", Files: fstest.MapFS{"0001_thing.sql": {Data: []byte(`CREATE TABLE thing (id BIGINT NOT NULL PRIMARY KEY);`)}}}}
}

// onBoth runs a test on both engines with a house that was never made.
func onBoth(t *testing.T, run func(t *testing.T, s house.Settings)) {
	t.Helper()
	t.Parallel()
	t.Run("sqlite", func(t *testing.T) { t.Parallel(); run(t, settings(t, filepath.Join(t.TempDir(), "house.db"))) })
	t.Run("postgres", func(t *testing.T) { t.Parallel(); run(t, settings(t, databasetest.PostgresDSN(t))) })
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func made(t *testing.T, s house.Settings) *house.Ground {
	t.Helper()
	must(t, house.Init(t.Context(), s))
	g, err := house.Open(t.Context(), s)
	must(t, err)
	t.Cleanup(func() { must(t, g.Close()) })
	return g
}

func TestOpenRefusesWhatWasNeverMade(t *testing.T) {
	onBoth(t, func(t *testing.T, s house.Settings) {
		if _, err := house.Open(t.Context(), s); !errors.Is(err, database.ErrMissing) {
			t.Errorf("got %v, want ErrMissing", err)
		}
		if _, err := os.Stat(s.Keys); !os.IsNotExist(err) {
			t.Error("opening has made keys")
		}
	})
}

func TestInitRefusesExisting(t *testing.T) {
	onBoth(t, func(t *testing.T, s house.Settings) {
		made(t, s)
		if err := house.Init(t.Context(), s); !errors.Is(err, house.ErrExists) {
			t.Errorf("the same once more: %v", err)
		}
		elsewhere := s
		elsewhere.Keys = filepath.Join(t.TempDir(), "other-keys")
		if err := house.Init(t.Context(), elsewhere); !errors.Is(err, database.ErrExists) {
			t.Errorf("the database with other keys: %v", err)
		}
		if _, err := os.Stat(filepath.Join(elsewhere.Keys, house.MasterKeyFile)); !os.IsNotExist(err) {
			t.Error("keys were made for a database that is another's")
		}
	})
}

// TestInitLooksBeforeItMakes leaves one key file of another house in the folder.
func TestInitLooksBeforeItMakes(t *testing.T) {
	t.Parallel()
	for _, name := range []string{house.MasterKeyFile, house.AuditKeyFile, house.AuditPubFile, "envelope"} {
		s := settings(t, filepath.Join(t.TempDir(), "house.db"))
		must(t, os.MkdirAll(s.Keys, 0o700))
		kept := filepath.Join(s.Keys, name)
		must(t, os.WriteFile(kept, []byte("of another"), 0o600))
		if err := house.Init(t.Context(), s, "envelope"); !errors.Is(err, house.ErrExists) {
			t.Errorf("%s: %v", name, err)
		}
		if content, err := os.ReadFile(kept); err != nil || string(content) != "of another" {
			t.Errorf("%s was overwritten", name)
		}
		if _, err := os.Stat(s.Database); !os.IsNotExist(err) {
			t.Errorf("%s: a database was made all the same", name)
		}
	}
}

func TestSecretFilesAreClosed(t *testing.T) {
	t.Parallel()
	s := settings(t, filepath.Join(t.TempDir(), "house.db"))
	made(t, s)
	for name, want := range map[string]os.FileMode{house.MasterKeyFile: 0o600, house.AuditKeyFile: 0o600, house.AuditPubFile: 0o644} {
		if info, err := os.Stat(filepath.Join(s.Keys, name)); err != nil || info.Mode().Perm() != want {
			t.Errorf("%s: mode %v, want %v: %v", name, info.Mode(), want, err)
		}
	}
	if info, err := os.Stat(s.Keys); err != nil || info.Mode().Perm() != 0o700 {
		t.Errorf("key folder: %v %v", info.Mode(), err)
	}
}

func TestInitAndBackupAreLogged(t *testing.T) {
	onBoth(t, func(t *testing.T, s house.Settings) {
		g := made(t, s)
		if last, err := g.Backups.Last(t.Context()); err != nil || !last.IsZero() {
			t.Fatalf("a backup before the first: %v %v", last, err)
		}
		dir := filepath.Join(t.TempDir(), "backup")
		if g.DB.Engine() == database.PostgreSQL {
			if _, err := g.Backup(t.Context(), "operator-1", dir); !errors.Is(err, database.ErrBackupElsewhere) {
				t.Fatalf("got %v, want ErrBackupElsewhere", err)
			}
			if last, err := g.Backups.Last(t.Context()); err != nil || !last.IsZero() {
				t.Errorf("a backup that was not made is noted: %v %v", last, err)
			}
			must(t, g.Backups.Note(t.Context(), "operator-1", now))
		} else {
			path, err := g.Backup(t.Context(), "operator-1", dir)
			must(t, err)
			copied := s
			copied.Database = path
			restored, err := house.Open(t.Context(), copied)
			must(t, err)
			must(t, restored.Close())
		}
		last, err := g.Backups.Last(t.Context())
		must(t, err)
		if !last.Before(now) || now.Sub(last) > time.Hour {
			t.Errorf("everything before %v is contained, the backup began at %v", last, now)
		}
		for _, code := range []audit.Code{audit.HouseInitialised, audit.BackupMade} {
			if entries, err := g.Audit.Entries(t.Context(), store.EntryFilter{Code: code, Limit: 10}); err != nil || len(entries) != 1 {
				t.Errorf("%s: %d entries: %v", code, len(entries), err)
			}
		}
	})
}

func TestIntroduceMakesNeighboursKnown(t *testing.T) {
	t.Parallel()
	here, there := settings(t, filepath.Join(t.TempDir(), "here.db")), settings(t, filepath.Join(t.TempDir(), "there.db"))
	there.Name = "portal"
	must(t, house.Init(t.Context(), here))
	other := made(t, there)
	must(t, house.Introduce(here.Keys, "portal", filepath.Join(there.Keys, house.AuditPubFile)))
	g, err := house.Open(t.Context(), here)
	must(t, err)
	t.Cleanup(func() { must(t, g.Close()) })
	_, err = other.Audit.Integrate(t.Context())
	must(t, err)
	signed, err := other.Audit.SignCheckpoint(t.Context())
	must(t, err)
	if _, err := g.Audit.StoreWitness(t.Context(), "portal", signed, nil); err != nil {
		t.Errorf("the neighbour's checkpoint is refused: %v", err)
	}
	if _, err := g.Audit.StoreWitness(t.Context(), "trustcentre", signed, nil); err == nil || !strings.Contains(err.Error(), "no keys") {
		t.Errorf("a house that nobody has introduced: %v", err)
	}
}

func TestWrongMasterKeyOpensNothing(t *testing.T) {
	t.Parallel()
	s, other := settings(t, filepath.Join(t.TempDir(), "house.db")), settings(t, filepath.Join(t.TempDir(), "other.db"))
	g := made(t, s)
	_, err := g.Keyring.Box(t.Context(), "thing") // a data key is made with it
	must(t, err)
	made(t, other)
	key, err := os.ReadFile(filepath.Join(other.Keys, house.MasterKeyFile))
	must(t, err)
	must(t, os.WriteFile(filepath.Join(s.Keys, house.MasterKeyFile), key, 0o600))
	wrong, err := house.Open(t.Context(), s)
	if err == nil {
		_, err = wrong.Keyring.Box(t.Context(), "thing")
		must(t, wrong.Close())
	}
	if err == nil {
		t.Error("a foreign master key opens the house")
	}
}

// TestStepsGoOnWhileThereIsWork counts rounds and survives an error.
func TestStepsGoOnWhileThereIsWork(t *testing.T) {
	t.Parallel()
	g := made(t, settings(t, filepath.Join(t.TempDir(), "house.db")))
	ctx, stop := context.WithCancel(t.Context())
	rounds := 0
	err := g.Steps(ctx, time.Nanosecond, func(context.Context) (bool, error) {
		rounds++
		switch rounds {
		case 3:
			return true, errors.New("a neighbour is away")
		case 6:
			stop()
			return false, nil
		}
		return rounds < 5, nil
	})
	if err != nil || rounds != 6 {
		t.Errorf("%d rounds: %v", rounds, err)
	}
}
