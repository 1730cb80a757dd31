// SPDX-License-Identifier: EUPL-1.2

package main

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"meldewerk/exchange/wire"
	"meldewerk/internal/database"
	"meldewerk/internal/ui"
	"meldewerk/world"
)

// installation is a prepared one in a folder of its own.
func installation(t *testing.T) world.Layout {
	t.Helper()
	if err := ui.CheckAssets(); err != nil {
		t.Skip(err)
	}
	l := world.Layout{Dir: t.TempDir(), Profile: "kkn", Instance: "Krebsregister Musterland", Portal: "127.0.0.1:0", TrustCentre: "127.0.0.1:0",
		Registry: "127.0.0.1:0", PortalExchange: "127.0.0.1:0", RegistryExchange: "127.0.0.1:0"}
	if err := world.Prepare(t.Context(), l); err != nil {
		t.Fatal(err)
	}
	return l
}

func TestInitMakesAHouseOnceAndRefusesTwice(t *testing.T) {
	t.Parallel()
	for _, house := range []wire.House{wire.Portal, wire.TrustCentre, wire.Registry} {
		t.Run(string(house), func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			config := filepath.Join(dir, "house.toml")
			keys := filepath.Join(dir, "keys")
			text := "database = \"sqlite:" + filepath.Join(dir, "house.db") + "\"\nkeys = \"" + keys + "\"\nprofile = \"kkn\"\ninstance = \"Probe\"\n"
			if err := os.WriteFile(config, []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
			call(t, "", string(house), "init", "--config", config).want(t, exitDone)
			before := files(t, dir)
			call(t, "", string(house), "init", "--config", config).want(t, exitUsage)
			after := files(t, dir)
			for name, content := range before {
				if strings.HasSuffix(name, ".key") && after[name] != content {
					t.Errorf("the second init changed %s", name)
				}
			}
			for name := range before {
				if info, err := os.Stat(filepath.Join(dir, name)); err == nil && strings.HasSuffix(name, ".key") && info.Mode().Perm()&0o077 != 0 {
					t.Errorf("%s has mode %v", name, info.Mode().Perm())
				}
			}
		})
	}
}

func files(t *testing.T, dir string) map[string]string {
	t.Helper()
	all := map[string]string{}
	err := filepath.WalkDir(dir, func(path string, entry os.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		content, err := os.ReadFile(path)
		name, _ := filepath.Rel(dir, path) // path lies below dir
		all[name] = string(content)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// TestNothingButInitCreates: a wrong path must not silently start an empty
// register.
func TestNothingButInitCreates(t *testing.T) {
	t.Parallel()
	l := installation(t)
	for _, h := range []wire.House{wire.Portal, wire.TrustCentre, wire.Registry} {
		db := filepath.Join(l.Dir, string(h), string(h)+".db")
		for _, name := range []string{db, db + "-wal", db + "-shm"} {
			if err := os.Remove(name); err != nil && !os.IsNotExist(err) {
				t.Fatal(err)
			}
		}
		for _, args := range [][]string{{string(h), "--config", l.ConfigFile(h)}, {"audit", "verify", string(h), "--config", l.ConfigFile(h)},
			{"account", string(h), "--config", l.ConfigFile(h), "--username", "jemand", "--role", "operator"},
			{"backup", string(h), "--config", l.ConfigFile(h), "--to", filepath.Join(l.Dir, "backup")}} {
			call(t, "", args...).want(t, exitUsage)
			if _, err := os.Stat(db); !os.IsNotExist(err) {
				t.Fatalf("%v made a database", args)
			}
		}
	}
}

func TestConfigurationRefusesUnknownKeys(t *testing.T) {
	t.Parallel()
	l := installation(t)
	for _, h := range []wire.House{wire.Portal, wire.TrustCentre, wire.Registry} {
		content, err := os.ReadFile(l.ConfigFile(h))
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(l.ConfigFile(h), append([]byte("datenbank = \"x\"\n"), content...), 0o600); err != nil {
			t.Fatal(err)
		}
		if r := call(t, "", string(h), "--config", l.ConfigFile(h)).want(t, exitUsage); !strings.Contains(r.err, "datenbank") {
			t.Errorf("%s: %q", h, r.err)
		}
	}
}

func TestL2AuditVerifyFindsATamperedRow(t *testing.T) {
	t.Parallel()
	l := installation(t)
	config := l.ConfigFile(wire.Registry)
	call(t, "", "account", "registry", "--config", config, "--username", "register", "--holder", "Platz 1", "--role", "registrar").want(t, exitDone)
	verify := []string{"audit", "verify", "registry", "--config", config}
	if r := call(t, "", verify...).want(t, exitDone); !strings.Contains(r.out, "lückenlos") {
		t.Errorf("output %q", r.out)
	}
	tamper(t, l, `UPDATE audit_entry SET actor = 'jemand-anders', body = replace(body, 'system', 'jemand-anders') WHERE code LIKE '%account%'`)
	if r := call(t, "", verify...).want(t, exitFound); !strings.Contains(r.out, "stimmt etwas nicht") ||
		!strings.Contains(r.out, "\n  Ein Eintrag ist nicht mehr der, der geschrieben wurde. (changed, Stelle ") || !strings.Contains(r.out, "Halten Sie das Haus an") {
		t.Errorf("output %q", r.out)
	}
}

func TestL2AuditVerifyFindsARemovedRow(t *testing.T) {
	t.Parallel()
	l := installation(t)
	config := l.ConfigFile(wire.Registry)
	call(t, "", "account", "registry", "--config", config, "--username", "register", "--role", "registrar").want(t, exitDone)
	call(t, "", "audit", "verify", "registry", "--config", config).want(t, exitDone)
	tamper(t, l, `DELETE FROM audit_tree WHERE tree_index = (SELECT MAX(tree_index) FROM audit_tree)`)
	call(t, "", "audit", "verify", "registry", "--config", config).want(t, exitFound)
}

// tamper changes the registry's database as an intruder with the file would.
func tamper(t *testing.T, l world.Layout, statement string) {
	t.Helper()
	db, err := database.Open(t.Context(), filepath.Join(l.Dir, "registry", "registry.db"), database.Options{})
	if err != nil {
		t.Fatal(err)
	}
	err = db.InTx(t.Context(), func(ctx context.Context, tx *database.Tx) error {
		tx.WithoutAct("an intruder leaves none")
		changed, err := tx.ExecContext(ctx, statement)
		if err != nil {
			return err
		}
		if n, err := changed.RowsAffected(); err != nil || n == 0 {
			t.Errorf("nothing was tampered with: %d rows, %v", n, err)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
}

func TestBackupIsADatabaseThatOpens(t *testing.T) {
	t.Parallel()
	l := installation(t)
	for _, h := range []wire.House{wire.Portal, wire.TrustCentre, wire.Registry} {
		to := filepath.Join(l.Dir, "backup", string(h))
		r := call(t, "", "backup", string(h), "--config", l.ConfigFile(h), "--to", to).want(t, exitDone)
		_, path, found := strings.Cut(strings.TrimSpace(r.out), "Gesichert und geprüft: ")
		if !found {
			t.Fatalf("output %q", r.out)
		}
		info, err := os.Stat(path)
		if err != nil || info.Mode().Perm()&0o077 != 0 {
			t.Fatalf("backup of %s: %v, %v", h, info, err)
		}
		// Restoring is laying the copy in the database's place.
		original := filepath.Join(l.Dir, string(h), string(h)+".db")
		if err := os.Rename(path, original); err != nil {
			t.Fatal(err)
		}
		for _, rest := range []string{"-wal", "-shm"} {
			if err := os.Remove(original + rest); err != nil && !os.IsNotExist(err) {
				t.Fatal(err)
			}
		}
		call(t, "", "audit", "verify", string(h), "--config", l.ConfigFile(h)).want(t, exitDone)
	}
}
