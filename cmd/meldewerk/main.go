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

	"meldewerk/report/protocol"
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
		{"demo", "[--data ORDNER] [--profile kkn|ekn|hessen] [--credentials DATEI] …", "alle drei Häuser mit einer erfundenen Welt auf diesem Rechner", runDemo},
		{"check", "[--format text|json|csv|xml|sarif] [--summary] [--schema-only] [--profile kkn] [--lang en] [--output DATEI] … DATEI…|-", "Prüfurteil je Meldung eines oBDS-Pakets (XML, gzip, ZIP), ohne Netz", runCheck},
		{"upload", "--server URL --key DATEI --key-id KENNUNG --kind test|real DATEI… | key --out DATEI", "Meldungspakete mit einem Installationsschlüssel senden", runUpload},
		{"synth", "--patients N [--seed S] [--obds 3.0.4] [--errors ANTEIL] [--truth DATEI] …", "ein erfundenes oBDS-Paket auf die Standardausgabe", runSynth},
		{"portal", "[init] --config DATEI", "das Meldeportal betreiben oder anlegen", runPortal},
		{"trustcentre", "[init] --config DATEI", "die Vertrauensstelle betreiben oder anlegen", runTrustCentre},
		{"registry", "[init] --config DATEI", "die Registerstelle betreiben oder anlegen", runRegistry},
		{"account", "create|list|roles|password|release|reset|close HAUS --config DATEI [--username NAME …]", "erster Zugang eines Hauses; Notfälle, in denen sich niemand anmelden kann", runAccount},
		{"audit", "verify HAUS --config DATEI [PRÜFPUNKT…]", "beweisen, dass am Protokoll nichts geändert wurde", runAudit},
		{"backup", "HAUS --config DATEI --to ORDNER", "eine geprüfte Sicherung der Datenbank (SQLite)", runBackup},
		{"schema", "import DATEI.xsd", "aus einer amtlichen Schemadatei eine Schematabelle machen", runSchema},
		{"terminology", "import --kind ART [--year JAHR] DATEI | list [--list LISTE] [--query WORT] [--year JAHR] [--data ORDNER]", "amtliche Kodierlisten übernehmen und darin suchen", runTerminology},
		{"gallery", "[--address 127.0.0.1:8090]", "jede Seite in jedem Zustand mit Beispieldaten", runGallery},
		{"version", "", "Fassung des Programms und der Datensätze, die es liest", runVersion},
	}
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // a second Ctrl-C ends at once what does not listen to the first
	code := run(ctx, os.Args[1:], streams{os.Stdin, os.Stdout, os.Stderr})
	stop()
	os.Exit(code)
}

// run finds the subcommand and turns its error into an exit code.
func run(ctx context.Context, args []string, std streams) int {
	if len(args) > 1 && args[0] == "help" {
		args = []string{args[1], "--help"}
	}
	if len(args) == 0 || args[0] == "help" || args[0] == "--help" || args[0] == "-h" {
		help(std.out)
		if len(args) == 0 {
			return exitUsage
		}
		return exitDone
	}
	if args[0] == "--version" {
		args = []string{"version"}
	}
	for _, c := range commands() {
		if c.name == args[0] {
			return c.end(ctx, c.run(ctx, args[1:], std), asksEnglish(args), std)
		}
	}
	fmt.Fprintf(std.err, "meldewerk: Den Befehl „%s“ gibt es nicht. „meldewerk help“ zeigt alle.\n", protocol.Printable(args[0]))
	return exitUsage
}

// end says how a command ended.
func (c command) end(ctx context.Context, err error, english bool, std streams) int {
	usageWord := "Aufruf"
	if english {
		usageWord = "Usage"
	}
	if help, asked := errors.AsType[*helpAsked](err); asked {
		c.help(std.out, help, usageWord)
		return exitDone
	}
	switch {
	case err == nil:
		return exitDone
	case errors.Is(err, errFound):
		return exitFound
	case ctx.Err() != nil && errors.Is(err, context.Canceled):
		err = errStopped
	}
	fmt.Fprintf(std.err, "meldewerk %s: %s\n", c.name, sentence(err, english))
	if errors.Is(err, errUsage) || errors.Is(err, errUsageEnglish) {
		fmt.Fprintf(std.err, "%s: meldewerk %s %s\n", usageWord, c.name, c.usage)
	}
	return exitUsage
}

// help tells all of one command. It was asked for, so it goes where it can be
// paged through.
func (c command) help(w io.Writer, asked *helpAsked, usageWord string) {
	does, codes := c.does, exitCodes
	if asked.english && c.name == "check" {
		does, codes = checkEnglish, exitCodesEnglish
	}
	fmt.Fprintf(w, "meldewerk %s: %s\n%s: meldewerk %[1]s %[4]s\n", c.name, does, usageWord, c.usage)
	listFlags(w, asked.set, asked.english)
	fmt.Fprintf(w, "\n%s\n", codes)
}

// What `check --lang en --help` says instead.
const checkEnglish = "the verdict on every report of an oBDS package (XML, gzip, ZIP), without a network"

const (
	exitCodes        = "Rückgabewerte: 0 erledigt, 1 erledigt und in den Daten etwas gefunden, 2 falscher Aufruf oder nicht lesbar."
	exitCodesEnglish = "Exit codes: 0 done, 1 done and something was found wrong in the data, 2 wrong call or unreadable."
)

func help(w io.Writer) {
	fmt.Fprintln(w, "meldewerk – Meldeportal, Vertrauensstelle und Register eines Krebsregisters")
	fmt.Fprintln(w)
	for _, c := range commands() {
		fmt.Fprintf(w, "  %-12s %s\n", c.name, c.does)
		fmt.Fprintf(w, "  %-12s   meldewerk %s %s\n", "", c.name, c.usage)
	}
	fmt.Fprintln(w)
	fmt.Fprintln(w, "„meldewerk BEFEHL --help“ erklärt einen Befehl und alle seine Schalter.")
	fmt.Fprintln(w, exitCodes)
}
