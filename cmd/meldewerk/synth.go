// SPDX-License-Identifier: EUPL-1.2

package main

import (
	"bufio"
	"cmp"
	"context"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"meldewerk/calendar"
	"meldewerk/synth"
)

// oBDSVersions are the versions in which packages are made.
var oBDSVersions = strings.Fields("3.0.2 3.0.3 3.0.4 3.0.5")

// runSynth writes a synthetic package to standard output.
func runSynth(ctx context.Context, args []string, std streams) error {
	set := flags("synth")
	patients := set.Int("patients", 0, "Zahl der Personen")
	reports := set.Int("reports", 0, "genaue Zahl der Meldungen; dann folgt die Zahl der Personen daraus")
	seed := set.Uint64("seed", 1, "gleicher Wert, gleiches Paket")
	version := set.String("obds", "3.0.4", "oBDS-Version: 3.0.2, 3.0.3, 3.0.4 oder 3.0.5")
	faults := set.Float64("errors", 0, "Anteil der Meldungen mit einem Fehler, 0 bis 1")
	truthFile := set.String("truth", "", "CSV-Datei: welche Meldung gehört zu welcher Person, welcher Fehler steckt in ihr")
	today := set.String("today", "", "letzter Tag, an dem etwas geschieht (JJJJ-MM-TT)")
	rest, err := parse(set, args)
	if err != nil {
		return err
	}
	switch {
	case len(rest) > 0:
		return usage("„%s“ gehört nicht hierher; das Paket geht auf die Standardausgabe", rest[0])
	case *patients <= 0 && *reports <= 0:
		return usage("nennen Sie die Zahl der Personen mit --patients")
	case *faults < 0 || *faults > 1:
		return usage("--errors ist ein Anteil von 0 bis 1, zum Beispiel 0.05")
	case !slices.Contains(oBDSVersions, *version):
		return usage("als --obds gibt es %s", strings.Join(oBDSVersions, ", "))
	}
	options := synth.Options{Seed: *seed, Patients: *patients, Reports: *reports, ErrorRate: *faults, SchemaVersion: *version}
	if *today != "" {
		if options.Today, err = calendar.Parse(*today); err != nil {
			return usage("--today braucht einen Tag der Form 2025-06-30")
		}
	}
	var truth io.Writer
	closeTruth := func() error { return nil }
	if *truthFile != "" {
		file, err := os.OpenFile(*truthFile, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
		if err != nil {
			return fmt.Errorf("die Datei für --truth lässt sich nicht schreiben: %w", err)
		}
		truth, closeTruth = file, file.Close
	}
	done := make(chan error, 1)
	go func() {
		bar := newProgress(std.err, 0, false)
		defer bar.end()
		out := bufio.NewWriterSize(bar.writer(std.out), 1<<20)
		done <- cmp.Or(synth.New(options).WriteXML(out, truth), out.Flush(), closeTruth())
	}()
	select {
	case err := <-done:
		return err
	case <-ctx.Done():
		return errStopped // what is being made ends with the program
	}
}
