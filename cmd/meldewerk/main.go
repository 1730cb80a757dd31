// SPDX-License-Identifier: EUPL-1.2

// Command meldewerk is the software of a state cancer registry: portal, trust
// centre and registry, the checker for oBDS packages, and the tools to run
// them. Each subcommand stands in a file of its own.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"

	"meldewerk/fault"
)

// The exit codes; they are part of the interface.
const (
	exitDone  = 0 // done
	exitFound = 1 // done, and something was found wrong in the data
	exitUsage = 2 // wrong usage or unreadable input
)

// errFound ends a command that did its work and found something wrong.
var errFound = errors.New("something was found wrong in the data")

// command is one subcommand.
type command struct {
	name, usage, does string
	run               func(ctx context.Context, args []string, std streams) error
}

// streams are what a command reads and writes.
type streams struct {
	in       io.Reader
	out, err io.Writer
}

func commands() []command {
	return []command{
		{"demo", "[--data ORDNER] [--profile kkn|ekn|hessen] [--credentials DATEI]", "alle drei Häuser mit einer erfundenen Welt auf diesem Rechner", runDemo},
		{"check", "[--format text|json|csv|xml|sarif] [--summary] [--schema-only] [--lang en] [--land NI] [--profile kkn] [--terminology ORDNER] [--reveal] [--output DATEI] DATEI…|-", "Prüfurteil je Meldung eines oBDS-Pakets (XML, gzip, ZIP), ohne Netz", runCheck},
		{"upload", "--server URL --key DATEI --key-id KENNUNG --kind test|real DATEI… | key --out DATEI", "Meldungspakete mit einem Installationsschlüssel senden", runUpload},
		{"synth", "--patients N [--seed S] [--obds 3.0.4] [--errors ANTEIL] [--truth DATEI]", "ein erfundenes oBDS-Paket auf die Standardausgabe", runSynth},
		{"portal", "[init] --config DATEI", "das Meldeportal betreiben oder anlegen", runPortal},
		{"trustcentre", "[init] --config DATEI", "die Vertrauensstelle betreiben oder anlegen", runTrustCentre},
		{"registry", "[init] --config DATEI", "die Registerstelle betreiben oder anlegen", runRegistry},
		{"account", "create|list|roles|password|release|reset|close HAUS --config DATEI [--username NAME …]", "erster Zugang eines Hauses; Notfälle, in denen sich niemand anmelden kann", runAccount},
		{"audit", "verify HAUS --config DATEI [PRÜFPUNKT…]", "beweisen, dass am Protokoll nichts geändert wurde", runAudit},
		{"backup", "HAUS --config DATEI --to ORDNER", "eine geprüfte Sicherung der Datenbank (SQLite)", runBackup},
		{"schema", "import DATEI.xsd", "aus einer amtlichen Schemadatei eine Schematabelle machen", runSchema},
		{"terminology", "import --kind ART [--year JAHR] DATEI | list [--list LISTE] [--query WORT] [--year JAHR] [--data ORDNER]", "amtliche Kodierlisten übernehmen und darin suchen", runTerminology},
		{"gallery", "[--address 127.0.0.1:8090]", "jede Seite in jedem Zustand mit Beispieldaten", runGallery},
	}
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := run(ctx, os.Args[1:], streams{os.Stdin, os.Stdout, os.Stderr})
	stop()
	os.Exit(code)
}

// run finds the subcommand and turns its error into an exit code.
func run(ctx context.Context, args []string, std streams) int {
	if len(args) == 0 || args[0] == "help" || args[0] == "--help" || args[0] == "-h" {
		help(std.out)
		if len(args) == 0 {
			return exitUsage
		}
		return exitDone
	}
	for _, c := range commands() {
		if c.name != args[0] {
			continue
		}
		err := c.run(ctx, args[1:], std)
		switch {
		case err == nil:
			return exitDone
		case errors.Is(err, errHelp): // its flags are listed already
			fmt.Fprintf(std.err, "\nmeldewerk %s: %s\nAufruf: meldewerk %[1]s %[3]s\n", c.name, c.does, c.usage)
			return exitDone
		case errors.Is(err, errFound):
			return exitFound
		}
		fmt.Fprintf(std.err, "meldewerk %s: %s\n", c.name, sentence(err))
		if errors.Is(err, errUsage) {
			fmt.Fprintf(std.err, "Aufruf: meldewerk %s %s\n", c.name, c.usage)
		}
		return exitUsage
	}
	fmt.Fprintf(std.err, "meldewerk: Den Befehl „%s“ gibt es nicht. „meldewerk help“ zeigt alle.\n", args[0])
	return exitUsage
}

// sentence is what the user reads: the public sentence of a fault, else the
// error itself.
func sentence(err error) string {
	if f := fault.Of(err); f != nil {
		return f.Sentence
	}
	return err.Error()
}

func help(w io.Writer) {
	fmt.Fprintln(w, "meldewerk – Meldeportal, Vertrauensstelle und Register eines Krebsregisters")
	fmt.Fprintln(w)
	for _, c := range commands() {
		fmt.Fprintf(w, "  %-12s %s\n", c.name, c.does)
		fmt.Fprintf(w, "  %-12s   meldewerk %s %s\n", "", c.name, c.usage)
	}
	fmt.Fprintln(w)
	fmt.Fprintln(w, "Rückgabewerte: 0 erledigt, 1 erledigt und in den Daten etwas gefunden, 2 falscher Aufruf oder nicht lesbar.")
}
