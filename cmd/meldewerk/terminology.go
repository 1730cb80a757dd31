// SPDX-License-Identifier: EUPL-1.2

package main

import (
	"bufio"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"meldewerk/terminology"
)

// listNames are the lists by the words of the command line.
var listNames = []struct {
	name string
	list terminology.List
}{
	{"icd", terminology.ListICD}, {"topographie", terminology.ListTopography}, {"morphologie", terminology.ListMorphology},
	{"ops", terminology.ListOPS}, {"substanz", terminology.ListSubstance}, {"protokoll", terminology.ListProtocol},
	{"kasse", terminology.ListInsurer},
}

// runTerminology makes tables of official code lists and looks codes up.
func runTerminology(ctx context.Context, args []string, std streams) error {
	if len(args) > 0 {
		switch args[0] {
		case "import":
			return importTerminology(ctx, args[1:], std)
		case "list":
			return listTerminology(ctx, args[1:], std)
		case "-h", "--help", "help":
			args = []string{"-h"}
		}
	}
	if _, err := parse(flags("terminology"), args); err != nil {
		return err
	}
	return usage("nennen Sie „import“ oder „list“")
}

// importTerminology makes a table in our notation from an official file, to be
// laid beside the program.
func importTerminology(ctx context.Context, args []string, std streams) error {
	set := flags("terminology import")
	kind := set.String("kind", "", "Art: icd10gm, icdo3, ops, atc oder insurer")
	year := set.Int("year", 0, "Jahr der Ausgabe; ohne Angabe das der Datei")
	rest, err := parse(set, args)
	if err != nil {
		return err
	}
	if len(rest) != 1 || !slices.Contains(terminology.Kinds(), terminology.Kind(*kind)) {
		return usage("nennen Sie mit --kind die Art (icd10gm, icdo3, ops, atc, insurer) und eine Datei, - für die Standardeingabe")
	}
	in, err := openInput(ctx, rest[0], std)
	if err != nil {
		return err
	}
	defer func() { _ = in.Close() }() // only read
	edition, err := terminology.Import(terminology.Kind(*kind), *year, in)
	if ctx.Err() != nil {
		return errStopped
	}
	if err != nil {
		return fmt.Errorf("%s lässt sich nicht übernehmen: %w", rest[0], err)
	}
	if _, err = edition.WriteTo(std.out); err != nil {
		return fmt.Errorf("die Tabelle lässt sich nicht schreiben: %w", err)
	}
	fmt.Fprintf(std.err, "%d Codes der Ausgabe %d übernommen. Legen Sie die Tabelle als .txt in den Ordner der Kodierlisten.\n", edition.Len(), edition.Year)
	return nil
}

func openInput(ctx context.Context, name string, std streams) (io.ReadCloser, error) {
	if name == "-" {
		return interruptible(ctx, std.in), nil
	}
	file, err := os.Open(name)
	if err != nil {
		return nil, fmt.Errorf("die Datei %s lässt sich nicht öffnen; prüfen Sie Namen und Rechte", name)
	}
	return file, nil
}

// listTerminology shows which editions there are, or looks a code up.
func listTerminology(_ context.Context, args []string, std streams) error {
	set := flags("terminology list")
	data := set.String("data", "", "Ordner mit übernommenen Kodierlisten (*.txt)")
	name := set.String("list", "icd", "Liste: icd, topographie, morphologie, ops, substanz, protokoll oder kasse")
	query := set.String("query", "", "Code, Wörter oder Abkürzung")
	year := set.Int("year", 0, "Jahr, in dem der Code gelten muss")
	rest, err := parse(set, args)
	if err != nil {
		return err
	}
	at := slices.IndexFunc(listNames, func(l struct {
		name string
		list terminology.List
	}) bool {
		return l.name == strings.ToLower(*name)
	})
	if at < 0 || len(rest) > 0 {
		return usage("nennen Sie mit --list eine Liste (icd, topographie, morphologie, ops, substanz, protokoll, kasse) und mit --query, was Sie suchen")
	}
	book := terminology.BuiltIn()
	if *data != "" {
		if book, err = terminology.OpenFolder(*data); err != nil {
			return fmt.Errorf("die Kodierlisten lassen sich nicht lesen: %w", cmp.Or(errors.Unwrap(err), err)) // names table and remedy
		}
	}
	out := bufio.NewWriter(std.out)
	if *query == "" {
		return errors.Join(listEditions(book, out), out.Flush())
	}
	hits := book.Search(listNames[at].list, *query, *year)
	for _, hit := range hits {
		fmt.Fprintf(out, "%-12s %s\n", hit.Code, hit.Text)
	}
	if err = out.Flush(); err != nil {
		return fmt.Errorf("die Treffer lassen sich nicht ausgeben: %w", err)
	}
	if len(hits) == 0 {
		fmt.Fprintln(std.err, "Kein Code gefunden. Versuchen Sie ein anderes Wort oder nur seinen Anfang.")
		return errFound
	}
	return nil
}

// listEditions tells what the book holds.
func listEditions(book *terminology.Book, out io.Writer) error {
	own := []struct {
		name  string
		count int
	}{
		{"icd", len(terminology.ICDCodes())}, {"topographie", len(terminology.TopographyCodes())}, {"morphologie", len(terminology.MorphologyCodes())},
		{"ops", len(terminology.Procedures())}, {"substanz", len(terminology.Substances())}, {"protokoll", len(terminology.Protocols())},
	}
	for _, l := range own {
		if _, err := fmt.Fprintf(out, "%-12s %6d Codes, im Programm\n", l.name, l.count); err != nil {
			return fmt.Errorf("list: %w", err)
		}
	}
	for _, e := range book.Editions() {
		if _, err := fmt.Fprintf(out, "%-12s %6d Codes, Ausgabe %d\n", e.Kind, e.Len(), e.Year); err != nil {
			return fmt.Errorf("list: %w", err)
		}
	}
	return nil
}
