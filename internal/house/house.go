// SPDX-License-Identifier: EUPL-1.2

// Package house opens what every house stands on: its database with all
// migrations, its keys, the sealing of rows, the audit log and the memory of
// backups. Portal, trust centre and registry use it in the same way, each with
// files of its own.
//
// Init makes database and keys; nothing else ever creates them, so that a
// wrong path cannot silently start an empty register. The package knows no
// domain word and never reads another house's files.
package house

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"time"

	"meldewerk/audit"
	"meldewerk/fault"
	"meldewerk/internal/atrest"
	"meldewerk/internal/database"
	"meldewerk/internal/store"
)

// Files of a key folder that every house has.
const (
	MasterKeyFile = "master.key" // wraps the data keys of the rows at rest
	AuditKeyFile  = "audit.key"  // signs the house's checkpoints
	AuditPubFile  = "audit.pub"  // its public half, to be given to the other houses
	NeighbourDir  = "neighbours" // public audit keys of the other houses: <house>.pub
	backupPattern = "20060102T150405Z"
)

// Settings say where a house has its things.
type Settings struct {
	Name       string // "portal", "trustcentre" or "registry"
	Database   string // "sqlite:PATH" or "postgres://…"
	Keys       string // folder of the key files
	Migrations database.Migrations
	Clock      func() time.Time // nil: time.Now
	Log        *slog.Logger     // nil: discarded
}

// Ground is the Grundlage of a house: what a house stands on while it is open.
type Ground struct {
	DB      *database.DB
	Audit   *store.AuditLog
	Keyring *atrest.Keyring
	Backups *store.Backups
	Log     *slog.Logger
}

// ErrExists is the answer of Init when the house was made before, or half.
var ErrExists = fault.New(fault.Conflict, "house.exists",
	"Im Schlüsselordner liegen schon Schlüssel dieses Hauses. Sie werden nicht überschrieben; wählen Sie einen leeren Ordner.")

// Init makes the database and the keys that the house makes itself. It
// refuses to touch what is there already, and looks before it makes anything.
// more are further files or folders of the key folder that must not be there.
func Init(ctx context.Context, s Settings, more ...string) error {
	for _, name := range append([]string{MasterKeyFile, AuditKeyFile, AuditPubFile}, more...) {
		if _, err := os.Lstat(filepath.Join(s.Keys, name)); !errors.Is(err, fs.ErrNotExist) {
			return ErrExists.Because(errors.Join(fmt.Errorf("%s is there", name), err))
		}
	}
	if err := os.MkdirAll(s.Keys, 0o700); err != nil {
		return fmt.Errorf("make key folder: %w", err)
	}
	if err := database.Create(ctx, s.Database); err != nil {
		return err
	}
	if err := atrest.CreateMasterKey(filepath.Join(s.Keys, MasterKeyFile)); err != nil {
		return err
	}
	public, err := audit.CreateSigner(filepath.Join(s.Keys, AuditKeyFile), s.Name)
	if err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(s.Keys, AuditPubFile), []byte(public+"\n"), 0o644); err != nil {
		return fmt.Errorf("write public audit key: %w", err)
	}
	g, err := Open(ctx, s)
	if err != nil {
		return err
	}
	noted := g.DB.InTx(ctx, func(ctx context.Context, tx *database.Tx) error {
		return g.Audit.Append(ctx, tx, audit.Act{Actor: audit.System, Code: audit.HouseInitialised})
	})
	return errors.Join(noted, g.Close())
}

// Open opens a house that Init has made and brings its tables up to date.
func Open(ctx context.Context, s Settings) (*Ground, error) {
	if s.Log == nil {
		s.Log = slog.New(slog.DiscardHandler)
	}
	db, err := database.Open(ctx, s.Database, database.Options{Clock: s.Clock})
	if err != nil {
		return nil, err
	}
	g := &Ground{DB: db, Log: s.Log}
	if err := g.open(ctx, s); err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return g, nil
}

func (g *Ground) open(ctx context.Context, s Settings) error {
	if err := g.DB.Migrate(ctx, store.Migrations(), s.Migrations); err != nil {
		return err
	}
	signer, public, err := audit.OpenSigner(filepath.Join(s.Keys, AuditKeyFile))
	if err != nil {
		return err
	}
	neighbours, err := neighbours(s.Keys)
	if err != nil {
		return err
	}
	g.Audit, err = store.NewAuditLog(g.DB, s.Name, store.AuditOptions{
		Signer: signer, PublicKey: public, Houses: neighbours, Logger: s.Log})
	if err != nil {
		return err
	}
	g.Keyring, err = atrest.OpenKeyring(ctx, filepath.Join(s.Keys, MasterKeyFile), store.NewDataKeys(g.DB, g.Audit))
	if err != nil {
		return err
	}
	g.Backups = store.NewBackups(g.DB, g.Audit)
	return nil
}

// neighbours reads the public audit keys of the other houses.
func neighbours(keys string) (map[string]string, error) {
	houses := map[string]string{}
	entries, err := os.ReadDir(filepath.Join(keys, NeighbourDir))
	if errors.Is(err, fs.ErrNotExist) {
		return houses, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read neighbours' keys: %w", err)
	}
	for _, e := range entries {
		name, found := strings.CutSuffix(e.Name(), ".pub")
		if !found {
			continue
		}
		public, err := os.ReadFile(filepath.Join(keys, NeighbourDir, e.Name()))
		if err != nil {
			return nil, fmt.Errorf("read neighbour's key: %w", err)
		}
		houses[name] = strings.TrimSpace(string(public))
	}
	return houses, nil
}

// Introduce writes another house's public audit key into this house's folder.
func Introduce(keys, neighbour, publicKeyFile string) error {
	public, err := os.ReadFile(publicKeyFile)
	if err != nil {
		return fmt.Errorf("read public audit key: %w", err)
	}
	dir := filepath.Join(keys, NeighbourDir)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return fmt.Errorf("make folder of neighbours: %w", err)
	}
	return os.WriteFile(filepath.Join(dir, neighbour+".pub"), public, 0o644)
}

// Backup writes a verified copy of the database into the folder and notes it,
// so that the neighbour may delete what it handed over before it began.
func (g *Ground) Backup(ctx context.Context, actor, dir string) (string, error) {
	began := g.DB.Now()
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return "", fmt.Errorf("make backup folder: %w", err)
	}
	path := filepath.Join(dir, g.Audit.House()+"-"+began.Format(backupPattern)+".db")
	if err := g.DB.Backup(ctx, path); err != nil {
		return "", err
	}
	return path, g.Backups.Note(ctx, actor, began)
}

// Close closes the database and forgets the keys.
func (g *Ground) Close() error {
	if g.Keyring != nil {
		g.Keyring.Close()
	}
	return g.DB.Close()
}
