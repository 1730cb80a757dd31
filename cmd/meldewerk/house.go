// SPDX-License-Identifier: EUPL-1.2

package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"

	"meldewerk/account"
	"meldewerk/audit"
	"meldewerk/internal/house"
	ground "meldewerk/internal/store"
	"meldewerk/portal"
	"meldewerk/registry"
	"meldewerk/trustcentre"
	"meldewerk/world"
)

func runPortal(ctx context.Context, args []string, std streams) error {
	return runHouse(ctx, "portal", args, std, portal.LoadConfig, portal.Init, world.ServePortal)
}

func runTrustCentre(ctx context.Context, args []string, std streams) error {
	return runHouse(ctx, "trustcentre", args, std, trustcentre.LoadConfig, trustcentre.Init, world.ServeTrustCentre)
}

func runRegistry(ctx context.Context, args []string, std streams) error {
	return runHouse(ctx, "registry", args, std, registry.LoadConfig, registry.Init, world.ServeRegistry)
}

// runHouse makes a house or serves it.
func runHouse[C any](ctx context.Context, name string, args []string, std streams, load func(string) (C, error),
	initialise func(context.Context, C) error, serve func(context.Context, C, *slog.Logger) error) error {
	set := flags(name)
	file := set.String("config", "", "Konfigurationsdatei des Hauses")
	rest, err := parse(set, args)
	if err != nil {
		return err
	}
	if *file == "" || len(rest) > 1 || len(rest) == 1 && rest[0] != "init" {
		return usage("nennen Sie die Konfigurationsdatei mit --config")
	}
	config, err := load(*file)
	if err != nil {
		return unreadable(*file, err)
	}
	if len(rest) == 0 {
		return serve(ctx, config, newLog(slog.LevelInfo))
	}
	if err := initialise(ctx, config); err != nil {
		return err
	}
	fmt.Fprintln(std.out, "Angelegt: Datenbank und Schlüssel. Sichern Sie den Schlüsselordner getrennt von der Datenbank.")
	return nil
}

// unreadable says in words of the operator that a configuration is not there.
func unreadable(file string, err error) error {
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, fs.ErrPermission) {
		return fmt.Errorf("die Konfigurationsdatei %s lässt sich nicht lesen; prüfen Sie Namen und Rechte", file)
	}
	return err
}

// opened is a house opened for one act of the operator.
type opened struct {
	ground   *house.Ground
	accounts *ground.Accounts
	house    account.House
	close    func() error
}

// openHouse opens a house by name for one act of the operator.
func openHouse(ctx context.Context, name, file string) (opened, error) {
	switch name {
	case "portal":
		c, err := portal.LoadConfig(file)
		if err != nil {
			return opened{}, unreadable(file, err)
		}
		h, err := portal.Open(ctx, c, portal.Options{})
		if err != nil {
			return opened{}, err
		}
		return opened{ground: h.Ground(), accounts: h.Accounts(), house: account.Portal, close: h.Close}, nil
	case "trustcentre":
		c, err := trustcentre.LoadConfig(file)
		if err != nil {
			return opened{}, unreadable(file, err)
		}
		h, err := trustcentre.Open(ctx, c, trustcentre.Options{})
		if err != nil {
			return opened{}, err
		}
		return opened{ground: h.Ground(), accounts: h.Accounts(), house: account.TrustCentre, close: h.Close}, nil
	case "registry":
		c, err := registry.LoadConfig(file)
		if err != nil {
			return opened{}, unreadable(file, err)
		}
		h, err := registry.Open(ctx, c, registry.Options{})
		if err != nil {
			return opened{}, err
		}
		return opened{ground: h.Ground(), accounts: h.Accounts(), house: account.Registry, close: h.Close}, nil
	}
	return opened{}, usage("nennen Sie das Haus: portal, trustcentre oder registry")
}

func runAudit(ctx context.Context, args []string, std streams) error {
	set := flags("audit")
	file := set.String("config", "", "Konfigurationsdatei des Hauses")
	rest, err := parse(set, args)
	if err != nil {
		return err
	}
	if len(rest) < 2 || rest[0] != "verify" || *file == "" {
		return usage("nennen Sie „verify“, das Haus und --config")
	}
	var older [][]byte
	for _, path := range rest[2:] {
		checkpoint, err := os.ReadFile(path)
		if err != nil {
			return fmt.Errorf("der Prüfpunkt lässt sich nicht lesen: %w", err)
		}
		older = append(older, checkpoint)
	}
	h, err := openHouse(ctx, rest[1], *file)
	if err != nil {
		return err
	}
	defer func() { _ = h.close() }() // nothing was written
	if _, err := h.ground.Audit.Integrate(ctx); err != nil {
		return err
	}
	verdict, err := h.ground.Audit.Verify(ctx, older...)
	if err != nil {
		return err
	}
	if verdict.Whole() {
		fmt.Fprintf(std.out, "Das Protokoll ist lückenlos: %d Einträge, %d Prüfpunkte geprüft.\n", verdict.Size, verdict.Checked)
		return nil
	}
	fmt.Fprintf(std.out, "Am Protokoll stimmt etwas nicht (%d Einträge):\n", verdict.Size)
	for _, f := range verdict.Findings {
		place := "" // Index and Detail are for the one who follows it up
		if f.Index >= 0 {
			place = fmt.Sprintf(", Stelle %d", f.Index)
		}
		fmt.Fprintf(std.out, "  %s (%s%s: %s)\n", damage[f.Trouble], f.Trouble, place, f.Detail)
	}
	fmt.Fprintln(std.out, "Halten Sie das Haus an, sichern Sie Datenbank und Schlüsselordner, wie sie sind, und benachrichtigen Sie Datenschutz und Revision.")
	return errFound
}

// damage says in German what was found on an audit log.
var damage = map[audit.Trouble]string{
	audit.Changed:       "Ein Eintrag ist nicht mehr der, der geschrieben wurde.",
	audit.Removed:       "Ein Eintrag fehlt vor seiner Zeit.",
	audit.Disordered:    "Ein Platz steht doppelt oder an falscher Stelle.",
	audit.TreeBroken:    "Die gespeicherten Prüfsummen folgen nicht aus den Einträgen.",
	audit.Truncated:     "Das Protokoll ist kürzer als ein unterschriebener Prüfpunkt.",
	audit.Forked:        "Ein unterschriebener Prüfpunkt erzählt eine andere Geschichte.",
	audit.NotSigned:     "Ein Prüfpunkt trägt keine gültige Unterschrift dieses Hauses.",
	audit.NotIntegrated: "Ein Eintrag wurde aus dem Protokoll herausgehalten.",
}

func runBackup(ctx context.Context, args []string, std streams) error {
	set := flags("backup")
	file := set.String("config", "", "Konfigurationsdatei des Hauses")
	to := set.String("to", "", "Ordner der Sicherungen")
	rest, err := parse(set, args)
	if err != nil {
		return err
	}
	if len(rest) != 1 || *file == "" || *to == "" {
		return usage("nennen Sie Haus, --config und --to")
	}
	h, err := openHouse(ctx, rest[0], *file)
	if err != nil {
		return err
	}
	defer func() { _ = h.close() }() // the backup is noted
	path, err := h.ground.Backup(ctx, audit.System, *to)
	if err != nil {
		return err
	}
	fmt.Fprintf(std.out, "Gesichert und geprüft: %s\n", path)
	return nil
}
